/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of records. A caller asks for pages by offset, as these APIs do; counting that far into a million
 * rows for every page would make the whole list quadratic. So the end of each system's last page is
 * remembered, with the total, and the next page starts from there. A mark holds for one state of the system
 * only: any change of a record makes it worthless.
 */
#include "demo/state-internal.h"

typedef struct {
  gint64 generation;
  gint64 since;
  gboolean deleted;
  gint64 total;       /* -1: not counted yet */
  gint64 offset;      /* rows before the mark */
  gint64 updated, id; /* the last of them */
} Mark;

static void
start_at_the_top(Mark *mark, const DemoQuery *query)
{
  mark->offset = 0;
  mark->updated = query->since;
  mark->id = -1; /* before every row of that instant */
}

/* The mark of this list as it is now. */
static Mark *
find_mark(DemoState *state, const DemoQuery *query)
{
  gint64 generation = demo_state_generation(state, query->system);

  if (!state->marks)
    state->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Mark *mark = g_hash_table_lookup(state->marks, query->system);
  if (mark && mark->generation == generation && mark->since == query->since &&
      mark->deleted == query->deleted)
    return mark;
  mark = g_new0(Mark, 1);
  *mark = (Mark){.generation = generation, .since = query->since, .deleted = query->deleted, .total = -1};
  start_at_the_top(mark, query);
  g_hash_table_replace(state->marks, g_strdup(query->system), mark);
  return mark;
}

static gint64
count_rows(DemoState *state, const DemoQuery *query)
{
  sqlite3_stmt *stmt = demo_state_statement(state, query->since < 0 ? SQL_TOTAL_ALL : SQL_TOTAL_SINCE);
  gint64 total = 0;

  if (!stmt)
    return 0;
  demo_state_bind(stmt, 1, query->system);
  if (query->since >= 0) {
    sqlite3_bind_int64(stmt, 2, query->since);
    sqlite3_bind_int(stmt, 3, query->deleted);
  }
  if (demo_state_step(state, stmt))
    total = sqlite3_column_int64(stmt, 0);
  sqlite3_reset(stmt);
  return total;
}

gint64
demo_state_total(DemoState *state, const DemoQuery *query)
{
  Mark *mark = find_mark(state, query);

  if (mark->total < 0)
    mark->total = count_rows(state, query);
  return mark->total;
}

void
demo_state_list(DemoState *state, const DemoQuery *query, DemoRecordFunc each, gpointer data)
{
  Mark *mark = find_mark(state, query);
  sqlite3_stmt *stmt = demo_state_statement(state, query->since < 0 ? SQL_LIST_ALL : SQL_LIST_SINCE);

  if (!stmt)
    return;
  if (query->offset < mark->offset)
    start_at_the_top(mark, query);
  demo_state_bind(stmt, 1, query->system);
  sqlite3_bind_int64(stmt, 2, mark->id);
  sqlite3_bind_int64(stmt, 3, query->limit);
  sqlite3_bind_int64(stmt, 4, query->offset - mark->offset);
  if (query->since >= 0) {
    sqlite3_bind_int64(stmt, 5, mark->updated);
    sqlite3_bind_int(stmt, 6, query->deleted);
  }
  gint64 rows = 0;
  while (demo_state_step(state, stmt)) {
    g_autoptr(DemoRecord) record = demo_record_from_row(stmt);
    each(record, data);
    mark->updated = record->updated;
    mark->id = record->id;
    rows++;
  }
  mark->offset = rows ? query->offset + rows : mark->offset;
}

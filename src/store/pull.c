/* SPDX-License-Identifier: Apache-2.0 */
/* A pull, staged and taken over (store.h).
 *
 * Pages are put aside (stage.h). The commit walks the stage in one transaction: new records are written all
 * together, what changed one by one, tombstones and (of a full pull) absent ones go, the cursor moves. */
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "store/stage.h"

struct McPullTxn {
  McStore *store;
  char *system, *stream;
  gint64 number, begun, seen;
  guint generation;
  gboolean counted;
};

#define BATCH 1000

McPullTxn *
mc_store_pull_begin(McStore *store, const char *system, const char *stream, GError **error)
{
  g_autoptr(McPullTxn) pull = g_new0(McPullTxn, 1);

  pull->store = store;
  pull->system = g_strdup(system);
  pull->stream = g_strdup(stream ? stream : "");
  pull->begun = mc_clock_now(store->clock);
  if (!mc_inbox_ready(store, error) || !mc_desk_settled(store, &pull->seen, error) ||
      !mc_stage_ready(store, error))
    return NULL;
  pull->generation = store->generation;
  pull->number = ++store->next_pull;
  pull->counted = TRUE;
  store->pulls++;
  return g_steal_pointer(&pull);
}

static gboolean
still_good(const McPullTxn *pull, GError **error)
{
  if (pull->generation == pull->store->generation && pull->store->inbox)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_STORE, _("%s: the cache was made anew meanwhile; pull again."),
              pull->system);
  return FALSE;
}

void
mc_store_pull_free(McPullTxn *pull)
{
  if (!pull)
    return;
  if (pull->counted && still_good(pull, NULL))
    mc_stage_drop(pull->store, pull->number);
  g_free(pull->system);
  g_free(pull->stream);
  g_free(pull);
}

/* --- putting aside --- */

/* The stage has no journal: its transaction only spares work, and what fails fails the pull. */
static gboolean
stage_end(McPullTxn *pull, gboolean good, GError **error)
{
  if (good)
    return mc_db_commit(pull->store->inbox, error);
  mc_db_rollback(pull->store->inbox);
  return FALSE;
}

gboolean
mc_store_pull_add(McPullTxn *pull, GPtrArray *items, GError **error)
{
  gboolean good = TRUE;
  if (!still_good(pull, error) || !mc_db_begin(pull->store->inbox, FALSE, error))
    return FALSE;
  for (guint i = 0; good && i < items->len; i++)
    good = mc_stage_item(pull->store, pull->number, items->pdata[i], error);
  return stage_end(pull, good, error);
}

gboolean
mc_store_pull_remove(McPullTxn *pull, GPtrArray *ids, GError **error)
{
  gboolean good = TRUE;
  if (!still_good(pull, error) || !mc_db_begin(pull->store->inbox, FALSE, error))
    return FALSE;
  for (guint i = 0; good && i < ids->len; i++)
    good = mc_stage_gone(pull->store, pull->number, ids->pdata[i], error);
  return stage_end(pull, good, error);
}

/* --- taking over --- */

/* Ids of this system on which the desk has something: the others need not be looked up one by one. */
static GHashTable *
desk_ids(McPullTxn *pull, GError **error)
{
  static const char sql[] = "SELECT item_id FROM note WHERE item_id > ?1 AND item_id < ?2 UNION "
                            "SELECT item_id FROM tag WHERE item_id > ?1 AND item_id < ?2 UNION "
                            "SELECT item_id FROM out WHERE item_id > ?1 AND item_id < ?2";
  g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *from = g_strconcat(pull->system, ":", NULL), *to = g_strconcat(pull->system, ";", NULL);
  McDb *desk = pull->store->desk;
  sqlite3_stmt *s = mc_db_query(desk, error, sql, "tt", from, to);
  gboolean more = s != NULL;

  while (more) {
    if (!mc_db_step(desk, s, &more, error))
      return NULL;
    if (more)
      g_hash_table_add(ids, mc_column_text(s, 0));
  }
  return s ? g_steal_pointer(&ids) : NULL;
}

static gboolean
take_changed(McPullTxn *pull, sqlite3_stmt *s, GHashTable *desk, McPullCounts *counts, GError **error)
{
  g_autoptr(McRow) row = mc_stage_read(s);
  McPut put = {MC_PUT_PULL, pull->seen, g_hash_table_contains(desk, row->item->id)};
  gboolean added;

  if (!mc_inbox_put(pull->store, row, &put, &added, error))
    return FALSE;
  counts->added += added;
  counts->changed += !added;
  return TRUE;
}

static gboolean
take_records(McPullTxn *pull, McPullCounts *counts, GError **error)
{
  McDb *inbox = pull->store->inbox;
  g_autoptr(GHashTable) desk = desk_ids(pull, error);
  sqlite3_stmt *s;

  if (!desk || !mc_stage_review(pull->store, pull->number, desk, error) ||
      !mc_stage_take_new(pull->store, pull->number, pull->system, &counts->added, error))
    return FALSE;
  s = mc_db_query(inbox, error, "SELECT " MC_STAGE_COLUMNS MC_STAGE_ROWS, "in", pull->number,
                  MC_STAGE_CHANGED);
  gboolean more = s != NULL, good = s != NULL;
  while (good && more) {
    good = mc_db_step(inbox, s, &more, error);
    if (good && more)
      good = take_changed(pull, s, desk, counts, error);
  }
  if (s)
    sqlite3_reset(s);
  return good;
}

/* The next ids that a statement of (number) or (number, system, stream) gives. */
static GPtrArray *
some_ids(McPullTxn *pull, sqlite3_stmt *s, GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  gboolean more = s != NULL;
  while (more) {
    if (!mc_db_step(pull->store->inbox, s, &more, error))
      return NULL;
    if (more)
      g_ptr_array_add(ids, mc_column_text(s, 0));
  }
  return s ? g_steal_pointer(&ids) : NULL;
}

static gboolean
remove_ids(McPullTxn *pull, GPtrArray *ids, McPullCounts *counts, GError **error)
{
  for (guint i = 0; i < ids->len; i++) {
    gboolean removed;
    if (!mc_inbox_remove(pull->store, ids->pdata[i], &removed, error))
      return FALSE;
    counts->removed += removed;
  }
  return TRUE;
}

static gboolean
take_tombstones(McPullTxn *pull, McPullCounts *counts, GError **error)
{
  gint64 after = 0;
  for (;;) {
    sqlite3_stmt *s = mc_db_query(pull->store->inbox, error, "SELECT id" MC_STAGE_ROWS " LIMIT ?3 OFFSET ?4",
                                  "inni", pull->number, MC_STAGE_GONE, BATCH, after);
    g_autoptr(GPtrArray) ids = some_ids(pull, s, error);
    if (!ids || !remove_ids(pull, ids, counts, error))
      return FALSE;
    if (ids->len < BATCH)
      return TRUE;
    after += BATCH;
  }
}

#define ABSENT                                                             \
  "SELECT id, n FROM item WHERE system = ?2 AND COALESCE(stream, '') = ?3" \
  " AND NOT EXISTS (SELECT 1 FROM stage.one o WHERE o.pull = ?1 AND o.id = item.id)"

gboolean
mc_store_pull_lacks(McPullTxn *pull, gboolean *lacks, GError **error)
{
  gint64 found = 0;
  if (!still_good(pull, error) ||
      !mc_db_int(pull->store->inbox, error, 0, &found, "SELECT EXISTS(" ABSENT ")", "itt", pull->number,
                 pull->system, pull->stream))
    return FALSE;
  *lacks = found != 0;
  return TRUE;
}

static gboolean
take_absent(McPullTxn *pull, McPullCounts *counts, GError **error)
{
  for (;;) {
    sqlite3_stmt *s =
        mc_db_query(pull->store->inbox, error, "SELECT id FROM (" ABSENT " LIMIT ?4) ORDER BY n", "ittn",
                    pull->number, pull->system, pull->stream, BATCH);
    g_autoptr(GPtrArray) ids = some_ids(pull, s, error);
    if (!ids || !remove_ids(pull, ids, counts, error))
      return FALSE;
    if (ids->len < BATCH)
      return TRUE;
  }
}

static gboolean
take_cursor(McPullTxn *pull, const char *cursor, GError **error)
{
  McDb *inbox = pull->store->inbox;
  return mc_db_run(
             inbox, error,
             "INSERT INTO pull(system, stream, cursor, complete_at, seen) VALUES(?1, ?2, ?3, ?4, ?5)"
             " ON CONFLICT(system, stream) DO UPDATE SET cursor = ?3, complete_at = ?4, seen = MAX(seen, ?5)",
             "tttii", pull->system, pull->stream, cursor, pull->begun, pull->seen) &&
         /* All streams together are what "complete" means of a system. */
         mc_db_run(
             inbox, error,
             "INSERT INTO system(system, last_complete) VALUES(?1, ?2) ON CONFLICT(system) DO UPDATE SET"
             " last_complete = (SELECT MIN(complete_at) FROM pull WHERE system = ?1)",
             "ti", pull->system, pull->begun);
}

/* Rows that this pull left as they were may now show what was done to them by themselves. */
static gboolean
take_settled(McPullTxn *pull, gint64 seen_before, GError **error)
{
  sqlite3_stmt *s =
      mc_db_query(pull->store->desk, error,
                  "SELECT DISTINCT item_id FROM out WHERE settle_no > ? AND settle_no <= ? AND system = ?",
                  "iit", seen_before, pull->seen, pull->system);
  gboolean more = s != NULL, good = s != NULL;
  while (good && more) {
    good = mc_db_step(pull->store->desk, s, &more, error);
    if (good && more) {
      g_autofree char *id = mc_column_text(s, 0);
      good = mc_inbox_overlay(pull->store, id, error);
    }
  }
  if (s)
    sqlite3_reset(s);
  return good;
}

static gboolean
take_over(McPullTxn *pull, const char *cursor, gboolean full, McPullCounts *counts, GError **error)
{
  McDb *inbox = pull->store->inbox;
  gint64 seen_before, same;

  if (!mc_db_int(inbox, error, 0, &same, "SELECT count(*)" MC_STAGE_ROWS, "in", pull->number,
                 MC_STAGE_SAME) ||
      !mc_db_int(inbox, error, 0, &seen_before, "SELECT seen FROM pull WHERE system = ? AND stream = ?", "tt",
                 pull->system, pull->stream))
    return FALSE;
  counts->same = (guint)same;
  return take_records(pull, counts, error) && take_tombstones(pull, counts, error) &&
         (!full || take_absent(pull, counts, error)) && take_cursor(pull, cursor, error) &&
         take_settled(pull, seen_before, error);
}

gboolean
mc_store_pull_commit(McPullTxn *pull, const char *cursor, gboolean full, McPullCounts *counts, GError **error)
{
  McPullCounts own = {0, 0, 0, 0};
  if (!still_good(pull, error) || !mc_inbox_begin(pull->store, error))
    return FALSE;
  gboolean good = mc_inbox_end(pull->store, take_over(pull, cursor, full, &own, error), error);
  if (pull->store->inbox)
    sqlite3_db_release_memory(mc_db_handle(pull->store->inbox));
  if (counts)
    *counts = own;
  return good;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading for a face (snapshot.h): two connections that only read, one read transaction for each call. */
#include <string.h>
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "store/inner.h"
#include "store/listing.h"
#include "store/pack.h"
#include "store/schema.h"
#include "store/search.h"

#define LINKS_MAX   50
#define SIMILAR_MAX 5
#define LIMIT_MAX   10000

struct McSnapshot {
  McHome *home;
  McLock *lock; /* only for making and migrating the files */
  McDb *inbox, *desk;
  guint64 generation; /* of the connection */
};

static McDb *
open_reader(McSnapshot *snapshot, const McSchema *schema, GError **error)
{
  g_autoptr(McDb) db = mc_schema_open(schema, snapshot->home, snapshot->lock, error);
  if (!db || !mc_search_register(db, error) || !mc_db_script(db, "PRAGMA query_only = ON", error))
    return NULL;
  return g_steal_pointer(&db);
}

static gboolean
open_inbox(McSnapshot *snapshot, GError **error)
{
  g_clear_pointer(&snapshot->inbox, mc_db_free);
  snapshot->inbox = open_reader(snapshot, &mc_schema_inbox, error);
  snapshot->generation++;
  return snapshot->inbox != NULL;
}

McSnapshot *
mc_snapshot_open(McHome *home, GError **error)
{
  g_autoptr(McSnapshot) snapshot = g_new0(McSnapshot, 1);
  snapshot->home = mc_home_ref(home);
  snapshot->lock = mc_lock_open(home, error);
  if (!snapshot->lock || !open_inbox(snapshot, error))
    return NULL;
  snapshot->desk = open_reader(snapshot, &mc_schema_desk, error);
  return snapshot->desk ? g_steal_pointer(&snapshot) : NULL;
}

void
mc_snapshot_free(McSnapshot *snapshot)
{
  if (!snapshot)
    return;
  mc_db_free(snapshot->inbox);
  mc_db_free(snapshot->desk);
  mc_lock_free(snapshot->lock);
  mc_home_unref(snapshot->home);
  g_free(snapshot);
}

/* A cache that turned out to be damaged goes, unless somebody was faster. */
static gboolean
set_aside(McSnapshot *snapshot, GError **error)
{
  if (!mc_lock_take(snapshot->lock, error))
    return FALSE;
  gboolean good =
      mc_db_is_moved(snapshot->inbox) || mc_schema_set_aside(&mc_schema_inbox, snapshot->home, error);
  mc_lock_release(snapshot->lock);
  return good;
}

static gboolean
ready(McSnapshot *snapshot, GError **error)
{
  if (!snapshot->inbox)
    return open_inbox(snapshot, error);
  if (mc_db_is_corrupt(snapshot->inbox) && !set_aside(snapshot, error))
    return FALSE;
  return !mc_db_is_moved(snapshot->inbox) || open_inbox(snapshot, error);
}

guint64
mc_snapshot_version(McSnapshot *snapshot)
{
  gint64 inbox = 0, desk = 0;
  if (ready(snapshot, NULL))
    mc_db_int(snapshot->inbox, NULL, 0, &inbox, "PRAGMA data_version", "");
  mc_db_int(snapshot->desk, NULL, 0, &desk, "PRAGMA data_version", "");
  return snapshot->generation << 48 ^ (guint64)inbox << 24 ^ (guint64)desk;
}

static gboolean
begin(McSnapshot *snapshot, GError **error)
{
  return ready(snapshot, error) && mc_db_begin(snapshot->inbox, FALSE, error);
}

static void
end(McSnapshot *snapshot)
{
  mc_db_rollback(snapshot->inbox);
}

/* --- systems --- */

static const char *const state_names[] = {
    [MC_SYSTEM_NEVER] = "never",
    [MC_SYSTEM_OK] = "ok",
    [MC_SYSTEM_LOGIN] = "login",
    [MC_SYSTEM_TROUBLE] = "trouble",
};

const char *
mc_system_state_name(McSystemState state)
{
  return state_names[CLAMP((int)state, 0, MC_SYSTEM_TROUBLE)];
}

void
mc_system_status_free(McSystemStatus *status)
{
  if (!status)
    return;
  g_free(status->system);
  g_free(status->message);
  g_free(status->account);
  g_free(status);
}

static McSystemStatus *
read_status(sqlite3_stmt *s)
{
  McSystemStatus *status = g_new0(McSystemStatus, 1);
  status->system = mc_column_text(s, 0);
  status->state = (McSystemState)CLAMP(sqlite3_column_int(s, 1), 0, MC_SYSTEM_TROUBLE);
  status->message = mc_column_text(s, 2);
  status->account = mc_column_text(s, 3);
  status->last_complete = mc_column_moment(s, 4);
  status->last_try = mc_column_moment(s, 5);
  status->items = sqlite3_column_int64(s, 6);
  status->open_items = sqlite3_column_int64(s, 7);
  return status;
}

static GPtrArray *
read_systems(McSnapshot *snapshot, GError **error)
{
  g_autoptr(GPtrArray) systems = g_ptr_array_new_with_free_func((GDestroyNotify)mc_system_status_free);
  sqlite3_stmt *s =
      mc_db_query(snapshot->inbox, error,
                  "SELECT system, state, message, account, last_complete, last_try, items, open_items"
                  " FROM system ORDER BY system",
                  "");
  gboolean more = s != NULL;

  while (more) {
    if (!mc_db_step(snapshot->inbox, s, &more, error))
      return NULL;
    if (more)
      g_ptr_array_add(systems, read_status(s));
  }
  return s ? g_steal_pointer(&systems) : NULL;
}

GPtrArray *
mc_snapshot_systems(McSnapshot *snapshot, GError **error)
{
  if (!begin(snapshot, error))
    return NULL;
  GPtrArray *systems = read_systems(snapshot, error);
  end(snapshot);
  return systems;
}

/* --- rows --- */

static gboolean
read_links(McSnapshot *snapshot, McRow *row, GError **error)
{
  g_autoptr(GStrvBuilder) links = g_strv_builder_new();
  if (!*row->item->refs)
    return TRUE;
  sqlite3_stmt *s =
      mc_db_query(snapshot->inbox, error,
                  "SELECT DISTINCT i.id FROM ref a JOIN ref b ON b.ref = a.ref AND b.n <> a.n"
                  " JOIN item i ON i.n = b.n WHERE a.n = ? ORDER BY i.id LIMIT " G_STRINGIFY(LINKS_MAX),
                  "i", row->n);
  gboolean more = s != NULL;
  while (more) {
    if (!mc_db_step(snapshot->inbox, s, &more, error))
      return FALSE;
    if (more)
      g_strv_builder_add(links, (const char *)sqlite3_column_text(s, 0));
  }
  mc_item_set_list(row->item, &row->item->links, g_strv_builder_end(links));
  return s != NULL;
}

static void
refresh(McItem *item, GPtrArray *systems)
{
  for (guint i = 0; i < systems->len; i++) {
    const McSystemStatus *status = systems->pdata[i];
    if (strcmp(status->system, item->system) != 0)
      continue;
    item->as_of = MAX(item->as_of, status->last_complete);
    item->stale = status->state == MC_SYSTEM_LOGIN || status->state == MC_SYSTEM_TROUBLE;
  }
}

static gboolean
finish_row(McSnapshot *snapshot, McRow *row, GPtrArray *systems, GError **error)
{
  refresh(row->item, systems);
  if (!read_links(snapshot, row, error))
    return FALSE;
  return !row->has_note || mc_db_text(snapshot->desk, error, &row->item->note,
                                      "SELECT text FROM note WHERE item_id = ?", "t", row->item->id);
}

static McRow *
read_row(McSnapshot *snapshot, GPtrArray *systems, sqlite3_stmt *s, GError **error)
{
  gboolean found;
  if (!s || !mc_db_step(snapshot->inbox, s, &found, error) || !found)
    return NULL;
  g_autoptr(McRow) row = mc_row_read(s);
  sqlite3_reset(s);
  return finish_row(snapshot, row, systems, error) ? g_steal_pointer(&row) : NULL;
}

static McItem *
listed(McRow *row, McSort sort)
{
  const McPlace place = {row->n,           row->ord_due,      row->ord_received,
                         row->ord_urgency, row->item->system, row->ord_code};
  McItem *item = g_steal_pointer(&row->item);
  item->anchor = mc_listing_anchor(sort, &place);
  g_clear_pointer(&item->fields, g_ptr_array_unref);
  g_clear_pointer(&item->history, g_ptr_array_unref);
  g_clear_pointer(&item->attachments, g_ptr_array_unref);
  return item;
}

static GPtrArray *
list(McSnapshot *snapshot, const McListing *listing, const McPage *page, GError **error)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
  g_autoptr(GPtrArray) systems = read_systems(snapshot, error);
  g_autoptr(McCompiled) compiled = systems ? mc_query_compile(listing, systems) : NULL;
  g_autoptr(GArray) rows =
      compiled ? mc_listing_rows(snapshot->inbox, compiled, listing->sort, page, error) : NULL;

  for (guint i = 0; rows && i < rows->len; i++) {
    sqlite3_stmt *s = mc_db_query(snapshot->inbox, error, "SELECT " MC_ROW_COLUMNS " FROM item WHERE n = ?",
                                  "i", g_array_index(rows, gint64, i));
    g_autoptr(McRow) row = read_row(snapshot, systems, s, error);
    if (!row)
      return NULL;
    g_ptr_array_add(items, listed(row, listing->sort));
  }
  return rows ? g_steal_pointer(&items) : NULL;
}

GPtrArray *
mc_snapshot_list(McSnapshot *snapshot, const McListing *listing, const char *anchor, gboolean forward,
                 gboolean inclusive, int limit, GError **error)
{
  const McPage page = {anchor, forward, inclusive, CLAMP(limit, 1, LIMIT_MAX)};
  if (!begin(snapshot, error))
    return NULL;
  GPtrArray *items = list(snapshot, listing, &page, error);
  end(snapshot);
  return items;
}

gint64
mc_snapshot_count(McSnapshot *snapshot, const McListing *listing, gint64 cap, GError **error)
{
  gint64 count = -1;
  if (!begin(snapshot, error))
    return -1;
  g_autoptr(GPtrArray) systems = read_systems(snapshot, error);
  g_autoptr(McCompiled) compiled = systems ? mc_query_compile(listing, systems) : NULL;
  if (!compiled || !mc_listing_count(snapshot->inbox, compiled, cap, &count, error))
    count = -1;
  end(snapshot);
  return count;
}

/* --- one item --- */

static McItem *
whole(McSnapshot *snapshot, const char *id, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GPtrArray) systems = read_systems(snapshot, error);
  if (!systems)
    return NULL;
  sqlite3_stmt *s =
      mc_db_query(snapshot->inbox, &failure, "SELECT " MC_ROW_COLUMNS " FROM item WHERE id = ?", "t", id);
  g_autoptr(McRow) row = read_row(snapshot, systems, s, &failure);
  if (row && mc_body_read(snapshot->inbox, row, &failure))
    return g_steal_pointer(&row->item);
  if (!failure)
    g_set_error(&failure, MC_ERROR, MC_ERROR_NOT_FOUND, _("there is no item %s"), id);
  g_propagate_error(error, g_steal_pointer(&failure));
  return NULL;
}

McItem *
mc_snapshot_item(McSnapshot *snapshot, const char *id, GError **error)
{
  if (!begin(snapshot, error))
    return NULL;
  McItem *item = whole(snapshot, id, error);
  end(snapshot);
  return item;
}

/* --- near an id --- */

static void
add_similar(McSnapshot *snapshot, GPtrArray *ids, const char *sql, const char *from, const char *to)
{
  sqlite3_stmt *s = mc_db_query(snapshot->inbox, NULL, sql, to ? "tt" : "t", from, to);
  gboolean more = s != NULL;
  while (more && mc_db_step(snapshot->inbox, s, &more, NULL) && more) {
    const char *id = (const char *)sqlite3_column_text(s, 0);
    if (ids->len < SIMILAR_MAX && !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
      g_ptr_array_add(ids, g_strdup(id));
  }
}

static void
add_from(McSnapshot *snapshot, GPtrArray *ids, const char *start)
{
  g_autofree char *to = g_strconcat(start, "\xf4\x8f\xbf\xbf", NULL);
  add_similar(snapshot, ids, "SELECT id FROM item WHERE id >= ? AND id < ? ORDER BY id LIMIT 5", start, to);
}

static void
add_each_system(McSnapshot *snapshot, GPtrArray *ids, const char *id)
{
  g_autoptr(GPtrArray) systems = read_systems(snapshot, NULL);
  for (guint i = 0; systems && i < systems->len; i++) {
    g_autofree char *start = g_strconcat(((McSystemStatus *)systems->pdata[i])->system, ":", id, NULL);
    add_from(snapshot, ids, start);
  }
}

/* The words of what was typed, anywhere in an item whose id ends so. */
static void
add_ending(McSnapshot *snapshot, GPtrArray *ids, const char *id)
{
  g_autofree char *needle = mc_search_needle(id, FALSE, FALSE);
  g_autofree char *match = *needle ? mc_search_match(needle) : NULL;
  if (match)
    add_similar(snapshot, ids,
                "SELECT i.id FROM (SELECT rowid AS n FROM fts WHERE fts MATCH ?1 LIMIT 200) f"
                " CROSS JOIN item i ON i.n = f.n WHERE substr(i.id, -length(?2)) = ?2 LIMIT 5",
                match, id);
}

char **
mc_snapshot_similar(McSnapshot *snapshot, const char *id)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  if (*id && begin(snapshot, NULL)) {
    add_from(snapshot, ids, id);
    add_each_system(snapshot, ids, id);
    add_ending(snapshot, ids, id);
    end(snapshot);
  }
  g_ptr_array_add(ids, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&ids), FALSE);
}

/* --- the outbox --- */

GPtrArray *
mc_snapshot_outbox(McSnapshot *snapshot, const McOutFilter *filter, GError **error)
{
  static const McOutFilter any = {NULL, NULL, NULL, FALSE, 0};
  const McOutFilter *f = filter ? filter : &any;
  g_autoptr(McSql) sql = mc_sql_new("SELECT " MC_OUT_COLUMNS " FROM out WHERE 1");
  const char *const columns[] = {" AND batch = ", " AND item_id = ", " AND system = "};
  const char *const values[] = {f->batch, f->item_id, f->system};

  for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
    if (!values[i])
      continue;
    mc_sql_add(sql, columns[i]);
    mc_sql_text(sql, values[i]);
  }
  if (f->unsettled_only)
    mc_sql_add(sql, " AND state IN (0, 1, 5)");
  mc_sql_add(sql, " ORDER BY seq LIMIT ");
  mc_sql_int(sql, f->limit > 0 ? f->limit : LIMIT_MAX);
  sqlite3_stmt *s = mc_sql_prepare(sql, snapshot->desk, error);
  GPtrArray *actions = mc_out_read_all(snapshot->desk, s, error);
  sqlite3_finalize(s);
  return actions;
}

McOutAction *
mc_snapshot_outbox_get(McSnapshot *snapshot, const char *key, GError **error)
{
  sqlite3_stmt *s =
      mc_db_query(snapshot->desk, error, "SELECT " MC_OUT_COLUMNS " FROM out WHERE key = ?", "t", key);
  g_autoptr(GPtrArray) found = mc_out_read_all(snapshot->desk, s, error);
  if (!found)
    return NULL;
  if (found->len > 0)
    return g_ptr_array_steal_index(found, 0);
  g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("there is no action %s in the outbox"), key);
  return NULL;
}

gboolean
mc_snapshot_outbox_counts(McSnapshot *snapshot, gint64 *counts, GError **error)
{
  sqlite3_stmt *s = mc_db_query(snapshot->desk, error, "SELECT state, count(*) FROM out GROUP BY state", "");
  gboolean more = s != NULL;

  memset(counts, 0, sizeof *counts * MC_OUT_COUNT);
  while (more) {
    if (!mc_db_step(snapshot->desk, s, &more, error))
      return FALSE;
    int state = more ? sqlite3_column_int(s, 0) : -1;
    if (state >= 0 && state < MC_OUT_COUNT)
      counts[state] = sqlite3_column_int64(s, 1);
  }
  return s != NULL;
}

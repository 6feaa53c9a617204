/* SPDX-License-Identifier: Apache-2.0 */
/* Writing one item's row with all that hangs on it: body, search text, references, tags, counters. Everything
 * here runs inside a transaction of the inbox.
 *
 * No statement here may need a journal of its own (such as INSERT OR REPLACE into a table with indexes): at
 * each, FTS5 would write out what it gathered so far, a segment for every row. */
#include "store/inner.h"

#include <string.h>
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "store/pack.h"
#include "store/search.h"

McRow *
mc_inbox_row(McStore *store, const char *id, GError **error)
{
  gboolean found;
  sqlite3_stmt *s =
      mc_db_query(store->inbox, error, "SELECT " MC_ROW_COLUMNS " FROM item WHERE id = ?", "t", id);
  if (!s || !mc_db_step(store->inbox, s, &found, error) || !found)
    return NULL;
  McRow *row = mc_row_read(s);
  sqlite3_reset(s);
  return row;
}

gboolean
mc_body_read(McDb *inbox, McRow *row, GError **error)
{
  gboolean found;
  sqlite3_stmt *s =
      mc_db_query(inbox, error, "SELECT raw, keep, detail, detail_as_of FROM body WHERE n = ?", "i", row->n);
  if (!s || !mc_db_step(inbox, s, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  row->item->raw = mc_column_text(s, 0);
  row->item->keep = mc_column_text(s, 1);
  mc_unpack_detail(row->item, sqlite3_column_blob(s, 2), (gsize)sqlite3_column_bytes(s, 2));
  row->item->detail_as_of = mc_column_moment(s, 3);
  sqlite3_reset(s);
  return TRUE;
}

McItem *
mc_store_item(McStore *store, const char *id, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(McRow) row = mc_inbox_ready(store, &failure) ? mc_inbox_row(store, id, &failure) : NULL;
  if (row && mc_body_read(store->inbox, row, &failure))
    return g_steal_pointer(&row->item);
  if (!failure)
    g_set_error(&failure, MC_ERROR, MC_ERROR_NOT_FOUND, _("there is no item %s"), id);
  g_propagate_error(error, g_steal_pointer(&failure));
  return NULL;
}

static gboolean
read_detail(McStore *store, McRow *row, GError **error)
{
  gboolean found;
  sqlite3_stmt *s =
      mc_db_query(store->inbox, error, "SELECT detail, detail_as_of FROM body WHERE n = ?", "i", row->n);
  if (!s || !mc_db_step(store->inbox, s, &found, error))
    return FALSE;
  if (found) {
    mc_unpack_detail(row->item, sqlite3_column_blob(s, 0), (gsize)sqlite3_column_bytes(s, 0));
    row->item->detail_as_of = mc_column_moment(s, 1);
    sqlite3_reset(s);
  }
  return TRUE;
}

/* --- the parts of a row --- */

static gboolean
write_item(McStore *store, McRow *row, GError **error)
{
  static const char insert[] = "INSERT INTO item(" MC_ROW_COLUMNS ") VALUES(" MC_ROW_PLACES ")";
  static const char update[] = "UPDATE item SET (" MC_ROW_REST ") = (" MC_ROW_REST_PLACES ") WHERE n = ?1";
  gboolean more;
  sqlite3_stmt *s = mc_db_query(store->inbox, error, row->n ? update : insert, "");
  if (!s)
    return FALSE;
  mc_row_bind(row, s);
  if (!mc_db_step(store->inbox, s, &more, error))
    return FALSE;
  if (row->n == 0)
    row->n = sqlite3_last_insert_rowid(mc_db_handle(store->inbox));
  return TRUE;
}

static gboolean
write_body(McStore *store, const McRow *row, GError **error)
{
  const McItem *item = row->item;
  g_autoptr(GBytes) detail = mc_pack_detail(item);
  return mc_db_run(store->inbox, error,
                   "INSERT OR REPLACE INTO body(n, raw, keep, detail, detail_as_of) VALUES(?, ?, ?, ?, ?)",
                   "ittsm", row->n, item->raw, item->keep, detail, item->detail_as_of);
}

static gboolean
forget_search(McStore *store, gint64 n, const char *text, GError **error)
{
  return mc_db_run(store->inbox, error, "INSERT INTO fts(fts, rowid, text) VALUES('delete', ?, ?)", "it", n,
                   text) &&
         mc_db_run(store->inbox, error, "DELETE FROM search WHERE n = ?", "i", n);
}

/* The text that is there, or NULL, and whether both texts are these. */
static gboolean
read_search(McStore *store, gint64 n, const char *folded, const char *exact, char **old, gboolean *same,
            GError **error)
{
  gboolean found;
  sqlite3_stmt *s = mc_db_query(store->inbox, error, "SELECT text, exact FROM search WHERE n = ?", "i", n);
  if (!s || !mc_db_step(store->inbox, s, &found, error))
    return FALSE;
  if (found) {
    *old = mc_column_text(s, 0);
    *same = g_strcmp0(*old, folded) == 0 && g_strcmp0((const char *)sqlite3_column_text(s, 1), exact) == 0;
    sqlite3_reset(s);
  }
  return TRUE;
}

static gboolean
write_search(McStore *store, const McRow *row, gboolean is_new, GError **error)
{
  g_autofree char *folded = NULL, *exact = NULL, *old = NULL;
  gboolean same = FALSE;

  mc_search_texts(row->item, &folded, &exact);
  if (!is_new && (!read_search(store, row->n, folded, exact, &old, &same, error) ||
                  (old && !same && !forget_search(store, row->n, old, error))))
    return FALSE;
  if (same)
    return TRUE;
  return mc_db_run(store->inbox, error, "INSERT INTO search(n, text, exact) VALUES(?, ?, ?)", "itt", row->n,
                   folded, exact) &&
         mc_db_run(store->inbox, error, "INSERT INTO fts(rowid, text) VALUES(?, ?)", "it", row->n, folded);
}

/* A small set of values that point to the row: only differences are written. */
static gboolean
write_set(McStore *store, gint64 n, char **old, char **now, const char *insert, const char *drop,
          GError **error)
{
  for (char **value = old; value && *value; value++)
    if ((!now || !g_strv_contains((const char *const *)now, *value)) &&
        !mc_db_run(store->inbox, error, drop, "ti", *value, n))
      return FALSE;
  for (char **value = now; value && *value; value++)
    if ((!old || !g_strv_contains((const char *const *)old, *value)) &&
        !mc_db_run(store->inbox, error, insert, "ti", *value, n))
      return FALSE;
  return TRUE;
}

static gboolean
write_refs(McStore *store, gint64 n, char **old, char **now, GError **error)
{
  return write_set(store, n, old, now, "INSERT OR IGNORE INTO ref(ref, n) VALUES(?, ?)",
                   "DELETE FROM ref WHERE ref = ? AND n = ?", error);
}

gboolean
mc_inbox_refer(McStore *store, gint64 n, char **refs, GError **error)
{
  return write_refs(store, n, NULL, refs, error);
}

static char **
folded(char **list)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (; list && *list; list++) {
    g_autofree char *one = mc_text_fold(*list);
    g_strv_builder_add(builder, one);
  }
  return g_strv_builder_end(builder);
}

static gboolean
write_tags(McStore *store, gint64 n, char **old, char **now, GError **error)
{
  g_auto(GStrv) was = folded(old), is = folded(now);
  return write_set(store, n, was, is, "INSERT OR IGNORE INTO tag(tag, n) VALUES(?, ?)",
                   "DELETE FROM tag WHERE tag = ? AND n = ?", error);
}

/* --- a record that a system sent --- */

/* What stays of the old row: its place, and details and etag while the version is the same. */
static gboolean
inherit(McStore *store, McRow *row, const McRow *old, const McPut *put, GError **error)
{
  McItem *item = row->item;
  gboolean same_version = item->version && g_strcmp0(item->version, old->item->version) == 0;
  gboolean own_detail = item->detail_as_of != MC_TIME_NONE || item->fields->len > 0 ||
                        item->history->len > 0 || item->attachments->len > 0;
  row->n = old->n;
  row->seen = MAX(row->seen, old->seen);
  if (put->kind == MC_PUT_RECORD)
    row->pull_hash = row->row_hash == old->row_hash ? old->pull_hash : 0;
  if (!same_version)
    return TRUE;
  if (!item->etag)
    item->etag = g_strdup(old->item->etag);
  return put->kind == MC_PUT_RECORD || own_detail || read_detail(store, row, error);
}

gboolean
mc_inbox_put(McStore *store, McRow *row, const McPut *put, gboolean *added, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(McRow) old = mc_inbox_row(store, row->item->id, &failure);

  if (failure) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  row->seen = put->kind == MC_PUT_RECORD ? put->seen : 0;
  if (row->item->as_of == MC_TIME_NONE)
    row->item->as_of = mc_clock_now(store->clock);
  mc_item_set_list(row->item, &row->item->tags, g_new0(char *, 1));
  if (old && !inherit(store, row, old, put, error))
    return FALSE;
  if (put->desk && !mc_desk_lay(store, row, put->seen, error))
    return FALSE;
  mc_row_order(row);
  if (old)
    mc_inbox_count(store, old->item, -1);
  mc_inbox_count(store, row->item, 1);
  if (added)
    *added = old == NULL;
  return write_item(store, row, error) && write_body(store, row, error) &&
         write_search(store, row, !old, error) &&
         write_refs(store, row->n, old ? old->item->refs : NULL, row->item->refs, error) &&
         write_tags(store, row->n, old ? old->item->tags : NULL, row->item->tags, error);
}

gboolean
mc_inbox_remove(McStore *store, const char *id, gboolean *removed, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(McRow) row = mc_inbox_row(store, id, &failure);
  g_autofree char *text = NULL;

  if (failure) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  if (removed)
    *removed = row != NULL;
  if (!row)
    return TRUE;
  mc_inbox_count(store, row->item, -1);
  return mc_db_text(store->inbox, error, &text, "SELECT text FROM search WHERE n = ?", "i", row->n) &&
         (!text || forget_search(store, row->n, text, error)) &&
         write_refs(store, row->n, row->item->refs, NULL, error) &&
         write_tags(store, row->n, row->item->tags, NULL, error) &&
         mc_db_run(store->inbox, error, "DELETE FROM body WHERE n = ?", "i", row->n) &&
         mc_db_run(store->inbox, error, "DELETE FROM item WHERE n = ?", "i", row->n);
}

/* --- the overlay --- */

static gboolean
ranks_the_same(const McRow *a, const McRow *b)
{
  return a->item->state == b->item->state && a->item->unread == b->item->unread &&
         g_strcmp0(a->who, b->who) == 0 && a->item->due == b->item->due;
}

static gboolean
shows_the_same(const McRow *a, const McRow *b)
{
  return g_strcmp0(a->item->assignee, b->item->assignee) == 0 &&
         g_strcmp0(a->item->raw_state, b->item->raw_state) == 0 &&
         g_strcmp0(a->item->step, b->item->step) == 0 && g_strcmp0(a->beneath, b->beneath) == 0 &&
         a->item->pending == b->item->pending && a->failed == b->failed && a->has_note == b->has_note &&
         a->desk == b->desk &&
         g_strv_equal((const char *const *)a->item->tags, (const char *const *)b->item->tags);
}

/* Columns of which an index is made: they are left alone where they stay, for each index costs a page. */
static gboolean
update_rank(McStore *store, const McRow *row, GError **error)
{
  const McItem *item = row->item;
  return mc_db_run(store->inbox, error,
                   "UPDATE item SET state = ?, unread = ?, who = ?, due = ?, ord_due = ?, ord_urgency = ?"
                   " WHERE n = ?",
                   "nntmiii", (int)item->state, (int)item->unread, row->who, item->due, row->ord_due,
                   row->ord_urgency, row->n);
}

static gboolean
update_shown(McStore *store, const McRow *row, GError **error)
{
  const McItem *item = row->item;
  g_autofree char *tags = mc_pack_list(item->tags);
  return mc_db_run(store->inbox, error,
                   "UPDATE item SET assignee = ?, raw_state = ?, step = ?, pending = ?, failed = ?, tags = ?,"
                   " note = ?, desk = ?, beneath = ? WHERE n = ?",
                   "tttnntnnti", item->assignee, item->raw_state, item->step, item->pending, (int)row->failed,
                   tags, (int)row->has_note, (int)row->desk, row->beneath, row->n);
}

static gboolean
pull_seen(McStore *store, const McItem *item, gint64 *seen, GError **error)
{
  return mc_db_int(store->inbox, error, 0, seen, "SELECT seen FROM pull WHERE system = ? AND stream = ?",
                   "tt", item->system, item->stream ? item->stream : "");
}

gboolean
mc_inbox_overlay(McStore *store, const char *id, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(McRow) old = mc_inbox_row(store, id, &failure);
  g_autoptr(McRow) row = old ? mc_inbox_row(store, id, &failure) : NULL;
  gint64 seen;

  if (failure) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  if (!row)
    return TRUE;
  mc_row_strip(row);
  if (!pull_seen(store, row->item, &seen, error) || !mc_desk_lay(store, row, seen, error))
    return FALSE;
  if ((old->has_note || row->has_note) &&
      (!read_detail(store, row, error) || !write_search(store, row, FALSE, error)))
    return FALSE;
  mc_row_order(row);
  mc_inbox_count(store, old->item, -1);
  mc_inbox_count(store, row->item, 1);
  return (ranks_the_same(old, row) || update_rank(store, row, error)) &&
         (shows_the_same(old, row) || update_shown(store, row, error)) &&
         write_tags(store, row->n, old->item->tags, row->item->tags, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The person's own over the system's word: tags, notes, pending actions; and how the inbox follows the desk.
 *
 * The desk is written first and is durable by itself; the inbox follows in a transaction of its own. A crash
 * between the two leaves rows that lag behind: mc_store_reconcile() finds them. */
#include "store/inner.h"

#include "motcua/error.h"
#include "motcua/i18n.h"

static gboolean
lay_tags(McStore *store, McRow *row, GError **error)
{
  g_autoptr(GStrvBuilder) tags = g_strv_builder_new();
  sqlite3_stmt *s = mc_db_query(store->desk, error, "SELECT tag FROM tag WHERE item_id = ? ORDER BY tag", "t",
                                row->item->id);
  gboolean more = s != NULL;

  while (more) {
    if (!mc_db_step(store->desk, s, &more, error))
      return FALSE;
    if (more)
      g_strv_builder_add(tags, (const char *)sqlite3_column_text(s, 0));
  }
  mc_item_set_list(row->item, &row->item->tags, g_strv_builder_end(tags));
  return s != NULL;
}

static gboolean
lay_note(McStore *store, McRow *row, GError **error)
{
  mc_item_set_text(row->item, &row->item->note, NULL);
  if (!mc_db_text(store->desk, error, &row->item->note, "SELECT text FROM note WHERE item_id = ?", "t",
                  row->item->id))
    return FALSE;
  row->has_note = row->item->note != NULL;
  return TRUE;
}

static gboolean
lay_actions(McStore *store, McRow *row, gint64 seen, gboolean *any, GError **error)
{
  sqlite3_stmt *s =
      mc_db_query(store->desk, error,
                  "SELECT " MC_OUT_COLUMNS " FROM out WHERE item_id = ? AND (state IN (0, 1, 5) OR "
                  "(state = 2 AND settle_no > ?)) ORDER BY seq",
                  "ti", row->item->id, MAX(seen, row->seen));
  g_autoptr(GPtrArray) actions = mc_out_read_all(store->desk, s, error);
  gint64 last;

  if (!actions ||
      !mc_db_int(store->desk, error, -1, &last,
                 "SELECT state FROM out WHERE item_id = ? AND state <> 6 ORDER BY seq DESC LIMIT 1", "t",
                 row->item->id))
    return FALSE;
  row->failed = last == MC_OUT_FAILED || last == MC_OUT_CONFLICT;
  row->item->pending = 0;
  for (guint i = 0; i < actions->len; i++)
    row->item->pending += mc_out_state_is_settled(((McOutAction *)actions->pdata[i])->state) ? 0 : 1;
  if (actions->len > 0 && store->overlay) {
    g_autoptr(McItem) before = mc_item_copy(row->item);
    store->overlay(row->item, actions, store->overlay_data);
    mc_row_keep_beneath(row, before);
  }
  *any = actions->len > 0;
  return TRUE;
}

gboolean
mc_desk_lay(McStore *store, McRow *row, gint64 seen, GError **error)
{
  gboolean acted;
  if (!lay_tags(store, row, error) || !lay_note(store, row, error) ||
      !lay_actions(store, row, seen, &acted, error))
    return FALSE;
  row->desk = acted || row->failed || row->has_note || *row->item->tags != NULL;
  return TRUE;
}

gboolean
mc_desk_begin(McStore *store, GError **error)
{
  return mc_db_begin(store->desk, FALSE, error);
}

void
mc_desk_end(McStore *store)
{
  mc_db_rollback(store->desk);
}

gboolean
mc_desk_settled(McStore *store, gint64 *number, GError **error)
{
  return mc_db_int(store->desk, error, 0, number,
                   "SELECT MAX(settle_no) FROM out WHERE settle_no IS NOT NULL", "");
}

void
mc_desk_follow(McStore *store, const char *const *ids)
{
  g_autoptr(GError) error = NULL;
  if (!mc_store_overlay(store, ids, &error))
    g_warning("the inbox lags behind what was taken until the next start: %s", error->message);
}

static gboolean
gather(McDb *db, GHashTable *ids, const char *sql, GError **error)
{
  sqlite3_stmt *s = mc_db_query(db, error, sql, "");
  gboolean more = s != NULL;
  while (more) {
    if (!mc_db_step(db, s, &more, error))
      return FALSE;
    if (more)
      g_hash_table_add(ids, mc_column_text(s, 0));
  }
  return s != NULL;
}

gboolean
mc_store_reconcile(McStore *store, GError **error)
{
  static const char on_desk[] =
      "SELECT item_id FROM note UNION SELECT item_id FROM tag UNION SELECT item_id FROM out WHERE state IN "
      "(0, 1, 5)"
      " UNION SELECT item_id FROM out WHERE settle_no > (SELECT MAX(settle_no) - 1000 FROM out WHERE "
      "settle_no IS NOT NULL)";
  g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  if (!gather(store->desk, ids, on_desk, error) || !mc_inbox_begin(store, error))
    return FALSE;
  gboolean good =
      mc_desk_begin(store, error) && gather(store->inbox, ids, "SELECT id FROM item WHERE desk = 1", error);
  g_autofree char **list = (char **)g_hash_table_get_keys_as_array(ids, NULL);
  for (char **id = list; good && *id; id++)
    good = mc_inbox_overlay(store, *id, error);
  mc_desk_end(store);
  return mc_inbox_end(store, good, error);
}

/* --- notes and tags --- */

static gboolean
not_taken(GError **error)
{
  g_prefix_error(error, "%s ", _("NOT taken, nothing was changed."));
  return FALSE;
}

static gboolean
changed(McStore *store, const char *id)
{
  const char *const ids[] = {id, NULL};
  mc_desk_follow(store, ids);
  return TRUE;
}

gboolean
mc_store_note(McStore *store, const char *id, const char *text, GError **error)
{
  gboolean good = text && *text
                      ? mc_db_run(store->desk, error,
                                  "INSERT OR REPLACE INTO note(item_id, text) VALUES(?, ?)", "tt", id, text)
                      : mc_db_run(store->desk, error, "DELETE FROM note WHERE item_id = ?", "t", id);
  return good ? changed(store, id) : not_taken(error);
}

gboolean
mc_store_tag(McStore *store, const char *id, const char *tag, gboolean on, GError **error)
{
  const char *sql = on ? "INSERT OR IGNORE INTO tag(item_id, tag) VALUES(?, ?)"
                       : "DELETE FROM tag WHERE item_id = ? AND tag = ?";
  return mc_db_run(store->desk, error, sql, "tt", id, tag) ? changed(store, id) : not_taken(error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The stage (stage.h). */
#include "store/stage.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include "store/pack.h"
#include "store/search.h"

static const char make_stage[] =
    "PRAGMA stage.journal_mode = OFF; PRAGMA stage.synchronous = OFF;"
    "CREATE TABLE stage.one AS SELECT 0 AS pull, 0 AS what, i.*, b.raw, b.keep, b.detail, b.detail_as_of,"
    "  s.text, s.exact FROM main.item i, main.body b, main.search s LIMIT 0;"
    "CREATE UNIQUE INDEX stage.one_id ON one(pull, id);"
    "CREATE INDEX stage.one_turn ON one(pull, what, n);";

gboolean
mc_stage_ready(McStore *store, GError **error)
{
  g_autofree char *name = g_strdup_printf("stage-%d.tmp", (int)getpid());
  g_autofree char *path = mc_home_path(store->home, MC_DIR_DATA, name);

  if (store->staging)
    return TRUE;
  g_unlink(path);
  close(g_open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!mc_db_run(store->inbox, error, "ATTACH ? AS stage", "t", path))
    return FALSE;
  gboolean made = mc_db_script(store->inbox, make_stage, error);
  g_unlink(path);
  if (!made)
    mc_db_run(store->inbox, NULL, "DETACH stage", "");
  store->staging = made;
  return made;
}

void
mc_stage_drop(McStore *store, gint64 pull)
{
  store->pulls--;
  if (store->pulls == 0) /* all of it at once costs nothing */
    mc_db_run(store->inbox, NULL, "DELETE FROM stage.one", "");
  else
    mc_db_run(store->inbox, NULL, "DELETE FROM stage.one WHERE pull = ?", "i", pull);
}

/* --- putting aside --- */

static gboolean
put_id(McStore *store, gint64 pull, const char *id, McStageWhat what, GError **error)
{
  return mc_db_run(store->inbox, error,
                   "INSERT OR REPLACE INTO stage.one(id, n, what, pull)"
                   " VALUES(?1, (SELECT n FROM item WHERE id = ?1), ?2, ?3)",
                   "tni", id, (int)what, pull);
}

/* What the inbox has of it, and where: 0 for nowhere. */
static gboolean
what_of(McStore *store, const char *id, gint64 hash, McStageWhat *what, gint64 *n, GError **error)
{
  gboolean found;
  sqlite3_stmt *s = mc_db_query(store->inbox, error, "SELECT pull_hash, n FROM item WHERE id = ?", "t", id);
  if (!s || !mc_db_step(store->inbox, s, &found, error))
    return FALSE;
  *what = !found ? MC_STAGE_NEW : sqlite3_column_int64(s, 0) == hash ? MC_STAGE_SAME : MC_STAGE_CHANGED;
  *n = found ? sqlite3_column_int64(s, 1) : 0;
  sqlite3_reset(s);
  return TRUE;
}

static gboolean
insert(McStore *store, gint64 pull, const McRow *row, GBytes *detail, McStageWhat what, GError **error)
{
  g_autofree char *folded = NULL, *exact = NULL;
  const McItem *item = row->item;
  int at = MC_ROW_COUNT;
  gboolean more;
  sqlite3_stmt *s = mc_db_query(store->inbox, error,
                                "INSERT OR REPLACE INTO stage.one(" MC_STAGE_COLUMNS
                                ", text, exact, what, pull) VALUES(" MC_ROW_PLACES ",?,?,?,?,?,?,?,?)",
                                "");
  if (!s)
    return FALSE;
  mc_search_texts(item, &folded, &exact);
  mc_row_bind(row, s);
  sqlite3_bind_text(s, ++at, item->raw, -1, SQLITE_STATIC);
  sqlite3_bind_text(s, ++at, item->keep, -1, SQLITE_STATIC);
  mc_db_bind_bytes(s, ++at, detail);
  mc_db_bind_moment(s, ++at, item->detail_as_of);
  sqlite3_bind_text(s, ++at, folded, -1, SQLITE_STATIC);
  sqlite3_bind_text(s, ++at, exact, -1, SQLITE_STATIC);
  sqlite3_bind_int(s, ++at, (int)what);
  sqlite3_bind_int64(s, ++at, pull);
  gboolean good = mc_db_step(store->inbox, s, &more, error);
  sqlite3_clear_bindings(s);
  return good;
}

gboolean
mc_stage_item(McStore *store, gint64 pull, const McItem *item, GError **error)
{
  g_autoptr(GBytes) detail = mc_pack_detail(item);
  gint64 row_hash = mc_row_hash(item), hash = mc_row_hash_whole(row_hash, item, detail);
  McItem shown;
  McRow row;
  McStageWhat what;
  gint64 n;

  if (!what_of(store, item->id, hash, &what, &n, error))
    return FALSE;
  if (what == MC_STAGE_SAME)
    return put_id(store, pull, item->id, what, error);
  mc_row_over(&row, &shown, item);
  row.n = n;
  row.row_hash = row_hash;
  row.pull_hash = hash;
  if (shown.as_of == MC_TIME_NONE)
    shown.as_of = mc_clock_now(store->clock);
  mc_row_order(&row);
  gboolean good = insert(store, pull, &row, detail, what, error);
  mc_row_clear(&row);
  return good;
}

gboolean
mc_stage_gone(McStore *store, gint64 pull, const char *id, GError **error)
{
  return put_id(store, pull, id, MC_STAGE_GONE, error);
}

/* --- taking --- */

gboolean
mc_stage_review(McStore *store, gint64 pull, GHashTable *desk, GError **error)
{
  GHashTableIter iter;
  gpointer id;

  if (!mc_db_run(store->inbox, error,
                 "UPDATE stage.one SET what = ?1 WHERE pull = ?2 AND what = ?3 AND"
                 " EXISTS (SELECT 1 FROM main.item i WHERE i.id = one.id)",
                 "nin", MC_STAGE_CHANGED, pull, MC_STAGE_NEW))
    return FALSE;
  g_hash_table_iter_init(&iter, desk);
  while (g_hash_table_iter_next(&iter, &id, NULL))
    if (!mc_db_run(store->inbox, error,
                   "UPDATE stage.one SET what = ? WHERE pull = ? AND id = ? AND what = ?", "nitn",
                   MC_STAGE_CHANGED, pull, (const char *)id, MC_STAGE_NEW))
      return FALSE;
  return TRUE;
}

McRow *
mc_stage_read(sqlite3_stmt *s)
{
  McRow *row = mc_row_read(s);
  row->n = 0;
  row->item->raw = mc_column_text(s, MC_ROW_COUNT);
  row->item->keep = mc_column_text(s, MC_ROW_COUNT + 1);
  mc_unpack_detail(row->item, sqlite3_column_blob(s, MC_ROW_COUNT + 2),
                   (gsize)sqlite3_column_bytes(s, MC_ROW_COUNT + 2));
  row->item->detail_as_of = mc_column_moment(s, MC_ROW_COUNT + 3);
  return row;
}

static gboolean
take_refs(McStore *store, gint64 pull, gint64 base, GError **error)
{
  sqlite3_stmt *s =
      mc_db_query(store->inbox, error, "SELECT ?3 + rowid, refs" MC_STAGE_ROWS " AND refs IS NOT NULL", "ini",
                  pull, MC_STAGE_NEW, base);
  gboolean more = s != NULL, good = s != NULL;

  while (good && more) {
    good = mc_db_step(store->inbox, s, &more, error);
    if (good && more) {
      g_auto(GStrv) refs = mc_unpack_list((const char *)sqlite3_column_text(s, 1));
      good = mc_inbox_refer(store, sqlite3_column_int64(s, 0), refs, error);
    }
  }
  if (s)
    sqlite3_reset(s);
  return good;
}

static gboolean
count_new(McStore *store, gint64 pull, const char *system, guint *added, GError **error)
{
  gboolean found;
  sqlite3_stmt *s = mc_db_query(
      store->inbox, error, "SELECT count(*), COALESCE(sum(ord_due < " MC_ORD_CLOSED_SQL "), 0)" MC_STAGE_ROWS,
      "in", pull, MC_STAGE_NEW);
  if (!s || !mc_db_step(store->inbox, s, &found, error))
    return FALSE;
  *added = (guint)sqlite3_column_int64(s, 0);
  mc_inbox_count_all(store, system, *added, sqlite3_column_int64(s, 1));
  sqlite3_reset(s);
  return TRUE;
}

/* What fails here fails the whole transaction: OR FAIL spares the journal of the statement. */
gboolean
mc_stage_take_new(McStore *store, gint64 pull, const char *system, guint *added, GError **error)
{
  static const char *const statements[] = {
      "INSERT OR FAIL INTO item(" MC_ROW_COLUMNS ") SELECT ?3 + rowid, " MC_ROW_REST MC_STAGE_ROWS,
      "INSERT OR FAIL INTO body(n, raw, keep, detail, detail_as_of)"
      " SELECT ?3 + rowid, raw, keep, detail, detail_as_of" MC_STAGE_ROWS,
      "INSERT OR FAIL INTO search(n, text, exact) SELECT ?3 + rowid, text, exact" MC_STAGE_ROWS,
      "INSERT INTO fts(rowid, text) SELECT ?3 + rowid, text" MC_STAGE_ROWS,
  };
  gint64 base;

  if (!count_new(store, pull, system, added, error))
    return FALSE;
  if (*added == 0)
    return TRUE;
  if (!mc_db_int(store->inbox, error, 0, &base, "SELECT max(n) FROM item", ""))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(statements); i++)
    if (!mc_db_run(store->inbox, error, statements[i], "ini", pull, MC_STAGE_NEW, base))
      return FALSE;
  return take_refs(store, pull, base, error);
}

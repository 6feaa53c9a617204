/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the stores, transactions of the inbox under the writers' lock, and what is kept of a system
 * (store.h). */
#include "store/inner.h"

#include <glib/gstdio.h>
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "store/schema.h"
#include "store/search.h"

#define WAL_MAX   (4 * 1024 * 1024)
#define CACHE_KIB 49152 /* a large pull touches every index at random; filled only by one */

typedef struct {
  gint64 items, open_items;
} Counts;

static gboolean
open_inbox(McStore *store, GError **error)
{
  store->inbox = mc_schema_open(&mc_schema_inbox, store->home, store->lock, error);
  store->staging = FALSE;
  store->pulls = 0;
  store->generation++;
  return store->inbox && mc_search_register(store->inbox, error) &&
         mc_db_script(store->inbox, "PRAGMA cache_size = -" G_STRINGIFY(CACHE_KIB), error);
}

McStore *
mc_store_open(McHome *home, McClock *clock, GError **error)
{
  g_autoptr(McStore) store = g_new0(McStore, 1);
  store->home = mc_home_ref(home);
  store->clock = mc_clock_ref(clock);
  store->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  store->lock = mc_lock_open(home, error);
  if (!store->lock || !open_inbox(store, error))
    return NULL;
  store->desk = mc_schema_open(&mc_schema_desk, home, store->lock, error);
  return store->desk ? g_steal_pointer(&store) : NULL;
}

/* --- transactions and checkpoints of the inbox --- */

static gint64
wal_size(McStore *store)
{
  GStatBuf info;
  g_autofree char *path = g_strconcat(mc_db_path(store->inbox), "-wal", NULL);
  return g_stat(path, &info) == 0 ? info.st_size : 0;
}

/* Never waits for readers: what they still need stays in the log until the next time. The caller holds the
 * lock. */
static void
checkpoint(McStore *store)
{
  sqlite3 *handle = mc_db_handle(store->inbox);
  sqlite3_busy_timeout(handle, 0);
  sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  sqlite3_busy_timeout(handle, 20000);
}

void
mc_store_free(McStore *store)
{
  if (!store)
    return;
  if (store->inbox && wal_size(store) > 0 && mc_lock_try(store->lock)) {
    checkpoint(store);
    mc_lock_release(store->lock);
  }
  g_clear_pointer(&store->inbox, mc_db_free);
  g_clear_pointer(&store->desk, mc_db_free);
  g_clear_pointer(&store->lock, mc_lock_free);
  g_hash_table_unref(store->counts);
  mc_clock_unref(store->clock);
  mc_home_unref(store->home);
  g_free(store);
}

void
mc_store_set_overlay(McStore *store, McOverlay overlay, gpointer data)
{
  store->overlay = overlay;
  store->overlay_data = data;
}

gboolean
mc_inbox_ready(McStore *store, GError **error)
{
  if (store->inbox && mc_db_is_moved(store->inbox))
    g_clear_pointer(&store->inbox, mc_db_free);
  return store->inbox || open_inbox(store, error);
}

gboolean
mc_inbox_begin(McStore *store, GError **error)
{
  if (!mc_inbox_ready(store, error) || !mc_lock_take(store->lock, error))
    return FALSE;
  if (mc_db_begin(store->inbox, TRUE, error))
    return TRUE;
  mc_lock_release(store->lock);
  return FALSE;
}

void
mc_inbox_count_all(McStore *store, const char *system, gint64 items, gint64 open_items)
{
  Counts *counts = g_hash_table_lookup(store->counts, system);
  if (!counts) {
    counts = g_new0(Counts, 1);
    g_hash_table_insert(store->counts, g_strdup(system), counts);
  }
  counts->items += items;
  counts->open_items += open_items;
}

void
mc_inbox_count(McStore *store, const McItem *item, int by)
{
  mc_inbox_count_all(store, item->system, by, mc_state_is_open(item->state) ? by : 0);
}

static gboolean
write_counts(McStore *store, GError **error)
{
  GHashTableIter iter;
  gpointer system, value;

  g_hash_table_iter_init(&iter, store->counts);
  while (g_hash_table_iter_next(&iter, &system, &value)) {
    const Counts *counts = value;
    if ((counts->items || counts->open_items) &&
        !mc_db_run(store->inbox, error,
                   "INSERT INTO system(system, items, open_items) VALUES(?1, ?2, ?3) ON CONFLICT(system) DO "
                   "UPDATE SET"
                   " items = items + ?2, open_items = open_items + ?3",
                   "tii", (const char *)system, counts->items, counts->open_items))
      return FALSE;
  }
  return TRUE;
}

/* The cache is damaged: away with it, the next pull fills a new one. The caller holds the lock. */
static void
start_anew(McStore *store)
{
  gboolean moved = mc_db_is_moved(store->inbox);
  g_clear_pointer(&store->inbox, mc_db_free);
  if (!moved)
    mc_schema_set_aside(&mc_schema_inbox, store->home, NULL);
}

gboolean
mc_inbox_end(McStore *store, gboolean good, GError **error)
{
  if (good && !write_counts(store, error))
    good = FALSE;
  g_hash_table_remove_all(store->counts);
  if (good)
    good = mc_db_commit(store->inbox, error);
  else
    mc_db_rollback(store->inbox);
  if (mc_db_is_corrupt(store->inbox))
    start_anew(store);
  else if (wal_size(store) > WAL_MAX)
    checkpoint(store);
  mc_lock_release(store->lock);
  return good;
}

/* --- systems --- */

char *
mc_store_cursor(McStore *store, const char *system, const char *stream, GError **error)
{
  char *cursor = NULL;
  if (!mc_inbox_ready(store, error))
    return NULL;
  mc_db_text(store->inbox, error, &cursor, "SELECT cursor FROM pull WHERE system = ? AND stream = ?", "tt",
             system, stream ? stream : "");
  return cursor;
}

gboolean
mc_store_system_state(McStore *store, const char *system, McSystemState state, const char *message,
                      const char *account, GError **error)
{
  gint64 now = mc_clock_now(store->clock);
  if (!mc_inbox_begin(store, error))
    return FALSE;
  gboolean good = mc_db_run(store->inbox, error,
                            "INSERT INTO system(system, state, message, account, last_try, last_complete) "
                            "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
                            " ON CONFLICT(system) DO UPDATE SET state = ?2, message = ?3, account = "
                            "COALESCE(?4, account), last_try = ?5,"
                            " last_complete = COALESCE(?6, last_complete)",
                            "tnttim", system, (int)state, message, account, now,
                            state == MC_SYSTEM_OK ? now : MC_TIME_NONE);
  return mc_inbox_end(store, good, error);
}

/* Ids first: the rows go while they are walked. */
static GPtrArray *
ids_of(McStore *store, const char *system, GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  sqlite3_stmt *rows = mc_db_query(
      store->inbox, error, "SELECT id FROM (SELECT id, n FROM item WHERE system = ? LIMIT 2000) ORDER BY n",
      "t", system);
  gboolean row = rows != NULL;

  while (row) {
    if (!mc_db_step(store->inbox, rows, &row, error))
      return NULL;
    if (row)
      g_ptr_array_add(ids, mc_column_text(rows, 0));
  }
  return rows ? g_steal_pointer(&ids) : NULL;
}

static gboolean
remove_all(McStore *store, const char *system, GError **error)
{
  for (;;) {
    g_autoptr(GPtrArray) ids = ids_of(store, system, error);
    if (!ids)
      return FALSE;
    if (ids->len == 0)
      return TRUE;
    for (guint i = 0; i < ids->len; i++)
      if (!mc_inbox_remove(store, ids->pdata[i], NULL, error))
        return FALSE;
  }
}

gboolean
mc_store_system_forget(McStore *store, const char *system, GError **error)
{
  if (!mc_inbox_begin(store, error))
    return FALSE;
  gboolean good = remove_all(store, system, error) &&
                  mc_db_run(store->inbox, error, "DELETE FROM pull WHERE system = ?", "t", system) &&
                  mc_db_run(store->inbox, error, "DELETE FROM answer WHERE system = ?", "t", system) &&
                  mc_db_run(store->inbox, error, "DELETE FROM system WHERE system = ?", "t", system);
  g_hash_table_remove(store->counts, system);
  return mc_inbox_end(store, good, error);
}

/* --- single items --- */

gboolean
mc_store_item_put(McStore *store, const McItem *item, GError **error)
{
  McPut put = {MC_PUT_RECORD, 0, TRUE};
  gint64 as_of = item->as_of == MC_TIME_NONE ? mc_clock_now(store->clock) : item->as_of;

  if (!mc_db_int(store->desk, error, 0, &put.seen,
                 "SELECT MAX(settle_no) FROM out WHERE item_id = ? AND settled <= ?", "ti", item->id,
                 as_of) ||
      !mc_inbox_begin(store, error))
    return FALSE;
  g_autoptr(McRow) row = mc_row_new(item);
  return mc_inbox_end(store, mc_inbox_put(store, row, &put, NULL, error), error);
}

gboolean
mc_store_item_gone(McStore *store, const char *id, GError **error)
{
  return mc_inbox_begin(store, error) && mc_inbox_end(store, mc_inbox_remove(store, id, NULL, error), error);
}

gboolean
mc_store_overlay(McStore *store, const char *const *ids, GError **error)
{
  gboolean good;
  if (!*ids)
    return TRUE;
  if (!mc_inbox_begin(store, error))
    return FALSE;
  good = mc_desk_begin(store, error);
  for (; good && *ids; ids++)
    good = mc_inbox_overlay(store, *ids, error);
  mc_desk_end(store);
  return mc_inbox_end(store, good, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the store share: a home in a temporary directory, short ways to make items and to ask. */
#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include "motcua/error.h"
#include "motcua/snapshot.h"
#include "store/store.h"

#define NOW  ((gint64)1795316400) /* 2026-11-22 10:00:00 +07:00, a Sunday */
#define HOUR 3600
#define DAY  (24 * HOUR)

typedef struct {
  char *dir;
  McHome *home;
  McClock *clock;
  McCalendar *calendar;
  McStore *store;
  McSnapshot *snapshot;
} Desk;

static inline void
no_error(GError *error)
{
  if (error)
    fail_msg("%s", error->message);
}

static inline int
desk_open(void **state)
{
  g_autoptr(GError) error = NULL;
  Desk *desk = g_new0(Desk, 1);
  desk->dir = g_dir_make_tmp("motcua-store-XXXXXX", NULL);
  g_setenv("MOTCUA_HOME", desk->dir, TRUE);
  desk->home = mc_home_open(NULL, &error);
  no_error(error);
  desk->clock = mc_clock_new_manual(NOW);
  desk->calendar = mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", &error);
  no_error(error);
  desk->store = mc_store_open(desk->home, desk->clock, &error);
  no_error(error);
  desk->snapshot = mc_snapshot_open(desk->home, &error);
  no_error(error);
  *state = desk;
  return 0;
}

static inline void
remove_tree(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
      remove_tree(child);
    else
      g_unlink(child);
  }
  g_rmdir(path);
}

static inline int
desk_close(void **state)
{
  Desk *desk = *state;
  mc_snapshot_free(desk->snapshot);
  mc_store_free(desk->store);
  mc_calendar_unref(desk->calendar);
  mc_clock_unref(desk->clock);
  mc_home_unref(desk->home);
  remove_tree(desk->dir);
  g_free(desk->dir);
  g_free(desk);
  return 0;
}

static inline char *
data_path(Desk *desk, const char *name)
{
  return mc_home_path(desk->home, MC_DIR_DATA, name);
}

/* --- items --- */

static inline void
put_text(char **member, const char *text)
{
  g_free(*member);
  *member = g_strdup(text);
}

static inline McItem *
item_new(const char *system, const char *key, const char *title)
{
  McItem *item = mc_item_new(system, "main", key, FALSE);
  put_text(&item->title, title);
  put_text(&item->code, key);
  item->state = item->sys_state = MC_STATE_PROCESSING;
  item->kind = MC_KIND_CASE;
  item->as_of = NOW - HOUR;
  item->received = NOW - DAY;
  put_text(&item->raw, "{\"a\":1}");
  return item;
}

static inline GPtrArray *
items_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
}

/* A complete pull of these items. */
static inline McPullCounts
pull_all(Desk *desk, const char *system, GPtrArray *items, gboolean full)
{
  g_autoptr(GError) error = NULL;
  McPullCounts counts = {0, 0, 0, 0};
  g_autoptr(McPullTxn) pull = mc_store_pull_begin(desk->store, system, "main", &error);
  no_error(error);
  assert_true(mc_store_pull_add(pull, items, &error) || (no_error(error), FALSE));
  assert_true(mc_store_pull_commit(pull, "cursor-1", full, &counts, &error) || (no_error(error), FALSE));
  return counts;
}

/* --- asking --- */

static inline GPtrArray *
ask(Desk *desk, const char *text, McSort sort, const char *anchor, gboolean forward, gboolean inclusive,
    int limit)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McQuery) query = mc_query_parse(text, desk->calendar, NOW, &error);
  no_error(error);
  const McListing listing = {query, sort, NOW, desk->calendar, 480};
  GPtrArray *items = mc_snapshot_list(desk->snapshot, &listing, anchor, forward, inclusive, limit, &error);
  no_error(error);
  return items;
}

/* Keys of the items found, joined by spaces. New string. */
static inline char *
keys_of(GPtrArray *items)
{
  GString *keys = g_string_new(NULL);
  for (guint i = 0; i < items->len; i++)
    g_string_append_printf(keys, "%s%s", i ? " " : "", ((McItem *)items->pdata[i])->key);
  return g_string_free(keys, FALSE);
}

static inline void
expect(Desk *desk, const char *text, McSort sort, const char *keys)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = ask(desk, text, sort, NULL, TRUE, FALSE, 1000);
  g_autofree char *found = keys_of(items);
  if (strcmp(found, keys) != 0)
    fail_msg("%s: found \"%s\" instead of \"%s\"", text, found, keys);
  g_autoptr(McQuery) query = mc_query_parse(text, desk->calendar, NOW, &error);
  const McListing listing = {query, sort, NOW, desk->calendar, 480};
  assert_int_equal(mc_snapshot_count(desk->snapshot, &listing, 0, &error), items->len);
  no_error(error);
}

static inline McItem *
look(Desk *desk, const char *id)
{
  g_autoptr(GError) error = NULL;
  McItem *item = mc_snapshot_item(desk->snapshot, id, &error);
  no_error(error);
  return item;
}

/* --- actions --- */

static inline McOutAction *
action_new(const char *key, const char *item_id, const char *action)
{
  McOutAction *out = g_new0(McOutAction, 1);
  out->key = g_strdup(key);
  out->batch = g_strdup("batch-1");
  out->item_id = g_strdup(item_id);
  out->system = g_strndup(item_id, strcspn(item_id, ":"));
  out->action = g_strdup(action);
  out->title = g_strdup("a title");
  out->frozen = g_strdup_printf("{\"key\":\"%s\",\"now\":1,\"form\":{\"x\":\"%s\"}}", key, action);
  out->created = out->send_after = NOW;
  out->settled = MC_TIME_NONE;
  return out;
}

static inline void
take(Desk *desk, McOutAction *action)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)mc_out_action_free);
  g_ptr_array_add(actions, action);
  assert_true(mc_store_out_add(desk->store, actions, NULL, &error) || (no_error(error), FALSE));
}

static inline gboolean
move(Desk *desk, const char *key, McOutState from, McOutState to)
{
  g_autoptr(GError) error = NULL;
  const McOutMove step = {
      .from = from, .to = to, .send_after = MC_TIME_NONE, .attempt = to == MC_OUT_SENDING};
  gboolean moved;
  assert_true(mc_store_out_move(desk->store, key, &step, &moved, &error) || (no_error(error), FALSE));
  return moved;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes at once, a process killed between its two files, a full disk, damaged and foreign files,
 * schemas older and newer than the program's. */
#include "store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "store/inner.h"
#include "store/schema.h"

/* What a forked child does, with a store of its own; it ends with the value given back. */
typedef int (*Child)(Desk *desk, McStore *store, int number);

static pid_t
start(Desk *desk, Child child, int number)
{
  pid_t pid = fork();
  if (pid != 0)
    return pid;
  McStore *store = mc_store_open(desk->home, desk->clock, NULL);
  _exit(store ? child(desk, store, number) : 99);
}

static int
finish(pid_t pid)
{
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return status;
}

/* A test that forks has no open connection of its own meanwhile: SQLite forbids carrying one across. */
static void
let_go(Desk *desk)
{
  g_clear_pointer(&desk->snapshot, mc_snapshot_free);
  g_clear_pointer(&desk->store, mc_store_free);
}

static void
take_up(Desk *desk)
{
  g_autoptr(GError) error = NULL;
  desk->store = mc_store_open(desk->home, desk->clock, &error);
  no_error(error);
  desk->snapshot = mc_snapshot_open(desk->home, &error);
  no_error(error);
}

/* --- two writers --- */

#define EACH 40

static int
write_much(Desk *desk, McStore *store, int number)
{
  const char *system = number ? "van-ban" : "mot-cua";
  for (int i = 0; i < EACH; i++) {
    g_autofree char *key = g_strdup_printf("%d-%03d", number, i), *id = g_strconcat(system, ":", key, NULL);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)mc_out_action_free);
    g_autoptr(GPtrArray) items = items_new();
    g_ptr_array_add(actions, action_new(key, id, "approve"));
    if (!mc_store_out_add(store, actions, NULL, NULL) || !mc_store_note(store, id, "ghi", NULL))
      return 1;
    g_ptr_array_add(items, item_new(system, key, "việc"));
    g_autoptr(McPullTxn) pull = mc_store_pull_begin(store, system, "main", NULL);
    if (!pull || !mc_store_pull_add(pull, items, NULL) ||
        !mc_store_pull_commit(pull, NULL, FALSE, NULL, NULL))
      return 2;
  }
  (void)desk;
  return 0;
}

static void
two_writers(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  gint64 counts[MC_OUT_COUNT];
  let_go(desk);
  pid_t pids[3];
  for (int i = 0; i < 2; i++)
    pids[i] = start(desk, write_much, i);
  for (int i = 0; i < 2; i++)
    assert_int_equal(finish(pids[i]), 0);
  take_up(desk);
  assert_true(mc_snapshot_outbox_counts(desk->snapshot, counts, &error));
  assert_int_equal(counts[MC_OUT_QUEUED], 2 * EACH);
  g_autoptr(GPtrArray) pending = ask(desk, "is:pending has:note ghi", MC_SORT_CODE, NULL, TRUE, FALSE, 1000);
  assert_int_equal(pending->len, 2 * EACH);
}

/* --- killed between desk and inbox --- */

static void
die(McItem *item, GPtrArray *actions, gpointer data)
{
  (void)item, (void)actions, (void)data;
  kill(getpid(), SIGKILL);
}

static int
killed_while_following(Desk *desk, McStore *store, int number)
{
  g_autoptr(GPtrArray) actions = g_ptr_array_new();
  (void)desk, (void)number;
  mc_store_set_overlay(store, die, NULL);
  g_ptr_array_add(actions, action_new("01A", "mot-cua:a", "approve"));
  mc_store_out_add(store, actions, NULL, NULL);
  return 1;
}

static void
finish_item(McItem *item, GPtrArray *actions, gpointer data)
{
  (void)actions, (void)data;
  item->state = MC_STATE_DONE;
}

static void
killed_between_the_files(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "a", "Việc"));
  pull_all(desk, "mot-cua", items, TRUE);
  let_go(desk);
  int status = finish(start(desk, killed_while_following, 0));
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

  take_up(desk);
  g_autoptr(McOutAction) taken = mc_store_out_get(desk->store, "01A", &error);
  no_error(error);
  assert_int_equal(taken->state, MC_OUT_QUEUED);
  expect(desk, "is:pending", MC_SORT_DUE, ""); /* the inbox lags */
  mc_store_set_overlay(desk->store, finish_item, NULL);
  assert_true(mc_store_reconcile(desk->store, &error));
  expect(desk, "is:pending -is:open", MC_SORT_DUE, "a");
}

static int
killed_while_pulling(Desk *desk, McStore *store, int number)
{
  g_autoptr(GPtrArray) items = items_new();
  (void)desk, (void)number;
  mc_store_set_overlay(store, die, NULL);
  g_ptr_array_add(items, item_new("mot-cua", "a", "Việc khác"));
  g_ptr_array_add(items, item_new("mot-cua", "b", "Việc"));
  McPullTxn *pull = mc_store_pull_begin(store, "mot-cua", "main", NULL);
  mc_store_pull_add(pull, items, NULL);
  mc_store_pull_commit(pull, "c2", TRUE, NULL, NULL);
  return 1;
}

static void
killed_in_a_commit(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "a", "Việc"));
  pull_all(desk, "mot-cua", items, TRUE);
  take(desk, action_new("01A", "mot-cua:b", "approve"));
  let_go(desk);
  int status = finish(start(desk, killed_while_pulling, 0));
  assert_true(WIFSIGNALED(status));
  take_up(desk);
  expect(desk, "", MC_SORT_DUE, "a");
  expect(desk, "khac", MC_SORT_DUE, "");
  g_autofree char *cursor = mc_store_cursor(desk->store, "mot-cua", "main", &error);
  assert_string_equal(cursor, "cursor-1");
  pull_all(desk, "mot-cua", items, TRUE); /* the lock went with its holder */
}

/* --- a full disk --- */

static int
nothing_fits(Desk *desk, McStore *store, int number)
{
  const struct rlimit none = {1024, 1024};
  g_autoptr(GPtrArray) actions = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  (void)desk, (void)number;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &none);
  g_ptr_array_add(actions, action_new("01A", "mot-cua:a", "approve"));
  if (mc_store_out_add(store, actions, NULL, &error))
    return 1;
  if (error->code != MC_ERROR_STORE || !strstr(error->message, "NOT taken"))
    return 2;
  if (mc_store_note(store, "mot-cua:a", "mới", NULL))
    return 3;
  g_autoptr(GPtrArray) items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "z", "Việc"));
  g_autoptr(McPullTxn) pull = mc_store_pull_begin(store, "mot-cua", "main", NULL);
  return pull && mc_store_pull_add(pull, items, NULL) && mc_store_pull_commit(pull, "c2", TRUE, NULL, NULL)
             ? 4
             : 0;
}

static void
full_disk(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "a", "Việc"));
  pull_all(desk, "mot-cua", items, TRUE);
  take(desk, action_new("01B", "mot-cua:a", "approve"));
  assert_true(mc_store_note(desk->store, "mot-cua:a", "cũ", &error));
  let_go(desk);
  assert_int_equal(finish(start(desk, nothing_fits, 0)), 0);
  take_up(desk);
  assert_null(mc_store_out_get(desk->store, "01A", NULL));
  g_autoptr(McOutAction) before = mc_store_out_get(desk->store, "01B", &error);
  assert_non_null(before);
  expect(desk, "cu", MC_SORT_DUE, "a");
}

/* --- damaged files --- */

static void
spoil(Desk *desk, const char *name, gsize from)
{
  g_autofree char *path = data_path(desk, name), *bytes = NULL;
  gsize size;
  assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  for (gsize i = from; i < size; i++)
    bytes[i] = (char)(bytes[i] ^ 0x5a);
  assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
}

static guint
set_aside(Desk *desk)
{
  g_autoptr(GDir) data = g_dir_open(mc_home_dir(desk->home, MC_DIR_DATA), 0, NULL);
  guint found = 0;
  for (const char *name; (name = g_dir_read_name(data));)
    found += g_str_has_prefix(name, "inbox.db.corrupt-") && !g_str_has_suffix(name, "-wal") &&
             !g_str_has_suffix(name, "-shm");
  return found;
}

static GLogWriterOutput
quiet(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
  (void)level, (void)fields, (void)count, (void)data;
  return G_LOG_WRITER_HANDLED;
}

static void
damaged_at_start(void **state)
{
  Desk *desk = *state;
  g_autoptr(GPtrArray) items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "a", "Việc"));
  pull_all(desk, "mot-cua", items, TRUE);
  take(desk, action_new("01A", "mot-cua:a", "approve"));
  let_go(desk);
  spoil(desk, "inbox.db", 0);
  take_up(desk);
  assert_int_equal(set_aside(desk), 1);
  expect(desk, "", MC_SORT_DUE, "");
  pull_all(desk, "mot-cua", items, TRUE);
  expect(desk, "is:pending", MC_SORT_DUE, "a"); /* the desk was not touched */
}

static GPtrArray *
many_items(void)
{
  GPtrArray *items = items_new();
  for (int i = 0; i < 400; i++) {
    g_autofree char *key = g_strdup_printf("k%d", i);
    g_ptr_array_add(items, item_new("mot-cua", key, "Việc"));
  }
  return items;
}

/* The schema stays whole, so that it opens; the tables do not. */
static void
spoil_tables(Desk *desk)
{
  g_autofree char *path = data_path(desk, "inbox.db"), *bytes = NULL;
  gsize size;
  let_go(desk);
  assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  memset(bytes + 40 * 4096, 0xee, size - 40 * 4096);
  assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
  take_up(desk);
}

static void
damaged_while_read(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = many_items();
  const McListing listing = {NULL, MC_SORT_CODE, NOW, desk->calendar, 480};
  pull_all(desk, "mot-cua", items, TRUE);
  spoil_tables(desk);
  assert_null(mc_snapshot_list(desk->snapshot, &listing, NULL, TRUE, FALSE, 1000, &error));
  assert_int_equal(error->code, MC_ERROR_STORE);
  expect(desk, "", MC_SORT_DUE, "");
  assert_int_equal(set_aside(desk), 1);
  pull_all(desk, "mot-cua", items, TRUE); /* the writer, who saw no damage, follows to the new file */
  g_autoptr(GPtrArray) all = ask(desk, "viec", MC_SORT_DUE, NULL, TRUE, FALSE, 1000);
  assert_int_equal(all->len, 400);
}

static void
damaged_in_use(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = many_items();
  pull_all(desk, "mot-cua", items, TRUE);
  spoil_tables(desk);
  assert_false(mc_store_system_forget(desk->store, "mot-cua", &error));
  assert_int_equal(error->code, MC_ERROR_STORE);
  assert_int_equal(set_aside(desk), 1);
  expect(desk, "", MC_SORT_DUE, ""); /* the reader follows to the new file */
  pull_all(desk, "mot-cua", items, TRUE);
  g_autoptr(GPtrArray) all = ask(desk, "viec", MC_SORT_DUE, NULL, TRUE, FALSE, 1000);
  assert_int_equal(all->len, 400);
}

static void
damaged_desk(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  take(desk, action_new("01A", "mot-cua:a", "approve"));
  let_go(desk);
  spoil(desk, "desk.db", 0);
  g_autofree char *path = data_path(desk, "desk.db"), *before = NULL, *after = NULL;
  gsize size, size_after;
  assert_true(g_file_get_contents(path, &before, &size, NULL));
  assert_null(mc_store_open(desk->home, desk->clock, &error));
  assert_int_equal(error->code, MC_ERROR_STORE);
  assert_non_null(strstr(error->message, "desk.db"));
  assert_true(g_file_get_contents(path, &after, &size_after, NULL));
  assert_true(size == size_after && memcmp(before, after, size) == 0);
}

/* --- schemas --- */

static const char *const old_steps[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT); CREATE TABLE a(x);"
    "INSERT INTO a VALUES(42);",
    NULL};
static const char *const new_steps[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT); CREATE TABLE a(x);"
    "INSERT INTO a VALUES(42);",
    "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;", "CREATE TABLE b AS SELECT y FROM a;", NULL};
static const char *const broken_steps[] = {"", "ALTER TABLE a ADD COLUMN y;", "CREATE GARBAGE;", NULL};

static McSchema
schema_of(const char *const *steps)
{
  return (McSchema){"fake.db", 0x1234, "PRAGMA journal_mode = TRUNCATE", "PRAGMA synchronous = FULL",
                    steps,     FALSE};
}

static McDb *
open_fake(Desk *desk, const char *const *steps, GError **error)
{
  g_autoptr(McLock) lock = mc_lock_open(desk->home, error);
  const McSchema schema = schema_of(steps);
  return mc_schema_open(&schema, desk->home, lock, error);
}

static void
migrations(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  gint64 value;
  McDb *db = open_fake(desk, old_steps, &error);
  no_error(error);
  mc_db_free(db);

  assert_null(open_fake(desk, broken_steps, &error)); /* nothing of a step that fails stays */
  g_clear_error(&error);
  db = open_fake(desk, old_steps, &error);
  no_error(error);
  mc_db_free(db);

  db = open_fake(desk, new_steps, &error);
  no_error(error);
  assert_true(mc_db_int(db, &error, 0, &value, "SELECT y FROM b", ""));
  assert_int_equal(value, 43);
  mc_db_free(db);
  g_autofree char *copy = data_path(desk, "fake.db.v1");
  McDb *old = mc_db_open(copy, FALSE, &error);
  no_error(error);
  assert_true(mc_db_int(old, &error, 0, &value, "SELECT x FROM a", "") && value == 42);
  assert_false(mc_db_int(old, NULL, 0, &value, "SELECT y FROM a", ""));
  mc_db_free(old);
  GStatBuf info;
  assert_int_equal(g_stat(copy, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0600);

  assert_null(open_fake(desk, old_steps, &error));
  assert_int_equal(error->code, MC_ERROR_STORE);
  assert_non_null(strstr(error->message, "0.1.0 (format 3)"));
}

static void
newer_inbox_is_refused(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  let_go(desk);
  g_autofree char *path = data_path(desk, "inbox.db");
  McDb *db = mc_db_open(path, FALSE, &error);
  assert_true(mc_db_script(
      db, "PRAGMA user_version = 99; UPDATE meta SET value = '9.9' WHERE name = 'written_by'", &error));
  mc_db_free(db);
  assert_null(mc_store_open(desk->home, desk->clock, &error));
  assert_non_null(strstr(error->message, "9.9"));
  g_clear_error(&error);
  assert_null(mc_snapshot_open(desk->home, &error));
  assert_int_equal(error->code, MC_ERROR_STORE);
  assert_int_equal(set_aside(desk), 0);
}

static void
private_files(void **state)
{
  Desk *desk = *state;
  take(desk, action_new("01A", "mot-cua:a", "approve"));
  g_autoptr(GDir) data = g_dir_open(mc_home_dir(desk->home, MC_DIR_DATA), 0, NULL);
  for (const char *name; (name = g_dir_read_name(data));) {
    g_autofree char *path = data_path(desk, name);
    GStatBuf info;
    assert_int_equal(g_stat(path, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
  }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(two_writers),      TEST(killed_between_the_files), TEST(killed_in_a_commit), TEST(full_disk),
      TEST(damaged_at_start), TEST(damaged_in_use),           TEST(damaged_while_read), TEST(damaged_desk),
      TEST(migrations),       TEST(newer_inbox_is_refused),   TEST(private_files),
  };
  g_log_set_writer_func(quiet, NULL, NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}

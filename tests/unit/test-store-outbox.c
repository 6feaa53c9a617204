/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: its arrows, its order, callers' keys, and what a reader sees. */
#include "store.h"

static void
arrows(void **state)
{
  /* Rows from, columns to, in the order of McOutState: the table of outbox.h. */
  static const char *const table[MC_OUT_COUNT] = {".s....c", "qsdfxu.", ".......", ".......",
                                                  ".......", "qsdf...", "......."};
  (void)state;
  for (int from = 0; from < MC_OUT_COUNT; from++)
    for (int to = 0; to < MC_OUT_COUNT; to++)
      assert_int_equal(mc_out_state_leads((McOutState)from, (McOutState)to), table[from][to] != '.');
  for (int s = 0; s < MC_OUT_COUNT; s++) {
    McOutState parsed;
    assert_true(mc_out_state_parse(mc_out_state_name((McOutState)s), &parsed) && (int)parsed == s);
    assert_int_equal(mc_out_state_is_settled((McOutState)s), strchr("dfxc", "qsdfxuc"[s]) != NULL);
  }
  McOutState none;
  assert_false(mc_out_state_parse("lost", &none));
}

static GPtrArray *
due(Desk *desk, const char *system, gint64 now, gint64 *next)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *actions = mc_store_out_due(desk->store, system, now, FALSE, 100, next, &error);
  no_error(error);
  return actions;
}

static void
expect_due(Desk *desk, const char *system, const char *keys)
{
  g_autoptr(GPtrArray) actions = due(desk, system, NOW, NULL);
  GString *found = g_string_new(NULL);
  for (guint i = 0; i < actions->len; i++)
    g_string_append_printf(found, "%s%s", i ? " " : "", ((McOutAction *)actions->pdata[i])->key);
  assert_string_equal(found->str, keys);
  g_string_free(found, TRUE);
}

static void
moves(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  gboolean moved;
  take(desk, action_new("01A", "mot-cua:a", "approve"));
  assert_false(move(desk, "01A", MC_OUT_SENDING, MC_OUT_DONE)); /* it is queued */
  const McOutMove wrong = {.from = MC_OUT_QUEUED, .to = MC_OUT_DONE, .send_after = MC_TIME_NONE};
  assert_false(mc_store_out_move(desk->store, "01A", &wrong, &moved, &error));
  g_clear_error(&error);
  assert_true(move(desk, "01A", MC_OUT_QUEUED, MC_OUT_SENDING));
  assert_true(mc_store_out_memory(desk->store, "01A", "{\"step\":1}", &error));
  const McOutMove again = {.from = MC_OUT_SENDING,
                           .to = MC_OUT_QUEUED,
                           .message = "không tới được",
                           .status = 503,
                           .send_after = NOW + 60};
  assert_true(mc_store_out_move(desk->store, "01A", &again, &moved, &error) && moved);
  assert_false(mc_store_out_memory(desk->store, "01A", "{}", NULL));
  expect_due(desk, "mot-cua", "");
  gint64 next;
  g_autoptr(GPtrArray) later = due(desk, "mot-cua", NOW, &next);
  assert_true(later->len == 0 && next == NOW + 60);
  g_autoptr(GPtrArray) eager = mc_store_out_due(desk->store, "mot-cua", NOW, TRUE, 100, NULL, &error);
  assert_int_equal(eager->len, 1);
  assert_true(move(desk, "01A", MC_OUT_QUEUED, MC_OUT_SENDING));
  const McOutMove done = {.from = MC_OUT_SENDING,
                          .to = MC_OUT_DONE,
                          .receipt = "r9",
                          .new_key = "k9",
                          .status = 200,
                          .send_after = MC_TIME_NONE};
  assert_true(mc_store_out_move(desk->store, "01A", &done, &moved, &error) && moved);

  g_autoptr(McOutAction) out = mc_store_out_get(desk->store, "01A", &error);
  assert_true(out->state == MC_OUT_DONE && out->attempts == 2 && out->status == 200 && out->settled == NOW);
  assert_string_equal(out->memory, "{\"step\":1}");
  assert_string_equal(out->message, "không tới được");
  assert_string_equal(out->receipt, "r9");
  assert_string_equal(out->new_key, "k9");
  assert_null(mc_store_out_get(desk->store, "nope", &error));
  assert_int_equal(error->code, MC_ERROR_NOT_FOUND);
}

static void
in_line(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  take(desk, action_new("01A", "mot-cua:a", "forward"));
  take(desk, action_new("01B", "mot-cua:a", "approve"));
  take(desk, action_new("01C", "mot-cua:b", "approve"));
  take(desk, action_new("01D", "mot-cua:", "create"));
  take(desk, action_new("01E", "mot-cua:", "create"));
  take(desk, action_new("01F", "van-ban:a", "approve"));
  expect_due(desk, "mot-cua", "01A 01C 01D 01E");
  move(desk, "01A", MC_OUT_QUEUED, MC_OUT_SENDING);
  expect_due(desk, "mot-cua", "01A 01C 01D 01E"); /* one that was interrupted is looked after first */
  move(desk, "01A", MC_OUT_SENDING, MC_OUT_UNCERTAIN);
  expect_due(desk, "mot-cua", "01C 01D 01E"); /* an uncertain one holds back what comes after */
  move(desk, "01A", MC_OUT_UNCERTAIN, MC_OUT_FAILED);
  expect_due(desk, "mot-cua", "01C 01D 01E"); /* and so does a failed one of the same batch */
  McOutAction *fresh = action_new("01G", "mot-cua:a", "approve");
  put_text(&fresh->batch, "batch-2");
  take(desk, fresh);
  move(desk, "01B", MC_OUT_QUEUED, MC_OUT_CANCELLED);
  expect_due(desk, "mot-cua", "01C 01D 01E 01G");
  g_auto(GStrv) systems = mc_store_out_systems(desk->store, &error);
  assert_string_equal(systems[0], "mot-cua");
  assert_string_equal(systems[1], "van-ban");
  assert_null(systems[2]);
}

static void
callers_keys(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)mc_out_action_free);
  g_autoptr(GPtrArray) existing = NULL, again = NULL;
  McOutAction *first = action_new("01A", "mot-cua:a", "approve"),
              *plain = action_new("01B", "mot-cua:b", "approve");
  first->caller_key = g_strdup("dong-1");
  g_ptr_array_add(actions, first);
  g_ptr_array_add(actions, plain);
  assert_true(mc_store_out_add(desk->store, actions, &existing, &error));
  assert_null(existing->pdata[0]);

  put_text(&first->key, "01C");
  put_text(&first->frozen, "{\"form\":{\"x\":\"approve\"},\"key\":\"01C\",\"now\":99}");
  put_text(&plain->key, "01D");
  put_text(&first->frozen,
           "{\"key\":\"01C\",\"now\":99,\"item\":{\"state\":\"done\"},\"form\":{\"x\":\"approve\"}}");
  assert_true(mc_store_out_add(desk->store, actions, &again, &error));
  assert_string_equal(((McOutAction *)again->pdata[0])->key, "01A");
  assert_null(again->pdata[1]);

  put_text(&first->frozen, "{\"key\":\"01C\",\"now\":99,\"form\":{\"x\":\"reject\"}}");
  put_text(&plain->key, "01E");
  assert_false(mc_store_out_add(desk->store, actions, NULL, &error));
  assert_int_equal(error->code, MC_ERROR_USAGE);
  assert_null(mc_store_out_get(desk->store, "01E", NULL)); /* all or none */
}

static void
readers(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  gint64 counts[MC_OUT_COUNT];
  guint64 before = mc_snapshot_version(desk->snapshot);
  assert_true(mc_snapshot_version(desk->snapshot) == before);
  take(desk, action_new("01A", "mot-cua:a", "approve"));
  take(desk, action_new("01B", "van-ban:b", "approve"));
  assert_true(mc_snapshot_version(desk->snapshot) != before);
  move(desk, "01B", MC_OUT_QUEUED, MC_OUT_CANCELLED);

  assert_true(mc_snapshot_outbox_counts(desk->snapshot, counts, &error));
  assert_true(counts[MC_OUT_QUEUED] == 1 && counts[MC_OUT_CANCELLED] == 1 && counts[MC_OUT_DONE] == 0);
  const McOutFilter unsettled = {.unsettled_only = TRUE}, system = {.system = "van-ban", .batch = "batch-1"};
  g_autoptr(GPtrArray) all = mc_snapshot_outbox(desk->snapshot, NULL, &error);
  g_autoptr(GPtrArray) open = mc_snapshot_outbox(desk->snapshot, &unsettled, &error);
  g_autoptr(GPtrArray) one = mc_snapshot_outbox(desk->snapshot, &system, &error);
  assert_true(all->len == 2 && open->len == 1 && one->len == 1);
  assert_string_equal(((McOutAction *)open->pdata[0])->key, "01A");
  assert_string_equal(((McOutAction *)one->pdata[0])->key, "01B");
  g_autoptr(McOutAction) got = mc_snapshot_outbox_get(desk->snapshot, "01A", &error);
  assert_string_equal(got->title, "a title");
  assert_null(mc_snapshot_outbox_get(desk->snapshot, "01Z", &error));
  assert_int_equal(error->code, MC_ERROR_NOT_FOUND);
}

static void
similar_ids(void **state)
{
  Desk *desk = *state;
  g_autoptr(GPtrArray) items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "H47.61-261118-0042", "Việc"));
  g_ptr_array_add(items, item_new("mot-cua", "H47.61-261118-0043", "Việc"));
  pull_all(desk, "mot-cua", items, TRUE);
  static const struct {
    const char *typed;
    guint found;
  } cases[] = {
      {"mot-cua:H47.61", 2}, {"H47.61-261118-0042", 1}, {"261118-0043", 1}, {"0043", 1}, {"xyz", 0}, {"", 0}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(GStrv) ids = mc_snapshot_similar(desk->snapshot, cases[i].typed);
    assert_int_equal(g_strv_length(ids), cases[i].found);
  }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(arrows), TEST(moves), TEST(in_line), TEST(callers_keys), TEST(readers), TEST(similar_ids),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

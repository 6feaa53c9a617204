/* SPDX-License-Identifier: Apache-2.0 */
/* Taking and delivering: every arrow of the outbox, what a lost answer, a stop and a second process do to it.
 */
#include "config.h"

#include "test-sync-help.h"

#include "motcua/error.h"

static void
expect_effects(Bench *bench, int effects)
{
  assert_int_equal(backend_get(&bench->backend, &bench->backend.effects), effects);
}

static void
expect_state(Bench *bench, const char *key, McOutState state)
{
  McOutState now = bench_state(bench, key);
  if (now != state)
    fail_msg("%s, not %s", mc_out_state_name(now), mc_out_state_name(state));
}

static void
ready(Bench *bench)
{
  bench_login(bench);
  assert_int_equal(bench_sync(bench, FALSE), -1);
}

static void
answered(void **state)
{
  Bench *bench = *state;
  ready(bench);
  g_autofree char *good = bench_take(bench, "s:1", "approve", "a");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, good, MC_OUT_DONE);
  expect_effects(bench, 1);
  g_autoptr(McItem) item = mc_snapshot_item(bench->snapshot, "s:1", NULL);
  assert_int_equal(item->state, MC_STATE_DONE);
  assert_int_equal(item->pending, 0);
  backend_set(&bench->backend, &bench->backend.refuse, 1);
  g_autofree char *bad = bench_take(bench, "s:2", "approve", "b");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, bad, MC_OUT_FAILED);
  expect_effects(bench, 1);
  guint64 lines;
  g_autoptr(GError) error = NULL;
  assert_true(mc_journal_verify(bench->home, &lines, &error));
}

static void
withdrawn(void **state)
{
  Bench *bench = *state;
  ready(bench);
  g_autofree char *key = bench_take(bench, "s:1", "approve", "a");
  g_autofree char *other = bench_take(bench, "s:2", "approve", "a");
  const char *keys[] = {key, NULL}, *both[] = {key, other, NULL};
  g_autoptr(McItem) pending = mc_snapshot_item(bench->snapshot, "s:1", NULL);
  assert_int_equal(pending->state, MC_STATE_DONE);
  assert_int_equal(pending->pending, 1);
  assert_int_equal(await_code(bench->engine, mc_engine_cancel(bench->engine, keys)), -1);
  g_autoptr(McItem) item = mc_snapshot_item(bench->snapshot, "s:1", NULL);
  assert_int_equal(item->state, MC_STATE_NEW);
  assert_int_equal(item->pending, 0);
  /* One that cannot be withdrawn keeps back none that can. */
  assert_int_equal(await_code(bench->engine, mc_engine_cancel(bench->engine, both)), MC_ERROR_FAILED);
  expect_state(bench, other, MC_OUT_CANCELLED);
  assert_int_equal(bench_deliver(bench), -1);
  expect_effects(bench, 0);
}

static void
lost_answers(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  backend_set(b, &b->lose, 1);
  g_autofree char *keyed = bench_take(bench, "s:1", "approve", "a");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, keyed, MC_OUT_DONE);
  assert_int_equal(backend_get(b, &b->sent), 2);
  expect_effects(bench, 1);
  backend_set(b, &b->lose, 1);
  g_autofree char *read = bench_take(bench, "s:2", "log", "b");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, read, MC_OUT_DONE);
  assert_int_equal(backend_get(b, &b->sent), 3);
  expect_effects(bench, 2);
  backend_set(b, &b->lose, 1);
  g_autofree char *asks = bench_take(bench, "s:3", "comment", "c");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, asks, MC_OUT_UNCERTAIN);
  expect_effects(bench, 3);
  /* Nothing that nobody can look up is sent again by itself. */
  assert_int_equal(bench_deliver(bench), -1);
  assert_int_equal(backend_get(b, &b->sent), 4);
}

/* An uncertain action. New string. */
static char *
uncertain(Bench *bench, const char *id)
{
  Backend *b = &bench->backend;
  backend_set(b, &b->lose, 1);
  char *key = bench_take(bench, id, "comment", "u");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, key, MC_OUT_UNCERTAIN);
  return key;
}

static void
settled_by_a_person(void **state)
{
  Bench *bench = *state;
  McEngine *engine = bench->engine;
  ready(bench);
  g_autofree char *landed = uncertain(bench, "s:1"), *not_landed = uncertain(bench, "s:2"),
                  *look = uncertain(bench, "s:3"), *again = uncertain(bench, "s:4");
  assert_int_equal(await_code(engine, mc_engine_resolve(engine, landed, MC_RESOLVE_LANDED)), -1);
  expect_state(bench, landed, MC_OUT_DONE);
  assert_int_equal(await_code(engine, mc_engine_resolve(engine, landed, MC_RESOLVE_LANDED)), MC_ERROR_FAILED);
  assert_int_equal(await_code(engine, mc_engine_resolve(engine, not_landed, MC_RESOLVE_NOT_LANDED)), -1);
  expect_state(bench, not_landed, MC_OUT_FAILED);
  assert_int_equal(await_code(engine, mc_engine_resolve(engine, look, MC_RESOLVE_LOOK)), -1);
  assert_int_equal(await_code(engine, mc_engine_resolve(engine, again, MC_RESOLVE_AGAIN)), -1);
  expect_effects(bench, 4);
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, look, MC_OUT_UNCERTAIN); /* there is nowhere to look */
  expect_state(bench, again, MC_OUT_DONE);
  expect_effects(bench, 5);
}

static void
in_trouble(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  backend_set(b, &b->unavailable, 2); /* as often as one round tries */
  g_autofree char *key = bench_take(bench, "s:1", "approve", "a");
  assert_int_not_equal(bench_deliver(bench), -1);
  expect_state(bench, key, MC_OUT_QUEUED);
  expect_effects(bench, 0);
  /* A person who asks need not wait for its next turn. */
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, key, MC_OUT_DONE);
  expect_effects(bench, 1);
}

static void
one_stubborn_action(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autofree char *first = bench_take(bench, "s:1", "approve", "a");
  backend_set(b, &b->unavailable, 2);
  assert_int_not_equal(bench_deliver(bench), -1);
  g_autofree char *second = bench_take(bench, "s:2", "approve", "b");
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, first, MC_OUT_DONE);
  expect_state(bench, second, MC_OUT_DONE);
  expect_effects(bench, 2);
}

static void
in_order(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  g_autofree char *said = NULL;
  ready(bench);
  for (int i = 0; i < 4; i++) {
    char note[] = {(char)('a' + i), '\0'};
    g_free(bench_take(bench, "s:1", "log", note));
  }
  assert_int_equal(bench_deliver(bench), -1);
  g_ptr_array_add(b->order, NULL);
  said = g_strjoinv(",", (char **)b->order->pdata);
  g_ptr_array_set_size(b->order, 0);
  assert_string_equal(said, "1 a,1 b,1 c,1 d");
}

static void
new_records_side_by_side(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_free(bench_take(bench, "s:", "enter", "a"));
  g_free(bench_take(bench, "s:", "enter", "b"));
  g_autofree char *last = bench_take(bench, "s:", "enter", "c");
  b->gate = TRUE;
  McTicket ticket = mc_engine_deliver(bench->engine, NULL);
  backend_await(b, &b->waiting, 3);
  backend_open(b, &b->gate);
  assert_int_equal(await_code(bench->engine, ticket), -1);
  expect_effects(bench, 3);
  g_autoptr(McOutAction) made = mc_snapshot_outbox_get(bench->snapshot, last, NULL);
  assert_string_equal(made->new_key, "77");
}

static void
what_follows_a_failure(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  McAct acts[] = {{"s:1", "log", NULL, NULL}, {"s:1", "log", NULL, NULL}, {"s:2", "log", NULL, NULL}};
  ready(bench);
  g_autoptr(McEvent) reply = await(bench->engine, mc_engine_accept(bench->engine, acts, 3, 0, TRUE));
  McOutAction **taken = (McOutAction **)reply->actions->pdata;
  backend_set(b, &b->refuse, 2);
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, taken[0]->key, MC_OUT_FAILED);
  expect_state(bench, taken[1]->key, MC_OUT_CANCELLED);
  expect_state(bench, taken[2]->key, MC_OUT_FAILED);
  expect_effects(bench, 0);
}

/* The engine ends while answers are awaited: nothing is lost, nothing doubled. */
static void
stopped_while_busy(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autofree char *keyed = bench_take(bench, "s:1", "approve", "a"),
                  *read = bench_take(bench, "s:2", "log", "b"),
                  *asks = bench_take(bench, "s:3", "comment", "c");
  b->gate = TRUE;
  mc_engine_deliver(bench->engine, NULL);
  backend_await(b, &b->waiting, 3);
  bench_stop(bench);
  expect_state(bench, keyed, MC_OUT_SENDING);
  backend_open(b, &b->gate);
  backend_await(b, &b->effects, 3);
  bench_restart(bench, FALSE);
  assert_int_equal(bench_deliver(bench), -1);
  expect_state(bench, keyed, MC_OUT_DONE);
  expect_state(bench, read, MC_OUT_DONE);
  expect_state(bench, asks, MC_OUT_UNCERTAIN);
  expect_effects(bench, 3);
}

static gpointer
stop_it(gpointer data)
{
  mc_engine_free(data);
  return NULL;
}

/* An answer that comes while the engine stops still counts. */
static void
answered_while_stopping(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autofree char *key = bench_take(bench, "s:3", "comment", "c");
  b->gate = TRUE;
  mc_engine_deliver(bench->engine, NULL);
  backend_await(b, &b->waiting, 1);
  GThread *stopper = g_thread_new("stop", stop_it, g_steal_pointer(&bench->engine));
  g_usleep(100 * 1000);
  backend_open(b, &b->gate);
  g_thread_join(stopper);
  expect_state(bench, key, MC_OUT_DONE);
  bench_restart(bench, FALSE);
  assert_int_equal(bench_deliver(bench), -1);
  expect_effects(bench, 1);
}

static void
two_engines(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autoptr(McEngine) other = bench_engine(bench, FALSE);
  for (int i = 1; i <= 4; i++) {
    g_autofree char *id = g_strdup_printf("s:%d", i);
    g_free(bench_take(bench, id, "comment", "x"));
    g_free(bench_take(bench, id, "comment", "y"));
  }
  McTicket one = mc_engine_deliver(bench->engine, NULL), two = mc_engine_deliver(other, NULL);
  assert_int_equal(await_code(bench->engine, one), -1);
  assert_int_equal(await_code(other, two), -1);
  expect_effects(bench, 8);
  assert_int_equal(backend_get(b, &b->sent), 8);
}

static void
what_is_taken_meanwhile(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_free(bench_take(bench, "s:1", "comment", "a"));
  b->gate = TRUE;
  McTicket one = mc_engine_deliver(bench->engine, NULL);
  backend_await(b, &b->waiting, 1);
  g_free(bench_take(bench, "s:2", "comment", "b"));
  McTicket two = mc_engine_deliver(bench->engine, NULL);
  backend_await(b, &b->waiting, 2); /* it does not wait for the first */
  backend_open(b, &b->gate);
  assert_int_equal(await_code(bench->engine, one), -1);
  assert_int_equal(await_code(bench->engine, two), -1);
  expect_effects(bench, 2);
}

static void
a_callers_key(void **state)
{
  Bench *bench = *state;
  McAct acts[] = {
      {"s:1", "approve", NULL, "k"}, {"s:2", "approve", NULL, "k"}, {"s:3", "approve", NULL, "l"}};
  ready(bench);
  g_autoptr(McEvent) reply = await(bench->engine, mc_engine_accept(bench->engine, acts, 3, 0, TRUE));
  assert_null(reply->error);
  assert_null(reply->errors->pdata[0]);
  assert_true(g_error_matches(reply->errors->pdata[1], MC_ERROR, MC_ERROR_USAGE));
  assert_null(reply->errors->pdata[2]);
  assert_int_equal(bench_deliver(bench), -1);
  expect_effects(bench, 2);
  /* What was done made itself impossible; a repeat is known all the same. */
  assert_int_equal(bench_sync(bench, TRUE), -1);
  g_autoptr(McEvent) again = await(bench->engine, mc_engine_accept(bench->engine, acts, 1, 0, TRUE));
  assert_null(again->errors->pdata[0]);
  const McOutAction *known = again->actions->pdata[0];
  assert_int_equal(known->state, MC_OUT_DONE);
  expect_effects(bench, 2);
}

static void
undone_in_time(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  McAct act = {"s:1", "approve", NULL, NULL}, other = {"s:2", "approve", NULL, NULL};
  ready(bench);
  bench_restart(bench, TRUE);
  g_autoptr(McEvent) reply = await(bench->engine, mc_engine_accept(bench->engine, &act, 1, 3600, FALSE));
  const char *keys[] = {((McOutAction *)reply->actions->pdata[0])->key, NULL};
  assert_int_equal(bench_deliver(bench), -1);
  expect_effects(bench, 0);
  assert_int_equal(await_code(bench->engine, mc_engine_cancel(bench->engine, keys)), -1);
  expect_state(bench, keys[0], MC_OUT_CANCELLED);
  /* The delay passes although the wall clock stands still, and nobody asks. */
  g_autoptr(McEvent) soon = await(bench->engine, mc_engine_accept(bench->engine, &other, 1, 1, FALSE));
  backend_await(b, &b->effects, 1);
  bench_stop(bench);
  expect_state(bench, ((McOutAction *)soon->actions->pdata[0])->key, MC_OUT_DONE);
}

/* A face that reads late finds one event an action, the last, and then the reply. */
static void
events_in_order(void **state)
{
  Bench *bench = *state;
  int seen = 0;
  ready(bench);
  g_autofree char *a = bench_take(bench, "s:1", "log", "a"), *b = bench_take(bench, "s:2", "log", "b");
  McTicket ticket = mc_engine_deliver(bench->engine, NULL);
  while (bench_state(bench, a) != MC_OUT_DONE || bench_state(bench, b) != MC_OUT_DONE)
    g_usleep(1000);
  for (gboolean replied = FALSE; !replied;) {
    g_autoptr(McEvent) event = mc_engine_next_event(bench->engine, 60000);
    assert_non_null(event);
    replied = event->type == MC_EVENT_REPLY && event->ticket == ticket;
    if (event->type != MC_EVENT_ACTION)
      continue;
    seen++;
    assert_null(event->action->frozen);
  }
  assert_true(seen >= 2 && seen <= 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(answered),
      TEST(withdrawn),
      TEST(lost_answers),
      TEST(settled_by_a_person),
      TEST(in_trouble),
      TEST(one_stubborn_action),
      TEST(in_order),
      TEST(new_records_side_by_side),
      TEST(what_follows_a_failure),
      TEST(stopped_while_busy),
      TEST(answered_while_stopping),
      TEST(two_engines),
      TEST(what_is_taken_meanwhile),
      TEST(a_callers_key),
      TEST(undone_in_time),
      TEST(events_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

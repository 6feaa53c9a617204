/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and pulls: one login at a time, a refused password, whole and broken lists, a system that is away.
 */
#include "config.h"

#include "test-sync-help.h"

#include "motcua/error.h"

static void
ready(Bench *bench)
{
  bench_login(bench);
  assert_int_equal(bench_sync(bench, FALSE), -1);
  assert_int_equal(bench_items(bench), 4);
  assert_int_equal(bench_system(bench), MC_SYSTEM_OK);
}

static void
first_pull(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_LOGIN);
  assert_int_equal(bench_system(bench), MC_SYSTEM_LOGIN);
  ready(bench);
  assert_int_equal(backend_get(b, &b->logins), 1);
  /* The next process needs no password; a partial pull needs no probe. */
  int probes = backend_get(b, &b->probes);
  bench_restart(bench, FALSE);
  assert_int_equal(bench_sync(bench, FALSE), -1);
  assert_int_equal(backend_get(b, &b->logins), 1);
  assert_int_equal(backend_get(b, &b->probes), probes);
  assert_int_equal(bench_sync(bench, TRUE), -1);
  assert_int_equal(backend_get(b, &b->probes), probes + 1);
}

static void
a_test_commits_nothing(void **state)
{
  Bench *bench = *state;
  bench_login(bench);
  g_autoptr(McEvent) reply = await(bench->engine, mc_engine_test(bench->engine, "s"));
  assert_null(reply->error);
  const McSyncReport *report = g_ptr_array_index(reply->reports, 0);
  assert_int_equal(report->rows, 4);
  assert_int_equal(bench_items(bench), 0);
}

static void
a_refused_password(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  assert_int_equal(bench_login_as(bench, "sai"), MC_ERROR_LOGIN);
  assert_int_equal(backend_get(b, &b->logins), 1);
  ready(bench);
  /* It was changed at the system, and the session has ended there. */
  g_mutex_lock(&b->lock);
  b->password = "moi";
  b->token += 5;
  g_mutex_unlock(&b->lock);
  for (int i = 0; i < 3; i++)
    assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_LOGIN);
  bench_restart(bench, FALSE);
  assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_LOGIN);
  assert_int_equal(backend_get(b, &b->logins), 3); /* sai, dung, and dung once more */
  assert_int_equal(bench_system(bench), MC_SYSTEM_LOGIN);
  assert_int_equal(bench_items(bench), 4);
  assert_int_equal(bench_login_as(bench, "moi"), -1);
  assert_int_equal(bench_sync(bench, FALSE), -1);
  assert_int_equal(bench_system(bench), MC_SYSTEM_OK);
}

static void
actions_wait_for_a_login(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autofree char *key = bench_take(bench, "s:1", "comment", "a");
  g_mutex_lock(&b->lock);
  b->password = "moi";
  b->token += 5;
  g_mutex_unlock(&b->lock);
  assert_int_equal(bench_deliver(bench), MC_ERROR_LOGIN);
  assert_int_equal(bench_state(bench, key), MC_OUT_QUEUED);
  assert_int_equal(bench_system(bench), MC_SYSTEM_LOGIN);
  assert_int_equal(bench_login_as(bench, "moi"), -1);
  assert_int_equal(bench_deliver(bench), -1);
  assert_int_equal(bench_state(bench, key), MC_OUT_DONE);
  assert_int_equal(backend_get(b, &b->effects), 1);
}

static void
secrets_that_cannot_be_kept(void **state)
{
  Bench *bench = *state;
  g_autofree char *full = g_build_filename(bench->dir, "helper.full", NULL);
  assert_true(g_file_set_contents(full, "", -1, NULL));
  assert_int_equal(bench_login_as(bench, "dung"), MC_ERROR_SECRETS);
  g_unlink(full);
  ready(bench);
}

/* Many find the token expired at once; two processes do: one renewal. */
static void
one_renewal(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autoptr(McEngine) other = bench_engine(bench, FALSE);
  assert_int_equal(await_code(other, mc_engine_sync(other, NULL, FALSE)), -1);
  for (int i = 1; i <= 4; i++) {
    g_autofree char *id = g_strdup_printf("s:%d", i);
    g_free(bench_take(bench, id, "comment", "x"));
  }
  g_mutex_lock(&b->lock);
  b->stale = b->token;
  g_mutex_unlock(&b->lock);
  McTicket one = mc_engine_deliver(bench->engine, NULL), two = mc_engine_sync(other, NULL, TRUE);
  assert_int_equal(await_code(bench->engine, one), -1);
  assert_int_equal(await_code(other, two), -1);
  assert_int_equal(backend_get(b, &b->refreshes), 1);
  assert_int_equal(backend_get(b, &b->logins), 1);
  assert_int_equal(backend_get(b, &b->effects), 4);
}

static void
set_item(Backend *b, int item, int revision)
{
  g_mutex_lock(&b->lock);
  b->revisions[item] = revision;
  g_mutex_unlock(&b->lock);
}

static void
broken_lists(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  set_item(b, 4, 0);
  backend_set(b, &b->truncate, 4);
  assert_int_not_equal(bench_sync(bench, TRUE), -1);
  assert_int_equal(bench_items(bench), 4);
  assert_int_equal(bench_system(bench), MC_SYSTEM_TROUBLE);
  backend_set(b, &b->truncate, 0);
  backend_set(b, &b->total_lie, 1);
  assert_int_not_equal(bench_sync(bench, TRUE), -1);
  assert_int_equal(bench_items(bench), 4);
  backend_set(b, &b->total_lie, 0);
  assert_int_equal(bench_sync(bench, FALSE), -1); /* absence from a part means nothing */
  assert_int_equal(bench_items(bench), 4);
  assert_int_equal(bench_sync(bench, TRUE), -1);
  assert_int_equal(bench_items(bench), 3);
  assert_int_equal(bench_system(bench), MC_SYSTEM_OK);
}

static void
a_broken_list_keeps_back_nothing(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  g_autofree char *key = bench_take(bench, "s:1", "approve", "a");
  backend_set(b, &b->truncate, 9);
  assert_int_not_equal(bench_sync(bench, FALSE), -1);
  assert_int_equal(bench_state(bench, key), MC_OUT_DONE);
}

/* What the system forgot is read anew: behind the probe, and nothing of what came before counts. */
static void
a_forgotten_cursor(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  for (int page = 1; page <= 2; page++) {
    int probes = backend_get(b, &b->probes), fulls = backend_get(b, &b->fulls);
    set_item(b, MAX_ITEMS - 1, 20 + page); /* is gone when the system has forgotten */
    backend_set(b, &b->forget, page);
    assert_int_equal(bench_sync(bench, FALSE), -1);
    assert_int_equal(backend_get(b, &b->probes), probes + 1);
    assert_int_equal(backend_get(b, &b->fulls), fulls + 1);
    assert_int_equal(bench_items(bench), 4);
  }
}

/* A full pull that is asked for while a partial one is under way follows it. */
static void
full_during_partial(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  int fulls = backend_get(b, &b->fulls);
  b->list_gate = TRUE;
  McTicket one = mc_engine_sync(bench->engine, NULL, FALSE);
  backend_await(b, &b->waiting, 1);
  McTicket two = mc_engine_sync(bench->engine, NULL, TRUE);
  g_mutex_lock(&b->lock);
  b->revisions[4] = 0;
  g_mutex_unlock(&b->lock);
  backend_open(b, &b->list_gate);
  assert_int_equal(await_code(bench->engine, one), -1);
  assert_int_equal(await_code(bench->engine, two), -1);
  assert_int_equal(backend_get(b, &b->fulls), fulls + 1);
  assert_int_equal(bench_items(bench), 3);
}

static void
asked_to_wait(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  backend_set(b, &b->throttle, 1);
  assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_THROTTLED);
  int asked = backend_get(b, &b->requests);
  g_autofree char *key = bench_take(bench, "s:1", "comment", "a");
  assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_THROTTLED);
  assert_int_equal(bench_deliver(bench), MC_ERROR_THROTTLED);
  assert_int_equal(backend_get(b, &b->requests), asked); /* it is left alone */
  assert_int_equal(bench_state(bench, key), MC_OUT_QUEUED);
  assert_int_equal(bench_items(bench), 4);
}

static void
not_reached(void **state)
{
  Bench *bench = *state;
  ready(bench);
  g_autofree char *key = bench_take(bench, "s:1", "comment", "a");
  bench_stop(bench); /* and its connections */
  backend_stop(&bench->backend);
  bench_restart(bench, FALSE);
  assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_UNREACHABLE);
  assert_int_equal(bench_items(bench), 4);
  assert_int_equal(bench_system(bench), MC_SYSTEM_TROUBLE);
  assert_int_equal(bench_state(bench, key), MC_OUT_QUEUED);
}

/* The engine ends while a list is awaited, and while nothing yet was done of what was asked. */
static void
stopped_while_pulling(void **state)
{
  Bench *bench = *state;
  Backend *b = &bench->backend;
  ready(bench);
  set_item(b, 5, 9);
  b->list_gate = TRUE;
  mc_engine_sync(bench->engine, NULL, FALSE);
  backend_await(b, &b->waiting, 1);
  mc_engine_sync(bench->engine, NULL, TRUE);
  mc_engine_deliver(bench->engine, NULL);
  mc_engine_detail(bench->engine, "s:1");
  mc_engine_login_status(bench->engine, "s");
  bench_stop(bench);
  backend_open(b, &b->list_gate);
  assert_int_equal(bench_items(bench), 4);
  bench_restart(bench, TRUE);
  backend_await(b, &b->lists, 3);
  assert_int_equal(bench_sync(bench, FALSE), -1);
  assert_int_equal(bench_items(bench), 5);
}

static void
small_questions(void **state)
{
  Bench *bench = *state;
  McEngine *engine = bench->engine;
  McAct act = {"s:1", "approve", NULL, NULL};
  ready(bench);
  assert_int_equal(await_code(engine, mc_engine_detail(engine, "s:1")), -1);
  assert_int_equal(await_code(engine, mc_engine_detail(engine, "s:9")), MC_ERROR_NOT_FOUND);
  g_autoptr(McEvent) preview = await(engine, mc_engine_preview(engine, &act, 1, FALSE));
  assert_non_null(strstr(preview->text, "/act/1"));
  assert_null(strstr(preview->text, "Bearer"));
  g_autoptr(McEvent) status = await(engine, mc_engine_login_status(engine, "s"));
  assert_string_equal(status->text, "ok");
  assert_string_equal(status->message, "canbo01");
  assert_int_equal(await_code(engine, mc_engine_note(engine, "s:1", "nhớ")), -1);
  assert_int_equal(await_code(engine, mc_engine_tag(engine, "s:1", "gấp", TRUE)), -1);
  g_autoptr(McItem) item = mc_snapshot_item(bench->snapshot, "s:1", NULL);
  assert_string_equal(item->note, "nhớ");
  assert_int_equal(await_code(engine, mc_engine_logout(engine, "s", TRUE)), -1);
  g_autoptr(McEvent) out = await(engine, mc_engine_login_status(engine, "s"));
  assert_string_equal(out->text, "login");
  assert_int_equal(bench_sync(bench, FALSE), MC_ERROR_LOGIN);
  assert_int_equal(await_code(engine, mc_engine_sync(engine, (const char *const[]){"x", NULL}, FALSE)),
                   MC_ERROR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(first_pull),
      TEST(a_test_commits_nothing),
      TEST(a_refused_password),
      TEST(actions_wait_for_a_login),
      TEST(secrets_that_cannot_be_kept),
      TEST(one_renewal),
      TEST(broken_lists),
      TEST(a_broken_list_keeps_back_nothing),
      TEST(a_forgotten_cursor),
      TEST(full_during_partial),
      TEST(asked_to_wait),
      TEST(not_reached),
      TEST(stopped_while_pulling),
      TEST(small_questions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Who leaves when, over which connection, and who is told. */
#include "test-net-fixture.h"

static McPool *
pool_with(Fixture *f, McPoolLimits limits)
{
  return mc_pool_new(f->net, "test", &limits);
}

static void
count(McResponse *response, gpointer data)
{
  (void)response;
  ++*(int *)data;
}

static void
never(McResponse *response, gpointer data)
{
  (void)response, (void)data;
  fail();
}

static void
send_to_gate(Fixture *f, McPool *pool, const char *path, gboolean urgent, int *done)
{
  g_autoptr(McRequest) request = request_to(f, "GET", path);
  mc_pool_send(pool, request, urgent, count, done);
}

static void
wait_for(Fixture *f, const int *value, int until)
{
  while (*value < until)
    g_main_context_iteration(f->context, TRUE);
}

static void
wait_for_gate(Fixture *f, int waiting)
{
  while (server_waiting(f->server) < waiting) {
    g_main_context_iteration(f->context, FALSE);
    g_usleep(1000);
  }
}

/* --- Limits --- */

static void
test_concurrency_is_a_ceiling(void **state)
{
  Fixture *f = *state;
  g_autoptr(McPool) pool = pool_with(f, (McPoolLimits){.concurrency = 2});
  int done = 0;
  for (int i = 0; i < 6; i++)
    send_to_gate(f, pool, "/gate", FALSE, &done);
  wait_for_gate(f, 2);
  server_open_gate(f->server);
  wait_for(f, &done, 6);
  assert_int_equal(server_most_waiting(f->server), 2);
  assert_int_equal(server_connections(f->server), 2);
}

/* Both bounds hold however slow the machine is: waiting longer is always right. */
static void
test_rate_and_hold_are_lower_bounds(void **state)
{
  Fixture *f = *state;
  g_autoptr(McPool) pool = pool_with(f, (McPoolLimits){.rate = 20});
  int done = 0;
  gint64 start = g_get_monotonic_time();
  for (int i = 0; i < 6; i++)
    send_to_gate(f, pool, "/ok", FALSE, &done);
  wait_for(f, &done, 6);
  assert_true(g_get_monotonic_time() - start >= 200000); /* a bucket of 2, then 20 a second */
  gint64 until = g_get_monotonic_time() + 150000;
  mc_pool_hold(pool, until);
  mc_pool_hold(pool, until - 100000); /* a shorter one takes nothing back */
  send_to_gate(f, pool, "/ok", TRUE, &done);
  wait_for(f, &done, 7);
  assert_true(g_get_monotonic_time() >= until);
}

static void
hold_for_ever(McResponse *response, gpointer data)
{
  (void)response;
  mc_pool_hold(data, G_MAXINT64);
}

static void
test_hold_in_an_answer_stops_the_next(void **state)
{
  Fixture *f = *state;
  McPool *pool = pool_with(f, (McPoolLimits){.concurrency = 1});
  g_autoptr(McPool) other = pool_with(f, (McPoolLimits){.concurrency = 1});
  int done = 0;
  g_autoptr(McRequest) request = request_to(f, "GET", "/ok");
  mc_pool_send(pool, request, FALSE, hold_for_ever, pool);
  mc_pool_send(pool, request, FALSE, never, NULL);
  while (server_count(f->server, "/ok") < 1)
    g_main_context_iteration(f->context, TRUE);
  for (int i = 0; i < 20; i++)
    send_to_gate(f, other, "/gate?later", FALSE, &done);
  server_open_gate(f->server);
  wait_for(f, &done, 20);
  assert_int_equal(server_count(f->server, "/ok"), 1);
  mc_pool_free(pool);
}

static void
test_urgent_goes_first(void **state)
{
  static const char *const order[] = {"/ok?person", "/ok?1", "/ok?2"};
  Fixture *f = *state;
  g_autoptr(McPool) pool = pool_with(f, (McPoolLimits){.concurrency = 1});
  int done = 0;
  send_to_gate(f, pool, "/ok?1", FALSE, &done);
  send_to_gate(f, pool, "/ok?2", FALSE, &done);
  send_to_gate(f, pool, "/ok?person", TRUE, &done);
  wait_for(f, &done, 3);
  g_autoptr(GPtrArray) seen = server_seen(f->server);
  for (guint i = 0; i < 3; i++)
    assert_string_equal(((Seen *)g_ptr_array_index(seen, i))->path, order[i]);
}

static void
test_queue_has_a_maximum(void **state)
{
  Fixture *f = *state;
  McPool *pool = pool_with(f, (McPoolLimits){0});
  mc_pool_hold(pool, G_MAXINT64);
  g_autoptr(McRequest) request = request_to(f, "GET", "/ok");
  for (int i = 0; i < 10000; i++)
    mc_pool_send(pool, request, FALSE, never, NULL);
  g_autoptr(McResponse) response = send_in(f, pool, request);
  assert_int_equal(response->wire, MC_WIRE_NOT_SENT);
  assert_non_null(response->error);
  mc_pool_free(pool);
  assert_int_equal(server_connections(f->server), 0);
}

/* --- Connections --- */

static int
connection_of_last(Fixture *f)
{
  g_autoptr(GPtrArray) seen = server_seen(f->server);
  return ((Seen *)g_ptr_array_index(seen, seen->len - 1))->connection;
}

static int
connection_used(Fixture *f, McPool *pool)
{
  g_autoptr(McRequest) request = request_to(f, "GET", "/ok");
  g_autoptr(McResponse) response = send_in(f, pool, request);
  assert_int_equal(response->status, 200);
  return connection_of_last(f);
}

static void
test_pools_share_no_connection(void **state)
{
  Fixture *f = *state;
  g_autoptr(McPool) a = pool_with(f, (McPoolLimits){0});
  g_autoptr(McPool) b = pool_with(f, (McPoolLimits){0});
  int of_a = connection_used(f, a), of_b = connection_used(f, b);
  assert_int_not_equal(of_a, of_b);
  for (int i = 0; i < 5; i++) {
    assert_int_equal(connection_used(f, a), of_a);
    assert_int_equal(connection_used(f, b), of_b);
  }
}

static void
test_dropped_connections_are_not_used_again(void **state)
{
  Fixture *f = *state;
  int first = connection_used(f, f->pool);
  assert_int_equal(connection_used(f, f->pool), first);
  mc_pool_drop_idle(f->pool);
  assert_int_not_equal(connection_used(f, f->pool), first);
}

static void
test_drop_spares_what_is_under_way(void **state)
{
  Fixture *f = *state;
  int done = 0;
  send_to_gate(f, f->pool, "/gate", FALSE, &done);
  wait_for_gate(f, 1);
  mc_pool_drop_idle(f->pool);
  server_open_gate(f->server);
  wait_for(f, &done, 1);
  assert_int_not_equal(connection_used(f, f->pool), 1);
}

/* --- Cancelling --- */

static void
test_cancelled_is_never_told(void **state)
{
  Fixture *f = *state;
  g_autoptr(McPool) pool = pool_with(f, (McPoolLimits){.concurrency = 1});
  g_autoptr(McRequest) gate = request_to(f, "GET", "/gate");
  McTransfer *under_way = mc_pool_send(pool, gate, FALSE, never, NULL);
  McTransfer *waiting = mc_pool_send(pool, gate, FALSE, never, NULL);
  g_autoptr(McRequest) impossible = mc_request_new("GET", "nowhere");
  McTransfer *refused = mc_pool_send(pool, impossible, TRUE, never, NULL);
  mc_transfer_cancel(refused);
  wait_for_gate(f, 1);
  mc_transfer_cancel(under_way);
  mc_transfer_cancel(waiting);
  server_open_gate(f->server);
  assert_true(connection_used(f, pool) > 1);
  assert_int_equal(server_count(f->server, "/gate"), 1);
}

typedef struct {
  McPool *pool;
  McTransfer *transfer;
  gboolean told;
} Told;

static void
free_pool_when_told(McResponse *response, gpointer data)
{
  Told *told = data;
  assert_int_equal(response->status, 200);
  mc_transfer_cancel(told->transfer); /* itself: no effect */
  mc_pool_free(told->pool);
  told->told = TRUE;
}

static void
test_pool_may_be_freed_in_a_callback(void **state)
{
  Fixture *f = *state;
  Told told = {.pool = pool_with(f, (McPoolLimits){.concurrency = 2})};
  g_autoptr(McRequest) ok = request_to(f, "GET", "/ok"), gate = request_to(f, "GET", "/gate");
  for (int i = 0; i < 3; i++)
    mc_pool_send(told.pool, gate, FALSE, never, NULL);
  told.transfer = mc_pool_send(told.pool, ok, TRUE, free_pool_when_told, &told);
  while (!told.told)
    g_main_context_iteration(f->context, TRUE);
}

static void
send_again(McResponse *response, gpointer data)
{
  Told *told = data;
  (void)response;
  g_autoptr(McRequest) impossible = mc_request_new("GET", "nowhere");
  mc_pool_send(told->pool, impossible, TRUE, send_again, told);
}

/* A caller that always asks again must not keep the others waiting. */
static void
test_callback_that_sends_does_not_starve_the_loop(void **state)
{
  Fixture *f = *state;
  Told told = {.pool = f->pool};
  int done = 0;
  send_again(NULL, &told);
  send_to_gate(f, f->pool, "/ok", FALSE, &done);
  wait_for(f, &done, 1);
}

/* --- Backoff --- */

static void
test_backoff(void **state)
{
  (void)state;
  assert_int_equal(mc_backoff(0, 1000, 60000, 0.5), 500);
  assert_int_equal(mc_backoff(3, 1000, 60000, 0.5), 4000);
  assert_int_equal(mc_backoff(10, 1000, 60000, 0.5), 30000);
  assert_int_equal(mc_backoff(100000, 1000, 60000, 0.0), 0);
  assert_true(mc_backoff(G_MAXINT, G_MAXINT64, 60000, 0.999999) < 60000);
  assert_int_equal(mc_backoff(-1, 1000, 60000, 0.5), 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_concurrency_is_a_ceiling),
      TEST(test_rate_and_hold_are_lower_bounds),
      TEST(test_hold_in_an_answer_stops_the_next),
      TEST(test_urgent_goes_first),
      TEST(test_queue_has_a_maximum),
      TEST(test_pools_share_no_connection),
      TEST(test_dropped_connections_are_not_used_again),
      TEST(test_drop_spares_what_is_under_way),
      TEST(test_cancelled_is_never_told),
      TEST(test_pool_may_be_freed_in_a_callback),
      TEST(test_callback_that_sends_does_not_starve_the_loop),
      TEST(test_backoff),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

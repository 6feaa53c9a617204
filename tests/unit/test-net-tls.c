/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted links: who is trusted, what is refused before a byte of the request leaves, and that a
 * mutating request stays single on HTTP/2 as well. The server is test-net-tls.py, a process. */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/net.h"

typedef struct {
  GMainContext *context;
  McNet *net;
  McPool *pool;
  char *pem;
  GPid pid;
  int stop; /* closing it ends the server */
  FILE *said;
  int port;
} Link;

static char *
source(const char *name)
{
  const char *top = g_getenv("top_srcdir");
  return g_build_filename(top ? top : "..", "tests/unit", name, NULL);
}

static int
read_line(Link *link, char *line, int size)
{
  return fgets(line, size, link->said) ? (int)strlen(line) : 0;
}

static void
serve(Link *link, const char *mode)
{
  char line[32];
  int out;
  g_autofree char *script = source("test-net-tls.py");
  char *argv[] = {"python3", "-Wignore", script, link->pem, (char *)mode, NULL};
  g_autoptr(GError) error = NULL;
  if (!g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                &link->pid, &link->stop, &out, NULL, &error))
    fail_msg("%s", error->message);
  link->said = fdopen(out, "r");
  assert_true(read_line(link, line, sizeof line) > 0);
  link->port = atoi(line);
}

/* Ends the server; how many requests reached it. */
static int
requests_seen(Link *link)
{
  char line[32];
  int count = 0;
  close(link->stop);
  while (read_line(link, line, sizeof line) > 0)
    count++;
  fclose(link->said);
  while (waitpid(link->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  return count;
}

static int
setup(void **state)
{
  Link *link = g_new0(Link, 1);
  link->context = g_main_context_new();
  link->net = mc_net_new(link->context);
  link->pem = source("test-net-tls.pem");
  McPoolLimits limits = {.ca_file = link->pem};
  link->pool = mc_pool_new(link->net, "tls", &limits);
  *state = link;
  return 0;
}

static int
teardown(void **state)
{
  Link *link = *state;
  mc_pool_free(link->pool);
  mc_net_free(link->net);
  g_main_context_unref(link->context);
  g_free(link->pem);
  g_free(link);
  return 0;
}

static void
keep(McResponse *response, gpointer data)
{
  *(McResponse **)data = mc_response_ref(response);
}

static McResponse *
exchange(Link *link, McPool *pool, const char *host, gboolean mutating)
{
  McResponse *response = NULL;
  g_autofree char *url = g_strdup_printf("https://%s:%d/", host, link->port);
  g_autoptr(McRequest) request = mc_request_new(mutating ? "POST" : "GET", url);
  request->mutating = mutating;
  mc_pool_send(pool, request, FALSE, keep, &response);
  while (!response)
    g_main_context_iteration(link->context, TRUE);
  return response;
}

static void
assert_answered(McResponse *response)
{
  if (response->wire != MC_WIRE_ANSWERED)
    fail_msg("%s", response->error);
  assert_int_equal(response->status, 200);
  assert_int_equal(g_bytes_get_size(response->body), 2);
  mc_response_unref(response);
}

static void
assert_not_sent(McResponse *response, const char *part)
{
  assert_int_equal(response->wire, MC_WIRE_NOT_SENT);
  assert_non_null(strstr(response->error, part));
  mc_response_unref(response);
}

static void
test_trusts_the_given_authority(void **state)
{
  Link *link = *state;
  serve(link, "ok");
  assert_answered(exchange(link, link->pool, "127.0.0.1", TRUE));
  assert_int_equal(requests_seen(link), 1);
}

static void
test_refuses_an_unknown_certificate_and_another_name(void **state)
{
  Link *link = *state;
  g_autoptr(McPool) usual = mc_pool_new(link->net, "usual", NULL);
  serve(link, "ok");
  assert_not_sent(exchange(link, usual, "127.0.0.1", TRUE), "certificate");
  assert_not_sent(exchange(link, link->pool, "localhost", TRUE), "certificate");
  assert_int_equal(requests_seen(link), 0);
}

static void
test_refuses_old_tls(void **state)
{
  Link *link = *state;
  serve(link, "old");
  assert_not_sent(exchange(link, link->pool, "127.0.0.1", TRUE), "TLS 1.2");
  assert_int_equal(requests_seen(link), 0);
}

static void
test_shows_its_own_certificate(void **state)
{
  Link *link = *state;
  serve(link, "client");
  g_autofree char *origin = g_strdup_printf("https://127.0.0.1:%d", link->port);
  char *origins[] = {origin, NULL}, *others[] = {"https://127.0.0.1", "https://localhost", NULL};
  McPoolLimits limits = {
      .ca_file = link->pem, .cert_file = link->pem, .key_file = link->pem, .cert_origins = origins};
  g_autoptr(McPool) known = mc_pool_new(link->net, "known", &limits);
  limits.key_file = "/nowhere/key.pem";
  g_autoptr(McPool) keyless = mc_pool_new(link->net, "keyless", &limits);
  limits = (McPoolLimits){.ca_file = link->pem, .cert_file = link->pem, .cert_origins = others};
  g_autoptr(McPool) another = mc_pool_new(link->net, "another", &limits);
  assert_answered(exchange(link, known, "127.0.0.1", TRUE));
  g_autoptr(McResponse) unshown = exchange(link, another, "127.0.0.1", TRUE);
  assert_int_not_equal(unshown->wire, MC_WIRE_ANSWERED);
  assert_not_sent(exchange(link, keyless, "127.0.0.1", TRUE), "client certificate");
  assert_int_equal(requests_seen(link), 1);
}

static void
test_no_redirect_out_of_encryption(void **state)
{
  Link *link = *state;
  serve(link, "plain-redirect");
  g_autoptr(McResponse) response = exchange(link, link->pool, "127.0.0.1", FALSE);
  assert_int_equal(response->status, 302);
  assert_int_equal(requests_seen(link), 1);
}

static void
test_http2(void **state)
{
  Link *link = *state;
  serve(link, "h2-ok");
  for (int i = 0; i < 3; i++)
    assert_answered(exchange(link, link->pool, "127.0.0.1", i > 0));
  assert_int_equal(requests_seen(link), 3);
}

/* A first exchange warms the connection; the second is met with `mode`. */
static int
seen_after(Link *link, const char *mode, gboolean mutating)
{
  serve(link, mode);
  assert_answered(exchange(link, link->pool, "127.0.0.1", FALSE));
  McResponse *response = exchange(link, link->pool, "127.0.0.1", mutating);
  if (mutating) {
    assert_int_equal(response->wire, MC_WIRE_LOST);
    mc_response_unref(response);
  } else
    assert_answered(response);
  return requests_seen(link);
}

static void
test_http2_mutation_leaves_once(void **state)
{
  static const char *const modes[] = {"h2-refuse", "h2-goaway", "h2-die"};
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
    assert_int_equal(seen_after(*state, modes[i], TRUE), 2);
}

/* The control: here libcurl does send it again. */
static void
test_http2_reading_is_repeated(void **state)
{
  assert_int_equal(seen_after(*state, "h2-refuse", FALSE), 3);
}

/* A host whose OpenSSL takes anything, so that what is refused is refused by us. Read by OpenSSL at its
 * first use. */
static int
allow_everything(void **state)
{
  static const char lax[] = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n"
                            "[c]\nMinProtocol = None\nCipherString = DEFAULT:@SECLEVEL=0\n";
  char *path = NULL;
  int file = g_file_open_tmp("motcua-openssl-XXXXXX", &path, NULL);
  assert_int_equal(write(file, lax, strlen(lax)), strlen(lax));
  close(file);
  g_setenv("OPENSSL_CONF", path, TRUE);
  *state = path;
  return 0;
}

static int
forget_it(void **state)
{
  unlink(*state);
  g_free(*state);
  return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_trusts_the_given_authority),
      TEST(test_refuses_an_unknown_certificate_and_another_name),
      TEST(test_refuses_old_tls),
      TEST(test_shows_its_own_certificate),
      TEST(test_no_redirect_out_of_encryption),
      TEST(test_http2),
      TEST(test_http2_mutation_leaves_once),
      TEST(test_http2_reading_is_repeated),
  };
  return cmocka_run_group_tests(tests, allow_everything, forget_it);
}

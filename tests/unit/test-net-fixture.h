/* SPDX-License-Identifier: Apache-2.0 */
/* A pool of default limits, a server for it, and one exchange between them. */
#ifndef TEST_NET_FIXTURE_H
#define TEST_NET_FIXTURE_H

#include "unit.h"

#include <string.h>

#include "net/net.h"
#include "test-net-server.h"

typedef struct {
  GMainContext *context;
  McNet *net;
  McPool *pool;
  Server *server;
} Fixture;

static inline int
setup(void **state)
{
  Fixture *f = g_new0(Fixture, 1);
  f->context = g_main_context_new(); /* not the default one: nothing may lean on that */
  f->net = mc_net_new(f->context);
  f->pool = mc_pool_new(f->net, "test", NULL);
  f->server = server_start();
  *state = f;
  return 0;
}

static inline int
teardown(void **state)
{
  Fixture *f = *state;
  mc_pool_free(f->pool);
  mc_net_free(f->net);
  server_stop(f->server);
  g_main_context_unref(f->context);
  g_free(f);
  return 0;
}

static inline McRequest *
request_to(Fixture *f, const char *method, const char *path)
{
  g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d%s", server_port(f->server), path);
  return mc_request_new(method, url);
}

static inline void
keep(McResponse *response, gpointer data)
{
  McResponse **kept = data;
  assert_null(*kept);
  *kept = mc_response_ref(response);
}

static inline McResponse *
send_in(Fixture *f, McPool *pool, const McRequest *request)
{
  McResponse *response = NULL;
  mc_pool_send(pool, request, FALSE, keep, &response);
  assert_null(response);
  while (!response)
    g_main_context_iteration(f->context, TRUE);
  return response;
}

static inline McResponse *
get(Fixture *f, const char *path)
{
  g_autoptr(McRequest) request = request_to(f, "GET", path);
  return send_in(f, f->pool, request);
}

#endif

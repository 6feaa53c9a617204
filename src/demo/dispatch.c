/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a complete request to its answer. The whole of it stands in one database transaction: what a handler
 * writes and what it answers happen together, and a transaction that fails answers 500 with nothing done.
 */
#include "demo/province.h"

#include <string.h>

#define MAX_COUNTED 10000

const DemoSystem *
demo_province_system(const DemoProvince *province, const char *id)
{
  for (const DemoSystem *const *system = province->systems; *system; system++)
    if (strcmp((*system)->id, id) == 0)
      return *system;
  return NULL;
}

char *
demo_token_new(void)
{
  g_autofree char *one = g_uuid_string_random();
  g_autofree char *two = g_uuid_string_random();
  g_autofree char *both = g_strconcat(one, two, NULL);

  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
}

gint64
demo_token_end(const DemoProvince *province)
{
  return g_get_real_time() / 1000 + province->token_ttl;
}

/* --- one request at a time for one key --- */

DemoResponse *
demo_hold(DemoCall *call)
{
  GHashTable *in_flight = call->province->in_flight;
  g_autofree char *key = call->system && call->system->hold ? call->system->hold(call) : NULL;

  if (!key)
    return NULL;
  if (g_hash_table_contains(in_flight, key))
    return call->system->held(call);
  call->held = g_steal_pointer(&key);
  g_hash_table_add(in_flight, call->held);
  return NULL;
}

void
demo_release(DemoCall *call)
{
  if (call->held)
    g_hash_table_remove(call->province->in_flight, call->held);
  g_clear_pointer(&call->held, g_free);
}

/* --- routes --- */

static gboolean
matches(const DemoRoute *route, DemoCall *call)
{
  const char *pattern = route->pattern, *path = call->path;
  int n = 0;

  while (*pattern) {
    if (strncmp(pattern, "{}", 2) != 0) {
      if (*pattern++ != *path++)
        return FALSE;
      continue;
    }
    gsize length = strcspn(path, "/");
    if (length == 0)
      return FALSE;
    g_free(call->args[n]);
    call->args[n++] = g_strndup(path, length);
    pattern += 2;
    path += length;
  }
  return *path == '\0';
}

static const DemoRoute *
find_route(const DemoRoute *routes, DemoCall *call, gboolean *path_known)
{
  for (const DemoRoute *route = routes; route->method; route++) {
    if (!matches(route, call))
      continue;
    *path_known = TRUE;
    if (strcmp(route->method, call->method) == 0)
      return route;
  }
  return NULL;
}

DemoResponse *
demo_refuse(DemoCall *call, guint status, const char *text)
{
  if (call->system)
    return call->system->refuse(call, status, text);
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(json, "error", text);
  return demo_response_json(status, json);
}

/* NULL: this request is logged in. */
static DemoResponse *
check_login(DemoCall *call)
{
  const DemoSystem *system = call->system;
  DemoState *state = call->province->state;

  call->token = system->token(call);
  if (system->standing)
    return g_strcmp0(call->token, system->standing) == 0 ? NULL : system->deny(call, DEMO_NO_LOGIN);
  g_autoptr(DemoSession) session =
      call->token ? demo_state_session(state, system->id, "access", call->token) : NULL;
  if (!session)
    return system->deny(call, DEMO_NO_LOGIN);
  if (session->expires <= g_get_real_time() / 1000)
    return system->deny(call, DEMO_LOGIN_EXPIRED);
  call->family = g_strdup(session->family);
  call->csrf = g_strdup(session->extra);
  return system->admit ? system->admit(call) : NULL;
}

static void
count_request(DemoCall *call)
{
  GHashTable *counts = call->province->requests;
  g_autofree char *name = g_strconcat(call->method, " ", call->full_path, NULL);
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));

  if (n || g_hash_table_size(counts) < MAX_COUNTED)
    g_hash_table_replace(counts, g_steal_pointer(&name), GUINT_TO_POINTER(n + 1));
}

static DemoResponse *
answer(DemoCall *call)
{
  gboolean path_known = FALSE;
  const DemoRoute *routes = call->system ? call->system->routes : demo_control_routes;
  const DemoRoute *route = find_route(routes, call, &path_known);

  if (!route)
    return path_known ? demo_refuse(call, 405, "Phương thức không được hỗ trợ")
                      : demo_refuse(call, 404, "Không có địa chỉ này");
  DemoResponse *denied = call->system && !route->open ? check_login(call) : NULL;
  return denied ? denied : route->handle(call);
}

DemoResponse *
demo_dispatch(DemoCall *call)
{
  DemoState *state = call->province->state;
  g_autoptr(GError) error = NULL;

  if (call->system)
    count_request(call);
  demo_state_begin(state);
  DemoResponse *response = answer(call);
  if (demo_state_commit(state, &error))
    return response;
  g_printerr("motcua-demo: %s %s: %s\n", call->method, call->full_path, error->message);
  demo_response_free(response);
  return demo_refuse(call, 500, error->message);
}

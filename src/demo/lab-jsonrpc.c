/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON-RPC 2.0 server: one address, everything by POST, failures inside HTTP 200. Its list gives only
 * numbers, of which details are asked for many at a time; what changed is told since a state, a few at a
 * time, with those that are gone named apart (after RFC 8620 5.2). A state that it was told to forget is
 * refused.
 *
 *   cases.list {offset, limit} -> {ids, total, state}      cases.get {ids} -> {cases, unknown}
 *   cases.changes {since, max} -> {changed, removed, state, more}
 */
#include "demo/lab-feed.h"

#include <string.h>

#define MAX_IDS 3 /* details at a time */

enum { PARSE = -32700, INVALID = -32600, NO_METHOD = -32601, BAD_PARAMS = -32602, FORGOTTEN = -32001 };

/* --- answers --- */

static DemoResponse *
answer(const cJSON *request, const char *name, cJSON *value)
{
  const cJSON *id = cJSON_GetObjectItemCaseSensitive(request, "id");
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "jsonrpc", "2.0");
  cJSON_AddItemToObject(json, name, value);
  cJSON_AddItemToObject(json, "id", id ? cJSON_Duplicate(id, TRUE) : cJSON_CreateNull());
  return demo_response_json(200, json);
}

static DemoResponse *
failure(const cJSON *request, int code, const char *message)
{
  cJSON *json = cJSON_CreateObject();

  cJSON_AddNumberToObject(json, "code", code);
  demo_json_set_text(json, "message", message);
  return answer(request, "error", json);
}

static void
set_state(cJSON *json, gint64 state)
{
  g_autofree char *text = g_strdup_printf("s%" G_GINT64_FORMAT, state);

  demo_json_set_text(json, "state", text);
}

static void
add_id(const DemoRecord *record, gpointer list)
{
  cJSON_AddItemToArray(list, cJSON_CreateString(record->key));
}

static cJSON *
case_json(const DemoRecord *record)
{
  g_autofree char *at = demo_time_iso(record->updated);
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "id", record->key);
  demo_json_set_text(json, "subject", demo_json_word(record->doc, "title"));
  demo_json_set_text(json, "status", lab_state_word(record));
  demo_json_set_text(json, "changed", at);
  return json;
}

/* --- methods --- */

static DemoResponse *
list(DemoCall *call, const cJSON *request, const cJSON *params)
{
  const DemoQuery query = {call->system->id, -1, FALSE, demo_json_int(params, "offset"),
                           CLAMP(demo_json_int(params, "limit"), 1, 100)};
  cJSON *json = cJSON_CreateObject();

  demo_json_set_int(json, "total", demo_state_total(call->province->state, &query));
  demo_state_list(call->province->state, &query, add_id, cJSON_AddArrayToObject(json, "ids"));
  set_state(json, lab_feed_now(call));
  return answer(request, "result", json);
}

static DemoRecord *
find(DemoCall *call, const cJSON *id)
{
  const char *text = cJSON_IsString(id) ? id->valuestring : "";
  DemoRecord *record = demo_state_get(call->province->state, call->system->id, text);

  if (record && record->deleted)
    g_clear_pointer(&record, demo_record_free);
  return record;
}

static DemoResponse *
get(DemoCall *call, const cJSON *request, const cJSON *params)
{
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(params, "ids"), *id;
  cJSON *json = cJSON_CreateObject(), *cases = cJSON_AddArrayToObject(json, "cases"),
        *unknown = cJSON_AddArrayToObject(json, "unknown");

  if (cJSON_GetArraySize(ids) < 1 || cJSON_GetArraySize(ids) > MAX_IDS) {
    cJSON_Delete(json);
    return failure(request, BAD_PARAMS, "ids: one to three, as texts");
  }
  cJSON_ArrayForEach (id, ids) {
    g_autoptr(DemoRecord) record = find(call, id);
    if (record)
      cJSON_AddItemToArray(cases, case_json(record));
    else
      cJSON_AddItemToArray(unknown, cJSON_Duplicate(id, TRUE));
  }
  return answer(request, "result", json);
}

static void
add_change(const DemoRecord *record, gpointer json)
{
  add_id(record, cJSON_GetObjectItemCaseSensitive(json, record->deleted ? "removed" : "changed"));
}

static DemoResponse *
changes(DemoCall *call, const cJSON *request, const cJSON *params)
{
  const char *state = demo_json_word(params, "since");
  gint64 since, max = CLAMP(demo_json_int(params, "max"), 1, 100);
  gboolean more;

  if (state[0] != 's' || !g_ascii_string_to_signed(state + 1, 10, 0, G_MAXINT64, &since, NULL))
    return failure(request, BAD_PARAMS, "since: a state that was given out");
  if (!lab_feed_knows(call, since))
    return failure(request, FORGOTTEN, "the changes since that state are forgotten");
  cJSON *json = cJSON_CreateObject();
  cJSON_AddArrayToObject(json, "changed");
  cJSON_AddArrayToObject(json, "removed");
  set_state(json, lab_feed(call, since, max, add_change, json, &more));
  demo_json_set_true(json, "more", more);
  return answer(request, "result", json);
}

static const struct {
  const char *name;
  DemoResponse *(*run)(DemoCall *call, const cJSON *request, const cJSON *params);
} methods[] = {{"cases.list", list}, {"cases.get", get}, {"cases.changes", changes}};

static DemoResponse *
rpc(DemoCall *call)
{
  g_autoptr(cJSON) request = demo_call_json(call);
  const char *method = demo_json_word(request, "method");

  if (!request)
    return failure(NULL, PARSE, "not a JSON object");
  if (strcmp(demo_json_word(request, "jsonrpc"), "2.0") != 0 || !*method)
    return failure(request, INVALID, "not a request of JSON-RPC 2.0");
  for (gsize i = 0; i < G_N_ELEMENTS(methods); i++)
    if (strcmp(method, methods[i].name) == 0)
      return methods[i].run(call, request, cJSON_GetObjectItemCaseSensitive(request, "params"));
  return failure(request, NO_METHOD, "no such method");
}

static const DemoRoute routes[] = {
    {"POST", "/rpc", rpc, TRUE},
    {"POST", "/forget", lab_forget, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_jsonrpc = {
    .id = "lab-jsonrpc",
    .title = "JSON-RPC",
    .connector = "lab-jsonrpc",
    .routes = routes,
    .token = lab_no_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

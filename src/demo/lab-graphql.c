/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GraphQL server over HTTP, of two operations: Cases, a connection in pages (`after`, `first`, pageInfo) of
 * all cases or of those changed since an instant, and Case, one by its id. What it is asked is told by
 * `operationName` and `variables`; the selection is its own. Failures are HTTP 200 with "data": null and
 * "errors"; the query's text has to name the operation, as a client that sends another one is mistaken.
 */
#include "demo/lab-feed.h"

#include <string.h>

static DemoResponse *
failure(const char *code, const char *message)
{
  cJSON *json = cJSON_CreateObject(), *error = cJSON_CreateObject();

  cJSON_AddNullToObject(json, "data");
  cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "errors"), error);
  demo_json_set_text(error, "message", message);
  demo_json_set_text(cJSON_AddObjectToObject(error, "extensions"), "code", code);
  return demo_response_json(200, json);
}

static DemoResponse *
data(const char *name, cJSON *value)
{
  cJSON *json = cJSON_CreateObject();

  cJSON_AddItemToObject(cJSON_AddObjectToObject(json, "data"), name, value);
  return demo_response_json(200, json);
}

static cJSON *
node_json(const DemoRecord *record)
{
  g_autofree char *at = demo_time_iso(record->updated);
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "id", record->key);
  demo_json_set_text(json, "title", demo_json_word(record->doc, "title"));
  demo_json_set_text(json, "state", lab_state_word(record));
  demo_json_set_text(json, "updatedAt", at);
  demo_json_set_true(json, "deleted", record->deleted);
  return json;
}

static void
add_edge(const DemoRecord *record, gpointer list)
{
  cJSON *edge = cJSON_CreateObject();

  cJSON_AddItemToObject(edge, "node", node_json(record));
  cJSON_AddItemToArray(list, edge);
}

/* A cursor is "o" and the place behind the page. */
static DemoResponse *
cases(DemoCall *call, const cJSON *variables)
{
  const char *since = demo_json_text(variables, "since"), *after = demo_json_text(variables, "after");
  gint64 first = CLAMP(demo_json_int(variables, "first"), 1, 50), offset = 0, from = -1;

  if (since && !demo_time_parse_iso(since, &from))
    return failure("BAD_USER_INPUT", "since is no DateTime");
  if (after && (*after != 'o' || !g_ascii_string_to_signed(after + 1, 10, 0, G_MAXINT32, &offset, NULL)))
    return failure("BAD_USER_INPUT", "after is no cursor of this list");
  const DemoQuery query = {call->system->id, from, TRUE, offset, first};
  gint64 total = demo_state_total(call->province->state, &query);
  g_autofree char *end = g_strdup_printf("o%" G_GINT64_FORMAT, offset + first);
  cJSON *json = cJSON_CreateObject(), *info = cJSON_AddObjectToObject(json, "pageInfo");
  demo_json_set_true(info, "hasNextPage", offset + first < total);
  demo_json_set_text(info, "endCursor", end);
  demo_json_set_int(json, "totalCount", total);
  demo_state_list(call->province->state, &query, add_edge, cJSON_AddArrayToObject(json, "edges"));
  return data("cases", json);
}

static DemoResponse *
one(DemoCall *call, const cJSON *variables)
{
  g_autoptr(DemoRecord) record =
      demo_state_get(call->province->state, call->system->id, demo_json_word(variables, "id"));

  if (!record || record->deleted)
    return data("case", cJSON_CreateNull());
  cJSON *json = node_json(record);
  demo_json_set_text(json, "note", demo_json_word(record->doc, "note"));
  return data("case", json);
}

static DemoResponse *
graphql(DemoCall *call)
{
  g_autoptr(cJSON) request = demo_call_json(call);
  const char *operation = demo_json_word(request, "operationName"), *query = demo_json_word(request, "query");
  const cJSON *variables = cJSON_GetObjectItemCaseSensitive(request, "variables");
  g_autofree char *head = g_strconcat("query ", operation, NULL);

  if (!request || !g_str_has_prefix(query, head))
    return failure("GRAPHQL_PARSE_FAILED", "the query does not name its operation");
  if (strcmp(operation, "Cases") == 0)
    return cases(call, variables);
  if (strcmp(operation, "Case") == 0)
    return one(call, variables);
  return failure("GRAPHQL_VALIDATION_FAILED", "no such operation");
}

static const DemoRoute routes[] = {
    {"POST", "/graphql", graphql, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_graphql = {
    .id = "lab-graphql",
    .title = "GraphQL",
    .connector = "lab-graphql",
    .routes = routes,
    .token = lab_no_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

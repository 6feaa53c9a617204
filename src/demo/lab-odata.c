/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OData 4.01 service: Cases in pages with @odata.nextLink (a whole URL) and, at the end, @odata.deltaLink;
 * asked by that, what changed, deleted ones as {"@removed", "id"}. A delta link that it was told to forget is
 * 410 Gone. One case by its key, in brackets.
 */
#include "demo/lab-feed.h"

#include <string.h>

#define PAGE 2

static DemoResponse *
failure(guint status, const char *code, const char *message)
{
  cJSON *json = cJSON_CreateObject(), *error = cJSON_AddObjectToObject(json, "error");

  demo_json_set_text(error, "code", code);
  demo_json_set_text(error, "message", message);
  return demo_response_json(status, json);
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return failure(status, "General", text);
}

static cJSON *
case_json(const DemoRecord *record)
{
  g_autofree char *at = demo_time_iso(record->updated);
  g_autofree char *tag = g_strdup_printf("W/\"%" G_GINT64_FORMAT "\"", record->version);
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "@odata.etag", tag);
  demo_json_set_text(json, "Id", record->key);
  demo_json_set_text(json, "Title", demo_json_word(record->doc, "title"));
  demo_json_set_text(json, "Status", lab_state_word(record));
  demo_json_set_text(json, "Modified", at);
  return json;
}

static void
add_case(const DemoRecord *record, gpointer list)
{
  cJSON_AddItemToArray(list, case_json(record));
}

static void
add_change(const DemoRecord *record, gpointer list)
{
  if (!record->deleted) {
    add_case(record, list);
    return;
  }
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(cJSON_AddObjectToObject(json, "@removed"), "reason", "deleted");
  demo_json_set_text(json, "Id", record->key);
  cJSON_AddItemToArray(list, json);
}

/* A whole URL of the list with one option of the query. */
static void
set_link(DemoCall *call, cJSON *json, const char *name, const char *option, gint64 value)
{
  g_autofree char *url = g_strdup_printf("%s/%s/Cases?%s=%" G_GINT64_FORMAT, call->province->base,
                                         call->system->id, option, value);

  demo_json_set_text(json, name, url);
}

static DemoResponse *
delta(DemoCall *call, gint64 since)
{
  gboolean more;

  if (!lab_feed_knows(call, since))
    return failure(410, "SyncStateNotFound", "the delta link is no longer known; read everything");
  cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "value");
  gint64 last = lab_feed(call, since, PAGE, add_change, list, &more);
  set_link(call, json, more ? "@odata.nextLink" : "@odata.deltaLink", more ? "%24skiptoken" : "%24deltatoken",
           last);
  return demo_response_json(200, json);
}

/* $skip counts records of the list, $skiptoken an instant of the changes. */
static DemoResponse *
cases(DemoCall *call)
{
  const char *token = demo_call_query(call, "$deltatoken");
  gint64 skip = demo_call_number(call, "$skip", 0, 0, G_MAXINT32);
  const DemoQuery query = {call->system->id, -1, FALSE, skip, PAGE};

  if (!token)
    token = demo_call_query(call, "$skiptoken");
  if (token)
    return delta(call, g_ascii_strtoll(token, NULL, 10));
  gint64 total = demo_state_total(call->province->state, &query);
  cJSON *json = cJSON_CreateObject();
  demo_json_set_int(json, "@odata.count", total);
  demo_state_list(call->province->state, &query, add_case, cJSON_AddArrayToObject(json, "value"));
  if (skip + PAGE < total)
    set_link(call, json, "@odata.nextLink", "%24skip", skip + PAGE);
  else
    set_link(call, json, "@odata.deltaLink", "%24deltatoken", lab_feed_now(call));
  return demo_response_json(200, json);
}

/* Cases('KEY') */
static DemoResponse *
one(DemoCall *call)
{
  const char *name = call->args[0];
  gsize length = strlen(name);

  if (!g_str_has_prefix(name, "Cases('") || length < 10 || strcmp(name + length - 2, "')") != 0)
    return failure(404, "NotFound", "no such address");
  g_autofree char *key = g_strndup(name + 7, length - 9);
  g_autoptr(DemoRecord) record = demo_state_get(call->province->state, call->system->id, key);
  if (!record || record->deleted)
    return failure(404, "NotFound", "no such case");
  cJSON *json = case_json(record);
  demo_json_set_text(json, "Note", demo_json_word(record->doc, "note"));
  return demo_response_json(200, json);
}

static const DemoRoute routes[] = {
    {"GET", "/Cases", cases, TRUE},
    {"GET", "/{}", one, TRUE},
    {"POST", "/forget", lab_forget, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_odata = {
    .id = "lab-odata",
    .title = "OData",
    .connector = "lab-odata",
    .routes = routes,
    .token = lab_no_token,
    .deny = lab_deny,
    .refuse = refuse,
};

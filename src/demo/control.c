/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The province's own pages, under /demo: what took place, faults, the clock, and changes made on the systems'
 * side, by a citizen or a colleague. Faults and latency never touch these pages.
 */
#include "demo/action.h"

#include <string.h>

static DemoResponse *
bad_request(const char *text)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "error", text);
  return demo_response_json(400, json);
}

static DemoResponse *
wrap(const char *name, cJSON *list)
{
  cJSON *json = cJSON_CreateObject();

  cJSON_AddItemToObject(json, name, list);
  return demo_response_json(200, json);
}

/* --- what took place --- */

static void
add_effect(const DemoEffect *effect, gpointer list)
{
  cJSON_AddItemToArray(list, demo_effect_json(effect));
}

static DemoResponse *
effects(DemoCall *call)
{
  cJSON *list = cJSON_CreateArray();

  demo_state_each_effect(call->province->state, demo_call_number(call, "since", 0, 0, G_MAXINT64),
                         demo_call_query(call, "system"), add_effect, list);
  return wrap("effects", list);
}

static DemoResponse *
requests(DemoCall *call)
{
  cJSON *json = cJSON_CreateObject(), *counts = cJSON_AddObjectToObject(json, "requests");
  GHashTableIter iter;
  gpointer name, count;
  gint64 total = 0;

  g_hash_table_iter_init(&iter, call->province->requests);
  while (g_hash_table_iter_next(&iter, &name, &count)) {
    cJSON_AddNumberToObject(counts, name, GPOINTER_TO_UINT(count));
    total += GPOINTER_TO_UINT(count);
  }
  demo_json_set_int(json, "total", total);
  return demo_response_json(200, json);
}

static DemoResponse *
forget_requests(DemoCall *call)
{
  g_hash_table_remove_all(call->province->requests);
  return requests(call);
}

cJSON *
demo_systems_json(const DemoProvince *province)
{
  cJSON *list = cJSON_CreateArray();

  for (const DemoSystem *const *at = province->systems; *at; at++) {
    const DemoSystem *system = *at;
    const char *root = system->encrypted ? province->encrypted_base : province->base;
    if (!root)
      continue;
    cJSON *json = cJSON_CreateObject();
    g_autofree char *base = g_strdup_printf("%s/%s", root, system->id);
    demo_json_set_text(json, "id", system->id);
    demo_json_set_text(json, "title", system->title);
    demo_json_set_text(json, "connector", system->connector);
    demo_json_set_text(json, "base", base);
    demo_json_set_text(json, "username", DEMO_USER);
    demo_json_set_text(json, "password", DEMO_PASSWORD);
    cJSON *secrets = cJSON_AddObjectToObject(json, "secrets");
    if (system->describe)
      system->describe(secrets);
    cJSON_AddItemToArray(list, json);
  }
  return list;
}

static DemoResponse *
systems(DemoCall *call)
{
  return wrap("systems", demo_systems_json(call->province));
}

/* --- faults and the clock --- */

static DemoResponse *
list_faults(DemoCall *call)
{
  return wrap("faults", demo_faults_json(call->province->faults));
}

static DemoResponse *
add_fault(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(GError) error = NULL;

  if (!json)
    return bad_request(
        "a fault is a JSON object: {\"system\":\"*\",\"path\":\"*\",\"mode\":\"delay\",\"ms\":500}");
  if (!demo_faults_add(call->province->faults, json, &error))
    return bad_request(error->message);
  return list_faults(call);
}

static DemoResponse *
clear_faults(DemoCall *call)
{
  demo_faults_clear(call->province->faults);
  return list_faults(call);
}

static DemoResponse *
tell_clock(DemoCall *call)
{
  g_autofree char *now = demo_time_iso(demo_clock_now(call->province->clock));
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "now", now);
  return demo_response_json(200, json);
}

static DemoResponse *
set_clock(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  gint64 ms;

  if (!demo_time_parse_iso(demo_json_word(json, "now"), &ms))
    return bad_request("{\"now\":\"2026-11-22T14:05:10+07:00\"} is expected");
  demo_clock_set(call->province->clock, ms);
  return tell_clock(call);
}

/* --- changes on the systems' side --- */

/* Times are given as ISO 8601 and kept as milliseconds. */
static const char *
set_fields(DemoRecord *record, const cJSON *fields)
{
  static const char *const times[] = {"received", "due", "submitted", "issued", "finished", "pausedAt", NULL};
  const cJSON *field;

  cJSON_ArrayForEach (field, fields) {
    gint64 ms;
    if (cJSON_IsNull(field))
      cJSON_DeleteItemFromObjectCaseSensitive(record->doc, field->string);
    else if (!g_strv_contains(times, field->string) || !cJSON_IsString(field))
      demo_json_set(record->doc, field->string, cJSON_Duplicate(field, TRUE));
    else if (demo_time_parse_iso(field->valuestring, &ms))
      demo_json_set_int(record->doc, field->string, ms);
    else
      return "received, due, submitted, issued: an ISO 8601 instant is expected";
  }
  return NULL;
}

/* A new record of a system: its number is the next one, its key as given, or made from the number. */
static DemoRecord *
create(DemoState *state, const char *system, const char *key)
{
  gint64 id = demo_state_last_id(state, system) + 1;
  g_autofree char *made = g_strdup_printf("%" G_GINT64_FORMAT, G_GINT64_CONSTANT(9007199254740993) + 2 * id);
  DemoRecord *record = demo_record_new(system, id, key ? key : made, 1);

  record->version = 0;
  return record;
}

/* {"system","key","state","deleted","fields":{}}: fields in the province's own names. */
static DemoResponse *
put_item(DemoCall *call)
{
  DemoState *state = call->province->state;
  g_autoptr(cJSON) json = demo_call_json(call);
  const DemoSystem *system = demo_province_system(call->province, demo_json_word(json, "system"));
  const char *key = demo_json_text(json, "key");
  const cJSON *status = cJSON_GetObjectItemCaseSensitive(json, "state");

  if (!system)
    return bad_request("\"system\" names no system of this province: GET /demo/systems lists them");
  if (key && !*key)
    return bad_request("\"key\" is empty");
  g_autoptr(DemoRecord) record = key ? demo_state_get(state, system->id, key) : NULL;
  if (!record)
    record = create(state, system->id, key);
  if (cJSON_IsNumber(status))
    record->state = CLAMP(status->valueint, 0, 31);
  record->deleted = demo_json_true(json, "deleted");
  const char *wrong = set_fields(record, cJSON_GetObjectItemCaseSensitive(json, "fields"));
  if (wrong)
    return bad_request(wrong);
  demo_record_touch(call->province, record);
  cJSON *answer = cJSON_CreateObject();
  demo_json_set_text(answer, "system", record->system);
  demo_json_set_text(answer, "key", record->key);
  demo_json_set_int(answer, "state", record->state);
  demo_json_set_int(answer, "version", record->version);
  return demo_response_json(200, answer);
}

const DemoRoute demo_control_routes[] = {
    {"GET", "/demo/systems", systems, TRUE},
    {"GET", "/demo/effects", effects, TRUE},
    {"GET", "/demo/requests", requests, TRUE},
    {"DELETE", "/demo/requests", forget_requests, TRUE},
    {"GET", "/demo/faults", list_faults, TRUE},
    {"POST", "/demo/faults", add_fault, TRUE},
    {"DELETE", "/demo/faults", clear_faults, TRUE},
    {"GET", "/demo/clock", tell_clock, TRUE},
    {"POST", "/demo/clock", set_clock, TRUE},
    {"POST", "/demo/items", put_item, TRUE},
    {NULL, NULL, NULL, FALSE},
};

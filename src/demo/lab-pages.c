/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One list, given out in every manner of pages: by number, by offset, after a cursor, by Link headers
 * (several in one, quoted parameters, relative targets; RFC 8288), by a relative link in the body, whole with
 * Last-Modified and If-Modified-Since (RFC 9110 8.8.2), and as changes since a token,
 * and as bare keys whose records are asked for one by one. The whole list is to be gone one day: it says so
 * with Deprecation (RFC 9745) and Sunset (RFC 8594).
 */
#include "demo/lab-feed.h"

#include <string.h>

#define PAGE   2
#define SUNSET "Sat, 31 Dec 2033 17:00:00 GMT"

static void
add_row(const DemoRecord *record, gpointer list)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "id", record->key);
  demo_json_set_text(json, "title", demo_json_word(record->doc, "title"));
  demo_json_set_text(json, "state", lab_state_word(record));
  demo_json_set_int(json, "rev", record->version);
  cJSON_AddItemToArray(list, json);
}

/* A page of the list; *total: of all. */
static cJSON *
rows(DemoCall *call, gint64 offset, gint64 limit, gint64 *total)
{
  const DemoQuery query = {call->system->id, -1, FALSE, offset, limit};
  cJSON *json = cJSON_CreateObject();

  *total = demo_state_total(call->province->state, &query);
  demo_state_list(call->province->state, &query, add_row, cJSON_AddArrayToObject(json, "items"));
  return json;
}

static DemoResponse *
by_number(DemoCall *call)
{
  gint64 total, page = demo_call_number(call, "page", 1, 1, G_MAXINT32);
  cJSON *json = rows(call, (page - 1) * PAGE, PAGE, &total);

  demo_json_set_int(json, "total", total);
  return demo_response_json(200, json);
}

static DemoResponse *
by_offset(DemoCall *call)
{
  gint64 total;

  return demo_response_json(200,
                            rows(call, demo_call_number(call, "offset", 0, 0, G_MAXINT32), PAGE, &total));
}

static DemoResponse *
by_cursor(DemoCall *call)
{
  gint64 total, after = demo_call_number(call, "after", 0, 0, G_MAXINT32);
  cJSON *json = rows(call, after, PAGE, &total);
  g_autofree char *next = g_strdup_printf("%" G_GINT64_FORMAT, after + PAGE);

  demo_json_set_text(json, "next", after + PAGE < total ? next : "");
  return demo_response_json(200, json);
}

static DemoResponse *
by_header(DemoCall *call)
{
  gint64 total, from = demo_call_number(call, "from", 0, 0, G_MAXINT32);
  DemoResponse *response = demo_response_json(200, rows(call, from, PAGE, &total));
  g_autofree char *links = g_strdup_printf("<?from=0>; rel=\"first start\"; title=\"a, <b>; rel=next\", "
                                           "<?from=%" G_GINT64_FORMAT ">; rel=\"%s\"",
                                           from + PAGE, from + PAGE < total ? "last NEXT" : "self");

  demo_response_header(response, "Link", links);
  return response;
}

static DemoResponse *
by_body(DemoCall *call)
{
  gint64 total, from = demo_call_number(call, "from", 0, 0, G_MAXINT32);
  cJSON *json = rows(call, from, PAGE, &total), *links = cJSON_AddObjectToObject(json, "links");
  g_autofree char *next = g_strdup_printf("body?from=%" G_GINT64_FORMAT, from + PAGE);

  if (from + PAGE < total)
    demo_json_set_text(links, "next", next);
  return demo_response_json(200, json);
}

static DemoResponse *
whole(DemoCall *call)
{
  const char *since = demo_call_header(call, "if-modified-since");
  gint64 newest = demo_state_newest(call->province->state, call->system->id) / 1000, total;
  g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(newest);
  g_autofree char *modified = demo_http_date(at);
  gboolean same = since && strcmp(since, modified) == 0;
  DemoResponse *response =
      same ? demo_response_new(304, NULL, "") : demo_response_json(200, rows(call, 0, G_MAXINT32, &total));

  demo_response_header(response, "Last-Modified", modified);
  demo_response_header(response, "Deprecation", "@1767225600");
  demo_response_header(response, "Sunset", SUNSET);
  return response;
}

/* The same list by a token, which brings what changed since; an old one is 410. */
static void
add_changed(const DemoRecord *record, gpointer list)
{
  add_row(record, list);
  if (record->deleted)
    demo_json_set_true(cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1), "deleted", TRUE);
}

static DemoResponse *
by_token(DemoCall *call)
{
  gint64 since = demo_call_number(call, "token", 0, 0, G_MAXINT64);
  gboolean more;

  if (since && !lab_feed_knows(call, since))
    return lab_refuse(call, 410, "the token is too old");
  cJSON *json = cJSON_CreateObject();
  lab_feed(call, since, G_MAXINT32, add_changed, cJSON_AddArrayToObject(json, "items"), &more);
  g_autofree char *token = g_strdup_printf("%" G_GINT64_FORMAT, lab_feed_now(call));
  demo_json_set_text(json, "token", token);
  return demo_response_json(200, json);
}

static void
add_key(const DemoRecord *record, gpointer list)
{
  cJSON_AddItemToArray(list, cJSON_CreateString(record->key));
}

static DemoResponse *
keys(DemoCall *call)
{
  const DemoQuery query = {call->system->id, -1, FALSE, 0, G_MAXINT32};
  cJSON *json = cJSON_CreateObject();

  demo_state_list(call->province->state, &query, add_key, cJSON_AddArrayToObject(json, "keys"));
  return demo_response_json(200, json);
}

static DemoResponse *
one(DemoCall *call)
{
  g_autoptr(DemoRecord) record = demo_state_get(call->province->state, call->system->id, call->args[0]);
  cJSON *json = cJSON_CreateObject(), *list = cJSON_CreateArray();

  if (!record || record->deleted || demo_json_true(record->doc, "hidden")) {
    cJSON_Delete(list);
    cJSON_Delete(json);
    return lab_refuse(call, 404, "no such record");
  }
  add_row(record, list);
  cJSON_AddItemToObject(json, "record", cJSON_DetachItemFromArray(list, 0));
  cJSON_Delete(list);
  return demo_response_json(200, json);
}

static const DemoRoute routes[] = {
    {"GET", "/number", by_number, TRUE}, {"GET", "/offset", by_offset, TRUE},
    {"GET", "/cursor", by_cursor, TRUE}, {"GET", "/header", by_header, TRUE},
    {"GET", "/body", by_body, TRUE},     {"GET", "/whole", whole, TRUE},
    {"GET", "/token", by_token, TRUE},   {"POST", "/forget", lab_forget, TRUE},
    {"GET", "/keys", keys, TRUE},        {"GET", "/one/{}", one, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_pages = {
    .id = "lab-pages",
    .title = "Pages",
    .connector = "lab-pages",
    .routes = routes,
    .token = lab_no_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

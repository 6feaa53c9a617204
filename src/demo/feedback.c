/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The switchboard 1022 as an Open311 GeoReport v2 server (wiki.open311.org/GeoReport_v2): an API key as
 * `api_key`, arrays as roots, a detail that is an array of one, errors as [{"code","description"}]. Widely
 * used extensions: paging by page and page_size with RFC 8288 links (then the standard's window of 90 days
 * does not apply), updated_after (inclusive), extended_attributes when asked for. The vendor's own: what
 * officials do, under /requests/{id}/. PUTs may be repeated; a POST is recognised by external_id or
 * request_token where it takes one, and otherwise not: it shows its `reference` in the request's updates.
 */
#include "demo/file.h"
#include "demo/feedback.h"
#include "demo/people.h"

#include <string.h>

#define API_KEY "demo-1022-api-key"
#define MAX_IDS 50

/* --- answers --- */

void
demo_feedback_add_error(cJSON *errors, int code, const char *text)
{
  cJSON *error = cJSON_CreateObject();

  demo_json_set_int(error, "code", code);
  demo_json_set_text(error, "description", text);
  cJSON_AddItemToArray(errors, error);
}

DemoResponse *
demo_feedback_failure(guint status, int code, const char *text)
{
  cJSON *errors = cJSON_CreateArray();

  demo_feedback_add_error(errors, code, text);
  return demo_response_json(status, errors);
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return demo_feedback_failure(status, (int)status, text);
}

static DemoResponse *
deny(DemoCall *call, DemoDenial why)
{
  (void)why;
  return demo_feedback_failure(403, 403, call->token ? "api_key không hợp lệ" : "Thiếu tham số api_key");
}

/* A query parameter or, of a request with a form, a field of it. */
static char *
api_key(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  const char *query = demo_call_query(call, "api_key");

  return g_strdup(query ? query : demo_json_text(form, "api_key"));
}

char *
demo_feedback_word(const char *segment)
{
  return g_str_has_suffix(segment, ".json") ? g_strndup(segment, strlen(segment) - strlen(".json")) : NULL;
}

/* --- services --- */

static cJSON *
service_json(const DemoService *service)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "service_code", service->code);
  demo_json_set_text(json, "service_name", service->name);
  demo_json_set_text(json, "description", service->description);
  demo_json_set_true(json, "metadata", FALSE);
  demo_json_set_text(json, "type", "realtime");
  demo_json_set_text(json, "keywords", "");
  demo_json_set_text(json, "group", service->group);
  return json;
}

static DemoResponse *
services(DemoCall *call)
{
  cJSON *list = cJSON_CreateArray();

  (void)call;
  for (const DemoService *service = demo_feedback_services; service->code; service++)
    cJSON_AddItemToArray(list, service_json(service));
  return demo_response_json(200, list);
}

static DemoResponse *
units(DemoCall *call)
{
  cJSON *list = cJSON_CreateArray();

  (void)call;
  for (const DemoUnit *unit = demo_feedback_units; unit->code; unit++) {
    cJSON *json = cJSON_CreateObject();
    demo_json_set_text(json, "agency_code", unit->code);
    demo_json_set_text(json, "agency_name", unit->name);
    cJSON_AddItemToArray(list, json);
  }
  return demo_response_json(200, list);
}

static DemoResponse *
officials(DemoCall *call)
{
  cJSON *list = cJSON_CreateArray();

  for (const DemoOfficial *official = demo_officials; official->login; official++) {
    if (!demo_official_matches(official, demo_call_query(call, "q")))
      continue;
    cJSON *json = cJSON_CreateObject();
    demo_json_set_text(json, "login", official->login);
    demo_json_set_text(json, "name", official->name);
    demo_json_set_text(json, "unit", official->unit);
    cJSON_AddItemToArray(list, json);
  }
  return demo_response_json(200, list);
}

/* --- showing a request --- */

static void
add_time(cJSON *json, const char *name, gint64 ms)
{
  g_autofree char *text = ms ? demo_time_format(ms, "%Y-%m-%dT%H:%M:%S+07:00") : NULL;

  demo_json_set(json, name, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static char *
media_url(DemoCall *call, const DemoRecord *record, const cJSON *file)
{
  return g_strdup_printf("%s/1022/media/%s/%s", call->province->base, record->key,
                         demo_json_word(file, "id"));
}

static cJSON *
media_json(DemoCall *call, const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();
  const cJSON *file;

  cJSON_ArrayForEach (file, cJSON_GetObjectItemCaseSensitive(record->doc, "files")) {
    cJSON *json = cJSON_CreateObject();
    g_autofree char *url = media_url(call, record, file);
    demo_json_set_text(json, "id", demo_json_text(file, "id"));
    demo_json_set_text(json, "name", demo_json_text(file, "name"));
    demo_json_set_text(json, "content_type", demo_json_text(file, "type"));
    demo_json_set_int(json, "size", demo_json_int(file, "size"));
    demo_json_set_text(json, "media_url", url);
    cJSON_AddItemToArray(list, json);
  }
  return list;
}

/* What the vendor adds; a citizen's portal never asks for it. */
static cJSON *
extended_json(DemoCall *call, const DemoRecord *record)
{
  static const char *const texts[] = {"title", "channel", "answer", NULL};
  const cJSON *doc = record->doc;
  cJSON *json = cJSON_CreateObject();
  const char *login = demo_json_text(doc, "assignee");

  for (const char *const *name = texts; *name; name++)
    demo_json_set_text(json, *name, demo_json_text(doc, *name));
  demo_json_set_int(json, "state", record->state);
  demo_json_set_text(json, "state_name", demo_feedback_status(record->state));
  demo_json_set_text(json, "reporter", demo_json_text(doc, "applicant"));
  demo_json_set_text(json, "phone", demo_json_text(doc, "phone"));
  demo_json_set_text(json, "external_id", demo_json_text(doc, "externalId"));
  if (login) {
    cJSON *assignee = cJSON_AddObjectToObject(json, "assignee");
    demo_json_set_text(assignee, "login", login);
    demo_json_set_text(assignee, "name", demo_official_name(login));
  }
  demo_json_set_int(json, "version", record->version);
  cJSON *media = media_json(call, record);
  demo_json_set_int(json, "media_count", cJSON_GetArraySize(media));
  cJSON_AddItemToObject(json, "media", media);
  return json;
}

static const char *
standard_status(int state)
{
  gboolean closed = state == FEEDBACK_CLOSED || state == FEEDBACK_REJECTED || state == FEEDBACK_FORWARDED;

  return closed ? "closed" : "open";
}

static cJSON *
request_json(DemoCall *call, const DemoRecord *record)
{
  const cJSON *doc = record->doc,
              *first = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(doc, "files"), 0);
  const DemoService *service = demo_feedback_service(demo_json_text(doc, "service"));
  g_autofree char *url = first ? media_url(call, record, first) : NULL;
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "service_request_id", record->key);
  demo_json_set_text(json, "status", standard_status(record->state));
  demo_json_set(json, "status_notes",
                demo_json_text(doc, "answer") ? cJSON_CreateString(demo_json_text(doc, "answer"))
                                              : cJSON_CreateNull());
  demo_json_set_text(json, "service_name", service ? service->name : "Khác");
  demo_json_set_text(json, "service_code", demo_json_word(doc, "service"));
  demo_json_set_text(json, "description", demo_json_word(doc, "description"));
  demo_json_set_text(json, "agency_responsible",
                     demo_json_text(doc, "agency") ? demo_json_text(doc, "agency") : "UBND Xã An Thử");
  add_time(json, "requested_datetime", demo_json_int(doc, "received"));
  add_time(json, "updated_datetime", record->updated);
  add_time(json, "expected_datetime", demo_json_int(doc, "due"));
  demo_json_set_text(json, "address", demo_json_word(doc, "address"));
  if (cJSON_GetObjectItemCaseSensitive(doc, "lat")) {
    cJSON_AddNumberToObject(json, "lat", cJSON_GetObjectItemCaseSensitive(doc, "lat")->valuedouble);
    cJSON_AddNumberToObject(json, "long", cJSON_GetObjectItemCaseSensitive(doc, "long")->valuedouble);
  }
  demo_json_set(json, "media_url", url ? cJSON_CreateString(url) : cJSON_CreateNull());
  if (g_strcmp0(demo_call_query(call, "extensions"), "true") == 0)
    cJSON_AddItemToObject(json, "extended_attributes", extended_json(call, record));
  return json;
}

DemoResponse *
demo_feedback_answer(DemoCall *call, guint status, const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();

  cJSON_AddItemToArray(list, request_json(call, record));
  return demo_response_json(status, list);
}

DemoRecord *
demo_feedback_find(DemoCall *call, const char *key)
{
  DemoRecord *record = key ? demo_state_get(call->province->state, demo_feedback.id, key) : NULL;

  if (record && record->deleted)
    g_clear_pointer(&record, demo_record_free);
  return record;
}

DemoResponse *
demo_feedback_none(void)
{
  return demo_feedback_failure(404, 404, "Không tìm thấy phản ánh có service_request_id này");
}

static DemoResponse *
show(DemoCall *call)
{
  g_autofree char *key = demo_feedback_word(call->args[0]);
  g_autoptr(DemoRecord) record = demo_feedback_find(call, key);

  return record ? demo_feedback_answer(call, 200, record) : demo_feedback_none();
}

static DemoResponse *
updates(DemoCall *call)
{
  g_autoptr(DemoRecord) record = demo_feedback_find(call, call->args[0]);
  const cJSON *history = record ? cJSON_GetObjectItemCaseSensitive(record->doc, "history") : NULL, *entry;
  cJSON *list = cJSON_CreateArray();
  int row = 0;

  cJSON_ArrayForEach (entry, history) {
    cJSON *json = cJSON_CreateObject();
    demo_json_set_int(json, "update_id", ++row);
    demo_json_set_text(json, "service_request_id", record->key);
    add_time(json, "updated_datetime", demo_json_int(entry, "at"));
    demo_json_set_text(json, "author", demo_official_name(demo_json_word(entry, "who")));
    demo_json_set_text(json, "event", demo_json_text(entry, "what"));
    demo_json_set_text(json, "description", demo_json_text(entry, "note"));
    demo_json_set_text(json, "reference", demo_json_text(entry, "ref"));
    cJSON_AddItemToArray(list, json);
  }
  if (record)
    return demo_response_json(200, list);
  cJSON_Delete(list);
  return demo_feedback_none();
}

static DemoResponse *
media(DemoCall *call)
{
  g_autoptr(DemoRecord) record = demo_feedback_find(call, call->args[0]);
  const cJSON *file = record ? demo_record_file(record, call->args[1]) : NULL;

  return file ? demo_file_response(call, file) : demo_feedback_failure(404, 404, "Phản ánh không có tệp này");
}

/* --- the list --- */

/* What a list is narrowed to. Only then is every record looked at; otherwise a page is read as it stands. */
typedef struct {
  DemoCall *call;
  const char *status, *service;
  gint64 from, to;      /* requested within; 0: no bound */
  gint64 skip, take, n; /* of the matching ones */
  cJSON *list;
} Filter;

static gboolean
filters(const Filter *filter)
{
  return filter->status || filter->service || filter->from || filter->to;
}

static void
add_request(const DemoRecord *record, gpointer data)
{
  Filter *filter = data;

  cJSON_AddItemToArray(filter->list, request_json(filter->call, record));
}

static void
add_matching(const DemoRecord *record, gpointer data)
{
  Filter *filter = data;
  gint64 at = demo_json_int(record->doc, "received");

  if ((filter->status && strcmp(filter->status, standard_status(record->state)) != 0) ||
      (filter->service && strcmp(filter->service, demo_json_word(record->doc, "service")) != 0) ||
      (filter->from && at < filter->from) || (filter->to && at > filter->to))
    return;
  gint64 place = filter->n++;
  if (place >= filter->skip && place < filter->skip + filter->take)
    add_request(record, filter);
}

/* RFC 8288: every page that there is from here, each as this request with another page. */
static void
add_links(DemoCall *call, DemoResponse *response, gint64 page, gint64 size, gint64 total)
{
  g_autoptr(GString) query = g_string_new(NULL);
  g_autoptr(GString) links = g_string_new(NULL);
  gint64 last = MAX(1, (total + size - 1) / size);
  const struct {
    const char *rel;
    gint64 page;
  } rels[] = {{"first", 1}, {"prev", page - 1}, {"next", page < last ? page + 1 : 0}, {"last", last}};
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init(&iter, call->query);
  while (g_hash_table_iter_next(&iter, &name, &value)) {
    if (strcmp(name, "page") == 0 || strcmp(name, "api_key") == 0)
      continue;
    g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
    g_string_append_printf(query, "&%s=%s", (char *)name, escaped);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(rels); i++)
    if (rels[i].page > 0)
      g_string_append_printf(links, "%s</1022/requests.json?page=%" G_GINT64_FORMAT "%s>; rel=\"%s\"",
                             links->len ? ", " : "", rels[i].page, query->str, rels[i].rel);
  demo_response_header(response, "Link", links->str);
}

/* service_request_id "overrides all other arguments" (the standard): up to fifty, by comma. */
static DemoResponse *
list_by_id(DemoCall *call, const char *ids)
{
  g_auto(GStrv) keys = g_strsplit(ids, ",", MAX_IDS + 1);
  cJSON *list = cJSON_CreateArray();

  for (int i = 0; keys[i] && i < MAX_IDS; i++) {
    g_autoptr(DemoRecord) record = demo_feedback_find(call, keys[i]);
    if (record)
      cJSON_AddItemToArray(list, request_json(call, record));
  }
  return demo_response_json(200, list);
}

static DemoResponse *
read_time(DemoCall *call, const char *name, gint64 *ms)
{
  const char *text = demo_call_query(call, name);

  if (!text || demo_time_parse_iso(text, ms))
    return NULL;
  g_autofree char *why = g_strdup_printf("%s: cần thời điểm ISO 8601 có múi giờ", name);
  return demo_feedback_failure(400, 400, why);
}

static DemoResponse *
list(DemoCall *call)
{
  DemoState *state = call->province->state;
  gint64 page = demo_call_number(call, "page", 1, 1, 1000000),
         size = demo_call_number(call, "page_size", 100, 1, 500);
  gint64 since = -1, total;
  Filter filter = {.call = call,
                   .status = demo_call_query(call, "status"),
                   .service = demo_call_query(call, "service_code"),
                   .skip = (page - 1) * size,
                   .take = size};
  DemoResponse *wrong = read_time(call, "updated_after", &since);

  wrong = wrong ? wrong : read_time(call, "start_date", &filter.from);
  wrong = wrong ? wrong : read_time(call, "end_date", &filter.to);
  if (wrong)
    return wrong;
  if (demo_call_query(call, "service_request_id"))
    return list_by_id(call, demo_call_query(call, "service_request_id"));
  DemoQuery query = {demo_feedback.id, since, FALSE, filter.skip, size};
  filter.list = cJSON_CreateArray();
  total = demo_state_total(state, &query);
  if (filters(&filter)) {
    query.offset = 0;
    query.limit = total;
    demo_state_list(state, &query, add_matching, &filter);
    total = filter.n;
  } else {
    demo_state_list(state, &query, add_request, &filter);
  }
  DemoResponse *response = demo_response_json(200, filter.list);
  g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, total);
  demo_response_header(response, "X-Total-Count", count);
  add_links(call, response, page, size, total);
  return response;
}

/* --- the system --- */

static void
describe(cJSON *secrets)
{
  demo_json_set_text(secrets, "api_key", API_KEY);
}

static const DemoRoute routes[] = {
    {"GET", "/services.json", services, TRUE},
    {"GET", "/agencies.json", units, FALSE},
    {"GET", "/officials.json", officials, FALSE},
    {"GET", "/requests.json", list, FALSE},
    {"POST", "/requests.json", demo_feedback_enter, FALSE},
    {"GET", "/requests/{}", show, FALSE},
    {"GET", "/requests/{}/updates.json", updates, FALSE},
    {"GET", "/media/{}/{}", media, FALSE},
    {"POST", "/requests/{}/media.json", demo_feedback_give_media, FALSE},
    {"PUT", "/requests/{}/{}", demo_feedback_act, FALSE},
    {"POST", "/requests/{}/{}", demo_feedback_act, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_feedback = {
    .id = "1022",
    .title = "Tổng đài 1022",
    .connector = "1022",
    .routes = routes,
    .token = api_key,
    .standing = API_KEY,
    .deny = deny,
    .refuse = refuse,
    .hold = demo_feedback_hold,
    .held = demo_feedback_held,
    .patience = 8 * DEMO_SECOND,
    .describe = describe,
};

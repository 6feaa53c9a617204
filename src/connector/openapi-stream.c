/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of an OpenAPI description as streams: a GET without a place in its path that answers an array, or an
 * object with an array of objects. */
#include <string.h>

#include "connector/openapi.h"
#include "motcua/i18n.h"

#define PAGE_SIZE  100
#define MAX_PAGES  1000
#define MAX_FIELDS 16

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}

WORDS(list_words, "items", "data", "results", "value", "records", "content", "rows", "list", "entries",
      "hits");
WORDS(page_words, "page", "pagenumber", "pageno", "pageindex", "p", "trang");
WORDS(offset_words, "offset", "skip", "start", "startat", "startindex");
WORDS(size_words, "limit", "perpage", "pagesize", "size", "top", "maxresults", "rows", "take", "pagelimit");
WORDS(cursor_words, "cursor", "pagetoken", "nexttoken", "continuationtoken", "continuation", "after",
      "startingafter", "marker", "pagecursor");
WORDS(next_words, "nextcursor", "nextpagetoken", "nexttoken", "continuationtoken", "continuation", "cursor",
      "endcursor", "marker", "next");
WORDS(next_link_words, "next", "nextlink", "nexturl", "odatanextlink", "nextpage", "@odatanextlink");
WORDS(total_words, "total", "totalcount", "totalitems", "totalelements", "totalresults", "totalrecords",
      "count");
WORDS(since_words, "since", "updatedsince", "modifiedsince", "changedsince", "updatedafter", "modifiedafter",
      "updatedfrom", "lastupdated");
WORDS(updated_words, "updatedat", "updated", "modifiedat", "modified", "lastmodified", "lastupdated",
      "changedat", "updatedon", "updatetime");
WORDS(key_words, "id", "key", "uuid", "guid", "number", "code", "_id", "identifier");
WORDS(code_words, "code", "number", "reference", "ref", "casenumber", "ticketnumber", "docnumber", "key");
WORDS(title_words, "title", "subject", "summary", "name", "displayname", "description", "label");
WORDS(from_words, "requester", "applicant", "sender", "author", "from", "reporter", "createdby", "owner",
      "customer", "submitter");
WORDS(received_words, "createdat", "created", "receivedat", "received", "submittedat", "createdon", "date",
      "createtime", "opened", "openedat");
WORDS(due_words, "dueat", "due", "duedate", "deadline", "dueon", "expiresat", "slaat", "targetdate");
WORDS(finished_words, "closedat", "closed", "finishedat", "completedat", "resolvedat", "closedon");
WORDS(state_words, "status", "state", "phase", "stage");
WORDS(assignee_words, "assignee", "assignedto", "handler", "responsible");
WORDS(version_words, "version", "revision", "rev", "lockversion", "etag");
WORDS(name_words, "name", "displayname", "fullname", "login", "username", "email");
WORDS(private_words, "phone", "telephone", "mobile", "email", "address", "birthdate", "dateofbirth",
      "birthday", "idnumber", "nationalid", "identitynumber", "ssn", "passport", "phonenumber");

/* --- where the records are --- */
typedef struct {
  char *records; /* pointer */
  const cJSON *record;
} List;

static gboolean
is_list(McOpenapi *d, const cJSON *node, const cJSON **record)
{
  g_auto(McSchema) schema = {0}, one = {0};
  mc_schema_read(d, node, &schema);
  if (g_strcmp0(schema.type, "array") != 0 || !schema.items)
    return FALSE;
  mc_schema_read(d, schema.items, &one);
  *record = schema.items;
  return g_strcmp0(one.type, "object") == 0;
}

/* Well-known names first, then the first property that is a list. */
static gboolean
list_within(McOpenapi *d, const McSchema *schema, const char *outer, List *list)
{
  const char *best = NULL;
  for (guint i = 0; i < schema->names->len; i++) {
    const char *name = schema->names->pdata[i];
    const cJSON *record = NULL;
    if (!is_list(d, schema->schemas->pdata[i], &record))
      continue;
    if (best && !(mc_openapi_is_word(name, list_words) && !mc_openapi_is_word(best, list_words)))
      continue;
    best = name;
    list->record = record;
    g_free(list->records);
    list->records = outer ? mc_openapi_pointer(outer, name, NULL) : mc_openapi_pointer(name, NULL);
  }
  return best != NULL;
}

static gboolean
find_list(McOpenapi *d, const cJSON *answer, List *list)
{
  g_auto(McSchema) schema = {0};
  if (is_list(d, answer, &list->record)) {
    list->records = g_strdup("");
    return TRUE;
  }
  mc_schema_read(d, answer, &schema);
  if (list_within(d, &schema, NULL, list))
    return TRUE;
  for (guint i = 0; i < schema.names->len; i++) {
    g_auto(McSchema) inner = {0};
    mc_schema_read(d, schema.schemas->pdata[i], &inner);
    if (mc_openapi_is_word(schema.names->pdata[i], list_words) &&
        list_within(d, &inner, schema.names->pdata[i], list))
      return TRUE;
  }
  return FALSE;
}

/* --- pages --- */
static const cJSON *
find_parameter(const GPtrArray *parameters, const char *const *words)
{
  for (; *words; words++)
    for (guint i = 0; i < parameters->len; i++) {
      const char *const one[] = {*words, NULL};
      if (strcmp(mc_json_text(mc_json_get(parameters->pdata[i], "in")), "query") == 0 &&
          mc_openapi_is_word(mc_json_text(mc_json_get(parameters->pdata[i], "name")), one))
        return parameters->pdata[i];
    }
  return NULL;
}

static cJSON *
name_node(const char *name)
{
  cJSON *node = cJSON_CreateObject();
  cJSON_AddStringToObject(node, "$", name);
  return node;
}

static cJSON *
pages_of(cJSON *stream, const char *type)
{
  cJSON *pages = cJSON_AddObjectToObject(stream, "pages");
  cJSON_AddStringToObject(pages, "type", type);
  return pages;
}

static void
ask_by(cJSON *query, const cJSON *parameter, const char *name)
{
  cJSON_AddItemToObject(query, mc_json_text(mc_json_get(parameter, "name")), name_node(name));
}

static gboolean
has_link_header(McOpenapi *d, const cJSON *response)
{
  const cJSON *header;
  (void)d;
  cJSON_ArrayForEach (header, mc_json_get(response, "headers"))
    if (g_ascii_strcasecmp(header->string, "Link") == 0)
      return TRUE;
  return FALSE;
}

static void
by_number(McOpenapi *d, cJSON *stream, const cJSON *parameter)
{
  gint64 start = 1;
  const cJSON *schema = mc_openapi_deref(d, mc_json_get(parameter, "schema"));
  cJSON *pages = pages_of(stream, "page");
  if (mc_json_int(mc_json_get(schema, "default"), &start) ||
      mc_json_int(mc_json_get(schema, "minimum"), &start))
    start = start == 0 ? 0 : 1;
  cJSON_AddItemToObject(pages, "start", mc_json_new_int(start));
  cJSON_AddStringToObject(pages, "stop", "empty");
}

static void
by_cursor(McOpenapi *d, cJSON *stream, const McSchema *answer)
{
  const char *next = mc_schema_find(answer, next_words);
  cJSON *pages = pages_of(stream, "cursor");
  g_autofree char *pointer = next ? mc_openapi_pointer(next, NULL) : NULL;
  if (pointer)
    cJSON_AddStringToObject(pages, "at", pointer);
  else
    mc_open_reader(d, pages, "at", _("where the answer names the next page's cursor"));
}

static const char *
text_property(McOpenapi *d, const McSchema *answer, const char *const *words, const char *type)
{
  const char *name = mc_schema_find(answer, words);
  g_auto(McSchema) schema = {0};
  if (name)
    mc_schema_read(d, mc_schema_property(answer, name), &schema);
  return name && g_strcmp0(schema.type, type) == 0 ? name : NULL;
}

static gint64
size_of(McOpenapi *d, const cJSON *parameter)
{
  gint64 most = PAGE_SIZE;
  const cJSON *schema = mc_openapi_deref(d, mc_json_get(parameter, "schema"));
  return mc_json_int(mc_json_get(schema, "maximum"), &most) && most > 0 && most < PAGE_SIZE ? most
                                                                                            : PAGE_SIZE;
}

static void
draft_pages(McOpenapi *d, cJSON *stream, cJSON *query, const GPtrArray *parameters, const cJSON *response,
            const McSchema *answer)
{
  const cJSON *page = find_parameter(parameters, page_words),
              *offset = find_parameter(parameters, offset_words),
              *size = find_parameter(parameters, size_words),
              *cursor = find_parameter(parameters, cursor_words);
  const char *link = text_property(d, answer, next_link_words, "string");
  const char *total = text_property(d, answer, total_words, "integer");
  if (has_link_header(d, response)) {
    pages_of(stream, "link");
  } else if (cursor) {
    by_cursor(d, stream, answer);
    ask_by(query, cursor, "page.cursor");
  } else if (page) {
    by_number(d, stream, page);
    ask_by(query, page, "page.number");
  } else if (offset) {
    cJSON_AddStringToObject(pages_of(stream, "offset"), "stop", "empty");
    ask_by(query, offset, "page.offset");
  } else if (link) {
    g_autofree char *pointer = mc_openapi_pointer(link, NULL);
    cJSON_AddStringToObject(pages_of(stream, "link"), "at", pointer);
  }
  if (size)
    cJSON_AddItemToObject(query, mc_json_text(mc_json_get(size, "name")), mc_json_new_int(size_of(d, size)));
  cJSON *pages = mc_json_get(stream, "pages");
  g_autofree char *pointer = pages && total ? mc_openapi_pointer(total, NULL) : NULL;
  if (pointer)
    cJSON_AddStringToObject(pages, "total", pointer);
  if (pages)
    cJSON_AddItemToObject(pages, "max", mc_json_new_int(MAX_PAGES));
}

/* --- the map --- */
static const struct {
  const char *key;
  const char *const *words;
  enum { TEXT, PERSON, MOMENT, STATE } how;
} map_keys[] = {
    {"code", code_words, TEXT},       {"title", title_words, TEXT},
    {"from", from_words, PERSON},     {"received", received_words, MOMENT},
    {"due", due_words, MOMENT},       {"finished", finished_words, MOMENT},
    {"state", state_words, STATE},    {"assignee", assignee_words, PERSON},
    {"version", version_words, TEXT},
};

static cJSON *
moment_reader(const char *pointer, const McSchema *schema)
{
  cJSON *reader = cJSON_CreateObject();
  gboolean number = g_strcmp0(schema->type, "integer") == 0 || g_strcmp0(schema->type, "number") == 0;
  gboolean bare = g_strcmp0(schema->format, "date") == 0;
  cJSON_AddStringToObject(reader, "at", pointer);
  cJSON_AddStringToObject(reader, "as", bare ? "date" : "datetime");
  cJSON_AddStringToObject(reader, "in", number ? "epoch-s" : "iso");
  return reader;
}

/* What a word of a system most likely means among the states of an item; NULL: who knows. */
static const char *
state_of(const char *word)
{
  WORDS(fresh, "new", "open", "opened", "created", "submitted", "received", "todo", "unassigned");
  WORDS(working, "inprogress", "processing", "active", "started", "working", "assigned", "doing", "accepted");
  WORDS(waiting, "waiting", "pending", "onhold", "blocked", "needsinfo", "feedback");
  WORDS(paused, "paused", "suspended", "stalled");
  WORDS(approval, "approval", "review", "inreview", "pendingapproval", "awaitingapproval");
  WORDS(ready, "ready", "resolved", "approved", "completed");
  WORDS(done, "done", "closed", "finished", "delivered", "archived", "complete");
  WORDS(rejected, "rejected", "denied", "refused", "declined", "invalid");
  WORDS(withdrawn, "withdrawn", "cancelled", "canceled", "deleted");
  const struct {
    const char *state;
    const char *const *words;
  } rows[] = {{"new", fresh},     {"processing", working}, {"waiting", waiting},
              {"paused", paused}, {"approval", approval},  {"ready", ready},
              {"done", done},     {"rejected", rejected},  {"withdrawn", withdrawn}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (mc_openapi_is_word(word, rows[i].words))
      return rows[i].state;
  return NULL;
}

static void
draft_state(McOpenapi *d, cJSON *map, const char *pointer, const McSchema *schema)
{
  cJSON *reader = cJSON_CreateObject(), *table = cJSON_CreateObject();
  const cJSON *choice;
  cJSON_AddStringToObject(reader, "at", pointer);
  cJSON_AddItemToObject(reader, "table", table);
  cJSON_AddStringToObject(reader, "else", "unknown");
  cJSON_ArrayForEach (choice, schema->choices) {
    const char *word = mc_json_text(choice);
    if (!word || strcmp(word, MC_COMMENT) == 0 || mc_json_get(table, word))
      continue;
    if (state_of(word))
      cJSON_AddStringToObject(table, word, state_of(word));
    else
      mc_open_word(d, table, word,
                   "new, processing, waiting, paused, approval, ready, done, rejected, withdrawn, unknown");
  }
  if (!table->child)
    mc_open_word(d, table, MC_OPEN_WORD, _("each state as the system writes it, and what it is here"));
  cJSON_AddItemToObject(map, "state", reader);
  cJSON_AddStringToObject(map, "raw_state", pointer);
}

static char *
person_pointer(McOpenapi *d, const char *name, const McSchema *schema)
{
  (void)d;
  const char *inner = g_strcmp0(schema->type, "object") == 0 ? mc_schema_find(schema, name_words) : NULL;
  if (g_strcmp0(schema->type, "object") != 0)
    return mc_openapi_pointer(name, NULL);
  return inner ? mc_openapi_pointer(name, inner, NULL) : NULL;
}

static void
draft_key(McOpenapi *d, cJSON *map, gsize row, const char *name, const McSchema *schema)
{
  g_autofree char *pointer = mc_openapi_pointer(name, NULL), *person = person_pointer(d, name, schema);
  gboolean scalar = schema->type && strcmp(schema->type, "object") != 0 && strcmp(schema->type, "array") != 0;
  if (map_keys[row].how == PERSON && person)
    cJSON_AddStringToObject(map, map_keys[row].key, person);
  else if (!scalar)
    return;
  else if (map_keys[row].how == MOMENT)
    cJSON_AddItemToObject(map, map_keys[row].key, moment_reader(pointer, schema));
  else if (map_keys[row].how == STATE)
    draft_state(d, map, pointer, schema);
  else
    cJSON_AddStringToObject(map, map_keys[row].key, pointer);
}

static void
draft_fields(McOpenapi *d, cJSON *map, const McSchema *record, GHashTable *used)
{
  cJSON *fields = cJSON_CreateArray();
  for (guint i = 0; i < record->names->len && cJSON_GetArraySize(fields) < MAX_FIELDS; i++) {
    const char *name = record->names->pdata[i];
    g_auto(McSchema) schema = {0};
    mc_schema_read(d, record->schemas->pdata[i], &schema);
    if (!g_hash_table_add(used, (gpointer)name) || !schema.type || strcmp(schema.type, "object") == 0 ||
        strcmp(schema.type, "array") == 0)
      continue;
    g_autofree char *label = mc_openapi_label(schema.node, name), *pointer = mc_openapi_pointer(name, NULL);
    cJSON *field = cJSON_CreateObject();
    cJSON_AddStringToObject(field, "label", label);
    cJSON_AddStringToObject(field, "at", pointer);
    if (mc_openapi_is_word(name, private_words))
      cJSON_AddTrueToObject(field, "private");
    cJSON_AddItemToArray(fields, field);
  }
  if (fields->child)
    cJSON_AddItemToObject(map, "fields", fields);
  else
    cJSON_Delete(fields);
}

static void
draft_map(McOpenapi *d, cJSON *stream, const McSchema *record, GHashTable *used)
{
  cJSON *map = cJSON_AddObjectToObject(stream, "map");
  for (gsize i = 0; i < G_N_ELEMENTS(map_keys); i++) {
    const char *name = mc_schema_find(record, map_keys[i].words);
    g_auto(McSchema) schema = {0};
    if (!name)
      continue;
    mc_schema_read(d, mc_schema_property(record, name), &schema);
    draft_key(d, map, i, name, &schema);
    if (mc_json_get(map, map_keys[i].key))
      g_hash_table_add(used, (gpointer)name);
  }
  if (!mc_json_get(map, "title"))
    mc_open_reader(d, map, "title", _("what a person knows a record by"));
  draft_fields(d, map, record, used);
}

/* --- the stream --- */
static void
draft_delta(McOpenapi *d, cJSON *stream, cJSON *query, const GPtrArray *parameters, const McSchema *record)
{
  const cJSON *since = find_parameter(parameters, since_words);
  const char *updated = mc_schema_find(record, updated_words);
  if (!since || !updated)
    return;
  g_auto(McSchema) schema = {0};
  mc_schema_read(d, mc_schema_property(record, updated), &schema);
  g_autofree char *pointer = mc_openapi_pointer(updated, NULL);
  cJSON *delta = cJSON_AddObjectToObject(stream, "delta"), *cursor = moment_reader(pointer, &schema);
  cJSON_AddStringToObject(cursor, "out", mc_json_text(mc_json_get(cursor, "in")));
  cJSON_AddItemToObject(delta, "cursor", cursor);
  cJSON_AddStringToObject(delta, "overlap", "PT2M");
  cJSON_AddStringToObject(delta, "full", "P1D");
  ask_by(query, since, "cursor");
}

/* What a list demands besides is a person's setting. */
static void
draft_demands(McOpenapi *d, cJSON *query, const GPtrArray *parameters)
{
  for (guint i = 0; i < parameters->len; i++) {
    const cJSON *parameter = parameters->pdata[i];
    const char *name = mc_json_text(mc_json_get(parameter, "name"));
    if (!cJSON_IsTrue(mc_json_get(parameter, "required")) || mc_json_get(query, name) ||
        strcmp(mc_json_text(mc_json_get(parameter, "in")), "query") != 0)
      continue;
    g_autofree char *key = mc_openapi_name(name, NULL), *title = mc_openapi_label(parameter, name);
    g_autofree char *setting = g_strconcat("config.", g_strdelimit(key, "-", '_'), NULL);
    mc_openapi_setting(d, key, title);
    cJSON_AddItemToObject(query, name, name_node(setting));
  }
}

static void
draft_detail(McOpenapi *d, cJSON *stream, const char *list, GHashTable *used)
{
  const cJSON *item, *response = NULL;
  cJSON_ArrayForEach (item, mc_json_get(d->root, "paths")) {
    const char *below = mc_openapi_below(list, item->string);
    const cJSON *path = mc_openapi_deref(d, item), *get = mc_json_get(path, "get"), *header;
    if (!below || *below || !get)
      continue;
    g_auto(McSchema) schema = {0}, inner = {0};
    mc_schema_read(d, mc_openapi_answer(d, get, &response), &schema);
    mc_schema_read(d, mc_schema_property(&schema, "data"), &inner);
    gboolean wrapped = g_strcmp0(inner.type, "object") == 0;
    g_autofree char *url = g_strconcat(list, "/{item.key}", NULL);
    cJSON *detail = cJSON_AddObjectToObject(stream, "detail"),
          *request = cJSON_AddObjectToObject(detail, "request"), *map = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "url", url);
    if (wrapped)
      cJSON_AddStringToObject(detail, "record", "/data");
    cJSON_ArrayForEach (header, mc_json_get(response, "headers"))
      if (g_ascii_strcasecmp(header->string, "ETag") == 0 && !mc_json_get(detail, "etag"))
        cJSON_AddStringToObject(detail, "etag", "header");
    draft_fields(d, map, wrapped ? &inner : &schema, used);
    if (map->child)
      cJSON_AddItemToObject(detail, "map", map);
    else
      cJSON_Delete(map);
    return;
  }
}

static void
draft_stream(McOpenapi *d, cJSON *streams, const cJSON *path, const cJSON *item, const List *list)
{
  const cJSON *get = mc_json_get(item, "get"), *response = NULL;
  g_auto(McSchema) record = {0}, answer = {0};
  g_autoptr(GPtrArray) parameters = mc_openapi_parameters(d, item, get);
  g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
  const char *segment = strrchr(path->string, '/');
  g_autofree char *name = mc_openapi_name(segment ? segment : path->string, streams),
                  *label = mc_openapi_label(get, "");
  mc_schema_read(d, list->record, &record);
  mc_schema_read(d, mc_openapi_answer(d, get, &response), &answer);
  if (*label)
    mc_draft_comment(streams, "%s", label);
  cJSON *stream = cJSON_AddObjectToObject(streams, name),
        *request = cJSON_AddObjectToObject(stream, "request"), *query = cJSON_CreateObject();
  cJSON_AddStringToObject(request, "url", path->string);
  draft_pages(d, stream, query, parameters, response, &answer);
  draft_delta(d, stream, query, parameters, &record);
  draft_demands(d, query, parameters);
  if (query->child)
    cJSON_AddItemToObject(request, "query", query);
  else
    cJSON_Delete(query);
  cJSON_AddStringToObject(stream, "records", list->records);
  const char *key = mc_schema_find(&record, key_words);
  g_autofree char *pointer = key ? mc_openapi_pointer(key, NULL) : NULL;
  if (pointer)
    cJSON_AddStringToObject(stream, "key", pointer);
  else
    mc_open_reader(d, stream, "key", _("what tells one record from every other"));
  if (key)
    g_hash_table_add(used, (gpointer)key);
  draft_map(d, stream, &record, used);
  draft_detail(d, stream, path->string, used);
}

cJSON *
mc_openapi_stream_at(McOpenapi *d, const char *path)
{
  cJSON *stream;
  cJSON_ArrayForEach (stream, mc_json_get(d->draft, "streams"))
    if (g_strcmp0(mc_json_text(mc_json_get(mc_json_get(stream, "request"), "url")), path) == 0)
      return stream;
  return NULL;
}

static void
draft_nothing(McOpenapi *d, cJSON *streams)
{
  cJSON *stream = cJSON_AddObjectToObject(streams, "items"),
        *request = cJSON_AddObjectToObject(stream, "request");
  mc_open_word(d, request, "url", _("the path of a list"));
  mc_open_reader(d, stream, "records", _("where its records are"));
  mc_open_reader(d, stream, "key", _("what tells one record from every other"));
  mc_open_reader(d, cJSON_AddObjectToObject(stream, "map"), "title", _("what a person knows a record by"));
}

void
mc_openapi_streams(McOpenapi *d)
{
  cJSON *streams = cJSON_AddObjectToObject(d->draft, "streams");
  const cJSON *path;
  cJSON_ArrayForEach (path, mc_json_get(d->root, "paths")) {
    const cJSON *item = mc_openapi_deref(d, path), *get = mc_json_get(item, "get");
    List list = {0};
    if (get && *path->string == '/' && !strchr(path->string, '{') &&
        find_list(d, mc_openapi_answer(d, get, NULL), &list))
      draft_stream(d, streams, path, item, &list);
    g_free(list.records);
  }
  if (!streams->child)
    draft_nothing(d, streams);
}

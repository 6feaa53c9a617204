/* SPDX-License-Identifier: Apache-2.0 */
/* What an OpenAPI description lets a client change, as actions: whatever is done to one record of a list
 * (below its item path), and what makes a new one (POST to the list). None is taken to be repeatable unless
 * the description declares a header for a key: a lost answer is a person's to judge. */
#include <string.h>

#include "connector/openapi.h"
#include "motcua/i18n.h"

#define MAX_INPUTS 24

static const char *const methods[] = {"post", "put", "patch", "delete"};
static const char *const key_headers[] = {"idempotencykey", "xidempotencykey",        "xrequestid",
                                          "idempotenceid",  "repeatabilityrequestid", NULL};

const char *
mc_openapi_below(const char *list, const char *path)
{
  gsize len = strlen(list);
  if (strncmp(path, list, len) != 0 || strncmp(path + len, "/{", 2) != 0)
    return NULL;
  const char *end = strchr(path + len, '}');
  if (!end || (end[1] && end[1] != '/') || strchr(end + 1, '{'))
    return NULL;
  return end + 1;
}

/* --- the form --- */
/* How an input goes into the request. */
static cJSON *
input_node(const char *input, const char *type, const McSchema *schema, gboolean json)
{
  g_autofree char *name = g_strconcat("input.", input, NULL);
  cJSON *node = cJSON_CreateObject();
  cJSON_AddStringToObject(node, "$", name);
  if (strcmp(type, "date") == 0 && g_strcmp0(schema->format, "date-time") == 0) {
    cJSON_AddStringToObject(node, "as", "datetime");
    cJSON_AddStringToObject(node, "out", "iso");
  } else if (json && strcmp(type, "text") == 0 && g_strcmp0(schema->type, "number") == 0) {
    cJSON_AddStringToObject(node, "as", "number");
  }
  return node;
}

static const char *
input_type(const McSchema *schema)
{
  const char *type = schema->type ? schema->type : "string", *format = schema->format ? schema->format : "";
  if (schema->choices && strcmp(type, "string") == 0)
    return "choice";
  if (strcmp(type, "integer") == 0 || strcmp(type, "boolean") == 0)
    return type;
  if (strcmp(type, "number") == 0)
    return "text";
  if (strcmp(type, "string") != 0)
    return NULL;
  if (g_str_has_prefix(format, "date"))
    return "date";
  return strcmp(format, "binary") == 0 || strcmp(format, "base64") == 0 ? "file" : "text";
}

static void
add_choices(cJSON *input, const McSchema *schema)
{
  cJSON *choices = cJSON_AddObjectToObject(input, "static");
  const cJSON *choice;
  cJSON_ArrayForEach (choice, schema->choices)
    if (cJSON_IsString(choice) && strcmp(choice->valuestring, MC_COMMENT) != 0 &&
        !mc_json_get(choices, choice->valuestring))
      cJSON_AddStringToObject(choices, choice->valuestring, choice->valuestring);
}

/* A member of such a name would make a node of its object. */
static const char *const operators[] = {"$", "$join", "$json", "$pairs", "$edit", "$const", NULL};

/* Adds an input of that schema to the form, and its node to `into` (under `name`). */
static void
draft_input(McOpenapi *d, cJSON *form, cJSON *into, const char *name, const cJSON *node, gboolean required,
            gboolean json)
{
  g_auto(McSchema) schema = {0};
  mc_schema_read(d, node, &schema);
  const char *type = input_type(&schema);
  if (schema.read_only || cJSON_GetArraySize(form) >= MAX_INPUTS || mc_json_get(into, name))
    return;
  if (!type || (strcmp(type, "file") == 0 && json) || g_strv_contains(operators, name)) {
    mc_draft_comment(into, _("\"%s\" is left out: write it by hand if the system needs it"), name);
    return;
  }
  g_autofree char *plain = mc_openapi_name(name, form), *label = mc_openapi_label(schema.node, name);
  g_strdelimit(plain, "-", '_');
  if (mc_json_get(form, plain))
    return;
  cJSON *input = cJSON_AddObjectToObject(form, plain);
  cJSON_AddStringToObject(input, "type", type);
  cJSON_AddStringToObject(input, "label", label);
  if (required)
    cJSON_AddTrueToObject(input, "required");
  if (strcmp(type, "text") == 0 && schema.max_length && schema.max_length <= 100000)
    cJSON_AddItemToObject(input, "max", mc_json_new_int(schema.max_length));
  if (strcmp(type, "choice") == 0)
    add_choices(input, &schema);
  cJSON_AddItemToObject(into, name, input_node(plain, type, &schema, json));
}

static const struct {
  const char *type, *key;
} bodies[] = {{"json", "json"}, {"x-www-form-urlencoded", "form"}, {"multipart/form-data", "multipart"}};

static void
draft_body(McOpenapi *d, const cJSON *operation, cJSON *form, cJSON *request)
{
  const cJSON *body = mc_openapi_deref(d, mc_json_get(operation, "requestBody")), *content;
  for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++)
    cJSON_ArrayForEach (content, mc_json_get(body, "content")) {
      if (!strstr(content->string, bodies[i].type))
        continue;
      g_auto(McSchema) schema = {0};
      mc_schema_read(d, mc_json_get(mc_openapi_deref(d, content), "schema"), &schema);
      cJSON *into = cJSON_CreateObject();
      for (guint p = 0; p < schema.names->len; p++)
        draft_input(d, form, into, schema.names->pdata[p], schema.schemas->pdata[p],
                    g_hash_table_contains(schema.required, schema.names->pdata[p]), i == 0);
      if (into->child)
        cJSON_AddItemToObject(request, bodies[i].key, into);
      else
        cJSON_Delete(into);
      return;
    }
}

static void
draft_query(McOpenapi *d, const GPtrArray *parameters, cJSON *form, cJSON *request)
{
  cJSON *query = cJSON_CreateObject();
  for (guint i = 0; i < parameters->len; i++) {
    const cJSON *one = parameters->pdata[i];
    if (strcmp(mc_json_text(mc_json_get(one, "in")), "query") == 0)
      draft_input(d, form, query, mc_json_text(mc_json_get(one, "name")), mc_json_get(one, "schema"),
                  cJSON_IsTrue(mc_json_get(one, "required")), FALSE);
  }
  if (query->child)
    cJSON_AddItemToObject(request, "query", query);
  else
    cJSON_Delete(query);
}

/* --- staying single --- */
static const cJSON *
find_header(const GPtrArray *parameters, const char *const *words)
{
  for (guint i = 0; i < parameters->len; i++)
    if (strcmp(mc_json_text(mc_json_get(parameters->pdata[i], "in")), "header") == 0 &&
        mc_openapi_is_word(mc_json_text(mc_json_get(parameters->pdata[i], "name")), words))
      return parameters->pdata[i];
  return NULL;
}

static void
draft_single(McOpenapi *d, cJSON *action, const GPtrArray *parameters)
{
  const cJSON *header = find_header(parameters, key_headers);
  if (!header) {
    mc_draft_comment(
        action, "%s",
        _("a lost answer is a person's to judge, unless the system lets it be read back (verify)"));
    cJSON_AddStringToObject(action, "unknown", "ask");
    return;
  }
  cJSON *idempotency = cJSON_AddObjectToObject(action, "idempotency");
  cJSON_AddStringToObject(idempotency, "header", mc_json_text(mc_json_get(header, "name")));
  mc_open_word(d, idempotency, "lives", _("how long the system remembers a key, such as P1D"));
}

/* What was changed since the person saw it is not overwritten. */
static void
draft_condition(cJSON *action, cJSON *request, const GPtrArray *parameters, const cJSON *stream)
{
  static const char *const names[] = {"ifmatch", NULL};
  const cJSON *detail = mc_json_get(stream, "detail");
  if (!detail || !find_header(parameters, names) || !mc_json_get(detail, "etag"))
    return;
  cJSON *headers = cJSON_AddObjectToObject(request, "headers"),
        *node = cJSON_AddObjectToObject(headers, "If-Match");
  cJSON_AddStringToObject(node, "$", "item.etag");
  cJSON_AddTrueToObject(node, "required");
  cJSON_AddTrueToObject(action, "refetch");
}

/* --- the action --- */
static void
draft_created(McOpenapi *d, cJSON *action, const cJSON *operation)
{
  static const char *const words[] = {"id", "key", "uuid", "number", NULL};
  g_auto(McSchema) schema = {0};
  mc_schema_read(d, mc_openapi_answer(d, operation, NULL), &schema);
  const char *key = mc_schema_find(&schema, words);
  g_autofree char *pointer = key ? mc_openapi_pointer(key, NULL) : NULL;
  if (pointer)
    cJSON_AddStringToObject(action, "created", pointer);
}

static char *
action_name(const cJSON *actions, const cJSON *operation, const char *method, const char *stream,
            const char *rest)
{
  const char *id = mc_json_text(mc_json_get(operation, "operationId")), *last = strrchr(rest, '/');
  g_autofree char *text =
      id     ? g_strdup(id)
      : last ? g_strdup(last + 1)
      : g_str_equal(method, "post")
          ? g_strconcat("new-", stream, NULL)
          : g_strconcat(g_str_equal(method, "delete") ? "delete-" : "edit-", stream, NULL);
  return mc_openapi_name(text, actions);
}

static void
draft_action(McOpenapi *d, cJSON *actions, const cJSON *stream, const cJSON *path, const char *method,
             const char *rest)
{
  const cJSON *item = mc_openapi_deref(d, path), *operation = mc_json_get(item, method);
  const char *list = mc_json_text(mc_json_get(mc_json_get(stream, "request"), "url"));
  g_autoptr(GPtrArray) parameters = mc_openapi_parameters(d, item, operation);
  g_autofree char *name = action_name(actions, operation, method, stream->string, rest ? rest : ""),
                  *label = mc_openapi_label(operation, name), *upper = g_ascii_strup(method, -1),
                  *url = rest ? g_strconcat(list, "/{item.key}", rest, NULL) : g_strdup(list);
  cJSON *action = cJSON_AddObjectToObject(actions, name), *form = cJSON_CreateObject(),
        *request = cJSON_CreateObject();
  cJSON_AddStringToObject(action, "label", label);
  cJSON_AddStringToObject(action, "on", stream->string);
  if (!rest)
    cJSON_AddTrueToObject(action, "new");
  if (strcmp(method, "delete") == 0)
    cJSON_AddTrueToObject(action, "confirm");
  cJSON_AddStringToObject(request, "method", upper);
  cJSON_AddStringToObject(request, "url", url);
  draft_query(d, parameters, form, request);
  draft_body(d, operation, form, request);
  if (rest)
    draft_condition(action, request, parameters, stream);
  if (form->child)
    cJSON_AddItemToObject(action, "form", form);
  else
    cJSON_Delete(form);
  cJSON_AddItemToObject(action, "request", request);
  draft_single(d, action, parameters);
  if (!rest)
    draft_created(d, action, operation);
}

static void
draft_path(McOpenapi *d, cJSON *actions, const cJSON *path)
{
  const cJSON *stream, *item = mc_openapi_deref(d, path), *of = mc_openapi_stream_at(d, path->string);
  const char *rest = NULL;
  cJSON_ArrayForEach (stream, mc_json_get(d->draft, "streams")) {
    const char *list = mc_json_text(mc_json_get(mc_json_get(stream, "request"), "url"));
    if (!of && list && (rest = mc_openapi_below(list, path->string)))
      of = stream;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
    if (!cJSON_IsObject(mc_json_get(item, methods[i])))
      continue;
    if (of && (rest || i == 0))
      draft_action(d, actions, of, path, methods[i], rest);
    else
      mc_openapi_skip(d, methods[i], path->string, _("it is about no record of a list"));
  }
}

void
mc_openapi_actions(McOpenapi *d)
{
  cJSON *actions = cJSON_CreateObject();
  const cJSON *path;
  cJSON_ArrayForEach (path, mc_json_get(d->root, "paths"))
    if (*path->string == '/')
      draft_path(d, actions, path);
  if (actions->child)
    cJSON_AddItemToObject(d->draft, "actions", actions);
  else
    cJSON_Delete(actions);
}

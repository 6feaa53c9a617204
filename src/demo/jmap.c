/* SPDX-License-Identifier: Apache-2.0 */
/* The core of JMAP: the session, a request's calls, references from one to an earlier one's answer. */
#include "demo/jmap.h"
#include "demo/people.h"

#include <string.h>

#define MAX_DEPTH 64

/* --- the session resource (RFC 8620 2) --- */

static cJSON *
core_json(void)
{
  static const struct {
    const char *name;
    gint64 value;
  } limits[] = {{"maxSizeUpload", 4000000},
                {"maxConcurrentUpload", 4},
                {"maxSizeRequest", JMAP_MAX_REQUEST},
                {"maxConcurrentRequests", 8},
                {"maxCallsInRequest", JMAP_MAX_CALLS},
                {"maxObjectsInGet", JMAP_MAX_GET},
                {"maxObjectsInSet", JMAP_MAX_SET}};
  cJSON *json = cJSON_CreateObject();

  for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
    demo_json_set_int(json, limits[i].name, limits[i].value);
  cJSON_AddArrayToObject(json, "collationAlgorithms");
  return json;
}

static cJSON *
account_json(void)
{
  cJSON *json = cJSON_CreateObject(), *capabilities;
  const char *const sorts[] = {"receivedAt", "sentAt", "subject", "from", "size"};

  demo_json_set_text(json, "name", JMAP_ADDRESS);
  demo_json_set_true(json, "isPersonal", TRUE);
  demo_json_set_true(json, "isReadOnly", FALSE);
  capabilities = cJSON_AddObjectToObject(json, "accountCapabilities");
  cJSON_AddObjectToObject(capabilities, JMAP_CORE);
  cJSON *mail = cJSON_AddObjectToObject(capabilities, JMAP_MAIL);
  cJSON_AddNullToObject(mail, "maxMailboxesPerEmail");
  cJSON_AddNullToObject(mail, "maxMailboxDepth");
  demo_json_set_int(mail, "maxSizeMailboxName", 200);
  demo_json_set_int(mail, "maxSizeAttachmentsPerEmail", 4000000);
  cJSON_AddItemToObject(mail, "emailQuerySortOptions", cJSON_CreateStringArray(sorts, G_N_ELEMENTS(sorts)));
  demo_json_set_true(mail, "mayCreateTopLevelMailbox", FALSE);
  cJSON *submission = cJSON_AddObjectToObject(capabilities, JMAP_SUBMISSION);
  demo_json_set_int(submission, "maxDelayedSend", 0);
  cJSON_AddObjectToObject(submission, "submissionExtensions");
  return json;
}

DemoResponse *
demo_jmap_session(DemoCall *call)
{
  static const char *const capabilities[] = {JMAP_CORE, JMAP_MAIL, JMAP_SUBMISSION};
  cJSON *json = cJSON_CreateObject(), *offered = cJSON_AddObjectToObject(json, "capabilities");

  (void)call;
  cJSON_AddItemToObject(offered, JMAP_CORE, core_json());
  cJSON_AddObjectToObject(offered, JMAP_MAIL);
  cJSON_AddObjectToObject(offered, JMAP_SUBMISSION);
  cJSON_AddItemToObject(cJSON_AddObjectToObject(json, "accounts"), JMAP_ACCOUNT, account_json());
  cJSON *primary = cJSON_AddObjectToObject(json, "primaryAccounts");
  for (gsize i = 0; i < G_N_ELEMENTS(capabilities); i++)
    demo_json_set_text(primary, capabilities[i], JMAP_ACCOUNT);
  demo_json_set_text(json, "username", JMAP_ADDRESS);
  /* Relative, as a server behind a gateway writes them. */
  demo_json_set_text(json, "apiUrl", "/thu/jmap/");
  demo_json_set_text(json, "downloadUrl", "/thu/jmap/download/{accountId}/{blobId}/{name}?accept={type}");
  demo_json_set_text(json, "uploadUrl", "/thu/jmap/upload/{accountId}/");
  demo_json_set_text(json, "eventSourceUrl", "/thu/jmap/eventsource/");
  demo_json_set_text(json, "state", "0");
  return demo_response_json(200, json);
}

DemoResponse *
demo_jmap_problem(guint status, const char *type, const char *detail)
{
  cJSON *json = cJSON_CreateObject();
  g_autofree char *uri = g_strconcat("urn:ietf:params:jmap:error:", type, NULL);

  demo_json_set_text(json, "type", uri);
  demo_json_set_int(json, "status", status);
  demo_json_set_text(json, "detail", detail);
  if (strcmp(type, "limit") == 0)
    demo_json_set_text(json, "limit", detail);
  g_autofree char *text = demo_json_print(json);
  cJSON_Delete(json);
  return demo_response_new(status, "application/problem+json", text);
}

/* --- references (RFC 8620 3.7) --- */

/* JSON pointer with "*" for every element of an array, whose results are flattened. NULL: no such place. */
static cJSON *
follow(const cJSON *value, const char *path, int depth)
{
  if (!*path)
    return cJSON_Duplicate(value, TRUE);
  if (*path != '/' || depth > MAX_DEPTH)
    return NULL;
  gsize length = strcspn(path + 1, "/");
  g_autofree char *name = g_strndup(path + 1, length);
  const char *rest = path + 1 + length;
  gint64 at;
  if (cJSON_IsArray(value) && strcmp(name, "*") == 0) {
    g_autoptr(cJSON) list = cJSON_CreateArray();
    const cJSON *one;
    cJSON_ArrayForEach (one, value) {
      cJSON *found = follow(one, rest, depth + 1);
      if (!found)
        return NULL;
      while (cJSON_IsArray(found) && cJSON_GetArraySize(found) > 0)
        cJSON_AddItemToArray(list, cJSON_DetachItemFromArray(found, 0));
      if (cJSON_IsArray(found))
        cJSON_Delete(found);
      else
        cJSON_AddItemToArray(list, found);
    }
    return g_steal_pointer(&list);
  }
  if (cJSON_IsArray(value) && g_ascii_string_to_signed(name, 10, 0, G_MAXINT32, &at, NULL))
    value = cJSON_GetArrayItem(value, (int)at);
  else
    value = cJSON_IsObject(value) ? cJSON_GetObjectItemCaseSensitive(value, name) : NULL;
  return value ? follow(value, rest, depth + 1) : NULL;
}

static cJSON *
resolve(const DemoJmap *jmap, const cJSON *reference)
{
  const cJSON *response;

  cJSON_ArrayForEach (response, jmap->responses) {
    const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(response, 0));
    const char *id = cJSON_GetStringValue(cJSON_GetArrayItem(response, 2));
    if (strcmp(id, demo_json_word(reference, "resultOf")) == 0)
      return strcmp(name, demo_json_word(reference, "name")) == 0
                 ? follow(cJSON_GetArrayItem(response, 1), demo_json_word(reference, "path"), 0)
                 : NULL;
  }
  return NULL;
}

/* The arguments with every reference replaced by what it refers to; NULL and an error's type otherwise. */
static cJSON *
resolve_all(const DemoJmap *jmap, const cJSON *args, const char **error)
{
  g_autoptr(cJSON) resolved = cJSON_CreateObject();
  const cJSON *arg;

  cJSON_ArrayForEach (arg, args) {
    if (arg->string[0] != '#') {
      cJSON_AddItemToObject(resolved, arg->string, cJSON_Duplicate(arg, TRUE));
      continue;
    }
    *error = "invalidArguments";
    if (cJSON_GetObjectItemCaseSensitive(args, arg->string + 1))
      return NULL;
    cJSON *value = resolve(jmap, arg);
    *error = "invalidResultReference";
    if (!value)
      return NULL;
    cJSON_AddItemToObject(resolved, arg->string + 1, value);
  }
  *error = NULL;
  return g_steal_pointer(&resolved);
}

/* --- calls --- */

static const char *
echo(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const cJSON *arg;

  (void)jmap;
  (void)why;
  cJSON_ArrayForEach (arg, args)
    cJSON_AddItemToObject(out, arg->string, cJSON_Duplicate(arg, TRUE));
  return NULL;
}

static const DemoJmapMethod core_methods[] = {{"Core/echo", JMAP_CORE, echo}, {NULL, NULL, NULL}};

static const DemoJmapMethod *
find_method(const char *name)
{
  const DemoJmapMethod *const tables[] = {core_methods,      demo_jmap_boxes, demo_jmap_emails,
                                          demo_jmap_queries, demo_jmap_sets,  demo_jmap_sends};

  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
    for (const DemoJmapMethod *method = tables[i]; method->name; method++)
      if (strcmp(method->name, name) == 0)
        return method;
  return NULL;
}

void
demo_jmap_answer(DemoJmap *jmap, const char *name, cJSON *arguments)
{
  cJSON *response = cJSON_CreateArray();

  cJSON_AddItemToArray(response, cJSON_CreateString(name));
  cJSON_AddItemToArray(response, arguments);
  cJSON_AddItemToArray(response, cJSON_CreateString(jmap->id));
  cJSON_AddItemToArray(jmap->responses, response);
}

static void
answer_error(DemoJmap *jmap, const char *type, const char *why)
{
  cJSON *error = cJSON_CreateObject();

  demo_json_set_text(error, "type", type);
  demo_json_set_text(error, "description", why);
  demo_jmap_answer(jmap, "error", error);
}

static gboolean
is_used(const cJSON *using, const char *capability)
{
  const cJSON *one;

  cJSON_ArrayForEach (one, using)
    if (g_strcmp0(cJSON_GetStringValue(one), capability) == 0)
      return TRUE;
  return FALSE;
}

static const char *
run_method(DemoJmap *jmap, const DemoJmapMethod *method, const cJSON *args, char **why)
{
  const char *error = NULL, *account;
  g_autoptr(cJSON) resolved = resolve_all(jmap, args, &error);

  if (error)
    return error;
  account = demo_json_text(resolved, "accountId");
  if (method->run != echo && !account) {
    *why = g_strdup("accountId: bắt buộc");
    return "invalidArguments";
  }
  if (method->run != echo && strcmp(account, JMAP_ACCOUNT) != 0)
    return "accountNotFound";
  cJSON *out = cJSON_CreateObject();
  if (method->run != echo)
    demo_json_set_text(out, "accountId", account);
  /* Its place is taken first: what it makes happen besides answers behind it. */
  int place = cJSON_GetArraySize(jmap->responses);
  demo_jmap_answer(jmap, method->name, out);
  error = method->run(jmap, resolved, out, why);
  if (error)
    cJSON_DeleteItemFromArray(jmap->responses, place);
  return error;
}

static void
run_call(DemoJmap *jmap, const cJSON *using, const cJSON *method_call)
{
  const DemoJmapMethod *method = find_method(cJSON_GetStringValue(cJSON_GetArrayItem(method_call, 0)));
  g_autofree char *why = NULL;

  jmap->id = cJSON_GetStringValue(cJSON_GetArrayItem(method_call, 2));
  if (!method || !is_used(using, method->capability)) {
    answer_error(jmap, "unknownMethod", NULL);
    return;
  }
  const char *error = run_method(jmap, method, cJSON_GetArrayItem(method_call, 1), &why);
  if (error)
    answer_error(jmap, error, why);
}

/* --- a request (RFC 8620 3.3, 3.6.1) --- */

static gboolean
well_formed(const cJSON *request)
{
  const cJSON *using = cJSON_GetObjectItemCaseSensitive(request, "using"), *one;
  const cJSON *calls = cJSON_GetObjectItemCaseSensitive(request, "methodCalls");

  if (!cJSON_IsObject(request) || !cJSON_IsArray(using) || !cJSON_IsArray(calls))
    return FALSE;
  cJSON_ArrayForEach (one, calls)
    if (!cJSON_IsArray(one) || cJSON_GetArraySize(one) != 3 || !cJSON_IsString(cJSON_GetArrayItem(one, 0)) ||
        !cJSON_IsObject(cJSON_GetArrayItem(one, 1)) || !cJSON_IsString(cJSON_GetArrayItem(one, 2)))
      return FALSE;
  return TRUE;
}

static DemoResponse *
check_request(DemoCall *call, const cJSON *request)
{
  const cJSON *one, *using = cJSON_GetObjectItemCaseSensitive(request, "using");

  if (call->body->len > JMAP_MAX_REQUEST)
    return demo_jmap_problem(400, "limit", "maxSizeRequest");
  if (!request)
    return demo_jmap_problem(400, "notJSON", "Thân yêu cầu không phải là JSON");
  if (!well_formed(request))
    return demo_jmap_problem(400, "notRequest", "Thân yêu cầu không đúng dạng của JMAP");
  cJSON_ArrayForEach (one, using) {
    const char *name = cJSON_GetStringValue(one);
    if (g_strcmp0(name, JMAP_CORE) != 0 && g_strcmp0(name, JMAP_MAIL) != 0 &&
        g_strcmp0(name, JMAP_SUBMISSION) != 0)
      return demo_jmap_problem(400, "unknownCapability", name ? name : "using");
  }
  if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(request, "methodCalls")) > JMAP_MAX_CALLS)
    return demo_jmap_problem(400, "limit", "maxCallsInRequest");
  return NULL;
}

DemoResponse *
demo_jmap_api(DemoCall *call)
{
  g_autoptr(cJSON) request = demo_json_parse(call->body->str, call->body->len);
  DemoResponse *wrong = check_request(call, request);
  const cJSON *using = cJSON_GetObjectItemCaseSensitive(request, "using"), *one;
  const cJSON *given = cJSON_GetObjectItemCaseSensitive(request, "createdIds");

  if (wrong)
    return wrong;
  DemoJmap jmap = {.call = call, .state = call->province->state, .responses = cJSON_CreateArray()};
  jmap.created = cJSON_IsObject(given) ? cJSON_Duplicate(given, TRUE) : cJSON_CreateObject();
  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(request, "methodCalls"))
    run_call(&jmap, using, one);
  cJSON *json = cJSON_CreateObject();
  cJSON_AddItemToObject(json, "methodResponses", jmap.responses);
  if (cJSON_IsObject(given))
    cJSON_AddItemToObject(json, "createdIds", jmap.created);
  else
    cJSON_Delete(jmap.created);
  demo_json_set_text(json, "sessionState", "0");
  return demo_response_json(200, json);
}

const char *
demo_jmap_id(const DemoJmap *jmap, const char *id)
{
  return id && *id == '#' ? demo_json_text(jmap->created, id + 1) : id;
}

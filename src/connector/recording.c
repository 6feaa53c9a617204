/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings as text, and requests and answers within them. */
#include "connector/recording.h"

#include <string.h>

#include "connector/run.h"
#include "connector/session.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

#define MAX_LINE (64 * 1024 * 1024)

/* --- life --- */
McRecording *
mc_recording_new(const char *connector, const char *system)
{
  McRecording *recording = g_new0(McRecording, 1);
  recording->head = cJSON_CreateObject();
  recording->runs = g_ptr_array_new_with_free_func((GDestroyNotify)cJSON_Delete);
  cJSON_AddItemToObject(recording->head, "motcua-recording", mc_json_new_int(1));
  cJSON_AddStringToObject(recording->head, "connector", connector);
  cJSON_AddStringToObject(recording->head, "system", system);
  cJSON_AddStringToObject(recording->head, "language", mc_i18n_language());
  return recording;
}

void
mc_recording_free(McRecording *recording)
{
  if (!recording)
    return;
  cJSON_Delete(recording->head);
  g_ptr_array_unref(recording->runs);
  g_free(recording);
}

/* --- text --- */
static cJSON *
parse_line(const char *name, guint number, const char *line, gsize len, GError **error)
{
  g_autofree char *place = g_strdup_printf("%s:%u", name, number);
  g_autoptr(McJson) json = len <= MAX_LINE ? mc_json_parse(place, line, len, MC_JSON_STRICT, error) : NULL;
  if (json && cJSON_IsObject(mc_json_root(json)))
    return cJSON_Duplicate(mc_json_root(json), TRUE);
  if (!error || !*error)
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: not a line of a recording"), place);
  return NULL;
}

static gboolean
is_head(const char *name, const cJSON *head, GError **error)
{
  gint64 version = 0;
  if (mc_json_int(mc_json_get(head, "motcua-recording"), &version) && version == 1 &&
      mc_json_text(mc_json_get(head, "connector")) && mc_json_text(mc_json_get(head, "system")))
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: not a recording of this version"), name);
  return FALSE;
}

McRecording *
mc_recording_parse(const char *name, const char *text, gsize len, GError **error)
{
  g_autoptr(McRecording) recording = g_new0(McRecording, 1);
  const char *end = text + len;
  guint number = 0;
  recording->runs = g_ptr_array_new_with_free_func((GDestroyNotify)cJSON_Delete);
  for (const char *line = text; line < end;) {
    const char *stop = memchr(line, '\n', (gsize)(end - line));
    gsize size = (gsize)((stop ? stop : end) - line);
    number++;
    cJSON *tree = size ? parse_line(name, number, line, size, error) : NULL;
    if (size && !tree)
      return NULL;
    if (tree && !recording->head)
      recording->head = tree;
    else if (tree)
      g_ptr_array_add(recording->runs, tree);
    line += size + 1;
  }
  return is_head(name, recording->head, error) ? g_steal_pointer(&recording) : NULL;
}

char *
mc_recording_text(const McRecording *recording)
{
  GString *text = g_string_new(NULL);
  g_autofree char *head = mc_json_print(recording->head);
  g_string_append_printf(text, "%s\n", head);
  for (guint i = 0; i < recording->runs->len; i++) {
    g_autofree char *line = mc_json_print(recording->runs->pdata[i]);
    g_string_append_printf(text, "%s\n", line);
  }
  return g_string_free(text, FALSE);
}

/* --- bodies --- */
static void
add_body(cJSON *tree, GBytes *body)
{
  gsize len = 0;
  const char *text = body ? g_bytes_get_data(body, &len) : NULL;
  if (len == 0)
    return;
  gboolean plain = g_utf8_validate_len(text, (gssize)len, NULL);
  g_autofree char *copy = plain ? g_strndup(text, len) : g_base64_encode((const guchar *)text, len);
  cJSON_AddStringToObject(tree, plain ? "body" : "base64", copy);
}

static GBytes *
read_body(const cJSON *tree)
{
  const char *text = mc_json_text(mc_json_get(tree, "body")),
             *coded = mc_json_text(mc_json_get(tree, "base64"));
  gsize len = 0;
  if (coded) {
    guchar *bytes = g_base64_decode(coded, &len);
    return g_bytes_new_take(bytes, len);
  }
  return g_bytes_new(text ? text : "", text ? strlen(text) : 0);
}

/* --- requests and answers --- */
cJSON *
mc_recording_request(const McRequest *request)
{
  cJSON *tree = cJSON_CreateObject();
  cJSON_AddStringToObject(tree, "method", request->method);
  cJSON_AddStringToObject(tree, "url", request->url);
  cJSON *headers = cJSON_AddObjectToObject(tree, "headers");
  for (guint i = 0; i < request->headers->len; i++) {
    const McHeader *header = request->headers->pdata[i];
    cJSON_AddStringToObject(headers, header->name, header->value);
  }
  add_body(tree, request->body);
  return tree;
}

static const char *const wires[] = {
    [MC_WIRE_ANSWERED] = "answered", [MC_WIRE_NOT_SENT] = "not-sent", [MC_WIRE_LOST] = "lost"};

static cJSON *
answer_tree(const McResponse *response)
{
  cJSON *tree = cJSON_CreateObject();
  if (response->wire != MC_WIRE_ANSWERED) {
    cJSON_AddStringToObject(tree, "wire", wires[response->wire]);
    return tree;
  }
  cJSON_AddItemToObject(tree, "status", mc_json_new_int(response->status));
  if (response->url)
    cJSON_AddStringToObject(tree, "url", response->url);
  cJSON *headers = cJSON_AddArrayToObject(tree, "headers");
  for (guint i = 0; i < response->headers->len; i++) {
    const McHeader *header = response->headers->pdata[i];
    const char *const pair[] = {header->name, header->value};
    cJSON_AddItemToArray(headers, cJSON_CreateStringArray(pair, 2));
  }
  add_body(tree, response->body);
  return tree;
}

static void
add_header(McResponse *response, const cJSON *pair)
{
  const char *name = mc_json_text(cJSON_GetArrayItem(pair, 0)),
             *value = mc_json_text(cJSON_GetArrayItem(pair, 1));
  if (!name || !value)
    return;
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strdup(name);
  header->value = g_strdup(value);
  g_ptr_array_add(response->headers, header);
}

McResponse *
mc_recording_response(const cJSON *answer)
{
  const char *wire = mc_json_text(mc_json_get(answer, "wire"));
  const cJSON *pair;
  gint64 status = 0;
  if (!answer || g_strcmp0(wire, wires[MC_WIRE_LOST]) == 0)
    return mc_response_new(MC_WIRE_LOST);
  if (wire)
    return mc_response_new(MC_WIRE_NOT_SENT);
  McResponse *response = mc_response_new(MC_WIRE_ANSWERED);
  mc_json_int(mc_json_get(answer, "status"), &status);
  response->status = (int)status;
  response->url = g_strdup(mc_json_text(mc_json_get(answer, "url")));
  cJSON_ArrayForEach (pair, mc_json_get(answer, "headers"))
    add_header(response, pair);
  g_bytes_unref(response->body);
  response->body = read_body(answer);
  return response;
}

/* --- steps --- */
static cJSON *
steps_of(cJSON *run)
{
  cJSON *steps = mc_json_get(run, "steps");
  return steps ? steps : cJSON_AddArrayToObject(run, "steps");
}

void
mc_recording_ask(cJSON *run, const McSession *session, gint64 now, const McRequest *request)
{
  cJSON *step = cJSON_CreateObject();
  cJSON_AddItemToObject(step, "now", mc_json_new_int(now));
  if (session)
    cJSON_AddItemToObject(step, "session", cJSON_Duplicate(mc_session_tree(session), TRUE));
  cJSON_AddItemToObject(step, "request", mc_recording_request(request));
  cJSON_AddItemToArray(steps_of(run), step);
}

void
mc_recording_answer(cJSON *run, const McResponse *response, gint64 now)
{
  cJSON *steps = steps_of(run), *step = cJSON_GetArrayItem(steps, cJSON_GetArraySize(steps) - 1);
  if (!step)
    return;
  cJSON_AddItemToObject(step, "then", mc_json_new_int(now));
  cJSON_AddItemToObject(step, "answer", answer_tree(response));
}

/* --- recipes --- */
cJSON *
mc_exchange_recipe(McExchange *x)
{
  if (!x->kind->recipe)
    return NULL;
  cJSON *recipe = cJSON_CreateObject();
  cJSON_AddStringToObject(recipe, "do", x->kind->name);
  x->kind->recipe(x, recipe);
  return recipe;
}

static GHashTable *
table_of(const cJSON *object)
{
  GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const cJSON *member;
  cJSON_ArrayForEach (member, object)
    if (mc_json_text(member))
      g_hash_table_insert(table, g_strdup(member->string), g_strdup(mc_json_text(member)));
  return table;
}

static const char *
text_of(const cJSON *recipe, const char *name)
{
  return mc_json_text(mc_json_get(recipe, name));
}

static McExchange *
pull_of(McBinding *binding, const cJSON *recipe, GError **error)
{
  (void)error;
  return mc_pull_new(binding, text_of(recipe, "stream"), text_of(recipe, "cursor"),
                     cJSON_IsTrue(mc_json_get(recipe, "full")));
}

static McExchange *
detail_of(McBinding *binding, const cJSON *recipe, GError **error)
{
  const char *key = text_of(recipe, "key"), *stream = text_of(recipe, "stream");
  const char *const *streams = mc_profile_streams(binding->profile);
  (void)error;
  g_autoptr(McItem) item = mc_item_new(binding->system, stream, key ? key : "", streams[0] && streams[1]);
  item->code = g_strdup(text_of(recipe, "code"));
  item->version = g_strdup(text_of(recipe, "version"));
  item->etag = g_strdup(text_of(recipe, "etag"));
  item->keep = g_strdup(text_of(recipe, "keep"));
  item->raw = g_strdup(text_of(recipe, "raw"));
  item->key_is_number = cJSON_IsTrue(mc_json_get(recipe, "number"));
  return mc_detail_new(binding, item);
}

static McExchange *
delivery_of(McBinding *binding, const cJSON *recipe, GError **error)
{
  const char *frozen = text_of(recipe, "frozen");
  (void)error;
  return mc_delivery_new(binding, text_of(recipe, "own"), text_of(recipe, "action"), frozen ? frozen : "",
                         text_of(recipe, "memory"), FALSE);
}

static McExchange *
lookup_of(McBinding *binding, const cJSON *recipe, GError **error)
{
  g_autoptr(GHashTable) inputs = table_of(mc_json_get(recipe, "inputs"));
  const char *name = text_of(recipe, "lookup");
  return mc_lookup_new(binding, name ? name : "", inputs, error);
}

static McExchange *
login_of(McBinding *binding, const cJSON *recipe, GError **error)
{
  g_autoptr(GHashTable) secrets = table_of(mc_json_get(recipe, "secrets"));
  const cJSON *tree = mc_json_get(recipe, "session");
  const char *how = text_of(recipe, "how");
  (void)error;
  if (g_strcmp0(how, "probe") == 0)
    return mc_auth_probe(binding, NULL);
  if (g_strcmp0(how, "refresh") != 0) {
    McExchange *x = mc_auth_login(binding, secrets);
    x->may_ask = TRUE; /* whoever was asked then has answered */
    return x;
  }
  McSession *session = mc_session_new(tree ? cJSON_Duplicate(tree, TRUE) : cJSON_CreateObject());
  McExchange *x = mc_auth_refresh(binding, session, secrets);
  mc_session_unref(session);
  return x;
}

static const struct {
  const char *name;
  McExchange *(*make)(McBinding *binding, const cJSON *recipe, GError **error);
} makers[] = {{"pull", pull_of},
              {"detail", detail_of},
              {"delivery", delivery_of},
              {"lookup", lookup_of},
              {"login", login_of}};

McExchange *
mc_exchange_of_recipe(McBinding *binding, const cJSON *recipe, GError **error)
{
  const char *word = text_of(recipe, "do");
  for (gsize i = 0; i < G_N_ELEMENTS(makers); i++)
    if (g_strcmp0(word, makers[i].name) == 0)
      return makers[i].make(binding, recipe, error);
  g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("a recording has no runs of \"%s\""), word ? word : "");
  return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling `auth`. Each kind is one row of a const table: its own keys beside the common ones, and a
 * function that turns them into the plan that auth.c runs. OAuth 2 is no special case at run time: its grants
 * become an ordinary login request and its renewal an ordinary refresh request (RFC 6749 4.3, 4.4, 6). */
#include <string.h>

#include "connector/auth.h"
#include "motcua/i18n.h"

/* --- inject: "Bearer {token}" --- */
void
mc_inject_free(McInject *inject)
{
  if (!inject)
    return;
  g_free(inject->name);
  mc_template_free(inject->text);
  mc_node_free(inject->node);
  g_free(inject);
}

McInject *
mc_inject_compile(McCompiler *c, const cJSON *object, const char *fallback)
{
  static const McKey keys[] = {{"header", MC_SHAPE_STRING, FALSE},
                               {"query", MC_SHAPE_STRING, FALSE},
                               {"value", MC_SHAPE_NODE, FALSE},
                               {NULL, 0, FALSE}};
  if (!object || !mc_shape_check(c, object, "inject", keys))
    return NULL;
  const char *header = mc_shape_string(object, "header"), *query = mc_shape_string(object, "query");
  const cJSON *value = mc_json_get(object, "value");
  if (!header == !query)
    mc_compile_fault(c, object, FALSE, _("\"inject\" needs one of \"header\" and \"query\""));
  if (!value && !fallback)
    mc_compile_fault(c, object, FALSE, _("%s needs the key \"%s\""), "inject", "value");
  McInject *inject = g_new0(McInject, 1);
  inject->query = !header;
  inject->name = g_strdup(header ? header : query);
  if (cJSON_IsObject(value)) {
    inject->node = mc_node_compile(c, value);
  } else {
    cJSON *text = cJSON_CreateString(fallback ? fallback : "");
    inject->text = mc_template_compile(c, value ? value : text);
    cJSON_Delete(text);
  }
  return inject;
}

static McInject *
bearer_inject(McCompiler *c)
{
  cJSON *text = cJSON_CreateString("Bearer {token}");
  McInject *inject = g_new0(McInject, 1);
  inject->name = g_strdup("Authorization");
  inject->text = mc_template_compile(c, text);
  cJSON_Delete(text);
  return inject;
}

/* --- what several kinds have --- */
static void
compile_expires(McBuild *b, const cJSON *source, McAuth *auth)
{
  static const char *const units[] = {"s", "ms", "epoch-s", "epoch-ms", "iso", NULL};
  static const char *const extra[] = {"unit", "skew", NULL};
  cJSON *expires = mc_json_get(source, "expires");
  auth->skew = 60;
  if (!expires)
    return;
  auth->unit = (McUnit)mc_shape_word(&b->c, expires, "unit", units, MC_UNIT_S);
  auth->skew = mc_shape_int(&b->c, expires, "skew", 0, 86400, 60);
  auth->expires = mc_reader_compile_with(&b->c, expires, extra);
}

static void
compile_request(McBuild *b, const cJSON *source, McAuth *auth)
{
  const cJSON *request = mc_shape_object(source, "request");
  mc_build_place(b, MC_SEE_SECRET, NULL, NULL);
  auth->login = request ? mc_request_compile(&b->c, request, "POST") : NULL;
  auth->success = mc_shape_member_test(&b->c, source, "success");
  auth->keep = mc_keep_compile(&b->c, source, "keep");
  g_clear_pointer(&auth->errors, g_ptr_array_unref);
  auth->errors = mc_rules_compile(&b->c, source, "errors");
}

static void
compile_renew(McBuild *b, const cJSON *source, McAuth *auth)
{
  static const McKey keys[] = {
      {"request", MC_SHAPE_OBJECT, TRUE}, {"token", MC_SHAPE_READER, FALSE}, {NULL, 0, FALSE}};
  const cJSON *refresh = mc_shape_object(source, "refresh");
  if (!refresh || !mc_shape_check(&b->c, refresh, "refresh", keys))
    return;
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_SESSION | MC_SEE_TOKEN | MC_SEE_REFRESH, NULL, NULL);
  const cJSON *request = mc_shape_object(refresh, "request");
  auth->renew = request ? mc_request_compile(&b->c, request, "POST") : NULL;
  auth->refresh = mc_shape_member_reader(&b->c, refresh, "token");
  auth->rotates = auth->refresh != NULL;
}

static void
compile_secret_inject(McBuild *b, const cJSON *source, McAuth *auth, gboolean token)
{
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_SESSION | (token ? MC_SEE_TOKEN : 0), NULL, NULL);
  auth->inject = mc_inject_compile(&b->c, mc_shape_object(source, "inject"), token ? "Bearer {token}" : NULL);
}

/* --- the kinds --- */
static void
compile_basic(McBuild *b, const cJSON *source, McAuth *auth)
{
  (void)b, (void)source, (void)auth; /* nothing of its own: RFC 7617 says it all */
}

static void
compile_apikey(McBuild *b, const cJSON *source, McAuth *auth)
{
  compile_secret_inject(b, source, auth, FALSE);
}

static void
compile_login(McBuild *b, const cJSON *source, McAuth *auth)
{
  compile_request(b, source, auth);
  auth->token = mc_shape_member_reader(&b->c, source, "token");
  compile_expires(b, source, auth);
  auth->otp = mc_otp_compile(b, source);
  compile_renew(b, source, auth);
  compile_secret_inject(b, source, auth, TRUE);
}

static void
compile_sign(McBuild *b, const cJSON *source, McAuth *auth)
{
  auth->sign = mc_sign_compile(b, source);
}

/* What the session holds is its gateway's to say: any name is allowed. */
static void
compile_shared(McBuild *b, const cJSON *source, McAuth *auth)
{
  mc_build_place(b, 0, NULL, NULL);
  auth->with = mc_shape_member_node(&b->c, source, "with");
  g_ptr_array_add(b->kept, NULL);
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_TOKEN, NULL, NULL);
  const cJSON *inject = mc_shape_object(source, "inject");
  auth->inject = inject ? mc_inject_compile(&b->c, inject, "Bearer {token}") : NULL;
}

static void
compile_csrf(McBuild *b, const cJSON *source, McAuth *auth)
{
  static const McKey keys[] = {
      {"read", MC_SHAPE_READER, TRUE}, {"inject", MC_SHAPE_OBJECT, TRUE}, {NULL, 0, FALSE}};
  const cJSON *csrf = mc_shape_object(source, "csrf");
  if (!csrf || !mc_shape_check(&b->c, csrf, "csrf", keys))
    return;
  const cJSON *read = mc_json_get(csrf, "read");
  const char *cookie = mc_shape_string(read, "cookie"), *header = mc_shape_string(read, "header");
  auth->csrf = cookie ? MC_CSRF_COOKIE : header ? MC_CSRF_HEADER : MC_CSRF_BODY;
  auth->csrf_name = g_strdup(cookie ? cookie : header);
  const char *const only[] = {cookie ? "cookie" : "header", NULL};
  if (auth->csrf_name)
    mc_compile_keys(&b->c, read, only);
  if (auth->csrf == MC_CSRF_BODY && read)
    auth->csrf_reader = mc_reader_compile(&b->c, read);
  g_ptr_array_add(b->kept, g_strdup("csrf"));
  mc_build_place(b, MC_SEE_SESSION, NULL, NULL);
  auth->csrf_inject = mc_inject_compile(&b->c, mc_shape_object(csrf, "inject"), "{session.csrf}");
}

static void
compile_cookie(McBuild *b, const cJSON *source, McAuth *auth)
{
  compile_request(b, source, auth);
  compile_expires(b, source, auth);
  compile_csrf(b, source, auth);
  auth->otp = mc_otp_compile(b, source);
}

/* {"$":"secret.NAME"} */
static cJSON *
name_node(const char *name)
{
  cJSON *node = cJSON_CreateObject();
  cJSON_AddStringToObject(node, "$", name);
  return node;
}

/* The same value in another tree; its place stays that in the file. */
static void
add_same(McBuild *b, cJSON *form, const char *name, cJSON *value)
{
  if (!value)
    return;
  cJSON_AddItemReferenceToObject(form, name, value);
  mc_json_stand_for(b->profile->json, mc_json_get(form, name), value);
}

static const char *const client_auths[] = {"none", "basic", "post", NULL};
enum { CLIENT_NONE, CLIENT_BASIC, CLIENT_POST };

/* A form for the endpoint that `key` names. */
static McRequestSpec *
token_request(McBuild *b, const cJSON *source, const char *key, int client_auth, cJSON *form)
{
  const cJSON *client = mc_shape_object(source, "client");
  if (client_auth != CLIENT_BASIC)
    add_same(b, form, "client_id", mc_json_get(client, "id"));
  if (client_auth == CLIENT_POST)
    cJSON_AddItemToObject(form, "client_secret", name_node("secret.client_secret"));
  cJSON *request = cJSON_CreateObject();
  add_same(b, request, "url", mc_json_get(source, key));
  cJSON_AddItemToObject(request, "form", form);
  cJSON_AddItemToArray(b->profile->made, request); /* as long as its places are asked for */
  return mc_request_compile(&b->c, request, "POST");
}

static McReader *
pointer_reader(McCompiler *c, const char *pointer)
{
  cJSON *text = cJSON_CreateString(pointer);
  McReader *reader = mc_reader_compile(c, text);
  cJSON_Delete(text);
  return reader;
}

static cJSON *
grant_form(McBuild *b, const cJSON *source, const char *grant)
{
  cJSON *form = cJSON_CreateObject();
  cJSON_AddStringToObject(form, "grant_type", grant);
  if (g_str_equal(grant, "password")) {
    cJSON_AddItemToObject(form, "username", name_node("secret.username"));
    cJSON_AddItemToObject(form, "password", name_node("secret.password"));
  }
  if (g_str_equal(grant, "refresh_token"))
    cJSON_AddItemToObject(form, "refresh_token", name_node("refresh"));
  else
    add_same(b, form, "scope", mc_json_get(source, "scope"));
  return form;
}

/* RFC 8628 3.1 and 3.4: a code for the person, then polls for the token. */
static void
compile_device(McBuild *b, const cJSON *source, int client_auth, McAuth *auth)
{
  const cJSON *const needed[] = {mc_json_get(source, "device"), mc_shape_object(source, "client")};
  static const char *const names[] = {"device", "client"};
  for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
    if (!needed[i])
      mc_compile_fault(&b->c, mc_json_get(source, "grant"), FALSE, _("%s needs the key \"%s\""),
                       "grant \"device\"", names[i]);
  if (!needed[0] || !mc_json_get(source, "token"))
    return;
  cJSON *begin = cJSON_CreateObject(), *poll = cJSON_CreateObject(), *before = cJSON_CreateObject();
  add_same(b, begin, "scope", mc_json_get(source, "scope"));
  auth->device = token_request(b, source, "device", client_auth, begin);
  cJSON_AddNullToObject(before, "device_code");
  mc_build_place(b, MC_SEE_SECRET, NULL, before);
  cJSON_AddStringToObject(poll, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
  cJSON_AddItemToObject(poll, "device_code", name_node("before.device_code"));
  auth->login = token_request(b, source, "token", client_auth, poll);
  auth->interval = mc_shape_int(&b->c, source, "interval", 1, 300, 5);
  if (mc_json_get(source, "otp"))
    mc_compile_fault(&b->c, mc_json_get(source, "otp"), TRUE,
                     _("a device grant asks for its second factor in the browser"));
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_REFRESH, NULL, NULL);
  cJSON_Delete(before);
}

static void
refuse_device_keys(McCompiler *c, const cJSON *source)
{
  static const char *const names[] = {"device", "interval"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (mc_json_get(source, names[i]))
      mc_compile_fault(c, mc_json_get(source, names[i]), TRUE, _("\"%s\" belongs to grant \"device\""),
                       names[i]);
}

static void
compile_oauth2(McBuild *b, const cJSON *source, McAuth *auth)
{
  static const McKey client_keys[] = {
      {"id", MC_SHAPE_NODE, TRUE}, {"auth", MC_SHAPE_STRING, FALSE}, {NULL, 0, FALSE}};
  static const char *const grants[] = {"password", "client_credentials", "device", NULL};
  static const char *const refreshes[] = {"rotate", "keep", NULL};
  enum { GRANT_DEVICE = 2 };
  McCompiler *c = &b->c;
  const cJSON *client = mc_shape_object(source, "client");
  int grant = mc_shape_word(c, source, "grant", grants, 0);
  int client_auth = mc_shape_word(c, client, "auth", client_auths, CLIENT_NONE);
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_REFRESH, NULL, NULL);
  if (client) {
    mc_shape_check(c, client, "client", client_keys);
    auth->client_id = mc_shape_member_node(c, client, "id");
  }
  if (grant == GRANT_DEVICE)
    compile_device(b, source, client_auth, auth);
  else if (mc_json_get(source, "token") && grant >= 0)
    auth->login = token_request(b, source, "token", client_auth, grant_form(b, source, grants[grant]));
  if (grant != GRANT_DEVICE)
    refuse_device_keys(c, source);
  auth->client_basic = client_auth == CLIENT_BASIC;
  int refresh = mc_json_get(source, "refresh") ? mc_shape_word(c, source, "refresh", refreshes, 0) : -1;
  auth->rotates = refresh == 0;
  if (refresh >= 0)
    auth->renew = token_request(b, source, "token", client_auth, grant_form(b, source, "refresh_token"));
  auth->token = pointer_reader(c, "/access_token");
  auth->refresh = pointer_reader(c, "/refresh_token");
  compile_expires(b, source, auth);
  if (!auth->expires)
    auth->expires = pointer_reader(c, "/expires_in");
  auth->keep = mc_keep_compile(c, source, "keep");
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_SESSION | MC_SEE_TOKEN, NULL, NULL);
  const cJSON *inject = mc_shape_object(source, "inject");
  auth->inject = inject ? mc_inject_compile(c, inject, "Bearer {token}") : bearer_inject(c);
  auth->otp = mc_otp_compile(b, source);
}

#define COMMON_KEYS                                                                                      \
  {"type", MC_SHAPE_STRING, TRUE}, {"origin", MC_SHAPE_NODE, FALSE}, {"expired", MC_SHAPE_ARRAY, FALSE}, \
  {                                                                                                      \
    "probe", MC_SHAPE_OBJECT, FALSE                                                                      \
  }

static const McKey basic_keys[] = {COMMON_KEYS, {NULL, 0, FALSE}};
static const McKey apikey_keys[] = {COMMON_KEYS, {"inject", MC_SHAPE_OBJECT, TRUE}, {NULL, 0, FALSE}};
static const McKey login_keys[] = {COMMON_KEYS,
                                   {"request", MC_SHAPE_OBJECT, TRUE},
                                   {"success", MC_SHAPE_OBJECT, FALSE},
                                   {"errors", MC_SHAPE_ARRAY, FALSE},
                                   {"token", MC_SHAPE_READER, TRUE},
                                   {"expires", MC_SHAPE_OBJECT, FALSE},
                                   {"keep", MC_SHAPE_OBJECT, FALSE},
                                   {"refresh", MC_SHAPE_OBJECT, FALSE},
                                   {"inject", MC_SHAPE_OBJECT, TRUE},
                                   {"otp", MC_SHAPE_OBJECT, FALSE},
                                   {NULL, 0, FALSE}};
static const McKey cookie_keys[] = {COMMON_KEYS,
                                    {"request", MC_SHAPE_OBJECT, TRUE},
                                    {"success", MC_SHAPE_OBJECT, FALSE},
                                    {"errors", MC_SHAPE_ARRAY, FALSE},
                                    {"expires", MC_SHAPE_OBJECT, FALSE},
                                    {"keep", MC_SHAPE_OBJECT, FALSE},
                                    {"csrf", MC_SHAPE_OBJECT, FALSE},
                                    {"otp", MC_SHAPE_OBJECT, FALSE},
                                    {NULL, 0, FALSE}};
static const McKey oauth2_keys[] = {COMMON_KEYS,
                                    {"grant", MC_SHAPE_STRING, TRUE},
                                    {"client", MC_SHAPE_OBJECT, FALSE},
                                    {"scope", MC_SHAPE_NODE, FALSE},
                                    {"token", MC_SHAPE_STRING, TRUE},
                                    {"device", MC_SHAPE_STRING, FALSE},
                                    {"interval", MC_SHAPE_INTEGER, FALSE},
                                    {"otp", MC_SHAPE_OBJECT, FALSE},
                                    {"refresh", MC_SHAPE_STRING, FALSE},
                                    {"expires", MC_SHAPE_OBJECT, FALSE},
                                    {"keep", MC_SHAPE_OBJECT, FALSE},
                                    {"inject", MC_SHAPE_OBJECT, FALSE},
                                    {NULL, 0, FALSE}};

static const McKey sign_keys[] = {COMMON_KEYS,
                                  {"alg", MC_SHAPE_STRING, FALSE},
                                  {"secret", MC_SHAPE_NODE, FALSE},
                                  {"over", MC_SHAPE_ARRAY, TRUE},
                                  {"as", MC_SHAPE_STRING, FALSE},
                                  {"inject", MC_SHAPE_OBJECT | MC_SHAPE_ARRAY, TRUE},
                                  {NULL, 0, FALSE}};
static const McKey shared_keys[] = {
    COMMON_KEYS, {"with", MC_SHAPE_NODE, TRUE}, {"inject", MC_SHAPE_OBJECT, FALSE}, {NULL, 0, FALSE}};

static const struct {
  const McAuthKind *kind;
  const McKey *keys;
  void (*compile)(McBuild *b, const cJSON *source, McAuth *auth);
  const char *const secrets[3]; /* that it needs whatever its requests name */
} kinds[] = {
    {&mc_auth_basic, basic_keys, compile_basic, {"username", "password"}},
    {&mc_auth_key, apikey_keys, compile_apikey, {NULL}},
    {&mc_auth_token, login_keys, compile_login, {NULL}},
    {&mc_auth_cookie, cookie_keys, compile_cookie, {NULL}},
    {&mc_auth_token, oauth2_keys, compile_oauth2, {NULL}},
    {&mc_auth_sign, sign_keys, compile_sign, {NULL}},
    {&mc_auth_shared, shared_keys, compile_shared, {NULL}},
};
static const char *const kind_words[] = {"basic",  "apikey", "login",  "cookie",
                                         "oauth2", "sign",   "shared", NULL};

/* --- secrets: every name under secret. that stands anywhere in the source --- */
static void
collect_from_text(const char *text, gboolean whole, GHashTable *into)
{
  static const char open[] = "{secret.";
  if (whole && g_str_has_prefix(text, "secret."))
    g_hash_table_add(into, g_strdup(text + strlen("secret.")));
  for (const char *at = text; (at = strstr(at, open)); at++) {
    const char *name = at + strlen(open), *end = strpbrk(name, "},");
    if (end)
      g_hash_table_add(into, g_strndup(name, end - name));
  }
}

static void
collect_secrets(const cJSON *node, GHashTable *into)
{
  if (cJSON_IsString(node))
    collect_from_text(node->valuestring, node->string && g_str_equal(node->string, "$"), into);
  const cJSON *child;
  if (cJSON_IsObject(node) || cJSON_IsArray(node))
    cJSON_ArrayForEach (child, node)
      collect_secrets(child, into);
}

static char **
sorted_names(GHashTable *set)
{
  GList *keys = g_list_sort(g_hash_table_get_keys(set), (GCompareFunc)g_strcmp0);
  GPtrArray *names = g_ptr_array_new();
  for (GList *l = keys; l; l = l->next)
    g_ptr_array_add(names, g_strdup(l->data));
  g_list_free(keys);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

static void
find_secrets(const cJSON *source, gsize kind, McAuth *auth)
{
  g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; kinds[kind].secrets[i]; i++) {
    g_hash_table_add(all, g_strdup(kinds[kind].secrets[i]));
    g_hash_table_add(held, g_strdup(kinds[kind].secrets[i]));
  }
  collect_secrets(source, all);
  static const char *const parts[] = {"probe", "inject", "secret", "over"}; /* of every request */
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
    collect_secrets(mc_json_get(source, parts[i]), held);
  if (kinds[kind].compile == compile_oauth2) {
    if (g_strcmp0(mc_shape_string(source, "grant"), "password") == 0) {
      g_hash_table_add(all, g_strdup("username"));
      g_hash_table_add(all, g_strdup("password"));
    }
    const char *client_auth = mc_shape_string(mc_shape_object(source, "client"), "auth");
    if (client_auth && !g_str_equal(client_auth, "none"))
      g_hash_table_add(all, g_strdup("client_secret"));
  }
  auth->secrets = sorted_names(all);
  auth->session_secrets = sorted_names(held);
}

/* --- probe and the whole --- */
static void
compile_probe(McBuild *b, const cJSON *source, McAuth *auth)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},
                               {"success", MC_SHAPE_OBJECT, FALSE},
                               {"keep", MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  const cJSON *probe = mc_shape_object(source, "probe");
  if (!probe || !mc_shape_check(&b->c, probe, "probe", keys))
    return;
  const cJSON *keep = mc_json_get(probe, "keep");
  if (auth->with && keep)
    mc_compile_fault(&b->c, keep, TRUE, _("a shared session is kept by its own system alone"));
  mc_build_place(b, (auth->with ? 0 : MC_SEE_SECRET) | MC_SEE_SESSION, NULL, NULL);
  const cJSON *request = mc_shape_object(probe, "request");
  auth->probe = request ? mc_request_compile(&b->c, request, "GET") : NULL;
  auth->probe_success = mc_shape_member_test(&b->c, probe, "success");
  auth->probe_keep = mc_keep_compile(&b->c, probe, "keep");
}

static void
collect_kept(McBuild *b, const cJSON *source)
{
  const cJSON *const keeps[] = {mc_shape_object(source, "keep"),
                                mc_shape_object(mc_shape_object(source, "probe"), "keep")};
  const cJSON *member;
  for (gsize i = 0; i < G_N_ELEMENTS(keeps); i++)
    cJSON_ArrayForEach (member, keeps[i])
      if (member->string)
        g_ptr_array_add(b->kept, g_strdup(member->string));
}

void
mc_auth_compile(McBuild *b, const cJSON *source, McAuth *auth)
{
  auth->expired = g_ptr_array_new();
  auth->errors = g_ptr_array_new();
  if (!source)
    return;
  const char *word = mc_shape_string(source, "type");
  int kind = mc_shape_word(&b->c, source, "type", kind_words, -1);
  if (kind < 0) {
    if (!word)
      mc_compile_fault(&b->c, source, FALSE, _("%s needs the key \"%s\""), "auth", "type");
    return;
  }
  mc_shape_check(&b->c, source, "auth", kinds[kind].keys);
  auth->kind = kinds[kind].kind;
  collect_kept(b, source);
  mc_build_place(b, 0, NULL, NULL);
  auth->origin = mc_shape_member_node(&b->c, source, "origin");
  kinds[kind].compile(b, source, auth);
  compile_probe(b, source, auth);
  mc_build_place(b, MC_SEE_SESSION, NULL, NULL);
  g_ptr_array_unref(auth->expired);
  auth->expired = mc_expired_compile(&b->c, source, "expired");
  find_secrets(source, kind, auth);
}

void
mc_auth_clear(McAuth *auth)
{
  McRequestSpec *const requests[] = {auth->login, auth->renew, auth->probe, auth->device};
  McReader *const readers[] = {auth->token, auth->refresh, auth->expires, auth->csrf_reader};
  for (gsize i = 0; i < G_N_ELEMENTS(requests); i++)
    mc_request_spec_free(requests[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    mc_reader_free(readers[i]);
  mc_otp_free(auth->otp);
  mc_node_free(auth->origin);
  mc_node_free(auth->client_id);
  mc_inject_free(auth->inject);
  mc_inject_free(auth->csrf_inject);
  mc_sign_free(auth->sign);
  mc_node_free(auth->with);
  mc_test_free(auth->success);
  mc_test_free(auth->probe_success);
  g_clear_pointer(&auth->keep, g_ptr_array_unref);
  g_clear_pointer(&auth->probe_keep, g_ptr_array_unref);
  g_clear_pointer(&auth->expired, g_ptr_array_unref);
  g_clear_pointer(&auth->errors, g_ptr_array_unref);
  g_free(auth->csrf_name);
  g_strfreev(auth->secrets);
  g_strfreev(auth->session_secrets);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Requests (connectors.md rule 1): method, address, query, headers and body out of nodes. What may not be
 * sent is refused here: an address of another origin, a header that is not plain ASCII, a precondition that
 * is missing. */
#include <string.h>
#include "connector/given.h"
#include "connector/node-kind.h"
#include "connector/plan.h"
#include "connector/template.h"
#include "connector/xml.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

typedef enum { BODY_NONE, BODY_JSON, BODY_FORM, BODY_RAW, BODY_XML, BODY_MULTIPART } BodyKind;

struct McRequestSpec {
  char *method;
  McTemplate *path; /* or */
  McNode *url;
  McNode *query;
  GPtrArray *header_names, *header_values; /* char *, McNode */
  BodyKind body_kind;
  McNode *body;
  gboolean body_is_array;
  McForms answer;
};

static void
node_free(gpointer node)
{
  mc_node_free(node);
}

void
mc_request_spec_free(McRequestSpec *spec)
{
  if (!spec)
    return;
  g_free(spec->method);
  mc_template_free(spec->path);
  mc_node_free(spec->url);
  mc_node_free(spec->query);
  g_ptr_array_unref(spec->header_names);
  g_ptr_array_unref(spec->header_values);
  mc_node_free(spec->body);
  g_free(spec);
}

/* --- compiling --- */

static void
compile_method(McCompiler *c, const cJSON *source, const char *default_method, McRequestSpec *spec)
{
  static const char *const methods[] = {
      "GET",      "HEAD",      "POST",   "PUT",    "PATCH", "DELETE", /* RFC 9110, 5789 */
      "PROPFIND", "PROPPATCH", "REPORT", "SEARCH",                    /* RFC 4918, 3253, 5323 */
      NULL};
  const cJSON *method = mc_json_get(source, "method");
  if (method)
    mc_compile_word(c, method, methods);
  spec->method = g_strdup(cJSON_IsString(method) ? method->valuestring
                          : default_method       ? default_method
                                                 : "GET");
}

static void
compile_url(McCompiler *c, const cJSON *source, McRequestSpec *spec)
{
  const cJSON *url = mc_json_get(source, "url");
  if (cJSON_IsObject(url)) {
    spec->url = mc_node_compile(c, url);
    return;
  }
  if (!cJSON_IsString(url)) {
    mc_compile_expected(c, url ? url : source, _("\"url\": a path such as \"/items/{item.key}\", or a node"));
    return;
  }
  static const char *const beginnings[] = {"/", "{+", "https://", "http://"};
  gboolean known = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++)
    known = known || g_str_has_prefix(url->valuestring, beginnings[i]);
  if (!known)
    mc_compile_fault(c, url, FALSE,
                     _("\"%s\" begins neither with / nor with http:// or https://; did you mean \"/%s\"?"),
                     url->valuestring, url->valuestring);
  spec->path = mc_template_compile(c, url);
}

static void
compile_query(McCompiler *c, const cJSON *source, McRequestSpec *spec)
{
  const cJSON *query = mc_json_get(source, "query");
  if (query && !cJSON_IsObject(query))
    mc_compile_expected(c, query, _("an object of values"));
  else
    spec->query = mc_node_compile(c, query);
}

static gboolean
is_token(const char *name)
{
  return *name &&
         name[strspn(
             name, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] == '\0';
}

static void
compile_header(McCompiler *c, const cJSON *header, McRequestSpec *spec)
{
  static const char *const own[] = {"host",       "content-length", "transfer-encoding",
                                    "connection", "expect",         NULL};
  g_autofree char *lower = g_ascii_strdown(header->string, -1);
  if (!is_token(header->string))
    mc_compile_fault(c, header, TRUE, _("\"%s\" is not the name of a header"), header->string);
  else if (g_strv_contains(own, lower))
    mc_compile_fault(c, header, TRUE, _("the header \"%s\" is set by the program alone"), header->string);
  g_ptr_array_add(spec->header_names, g_strdup(header->string));
  g_ptr_array_add(spec->header_values, mc_node_compile(c, header));
}

static void
compile_headers(McCompiler *c, const cJSON *source, McRequestSpec *spec)
{
  const cJSON *headers = mc_json_get(source, "headers"), *header;
  spec->header_names = g_ptr_array_new_with_free_func(g_free);
  spec->header_values = g_ptr_array_new_with_free_func(node_free);
  if (headers && !cJSON_IsObject(headers))
    mc_compile_expected(c, headers, _("an object of headers"));
  else
    cJSON_ArrayForEach (header, headers)
      compile_header(c, header, spec);
}

static const struct {
  const char *key;
  BodyKind kind;
} bodies[] = {
    {"json", BODY_JSON},           {"form", BODY_FORM}, {"body", BODY_RAW},
    {"multipart", BODY_MULTIPART}, {"xml", BODY_XML},
};

static void
compile_body(McCompiler *c, const cJSON *source, McRequestSpec *spec)
{
  const cJSON *found = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
    const cJSON *body = mc_json_get(source, bodies[i].key);
    if (body && found) {
      mc_compile_fault(c, body, TRUE, _("\"%s\" stands beside \"%s\", expected one body"), body->string,
                       found->string);
    } else if (body) {
      found = body;
      spec->body_kind = bodies[i].kind;
      spec->body_is_array = cJSON_IsArray(body);
      spec->body = mc_node_compile(c, body);
      gboolean members = spec->body_kind == BODY_FORM || spec->body_kind == BODY_MULTIPART;
      if (members && !cJSON_IsObject(body))
        mc_compile_expected(c, body, _("an object of values"));
    }
  }
  if (spec->body_kind == BODY_XML && (!cJSON_IsObject(found) || cJSON_GetArraySize(found) != 1))
    mc_compile_expected(c, found, _("an object with one member, the document's element"));
  if (found && !mc_json_get(source, "method") && g_strcmp0(spec->method, "GET") == 0)
    mc_compile_fault(c, source, FALSE, _("a request with a body needs its \"method\", such as \"POST\""));
}

McRequestSpec *
mc_request_compile_with(McCompiler *c, const cJSON *source, const char *default_method,
                        const char *const *extra)
{
  static const char *const keys[] = {"method", "url",       "query", "headers", "json",    "form",
                                     "body",   "multipart", "xml",   "format",  "charset", NULL};
  if (!source)
    return NULL;
  guint faults = mc_compile_fault_count(c);
  McRequestSpec *spec = g_new0(McRequestSpec, 1);
  mc_compile_keys_of(c, source, keys, extra);
  compile_method(c, source, default_method, spec);
  compile_headers(c, source, spec);
  if (cJSON_IsObject(source)) {
    compile_url(c, source, spec);
    compile_query(c, source, spec);
    compile_body(c, source, spec);
    mc_form_compile(c, source, &spec->answer);
  }
  if (mc_compile_fault_count(c) == faults)
    return spec;
  mc_request_spec_free(spec);
  return NULL;
}

McRequestSpec *
mc_request_compile(McCompiler *c, const cJSON *source, const char *default_method)
{
  return mc_request_compile_with(c, source, default_method, NULL);
}

void
mc_request_names(const McRequestSpec *spec, McNameVisitor visit, gpointer data)
{
  if (!spec)
    return;
  mc_template_names(spec->path, visit, data);
  mc_node_names(spec->url, visit, data);
  mc_node_names(spec->query, visit, data);
  for (guint i = 0; i < spec->header_values->len; i++)
    mc_node_names(spec->header_values->pdata[i], visit, data);
  mc_node_names(spec->body, visit, data);
}

McForms
mc_request_answer_form(const McRequestSpec *spec)
{
  return spec ? spec->answer : (McForms){MC_FORMAT_ANY, NULL};
}

/* --- building --- */

static gboolean
append_pair(GString *out, const char *key, const cJSON *value, GError **error)
{
  const char *text = mc_json_text(value);
  if (!text && !cJSON_IsNull(value)) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is not a text and cannot stand in a query or a form"),
                key);
    return FALSE;
  }
  if (text && mc_given_has_mark(text)) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                _("%s is a file and cannot stand in a query or a form; use \"multipart\" or \"json\""), key);
    return FALSE;
  }
  if (!text)
    return TRUE;
  g_autofree char *name = g_uri_escape_string(key, NULL, FALSE);
  g_autofree char *encoded = g_uri_escape_string(text, NULL, FALSE);
  g_string_append_printf(out, "%s%s=%s", out->len ? "&" : "", name, encoded);
  return TRUE;
}

/* "a=1&b=2&b=3" of an object of values, new; NULL with the error. Empty where nothing is there. */
static char *
encode_pairs(const McNode *node, const McScope *scope, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GError) fault = NULL;
  cJSON *pairs = mc_node_eval(node, scope, &fault);
  const cJSON *pair, *item;
  if (pairs && !cJSON_IsObject(pairs))
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED, _("a query or a form is not an object of values"));
  for (pair = pairs ? pairs->child : NULL; pair && !fault; pair = pair->next) {
    if (!cJSON_IsArray(pair)) {
      append_pair(out, pair->string, pair, &fault);
      continue;
    }
    for (item = pair->child; item && !fault; item = item->next)
      append_pair(out, pair->string, item, &fault);
  }
  cJSON_Delete(pairs);
  if (!fault)
    return g_strdup(out->str);
  g_propagate_error(error, g_steal_pointer(&fault));
  return NULL;
}

static gboolean
is_allowed(const char *origin, const char *base_origin, const char *const *hosts)
{
  if (g_strcmp0(origin, base_origin) == 0)
    return TRUE;
  for (; hosts && *hosts; hosts++) {
    g_autofree char *whole = strstr(*hosts, "://") ? g_strdup(*hosts) : g_strconcat("https://", *hosts, NULL);
    g_autofree char *host_origin = mc_url_origin(whole);
    if (g_strcmp0(origin, host_origin) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The address as the connector gives it, before its query; NULL with the error. */
static char *
address(const McRequestSpec *spec, const char *base, const McScope *scope, GError **error)
{
  g_autofree char *text = NULL;
  if (spec->path) {
    text = mc_template_expand(spec->path, scope, error);
    if (!text)
      return NULL;
    if (*text == '/') {
      gsize len = strcspn(base, "?#");
      while (len && base[len - 1] == '/')
        len--;
      return g_strdup_printf("%.*s%s", (int)len, base, text);
    }
  } else {
    g_autoptr(GError) fault = NULL;
    cJSON *value = mc_node_eval(spec->url, scope, &fault);
    text = g_strdup(mc_json_text(value));
    cJSON_Delete(value);
    if (!text && !fault)
      g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED,
                  _("%s is missing, and the address cannot be made without it"),
                  spec->url->name ? spec->url->name : "url");
    if (fault) {
      g_propagate_error(error, g_steal_pointer(&fault));
      return NULL;
    }
  }
  char *url = mc_url_resolve(base, text);
  g_autofree char *clean = url ? NULL : mc_text_clean(text, -1);
  if (!url)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("\"%s\" is not an address"), clean);
  return url;
}

static char *
build_url(const McRequestSpec *spec, const char *base, const char *const *hosts, const McScope *scope,
          GError **error)
{
  g_autofree char *url = address(spec, base, scope, error);
  g_autofree char *query = url ? encode_pairs(spec->query, scope, error) : NULL;
  if (!query)
    return NULL;
  g_autofree char *origin = mc_url_origin(url), *base_origin = mc_url_origin(base);
  if (!origin || !is_allowed(origin, base_origin, hosts)) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                _("an address is refused: its origin (%s) is neither %s nor one of \"hosts\""),
                origin ? origin : _("none"), base_origin ? base_origin : base);
    return NULL;
  }
  url[strcspn(url, "#")] = '\0';
  return g_strconcat(url, !*query ? "" : strchr(url, '?') ? "&" : "?", query, NULL);
}

/* A header that a condition hangs on: left out, the request would mean something else. */
static gboolean
is_precondition(const char *name, gboolean mutating)
{
  return g_ascii_strcasecmp(name, "If-Match") == 0 || g_ascii_strcasecmp(name, "If-Unmodified-Since") == 0 ||
         (mutating && g_ascii_strncasecmp(name, "If-", 3) == 0);
}

static gboolean
add_header(McRequest *request, const char *name, const McNode *node, const McScope *scope, GError **error)
{
  g_autoptr(GError) fault = NULL;
  cJSON *value = mc_node_eval(node, scope, &fault);
  const char *text = mc_json_text(value);
  if (!fault && (!text || !*text) && is_precondition(name, request->mutating))
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED,
                _("the header %s is missing its value, and nothing can be sent without it"), name);
  else if (text && !mc_request_set_header(request, name, text))
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED,
                _("the header %s would hold something else than one line of ASCII"), name);
  else if (value && !text && !cJSON_IsNull(value))
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED, _("the header %s is not a text"), name);
  cJSON_Delete(value);
  if (!fault)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&fault));
  return FALSE;
}

/* The whole body is the file itself. */
static gboolean
add_file(McRequest *request, const cJSON *value)
{
  const char *type = mc_json_text(mc_json_get(value, "type"));
  mc_given_add(request, value);
  if (!mc_request_header(request, "Content-Type") && type)
    mc_request_set_header(request, "Content-Type", type);
  return TRUE;
}

static void
add_xml(McRequest *request, const cJSON *value, const McScope *scope, GError **error)
{
  char *text = mc_xml_write(value, error);
  if (text)
    mc_given_add_text(request, text, FALSE, scope);
}

static gboolean
add_value(McRequest *request, const McRequestSpec *spec, const McScope *scope, GError **error)
{
  g_autoptr(GError) fault = NULL;
  gboolean json = spec->body_kind == BODY_JSON;
  cJSON *value = mc_node_eval(spec->body, scope, &fault);
  if (!fault && !json && mc_given_is(scope, value))
    add_file(request, value);
  else if (!fault && json)
    mc_given_add_text(request, value ? mc_json_print(value) : g_strdup(spec->body_is_array ? "[]" : "{}"),
                      TRUE, scope);
  else if (!fault && spec->body_kind == BODY_XML)
    add_xml(request, value, scope, &fault);
  else if (!fault && (!value || mc_json_text(value)))
    mc_given_add_text(request, g_strdup(value ? mc_json_text(value) : ""), FALSE, scope);
  else if (!fault)
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED, _("the body is not a text"));
  cJSON_Delete(value);
  if (!fault)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&fault));
  return FALSE;
}

static gboolean
add_form(McRequest *request, const McRequestSpec *spec, const McScope *scope, GError **error)
{
  char *text = encode_pairs(spec->body, scope, error);
  if (text)
    request->body = g_bytes_new_take(text, strlen(text));
  return text != NULL;
}

static gboolean
add_body(McRequest *request, const McRequestSpec *spec, const McScope *scope, GError **error)
{
  static const char *const types[] = {NULL, "application/json", "application/x-www-form-urlencoded",
                                      "text/plain; charset=utf-8", "text/xml; charset=utf-8"};
  if (spec->body_kind == BODY_NONE)
    return TRUE;
  if (spec->body_kind == BODY_MULTIPART)
    return mc_multipart_add(request, spec->body, scope, error);
  if (!(spec->body_kind == BODY_FORM ? add_form : add_value)(request, spec, scope, error))
    return FALSE;
  if (!mc_request_header(request, "Content-Type"))
    mc_request_set_header(request, "Content-Type", types[spec->body_kind]);
  return TRUE;
}

McRequest *
mc_request_build(const McRequestSpec *spec, const char *base, const char *const *hosts, const McScope *scope,
                 GError **error)
{
  g_autofree char *url = build_url(spec, base, hosts, scope, error);
  if (!url)
    return NULL;
  g_autoptr(McRequest) request = mc_request_new(spec->method, url);
  request->made_by = spec;
  request->mutating = strcmp(spec->method, "GET") != 0 && strcmp(spec->method, "HEAD") != 0;
  for (guint i = 0; i < spec->header_names->len; i++)
    if (!add_header(request, spec->header_names->pdata[i], spec->header_values->pdata[i], scope, error))
      return NULL;
  if (!add_body(request, spec, scope, error))
    return NULL;
  return g_steal_pointer(&request);
}

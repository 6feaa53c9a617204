/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests: `"type":"sign"`. A digest over parts of the finished request, keyed (RFC 2104) or, for the
 * systems that hash a text with the secret in it, plain. It is made at every attempt, with that attempt's
 * moment and nonce, after everything else of the request stands, and is never stored.
 *
 * Decided where the language leaves it open:
 * - `over` is joined without anything between its parts; a part without a value stops the request.
 * - `alg`: hmac-sha256 (if none is written), hmac-sha1, hmac-sha512 take `secret`; md5, sha1, sha256 and
 *   sha512 take none, since the secret then stands in `over` itself.
 * - `inject` is one place or a list of them (a key's id, a moment and a nonce go beside the signature). What
 *   is put into the query is not part of request.query or request.url.
 * - request.query is without its question mark and empty where there is none; request.path and request.query
 *   are as they leave, percent-encoded; request.timestamp is in whole seconds, other forms are made of now.
 *   request.body is missing where the body is no text: sign request.body_sha256 or body_md5 (hex) then. */
#include <string.h>

#include "base/id.h"
#include "connector/auth.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

struct McSign {
  gboolean keyed, base64;
  GChecksumType type;
  McNode *secret;
  GPtrArray *over, *injects; /* McNode, McInject */
};

static const struct {
  gboolean keyed;
  GChecksumType type;
} algs[] = {
    {TRUE, G_CHECKSUM_SHA256},  {TRUE, G_CHECKSUM_SHA1},  {TRUE, G_CHECKSUM_SHA512},
    {FALSE, G_CHECKSUM_MD5},    {FALSE, G_CHECKSUM_SHA1}, {FALSE, G_CHECKSUM_SHA256},
    {FALSE, G_CHECKSUM_SHA512},
};
static const char *const alg_words[] = {"hmac-sha256", "hmac-sha1", "hmac-sha512", "md5",
                                        "sha1",        "sha256",    "sha512",      NULL};
static const char *const as_words[] = {"hex", "base64", NULL};

/* --- compiling --- */
static void
node_free(gpointer node)
{
  mc_node_free(node);
}

static void
inject_free(gpointer inject)
{
  mc_inject_free(inject);
}

static void
compile_over(McBuild *b, const cJSON *source, McSign *sign)
{
  const cJSON *over = mc_shape_array(source, "over"), *part;
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_SESSION | MC_SEE_REQUEST, NULL, NULL);
  sign->secret = mc_shape_member_node(&b->c, source, "secret");
  cJSON_ArrayForEach (part, over)
    g_ptr_array_add(sign->over, mc_node_compile(&b->c, part));
  if (over && sign->over->len == 0)
    mc_compile_fault(&b->c, over, FALSE, _("\"over\" is empty: nothing of the request would be signed"));
}

static void
compile_injects(McBuild *b, const cJSON *source, McSign *sign)
{
  const cJSON *inject = mc_json_get(source, "inject"), *one;
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_SESSION | MC_SEE_REQUEST | MC_SEE_SIGNATURE, NULL, NULL);
  if (cJSON_IsArray(inject))
    cJSON_ArrayForEach (one, inject)
      g_ptr_array_add(sign->injects, mc_inject_compile(&b->c, one, "{signature}"));
  else if (inject)
    g_ptr_array_add(sign->injects, mc_inject_compile(&b->c, inject, "{signature}"));
}

McSign *
mc_sign_compile(McBuild *b, const cJSON *source)
{
  McSign *sign = g_new0(McSign, 1);
  int alg = mc_shape_word(&b->c, source, "alg", alg_words, 0);
  sign->keyed = algs[MAX(alg, 0)].keyed;
  sign->type = algs[MAX(alg, 0)].type;
  sign->base64 = mc_shape_word(&b->c, source, "as", as_words, 0) == 1;
  sign->over = g_ptr_array_new_with_free_func(node_free);
  sign->injects = g_ptr_array_new_with_free_func(inject_free);
  const cJSON *secret = mc_json_get(source, "secret");
  if (sign->keyed && !secret)
    mc_compile_fault(&b->c, source, FALSE, _("%s needs the key \"%s\""), "auth", "secret");
  if (!sign->keyed && secret)
    mc_compile_fault(&b->c, secret, TRUE,
                     _("\"%s\" has no key of its own: the secret is one of the parts of \"over\""),
                     alg_words[alg]);
  compile_over(b, source, sign);
  compile_injects(b, source, sign);
  return sign;
}

void
mc_sign_free(McSign *sign)
{
  if (!sign)
    return;
  mc_node_free(sign->secret);
  g_ptr_array_unref(sign->over);
  g_ptr_array_unref(sign->injects);
  g_free(sign);
}

/* --- what is signed --- */
static void
add_address(cJSON *names, const char *url)
{
  const char *host = strstr(url, "://");
  host = host ? host + 3 : url;
  gsize host_len = strcspn(host, "/?");
  const char *path = host + host_len;
  gsize path_len = strcspn(path, "?");
  const char *query = path[path_len] == '?' ? path + path_len + 1 : "";
  g_autofree char *host_text = g_strndup(host, host_len);
  g_autofree char *path_text = path_len ? g_strndup(path, path_len) : g_strdup("/");
  cJSON_AddStringToObject(names, "url", url);
  cJSON_AddStringToObject(names, "host", host_text);
  cJSON_AddStringToObject(names, "path", path_text);
  cJSON_AddStringToObject(names, "query", query);
}

static void
add_body(cJSON *names, GBytes *body)
{
  gsize len = 0;
  const char *bytes = body ? g_bytes_get_data(body, &len) : NULL;
  bytes = bytes ? bytes : "";
  g_autofree char *text = g_utf8_validate(bytes, (gssize)len, NULL) ? g_strndup(bytes, len) : NULL;
  g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, len);
  g_autofree char *md5 = g_compute_checksum_for_data(G_CHECKSUM_MD5, (const guchar *)bytes, len);
  if (text)
    cJSON_AddStringToObject(names, "body", text);
  cJSON_AddStringToObject(names, "body_sha256", sha256);
  cJSON_AddStringToObject(names, "body_md5", md5);
}

static cJSON *
request_names(const McRequest *request, const McScope *names)
{
  cJSON *object = cJSON_CreateObject();
  const char *now = mc_json_text(mc_scope_get(names, "now"));
  g_autofree char *nonce = mc_ulid_new();
  gint64 moment = 0;
  cJSON_AddStringToObject(object, "method", request->method);
  add_address(object, request->url);
  add_body(object, request->body);
  cJSON_AddStringToObject(object, "nonce", nonce);
  if (now && mc_time_parse_iso(now, NULL, &moment))
    cJSON_AddItemToObject(object, "timestamp", mc_json_new_int(moment));
  return object;
}

static char *
signed_text(const McBinding *binding, const McSign *sign, const McScope *scope, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < sign->over->len; i++) {
    g_autoptr(GError) inner = NULL;
    cJSON *value = mc_node_eval(sign->over->pdata[i], scope, &inner);
    const char *part = mc_json_text(value);
    if (part)
      g_string_append(text, part);
    cJSON_Delete(value);
    if (part)
      continue;
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                _("%s: the request cannot be signed: part %u of \"over\" has no value"), binding->system,
                i + 1);
    return NULL;
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* --- signing --- */
static char *
in_base64(const char *hex)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  for (; hex[0] && hex[1]; hex += 2) {
    guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
    g_byte_array_append(bytes, &byte, 1);
  }
  return g_base64_encode(bytes->data, bytes->len);
}

static char *
digest(const McSign *sign, const McScope *scope, const char *text)
{
  gsize len = strlen(text);
  cJSON *secret = sign->keyed ? mc_node_eval(sign->secret, scope, NULL) : NULL;
  const char *key = mc_json_text(secret) ? mc_json_text(secret) : "";
  char *hex = sign->keyed ? g_compute_hmac_for_data(sign->type, (const guchar *)key, strlen(key),
                                                    (const guchar *)text, len)
                          : g_compute_checksum_for_data(sign->type, (const guchar *)text, len);
  cJSON_Delete(secret);
  if (!sign->base64)
    return hex;
  char *coded = in_base64(hex);
  g_free(hex);
  return coded;
}

gboolean
mc_sign_request(const McBinding *binding, const McScope *names, McRequest *request, GError **error)
{
  const McSign *sign = binding->profile->auth.sign;
  g_autoptr(McScope) scope = mc_scope_new(names);
  mc_scope_take(scope, "request", request_names(request, names));
  char *text = signed_text(binding, sign, scope, error);
  if (!text)
    return FALSE;
  g_autofree char *signature = digest(sign, scope, text);
  explicit_bzero(text, strlen(text)); /* the secret may stand in it */
  g_free(text);
  mc_scope_take(scope, "signature", cJSON_CreateString(signature));
  for (guint i = 0; i < sign->injects->len; i++)
    if (!mc_inject_put(binding, sign->injects->pdata[i], scope, request, error))
      return FALSE;
  return TRUE;
}

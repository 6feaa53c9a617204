/* SPDX-License-Identifier: Apache-2.0 */
/* Files in bodies; see given.h. The mark is a control character around the hash: JSON escapes it in every
 * text that came from elsewhere the same way, but only the hash of a file of this very action is taken for
 * one. */
#include <string.h>

#include "connector/given.h"

#define MARK      "\002"
#define MARK_JSON "\\u0002"
#define HASH      64

static const char *
hash_of(const cJSON *value)
{
  const char *hash = mc_json_text(mc_json_get(value, "sha256"));
  return hash && strlen(hash) == HASH ? hash : NULL;
}

/* The file of that hash, or NULL. */
static const cJSON *
find(const McScope *scope, const char *hash)
{
  const cJSON *inputs = mc_scope_get(scope, "input"), *input;
  cJSON_ArrayForEach (input, inputs) {
    const char *own = cJSON_IsObject(input) ? hash_of(input) : NULL;
    if (own && strncmp(own, hash, HASH) == 0)
      return input;
  }
  return NULL;
}

gboolean
mc_given_is(const McScope *scope, const cJSON *value)
{
  const char *hash = cJSON_IsObject(value) ? hash_of(value) : NULL;
  return hash && find(scope, hash);
}

cJSON *
mc_given_mark(const cJSON *value)
{
  g_autofree char *text = g_strconcat(MARK, hash_of(value), MARK, NULL);
  return cJSON_CreateString(text);
}

gboolean
mc_given_has_mark(const char *text)
{
  return strstr(text, MARK) != NULL;
}

static void
add_file(McRequest *request, const cJSON *value, gboolean base64)
{
  gint64 size = 0;
  mc_json_int(mc_json_get(value, "size"), &size);
  mc_request_add_file(request, hash_of(value), size, base64);
}

void
mc_given_add(McRequest *request, const cJSON *value)
{
  add_file(request, value, FALSE);
}

static void
add_bytes(McRequest *request, const char *bytes, gsize length)
{
  if (length > 0)
    mc_request_add_bytes(request, g_bytes_new(bytes, length));
}

void
mc_given_add_text(McRequest *request, char *text, gboolean json, const McScope *scope)
{
  const char *mark = json ? MARK_JSON : MARK, *rest = text, *at = text;
  gsize n = strlen(mark);
  while ((at = strstr(at, mark))) {
    const char *hash = at + n;
    gboolean whole = strlen(hash) >= HASH + n && strncmp(hash + HASH, mark, n) == 0;
    const cJSON *value = whole ? find(scope, hash) : NULL;
    if (!value) {
      at += n;
      continue;
    }
    add_bytes(request, rest, (gsize)(at - rest));
    add_file(request, value, TRUE);
    rest = at = hash + HASH + n;
  }
  if (rest == text && !request->pieces) {
    request->body = g_bytes_new_take(text, strlen(text));
    return;
  }
  add_bytes(request, rest, strlen(rest));
  g_free(text);
}

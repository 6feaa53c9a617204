/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies of a session (RFC 6265): learned from any answer of the base origin, sent back to it alone. A
 * Domain attribute is ignored, which only narrows where a cookie goes. At most 50 are kept, each of at most 4
 * KiB. */
#include <string.h>

#include "connector/session.h"

#define MAX_COOKIES    50
#define MAX_COOKIE_LEN 4096

/* The path of a URL without query; "/" where it has none. New string. */
static char *
url_path(const char *url)
{
  const char *at = strstr(url, "://");
  const char *path = at ? strchr(at + 3, '/') : NULL;
  return path ? g_strndup(path, strcspn(path, "?#")) : g_strdup("/");
}

/* RFC 6265 5.1.4 */
static char *
default_path(const char *url)
{
  char *path = url_path(url), *slash = strrchr(path, '/');
  if (slash == path)
    slash++;
  *slash = '\0';
  return path;
}

static gboolean
path_matches(const char *path, const char *cookie_path)
{
  gsize n = strlen(cookie_path);
  return strncmp(path, cookie_path, n) == 0 &&
         (path[n] == '\0' || path[n] == '/' || (n && cookie_path[n - 1] == '/'));
}

typedef struct {
  char *name, *value, *path;
  gboolean secure;
  gint64 until; /* MC_TIME_NONE: as long as the session */
} Cookie;

static void
read_expiry(Cookie *cookie, const char *name, const char *value, gint64 now, gboolean *by_age)
{
  if (g_ascii_strcasecmp(name, "max-age") == 0) {
    gint64 age;
    if (!g_ascii_string_to_signed(value, 10, G_MININT32, G_MAXINT32, &age, NULL))
      return;
    cookie->until = age > 0 ? now + age : 0;
    *by_age = TRUE;
  } else if (g_ascii_strcasecmp(name, "expires") == 0 && !*by_age && strchr(value, ':')) {
    gint64 left = mc_retry_after(value, now);
    if (left >= 0)
      cookie->until = left > 0 ? now + left : 0;
  }
}

static void
read_attribute(Cookie *cookie, const char *text, gint64 now, gboolean *by_age)
{
  g_auto(GStrv) pair = g_strsplit(text, "=", 2);
  const char *name = g_strstrip(pair[0]), *value = pair[1] ? g_strstrip(pair[1]) : "";
  read_expiry(cookie, name, value, now, by_age);
  if (g_ascii_strcasecmp(name, "secure") == 0)
    cookie->secure = TRUE;
  if (g_ascii_strcasecmp(name, "path") == 0 && value[0] == '/') {
    g_free(cookie->path);
    cookie->path = g_strdup(value);
  }
}

static gboolean
parse_cookie(const char *text, const char *url, gint64 now, Cookie *cookie)
{
  g_auto(GStrv) parts = g_strsplit(text, ";", 32);
  g_auto(GStrv) pair = g_strsplit(parts[0] ? parts[0] : "", "=", 2);
  gboolean by_age = FALSE;
  if (!pair[0] || !pair[1] || !*g_strstrip(pair[0]) || strlen(text) > MAX_COOKIE_LEN)
    return FALSE;
  cookie->name = g_strdup(pair[0]);
  cookie->value = g_strdup(g_strstrip(pair[1]));
  cookie->path = default_path(url);
  cookie->until = MC_TIME_NONE;
  for (char **part = parts + 1; *part; part++)
    read_attribute(cookie, *part, now, &by_age);
  return TRUE;
}

static cJSON *
find_cookie(const cJSON *cookies, const char *name, const char *path)
{
  cJSON *one;
  cJSON_ArrayForEach (one, cookies)
    if (g_strcmp0(mc_json_text(mc_json_get(one, "name")), name) == 0 &&
        (!path || g_strcmp0(mc_json_text(mc_json_get(one, "path")), path) == 0))
      return one;
  return NULL;
}

static cJSON *
cookie_tree(const Cookie *cookie)
{
  cJSON *tree = cJSON_CreateObject();
  cJSON_AddStringToObject(tree, "name", cookie->name);
  cJSON_AddStringToObject(tree, "value", cookie->value);
  cJSON_AddStringToObject(tree, "path", cookie->path);
  if (cookie->until != MC_TIME_NONE)
    cJSON_AddItemToObject(tree, "until", mc_json_new_int(cookie->until));
  if (cookie->secure)
    cJSON_AddTrueToObject(tree, "secure");
  return tree;
}

static gboolean
store_cookie(cJSON *cookies, const Cookie *cookie, gint64 now)
{
  cJSON *old = find_cookie(cookies, cookie->name, cookie->path);
  gboolean dead = cookie->until != MC_TIME_NONE && cookie->until <= now;
  cJSON *tree = dead ? NULL : cookie_tree(cookie);
  gboolean changed = dead ? old != NULL : !old || !mc_json_equal(old, tree);
  if (old)
    cJSON_Delete(cJSON_DetachItemViaPointer(cookies, old));
  if (tree)
    cJSON_AddItemToArray(cookies, tree);
  if (cJSON_GetArraySize(cookies) > MAX_COOKIES)
    cJSON_DeleteItemFromArray(cookies, 0);
  return changed;
}

gboolean
mc_cookies_learn(cJSON *draft, const McResponse *response, const char *url, gint64 now)
{
  gboolean changed = FALSE;
  for (guint i = 0; response->headers && i < response->headers->len; i++) {
    const McHeader *header = response->headers->pdata[i];
    Cookie cookie = {0};
    if (g_ascii_strcasecmp(header->name, "set-cookie") != 0)
      continue;
    if (parse_cookie(header->value, url, now, &cookie)) {
      cJSON *cookies = mc_json_get(draft, "cookies");
      if (!cookies)
        cookies = cJSON_AddArrayToObject(draft, "cookies");
      changed |= store_cookie(cookies, &cookie, now);
    }
    g_free(cookie.name);
    g_free(cookie.value);
    g_free(cookie.path);
  }
  return changed;
}

/* A cookie marked secure goes over https, and to this very host, which no network lies between. */
static gboolean
may_carry_secure(const char *url)
{
  return g_regex_match_simple("^(https://|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])([:/?#]|$))", url,
                              G_REGEX_CASELESS, 0);
}

char *
mc_cookies_for(const McSession *session, const char *url, gint64 now)
{
  const cJSON *cookies = session ? mc_json_get(mc_session_tree(session), "cookies") : NULL, *one;
  g_autofree char *path = url_path(url);
  g_autoptr(GString) header = g_string_new(NULL);
  cJSON_ArrayForEach (one, cookies) {
    gint64 until;
    const char *name = mc_json_text(mc_json_get(one, "name")),
               *value = mc_json_text(mc_json_get(one, "value"));
    const char *cookie_path = mc_json_text(mc_json_get(one, "path"));
    if (!name || !value || !cookie_path || !path_matches(path, cookie_path))
      continue;
    if (mc_json_int(mc_json_get(one, "until"), &until) && until <= now)
      continue;
    if (mc_json_get(one, "secure") && !may_carry_secure(url))
      continue;
    g_string_append_printf(header, "%s%s=%s", header->len ? "; " : "", name, value);
  }
  return header->len ? g_string_free(g_steal_pointer(&header), FALSE) : NULL;
}

const char *
mc_cookie_value(const cJSON *draft, const char *name)
{
  return mc_json_text(mc_json_get(find_cookie(mc_json_get(draft, "cookies"), name, NULL), "value"));
}

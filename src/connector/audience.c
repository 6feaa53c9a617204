/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that would leave their audience (rule 4), as far as a file shows it: a request to an address
 * that is written out, of another origin than the base, which names something of the login. What an address
 * becomes only with an answer or a setting is checked when the request is made (exchange.c). */
#include <string.h>

#include "connector/compile.h"
#include "connector/plan.h"
#include "motcua/i18n.h"

typedef struct {
  McBuild *b;
  char *base, *login; /* origins; NULL: not written out */
  gboolean login_may_be_any;
} Audience;

/* The origin of an address whose host is written out, or NULL. */
static char *
origin_of(const char *text)
{
  const char *host = text ? strstr(text, "://") : NULL;
  if (!host)
    return NULL;
  g_autofree char *front = g_strndup(text, (gsize)(host + 3 - text) + strcspn(host + 3, "/?#{"));
  return host[3 + strcspn(host + 3, "/?#{")] == '{' ? NULL : mc_url_origin(front);
}

gboolean
mc_name_is_private(const char *name)
{
  static const char *const roots[] = {"secret.", "session."};
  for (gsize i = 0; i < G_N_ELEMENTS(roots); i++)
    if (g_str_has_prefix(name, roots[i]))
      return TRUE;
  return strcmp(name, "token") == 0 || strcmp(name, "refresh") == 0;
}

/* The first such name in a template, new, or NULL. */
static char *
private_in_text(const char *text)
{
  for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
    const char *name = at + 1 + strspn(at + 1, "+?&");
    g_autofree char *one = g_strndup(name, strcspn(name, "},"));
    if (mc_name_is_private(one))
      return g_steal_pointer(&one);
  }
  return NULL;
}

static char *
private_in(const cJSON *node)
{
  const cJSON *child;
  if (cJSON_IsString(node) && g_strcmp0(node->string, "$") == 0)
    return mc_name_is_private(node->valuestring) ? g_strdup(node->valuestring) : NULL;
  if (cJSON_IsString(node))
    return private_in_text(node->valuestring);
  if (cJSON_IsObject(node) || cJSON_IsArray(node))
    cJSON_ArrayForEach (child, node) {
      char *found = private_in(child);
      if (found)
        return found;
    }
  return NULL;
}

/* What an address begins with, where that is written out. */
static const char *
front_of(const cJSON *url)
{
  const cJSON *fixed = mc_json_get(url, "$const"), *joined = mc_json_get(url, "$join");
  const cJSON *text = cJSON_IsArray(joined) ? joined->child : fixed ? fixed : url;
  return cJSON_IsObject(text) ? NULL : cJSON_GetStringValue(text);
}

static void
check_address(const Audience *a, const cJSON *url, const char *what, gboolean login)
{
  g_autofree char *origin = origin_of(front_of(url));
  if (!origin || !what || g_strcmp0(origin, a->base) == 0)
    return;
  if (login && (a->login_may_be_any || g_strcmp0(origin, a->login) == 0))
    return;
  mc_compile_fault(&a->b->c, url, FALSE,
                   login ? _("%s would leave its audience: %s is neither the base nor \"auth.origin\"")
                         : _("%s would leave its audience: %s is not the base"),
                   what, origin);
}

/* Every object with an address in it is a request. */
static void
check_requests(const Audience *a, const cJSON *node, gboolean login)
{
  const cJSON *child;
  if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
    return;
  const cJSON *url = cJSON_IsObject(node) ? mc_json_get(node, "url") : NULL;
  g_autofree char *what = url ? private_in(node) : NULL;
  check_address(a, url, what, login);
  cJSON_ArrayForEach (child, node)
    check_requests(a, child, login);
}

static void
check_auth(const Audience *a, const cJSON *auth)
{
  static const char *const ends[] = {"token", "device"}; /* of OAuth 2: they get all the login has */
  gboolean oauth = g_strcmp0(mc_shape_string(auth, "type"), "oauth2") == 0;
  const cJSON *member;
  for (gsize i = 0; oauth && i < G_N_ELEMENTS(ends); i++)
    check_address(a, mc_json_get(auth, ends[i]), "secret.*", TRUE);
  cJSON_ArrayForEach (member, auth)
    check_requests(a, member, g_strcmp0(member->string, "probe") != 0);
}

void
mc_audience_check(McBuild *b, const cJSON *root)
{
  const cJSON *auth = mc_shape_object(root, "auth"), *origin = mc_json_get(auth, "origin"), *member;
  const char *text = cJSON_GetStringValue(origin);
  g_autofree char *whole =
      text && !strstr(text, "://") ? g_strconcat("https://", text, NULL) : g_strdup(text);
  Audience a = {.b = b,
                .base = origin_of(mc_shape_string(root, "base")),
                .login = origin_of(whole),
                .login_may_be_any = cJSON_IsObject(origin)};
  cJSON_ArrayForEach (member, root)
    if (member != auth)
      check_requests(&a, member, FALSE);
  check_auth(&a, auth);
  g_free(a.base);
  g_free(a.login);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Putting credentials on requests. They go to the base origin and nowhere else (rule 4): that is decided
 * once, here, before any kind is asked. */
#include <string.h>

#include "connector/auth.h"
#include "motcua/error.h"

static void
put(const McInject *inject, const McScope *names, McRequest *request)
{
  cJSON *made = inject->node ? mc_node_eval(inject->node, names, NULL) : NULL;
  g_autofree char *value =
      inject->node ? g_strdup(mc_json_text(made)) : mc_template_text(inject->text, names, NULL);
  cJSON_Delete(made);
  if (!value)
    return;
  if (!inject->query) {
    mc_request_set_header(request, inject->name, value);
    return;
  }
  g_autofree char *name = g_uri_escape_string(inject->name, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  char *url = g_strconcat(request->url, strchr(request->url, '?') ? "&" : "?", name, "=", escaped, NULL);
  g_free(request->url);
  request->url = url;
}

/* --- basic: RFC 7617, UTF-8 --- */
static const cJSON *
held_secrets(const McSession *session)
{
  return session ? mc_json_get(mc_session_tree(session), "secret") : NULL;
}

static void
basic_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request)
{
  const cJSON *held = held_secrets(session);
  const char *user = mc_json_text(mc_json_get(held, "username")),
             *pass = mc_json_text(mc_json_get(held, "password"));
  (void)binding, (void)names;
  g_autofree char *pair = g_strdup_printf("%s:%s", user ? user : "", pass ? pass : "");
  g_autofree char *coded = g_base64_encode((const guchar *)pair, strlen(pair));
  g_autofree char *value = g_strconcat("Basic ", coded, NULL);
  mc_request_set_header(request, "Authorization", value);
  explicit_bzero(pair, strlen(pair));
}

static gboolean
holds_secrets(const McSession *session, const McAuth *auth)
{
  for (char **name = auth->session_secrets; *name; name++)
    if (!mc_json_get(held_secrets(session), *name))
      return FALSE;
  return TRUE;
}

/* --- a key or a token, put where `inject` says --- */
static void
inject_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request)
{
  (void)session;
  put(binding->profile->auth.inject, names, request);
}

static gboolean
holds_token(const McSession *session, const McAuth *auth)
{
  (void)auth;
  return mc_session_get(session, "token") != NULL;
}

/* --- cookies, and a token against forged requests on what may change something --- */
static void
cookie_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request)
{
  const McAuth *auth = &binding->profile->auth;
  gint64 now = 0;
  const char *text = mc_json_text(mc_scope_get(names, "now"));
  if (text)
    mc_time_parse_iso(text, NULL, &now);
  g_autofree char *cookies = mc_cookies_for(session, request->url, now);
  if (cookies)
    mc_request_set_header(request, "Cookie", cookies);
  gboolean safe = g_str_equal(request->method, "GET") || g_str_equal(request->method, "HEAD");
  if (auth->csrf_inject && !safe)
    put(auth->csrf_inject, names, request);
}

static gboolean
holds_cookies(const McSession *session, const McAuth *auth)
{
  (void)auth;
  return session && cJSON_GetArraySize(mc_json_get(mc_session_tree(session), "cookies")) > 0;
}

const McAuthKind mc_auth_basic = {"basic", basic_apply, holds_secrets};
const McAuthKind mc_auth_key = {"apikey", inject_apply, holds_secrets};
const McAuthKind mc_auth_token = {"token", inject_apply, holds_token};
const McAuthKind mc_auth_cookie = {"cookie", cookie_apply, holds_cookies};

void
mc_auth_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request)
{
  const McAuthKind *kind = binding->profile->auth.kind;
  g_autofree char *origin = mc_url_origin(request->url);
  if (!kind || !session || g_strcmp0(origin, binding->origin) != 0)
    return;
  g_autoptr(McScope) scope = mc_scope_new(names);
  const char *token = mc_session_get(session, "token");
  const cJSON *held = held_secrets(session);
  mc_scope_take(scope, "token", token ? cJSON_CreateString(token) : NULL);
  mc_scope_take(scope, "secret", held ? cJSON_Duplicate(held, TRUE) : NULL);
  kind->apply(binding, session, scope, request);
}

/* --- what is needed before the next request --- */
static gboolean
can_renew(const McAuth *auth, const McSession *session)
{
  return auth->renew && (!auth->refresh || mc_session_get(session, "refresh"));
}

static gboolean
runs_out(const McSession *session, gint64 now)
{
  gint64 expires, skew = 0;
  const cJSON *tree = mc_session_tree(session);
  if (!mc_json_int(mc_json_get(tree, "expires"), &expires))
    return FALSE;
  mc_json_int(mc_json_get(tree, "skew"), &skew);
  return now >= expires - skew;
}

McAuthNeed
mc_auth_need(const McBinding *binding, const McSession *session, gint64 now, gboolean expired)
{
  const McAuth *auth = &binding->profile->auth;
  if (!auth->kind)
    return MC_AUTH_READY;
  if (!session || !auth->kind->holds(session, auth))
    return MC_AUTH_LOGIN;
  if (!expired && !runs_out(session, now))
    return MC_AUTH_READY;
  return can_renew(auth, session) ? MC_AUTH_REFRESH : MC_AUTH_LOGIN;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Putting credentials on requests. They go to the base origin and nowhere else (rule 4): that is decided
 * once, here, before any kind is asked. */
#include <string.h>

#include "connector/auth.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

static void
put_in_query(const McInject *inject, const char *value, McRequest *request)
{
  g_autofree char *name = g_uri_escape_string(inject->name, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  char *url = g_strconcat(request->url, strchr(request->url, '?') ? "&" : "?", name, "=", escaped, NULL);
  g_free(request->url);
  request->url = url;
}

gboolean
mc_inject_put(const McBinding *binding, const McInject *inject, const McScope *names, McRequest *request,
              GError **error)
{
  cJSON *made = inject->node ? mc_node_eval(inject->node, names, NULL) : NULL;
  g_autofree char *value =
      inject->node ? g_strdup(mc_json_text(made)) : mc_template_text(inject->text, names, NULL);
  cJSON_Delete(made);
  if (!value)
    return TRUE;
  if (inject->query)
    put_in_query(inject, value, request);
  else if (!mc_request_set_header(request, inject->name, value)) {
    g_set_error(error, MC_ERROR, MC_ERROR_LOGIN,
                _("%s: its credential cannot stand in the header %s: it is not one line of ASCII"),
                binding->system, inject->name);
    return FALSE;
  }
  return TRUE;
}

/* --- basic: RFC 7617, UTF-8 --- */
static const cJSON *
held_secrets(const McSession *session)
{
  return session ? mc_json_get(mc_session_tree(session), "secret") : NULL;
}

static gboolean
basic_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request,
            GError **error)
{
  const cJSON *held = held_secrets(session);
  const char *user = mc_json_text(mc_json_get(held, "username")),
             *pass = mc_json_text(mc_json_get(held, "password"));
  (void)binding, (void)names, (void)error;
  g_autofree char *pair = g_strdup_printf("%s:%s", user ? user : "", pass ? pass : "");
  g_autofree char *coded = g_base64_encode((const guchar *)pair, strlen(pair));
  g_autofree char *value = g_strconcat("Basic ", coded, NULL);
  mc_request_set_header(request, "Authorization", value);
  explicit_bzero(pair, strlen(pair));
  return TRUE;
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
static gboolean
inject_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request,
             GError **error)
{
  (void)session;
  return mc_inject_put(binding, binding->profile->auth.inject, names, request, error);
}

static gboolean
holds_token(const McSession *session, const McAuth *auth)
{
  (void)auth;
  return mc_session_get(session, "token") != NULL;
}

/* --- cookies, and a token against forged requests on what may change something --- */
static gboolean
cookie_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request,
             GError **error)
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
  return !auth->csrf_inject || safe || mc_inject_put(binding, auth->csrf_inject, names, request, error);
}

static gboolean
holds_cookies(const McSession *session, const McAuth *auth)
{
  (void)auth;
  return session && cJSON_GetArraySize(mc_json_get(mc_session_tree(session), "cookies")) > 0;
}

/* --- a signature of its own for every request --- */
static gboolean
sign_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request,
           GError **error)
{
  (void)session;
  return mc_sign_request(binding, names, request, error);
}

/* --- the session of another system, put as that system puts it unless the connector says how itself --- */
static void
add_credentials(McScope *scope, const McSession *session)
{
  const char *token = mc_session_get(session, "token");
  const cJSON *held = held_secrets(session);
  mc_scope_take(scope, "token", token ? cJSON_CreateString(token) : NULL);
  mc_scope_take(scope, "secret", held ? cJSON_Duplicate(held, TRUE) : NULL);
}

static gboolean
shared_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request,
             GError **error)
{
  const McBinding *gateway = binding->gateway;
  if (binding->profile->auth.inject)
    return mc_inject_put(binding, binding->profile->auth.inject, names, request, error);
  if (!gateway || !gateway->profile->auth.kind)
    return TRUE;
  /* The gateway's own names: what its connector says is about its own configuration. */
  g_autoptr(McScope) scope = mc_scope_new(names);
  mc_scope_take(scope, "config", cJSON_Duplicate(gateway->config, TRUE));
  return gateway->profile->auth.kind->apply(gateway, session, scope, request, error);
}

static gboolean
holds_nothing(const McSession *session, const McAuth *auth)
{
  (void)session, (void)auth; /* its gateway is asked */
  return FALSE;
}

const McAuthKind mc_auth_basic = {"basic", basic_apply, holds_secrets};
const McAuthKind mc_auth_key = {"apikey", inject_apply, holds_secrets};
const McAuthKind mc_auth_token = {"token", inject_apply, holds_token};
const McAuthKind mc_auth_cookie = {"cookie", cookie_apply, holds_cookies};
const McAuthKind mc_auth_sign = {"sign", sign_apply, holds_secrets};
const McAuthKind mc_auth_shared = {"shared", shared_apply, holds_nothing};

gboolean
mc_auth_apply(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request,
              GError **error)
{
  const McAuthKind *kind = binding->profile->auth.kind;
  g_autofree char *origin = mc_url_origin(request->url);
  if (!kind || !session || g_strcmp0(origin, binding->origin) != 0)
    return TRUE;
  g_autoptr(McScope) scope = mc_scope_new(names);
  add_credentials(scope, session);
  return kind->apply(binding, session, scope, request, error);
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
  if (binding->gateway)
    return mc_auth_need(binding->gateway, session, now, expired);
  if (!auth->kind)
    return MC_AUTH_READY;
  if (!session || !auth->kind->holds(session, auth))
    return MC_AUTH_LOGIN;
  if (!expired && !runs_out(session, now))
    return MC_AUTH_READY;
  return can_renew(auth, session) ? MC_AUTH_REFRESH : MC_AUTH_LOGIN;
}

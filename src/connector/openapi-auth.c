/* SPDX-License-Identifier: Apache-2.0 */
/* The login of an OpenAPI description: the first of its security schemes that a program can satisfy without a
 * browser. */
#include <string.h>

#include "base/http.h"
#include "connector/openapi.h"
#include "motcua/i18n.h"

static cJSON *
new_auth(McOpenapi *d, const char *type)
{
  cJSON *auth = cJSON_AddObjectToObject(d->draft, "auth");
  cJSON_AddStringToObject(auth, "type", type);
  return auth;
}

static void
draft_inject(cJSON *auth, const char *place, const char *name, const char *value)
{
  cJSON *inject = cJSON_AddObjectToObject(auth, "inject");
  cJSON_AddStringToObject(inject, place, name);
  cJSON_AddStringToObject(inject, "value", value);
}

static void
draft_bearer(McOpenapi *d, const char *why)
{
  mc_draft_comment(d->draft, "%s", why);
  draft_inject(new_auth(d, "apikey"), "header", "Authorization", "Bearer {secret.token}");
}

static void
draft_http(McOpenapi *d, const cJSON *scheme)
{
  const char *word = mc_json_text(mc_json_get(scheme, "scheme"));
  if (word && g_ascii_strcasecmp(word, "basic") == 0)
    new_auth(d, "basic");
  else
    draft_bearer(d, _("a token that a person has; where the system gives one for a password, write a login"));
}

static void
draft_key(McOpenapi *d, const cJSON *scheme)
{
  const char *place = mc_json_text(mc_json_get(scheme, "in")),
             *name = mc_json_text(mc_json_get(scheme, "name"));
  cJSON *auth = new_auth(d, "apikey");
  g_autofree char *cookie = g_strdup_printf("%s={secret.key}", name ? name : "");
  if (g_strcmp0(place, "cookie") == 0)
    draft_inject(auth, "header", "Cookie", cookie);
  else
    draft_inject(auth, g_strcmp0(place, "query") == 0 ? "query" : "header", name ? name : MC_OPEN_WORD,
                 "{secret.key}");
}

/* --- OAuth 2 --- */
/* The address as a path under the server's, or whole, with its origin named. */
static void
draft_address(McOpenapi *d, cJSON *auth, const char *key, const char *server, const char *url)
{
  gsize len = strlen(server);
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  if (url && len && strncmp(url, server, len) == 0 && url[len] == '/') {
    cJSON_AddStringToObject(auth, key, url + len);
  } else if (origin) {
    cJSON_AddStringToObject(auth, key, url);
    if (!mc_json_get(auth, "origin"))
      cJSON_AddStringToObject(auth, "origin", origin);
  } else if (url && *url == '/') {
    cJSON_AddStringToObject(auth, key, url);
  } else {
    mc_open_reader(d, auth, key, _("the address, a path or whole"));
  }
}

static char *
scopes_text(const cJSON *flow)
{
  GString *text = g_string_new(NULL);
  const cJSON *scope;
  cJSON_ArrayForEach (scope, mc_json_get(flow, "scopes"))
    g_string_append_printf(text, "%s%s", text->len ? " " : "", scope->string);
  return g_string_free(text, FALSE);
}

static void
draft_client(McOpenapi *d, cJSON *auth, const char *how)
{
  cJSON *client = cJSON_AddObjectToObject(auth, "client"), *id = cJSON_AddObjectToObject(client, "id");
  mc_openapi_setting(d, "client_id", _("Client id"));
  cJSON_AddStringToObject(id, "$", "config.client_id");
  cJSON_AddStringToObject(client, "auth", how);
}

static const struct {
  const char *flow, *grant, *client;
} flows[] = {{"deviceAuthorization", "device", "none"},
             {"deviceCode", "device", "none"},
             {"password", "password", "none"},
             {"clientCredentials", "client_credentials", "basic"}};

static gboolean
draft_oauth2(McOpenapi *d, const cJSON *scheme, const char *server)
{
  const cJSON *all = mc_json_get(scheme, "flows");
  for (gsize i = 0; i < G_N_ELEMENTS(flows); i++) {
    const cJSON *flow = mc_json_get(all, flows[i].flow);
    if (!flow)
      continue;
    cJSON *auth = new_auth(d, "oauth2");
    g_autofree char *scopes = scopes_text(flow);
    cJSON_AddStringToObject(auth, "grant", flows[i].grant);
    draft_client(d, auth, flows[i].client);
    if (*scopes)
      cJSON_AddStringToObject(auth, "scope", scopes);
    draft_address(d, auth, "token", server, mc_json_text(mc_json_get(flow, "tokenUrl")));
    if (strcmp(flows[i].grant, "device") == 0)
      draft_address(d, auth, "device", server, mc_json_text(mc_json_get(flow, "deviceAuthorizationUrl")));
    if (mc_json_get(flow, "refreshUrl"))
      cJSON_AddStringToObject(auth, "refresh", "rotate");
    return TRUE;
  }
  draft_bearer(d,
               _("its login needs a browser: give a personal token, or ask whether it has a device grant"));
  return TRUE;
}

static void
draft_openid(McOpenapi *d, const cJSON *scheme)
{
  const char *url = mc_json_text(mc_json_get(scheme, "openIdConnectUrl"));
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  cJSON *auth = new_auth(d, "oauth2");
  cJSON_AddStringToObject(auth, "grant", "device");
  if (origin)
    cJSON_AddStringToObject(auth, "origin", origin);
  draft_client(d, auth, "none");
  cJSON_AddStringToObject(auth, "scope", "openid offline_access");
  mc_open_reader(d, auth, "token", _("token_endpoint, as the provider's discovery document says"));
  mc_open_reader(d, auth, "device",
                 _("device_authorization_endpoint, as the provider's discovery document says"));
  cJSON_AddStringToObject(auth, "refresh", "rotate");
}

/* --- the scheme --- */
static gboolean
draft_scheme(McOpenapi *d, const cJSON *scheme, const char *server)
{
  const char *type = mc_json_text(mc_json_get(scheme, "type"));
  if (g_strcmp0(type, "http") == 0)
    draft_http(d, scheme);
  else if (g_strcmp0(type, "apiKey") == 0)
    draft_key(d, scheme);
  else if (g_strcmp0(type, "oauth2") == 0)
    return draft_oauth2(d, scheme, server);
  else if (g_strcmp0(type, "openIdConnect") == 0)
    draft_openid(d, scheme);
  else
    return FALSE;
  return TRUE;
}

/* Who one is, where a system says it: it is what a login is proved by. */
static void
draft_probe(McOpenapi *d)
{
  static const char *const paths[] = {"/me",      "/user",    "/users/me", "/whoami",
                                      "/profile", "/account", "/session",  "/user/me"};
  cJSON *auth = mc_json_get(d->draft, "auth");
  for (gsize i = 0; auth && i < G_N_ELEMENTS(paths); i++)
    if (mc_json_get(mc_openapi_deref(d, mc_json_get(mc_json_get(d->root, "paths"), paths[i])), "get")) {
      cJSON *probe = cJSON_AddObjectToObject(auth, "probe");
      cJSON_AddStringToObject(cJSON_AddObjectToObject(probe, "request"), "url", paths[i]);
      return;
    }
}

void
mc_openapi_auth(McOpenapi *d, const char *server)
{
  const cJSON *schemes = mc_json_get(mc_json_get(d->root, "components"), "securitySchemes"), *one, *named;
  gboolean drafted = FALSE;
  cJSON_ArrayForEach (one, mc_json_get(d->root, "security"))
    cJSON_ArrayForEach (named, one)
      if (!drafted)
        drafted = draft_scheme(d, mc_openapi_deref(d, mc_json_get(schemes, named->string)), server);
  cJSON_ArrayForEach (one, schemes)
    if (!drafted)
      drafted = draft_scheme(d, mc_openapi_deref(d, one), server);
  draft_probe(d);
}

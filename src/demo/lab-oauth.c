/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An authorization server (RFC 6749) with three clients, each known in one way alone: by Basic, by its secret
 * in the body, and one that has no secret. Grants: password, client_credentials, refresh_token. A refresh
 * token serves once; one that comes again ends the whole login (RFC 9700 4.14.2). Every grant, and every
 * reuse, is an effect.
 */
#include "demo/lab-tasks.h"
#include "demo/people.h"

#include <string.h>

#define SECRET       "lab/secret 1" /* its form-encoding differs from itself */
#define REFRESH_LIFE (12 * DEMO_HOUR)

static DemoResponse *
oauth_error(guint status, const char *code, const char *text)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "error", code);
  demo_json_set_text(json, "error_description", text);
  return demo_response_json(status, json);
}

/* RFC 6749 2.3.1: both halves are form-encoded before they are joined. */
static char *
basic_client(DemoCall *call)
{
  const char *header = demo_call_header(call, "authorization");
  gsize length = 0;

  if (!header || g_ascii_strncasecmp(header, "Basic ", 6) != 0)
    return NULL;
  g_autofree guchar *raw = g_base64_decode(header + 6, &length);
  g_autofree char *text = g_strndup((const char *)raw, length);
  g_auto(GStrv) pair = g_strsplit(text, ":", 2);
  g_autofree char *secret = pair[0] && pair[1] ? g_uri_unescape_string(pair[1], NULL) : NULL;
  return g_strcmp0(secret, SECRET) == 0 ? g_uri_unescape_string(pair[0], NULL) : NULL;
}

/* The client that asks, NULL when it is not known in the way it asks. Caller frees. */
static char *
client(DemoCall *call, const cJSON *form)
{
  const char *id = demo_json_text(form, "client_id"), *secret = demo_json_text(form, "client_secret");
  g_autofree char *basic = basic_client(call);

  if (demo_call_header(call, "authorization"))
    return g_strcmp0(basic, "lab-basic") == 0 && !secret ? g_steal_pointer(&basic) : NULL;
  if (g_strcmp0(id, "lab-post") == 0 && g_strcmp0(secret, SECRET) == 0)
    return g_strdup(id);
  return g_strcmp0(id, "lab-none") == 0 && !secret ? g_strdup(id) : NULL;
}

static DemoResponse *
grant(DemoCall *call, const char *who, const char *family, gboolean refreshable)
{
  DemoState *state = call->province->state;
  g_autofree char *access = demo_token_new(), *refresh = demo_token_new();
  const DemoSession first = {
      .family = (char *)family, .extra = (char *)who, .expires = demo_token_end(call->province)};
  const DemoSession second = {
      .family = (char *)family, .extra = (char *)who, .expires = g_get_real_time() / 1000 + REFRESH_LIFE};
  cJSON *json = cJSON_CreateObject();

  demo_state_add_session(state, call->system->id, "access", access, &first);
  demo_json_set_text(json, "access_token", access);
  demo_json_set_text(json, "token_type", "Bearer");
  demo_json_set_int(json, "expires_in", call->province->token_ttl / DEMO_SECOND);
  if (refreshable) {
    demo_state_add_session(state, call->system->id, "refresh", refresh, &second);
    demo_json_set_text(json, "refresh_token", refresh);
  }
  DemoResponse *response = demo_response_json(200, json);
  demo_response_header(response, "Cache-Control", "no-store");
  return response;
}

static DemoResponse *
by_refresh(DemoCall *call, const char *who, const char *token)
{
  DemoState *state = call->province->state;
  g_autoptr(DemoSession) session = demo_state_session(state, call->system->id, "refresh", token);

  if (!session || session->expires <= g_get_real_time() / 1000 || g_strcmp0(session->extra, who) != 0)
    return oauth_error(400, "invalid_grant", "Mã làm mới không có, đã hết hạn hoặc của ứng dụng khác");
  if (session->used) {
    lab_note(call, "reuse", who);
    demo_state_end_family(state, call->system->id, session->family);
    return oauth_error(400, "invalid_grant", "Mã làm mới đã dùng rồi: phiên đăng nhập bị hủy");
  }
  demo_state_use_session(state, token);
  lab_note(call, "refresh", who);
  return grant(call, who, session->family, TRUE);
}

static DemoResponse *
token(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  g_autofree char *who = client(call, form), *family = demo_token_new();
  const char *kind = demo_json_word(form, "grant_type");

  if (!who)
    return oauth_error(401, "invalid_client", "Ứng dụng chưa được đăng ký");
  if (strcmp(kind, "refresh_token") == 0)
    return by_refresh(call, who, demo_json_word(form, "refresh_token"));
  if (strcmp(kind, "client_credentials") == 0) {
    if (strcmp(who, "lab-none") == 0 || strcmp(demo_json_word(form, "scope"), "tasks") != 0)
      return oauth_error(400, "unauthorized_client", "Ứng dụng không được dùng cách này");
    lab_note(call, "client_credentials", who);
    return grant(call, who, family, FALSE); /* RFC 6749 4.4.3 */
  }
  if (strcmp(kind, "password") != 0)
    return oauth_error(400, "unsupported_grant_type", "Không có cách cấp quyền này");
  if (strcmp(demo_json_word(form, "username"), DEMO_USER) != 0 ||
      strcmp(demo_json_word(form, "password"), DEMO_PASSWORD) != 0)
    return oauth_error(400, "invalid_grant", "Sai tên đăng nhập hoặc mật khẩu");
  lab_note(call, "password", who);
  return grant(call, who, family, TRUE);
}

static DemoResponse *
me(DemoCall *call)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "login", DEMO_USER);
  demo_json_set_text(json, "client", call->csrf);
  return demo_response_json(200, json);
}

static DemoResponse *
tasks(DemoCall *call)
{
  return demo_response_json(200, lab_tasks(call));
}

static void
describe(cJSON *secrets)
{
  demo_json_set_text(secrets, "client_secret", SECRET);
}

static const DemoRoute routes[] = {
    {"POST", "/token", token, TRUE}, {"GET", "/me", me, FALSE},
    {"GET", "/tasks", tasks, FALSE}, {"POST", "/tasks/{}/finish", lab_task_finish, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_oauth = {
    .id = "lab-oauth",
    .title = "OAuth 2",
    .connector = "lab-oauth",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .describe = describe,
};

/* --- a system behind the same login --- */

static char *
gateway_token(DemoCall *call)
{
  const char *own = demo_call_header(call, "x-gateway-token");

  return own ? g_strdup(own) : demo_call_bearer(call);
}

/* What the other's login admits here. */
static DemoResponse *
behind(DemoCall *call)
{
  g_autofree char *access = gateway_token(call);
  g_autoptr(DemoSession) session =
      access ? demo_state_session(call->province->state, demo_lab_oauth.id, "access", access) : NULL;

  if (!session || session->expires <= g_get_real_time() / 1000)
    return lab_deny(call, session ? DEMO_LOGIN_EXPIRED : DEMO_NO_LOGIN);
  return strcmp(call->method, "GET") == 0 ? tasks(call) : lab_task_finish(call);
}

static const DemoRoute behind_routes[] = {
    {"GET", "/tasks", behind, TRUE},
    {"POST", "/tasks/{}/finish", behind, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_shared = {
    .id = "lab-shared",
    .title = "Dùng chung phiên",
    .connector = "lab-shared",
    .routes = behind_routes,
    .token = gateway_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

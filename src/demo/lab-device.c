/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An authorization server with the device grant alone (RFC 8628), and three tasks behind it. /approve and
 * /deny stand for the person's browser. It keeps its own pace: a poll that comes sooner than `interval` is
 * told to slow down, whether or not the interval was said. Refresh tokens serve once; one that comes again
 * ends the whole login. /offer changes what it offers: {"lasts", "interval": seconds, "tells": whether it
 * says the interval, "bare": no address with the code in it, "long": a very long one}.
 */
#include "demo/lab-tasks.h"
#include "demo/people.h"

#include <string.h>

#define CLIENT       "lab-desk"
#define GRANTS       "lab-device/grant" /* records: one code each, by its user code */
#define REFRESH_LIFE (12 * DEMO_HOUR)

enum { WAITING = 1, APPROVED, DENIED, SPENT };

static const struct {
  const char *name;
  gint64 fallback;
} offers[] = {{"lasts", 600}, {"interval", 1}, {"tells", 0}, {"bare", 0}, {"long", 0}};

/* Kept one higher, since a number never set is 0. */
static gint64
offer(DemoCall *call, const char *name)
{
  g_autofree char *row = g_strconcat("lab-device/", name, NULL);
  gint64 kept = demo_state_count(call->province->state, row);

  for (gsize i = 0; !kept && i < G_N_ELEMENTS(offers); i++)
    if (strcmp(offers[i].name, name) == 0)
      return offers[i].fallback;
  return kept - 1;
}

static DemoResponse *
change_offer(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);

  for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
    g_autofree char *row = g_strconcat("lab-device/", offers[i].name, NULL);
    if (cJSON_GetObjectItemCaseSensitive(json, offers[i].name))
      demo_state_set_count(call->province->state, row, demo_json_int(json, offers[i].name) + 1);
  }
  return demo_response_new(204, "application/json", "");
}

static DemoResponse *
oauth_error(guint status, const char *code)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "error", code);
  return demo_response_json(status, json);
}

static gint64
machine_now(void)
{
  return g_get_real_time() / 1000;
}

/* --- a code --- */

/* No vowels, so that no word comes of it (RFC 8628 6.1). */
static char *
user_code(void)
{
  static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
  char code[] = "....-....";

  for (char *c = code; *c; c++)
    if (*c == '.')
      *c = letters[g_random_int_range(0, (gint32)strlen(letters))];
  return g_strdup(code);
}

static DemoResponse *
begin(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  DemoState *state = call->province->state;
  g_autofree char *user = user_code(), *secret = demo_token_new();

  if (strcmp(demo_json_word(form, "client_id"), CLIENT) != 0)
    return oauth_error(401, "invalid_client");
  g_autoptr(DemoRecord) record = demo_record_new(GRANTS, demo_state_next(state, GRANTS), user, WAITING);
  demo_json_set_text(record->doc, "secret", secret);
  demo_json_set_int(record->doc, "asked", machine_now());
  demo_json_set_int(record->doc, "expires", machine_now() + offer(call, "lasts") * DEMO_SECOND);
  demo_state_put(state, record);
  lab_note(call, "device", "");
  g_autofree char *device = g_strconcat(user, ".", secret, NULL);
  g_autofree char *address = g_strconcat(call->province->base, "/lab-device/activate", NULL);
  g_autofree char *rest = g_strnfill(offer(call, "long") ? 200 : 0, 'x');
  g_autofree char *complete = g_strconcat(address, "?user_code=", user, *rest ? "&from=" : "", rest, NULL);
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(json, "device_code", device);
  demo_json_set_text(json, "user_code", user);
  demo_json_set_text(json, "verification_uri", address);
  if (!offer(call, "bare"))
    demo_json_set_text(json, "verification_uri_complete", complete);
  demo_json_set_int(json, "expires_in", offer(call, "lasts"));
  if (offer(call, "tells"))
    demo_json_set_int(json, "interval", offer(call, "interval"));
  return demo_response_json(200, json);
}

/* --- the person's browser --- */

static DemoResponse *
activate(DemoCall *call)
{
  (void)call;
  return demo_response_new(200, "text/html; charset=utf-8",
                           "<!DOCTYPE html><html lang=\"vi\"><title>Đăng nhập thiết bị</title>"
                           "<p>POST /lab-device/approve hoặc /lab-device/deny {\"user_code\"}</p></html>\n");
}

static DemoResponse *
decide(DemoCall *call, int state)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) record =
      demo_state_get(call->province->state, GRANTS, demo_json_word(json, "user_code"));

  if (!record || record->state != WAITING || demo_json_int(record->doc, "expires") <= machine_now())
    return lab_say(404, "NONE", "Mã không có hoặc đã hết hạn");
  record->state = state;
  demo_state_put(call->province->state, record);
  return demo_response_new(204, "application/json", "");
}

static DemoResponse *
approve(DemoCall *call)
{
  return decide(call, APPROVED);
}

static DemoResponse *
deny(DemoCall *call)
{
  return decide(call, DENIED);
}

/* --- tokens --- */

static DemoResponse *
grant(DemoCall *call, const char *family)
{
  DemoState *state = call->province->state;
  g_autofree char *access = demo_token_new(), *refresh = demo_token_new();
  const DemoSession first = {.family = (char *)family, .expires = demo_token_end(call->province)};
  const DemoSession second = {.family = (char *)family, .expires = machine_now() + REFRESH_LIFE};
  cJSON *json = cJSON_CreateObject();

  demo_state_add_session(state, call->system->id, "access", access, &first);
  demo_state_add_session(state, call->system->id, "refresh", refresh, &second);
  demo_json_set_text(json, "access_token", access);
  demo_json_set_text(json, "refresh_token", refresh);
  demo_json_set_text(json, "token_type", "Bearer");
  demo_json_set_int(json, "expires_in", call->province->token_ttl / DEMO_SECOND);
  return demo_response_json(200, json);
}

static DemoResponse *
by_refresh(DemoCall *call, const char *token)
{
  DemoState *state = call->province->state;
  g_autoptr(DemoSession) session = demo_state_session(state, call->system->id, "refresh", token);

  if (!session || session->expires <= machine_now())
    return oauth_error(400, "invalid_grant");
  if (session->used) {
    lab_note(call, "reuse", "");
    demo_state_end_family(state, call->system->id, session->family);
    return oauth_error(400, "invalid_grant");
  }
  demo_state_use_session(state, token);
  lab_note(call, "refresh", "");
  return grant(call, session->family);
}

/* RFC 8628 3.5. */
static DemoResponse *
poll(DemoCall *call, DemoRecord *record)
{
  gint64 since = machine_now() - demo_json_int(record->doc, "asked");

  demo_json_set_int(record->doc, "asked", machine_now());
  demo_state_put(call->province->state, record);
  if (since < offer(call, "interval") * DEMO_SECOND) {
    lab_note(call, "slow-down", "");
    return oauth_error(400, "slow_down");
  }
  if (demo_json_int(record->doc, "expires") <= machine_now())
    return oauth_error(400, "expired_token");
  if (record->state != APPROVED)
    return oauth_error(400, record->state == WAITING  ? "authorization_pending"
                            : record->state == DENIED ? "access_denied"
                                                      : "invalid_grant");
  record->state = SPENT;
  demo_state_put(call->province->state, record);
  lab_note(call, "grant", "");
  g_autofree char *family = demo_token_new();
  return grant(call, family);
}

static DemoResponse *
by_device(DemoCall *call, const char *device)
{
  g_auto(GStrv) parts = g_strsplit(device, ".", 2);
  g_autoptr(DemoRecord) record = parts[0] ? demo_state_get(call->province->state, GRANTS, parts[0]) : NULL;

  if (!record || g_strcmp0(parts[1], demo_json_text(record->doc, "secret")) != 0)
    return oauth_error(400, "invalid_grant");
  return poll(call, record);
}

static DemoResponse *
token(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  const char *kind = demo_json_word(form, "grant_type");

  if (strcmp(demo_json_word(form, "client_id"), CLIENT) != 0)
    return oauth_error(401, "invalid_client");
  if (strcmp(kind, "refresh_token") == 0)
    return by_refresh(call, demo_json_word(form, "refresh_token"));
  if (strcmp(kind, "urn:ietf:params:oauth:grant-type:device_code") == 0)
    return by_device(call, demo_json_word(form, "device_code"));
  return oauth_error(400, "unsupported_grant_type");
}

/* --- what it guards --- */

static DemoResponse *
me(DemoCall *call)
{
  cJSON *json = cJSON_CreateObject();

  (void)call;
  demo_json_set_text(json, "login", DEMO_USER);
  return demo_response_json(200, json);
}

static DemoResponse *
tasks(DemoCall *call)
{
  return demo_response_json(200, lab_tasks(call));
}

static const DemoRoute routes[] = {
    {"POST", "/device", begin, TRUE},
    {"POST", "/token", token, TRUE},
    {"GET", "/activate", activate, TRUE},
    {"POST", "/approve", approve, TRUE},
    {"POST", "/deny", deny, TRUE},
    {"POST", "/offer", change_offer, TRUE},
    {"GET", "/me", me, FALSE},
    {"GET", "/tasks", tasks, FALSE},
    {"POST", "/tasks/{}/finish", lab_task_finish, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_device = {
    .id = "lab-device",
    .title = "Đăng nhập bằng thiết bị khác",
    .connector = "lab-device",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

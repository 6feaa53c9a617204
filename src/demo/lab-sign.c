/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system without sessions: every request is signed (HMAC-SHA-256, hex) over its method, path, query,
 * moment, nonce and the SHA-256 of its body, a line each. A moment more than five minutes off is refused, and
 * so is a nonce that came before.
 */
#include "demo/lab-tasks.h"

#include <stdlib.h>
#include <string.h>

#define APP    "canbo01-app"
#define SECRET "khóa-ký-thử"
#define SLACK  300

static char *
no_token(DemoCall *call)
{
  return g_strdup(demo_call_header(call, "x-app"));
}

/* As it left: one parameter at most, its value percent-encoded. */
static char *
query_text(DemoCall *call)
{
  const char *unit = demo_call_query(call, "unit");
  g_autofree char *escaped = unit ? g_uri_escape_string(unit, NULL, FALSE) : NULL;

  return escaped ? g_strconcat("unit=", escaped, NULL) : g_strdup("");
}

static char *
signature(DemoCall *call, const char *moment, const char *nonce)
{
  g_autofree char *query = query_text(call);
  g_autofree char *body =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)call->body->str, call->body->len);
  g_autofree char *text = g_strjoin("\n", call->method, call->full_path, query, moment, nonce, body, NULL);

  return g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)SECRET, strlen(SECRET), text, -1);
}

/* NULL: it may pass, and its nonce has served. */
static DemoResponse *
check(DemoCall *call)
{
  DemoState *state = call->province->state;
  const char *app = demo_call_header(call, "x-app"), *moment = demo_call_header(call, "x-time"),
             *nonce = demo_call_header(call, "x-nonce"), *given = demo_call_header(call, "x-signature");
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;

  if (g_strcmp0(app, APP) != 0 || !moment || !nonce || !given)
    return lab_say(401, "UNSIGNED", "Yêu cầu chưa được ký");
  if (ABS(now - g_ascii_strtoll(moment, NULL, 10)) > SLACK)
    return lab_say(401, "STALE", "Thời điểm ký lệch quá 5 phút");
  g_autofree char *right = signature(call, moment, nonce);
  if (strcmp(right, given) != 0)
    return lab_say(401, "FORGED", "Chữ ký không đúng");
  DemoAnswer seen = {0};
  gboolean again = demo_state_answer(state, call->system->id, nonce, 0, &seen);
  demo_answer_clear(&seen);
  if (again)
    return lab_say(401, "REPLAYED", "Yêu cầu đã được gửi trước đó");
  const DemoAnswer kept = {.print = "", .body = "", .etag = ""};
  demo_state_keep_answer(state, call->system->id, nonce, now * 1000, &kept);
  return NULL;
}

static DemoResponse *
me(DemoCall *call)
{
  DemoResponse *refused = check(call);
  cJSON *json = refused ? NULL : cJSON_CreateObject();

  if (json)
    demo_json_set_text(json, "app", APP);
  return refused ? refused : demo_response_json(200, json);
}

static DemoResponse *
tasks(DemoCall *call)
{
  DemoResponse *refused = check(call);

  return refused ? refused : demo_response_json(200, lab_tasks(call));
}

static DemoResponse *
finish(DemoCall *call)
{
  DemoResponse *refused = check(call);

  return refused ? refused : lab_task_finish(call);
}

static void
describe(cJSON *secrets)
{
  demo_json_set_text(secrets, "app", APP);
  demo_json_set_text(secrets, "key", SECRET);
}

static const DemoRoute routes[] = {
    {"GET", "/me", me, TRUE},
    {"GET", "/tasks", tasks, TRUE},
    {"POST", "/tasks/{}/finish", finish, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_sign = {
    .id = "lab-sign",
    .title = "Yêu cầu có ký",
    .connector = "lab-sign",
    .routes = routes,
    .token = no_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .describe = describe,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An old application that says nothing by status: an account has one session, and a new login throws the
 * other out; who is not logged in gets an empty list instead of a refusal; the account can be locked, can be
 * made to change its password, and a login can leave its caller a guest. Which of these it does is told it
 * through POST /mode/WORD, as an administrator would. Every login is an effect.
 */
#include "demo/lab-tasks.h"

#include <string.h>

static const char *const modes[] = {"normal", "locked", "change", "guest", NULL};
enum { NORMAL, LOCKED, CHANGE, GUEST };
#define MODE "lab-single-mode"
#define LAST "last" /* the key under which the newest session is remembered */

static DemoResponse *
set_mode(DemoCall *call)
{
  for (int i = 0; modes[i]; i++)
    if (strcmp(modes[i], call->args[0]) == 0) {
      demo_state_set_count(call->province->state, MODE, i);
      return lab_say(200, "OK", modes[i]);
    }
  return lab_say(404, "NONE", "Không có chế độ này");
}

/* The newest session throws out the one before. */
static DemoResponse *
new_session(DemoCall *call, gboolean guest)
{
  DemoState *state = call->province->state;
  g_autofree char *token = demo_token_new();
  const DemoSession session = {
      .family = token, .extra = guest ? "" : DEMO_USER, .expires = demo_token_end(call->province)};
  const DemoAnswer kept = {.print = "", .body = token, .etag = ""};
  g_auto(DemoAnswer) last = {0};

  if (demo_state_answer(state, call->system->id, LAST, 0, &last))
    demo_state_use_session(state, last.body);
  demo_state_keep_answer(state, call->system->id, LAST, 1, &kept);
  demo_state_add_session(state, call->system->id, "access", token, &session);
  lab_note(call, "login", guest ? "guest" : DEMO_USER);
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(json, "code", "OK");
  demo_json_set_text(json, "token", token);
  return demo_response_json(200, json);
}

static DemoResponse *
login(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  gint64 mode = demo_state_count(call->province->state, MODE);
  gboolean known = strcmp(demo_json_word(json, "user"), DEMO_USER) == 0 &&
                   strcmp(demo_json_word(json, "password"), DEMO_PASSWORD) == 0;

  if (mode == LOCKED) {
    lab_note(call, "login-locked", DEMO_USER);
    return lab_say(200, "ACCOUNT_LOCKED", "Tài khoản đã bị khóa do nhập sai nhiều lần");
  }
  if (known && mode == CHANGE)
    return lab_say(200, "PASSWORD_EXPIRED", "Mật khẩu đã quá 90 ngày, phải đổi");
  return new_session(call, !known || mode == GUEST);
}

static char *
session_token(DemoCall *call)
{
  return g_strdup(demo_call_header(call, "x-session"));
}

/* Who asks; "" for a guest. `*thrown_out` when its session is another's now. */
static char *
caller(DemoCall *call, gboolean *thrown_out)
{
  g_autofree char *token = session_token(call);
  g_autoptr(DemoSession) session =
      token ? demo_state_session(call->province->state, call->system->id, "access", token) : NULL;
  gboolean dead = !session || session->expires <= g_get_real_time() / 1000;

  *thrown_out = session && session->used;
  return g_strdup(dead || *thrown_out ? "" : session->extra);
}

static DemoResponse *
thrown_out_answer(void)
{
  return lab_say(200, "KICKED", "Tài khoản đã đăng nhập ở máy khác");
}

static DemoResponse *
me(DemoCall *call)
{
  gboolean thrown_out;
  g_autofree char *who = caller(call, &thrown_out);
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "code", "OK");
  demo_json_set_text(json, "user", *who ? who : NULL);
  if (!thrown_out)
    return demo_response_json(200, json);
  cJSON_Delete(json);
  return thrown_out_answer();
}

static DemoResponse *
tasks(DemoCall *call)
{
  gboolean thrown_out;
  g_autofree char *who = caller(call, &thrown_out);
  cJSON *json = *who ? lab_tasks(call) : cJSON_CreateObject();

  demo_json_set_text(json, "code", "OK");
  if (!*who) {
    cJSON_AddArrayToObject(json, "items");
    demo_json_set_int(json, "total", 0);
  }
  if (!thrown_out)
    return demo_response_json(200, json);
  cJSON_Delete(json);
  return thrown_out_answer();
}

static const DemoRoute routes[] = {
    {"POST", "/mode/{}", set_mode, TRUE}, {"POST", "/login", login, TRUE}, {"GET", "/me", me, TRUE},
    {"GET", "/tasks", tasks, TRUE},       {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_single = {
    .id = "lab-single",
    .title = "Một phiên",
    .connector = "lab-single",
    .routes = routes,
    .token = session_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

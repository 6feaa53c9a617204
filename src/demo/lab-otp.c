/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A login with a second factor: name and password, then six digits that are sent to the person's telephone.
 * /phone stands for it. A wrong code is refused with the tries that are left; the third locks the account.
 * Each code sent and each login is an effect.
 */
#include "demo/lab-tasks.h"
#include "demo/people.h"

#include <string.h>

#define TICKET_LIFE (5 * 60 * DEMO_SECOND)
#define MAX_WRONG   3
#define CODES       1000000
#define CODE        "lab-otp/code" /* one higher than the code: 0 is none */
#define WRONG       "lab-otp/wrong"

static gint64
machine_now(void)
{
  return g_get_real_time() / 1000;
}

static DemoResponse *
locked(void)
{
  return lab_say(423, "LOCKED", "Tài khoản bị khóa do nhập sai mã 3 lần");
}

static gboolean
is_locked(DemoCall *call)
{
  return demo_state_count(call->province->state, WRONG) >= MAX_WRONG;
}

static DemoResponse *
login(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  DemoState *state = call->province->state;
  g_autofree char *ticket = demo_token_new();
  const DemoSession session = {.family = ticket, .expires = machine_now() + TICKET_LIFE};

  if (strcmp(demo_json_word(json, "username"), DEMO_USER) != 0 ||
      strcmp(demo_json_word(json, "password"), DEMO_PASSWORD) != 0)
    return lab_say(401, "PASSWORD", "Sai tên đăng nhập hoặc mật khẩu");
  if (is_locked(call))
    return locked();
  if (demo_state_count(state, CODE) == 0) /* good until it is used */
    demo_state_set_count(state, CODE, 1 + g_random_int_range(0, CODES));
  demo_state_add_session(state, call->system->id, "ticket", ticket, &session);
  lab_note(call, "code-sent", "");
  cJSON *answer = cJSON_CreateObject();
  demo_json_set_text(answer, "next", "otp");
  demo_json_set_text(answer, "ticket", ticket);
  return demo_response_json(200, answer);
}

static char *
code_sent(DemoCall *call)
{
  gint64 code = demo_state_count(call->province->state, CODE) - 1;

  return code < 0 ? NULL : g_strdup_printf("%06" G_GINT64_FORMAT, code);
}

static DemoResponse *
wrong_code(DemoCall *call)
{
  gint64 wrong = demo_state_count(call->province->state, WRONG) + 1;

  demo_state_set_count(call->province->state, WRONG, wrong);
  if (wrong >= MAX_WRONG)
    return locked();
  g_autofree char *text = g_strdup_printf("Mã xác thực không đúng. Còn %d lần thử", (int)(MAX_WRONG - wrong));
  return lab_say(401, "OTP", text);
}

static DemoResponse *
second(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  DemoState *state = call->province->state;
  const char *ticket = demo_json_word(json, "ticket");
  g_autoptr(DemoSession) session = demo_state_session(state, call->system->id, "ticket", ticket);
  g_autofree char *code = code_sent(call), *access = demo_token_new();

  if (!session || session->used || session->expires <= machine_now())
    return lab_say(410, "TICKET", "Phiên xác thực đã hết hạn, hãy đăng nhập lại");
  if (is_locked(call))
    return locked();
  if (g_strcmp0(code, demo_json_word(json, "code")) != 0)
    return wrong_code(call);
  const DemoSession first = {.family = access, .expires = demo_token_end(call->province)};
  demo_state_use_session(state, ticket);
  demo_state_set_count(state, CODE, 0);
  demo_state_set_count(state, WRONG, 0);
  demo_state_add_session(state, call->system->id, "access", access, &first);
  lab_note(call, "login", "");
  cJSON *answer = cJSON_CreateObject();
  demo_json_set_text(answer, "token", access);
  demo_json_set_int(answer, "lives", call->province->token_ttl / DEMO_SECOND);
  return demo_response_json(200, answer);
}

static DemoResponse *
phone(DemoCall *call)
{
  g_autofree char *code = code_sent(call);
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "code", code);
  return demo_response_json(200, json);
}

static DemoResponse *
tasks(DemoCall *call)
{
  return demo_response_json(200, lab_tasks(call));
}

static const DemoRoute routes[] = {
    {"POST", "/login", login, TRUE},
    {"POST", "/otp", second, TRUE},
    {"GET", "/phone", phone, TRUE},
    {"GET", "/tasks", tasks, FALSE},
    {"POST", "/tasks/{}/finish", lab_task_finish, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_otp = {
    .id = "lab-otp",
    .title = "Mã xác thực hai lớp",
    .connector = "lab-otp",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
};

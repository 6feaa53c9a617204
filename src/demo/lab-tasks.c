/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/lab-tasks.h"

#include "demo/action.h"

enum { OPEN = 1, FINISHED = 2 };

static const char *const titles[] = {"Rà soát danh sách cử tri", "Kiểm tra hồ sơ đất đai",
                                     "Trả lời kiến nghị"};

DemoResponse *
lab_say(guint status, const char *code, const char *message)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "code", code);
  demo_json_set_text(json, "message", message);
  return demo_response_json(status, json);
}

DemoResponse *
lab_refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return lab_say(status, "REFUSED", text);
}

DemoResponse *
lab_deny(DemoCall *call, DemoDenial why)
{
  (void)call;
  return lab_say(401, "LOGIN", why == DEMO_LOGIN_EXPIRED ? "Phiên đã hết hạn" : "Chưa đăng nhập");
}

void
lab_note(DemoCall *call, const char *action, const char *key)
{
  const DemoEffect effect = {.system = (char *)call->system->id,
                             .item = "",
                             .action = (char *)action,
                             .key = (char *)(key ? key : ""),
                             .body = "{}",
                             .at = demo_clock_now(call->province->clock)};

  demo_state_add_effect(call->province->state, &effect);
}

static DemoRecord *
task(DemoCall *call, const char *key)
{
  DemoState *state = call->province->state;

  for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
    g_autofree char *own = g_strdup_printf("00%u", i + 1);
    if (g_strcmp0(own, key) != 0)
      continue;
    DemoRecord *record = demo_state_get(state, call->system->id, key);
    if (record)
      return record;
    record = demo_record_new(call->system->id, i + 1, key, OPEN);
    demo_json_set_text(record->doc, "title", titles[i]);
    return record;
  }
  return NULL;
}

static cJSON *
task_json(const DemoRecord *record)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "id", record->key);
  demo_json_set_text(json, "title", demo_json_word(record->doc, "title"));
  demo_json_set_text(json, "state", record->state == FINISHED ? "finished" : "open");
  demo_json_set_int(json, "rev", record->version);
  return json;
}

cJSON *
lab_tasks(DemoCall *call)
{
  cJSON *json = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(json, "items");

  for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
    g_autofree char *key = g_strdup_printf("00%u", i + 1);
    g_autoptr(DemoRecord) record = task(call, key);
    cJSON_AddItemToArray(items, task_json(record));
  }
  demo_json_set_int(json, "total", G_N_ELEMENTS(titles));
  return json;
}

DemoResponse *
lab_task_finish(DemoCall *call)
{
  g_autoptr(DemoRecord) record = task(call, call->args[0]);

  if (!record)
    return lab_say(404, "NONE", "Không có việc này");
  if (record->state != FINISHED) {
    const DemoEffect effect = {.system = (char *)call->system->id,
                               .item = record->key,
                               .action = "finish",
                               .key = "",
                               .body = call->body->str,
                               .at = demo_clock_now(call->province->clock)};
    record->state = FINISHED;
    demo_record_touch(call->province, record);
    demo_state_add_effect(call->province->state, &effect);
  }
  return demo_response_json(200, task_json(record));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/lab-papers.h"

#include "demo/action.h"

#define PAPERS 60

DemoResponse *
lab_no_paper(void)
{
  return lab_say(404, "NONE", "Không có giấy tờ này");
}

DemoRecord *
lab_paper(DemoCall *call, const char *key)
{
  gint64 n = 0;

  if (!g_ascii_string_to_signed(key, 10, 1, PAPERS, &n, NULL))
    return NULL;
  DemoRecord *paper = demo_state_get(call->province->state, call->system->id, key);
  if (paper)
    return paper;
  paper = demo_record_new(call->system->id, n, key, PAPER_OPEN);
  g_autofree char *title = g_strdup_printf("Giấy tờ số %s", key);
  demo_json_set_text(paper->doc, "title", title);
  return paper;
}

cJSON *
lab_paper_json(const DemoRecord *paper)
{
  static const char *const states[] = {"", "open", "busy", "done"};
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "id", paper->key);
  demo_json_set_text(json, "title", demo_json_word(paper->doc, "title"));
  demo_json_set_text(json, "state", states[CLAMP(paper->state, 0, 3)]);
  demo_json_set_int(json, "rev", paper->version);
  return json;
}

static void
add_log(DemoRecord *paper, const char *verb, const char *ref, gint64 number)
{
  cJSON *log = cJSON_GetObjectItemCaseSensitive(paper->doc, "log"), *entry = cJSON_CreateObject();

  if (!log)
    log = cJSON_AddArrayToObject(paper->doc, "log");
  demo_json_set_text(entry, "what", verb);
  demo_json_set_text(entry, "ref", ref);
  demo_json_set_int(entry, "number", number);
  cJSON_AddItemToArray(log, entry);
}

void
lab_paper_do(DemoCall *call, DemoRecord *paper, const char *verb, int state, const char *ref, gint64 number)
{
  const DemoEffect effect = {.system = (char *)call->system->id,
                             .item = paper->key,
                             .action = (char *)verb,
                             .key = (char *)(ref ? ref : ""),
                             .body = call->body->str,
                             .at = demo_clock_now(call->province->clock)};

  paper->state = state;
  add_log(paper, verb, ref, number);
  demo_record_touch(call->province, paper);
  demo_state_add_effect(call->province->state, &effect);
}

DemoResponse *
lab_papers_list(DemoCall *call)
{
  cJSON *json = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(json, "items");

  for (int i = 1; i <= PAPERS; i++) {
    g_autofree char *key = g_strdup_printf("%d", i);
    g_autoptr(DemoRecord) paper = lab_paper(call, key);
    cJSON_AddItemToArray(items, lab_paper_json(paper));
  }
  demo_json_set_int(json, "total", PAPERS);
  return demo_response_json(200, json);
}

DemoResponse *
lab_papers_show(DemoCall *call)
{
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);

  return paper ? demo_response_json(200, lab_paper_json(paper)) : lab_no_paper();
}

DemoResponse *
lab_papers_log(DemoCall *call)
{
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);

  if (!paper)
    return lab_no_paper();
  cJSON *json = cJSON_CreateObject(), *by = cJSON_AddObjectToObject(json, "by");
  const cJSON *log = cJSON_GetObjectItemCaseSensitive(paper->doc, "log"), *entry;
  cJSON_AddItemToObject(json, "log", log ? cJSON_Duplicate(log, TRUE) : cJSON_CreateArray());
  cJSON_ArrayForEach (entry, log)
    if (demo_json_text(entry, "ref"))
      demo_json_set_int(by, demo_json_text(entry, "ref"), demo_json_int(entry, "number"));
  return demo_response_json(200, json);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system whose yes means little: closing answers 204 whether or not it did anything ("dối" does nothing),
 * filing answers 200 with an error in the text. Every third paper's detail, and nothing else, says that it
 * may not be closed.
 */
#include "demo/lab.h"
#include "demo/lab-papers.h"

#include <string.h>

static gboolean
is_locked(const DemoRecord *paper)
{
  return paper->id % 3 == 0;
}

static DemoResponse *
show(DemoCall *call)
{
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);

  if (!paper)
    return lab_no_paper();
  cJSON *json = lab_paper_json(paper), *can = cJSON_AddArrayToObject(json, "can");
  cJSON_AddItemToArray(can, cJSON_CreateString("file"));
  if (is_locked(paper))
    demo_json_set_text(json, "why", "Đang chờ cấp trên phê duyệt");
  else
    cJSON_AddItemToArray(can, cJSON_CreateString("close"));
  return demo_response_json(200, json);
}

static DemoResponse *
close_paper(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);

  if (!paper)
    return lab_no_paper();
  if (strcmp(demo_json_word(json, "note"), "dối") != 0 && !is_locked(paper))
    lab_paper_do(call, paper, "close", PAPER_DONE, demo_json_text(json, "ref"), 0);
  return demo_response_new(204, "text/plain", "");
}

static DemoResponse *
file_paper(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);

  if (!paper)
    return lab_no_paper();
  if (!*demo_json_word(json, "box"))
    return lab_say(200, "ERROR", "Lỗi: chưa chọn cặp hồ sơ");
  lab_paper_do(call, paper, "file", PAPER_DONE, demo_json_text(json, "ref"), 0);
  return lab_say(200, "OK", "Đã lưu");
}

/* A new paper gets no number of its own here: it is the 60th. */
static DemoResponse *
enter(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) paper = lab_paper(call, "60");

  if (!*demo_json_word(json, "title"))
    return lab_say(422, "ERROR", "Thiếu trích yếu");
  demo_json_set_text(paper->doc, "title", demo_json_word(json, "title"));
  lab_paper_do(call, paper, "enter", PAPER_OPEN, demo_json_text(json, "ref"), 0);
  return demo_response_json(201, lab_paper_json(paper));
}

static const DemoRoute routes[] = {
    {"GET", "/papers", lab_papers_list, TRUE},
    {"POST", "/papers", enter, TRUE},
    {"GET", "/papers/{}", show, TRUE},
    {"GET", "/papers/{}/log", lab_papers_log, TRUE},
    {"POST", "/papers/{}/close", close_paper, TRUE},
    {"POST", "/papers/{}/file", file_paper, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_liar = {
    .id = "lab-liar",
    .title = "Nói không thật",
    .connector = "lab-liar",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .patience = 2 * DEMO_SECOND,
};

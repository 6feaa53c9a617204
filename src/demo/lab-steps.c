/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing as an old form does it: a token that serves once, then the signature under it, then the seal that
 * the signature gave. A token that was used, or is another paper's, is refused with nothing done; the
 * signature itself is taken as often as it comes; sealing twice is sealing once. Paper 59 has no form.
 */
#include "demo/lab.h"
#include "demo/lab-papers.h"

#include <string.h>

#define TOKEN_LIFE (10 * 60 * DEMO_SECOND)

static DemoResponse *
form(DemoCall *call)
{
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);
  g_autofree char *token = demo_token_new();

  if (!paper)
    return lab_no_paper();
  if (paper->id == 59)
    return lab_say(403, "FORM", "Giấy tờ này chưa được giao");
  const DemoSession session = {
      .family = token, .extra = paper->key, .expires = g_get_real_time() / 1000 + TOKEN_LIFE};
  demo_state_add_session(call->province->state, call->system->id, "form", token, &session);
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(json, "token", token);
  return demo_response_json(200, json);
}

static gboolean
use_token(DemoCall *call, const char *token)
{
  g_autoptr(DemoSession) session = demo_state_session(call->province->state, call->system->id, "form", token);

  if (!session || session->used || strcmp(session->extra, call->args[0]) != 0 ||
      session->expires < g_get_real_time() / 1000)
    return FALSE;
  demo_state_use_session(call->province->state, token);
  return TRUE;
}

static DemoResponse *
sign(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);

  if (!paper)
    return lab_no_paper();
  if (!use_token(call, demo_json_word(json, "token")))
    return lab_say(403, "FORM", "Biểu mẫu đã dùng hoặc đã hết hạn");
  if (strcmp(demo_json_word(json, "note"), "từ chối") == 0)
    return lab_say(422, "NOTE", "Nội dung không được chấp nhận");
  gint64 seal = demo_state_next(call->province->state, "seal");
  lab_paper_do(call, paper, "sign", PAPER_BUSY, demo_json_text(json, "ref"), seal);
  cJSON *answer = lab_paper_json(paper);
  demo_json_set_int(answer, "seal", seal);
  return demo_response_json(201, answer);
}

/* Whether the paper was signed with this seal, and whether it was sealed with it. */
static gboolean
has_entry(const DemoRecord *paper, const char *what, gint64 number)
{
  const cJSON *entry;

  cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(paper->doc, "log")) {
    if (strcmp(demo_json_word(entry, "what"), what) == 0 && demo_json_int(entry, "number") == number)
      return TRUE;
  }
  return FALSE;
}

static DemoResponse *
seal(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);
  gint64 number = demo_json_int(json, "seal");

  if (!paper)
    return lab_no_paper();
  if (!has_entry(paper, "sign", number))
    return lab_say(409, "SEAL", "Con dấu không thuộc chữ ký nào");
  if (strcmp(demo_json_word(json, "note"), "không dấu") == 0)
    return lab_say(422, "SEAL", "Cơ quan không có con dấu này");
  if (!has_entry(paper, "seal", number))
    lab_paper_do(call, paper, "seal", PAPER_DONE, NULL, number);
  return demo_response_json(200, lab_paper_json(paper));
}

static const DemoRoute routes[] = {
    {"GET", "/papers", lab_papers_list, TRUE},
    {"GET", "/papers/{}", lab_papers_show, TRUE},
    {"GET", "/papers/{}/log", lab_papers_log, TRUE},
    {"GET", "/papers/{}/form", form, TRUE},
    {"POST", "/papers/{}/sign", sign, TRUE},
    {"PUT", "/papers/{}/seal", seal, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_steps = {
    .id = "lab-steps",
    .title = "Nhiều bước",
    .connector = "lab-steps",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .patience = 2 * DEMO_SECOND,
};

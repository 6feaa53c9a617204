/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Citizens' feedback (Decree 20/2008 and its amendments): it is received, assigned, answered, and closed only
 * when the citizen has an answer. What is outside the commune's competence is not left lying: it is forwarded
 * to the unit it belongs to, or refused with a reason the citizen reads.
 */
#include "demo/feedback.h"
#include "demo/people.h"

#include <string.h>

#define UNANSWERED (DEMO_STATE(FEEDBACK_NEW) | DEMO_STATE(FEEDBACK_RECEIVED) | DEMO_STATE(FEEDBACK_ASSIGNED))
#define IN_HAND    (DEMO_STATE(FEEDBACK_RECEIVED) | DEMO_STATE(FEEDBACK_ASSIGNED))

const DemoService demo_feedback_services[] = {
    {"HT01", "Chiếu sáng công cộng", "Hạ tầng đô thị", "Đèn đường hỏng, mất điện chiếu sáng", 3},
    {"HT02", "Đường giao thông", "Hạ tầng đô thị", "Ổ gà, sụt lún, biển báo hư hỏng", 5},
    {"MT01", "Rác thải", "Môi trường", "Rác tồn đọng, đổ rác sai nơi quy định", 3},
    {"MT02", "Thoát nước", "Môi trường", "Ngập úng, nắp cống hỏng, cống tắc", 5},
    {"TT01", "Trật tự xây dựng", "Xây dựng", "Xây dựng không phép, lấn chiếm đất công", 7},
    {"AN01", "Tiếng ồn", "An ninh trật tự", "Karaoke, loa kéo quá giờ quy định", 3},
    {"HC01", "Thái độ phục vụ", "Thủ tục hành chính", "Thái độ, tác phong của công chức", 5},
    {"HC02", "Quy định hành chính", "Thủ tục hành chính", "Vướng mắc về hồ sơ, thủ tục, phí", 7},
    {NULL, NULL, NULL, NULL, 0},
};

const DemoUnit demo_feedback_units[] = {
    {"H99.101.02", "UBND Xã Bình Mẫu"},
    {"H99.102.01", "UBND Phường Thí Điểm"},
    {"H99.11", "Sở Xây dựng"},
    {"H99.14", "Sở Nông nghiệp và Môi trường"},
    {"H99.CAT", "Công an Tỉnh Mẫu Sơn"},
    {"H99.DL", "Công ty Điện lực Mẫu Sơn"},
    {NULL, NULL},
};

const char *
demo_feedback_status(int state)
{
  switch (state) {
  case FEEDBACK_NEW:
    return "Chờ tiếp nhận";
  case FEEDBACK_RECEIVED:
    return "Đã tiếp nhận";
  case FEEDBACK_ASSIGNED:
    return "Đang xử lý";
  case FEEDBACK_ANSWERED:
    return "Đã trả lời, chờ người dân đánh giá";
  case FEEDBACK_CLOSED:
    return "Đã kết thúc";
  case FEEDBACK_REJECTED:
    return "Từ chối xử lý";
  case FEEDBACK_FORWARDED:
    return "Đã chuyển đơn vị khác";
  default:
    return "";
  }
}

const DemoService *
demo_feedback_service(const char *code)
{
  for (const DemoService *service = demo_feedback_services; service->code; service++)
    if (g_strcmp0(service->code, code) == 0)
      return service;
  return NULL;
}

static const DemoUnit *
find_unit(const char *code)
{
  for (const DemoUnit *unit = demo_feedback_units; unit->code; unit++)
    if (g_strcmp0(unit->code, code) == 0)
      return unit;
  return NULL;
}

static void
say(DemoDeed *deed, char *note)
{
  g_free(deed->note);
  deed->note = note;
}

static const char *
receive(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "assignee", deed->who);
  return NULL;
}

static const char *
assign(DemoDeed *deed)
{
  const DemoOfficial *official = demo_official(demo_json_word(deed->input, "assignee"));
  const char *note = demo_json_word(deed->input, "note");

  if (!official)
    return "Người xử lý: không có cán bộ này";
  demo_json_set_text(deed->record->doc, "assignee", official->login);
  demo_json_set_text(deed->record->doc, "assignNote", note);
  say(deed, g_strdup_printf("Giao %s%s%s", official->name, *note ? ". " : "", note));
  return NULL;
}

static const char *
answer(DemoDeed *deed)
{
  const char *text = demo_json_text(deed->input, "answer");

  demo_json_set_text(deed->record->doc, "answer", text);
  demo_json_set_int(deed->record->doc, "finished", demo_clock_now(deed->province->clock));
  say(deed, g_strdup(text));
  return NULL;
}

static const char *
close_it(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "closedBy", deed->who);
  return NULL;
}

static const char *
reject(DemoDeed *deed)
{
  const char *reason = demo_json_text(deed->input, "reason");

  demo_json_set_text(deed->record->doc, "answer", reason);
  say(deed, g_strdup(reason));
  return NULL;
}

static const char *
forward(DemoDeed *deed)
{
  const DemoUnit *unit = find_unit(demo_json_word(deed->input, "agency_code"));

  if (!unit)
    return "Đơn vị: không có đơn vị này trong danh mục";
  demo_json_set_text(deed->record->doc, "agency", unit->name);
  demo_json_set_text(deed->record->doc, "assignee", NULL);
  say(deed, g_strdup_printf("Chuyển %s: %s", unit->name, demo_json_word(deed->input, "reason")));
  return NULL;
}

gboolean
demo_feedback_is_done(const DemoDeed *deed)
{
  const cJSON *doc = deed->record->doc;
  const char *word = deed->action->word;
  int state = deed->record->state;

  if (strcmp(word, "receive") == 0)
    return state == FEEDBACK_RECEIVED && strcmp(demo_json_word(doc, "assignee"), deed->who) == 0;
  if (strcmp(word, "assign") == 0)
    return state == FEEDBACK_ASSIGNED &&
           strcmp(demo_json_word(doc, "assignee"), demo_json_word(deed->input, "assignee")) == 0 &&
           strcmp(demo_json_word(doc, "assignNote"), demo_json_word(deed->input, "note")) == 0;
  if (strcmp(word, "close") == 0)
    return state == FEEDBACK_CLOSED && strcmp(demo_json_word(doc, "closedBy"), deed->who) == 0;
  return FALSE;
}

const DemoAction demo_feedback_actions[] = {
    {"receive",
     "receive",
     "Tiếp nhận",
     DEMO_STATE(FEEDBACK_NEW),
     FEEDBACK_RECEIVED,
     "phản ánh đã được tiếp nhận hoặc đã kết thúc",
     NULL,
     receive,
     {{NULL, NULL, FALSE, 0}}},
    {"assign",
     "assign",
     "Giao xử lý",
     IN_HAND,
     FEEDBACK_ASSIGNED,
     "phản ánh chưa tiếp nhận hoặc đã trả lời",
     NULL,
     assign,
     {{"assignee", "Người xử lý", TRUE, 100}, {"note", "Ý kiến giao việc", FALSE, 1000}}},
    {"reply",
     "answer",
     "Trả lời người dân",
     IN_HAND,
     FEEDBACK_ANSWERED,
     "phản ánh chưa tiếp nhận hoặc đã trả lời",
     NULL,
     answer,
     {{"answer", "Nội dung trả lời", TRUE, 4000}}},
    {"close",
     "close",
     "Kết thúc",
     DEMO_STATE(FEEDBACK_ANSWERED),
     FEEDBACK_CLOSED,
     "chưa trả lời người dân thì chưa được kết thúc",
     NULL,
     close_it,
     {{NULL, NULL, FALSE, 0}}},
    {"reject",
     "reject",
     "Từ chối",
     DEMO_STATE(FEEDBACK_NEW) | DEMO_STATE(FEEDBACK_RECEIVED),
     FEEDBACK_REJECTED,
     "phản ánh đã giao xử lý hoặc đã kết thúc",
     NULL,
     reject,
     {{"reason", "Lý do", TRUE, 1000}}},
    {"forward",
     "forward",
     "Chuyển đơn vị khác",
     UNANSWERED,
     FEEDBACK_FORWARDED,
     "phản ánh đã trả lời hoặc đã kết thúc",
     NULL,
     forward,
     {{"agency_code", "Đơn vị", TRUE, 50}, {"reason", "Lý do", TRUE, 1000}}},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, {{NULL, NULL, FALSE, 0}}},
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents: what may be done in which state. An incoming one is received and entered in the register (Decree
 * 30/2020, Art. 22), assigned, worked on and completed, or returned to its sender with a reason; an outgoing
 * one is signed, which sends it, and may be asked back while its receivers have not finished with it.
 */
#include "demo/people.h"
#include "demo/vanban.h"

#include <string.h>

#define DRAFT   0
#define IN_HAND (DEMO_STATE(3) | DEMO_STATE(4) | DEMO_STATE(5))

static gboolean
outgoing(const DemoRecord *record)
{
  return strcmp(demo_json_word(record->doc, "direction"), "out") == 0;
}

static const char *
only_incoming(const DemoRecord *record)
{
  return outgoing(record) ? "chỉ áp dụng cho văn bản đến" : NULL;
}

static const char *
only_outgoing(const DemoRecord *record)
{
  return outgoing(record) ? NULL : "chỉ áp dụng cho văn bản đi";
}

static const char *
receive(DemoDeed *deed)
{
  g_autofree char *number =
      g_strdup_printf("%" G_GINT64_FORMAT, demo_state_next(deed->province->state, "van-ban/arrival"));

  demo_json_set_text(deed->record->doc, "arrivalNumber", number);
  demo_json_set_text(deed->record->doc, "assignee", deed->who);
  g_free(deed->note);
  deed->note = g_strdup_printf("Vào sổ, số đến %s", number);
  return NULL;
}

static const char *
assign(DemoDeed *deed)
{
  const DemoOfficial *official = demo_official(demo_json_word(deed->input, "to"));

  if (!official)
    return "Người xử lý: không có cán bộ này";
  demo_json_set_text(deed->record->doc, "assignee", official->login);
  const char *note = demo_json_word(deed->input, "note");
  g_free(deed->note);
  deed->note = g_strdup_printf("Xử lý chính: %s%s%s", official->name, *note ? ". " : "", note);
  return NULL;
}

static const char *
comment(DemoDeed *deed)
{
  g_free(deed->note);
  deed->note = g_strdup(demo_json_text(deed->input, "text"));
  return NULL;
}

static const char *
note_reason(DemoDeed *deed)
{
  g_free(deed->note);
  deed->note = g_strdup(demo_json_text(deed->input, "reason"));
  return NULL;
}

static const char *
give_back(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "returnReason", demo_json_text(deed->input, "reason"));
  return note_reason(deed);
}

static const char *
sign(DemoDeed *deed)
{
  gint64 now = demo_clock_now(deed->province->clock);

  if (!demo_json_text(deed->record->doc, "number")) {
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT "/UBND",
                                              demo_state_next(deed->province->state, "van-ban/outgoing"));
    demo_json_set_text(deed->record->doc, "number", number);
  }
  demo_json_set_int(deed->record->doc, "issued", now);
  demo_json_set_text(deed->record->doc, "signer", demo_official_name(deed->who));
  return NULL;
}

const DemoAction demo_vanban_actions[] = {
    {"receive",
     "receive",
     "Tiếp nhận",
     DEMO_STATE(1),
     3,
     "văn bản đã được tiếp nhận hoặc trả lại",
     only_incoming,
     receive,
     {{NULL, NULL, FALSE, 0}}},
    {"assign",
     "assign",
     "Phân công",
     IN_HAND,
     4,
     "văn bản chưa vào sổ hoặc đã kết thúc",
     only_incoming,
     assign,
     {{"to", "Người xử lý", TRUE, 100}, {"note", "Bút phê", FALSE, 1000}}},
    {"comment",
     "comments",
     "Cho ý kiến",
     IN_HAND | DEMO_STATE(DRAFT),
     DEMO_SAME,
     "văn bản chưa vào sổ hoặc đã kết thúc",
     NULL,
     comment,
     {{"text", "Ý kiến", TRUE, 2000}}},
    {"complete",
     "complete",
     "Hoàn thành",
     IN_HAND,
     6,
     "văn bản chưa vào sổ hoặc đã kết thúc",
     only_incoming,
     NULL,
     {{"note", "Kết quả", FALSE, 1000}}},
    {"return",
     "return",
     "Trả lại",
     DEMO_STATE(1) | DEMO_STATE(3),
     2,
     "văn bản đã được phân công hoặc đã kết thúc",
     only_incoming,
     give_back,
     {{"reason", "Lý do", TRUE, 1000}}},
    {"sign",
     "sign",
     "Ký số",
     DEMO_STATE(DRAFT),
     1,
     "văn bản đã ký",
     only_outgoing,
     sign,
     {{"note", "Ý kiến", FALSE, 1000}}},
    {"recall",
     "recall",
     "Thu hồi",
     DEMO_STATE(1) | DEMO_STATE(3) | DEMO_STATE(5),
     13,
     "văn bản chưa phát hành, nơi nhận đã xử lý xong hoặc đã thu hồi",
     only_outgoing,
     note_reason,
     {{"reason", "Lý do", TRUE, 1000}}},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, {{NULL, NULL, FALSE, 0}}},
};

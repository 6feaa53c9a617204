/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-stop cases: what may be done in which of the ten statuses. Beyond the status: cases of the linked
 * services (births, deaths) are driven by the remote system alone; a prepaid fee stops the receipt until it
 * is paid; a supplement is asked for once, a deadline is extended once, with an apology and a later date; a
 * deadline moves by the time a case was paused; only what was paid and not used is refunded.
 */
#include "demo/onestop.h"
#include "demo/people.h"

#include <string.h>

#define OPEN    (DEMO_STATE(CASE_RECEIVED) | DEMO_STATE(CASE_PROCESSING))
#define PAUSED  (DEMO_STATE(CASE_SUPPLEMENT) | DEMO_STATE(CASE_PAYMENT) | DEMO_STATE(CASE_PAUSED))
#define PENDING "hồ sơ không ở trạng thái đang xử lý"

static const char *const status_names[] = {
    "",
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
};

const char *
demo_onestop_status(int state)
{
  return state > 0 && state < (int)G_N_ELEMENTS(status_names) ? status_names[state] : "";
}

/* --- law beyond the status --- */

static gboolean
fee_is(const DemoRecord *record, const char *what)
{
  return strcmp(demo_json_word(record->doc, "feeState"), what) == 0;
}

static gboolean
step_is(const DemoRecord *record, const char *step)
{
  return strcmp(demo_json_word(record->doc, "step"), step) == 0;
}

static const char *
not_linked(const DemoRecord *record)
{
  const char *procedure = demo_json_word(record->doc, "procedure");

  return strcmp(procedure, "2.000986") == 0 || strcmp(procedure, "2.002622") == 0
             ? "hồ sơ liên thông, do hệ thống liên thông điều khiển"
             : NULL;
}

static const char *
may_receive(const DemoRecord *record)
{
  const char *linked = not_linked(record);

  if (linked || record->state != CASE_NEW)
    return linked;
  return fee_is(record, DEMO_FEE_UNPAID) ? "hồ sơ có phí, lệ phí chờ thanh toán" : NULL;
}

static const char *
may_supplement(const DemoRecord *record)
{
  const char *linked = not_linked(record);

  if (linked)
    return linked;
  return demo_json_true(record->doc, "supplemented") ? "đã yêu cầu bổ sung một lần" : NULL;
}

static const char *
may_extend(const DemoRecord *record)
{
  const char *linked = not_linked(record);

  if (linked)
    return linked;
  if (demo_json_true(record->doc, "extended"))
    return "đã gia hạn một lần";
  return demo_json_int(record->doc, "due") ? NULL : "hồ sơ không có ngày hẹn trả";
}

static const char *
may_resume(const DemoRecord *record)
{
  const char *linked = not_linked(record);

  if (linked || record->state != CASE_PAYMENT)
    return linked;
  return fee_is(record, DEMO_FEE_UNPAID) ? "nghĩa vụ tài chính chưa được thực hiện" : NULL;
}

static const char *
may_refund(const DemoRecord *record)
{
  const char *linked = not_linked(record);

  if (linked)
    return linked;
  if (fee_is(record, DEMO_FEE_REFUNDED))
    return "đã hoàn phí";
  return fee_is(record, DEMO_FEE_PAID) ? NULL : "không có khoản phí đã thanh toán";
}

static const char *
at_step(const DemoRecord *record, const char *step, const char *otherwise)
{
  const char *linked = not_linked(record);

  if (linked || record->state != CASE_PROCESSING)
    return linked;
  return step_is(record, step) ? NULL : otherwise;
}

static const char *
may_appraise(const DemoRecord *record)
{
  return at_step(record, "Thẩm định", "hồ sơ không ở bước thẩm định");
}

static const char *
may_submit(const DemoRecord *record)
{
  return at_step(record, "Trình ký", "hồ sơ chưa thẩm định hoặc đã trình");
}

static const char *
may_approve(const DemoRecord *record)
{
  return at_step(record, "Phê duyệt", "hồ sơ chưa trình phê duyệt");
}

/* --- what an action changes --- */

static void
say(DemoDeed *deed, const char *input)
{
  g_free(deed->note);
  deed->note = g_strdup(demo_json_text(deed->input, input));
}

static const char *
receive(DemoDeed *deed)
{
  gint64 now = demo_clock_now(deed->province->clock);
  int days = (int)demo_json_int(deed->record->doc, "days");

  demo_json_set_int(deed->record->doc, "received", now);
  if (days > 0)
    demo_json_set_int(deed->record->doc, "due", demo_time_working_days(now, days));
  demo_json_set_text(deed->record->doc, "assignee", deed->who);
  demo_json_set_text(deed->record->doc, "step", "Tiếp nhận");
  say(deed, "yKien");
  return NULL;
}

static const char *
reason_only(DemoDeed *deed)
{
  say(deed, "lyDo");
  demo_json_set_text(deed->record->doc, "reason", deed->note);
  return NULL;
}

static const char *
stop_clock(DemoDeed *deed)
{
  demo_json_set_int(deed->record->doc, "pausedAt", demo_clock_now(deed->province->clock));
  return reason_only(deed);
}

static const char *
supplement(DemoDeed *deed)
{
  demo_json_set_true(deed->record->doc, "supplemented", TRUE);
  demo_json_set_int(deed->record->doc, "pausedAt", demo_clock_now(deed->province->clock));
  say(deed, "noiDung");
  return NULL;
}

/* The deadline moves by the time the case stood still, to the end of the working day it falls on. */
static const char *
resume(DemoDeed *deed)
{
  cJSON *doc = deed->record->doc;
  gint64 due = demo_json_int(doc, "due"), paused = demo_json_int(doc, "pausedAt");
  gint64 stood = demo_clock_now(deed->province->clock) - paused;

  if (due && paused && stood > 0)
    demo_json_set_int(doc, "due", demo_time_working_days(due + stood - DEMO_DAY, 1));
  cJSON_DeleteItemFromObjectCaseSensitive(doc, "pausedAt");
  if (!demo_json_text(doc, "step") || step_is(deed->record, "Tiếp nhận"))
    demo_json_set_text(doc, "step", "Thẩm định");
  say(deed, "yKien");
  return NULL;
}

static const char *
forward(DemoDeed *deed)
{
  const DemoOfficial *official = demo_official(demo_json_word(deed->input, "nguoiNhan"));
  const char *note = demo_json_word(deed->input, "yKien");

  if (!official)
    return "Người nhận: không có cán bộ này";
  demo_json_set_text(deed->record->doc, "assignee", official->login);
  if (deed->record->state == CASE_RECEIVED)
    demo_json_set_text(deed->record->doc, "step", "Thẩm định");
  g_free(deed->note);
  deed->note = g_strdup_printf("Chuyển %s%s%s", official->name, *note ? ". " : "", note);
  return NULL;
}

static const char *
appraise(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "step", "Trình ký");
  say(deed, "yKien");
  return NULL;
}

static const char *
submit(DemoDeed *deed)
{
  const char *signer = demo_json_word(deed->input, "nguoiKy");

  if (*signer && !demo_official(signer))
    return "Người ký: không có cán bộ này";
  if (*signer)
    demo_json_set_text(deed->record->doc, "assignee", signer);
  demo_json_set_text(deed->record->doc, "step", "Phê duyệt");
  say(deed, "yKien");
  return NULL;
}

static const char *
approve(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "step", "Trả kết quả");
  demo_json_set_int(deed->record->doc, "finished", demo_clock_now(deed->province->clock));
  say(deed, "yKien");
  return NULL;
}

static const char *
extend(DemoDeed *deed)
{
  gint64 due = demo_json_int(deed->record->doc, "due"), later = 0;
  const char *date = demo_json_word(deed->input, "ngayHenMoi");

  if (!demo_time_parse_local(date, &later))
    return "Ngày hẹn trả mới: cần dạng dd/MM/yyyy hoặc dd/MM/yyyy HH:mm";
  if (later == demo_time_midnight(later))
    later += 17 * DEMO_HOUR;
  if (later <= MAX(due, demo_clock_now(deed->province->clock)))
    return "Ngày hẹn trả mới: phải sau ngày hẹn cũ và sau hôm nay";
  demo_json_set_true(deed->record->doc, "extended", TRUE);
  demo_json_set_int(deed->record->doc, "due", later);
  g_free(deed->note);
  deed->note = g_strdup_printf("Xin lỗi, hẹn lại %s. %s", date, demo_json_word(deed->input, "lyDo"));
  return NULL;
}

static const char *
deliver(DemoDeed *deed)
{
  demo_json_set_int(deed->record->doc, "delivered", demo_clock_now(deed->province->clock));
  say(deed, "nguoiNhanKetQua");
  return NULL;
}

static const char *
refund(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "feeState", DEMO_FEE_REFUNDED);
  say(deed, "lyDo");
  return NULL;
}

#define NOTE                      \
  {                               \
    "yKien", "Ý kiến", FALSE, 500 \
  }
#define REASON                  \
  {                             \
    "lyDo", "Lý do", TRUE, 1000 \
  }

const DemoAction demo_onestop_actions[] = {
    {"receive",
     "TIEP_NHAN",
     "Tiếp nhận",
     DEMO_STATE(CASE_NEW),
     CASE_RECEIVED,
     "hồ sơ đã được tiếp nhận hoặc đã kết thúc",
     may_receive,
     receive,
     {NOTE}},
    {"reject",
     "TU_CHOI",
     "Từ chối tiếp nhận",
     DEMO_STATE(CASE_NEW),
     CASE_REFUSED,
     "chỉ từ chối hồ sơ chưa tiếp nhận",
     not_linked,
     reason_only,
     {REASON}},
    {"supplement",
     "BO_SUNG",
     "Yêu cầu bổ sung",
     OPEN,
     CASE_SUPPLEMENT,
     PENDING,
     may_supplement,
     supplement,
     {{"noiDung", "Nội dung bổ sung", TRUE, 1000}}},
    {"forward",
     "CHUYEN",
     "Chuyển xử lý",
     OPEN,
     CASE_PROCESSING,
     PENDING,
     not_linked,
     forward,
     {{"nguoiNhan", "Người nhận", TRUE, 100}, NOTE}},
    {"appraise",
     "THAM_DINH",
     "Thẩm định",
     DEMO_STATE(CASE_PROCESSING),
     DEMO_SAME,
     PENDING,
     may_appraise,
     appraise,
     {{"yKien", "Kết quả thẩm định", TRUE, 1000}}},
    {"submit",
     "TRINH",
     "Trình ký",
     DEMO_STATE(CASE_PROCESSING),
     DEMO_SAME,
     PENDING,
     may_submit,
     submit,
     {{"nguoiKy", "Người ký", FALSE, 100}, NOTE}},
    {"approve",
     "PHE_DUYET",
     "Phê duyệt",
     DEMO_STATE(CASE_PROCESSING),
     CASE_FINISHED,
     PENDING,
     may_approve,
     approve,
     {NOTE}},
    {"pause", "TAM_DUNG", "Tạm dừng", OPEN, CASE_PAUSED, PENDING, not_linked, stop_clock, {REASON}},
    {"resume",
     "TIEP_TUC",
     "Tiếp tục",
     PAUSED,
     CASE_PROCESSING,
     "hồ sơ không tạm dừng",
     may_resume,
     resume,
     {NOTE}},
    {"extend",
     "GIA_HAN",
     "Gia hạn",
     OPEN,
     DEMO_SAME,
     PENDING,
     may_extend,
     extend,
     {{"ngayHenMoi", "Ngày hẹn trả mới", TRUE, 20}, REASON}},
    {"deliver",
     "TRA_KET_QUA",
     "Trả kết quả",
     DEMO_STATE(CASE_FINISHED),
     CASE_DELIVERED,
     "chưa có kết quả",
     not_linked,
     deliver,
     {{"nguoiNhanKetQua", "Người nhận kết quả", FALSE, 200}}},
    {"withdraw",
     "RUT",
     "Rút hồ sơ",
     DEMO_STATE(CASE_NEW) | OPEN | PAUSED,
     CASE_WITHDRAWN,
     "hồ sơ đã có kết quả hoặc đã kết thúc",
     not_linked,
     reason_only,
     {REASON}},
    {"refund",
     "HOAN_PHI",
     "Hoàn phí",
     DEMO_STATE(CASE_WITHDRAWN) | DEMO_STATE(CASE_REFUSED),
     DEMO_SAME,
     "chỉ hoàn phí hồ sơ bị từ chối hoặc đã rút",
     may_refund,
     refund,
     {{"lyDo", "Lý do", FALSE, 1000}}},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, {{NULL, NULL, FALSE, 0}}},
};

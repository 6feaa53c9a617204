/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil registration: a file is found sufficient (3), or more papers are asked for (2), or it is refused (6);
 * a sufficient one is registered (4) and gets its number in the register, once: the law knows one
 * registration of one event. Remarks and requests for papers may be made as often as one likes, and a repeat
 * is a second one.
 */
#include "demo/hotich.h"

#include <string.h>

#define OPEN (DEMO_STATE(CIVIL_RECEIVED) | DEMO_STATE(CIVIL_SUPPLEMENT) | DEMO_STATE(CIVIL_READY))

const char *
demo_hotich_status(int state)
{
  switch (state) {
  case CIVIL_ERROR:
    return "Lỗi dữ liệu, chờ gửi lại";
  case CIVIL_RECEIVED:
    return "Đã tiếp nhận hồ sơ, chờ xử lý";
  case CIVIL_SUPPLEMENT:
    return "Hồ sơ cần bổ sung";
  case CIVIL_READY:
    return "Đủ điều kiện giải quyết";
  case CIVIL_DONE:
    return "Đã hoàn thành đăng ký";
  case CIVIL_REFUSED:
    return "Từ chối giải quyết";
  default:
    return "";
  }
}

static void
say(DemoDeed *deed, const char *input)
{
  g_free(deed->note);
  deed->note = g_strdup(demo_json_text(deed->input, input));
}

static const char *
receive(DemoDeed *deed)
{
  demo_json_set_text(deed->record->doc, "assignee", deed->who);
  say(deed, "ghiChu");
  return NULL;
}

static const char *
content(DemoDeed *deed)
{
  say(deed, "noiDung");
  return NULL;
}

static const char *
reason(DemoDeed *deed)
{
  say(deed, "lyDo");
  return NULL;
}

static const char *
register_event(DemoDeed *deed)
{
  cJSON *doc = deed->record->doc;
  g_autofree char *row = g_strconcat("ho-tich/", demo_json_word(doc, "kind"), NULL);
  g_autofree char *year = demo_time_format(demo_clock_now(deed->province->clock), "%Y");
  g_autofree char *number =
      g_strdup_printf("%" G_GINT64_FORMAT "/%s", demo_state_next(deed->province->state, row), year);

  demo_json_set_text(doc, "registered", number);
  g_free(deed->note);
  deed->note = g_strdup_printf("Số đăng ký %s, quyển số %s", number, demo_json_word(deed->input, "quyenSo"));
  return NULL;
}

const DemoAction demo_hotich_actions[] = {
    {"receive",
     "tiepnhan",
     "Tiếp nhận, xác nhận đủ điều kiện",
     DEMO_STATE(CIVIL_RECEIVED),
     CIVIL_READY,
     "hồ sơ không ở trạng thái chờ xử lý",
     NULL,
     receive,
     {{"ghiChu", "Ghi chú", FALSE, 500}}},
    {"supplement",
     "bosung",
     "Yêu cầu bổ sung",
     OPEN,
     CIVIL_SUPPLEMENT,
     "hồ sơ đã kết thúc",
     NULL,
     content,
     {{"noiDung", "Nội dung bổ sung", TRUE, 1000}}},
    {"reject",
     "tuchoi",
     "Từ chối giải quyết",
     OPEN,
     CIVIL_REFUSED,
     "hồ sơ đã kết thúc",
     NULL,
     reason,
     {{"lyDo", "Lý do", TRUE, 1000}}},
    {"complete",
     "hoanthanh",
     "Hoàn thành đăng ký",
     DEMO_STATE(CIVIL_READY),
     CIVIL_DONE,
     "hồ sơ chưa đủ điều kiện hoặc đã đăng ký",
     NULL,
     register_event,
     {{"quyenSo", "Quyển số", FALSE, 50}}},
    {"comment",
     "ghichu",
     "Ghi chú",
     OPEN | DEMO_STATE(CIVIL_ERROR),
     DEMO_SAME,
     "hồ sơ đã kết thúc",
     NULL,
     content,
     {{"noiDung", "Nội dung", TRUE, 1000}}},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, {{NULL, NULL, FALSE, 0}}},
};

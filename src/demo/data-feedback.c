/* SPDX-License-Identifier: Apache-2.0 */
/* What citizens tell the switchboard 1022. */
#include "demo/data.h"
#include "demo/feedback.h"

#include <string.h>

#define FIRST_NUMBER 38

typedef struct {
  const char *service, *title, *text, *address, *name;
  int person, state, november, due; /* days of November */
  const char *photo;
} Sample;

/* Their numbers begin with PA-2611-0038. Two speak of papers that the other systems hold. */
static const Sample samples[] = {
    {"MT01", "Rác tồn đọng trước chợ An Thử",
     "Rác để trước cổng chợ An Thử đã 4 ngày chưa thu gom, bốc mùi. Đề nghị UBND xã cho xử lý.",
     "Chợ An Thử, thôn 1", "Nguyễn Văn Mẫu A", 1, FEEDBACK_ANSWERED, 17, 20, "rac-cong-cho.jpg"},
    {"HC02", "Hồ sơ hòa giải đất đai quá hạn",
     "Hồ sơ H99.101.01-261102-0001 của tôi hẹn trả ngày 19/11 đến nay chưa có kết quả. Đề nghị trả lời lý "
     "do.",
     "Thôn 5, xã An Thử", "Phạm Giả Định D", 4, FEEDBACK_ASSIGNED, 20, 27, NULL},
    {"TT01", "Đất đã kê khai nhưng chưa cập nhật",
     "Theo văn bản 402/SNNMT-QLĐĐ về làm sạch dữ liệu đất đai, thửa đất của tôi đã kê khai mà tra cứu chưa "
     "có.",
     "Thôn 2, xã An Thử", "Lê Ví Dụ C", 3, FEEDBACK_RECEIVED, 19, 30, "giay-ke-khai.jpg"},
    {"AN01", "Karaoke loa kéo sau 22 giờ",
     "Quán gần nhà văn hóa thôn 4 mở loa kéo đến 23 giờ 30 nhiều đêm liền, trẻ nhỏ không ngủ được.",
     "Gần nhà văn hóa thôn 4", "Hồ Thị Minh Họa E", 5, FEEDBACK_NEW, 21, 25, NULL},
    {"HT02", "Ổ gà lớn trên đường liên thôn 2 - 3",
     "Đường liên thôn 2 - 3 có ổ gà sâu, trời mưa không thấy, đã có người ngã xe. Đề nghị sửa sớm.",
     "Đường liên thôn 2 - 3", "Trần Thị Thử B", 2, FEEDBACK_NEW, 21, 27, "o-ga.jpg"},
    {"HC01", "Cảm ơn cán bộ một cửa hướng dẫn tận tình",
     "Tôi làm giấy khai sinh cho cháu, hồ sơ H99.101.01-261120-0007, được hướng dẫn rõ ràng. Xin cảm ơn.",
     "Trung tâm Phục vụ hành chính công xã", "Trần Thị Thử B", 2, FEEDBACK_NEW, 21, 27, NULL},
    {"HT01", "Đèn đường hỏng tại thôn 3",
     "Hai bóng đèn đường đầu thôn 3 hỏng gần một tuần, buổi tối đi lại nguy hiểm. Có ảnh kèm theo.",
     "Đầu thôn 3, xã An Thử", "Hồ Thị Minh Họa E", 5, FEEDBACK_NEW, 22, 26, "den-duong-thon-3.jpg"},
};

static void
settle(const DemoMaking *making, DemoRecord *record, gint64 at, const char *handler)
{
  cJSON *doc = record->doc;
  gint64 later = MAX(at, MIN(at + 2 * DEMO_HOUR, making->now - DEMO_HOUR / 4)), last = at;

  demo_record_log(record, at, "Tổng đài 1022", "Ghi nhận phản ánh", demo_json_text(doc, "channel"), NULL);
  if (record->state != FEEDBACK_NEW)
    demo_record_log(record, last = later, "canbo01", "Tiếp nhận", NULL, NULL);
  if (record->state == FEEDBACK_REJECTED)
    demo_json_set_text(doc, "answer", "Nội dung phản ánh không thuộc phạm vi tiếp nhận của tổng đài");
  if (record->state == FEEDBACK_FORWARDED)
    demo_json_set_text(doc, "agency", "Công ty Điện lực Mẫu Sơn");
  if (record->state == FEEDBACK_REJECTED || record->state == FEEDBACK_FORWARDED)
    demo_record_log(record, later, "canbo01", demo_feedback_status(record->state),
                    demo_json_text(doc, "answer"), NULL);
  if (record->state == FEEDBACK_RECEIVED)
    demo_json_set_text(doc, "assignee", "canbo01");
  if (record->state == FEEDBACK_ASSIGNED || record->state == FEEDBACK_ANSWERED ||
      record->state == FEEDBACK_CLOSED) {
    demo_json_set_text(doc, "assignee", handler);
    demo_record_log(record, later, "canbo01", "Giao xử lý", NULL, NULL);
  }
  if (record->state == FEEDBACK_ANSWERED || record->state == FEEDBACK_CLOSED) {
    demo_json_set_text(doc, "answer", "UBND xã đã kiểm tra và xử lý xong, xin cảm ơn ông/bà đã phản ánh.");
    demo_json_set_int(doc, "finished", later);
    demo_record_log(record, later, handler, "Trả lời người dân", demo_json_text(doc, "answer"), NULL);
  }
  demo_making_write(making, record, last);
}

static DemoRecord *
feedback_new(const DemoMaking *making, gint64 n, int state, const char *service, gint64 at)
{
  g_autofree char *month = demo_time_format(at, "%y%m");
  g_autofree char *key = g_strdup_printf("PA-%s-%04" G_GINT64_FORMAT, month, FIRST_NUMBER + n - 1);
  DemoRecord *record = demo_record_new(demo_feedback.id, n, key, state);

  (void)making;
  demo_json_set_text(record->doc, "service", service);
  demo_json_set_int(record->doc, "received", at);
  return record;
}

static void
write_sample(const DemoMaking *making, const Sample *sample, gint64 n)
{
  gint64 at = MIN(demo_making_day(making, sample->november) + 8 * DEMO_HOUR + n * 7 * 60 * DEMO_SECOND,
                  making->now - DEMO_HOUR / 2);
  g_autofree char *key = g_strdup_printf("PA-2611-%04d", (int)(FIRST_NUMBER + n - 1));
  g_autofree char *phone = g_strdup_printf("0900000%03d", sample->person);
  g_autoptr(DemoRecord) record = feedback_new(making, n, sample->state, sample->service, at);
  cJSON *doc = record->doc;

  g_free(record->key);
  record->key = g_steal_pointer(&key);
  demo_json_set_text(doc, "title", sample->title);
  demo_json_set_text(doc, "description", sample->text);
  demo_json_set_text(doc, "address", sample->address);
  demo_json_set_text(doc, "applicant", sample->name);
  demo_json_set_text(doc, "phone", phone);
  demo_json_set_text(doc, "channel", sample->photo ? "Ứng dụng 1022" : "Điện thoại 1022");
  demo_json_set_int(doc, "due", demo_making_day(making, sample->due) + 17 * DEMO_HOUR);
  cJSON_AddNumberToObject(doc, "lat", 21.8 + (double)n / 1000);
  cJSON_AddNumberToObject(doc, "long", 106.9 + (double)n / 1000);
  if (sample->photo)
    demo_making_file(doc, sample->photo, "image/jpeg", 84000 + n * 1000);
  settle(making, record, at, "canbo04");
}

/* --- generated --- */

typedef struct {
  const char *service, *title, *text;
} Template;

static const Template templates[] = {
    {"HT01", "Đèn đường không sáng tại thôn %d", "Đèn đường tại thôn %d không sáng nhiều ngày nay."},
    {"HT02", "Đường vào thôn %d hư hỏng", "Mặt đường vào thôn %d bong tróc, đọng nước khi mưa."},
    {"MT01", "Rác chưa thu gom tại thôn %d", "Rác sinh hoạt tại thôn %d chưa được thu gom đúng lịch."},
    {"MT02", "Cống thoát nước tắc tại thôn %d", "Cống thoát nước thôn %d bị tắc, mưa là ngập sân nhà dân."},
    {"TT01", "Lấn chiếm lòng đường tại thôn %d",
     "Một số hộ tại thôn %d để vật liệu xây dựng lấn lòng đường."},
    {"AN01", "Tiếng ồn quá giờ tại thôn %d", "Cơ sở tại thôn %d gây ồn sau 22 giờ, ảnh hưởng người dân."},
    {"HC02", "Hỏi thủ tục xác nhận cư trú, thôn %d",
     "Người dân thôn %d hỏi giấy tờ cần có khi xác nhận cư trú."},
};

static void
write_generated(const DemoMaking *making, gint64 n, gint64 id, gint64 per_day)
{
  static const int tour[] = {FEEDBACK_RECEIVED, FEEDBACK_ANSWERED,  FEEDBACK_ASSIGNED, FEEDBACK_CLOSED,
                             FEEDBACK_REJECTED, FEEDBACK_FORWARDED, FEEDBACK_NEW};
  static const guint week[] = {300, 150, 300, 150, 60, 20, 20, 0}, older[] = {1, 1, 8, 20, 900, 40, 30, 0};
  static const char *const handlers[] = {"canbo01", "canbo03", "canbo04", "canbo05"};
  DemoDice dice = demo_dice(making->seed, "feedback", n);
  gint64 age = n / per_day;
  gint64 at =
      MIN(making->today - age * DEMO_DAY + 7 * DEMO_HOUR + (gint64)demo_roll(&dice, 9 * 3600) * DEMO_SECOND,
          making->now - DEMO_HOUR / 2);
  const Template *template = &templates[demo_roll(&dice, G_N_ELEMENTS(templates))];
  int state = n < (gint64)G_N_ELEMENTS(tour) ? tour[n] : 1 + demo_pick(&dice, age <= 7 ? week : older);
  int village = 1 + (int)demo_roll(&dice, 9);
  g_autoptr(DemoRecord) record = feedback_new(making, id, state, template->service, at);
  g_autofree char *place = g_strdup_printf("Thôn %d, xã An Thử", village);
  g_auto(GStrv) title = g_strsplit(template->title, "%d", 2), text = g_strsplit(template->text, "%d", 2);
  g_autofree char *full_title = g_strdup_printf("%s%d%s", title[0], village, title[1]);
  g_autofree char *full_text = g_strdup_printf("%s%d%s", text[0], village, text[1]);

  demo_making_person(&dice, record->doc);
  demo_json_set_text(record->doc, "cccd", NULL);
  demo_json_set_text(record->doc, "title", full_title);
  demo_json_set_text(record->doc, "description", full_text);
  demo_json_set_text(record->doc, "address", place);
  demo_json_set_text(record->doc, "channel", demo_roll(&dice, 2) ? "Điện thoại 1022" : "Ứng dụng 1022");
  demo_json_set_int(record->doc, "due",
                    demo_time_working_days(at, demo_feedback_service(template->service)->days));
  if (demo_roll(&dice, 3) == 0)
    demo_making_file(record->doc, "hien-truong.jpg", "image/jpeg", 60000 + (gint64)demo_roll(&dice, 60000));
  settle(making, record, at, handlers[demo_roll(&dice, G_N_ELEMENTS(handlers))]);
}

void
demo_data_feedback(DemoMaking *making, gint64 count)
{
  gint64 per_day = MAX(3, count / 365), id = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
    write_sample(making, &samples[i], ++id);
  for (gint64 n = 0; n < count - (gint64)G_N_ELEMENTS(samples); n++)
    write_generated(making, n, ++id, per_day);
  demo_state_set_count(making->province->state, "1022", FIRST_NUMBER + id - 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The official mail of the one who sits at the counter. */
#include "demo/data.h"
#include "demo/jmap.h"
#include "demo/people.h"

#include <string.h>

typedef struct {
  const char *from, *email, *subject, *text, *box, *file;
  int november, hour;
  gboolean seen, flagged;
} Sample;

static const Sample samples[] = {
    {"Phòng Văn hóa - Xã hội", "vhxh@anthu.mauson.example", "Nhắc nộp biểu số liệu quý IV",
     "Kính gửi các bộ phận,\n\nĐề nghị gửi biểu số liệu quý IV (mẫu kèm theo) trước 16 giờ 30 ngày 25/11 để "
     "tổng hợp báo cáo.\n\nTrân trọng.",
     "H1", "bieu-so-lieu-quy-IV.xlsx", 20, 8, FALSE, TRUE},
    {"Nguyễn Minh Họa, Sở Tư pháp", "hotich@stp.mauson.example",
     "Trao đổi về hồ sơ khai sinh H99.101.01-261120-0007",
     "Hồ sơ H99.101.01-261120-0007 còn lệch họ đệm của người mẹ giữa giấy chứng sinh và dữ liệu dân cư. Đề "
     "nghị kiểm tra trước khi trình.",
     "H1", NULL, 21, 9, FALSE, FALSE},
    {"Văn phòng UBND Tỉnh", "vp@ubnd.mauson.example", "Tài liệu họp giao ban trực tuyến (96/GM-UBND)",
     "Gửi tài liệu cuộc họp giao ban trực tuyến 08 giờ 00 ngày 24/11 theo Giấy mời 96/GM-UBND. Đề nghị kiểm "
     "tra "
     "đường truyền trước 07 giờ 30.",
     "H1", "tai-lieu-giao-ban.pdf", 22, 7, FALSE, FALSE},
    {"Phòng Kinh tế", "kinhte@anthu.mauson.example", "Phiếu xin lỗi hồ sơ H99.101.01-261102-0001",
     "Dự thảo phiếu xin lỗi của hồ sơ hòa giải đất đai H99.101.01-261102-0001 đã trình lãnh đạo, dự kiến hẹn "
     "lại "
     "ngày 27/11.",
     "H1", "phieu-xin-loi.pdf", 20, 15, TRUE, FALSE},
    {"Trung tâm Công nghệ thông tin", "hotro@cntt.mauson.example", "Bảo trì hệ thống một cửa tối thứ bảy",
     "Hệ thống một cửa tạm dừng từ 20 giờ đến 22 giờ thứ bảy để nâng cấp. Hồ sơ nộp trực tuyến vẫn được ghi "
     "nhận.",
     "H1", NULL, 19, 10, TRUE, FALSE},
    {"Công ty Điện lực Mẫu Sơn", "cskh@dienluc.mauson.example", "Về phản ánh PA-2611-0044",
     "Đèn đường đầu thôn 3 (phản ánh PA-2611-0044) thuộc lưới chiếu sáng do xã quản lý; Điện lực phối hợp "
     "cắt điện "
     "khi thay bóng.",
     "H1", NULL, 22, 8, FALSE, FALSE},
    {"Sở Nông nghiệp và Môi trường", "qldd@snnmt.mauson.example", "Biểu mẫu kèm văn bản 402/SNNMT-QLĐĐ",
     "Gửi biểu mẫu làm sạch dữ liệu đất đai kèm văn bản 402/SNNMT-QLĐĐ, hạn gửi về Sở ngày 28/11.", "H8",
     "bieu-lam-sach-du-lieu.xlsx", 14, 14, TRUE, FALSE},
};

static DemoRecord *
mail_new(gint64 n, const char *from, const char *address, const char *subject, const char *text, gint64 at)
{
  g_autofree char *key = g_strdup_printf("E%05" G_GINT64_FORMAT, n);
  g_autofree char *message = g_strdup_printf("%" G_GINT64_FORMAT ".%s", at, address);
  g_autofree char *thread = g_strdup_printf("t%s", key);
  DemoRecord *record = demo_record_new(demo_mail.id, n, key, 0);
  cJSON *doc = record->doc, *one = cJSON_CreateObject(), *me = cJSON_CreateObject();

  demo_json_set_text(one, "name", from);
  demo_json_set_text(one, "email", address);
  demo_json_set_text(me, "name", demo_official_name(DEMO_USER));
  demo_json_set_text(me, "email", JMAP_ADDRESS);
  cJSON_AddItemToArray(cJSON_AddArrayToObject(doc, "from"), one);
  cJSON_AddItemToArray(cJSON_AddArrayToObject(doc, "to"), me);
  cJSON_AddItemToArray(cJSON_AddArrayToObject(doc, "messageId"), cJSON_CreateString(message));
  demo_json_set_text(doc, "thread", thread);
  demo_json_set_text(doc, "title", subject);
  demo_json_set_text(doc, "text", text);
  demo_json_set_int(doc, "received", at);
  demo_json_set_int(doc, "sent", at - 30 * DEMO_SECOND);
  cJSON_AddObjectToObject(doc, "mailboxes");
  cJSON_AddObjectToObject(doc, "keywords");
  return record;
}

static void
put_in(DemoRecord *record, const char *set, const char *name)
{
  demo_json_set_true(cJSON_GetObjectItemCaseSensitive(record->doc, set), name, TRUE);
}

static void
attach(DemoRecord *record, const char *name, gint64 size)
{
  gboolean sheet = g_str_has_suffix(name, ".xlsx");

  demo_making_file(
      record->doc, name,
      sheet ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "application/pdf", size);
}

static void
write_sample(const DemoMaking *making, const Sample *sample, gint64 n)
{
  gint64 at = MIN(demo_making_day(making, sample->november) + sample->hour * DEMO_HOUR + n * 60 * DEMO_SECOND,
                  making->now - DEMO_HOUR / 4);
  g_autoptr(DemoRecord) record = mail_new(n, sample->from, sample->email, sample->subject, sample->text, at);

  put_in(record, "mailboxes", sample->box);
  if (sample->seen)
    put_in(record, "keywords", "$seen");
  if (sample->flagged)
    put_in(record, "keywords", "$flagged");
  if (sample->file)
    attach(record, sample->file, 18000 + n * 500);
  demo_making_write(making, record, at);
}

/* --- generated --- */

static const struct {
  const char *from, *email, *subject, *text;
} templates[] = {
    {"Văn phòng UBND Tỉnh", "vp@ubnd.mauson.example", "Lịch công tác tuần %u",
     "Gửi lịch công tác tuần của lãnh đạo UBND Tỉnh, đề nghị các xã chủ động bố trí."},
    {"Sở Nội vụ", "cchc@snv.mauson.example", "Khảo sát cải cách hành chính lần %u",
     "Đề nghị cán bộ, công chức hoàn thành phiếu khảo sát trực tuyến trong tuần này."},
    {"Trung tâm Công nghệ thông tin", "hotro@cntt.mauson.example", "Cảnh báo thư giả mạo số %u",
     "Gần đây có thư giả mạo yêu cầu cung cấp mật khẩu. Đề nghị không mở liên kết lạ."},
    {"Phòng Văn hóa - Xã hội", "vhxh@anthu.mauson.example", "Danh sách rà soát hộ nghèo đợt %u",
     "Gửi danh sách rà soát, đề nghị đối chiếu và phản hồi trước khi niêm yết."},
    {"Kho bạc Nhà nước khu vực", "kbnn@khobac.mauson.example", "Đối chiếu biên lai phí, lệ phí lần %u",
     "Đề nghị đối chiếu số thu phí, lệ phí qua tài khoản trong tháng."},
};

static void
write_generated(const DemoMaking *making, gint64 n, gint64 id, gint64 per_day)
{
  DemoDice dice = demo_dice(making->seed, "mail", n);
  gint64 age = n / per_day;
  gint64 at =
      MIN(making->today - age * DEMO_DAY + 7 * DEMO_HOUR + (gint64)demo_roll(&dice, 9 * 3600) * DEMO_SECOND,
          making->now - DEMO_HOUR / 2);
  guint kind = demo_roll(&dice, G_N_ELEMENTS(templates));
  gboolean about = making->cases > 0 && demo_roll(&dice, 5) == 0;
  g_autofree char *code =
      demo_making_case_code(making, demo_roll(&dice, (guint)CLAMP(making->cases, 1, 1000)));
  g_auto(GStrv) parts = g_strsplit(templates[kind].subject, "%u", 2);
  g_autofree char *plain = g_strdup_printf("%s%u%s", parts[0], 1 + demo_roll(&dice, 12), parts[1]);
  g_autofree char *subject = about ? g_strdup_printf("Phối hợp giải quyết hồ sơ %s", code) : g_strdup(plain);
  g_autoptr(DemoRecord) record =
      mail_new(id, templates[kind].from, templates[kind].email, subject, templates[kind].text, at);

  put_in(record, "mailboxes", age > 7 && demo_roll(&dice, 2) ? "H4" : "H1");
  if (age > 3 || demo_roll(&dice, 3) == 0)
    put_in(record, "keywords", "$seen");
  if (demo_roll(&dice, 12) == 0)
    put_in(record, "keywords", "$flagged");
  if (demo_roll(&dice, 4) == 0)
    attach(record, "cong-van.pdf", 20000 + (gint64)demo_roll(&dice, 40000));
  demo_making_write(making, record, at);
}

void
demo_data_mail(DemoMaking *making, gint64 count)
{
  gint64 per_day = MAX(4, count / 90), id = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
    write_sample(making, &samples[i], ++id);
  for (gint64 n = 0; n < count - (gint64)G_N_ELEMENTS(samples); n++)
    write_generated(making, n, ++id, per_day);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, incoming and outgoing. */
#include "demo/data.h"
#include "demo/vanban.h"

#include <string.h>

/* Above 2^53, and odd: a reader that goes through a double changes it. */
#define FIRST_KEY G_GINT64_CONSTANT(9007199254740993)

#define CASE_7 "H99.101.01-261120-0007"

typedef struct {
  const char *direction, *number, *type, *title, *issuer;
  int urgency, state, november, due; /* due: day of November, -1: none */
  const char *related;
} Sample;

static const Sample samples[] = {
    {"in", "1432/UBND-NC", "Công văn", "V/v ứng phó mưa lũ trên địa bàn tỉnh", "UBND Tỉnh Mẫu Sơn", 3, 1, 22,
     22, NULL},
    {"in", "2210/STP-HCTP", "Công văn", "V/v đẩy nhanh số hóa dữ liệu hộ tịch", "Sở Tư pháp", 1, 3, 20, 23,
     NULL},
    {"in", "875/SKHCN-CĐS", "Công văn", "V/v rà soát chứng thư số chuyên dùng công vụ",
     "Sở Khoa học và Công nghệ", 0, 4, 18, 27, NULL},
    {"in", "96/GM-UBND", "Giấy mời", "Giấy mời họp trực tuyến giao ban tháng 11", "UBND Tỉnh Mẫu Sơn", 0, 1,
     21, 24, NULL},
    {"out", "541/BC-UBND", "Báo cáo", "Báo cáo kết quả Bộ chỉ số 766 tháng 11", "UBND Xã An Thử", 0, 0, 21,
     25, NULL},
    {"out", "33/QĐ-UBND", "Quyết định", "Quyết định kiện toàn Tổ công nghệ số cộng đồng", "UBND Xã An Thử", 0,
     1, 17, -1, NULL},
    {"in", "118/TB-VP", "Thông báo", "Thông báo kết luận giao ban tuần 46", "Văn phòng UBND Tỉnh Mẫu Sơn", 0,
     5, 16, 30, NULL},
    {"in", "402/SNNMT-QLĐĐ", "Công văn", "V/v làm sạch dữ liệu đất đai", "Sở Nông nghiệp và Môi trường", 0, 5,
     13, 28, NULL},
    {"in", "1511/UBND-TP", "Công văn", "V/v xác minh thông tin hồ sơ khai sinh " CASE_7,
     "UBND Phường Thí Điểm", 0, 4, 20, 24, CASE_7},
};

static void
add_case(cJSON *doc, const char *code)
{
  if (code)
    cJSON_AddItemToArray(cJSON_AddArrayToObject(doc, "cases"), cJSON_CreateString(code));
}

static DemoRecord *
document_new(gint64 n, const char *direction, int state, const char *number, const char *type,
             const char *title)
{
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, FIRST_KEY + 2 * (n - 1));
  DemoRecord *record = demo_record_new(demo_vanban.id, n, key, state);

  demo_json_set_text(record->doc, "direction", direction);
  demo_json_set_text(record->doc, "number", number);
  demo_json_set_text(record->doc, "type", type);
  demo_json_set_text(record->doc, "title", title);
  demo_making_file(record->doc, strcmp(direction, "in") == 0 ? "cong-van.pdf" : "du-thao.pdf",
                   "application/pdf", 34000);
  return record;
}

/* Arrival number, handler and history that follow from the state; gives the time of the last change. */
static gint64
settle(DemoRecord *record, gint64 at, gint64 now, const char *handler, gint64 arrival)
{
  gboolean in = strcmp(demo_json_word(record->doc, "direction"), "in") == 0;
  gint64 later = MAX(at, MIN(at + 2 * DEMO_HOUR, now));

  if (!in) {
    demo_record_log(record, at, "canbo02", "Trình ký", NULL, NULL);
    if (record->state != 0)
      demo_record_log(record, later, "lanhdao01", "Ký số, phát hành", NULL, NULL);
    demo_json_set_text(record->doc, "assignee", record->state ? "canbo02" : "canbo01");
    return record->state ? later : at;
  }
  demo_record_log(record, at, "Trục liên thông", "Văn bản đến", NULL, NULL);
  if (record->state == 1)
    return at;
  if (record->state == 2) {
    demo_json_set_text(record->doc, "returnReason", "Không thuộc thẩm quyền giải quyết của xã");
    demo_record_log(record, later, "canbo02", "Trả lại", "Không thuộc thẩm quyền giải quyết của xã", NULL);
    return later;
  }
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, arrival);
  demo_json_set_text(record->doc, "arrivalNumber", number);
  demo_json_set_text(record->doc, "assignee", record->state == 3 ? "canbo01" : handler);
  demo_record_log(record, later, "canbo02", "Vào sổ", number, NULL);
  if (record->state >= 4)
    demo_record_log(record, later, "lanhdao01", "Phân công", "Xử lý, báo cáo kết quả", NULL);
  if (record->state == 6)
    demo_record_log(record, later, handler, "Hoàn thành", NULL, NULL);
  return later;
}

static void
write_sample(DemoMaking *making, const Sample *sample, gint64 n)
{
  gint64 at = MIN(demo_making_day(making, sample->november) + 8 * DEMO_HOUR, making->now);
  g_autoptr(DemoRecord) record =
      document_new(n, sample->direction, sample->state, sample->number, sample->type, sample->title);

  demo_json_set_text(record->doc, "issuer", sample->issuer);
  demo_json_set_int(record->doc, "urgency", sample->urgency);
  demo_json_set_int(record->doc, "issued", sample->state ? at - DEMO_DAY : 0);
  demo_json_set_int(record->doc, "received", at);
  if (sample->due >= 0)
    demo_json_set_int(record->doc, "due", demo_making_day(making, sample->due));
  add_case(record->doc, sample->related);
  demo_making_write(making, record, settle(record, at, making->now, "canbo01", 1000 + n));
}

/* --- generated --- */

typedef struct {
  const char *symbol, *type, *issuer, *title;
} Template;

static const Template incoming[] = {
    {"UBND-NC", "Công văn", "UBND Tỉnh Mẫu Sơn", "V/v tăng cường kỷ luật, kỷ cương hành chính"},
    {"STP-HCTP", "Công văn", "Sở Tư pháp", "V/v báo cáo tình hình đăng ký hộ tịch"},
    {"SNV-CCHC", "Công văn", "Sở Nội vụ", "V/v tự đánh giá, chấm điểm cải cách hành chính"},
    {"STC-QLNS", "Công văn", "Sở Tài chính", "V/v đối chiếu dự toán chi thường xuyên"},
    {"SYT-NVY", "Công văn", "Sở Y tế", "V/v triển khai tiêm chủng mở rộng tại trạm y tế"},
    {"SGDĐT-VP", "Công văn", "Sở Giáo dục và Đào tạo", "V/v rà soát phổ cập giáo dục"},
    {"KH-UBND", "Kế hoạch", "UBND Tỉnh Mẫu Sơn", "Kế hoạch chuyển đổi số cấp xã"},
    {"GM-UBND", "Giấy mời", "UBND Tỉnh Mẫu Sơn", "Giấy mời dự hội nghị trực tuyến"},
    {"TB-VP", "Thông báo", "Văn phòng UBND Tỉnh Mẫu Sơn", "Thông báo kết luận của Chủ tịch UBND Tỉnh"},
    {"CAT-QLHC", "Công văn", "Công an Tỉnh Mẫu Sơn", "V/v phối hợp làm sạch dữ liệu dân cư"},
};
static const Template outgoing[] = {
    {"BC-UBND", "Báo cáo", "UBND Xã An Thử", "Báo cáo kinh tế - xã hội"},
    {"TTr-UBND", "Tờ trình", "UBND Xã An Thử", "Tờ trình xin chủ trương sửa chữa nhà văn hóa"},
    {"QĐ-UBND", "Quyết định", "UBND Xã An Thử", "Quyết định công nhận hộ thoát nghèo"},
    {"UBND-VX", "Công văn", "UBND Xã An Thử", "V/v trả lời kiến nghị của cử tri"},
};

/* The first documents go through every state, so that even a small province has all of them. */
static int
choose_state(DemoDice *dice, gboolean in, gint64 age, gint64 n)
{
  static const int in_tour[] = {1, 3, 4, 5, 6, 2}, out_tour[] = {0, 1, 3, 5, 6, 13, 15, 16, 2};
  static const guint in_week[] = {260, 40, 200, 220, 180, 100, 0}, in_older[] = {2, 30, 8, 10, 20, 930, 0};
  static const guint out_week[] = {250, 250, 200, 150, 120, 10, 10, 5, 5, 0};
  static const guint out_older[] = {5, 30, 60, 60, 820, 5, 10, 5, 5, 0};

  if (n < 24)
    return in ? in_tour[n / 2 % (gint64)G_N_ELEMENTS(in_tour)]
              : out_tour[n / 2 % (gint64)G_N_ELEMENTS(out_tour)];
  if (in)
    return 1 + demo_pick(dice, age <= 7 ? in_week : in_older);
  return out_tour[demo_pick(dice, age <= 7 ? out_week : out_older)];
}

static char *
make_title(const DemoMaking *making, DemoDice *dice, const Template *template, char **related)
{
  static const char *const periods[] = {"quý III",  "quý IV",          "tháng 10",
                                        "tháng 11", "6 tháng đầu năm", "năm 2026"};

  if (making->cases > 0 && demo_roll(dice, 8) == 0) {
    *related = demo_making_case_code(making, demo_roll(dice, (guint)MIN(making->cases, 1000)));
    return g_strdup_printf("V/v phối hợp giải quyết hồ sơ %s", *related);
  }
  return g_strdup_printf("%s %s", template->title, periods[demo_roll(dice, G_N_ELEMENTS(periods))]);
}

static void
write_document(DemoMaking *making, gint64 n, gint64 id, gint64 per_day)
{
  static const char *const handlers[] = {"canbo01", "canbo03", "canbo04", "canbo05"};
  static const guint urgencies[] = {80, 13, 5, 2, 0}, secrecies[] = {970, 24, 5, 1, 0};
  DemoDice dice = demo_dice(making->seed, "document", n);
  gint64 age = n / per_day;
  gboolean in = n < 24 ? n % 2 == 0 : demo_roll(&dice, 4) != 0;
  const Template *template = in ? &incoming[demo_roll(&dice, G_N_ELEMENTS(incoming))]
                                : &outgoing[demo_roll(&dice, G_N_ELEMENTS(outgoing))];
  int state = choose_state(&dice, in, age, n);
  gint64 at =
      MIN(making->today - age * DEMO_DAY + 7 * DEMO_HOUR + (gint64)demo_roll(&dice, 9 * 3600) * DEMO_SECOND,
          making->now - DEMO_HOUR / 2);
  g_autofree char *related = NULL;
  g_autofree char *title = make_title(making, &dice, template, &related);
  g_autofree char *number = g_strdup_printf("%u/%s", 100 + demo_roll(&dice, 2900), template->symbol);
  g_autoptr(DemoRecord) record =
      document_new(id, in ? "in" : "out", state, state ? number : NULL, template->type, title);

  demo_json_set_text(record->doc, "issuer", template->issuer);
  demo_json_set_int(record->doc, "urgency", demo_pick(&dice, urgencies));
  demo_json_set_int(record->doc, "secrecy", n < 24 ? 0 : demo_pick(&dice, secrecies));
  demo_json_set_int(record->doc, "issued", state ? at - DEMO_DAY : 0);
  demo_json_set_int(record->doc, "received", at);
  if (in && demo_roll(&dice, 3))
    demo_json_set_int(record->doc, "due",
                      demo_time_midnight(demo_time_working_days(at, 2 + (int)demo_roll(&dice, 12))));
  add_case(record->doc, related);
  demo_making_write(making, record,
                    settle(record, at, making->now, handlers[demo_roll(&dice, 4)], 1000 + id));
}

void
demo_data_documents(DemoMaking *making, gint64 count)
{
  gint64 per_day = MAX(6, count / 365), id = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
    write_sample(making, &samples[i], ++id);
  for (gint64 n = 0; n < count - (gint64)G_N_ELEMENTS(samples); n++)
    write_document(making, n, ++id, per_day);
  demo_state_set_count(making->province->state, "van-ban/arrival", 1000 + id);
}

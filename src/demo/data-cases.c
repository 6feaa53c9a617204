/* SPDX-License-Identifier: Apache-2.0 */
/* One-stop cases, and the files at the Ministry of Justice that belong to some of them. */
#include "demo/data.h"
#include "demo/hotich.h"
#include "demo/onestop.h"

#include <string.h>

#define MY_COMMUNE   "H99.101.01"
#define NEXT_COMMUNE "H99.101.02"
/* Numbers of a day below this are kept for the samples. */
#define FIRST_NUMBER 20

typedef struct {
  const char *code, *name, *field;
  int days, fee;
  const char *civil; /* the kind of file it makes at the Ministry */
} Procedure;

static const Procedure procedures[] = {
    {"1.001193", "Đăng ký khai sinh", "Hộ tịch", 1, 8000, "KS"},
    {"2.000815", "Chứng thực bản sao từ bản chính", "Chứng thực", 1, 20000, NULL},
    {"1.001612", "Đăng ký thành lập hộ kinh doanh", "Hộ kinh doanh", 3, 100000, NULL},
    {"1.003554", "Hòa giải tranh chấp đất đai", "Đất đai", 30, 0, NULL},
    {"1.001776", "Trợ cấp xã hội hằng tháng", "Bảo trợ xã hội", 10, 0, NULL},
    {"2.000635", "Cấp bản sao trích lục hộ tịch", "Hộ tịch", 1, 20000, "TL"},
    {"1.000894", "Đăng ký kết hôn", "Hộ tịch", 3, 0, "KH"},
    {"1.000656", "Đăng ký khai tử", "Hộ tịch", 1, 0, "KT"},
    {"2.000986", "Liên thông đăng ký khai sinh, thường trú, cấp thẻ BHYT trẻ dưới 6 tuổi", "Hộ tịch", 4, 0,
     "KS"},
    {"2.002622", "Liên thông khai tử, xóa thường trú, trợ cấp mai táng", "Hộ tịch", 4, 0, "KT"},
    {"1.001731", "Hỗ trợ chi phí mai táng", "Bảo trợ xã hội", 5, 0, NULL},
    {"2.000884", "Chứng thực chữ ký", "Chứng thực", 1, 10000, NULL},
    {"1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân", "Hộ tịch", 3, 15000, "HN"},
    {"1.004859", "Thay đổi, cải chính hộ tịch", "Hộ tịch", 3, 15000, "CC"},
};
enum { BIRTH, COPY, BUSINESS, LAND, BENEFIT, EXTRACT, LINKED_BIRTH = 8 };

typedef struct {
  int november, number, state;
  int procedure;
  const char *step, *applicant;
  int person; /* the last digits of the invented person's numbers */
  const char *fee_state;
  int due; /* day of November, -1: none yet */
  const char *civil_state;
} Sample;

static const Sample samples[] = {
    {20, 7, CASE_PROCESSING, BIRTH, "Thẩm định", "Trần Thị Thử B", 2, DEMO_FEE_PAID, 22, "3"},
    {18, 3, CASE_FINISHED, COPY, "Trả kết quả", "Nguyễn Văn Mẫu A", 1, DEMO_FEE_PAID, 19, NULL},
    {9, 12, CASE_SUPPLEMENT, BUSINESS, "Thẩm định", "Lê Ví Dụ C", 3, DEMO_FEE_PAID, 13, NULL},
    {2, 1, CASE_PROCESSING, LAND, "Thẩm định", "Phạm Giả Định D", 4, NULL, 19, NULL},
    {21, 15, CASE_NEW, BUSINESS, NULL, "Hồ Thị Minh Họa E", 5, DEMO_FEE_PAID, -1, NULL},
    {16, 2, CASE_PAYMENT, BENEFIT, "Thẩm định", "Nguyễn Văn Mẫu A", 1, DEMO_FEE_UNPAID, 27, NULL},
    {13, 4, CASE_WITHDRAWN, EXTRACT, "Tiếp nhận", "Trần Thị Thử B", 2, DEMO_FEE_PAID, 16, "6"},
    {20, 9, CASE_PROCESSING, COPY, "Phê duyệt", "Lê Ví Dụ C", 3, DEMO_FEE_PAID, 22, NULL},
    {21, 16, CASE_NEW, EXTRACT, NULL, "Phạm Giả Định D", 4, DEMO_FEE_UNPAID, -1, "1"},
    {19, 5, CASE_PROCESSING, LINKED_BIRTH, "Thẩm định", "Hồ Thị Minh Họa E", 5, NULL, 24, "1"},
};

/* --- what a case went through --- */

static gint64
log_case(DemoRecord *record, gint64 at, const char *who, const char *what, const char *note)
{
  demo_record_log(record, at, who, what, note, NULL);
  return at;
}

/* A short believable history for a status; gives the time of the last entry. */
static gint64
add_history(const DemoMaking *making, DemoRecord *record)
{
  gint64 submitted = demo_json_int(record->doc, "submitted"),
         received = demo_json_int(record->doc, "received");
  gint64 last = log_case(record, submitted, "Công dân", "Nộp hồ sơ", demo_json_text(record->doc, "channel"));
  gint64 latest = MAX(received, MIN(making->now - DEMO_HOUR / 4, received + 5 * DEMO_HOUR));

  if (record->state == CASE_REFUSED)
    return log_case(record, MIN(submitted + DEMO_HOUR, making->now), "canbo01", "Từ chối tiếp nhận",
                    "Không thuộc thẩm quyền");
  if (!received)
    return last;
  last = log_case(record, received, "canbo01", "Tiếp nhận", NULL);
  if (record->state != CASE_RECEIVED && record->state != CASE_WITHDRAWN)
    last = log_case(record, MIN(received + DEMO_HOUR, latest), "canbo01", "Chuyển xử lý",
                    "Chuyển phòng chuyên môn");
  if (record->state == CASE_FINISHED || record->state == CASE_DELIVERED)
    last = log_case(record, latest, "lanhdao01", "Phê duyệt", NULL);
  if (record->state == CASE_DELIVERED)
    last = log_case(record, latest, "canbo01", "Trả kết quả", NULL);
  if (record->state == CASE_SUPPLEMENT)
    last = log_case(record, latest, "canbo04", "Yêu cầu bổ sung", "Bổ sung bản sao giấy tờ tùy thân");
  if (record->state == CASE_PAUSED)
    last = log_case(record, latest, "canbo04", "Tạm dừng", "Chờ kết quả xác minh");
  if (record->state == CASE_WITHDRAWN)
    last = log_case(record, latest, "canbo01", "Rút hồ sơ", "Công dân đề nghị rút");
  return last;
}

static void
set_procedure(cJSON *doc, const Procedure *procedure)
{
  demo_json_set_text(doc, "procedure", procedure->code);
  demo_json_set_text(doc, "title", procedure->name);
  demo_json_set_text(doc, "field", procedure->field);
  demo_json_set_int(doc, "days", procedure->days);
  demo_json_set_int(doc, "fee", procedure->fee);
  demo_making_file(doc, "Tờ khai.pdf", "application/pdf", 21200);
}

gboolean
demo_data_procedure(cJSON *doc, const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS(procedures); i++) {
    if (strcmp(procedures[i].code, code) != 0)
      continue;
    set_procedure(doc, &procedures[i]);
    return TRUE;
  }
  return FALSE;
}

/* Times and people that follow from the status. */
static void
settle(cJSON *doc, int state, gint64 changed)
{
  if (state == CASE_SUPPLEMENT || state == CASE_PAYMENT || state == CASE_PAUSED)
    demo_json_set_int(doc, "pausedAt", changed);
  if (state == CASE_SUPPLEMENT)
    demo_json_set_true(doc, "supplemented", TRUE);
  if (state == CASE_FINISHED || state == CASE_DELIVERED)
    demo_json_set_int(doc, "finished", changed);
}

/* --- samples --- */

static void
write_sample(DemoMaking *making, const Sample *sample, gint64 id)
{
  const Procedure *procedure = &procedures[sample->procedure];
  gint64 submitted =
      MIN(demo_making_day(making, sample->november) + 8 * DEMO_HOUR + 12 * 60 * DEMO_SECOND, making->now);
  g_autofree char *code = g_strdup_printf(MY_COMMUNE "-2611%02d-%04d", sample->november, sample->number);
  g_autofree char *cccd = g_strdup_printf("000099%06d", sample->person);
  g_autofree char *phone = g_strdup_printf("0900000%03d", sample->person);
  g_autoptr(DemoRecord) record = demo_record_new(demo_onestop.id, id, code, sample->state);
  cJSON *doc = record->doc;

  set_procedure(doc, procedure);
  demo_json_set_text(doc, "applicant", sample->applicant);
  demo_json_set_text(doc, "cccd", cccd);
  demo_json_set_text(doc, "phone", phone);
  demo_json_set_text(doc, "channel", "Trực tuyến");
  demo_json_set_text(doc, "feeState", sample->fee_state);
  demo_json_set_text(doc, "step", sample->step);
  demo_json_set_int(doc, "submitted", submitted);
  if (sample->due >= 0) {
    demo_json_set_int(doc, "received", submitted);
    demo_json_set_int(doc, "due", demo_making_day(making, sample->due) + 17 * DEMO_HOUR);
    demo_json_set_text(doc, "assignee", "canbo01");
  }
  if (sample->procedure == BIRTH)
    demo_making_file(doc, "Giấy chứng sinh.jpg", "image/jpeg", 110000);
  gint64 changed = add_history(making, record);
  settle(doc, sample->state,
         sample->state == CASE_SUPPLEMENT ? demo_making_day(making, 12) + 9 * DEMO_HOUR : changed);
  demo_making_write(making, record, changed);
  if (sample->civil_state)
    demo_data_civil(making, procedure->civil, code, record, sample->civil_state[0] - '0');
}

/* --- generated cases --- */

char *
demo_making_case_code(const DemoMaking *making, gint64 n)
{
  g_autofree char *day = demo_time_format(making->today - n / making->per_day * DEMO_DAY, "%y%m%d");

  return g_strdup_printf(MY_COMMUNE "-%s-%04" G_GINT64_FORMAT, day, FIRST_NUMBER + n % making->per_day);
}

/* The first cases go through every status and step, so that even a small province has all of them. */
static const struct {
  int state;
  const char *step;
} tour[] = {
    {CASE_NEW, NULL},
    {CASE_RECEIVED, "Tiếp nhận"},
    {CASE_PROCESSING, "Thẩm định"},
    {CASE_PROCESSING, "Trình ký"},
    {CASE_PROCESSING, "Phê duyệt"},
    {CASE_FINISHED, "Trả kết quả"},
    {CASE_PAUSED, "Thẩm định"},
    {CASE_SUPPLEMENT, "Thẩm định"},
    {CASE_WITHDRAWN, "Tiếp nhận"},
    {CASE_PAYMENT, "Tiếp nhận"},
    {CASE_REFUSED, NULL},
    {CASE_DELIVERED, "Trả kết quả"},
};

static int
choose_state(DemoDice *dice, gint64 age)
{
  /* In the order of the ten statuses; 1 per mille stands for "hardly ever". */
  static const guint today[] = {400, 250, 10, 290, 1, 40, 8, 1, 1, 1, 0};
  static const guint week[] = {60, 120, 20, 400, 70, 30, 20, 30, 150, 100, 0};
  static const guint month[] = {2, 8, 40, 120, 30, 10, 30, 20, 120, 620, 0};
  static const guint older[] = {1, 1, 30, 6, 2, 1, 20, 1, 8, 930, 0};

  return 1 + demo_pick(dice, age <= 1 ? today : age <= 7 ? week : age <= 30 ? month : older);
}

static const char *
choose_step(DemoDice *dice, int state)
{
  static const char *const steps[] = {"Thẩm định", "Trình ký", "Phê duyệt"};

  if (state == CASE_NEW || state == CASE_REFUSED)
    return NULL;
  if (state == CASE_RECEIVED || state == CASE_WITHDRAWN)
    return "Tiếp nhận";
  if (state == CASE_FINISHED || state == CASE_DELIVERED)
    return "Trả kết quả";
  return state == CASE_PROCESSING ? steps[demo_roll(dice, G_N_ELEMENTS(steps))] : "Thẩm định";
}

static const char *
choose_fee(DemoDice *dice, int state, int fee)
{
  if (!fee)
    return NULL;
  return state == CASE_PAYMENT || (state == CASE_NEW && demo_roll(dice, 5) == 0) ? DEMO_FEE_UNPAID
                                                                                 : DEMO_FEE_PAID;
}

static int
civil_state(int state, DemoDice *dice)
{
  if (demo_roll(dice, 40) == 0)
    return CIVIL_ERROR;
  if (state == CASE_SUPPLEMENT)
    return CIVIL_SUPPLEMENT;
  if (state == CASE_FINISHED || state == CASE_DELIVERED)
    return CIVIL_DONE;
  if (state == CASE_REFUSED || state == CASE_WITHDRAWN)
    return CIVIL_REFUSED;
  return demo_roll(dice, 2) ? CIVIL_READY : CIVIL_RECEIVED;
}

static void
write_case(DemoMaking *making, gint64 n, gint64 id)
{
  static const char *const channels[] = {"Trực tuyến", "Trực tuyến", "Trực tuyến", "Trực tiếp",
                                         "Bưu chính công ích"};
  static const char *const handlers[] = {"canbo01", "canbo03", "canbo04", "canbo05"};
  DemoDice dice = demo_dice(making->seed, "case", n);
  gint64 age = n / making->per_day;
  gint64 at =
      making->today - age * DEMO_DAY + 7 * DEMO_HOUR + (gint64)demo_roll(&dice, 9 * 3600) * DEMO_SECOND;
  gboolean touring = n < (gint64)G_N_ELEMENTS(tour);
  int state = touring ? tour[n].state : choose_state(&dice, age);
  /* The linked services are left out of the tour: nobody may act on them. */
  const Procedure *procedure =
      &procedures[demo_roll(&dice, touring ? LINKED_BIRTH : G_N_ELEMENTS(procedures))];
  g_autofree char *code = demo_making_case_code(making, n);
  g_autoptr(DemoRecord) record = demo_record_new(demo_onestop.id, id, code, state);
  cJSON *doc = record->doc;

  at = MIN(at, making->now - DEMO_HOUR / 2);
  set_procedure(doc, procedure);
  demo_making_person(&dice, doc);
  demo_json_set_text(doc, "channel", channels[demo_roll(&dice, G_N_ELEMENTS(channels))]);
  demo_json_set_text(doc, "feeState", choose_fee(&dice, state, procedure->fee));
  demo_json_set_text(doc, "step", touring ? tour[n].step : choose_step(&dice, state));
  demo_json_set_int(doc, "submitted", at);
  if (state != CASE_NEW && state != CASE_REFUSED) {
    demo_json_set_int(doc, "received", at + 10 * 60 * DEMO_SECOND);
    demo_json_set_int(doc, "due", demo_time_working_days(at, procedure->days));
    demo_json_set_text(doc, "assignee", handlers[demo_roll(&dice, G_N_ELEMENTS(handlers))]);
  }
  gint64 changed = add_history(making, record);
  settle(doc, state, changed);
  demo_making_write(making, record, changed);
  if (procedure->civil && making->civil_left > making->civil_rest)
    demo_data_civil(making, procedure->civil, code, record, civil_state(state, &dice));
}

void
demo_data_cases(DemoMaking *making)
{
  gint64 id = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
    write_sample(making, &samples[i], ++id);
  for (gint64 n = 0; n < making->cases - (gint64)G_N_ELEMENTS(samples); n++)
    write_case(making, n, ++id);
}

/* --- civil registration --- */

static const char *
civil_title(const char *kind)
{
  static const struct {
    const char *kind, *title;
  } titles[] = {{"KS", "Đăng ký khai sinh"},
                {"KH", "Đăng ký kết hôn"},
                {"KT", "Đăng ký khai tử"},
                {"TL", "Cấp bản sao trích lục hộ tịch"},
                {"HN", "Xác nhận tình trạng hôn nhân"},
                {"CC", "Thay đổi, cải chính hộ tịch"}};

  for (gsize i = 0; i < G_N_ELEMENTS(titles); i++)
    if (strcmp(titles[i].kind, kind) == 0)
      return titles[i].title;
  return kind;
}

void
demo_data_civil(DemoMaking *making, const char *kind, const char *code, const DemoRecord *of, int status)
{
  static const char *const copied[] = {"applicant", "cccd", "phone"};
  gint64 n = ++making->civil_made, at = demo_json_int(of->doc, "submitted");
  gint64 received = MIN(at + DEMO_HOUR, making->now);
  g_autofree char *key = g_strdup_printf("%010" G_GINT64_FORMAT, 12000 + n);
  g_autoptr(DemoRecord) record = demo_record_new(demo_hotich.id, n, key, status);
  cJSON *doc = record->doc;

  making->civil_left--;
  demo_json_set_text(doc, "caseCode", code);
  demo_json_set_text(doc, "kind", kind);
  demo_json_set_text(doc, "title", civil_title(kind));
  for (gsize i = 0; i < G_N_ELEMENTS(copied); i++)
    demo_json_set_text(doc, copied[i], demo_json_text(of->doc, copied[i]));
  demo_json_set_int(doc, "received", received);
  demo_json_set_int(doc, "due", demo_time_working_days(received, 3));
  demo_json_set_text(doc, "assignee", status == CIVIL_RECEIVED ? NULL : "canbo03");
  demo_making_file(doc, "to_khai.pdf", "application/pdf", 18400);
  demo_record_log(record, received, "Trục liên thông", "Nhận hồ sơ từ một cửa", code, NULL);
  if (status == CIVIL_DONE) {
    g_autofree char *row = g_strconcat("ho-tich/", kind, NULL);
    g_autofree char *year = demo_time_format(received, "%Y");
    g_autofree char *number =
        g_strdup_printf("%" G_GINT64_FORMAT "/%s", demo_state_next(making->province->state, row), year);
    demo_json_set_text(doc, "registered", number);
    demo_record_log(record, received, "canbo03", "Hoàn thành đăng ký", number, NULL);
  }
  demo_making_write(making, record, received);
}

void
demo_data_civil_rest(DemoMaking *making)
{
  static const char *const kinds[] = {"KS", "KH", "KT", "TL", "HN", "CC"};
  static const int statuses[] = {CIVIL_DONE,  CIVIL_REFUSED,    CIVIL_RECEIVED,
                                 CIVIL_READY, CIVIL_SUPPLEMENT, CIVIL_ERROR};
  static const guint weights[] = {940, 30, 12, 10, 7, 1, 0};
  static const int tour_of_files[] = {CIVIL_ERROR,    CIVIL_READY, CIVIL_SUPPLEMENT,
                                      CIVIL_RECEIVED, CIVIL_DONE,  CIVIL_REFUSED};

  for (gint64 n = 0; making->civil_left > 0; n++) {
    DemoDice dice = demo_dice(making->seed, "civil", n);
    int status =
        n < (gint64)G_N_ELEMENTS(tour_of_files) ? tour_of_files[n] : statuses[demo_pick(&dice, weights)];
    gboolean ended = status == CIVIL_DONE || status == CIVIL_REFUSED;
    gint64 age = demo_roll(&dice, ended ? 300 : 4);
    gint64 at = MIN(making->today - age * DEMO_DAY + 8 * DEMO_HOUR, making->now - DEMO_HOUR);
    g_autofree char *day = demo_time_format(at, "%y%m%d");
    g_autofree char *code = g_strdup_printf(NEXT_COMMUNE "-%s-%04" G_GINT64_FORMAT, day, FIRST_NUMBER + n);
    g_autoptr(DemoRecord) person = demo_record_new(demo_onestop.id, 0, code, 0);
    demo_making_person(&dice, person->doc);
    demo_json_set_int(person->doc, "submitted", at);
    demo_data_civil(making, kinds[demo_roll(&dice, G_N_ELEMENTS(kinds))], code, person, status);
  }
}

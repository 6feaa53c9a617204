/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/data.h"

#include <string.h>

#define MAX_MAIL 4000 /* one person's mailbox is never larger */

/* --- dice: splitmix64 (Steele, Lea, Flood 2014) --- */

static guint64
next(DemoDice *dice)
{
  guint64 z = dice->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

DemoDice
demo_dice(guint64 seed, const char *what, gint64 n)
{
  DemoDice dice = {seed ^ ((guint64)g_str_hash(what) << 32)};

  dice.state = next(&dice) ^ (guint64)n;
  next(&dice);
  return dice;
}

guint
demo_roll(DemoDice *dice, guint sides)
{
  return (guint)(next(dice) % sides);
}

int
demo_pick(DemoDice *dice, const guint *weights)
{
  guint sum = 0, at;
  int n = 0;

  for (const guint *weight = weights; *weight; weight++)
    sum += *weight;
  for (at = demo_roll(dice, sum); at >= weights[n]; n++)
    at -= weights[n];
  return n;
}

/* --- people --- */

static const char *const family_names[] = {"Nguyễn", "Trần", "Lê",   "Phạm", "Hồ",
                                           "Hoàng",  "Vũ",   "Đặng", "Bùi",  "Phan"};
static const char *const middle_names[] = {"Văn", "Thị", "Ví", "Giả", "Thị Minh", "Hữu", "Đức", "Ngọc"};
static const char *const given_names[] = {"Mẫu", "Thử", "Dụ", "Định", "Họa", "Tạm", "Ước", "Nháp"};

void
demo_making_person(DemoDice *dice, cJSON *doc)
{
  g_autofree char *name = g_strdup_printf(
      "%s %s %s %c", family_names[demo_roll(dice, G_N_ELEMENTS(family_names))],
      middle_names[demo_roll(dice, G_N_ELEMENTS(middle_names))],
      given_names[demo_roll(dice, G_N_ELEMENTS(given_names))], 'A' + (int)demo_roll(dice, 26));
  g_autofree char *cccd = g_strdup_printf("000099%06u", 100 + demo_roll(dice, 900000));
  g_autofree char *phone = g_strdup_printf("0900000%03u", demo_roll(dice, 1000));

  demo_json_set_text(doc, "applicant", name);
  demo_json_set_text(doc, "cccd", cccd);
  demo_json_set_text(doc, "phone", phone);
}

/* --- writing --- */

void
demo_making_file(cJSON *doc, const char *name, const char *type, gint64 size)
{
  cJSON *files = cJSON_GetObjectItemCaseSensitive(doc, "files");
  cJSON *file = cJSON_CreateObject();

  if (!files)
    files = cJSON_AddArrayToObject(doc, "files");
  g_autofree char *id = g_strdup_printf("%03d", cJSON_GetArraySize(files) + 1);
  demo_json_set_text(file, "id", id);
  demo_json_set_text(file, "name", name);
  demo_json_set_text(file, "type", type);
  demo_json_set_int(file, "size", size);
  cJSON_AddItemToArray(files, file);
}

void
demo_making_write(const DemoMaking *making, DemoRecord *record, gint64 changed)
{
  record->updated = MIN(changed, making->now - DEMO_SECOND);
  demo_state_load(making->province->state, record);
}

gint64
demo_making_day(const DemoMaking *making, int november)
{
  return making->today + (november - 22) * DEMO_DAY;
}

void
demo_data_fill(DemoProvince *province, guint64 seed, gint64 items)
{
  gint64 now = demo_clock_now(province->clock);
  DemoMaking making = {.province = province,
                       .seed = seed,
                       .now = now,
                       .today = demo_time_midnight(now),
                       .cases = items * 2 / 5};
  gint64 feedback = items / 12, mail = MIN(items / 12, MAX_MAIL);

  making.per_day = MAX(8, making.cases / 365);
  making.civil_left = items / 5;
  making.civil_rest = MIN(making.civil_left, 6);
  demo_state_set_count(province->state, "van-ban/arrival", 1040);
  demo_state_set_count(province->state, "van-ban/outgoing", 612);
  demo_data_cases(&making);
  demo_data_civil_rest(&making);
  demo_data_feedback(&making, feedback);
  demo_data_mail(&making, mail);
  demo_data_documents(&making, items - making.cases - items / 5 - feedback - mail);
}

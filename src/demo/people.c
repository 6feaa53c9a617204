/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/people.h"

#include "motcua/text.h"

#include <string.h>

const DemoOfficial demo_officials[] = {
    {"canbo01", "Nguyễn Thị Một Cửa", "Công chức tiếp nhận", "Trung tâm Phục vụ hành chính công"},
    {"canbo02", "Trần Văn Thư Mẫu", "Văn thư", "Văn phòng HĐND và UBND"},
    {"canbo03", "Lê Tư Pháp Thử", "Công chức tư pháp - hộ tịch", "Văn phòng HĐND và UBND"},
    {"canbo04", "Phạm Địa Chính Mẫu", "Chuyên viên", "Phòng Kinh tế"},
    {"canbo05", "Hồ Thị Xã Hội Thử", "Chuyên viên", "Phòng Văn hóa - Xã hội"},
    {"canbo06", "Vũ Kế Toán Mẫu", "Kế toán", "Văn phòng HĐND và UBND"},
    {"lanhdao01", "Đặng Phó Chủ Tịch Thử", "Phó Chủ tịch", "Lãnh đạo UBND"},
    {"lanhdao02", "Bùi Chủ Tịch Mẫu", "Chủ tịch", "Lãnh đạo UBND"},
    {NULL, NULL, NULL, NULL},
};

const DemoOfficial *
demo_official(const char *login)
{
  for (const DemoOfficial *official = demo_officials; official->login; official++)
    if (g_strcmp0(official->login, login) == 0)
      return official;
  return NULL;
}

const char *
demo_official_name(const char *login)
{
  const DemoOfficial *official = demo_official(login);

  return official ? official->name : login;
}

gboolean
demo_official_matches(const DemoOfficial *official, const char *query)
{
  g_autofree char *all =
      g_strjoin(" ", official->login, official->name, official->title, official->unit, NULL);
  g_autofree char *folded = mc_text_fold(all);
  g_autofree char *wanted = mc_text_fold(query ? query : "");
  g_auto(GStrv) words = g_strsplit(wanted, " ", 16);

  for (char **word = words; *word; word++)
    if (!strstr(folded, *word))
      return FALSE;
  return TRUE;
}

const DemoPerson *
demo_person(const char *number)
{
  static const DemoPerson people[] = {
      {"000099000001", "Nguyễn Văn Mẫu A"},    {"000099000002", "Trần Thị Thử B"},
      {"000099000003", "Lê Ví Dụ C"},          {"000099000004", "Phạm Giả Định D"},
      {"000099000005", "Hồ Thị Minh Họa E"},   {"000188000006", "Đỗ Thị Thí Điểm G"},
      {"000075000007", "Hoàng Văn Tạm Trú H"}, {"000304000008", "Vũ Thị Khai Sinh K"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(people); i++)
    if (strcmp(people[i].number, number) == 0)
      return &people[i];
  return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every form of the query language against a small table, every order, and paging both ways. */
#include "store.h"

#include "store/inner.h"

typedef struct {
  const char *system, *key, *title, *from, *assignee;
  McKind kind;
  McState state;
  McUrgency urgency;
  gint64 received, due, finished;
  gboolean unread;
  int attachments;
  const char *ref, *step;
} Sample;

#define NONE MC_TIME_NONE
static const Sample samples[] = {
    {"mot-cua", "H47.61-261118-0042", "Đăng ký khai sinh", "Nguyễn Đình An", "canbo01", MC_KIND_CASE,
     MC_STATE_PROCESSING, MC_URGENCY_NORMAL, NOW - 4 * DAY, NOW - HOUR, NONE, TRUE, 2, "matter-1",
     "Thẩm định"},
    {"mot-cua", "H47.61-261118-0043", "Chứng thực bản sao", "Trần Thị Bình", "canbo02", MC_KIND_CASE,
     MC_STATE_WAITING, MC_URGENCY_NORMAL, NOW - 3 * DAY, NOW - 2 * HOUR, NONE, FALSE, 0, NULL, "Tiếp nhận"},
    {"van-ban", "9", "V/v phòng chống lụt bão", "UBND huyện", "canbo01", MC_KIND_DOCUMENT, MC_STATE_NEW,
     MC_URGENCY_FLASH, NOW - 2 * HOUR, NOW + 30 * HOUR, NONE, TRUE, 1, "matter-1", NULL},
    {"van-ban", "10", "Báo cáo quý", "Sở Tư pháp", NULL, MC_KIND_DOCUMENT, MC_STATE_APPROVAL,
     MC_URGENCY_URGENT, NOW - 9 * DAY, NOW + 9 * DAY, NONE, FALSE, 0, NULL, NULL},
    {"ho-tich", "k1", "Khai tử", "Lê Đức", "canbo01", MC_KIND_CASE, MC_STATE_DONE, MC_URGENCY_NORMAL,
     NOW - 20 * DAY, NOW - 10 * DAY, NOW - 9 * DAY, FALSE, 0, NULL, NULL},
    {"ho-tich", "k2", "Họp giao ban", NULL, NULL, MC_KIND_MEETING, MC_STATE_UNKNOWN, MC_URGENCY_NORMAL, NONE,
     NONE, NONE, FALSE, 0, NULL, NULL},
};

static void
fill(Desk *desk)
{
  static const char *const systems[] = {"mot-cua", "van-ban", "ho-tich"};
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(systems); i++) {
    g_autoptr(GPtrArray) items = items_new();
    for (guint j = 0; j < G_N_ELEMENTS(samples); j++) {
      const Sample *sample = &samples[j];
      if (strcmp(sample->system, systems[i]) != 0)
        continue;
      McItem *item = item_new(sample->system, sample->key, sample->title);
      put_text(&item->from, sample->from);
      put_text(&item->assignee, sample->assignee);
      put_text(&item->step, sample->step);
      item->kind = sample->kind;
      item->sys_state = sample->state;
      item->urgency = sample->urgency;
      item->received = sample->received;
      item->due = sample->due;
      item->finished = sample->finished;
      item->unread = sample->unread;
      item->attachment_count = sample->attachments;
      if (sample->ref)
        mc_item_set_list(item, &item->refs, g_strsplit(sample->ref, ",", -1));
      g_ptr_array_add(items, item);
    }
    pull_all(desk, systems[i], items, TRUE);
    mc_store_system_state(desk->store, systems[i], i == 2 ? MC_SYSTEM_TROUBLE : MC_SYSTEM_OK, "message",
                          i == 2 ? NULL : "Canbo01", &error);
    no_error(error);
  }
  assert_true(mc_store_tag(desk->store, "van-ban:10", "Gấp", TRUE, &error));
  assert_true(mc_store_note(desk->store, "van-ban:10", "gọi lại chị Hạnh", &error));
}

#define K42 "H47.61-261118-0042"
#define K43 "H47.61-261118-0043"

/* clang-format off */
static const struct {
  const char *query, *keys;
} cases[] = {
    {"", K42 " 9 10 " K43 " k2 k1"},
    /* words: folded, prefixes, all fields */
    {"nguyen dinh", K42},
    {"Nguyễn", K42},
    {"ngu", K42},
    {"guyen", ""},
    {"khai", K42 " k1"},
    {"KHAI SINH", K42},
    {"261118-0042", K42},
    {"H47.61", K42 " " K43},
    {"h47.61-26", K42 " " K43},
    {"47.6", ""},
    {"hanh", "10"},
    {"duc", "k1"},
    {"binh", K43},
    /* phrases */
    {"\"khai sinh\"", K42},
    {"\"nguyen dinh\"", K42},
    {"\"Nguyễn Đình\"", K42},
    {"\"nguyên đình\"", ""},
    {"\"sinh nguyen\"", ""},
    {"\"khai si\"", ""},
    {"\"chị hạnh\"", "10"},
    /* joining */
    {"khai or bao", K42 " 9 10 k1"},
    {"khai -tu", K42},
    {"-khai", "9 10 " K43 " k2"},
    {"(khai or bao) is:unread", K42 " 9"},
    {"-(khai or bao)", K43 " k2"},
    {"khai (sinh or tu)", K42 " k1"},
    /* fields */
    {"system:van-ban", "9 10"},
    {"system:van-ban,ho-tich", "9 10 k2 k1"},
    {"kind:document", "9 10"},
    {"kind:meeting,case", K42 " " K43 " k2 k1"},
    {"state:waiting", K43},
    {"state:new,approval", "9 10"},
    {"urgency:flash", "9"},
    {"assignee:canbo01", K42 " 9 k1"},
    {"assignee:CANBO01", K42 " 9 k1"},
    {"-assignee:canbo01", "10 " K43 " k2"},
    {"from:\"tu phap\"", "10"},
    {"from:nguyen", K42},
    {"from:khai", ""},
    {"code:H47.61", K42 " " K43},
    {"code:9", "9"},
    {"step:\"tham dinh\"", K42},
    {"tag:gap", "10"},
    {"tag:\"Gấp\"", "10"},
    {"-tag:gap", K42 " 9 " K43 " k2 k1"},
    /* flags */
    {"is:unread", K42 " 9"},
    {"is:overdue", K42},
    {"is:due_soon", "9"},
    {"-is:overdue", "9 10 " K43 " k2 k1"},
    {"is:linked", K42 " 9"},
    {"is:pending", ""},
    {"is:failed", ""},
    {"is:stale", "k2 k1"},
    {"is:mine", K42 " 9"},
    {"is:open", K42 " 9 10 " K43 " k2"},
    {"-is:open", "k1"},
    {"has:attachment", K42 " 9"},
    {"has:link", K42 " 9"},
    {"has:note", "10"},
    {"-has:note", K42 " 9 " K43 " k2 k1"},
    /* moments */
    {"due<2d", K42 " 9 " K43 " k1"},
    {"due>2d", "10"},
    {"due<=2026-11-22", K42 " " K43 " k1"},
    {"received:today", "9"},
    {"received>7d", "10 k1"},
    {"-due<2d", "10 k2"},
    {"kind:case is:open khai", K42},
};
/* clang-format on */

static void
finds(void **state)
{
  Desk *desk = *state;
  fill(desk);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    expect(desk, cases[i].query, MC_SORT_DUE, cases[i].keys);
}

static void
orders(void **state)
{
  Desk *desk = *state;
  fill(desk);
  expect(desk, "", MC_SORT_RECEIVED, "9 " K43 " " K42 " 10 k1 k2");
  expect(desk, "", MC_SORT_CODE, "9 10 " K42 " " K43 " k1 k2");
  expect(desk, "", MC_SORT_SYSTEM, "k2 k1 " K42 " " K43 " 9 10");
  expect(desk, "", MC_SORT_URGENCY, "9 10 " K42 " " K43 " k2 k1");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(finds, desk_open, desk_close),
      cmocka_unit_test_setup_teardown(orders, desk_open, desk_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

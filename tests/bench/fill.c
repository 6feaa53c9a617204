/* SPDX-License-Identifier: Apache-2.0 */
/* Fills the home of MOTCUA_HOME with N invented items through the store's own pulls, the way systems fill it:
 *
 *   fill N [PAGE]
 *
 * Four systems of two kinds; a fifth of the items is open, deadlines lie around MOTCUA_NOW. The same N gives
 * the same items. Prints what it did as "name value" lines. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "motcua/clock.h"
#include "store/store.h"

#define FIRST_NUMBER 1234567 /* no row of zeros, which a terminal may be told as one */
#define DAY          86400
#define SPAN         (900.0 * DAY)

static const char *const systems[] = {"bench-cases", "bench-papers", "bench-registry", "bench-voices"};
static const char *const families[] = {"Nguyễn", "Trần", "Lê",  "Phạm", "Hoàng", "Huỳnh", "Phan",  "Vũ",
                                       "Võ",     "Đặng", "Bùi", "Đỗ",   "Hồ",    "Ngô",   "Dương", "Lý"};
static const char *const middles[] = {"Văn", "Thị", "Đình", "Hữu", "Minh", "Ngọc", "Quang", "Thanh"};
static const char *const given[] = {"An",   "Bình", "Châu", "Dũng", "Đức",   "Giang", "Hà",   "Hạnh",
                                    "Hùng", "Khoa", "Lan",  "Linh", "Mai",   "Nam",   "Nga",  "Phong",
                                    "Phúc", "Quân", "Sơn",  "Thảo", "Trang", "Tuấn",  "Uyên", "Yến"};
static const char *const matters[] = {"Đăng ký khai sinh",
                                      "Đăng ký khai tử",
                                      "Đăng ký kết hôn",
                                      "Chứng thực bản sao từ bản chính",
                                      "Chứng thực chữ ký",
                                      "Trợ cấp xã hội hằng tháng",
                                      "Cấp giấy phép xây dựng",
                                      "Đăng ký thành lập hộ kinh doanh",
                                      "Hòa giải tranh chấp đất đai",
                                      "Xác nhận tình trạng hôn nhân",
                                      "Biến động đất đai",
                                      "Phản ánh vệ sinh môi trường",
                                      "Về việc phòng chống lụt bão",
                                      "Báo cáo số hóa dữ liệu hộ tịch",
                                      "Đèn đường hỏng",
                                      "Họp giao ban tháng"};
static const char *const steps[] = {"Tiếp nhận", "Thẩm định", "Trình ký", "Trả kết quả"};
static const McState open_states[] = {MC_STATE_NEW,     MC_STATE_PROCESSING, MC_STATE_PROCESSING,
                                      MC_STATE_WAITING, MC_STATE_APPROVAL,   MC_STATE_READY};

static guint64
scramble(guint64 x)
{
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

#define PICK(list, bits) ((list)[(bits) % G_N_ELEMENTS(list)])

static void
set_moments(McItem *item, guint64 r, guint64 count, gint64 now)
{
  guint64 late = count < 10000 ? 4 : 37; /* one in so many: a small home has a full first screen too */
  item->due = r % 11 == 0 ? MC_TIME_NONE : item->received + 5 * DAY + (gint64)(r >> 20) % (15 * DAY);
  if (item->due != MC_TIME_NONE && mc_state_is_open(item->sys_state) && r % late != 0)
    item->due += MAX(0, (now - item->received) / DAY - 4) * DAY; /* what is late is the exception */
  if (!mc_state_is_open(item->sys_state))
    item->finished = item->received + (gint64)(r >> 30) % (12 * DAY);
  item->as_of = now;
}

/* "H47.12-261118-00042": office, day, number. */
static char *
make_key(guint64 number, guint64 r, gint64 received)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(7 * 3600);
  g_autofree char *day = mc_time_format(received, zone, "%y%m%d");
  return g_strdup_printf("H47.%02d-%s-%07d", (int)(r % 60), day, FIRST_NUMBER + (int)number);
}

static McItem *
invent(const char *system, guint64 number, guint64 count, gint64 now)
{
  guint64 r = scramble(number), q = scramble(r);
  gint64 received = now - (gint64)((double)(count - number) / (double)count * SPAN) - (gint64)(r % 3600);
  g_autofree char *key = make_key(number, r, received);
  McItem *item = mc_item_new(system, "main", key, FALSE);

  item->code = g_strdup(key);
  item->received = received;
  item->from =
      g_strdup_printf("%s %s %s", PICK(families, r >> 8), PICK(middles, r >> 16), PICK(given, r >> 24));
  item->title = g_strdup_printf("%s: %s %s", PICK(matters, q), PICK(families, q >> 8), PICK(given, q >> 16));
  item->assignee = g_strdup_printf("canbo%02d", (int)(q >> 24) % 30 + 1);
  item->step = g_strdup(PICK(steps, q >> 32));
  item->version = g_strdup_printf("%d", (int)(q >> 40) % 9 + 1);
  item->raw_state = g_strdup("Đang xử lý");
  item->kind = (McKind)(r % 3);
  item->sys_state = item->state =
      4 * number > 3 * count && q % 5 != 0 ? PICK(open_states, q >> 12) : MC_STATE_DONE;
  item->urgency = q % 23 == 0 ? MC_URGENCY_URGENT : q % 97 == 0 ? MC_URGENCY_FLASH : MC_URGENCY_NORMAL;
  item->unread = item->sys_state == MC_STATE_NEW;
  item->attachment_count = (int)(q % 4);
  mc_item_set_list(item, &item->actions, g_strsplit("forward,supplement,approve", ",", -1));
  item->raw = g_strdup_printf("{\"soHoSo\":\"%s\",\"trichYeu\":\"%s\",\"nguoiNop\":\"%s\",\"trangThai\":%d,"
                              "\"ghiChu\":\"Hồ sơ nộp trực tuyến qua Cổng Dịch vụ công\"}",
                              key, item->title, item->from, (int)item->sys_state);
  set_moments(item, r >> 7, count, now);
  return item;
}

static gboolean
fill_system(McStore *store, guint index, guint64 count, guint64 page, gint64 now, GError **error)
{
  McPullCounts counts;
  g_autoptr(McPullTxn) pull = mc_store_pull_begin(store, systems[index], "main", error);
  if (!pull)
    return FALSE;
  for (guint64 at = index; at < count;) {
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
    for (; items->len < page && at < count; at += G_N_ELEMENTS(systems))
      g_ptr_array_add(items, invent(systems[index], at, count, now));
    if (!mc_store_pull_add(pull, items, error))
      return FALSE;
  }
  return mc_store_pull_commit(pull, "bench", TRUE, &counts, error) &&
         mc_store_system_state(store, systems[index], MC_SYSTEM_OK, NULL, "canbo01", error);
}

static void
report(gint64 begun)
{
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  printf("wall_ms %d\n", (int)((g_get_monotonic_time() - begun) / 1000));
  printf("cpu_ms %d\n", (int)((use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
                              (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000));
  printf("peak_kib %ld\n", use.ru_maxrss);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  gint64 begun = g_get_monotonic_time();
  guint64 count = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 0;
  guint64 page = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 500;
  g_autoptr(McHome) home = mc_home_open(NULL, &error);
  g_autoptr(McClock) clock = home ? mc_clock_new(&error) : NULL;
  g_autoptr(McStore) store = clock ? mc_store_open(home, clock, &error) : NULL;

  if (count == 0 || page == 0) {
    fputs("usage: MOTCUA_HOME=DIR fill N [PAGE]\n", stderr);
    return 2;
  }
  for (guint i = 0; store && i < G_N_ELEMENTS(systems); i++)
    if (!fill_system(store, i, count, page, mc_clock_now(clock), &error))
      break;
  if (error) {
    fprintf(stderr, "fill: %s\n", error->message);
    return 1;
  }
  report(begun);
  return 0;
}

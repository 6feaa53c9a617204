/* SPDX-License-Identifier: Apache-2.0 */
/* What reading and mapping costs, beside cJSON_Parse() alone on the same bytes:
 *
 *   map CONNECTOR [RECORDS [PAGE [RUNS]]]
 *
 * Invents one-stop cases as the provincial system lists them, page by page, and reads them the way a pull
 * does: an answer is fed to the exchange, items are taken from it. Interleaved run by run on the CPU clock;
 * prints the least of each as "name value" lines. With no RUNS at all (0) it prints the peak of memory of one
 * pull instead. Fails where a record did not become an item. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "connector/exchange.h"
#include "motcua/i18n.h"

#define NOW G_GINT64_CONSTANT(1795316400) /* 2026-11-22T10:00:00+07:00 */

static const char *const families[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Đặng", "Dương"};
static const char *const given[] = {"Văn An",    "Thị Bình",  "Đình Đức",   "Hữu Phúc",
                                    "Minh Quân", "Ngọc Uyên", "Quang Hùng", "Thanh Thảo"};
static const char *const matters[] = {
    "Cấp Giấy phép xây dựng nhà ở riêng lẻ", "Đăng ký biến động quyền sử dụng đất",
    "Đăng ký thành lập hộ kinh doanh",       "Trợ cấp xã hội hằng tháng",
    "Hòa giải tranh chấp đất đai",           "Xác nhận tình trạng hôn nhân"};
static const char *const fields[] = {"Xây dựng", "Đất đai", "Hộ kinh doanh", "Bảo trợ xã hội"};
static const char *const statuses[] = {"Mới đăng ký",          "Được tiếp nhận",
                                       "Không được tiếp nhận", "Đang xử lý",
                                       "Yêu cầu bổ sung",      "Yêu cầu nghĩa vụ tài chính",
                                       "Công dân yêu cầu rút", "Dừng xử lý",
                                       "Đã xử lý xong",        "Đã trả kết quả"};
static const char *const steps[] = {"Tiếp nhận", "Thẩm định", "Trình ký", "Trả kết quả"};
static const char *const rights[] = {
    "\"allowed\":[\"CHUYEN\",\"THAM_DINH\",\"BO_SUNG\",\"TAM_DUNG\"],"
    "\"denied\":{\"TRA_KET_QUA\":\"Hồ sơ chưa có kết quả\"}",
    "\"allowed\":[\"TRINH\",\"CHUYEN\"],\"denied\":{\"PHE_DUYET\":\"Hồ sơ chưa được trình ký\"}",
    "\"allowed\":[],\"denied\":{\"GIA_HAN\":\"Hồ sơ đã kết thúc\"}"};

#define PICK(list, bits) ((list)[(bits) % G_N_ELEMENTS(list)])

static guint64
scramble(guint64 x)
{
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

static void
add_day(GString *out, const char *name, guint64 bits)
{
  g_string_append_printf(out, "\"%s\":\"%02d/%02d/2026 %02d:%02d\",", name, (int)(bits % 28) + 1,
                         (int)((bits >> 8) % 11) + 1, (int)((bits >> 16) % 10) + 7, (int)((bits >> 24) % 60));
}

static void
add_record(GString *out, guint number)
{
  guint64 r = scramble(number), q = scramble(r);
  guint state = (guint)(q % 10);
  g_string_append_printf(out, "{\"maHoSo\":\"H47.%02d-261118-%07u\",\"updatedAt\":%" G_GINT64_FORMAT ",",
                         (int)(r % 60), number + 1234567, (NOW - (gint64)(r % 86400)) * 1000);
  g_string_append_printf(out, "\"maThuTuc\":\"1.%06d\",\"tenThuTuc\":\"%s\",\"linhVuc\":\"%s\",",
                         (int)(r % 20000), PICK(matters, r >> 8), PICK(fields, r >> 16));
  g_string_append_printf(
      out, "\"chuHoSo\":\"%s %s\",\"soGiayTo\":\"0010990%05d\",\"soDienThoai\":\"09%08d\",",
      PICK(families, r >> 20), PICK(given, r >> 28), (int)((q >> 20) % 100000), (int)((q >> 36) % 100000000));
  g_string_append(out, "\"kenhThucHien\":\"Trực tuyến toàn trình\",");
  add_day(out, "ngayNop", q >> 8);
  add_day(out, "ngayTiepNhan", q >> 12);
  add_day(out, "ngayHenTra", q >> 16);
  if (state >= 8)
    add_day(out, "ngayKetThuc", q >> 20);
  else
    g_string_append(out, "\"ngayKetThuc\":\"\",");
  g_string_append_printf(out, "\"trangThai\":%u,\"tenTrangThai\":\"%s\",\"buocXuLy\":\"%s\",", state + 1,
                         statuses[state], PICK(steps, q >> 28));
  g_string_append_printf(out, "\"nguoiXuLy\":\"canbo%02d\",\"phi\":{\"soTien\":%d,\"trangThai\":\"%s\"},",
                         (int)((q >> 32) % 30) + 1, (int)((q >> 40) % 90) * 1000,
                         q & 1 ? "Đã thanh toán" : "Chưa thanh toán");
  g_string_append_printf(out, "\"soTep\":%d,\"phienBan\":%d,%s}", (int)((q >> 44) % 5),
                         (int)((q >> 48) % 9) + 1,
                         rights[state < 4   ? 0
                                : state < 8 ? 1
                                            : 2]);
}

static GBytes *
invent_page(guint count, guint at, guint page)
{
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "{\"code\":0,\"message\":\"\",\"data\":{\"total\":%u,\"rows\":[", count);
  for (guint i = at; i < count && i < at + page; i++) {
    g_string_append(out, i > at ? "," : "");
    add_record(out, i);
  }
  g_string_append(out, "]}}");
  return g_string_free_to_bytes(out);
}

static GPtrArray *
invent(guint count, guint page, gsize *bytes)
{
  GPtrArray *pages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  *bytes = 0;
  for (guint at = 0; at < count; at += page) {
    GBytes *one = invent_page(count, at, page);
    *bytes += g_bytes_get_size(one);
    g_ptr_array_add(pages, one);
  }
  return pages;
}

static double
cpu_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

/* The functions that are timed have names of their own, by which callgrind counts them (tests/bench/run). */
static G_NO_INLINE cJSON *
bench_cjson(const char *text, gsize len)
{
  return cJSON_ParseWithLength(text, len);
}

/* cJSON_Parse() alone; what freeing takes besides in `freeing`. */
static double
run_cjson(const GPtrArray *pages, double *freeing)
{
  double parsing = 0;
  *freeing = 0;
  for (guint i = 0; i < pages->len; i++) {
    gsize len;
    const char *text = g_bytes_get_data(pages->pdata[i], &len);
    double begun = cpu_ms();
    cJSON *tree = bench_cjson(text, len);
    double parsed = cpu_ms();
    if (!tree)
      g_error("cJSON_Parse() failed");
    cJSON_Delete(tree);
    parsing += parsed - begun;
    *freeing += cpu_ms() - parsed;
  }
  return parsing;
}

/* The strict reader alone. */
static double
run_reader(const GPtrArray *pages)
{
  double begun = cpu_ms();
  for (guint i = 0; i < pages->len; i++) {
    gsize len;
    const char *text = g_bytes_get_data(pages->pdata[i], &len);
    g_autoptr(McJson) json = mc_json_parse("bench", text, len, MC_JSON_STRICT, NULL);
    if (!json)
      g_error("mc_json_parse() failed");
  }
  return cpu_ms() - begun;
}

static G_NO_INLINE GPtrArray *
bench_pull(McExchange *x, GBytes *page)
{
  g_autoptr(McRequest) request = NULL;
  g_autoptr(GError) error = NULL;
  gint64 until;
  if (mc_exchange_next(x, NULL, NOW, &request, &until, &error) != MC_STEP_SEND)
    g_error("no request: %s", error ? error->message : "done");
  g_autoptr(McResponse) response = mc_response_new(MC_WIRE_ANSWERED);
  response->status = 200;
  g_clear_pointer(&response->body, g_bytes_unref);
  response->body = g_bytes_ref(page);
  mc_exchange_feed(x, response, NOW);
  return mc_pull_take_items(x);
}

/* Up to the items in hand; what freeing them takes besides in `freeing`. */
static double
run_pull(McBinding *binding, const GPtrArray *pages, guint count, double *freeing)
{
  double begun = cpu_ms();
  *freeing = 0;
  g_autoptr(McExchange) x = mc_pull_new(binding, NULL, NULL, TRUE);
  guint taken = 0;
  for (guint i = 0; i < pages->len; i++) {
    GPtrArray *items = bench_pull(x, pages->pdata[i]);
    double since = cpu_ms();
    taken += items->len;
    g_ptr_array_unref(items);
    *freeing += cpu_ms() - since;
  }
  if (taken != count)
    g_error("%u items of %u records", taken, count);
  return cpu_ms() - begun - *freeing;
}

/* What a run takes beyond the least is the machine's other work. */
static double
least(const double *values, guint count)
{
  double least = values[0];
  for (guint i = 1; i < count; i++)
    least = MIN(least, values[i]);
  return least;
}

static McBinding *
bind_connector(const char *path)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  McProfile *profile = mc_profile_load(path, faults);
  g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GError) error = NULL;
  g_autoptr(McCalendar) calendar =
      mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", &error);
  g_hash_table_insert(config, (gpointer) "base", (gpointer) "http://127.0.0.1:8080");
  McBinding *binding =
      profile && calendar ? mc_binding_new(profile, "bench", config, calendar, &error) : NULL;
  if (!binding)
    g_error("%s does not serve", path);
  mc_profile_unref(profile);
  return binding;
}

/* Peak memory of a pull, the pages invented one by one. */
static int
tell_peak(McBinding *binding, guint count, guint page)
{
  g_autoptr(McExchange) x = mc_pull_new(binding, NULL, NULL, TRUE);
  guint taken = 0;
  for (guint at = 0; at < count; at += page) {
    g_autoptr(GBytes) bytes = invent_page(count, at, page);
    g_autoptr(GPtrArray) items = bench_pull(x, bytes);
    taken += items->len;
  }
  if (taken != count)
    g_error("%u items of %u records", taken, count);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("peak_kib %ld\n", usage.ru_maxrss);
  return 0;
}

int
main(int argc, char **argv)
{
  guint count = argc > 2 ? (guint)atoi(argv[2]) : 100000, page = argc > 3 ? (guint)atoi(argv[3]) : 500;
  guint runs = argc > 4 ? (guint)atoi(argv[4]) : 5;
  gsize bytes;
  if (argc < 2 || count == 0 || page == 0) {
    fputs("usage: map CONNECTOR [RECORDS [PAGE [RUNS]]]\n", stderr);
    return 2;
  }
  mc_i18n_init(NULL);
  McBinding *binding = bind_connector(argv[1]);
  if (runs == 0)
    return tell_peak(binding, count, page);
  g_autoptr(GPtrArray) pages = invent(count, page, &bytes);
  g_autofree double *parsing = g_new(double, runs), *freeing = g_new(double, runs),
                    *own = g_new(double, runs), *letting = g_new(double, runs),
                    *reading = g_new(double, runs);
  for (guint i = 0; i < runs; i++) {
    parsing[i] = run_cjson(pages, &freeing[i]);
    reading[i] = run_reader(pages);
    own[i] = run_pull(binding, pages, count, &letting[i]);
  }
  printf("records %u\nbytes %zu\n", count, bytes);
  printf("cjson_ms %.1f\ncjson_free_ms %.1f\n", least(parsing, runs), least(freeing, runs));
  printf("reader_ms %.1f\n", least(reading, runs));
  printf("pull_ms %.1f\npull_free_ms %.1f\n", least(own, runs), least(letting, runs));
  mc_binding_unref(binding);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The population register, behind the province's integration platform: it holds no work, it is asked. Basic
 * login; one service address, asked by POST with a JSON envelope; errors of its business inside HTTP 200, of
 * the platform by status. Nobody is looked up without a purpose, what the office has no right to see is
 * masked, five questions a second are answered (ten in a burst), and each look at a person is written down.
 */
#include "demo/onestop.h"
#include "demo/people.h"

#include <string.h>

#define RATE        5 /* questions a second */
#define BURST       10
#define MASK        "***"
#define PURPOSE_MIN 10

/* --- envelopes --- */

static cJSON *
envelope(const char *code, const char *message)
{
  cJSON *json = cJSON_CreateObject(), *result = cJSON_AddObjectToObject(json, "ketQua");

  demo_json_set_text(result, "ma", code);
  demo_json_set_text(result, "thongBao", message);
  return json;
}

static DemoResponse *
failure(guint status, const char *code, const char *message)
{
  return demo_response_json(status, envelope(code, message));
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return failure(status, "99", text);
}

/* --- who asks, and how often --- */

static gboolean
is_known(const DemoCall *call)
{
  const char *header = demo_call_header(call, "authorization");
  g_autofree char *pair =
      g_base64_encode((const guchar *)DEMO_USER ":" DEMO_PASSWORD, strlen(DEMO_USER ":" DEMO_PASSWORD));

  return header && g_ascii_strncasecmp(header, "Basic ", 6) == 0 && strcmp(header + 6, pair) == 0;
}

static DemoResponse *
unknown(void)
{
  DemoResponse *response = failure(401, "01", "Sai tài khoản khai thác hoặc mật khẩu");

  demo_response_header(response, "WWW-Authenticate", "Basic realm=\"dan-cu\", charset=\"UTF-8\"");
  return response;
}

/* A bucket of thousandths of questions that fills by the machine's clock. */
static gboolean
has_turn(DemoCall *call)
{
  DemoState *state = call->province->state;
  gint64 now = g_get_real_time() / 1000, before = demo_state_count(state, "dan-cu/asked-at");
  gint64 used = demo_state_count(state, "dan-cu/used"); /* what is missing from a full bucket */

  used = MAX(0, used - MAX(0, now - before) * RATE);
  gboolean turn = used + 1000 <= BURST * 1000;
  demo_state_set_count(state, "dan-cu/asked-at", now);
  demo_state_set_count(state, "dan-cu/used", turn ? used + 1000 : used);
  return turn;
}

static DemoResponse *
too_fast(void)
{
  DemoResponse *response = failure(429, "29", "Vượt quá 5 lượt tra cứu mỗi giây");

  demo_response_header(response, "Retry-After", "1");
  return response;
}

/* NULL: it may be answered. */
static DemoResponse *
admit(DemoCall *call)
{
  if (!is_known(call))
    return unknown();
  return has_turn(call) ? NULL : too_fast();
}

static DemoResponse *
me(DemoCall *call)
{
  const DemoOfficial *official = demo_official(DEMO_USER);

  if (!is_known(call))
    return unknown();
  cJSON *json = envelope("00", "Thành công"), *data = cJSON_AddObjectToObject(json, "duLieu");
  demo_json_set_text(data, "taiKhoan", official->login);
  demo_json_set_text(data, "donVi", official->unit);
  return demo_response_json(200, json);
}

/* --- people: those of the list, and whoever has a case --- */

typedef struct {
  const char *number;
  char *name;
} Search;

static void
look_at(const DemoRecord *record, gpointer data)
{
  Search *search = data;

  if (!search->name && strcmp(demo_json_word(record->doc, "cccd"), search->number) == 0)
    search->name = g_strdup(demo_json_word(record->doc, "applicant"));
}

/* Caller frees; NULL: nobody. */
static char *
find_name(DemoCall *call, const char *number)
{
  const DemoQuery all = {demo_onestop.id, -1, FALSE, 0, G_MAXINT64};
  const DemoPerson *person = demo_person(number);
  Search search = {number, person ? g_strdup(person->name) : NULL};

  if (!search.name)
    demo_state_list(call->province->state, &all, look_at, &search);
  return search.name;
}

/* The fourth digit tells the century, the next two the year; the day is made up, and always the same. */
static char *
birth_of(const char *number)
{
  int year = 1900 + (number[3] - '0') / 2 * 100 + (number[4] - '0') * 10 + (number[5] - '0');
  guint n = g_str_hash(number);

  return g_strdup_printf("%04d%02u%02u", year, 1 + n % 12, 1 + n / 12 % 28);
}

static cJSON *
person_json(const char *number, const char *name)
{
  static const char *const villages[] = {"Thôn 1", "Thôn 2", "Thôn 3", "Tổ dân phố Thử"};
  cJSON *json = cJSON_CreateObject(), *home;
  g_autofree char *birth = birth_of(number);

  demo_json_set_text(json, "soDinhDanh", number);
  demo_json_set_text(json, "hoVaTen", name);
  demo_json_set_text(json, "ngaySinh", birth);
  demo_json_set_text(json, "gioiTinh", strstr(name, " Thị ") ? "2" : "1");
  demo_json_set_text(json, "quocTich", "Việt Nam");
  home = cJSON_AddObjectToObject(json, "thuongTru");
  demo_json_set_text(home, "chiTiet", villages[g_str_hash(number) % G_N_ELEMENTS(villages)]);
  demo_json_set_text(home, "xa", "Xã An Thử");
  demo_json_set_text(home, "tinh", "Tỉnh Mẫu Sơn");
  demo_json_set_text(json, "noiOHienTai", MASK);
  demo_json_set_text(json, "nhomMau", MASK);
  demo_json_set_text(json, "truongBiChe", "nơi ở hiện tại, nhóm máu");
  return json;
}

/* --- looking somebody up --- */

static gboolean
is_number(const char *text)
{
  return strlen(text) == 12 && strspn(text, "0123456789") == 12;
}

static void
write_down(DemoCall *call, const char *number, const char *reference)
{
  const DemoEffect effect = {.system = (char *)call->system->id,
                             .item = (char *)number,
                             .action = (char *)"lookup",
                             .key = (char *)reference,
                             .body = call->body->str,
                             .at = demo_clock_now(call->province->clock)};

  demo_state_add_effect(call->province->state, &effect);
}

static DemoResponse *
look_up(DemoCall *call)
{
  DemoResponse *denied = admit(call);
  g_autoptr(cJSON) json = demo_call_json(call);
  const cJSON *body = cJSON_GetObjectItemCaseSensitive(json, "noiDung");
  const char *number = demo_json_word(body, "soDinhDanh"), *purpose = demo_json_word(body, "mucDich");

  if (denied)
    return denied;
  if (!cJSON_IsObject(body))
    return failure(200, "10", "Thông điệp không đúng cấu trúc");
  if (g_utf8_strlen(purpose, -1) < PURPOSE_MIN)
    return failure(200, "11", "Phải nêu mục đích khai thác");
  if (!is_number(number))
    return failure(200, "12", "Số định danh cá nhân phải gồm 12 chữ số");
  g_autofree char *reference =
      g_strdup_printf("TC-%08" G_GINT64_FORMAT, demo_state_next(call->province->state, "dan-cu/lookup"));
  g_autofree char *name = find_name(call, number);
  write_down(call, number, reference);
  cJSON *answer =
      name ? envelope("00", "Thành công") : envelope("04", "Không có công dân có số định danh này");
  demo_json_set_text(answer, "maTraCuu", reference);
  if (name)
    cJSON_AddItemToObject(answer, "duLieu", person_json(number, name));
  return demo_response_json(200, answer);
}

/* --- a list everybody may keep: the communes --- */

static DemoResponse *
communes(DemoCall *call)
{
  static const char *const units[][2] = {
      {"H99.101.01", "Xã An Thử"}, {"H99.101.02", "Xã Bình Mẫu"}, {"H99.102.01", "Phường Thí Điểm"}};
  DemoResponse *denied = admit(call);

  if (denied)
    return denied;
  cJSON *json = envelope("00", "Thành công"), *rows = cJSON_AddArrayToObject(json, "duLieu");
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
    cJSON *row = cJSON_CreateObject();
    demo_json_set_text(row, "ma", units[i][0]);
    demo_json_set_text(row, "ten", units[i][1]);
    cJSON_AddItemToArray(rows, row);
  }
  return demo_response_json(200, json);
}

/* --- the system --- */

static char *
no_token(DemoCall *call)
{
  (void)call;
  return NULL;
}

static DemoResponse *
deny(DemoCall *call, DemoDenial why)
{
  (void)call, (void)why;
  return unknown();
}

/* Each request carries the login itself. */
static const DemoRoute routes[] = {
    {"GET", "/khai-thac/tai-khoan", me, TRUE},
    {"POST", "/khai-thac/cong-dan", look_up, TRUE},
    {"GET", "/danh-muc/don-vi", communes, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_dancu = {
    .id = "dan-cu",
    .title = "Dân cư",
    .connector = "dan-cu",
    .routes = routes,
    .token = no_token,
    .deny = deny,
    .refuse = refuse,
};

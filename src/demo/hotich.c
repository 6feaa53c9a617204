/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Ministry of Justice's civil registration ("158"), an old web application: a session cookie and a CSRF
 * token, form bodies, search by POST, errors inside HTTP 200, every value a text. It recognises no repeat:
 * asked twice, it does it twice where the state lets it. What it does have is a log per file that shows the
 * caller's reference.
 */
#include "demo/file.h"
#include "demo/hotich.h"
#include "demo/people.h"

#include <string.h>

#define COOKIE "HTSESSION"

/* --- answers --- */

static DemoResponse *
failure(const char *code, const char *message)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "status", "ERR");
  demo_json_set_text(json, "errorCode", code);
  demo_json_set_text(json, "errorMessage", message);
  return demo_response_json(200, json);
}

static cJSON *
success(void)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "status", "OK");
  return json;
}

static void
set_number(cJSON *json, const char *name, gint64 value)
{
  char text[24];

  g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
  demo_json_set_text(json, name, text);
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return failure(status == 500 ? "500" : "200", text);
}

/* A browser is sent to the login page, a program is told. */
static DemoResponse *
deny(DemoCall *call, DemoDenial why)
{
  const char *accepts = demo_call_header(call, "accept");

  if (strcmp(call->method, "GET") == 0 && accepts && strstr(accepts, "text/html")) {
    DemoResponse *response = demo_response_new(302, "text/html; charset=utf-8", "");
    demo_response_header(response, "Location", "/ho-tich/dang-nhap");
    return response;
  }
  return failure("100", why == DEMO_LOGIN_EXPIRED ? "AUTHEN_ERROR: phiên làm việc đã hết hạn"
                                                  : "AUTHEN_ERROR: chưa đăng nhập");
}

/* --- session --- */

static char *
session_cookie(DemoCall *call)
{
  const char *header = demo_call_header(call, "cookie");
  g_auto(GStrv) cookies = header ? g_strsplit(header, ";", 64) : NULL;

  for (char **cookie = cookies; cookie && *cookie; cookie++) {
    const char *text = g_strstrip(*cookie);
    if (g_str_has_prefix(text, COOKIE "="))
      return g_strdup(text + strlen(COOKIE "="));
  }
  return NULL;
}

static DemoResponse *
check_csrf(DemoCall *call)
{
  const char *given = demo_call_header(call, "x-csrf-token");

  if (strcmp(call->method, "POST") != 0 || g_strcmp0(given, call->csrf) == 0)
    return NULL;
  return failure("102", "CSRF_INVALID: mã bảo vệ biểu mẫu không hợp lệ");
}

static DemoResponse *
login_page(DemoCall *call)
{
  (void)call;
  return demo_response_new(
      200, "text/html; charset=utf-8",
      "<!DOCTYPE html><html lang=\"vi\"><head><title>Đăng nhập - Hộ tịch 158</title></head><body>"
      "<form method=\"post\" action=\"/ho-tich/dang-nhap\"><input name=\"tenDangNhap\">"
      "<input name=\"matKhau\" type=\"password\"><button>Đăng nhập</button></form></body></html>\n");
}

static DemoResponse *
login(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  g_autofree char *token = demo_token_new();
  g_autofree char *csrf = demo_token_new();

  if (strcmp(demo_json_word(form, "tenDangNhap"), DEMO_USER) != 0 ||
      strcmp(demo_json_word(form, "matKhau"), DEMO_PASSWORD) != 0)
    return failure("101", "Tên đăng nhập hoặc mật khẩu không đúng");
  const DemoSession session = {.family = token, .extra = csrf, .expires = demo_token_end(call->province)};
  g_autofree char *cookie = g_strconcat(COOKIE "=", token, "; Path=/ho-tich; HttpOnly; SameSite=Lax", NULL);
  demo_state_add_session(call->province->state, demo_hotich.id, "access", token, &session);
  cJSON *json = success();
  demo_json_set_text(json, "csrfToken", csrf);
  DemoResponse *response = demo_response_json(200, json);
  demo_response_header(response, "Set-Cookie", cookie);
  return response;
}

static DemoResponse *
me(DemoCall *call)
{
  const DemoOfficial *official = demo_official(DEMO_USER);
  cJSON *json = success();

  demo_json_set_text(json, "tenDangNhap", official->login);
  demo_json_set_text(json, "hoTen", official->name);
  demo_json_set_text(json, "csrfToken", call->csrf);
  return demo_response_json(200, json);
}

/* --- showing a file --- */

static void
copy(cJSON *json, const char *name, const DemoRecord *record, const char *from)
{
  demo_json_set_text(json, name, demo_json_word(record->doc, from));
}

static void
add_time(cJSON *json, const char *name, gint64 ms, const char *format)
{
  g_autofree char *text = ms ? demo_time_format(ms, format) : g_strdup("");

  demo_json_set_text(json, name, text);
}

static cJSON *
file_json(const DemoRecord *record)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "soTiepNhan", record->key);
  copy(json, "maHoSo", record, "caseCode");
  copy(json, "loaiViec", record, "kind");
  copy(json, "tenLoaiViec", record, "title");
  copy(json, "nguoiYeuCau", record, "applicant");
  copy(json, "soDinhDanh", record, "cccd");
  copy(json, "dienThoai", record, "phone");
  add_time(json, "ngayTiepNhan", demo_json_int(record->doc, "received"), "%d/%m/%Y");
  add_time(json, "hanXuLy", demo_json_int(record->doc, "due"), "%d/%m/%Y %H:%M:%S");
  set_number(json, "trangThai", record->state);
  demo_json_set_text(json, "tenTrangThai", demo_hotich_status(record->state));
  copy(json, "canBo", record, "assignee");
  copy(json, "soDangKy", record, "registered");
  add_time(json, "ngayCapNhat", record->updated, "%d/%m/%Y %H:%M:%S");
  set_number(json, "soTep", cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(record->doc, "files")));
  set_number(json, "lanSua", record->version);
  return json;
}

static void
add_file(const DemoRecord *record, gpointer list)
{
  cJSON_AddItemToArray(list, file_json(record));
}

static gint64
form_number(const cJSON *form, const char *name, gint64 otherwise, gint64 max)
{
  gint64 value = otherwise;

  g_ascii_string_to_signed(demo_json_word(form, name), 10, 1, max, &value, NULL);
  return value;
}

/* The day of change is compared to the second, the boundary included. */
static DemoResponse *
search(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  const char *from = demo_json_word(form, "ngayCapNhat");
  gint64 since = -1, page = form_number(form, "trang", 1, G_MAXINT32),
         size = form_number(form, "soDong", 20, 500);

  if (!form)
    return failure("200", "RECORD_UNCOMPLETE: biểu mẫu không đọc được");
  if (*from && !demo_time_parse_local(from, &since))
    return failure("200", "RECORD_UNCOMPLETE: ngayCapNhat phải có dạng dd/MM/yyyy HH:mm:ss");
  const DemoQuery query = {demo_hotich.id, since, FALSE, (page - 1) * size, size};
  cJSON *json = success();
  set_number(json, "tongSo", demo_state_total(call->province->state, &query));
  set_number(json, "trang", page);
  demo_state_list(call->province->state, &query, add_file, cJSON_AddArrayToObject(json, "danhSach"));
  return demo_response_json(200, json);
}

static DemoRecord *
find(DemoCall *call)
{
  DemoRecord *record = demo_state_get(call->province->state, demo_hotich.id, call->args[0]);

  if (record && record->deleted)
    g_clear_pointer(&record, demo_record_free);
  return record;
}

static DemoResponse *
no_file(void)
{
  return failure("201", "RECORD_NOT_FOUND: không tìm thấy hồ sơ");
}

static cJSON *
log_json(const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();
  const cJSON *entry;
  int row = 0;

  cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(record->doc, "history")) {
    cJSON *json = cJSON_CreateObject();
    set_number(json, "stt", ++row);
    add_time(json, "thoiGian", demo_json_int(entry, "at"), "%d/%m/%Y %H:%M:%S");
    demo_json_set_text(json, "nguoi", demo_official_name(demo_json_word(entry, "who")));
    demo_json_set_text(json, "viec", demo_json_text(entry, "what"));
    demo_json_set_text(json, "noiDung", demo_json_word(entry, "note"));
    demo_json_set_text(json, "thamChieu", demo_json_word(entry, "ref"));
    cJSON_AddItemToArray(list, json);
  }
  return list;
}

static cJSON *
papers_json(const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();
  const cJSON *paper;

  cJSON_ArrayForEach (paper, cJSON_GetObjectItemCaseSensitive(record->doc, "files")) {
    cJSON *json = cJSON_CreateObject();
    demo_json_set_text(json, "maTep", demo_json_word(paper, "id"));
    demo_json_set_text(json, "tenTep", demo_json_word(paper, "name"));
    set_number(json, "dungLuong", demo_json_int(paper, "size"));
    cJSON_AddItemToArray(list, json);
  }
  return list;
}

static DemoResponse *
show(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);

  if (!record)
    return no_file();
  cJSON *json = success(), *file = file_json(record);
  cJSON_AddItemToObject(json, "hoSo", file);
  cJSON_AddItemToObject(file, "tepDinhKem", papers_json(record));
  cJSON_AddItemToObject(file, "nhatKy", log_json(record));
  return demo_response_json(200, json);
}

static DemoResponse *
show_log(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);

  if (!record)
    return no_file();
  cJSON *json = success();
  cJSON_AddItemToObject(json, "nhatKy", log_json(record));
  return demo_response_json(200, json);
}

static DemoResponse *
download(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);
  const cJSON *file = record ? demo_record_file(record, call->args[1]) : NULL;

  return file ? demo_file_response(call, file) : no_file();
}

/* --- acting --- */

static DemoResponse *
act(DemoCall *call)
{
  const DemoAction *action = demo_action_find(demo_hotich_actions, call->args[1]);
  g_autoptr(DemoRecord) record = find(call);
  g_autoptr(cJSON) form = demo_call_form(call);
  g_autofree char *why = NULL;

  if (!record || !action)
    return no_file();
  if (!form)
    return failure("200", "RECORD_UNCOMPLETE: biểu mẫu không đọc được");
  g_autofree char *body = demo_json_print(form);
  DemoDeed deed = {.province = call->province,
                   .action = action,
                   .record = record,
                   .input = form,
                   .who = DEMO_USER,
                   .key = demo_json_text(form, "thamChieu"),
                   .body = body};
  DemoVerdict verdict = demo_action_perform(&deed, &why);
  g_free(deed.note);
  if (verdict == DEMO_FORBIDDEN)
    return failure("202", why);
  if (verdict == DEMO_BAD_INPUT)
    return failure("200", why);
  cJSON *json = success();
  cJSON_AddItemToObject(json, "hoSo", file_json(record));
  return demo_response_json(200, json);
}

/* --- the system --- */

static const DemoRoute routes[] = {
    {"GET", "/dang-nhap", login_page, TRUE},
    {"POST", "/dang-nhap", login, TRUE},
    {"GET", "/toi", me, FALSE},
    {"POST", "/hoso/timkiem", search, FALSE},
    {"GET", "/hoso/{}", show, FALSE},
    {"GET", "/hoso/{}/nhatky", show_log, FALSE},
    {"GET", "/hoso/{}/tep/{}", download, FALSE},
    {"POST", "/hoso/{}/{}", act, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_hotich = {
    .id = "ho-tich",
    .title = "Hộ tịch",
    .connector = "ho-tich",
    .routes = routes,
    .token = session_cookie,
    .deny = deny,
    .admit = check_csrf,
    .refuse = refuse,
    .patience = 8 * DEMO_SECOND,
};

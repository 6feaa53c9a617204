/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provincial one-stop system: every answer is HTTP 200 and says in `code` how it went, an expired token
 * included; offset pages; a `since` cursor with tombstones; each record carries its own rights and why the
 * others are denied. Its field requestId names a request: the same one is answered again, not done again, for
 * a week.
 */
#include "demo/file.h"
#include "demo/onestop.h"
#include "demo/data.h"
#include "demo/people.h"

#include <string.h>

#define KEY_LIFE  (7 * DEMO_DAY)
#define LOCK_LIFE (30 * 60 * DEMO_SECOND)
#define MAX_TRIES 5

/* --- envelopes --- */

static DemoResponse *
failure(const char *code, const char *message)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "code", code);
  demo_json_set_text(json, "message", message);
  return demo_response_json(200, json);
}

/* Takes `data`. */
static DemoResponse *
success(cJSON *data)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_int(json, "code", 0);
  demo_json_set_text(json, "message", "Thành công");
  cJSON_AddItemToObject(json, "data", data);
  return demo_response_json(200, json);
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  g_autofree char *code = g_strdup_printf("ERR_%u", status);
  return failure(code, text);
}

static DemoResponse *
deny(DemoCall *call, DemoDenial why)
{
  (void)call;
  if (why == DEMO_LOGIN_EXPIRED)
    return failure("TOKEN_EXPIRED", "Phiên làm việc đã hết hạn, vui lòng đăng nhập lại");
  return failure("UNAUTHENTICATED", "Bạn chưa đăng nhập");
}

/* --- login --- */

static DemoResponse *
wrong_password(DemoCall *call, gint64 tries)
{
  DemoState *state = call->province->state;

  demo_state_set_count(state, "mot-cua/tries", tries + 1);
  if (tries + 1 < MAX_TRIES) {
    g_autofree char *text = g_strdup_printf("Sai tài khoản hoặc mật khẩu. Còn %" G_GINT64_FORMAT " lần thử",
                                            MAX_TRIES - tries - 1);
    return failure("LOGIN_FAILED", text);
  }
  demo_state_set_count(state, "mot-cua/locked-until", demo_clock_now(call->province->clock) + LOCK_LIFE);
  demo_state_set_count(state, "mot-cua/tries", 0);
  return failure("ACCOUNT_LOCKED", "Tài khoản bị khóa 30 phút do nhập sai mật khẩu 5 lần");
}

static DemoResponse *
login(DemoCall *call)
{
  DemoState *state = call->province->state;
  g_autoptr(cJSON) json = demo_call_json(call);

  if (!json)
    return failure("BAD_REQUEST", "Thân yêu cầu phải là đối tượng JSON");
  if (strcmp(demo_json_word(json, "taiKhoan"), DEMO_USER) != 0)
    return failure("LOGIN_FAILED", "Sai tài khoản hoặc mật khẩu");
  if (demo_state_count(state, "mot-cua/locked-until") > demo_clock_now(call->province->clock))
    return failure("ACCOUNT_LOCKED",
                   "Tài khoản đang bị khóa, vui lòng thử lại sau 30 phút hoặc liên hệ quản trị");
  if (strcmp(demo_json_word(json, "matKhau"), DEMO_PASSWORD) != 0)
    return wrong_password(call, demo_state_count(state, "mot-cua/tries"));
  demo_state_set_count(state, "mot-cua/tries", 0);
  g_autofree char *token = demo_token_new();
  const DemoSession session = {.family = token, .expires = demo_token_end(call->province)};
  demo_state_add_session(state, demo_onestop.id, "access", token, &session);
  cJSON *data = cJSON_CreateObject();
  demo_json_set_text(data, "token", token);
  demo_json_set_int(data, "expiresIn", call->province->token_ttl / DEMO_SECOND);
  return success(data);
}

static DemoResponse *
me(DemoCall *call)
{
  const DemoOfficial *official = demo_official(DEMO_USER);
  cJSON *data = cJSON_CreateObject();

  (void)call;
  demo_json_set_text(data, "taiKhoan", official->login);
  demo_json_set_text(data, "hoTen", official->name);
  demo_json_set_text(data, "donVi", official->unit);
  return success(data);
}

/* --- showing a case --- */

static void
copy(cJSON *json, const char *name, const DemoRecord *record, const char *from)
{
  demo_json_set_text(json, name, demo_json_text(record->doc, from));
}

static void
add_time(cJSON *json, const char *name, const DemoRecord *record, const char *from)
{
  gint64 ms = demo_json_int(record->doc, from);
  g_autofree char *text = ms ? demo_time_format(ms, "%d/%m/%Y %H:%M") : g_strdup("");

  demo_json_set_text(json, name, text);
}

static void
add_rights(cJSON *json, const DemoRecord *record)
{
  cJSON *allowed = cJSON_AddArrayToObject(json, "allowed");
  cJSON *denied = cJSON_AddObjectToObject(json, "denied");

  for (const DemoAction *action = demo_onestop_actions; action->verb; action++) {
    const char *why = demo_action_refusal(action, record);
    if (why)
      cJSON_AddItemToObject(denied, action->word, cJSON_CreateString(why));
    else
      cJSON_AddItemToArray(allowed, cJSON_CreateString(action->word));
  }
}

static cJSON *
summary_json(const DemoRecord *record)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "maHoSo", record->key);
  demo_json_set_int(json, "updatedAt", record->updated);
  if (record->deleted) {
    demo_json_set_true(json, "deleted", TRUE);
    return json;
  }
  copy(json, "maThuTuc", record, "procedure");
  copy(json, "tenThuTuc", record, "title");
  copy(json, "linhVuc", record, "field");
  copy(json, "chuHoSo", record, "applicant");
  copy(json, "soGiayTo", record, "cccd");
  copy(json, "ngaySinh", record, "birth");
  copy(json, "soDienThoai", record, "phone");
  copy(json, "kenhThucHien", record, "channel");
  add_time(json, "ngayNop", record, "submitted");
  add_time(json, "ngayTiepNhan", record, "received");
  add_time(json, "ngayHenTra", record, "due");
  add_time(json, "ngayKetThuc", record, "finished");
  demo_json_set_int(json, "trangThai", record->state);
  demo_json_set_text(json, "tenTrangThai", demo_onestop_status(record->state));
  copy(json, "buocXuLy", record, "step");
  copy(json, "nguoiXuLy", record, "assignee");
  cJSON *fee = cJSON_AddObjectToObject(json, "phi");
  demo_json_set_int(fee, "soTien", demo_json_int(record->doc, "fee"));
  copy(fee, "trangThai", record, "feeState");
  demo_json_set_int(json, "soTep",
                    cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(record->doc, "files")));
  demo_json_set_int(json, "phienBan", record->version);
  add_rights(json, record);
  return json;
}

static cJSON *
detail_json(const DemoRecord *record)
{
  cJSON *json = summary_json(record), *log = cJSON_AddArrayToObject(json, "nhatKy");
  cJSON *papers = cJSON_AddArrayToObject(json, "giayTo");
  const cJSON *entry;

  cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(record->doc, "history")) {
    cJSON *out = cJSON_CreateObject();
    g_autofree char *at = demo_time_format(demo_json_int(entry, "at"), "%d/%m/%Y %H:%M");
    demo_json_set_text(out, "thoiDiem", at);
    demo_json_set_text(out, "nguoi", demo_official_name(demo_json_word(entry, "who")));
    demo_json_set_text(out, "viec", demo_json_text(entry, "what"));
    demo_json_set_text(out, "noiDung", demo_json_text(entry, "note"));
    cJSON_AddItemToArray(log, out);
  }
  cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(record->doc, "files")) {
    cJSON *out = cJSON_CreateObject();
    demo_json_set_text(out, "ma", demo_json_text(entry, "id"));
    demo_json_set_text(out, "ten", demo_json_text(entry, "name"));
    demo_json_set_int(out, "kichThuoc", demo_json_int(entry, "size"));
    demo_json_set_text(out, "loai", demo_json_text(entry, "type"));
    cJSON_AddItemToArray(papers, out);
  }
  return json;
}

/* --- reading --- */

static void
add_summary(const DemoRecord *record, gpointer rows)
{
  cJSON_AddItemToArray(rows, summary_json(record));
}

static DemoResponse *
list(DemoCall *call)
{
  DemoState *state = call->province->state;
  const DemoQuery query = {
      .system = demo_onestop.id,
      .since = demo_call_number(call, "since", -1, -1, G_MAXINT64),
      .deleted = TRUE,
      .offset = demo_call_number(call, "offset", 0, 0, G_MAXINT64),
      .limit = demo_call_number(call, "limit", 50, 1, 500),
  };
  cJSON *data = cJSON_CreateObject();

  demo_json_set_int(data, "total", demo_state_total(state, &query));
  demo_json_set_int(data, "offset", query.offset);
  demo_json_set_int(data, "limit", query.limit);
  demo_state_list(state, &query, add_summary, cJSON_AddArrayToObject(data, "rows"));
  return success(data);
}

static DemoRecord *
find(DemoCall *call)
{
  DemoRecord *record = demo_state_get(call->province->state, demo_onestop.id, call->args[0]);

  if (record && record->deleted)
    g_clear_pointer(&record, demo_record_free);
  return record;
}

static DemoResponse *
no_case(void)
{
  return failure("NOT_FOUND", "Không tìm thấy hồ sơ");
}

static DemoResponse *
show(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);

  return record ? success(detail_json(record)) : no_case();
}

static DemoResponse *
officials(DemoCall *call)
{
  cJSON *rows = cJSON_CreateArray();

  for (const DemoOfficial *official = demo_officials; official->login; official++) {
    if (!demo_official_matches(official, demo_call_query(call, "tuKhoa")))
      continue;
    cJSON *row = cJSON_CreateObject();
    demo_json_set_text(row, "taiKhoan", official->login);
    demo_json_set_text(row, "hoTen", official->name);
    demo_json_set_text(row, "chucDanh", official->title);
    cJSON_AddItemToArray(rows, row);
  }
  return success(rows);
}

static DemoResponse *
download(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);
  const cJSON *file = record ? demo_record_file(record, call->args[1]) : NULL;

  return file ? demo_file_response(call, file) : failure("NOT_FOUND", "Không tìm thấy giấy tờ");
}

/* --- acting --- */

static DemoResponse *
replay(DemoCall *call, const char *id, const char *print)
{
  gint64 oldest = demo_clock_now(call->province->clock) - KEY_LIFE;
  g_auto(DemoAnswer) answer = {NULL, NULL, NULL};

  if (!demo_state_answer(call->province->state, demo_onestop.id, id, oldest, &answer))
    return NULL;
  if (strcmp(answer.print, print) != 0)
    return failure("REQUEST_ID_REUSED", "requestId đã dùng cho yêu cầu có nội dung khác");
  return demo_response_new(200, "application/json; charset=utf-8", answer.body);
}

static DemoResponse *
perform(DemoCall *call, const DemoAction *action, const cJSON *input)
{
  DemoProvince *province = call->province;
  const char *id = demo_json_text(input, "requestId");
  g_autoptr(DemoRecord) record = find(call);
  g_autofree char *print = demo_call_print(call);
  g_autofree char *why = NULL;

  if (!record)
    return no_case();
  if (cJSON_HasObjectItem(input, "phienBan") && demo_json_int(input, "phienBan") != record->version)
    return failure("CONFLICT", "Hồ sơ đã được người khác cập nhật, vui lòng xem lại");
  DemoDeed deed = {.province = province,
                   .action = action,
                   .record = record,
                   .input = input,
                   .who = DEMO_USER,
                   .key = id,
                   .body = call->body->str};
  DemoVerdict verdict = demo_action_perform(&deed, &why);
  g_free(deed.note);
  if (verdict == DEMO_FORBIDDEN) {
    g_autofree char *text = g_strdup_printf("Không thực hiện được \"%s\": %s", action->label, why);
    return failure("NOT_ALLOWED", text);
  }
  if (verdict == DEMO_BAD_INPUT)
    return failure("INVALID", why);
  DemoResponse *response = success(detail_json(record));
  if (id) {
    DemoAnswer answer = {print, response->body->str, NULL};
    demo_state_keep_answer(province->state, demo_onestop.id, id, demo_clock_now(province->clock), &answer);
  }
  return response;
}

static DemoResponse *
act(DemoCall *call)
{
  g_autoptr(cJSON) input = demo_call_json(call);
  const char *id = demo_json_text(input, "requestId");
  const DemoAction *action = demo_action_find(demo_onestop_actions, demo_json_word(input, "thaoTac"));

  if (!input)
    return failure("BAD_REQUEST", "Thân yêu cầu phải là đối tượng JSON");
  if (!action)
    return failure("INVALID", "thaoTac: không có thao tác này");
  if (id) {
    g_autofree char *print = demo_call_print(call);
    DemoResponse *earlier = replay(call, id, print);
    if (earlier)
      return earlier;
  }
  return perform(call, action, input);
}

/* Papers come inside of JSON, as base64; the same requestId is answered as before. */
static DemoResponse *
upload(DemoCall *call)
{
  g_autoptr(cJSON) input = demo_call_json(call);
  const char *id = demo_json_text(input, "requestId"), *data = demo_json_text(input, "noiDung");
  g_autofree char *print = demo_call_print(call);
  DemoResponse *earlier = id ? replay(call, id, print) : NULL;
  g_auto(DemoPart) part = {NULL, NULL, NULL};
  gsize size = 0;

  if (earlier)
    return earlier;
  g_autoptr(DemoRecord) record = find(call);
  if (!record)
    return no_case();
  if (!id || !data || !demo_json_text(input, "ten"))
    return failure("INVALID", "requestId, ten, noiDung: bắt buộc");
  g_autofree guchar *bytes = g_base64_decode(data, &size);
  part.name = g_strdup(demo_json_text(input, "ten"));
  part.type = g_strdup(demo_json_text(input, "loai"));
  part.bytes = g_string_new_len((const char *)bytes, (gssize)size);
  demo_record_give_file(call, record, &part, "Bổ sung giấy tờ", id);
  DemoResponse *response = success(detail_json(record));
  DemoAnswer answer = {print, response->body->str, NULL};
  demo_state_keep_answer(call->province->state, demo_onestop.id, id, demo_clock_now(call->province->clock),
                         &answer);
  return response;
}

/* --- a case brought to the counter --- */

static const char *
check_entry(const cJSON *input)
{
  const char *number = demo_json_word(input, "soGiayTo");
  gint64 born;

  if (!demo_json_text(input, "requestId"))
    return "requestId: bắt buộc";
  if (!*demo_json_word(input, "chuHoSo"))
    return "chuHoSo: bắt buộc";
  if (strlen(number) != 12 || strspn(number, "0123456789") != 12)
    return "soGiayTo: phải gồm 12 chữ số";
  return demo_time_parse_local(demo_json_word(input, "ngaySinh"), &born)
             ? NULL
             : "ngaySinh: phải có dạng dd/MM/yyyy";
}

static void
fill_entry(DemoRecord *record, const cJSON *input, gint64 now)
{
  static const char *const copied[][2] = {
      {"applicant", "chuHoSo"}, {"cccd", "soGiayTo"}, {"birth", "ngaySinh"}, {"phone", "soDienThoai"}};
  cJSON *doc = record->doc;

  for (gsize i = 0; i < G_N_ELEMENTS(copied); i++)
    demo_json_set_text(doc, copied[i][0], demo_json_text(input, copied[i][1]));
  demo_json_set_text(doc, "channel", "Trực tiếp");
  demo_json_set_text(doc, "feeState", demo_json_int(doc, "fee") ? DEMO_FEE_PAID : NULL);
  demo_json_set_text(doc, "step", "Tiếp nhận");
  demo_json_set_text(doc, "assignee", DEMO_USER);
  demo_json_set_int(doc, "submitted", now);
  demo_json_set_int(doc, "received", now);
  demo_json_set_int(doc, "due", demo_time_working_days(now, (int)demo_json_int(doc, "days")));
  demo_record_log(record, now, DEMO_USER, "Tiếp nhận trực tiếp", NULL, demo_json_text(input, "requestId"));
}

static DemoResponse *
write_entry(DemoCall *call, DemoRecord *record, const cJSON *input)
{
  DemoProvince *province = call->province;
  gint64 now = demo_clock_now(province->clock);
  const char *id = demo_json_text(input, "requestId");
  g_autofree char *print = demo_call_print(call);
  const DemoEffect effect = {.system = (char *)demo_onestop.id,
                             .item = record->key,
                             .action = (char *)"enter",
                             .key = (char *)id,
                             .body = call->body->str,
                             .at = now};

  fill_entry(record, input, now);
  demo_record_touch(province, record);
  demo_state_add_effect(province->state, &effect);
  DemoResponse *response = success(detail_json(record));
  DemoAnswer answer = {print, response->body->str, NULL};
  demo_state_keep_answer(province->state, demo_onestop.id, id, now, &answer);
  return response;
}

static DemoResponse *
enter(DemoCall *call)
{
  g_autoptr(cJSON) input = demo_call_json(call);
  const char *id = demo_json_text(input, "requestId"), *why = input ? check_entry(input) : NULL;
  g_autofree char *print = demo_call_print(call);
  DemoResponse *earlier = id ? replay(call, id, print) : NULL;
  DemoState *state = call->province->state;

  if (!input)
    return failure("BAD_REQUEST", "Thân yêu cầu phải là đối tượng JSON");
  if (earlier || why)
    return earlier ? earlier : failure("INVALID", why);
  g_autofree char *day = demo_time_format(demo_clock_now(call->province->clock), "%y%m%d");
  g_autofree char *code = g_strdup_printf("H99.101.01-%s-%04" G_GINT64_FORMAT, day,
                                          5000 + demo_state_next(state, "mot-cua/entered"));
  g_autoptr(DemoRecord) record =
      demo_record_new(demo_onestop.id, demo_state_last_id(state, demo_onestop.id) + 1, code, CASE_RECEIVED);
  record->version = 0;
  if (!demo_data_procedure(record->doc, demo_json_word(input, "maThuTuc")))
    return failure("INVALID", "maThuTuc: không có thủ tục này");
  return write_entry(call, record, input);
}

/* --- the system --- */

static const DemoRoute routes[] = {
    {"POST", "/api/dang-nhap", login, TRUE},
    {"GET", "/api/toi", me, FALSE},
    {"GET", "/api/ho-so", list, FALSE},
    {"POST", "/api/ho-so", enter, FALSE},
    {"GET", "/api/can-bo", officials, FALSE},
    {"GET", "/api/ho-so/{}", show, FALSE},
    {"GET", "/api/ho-so/{}/giay-to/{}", download, FALSE},
    {"POST", "/api/ho-so/{}/giay-to", upload, FALSE},
    {"POST", "/api/ho-so/{}/thao-tac", act, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_onestop = {
    .id = "mot-cua",
    .title = "Một cửa",
    .connector = "mot-cua",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = deny,
    .refuse = refuse,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Document management (QLVB&DH) as a modern REST system: OAuth2 password grant with rotating refresh tokens,
 * page numbers, ETag and If-Match, an Idempotency-Key header it honours for a day, RFC 9457 problems. Its
 * keys are JSON numbers above 2^53. Status numbers are those of the national exchange axis (0: an outgoing
 * draft).
 */
#include "demo/action.h"
#include "demo/file.h"
#include "demo/people.h"
#include "demo/vanban.h"

#include <string.h>

#define CLIENT_ID      "motcua"
#define CLIENT_SECRET  "demo-client-secret"
#define REFRESH_LIFE   (12 * DEMO_HOUR)
#define KEY_LIFE       DEMO_DAY
#define MAX_KEY        200
#define DRAFT          0
#define PROBLEM_PREFIX "https://van-ban.mauson.example/loi/"

/* --- problems (RFC 9457) --- */

static DemoResponse *
problem(guint status, const char *type, const char *title, const char *detail)
{
  cJSON *json = cJSON_CreateObject();
  g_autofree char *uri = g_strconcat(PROBLEM_PREFIX, type, NULL);

  demo_json_set_text(json, "type", uri);
  demo_json_set_text(json, "title", title);
  demo_json_set_int(json, "status", status);
  demo_json_set_text(json, "detail", detail);
  g_autofree char *text = demo_json_print(json);
  cJSON_Delete(json);
  return demo_response_new(status, "application/problem+json", text);
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return problem(status, "yeu-cau", "Yêu cầu không thực hiện được", text);
}

static DemoResponse *
deny(DemoCall *call, DemoDenial why)
{
  const char *detail = why == DEMO_LOGIN_EXPIRED ? "Phiên đăng nhập đã hết hạn" : "Chưa đăng nhập";
  DemoResponse *response = problem(401, "dang-nhap", "Cần đăng nhập", detail);

  (void)call;
  demo_response_header(response, "WWW-Authenticate", "Bearer realm=\"van-ban\", error=\"invalid_token\"");
  return response;
}

/* --- OAuth2 (RFC 6749) --- */

static DemoResponse *
oauth_error(guint status, const char *code, const char *text)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "error", code);
  demo_json_set_text(json, "error_description", text);
  DemoResponse *response = demo_response_json(status, json);
  if (status == 401)
    demo_response_header(response, "WWW-Authenticate", "Basic realm=\"van-ban\"");
  return response;
}

static gboolean
client_known(DemoCall *call)
{
  const char *header = demo_call_header(call, "authorization");
  gsize length = 0;

  if (!header || g_ascii_strncasecmp(header, "Basic ", 6) != 0)
    return FALSE;
  g_autofree guchar *raw = g_base64_decode(header + 6, &length);
  g_autofree char *text = g_strndup((const char *)raw, length);
  return strcmp(text, CLIENT_ID ":" CLIENT_SECRET) == 0;
}

static DemoResponse *
grant(DemoCall *call, const char *family)
{
  DemoState *state = call->province->state;
  g_autofree char *access = demo_token_new();
  g_autofree char *refresh = demo_token_new();
  DemoSession first = {.family = (char *)family, .expires = demo_token_end(call->province)};
  DemoSession second = {.family = (char *)family, .expires = g_get_real_time() / 1000 + REFRESH_LIFE};
  cJSON *json = cJSON_CreateObject();

  demo_state_add_session(state, demo_vanban.id, "access", access, &first);
  demo_state_add_session(state, demo_vanban.id, "refresh", refresh, &second);
  demo_json_set_text(json, "access_token", access);
  demo_json_set_text(json, "token_type", "Bearer");
  demo_json_set_int(json, "expires_in", call->province->token_ttl / DEMO_SECOND);
  demo_json_set_text(json, "refresh_token", refresh);
  DemoResponse *response = demo_response_json(200, json);
  demo_response_header(response, "Cache-Control", "no-store");
  return response;
}

/* A refresh token serves once. One that comes again was stolen or raced: the whole login ends. */
static DemoResponse *
grant_by_refresh(DemoCall *call, const char *token)
{
  DemoState *state = call->province->state;
  g_autoptr(DemoSession) session = demo_state_session(state, demo_vanban.id, "refresh", token);

  if (!session || session->expires <= g_get_real_time() / 1000)
    return oauth_error(400, "invalid_grant", "Mã làm mới không có hoặc đã hết hạn");
  if (session->used) {
    demo_state_end_family(state, demo_vanban.id, session->family);
    return oauth_error(400, "invalid_grant", "Mã làm mới đã dùng rồi: phiên đăng nhập bị hủy");
  }
  demo_state_use_session(state, token);
  return grant(call, session->family);
}

static DemoResponse *
token(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  const char *kind = demo_json_word(form, "grant_type");

  if (!client_known(call))
    return oauth_error(401, "invalid_client", "Ứng dụng chưa được đăng ký");
  if (strcmp(kind, "refresh_token") == 0)
    return grant_by_refresh(call, demo_json_word(form, "refresh_token"));
  if (strcmp(kind, "password") != 0)
    return oauth_error(400, "unsupported_grant_type", "Chỉ nhận grant_type password và refresh_token");
  if (strcmp(demo_json_word(form, "username"), DEMO_USER) != 0 ||
      strcmp(demo_json_word(form, "password"), DEMO_PASSWORD) != 0)
    return oauth_error(400, "invalid_grant", "Sai tên đăng nhập hoặc mật khẩu");
  g_autofree char *family = demo_token_new();
  return grant(call, family);
}

/* --- showing a document --- */

static const struct {
  int state;
  const char *code, *name, *stage;
} stages_in[] =
    {
        {1, "01", "Đã đến chờ tiếp nhận", "cho_tiep_nhan"},
        {2, "02", "Đã trả lại", "tra_lai"},
        {3, "03", "Đã tiếp nhận", "da_vao_so"},
        {4, "04", "Đã phân công xử lý", "da_phan_cong"},
        {5, "05", "Đang xử lý", "dang_xu_ly"},
        {6, "06", "Đã hoàn thành", "hoan_thanh"},
},
  stages_out[] = {
      {DRAFT, NULL, "Chờ ký", "cho_ky"},
      {1, "01", "Đã đến chờ tiếp nhận", "da_phat_hanh"},
      {2, "02", "Bị trả lại", "bi_tra_lai"},
      {3, "03", "Đã tiếp nhận", "da_phat_hanh"},
      {5, "05", "Đã tiếp nhận đang xử lý", "da_phat_hanh"},
      {6, "06", "Đã hoàn thành", "da_phat_hanh"},
      {13, "13", "Đang gửi yêu cầu thu hồi", "dang_thu_hoi"},
      {15, "15", "Lấy lại thành công", "da_thu_hoi"},
      {16, "16", "Từ chối cho lấy lại", "da_phat_hanh"},
};

static gboolean
outgoing(const DemoRecord *record)
{
  return strcmp(demo_json_word(record->doc, "direction"), "out") == 0;
}

static void
add_stage(cJSON *json, const DemoRecord *record)
{
  gboolean out = outgoing(record);
  gsize n = out ? G_N_ELEMENTS(stages_out) : G_N_ELEMENTS(stages_in);

  for (gsize i = 0; i < n; i++) {
    if ((out ? stages_out[i].state : stages_in[i].state) != record->state)
      continue;
    demo_json_set_text(json, "status", out ? stages_out[i].code : stages_in[i].code);
    demo_json_set_text(json, "statusName", out ? stages_out[i].name : stages_in[i].name);
    demo_json_set_text(json, "stage", out ? stages_out[i].stage : stages_in[i].stage);
  }
}

static void
add_time(cJSON *json, const char *name, gint64 ms, const char *format)
{
  g_autofree char *text = ms ? demo_time_format(ms, format) : NULL;

  demo_json_set(json, name, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static void
copy_text(cJSON *json, const DemoRecord *record, const char *const *names)
{
  for (; *names; names++)
    demo_json_set_text(json, *names, demo_json_text(record->doc, *names));
}

static void
add_handler(cJSON *json, const DemoRecord *record)
{
  const char *login = demo_json_text(record->doc, "assignee");

  if (!login)
    return;
  cJSON *handler = cJSON_AddObjectToObject(json, "handler");
  demo_json_set_text(handler, "login", login);
  demo_json_set_text(handler, "name", demo_official_name(login));
}

/* A document with state secrets is not in the system: there is a stub that says where the paper is. */
static cJSON *
summary_json(const DemoRecord *record)
{
  static const char *const texts[] = {"direction",     "number", "type",         "issuer",
                                      "arrivalNumber", "signer", "returnReason", NULL};
  const cJSON *doc = record->doc, *cases = cJSON_GetObjectItemCaseSensitive(doc, "cases");
  cJSON *json = cJSON_CreateObject();
  gboolean secret = demo_json_int(doc, "secrecy") > 0;
  g_autofree char *updated = demo_time_iso(record->updated);

  cJSON_AddRawToObject(json, "id", record->key);
  copy_text(json, record, texts);
  demo_json_set_text(json, "abstract",
                     secret ? "(Văn bản mật: xem bản giấy tại văn thư)" : demo_json_text(doc, "title"));
  add_time(json, "issuedOn", demo_json_int(doc, "issued"), "%Y-%m-%d");
  add_time(json, "receivedAt", demo_json_int(doc, "received"), "%Y-%m-%dT%H:%M:%S+07:00");
  add_time(json, "dueOn", demo_json_int(doc, "due"), "%Y-%m-%d");
  demo_json_set_int(json, "urgency", demo_json_int(doc, "urgency"));
  demo_json_set_int(json, "secrecy", demo_json_int(doc, "secrecy"));
  add_stage(json, record);
  add_handler(json, record);
  if (cases)
    demo_json_set(json, "relatedCases", cJSON_Duplicate(cases, TRUE));
  demo_json_set_int(json, "attachmentCount",
                    secret ? 0 : cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(doc, "files")));
  demo_json_set_int(json, "version", record->version);
  demo_json_set_text(json, "updatedAt", updated);
  return json;
}

static cJSON *
history_json(const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();
  const cJSON *entry;

  cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(record->doc, "history")) {
    cJSON *json = cJSON_CreateObject();
    g_autofree char *at = demo_time_iso(demo_json_int(entry, "at"));
    demo_json_set_text(json, "at", at);
    demo_json_set_text(json, "by", demo_official_name(demo_json_word(entry, "who")));
    demo_json_set_text(json, "action", demo_json_text(entry, "what"));
    demo_json_set_text(json, "note", demo_json_text(entry, "note"));
    cJSON_AddItemToArray(list, json);
  }
  return list;
}

static cJSON *
detail_json(const DemoRecord *record)
{
  cJSON *json = summary_json(record);
  cJSON *files = cJSON_AddArrayToObject(json, "attachments");
  const cJSON *file;

  demo_json_set(json, "history", history_json(record));
  if (demo_json_int(record->doc, "secrecy") > 0)
    return json;
  cJSON_ArrayForEach (file, cJSON_GetObjectItemCaseSensitive(record->doc, "files")) {
    cJSON *out = cJSON_CreateObject();
    demo_json_set_text(out, "id", demo_json_text(file, "id"));
    demo_json_set_text(out, "name", demo_json_text(file, "name"));
    demo_json_set_int(out, "size", demo_json_int(file, "size"));
    demo_json_set_text(out, "contentType", demo_json_text(file, "type"));
    demo_json_set_text(out, "sha256", demo_json_text(file, "sha256"));
    cJSON_AddItemToArray(files, out);
  }
  return json;
}

static char *
record_etag(const DemoRecord *record)
{
  return g_strdup_printf("\"v%" G_GINT64_FORMAT "\"", record->version);
}

/* RFC 9110 13.1.2: a list of tags or "*". */
static gboolean
etag_in(const char *header, const char *etag)
{
  g_auto(GStrv) tags = header ? g_strsplit(header, ",", 64) : NULL;

  for (char **tag = tags; tag && *tag; tag++) {
    const char *text = g_strstrip(*tag);
    if (g_str_has_prefix(text, "W/"))
      text += 2;
    if (strcmp(text, "*") == 0 || strcmp(text, etag) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Takes `json`. */
static DemoResponse *
tagged(DemoCall *call, const char *etag, cJSON *json)
{
  gboolean same = etag_in(demo_call_header(call, "if-none-match"), etag);
  DemoResponse *response = same ? demo_response_new(304, NULL, "") : demo_response_json(200, json);

  if (same)
    cJSON_Delete(json);
  demo_response_header(response, "ETag", etag);
  return response;
}

/* --- reading --- */

static DemoResponse *
me(DemoCall *call)
{
  const DemoOfficial *official = demo_official(DEMO_USER);
  cJSON *json = cJSON_CreateObject();

  (void)call;
  demo_json_set_text(json, "login", official->login);
  demo_json_set_text(json, "fullName", official->name);
  demo_json_set_text(json, "unit", official->unit);
  return demo_response_json(200, json);
}

static void
add_summary(const DemoRecord *record, gpointer list)
{
  cJSON_AddItemToArray(list, summary_json(record));
}

/* Nothing of the list is read when the caller has it already: that is what its tag is for. */
static DemoResponse *
list(DemoCall *call)
{
  DemoState *state = call->province->state;
  const char *after = demo_call_query(call, "updatedAfter");
  gint64 page = demo_call_number(call, "page", 1, 1, G_MAXINT32);
  gint64 size = demo_call_number(call, "size", 50, 1, 500), since = -1;

  if (after && !demo_time_parse_iso(after, &since))
    return problem(400, "tham-so", "Tham số sai", "updatedAfter: cần thời điểm ISO 8601");
  g_autofree char *what =
      g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%s",
                      demo_state_generation(state, demo_vanban.id), page, size, after ? after : "");
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, what, -1);
  g_autofree char *etag = g_strdup_printf("\"%.16s\"", sum);
  cJSON *json = cJSON_CreateObject();
  if (etag_in(demo_call_header(call, "if-none-match"), etag))
    return tagged(call, etag, json);
  const DemoQuery query = {demo_vanban.id, since, FALSE, (page - 1) * size, size};
  demo_json_set_int(json, "total", demo_state_total(state, &query));
  demo_json_set_int(json, "page", page);
  demo_json_set_int(json, "size", size);
  demo_state_list(state, &query, add_summary, cJSON_AddArrayToObject(json, "items"));
  return tagged(call, etag, json);
}

static DemoResponse *
no_document(void)
{
  return problem(404, "khong-co", "Không tìm thấy", "Không có văn bản này");
}

static DemoRecord *
find(DemoCall *call)
{
  DemoRecord *record = demo_state_get(call->province->state, demo_vanban.id, call->args[0]);

  if (record && record->deleted)
    g_clear_pointer(&record, demo_record_free);
  return record;
}

static DemoResponse *
show(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);

  if (!record)
    return no_document();
  g_autofree char *etag = record_etag(record);
  return tagged(call, etag, detail_json(record));
}

static DemoResponse *
officials(DemoCall *call)
{
  cJSON *json = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(json, "items");

  for (const DemoOfficial *official = demo_officials; official->login; official++) {
    if (!demo_official_matches(official, demo_call_query(call, "q")))
      continue;
    cJSON *item = cJSON_CreateObject();
    demo_json_set_text(item, "login", official->login);
    demo_json_set_text(item, "fullName", official->name);
    demo_json_set_text(item, "position", official->title);
    demo_json_set_text(item, "unit", official->unit);
    cJSON_AddItemToArray(items, item);
  }
  return demo_response_json(200, json);
}

static DemoResponse *
download(DemoCall *call)
{
  g_autoptr(DemoRecord) record = find(call);
  gboolean open = record && demo_json_int(record->doc, "secrecy") == 0;
  const cJSON *file = open ? demo_record_file(record, call->args[1]) : NULL;

  return file ? demo_file_response(call, file)
              : problem(404, "khong-co", "Không tìm thấy", "Văn bản không có tệp này");
}

/* --- acting --- */

static char *
hold(DemoCall *call)
{
  const char *key = demo_call_header(call, "idempotency-key");

  return key && strcmp(call->method, "POST") == 0 ? g_strconcat("van-ban ", key, NULL) : NULL;
}

static DemoResponse *
held(DemoCall *call)
{
  DemoResponse *response =
      problem(409, "dang-xu-ly", "Yêu cầu cùng khóa đang được xử lý", "Vui lòng chờ rồi gửi lại");

  (void)call;
  demo_response_header(response, "Retry-After", "1");
  return response;
}

/* The answer given before to the same key: replayed, or refused when the request is another one. */
static DemoResponse *
replay(DemoCall *call, const char *key, const char *print)
{
  gint64 oldest = demo_clock_now(call->province->clock) - KEY_LIFE;
  g_auto(DemoAnswer) answer = {NULL, NULL, NULL};

  if (!key || !demo_state_answer(call->province->state, demo_vanban.id, key, oldest, &answer))
    return NULL;
  if (strcmp(answer.print, print) != 0)
    return problem(422, "khoa-dung-lai", "Khóa đã dùng cho yêu cầu khác",
                   "Idempotency-Key này thuộc về một yêu cầu có nội dung khác");
  DemoResponse *response = demo_response_new(200, "application/json; charset=utf-8", answer.body);
  demo_response_header(response, "ETag", answer.etag);
  demo_response_header(response, "Idempotency-Replayed", "true");
  return response;
}

static DemoResponse *
check_version(DemoCall *call, const DemoRecord *record)
{
  const char *wanted = demo_call_header(call, "if-match");
  g_autofree char *etag = record_etag(record);

  if (!wanted)
    return problem(428, "thieu-phien-ban", "Thiếu If-Match", "Thao tác phải nêu phiên bản văn bản đã xem");
  if (!etag_in(wanted, etag))
    return problem(412, "phien-ban-cu", "Văn bản đã thay đổi",
                   "Văn bản đã được người khác cập nhật, vui lòng xem lại");
  return NULL;
}

static DemoResponse *
perform(DemoCall *call, const DemoAction *action, DemoRecord *record, const char *print)
{
  DemoProvince *province = call->province;
  const char *key = demo_call_header(call, "idempotency-key");
  g_autoptr(cJSON) input = call->body->len ? demo_call_json(call) : cJSON_CreateObject();
  g_autofree char *why = NULL;

  if (!input)
    return problem(400, "than-yeu-cau", "Yêu cầu không đọc được", "Thân yêu cầu phải là đối tượng JSON");
  DemoDeed deed = {.province = province,
                   .action = action,
                   .record = record,
                   .input = input,
                   .who = DEMO_USER,
                   .key = key,
                   .body = call->body->str,
                   .note = g_strdup(demo_json_text(input, "note"))};
  DemoVerdict verdict = demo_action_perform(&deed, &why);
  g_free(deed.note);
  if (verdict == DEMO_FORBIDDEN)
    return problem(409, "trang-thai", "Trạng thái không cho phép", why);
  if (verdict == DEMO_BAD_INPUT)
    return problem(422, "du-lieu", "Dữ liệu chưa hợp lệ", why);
  g_autofree char *etag = record_etag(record);
  DemoResponse *response = demo_response_json(200, detail_json(record));
  demo_response_header(response, "ETag", etag);
  if (key) {
    DemoAnswer answer = {(char *)print, response->body->str, etag};
    demo_state_keep_answer(province->state, demo_vanban.id, key, demo_clock_now(province->clock), &answer);
  }
  return response;
}

static DemoResponse *
act(DemoCall *call)
{
  const DemoAction *action = demo_action_find(demo_vanban_actions, call->args[1]);
  const char *key = demo_call_header(call, "idempotency-key");
  g_autofree char *print = demo_call_print(call);

  if (!action)
    return problem(404, "khong-co", "Không tìm thấy", "Không có thao tác này");
  if (key && (!*key || strlen(key) > MAX_KEY))
    return problem(400, "khoa", "Idempotency-Key sai", "Khóa dài từ 1 đến 200 ký tự");
  DemoResponse *earlier = replay(call, key, print);
  if (earlier)
    return earlier;
  g_autoptr(DemoRecord) record = find(call);
  if (!record)
    return no_document();
  DemoResponse *stale = check_version(call, record);
  return stale ? stale : perform(call, action, record, print);
}

/* A file for the record, under a caller's key like every other change. */
static DemoResponse *
upload(DemoCall *call)
{
  const char *key = demo_call_header(call, "idempotency-key");
  g_autofree char *print = demo_call_print(call);
  DemoResponse *earlier = replay(call, key, print);
  g_auto(DemoPart) part = {NULL, NULL, NULL};

  if (earlier)
    return earlier;
  g_autoptr(DemoRecord) record = find(call);
  if (!record || demo_json_int(record->doc, "secrecy") != 0)
    return no_document();
  if (!demo_call_part(call, "file", &part) || !part.name)
    return problem(422, "du-lieu", "Dữ liệu chưa hợp lệ", "file: bắt buộc");
  demo_record_give_file(call, record, &part, "Đính kèm tệp", key);
  g_autofree char *etag = record_etag(record);
  DemoResponse *response = demo_response_json(201, detail_json(record));
  demo_response_header(response, "ETag", etag);
  if (key) {
    DemoAnswer answer = {print, response->body->str, etag};
    demo_state_keep_answer(call->province->state, demo_vanban.id, key, demo_clock_now(call->province->clock),
                           &answer);
  }
  return response;
}

/* --- the system --- */

static void
describe(cJSON *secrets)
{
  demo_json_set_text(secrets, "client_id", CLIENT_ID);
  demo_json_set_text(secrets, "client_secret", CLIENT_SECRET);
}

static const DemoRoute routes[] = {
    {"POST", "/oauth/token", token, TRUE},
    {"GET", "/api/v2/me", me, FALSE},
    {"GET", "/api/v2/documents", list, FALSE},
    {"GET", "/api/v2/officials", officials, FALSE},
    {"GET", "/api/v2/documents/{}", show, FALSE},
    {"GET", "/api/v2/documents/{}/attachments/{}", download, FALSE},
    {"POST", "/api/v2/documents/{}/attachments", upload, FALSE},
    {"POST", "/api/v2/documents/{}/{}", act, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_vanban = {
    .id = "van-ban",
    .title = "Văn bản",
    .connector = "van-ban",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = deny,
    .refuse = refuse,
    .hold = hold,
    .held = held,
    .describe = describe,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to the switchboard: a citizen's words entered, and what officials do. What may be repeated is
 * a PUT and does nothing the second time; of a POST the answer is kept by the key the caller gave it, where
 * it takes one.
 */
#include "demo/feedback.h"
#include "demo/file.h"

#include <string.h>

#define TOKEN_LIFE (7 * DEMO_DAY)
#define KEPT_LIFE  (30 * DEMO_DAY)

/* --- what is said once --- */

/* The key by which a repeat of this request is recognised; NULL: it is not. Caller frees. */
static char *
repeat_key(DemoCall *call)
{
  g_autoptr(cJSON) form = demo_call_form(call);
  gboolean creates = strcmp(call->path, "/requests.json") == 0;
  const char *name = creates ? "external_id" : "request_token";

  if (strcmp(call->method, "POST") != 0 || !*demo_json_word(form, name))
    return NULL;
  return g_strconcat(name, " ", demo_json_word(form, name), NULL);
}

char *
demo_feedback_hold(DemoCall *call)
{
  g_autofree char *key = repeat_key(call);

  return key ? g_strconcat("1022 ", key, NULL) : NULL;
}

DemoResponse *
demo_feedback_held(DemoCall *call)
{
  DemoResponse *response = demo_feedback_failure(409, 4091, "Yêu cầu cùng mã đang được xử lý, vui lòng chờ");

  (void)call;
  demo_response_header(response, "Retry-After", "1");
  return response;
}

static DemoResponse *
replay(DemoCall *call, const char *key, const char *print)
{
  gint64 life = key && g_str_has_prefix(key, "external_id") ? KEPT_LIFE : TOKEN_LIFE;
  g_auto(DemoAnswer) answer = {NULL, NULL, NULL};

  if (!key || !demo_state_answer(call->province->state, demo_feedback.id, key,
                                 demo_clock_now(call->province->clock) - life, &answer))
    return NULL;
  if (strcmp(answer.print, print) != 0)
    return demo_feedback_failure(409, 409, "Mã yêu cầu này đã dùng cho một yêu cầu có nội dung khác");
  return demo_response_new(200, "application/json; charset=utf-8", answer.body);
}

static void
keep(DemoCall *call, const char *key, const char *print, const DemoResponse *response)
{
  DemoAnswer answer = {(char *)print, response->body->str, NULL};

  if (key)
    demo_state_keep_answer(call->province->state, demo_feedback.id, key,
                           demo_clock_now(call->province->clock), &answer);
}

/* --- entering --- */

/* Every fault at once: that is what the array is for. NULL: none. */
static DemoResponse *
check_new(const cJSON *form)
{
  cJSON *errors = cJSON_CreateArray();
  const char *code = demo_json_word(form, "service_code"), *text = demo_json_word(form, "description");

  if (!*code)
    demo_feedback_add_error(errors, 400, "service_code: bắt buộc nhập");
  else if (!demo_feedback_service(code))
    demo_feedback_add_error(errors, 404, "service_code: không có loại phản ánh này");
  if (!*text)
    demo_feedback_add_error(errors, 400, "description: bắt buộc nhập nội dung phản ánh");
  else if (g_utf8_strlen(text, -1) > 4000)
    demo_feedback_add_error(errors, 400, "description: dài quá 4000 ký tự");
  if (!*demo_json_word(form, "address_string") && !*demo_json_word(form, "lat"))
    demo_feedback_add_error(errors, 400, "Cần address_string hoặc lat và long");
  if (cJSON_GetArraySize(errors) > 0)
    return demo_response_json(400, errors);
  cJSON_Delete(errors);
  return NULL;
}

static void
fill_new(DemoProvince *province, DemoRecord *record, const cJSON *form)
{
  static const char *const copied[][2] = {{"service_code", "service"},
                                          {"description", "description"},
                                          {"address_string", "address"},
                                          {"first_name", "applicant"},
                                          {"phone", "phone"},
                                          {"external_id", "externalId"}};
  gint64 now = demo_clock_now(province->clock);
  const DemoService *service = demo_feedback_service(demo_json_text(form, "service_code"));
  const char *text = demo_json_word(form, "description"), *lat = demo_json_text(form, "lat");
  g_autofree char *title = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), 80));

  for (gsize i = 0; i < G_N_ELEMENTS(copied); i++)
    demo_json_set_text(record->doc, copied[i][1], demo_json_text(form, copied[i][0]));
  title[strcspn(title, "\r\n")] = '\0';
  demo_json_set_text(record->doc, "title", *title ? title : service->name);
  demo_json_set_text(record->doc, "channel", "Điện thoại 1022");
  demo_json_set_int(record->doc, "received", now);
  demo_json_set_int(record->doc, "due", demo_time_working_days(now, service->days));
  if (lat) {
    cJSON_AddNumberToObject(record->doc, "lat", g_ascii_strtod(lat, NULL));
    cJSON_AddNumberToObject(record->doc, "long", g_ascii_strtod(demo_json_word(form, "long"), NULL));
  }
  demo_record_log(record, now, DEMO_USER, "Nhập phản ánh", demo_json_text(form, "phone"),
                  demo_json_text(form, "external_id"));
}

static DemoResponse *
created(DemoCall *call, const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray(), *json = cJSON_CreateObject();
  const DemoService *service = demo_feedback_service(demo_json_text(record->doc, "service"));
  g_autofree char *notice = g_strdup_printf("Sẽ được trả lời trong %d ngày làm việc", service->days);

  (void)call;
  demo_json_set_text(json, "service_request_id", record->key);
  demo_json_set_text(json, "service_notice", notice);
  demo_json_set(json, "account_id", cJSON_CreateNull());
  cJSON_AddItemToArray(list, json);
  return demo_response_json(201, list);
}

DemoResponse *
demo_feedback_enter(DemoCall *call)
{
  DemoProvince *province = call->province;
  g_autoptr(cJSON) form = demo_call_form(call);
  g_autofree char *repeated = repeat_key(call);
  g_autofree char *print = demo_call_print(call);
  DemoResponse *response =
      form ? replay(call, repeated, print) : demo_feedback_failure(400, 400, "Biểu mẫu không đọc được");

  response = response ? response : check_new(form);
  if (response)
    return response;
  gint64 id = demo_state_last_id(province->state, demo_feedback.id) + 1;
  g_autofree char *month = demo_time_format(demo_clock_now(province->clock), "%y%m");
  g_autofree char *key =
      g_strdup_printf("PA-%s-%04" G_GINT64_FORMAT, month, demo_state_next(province->state, "1022"));
  g_autoptr(DemoRecord) record = demo_record_new(demo_feedback.id, id, key, FEEDBACK_NEW);
  record->version = 0;
  fill_new(province, record, form);
  demo_record_touch(province, record);
  const DemoEffect effect = {.system = (char *)demo_feedback.id,
                             .item = key,
                             .action = (char *)"enter",
                             .key = (char *)demo_json_text(form, "external_id"),
                             .body = call->body->str,
                             .at = demo_clock_now(province->clock)};
  demo_state_add_effect(province->state, &effect);
  response = created(call, record);
  keep(call, repeated, print, response);
  return response;
}

/* --- acting --- */

static gboolean
right_method(DemoCall *call, const DemoAction *action)
{
  static const char *const puts[] = {"receive", "assign", "close", NULL};

  return strcmp(call->method, g_strv_contains(puts, action->word) ? "PUT" : "POST") == 0;
}

static DemoResponse *
perform(DemoCall *call, DemoDeed *deed)
{
  g_autofree char *why = NULL;

  if (demo_feedback_is_done(deed))
    return demo_feedback_answer(call, 200, deed->record);
  DemoVerdict verdict = demo_action_perform(deed, &why);
  g_clear_pointer(&deed->note, g_free);
  if (verdict == DEMO_FORBIDDEN)
    return demo_feedback_failure(409, 409, why);
  return verdict == DEMO_BAD_INPUT ? demo_feedback_failure(400, 400, why)
                                   : demo_feedback_answer(call, 200, deed->record);
}

DemoResponse *
demo_feedback_act(DemoCall *call)
{
  g_autofree char *word = demo_feedback_word(call->args[1]);
  const DemoAction *action = demo_action_find(demo_feedback_actions, word);
  g_autoptr(DemoRecord) record = demo_feedback_find(call, call->args[0]);
  g_autoptr(cJSON) form = demo_call_form(call);
  g_autofree char *repeated = repeat_key(call);
  g_autofree char *print = demo_call_print(call);

  if (!record || !action)
    return demo_feedback_none();
  if (!right_method(call, action))
    return demo_feedback_failure(405, 405, "Phương thức không được hỗ trợ");
  DemoResponse *response =
      form ? replay(call, repeated, print) : demo_feedback_failure(400, 400, "Biểu mẫu không đọc được");
  if (response)
    return response;
  const char *token = demo_json_text(form, "request_token");
  DemoDeed deed = {.province = call->province,
                   .action = action,
                   .record = record,
                   .input = form,
                   .who = DEMO_USER,
                   .key = token ? token : demo_json_text(form, "reference"),
                   .body = call->body->str};
  response = perform(call, &deed);
  if (response->status == 200)
    keep(call, repeated, print, response);
  return response;
}

/* A photo more, as multipart/form-data: `file`, and `request_token` by which a repeat is recognised. */
DemoResponse *
demo_feedback_give_media(DemoCall *call)
{
  g_autoptr(DemoRecord) record = demo_feedback_find(call, call->args[0]);
  g_auto(DemoPart) file = {NULL, NULL, NULL};
  g_auto(DemoPart) token = {NULL, NULL, NULL};

  if (!record)
    return demo_feedback_none();
  if (!demo_call_part(call, "file", &file) || !file.bytes->len)
    return demo_feedback_failure(400, 400, "file: thiếu tệp");
  if (record->state == FEEDBACK_CLOSED || record->state == FEEDBACK_REJECTED)
    return demo_feedback_failure(409, 409, "phản ánh đã kết thúc");
  gboolean named = demo_call_part(call, "request_token", &token) && token.bytes->len;
  g_autofree char *repeated = named ? g_strconcat("request_token ", token.bytes->str, NULL) : NULL;
  g_autofree char *sum =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)file.bytes->str, file.bytes->len);
  g_autofree char *print = g_strconcat(call->full_path, " ", sum, NULL);
  DemoResponse *response = replay(call, repeated, print);
  if (response)
    return response;
  demo_record_give_file(call, record, &file, "Thêm ảnh", named ? token.bytes->str : NULL);
  response = demo_feedback_answer(call, 201, record);
  keep(call, repeated, print, response);
  return response;
}

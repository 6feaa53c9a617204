/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SOAP 1.1 service of old: one address, a list in pages, a case whole, and closing one. What goes wrong
 * comes as a Fault with HTTP 500. It stands at several addresses, /CHARSET/soap, one for each character set
 * that its like answer in. Nothing is recognised as a repeat: a case that is closed cannot be closed, and its
 * log has the caller's own word of who did it.
 *
 *   List {page} -> total, cases/case   Get {id} -> case with its log   Close {id, note, ref} -> ok
 */
#include "demo/lab-soap.h"

#include "demo/action.h"
#include "demo/lab-feed.h"

#define PAGE 2

enum { OPEN = 1, MOVED = 5, CLOSED = 9 };

static void
begin_case(GString *xml, const DemoRecord *record)
{
  g_autofree char *id = g_markup_escape_text(record->key, -1);
  g_autofree char *state = g_strdup_printf("%d", record->state);

  g_string_append_printf(xml, "<case id=\"%s\">", id);
  soap_add(xml, "title", demo_json_word(record->doc, "title"));
  soap_add(xml, "from", demo_json_text(record->doc, "from"));
  soap_add(xml, "state", state);
  g_autofree char *received = demo_time_format(demo_json_int(record->doc, "received"), "%d/%m/%Y %H:%M");
  soap_add(xml, "received", received);
}

static void
add_case(const DemoRecord *record, gpointer xml)
{
  begin_case(xml, record);
  g_string_append(xml, "</case>");
}

static DemoResponse *
list(DemoCall *call, const SoapCharset *charset, const SoapCall *soap)
{
  g_autofree char *text = soap_param(soap, "page");
  gint64 page = 1;

  if (!g_ascii_string_to_signed(text, 10, 1, 1000, &page, NULL))
    return soap_fault(charset, "Client", "Số trang phải từ 1 đến 1000");
  const DemoQuery query = {call->system->id, -1, FALSE, (page - 1) * PAGE, PAGE};
  g_autoptr(GString) xml = g_string_new("<m:ListResponse xmlns:m=\"" SOAP_SPACE "\">");
  g_autofree char *total =
      g_strdup_printf("%" G_GINT64_FORMAT, demo_state_total(call->province->state, &query));
  soap_add(xml, "total", total);
  g_string_append(xml, "<cases>");
  demo_state_list(call->province->state, &query, add_case, xml);
  g_string_append(xml, "</cases></m:ListResponse>");
  return soap_answer(charset, 200, xml->str);
}

static DemoResponse *
get(const DemoRecord *record, const SoapCharset *charset)
{
  g_autoptr(GString) xml = g_string_new("<m:GetResponse xmlns:m=\"" SOAP_SPACE "\">");
  const cJSON *entry;

  begin_case(xml, record);
  g_string_append(xml, "<log>");
  cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(record->doc, "log")) {
    g_string_append(xml, "<entry>");
    soap_add(xml, "who", DEMO_USER);
    soap_add(xml, "what", demo_json_word(entry, "what"));
    soap_add(xml, "ref", demo_json_text(entry, "ref"));
    g_string_append(xml, "</entry>");
  }
  g_string_append(xml, "</log></case></m:GetResponse>");
  return soap_answer(charset, 200, xml->str);
}

static void
carry_out(DemoCall *call, DemoRecord *record, const char *note, const char *ref)
{
  cJSON *log = cJSON_GetObjectItemCaseSensitive(record->doc, "log"), *entry = cJSON_CreateObject();
  const DemoEffect effect = {.system = (char *)call->system->id,
                             .item = record->key,
                             .action = "close",
                             .key = (char *)ref,
                             .body = (char *)note,
                             .at = demo_clock_now(call->province->clock)};

  if (!log)
    log = cJSON_AddArrayToObject(record->doc, "log");
  demo_json_set_text(entry, "what", note);
  demo_json_set_text(entry, "ref", ref);
  cJSON_AddItemToArray(log, entry);
  record->state = CLOSED;
  demo_record_touch(call->province, record);
  demo_state_add_effect(call->province->state, &effect);
}

static DemoResponse *
close_case(DemoCall *call, DemoRecord *record, const SoapCharset *charset, const SoapCall *soap)
{
  g_autofree char *note = soap_param(soap, "note"), *ref = soap_param(soap, "ref");

  if (record->state == MOVED)
    return soap_fault(charset, "Client",
                      "Hồ sơ đã được chuyển cho Phòng Tư pháp, không thể đóng nữa. Đề nghị liên hệ Bộ phận "
                      "Một cửa, số 0212 3852 247.");
  if (record->state == CLOSED)
    return soap_fault(charset, "Client", "Hồ sơ đã đóng");
  carry_out(call, record, note, ref);
  return soap_answer(charset, 200,
                     "<m:CloseResponse xmlns:m=\"" SOAP_SPACE "\"><ok>true</ok></m:CloseResponse>");
}

static DemoResponse *
work(DemoCall *call, const SoapCharset *charset, const SoapCall *soap)
{
  if (soap->fault)
    return soap_fault(charset, soap->fault, soap->why);
  if (soap_call_is(soap, "List"))
    return list(call, charset, soap);
  gboolean reads = soap_call_is(soap, "Get");
  if (!reads && !soap_call_is(soap, "Close"))
    return soap_fault(charset, "Client", "Không có thao tác này");
  g_autofree char *id = soap_param(soap, "id");
  g_autoptr(DemoRecord) record = demo_state_get(call->province->state, call->system->id, id);
  if (!record || record->deleted)
    return soap_fault(charset, "Client", "Không có hồ sơ này");
  return reads ? get(record, charset) : close_case(call, record, charset, soap);
}

static DemoResponse *
answer(DemoCall *call)
{
  const SoapCharset *charset = soap_charset(call->args[0]);
  SoapCall soap;

  if (!charset)
    return lab_refuse(call, 404, "Không có địa chỉ này");
  soap_call_read(call, &soap);
  DemoResponse *response = work(call, charset, &soap);
  soap_call_clear(&soap);
  return response;
}

static const DemoRoute routes[] = {{"POST", "/{}/soap", answer, TRUE}, {NULL, NULL, NULL, FALSE}};

const DemoSystem demo_lab_soap = {
    .id = "lab-soap",
    .title = "SOAP",
    .connector = "lab-soap",
    .routes = routes,
    .token = lab_no_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .patience = 2 * DEMO_SECOND,
};

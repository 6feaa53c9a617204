/* SPDX-License-Identifier: Apache-2.0 */
/* The mapper: any bytes as the answer to a pull, a detail or a lookup of a connector that uses most of what a
 * map can do. The first byte says which exchange, status and content; the rest is the body, given to every
 * request that follows, a few times. */
#include "fuzz.h"
#include <string.h>
#include "connector/exchange.h"

#define NOW   G_GINT64_CONSTANT(1795329000)
#define TURNS 4

#define HEAD(format)                                                                                        \
  "{\"motcua\":1,\"id\":\"f\",\"title\":\"F\",\"kind\":\"case\"," format                                    \
  "\"config\":{\"base\":{\"type\":\"url\",\"required\":true}},\"base\":{\"$\":\"config.base\"},\"hosts\":[" \
  "\"files.example\"],"                                                                                     \
  "\"errors\":[{\"when\":{\"status\":[429]},\"class\":\"throttle\"},{\"when\":{\"at\":\"/r/"                \
  "ok\",\"eq\":false},"                                                                                     \
  "\"class\":\"business\",\"code\":\"/r/code\",\"message\":\"/r/message\"}],"                               \
  "\"streams\":{\"s\":{\"request\":{\"url\":\"/s\",\"query\":{\"p\":{\"$\":\"page.number\"}}},"             \
  "\"pages\":{\"type\":\"page\",\"max\":3,\"total\":\"/r/n\"},\"delta\":{\"cursor\":{\"at\":\"/u\",\"as\":" \
  "\"datetime\",\"in\":\"epoch-ms\",\"out\":\"epoch-ms\"},\"deleted\":{\"at\":\"/gone\",\"eq\":true}},"
#define MAP                                                                                                  \
  "\"key\":\"/id\",\"where\":{\"not\":{\"at\":\"/k\",\"in\":[\"x\",1]}},\"keep\":{\"a\":\"/"                 \
  "a\",\"l\":\"$.l[*]\"},"                                                                                   \
  "\"map\":{\"code\":\"/c\",\"title\":{\"first\":[\"/t\",\"/h/t\"],\"as\":\"html\"},\"from\":{\"join\":[\"/" \
  "f\",\"/l\"],"                                                                                             \
  "\"with\":\" \"},\"received\":{\"at\":\"/d\",\"empty\":[\"\"],\"as\":\"datetime\",\"in\":[\"%d/%m/%Y "     \
  "%H:%M\",\"iso\"],"                                                                                        \
  "\"tz\":\"+07:00\"},\"due\":{\"at\":\"/"                                                                   \
  "e\",\"as\":\"date\",\"in\":[\"iso\",\"epoch-s\"]},\"state\":{\"at\":\"/s\","                              \
  "\"table\":{\"1\":\"new\",\"2\":\"done\"},\"else\":\"unknown\"},\"version\":\"/v\",\"attachment_count\":"  \
  "{\"at\":\"/m\",\"as\":\"money\"},\"refs\":[\"/c\",{\"at\":\"/t\",\"extract\":\"[0-9]+/"                   \
  "[A-Z]+\"},\"$.l[?@.k=='a'].v\"],"                                                                         \
  "\"fields\":[{\"label\":\"L\",\"at\":\"/"                                                                  \
  "b\",\"as\":\"base64\",\"private\":true},{\"label\":\"U\",\"at\":\"/u\","                                  \
  "\"as\":\"url\"},{\"label\":\"P\",\"at\":\"$.l[*]\",\"pick\":\"max\"}]},"                                  \
  "\"detail\":{\"request\":{\"url\":\"/s/{item.key}\"},\"map\":{\"title\":\"/t\",\"history\":{\"each\":\"/"  \
  "log\","                                                                                                   \
  "\"when\":{\"at\":\"/at\",\"as\":\"datetime\",\"in\":\"iso\"},\"who\":\"/by\",\"what\":\"/text\"}}}}},"    \
  "\"actions\":{\"go\":{\"label\":\"G\",\"on\":\"s\",\"allow\":{\"at\":\"/"                                  \
  "can\",\"has\":\"GO\"},\"reason\":\"/why/GO\","                                                            \
  "\"request\":{\"method\":\"POST\",\"url\":\"/g\",\"json\":{}},\"idempotency\":\"same\"}},"                 \
  "\"lookups\":{\"l\":{\"request\":{\"url\":\"/l\"},\"records\":\"/r/i\",\"value\":\"/id\",\"title\":\"/"    \
  "t\"}}}"

static McCalendar *calendar;

static McBinding *
bind_text(const char *text)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GError) error = NULL;
  McProfile *profile = mc_profile_parse("f", text, strlen(text), faults);
  g_autofree char *fault = faults->len ? mc_fault_format(faults->pdata[0]) : NULL;
  if (!calendar)
    calendar = mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", &error);
  if (!profile || !calendar)
    g_error("the fuzzer's own connector: %s", fault ? fault : "");
  g_hash_table_insert(config, (gpointer) "base", (gpointer) "http://127.0.0.1:8080");
  McBinding *binding = mc_binding_new(profile, "f", config, calendar, &error);
  if (!binding)
    g_error("%s", error->message);
  mc_profile_unref(profile);
  return binding;
}

static McResponse *
answer(uint8_t how, const uint8_t *bytes, size_t len)
{
  static const int statuses[] = {200, 200, 200, 404, 429, 500, 200, 204};
  static const char *const types[] = {"application/json", "text/xml; charset=utf-8", "text/html",
                                      "application/json; charset=windows-1258"};
  McResponse *response = mc_response_new(MC_WIRE_ANSWERED);
  McHeader *type = g_new0(McHeader, 1);
  type->name = g_strdup("Content-Type");
  type->value = g_strdup(types[how >> 5 & 3]);
  g_ptr_array_add(response->headers, type);
  response->status = statuses[how >> 2 & 7];
  g_clear_pointer(&response->body, g_bytes_unref);
  response->body = g_bytes_new(bytes, len);
  return response;
}

static void
run(McExchange *x, McResponse *response)
{
  if (!x)
    return;
  for (int turn = 0; turn < TURNS; turn++) {
    g_autoptr(McRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    gint64 until;
    if (mc_exchange_next(x, NULL, NOW, &request, &until, &error) != MC_STEP_SEND)
      break;
    mc_exchange_feed(x, response, NOW);
  }
  mc_exchange_free(x);
}

static void
run_pull(McBinding *binding, McResponse *response)
{
  McExchange *x = mc_pull_new(binding, "s", NULL, TRUE);
  g_autoptr(McRequest) request = NULL;
  gint64 until;
  if (mc_exchange_next(x, NULL, NOW, &request, &until, NULL) == MC_STEP_SEND) {
    mc_exchange_feed(x, response, NOW);
    g_autoptr(GPtrArray) items = mc_pull_take_items(x);
    for (guint i = 0; i < items->len; i++) {
      const McItem *item = items->pdata[i];
      if (item->title && !g_utf8_validate(item->title, -1, NULL))
        g_error("a title that is no UTF-8");
      g_free(mc_item_to_json(item, calendar, NOW, TRUE, NULL));
    }
  }
  run(x, response);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
  static McBinding *bindings[2];
  if (len < 1)
    return 0;
  if (!bindings[0]) {
    bindings[0] = bind_text(HEAD("") "\"records\":\"/r/i\"," MAP);
    bindings[1] = bind_text(HEAD("\"format\":\"xml\",") "\"records\":\"$.r.i[*]\"," MAP);
  }
  McBinding *binding = bindings[bytes[0] >> 7];
  g_autoptr(McResponse) response = answer(bytes[0], bytes + 1, len - 1);
  McItem *item = NULL;
  switch (bytes[0] & 3) {
  case 0:
    item = mc_item_new("f", "s", "007", FALSE);
    run(mc_detail_new(binding, item), response);
    mc_item_free(item);
    break;
  case 1:
    run(mc_lookup_new(binding, "l", NULL, NULL), response);
    break;
  default:
    run_pull(binding, response);
  }
  return 0;
}

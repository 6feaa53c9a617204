/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges: any bytes as the answers to a login, a pull, a detail, a file, a delivery, a batch or a lookup
 * of the connectors of desk.c, in JSON and in XML. The first byte says which connector, and in which format;
 * the second which exchange of it; then come the answers, parted by a byte that stands in none (RS), and
 * given round and round. The first byte of an answer is its status and type, the rest its body. Whatever
 * comes, a request stays where it may go, and what is kept is text. */
#include "fuzz.h"
#include <string.h>
#include "base/http.h"
#include "connector/plan.h"
#include "desk.h"

#define TURNS   12
#define ANSWERS 8
#define RS      0x1e

typedef struct {
  McBinding *binding;
  McResponse *answers[ANSWERS];
  guint count, turn;
  gboolean anywhere; /* a login may go to an origin of its own */
} Table;

static void
add_header(McResponse *response, const char *name, const char *value)
{
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strdup(name);
  header->value = g_strdup(value);
  g_ptr_array_add(response->headers, header);
}

static McResponse *
answer(uint8_t how, const uint8_t *bytes, size_t len)
{
  static const int statuses[] = {200, 201, 202, 204, 206, 303, 304, 400,
                                 401, 403, 404, 409, 412, 429, 500, 503};
  static const char *const types[] = {"application/json", "text/xml; charset=utf-8", "text/html",
                                      "application/json; charset=windows-1258"};
  McResponse *response = mc_response_new(how & 0x80 ? MC_WIRE_LOST : MC_WIRE_ANSWERED);
  if (how & 0x80)
    return response;
  add_header(response, "Content-Type", types[how >> 4 & 3]);
  add_header(response, "ETag", how & 0x20 ? "W/\"f\"" : "\"e\"");
  if (how & 0x40) {
    g_autofree char *text = g_strndup((const char *)bytes, MIN(len, 64));
    add_header(response, "Location", text);
    add_header(response, "Link", text);
    add_header(response, "Set-Cookie", text);
    add_header(response, "Retry-After", text);
  }
  response->url = g_strdup("http://127.0.0.1:8080/x/s");
  response->status = statuses[how & 15];
  g_clear_pointer(&response->body, g_bytes_unref);
  response->body = g_bytes_new(bytes, len);
  return response;
}

static void
lay_table(Table *table, const uint8_t *bytes, size_t len)
{
  const uint8_t *end = bytes + len;
  while (table->count < ANSWERS && (bytes < end || !table->count)) {
    const uint8_t *to = bytes < end ? memchr(bytes, RS, (size_t)(end - bytes)) : NULL;
    size_t size = bytes < end ? (size_t)((to ? to : end) - bytes) : 0;
    table->answers[table->count++] = size ? answer(bytes[0], bytes + 1, size - 1) : answer(0, bytes, 0);
    bytes = to ? to + 1 : end;
  }
}

static void
check_request(const Table *table, const McRequest *request)
{
  g_autofree char *origin = mc_url_origin(request->url);
  if (!table->anywhere && g_strcmp0(origin, "http://127.0.0.1:8080") != 0 &&
      g_strcmp0(origin, "https://files.example") != 0)
    g_error("a request to %s", request->url);
  for (guint i = 0; i < request->headers->len; i++) {
    const McHeader *header = request->headers->pdata[i];
    for (const char *p = header->value; *p; p++)
      if (((guchar)*p < 0x20 && *p != '\t') || (guchar)*p >= 0x7f)
        g_error("the header %s holds a control character", header->name);
  }
}

static void
answer_question(McExchange *x)
{
  g_autoptr(McQuestion) question = mc_exchange_take_question(x);
  g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
  if (!question)
    return;
  for (guint i = 0; question->inputs && i < question->inputs->len; i++)
    g_hash_table_insert(values, ((McInput *)question->inputs->pdata[i])->name, (gpointer) "123456");
  if (question->kind == MC_QUESTION_FORM)
    mc_exchange_answer(x, values);
}

/* Whether it came to its end. `see` (may be NULL) is called after each answer. */
static gboolean
drive(Table *table, McExchange *x, gint64 *now, void (*see)(McExchange *x))
{
  for (int turn = 0; turn < TURNS; turn++) {
    g_autoptr(McRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    gint64 until = *now;
    McStep step =
        mc_exchange_next(x, table->anywhere ? NULL : desk_session(), *now, &request, &until, &error);
    answer_question(x);
    if (!error == (step == MC_STEP_FAILED))
      g_error("a failure without a word, or a word without one");
    if (step == MC_STEP_DONE || step == MC_STEP_FAILED)
      return step == MC_STEP_DONE;
    if (step == MC_STEP_WAIT)
      *now = MAX(*now + 1, until);
    if (step != MC_STEP_SEND)
      continue;
    check_request(table, request);
    mc_exchange_feed(x, table->answers[table->turn++ % table->count], *now);
    if (see)
      see(x);
  }
  mc_exchange_abandon(x);
  return FALSE;
}

/* --- pulls and details --- */
static void
check_item(const McItem *item)
{
  const char *texts[] = {item->id, item->title, item->from, item->code, item->raw_state, item->version};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i] && !g_utf8_validate(texts[i], -1, NULL))
      g_error("a text that is no UTF-8");
  g_free(mc_item_to_json(item, desk_calendar(), NOW, TRUE, NULL));
}

static void
see_page(McExchange *x)
{
  g_autoptr(GPtrArray) items = mc_pull_take_items(x);
  g_ptr_array_unref(mc_pull_take_removed(x));
  for (guint i = 0; i < items->len; i++)
    check_item(items->pdata[i]);
  mc_pull_page_read(x);
}

/* Whole, then from the cursor that this left; or at once from one that means little. */
static void
try_pull(Table *table, const char *stream, guint variant)
{
  static const char *const cursors[] = {NULL, "{\"cursor\":\"1795329000000\",\"token\":\"s1\"}"};
  gint64 now = NOW;
  McExchange *x = mc_pull_new(table->binding, stream, cursors[variant], !variant);
  gboolean done = drive(table, x, &now, see_page);
  g_autofree char *cursor = done ? g_strdup(mc_pull_result(x)->cursor) : NULL;
  mc_exchange_free(x);
  mc_pull_wants_full(table->binding, stream, cursor, now);
  x = cursor ? mc_pull_new(table->binding, stream, cursor, FALSE) : NULL;
  if (x) {
    drive(table, x, &now, see_page);
    mc_exchange_free(x);
  }
}

static void
try_fetch(Table *table, const McItem *item, gint64 now)
{
  if (!item->attachments || !item->attachments->len)
    return;
  g_autoptr(GError) error = NULL;
  McExchange *x = mc_fetch_new(table->binding, item, item->attachments->pdata[0], &error);
  if (!x)
    return;
  mc_fetch_have(x, 0, NULL);
  GBytes *content = drive(table, x, &now, NULL) ? mc_fetch_take_content(x) : NULL;
  g_clear_pointer(&content, g_bytes_unref);
  mc_exchange_free(x);
}

static void
try_detail(Table *table, const char *stream, G_GNUC_UNUSED guint variant)
{
  g_autoptr(McItem) item = desk_item(table->binding, stream);
  gint64 now = NOW;
  gboolean gone;
  McExchange *x = mc_detail_new(table->binding, item);
  g_autoptr(McItem) whole = drive(table, x, &now, NULL) ? mc_detail_take(x, &gone) : NULL;
  mc_exchange_free(x);
  if (whole) {
    check_item(whole);
    try_fetch(table, whole, now);
  }
}

/* --- writes --- */
static McExchange *
delivery(Table *table, const char *action, const char *key, const char *memory, gboolean interrupted)
{
  g_autofree char *frozen = desk_frozen(table->binding, action, key);
  return mc_delivery_new(table->binding, NULL, action, frozen, memory, interrupted);
}

static void
see_delivery(McExchange *x)
{
  g_free(mc_delivery_words(x));
}

/* Once, and once more with what it left. */
static void
run_delivery(Table *table, McExchange *x, const char *action, const char *key, gint64 *now)
{
  gboolean done = drive(table, x, now, see_delivery);
  const McDeliveryResult *result = done ? mc_delivery_result(x) : NULL;
  if (result && result->message && !g_utf8_validate(result->message, -1, NULL))
    g_error("words that are no UTF-8");
  gboolean more = !result || result->end == MC_DELIVERY_LATER || result->end == MC_DELIVERY_WAITING;
  g_autofree char *memory = g_strdup(mc_delivery_memory(x));
  mc_exchange_free(x);
  if (!more)
    return;
  x = delivery(table, action, key, memory, TRUE);
  *now += 3600;
  drive(table, x, now, see_delivery);
  mc_exchange_free(x);
}

static void
run_batch(Table *table, const char *action)
{
  static const char *const keys[] = {"k-1", "k-2", "k-3"};
  g_autoptr(GPtrArray) members = g_ptr_array_new();
  gint64 now = NOW;
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    g_ptr_array_add(members, delivery(table, action, keys[i], NULL, FALSE));
  if (mc_delivery_batch_max(members->pdata[0]) >= members->len &&
      mc_delivery_sends_next(members->pdata[0], now) && mc_delivery_sends_next(members->pdata[1], now) &&
      mc_delivery_sends_next(members->pdata[2], now)) {
    McExchange *batch = mc_batch_new(members);
    drive(table, batch, &now, NULL);
    mc_exchange_free(batch);
  }
  for (guint i = 0; i < members->len; i++)
    run_delivery(table, members->pdata[i], action, keys[i], &now);
}

static void
try_action(Table *table, const char *action, guint variant)
{
  gint64 now = NOW;
  if (variant == 2)
    run_batch(table, action);
  else
    run_delivery(table, delivery(table, action, "k-1", NULL, variant == 1), action, "k-1", &now);
}

/* --- lookups and logins --- */
static void
try_lookup(Table *table, const char *lookup, G_GNUC_UNUSED guint variant)
{
  g_autoptr(GHashTable) inputs = desk_inputs(table->binding, lookup);
  g_autoptr(GError) error = NULL;
  gint64 now = NOW;
  McExchange *x = mc_lookup_new(table->binding, lookup, inputs, &error);
  if (!x)
    return;
  McLookupAnswer *found = drive(table, x, &now, NULL) ? mc_lookup_take(x) : NULL;
  mc_exchange_free(x);
  if (!found)
    return;
  g_autofree char *text = mc_lookup_answer_print(found);
  McLookupAnswer *again = mc_lookup_answer_parse(table->binding, lookup, text);
  if (!found->volatile_ && !again)
    g_error("an answer that cannot be kept: %s", text);
  mc_lookup_answer_free(again);
  mc_lookup_answer_free(found);
}

static void
try_login(Table *table, G_GNUC_UNUSED const char *name, guint variant)
{
  g_autoptr(GHashTable) secrets = desk_secrets(table->binding);
  gint64 now = NOW;
  McExchange *x = variant == 0   ? mc_auth_login(table->binding, secrets)
                  : variant == 1 ? mc_auth_refresh(table->binding, desk_session(), secrets)
                                 : mc_auth_probe(table->binding, desk_session());
  table->anywhere = TRUE;
  mc_exchange_may_ask(x);
  g_autoptr(McSession) session = drive(table, x, &now, NULL) ? mc_auth_take_session(x) : NULL;
  mc_exchange_free(x);
  g_autofree char *text = session ? mc_session_text(session) : NULL;
  g_autoptr(McSession) again = mc_session_parse(text, NULL);
  if (!mc_session_equal(session, again))
    g_error("a session that cannot be kept: %s", text);
}

/* --- which of them --- */
static const char *const *
login_names(G_GNUC_UNUSED const McProfile *profile)
{
  static const char *const names[] = {"", NULL};
  return names;
}

static const struct {
  const char *const *(*names)(const McProfile *profile);
  guint variants;
  void (*run)(Table *table, const char *name, guint variant);
} kinds[] = {{mc_profile_streams, 2, try_pull},
             {mc_profile_streams, 1, try_detail},
             {mc_profile_actions, 3, try_action},
             {mc_profile_lookups, 1, try_lookup},
             {login_names, 3, try_login}};

static void
run_one(Table *table, guint which)
{
  const McProfile *profile = mc_binding_profile(table->binding);
  guint total = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    total += g_strv_length((char **)kinds[i].names(profile)) * kinds[i].variants;
  which %= total;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    const char *const *names = kinds[i].names(profile);
    guint count = g_strv_length((char **)names) * kinds[i].variants;
    if (which < count) {
      kinds[i].run(table, names[which / kinds[i].variants], which % kinds[i].variants);
      return;
    }
    which -= count;
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
  if (len < 2)
    return 0;
  Table table = {.binding = desk_binding((bytes[0] & 0x7fu) % desk_count(), bytes[0] >> 7)};
  lay_table(&table, bytes + 2, len - 2);
  run_one(&table, bytes[1]);
  for (guint i = 0; i < table.count; i++)
    mc_response_unref(table.answers[i]);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 6: an action takes effect exactly once, or is said to be uncertain. Every transition of a delivery. */
#include "connector-help.h"

#define BASE "http://127.0.0.1:8080/x"
#define PROFILE(action)                                                                                    \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"       \
  "'base':{'$':'config.base'},"                                                                            \
  "'errors':[{'when':{'at':'/ok','eq':false},'class':'business','code':'/code','message':'/msg'}],"        \
  "'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id','map':{'version':'/rev'},"        \
  "'detail':{'request':{'url':'/s/{item.key}'},'etag':'header'}}},"                                        \
  "'actions':{'act':{'on':'s','form':{'note':{'type':'text'}},'request':{'url':'/s/{item.key}/act',"       \
  "'json':{'note':{'$':'input.note'},'ref':{'$':'action.key'}}},'conflict':[{'status':[409,412]}]," action \
  "}}}"

#define HEADER "'idempotency':{'header':'Idempotency-Key','lives':'P1D'}"
#define FIELD  "'idempotency':{'field':'ref','lives':'P1D'}"
#define SAME   "'idempotency':'same'"
#define ASK    "'unknown':'ask'"
#define VERIFY                                                  \
  "'unknown':{'verify':{'request':{'url':'/s/{item.key}/log'}," \
  "'landed':{'at':'/log','some':{'at':'/ref','eq':{'$':'action.key'}}},'settle':'PT10S'}}"

static char *
frozen_of(McBinding *binding)
{
  g_autoptr(McItem) item = mc_item_new("sys", "s", "5", FALSE);
  g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);
  char *frozen = NULL;
  item->version = g_strdup("7");
  item->key_is_number = TRUE;
  item->raw = g_strdup("{}");
  g_hash_table_insert(fields, (gpointer) "note", (gpointer) "đã xem");
  assert_true(mc_action_freeze(binding, item, "act", fields, "01K", NOW - 100, &frozen, NULL));
  return frozen;
}

static McExchange *
delivery(McBinding *binding, const char *memory, gboolean interrupted)
{
  g_autofree char *frozen = frozen_of(binding);
  return mc_delivery_new(binding, NULL, "act", frozen, memory, interrupted);
}

static const McDeliveryResult *
must_end(McExchange *x, McDeliveryEnd end, gint64 now)
{
  must_be_done(x, NULL, now);
  const McDeliveryResult *result = mc_delivery_result(x);
  if (result->end != end)
    print_message("end %d: %s\n", result->end, result->message ? result->message : "-");
  assert_int_equal(result->end, end);
  return result;
}

/* The mutating request, exactly as it was accepted. */
static void
must_write(McExchange *x, gint64 now)
{
  g_autoptr(McRequest) request = sends(x, NULL, now);
  g_autofree char *body = body_text(request);
  assert_true(request->mutating);
  assert_string_equal(request->url, BASE "/s/5/act");
  assert_string_equal(body, "{\"note\":\"đã xem\",\"ref\":\"01K\"}");
  assert_non_null(strstr(mc_delivery_memory(x), "\"doubt\":true"));
}

static void
must_read(McExchange *x, gint64 now, const char *url)
{
  g_autoptr(McRequest) request = sends(x, NULL, now);
  assert_false(request->mutating);
  assert_string_equal(request->method, "GET");
  assert_string_equal(request->url, url);
}

/* --- answers that settle it at once --- */
static const struct {
  const char *action;
  int status;
  const char *body;
  McClass class;
  McDeliveryEnd end;
  const char *message;
} settled[] = {
    {ASK, 200, "{'ok':true}", MC_CLASS_OK, MC_DELIVERY_DONE, NULL},
    {ASK, 204, "", MC_CLASS_OK, MC_DELIVERY_DONE, NULL},
    {ASK, 200, "{'ok':false,'code':'E1','msg':'Thiếu giấy tờ'}", MC_CLASS_BUSINESS, MC_DELIVERY_FAILED,
     "Thiếu giấy tờ"},
    {ASK, 422, "{'detail':'Sai'}", MC_CLASS_BUSINESS, MC_DELIVERY_FAILED, "Sai"},
    {ASK, 403, "{}", MC_CLASS_BUSINESS, MC_DELIVERY_FAILED, "HTTP 403"},
    {ASK, 412, "{'message':'Đã đổi'}", MC_CLASS_CONFLICT, MC_DELIVERY_CONFLICT, "Đã đổi"},
    {ASK, 409, "{}", MC_CLASS_CONFLICT, MC_DELIVERY_CONFLICT, NULL},
    {ASK, 500, "{'detail':'Hỏng'}", MC_CLASS_PERMANENT, MC_DELIVERY_UNCERTAIN, "Hỏng"},
    {ASK, 302, "", MC_CLASS_PERMANENT, MC_DELIVERY_UNCERTAIN, NULL},
    {ASK ",'success':{'at':'/ok','eq':true}", 200, "{'huh':1}", MC_CLASS_PERMANENT, MC_DELIVERY_UNCERTAIN,
     NULL},
    {ASK ",'errors':[{'when':{'status':[500]},'class':'business','message':{'const':'x'}}]", 500, "{}",
     MC_CLASS_BUSINESS, MC_DELIVERY_FAILED, "x"},
    {ASK ",'errors':[{'when':{'status':[400]},'class':'business','effect':'unknown'}]", 400, "{}",
     MC_CLASS_PERMANENT, MC_DELIVERY_UNCERTAIN, NULL},
    {ASK ",'errors':[{'when':{'status':[500]},'class':'permanent','effect':'none'}]", 500, "{}",
     MC_CLASS_PERMANENT, MC_DELIVERY_FAILED, NULL},
    {HEADER, 422, "{'detail':'key reused'}", MC_CLASS_BUSINESS, MC_DELIVERY_FAILED, "key reused"},
    {HEADER ",'success':{'at':'/ok','eq':true}", 200, "{'huh':1}", MC_CLASS_PERMANENT, MC_DELIVERY_UNCERTAIN,
     NULL},
};

static void
answers_that_settle_it(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(settled); i++) {
    g_autofree char *text = g_strdup_printf(PROFILE("%s"), settled[i].action);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
    must_write(x, NOW);
    const McVerdict *v = feed(x, settled[i].status, NULL, settled[i].body, NOW);
    if (v->class != settled[i].class)
      print_message("%zu: class %d\n", i, v->class);
    assert_int_equal(v->class, settled[i].class);
    const McDeliveryResult *r = must_end(x, settled[i].end, NOW);
    if (settled[i].message)
      assert_string_equal(r->message, settled[i].message);
    assert_int_equal(r->status, settled[i].status);
    gboolean doubt = settled[i].end == MC_DELIVERY_UNCERTAIN;
    assert_non_null(strstr(mc_delivery_memory(x), doubt ? "\"doubt\":true" : "\"doubt\":false"));
  }
}

static void
what_had_no_effect_is_sent_again(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(ASK ",'receipt':'/no','created':'/id'"));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  assert_int_equal(feed(x, 401, NULL, "{}", NOW)->class, MC_CLASS_EXPIRED);
  must_write(x, NOW);
  assert_int_equal(feed(x, 429, "Retry-After: 5", "{}", NOW)->class, MC_CLASS_THROTTLE);
  must_write(x, NOW);
  assert_int_equal(feed_wire(x, MC_WIRE_NOT_SENT, NOW)->class, MC_CLASS_TRANSIENT);
  must_write(x, NOW);
  feed(x, 200, NULL, "{'no':'BN-1','id':77}", NOW);
  const McDeliveryResult *r = must_end(x, MC_DELIVERY_DONE, NOW);
  assert_string_equal(r->receipt, "BN-1");
  assert_string_equal(r->created, "77");
  assert_false(r->verified);
}

static void
giving_up_before_anything_left(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(ASK));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  feed_wire(x, MC_WIRE_NOT_SENT, NOW);
  mc_exchange_abandon(x);
  must_end(x, MC_DELIVERY_LATER, NOW);
  /* Next time there is nothing to doubt. */
  g_autoptr(McExchange) y = delivery(binding, mc_delivery_memory(x), FALSE);
  must_write(y, NOW + 60);
}

/* --- an answer that was lost --- */
static void
lost_with_a_key_is_sent_again(void **state)
{
  static const char *const actions[] = {HEADER, FIELD, SAME};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
    g_autofree char *text = g_strdup_printf(PROFILE("%s"), actions[i]);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
    must_write(x, NOW);
    const McVerdict *v = feed_wire(x, MC_WIRE_LOST, NOW);
    assert_int_equal(v->class, MC_CLASS_TRANSIENT);
    assert_true(v->effect_unknown);
    must_write(x, NOW + 1);
    feed(x, 200, NULL, "{}", NOW + 1);
    must_end(x, MC_DELIVERY_DONE, NOW + 1);
  }
}

static void
the_key_is_on_the_wire(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(HEADER));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  assert_string_equal(mc_request_header(request, "Idempotency-Key"), "01K");
}

static void
a_key_past_its_life_is_not_trusted(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(HEADER));
  (void)state;
  g_autofree char *young =
      g_strdup_printf("{\"doubt\":true,\"first\":%" G_GINT64_FORMAT ",\"sent\":1}", NOW - 70000);
  g_autofree char *old =
      g_strdup_printf("{\"doubt\":true,\"first\":%" G_GINT64_FORMAT ",\"sent\":1}", NOW - 80000);
  g_autoptr(McExchange) x = delivery(binding, young, TRUE);
  must_write(x, NOW);
  g_autoptr(McExchange) y = delivery(binding, old, TRUE);
  must_end(y, MC_DELIVERY_UNCERTAIN, NOW);
  /* A clock that went back proves nothing either. */
  g_autoptr(McExchange) z = delivery(binding, old, TRUE);
  must_end(z, MC_DELIVERY_UNCERTAIN, NOW - 200000);
  g_autoptr(McBinding) both = bind_text(PROFILE(HEADER "," VERIFY));
  g_autoptr(McExchange) w = delivery(both, old, TRUE);
  must_read(w, NOW, BASE "/s/5/log");
}

static void
lost_without_anything_asks(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(ASK));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  assert_int_equal(feed_wire(x, MC_WIRE_LOST, NOW)->class, MC_CLASS_PERMANENT);
  must_end(x, MC_DELIVERY_UNCERTAIN, NOW);
  /* So does a process that died while it was out. */
  g_autoptr(McExchange) y = delivery(binding, NULL, TRUE);
  must_end(y, MC_DELIVERY_UNCERTAIN, NOW);
}

/* --- reading back --- */
static void
landed_is_done(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(VERIFY));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  assert_int_equal(feed_wire(x, MC_WIRE_LOST, NOW)->class, MC_CLASS_OK);
  must_read(x, NOW, BASE "/s/5/log");
  feed(x, 200, NULL, "{'log':[{'ref':'00A'},{'ref':'01K'}]}", NOW);
  assert_true(must_end(x, MC_DELIVERY_DONE, NOW)->verified);
}

static void
absent_and_settled_is_sent_again(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(VERIFY));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  feed_wire(x, MC_WIRE_LOST, NOW);
  must_read(x, NOW, BASE "/s/5/log");
  feed(x, 200, NULL, "{'log':[]}", NOW);
  assert_int_equal(must_wait(x, NULL, NOW), 2); /* not settled: asked again soon */
  must_read(x, NOW + 2, BASE "/s/5/log");
  feed(x, 200, NULL, "{'log':[]}", NOW + 2);
  assert_int_equal(must_wait(x, NULL, NOW + 2), 2);
  must_read(x, NOW + 9, BASE "/s/5/log");
  feed(x, 200, NULL, "{'log':[]}", NOW + 9);
  assert_int_equal(must_wait(x, NULL, NOW + 9), 1);
  must_read(x, NOW + 10, BASE "/s/5/log");
  feed(x, 200, NULL, "{'log':[]}", NOW + 10);
  must_write(x, NOW + 10);
  feed(x, 200, NULL, "{}", NOW + 10);
  must_end(x, MC_DELIVERY_DONE, NOW + 10);
}

static void
a_dead_process_reads_back_first(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(VERIFY));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  g_autofree char *memory = g_strdup(mc_delivery_memory(x));
  g_autoptr(McExchange) y = delivery(binding, memory, TRUE);
  must_read(y, NOW + 5, BASE "/s/5/log");
  feed(y, 200, NULL, "{'log':[]}", NOW + 5);
  assert_int_equal(must_wait(y, NULL, NOW + 5), 5); /* its settling counts from when it left */
  must_read(y, NOW + 10, BASE "/s/5/log");
  feed(y, 200, NULL, "{'log':[{'ref':'01K'}]}", NOW + 10);
  assert_true(must_end(y, MC_DELIVERY_DONE, NOW + 10)->verified);
}

static void
what_cannot_be_read_back(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(VERIFY));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  feed_wire(x, MC_WIRE_LOST, NOW);
  must_read(x, NOW, BASE "/s/5/log");
  assert_int_equal(feed(x, 200, NULL, "{'log':[", NOW)->class, MC_CLASS_GATEWAY);
  must_read(x, NOW, BASE "/s/5/log");
  assert_int_equal(feed(x, 401, NULL, "{}", NOW)->class, MC_CLASS_EXPIRED);
  must_read(x, NOW, BASE "/s/5/log");
  feed(x, 503, NULL, "", NOW);
  mc_exchange_abandon(x);
  must_end(x, MC_DELIVERY_LATER, NOW); /* it will be read back, not sent */
  g_autoptr(McExchange) y = delivery(binding, mc_delivery_memory(x), FALSE);
  must_read(y, NOW + 60, BASE "/s/5/log");
  feed(y, 404, NULL, "{'detail':'Không còn'}", NOW + 60);
  assert_string_equal(must_end(y, MC_DELIVERY_UNCERTAIN, NOW + 60)->message, "Không còn");
  /* Not for ever. */
  g_autoptr(McExchange) z = delivery(binding, "{\"doubt\":true,\"first\":1,\"sent\":1,\"unread\":19}", FALSE);
  must_read(z, NOW, BASE "/s/5/log");
  feed(z, 503, NULL, "", NOW);
  mc_exchange_abandon(z);
  must_end(z, MC_DELIVERY_UNCERTAIN, NOW);
}

static void
neither_landed_nor_absent(void **state)
{
  g_autoptr(McBinding) binding =
      bind_text(PROFILE("'unknown':{'verify':{'request':{'url':'/l'},'landed':{'at':'/"
                        "n','eq':1},'absent':{'at':'/n','eq':0}}}"));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_write(x, NOW);
  feed_wire(x, MC_WIRE_LOST, NOW);
  must_read(x, NOW, BASE "/l");
  feed(x, 200, NULL, "{'n':2}", NOW);
  must_end(x, MC_DELIVERY_UNCERTAIN, NOW);
}

static void
verify_always_decides_a_yes(void **state)
{
  static const struct {
    const char *log;
    McDeliveryEnd end;
  } rows[] = {{"{'n':1}", MC_DELIVERY_DONE}, {"{'n':0}", MC_DELIVERY_FAILED}};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McBinding) binding =
        bind_text(PROFILE("'unknown':{'verify':{'always':true,'message':'/0','request':{'url':'/"
                          "l'},'landed':{'at':'/n','eq':1}}}"));
    g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
    must_write(x, NOW);
    feed(x, 200, NULL, "['Không được phép']", NOW);
    must_read(x, NOW, BASE "/l");
    feed(x, 200, NULL, rows[i].log, NOW);
    const McDeliveryResult *r = must_end(x, rows[i].end, NOW);
    assert_int_equal(r->verified, rows[i].end == MC_DELIVERY_DONE);
    if (rows[i].end == MC_DELIVERY_FAILED)
      assert_string_equal(r->message, "Không được phép");
  }
}

/* What is answered 500 for good and has had no effect is not asked for again and again. */
static void
an_answer_for_good_is_no_reason_to_repeat(void **state)
{
  static const struct {
    const char *log;
    McDeliveryEnd end;
  } rows[] = {{"{'log':[{'ref':'01K'}]}", MC_DELIVERY_DONE}, {"{'log':[]}", MC_DELIVERY_FAILED}};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McBinding) binding =
        bind_text(PROFILE("'unknown':{'verify':{'request':{'url':'/s/{item.key}/log'},"
                          "'landed':{'at':'/log','some':{'at':'/ref','eq':{'$':'action.key'}}}}},"
                          "'errors':[{'when':{'status':[500]},'class':'permanent'}]"));
    g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
    must_write(x, NOW);
    feed(x, 500, NULL, "", NOW);
    must_read(x, NOW, BASE "/s/5/log");
    feed(x, 200, NULL, rows[i].log, NOW);
    const McDeliveryResult *r = must_end(x, rows[i].end, NOW);
    if (rows[i].end == MC_DELIVERY_FAILED)
      assert_non_null(strstr(r->message, "500"));
  }
}

/* --- a refusal after an attempt of unknown outcome may be the work of that attempt --- */
static void
a_late_conflict_is_read_back(void **state)
{
  static const struct {
    const char *log;
    McDeliveryEnd end;
  } rows[] = {{"{'log':[{'ref':'01K'}]}", MC_DELIVERY_DONE}, {"{'log':[]}", MC_DELIVERY_CONFLICT}};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McBinding) binding = bind_text(PROFILE(VERIFY));
    g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
    must_write(x, NOW);
    feed_wire(x, MC_WIRE_LOST, NOW);
    must_read(x, NOW + 20, BASE "/s/5/log");
    feed(x, 200, NULL, "{'log':[]}", NOW + 20);
    must_write(x, NOW + 20);
    feed(x, 412, NULL, "{'message':'Đã đổi'}", NOW + 20);
    must_read(x, NOW + 40, BASE "/s/5/log");
    feed(x, 200, NULL, rows[i].log, NOW + 40);
    const McDeliveryResult *r = must_end(x, rows[i].end, NOW + 40);
    if (rows[i].end == MC_DELIVERY_CONFLICT)
      assert_string_equal(r->message, "Đã đổi");
  }
}

static void
a_late_refusal_without_a_way_to_know(void **state)
{
  (void)state;
  g_autoptr(McBinding) same = bind_text(PROFILE(SAME));
  g_autoptr(McExchange) x = delivery(same, NULL, FALSE);
  must_write(x, NOW);
  feed_wire(x, MC_WIRE_LOST, NOW);
  must_write(x, NOW);
  feed(x, 200, NULL, "{'ok':false,'msg':'Đã xử lý rồi'}", NOW);
  assert_string_equal(must_end(x, MC_DELIVERY_UNCERTAIN, NOW)->message, "Đã xử lý rồi");
  /* A system that honours the key answers a repeat as it answered the first: its refusal is one. */
  g_autoptr(McBinding) key = bind_text(PROFILE(FIELD));
  g_autoptr(McExchange) y = delivery(key, NULL, FALSE);
  must_write(y, NOW);
  feed_wire(y, MC_WIRE_LOST, NOW);
  must_write(y, NOW);
  feed(y, 200, NULL, "{'ok':false,'msg':'Thiếu'}", NOW);
  must_end(y, MC_DELIVERY_FAILED, NOW);
}

static void
a_key_in_flight_is_waited_for(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(HEADER));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  gint64 now = NOW;
  (void)state;
  must_write(x, now);
  feed_wire(x, MC_WIRE_LOST, now);
  for (int i = 0; i < 6; i++) {
    must_write(x, now);
    assert_int_equal(feed(x, 409, i == 0 ? "Retry-After: 3" : NULL, "{}", now)->class, MC_CLASS_OK);
    gint64 wait = must_wait(x, NULL, now);
    assert_int_equal(wait, i == 0 ? 3 : 2 << i);
    now += wait;
  }
  must_write(x, now);
  feed(x, 409, NULL, "{}", now);
  must_end(x, MC_DELIVERY_CONFLICT, now);
}

/* --- baseline, reading again --- */
static void
a_baseline_is_kept_from_before_the_first_send(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      PROFILE("'before':{'request':{'url':'/l'},'keep':{'last':{'at':'$.log[*].id','pick':'last'}}},"
              "'unknown':{'verify':{'request':{'url':'/l'},'landed':{'at':'/log','some':{'at':'/"
              "id','gt':{'$':'before.last'}}}}}"));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_read(x, NOW, BASE "/l");
  feed(x, 200, NULL, "{'log':[{'id':4},{'id':9}]}", NOW);
  must_write(x, NOW);
  g_autofree char *memory = g_strdup(mc_delivery_memory(x));
  assert_non_null(strstr(memory, "\"before\":{\"last\":9}"));
  /* After a crash the same baseline tells. */
  g_autoptr(McExchange) y = delivery(binding, memory, TRUE);
  must_read(y, NOW, BASE "/l");
  feed(y, 200, NULL, "{'log':[{'id':9},{'id':10}]}", NOW);
  must_end(y, MC_DELIVERY_DONE, NOW);
}

#define FETCH "'refetch':true,"

static void
a_changed_version_is_a_conflict(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(FETCH ASK));
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_read(x, NOW, BASE "/s/5");
  feed(x, 200, NULL, "{'id':5,'rev':8}", NOW);
  const McDeliveryResult *r = must_end(x, MC_DELIVERY_CONFLICT, NOW);
  assert_non_null(strstr(r->message, "7"));
  assert_non_null(strstr(r->message, "8"));
  g_autoptr(McExchange) y = delivery(binding, NULL, FALSE);
  must_read(y, NOW, BASE "/s/5");
  feed(y, 404, NULL, "{}", NOW);
  must_end(y, MC_DELIVERY_CONFLICT, NOW);
  g_autoptr(McExchange) z = delivery(binding, NULL, FALSE);
  must_read(z, NOW, BASE "/s/5");
  feed(z, 403, NULL, "{'detail':'Không có quyền'}", NOW);
  must_end(z, MC_DELIVERY_FAILED, NOW);
  g_autoptr(McExchange) w = delivery(binding, NULL, FALSE);
  must_read(w, NOW, BASE "/s/5");
  feed_wire(w, MC_WIRE_LOST, NOW);
  mc_exchange_abandon(w);
  must_end(w, MC_DELIVERY_LATER, NOW);
}

/* The person's own last change counts as seen; nobody else's does. */
static void
ones_own_change_is_no_conflict(void **state)
{
  static const struct {
    const char *now;
    gboolean sent;
  } rows[] = {{"{'id':5,'rev':7}", TRUE}, {"{'id':5,'rev':8}", TRUE}, {"{'id':5,'rev':9}", FALSE}};
  g_autoptr(McBinding) binding = bind_text(PROFILE(FETCH ASK));
  g_autofree char *frozen = frozen_of(binding);
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McExchange) x = mc_delivery_new(binding, "8", "act", frozen, NULL, FALSE);
    assert_true(mc_delivery_minds_version(x));
    must_read(x, NOW, BASE "/s/5");
    feed(x, 200, NULL, rows[i].now, NOW);
    if (rows[i].sent)
      must_write(x, NOW);
    else
      must_end(x, MC_DELIVERY_CONFLICT, NOW);
  }
}

/* A repeat under a key is the same request, tag included, whatever the record is by then. */
static void
the_tag_goes_with_the_key(void **state)
{
  static const char text[] =
      "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"
      "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id',"
      "'map':{'version':'/rev'},'detail':{'request':{'url':'/s/{item.key}'},'etag':'header'}}},"
      "'actions':{'act':{'on':'s','refetch':true,'form':{'note':{'type':'text'}},'request':{'url':'/a',"
      "'headers':{'If-Match':{'$':'item.etag','required':true}},'json':{'n':{'$':'input.note'}}}," HEADER
      "}}}";
  g_autoptr(McBinding) binding = bind_text(text);
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  must_read(x, NOW, BASE "/s/5");
  feed(x, 200, "ETag: \"e1\"", "{'id':5,'rev':7}", NOW);
  g_autoptr(McRequest) first = sends(x, NULL, NOW);
  assert_string_equal(mc_request_header(first, "If-Match"), "\"e1\"");
  g_autoptr(McExchange) y = delivery(binding, mc_delivery_memory(x), TRUE);
  g_autoptr(McRequest) second = sends(y, NULL, NOW + 30);
  assert_string_equal(mc_request_header(second, "If-Match"), "\"e1\"");
  assert_true(second->mutating);
}

static void
a_request_that_cannot_be_made_is_never_sent(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"
      "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/"
      "id','map':{}}},"
      "'actions':{'act':{'on':'s','form':{'note':{'type':'text'}},'request':{'url':'/a','headers':"
      "{'If-Match':{'$':'item.etag','required':true}}},'unknown':'ask'}}}");
  g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
  (void)state;
  g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_FAILED);
  assert_non_null(strstr(message, "item.etag"));
  assert_null(strstr(mc_delivery_memory(x), "true"));
}

static void
a_preview_shows_the_request(void **state)
{
  g_autoptr(McBinding) binding = bind_file("van-ban.jsonc");
  g_autoptr(McItem) item = mc_item_new("sys", "documents", "5", FALSE);
  g_autofree char *frozen = NULL;
  (void)state;
  item->raw = g_strdup("{\"stage\":\"cho_tiep_nhan\"}");
  assert_true(mc_action_freeze(binding, item, "receive", NULL, "01K", NOW, &frozen, NULL));
  g_autoptr(McExchange) x = mc_delivery_new(binding, NULL, "receive", frozen, NULL, FALSE);
  g_autofree char *text = mc_delivery_preview(x, NOW);
  assert_non_null(strstr(text, "curl -X POST"));
  assert_non_null(strstr(text, "'Idempotency-Key: 01K'"));
  assert_non_null(strstr(text, "/api/v2/documents/5/receive'"));
  assert_null(strstr(text, "Authorization"));
  must_read(x, NOW, BASE "/api/v2/documents/5"); /* and has changed nothing */
}

/* An action that the connector no longer has is not sent, and not forgotten as if it had been. */
static void
an_action_that_is_no_more(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(ASK));
  (void)state;
  g_autoptr(McExchange) x = mc_delivery_new(binding, NULL, "gone", "{\"key\":\"K\"}", NULL, FALSE);
  must_end(x, MC_DELIVERY_FAILED, NOW);
  g_autoptr(McExchange) y = mc_delivery_new(binding, NULL, "gone", "{\"key\":\"K\"}", NULL, TRUE);
  must_end(y, MC_DELIVERY_UNCERTAIN, NOW);
}

/* Whatever is lost and however often, one exchange comes to an end. */
static void
it_ends(void **state)
{
  static const char *const actions[] = {HEADER, FIELD, SAME, ASK, VERIFY};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
    g_autofree char *text = g_strdup_printf(PROFILE("%s"), actions[i]);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = delivery(binding, NULL, FALSE);
    gint64 now = NOW, until = 0;
    McStep step = MC_STEP_SEND;
    int writes = 0, steps = 0;
    while (step != MC_STEP_DONE && steps++ < 1000) {
      McRequest *request = NULL;
      step = mc_exchange_next(x, NULL, now, &request, &until, NULL);
      assert_int_not_equal(step, MC_STEP_FAILED);
      if (step == MC_STEP_WAIT)
        now = until;
      if (step != MC_STEP_SEND)
        continue;
      writes += request->mutating;
      if (request->mutating)
        feed_wire(x, MC_WIRE_LOST, now);
      else
        feed(x, 200, NULL, "{'log':[]}", now);
      mc_request_free(request);
    }
    assert_int_equal(step, MC_STEP_DONE);
    assert_in_range(writes, 1, 5);
    assert_int_equal(mc_delivery_result(x)->end, i == 3 ? MC_DELIVERY_UNCERTAIN : MC_DELIVERY_LATER);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_that_settle_it),
      cmocka_unit_test(what_had_no_effect_is_sent_again),
      cmocka_unit_test(giving_up_before_anything_left),
      cmocka_unit_test(lost_with_a_key_is_sent_again),
      cmocka_unit_test(the_key_is_on_the_wire),
      cmocka_unit_test(a_key_past_its_life_is_not_trusted),
      cmocka_unit_test(lost_without_anything_asks),
      cmocka_unit_test(landed_is_done),
      cmocka_unit_test(absent_and_settled_is_sent_again),
      cmocka_unit_test(a_dead_process_reads_back_first),
      cmocka_unit_test(what_cannot_be_read_back),
      cmocka_unit_test(neither_landed_nor_absent),
      cmocka_unit_test(verify_always_decides_a_yes),
      cmocka_unit_test(an_answer_for_good_is_no_reason_to_repeat),
      cmocka_unit_test(a_late_conflict_is_read_back),
      cmocka_unit_test(a_late_refusal_without_a_way_to_know),
      cmocka_unit_test(a_key_in_flight_is_waited_for),
      cmocka_unit_test(a_baseline_is_kept_from_before_the_first_send),
      cmocka_unit_test(a_changed_version_is_a_conflict),
      cmocka_unit_test(ones_own_change_is_no_conflict),
      cmocka_unit_test(the_tag_goes_with_the_key),
      cmocka_unit_test(a_request_that_cannot_be_made_is_never_sent),
      cmocka_unit_test(a_preview_shows_the_request),
      cmocka_unit_test(an_action_that_is_no_more),
      cmocka_unit_test(it_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

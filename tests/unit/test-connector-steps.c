/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of several requests, those that the system carries out later, and those that go together: what is
 * sent, what never is again, and what a process finds that did not see the answer. A kill is a new exchange
 * with the memory that was on disk. */
#include "connector-help.h"

#define BASE "http://127.0.0.1:8080/x"
#define PROFILE(action)                                                                              \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}}," \
  "'base':{'$':'config.base'},'hosts':['files.example.vn'],"                                         \
  "'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id','map':{'version':'/rev'},"  \
  "'detail':{'request':{'url':'/s/{item.key}'},'etag':'header'}}},"                                  \
  "'actions':{'act':{'on':'s','form':{'note':{'type':'text'}}," action "}}}"

#define TOKEN "{'name':'form','request':{'url':'/form'},'keep':{'t':'/token'}}"
#define WRITE                                                                                             \
  "{'name':'write','request':{'method':'POST','url':'/s/{item.key}/act','json':{'t':{'$':'step.form.t'}," \
  "'ref':{'$':'action.key'}}},'keep':{'id':'/id'}}"
#define ATTACH                                                                                           \
  "{'name':'attach','repeatable':true,'request':{'method':'PUT','url':'/r/{step.write.id}','json':{'t':" \
  "{'$':'step.form.t'}}}}"
#define STEPS "'steps':[" TOKEN "," WRITE "," ATTACH "]"
#define VERIFY                                                                                    \
  "'unknown':{'verify':{'request':{'url':'/log'},'landed':{'at':'/log','some':{'at':'/ref','eq':" \
  "{'$':'action.key'}}},'keep':{'id':'/id'}}}"

static char *
frozen_of(McBinding *binding, const char *item_key, const char *key)
{
  g_autoptr(McItem) item = mc_item_new("sys", "s", item_key, FALSE);
  g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);
  char *frozen = NULL;
  item->raw = g_strdup("{}");
  item->version = g_strdup("7");
  g_hash_table_insert(fields, (gpointer) "note", (gpointer) "x");
  assert_true(mc_action_freeze(binding, item, "act", fields, key, NOW, &frozen, NULL));
  return frozen;
}

static McExchange *
one(McBinding *binding, const char *item, const char *key, const char *memory)
{
  g_autofree char *frozen = frozen_of(binding, item, key);
  return mc_delivery_new(binding, NULL, "act", frozen, memory, memory != NULL);
}

static McExchange *
delivery(McBinding *binding, const char *memory)
{
  return one(binding, "5", "01K", memory);
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

/* The next request, and its body where one is expected. */
static void
asks(McExchange *x, gint64 now, const char *method, const char *path, const char *body)
{
  g_autoptr(McRequest) request = sends(x, NULL, now);
  g_autofree char *text = body_text(request), *url = g_strconcat(BASE, path, NULL);
  g_autofree char *wanted = quoted(body ? body : "");
  assert_string_equal(request->method, method);
  assert_string_equal(request->url, url);
  assert_string_equal(text, wanted);
  assert_int_equal(request->mutating, strcmp(method, "GET") != 0);
}

static char *
memory_of(McExchange *x)
{
  return g_strdup(mc_delivery_memory(x));
}

#define WRITTEN "{'t':'a','ref':'01K'}"

static void
through_the_form(McExchange *x, gint64 now)
{
  asks(x, now, "GET", "/form", NULL);
  feed(x, 200, NULL, "{'token':'a'}", now);
  asks(x, now, "POST", "/s/5/act", WRITTEN);
}

/* --- steps --- */
static void
one_after_the_other(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(STEPS ",'unknown':'ask','receipt':'/id'"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  through_the_form(x, NOW);
  assert_null(strstr(mc_delivery_memory(x), "form")); /* what an earlier step said is never stored */
  feed(x, 201, NULL, "{'id':9}", NOW);
  asks(x, NOW, "PUT", "/r/9", "{'t':'a'}");
  feed(x, 200, NULL, "{}", NOW);
  assert_string_equal(must_end(x, MC_DELIVERY_DONE, NOW)->receipt, "9");
  assert_null(strstr(mc_delivery_memory(x), "kept"));
}

static void
a_failure_before_has_no_effect(void **state)
{
  static const struct {
    int status;
    McDeliveryEnd end;
  } rows[] = {{404, MC_DELIVERY_FAILED}, {412, MC_DELIVERY_CONFLICT}};
  g_autoptr(McBinding) binding = bind_text(PROFILE(STEPS ",'unknown':'ask'"));
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McExchange) x = delivery(binding, NULL);
    asks(x, NOW, "GET", "/form", NULL);
    feed(x, rows[i].status, NULL, "{'detail':'Không'}", NOW);
    assert_string_equal(must_end(x, rows[i].end, NOW)->message, "Không");
    assert_false(mc_delivery_in_doubt(x));
  }
  g_autoptr(McExchange) y = delivery(binding, NULL);
  asks(y, NOW, "GET", "/form", NULL);
  feed_wire(y, MC_WIRE_LOST, NOW); /* only read: asked again, and given up without an effect */
  asks(y, NOW, "GET", "/form", NULL);
  feed_wire(y, MC_WIRE_LOST, NOW);
  mc_exchange_abandon(y);
  must_end(y, MC_DELIVERY_LATER, NOW);
}

static void
every_attempt_begins_anew(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(STEPS ",'idempotency':{'field':'ref','lives':'P1D'}"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  through_the_form(x, NOW);
  assert_int_equal(feed(x, 401, NULL, "{}", NOW)->class, MC_CLASS_EXPIRED);
  through_the_form(x, NOW);
  feed_wire(x, MC_WIRE_LOST, NOW);
  g_autofree char *memory = memory_of(x);
  through_the_form(x, NOW + 1); /* its key makes the repeat safe; the token is a new one */
  g_autoptr(McExchange) y = delivery(binding, memory);
  asks(y, NOW + 9, "GET", "/form", NULL);
  feed(y, 403, NULL, "{}", NOW + 9); /* perhaps because it landed */
  must_end(y, MC_DELIVERY_UNCERTAIN, NOW + 9);
}

static void
a_lost_answer_is_read_back_with_what_follows(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(STEPS "," VERIFY));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  through_the_form(x, NOW);
  g_autofree char *killed = memory_of(x);
  feed_wire(x, MC_WIRE_LOST, NOW);
  asks(x, NOW, "GET", "/log", NULL);
  feed(x, 200, NULL, "{'log':[{'ref':'01K'}],'id':9}", NOW);
  /* The token is not known any more: its step runs again for the one that needs it. */
  asks(x, NOW, "GET", "/form", NULL);
  feed(x, 200, NULL, "{'token':'b'}", NOW);
  asks(x, NOW, "PUT", "/r/9", "{'t':'b'}");
  feed(x, 200, NULL, "{}", NOW);
  assert_true(must_end(x, MC_DELIVERY_DONE, NOW)->verified);
  g_autoptr(McExchange) y = delivery(binding, killed);
  asks(y, NOW, "GET", "/log", NULL);
  feed(y, 200, NULL, "{'log':[]}", NOW);
  through_the_form(y, NOW); /* certainly absent: sent again, from the first step */
}

static void
what_landed_is_never_sent_again(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(STEPS ",'unknown':'ask','receipt':'/id'"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  through_the_form(x, NOW);
  feed(x, 200, NULL, "{'id':9}", NOW);
  asks(x, NOW, "PUT", "/r/9", "{'t':'a'}");
  g_autofree char *killed = memory_of(x);
  assert_true(mc_delivery_in_doubt(x)); /* not to be withdrawn */
  feed(x, 503, NULL, "{'detail':'Bận'}", NOW);
  asks(x, NOW, "PUT", "/r/9", "{'t':'a'}");
  feed(x, 503, NULL, "{'detail':'Bận'}", NOW);
  mc_exchange_abandon(x);
  const McDeliveryResult *r = must_end(x, MC_DELIVERY_WAITING, NOW);
  assert_int_equal(r->wait_until, MC_TIME_NONE);
  assert_non_null(strstr(r->message, "attach"));
  assert_non_null(strstr(r->message, "Bận"));
  g_autofree char *waiting = memory_of(x);
  const char *const memories[] = {killed, waiting};
  for (gsize i = 0; i < G_N_ELEMENTS(memories); i++) {
    g_autoptr(McExchange) y = delivery(binding, memories[i]);
    asks(y, NOW, "GET", "/form", NULL);
    feed(y, 200, NULL, "{'token':'c'}", NOW);
    asks(y, NOW, "PUT", "/r/9", "{'t':'c'}");
    feed(y, 200, NULL, "{}", NOW);
    assert_string_equal(must_end(y, MC_DELIVERY_DONE, NOW)->receipt, "9");
  }
  g_autoptr(McExchange) z = delivery(binding, killed);
  asks(z, NOW, "GET", "/form", NULL);
  feed(z, 200, NULL, "{'token':'c'}", NOW);
  asks(z, NOW, "PUT", "/r/9", "{'t':'c'}");
  feed(z, 422, NULL, "{'detail':'Sai tệp'}", NOW); /* for good, and said as it is */
  r = must_end(z, MC_DELIVERY_DONE, NOW);
  assert_non_null(strstr(r->message, "Sai tệp"));
}

static void
a_step_may_be_left_out(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      PROFILE("'steps':[{'name':'a','if':{'at':'/input/note','eq':'y'},'request':{'url':'/a'}},{'name':'b','"
              "if':{'at':'/item/version','eq':'7'},'request':{'url':'/b'},'keep':{'n':'/n'}},{'name':'c','"
              "request':{'method':'POST','url':'/c'}},{'name':'d','if':{'at':'/step/b/n','gt':5},'request':{'"
              "url':'/d'}}],'unknown':'ask'"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  asks(x, NOW, "GET", "/b", NULL);
  feed(x, 200, NULL, "{'n':5}", NOW);
  asks(x, NOW, "POST", "/c", NULL);
  feed(x, 200, NULL, "{}", NOW);
  must_end(x, MC_DELIVERY_DONE, NOW);
}

/* --- poll --- */
#define REQUEST "'request':{'url':'/s/{item.key}/act','json':{'ref':{'$':'action.key'}}},"
#define POLL                                                                                   \
  REQUEST "'poll':{'url':'/jobs/{poll.id}','keep':{'id':'/job'},'every':'PT10S','max':'PT1M'," \
          "'until':{'at':'/state','eq':'done'},'failed':{'at':'/state','eq':'failed'},'message':'/text'}"

static McExchange *
accepted(McBinding *binding, const char *headers)
{
  McExchange *x = delivery(binding, NULL);
  asks(x, NOW, "POST", "/s/5/act", "{'ref':'01K'}");
  feed(x, 202, headers, "{'job':'j/1'}", NOW);
  return x;
}

static void
accepted_is_asked_until_done(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(POLL ",'unknown':'ask','receipt':'/no'"));
  g_autoptr(McExchange) x = accepted(binding, NULL);
  (void)state;
  assert_int_equal(must_end(x, MC_DELIVERY_WAITING, NOW)->wait_until, NOW + 10);
  assert_true(mc_delivery_in_doubt(x));
  g_autofree char *memory = memory_of(x);
  g_autoptr(McExchange) y = delivery(binding, memory);
  asks(y, NOW + 10, "GET", "/jobs/j%2F1", NULL);
  feed(y, 200, "Retry-After: 25", "{'state':'busy','text':'Đang ký số'}", NOW + 10);
  const McDeliveryResult *r = must_end(y, MC_DELIVERY_WAITING, NOW + 10);
  assert_int_equal(r->wait_until, NOW + 35);
  assert_non_null(strstr(r->message, "Đang ký số"));
  g_autofree char *later = memory_of(y);
  g_autoptr(McExchange) z = delivery(binding, later);
  asks(z, NOW + 35, "GET", "/jobs/j%2F1", NULL);
  feed(z, 200, NULL, "{'state':'done','no':'Q-1'}", NOW + 35);
  assert_string_equal(must_end(z, MC_DELIVERY_DONE, NOW + 35)->receipt, "Q-1");
}

static void
what_asking_may_meet(void **state)
{
  static const struct {
    int status;
    const char *body;
    gint64 at;
    McDeliveryEnd end;
    const char *words;
  } rows[] = {
      {200, "{'state':'failed','text':'Chứng thư hết hạn'}", 10, MC_DELIVERY_FAILED, "Chứng thư hết hạn"},
      {500, "{'detail':'Hỏng'}", 10, MC_DELIVERY_WAITING, "Hỏng"},
      {404, "{}", 10, MC_DELIVERY_WAITING, "HTTP 404"},
      {200, "{'state':'busy','text':'Còn chờ'}", 60, MC_DELIVERY_UNCERTAIN, "Còn chờ"},
      {503, "{}", 60, MC_DELIVERY_UNCERTAIN, "1"},
  };
  g_autoptr(McBinding) binding = bind_text(PROFILE(POLL ",'unknown':'ask'"));
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McExchange) x = accepted(binding, NULL);
    g_autofree char *memory = memory_of(x);
    g_autoptr(McExchange) y = delivery(binding, memory);
    asks(y, NOW + rows[i].at, "GET", "/jobs/j%2F1", NULL);
    feed(y, rows[i].status, NULL, rows[i].body, NOW + rows[i].at);
    const McDeliveryResult *r = must_end(y, rows[i].end, NOW + rows[i].at);
    assert_non_null(strstr(r->message, rows[i].words));
    g_autofree char *left = memory_of(y);
    g_autoptr(McExchange) z = delivery(binding, left); /* whoever looks again asks again, and never sends */
    if (rows[i].end != MC_DELIVERY_FAILED)
      asks(z, NOW + 70, "GET", "/jobs/j%2F1", NULL);
  }
}

static void
the_address_of_location(void **state)
{
  static const struct {
    int status;
    const char *location, *url;
  } rows[] = {{202, "Location: /x/q/7?a=1", BASE "/q/7?a=1"},
              {303, "Location: ../q", "http://127.0.0.1:8080/x/s/q"},
              {202, "Location: https://files.example.vn/q", "https://files.example.vn/q"},
              {202, "Location: https://elsewhere.example/q", NULL},
              {202, NULL, NULL}};
  g_autoptr(McBinding) binding = bind_text(PROFILE(REQUEST "'poll':{'every':'PT2S'},'unknown':'ask'"));
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McExchange) x = delivery(binding, NULL);
    asks(x, NOW, "POST", "/s/5/act", "{'ref':'01K'}");
    feed(x, rows[i].status, rows[i].location, "", NOW);
    must_end(x, MC_DELIVERY_WAITING, NOW);
    g_autofree char *memory = memory_of(x);
    g_autoptr(McExchange) y = delivery(binding, memory);
    if (!rows[i].url) { /* no address that may be asked: never called failed */
      assert_non_null(must_end(y, MC_DELIVERY_UNCERTAIN, NOW + 2)->message);
      continue;
    }
    must_send(y, NULL, NOW + 2, "GET", rows[i].url);
    feed(y, 200, NULL, "", NOW + 2);
    must_end(y, MC_DELIVERY_DONE, NOW + 2);
  }
}

static void
a_yes_at_once_needs_no_asking(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(POLL ",'unknown':'ask'"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  asks(x, NOW, "POST", "/s/5/act", "{'ref':'01K'}");
  feed(x, 200, NULL, "{'state':'done'}", NOW);
  must_end(x, MC_DELIVERY_DONE, NOW);
}

static void
a_lost_acceptance_is_found_again(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(POLL "," VERIFY));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  asks(x, NOW, "POST", "/s/5/act", "{'ref':'01K'}");
  feed_wire(x, MC_WIRE_LOST, NOW);
  asks(x, NOW, "GET", "/log", NULL);
  feed(x, 200, NULL, "{'log':[{'ref':'01K'}],'id':'j9'}", NOW);
  must_end(x, MC_DELIVERY_WAITING, NOW);
  g_autofree char *memory = memory_of(x);
  g_autoptr(McExchange) y = delivery(binding, memory);
  asks(y, NOW + 10, "GET", "/jobs/j9", NULL);
}

/* --- a yes that changes nothing --- */
static void
a_yes_after_asking_is_read_back(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      PROFILE(REQUEST "'poll':{},'unknown':{'verify':{'request':{'url':'/log'},'landed':{'at':'/n','eq':1},"
                      "'always':true}}"));
  g_autoptr(McExchange) x = delivery(binding, "{\"doubt\":false,\"stage\":\"accepted\",\"since\":1795329000,"
                                              "\"poll\":{\"location\":\"" BASE "/q\"}}");
  (void)state;
  asks(x, NOW, "GET", "/q", NULL);
  feed(x, 200, NULL, "{}", NOW);
  asks(x, NOW, "GET", "/log", NULL);
  feed(x, 200, NULL, "{'n':0}", NOW);
  assert_non_null(must_end(x, MC_DELIVERY_FAILED, NOW)->message);
}

/* --- allowed only by the detail --- */
static void
the_detail_decides(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      PROFILE("'request':{'url':'/s/{item.key}/act'},'allow_detail':{'at':'/can','eq':true},'reason':'/why',"
              "'unknown':'ask'"));
  (void)state;
  for (int can = 0; can < 2; can++) {
    g_autoptr(McExchange) x = delivery(binding, NULL);
    asks(x, NOW, "GET", "/s/5", NULL);
    feed(x, 200, NULL, can ? "{'rev':7,'can':true}" : "{'rev':7,'can':false,'why':'Chờ phê duyệt'}", NOW);
    if (can)
      asks(x, NOW, "POST", "/s/5/act", NULL);
    else
      assert_string_equal(must_end(x, MC_DELIVERY_FAILED, NOW)->message, "Chờ phê duyệt");
  }
}

/* --- batch --- */
#define BATCH(match, rule)                                                                                \
  PROFILE("'request':{'url':'/bulk','json':{'ops':{'$':'batch'}}},'batch':{'max':10,'item':{'id':{'$':'"  \
          "item.key'},'ref':{'$':'action.key'}},'outcomes':'/results'," match                             \
          "'success':{'at':'/ok','eq':true},"                                                             \
          "'conflict':[{'at':'/code','eq':'changed'}],'errors':[{'when':{'at':'/ok','eq':false},'class':" \
          "'business','message':'/why'}]},'receipt':'/no'," rule)
#define BY_REF "'match':{'at':'/ref','eq':{'$':'action.key'}},"

static GPtrArray *
three(McBinding *binding)
{
  GPtrArray *members = g_ptr_array_new_with_free_func((GDestroyNotify)mc_exchange_free);
  g_ptr_array_add(members, one(binding, "1", "K1", NULL));
  g_ptr_array_add(members, one(binding, "2", "K2", NULL));
  g_ptr_array_add(members, one(binding, "3", "K3", NULL));
  for (guint i = 0; i < 3; i++)
    assert_true(mc_delivery_sends_next(members->pdata[i], NOW));
  assert_int_equal(mc_delivery_batch_max(members->pdata[0]), 10);
  return members;
}

#define ALL_THREE "{'ops':[{'id':'1','ref':'K1'},{'id':'2','ref':'K2'},{'id':'3','ref':'K3'}]}"

static const McDeliveryResult *
ended(GPtrArray *members, guint index, McDeliveryEnd end)
{
  assert_true(mc_delivery_has_ended(members->pdata[index]));
  return must_end(members->pdata[index], end, NOW);
}

static void
each_has_its_own_outcome(void **state)
{
  g_autoptr(McBinding) binding = bind_text(BATCH(BY_REF, "'unknown':'ask'"));
  g_autoptr(GPtrArray) members = three(binding);
  g_autoptr(McExchange) x = mc_batch_new(members);
  (void)state;
  asks(x, NOW, "POST", "/bulk", ALL_THREE);
  for (guint i = 0; i < 3; i++)
    assert_true(mc_delivery_in_doubt(members->pdata[i]));
  feed(x, 200, NULL,
       "{'results':[{'ref':'K3','ok':false,'code':'changed','message':'Đã "
       "đổi'},{'ref':'K1','ok':true,'no':'B1'},"
       "{'ref':'K2','ok':false,'why':'Thiếu'}]}",
       NOW);
  must_be_done(x, NULL, NOW);
  assert_string_equal(ended(members, 0, MC_DELIVERY_DONE)->receipt, "B1");
  assert_string_equal(ended(members, 1, MC_DELIVERY_FAILED)->message, "Thiếu");
  ended(members, 2, MC_DELIVERY_CONFLICT);
}

static void
a_missing_outcome_is_that_ones_alone(void **state)
{
  g_autoptr(McBinding) binding = bind_text(BATCH(BY_REF, VERIFY));
  g_autoptr(GPtrArray) members = three(binding);
  g_autoptr(McExchange) x = mc_batch_new(members);
  (void)state;
  asks(x, NOW, "POST", "/bulk", ALL_THREE);
  feed(x, 200, NULL, "{'results':[{'ref':'K1','ok':true},{'ref':'K3','ok':true}]}", NOW);
  must_be_done(x, NULL, NOW);
  ended(members, 0, MC_DELIVERY_DONE);
  ended(members, 2, MC_DELIVERY_DONE);
  assert_false(mc_delivery_has_ended(members->pdata[1]));
  asks(members->pdata[1], NOW, "GET", "/log", NULL);
  feed(members->pdata[1], 200, NULL, "{'log':[]}", NOW);
  asks(members->pdata[1], NOW, "POST", "/bulk",
       "{'ops':[{'id':'2','ref':'K2'}]}"); /* alone, a batch of one */
  feed(members->pdata[1], 200, NULL, "{'results':[{'ref':'K2','ok':false,'why':'Thiếu'}]}", NOW);
  asks(members->pdata[1], NOW, "GET", "/log", NULL); /* a refusal after a doubt is read back */
  feed(members->pdata[1], 200, NULL, "{'log':[]}", NOW);
  assert_string_equal(must_end(members->pdata[1], MC_DELIVERY_FAILED, NOW)->message, "Thiếu");
}

static void
a_lost_batch_leaves_each_to_its_rule(void **state)
{
  static const struct {
    const char *rule;
    McDeliveryEnd end;
  } rows[] = {{"'unknown':'ask'", MC_DELIVERY_UNCERTAIN}, {VERIFY, MC_DELIVERY_LATER}};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = g_strdup_printf(BATCH("", "%s"), rows[i].rule);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(GPtrArray) members = three(binding);
    g_autoptr(McExchange) x = mc_batch_new(members);
    asks(x, NOW, "POST", "/bulk", ALL_THREE);
    feed_wire(x, MC_WIRE_LOST, NOW);
    must_be_done(x, NULL, NOW);
    for (guint k = 0; k < 3; k++) {
      McExchange *y = members->pdata[k];
      if (rows[i].end == MC_DELIVERY_UNCERTAIN)
        ended(members, k, MC_DELIVERY_UNCERTAIN);
      else
        asks(y, NOW, "GET", "/log", NULL);
      assert_true(mc_delivery_in_doubt(y));
    }
  }
}

static void
a_refused_batch_is_like_a_single_one(void **state)
{
  g_autoptr(McBinding) binding = bind_text(BATCH("", "'idempotency':{'field':'ref','lives':'P1D'}"));
  g_autoptr(GPtrArray) members = three(binding);
  g_autoptr(McExchange) x = mc_batch_new(members);
  (void)state;
  asks(x, NOW, "POST", "/bulk", ALL_THREE);
  assert_int_equal(feed(x, 401, NULL, "{}", NOW)->class, MC_CLASS_EXPIRED);
  asks(x, NOW, "POST", "/bulk", ALL_THREE);
  assert_int_equal(feed_wire(x, MC_WIRE_LOST, NOW)->class, MC_CLASS_TRANSIENT);
  asks(x, NOW, "POST", "/bulk", ALL_THREE); /* each carries its key: the same again */
  feed(x, 400, NULL, "{'detail':'Sai'}", NOW);
  must_be_done(x, NULL, NOW);
  for (guint i = 0; i < 3; i++)
    assert_string_equal(ended(members, i, MC_DELIVERY_FAILED)->message, "Sai");
}

static void
by_position_only_where_the_numbers_agree(void **state)
{
  g_autoptr(McBinding) binding = bind_text(BATCH("'match':'position',", "'unknown':'ask'"));
  (void)state;
  for (int whole = 0; whole < 2; whole++) {
    g_autoptr(GPtrArray) members = three(binding);
    g_autoptr(McExchange) x = mc_batch_new(members);
    asks(x, NOW, "POST", "/bulk", ALL_THREE);
    feed(x, 200, NULL,
         whole ? "{'results':[{'ok':true},{'ok':false},{'ok':true}]}"
               : "{'results':[{'ok':true},{'ok':true}]}",
         NOW);
    must_be_done(x, NULL, NOW);
    ended(members, 0, whole ? MC_DELIVERY_DONE : MC_DELIVERY_UNCERTAIN);
    ended(members, 1, whole ? MC_DELIVERY_FAILED : MC_DELIVERY_UNCERTAIN);
  }
}

/* --- what a file may not say --- */
static const struct {
  const char *action, *fault;
} faults[] = {
    {"'unknown':'ask'", "needs the key 'request'"},
    {"'steps':[" WRITE "," WRITE "],'unknown':'ask'", "two steps have the name"},
    {"'steps':[{'name':'a','request':{'method':'POST','url':'/a'}},{'name':'b','request':{'method':'POST',"
     "'url':'/b'}}],'unknown':'ask'",
     "a second one that may not be repeated"},
    {"'steps':[{'name':'a','request':{'url':'/{step.b.x}'}},{'name':'b','request':{'url':'/b'},'keep':{'x':'/"
     "x'}"
     "}],'idempotency':'same'",
     "step.b.x"},
    {"'steps':[" TOKEN "," WRITE "],'success':{'status':[200]},'unknown':'ask'", "not beside 'steps'"},
    {"'steps':[" TOKEN "," WRITE "," ATTACH
     "],'unknown':{'verify':{'request':{'url':'/l'},'landed':{'at':'/a',"
     "'exists':true}}}",
     "must have it in its 'keep'"},
    {"'steps':[" TOKEN "," WRITE "]", "does not say how it stays single"},
    {"'request':{'url':'/a'},'poll':{'url':'/j/{poll.x}'},'unknown':'ask'", "poll.x"},
    {"'request':{'url':'/{item.key}'},'batch':{'max':5,'item':{'$':'item.key'},'outcomes':'/"
     "r','success':{'at':"
     "'/ok','eq':true}},'unknown':'ask'",
     "item.key"},
    {"'request':{'url':'/b','json':{'$':'batch'}},'refetch':true,'batch':{'max':5,'item':{'$':'item.key'},"
     "'outcomes':'/r','success':{'at':'/ok','eq':true}},'unknown':'ask'",
     "does not go with 'batch'"},
    {"'request':{'url':'/"
     "b','json':{'$':'batch'}},'idempotency':{'header':'K','lives':'P1D'},'batch':{'max':5,"
     "'item':{'$':'item.key'},'outcomes':'/r','success':{'at':'/ok','eq':true}}",
     "a key in a header"},
    {"'request':{'url':'/"
     "b','json':{'$':'batch'}},'idempotency':{'field':'ref','lives':'P1D'},'batch':{'max':5,"
     "'item':{'$':'item.key'},'outcomes':'/r','success':{'at':'/ok','eq':true}}",
     "does not carry"},
};

static void
what_is_wrong_is_said(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autofree char *text = g_strdup_printf(PROFILE("%s"), faults[i].action);
    g_autofree char *found = check_text(text, NULL);
    if (!strstr(found, faults[i].fault))
      print_message("%s\n-> %s\n(expected %s)\n", text, found, faults[i].fault);
    assert_true(tells(found, faults[i].fault));
  }
}

static void
all_repeatable_is_single_by_itself(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      PROFILE("'steps':[{'name':'a','repeatable':true,'request':{'method':'PUT','url':'/a'}},{'name':'"
              "b','repeatable':true,'request':{'method':'PUT','url':'/b'}}]"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  (void)state;
  asks(x, NOW, "PUT", "/a", NULL);
  feed(x, 200, NULL, "", NOW);
  asks(x, NOW, "PUT", "/b", NULL);
  feed_wire(x, MC_WIRE_LOST, NOW);
  asks(x, NOW + 1, "PUT", "/a", NULL);
}

static void
a_preview_shows_every_step(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(STEPS ",'unknown':'ask'"));
  g_autoptr(McExchange) x = delivery(binding, NULL);
  g_autofree char *text = mc_delivery_preview(x, NOW);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  (void)state;
  assert_int_equal(g_strv_length(lines), 3);
  assert_non_null(strstr(lines[1], "(step.form.t)"));
  assert_non_null(strstr(lines[2], "-X PUT"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_after_the_other),
      cmocka_unit_test(a_failure_before_has_no_effect),
      cmocka_unit_test(every_attempt_begins_anew),
      cmocka_unit_test(a_lost_answer_is_read_back_with_what_follows),
      cmocka_unit_test(what_landed_is_never_sent_again),
      cmocka_unit_test(a_step_may_be_left_out),
      cmocka_unit_test(accepted_is_asked_until_done),
      cmocka_unit_test(what_asking_may_meet),
      cmocka_unit_test(the_address_of_location),
      cmocka_unit_test(a_yes_at_once_needs_no_asking),
      cmocka_unit_test(a_lost_acceptance_is_found_again),
      cmocka_unit_test(a_yes_after_asking_is_read_back),
      cmocka_unit_test(the_detail_decides),
      cmocka_unit_test(each_has_its_own_outcome),
      cmocka_unit_test(a_missing_outcome_is_that_ones_alone),
      cmocka_unit_test(a_lost_batch_leaves_each_to_its_rule),
      cmocka_unit_test(a_refused_batch_is_like_a_single_one),
      cmocka_unit_test(by_position_only_where_the_numbers_agree),
      cmocka_unit_test(what_is_wrong_is_said),
      cmocka_unit_test(all_repeatable_is_single_by_itself),
      cmocka_unit_test(a_preview_shows_every_step),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

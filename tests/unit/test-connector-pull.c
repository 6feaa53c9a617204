/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling streams, reading details, asking lookups: pages, deltas, rule 5, the map, errors by rule. */
#include "connector-help.h"

#define STREAM(pages, delta, more)                                                                          \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"        \
  "'base':{'$':'config.base'},'hosts':['files.example.vn'],'streams':{'s':{"                                \
  "'request':{'url':'/s','query':{'p':{'$':'page.number'},'o':{'$':'page.offset'},'n':{'$':'page.cursor'}," \
  "'c':{'$':'cursor'}}}," pages delta "'records':'/items','key':'/id'," more "'map':{'title':'/t'}}}}"
#define BASE "http://127.0.0.1:8080/x/s"

static McExchange *
pull_of(McBinding *binding, const char *cursor, gboolean full)
{
  return mc_pull_new(binding, "s", cursor, full);
}

/* One page after another; each must be asked for at `url`. */
typedef struct {
  const char *url, *answer;
} Page;

static void
run_pages(McExchange *x, const Page *pages, gsize count)
{
  for (gsize i = 0; i < count; i++) {
    must_send(x, NULL, NOW, "GET", pages[i].url);
    const McVerdict *v = feed(x, 200, NULL, pages[i].answer, NOW);
    assert_int_equal(v->class, MC_CLASS_OK);
  }
}

static guint
count_items(McExchange *x)
{
  g_autoptr(GPtrArray) items = mc_pull_take_items(x);
  return items->len;
}

/* --- pages --- */
static const struct {
  const char *pages;
  Page list[3];
  guint count, rows;
} kinds[] = {
    {"'pages':{'type':'none'},", {{BASE "?p=0&o=0", "{'items':[{'id':1},{'id':2}]}"}}, 1, 2},
    {"'pages':{'type':'page','start':1,'max':9},",
     {{BASE "?p=1&o=1", "{'items':[{'id':1},{'id':2}]}"},
      {BASE "?p=2&o=1", "{'items':[{'id':3}]}"},
      {BASE "?p=3&o=1", "{'items':[]}"}},
     3,
     3},
    {"'pages':{'type':'page','start':0,'max':9,'total':'/n'},",
     {{BASE "?p=0&o=0", "{'n':3,'items':[{'id':1},{'id':2}]}"},
      {BASE "?p=1&o=0", "{'n':3,'items':[{'id':3}]}"}},
     2,
     3},
    {"'pages':{'type':'page','max':9,'stop':'short','size':2},",
     {{BASE "?p=1&o=1", "{'items':[{'id':1},{'id':2}]}"}, {BASE "?p=2&o=1", "{'items':[{'id':3}]}"}},
     2,
     3},
    {"'pages':{'type':'page','max':9,'stop':'repeat'},",
     {{BASE "?p=1&o=1", "{'items':[{'id':1}]}"}, {BASE "?p=2&o=1", "{'items':[{'id':1}]}"}},
     2,
     1},
    {"'pages':{'type':'offset','max':9},",
     {{BASE "?p=0&o=0", "{'items':[{'id':1},{'id':2}]}"},
      {BASE "?p=0&o=2", "{'items':[{'id':3}]}"},
      {BASE "?p=0&o=3", "{'items':[]}"}},
     3,
     3},
    {"'pages':{'type':'cursor','at':'/next','max':9},",
     {{BASE "?p=0&o=0", "{'next':'b','items':[{'id':1}]}"},
      {BASE "?p=0&o=0&n=b", "{'next':'c','items':[]}"},
      {BASE "?p=0&o=0&n=c", "{'next':null,'items':[{'id':2}]}"}},
     3,
     2},
    {"'pages':{'type':'cursor','at':'/next','more':{'at':'/more','eq':true},'max':9},",
     {{BASE "?p=0&o=0", "{'more':true,'next':7,'items':[{'id':1}]}"},
      {BASE "?p=0&o=0&n=7", "{'more':false,'next':7,'items':[{'id':2}]}"}},
     2,
     2},
    {"'pages':{'type':'link','at':'/next','max':9},",
     {{BASE "?p=0&o=0", "{'next':'/x/s?z=2','items':[{'id':1}]}"},
      {"http://127.0.0.1:8080/x/s?z=2", "{'next':'','items':[{'id':2}]}"}},
     2,
     2},
};

static void
every_kind_of_page(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *text = g_strdup_printf(STREAM("%s", "", ""), kinds[i].pages);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
    run_pages(x, kinds[i].list, kinds[i].count);
    must_be_done(x, NULL, NOW);
    assert_int_equal(mc_pull_result(x)->rows, kinds[i].rows);
    assert_int_equal(count_items(x), kinds[i].rows);
    assert_true(mc_pull_result(x)->full);
  }
}

static void
link_headers(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("'pages':{'type':'link','max':5},", "", ""));
  g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "Link: <http://127.0.0.1:8080/x/s?a=0>; rel=\"prev\", <?a=2>; rel=\"next\"",
       "{'items':[{'id':1}]}", NOW);
  must_send(x, NULL, NOW, "GET", BASE "?a=2");
  feed(x, 200, NULL, "{'items':[{'id':2}]}", NOW);
  must_be_done(x, NULL, NOW);
  /* A next link that leaves the hosts is refused. */
  g_autoptr(McExchange) y = pull_of(binding, NULL, TRUE);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, "Link: <https://evil.example/s>; rel=next", "{'items':[{'id':1}]}", NOW);
  g_autofree char *message = must_fail(y, NULL, NOW, MC_ERROR_PROTOCOL);
  assert_non_null(strstr(message, "evil.example"));
}

/* Rule 5: whatever is not whole fails. */
static const struct {
  const char *pages, *first, *second, *says;
} broken[] = {
    {"'pages':{'type':'page','max':9},", "{'items':[{'id':1}]}", "{'items':[{'id':1}]}", "again"},
    {"'pages':{'type':'page','max':9},", "{'items':[{'id':1}]}", "{'items':[{'id':2},{'id':1}]}", "twice"},
    {"'pages':{'type':'page','max':9,'total':'/n'},", "{'n':3,'items':[{'id':1}]}",
     "{'n':4,'items':[{'id':2}]}", "changed while it was read"},
    {"'pages':{'type':'page','max':9,'total':'/n'},", "{'n':3,'items':[{'id':1}]}", "{'n':3,'items':[]}",
     "not whole"},
    {"'pages':{'type':'page','max':2},", "{'items':[{'id':1}]}", "{'items':[{'id':2}]}", "more than 2 pages"},
    {"'pages':{'type':'cursor','at':'/next','max':9},", "{'next':'a','items':[{'id':1}]}",
     "{'next':'a','items':[{'id':2}]}", "stands still"},
    {"'pages':{'type':'link','at':'/next','max':9},", "{'next':'/x/s?b=1','items':[{'id':1}]}",
     "{'next':'/x/s?b=1','items':[{'id':2}]}", "stands still"},
    {"", "{'items':[{'id':1},{'t':'x'}]}", NULL, "no key"},
    {"", "{'items':[{'id':1},{'id':''}]}", NULL, "no key"},
    {"", "{'items':[{'id':1},{'id':1}]}", NULL, "twice"},
    {"", "{'other':[]}", NULL, "no list of records"},
    {"'pages':{'type':'none','total':'/n'},", "{'n':2,'items':[{'id':1}]}", NULL, "not whole"},
};

static void
what_is_not_whole_fails(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
    g_autofree char *text = g_strdup_printf(STREAM("%s", "", ""), broken[i].pages);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
    mc_request_free(sends(x, NULL, NOW));
    feed(x, 200, NULL, broken[i].first, NOW);
    if (broken[i].second) {
      mc_request_free(sends(x, NULL, NOW));
      feed(x, 200, NULL, broken[i].second, NOW);
    }
    g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_PROTOCOL);
    if (!strstr(message, broken[i].says))
      print_message("%zu: %s\n", i, message);
    assert_non_null(strstr(message, broken[i].says));
    assert_null(mc_pull_result(x)->cursor);
  }
}

/* --- delta --- */
#define DELTA                                                                                         \
  "'delta':{'cursor':{'at':'/u','as':'datetime','in':'iso','out':'%Y-%m-%d %H:%M:%S','tz':'+07:00'}," \
  "'overlap':'PT2M','deleted':{'at':'/del','eq':true},'full':'P1D','restart':{'status':[410]}},"

static char *
cursor_after(McBinding *binding, const char *cursor, gboolean full, const char *answer, gint64 now)
{
  g_autoptr(McExchange) x = pull_of(binding, cursor, full);
  mc_request_free(sends(x, NULL, now));
  feed(x, 200, NULL, answer, now);
  must_be_done(x, NULL, now);
  return g_strdup(mc_pull_result(x)->cursor);
}

static void
a_cursor_goes_on_from_before_the_latest(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", DELTA, ""));
  (void)state;
  assert_true(mc_pull_wants_full(binding, "s", NULL, NOW));
  g_autofree char *first = cursor_after(
      binding, NULL, TRUE,
      "{'items':[{'id':1,'u':'2026-11-22T05:00:00Z'},{'id':2,'u':'2026-11-22T04:00:00Z'}]}", NOW);
  assert_false(mc_pull_wants_full(binding, "s", first, NOW + 86399));
  assert_true(mc_pull_wants_full(binding, "s", first, NOW + 86400));
  assert_true(mc_pull_wants_full(binding, "s", first, NOW - 1));
  g_autoptr(McExchange) x = pull_of(binding, first, FALSE);
  must_send(x, NULL, NOW, "GET", BASE "?p=0&o=0&c=2026-11-22%2011%3A58%3A00");
  feed(x, 200, NULL,
       "{'items':[{'id':1,'u':'2026-11-22T05:00:00Z','del':true},{'id':3,'u':'2026-11-22T04:59:00Z'}]}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(GPtrArray) removed = mc_pull_take_removed(x);
  assert_int_equal(removed->len, 1);
  assert_string_equal(removed->pdata[0], "sys:1");
  assert_int_equal(count_items(x), 1);
  assert_false(mc_pull_result(x)->full);
  /* Nothing new: the cursor stays where it was. */
  g_autofree char *same = cursor_after(binding, first, FALSE, "{'items':[]}", NOW);
  assert_string_equal(same, first);
  /* A full pull asks for everything. */
  g_autoptr(McExchange) y = pull_of(binding, first, TRUE);
  must_send(y, NULL, NOW, "GET", BASE "?p=0&o=0");
}

static void
a_lost_cursor_starts_anew(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", DELTA, ""));
  g_autoptr(McExchange) x = pull_of(binding, "{\"at\":1795329000}", FALSE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 410, NULL, "{}", NOW)->class, MC_CLASS_OK);
  must_be_done(x, NULL, NOW);
  assert_true(mc_pull_result(x)->restart);
  assert_false(mc_pull_result(x)->full);
  assert_null(mc_pull_result(x)->cursor);
  /* A full pull has nothing to lose: there the answer is what it is. */
  g_autoptr(McExchange) y = pull_of(binding, "{\"at\":1795329000}", TRUE);
  mc_request_free(sends(y, NULL, NOW));
  assert_int_equal(feed(y, 410, NULL, "{}", NOW)->class, MC_CLASS_PERMANENT);
}

static void
other_cursors(void **state)
{
  (void)state;
  g_autoptr(McBinding) number = bind_text(STREAM("", "'delta':{'cursor':'/rev','full':'never'},", ""));
  g_autofree char *a =
      cursor_after(number, NULL, TRUE, "{'items':[{'id':1,'rev':9},{'id':2,'rev':10}]}", NOW);
  assert_string_equal(a, "{\"value\":10,\"full_at\":1795329000}");
  assert_false(mc_pull_wants_full(number, "s", a, NOW + 10000000));
  g_autoptr(McExchange) x = pull_of(number, a, FALSE);
  must_send(x, NULL, NOW, "GET", BASE "?p=0&o=0&c=10");
  g_autoptr(McBinding) token = bind_text(
      STREAM("'pages':{'type':'page','max':3},", "'delta':{'token':{'at':'/t','from':'first'}},", ""));
  g_autoptr(McExchange) y = pull_of(token, NULL, TRUE);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, NULL, "{'t':'one','items':[{'id':1}]}", NOW);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, NULL, "{'t':'two','items':[]}", NOW);
  must_be_done(y, NULL, NOW);
  g_autoptr(McExchange) z = pull_of(token, mc_pull_result(y)->cursor, FALSE);
  must_send(z, NULL, NOW, "GET", BASE "?p=1&o=1&c=one");
  /* "never": absence means nothing, whatever was read. */
  g_autoptr(McExchange) w = pull_of(number, NULL, TRUE);
  mc_request_free(sends(w, NULL, NOW));
  feed(w, 200, NULL, "{'items':[]}", NOW);
  must_be_done(w, NULL, NOW);
  assert_false(mc_pull_result(w)->full);
}

static void
an_unchanged_list_costs_one_answer(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", "'delta':{'etag':true},", ""));
  g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "ETag: \"v1\"", "{'items':[{'id':1}]}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McExchange) y = pull_of(binding, mc_pull_result(x)->cursor, TRUE);
  g_autoptr(McRequest) request = sends(y, NULL, NOW);
  assert_string_equal(mc_request_header(request, "If-None-Match"), "\"v1\"");
  assert_int_equal(feed(y, 304, NULL, "", NOW)->class, MC_CLASS_OK);
  must_be_done(y, NULL, NOW);
  assert_true(mc_pull_result(y)->unchanged);
  assert_string_equal(mc_pull_result(y)->cursor, mc_pull_result(x)->cursor);
}

/* A later page that changed is not hidden by a first page that did not. */
static void
every_page_has_its_own_tag(void **state)
{
  g_autoptr(McBinding) binding =
      bind_text(STREAM("'pages':{'type':'page','max':5,'total':'/n'},", "'delta':{'etag':true},", ""));
  g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "ETag: \"a1\"", "{'n':2,'items':[{'id':1}]}", NOW);
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "ETag: \"b1\"", "{'n':2,'items':[{'id':2}]}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McExchange) y = pull_of(binding, mc_pull_result(x)->cursor, TRUE);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 304, NULL, "", NOW);
  g_autoptr(McRequest) second = sends(y, NULL, NOW);
  assert_string_equal(second->url, BASE "?p=2&o=1");
  assert_string_equal(mc_request_header(second, "If-None-Match"), "\"b1\"");
  feed(y, 200, "ETag: \"b2\"", "{'n':2,'items':[{'id':3}]}", NOW);
  g_autoptr(McRequest) anew = sends(y, NULL, NOW);
  assert_string_equal(anew->url, BASE "?p=1&o=1");
  assert_null(mc_request_header(anew, "If-None-Match"));
  feed(y, 200, "ETag: \"a1\"", "{'n':2,'items':[{'id':1}]}", NOW);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, "ETag: \"b2\"", "{'n':2,'items':[{'id':3}]}", NOW);
  must_be_done(y, NULL, NOW);
  assert_false(mc_pull_result(y)->unchanged);
  assert_int_equal(count_items(y), 2);
}

static void
what_where_leaves_out_goes(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", DELTA, "'where':{'at':'/mine','eq':true},"));
  g_autoptr(McExchange) x = pull_of(binding, "{\"at\":1}", FALSE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'items':[{'id':1,'mine':true},{'id':2}]}", NOW);
  must_be_done(x, NULL, NOW);
  assert_int_equal(count_items(x), 1);
  g_autoptr(GPtrArray) removed = mc_pull_take_removed(x);
  assert_string_equal(removed->pdata[0], "sys:2");
}

/* --- errors --- */
#define RULES                                                                             \
  "'errors':[{'when':{'at':'/code','eq':'BUSY'},'class':'throttle','wait':'PT5S'},"       \
  "{'when':{'at':'/code','eq':'NO'},'class':'business','code':'/code','message':'/msg'}," \
  "{'when':{'status':[418]},'class':'gateway','wait':'retry-after','message':{'const':'tea'}}],"

static const struct {
  int status;
  const char *headers, *body;
  McClass class;
  gint64 retry_after;
  const char *message;
} answers[] = {
    {200, NULL, "{'code':'BUSY'}", MC_CLASS_THROTTLE, 5, NULL},
    {200, NULL, "{'code':'NO','msg':'Không\\u001b[2J'}", MC_CLASS_BUSINESS, -1, "Không\xEF\xBF\xBD[2J"},
    {418, "Retry-After: 3", "{}", MC_CLASS_GATEWAY, 3, "tea"},
    {401, NULL, "", MC_CLASS_EXPIRED, -1, "HTTP 401"},
    {401, "Content-Type: text/html", "<html>", MC_CLASS_EXPIRED, -1, "HTTP 401"},
    {429, "Retry-After: 30", "{}", MC_CLASS_THROTTLE, 30, "HTTP 429"},
    {429, "Retry-After: Sun, 22 Nov 2026 06:31:00 GMT", "{}", MC_CLASS_THROTTLE, 60, "HTTP 429"},
    {503, "Retry-After: 4", "{}", MC_CLASS_THROTTLE, 4, "HTTP 503"},
    {503, NULL, "", MC_CLASS_TRANSIENT, -1, "HTTP 503"},
    {500, NULL, "{'title':'Lỗi','detail':'Chi tiết'}", MC_CLASS_TRANSIENT, -1, "Chi tiết"},
    {408, NULL, "", MC_CLASS_TRANSIENT, -1, "HTTP 408"},
    {502, "Content-Type: text/html; charset=utf-8", "<html>", MC_CLASS_GATEWAY, -1, NULL},
    {200, "Content-Type: text/html", "<html>", MC_CLASS_GATEWAY, -1, NULL},
    {200, NULL, "{'items':[{'id':1},", MC_CLASS_GATEWAY, -1, NULL},
    {200, NULL, "{'items':[],'items':[]}", MC_CLASS_GATEWAY, -1, NULL},
    {404, "Content-Type: application/problem+json", "{'type':'/none','title':'Không có'}", MC_CLASS_PERMANENT,
     -1, "Không có"},
    {302, "Location: /login", "", MC_CLASS_PERMANENT, -1, NULL},
    {304, NULL, "", MC_CLASS_PERMANENT, -1, NULL},
};

static void
answers_are_judged(void **state)
{
  (void)state;
  g_autofree char *with = g_strconcat("{" RULES, &(STREAM("", "", ""))[1], NULL);
  g_autoptr(McBinding) ruled = bind_text(with);
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
    g_autoptr(McExchange) x = pull_of(ruled, NULL, TRUE);
    mc_request_free(sends(x, NULL, NOW));
    const McVerdict *v = feed(x, answers[i].status, answers[i].headers, answers[i].body, NOW);
    if (v->class != answers[i].class || v->retry_after != answers[i].retry_after ||
        (answers[i].message && g_strcmp0(v->message, answers[i].message) != 0))
      print_message("%zu: class %d, wait %d, %s\n", i, v->class, (int)v->retry_after,
                    v->message ? v->message : "-");
    assert_int_equal(v->class, answers[i].class);
    assert_int_equal(v->retry_after, answers[i].retry_after);
    if (answers[i].message)
      assert_string_equal(v->message, answers[i].message);
    assert_int_equal(count_items(x), 0);
  }
}

static void
the_same_request_after_trouble(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("'pages':{'type':'page','max':5},", "", ""));
  g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'items':[{'id':1}]}", NOW);
  static const int statuses[] = {500, 429, 401};
  for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
    must_send(x, NULL, NOW, "GET", BASE "?p=2&o=1");
    feed(x, statuses[i], NULL, "", NOW);
  }
  must_send(x, NULL, NOW, "GET", BASE "?p=2&o=1");
  feed_wire(x, MC_WIRE_LOST, NOW);
  mc_exchange_abandon(x);
  g_free(must_fail(x, NULL, NOW, MC_ERROR_UNREACHABLE));
}

/* --- the map --- */
#define MAPPED                                                                                              \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"        \
  "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/"           \
  "id','keep':{'k':'/k'},"                                                                                  \
  "'cache':{'none':{'at':'/sec','eq':1}},"                                                                  \
  "'map':{'code':'/c','title':'/t','received':{'at':'/r','as':'datetime','in':'%d/%m/%Y "                   \
  "%H:%M','tz':'+07:00'},"                                                                                  \
  "'due':{'at':'/d','as':'date','in':'%d/%m/%Y'},'state':{'at':'/s','table':{'1':'new'},'else':'unknown'}," \
  "'secrecy':{'at':'/sec','table':{'1':'secret'},'else':'none'},'unread':{'test':{'at':'/u','eq':true}},"   \
  "'refs':['/c','$.rel[*]'],'fields':[{'label':'F','at':'/f','private':true}]}}}}"

static McItem *
mapped(const char *record, guint *untranslated, guint *bad_dates)
{
  g_autoptr(McBinding) binding = bind_text(MAPPED);
  g_autoptr(McExchange) x = pull_of(binding, NULL, TRUE);
  g_autofree char *answer = g_strdup_printf("{'items':[%s]}", record);
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, answer, NOW);
  must_be_done(x, NULL, NOW);
  if (untranslated)
    *untranslated = mc_pull_result(x)->untranslated;
  if (bad_dates)
    *bad_dates = mc_pull_result(x)->bad_dates;
  g_autoptr(GPtrArray) items = mc_pull_take_items(x);
  assert_int_equal(items->len, 1);
  return mc_item_copy(items->pdata[0]);
}

static void
a_record_becomes_an_item(void **state)
{
  guint untranslated = 0, bad_dates = 0;
  (void)state;
  g_autoptr(McItem) item =
      mapped("{'id':9007199254740993,'c':'H99 - Đ1','t':'Khai sinh','r':'22/11/2026 08:00',"
             "'d':'24/11/2026','s':1,'u':true,'rel':['a b','A B'],'f':'000099000001','k':{'z':1}}",
             &untranslated, &bad_dates);
  assert_string_equal(item->id, "sys:9007199254740993");
  assert_true(item->key_is_number);
  assert_string_equal(item->code, "H99 - Đ1");
  assert_int_equal(item->received, 1795309200);
  assert_int_equal(item->due, 1795514400); /* 24/11 17:00 +07:00 */
  assert_int_equal(item->state, MC_STATE_NEW);
  assert_int_equal(item->sys_state, MC_STATE_NEW);
  assert_true(item->unread);
  assert_int_equal(item->as_of, NOW);
  assert_string_equal(item->refs[0], "h99-d1");
  assert_string_equal(item->refs[1], "ab");
  assert_null(item->refs[2]);
  assert_string_equal(item->keep, "{\"k\":{\"z\":1}}");
  assert_non_null(strstr(item->raw, "\"id\":9007199254740993,"));
  assert_int_equal(item->fields->len, 1);
  assert_true(((McField *)item->fields->pdata[0])->is_private);
  assert_int_equal(untranslated, 0);
  assert_int_equal(bad_dates, 0);
}

static void
odd_values_lose_no_item(void **state)
{
  guint untranslated = 0, bad_dates = 0;
  g_autofree char *title = g_strnfill(1024 * 1024, 'x');
  (void)state;
  memcpy(title + 4094, "ễ", 3);
  g_autofree char *record = g_strdup_printf(
      "{'id':'007','t':'%s','r':'yesterday','d':'31/02/2026','s':99,'c':{'no':'text'}}", title);
  g_autoptr(McItem) item = mapped(record, &untranslated, &bad_dates);
  assert_string_equal(item->key, "007");
  assert_false(item->key_is_number);
  assert_int_equal(strlen(item->title), 4094); /* cut on a character */
  assert_int_equal(item->received, MC_TIME_NONE);
  assert_int_equal(item->state, MC_STATE_UNKNOWN);
  assert_int_equal(untranslated, 1);
  assert_int_equal(bad_dates, 2);
  assert_null(item->code);
}

static void
a_secret_is_only_a_stub(void **state)
{
  (void)state;
  g_autoptr(McItem) item =
      mapped("{'id':1,'c':'12/M','t':'Nội dung mật','sec':1,'s':1,'f':'x','rel':['y'],'k':1}", NULL, NULL);
  assert_int_equal(item->secrecy, MC_SECRECY_SECRET);
  assert_int_equal(item->state, MC_STATE_NEW);
  assert_null(strstr(item->title, "mật "));
  assert_null(item->raw);
  assert_null(item->keep);
  assert_null(item->code);
  assert_null(item->refs[0]);
  assert_int_equal(item->fields->len, 0);
  /* Its detail brings its version and nothing of what it says, even where nothing there tells that it is
   * secret. */
  g_autoptr(McBinding) binding = bind_file("van-ban.jsonc");
  g_autoptr(McItem) stub = mc_item_new("sys", "documents", "5", FALSE);
  g_autoptr(McExchange) x = mc_detail_new(binding, stub);
  gboolean gone;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'id':5,'version':8,'abstract':'Nội dung','history':[{'action':'x'}]}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McItem) again = mc_detail_take(x, &gone);
  assert_string_equal(again->version, "8");
  assert_null(strstr(again->title, "Nội dung"));
  assert_null(again->raw);
  assert_int_equal(again->history->len, 0);
}

/* --- detail and lookups, on the installed connectors --- */
static McItem *
item_of(McBinding *binding, const char *stream, const char *key, gboolean number)
{
  McItem *item = mc_item_new(mc_binding_system(binding), stream, key, FALSE);
  item->key_is_number = number;
  item->raw = g_strdup("{}");
  return item;
}

static void
a_detail_is_read_whole(void **state)
{
  g_autoptr(McBinding) binding = bind_file("van-ban.jsonc");
  g_autoptr(McItem) item = item_of(binding, "documents", "9007199254740993", TRUE);
  g_autoptr(McExchange) x = mc_detail_new(binding, item);
  gboolean gone;
  (void)state;
  must_send(x, NULL, NOW, "GET", "http://127.0.0.1:8080/x/api/v2/documents/9007199254740993");
  feed(x, 200, "ETag: \"7\"",
       "{'id':9007199254740993,'version':7,'type':'Công "
       "văn','history':[{'at':'2026-11-22T06:00:00Z','by':'a','action':'x','note':'y'},"
       "{'at':'?','action':'z'}],'attachments':[{'id':'f1','name':'a.pdf','size':12,'contentType':'"
       "application/pdf'}]}",
       NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McItem) whole = mc_detail_take(x, &gone);
  assert_false(gone);
  assert_string_equal(whole->etag, "\"7\"");
  assert_string_equal(whole->version, "7");
  assert_int_equal(whole->history->len, 2);
  assert_string_equal(((McHistory *)whole->history->pdata[0])->what, "x: y");
  assert_int_equal(((McHistory *)whole->history->pdata[0])->when, NOW - 1800);
  assert_int_equal(((McHistory *)whole->history->pdata[1])->when, MC_TIME_NONE);
  assert_int_equal(whole->attachments->len, 1);
  assert_int_equal(((McAttachment *)whole->attachments->pdata[0])->size, 12);
  assert_int_equal(whole->detail_as_of, NOW);
  assert_int_equal(whole->fields->len, 1);
}

/* The list's own record, newer, renews state and rights; another kind of record does not. */
static void
a_detail_of_the_same_kind_is_newer(void **state)
{
  static const struct {
    const char *answer;
    McState state;
    const char *action;
  } rows[] = {
      {"{'code':0,'data':{'maHoSo':'H1','trangThai':8,'allowed':['TIEP_TUC'],'phienBan':2}}", MC_STATE_PAUSED,
       "resume"},
      {"{'code':0,'data':{'ma':'H1','trangThai':8,'phienBan':2}}", MC_STATE_PROCESSING, "pause"},
  };
  g_autoptr(McBinding) binding = bind_file("mot-cua.jsonc");
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McItem) item = item_of(binding, "cases", "H1", FALSE);
    gboolean gone;
    item->state = item->sys_state = MC_STATE_PROCESSING;
    mc_item_set_text(item, &item->raw, g_strdup("{\"allowed\":[\"TAM_DUNG\"]}"));
    mc_actions_allow(binding, item, NULL);
    g_autoptr(McExchange) x = mc_detail_new(binding, item);
    mc_request_free(sends(x, NULL, NOW));
    feed(x, 200, NULL, rows[i].answer, NOW);
    must_be_done(x, NULL, NOW);
    g_autoptr(McItem) whole = mc_detail_take(x, &gone);
    assert_int_equal(mc_detail_is_whole(x), strstr(rows[i].answer, "'maHoSo'") != NULL);
    assert_int_equal(whole->sys_state, rows[i].state);
    assert_string_equal(whole->actions[0], rows[i].action);
    assert_string_equal(whole->version, "2");
  }
}

static void
a_record_that_is_gone(void **state)
{
  g_autoptr(McBinding) binding = bind_file("mot-cua.jsonc");
  g_autoptr(McItem) item = item_of(binding, "cases", "H1", FALSE);
  g_autoptr(McExchange) x = mc_detail_new(binding, item);
  gboolean gone = FALSE;
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 200, NULL, "{'code':'NOT_FOUND','message':'x'}", NOW)->class, MC_CLASS_OK);
  must_be_done(x, NULL, NOW);
  assert_null(mc_detail_take(x, &gone));
  assert_true(gone);
}

static void
a_lookup_offers_choices(void **state)
{
  g_autoptr(McBinding) binding = bind_file("van-ban.jsonc");
  g_autoptr(GHashTable) inputs = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GError) error = NULL;
  (void)state;
  g_hash_table_insert(inputs, (gpointer) "q", (gpointer) "lê &");
  g_autoptr(McExchange) x = mc_lookup_new(binding, "officials", inputs, &error);
  must_send(x, NULL, NOW, "GET", "http://127.0.0.1:8080/x/api/v2/officials?q=l%C3%AA%20%26");
  feed(x, 200, NULL, "{'items':[{'login':'a','fullName':'Lê A','position':'CT'},{'fullName':'no login'}]}",
       NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McLookupAnswer) answer = mc_lookup_take(x);
  const GPtrArray *choices = answer->choices;
  assert_int_equal(choices->len, 1);
  assert_string_equal(((McChoice *)choices->pdata[0])->title, "Lê A, CT");
  assert_null(mc_lookup_new(binding, "nobody", NULL, &error));
  assert_int_equal(error->code, MC_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_hash_table_insert(inputs, (gpointer) "zz", (gpointer) "1");
  assert_null(mc_lookup_new(binding, "officials", inputs, &error));
  assert_int_equal(error->code, MC_ERROR_USAGE);
}

/* --- whatever comes, nothing crashes, and what is not whole brings nothing --- */
static void
feed_bytes(McBinding *const *bindings, const char *bytes, gsize len, guint most)
{
  for (gsize i = 0; bindings[i]; i++) {
    McBinding *binding = bindings[i];
    g_autoptr(McExchange) x = mc_pull_new(binding, NULL, NULL, TRUE);
    g_autoptr(McResponse) response = answer_with(200, NULL, "");
    g_clear_pointer(&response->body, g_bytes_unref);
    response->body = g_bytes_new(bytes, len);
    mc_request_free(sends(x, NULL, NOW));
    mc_exchange_feed(x, response, NOW);
    assert_in_range(count_items(x), 0, most);
  }
}

static void
hostile_answers(void **state)
{
  static const char whole[] =
      "{\"items\":[{\"id\":9007199254740993,\"abstract\":\"a\\u001b[31m\\u202e\",\"dueOn\":\"2026-11-24\","
      "\"stage\":"
      "\"x\",\"secrecy\":1}],\"total\":1,\"code\":0,\"data\":{\"total\":1,\"rows\":[{\"maHoSo\":\"H\","
      "\"ngayHenTra\":"
      "[],\"allowed\":{}}]},\"status\":\"OK\",\"tongSo\":\"1\",\"danhSach\":[{\"soTiepNhan\":\"0\"}]}";
  McBinding *bindings[] = {bind_file("van-ban.jsonc"), bind_file("mot-cua.jsonc"), bind_file("ho-tich.jsonc"),
                           NULL};
  GRand *random = g_rand_new_with_seed(7);
  (void)state;
  feed_bytes(bindings, whole, strlen(whole), 1);
  for (gsize cut = 0; cut < strlen(whole); cut++)
    feed_bytes(bindings, whole, cut, 0);
  for (int i = 0; i < 2000; i++) {
    g_autofree char *copy = g_strdup(whole);
    for (int n = g_rand_int_range(random, 1, 4); n > 0; n--)
      copy[g_rand_int_range(random, 0, (gint32)strlen(whole))] = (char)g_rand_int_range(random, 0, 256);
    feed_bytes(bindings, copy, strlen(whole), 1);
  }
  g_autofree char *deep = g_strnfill(10 * 1024 * 1024, '[');
  feed_bytes(bindings, deep, strlen(deep), 0);
  g_rand_free(random);
  for (gsize i = 0; bindings[i]; i++)
    mc_binding_unref(bindings[i]);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_page),
      cmocka_unit_test(link_headers),
      cmocka_unit_test(what_is_not_whole_fails),
      cmocka_unit_test(a_cursor_goes_on_from_before_the_latest),
      cmocka_unit_test(a_lost_cursor_starts_anew),
      cmocka_unit_test(other_cursors),
      cmocka_unit_test(an_unchanged_list_costs_one_answer),
      cmocka_unit_test(every_page_has_its_own_tag),
      cmocka_unit_test(what_where_leaves_out_goes),
      cmocka_unit_test(answers_are_judged),
      cmocka_unit_test(the_same_request_after_trouble),
      cmocka_unit_test(a_record_becomes_an_item),
      cmocka_unit_test(odd_values_lose_no_item),
      cmocka_unit_test(a_secret_is_only_a_stub),
      cmocka_unit_test(a_detail_is_read_whole),
      cmocka_unit_test(a_detail_of_the_same_kind_is_newer),
      cmocka_unit_test(a_record_that_is_gone),
      cmocka_unit_test(a_lookup_offers_choices),
      cmocka_unit_test(hostile_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lists read whole and only what changed: changes since a token, kept links, validators, loops, Link headers,
 * sub-requests, the set of keys. */
#include "connector-help.h"
#include "connector/keyset.h"
#include "connector/pull.h"

#define STREAM(pages, delta, more)                                                                          \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"        \
  "'base':{'$':'config.base'},'hosts':['files.example.vn'],"                                                \
  "'errors':[{'when':{'at':'/error','exists':true},'class':'business','message':'/error'}],'streams':{'s':" \
  "{'request':{'url':'/s','query':{'n':{'$':'page.cursor'},'c':{'$':'cursor'}}}," pages delta               \
  "'records':'/items','key':'/id'," more "'map':{'title':'/t'}}}}"
#define ROOT "http://127.0.0.1:8080/x"
#define BASE ROOT "/s"

static void
feed_ok(McExchange *x, const char *url, const char *answer)
{
  must_send(x, NULL, NOW, "GET", url);
  assert_int_equal(feed(x, 200, NULL, answer, NOW)->class, MC_CLASS_OK);
}

/* The keys of the items taken, joined by blanks. */
static char *
items_of(McExchange *x)
{
  g_autoptr(GPtrArray) items = mc_pull_take_items(x);
  GString *keys = g_string_new(NULL);
  for (guint i = 0; i < items->len; i++)
    g_string_append_printf(keys, "%s%s", i ? " " : "", ((McItem *)items->pdata[i])->key);
  return g_string_free(keys, FALSE);
}

static char *
removed_of(McExchange *x)
{
  g_autoptr(GPtrArray) removed = mc_pull_take_removed(x);
  g_ptr_array_add(removed, NULL);
  return g_strjoinv(" ", (char **)removed->pdata);
}

static void
must_bring(McExchange *x, const char *items, const char *removed)
{
  g_autofree char *got = items_of(x), *gone = removed_of(x);
  assert_string_equal(got, items);
  assert_string_equal(gone, removed);
}

static void
must_say(McExchange *x, const char *words)
{
  g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_PROTOCOL);
  if (!tells(message, words))
    print_message("%s\n", message);
  assert_true(tells(message, words));
  assert_null(mc_pull_result(x)->cursor);
}

/* --- changes since a token --- */
#define CHANGES                                                                                              \
  "'delta':{'token':{'at':'/state','from':'first'},'full':'P7D','restart':{'at':'/error','eq':'forgotten'}," \
  "'changes':{'request':{'url':'/changes','query':{'since':{'$':'cursor'}}},'records':['/"                   \
  "made','$.kept[*]'],"                                                                                      \
  "'removed':'/gone','token':'/state','more':{'at':'/more','eq':true},'max':4}},"

static char *
full_of_changes(McBinding *binding)
{
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  feed_ok(x, BASE, "{'state':'s1','items':[{'id':1},{'id':2}]}");
  must_be_done(x, NULL, NOW);
  return g_strdup(mc_pull_result(x)->cursor);
}

static void
changes_until_no_more(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", CHANGES, ""));
  g_autofree char *cursor = full_of_changes(binding);
  (void)state;
  assert_false(mc_pull_wants_full(binding, "s", cursor, NOW + 60));
  assert_true(mc_pull_wants_full(binding, "s", cursor, NOW + 8 * 86400));
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", cursor, FALSE);
  feed_ok(x, ROOT "/changes?since=s1", "{'state':'s2','more':true,'made':[{'id':3},{'id':4}],'gone':['2']}");
  must_bring(x, "3 4", "sys:2");
  /* What is removed in the same answer is removed; what came before may come again. */
  feed_ok(
      x, ROOT "/changes?since=s2",
      "{'state':'s3','more':false,'made':[{'id':5}],'kept':[{'id':3,'t':'a'},{'id':3,'t':'b'}],'gone':[5]}");
  must_bring(x, "3", "sys:5");
  must_be_done(x, NULL, NOW);
  assert_false(mc_pull_result(x)->full);
  assert_non_null(strstr(mc_pull_result(x)->cursor, "\"s3\""));
  assert_non_null(strstr(mc_pull_result(x)->cursor, "\"full_at\":1795329000"));
}

static const struct {
  const char *answers[4], *says;
} stuck[] = {
    {{"{'state':'s1','more':true,'made':[]}"}, "stand still"},
    {{"{'state':'s2','more':true,'made':[]}", "{'state':'s1','more':true,'made':[]}"}, "stand still"},
    {{"{'state':'a','more':true,'made':[]}", "{'state':'b','more':true,'made':[]}",
      "{'state':'c','more':true,'made':[]}", "{'state':'d','more':true,'made':[]}"},
     "more than 4 requests"},
    {{"{'made':[]}"}, "without a token"},
    {{"{'state':'','made':[]}"}, "without a token"},
    {{"{'state':'s2'}"}, "no list of records"},
    {{"{'state':'s2','made':[{'t':'x'}]}"}, "no key"},
    {{"{'state':'s2','made':[],'gone':[{}]}"}, "no key"},
};

static void
changes_that_come_to_no_end(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", CHANGES, ""));
  g_autofree char *cursor = full_of_changes(binding);
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(stuck); i++) {
    g_autoptr(McExchange) x = mc_pull_new(binding, "s", cursor, FALSE);
    for (gsize j = 0; j < 4 && stuck[i].answers[j]; j++) {
      mc_request_free(sends(x, NULL, NOW));
      feed(x, 200, NULL, stuck[i].answers[j], NOW);
    }
    must_say(x, stuck[i].says);
  }
}

/* Also in the middle: the driver drops what came and reads all of it. */
static void
a_forgotten_token(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", CHANGES, ""));
  g_autofree char *cursor = full_of_changes(binding);
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", cursor, FALSE);
  (void)state;
  feed_ok(x, ROOT "/changes?since=s1", "{'state':'s2','more':true,'made':[{'id':3}]}");
  feed_ok(x, ROOT "/changes?since=s2", "{'error':'forgotten'}");
  must_be_done(x, NULL, NOW);
  assert_true(mc_pull_result(x)->restart);
  assert_null(mc_pull_result(x)->cursor);
}

/* --- a kept link --- */
#define LINK                                                                                           \
  "'pages':{'type':'link','at':'/next','max':9},'delta':{'link':'/delta','deleted':{'at':'/@removed'," \
  "'exists':true}},"

static void
a_link_is_kept_whole(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", LINK, ""));
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  feed_ok(x, BASE, "{'next':'s?skip=1','items':[{'id':1}]}");
  feed_ok(x, BASE "?skip=1", "{'delta':'s?$deltatoken=8%20a','items':[{'id':2},{'id':1}]}");
  must_bring(x, "1 2 1", "");
  must_be_done(x, NULL, NOW);
  assert_int_equal(mc_pull_result(x)->rows, 2);
  assert_true(mc_pull_result(x)->full);
  g_autoptr(McExchange) y = mc_pull_new(binding, "s", mc_pull_result(x)->cursor, FALSE);
  feed_ok(y, BASE "?$deltatoken=8%20a",
          "{'next':'s?more','items':[{'id':1,'@removed':{}},{'id':3},{'id':1},{'id':2,'@removed':{}}]}");
  must_bring(y, "3 1", "sys:2");
  feed_ok(y, BASE "?more", "{'delta':'s?d=9','items':[]}");
  must_be_done(y, NULL, NOW);
  g_autoptr(McExchange) z = mc_pull_new(binding, "s", mc_pull_result(y)->cursor, FALSE);
  must_send(z, NULL, NOW, "GET", BASE "?d=9");
  feed(z, 410, NULL, "{}", NOW);
  must_be_done(z, NULL, NOW);
  assert_true(mc_pull_result(z)->restart);
}

static void
a_link_does_not_leave(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", LINK, ""));
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  feed_ok(x, BASE, "{'delta':'https://evil.example/s','items':[{'id':1}]}");
  must_say(x, "evil.example");
  /* Nor one that was kept when the hosts were others. */
  g_autoptr(McExchange) y =
      mc_pull_new(binding, "s", "{\"value\":\"https://old.example/s\",\"full_at\":1}", FALSE);
  g_free(must_fail(y, NULL, NOW, MC_ERROR_PROTOCOL));
}

/* --- validators --- */
static void
unchanged_by_time(void **state)
{
  g_autoptr(McBinding) binding = bind_text(STREAM("", "'delta':{'etag':true,'modified':true},", ""));
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "Last-Modified: Sun, 22 Nov 2026 06:00:00 GMT", "{'items':[{'id':1}]}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McExchange) y = mc_pull_new(binding, "s", mc_pull_result(x)->cursor, TRUE);
  g_autoptr(McRequest) request = sends(y, NULL, NOW);
  assert_string_equal(mc_request_header(request, "If-Modified-Since"), "Sun, 22 Nov 2026 06:00:00 GMT");
  assert_null(mc_request_header(request, "If-None-Match"));
  feed(y, 304, NULL, "", NOW);
  must_be_done(y, NULL, NOW);
  assert_true(mc_pull_result(y)->unchanged);
  assert_string_equal(mc_pull_result(y)->cursor, mc_pull_result(x)->cursor);
}

/* What changes told since makes the list's old validators worthless. */
static void
changes_lose_validators(void **state)
{
  g_autofree char *text = g_strdup(STREAM("", CHANGES, ""));
  char *at = strstr(text, "'full':'P7D'");
  memcpy(at, "'etag':true ", 12);
  g_autoptr(McBinding) binding = bind_text(text);
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "ETag: \"a\"", "{'state':'s1','items':[{'id':1}]}", NOW);
  must_be_done(x, NULL, NOW);
  assert_non_null(strstr(mc_pull_result(x)->cursor, "\"tags\""));
  g_autoptr(McExchange) y = mc_pull_new(binding, "s", mc_pull_result(x)->cursor, FALSE);
  feed_ok(y, ROOT "/changes?since=s1", "{'state':'s2','made':[]}");
  must_be_done(y, NULL, NOW);
  assert_null(strstr(mc_pull_result(y)->cursor, "\"tags\""));
}

/* --- loops --- */
static const struct {
  const char *pages, *answers[4];
} loops[] = {
    {"'pages':{'type':'link','at':'/next','max':9},",
     {"{'next':'?b','items':[{'id':1}]}", "{'next':'?c','items':[{'id':2}]}", "{'next':'?b','items':[]}"}},
    {"'pages':{'type':'link','at':'/next','max':9},",
     {"{'next':'?b','items':[{'id':1}]}", "{'next':'/x/s','items':[{'id':2}]}"}},
    {"'pages':{'type':'cursor','at':'/next','max':9},",
     {"{'next':'b','items':[{'id':1}]}", "{'next':'c','items':[{'id':2}]}", "{'next':'b','items':[]}"}},
    {"'pages':{'type':'cursor','at':'/next','max':9},'delta':{'link':'/none'},",
     {"{'next':1,'items':[{'id':1}]}", "{'next':2,'items':[{'id':1}]}", "{'next':1,'items':[{'id':2}]}"}},
};

static void
a_loop_of_pages(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(loops); i++) {
    g_autofree char *text = g_strdup_printf(STREAM("%s", "", ""), loops[i].pages);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
    if (strstr(loops[i].pages, "delta")) { /* a list of changes may repeat a page's keys */
      mc_request_free(sends(x, NULL, NOW));
      feed(x, 200, NULL, loops[i].answers[0], NOW);
      mc_request_free(sends(x, NULL, NOW));
      feed(x, 200, NULL, loops[i].answers[1], NOW);
      must_say(x, "the page before again");
      continue;
    }
    for (gsize j = 0; j < 4 && loops[i].answers[j]; j++) {
      mc_request_free(sends(x, NULL, NOW));
      feed(x, 200, NULL, loops[i].answers[j], NOW);
    }
    must_say(x, "leads back");
  }
}

/* --- Link headers --- */
static const struct {
  const char *headers, *target;
} links[] = {
    {"Link: <?a>; rel=next", "?a"},
    {"Link: <?a>; rel=\"prev\", <?b>; rel=\"next\"", "?b"},
    {"Link: <?a>; rel=prev\nLink: <?b>; rel=next", "?b"},
    {"Link: <?a,b;c>; title=\"x, <?z>; rel=next\"; rel=\"last  NEXT\"", "?a,b;c"},
    {"Link: <?a>; title=\"a \\\" , <?q>; rel=next\"; rel=prev , , <?b>;rel=Next", "?b"},
    {"Link: <?a>;rel=prev;rel=next", NULL}, /* the first rel counts (3.3) */
    {"Link: <?a>; rel=next; anchor=\"#other\"", NULL},
    {"Link: < ?a >  ;  rel = \"next\"", "?a"},
    {"Link: <?a>; rel=nextish", NULL},
    {"Link: <?a>; rel=\"next", NULL},
    {"Link: <?a; rel=next", NULL},
    {"Link: ?a; rel=next", NULL},
    {"Link: <?a>", NULL},
    {"Link: ,,<?a>;rel=next", "?a"},
    {"Link: ", NULL},
    {"X-Link: <?a>; rel=next", NULL},
};

static void
link_headers(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
    g_autoptr(McResponse) response = answer_with(200, links[i].headers, "");
    g_autofree char *target = mc_link_target(response, "next");
    if (g_strcmp0(target, links[i].target) != 0)
      print_message("%s: %s\n", links[i].headers, target ? target : "-");
    assert_int_equal(g_strcmp0(target, links[i].target), 0);
  }
}

/* --- sub-requests --- */
#define BATCHED(more)                                                                          \
  "'where':{'not':{'at':'/state','eq':'hidden'}},'delta':{'deleted':{'at':'/del','eq':true}}," \
  "'sub':{'request':{'method':'POST','url':'/batch','json':{'ids':{'$':'batch'}}},'max':2,"    \
  "'records':'/list','key':'/no','map':{'from':'/who'}" more "},"

static void
must_ask(McExchange *x, const char *url, const char *body, const char *answer)
{
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  g_autofree char *json = quoted(body);
  assert_string_equal(request->url, url);
  assert_false(request->mutating);
  assert_memory_equal(g_bytes_get_data(request->body, NULL), json, strlen(json));
  feed(x, 200, NULL, answer, NOW);
}

static void
details_in_batches(void **state)
{
  g_autoptr(McBinding) binding =
      bind_text(STREAM("'pages':{'type':'cursor','at':'/next','max':9},", "", BATCHED("")));
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  feed_ok(x, BASE,
          "{'next':'b','items':[{'id':1,'t':'old'},{'id':9007199254740993001},{'id':'003'},{'id':4,'del':"
          "true}]}");
  must_bring(x, "", "sys:4");
  must_ask(x, ROOT "/batch", "{'ids':[1,9007199254740993001]}",
           "{'list':[{'no':9007199254740993001,'t':'big','who':'B'},{'no':1,'t':'new'},{'no':77}]}");
  g_autoptr(GPtrArray) items = mc_pull_take_items(x);
  assert_int_equal(items->len, 2);
  const McItem *one = items->pdata[0], *two = items->pdata[1];
  assert_string_equal(one->title, "new");
  assert_string_equal(one->raw, "{\"no\":1,\"t\":\"new\",\"id\":1}");
  assert_string_equal(two->key, "9007199254740993001");
  assert_string_equal(two->from, "B");
  must_ask(x, ROOT "/batch", "{'ids':['003']}", "{'list':[{'no':'003','state':'hidden'}]}");
  must_bring(x, "", "sys:003");
  feed_ok(x, BASE "?n=b", "{'next':null,'items':[]}");
  must_be_done(x, NULL, NOW);
  assert_int_equal(mc_pull_result(x)->rows, 4);
}

static void
a_detail_that_does_not_come(void **state)
{
  g_autoptr(McBinding) strict = bind_text(STREAM("", "", BATCHED("")));
  g_autoptr(McBinding) mild = bind_text(STREAM("", "", BATCHED(",'missing':'gone'")));
  g_autoptr(McExchange) x = mc_pull_new(strict, "s", NULL, TRUE);
  g_autoptr(McExchange) y = mc_pull_new(mild, "s", NULL, TRUE);
  g_autoptr(McExchange) z = mc_pull_new(mild, "s", NULL, TRUE);
  (void)state;
  feed_ok(x, BASE, "{'items':[{'id':1},{'id':2}]}");
  must_ask(x, ROOT "/batch", "{'ids':[1,2]}", "{'list':[{'no':2}]}");
  must_say(x, "'1' was asked for and did not come");
  feed_ok(y, BASE, "{'items':[{'id':1},{'id':2}]}");
  must_ask(y, ROOT "/batch", "{'ids':[1,2]}", "{'list':[{'no':2}]}");
  must_bring(y, "2", "sys:1");
  must_be_done(y, NULL, NOW);
  feed_ok(z, BASE, "{'items':[{'id':1},{'id':2}]}");
  must_ask(z, ROOT "/batch", "{'ids':[1,2]}", "{'list':[{'no':2},{'no':2}]}");
  must_say(z, "twice");
}

#define EACH                                                                                         \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}}," \
  "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'records':'/ids','key':'',"     \
  "'sub':{'request':{'url':'/s/{item.key}'},'missing':'gone'},'map':{'title':'/t'}}}}"

static void
details_one_by_one(void **state)
{
  g_autoptr(McBinding) binding = bind_text(EACH);
  g_autoptr(McExchange) x = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  feed_ok(x, BASE, "{'ids':[7,'007',8]}");
  feed_ok(x, BASE "/7", "{'t':'seven'}");
  must_send(x, NULL, NOW, "GET", BASE "/007");
  feed(x, 503, NULL, "", NOW); /* the same again */
  feed_ok(x, BASE "/007", "{'t':'other'}");
  must_bring(x, "7 007", "");
  must_send(x, NULL, NOW, "GET", BASE "/8");
  feed(x, 404, NULL, "", NOW);
  must_bring(x, "", "sys:8");
  must_be_done(x, NULL, NOW);
  assert_true(mc_pull_result(x)->full);
}

/* --- sub-requests of a detail --- */
#define LOGGED(max, request)                                                                                 \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"         \
  "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id',"        \
  "'map':{'title':'/t'},'detail':{'request':{'url':'/s/{item.key}'},'sub':{" request ",'of':'/log/ids'," max \
  "'map':{'history':{'each':'$[*]','who':'/by','what':'/text'},'fields':[{'label':'L','at':'/0/"             \
  "text'}]}}}}}}"

static McItem *
an_item(void)
{
  McItem *item = mc_item_new("sys", "s", "7", FALSE);
  item->raw = g_strdup("{\"id\":7,\"t\":\"x\"}");
  item->key_is_number = TRUE;
  return item;
}

static void
must_have_log(McExchange *x, const char *first, const char *second)
{
  gboolean gone;
  must_be_done(x, NULL, NOW);
  g_autoptr(McItem) item = mc_detail_take(x, &gone);
  assert_int_equal(item->history->len, 2);
  assert_string_equal(((McHistory *)item->history->pdata[0])->what, first);
  assert_string_equal(((McHistory *)item->history->pdata[1])->what, second);
  assert_string_equal(((McField *)item->fields->pdata[0])->value, first);
}

static void
a_log_by_its_keys(void **state)
{
  g_autoptr(McBinding) many =
      bind_text(LOGGED("'max':2,'records':'/list','key':'/n',",
                       "'request':{'method':'POST','url':'/log','json':{'$':'batch'}}"));
  g_autoptr(McBinding) each = bind_text(LOGGED("", "'request':{'url':'/log/{item.key}/{batch}'}"));
  g_autoptr(McItem) item = an_item();
  g_autoptr(McExchange) x = mc_detail_new(many, item);
  g_autoptr(McExchange) y = mc_detail_new(each, item);
  (void)state;
  feed_ok(x, BASE "/7", "{'id':7,'log':{'ids':[3,1]}}");
  must_ask(x, ROOT "/log", "[3,1]", "{'list':[{'n':1,'text':'one'},{'n':3,'text':'three'}]}");
  must_have_log(x, "three", "one");
  feed_ok(y, BASE "/7", "{'id':7,'log':{'ids':['a','b']}}");
  feed_ok(y, ROOT "/log/7/a", "{'text':'A'}");
  feed_ok(y, ROOT "/log/7/b", "{'text':'B'}");
  must_have_log(y, "A", "B");
  g_autoptr(McExchange) z = mc_detail_new(each, item);
  feed_ok(z, BASE "/7", "{'id':7,'log':{'ids':['a']}}");
  must_send(z, NULL, NOW, "GET", ROOT "/log/7/a");
  feed(z, 404, NULL, "{}", NOW);
  g_free(must_fail(z, NULL, NOW, MC_ERROR_PROTOCOL));
}

/* --- what a file may not say --- */
static const struct {
  const char *delta, *more, *says;
} faults[] = {
    {"'delta':{'link':'/a','token':'/b'},", "", "one of 'cursor', 'token' and 'link'"},
    {"'delta':{'cursor':'/u','changes':{'request':{'url':'/c'},'records':'/r','token':'/t'}},", "",
     "needs 'token'"},
    {"'delta':{'token':'/t','changes':{'request':{'url':'/c'},'records':'/r'}},", "",
     "needs the key 'token'"},
    {"", "'sub':{'request':{'url':'/c'},'max':5},", "needs 'records'"},
    {"", "'sub':{'request':{'url':'/c/{batch}'}},", "not known here"},
    {"", "'sub':{'request':{'url':'/c/{item.key}'},'missing':'maybe'},", "maybe"},
    {"", "'sub':{'request':{'url':'/c/{item.key}'},'mx':1},", "did you mean \"max\""},
};

static void
faults_are_named(void **state)
{
  (void)state;
  g_autofree char *post =
      check_text("{'motcua':1,'id':'t','title':'T','kind':'case','base':'http://a.vn','streams':{'s':"
                 "{'request':{'method':'POST','url':'/s'},'records':'/i','key':'/id',"
                 "'delta':{'etag':true},'map':{'title':'/t'}}}}",
                 NULL);
  assert_non_null(strstr(post, "asked for by GET"));
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autofree char *text = g_strdup_printf(STREAM("", "%s", "%s"), faults[i].delta, faults[i].more);
    g_autofree char *found = check_text(text, NULL);
    if (!strstr(found, faults[i].says))
      print_message("%zu: %s\n", i, found);
    assert_true(tells(found, faults[i].says));
  }
}

/* --- the set --- */
static void
a_set_of_keys(void **state)
{
  static const guint64 key[2] = {G_GUINT64_CONSTANT(0x0706050403020100),
                                 G_GUINT64_CONSTANT(0x0f0e0d0c0b0a0908)};
  static const guint8 data[15] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  McKeySet *set = mc_keyset_new();
  (void)state;
  assert_true(mc_siphash(key, data, 15) == G_GUINT64_CONSTANT(0xa129ca6149be45e5)); /* the paper's */
  assert_true(mc_siphash(key, data, 0) == G_GUINT64_CONSTANT(0x726fdb47dd0e0e31));
  for (int turn = 0; turn < 2; turn++)
    for (int i = 0; i < 20000; i++) {
      g_autofree char *text = g_strdup_printf("%d", i);
      assert_int_equal(mc_keyset_add(set, text), turn == 0);
    }
  mc_keyset_free(set);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(changes_until_no_more),
      cmocka_unit_test(changes_that_come_to_no_end),
      cmocka_unit_test(a_forgotten_token),
      cmocka_unit_test(a_link_is_kept_whole),
      cmocka_unit_test(a_link_does_not_leave),
      cmocka_unit_test(unchanged_by_time),
      cmocka_unit_test(changes_lose_validators),
      cmocka_unit_test(a_loop_of_pages),
      cmocka_unit_test(link_headers),
      cmocka_unit_test(details_in_batches),
      cmocka_unit_test(a_detail_that_does_not_come),
      cmocka_unit_test(details_one_by_one),
      cmocka_unit_test(a_log_by_its_keys),
      cmocka_unit_test(faults_are_named),
      cmocka_unit_test(a_set_of_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

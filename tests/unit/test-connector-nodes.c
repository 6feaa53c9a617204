/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes, typed nodes and URL templates: what each gives, and every fault of a wrong one. */
#include "connector.h"

static const char scope_text[] =
    "{\"config\":{\"base\":\"https://a.vn/x\",\"queue\":\"O'Neil\\\\\",\"path\":\"a/b%20c\"},"
    "\"item\":{\"key\":9007199254740993001,\"code\":\"001099000478\",\"seven\":\"007\",\"version\":\"7\","
    "\"none\":null,"
    "\"keep\":{\"id\":12},\"empty\":\"\",\"dots\":\"..\",\"slash\":\"../a "
    "b/\\u0111\",\"list\":[1,2],\"flag\":true},"
    "\"item.keep.more\":{\"deep\":\"x\"},\"now\":\"2026-11-22T07:05:10Z\",\"session\":{\"api\":\"https://"
    "a.vn/j?a=1\"},"
    "\"input\":{\"note\":\"xong\",\"day\":\"2026-11-30\",\"html\":\"<p>a</"
    "p>\"},\"batch\":{\"o\":{\"a\":1,\"b\":[1,2]}}}";

static void
scopes(G_GNUC_UNUSED void **state)
{
  g_autoptr(McScope) parent = scope_of(scope_text);
  g_autoptr(McScope) scope = mc_scope_new(parent);
  assert_string_equal(mc_json_text(mc_scope_get(scope, "item.key")), "9007199254740993001");
  assert_string_equal(mc_json_text(mc_scope_get(scope, "item.keep.id")), "12");
  assert_string_equal(mc_json_text(mc_scope_get(scope, "item.keep.more.deep")), "x");
  assert_null(mc_scope_get(scope, "item.keep.more.id"));
  assert_null(mc_scope_get(scope, "item.none"));
  assert_null(mc_scope_get(scope, "item.key.x"));
  assert_null(mc_scope_get(scope, "nothing"));
  assert_null(mc_scope_get(NULL, "item"));
  mc_scope_take(scope, "item", tree("{\"key\":\"mine\"}"));
  assert_string_equal(mc_json_text(mc_scope_get(scope, "item.key")), "mine");
  assert_null(mc_scope_get(scope, "item.version"));
  mc_scope_take(scope, "item", NULL);
  assert_string_equal(mc_json_text(mc_scope_get(scope, "item.version")), "7");
  g_autofree char *huge = g_strnfill(5000, 'a');
  assert_null(mc_scope_get(scope, huge));
}

/* What a node gives: its text, "-" when missing, "! message" for an error. */
static char *
eval(const char *text)
{
  Source s = source_new(text);
  g_autoptr(McNode) node = mc_node_compile(&s.compiler, source_root(&s));
  source_end_without_fault(&s); /* the tree is gone before the node is used */
  g_autoptr(McScope) scope = scope_of(scope_text);
  g_autoptr(GError) error = NULL;
  g_autofree char *result = printed(mc_node_eval(node, scope, &error));
  return error ? g_strdup_printf("! %s", error->message) : g_steal_pointer(&result);
}

static const char *const node_rows[][2] = {
    /* literals */
    {"5", "5"},
    {"null", "null"},
    {"{\"$filter\":1,\"a\":[]}", "{\"$filter\":1,\"a\":[]}"},
    {"{}", "{}"},
    {"[]", "[]"},
    /* names */
    {"{\"$\":\"item.key\"}", "9007199254740993001"},
    {"{\"$\":\"item.keep\"}", "{\"id\":12}"},
    {"{\"$\":\"item.key\",\"as\":\"string\"}", "\"9007199254740993001\""},
    {"{\"$\":\"item.seven\",\"as\":\"string\"}", "\"007\""},
    {"{\"$\":\"item.seven\",\"as\":\"integer\"}", "7"},
    {"{\"$\":\"item.none\"}", "-"},
    {"{\"$\":\"item.none\",\"else\":\"x\"}", "\"x\""},
    {"{\"$\":\"item.none\",\"else\":{\"$\":\"item.version\"}}", "\"7\""},
    {"{\"$\":\"item.none\",\"required\":true}", "! item.none is missing, and nothing can be sent without it"},
    {"{\"$\":\"item.empty\",\"required\":true}",
     "! item.empty is missing, and nothing can be sent without it"},
    {"{\"$\":\"item.none\",\"required\":true,\"else\":1}", "1"},
    {"{\"$\":\"item.empty\"}", "\"\""},
    {"{\"$\":\"item.code\",\"as\":\"boolean\"}", "! item.code: \"001099000478\" is not true or false"},
    {"{\"$\":\"config.queue\",\"escape\":{\"\\\\\":\"\\\\\\\\\",\"'\":\"\\\\'\"}}", "\"O\\\\'Neil\\\\\\\\\""},
    {"{\"$\":\"input.note\",\"escape\":{\"x\":\"1\",\"xo\":\"2\"}}", "\"2ng\""},
    {"{\"$\":\"input.note\",\"as\":\"base64\"}", "\"eG9uZw==\""},
    {"{\"$\":\"input.html\",\"as\":\"html\"}", "\"a\""},
    /* moments */
    {"{\"$\":\"now\"}", "\"2026-11-22T07:05:10Z\""},
    {"{\"$\":\"now\",\"plus\":\"-P90D\",\"out\":\"%Y-%m-%dT%H:%M:%SZ\",\"tz\":\"Z\"}",
     "\"2026-08-24T07:05:10Z\""},
    {"{\"$\":\"now\",\"out\":\"iso\",\"tz\":\"+07:00\"}", "\"2026-11-22T14:05:10+07:00\""},
    {"{\"$\":\"now\",\"out\":\"%d/%m/%Y %H:%M\",\"tz\":\"Asia/Ho_Chi_Minh\"}", "\"22/11/2026 14:05\""},
    {"{\"$\":\"now\",\"out\":\"epoch-s\"}", "1795331110"},
    {"{\"$\":\"now\",\"plus\":\"PT1S\",\"out\":\"epoch-ms\"}", "1795331111000"},
    {"{\"$\":\"now\",\"plus\":\"P1D\"}", "\"2026-11-23T07:05:10Z\""},
    {"{\"$\":\"input.day\",\"out\":\"%d/%m/%Y\"}", "\"30/11/2026\""},
    {"{\"$\":\"input.day\",\"as\":\"date\",\"out\":\"%d/%m/%Y\",\"tz\":\"+07:00\"}", "\"30/11/2026\""},
    {"{\"$\":\"input.note\",\"out\":\"%d\"}", "! input.note: \"xong\" is not a date written as iso"},
    /* joins */
    {"{\"$join\":[\"a\",1,true,{\"$\":\"item.key\"}]}", "\"a1true9007199254740993001\""},
    {"{\"$join\":[\"a\",\"b\"],\"with\":\", \"}", "\"a, b\""},
    {"{\"$join\":[\"a\",{\"$\":\"item.none\"}]}", "-"},
    {"{\"$join\":[\"a\",{\"$join\":[\"b\",{\"$\":\"item.none\"}]},\"c\"]}", "\"ac\""},
    {"{\"$join\":[\"a\",{\"$join\":[\"b\",{\"$\":\"item.none\"}]},\"c\"],\"with\":\"-\"}", "\"a-c\""},
    {"{\"$join\":[\"a\",{\"$\":\"item.list\"}]}", "! item.list is not a text and cannot be joined"},
    {"{\"$join\":[{\"$\":\"item.none\",\"required\":true}]}",
     "! item.none is missing, and nothing can be sent without it"},
    {"{\"$join\":[]}", "\"\""},
    /* json, pairs, edit, const */
    {"{\"$json\":[{\"a\":{\"$\":\"item.key\"},\"b\":{\"$\":\"item.none\"}}]}",
     "\"[{\\\"a\\\":9007199254740993001}]\""},
    {"{\"$json\":{\"$\":\"item.none\"}}", "-"},
    {"{\"$pairs\":[[{\"$\":\"item.key\"},{\"k/"
     "$seen\":true}],[\"x\",{\"$\":\"item.none\"}],[{\"$\":\"item.none\"},1]]}",
     "{\"9007199254740993001\":{\"k/$seen\":true}}"},
    {"{\"$pairs\":[[\"a\",1],[\"a\",2]]}", "{\"a\":2}"},
    {"{\"$pairs\":[[\"a\",{\"$\":\"item.none\"}]]}", "-"},
    {"{\"$pairs\":[[{\"$\":\"item.list\"},1]]}", "! a computed key is not a text"},
    {"{\"$edit\":{\"$\":\"batch.o\"},\"set\":{\"/a\":5,\"/c/d\":{\"$\":\"item.seven\"},\"/b/-\":3,\"/b/"
     "0\":0},"
     "\"remove\":[\"/b/1\",\"/zz/y\"]}",
     "{\"a\":5,\"b\":[0,3],\"c\":{\"d\":\"007\"}}"},
    {"{\"$edit\":{\"$\":\"batch.o\"},\"set\":{\"/a\":{\"$\":\"item.none\"}}}", "{\"a\":1,\"b\":[1,2]}"},
    {"{\"$edit\":{\"$\":\"batch.o\"},\"set\":{\"/a/b\":1}}",
     "! nothing can be set at /a/b of what is being changed"},
    {"{\"$edit\":{\"$\":\"item.none\"},\"set\":{\"/a\":1}}", "-"},
    {"{\"$edit\":{\"$\":\"batch.o\"},\"set\":{\"\":[1]}}", "[1]"},
    {"{\"$const\":{\"$\":\"item.key\"}}", "{\"$\":\"item.key\"}"},
    {"[{\"$const\":{\"$join\":[]}},{\"a\":[{\"$const\":null}]}]", "[{\"$join\":[]},{\"a\":[null]}]"},
    /* what is missing drops its key, and what that empties */
    {"{\"a\":{\"$\":\"item.none\"},\"b\":1}", "{\"b\":1}"},
    {"{\"a\":{\"b\":[{\"$\":\"item.none\"}],\"c\":{\"d\":{\"$\":\"item.none\"}}}}", "-"},
    {"{\"a\":{\"b\":[{\"$\":\"item.none\"}]},\"c\":{},\"d\":null}", "{\"c\":{},\"d\":null}"},
    {"[1,{\"$\":\"item.none\"},{\"$\":\"item.list\"}]", "[1,[1,2]]"},
    {"{\"a\":[{\"b\":{\"$\":\"item.none\",\"required\":true}}]}",
     "! item.none is missing, and nothing can be sent without it"},
};

static void
nodes(G_GNUC_UNUSED void **state)
{
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(node_rows); i++)
    wrong += row_differs(node_rows[i][0], eval(node_rows[i][0]), node_rows[i][1]);
  assert_int_equal(wrong, 0);
}

static const char *const allowed[] = {"config", "item", "input", "now", "page.number", NULL};

static char *
faults_of(const char *text)
{
  Source s = source_new(text);
  s.compiler.names = allowed;
  assert_null(mc_node_compile(&s.compiler, source_root(&s)));
  return source_end(&s);
}

static const char *const bad_node_rows[][2] = {
    {"{\"$\":5}", "c:1:6: /$: found a number, expected a string"},
    {"{\"$\":\"item.key\",\"requierd\":true}",
     "c:1:17: /requierd: \"requierd\" is not known here; did you mean \"required\"?"},
    {"{\"a\":[{\"$\":\"itm.key\"}]}",
     "c:1:12: /a/0/$: the name \"itm.key\" is not known here; did you mean \"item.key\"?"},
    {"{\"$\":\"page.numbr\"}",
     "c:1:6: /$: the name \"page.numbr\" is not known here; did you mean \"page.number\"?"},
    {"{\"$\":\"secret.password\"}", "c:1:6: /$: the name \"secret.password\" is not known here, expected "
                                    "one of: config, item, input, now, "
                                    "page.number"},
    {"{\"$\":\"a..b\"}", "c:1:6: /$: \"a..b\" is not a name, expected one such as \"item.key\""},
    {"{\"$\":\"item.key\",\"as\":\"intger\"}",
     "c:1:22: /as: \"intger\" is not known here; did you mean \"integer\"?"},
    {"{\"$\":\"item.key\",\"plus\":\"P1D\"}", "c:1:17: /plus: \"plus\" is for \"now\" alone"},
    {"{\"$\":\"now\",\"plus\":\"P1M\"}",
     "c:1:19: /plus: \"P1M\" is not a duration, expected one such as \"P1D\" or \"-PT2H\""},
    {"{\"$\":\"now\",\"tz\":\"Hanoi\"}", "c:1:17: /tz: \"Hanoi\" is not a time zone, expected \"Z\", "
                                         "\"+07:00\" or a name such as \"Asia/Ho_Chi_Minh\""},
    {"{\"$\":\"now\",\"out\":\"isoo\"}", "c:1:18: /out: \"isoo\" is not known here; did you mean \"iso\"?"},
    {"{\"$\":\"now\",\"as\":\"integer\",\"out\":\"iso\"}",
     "c:1:17: /as: \"out\", \"tz\" and \"plus\" are for dates, expected \"datetime\" or \"date\""},
    {"{\"$\":\"now\",\"escape\":{\"\":\"x\",\"y\":1}}",
     "c:1:25: /escape/: found a string, expected a text that replaces a text\n"
     "c:1:33: /escape/y: found a number, expected a text that replaces a text"},
    {"{\"$join\":\"a\"}", "c:1:10: /$join: found a string, expected an array of parts"},
    {"{\"$join\":[\"Queue='\",{\"$\":\"input.q\"},\"'\"]}",
     "c:1:21: /$join/1: \"input.q\" goes between quotes of another language: expected \"escape\", such as "
     "{\"'\": "
     "\"''\"}"},
    {"{\"$pairs\":[[1],{}]}", "c:1:12: /$pairs/0: found an array, expected [key, value]\nc:1:16: "
                              "/$pairs/1: found an object, expected [key, value]"},
    {"{\"$edit\":1,\"set\":{\"a\":1},\"remove\":[1]}",
     "c:1:23: /set/a: \"a\" is not a pointer, which begins with a slash; did you mean \"/a\"?\n"
     "c:1:36: /remove/0: found a number, expected a pointer"},
    {"{\"$const\":1,\"x\":2}", "c:1:13: /x: \"x\" is not known here, expected one of: $const"},
    /* every fault of one run */
    {"{\n\"a\":{\"$\":\"x\"},\n\"b\":[{\"$json\":1,\"y\":2}]}",
     "c:2:10: /a/$: the name \"x\" is not known here, expected one of: config, item, input, now, "
     "page.number\n"
     "c:3:17: /b/0/y: \"y\" is not known here, expected one of: $json"},
};

static void
bad_nodes(G_GNUC_UNUSED void **state)
{
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(bad_node_rows); i++)
    wrong += row_differs(bad_node_rows[i][0], faults_of(bad_node_rows[i][0]), bad_node_rows[i][1]);
  assert_int_equal(wrong, 0);
}

static void
two_operators_are_literal(G_GNUC_UNUSED void **state)
{
  Source s = source_new("{\"$\":\"x\",\"$join\":[]}");
  g_autoptr(McNode) node = mc_node_compile(&s.compiler, source_root(&s));
  assert_non_null(node);
  g_autofree char *faults = source_end(&s);
  assert_non_null(strstr(faults, "c:1:1: warning: holds two operators"));
  g_autofree char *value = printed(mc_node_eval(node, NULL, NULL));
  assert_string_equal(value, "{\"$\":\"x\",\"$join\":[]}");
  assert_false(mc_node_has_names(node));
}

static void
collect(const char *name, gpointer data)
{
  g_string_append_printf(data, "%s ", name);
}

static void
names_are_told(G_GNUC_UNUSED void **state)
{
  Source s =
      source_new("{\"a\":{\"$join\":[{\"$\":\"b.c\",\"else\":{\"$\":\"d\"}}]},\"e\":{\"$edit\":{\"$\":\"f\"},"
                 "\"set\":{\"/x\":{\"$\":\"g\"}}},\"h\":{\"$json\":{\"$\":\"i\"}},\"j\":1}");
  g_autoptr(McNode) node = mc_node_compile(&s.compiler, source_root(&s));
  source_end_without_fault(&s);
  g_autoptr(GString) names = g_string_new(NULL);
  mc_node_names(node, collect, names);
  assert_string_equal(names->str, "b.c d g f i ");
  assert_true(mc_node_has_names(node));
}

/* --- templates --- */

static char *
expand(const char *text, gboolean plain)
{
  g_autofree char *quoted = g_strdup_printf("\"%s\"", text);
  Source s = source_new(quoted);
  g_autoptr(McTemplate) t = mc_template_compile(&s.compiler, source_root(&s));
  source_end_without_fault(&s);
  g_autoptr(McScope) scope = scope_of(scope_text);
  g_autoptr(GError) error = NULL;
  g_autofree char *url = plain ? mc_template_text(t, scope, &error) : mc_template_expand(t, scope, &error);
  return error ? g_strdup_printf("! %s", error->message) : g_steal_pointer(&url);
}

static void
templates(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"/a", "/a"},
      {"/a b/\xc4\x91", "/a%20b/%C4%91"},
      {"/items/{item.key}", "/items/9007199254740993001"},
      {"/items/{item.code}/{item.seven}", "/items/001099000478/007"},
      {"/items/{item.key,item.seven}", "/items/9007199254740993001,007"},
      {"/x/{item.slash}", "/x/..%2Fa%20b%2F%C4%91"},
      {"/x/{item.none}", "! item.none is missing, and the address cannot be made without it"},
      {"/x/{item.empty}", "! item.empty is empty, and the address cannot be made without it"},
      {"/x/{item.list}", "! item.list is not a text and cannot stand in an address"},
      {"/x/{item.dots}/y", "! the address /x/../y would lead elsewhere (\".\" or \"..\" in its path)"},
      {"/x/{item.dots}", "! the address /x/.. would lead elsewhere (\".\" or \"..\" in its path)"},
      {"/x/a{item.dots}", "/x/a.."},
      {"/x?q={item.dots}", "/x?q=.."},
      {"/x?q={item.empty}", "/x?q="},
      {"/x?q={item.none}", "! item.none is missing, and the address cannot be made without it"},
      {"/x{?item.seven,item.none,item.empty}", "/x?item.seven=007&item.empty="},
      {"/x?a=1{&item.seven}", "/x?a=1&item.seven=007"},
      {"/x{/item.seven,item.code}", "/x/007/001099000478"},
      {"/x{;item.seven,item.key}", "/x;item.seven=007;item.key=9007199254740993001"},
      {"/x{.item.seven}", "/x.007"},
      {"/x{#config.path}", "/x#a/b%20c"},
      {"{+session.api}", "https://a.vn/j?a=1"},
      {"/p/{+config.path}", "/p/a/b%20c"},
      {"/p/{config.path}", "/p/a%2Fb%2520c"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    wrong += row_differs(rows[i][0], expand(rows[i][0], FALSE), rows[i][1]);
  assert_int_equal(wrong, 0);
  g_autofree char *text = expand("Bearer {config.path} {item.key}", TRUE);
  assert_string_equal(text, "Bearer a/b%20c 9007199254740993001");
  g_autofree char *missing = expand("Bearer {item.none}", TRUE);
  assert_string_equal(missing, "! item.none is missing, and the address cannot be made without it");
}

static void
bad_templates(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"\"/a/{\"", "c:1:1: a brace has no counterpart, expected {name}"},
      {"\"/a/}\"", "c:1:1: a brace has no counterpart, expected {name}"},
      {"\"/a/{b{c}}\"", "c:1:1: a brace has no counterpart, expected {name}"},
      {"\"/a/{}\"", "c:1:1: {} holds no name"},
      {"\"/a/{itm.key}\"", "c:1:1: the name \"itm.key\" is not known here; did you mean \"item.key\"?"},
      {"\"/a/{item.key*}\"", "c:1:1: \"{item.key*}\" is of RFC 6570 level 4, expected plain names"},
      {"\"/a/{+item.key}\"", "c:1:1: \"{+item.key}\" would let a person or a record change the address: "
                             "expected {item.key}, or a name of "
                             "config or session"},
      {"5", "c:1:1: found a number, expected a text, with names in braces"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Source s = source_new(rows[i][0]);
    s.compiler.names = allowed;
    assert_null(mc_template_compile(&s.compiler, source_root(&s)));
    wrong += row_differs(rows[i][0], source_end(&s), rows[i][1]);
  }
  assert_int_equal(wrong, 0);
}

/* Damaged templates and nodes: a fault or a result, never a crash. */
static void
fuzz(G_GNUC_UNUSED void **state)
{
  static const char seed_text[] = "/a{?b,c}/{+config.x}/{/d}{;e}{#session.f}{&g}%20";
  static const char bytes[] = "{}+?&/;#.,:*%a1 \xc4\x91";
  g_autoptr(GRand) random = g_rand_new_with_seed(6570);
  g_autoptr(McScope) scope =
      scope_of("{\"a\":1,\"b\":\"x\",\"d\":\"..\",\"config\":{\"x\":\"%%\"},\"e\":\"\"}");
  guint compiled = 0;
  for (int round = 0; round < 20000; round++) {
    char text[sizeof seed_text];
    memcpy(text, seed_text, sizeof text);
    for (int n = g_rand_int_range(random, 0, 6); n > 0; n--)
      text[g_rand_int_range(random, 0, sizeof text - 1)] =
          bytes[g_rand_int_range(random, 0, sizeof bytes - 1)];
    text[g_rand_int_range(random, 1, sizeof text)] = '\0';
    Source s = source_new("\"\"");
    cJSON *source = cJSON_CreateString(text);
    g_autoptr(McTemplate) t = mc_template_compile(&s.compiler, source);
    assert_true((t == NULL) == (s.faults->len > 0));
    g_autoptr(GError) error = NULL;
    g_autofree char *url = mc_template_expand(t, scope, &error);
    assert_true(!t || (url == NULL) == (error != NULL));
    compiled += t != NULL;
    cJSON_Delete(source);
    g_free(source_end(&s));
  }
  assert_true(compiled > 1000);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scopes),         cmocka_unit_test(nodes),
      cmocka_unit_test(bad_nodes),      cmocka_unit_test(two_operators_are_literal),
      cmocka_unit_test(names_are_told), cmocka_unit_test(templates),
      cmocka_unit_test(bad_templates),  cmocka_unit_test(fuzz),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

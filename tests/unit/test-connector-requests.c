/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: address, query, headers and bodies; exact identifiers all the way from an answer; what is refused
 * before it is sent; and the expressions of whole connectors. */
#include "connector.h"

static const char scope_text[] =
    "{\"config\":{\"unit\":\"H47 & "
    "\xc4\x91\",\"none\":null},\"item\":{\"key\":9007199254740993001,\"code\":\"001099000478\","
    "\"seven\":\"007\",\"etag\":\"\\\"ab\\\"\",\"list\":[1,\"b c\"],\"bad\":\"a\\r\\nX: "
    "y\",\"vn\":\"\xc4\x91\",\"o\":{\"a\":1}},"
    "\"session\":{\"api\":\"/jmap/\",\"other\":\"https://evil.vn/x\",\"files\":\"https://files.vn/"
    "f?x=1#y\",\"user\":"
    "\"https://a:b@gov.vn/\",\"plain\":\"http://gov.vn/x\",\"ftp\":\"ftp://gov.vn/"
    "\"},\"page\":{\"number\":2}}";

static const char *const hosts[] = {"files.vn", NULL};

/* The request as text, or "! message". */
static char *
build(const char *text)
{
  Source s = source_new(text);
  g_autoptr(McRequestSpec) spec = mc_request_compile(&s.compiler, source_root(&s), "GET");
  source_end_without_fault(&s);
  g_autoptr(McScope) scope = scope_of(scope_text);
  g_autoptr(GError) error = NULL;
  g_autoptr(McRequest) request = mc_request_build(spec, "https://gov.vn/api/", hosts, scope, &error);
  if (!request)
    return g_strdup_printf("! %s", error->message);
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "%s%s %s", request->mutating ? "*" : "", request->method, request->url);
  for (guint i = 0; i < request->headers->len; i++) {
    const McHeader *header = request->headers->pdata[i];
    g_string_append_printf(out, "|%s: %s", header->name, header->value);
  }
  if (request->body) {
    gsize len;
    const char *body = g_bytes_get_data(request->body, &len);
    g_string_append_printf(out, "|%.*s", (int)len, len ? body : "");
  }
  return g_string_free(out, FALSE);
}

static const char *const request_rows[][2] = {
    {"{\"url\":\"/items\"}", "GET https://gov.vn/api/items"},
    {"{\"method\":\"DELETE\",\"url\":\"/i/{item.key}\"}", "*DELETE https://gov.vn/api/i/9007199254740993001"},
    {"{\"method\":\"HEAD\",\"url\":\"/\"}", "HEAD https://gov.vn/api/"},
    {"{\"url\":\"//evil.vn/x\"}", "GET https://gov.vn/api//evil.vn/x"},
    {"{\"url\":\"https://gov.vn/other\"}", "GET https://gov.vn/other"},
    {"{\"url\":\"https://files.vn/x\"}", "GET https://files.vn/x"},
    {"{\"url\":{\"$\":\"session.api\"}}", "GET https://gov.vn/jmap/"},
    {"{\"url\":{\"$\":\"session.files\"},\"query\":{\"a\":1}}", "GET https://files.vn/f?x=1&a=1"},
    {"{\"url\":\"{+session.files}\"}", "GET https://files.vn/f?x=1"},
    /* query */
    {"{\"url\":\"/"
     "i\",\"query\":{\"fields[Owner]\":\"Name\",\"unit\":{\"$\":\"config.unit\"},\"page\":{\"$\":\"page."
     "number\"},\"size\":100,\"id\":{\"$\":\"item.key\"},\"all\":true,\"gone\":{\"$\":\"config.none\"},"
     "\"null\":null}}",
     "GET "
     "https://gov.vn/api/"
     "i?fields%5BOwner%5D=Name&unit=H47%20%26%20%C4%91&page=2&size=100&id=9007199254740993001&"
     "all=true"},
    {"{\"url\":\"/i?x=1\",\"query\":{\"a\":{\"$\":\"item.list\"},\"e\":[],\"f\":\"\"}}",
     "GET https://gov.vn/api/i?x=1&a=1&a=b%20c&f="},
    {"{\"url\":\"/i\",\"query\":{\"a\":{\"$\":\"config.none\"}}}", "GET https://gov.vn/api/i"},
    {"{\"url\":\"/i\",\"query\":{\"$pairs\":[[{\"$\":\"item.seven\"},{\"$\":\"item.code\"}]]}}",
     "GET https://gov.vn/api/i?007=001099000478"},
    {"{\"url\":\"/i\",\"query\":{\"q\":{\"$json\":[{\"v\":{\"$\":\"item.code\"}}]}}}",
     "GET https://gov.vn/api/i?q=%5B%7B%22v%22%3A%22001099000478%22%7D%5D"},
    {"{\"url\":\"/i\",\"query\":{\"a\":{\"$\":\"item.o\"}}}",
     "! a is not a text and cannot stand in a query or a form"},
    /* headers */
    {"{\"url\":\"/"
     "i\",\"headers\":{\"X-Id\":{\"$\":\"item.key\"},\"X-None\":{\"$\":\"config.none\"},\"X-Seven\":{\"$\":"
     "\"item.seven\"}}}",
     "GET https://gov.vn/api/i|X-Id: 9007199254740993001|X-Seven: 007"},
    {"{\"url\":\"/i\",\"headers\":{\"X-Id\":{\"$\":\"config.none\",\"required\":true}}}",
     "! config.none is missing, and nothing can be sent without it"},
    {"{\"url\":\"/i\",\"headers\":{\"X-Id\":{\"$\":\"item.bad\"}}}",
     "! the header X-Id would hold something else than one line of ASCII"},
    {"{\"url\":\"/i\",\"headers\":{\"X-Id\":{\"$\":\"item.vn\"}}}",
     "! the header X-Id would hold something else than one line of ASCII"},
    {"{\"url\":\"/i\",\"headers\":{\"X-Id\":{\"$\":\"item.list\"}}}", "! the header X-Id is not a text"},
    {"{\"url\":\"/i\",\"headers\":{\"If-Match\":{\"$\":\"item.etag\"}}}",
     "GET https://gov.vn/api/i|If-Match: \"ab\""},
    {"{\"url\":\"/i\",\"headers\":{\"If-Match\":{\"$\":\"config.none\"}}}",
     "! the header If-Match is missing its value, and nothing can be sent without it"},
    {"{\"url\":\"/i\",\"headers\":{\"If-None-Match\":{\"$\":\"config.none\"}}}", "GET https://gov.vn/api/i"},
    {"{\"method\":\"PUT\",\"url\":\"/i\",\"headers\":{\"If-None-Match\":{\"$\":\"config.none\"}}}",
     "! the header If-None-Match is missing its value, and nothing can be sent without it"},
    /* bodies */
    {"{\"method\":\"POST\",\"url\":\"/"
     "i\",\"json\":{\"id\":{\"$\":\"item.key\"},\"c\":{\"$\":\"item.code\"},\"s\":{\"$\":"
     "\"item.seven\"},\"n\":{\"$\":\"config.none\"}}}",
     "*POST https://gov.vn/api/i|Content-Type: "
     "application/json|{\"id\":9007199254740993001,\"c\":\"001099000478\",\"s\":\"007\"}"},
    {"{\"method\":\"POST\",\"url\":\"/i\",\"json\":{\"n\":{\"$\":\"config.none\"}}}",
     "*POST https://gov.vn/api/i|Content-Type: application/json|{}"},
    {"{\"method\":\"POST\",\"url\":\"/"
     "i\",\"json\":[{\"$\":\"config.none\"}],\"headers\":{\"content-type\":\"a/b\"}}",
     "*POST https://gov.vn/api/i|content-type: a/b|[]"},
    {"{\"method\":\"POST\",\"url\":\"/"
     "i\",\"form\":{\"id\":{\"$\":\"item.key\"},\"c\":{\"$\":\"item.code\"},\"s\":{\"$\":"
     "\"item.seven\"},\"u\":{\"$\":\"config.unit\"}}}",
     "*POST https://gov.vn/api/i|Content-Type: "
     "application/x-www-form-urlencoded|id=9007199254740993001&c=001099000478&s=007&u=H47%20%26%20%C4%91"},
    {"{\"method\":\"POST\",\"url\":\"/i\",\"form\":{\"id\":{\"$\":\"config.none\"}}}",
     "*POST https://gov.vn/api/i|Content-Type: application/x-www-form-urlencoded|"},
    {"{\"method\":\"PATCH\",\"url\":\"/i\",\"body\":{\"$join\":[\"k=\",{\"$\":\"item.key\"}]}}",
     "*PATCH https://gov.vn/api/i|Content-Type: text/plain; charset=utf-8|k=9007199254740993001"},
    {"{\"method\":\"POST\",\"url\":\"/i\",\"body\":{\"$\":\"item.o\"}}", "! the body is not a text"},
    /* addresses that are refused */
    {"{\"url\":{\"$\":\"session.other\"}}",
     "! an address is refused: its origin (https://evil.vn) is neither https://gov.vn nor one of \"hosts\""},
    {"{\"url\":{\"$\":\"session.plain\"}}",
     "! an address is refused: its origin (http://gov.vn) is neither https://gov.vn nor one of \"hosts\""},
    {"{\"url\":{\"$\":\"session.user\"}}",
     "! an address is refused: its origin (none) is neither https://gov.vn nor one of \"hosts\""},
    {"{\"url\":{\"$\":\"session.ftp\"}}",
     "! an address is refused: its origin (none) is neither https://gov.vn nor one of \"hosts\""},
    {"{\"url\":\"http://files.vn/x\"}",
     "! an address is refused: its origin (http://files.vn) is neither https://gov.vn nor one of \"hosts\""},
    {"{\"url\":{\"$\":\"session.none\"}}",
     "! session.none is missing, and the address cannot be made without it"},
    {"{\"url\":{\"$\":\"session.none\",\"required\":true}}",
     "! session.none is missing, and nothing can be sent without it"},
    {"{\"url\":\"/i/{item.none}\"}", "! item.none is missing, and the address cannot be made without it"},
};

static void
requests(G_GNUC_UNUSED void **state)
{
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(request_rows); i++)
    wrong += row_differs(request_rows[i][0], build(request_rows[i][0]), request_rows[i][1]);
  assert_int_equal(wrong, 0);
}

static void
bad_requests(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"{\"url\":\"/a\",\"hedaers\":{}}",
       "c:1:13: /hedaers: \"hedaers\" is not known here; did you mean \"headers\"?"},
      {"{\"method\":\"FETCH\",\"url\":\"/a\"}",
       "c:1:11: /method: \"FETCH\" is not known here; did you mean \"PATCH\"?"},
      {"{}", "c:1:1: found an object, expected \"url\": a path such as \"/items/{item.key}\", or a node"},
      {"{\"url\":\"a\"}",
       "c:1:8: /url: \"a\" begins neither with / nor with http:// or https://; did you mean \"/a\"?"},
      {"{\"url\":\"/a\",\"query\":\"x\"}", "c:1:21: /query: found a string, expected an object of values"},
      {"{\"url\":\"/a\",\"headers\":{\"a b\":1,\"Content-Length\":\"1\"}}",
       "c:1:24: /headers/a b: \"a b\" is not the name of a header\n"
       "c:1:32: /headers/Content-Length: the header \"Content-Length\" is set by the program alone"},
      {"{\"url\":\"/a\",\"json\":{}}", "c:1:1: a request with a body needs its \"method\", such as \"POST\""},
      {"{\"method\":\"POST\",\"url\":\"/a\",\"json\":{},\"form\":{}}",
       "c:1:39: /form: \"form\" stands beside \"json\", expected one body"},
      {"{\"method\":\"POST\",\"url\":\"/a\",\"multipart\":[]}",
       "c:1:41: /multipart: found an array, expected an object of values"},
      {"{\"method\":\"POST\",\"url\":\"/a\",\"xml\":{}}",
       "c:1:35: /xml: found an object, expected an object with one member, the document's element"},
      {"{\"method\":\"POST\",\"url\":\"/a\",\"form\":[1]}",
       "c:1:36: /form: found an array, expected an object of values"},
      {"5", "c:1:1: found a number, expected an object"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Source s = source_new(rows[i][0]);
    assert_null(mc_request_compile(&s.compiler, source_root(&s), "GET"));
    wrong += row_differs(rows[i][0], source_end(&s), rows[i][1]);
  }
  assert_int_equal(wrong, 0);
}

/* An identifier as the system wrote it, read from its answer and put into every part of a request. */
static void
identifiers_survive(G_GNUC_UNUSED void **state)
{
  static const char *const ids[][2] = {
      {"9007199254740993001", "9007199254740993001"},
      {"\"001099000478\"", "001099000478"},
      {"\"007\"", "007"},
      {"1.10", "1.10"},
      {"12345678901234567890123456789", "12345678901234567890123456789"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_autofree char *answer = g_strdup_printf("{\"items\":[{\"id\":%s}]}", ids[i][0]);
    g_autoptr(McJson) json = mc_json_parse("answer", answer, strlen(answer), MC_JSON_STRICT, NULL);
    Source s = source_new(
        "{\"key\":\"/items/0/id\",\"request\":{\"method\":\"POST\",\"url\":\"/i/{item.key}\",\"query\":{"
        "\"q\":{\"$\":\"item.key\"}},\"headers\":{\"X-Id\":{\"$\":\"item.key\"}},\"json\":{\"k\":{\"$\":"
        "\"item.key\"}}}}");
    g_autoptr(McReader) key = mc_reader_compile(&s.compiler, mc_json_get(source_root(&s), "key"));
    g_autoptr(McRequestSpec) spec =
        mc_request_compile(&s.compiler, mc_json_get(source_root(&s), "request"), "GET");
    source_end_without_fault(&s);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddItemToObject(item, "key", mc_reader_read(key, mc_json_root(json), NULL, NULL));
    g_autoptr(McScope) scope = mc_scope_new(NULL);
    mc_scope_take(scope, "item", item);
    g_autoptr(McRequest) request = mc_request_build(spec, "https://gov.vn", NULL, scope, NULL);
    g_autofree char *url = g_strdup_printf("https://gov.vn/i/%s?q=%s", ids[i][1], ids[i][1]);
    g_autofree char *body = g_strdup_printf("{\"k\":%s}", ids[i][0]);
    assert_string_equal(request->url, url);
    assert_string_equal(mc_request_header(request, "X-Id"), ids[i][1]);
    assert_int_equal(g_bytes_get_size(request->body), strlen(body));
    assert_memory_equal(g_bytes_get_data(request->body, NULL), body, strlen(body));
  }
}

/* The expressions of two connectors for real servers, as their authors wrote them. */
static void
ticket_queries(G_GNUC_UNUSED void **state)
{
  static const char query[] = "{\"$join\":[\"(Status='new' OR Status='open')\",{\"$join\":[\" AND "
                              "Queue='\",{\"$\":\"config.queue\",\"escape\":"
                              "{\"\\\\\":\"\\\\\\\\\",\"'\":\"\\\\'\"}},\"'\"]},{\"$join\":[\" AND "
                              "LastUpdated>='\",{\"$\":\"cursor\"},\"'\"]}]}";
  static const char *const rows[][2] = {
      {"{}", "\"(Status='new' OR Status='open')\""},
      {"{\"config\":{\"queue\":\"O'Neil\\\\\"}}",
       "\"(Status='new' OR Status='open') AND Queue='O\\\\'Neil\\\\\\\\'\""},
      {"{\"cursor\":\"2026-11-22 07:00:00\"}",
       "\"(Status='new' OR Status='open') AND LastUpdated>='2026-11-22 07:00:00'\""},
  };
  Source s = source_new(query);
  g_autoptr(McNode) node = mc_node_compile(&s.compiler, source_root(&s));
  source_end_without_fault(&s);
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McScope) scope = scope_of(rows[i][0]);
    wrong += row_differs(rows[i][0], printed(mc_node_eval(node, scope, NULL)), rows[i][1]);
  }
  assert_int_equal(wrong, 0);
}

static void
ticket_comment(G_GNUC_UNUSED void **state)
{
  Source s = source_new("{\"method\":\"POST\",\"url\":\"/ticket/{item.key}/"
                        "comment\",\"headers\":{\"If-Match\":{\"$\":\"item.etag\","
                        "\"required\":true}},\"json\":{\"Content\":{\"$\":\"input.note\"},\"ContentType\":"
                        "\"text/plain\",\"Attachments\":"
                        "[{\"FileName\":{\"$\":\"input.file.name\"},\"FileType\":{\"$\":\"input.file.type\"},"
                        "\"FileContent\":{\"$\":"
                        "\"input.file\",\"as\":\"base64\"}}]}}");
  g_autoptr(McRequestSpec) spec = mc_request_compile(&s.compiler, source_root(&s), "POST");
  source_end_without_fault(&s);
  g_autoptr(McScope) scope = scope_of(
      "{\"item\":{\"key\":\"8\",\"etag\":\"\\\"x\\\"\"},\"input\":{\"note\":\"\u0111\u00e3 xong\"}}");
  g_autoptr(McRequest) request = mc_request_build(spec, "https://rt.gov.vn/REST/2.0", NULL, scope, NULL);
  static const char body[] = "{\"Content\":\"\u0111\u00e3 xong\",\"ContentType\":\"text/plain\"}";
  assert_string_equal(request->url, "https://rt.gov.vn/REST/2.0/ticket/8/comment");
  assert_string_equal(mc_request_header(request, "If-Match"), "\"x\"");
  assert_int_equal(g_bytes_get_size(request->body), sizeof body - 1);
  assert_memory_equal(g_bytes_get_data(request->body, NULL), body, sizeof body - 1);
}

static void
mail_calls(G_GNUC_UNUSED void **state)
{
  Source s = source_new("{\"method\":\"POST\",\"url\":{\"$\":\"session.api\"},\"json\":{\"using\":[\"urn:x\"]"
                        ",\"methodCalls\":[[\"Email/"
                        "query\",{\"accountId\":{\"$\":\"session.account\"},\"filter\":{\"after\":{\"$\":"
                        "\"now\",\"plus\":\"-P90D\",\"out\":"
                        "\"%Y-%m-%dT%H:%M:%SZ\",\"tz\":\"Z\"}},\"position\":{\"$\":\"page.offset\"}},\"a\"],["
                        "\"Email/get\",{\"#ids\":{"
                        "\"resultOf\":\"a\"}},\"b\"],[\"Email/"
                        "set\",{\"update\":{\"$pairs\":[[{\"$\":\"item.key\"},{\"keywords/$seen\":true}]]"
                        "}},\"c\"]]}}");
  g_autoptr(McRequestSpec) spec = mc_request_compile(&s.compiler, source_root(&s), "POST");
  source_end_without_fault(&s);
  g_autoptr(McScope) scope = scope_of("{\"session\":{\"api\":\"https://mail.gov.vn/jmap/"
                                      "\",\"account\":\"canbo\"},\"now\":\"2026-11-22T00:00:00Z\","
                                      "\"page\":{\"offset\":100},\"item\":{\"key\":\"M1\"}}");
  g_autoptr(McRequest) request = mc_request_build(spec, "https://mail.gov.vn", NULL, scope, NULL);
  static const char body[] = "{\"using\":[\"urn:x\"],\"methodCalls\":[[\"Email/"
                             "query\",{\"accountId\":\"canbo\",\"filter\":{\"after\":\"2026-08-"
                             "24T00:00:00Z\"},\"position\":100},\"a\"],[\"Email/"
                             "get\",{\"#ids\":{\"resultOf\":\"a\"}},\"b\"],[\"Email/set\",{"
                             "\"update\":{\"M1\":{\"keywords/$seen\":true}}},\"c\"]]}";
  assert_string_equal(request->url, "https://mail.gov.vn/jmap/");
  assert_int_equal(g_bytes_get_size(request->body), sizeof body - 1);
  assert_memory_equal(g_bytes_get_data(request->body, NULL), body, sizeof body - 1);
}

static void
collect(const char *name, gpointer data)
{
  g_string_append_printf(data, "%s ", name);
}

static void
names_are_told(G_GNUC_UNUSED void **state)
{
  Source s = source_new("{\"method\":\"POST\",\"url\":\"/"
                        "{a}\",\"query\":{\"x\":{\"$\":\"b\"}},\"headers\":{\"x\":{\"$\":\"c\"}},"
                        "\"json\":{\"x\":{\"$\":\"d\"}},\"resume\":\"range\"}");
  static const char *const extra[] = {"resume", NULL};
  g_autoptr(McRequestSpec) spec = mc_request_compile_with(&s.compiler, source_root(&s), "GET", extra);
  source_end_without_fault(&s);
  g_autoptr(GString) names = g_string_new(NULL);
  mc_request_names(spec, collect, names);
  assert_string_equal(names->str, "a b c d ");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests),
      cmocka_unit_test(bad_requests),
      cmocka_unit_test(identifiers_survive),
      cmocka_unit_test(ticket_queries),
      cmocka_unit_test(ticket_comment),
      cmocka_unit_test(mail_calls),
      cmocka_unit_test(names_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

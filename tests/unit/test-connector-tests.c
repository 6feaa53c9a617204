/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of answers and records: which hold, and every fault of a wrong one. */
#include "connector-record.h"

static McTest *
compiled_test(const char *text)
{
  Source s = source_new(text);
  McTest *test = mc_test_compile(&s.compiler, source_root(&s));
  source_end_without_fault(&s);
  return test;
}

static const struct {
  const char *test;
  gboolean holds;
} holding_rows[] = {
    {"{\"status\":[401,403]}", FALSE},
    {"{\"status\":[200,422]}", TRUE},
    {"{\"content\":\"text/html\"}", TRUE},
    {"{\"content\":\"text/plain\"}", FALSE},
    {"{\"all\":[{\"status\":[422]},{\"at\":\"/ok\",\"eq\":true}]}", TRUE},
    {"{\"all\":[{\"status\":[422]},{\"at\":\"/ok\",\"eq\":false}]}", FALSE},
    {"{\"all\":[]}", TRUE},
    {"{\"any\":[{\"status\":[400]},{\"at\":\"/ok\",\"eq\":true}]}", TRUE},
    {"{\"any\":[{\"status\":[400]},{\"at\":\"/ok\",\"eq\":1}]}", FALSE},
    {"{\"not\":{\"status\":[422]}}", FALSE},
    {"{\"at\":\"/id\",\"eq\":9007199254740993001}", TRUE},
    {"{\"at\":\"/id\",\"eq\":9007199254740993002}", FALSE},
    {"{\"at\":\"/id\",\"eq\":\"9007199254740993001\"}", FALSE},
    {"{\"at\":\"/status\",\"eq\":2.0}", TRUE},
    {"{\"at\":\"/list\",\"eq\":[3,1,2]}", TRUE},
    {"{\"at\":\"/unit\",\"eq\":{}}", TRUE},
    {"{\"at\":\"/unit\",\"eq\":[]}", FALSE},
    {"{\"at\":\"/none\",\"eq\":{\"$\":\"none\"}}", FALSE},
    {"{\"at\":\"/none\",\"ne\":1}", TRUE},
    {"{\"at\":\"/ok\",\"ne\":true}", FALSE},
    {"{\"at\":\"/null\",\"eq\":null}", TRUE},
    {"{\"at\":\"/none\",\"eq\":null}", FALSE},
    {"{\"at\":\"/id\",\"ne\":null}", TRUE},
    {"{\"at\":\"/null\",\"ne\":null}", FALSE},
    {"{\"at\":\"/old\",\"in\":[\"B\",\"A\"]}", TRUE},
    {"{\"at\":\"/old\",\"in\":[\"B\",{\"$\":\"item.none\"}]}", FALSE},
    {"{\"at\":\"/seven\",\"in\":[7]}", FALSE},
    {"{\"at\":\"/seven\",\"as\":\"integer\",\"in\":[7]}", TRUE},
    {"{\"at\":\"/id\",\"lt\":9007199254740993002}", TRUE},
    {"{\"at\":\"/id\",\"gt\":9007199254740993000}", TRUE},
    {"{\"at\":\"/id\",\"gt\":9007199254740993001}", FALSE},
    {"{\"at\":\"/status\",\"lt\":10}", TRUE},
    {"{\"at\":\"/st\",\"lt\":10}", FALSE},
    {"{\"at\":\"/st\",\"lt\":\"A\"}", TRUE},
    {"{\"at\":\"/none\",\"lt\":10}", FALSE},
    {"{\"at\":\"/day\",\"as\":\"datetime\",\"in\":\"iso\",\"lt\":\"2026-11-25\"}", TRUE},
    {"{\"at\":\"/list\",\"has\":2}", TRUE},
    {"{\"at\":\"/list\",\"has\":\"2\"}", FALSE},
    {"{\"at\":\"$.items[*].k\",\"has\":\"y\"}", TRUE},
    {"{\"at\":\"$.items[*].k\",\"has\":\"z\"}", FALSE},
    {"{\"at\":\"/keys\",\"has\":\"$seen\"}", TRUE},
    {"{\"at\":\"/text\",\"has\":\"H47\"}", FALSE},
    {"{\"at\":\"/text\",\"match\":\"H47\\\\.\"}", TRUE},
    {"{\"at\":\"/text\",\"match\":\"^H47\"}", FALSE},
    {"{\"at\":\"/list\",\"match\":\".\"}", FALSE},
    {"{\"at\":\"/items\",\"exists\":true}", TRUE},
    {"{\"at\":\"/null\",\"exists\":true}", FALSE},
    {"{\"at\":\"/null\",\"exists\":false}", TRUE},
    {"{\"at\":\"/null\",\"present\":true}", TRUE},
    {"{\"at\":\"/none\",\"present\":true}", FALSE},
    {"{\"at\":\"/none\",\"present\":false}", TRUE},
    {"{\"at\":[\"keys\",{\"$\":\"item.none\"}],\"present\":true}", FALSE},
    {"{\"at\":\"$.calls[?@[0]=='error']\",\"exists\":true}", TRUE},
    {"{\"at\":\"$.calls[?@[0]=='error'][1].type\",\"in\":[\"late\"]}", FALSE},
    {"{\"at\":\"/items\",\"some\":{\"at\":\"/k\",\"eq\":\"y\"}}", TRUE},
    {"{\"at\":\"/items\",\"some\":{\"all\":[{\"at\":\"/k\",\"eq\":\"x\"},{\"at\":\"/"
     "v\",\"as\":\"integer\",\"gt\":"
     "{\"$\":\"before.txn\",\"as\":\"integer\"}}]}}",
     FALSE},
    {"{\"at\":\"/items\",\"some\":{\"at\":\"/v\",\"as\":\"integer\",\"gt\":2}}", TRUE},
    {"{\"at\":\"/items\",\"every\":{\"at\":\"/k\",\"match\":\"^[xy]$\"}}", TRUE},
    {"{\"at\":\"/items\",\"every\":{\"at\":\"/v\",\"exists\":true}}", FALSE},
    {"{\"at\":\"/unit\",\"every\":{\"at\":\"/v\",\"exists\":true}}", FALSE},
    {"{\"at\":\"$.list[*]\",\"every\":{\"at\":\"\",\"gt\":0}}", TRUE},
    {"{\"at\":{\"first\":[\"/none\",\"/old\"]},\"eq\":\"A\"}", TRUE},
    {"{\"first\":[\"/none\",\"/old\"],\"eq\":\"A\"}", TRUE},
    {"{\"at\":\"/old\",\"eq\":{\"$const\":\"A\"}}", TRUE},
};

static void
holding(G_GNUC_UNUSED void **state)
{
  cJSON *record = tree(record_text);
  g_autoptr(McScope) scope = scope_of(scope_text);
  g_autoptr(McResponse) response = mc_response_new(MC_WIRE_ANSWERED);
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strdup("content-type");
  header->value = g_strdup("Text/HTML ; charset=utf-8");
  g_ptr_array_add(response->headers, header);
  response->status = 422;
  McAnswer answer = {response, record};
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(holding_rows); i++) {
    g_autoptr(McTest) test = compiled_test(holding_rows[i].test);
    if (mc_test_eval(test, &answer, record, scope) != holding_rows[i].holds) {
      print_error("%s: expected %d\n", holding_rows[i].test, holding_rows[i].holds);
      wrong++;
    }
  }
  assert_int_equal(wrong, 0);
  g_autoptr(McTest) status = compiled_test("{\"status\":[422]}");
  assert_false(mc_test_eval(status, NULL, record, scope));
  assert_false(mc_test_eval(NULL, &answer, record, scope));
  cJSON_Delete(record);
}

static void
bad_tests(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"true", "c:1:1: found true or false, expected a test, such as {\"at\": \"/ok\", \"eq\": true}"},
      {"{\"status\":401}", "c:1:11: /status: found a number, expected an array of HTTP statuses"},
      {"{\"status\":[1e2,99]}", "c:1:12: /status/0: expected an HTTP status, from 100 to 599\nc:1:16: "
                                "/status/1: expected an HTTP status, from "
                                "100 to 599"},
      {"{\"status\":[401],\"at\":\"/a\"}", "c:1:17: /at: \"at\" is not known here, expected one of: status"},
      {"{\"at\":\"/a\",\"eq\":1,\"lt\":2}",
       "c:1:19: /lt: \"lt\" stands beside \"eq\", expected one of them (join tests with \"all\")"},
      {"{\"at\":\"/a\",\"equals\":1}",
       "c:1:12: /equals: \"equals\" is not known here, expected one of: at, first, join, with, const, test, "
       "case, "
       "empty, extract, strip, prefix, as, in, out, tz, table, else, pick, eq, ne, in, lt, gt, has, match, "
       "exists, "
       "present, some, every\nc:1:1: tests nothing, expected one of: eq, ne, in, lt, gt, has, match, exists, "
       "present, some, every (beside at), status, content, all, any, not"},
      {"{\"at\":\"/a\",\"exists\":1}", "c:1:21: /exists: found a number, expected true or false"},
      {"{\"at\":\"/a\",\"in\":\"x\"}", "c:1:17: /in: found a string, expected an array of values"},
      {"{\"at\":\"/a\",\"match\":\"[\"}", "c:1:20: /match: not a regular expression: Error while compiling "
                                          "regular expression \xe2\x80\x98[\xe2\x80\x99 at char 1: "
                                          "missing terminating ] for character class"},
      {"{\"all\":{}}", "c:1:8: /all: found an object, expected an array of tests"},
      {"{\"eq\":1}", "c:1:1: says not where to read, expected one of: at, first, join, const, test, case"},
      {"{\"not\":{\"at\":\"a\",\"eq\":1}}",
       "c:1:14: /not/at: \"a\" is not a pointer, which begins with a slash; did you mean \"/a\"?"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Source s = source_new(rows[i][0]);
    assert_null(mc_test_compile(&s.compiler, source_root(&s)));
    wrong += row_differs(rows[i][0], source_end(&s), rows[i][1]);
  }
  assert_int_equal(wrong, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(holding),
      cmocka_unit_test(bad_tests),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Readers: paths, steps, casts, dates; what they refuse, and what they cost a hostile text. */
#include "connector-record.h"

static McReader *
compiled(const char *text)
{
  Source s = source_new(text);
  McReader *reader = mc_reader_compile(&s.compiler, source_root(&s));
  source_end_without_fault(&s);
  return reader;
}

static char *
read_with(const char *text, gboolean all)
{
  g_autoptr(McReader) reader = compiled(text);
  g_autoptr(McScope) scope = scope_of(scope_text);
  cJSON *record = tree(record_text);
  g_autofree char *trouble = NULL;
  g_autofree char *result = printed(all ? mc_reader_read_all(reader, record, scope)
                                        : mc_reader_read(reader, record, scope, &trouble));
  cJSON_Delete(record);
  return trouble ? g_strdup_printf("! %s", trouble) : g_steal_pointer(&result);
}

static const char *const first_rows[][2] = {
    /* pointers */
    {"\"/id\"", "9007199254740993001"},
    {"\"/code\"", "\"001099000478\""},
    {"\"/seven\"", "\"007\""},
    {"\"/null\"", "-"},
    {"\"/none\"", "-"},
    {"\"/id/x\"", "-"},
    {"\"/a~1b/c~0d\"", "1"},
    {"\"/list/1\"", "1"},
    {"\"/list/01\"", "-"},
    {"\"/list/-\"", "-"},
    {"\"/list/9\"", "-"},
    {"\"/0\"", "\"zero\""},
    {"\"/keys/$seen\"", "true"},
    {"\"/keys/urn:x:y\"", "5"},
    {"\"/unit\"", "{}"},
    /* paths */
    {"\"$.id\"", "9007199254740993001"},
    {"\"$['a/b']['c~d']\"", "1"},
    {"\"$.list[0]\"", "3"},
    {"\"$.list[-1]\"", "2"},
    {"\"$.list[7]\"", "-"},
    {"\"$.list[*]\"", "3"},
    {"\"$.items[*].v\"", "1"},
    {"\"$.items[?@.k=='y'].v\"", "-"},
    {"\"$.items[?@.k == \\\"x\\\"].v\"", "1"},
    {"\"$.calls[?@[0]=='error'][1].type\"", "\"fail\""},
    {"\"$.calls[?@[1].n==2][2]\"", "\"b\""},
    {"\"$.keys.*\"", "true"},
    {"\"$.ok[*]\"", "-"},
    {"{\"at\":[\"calls\",1,1,\"type\"]}", "\"fail\""},
    {"{\"at\":[\"items\",{\"$\":\"item.n\"},\"k\"]}", "\"y\""},
    {"{\"at\":[\"items\",{\"$\":\"item.none\"},\"k\"]}", "-"},
    /* sources */
    {"{\"first\":[\"/none\",\"/empty\",\"/id\"]}", "\"\""},
    {"{\"first\":[{\"at\":\"/empty\",\"empty\":[\"\"]},\"/null\",\"/code\"]}", "\"001099000478\""},
    {"{\"first\":[\"/none\"],\"else\":\"(kh\xc3\xb4ng)\"}", "\"(kh\xc3\xb4ng)\""},
    {"{\"join\":[\"/old\",\"/new\"],\"with\":\" \xe2\x86\x92 \"}", "\"A \xe2\x86\x92 B\""},
    {"{\"join\":[\"/old\",\"/none\"]}", "-"},
    {"{\"join\":[\"/id\",{\"const\":\"!\"}]}", "\"9007199254740993001!\""},
    {"{\"const\":{\"a\":1}}", "{\"a\":1}"},
    {"{\"test\":{\"not\":{\"at\":\"/keys/$seen\",\"eq\":true}}}", "false"},
    {"{\"case\":[{\"if\":{\"at\":\"/no\",\"eq\":true},\"then\":\"done\"},{\"if\":{\"at\":\"/"
     "ok\",\"eq\":true},"
     "\"then\":\"processing\"}],\"else\":\"new\"}",
     "\"processing\""},
    {"{\"case\":[{\"if\":{\"at\":\"/no\",\"eq\":true},\"then\":\"done\"}],\"else\":\"new\"}", "\"new\""},
    {"{\"case\":[{\"if\":{\"at\":\"/ok\",\"eq\":true},\"then\":{\"at\":\"/id\"}}]}", "9007199254740993001"},
    {"{\"case\":[{\"if\":{\"at\":\"/ok\",\"eq\":true},\"then\":{\"$\":\"item.key\"}}]}", "\"k1\""},
    /* steps, in their order */
    {"{\"at\":\"/empty\",\"empty\":[\"\"]}", "-"},
    {"{\"at\":\"/status\",\"empty\":[\"2\"]}", "2"},
    {"{\"at\":\"/status\",\"empty\":[2]}", "-"},
    {"{\"at\":\"/text\",\"extract\":\"H[0-9]{2}\\\\.[0-9]{2}-[0-9]{6}-[0-9]{4}\"}", "\"H47.61-261118-0042\""},
    {"{\"at\":\"/text\",\"extract\":\"-([0-9]{4})\\\\b\"}", "\"0042\""},
    {"{\"at\":\"/text\",\"extract\":\"x(y)\"}", "-"},
    {"{\"at\":\"/id\",\"extract\":\"^900\"}", "\"900\""},
    {"{\"at\":\"/list\",\"extract\":\".\"}", "-"},
    {"{\"at\":\"/text\",\"strip\":true}", "\"H47.61-261118-0042 va H47.61-261118-0043\""},
    {"{\"at\":\"/code\",\"strip\":\"001\"}", "\"099000478\""},
    {"{\"at\":\"/code\",\"strip\":\"1\"}", "\"001099000478\""},
    {"{\"at\":\"/id\",\"prefix\":\"N-\"}", "\"N-9007199254740993001\""},
    {"{\"at\":\"/code\",\"strip\":\"00\",\"prefix\":\"9\",\"as\":\"integer\"}", "91099000478"},
    {"{\"at\":\"/status\",\"table\":{\"1\":\"new\",\"2\":\"processing\"},\"else\":\"unknown\"}",
     "\"processing\""},
    {"{\"at\":\"/st\",\"table\":{\"1\":\"new\"},\"else\":\"unknown\"}", "\"unknown\""},
    {"{\"at\":\"/st\",\"table\":{\"1\":\"new\"}}", "-"},
    {"{\"at\":\"/ok\",\"table\":{\"true\":1}}", "1"},
    {"{\"at\":\"/none\",\"else\":{\"at\":\"/st\"}}", "\"9\""},
    {"{\"at\":\"/st\",\"table\":{\"1\":\"new\"},\"else\":{\"at\":\"/old\"}}", "\"A\""},
    {"{\"at\":\"$.list[*]\",\"pick\":\"first\"}", "3"},
    {"{\"at\":\"$.list[*]\",\"pick\":\"last\"}", "2"},
    {"{\"at\":\"$.list[*]\",\"pick\":\"min\"}", "1"},
    {"{\"at\":\"$.list[*]\",\"pick\":\"max\"}", "3"},
    {"{\"at\":\"$.none[*]\",\"pick\":\"max\",\"else\":0}", "0"},
    {"{\"at\":\"$.items[*].v\",\"as\":\"integer\",\"pick\":\"max\"}", "3"},
    {"{\"at\":\"$.items[*].k\",\"extract\":\"y\"}", "\"y\""},
    /* casts */
    {"{\"at\":\"/id\",\"as\":\"string\"}", "\"9007199254740993001\""},
    {"{\"at\":\"/ok\",\"as\":\"string\"}", "\"true\""},
    {"{\"at\":\"/list\",\"as\":\"string\"}", "! /list: [3,1,2] is not a text"},
    {"{\"at\":\"/code\",\"as\":\"integer\"}", "1099000478"},
    {"{\"at\":\"/id\",\"as\":\"integer\"}", "9007199254740993001"},
    {"{\"const\":\"8.00\",\"as\":\"integer\"}", "8"},
    {"{\"const\":\"-000\",\"as\":\"integer\"}", "0"},
    {"{\"const\":\"8.01\",\"as\":\"integer\"}", "! \"8.01\" is not a whole number"},
    {"{\"const\":\"1e3\",\"as\":\"integer\"}", "! \"1e3\" is not a whole number"},
    {"{\"const\":\"8.\",\"as\":\"integer\"}", "! \"8.\" is not a whole number"},
    {"{\"const\":\"\",\"as\":\"integer\"}", "! \"\" is not a whole number"},
    {"{\"const\":true,\"as\":\"integer\"}", "! true is not a whole number"},
    {"{\"const\":\"-008.50\",\"as\":\"number\"}", "-8.50"},
    {"{\"const\":1e400,\"as\":\"number\"}", "1e400"},
    {"{\"const\":\"1,5\",\"as\":\"number\"}", "! \"1,5\" is not a number"},
    {"{\"const\":\"1.\",\"as\":\"number\"}", "! \"1.\" is not a number"},
    {"{\"const\":\"1\",\"as\":\"boolean\"}", "true"},
    {"{\"const\":0,\"as\":\"boolean\"}", "false"},
    {"{\"const\":\"yes\",\"as\":\"boolean\"}", "! \"yes\" is not true or false"},
    {"{\"at\":\"/b64\",\"as\":\"base64\"}", "\"xong\""},
    {"{\"const\":\"AA==\",\"as\":\"base64\"}", "! \"AA==\" is not a text in base64"},
    {"{\"const\":\"/w==\",\"as\":\"base64\"}", "! \"/w==\" is not a text in base64"},
    {"{\"const\":\"a.b\",\"as\":\"base64\"}", "! \"a.b\" is not a text in base64"},
    {"{\"at\":\"/html\",\"as\":\"html\"}", "\"Ch\xc3\xa0o b\xe1\xba\xa1n\\nA <b> \xc4\x91\xe1\xba\xa1i\""},
    {"{\"at\":\"/url\",\"as\":\"url\"}", "\"https://a.vn/y?z=1\""},
    {"{\"const\":\"https://b.vn/x\",\"as\":\"url\"}", "\"https://b.vn/x\""},
    {"{\"const\":\"javascript:x\",\"as\":\"url\"}", "! \"javascript:x\" is not an address (http or https)"},
    {"{\"const\":5,\"as\":\"url\"}", "! 5 is not an address (http or https)"},
    /* money */
    {"{\"at\":\"/fee\",\"as\":\"money\"}", "8000"},
    {"{\"at\":\"/fee2\",\"as\":\"money\"}", "8000"},
    {"{\"const\":\"1.234.567,00 VN\xc4\x90\",\"as\":\"money\"}", "1234567"},
    {"{\"const\":\"1,234,567.00\xe2\x82\xab\",\"as\":\"money\"}", "1234567"},
    {"{\"const\":\"-20.000 \xc4\x91\xe1\xbb\x93ng\",\"as\":\"money\"}", "-20000"},
    {"{\"const\":\"VND\xc2\xa0"
     "500\",\"as\":\"money\"}",
     "500"},
    {"{\"const\":8000.00,\"as\":\"money\"}", "8000"},
    {"{\"const\":\"0\",\"as\":\"money\"}", "0"},
    {"{\"const\":\"8,5\",\"as\":\"money\"}", "! \"8,5\" is not an amount of money such as 8.000 \xc4\x91"},
    {"{\"const\":\"12.34.567\",\"as\":\"money\"}",
     "! \"12.34.567\" is not an amount of money such as 8.000 \xc4\x91"},
    {"{\"const\":\"\xc4\x91\",\"as\":\"money\"}",
     "! \"\xc4\x91\" is not an amount of money such as 8.000 \xc4\x91"},
    {"{\"const\":\"\",\"as\":\"money\"}", "! \"\" is not an amount of money such as 8.000 \xc4\x91"},
    /* dates */
    {"{\"at\":\"/at\",\"as\":\"datetime\",\"in\":\"iso\"}", "\"2026-11-24T03:30:00Z\""},
    {"{\"at\":\"/at\",\"as\":\"datetime\"}", "\"2026-11-24T03:30:00Z\""},
    {"{\"at\":\"/at\",\"as\":\"datetime\",\"in\":\"iso\",\"out\":\"%Y-%m-%d %H:%M:%S\",\"tz\":\"Z\"}",
     "\"2026-11-24 03:30:00\""},
    {"{\"at\":\"/vn\",\"as\":\"datetime\",\"in\":\"%d/%m/%Y %H:%M\",\"tz\":\"+07:00\"}",
     "\"2026-11-24T03:30:00Z\""},
    {"{\"at\":\"/vn\",\"as\":\"datetime\",\"in\":[\"iso\",\"%d/%m/%Y "
     "%H:%M\"],\"tz\":\"Asia/Ho_Chi_Minh\",\"out\":\"iso\"}",
     "\"2026-11-24T10:30:00+07:00\""},
    {"{\"at\":\"/s\",\"as\":\"datetime\",\"in\":\"epoch-s\"}", "\"2025-11-24T03:10:00Z\""},
    {"{\"at\":\"/ms\",\"as\":\"datetime\",\"in\":\"epoch-ms\"}", "\"2025-11-24T03:10:00Z\""},
    {"{\"const\":-1,\"as\":\"datetime\",\"in\":\"epoch-ms\"}", "\"1969-12-31T23:59:59Z\""},
    {"{\"const\":1.9,\"as\":\"datetime\",\"in\":\"epoch-s\",\"out\":\"epoch-s\"}", "1"},
    {"{\"at\":\"/at\",\"as\":\"date\",\"tz\":\"+07:00\"}", "\"2026-11-23T17:00:00Z\""},
    {"{\"at\":\"/at\",\"as\":\"date\",\"tz\":\"+07:00\",\"out\":\"%d/%m/%Y\"}", "\"24/11/2026\""},
    {"{\"at\":\"/day\",\"as\":\"date\",\"in\":\"iso\"}", "\"2026-11-24T00:00:00Z\""},
    {"{\"at\":\"/never\",\"as\":\"datetime\",\"in\":\"iso\",\"empty\":[\"\",\"1970-01-01T00:00:00Z\"]}", "-"},
    {"{\"at\":\"/code\",\"as\":\"datetime\",\"in\":[\"iso\",\"%d/%m/%Y\"]}",
     "! /code: \"001099000478\" is not a date written as iso or %d/%m/%Y"},
    {"{\"const\":\"30/02/2026\",\"as\":\"date\",\"in\":\"%d/%m/%Y\"}",
     "! \"30/02/2026\" is not a date written as %d/%m/%Y"},
    {"{\"const\":99999999999999999,\"as\":\"datetime\",\"in\":\"epoch-s\"}",
     "! 99999999999999999 is not a date written as epoch-s"},
    {"{\"const\":true,\"as\":\"date\"}", "! true is not a date written as iso"},
};

static void
first_values(G_GNUC_UNUSED void **state)
{
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(first_rows); i++)
    wrong += row_differs(first_rows[i][0], read_with(first_rows[i][0], FALSE), first_rows[i][1]);
  assert_int_equal(wrong, 0);
}

static void
all_values(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"\"/none\"", "[]"},
      {"\"/id\"", "[9007199254740993001]"},
      {"\"$.list[*]\"", "[3,1,2]"},
      {"\"$.items[*].v\"", "[1,\"3\"]"},
      {"\"$.items[?@.k=='x']\"", "[{\"k\":\"x\",\"v\":1},{\"k\":\"x\",\"v\":\"3\"}]"},
      {"\"$.calls[*][0]\"", "[\"get\",\"error\",\"error\"]"},
      {"\"$.keys.*\"", "[true,5]"},
      {"{\"at\":\"$.items[*].k\",\"table\":{\"x\":\"X\"}}", "[\"X\",\"X\"]"},
      {"{\"at\":\"$.items[*].k\",\"table\":{\"x\":\"X\"},\"else\":\"?\"}", "[\"X\",\"?\",\"X\"]"},
      {"{\"at\":\"$.none[*]\",\"else\":\"?\"}", "[\"?\"]"},
      {"{\"at\":\"/text\",\"extract\":\"H[0-9.]+-[0-9]+-[0-9]+\"}",
       "[\"H47.61-261118-0042\",\"H47.61-261118-0043\"]"},
      {"{\"first\":[\"$.none[*]\",\"$.list[*]\",\"/id\"]}", "[3,1,2]"},
      {"{\"at\":\"$.list[*]\",\"pick\":\"min\"}", "[1]"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    wrong += row_differs(rows[i][0], read_with(rows[i][0], TRUE), rows[i][1]);
  assert_int_equal(wrong, 0);
}

static void
borrowing(G_GNUC_UNUSED void **state)
{
  cJSON *record = tree(record_text);
  g_autoptr(McReader) plain = compiled("\"/items\""), cast = compiled("{\"at\":\"/id\",\"as\":\"string\"}");
  assert_ptr_equal(mc_reader_borrow(plain, record, NULL), mc_json_get(record, "items"));
  assert_null(mc_reader_borrow(cast, record, NULL));
  assert_null(mc_reader_borrow(NULL, record, NULL));
  assert_null(mc_reader_borrow(plain, NULL, NULL));
  g_autoptr(McReader) many = compiled("\"$.items[*].v\"");
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  assert_true(mc_reader_borrow_all(many, record, NULL, found));
  assert_int_equal(found->len, 2);
  assert_ptr_equal(found->pdata[0], mc_json_get(mc_json_get(record, "items")->child, "v"));
  assert_false(mc_reader_borrow_all(cast, record, NULL, found));
  g_autofree char *text = mc_reader_text(cast, record, NULL), *none = mc_reader_text(plain, record, NULL);
  assert_string_equal(text, "9007199254740993001");
  assert_null(none);
  cJSON_Delete(record);
}

static void
moments(G_GNUC_UNUSED void **state)
{
  static const struct {
    const char *reader;
    gint64 moment; /* -1: none */
    gboolean bare;
  } rows[] = {
      {"{\"at\":\"/at\",\"as\":\"datetime\"}", 1795491000, FALSE},
      {"{\"at\":\"/day\",\"as\":\"datetime\"}", 1795478400, TRUE},
      {"{\"at\":\"/day\",\"as\":\"date\",\"tz\":\"+07:00\"}", 1795453200, TRUE},
      {"{\"at\":\"/at\",\"as\":\"date\",\"tz\":\"+07:00\"}", 1795453200, TRUE},
      {"{\"at\":\"/vn\",\"as\":\"datetime\",\"in\":\"%d/%m/%Y %H:%M\",\"tz\":\"+07:00\"}", 1795491000, FALSE},
      {"{\"at\":\"/vn\",\"extract\":\"^[0-9/]+\",\"as\":\"datetime\",\"in\":\"%d/%m/%Y\",\"tz\":\"Z\"}",
       1795478400, FALSE},
      {"{\"first\":[\"/none\",\"/at\"],\"as\":\"datetime\"}", 1795491000, FALSE},
      {"{\"at\":\"/s\",\"as\":\"datetime\",\"in\":\"epoch-s\"}", 1763953800, FALSE},
      {"{\"at\":\"/s\",\"as\":\"datetime\",\"in\":\"epoch-s\",\"out\":\"epoch-s\",\"prefix\":\"\"}",
       1763953800, FALSE},
      {"\"/at\"", 1795491000, FALSE},
      {"\"/s\"", 1763953800, FALSE},
      {"{\"at\":\"/never\",\"as\":\"datetime\",\"empty\":[\"1970-01-01T00:00:00Z\"]}", -1, FALSE},
      {"{\"at\":\"/none\",\"as\":\"datetime\"}", -1, FALSE},
      {"\"/old\"", -1, FALSE},
  };
  cJSON *record = tree(record_text);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McReader) reader = compiled(rows[i].reader);
    gint64 moment = -1;
    gboolean bare = FALSE;
    gboolean found = mc_reader_date(reader, record, NULL, &moment, &bare, NULL);
    assert_int_equal(moment, rows[i].moment);
    assert_int_equal(found, rows[i].moment != -1);
    assert_int_equal(bare, rows[i].bare);
  }
  g_autoptr(McReader) reader = compiled("{\"at\":\"/old\",\"as\":\"datetime\"}");
  g_autofree char *trouble = NULL;
  gint64 moment;
  assert_false(mc_reader_moment(reader, record, NULL, &moment, &trouble));
  assert_string_equal(trouble, "/old: \"A\" is not a date written as iso");
  cJSON_Delete(record);
}

/* A date without a time of day is the end of that working day; one with a time stays. */
static void
due_ends_the_day(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"{\"at\":\"/day\",\"as\":\"datetime\",\"in\":\"iso\",\"out\":\"iso\",\"tz\":\"+07:00\"}",
       "\"2026-11-24T17:00:00+07:00\""},
      {"{\"at\":\"/day\",\"as\":\"date\"}", "\"2026-11-24T10:00:00Z\""},
      {"{\"at\":\"/at\",\"as\":\"datetime\"}", "\"2026-11-24T03:30:00Z\""},
      {"{\"const\":\"24/11/2026\",\"as\":\"date\",\"in\":[\"iso\",\"%d/%m/%Y\"]}",
       "\"2026-11-24T10:00:00Z\""},
      {"{\"const\":\"2026-11-24 09:00\",\"as\":\"datetime\",\"in\":\"%Y-%m-%d %H:%M\"}",
       "\"2026-11-24T02:00:00Z\""},
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(McCalendar) calendar =
      mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", &error);
  assert_null(error);
  cJSON *record = tree(record_text);
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Source s = source_new(rows[i][0]);
    s.compiler.calendar = calendar;
    g_autoptr(McReader) reader = mc_reader_compile(&s.compiler, source_root(&s));
    source_end_without_fault(&s);
    wrong += row_differs(rows[i][0], printed(mc_reader_read(reader, record, NULL, NULL)), rows[i][1]);
  }
  assert_int_equal(wrong, 0);
  cJSON_Delete(record);
}

static const char *const bad_reader_rows[][2] = {
    {"\"id\"", "c:1:1: \"id\" is not a pointer, which begins with a slash; did you mean \"/id\"?"},
    {"\"/a~2\"", "c:1:1: \"/a~2\" is not a pointer: a ~ is written ~0 and a / is written ~1"},
    {"\"$a\"", "c:1:1: \"$a\" is not a path: at character 2 expected . or ["},
    {"\"$.a-b\"", "c:1:1: \"$.a-b\" is not a path: at character 4 expected a name of letters, digits and _ "
                  "(others are written "
                  "['a-b'])"},
    {"\"$..a\"", "c:1:1: \"$..a\" is not a path: at character 3 expected a name of letters, digits and _ "
                 "(others are written "
                 "['a-b'])"},
    {"\"$[x]\"", "c:1:1: \"$[x]\" is not a path: at character 3 expected an index, a name in quotes, * or ?"},
    {"\"$[1\"", "c:1:1: \"$[1\" is not a path: at character 4 expected ]"},
    {"\"$['a\"", "c:1:1: \"$['a\" is not a path: at character 5 expected a closing quote"},
    {"\"$[1:2]\"", "c:1:1: \"$[1:2]\" is not a path: at character 4 expected ]"},
    {"\"$[99999999]\"",
     "c:1:1: \"$[99999999]\" is not a path: at character 3 expected an index of at most six digits"},
    {"\"$[?@.a!=1]\"",
     "c:1:1: \"$[?@.a!=1]\" is not a path: at character 7 expected == (no other comparison is known here)"},
    {"\"$[?x]\"", "c:1:1: \"$[?x]\" is not a path: at character 4 expected @"},
    {"\"$[?@.a==b]\"", "c:1:1: \"$[?@.a==b]\" is not a path: at character 9 expected a value: 'text', a "
                       "number, true, false or null"},
    {"5", "c:1:1: found a number, expected a pointer, a path or an object that says where to read"},
    {"[\"/a\"]", "c:1:1: found an array, expected a pointer, a path or an object that says where to read"},
    {"{\"at\":5}", "c:1:7: /at: found a number, expected a pointer such as \"/a/0\", a path such as "
                   "\"$.a[*]\", or an array of "
                   "segments"},
    {"{\"at\":[null]}", "c:1:8: /at/0: found null, expected a name, an index or a node"},
    {"{\"as\":\"string\"}",
     "c:1:1: says not where to read, expected one of: at, first, join, const, test, case"},
    {"{\"at\":\"/a\",\"const\":1}", "c:1:12: /const: \"const\" stands beside \"at\", expected one of them"},
    {"{\"at\":\"/a\",\"with\":\"x\"}", "c:1:12: /with: \"with\" stands without \"join\""},
    {"{\"at\":\"/a\",\"tabel\":{}}", "c:1:12: /tabel: \"tabel\" is not known here; did you mean \"table\"?"},
    {"{\"at\":\"/a\",\"as\":\"dat\"}", "c:1:17: /as: \"dat\" is not known here; did you mean \"date\"?"},
    {"{\"at\":\"/a\",\"in\":\"iso\"}",
     "c:1:12: /in: \"in\" is for dates, expected \"as\": \"datetime\" or \"date\" beside it"},
    {"{\"at\":\"/a\",\"as\":\"date\",\"in\":\"is\"}",
     "c:1:29: /in: \"is\" is not known here; did you mean \"iso\"?"},
    {"{\"at\":\"/a\",\"as\":\"date\",\"in\":[\"%d %b\",5]}",
     "c:1:30: /in/0: \"%d %b\" is not a date format, expected %d %m %Y %y %H %M %S %z\n"
     "c:1:38: /in/1: found a number, expected one of: iso, epoch-s, epoch-ms"},
    {"{\"at\":\"/a\",\"extract\":\"(\"}",
     "c:1:22: /extract: not a regular expression: Error while compiling regular expression "
     "\xe2\x80\x98(\xe2\x80\x99 at char 1: "
     "missing terminating )"},
    {"{\"at\":\"/a\",\"strip\":1}", "c:1:20: /strip: found a number, expected a text that is taken off the "
                                    "front, or true (blanks at both ends)"},
    {"{\"at\":\"/a\",\"empty\":\"\"}",
     "c:1:20: /empty: found a string, expected an array of values that mean nothing"},
    {"{\"at\":\"/a\",\"pick\":\"mix\"}", "c:1:19: /pick: \"mix\" is not known here; did you mean \"min\"?"},
    {"{\"case\":[{\"if\":{\"at\":\"/a\"}}]}", "c:1:10: /case/0: expected both \"if\" and \"then\"\n"
                                              "c:1:16: /case/0/if: tests nothing, expected one of: eq, ne, "
                                              "in, lt, gt, has, match, exists, present, some, "
                                              "every (beside at), status, content, all, any, not"},
    /* several in one run */
    {"{\"first\":[\"a\",{\"at\":\"$x\"},{\"join\":[1]}]}",
     "c:1:11: /first/0: \"a\" is not a pointer, which begins with a slash; did you mean \"/a\"?\n"
     "c:1:21: /first/1/at: \"$x\" is not a path: at character 2 expected . or [\n"
     "c:1:36: /first/2/join/0: found a number, expected a pointer, a path or an object that says where to "
     "read"},
};

static void
bad_readers(G_GNUC_UNUSED void **state)
{
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(bad_reader_rows); i++) {
    Source s = source_new(bad_reader_rows[i][0]);
    assert_null(mc_reader_compile(&s.compiler, source_root(&s)));
    wrong += row_differs(bad_reader_rows[i][0], source_end(&s), bad_reader_rows[i][1]);
  }
  assert_int_equal(wrong, 0);
}

static void
callers_keys(G_GNUC_UNUSED void **state)
{
  static const char *const extra[] = {"label", "private", NULL};
  Source s = source_new("{\"label\":{\"vi\":\"A\"},\"at\":\"/id\",\"private\":true,\"as\":\"string\"}");
  g_autoptr(McReader) reader = mc_reader_compile_with(&s.compiler, source_root(&s), extra);
  source_end_without_fault(&s);
  cJSON *record = tree(record_text);
  g_autofree char *text = mc_reader_text(reader, record, NULL);
  assert_string_equal(text, "9007199254740993001");
  cJSON_Delete(record);
}

/* --- hostile texts --- */

static void
catastrophic_patterns_give_up(G_GNUC_UNUSED void **state)
{
  static const char *const patterns[] = {"(a+)+$", "(a|aa)+$", "(.*a){20}x", "^(a*)*b", "a$"};
  g_autofree char *many = g_strnfill(8000, 'a'), *more = g_strnfill(100000, 'a');
  g_autofree char *text = g_strconcat(many, "!", more, "!", NULL);
  cJSON *record = cJSON_CreateString(text);
  for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
    g_autofree char *source = g_strdup_printf("{\"at\":\"\",\"extract\":\"%s\"}", patterns[i]);
    g_autoptr(McReader) reader = compiled(source);
    assert_null(mc_reader_read(reader, record, NULL, NULL));
  }
  cJSON_Delete(record);
}

static void
hostile_html(G_GNUC_UNUSED void **state)
{
  static const struct {
    const char *unit, *tail, *expected;
  } rows[] = {
      {"<", "x", NULL},        {"<a ", "", NULL},        {"<!--", "", ""},
      {"&", ";", NULL},        {"<script>", "x", ""},    {"<p>", "x", "x"},
      {"</p", ">", ""},        {"&#x110000;", "", NULL}, {"&#99999999999999999999;", "", NULL},
      {"<b", "\xc4\x91>", ""},
  };
  g_autoptr(McReader) reader = compiled("{\"at\":\"\",\"as\":\"html\"}");
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 2 * 1024 * 1024)
      g_string_append(text, rows[i].unit);
    g_string_append(text, rows[i].tail);
    if (rows[i].expected) {
      g_string_truncate(text, 500 * strlen(rows[i].unit));
      g_string_append(text, rows[i].tail);
    }
    cJSON *record = cJSON_CreateString(text->str);
    g_autofree char *result = mc_reader_text(reader, record, NULL);
    assert_non_null(result);
    assert_true(g_utf8_validate(result, -1, NULL));
    assert_true(strlen(result) <= 1024 * 1024);
    if (rows[i].expected)
      assert_string_equal(result, rows[i].expected);
    cJSON_Delete(record);
  }
}

static void
fuzz(G_GNUC_UNUSED void **state)
{
  static const char *const seeds[] = {"$.items[?@.k=='x'].v", "/a~1b/c~0d", "$['a/b'].*[-1][*]",
                                      "$.calls[?@[0]=='error'][1].type"};
  static const char bytes[] = "$.[]*?@='\"/~01a-\\ \xc4\x91";
  g_autoptr(GRand) random = g_rand_new_with_seed(9535);
  cJSON *record = tree(record_text);
  guint compiled_count = 0;
  for (int round = 0; round < 20000; round++) {
    g_autofree char *text = g_strdup(seeds[g_rand_int_range(random, 0, G_N_ELEMENTS(seeds))]);
    gint32 len = (gint32)strlen(text);
    for (int n = g_rand_int_range(random, 0, 5); n > 0; n--)
      text[g_rand_int_range(random, 0, len)] = bytes[g_rand_int_range(random, 0, sizeof bytes - 1)];
    text[g_rand_int_range(random, 1, len + 1)] = '\0';
    Source s = source_new("\"\"");
    cJSON *source = cJSON_CreateString(text);
    g_autoptr(McReader) reader = mc_reader_compile(&s.compiler, source);
    assert_true((reader == NULL) == (s.faults->len > 0));
    g_free(printed(mc_reader_read_all(reader, record, NULL)));
    compiled_count += reader != NULL;
    cJSON_Delete(source);
    g_free(source_end(&s));
  }
  assert_true(compiled_count > 1000);
  cJSON_Delete(record);
}

/* A reader remembers where a member stood: it is found all the same where the next record has it elsewhere,
 * lacks it, or has another there. */
static void
records_need_not_be_alike(void **state)
{
  static const char *const rows[][2] = {
      {"{\"b\":1,\"a\":2}", "2"},
      {"{\"a\":3,\"b\":1}", "3"},
      {"{\"b\":1}", NULL},
      {"{}", NULL},
      {"[4]", NULL},
      {"{\"c\":0,\"b\":1,\"aa\":9,\"a\":5}", "5"},
      {"{\"a\":6}", "6"},
      {"{\"b\":1,\"aa\":2}", NULL},
  };
  g_autoptr(McReader) reader = compiled("\"/a\"");
  g_autoptr(McScope) scope = scope_of(scope_text);
  (void)state;
  for (gsize i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
    cJSON *record = tree(rows[i % G_N_ELEMENTS(rows)][0]);
    g_autofree char *text = mc_reader_text(reader, record, scope);
    assert_true(g_strcmp0(text, rows[i % G_N_ELEMENTS(rows)][1]) == 0);
    cJSON_Delete(record);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_values),
      cmocka_unit_test(all_values),
      cmocka_unit_test(borrowing),
      cmocka_unit_test(moments),
      cmocka_unit_test(due_ends_the_day),
      cmocka_unit_test(bad_readers),
      cmocka_unit_test(callers_keys),
      cmocka_unit_test(catastrophic_patterns_give_up),
      cmocka_unit_test(hostile_html),
      cmocka_unit_test(fuzz),
      cmocka_unit_test(records_need_not_be_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader of JSON: what it takes, what it refuses and where, exact numbers, hostile texts. */
#include <string.h>
#include "unit.h"
#include "connector/json.h"
#include "motcua/error.h"

static McJson *
parse(const char *text, gssize len, McJsonFlags flags, GError **error)
{
  return mc_json_parse("t", text, len < 0 ? strlen(text) : (gsize)len, flags, error);
}

static void
good_texts(G_GNUC_UNUSED void **state)
{
  static const struct {
    const char *text, *printed;
  } rows[] = {
      {"null", "null"},
      {" true\n", "true"},
      {"false", "false"},
      {"0", "0"},
      {"-0", "-0"},
      {"9007199254740993001", "9007199254740993001"},
      {"-12.50E+07", "-12.50E+07"},
      {"1e400", "1e400"},
      {"\"\"", "\"\""},
      {"\"H\xe1\xbb\x93 s\xc6\xa1 \\u0111\\u00e3 \\\"\\\\\\/\\b\\f\\n\\r\\t\"",
       "\"H\xe1\xbb\x93 s\xc6\xa1 \xc4\x91\xc3\xa3 \\\"\\\\/\\b\\f\\n\\r\\t\""},
      {"\"\\ud83d\\uDE00\"", "\"\xf0\x9f\x98\x80\""},
      {"\"12345678901234567890123\\n4567890123456\"", "\"12345678901234567890123\\n4567890123456\""},
      {"[]", "[]"},
      {"{}", "{}"},
      {" [ 1 , [ ] , { } ] ", "[1,[],{}]"},
      {"{\"b\":1,\"a\":{\"b\":2},\"\":[{\"b\":3}]}", "{\"b\":1,\"a\":{\"b\":2},\"\":[{\"b\":3}]}"},
      {"{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(McJson) json = parse(rows[i].text, -1, MC_JSON_STRICT, &error);
    assert_null(error);
    g_autofree char *printed = mc_json_print(mc_json_root(json));
    assert_string_equal(printed, rows[i].printed);
  }
}

static void
bad_texts(G_GNUC_UNUSED void **state)
{
#define VALUE "expected a value (an object, array, string, number, true, false or null)"
  static const struct {
    const char *text;
    int len;
    const char *message;
  } rows[] = {
      {"", 0, "t:1:1: found the end of the text, " VALUE},
      {"  \n ", -1, "t:2:2: found the end of the text, " VALUE},
      {"<html>", -1, "t:1:1: found '<', " VALUE},
      {"nul", -1, "t:1:1: found 'n', " VALUE},
      {"True", -1, "t:1:1: found 'T', " VALUE},
      {"nullx", -1, "t:1:5: found 'x', expected the end of the text after the first value"},
      {"{} {}", -1, "t:1:4: found '{', expected the end of the text after the first value"},
      {"007", -1, "t:1:1: a number begins with 0, expected no leading zero (or a string)"},
      {"-", -1, "t:1:2: found the end of the text, expected a digit"},
      {"1.", -1, "t:1:3: found the end of the text, expected a digit"},
      {"1.e3", -1, "t:1:3: found 'e', expected a digit"},
      {"1e+", -1, "t:1:4: found the end of the text, expected a digit"},
      {"+1", -1, "t:1:1: found '+', " VALUE},
      {".5", -1, "t:1:1: found '.', " VALUE},
      {"NaN", -1, "t:1:1: found 'N', " VALUE},
      {"[1,]", -1, "t:1:4: found ']', " VALUE},
      {"[1 2]", -1, "t:1:4: found '2', expected ',' or ']'"},
      {"[1", -1, "t:1:3: found the end of the text, expected ',' or ']'"},
      {"[", -1, "t:1:2: found the end of the text, " VALUE},
      {"{", -1, "t:1:2: found the end of the text, expected a name in double quotes"},
      {"{\"a\":1,}", -1, "t:1:8: found '}', expected a name in double quotes"},
      {"{a:1}", -1, "t:1:2: found 'a', expected a name in double quotes"},
      {"{\"a\" 1}", -1, "t:1:6: found '1', expected ':'"},
      {"{\"a\":}", -1, "t:1:6: found '}', " VALUE},
      {"{\"a\":1,\n \"b\":2,\n \"a\":3}", -1,
       "t:3:2: the name \"a\" stands twice in one object, expected it once"},
      {"{\"\\u0061\":1,\"a\":3}", -1, "t:1:13: the name \"a\" stands twice in one object, expected it once"},
      {"\"abc", -1, "t:1:1: a string begins here and is not closed, expected \""},
      {"\"abc\\", -1, "t:1:1: a string begins here and is not closed, expected \""},
      {"\"a\tb\"", -1, "t:1:3: found the control character U+0009 in a string, expected it written \\u0009"},
      {"\"a\nb\"", -1, "t:1:3: found the control character U+000A in a string, expected it written \\u000A"},
      {"\"\\x\"", -1, "t:1:3: found 'x', expected one of \" \\ / b f n r t u after a backslash"},
      {"\"\\u12g4\"", -1, "t:1:4: \\u is followed by something else, expected four hexadecimal digits"},
      {"\"\\u12\"", -1, "t:1:4: \\u is followed by something else, expected four hexadecimal digits"},
      {"\"\\u0000\"", -1, "t:1:4: \\u0000 is not allowed in a string"},
      {"\"\\ud800\"", -1, "t:1:4: \\uD800 is half of a surrogate pair, expected its other half"},
      {"\"\\ud800\\u0041\"", -1, "t:1:4: \\uD800 is half of a surrogate pair, expected its other half"},
      {"\"\\udc00\\ud800\"", -1, "t:1:4: \\uDC00 is half of a surrogate pair, expected its other half"},
      {"\"\xc4\x91 \xff\"", -1, "t:1:4: found the byte 0xFF, which is not UTF-8, expected more of a string"},
      {"\"\xed\xa0\x80\"", -1, "t:1:2: found the byte 0xED, which is not UTF-8, expected more of a string"},
      {"\"\xe1\xbb", -1, "t:1:2: found the byte 0xE1, which is not UTF-8, expected more of a string"},
      {"\"a\0b\"", 5, "t:1:3: found a NUL byte, expected more of a string"},
      {"{}\0", 3, "t:1:3: found a NUL byte, expected the end of the text after the first value"},
      {"\xef\xbb\xbf{}", -1,
       "t:1:1: found a byte order mark, expected JSON without one (RFC 8259 section 8.1)"},
      {"[1 // c\n]", -1, "t:1:4: found '/', expected ',' or ']'"},
      {"\xc2\xa0{}", -1, "t:1:1: found U+00A0, " VALUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(parse(rows[i].text, rows[i].len, MC_JSON_STRICT, &error));
    assert_true(g_error_matches(error, MC_ERROR, MC_ERROR_PROTOCOL));
    assert_string_equal(error->message, rows[i].message);
  }
}

static void
comments(G_GNUC_UNUSED void **state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McJson) json = parse("\xef\xbb\xbf// h\xe1\xbb\x93\n{ /* \" */ \"a\" /**/ : // x\n 1 }//", -1,
                                 MC_JSON_COMMENTS | MC_JSON_POSITIONS, &error);
  assert_null(error);
  int line, column;
  assert_true(mc_json_where(json, mc_json_get(mc_json_root(json), "a"), FALSE, &line, &column));
  assert_int_equal(line, 3);
  assert_int_equal(column, 2);
  static const char *const bad[][2] = {
      {"{} /* x", "t:1:4: a comment begins here and is not closed, expected */"},
      {"/", "t:1:1: found '/', expected a value or a comment"},
      {"[1 /= 2]", "t:1:4: found '/', expected a value or a comment"},
      {"// \xff\n{}", "t:1:4: found the byte 0xFF, which is not UTF-8, " VALUE},
      {"{}// \xff", "t:1:6: found the byte 0xFF, which is not UTF-8, expected the end of the text after the "
                    "first value"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) fault = NULL;
    assert_null(parse(bad[i][0], -1, MC_JSON_COMMENTS, &fault));
    assert_string_equal(fault->message, bad[i][1]);
  }
}

static void
positions(G_GNUC_UNUSED void **state)
{
  g_autoptr(McJson) json =
      parse("{\"\xc4\x91\": [1,\n  {\"a/b~c\" :\ttrue}],\"x\":{}}", -1, MC_JSON_POSITIONS, NULL);
  assert_non_null(json);
  const cJSON *list = mc_json_get(mc_json_root(json), "\xc4\x91");
  const cJSON *leaf = mc_json_get(cJSON_GetArrayItem(list, 1), "a/b~c");
  int line, column;
  assert_true(mc_json_where(json, leaf, FALSE, &line, &column));
  assert_int_equal(line, 2);
  assert_int_equal(column, 14);
  assert_true(mc_json_where(json, leaf, TRUE, &line, &column));
  assert_int_equal(column, 4);
  assert_true(mc_json_where(json, list, FALSE, &line, &column));
  assert_int_equal(line, 1);
  assert_int_equal(column, 7);
  assert_true(mc_json_where(json, mc_json_root(json), TRUE, &line, &column));
  assert_int_equal(column, 1);
  g_autofree char *pointer = mc_json_pointer(json, leaf);
  assert_string_equal(pointer, "/\xc4\x91/1/a~1b~0c");
  g_autofree char *top = mc_json_pointer(json, mc_json_root(json));
  assert_string_equal(top, "");
  g_autoptr(McJson) plain = parse("[1]", -1, MC_JSON_STRICT, NULL);
  assert_false(mc_json_where(plain, mc_json_root(plain), FALSE, &line, &column));
}

static McJson *
parse_repeated(const char *open, const char *middle, const char *close, gsize times, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (gsize i = 0; i < times; i++)
    g_string_append(text, open);
  g_string_append(text, middle);
  for (gsize i = 0; i < times; i++)
    g_string_append(text, close);
  return parse(text->str, (gssize)text->len, MC_JSON_STRICT, error);
}

static void
depth(G_GNUC_UNUSED void **state)
{
  static const char *const kinds[][2] = {{"[", "]"}, {"{\"a\":", "}"}};
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(McJson) deepest = parse_repeated(kinds[i][0], "1", kinds[i][1], MC_JSON_DEPTH, &error);
    assert_null(error);
    assert_non_null(deepest);
    assert_null(parse_repeated(kinds[i][0], "1", kinds[i][1], MC_JSON_DEPTH + 1, &error));
    assert_non_null(strstr(error->message, "nested too deep, expected at most 64 levels"));
  }
  g_autoptr(GError) error = NULL;
  assert_null(parse_repeated("[", "", "", 10 * 1024 * 1024, &error));
  assert_string_equal(error->message, "t:1:65: nested too deep, expected at most 64 levels");
}

static void
long_strings(G_GNUC_UNUSED void **state)
{
  gsize n = 1024 * 1024;
  g_autofree char *plain = g_strnfill(n, 'x');
  g_autofree char *text = g_strdup_printf("[\"%s\",\"\\u0111%s\"]", plain, plain);
  g_autoptr(McJson) json = parse(text, -1, MC_JSON_STRICT, NULL);
  assert_non_null(json);
  assert_string_equal(mc_json_text(cJSON_GetArrayItem(mc_json_root(json), 0)), plain);
  assert_int_equal(strlen(mc_json_text(cJSON_GetArrayItem(mc_json_root(json), 1))), n + 2);
}

/* Every stop of the eight-byte scan: a special byte at each offset of a word. */
static void
string_alignment(G_GNUC_UNUSED void **state)
{
  for (guint i = 0; i < 40; i++) {
    g_autofree char *plain = g_strnfill(i, 0x20 + i % 2);
    g_autofree char *text = g_strdup_printf("\"%s\\n%s\"", plain, plain);
    g_autofree char *expected = g_strdup_printf("%s\n%s", plain, plain);
    g_autoptr(McJson) json = parse(text, -1, MC_JSON_STRICT, NULL);
    assert_non_null(json);
    assert_string_equal(mc_json_text(mc_json_root(json)), expected);
    g_autofree char *bad = g_strdup_printf("\"%s\x1f%s\"", plain, plain);
    assert_null(parse(bad, -1, MC_JSON_STRICT, NULL));
  }
}

static char *
object_of(guint n, const char *last)
{
  GString *text = g_string_new("{");
  for (guint i = 0; i < n; i++)
    g_string_append_printf(text, "%s\"key%u\":{\"a\":1,\"b\":2}", i ? "," : "", i);
  if (last)
    g_string_append_printf(text, ",\n\"%s\":0", last);
  return g_string_free(g_string_append_c(text, '}'), FALSE);
}

static void
duplicate_names(G_GNUC_UNUSED void **state)
{
  static const guint sizes[] = {1, 15, 16, 17, 40, 200000};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autofree char *fine = object_of(sizes[i], NULL), *twice = object_of(sizes[i], "key0");
    g_autoptr(McJson) json = parse(fine, -1, MC_JSON_STRICT, NULL);
    assert_non_null(json);
    g_autofree char *printed = mc_json_print(mc_json_root(json));
    assert_string_equal(printed, fine);
    g_autoptr(GError) error = NULL;
    assert_null(parse(twice, -1, MC_JSON_STRICT, &error));
    assert_string_equal(error->message,
                        "t:2:1: the name \"key0\" stands twice in one object, expected it once");
  }
}

static void
hostile_names_are_shown_clean(G_GNUC_UNUSED void **state)
{
  g_autoptr(GError) error = NULL;
  assert_null(parse("{\"\\u001b[2J\":1,\"\\u001b[2J\":2}", -1, MC_JSON_STRICT, &error));
  assert_null(strchr(error->message, '\x1b'));
}

static void
numbers(G_GNUC_UNUSED void **state)
{
  static const struct {
    const char *a, *b;
    gboolean same;
  } rows[] = {
      {"1", "1.0", TRUE},
      {"100", "1e2", TRUE},
      {"-0", "0", TRUE},
      {"0.0100", "1E-2", TRUE},
      {"9007199254740993", "9007199254740992", FALSE},
      {"9007199254740993001", "9007199254740993002", FALSE},
      {"123456789012345678901234567890", "123456789012345678901234567890.0", TRUE},
      {"1", "-1", FALSE},
      {"1", "10", FALSE},
      {"1e400", "10e399", TRUE},
      {"1", "\"1\"", FALSE},
      {"true", "1", FALSE},
      {"null", "false", FALSE},
      {"null", "null", TRUE},
      {"[1,2]", "[1.0,2]", TRUE},
      {"[1,2]", "[2,1]", FALSE},
      {"[1]", "[1,2]", FALSE},
      {"{\"a\":1,\"b\":[2]}", "{\"b\":[2e0],\"a\":1}", TRUE},
      {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", FALSE},
      {"{\"a\":1}", "{\"a\":1,\"c\":2}", FALSE},
      {"{}", "[]", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McJson) a = parse(rows[i].a, -1, MC_JSON_STRICT, NULL);
    g_autoptr(McJson) b = parse(rows[i].b, -1, MC_JSON_STRICT, NULL);
    assert_int_equal(mc_json_equal(mc_json_root(a), mc_json_root(b)), rows[i].same);
    assert_int_equal(mc_json_equal(mc_json_root(b), mc_json_root(a)), rows[i].same);
  }
}

static void
integers(G_GNUC_UNUSED void **state)
{
  static const struct {
    const char *text;
    gboolean fits;
    gint64 value;
  } rows[] = {
      {"0", TRUE, 0},
      {"-7", TRUE, -7},
      {"9223372036854775807", TRUE, G_MAXINT64},
      {"-9223372036854775808", TRUE, G_MININT64},
      {"9223372036854775808", FALSE, 0},
      {"1.0", FALSE, 0},
      {"1e2", FALSE, 0},
      {"\"1\"", FALSE, 0},
      {"true", FALSE, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    gint64 value = 0;
    g_autoptr(McJson) json = parse(rows[i].text, -1, MC_JSON_STRICT, NULL);
    assert_int_equal(mc_json_int(mc_json_root(json), &value), rows[i].fits);
    assert_int_equal(value, rows[i].value);
  }
  cJSON *made = mc_json_new_int(G_MININT64);
  assert_string_equal(mc_json_text(made), "-9223372036854775808");
  assert_true(mc_json_is_number(made));
  cJSON_Delete(made);
}

/* Damaged copies of a good text: never a crash, never an error without a place. */
static void
fuzz(G_GNUC_UNUSED void **state)
{
  static const char seed_text[] = "{\"id\":9007199254740993001,\"t\":\"\xc4\x90\xc4\x83ng k\xc3\xbd "
                                  "\\u0111\\ud83d\\ude00\\n\",\"l\":[1,-2.5e3,"
                                  "true,false,null,{\"a\":{}}],\"e\":\"\",/* c */\"x\":[[]]} // end";
  static const char bytes[] = "{}[]\",:\\/u0d8c-+.eE \n\t\0\x1f\x7f\xc4\x90\xff*tfn";
  g_autoptr(GRand) random = g_rand_new_with_seed(20261122);
  guint taken = 0;
  for (int round = 0; round < 40000; round++) {
    char text[sizeof seed_text];
    memcpy(text, seed_text, sizeof text);
    gsize len = sizeof text - 1;
    for (int n = g_rand_int_range(random, 0, 4); n > 0; n--)
      text[g_rand_int_range(random, 0, (gint32)len)] =
          bytes[g_rand_int_range(random, 0, (gint32)sizeof bytes - 1)];
    if (g_rand_int_range(random, 0, 4) == 0)
      len = (gsize)g_rand_int_range(random, 0, (gint32)len);
    g_autofree char *exact = g_memdup2(text, len); /* a sanitizer sees one byte too many */
    g_autoptr(GError) error = NULL;
    g_autoptr(McJson) json = parse(exact, (gssize)len, MC_JSON_COMMENTS | MC_JSON_POSITIONS, &error);
    assert_true((json != NULL) == (error == NULL));
    if (error)
      assert_true(g_regex_match_simple("^t:[0-9]+:[0-9]+: .+", error->message, G_REGEX_DOTALL, 0));
    taken += json != NULL;
  }
  assert_true(taken > 5000);
}

/* --- reading on --- */

static void
tell(int line, int column, const char *pointer, const char *message, gpointer data)
{
  g_string_append_printf(data, "%d:%d: %s: %s\n", line, column, pointer, message);
}

/* Each slip is one message, and what is left is read. */
static void
reading_on(G_GNUC_UNUSED void **state)
{
  static const struct {
    const char *text, *faults, *printed;
  } rows[] = {
      {"{\"a\": 1 // fine\n}", "", "{\"a\":1}"},
      {"{\"a\": 1\n \"b\": 2}", "2:2: : found '\"', expected ',' or '}'\n", "{\"a\":1,\"b\":2}"},
      {"{\"a\": [1, 2,], \"b\": {\"c\": 1,},}",
       "1:13: /a/2: found ']', " VALUE "\n1:29: /b: found '}', expected a name in double quotes\n"
       "1:31: : found '}', expected a name in double quotes\n",
       "{\"a\":[1,2],\"b\":{\"c\":1}}"},
      {"{a: 1, 'b': 2, \"c\": 3}",
       "1:2: : found 'a', expected a name in double quotes\n"
       "1:8: : found ''', expected a name in double quotes\n",
       "{\"a\":1,\"b\":2,\"c\":3}"},
      {"{\"a\" 1, \"b\" = 2}", "1:6: /a: found '1', expected ':'\n1:13: /b: found '=', expected ':'\n",
       "{\"a\":1,\"b\":2}"},
      {"{\"a\": True,\n \"b\": 007,\n \"c\": 'x, y',\n \"d\": 4}",
       "1:7: /a: found 'T', " VALUE "\n"
       "2:7: /b: a number begins with 0, expected no leading zero (or a string)\n"
       "3:7: /c: found ''', " VALUE "\n",
       "{\"a\":null,\"b\":null,\"c\":null,\"d\":4}"},
      {"{\"a\": \"one,\n \"b: 2,\n \"c\": \"three}\n",
       "1:7: /a: a string begins here and its line does not close it, expected \"\n"
       "2:2: : a string begins here and its line does not close it, expected \"\n"
       "3:7: /c: a string begins here and its line does not close it, expected \"\n",
       "{\"a\":\"one\",\"c\":\"three\"}"},
      {"{\"a\": \"\\x\", \"a\": 2,\n \"b\": \"\\ud800\"}",
       "1:9: /a: found 'x', expected one of \" \\ / b f n r t u after a backslash\n"
       "2:10: /b: \\uD800 is half of a surrogate pair, expected its other half\n"
       "1:13: : the name \"a\" stands twice in one object, expected it once\n",
       "{\"a\":null,\"a\":2,\"b\":null}"},
      {"{\"a\": {\"b\": [1, 2\n", "2:1: /a/b/2: found the end of the text, expected ',' or ']'\n",
       "{\"a\":{\"b\":[1,2]}}"},
      {"{\"a\": [1, 2}, \"b\": 3}", "1:12: /a/2: found '}', expected ',' or ']'\n", "{\"a\":[1,2]}"},
      {"{\"a\": 1 2 3,\n \"b\": @,\n \"c\": 3}",
       "1:9: : found '2', expected ',' or '}'\n2:7: /b: found '@', " VALUE "\n",
       "{\"a\":1,\"b\":null,\"c\":3}"},
      {"{\"a\": 1} x", "1:10: : found 'x', expected the end of the text after the first value\n",
       "{\"a\":1}"},
      {"{\"a\": 1 /* open", "1:9: /a: a comment begins here and is not closed, expected */\n", "{\"a\":1}"},
      {"", "1:1: : found the end of the text, " VALUE "\n", "null"},
      {"{\"a\": \"\xff\",\n \"b\": 2}",
       "1:8: /a: found the byte 0xFF, which is not UTF-8, expected more of a string\n", "{\"a\":null}"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GString) faults = g_string_new(NULL);
    g_autoptr(McJson) json = mc_json_parse_on("t", rows[i].text, strlen(rows[i].text), tell, faults);
    g_autofree char *printed = json ? mc_json_print(mc_json_root(json)) : g_strdup("-");
    if (strcmp(faults->str, rows[i].faults) == 0 && strcmp(printed, rows[i].printed) == 0)
      continue;
    print_error("%s\n gives\n%s%s\n expected\n%s%s\n", rows[i].text, faults->str, printed, rows[i].faults,
                rows[i].printed);
    wrong++;
  }
  assert_int_equal(wrong, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(good_texts),
      cmocka_unit_test(bad_texts),
      cmocka_unit_test(comments),
      cmocka_unit_test(positions),
      cmocka_unit_test(depth),
      cmocka_unit_test(long_strings),
      cmocka_unit_test(string_alignment),
      cmocka_unit_test(duplicate_names),
      cmocka_unit_test(hostile_names_are_shown_clean),
      cmocka_unit_test(numbers),
      cmocka_unit_test(integers),
      cmocka_unit_test(fuzz),
      cmocka_unit_test(reading_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* XML: read as a tree, refused where it is hostile, written back; the character sets of old servers. */
#include "connector.h"
#include "connector/charset.h"
#include "connector/reader-parts.h"
#include "connector/xml.h"

static char *
read_xml(const char *text, gssize len)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McJson) json = mc_xml_parse("t", text, len < 0 ? strlen(text) : (gsize)len, &error);
  return json ? mc_json_print(mc_json_root(json)) : g_strdup(error->message);
}

static void
documents(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"<a/>", "{\"a\":\"\"}"},
      {"<?xml version='1.0'?>\n<!-- c --><a> x <?pi y?></a>", "{\"a\":\" x \"}"},
      {"<a>\n  <b>1</b>\n  <c>007</c>\n</a>", "{\"a\":{\"b\":\"1\",\"c\":\"007\"}}"},
      {"<a><b>1</b><c/><b>2</b><b>3</b></a>", "{\"a\":{\"b\":[\"1\",\"2\",\"3\"],\"c\":\"\"}}"},
      {"<a><b><c>1</c></b><b><c>2</c></b></a>", "{\"a\":{\"b\":[{\"c\":\"1\"},{\"c\":\"2\"}]}}"},
      {"<a id='9007199254740993001' s:k=\"v\" xmlns:s='u'>t</a>",
       "{\"a\":{\"@id\":\"9007199254740993001\",\"@k\":\"v\",\"#text\":\"t\"}}"},
      {"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><m xmlns='urn:x'>"
       "<r xsi:type='xsd:string' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>001099000478</r>"
       "<n xsi:nil='true' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/></m></s:Body></s:Envelope>",
       "{\"Envelope\":{\"Body\":{\"m\":{\"r\":\"001099000478\",\"n\":null}}}}"},
      {"<a><![CDATA[1 < 2 & 3]]> &lt;&#x1EBF;&quot;</a>", "{\"a\":\"1 < 2 & 3 <\xe1\xba\xbf\\\"\"}"},
      {"<a>x<b/>y</a>", "{\"a\":{\"b\":\"\",\"#text\":\"xy\"}}"},
      {"<?xml version='1.0' encoding='windows-1258'?><a>\xe1\xba\xbf</a>", "{\"a\":\"\xe1\xba\xbf\"}"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    wrong += row_differs(rows[i][0], read_xml(rows[i][0], -1), rows[i][1]);
  assert_int_equal(wrong, 0);
}

static void
refused(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][2] = {
      {"", "t:1:1: "},
      {"<a>", "t:1:"},
      {"<a></b>", "t:1:"},
      {"<a>\n<b>&nbsp;</b></a>", "t:2:"},
      {"<a>\xff</a>", "t:1:"},
      {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "t:1:"},
      {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "t:1:"},
      {"{\"a\":1}", "t:1:1: "},
      {"<html><br></html>", "t:1:"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *said = read_xml(rows[i][0], -1);
    if (!g_str_has_prefix(said, rows[i][1]))
      fail_msg("%s: %s", rows[i][0], said);
    if (strstr(rows[i][0], "DOCTYPE"))
      assert_non_null(strstr(said, "DOCTYPE"));
  }
}

static void
hostile_sizes(G_GNUC_UNUSED void **state)
{
  g_autoptr(GString) deep = g_string_new(NULL), wide = g_string_new("<a "), many = g_string_new("<a>");
  for (int i = 0; i < MC_JSON_DEPTH + 1; i++)
    g_string_append(deep, "<a>");
  for (int i = 0; i < MC_JSON_DEPTH + 1; i++)
    g_string_append(deep, "</a>");
  g_autofree char *too_deep = read_xml(deep->str, -1);
  assert_non_null(strstr(too_deep, "too deep"));
  for (int i = 0; i < 100000; i++)
    g_string_append_printf(wide, "a%d='1' ", i);
  g_string_append(wide, "/>");
  g_autofree char *too_wide = read_xml(wide->str, -1);
  assert_non_null(strstr(too_wide, "more than 1000 attributes"));
  for (int i = 0; i < 100000; i++) /* each name its own: no quadratic search */
    g_string_append_printf(many, "<e%d/><x/>", i);
  g_string_append(many, "</a>");
  g_autofree char *read = read_xml(many->str, -1);
  assert_true(g_str_has_prefix(read, "{\"a\":{\"e0\":\"\",\"x\":[\"\",\"\","));
}

/* One element reads as a list of one. */
static void
a_single_element_is_a_list(G_GNUC_UNUSED void **state)
{
  static const char *const rows[][3] = {
      {"\"$.a.i[*].k\"", "<a><i><k>1</k></i></a>", "[\"1\"]"},
      {"\"$.a.i[*].k\"", "<a><i><k>1</k></i><i><k>2</k></i></a>", "[\"1\",\"2\"]"},
      {"\"$.a.i[*]\"", "<a><i>x</i></a>", "[\"x\"]"},
      {"\"$.a.i.*\"", "<a><i><k>1</k><l>2</l></i></a>", "[\"1\",\"2\"]"},
      {"\"$.a.i[?@.k=='1'].v\"", "<a><i><k>1</k><v>y</v></i></a>", "[\"y\"]"},
      {"\"$.a.i[?@.k=='2'].v\"", "<a><i><k>1</k><v>y</v></i></a>", "[]"},
      {"\"/a/i/0/k\"", "<a><i><k>1</k></i></a>", "[\"1\"]"},
      {"\"$.a.i[-1].k\"", "<a><i><k>1</k></i></a>", "[\"1\"]"},
      {"\"/a/i/1/k\"", "<a><i><k>1</k></i></a>", "[]"},
      {"{\"test\":{\"at\":\"/a/i\",\"some\":{\"at\":\"/k\",\"eq\":\"1\"}}}", "<a><i><k>1</k></i></a>",
       "[true]"},
      {"{\"test\":{\"at\":\"/a/i\",\"every\":{\"at\":\"/k\",\"eq\":\"2\"}}}", "<a><i><k>1</k></i></a>",
       "[false]"},
      {"\"$.a[*]\"", "<a/>", "[\"\"]"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Source s = source_new(rows[i][0]);
    g_autoptr(McReader) reader = mc_reader_compile(&s.compiler, source_root(&s));
    source_end_without_fault(&s);
    g_autoptr(McJson) json = mc_xml_parse("t", rows[i][1], strlen(rows[i][1]), NULL);
    wrong +=
        row_differs(rows[i][0], printed(mc_reader_read_all(reader, mc_json_root(json), NULL)), rows[i][2]);
  }
  assert_int_equal(wrong, 0);
}

static char *
write_xml(const char *text)
{
  g_autoptr(GError) error = NULL;
  cJSON *value = tree(text);
  char *xml = mc_xml_write(value, &error);
  cJSON_Delete(value);
  return xml ? xml : g_strdup(error->message);
}

static void
bodies(G_GNUC_UNUSED void **state)
{
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  static const char *const rows[][2] = {
      {"{\"a\":null}", HEAD "<a></a>"},
      {"{\"s:E\":{\"@xmlns:s\":\"u&<\\\"\\n\",\"s:B\":{\"id\":9007199254740993001,\"k\":[\"007\",true]},\"#"
       "text\":\"t\"}}",
       HEAD
       "<s:E xmlns:s=\"u&amp;&lt;&quot;&#10;\"><s:B><id>9007199254740993001</id><k>007</k><k>true</k></s:B>t"
       "</s:E>"},
      {"{\"a\":\"]]><b>&amp;\"}", HEAD "<a>]]&gt;&lt;b&gt;&amp;amp;</a>"},
      {"{\"a\":\"x\\r\\n\"}", HEAD "<a>x&#13;\n</a>"},
      {"{\"a\":\"\\u0001\"}", "a holds the character U+0001, which XML has no place for"},
      {"{\"a b\":1}", "\"a b\" cannot be a name in XML"},
      {"{\"a\":{\"<b\":1}}", "\"<b\" cannot be a name in XML"},
      {"{\"a\":{\"@b\":{}}}", "@b is not a text and cannot stand in an attribute"},
      {"{\"a\":1,\"b\":2}", "an XML body is an object with one member, its element"},
      {"{\"a\":[1,2]}", "an XML body is an object with one member, its element"},
      {"[]", "an XML body is an object with one member, its element"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    wrong += row_differs(rows[i][0], write_xml(rows[i][0]), rows[i][1]);
  assert_int_equal(wrong, 0);
}

static void
character_sets(G_GNUC_UNUSED void **state)
{
#define VIET                  \
  "C\xe1\xbb\x99ng h\xc3\xb2" \
  "a x\xc3\xa3 h\xe1\xbb\x99i"
  static const struct {
    const char *charset, *bytes;
    gsize len;
    const char *text;
  } rows[] = {
      {"tcvn3",
       "C\xe9ng h\xdf"
       "a x\xb7 h\xe9i",
       15, VIET},
      {"tcvn3", "\xae\xad\xea\xe8\xa7", 5, "\xc4\x91\xc6\xb0\xe1\xbb\x9d\xe1\xbb\x91\xc4\x90"},
      {"tcvn3", "a\xff", 2, "t: byte 2 is no text in tcvn3"},
      {"windows-1258", "C\xf4\xf2ng", 5, "C\xe1\xbb\x99ng"},
      {"iso-8859-1", "\xe0", 1, "\xc3\xa0"},
      {"utf-16",
       "\xff\xfe"
       "a\0\xbf\x1e",
       6, "a\xe1\xba\xbf"},
      {"utf-16be", "\0a\x1e\xbf", 4, "a\xe1\xba\xbf"},
      {"utf-16le", "a\0\0\xd8", 4, "t: byte 3 is no text in utf-16le"},
      {"utf-16le", "a\0b", 3, "t: byte 3 is no text in utf-16le"},
      {"utf-8", "\xff", 1, "\xff"},
  };
  int wrong = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    char *text = mc_charset_decode("t", rows[i].charset, rows[i].bytes, rows[i].len, &size, &error);
    wrong += row_differs(rows[i].charset, text ? text : g_strdup(error->message), rows[i].text);
  }
  assert_int_equal(wrong, 0);
  assert_string_equal(mc_charset_find("CP1258"), "windows-1258");
  assert_string_equal(mc_charset_find("X-Viet-TCVN3"), "tcvn3");
  assert_null(mc_charset_find("klingon"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(documents),     cmocka_unit_test(refused),
      cmocka_unit_test(hostile_sizes), cmocka_unit_test(a_single_element_is_a_list),
      cmocka_unit_test(bodies),        cmocka_unit_test(character_sets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

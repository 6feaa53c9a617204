/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, responses, URLs and the delay that a server asks for. */
#include "unit.h"
#include "base/http.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example */

static void
headers_are_set_once(void **state)
{
  g_autoptr(McRequest) request = mc_request_new("GET", "http://a/");
  (void)state;
  assert_true(mc_request_set_header(request, "If-Match", "\"1\""));
  assert_true(mc_request_set_header(request, "if-match", "\"2\""));
  assert_int_equal(request->headers->len, 1);
  assert_string_equal(mc_request_header(request, "IF-MATCH"), "\"2\"");
  assert_null(mc_request_header(request, "ETag"));
}

static void
headers_cannot_be_split(void **state)
{
  static const char *const bad_names[] = {"", "a b", "a:", "a\r\nb", "\xC4\x91"};
  static const char *const bad_values[] = {"a\r\nb: c", "a\nb", "đ", "a\x01", "\x7F"};
  g_autoptr(McRequest) request = mc_request_new("GET", "http://a/");
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad_names); i++)
    assert_false(mc_request_set_header(request, bad_names[i], "x"));
  for (gsize i = 0; i < G_N_ELEMENTS(bad_values); i++)
    assert_false(mc_request_set_header(request, "X", bad_values[i]));
  assert_false(mc_request_set_header(request, NULL, "x"));
  assert_false(mc_request_set_header(request, "X", NULL));
  assert_int_equal(request->headers->len, 0);
  assert_true(mc_request_set_header(request, "X", "a\tb ~"));
}

static void
responses_are_shared(void **state)
{
  McResponse *response = mc_response_new(MC_WIRE_ANSWERED);
  (void)state;
  assert_int_equal(g_bytes_get_size(response->body), 0);
  mc_response_unref(mc_response_ref(response));
  assert_null(mc_response_header(response, "ETag"));
  mc_response_unref(response);
  response = mc_response_new(MC_WIRE_LOST);
  assert_null(response->body);
  mc_response_unref(response);
  mc_response_unref(NULL);
}

static void
check_origin(const char *url, const char *expected)
{
  g_autofree char *origin = mc_url_origin(url);

  if (!origin || !expected)
    assert_true(origin == expected);
  else
    assert_string_equal(origin, expected);
}

static void
origins_are_canonical(void **state)
{
  (void)state;
  check_origin("HTTPS://Example.Gov.VN/a?b#c", "https://example.gov.vn");
  check_origin("https://a:443/", "https://a");
  check_origin("http://a:80", "http://a");
  check_origin("http://a:443/", "http://a:443");
  check_origin("http://127.0.0.1:8080/x", "http://127.0.0.1:8080");
  check_origin("http://[::1]:8080/", "http://[::1]:8080");
  check_origin("http://[::1]/", "http://[::1]");
}

static void
doubtful_urls_have_no_origin(void **state)
{
  static const char *const bad[] = {"",           "/path",         "ftp://a/",        "javascript:alert(1)",
                                    "http://",    "http:///x",     "http://user@a/",  "http://user:p@a/",
                                    "http://@a/", "http://a\\@b/", "http://a b/",     "http://a\n/",
                                    "http://đ/",  "http://a%2fb/", "http://a:99999/", "http://a:0/",
                                    "http://a:x/"};
  (void)state;
  check_origin(NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *origin = mc_url_origin(bad[i]);
    if (origin)
      fail_msg("%s has the origin %s", bad[i], origin);
  }
}

/* RFC 3986 5.4.1 and 5.4.2. */
static void
references_resolve(void **state)
{
  static const char *const cases[][2] = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g;x", "http://a/b/c/g;x"},
      {"", "http://a/b/c/d;p?q"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"https://h/x", "https://h/x"},
      {"g%2Fh?a=%20", "http://a/b/c/g%2Fh?a=%20"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *resolved = mc_url_resolve("http://a/b/c/d;p?q", cases[i][0]);
    assert_non_null(resolved);
    assert_string_equal(resolved, cases[i][1]);
  }
  assert_null(mc_url_resolve("http://a/", "x y"));
  assert_null(mc_url_resolve("not absolute", "x"));
  assert_null(mc_url_resolve(NULL, "x"));
}

static void
retry_after_is_read(void **state)
{
  (void)state;
  assert_int_equal(mc_retry_after("120", NOW), 120);
  assert_int_equal(mc_retry_after("0", NOW), 0);
  assert_int_equal(mc_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", NOW), 60);
  assert_int_equal(mc_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", NOW), 60);
  assert_int_equal(mc_retry_after("Sun Nov  6 08:50:37 1994", NOW), 60);
  assert_int_equal(mc_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", NOW), 0);
  assert_int_equal(mc_retry_after("99999999999999999999999", NOW), 365 * 86400);
}

static void
response_header(McResponse *response, const char *name, const char *value)
{
  McHeader *header = g_new0(McHeader, 1);
  for (guint i = response->headers->len; i-- > 0;)
    if (g_str_equal(((McHeader *)response->headers->pdata[i])->name, name))
      g_ptr_array_remove_index(response->headers, i);
  header->name = g_strdup(name);
  header->value = g_strdup(value);
  g_ptr_array_add(response->headers, header);
}

static void
retry_after_is_by_the_clock_of_its_answer(void **state)
{
  (void)state;
  g_autoptr(McResponse) response = mc_response_new(MC_WIRE_ANSWERED);
  assert_int_equal(mc_response_retry_after(response, NOW), -1);
  response_header(response, "Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT");
  assert_int_equal(mc_response_retry_after(response, NOW), 60);
  response_header(response, "Date", "Sun, 06 Nov 1994 08:50:07 GMT"); /* ours is half a minute behind */
  assert_int_equal(mc_response_retry_after(response, NOW), 30);
  response_header(response, "Date", "hôm nay");
  assert_int_equal(mc_response_retry_after(response, NOW), 60);
  response_header(response, "Retry-After", "5");
  assert_int_equal(mc_response_retry_after(response, NOW), 5);
}

static void
retry_after_may_be_none(void **state)
{
  static const char *const bad[] = {
      "", "-5", "soon", "1.5", "12 s", "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 36 Nov 1994 08:49:37 GMT"};
  (void)state;
  assert_int_equal(mc_retry_after(NULL, NOW), -1);
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    assert_int_equal(mc_retry_after(bad[i], NOW), -1);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(headers_are_set_once),
      cmocka_unit_test(headers_cannot_be_split),
      cmocka_unit_test(responses_are_shared),
      cmocka_unit_test(origins_are_canonical),
      cmocka_unit_test(doubtful_urls_have_no_origin),
      cmocka_unit_test(references_resolve),
      cmocka_unit_test(retry_after_is_by_the_clock_of_its_answer),
      cmocka_unit_test(retry_after_is_read),
      cmocka_unit_test(retry_after_may_be_none),
  };

  return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}

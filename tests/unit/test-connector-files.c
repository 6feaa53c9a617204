/* SPDX-License-Identifier: Apache-2.0 */
/* Files given to requests, files fetched: bodies byte for byte, and what may be glued to what. */
#include "connector/exchange.h"
#include "connector/given.h"
#include "motcua/file.h"

#include "unit.h"

#define HASH  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FILE_TEXT                                                                         \
  "{\"input\":{\"scan\":{\"name\":\"a\\\"\\n.pdf\",\"type\":\"application/"               \
  "pdf\",\"size\":7,\"sha256\":\"" HASH                                                   \
  "\"},\"note\":\"x\"},\"item\":{\"fake\":{\"name\":\"p\",\"size\":1,\"sha256\":\"" OTHER \
  "\"}},\"action\":{\"key\":\"K1\"}}"

/* --- bodies --- */

/* The body with @NAME:SIZE for a file and =NAME:SIZE for one as base64; the name's first four digits. */
static char *
body_text(const McRequest *request)
{
  g_autoptr(GString) text = g_string_new(NULL);
  gsize size;
  if (request->body) {
    const char *bytes = g_bytes_get_data(request->body, &size);
    g_string_append_len(text, bytes, (gssize)size);
  }
  for (guint i = 0; request->pieces && i < request->pieces->len; i++) {
    const McPiece *piece = request->pieces->pdata[i];
    const char *bytes = piece->bytes ? g_bytes_get_data(piece->bytes, &size) : NULL;
    if (bytes)
      g_string_append_len(text, bytes, (gssize)size);
    else
      g_string_append_printf(text, "%c%.4s:%d", piece->base64 ? '=' : '@', piece->file, (int)piece->size);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static McRequest *
build(const char *spec_text, GError **error)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  g_autoptr(McJson) json = mc_json_parse("c", spec_text, strlen(spec_text), MC_JSON_POSITIONS, NULL);
  g_autoptr(McJson) names = mc_json_parse("n", FILE_TEXT, strlen(FILE_TEXT), MC_JSON_STRICT, NULL);
  McCompiler c = {.json = json, .faults = faults};
  g_autoptr(McRequestSpec) spec = mc_request_compile(&c, mc_json_root(json), "POST");
  g_autoptr(McScope) scope = mc_scope_new(NULL);
  const cJSON *root;
  cJSON_ArrayForEach (root, mc_json_root(names))
    mc_scope_take(scope, root->string, cJSON_Duplicate(root, TRUE));
  assert_non_null(spec);
  return mc_request_build(spec, "https://x.vn", NULL, scope, error);
}

static void
bodies(void **state)
{
  static const char *const rows[][2] = {
      {"{\"url\":\"/u\",\"body\":{\"$\":\"input.scan\"}}", "@0123:7"},
      {"{\"url\":\"/"
       "u\",\"json\":{\"a\":{\"$\":\"input.scan\",\"as\":\"base64\"},\"n\":{\"$\":\"input.scan.size\"}}}",
       "{\"a\":\"=0123:7\",\"n\":7}"},
      {"{\"url\":\"/"
       "u\",\"json\":{\"a\":{\"$join\":[\"data:;base64,\",{\"$\":\"input.scan\",\"as\":\"base64\"}]}}}",
       "{\"a\":\"data:;base64,=0123:7\"}"},
      /* what a server says never names a file */
      {"{\"url\":\"/u\",\"json\":{\"a\":{\"$\":\"item.fake\"}}}",
       "{\"a\":{\"name\":\"p\",\"size\":1,\"sha256\":\"" OTHER "\"}}"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McRequest) request = build(rows[i][0], NULL);
    g_autofree char *text = request ? body_text(request) : NULL;
    assert_string_equal(text, rows[i][1]);
  }
}

static void
multipart_bytes(void **state)
{
  const char *spec =
      "{\"url\":\"/u\",\"multipart\":{\"n\\\"o\":{\"$\":\"input.note\"},\"meta\":{\"a\":1},"
      "\"none\":{\"$\":\"input.missing\"},\"list\":[\"p\",\"q\"],\"f\":{\"$\":\"input.scan\"}}}";
  g_autoptr(McRequest) request = build(spec, NULL), again = build(spec, NULL);
  g_autofree char *text = body_text(request), *same = body_text(again);
  const char *type = mc_request_header(request, "Content-Type");
  (void)state;
  assert_true(g_str_has_prefix(type, "multipart/form-data; boundary=motcua-"));
  const char *boundary = strchr(type, '=') + 1;
  g_autofree char *expected =
      g_strdup_printf("--%1$s\r\nContent-Disposition: form-data; name=\"n%%22o\"\r\n\r\nx\r\n"
                      "--%1$s\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: "
                      "application/json\r\n\r\n{\"a\":1}\r\n"
                      "--%1$s\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\np\r\n"
                      "--%1$s\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nq\r\n"
                      "--%1$s\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a%%22%%0A.pdf\"\r\n"
                      "Content-Type: application/pdf\r\n\r\n@0123:7\r\n--%1$s--\r\n",
                      boundary);
  assert_string_equal(text, expected);
  assert_string_equal(same, text); /* a repeat is the same request */
}

static void
no_file_in_a_query(void **state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McRequest) request =
      build("{\"url\":\"/u\",\"form\":{\"a\":{\"$\":\"input.scan\",\"as\":\"base64\"}}}", &error);
  (void)state;
  assert_null(request);
  assert_non_null(strstr(error->message, "multipart"));
}

/* --- fetching --- */
#define PROFILE                                                                                          \
  "{\"motcua\":1,\"id\":\"t\",\"title\":\"T\",\"kind\":\"case\",\"base\":\"https://x.vn\",\"streams\":{" \
  "\"s\":{\"request\":{\"url\":\"/s\"},\"records\":\"/i\",\"key\":\"/id\",\"map\":{\"title\":\"/t\"}}}," \
  "\"attachments\":{\"on\":\"s\",\"list\":\"/f\",\"map\":{\"key\":\"/k\",\"name\":\"/n\"},"              \
  "\"download\":{\"url\":\"/f/{file.key}\",\"resume\":\"range\"}}}"

static McExchange *
fetch_of(const char *name)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  g_autoptr(McProfile) profile = mc_profile_parse("t", PROFILE, strlen(PROFILE), faults);
  g_autoptr(McBinding) binding = profile ? mc_binding_new(profile, "t", NULL, NULL, NULL) : NULL;
  g_autoptr(McItem) item = mc_item_new("t", "s", "1", FALSE);
  McAttachment *file = mc_attachment_new("k", name, NULL, -1, NULL);
  assert_non_null(binding);
  McExchange *x = mc_fetch_new(binding, item, file, NULL);
  mc_attachment_free(file);
  return x;
}

static const char *
ask(McExchange *x, const char *name)
{
  static char value[100];
  McRequest *request = NULL;
  gint64 wait;
  assert_int_equal(mc_exchange_next(x, NULL, 0, &request, &wait, NULL), MC_STEP_SEND);
  const char *header = mc_request_header(request, name);
  g_strlcpy(value, header ? header : "", sizeof value);
  mc_request_free(request);
  return value;
}

/* Whether an answer with these headers, after `have` bytes under "v", is the file, and from where. */
static gint64
begins(gint64 have, const char *validator, int status, const char *headers)
{
  g_autoptr(McExchange) x = fetch_of("a.pdf");
  g_auto(GStrv) lines = g_strsplit(headers, "\n", -1);
  McFetchHead head;
  mc_fetch_have(x, have, validator);
  ask(x, "Range");
  g_autoptr(McRequest) holder = mc_request_new("GET", "https://x.vn/");
  for (char **line = lines; *line && **line; line++) {
    char *colon = strchr(*line, ':');
    *colon = '\0';
    assert_true(mc_request_set_header(holder, *line, colon + 1));
  }
  if (!mc_fetch_begin(x, status, holder->headers, &head))
    return -1;
  g_free(head.validator);
  return head.offset;
}

static void
what_is_glued(void **state)
{
  static const struct {
    gint64 have;
    const char *validator;
    int status;
    const char *headers;
    gint64 begins; /* -1: it is not the file */
  } rows[] = {
      {0, NULL, 200, "ETag:\"v\"", 0},
      {5, "\"v\"", 206, "Content-Range:bytes 5-9/10\nETag:\"v\"", 5},
      {5, "\"v\"", 206, "Content-Range:bytes 5-9/*", 5},
      {5, "\"v\"", 200, "ETag:\"w\"", 0},
      {5, "\"v\"", 206, "Content-Range:bytes 5-9/10\nETag:\"w\"", -1},
      {5, "\"v\"", 206, "Content-Range:bytes 4-9/10", -1},
      {5, "\"v\"", 206, "Content-Range:bytes 5-8/10", -1},
      {5, "\"v\"", 206, "Content-Range:lines 5-9/10", -1},
      {5, "\"v\"", 206, "ETag:\"v\"", -1},
      {0, NULL, 206, "Content-Range:bytes 0-9/10", -1},
      {5, NULL, 206, "Content-Range:bytes 5-9/10\nETag:\"v\"", -1},
      {0, NULL, 200, "Content-Type:text/html; charset=utf-8", -1},
      {0, NULL, 200, "Content-Type:application/json", -1},
      {0, NULL, 200, "Content-Type:application/problem+json", -1},
      {0, NULL, 404, "Content-Type:application/pdf", -1},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    assert_int_equal(begins(rows[i].have, rows[i].validator, rows[i].status, rows[i].headers),
                     rows[i].begins);
}

static void
ranges_are_asked_under_a_condition(void **state)
{
  g_autoptr(McExchange) x = fetch_of("a.pdf");
  (void)state;
  assert_string_equal(ask(x, "Range"), "");
  mc_fetch_have(x, 10, NULL);
  assert_string_equal(ask(x, "Range"), "");
  mc_fetch_have(x, 10, "\"v\"");
  assert_string_equal(ask(x, "Range"), "bytes=10-");
  assert_string_equal(ask(x, "If-Range"), "\"v\"");
}

/* --- names --- */
static void
safe_names(void **state)
{
  static const char *const rows[][2] = {
      {"a.pdf", "a.pdf"},
      {"/etc/passwd", "passwd"},
      {"..\\..\\x.pdf", "x.pdf"},
      {"..", "file"},
      {"", "file"},
      {"/", "file"},
      {".bashrc", "bashrc"},
      {"-rf", "rf"},
      {"a\nb\x1b[2J.pdf", "ab[2J.pdf"},
      {"anexe\u202efdp.pdf", "anexefdp.pdf"},
      {"Tờ khai: số 1?.pdf", "Tờ khai_ số 1_.pdf"},
      {"\xff\xfe.pdf", "pdf"},
      {"a.pdf...", "a.pdf"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = mc_file_safe_name(rows[i][0]);
    assert_string_equal(name, rows[i][1]);
  }
  g_autofree char *tail = g_strnfill(400, 'x'), *mark = g_strdup_printf("ờ%s.pdf", tail);
  g_autofree char *cut = mc_file_safe_name(mark);
  assert_true(strlen(cut) <= 200 && g_str_has_suffix(cut, "x.pdf"));
}

static void
what_a_form_takes(void **state)
{
  const char *const accept[] = {".pdf", "image/*", "text/plain", NULL};
  (void)state;
  assert_true(mc_file_is_accepted(accept, "A.PDF", mc_file_type_of("A.PDF")));
  assert_true(mc_file_is_accepted(accept, "a.png", mc_file_type_of("a.png")));
  assert_true(mc_file_is_accepted(accept, "a.txt", mc_file_type_of("a.txt")));
  assert_false(mc_file_is_accepted(accept, "pdf", mc_file_type_of("pdf")));
  assert_false(mc_file_is_accepted(accept, "a.docx", mc_file_type_of("a.docx")));
  assert_true(mc_file_is_accepted(NULL, "a.exe", mc_file_type_of("a.exe")));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bodies),
      cmocka_unit_test(multipart_bytes),
      cmocka_unit_test(no_file_in_a_query),
      cmocka_unit_test(what_is_glued),
      cmocka_unit_test(ranges_are_asked_under_a_condition),
      cmocka_unit_test(safe_names),
      cmocka_unit_test(what_a_form_takes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

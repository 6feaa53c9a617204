/* SPDX-License-Identifier: Apache-2.0 */
/* URL templates, nodes, readers and tests: any text as a connector's own, compiled where it compiles,
 * evaluated with odd values. A request that comes of it keeps to its origins, its headers to one line of
 * ASCII. */
#include "fuzz.h"
#include <string.h>
#include "base/http.h"
#include "connector/expr.h"

static const char values[] =
    "{\"config\":{\"unit\":\"a b/..?#&=%\\u0001\\u1ebf\",\"n\":9007199254740993001},\"session\":{\"url\":"
    "\"https://elsewhere.example/"
    "x\"},\"item\":{\"key\":\"007\",\"version\":\"\",\"keep\":{\"a\":[1,\"x\",null]}},"
    "\"input\":{\"note\":\"\\r\\nX: "
    "y\",\"many\":[\"a\",\"b\"]},\"now\":\"2026-11-22T06:30:00Z\",\"page\":{\"number\":1}}";

static const McJson *
odd_values(void)
{
  static McJson *json;
  if (!json)
    json = mc_json_parse("values", values, strlen(values), MC_JSON_STRICT, NULL);
  return json;
}

static McScope *
odd_scope(void)
{
  McScope *scope = mc_scope_new(NULL);
  for (const cJSON *member = mc_json_root(odd_values())->child; member; member = member->next)
    mc_scope_take(scope, member->string, cJSON_Duplicate(member, TRUE));
  return scope;
}

static void
check_request(const McRequestSpec *spec, const McScope *scope)
{
  static const char *const hosts[] = {"https://files.example", NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(McRequest) request = mc_request_build(spec, "https://base.example/api", hosts, scope, &error);
  if (!request == !error)
    g_error("neither a request nor a fault");
  g_autofree char *origin = request ? mc_url_origin(request->url) : NULL;
  if (request && g_strcmp0(origin, "https://base.example") != 0 &&
      g_strcmp0(origin, "https://files.example") != 0)
    g_error("a request to %s", request->url);
  for (guint i = 0; request && i < request->headers->len; i++) {
    const McHeader *header = request->headers->pdata[i];
    for (const char *p = header->value; *p; p++)
      if ((*p < 0x20 && *p != '\t') || (guchar)*p >= 0x7f)
        g_error("the header %s holds a control character", header->name);
  }
}

static void
evaluate(McCompiler *c, const cJSON *root, const McScope *scope)
{
  g_autoptr(McNode) node = mc_node_compile(c, root);
  g_autoptr(McReader) reader = mc_reader_compile(c, root);
  g_autoptr(McTest) test = mc_test_compile(c, root);
  g_autoptr(McTemplate) template = cJSON_IsString(root) ? mc_template_compile(c, root) : NULL;
  g_autoptr(McRequestSpec) spec = mc_request_compile(c, root, NULL);
  const cJSON *record = mc_json_root(odd_values());
  if (node)
    cJSON_Delete(mc_node_eval(node, scope, NULL));
  if (reader)
    cJSON_Delete(mc_reader_read_all(reader, record, scope));
  if (test)
    mc_test_eval(test, NULL, record, scope);
  if (template) {
    g_free(mc_template_expand(template, scope, NULL));
    g_free(mc_template_text(template, scope, NULL));
  }
  if (spec)
    check_request(spec, scope);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
  static const char *const names[] = {"config", "session", "item", "input", "now", "page", NULL};
  g_autoptr(McJson) json =
      mc_json_parse("c", (const char *)bytes, len, MC_JSON_COMMENTS | MC_JSON_POSITIONS, NULL);
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  g_autoptr(McScope) scope = odd_scope();
  McCompiler c = {.json = json, .faults = faults, .names = names};
  if (json)
    evaluate(&c, mc_json_root(json), scope);
  return 0;
}

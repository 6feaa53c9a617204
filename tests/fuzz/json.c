/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of JSON: strictly, with comments and positions, and reading on after faults. What was read
 * prints to a text that reads the same, and a slice is what printing gives. */
#include "fuzz.h"
#include <string.h>
#include "connector/json.h"

static void
check_same(const McJson *json)
{
  g_autoptr(GError) error = NULL;
  gsize len;
  g_autofree char *printed = mc_json_print(mc_json_root(json));
  g_autoptr(McJson) again = mc_json_parse("again", printed, strlen(printed), MC_JSON_STRICT, &error);
  if (!again || !mc_json_equal(mc_json_root(json), mc_json_root(again)))
    g_error("reads otherwise: %s: %s", printed, error ? error->message : "");
  const char *slice = mc_json_slice(json, mc_json_root(json), &len);
  if (slice && (strlen(printed) != len || memcmp(slice, printed, len) != 0))
    g_error("a slice that is not what printing gives: %s", printed);
}

/* Every node has a place and a pointer. */
static void
check_places(const McJson *json, const cJSON *node)
{
  int line, column;
  g_autofree char *pointer = mc_json_pointer(json, node);
  if (!mc_json_where(json, node, TRUE, &line, &column) || line < 1 || column < 1)
    g_error("%s has no place", pointer);
  for (const cJSON *child = node->child; child; child = child->next)
    check_places(json, child);
}

static void
count(int line, int column, const char *pointer, const char *message, gpointer data)
{
  if (line < 1 || column < 1 || !pointer || !*message)
    g_error("a fault without a place: %d:%d", line, column);
  ++*(guint *)data;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
  const char *text = (const char *)bytes;
  guint faults = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(McJson) strict = mc_json_parse("strict", text, len, MC_JSON_STRICT, &error);
  g_autoptr(McJson) file = mc_json_parse("file", text, len, MC_JSON_COMMENTS | MC_JSON_POSITIONS, NULL);
  g_autoptr(McJson) mended = mc_json_parse_on("mended", text, len, count, &faults);
  if (strict)
    check_same(strict);
  if (!strict == !error)
    g_error("neither a tree nor a fault");
  if (strict && (!file || !mended || !mc_json_equal(mc_json_root(strict), mc_json_root(mended))))
    g_error("what is JSON reads otherwise with comments");
  if (!file == !faults)
    g_error("%u faults of a file that reads %s", faults, file ? "well" : "badly");
  if (mended && len < 4096)
    check_places(mended, mc_json_root(mended));
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* XML and the character sets: any bytes are read or refused; what was read, written and read again, is the
 * same. */
#include "fuzz.h"
#include <string.h>
#include "connector/charset.h"
#include "connector/xml.h"

static void
check_same(const McJson *json)
{
  g_autofree char *printed = mc_json_print(mc_json_root(json));
  g_autofree char *written = mc_xml_write(mc_json_root(json), NULL);
  if (!written || strstr(printed, "null")) /* a name that only XML has; a nil, which is written empty */
    return;
  g_autoptr(GError) error = NULL;
  g_autoptr(McJson) again = mc_xml_parse("again", written, strlen(written), &error);
  g_autofree char *reprinted = again ? mc_json_print(mc_json_root(again)) : g_strdup(error->message);
  if (strcmp(printed, reprinted) != 0)
    g_error("reads otherwise:\n%s\n%s\n%s", printed, written, reprinted);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
  const char *text = (const char *)bytes;
  g_autoptr(GError) error = NULL;
  g_autoptr(McJson) json = mc_xml_parse("x", text, len, &error);
  if (!json == !error)
    g_error("neither a tree nor a fault");
  if (json)
    check_same(json);
  g_free(mc_xml_declared(text, len));
  for (gsize i = 0; mc_charset_names[i] && len < 512; i++) {
    gsize size = 0;
    g_autofree char *decoded = mc_charset_decode("x", mc_charset_names[i], text, len, &size, NULL);
    if (i > 0 && decoded && !g_utf8_validate_len(decoded, size, NULL))
      g_error("%s gave no UTF-8", mc_charset_names[i]);
  }
  return 0;
}

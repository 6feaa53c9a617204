/* SPDX-License-Identifier: Apache-2.0 */
/* The character sets of charset.h: those that iconv knows, and TCVN3 (the fonts of the ABC programs, TCVN
 * 5712:1993 VN3) by table. TCVN3 has capitals with tone marks only as other fonts: they read as small
 * letters. */
#include "connector/charset.h"
#include <string.h>
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

const char *const mc_charset_names[] = {"utf-8",        "utf-16",       "utf-16le", "utf-16be", "iso-8859-1",
                                        "windows-1252", "windows-1258", "tcvn3",    NULL};

static const struct {
  const char *alias, *name;
} aliases[] = {
    {"utf8", "utf-8"},          {"us-ascii", "utf-8"},       {"ascii", "utf-8"},
    {"latin1", "iso-8859-1"},   {"iso8859-1", "iso-8859-1"}, {"cp1252", "windows-1252"},
    {"cp1258", "windows-1258"}, {"x-viet-tcvn3", "tcvn3"},   {"x-viet-tcvn", "tcvn3"},
    {"abc", "tcvn3"},           {"tcvn-5712-3", "tcvn3"},
};

/* TCVN3 from 0xA1 on; 0: nothing. */
static const gunichar2 tcvn3[] = {
    0x0102, 0x00C2, 0x00CA, 0x00D4, 0x01A0, 0x01AF, 0x0110, 0x0103, 0x00E2, 0x00EA, 0x00F4, 0x01A1,
    0x01B0, 0x0111, 0,      0,      0,      0,      0,      0,      0x00E0, 0x1EA3, 0x00E3, 0x00E1,
    0x1EA1, 0,      0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0,      0,      0,      0,      0,      0,
    0,      0x1EB7, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD, 0x00E8, 0,      0x1EBB, 0x1EBD, 0x00E9,
    0x1EB9, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7, 0x00EC, 0x1EC9, 0,      0,      0,      0x0129,
    0x00ED, 0x1ECB, 0x00F2, 0,      0x1ECF, 0x00F5, 0x00F3, 0x1ECD, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1,
    0x1ED9, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3, 0x00F9, 0,      0x1EE7, 0x0169, 0x00FA, 0x1EE5,
    0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1, 0x1EF3, 0x1EF7, 0x1EF9, 0x00FD, 0x1EF5,
};

const char *
mc_charset_find(const char *name)
{
  for (gsize i = 0; mc_charset_names[i]; i++)
    if (g_ascii_strcasecmp(name, mc_charset_names[i]) == 0)
      return mc_charset_names[i];
  for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
    if (g_ascii_strcasecmp(name, aliases[i].alias) == 0)
      return aliases[i].name;
  return NULL;
}

static char *
refuse(const char *name, const char *charset, gsize at, GError **error)
{
  g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: byte %zu is no text in %s"), name, at + 1, charset);
  return NULL;
}

static char *
from_tcvn3(const char *name, const guchar *bytes, gsize len, GError **error)
{
  g_autoptr(GString) out = g_string_sized_new(2 * len + 1);
  for (gsize i = 0; i < len; i++) {
    gunichar c = bytes[i] < 0x80                                              ? bytes[i]
                 : bytes[i] == 0xA0                                           ? 0xA0
                 : bytes[i] >= 0xA1 && bytes[i] - 0xA1u < G_N_ELEMENTS(tcvn3) ? tcvn3[bytes[i] - 0xA1]
                                                                              : 0;
    if (!c)
      return refuse(name, "tcvn3", i, error);
    g_string_append_unichar(out, c);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* iconv's text in NFC: windows-1258 writes tone marks by themselves. */
static char *
from_iconv(const char *name, const char *charset, const char *bytes, gsize len, gsize *size, GError **error)
{
  gsize read = 0, written = 0;
  g_autofree char *text = g_convert(bytes, (gssize)len, "UTF-8", charset, &read, &written, NULL);
  const char *nul = text ? memchr(text, '\0', written) : NULL;
  if (!text || nul || read != len)
    return refuse(name, charset, text && nul ? (gsize)(nul - text) : read, error);
  const char *from = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
  char *normal = mc_text_normalise(from, (gssize)(written - (gsize)(from - text)));
  *size = strlen(normal);
  return normal;
}

char *
mc_charset_decode(const char *name, const char *charset, const char *bytes, gsize len, gsize *size,
                  GError **error)
{
  if (strcmp(charset, "utf-8") == 0) {
    char *copy = g_malloc(len + 1);
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    *size = len;
    return copy;
  }
  if (strcmp(charset, "tcvn3") != 0)
    return from_iconv(name, charset, bytes, len, size, error);
  char *text = from_tcvn3(name, (const guchar *)bytes, len, error);
  *size = text ? strlen(text) : 0;
  return text;
}

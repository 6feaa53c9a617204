/* SPDX-License-Identifier: Apache-2.0 */
/* Names and types of files. A server's name is untrusted: it chooses no directory, hides no file, looks like
 * no option, and shows nothing but what it is. */
#include <string.h>

#include "motcua/file.h"
#include "motcua/text.h"

#define MAX_NAME   200 /* bytes; file systems take 255, and " (99)" or a partial's ending may be added */
#define MAX_ENDING 16

static const char *
last_part(const char *name)
{
  const char *last = name;
  for (const char *p = name; *p; p++)
    if ((*p == '/' || *p == '\\') && p[1])
      last = p + 1;
  return last;
}

/* Without the characters that mc_text_clean() had to replace, and those that other systems refuse. */
static char *
only_plain(const char *name)
{
  g_autofree char *valid = g_utf8_make_valid(name, -1);
  g_autofree char *normal = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
  GString *out = g_string_new(NULL);
  for (const char *p = normal ? normal : valid; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    char one[8] = {0};
    g_unichar_to_utf8(c, one);
    g_autofree char *clean = mc_text_clean(one, -1);
    if (c != 0xFFFD && strcmp(clean, one) == 0 && !strchr("/\\:*?\"<>|", *one))
      g_string_append(out, one);
    else if (*one && strchr(":*?\"<>|", *one))
      g_string_append_c(out, '_');
  }
  return g_string_free(out, FALSE);
}

static const char *
ending_of(const char *name)
{
  const char *dot = strrchr(name, '.');
  return dot && dot > name && strlen(dot) <= MAX_ENDING ? dot : "";
}

char *
mc_file_safe_name(const char *name)
{
  g_autofree char *plain = only_plain(last_part(name ? name : ""));
  const char *start = plain + strspn(plain, ".- ~");
  g_autofree char *bare = g_strchomp(g_strdup(start));
  while (g_str_has_suffix(bare, "."))
    bare[strlen(bare) - 1] = '\0';
  if (!*bare)
    return g_strdup("file");
  if (strlen(bare) <= MAX_NAME)
    return g_steal_pointer(&bare);
  const char *ending = ending_of(bare);
  const char *end = bare + MAX_NAME - strlen(ending);
  while (end > bare && ((guchar)*end & 0xC0) == 0x80)
    end--;
  return g_strdup_printf("%.*s%s", (int)(end - bare), bare, ending);
}

const char *
mc_file_type_of(const char *name)
{
  static const struct {
    const char *ending, *type;
  } types[] = {
      {".pdf", "application/pdf"},
      {".doc", "application/msword"},
      {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {".xls", "application/vnd.ms-excel"},
      {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {".ppt", "application/vnd.ms-powerpoint"},
      {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      {".odt", "application/vnd.oasis.opendocument.text"},
      {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
      {".rtf", "application/rtf"},
      {".txt", "text/plain"},
      {".csv", "text/csv"},
      {".htm", "text/html"},
      {".html", "text/html"},
      {".xhtml", "application/xhtml+xml"},
      {".xml", "application/xml"},
      {".json", "application/json"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".png", "image/png"},
      {".gif", "image/gif"},
      {".tif", "image/tiff"},
      {".tiff", "image/tiff"},
      {".webp", "image/webp"},
      {".heic", "image/heic"},
      {".zip", "application/zip"},
      {".rar", "application/vnd.rar"},
      {".7z", "application/x-7z-compressed"},
      {".p7m", "application/pkcs7-mime"},
      {".p7s", "application/pkcs7-signature"},
      {".eml", "message/rfc822"},
      {".ics", "text/calendar"},
      {".mp3", "audio/mpeg"},
      {".mp4", "video/mp4"},
  };
  const char *ending = ending_of(name);
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_ascii_strcasecmp(types[i].ending, ending) == 0)
      return types[i].type;
  return "application/octet-stream";
}

gboolean
mc_file_is_accepted(const char *const *accept, const char *name, const char *type)
{
  gsize length = strlen(name);
  if (!accept || !*accept)
    return TRUE;
  for (; *accept; accept++) {
    const char *one = *accept;
    gsize n = strlen(one);
    if (*one == '.'                   ? length > n && g_ascii_strcasecmp(name + length - n, one) == 0
        : g_str_has_suffix(one, "/*") ? g_ascii_strncasecmp(type, one, n - 1) == 0
                                      : g_ascii_strcasecmp(type, one) == 0)
      return TRUE;
  }
  return FALSE;
}

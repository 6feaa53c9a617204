/* SPDX-License-Identifier: Apache-2.0 */
/* The character sets that the SOAP service of the workbench answers in. */
#include "demo/lab-soap.h"

#include <string.h>

static const SoapCharset charsets[] = {
    {"utf-8", "text/xml; charset=utf-8", ""},
    {"windows-1258", "text/xml; charset=windows-1258", ""},
    {"declared-1258", "text/xml", "<?xml version=\"1.0\" encoding=\"windows-1258\"?>\n"},
    {"tcvn3", "text/xml", ""},
    {"iso-8859-1", "text/xml; charset=ISO-8859-1", ""},
    {"utf-16", "text/xml; charset=utf-16", ""},
};

/* TCVN 5712:1993 VN3, as the ABC fonts have it: a letter, and its byte as the letter of ISO 8859-1. */
static const char letters[] = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ";
static const char bytes[] = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦";

const SoapCharset *
soap_charset(const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++)
    if (strcmp(charsets[i].word, word) == 0)
      return &charsets[i];
  return NULL;
}

static gunichar
tcvn3_byte(gunichar letter)
{
  const char *byte = bytes;

  for (const char *p = letters; *p; p = g_utf8_next_char(p), byte = g_utf8_next_char(byte))
    if (g_utf8_get_char(p) == letter)
      return g_utf8_get_char(byte);
  return 0;
}

static gboolean
put_tcvn3(GString *out, gunichar letter)
{
  gunichar byte = letter < 0x80 ? letter : tcvn3_byte(letter);

  if (!byte)
    byte = tcvn3_byte(g_unichar_tolower(letter));
  if (byte)
    g_string_append_c(out, (char)byte);
  return byte != 0;
}

static gboolean
put_iconv(GString *out, const char *charset, const char *text, gssize len)
{
  gsize size;
  g_autofree char *made = g_convert(text, len, charset, "UTF-8", NULL, &size, NULL);

  if (made)
    g_string_append_len(out, made, (gssize)size);
  return made != NULL;
}

static gboolean
is_tone(gunichar mark)
{
  return mark == 0x300 || mark == 0x301 || mark == 0x303 || mark == 0x309 || mark == 0x323;
}

/* A letter with its own mark, then the tone by itself. */
static gboolean
put_1258(GString *out, const char *letter, gssize len)
{
  g_autofree char *parts = g_utf8_normalize(letter, len, G_NORMALIZE_NFD);
  g_autoptr(GString) plain = g_string_new(NULL);
  gunichar tone = 0;

  if (put_iconv(out, "WINDOWS-1258", letter, len))
    return TRUE;
  for (const char *p = parts; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (is_tone(c))
      tone = c;
    else
      g_string_append_unichar(plain, c);
  }
  g_autofree char *whole = g_utf8_normalize(plain->str, -1, G_NORMALIZE_NFC);
  g_string_assign(plain, whole);
  if (tone)
    g_string_append_unichar(plain, tone);
  return put_iconv(out, "WINDOWS-1258", plain->str, (gssize)plain->len);
}

static gboolean
put(GString *out, const char *word, const char *letter, gssize len)
{
  if (strcmp(word, "tcvn3") == 0)
    return put_tcvn3(out, g_utf8_get_char(letter));
  return strcmp(word, "iso-8859-1") == 0 ? put_iconv(out, "ISO-8859-1", letter, len)
                                         : put_1258(out, letter, len);
}

GString *
soap_encode(const SoapCharset *charset, const char *text)
{
  GString *out = g_string_new(NULL);

  if (strcmp(charset->word, "utf-8") == 0)
    return g_string_append(out, text);
  if (strcmp(charset->word, "utf-16") == 0) { /* with its byte order mark */
    put_iconv(out, "UTF-16", text, -1);
    return out;
  }
  for (const char *p = text; *p; p = g_utf8_next_char(p))
    if (!put(out, charset->word, p, g_utf8_next_char(p) - p))
      g_string_append_printf(out, "&#%u;", g_utf8_get_char(p));
  return out;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes become text: cleaned for a terminal, or normalised for the store.
 *
 * One pass, linear in the input whatever it holds. Normalisation sorts each run of combining marks, so a run
 * is held to MAX_MARKS before it gets there: far above any language, far below any harm. */
#include "motcua/text.h"
#include "motcua/i18n.h"

#include <string.h>

#define MAX_MARKS   8
#define CHUNK       256 /* bytes */
#define REPLACEMENT 0xFFFD
#define ONES        G_GUINT64_CONSTANT(0x0101010101010101)

/* What a pass does with line ends and unsafe characters. */
typedef enum { PASS_NORMALISE, PASS_LINES, PASS_ONE_LINE } Pass;

typedef struct {
  gunichar first, last;
} Range;

/* The Format characters that turn, join, hide or tag text, and the two odd line ends. */
static const Range unsafe_ranges[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD},   {0x061C, 0x061C},
    {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
};

gboolean
mc_text_char_is_safe(gunichar c)
{
  if (c >= 0x20 && c < 0x7F)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(unsafe_ranges); i++)
    if (c <= unsafe_ranges[i].last)
      return c < unsafe_ranges[i].first;
  return TRUE;
}

/* One character, U+FFFD for a byte that starts none. Always moves on. */
static gunichar
take(const char **at, const char *end)
{
  gunichar c = (guchar) * *at;

  if (c < 0x80) {
    (*at)++;
    return c;
  }
  c = g_utf8_get_char_validated(*at, end - *at);
  if (c == (gunichar)-1 || c == (gunichar)-2) {
    (*at)++;
    return REPLACEMENT;
  }
  *at = g_utf8_next_char(*at);
  return c;
}

/* A character as the pass lets it through. CR LF is one line end. */
static gunichar
let_through(gunichar c, Pass pass, const char **at, const char *end)
{
  if (pass == PASS_NORMALISE)
    return c ? c : REPLACEMENT;
  if (c == '\r' || c == '\n') {
    if (c == '\r' && *at < end && **at == '\n')
      (*at)++;
    return pass == PASS_LINES ? '\n' : ' ';
  }
  if (c == '\t')
    return ' ';
  return mc_text_char_is_safe(c) ? c : REPLACEMENT;
}

/* Whether text of such characters alone is in NFC already: ASCII, Latin, the Vietnamese block. */
static gboolean
is_composed(gunichar c)
{
  return c < 0x0300 || (c >= 0x1E00 && c < 0x1F00) || (c >= 0x2010 && c < 0x2027) || c == REPLACEMENT;
}

/* Whether a character can be no part of what stands before it (UAX 15: neither a mark nor a jamo that
 * completes a syllable), so that text may be normalised up to it and from it. */
static gboolean
starts_anew(gunichar c)
{
  return c < 0x0300 || (!(c >= 0x1160 && c <= 0x11FF) && !g_unichar_ismark(c));
}

/* Text in the making: normalised up to `done`, all of it in NFC if `composed`. g_utf8_normalize() takes time
 * by the square of its input where much composes, so it is given little at once. */
typedef struct {
  GString *text;
  gsize done;
  gboolean composed;
} Output;

static void
normalise_rest(Output *out)
{
  if (!out->composed) {
    g_autofree char *nfc =
        g_utf8_normalize(out->text->str + out->done, (gssize)(out->text->len - out->done), G_NORMALIZE_NFC);
    g_string_truncate(out->text, out->done);
    g_string_append(out->text, nfc ? nfc : "");
  }
  out->done = out->text->len;
  out->composed = TRUE;
}

static void
put(Output *out, gunichar c)
{
  if (out->text->len - out->done >= CHUNK && starts_anew(c))
    normalise_rest(out);
  out->composed = out->composed && is_composed(c);
  if (c < 0x80)
    g_string_append_c(out->text, (char)c);
  else
    g_string_append_unichar(out->text, c);
}

static void
cut(GString *text, gsize max)
{
  if (text->len <= max)
    return;
  while (max > 0 && ((guchar)text->str[max] & 0xC0) == 0x80)
    max--;
  g_string_truncate(text, max);
}

/* Bytes of the character at `p` when it is one that every pass lets through as it is (and no mark, and
 * composed), else 0: printable ASCII, Latin, the Vietnamese block, the usual punctuation. */
static inline gsize
plain_character(const guchar *p, const guchar *end)
{
  gsize left = end - p;
  if (p[0] < 0x80)
    return p[0] >= 0x20 && p[0] != 0x7F;
  if (p[0] < 0xCC) /* up to U+02FF, from U+00A0 on without the soft hyphen */
    return p[0] >= 0xC2 && left >= 2 && (p[1] & 0xC0) == 0x80 &&
                   (p[0] > 0xC2 || (p[1] >= 0xA0 && p[1] != 0xAD))
               ? 2
               : 0;
  if (left < 3 || (p[2] & 0xC0) != 0x80)
    return 0;
  gboolean vietnamese = p[0] == 0xE1 && p[1] >= 0xB8 && p[1] <= 0xBB;
  gboolean punctuation = p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xA6;
  return vietnamese || punctuation ? 3 : 0;
}

gboolean
mc_text_is_plain(const char *bytes, gsize len)
{
  const guchar *p = (const guchar *)bytes, *end = p + len;
  for (gsize n; p < end; p += n) {
    guint64 word = 0;
    if (end - p >= 8)
      memcpy(&word, p, sizeof word);
    if (word && !(((word - ONES * 0x20) | (word + ONES) | word) & (ONES * 0x80)))
      n = 8; /* printable ASCII alone */
    else if (!(n = plain_character(p, end)))
      return FALSE;
  }
  return TRUE;
}

static char *
convert(const char *bytes, gssize len, Pass pass, gsize max)
{
  const char *end = bytes + (len < 0 ? strlen(bytes) : (gsize)len);
  gsize size = (gsize)(end - bytes);
  if (size <= max && mc_text_is_plain(bytes, size)) {
    char *same = g_malloc(size + 1);
    same[size] = '\0';
    return memcpy(same, bytes, size);
  }
  Output out = {g_string_sized_new(MIN((gsize)(end - bytes), max) + 1), 0, TRUE};
  int marks = MAX_MARKS; /* none may come first: it would sit on whatever stands before this text */

  for (const char *at = bytes; at < end && out.text->len < max;) {
    gunichar c = let_through(take(&at, end), pass, &at, end);
    if (c < 0x0300 || !g_unichar_ismark(c))
      marks = c == '\n' ? MAX_MARKS : 0;
    else if (++marks > MAX_MARKS)
      c = REPLACEMENT;
    put(&out, c);
  }
  normalise_rest(&out);
  cut(out.text, max);
  return g_string_free(out.text, FALSE);
}

char *
mc_text_clean(const char *bytes, gssize len)
{
  return convert(bytes ? bytes : "", bytes ? len : 0, PASS_ONE_LINE, MC_TEXT_MAX);
}

char *
mc_text_clean_lines(const char *bytes, gssize len)
{
  return convert(bytes ? bytes : "", bytes ? len : 0, PASS_LINES, MC_TEXT_MAX);
}

char *
mc_text_normalise(const char *bytes, gssize len)
{
  return convert(bytes ? bytes : "", bytes ? len : 0, PASS_NORMALISE, G_MAXSIZE / 8);
}

char *
mc_text_escape_json(const char *json)
{
  GString *out = g_string_sized_new(strlen(json) + 16);
  const char *end = json + strlen(json);

  for (const char *at = json; at < end;) {
    const char *start = at;
    gunichar c = take(&at, end);
    if (c < 0x20) /* in JSON only ever the white space between tokens */
      g_string_append_c(out, ' ');
    else if (mc_text_char_is_safe(c) && c != REPLACEMENT)
      g_string_append_len(out, start, at - start);
    else if (c < 0x10000)
      g_string_append_printf(out, "\\u%04x", c);
    else
      g_string_append_printf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                             0xDC00 + ((c - 0x10000) & 0x3FF));
  }
  return g_string_free(out, FALSE);
}

char *
mc_text_size(gint64 bytes)
{
  char *text = bytes < 0 ? g_strdup("") : g_format_size((guint64)bytes);
  return strcmp(mc_i18n_language(), "vi") == 0 ? g_strdelimit(text, ".", ',') : text;
}

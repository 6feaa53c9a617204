/* SPDX-License-Identifier: Apache-2.0 */
/* How text is compared: blind to case and diacritics, or nearly equal. */
#include "motcua/text.h"

#include <string.h>

#define MAX_DECOMPOSITION 18 /* UAX 15: longest canonical or compatibility mapping */
#define MAX_WORD          64 /* characters; nothing longer is somebody's slip */

static gboolean
is_mark(gunichar c)
{
  return c >= 0x0300 && c <= 0x036F;
}

static gboolean
is_d_with_stroke(gunichar c)
{
  return c == 0x0111 || c == 0x0110;
}

/* A character's folded parts are appended; only the marks that domain.md names are dropped. */
static void
append_folded(GString *out, gunichar c)
{
  gunichar parts[MAX_DECOMPOSITION];
  gsize n = g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts));

  for (gsize i = 0; i < n; i++)
    if (!is_mark(parts[i]))
      g_string_append_unichar(out, is_d_with_stroke(parts[i]) ? 'd' : g_unichar_tolower(parts[i]));
}

/* Next character of text that should be valid UTF-8; one that is not is U+FFFD, never an overrun. */
static gunichar
next(const char **at)
{
  gunichar c = (guchar) * *at;

  if (c < 0x80) {
    (*at)++;
    return c;
  }
  c = g_utf8_get_char_validated(*at, -1);
  if (c == (gunichar)-1 || c == (gunichar)-2) {
    (*at)++;
    return 0xFFFD;
  }
  *at = g_utf8_next_char(*at);
  return c;
}

char *
mc_text_fold(const char *text)
{
  gsize len = strlen(text), plain = 0;

  while (plain < len && (guchar)text[plain] < 0x80)
    plain++;
  if (plain == len)
    return g_ascii_strdown(text, (gssize)len);

  GString *out = g_string_sized_new(len + 1);
  while (*text) {
    gunichar c = next(&text);
    if (c < 0x80)
      g_string_append_c(out, g_ascii_tolower((char)c));
    else
      append_folded(out, c);
  }
  return g_string_free(out, FALSE);
}

gboolean
mc_text_has_marks(const char *text)
{
  while (*text) {
    gunichar parts[MAX_DECOMPOSITION], c = next(&text);
    if (c < 0x80)
      continue;
    gsize n = g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts));
    for (gsize i = 0; i < n; i++)
      if (is_mark(parts[i]) || is_d_with_stroke(parts[i]))
        return TRUE;
  }
  return FALSE;
}

/* Folded characters of a word, or -1 when it is too long to be compared. */
static int
characters(const char *word, gunichar out[MAX_WORD])
{
  g_autofree char *folded = strlen(word) <= 4 * MAX_WORD ? mc_text_fold(word) : NULL;
  int n = 0;

  if (!folded)
    return -1;
  for (const char *at = folded; *at;) {
    if (n == MAX_WORD)
      return -1;
    out[n++] = next(&at);
  }
  return n;
}

/* Edit distance where two neighbours in the wrong order are one slip (optimal string alignment). */
static int
distance(const gunichar *a, int na, const gunichar *b, int nb)
{
  int rows[3][MAX_WORD + 1];

  for (int j = 0; j <= nb; j++)
    rows[0][j] = j;
  for (int i = 1; i <= na; i++) {
    int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
    row[0] = i;
    for (int j = 1; j <= nb; j++) {
      row[j] = MIN(MIN(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN(row[j], two_above[j - 2] + 1);
    }
  }
  return rows[na % 3][nb];
}

const char *
mc_text_nearest(const char *word, const char *const *candidates)
{
  gunichar wanted[MAX_WORD], other[MAX_WORD];
  const char *nearest = NULL;
  int n = characters(word, wanted);
  int best = n <= 3 ? 2 : n < 8 ? 3 : 4; /* one more than the slips allowed */

  if (n <= 0)
    return NULL;
  for (; *candidates; candidates++) {
    int m = characters(*candidates, other);
    int d = m < 0 ? best : distance(wanted, n, other, m);
    if (d < best && d < n) {
      best = d;
      nearest = *candidates;
    }
  }
  return nearest;
}

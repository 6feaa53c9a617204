/* SPDX-License-Identifier: Apache-2.0 */
/* How clean text lies on a terminal: widths, cuts, lines, masks. A column is never split, and a base
 * character keeps its marks. */
#include "motcua/text.h"

#include <string.h>

#define ELLIPSIS "…"

static int
char_width(gunichar c)
{
  if (c < 0x0300)
    return 1;
  return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* The end of the longest start of `text` that takes at most `columns`, marks included; its width. */
static const char *
span(const char *text, int columns, int *width)
{
  int taken = 0;

  while (*text) {
    int w = char_width(g_utf8_get_char(text));
    if (taken + w > columns)
      break;
    taken += w;
    text = g_utf8_next_char(text);
  }
  *width = taken;
  return text;
}

int
mc_text_width(const char *text)
{
  int width;

  span(text, G_MAXINT - 2, &width);
  return width;
}

static void
append_ellipsized(GString *out, const char *text, int columns, int *width)
{
  const char *end = span(text, columns, width);

  if (*end && columns > 0) {
    end = span(text, columns - 1, width);
    g_string_append_len(out, text, end - text);
    g_string_append(out, ELLIPSIS);
    (*width)++;
  } else if (columns > 0) {
    g_string_append_len(out, text, end - text);
  }
}

char *
mc_text_ellipsize(const char *text, int columns)
{
  GString *out = g_string_new(NULL);
  int width;

  append_ellipsized(out, text, columns, &width);
  return g_string_free(out, FALSE);
}

char *
mc_text_fit(const char *text, int columns)
{
  GString *out = g_string_new(NULL);
  int width = 0;

  append_ellipsized(out, text, columns, &width);
  for (; width < columns; width++)
    g_string_append_c(out, ' ');
  return g_string_free(out, FALSE);
}

/* One line off `text`, which is a paragraph up to `stop`; where the rest starts. */
static const char *
wrap_line(const char *text, const char *stop, int columns, const char **line_end)
{
  const char *space = NULL;
  int width = 0;

  for (const char *at = text; at < stop; at = g_utf8_next_char(at)) {
    int w = char_width(g_utf8_get_char(at));
    if (*at == ' ')
      space = at;
    if (width + w > columns) {
      *line_end = space && space > text ? space : at;
      for (at = *line_end; at < stop && *at == ' ';)
        at++;
      while (*line_end > text && (*line_end)[-1] == ' ')
        (*line_end)--;
      return at;
    }
    width += w;
  }
  *line_end = stop;
  return stop;
}

char **
mc_text_wrap(const char *text, int columns)
{
  GPtrArray *lines = g_ptr_array_new();

  columns = MAX(columns, 2); /* a wide character must fit */
  for (;;) {
    const char *stop = text + strcspn(text, "\n"), *end;
    do {
      const char *rest = wrap_line(text, stop, columns, &end);
      g_ptr_array_add(lines, g_strndup(text, (gsize)(end - text)));
      text = rest;
    } while (text < stop);
    if (!*stop)
      break;
    text = stop + 1;
  }
  g_ptr_array_add(lines, NULL);
  return (char **)g_ptr_array_free(lines, FALSE);
}

char *
mc_text_mask(const char *text)
{
  enum { HEAD = 3, TAIL = 4, STARS = 5 };
  static const char stars[] = "********";
  glong n = g_utf8_strlen(text, -1);

  if (n < HEAD + TAIL + 3)
    return g_strndup(stars, (gsize)MIN(n, (glong)sizeof stars - 1));

  const char *head = g_utf8_offset_to_pointer(text, HEAD);
  const char *tail = g_utf8_offset_to_pointer(text, n - TAIL);
  return g_strdup_printf("%.*s%.*s%s", (int)(head - text), text, (int)MIN(n - HEAD - TAIL, STARS), stars,
                         tail);
}

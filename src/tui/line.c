/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the screen as data: see line.h. */
#include "tui/line.h"

#include <string.h>

#include "motcua/text.h"

static void
span_clear(gpointer span)
{
  g_free(((McSpan *)span)->text);
}

McLine *
mc_line_new(void)
{
  McLine *line = g_new0(McLine, 1);
  line->spans = g_array_new(FALSE, FALSE, sizeof(McSpan));
  g_array_set_clear_func(line->spans, span_clear);
  return line;
}

void
mc_line_free(McLine *line)
{
  if (!line)
    return;
  g_array_unref(line->spans);
  g_free(line);
}

/* How many bytes of a text its columns could need: rarely more than a letter and a few marks of 4 bytes each.
 */
static gsize
bytes_for(const char *text, int columns)
{
  gsize most = (gsize)MAX(columns, 0) * 32 + 64, length = strnlen(text, most);
  while (length == most && length > 0 && ((guchar)text[length] & 0xC0) == 0x80)
    length--;
  return length;
}

McSpan *
mc_line_add(McLine *line, int col, int width, McRole role, const char *text)
{
  if (width <= 0)
    return NULL;
  text = text ? text : "";
  /* Empty cells look alike, and a change of look costs bytes on the line. */
  McSpan span = {col, width, *text ? role : MC_ROLE_NORMAL, FALSE, g_strndup(text, bytes_for(text, width))};
  g_array_append_val(line->spans, span);
  return &g_array_index(line->spans, McSpan, line->spans->len - 1);
}

int
mc_line_end(const McLine *line)
{
  const McSpan *last = line->spans->len ? mc_line_span(line, line->spans->len - 1) : NULL;
  return last ? last->col + last->width : 0;
}

int
mc_line_append(McLine *line, int limit, McRole role, const char *text)
{
  int col = mc_line_end(line);
  g_autofree char *clean = mc_text_for(text, MAX(limit - col, 0));
  mc_line_add(line, col, MIN(mc_text_width(clean), limit - col), role, clean);
  return mc_line_end(line);
}

const McSpan *
mc_line_span(const McLine *line, guint index)
{
  return index < line->spans->len ? &g_array_index(line->spans, McSpan, index) : NULL;
}

char *
mc_line_text(const McLine *line, int cols)
{
  GString *text = g_string_new(NULL);
  int at = 0;
  for (guint i = 0; i < line->spans->len; i++) {
    const McSpan *span = mc_line_span(line, i);
    for (; at < span->col; at++)
      g_string_append_c(text, ' ');
    g_autofree char *clean = mc_text_for(span->text, span->width);
    g_autofree char *fit = mc_text_fit(clean, span->width);
    g_string_append(text, fit);
    at += span->width;
  }
  for (; at < cols; at++)
    g_string_append_c(text, ' ');
  return g_string_free(text, FALSE);
}

char *
mc_text_for(const char *text, int columns)
{
  text = text ? text : "";
  return mc_text_clean(text, (gssize)bytes_for(text, columns));
}

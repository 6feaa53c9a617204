/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the screen as data: spans of text, each with its place, width and role. Views build lines; only
 * screen/ draws them. Pure, so that what a person would see can be tested without a terminal. */
#ifndef TUI_LINE_H
#define TUI_LINE_H

#include "tui/theme.h"

typedef struct {
  int col, width;
  McRole role;
  gboolean outside; /* keeps its own look when its row is the selected one */
  char *text;       /* as it came; the screen cleans it */
} McSpan;

typedef struct {
  GArray *spans; /* McSpan, left to right, not overlapping */
} McLine;

McLine *mc_line_new(void);
void mc_line_free(McLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McLine, mc_line_free)

/* A span of exactly `width` columns at `col`; nothing and NULL when width <= 0. Valid until the next span. */
McSpan *mc_line_add(McLine *line, int col, int width, McRole role, const char *text);
/* A span as wide as its text right after the last one, cut at `limit` columns. Returns the column after it.
 */
int mc_line_append(McLine *line, int limit, McRole role, const char *text);
int mc_line_end(const McLine *line);
const McSpan *mc_line_span(const McLine *line, guint index); /* NULL past the last */

/* The whole line as text of `cols` columns, as the screen would show it. New string. */
char *mc_line_text(const McLine *line, int cols);

/* At most as many bytes of `text` as `columns` could need, cut on a character: a title of a megabyte must not
 * be cleaned for eighty columns. New string, clean. */
char *mc_text_for(const char *text, int columns);

#endif

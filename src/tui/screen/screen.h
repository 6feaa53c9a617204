/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal, and the one choke point where text meets it: whatever is drawn is cleaned and fitted here, so
 * that no byte of a system, a file or a name ever acts on the terminal. Nothing else in the program knows
 * curses.
 *
 * Drawing goes to a picture in memory; mc_screen_flush() sends the difference. One screen at a time. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "tui/key.h"
#include "tui/line.h"

typedef struct McScreen McScreen;

/* Takes the terminal over. MC_ERROR_USAGE when stdin or stdout is none or its type is unknown. It is given
 * back by mc_screen_close(), and by the handlers of deadly signals. `colour` FALSE: attributes only. */
McScreen *mc_screen_open(const McTheme *theme, gboolean colour, GError **error);
void mc_screen_close(McScreen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McScreen, mc_screen_close)
void mc_screen_set_theme(McScreen *screen, const McTheme *theme);

int mc_screen_rows(const McScreen *screen);
int mc_screen_cols(const McScreen *screen);

/* `text` in exactly `width` columns, cut with '…' or filled with spaces. Outside the screen: nothing. */
void mc_screen_text(McScreen *screen, int row, int col, int width, McRole role, const char *text);
/* The same in black on white whatever the theme and the terminal's colours are, for what a camera reads; as
 * it is where there are no colours. */
void mc_screen_paper(McScreen *screen, int row, int col, int width, const char *text);
gboolean mc_screen_has_colours(const McScreen *screen);
/* The whole row: the line's spans, the rest empty. `selected`: the bar lies over the spans that are not
 * outside it. */
void mc_screen_line(McScreen *screen, int row, const McLine *line, gboolean selected);
void mc_screen_clear_rows(McScreen *screen, int row, int count);
void mc_screen_erase(McScreen *screen);

/* Moves what stands in rows top..top+height-1 up by `lines` (negative: down) with the terminal's own
 * scrolling; the rows that come free are empty. */
void mc_screen_scroll(McScreen *screen, int top, int height, int lines);

/* Where the terminal's cursor rests. A line editor shows it; elsewhere it stands on the selected row for a
 * reader. */
void mc_screen_cursor(McScreen *screen, int row, int col);
void mc_screen_flush(McScreen *screen);
/* The next flush paints everything anew. */
void mc_screen_repaint(McScreen *screen);
/* Takes the terminal's size after SIGWINCH. */
void mc_screen_resized(McScreen *screen);

/* The next key that was typed; FALSE when there is none yet. `closed` is set when the terminal is gone. */
gboolean mc_screen_key(McScreen *screen, McKey *key, gboolean *closed);

/* Readable while a signal waits; mc_screen_signal() takes it: SIGWINCH, SIGINT, SIGTERM, SIGHUP, or 0. */
int mc_screen_signal_fd(void);
int mc_screen_signal(void);

#endif

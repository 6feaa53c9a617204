/* SPDX-License-Identifier: Apache-2.0 */
/* Themes: which look each role on the screen has. A role says what a thing is (overdue, selected), never how
 * it looks; colour only adds to a sign or a word that already says it.
 *
 * A theme file has one section, [roles], with `role = WORDS`: a colour (default black red green yellow blue
 * magenta cyan white, bright-* of them, or 0-255), `on` and a second colour, and any of bold dim underline
 * reverse. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "motcua/home.h"

/* id, name in a theme file */
#define MC_ROLES(X)             \
  X(NORMAL, "normal")           \
  X(BAR, "bar")                 \
  X(BAR_CURRENT, "bar-current") \
  X(SELECTED, "selected")       \
  X(ALARM, "alarm")             \
  X(WARN, "warn")               \
  X(GOOD, "good")               \
  X(STRONG, "strong")           \
  X(DIM, "dim")                 \
  X(MARK, "mark")               \
  X(LABEL, "label")             \
  X(KEY, "key")                 \
  X(HINT, "hint")               \
  X(MESSAGE, "message")         \
  X(ERROR, "error")             \
  X(FRAME, "frame")             \
  X(INPUT, "input")             \
  X(DISABLED, "disabled")

#define X(id, name) MC_ROLE_##id,
typedef enum { MC_ROLES(X) MC_ROLE_COUNT } McRole;
#undef X

typedef enum {
  MC_LOOK_BOLD = 1,
  MC_LOOK_DIM = 2,
  MC_LOOK_UNDERLINE = 4,
  MC_LOOK_REVERSE = 8,
} McLookFlags;

typedef struct {
  short fg, bg; /* -1: the terminal's own */
  guint flags;  /* McLookFlags */
} McLook;

typedef struct {
  McLook looks[MC_ROLE_COUNT];
} McTheme;

/* What stands when no file can be read: the terminal's colours, reverse and bold. */
void mc_theme_init(McTheme *theme);

/* Reads one file over mc_theme_init(). MC_ERROR_CONFIG (file:line:column) at the first fault; what is right
 * is taken all the same. */
gboolean mc_theme_read(McTheme *theme, const McIni *ini, GError **error);

/* The theme of that name, user's before installed. A fault is in `error`; the theme is usable either way. */
gboolean mc_theme_load(McTheme *theme, const McHome *home, const char *name, GError **error);

#endif

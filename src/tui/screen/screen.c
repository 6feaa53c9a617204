/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal through ncurses: see screen.h.
 *
 * One window, stdscr; its lines are full width and line insertion is allowed, so a scrolled list costs a
 * scroll region and the lines that are new. Keys are read through a pad, because reading from a window would
 * refresh it. */
#define NCURSES_WIDECHAR 1
#include "tui/screen/screen.h"

#include <curses.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/screen/signals.h"
#include "tui/screen/terminal.h"

/* A lone Esc is told from an arrow key by what follows within this time. */
#define ESC_WAIT_MS 25

/* The pair of paper; its colours of 256 are the fixed ones, which no scheme changes. */
enum { PAPER = 1, BLACK_256 = 16, WHITE_256 = 231 };

struct McScreen {
  SCREEN *terminal;
  WINDOW *keys;
  gboolean colour;
  int cursor_row, cursor_col;
  attr_t attrs[MC_ROLE_COUNT];
  short pairs[MC_ROLE_COUNT];
  GArray *letters; /* wchar_t of the span being drawn */
};

static void
take_looks(McScreen *screen, const McTheme *theme)
{
  short next = PAPER + 1;
  if (screen->colour)
    init_pair(PAPER, COLORS >= 256 ? BLACK_256 : COLOR_BLACK, COLORS >= 256 ? WHITE_256 : COLOR_WHITE);
  for (int i = 0; i < MC_ROLE_COUNT; i++) {
    const McLook *look = &theme->looks[i];
    attr_t attrs = A_NORMAL;
    attrs |= look->flags & MC_LOOK_BOLD ? A_BOLD : 0;
    attrs |= look->flags & MC_LOOK_DIM ? A_DIM : 0;
    attrs |= look->flags & MC_LOOK_UNDERLINE ? A_UNDERLINE : 0;
    attrs |= look->flags & MC_LOOK_REVERSE ? A_REVERSE : 0;
    screen->attrs[i] = attrs;
    screen->pairs[i] = 0;
    if (!screen->colour || (look->fg < 0 && look->bg < 0) || look->fg >= COLORS || look->bg >= COLORS)
      continue;
    init_pair(next, look->fg, look->bg);
    screen->pairs[i] = next++;
  }
}

void
mc_screen_set_theme(McScreen *screen, const McTheme *theme)
{
  take_looks(screen, theme);
}

McScreen *
mc_screen_open(const McTheme *theme, gboolean colour, GError **error)
{
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE,
                _("The inbox needs a terminal; \"motcua list\" prints a table."));
    return NULL;
  }
  if (!mc_signals_start(error))
    return NULL;
  SCREEN *terminal = mc_terminal_is_known() ? newterm(NULL, stdout, stdin) : NULL;
  if (!terminal) {
    mc_signals_stop();
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE,
                _("The terminal type \"%s\" is unknown; set TERM, for example xterm-256color."),
                g_getenv("TERM") ? g_getenv("TERM") : "");
    return NULL;
  }
  McScreen *screen = g_new0(McScreen, 1);
  screen->terminal = terminal;
  set_escdelay(ESC_WAIT_MS);
  screen->letters = g_array_new(FALSE, FALSE, sizeof(wchar_t));
  screen->keys = newpad(1, 1);
  cbreak();
  noecho();
  nonl();
  keypad(screen->keys, TRUE);
  nodelay(screen->keys, TRUE);
  idlok(stdscr, TRUE);
  typeahead(-1); /* one flush follows a burst of keys anyway */
  screen->colour = colour && has_colors() && start_color() == OK;
  if (screen->colour)
    use_default_colors();
  take_looks(screen, theme);
  return screen;
}

void
mc_screen_close(McScreen *screen)
{
  if (!screen)
    return;
  delwin(screen->keys);
  endwin();
  delscreen(screen->terminal);
  mc_signals_stop();
  g_array_unref(screen->letters);
  g_free(screen);
}

int
mc_screen_rows(const McScreen *screen)
{
  return getmaxy(stdscr) + 0 * (screen == NULL);
}

int
mc_screen_cols(const McScreen *screen)
{
  return getmaxx(stdscr) + 0 * (screen == NULL);
}

/* Clean text as cells: what the C library cannot place becomes a replacement, and nothing exceeds `width`
 * even where its widths differ from ours. Returns the columns used. */
static int
letters_fill(GArray *letters, const char *clean, int width)
{
  int used = 0;
  for (const char *p = clean; *p; p = g_utf8_next_char(p)) {
    wchar_t letter = (wchar_t)g_utf8_get_char(p);
    int columns = wcwidth(letter);
    if (columns < 0) {
      letter = 0xFFFD;
      columns = 1;
    }
    if (used + columns > width)
      break;
    used += columns;
    g_array_append_val(letters, letter);
  }
  return used;
}

/* Printable ASCII that fits needs no cleaning: most of a screen. FALSE when it is not that. */
static gboolean
letters_plain(GArray *letters, const char *text, int width)
{
  int length = 0;
  for (; text[length]; length++)
    if (length == width || text[length] < ' ' || text[length] > '~')
      return FALSE;
  for (int i = 0; i < length; i++) {
    wchar_t letter = (wchar_t)text[i];
    g_array_append_val(letters, letter);
  }
  return TRUE;
}

static void
put(McScreen *screen, int row, int col, int width, attr_t attrs, short pair, const char *text)
{
  width = MIN(width, getmaxx(stdscr) - col);
  if (row < 0 || row >= getmaxy(stdscr) || col < 0 || width <= 0)
    return;
  GArray *letters = screen->letters;
  int used = 0;
  g_array_set_size(letters, 0);
  if (letters_plain(letters, text ? text : "", width)) {
    used = (int)letters->len;
  } else {
    g_autofree char *clean = mc_text_for(text, width);
    g_autofree char *fit = mc_text_ellipsize(clean, width);
    used = letters_fill(letters, fit, width);
  }
  for (wchar_t space = L' '; used < width; used++)
    g_array_append_val(letters, space);
  wattr_set(stdscr, attrs, pair, NULL);
  mvwaddnwstr(stdscr, row, col, &g_array_index(letters, wchar_t, 0), (int)letters->len);
}

void
mc_screen_text(McScreen *screen, int row, int col, int width, McRole role, const char *text)
{
  put(screen, row, col, width, screen->attrs[role], screen->pairs[role], text);
}

void
mc_screen_paper(McScreen *screen, int row, int col, int width, const char *text)
{
  put(screen, row, col, width, A_NORMAL, screen->colour ? PAPER : 0, text);
}

gboolean
mc_screen_has_colours(const McScreen *screen)
{
  return screen->colour;
}

void
mc_screen_line(McScreen *screen, int row, const McLine *line, gboolean selected)
{
  int at = 0, cols = getmaxx(stdscr);
  gboolean in_bar = selected;
  for (guint i = 0; line && i < line->spans->len; i++) {
    const McSpan *span = mc_line_span(line, i);
    in_bar = selected && !span->outside;
    mc_screen_text(screen, row, at, span->col - at, in_bar ? MC_ROLE_SELECTED : MC_ROLE_NORMAL, "");
    mc_screen_text(screen, row, span->col, span->width, in_bar ? MC_ROLE_SELECTED : span->role, span->text);
    at = span->col + span->width;
  }
  mc_screen_text(screen, row, at, cols - at, in_bar ? MC_ROLE_SELECTED : MC_ROLE_NORMAL, "");
}

void
mc_screen_clear_rows(McScreen *screen, int row, int count)
{
  wattr_set(stdscr, screen->attrs[MC_ROLE_NORMAL], screen->pairs[MC_ROLE_NORMAL], NULL);
  for (int i = 0; i < count && row + i < getmaxy(stdscr); i++) {
    wmove(stdscr, row + i, 0);
    wclrtoeol(stdscr);
  }
}

void
mc_screen_erase(McScreen *screen)
{
  mc_screen_clear_rows(screen, 0, getmaxy(stdscr));
}

void
mc_screen_scroll(McScreen *screen, int top, int height, int lines)
{
  wattr_set(stdscr, screen->attrs[MC_ROLE_NORMAL], 0, NULL);
  wsetscrreg(stdscr, top, top + height - 1);
  scrollok(stdscr, TRUE);
  wscrl(stdscr, lines);
  scrollok(stdscr, FALSE);
  wsetscrreg(stdscr, 0, getmaxy(stdscr) - 1);
}

void
mc_screen_cursor(McScreen *screen, int row, int col)
{
  screen->cursor_row = row;
  screen->cursor_col = col;
}

void
mc_screen_flush(McScreen *screen)
{
  wmove(stdscr, CLAMP(screen->cursor_row, 0, getmaxy(stdscr) - 1),
        CLAMP(screen->cursor_col, 0, getmaxx(stdscr) - 1));
  wnoutrefresh(stdscr);
  doupdate();
}

void
mc_screen_repaint(McScreen *screen)
{
  mc_screen_erase(screen);
  clearok(stdscr, TRUE);
}

void
mc_screen_resized(McScreen *screen)
{
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
    resizeterm(size.ws_row, size.ws_col);
  mc_screen_repaint(screen);
}

static const struct {
  int curses;
  McKey key;
} special[] = {
    {KEY_UP, MC_KEY_UP},         {KEY_DOWN, MC_KEY_DOWN},           {KEY_LEFT, MC_KEY_LEFT},
    {KEY_RIGHT, MC_KEY_RIGHT},   {KEY_HOME, MC_KEY_HOME},           {KEY_END, MC_KEY_END},
    {KEY_PPAGE, MC_KEY_PAGE_UP}, {KEY_NPAGE, MC_KEY_PAGE_DOWN},     {KEY_ENTER, MC_KEY_ENTER},
    {KEY_BTAB, MC_KEY_BACKTAB},  {KEY_BACKSPACE, MC_KEY_BACKSPACE}, {KEY_DC, MC_KEY_DELETE},
    {KEY_IC, MC_KEY_INSERT},     {KEY_FIND, MC_KEY_HOME},           {KEY_SELECT, MC_KEY_END},
};

static McKey
key_special(wint_t code)
{
  for (gsize i = 0; i < G_N_ELEMENTS(special); i++)
    if ((wint_t)special[i].curses == code)
      return special[i].key;
  if (code >= KEY_F(1) && code <= KEY_F(12))
    return MC_KEY_F1 + (code - KEY_F(1));
  return MC_KEY_NONE;
}

static McKey
key_plain(wint_t code)
{
  switch (code) {
  case '\r':
  case '\n':
    return MC_KEY_ENTER;
  case '\t':
    return MC_KEY_TAB;
  case 27:
    return MC_KEY_ESC;
  case 8:
  case 127:
    return MC_KEY_BACKSPACE;
  default:
    return code >= 1 && code <= 26 ? MC_KEY_CTRL + 'a' + code - 1 : code >= 32 ? (McKey)code : MC_KEY_NONE;
  }
}

gboolean
mc_screen_key(McScreen *screen, McKey *key, gboolean *closed)
{
  wint_t code;
  for (;;) {
    errno = 0;
    int kind = wget_wch(screen->keys, &code);
    if (kind == ERR) {
      *closed = errno == EIO;
      return FALSE;
    }
    *key = kind == KEY_CODE_YES ? key_special(code) : key_plain(code);
    if (*key != MC_KEY_NONE)
      return TRUE;
  }
}

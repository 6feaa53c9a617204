/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal for tests: runs one program in a pseudo-terminal whose screen libvterm keeps, and is told
 * what to do by lines on standard input, words quoted as in a shell. Each line has one answer, in the
 * order asked: "ok ..." or "error ...". The program's output is taken at all times, so it never waits
 * for the test. At the end of input the program is hung up, and killed if that is not enough.
 *
 *   record FILE                          from here on, append all that the program writes to FILE
 *   spawn COLSxROWS [NAME=VALUE|NAME]... -- COMMAND [ARGUMENT]...     (a bare NAME is unset)
 *   key NAME...                          enter esc tab backtab space backspace delete insert up down left
 *                                        right home end pageup pagedown f1-f12 ctrl-X alt-X or a character
 *   text STRING                          typed as it is
 *   resize COLSxROWS
 *   wait MS STRING, gone MS STRING       until a row of the screen has STRING, or none has it
 *   settle QUIET MS                      until nothing was written for QUIET ms, MS at most
 *   screen                               ok ROWS, then that many lines
 *   attrs ROW                            ok START+LENGTH:FLAGS:FOREGROUND:BACKGROUND ... (flags of rbdui, or
 * -) cursor                               ok ROW COLUMN VISIBLE props                                ok
 * altscreen=N mouse=N bytes                                ok N, written by the program since last asked
 *   first                                ok US between the last key and the first byte after it
 *   kill SIGNAL                          by number
 *   exit MS                              ok exited N | ok signalled N, once the program has ended */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <vterm.h>

#define INPUT_MAX  65536
#define OUTPUT_MAX 65536

typedef struct {
  VTerm *vt;
  VTermScreen *screen;
  GString *input, *pending; /* commands not yet read whole; keys not yet taken by the program */
  int pty, record;
  pid_t pid;
  int status;
  gboolean ended, cursor_visible, altscreen;
  int mouse;
  guint64 bytes;
  gint64 key_at, first_after, last_output;
} Terminal;

static gint64
now_ms(void)
{
  return g_get_monotonic_time() / 1000;
}

static void answer(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void
answer(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *line = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  fputs(line, stdout);
  fputc('\n', stdout);
  fflush(stdout);
}

/* ---- the program and its screen ---- */

static void
from_keyboard(const char *bytes, size_t n, void *data)
{
  Terminal *t = data;
  g_string_append_len(t->pending, bytes, (gssize)n);
}

static int
on_property(VTermProp property, VTermValue *value, void *data)
{
  Terminal *t = data;
  if (property == VTERM_PROP_CURSORVISIBLE)
    t->cursor_visible = value->boolean;
  else if (property == VTERM_PROP_ALTSCREEN)
    t->altscreen = value->boolean;
  else if (property == VTERM_PROP_MOUSE)
    t->mouse = value->number;
  return 1;
}

static const VTermScreenCallbacks screen_callbacks = {.settermprop = on_property};

static void
write_pending(Terminal *t)
{
  while (t->pending->len > 0 && t->pty >= 0) {
    ssize_t n = write(t->pty, t->pending->str, t->pending->len);
    if (n <= 0)
      return;
    g_string_erase(t->pending, 0, n);
  }
}

static void
reap(Terminal *t)
{
  if (t->pid > 0 && !t->ended && waitpid(t->pid, &t->status, WNOHANG) == t->pid)
    t->ended = TRUE;
}

static void
take_output(Terminal *t)
{
  char buffer[OUTPUT_MAX];
  ssize_t n = read(t->pty, buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0) {
    close(t->pty);
    t->pty = -1;
    return;
  }
  t->last_output = now_ms();
  if (t->key_at != 0 && t->first_after == 0)
    t->first_after = g_get_monotonic_time();
  t->bytes += (guint64)n;
  if (t->record >= 0 && write(t->record, buffer, (size_t)n) != n)
    g_error("record: %s", g_strerror(errno));
  vterm_input_write(t->vt, buffer, (size_t)n);
  vterm_screen_flush_damage(t->screen);
}

/* Lets the program run until `deadline` (ms, monotonic) or until something came from it or, where
 * commands are wanted, from standard input. FALSE at the end of input. */
static gboolean
pump(Terminal *t, gint64 deadline, gboolean commands)
{
  struct pollfd fds[2] = {{.fd = t->pty, .events = POLLIN}, {.fd = commands ? 0 : -1, .events = POLLIN}};
  if (t->pending->len > 0)
    fds[0].events |= POLLOUT;
  gint64 left = deadline < 0 ? 50 : CLAMP(deadline - now_ms(), 0, 50);
  if (poll(fds, 2, (int)left) > 0) {
    if (fds[0].revents & POLLOUT)
      write_pending(t);
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
      take_output(t);
    if (fds[1].revents & (POLLIN | POLLHUP)) {
      char buffer[4096];
      ssize_t n = read(0, buffer, sizeof buffer);
      if (n <= 0 || t->input->len > INPUT_MAX)
        return FALSE;
      g_string_append_len(t->input, buffer, n);
    }
  }
  reap(t);
  return TRUE;
}

static void
row_text(Terminal *t, int row, GString *out)
{
  int rows, cols;
  vterm_get_size(t->vt, &rows, &cols);
  VTermScreenCell cell;
  for (VTermPos at = {row, 0}; at.col < cols; at.col += MAX(1, cell.width)) {
    vterm_screen_get_cell(t->screen, at, &cell);
    if (cell.chars[0] == 0)
      g_string_append_c(out, ' ');
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
      g_string_append_unichar(out, cell.chars[i]);
  }
}

static gboolean
on_screen(Terminal *t, const char *text)
{
  int rows, cols;
  vterm_get_size(t->vt, &rows, &cols);
  for (int row = 0; row < rows; row++) {
    g_autoptr(GString) line = g_string_new(NULL);
    row_text(t, row, line);
    if (strstr(line->str, text) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* ---- commands: each gets its words, the name first ---- */

static gboolean
parse_size(const char *word, int *cols, int *rows)
{
  return sscanf(word, "%dx%d", cols, rows) == 2 && *cols > 0 && *rows > 0 && *cols < 1000 && *rows < 1000;
}

static void
child(char **words)
{
  char **word = words;
  for (; *word != NULL && !g_str_equal(*word, "--"); word++) {
    if (strchr(*word, '=') != NULL)
      putenv(*word);
    else
      unsetenv(*word);
  }
  if (*word == NULL || word[1] == NULL)
    _exit(126);
  execvp(word[1], word + 1);
  dprintf(2, "%s: %s\r\n", word[1], g_strerror(errno));
  _exit(127);
}

static void
do_spawn(Terminal *t, char **words)
{
  int cols, rows;
  if (t->pid > 0 || !parse_size(words[1], &cols, &rows)) {
    answer("error spawn COLSxROWS [NAME=VALUE]... -- COMMAND, once");
    return;
  }
  t->vt = vterm_new(rows, cols);
  vterm_set_utf8(t->vt, 1);
  vterm_output_set_callback(t->vt, from_keyboard, t);
  t->screen = vterm_obtain_screen(t->vt);
  vterm_screen_set_callbacks(t->screen, &screen_callbacks, t);
  vterm_screen_enable_altscreen(t->screen, 1);
  vterm_screen_reset(t->screen, 1);
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
  t->pid = forkpty(&t->pty, NULL, NULL, &size);
  if (t->pid == 0)
    child(words + 2);
  if (t->pid < 0) {
    answer("error forkpty: %s", g_strerror(errno));
    return;
  }
  fcntl(t->pty, F_SETFL, fcntl(t->pty, F_GETFL) | O_NONBLOCK);
  fcntl(t->pty, F_SETFD, FD_CLOEXEC);
  t->last_output = now_ms();
  answer("ok %d", (int)t->pid);
}

static const struct {
  const char *name;
  VTermKey key;
} named_keys[] = {
    {"enter", VTERM_KEY_ENTER},   {"esc", VTERM_KEY_ESCAPE},        {"tab", VTERM_KEY_TAB},
    {"delete", VTERM_KEY_DEL},    {"insert", VTERM_KEY_INS},        {"backspace", VTERM_KEY_BACKSPACE},
    {"up", VTERM_KEY_UP},         {"down", VTERM_KEY_DOWN},         {"left", VTERM_KEY_LEFT},
    {"right", VTERM_KEY_RIGHT},   {"home", VTERM_KEY_HOME},         {"end", VTERM_KEY_END},
    {"pageup", VTERM_KEY_PAGEUP}, {"pagedown", VTERM_KEY_PAGEDOWN},
};

static gboolean
press(Terminal *t, const char *name)
{
  VTermModifier modifier = VTERM_MOD_NONE;
  if (g_str_equal(name, "backtab")) {
    vterm_keyboard_key(t->vt, VTERM_KEY_TAB, VTERM_MOD_SHIFT);
    return TRUE;
  }
  if (g_str_equal(name, "space"))
    name = " ";
  if (g_str_has_prefix(name, "ctrl-") || g_str_has_prefix(name, "alt-")) {
    modifier = name[0] == 'c' ? VTERM_MOD_CTRL : VTERM_MOD_ALT;
    name = strchr(name, '-') + 1;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(named_keys); i++)
    if (g_str_equal(name, named_keys[i].name)) {
      vterm_keyboard_key(t->vt, named_keys[i].key, modifier);
      return TRUE;
    }
  int function;
  if (sscanf(name, "f%d", &function) == 1 && function >= 1 && function <= 12) {
    vterm_keyboard_key(t->vt, VTERM_KEY_FUNCTION(function), modifier);
    return TRUE;
  }
  if (!g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) != 1)
    return FALSE;
  vterm_keyboard_unichar(t->vt, g_utf8_get_char(name), modifier);
  return TRUE;
}

static void
sent(Terminal *t)
{
  t->key_at = g_get_monotonic_time();
  t->first_after = 0;
  write_pending(t);
}

static void
do_key(Terminal *t, char **words)
{
  for (char **word = words + 1; *word != NULL; word++)
    if (!press(t, *word)) {
      answer("error no key is named %s", *word);
      return;
    }
  sent(t);
  answer("ok");
}

static void
do_text(Terminal *t, char **words)
{
  g_string_append(t->pending, words[1]);
  sent(t);
  answer("ok");
}

static void
do_resize(Terminal *t, char **words)
{
  int cols, rows;
  if (!parse_size(words[1], &cols, &rows)) {
    answer("error resize COLSxROWS");
    return;
  }
  vterm_set_size(t->vt, rows, cols);
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
  ioctl(t->pty, TIOCSWINSZ, &size);
  answer("ok");
}

static void
do_wait(Terminal *t, char **words)
{
  gboolean wanted = g_str_equal(words[0], "wait");
  gint64 deadline = now_ms() + g_ascii_strtoll(words[1], NULL, 10);
  while (on_screen(t, words[2]) != wanted) {
    if (now_ms() >= deadline || (t->ended && t->pty < 0)) {
      answer("error %s: %s", t->ended ? "the program ended" : "time is up", words[2]);
      return;
    }
    pump(t, deadline, FALSE);
  }
  answer("ok");
}

static void
do_settle(Terminal *t, char **words)
{
  gint64 quiet = g_ascii_strtoll(words[1], NULL, 10);
  gint64 start = now_ms(), deadline = start + g_ascii_strtoll(words[2], NULL, 10);
  while (now_ms() < MAX(start, t->last_output) + quiet && t->pty >= 0) {
    if (now_ms() >= deadline) {
      answer("error still writing");
      return;
    }
    pump(t, MIN(deadline, MAX(start, t->last_output) + quiet), FALSE);
  }
  answer("ok");
}

static void
do_screen(Terminal *t, char **words)
{
  (void)words;
  int rows, cols;
  vterm_get_size(t->vt, &rows, &cols);
  g_autoptr(GString) out = g_string_new(NULL);
  for (int row = 0; row < rows; row++) {
    g_string_append_c(out, '\n');
    row_text(t, row, out);
  }
  answer("ok %d%s", rows, out->str);
}

static void
append_color(GString *out, VTermColor color)
{
  if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
    g_string_append(out, ":-");
  else if (VTERM_COLOR_IS_INDEXED(&color))
    g_string_append_printf(out, ":%d", color.indexed.idx);
  else
    g_string_append_printf(out, ":#%02x%02x%02x", color.rgb.red, color.rgb.green, color.rgb.blue);
}

static char *
cell_look(Terminal *t, VTermPos at)
{
  VTermScreenCell cell;
  vterm_screen_get_cell(t->screen, at, &cell);
  g_autoptr(GString) look = g_string_new(":");
  const struct {
    gboolean on;
    char flag;
  } flags[] = {{cell.attrs.reverse, 'r'},
               {cell.attrs.bold, 'b'},
               {cell.attrs.underline != 0, 'u'},
               {cell.attrs.italic, 'i'},
               {cell.attrs.blink, 'k'}};
  for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
    if (flags[i].on)
      g_string_append_c(look, flags[i].flag);
  if (look->len == 1)
    g_string_append_c(look, '-');
  append_color(look, cell.fg);
  append_color(look, cell.bg);
  return g_string_free(g_steal_pointer(&look), FALSE);
}

static void
do_attrs(Terminal *t, char **words)
{
  int rows, cols, row = atoi(words[1]);
  vterm_get_size(t->vt, &rows, &cols);
  if (row < 0 || row >= rows) {
    answer("error no row %s", words[1]);
    return;
  }
  g_autoptr(GString) out = g_string_new("ok");
  g_autofree char *look = cell_look(t, (VTermPos){row, 0});
  for (int start = 0, col = 1; col <= cols; col++) {
    char *next = col < cols ? cell_look(t, (VTermPos){row, col}) : g_strdup("");
    if (!g_str_equal(next, look)) {
      g_string_append_printf(out, " %d+%d%s", start, col - start, look);
      start = col;
    }
    g_free(look);
    look = next;
  }
  answer("%s", out->str);
}

static void
do_cursor(Terminal *t, char **words)
{
  (void)words;
  VTermPos at;
  vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
  answer("ok %d %d %d", at.row, at.col, t->cursor_visible);
}

static void
do_props(Terminal *t, char **words)
{
  (void)words;
  answer("ok altscreen=%d mouse=%d", t->altscreen, t->mouse);
}

static void
do_bytes(Terminal *t, char **words)
{
  (void)words;
  answer("ok %" G_GUINT64_FORMAT, t->bytes);
  t->bytes = 0;
}

static void
do_first(Terminal *t, char **words)
{
  (void)words;
  if (t->first_after == 0)
    answer("error nothing was written since the last key");
  else
    answer("ok %" G_GINT64_FORMAT, t->first_after - t->key_at);
}

static void
do_kill(Terminal *t, char **words)
{
  reap(t);
  if (t->ended || kill(t->pid, atoi(words[1])) != 0)
    answer("error the program has ended");
  else
    answer("ok");
}

static void
do_exit(Terminal *t, char **words)
{
  gint64 deadline = now_ms() + g_ascii_strtoll(words[1], NULL, 10);
  while (!t->ended && now_ms() < deadline) {
    pump(t, MIN(deadline, now_ms() + 5), FALSE);
    if (t->pty < 0 && !t->ended)
      g_usleep(2000);
  }
  for (int i = 0; t->ended && t->pty >= 0 && i < 100; i++) /* what it wrote last */
    pump(t, now_ms() + 1, FALSE);
  if (!t->ended)
    answer("error still running");
  else if (WIFEXITED(t->status))
    answer("ok exited %d", WEXITSTATUS(t->status));
  else
    answer("ok signalled %d", WTERMSIG(t->status));
}

static void
do_record(Terminal *t, char **words)
{
  t->record = open(words[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (t->record < 0)
    answer("error %s: %s", words[1], g_strerror(errno));
  else
    answer("ok");
}

static const struct {
  const char *name;
  guint words; /* at least, the name included */
  gboolean early;
  void (*run)(Terminal *t, char **words);
} commands[] = {
    {"record", 2, TRUE, do_record}, {"spawn", 4, TRUE, do_spawn},    {"key", 2, FALSE, do_key},
    {"text", 2, FALSE, do_text},    {"resize", 2, FALSE, do_resize}, {"wait", 3, FALSE, do_wait},
    {"gone", 3, FALSE, do_wait},    {"settle", 3, FALSE, do_settle}, {"screen", 1, FALSE, do_screen},
    {"attrs", 2, FALSE, do_attrs},  {"cursor", 1, FALSE, do_cursor}, {"props", 1, FALSE, do_props},
    {"bytes", 1, FALSE, do_bytes},  {"first", 1, FALSE, do_first},   {"kill", 2, FALSE, do_kill},
    {"exit", 2, FALSE, do_exit},
};

static void
obey(Terminal *t, const char *line)
{
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;
  if (!g_shell_parse_argv(line, NULL, &words, &error)) {
    answer("error %s", error->message);
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    if (!g_str_equal(words[0], commands[i].name))
      continue;
    if (g_strv_length(words) < commands[i].words)
      answer("error %s wants more words", words[0]);
    else if (t->pid <= 0 && !commands[i].early)
      answer("error nothing is spawned");
    else
      commands[i].run(t, words);
    return;
  }
  answer("error no command is named %s", words[0]);
}

static void
hang_up(Terminal *t)
{
  if (t->pty >= 0)
    close(t->pty);
  t->pty = -1;
  if (t->pid <= 0)
    return;
  for (int i = 0; i < 400 && !t->ended; i++) {
    if (i == 0)
      kill(t->pid, SIGHUP);
    if (i == 200)
      kill(t->pid, SIGKILL);
    g_usleep(10000);
    reap(t);
  }
}

int
main(void)
{
  Terminal t = {.pty = -1, .record = -1, .input = g_string_new(NULL), .pending = g_string_new(NULL)};
  signal(SIGPIPE, SIG_IGN);
  while (pump(&t, -1, TRUE)) {
    char *newline;
    while ((newline = memchr(t.input->str, '\n', t.input->len)) != NULL) {
      g_autofree char *line = g_strndup(t.input->str, (gsize)(newline - t.input->str));
      g_string_erase(t.input, 0, newline - t.input->str + 1);
      obey(&t, line);
    }
  }
  hang_up(&t);
  if (t.vt != NULL)
    vterm_free(t.vt);
  g_string_free(t.input, TRUE);
  g_string_free(t.pending, TRUE);
  return 0;
}

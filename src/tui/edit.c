/* SPDX-License-Identifier: Apache-2.0 */
/* Text being typed: see edit.h. */
#include "tui/edit.h"

#include <string.h>

#include "motcua/text.h"

struct McEdit {
  char *text; /* UTF-8, always `size` + 1 bytes of its own */
  gsize length, size, cursor;
  gboolean lines, secret;
  int most;
};

static void
wipe(char *bytes, gsize length)
{
  volatile char *p = bytes;
  while (length--)
    *p++ = 0;
}

void
mc_edit_wipe(gpointer text)
{
  if (text)
    wipe(text, strlen(text));
  g_free(text);
}

static void
release(McEdit *edit)
{
  if (edit->secret && edit->text)
    wipe(edit->text, edit->size);
  g_free(edit->text);
}

McEdit *
mc_edit_new(const char *text, gboolean lines, gboolean secret, int most)
{
  McEdit *edit = g_new0(McEdit, 1);
  edit->lines = lines;
  edit->secret = secret;
  edit->most = most;
  mc_edit_set(edit, text);
  return edit;
}

void
mc_edit_free(McEdit *edit)
{
  if (!edit)
    return;
  release(edit);
  g_free(edit);
}

const char *
mc_edit_text(const McEdit *edit)
{
  return edit->text;
}

gboolean
mc_edit_is_lines(const McEdit *edit)
{
  return edit->lines;
}

int
mc_edit_cursor(const McEdit *edit)
{
  return (int)edit->cursor;
}

void
mc_edit_set(McEdit *edit, const char *text)
{
  release(edit);
  edit->length = edit->cursor = strlen(text ? text : "");
  edit->size = edit->length + 64;
  edit->text = g_malloc0(edit->size + 1);
  memcpy(edit->text, text ? text : "", edit->length);
}

/* A new block instead of realloc, which would leave a copy of a secret behind. */
static void
reserve(McEdit *edit, gsize more)
{
  if (edit->length + more <= edit->size)
    return;
  gsize size = (edit->length + more) * 2;
  char *text = g_malloc0(size + 1);
  memcpy(text, edit->text, edit->length);
  release(edit);
  edit->text = text;
  edit->size = size;
}

gboolean
mc_edit_insert(McEdit *edit, gunichar c)
{
  char bytes[6];
  gboolean newline = c == '\n' && edit->lines;
  if (!newline && (!g_unichar_validate(c) || g_unichar_iscntrl(c)))
    return FALSE;
  if (g_utf8_strlen(edit->text, -1) >= edit->most)
    return FALSE;
  gsize count = (gsize)g_unichar_to_utf8(c, bytes);
  reserve(edit, count);
  memmove(edit->text + edit->cursor + count, edit->text + edit->cursor, edit->length - edit->cursor + 1);
  memcpy(edit->text + edit->cursor, bytes, count);
  edit->length += count;
  edit->cursor += count;
  return TRUE;
}

static gsize
before(const McEdit *edit, gsize at)
{
  const char *p = g_utf8_find_prev_char(edit->text, edit->text + at);
  /* A letter and its combining marks are one. */
  while (p && p > edit->text && g_unichar_ismark(g_utf8_get_char(p)))
    p = g_utf8_find_prev_char(edit->text, p);
  return p ? (gsize)(p - edit->text) : 0;
}

static gsize
after(const McEdit *edit, gsize at)
{
  const char *p = edit->text + at;
  if (*p)
    p = g_utf8_next_char(p);
  while (*p && g_unichar_ismark(g_utf8_get_char(p)))
    p = g_utf8_next_char(p);
  return (gsize)(p - edit->text);
}

static gboolean
move_to(McEdit *edit, gsize at)
{
  gboolean moved = at != edit->cursor;
  edit->cursor = at;
  return moved;
}

static gboolean
cut(McEdit *edit, gsize from, gsize to)
{
  if (from >= to)
    return FALSE;
  memmove(edit->text + from, edit->text + to, edit->length - to + 1);
  edit->length -= to - from;
  edit->cursor = from;
  if (edit->secret)
    wipe(edit->text + edit->length, edit->size - edit->length);
  return TRUE;
}

static gsize
line_start(const McEdit *edit, gsize at)
{
  while (at > 0 && edit->text[at - 1] != '\n')
    at--;
  return at;
}

static gsize
line_end(const McEdit *edit, gsize at)
{
  while (edit->text[at] && edit->text[at] != '\n')
    at++;
  return at;
}

gboolean
mc_edit_left(McEdit *edit)
{
  return move_to(edit, before(edit, edit->cursor));
}

gboolean
mc_edit_right(McEdit *edit)
{
  return move_to(edit, after(edit, edit->cursor));
}

gboolean
mc_edit_line(McEdit *edit, int by)
{
  gsize start = line_start(edit, edit->cursor), end = line_end(edit, edit->cursor);
  if ((by < 0 && start == 0) || (by > 0 && !edit->text[end]))
    return FALSE;
  glong column = g_utf8_strlen(edit->text + start, (gssize)(edit->cursor - start));
  gsize to = by < 0 ? line_start(edit, start - 1) : end + 1;
  gsize stop = line_end(edit, to);
  for (; column > 0 && to < stop; column--)
    to = (gsize)(g_utf8_next_char(edit->text + to) - edit->text);
  return move_to(edit, to);
}

gboolean
mc_edit_home(McEdit *edit)
{
  return move_to(edit, line_start(edit, edit->cursor));
}

gboolean
mc_edit_end(McEdit *edit)
{
  return move_to(edit, line_end(edit, edit->cursor));
}

gboolean
mc_edit_backspace(McEdit *edit)
{
  return cut(edit, before(edit, edit->cursor), edit->cursor);
}

gboolean
mc_edit_delete(McEdit *edit)
{
  return cut(edit, edit->cursor, after(edit, edit->cursor));
}

gboolean
mc_edit_delete_word(McEdit *edit)
{
  gsize from = edit->cursor;
  while (from > 0 && edit->text[from - 1] == ' ')
    from--;
  while (from > 0 && edit->text[from - 1] != ' ' && edit->text[from - 1] != '\n')
    from--;
  return cut(edit, from, edit->cursor);
}

gboolean
mc_edit_kill(McEdit *edit)
{
  return cut(edit, line_start(edit, edit->cursor), edit->cursor);
}

static char *
shown_char(const McEdit *edit, const char *p)
{
  return edit->secret ? g_strdup("•") : mc_text_clean(p, g_utf8_next_char(p) - p);
}

char **
mc_edit_show(const McEdit *edit, int columns, int *row, int *col)
{
  GPtrArray *lines = g_ptr_array_new();
  GString *line = g_string_new(NULL);
  int used = 0;
  columns = MAX(columns, 2);
  *row = *col = 0;
  for (const char *p = edit->text;; p = g_utf8_next_char(p)) {
    g_autofree char *shown = *p && *p != '\n' ? shown_char(edit, p) : g_strdup("");
    int width = mc_text_width(shown);
    /* The last column is the cursor's. */
    if (*p && *p != '\n' && used + width > columns - 1) {
      g_ptr_array_add(lines, g_string_free(line, FALSE));
      line = g_string_new(NULL);
      used = 0;
    }
    if ((gsize)(p - edit->text) == edit->cursor) {
      *row = (int)lines->len;
      *col = used;
    }
    if (!*p)
      break;
    if (*p == '\n') {
      g_ptr_array_add(lines, g_string_free(line, FALSE));
      line = g_string_new(NULL);
      used = 0;
      continue;
    }
    g_string_append(line, shown);
    used += width;
  }
  g_ptr_array_add(lines, g_string_free(line, FALSE));
  g_ptr_array_add(lines, NULL);
  return (char **)g_ptr_array_free(lines, FALSE);
}

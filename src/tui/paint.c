/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets which rows, and in what order they are drawn: head, foot, the topmost whole view (beside the list
 * above it where there is room), then what lies over it. */
#include <stdarg.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/global.h"
#include "tui/views.h"

/* From this size on an opened item leaves the list in sight above it. */
enum { SPLIT_ROWS = 36, SPLIT_COLS = 100, SPLIT_PART = 3 };
/* An overlay below another one keeps so many rows, or lies behind it. */
enum { OVERLAY_MIN = 4 };

McReaction
mc_tui_say(McTui *tui, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_free(tui->message);
  tui->message = g_strdup_vprintf(format, args);
  tui->message_role = MC_ROLE_MESSAGE;
  va_end(args);
  return tui->message_over ? MC_REACT_ALL : MC_REACT_FOOT;
}

McReaction
mc_tui_warn(McTui *tui, const char *text)
{
  McReaction reaction = mc_tui_say(tui, "%s", text);
  tui->message_role = MC_ROLE_ERROR;
  return reaction;
}

McReaction
mc_tui_fail(McTui *tui, const GError *error)
{
  return mc_tui_warn(tui, error->message);
}

static void
draw_head(McTui *tui, int cols)
{
  g_autoptr(McLine) views = mc_bar_views(tui, cols);
  g_autoptr(McLine) summary = mc_bar_summary(tui, cols);
  mc_screen_line(tui->screen, 0, views, FALSE);
  mc_screen_line(tui->screen, 1, summary, FALSE);
}

static McView *
base_view(const McTui *tui, guint *index)
{
  for (*index = tui->stack->len - 1; *index > 0; (*index)--)
    if (!((McView *)tui->stack->pdata[*index])->ops->overlay)
      break;
  return tui->stack->pdata[*index];
}

static void
draw_state(McTui *tui, int row, int cols)
{
  guint index;
  McView *base = base_view(tui, &index);
  g_autofree char *right = NULL;
  g_autofree char *left = base->ops->state ? base->ops->state(tui, base, &right) : NULL;
  int width = right ? mc_text_width(right) : 0;
  mc_screen_text(tui->screen, row, 0, 1, MC_ROLE_NORMAL, "");
  mc_screen_text(tui->screen, row, 1, cols - width - 3, MC_ROLE_NORMAL, left);
  mc_screen_text(tui->screen, row, cols - width - 2, width + 2, MC_ROLE_NORMAL, right ? right : "");
}

static void
draw_hints(McTui *tui, int row, int cols)
{
  const McViewOps *ops = mc_tui_top(tui)->ops;
  g_autoptr(McLine) line = mc_line_new();
  mc_line_append(line, cols, MC_ROLE_HINT, " ");
  for (const McHint *hint = ops->hints; hint && hint->command != MC_CMD_NONE; hint++) {
    g_autofree char *key = mc_keymap_keys(tui->keymap, hint->command, ops->where, 1);
    g_autofree char *word = g_strdup_printf(" %s", _(hint->word));
    if (!*key || mc_line_end(line) + mc_text_width(key) + mc_text_width(word) + 2 > cols)
      continue;
    if (mc_line_end(line) > 1)
      mc_line_append(line, cols, MC_ROLE_HINT, "  ");
    mc_line_append(line, cols, MC_ROLE_KEY, key);
    mc_line_append(line, cols, MC_ROLE_HINT, word);
  }
  mc_screen_line(tui->screen, row, line, FALSE);
}

static void
draw_rule(McTui *tui, int row, int cols)
{
  g_autoptr(McLine) rule = mc_line_new();
  g_autoptr(GString) dashes = g_string_new(NULL);
  for (int i = 0; i < cols; i++)
    g_string_append(dashes, "─");
  mc_line_add(rule, 0, cols, MC_ROLE_FRAME, dashes->str);
  mc_screen_line(tui->screen, row, rule, FALSE);
}

/* The last line; a longer message takes the line of keys too, and a long one lies over the view, under a
 * rule, whole as far as the screen reaches (not under a form, which would hide its beginning). A message goes
 * with the next key, and what was taken last shows again. */
static void
draw_foot(McTui *tui, int rows, int cols, gboolean covered)
{
  g_autofree char *taken = mc_global_taken_text(tui);
  const char *text = tui->message ? tui->message : taken ? taken : "";
  McRole role = text == tui->message ? tui->message_role : MC_ROLE_MESSAGE;
  int room = text == tui->message && !covered ? rows - MC_HEAD_ROWS - 1 : 2;
  g_autofree char *clean = mc_text_for(text, cols * room);
  g_auto(GStrv) lines = mc_text_wrap(clean, cols - 2);
  int count = (int)g_strv_length(lines), shown = CLAMP(count, 1, room);
  tui->message_over = shown > 2;
  draw_state(tui, rows - 3, cols);
  if (shown == 1)
    draw_hints(tui, rows - 2, cols);
  if (tui->message_over)
    draw_rule(tui, rows - shown - 1, cols);
  g_autofree char *rest = count > shown ? g_strjoinv(" ", lines + shown - 1) : NULL;
  for (int i = 0; i < shown; i++) {
    const char *line = i < shown - 1 || !rest ? lines[i] : rest;
    mc_screen_text(tui->screen, rows - shown + i, 0, 1, MC_ROLE_NORMAL, "");
    mc_screen_text(tui->screen, rows - shown + i, 1, cols - 1, role, line ? line : "");
  }
}

/* The list stays above an opened item where there is room. */
static McArea
draw_split(McTui *tui, McView *base, McArea area, gboolean whole)
{
  McView *list = tui->stack->pdata[0];
  if (base->ops != &mc_detail_ops || area.height < SPLIT_ROWS - MC_HEAD_ROWS - MC_FOOT_ROWS ||
      area.cols < SPLIT_COLS)
    return area;
  McArea above = {area.row, area.height / SPLIT_PART, area.cols};
  if (whole)
    list->ops->draw(tui, list, above, TRUE);
  draw_rule(tui, above.row + above.height, area.cols);
  return (McArea){above.row + above.height + 1, area.height - above.height - 1, area.cols};
}

/* What lies over the view stands on the foot, each on the one opened after it as long as there is room: who
 * answers a question sees what it is about. */
static void
draw_overlays(McTui *tui, McArea area, guint first)
{
  guint count = tui->stack->len - first;
  g_autofree McArea *places = g_new0(McArea, count);
  int end = area.row + area.height;
  for (guint i = count; i-- > 0;) {
    McView *over = tui->stack->pdata[first + i];
    int wanted = over->ops->height(tui, over, area.height), room = end - area.row;
    int bottom = room >= MIN(wanted, OVERLAY_MIN) ? end : area.row + area.height;
    int height = MIN(wanted, bottom - area.row);
    places[i] = height ? (McArea){bottom - height, height, area.cols}
                       : (McArea){area.row + area.height, MC_FOOT_ROWS, area.cols};
    end = height ? MIN(end, bottom - height) : end;
  }
  for (guint i = 0; i < count; i++) {
    McView *over = tui->stack->pdata[first + i];
    over->ops->draw(tui, over, places[i], TRUE);
  }
}

/* The foot comes after the view it tells of, and before what may lie in it. */
static void
draw_views(McTui *tui, McArea area, gboolean whole)
{
  guint index;
  McView *base = base_view(tui, &index);
  gboolean covered = index + 1 < tui->stack->len;
  McArea room = draw_split(tui, base, area, whole);
  if (whole || !covered)
    base->ops->draw(tui, base, room, whole);
  draw_foot(tui, area.row + area.height + MC_FOOT_ROWS, area.cols, covered);
  if (covered)
    draw_overlays(tui, area, index + 1);
}

void
mc_tui_paint(McTui *tui, McReaction reaction)
{
  int rows = mc_screen_rows(tui->screen), cols = mc_screen_cols(tui->screen);
  reaction &= ~(guint)MC_REACT_UNHANDLED;
  if (reaction == MC_REACT_NONE)
    return;
  if (rows < MC_MIN_ROWS || cols < MC_MIN_COLS) {
    g_autofree char *text = g_strdup_printf(_("The inbox needs %d columns and %d rows; here are %d and %d."),
                                            MC_MIN_COLS, MC_MIN_ROWS, cols, rows);
    mc_screen_erase(tui->screen);
    mc_screen_text(tui->screen, 0, 0, cols, MC_ROLE_NORMAL, text);
    mc_screen_cursor(tui->screen, 0, 0);
    mc_screen_flush(tui->screen);
    return;
  }
  McView *top = mc_tui_top(tui);
  if (top->ops->alone) {
    top->ops->draw(tui, top, (McArea){0, rows, cols}, TRUE);
    mc_screen_flush(tui->screen);
    return;
  }
  gboolean whole = (reaction & MC_REACT_ALL) != 0;
  if (whole || reaction & MC_REACT_HEAD)
    draw_head(tui, cols);
  draw_views(tui, (McArea){MC_HEAD_ROWS, rows - MC_HEAD_ROWS - MC_FOOT_ROWS, cols}, whole);
  mc_screen_flush(tui->screen);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A menu over the view: numbered choices; those that cannot be chosen stand greyed, with the reason. */
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/views.h"

typedef struct {
  McView view;
  char *title;
  GPtrArray *rows; /* McChoiceRow */
  int selected, top, shown;
  McMenuFunc chosen;
  gpointer data;
  GDestroyNotify free_data;
} Menu;

static void
row_free(gpointer data)
{
  McChoiceRow *row = data;
  if (row->free_value)
    row->free_value(row->value);
  g_free(row->label);
  g_free(row->reason);
  g_free(row);
}

GPtrArray *
mc_menu_rows(void)
{
  return g_ptr_array_new_with_free_func(row_free);
}

void
mc_menu_row(GPtrArray *rows, const char *label, const char *reason, gpointer value, GDestroyNotify free_value)
{
  McChoiceRow *row = g_new0(McChoiceRow, 1);
  row->label = g_strdup(label);
  row->reason = g_strdup(reason);
  row->value = value;
  row->free_value = free_value;
  g_ptr_array_add(rows, row);
}

static McReaction
move(Menu *menu, int to)
{
  menu->selected = CLAMP(to, 0, (int)menu->rows->len - 1);
  return MC_REACT_ROWS;
}

static McReaction
choose(McTui *tui, Menu *menu, int index)
{
  if (index < 0 || index >= (int)menu->rows->len)
    return MC_REACT_NONE;
  McChoiceRow *row = menu->rows->pdata[index];
  menu->selected = index;
  if (row->reason)
    return mc_tui_say(tui, "%s: %s", row->label, row->reason) | MC_REACT_ROWS;
  /* What was chosen outlives the menu. */
  GPtrArray *rows = g_steal_pointer(&menu->rows);
  McMenuFunc chosen = menu->chosen;
  gpointer data = g_steal_pointer(&menu->data);
  GDestroyNotify free_data = menu->free_data;
  mc_tui_close(tui, &menu->view);
  McReaction reaction = chosen(tui, row->value, data);
  if (free_data)
    free_data(data);
  g_ptr_array_unref(rows);
  return reaction | MC_REACT_ALL;
}

static McReaction
menu_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Menu *menu = (Menu *)view;
  (void)argument;
  if (command >= MC_CMD_CHOOSE_1 && command <= MC_CMD_CHOOSE_9)
    return choose(tui, menu, (int)(command - MC_CMD_CHOOSE_1));
  switch (command) {
  case MC_CMD_DOWN:
    return move(menu, menu->selected + 1);
  case MC_CMD_UP:
    return move(menu, menu->selected - 1);
  case MC_CMD_PAGE_DOWN:
  case MC_CMD_HALF_DOWN:
    return move(menu, menu->selected + menu->shown);
  case MC_CMD_PAGE_UP:
  case MC_CMD_HALF_UP:
    return move(menu, menu->selected - menu->shown);
  case MC_CMD_FIRST:
    return move(menu, 0);
  case MC_CMD_LAST:
    return move(menu, (int)menu->rows->len - 1);
  case MC_CMD_CHOOSE:
    return choose(tui, menu, menu->selected);
  default:
    return MC_REACT_UNHANDLED;
  }
}

static int
menu_height(McTui *tui, McView *view, int most)
{
  (void)tui;
  return MIN((int)((Menu *)view)->rows->len + 1, most);
}

static void
draw_row(McTui *tui, const Menu *menu, McArea area, int row, int index)
{
  g_autoptr(McLine) line = mc_line_new();
  if (index < (int)menu->rows->len) {
    const McChoiceRow *choice = menu->rows->pdata[index];
    g_autofree char *digit = index < 9 ? g_strdup_printf("%d", index + 1) : g_strdup("");
    McRole role = choice->reason ? MC_ROLE_DISABLED : MC_ROLE_NORMAL;
    mc_line_add(line, 2, 2, choice->reason ? MC_ROLE_DISABLED : MC_ROLE_KEY, digit);
    mc_line_append(line, area.cols, role, choice->label);
    if (choice->reason) {
      g_autofree char *reason = g_strdup_printf("  (%s)", choice->reason);
      mc_line_append(line, area.cols, role, reason);
    }
  }
  mc_screen_line(tui->screen, area.row + row, line, index == menu->selected);
}

static void
menu_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Menu *menu = (Menu *)view;
  (void)whole;
  menu->shown = area.height - 1;
  menu->top = CLAMP(menu->top, menu->selected - menu->shown + 1, menu->selected);
  g_autoptr(McLine) title = mc_line_new();
  mc_line_append(title, area.cols, MC_ROLE_FRAME, "── ");
  mc_line_append(title, area.cols - 2, MC_ROLE_STRONG, menu->title);
  mc_line_append(title, area.cols, MC_ROLE_FRAME, " ");
  while (mc_line_end(title) < area.cols)
    mc_line_append(title, area.cols, MC_ROLE_FRAME, "─");
  mc_screen_line(tui->screen, area.row, title, FALSE);
  for (int row = 0; row < menu->shown; row++)
    draw_row(tui, menu, area, row + 1, menu->top + row);
  mc_screen_cursor(tui->screen, area.row + 1 + menu->selected - menu->top, 0);
}

static void
menu_free(McView *view)
{
  Menu *menu = (Menu *)view;
  g_clear_pointer(&menu->rows, g_ptr_array_unref);
  if (menu->data && menu->free_data)
    menu->free_data(menu->data);
  g_free(menu->title);
  g_free(menu);
}

static const McHint menu_hints[] = {{MC_CMD_CHOOSE, N_("take")},
                                    {MC_CMD_CHOOSE_1, N_("or its number")},
                                    {MC_CMD_BACK, N_("back")},
                                    {MC_CMD_NONE, NULL}};

static const McViewOps menu_ops = {
    .title = N_("Menu"),
    .where = MC_IN_MENU,
    .overlay = TRUE,
    .hints = menu_hints,
    .run = menu_run,
    .draw = menu_draw,
    .height = menu_height,
    .free = menu_free,
};

McReaction
mc_menu_open(McTui *tui, const char *title, GPtrArray *rows, McMenuFunc chosen, gpointer data,
             GDestroyNotify free_data)
{
  Menu *menu = g_new0(Menu, 1);
  menu->view.ops = &menu_ops;
  menu->title = g_strdup(title);
  menu->rows = rows;
  menu->chosen = chosen;
  menu->data = data;
  menu->free_data = free_data;
  menu->shown = 1;
  mc_tui_push(tui, &menu->view);
  return MC_REACT_ALL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The help: made from the list of commands and the keys as they are bound, first those of the place it was
 * asked from. */
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/pager.h"
#include "tui/views.h"

typedef struct {
  McView view;
  McPager *pager;
} Help;

enum { KEYS_COL = 2, KEYS_WIDTH = 20, NAME_COL = 23, NAME_WIDTH = 16, TEXT_COL = 40 };

static void
add_command(const McTui *tui, GPtrArray *lines, McCommand command, McContext where)
{
  const McCommandInfo *info = mc_command_info(command);
  g_autofree char *keys = mc_keymap_keys(tui->keymap, command, where, 0);
  g_auto(GStrv) text = mc_text_wrap(_(info->help), MC_MIN_COLS - TEXT_COL - 1);
  for (int i = 0; text[i]; i++) {
    McLine *line = mc_line_new();
    mc_line_add(line, KEYS_COL, KEYS_WIDTH, MC_ROLE_KEY, i ? "" : keys);
    mc_line_add(line, NAME_COL, NAME_WIDTH, MC_ROLE_DIM, i ? "" : info->name);
    mc_line_add(line, TEXT_COL, MC_MIN_COLS - TEXT_COL - 1, MC_ROLE_NORMAL, text[i]);
    g_ptr_array_add(lines, line);
  }
}

static void
add_context(const McTui *tui, GPtrArray *lines, McContext where)
{
  McLine *heading = mc_line_new();
  mc_line_add(heading, 1, MC_MIN_COLS - 2, MC_ROLE_STRONG, mc_context_label(where));
  if (lines->len)
    g_ptr_array_add(lines, mc_line_new());
  g_ptr_array_add(lines, heading);
  for (int i = 0; i < MC_CMD_COUNT; i++)
    if (mc_command_info((McCommand)i)->where & where)
      add_command(tui, lines, (McCommand)i, where);
}

static void
add_signs(GPtrArray *lines)
{
  static const char *const signs[][2] = {
      {"*", N_("marked")},
      {"! !! ‼", N_("urgent, very urgent, flash")},
      {"↑", N_("waits to be sent")},
      {"•", N_("not read yet")},
      {"~", N_("kept from earlier: its system could not be pulled whole since")},
      {"+2", N_("has two more parts in other systems")},
  };
  McLine *heading = mc_line_new();
  mc_line_add(heading, 1, MC_MIN_COLS - 2, MC_ROLE_STRONG, _("Signs in a row"));
  g_ptr_array_add(lines, mc_line_new());
  g_ptr_array_add(lines, heading);
  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
    McLine *line = mc_line_new();
    mc_line_add(line, KEYS_COL, KEYS_WIDTH, MC_ROLE_KEY, signs[i][0]);
    mc_line_add(line, NAME_COL, MC_MIN_COLS - NAME_COL - 1, MC_ROLE_NORMAL, _(signs[i][1]));
    g_ptr_array_add(lines, line);
  }
}

static McReaction
sought(McTui *tui, const char *text)
{
  McView *view = mc_tui_top(tui);
  Help *help = (Help *)view;
  return mc_pager_find(help->pager, text, 1) ? MC_REACT_ALL
                                             : mc_tui_say(tui, _("\"%s\" is not found here."), text);
}

static McReaction
help_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  static const McPromptOps ops = {.label = N_("Search:"), .accepted = sought};
  Help *help = (Help *)view;
  if (command == MC_CMD_HELP)
    return MC_REACT_NONE;
  if (command == MC_CMD_FILTER)
    return argument ? sought(tui, argument) : mc_prompt_open(tui, &ops, "");
  return mc_pager_run(help->pager, command);
}

static void
help_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  (void)whole;
  mc_pager_draw(((Help *)view)->pager, tui->screen, area);
}

static char *
help_state(McTui *tui, McView *view, char **right)
{
  (void)tui;
  *right = mc_pager_place(((Help *)view)->pager);
  return g_strdup(_("Help: keys, commands for \":\", and what they do"));
}

static void
help_free(McView *view)
{
  mc_pager_free(((Help *)view)->pager);
  g_free(view);
}

static const McHint help_hints[] = {
    {MC_CMD_BACK, N_("back")},     {MC_CMD_PAGE_DOWN, N_("more")},
    {MC_CMD_FILTER, N_("search")}, {MC_CMD_FIND_NEXT, N_("next one")},
    {MC_CMD_NONE, NULL},
};

static const McViewOps help_ops = {
    .title = N_("Help"),
    .where = MC_IN_HELP,
    .hints = help_hints,
    .run = help_run,
    .draw = help_draw,
    .state = help_state,
    .free = help_free,
};

McReaction
mc_help_open(McTui *tui, McContext first)
{
  Help *help = g_new0(Help, 1);
  GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)mc_line_free);
  help->view.ops = &help_ops;
  help->pager = mc_pager_new();
  add_context(tui, lines, first);
  add_signs(lines);
  for (int i = 0; i < MC_IN_COUNT; i++)
    if ((McContext)(1 << i) != first)
      add_context(tui, lines, (McContext)(1 << i));
  mc_pager_set(help->pager, lines);
  mc_tui_push(tui, &help->view);
  return MC_REACT_ALL;
}

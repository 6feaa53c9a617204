/* SPDX-License-Identifier: Apache-2.0 */
/* A question before something is done: one line over the view, yes or no. */
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/views.h"

typedef struct {
  McView view;
  char *question;
  McConfirmFunc yes;
  gpointer data;
  GDestroyNotify free_data;
} Confirm;

static McReaction
confirm_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Confirm *confirm = (Confirm *)view;
  (void)argument;
  if (command != MC_CMD_YES && command != MC_CMD_NO)
    return MC_REACT_UNHANDLED;
  McConfirmFunc yes = command == MC_CMD_YES ? confirm->yes : NULL;
  gpointer data = g_steal_pointer(&confirm->data);
  GDestroyNotify free_data = confirm->free_data;
  mc_tui_close(tui, view);
  McReaction reaction = yes ? yes(tui, data) : mc_tui_say(tui, _("Nothing was done."));
  if (free_data)
    free_data(data);
  return reaction | MC_REACT_ALL;
}

static int
confirm_height(McTui *tui, McView *view, int most)
{
  (void)tui, (void)view, (void)most;
  return 3;
}

static void
confirm_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Confirm *confirm = (Confirm *)view;
  g_autoptr(McLine) rule = mc_line_new();
  g_autofree char *clean = mc_text_for(confirm->question, area.cols * 2);
  g_auto(GStrv) lines = mc_text_wrap(clean, area.cols - 4);
  (void)whole;
  while (mc_line_end(rule) < area.cols)
    mc_line_append(rule, area.cols, MC_ROLE_FRAME, "─");
  mc_screen_line(tui->screen, area.row, rule, FALSE);
  for (int i = 0, more = 1; i < 2; i++) {
    more = more && lines[i];
    mc_screen_text(tui->screen, area.row + 1 + i, 0, 2, MC_ROLE_NORMAL, "");
    mc_screen_text(tui->screen, area.row + 1 + i, 2, area.cols - 2, MC_ROLE_STRONG, more ? lines[i] : "");
  }
  mc_screen_cursor(tui->screen, area.row + 1, 2);
}

static void
confirm_free(McView *view)
{
  Confirm *confirm = (Confirm *)view;
  if (confirm->data && confirm->free_data)
    confirm->free_data(confirm->data);
  g_free(confirm->question);
  g_free(confirm);
}

static const McHint confirm_hints[] = {{MC_CMD_YES, N_("yes")}, {MC_CMD_NO, N_("no")}, {MC_CMD_NONE, NULL}};

static const McViewOps confirm_ops = {
    .title = N_("Question"),
    .where = MC_IN_CONFIRM,
    .overlay = TRUE,
    .hints = confirm_hints,
    .run = confirm_run,
    .draw = confirm_draw,
    .height = confirm_height,
    .free = confirm_free,
};

McReaction
mc_confirm_open(McTui *tui, const char *question, McConfirmFunc yes, gpointer data, GDestroyNotify free_data)
{
  Confirm *confirm = g_new0(Confirm, 1);
  confirm->view.ops = &confirm_ops;
  confirm->question = g_strdup(question);
  confirm->yes = yes;
  confirm->data = data;
  confirm->free_data = free_data;
  mc_tui_push(tui, &confirm->view);
  return MC_REACT_ALL;
}

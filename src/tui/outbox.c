/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: what was taken and is not confirmed, then what ended, newest first. Actions are withdrawn and
 * uncertain ones settled here. */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/global.h"
#include "tui/table.h"
#include "tui/views.h"

#define SHOWN_MAX 2000

typedef struct {
  McView view;
  McTui *tui;
  McTable table;
  GPtrArray *actions; /* McOutAction */
} Outbox;

static int
by_need(gconstpointer a, gconstpointer b)
{
  const McOutAction *x = *(McOutAction *const *)a, *y = *(McOutAction *const *)b;
  int first = (y->state == MC_OUT_UNCERTAIN) - (x->state == MC_OUT_UNCERTAIN);
  int open = mc_out_state_is_settled(x->state) - mc_out_state_is_settled(y->state);
  return first                     ? first
         : open                    ? open
         : x->created < y->created ? 1
         : x->created > y->created ? -1
                                   : strcmp(y->key, x->key);
}

static gboolean
load(Outbox *outbox, GError **error)
{
  McOutFilter filter = {.limit = SHOWN_MAX};
  GPtrArray *actions = mc_snapshot_outbox(outbox->tui->snapshot, &filter, error);
  if (!actions)
    return FALSE;
  g_ptr_array_set_free_func(actions, (GDestroyNotify)mc_out_action_free);
  g_ptr_array_sort(actions, by_need);
  g_clear_pointer(&outbox->actions, g_ptr_array_unref);
  outbox->actions = actions;
  mc_table_set(&outbox->table, (int)actions->len);
  return TRUE;
}

static const McOutAction *
selected(const Outbox *outbox)
{
  return outbox->table.selected < (int)outbox->actions->len ? outbox->actions->pdata[outbox->table.selected]
                                                            : NULL;
}

static McReaction
on_settled(McTui *tui, McView *view, const McEvent *event)
{
  (void)view;
  mc_tui_dirty(tui);
  return event->error ? mc_tui_fail(tui, event->error) : mc_tui_say(tui, _("Settled."));
}

static McReaction
on_cancelled(McTui *tui, McView *view, const McEvent *event)
{
  (void)view;
  mc_tui_dirty(tui);
  return event->error ? mc_tui_fail(tui, event->error) : mc_tui_say(tui, _("Withdrawn: it was not sent."));
}

static McReaction
cancel(McTui *tui, const McOutAction *action)
{
  if (action->state != MC_OUT_QUEUED)
    return mc_tui_say(tui, _("Only what is still queued can be withdrawn; this one: %s."),
                      mc_out_action_label(action));
  const char *const keys[] = {action->key, NULL};
  mc_tui_await(tui, mc_engine_cancel(tui->engine, keys), NULL, on_cancelled);
  return MC_REACT_NONE;
}

static McReaction
chosen_resolve(McTui *tui, gpointer value, gpointer data)
{
  mc_tui_await(tui, mc_engine_resolve(tui->engine, data, (McResolve)GPOINTER_TO_INT(value)), NULL,
               on_settled);
  return MC_REACT_NONE;
}

static McReaction
resolve(McTui *tui, const McOutAction *action)
{
  static const struct {
    McResolve how;
    const char *label;
  } ways[] = {
      {MC_RESOLVE_LOOK, N_("Look again at the system")},
      {MC_RESOLVE_LANDED, N_("It took effect there: done")},
      {MC_RESOLVE_NOT_LANDED, N_("It had no effect there: failed")},
      {MC_RESOLVE_AGAIN, N_("Send it again, knowingly")},
  };
  if (action->state != MC_OUT_UNCERTAIN)
    return mc_tui_say(tui, _("Only an uncertain outcome needs settling; this one: %s."),
                      mc_out_state_label(action->state));
  GPtrArray *rows = mc_menu_rows();
  for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
    mc_menu_row(rows, _(ways[i].label), NULL, GINT_TO_POINTER(ways[i].how), NULL);
  g_autofree char *label = mc_tui_action_label(tui, action->system, action->action);
  g_autofree char *title =
      g_strdup_printf(_("Did it arrive? %s %s"), label, mc_tui_action_about(tui, action));
  return mc_menu_open(tui, title, rows, chosen_resolve, g_strdup(action->key), g_free);
}

/* The item it was about, or the one it made, with what was said of it; where there is none, only that. */
static McReaction
open_item(McTui *tui, const McOutAction *action)
{
  g_autofree char *made = mc_engine_created(tui->engine, action);
  g_autofree char *said = g_strdup(action->message ? action->message : mc_out_action_label(action));
  g_autoptr(McItem) item = mc_snapshot_item(tui->snapshot, made ? made : action->item_id, NULL);
  if (!item && made)
    return mc_global_sync(tui, action->system); /* it took effect a moment ago */
  McReaction reaction = item ? mc_detail_open(tui, item) : MC_REACT_NONE;
  return reaction | mc_tui_say(tui, "%s", said) | MC_REACT_ALL;
}

static McReaction
outbox_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Outbox *outbox = (Outbox *)view;
  const McOutAction *action = selected(outbox);
  (void)argument;
  if (command == MC_CMD_OPEN || command == MC_CMD_CANCEL || command == MC_CMD_RESOLVE) {
    if (!action || !tui->engine)
      return MC_REACT_NONE;
    if (command == MC_CMD_CANCEL)
      return cancel(tui, action);
    if (command == MC_CMD_RESOLVE || action->state == MC_OUT_UNCERTAIN)
      return resolve(tui, action);
    return open_item(tui, action);
  }
  return mc_table_run(&outbox->table, command);
}

enum {
  WHEN_COL = 1,
  WHEN_WIDTH = 11,
  STATE_COL = 13,
  STATE_WIDTH = 14,
  WHAT_COL = 28,
  WHAT_WIDTH = 18,
  ABOUT_COL = 47
};

static McRole
state_role(McOutState state)
{
  switch (state) {
  case MC_OUT_FAILED:
  case MC_OUT_CONFLICT:
  case MC_OUT_UNCERTAIN:
    return MC_ROLE_ALARM;
  case MC_OUT_DONE:
    return MC_ROLE_GOOD;
  case MC_OUT_CANCELLED:
    return MC_ROLE_DIM;
  default:
    return MC_ROLE_STRONG;
  }
}

static McLine *
outbox_row(gpointer data, int index, int cols)
{
  Outbox *outbox = data;
  const McOutAction *action = outbox->actions->pdata[index];
  McLine *line = mc_line_new();
  g_autofree char *when = mc_tui_when(outbox->tui, action->created);
  g_autofree char *what = mc_tui_action_label(outbox->tui, action->system, action->action);
  g_autofree char *about =
      g_strdup_printf("%s · %s%s%s", mc_tui_action_about(outbox->tui, action),
                      mc_tui_system_title(outbox->tui, action->system), action->message ? " · " : "",
                      action->message ? action->message : "");
  mc_line_add(line, WHEN_COL, WHEN_WIDTH, MC_ROLE_DIM, when);
  mc_line_add(line, STATE_COL, STATE_WIDTH, state_role(action->state), mc_out_action_label(action));
  mc_line_add(line, WHAT_COL, WHAT_WIDTH, MC_ROLE_NORMAL, what);
  mc_line_add(line, ABOUT_COL, cols - ABOUT_COL, MC_ROLE_NORMAL, about);
  return line;
}

static void
outbox_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Outbox *outbox = (Outbox *)view;
  g_autoptr(McLine) heading = mc_line_new();
  (void)whole;
  mc_line_add(heading, WHEN_COL, WHEN_WIDTH, MC_ROLE_LABEL, _("Taken"));
  mc_line_add(heading, STATE_COL, STATE_WIDTH, MC_ROLE_LABEL, _("State"));
  mc_line_add(heading, WHAT_COL, WHAT_WIDTH, MC_ROLE_LABEL, _("Action"));
  mc_line_add(heading, ABOUT_COL, area.cols - ABOUT_COL, MC_ROLE_LABEL, _("Item, system, what was said"));
  mc_table_draw(&outbox->table, tui->screen, area, heading, outbox_row, outbox);
  if (!outbox->table.count)
    mc_screen_text(tui->screen, area.row + 2, 2, area.cols - 2, MC_ROLE_DIM, _("The outbox is empty."));
}

static char *
outbox_state(McTui *tui, McView *view, char **right)
{
  (void)tui;
  *right = mc_table_place(&((Outbox *)view)->table);
  return g_strdup(_("Outbox: what was taken, and what became of it"));
}

static McReaction
outbox_changed(McTui *tui, McView *view)
{
  g_autoptr(GError) error = NULL;
  return load((Outbox *)view, &error) ? MC_REACT_ALL : mc_tui_fail(tui, error);
}

static void
outbox_free(McView *view)
{
  g_clear_pointer(&((Outbox *)view)->actions, g_ptr_array_unref);
  g_free(view);
}

static const McHint outbox_hints[] = {{MC_CMD_CANCEL, N_("withdraw")}, {MC_CMD_RESOLVE, N_("settle")},
                                      {MC_CMD_SYNC, N_("send now")},   {MC_CMD_OPEN, N_("open")},
                                      {MC_CMD_BACK, N_("back")},       {MC_CMD_NONE, NULL}};

static const McViewOps outbox_ops = {
    .title = N_("Outbox"),
    .where = MC_IN_OUTBOX,
    .hints = outbox_hints,
    .run = outbox_run,
    .draw = outbox_draw,
    .state = outbox_state,
    .changed = outbox_changed,
    .free = outbox_free,
};

McReaction
mc_outbox_open(McTui *tui)
{
  g_autoptr(GError) error = NULL;
  Outbox *outbox = g_new0(Outbox, 1);
  outbox->view.ops = &outbox_ops;
  outbox->tui = tui;
  if (!load(outbox, &error)) {
    outbox_free(&outbox->view);
    return mc_tui_fail(tui, error);
  }
  mc_tui_push(tui, &outbox->view);
  return MC_REACT_ALL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The systems: how each stands, what is wrong and what now; pulling one, logging in to one (login.c). */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/global.h"
#include "tui/table.h"
#include "tui/views.h"

typedef struct {
  McView view;
  McTui *tui;
  McTable table;
} Systems;

static const McSystemInfo *
selected(const Systems *systems)
{
  return systems->table.count ? mc_engine_system(systems->tui->engine, (guint)systems->table.selected) : NULL;
}

static const char *
state_label(McSystemState state)
{
  switch (state) {
  case MC_SYSTEM_OK:
    return _("good");
  case MC_SYSTEM_LOGIN:
    return _("log in");
  case MC_SYSTEM_TROUBLE:
    return _("trouble");
  default:
    return _("not pulled");
  }
}

static McReaction
on_logout(McTui *tui, McView *view, const McEvent *event)
{
  (void)view;
  mc_tui_dirty(tui);
  return event->error ? mc_tui_fail(tui, event->error) : mc_tui_say(tui, _("The session is forgotten."));
}

static McReaction
open_system(McTui *tui, const McSystemInfo *info)
{
  const McSystemStatus *status = mc_facts_system(tui->facts, info->system);
  if (status && status->state == MC_SYSTEM_LOGIN)
    return mc_login_open(tui, info->system);
  return mc_tui_say(tui, "%s: %s", info->title,
                    status && status->message ? status->message
                                              : state_label(status ? status->state : MC_SYSTEM_NEVER));
}

static McReaction
systems_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Systems *systems = (Systems *)view;
  const McSystemInfo *info = selected(systems);
  (void)argument;
  switch (command) {
  case MC_CMD_OPEN:
    return info ? open_system(tui, info) : MC_REACT_NONE;
  case MC_CMD_SYNC:
    return info ? mc_global_sync(tui, info->system) : MC_REACT_NONE;
  case MC_CMD_LOGIN:
    return info ? mc_login_open(tui, info->system) : MC_REACT_NONE;
  case MC_CMD_LOGOUT:
    if (info && info->gateway)
      return mc_tui_say(tui, _("%s signs in through %s; log out there."), info->title,
                        mc_tui_system_title(tui, info->gateway));
    if (info)
      mc_tui_await(tui, mc_engine_logout(tui->engine, info->system, FALSE), NULL, on_logout);
    return MC_REACT_NONE;
  default:
    return mc_table_run(&systems->table, command);
  }
}

enum {
  NAME_COL = 1,
  NAME_WIDTH = 18,
  STATE_COL = 20,
  STATE_WIDTH = 12,
  ITEMS_COL = 33,
  ITEMS_WIDTH = 11,
  PULLED_COL = 45,
  PULLED_WIDTH = 12,
  SAID_COL = 58
};

static McLine *
systems_row(gpointer data, int index, int cols)
{
  Systems *systems = data;
  const McSystemInfo *info = mc_engine_system(systems->tui->engine, (guint)index);
  const McSystemStatus *status = mc_facts_system(systems->tui->facts, info->system);
  McSystemState state = status ? status->state : MC_SYSTEM_NEVER;
  McLine *line = mc_line_new();
  mc_line_add(line, NAME_COL, NAME_WIDTH, MC_ROLE_STRONG, info->title ? info->title : info->system);
  mc_line_add(line, STATE_COL, STATE_WIDTH,
              state == MC_SYSTEM_OK      ? MC_ROLE_GOOD
              : state == MC_SYSTEM_NEVER ? MC_ROLE_DIM
                                         : MC_ROLE_ALARM,
              state_label(state));
  if (!status)
    return line;
  g_autofree char *items =
      g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, status->open_items, status->items);
  g_autofree char *pulled = mc_tui_when(systems->tui, status->last_complete);
  mc_line_add(line, ITEMS_COL, ITEMS_WIDTH, MC_ROLE_NORMAL, items);
  mc_line_add(line, PULLED_COL, PULLED_WIDTH, MC_ROLE_NORMAL, pulled);
  mc_line_add(line, SAID_COL, cols - SAID_COL, MC_ROLE_NORMAL,
              status->message   ? status->message
              : status->account ? status->account
                                : "");
  return line;
}

static void
systems_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Systems *systems = (Systems *)view;
  g_autoptr(McLine) heading = mc_line_new();
  (void)whole;
  mc_line_add(heading, NAME_COL, NAME_WIDTH, MC_ROLE_LABEL, _("System"));
  mc_line_add(heading, STATE_COL, STATE_WIDTH, MC_ROLE_LABEL, _("State"));
  mc_line_add(heading, ITEMS_COL, ITEMS_WIDTH, MC_ROLE_LABEL, _("Open/all"));
  mc_line_add(heading, PULLED_COL, PULLED_WIDTH, MC_ROLE_LABEL, _("Whole at"));
  mc_line_add(heading, SAID_COL, area.cols - SAID_COL, MC_ROLE_LABEL, _("What it says"));
  mc_table_draw(&systems->table, tui->screen, area, heading, systems_row, systems);
  if (!systems->table.count)
    mc_screen_text(tui->screen, area.row + 2, 2, area.cols - 2, MC_ROLE_DIM,
                   _("No system yet. Leave, then: motcua system add NAME --connector ID"));
}

static char *
systems_state(McTui *tui, McView *view, char **right)
{
  *right = mc_table_place(&((Systems *)view)->table);
  return g_strdup_printf(_("Systems; secrets: %s"), mc_engine_secrets_provider(tui->engine));
}

static McReaction
systems_changed(McTui *tui, McView *view)
{
  (void)tui, (void)view;
  return MC_REACT_ALL;
}

static void
systems_free(McView *view)
{
  g_free(view);
}

static const McHint systems_hints[] = {{MC_CMD_SYNC, N_("get now")},   {MC_CMD_LOGIN, N_("log in")},
                                       {MC_CMD_LOGOUT, N_("log out")}, {MC_CMD_OPEN, N_("what it says")},
                                       {MC_CMD_BACK, N_("back")},      {MC_CMD_NONE, NULL}};

static const McViewOps systems_ops = {
    .title = N_("Systems"),
    .where = MC_IN_SYSTEMS,
    .hints = systems_hints,
    .run = systems_run,
    .draw = systems_draw,
    .state = systems_state,
    .changed = systems_changed,
    .free = systems_free,
};

McReaction
mc_systems_open(McTui *tui)
{
  if (!tui->engine)
    return mc_tui_say(tui, _("One moment: the systems are being opened."));
  Systems *systems = g_new0(Systems, 1);
  systems->view.ops = &systems_ops;
  systems->tui = tui;
  mc_table_set(&systems->table, (int)mc_engine_system_count(tui->engine));
  mc_tui_push(tui, &systems->view);
  return MC_REACT_ALL;
}

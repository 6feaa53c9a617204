/* SPDX-License-Identifier: Apache-2.0 */
/* One item, whole. What the cache has is shown at once; when it is old the engine is asked for the details
 * meanwhile. */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/files.h"
#include "tui/pager.h"
#include "tui/sheet.h"
#include "tui/views.h"

/* Details older than this are read again when the item is opened. */
#define DETAIL_FRESH_S 60

typedef struct {
  McView view;
  McPager *pager;
  McItem *item;
  gboolean reveal, asking;
  char *fault; /* why the details could not be read */
  int cols;    /* the width the lines were made for; 0: they have to be made */
} Detail;

static gboolean
load(McTui *tui, Detail *detail, const char *id, GError **error)
{
  McItem *item = mc_snapshot_item(tui->snapshot, id, error);
  if (!item)
    return FALSE;
  mc_item_free(detail->item);
  detail->item = item;
  detail->cols = 0;
  return TRUE;
}

static McReaction
on_detail(McTui *tui, McView *view, const McEvent *event)
{
  Detail *detail = (Detail *)view;
  if (!detail)
    return MC_REACT_NONE;
  detail->asking = FALSE;
  detail->cols = 0;
  g_clear_pointer(&detail->fault, g_free);
  if (event->error)
    detail->fault = g_strdup(event->error->message);
  g_autofree char *id = g_strdup(detail->item->id);
  load(tui, detail, id, NULL);
  return MC_REACT_ALL;
}

static void
ask(McTui *tui, Detail *detail, gboolean now)
{
  gint64 as_of = detail->item->detail_as_of;
  gboolean fresh = as_of != MC_TIME_NONE && mc_tui_now(tui) - as_of < DETAIL_FRESH_S;
  if (detail->asking || !tui->engine || tui->offline || (fresh && !now))
    return;
  detail->asking = TRUE;
  detail->cols = 0;
  mc_tui_await(tui, mc_engine_detail(tui->engine, detail->item->id), &detail->view, on_detail);
}

static char *
status_text(McTui *tui, const Detail *detail, McRole *role)
{
  char *file = mc_files_status(tui, detail->item->id, role);
  if (file)
    return file;
  *role = MC_ROLE_DIM;
  if (detail->asking)
    return g_strdup(_("Getting the details…"));
  if (detail->fault) {
    *role = MC_ROLE_WARN;
    return g_strdup(detail->fault);
  }
  if (detail->item->stale) {
    g_autofree char *when = mc_tui_when(tui, detail->item->as_of);
    *role = MC_ROLE_WARN;
    return g_strdup_printf(_("Kept from %s: its system could not be pulled whole since."), when);
  }
  return NULL;
}

static McReaction
step(McTui *tui, Detail *detail, int by)
{
  McReaction reaction = mc_inbox_step(tui, by);
  const McItem *item = mc_inbox_selected(tui);
  g_autoptr(GError) error = NULL;
  if (!item || strcmp(item->id, detail->item->id) == 0)
    return reaction;
  detail->reveal = FALSE;
  g_clear_pointer(&detail->fault, g_free);
  if (!load(tui, detail, item->id, &error))
    return reaction | mc_tui_fail(tui, error);
  mc_pager_run(detail->pager, MC_CMD_FIRST);
  detail->asking = FALSE;
  ask(tui, detail, FALSE);
  return MC_REACT_ALL;
}

static McReaction
sought(McTui *tui, const char *text)
{
  Detail *detail = (Detail *)mc_tui_find(tui, &mc_detail_ops);
  return detail && mc_pager_find(detail->pager, text, 1)
             ? MC_REACT_ALL
             : mc_tui_say(tui, _("\"%s\" is not found here."), text);
}

static McReaction
actions(McTui *tui, Detail *detail)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new();
  g_ptr_array_add(items, detail->item);
  return mc_actions_open(tui, items);
}

static McReaction
detail_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  static const McPromptOps search = {.label = N_("Search:"), .accepted = sought};
  Detail *detail = (Detail *)view;
  switch (command) {
  case MC_CMD_REVEAL:
    detail->reveal = !detail->reveal;
    detail->cols = 0;
    return MC_REACT_ALL;
  case MC_CMD_NEXT_ITEM:
    return step(tui, detail, 1);
  case MC_CMD_PREVIOUS_ITEM:
    return step(tui, detail, -1);
  case MC_CMD_ACTIONS:
    return actions(tui, detail);
  case MC_CMD_FILES:
    return mc_files_open(tui, detail->item);
  case MC_CMD_SYNC:
    ask(tui, detail, TRUE);
    return MC_REACT_ALL;
  case MC_CMD_FILTER:
    return argument ? sought(tui, argument) : mc_prompt_open(tui, &search, "");
  default:
    return mc_pager_run(detail->pager, command);
  }
}

static void
detail_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Detail *detail = (Detail *)view;
  (void)whole;
  if (detail->cols != area.cols) {
    McRole role;
    g_autofree char *status = status_text(tui, detail, &role);
    mc_pager_set(detail->pager, mc_sheet_lines(tui, detail->item, area.cols, detail->reveal, status, role));
    detail->cols = area.cols;
  }
  mc_pager_draw(detail->pager, tui->screen, area);
}

static char *
detail_state(McTui *tui, McView *view, char **right)
{
  Detail *detail = (Detail *)view;
  g_autofree char *when = mc_tui_when(tui, detail->item->as_of);
  *right = mc_pager_place(detail->pager);
  return *when ? g_strdup_printf(_("%s, as of %s"), mc_tui_system_title(tui, detail->item->system), when)
               : g_strdup("");
}

static McReaction
detail_changed(McTui *tui, McView *view)
{
  Detail *detail = (Detail *)view;
  g_autofree char *id = g_strdup(detail->item->id);
  load(tui, detail, id, NULL); /* a removed item stays readable until it is left */
  return MC_REACT_ALL;
}

static void
detail_free(McView *view)
{
  Detail *detail = (Detail *)view;
  mc_pager_free(detail->pager);
  mc_item_free(detail->item);
  g_free(detail->fault);
  g_free(detail);
}

static const McHint detail_hints[] = {{MC_CMD_ACTIONS, N_("actions")},
                                      {MC_CMD_FILES, N_("files")},
                                      {MC_CMD_NEXT_ITEM, N_("next one")},
                                      {MC_CMD_PREVIOUS_ITEM, N_("previous")},
                                      {MC_CMD_REVEAL, N_("private")},
                                      {MC_CMD_NOTE, N_("note")},
                                      {MC_CMD_FILTER, N_("search")},
                                      {MC_CMD_BACK, N_("back")},
                                      {MC_CMD_NONE, NULL}};

const McViewOps mc_detail_ops = {
    .title = N_("One item"),
    .where = MC_IN_DETAIL,
    .hints = detail_hints,
    .run = detail_run,
    .draw = detail_draw,
    .state = detail_state,
    .changed = detail_changed,
    .free = detail_free,
};

McReaction
mc_detail_open(McTui *tui, const McItem *item)
{
  g_autoptr(GError) error = NULL;
  Detail *detail = g_new0(Detail, 1);
  detail->view.ops = &mc_detail_ops;
  detail->pager = mc_pager_new();
  if (!load(tui, detail, item->id, &error)) {
    detail_free(&detail->view);
    return mc_tui_fail(tui, error);
  }
  mc_tui_push(tui, &detail->view);
  ask(tui, detail, FALSE);
  return MC_REACT_ALL;
}

void
mc_detail_refresh(McTui *tui)
{
  Detail *detail = (Detail *)mc_tui_find(tui, &mc_detail_ops);
  if (detail)
    detail->cols = 0;
}

const McItem *
mc_detail_item(const McTui *tui)
{
  const Detail *detail = (Detail *)mc_tui_find(tui, &mc_detail_ops);
  return detail ? detail->item : NULL;
}

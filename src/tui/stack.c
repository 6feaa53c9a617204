/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of views, the way of a key to its command, and of a reply to whoever asked. */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/files.h"
#include "tui/app.h"
#include "tui/global.h"
#include "tui/views.h"

/* Changes within this time are shown together. */
#define RELOAD_AFTER_US (150 * 1000)
/* Reading the stores anew may take at most one part in so many of the time while they change. */
#define RELOAD_SHARE 8

void
mc_tui_push(McTui *tui, McView *view)
{
  view->id = ++tui->last_view;
  g_ptr_array_add(tui->stack, view);
}

void
mc_tui_pop(McTui *tui)
{
  if (tui->stack->len < 2)
    return;
  McView *view = g_ptr_array_steal_index(tui->stack, tui->stack->len - 1);
  view->ops->free(view);
}

void
mc_tui_close(McTui *tui, McView *view)
{
  while (tui->stack->len > 1 && g_ptr_array_find(tui->stack, view, NULL)) {
    gboolean last = mc_tui_top(tui) == view;
    mc_tui_pop(tui);
    if (last)
      return;
  }
}

McView *
mc_tui_top(const McTui *tui)
{
  return tui->stack->pdata[tui->stack->len - 1];
}

McView *
mc_tui_find(const McTui *tui, const McViewOps *ops)
{
  for (guint i = tui->stack->len; i-- > 0;)
    if (((McView *)tui->stack->pdata[i])->ops == ops)
      return tui->stack->pdata[i];
  return NULL;
}

McReaction
mc_tui_command(McTui *tui, McCommand command, const char *argument)
{
  McView *top = mc_tui_top(tui);
  McReaction reaction = top->ops->run(tui, top, command, argument);
  return reaction & MC_REACT_UNHANDLED ? mc_global_run(tui, command, argument) : reaction;
}

static McReaction
run_key(McTui *tui, McKey key)
{
  McCommand command = mc_keymap_find(tui->keymap, mc_tui_top(tui)->ops->where, key);
  return command == MC_CMD_NONE ? MC_REACT_NONE : mc_tui_command(tui, command, NULL);
}

McReaction
mc_tui_key(McTui *tui, McKey key)
{
  McView *top = mc_tui_top(tui);
  McKey typed[3];
  McReaction reaction = MC_REACT_NONE;
  gboolean bound = mc_keymap_find(tui->keymap, top->ops->where, key) != MC_CMD_NONE;
  if (!bound && top->ops->type)
    return key < MC_KEY_NAMED ? top->ops->type(tui, top, key) : MC_REACT_NONE;
  int count = bound ? 0 : mc_key_typed(key, typed);
  if (count == 0)
    return run_key(tui, key);
  for (int i = 0; i < count; i++)
    reaction |= run_key(tui, typed[i]);
  return reaction;
}

McReaction
mc_tui_command_line(McTui *tui, const char *line)
{
  g_autofree char *copy = g_strstrip(g_strdup(line));
  char *argument = strchr(copy, ' ');
  if (argument) {
    *argument++ = '\0';
    argument = g_strchug(argument);
  }
  if (!*copy)
    return MC_REACT_ALL;
  McCommand command = mc_command_find(copy);
  if (command == MC_CMD_NONE) {
    const char *near = mc_text_nearest(copy, mc_command_names());
    g_autofree char *text =
        near ? g_strdup_printf(_("There is no command \"%s\"; did you mean \"%s\"?"), copy, near)
             : g_strdup_printf(_("There is no command \"%s\"; ? lists them all."), copy);
    return mc_tui_warn(tui, text) | MC_REACT_ALL;
  }
  if (!(mc_command_info(command)->where & mc_tui_top(tui)->ops->where)) {
    g_autofree char *text =
        g_strdup_printf(_("\"%s\" does nothing here (%s)."), copy, _(mc_tui_top(tui)->ops->title));
    return mc_tui_warn(tui, text) | MC_REACT_ALL;
  }
  return mc_tui_command(tui, command, argument) | MC_REACT_ALL;
}

typedef struct {
  guint view; /* 0: nobody's */
  McReplyFunc func;
} Awaited;

void
mc_tui_await(McTui *tui, McTicket ticket, McView *view, McReplyFunc func)
{
  Awaited *awaited = g_new0(Awaited, 1);
  awaited->view = view ? view->id : 0;
  awaited->func = func;
  guint64 *key = g_memdup2(&ticket, sizeof ticket);
  g_hash_table_insert(tui->awaited, key, awaited);
}

McView *
mc_tui_view(const McTui *tui, guint id)
{
  for (guint i = 0; i < tui->stack->len; i++)
    if (((McView *)tui->stack->pdata[i])->id == id)
      return tui->stack->pdata[i];
  return NULL;
}

static McReaction
on_reply(McTui *tui, const McEvent *event)
{
  guint64 key = event->ticket;
  gpointer stolen_key = NULL, value = NULL;
  if (!g_hash_table_steal_extended(tui->awaited, &key, &stolen_key, &value))
    return event->error ? mc_tui_fail(tui, event->error) : MC_REACT_NONE;
  g_autofree Awaited *awaited = value;
  g_free(stolen_key);
  return awaited->func(tui, mc_tui_view(tui, awaited->view), event);
}

void
mc_tui_dirty(McTui *tui)
{
  if (!tui->reload_at)
    tui->reload_at = g_get_monotonic_time() + MAX(RELOAD_AFTER_US, tui->reload_cost * RELOAD_SHARE);
}

McReaction
mc_tui_event(McTui *tui, const McEvent *event)
{
  switch (event->type) {
  case MC_EVENT_REPLY:
    return on_reply(tui, event);
  case MC_EVENT_ACTION:
    mc_tui_dirty(tui);
    return mc_global_action_moved(tui, event->action);
  case MC_EVENT_QUESTION:
    return mc_login_asked(tui, event->question);
  case MC_EVENT_WAIT:
    return mc_tui_warn(tui, event->message);
  case MC_EVENT_SYSTEM:
  case MC_EVENT_ITEMS:
    mc_tui_dirty(tui);
    return MC_REACT_NONE;
  case MC_EVENT_FILE:
    return mc_files_moved(tui, event);
  }
  return MC_REACT_NONE;
}

/* One more figure; the time it took counts against the next reload. */
static McReaction
read_figure(McTui *tui)
{
  g_autoptr(GError) error = NULL;
  gint64 started = g_get_monotonic_time();
  guint step = mc_facts_steps(tui->tabs) - tui->facts_left--;
  if (!mc_facts_read(tui->facts, step, tui->snapshot, tui->tabs, tui->calendar, mc_tui_now(tui),
                     mc_home_config(tui->home)->due_soon, &error)) {
    tui->facts_left = 0;
    return mc_tui_fail(tui, error);
  }
  tui->reload_cost += g_get_monotonic_time() - started;
  return MC_REACT_HEAD;
}

McReaction
mc_tui_reload(McTui *tui)
{
  McReaction reaction = MC_REACT_FOOT;
  tui->reload_at = 0;
  tui->reload_cost = 0;
  tui->facts_left = mc_facts_steps(tui->tabs);
  reaction |= read_figure(tui); /* the systems and the outbox; the rest follows when there is time */
  for (guint i = 0; i < tui->stack->len; i++) {
    McView *view = tui->stack->pdata[i];
    if (view->ops->changed)
      reaction |= view->ops->changed(tui, view);
  }
  return reaction;
}

gboolean
mc_tui_wants_idle(const McTui *tui)
{
  return tui->facts_left > 0 || mc_inbox_wants_idle(tui);
}

McReaction
mc_tui_idle(McTui *tui)
{
  return mc_inbox_wants_idle(tui) || !tui->facts_left ? mc_inbox_idle(tui) : read_figure(tui);
}

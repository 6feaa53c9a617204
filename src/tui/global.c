/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that mean the same wherever they are given, and taking actions back: see global.h. */
#include "tui/global.h"

#include "motcua/i18n.h"
#include "tui/desk.h"
#include "tui/lookup.h"
#include "tui/views.h"

static void
forget_taken(McTui *tui)
{
  g_clear_pointer(&tui->taken.keys, g_ptr_array_unref);
  g_clear_pointer(&tui->taken.what, g_free);
  g_clear_pointer(&tui->taken.system, g_free);
  tui->taken.until = 0;
  tui->taken.done = tui->taken.bad = 0;
  tui->taken.undoing = FALSE;
}

/* "Phê duyệt H99..." or "Phê duyệt 3 việc" */
static char *
what_text(const McTui *tui, GPtrArray *actions)
{
  const McOutAction *first = actions->pdata[0];
  g_autofree char *label = mc_tui_action_label(tui, first->system, first->action);
  if (actions->len > 1)
    return g_strdup_printf(_("%s %u items"), label, actions->len);
  return g_strdup_printf("%s %s", label, mc_tui_action_about(tui, first));
}

static const GError *
first_error(const McEvent *event)
{
  for (guint i = 0; event->errors && i < event->errors->len; i++)
    if (event->errors->pdata[i])
      return event->errors->pdata[i];
  return event->error;
}

static McReaction
on_taken(McTui *tui, McView *view, const McEvent *event)
{
  g_autoptr(GPtrArray) taken = g_ptr_array_new();
  guint asked = event->actions ? event->actions->len : 0;
  (void)view;
  for (guint i = 0; i < asked; i++)
    if (event->actions->pdata[i])
      g_ptr_array_add(taken, event->actions->pdata[i]);
  const GError *error = first_error(event);
  mc_tui_dirty(tui);
  if (!taken->len)
    return error ? mc_tui_fail(tui, error) : mc_tui_say(tui, _("Nothing was taken."));
  if (tui->sent_draft && !error)
    g_hash_table_remove(tui->drafts, tui->sent_draft);
  forget_taken(tui);
  tui->taken.keys = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < taken->len; i++)
    g_ptr_array_add(tui->taken.keys, g_strdup(((McOutAction *)taken->pdata[i])->key));
  tui->taken.what = what_text(tui, taken);
  tui->taken.system = g_strdup(((McOutAction *)taken->pdata[0])->system);
  tui->taken.until = g_get_monotonic_time() + (gint64)mc_home_config(tui->home)->undo * G_USEC_PER_SEC;
  g_clear_pointer(&tui->message, g_free);
  if (error) {
    g_autofree char *text = g_strdup_printf(_("%u of %u taken; %s"), taken->len, asked, error->message);
    return mc_tui_warn(tui, text) | MC_REACT_ALL;
  }
  return MC_REACT_ALL;
}

McReaction
mc_global_take(McTui *tui, const char *system, const char *action, const GPtrArray *items, GHashTable *fields,
               const char *draft)
{
  guint count = MAX(items->len, 1);
  g_autofree McAct *acts = g_new0(McAct, count);
  g_autofree char *whole = g_strconcat(system, ":", NULL);
  if (!tui->engine)
    return MC_REACT_NONE;
  for (guint i = 0; i < count; i++)
    acts[i] = (McAct){
        .id = items->len ? ((McItem *)items->pdata[i])->id : whole, .action = action, .fields = fields};
  McTicket ticket = mc_engine_accept(tui->engine, acts, count, mc_home_config(tui->home)->undo, FALSE);
  mc_tui_await(tui, ticket, NULL, on_taken);
  g_free(tui->sent_draft);
  tui->sent_draft = g_strdup(draft);
  mc_inbox_unmark(tui);
  return MC_REACT_ALL;
}

/* Its place among those taken last; -1: it is none of them. */
static int
taken_index(const McTui *tui, const McOutAction *action)
{
  const GPtrArray *keys = tui->taken.keys;
  for (guint i = 0; keys && i < keys->len; i++)
    if (g_strcmp0(keys->pdata[i], action->key) == 0)
      return (int)i;
  return -1;
}

/* Whether it was one of those taken last, which has ended now. */
static gboolean
end_taken(McTui *tui, const McOutAction *action)
{
  int index = taken_index(tui, action);
  if (index < 0)
    return FALSE;
  g_ptr_array_remove_index(tui->taken.keys, (guint)index);
  *(action->state == MC_OUT_DONE ? &tui->taken.done : &tui->taken.bad) += 1;
  return TRUE;
}

static gboolean
is_bad(McOutState state)
{
  return state == MC_OUT_FAILED || state == MC_OUT_CONFLICT || state == MC_OUT_UNCERTAIN;
}

static McReaction
say_bad(McTui *tui, const McOutAction *action)
{
  g_autofree char *label = mc_tui_action_label(tui, action->system, action->action);
  g_autofree char *text = g_strdup_printf(
      "%s %s: %s%s%s. %s", label, mc_tui_action_about(tui, action), mc_out_state_label(action->state),
      action->message ? ": " : "", action->message ? action->message : "",
      action->state == MC_OUT_UNCERTAIN ? _("o, then x: settle it.") : _("o: the outbox."));
  return mc_tui_warn(tui, text);
}

/* Its system works on it, or something remains: the foot does not wait for it, the outbox does. */
static McReaction
say_waiting(McTui *tui, const McOutAction *action)
{
  int index = taken_index(tui, action);
  if (index < 0)
    return MC_REACT_NONE;
  g_autofree char *label = mc_tui_action_label(tui, action->system, action->action);
  g_autofree char *text =
      g_strdup_printf("%s %s: %s", label, mc_tui_action_about(tui, action), action->message);
  g_ptr_array_remove_index(tui->taken.keys, (guint)index);
  if (!tui->taken.keys->len)
    forget_taken(tui);
  return mc_tui_say(tui, "%s", text);
}

static McReaction
say_done(McTui *tui, const McOutAction *action, const char *what)
{
  const char *title = mc_tui_system_title(tui, action->system);
  if (!action->new_key)
    return mc_tui_say(tui, _("%s: done at %s."), what, title);
  g_autofree char *label = mc_tui_action_label(tui, action->system, action->action);
  return mc_tui_say(tui, _("%s %s: done at %s. o, Enter: open it."), label, action->new_key, title);
}

McReaction
mc_global_action_moved(McTui *tui, const McOutAction *action)
{
  if (action->state == MC_OUT_SENDING && action->message)
    return say_waiting(tui, action);
  gboolean bad = is_bad(action->state), cancelled = action->state == MC_OUT_CANCELLED;
  if (!bad && !cancelled && action->state != MC_OUT_DONE)
    return MC_REACT_NONE;
  if (cancelled && tui->taken.undoing) /* its answer tells */
    return MC_REACT_NONE;
  gboolean mine = end_taken(tui, action), last = mine && !tui->taken.keys->len, good = !tui->taken.bad;
  g_autofree char *what = last ? g_steal_pointer(&tui->taken.what) : NULL;
  if (last)
    forget_taken(tui);
  if (bad)
    return say_bad(tui, action);
  if (last && good)
    return say_done(tui, action, what);
  return mine ? MC_REACT_FOOT : MC_REACT_NONE;
}

char *
mc_global_taken_text(const McTui *tui)
{
  if (!tui->taken.what)
    return NULL;
  gint64 left = (tui->taken.until - g_get_monotonic_time() + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  g_autofree char *key = mc_keymap_keys(tui->keymap, MC_CMD_UNDO, MC_IN_INBOX, 1);
  if (left > 0)
    return g_strdup_printf(_("[%s · sent in %d seconds · %s: undo]"), tui->taken.what, (int)left, key);
  const McSystemStatus *status = mc_facts_system(tui->facts, tui->taken.system);
  if (status && status->state != MC_SYSTEM_OK)
    return g_strdup_printf(_("[%s · waits for %s · %s: undo]"), tui->taken.what,
                           mc_tui_system_title(tui, tui->taken.system), key);
  if (tui->taken.keys->len + tui->taken.done + tui->taken.bad > 1)
    return g_strdup_printf(_("[%s · sending, %u done]"), tui->taken.what, tui->taken.done);
  return g_strdup_printf(_("[%s · sending]"), tui->taken.what);
}

gint64
mc_global_taken_next(const McTui *tui)
{
  gint64 left = tui->taken.until - g_get_monotonic_time();
  if (!tui->taken.what || left <= 0)
    return 0;
  return tui->taken.until - (left - 1) / G_USEC_PER_SEC * G_USEC_PER_SEC;
}

static McReaction
on_undone(McTui *tui, McView *view, const McEvent *event)
{
  g_autofree char *what = g_steal_pointer(&tui->taken.what);
  (void)view;
  forget_taken(tui);
  mc_tui_dirty(tui);
  if (event->error)
    return mc_tui_fail(tui, event->error);
  return mc_tui_say(tui, _("Taken back: %s."), what ? what : "");
}

static McReaction
undo(McTui *tui)
{
  if (!tui->taken.keys || !tui->engine)
    return mc_tui_say(tui, _("Nothing to take back; o: what waits to be sent."));
  g_autoptr(GPtrArray) keys = g_ptr_array_new();
  for (guint i = 0; i < tui->taken.keys->len; i++)
    g_ptr_array_add(keys, tui->taken.keys->pdata[i]);
  g_ptr_array_add(keys, NULL);
  tui->taken.undoing = TRUE;
  mc_tui_await(tui, mc_engine_cancel(tui->engine, (const char *const *)keys->pdata), NULL, on_undone);
  return MC_REACT_NONE;
}

static McReaction
on_synced(McTui *tui, McView *view, const McEvent *event)
{
  guint added = 0, changed = 0;
  const GError *error = event->error;
  (void)view;
  tui->pulling -= tui->pulling > 0;
  mc_tui_dirty(tui);
  for (guint i = 0; event->reports && i < event->reports->len; i++) {
    const McSyncReport *report = event->reports->pdata[i];
    added += report->added;
    changed += report->changed;
    error = error ? error : report->error;
  }
  if (error)
    return mc_tui_fail(tui, error) | MC_REACT_HEAD;
  return mc_tui_say(tui, _("Up to date: %u new, %u changed."), added, changed) | MC_REACT_HEAD;
}

McReaction
mc_global_sync(McTui *tui, const char *system)
{
  const char *const one[] = {system, NULL};
  if (!tui->engine)
    return MC_REACT_NONE;
  if (tui->offline)
    return mc_tui_say(tui, _("Working offline: nothing is got or sent."));
  tui->pulling++;
  mc_tui_await(tui, mc_engine_sync(tui->engine, system ? one : NULL, FALSE), NULL, on_synced);
  return mc_tui_say(tui, _("Getting from %s…"),
                    system ? mc_tui_system_title(tui, system) : _("all systems")) |
         MC_REACT_HEAD;
}

static char **
complete_command(const char *text)
{
  GPtrArray *words = g_ptr_array_new();
  for (const char *const *name = mc_command_names(); *name; name++)
    if (g_str_has_prefix(*name, text))
      g_ptr_array_add(words, g_strdup(*name));
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(words, FALSE);
}

static McReaction
open_command_line(McTui *tui)
{
  static const McPromptOps ops = {
      .label = ":", .accepted = mc_tui_command_line, .complete = complete_command, .whole = TRUE};
  return mc_prompt_open(tui, &ops, "");
}

static McReaction
show_tab(McTui *tui, guint index)
{
  while (tui->stack->len > 1)
    mc_tui_pop(tui);
  return mc_inbox_show_tab(tui, index) | MC_REACT_ALL;
}

static McReaction
back(McTui *tui)
{
  mc_tui_pop(tui);
  return MC_REACT_ALL;
}

static McReaction
redraw(McTui *tui)
{
  mc_screen_repaint(tui->screen);
  return MC_REACT_ALL;
}

McReaction
mc_global_run(McTui *tui, McCommand command, const char *argument)
{
  if (command >= MC_CMD_VIEW_1 && command <= MC_CMD_VIEW_9) {
    guint index = command - MC_CMD_VIEW_1;
    return index + 1 < tui->tabs->len ? show_tab(tui, index) : MC_REACT_NONE;
  }
  switch (command) {
  case MC_CMD_VIEW_ALL:
    return show_tab(tui, tui->tabs->len - 1);
  case MC_CMD_QUIT:
    tui->quit = TRUE;
    return MC_REACT_NONE;
  case MC_CMD_BACK:
    return back(tui);
  case MC_CMD_UNDO:
    return undo(tui);
  case MC_CMD_SYNC:
    return mc_global_sync(tui, NULL);
  case MC_CMD_OUTBOX:
    return mc_outbox_open(tui);
  case MC_CMD_LOOKUP:
    return mc_lookup_open(tui);
  case MC_CMD_SYSTEMS:
    return mc_systems_open(tui);
  case MC_CMD_HELP:
    return mc_help_open(tui, mc_tui_top(tui)->ops->where);
  case MC_CMD_COMMAND:
    return open_command_line(tui);
  case MC_CMD_NOTE:
  case MC_CMD_TAG:
    return mc_desk_run(tui, command, argument);
  case MC_CMD_REDRAW:
    return redraw(tui);
  default:
    return MC_REACT_NONE;
  }
}

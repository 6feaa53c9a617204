/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with the chosen items: the menu, and the way from a choice through its form and its
 * question to the outbox. Several items are grouped by system; an action is offered for a group when every
 * item of it allows it. */
#include <string.h>

#include "motcua/i18n.h"
#include "tui/global.h"
#include "tui/views.h"

typedef struct {
  char *system, *action;
  GPtrArray *items; /* McItem, copies; none: a new record */
} Chosen;

static void
chosen_free(gpointer data)
{
  Chosen *chosen = data;
  g_free(chosen->system);
  g_free(chosen->action);
  g_ptr_array_unref(chosen->items);
  g_free(chosen);
}

static GPtrArray *
items_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
}

static const char *
item_name(const McItem *item)
{
  return item->code ? item->code : item->title ? item->title : item->id;
}

static char *
about_text(const GPtrArray *items)
{
  return items->len == 1 ? g_strdup(item_name(items->pdata[0])) : g_strdup_printf(_("%u items"), items->len);
}

/* --- after the choice --- */

static McReaction
take(McTui *tui, gpointer data)
{
  const Chosen *chosen = data;
  return mc_global_take(tui, chosen->system, chosen->action, chosen->items, NULL, NULL);
}

/* Asks where the connector wants to be asked, else takes the action at once: it can be undone. */
static McReaction
ask_or_take(McTui *tui, const Chosen *chosen, const char *question)
{
  if (!question)
    return take(tui, (gpointer)chosen);
  Chosen *copy = g_new0(Chosen, 1);
  copy->system = g_strdup(chosen->system);
  copy->action = g_strdup(chosen->action);
  copy->items = g_ptr_array_ref(chosen->items);
  return mc_confirm_open(tui, question, take, copy, chosen_free);
}

static McReaction
form_done(McTui *tui, const McFormPurpose *purpose, const McForm *form, GHashTable *values)
{
  return mc_global_take(tui, purpose->system, form->action, purpose->items, values, purpose->draft);
}

static char *
question_text(const McTui *tui, const McForm *form, const Chosen *chosen, const char *about)
{
  const char *title = mc_tui_system_title(tui, chosen->system);
  return !form->confirm       ? NULL
         : chosen->items->len ? g_strdup_printf(_("%s: %s, at %s?"), form->label, about, title)
                              : g_strdup_printf(_("%s, at %s?"), form->label, title);
}

static McFormPurpose *
purpose_new(const McTui *tui, const McForm *form, const Chosen *chosen, const char *about)
{
  const char *title = mc_tui_system_title(tui, chosen->system);
  gboolean anew = !chosen->items->len;
  McFormPurpose *purpose = g_new0(McFormPurpose, 1);
  purpose->title = g_strdup_printf("%s · %s", form->label, anew ? title : about);
  purpose->target = anew ? g_strdup_printf(_("%s: %s"), title, form->label)
                         : g_strdup_printf(_("%s: %s, %s"), title, form->label, about);
  purpose->draft = anew ? g_strdup_printf("%s/%s:", chosen->action, chosen->system)
                        : g_strdup_printf("%s/%s", chosen->action, ((McItem *)chosen->items->pdata[0])->id);
  purpose->system = g_strdup(chosen->system);
  purpose->action = g_strdup(chosen->action);
  purpose->items = g_ptr_array_ref(chosen->items);
  purpose->question = question_text(tui, form, chosen, about);
  return purpose;
}

/* The items of a list are without their records. */
static void
offer_choices(McTui *tui, McForm *form, const Chosen *chosen)
{
  g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
  for (guint i = 0; i < chosen->items->len; i++) {
    McItem *item = mc_snapshot_item(tui->snapshot, ((McItem *)chosen->items->pdata[i])->id, NULL);
    if (item)
      g_ptr_array_add(whole, item);
  }
  mc_engine_form_offer(tui->engine, chosen->system, form, whole);
}

static McReaction
chosen_action(McTui *tui, gpointer value, gpointer data)
{
  Chosen *chosen = value;
  g_autoptr(GError) error = NULL;
  (void)data;
  g_autoptr(McForm) form = mc_engine_form(tui->engine, chosen->system, chosen->action, &error);
  if (!form)
    return mc_tui_fail(tui, error);
  g_autofree char *about = chosen->items->len ? about_text(chosen->items) : g_strdup("");
  if (!form->inputs->len) {
    g_autofree char *question = question_text(tui, form, chosen, about);
    return ask_or_take(tui, chosen, question);
  }
  if (chosen->items->len)
    offer_choices(tui, form, chosen);
  McFormPurpose *purpose = purpose_new(tui, form, chosen, about);
  return mc_form_open(tui, g_steal_pointer(&form), purpose, form_done);
}

/* --- the menu --- */

static void
add_row(McTui *tui, GPtrArray *rows, GPtrArray *items, const char *action, const char *reason, gboolean named)
{
  const char *system = ((McItem *)items->pdata[0])->system;
  g_autofree char *label = mc_tui_action_label(tui, system, action);
  g_autofree char *text =
      named ? g_strdup_printf(_("%s: %s (%u items)"), mc_tui_system_title(tui, system), label, items->len)
            : g_strdup(label);
  Chosen *chosen = g_new0(Chosen, 1);
  chosen->system = g_strdup(system);
  chosen->action = g_strdup(action);
  chosen->items = g_ptr_array_ref(items);
  mc_menu_row(rows, text, reason, chosen, chosen_free);
}

static guint
count_allowing(GPtrArray *items, const char *action)
{
  guint count = 0;
  for (guint i = 0; i < items->len; i++)
    count += g_strv_contains((const char *const *)((McItem *)items->pdata[i])->actions, action);
  return count;
}

static void
add_allowed(McTui *tui, GPtrArray *rows, GPtrArray *items, gboolean named, gboolean whole)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < items->len; i++)
    for (char **action = ((McItem *)items->pdata[i])->actions; *action; action++) {
      if (!g_hash_table_add(seen, *action))
        continue;
      guint count = count_allowing(items, *action);
      if ((count == items->len) != whole)
        continue;
      g_autofree char *reason =
          whole ? NULL : g_strdup_printf(_("only %u of %u allow it"), count, items->len);
      add_row(tui, rows, items, *action, reason, named);
    }
}

static void
add_blocked(McTui *tui, GPtrArray *rows, GPtrArray *items)
{
  const McItem *item = items->pdata[0];
  for (guint i = 0; items->len == 1 && item->blocked && i < item->blocked->len; i++) {
    const McBlocked *blocked = item->blocked->pdata[i];
    add_row(tui, rows, items, blocked->action,
            blocked->reason && *blocked->reason ? blocked->reason : _("not now"), FALSE);
  }
}

/* Items by system, in the order in which the systems come. */
static GPtrArray *
group(const GPtrArray *items)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < items->len; i++) {
    const McItem *item = items->pdata[i];
    GPtrArray *own = NULL;
    for (guint g = 0; g < groups->len && !own; g++)
      if (strcmp(((McItem *)((GPtrArray *)groups->pdata[g])->pdata[0])->system, item->system) == 0)
        own = groups->pdata[g];
    if (!own) {
      own = items_new();
      g_ptr_array_add(groups, own);
    }
    g_ptr_array_add(own, mc_item_copy(item));
  }
  return groups;
}

McReaction
mc_actions_open(McTui *tui, const GPtrArray *items)
{
  if (!items->len)
    return mc_tui_say(tui, _("No item is selected."));
  if (!tui->engine)
    return mc_tui_say(tui, _("One moment: the systems are being opened."));
  g_autoptr(GPtrArray) groups = group(items);
  g_autoptr(GPtrArray) rows = mc_menu_rows();
  gboolean named = items->len > 1;
  for (guint g = 0; g < groups->len; g++)
    add_allowed(tui, rows, groups->pdata[g], named, TRUE);
  for (guint g = 0; g < groups->len; g++) {
    add_allowed(tui, rows, groups->pdata[g], named, FALSE);
    if (!named)
      add_blocked(tui, rows, groups->pdata[g]);
  }
  if (!rows->len)
    return mc_tui_say(tui, _("Its system allows no action on it now."));
  g_autofree char *about = about_text(items);
  g_autofree char *title = g_strdup_printf(_("Actions · %s"), about);
  return mc_menu_open(tui, title, g_steal_pointer(&rows), chosen_action, NULL, NULL);
}

/* --- new records --- */

McReaction
mc_actions_new(McTui *tui)
{
  if (!tui->engine)
    return mc_tui_say(tui, _("One moment: the systems are being opened."));
  g_autoptr(GPtrArray) rows = mc_menu_rows();
  for (guint s = 0; s < mc_engine_system_count(tui->engine); s++) {
    const McSystemInfo *info = mc_engine_system(tui->engine, s);
    g_auto(GStrv) names = mc_engine_creates(tui->engine, info->system);
    for (char **name = names; *name; name++) {
      g_autofree char *label = mc_tui_action_label(tui, info->system, *name);
      g_autofree char *text = g_strdup_printf("%s: %s", info->title, label);
      Chosen *chosen = g_new0(Chosen, 1);
      chosen->system = g_strdup(info->system);
      chosen->action = g_strdup(*name);
      chosen->items = items_new();
      mc_menu_row(rows, text, NULL, chosen, chosen_free);
    }
  }
  if (!rows->len)
    return mc_tui_say(tui, _("No configured system takes new records."));
  if (rows->len == 1)
    return chosen_action(tui, ((McChoiceRow *)rows->pdata[0])->value, NULL);
  return mc_menu_open(tui, _("New record"), g_steal_pointer(&rows), chosen_action, NULL, NULL);
}

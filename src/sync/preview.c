/* SPDX-License-Identifier: Apache-2.0 */
/* What actions would send, as text: each action's requests, and on demand all that is asked and read before.
 */
#include "sync/sync.h"

#include <string.h>

#include "connector/explain.h"
#include "motcua/i18n.h"

static void
head(McEngine *engine, McSystem *system, const char *action, const char *id, GString *text)
{
  g_autofree char *label = mc_engine_action_label(engine, system->name, action);
  g_string_append_printf(text, "%s %s (%s) → %s\n", action, id, label, system->title);
}

static McExchange *
delivery_of(McSystem *system, const McOutAction *action)
{
  return mc_delivery_new(system->binding, NULL, action->action, action->frozen, NULL, FALSE);
}

char *
mc_preview_text(McEngine *engine, GPtrArray *actions)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < actions->len; i++) {
    const McOutAction *action = actions->pdata[i];
    if (!action)
      continue;
    McSystem *system = mc_engine_system_get(engine, action->system);
    g_autoptr(McExchange) exchange = delivery_of(system, action);
    g_autofree char *request = mc_delivery_preview(exchange, mc_engine_flow(engine));
    head(engine, system, action->action, action->item_id, text);
    g_string_append_printf(text, "  %s\n", request);
  }
  return g_string_free(text, FALSE);
}

/* --- the whole --- */
static void
explain_right(McEngine *engine, McSystem *system, const McAction *action, const McItem *item, McNote *note)
{
  gint64 now = mc_clock_now(engine->clock);
  g_autoptr(McScope) scope = mc_binding_scope(system->binding, now);
  g_autoptr(McJson) raw =
      item->raw ? mc_json_parse(item->id, item->raw, strlen(item->raw), MC_JSON_STRICT, NULL) : NULL;
  McExplain e = {.binding = system->binding, .scope = scope, .now = now};
  mc_explain_right(&e, mc_note_add(note, N_("precondition"), NULL), action, item,
                   raw ? mc_json_root(raw) : NULL);
}

char *
mc_preview_whole(McEngine *engine, const char *id, const char *name, const McOutAction *taken)
{
  g_autofree char *where = g_strndup(id, strcspn(id, ":"));
  McSystem *system = mc_engine_system_get(engine, where);
  const McAction *action = system ? mc_profile_action(mc_binding_profile(system->binding), name) : NULL;
  if (!action)
    return g_strdup("");
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(McNote) note = mc_note_new();
  g_autoptr(McItem) item = action->creates ? NULL : mc_store_item(engine->store, id, NULL);
  head(engine, system, name, id, text);
  if (item)
    explain_right(engine, system, action, item, note);
  if (taken) {
    g_autoptr(McExchange) exchange = delivery_of(system, taken);
    mc_delivery_explain(exchange, mc_engine_flow(engine), note);
  }
  g_autofree char *shown = mc_note_print(note);
  g_auto(GStrv) lines = g_strsplit(shown, "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line)
      g_string_append_printf(text, "  %s\n", *line);
  return g_strdup(text->str);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Requests about one item, record or note: details, notes, tags, a preview of what an action would send. */
#include "config.h"
#include "sync/sync.h"

#include <string.h>

#include "motcua/i18n.h"

typedef struct {
  McEngine *engine;
  McTicket ticket;
  char *id, *text;
  GHashTable *table;
  gboolean on;
} Ask;

static void
ask_free(gpointer data)
{
  Ask *ask = data;
  g_free(ask->id);
  g_free(ask->text);
  g_clear_pointer(&ask->table, g_hash_table_unref);
  g_free(ask);
}

static Ask *
ask_new(McEngine *engine, const char *id, const char *text)
{
  Ask *ask = g_new0(Ask, 1);
  ask->engine = engine;
  ask->ticket = mc_engine_ticket(engine);
  ask->id = g_strdup(id);
  ask->text = g_strdup(text);
  return ask;
}

static McTicket
ask_post(Ask *ask, McWork work)
{
  McTicket ticket = ask->ticket;
  mc_engine_post(ask->engine, work, ask, ask_free);
  return ticket;
}

/* A copy that lives as long as a run. */
static Ask *
ask_keep(const Ask *ask)
{
  Ask *kept = ask_new(ask->engine, ask->id, ask->text);
  kept->ticket = ask->ticket;
  return kept;
}

GHashTable *
mc_table_copy(GHashTable *table)
{
  GHashTableIter iter;
  gpointer key, value;
  if (!table)
    return NULL;
  GHashTable *copy = mc_secret_table_new();
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, &key, &value))
    g_hash_table_replace(copy, g_strdup(key), g_strdup(value));
  return copy;
}

static McSystem *
ask_system(Ask *ask, const char *name, GError **error)
{
  McSystem *system = mc_engine_system_get(ask->engine, name);
  if (!system)
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no system “%s”."), name ? name : ask->id);
  return system;
}

/* --- details --- */

static void
detail_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Ask *ask = data;
  McEngine *engine = ask->engine;
  GError *bad = error ? g_error_copy(error) : NULL;
  gboolean gone = FALSE;
  g_autoptr(McItem) item = bad ? NULL : mc_detail_take(exchange, &gone);
  (void)run;
  if (item) {
    item->detail_as_of = mc_clock_now(engine->clock);
    if (mc_detail_is_whole(exchange))
      item->as_of = item->detail_as_of;
    mc_store_item_put(engine->store, item, &bad);
  } else if (gone)
    mc_store_item_gone(engine->store, ask->id, &bad);
  if (!bad)
    mc_engine_emit(engine, mc_event_new(MC_EVENT_ITEMS, mc_run_system(run)->name));
  mc_engine_reply(engine, ask->ticket, bad);
  ask_free(ask);
}

static void
detail_work(McEngine *engine, gpointer data)
{
  static const McRunHooks hooks = {.end = detail_end};
  Ask *ask = data;
  GError *error = NULL;
  g_autofree char *name = mc_item_id_system(ask->id);
  McSystem *system = ask_system(ask, name, &error);
  g_autoptr(McItem) item = system ? mc_store_item(engine->store, ask->id, &error) : NULL;
  if (!item) {
    mc_engine_reply(engine, ask->ticket, error);
    return;
  }
  mc_run_start(system, mc_detail_new(system->binding, item), TRUE, TRUE, &hooks, ask_keep(ask));
}

McTicket
mc_engine_detail(McEngine *engine, const char *id)
{
  return ask_post(ask_new(engine, id, NULL), detail_work);
}

/* --- the person's own --- */

static void
own_end(McEngine *engine, Ask *ask, gboolean ok, GError *error)
{
  const char *ids[] = {ask->id, NULL};
  if (ok && mc_store_overlay(engine->store, ids, &error))
    mc_engine_emit(engine, mc_event_new(MC_EVENT_ITEMS, NULL));
  mc_engine_reply(engine, ask->ticket, error);
}

static gboolean
own_exists(McEngine *engine, Ask *ask, GError **error)
{
  g_autoptr(McItem) item = mc_store_item(engine->store, ask->id, error);
  return item != NULL;
}

static void
note_work(McEngine *engine, gpointer data)
{
  Ask *ask = data;
  GError *error = NULL;
  gboolean ok = own_exists(engine, ask, &error) && mc_store_note(engine->store, ask->id, ask->text, &error);
  own_end(engine, ask, ok, error);
}

static void
tag_work(McEngine *engine, gpointer data)
{
  Ask *ask = data;
  GError *error = NULL;
  gboolean ok =
      own_exists(engine, ask, &error) && mc_store_tag(engine->store, ask->id, ask->text, ask->on, &error);
  own_end(engine, ask, ok, error);
}

McTicket
mc_engine_note(McEngine *engine, const char *id, const char *text)
{
  return ask_post(ask_new(engine, id, text), note_work);
}

McTicket
mc_engine_tag(McEngine *engine, const char *id, const char *tag, gboolean on)
{
  Ask *ask = ask_new(engine, id, tag);
  ask->on = on;
  return ask_post(ask, tag_work);
}

static void
forget_work(McEngine *engine, gpointer data)
{
  Ask *ask = data;
  GError *error = NULL;
  if (mc_store_system_forget(engine->store, ask->id, &error))
    mc_engine_emit(engine, mc_event_new(MC_EVENT_ITEMS, ask->id));
  mc_engine_reply(engine, ask->ticket, error);
}

McTicket
mc_engine_forget(McEngine *engine, const char *system)
{
  return ask_post(ask_new(engine, system, NULL), forget_work);
}

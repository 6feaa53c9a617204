/* SPDX-License-Identifier: Apache-2.0 */
/* Taking actions: each is checked against the item as it stands and frozen; all that are right go to disk in
 * one durable transaction, and only then is anybody told that they were taken. */
#include "config.h"
#include "sync/sync.h"

#include <string.h>

#include "base/id.h"
#include "motcua/i18n.h"
#include "motcua/journal.h"

/* A face's request, copied for the engine's thread. */
typedef struct {
  char *id, *action, *caller_key;
  GHashTable *fields;
} Act;

typedef struct {
  McTicket ticket;
  GPtrArray *acts; /* Act */
  int undo;
  gboolean queue_only, preview, whole;
} Accept;

static void
act_free(gpointer data)
{
  Act *act = data;
  g_free(act->id);
  g_free(act->action);
  g_free(act->caller_key);
  g_clear_pointer(&act->fields, g_hash_table_unref);
  g_free(act);
}

static void
accept_free(gpointer data)
{
  Accept *accept = data;
  g_ptr_array_unref(accept->acts);
  g_free(accept);
}

static void
error_free0(gpointer error)
{
  if (error)
    g_error_free(error);
}

static gboolean
table_equal(GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer key, value;
  if (!a || !b || g_hash_table_size(a) != g_hash_table_size(b))
    return (!a || g_hash_table_size(a) == 0) && (!b || g_hash_table_size(b) == 0);
  g_hash_table_iter_init(&iter, a);
  while (g_hash_table_iter_next(&iter, &key, &value))
    if (g_strcmp0(value, g_hash_table_lookup(b, key)) != 0)
      return FALSE;
  return TRUE;
}

static void
action_free0(gpointer action)
{
  mc_out_action_free(action);
}

/* The system an act goes to, and the item it is about (NULL for a new record). */
static McSystem *
act_target(McEngine *engine, const Act *act, McItem **item, GError **error)
{
  const char *colon = strchr(act->id, ':');
  g_autofree char *name = colon ? g_strndup(act->id, (gsize)(colon - act->id)) : g_strdup(act->id);
  McSystem *system = mc_engine_system_get(engine, name);
  if (!system) {
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("“%s” names no configured system."), act->id);
    return NULL;
  }
  *item = NULL;
  if (colon && colon[1] == '\0')
    return system;
  *item = mc_store_item(engine->store, act->id, error);
  return *item ? system : NULL;
}

/* What was taken under the caller's key before; the same key for something else is an error. */
static gboolean
act_earlier(McEngine *engine, const Act *act, McOutAction **known, GError **error)
{
  *known = NULL;
  if (!act->caller_key)
    return TRUE;
  if (!mc_store_out_of_caller(engine->store, act->caller_key, known, error))
    return FALSE;
  if (!*known)
    return TRUE;
  McSystem *system = mc_engine_system_get(engine, (*known)->system);
  if (system && strcmp((*known)->item_id, act->id) == 0 &&
      mc_action_is_same(system->binding, (*known)->frozen, act->action, act->fields))
    return TRUE;
  g_set_error(
      error, MC_ERROR, MC_ERROR_USAGE,
      _("the key \"%s\" was used before for something else (%s on %s); give this action a key of its own"),
      act->caller_key, (*known)->action, (*known)->item_id);
  g_clear_pointer(known, mc_out_action_free);
  return FALSE;
}

static McOutAction *
act_take(McEngine *engine, const Act *act, const char *batch, int undo, GError **error)
{
  g_autoptr(McItem) item = NULL;
  McSystem *system = act_target(engine, act, &item, error);
  if (!system)
    return NULL;
  McForm *form = mc_action_form(system->binding, act->action, error);
  if (!form)
    return NULL;
  gboolean creates = form->creates;
  mc_form_free(form);
  if (creates != (item == NULL)) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE,
                creates ? _("“%s” makes a new record: give “%s:” instead of an item.")
                        : _("“%s” needs an item of “%s”."),
                act->action, system->name);
    return NULL;
  }
  g_autofree char *key = mc_ulid_new();
  char *frozen = NULL;
  /* What may leave at once is due for every process, however long this one has run by a frozen clock. */
  gint64 now = undo > 0 ? mc_engine_flow(engine) : mc_clock_now(engine->clock);
  if (!mc_action_freeze(system->binding, item, act->action, act->fields, key, now, &frozen, error))
    return NULL;
  McOutAction *action = g_new0(McOutAction, 1);
  action->key = g_steal_pointer(&key);
  action->batch = g_strdup(batch);
  action->item_id = g_strdup(act->id);
  action->system = g_strdup(system->name);
  action->action = g_strdup(act->action);
  action->title = g_strdup(item ? (item->code ? item->code : item->title) : NULL);
  action->caller_key = g_strdup(act->caller_key);
  action->frozen = frozen;
  action->state = MC_OUT_QUEUED;
  action->created = now;
  action->send_after = now + undo;
  action->settled = MC_TIME_NONE;
  return action;
}

static void
journal_taken(McEngine *engine, GPtrArray *taken)
{
  g_autoptr(McJournalBatch) batch = mc_journal_batch_new();
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < taken->len; i++) {
    const McOutAction *action = g_ptr_array_index(taken, i);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, action->frozen, -1);
    mc_journal_batch_add(batch, "taken", "key", action->key, "id", action->item_id, "action", action->action,
                         "sha256", digest, NULL);
  }
  if (!mc_journal_batch_append(batch, engine->home, engine->clock, &error))
    g_warning("%s", error->message);
}

/* After the transaction, which the rows have followed: the journal, the schedule. None of it can undo the
 * taking. */
static void
accept_follow(McEngine *engine, GPtrArray *taken, gboolean queue_only)
{
  journal_taken(engine, taken);
  mc_engine_emit(engine, mc_event_new(MC_EVENT_ITEMS, NULL));
  for (guint i = 0; !queue_only && i < engine->systems->len; i++)
    mc_system_schedule_delivery(g_ptr_array_index(engine->systems, i));
}

/* Those that are new go to disk together; one whose key another process took a moment ago is that one. */
static gboolean
accept_store(McEngine *engine, GPtrArray *actions, const gboolean *known, gboolean queue_only, GError **error)
{
  g_autoptr(GPtrArray) right = g_ptr_array_new();
  g_autoptr(GPtrArray) taken = g_ptr_array_new();
  g_autoptr(GPtrArray) existing = NULL;
  for (guint i = 0; i < actions->len; i++)
    if (actions->pdata[i] && !known[i])
      g_ptr_array_add(right, actions->pdata[i]);
  if (right->len > 0 && !mc_store_out_add(engine->store, right, &existing, error))
    return FALSE;
  for (guint i = 0, r = 0; i < actions->len; i++) {
    if (!actions->pdata[i] || known[i])
      continue;
    McOutAction *earlier = g_ptr_array_index(existing, r);
    existing->pdata[r++] = NULL;
    if (!earlier) {
      g_ptr_array_add(taken, actions->pdata[i]);
      continue;
    }
    mc_out_action_free(actions->pdata[i]);
    actions->pdata[i] = earlier;
  }
  accept_follow(engine, taken, queue_only);
  return TRUE;
}

/* The same key for two things within one request is the later one's fault. */
static gboolean
act_unique(GHashTable *keys, const Act *act, GError **error)
{
  const Act *before = act->caller_key ? g_hash_table_lookup(keys, act->caller_key) : NULL;
  if (!act->caller_key)
    return TRUE;
  if (!before) {
    g_hash_table_insert(keys, act->caller_key, (gpointer)act);
    return TRUE;
  }
  if (strcmp(before->id, act->id) == 0 && strcmp(before->action, act->action) == 0 &&
      table_equal(before->fields, act->fields))
    return TRUE;
  g_set_error(
      error, MC_ERROR, MC_ERROR_USAGE,
      _("the key \"%s\" was used before for something else (%s on %s); give this action a key of its own"),
      act->caller_key, before->action, before->id);
  return FALSE;
}

/* Its files are stored before it is judged: what is frozen names them by their hash. */
static gboolean
act_files(McEngine *engine, const Accept *accept, const Act *act, GError **error)
{
  g_autofree char *name = g_strndup(act->id, strcspn(act->id, ":"));
  McSystem *system = mc_engine_system_get(engine, name);
  g_autoptr(McForm) form = system ? mc_action_form(system->binding, act->action, NULL) : NULL;
  return !form || !act->fields || mc_upload_take(engine, form, act->fields, !accept->preview, error);
}

static McOutAction *
act_judge(McEngine *engine, const Accept *accept, const Act *act, const char *batch, gboolean *known,
          GError **error)
{
  McOutAction *earlier = NULL;
  if (!act_files(engine, accept, act, error) || !act_earlier(engine, act, &earlier, error))
    return NULL;
  *known = earlier != NULL;
  return earlier ? earlier : act_take(engine, act, batch, accept->undo, error);
}

/* Of those, too, that would not be taken: it says why. */
static char *
whole_text(McEngine *engine, const Accept *accept, const McEvent *event)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < accept->acts->len; i++) {
    const Act *act = g_ptr_array_index(accept->acts, i);
    g_autofree char *one = mc_preview_whole(engine, act->id, act->action, event->actions->pdata[i]);
    g_string_append(text, one);
  }
  return g_string_free(text, FALSE);
}

static void
accept_work(McEngine *engine, gpointer data)
{
  Accept *accept = data;
  McEvent *event = mc_event_new(MC_EVENT_REPLY, NULL);
  g_autofree char *batch = mc_ulid_new();
  g_autofree gboolean *known = g_new0(gboolean, accept->acts->len);
  g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
  event->actions = g_ptr_array_new_with_free_func(action_free0);
  event->errors = g_ptr_array_new_with_free_func(error_free0);
  for (guint i = 0; i < accept->acts->len; i++) {
    const Act *act = g_ptr_array_index(accept->acts, i);
    GError *error = NULL;
    g_ptr_array_add(event->actions, act_unique(keys, act, &error)
                                        ? act_judge(engine, accept, act, batch, &known[i], &error)
                                        : NULL);
    g_ptr_array_add(event->errors, error);
  }
  if (accept->preview)
    event->text = accept->whole ? whole_text(engine, accept, event) : mc_preview_text(engine, event->actions);
  else if (!accept_store(engine, event->actions, known, accept->queue_only, &event->error))
    g_ptr_array_set_size(event->actions, 0);
  mc_upload_taken(engine);
  event->ticket = accept->ticket;
  mc_engine_emit(engine, event);
}

static Accept *
accept_new(McEngine *engine, const McAct *acts, guint count)
{
  Accept *accept = g_new0(Accept, 1);
  accept->ticket = mc_engine_ticket(engine);
  accept->acts = g_ptr_array_new_with_free_func(act_free);
  for (guint i = 0; i < count; i++) {
    Act *act = g_new0(Act, 1);
    act->id = g_strdup(acts[i].id);
    act->action = g_strdup(acts[i].action);
    act->caller_key = g_strdup(acts[i].caller_key);
    act->fields = mc_table_copy(acts[i].fields);
    g_ptr_array_add(accept->acts, act);
  }
  return accept;
}

static McTicket
accept_post(McEngine *engine, Accept *accept)
{
  McTicket ticket = accept->ticket;
  mc_engine_post(engine, accept_work, accept, accept_free);
  return ticket;
}

McTicket
mc_engine_accept(McEngine *engine, const McAct *acts, guint count, int undo, gboolean queue_only)
{
  Accept *accept = accept_new(engine, acts, count);
  accept->undo = undo;
  accept->queue_only = queue_only;
  return accept_post(engine, accept);
}

McTicket
mc_engine_preview(McEngine *engine, const McAct *acts, guint count, gboolean whole)
{
  Accept *accept = accept_new(engine, acts, count);
  accept->preview = TRUE;
  accept->whole = whole;
  return accept_post(engine, accept);
}

/* --- withdrawing and settling --- */

typedef struct {
  McTicket ticket;
  char **keys;
  McResolve how;
} Settle;

static void
settle_free(gpointer data)
{
  Settle *settle = data;
  g_strfreev(settle->keys);
  g_free(settle);
}

static void
settle_follow(McEngine *engine, const char *key)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McOutAction) action = mc_store_out_get(engine->store, key, &error);
  if (!action) {
    g_warning("%s", error->message);
    return;
  }
  mc_engine_emit(engine, mc_event_new(MC_EVENT_ITEMS, action->system));
  mc_upload_sweep(engine);
  if (!mc_journal_append(engine->home, engine->clock, &error, "settled", "key", key, "id", action->item_id,
                         "action", action->action, "outcome", mc_out_state_name(action->state), NULL))
    g_warning("%s", error->message);
}

static gboolean
cancel_one(McEngine *engine, const char *key, GError **error)
{
  McOutMove move = {.from = MC_OUT_QUEUED, .to = MC_OUT_CANCELLED, .send_after = MC_TIME_NONE};
  gboolean moved = FALSE;
  if (!mc_engine_move(engine, key, &move, &moved, error))
    return FALSE;
  if (moved) {
    settle_follow(engine, key);
    return TRUE;
  }
  g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s: already on its way or ended; it cannot be withdrawn."),
              key);
  return FALSE;
}

/* Each that can be withdrawn is; the reply tells of the first that cannot. */
static void
cancel_work(McEngine *engine, gpointer data)
{
  Settle *settle = data;
  GError *error = NULL;
  for (guint i = 0; settle->keys[i]; i++)
    cancel_one(engine, settle->keys[i], error ? NULL : &error);
  mc_engine_reply(engine, settle->ticket, error);
}

static char *
landed_memory(McEngine *engine, const char *key)
{
  g_autoptr(McOutAction) action = mc_store_out_get(engine->store, key, NULL);
  const McSystem *system = action ? mc_engine_system_get(engine, action->system) : NULL;
  return system ? mc_delivery_landed_memory(system->binding, action->action) : NULL;
}

static void
resolve_work(McEngine *engine, gpointer data)
{
  static const McOutState ends[] = {
      [MC_RESOLVE_LANDED] = MC_OUT_DONE,
      [MC_RESOLVE_NOT_LANDED] = MC_OUT_FAILED,
      [MC_RESOLVE_LOOK] = MC_OUT_SENDING,
      [MC_RESOLVE_AGAIN] = MC_OUT_QUEUED,
  };
  Settle *settle = data;
  const char *key = settle->keys[0];
  GError *error = NULL;
  gboolean moved = FALSE;
  McOutMove move = {
      .from = MC_OUT_UNCERTAIN, .to = ends[settle->how], .send_after = mc_clock_now(engine->clock)};
  g_autofree char *landed = settle->how == MC_RESOLVE_LANDED ? landed_memory(engine, key) : NULL;
  if (settle->how ==
      MC_RESOLVE_AGAIN) /* knowingly: no doubt holds it back, but a refusal may be our own work */
    move.memory = "{\"doubt\":false,\"unknown\":true}";
  if (landed) { /* the steps after it are still to be done */
    move.to = MC_OUT_SENDING;
    move.memory = landed;
  }
  if (mc_engine_move(engine, key, &move, &moved, &error) && !moved)
    error =
        g_error_new(MC_ERROR, MC_ERROR_FAILED, _("%s is not uncertain; there is nothing to settle."), key);
  if (!error)
    settle_follow(engine, key);
  for (guint i = 0; !error && i < engine->systems->len; i++)
    mc_system_schedule_delivery(g_ptr_array_index(engine->systems, i));
  mc_engine_reply(engine, settle->ticket, error);
}

static McTicket
settle_post(McEngine *engine, const char *const *keys, McResolve how, McWork work)
{
  Settle *settle = g_new0(Settle, 1);
  settle->ticket = mc_engine_ticket(engine);
  settle->keys = g_strdupv((char **)keys);
  settle->how = how;
  McTicket ticket = settle->ticket;
  mc_engine_post(engine, work, settle, settle_free);
  return ticket;
}

McTicket
mc_engine_cancel(McEngine *engine, const char *const *keys)
{
  return settle_post(engine, keys, MC_RESOLVE_LOOK, cancel_work);
}

McTicket
mc_engine_resolve(McEngine *engine, const char *key, McResolve how)
{
  const char *keys[] = {key, NULL};
  return settle_post(engine, keys, how, resolve_work);
}

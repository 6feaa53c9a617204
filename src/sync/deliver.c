/* SPDX-License-Identifier: Apache-2.0 */
/* Delivering the outbox: by one process per system at a time (the `deliver` lock), in order for each item,
 * several items side by side. What leaves is on disk first: an action is `sending`, with what its delivery
 * must remember, before the first byte of a request that has an effect; found `sending` by a later process,
 * it is one whose answer was lost. */
#include "config.h"
#include "sync/sync.h"

#include "motcua/i18n.h"
#include "motcua/journal.h"

#define DELIVER_LOCK_MS 60000
#define LATER_BASE_S    5
#define LATER_CAP_S     300
#define MAX_AT_ONCE     64
#define TROUBLE_WAIT_S  15 /* a system that could not be served is left alone that long */

typedef struct {
  McDelivered done;
  gpointer data;
} Waiter;

/* All that is due of one system. */
typedef struct {
  McSystem *system;
  McTurn *lock;
  GHashTable *under_way; /* item id -> One */
  GHashTable *tried;     /* keys given up in this round: they wait for the next */
  GHashTable *items;     /* ids whose row changes */
  GPtrArray *waiters;    /* Waiter */
  guint ended;
  gint64 limit;  /* delivery clock at which this round took its list */
  GError *error; /* why the system could not be served, the first */
} Delivery;

/* One action on its way. */
typedef struct {
  Delivery *delivery;
  McOutAction *action;
  gboolean sending; /* the row says so */
  char *memory;     /* as it is on disk */
} One;

static void delivery_next(Delivery *delivery);

static void
one_free(One *one)
{
  mc_out_action_free(one->action);
  g_free(one->memory);
  g_free(one);
}

gboolean
mc_engine_move(McEngine *engine, const char *key, const McOutMove *move, gboolean *moved, GError **error)
{
  gboolean did = FALSE;
  if (!mc_store_out_move(engine->store, key, move, &did, error))
    return FALSE;
  if (moved)
    *moved = did;
  if (did)
    mc_engine_emit_action(engine, key);
  return TRUE;
}

static void
journal_outcome(McEngine *engine, const McOutAction *action, McOutState state, const McDeliveryResult *result)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *status = result->status ? g_strdup_printf("%d", result->status) : NULL;
  if (!mc_journal_append(engine->home, engine->clock, &error, "outcome", "key", action->key, "id",
                         action->item_id, "action", action->action, "outcome", mc_out_state_name(state),
                         "status", status, "receipt", result->receipt, "verified",
                         result->verified ? "true" : NULL, NULL))
    g_warning("%s", error->message);
}

/* --- ends --- */

static void
delivery_end(Delivery *delivery)
{
  McSystem *system = delivery->system;
  g_autoptr(GError) error = g_steal_pointer(&delivery->error);
  GPtrArray *waiters = delivery->waiters;
  guint ended = delivery->ended;
  system->delivery = NULL;
  if (g_hash_table_size(delivery->items) > 0)
    mc_engine_emit(system->engine, mc_event_new(MC_EVENT_ITEMS, system->name));
  mc_turn_release(delivery->lock);
  g_hash_table_unref(delivery->under_way);
  g_hash_table_unref(delivery->tried);
  g_hash_table_unref(delivery->items);
  g_free(delivery);
  system->deliver_not_before = error ? mc_engine_flow(system->engine) + TROUBLE_WAIT_S : 0;
  if (!system->engine->stopping)
    mc_system_schedule_delivery(system);
  if (ended > 0 && !error)
    mc_system_schedule_pull(system, 1000);
  for (guint i = 0; i < waiters->len; i++) {
    Waiter *waiter = g_ptr_array_index(waiters, i);
    if (waiter->done)
      waiter->done(system, ended, error, waiter->data);
  }
  g_ptr_array_unref(waiters);
}

static void
one_done(One *one)
{
  Delivery *delivery = one->delivery;
  g_autoptr(GError) error = NULL;
  const char *ids[] = {one->action->item_id, NULL};
  g_hash_table_add(delivery->items, g_strdup(one->action->item_id));
  if (!mc_store_overlay(delivery->system->engine->store, ids, &error))
    g_warning("%s", error->message);
  g_hash_table_remove(delivery->under_way, one->action->item_id);
  delivery_next(delivery);
}

/* An end without an answer: the action waits as it is. */
static void
one_stuck(One *one, const GError *error)
{
  Delivery *delivery = one->delivery;
  gboolean withdrawn = g_error_matches(error, MC_ERROR, MC_ERROR_CANCELLED);
  g_hash_table_add(delivery->tried, g_strdup(one->action->key));
  if (!delivery->error && !withdrawn)
    delivery->error = g_error_copy(error);
  if (!withdrawn)
    g_message("%s: %s", one->action->key, error->message);
  one_done(one);
}

static McOutState
state_of(McDeliveryEnd end)
{
  static const McOutState states[] = {
      [MC_DELIVERY_DONE] = MC_OUT_DONE,         [MC_DELIVERY_FAILED] = MC_OUT_FAILED,
      [MC_DELIVERY_CONFLICT] = MC_OUT_CONFLICT, [MC_DELIVERY_UNCERTAIN] = MC_OUT_UNCERTAIN,
      [MC_DELIVERY_LATER] = MC_OUT_QUEUED,
  };
  return states[end];
}

static gint64
later(const McOutAction *action, gint64 now)
{
  int doublings = MIN(action->attempts, 6);
  return now + MIN((gint64)LATER_BASE_S << doublings, LATER_CAP_S);
}

/* Brings the row from where it is to where the result says; a refusal before anything was sent passes
 * `sending` too. */
static gboolean
one_settle(One *one, const McDeliveryResult *result, GError **error)
{
  McEngine *engine = one->delivery->system->engine;
  McOutState to = state_of(result->end);
  if (!one->sending) {
    McOutMove start = {
        .from = MC_OUT_QUEUED, .to = MC_OUT_SENDING, .send_after = MC_TIME_NONE, .attempt = TRUE};
    if (!mc_store_out_move(engine->store, one->action->key, &start, NULL, error))
      return FALSE;
  }
  McOutMove move = {
      .from = MC_OUT_SENDING,
      .to = to,
      .message = result->message,
      .receipt = result->receipt,
      .new_key = result->created,
      .status = result->status,
      .send_after = to == MC_OUT_QUEUED ? later(one->action, mc_engine_flow(engine)) : MC_TIME_NONE,
  };
  if (!mc_engine_move(engine, one->action->key, &move, NULL, error))
    return FALSE;
  if (to != MC_OUT_QUEUED)
    journal_outcome(engine, one->action, to, result);
  return TRUE;
}

/* A request that could not even be made: nothing left, and waiting would not mend it. */
static gboolean
is_hopeless(const One *one, const GError *error)
{
  return !one->sending && (g_error_matches(error, MC_ERROR, MC_ERROR_FAILED) ||
                           g_error_matches(error, MC_ERROR, MC_ERROR_REFUSED) ||
                           g_error_matches(error, MC_ERROR, MC_ERROR_USAGE) ||
                           g_error_matches(error, MC_ERROR, MC_ERROR_NOT_FOUND));
}

/* What the last answer settled is kept too: a request that had no effect must not be doubted next time. */
static void
one_remember(One *one, McExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  const char *memory = mc_delivery_memory(exchange);
  if (!one->sending || g_strcmp0(memory, one->memory) == 0)
    return;
  if (!mc_store_out_memory(one->delivery->system->engine->store, one->action->key, memory, &error))
    g_warning("%s", error->message);
}

static void
one_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  One *one = data;
  g_autoptr(GError) bad = NULL;
  McDeliveryResult hopeless = {.end = MC_DELIVERY_FAILED, .message = error ? error->message : NULL};
  (void)run;
  one_remember(one, exchange);
  if (error && !is_hopeless(one, error)) {
    one_stuck(one, error);
    return;
  }
  const McDeliveryResult *result = error ? &hopeless : mc_delivery_result(exchange);
  if (!one_settle(one, result, &bad)) {
    one_stuck(one, bad);
    return;
  }
  if (result->end == MC_DELIVERY_LATER) {
    g_autoptr(GError) why =
        g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE, "%s: %s", one->delivery->system->title,
                    result->message ? result->message : _("not reached; the action waits."));
    one_stuck(one, why);
    return;
  }
  one->delivery->ended++;
  one_done(one);
}

/* --- sending --- */

static gboolean
one_before_send(McRun *run, const McRequest *request, gpointer data, GError **error)
{
  One *one = data;
  McStore *store = one->delivery->system->engine->store;
  McExchange *exchange = mc_run_exchange(run);
  const char *memory = mc_delivery_memory(exchange);
  if (one->sending) {
    if (g_strcmp0(memory, one->memory) == 0)
      return TRUE;
    g_free(one->memory);
    one->memory = g_strdup(memory);
    return mc_store_out_memory(store, one->action->key, memory, error);
  }
  if (!request->mutating)
    return TRUE;
  McOutMove move = {.from = MC_OUT_QUEUED,
                    .to = MC_OUT_SENDING,
                    .memory = memory,
                    .send_after = MC_TIME_NONE,
                    .attempt = TRUE};
  gboolean moved = FALSE;
  if (!mc_engine_move(one->delivery->system->engine, one->action->key, &move, &moved, error))
    return FALSE;
  if (!moved) { /* cancelled a moment ago */
    g_set_error_literal(error, MC_ERROR, MC_ERROR_CANCELLED, _("Withdrawn before it was sent."));
    return FALSE;
  }
  one->sending = TRUE;
  one->memory = g_strdup(memory);
  return TRUE;
}

static void
one_start(Delivery *delivery, McOutAction *action)
{
  static const McRunHooks hooks = {.before_send = one_before_send, .end = one_end};
  McSystem *system = delivery->system;
  One *one = g_new0(One, 1);
  one->delivery = delivery;
  one->action = action;
  one->sending = action->state == MC_OUT_SENDING;
  one->memory = g_strdup(action->memory);
  g_hash_table_insert(delivery->under_way, g_strdup(action->item_id), one);
  g_autoptr(McItem) item =
      mc_store_item(system->engine->store, action->item_id, NULL); /* NULL: gone, or a new record */
  McExchange *exchange =
      mc_delivery_new(system->binding, item, action->action, action->frozen, action->memory, one->sending);
  mc_run_start(system, exchange, TRUE, TRUE, &hooks, one);
}

/* Takes what is due and not under way, up to the system's concurrency; ends the round when nothing is left.
 */
static void
delivery_next(Delivery *delivery)
{
  McSystem *system = delivery->system;
  McEngine *engine = system->engine;
  int jobs = engine->options.jobs > 0 ? engine->options.jobs : MAX_AT_ONCE;
  int most = MIN(mc_profile_limits(mc_binding_profile(system->binding))->concurrency, jobs);
  int room = CLAMP(most, 1, MAX_AT_ONCE) - (int)g_hash_table_size(delivery->under_way);
  if (room > 0 && !delivery->error && !engine->stopping) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) due =
        mc_store_out_due(engine->store, system->name, mc_engine_flow(engine), 2 * MAX_AT_ONCE, NULL, &error);
    if (!due)
      delivery->error = g_steal_pointer(&error);
    for (guint i = 0; due && i < due->len && room > 0; i++) {
      McOutAction *action = g_ptr_array_index(due, i);
      if (g_hash_table_contains(delivery->under_way, action->item_id) ||
          g_hash_table_contains(delivery->tried, action->key))
        continue;
      due->pdata[i] = NULL;
      one_start(delivery, action);
      room--;
    }
  }
  if (g_hash_table_size(delivery->under_way) == 0)
    delivery_end(delivery);
}

static void
delivery_locked(McTurn *lock, gpointer data)
{
  Delivery *delivery = data;
  delivery->lock = lock;
  if (!lock) {
    delivery->error =
        g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE, _("%s: another motcua is delivering; it goes on there."),
                    delivery->system->title);
    delivery_end(delivery);
    return;
  }
  delivery_next(delivery);
}

void
mc_system_deliver(McSystem *system, McDelivered done, gpointer data)
{
  Delivery *delivery = system->delivery;
  if (!delivery) {
    delivery = g_new0(Delivery, 1);
    delivery->system = system;
    delivery->under_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)one_free);
    delivery->tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    delivery->items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    delivery->waiters = g_ptr_array_new_with_free_func(g_free);
    system->delivery = delivery;
    mc_source_clear(&system->deliver_timer);
    mc_turn_take(system->engine, system->name, "deliver", DELIVER_LOCK_MS, delivery_locked, delivery);
  }
  Waiter *waiter = g_new0(Waiter, 1);
  waiter->done = done;
  waiter->data = data;
  g_ptr_array_add(delivery->waiters, waiter);
}

/* --- schedule --- */

static gboolean
deliver_due(gpointer data)
{
  McSystem *system = data;
  g_clear_pointer(&system->deliver_timer, g_source_unref);
  mc_system_deliver(system, NULL, NULL);
  return G_SOURCE_REMOVE;
}

void
mc_system_schedule_delivery(McSystem *system)
{
  McEngine *engine = system->engine;
  gint64 next = MC_TIME_NONE, now = mc_engine_flow(engine);
  g_autoptr(GError) error = NULL;
  if (!engine->options.schedule || engine->options.offline || system->delivery || engine->stopping)
    return;
  mc_source_clear(&system->deliver_timer);
  g_autoptr(GPtrArray) due = mc_store_out_due(engine->store, system->name, now, 1, &next, &error);
  if (!due) {
    g_warning("%s", error->message);
    return;
  }
  if (due->len > 0)
    next = now;
  if (next != MC_TIME_NONE) {
    next = MAX(next, system->deliver_not_before);
    system->deliver_timer = mc_engine_after(engine, (next - now) * 1000, deliver_due, system);
  }
}

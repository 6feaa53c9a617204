/* SPDX-License-Identifier: Apache-2.0 */
/* Delivering the outbox: by one process per system at a time (the `deliver` turn), in order for each item,
 * several items side by side. A round takes what is due until nothing is left or nothing can fare better. */
#include "config.h"
#include "sync/deliver.h"

#include "motcua/i18n.h"

#define DELIVER_LOCK_MS 60000
#define TROUBLE_CAP_S   300
#define MAX_AT_ONCE     64
#define LOOK_AT_ONCE    512
#define TROUBLE_WAIT_S  15 /* a system that could not be served is left alone that long, doubled each time */

typedef struct {
  McDelivered done;
  gpointer data;
} Waiter;

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

/* A login that is needed is said at once: everything of this system waits for it. */
static void
delivery_tell(McSystem *system, const GError *error)
{
  if (g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN) || g_error_matches(error, MC_ERROR, MC_ERROR_SECRETS))
    mc_system_report(system, error);
}

static gint64
trouble_wait(McSystem *system)
{
  int doublings = (int)MIN(system->deliver_troubles++, 5);
  return MIN((gint64)TROUBLE_WAIT_S << doublings, TROUBLE_CAP_S);
}

static void
delivery_end(McDelivering *delivery)
{
  McSystem *system = delivery->system;
  g_autoptr(GError) error = g_steal_pointer(&delivery->error);
  GPtrArray *waiters = delivery->waiters;
  guint ended = delivery->ended, done = delivery->done;
  system->delivery = NULL;
  if (delivery->changed)
    mc_engine_emit(system->engine, mc_event_new(MC_EVENT_ITEMS, system->name));
  if (ended > 0 || !error)
    system->deliver_troubles = 0;
  mc_turn_release(delivery->lock);
  g_hash_table_unref(delivery->under_way);
  g_hash_table_unref(delivery->tried);
  g_queue_clear_full(&delivery->next, (GDestroyNotify)mc_out_action_free);
  g_free(delivery);
  gint64 held = (system->hold_until - g_get_monotonic_time()) / G_USEC_PER_SEC;
  gint64 wait = error ? MAX(trouble_wait(system), held) : 0;
  system->deliver_not_before = wait ? mc_engine_flow(system->engine) + wait : 0;
  if (!system->engine->stopping) {
    delivery_tell(system, error);
    mc_system_schedule_delivery(system);
  }
  if (ended > 0) {
    mc_upload_sweep(system->engine);
    mc_system_schedule_pull(system, 1000);
  }
  for (guint i = 0; i < waiters->len; i++) {
    Waiter *waiter = g_ptr_array_index(waiters, i);
    waiter->done(system, done, error, waiter->data);
  }
  g_ptr_array_unref(waiters);
}

/* Looks what is due and not under way. */
static void
delivery_look(McDelivering *delivery)
{
  McEngine *engine = delivery->system->engine;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) due = mc_store_out_due(engine->store, delivery->system->name, mc_engine_flow(engine),
                                              delivery->eager, LOOK_AT_ONCE, NULL, &error);
  if (!due) {
    delivery->hopeless = TRUE;
    if (!delivery->error)
      delivery->error = g_steal_pointer(&error);
    return;
  }
  for (guint i = 0; i < due->len; i++) {
    McOutAction *action = g_ptr_array_index(due, i);
    if (g_hash_table_contains(delivery->under_way, mc_deliver_line(action)) ||
        g_hash_table_contains(delivery->tried, action->key))
      continue;
    due->pdata[i] = NULL;
    g_queue_push_tail(&delivery->next, action);
  }
}

static int
delivery_room(const McDelivering *delivery)
{
  McSystem *system = delivery->system;
  int jobs = system->engine->options.jobs > 0 ? system->engine->options.jobs : MAX_AT_ONCE;
  int most = MIN(mc_profile_limits(mc_binding_profile(system->binding))->concurrency, jobs);
  return CLAMP(most, 1, MAX_AT_ONCE) - (int)delivery->busy;
}

/* Up to the system's concurrency. */
void
mc_deliver_next(McDelivering *delivery)
{
  int room = delivery_room(delivery);
  gboolean looked = FALSE;
  while (room > 0 && !delivery->hopeless && !delivery->system->engine->stopping) {
    McOutAction *action = g_queue_pop_head(&delivery->next);
    if (!action && looked)
      break;
    if (action) {
      mc_deliver_one(delivery, action);
      room = delivery_room(delivery);
      continue;
    }
    delivery_look(delivery);
    looked = TRUE;
  }
  if (g_hash_table_size(delivery->under_way) == 0)
    delivery_end(delivery);
}

static void
delivery_locked(McTurn *lock, gpointer data)
{
  McDelivering *delivery = data;
  delivery->lock = lock;
  if (!lock) {
    delivery->error =
        g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE, _("%s: another motcua is delivering; it goes on there."),
                    delivery->system->title);
    delivery_end(delivery);
    return;
  }
  mc_deliver_next(delivery);
}

void
mc_system_deliver(McSystem *system, McDelivered done, gpointer data)
{
  McDelivering *delivery = system->delivery;
  if (!delivery) {
    delivery = g_new0(McDelivering, 1);
    delivery->system = system;
    delivery->under_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mc_deliver_one_free);
    delivery->tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&delivery->next);
    delivery->waiters = g_ptr_array_new_with_free_func(g_free);
    system->delivery = delivery;
    mc_source_clear(&system->deliver_timer);
    mc_turn_take(system->engine, system->name, "deliver", DELIVER_LOCK_MS, delivery_locked, delivery);
  }
  if (done) {
    Waiter *waiter = g_new0(Waiter, 1);
    waiter->done = done;
    waiter->data = data;
    g_ptr_array_add(delivery->waiters, waiter);
    delivery->eager = TRUE;
  }
  if (delivery->lock) /* under way: what was taken since need not wait for it */
    mc_deliver_next(delivery);
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
  if (!engine->options.schedule || engine->options.offline || engine->stopping)
    return;
  mc_source_clear(&system->deliver_timer);
  g_autoptr(GPtrArray) due = mc_store_out_due(engine->store, system->name, now, FALSE, 1, &next, &error);
  if (!due) {
    g_warning("%s", error->message);
    return;
  }
  if (due->len > 0)
    next = now;
  if (next != MC_TIME_NONE) {
    next = system->delivery ? next : MAX(next, system->deliver_not_before);
    system->deliver_timer = mc_engine_after(engine, (next - now) * 1000, deliver_due, system);
  }
}

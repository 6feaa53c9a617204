/* SPDX-License-Identifier: Apache-2.0 */
/* One action on its way. What leaves is on disk first: the action is `sending`, with what its delivery must
 * remember, before the first byte of a request that has an effect; found `sending` by a later process, it is
 * one whose answer was lost. */
#include "config.h"
#include "sync/deliver.h"

#include "motcua/i18n.h"
#include "motcua/journal.h"

#define LATER_BASE_S 5
#define LATER_CAP_S  300
#define MAX_TROUBLES 3 /* actions in a row that had to wait: the round ends */

/* One action on its way. */
typedef struct {
  McDelivering *delivery;
  McOutAction *action;
  gboolean sending;   /* the row says so */
  gboolean caught_up; /* the record was read again before */
  char *memory;       /* as it is on disk */
} One;

static void one_deliver(One *one);

const char *
mc_deliver_line(const McOutAction *action)
{
  return g_str_has_suffix(action->item_id, ":") ? action->key : action->item_id;
}

void
mc_deliver_one_free(gpointer data)
{
  One *one = data;
  mc_out_action_free(one->action);
  g_free(one->memory);
  g_free(one);
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

static void
one_done(One *one)
{
  McDelivering *delivery = one->delivery;
  delivery->changed = TRUE; /* the row followed when the action moved */
  g_hash_table_remove(delivery->under_way, mc_deliver_line(one->action));
  mc_deliver_next(delivery);
}

/* Whether nothing else of this system can fare better. */
static gboolean
is_general(const GError *error)
{
  return g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN) ||
         g_error_matches(error, MC_ERROR, MC_ERROR_SECRETS) ||
         g_error_matches(error, MC_ERROR, MC_ERROR_THROTTLED) ||
         g_error_matches(error, MC_ERROR, MC_ERROR_STORE);
}

/* An end without an outcome: the action waits as it is. */
static void
one_stuck(One *one, const GError *error)
{
  McDelivering *delivery = one->delivery;
  gboolean withdrawn = g_error_matches(error, MC_ERROR, MC_ERROR_CANCELLED);
  g_hash_table_add(delivery->tried, g_strdup(one->action->key));
  if (!withdrawn) {
    g_message("%s: %s", one->action->key, error->message);
    delivery->hopeless |= is_general(error) || ++delivery->troubles >= MAX_TROUBLES;
    if (!delivery->error)
      delivery->error = g_error_copy(error);
  }
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

/* What was to follow on the same item, in one breath with an action that had no effect, is not sent: it was
 * meant for the state that this one should have made. */
static void
drop_held(McEngine *engine, const McOutAction *action)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) held = mc_store_out_held(engine->store, action->key, &error);
  for (guint i = 0; held && i < held->len && !error; i++) {
    const McOutAction *next = g_ptr_array_index(held, i);
    const McDeliveryResult none = {.end = MC_DELIVERY_FAILED};
    McOutMove move = {.from = MC_OUT_QUEUED,
                      .to = MC_OUT_CANCELLED,
                      .message = _("not sent: the action before it on this item had no effect"),
                      .send_after = MC_TIME_NONE};
    gboolean moved = FALSE;
    if (mc_engine_move(engine, next->key, &move, &moved, &error) && moved)
      journal_outcome(engine, next, MC_OUT_CANCELLED, &none);
  }
  if (error)
    g_warning("%s: %s", action->key, error->message);
}

/* Brings the row from where it is to where the result says; what ends before anything was sent passes
 * `sending` too. What the delivery remembers is written by the same move: memory that knows more than the
 * state would let a later process send again what this one settled. */
static gboolean
one_settle(One *one, const McDeliveryResult *result, const char *memory, GError **error)
{
  McEngine *engine = one->delivery->system->engine;
  McOutState to = state_of(result->end);
  gboolean moved = TRUE;
  if (!one->sending) {
    McOutMove start = {.from = MC_OUT_QUEUED,
                       .to = MC_OUT_SENDING,
                       .memory = memory,
                       .send_after = MC_TIME_NONE,
                       .attempt = TRUE};
    if (!mc_store_out_move(engine->store, one->action->key, &start, &moved, error))
      return FALSE;
    if (!moved) {
      g_set_error_literal(error, MC_ERROR, MC_ERROR_CANCELLED, _("Withdrawn before it was sent."));
      return FALSE;
    }
  }
  McOutMove move = {
      .from = MC_OUT_SENDING,
      .to = to,
      .memory = memory,
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
  if (to == MC_OUT_FAILED || to == MC_OUT_CONFLICT)
    drop_held(engine, one->action);
  return TRUE;
}

/* Whether waiting may mend it; what remains is a request that cannot even be made. */
static gboolean
is_passing(const GError *error)
{
  static const McError codes[] = {MC_ERROR_LOGIN,     MC_ERROR_SECRETS,  MC_ERROR_UNREACHABLE,
                                  MC_ERROR_THROTTLED, MC_ERROR_PROTOCOL, MC_ERROR_CANCELLED,
                                  MC_ERROR_STORE};
  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_error_matches(error, MC_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

/* It waits. What certainly had no effect goes back to `queued`, where it can be withdrawn; what may have had
 * one stays `sending`, and what is known of it is kept. */
static void
one_wait(One *one, McExchange *exchange, const GError *why)
{
  McEngine *engine = one->delivery->system->engine;
  const char *memory = mc_delivery_memory(exchange);
  g_autoptr(GError) error = NULL;
  McOutMove back = {
      .from = MC_OUT_SENDING, .to = MC_OUT_QUEUED, .memory = memory, .send_after = MC_TIME_NONE};
  if (one->sending && !mc_delivery_in_doubt(exchange))
    mc_engine_move(engine, one->action->key, &back, NULL, &error);
  else if (one->sending && g_strcmp0(memory, one->memory) != 0)
    mc_store_out_memory(engine->store, one->action->key, memory, &error);
  if (error)
    g_warning("%s: %s", one->action->key, error->message);
  one_stuck(one, why);
}

/* Why it could not be done now. */
static GError *
later_error(const One *one, McRun *run, const McDeliveryResult *result)
{
  const GError *trouble = mc_run_trouble(run);
  McEngine *engine = one->delivery->system->engine;
  if (engine->stopping)
    return g_error_new_literal(MC_ERROR, MC_ERROR_CANCELLED, _("Stopped before the end."));
  if (trouble && is_passing(trouble))
    return g_error_copy(trouble);
  return g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE, "%s: %s", one->delivery->system->title,
                     result->message ? result->message : _("not reached; the action waits."));
}

/* --- reading the record again, so that the person's next action does not meet their own change --- */

static void
reread_take(McSystem *system, McExchange *exchange)
{
  g_autoptr(GError) bad = NULL;
  gboolean gone = FALSE;
  g_autoptr(McItem) item = mc_detail_take(exchange, &gone);
  if (!item || item->detail_as_of == MC_TIME_NONE || !item->version)
    return;
  item->as_of = item->detail_as_of = mc_clock_now(system->engine->clock);
  g_hash_table_replace(system->own, g_strdup(item->id), g_strdup(item->version));
  if (!mc_store_item_put(system->engine->store, item, &bad))
    g_warning("%s: %s", item->id, bad->message);
}

/* After an action of this process. */
static void
reread_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  One *one = data;
  (void)run;
  if (!error)
    reread_take(one->delivery->system, exchange);
  one_done(one);
}

/* Before an action that follows one of a process that ended before it could read again. */
static void
catch_up_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  One *one = data;
  (void)run;
  if (error) {
    one_stuck(one, error);
    return;
  }
  one->caught_up = TRUE;
  reread_take(one->delivery->system, exchange);
  one_deliver(one);
}

static gboolean
one_reread(One *one, const McRunHooks *hooks)
{
  McSystem *system = one->delivery->system;
  g_autoptr(McItem) item = mc_store_item(system->engine->store, one->action->item_id, NULL);
  if (item)
    mc_run_start(system, mc_detail_new(system->binding, item), TRUE, TRUE, hooks, one);
  return item != NULL;
}

static void
reread_after(One *one)
{
  static const McRunHooks hooks = {.end = reread_end};
  if (!one_reread(one, &hooks))
    one_done(one);
}

/* Whether an earlier action took effect that was taken when the item had the same version, and what it made
 * of the item was not read. */
static gboolean
one_lags(const One *one, McExchange *exchange)
{
  McSystem *system = one->delivery->system;
  g_autoptr(GError) error = NULL;
  gboolean follows = FALSE;
  if (one->caught_up || one->sending || one->action->memory || !mc_delivery_minds_version(exchange) ||
      g_hash_table_contains(system->own, one->action->item_id))
    return FALSE;
  if (!mc_store_out_follows(system->engine->store, one->action->key, &follows, &error))
    g_warning("%s: %s", one->action->key, error->message);
  return follows;
}

/* --- sending --- */

static void
one_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  One *one = data;
  g_autoptr(GError) bad = NULL;
  McDeliveryResult unmade = {.end =
                                 mc_delivery_in_doubt(exchange) ? MC_DELIVERY_UNCERTAIN : MC_DELIVERY_FAILED,
                             .message = error ? error->message : NULL};
  if (error && is_passing(error)) {
    one_wait(one, exchange, error);
    return;
  }
  const McDeliveryResult *result = error ? &unmade : mc_delivery_result(exchange);
  if (!one_settle(one, result, mc_delivery_memory(exchange), &bad)) {
    one_stuck(one, bad);
    return;
  }
  if (result->end == MC_DELIVERY_LATER) {
    g_autoptr(GError) why = later_error(one, run, result);
    one_stuck(one, why);
    return;
  }
  one->delivery->ended++;
  one->delivery->done += result->end == MC_DELIVERY_DONE ? 1 : 0;
  one->delivery->troubles = 0;
  if (result->end == MC_DELIVERY_DONE && mc_delivery_minds_version(exchange))
    reread_after(one);
  else
    one_done(one);
}

static gboolean
one_before_send(McRun *run, McRequest *request, gpointer data, GError **error)
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
  g_free(one->memory);
  one->memory = g_strdup(memory);
  return TRUE;
}

static void
one_deliver(One *one)
{
  static const McRunHooks hooks = {.before_send = one_before_send, .end = one_end, .abandon = TRUE};
  static const McRunHooks catching_up = {.end = catch_up_end};
  McSystem *system = one->delivery->system;
  const McOutAction *action = one->action;
  McExchange *exchange = mc_delivery_new(system->binding, g_hash_table_lookup(system->own, action->item_id),
                                         action->action, action->frozen, action->memory, one->sending);
  if (one_lags(one, exchange) && one_reread(one, &catching_up))
    mc_exchange_free(exchange);
  else
    mc_run_start(system, exchange, TRUE, TRUE, &hooks, one);
}

void
mc_deliver_one(McDelivering *delivery, McOutAction *action)
{
  One *one = g_new0(One, 1);
  one->delivery = delivery;
  one->action = action;
  one->sending = action->state == MC_OUT_SENDING;
  one->memory = g_strdup(action->memory);
  g_hash_table_insert(delivery->under_way, g_strdup(mc_deliver_line(action)), one);
  one_deliver(one);
}

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

static void one_deliver(McOne *one);

const char *
mc_deliver_line(const McOutAction *action)
{
  return g_str_has_suffix(action->item_id, ":") ? action->key : action->item_id;
}

void
mc_deliver_one_free(gpointer data)
{
  McOne *one = data;
  mc_out_action_free(one->action);
  g_free(one->memory);
  g_free(one);
}

static void
journal_add(McJournalBatch *batch, const McOutAction *action, McOutState state,
            const McDeliveryResult *result)
{
  g_autofree char *status = result->status ? g_strdup_printf("%d", result->status) : NULL;
  mc_journal_batch_add(batch, "outcome", "key", action->key, "id", action->item_id, "action", action->action,
                       "outcome", mc_out_state_name(state), "status", status, "receipt", result->receipt,
                       "verified", result->verified ? "true" : NULL, NULL);
}

void
mc_one_done(McOne *one)
{
  McDelivering *delivery = one->delivery;
  delivery->changed = TRUE; /* the row followed when the action moved */
  delivery->busy -= one->busy ? 1 : 0;
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
one_stuck(McOne *one, const GError *error)
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
  mc_one_done(one);
}

static McOutState
state_of(McDeliveryEnd end)
{
  static const McOutState states[] = {
      [MC_DELIVERY_DONE] = MC_OUT_DONE,         [MC_DELIVERY_FAILED] = MC_OUT_FAILED,
      [MC_DELIVERY_CONFLICT] = MC_OUT_CONFLICT, [MC_DELIVERY_UNCERTAIN] = MC_OUT_UNCERTAIN,
      [MC_DELIVERY_LATER] = MC_OUT_QUEUED,      [MC_DELIVERY_WAITING] = MC_OUT_SENDING,
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
drop_held(McEngine *engine, const McOutAction *action, McJournalBatch *journal)
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
      journal_add(journal, next, MC_OUT_CANCELLED, &none);
  }
  if (error)
    g_warning("%s: %s", action->key, error->message);
}

/* --- on disk --- */

/* Out of the queue; whatever dies from here on leaves what is due at once, for every process. */
static McOutMove
start_move(McEngine *engine, const char *memory)
{
  return (McOutMove){.from = MC_OUT_QUEUED,
                     .to = MC_OUT_SENDING,
                     .memory = memory,
                     .send_after = mc_clock_now(engine->clock),
                     .attempt = TRUE};
}

static gint64
due_after(const McOne *one, const McDeliveryResult *result, McOutState to)
{
  if (to == MC_OUT_SENDING && result->wait_until != MC_TIME_NONE)
    return result->wait_until;
  return to == MC_OUT_QUEUED || to == MC_OUT_SENDING
             ? later(one->action, mc_engine_flow(one->delivery->system->engine))
             : MC_TIME_NONE;
}

/* Brings the row from where it is to where the result says; what ends before anything was sent passes
 * `sending` too. What the delivery remembers is written by the same move: memory that knows more than the
 * state would let a later process send again what this one settled. */
static void
add_moves(const McOne *one, const McDeliveryResult *result, const char *memory, GArray *steps)
{
  McOutState to = state_of(result->end);
  McOutStep start = {.key = one->action->key, .move = start_move(one->delivery->system->engine, memory)};
  McOutStep end = {.key = one->action->key,
                   .move = {
                       .from = MC_OUT_SENDING,
                       .to = to,
                       .memory = memory,
                       .message = result->message || to == MC_OUT_QUEUED ? result->message : "",
                       .receipt = result->receipt,
                       .new_key = result->created,
                       .status = result->status,
                       .send_after = due_after(one, result, to),
                       .attempt = to == MC_OUT_SENDING && result->wait_until == MC_TIME_NONE,
                   }};
  if (!one->sending)
    g_array_append_val(steps, start);
  g_array_append_val(steps, end);
}

static void
tell_settled(McOne *const *ones, const McDeliveryResult *const *results, guint count)
{
  McEngine *engine = ones[0]->delivery->system->engine;
  g_autoptr(McJournalBatch) journal = mc_journal_batch_new();
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < count; i++) {
    McOutState to = state_of(results[i]->end);
    mc_engine_emit_action(engine, ones[i]->action->key);
    if (to == MC_OUT_QUEUED || to == MC_OUT_SENDING)
      continue;
    journal_add(journal, ones[i]->action, to, results[i]);
    if (to == MC_OUT_FAILED || to == MC_OUT_CONFLICT)
      drop_held(engine, ones[i]->action, journal);
  }
  if (!mc_journal_batch_append(journal, engine->home, engine->clock, &error))
    g_warning("%s", error->message);
}

gboolean
mc_ones_settle(McOne *const *ones, const McDeliveryResult *const *results, McExchange *const *exchanges,
               guint count, GError **error)
{
  McEngine *engine = ones[0]->delivery->system->engine;
  g_autoptr(GArray) steps = g_array_new(FALSE, TRUE, sizeof(McOutStep));
  for (guint i = 0; i < count; i++)
    add_moves(ones[i], results[i], mc_delivery_memory(exchanges[i]), steps);
  if (!mc_store_out_moves(engine->store, (McOutStep *)steps->data, steps->len, FALSE, error))
    return FALSE;
  if (!g_array_index(steps, McOutStep, 0).moved && count == 1) {
    g_set_error_literal(error, MC_ERROR, MC_ERROR_CANCELLED, _("Withdrawn before it was sent."));
    return FALSE;
  }
  tell_settled(ones, results, count);
  return TRUE;
}

gboolean
mc_one_leaving(McOne *one, McExchange *exchange, McOutStep *step, char **words)
{
  const char *memory = mc_delivery_memory(exchange);
  *step = (McOutStep){.key = one->action->key, .move = start_move(one->delivery->system->engine, memory)};
  *words = NULL;
  if (!one->sending)
    return TRUE;
  *words = mc_delivery_words(exchange);
  step->move.from = MC_OUT_SENDING;
  step->move.message = *words;
  step->move.attempt = FALSE;
  return g_strcmp0(memory, one->memory) != 0;
}

void
mc_one_left(McOne *one, McExchange *exchange)
{
  one->sending = TRUE;
  g_free(one->memory);
  one->memory = g_strdup(mc_delivery_memory(exchange));
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
void
mc_one_wait(McOne *one, McExchange *exchange, const GError *why)
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
later_error(const McOne *one, McRun *run, const McDeliveryResult *result)
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
  item->detail_as_of = mc_clock_now(system->engine->clock);
  if (mc_detail_is_whole(exchange))
    item->as_of = item->detail_as_of;
  g_hash_table_replace(system->own, g_strdup(item->id), g_strdup(item->version));
  if (!mc_store_item_put(system->engine->store, item, &bad))
    g_warning("%s: %s", item->id, bad->message);
}

/* After an action of this process. */
static void
reread_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  McOne *one = data;
  (void)run;
  if (!error)
    reread_take(one->delivery->system, exchange);
  mc_one_done(one);
}

/* Before an action that follows one of a process that ended before it could read again. */
static void
catch_up_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  McOne *one = data;
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
one_reread(McOne *one, const McRunHooks *hooks)
{
  McSystem *system = one->delivery->system;
  g_autoptr(McItem) item = mc_store_item(system->engine->store, one->action->item_id, NULL);
  if (item)
    mc_run_start(system, mc_detail_new(system->binding, item), TRUE, TRUE, hooks, one);
  return item != NULL;
}

static void
reread_after(McOne *one)
{
  static const McRunHooks hooks = {.end = reread_end};
  if (!one_reread(one, &hooks))
    mc_one_done(one);
}

/* Whether an earlier action took effect that was taken when the item had the same version, and what it made
 * of the item was not read. */
static gboolean
one_lags(const McOne *one, McExchange *exchange)
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

void
mc_one_ended(McOne *one, McRun *run, McExchange *exchange, const McDeliveryResult *result)
{
  McDelivering *delivery = one->delivery;
  if (result->end == MC_DELIVERY_LATER) {
    g_autoptr(GError) why = later_error(one, run, result);
    one_stuck(one, why);
    return;
  }
  delivery->troubles = 0;
  if (result->end == MC_DELIVERY_WAITING) { /* for its own time; the round need not wait with it */
    g_hash_table_add(delivery->tried, g_strdup(one->action->key));
    mc_one_done(one);
    return;
  }
  delivery->ended++;
  delivery->done += result->end == MC_DELIVERY_DONE ? 1 : 0;
  if (result->end == MC_DELIVERY_DONE && mc_delivery_minds_version(exchange))
    reread_after(one);
  else
    mc_one_done(one);
}

static void
one_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  McOne *one = data;
  g_autoptr(GError) bad = NULL;
  McDeliveryResult unmade = {.end =
                                 mc_delivery_in_doubt(exchange) ? MC_DELIVERY_UNCERTAIN : MC_DELIVERY_FAILED,
                             .message = error ? error->message : NULL};
  if (error && is_passing(error)) {
    mc_one_wait(one, exchange, error);
    return;
  }
  const McDeliveryResult *result = error ? &unmade : mc_delivery_result(exchange);
  if (mc_ones_settle(&one, &result, &exchange, 1, &bad))
    mc_one_ended(one, run, exchange, result);
  else
    one_stuck(one, bad);
}

/* On disk first: the row says `sending` from the first request on that changes anything there. */
static gboolean
one_before_send(McRun *run, McRequest *request, gpointer data, GError **error)
{
  McOne *one = data;
  McEngine *engine = one->delivery->system->engine;
  McExchange *exchange = mc_run_exchange(run);
  McOutStep step;
  g_autofree char *words = NULL;
  if ((!one->sending && !request->mutating) || !mc_one_leaving(one, exchange, &step, &words))
    return TRUE;
  if (!mc_store_out_moves(engine->store, &step, 1, TRUE, error))
    return FALSE;
  if (!step.moved) { /* cancelled a moment ago */
    g_set_error_literal(error, MC_ERROR, MC_ERROR_CANCELLED, _("Withdrawn before it was sent."));
    return FALSE;
  }
  if (!one->sending || words)
    mc_engine_emit_action(engine, one->action->key);
  mc_one_left(one, exchange);
  return TRUE;
}

McOne *
mc_one_new(McDelivering *delivery, McOutAction *action)
{
  McOne *one = g_new0(McOne, 1);
  one->delivery = delivery;
  one->action = action;
  one->sending = action->state == MC_OUT_SENDING;
  one->memory = g_strdup(action->memory);
  g_hash_table_insert(delivery->under_way, g_strdup(mc_deliver_line(action)), one);
  return one;
}

McExchange *
mc_one_exchange(const McOne *one)
{
  const McSystem *system = one->delivery->system;
  const McOutAction *action = one->action;
  return mc_delivery_new(system->binding, g_hash_table_lookup(system->own, action->item_id), action->action,
                         action->frozen, action->memory, one->sending);
}

void
mc_one_run(McOne *one, McExchange *exchange)
{
  static const McRunHooks hooks = {.before_send = one_before_send, .end = one_end, .abandon = TRUE};
  if (!one->busy)
    one->delivery->busy++;
  one->busy = TRUE;
  mc_run_start(one->delivery->system, exchange, TRUE, TRUE, &hooks, one);
}

static void
one_deliver(McOne *one)
{
  static const McRunHooks catching_up = {.end = catch_up_end};
  McEngine *engine = one->delivery->system->engine;
  McExchange *exchange = mc_one_exchange(one);
  if (!one->busy)
    one->delivery->busy++;
  one->busy = TRUE;
  if (one_lags(one, exchange) && one_reread(one, &catching_up))
    mc_exchange_free(exchange);
  else if (mc_delivery_batch_max(exchange) > 1 && mc_delivery_sends_next(exchange, mc_engine_flow(engine)))
    mc_deliver_batch(one, exchange);
  else
    mc_one_run(one, exchange);
}

void
mc_deliver_one(McDelivering *delivery, McOutAction *action)
{
  one_deliver(mc_one_new(delivery, action));
}

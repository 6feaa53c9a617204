/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of one kind that go out in one request, where the connector has a `batch` for them. Only what is
 * first in line for its item goes with others, so that an item's order stays. All are `sending`, with their
 * memories, in one transaction before the request leaves; what became of each is written in one too. What is
 * not settled by the answer goes on alone. */
#include "config.h"
#include "sync/deliver.h"

#include "motcua/i18n.h"

typedef struct {
  McDelivering *delivery;
  GPtrArray *ones, *exchanges; /* McOne, McExchange: the same length */
  gboolean unclaimed;          /* one of them was withdrawn a moment ago: nothing was written or sent */
} Group;

static void
group_add(Group *group, McOne *one, McExchange *exchange)
{
  g_ptr_array_add(group->ones, one);
  g_ptr_array_add(group->exchanges, exchange);
}

static void
group_free(Group *group)
{
  g_ptr_array_unref(group->ones);
  g_ptr_array_unref(group->exchanges);
  g_free(group);
}

/* --- who goes --- */

/* Takes what fits from the queue; what must first be read back goes alone, when its turn comes. */
static void
group_gather(Group *group, const char *action, guint max)
{
  McDelivering *delivery = group->delivery;
  gint64 now = mc_engine_flow(delivery->system->engine);
  for (GList *link = delivery->next.head, *next; link && group->ones->len < max; link = next) {
    McOutAction *other = link->data;
    next = link->next;
    if (g_strcmp0(other->action, action) != 0 ||
        g_hash_table_contains(delivery->under_way, mc_deliver_line(other)))
      continue;
    g_queue_delete_link(&delivery->next, link);
    McOne *one = mc_one_new(delivery, other);
    McExchange *exchange = mc_one_exchange(one);
    if (mc_delivery_sends_next(exchange, now))
      group_add(group, one, exchange);
    else
      mc_one_run(one, exchange);
  }
}

/* --- on its way --- */

static gboolean
group_claim(Group *group, McOutStep *steps, GPtrArray *words, GError **error)
{
  McEngine *engine = group->delivery->system->engine;
  guint count = 0;
  for (guint i = 0; i < group->ones->len; i++) {
    char *text = NULL;
    if (mc_one_leaving(group->ones->pdata[i], group->exchanges->pdata[i], &steps[count], &text))
      count++;
    if (text)
      g_ptr_array_add(words, text);
  }
  if (!mc_store_out_moves(engine->store, steps, count, TRUE, error))
    return FALSE;
  for (guint i = 0; i < count; i++)
    group->unclaimed |= !steps[i].moved;
  if (group->unclaimed)
    g_set_error_literal(error, MC_ERROR, MC_ERROR_CANCELLED, _("Withdrawn before it was sent."));
  return !group->unclaimed;
}

static gboolean
group_before_send(McRun *run, McRequest *request, gpointer data, GError **error)
{
  Group *group = data;
  g_autofree McOutStep *steps = g_new0(McOutStep, group->ones->len);
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  (void)run, (void)request;
  if (!group_claim(group, steps, words, error))
    return FALSE;
  for (guint i = 0; i < group->ones->len; i++) {
    McOne *one = group->ones->pdata[i];
    gboolean began = !one->sending;
    mc_one_left(one, group->exchanges->pdata[i]);
    if (began)
      mc_engine_emit_action(group->delivery->system->engine, one->action->key);
  }
  return TRUE;
}

/* --- its end --- */

/* The request's place in the concurrency is free; who goes on alone takes one of its own. */
static void
group_release(Group *group)
{
  for (guint i = 0; i < group->ones->len; i++) {
    McOne *one = group->ones->pdata[i];
    group->delivery->busy -= one->busy ? 1 : 0;
    one->busy = FALSE;
  }
}

static void
group_settle(Group *group, McRun *run)
{
  g_autoptr(GPtrArray) ones = g_ptr_array_new();
  g_autoptr(GPtrArray) results = g_ptr_array_new();
  g_autoptr(GPtrArray) exchanges = g_ptr_array_new_with_free_func((GDestroyNotify)mc_exchange_free);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < group->ones->len; i++) {
    McExchange *exchange = group->exchanges->pdata[i];
    if (!mc_delivery_has_ended(exchange)) {
      mc_one_run(group->ones->pdata[i], exchange);
      continue;
    }
    g_ptr_array_add(ones, group->ones->pdata[i]);
    g_ptr_array_add(results, (gpointer)mc_delivery_result(exchange));
    g_ptr_array_add(exchanges, exchange);
  }
  gboolean settled =
      ones->len == 0 ||
      mc_ones_settle((McOne *const *)ones->pdata, (const McDeliveryResult *const *)results->pdata,
                     (McExchange *const *)exchanges->pdata, ones->len, &error);
  for (guint i = 0; i < ones->len; i++) {
    if (settled)
      mc_one_ended(ones->pdata[i], run, exchanges->pdata[i], results->pdata[i]);
    else
      mc_one_wait(ones->pdata[i], exchanges->pdata[i], error);
  }
}

static void
group_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Group *group = data;
  (void)exchange;
  group_release(group);
  if (!error) {
    group_settle(group, run);
    group_free(group);
    return;
  }
  for (guint i = 0; i < group->ones->len; i++) {
    if (group->unclaimed) /* looked at again: what was withdrawn is not due any more */
      mc_one_done(group->ones->pdata[i]);
    else
      mc_one_wait(group->ones->pdata[i], group->exchanges->pdata[i], error);
    mc_exchange_free(group->exchanges->pdata[i]);
  }
  group_free(group);
}

void
mc_deliver_batch(McOne *first, McExchange *exchange)
{
  static const McRunHooks hooks = {.before_send = group_before_send, .end = group_end, .abandon = TRUE};
  Group *group = g_new0(Group, 1);
  group->delivery = first->delivery;
  group->ones = g_ptr_array_new();
  group->exchanges = g_ptr_array_new();
  group_add(group, first, exchange);
  group_gather(group, first->action->action, mc_delivery_batch_max(exchange));
  mc_run_start(first->delivery->system, mc_batch_new(group->exchanges), TRUE, TRUE, &hooks, group);
}

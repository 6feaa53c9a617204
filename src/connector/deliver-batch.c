/* SPDX-License-Identifier: Apache-2.0 */
/* Several actions of one kind in one request. Each stays a delivery of its own, with its own memory and its
 * own rule 6; only the request is common. What the answer says of one is judged for that one; what it does
 * not say is unknown for that one alone. */
#include "connector/deliver.h"
#include "motcua/i18n.h"

/* --- the request --- */
gboolean
mc_delivery_name_batch(McScope *names, McDelivery *const *members, guint count, GError **error)
{
  cJSON *list = cJSON_CreateArray();
  for (guint i = 0; i < count; i++) {
    g_autoptr(GError) inner = NULL;
    cJSON *element = mc_node_eval(members[i]->action->batch->item, members[i]->names, &inner);
    if (inner) {
      g_propagate_error(error, g_steal_pointer(&inner));
      cJSON_Delete(list);
      return FALSE;
    }
    cJSON_AddItemToArray(list, element ? element : cJSON_CreateObject());
  }
  mc_scope_take(names, "batch", list);
  return TRUE;
}

/* --- the answer --- */
static void
copy_verdict(McVerdict *to, const McVerdict *from)
{
  if (to == from)
    return;
  mc_verdict_clear(to);
  *to = *from;
  to->code = g_strdup(from->code);
  to->message = g_strdup(from->message);
}

static const cJSON *
outcome_of(const McDelivery *d, guint index, const GPtrArray *outcomes, guint count)
{
  const McTest *match = d->action->batch->match;
  if (!match)
    return outcomes->len == count ? outcomes->pdata[index] : NULL; /* else nobody knows whose is whose */
  for (guint i = 0; i < outcomes->len; i++) {
    McAnswer answer = {NULL, outcomes->pdata[i]};
    if (mc_test_eval(match, &answer, outcomes->pdata[i], d->names))
      return outcomes->pdata[i];
  }
  return NULL;
}

/* A single action's outcome, in the place of a single action's answer. */
static void
fed_outcome(McDelivery *d, const cJSON *outcome, const McAnswer *whole, gint64 now)
{
  const McBatchPlan *batch = d->action->batch;
  McAnswer answer = {whole->response, outcome};
  McJudging how = {.errors = batch->errors,
                   .conflict = batch->conflict,
                   .success = batch->success,
                   .mutating = TRUE,
                   .anonymous = TRUE};
  McVerdict *v = &d->base.verdict;
  if (outcome) {
    mc_judge(d->base.binding, &how, &answer, NULL, d->names, now, v);
  } else {
    mc_verdict_clear(v);
    v->class = MC_CLASS_TRANSIENT;
    v->status = whole->response->status;
    v->effect_unknown = TRUE;
    v->message = g_strdup(_("the answer says nothing of this one"));
  }
  mc_delivery_fed_send(d, &answer, now);
  if (!d->done && v->class != MC_CLASS_OK && v->retry_after > 0) /* a wait that its outcome asked for */
    d->wait_until = MAX(d->wait_until, now + v->retry_after);
}

void
mc_delivery_fed_batch(McDelivery *const *members, guint count, const McVerdict *verdict,
                      const McAnswer *answer, gint64 now)
{
  const McDelivery *first = members[0];
  if (verdict->class != MC_CLASS_OK) {
    for (guint i = 0; i < count; i++) {
      copy_verdict(&members[i]->base.verdict, verdict);
      mc_delivery_fed_send(members[i], answer, now);
    }
    return;
  }
  cJSON *owned = NULL;
  g_autoptr(GPtrArray) outcomes =
      mc_exchange_records(first->action->batch->outcomes, answer->root, first->names, TRUE, &owned);
  for (guint i = 0; i < count; i++)
    fed_outcome(members[i], outcome_of(members[i], i, outcomes, count), answer, now);
  cJSON_Delete(owned);
}

/* --- the exchange --- */
typedef struct {
  McExchange base;
  GPtrArray *members; /* McDelivery */
  gboolean over;
} Batch;

static McStep
batch_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  Batch *b = (Batch *)x;
  McDelivery *const *members = (McDelivery *const *)b->members->pdata;
  const McActStep *main = mc_delivery_main(members[0]);
  (void)wait_until;
  if (b->over)
    return MC_STEP_DONE;
  if (!mc_delivery_name_batch(x->scope, members, b->members->len, error))
    return MC_STEP_FAILED;
  *request = mc_exchange_request(x, main->request, error);
  if (!*request)
    return MC_STEP_FAILED;
  x->judging = (McJudging){
      .errors = main->errors, .conflict = main->conflict, .success = main->success, .mutating = TRUE};
  for (guint i = 0; i < b->members->len; i++) {
    mc_delivery_note_send(members[i], now);
    mc_delivery_write_memory(members[i]);
  }
  return MC_STEP_SEND;
}

/* Whether all of them want nothing but the same request again. */
static gboolean
goes_on(const Batch *b)
{
  for (guint i = 0; i < b->members->len; i++) {
    const McDelivery *d = b->members->pdata[i];
    if (d->done || d->task != MC_TASK_SEND || d->sends >= 3)
      return FALSE;
  }
  return TRUE;
}

static void
batch_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Batch *b = (Batch *)x;
  McVerdict *v = &x->verdict;
  gboolean whole = v->class != MC_CLASS_OK;
  mc_delivery_fed_batch((McDelivery *const *)b->members->pdata, b->members->len, v, answer, now);
  for (guint i = 0; i < b->members->len; i++)
    mc_delivery_write_memory(b->members->pdata[i]);
  if (whole && !mc_class_is_final(v->class) && goes_on(b))
    return; /* the driver waits, or renews the session, and asks for it again */
  b->over = TRUE;
  v->class = MC_CLASS_OK;
}

static void
batch_abandon(McExchange *x)
{
  Batch *b = (Batch *)x;
  for (guint i = 0; i < b->members->len; i++) {
    McDelivery *d = b->members->pdata[i];
    if (!d->done)
      mc_exchange_abandon(&d->base);
  }
  b->over = TRUE;
}

static void
batch_clear(McExchange *x)
{
  g_ptr_array_unref(((Batch *)x)->members);
}

static const McExchangeKind batch_kind = {
    .name = "batch", .next = batch_next, .fed = batch_fed, .abandon = batch_abandon, .clear = batch_clear};

McExchange *
mc_batch_new(GPtrArray *deliveries)
{
  const McExchange *first = deliveries->pdata[0];
  Batch *b = mc_exchange_new(&batch_kind, sizeof *b, first->binding);
  b->members = g_ptr_array_new();
  for (guint i = 0; i < deliveries->len; i++)
    g_ptr_array_add(b->members, deliveries->pdata[i]);
  return &b->base;
}

/* --- who may go together --- */
guint
mc_delivery_batch_max(const McExchange *x)
{
  const McAction *action = ((const McDelivery *)x)->action;
  return action && action->batch ? (guint)action->batch->max : 1;
}

gboolean
mc_delivery_sends_next(McExchange *x, gint64 now)
{
  McDelivery *d = (McDelivery *)x;
  if (!d->done && !d->chosen) {
    d->chosen = TRUE;
    mc_delivery_choose(d, now);
  }
  if (d->done || d->task != MC_TASK_SEND)
    return FALSE;
  g_autoptr(McScope) names = mc_scope_new(NULL); /* one that cannot be made does not keep the others */
  return !d->action->batch || mc_delivery_name_batch(names, &d, 1, NULL);
}

gboolean
mc_delivery_has_ended(const McExchange *x)
{
  return ((const McDelivery *)x)->done;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Delivering an action exactly once (rule 6). A delivery is a handful of tasks, and one function that chooses
 * the next by what is remembered. The invariant: while memory says `doubt`, the request is sent again only
 * under the same idempotency key within its life, or where repeating it has the same effect; otherwise it is
 * read back first, or a person decides. Memory is changed before a request leaves, so that a process that
 * dies at any instant finds there at least as much doubt as there is. */
#include <string.h>

#include "connector/deliver.h"
#include "connector/session.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_SENDS  5  /* in one exchange; then it is tried again later */
#define MAX_UNREAD 20 /* exchanges that could not read it back; then a person decides */

/* --- memory --- */
gint64
mc_delivery_number(const McDelivery *d, const char *name, gint64 fallback)
{
  gint64 value;
  return mc_json_int(mc_json_get(d->memory, name), &value) ? value : fallback;
}

gboolean
mc_delivery_flag(const McDelivery *d, const char *name)
{
  return cJSON_IsTrue(mc_json_get(d->memory, name));
}

void
mc_delivery_set_number(McDelivery *d, const char *name, gint64 value)
{
  cJSON_DeleteItemFromObjectCaseSensitive(d->memory, name);
  cJSON_AddItemToObject(d->memory, name, mc_json_new_int(value));
}

void
mc_delivery_set_flag(McDelivery *d, const char *name, gboolean value)
{
  cJSON_DeleteItemFromObjectCaseSensitive(d->memory, name);
  cJSON_AddBoolToObject(d->memory, name, value);
}

void
mc_delivery_write_memory(McDelivery *d)
{
  g_free(d->memory_text);
  d->memory_text = mc_json_print(d->memory);
}

const char *
mc_delivery_memory(McExchange *x)
{
  return ((McDelivery *)x)->memory_text;
}

gboolean
mc_delivery_in_doubt(McExchange *x)
{
  const McDelivery *d = (McDelivery *)x;
  return mc_delivery_flag(d, "doubt") || mc_delivery_stage(d) != MC_STAGE_OPEN;
}

/* --- choosing --- */
void
mc_delivery_end(McDelivery *d, McDeliveryEnd end, const char *message)
{
  g_autofree char *text = g_strdup(message);
  g_free(d->result.message);
  d->result.end = end;
  d->result.status = d->base.verdict.status;
  d->result.message = g_steal_pointer(&text);
  d->done = TRUE;
}

/* A tenth of the life is left aside: the system's clock need not agree with ours, nor ours of today with ours
 * of yesterday. */
gboolean
mc_delivery_may_repeat(const McDelivery *d, gint64 now)
{
  if (d->no_repeat || d->action->repeat == MC_REPEAT_NEVER)
    return FALSE;
  if (d->action->repeat == MC_REPEAT_SAME)
    return TRUE;
  gint64 age = now - mc_delivery_number(d, "first", now);
  gint64 slack = d->action->lives / 10;
  return age >= -slack && age < d->action->lives - slack;
}

/* What must be known first is only asked for while there is no doubt; the steps before run at each attempt.
 */
static void
choose_attempt(McDelivery *d, gint64 now)
{
  gboolean doubt = mc_delivery_flag(d, "doubt");
  if (!doubt && d->action->before && !mc_json_get(d->memory, "before"))
    d->task = MC_TASK_BEFORE;
  else if (!doubt && d->action->refetch && !d->action->creates && !d->fresh)
    d->task = MC_TASK_REFETCH;
  else if (mc_delivery_seek(d))
    d->task = MC_TASK_STEP;
  else if (!doubt && mc_delivery_skips_main(d))
    mc_delivery_land(d, NULL, now);
  else
    d->task = MC_TASK_SEND;
}

void
mc_delivery_choose(McDelivery *d, gint64 now)
{
  McStage stage = mc_delivery_stage(d);
  d->wait_until = MC_TIME_NONE;
  if (stage == MC_STAGE_LANDED)
    mc_delivery_land(d, NULL, now);
  else if (stage == MC_STAGE_ACCEPTED)
    d->task = MC_TASK_POLL;
  else if (!mc_delivery_flag(d, "doubt") || mc_delivery_may_repeat(d, now))
    choose_attempt(d, now);
  else if (d->action->verify)
    d->task = MC_TASK_VERIFY;
  else
    mc_delivery_end(d, MC_DELIVERY_UNCERTAIN,
                    d->base.verdict.message
                        ? d->base.verdict.message
                        : _("no answer came, and the system cannot be asked whether it took effect"));
}

/* --- requests --- */
static const McRequestSpec *
spec_of(const McDelivery *d)
{
  switch (d->task) {
  case MC_TASK_BEFORE:
    return d->action->before;
  case MC_TASK_REFETCH:
    return ((McDetail *)d->stream->details->pdata[0])->request;
  case MC_TASK_VERIFY:
    return d->action->verify->request;
  case MC_TASK_STEP:
    return ((McActStep *)d->action->steps->pdata[d->step])->request;
  case MC_TASK_POLL:
    return d->action->poll->request;
  case MC_TASK_SEND:
    break;
  }
  return mc_delivery_main(d)->request;
}

McRequest *
mc_delivery_build(McDelivery *d, GError **error)
{
  const McBinding *b = d->base.binding;
  if (d->task == MC_TASK_SEND && d->action->batch && !mc_delivery_name_batch(d->names, &d, 1, error))
    return NULL;
  McRequest *request = mc_binding_request(b, spec_of(d), d->names, error);
  if (!request || d->task != MC_TASK_SEND)
    return request;
  request->mutating = TRUE;
  if (d->action->repeat == MC_REPEAT_HEADER)
    mc_request_set_header(request, d->action->header, d->key);
  return request;
}

void
mc_delivery_note_send(McDelivery *d, gint64 now)
{
  d->doubted = mc_delivery_flag(d, "doubt");
  d->sends++;
  mc_delivery_set_number(d, "sends", mc_delivery_number(d, "sends", 0) + 1);
  if (!mc_json_get(d->memory, "first"))
    mc_delivery_set_number(d, "first", now);
  mc_delivery_set_number(d, "sent", now);
  mc_delivery_set_flag(d, "doubt", TRUE);
}

static McJudging
judging_of(const McDelivery *d)
{
  if (d->task != MC_TASK_SEND && d->task != MC_TASK_STEP)
    return (McJudging){0};
  const McActStep *step = d->task == MC_TASK_SEND ? mc_delivery_main(d) : d->action->steps->pdata[d->step];
  return (McJudging){.errors = step->errors,
                     .conflict = step->conflict,
                     .success = step->success,
                     .mutating = step->mutating || d->task == MC_TASK_SEND};
}

/* What took effect does not fail for want of what remains. */
static McStep
cannot_build(McDelivery *d, GError **error)
{
  if (mc_delivery_stage(d) == MC_STAGE_OPEN)
    return MC_STEP_FAILED;
  mc_delivery_stall(d, (*error)->message);
  g_clear_error(error);
  mc_delivery_write_memory(d);
  return MC_STEP_DONE;
}

static McStep
delivery_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  McDelivery *d = (McDelivery *)x;
  if (d->done)
    return MC_STEP_DONE;
  if (!d->chosen) {
    d->chosen = TRUE;
    mc_delivery_choose(d, now);
    if (d->done)
      return MC_STEP_DONE;
  }
  if (d->wait_until != MC_TIME_NONE && now < d->wait_until) {
    *wait_until = d->wait_until;
    return MC_STEP_WAIT;
  }
  d->wait_until = MC_TIME_NONE;
  if (d->task == MC_TASK_SEND && d->sends >= MAX_SENDS) {
    mc_exchange_abandon(x);
    return MC_STEP_DONE;
  }
  *request = mc_delivery_build(d, error);
  if (!*request)
    return cannot_build(d, error);
  if (d->task == MC_TASK_SEND)
    mc_delivery_note_send(d, now);
  d->base.judging = judging_of(d);
  mc_delivery_write_memory(d);
  return MC_STEP_SEND;
}

static void
delivery_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  static void (*const fed[])(McDelivery *, const McAnswer *, gint64) = {
      [MC_TASK_BEFORE] = mc_delivery_fed_before, [MC_TASK_REFETCH] = mc_delivery_fed_refetch,
      [MC_TASK_STEP] = mc_delivery_fed_step,     [MC_TASK_SEND] = mc_delivery_fed_send,
      [MC_TASK_POLL] = mc_delivery_fed_poll,     [MC_TASK_VERIFY] = mc_delivery_fed_verify,
  };
  McDelivery *d = (McDelivery *)x;
  if (d->task == MC_TASK_SEND && d->action->batch)
    mc_delivery_fed_batch(&d, 1, &x->verdict, answer, now);
  else
    fed[d->task](d, answer, now);
  mc_delivery_write_memory(d);
}

static void
delivery_abandon(McExchange *x)
{
  McDelivery *d = (McDelivery *)x;
  const char *words = x->verdict.class == MC_CLASS_OK ? NULL : x->verdict.message;
  gint64 last = mc_delivery_number(d, "sent", 0);
  if (d->done)
    return;
  if (mc_delivery_stage(d) != MC_STAGE_OPEN) {
    if (words)
      mc_draft_set(d->memory, "said", words);
    mc_delivery_pause(d, MC_TIME_NONE);
  } else if (mc_delivery_flag(d, "doubt") && !mc_delivery_may_repeat(d, last)) {
    gint64 unread = mc_delivery_number(d, "unread", 0) + 1;
    mc_delivery_set_number(d, "unread", unread);
    mc_delivery_end(d, d->action->verify && unread < MAX_UNREAD ? MC_DELIVERY_LATER : MC_DELIVERY_UNCERTAIN,
                    words);
  } else {
    mc_delivery_end(d, MC_DELIVERY_LATER, words);
  }
  mc_delivery_write_memory(d);
}

static void
delivery_clear(McExchange *x)
{
  McDelivery *d = (McDelivery *)x;
  mc_scope_free(d->names);
  cJSON_Delete(d->memory);
  cJSON_Delete(d->kept);
  cJSON_Delete(d->answered);
  g_free(d->memory_text);
  g_free(d->frozen);
  g_free(d->key);
  g_free(d->version);
  g_free(d->own);
  g_free(d->refusal.message);
  g_free(d->result.message);
  g_free(d->result.receipt);
  g_free(d->result.created);
}

static void
delivery_recipe(const McExchange *x, cJSON *into)
{
  const McDelivery *d = (const McDelivery *)x;
  cJSON_AddStringToObject(into, "action", d->action ? d->action->name : "");
  cJSON_AddStringToObject(into, "frozen", d->frozen);
  cJSON_AddStringToObject(into, "memory", d->memory_text);
  if (d->own)
    cJSON_AddStringToObject(into, "own", d->own);
}

static const McExchangeKind delivery_kind = {.name = "delivery",
                                             .next = delivery_next,
                                             .fed = delivery_fed,
                                             .abandon = delivery_abandon,
                                             .clear = delivery_clear,
                                             .recipe = delivery_recipe};

/* --- making one --- */
static void
take_copy(McScope *scope, const char *root, const cJSON *value)
{
  if (value)
    mc_scope_take(scope, root, cJSON_Duplicate(value, TRUE));
}

void
mc_delivery_set_item(McDelivery *d, const char *name, const char *value)
{
  const cJSON *item = mc_scope_get(d->base.scope, "item");
  cJSON *copy = item ? cJSON_Duplicate(item, TRUE) : cJSON_CreateObject();
  mc_draft_set(copy, name, value);
  mc_scope_take(d->base.scope, "item", copy);
}

/* What the request carried when it left first; else the newest that counts as seen. */
static void
recall_item(McDelivery *d)
{
  const char *tag = mc_json_text(mc_json_get(d->memory, "etag"));
  const char *version = mc_json_text(mc_json_get(d->memory, "version"));
  if (tag)
    mc_delivery_set_item(d, "etag", tag);
  if (version || d->own)
    mc_delivery_set_item(d, "version", version ? version : d->own);
}

static gboolean
thaw(McDelivery *d, const char *frozen)
{
  g_autoptr(McJson) parsed = mc_json_parse("action", frozen, strlen(frozen), MC_JSON_STRICT, NULL);
  const cJSON *tree = parsed ? mc_json_root(parsed) : NULL, *item = mc_json_get(tree, "item");
  gint64 now = 0;
  if (!tree)
    return FALSE;
  d->key = g_strdup(mc_json_text(mc_json_get(tree, "key")));
  d->version = g_strdup(mc_json_text(mc_json_get(item, "version")));
  mc_json_int(mc_json_get(tree, "now"), &now);
  mc_scope_set_now(d->names, now);
  take_copy(d->base.scope, "input", mc_json_get(tree, "inputs"));
  take_copy(d->base.scope, "item", item);
  if (d->action->uploads)
    take_copy(d->base.scope, "upload", mc_scope_get(d->base.scope, "input." MC_UPLOAD_INPUT));
  recall_item(d);
  cJSON *action = cJSON_CreateObject();
  cJSON_AddStringToObject(action, "key", d->key ? d->key : "");
  mc_scope_take(d->base.scope, "action", action);
  return d->key != NULL;
}

static void
recall(McDelivery *d, const char *memory, gboolean interrupted)
{
  g_autoptr(McJson) parsed =
      memory && *memory ? mc_json_parse("memory", memory, strlen(memory), MC_JSON_STRICT, NULL) : NULL;
  d->memory = parsed && cJSON_IsObject(mc_json_root(parsed)) ? cJSON_Duplicate(mc_json_root(parsed), TRUE)
                                                             : cJSON_CreateObject();
  /* Memory is written before a request leaves; without it nothing is known but that one may have left. */
  if (!mc_json_get(d->memory, "doubt"))
    mc_delivery_set_flag(d, "doubt", interrupted);
  if (mc_delivery_flag(d, "doubt"))
    mc_delivery_set_flag(d, "unknown", TRUE);
  take_copy(d->base.scope, "before", mc_json_get(d->memory, "before"));
}

McExchange *
mc_delivery_new(McBinding *binding, const char *own, const char *name, const char *frozen, const char *memory,
                gboolean interrupted)
{
  McDelivery *d = mc_exchange_new(&delivery_kind, sizeof *d, binding);
  d->action = mc_profile_action(binding->profile, name);
  d->names = mc_scope_new(d->base.scope);
  d->own = g_strdup(own);
  d->frozen = g_strdup(frozen);
  d->wait_until = MC_TIME_NONE;
  recall(d, memory, interrupted);
  mc_delivery_write_memory(d);
  if (!d->action || !thaw(d, frozen)) {
    mc_delivery_end(d, mc_delivery_flag(d, "doubt") ? MC_DELIVERY_UNCERTAIN : MC_DELIVERY_FAILED,
                    d->action ? _("what was accepted cannot be read")
                              : _("the connector has no such action any more"));
    return &d->base;
  }
  d->stream = mc_profile_stream(binding->profile, d->action->stream);
  mc_delivery_recall_steps(d);
  return &d->base;
}

gboolean
mc_delivery_minds_version(const McExchange *x)
{
  const McAction *action = ((const McDelivery *)x)->action;
  return action && action->refetch && !action->creates;
}

const McDeliveryResult *
mc_delivery_result(McExchange *x)
{
  return &((McDelivery *)x)->result;
}

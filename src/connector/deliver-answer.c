/* SPDX-License-Identifier: Apache-2.0 */
/* What the answers of a delivery mean: to the baseline, to reading the record again, to the write itself, and
 * to reading back whether it landed. */
#include <string.h>

#include "connector/deliver.h"
#include "connector/detail.h"
#include "connector/session.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_IN_FLIGHT 6 /* times that the system said it was still working on the key */

char *
mc_delivery_text(const McReader *reader, const McAnswer *answer, const McScope *scope)
{
  g_autofree char *text = reader ? mc_reader_text(reader, answer->root, scope) : NULL;
  return text && *text ? mc_text_clean(text, -1) : NULL;
}

/* Answers to what only reads: TRUE when it can be used; a final refusal ends the delivery without an effect.
 */
static gboolean
usable(McDelivery *d)
{
  const McVerdict *v = &d->base.verdict;
  if (v->class == MC_CLASS_OK)
    return TRUE;
  if (mc_class_is_final(v->class))
    mc_delivery_end(d, MC_DELIVERY_FAILED, v->message);
  return FALSE;
}

/* --- baseline --- */
void
mc_delivery_fed_before(McDelivery *d, const McAnswer *answer, gint64 now)
{
  if (!usable(d))
    return;
  cJSON *kept = cJSON_CreateObject();
  mc_keep_read(d->action->before_keep, answer->root, d->base.scope, kept);
  cJSON_AddItemToObject(d->memory, "before", kept);
  mc_scope_take(d->base.scope, "before", cJSON_Duplicate(kept, TRUE));
  mc_delivery_choose(d, now);
}

/* --- refused, before or after an attempt whose outcome was not known --- */
/* On a later attempt the refusal may be the work of our own first one: it is read back before it is reported.
 */
void
mc_delivery_refuse(McDelivery *d, McDeliveryEnd end, const char *message)
{
  gboolean key = d->action->repeat == MC_REPEAT_HEADER || d->action->repeat == MC_REPEAT_FIELD;
  gboolean later = mc_delivery_flag(d, "unknown");
  if (later && d->action->verify) {
    g_free(d->refusal.message);
    d->refusal = (McDeliveryResult){.end = end, .message = g_strdup(message)};
    d->task = MC_TASK_VERIFY;
    d->base.verdict.class = MC_CLASS_OK;
  } else {
    /* A system that honours the key would have answered a repeat of what landed with its first answer. */
    mc_delivery_end(d, later && !key ? MC_DELIVERY_UNCERTAIN : end, message);
  }
}

/* --- reading the record again --- */
/* Kept, so that a repeat is the same request. */
static void
remember_item(McDelivery *d, const char *name, const char *value)
{
  if (!value)
    return;
  mc_delivery_set_item(d, name, value);
  mc_draft_set(d->memory, name, value);
}

/* What only the detail tells: whether the action is allowed on this very record. */
static gboolean
is_allowed(McDelivery *d, const cJSON *record)
{
  const McAction *a = d->action;
  McAnswer answer = {NULL, record};
  if (!a->allow_detail || mc_test_eval(a->allow_detail, &answer, record, d->base.scope))
    return TRUE;
  g_autofree char *own = mc_delivery_text(a->reason, &answer, d->base.scope);
  mc_delivery_refuse(d, MC_DELIVERY_FAILED, own ? own : _("the system does not allow it now"));
  return FALSE;
}

static void
compare(McDelivery *d, const McDetail *detail, const McAnswer *answer, const cJSON *record, gint64 now)
{
  g_autofree char *version = mc_detail_version(d->stream, detail, record, d->base.scope);
  if (version && d->version && !g_str_equal(version, d->version) && g_strcmp0(version, d->own) != 0) {
    g_autofree char *text =
        g_strdup_printf(_("it changed meanwhile: version %s was seen, now it is %s"), d->version, version);
    g_autofree char *message = mc_text_clean(text, -1);
    mc_delivery_refuse(d, MC_DELIVERY_CONFLICT, message);
    return;
  }
  if (!is_allowed(d, record))
    return;
  g_autofree char *tag = mc_detail_etag(detail, answer, record, d->base.scope);
  remember_item(d, "etag", tag);
  remember_item(d, "version", version);
  d->fresh = TRUE;
  mc_delivery_choose(d, now);
}

void
mc_delivery_fed_refetch(McDelivery *d, const McAnswer *answer, gint64 now)
{
  const McDetail *detail = d->stream->details->pdata[0];
  if (d->base.verdict.class != MC_CLASS_EXPIRED && mc_detail_gone(detail, answer, d->base.scope)) {
    d->base.verdict.class = MC_CLASS_OK;
    mc_delivery_refuse(d, MC_DELIVERY_CONFLICT, _("its system has it no more"));
    return;
  }
  if (!usable(d))
    return;
  cJSON *record = mc_detail_record(detail, answer, d->base.scope);
  if (record)
    compare(d, detail, answer, record, now);
  else
    mc_delivery_end(d, MC_DELIVERY_FAILED, _("the record could not be read again before sending"));
  cJSON_Delete(record);
}

/* --- the write --- */
void
mc_delivery_read_back(McDelivery *d)
{
  d->task = MC_TASK_VERIFY;
  d->wait_until = MC_TIME_NONE;
  d->base.verdict.class = MC_CLASS_OK;
}

/* What the system gave for it, kept until it ends. */
static void
take_receipt(McDelivery *d, const McAnswer *answer)
{
  const McAction *a = d->action;
  g_autofree char *receipt = mc_delivery_text(a->receipt, answer, d->base.scope);
  g_autofree char *created = a->created ? mc_reader_text(a->created, answer->root, d->base.scope) : NULL;
  if (receipt)
    mc_draft_set(d->memory, "receipt", receipt);
  if (created)
    mc_draft_set(d->memory, "created", created);
}

void
mc_delivery_good(McDelivery *d, const McAnswer *answer, cJSON *known, gint64 now)
{
  const McVerify *verify = d->action->verify;
  take_receipt(d, answer);
  if (!verify || !verify->always) {
    mc_delivery_land(d, known, now);
    return;
  }
  g_autofree char *said = mc_delivery_text(verify->message, answer, d->base.scope);
  g_free(d->refusal.message);
  d->refusal =
      (McDeliveryResult){.end = MC_DELIVERY_FAILED,
                         .message = said ? g_steal_pointer(&said)
                                         : g_strdup(_("the system said yes, but nothing changed there"))};
  cJSON_Delete(d->answered);
  d->answered = known;
  mc_delivery_read_back(d);
}

static void
sent_well(McDelivery *d, const McAnswer *answer, gint64 now)
{
  cJSON *known = mc_delivery_keep(d, mc_delivery_main(d)->keep, answer);
  if (!mc_delivery_is_accepted(d, answer)) {
    mc_delivery_good(d, answer, known, now);
    return;
  }
  take_receipt(d, answer);
  cJSON_DeleteItemFromObjectCaseSensitive(d->memory, "kept");
  cJSON_AddItemToObject(d->memory, "kept", known);
  mc_delivery_accept(d, answer, NULL, now);
}

/* It was answered, and the same request would be answered the same: once it is certain that it had no effect,
 * that is the end of it. */
static void
remember_answer(McDelivery *d)
{
  const McVerdict *v = &d->base.verdict;
  d->no_repeat = TRUE;
  g_free(d->refusal.message);
  d->refusal = (McDeliveryResult){
      .end = MC_DELIVERY_FAILED,
      .message = v->message ? g_strdup(v->message)
                            : g_strdup_printf(_("the system answers with the error %d"), v->status)};
}

/* Nobody knows whether it had its effect. */
static void
sent_unknown(McDelivery *d, gint64 now)
{
  McVerdict *v = &d->base.verdict;
  mc_delivery_set_flag(d, "unknown", TRUE);
  mc_delivery_restart(d);
  if (mc_class_is_final(v->class))
    remember_answer(d);
  mc_delivery_choose(d, now);
  if (d->done)
    v->class = MC_CLASS_PERMANENT;
  else if (d->task == MC_TASK_VERIFY)
    mc_delivery_read_back(d);
}

/* The key is known to the system and its first request is not done yet (409 of the Idempotency-Key draft). */
static gboolean
is_in_flight(McDelivery *d)
{
  const McVerdict *v = &d->base.verdict;
  return d->action->repeat == MC_REPEAT_HEADER && v->status == 409 && mc_class_is_final(v->class) &&
         d->doubted && d->in_flight < MAX_IN_FLIGHT;
}

static void
wait_for_key(McDelivery *d, gint64 now)
{
  McVerdict *v = &d->base.verdict;
  mc_delivery_set_flag(d, "doubt", TRUE);
  d->wait_until = now + (v->retry_after >= 0 ? v->retry_after : 2 << d->in_flight);
  d->in_flight++;
  d->sends--; /* asking how the first is doing is no new attempt */
  mc_delivery_restart(d);
  v->class = MC_CLASS_OK;
}

void
mc_delivery_fed_send(McDelivery *d, const McAnswer *answer, gint64 now)
{
  McVerdict *v = &d->base.verdict;
  if (v->effect_unknown && v->status < 400 && mc_delivery_is_accepted(d, answer))
    v->class = MC_CLASS_OK; /* not a success yet, but a good answer */
  if (v->class != MC_CLASS_OK && v->effect_unknown) {
    sent_unknown(d, now);
    return;
  }
  if (v->class == MC_CLASS_OK) {
    sent_well(d, answer, now);
    return;
  }
  mc_delivery_set_flag(d, "doubt", d->doubted); /* this one had no effect: doubt is as it was */
  if (!mc_class_is_final(v->class)) {
    d->sends--; /* the driver counts what it waits for */
    mc_delivery_restart(d);
  } else if (is_in_flight(d))
    wait_for_key(d, now);
  else
    mc_delivery_refuse(d, v->class == MC_CLASS_CONFLICT ? MC_DELIVERY_CONFLICT : MC_DELIVERY_FAILED,
                       v->message ? v->message : v->code);
}

/* --- reading back --- */
/* With what polling needs it is polled, as if the answer had not been lost; else it landed. */
static void
landed(McDelivery *d, const McAnswer *answer, gint64 now)
{
  cJSON *known = mc_delivery_keep(d, d->action->verify->keep, answer);
  d->result.verified = TRUE;
  if (d->action->poll && known->child && mc_delivery_stage(d) == MC_STAGE_OPEN && !d->answered) {
    cJSON_DeleteItemFromObjectCaseSensitive(d->memory, "kept");
    cJSON_AddItemToObject(d->memory, "kept", cJSON_Duplicate(known, TRUE));
    mc_delivery_accept(d, answer, known, now);
    return;
  }
  if (!known->child && d->answered) { /* the answer itself told */
    cJSON_Delete(known);
    known = g_steal_pointer(&d->answered);
  }
  mc_delivery_land(d, known, now);
}

/* It is certain that the effect is not there. */
static void
absent(McDelivery *d, gint64 now)
{
  mc_delivery_set_flag(d, "doubt", FALSE);
  if (d->refusal.end != MC_DELIVERY_DONE) {
    mc_delivery_end(d, d->refusal.end, d->refusal.message);
    return;
  }
  d->fresh = FALSE;
  mc_delivery_restart(d);
  mc_delivery_choose(d, now);
  if (d->sends > 1)
    d->wait_until = now + (1 << MIN(d->sends, 5));
}

/* It may still be under way: ask again, at growing intervals, until it must have settled. */
static gboolean
still_settling(McDelivery *d, gint64 now)
{
  gint64 sent = mc_delivery_number(d, "sent", now), settled = sent + d->action->verify->settle;
  if (now >= settled)
    return FALSE;
  d->wait_until = MIN(settled, now + MAX(2, now - sent));
  return TRUE;
}

void
mc_delivery_fed_verify(McDelivery *d, const McAnswer *answer, gint64 now)
{
  const McVerify *verify = d->action->verify;
  McVerdict *v = &d->base.verdict;
  if (v->class != MC_CLASS_OK) {
    if (mc_class_is_final(v->class))
      mc_delivery_end(d, MC_DELIVERY_UNCERTAIN, v->message ? v->message : _("it could not be read back"));
    return;
  }
  if (mc_test_eval(verify->landed, answer, answer->root, d->base.scope))
    landed(d, answer, now);
  else if (still_settling(d, now))
    return;
  else if (!verify->absent || mc_test_eval(verify->absent, answer, answer->root, d->base.scope))
    absent(d, now);
  else
    mc_delivery_end(d, MC_DELIVERY_UNCERTAIN, _("reading back does not tell whether it took effect"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An action that the system takes on and carries out later (202). What polling needs of its answer is
 * remembered, and from then on the action is never sent again. Each exchange asks once; between them nothing
 * is held, the driver comes back when it is time. */
#include "connector/deliver.h"
#include "connector/session.h"
#include "motcua/i18n.h"

static const char *
location_of(const McAnswer *answer)
{
  return answer->response ? mc_response_header(answer->response, "Location") : NULL;
}

gboolean
mc_delivery_is_accepted(const McDelivery *d, const McAnswer *answer)
{
  const McPollPlan *poll = d->action->poll;
  const McResponse *response = answer->response;
  if (!poll || !response || response->wire != MC_WIRE_ANSWERED)
    return FALSE;
  if (poll->accepted)
    return mc_test_eval(poll->accepted, answer, answer->root, d->base.scope);
  return response->status == 202 || (response->status == 303 && location_of(answer));
}

/* --- when --- */
/* Not before Retry-After says, and else not after the end of all patience. */
static gint64
next_time(const McDelivery *d, gint64 retry_after, gint64 now)
{
  const McPollPlan *poll = d->action->poll;
  gint64 end = mc_delivery_number(d, "since", now) + poll->max;
  gint64 next = MIN(now + poll->every, MAX(end, now + 1));
  return MAX(next, now + MAX(retry_after, 0));
}

/* --- accepted --- */
/* Takes `names`. The address is resolved against the answer that gave it; whether it may be asked is checked
 * when it is (rule 4). */
static cJSON *
poll_names(McDelivery *d, const McAnswer *answer, cJSON *names)
{
  const char *location = location_of(answer), *from = answer->response ? answer->response->url : NULL;
  g_autofree char *url = location ? mc_url_resolve(from          ? from
                                                   : d->base.url ? d->base.url
                                                                 : d->base.binding->base,
                                                   location)
                                  : NULL;
  if (!names)
    names = mc_delivery_keep(d, d->action->poll->keep, answer);
  if (url)
    mc_draft_set(names, "location", url);
  return names;
}

void
mc_delivery_accept(McDelivery *d, const McAnswer *answer, cJSON *names, gint64 now)
{
  gint64 wait = answer->response ? d->base.verdict.retry_after : -1;
  const char *header = answer->response ? mc_response_header(answer->response, "Retry-After") : NULL;
  names = poll_names(d, answer, names);
  mc_scope_take(d->base.scope, "poll", cJSON_Duplicate(names, TRUE));
  cJSON_DeleteItemFromObjectCaseSensitive(d->memory, "poll");
  cJSON_AddItemToObject(d->memory, "poll", names);
  mc_draft_set(d->memory, "stage", "accepted");
  mc_delivery_set_flag(d, "doubt", FALSE);
  mc_delivery_set_number(d, "since", now);
  mc_delivery_recall_steps(d);
  d->base.verdict.class = MC_CLASS_OK;
  mc_delivery_pause(d, next_time(d, header ? mc_response_retry_after(answer->response, now) : wait, now));
}

/* --- asked --- */
static gboolean
is_finished(const McDelivery *d, const McAnswer *answer)
{
  const McPollPlan *poll = d->action->poll;
  const McVerdict *v = &d->base.verdict;
  return poll->until ? mc_test_eval(poll->until, answer, answer->root, d->base.scope)
                     : v->class == MC_CLASS_OK && v->status != 202;
}

static void
remember_words(McDelivery *d, const McAnswer *answer)
{
  const McVerdict *v = &d->base.verdict;
  g_autofree char *said = mc_delivery_text(d->action->poll->message, answer, d->base.scope);
  mc_draft_set(d->memory, "said", said ? said : v->class == MC_CLASS_OK ? NULL : v->message);
}

/* Patience is at its end. */
static void
give_up(McDelivery *d)
{
  const char *said = mc_json_text(mc_json_get(d->memory, "said"));
  g_autofree char *text = g_strdup_printf(_("the system accepted it, but did not finish within %d minutes"),
                                          (int)((d->action->poll->max + 59) / 60));
  g_autofree char *more = said ? g_strdup_printf("%s (%s)", text, said) : NULL;
  mc_delivery_end(d, MC_DELIVERY_UNCERTAIN, more ? more : text);
}

void
mc_delivery_fed_poll(McDelivery *d, const McAnswer *answer, gint64 now)
{
  const McPollPlan *poll = d->action->poll;
  McVerdict *v = &d->base.verdict;
  gboolean answered = answer->response->wire == MC_WIRE_ANSWERED;
  const char *header = answered ? mc_response_header(answer->response, "Retry-After") : NULL;
  gint64 wait = header ? mc_response_retry_after(answer->response, now) : v->retry_after;
  if (v->class == MC_CLASS_EXPIRED)
    return;
  remember_words(d, answer);
  const char *said = mc_json_text(mc_json_get(d->memory, "said"));
  if (answered && poll->failed && mc_test_eval(poll->failed, answer, answer->root, d->base.scope)) {
    mc_draft_set(d->memory, "stage", NULL);
    mc_delivery_end(d, MC_DELIVERY_FAILED, said ? said : _("the system could not carry it out"));
  } else if (answered && is_finished(d, answer)) {
    mc_delivery_set_number(d, "sent", now); /* from now on it settles */
    mc_delivery_good(d, answer, NULL, now);
  } else if (now >= mc_delivery_number(d, "since", now) + poll->max) {
    give_up(d);
  } else {
    mc_delivery_pause(d, next_time(d, wait, now));
  }
  v->class = MC_CLASS_OK;
}

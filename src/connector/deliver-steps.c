/* SPDX-License-Identifier: Apache-2.0 */
/* The steps around the main one. Those before it are run at each attempt and leave nothing on disk; those
 * after it are run once it landed, until they succeed, and all of them again by a process that did not see it
 * land. Nothing here can send the main request: once the stage is not open, only steps and polling follow. */
#include "connector/deliver.h"
#include "connector/session.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

McStage
mc_delivery_stage(const McDelivery *d)
{
  const char *stage = mc_json_text(mc_json_get(d->memory, "stage"));
  return !stage ? MC_STAGE_OPEN : g_str_equal(stage, "accepted") ? MC_STAGE_ACCEPTED : MC_STAGE_LANDED;
}

const McActStep *
mc_delivery_main(const McDelivery *d)
{
  return mc_action_main(d->action);
}

/* --- what steps kept --- */
cJSON *
mc_delivery_keep(const McDelivery *d, const GPtrArray *keep, const McAnswer *answer)
{
  cJSON *kept = cJSON_CreateObject();
  if (keep)
    mc_keep_read(keep, answer->root, d->base.scope, kept);
  return kept;
}

/* Takes `kept`. */
static void
know(McDelivery *d, const McActStep *step, cJSON *kept)
{
  if (!d->kept)
    d->kept = cJSON_CreateObject();
  const char *name = step->name ? step->name : "";
  cJSON_DeleteItemFromObjectCaseSensitive(d->kept, name);
  cJSON_AddItemToObject(d->kept, name, kept);
  mc_scope_take(d->base.scope, "step", cJSON_Duplicate(d->kept, TRUE));
}

void
mc_delivery_recall_steps(McDelivery *d)
{
  const cJSON *kept = mc_json_get(d->memory, "kept"), *poll = mc_json_get(d->memory, "poll");
  if (kept)
    know(d, mc_delivery_main(d), cJSON_Duplicate(kept, TRUE));
  if (poll)
    mc_scope_take(d->base.scope, "poll", cJSON_Duplicate(poll, TRUE));
}

/* --- which step is next --- */
/* An `if` reads the names as an object. */
static cJSON *
names_tree(const McDelivery *d)
{
  static const char *const roots[] = {"item", "input", "config", "session", "before", "step"};
  cJSON *tree = cJSON_CreateObject();
  for (gsize i = 0; i < G_N_ELEMENTS(roots); i++) {
    const cJSON *value = mc_scope_get(d->names, roots[i]);
    if (value)
      cJSON_AddItemToObject(tree, roots[i], cJSON_Duplicate(value, TRUE));
  }
  return tree;
}

static gboolean
is_left_out(const McDelivery *d, const McActStep *step)
{
  if (!step->only_if)
    return FALSE;
  cJSON *tree = names_tree(d);
  McAnswer answer = {NULL, tree};
  gboolean holds = mc_test_eval(step->only_if, &answer, tree, d->names);
  cJSON_Delete(tree);
  return !holds;
}

gboolean
mc_delivery_skips_main(const McDelivery *d)
{
  return is_left_out(d, mc_delivery_main(d));
}

/* Before it landed, the steps before the main one; after, those after it, and those before whose answers they
 * need and which are not known here. */
static gboolean
is_due(const McDelivery *d, guint index)
{
  const McActStep *step = d->action->steps->pdata[index];
  if (mc_delivery_stage(d) != MC_STAGE_LANDED)
    return index < d->action->main;
  return index > d->action->main ||
         (index < d->action->main && step->recalled && !mc_json_get(d->kept, step->name));
}

gboolean
mc_delivery_seek(McDelivery *d)
{
  while (d->step < d->action->steps->len &&
         (!is_due(d, d->step) || is_left_out(d, d->action->steps->pdata[d->step])))
    d->step++;
  return d->step < d->action->steps->len;
}

void
mc_delivery_restart(McDelivery *d)
{
  d->step = 0;
  cJSON_Delete(d->kept);
  d->kept = cJSON_CreateObject();
  mc_scope_take(d->base.scope, "step", NULL);
  d->task = mc_delivery_seek(d) ? MC_TASK_STEP : MC_TASK_SEND;
}

/* --- it landed --- */
static void
forget(McDelivery *d)
{
  static const char *const passing[] = {"stage", "since", "poll", "kept", "said", "receipt", "created"};
  for (gsize i = 0; i < G_N_ELEMENTS(passing); i++)
    cJSON_DeleteItemFromObjectCaseSensitive(d->memory, passing[i]);
}

static void
finish(McDelivery *d, const char *message)
{
  d->result.receipt = g_strdup(mc_json_text(mc_json_get(d->memory, "receipt")));
  d->result.created = g_strdup(mc_json_text(mc_json_get(d->memory, "created")));
  forget(d);
  mc_delivery_end(d, MC_DELIVERY_DONE, message);
}

/* Remembers that it landed: from here on it cannot be sent again. */
static void
enter_rest(McDelivery *d, cJSON *known)
{
  static const char *const polling[] = {"since", "poll", "said"};
  if (known) {
    cJSON_DeleteItemFromObjectCaseSensitive(d->memory, "kept");
    cJSON_AddItemToObject(d->memory, "kept", cJSON_Duplicate(known, TRUE));
    know(d, mc_delivery_main(d), known);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(polling); i++)
    cJSON_DeleteItemFromObjectCaseSensitive(d->memory, polling[i]);
  mc_draft_set(d->memory, "stage", "landed");
  d->step = 0;
}

void
mc_delivery_land(McDelivery *d, cJSON *known, gint64 now)
{
  (void)now;
  mc_delivery_set_flag(d, "doubt", FALSE);
  d->wait_until = MC_TIME_NONE;
  if (mc_delivery_stage(d) != MC_STAGE_LANDED && mc_action_has_rest(d->action))
    enter_rest(d, known);
  else
    cJSON_Delete(known);
  if (mc_action_has_rest(d->action) && mc_delivery_seek(d))
    d->task = MC_TASK_STEP;
  else
    finish(d, NULL);
}

/* --- the answer to a step --- */
/* An earlier attempt in doubt may be the very reason why a step before it is refused now. */
static void
refuse_early(McDelivery *d)
{
  const McVerdict *v = &d->base.verdict;
  McDeliveryEnd end = v->class == MC_CLASS_CONFLICT ? MC_DELIVERY_CONFLICT : MC_DELIVERY_FAILED;
  g_autofree char *words = g_strdup(v->message ? v->message : v->code);
  if (mc_delivery_flag(d, "doubt") && !d->action->verify)
    mc_delivery_end(d, MC_DELIVERY_UNCERTAIN, words);
  else
    mc_delivery_refuse(d, end, words);
}

void
mc_delivery_fed_step(McDelivery *d, const McAnswer *answer, gint64 now)
{
  const McVerdict *v = &d->base.verdict;
  const McActStep *step = d->action->steps->pdata[d->step];
  if (v->class == MC_CLASS_OK) {
    know(d, step, mc_delivery_keep(d, step->keep, answer));
    d->step++;
    mc_delivery_choose(d, now);
  } else if (!mc_class_is_final(v->class)) {
    return; /* the driver waits and asks for it again */
  } else if (mc_delivery_stage(d) == MC_STAGE_LANDED) {
    g_autofree char *words = g_strdup(v->message ? v->message : v->code);
    mc_delivery_stall(d, words);
  } else {
    refuse_early(d);
  }
}

/* --- what remains --- */
static const char *
step_name(const McDelivery *d)
{
  const McActStep *step =
      d->step < d->action->steps->len ? d->action->steps->pdata[d->step] : mc_delivery_main(d);
  return step->name ? step->name : d->action->name;
}

void
mc_delivery_stall(McDelivery *d, const char *message)
{
  const char *words = message ? message : _("no reason was given");
  g_autofree char *text =
      mc_delivery_stage(d) == MC_STAGE_LANDED
          ? g_strdup_printf(_("it took effect, but the step after it (%s) was refused: %s"), step_name(d),
                            words)
          : g_strdup_printf(_("the system accepted it, but cannot be asked what became of it: %s"), words);
  g_autofree char *clean = mc_text_clean(text, -1);
  if (mc_delivery_stage(d) == MC_STAGE_LANDED)
    finish(d, clean);
  else
    mc_delivery_end(d, MC_DELIVERY_UNCERTAIN, clean);
}

char *
mc_delivery_words(McExchange *x)
{
  McDelivery *d = (McDelivery *)x;
  const char *said = mc_json_text(mc_json_get(d->memory, "said"));
  g_autofree char *text = NULL;
  if (!d->action || mc_delivery_stage(d) == MC_STAGE_OPEN)
    return NULL;
  if (mc_delivery_stage(d) == MC_STAGE_ACCEPTED)
    text = g_strdup(_("accepted, the system is still working on it"));
  else
    text = g_strdup_printf(_("it took effect; still to be done: %s"), step_name(d));
  return said ? g_strdup_printf("%s (%s)", text, said) : g_steal_pointer(&text);
}

void
mc_delivery_pause(McDelivery *d, gint64 wait_until)
{
  g_autofree char *words = mc_delivery_words(&d->base);
  mc_delivery_end(d, MC_DELIVERY_WAITING, words);
  d->result.wait_until = wait_until;
}

char *
mc_delivery_landed_memory(const McBinding *binding, const char *name)
{
  const McAction *action = mc_profile_action(binding->profile, name);
  return action && mc_action_has_rest(action) ? g_strdup("{\"doubt\":false,\"stage\":\"landed\"}") : NULL;
}

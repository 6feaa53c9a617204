/* SPDX-License-Identifier: Apache-2.0 */
/* States of the outbox: one table of names, labels and arrows (outbox.h). */
#include "motcua/outbox.h"

#include "motcua/i18n.h"

#define TO(state) (1u << MC_OUT_##state)

static const struct {
  const char *name, *label;
  guint leads_to;
} states[MC_OUT_COUNT] = {
    [MC_OUT_QUEUED] = {"queued", N_("waiting to be sent"), TO(SENDING) | TO(CANCELLED)},
    [MC_OUT_SENDING] = {"sending", N_("being sent"),
                        TO(DONE) | TO(FAILED) | TO(CONFLICT) | TO(UNCERTAIN) | TO(QUEUED) | TO(SENDING)},
    [MC_OUT_DONE] = {"done", N_("took effect"), 0},
    [MC_OUT_FAILED] = {"failed", N_("had no effect"), 0},
    [MC_OUT_CONFLICT] = {"conflict", N_("changed meanwhile, had no effect"), 0},
    [MC_OUT_UNCERTAIN] = {"uncertain", N_("uncertain"), TO(DONE) | TO(FAILED) | TO(QUEUED) | TO(SENDING)},
    [MC_OUT_CANCELLED] = {"cancelled", N_("withdrawn"), 0},
};

static gboolean
known(McOutState state)
{
  return (guint)state < MC_OUT_COUNT;
}

const char *
mc_out_state_name(McOutState state)
{
  return known(state) ? states[state].name : "unknown";
}

const char *
mc_out_state_label(McOutState state)
{
  return known(state) ? _(states[state].label) : "?";
}

const char *
mc_out_action_label(const McOutAction *action)
{
  return action->state == MC_OUT_SENDING && action->message ? _("not finished")
                                                            : mc_out_state_label(action->state);
}

gboolean
mc_out_state_parse(const char *word, McOutState *state)
{
  for (guint i = 0; i < MC_OUT_COUNT; i++) {
    if (g_strcmp0(word, states[i].name) == 0) {
      *state = (McOutState)i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
mc_out_state_is_settled(McOutState state)
{
  return state != MC_OUT_QUEUED && state != MC_OUT_SENDING && state != MC_OUT_UNCERTAIN;
}

gboolean
mc_out_state_leads(McOutState from, McOutState to)
{
  return known(from) && known(to) && (states[from].leads_to & (1u << to)) != 0;
}

void
mc_out_action_free(McOutAction *action)
{
  if (!action)
    return;
  char *const texts[] = {action->key,    action->batch,   action->item_id,    action->system,
                         action->action, action->title,   action->caller_key, action->frozen,
                         action->memory, action->message, action->receipt,    action->new_key};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_free(action);
}

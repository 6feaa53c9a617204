/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's words for an item's qualities, and what a person reads instead: one table each. */
#include "motcua/item.h"
#include "motcua/i18n.h"

#include <string.h>

typedef struct {
  const char *name, *label;
} Word;

static const Word kinds[MC_KIND_COUNT] = {
    [MC_KIND_DOCUMENT] = {"document", N_("Document")}, [MC_KIND_CASE] = {"case", N_("Case")},
    [MC_KIND_FEEDBACK] = {"feedback", N_("Feedback")}, [MC_KIND_MAIL] = {"mail", N_("Mail")},
    [MC_KIND_MEETING] = {"meeting", N_("Meeting")},    [MC_KIND_ALERT] = {"alert", N_("Alert")},
};

static const Word states[MC_STATE_COUNT] = {
    [MC_STATE_NEW] = {"new", N_("New")},
    [MC_STATE_PROCESSING] = {"processing", N_("Processing")},
    [MC_STATE_WAITING] = {"waiting", N_("Waiting for applicant")},
    [MC_STATE_PAUSED] = {"paused", N_("Paused")},
    [MC_STATE_APPROVAL] = {"approval", N_("Awaiting signature")},
    [MC_STATE_READY] = {"ready", N_("Ready to hand over")},
    [MC_STATE_DONE] = {"done", N_("Done")},
    [MC_STATE_REJECTED] = {"rejected", N_("Rejected")},
    [MC_STATE_WITHDRAWN] = {"withdrawn", N_("Withdrawn")},
    [MC_STATE_UNKNOWN] = {"unknown", N_("Unknown")},
};

static const Word urgencies[MC_URGENCY_COUNT] = {
    [MC_URGENCY_NORMAL] = {"normal", N_("Normal")},
    [MC_URGENCY_URGENT] = {"urgent", N_("Urgent")},
    [MC_URGENCY_VERY_URGENT] = {"very_urgent", N_("Very urgent")},
    [MC_URGENCY_FLASH] = {"flash", N_("Flash")},
};

static const Word secrecies[MC_SECRECY_COUNT] = {
    [MC_SECRECY_NONE] = {"none", N_("Not secret")},
    [MC_SECRECY_CONFIDENTIAL] = {"confidential", N_("Confidential")},
    [MC_SECRECY_SECRET] = {"secret", N_("Secret")},
    [MC_SECRECY_TOP_SECRET] = {"top_secret", N_("Top secret")},
};

static const Word deadlines[MC_DEADLINE_COUNT] = {
    [MC_DEADLINE_NONE] = {"none", NULL},           [MC_DEADLINE_ON_TIME] = {"on_time", NULL},
    [MC_DEADLINE_DUE_SOON] = {"due_soon", NULL},   [MC_DEADLINE_OVERDUE] = {"overdue", NULL},
    [MC_DEADLINE_LATE_DONE] = {"late_done", NULL},
};

static int
find(const Word *words, int count, const char *name)
{
  for (int i = 0; i < count; i++)
    if (!strcmp(words[i].name, name))
      return i;
  return -1;
}

const char *
mc_kind_name(McKind kind)
{
  return kinds[kind].name;
}

const char *
mc_state_name(McState state)
{
  return states[state].name;
}

const char *
mc_urgency_name(McUrgency urgency)
{
  return urgencies[urgency].name;
}

const char *
mc_secrecy_name(McSecrecy secrecy)
{
  return secrecies[secrecy].name;
}

const char *
mc_deadline_name(McDeadline deadline)
{
  return deadlines[deadline].name;
}

gboolean
mc_kind_parse(const char *word, McKind *kind)
{
  int i = find(kinds, MC_KIND_COUNT, word);

  if (i >= 0)
    *kind = (McKind)i;
  return i >= 0;
}

gboolean
mc_state_parse(const char *word, McState *state)
{
  int i = find(states, MC_STATE_COUNT, word);

  if (i >= 0)
    *state = (McState)i;
  return i >= 0;
}

gboolean
mc_urgency_parse(const char *word, McUrgency *urgency)
{
  int i = find(urgencies, MC_URGENCY_COUNT, word);

  if (i >= 0)
    *urgency = (McUrgency)i;
  return i >= 0;
}

gboolean
mc_secrecy_parse(const char *word, McSecrecy *secrecy)
{
  int i = find(secrecies, MC_SECRECY_COUNT, word);

  if (i >= 0)
    *secrecy = (McSecrecy)i;
  return i >= 0;
}

const char *
mc_kind_label(McKind kind)
{
  return _(kinds[kind].label);
}

const char *
mc_state_label(McState state)
{
  return _(states[state].label);
}

const char *
mc_urgency_label(McUrgency urgency)
{
  return _(urgencies[urgency].label);
}

const char *
mc_secrecy_label(McSecrecy secrecy)
{
  return _(secrecies[secrecy].label);
}

gboolean
mc_state_is_open(McState state)
{
  return state != MC_STATE_DONE && state != MC_STATE_REJECTED && state != MC_STATE_WITHDRAWN;
}

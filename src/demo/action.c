/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/action.h"

#include <string.h>

#define DEFAULT_MAX 4000
#define MAX_HISTORY 500

const DemoAction *
demo_action_find(const DemoAction *actions, const char *word)
{
  for (const DemoAction *action = actions; action->verb; action++)
    if (g_strcmp0(action->word, word) == 0)
      return action;
  return NULL;
}

const char *
demo_action_refusal(const DemoAction *action, const DemoRecord *record)
{
  const char *law = action->guard ? action->guard(record) : NULL;

  if (law)
    return law;
  return action->from & DEMO_STATE(record->state) ? NULL : action->refusal;
}

static char *
check_inputs(const DemoDeed *deed)
{
  for (gsize i = 0; i < G_N_ELEMENTS(deed->action->inputs) && deed->action->inputs[i].name; i++) {
    const DemoInput *input = &deed->action->inputs[i];
    g_autofree char *text = g_strstrip(g_strdup(demo_json_word(deed->input, input->name)));
    int max = input->max ? input->max : DEFAULT_MAX;
    if (input->required && !*text)
      return g_strdup_printf("%s: bắt buộc nhập", input->label);
    if (g_utf8_strlen(text, -1) > max)
      return g_strdup_printf("%s: dài quá %d ký tự", input->label, max);
  }
  return NULL;
}

void
demo_record_log(DemoRecord *record, gint64 at, const char *who, const char *what, const char *note,
                const char *ref)
{
  cJSON *history = cJSON_GetObjectItemCaseSensitive(record->doc, "history");
  cJSON *entry = cJSON_CreateObject();

  if (!history)
    history = cJSON_AddArrayToObject(record->doc, "history");
  if (cJSON_GetArraySize(history) >= MAX_HISTORY)
    cJSON_DeleteItemFromArray(history, 0);
  demo_json_set_int(entry, "at", at);
  demo_json_set_text(entry, "who", who);
  demo_json_set_text(entry, "what", what);
  demo_json_set_text(entry, "note", note);
  demo_json_set_text(entry, "ref", ref);
  cJSON_AddItemToArray(history, entry);
}

void
demo_record_touch(DemoProvince *province, DemoRecord *record)
{
  gint64 change = demo_state_generation(province->state, record->system) + 1;

  if (record->version++ == 0)
    demo_json_set_int(record->doc, "born", change);
  demo_json_set_int(record->doc, "change", change);
  record->updated = MAX(demo_clock_now(province->clock), demo_state_newest(province->state, record->system));
  demo_state_put(province->state, record);
}

static void
write_effect(const DemoDeed *deed)
{
  const DemoEffect effect = {.system = deed->record->system,
                             .item = deed->record->key,
                             .action = (char *)deed->action->verb,
                             .key = (char *)deed->key,
                             .body = (char *)(deed->body ? deed->body : ""),
                             .at = demo_clock_now(deed->province->clock)};

  demo_state_add_effect(deed->province->state, &effect);
}

DemoVerdict
demo_action_perform(DemoDeed *deed, char **why)
{
  const DemoAction *action = deed->action;
  DemoRecord *record = deed->record;

  *why = g_strdup(demo_action_refusal(action, record));
  if (*why)
    return DEMO_FORBIDDEN;
  *why = check_inputs(deed);
  if (!*why && action->apply)
    *why = g_strdup(action->apply(deed));
  if (*why)
    return DEMO_BAD_INPUT;
  if (action->to != DEMO_SAME)
    record->state = action->to;
  demo_record_log(record, demo_clock_now(deed->province->clock), deed->who, action->label, deed->note,
                  deed->key);
  demo_record_touch(deed->province, record);
  write_effect(deed);
  return DEMO_DONE;
}

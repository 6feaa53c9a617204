/* SPDX-License-Identifier: Apache-2.0 */
/* Recording: each run on the recorder's system is written down as it is driven (run.c). Only what is finished
 * leaves this process. */
#include "config.h"
#include "sync/sync.h"

#include <string.h>

#include "motcua/author.h"
#include "motcua/i18n.h"

struct McRecorder {
  char *system;
  McBinding *binding; /* of the engine that it was given to; NULL: nothing was said yet */
  McRecording *raw;
};

McRecorder *
mc_recorder_new(const char *system)
{
  McRecorder *recorder = g_new0(McRecorder, 1);
  recorder->system = g_strdup(system);
  return recorder;
}

void
mc_recorder_free(McRecorder *recorder)
{
  if (!recorder)
    return;
  mc_recording_free(recorder->raw);
  g_clear_pointer(&recorder->binding, mc_binding_unref);
  g_free(recorder->system);
  g_free(recorder);
}

cJSON *
mc_recorder_run(McRecorder *recorder, McSystem *system, McExchange *exchange)
{
  if (!recorder || strcmp(recorder->system, system->name) != 0)
    return NULL;
  cJSON *recipe = mc_exchange_recipe(exchange);
  if (!recipe)
    return NULL;
  if (!recorder->binding) {
    recorder->binding = mc_binding_ref(system->binding);
    recorder->raw = mc_recording_new(mc_profile_id(mc_binding_profile(system->binding)), system->name);
  }
  cJSON *run = cJSON_CreateObject();
  cJSON_AddItemToObject(run, "recipe", recipe);
  g_ptr_array_add(recorder->raw->runs, run);
  return run;
}

/* A run that was broken off, with an answer still to come, tells nothing. */
static gboolean
is_whole(const cJSON *run)
{
  const cJSON *step, *steps = mc_json_get(run, "steps");
  cJSON_ArrayForEach (step, steps)
    if (!mc_json_get(step, "answer"))
      return FALSE;
  return cJSON_GetArraySize(steps) > 0;
}

char *
mc_recorder_finish(McRecorder *recorder, const char *const *hide, guint *runs, GError **error)
{
  GPtrArray *all = recorder->raw ? recorder->raw->runs : NULL;
  for (guint i = all ? all->len : 0; i-- > 0;)
    if (!is_whole(all->pdata[i]))
      g_ptr_array_remove_index(all, i);
  if (!all || !all->len) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s: nothing was said to it, so nothing was recorded"),
                recorder->system);
    return NULL;
  }
  *runs = all->len;
  g_autoptr(McRecording) made = mc_recording_make(recorder->binding, recorder->raw, hide, error);
  return made ? mc_recording_text(made) : NULL;
}

/* --- going through one --- */
void
mc_replay_report_clear(McReplayReport *report)
{
  g_clear_pointer(&report->failures, g_ptr_array_unref);
}

static char *
run_name(const cJSON *run, guint index)
{
  static const char *const names[] = {"stream", "action", "lookup", "how", "key"};
  const cJSON *recipe = mc_json_get(run, "recipe");
  const char *what = mc_json_text(mc_json_get(recipe, "do")), *of = NULL;
  for (gsize i = 0; !of && i < G_N_ELEMENTS(names); i++)
    of = mc_json_text(mc_json_get(recipe, names[i]));
  return g_strdup_printf("%u %s %s", index + 1, what ? what : "?", of ? of : "");
}

static void
test_run(McBinding *binding, cJSON *run, guint index, McReplayReport *report)
{
  char *misfit = NULL;
  g_autofree char *name = run_name(run, index);
  cJSON *result = mc_replay(binding, run, TRUE, NULL, &misfit);
  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
  report->runs++;
  report->steps += (guint)cJSON_GetArraySize(mc_json_get(run, "steps"));
  g_autofree char *other = misfit ? NULL : mc_replay_difference(result, mc_json_get(run, "result"));
  if (misfit)
    g_ptr_array_add(report->failures, g_strdup_printf("%s: %s", name, misfit));
  else if (other)
    g_ptr_array_add(report->failures, g_strdup_printf(_("%s: another result: %s"), name, other));
  else
    report->mishaps += mc_replay_mishaps(binding, run, failures);
  for (guint i = 0; i < failures->len; i++)
    g_ptr_array_add(report->failures, g_strdup_printf("%s: %s", name, (char *)failures->pdata[i]));
  cJSON_Delete(result);
  g_free(misfit);
}

gboolean
mc_recording_test(McHome *home, const char *connector, const char *file, McReplayReport *report,
                  GError **error)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  *report = (McReplayReport){.failures = g_ptr_array_new_with_free_func(g_free)};
  g_autoptr(McProfile) profile = mc_profile_open(home, connector, error);
  if (!profile || !g_file_get_contents(file, &text, &len, error))
    return FALSE;
  g_autoptr(McRecording) recording = mc_recording_parse(file, text, len, error);
  g_autoptr(McCalendar) calendar = recording ? mc_calendar_load(home, error) : NULL;
  g_autoptr(McBinding) binding = calendar ? mc_recording_bind(profile, recording, calendar, error) : NULL;
  if (!binding)
    return FALSE;
  const char *language = mc_i18n_language(), *its = mc_json_text(mc_json_get(recording->head, "language"));
  mc_i18n_set_language(its ? its : language); /* labels are part of what it brought */
  for (guint i = 0; i < recording->runs->len; i++)
    test_run(binding, recording->runs->pdata[i], i, report);
  mc_i18n_set_language(language);
  return TRUE;
}

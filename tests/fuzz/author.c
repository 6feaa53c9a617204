/* SPDX-License-Identifier: Apache-2.0 */
/* What authors give in. Any bytes as an OpenAPI description: its draft is a text that can be read. Any bytes
 * as a recording, gone through with the connector it names, with every mishap, and made fit to be shown. */
#include "fuzz.h"
#include <string.h>
#include "connector/openapi.h"
#include "connector/plan.h"
#include "connector/recording.h"
#include "desk.h"

#define MAX_RUNS 3

/* The connector that the recording says it is of; a bare one where it says nothing we know. */
static McProfile *
profile_of(const McRecording *recording)
{
  const char *id = mc_json_text(mc_json_get(recording->head, "connector"));
  for (guint i = 0; i < desk_count(); i++) {
    McProfile *profile = mc_binding_profile(desk_binding(i, FALSE));
    if (g_strcmp0(id, mc_profile_id(profile)) == 0)
      return profile;
  }
  return NULL;
}

static void
replay_all(McBinding *binding, const McRecording *recording)
{
  for (guint i = 0; i < recording->runs->len && i < MAX_RUNS; i++) {
    g_autofree char *misfit = NULL;
    g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
    cJSON *result = mc_replay(binding, recording->runs->pdata[i], TRUE, NULL, &misfit);
    if (!result == !misfit)
      g_error("neither a result nor a misfit");
    if (result)
      mc_replay_mishaps(binding, recording->runs->pdata[i], failures);
    cJSON_Delete(result);
  }
}

static void
check_made(McProfile *profile, const McRecording *made)
{
  g_autofree char *text = mc_recording_text(made);
  g_autoptr(GError) error = NULL;
  g_autoptr(McRecording) again = mc_recording_parse("again", text, strlen(text), &error);
  if (!again)
    g_error("%s:\n%s", error->message, text);
  g_autoptr(McBinding) binding = mc_recording_bind(profile, again, desk_calendar(), &error);
  if (!binding)
    g_error("%s:\n%s", error->message, text);
}

static void
draft(const char *text, size_t len)
{
  guint open = 0;
  g_autoptr(GError) error = NULL, fault = NULL;
  g_autofree char *made = mc_openapi_draft("d", text, len, NULL, &open, &error);
  if (!made == !error)
    g_error("neither a draft nor a fault");
  g_autoptr(McJson) json =
      made ? mc_json_parse("draft", made, strlen(made), MC_JSON_COMMENTS | MC_JSON_POSITIONS, &fault) : NULL;
  if (made && !json)
    g_error("%s:\n%s", fault->message, made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
  g_autoptr(GError) error = NULL;
  draft((const char *)bytes, len);
  g_autoptr(McRecording) recording = mc_recording_parse("r", (const char *)bytes, len, &error);
  if (!recording == !error)
    g_error("neither a recording nor a fault");
  McProfile *profile = recording ? profile_of(recording) : NULL;
  g_autoptr(McBinding) binding =
      profile ? mc_recording_bind(profile, recording, desk_calendar(), NULL) : NULL;
  if (!binding)
    return 0;
  replay_all(binding, recording);
  g_autoptr(McRecording) made = mc_recording_make(binding, recording, NULL, NULL);
  if (made)
    check_made(profile, made);
  return 0;
}

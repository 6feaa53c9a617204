/* SPDX-License-Identifier: Apache-2.0 */
/* A test taken apart: which of its parts hold, and what each saw. */
#include <string.h>

#include "connector/explain.h"
#include "motcua/i18n.h"

#define MAX_ELEMENTS 5 /* of a list, that are gone into */

McCompiler
mc_explain_compiler(const McExplain *e)
{
  return (McCompiler){.json = e->binding->profile->json,
                      .faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free)};
}

static gboolean
holds(const McExplain *e, const cJSON *source, const cJSON *record)
{
  McCompiler c = mc_explain_compiler(e);
  McTest *test = mc_test_compile(&c, source);
  gboolean result = mc_test_eval(test, e->answer, record, e->scope);
  mc_test_free(test);
  g_ptr_array_unref(c.faults);
  return result;
}

/* The reader of a test: `at` as an object, or what stands beside the operator. */
static cJSON *
reader_of(const cJSON *source)
{
  static const char *const operators[] = {"eq",    "ne",     "lt",      "gt",   "has",   "in",
                                          "match", "exists", "present", "some", "every", NULL};
  const cJSON *at = mc_json_get(source, "at");
  cJSON *copy = cJSON_Duplicate(cJSON_IsObject(at) ? at : source, TRUE);
  gboolean casts = mc_json_get(copy, "as") != NULL;
  for (gsize i = 0; !cJSON_IsObject(at) && operators[i]; i++)
    if (!casts || strcmp(operators[i], "in") != 0)
      cJSON_DeleteItemFromObjectCaseSensitive(copy, operators[i]);
  return copy;
}

static cJSON *
seen(const McExplain *e, const cJSON *source, const cJSON *record)
{
  cJSON *part = reader_of(source);
  McCompiler c = mc_explain_compiler(e);
  McReader *reader = mc_reader_compile(&c, part);
  cJSON *value = mc_reader_read(reader, record, e->scope, NULL);
  mc_reader_free(reader);
  g_ptr_array_unref(c.faults);
  cJSON_Delete(part);
  return value;
}

static void
explain_elements(const McExplain *e, McNote *note, const cJSON *test, const cJSON *list)
{
  const cJSON *element;
  int index = 0;
  if (!cJSON_IsArray(list))
    return;
  cJSON_ArrayForEach (element, list) {
    g_autofree char *name = g_strdup_printf("[%d]", index);
    if (index++ == MAX_ELEMENTS)
      return;
    mc_explain_test(e, mc_note_add(note, NULL, name), test, element);
  }
}

static void
explain_value(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record)
{
  cJSON *value = seen(e, source, record);
  const cJSON *some = mc_json_get(source, "some"), *every = mc_json_get(source, "every");
  McNote *saw = mc_note_add(note, N_("saw"), NULL);
  if (mc_json_get(source, "exists") || mc_json_get(source, "present"))
    mc_note_say(saw, "%s", value ? _("there is a value") : _("nothing is there, or null"));
  else
    mc_note_value(saw, value);
  if (some || every)
    explain_elements(e, note, some ? some : every, value);
  cJSON_Delete(value);
}

static void
explain_answer(const McExplain *e, McNote *note, const cJSON *source)
{
  const McResponse *response = e->answer ? e->answer->response : NULL;
  McNote *saw = mc_note_add(note, N_("saw"), NULL);
  const char *type = response ? mc_response_header(response, "Content-Type") : NULL;
  if (mc_json_get(source, "content"))
    mc_note_text_value(saw, type);
  else if (response)
    mc_note_say(saw, "HTTP %d", response->status);
}

gboolean
mc_explain_test(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record)
{
  static const char *const joins[] = {"all", "any", "not"};
  gboolean result = holds(e, source, record), joined = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(joins); i++) {
    const cJSON *parts = mc_json_get(source, joins[i]), *part;
    joined |= parts != NULL;
    if (cJSON_IsArray(parts))
      cJSON_ArrayForEach (part, parts)
        mc_explain_test(e, mc_note_add(note, NULL, joins[i]), part, record);
    else if (parts)
      mc_explain_test(e, mc_note_add(note, NULL, joins[i]), parts, record);
  }
  if (joined) {
    mc_note_say(note, "%s", result ? _("holds") : _("does not hold"));
    return result;
  }
  g_autofree char *text = mc_json_print(source);
  mc_note_say(note, result ? _("%s holds") : _("%s does not hold"), text);
  if (mc_json_get(source, "status") || mc_json_get(source, "content"))
    explain_answer(e, note, source);
  else
    explain_value(e, note, source, record);
  return result;
}

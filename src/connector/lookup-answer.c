/* SPDX-License-Identifier: Apache-2.0 */
/* An answer that may be kept, as text and back. Labels are not kept: they follow the language and the
 * connector's file. The name under which it is kept tells one question from every other: the address, the
 * lookup as it is written, and every input. */
#include <string.h>

#include "connector/plan.h"
#include "motcua/error.h"

gint64
mc_lookup_cache(const McBinding *binding, const char *name)
{
  const McLookup *lookup = mc_profile_lookup(binding->profile, name);
  return lookup ? lookup->cache : 0;
}

char *
mc_lookup_cache_key(const McBinding *binding, const char *name, GHashTable *inputs)
{
  const McLookup *lookup = mc_profile_lookup(binding->profile, name);
  g_autoptr(GList) names = inputs ? g_hash_table_get_keys(inputs) : NULL;
  GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
  const char *const parts[] = {binding->system, binding->base, lookup->print};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) /* each with its end, so that no two run together */
    g_checksum_update(sum, (const guchar *)parts[i], (gssize)strlen(parts[i]) + 1);
  names = g_list_sort(names, (GCompareFunc)strcmp);
  for (const GList *at = names; at; at = at->next) {
    const char *value = g_hash_table_lookup(inputs, at->data);
    if (!*value)
      continue;
    g_checksum_update(sum, at->data, (gssize)strlen(at->data) + 1);
    g_checksum_update(sum, (const guchar *)value, (gssize)strlen(value) + 1);
  }
  char *key = g_strdup(g_checksum_get_string(sum));
  g_checksum_free(sum);
  return key;
}

char *
mc_lookup_answer_print(const McLookupAnswer *answer)
{
  cJSON *object = cJSON_CreateObject(), *choices = cJSON_AddArrayToObject(object, "choices");
  cJSON *values = cJSON_AddObjectToObject(object, "values");
  cJSON_AddItemToObject(object, "as_of", mc_json_new_int(answer->as_of));
  cJSON_AddBoolToObject(object, "found", answer->found);
  for (guint i = 0; i < answer->choices->len; i++) {
    const McChoice *choice = answer->choices->pdata[i];
    cJSON *pair = cJSON_CreateArray();
    cJSON_AddItemToArray(pair, cJSON_CreateString(choice->value));
    cJSON_AddItemToArray(pair, cJSON_CreateString(choice->title));
    cJSON_AddItemToArray(choices, pair);
  }
  for (guint i = 0; i < answer->fields->len; i++) {
    const McLookupField *field = answer->fields->pdata[i];
    cJSON_AddStringToObject(values, field->name, field->value);
  }
  char *text = mc_json_print(object);
  cJSON_Delete(object);
  return text;
}

static void
read_choices(McLookupAnswer *answer, const cJSON *choices)
{
  const cJSON *pair;
  cJSON_ArrayForEach (pair, choices) {
    const char *value = mc_json_text(cJSON_GetArrayItem(pair, 0));
    const char *title = mc_json_text(cJSON_GetArrayItem(pair, 1));
    if (!value || !title)
      continue;
    McChoice *choice = g_new0(McChoice, 1);
    choice->value = g_strdup(value);
    choice->title = g_strdup(title);
    g_ptr_array_add(answer->choices, choice);
  }
}

static void
read_values(McLookupAnswer *answer, const McLookup *lookup, const cJSON *values)
{
  for (guint i = 0; lookup->values && i < lookup->values->len; i++) {
    const McValuePlan *plan = lookup->values->pdata[i];
    const char *value = mc_json_text(mc_json_get(values, plan->name)), *label = mc_label_text(plan->label);
    if (!value)
      continue;
    McLookupField *field = g_new0(McLookupField, 1);
    field->name = g_strdup(plan->name);
    field->label = g_strdup(label ? label : plan->name);
    field->value = g_strdup(value);
    field->is_private = plan->is_private;
    g_ptr_array_add(answer->fields, field);
  }
}

McLookupAnswer *
mc_lookup_answer_parse(const McBinding *binding, const char *name, const char *text)
{
  const McLookup *lookup = mc_profile_lookup(binding->profile, name);
  g_autoptr(McJson) json = mc_json_parse("answer", text, strlen(text), MC_JSON_STRICT, NULL);
  const cJSON *root = json ? mc_json_root(json) : NULL;
  gint64 as_of;
  if (!lookup || !mc_json_int(mc_json_get(root, "as_of"), &as_of))
    return NULL;
  McLookupAnswer *answer = mc_lookup_answer_new(binding->system, name, lookup->values != NULL);
  answer->as_of = as_of;
  answer->found = cJSON_IsTrue(mc_json_get(root, "found"));
  read_choices(answer, mc_json_get(root, "choices"));
  read_values(answer, lookup, mc_json_get(root, "values"));
  return answer;
}

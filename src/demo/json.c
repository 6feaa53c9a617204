/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/json.h"

const char *
demo_json_text(const cJSON *object, const char *name)
{
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

const char *
demo_json_word(const cJSON *object, const char *name)
{
  const char *text = demo_json_text(object, name);

  return text ? text : "";
}

gint64
demo_json_int(const cJSON *object, const char *name)
{
  const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);

  return cJSON_IsNumber(value) ? (gint64)value->valuedouble : 0;
}

gboolean
demo_json_true(const cJSON *object, const char *name)
{
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

void
demo_json_set(cJSON *object, const char *name, cJSON *value)
{
  if (cJSON_GetObjectItemCaseSensitive(object, name))
    cJSON_ReplaceItemInObjectCaseSensitive(object, name, value);
  else
    cJSON_AddItemToObject(object, name, value);
}

void
demo_json_set_text(cJSON *object, const char *name, const char *value)
{
  if (value)
    demo_json_set(object, name, cJSON_CreateString(value));
  else
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
}

void
demo_json_set_int(cJSON *object, const char *name, gint64 value)
{
  demo_json_set(object, name, cJSON_CreateNumber((double)value));
}

void
demo_json_set_true(cJSON *object, const char *name, gboolean value)
{
  demo_json_set(object, name, cJSON_CreateBool(value));
}

char *
demo_json_print(const cJSON *value)
{
  return cJSON_PrintUnformatted(value);
}

cJSON *
demo_json_parse(const char *text, gsize length)
{
  const char *end = NULL;
  cJSON *value = cJSON_ParseWithLengthOpts(text, length, &end, 0);

  if (!value)
    return NULL;
  while (end < text + length && g_ascii_isspace(*end))
    end++;
  if (end == text + length)
    return value;
  cJSON_Delete(value);
  return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an OpenAPI description: references, schemas put together, parameters and answers. */
#include <stdarg.h>
#include <string.h>

#include "connector/openapi.h"
#include "motcua/text.h"

#define MAX_DEPTH      12
#define MAX_PROPERTIES 200
#define MAX_LABEL      80 /* columns */

/* --- references --- */
static const cJSON *
follow(const cJSON *root, const char *pointer)
{
  g_autofree char *plain = g_uri_unescape_string(pointer, NULL);
  if (!plain || strncmp(plain, "#/", 2) != 0)
    return NULL;
  g_auto(GStrv) segments = g_strsplit(plain + 2, "/", MAX_DEPTH);
  const cJSON *node = root;
  for (char **segment = segments; node && *segment; segment++) {
    g_autoptr(GString) name = g_string_new(*segment);
    g_string_replace(name, "~1", "/", 0);
    g_string_replace(name, "~0", "~", 0);
    node = cJSON_IsArray(node) ? cJSON_GetArrayItem(node, (int)g_ascii_strtoll(name->str, NULL, 10))
                               : mc_json_get(node, name->str);
  }
  return node;
}

const cJSON *
mc_openapi_deref(McOpenapi *d, const cJSON *node)
{
  for (int hops = 0; node && hops < MAX_DEPTH; hops++) {
    const cJSON *ref = cJSON_IsObject(node) ? mc_json_get(node, "$ref") : NULL;
    if (!cJSON_IsString(ref))
      return node;
    if (!d->left)
      return NULL;
    d->left--;
    node = follow(d->root, ref->valuestring);
  }
  return NULL;
}

/* --- schemas --- */
/* "string", or the first that is not "null" of a list of types. */
static const char *
type_of(const cJSON *node)
{
  const cJSON *type = mc_json_get(node, "type"), *one;
  if (cJSON_IsString(type))
    return type->valuestring;
  cJSON_ArrayForEach (one, type)
    if (cJSON_IsString(one) && strcmp(one->valuestring, "null") != 0)
      return one->valuestring;
  return NULL;
}

static gboolean
is_null_schema(const cJSON *node)
{
  const char *type = type_of(node);
  return type ? strcmp(type, "null") == 0 : mc_json_get(node, "type") != NULL;
}

static void
add_properties(McSchema *schema, const cJSON *node)
{
  const cJSON *property, *name;
  cJSON_ArrayForEach (property, mc_json_get(node, "properties"))
    if (cJSON_IsObject(property) && schema->names->len < MAX_PROPERTIES &&
        strcmp(property->string, MC_COMMENT) != 0 && !mc_schema_property(schema, property->string)) {
      g_ptr_array_add(schema->names, property->string);
      g_ptr_array_add(schema->schemas, (gpointer)property);
    }
  cJSON_ArrayForEach (name, mc_json_get(node, "required"))
    if (cJSON_IsString(name))
      g_hash_table_add(schema->required, name->valuestring);
}

static void
read_into(McOpenapi *d, const cJSON *node, McSchema *schema, int depth)
{
  static const char *const choices[] = {"oneOf", "anyOf"};
  const cJSON *part;
  gint64 max = 0;
  node = mc_openapi_deref(d, node);
  if (!cJSON_IsObject(node) || depth > MAX_DEPTH || !d->left)
    return;
  d->left--;
  if (!schema->node)
    schema->node = node;
  if (!schema->type)
    schema->type = type_of(node);
  if (!schema->format)
    schema->format = mc_json_text(mc_json_get(node, "format"));
  if (!schema->items)
    schema->items = mc_json_get(node, "items");
  if (!schema->choices && cJSON_IsArray(mc_json_get(node, "enum")))
    schema->choices = mc_json_get(node, "enum");
  if (mc_json_int(mc_json_get(node, "maxLength"), &max) && max > 0)
    schema->max_length = max;
  schema->read_only |= cJSON_IsTrue(mc_json_get(node, "readOnly"));
  add_properties(schema, node);
  cJSON_ArrayForEach (part, mc_json_get(node, "allOf"))
    read_into(d, part, schema, depth + 1);
  for (gsize i = 0; i < G_N_ELEMENTS(choices); i++)
    cJSON_ArrayForEach (part, mc_json_get(node, choices[i]))
      if (!is_null_schema(part)) {
        read_into(d, part, schema, depth + 1);
        break;
      }
}

void
mc_schema_read(McOpenapi *d, const cJSON *node, McSchema *schema)
{
  *schema = (McSchema){.names = g_ptr_array_new(),
                       .schemas = g_ptr_array_new(),
                       .required = g_hash_table_new(g_str_hash, g_str_equal)};
  read_into(d, node, schema, 0);
  if (!schema->type)
    schema->type = schema->names->len ? "object" : schema->items ? "array" : NULL;
}

void
mc_schema_clear(McSchema *schema)
{
  g_clear_pointer(&schema->names, g_ptr_array_unref);
  g_clear_pointer(&schema->schemas, g_ptr_array_unref);
  g_clear_pointer(&schema->required, g_hash_table_unref);
}

const cJSON *
mc_schema_property(const McSchema *schema, const char *name)
{
  for (guint i = 0; name && i < schema->names->len; i++)
    if (strcmp(schema->names->pdata[i], name) == 0)
      return schema->schemas->pdata[i];
  return NULL;
}

/* --- words --- */
static gboolean
is_same_word(const char *name, const char *word)
{
  for (;; name++, word++) {
    while (*name == '_' || *name == '-' || *name == '$' || *name == '.')
      name++;
    if (g_ascii_tolower(*name) != *word)
      return FALSE;
    if (!*word)
      return TRUE;
  }
}

gboolean
mc_openapi_is_word(const char *name, const char *const *words)
{
  for (; *words; words++)
    if (is_same_word(name, *words))
      return TRUE;
  return FALSE;
}

const char *
mc_schema_find(const McSchema *schema, const char *const *words)
{
  for (; *words; words++)
    for (guint i = 0; i < schema->names->len; i++)
      if (is_same_word(schema->names->pdata[i], *words))
        return schema->names->pdata[i];
  return NULL;
}

/* --- operations --- */
static const cJSON *
json_content(McOpenapi *d, const cJSON *response)
{
  const cJSON *content;
  cJSON_ArrayForEach (content, mc_json_get(response, "content"))
    if (g_str_has_prefix(content->string, "application/") && strstr(content->string, "json"))
      return mc_json_get(mc_openapi_deref(d, content), "schema");
  return NULL;
}

const cJSON *
mc_openapi_answer(McOpenapi *d, const cJSON *operation, const cJSON **response)
{
  static const char *const statuses[] = {"200", "201", "202", "2XX", "2xx", "204", "default"};
  const cJSON *responses = mc_json_get(operation, "responses");
  for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
    const cJSON *one = mc_openapi_deref(d, mc_json_get(responses, statuses[i]));
    if (!cJSON_IsObject(one))
      continue;
    if (response)
      *response = one;
    return json_content(d, one);
  }
  return NULL;
}

GPtrArray *
mc_openapi_parameters(McOpenapi *d, const cJSON *item, const cJSON *operation)
{
  GPtrArray *all = g_ptr_array_new();
  const cJSON *const lists[] = {mc_json_get(operation, "parameters"), mc_json_get(item, "parameters")};
  const cJSON *one;
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    cJSON_ArrayForEach (one, lists[i]) {
      const cJSON *parameter = mc_openapi_deref(d, one);
      const char *name = mc_json_text(mc_json_get(parameter, "name"));
      if (name && strcmp(name, MC_COMMENT) != 0 && mc_json_text(mc_json_get(parameter, "in")) &&
          all->len < MAX_PROPERTIES)
        g_ptr_array_add(all, (gpointer)parameter);
    }
  return all;
}

/* --- texts --- */
char *
mc_openapi_label(const cJSON *node, const char *name)
{
  static const char *const keys[] = {"title", "summary", "description"};
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
    const cJSON *text = mc_json_get(node, keys[i]);
    if (!cJSON_IsString(text) || !*text->valuestring)
      continue;
    g_autofree char *line = g_strndup(text->valuestring, strcspn(text->valuestring, "\r\n"));
    g_autofree char *clean = g_strstrip(mc_text_clean(line, -1));
    if (*clean)
      return mc_text_ellipsize(clean, MAX_LABEL);
  }
  return mc_text_clean(name, -1);
}

/* "listOpenCases" -> "list-open-cases" */
static char *
plain_name(const char *text)
{
  GString *name = g_string_new(NULL);
  for (; *text && name->len < 48; text++) {
    gboolean upper = g_ascii_isupper(*text);
    if (!g_ascii_isalnum(*text) || (upper && name->len && g_ascii_islower(text[-1])))
      if (name->len && name->str[name->len - 1] != '-')
        g_string_append_c(name, '-');
    if (g_ascii_isalnum(*text))
      g_string_append_c(name, g_ascii_tolower(*text));
  }
  while (name->len && name->str[name->len - 1] == '-')
    g_string_truncate(name, name->len - 1);
  if (!name->len)
    g_string_append(name, "x");
  return g_string_free(name, FALSE);
}

char *
mc_openapi_name(const char *text, const cJSON *object)
{
  g_autofree char *plain = plain_name(text);
  g_autoptr(GString) name = g_string_new(plain);
  for (int i = 2; object && mc_json_get(object, name->str); i++)
    g_string_printf(name, "%s-%d", plain, i);
  return g_strdup(name->str);
}

char *
mc_openapi_pointer(const char *name, ...)
{
  GString *pointer = g_string_new(NULL);
  va_list args;
  va_start(args, name);
  for (; name; name = va_arg(args, const char *)) {
    g_autoptr(GString) one = g_string_new(name);
    g_string_replace(one, "~", "~0", 0);
    g_string_replace(one, "/", "~1", 0);
    g_string_append_printf(pointer, "/%s", one->str);
  }
  va_end(args);
  return g_string_free(pointer, FALSE);
}

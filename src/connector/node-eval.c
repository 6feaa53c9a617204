/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluating typed nodes. NULL is missing; an error is set only where the request must stop. */
#include <string.h>
#include "connector/given.h"
#include "connector/node-kind.h"
#include "connector/value.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

/* --- a name --- */

/* The replacement whose text stands at `p`, the longest of them. */
static const McReplacement *
replacement_at(const GArray *escape, const char *p)
{
  const McReplacement *best = NULL;
  for (guint i = 0; i < escape->len; i++) {
    const McReplacement *r = &g_array_index(escape, McReplacement, i);
    if (g_str_has_prefix(p, r->from) && (!best || strlen(r->from) > strlen(best->from)))
      best = r;
  }
  return best;
}

static cJSON *
escaped(const McNode *node, cJSON *value)
{
  const char *text = mc_json_text(value);
  if (!node->escape || !text)
    return value;
  g_autoptr(GString) out = g_string_new(NULL);
  while (*text) {
    const McReplacement *r = replacement_at(node->escape, text);
    g_string_append(out, r ? r->to : (char[]){*text, '\0'});
    text += r ? strlen(r->from) : 1;
  }
  cJSON_Delete(value);
  return cJSON_CreateString(out->str);
}

/* `now` and others that stand in a scope as a moment: ISO text, or a number of seconds. */
static gboolean
moment_of(const McNode *node, const cJSON *value, gint64 *moment, char **trouble)
{
  gboolean bare;
  if (mc_json_int(value, moment))
    return TRUE;
  return mc_cast_moment(&node->cast, value, moment, &bare, trouble);
}

static cJSON *
converted(const McNode *node, const cJSON *value, const McScope *scope, char **trouble)
{
  gint64 moment;
  if (!node->dated)
    return mc_cast_apply(&node->cast, value, scope, trouble);
  if (!moment_of(node, value, &moment, trouble))
    return NULL;
  return mc_cast_out(&node->cast, moment + node->plus);
}

static gboolean
is_empty_text(const cJSON *value)
{
  return cJSON_IsString(value) && !*value->valuestring;
}

static cJSON *
eval_name(const McNode *node, const McScope *scope, GError **error)
{
  g_autoptr(GError) fault = NULL;
  g_autofree char *trouble = NULL;
  const cJSON *value = mc_scope_get(scope, node->name);
  cJSON *result = NULL;
  if (node->cast.as == MC_AS_BASE64 && mc_given_is(scope, value))
    result = mc_given_mark(value);
  else if (value)
    result = converted(node, value, scope, &trouble);
  else
    result = mc_node_eval(node->otherwise, scope, &fault);
  if (trouble)
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED, "%s: %s", node->name, trouble);
  if (!fault && node->required && (!result || is_empty_text(result)))
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED, _("%s is missing, and nothing can be sent without it"),
                node->name);
  if (!fault)
    return result ? escaped(node, result) : NULL;
  cJSON_Delete(result);
  g_propagate_error(error, g_steal_pointer(&fault));
  return NULL;
}

/* --- containers --- */

static cJSON *
eval_container(const McNode *node, const McScope *scope, GError **error)
{
  gboolean is_array = node->kind == MC_NODE_ARRAY;
  cJSON *result = is_array ? cJSON_CreateArray() : cJSON_CreateObject();
  for (guint i = 0; i < node->parts->len; i++) {
    g_autoptr(GError) fault = NULL;
    cJSON *value = mc_node_eval(node->parts->pdata[i], scope, &fault);
    if (fault) {
      cJSON_Delete(result);
      g_propagate_error(error, g_steal_pointer(&fault));
      return NULL;
    }
    if (value && is_array)
      cJSON_AddItemToArray(result, value);
    else if (value)
      cJSON_AddItemToObject(result, node->keys->pdata[i], value);
  }
  if (result->child)
    return result;
  cJSON_Delete(result);
  return NULL;
}

/* Sets `*value` and returns TRUE, or returns FALSE with the error. */
static gboolean
eval_part(const McNode *node, guint i, const McScope *scope, cJSON **value, GError **error)
{
  g_autoptr(GError) fault = NULL;
  *value = mc_node_eval(node->parts->pdata[i], scope, &fault);
  if (!fault)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&fault));
  return FALSE;
}

static cJSON *
eval_pairs(const McNode *node, const McScope *scope, GError **error)
{
  cJSON *result = cJSON_CreateObject();
  gboolean fine = TRUE;
  for (guint i = 0; fine && i + 1 < node->parts->len; i += 2) {
    cJSON *key = NULL, *value = NULL;
    fine = eval_part(node, i, scope, &key, error) && eval_part(node, i + 1, scope, &value, error);
    const char *name = mc_json_text(key);
    if (key && !name) {
      g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("a computed key is not a text"));
      fine = FALSE;
    }
    if (fine && name && value) {
      cJSON_DeleteItemFromObjectCaseSensitive(result, name);
      cJSON_AddItemToObject(result, name, g_steal_pointer(&value));
    }
    cJSON_Delete(key);
    cJSON_Delete(value);
  }
  if (fine && result->child)
    return result;
  cJSON_Delete(result);
  return NULL;
}

/* --- texts --- */

static cJSON *
eval_join(const McNode *node, const McScope *scope, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);
  gboolean first = TRUE;
  for (guint i = 0; i < node->parts->len; i++) {
    const McNode *part = node->parts->pdata[i];
    cJSON *value;
    if (!eval_part(node, i, scope, &value, error))
      return NULL;
    if (!value && part->kind == MC_NODE_JOIN)
      continue;
    const char *text = mc_json_text(value);
    if (text) {
      g_string_append(out, first || !node->with ? "" : node->with);
      g_string_append(out, text);
      first = FALSE;
    } else if (value && !cJSON_IsNull(value)) {
      g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is not a text and cannot be joined"),
                  part->name ? part->name : _("a part"));
    }
    cJSON_Delete(value);
    if (!text)
      return NULL;
  }
  return cJSON_CreateString(out->str);
}

static cJSON *
eval_json(const McNode *node, const McScope *scope, GError **error)
{
  cJSON *value = mc_node_eval(node->inner, scope, error);
  if (!value)
    return NULL;
  g_autofree char *text = mc_json_print(value);
  cJSON_Delete(value);
  return cJSON_CreateString(text);
}

static cJSON *
eval_edit(const McNode *node, const McScope *scope, GError **error)
{
  cJSON *result = mc_node_eval(node->inner, scope, error);
  for (guint i = 0; result && i < node->removed->len; i++)
    mc_path_put(node->removed->pdata[i], &result, NULL);
  for (guint i = 0; result && i < node->parts->len; i++) {
    const McPath *path = node->paths->pdata[i];
    cJSON *value;
    gboolean fine = eval_part(node, i, scope, &value, error);
    if (fine && value && !mc_path_put(path, &result, value)) {
      g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("nothing can be set at %s of what is being changed"),
                  mc_path_text(path));
      fine = FALSE;
    }
    if (!fine)
      g_clear_pointer(&result, cJSON_Delete);
  }
  return result;
}

cJSON *
mc_node_eval(const McNode *node, const McScope *scope, GError **error)
{
  if (!node)
    return NULL;
  switch (node->kind) {
  case MC_NODE_CONST:
    return mc_value_copy(node->constant);
  case MC_NODE_ARRAY:
  case MC_NODE_OBJECT:
    return eval_container(node, scope, error);
  case MC_NODE_NAME:
    return eval_name(node, scope, error);
  case MC_NODE_JOIN:
    return eval_join(node, scope, error);
  case MC_NODE_JSON:
    return eval_json(node, scope, error);
  case MC_NODE_PAIRS:
    return eval_pairs(node, scope, error);
  case MC_NODE_EDIT:
    return eval_edit(node, scope, error);
  }
  return NULL;
}

const cJSON *
mc_node_constant(const McNode *node)
{
  return node && node->kind == MC_NODE_CONST ? node->constant : NULL;
}

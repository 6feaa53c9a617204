/* SPDX-License-Identifier: Apache-2.0 */
/* Paths (path.h): segments and how they are followed. The text of a path is read in path-text.c. */
#include <string.h>
#include "connector/path-segment.h"
#include "connector/value.h"

static void
segment_free(gpointer data)
{
  McSegment *segment = data;
  g_free(segment->name);
  mc_node_free(segment->node);
  mc_path_free(segment->inner);
  cJSON_Delete(segment->value);
  g_free(segment);
}

McPath *
mc_path_new(const char *text)
{
  McPath *path = g_new0(McPath, 1);
  path->text = g_strdup(text);
  path->segments = g_ptr_array_new_with_free_func(segment_free);
  return path;
}

McSegment *
mc_path_add(McPath *path, McSegmentKind kind)
{
  McSegment *segment = g_new0(McSegment, 1);
  segment->kind = kind;
  g_ptr_array_add(path->segments, segment);
  path->many = path->many || kind >= MC_SEGMENT_ALL;
  return segment;
}

void
mc_path_add_name(McPath *path, char *name)
{
  McSegment *segment = mc_path_add(path, MC_SEGMENT_NAME);
  gint64 index;
  segment->name = name;
  gboolean canonical = strcmp(name, "0") == 0 || (*name >= '1' && *name <= '9');
  segment->index = canonical && mc_text_int(name, &index) && index <= G_MAXINT ? (int)index : -1;
}

void
mc_path_free(McPath *path)
{
  if (!path)
    return;
  g_free(path->text);
  g_ptr_array_unref(path->segments);
  g_free(path);
}

const char *
mc_path_text(const McPath *path)
{
  return path->text;
}

gboolean
mc_path_is_many(const McPath *path)
{
  return path->many;
}

const char *
mc_path_member(const McPath *path)
{
  const McSegment *first = path->segments->len ? path->segments->pdata[0] : NULL;
  return first && (first->kind == MC_SEGMENT_NAME || first->kind == MC_SEGMENT_MEMBER) ? first->name : NULL;
}

void
mc_path_names(const McPath *path, McNameVisitor visit, gpointer data)
{
  for (guint i = 0; path && i < path->segments->len; i++)
    mc_node_names(((const McSegment *)path->segments->pdata[i])->node, visit, data);
}

/* --- following --- */

static const cJSON *
element(const cJSON *array, int index)
{
  if (!cJSON_IsArray(array))
    return mc_value_is_element(array) && (index == 0 || index == -1) ? array : NULL;
  if (index < 0)
    index += cJSON_GetArraySize(array);
  return index < 0 ? NULL : cJSON_GetArrayItem(array, index);
}

static const cJSON *
by_name(const cJSON *value, const char *name, int index, gint *place)
{
  if ((value->type & 0xff) == cJSON_Array)
    return index >= 0 ? element(value, index) : NULL;
  const cJSON *member = mc_json_get_again(value, name, place);
  return member || index != 0 ? member : element(value, 0);
}

static const cJSON *
by_node(const cJSON *value, const McNode *node, const McScope *scope)
{
  cJSON *key = mc_node_eval(node, scope, NULL);
  const char *text = mc_json_text(key);
  gint64 index;
  gint place = 0;
  const cJSON *found = NULL;
  if (text)
    found = by_name(value, text,
                    mc_text_int(text, &index) && index >= 0 && index <= G_MAXINT ? (int)index : -1, &place);
  cJSON_Delete(key);
  return found;
}

/* The one value that a single segment leads to. */
static const cJSON *
step(McSegment *segment, const cJSON *value, const McScope *scope)
{
  switch (segment->kind) {
  case MC_SEGMENT_NAME:
    return by_name(value, segment->name, segment->index, &segment->place);
  case MC_SEGMENT_INDEX:
    return element(value, segment->index);
  case MC_SEGMENT_MEMBER:
    return mc_json_get_again(value, segment->name, &segment->place);
  case MC_SEGMENT_NODE:
    return by_node(value, segment->node, scope);
  default:
    return NULL;
  }
}

static gboolean
filter_takes(const McSegment *segment, const cJSON *value)
{
  const cJSON *found = mc_path_first(segment->inner, value, NULL);
  return found && mc_json_equal(found, segment->value);
}

typedef struct {
  const McPath *path;
  const McScope *scope;
  gboolean (*visit)(const cJSON *match, gpointer data);
  gpointer data;
} Walk;

/* FALSE: the visitor has had enough. No deeper than the path has segments. */
static gboolean
walk(const Walk *w, guint i, const cJSON *value)
{
  for (; value && i < w->path->segments->len; i++) {
    McSegment *segment = w->path->segments->pdata[i];
    if (segment->kind < MC_SEGMENT_ALL) {
      value = step(segment, value, w->scope);
      continue;
    }
    if (mc_value_is_element(value) && segment->kind != MC_SEGMENT_MEMBERS) { /* a list of one */
      if (segment->kind == MC_SEGMENT_FILTER && !filter_takes(segment, value))
        return TRUE;
      continue;
    }
    if (!cJSON_IsArray(value) && !cJSON_IsObject(value))
      return TRUE;
    for (const cJSON *child = value->child; child; child = child->next)
      if (segment->kind != MC_SEGMENT_FILTER || filter_takes(segment, child))
        if (!walk(w, i + 1, child))
          return FALSE;
    return TRUE;
  }
  return value ? w->visit(value, w->data) : TRUE;
}

void
mc_path_each(const McPath *path, const cJSON *root, const McScope *scope,
             gboolean (*visit)(const cJSON *match, gpointer data), gpointer data)
{
  Walk w = {path, scope, visit, data};
  walk(&w, 0, root);
}

static gboolean
keep_first(const cJSON *match, gpointer data)
{
  *(const cJSON **)data = match;
  return FALSE;
}

const cJSON *
mc_path_first(const McPath *path, const cJSON *root, const McScope *scope)
{
  const cJSON *found = NULL;
  if (!path->many) {
    for (guint i = 0; root && i < path->segments->len; i++)
      root = step(path->segments->pdata[i], root, scope);
    return root;
  }
  mc_path_each(path, root, scope, keep_first, &found);
  return found;
}

gboolean
mc_path_has_holder(const McPath *path, const cJSON *root, const McScope *scope)
{
  guint n = path->segments->len;
  for (guint i = 0; root && i + 1 < n; i++)
    root = step(path->segments->pdata[i], root, scope);
  return n > 0 && !path->many && mc_value_is_element(root);
}

/* --- changing --- */

/* The member or element of that segment; a missing member is made (an object) when asked for. */
static cJSON *
step_into(McSegment *segment, cJSON *value, gboolean make)
{
  cJSON *found = (cJSON *)step(segment, value, NULL);
  if (found || !make || !cJSON_IsObject(value))
    return found;
  found = cJSON_CreateObject();
  cJSON_AddItemToObject(value, segment->name, found);
  return found;
}

static gboolean
put_here(McSegment *segment, cJSON *parent, cJSON *value)
{
  cJSON *old = (cJSON *)step(segment, parent, NULL);
  if (!value) {
    if (old)
      cJSON_Delete(cJSON_DetachItemViaPointer(parent, old));
    return TRUE;
  }
  if (cJSON_IsObject(parent))
    return old ? cJSON_ReplaceItemInObjectCaseSensitive(parent, segment->name, value)
               : cJSON_AddItemToObject(parent, segment->name, value);
  if (old)
    return cJSON_ReplaceItemViaPointer(parent, old, value);
  if (cJSON_IsArray(parent) &&
      (strcmp(segment->name, "-") == 0 || segment->index == cJSON_GetArraySize(parent)))
    return cJSON_AddItemToArray(parent, value);
  cJSON_Delete(value);
  return FALSE;
}

gboolean
mc_path_put(const McPath *path, cJSON **root, cJSON *value)
{
  guint n = path->segments->len;
  if (n == 0) {
    cJSON_Delete(*root);
    *root = value;
    return TRUE;
  }
  cJSON *parent = *root;
  for (guint i = 0; parent && i + 1 < n; i++)
    parent = step_into(path->segments->pdata[i], parent, value != NULL);
  if (parent)
    return put_here(path->segments->pdata[n - 1], parent, value);
  gboolean removing = value == NULL;
  cJSON_Delete(value);
  return removing;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling typed nodes (connectors.md rule 1). What holds no name is folded into one constant. */
#include <string.h>
#include "connector/node-kind.h"
#include "connector/value.h"
#include "motcua/clock.h"
#include "motcua/i18n.h"

static void
replacement_clear(gpointer data)
{
  McReplacement *r = data;
  g_free(r->from);
  g_free(r->to);
}

static void
node_free(gpointer node)
{
  mc_node_free(node);
}

static void
path_free(gpointer path)
{
  mc_path_free(path);
}

void
mc_node_free(McNode *node)
{
  if (!node)
    return;
  cJSON_Delete(node->constant);
  g_clear_pointer(&node->parts, g_ptr_array_unref);
  g_clear_pointer(&node->keys, g_ptr_array_unref);
  g_free(node->with);
  mc_node_free(node->inner);
  g_clear_pointer(&node->paths, g_ptr_array_unref);
  g_clear_pointer(&node->removed, g_ptr_array_unref);
  g_free(node->name);
  mc_cast_clear(&node->cast);
  mc_node_free(node->otherwise);
  g_clear_pointer(&node->escape, g_array_unref);
  g_free(node);
}

static McNode *
new_node(McNodeKind kind)
{
  McNode *node = g_new0(McNode, 1);
  node->kind = kind;
  node->cast.as = MC_AS_NONE;
  node->parts = g_ptr_array_new_with_free_func(node_free);
  return node;
}

static McNode *
new_constant(const cJSON *value)
{
  McNode *node = new_node(MC_NODE_CONST);
  node->constant = mc_value_copy(value);
  return node;
}

/* --- {"$": NAME} --- */

static void
compile_escape(McCompiler *c, const cJSON *object, McNode *node)
{
  const cJSON *escape = mc_json_get(object, "escape"), *member;
  if (!escape)
    return;
  if (!cJSON_IsObject(escape)) {
    mc_compile_expected(c, escape, _("an object of replacements"));
    return;
  }
  node->escape = g_array_new(FALSE, FALSE, sizeof(McReplacement));
  g_array_set_clear_func(node->escape, replacement_clear);
  cJSON_ArrayForEach (member, escape) {
    if (!cJSON_IsString(member) || !*member->string) {
      mc_compile_expected(c, member, _("a text that replaces a text"));
      continue;
    }
    McReplacement r = {g_strdup(member->string), g_strdup(member->valuestring)};
    g_array_append_val(node->escape, r);
  }
}

static void
compile_plus(McCompiler *c, const cJSON *object, McNode *node)
{
  const char *plus = mc_compile_string(c, object, "plus");
  if (!plus)
    return;
  const cJSON *member = mc_json_get(object, "plus");
  if (strcmp(node->name, "now") != 0)
    mc_compile_fault(c, member, TRUE, _("\"plus\" is for \"now\" alone"));
  if (!mc_duration_parse(plus, &node->plus))
    mc_compile_fault(c, member, FALSE,
                     _("\"%s\" is not a duration, expected one such as \"P1D\" or \"-PT2H\""), plus);
}

static McNode *
compile_name(McCompiler *c, const cJSON *object)
{
  static const char *const keys[] = {"$", "as", "else", "out", "tz", "required", "escape", "plus", NULL};
  McNode *node = new_node(MC_NODE_NAME);
  const char *name = mc_compile_string(c, object, "$");
  mc_compile_keys(c, object, keys);
  node->name = g_strdup(name ? name : "");
  if (name)
    mc_compile_name(c, mc_json_get(object, "$"), name);
  mc_cast_compile(c, object, MC_CAST_IN_NODE, &node->cast);
  node->dated = mc_json_get(object, "out") || mc_json_get(object, "tz") || mc_json_get(object, "plus") ||
                node->cast.as == MC_AS_DATE || node->cast.as == MC_AS_DATETIME;
  if (node->dated && node->cast.as < MC_AS_NONE && node->cast.as != MC_AS_DATE &&
      node->cast.as != MC_AS_DATETIME)
    mc_compile_fault(c, mc_json_get(object, "as"), FALSE,
                     _("\"out\", \"tz\" and \"plus\" are for dates, expected \"datetime\" or \"date\""));
  node->required = mc_compile_boolean(c, object, "required");
  node->otherwise = mc_node_compile(c, mc_json_get(object, "else"));
  compile_escape(c, object, node);
  compile_plus(c, object, node);
  return node;
}

/* --- the other operators --- */

static void
compile_parts(McCompiler *c, const cJSON *array, McNode *node)
{
  const cJSON *item;
  cJSON_ArrayForEach (item, array)
    g_ptr_array_add(node->parts, mc_node_compile(c, item));
}

static gboolean
is_array(McCompiler *c, const cJSON *node, const char *expected)
{
  if (cJSON_IsArray(node))
    return TRUE;
  mc_compile_expected(c, node, expected);
  return FALSE;
}

/* Whether text of a person or a server goes in raw: not cast to what can hold no quote. */
static gboolean
is_foreign(const McNode *part)
{
  static const char *const roots[] = {"config.", "input.", "item."};
  if (!part || part->kind != MC_NODE_NAME || part->escape)
    return FALSE;
  if (part->dated || (part->cast.as >= MC_AS_INTEGER && part->cast.as <= MC_AS_BASE64))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(roots); i++)
    if (g_str_has_prefix(part->name, roots[i]))
      return TRUE;
  return FALSE;
}

/* A part between quotes or brackets is text of another language (a query, a filter, markup). */
static void
check_join(McCompiler *c, const cJSON *array, const McNode *node)
{
  gboolean quoted = FALSE;
  for (guint i = 0; i < node->parts->len; i++) {
    const McNode *part = node->parts->pdata[i];
    const char *text = part ? mc_json_text(part->constant) : NULL;
    quoted = quoted || (text && strpbrk(text, "'\"<`"));
  }
  for (guint i = 0; quoted && i < node->parts->len; i++) {
    const McNode *part = node->parts->pdata[i];
    if (is_foreign(part))
      mc_compile_fault(
          c, cJSON_GetArrayItem(array, (int)i), FALSE,
          _("\"%s\" goes between quotes of another language: expected \"escape\", such as {\"'\": \"''\"}"),
          part->name);
  }
}

static McNode *
compile_join(McCompiler *c, const cJSON *object)
{
  static const char *const keys[] = {"$join", "with", NULL};
  McNode *node = new_node(MC_NODE_JOIN);
  const cJSON *array = mc_json_get(object, "$join");
  mc_compile_keys(c, object, keys);
  node->with = g_strdup(mc_compile_string(c, object, "with"));
  if (is_array(c, array, _("an array of parts"))) {
    compile_parts(c, array, node);
    check_join(c, array, node);
  }
  return node;
}

static McNode *
compile_json(McCompiler *c, const cJSON *object)
{
  static const char *const keys[] = {"$json", NULL};
  McNode *node = new_node(MC_NODE_JSON);
  mc_compile_keys(c, object, keys);
  node->inner = mc_node_compile(c, mc_json_get(object, "$json"));
  return node;
}

static McNode *
compile_pairs(McCompiler *c, const cJSON *object)
{
  static const char *const keys[] = {"$pairs", NULL};
  McNode *node = new_node(MC_NODE_PAIRS);
  const cJSON *array = mc_json_get(object, "$pairs"), *pair;
  mc_compile_keys(c, object, keys);
  if (is_array(c, array, _("an array of [key, value]")))
    cJSON_ArrayForEach (pair, array) {
      if (cJSON_GetArraySize(pair) == 2 && cJSON_IsArray(pair))
        compile_parts(c, pair, node);
      else
        mc_compile_expected(c, pair, _("[key, value]"));
    }
  return node;
}

static void
add_path(McCompiler *c, const cJSON *at, const char *pointer, GPtrArray *paths)
{
  McPath *path = mc_path_compile_pointer(c, at, pointer);
  if (path)
    g_ptr_array_add(paths, path);
}

static McNode *
compile_edit(McCompiler *c, const cJSON *object)
{
  static const char *const keys[] = {"$edit", "set", "remove", NULL};
  McNode *node = new_node(MC_NODE_EDIT);
  const cJSON *set = mc_json_get(object, "set"), *removed = mc_json_get(object, "remove"), *item;
  mc_compile_keys(c, object, keys);
  node->inner = mc_node_compile(c, mc_json_get(object, "$edit"));
  node->paths = g_ptr_array_new_with_free_func(path_free);
  node->removed = g_ptr_array_new_with_free_func(path_free);
  if (set && !cJSON_IsObject(set))
    mc_compile_expected(c, set, _("an object of pointers and values"));
  else
    cJSON_ArrayForEach (item, set) {
      add_path(c, item, item->string, node->paths);
      g_ptr_array_add(node->parts, mc_node_compile(c, item));
    }
  if (removed && is_array(c, removed, _("an array of pointers")))
    cJSON_ArrayForEach (item, removed) {
      if (cJSON_IsString(item))
        add_path(c, item, item->valuestring, node->removed);
      else
        mc_compile_expected(c, item, _("a pointer"));
    }
  return node;
}

static McNode *
compile_const(McCompiler *c, const cJSON *object)
{
  static const char *const keys[] = {"$const", NULL};
  mc_compile_keys(c, object, keys);
  return new_constant(mc_json_get(object, "$const"));
}

/* --- literals --- */

static McNode *
compile_container(McCompiler *c, const cJSON *source)
{
  McNode *node = new_node(cJSON_IsArray(source) ? MC_NODE_ARRAY : MC_NODE_OBJECT);
  const cJSON *item;
  gboolean constant = TRUE;
  node->keys = g_ptr_array_new_with_free_func(g_free);
  cJSON_ArrayForEach (item, source) {
    McNode *part = mc_node_compile(c, item);
    constant = constant && part && part->kind == MC_NODE_CONST && !mc_json_get(item, "$const");
    g_ptr_array_add(node->parts, part);
    g_ptr_array_add(node->keys, g_strdup(item->string));
  }
  if (!constant)
    return node;
  mc_node_free(node);
  return new_constant(source);
}

static const struct {
  const char *key;
  McNode *(*compile)(McCompiler *c, const cJSON *object);
} operators[] = {
    {"$", compile_name},       {"$join", compile_join}, {"$json", compile_json},
    {"$pairs", compile_pairs}, {"$edit", compile_edit}, {"$const", compile_const},
};

static McNode *
compile_object(McCompiler *c, const cJSON *source)
{
  int found = -1, count = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(operators); i++)
    if (mc_json_get(source, operators[i].key)) {
      found = (int)i;
      count++;
    }
  if (count == 1)
    return operators[found].compile(c, source);
  if (count > 1)
    mc_compile_warning(
        c, source, FALSE,
        _("holds two operators and is therefore taken as it stands, as {\"$const\": ...} would be"));
  return compile_container(c, source);
}

McNode *
mc_node_compile(McCompiler *c, const cJSON *source)
{
  if (!source)
    return NULL;
  guint faults = mc_compile_fault_count(c);
  McNode *node;
  if (cJSON_IsObject(source))
    node = compile_object(c, source);
  else
    node = cJSON_IsArray(source) ? compile_container(c, source) : new_constant(source);
  if (mc_compile_fault_count(c) == faults)
    return node;
  mc_node_free(node);
  return NULL;
}

/* --- names --- */

void
mc_node_names(const McNode *node, McNameVisitor visit, gpointer data)
{
  if (!node)
    return;
  if (node->kind == MC_NODE_NAME)
    visit(node->name, data);
  for (guint i = 0; i < node->parts->len; i++)
    mc_node_names(node->parts->pdata[i], visit, data);
  mc_node_names(node->inner, visit, data);
  mc_node_names(node->otherwise, visit, data);
}

static void
note_name(G_GNUC_UNUSED const char *name, gpointer data)
{
  *(gboolean *)data = TRUE;
}

gboolean
mc_node_has_names(const McNode *node)
{
  gboolean any = FALSE;
  mc_node_names(node, note_name, &any);
  return any;
}

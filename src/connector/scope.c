/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes: what names mean while an expression is evaluated. A scope lies over its parent, so that what lasts
 * (config, session) is set once and what changes (page.number) in a small one on top. */
#include <string.h>
#include "connector/expr.h"

#define NAME_MAX_BYTES 256

struct McScope {
  const McScope *parent;
  GHashTable *roots;
};

static void
value_free(gpointer value)
{
  cJSON_Delete(value);
}

McScope *
mc_scope_new(const McScope *parent)
{
  McScope *scope = g_new0(McScope, 1);
  scope->parent = parent;
  scope->roots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
  return scope;
}

void
mc_scope_free(McScope *scope)
{
  if (!scope)
    return;
  g_hash_table_unref(scope->roots);
  g_free(scope);
}

void
mc_scope_take(McScope *scope, const char *root, cJSON *value)
{
  if (value)
    g_hash_table_replace(scope->roots, g_strdup(root), value);
  else
    g_hash_table_remove(scope->roots, root);
}

static const cJSON *
find_root(const McScope *scope, const char *root)
{
  const cJSON *value = NULL;
  for (; scope && !value; scope = scope->parent)
    value = g_hash_table_lookup(scope->roots, root);
  return value;
}

/* "a.b" of an object: its member a, then b. Cuts `members` up. */
static const cJSON *
find_member(const cJSON *value, char *members)
{
  while (value && members) {
    char *rest = strchr(members, '.');
    if (rest)
      *rest++ = '\0';
    value = mc_json_get(value, members);
    members = rest;
  }
  return value;
}

const cJSON *
mc_scope_get(const McScope *scope, const char *name)
{
  char root[NAME_MAX_BYTES];
  gsize len = g_strlcpy(root, name, sizeof root);
  if (!scope || len >= sizeof root)
    return NULL;
  char *members = NULL;
  for (;;) {
    const cJSON *value = find_root(scope, root);
    if (value) {
      value = members ? find_member(value, members) : value;
      return cJSON_IsNull(value) ? NULL : value;
    }
    char *dot = strrchr(root, '.');
    if (!dot)
      return NULL;
    if (members)
      members[-1] = '.';
    *dot = '\0';
    members = dot + 1;
  }
}

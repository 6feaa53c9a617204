/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of expressions share: compile a text, evaluate it, and see the result as text. */
#ifndef TESTS_UNIT_CONNECTOR_H
#define TESTS_UNIT_CONNECTOR_H

#include <string.h>
#include "unit.h"
#include "connector/expr.h"
#include "motcua/error.h"

typedef struct {
  McJson *json;
  GPtrArray *faults;
  McCompiler compiler;
} Source;

static inline void
fault_free(gpointer fault)
{
  mc_fault_free(fault);
}

static inline Source
source_new(const char *text)
{
  g_autoptr(GError) error = NULL;
  Source s = {.json = mc_json_parse("c", text, strlen(text), MC_JSON_COMMENTS | MC_JSON_POSITIONS, &error)};
  if (error)
    fail_msg("%s", error->message);
  s.faults = g_ptr_array_new_with_free_func(fault_free);
  s.compiler = (McCompiler){.json = s.json, .faults = s.faults};
  return s;
}

static inline const cJSON *
source_root(const Source *s)
{
  return mc_json_root(s->json);
}

/* All faults, one a line, and the end of the source. New string. */
static inline char *
source_end(Source *s)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < s->faults->len; i++) {
    g_autofree char *line = mc_fault_format(s->faults->pdata[i]);
    g_string_append_printf(out, "%s%s", i ? "\n" : "", line);
  }
  g_ptr_array_unref(s->faults);
  mc_json_free(s->json);
  return g_string_free(out, FALSE);
}

/* Warnings are none. */
static inline void
source_end_without_fault(Source *s)
{
  for (guint i = s->faults->len; i-- > 0;)
    if (((McFault *)s->faults->pdata[i])->warning)
      g_ptr_array_remove_index(s->faults, i);
  g_autofree char *faults = source_end(s);
  assert_string_equal(faults, "");
}

/* A tree of its own. */
static inline cJSON *
tree(const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McJson) json = mc_json_parse("r", text, strlen(text), MC_JSON_STRICT, &error);
  if (error)
    fail_msg("%s in %s", error->message, text);
  return cJSON_Duplicate(mc_json_root(json), TRUE);
}

/* Roots from the members of an object. */
static inline McScope *
scope_of(const char *text)
{
  McScope *scope = mc_scope_new(NULL);
  cJSON *all = tree(text);
  for (const cJSON *member = all->child; member; member = member->next)
    mc_scope_take(scope, member->string, cJSON_Duplicate(member, TRUE));
  cJSON_Delete(all);
  return scope;
}

/* Printed and freed; "-" for missing. */
static inline char *
printed(cJSON *value)
{
  char *text = value ? mc_json_print(value) : g_strdup("-");
  cJSON_Delete(value);
  return text;
}

/* One row of a table: 0, or 1 after saying what differs, so that one run shows every wrong row. Frees `made`.
 */
static inline int
row_differs(const char *input, char *made, const char *expected)
{
  int differs = g_strcmp0(made, expected) != 0;
  if (differs)
    print_error("%s\n  gives    %s\n  expected %s\n", input, made ? made : "NULL", expected);
  g_free(made);
  return differs;
}

#endif

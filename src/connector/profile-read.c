/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a connector file: its faults of syntax, then those of what could be read. */
#include <stdio.h>
#include <string.h>

#include "connector/plan.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

static void
add_plain_fault(GPtrArray *faults, const char *name, const GError *error)
{
  McFault *fault = g_new0(McFault, 1);
  const char *text = error->message;
  fault->file = g_strdup(name);
  fault->pointer = g_strdup("");
  if (g_str_has_prefix(text, name)) { /* "NAME:LINE:COL: what" as the reader says it */
    int used = 0;
    if (sscanf(text + strlen(name), ":%d:%d: %n", &fault->line, &fault->column, &used) == 2 && used > 0)
      text += strlen(name) + used;
  }
  fault->message = g_strdup(text);
  g_ptr_array_add(faults, fault);
}

static gboolean
has_errors(const GPtrArray *faults)
{
  for (guint i = 0; i < faults->len; i++)
    if (!((McFault *)faults->pdata[i])->warning)
      return TRUE;
  return FALSE;
}

typedef struct {
  const char *name;
  GPtrArray *faults;
} Reading;

static void
add_syntax_fault(int line, int column, const char *pointer, const char *message, gpointer data)
{
  const Reading *reading = data;
  McFault *fault = g_new0(McFault, 1);
  fault->file = g_strdup(reading->name);
  fault->pointer = mc_text_clean(pointer, -1);
  fault->message = mc_text_clean(message, -1);
  fault->line = line;
  fault->column = column;
  g_ptr_array_add(reading->faults, fault);
}

static int
by_place(gconstpointer a, gconstpointer b)
{
  const McFault *x = *(McFault *const *)a, *y = *(McFault *const *)b;
  return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* Of a file that is no JSON: what was read is judged too, and only that. */
static void
drop_moot(GPtrArray *faults)
{
  for (guint i = faults->len; i-- > 0;)
    if (((McFault *)faults->pdata[i])->moot)
      g_ptr_array_remove_index(faults, i);
}

/* Whether `fault` says nothing beside an `other`. */
static gboolean
is_said_by(const McFault *fault, const McFault *other)
{
  return fault != other && fault->line == other->line && fault->column == other->column &&
         g_str_equal(fault->pointer, other->pointer) &&
         (other->whole || g_str_equal(fault->message, other->message));
}

/* In the order of the file, each said once: a part may be compiled for two uses. */
static void
set_in_order(GPtrArray *faults)
{
  g_ptr_array_sort(faults, by_place);
  for (guint i = faults->len; i-- > 0;) {
    gboolean said = FALSE;
    for (guint k = i > 4 ? i - 4 : 0; !said && k < MIN(i + 4, faults->len); k++)
      said = is_said_by(faults->pdata[i], faults->pdata[k]);
    if (said)
      g_ptr_array_remove_index(faults, i);
  }
}

McProfile *
mc_profile_parse(const char *name, const char *text, gsize len, GPtrArray *faults)
{
  guint before = faults->len;
  if (len > MC_PROFILE_MAX) {
    g_autoptr(GError) error =
        g_error_new(MC_ERROR, MC_ERROR_CONFIG, _("a connector may have at most %d bytes"), MC_PROFILE_MAX);
    add_plain_fault(faults, name, error);
    return NULL;
  }
  Reading reading = {name, faults};
  McJson *json = mc_json_parse_on(name, text, len, add_syntax_fault, &reading);
  if (!json)
    return NULL;
  gboolean broken = faults->len > before;
  McBuild b = {.profile = mc_profile_new(json)};
  b.c.json = json;
  b.c.faults = faults;
  b.kept = g_ptr_array_new_with_free_func(g_free);
  mc_profile_compile(&b, mc_json_root(json));
  g_ptr_array_unref(b.kept);
  if (broken)
    drop_moot(faults);
  set_in_order(faults);
  if (!has_errors(faults))
    return b.profile;
  mc_profile_unref(b.profile);
  return NULL;
}

McProfile *
mc_profile_load(const char *path, GPtrArray *faults)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  gsize len = 0;
  if (!g_file_get_contents(path, &text, &len, &error)) {
    add_plain_fault(faults, path, error);
    return NULL;
  }
  return mc_profile_parse(path, text, len, faults);
}

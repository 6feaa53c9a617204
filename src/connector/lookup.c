/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a lookup for the choices of a form. */
#include <string.h>

#include "connector/run.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_CHOICES 1000

typedef struct {
  McExchange base;
  const McLookup *lookup;
  GPtrArray *choices;
  gboolean done;
} Lookup;

static McStep
lookup_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  Lookup *l = (Lookup *)x;
  (void)now, (void)wait_until;
  if (l->done)
    return MC_STEP_DONE;
  *request = mc_exchange_request(x, l->lookup->request, error);
  return *request ? MC_STEP_SEND : MC_STEP_FAILED;
}

static void
add_choice(Lookup *l, const cJSON *record)
{
  g_autofree char *value = mc_reader_text(l->lookup->value, record, l->base.scope);
  g_autofree char *title = l->lookup->title ? mc_reader_text(l->lookup->title, record, l->base.scope) : NULL;
  if (!value || !*value)
    return;
  McChoice *choice = g_new0(McChoice, 1);
  choice->title = mc_text_clean(title && *title ? title : value, -1);
  choice->value = g_steal_pointer(&value);
  g_ptr_array_add(l->choices, choice);
}

static void
lookup_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Lookup *l = (Lookup *)x;
  cJSON *owned = NULL;
  (void)now;
  if (!mc_exchange_usable(x))
    return;
  g_autoptr(GPtrArray) records =
      mc_exchange_records(l->lookup->records, answer->root, x->scope, TRUE, &owned);
  for (guint i = 0; i < records->len && i < MAX_CHOICES; i++)
    add_choice(l, records->pdata[i]);
  cJSON_Delete(owned);
  l->done = TRUE;
}

static void
lookup_clear(McExchange *x)
{
  g_ptr_array_unref(((Lookup *)x)->choices);
}

static const McExchangeKind lookup_kind = {
    .name = "lookup", .next = lookup_next, .fed = lookup_fed, .clear = lookup_clear};

static gboolean
check_known(const McLookup *lookup, GHashTable *inputs, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, inputs);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    gboolean known = lookup->inputs->len == 0 && g_str_equal(key, "q");
    for (guint i = 0; i < lookup->inputs->len; i++)
      known |= g_str_equal(((McInputPlan *)lookup->inputs->pdata[i])->input->name, key);
    if (known)
      continue;
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("lookup '%s' has no input '%s'"), lookup->name,
                (char *)key);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_inputs(const McLookup *lookup, GHashTable *inputs, GError **error)
{
  gboolean ok = !inputs || check_known(lookup, inputs, error);
  for (guint i = 0; ok && i < lookup->inputs->len; i++) {
    McInput *input = mc_input_plan_show(lookup->inputs->pdata[i]);
    ok = mc_input_check(input, inputs ? g_hash_table_lookup(inputs, input->name) : NULL, error);
    mc_input_free(input);
  }
  return ok;
}

static cJSON *
input_names(GHashTable *inputs)
{
  cJSON *names = cJSON_CreateObject();
  GHashTableIter iter;
  gpointer key, value;
  if (inputs)
    g_hash_table_iter_init(&iter, inputs);
  while (inputs && g_hash_table_iter_next(&iter, &key, &value))
    if (*(char *)value)
      cJSON_AddStringToObject(names, key, value);
  return names;
}

McExchange *
mc_lookup_new(McBinding *binding, const char *name, GHashTable *inputs, GError **error)
{
  const McLookup *lookup = mc_profile_lookup(binding->profile, name);
  if (!lookup) {
    g_autofree char *list = mc_shape_list(mc_profile_lookups(binding->profile));
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("%s has no lookup '%s'; it has %s"), binding->system,
                name, *list ? list : _("none"));
    return NULL;
  }
  if (!check_inputs(lookup, inputs, error))
    return NULL;
  Lookup *l = mc_exchange_new(&lookup_kind, sizeof *l, binding);
  l->lookup = lookup;
  l->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  mc_scope_take(l->base.scope, "input", input_names(inputs));
  return &l->base;
}

GPtrArray *
mc_lookup_take_choices(McExchange *x)
{
  Lookup *l = (Lookup *)x;
  GPtrArray *choices = l->choices;
  l->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  return choices;
}

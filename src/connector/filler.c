/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups as a person meets them: what they ask for, and which of them fill a form. */
#include "connector/plan.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

const McLookup *
mc_binding_lookup(const McBinding *binding, const char *name, GError **error)
{
  const McLookup *lookup = mc_profile_lookup(binding->profile, name);
  if (lookup)
    return lookup;
  const char *const *names = mc_profile_lookups(binding->profile);
  g_autofree char *list = mc_shape_list(names);
  g_autofree char *near = mc_shape_near(name, names);
  g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("%s has no lookup \"%s\"; it has %s%s"), binding->system,
              name, *list ? list : _("none"), near);
  return NULL;
}

McLookupInfo *
mc_lookup_info(const McBinding *binding, const char *name, GError **error)
{
  const McLookup *lookup = mc_binding_lookup(binding, name, error);
  if (!lookup)
    return NULL;
  const char *label = mc_label_text(lookup->label);
  McLookupInfo *info = g_new0(McLookupInfo, 1);
  info->system = g_strdup(binding->system);
  info->name = g_strdup(name);
  info->label = g_strdup(label ? label : name);
  info->record = lookup->values != NULL;
  info->inputs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_input_free);
  for (guint i = 0; i < lookup->inputs->len; i++) {
    McInputPlan *plan = lookup->inputs->pdata[i];
    McInput *input = mc_input_plan_show(plan);
    if (!plan->label && lookup->has_purpose && i + 1 == lookup->inputs->len) {
      g_free(input->label);
      input->label = g_strdup(_("Reason"));
    }
    g_ptr_array_add(info->inputs, input);
  }
  return info;
}

char *
mc_lookup_inputs_text(const McBinding *binding, const char *name, GHashTable *inputs)
{
  const McLookup *lookup = mc_profile_lookup(binding->profile, name);
  GString *text = g_string_new(NULL);
  for (guint i = 0; lookup && inputs && i < lookup->inputs->len; i++) {
    const McInputPlan *plan = lookup->inputs->pdata[i];
    const char *value = g_hash_table_lookup(inputs, plan->input->name);
    if (!value || !*value || (lookup->has_purpose && i + 1 == lookup->inputs->len))
      continue;
    g_autofree char *masked = plan->is_private ? mc_text_mask(value) : NULL;
    g_string_append_printf(text, "%s%s=%s", text->len ? " " : "", plan->input->name, masked ? masked : value);
  }
  return g_string_free(text, FALSE);
}

/* --- which lookups fill a form --- */
void
mc_filler_wish_free(McFillerWish *wish)
{
  g_free(wish->connector);
  g_free(wish->lookup);
  g_hash_table_unref(wish->given);
  g_ptr_array_unref(wish->fills);
  g_free(wish);
}

static McFillerWish *
wish_new(const char *connector, const char *lookup)
{
  McFillerWish *wish = g_new0(McFillerWish, 1);
  wish->connector = g_strdup(connector);
  wish->lookup = g_strdup(lookup);
  wish->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  wish->fills = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fill_free);
  return wish;
}

static gboolean
form_has(const McAction *action, const char *name)
{
  for (guint i = 0; i < action->inputs->len; i++)
    if (g_str_equal(((McInputPlan *)action->inputs->pdata[i])->input->name, name))
      return TRUE;
  return FALSE;
}

static void
add_fills(McFillerWish *wish, const McAction *action, const GPtrArray *fills)
{
  for (guint i = 0; fills && i < fills->len; i++) {
    const McFill *fill = fills->pdata[i];
    if (form_has(action, fill->to))
      g_ptr_array_add(wish->fills, mc_fill_new(fill->from, fill->to));
  }
}

static McFillerWish *
wish_of_plan(const McProfile *profile, const McAction *action, const McFillerPlan *plan, const McScope *scope)
{
  McFillerWish *wish = wish_new(plan->connector, plan->lookup);
  const McLookup *own = plan->connector ? NULL : mc_profile_lookup(profile, plan->lookup);
  for (guint i = 0; i < plan->with->len; i++) {
    const McSet *set = plan->with->pdata[i];
    cJSON *value = mc_node_eval(set->node, scope, NULL);
    const char *text = mc_json_text(value);
    if (text && *text)
      g_hash_table_insert(wish->given, g_strdup(set->name), g_strdup(text));
    cJSON_Delete(value);
  }
  add_fills(wish, action, plan->fills->len || !own ? plan->fills : own->fills);
  return wish;
}

static gboolean
is_named(const McAction *action, const char *lookup)
{
  for (guint i = 0; i < action->fillers->len; i++) {
    const McFillerPlan *plan = action->fillers->pdata[i];
    if (!plan->connector && g_str_equal(plan->lookup, lookup))
      return TRUE;
  }
  return FALSE;
}

/* Those of its own connector that fill an input of this form, with what has the same name already given. */
static void
add_own(const McProfile *profile, const McAction *action, GHashTable *values, GPtrArray *wishes)
{
  for (guint i = 0; i < profile->lookups->len; i++) {
    const McLookup *lookup = profile->lookups->pdata[i];
    if (!lookup->fills || is_named(action, lookup->name))
      continue;
    McFillerWish *wish = wish_new(NULL, lookup->name);
    add_fills(wish, action, lookup->fills);
    if (!wish->fills->len) {
      mc_filler_wish_free(wish);
      continue;
    }
    for (guint k = 0; values && k < lookup->inputs->len; k++) {
      const char *name = ((McInputPlan *)lookup->inputs->pdata[k])->input->name;
      const char *value = g_hash_table_lookup(values, name);
      if (value)
        g_hash_table_insert(wish->given, g_strdup(name), g_strdup(value));
    }
    g_ptr_array_add(wishes, wish);
  }
}

GPtrArray *
mc_action_fillers(const McBinding *binding, const char *name, const McItem *item, GHashTable *values)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func((GDestroyNotify)mc_filler_wish_free);
  const McAction *action = mc_profile_action(binding->profile, name);
  if (!action)
    return wishes;
  g_autoptr(McScope) scope = mc_binding_scope(binding, 0);
  cJSON *input = cJSON_CreateObject();
  GHashTableIter iter;
  gpointer key, value;
  if (values)
    g_hash_table_iter_init(&iter, values);
  while (values && g_hash_table_iter_next(&iter, &key, &value))
    if (*(char *)value)
      cJSON_AddStringToObject(input, key, value);
  mc_scope_take(scope, "input", input);
  if (item)
    mc_scope_take(scope, "item", mc_item_names(item));
  for (guint i = 0; i < action->fillers->len; i++)
    g_ptr_array_add(wishes, wish_of_plan(binding->profile, action, action->fillers->pdata[i], scope));
  add_own(binding->profile, action, values, wishes);
  return wishes;
}

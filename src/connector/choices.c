/* SPDX-License-Identifier: Apache-2.0 */
/* What an item's own record offers to choose from, {"from": {"item": R, "value": R, "title": R}}: where it
 * may go next, who may take it over.
 *
 * `item` reads the list in the record that `allow` is asked of; `value` (missing: the element itself) and
 * `title` (missing: the value) read one element. Several items at once: what each of them offers. Of a
 * record that may not be kept on this desk, or where the list is missing (only its detail has it), nothing is
 * known here, and what is typed is the system's to judge. */
#include <string.h>

#include "connector/compile.h"
#include "connector/plan.h"
#include "connector/run.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_CHOICES 1000

struct McOffer {
  McReader *item, *value, *title; /* the last two may be NULL */
};

void
mc_offer_free(McOffer *offer)
{
  if (!offer)
    return;
  mc_reader_free(offer->item);
  mc_reader_free(offer->value);
  mc_reader_free(offer->title);
  g_free(offer);
}

McOffer *
mc_offer_compile(McBuild *b, const cJSON *from)
{
  static const McKey keys[] = {{"item", MC_SHAPE_READER, TRUE},
                               {"value", MC_SHAPE_READER, FALSE},
                               {"title", MC_SHAPE_READER, FALSE},
                               {NULL, 0, FALSE}};
  if (!mc_shape_check(&b->c, from, _("what a record offers"), keys))
    return NULL;
  McOffer *offer = g_new0(McOffer, 1);
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM, NULL, NULL);
  offer->item = mc_shape_member_reader(&b->c, from, "item");
  offer->value = mc_shape_member_reader(&b->c, from, "value");
  offer->title = mc_shape_member_reader(&b->c, from, "title");
  return offer;
}

static void
add_choice(GPtrArray *choices, const McOffer *offer, const cJSON *one, const McScope *scope)
{
  const char *own = mc_json_text(one);
  g_autofree char *value = offer->value ? mc_reader_text(offer->value, one, scope) : g_strdup(own);
  g_autofree char *title = offer->title ? mc_reader_text(offer->title, one, scope) : NULL;
  if (!value || !*value || strchr(value, '\n'))
    return;
  McChoice *choice = g_new0(McChoice, 1);
  choice->title = mc_text_clean(title && *title ? title : value, -1);
  choice->value = g_steal_pointer(&value);
  g_ptr_array_add(choices, choice);
}

/* NULL: nothing is known of it. */
static GPtrArray *
offered(const McOffer *offer, const McBinding *binding, const McItem *item)
{
  g_autoptr(McJson) json =
      item->raw ? mc_json_parse("record", item->raw, strlen(item->raw), MC_JSON_STRICT, NULL) : NULL;
  if (!json || !offer->item)
    return NULL;
  GPtrArray *choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  g_autoptr(McScope) scope = mc_binding_scope(binding, 0);
  cJSON *owned = NULL;
  mc_scope_take(scope, "item", mc_item_names(item));
  g_autoptr(GPtrArray) list = mc_exchange_records(offer->item, mc_json_root(json), scope, FALSE, &owned);
  for (guint i = 0; list && i < list->len && choices->len < MAX_CHOICES; i++)
    add_choice(choices, offer, list->pdata[i], scope);
  cJSON_Delete(owned);
  if (!list)
    g_clear_pointer(&choices, g_ptr_array_unref);
  return choices;
}

static gboolean
has_choice(const GPtrArray *choices, const char *value)
{
  for (guint i = 0; i < choices->len; i++)
    if (g_str_equal(((McChoice *)choices->pdata[i])->value, value))
      return TRUE;
  return FALSE;
}

static void
keep_common(GPtrArray *choices, const GPtrArray *others)
{
  for (guint i = choices->len; i-- > 0;)
    if (!has_choice(others, ((McChoice *)choices->pdata[i])->value))
      g_ptr_array_remove_index(choices, i);
}

gboolean
mc_offer_fill(const McOffer *offer, const McBinding *binding, const GPtrArray *items, McInput *input)
{
  gboolean known = FALSE;
  for (guint i = 0; offer && i < items->len; i++) {
    g_autoptr(GPtrArray) own = offered(offer, binding, items->pdata[i]);
    if (!own)
      continue;
    if (known) {
      keep_common(input->choices, own);
      continue;
    }
    known = TRUE;
    g_ptr_array_unref(input->choices);
    input->choices = g_steal_pointer(&own);
  }
  return known;
}

gboolean
mc_offer_check(const McOffer *offer, const McBinding *binding, const McItem *item, McInput *input,
               const char *value, GError **error)
{
  gpointer one[] = {(gpointer)item};
  const GPtrArray items = {one, 1};
  if (!offer || !item || !mc_offer_fill(offer, binding, &items, input) || input->choices->len || !value ||
      !*value)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): %s offers nothing to choose from now"),
              input->label, input->name, item->id);
  return FALSE;
}

void
mc_action_offer(const McBinding *binding, McForm *form, const GPtrArray *items)
{
  const McAction *action = mc_profile_action(binding->profile, form->action);
  for (guint i = 0; action && items && i < action->inputs->len; i++) {
    const McInputPlan *plan = action->inputs->pdata[i];
    mc_offer_fill(plan->offer, binding, items, form->inputs->pdata[i]);
  }
}

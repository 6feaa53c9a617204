/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling `lookups`, and what an action says of lookups that fill its form.
 *
 * A lookup answers with a list (`records`, `value`, `title`) or with one record (`map`: a name to a reader,
 * or to a reader's object with `label` and `private`). Decided where the language leaves it open:
 * - `purpose` is true, or an object with `label`, `min` (characters, 10) and `max` (500). It stands under
 *   input.purpose, and a lookup that has one is not cached: its system wants to know of every question.
 * - `found` is asked of an answer that no rule of `errors` refuses, and of one with status 404 or 410;
 * without it those two mean that there is no such record.
 * - `cache`: a duration; "none", which is the default, keeps the answer nowhere beyond the view that shows
 * it.
 * - An input may be `private`: masked in the journal. It is so by default where the answer is not cached.
 * - `fills` takes the name of an input, or a list of names. It counts for every form of the same connector
 * that has such an input. An action's `lookups` names others: "LOOKUP" of its own connector or
 *   "CONNECTOR-ID/LOOKUP" of another's, with `fills`, and `with`: the lookup's inputs as nodes over item.*
 * and input.* (what is typed by then). */
#include <string.h>

#include "connector/plan.h"
#include "motcua/i18n.h"
#include "motcua/lookup.h"

#define PURPOSE_MIN 10
#define PURPOSE_MAX 500

/* --- fills --- */
static void
add_fill(McBuild *b, const cJSON *from, const cJSON *to, GPtrArray *fills)
{
  if (cJSON_IsString(to))
    g_ptr_array_add(fills, mc_fill_new(from->string, to->valuestring));
  else
    mc_compile_fault(&b->c, to, FALSE, _("\"%s\" must be %s"), from->string,
                     _("the name of a form's input, or a list of such names"));
}

static GPtrArray *
compile_fills(McBuild *b, const cJSON *object)
{
  GPtrArray *fills = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fill_free);
  const cJSON *member, *one;
  cJSON_ArrayForEach (member, object) {
    if (!cJSON_IsArray(member)) {
      add_fill(b, member, member, fills);
      continue;
    }
    cJSON_ArrayForEach (one, member)
      add_fill(b, member, one, fills);
  }
  return fills;
}

/* --- an action's lookups --- */
static void
set_free(McSet *set)
{
  g_free(set->name);
  mc_node_free(set->node);
  g_free(set);
}

static void
filler_plan_free(McFillerPlan *plan)
{
  g_free(plan->connector);
  g_free(plan->lookup);
  g_ptr_array_unref(plan->with);
  g_ptr_array_unref(plan->fills);
  g_free(plan);
}

static void
compile_filler(McBuild *b, const cJSON *source, GPtrArray *into)
{
  static const McKey keys[] = {
      {"with", MC_SHAPE_OBJECT, FALSE}, {"fills", MC_SHAPE_OBJECT, FALSE}, {NULL, 0, FALSE}};
  cJSON *member;
  if (!mc_shape_check(&b->c, source, _("a lookup of an action"), keys))
    return;
  const char *slash = strrchr(source->string, '/');
  McFillerPlan *plan = g_new0(McFillerPlan, 1);
  plan->source = source;
  plan->connector = slash ? g_strndup(source->string, (gsize)(slash - source->string)) : NULL;
  plan->lookup = g_strdup(slash ? slash + 1 : source->string);
  plan->with = g_ptr_array_new_with_free_func((GDestroyNotify)set_free);
  plan->fills = compile_fills(b, mc_shape_object(source, "fills"));
  cJSON_ArrayForEach (member, mc_shape_object(source, "with")) {
    McSet *set = g_new0(McSet, 1);
    set->name = g_strdup(member->string);
    set->node = mc_node_compile(&b->c, member);
    g_ptr_array_add(plan->with, set);
  }
  g_ptr_array_add(into, plan);
}

GPtrArray *
mc_fillers_compile(McBuild *b, const cJSON *action)
{
  GPtrArray *fillers = g_ptr_array_new_with_free_func((GDestroyNotify)filler_plan_free);
  const cJSON *member;
  mc_build_place(b, mc_shape_flag(action, "new") ? 0 : MC_SEE_ITEM, mc_shape_object(action, "form"), NULL);
  cJSON_ArrayForEach (member, mc_shape_object(action, "lookups"))
    compile_filler(b, member, fillers);
  return fillers;
}

/* --- a lookup --- */
static void
compile_cache(McBuild *b, const cJSON *source, McLookup *l)
{
  const char *cache = mc_shape_string(source, "cache");
  if (cache && !g_str_equal(cache, "none"))
    l->cache = mc_shape_duration(&b->c, source, "cache", 0);
  if (l->cache > 0 && l->has_purpose)
    mc_compile_fault(&b->c, mc_json_get(source, "cache"), FALSE,
                     _("a lookup with a \"purpose\" is asked anew each time: it cannot be cached"));
}

static void
compile_purpose(McBuild *b, const cJSON *source, McLookup *l)
{
  static const McKey keys[] = {{"label", MC_SHAPE_LABEL, FALSE},
                               {"min", MC_SHAPE_INTEGER, FALSE},
                               {"max", MC_SHAPE_INTEGER, FALSE},
                               {NULL, 0, FALSE}};
  const cJSON *purpose = mc_json_get(source, "purpose");
  l->has_purpose = cJSON_IsTrue(purpose) || cJSON_IsObject(purpose);
  if (!l->has_purpose)
    return;
  if (cJSON_IsObject(purpose))
    mc_shape_check(&b->c, purpose, "purpose", keys);
  McInputPlan *plan = g_new0(McInputPlan, 1);
  plan->titles = g_ptr_array_new_with_free_func((GDestroyNotify)mc_label_free);
  plan->label = mc_label_compile(&b->c, purpose, "label");
  plan->input = g_new0(McInput, 1);
  plan->input->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  plan->input->name = g_strdup(MC_LOOKUP_PURPOSE);
  plan->input->required = TRUE;
  plan->input->min = mc_shape_int(&b->c, purpose, "min", 1, 1000, PURPOSE_MIN);
  plan->input->max = mc_shape_int(&b->c, purpose, "max", plan->input->min, 1000, PURPOSE_MAX);
  g_ptr_array_add(l->inputs, plan);
}

static void
compile_inputs(McBuild *b, const cJSON *source, McLookup *l)
{
  const cJSON *input = mc_shape_object(source, "input");
  l->inputs = mc_inputs_compile(b, input, TRUE);
  for (guint i = 0; i < l->inputs->len; i++) {
    McInputPlan *plan = l->inputs->pdata[i];
    const cJSON *own = mc_json_get(input, plan->input->name);
    const cJSON *private = mc_json_get(own, "private");
    plan->is_private = private ? cJSON_IsTrue(private) : l->cache == 0;
    if (l->has_purpose && g_str_equal(plan->input->name, MC_LOOKUP_PURPOSE))
      mc_compile_fault(&b->c, own, TRUE, _("input \"%s\" is what \"purpose\" asks for"), MC_LOOKUP_PURPOSE);
  }
  compile_purpose(b, source, l);
}

/* The names under input. A list without inputs is asked for by what the person typed so far: `q` is there
 * without being declared. */
static cJSON *
input_names(const McLookup *l)
{
  cJSON *names = cJSON_CreateObject();
  for (guint i = 0; i < l->inputs->len; i++)
    cJSON_AddNullToObject(names, ((McInputPlan *)l->inputs->pdata[i])->input->name);
  if (!l->inputs->len && !l->values)
    cJSON_AddNullToObject(names, "q");
  return names;
}

static void
value_plan_free(McValuePlan *plan)
{
  g_free(plan->name);
  mc_label_free(plan->label);
  mc_reader_free(plan->reader);
  g_free(plan);
}

static void
compile_map(McBuild *b, const cJSON *object, McLookup *l)
{
  static const char *const extra[] = {"label", "private", NULL};
  cJSON *member;
  cJSON_ArrayForEach (member, object) {
    const cJSON *private = mc_json_get(member, "private");
    if (private && !cJSON_IsBool(private))
      mc_compile_fault(&b->c, private, FALSE, _("\"%s\" must be %s"), "private", _("true or false"));
    McValuePlan *plan = g_new0(McValuePlan, 1);
    plan->name = g_strdup(member->string);
    plan->label = mc_label_compile(&b->c, member, "label");
    plan->is_private = cJSON_IsTrue(private);
    plan->reader = cJSON_IsObject(member) ? mc_reader_compile_with(&b->c, member, extra)
                                          : mc_reader_compile(&b->c, member);
    g_ptr_array_add(l->values, plan);
  }
}

static void
compile_record(McBuild *b, const cJSON *source, McLookup *l)
{
  static const char *const not [] = {"records", "value", "title"};
  for (gsize i = 0; i < G_N_ELEMENTS(not ); i++)
    if (mc_json_get(source, not [i]))
      mc_compile_fault(&b->c, mc_json_get(source, not [i]), TRUE,
                       _("a lookup has either \"records\" and \"value\", or \"map\""));
  l->found = mc_shape_member_test(&b->c, source, "found");
  compile_map(b, mc_shape_object(source, "map"), l);
  l->fills = compile_fills(b, mc_shape_object(source, "fills"));
}

static void
compile_list(McBuild *b, const cJSON *source, McLookup *l)
{
  static const char *const keys[] = {"records", "value"}, *const not [] = {"found", "fills"};
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    if (!mc_json_get(source, keys[i]))
      mc_compile_fault(&b->c, source, FALSE, _("%s needs the key \"%s\""), _("a lookup"), keys[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(not ); i++)
    if (mc_json_get(source, not [i]))
      mc_compile_fault(&b->c, mc_json_get(source, not [i]), TRUE,
                       _("\"%s\" belongs to a lookup with \"map\""), not [i]);
  l->records = mc_shape_member_reader(&b->c, source, "records");
  l->value = mc_shape_member_reader(&b->c, source, "value");
  l->title = mc_shape_member_reader(&b->c, source, "title");
}

static void
note_purpose(const char *name, gpointer data)
{
  if (g_str_equal(name, "input." MC_LOOKUP_PURPOSE))
    *(gboolean *)data = TRUE;
}

static void
check_purpose(McBuild *b, const cJSON *source, const McLookup *l)
{
  gboolean sent = FALSE;
  if (!l->has_purpose || !l->request)
    return;
  mc_request_names(l->request, note_purpose, &sent);
  if (!sent)
    mc_compile_warning(&b->c, mc_json_get(source, "purpose"), TRUE,
                       _("the request does not carry {\"$\":\"input.purpose\"}: its system never hears it"));
}

McLookup *
mc_lookup_compile(McBuild *b, cJSON *source)
{
  static const McKey keys[] = {{"label", MC_SHAPE_LABEL, FALSE},
                               {"input", MC_SHAPE_OBJECT, FALSE},
                               {"purpose", MC_SHAPE_BOOLEAN | MC_SHAPE_OBJECT, FALSE},
                               {"request", MC_SHAPE_OBJECT, TRUE},
                               {"records", MC_SHAPE_READER, FALSE},
                               {"value", MC_SHAPE_READER, FALSE},
                               {"title", MC_SHAPE_READER, FALSE},
                               {"found", MC_SHAPE_OBJECT, FALSE},
                               {"map", MC_SHAPE_OBJECT, FALSE},
                               {"fills", MC_SHAPE_OBJECT, FALSE},
                               {"cache", MC_SHAPE_STRING, FALSE},
                               {NULL, 0, FALSE}};
  McCompiler *c = &b->c;
  if (!mc_shape_check(c, source, _("a lookup"), keys))
    return NULL;
  McLookup *l = g_new0(McLookup, 1);
  const cJSON *request = mc_shape_object(source, "request"), *purpose = mc_json_get(source, "purpose");
  g_autofree char *text = mc_json_print(source);
  l->print = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
  l->name = g_strdup(source->string);
  l->label = mc_label_compile(c, source, "label");
  l->has_purpose = cJSON_IsTrue(purpose) || cJSON_IsObject(purpose);
  compile_cache(b, source, l);
  compile_inputs(b, source, l);
  if (mc_shape_object(source, "map"))
    l->values = g_ptr_array_new_with_free_func((GDestroyNotify)value_plan_free);
  cJSON *names = input_names(l);
  mc_build_place(b, MC_SEE_SESSION, names, NULL);
  cJSON_Delete(names);
  l->request = request ? mc_request_compile(c, request, "GET") : NULL;
  if (l->values)
    compile_record(b, source, l);
  else
    compile_list(b, source, l);
  check_purpose(b, source, l);
  return l;
}

void
mc_lookup_free(McLookup *l)
{
  GPtrArray *const arrays[] = {l->inputs, l->values, l->fills};
  McReader *const readers[] = {l->records, l->value, l->title};
  for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
    if (arrays[i])
      g_ptr_array_unref(arrays[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    mc_reader_free(readers[i]);
  mc_label_free(l->label);
  mc_request_spec_free(l->request);
  mc_test_free(l->found);
  g_free(l->print);
  g_free(l->name);
  g_free(l);
}

/* --- what ties lookups and forms together --- */
static gboolean
has_input(const GPtrArray *inputs, const char *name)
{
  for (guint i = 0; inputs && i < inputs->len; i++)
    if (g_str_equal(((McInputPlan *)inputs->pdata[i])->input->name, name))
      return TRUE;
  return FALSE;
}

static gboolean
has_value(const McLookup *l, const char *name)
{
  for (guint i = 0; l->values && i < l->values->len; i++)
    if (g_str_equal(((McValuePlan *)l->values->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

static gboolean
any_form_has(const McProfile *profile, const char *name)
{
  for (guint i = 0; i < profile->actions->len; i++)
    if (has_input(((McAction *)profile->actions->pdata[i])->inputs, name))
      return TRUE;
  return FALSE;
}

static void
check_values(McBuild *b, const McLookup *l, const GPtrArray *fills, const cJSON *object)
{
  for (guint i = 0; fills && i < fills->len; i++) {
    const McFill *fill = fills->pdata[i];
    if (!has_value(l, fill->from))
      mc_compile_fault(&b->c, mc_json_get(object, fill->from), TRUE,
                       _("lookup \"%s\" has no \"%s\" in its map"), l->name, fill->from);
  }
}

static void
check_own(McBuild *b, const cJSON *root)
{
  const McProfile *p = b->profile;
  for (guint i = 0; i < p->lookups->len; i++) {
    const McLookup *l = p->lookups->pdata[i];
    const cJSON *fills = mc_json_get(mc_json_get(mc_json_get(root, "lookups"), l->name), "fills");
    check_values(b, l, l->fills, fills);
    for (guint k = 0; l->fills && k < l->fills->len; k++) {
      const McFill *fill = l->fills->pdata[k];
      if (!any_form_has(p, fill->to))
        mc_compile_fault(&b->c, mc_json_get(fills, fill->from), FALSE, _("no form has an input \"%s\""),
                         fill->to);
    }
  }
}

static void
check_filler(McBuild *b, const McAction *action, const McFillerPlan *plan)
{
  const cJSON *fills = mc_json_get(plan->source, "fills"), *with = mc_json_get(plan->source, "with");
  const McLookup *l = plan->connector ? NULL : mc_profile_lookup(b->profile, plan->lookup);
  for (guint i = 0; i < plan->fills->len; i++) {
    const McFill *fill = plan->fills->pdata[i];
    if (!has_input(action->inputs, fill->to))
      mc_compile_fault(&b->c, mc_json_get(fills, fill->from), FALSE, _("no form has an input \"%s\""),
                       fill->to);
  }
  if (plan->connector)
    return; /* what another connector has is seen when both are configured */
  if (!l) {
    g_autofree char *near = mc_shape_near(plan->lookup, (const char *const *)b->profile->lookup_names);
    mc_compile_fault(&b->c, plan->source, TRUE, _("there is no lookup \"%s\"%s"), plan->lookup, near);
    return;
  }
  check_values(b, l, plan->fills, fills);
  for (guint i = 0; i < plan->with->len; i++) {
    const char *name = ((McSet *)plan->with->pdata[i])->name;
    if (!has_input(l->inputs, name))
      mc_compile_fault(&b->c, mc_json_get(with, name), TRUE, _("lookup \"%s\" has no input \"%s\""), l->name,
                       name);
  }
}

/* What a form chooses from is asked while somebody types. */
static void
check_choices(McBuild *b, const GPtrArray *inputs)
{
  for (guint i = 0; inputs && i < inputs->len; i++) {
    const McInputPlan *plan = inputs->pdata[i];
    const McLookup *l = plan->lookup ? mc_profile_lookup(b->profile, plan->input->lookup) : NULL;
    if (l && (l->values || l->has_purpose))
      mc_compile_fault(&b->c, plan->lookup, FALSE,
                       _("lookup \"%s\" offers no choices: it has a \"map\" or a \"purpose\""), l->name);
  }
}

void
mc_lookups_check(McBuild *b, const cJSON *root)
{
  check_own(b, root);
  for (guint i = 0; i < b->profile->actions->len; i++) {
    const McAction *action = b->profile->actions->pdata[i];
    check_choices(b, action->inputs);
    for (guint k = 0; action->fillers && k < action->fillers->len; k++)
      check_filler(b, action, action->fillers->pdata[k]);
  }
}

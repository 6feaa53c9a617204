/* SPDX-License-Identifier: Apache-2.0 */
/* Actions as a person meets them: their form, whether they are allowed now, the acceptance that freezes what
 * will be sent, and the change they lay over the item until the system's next word. Nothing here sends
 * anything. */
#include <string.h>

#include "connector/plan.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

/* --- forms --- */
McInput *
mc_input_plan_show(const McInputPlan *plan)
{
  McInput *input = g_new0(McInput, 1);
  const char *label = mc_label_text(plan->label);
  *input = *plan->input;
  input->is_private = plan->is_private;
  input->name = g_strdup(plan->input->name);
  input->label = g_strdup(label ? label : plan->input->name);
  input->pattern = g_strdup(plan->input->pattern);
  input->lookup = g_strdup(plan->input->lookup);
  input->initial = g_strdup(plan->input->initial);
  input->accept = g_strdupv(plan->input->accept);
  input->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  for (guint i = 0; i < plan->input->choices->len; i++) {
    const McChoice *from = plan->input->choices->pdata[i];
    const char *title = mc_label_text(plan->titles->pdata[i]);
    McChoice *choice = g_new0(McChoice, 1);
    choice->value = g_strdup(from->value);
    choice->title = g_strdup(title ? title : from->value);
    g_ptr_array_add(input->choices, choice);
  }
  return input;
}

static const char *
action_label(const McAction *action)
{
  const char *label = mc_label_text(action->label);
  if (!label)
    label = mc_action_standard_label(action->name);
  return label ? label : action->name;
}

static const McAction *
find_action(const McBinding *binding, const char *name, GError **error)
{
  const McAction *action = mc_profile_action(binding->profile, name);
  if (action)
    return action;
  const char *const *names = mc_profile_actions(binding->profile);
  g_autofree char *list = mc_shape_list(names);
  g_autofree char *near = mc_shape_near(name, names);
  g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("%s has no action \"%s\"; it has %s%s"), binding->system,
              name, *list ? list : _("none"), near);
  return NULL;
}

McForm *
mc_action_form(const McBinding *binding, const char *name, GError **error)
{
  const McAction *action = find_action(binding, name, error);
  if (!action)
    return NULL;
  McForm *form = g_new0(McForm, 1);
  form->action = g_strdup(action->name);
  form->label = g_strdup(action_label(action));
  form->confirm = action->confirm;
  form->creates = action->creates;
  form->inputs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_input_free);
  for (guint i = 0; i < action->inputs->len; i++)
    g_ptr_array_add(form->inputs, mc_input_plan_show(action->inputs->pdata[i]));
  return form;
}

char **
mc_action_creates(const McBinding *binding)
{
  GPtrArray *names = g_ptr_array_new();
  for (const char *const *name = mc_profile_actions(binding->profile); *name; name++) {
    const McAction *action = find_action(binding, *name, NULL);
    if (action && action->creates)
      g_ptr_array_add(names, g_strdup(*name));
  }
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

char *
mc_action_created_id(const McBinding *binding, const char *name, const char *key)
{
  const McAction *action = find_action(binding, name, NULL);
  if (!action)
    return NULL;
  g_autoptr(McItem) item =
      mc_item_new(binding->system, action->stream, key, binding->profile->streams->len > 1);
  return g_strdup(item->id);
}

/* --- allowed now? --- */
static gboolean
fits(const McBinding *binding, const McAction *action, const McItem *item)
{
  return !action->creates && mc_profile_stream(binding->profile, item->stream) ==
                                 mc_profile_stream(binding->profile, action->stream);
}

/* Without the record (a list, a secret document) what the record said last still holds. */
static char *
last_reason(const McAction *action, const McItem *item)
{
  if (g_strv_contains((const char *const *)item->actions, action->name))
    return NULL;
  for (guint i = 0; i < item->blocked->len; i++) {
    const McBlocked *blocked = item->blocked->pdata[i];
    if (g_str_equal(blocked->action, action->name))
      return g_strdup(blocked->reason);
  }
  return g_strdup(_("the system does not allow it now"));
}

/* The record's own words why not, else the generic ones. New string. */
static char *
reason_text(const McAction *action, const cJSON *record, const McScope *scope, const char *generic)
{
  g_autofree char *own = action->reason && record ? mc_reader_text(action->reason, record, scope) : NULL;
  return mc_text_clean(own && *own ? own : generic, -1);
}

/* A new reason why not, or NULL: allowed. */
static char *
deny_reason(const McAction *action, const McItem *item, const cJSON *record, const McScope *scope)
{
  if (action->states && !(action->states & (1u << item->state))) {
    const char *word =
        item->state == MC_STATE_UNKNOWN && item->raw_state ? item->raw_state : mc_state_label(item->state);
    g_autofree char *generic = g_strdup_printf(_("its state is: %s"), word);
    return reason_text(action, item->state == item->sys_state ? record : NULL, scope, generic);
  }
  if (!action->allow)
    return NULL;
  if (!record)
    return last_reason(action, item);
  McAnswer answer = {NULL, record};
  if (mc_test_eval(action->allow, &answer, record, scope))
    return NULL;
  return reason_text(action, record, scope, _("the system does not allow it now"));
}

static McScope *
item_scope(const McBinding *binding, const McItem *item)
{
  McScope *scope = mc_binding_scope(binding, 0);
  mc_scope_take(scope, "item", mc_item_names(item));
  return scope;
}

static McJson *
parse_raw(const McItem *item)
{
  return item->raw ? mc_json_parse("record", item->raw, strlen(item->raw), MC_JSON_STRICT, NULL) : NULL;
}

void
mc_actions_allow(const McBinding *binding, McItem *item, const cJSON *record)
{
  g_autoptr(McJson) parsed = record ? NULL : parse_raw(item);
  g_autoptr(McScope) scope = item_scope(binding, item);
  g_autoptr(GPtrArray) allowed = g_ptr_array_new();
  g_autoptr(GPtrArray) blocked = g_ptr_array_new_with_free_func((GDestroyNotify)mc_blocked_free);
  if (parsed)
    record = mc_json_root(parsed);
  for (guint i = 0; i < binding->profile->actions->len; i++) {
    const McAction *action = binding->profile->actions->pdata[i];
    if (!fits(binding, action, item))
      continue;
    g_autofree char *reason = deny_reason(action, item, record, scope);
    if (reason)
      g_ptr_array_add(blocked, mc_blocked_new(action->name, reason));
    else
      g_ptr_array_add(allowed, g_strdup(action->name));
  }
  g_ptr_array_add(allowed, NULL);
  mc_item_set_list(item, &item->actions, (char **)g_ptr_array_free(g_steal_pointer(&allowed), FALSE));
  g_ptr_array_unref(item->blocked);
  item->blocked = g_steal_pointer(&blocked);
}

/* Moves an action from what is allowed to what is not. */
static void
block(McItem *item, const char *action, const char *reason)
{
  g_autoptr(GStrvBuilder) left = g_strv_builder_new();
  for (char **name = item->actions; name && *name; name++)
    if (!g_str_equal(*name, action))
      g_strv_builder_add(left, *name);
  mc_item_set_list(item, &item->actions, g_strv_builder_end(left));
  g_ptr_array_add(item->blocked, mc_blocked_new(action, reason));
}

void
mc_actions_allow_detail(const McBinding *binding, McItem *item, const cJSON *record)
{
  g_autoptr(McScope) scope = item_scope(binding, item);
  McAnswer answer = {NULL, record};
  for (guint i = 0; i < binding->profile->actions->len; i++) {
    const McAction *action = binding->profile->actions->pdata[i];
    if (!action->allow_detail || !fits(binding, action, item) ||
        !g_strv_contains((const char *const *)item->actions, action->name) ||
        mc_test_eval(action->allow_detail, &answer, record, scope))
      continue;
    g_autofree char *reason = reason_text(action, record, scope, _("the system does not allow it now"));
    block(item, action->name, reason);
  }
}

/* --- freezing --- */
static cJSON *
freeze_date(const char *value)
{
  gint64 moment;
  if (!mc_time_parse(value, "%Y-%m-%d", NULL, &moment) && !mc_time_parse(value, "%d/%m/%Y", NULL, &moment))
    return NULL;
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autofree char *text = mc_time_format(moment, utc, "%Y-%m-%d");
  return cJSON_CreateString(text);
}

/* Digits as a JSON number: no sign of plus, no leading zeros. */
static cJSON *
freeze_number(const char *value)
{
  g_autoptr(GString) digits = g_string_new(NULL);
  gint64 number;
  for (; *value; value++)
    if (*value != '.')
      g_string_append_c(digits, *value);
  return g_ascii_string_to_signed(digits->str, 10, G_MININT64, G_MAXINT64, &number, NULL)
             ? mc_json_new_int(number)
             : NULL;
}

/* A file comes here as the JSON of what was stored. */
static cJSON *
freeze_file(const char *value)
{
  g_autoptr(McJson) file = mc_json_parse("file", value, strlen(value), MC_JSON_STRICT, NULL);
  return file && cJSON_IsObject(mc_json_root(file)) ? cJSON_Duplicate(mc_json_root(file), TRUE) : NULL;
}

static cJSON *
freeze_one(const McInput *input, const char *value)
{
  switch (input->type) {
  case MC_INPUT_INTEGER:
  case MC_INPUT_MONEY:
    return freeze_number(value);
  case MC_INPUT_DATE:
    return freeze_date(value);
  case MC_INPUT_BOOLEAN:
    return g_str_equal(value, "true") ? cJSON_CreateTrue() : cJSON_CreateFalse();
  case MC_INPUT_TEXT:
  case MC_INPUT_CHOICE:
  case MC_INPUT_PERSON:
    break;
  case MC_INPUT_FILE:
    return freeze_file(value);
  }
  return cJSON_CreateString(value);
}

static cJSON *
freeze_value(const McInput *input, const char *value)
{
  g_autofree char *trimmed = g_strstrip(g_strdup(value));
  if (!*trimmed)
    return NULL;
  if (!input->many)
    return freeze_one(input, input->type == MC_INPUT_TEXT ? value : trimmed);
  cJSON *list = cJSON_CreateArray();
  g_auto(GStrv) values = g_strsplit(trimmed, "\n", -1);
  for (char **one = values; *one; one++)
    if (**one)
      cJSON_AddItemToArray(list, freeze_one(input, *one));
  return list;
}

static gboolean
check_names(const McAction *action, GHashTable *fields, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < action->inputs->len; i++)
    g_ptr_array_add(names, ((McInputPlan *)action->inputs->pdata[i])->input->name);
  g_ptr_array_add(names, NULL);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, fields);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    const char *const *known = (const char *const *)names->pdata;
    if (g_strv_contains(known, key))
      continue;
    g_autofree char *list = mc_shape_list(known);
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("action \"%s\" has no field \"%s\"; it has %s"),
                action->name, (char *)key, *list ? list : _("none"));
    return FALSE;
  }
  return TRUE;
}

static cJSON *
freeze_inputs(const McBinding *binding, const McAction *action, const McItem *item, GHashTable *fields,
              GError **error)
{
  if (fields && !check_names(action, fields, error))
    return NULL;
  cJSON *inputs = cJSON_CreateObject();
  for (guint i = 0; i < action->inputs->len; i++) {
    const McInputPlan *plan = action->inputs->pdata[i];
    McInput *input = mc_input_plan_show(plan);
    const char *value = fields ? g_hash_table_lookup(fields, input->name) : NULL;
    gboolean ok = mc_offer_check(plan->offer, binding, item, input, value, error) &&
                  mc_input_check(input, value, error);
    cJSON *frozen = ok && value ? freeze_value(input, value) : NULL;
    if (frozen)
      cJSON_AddItemToObject(inputs, input->name, frozen);
    mc_input_free(input);
    if (!ok) {
      cJSON_Delete(inputs);
      return NULL;
    }
  }
  return inputs;
}

static gboolean
check_item(const McBinding *binding, const McAction *action, const McItem *item, GError **error)
{
  if (action->creates)
    return TRUE;
  if (!item || !fits(binding, action, item)) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("action \"%s\" does not act on %s"), action->name,
                item ? item->id : _("a whole system"));
    return FALSE;
  }
  g_autoptr(McJson) record = parse_raw(item);
  g_autoptr(McScope) scope = item_scope(binding, item);
  g_autofree char *reason = deny_reason(action, item, record ? mc_json_root(record) : NULL, scope);
  if (!reason && action->allow_detail && item->detail_as_of != MC_TIME_NONE && item->pending == 0)
    reason = last_reason(action, item);
  if (reason)
    g_set_error(error, MC_ERROR, MC_ERROR_REFUSED, _("%s: \"%s\" is not possible: %s"), item->id,
                action_label(action), reason);
  return reason == NULL;
}

/* {"action","key","now","inputs":{},"item":{what is under item., and "state"}} */
gboolean
mc_action_freeze(const McBinding *binding, const McItem *item, const char *name, GHashTable *fields,
                 const char *key, gint64 now, char **frozen, GError **error)
{
  const McAction *action = find_action(binding, name, error);
  if (!action || !check_item(binding, action, item, error))
    return FALSE;
  cJSON *inputs = freeze_inputs(binding, action, item, fields, error);
  if (!inputs)
    return FALSE;
  cJSON *tree = cJSON_CreateObject();
  cJSON_AddStringToObject(tree, "action", action->name);
  cJSON_AddStringToObject(tree, "key", key);
  cJSON_AddItemToObject(tree, "now", mc_json_new_int(now));
  cJSON_AddItemToObject(tree, "inputs", inputs);
  if (item && !action->creates)
    cJSON_AddItemToObject(tree, "item", mc_item_names(item));
  *frozen = mc_json_print(tree);
  cJSON_Delete(tree);
  return TRUE;
}

gboolean
mc_action_is_same(const McBinding *binding, const char *frozen, const char *name, GHashTable *fields)
{
  const McAction *action = find_action(binding, name, NULL);
  g_autoptr(McJson) parsed = mc_json_parse("action", frozen, strlen(frozen), MC_JSON_STRICT, NULL);
  cJSON *inputs = action && parsed ? freeze_inputs(binding, action, NULL, fields, NULL) : NULL;
  if (!inputs)
    return FALSE;
  const cJSON *root = mc_json_root(parsed);
  g_autofree char *now = mc_json_print(inputs);
  g_autofree char *then = mc_json_print(cJSON_GetObjectItemCaseSensitive(root, "inputs"));
  const char *of = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "action"));
  cJSON_Delete(inputs);
  return g_strcmp0(of, name) == 0 && g_strcmp0(now, then) == 0;
}

/* --- overlay --- */
/* A bare date is the end of that working day, as in a map. */
static void
lay_due(const McBinding *binding, McItem *item, const char *text)
{
  gint64 due;
  if (!mc_time_parse_iso(text, NULL, &due))
    return;
  gboolean bare = strlen(text) == strlen("2026-11-24");
  item->due = bare && binding->calendar ? mc_calendar_day_end(binding->calendar, due) : due;
}

static void
lay(const McBinding *binding, McItem *item, const char *name, const cJSON *value)
{
  const struct {
    const char *name;
    char **into;
  } texts[] = {{"assignee", &item->assignee}, {"raw_state", &item->raw_state}, {"step", &item->step}};
  const char *text = mc_json_text(value);
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (g_str_equal(texts[i].name, name))
      mc_item_set_text(item, texts[i].into, g_strdup(text));
  if (!text)
    return;
  if (g_str_equal(name, "state"))
    mc_state_parse(text, &item->state);
  if (g_str_equal(name, "unread"))
    item->unread = cJSON_IsTrue(value);
  if (g_str_equal(name, "due"))
    lay_due(binding, item, text);
}

void
mc_action_overlay(const McBinding *binding, McItem *item, const char *name, const char *frozen)
{
  const McAction *action = mc_profile_action(binding->profile, name);
  g_autoptr(McJson) parsed = mc_json_parse("action", frozen, strlen(frozen), MC_JSON_STRICT, NULL);
  if (!action || !parsed)
    return;
  const cJSON *tree = mc_json_root(parsed), *inputs = mc_json_get(tree, "inputs");
  gint64 now = 0;
  mc_json_int(mc_json_get(tree, "now"), &now);
  g_autoptr(McScope) scope = item_scope(binding, item);
  mc_scope_set_now(scope, now);
  mc_scope_take(scope, "input", inputs ? cJSON_Duplicate(inputs, TRUE) : NULL);
  McState before = item->state;
  gboolean word = FALSE;
  for (guint i = 0; i < action->update->len; i++) {
    const McSet *set = action->update->pdata[i];
    cJSON *value = mc_node_eval(set->node, scope, NULL);
    lay(binding, item, set->name, value);
    word |= g_str_equal(set->name, "raw_state");
    cJSON_Delete(value);
  }
  if (item->state != before && !word)
    mc_item_set_text(item, &item->raw_state, NULL); /* the system's word was for the old state */
  mc_actions_allow(binding, item, NULL);
}

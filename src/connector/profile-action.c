/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling `actions` and the inputs of forms. What makes an action more than a request is rule 6: how it
 * stays single is written, or the file is refused. */
#include <string.h>

#include "connector/compile.h"
#include "connector/plan.h"
#include "motcua/i18n.h"

#define MAX_FILE     ((gint64)4 << 30)
#define DEFAULT_FILE ((gint64)100 << 20)
#define FILE_KIND    "^(\\.[A-Za-z0-9.]+|[a-z]+/(\\*|[a-z0-9.+-]+))$"

/* --- inputs --- */
static const char *const input_types[] = {"text", "choice",  "person", "integer", "money",
                                          "date", "boolean", "file",   NULL};

void
mc_input_plan_free(McInputPlan *plan)
{
  mc_input_free(plan->input);
  mc_label_free(plan->label);
  mc_offer_free(plan->offer);
  g_ptr_array_unref(plan->titles);
  g_free(plan);
}

static void
add_choice(McInputPlan *plan, const char *value, McLabel *title)
{
  McChoice *choice = g_new0(McChoice, 1);
  choice->value = g_strdup(value);
  g_ptr_array_add(plan->input->choices, choice);
  g_ptr_array_add(plan->titles, title);
}

/* "static": ["a", {"value":"b","title":{"vi":...}}] or {"a": "title", "b": {"vi":...}}. */
static void
compile_choices(McBuild *b, const cJSON *source, McInputPlan *plan)
{
  static const McKey keys[] = {{"value", MC_SHAPE_STRING | MC_SHAPE_INTEGER, TRUE},
                               {"title", MC_SHAPE_LABEL, FALSE},
                               {NULL, 0, FALSE}};
  const cJSON *list = mc_json_get(source, "static"), *one;
  cJSON_ArrayForEach (one, list) {
    if (cJSON_IsObject(list))
      add_choice(plan, one->string, mc_label_compile(&b->c, list, one->string));
    else if (cJSON_IsString(one))
      add_choice(plan, one->valuestring, NULL);
    else if (mc_shape_check(&b->c, one, _("a choice"), keys) && mc_json_text(mc_json_get(one, "value")))
      add_choice(plan, mc_json_text(mc_json_get(one, "value")), mc_label_compile(&b->c, one, "title"));
  }
}

static void
compile_from(McBuild *b, const cJSON *source, McInputPlan *plan)
{
  cJSON *from = mc_json_get(source, "from");
  if (cJSON_IsObject(from))
    plan->offer = mc_offer_compile(b, from);
  if (!cJSON_IsString(from))
    return;
  plan->input->lookup = g_strdup(from->valuestring);
  plan->lookup = from;
}

/* A length, or the size of a file ("5MiB"). */
static gint64
compile_max(McBuild *b, const cJSON *source, McInputType type)
{
  if (type == MC_INPUT_FILE)
    return mc_shape_size(&b->c, source, "max", MAX_FILE, DEFAULT_FILE);
  const cJSON *max = mc_json_get(source, "max");
  if (cJSON_IsString(max))
    mc_compile_fault(&b->c, max, FALSE, _("\"%s\" must be %s"), "max", _("an integer"));
  return mc_shape_int(&b->c, source, "max", 1, 1000000, 0);
}

static void
check_choice(McBuild *b, const cJSON *source, const McInputPlan *plan)
{
  const McInput *input = plan->input;
  gboolean choosing = input->type == MC_INPUT_CHOICE || input->type == MC_INPUT_PERSON;
  if (choosing && !mc_json_get(source, "from") && !input->choices->len)
    mc_compile_fault(&b->c, source, FALSE, _("a choice needs \"static\" or \"from\""));
  if (!choosing && (mc_json_get(source, "from") || mc_json_get(source, "static")))
    mc_compile_fault(&b->c, source, FALSE, _("\"static\" and \"from\" belong to a choice or a person"));
  if (input->type == MC_INPUT_FILE && input->many)
    mc_compile_fault(&b->c, mc_json_get(source, "many"), TRUE, _("\"%s\" does not belong to a file"), "many");
  if (input->type != MC_INPUT_FILE && mc_json_get(source, "accept"))
    mc_compile_fault(&b->c, mc_json_get(source, "accept"), TRUE, _("\"%s\" belongs to a file"), "accept");
}

/* ".pdf", "application/pdf", "image/" and a star: one, or a list. */
static char **
compile_accept(McBuild *b, const cJSON *source)
{
  const cJSON *accept = mc_json_get(source, "accept");
  const cJSON *one = cJSON_IsArray(accept) ? accept->child : accept;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  for (; one; one = cJSON_IsArray(accept) ? one->next : NULL) {
    if (cJSON_IsString(one) && g_regex_match_simple(FILE_KIND, one->valuestring, G_REGEX_DOLLAR_ENDONLY, 0))
      g_ptr_array_add(list, g_strdup(one->valuestring));
    else
      mc_compile_fault(&b->c, one, FALSE,
                       _("expected an ending such as \".pdf\" or a type such as \"image/*\""));
  }
  if (!list->len)
    return NULL;
  g_ptr_array_add(list, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

static char *
compile_pattern(McBuild *b, const cJSON *source)
{
  const char *pattern = mc_shape_string(source, "pattern");
  g_autoptr(GRegex) regex = pattern ? mc_compile_regex(&b->c, mc_json_get(source, "pattern")) : NULL;
  return regex ? g_strdup(pattern) : NULL;
}

static McInputPlan *
compile_input(McBuild *b, const cJSON *source, gboolean lookup)
{
  static const McKey keys[] = {{"type", MC_SHAPE_STRING, TRUE},
                               {"required", MC_SHAPE_BOOLEAN, FALSE},
                               {"label", MC_SHAPE_LABEL, FALSE},
                               {"many", MC_SHAPE_BOOLEAN, FALSE},
                               {"max", MC_SHAPE_INTEGER | MC_SHAPE_STRING, FALSE},
                               {"accept", MC_SHAPE_STRING | MC_SHAPE_ARRAY, FALSE},
                               {"pattern", MC_SHAPE_STRING, FALSE},
                               {"multiline", MC_SHAPE_BOOLEAN, FALSE},
                               {"from", MC_SHAPE_NODE, FALSE},
                               {"initial", MC_SHAPE_STRING, FALSE},
                               {"static", MC_SHAPE_ARRAY | MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  static const McKey lookup_keys[] = {{"required", MC_SHAPE_BOOLEAN, FALSE},
                                      {"label", MC_SHAPE_LABEL, FALSE},
                                      {"pattern", MC_SHAPE_STRING, FALSE},
                                      {"private", MC_SHAPE_BOOLEAN, FALSE},
                                      {NULL, 0, FALSE}};
  McCompiler *c = &b->c;
  if (!mc_shape_check(c, source, _("an input"), lookup ? lookup_keys : keys))
    return NULL;
  McInputPlan *plan = g_new0(McInputPlan, 1);
  McInput *input = plan->input = g_new0(McInput, 1);
  input->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  plan->titles = g_ptr_array_new_with_free_func((GDestroyNotify)mc_label_free);
  input->name = g_strdup(source->string);
  input->type =
      lookup ? MC_INPUT_TEXT : (McInputType)mc_shape_word(c, source, "type", input_types, MC_INPUT_TEXT);
  input->required = mc_shape_flag(source, "required");
  input->many = mc_shape_flag(source, "many");
  input->max = compile_max(b, source, input->type);
  /* A text that may be long, or has no limit at all, is written in lines unless the connector says otherwise.
   */
  input->multiline = mc_json_get(source, "multiline")
                         ? mc_shape_flag(source, "multiline")
                         : input->type == MC_INPUT_TEXT && !lookup && input->max > 200;
  input->pattern = compile_pattern(b, source);
  input->initial = g_strdup(mc_shape_string(source, "initial"));
  input->accept = compile_accept(b, source);
  plan->label = mc_label_compile(c, source, "label");
  compile_choices(b, source, plan);
  compile_from(b, source, plan);
  check_choice(b, source, plan);
  return plan;
}

void
mc_inputs_without_item(McBuild *b, const cJSON *object, const GPtrArray *inputs)
{
  for (guint i = 0; i < inputs->len; i++) {
    const McInputPlan *plan = inputs->pdata[i];
    if (plan->offer)
      mc_compile_fault(&b->c, mc_json_get(mc_json_get(object, plan->input->name), "from"), FALSE,
                       _("there is no item here whose record could offer choices"));
  }
}

GPtrArray *
mc_inputs_compile(McBuild *b, const cJSON *object, gboolean lookup)
{
  GPtrArray *inputs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_input_plan_free);
  const cJSON *member;
  cJSON_ArrayForEach (member, object) {
    McInputPlan *plan = compile_input(b, member, lookup);
    if (plan)
      g_ptr_array_add(inputs, plan);
  }
  return inputs;
}

/* --- allow --- */
static guint
compile_states(McBuild *b, const cJSON *list)
{
  guint states = 0;
  const cJSON *word;
  cJSON_ArrayForEach (word, list) {
    McState state;
    if (cJSON_IsString(word) && mc_state_parse(word->valuestring, &state))
      states |= 1u << state;
    else
      mc_compile_fault(&b->c, word, FALSE, _("not a state of an item"));
  }
  return states;
}

static void
compile_allow(McBuild *b, const cJSON *source, McAction *action)
{
  static const char *const keys[] = {"state", NULL};
  const cJSON *allow = mc_shape_object(source, "allow");
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM, NULL, NULL);
  action->reason = mc_shape_member_reader(&b->c, source, "reason");
  action->allow_detail = mc_shape_member_test(&b->c, source, "allow_detail");
  action->refetch |= action->allow_detail != NULL; /* it is read just before it is sent */
  const cJSON *states = mc_json_get(allow, "state");
  if (!states) {
    action->allow = allow ? mc_test_compile(&b->c, allow) : NULL;
    return;
  }
  mc_compile_keys(&b->c, allow, keys);
  if (!cJSON_IsArray(states) || !states->child)
    mc_compile_fault(&b->c, states, FALSE, _("\"%s\" must be %s"), "state", _("a list of states"));
  else
    action->states = compile_states(b, states);
}

/* --- rule 6 --- */
static void
note_key(const char *name, gpointer data)
{
  if (g_str_equal(name, "action.key"))
    *(gboolean *)data = TRUE;
}

static void
check_field(McBuild *b, const cJSON *idempotency, const McAction *action)
{
  gboolean used = FALSE;
  if (action->batch)
    mc_node_names(action->batch->item, note_key, &used);
  else if (mc_action_main(action)->request)
    mc_request_names(mc_action_main(action)->request, note_key, &used);
  if (!used)
    mc_compile_fault(&b->c, idempotency, FALSE,
                     _("the request does not carry {\"$\":\"action.key\"} in \"%s\""),
                     mc_shape_string(idempotency, "field"));
}

static void
compile_idempotency(McBuild *b, const cJSON *source, McAction *action)
{
  static const McKey keys[] = {{"header", MC_SHAPE_STRING, FALSE},
                               {"field", MC_SHAPE_STRING, FALSE},
                               {"lives", MC_SHAPE_STRING, TRUE},
                               {NULL, 0, FALSE}};
  const cJSON *i = mc_json_get(source, "idempotency");
  if (!i)
    return;
  if (cJSON_IsString(i)) {
    if (g_str_equal(i->valuestring, "same"))
      action->repeat = MC_REPEAT_SAME;
    else
      mc_compile_fault(&b->c, i, FALSE,
                       _("\"idempotency\" must be \"same\", or have \"header\" or \"field\", and \"lives\""));
    return;
  }
  if (!mc_shape_check(&b->c, i, "idempotency", keys))
    return;
  const char *header = mc_shape_string(i, "header"), *field = mc_shape_string(i, "field");
  if (!header == !field)
    mc_compile_fault(&b->c, i, FALSE, _("\"idempotency\" needs one of \"header\" and \"field\""));
  action->repeat = header ? MC_REPEAT_HEADER : MC_REPEAT_FIELD;
  action->header = g_strdup(header);
  action->lives = mc_shape_duration(&b->c, i, "lives", 0);
  if (field)
    check_field(b, i, action);
}

static void
verify_free(McVerify *verify)
{
  if (!verify)
    return;
  mc_request_spec_free(verify->request);
  mc_test_free(verify->landed);
  mc_test_free(verify->absent);
  mc_reader_free(verify->message);
  if (verify->keep)
    g_ptr_array_unref(verify->keep);
  g_free(verify);
}

static McVerify *
compile_verify(McBuild *b, const cJSON *source)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},  {"landed", MC_SHAPE_OBJECT, TRUE},
                               {"absent", MC_SHAPE_OBJECT, FALSE},  {"settle", MC_SHAPE_STRING, FALSE},
                               {"always", MC_SHAPE_BOOLEAN, FALSE}, {"message", MC_SHAPE_READER, FALSE},
                               {"keep", MC_SHAPE_OBJECT, FALSE},    {NULL, 0, FALSE}};
  if (!source || !mc_shape_check(&b->c, source, "verify", keys))
    return NULL;
  McVerify *verify = g_new0(McVerify, 1);
  const cJSON *request = mc_shape_object(source, "request");
  verify->request = request ? mc_request_compile(&b->c, request, "GET") : NULL;
  verify->landed = mc_shape_member_test(&b->c, source, "landed");
  verify->absent = mc_shape_member_test(&b->c, source, "absent");
  verify->message = mc_shape_member_reader(&b->c, source, "message");
  verify->keep = mc_keep_compile(&b->c, source, "keep");
  verify->settle = mc_shape_duration(&b->c, source, "settle", 0);
  verify->always = mc_shape_flag(source, "always");
  return verify;
}

static void
compile_single(McBuild *b, cJSON *source, McAction *action)
{
  static const McKey keys[] = {{"verify", MC_SHAPE_OBJECT, TRUE}, {NULL, 0, FALSE}};
  const cJSON *unknown = mc_json_get(source, "unknown");
  compile_idempotency(b, source, action);
  if (cJSON_IsString(unknown) && !g_str_equal(unknown->valuestring, "ask"))
    mc_compile_fault(&b->c, unknown, FALSE, _("\"unknown\" must be \"ask\" or have \"verify\""));
  else if (cJSON_IsObject(unknown) && mc_shape_check(&b->c, unknown, "unknown", keys))
    action->verify = compile_verify(b, mc_shape_object(unknown, "verify"));
  if (!unknown && !mc_json_get(source, "idempotency") && action->repeat == MC_REPEAT_NEVER)
    mc_compile_fault(
        &b->c, source, TRUE,
        _("action \"%s\" does not say how it stays single: give it \"idempotency\", \"unknown.verify\", or "
          "\"unknown\":\"ask\""),
        action->name);
}

/* --- the rest of an action --- */
static void
set_free(McSet *set)
{
  g_free(set->name);
  mc_node_free(set->node);
  g_free(set);
}

static void
compile_update(McBuild *b, const cJSON *object, McAction *action)
{
  static const char *const keys[] = {"state", "unread", "assignee", "raw_state", "step", "due", NULL};
  cJSON *member;
  action->update = g_ptr_array_new_with_free_func((GDestroyNotify)set_free);
  if (!object)
    return;
  mc_compile_keys(&b->c, object, keys);
  McState state;
  const cJSON *word = mc_json_get(object, "state");
  if (cJSON_IsString(word) && !mc_state_parse(word->valuestring, &state))
    mc_compile_fault(&b->c, word, FALSE, _("not a state of an item"));
  cJSON_ArrayForEach (member, object) {
    McSet *set = g_new0(McSet, 1);
    set->name = g_strdup(member->string);
    set->node = mc_node_compile(&b->c, member);
    g_ptr_array_add(action->update, set);
  }
}

static void
compile_before(McBuild *b, const cJSON *before, const cJSON *form, McAction *action)
{
  static const McKey keys[] = {
      {"request", MC_SHAPE_OBJECT, TRUE}, {"keep", MC_SHAPE_OBJECT, TRUE}, {NULL, 0, FALSE}};
  if (!before || !mc_shape_check(&b->c, before, "before", keys))
    return;
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM | MC_SEE_ACTION, form, NULL);
  const cJSON *request = mc_shape_object(before, "request");
  action->before = request ? mc_request_compile(&b->c, request, "GET") : NULL;
  action->before_keep = mc_keep_compile(&b->c, before, "keep");
}

static const McKey action_keys[] = {{"label", MC_SHAPE_LABEL, FALSE},
                                    {"on", MC_SHAPE_STRING, TRUE},
                                    {"new", MC_SHAPE_BOOLEAN, FALSE},
                                    {"allow", MC_SHAPE_OBJECT, FALSE},
                                    {"reason", MC_SHAPE_READER, FALSE},
                                    {"confirm", MC_SHAPE_BOOLEAN, FALSE},
                                    {"refetch", MC_SHAPE_BOOLEAN, FALSE},
                                    {"form", MC_SHAPE_OBJECT, FALSE},
                                    {"lookups", MC_SHAPE_OBJECT, FALSE},
                                    {"request", MC_SHAPE_OBJECT, FALSE},
                                    {"idempotency", MC_SHAPE_STRING | MC_SHAPE_OBJECT, FALSE},
                                    {"success", MC_SHAPE_OBJECT, FALSE},
                                    {"unknown", MC_SHAPE_STRING | MC_SHAPE_OBJECT, FALSE},
                                    {"before", MC_SHAPE_OBJECT, FALSE},
                                    {"conflict", MC_SHAPE_ARRAY | MC_SHAPE_OBJECT, FALSE},
                                    {"errors", MC_SHAPE_ARRAY, FALSE},
                                    {"update", MC_SHAPE_OBJECT, FALSE},
                                    {"created", MC_SHAPE_READER, FALSE},
                                    {"receipt", MC_SHAPE_READER, FALSE},
                                    {"steps", MC_SHAPE_ARRAY, FALSE},
                                    {"poll", MC_SHAPE_OBJECT, FALSE},
                                    {"batch", MC_SHAPE_OBJECT, FALSE},
                                    {"allow_detail", MC_SHAPE_OBJECT, FALSE},
                                    {NULL, 0, FALSE}};

McAction *
mc_action_compile(McBuild *b, cJSON *source)
{
  McCompiler *c = &b->c;
  if (!mc_shape_check(c, source, _("an action"), action_keys))
    return NULL;
  McAction *a = g_new0(McAction, 1);
  const cJSON *form = mc_shape_object(source, "form"), *before = mc_shape_object(source, "before");
  a->name = g_strdup(source->string);
  a->stream = g_strdup(mc_shape_string(source, "on"));
  b->stream = a->stream ? mc_json_get(mc_json_get(mc_json_root(c->json), "streams"), a->stream) : NULL;
  a->label = mc_label_compile(c, source, "label");
  a->creates = mc_shape_flag(source, "new");
  a->confirm = mc_shape_flag(source, "confirm");
  a->refetch = mc_shape_flag(source, "refetch");
  a->inputs = mc_inputs_compile(b, form, FALSE);
  if (a->creates)
    mc_inputs_without_item(b, form, a->inputs);
  compile_allow(b, source, a);
  compile_before(b, before, form, a);
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ACTION | (a->creates ? 0 : MC_SEE_ITEM), form,
                 mc_shape_object(before, "keep"));
  mc_batch_compile(b, source, a);
  mc_steps_compile(b, source, a);
  mc_poll_compile(b, source, a);
  a->created = mc_shape_member_reader(c, source, "created");
  a->receipt = mc_shape_member_reader(c, source, "receipt");
  compile_single(b, source, a);
  mc_steps_check(b, source, a);
  compile_update(b, mc_shape_object(source, "update"), a);
  a->fillers = mc_fillers_compile(b, source);
  b->stream = NULL;
  return a;
}

void
mc_action_free(McAction *a)
{
  mc_label_free(a->label);
  mc_test_free(a->allow);
  mc_reader_free(a->reason);
  mc_test_free(a->allow_detail);
  mc_steps_clear(a);
  verify_free(a->verify);
  mc_request_spec_free(a->before);
  mc_reader_free(a->created);
  mc_reader_free(a->receipt);
  GPtrArray *const arrays[] = {a->inputs, a->before_keep, a->update, a->fillers};
  for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
    if (arrays[i])
      g_ptr_array_unref(arrays[i]);
  g_free(a->header);
  g_free(a->stream);
  g_free(a->name);
  g_free(a);
}

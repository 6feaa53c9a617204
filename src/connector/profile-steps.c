/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling what an action sends: one `request` or several `steps`, `poll`, `batch`.
 *
 * Decided where the language leaves it open:
 * - A step that only reads may be repeated; one that changes something may not, unless it says so. Exactly
 * one is the main one, which rule 6 is about: the one that may not be repeated, or where all may, the last
 * that changes something (and then repeating has the same effect).
 * - `if` reads the names as an object: {"item","input","config","session","before","step"}.
 * - What the main step kept is remembered until the steps after it are done, for they may run in another
 *   process; what the steps before it kept never is: they run again where a later one needs it.
 * - A `poll` is a request of its own ("url" and so on, or "request"); without one, to the address that the
 *   accepting answer gave in Location. `keep` reads that answer; its names are under poll., beside
 *   poll.location, and they are remembered. `accepted` tells which answer means "not done yet": 202, or 303
 *   with a Location.
 * - Of a `batch` the action's `request` is the whole one and sees `batch`; its `success`, `errors` and
 *   `conflict` judge the whole answer, those within `batch` one outcome; `receipt` and `created` read the
 *   outcome. What is one action's own affair (steps, poll, before, refetch, a key in a header) does not go
 *   with it. */
#include <string.h>

#include "connector/plan.h"
#include "motcua/i18n.h"

#define POLL_EVERY  5
#define POLL_MAX    3600
#define BATCH_LIMIT 500

const McActStep *
mc_action_main(const McAction *action)
{
  return action->steps->pdata[action->main];
}

gboolean
mc_action_has_rest(const McAction *action)
{
  return action->main + 1 < action->steps->len;
}

/* --- one step --- */
static void
step_free(McActStep *step)
{
  mc_test_free(step->only_if);
  mc_request_spec_free(step->request);
  mc_test_free(step->success);
  GPtrArray *const arrays[] = {step->conflict, step->errors, step->keep};
  for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
    if (arrays[i])
      g_ptr_array_unref(arrays[i]);
  g_free(step->name);
  g_free(step);
}

static McActStep *
compile_step(McBuild *b, const cJSON *source, const char *method)
{
  const cJSON *request = mc_shape_object(source, "request");
  const char *own = mc_shape_string(request, "method");
  McActStep *step = g_new0(McActStep, 1);
  step->mutating = !g_str_equal(own ? own : method, "GET") && g_strcmp0(own, "HEAD") != 0;
  step->request = request ? mc_request_compile(&b->c, request, method) : NULL;
  step->success = mc_shape_member_test(&b->c, source, "success");
  step->conflict = mc_shape_member_tests(&b->c, source, "conflict");
  step->errors = mc_rules_compile(&b->c, source, "errors");
  return step;
}

static gboolean
has_body(const cJSON *request)
{
  static const char *const bodies[] = {"json", "form", "body", "multipart", "xml"};
  for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++)
    if (mc_json_get(request, bodies[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_name(const char *name)
{
  return name && *name && !strpbrk(name, ".{} ");
}

static void
add_step(McBuild *b, const cJSON *source, McAction *action)
{
  static const McKey keys[] = {{"name", MC_SHAPE_STRING, TRUE},
                               {"if", MC_SHAPE_OBJECT, FALSE},
                               {"request", MC_SHAPE_OBJECT, TRUE},
                               {"success", MC_SHAPE_OBJECT, FALSE},
                               {"conflict", MC_SHAPE_ARRAY | MC_SHAPE_OBJECT, FALSE},
                               {"errors", MC_SHAPE_ARRAY, FALSE},
                               {"keep", MC_SHAPE_OBJECT, FALSE},
                               {"repeatable", MC_SHAPE_BOOLEAN, FALSE},
                               {NULL, 0, FALSE}};
  if (!mc_shape_check(&b->c, source, _("a step"), keys))
    return;
  const cJSON *flag = mc_json_get(source, "repeatable");
  const char *name = mc_shape_string(source, "name");
  gboolean changes = has_body(mc_json_get(source, "request")) || cJSON_IsFalse(flag);
  McActStep *step = compile_step(b, source, changes ? "POST" : "GET");
  step->name = g_strdup(name ? name : "");
  step->only_if = mc_shape_member_test(&b->c, source, "if");
  step->keep = mc_keep_compile(&b->c, source, "keep");
  step->repeatable = cJSON_IsBool(flag) ? cJSON_IsTrue(flag) : !step->mutating;
  if (name && !is_name(name))
    mc_compile_fault(&b->c, mc_json_get(source, "name"), FALSE, _("\"%s\" cannot be the name of a step"),
                     name);
  for (guint i = 0; i < action->steps->len; i++)
    if (g_str_equal(((McActStep *)action->steps->pdata[i])->name, step->name))
      mc_compile_fault(&b->c, source, FALSE, _("two steps have the name \"%s\""), step->name);
  g_ptr_array_add(action->steps, step);
  g_autofree char *root = g_strconcat("step.", step->name, NULL);
  if (mc_shape_object(source, "keep"))
    mc_build_add(b, root, mc_shape_object(source, "keep"));
}

/* --- which is the main one --- */
static void
find_main(McBuild *b, const cJSON *list, McAction *action)
{
  guint single = 0;
  action->main = action->steps->len - 1;
  for (guint i = 0; i < action->steps->len; i++)
    if (((McActStep *)action->steps->pdata[i])->mutating)
      action->main = i;
  for (guint i = 0; i < action->steps->len; i++) {
    const McActStep *step = action->steps->pdata[i];
    if (step->repeatable)
      continue;
    if (single++)
      mc_compile_fault(&b->c, cJSON_GetArrayItem(list, (int)i), FALSE,
                       _("step \"%s\" is a second one that may not be repeated; only one can be kept single: "
                         "say \"repeatable\":true where repeating does no harm"),
                       step->name);
    else
      action->main = i;
  }
  if (!single)
    action->repeat = MC_REPEAT_SAME;
}

typedef struct {
  const McAction *action;
  guint before; /* steps before this one */
} Recall;

static void
note_recalled(const char *name, gpointer data)
{
  const Recall *recall = data;
  for (guint i = 0; i < recall->before; i++) {
    McActStep *step = recall->action->steps->pdata[i];
    g_autofree char *root = g_strconcat("step.", step->name, ".", NULL);
    step->recalled |= g_str_has_prefix(name, root);
  }
}

/* From the last backwards: what a recalled step needs is recalled too. What an `if` reads is not told. */
static void
find_recalled(McAction *action)
{
  for (guint i = action->steps->len; i-- > 0;) {
    const McActStep *step = action->steps->pdata[i];
    Recall recall = {action, i};
    if (i <= action->main && !step->recalled)
      continue;
    mc_request_names(step->request, note_recalled, &recall);
    for (guint k = 0; step->only_if && k < i; k++)
      ((McActStep *)action->steps->pdata[k])->recalled = TRUE;
  }
}

void
mc_steps_compile(McBuild *b, const cJSON *source, McAction *action)
{
  static const char *const own[] = {"request", "success", "conflict", "errors"};
  const cJSON *list = mc_shape_array(source, "steps"), *one;
  const char *const *names = b->c.names;
  action->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
  for (gsize i = 0; list && i < G_N_ELEMENTS(own); i++)
    if (mc_json_get(source, own[i]))
      mc_compile_fault(&b->c, mc_json_get(source, own[i]), TRUE,
                       _("\"%s\" stands in a step, not beside \"steps\""), own[i]);
  cJSON_ArrayForEach (one, list)
    add_step(b, one, action);
  b->c.names = names;
  if (action->steps->len) {
    find_main(b, list, action);
    find_recalled(action);
    return;
  }
  if (!mc_json_get(source, "request"))
    mc_compile_fault(&b->c, source, TRUE, _("%s needs the key \"%s\""), _("an action"), "request");
  if (action->batch) { /* the whole one sees nothing of a single action */
    mc_build_place(b, MC_SEE_SESSION, NULL, NULL);
    mc_build_add(b, "batch", NULL);
  }
  McActStep *step = compile_step(b, source, "POST");
  step->mutating = TRUE;
  g_ptr_array_add(action->steps, step);
  b->c.names = names;
}

/* --- poll --- */
static McRequestSpec *
compile_location(void)
{
  static const char text[] = "{\"url\":{\"$\":\"poll.location\"}}";
  g_autoptr(McJson) json = mc_json_parse("poll", text, strlen(text), MC_JSON_POSITIONS, NULL);
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  McCompiler c = {.json = json, .faults = faults};
  return mc_request_compile(&c, mc_json_root(json), "GET");
}

static McRequestSpec *
compile_poll_request(McBuild *b, const cJSON *poll)
{
  static const char *const extra[] = {"request", "every",    "max",     "until", "failed",
                                      "keep",    "accepted", "message", NULL};
  const cJSON *request = mc_shape_object(poll, "request");
  if (request)
    return mc_request_compile(&b->c, request, "GET");
  return mc_json_get(poll, "url") ? mc_request_compile_with(&b->c, poll, "GET", extra) : compile_location();
}

void
mc_poll_compile(McBuild *b, const cJSON *source, McAction *action)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, FALSE},   {"url", MC_SHAPE_NODE, FALSE},
                               {"method", MC_SHAPE_STRING, FALSE},    {"query", MC_SHAPE_OBJECT, FALSE},
                               {"headers", MC_SHAPE_OBJECT, FALSE},   {"json", MC_SHAPE_ANY, FALSE},
                               {"form", MC_SHAPE_OBJECT, FALSE},      {"body", MC_SHAPE_ANY, FALSE},
                               {"multipart", MC_SHAPE_OBJECT, FALSE}, {"xml", MC_SHAPE_OBJECT, FALSE},
                               {"format", MC_SHAPE_STRING, FALSE},    {"charset", MC_SHAPE_STRING, FALSE},
                               {"every", MC_SHAPE_STRING, FALSE},     {"max", MC_SHAPE_STRING, FALSE},
                               {"until", MC_SHAPE_OBJECT, FALSE},     {"failed", MC_SHAPE_OBJECT, FALSE},
                               {"keep", MC_SHAPE_OBJECT, FALSE},      {"accepted", MC_SHAPE_OBJECT, FALSE},
                               {"message", MC_SHAPE_READER, FALSE},   {NULL, 0, FALSE}};
  const cJSON *poll = mc_shape_object(source, "poll");
  const char *const *names = b->c.names;
  if (!poll || !mc_shape_check(&b->c, poll, "poll", keys))
    return;
  McPollPlan *p = action->poll = g_new0(McPollPlan, 1);
  p->keep = mc_keep_compile(&b->c, poll, "keep");
  p->accepted = mc_shape_member_test(&b->c, poll, "accepted");
  mc_build_add(b, "poll.location", NULL);
  if (mc_shape_object(poll, "keep"))
    mc_build_add(b, "poll", mc_shape_object(poll, "keep"));
  p->request = compile_poll_request(b, poll);
  p->until = mc_shape_member_test(&b->c, poll, "until");
  p->failed = mc_shape_member_test(&b->c, poll, "failed");
  p->message = mc_shape_member_reader(&b->c, poll, "message");
  p->every = MAX(mc_shape_duration(&b->c, poll, "every", POLL_EVERY), 1);
  p->max = mc_shape_duration(&b->c, poll, "max", POLL_MAX);
  b->c.names = names;
}

/* --- batch --- */
static void
check_batch_alone(McBuild *b, const cJSON *source)
{
  static const char *const lone[] = {"steps", "poll", "before", "refetch", "allow_detail"};
  for (gsize i = 0; i < G_N_ELEMENTS(lone); i++)
    if (mc_json_get(source, lone[i]))
      mc_compile_fault(&b->c, mc_json_get(source, lone[i]), TRUE,
                       _("\"%s\" is about one action and does not go with \"batch\""), lone[i]);
  if (mc_json_get(mc_json_get(source, "idempotency"), "header"))
    mc_compile_fault(
        &b->c, mc_json_get(source, "idempotency"), TRUE,
        _("a key in a header names one request, not each action in it: with \"batch\" put it into "
          "a field of \"item\""));
}

static void
compile_match(McBuild *b, const cJSON *batch, McBatchPlan *plan)
{
  const cJSON *match = mc_json_get(batch, "match");
  if (cJSON_IsObject(match))
    plan->match = mc_test_compile(&b->c, match);
  else if (match && g_strcmp0(cJSON_GetStringValue(match), "position") != 0)
    mc_compile_fault(&b->c, match, FALSE, _("\"match\" must be a test, or \"position\""));
}

void
mc_batch_compile(McBuild *b, const cJSON *source, McAction *action)
{
  static const McKey keys[] = {
      {"max", MC_SHAPE_INTEGER, TRUE},     {"item", MC_SHAPE_ANY, TRUE},
      {"outcomes", MC_SHAPE_READER, TRUE}, {"match", MC_SHAPE_STRING | MC_SHAPE_OBJECT, FALSE},
      {"success", MC_SHAPE_OBJECT, TRUE},  {"conflict", MC_SHAPE_ARRAY | MC_SHAPE_OBJECT, FALSE},
      {"errors", MC_SHAPE_ARRAY, FALSE},   {NULL, 0, FALSE}};
  const cJSON *batch = mc_shape_object(source, "batch");
  if (!batch || !mc_shape_check(&b->c, batch, "batch", keys))
    return;
  check_batch_alone(b, source);
  McBatchPlan *plan = action->batch = g_new0(McBatchPlan, 1);
  plan->max = mc_shape_int(&b->c, batch, "max", 1, BATCH_LIMIT, 1);
  plan->item = mc_shape_member_node(&b->c, batch, "item");
  plan->outcomes = mc_shape_member_reader(&b->c, batch, "outcomes");
  compile_match(b, batch, plan);
  plan->success = mc_shape_member_test(&b->c, batch, "success");
  plan->conflict = mc_shape_member_tests(&b->c, batch, "conflict");
  plan->errors = mc_rules_compile(&b->c, batch, "errors");
}

/* --- together with rule 6 --- */
typedef struct {
  McBuild *b;
  const cJSON *source;
  const McAction *action;
} Needs;

static gboolean
keeps(const GPtrArray *keep, const char *name)
{
  for (guint i = 0; keep && i < keep->len; i++)
    if (g_str_equal(((McKeep *)keep->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

static void
check_need(const char *name, gpointer data)
{
  const Needs *needs = data;
  g_autofree char *root = g_strconcat("step.", mc_action_main(needs->action)->name, ".", NULL);
  if (!g_str_has_prefix(name, root) || keeps(needs->action->verify->keep, name + strlen(root)))
    return;
  mc_compile_fault(
      &needs->b->c, mc_json_get(needs->source, "unknown"), FALSE,
      _("a later step needs %s: where only reading back tells that it landed, \"verify\" must have "
        "it in its \"keep\""),
      name);
}

void
mc_steps_check(McBuild *b, const cJSON *source, const McAction *action)
{
  Needs needs = {b, source, action};
  guint single = 0;
  for (guint i = 0; i < action->steps->len; i++)
    single += !((McActStep *)action->steps->pdata[i])->repeatable;
  if (single > 1) /* told, and not known which is the main one */
    return;
  for (guint i = action->main + 1; action->verify && i < action->steps->len; i++)
    mc_request_names(((McActStep *)action->steps->pdata[i])->request, check_need, &needs);
}

void
mc_steps_clear(McAction *action)
{
  McPollPlan *poll = action->poll;
  McBatchPlan *batch = action->batch;
  if (action->steps)
    g_ptr_array_unref(action->steps);
  if (poll) {
    mc_request_spec_free(poll->request);
    g_ptr_array_unref(poll->keep);
    mc_test_free(poll->accepted);
    mc_test_free(poll->until);
    mc_test_free(poll->failed);
    mc_reader_free(poll->message);
  }
  if (batch) {
    mc_node_free(batch->item);
    mc_reader_free(batch->outcomes);
    mc_test_free(batch->match);
    mc_test_free(batch->success);
    g_ptr_array_unref(batch->conflict);
    g_ptr_array_unref(batch->errors);
  }
  g_free(poll);
  g_free(batch);
}

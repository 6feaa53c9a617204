/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a lookup: for the choices of a form, or for one record. Who is not there is an answer, no error. */
#include <string.h>

#include "connector/run.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_CHOICES 1000
#define MAX_VALUE   4096

typedef struct {
  McExchange base;
  const McLookup *lookup;
  McLookupAnswer *answer;
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

/* --- a list --- */
static void
note_q(const char *name, gpointer used)
{
  *(gboolean *)used |= g_str_equal(name, "input.q");
}

/* What was typed so far, folded, where the system is not told it: the list is narrowed here. NULL: it was, or
 * nothing was typed. New string. */
static char *
own_search(const Lookup *l)
{
  const char *typed = mc_json_text(mc_scope_get(l->base.scope, "input.q"));
  gboolean told = FALSE;
  mc_request_names(l->lookup->request, note_q, &told);
  return typed && *typed && !told ? mc_text_fold(typed) : NULL;
}

static gboolean
is_wanted(const McChoice *choice, const char *search)
{
  g_autofree char *title = search ? mc_text_fold(choice->title) : NULL;
  return !search || strstr(title, search);
}

static void
add_choice(Lookup *l, const cJSON *record, const char *search)
{
  g_autofree char *value = mc_reader_text(l->lookup->value, record, l->base.scope);
  g_autofree char *title = l->lookup->title ? mc_reader_text(l->lookup->title, record, l->base.scope) : NULL;
  if (!value || !*value)
    return;
  McChoice *choice = g_new0(McChoice, 1);
  choice->title = mc_text_clean(title && *title ? title : value, -1);
  choice->value = g_steal_pointer(&value);
  if (is_wanted(choice, search))
    g_ptr_array_add(l->answer->choices, choice);
  else
    mc_choice_free(choice);
}

static void
read_list(Lookup *l, const McAnswer *answer)
{
  cJSON *owned = NULL;
  g_autofree char *search = own_search(l);
  g_autoptr(GPtrArray) records =
      mc_exchange_records(l->lookup->records, answer->root, l->base.scope, TRUE, &owned);
  for (guint i = 0; i < records->len && l->answer->choices->len < MAX_CHOICES; i++)
    add_choice(l, records->pdata[i], search);
  cJSON_Delete(owned);
  l->answer->found = l->answer->choices->len > 0;
}

/* --- a record --- */
static void
read_record(Lookup *l, const McAnswer *answer)
{
  McExchange *x = &l->base;
  for (guint i = 0; i < l->lookup->values->len; i++) {
    const McValuePlan *plan = l->lookup->values->pdata[i];
    g_autofree char *text = mc_reader_text(plan->reader, answer->root, x->scope);
    if (!text || !*text)
      continue;
    g_autofree char *capped = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), MAX_VALUE));
    const char *label = mc_label_text(plan->label);
    McLookupField *field = g_new0(McLookupField, 1);
    field->name = g_strdup(plan->name);
    field->label = g_strdup(label ? label : plan->name);
    field->value = mc_text_clean(capped, -1);
    field->is_private = plan->is_private;
    g_ptr_array_add(l->answer->fields, field);
  }
  l->answer->found = TRUE;
  if (!l->answer->fields->len)
    mc_exchange_fail(x, g_error_new(MC_ERROR, MC_ERROR_PROTOCOL,
                                    _("%s: the answer has nothing of what \"%s\" asks"),
                                    mc_binding_title(x->binding), l->lookup->name));
}

/* Whether the answer says that there is no such record. What `errors` refuse says nothing of the kind. */
static gboolean
is_absent(const Lookup *l, const McAnswer *answer)
{
  const McExchange *x = &l->base;
  int status = answer->response->status;
  gboolean gone = answer->response->wire == MC_WIRE_ANSWERED && (status == 404 || status == 410) &&
                  x->verdict.class == MC_CLASS_PERMANENT;
  if (!l->lookup->values || (x->verdict.class != MC_CLASS_OK && !gone))
    return FALSE;
  return l->lookup->found ? !mc_test_eval(l->lookup->found, answer, answer->root, x->scope) : gone;
}

static void
lookup_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Lookup *l = (Lookup *)x;
  if (is_absent(l, answer))
    x->verdict.class = MC_CLASS_OK;
  else if (!mc_exchange_usable(x))
    return;
  else if (l->lookup->values)
    read_record(l, answer);
  else
    read_list(l, answer);
  l->answer->as_of = now;
  l->done = TRUE;
}

static void
lookup_clear(McExchange *x)
{
  mc_lookup_answer_free(((Lookup *)x)->answer);
}

static void
lookup_recipe(const McExchange *x, cJSON *into)
{
  const cJSON *inputs = mc_scope_get(x->scope, "input");
  cJSON_AddStringToObject(into, "lookup", ((const Lookup *)x)->lookup->name);
  if (inputs)
    cJSON_AddItemToObject(into, "inputs", cJSON_Duplicate(inputs, TRUE));
}

static const McExchangeKind lookup_kind = {
    .name = "lookup", .next = lookup_next, .fed = lookup_fed, .clear = lookup_clear, .recipe = lookup_recipe};

/* --- asking --- */
static gboolean
check_known(const McLookup *lookup, GHashTable *inputs, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, inputs);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    gboolean known = lookup->inputs->len == 0 && !lookup->values && g_str_equal(key, "q");
    for (guint i = 0; i < lookup->inputs->len; i++)
      known |= g_str_equal(((McInputPlan *)lookup->inputs->pdata[i])->input->name, key);
    if (known)
      continue;
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("lookup \"%s\" has no input \"%s\""), lookup->name,
                (char *)key);
    return FALSE;
  }
  return TRUE;
}

gboolean
mc_lookup_check(const McBinding *binding, const char *name, GHashTable *inputs, GError **error)
{
  g_autoptr(McLookupInfo) info = mc_lookup_info(binding, name, error);
  gboolean ok = info && (!inputs || check_known(mc_profile_lookup(binding->profile, name), inputs, error));
  for (guint i = 0; ok && i < info->inputs->len; i++) {
    const McInput *input = info->inputs->pdata[i];
    ok = mc_input_check(input, inputs ? g_hash_table_lookup(inputs, input->name) : NULL, error);
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
  if (!mc_lookup_check(binding, name, inputs, error))
    return NULL;
  Lookup *l = mc_exchange_new(&lookup_kind, sizeof *l, binding);
  l->lookup = mc_profile_lookup(binding->profile, name);
  l->answer = mc_lookup_answer_new(binding->system, name, l->lookup->values != NULL);
  l->answer->volatile_ = l->lookup->cache == 0;
  mc_scope_take(l->base.scope, "input", input_names(inputs));
  return &l->base;
}

McLookupAnswer *
mc_lookup_take(McExchange *x)
{
  return g_steal_pointer(&((Lookup *)x)->answer);
}

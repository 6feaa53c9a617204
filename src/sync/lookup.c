/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups: from the cache where its connector allows one, else from its system. A question for a record is a
 * look at somebody's data: it stands in the journal, with why and by whom, before the answer is given to a
 * face; when the journal cannot be written, the answer is not given. */
#include "config.h"
#include "sync/sync.h"

#include "motcua/i18n.h"
#include "motcua/journal.h"

typedef struct {
  McEngine *engine;
  McTicket ticket;
  char *system, *lookup;
  GHashTable *inputs;
} Question;

static void
question_free(gpointer data)
{
  Question *q = data;
  g_free(q->system);
  g_free(q->lookup);
  g_clear_pointer(&q->inputs, g_hash_table_unref);
  g_free(q);
}

static Question *
question_new(McEngine *engine, McTicket ticket, const char *system, const char *lookup, GHashTable *inputs)
{
  Question *q = g_new0(Question, 1);
  q->engine = engine;
  q->ticket = ticket;
  q->system = g_strdup(system);
  q->lookup = g_strdup(lookup);
  q->inputs = inputs ? mc_table_copy(inputs) : mc_secret_table_new();
  return q;
}

static McSystem *
find_system(McEngine *engine, const char *name, GError **error)
{
  McSystem *system = mc_engine_system_get(engine, name);
  if (!system)
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no system “%s”."), name);
  return system;
}

/* --- answering --- */

static gboolean
journal(const Question *q, const McSystem *system, const char *outcome, GError **error)
{
  g_autofree char *inputs = mc_lookup_inputs_text(system->binding, q->lookup, q->inputs);
  const char *purpose = g_hash_table_lookup(q->inputs, MC_LOOKUP_PURPOSE);
  return mc_journal_append(q->engine->home, q->engine->clock, error, "lookup", "system", q->system, "lookup",
                           q->lookup, "inputs", inputs, "purpose", purpose, "outcome", outcome, NULL);
}

/* Takes the answer. */
static void
give(const Question *q, McLookupAnswer *answer, GError *error)
{
  McEvent *event = mc_event_new(MC_EVENT_REPLY, q->system);
  event->ticket = q->ticket;
  event->answer = answer;
  event->error = error;
  mc_engine_emit(q->engine, event);
}

static void
keep(const Question *q, const McSystem *system, const McLookupAnswer *answer)
{
  gint64 lives = mc_lookup_cache(system->binding, q->lookup);
  g_autoptr(GError) error = NULL;
  if (lives <= 0)
    return;
  g_autofree char *key = mc_lookup_cache_key(system->binding, q->lookup, q->inputs);
  g_autofree char *text = mc_lookup_answer_print(answer);
  if (!mc_store_answer_put(q->engine->store, key, q->system, mc_clock_now(q->engine->clock) + lives, text,
                           &error))
    g_warning("%s: %s", q->system, error->message);
}

static void
question_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Question *q = data;
  const McSystem *system = mc_run_system(run);
  g_autoptr(McLookupAnswer) answer = error ? NULL : mc_lookup_take(exchange);
  GError *bad = error ? g_error_copy(error) : NULL;
  g_autoptr(McLookupInfo) info = mc_lookup_info(system->binding, q->lookup, NULL);
  const char *outcome = !answer ? "failed" : answer->found ? "found" : "not-found";
  gboolean asked = answer || !q->engine->options.offline;
  if (info->record && asked && !journal(q, system, outcome, bad ? NULL : &bad))
    g_clear_pointer(&answer, mc_lookup_answer_free);
  if (answer) {
    answer->as_of = mc_clock_now(q->engine->clock);
    keep(q, system, answer);
  }
  give(q, g_steal_pointer(&answer), bad);
  question_free(q);
}

/* FALSE: nothing is kept that still holds. */
static gboolean
answer_from_cache(const Question *q, const McSystem *system)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  if (mc_lookup_cache(system->binding, q->lookup) <= 0)
    return FALSE;
  g_autofree char *key = mc_lookup_cache_key(system->binding, q->lookup, q->inputs);
  if (!mc_store_answer(q->engine->store, key, &text, &error))
    g_warning("%s: %s", q->system, error->message);
  McLookupAnswer *answer = text ? mc_lookup_answer_parse(system->binding, q->lookup, text) : NULL;
  if (!answer)
    return FALSE;
  GError *bad = NULL;
  if (answer->record && !journal(q, system, "from-cache", &bad))
    g_clear_pointer(&answer, mc_lookup_answer_free);
  give(q, answer, bad);
  return TRUE;
}

static void
question_work(McEngine *engine, gpointer data)
{
  static const McRunHooks hooks = {.end = question_end};
  const Question *q = data;
  GError *error = NULL;
  McSystem *system = find_system(engine, q->system, &error);
  if (!system || !mc_lookup_check(system->binding, q->lookup, q->inputs, &error)) {
    give(q, NULL, error);
    return;
  }
  if (answer_from_cache(q, system))
    return;
  McExchange *exchange = mc_lookup_new(system->binding, q->lookup, q->inputs, &error);
  if (!exchange) {
    give(q, NULL, error);
    return;
  }
  mc_run_start(system, exchange, TRUE, TRUE, &hooks,
               question_new(engine, q->ticket, q->system, q->lookup, q->inputs));
}

McTicket
mc_engine_lookup(McEngine *engine, const char *system, const char *lookup, GHashTable *inputs)
{
  McTicket ticket = mc_engine_ticket(engine);
  mc_engine_post(engine, question_work, question_new(engine, ticket, system, lookup, inputs), question_free);
  return ticket;
}

/* --- what there is to ask --- */

static void
add_infos(const McSystem *system, GPtrArray *infos)
{
  const char *const *names = mc_profile_lookups(mc_binding_profile(system->binding));
  for (; *names; names++)
    g_ptr_array_add(infos, mc_lookup_info(system->binding, *names, NULL));
}

GPtrArray *
mc_engine_lookups(McEngine *engine, const char *system)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func((GDestroyNotify)mc_lookup_info_free);
  for (guint i = 0; i < engine->systems->len; i++) {
    const McSystem *one = engine->systems->pdata[i];
    if (!system || g_str_equal(one->name, system))
      add_infos(one, infos);
  }
  return infos;
}

McLookupInfo *
mc_engine_lookup_info(McEngine *engine, const char *system, const char *lookup, GError **error)
{
  McSystem *found = find_system(engine, system, error);
  return found ? mc_lookup_info(found->binding, lookup, error) : NULL;
}

gboolean
mc_engine_lookup_check(McEngine *engine, const char *system, const char *lookup, GHashTable *inputs,
                       GError **error)
{
  McSystem *found = find_system(engine, system, error);
  return found && mc_lookup_check(found->binding, lookup, inputs, error);
}

/* --- what fills a form --- */

/* What a system does not ask for is no matter of its own: the connectors may be of different years. */
static void
keep_known(GHashTable *given, const McLookupInfo *info)
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, given);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    gboolean known = FALSE;
    for (guint i = 0; i < info->inputs->len; i++)
      known |= g_str_equal(((McInput *)info->inputs->pdata[i])->name, key);
    if (!known)
      g_hash_table_iter_remove(&iter);
  }
}

static void
add_filler(const McSystem *system, const McFillerWish *wish, GPtrArray *fillers)
{
  McLookupInfo *info = mc_lookup_info(system->binding, wish->lookup, NULL);
  if (!info)
    return;
  McFiller *filler = g_new0(McFiller, 1);
  filler->lookup = info;
  filler->given = mc_table_copy(wish->given);
  filler->fills = g_ptr_array_ref(wish->fills);
  keep_known(filler->given, info);
  g_ptr_array_add(fillers, filler);
}

GPtrArray *
mc_engine_fillers(McEngine *engine, const char *system, const char *action, const McItem *item,
                  GHashTable *values)
{
  GPtrArray *fillers = g_ptr_array_new_with_free_func((GDestroyNotify)mc_filler_free);
  McSystem *own = mc_engine_system_get(engine, system);
  g_autoptr(GPtrArray) wishes = own ? mc_action_fillers(own->binding, action, item, values) : NULL;
  for (guint i = 0; wishes && i < wishes->len; i++) {
    const McFillerWish *wish = wishes->pdata[i];
    if (!wish->connector)
      add_filler(own, wish, fillers);
    for (guint k = 0; wish->connector && k < engine->systems->len; k++) {
      const McSystem *other = engine->systems->pdata[k];
      if (g_str_equal(mc_profile_id(mc_binding_profile(other->binding)), wish->connector))
        add_filler(other, wish, fillers);
    }
  }
  return fillers;
}

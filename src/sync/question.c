/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of a login on their way up, and the person's answers on their way down. A question is known by a
 * number of the engine; an answer to one that is over finds nobody and is dropped. */
#include "config.h"
#include "sync/sync.h"

static void
emit(McEngine *engine, McQuestion *question)
{
  McEvent *event = mc_event_new(MC_EVENT_QUESTION, question->system);
  event->question = question;
  mc_engine_emit(engine, event);
}

void
mc_asking_over(McSystem *system, guint64 *asking, McQuestionState how)
{
  if (!*asking)
    return;
  McQuestion *over = mc_question_new(MC_QUESTION_FORM, system->name);
  over->id = *asking;
  over->state = how;
  *asking = 0;
  emit(system->engine, over);
}

void
mc_asking_follow(McSystem *system, McExchange *exchange, guint64 *asking)
{
  McQuestion *fresh = mc_exchange_take_question(exchange);
  McQuestionState state = mc_exchange_question_state(exchange);
  if (fresh)
    mc_asking_over(system, asking, MC_QUESTION_ANSWERED);
  else if (state != MC_QUESTION_OPEN)
    mc_asking_over(system, asking, state);
  if (!fresh)
    return;
  *asking = fresh->id = ++system->engine->last_question;
  g_free(fresh->system);
  fresh->system = g_strdup(system->name);
  emit(system->engine, fresh);
}

typedef struct {
  guint64 id;
  GHashTable *values;
} Answer;

static void
answer_free(gpointer data)
{
  Answer *answer = data;
  g_clear_pointer(&answer->values, g_hash_table_unref);
  g_free(answer);
}

static void
answer_work(McEngine *engine, gpointer data)
{
  Answer *answer = data;
  mc_runs_answer(engine, answer->id, answer->values);
}

void
mc_engine_answer(McEngine *engine, guint64 question, GHashTable *values)
{
  Answer *answer = g_new0(Answer, 1);
  answer->id = question;
  answer->values = mc_table_copy(values);
  mc_engine_post(engine, answer_work, answer, answer_free);
}

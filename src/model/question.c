/* SPDX-License-Identifier: Apache-2.0 */
/* Questions as values: see question.h. */
#include "motcua/question.h"

#include "motcua/i18n.h"

McQuestion *
mc_question_new(McQuestionKind kind, const char *system)
{
  McQuestion *question = g_new0(McQuestion, 1);
  question->kind = kind;
  question->system = g_strdup(system);
  question->inputs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_input_free);
  return question;
}

void
mc_question_free(McQuestion *question)
{
  if (!question)
    return;
  g_free(question->system);
  g_free(question->address);
  g_free(question->complete);
  g_free(question->code);
  g_free(question->title);
  g_free(question->notice);
  g_ptr_array_unref(question->inputs);
  g_free(question);
}

const char *
mc_question_link(const McQuestion *question)
{
  return question->complete ? question->complete : question->address;
}

char *
mc_question_left(gint64 seconds)
{
  if (seconds < 60)
    return g_strdup(_("less than a minute"));
  return g_strdup_printf(_("%d min"), (int)((seconds + 59) / 60));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups and their answers, as values. What an answer held is wiped before its memory goes: it may be what
 * nobody is to keep. */
#include "motcua/lookup.h"

#include <string.h>

static void
wipe(char *text)
{
  if (text)
    explicit_bzero(text, strlen(text));
  g_free(text);
}

void
mc_lookup_info_free(McLookupInfo *info)
{
  if (!info)
    return;
  g_free(info->system);
  g_free(info->name);
  g_free(info->label);
  g_ptr_array_unref(info->inputs);
  g_free(info);
}

void
mc_lookup_field_free(McLookupField *field)
{
  if (!field)
    return;
  g_free(field->name);
  g_free(field->label);
  wipe(field->value);
  g_free(field);
}

McLookupAnswer *
mc_lookup_answer_new(const char *system, const char *lookup, gboolean record)
{
  McLookupAnswer *answer = g_new0(McLookupAnswer, 1);
  answer->system = g_strdup(system);
  answer->lookup = g_strdup(lookup);
  answer->record = record;
  answer->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  answer->fields = g_ptr_array_new_with_free_func((GDestroyNotify)mc_lookup_field_free);
  return answer;
}

McLookupAnswer *
mc_lookup_answer_copy(const McLookupAnswer *answer)
{
  McLookupAnswer *copy = mc_lookup_answer_new(answer->system, answer->lookup, answer->record);
  copy->found = answer->found;
  copy->volatile_ = answer->volatile_;
  copy->as_of = answer->as_of;
  for (guint i = 0; i < answer->choices->len; i++) {
    const McChoice *from = answer->choices->pdata[i];
    McChoice *choice = g_new0(McChoice, 1);
    choice->value = g_strdup(from->value);
    choice->title = g_strdup(from->title);
    g_ptr_array_add(copy->choices, choice);
  }
  for (guint i = 0; i < answer->fields->len; i++) {
    const McLookupField *from = answer->fields->pdata[i];
    McLookupField *field = g_new0(McLookupField, 1);
    field->name = g_strdup(from->name);
    field->label = g_strdup(from->label);
    field->value = g_strdup(from->value);
    field->is_private = from->is_private;
    g_ptr_array_add(copy->fields, field);
  }
  return copy;
}

void
mc_lookup_answer_free(McLookupAnswer *answer)
{
  if (!answer)
    return;
  g_free(answer->system);
  g_free(answer->lookup);
  g_ptr_array_unref(answer->choices);
  g_ptr_array_unref(answer->fields);
  g_free(answer);
}

const McLookupField *
mc_lookup_answer_field(const McLookupAnswer *answer, const char *name)
{
  for (guint i = 0; i < answer->fields->len; i++) {
    const McLookupField *field = answer->fields->pdata[i];
    if (g_str_equal(field->name, name))
      return field;
  }
  return NULL;
}

McFill *
mc_fill_new(const char *from, const char *to)
{
  McFill *fill = g_new0(McFill, 1);
  fill->from = g_strdup(from);
  fill->to = g_strdup(to);
  return fill;
}

void
mc_fill_free(McFill *fill)
{
  if (!fill)
    return;
  g_free(fill->from);
  g_free(fill->to);
  g_free(fill);
}

void
mc_filler_free(McFiller *filler)
{
  if (!filler)
    return;
  mc_lookup_info_free(filler->lookup);
  g_clear_pointer(&filler->given, g_hash_table_unref);
  g_clear_pointer(&filler->fills, g_ptr_array_unref);
  g_free(filler);
}

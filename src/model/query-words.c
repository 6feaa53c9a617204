/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the query language. */
#include "model/query-words.h"

const char *const mc_query_fields[] = {
    [MC_FIELD_SYSTEM] = "system",   [MC_FIELD_KIND] = "kind",         [MC_FIELD_STATE] = "state",
    [MC_FIELD_URGENCY] = "urgency", [MC_FIELD_ASSIGNEE] = "assignee", [MC_FIELD_FROM] = "from",
    [MC_FIELD_CODE] = "code",       [MC_FIELD_STEP] = "step",         [MC_FIELD_TAG] = "tag",
    [MC_FIELD_ID] = "id",           [MC_FIELD_COUNT] = NULL,
};

const char *const mc_query_flags[] = {
    [MC_IS_UNREAD] = "unread", [MC_IS_OVERDUE] = "overdue", [MC_IS_DUE_SOON] = "due_soon",
    [MC_IS_LINKED] = "linked", [MC_IS_PENDING] = "pending", [MC_IS_FAILED] = "failed",
    [MC_IS_STALE] = "stale",   [MC_IS_MINE] = "mine",       [MC_IS_OPEN] = "open",
    [MC_IS_COUNT] = NULL,
};

const char *const mc_query_things[] = {
    [MC_HAS_ATTACHMENT] = "attachment",
    [MC_HAS_LINK] = "link",
    [MC_HAS_NOTE] = "note",
    [MC_HAS_COUNT] = NULL,
};

const char *const mc_query_times[] = {[MC_TIME_DUE] = "due", [MC_TIME_RECEIVED] = "received", NULL};

static void
append(GPtrArray *out, const char *const *words)
{
  for (; *words; words++)
    g_ptr_array_add(out, (gpointer)*words);
}

static const char **
finish(GPtrArray *words)
{
  g_ptr_array_add(words, NULL);
  return (const char **)g_ptr_array_free(words, FALSE);
}

const char **
mc_query_names(void)
{
  static const char *const others[] = {"is", "has", NULL};
  GPtrArray *names = g_ptr_array_new();

  append(names, mc_query_fields);
  append(names, others);
  append(names, mc_query_times);
  return finish(names);
}

const char **
mc_query_field_words(McQueryField field)
{
  GPtrArray *words = g_ptr_array_new();

  for (int i = 0; field == MC_FIELD_KIND && i < MC_KIND_COUNT; i++)
    g_ptr_array_add(words, (gpointer)mc_kind_name((McKind)i));
  for (int i = 0; field == MC_FIELD_STATE && i < MC_STATE_COUNT; i++)
    g_ptr_array_add(words, (gpointer)mc_state_name((McState)i));
  for (int i = 0; field == MC_FIELD_URGENCY && i < MC_URGENCY_COUNT; i++)
    g_ptr_array_add(words, (gpointer)mc_urgency_name((McUrgency)i));
  if (words->len)
    return finish(words);
  g_ptr_array_free(words, TRUE);
  return NULL;
}

int
mc_query_index(const char *const *words, const char *word)
{
  for (int i = 0; words[i]; i++)
    if (!g_ascii_strcasecmp(words[i], word))
      return i;
  return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of the last word of a query. */
#include "model/query-lex.h"
#include "model/query-words.h"

#include <string.h>

/* Where the word that is being typed starts, after a '-'; NULL within quotes. */
static const char *
last_word(const char *text)
{
  const char *word = text;
  gboolean quoted = FALSE;

  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    quoted = quoted != (*at == '"');
    if (!quoted && mc_query_is_break(g_utf8_get_char(at)))
      word = g_utf8_next_char(at);
  }
  return quoted ? NULL : *word == '-' ? word + 1 : word;
}

/* What is typed already, `head`, then a word that goes on from `tail`, then `end`. */
static void
offer(GPtrArray *out, const char *head, const char *const *words, const char *tail, const char *end)
{
  for (; words && *words; words++)
    if (!g_ascii_strncasecmp(*words, tail, strlen(tail)))
      g_ptr_array_add(out, g_strconcat(head, *words, end, NULL));
}

static void
offer_names(GPtrArray *out, const char *word)
{
  static const char *const flags[] = {"is", "has", NULL};
  static const char *const times[] = {"due<1d",      "due<2d",      "due:today", "received:today",
                                      "received<7d", "received>7d", NULL};

  offer(out, "", mc_query_fields, word, ":");
  offer(out, "", flags, word, ":");
  offer(out, "", times, word, "");
}

static void
offer_values(GPtrArray *out, const char *word, const char *colon)
{
  const char *comma = strrchr(colon, ','), *tail = comma ? comma + 1 : colon + 1;
  g_autofree char *name = g_strndup(word, (gsize)(colon - word));
  g_autofree char *head = g_strndup(word, (gsize)(tail - word));
  int field = mc_query_index(mc_query_fields, name);
  g_autofree const char **words = field >= 0 ? mc_query_field_words((McQueryField)field) : NULL;

  if (!g_ascii_strcasecmp(name, "is"))
    offer(out, head, mc_query_flags, tail, "");
  else if (!g_ascii_strcasecmp(name, "has"))
    offer(out, head, mc_query_things, tail, "");
  else
    offer(out, head, words, tail, "");
}

char **
mc_query_complete(const char *text)
{
  GPtrArray *out = g_ptr_array_new();
  const char *word = g_utf8_validate(text, -1, NULL) ? last_word(text) : NULL;
  const char *colon = word ? strchr(word, ':') : NULL;

  if (colon)
    offer_values(out, word, colon);
  if (word && (!colon || !out->len))
    offer_names(out, word);
  g_ptr_array_add(out, NULL);
  return (char **)g_ptr_array_free(out, FALSE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Haystacks and needles (search.h). */
#include "store/search.h"

#include <string.h>
#include "motcua/text.h"

#define PART_MAX  (16 * 1024) /* bytes of one title or field that are searched */
#define TEXTS_MAX (64 * 1024) /* bytes of one item */

static gboolean
in_word(gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum((char)c) : g_unichar_isalnum(c) || g_unichar_ismark(c);
}

static void
append_words(GString *words, const char *text)
{
  const char *word = NULL; /* the one being read */
  g_string_append_c(words, ' ');
  for (const char *at = text;; at = g_utf8_next_char(at)) {
    if (*at && in_word(g_utf8_get_char(at))) {
      word = word ? word : at;
      continue;
    }
    if (word) {
      g_string_append_len(words, word, at - word);
      g_string_append_c(words, ' ');
      word = NULL;
    }
    if (!*at)
      return;
  }
}

static char *
plain(const char *text, gboolean marks)
{
  if (!marks)
    return mc_text_fold(text);
  g_autofree char *lower = g_utf8_strdown(text, -1);
  return mc_text_normalise(lower, -1);
}

char *
mc_search_words(const char *text, gboolean marks)
{
  g_autofree char *plain_text = plain(text, marks);
  GString *words = g_string_new(NULL);
  append_words(words, plain_text);
  if (words->len == 1)
    g_string_truncate(words, 0);
  return g_string_free(words, FALSE);
}

char *
mc_search_needle(const char *text, gboolean marks, gboolean open_end)
{
  char *words = mc_search_words(text, marks);
  gsize len = strlen(words);
  /* A word goes on only where nothing was typed behind it. */
  if (open_end && len > 0 && *text && in_word(g_utf8_get_char(g_utf8_prev_char(text + strlen(text)))))
    words[len - 1] = '\0';
  return words;
}

char *
mc_search_match(const char *needle)
{
  gsize len = strlen(needle);
  gboolean open_end = len > 0 && needle[len - 1] != ' ';
  return g_strdup_printf("\"%s\"%s", needle, open_end ? " *" : "");
}

static void
append_part(GString *folded, GString *exact, const char *text)
{
  if (!text || !*text || folded->len > TEXTS_MAX)
    return;
  g_autofree char *part = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), PART_MAX / 4));
  g_autofree char *folded_part = plain(part, FALSE);
  g_autofree char *exact_part = g_str_is_ascii(part) ? NULL : plain(part, TRUE);
  if (folded->len) {
    g_string_append_c(folded, '\n');
    g_string_append_c(exact, '\n');
  }
  append_words(folded, folded_part);
  append_words(exact, exact_part ? exact_part : folded_part);
}

void
mc_search_texts(const McItem *item, char **folded, char **exact)
{
  GString *folded_text = g_string_new(NULL), *exact_text = g_string_new(NULL);

  append_part(folded_text, exact_text, item->title);
  append_part(folded_text, exact_text, item->code);
  append_part(folded_text, exact_text, item->from);
  append_part(folded_text, exact_text, item->note);
  for (guint i = 0; item->fields && i < item->fields->len; i++)
    append_part(folded_text, exact_text, ((const McField *)item->fields->pdata[i])->value);
  gboolean same = strcmp(folded_text->str, exact_text->str) == 0;
  *folded = g_string_free(folded_text, FALSE);
  *exact = g_string_free(exact_text, same);
}

/* --- SQL functions --- */

static void
has(sqlite3_context *context, int count, sqlite3_value **values)
{
  const char *haystack = (const char *)sqlite3_value_text(values[0]);
  const char *needle = (const char *)sqlite3_value_text(values[1]);
  (void)count;
  sqlite3_result_int(context, haystack && needle && strstr(haystack, needle) != NULL);
}

static void
words(sqlite3_context *context, int count, sqlite3_value **values)
{
  const char *text = (const char *)sqlite3_value_text(values[0]);
  (void)count;
  if (text)
    sqlite3_result_text(context, mc_search_words(text, FALSE), -1, g_free);
}

gboolean
mc_search_register(McDb *db, GError **error)
{
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3 *handle = mc_db_handle(db);
  if (sqlite3_create_function_v2(handle, "mc_has", 2, flags, NULL, has, NULL, NULL, NULL) == SQLITE_OK &&
      sqlite3_create_function_v2(handle, "mc_words", 1, flags, NULL, words, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return mc_db_fail(db, error);
}

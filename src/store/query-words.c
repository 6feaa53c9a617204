/* SPDX-License-Identifier: Apache-2.0 */
/* Words and phrases of a query: asked of the haystack of each row, and found through the index of all words,
 * those of a whole tree in one expression. */
#include "store/query-parts.h"

#include "motcua/text.h"
#include "store/search.h"

static gboolean
exact(const McQuery *query)
{
  return query->type == MC_QUERY_PHRASE && mc_text_has_marks(query->text);
}

void
mc_words_where(McSql *sql, const McQuery *query)
{
  gboolean marks = exact(query);
  g_autofree char *needle = mc_search_needle(query->text, marks, query->type == MC_QUERY_WORD);
  mc_sql_add(sql, marks ? "mc_has((SELECT COALESCE(s.exact, s.text) FROM search s WHERE s.n = i.n), "
                        : "mc_has((SELECT s.text FROM search s WHERE s.n = i.n), ");
  mc_sql_text(sql, needle);
  mc_sql_add(sql, ")");
}

/* The FTS5 expression of a word, phrase or searchable field; NULL where it has no word in it. */
static char *
leaf_match(const char *text, gboolean open_end)
{
  g_autofree char *needle = mc_search_needle(text, FALSE, open_end);
  return *needle ? mc_search_match(needle) : NULL;
}

static char *match_of(const McQuery *query);

static char *
joined_match(guint count, char *(*part)(const McQuery *, guint), const McQuery *query, gboolean all)
{
  GString *match = g_string_new(NULL);
  for (guint i = 0; i < count; i++) {
    g_autofree char *one = part(query, i);
    if (!one && !all) { /* one alternative that no index finds */
      g_string_free(match, TRUE);
      return NULL;
    }
    if (one)
      g_string_append_printf(match, "%s(%s)", match->len ? (all ? " AND " : " OR ") : "", one);
  }
  return g_string_free(match, match->len == 0);
}

static char *
child_match(const McQuery *query, guint i)
{
  return match_of(query->children->pdata[i]);
}

static char *
value_match(const McQuery *query, guint i)
{
  return leaf_match(query->values[i], TRUE);
}

/* An expression that finds all rows the query can mean, or more; NULL: none does. */
static char *
match_of(const McQuery *query)
{
  switch (query->type) {
  case MC_QUERY_WORD:
  case MC_QUERY_PHRASE:
    return leaf_match(query->text, query->type == MC_QUERY_WORD);
  case MC_QUERY_FIELD:
    return mc_term_in_text(query) ? joined_match(g_strv_length(query->values), value_match, query, FALSE)
                                  : NULL;
  case MC_QUERY_AND:
  case MC_QUERY_OR:
    return joined_match(query->children->len, child_match, query, query->type == MC_QUERY_AND);
  default:
    return NULL;
  }
}

McSql *
mc_words_driver(const McQuery *query)
{
  g_autofree char *match = match_of(query);
  if (!match)
    return NULL;
  McSql *sql = mc_sql_new("SELECT rowid AS n FROM fts WHERE fts MATCH ");
  mc_sql_text(sql, match);
  return sql;
}

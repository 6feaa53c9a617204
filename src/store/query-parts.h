/* SPDX-License-Identifier: Apache-2.0 */
/* What the leaves of a query's tree become: a condition on a row `i` of item, or rows through an index. */
#ifndef STORE_QUERY_PARTS_H
#define STORE_QUERY_PARTS_H

#include "store/query.h"

typedef struct {
  const McListing *listing;
  GPtrArray *systems; /* McSystemStatus */
} McQueryContext;

/* --- query-term.c: MC_QUERY_FIELD, _IS, _HAS, _TIME --- */
void mc_term_where(McSql *sql, const McQuery *query, const McQueryContext *context);
/* NULL: no index of its own, or no such term. */
McSql *mc_term_driver(const McQuery *query, const McQueryContext *context);
/* Whether the driver may give a row twice. */
gboolean mc_term_repeats(const McQuery *query);
/* Whether it asks for a part of what a search looks through. */
gboolean mc_term_in_text(const McQuery *query);
/* New, or NULL. */
McEqual *mc_term_equal(const McQuery *query);

/* --- query-words.c --- */
/* Of a word or phrase. */
void mc_words_where(McSql *sql, const McQuery *query);
/* Of a whole tree, as far as words decide it; NULL: none does. */
McSql *mc_words_driver(const McQuery *query);

#endif

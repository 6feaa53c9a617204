/* SPDX-License-Identifier: Apache-2.0 */
/* A query as SQL.
 *
 * `where` is the truth: a condition on a row `i` of item that holds exactly for what the query means.
 * `drivers` only make it fast: each selects the column n of all rows that can satisfy the query, or more,
 * through an index. `equals` are columns of which the query demands one value, with an index that goes on in
 * the inbox's order. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "motcua/snapshot.h"
#include "store/sql.h"

typedef struct {
  McSql *sql;
  gboolean repeats; /* a row may come more than once */
} McDriver;

typedef struct {
  const char *index;
  McSql *condition;
} McEqual;

typedef struct {
  McSql *where;       /* NULL: every row */
  GPtrArray *drivers; /* McDriver */
  GPtrArray *equals;  /* McEqual */
} McCompiled;

/* `systems`: McSystemStatus. */
McCompiled *mc_query_compile(const McListing *listing, GPtrArray *systems);
void mc_compiled_free(McCompiled *compiled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McCompiled, mc_compiled_free)

#endif

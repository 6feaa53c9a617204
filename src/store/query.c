/* SPDX-License-Identifier: Apache-2.0 */
/* Queries to SQL (query.h): a walk over the tree for each of the three things that come of it. A condition is
 * never NULL, so that NOT is its exact opposite. */
#include "store/query-parts.h"

static void
where_of(McSql *sql, const McQuery *query, const McQueryContext *context)
{
  switch (query->type) {
  case MC_QUERY_ALL:
    mc_sql_add(sql, "1");
    break;
  case MC_QUERY_AND:
  case MC_QUERY_OR:
    for (guint i = 0; i < query->children->len; i++) {
      mc_sql_add(sql, i == 0 ? "(" : query->type == MC_QUERY_AND ? " AND " : " OR ");
      where_of(sql, query->children->pdata[i], context);
    }
    mc_sql_add(sql, query->children->len ? ")" : "1");
    break;
  case MC_QUERY_NOT:
    mc_sql_add(sql, "NOT (");
    where_of(sql, query->children->pdata[0], context);
    mc_sql_add(sql, ")");
    break;
  case MC_QUERY_WORD:
  case MC_QUERY_PHRASE:
    mc_words_where(sql, query);
    break;
  default:
    mc_term_where(sql, query, context);
    break;
  }
}

static McSql *driver_of(const McQuery *query, const McQueryContext *context);

static McSql *
or_driver(const McQuery *query, const McQueryContext *context)
{
  g_autoptr(McSql) sql = mc_sql_new("SELECT n FROM (");
  for (guint i = 0; i < query->children->len; i++) {
    g_autoptr(McSql) one = driver_of(query->children->pdata[i], context);
    if (!one)
      return NULL;
    mc_sql_add(sql, i ? " UNION ALL SELECT n FROM (" : "SELECT n FROM (");
    mc_sql_append(sql, one);
    mc_sql_add(sql, ")");
  }
  mc_sql_add(sql, ")");
  return g_steal_pointer(&sql);
}

static McSql *
and_driver(const McQuery *query, const McQueryContext *context)
{
  McSql *sql = mc_words_driver(query);
  for (guint i = 0; !sql && i < query->children->len; i++)
    sql = driver_of(query->children->pdata[i], context);
  return sql;
}

/* One way to reach all rows of a query through an index, or NULL. */
static McSql *
driver_of(const McQuery *query, const McQueryContext *context)
{
  if (query->type == MC_QUERY_AND)
    return and_driver(query, context);
  McSql *sql = mc_words_driver(query);
  if (sql)
    return sql;
  return query->type == MC_QUERY_OR ? or_driver(query, context) : mc_term_driver(query, context);
}

/* Whether driver_of() may give a row twice: alternatives that are joined, and tables with several lines for a
 * row. */
static gboolean
may_repeat(const McQuery *query)
{
  return query->type == MC_QUERY_OR || query->type == MC_QUERY_AND || mc_term_repeats(query);
}

static void
add_driver(McCompiled *compiled, McSql *sql, gboolean repeats)
{
  if (!sql)
    return;
  McDriver *driver = g_new0(McDriver, 1);
  driver->sql = sql;
  driver->repeats = repeats;
  g_ptr_array_add(compiled->drivers, driver);
}

static void
driver_free(gpointer driver)
{
  mc_sql_free(((McDriver *)driver)->sql);
  g_free(driver);
}

static void
equal_free(gpointer equal)
{
  mc_sql_free(((McEqual *)equal)->condition);
  g_free(equal);
}

/* What has to hold for every row: the query itself, or each part of an AND, however deep. */
static void
add_conjunct(McCompiled *compiled, const McQuery *query, const McQueryContext *context)
{
  if (query->type == MC_QUERY_AND) {
    for (guint i = 0; i < query->children->len; i++)
      add_conjunct(compiled, query->children->pdata[i], context);
    return;
  }
  McEqual *equal = mc_term_equal(query);
  if (equal)
    g_ptr_array_add(compiled->equals, equal);
  if (query->type == MC_QUERY_WORD || query->type == MC_QUERY_PHRASE)
    return; /* together, in one expression */
  add_driver(compiled, driver_of(query, context), may_repeat(query));
}

McCompiled *
mc_query_compile(const McListing *listing, GPtrArray *systems)
{
  const McQuery *query = listing->query;
  const McQueryContext context = {listing, systems};
  McCompiled *compiled = g_new0(McCompiled, 1);

  compiled->drivers = g_ptr_array_new_with_free_func(driver_free);
  compiled->equals = g_ptr_array_new_with_free_func(equal_free);
  if (!query || query->type == MC_QUERY_ALL)
    return compiled;
  compiled->where = mc_sql_new("");
  where_of(compiled->where, query, &context);
  add_driver(compiled, mc_words_driver(query), FALSE);
  add_conjunct(compiled, query, &context);
  return compiled;
}

void
mc_compiled_free(McCompiled *compiled)
{
  if (!compiled)
    return;
  mc_sql_free(compiled->where);
  g_ptr_array_unref(compiled->drivers);
  g_ptr_array_unref(compiled->equals);
  g_free(compiled);
}

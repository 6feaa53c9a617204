/* SPDX-License-Identifier: Apache-2.0 */
/* Queries to SQL (query.h): one table for fields, one for flags, and a walk over the tree for each of the
 * three things that come of it. A condition is never NULL, so that NOT is its exact opposite. */
#include "store/query.h"

#include <string.h>
#include "motcua/text.h"
#include "store/row.h"
#include "store/search.h"

typedef struct {
  const McListing *listing;
  GPtrArray *systems; /* McSystemStatus */
} Context;

/* --- fields --- */

typedef enum { VALUE_ENUM, VALUE_TEXT, VALUE_FOLDED, VALUE_WORDS, VALUE_TAG } ValueKind;
typedef gboolean (*Parse)(const char *word, int *value);

#define PARSER(noun, Type)                                   \
  static gboolean parse_##noun(const char *word, int *value) \
  {                                                          \
    Type parsed;                                             \
    if (!mc_##noun##_parse(word, &parsed))                   \
      return FALSE;                                          \
    *value = (int)parsed;                                    \
    return TRUE;                                             \
  }
PARSER(kind, McKind)
PARSER(state, McState)
PARSER(urgency, McUrgency)

static const struct {
  ValueKind kind;
  const char *column; /* in item */
  const char *index;  /* (column, ord_due), or NULL */
  gboolean in_text;   /* part of what a search looks through */
  Parse parse;
} fields[MC_FIELD_COUNT] = {
    [MC_FIELD_SYSTEM] = {VALUE_TEXT, "system", "item_system", FALSE, NULL},
    [MC_FIELD_KIND] = {VALUE_ENUM, "kind", "item_kind", FALSE, parse_kind},
    [MC_FIELD_STATE] = {VALUE_ENUM, "state", "item_state", FALSE, parse_state},
    [MC_FIELD_URGENCY] = {VALUE_ENUM, "urgency", NULL, FALSE, parse_urgency},
    [MC_FIELD_ASSIGNEE] = {VALUE_FOLDED, "who", "item_who", FALSE, NULL},
    [MC_FIELD_FROM] = {VALUE_WORDS, "sender", NULL, TRUE, NULL},
    [MC_FIELD_CODE] = {VALUE_WORDS, "code", NULL, TRUE, NULL},
    [MC_FIELD_STEP] = {VALUE_WORDS, "step", NULL, FALSE, NULL},
    [MC_FIELD_TAG] = {VALUE_TAG, "tag", NULL, FALSE, NULL},
    [MC_FIELD_ID] = {VALUE_TEXT, "id", NULL, FALSE, NULL},
};

static void
add_value(McSql *sql, McQueryField field, const char *word)
{
  g_autofree char *text = NULL;
  int number = -1;

  switch (fields[field].kind) {
  case VALUE_ENUM:
    fields[field].parse(word, &number);
    mc_sql_int(sql, number);
    return;
  case VALUE_TEXT:
    text = g_strdup(word);
    break;
  case VALUE_FOLDED:
  case VALUE_TAG:
    text = mc_text_fold(word);
    break;
  case VALUE_WORDS:
    text = mc_search_needle(word, FALSE, TRUE);
    break;
  }
  mc_sql_text(sql, text);
}

static void
add_values(McSql *sql, const McQuery *query)
{
  mc_sql_add(sql, "(");
  for (char **word = query->values; *word; word++) {
    if (word != query->values)
      mc_sql_add(sql, ", ");
    add_value(sql, query->field, *word);
  }
  mc_sql_add(sql, ")");
}

static void
field_where(McSql *sql, const McQuery *query)
{
  const char *column = fields[query->field].column;
  switch (fields[query->field].kind) {
  case VALUE_TAG:
    mc_sql_add(sql, "i.n IN (SELECT t.n FROM tag t WHERE t.tag IN ");
    add_values(sql, query);
    mc_sql_add(sql, ")");
    return;
  case VALUE_WORDS:
    mc_sql_add(sql, "(0");
    for (char **word = query->values; *word; word++) {
      mc_sql_add(sql, " OR mc_has(mc_words(i.");
      mc_sql_add(sql, column);
      mc_sql_add(sql, "), ");
      add_value(sql, query->field, *word);
      mc_sql_add(sql, ")");
    }
    mc_sql_add(sql, ")");
    return;
  default:
    mc_sql_add(sql, "COALESCE(i.");
    mc_sql_add(sql, column);
    mc_sql_add(sql, ", '') IN ");
    add_values(sql, query);
  }
}

/* Only what is urgent at all has an index. */
static gboolean
has_driver(const McQuery *query)
{
  if (query->field == MC_FIELD_URGENCY)
    return !g_strv_contains((const char *const *)query->values, mc_urgency_name(MC_URGENCY_NORMAL));
  return fields[query->field].index || query->field == MC_FIELD_ID;
}

static McSql *
field_driver(const McQuery *query)
{
  const char *column = fields[query->field].column;
  McSql *sql;
  switch (fields[query->field].kind) {
  case VALUE_WORDS:
    return NULL;
  case VALUE_TAG:
    sql = mc_sql_new("SELECT n FROM tag WHERE tag IN ");
    break;
  default:
    if (!has_driver(query))
      return NULL;
    sql = mc_sql_new(query->field == MC_FIELD_URGENCY ? "SELECT n FROM item WHERE urgency > 0 AND "
                                                      : "SELECT n FROM item WHERE ");
    mc_sql_add(sql, column);
    mc_sql_add(sql, " IN ");
  }
  add_values(sql, query);
  return sql;
}

/* --- flags --- */

#define LINKED "SELECT 1 FROM ref a JOIN ref b ON b.ref = a.ref AND b.n <> a.n WHERE a.n = i.n"

/* The last deadline that counts as soon: mc_deadline() counts working time, so the hours off behind it count
 * too. */
static gint64
soon_until(const McListing *listing)
{
  gint64 low = mc_calendar_add(listing->calendar, listing->now, MAX(listing->due_soon, 0));
  gint64 high = low + 60 * 86400;
  while (high - low > 1) {
    gint64 middle = low + (high - low) / 2;
    if (-mc_calendar_minutes(listing->calendar, middle, listing->now) <= listing->due_soon)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void
add_due_range(McSql *sql, const char *column, gint64 from, gint64 to)
{
  mc_sql_add(sql, column);
  mc_sql_add(sql, " >= ");
  mc_sql_int(sql, mc_ord_moment(from));
  mc_sql_add(sql, " AND ");
  mc_sql_add(sql, column);
  mc_sql_add(sql, " < ");
  mc_sql_int(sql, mc_ord_moment(to));
}

static void
deadline_range(McSql *sql, const char *column, const Context *context, McQueryIs is)
{
  const McListing *listing = context->listing;
  if (is == MC_IS_OVERDUE)
    add_due_range(sql, column, 0, listing->now);
  else
    add_due_range(sql, column, listing->now, soon_until(listing) + 1);
}

static void
stale_where(McSql *sql, const char *prefix, const Context *context)
{
  mc_sql_add(sql, prefix);
  mc_sql_add(sql, "system IN (");
  guint found = 0;
  for (guint i = 0; i < context->systems->len; i++) {
    const McSystemStatus *status = context->systems->pdata[i];
    if (status->state != MC_SYSTEM_LOGIN && status->state != MC_SYSTEM_TROUBLE)
      continue;
    mc_sql_add(sql, found++ ? ", " : "");
    mc_sql_text(sql, status->system);
  }
  mc_sql_add(sql, ")");
}

static void
mine_where(McSql *sql, const Context *context)
{
  mc_sql_add(sql, "(0");
  for (guint i = 0; i < context->systems->len; i++) {
    const McSystemStatus *status = context->systems->pdata[i];
    if (!status->account)
      continue;
    g_autofree char *who = mc_text_fold(status->account);
    mc_sql_add(sql, " OR (i.system = ");
    mc_sql_text(sql, status->system);
    mc_sql_add(sql, " AND COALESCE(i.who, '') = ");
    mc_sql_text(sql, who);
    mc_sql_add(sql, ")");
  }
  mc_sql_add(sql, ")");
}

static void
mine_driver(McSql *sql, const Context *context)
{
  mc_sql_add(sql, "SELECT n FROM item WHERE who IN (");
  guint found = 0;
  for (guint i = 0; i < context->systems->len; i++) {
    const McSystemStatus *status = context->systems->pdata[i];
    if (!status->account)
      continue;
    g_autofree char *who = mc_text_fold(status->account);
    mc_sql_add(sql, found++ ? ", " : "");
    mc_sql_text(sql, who);
  }
  mc_sql_add(sql, ")");
}

static void
is_where(McSql *sql, const McQuery *query, const Context *context)
{
  static const char *const plain[MC_IS_COUNT] = {
      [MC_IS_UNREAD] = "i.unread = 1",
      [MC_IS_LINKED] = "EXISTS (" LINKED ")",
      [MC_IS_PENDING] = "i.pending > 0",
      [MC_IS_FAILED] = "i.failed = 1",
      [MC_IS_OPEN] = "i.ord_due < " MC_ORD_CLOSED_SQL,
  };
  if (query->is == MC_IS_OVERDUE || query->is == MC_IS_DUE_SOON)
    deadline_range(sql, "i.ord_due", context, query->is);
  else if (query->is == MC_IS_STALE)
    stale_where(sql, "i.", context);
  else if (query->is == MC_IS_MINE)
    mine_where(sql, context);
  else
    mc_sql_add(sql, plain[query->is]);
}

static McSql *
is_driver(const McQuery *query, const Context *context)
{
  static const char *const plain[MC_IS_COUNT] = {
      [MC_IS_UNREAD] = "SELECT n FROM item WHERE unread = 1",
      [MC_IS_LINKED] = "SELECT n FROM ref",
      [MC_IS_PENDING] = "SELECT n FROM item WHERE desk = 1",
      [MC_IS_FAILED] = "SELECT n FROM item WHERE desk = 1",
      [MC_IS_OPEN] = "SELECT n FROM item WHERE ord_due < " MC_ORD_CLOSED_SQL,
  };
  McSql *sql = mc_sql_new(plain[query->is] ? plain[query->is] : "");
  if (query->is == MC_IS_OVERDUE || query->is == MC_IS_DUE_SOON) {
    mc_sql_add(sql, "SELECT n FROM item WHERE ");
    deadline_range(sql, "ord_due", context, query->is);
  } else if (query->is == MC_IS_STALE) {
    stale_where(sql, "SELECT n FROM item WHERE ", context);
  } else if (query->is == MC_IS_MINE) {
    mine_driver(sql, context);
  }
  return sql;
}

static const char *const has_sql[MC_HAS_COUNT] = {
    [MC_HAS_ATTACHMENT] = "i.attachment_count > 0",
    [MC_HAS_LINK] = "EXISTS (" LINKED ")",
    [MC_HAS_NOTE] = "i.note = 1",
};
static const char *const has_drivers[MC_HAS_COUNT] = {
    [MC_HAS_LINK] = "SELECT n FROM ref",
    [MC_HAS_NOTE] = "SELECT n FROM item WHERE desk = 1",
};

/* --- moments --- */

static void
time_where(McSql *sql, const McQuery *query)
{
  const char *column = query->time == MC_TIME_DUE ? "i.due" : "i.received";
  mc_sql_add(sql, "(");
  mc_sql_add(sql, column);
  mc_sql_add(sql, " IS NOT NULL");
  if (query->from != MC_TIME_NONE) {
    mc_sql_add(sql, " AND ");
    mc_sql_add(sql, column);
    mc_sql_add(sql, " >= ");
    mc_sql_int(sql, query->from);
  }
  if (query->to != MC_TIME_NONE) {
    mc_sql_add(sql, " AND ");
    mc_sql_add(sql, column);
    mc_sql_add(sql, " < ");
    mc_sql_int(sql, query->to);
  }
  mc_sql_add(sql, ")");
}

static McSql *
time_driver(const McQuery *query)
{
  McSql *sql;
  if (query->time == MC_TIME_DUE) {
    sql = mc_sql_new("SELECT i.n FROM item i WHERE ");
    time_where(sql, query);
    return sql;
  }
  sql = mc_sql_new("SELECT n FROM item WHERE ord_received >= ");
  mc_sql_int(sql, query->to == MC_TIME_NONE ? 0 : mc_ord_newest(query->to));
  mc_sql_add(sql, " AND ord_received <= ");
  mc_sql_int(sql, mc_ord_newest(query->from == MC_TIME_NONE ? 0 : query->from));
  return sql;
}

/* --- words --- */

static gboolean
exact(const McQuery *query)
{
  return query->type == MC_QUERY_PHRASE && mc_text_has_marks(query->text);
}

static void
text_where(McSql *sql, const McQuery *query)
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
    return fields[query->field].in_text
               ? joined_match(g_strv_length(query->values), value_match, query, FALSE)
               : NULL;
  case MC_QUERY_AND:
  case MC_QUERY_OR:
    return joined_match(query->children->len, child_match, query, query->type == MC_QUERY_AND);
  default:
    return NULL;
  }
}

static McSql *
text_driver(const McQuery *query)
{
  g_autofree char *match = match_of(query);
  if (!match)
    return NULL;
  McSql *sql = mc_sql_new("SELECT rowid AS n FROM fts WHERE fts MATCH ");
  mc_sql_text(sql, match);
  return sql;
}

/* --- the tree --- */

static void
where_of(McSql *sql, const McQuery *query, const Context *context)
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
    text_where(sql, query);
    break;
  case MC_QUERY_FIELD:
    field_where(sql, query);
    break;
  case MC_QUERY_IS:
    is_where(sql, query, context);
    break;
  case MC_QUERY_HAS:
    mc_sql_add(sql, has_sql[query->has]);
    break;
  case MC_QUERY_TIME:
    time_where(sql, query);
    break;
  }
}

static McSql *driver_of(const McQuery *query, const Context *context);

static McSql *
or_driver(const McQuery *query, const Context *context)
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
and_driver(const McQuery *query, const Context *context)
{
  McSql *sql = text_driver(query);
  for (guint i = 0; !sql && i < query->children->len; i++)
    sql = driver_of(query->children->pdata[i], context);
  return sql;
}

/* One way to reach all rows of a query through an index, or NULL. */
static McSql *
driver_of(const McQuery *query, const Context *context)
{
  McSql *sql = NULL;
  switch (query->type) {
  case MC_QUERY_WORD:
  case MC_QUERY_PHRASE:
    return text_driver(query);
  case MC_QUERY_FIELD:
    sql = text_driver(query);
    return sql ? sql : field_driver(query);
  case MC_QUERY_IS:
    return is_driver(query, context);
  case MC_QUERY_HAS:
    return has_drivers[query->has] ? mc_sql_new(has_drivers[query->has]) : NULL;
  case MC_QUERY_TIME:
    return time_driver(query);
  case MC_QUERY_OR:
    sql = text_driver(query);
    return sql ? sql : or_driver(query, context);
  case MC_QUERY_AND:
    return and_driver(query, context);
  default:
    return NULL;
  }
}

/* Whether driver_of() may give a row twice: alternatives that are joined, and tables with several lines for a
 * row. */
static gboolean
may_repeat(const McQuery *query)
{
  return query->type == MC_QUERY_OR || query->type == MC_QUERY_AND ||
         (query->type == MC_QUERY_FIELD && query->field == MC_FIELD_TAG) ||
         (query->type == MC_QUERY_IS && query->is == MC_IS_LINKED) ||
         (query->type == MC_QUERY_HAS && query->has == MC_HAS_LINK);
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

static void
add_equal(McCompiled *compiled, const McQuery *query)
{
  if (query->type != MC_QUERY_FIELD || !fields[query->field].index || g_strv_length(query->values) != 1)
    return;
  McEqual *equal = g_new0(McEqual, 1);
  equal->index = fields[query->field].index;
  equal->condition = mc_sql_new("i.");
  mc_sql_add(equal->condition, fields[query->field].column);
  mc_sql_add(equal->condition, " = ");
  add_value(equal->condition, query->field, query->values[0]);
  g_ptr_array_add(compiled->equals, equal);
}

/* What has to hold for every row: the query itself, or each part of an AND, however deep. */
static void
add_conjunct(McCompiled *compiled, const McQuery *query, const Context *context)
{
  if (query->type == MC_QUERY_AND) {
    for (guint i = 0; i < query->children->len; i++)
      add_conjunct(compiled, query->children->pdata[i], context);
    return;
  }
  add_equal(compiled, query);
  if (query->type == MC_QUERY_WORD || query->type == MC_QUERY_PHRASE)
    return; /* together, in one expression */
  add_driver(compiled, driver_of(query, context), may_repeat(query));
}

McCompiled *
mc_query_compile(const McListing *listing, GPtrArray *systems)
{
  const McQuery *query = listing->query;
  const Context context = {listing, systems};
  McCompiled *compiled = g_new0(McCompiled, 1);

  compiled->drivers = g_ptr_array_new_with_free_func(driver_free);
  compiled->equals = g_ptr_array_new_with_free_func(equal_free);
  if (!query || query->type == MC_QUERY_ALL)
    return compiled;
  compiled->where = mc_sql_new("");
  where_of(compiled->where, query, &context);
  add_driver(compiled, text_driver(query), FALSE);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of a query that ask for a property of an item: a field, a flag, what it has, a moment. One table for
 * fields, one for each kind of flag. */
#include "store/query-parts.h"

#include <string.h>
#include "motcua/text.h"
#include "store/row.h"
#include "store/search.h"

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
deadline_range(McSql *sql, const char *column, const McQueryContext *context, McQueryIs is)
{
  const McListing *listing = context->listing;
  if (is == MC_IS_OVERDUE)
    add_due_range(sql, column, 0, listing->now);
  else
    add_due_range(sql, column, listing->now, soon_until(listing) + 1);
}

static void
stale_where(McSql *sql, const char *prefix, const McQueryContext *context)
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
mine_where(McSql *sql, const McQueryContext *context)
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
mine_driver(McSql *sql, const McQueryContext *context)
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
is_where(McSql *sql, const McQuery *query, const McQueryContext *context)
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
is_driver(const McQuery *query, const McQueryContext *context)
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

/* --- one term --- */

void
mc_term_where(McSql *sql, const McQuery *query, const McQueryContext *context)
{
  switch (query->type) {
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
  default:
    g_assert_not_reached();
  }
}

McSql *
mc_term_driver(const McQuery *query, const McQueryContext *context)
{
  switch (query->type) {
  case MC_QUERY_FIELD:
    return field_driver(query);
  case MC_QUERY_IS:
    return is_driver(query, context);
  case MC_QUERY_HAS:
    return has_drivers[query->has] ? mc_sql_new(has_drivers[query->has]) : NULL;
  case MC_QUERY_TIME:
    return time_driver(query);
  default:
    return NULL;
  }
}

gboolean
mc_term_repeats(const McQuery *query)
{
  return (query->type == MC_QUERY_FIELD && query->field == MC_FIELD_TAG) ||
         (query->type == MC_QUERY_IS && query->is == MC_IS_LINKED) ||
         (query->type == MC_QUERY_HAS && query->has == MC_HAS_LINK);
}

gboolean
mc_term_in_text(const McQuery *query)
{
  return query->type == MC_QUERY_FIELD && fields[query->field].in_text;
}

McEqual *
mc_term_equal(const McQuery *query)
{
  if (query->type != MC_QUERY_FIELD || !fields[query->field].index || g_strv_length(query->values) != 1)
    return NULL;
  McEqual *equal = g_new0(McEqual, 1);
  equal->index = fields[query->field].index;
  equal->condition = mc_sql_new("i.");
  mc_sql_add(equal->condition, fields[query->field].column);
  mc_sql_add(equal->condition, " = ");
  add_value(equal->condition, query->field, query->values[0]);
  return equal;
}

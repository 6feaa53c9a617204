/* SPDX-License-Identifier: Apache-2.0 */
/* A page of a listing: keyset paging over one of two ways to find the rows.
 *
 *   walk    the order's index is walked from the anchor and each row asked whether it belongs
 *   gather  an index of the query's own gives its candidates, which are then sorted
 *
 * A walk is right where many rows belong, or the next ones do, which cannot be known beforehand. So: few
 * candidates are gathered at once; otherwise a walk is tried for as long as it is cheap; what it did not find
 * is gathered from a middling number of candidates, or else, at a million rows, one row in a few hundred
 * belongs and the walk goes on. */
#include "store/listing.h"

#include <stdlib.h>
#include <string.h>
#include "motcua/error.h"
#include "motcua/i18n.h"

#define GATHER_FEW  500
#define GATHER_MAX  4000
#define TRIAL_STEPS 60000 /* of SQLite's machine: a few milliseconds */
#define TRIAL_GRAIN 1000
#define KEYS_MAX    2

typedef struct {
  const char *name;
  const char *index;
  const char *keys[KEYS_MAX + 1]; /* columns, then n */
  gboolean text;                  /* the first key is a text */
  int key_count;
} Order;

static const Order orders[MC_SORT_COUNT] = {
    [MC_SORT_DUE] = {"due", "item_due", {"i.ord_due"}, FALSE, 1},
    [MC_SORT_RECEIVED] = {"received", "item_received", {"i.ord_received"}, FALSE, 1},
    [MC_SORT_CODE] = {"code", "item_code", {"i.ord_code"}, TRUE, 1},
    [MC_SORT_SYSTEM] = {"system", "item_system", {"i.system", "i.ord_due"}, TRUE, 2},
    [MC_SORT_URGENCY] = {"urgency", "item_urgency", {"i.ord_urgency"}, FALSE, 1},
};

const char *
mc_sort_name(McSort sort)
{
  return orders[sort].name;
}

gboolean
mc_sort_parse(const char *word, McSort *sort)
{
  for (guint i = 0; i < MC_SORT_COUNT; i++) {
    if (g_strcmp0(word, orders[i].name) == 0) {
      *sort = (McSort)i;
      return TRUE;
    }
  }
  return FALSE;
}

/* --- anchors: "SORT N NUMBER TEXT" --- */

char *
mc_listing_anchor(McSort sort, const McPlace *place)
{
  const gint64 numbers[MC_SORT_COUNT] = {
      [MC_SORT_DUE] = place->ord_due,
      [MC_SORT_RECEIVED] = place->ord_received,
      [MC_SORT_SYSTEM] = place->ord_due,
      [MC_SORT_URGENCY] = place->ord_urgency,
  };
  const char *text = sort == MC_SORT_CODE ? place->ord_code : sort == MC_SORT_SYSTEM ? place->system : "";
  return g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", orders[sort].name, place->n,
                         numbers[sort], text);
}

typedef struct {
  gint64 n, number;
  const char *text; /* in the anchor */
} Start;

static gboolean
parse_anchor(McSort sort, const char *anchor, Start *start, GError **error)
{
  gsize name = strlen(orders[sort].name);
  if (strncmp(anchor, orders[sort].name, name) == 0 && anchor[name] == ' ') {
    char *end;
    start->n = g_ascii_strtoll(anchor + name, &end, 10);
    start->number = g_ascii_strtoll(end, &end, 10);
    if (*end == ' ') {
      start->text = end + 1;
      return TRUE;
    }
  }
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("a place in another list: %s"), anchor);
  return FALSE;
}

/* --- composing --- */

typedef struct {
  McDb *db;
  const McCompiled *compiled;
  const Order *order;
  const McPage *page;
  Start start;
  const McDriver *driver; /* gather through it; NULL: walk */
  const McEqual *equal;   /* walk its index; NULL: the order's */
} Plan;

static void
add_key_value(McSql *sql, const Plan *plan, int key)
{
  if (key == plan->order->key_count)
    mc_sql_int(sql, plan->start.n);
  else if (key == 0 && plan->order->text)
    mc_sql_text(sql, plan->start.text);
  else
    mc_sql_int(sql, plan->start.number);
}

static const char *
key_column(const Plan *plan, int key)
{
  return key == plan->order->key_count ? "i.n" : plan->order->keys[key];
}

/* One stretch of an index behind the anchor: the keys before `key` equal, `key` beyond. */
static void
add_stretch(McSql *sql, const Plan *plan, int key)
{
  const char *beyond = plan->page->forward ? " > " : " < ";
  for (int i = 0; i < key; i++) {
    mc_sql_add(sql, " AND ");
    mc_sql_add(sql, key_column(plan, i));
    mc_sql_add(sql, " = ");
    add_key_value(sql, plan, i);
  }
  mc_sql_add(sql, " AND ");
  mc_sql_add(sql, key_column(plan, key));
  if (key == plan->order->key_count && plan->page->inclusive)
    beyond = plan->page->forward ? " >= " : " <= ";
  mc_sql_add(sql, beyond);
  add_key_value(sql, plan, key);
}

/* All stretches at once, for rows that are sorted anyway; '+' keeps the order's index out of it. */
static void
add_behind(McSql *sql, const Plan *plan)
{
  mc_sql_add(sql, " AND (");
  for (int i = 0; i <= plan->order->key_count; i++) {
    mc_sql_add(sql, i ? ", +" : "+");
    mc_sql_add(sql, key_column(plan, i));
  }
  mc_sql_add(sql, plan->page->forward ? ") >" : ") <");
  mc_sql_add(sql, plan->page->inclusive ? "= (" : " (");
  for (int i = 0; i <= plan->order->key_count; i++) {
    if (i)
      mc_sql_add(sql, ", ");
    add_key_value(sql, plan, i);
  }
  mc_sql_add(sql, ")");
}

static void
add_order(McSql *sql, const Plan *plan, const char *sign)
{
  mc_sql_add(sql, " ORDER BY ");
  for (int i = 0; i <= plan->order->key_count; i++) {
    mc_sql_add(sql, i ? ", " : "");
    mc_sql_add(sql, sign);
    mc_sql_add(sql, key_column(plan, i));
    mc_sql_add(sql, plan->page->forward ? "" : " DESC");
  }
}

static gboolean
fetch(const Plan *plan, const McSql *sql, GArray *rows, GError **error)
{
  sqlite3_stmt *s = mc_sql_prepare(sql, plan->db, error);
  gboolean more = s != NULL, good = s != NULL;
  while (good && more) {
    good = mc_db_step(plan->db, s, &more, error);
    if (good && more) {
      gint64 n = sqlite3_column_int64(s, 0);
      g_array_append_val(rows, n);
    }
  }
  sqlite3_finalize(s);
  return good;
}

static void
add_where(McSql *sql, const Plan *plan)
{
  if (!plan->compiled->where)
    return;
  mc_sql_add(sql, " AND ");
  mc_sql_append(sql, plan->compiled->where);
}

/* The candidates, each once, as `d`. */
static void
add_candidates(McSql *sql, const McDriver *driver)
{
  mc_sql_add(sql, driver->repeats ? "(SELECT DISTINCT n FROM (" : "(SELECT n FROM (");
  mc_sql_append(sql, driver->sql);
  mc_sql_add(sql, ")) d CROSS JOIN item i ON i.n = d.n");
}

static gboolean
gather(const Plan *plan, GArray *rows, GError **error)
{
  g_autoptr(McSql) sql = mc_sql_new("SELECT i.n FROM ");
  add_candidates(sql, plan->driver);
  mc_sql_add(sql, " WHERE 1");
  add_where(sql, plan);
  if (plan->page->anchor)
    add_behind(sql, plan);
  add_order(sql, plan, "+");
  mc_sql_add(sql, " LIMIT ");
  mc_sql_int(sql, plan->page->limit);
  return fetch(plan, sql, rows, error);
}

/* `key`: the stretch behind the anchor, -1 for the whole index. */
static gboolean
walk(const Plan *plan, int key, GArray *rows, GError **error)
{
  g_autoptr(McSql) sql = mc_sql_new("SELECT i.n FROM item i INDEXED BY ");
  mc_sql_add(sql, plan->equal ? plan->equal->index : plan->order->index);
  mc_sql_add(sql, " WHERE 1");
  if (plan->equal) {
    mc_sql_add(sql, " AND ");
    mc_sql_append(sql, plan->equal->condition);
  }
  if (key >= 0)
    add_stretch(sql, plan, key);
  add_where(sql, plan);
  add_order(sql, plan, "");
  mc_sql_add(sql, " LIMIT ");
  mc_sql_int(sql, plan->page->limit - (gint64)rows->len);
  return fetch(plan, sql, rows, error);
}

static gboolean
walk_all(const Plan *plan, GArray *rows, GError **error)
{
  if (!plan->page->anchor)
    return walk(plan, -1, rows, error);
  for (int key = plan->order->key_count; key >= 0 && (int)rows->len < plan->page->limit; key--)
    if (!walk(plan, key, rows, error))
      return FALSE;
  return TRUE;
}

static int
spend(gpointer steps)
{
  *(int *)steps -= TRIAL_GRAIN;
  return *(int *)steps <= 0;
}

/* Walks while it is cheap: *done tells whether that was enough. */
static gboolean
try_walk(Plan *plan, GArray *rows, gboolean *done, GError **error)
{
  g_autoptr(GError) failure = NULL;
  sqlite3 *handle = mc_db_handle(plan->db);
  int steps = TRIAL_STEPS;

  sqlite3_progress_handler(handle, TRIAL_GRAIN, spend, &steps);
  *done = walk_all(plan, rows, &failure);
  sqlite3_progress_handler(handle, 0, NULL, NULL);
  if (*done)
    return TRUE;
  if (steps <= 0) {
    g_array_set_size(rows, 0);
    return TRUE;
  }
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}

/* --- choosing --- */

static gboolean
estimate(McDb *db, const McDriver *driver, gint64 cap, gint64 *count, GError **error)
{
  g_autoptr(McSql) sql = mc_sql_new("SELECT count(*) FROM (SELECT 1 FROM (");
  mc_sql_append(sql, driver->sql);
  mc_sql_add(sql, ") LIMIT ");
  mc_sql_int(sql, cap + 1);
  mc_sql_add(sql, ")");
  return mc_sql_value(sql, db, count, error);
}

/* The driver with the fewest candidates, and how many (up to cap + 1). */
static gboolean
best_driver(McDb *db, const McCompiled *compiled, gint64 cap, const McDriver **best, gint64 *fewest,
            GError **error)
{
  *best = NULL;
  *fewest = cap + 1;
  for (guint i = 0; i < compiled->drivers->len; i++) {
    gint64 count;
    if (!estimate(db, compiled->drivers->pdata[i], cap, &count, error))
      return FALSE;
    if (!*best || count < *fewest) {
      *best = compiled->drivers->pdata[i];
      *fewest = count;
    }
  }
  return TRUE;
}

/* Gathers when there are at most `cap` candidates: *done. */
static gboolean
try_gather(Plan *plan, gint64 cap, GArray *rows, gboolean *done, GError **error)
{
  gint64 fewest;
  if (!best_driver(plan->db, plan->compiled, cap, &plan->driver, &fewest, error))
    return FALSE;
  *done = plan->driver && fewest <= cap;
  return !*done || gather(plan, rows, error);
}

static gboolean
find(Plan *plan, GArray *rows, GError **error)
{
  gboolean done = FALSE;
  if (plan->compiled->drivers->len == 0)
    return walk_all(plan, rows, error);
  return try_gather(plan, GATHER_FEW, rows, &done, error) && (done || try_walk(plan, rows, &done, error)) &&
         (done || try_gather(plan, GATHER_MAX, rows, &done, error)) && (done || walk_all(plan, rows, error));
}

static void
reverse(GArray *rows)
{
  gint64 *n = (gint64 *)(gpointer)rows->data;
  for (guint i = 0; i < rows->len / 2; i++) {
    gint64 other = n[i];
    n[i] = n[rows->len - 1 - i];
    n[rows->len - 1 - i] = other;
  }
}

GArray *
mc_listing_rows(McDb *db, const McCompiled *compiled, McSort sort, const McPage *page, GError **error)
{
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
  Plan plan = {db, compiled, &orders[sort], page, {0, 0, ""}, NULL, NULL};

  if (page->anchor && !parse_anchor(sort, page->anchor, &plan.start, error))
    return NULL;
  if (sort == MC_SORT_DUE && compiled->equals->len > 0)
    plan.equal = compiled->equals->pdata[0];
  if (!find(&plan, rows, error))
    return NULL;
  if (!page->forward)
    reverse(rows);
  return g_steal_pointer(&rows);
}

gboolean
mc_listing_count(McDb *db, const McCompiled *compiled, gint64 cap, gint64 *count, GError **error)
{
  const McDriver *driver;
  gint64 fewest;
  g_autoptr(McSql) sql = mc_sql_new("SELECT count(*) FROM (SELECT 1 FROM ");

  if (!best_driver(db, compiled, GATHER_MAX, &driver, &fewest, error))
    return FALSE;
  if (driver)
    add_candidates(sql, driver);
  else
    mc_sql_add(sql, "item i");
  if (compiled->where) {
    mc_sql_add(sql, " WHERE ");
    mc_sql_append(sql, compiled->where);
  }
  mc_sql_add(sql, " LIMIT ");
  mc_sql_int(sql, cap > 0 ? cap + 1 : -1);
  mc_sql_add(sql, ")");
  return mc_sql_value(sql, db, count, error);
}

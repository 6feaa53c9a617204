/* SPDX-License-Identifier: Apache-2.0 */
/* Times in a query. A value is a stretch of time [start, end): a day, a minute, or for a relative one a
 * single second; the comparison then says on which side of it a moment has to be. */
#include "model/query-time.h"
#include "motcua/worktime.h"

#include <string.h>

#define MAX_UNITS 9999

typedef enum { OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST, OP_EQUAL } Op;

typedef struct {
  gint64 start, end;
  gboolean relative;
} Stretch;

static gsize
read_op(const char *at, Op *op)
{
  static const struct {
    const char *text;
    Op op;
  } ops[] = {{"<=", OP_AT_MOST}, {"<", OP_LESS},  {">=", OP_AT_LEAST},
             {">", OP_MORE},     {":", OP_EQUAL}, {"=", OP_EQUAL}};

  for (gsize i = 0; i < G_N_ELEMENTS(ops); i++)
    if (g_str_has_prefix(at, ops[i].text)) {
      *op = ops[i].op;
      return strlen(ops[i].text);
    }
  return 0;
}

gsize
mc_query_comparison(const char *at)
{
  Op op;

  return read_op(at, &op);
}

/* The whole local day that is `shift` days from the one of `moment`. */
static gboolean
set_day(Stretch *stretch, gint64 moment, int shift, GTimeZone *tz)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(moment);
  g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, tz) : NULL;

  if (!local)
    return FALSE;
  g_autoptr(GDateTime) midnight =
      g_date_time_new(tz, g_date_time_get_year(local), g_date_time_get_month(local),
                      g_date_time_get_day_of_month(local), 0, 0, 0);
  g_autoptr(GDateTime) start = g_date_time_add_days(midnight, shift);
  g_autoptr(GDateTime) end = g_date_time_add_days(midnight, shift + 1);
  if (!start || !end)
    return FALSE;
  stretch->start = g_date_time_to_unix(start);
  stretch->end = g_date_time_to_unix(end);
  return TRUE;
}

static gboolean
read_named_day(Stretch *stretch, const char *value, gint64 now, GTimeZone *tz)
{
  static const char *const names[] = {"yesterday", "today", "tomorrow"};

  for (int i = 0; i < (int)G_N_ELEMENTS(names); i++)
    if (!g_ascii_strcasecmp(value, names[i]))
      return set_day(stretch, now, i - 1, tz);
  return FALSE;
}

static gboolean
read_date(Stretch *stretch, const char *value, GTimeZone *tz)
{
  gint64 moment;

  if (mc_time_parse(value, "%Y-%m-%d", tz, &moment) || mc_time_parse(value, "%d/%m/%Y", tz, &moment))
    return set_day(stretch, moment, 0, tz);
  if (mc_time_parse(value, "%Y-%m-%dT%H:%M", tz, &moment)) {
    *stretch = (Stretch){moment, moment + 60, FALSE};
    return TRUE;
  }
  if (!strpbrk(value, "Tt") || !mc_time_parse_iso(value, tz, &moment))
    return FALSE;
  *stretch = (Stretch){moment, moment + 1, FALSE};
  return TRUE;
}

/* "2d", "4h", "1w": from now on in working time for a deadline, back in plain time for what was received. */
static gboolean
read_distance(Stretch *stretch, McQueryTime field, const char *value, const McCalendar *calendar, gint64 now)
{
  gboolean negative = *value == '-';
  char *unit;
  guint64 n;

  value += negative;
  if (!g_ascii_isdigit(*value) || (negative && field == MC_TIME_RECEIVED))
    return FALSE;
  n = g_ascii_strtoull(value, &unit, 10);
  if (n > MAX_UNITS || !*unit || !strchr("hdw", *unit) || unit[1])
    return FALSE;

  gint64 moment, count = negative ? -(gint64)n : (gint64)n;
  if (field == MC_TIME_DUE) {
    gint64 day = mc_calendar_day_minutes(calendar);
    moment = mc_calendar_add(calendar, now, count * (*unit == 'h' ? 60 : *unit == 'd' ? day : 5 * day));
  } else {
    moment = now - count * (*unit == 'h' ? 3600 : *unit == 'd' ? 86400 : 7 * 86400);
  }
  *stretch = (Stretch){moment, moment + 1, TRUE};
  return TRUE;
}

/* "more than 7 days ago" is earlier: for what was received the comparison is about its age. */
static Op
turn(Op op)
{
  static const Op turned[] = {[OP_LESS] = OP_MORE,
                              [OP_AT_MOST] = OP_AT_LEAST,
                              [OP_MORE] = OP_LESS,
                              [OP_AT_LEAST] = OP_AT_MOST,
                              [OP_EQUAL] = OP_EQUAL};

  return turned[op];
}

static void
bound(McQuery *query, Op op, const Stretch *stretch)
{
  query->from = op == OP_MORE                         ? stretch->end
                : op == OP_AT_LEAST || op == OP_EQUAL ? stretch->start
                                                      : MC_TIME_NONE;
  query->to = op == OP_LESS                        ? stretch->start
              : op == OP_AT_MOST || op == OP_EQUAL ? stretch->end
                                                   : MC_TIME_NONE;
}

gboolean
mc_query_read_time(McQuery *query, const char *text, const McCalendar *calendar, gint64 now,
                   gboolean *at_value)
{
  GTimeZone *tz = mc_calendar_timezone(calendar);
  Stretch stretch = {0};
  Op op = OP_EQUAL;
  const char *value = text + read_op(text, &op);

  *at_value = TRUE;
  if (!read_named_day(&stretch, value, now, tz) && !read_date(&stretch, value, tz) &&
      !read_distance(&stretch, query->time, value, calendar, now))
    return FALSE;
  *at_value = FALSE;
  if (stretch.relative && op == OP_EQUAL)
    return FALSE;
  bound(query, stretch.relative && query->time == MC_TIME_RECEIVED ? turn(op) : op, &stretch);
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Counting working time.
 *
 * W(t) is the number of working seconds before the moment t. It never falls, so the time between two moments
 * is a difference of two W, and the moment after some time is found by halving. W is arithmetic on whole
 * weeks, corrected by the running sum of the special days: no loop over days, whatever the dates. */
#include "model/calendar.h"
#include "base/hours.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "motcua/worktime.h"

#include <string.h>

#define DAY      86400
#define FIRST    (-719162 * (gint64)DAY) /* 0001-01-01 */
#define LAST     (2932896 * (gint64)DAY) /* 9999-12-31 */
#define DUE_SOON 480                     /* minutes: one working day */

typedef struct {
  McSpecialDay special;
  gint64 extra; /* seconds that the special days before this one add to their weeks */
} Special;

struct McCalendar {
  gatomicrefcount refs;
  McHours hours, half; /* of a full day, of a half day */
  int full_seconds, half_seconds;
  guint workdays;   /* bit 0 is Monday */
  gint64 before[8]; /* seconds of a week before its weekday n; [7] the whole week */
  GTimeZone *zone;
  GArray *specials; /* Special, sorted by day, each day once */
  GHashTable *years;
  int due_soon;
};

static int
total(const McHours *hours)
{
  int seconds = 0;

  for (int i = 0; i < hours->count; i++)
    seconds += hours->spans[i].end - hours->spans[i].start;
  return seconds;
}

/* Half a day is its first span, or the first half of its only one. */
static McHours
half_of(const McHours *hours)
{
  McHours half = {.count = 1};

  half.spans[0] = hours->spans[0];
  if (hours->count == 1)
    half.spans[0].end = (half.spans[0].start + half.spans[0].end) / 2;
  return half;
}

static void *
setting_fault(GError **error, const char *what, const char *expected)
{
  g_autofree char *shown = mc_text_clean(what, -1);

  g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("“%s”: expected %s"), shown, expected);
  return NULL;
}

McCalendar *
mc_calendar_new(const char *hours, const char *workdays, const char *zone_name, GError **error)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
  McHours spans;
  guint days;

  if (!mc_hours_parse(hours, &spans))
    return setting_fault(error, hours, _("hours such as 07:00-11:30,13:30-17:00"));
  if (!mc_workdays_parse(workdays, &days))
    return setting_fault(error, workdays, _("days such as mon-fri or mon,tue,sat"));
  if (!zone)
    return setting_fault(error, zone_name, _("a time zone such as Asia/Ho_Chi_Minh"));

  McCalendar *calendar = g_new0(McCalendar, 1);
  g_atomic_ref_count_init(&calendar->refs);
  calendar->hours = spans;
  calendar->half = half_of(&spans);
  calendar->full_seconds = total(&spans);
  calendar->half_seconds = total(&calendar->half);
  calendar->workdays = days;
  for (int i = 0; i < 7; i++)
    calendar->before[i + 1] = calendar->before[i] + (days & (1u << i) ? calendar->full_seconds : 0);
  calendar->zone = g_steal_pointer(&zone);
  calendar->specials = g_array_new(FALSE, FALSE, sizeof(Special));
  calendar->years = g_hash_table_new(NULL, NULL);
  calendar->due_soon = DUE_SOON;
  return calendar;
}

McCalendar *
mc_calendar_ref(McCalendar *calendar)
{
  g_atomic_ref_count_inc(&calendar->refs);
  return calendar;
}

void
mc_calendar_unref(McCalendar *calendar)
{
  if (!calendar || !g_atomic_ref_count_dec(&calendar->refs))
    return;
  g_time_zone_unref(calendar->zone);
  g_array_unref(calendar->specials);
  g_hash_table_unref(calendar->years);
  g_free(calendar);
}

void
mc_calendar_set_due_soon(McCalendar *calendar, int minutes)
{
  calendar->due_soon = minutes;
}

int
mc_calendar_due_soon(const McCalendar *calendar)
{
  return calendar->due_soon;
}

GTimeZone *
mc_calendar_timezone(const McCalendar *calendar)
{
  return calendar->zone;
}

int
mc_calendar_day_minutes(const McCalendar *calendar)
{
  return MAX(calendar->full_seconds / 60, 1);
}

gboolean
mc_calendar_knows_year(const McCalendar *calendar, int year)
{
  return g_hash_table_contains(calendar->years, GINT_TO_POINTER(year));
}

static gint64
floor_div(gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

/* 0 is Monday; 1970-01-01 was a Thursday. */
static int
weekday_of(gint64 day)
{
  gint64 shifted = day + 3;

  return (int)(shifted - floor_div(shifted, 7) * 7);
}

/* How many special days stand before `day`. */
static guint
specials_before(const McCalendar *calendar, gint64 day)
{
  guint low = 0, high = calendar->specials->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(calendar->specials, Special, middle).special.day < day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gint64
seconds_of_kind(const McCalendar *calendar, McDayKind kind)
{
  return kind == MC_DAY_OFF ? 0 : kind == MC_DAY_WORK ? calendar->full_seconds : calendar->half_seconds;
}

static gint64
usual_seconds(const McCalendar *calendar, gint64 day)
{
  return calendar->workdays & (1u << weekday_of(day)) ? calendar->full_seconds : 0;
}

static gint64
extra_of(const McCalendar *calendar, const Special *at)
{
  return seconds_of_kind(calendar, at->special.kind) - usual_seconds(calendar, at->special.day);
}

/* W at the start of a day. */
static gint64
worked_before_day(const McCalendar *calendar, gint64 day)
{
  guint n = specials_before(calendar, day);
  gint64 weeks = floor_div(day + 3, 7), extra = 0;

  if (n > 0) {
    const Special *last = &g_array_index(calendar->specials, Special, n - 1);
    extra = last->extra + extra_of(calendar, last);
  }
  return weeks * calendar->before[7] + calendar->before[weekday_of(day)] + extra;
}

static const McHours *
hours_of_day(const McCalendar *calendar, gint64 day)
{
  static const McHours none = {.count = 0};
  guint n = specials_before(calendar, day);

  if (n < calendar->specials->len) {
    const Special *at = &g_array_index(calendar->specials, Special, n);
    if (at->special.day == day)
      return at->special.kind == MC_DAY_OFF    ? &none
             : at->special.kind == MC_DAY_WORK ? &calendar->hours
                                               : &calendar->half;
  }
  return usual_seconds(calendar, day) ? &calendar->hours : &none;
}

/* A moment as the calendar's wall clock, in seconds. */
static gint64
to_local(const McCalendar *calendar, gint64 moment)
{
  gint64 clamped = CLAMP(moment, FIRST, LAST);
  int interval = g_time_zone_find_interval(calendar->zone, G_TIME_TYPE_UNIVERSAL, clamped);

  return clamped + g_time_zone_get_offset(calendar->zone, interval);
}

static gint64
from_local(const McCalendar *calendar, gint64 local)
{
  gint64 wall = CLAMP(local, FIRST, LAST);
  int interval = g_time_zone_adjust_time(calendar->zone, G_TIME_TYPE_STANDARD, &wall);

  return wall - g_time_zone_get_offset(calendar->zone, interval);
}

static gint64
worked_before(const McCalendar *calendar, gint64 moment)
{
  gint64 local = to_local(calendar, moment), day = floor_div(local, DAY), second = local - day * DAY;
  const McHours *hours = hours_of_day(calendar, day);
  gint64 worked = worked_before_day(calendar, day);

  for (int i = 0; i < hours->count; i++)
    worked += CLAMP(second, hours->spans[i].start, hours->spans[i].end) - hours->spans[i].start;
  return worked;
}

gint64
mc_calendar_minutes(const McCalendar *calendar, gint64 a, gint64 b)
{
  return floor_div(worked_before(calendar, b) - worked_before(calendar, a), 60);
}

/* The last day that starts with less than `worked` done, or, for `inclusive`, with no more than that. */
static gint64
find_day(const McCalendar *calendar, gint64 worked, gboolean inclusive)
{
  gint64 low = FIRST / DAY, high = LAST / DAY;

  while (low < high) {
    gint64 middle = low + (high - low + 1) / 2, before = worked_before_day(calendar, middle);
    if (before < worked || (inclusive && before == worked))
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

/* The second of a day at which `rest` of its working seconds are done: the first such, or the last. */
static gint64
second_of(const McHours *hours, gint64 rest, gboolean last)
{
  for (int i = 0; i < hours->count; i++) {
    gint64 length = hours->spans[i].end - hours->spans[i].start;
    if (rest < length || (rest == length && (!last || i + 1 == hours->count)))
      return hours->spans[i].start + rest;
    rest -= length;
  }
  return 0;
}

gint64
mc_calendar_add(const McCalendar *calendar, gint64 from, gint64 minutes)
{
  gboolean back = minutes < 0;

  if (minutes == 0)
    return from;
  minutes = CLAMP(minutes, -(gint64)G_MAXINT32, (gint64)G_MAXINT32);
  gint64 worked = worked_before(calendar, from) + minutes * 60;
  gint64 day = find_day(calendar, worked, back);
  gint64 rest = worked - worked_before_day(calendar, day);
  return from_local(calendar, day * DAY + second_of(hours_of_day(calendar, day), rest, back));
}

gint64
mc_calendar_day_end(const McCalendar *calendar, gint64 moment)
{
  gint64 day = floor_div(to_local(calendar, moment), DAY);
  const McHours *hours = hours_of_day(calendar, day);

  if (hours->count == 0)
    hours = &calendar->hours;
  return from_local(calendar, day * DAY + hours->spans[hours->count - 1].end);
}

gboolean
mc_calendar_is_working_day(const McCalendar *calendar, gint64 moment)
{
  return hours_of_day(calendar, floor_div(to_local(calendar, moment), DAY))->count > 0;
}

/* A day that is known already takes the new kind. */
static void
put_special(McCalendar *calendar, McSpecialDay special)
{
  guint n = specials_before(calendar, special.day);

  if (n < calendar->specials->len &&
      g_array_index(calendar->specials, Special, n).special.day == special.day) {
    g_array_index(calendar->specials, Special, n).special = special;
  } else {
    const Special at = {.special = special};
    g_array_insert_val(calendar->specials, n, at);
  }
}

gboolean
mc_calendar_add_ics(McCalendar *calendar, const char *name, const char *text, gssize len, GError **error)
{
  g_autoptr(GHashTable) years = g_hash_table_new(NULL, NULL);
  g_autoptr(GArray) days = mc_ics_read(name, text, len < 0 ? strlen(text) : (gsize)len, years, error);
  gint64 extra = 0;

  if (!days)
    return FALSE;
  for (guint i = 0; i < days->len; i++)
    put_special(calendar, g_array_index(days, McSpecialDay, i));
  for (guint i = 0; i < calendar->specials->len; i++) {
    Special *at = &g_array_index(calendar->specials, Special, i);
    at->extra = extra;
    extra += extra_of(calendar, at);
  }

  GHashTableIter iter;
  gpointer year;
  g_hash_table_iter_init(&iter, years);
  while (g_hash_table_iter_next(&iter, &year, NULL))
    g_hash_table_add(calendar->years, year);
  return TRUE;
}

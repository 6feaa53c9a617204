/* SPDX-License-Identifier: Apache-2.0 */
/* Working time: an explicit minute calendar (contract section 8; domain.md 1.6 and 6).
 *
 * A calendar has the week's working hours, a time zone, and single days that differ (OFF, WORK, HALF),
 * read from iCalendar files by CATEGORIES. Lunar holidays are data, never computed. Immutable once
 * filled; may then be shared by threads. */
#ifndef MOTCUA_WORKTIME_H
#define MOTCUA_WORKTIME_H

#include <glib.h>
#include "motcua/item.h"

/* `hours` "07:00-11:30,13:30-17:00", `workdays` "mon-fri" or "mon,tue,sat", `timezone` an IANA name.
 * NULL and MC_ERROR_CONFIG when one of them is wrong. */
McCalendar *mc_calendar_new(const char *hours, const char *workdays, const char *timezone, GError **error);
McCalendar *mc_calendar_ref(McCalendar *calendar);
void mc_calendar_unref(McCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McCalendar, mc_calendar_unref)

/* How many working minutes left make a deadline "soon" where none are given (config: due_soon); 480 unless
 * set. Set it before the calendar is shared. */
void mc_calendar_set_due_soon(McCalendar *calendar, int minutes);
int mc_calendar_due_soon(const McCalendar *calendar);

/* Adds the days of an iCalendar text (VEVENT with DTSTART;VALUE=DATE, optional DTEND or DURATION, CATEGORIES
 * OFF|WORK|HALF; a half day is the morning's span; an event that is
 * STATUS:TENTATIVE or CANCELLED does not count). What would change the meaning and is not understood
 * (RRULE, a time of day, no category) is a fault. A broken file: MC_ERROR_CONFIG with `name`:line, nothing
 * of it added. A later file's day wins over an earlier one's. At most 1 MiB, 366 days an event. */
gboolean mc_calendar_add_ics(McCalendar *calendar, const char *name, const char *text, gssize len,
                             GError **error);

/* Whether any loaded file speaks of that year (if not, holidays are unknown and the person is warned). */
gboolean mc_calendar_knows_year(const McCalendar *calendar, int year);

GTimeZone *mc_calendar_timezone(const McCalendar *calendar); /* borrowed */

/* Working minutes between two moments; negative when b is before a. Exact to the second, floored (30 seconds
 * before `a` are -1 minute). Logarithmic in the number of special days, whatever the moments. */
gint64 mc_calendar_minutes(const McCalendar *calendar, gint64 a, gint64 b);
/* The moment `minutes` of working time after `from`, the earliest such (17:00, not the next morning);
 * negative goes back, to the latest such (07:00, not the evening before); 0 is `from` itself. */
gint64 mc_calendar_add(const McCalendar *calendar, gint64 from, gint64 minutes);
/* The end of the working day of a moment's local date; of a day off, the end of that date's hours as if
 * it were worked (17:00). Used for a deadline given as a bare date. */
gint64 mc_calendar_day_end(const McCalendar *calendar, gint64 moment);
gboolean mc_calendar_is_working_day(const McCalendar *calendar, gint64 moment);
/* Minutes of one full working day (default 480). */
int mc_calendar_day_minutes(const McCalendar *calendar);

/* Decided by instant, one bucket per item (domain.md 1.3): done with `finished` after due is late_done;
 * waiting and paused items are never overdue while they wait (the clock stands still, domain.md 1.6);
 * due_soon when at most `soon_minutes` of working time are left. Work that is over (done, rejected,
 * withdrawn, or ready with `finished`) is judged by `finished`, and is none where that is not known. */
McDeadline mc_deadline(const McItem *item, const McCalendar *calendar, gint64 now, int soon_minutes);
/* What the row shows, translated, at most 8 columns: "còn 2g", "còn 3n", "còn 25p", "quá 2g", "quá 3n",
 * "chờ", "đến hạn" and "quá hạn" where no working minute lies between, "". Whole units, rounded down. New
 * string. */
char *mc_deadline_short(const McItem *item, const McCalendar *calendar, gint64 now);

#endif

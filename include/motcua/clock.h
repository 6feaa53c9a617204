/* SPDX-License-Identifier: Apache-2.0 */
/* Wall clock and moments. A moment is seconds since 1970-01-01 UTC in a gint64; MC_TIME_NONE where
 * unknown. The wall clock can be frozen (MOTCUA_NOW) or driven by a test; waits never use it: they
 * use g_get_monotonic_time(). */
#ifndef MOTCUA_CLOCK_H
#define MOTCUA_CLOCK_H

#include <glib.h>

#define MC_TIME_NONE G_MININT64

typedef struct McClock McClock;

/* The host's clock, or frozen at MOTCUA_NOW (RFC 3339) when that is set; a malformed MOTCUA_NOW is
 * MC_ERROR_USAGE. Reference counted, thread safe. */
McClock *mc_clock_new(GError **error);
/* A clock that a test sets. */
McClock *mc_clock_new_manual(gint64 now);
void mc_clock_set(McClock *clock, gint64 now);
McClock *mc_clock_ref(McClock *clock);
void mc_clock_unref(McClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McClock, mc_clock_unref)

gint64 mc_clock_now(McClock *clock);

/* RFC 3339 / ISO 8601 with date, or date and time; without an offset it is read in `tz` (NULL: UTC).
 * A fraction is accepted and dropped. FALSE when it is not one. A bare date gives 00:00. */
gboolean mc_time_parse_iso(const char *text, GTimeZone *tz, gint64 *moment);

/* "2026-11-22T14:05:10+07:00" in `tz`. New string. NULL for MC_TIME_NONE. */
char *mc_time_format_iso(gint64 moment, GTimeZone *tz);

/* strftime-like (g_date_time_format) in `tz`. New string; NULL when out of range. */
char *mc_time_format(gint64 moment, GTimeZone *tz, const char *format);

/* strptime-like reading with the conversions %d %m %Y %y %H %M %S %z %Z-less literals, strict: the
 * whole text must match. Missing time of day is 00:00. FALSE when it does not match. */
gboolean mc_time_parse(const char *text, const char *format, GTimeZone *tz, gint64 *moment);

/* ISO 8601 duration such as P1D, PT2M, -P90D, P1W; months and years are refused (not a length of time). */
gboolean mc_duration_parse(const char *text, gint64 *seconds);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The province's own clock: milliseconds since the epoch. It runs with the machine unless MOTCUA_NOW (RFC
 * 3339) froze it; demo_clock_set() moves it either way. Vietnam keeps UTC+7 all year, so a fixed offset is
 * exact.
 */
#pragma once

#include <glib.h>

#define DEMO_SECOND G_GINT64_CONSTANT(1000)
#define DEMO_HOUR   (3600 * DEMO_SECOND)
#define DEMO_DAY    (24 * DEMO_HOUR)

typedef struct DemoClock DemoClock;

/* Fails when MOTCUA_NOW is set and is not an RFC 3339 instant. */
DemoClock *demo_clock_new(GError **error);
void demo_clock_free(DemoClock *clock);
gint64 demo_clock_now(const DemoClock *clock);
/* A running clock runs on from `ms`, a frozen one stands still there. */
void demo_clock_set(DemoClock *clock, gint64 ms);

gboolean demo_time_parse_iso(const char *text, gint64 *ms);
/* `format` is strftime's; local time of Vietnam; at most 63 bytes. Caller frees. */
char *demo_time_format(gint64 ms, const char *format);
/* "2026-11-22T14:05:10.123+07:00"; caller frees. */
char *demo_time_iso(gint64 ms);
/* dd/MM/yyyy with, optionally, HH:mm or HH:mm:ss behind it; local time. */
gboolean demo_time_parse_local(const char *text, gint64 *ms);
/* Local midnight of the day that holds `ms`. */
gint64 demo_time_midnight(gint64 ms);
/* 17:00 of the working day (Monday to Friday) `days` working days after `ms`. */
gint64 demo_time_working_days(gint64 ms, int days);

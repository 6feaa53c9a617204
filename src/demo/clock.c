/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/clock.h"

#include "motcua/clock.h"

#include <time.h>

#define ZONE (7 * DEMO_HOUR)

struct DemoClock {
  gboolean frozen;
  gint64 at; /* frozen: the instant itself; running: what is added to the machine's clock */
};

static gint64
machine_now(void)
{
  return g_get_real_time() / 1000;
}

DemoClock *
demo_clock_new(GError **error)
{
  g_autoptr(McClock) given = mc_clock_new(error);
  const char *frozen = g_getenv("MOTCUA_NOW");

  if (!given)
    return NULL;
  DemoClock *clock = g_new0(DemoClock, 1);
  clock->frozen = frozen && *frozen;
  clock->at = clock->frozen ? mc_clock_now(given) * DEMO_SECOND : 0;
  return clock;
}

void
demo_clock_free(DemoClock *clock)
{
  g_free(clock);
}

gint64
demo_clock_now(const DemoClock *clock)
{
  return clock->frozen ? clock->at : machine_now() + clock->at;
}

void
demo_clock_set(DemoClock *clock, gint64 ms)
{
  clock->at = clock->frozen ? ms : ms - machine_now();
}

gboolean
demo_time_parse_iso(const char *text, gint64 *ms)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(ZONE / DEMO_SECOND);
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, zone);

  if (!time)
    return FALSE;
  *ms = g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
  return TRUE;
}

char *
demo_time_format(gint64 ms, const char *format)
{
  time_t shifted = (time_t)((ms + ZONE) / DEMO_SECOND);
  struct tm time;
  char text[64];

  gmtime_r(&shifted, &time);
  return g_strndup(text, strftime(text, sizeof text, format, &time));
}

char *
demo_time_iso(gint64 ms)
{
  g_autofree char *seconds = demo_time_format(ms, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf("%s.%03d+07:00", seconds, (int)(ms % 1000));
}

gboolean
demo_time_parse_local(const char *text, gint64 *ms)
{
  static const char *const formats[] = {"%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"};
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(ZONE / DEMO_SECOND);
  gint64 seconds;

  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
    if (mc_time_parse(text, formats[i], zone, &seconds)) {
      *ms = seconds * DEMO_SECOND;
      return TRUE;
    }
  return FALSE;
}

gint64
demo_time_midnight(gint64 ms)
{
  return (ms + ZONE) / DEMO_DAY * DEMO_DAY - ZONE;
}

gint64
demo_time_working_days(gint64 ms, int days)
{
  gint64 day = demo_time_midnight(ms);

  while (days > 0) {
    day += DEMO_DAY;
    /* 1 January 1970 was a Thursday, so 2 and 3 are Saturday and Sunday. */
    int weekday = (int)((day + ZONE) / DEMO_DAY % 7);
    if (weekday != 2 && weekday != 3)
      days--;
  }
  return day + 17 * DEMO_HOUR;
}

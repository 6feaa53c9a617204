/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as text, read strictly and written one way. */
#include "motcua/clock.h"

#include <string.h>

static GDateTime *
in_zone(gint64 moment, GTimeZone *tz)
{
  g_autoptr(GDateTime) utc = moment == MC_TIME_NONE ? NULL : g_date_time_new_from_unix_utc(moment);

  if (!utc)
    return NULL;
  return tz ? g_date_time_to_timezone(utc, tz) : g_steal_pointer(&utc);
}

char *
mc_time_format(gint64 moment, GTimeZone *tz, const char *format)
{
  g_autoptr(GDateTime) time = in_zone(moment, tz);

  return time ? g_date_time_format(time, format) : NULL;
}

char *
mc_time_format_iso(gint64 moment, GTimeZone *tz)
{
  g_autoptr(GDateTime) time = in_zone(moment, tz);

  if (!time)
    return NULL;
  if (g_date_time_get_utc_offset(time) == 0)
    return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
  return g_date_time_format(time, "%Y-%m-%dT%H:%M:%S%:z");
}

gboolean
mc_time_parse_iso(const char *text, GTimeZone *tz, gint64 *moment)
{
  g_autoptr(GTimeZone) zone = tz ? g_time_zone_ref(tz) : g_time_zone_new_utc();
  gsize length = strnlen(text, 64);
  g_autoptr(GDateTime) time = NULL;

  if (length == 64)
    return FALSE;
  if (strpbrk(text, "Tt ")) {
    time = g_date_time_new_from_iso8601(text, zone);
  } else {
    g_autofree char *midnight = g_strconcat(text, "T00:00:00", NULL);
    time = g_date_time_new_from_iso8601(midnight, zone);
  }
  if (!time)
    return FALSE;
  *moment = g_date_time_to_unix(time);
  return TRUE;
}

/* Days from 1970-01-01 to a day of the Gregorian calendar, as if years began in March. */
static gint64
days_of(int year, int month, int day)
{
  gint64 y = year - (month <= 2), era = y / 400, of_era = y % 400;
  gint64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static gboolean
is_day(int year, int month, int day)
{
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
         day <= g_date_get_days_in_month((GDateMonth)month, (GDateYear)year);
}

/* What mc_time_parse() has read so far. */
typedef struct {
  int year, month, day, hour, minute, second;
  int offset; /* seconds east of UTC */
  gboolean has_offset;
} Parts;

/* Between `min` and `max` digits. */
static gboolean
take_digits(const char **at, int min, int max, int *value)
{
  int n = 0;

  *value = 0;
  while (n < max && g_ascii_isdigit(**at)) {
    *value = *value * 10 + (**at - '0');
    (*at)++;
    n++;
  }
  return n >= min;
}

/* Z, +07:00, +0700 or +07. */
static gboolean
take_offset(const char **at, Parts *parts)
{
  int sign = **at == '-' ? -1 : 1, hours, minutes = 0;

  parts->has_offset = TRUE;
  if (**at == 'Z' || **at == 'z') {
    (*at)++;
    parts->offset = 0;
    return TRUE;
  }
  if (**at != '+' && **at != '-')
    return FALSE;
  (*at)++;
  if (!take_digits(at, 2, 2, &hours))
    return FALSE;
  if (**at == ':')
    (*at)++;
  if (g_ascii_isdigit(**at) && !take_digits(at, 2, 2, &minutes))
    return FALSE;
  parts->offset = sign * (hours * 3600 + minutes * 60);
  return hours <= 23 && minutes <= 59;
}

static gboolean
take_conversion(const char **at, char conversion, Parts *parts)
{
  switch (conversion) {
  case 'd':
    return take_digits(at, 1, 2, &parts->day);
  case 'm':
    return take_digits(at, 1, 2, &parts->month);
  case 'Y':
    return take_digits(at, 4, 4, &parts->year);
  case 'y': /* POSIX: 69..99 are of the last century */
    if (!take_digits(at, 2, 2, &parts->year))
      return FALSE;
    parts->year += parts->year >= 69 ? 1900 : 2000;
    return TRUE;
  case 'H':
    return take_digits(at, 1, 2, &parts->hour);
  case 'M':
    return take_digits(at, 1, 2, &parts->minute);
  case 'S':
    return take_digits(at, 1, 2, &parts->second);
  case 'z':
    return take_offset(at, parts);
  default:
    return conversion == '%' && *(*at)++ == '%';
  }
}

static gboolean
moment_of(const Parts *parts, GTimeZone *tz, gint64 *moment)
{
  if (!is_day(parts->year, parts->month, parts->day) || parts->hour > 23 || parts->minute > 59 ||
      parts->second > 59)
    return FALSE;
  gint64 local = days_of(parts->year, parts->month, parts->day) * 86400 + parts->hour * 3600 +
                 parts->minute * 60 + parts->second;
  int offset = parts->offset;
  if (!parts->has_offset && tz) {
    int interval = g_time_zone_adjust_time(tz, G_TIME_TYPE_STANDARD, &local);
    offset = g_time_zone_get_offset(tz, interval);
  }
  *moment = local - offset;
  return TRUE;
}

gboolean
mc_time_parse(const char *text, const char *format, GTimeZone *tz, gint64 *moment)
{
  Parts parts = {.month = 1, .day = 1};

  for (; *format; format++) {
    if (*format != '%') {
      if (*text++ != *format)
        return FALSE;
    } else if (!*++format || !*text || !take_conversion(&text, *format, &parts)) {
      return FALSE;
    }
  }
  if (*text)
    return FALSE;

  return moment_of(&parts, tz, moment);
}

/* One "12D" of a duration: the number, then its unit, which must come later in `units` than the last. */
static gboolean
take_part(const char **at, const char **units, const int *lengths, gint64 *seconds)
{
  const char *all = *units;
  gint64 n;
  char *end;

  if (!g_ascii_isdigit(**at))
    return FALSE;
  n = g_ascii_strtoll(*at, &end, 10);
  const char *unit = *end ? strchr(all, *end) : NULL;
  if (!unit || end - *at > 9)
    return FALSE;
  *seconds += n * lengths[strlen(unit) - 1];
  *units = unit + 1;
  *at = end + 1;
  return TRUE;
}

gboolean
mc_duration_parse(const char *text, gint64 *seconds)
{
  static const int date_lengths[] = {86400, 7 * 86400}; /* from the last unit to the first */
  static const int time_lengths[] = {1, 60, 3600};
  const char *date_units = "WD", *time_units = "HMS", *at = text;
  gint64 total = 0;
  int sign = *at == '-' ? -1 : 1;

  if (*at == '-' || *at == '+')
    at++;
  if (*at++ != 'P' || !*at)
    return FALSE;
  while (*at && *at != 'T')
    if (!take_part(&at, &date_units, date_lengths, &total))
      return FALSE;
  if (*at == 'T') {
    at++;
    do {
      if (!take_part(&at, &time_units, time_lengths, &total))
        return FALSE;
    } while (*at);
  }
  *seconds = sign * total;
  return TRUE;
}

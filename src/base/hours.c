/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of the working week's two settings. */
#include "base/hours.h"

#include <string.h>

static gboolean
take_time(const char **at, int *seconds)
{
  const char *s = *at;

  if (!g_ascii_isdigit(s[0]) || !g_ascii_isdigit(s[1]) || s[2] != ':' || !g_ascii_isdigit(s[3]) ||
      !g_ascii_isdigit(s[4]))
    return FALSE;

  int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
  *seconds = hour * 3600 + minute * 60;
  *at += 5;
  return minute < 60 && *seconds <= 86400;
}

gboolean
mc_hours_parse(const char *text, McHours *hours)
{
  int after = 0;

  hours->count = 0;
  g_auto(GStrv) parts = g_strsplit(text, ",", MC_HOURS_MAX + 1);
  for (char **part = parts; *part; part++) {
    const char *at = g_strstrip(*part);
    int start, end;

    if (hours->count == MC_HOURS_MAX || !take_time(&at, &start) || *at++ != '-' || !take_time(&at, &end))
      return FALSE;
    if (*at || start < after || end <= start)
      return FALSE;
    hours->spans[hours->count].start = start;
    hours->spans[hours->count++].end = end;
    after = end;
  }
  return hours->count > 0;
}

static int
weekday(const char *name)
{
  static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

  for (int i = 0; i < 7; i++)
    if (!g_ascii_strcasecmp(name, names[i]))
      return i;
  return -1;
}

gboolean
mc_workdays_parse(const char *text, guint *days)
{
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);

  *days = 0;
  for (char **part = parts; *part; part++) {
    char *name = g_strstrip(*part), *dash = strchr(name, '-');
    if (dash)
      *dash = '\0';
    int first = weekday(name), last = dash ? weekday(dash + 1) : first;
    if (first < 0 || last < first)
      return FALSE;
    for (int day = first; day <= last; day++)
      *days |= 1u << day;
  }
  return *days != 0;
}

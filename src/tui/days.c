/* SPDX-License-Identifier: Apache-2.0 */
/* The working calendar of the configuration: see days.h. */
#include "tui/days.h"

McCalendar *
mc_days_load(const McHome *home, GError **error)
{
  const McConfig *config = mc_home_config(home);
  McCalendar *calendar = mc_calendar_new(config->hours, config->workdays, config->timezone, error);
  g_auto(GStrv) names = mc_home_names(home, "calendar", ".ics");
  for (char **name = names; calendar && *name; name++) {
    g_autofree char *file = g_strconcat(*name, ".ics", NULL);
    g_autofree char *path = mc_home_find(home, "calendar", file);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (path && g_file_get_contents(path, &text, &length, NULL))
      mc_calendar_add_ics(calendar, path, text, (gssize)length, NULL);
  }
  return calendar;
}

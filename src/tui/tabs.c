/* SPDX-License-Identifier: Apache-2.0 */
/* The saved views as they stand in the bar: see tabs.h. */
#include "tui/tabs.h"

#include "motcua/i18n.h"

GPtrArray *
mc_tabs_new(const McHome *home, const McCalendar *calendar, gint64 now, GPtrArray *faults)
{
  GPtrArray *tabs = mc_views_load(home, calendar, now, faults);
  McSavedView *all = g_new0(McSavedView, 1);
  all->name = g_strdup("");
  all->title = g_strdup(_("Everything"));
  all->query = g_strdup("");
  all->sort = MC_SORT_DUE;
  g_ptr_array_set_free_func(tabs, (GDestroyNotify)mc_saved_view_free);
  g_ptr_array_add(tabs, all);
  return tabs;
}

const McSavedView *
mc_tabs_get(const GPtrArray *tabs, guint index)
{
  return tabs->pdata[MIN(index, tabs->len - 1)];
}

const char *
mc_tabs_digit(const GPtrArray *tabs, guint index)
{
  static const char *const digits[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
  return index + 1 == tabs->len ? "0" : index < G_N_ELEMENTS(digits) ? digits[index] : "";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The saved views as they stand in the bar: the first nine by their digit, and after all of them, by 0,
 * everything. */
#ifndef TUI_TABS_H
#define TUI_TABS_H

#include "motcua/views.h"

/* McSavedView; never empty, "everything" is the last. `faults` gets what is wrong in views.ini. */
GPtrArray *mc_tabs_new(const McHome *home, const McCalendar *calendar, gint64 now, GPtrArray *faults);
const McSavedView *mc_tabs_get(const GPtrArray *tabs, guint index);
/* "1" to "9", "0" for the last, "" for those that only Tab reaches. Static. */
const char *mc_tabs_digit(const GPtrArray *tabs, guint index);

#endif

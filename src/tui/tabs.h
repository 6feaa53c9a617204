/* SPDX-License-Identifier: Apache-2.0 */
/* The saved views in the bar: a name, a query, an order. Nine at most, and "everything" after them. From
 * views.ini, a section each in the order of the file (`name`, `query`, `sort`), or the built-in ones. */
#ifndef TUI_TABS_H
#define TUI_TABS_H

#include "motcua/snapshot.h"

#define MC_TABS_MAX 9

typedef struct {
  char *name, *query;
  McSort sort;
} McTab;

typedef struct McTabs McTabs;

/* `faults` gets "file:line:col: ..." of whatever is wrong in views.ini; the rest goes on. Queries are checked
 * with `calendar` and `now`. */
McTabs *mc_tabs_new(const McHome *home, const McCalendar *calendar, gint64 now, GPtrArray *faults);
void mc_tabs_free(McTabs *tabs);
guint mc_tabs_count(const McTabs *tabs); /* with "everything", the last */
const McTab *mc_tabs_get(const McTabs *tabs, guint index);
/* The key's digit: 1-9, 0 for the last. */
int mc_tabs_digit(const McTabs *tabs, guint index);

#endif

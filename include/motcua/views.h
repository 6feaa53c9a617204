/* SPDX-License-Identifier: Apache-2.0 */
/* Views: saved queries with their order. The defaults are a table; views.ini adds to them and changes them:
 *
 *     [hom-nay]                 ; the view's name: small letters, digits, -
 *     title = Hôm nay
 *     query = is:open (is:overdue or is:due_soon or urgency:flash)
 *     sort = due
 *
 * A section with an empty query of a known view removes it. The order is the file's after the defaults'. */
#ifndef MOTCUA_VIEWS_H
#define MOTCUA_VIEWS_H

#include <glib.h>
#include "motcua/home.h"
#include "motcua/snapshot.h"

typedef struct {
  char *name, *title, *query; /* title in the interface's language */
  McSort sort;
} McSavedView;

/* McSavedView, never empty. A faulty entry of views.ini is left out and said in `faults` (strings
 * "FILE:LINE:COL: ...", may be NULL). `calendar` (not NULL) and `now` are what its queries are tried with. */
GPtrArray *mc_views_load(const McHome *home, const McCalendar *calendar, gint64 now, GPtrArray *faults);
void mc_saved_view_free(McSavedView *view);
/* The view of that name; NULL and MC_ERROR_NOT_FOUND names those that exist. Borrowed. */
const McSavedView *mc_views_find(GPtrArray *views, const char *name, GError **error);

#endif

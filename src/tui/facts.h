/* SPDX-License-Identifier: Apache-2.0 */
/* The figures above the list: how many items each view holds, what the law makes urgent, what waits to be
 * sent, how fresh each system is. Counted from the snapshot, capped, after the rows are on the screen. */
#ifndef TUI_FACTS_H
#define TUI_FACTS_H

#include "motcua/snapshot.h"
#include "tui/tabs.h"

#define MC_FACTS_CAP 1000 /* beyond it a figure reads "1000+" */

typedef struct {
  gint64 *tabs; /* one a saved view; -1: not counted yet */
  gint64 overdue, today, flash;
  gint64 outbox[MC_OUT_COUNT];
  GPtrArray *systems; /* McSystemStatus; NULL: not read yet */
} McFacts;

McFacts *mc_facts_new(guint tabs);
void mc_facts_free(McFacts *facts);

/* The query of a view with a filter laid over it; either may be NULL or "". */
McQuery *mc_facts_query(const char *view, const char *filter, const McCalendar *calendar, gint64 now,
                        GError **error);
McListing mc_facts_listing(const McQuery *query, McSort sort, const McCalendar *calendar, gint64 now,
                           int due_soon);

/* One figure at a time, so that no key waits for all of them: `step` from 0 to mc_facts_steps() - 1. */
guint mc_facts_steps(const GPtrArray *tabs);
gboolean mc_facts_read(McFacts *facts, guint step, McSnapshot *snapshot, const GPtrArray *tabs,
                       const McCalendar *calendar, gint64 now, int due_soon, GError **error);
/* "8", "1000+", "" while unknown. New string. */
char *mc_facts_number(gint64 count);
const McSystemStatus *mc_facts_system(const McFacts *facts, const char *system);

#endif

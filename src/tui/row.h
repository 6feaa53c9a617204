/* SPDX-License-Identifier: Apache-2.0 */
/* One item as one row: which columns there are at a width, and what stands in them. Pure.
 *
 * Left to right: mark, urgency, remaining working time, flag, code, title; then, the wider the more, sender,
 * step, official, received; last the system. The selection bar covers everything up to the title: what it
 * does not cover is not sent again when the bar moves. */
#ifndef TUI_ROW_H
#define TUI_ROW_H

#include "motcua/item.h"
#include "motcua/worktime.h"
#include "tui/line.h"

typedef struct {
  int cols;
  gint64 now;
  const McCalendar *calendar;
  int due_soon; /* minutes */
} McRowStyle;

/* `system`: the title of its system. */
McLine *mc_row_line(const McRowStyle *style, const McItem *item, const char *system, gboolean marked);

#endif

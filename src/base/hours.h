/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a working week: "07:00-11:30,13:30-17:00" and "mon-fri". Read here because the configuration
 * has to point at a fault in them, and the calendar to count by them. */
#ifndef BASE_HOURS_H
#define BASE_HOURS_H

#include <glib.h>

#define MC_HOURS_MAX 8

/* Spans of one day in seconds after midnight: in order, apart, none empty. */
typedef struct {
  int count;
  struct {
    int start, end;
  } spans[MC_HOURS_MAX];
} McHours;

/* FALSE when it is not a list of HH:MM-HH:MM in order (24:00 ends a day). */
gboolean mc_hours_parse(const char *text, McHours *hours);

/* "mon-fri", "mon,tue,sat", both mixed; bit 0 is Monday. At least one day. */
gboolean mc_workdays_parse(const char *text, guint *days);

#endif

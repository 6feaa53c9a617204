/* SPDX-License-Identifier: Apache-2.0 */
/* Between the calendar and its iCalendar reader. */
#ifndef MODEL_CALENDAR_H
#define MODEL_CALENDAR_H

#include <glib.h>

typedef enum { MC_DAY_OFF, MC_DAY_WORK, MC_DAY_HALF } McDayKind;

/* A day that differs from its week. Days are counted from 1970-01-01. */
typedef struct {
  int day;
  McDayKind kind;
} McSpecialDay;

/* All special days of an iCalendar text in file order, as an array of McSpecialDay; NULL with MC_ERROR_CONFIG
 * for the first fault. `years` gets the years that the events start in. */
GArray *mc_ics_read(const char *name, const char *text, gsize len, GHashTable *years, GError **error);

#endif

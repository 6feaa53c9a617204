/* SPDX-License-Identifier: Apache-2.0 */
/* Times in a query. */
#ifndef MODEL_QUERY_TIME_H
#define MODEL_QUERY_TIME_H

#include "motcua/query.h"

/* Whether the length of `op` characters at `at` is a comparison or ':'; 0 if it is none. */
gsize mc_query_comparison(const char *at);

/* Reads "<2d" and the like (comparison and value) into query->from and ->to, whose `time` is set. FALSE when
 * the value is none; *at_value says whether the value, not the comparison, is at fault. */
gboolean mc_query_read_time(McQuery *query, const char *text, const McCalendar *calendar, gint64 now,
                            gboolean *at_value);

#endif

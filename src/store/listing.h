/* SPDX-License-Identifier: Apache-2.0 */
/* Running a listing on a connection that is inside a read transaction. */
#ifndef STORE_LISTING_H
#define STORE_LISTING_H

#include "motcua/snapshot.h"
#include "store/db.h"
#include "store/query.h"

/* Where a page starts. */
typedef struct {
  const char *anchor; /* NULL: the listing's start, or its end */
  gboolean forward, inclusive;
  int limit;
} McPage;

/* Numbers (n) of the page's rows in the listing's order, gint64. */
GArray *mc_listing_rows(McDb *db, const McCompiled *compiled, McSort sort, const McPage *page,
                        GError **error);
/* Up to cap + 1, or exactly (cap 0). */
gboolean mc_listing_count(McDb *db, const McCompiled *compiled, gint64 cap, gint64 *count, GError **error);
/* The place of a row in an order. */
typedef struct {
  gint64 n, ord_due, ord_received, ord_urgency;
  const char *system, *ord_code;
} McPlace;
char *mc_listing_anchor(McSort sort, const McPlace *place);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A window on a list of any length. It holds a few screens of rows around the selected one and asks for more
 * by the keyset of its edge, so that the first row, the last and every page cost the same in a million. Pure:
 * rows come through a callback.
 *
 * Invariants: 0 <= top <= selected < top + height, within the rows held; `first` is the index of the first
 * held row in the whole list, or -1 while unknown (after a jump to the end of a list that was not counted).
 */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "motcua/item.h"

/* As mc_snapshot_list(): rows (McItem) after or before `anchor`. */
typedef GPtrArray *(*McListFetch)(gpointer data, const char *anchor, gboolean forward, gboolean inclusive,
                                  int limit, GError **error);

typedef struct McList McList;

McList *mc_list_new(McListFetch fetch, gpointer data);
void mc_list_free(McList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McList, mc_list_free)

/* How many rows the screen shows; the selected row stays visible. */
void mc_list_set_height(McList *list, int height);
int mc_list_height(const McList *list);

/* Each of these may fetch; FALSE leaves the list as it was. */
gboolean mc_list_first(McList *list, GError **error); /* also the first load */
gboolean mc_list_last(McList *list, GError **error);
gboolean mc_list_move(McList *list, int lines, GError **error);
gboolean mc_list_page(McList *list, int lines, GError **error); /* the rows move, the bar keeps its place */
/* Reads the rows anew where it stands; the selected item stays selected while it exists. */
gboolean mc_list_refresh(McList *list, GError **error);
/* Reads a page ahead in both directions, so that the next key need not; for idle moments. */
void mc_list_prefetch(McList *list);
gboolean mc_list_wants_prefetch(const McList *list);
/* Selects the item of that id among the rows held. */
gboolean mc_list_select(McList *list, const char *id);

McItem *mc_list_row(const McList *list, int row); /* by screen row; NULL past the end */
McItem *mc_list_selected(const McList *list);
int mc_list_selected_row(const McList *list); /* -1: the list is empty */

/* For painting: `serial` changes when rows were replaced; while it stands, `scroll` says by how many lines
 * the window moved. */
guint mc_list_serial(const McList *list);
gint64 mc_list_scroll(const McList *list);

/* What the count said: capped counts are not exact. -1: not counted. */
void mc_list_set_total(McList *list, gint64 total, gboolean exact);
/* 1-based place of the selected row; 0: the list is empty, -1: unknown. `exact` FALSE: about. */
gint64 mc_list_position(const McList *list, gboolean *exact);

#endif

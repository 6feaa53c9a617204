/* SPDX-License-Identifier: Apache-2.0 */
/* An item as a row: one table of columns drives reading, writing and hashing.
 *
 * The system's columns hold its last word; the desk's columns (state, unread, assignee, pending, tags ...)
 * what the inbox shows, with the person's actions laid over. The orders of the inbox are made from the
 * latter: ord_due       class, then a moment: dated open items by deadline, those whose clock stands still
 * (mc_deadline()), undated ones, closed ones by their end, latest first ord_received  newest first, unknown
 * last ord_urgency   open before closed, flash before normal, then ord_due ord_code      folded, digits by
 * their number; items without a code last */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "motcua/item.h"
#include "store/db.h"

/* The columns of a full read, in the order of mc_row_read(). */
#define MC_ROW_COLUMNS "n, " MC_ROW_REST
#define MC_ROW_REST                                                                                         \
  "id, system, stream, key_at, key_is_number, kind, code, title, sender, raw_state, step, version, "        \
  "sys_state, sys_unread, sys_assignee, urgency, secrecy, received, due, finished, attachment_count, "      \
  "actions, blocked, refs, etag, as_of, pull_hash, row_hash, seen, state, unread, assignee, who, pending, " \
  "failed, tags, note, desk, ord_due, ord_received, ord_urgency, ord_code, beneath"
#define MC_ROW_PLACES "?1, " MC_ROW_REST_PLACES
#define MC_ROW_REST_PLACES                                                                                  \
  "?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29" \
  ",?30,?31,?32,?33,?34,?35,?36,?37,?38,?39,?40,?41,?42,?43,?44"
#define MC_ROW_COUNT 44

/* A row: the item as the inbox shows it and what only the store knows of it. */
typedef struct {
  gint64 n; /* 0: not in the table yet */
  McItem *item;
  gboolean sys_unread, failed, has_note, desk;
  char *sys_assignee, *who;
  gint64 pull_hash, row_hash, seen;
  gint64 ord_due, ord_received, ord_urgency;
  char *ord_code;
  char *beneath; /* the system's own raw_state, step and due where actions changed them; else NULL */
} McRow;

/* A row of an item that a system just described; takes a copy. */
McRow *mc_row_new(const McItem *item);
/* The same, over borrowed texts, for as long as `item` stays as it is; `shown` becomes the item of the row.
 */
void mc_row_over(McRow *row, McItem *shown, const McItem *item);
void mc_row_clear(McRow *row); /* of one that borrows */
void mc_row_free(McRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McRow, mc_row_free)
McRow *mc_row_read(sqlite3_stmt *statement);
/* Binds ?1 to ?44; the row outlives the next step. */
void mc_row_bind(const McRow *row, sqlite3_stmt *statement);
/* Before pending actions are laid over a row anew: puts the system's last word back. */
void mc_row_strip(McRow *row);
/* After it: keeps what of the system's word in `before` the columns of their own do not. */
void mc_row_keep_beneath(McRow *row, const McItem *before);
/* Makes `who` and the orders from what the inbox shows. */
void mc_row_order(McRow *row);

/* What stands beside the row: the record as its system gave it, kept values, details. */
gboolean mc_body_read(McDb *inbox, McRow *row, GError **error);

/* Bounds of ord_due: [0, MC_ORD_WAITING) are dated open items, the value being the deadline; closed ones are
 * at MC_ORD_CLOSED and beyond. */
#define MC_ORD_WAITING    ((gint64)1 << 41)
#define MC_ORD_CLOSED     ((gint64)3 << 41)
#define MC_ORD_CLOSED_SQL "6597069766656"
gint64 mc_ord_moment(gint64 moment); /* a deadline as in ord_due; clamped */
gint64 mc_ord_newest(gint64 moment); /* as in ord_received */
char *mc_ord_code(const char *code); /* new string */

/* What a system said: its columns alone, and, made from that, the whole record with its packed `detail` (an
 * unchanged record has the same hash). Never 0. */
gint64 mc_row_hash(const McItem *item);
gint64 mc_row_hash_whole(gint64 row_hash, const McItem *item, GBytes *detail);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the writing side share. */
#ifndef STORE_INNER_H
#define STORE_INNER_H

#include "store/db.h"
#include "store/lock.h"
#include "store/row.h"
#include "store/store.h"

struct McStore {
  McHome *home;
  McClock *clock;
  McLock *lock;
  McDb *inbox, *desk;
  McOverlay overlay;
  gpointer overlay_data;
  GHashTable *counts; /* system -> changes of its counters in this transaction */
  gboolean staging;   /* the stage is attached */
  guint pulls;        /* pulls that stand in it */
  gint64 next_pull;
  guint generation; /* of the inbox connection */
};

/* The inbox is open, and the one that stands there: after it was set aside as damaged it is made anew.
 * Outside of transactions. */
gboolean mc_inbox_ready(McStore *store, GError **error);
/* A write to inbox.db: the lock and a transaction around it. mc_inbox_end() commits when `good`, else rolls
 * back; it gives back `good` and whether the commit worked. */
gboolean mc_inbox_begin(McStore *store, GError **error);
gboolean mc_inbox_end(McStore *store, gboolean good, GError **error);
/* Counters of the system's row: written with the transaction. */
void mc_inbox_count(McStore *store, const McItem *item, int by);
void mc_inbox_count_all(McStore *store, const char *system, gint64 items, gint64 open_items);

/* --- write.c --- */
typedef enum {
  MC_PUT_PULL,  /* of a list: details stay while the version does */
  MC_PUT_RECORD /* of the record itself: details replaced */
} McPutKind;
typedef struct {
  McPutKind kind;
  gint64 seen;   /* what had settled by then is reflected */
  gboolean desk; /* the person's own may stand on it: look */
} McPut;
McRow *mc_inbox_row(McStore *store, const char *id, GError **error); /* NULL without error: none */
/* `row`: as its system described it; PULL: with its pull_hash. */
gboolean mc_inbox_put(McStore *store, McRow *row, const McPut *put, gboolean *added, GError **error);
/* Adds references that point to a row. */
gboolean mc_inbox_refer(McStore *store, gint64 n, char **refs, GError **error);
gboolean mc_inbox_remove(McStore *store, const char *id, gboolean *removed, GError **error);
gboolean mc_inbox_overlay(McStore *store, const char *id, GError **error);

/* --- desk.c --- */
/* Lays tags, note and actions of the desk over a row whose system's word is in place. */
gboolean mc_desk_lay(McStore *store, McRow *row, gint64 seen, GError **error);
/* Around many readings of the desk, which then lock its file once. Inside a transaction of the inbox only:
 * who waits for the inbox while it reads the desk would keep out a writer for whom the other waits. */
gboolean mc_desk_begin(McStore *store, GError **error);
void mc_desk_end(McStore *store);
/* The last settle_no given so far. */
gboolean mc_desk_settled(McStore *store, gint64 *number, GError **error);
/* After a change of the desk that is durable already: rows follow; a failure is logged and repaired by the
 * next reconcile, it takes nothing back. */
void mc_desk_follow(McStore *store, const char *const *ids);

/* --- outrow.c --- */
#define MC_OUT_COLUMNS                                                                                   \
  "key, batch, item_id, system, action, title, caller_key, frozen, memory, state, created, send_after, " \
  "settled, "                                                                                            \
  "attempts, status, message, receipt, new_key"
McOutAction *mc_out_read(sqlite3_stmt *statement);
/* Every row of a statement that selects MC_OUT_COLUMNS. */
GPtrArray *mc_out_read_all(McDb *db, sqlite3_stmt *statement, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The store: SQLite, and all SQL there is.
 *
 *   inbox.db (WAL, synchronous=NORMAL)        what the systems said; may be lost and pulled again
 *   desk.db  (TRUNCATE journal, synchronous=FULL) what the person did; may not be lost: outbox, notes, tags
 *
 * Writers of all processes take the lock file data/inbox.lock around a write to inbox.db and its checkpoints
 * (SQLite before 3.51.3 can corrupt a WAL database when two connections checkpoint at once): autocheckpoint
 * is off, no checkpoint on close, checkpoints run here, under the lock.
 *
 * The row of an item holds the system's last word and, over it, the person's pending actions, tags and note,
 * so that every filter and order is served by an index. The overlay is derived: whoever changes the desk
 * recomputes the rows of the items concerned, and mc_store_reconcile() at start repairs what a crash left
 * between the two files.
 *
 * McStore is the engine's: one thread. Faces read through McSnapshot. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <glib.h>
#include "motcua/clock.h"
#include "motcua/home.h"
#include "motcua/item.h"
#include "motcua/outbox.h"
#include "motcua/snapshot.h"

typedef struct McStore McStore;

/* Lays pending actions over an item; supplied by the engine (it needs the connector). `actions`: McOutAction
 * of this item that are not cancelled or failed: queued, sending, uncertain, and done ones the system has not
 * been seen to reflect yet. Called while a row is written. */
typedef void (*McOverlay)(McItem *item, GPtrArray *actions, gpointer data);

/* Opens and migrates (an older schema after a copy FILE.vN; a newer one is refused). A corrupt inbox.db is
 * set aside as inbox.db.corrupt-TIME and made anew; a corrupt desk.db is MC_ERROR_STORE. */
McStore *mc_store_open(McHome *home, McClock *clock, GError **error);
void mc_store_free(McStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McStore, mc_store_free)
void mc_store_set_overlay(McStore *store, McOverlay overlay, gpointer data);

/* --- a pull: staged aside page by page, then taken over in one transaction, or dropped (rule 5) --- */
typedef struct McPullTxn McPullTxn;
McPullTxn *mc_store_pull_begin(McStore *store, const char *system, const char *stream, GError **error);
gboolean mc_store_pull_add(McPullTxn *pull, GPtrArray *items, GError **error);  /* McItem */
gboolean mc_store_pull_remove(McPullTxn *pull, GPtrArray *ids, GError **error); /* tombstones: ids */
typedef struct {
  guint added, changed, removed, same;
} McPullCounts;
/* One transaction: items upserted (unchanged rows untouched; details kept when the version is the same),
 * tombstones and, if `full`, absent ones removed, the cursor and last_complete set. */
gboolean mc_store_pull_commit(McPullTxn *pull, const char *cursor, gboolean full, McPullCounts *counts,
                              GError **error);
/* Whether a full one would take away what is absent from it. */
gboolean mc_store_pull_lacks(McPullTxn *pull, gboolean *lacks, GError **error);
void mc_store_pull_free(McPullTxn *pull); /* drops what was not committed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McPullTxn, mc_store_pull_free)

/* The cursor of the last complete pull, or NULL. New string. */
char *mc_store_cursor(McStore *store, const char *system, const char *stream, GError **error);
/* What the inbox says of a system's freshness. `account` NULL leaves it. OK also sets last_complete. */
gboolean mc_store_system_state(McStore *store, const char *system, McSystemState state, const char *message,
                               const char *account, GError **error);
/* Forgets a system's items and cursors (its outbox, notes and tags stay). */
gboolean mc_store_system_forget(McStore *store, const char *system, GError **error);

/* --- answers of lookups that may be kept --- */
/* The text kept under that key and still good by the wall clock, or NULL in *text; new string. */
gboolean mc_store_answer(McStore *store, const char *key, char **text, GError **error);
gboolean mc_store_answer_put(McStore *store, const char *key, const char *system, gint64 until,
                             const char *text, GError **error);

/* --- single items --- */
McItem *mc_store_item(McStore *store, const char *id, GError **error); /* whole; NULL+NOT_FOUND */
/* A record read on its own (detail, refetch): row and details replaced. */
gboolean mc_store_item_put(McStore *store, const McItem *item, GError **error);
gboolean mc_store_item_gone(McStore *store, const char *id, GError **error);
/* Recomputes the overlay of these items (ids). */
gboolean mc_store_overlay(McStore *store, const char *const *ids, GError **error);
/* At start: overlays of all items with unsettled actions or marked pending, and tags and notes. */
gboolean mc_store_reconcile(McStore *store, GError **error);

/* --- outbox --- */
/* All of them in one durable transaction, or none (MC_ERROR_STORE: the person is told it was NOT taken). A
 * caller_key already known with the same frozen content (apart from key, moment and item) gives that earlier
 * action instead: `existing` (may be NULL) gets, per action, the earlier McOutAction or NULL; with another
 * content: MC_ERROR_USAGE. */
gboolean mc_store_out_add(McStore *store, GPtrArray *actions, GPtrArray **existing, GError **error);
/* The action taken under that caller's key, or NULL in *action. */
gboolean mc_store_out_of_caller(McStore *store, const char *caller_key, McOutAction **action, GError **error);
McOutAction *mc_store_out_get(McStore *store, const char *key, GError **error);
/* Unsettled ones of a system that are due at `now` and first in line for their item (an unsettled or failed
 * earlier action of the same batch and item holds back those behind it): first those not given up before,
 * each oldest first. `eager`: one that was tried before is due too, but not one that its system works on
 * (memory says stage "accepted"): that is asked when it is time.
 * `next_due` gets when the next waiting one is due. */
GPtrArray *mc_store_out_due(McStore *store, const char *system, gint64 now, gboolean eager, int limit,
                            gint64 *next_due, GError **error);
/* Whether an earlier action on the same item, taken when it had the same version, took effect since. */
gboolean mc_store_out_follows(McStore *store, const char *key, gboolean *follows, GError **error);
/* McOutAction that are queued behind this one: same item, same batch. */
GPtrArray *mc_store_out_held(McStore *store, const char *key, GError **error);
/* Durable before it returns. `from` is what it must still be (another process may have been faster): *moved
 * tells. Arrows not in the table of outbox.h are refused. NULL strings leave what is there, an empty message
 * removes it. */
typedef struct {
  McOutState from, to;
  const char *memory, *message, *receipt, *new_key;
  int status;        /* 0 leaves */
  gint64 send_after; /* when it is due (queued, sending); MC_TIME_NONE leaves */
  gboolean attempt;  /* counts one more attempt */
} McOutMove;
gboolean mc_store_out_move(McStore *store, const char *key, const McOutMove *move, gboolean *moved,
                           GError **error);
/* Several moves, in their order, in one durable transaction. `whole`: all or none of them; moved tells of
 * each either way (with `whole`, and one FALSE: nothing was written). */
typedef struct {
  const char *key;
  McOutMove move;
  gboolean moved;
} McOutStep;
gboolean mc_store_out_moves(McStore *store, McOutStep *steps, guint count, gboolean whole, GError **error);
/* Only memory, in state sending. */
gboolean mc_store_out_memory(McStore *store, const char *key, const char *memory, GError **error);
/* Systems that have unsettled (not uncertain) actions. NULL-terminated. */
char **mc_store_out_systems(McStore *store, GError **error);
/* Whether an unsettled action's frozen content holds that text (a file's hash). */
gboolean mc_store_out_needs(McStore *store, const char *text, gboolean *needs, GError **error);
/* done actions stop being laid over an item once a later pull of the record was committed: see McOverlay. */

/* --- the person's own --- */
gboolean mc_store_note(McStore *store, const char *id, const char *text,
                       GError **error); /* "" or NULL removes */
gboolean mc_store_tag(McStore *store, const char *id, const char *tag, gboolean on, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a face reads: the cache and the desk as they stand, through read-only connections of its own. Never
 * waits for the engine or the network; a busy writer does not block it (inbox.db is WAL). Each call sees one
 * consistent state; calls may differ. One thread at a time. */
#ifndef MOTCUA_SNAPSHOT_H
#define MOTCUA_SNAPSHOT_H

#include <glib.h>
#include "motcua/home.h"
#include "motcua/item.h"
#include "motcua/outbox.h"
#include "motcua/query.h"
#include "motcua/worktime.h"

typedef struct McSnapshot McSnapshot;

/* Creates empty databases when there are none yet. MC_ERROR_STORE otherwise (a newer schema names the version
 * that wrote it). */
McSnapshot *mc_snapshot_open(McHome *home, GError **error);
void mc_snapshot_free(McSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McSnapshot, mc_snapshot_free)

/* Changes whenever another connection changed a database: cheap to poll. */
guint64 mc_snapshot_version(McSnapshot *snapshot);

typedef enum {
  MC_SORT_DUE,      /* open before closed; by deadline, waiting and undated last (the inbox's order) */
  MC_SORT_RECEIVED, /* newest first */
  MC_SORT_CODE,
  MC_SORT_SYSTEM,
  MC_SORT_URGENCY,
  MC_SORT_COUNT
} McSort;
const char *mc_sort_name(McSort sort);
gboolean mc_sort_parse(const char *word, McSort *sort);

typedef struct {
  const McQuery *query; /* NULL: everything */
  McSort sort;
  gint64 now; /* for is:overdue and is:due_soon; with the two below */
  const McCalendar *calendar;
  int due_soon; /* minutes */
} McListing;

/* At most `limit` rows (1..10000) as McItem without details, in the listing's order.
 * `anchor`: an item's `anchor` of the same listing, NULL for the list's start (forward) or end (backward).
 * Forward: the rows after it (`inclusive`: from it on). Backward: the rows before it, still in the listing's
 * order. Keyset paging: costs the same anywhere in a million rows. */
GPtrArray *mc_snapshot_list(McSnapshot *snapshot, const McListing *listing, const char *anchor,
                            gboolean forward, gboolean inclusive, int limit, GError **error);
/* How many rows, counted up to `cap` (0: exactly); cap + 1 means more. -1 on error. */
gint64 mc_snapshot_count(McSnapshot *snapshot, const McListing *listing, gint64 cap, GError **error);
/* One item whole (raw, fields, history, attachments, note, links). NULL and MC_ERROR_NOT_FOUND when there is
 * none. */
McItem *mc_snapshot_item(McSnapshot *snapshot, const char *id, GError **error);
/* Ids that begin or end like `id`, at most 5, for a did-you-mean. New NULL-terminated array. */
char **mc_snapshot_similar(McSnapshot *snapshot, const char *id);

typedef enum {
  MC_SYSTEM_NEVER,   /* not pulled yet */
  MC_SYSTEM_OK,      /* the last pull was complete */
  MC_SYSTEM_LOGIN,   /* a login is needed */
  MC_SYSTEM_TROUBLE, /* not reached, torn, refused, unreadable: see message */
} McSystemState;
const char *mc_system_state_name(McSystemState state); /* "ok", "never", "login", "trouble" */

/* One configured system as the last pull left it. */
typedef struct {
  char *system;
  McSystemState state;
  char *message;                  /* what is wrong and what now; NULL when ok */
  gint64 last_complete, last_try; /* moments */
  gint64 items, open_items;
  char *account; /* as which it is logged in, or NULL */
} McSystemStatus;
void mc_system_status_free(McSystemStatus *status);
/* McSystemStatus of every system that was ever pulled or tried, by name. */
GPtrArray *mc_snapshot_systems(McSnapshot *snapshot, GError **error);

/* --- outbox --- */
typedef struct {
  const char *batch, *item_id, *system; /* NULL: any */
  gboolean unsettled_only;
  int limit; /* 0: 10000 */
} McOutFilter;
/* McOutAction, oldest first. */
GPtrArray *mc_snapshot_outbox(McSnapshot *snapshot, const McOutFilter *filter, GError **error);
McOutAction *mc_snapshot_outbox_get(McSnapshot *snapshot, const char *key, GError **error);
/* How many per state, an array of MC_OUT_COUNT. */
gboolean mc_snapshot_outbox_counts(McSnapshot *snapshot, gint64 *counts, GError **error);

#endif

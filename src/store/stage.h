/* SPDX-License-Identifier: Apache-2.0 */
/* Where pulls put records aside until they are taken over: one table in a file of its own, attached as
 * `stage` and unlinked at once, so that memory stays flat and a killed process leaves nothing.
 *
 * A record stands there as it would be written if nothing of the inbox or the desk met it, with its texts to
 * be searched; one whose hash is in the inbox already, or that is gone, by its id alone. What comes later of
 * an id replaces what came before in the same pull. */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include "store/inner.h"

typedef enum {
  MC_STAGE_SAME,    /* the inbox has it just so */
  MC_STAGE_CHANGED, /* the inbox, or the desk, has something of it */
  MC_STAGE_GONE,
  MC_STAGE_NEW
} McStageWhat;

#define MC_STAGE_COLUMNS MC_ROW_COLUMNS ", raw, keep, detail, detail_as_of"
/* One pull's records of one kind: those of the inbox by their place in it, as FTS5 gathers only rows that
 * come in order, the others as they came. */
#define MC_STAGE_ROWS " FROM stage.one INDEXED BY one_turn WHERE pull = ?1 AND what = ?2"

/* Attaches it where it is not yet. */
gboolean mc_stage_ready(McStore *store, GError **error);
gboolean mc_stage_item(McStore *store, gint64 pull, const McItem *item, GError **error);
gboolean mc_stage_gone(McStore *store, gint64 pull, const char *id, GError **error);
/* Marks as changed what was new when it was put aside and is no longer. `desk`: ids. */
gboolean mc_stage_review(McStore *store, gint64 pull, GHashTable *desk, GError **error);
/* A row of MC_STAGE_COLUMNS. */
McRow *mc_stage_read(sqlite3_stmt *statement);
/* Writes all that are new into the inbox, in a few statements. */
gboolean mc_stage_take_new(McStore *store, gint64 pull, const char *system, guint *added, GError **error);
void mc_stage_drop(McStore *store, gint64 pull);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The journal, state/audit.log: one JSON line for each login, action and outcome, append-only, each line
 * carrying the SHA-256 of the line before it, so that a line changed, dropped or put in later is found.
 * Appends of several processes are serialised by a lock on the file and synced. It holds no secret and no
 * form value; what was posted is recorded as a SHA-256. */
#ifndef MOTCUA_JOURNAL_H
#define MOTCUA_JOURNAL_H

#include <glib.h>
#include "motcua/clock.h"
#include "motcua/home.h"

/* Appends {"seq":N,"at":"...","who":OS-user,"pid":N,"event":EVENT, NAME:VALUE...,"prev":"...","hash":"..."};
 * the varargs are name, value pairs of strings, NULL-terminated; a NULL value leaves its pair out. Durable
 * when TRUE. */
gboolean mc_journal_append(const McHome *home, McClock *clock, GError **error, const char *event,
                           ...) G_GNUC_NULL_TERMINATED;

/* Several at once: one lock, one sync, all of them or none. */
typedef struct McJournalBatch McJournalBatch;
McJournalBatch *mc_journal_batch_new(void);
void mc_journal_batch_add(McJournalBatch *batch, const char *event, ...) G_GNUC_NULL_TERMINATED;
gboolean mc_journal_batch_append(McJournalBatch *batch, const McHome *home, McClock *clock, GError **error);
void mc_journal_batch_free(McJournalBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McJournalBatch, mc_journal_batch_free)

/* Calls `line` with each whole line, oldest first, until it returns FALSE. A journal that does not exist is
 * empty. */
gboolean mc_journal_read(const McHome *home, gboolean (*line)(const char *json, gpointer data), gpointer data,
                         GError **error);

/* Checks the chain: the number of lines in *lines; FALSE and MC_ERROR_FAILED naming the first line that does
 * not fit. A torn last line (power cut while writing) is said as such; the next append closes it off visibly.
 */
gboolean mc_journal_verify(const McHome *home, guint64 *lines, GError **error);

#endif

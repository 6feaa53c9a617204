/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that mean the same wherever they are given, and taking actions back. */
#ifndef TUI_GLOBAL_H
#define TUI_GLOBAL_H

#include "tui/app.h"

McReaction mc_global_run(McTui *tui, McCommand command, const char *argument);

/* Pulls one system, or all of them. */
McReaction mc_global_sync(McTui *tui, const char *system);

/* Takes one action of `system` on items (McItem; none: it makes a new record), with these fields (name ->
 * text; may be NULL); the draft of that name (may be NULL) is dropped once they are taken. */
McReaction mc_global_take(McTui *tui, const char *system, const char *action, const GPtrArray *items,
                          GHashTable *fields, const char *draft);
/* An action in the outbox moved. */
McReaction mc_global_action_moved(McTui *tui, const McOutAction *action);
/* What the last line says of the last thing taken; NULL when it has nothing to say. New string. */
char *mc_global_taken_text(const McTui *tui);
/* Monotonic time at which that text changes; 0: it does not. */
gint64 mc_global_taken_next(const McTui *tui);

#endif

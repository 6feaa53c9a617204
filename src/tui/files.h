/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the open item: a list to choose from, and one of them on its way. */
#ifndef TUI_FILES_H
#define TUI_FILES_H

#include "tui/app.h"

/* The one that is fetched, or was last. All NULL and 0 before the first. */
typedef struct McFetching {
  McTicket ticket; /* 0: none is on its way */
  char *id, *key, *name;
  gint64 done, total;
  char *path, *fault; /* how it ended */
} McFetching;
void mc_fetching_free(McFetching *fetching);

/* The list; choosing one fetches it, choosing the one on its way stops it. */
McReaction mc_files_open(McTui *tui, const McItem *item);
/* What there is to say of a file of that item, or NULL. New string. */
char *mc_files_status(const McTui *tui, const char *id, McRole *role);
/* It got on. */
McReaction mc_files_moved(McTui *tui, const McEvent *event);

#endif

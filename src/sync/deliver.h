/* SPDX-License-Identifier: Apache-2.0 */
/* Delivering: a round over all that is due of one system (deliver.c), and one action on its way in it
 * (deliver-one.c). */
#ifndef SYNC_DELIVER_H
#define SYNC_DELIVER_H

#include "sync/sync.h"

/* All that is due of one system. */
typedef struct {
  McSystem *system;
  McTurn *lock;
  GHashTable *under_way;       /* mc_deliver_line() -> its state (deliver-one.c) */
  GHashTable *tried;           /* keys given up in this round: they wait for the next */
  GQueue next;                 /* McOutAction, due and first in line */
  GPtrArray *waiters;          /* Waiter */
  guint ended, done, troubles; /* done: of those that ended; troubles: in a row */
  gboolean eager;              /* a person asked: what waits to be tried again is tried now */
  gboolean changed;            /* rows changed */
  gboolean hopeless;           /* the round starts nothing more */
  GError *error;               /* why something had to wait, the first */
} McDelivering;

/* Actions on one item go one after the other; new records stand in no line. Borrowed from the action. */
const char *mc_deliver_line(const McOutAction *action);
/* Sets the action (taken) on its way: it is under way until it ends, and then the round goes on. */
void mc_deliver_one(McDelivering *delivery, McOutAction *action);
/* For the table `under_way`. */
void mc_deliver_one_free(gpointer one);
/* Starts what is next, or ends the round. */
void mc_deliver_next(McDelivering *delivery);

#endif

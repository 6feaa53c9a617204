/* SPDX-License-Identifier: Apache-2.0 */
/* Delivering: a round over all that is due of one system (deliver.c), one action on its way in it
 * (deliver-one.c), and several of one kind that go out in one request (deliver-batch.c). */
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
  guint busy;                  /* of the system's concurrency */
  gboolean eager;              /* a person asked: what waits to be tried again is tried now */
  gboolean changed;            /* rows changed */
  gboolean hopeless;           /* the round starts nothing more */
  GError *error;               /* why something had to wait, the first */
} McDelivering;

/* One action on its way. */
typedef struct {
  McDelivering *delivery;
  McOutAction *action;
  gboolean sending;   /* the row says so */
  gboolean caught_up; /* the record was read again before */
  gboolean busy;      /* it counts in delivery->busy */
  char *memory;       /* as it is on disk */
} McOne;

/* Actions on one item go one after the other; new records stand in no line. Borrowed from the action. */
const char *mc_deliver_line(const McOutAction *action);
/* Sets the action (taken) on its way: it is under way until it ends, and then the round goes on. Those that
 * can go with it in one request are taken from delivery->next. */
void mc_deliver_one(McDelivering *delivery, McOutAction *action);
/* For the table `under_way`. */
void mc_deliver_one_free(gpointer one);
/* Starts what is next, or ends the round. */
void mc_deliver_next(McDelivering *delivery);

/* --- the parts of one that several share --- */
McOne *mc_one_new(McDelivering *delivery, McOutAction *action);
McExchange *mc_one_exchange(const McOne *one);
/* Drives it alone; takes the exchange. */
void mc_one_run(McOne *one, McExchange *exchange);
/* It is under way no more. */
void mc_one_done(McOne *one);
/* It cannot go on now; the row stays as it is, or goes back to `queued`. */
void mc_one_wait(McOne *one, McExchange *exchange, const GError *why);
/* What must be on disk before its request leaves: FALSE: nothing new. `words` gets a text to be freed. */
gboolean mc_one_leaving(McOne *one, McExchange *exchange, McOutStep *step, char **words);
/* That is on disk now. */
void mc_one_left(McOne *one, McExchange *exchange);
/* Writes how each ended, in one transaction, and tells. FALSE: nothing was written. */
gboolean mc_ones_settle(McOne *const *ones, const McDeliveryResult *const *results,
                        McExchange *const *exchanges, guint count, GError **error);
/* After it was settled; the round goes on. */
void mc_one_ended(McOne *one, McRun *run, McExchange *exchange, const McDeliveryResult *result);

/* deliver-batch.c: the exchange (taken) sends next and may share its request. */
void mc_deliver_batch(McOne *first, McExchange *exchange);

#endif

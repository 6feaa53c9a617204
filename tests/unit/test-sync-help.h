/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the engine share: a home in a temporary directory, one system "s" whose backend is a
 * small server of this process, and an engine with a way to await what it says.
 *
 * The backend: items with a revision, a login with a token that is rotated, an action that honours a key (it
 * is counted in `effects`), the same action whose answers are lost, one that nobody can look up. */
#ifndef TESTS_UNIT_TEST_SYNC_HELP_H
#define TESTS_UNIT_TEST_SYNC_HELP_H

#include "unit.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include "motcua/engine.h"
#include "motcua/journal.h"
#include "motcua/snapshot.h"

#define MAX_ITEMS 8

typedef struct {
  GMutex lock;
  GCond changed;
  GSocketListener *listener;
  GCancellable *closing;
  GThread *thread;
  GPtrArray *connections; /* GThread; of the accepting thread */
  int port;
  /* its data */
  int revisions[MAX_ITEMS]; /* 0: no such item */
  char states[MAX_ITEMS][16];
  GHashTable *keys; /* of effects */
  GPtrArray *order; /* "ITEM NOTE" of each effect, in order */
  int effects;
  /* logging in */
  int logins, refreshes, token; /* token: number of the last one given */
  int stale;                    /* access tokens up to this number have expired */
  const char *password;
  /* what was asked */
  int lists, fulls, probes, sent, requests;
  /* faults: how many of the next answers */
  int lose;        /* the effect takes place, then the connection breaks */
  int unavailable; /* 503 to an action */
  int truncate;    /* a list that breaks off */
  int throttle;    /* 429 with Retry-After: 3600 to a list */
  int refuse;      /* 422 to an action */
  gboolean gate;   /* an action waits until it is opened */
  gboolean list_gate;
  int waiting, most_waiting; /* at a gate */
  int total_lie;             /* added to the total of a list */
  int forget;                /* 410 at this page of a list of changes, once; then the last item is gone */
} Backend;

typedef struct {
  Backend backend;
  char *dir;
  McHome *home;
  McClock *clock;
  McEngine *engine;
  McSnapshot *snapshot;
  GPtrArray *events; /* McEvent, those not asked for yet */
} Bench;

void backend_start(Backend *b);
void backend_stop(Backend *b);
/* Numbers are read and faults set under the lock. */
int backend_get(Backend *b, const int *number);
void backend_set(Backend *b, int *number, int value);
void backend_open(Backend *b, gboolean *gate);
/* Until `number` is at least `value`. */
void backend_await(Backend *b, const int *number, int value);

int bench_open(void **state);
int bench_close(void **state);
/* Ends the engine and begins another on the same home. `schedule`: as the inbox does. */
void bench_restart(Bench *bench, gboolean schedule);
McEngine *bench_engine(Bench *bench, gboolean schedule);
void bench_stop(Bench *bench);
/* The reply to a ticket. */
McEvent *await(McEngine *engine, McTicket ticket);
/* The code of the reply's error, -1: none. */
int await_code(McEngine *engine, McTicket ticket);
void bench_login(Bench *bench);
int bench_login_as(Bench *bench, const char *password);
int bench_sync(Bench *bench, gboolean full);
int bench_deliver(Bench *bench);
/* Takes one action and gives its key; delivery is left to bench_deliver(). New string. */
char *bench_take(Bench *bench, const char *id, const char *action, const char *note);
McOutState bench_state(Bench *bench, const char *key);
/* Rows there are. */
int bench_items(Bench *bench);
McSystemState bench_system(Bench *bench);

#endif

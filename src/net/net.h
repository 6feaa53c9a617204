/* SPDX-License-Identifier: Apache-2.0 */
/* The network: libcurl multi in a GMainContext. Carries McRequest values and brings back McResponse values;
 * knows nothing of items, systems or connectors, and never decides to repeat anything.
 *
 * One pool per (system, account): its connections, its limits, its queue. Connections are never shared by
 * two pools, so that nothing that is bound to a connection can cross accounts.
 *
 * A mutating request leaves at most once: libcurl's silent repeat on a dead reused connection is refused
 * (CURLOPT_PREREQFUNCTION; the second call aborts, and the outcome is MC_WIRE_LOST), and no redirect is
 * followed on it. A redirect of a reading request is followed only within the same origin (at most 5);
 * another is answered as it came (3xx), for the caller to judge.
 * A request may have its body in pieces, read from files while it leaves, and a sink that takes the body of
 * its answer; such a one may last four hours as long as a byte moves within every timeout.
 * All functions are called on the thread that runs `context`. */
#ifndef NET_NET_H
#define NET_NET_H

#include <glib.h>
#include "base/http.h"

typedef struct McNet McNet;
typedef struct McPool McPool;
typedef struct McTransfer McTransfer;

McNet *mc_net_new(GMainContext *context);
/* Every pool must be freed before. */
void mc_net_free(McNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McNet, mc_net_free)

typedef struct {
  int concurrency;                  /* transfers at a time, 1..64; default 4 */
  double rate;                      /* requests a second, 0: unlimited */
  int timeout;                      /* seconds for one exchange; default 30 */
  int connect_timeout;              /* seconds; default min(timeout, 10) */
  gsize max_body;                   /* bytes after decompression; default 8 MiB */
  const char *ca_file;              /* NULL: the host's */
  const char *cert_file, *key_file; /* client certificate in PEM, NULL: none; key NULL: in the same file */
  char **cert_origins;              /* that it is shown to; NULL: to none */
  gboolean allow_plain;             /* http:// to other than loopback; default FALSE: refused with a reason */
} McPoolLimits;

McPool *mc_pool_new(McNet *net, const char *name, const McPoolLimits *limits);
/* Cancels what is under way; no callback comes after. */
void mc_pool_free(McPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McPool, mc_pool_free)

/* Called once for each transfer that is not cancelled, from the main loop, never from within
 * mc_pool_send(). `response` is borrowed; ref it to keep it. */
typedef void (*McTransferDone)(McResponse *response, gpointer data);

/* Queues `request` (copied). Goes out when concurrency and rate allow; urgent ones (a person waits) first.
 * At most 10,000 wait; one more, or one that may not leave at all, is told MC_WIRE_NOT_SENT with the reason.
 * The transfer is valid until its callback returns or mc_transfer_cancel(). */
McTransfer *mc_pool_send(McPool *pool, const McRequest *request, gboolean urgent, McTransferDone done,
                         gpointer data);
/* No callback will come. A request that was under way may or may not have had its effect. */
void mc_transfer_cancel(McTransfer *transfer);

/* Nothing leaves the pool before `until` (g_get_monotonic_time()): a server asked to wait. */
void mc_pool_hold(McPool *pool, gint64 until);
/* Opens the key of the client certificate from now on. Copied, wiped with the pool. */
void mc_pool_set_passphrase(McPool *pool, const char *passphrase);
/* Closes idle connections: the next request opens a new one. */
void mc_pool_drop_idle(McPool *pool);

/* Exponential backoff with full jitter: a random wait in 0..min(cap, base * 2^attempt), in microseconds.
 * `random01` in [0,1) is the caller's, so that a test repeats. */
gint64 mc_backoff(int attempt, gint64 base_us, gint64 cap_us, double random01);

#endif

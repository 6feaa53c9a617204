/* SPDX-License-Identifier: Apache-2.0 */
/* What the pool and its transfers know of each other. A transfer is in exactly one place: waiting in a
 * queue of its pool, under way on a multi, ended and to be told, or being told. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include "net/answer.h"
#include "net/body.h"
#include "net/multi.h"
#include "net/net.h"

typedef enum {
  MC_TRANSFER_WAITING,
  MC_TRANSFER_UNDER_WAY,
  MC_TRANSFER_ENDED,
  MC_TRANSFER_TOLD,
} McTransferPlace;

struct McTransfer {
  McPool *pool;
  McTransferPlace place;
  GList link; /* in the queue of its place; data is the transfer */
  gboolean urgent;
  McTransferDone done;
  gpointer data;

  McRequest *request; /* a copy; its url is the next hop's after a redirect */
  char *origin;
  int hops;
  gint64 deadline;       /* of the whole exchange, monotonic; 0 before it starts */
  gboolean left;         /* a byte of the request may have left */
  gint64 sent, received; /* over all hops */
  McResponse *response;  /* once ended */

  /* One hop under way. */
  McMulti *multi;
  CURL *easy;
  struct curl_slist *lines;
  McPieces *body; /* of pieces, while it leaves */
  McAnswer answer;
  int attempts; /* times libcurl wanted to send this hop's request */
  char detail[CURL_ERROR_SIZE];
};

struct McPool {
  int refs; /* the owner's, and the pump's while it runs */
  gboolean closed;
  McNet *net;
  char *name;
  McPoolLimits limits;
  char *passphrase; /* of the client certificate's key, or NULL */
  GMainContext *context;
  McMulti *multi;
  GSource *pump;
  GQueue waiting[2]; /* [urgent] */
  GQueue under_way;
  GQueue ended;
  double tokens;
  gint64 counted; /* when tokens were last added, monotonic */
  gint64 hold;
};

/* Sends the next hop of a waiting transfer. FALSE: nothing was sent, and it has ended with a response. */
gboolean mc_transfer_start(McTransfer *transfer);
/* McMultiDone of every pool. */
void mc_transfer_finish(CURL *easy, CURLcode code);
/* Leaves libcurl, where it is on it; no effect otherwise. */
void mc_transfer_stop(McTransfer *transfer);
void mc_transfer_free(McTransfer *transfer);
/* Gives it a response that nothing was sent for; `error` is taken. */
void mc_transfer_refuse(McTransfer *transfer, char *error);

/* From mc_transfer_finish(): it ended, or wants its next hop. */
void mc_pool_take_end(McPool *pool, McTransfer *transfer);
void mc_pool_take_hop(McPool *pool, McTransfer *transfer);

/* For mc_net_free()'s check. */
void mc_net_count_pool(McNet *net, int change);
GMainContext *mc_net_context(McNet *net);

#endif

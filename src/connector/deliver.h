/* SPDX-License-Identifier: Apache-2.0 */
/* Inside a delivery: the tasks it is made of, and what it remembers from one attempt to the next. */
#ifndef CONNECTOR_DELIVER_H
#define CONNECTOR_DELIVER_H

#include "connector/run.h"

/* What the request that is out, or comes next, is for. */
typedef enum { MC_TASK_BEFORE, MC_TASK_REFETCH, MC_TASK_SEND, MC_TASK_VERIFY } McTask;

/* The memory, JSON on disk:
 *   sends    how many times the request has left
 *   first    when it first left; sent: when it last did (seconds)
 *   doubt    whether what was sent may have had its effect and nothing has told yet
 *   unknown  whether the outcome of a send was ever unknown
 *   unread   how many times it was given up to read it back
 *   before   {} the baseline kept before the first send
 *   etag, version  that the request carried: a repeat under the same key must be the same request */
typedef struct {
  McExchange base;
  const McAction *action;
  const McStream *stream;
  McScope *names; /* over base.scope: now as it was frozen */
  cJSON *memory;
  char *memory_text;
  char *frozen;
  char *key, *version; /* the action's; the item's as the person saw it */
  char *own;           /* its version after the person's own last action */
  McTask task;
  gboolean chosen;          /* the first task was chosen */
  gboolean fresh;           /* the record was read again for this send */
  gboolean doubted;         /* memory's doubt before the send that is out */
  gboolean no_repeat;       /* the same request would be answered the same */
  guint sends, in_flight;   /* of this exchange */
  gint64 wait_until;        /* nothing before; MC_TIME_NONE: go on */
  McDeliveryResult refusal; /* what is reported when reading back finds nothing; end DONE: none */
  McDeliveryResult result;
  gboolean done;
} McDelivery;

gint64 mc_delivery_number(const McDelivery *d, const char *name, gint64 fallback);
gboolean mc_delivery_flag(const McDelivery *d, const char *name);
void mc_delivery_set_number(McDelivery *d, const char *name, gint64 value);
void mc_delivery_set_flag(McDelivery *d, const char *name, gboolean value);

/* Replaces a member of what requests see under `item`: "etag", "version". */
void mc_delivery_set_item(McDelivery *d, const char *name, const char *value);

/* Ends it. `message` is cleaned text or NULL. */
void mc_delivery_end(McDelivery *d, McDeliveryEnd end, const char *message);
/* What comes next is decided by what is known: baseline, reading again, sending, reading back, or the end. */
void mc_delivery_choose(McDelivery *d, gint64 now);
/* Whether rule 6 lets the same request leave again while an earlier one is in doubt. */
gboolean mc_delivery_may_repeat(const McDelivery *d, gint64 now);

/* The answers to the tasks. */
void mc_delivery_fed_before(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_refetch(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_send(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_verify(McDelivery *d, const McAnswer *answer, gint64 now);

#endif

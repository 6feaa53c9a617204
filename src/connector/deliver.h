/* SPDX-License-Identifier: Apache-2.0 */
/* Inside a delivery: the tasks it is made of, and what it remembers from one attempt to the next. */
#ifndef CONNECTOR_DELIVER_H
#define CONNECTOR_DELIVER_H

#include "connector/run.h"

/* What the request that is out, or comes next, is for. */
typedef enum {
  MC_TASK_BEFORE,
  MC_TASK_REFETCH,
  MC_TASK_STEP, /* one beside the main one */
  MC_TASK_SEND, /* the main one: rule 6 is about it */
  MC_TASK_POLL,
  MC_TASK_VERIFY
} McTask;

/* How far it has come, as memory has it. */
typedef enum {
  MC_STAGE_OPEN,     /* the effect is not there, or (doubt) may be */
  MC_STAGE_ACCEPTED, /* taken on by the system, which is asked until it is done; never sent again */
  MC_STAGE_LANDED,   /* it is there; steps remain; never sent again */
} McStage;

/* The memory, JSON on disk:
 *   sends    how many times the request has left
 *   first    when it first left; sent: when it last did (seconds)
 *   doubt    whether what was sent may have had its effect and nothing has told yet
 *   unknown  whether the outcome of a send was ever unknown
 *   unread   how many times it was given up to read it back
 *   before   {} the baseline kept before the first send
 *   stage    "accepted" or "landed"; without it the stage is open
 *   since    when it was accepted
 *   poll     {} what polling needs of the answer that accepted: the names under poll.
 *   kept     {} what the main step kept, as long as steps remain
 *   receipt, created  as the answer gave them, as long as it is not ended
 *   said     what the system last said of its work
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
  cJSON *answered;          /* what the main step's good answer kept, while it is read back */
  cJSON *kept;              /* {STEP:{...}}: the names under step. */
  guint step;               /* the next one, or the one that is out */
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

/* The request of d->task; NULL with the error. */
McRequest *mc_delivery_build(McDelivery *d, GError **error);
/* Ends it. `message` is cleaned text or NULL. */
void mc_delivery_end(McDelivery *d, McDeliveryEnd end, const char *message);
/* What comes next is decided by what is known: baseline, reading again, sending, reading back, or the end. */
void mc_delivery_choose(McDelivery *d, gint64 now);
/* Whether rule 6 lets the same request leave again while an earlier one is in doubt. */
gboolean mc_delivery_may_repeat(const McDelivery *d, gint64 now);

/* FAILED or CONFLICT, unless our own earlier attempt may be what was met: then it is read back, or a person
 * decides. `message` is cleaned text or NULL. */
void mc_delivery_refuse(McDelivery *d, McDeliveryEnd end, const char *message);
/* Read it back, at once; whether it had the time to settle is judged by what is found. */
void mc_delivery_read_back(McDelivery *d);
/* It was answered well: read back where that is asked for, else it landed. Takes `known`. */
void mc_delivery_good(McDelivery *d, const McAnswer *answer, cJSON *known, gint64 now);
/* Cleaned text of a reader, or NULL. New string. */
char *mc_delivery_text(const McReader *reader, const McAnswer *answer, const McScope *scope);

/* --- deliver-steps.c: the steps around the main one, and how far it has come --- */
McStage mc_delivery_stage(const McDelivery *d);
const McActStep *mc_delivery_main(const McDelivery *d);
/* The main request is answered or found: the effect is there. `known` (an object, taken, may be NULL) is what
 * it kept. Goes on with what remains, or ends DONE. */
void mc_delivery_land(McDelivery *d, cJSON *known, gint64 now);
/* Finds the next step to run, from d->step on. */
gboolean mc_delivery_seek(McDelivery *d);
/* Whether the main step is left out: its `if` does not hold. */
gboolean mc_delivery_skips_main(const McDelivery *d);
/* Every attempt begins with the first step. */
void mc_delivery_restart(McDelivery *d);
/* What is left to do after it landed or was accepted cannot be done, for good. */
void mc_delivery_stall(McDelivery *d, const char *message);
/* Ends this exchange; it stays on its way until `wait_until` (MC_TIME_NONE: as the driver finds right). */
void mc_delivery_pause(McDelivery *d, gint64 wait_until);
/* What the main step's `keep`, or `keep` of reading back, finds. New object. */
cJSON *mc_delivery_keep(const McDelivery *d, const GPtrArray *keep, const McAnswer *answer);
void mc_delivery_recall_steps(McDelivery *d);

/* --- deliver-preview.c --- */
/* A request as a curl command; `lines` (may be NULL): more options, "OPTION WORDS", in which names of shell
 * variables stand. New string. */
char *mc_delivery_curl(const McRequest *request, const GPtrArray *lines);
/* Puts words in the place of what only an answer will tell. The exchange is good for showing alone then. */
void mc_delivery_pretend(McDelivery *d, gint64 now);

/* --- deliver-poll.c --- */
gboolean mc_delivery_is_accepted(const McDelivery *d, const McAnswer *answer);
/* Remembers what polling needs; `names` (taken) may be NULL: of the answer. */
void mc_delivery_accept(McDelivery *d, const McAnswer *answer, cJSON *names, gint64 now);

/* --- deliver-batch.c --- */
/* Adds `batch` to the names of a request for these. FALSE: an element cannot be made. */
gboolean mc_delivery_name_batch(McScope *names, McDelivery *const *members, guint count, GError **error);
/* The answer to a request for all of them, which verdict judged: each gets its own outcome. */
void mc_delivery_fed_batch(McDelivery *const *members, guint count, const McVerdict *verdict,
                           const McAnswer *answer, gint64 now);
/* Memory before it leaves. */
void mc_delivery_note_send(McDelivery *d, gint64 now);
void mc_delivery_write_memory(McDelivery *d);

/* The answers to the tasks. */
void mc_delivery_fed_step(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_poll(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_before(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_refetch(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_send(McDelivery *d, const McAnswer *answer, gint64 now);
void mc_delivery_fed_verify(McDelivery *d, const McAnswer *answer, gint64 now);

#endif

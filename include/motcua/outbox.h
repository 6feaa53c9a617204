/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: actions taken and not yet confirmed by their system (contract sections 3 and 4).
 *
 * The states and where they lead; the one table that the store, the engine and the manual share:
 *   queued     taken, on disk, not under way          -> sending, cancelled
 *   sending    may have left, or its system works on it -> done, failed, conflict, uncertain, queued, sending
 *   done       took effect, exactly once
 *   failed     certainly had no effect; message says why
 *   conflict   no effect: the item changed meanwhile
 *   uncertain  cannot be known; a person settles it   -> done, failed, queued, sending (look again)
 *   cancelled  withdrawn by the person before it was sent
 * Unsettled: queued, sending, uncertain. */
#ifndef MOTCUA_OUTBOX_H
#define MOTCUA_OUTBOX_H

#include <glib.h>

typedef enum {
  MC_OUT_QUEUED,
  MC_OUT_SENDING,
  MC_OUT_DONE,
  MC_OUT_FAILED,
  MC_OUT_CONFLICT,
  MC_OUT_UNCERTAIN,
  MC_OUT_CANCELLED,
  MC_OUT_COUNT
} McOutState;

const char *mc_out_state_name(McOutState state);  /* "queued" */
const char *mc_out_state_label(McOutState state); /* translated */
gboolean mc_out_state_parse(const char *word, McOutState *state);
gboolean mc_out_state_is_settled(McOutState state);
/* Whether the table above has that arrow. */
gboolean mc_out_state_leads(McOutState from, McOutState to);

/* One action in the outbox. */
typedef struct {
  char *key;   /* ULID: the action's own key, the same at every attempt */
  char *batch; /* groups what was taken together */
  char *item_id, *system, *action;
  char *title;      /* the item's code or title when it was taken, for display */
  char *caller_key; /* the caller's own key of a stream, or NULL */
  char *frozen;     /* JSON that never changes (connector layer) */
  char *memory;     /* JSON that delivery keeps between attempts, or NULL */
  McOutState state;
  gint64 created, send_after, settled; /* moments; settled MC_TIME_NONE until then */
  int attempts, status;                /* HTTP status of the last answer, 0 none */
  char *message, *receipt, *new_key;   /* NULL where none; new_key: the record a new action made */
} McOutAction;

void mc_out_action_free(McOutAction *action);
/* Its state in a person's words; one that its system works on, or of which something remains to be done, is
 * not called "being sent": its message says which. Translated, borrowed. */
const char *mc_out_action_label(const McOutAction *action);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McOutAction, mc_out_action_free)

#endif

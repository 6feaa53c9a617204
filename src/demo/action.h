/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be done to a record, as a table per system. An action is tried on a copy of the record in this
 * order: the state it starts from, the law beyond the state, the input; only when all allow it, is the record
 * changed and the effect written, in the transaction of the request. A refusal writes nothing.
 *
 * Nothing here recognises a repeat: that is each system's own promise, or its lack of one.
 */
#pragma once

#include "demo/province.h"

#define DEMO_STATE(n) (1u << (n))
#define DEMO_SAME     (-1)
#define DEMO_ANY      (~0u)

typedef struct DemoAction DemoAction;

/* One action under way. */
typedef struct {
  DemoProvince *province;
  const DemoAction *action;
  DemoRecord *record;
  const cJSON *input;
  const char *who;
  const char *key;  /* the caller's own key, NULL without one */
  const char *body; /* as it came */
  char *note;       /* what the history says; apply() may replace it. Freed with g_free() */
} DemoDeed;

typedef struct {
  const char *name;
  const char *label;
  gboolean required;
  int max; /* characters; 0: 4000 */
} DemoInput;

struct DemoAction {
  const char *verb; /* the standard action, as /demo/effects shows it */
  const char *word; /* the system's own word: in a path, a body, a right */
  const char *label;
  guint from;          /* DEMO_STATE() bits it starts from */
  int to;              /* or DEMO_SAME */
  const char *refusal; /* why another state refuses it */
  /* Law beyond the state; NULL allows. */
  const char *(*guard)(const DemoRecord *record);
  /* Changes the record; a text refuses the input. The state and history follow by themselves. */
  const char *(*apply)(DemoDeed *deed);
  DemoInput inputs[3];
};

typedef enum { DEMO_DONE, DEMO_FORBIDDEN, DEMO_BAD_INPUT } DemoVerdict;

/* Why this record does not allow the action now; NULL when it does. */
const char *demo_action_refusal(const DemoAction *action, const DemoRecord *record);
/* `actions` ends with a NULL verb. */
const DemoAction *demo_action_find(const DemoAction *actions, const char *word);
/* `*why` (freed by the caller) is set unless done. */
DemoVerdict demo_action_perform(DemoDeed *deed, char **why);

/* Gives the record its next version and time of change, and writes it. In the document, "change" is which
 * change of its system this was, "born" which one brought it there: what a state token counts. Records of the
 * first day have neither. */
void demo_record_touch(DemoProvince *province, DemoRecord *record);
/* Appends {"at","who","what","note","ref"} to the record's history. */
void demo_record_log(DemoRecord *record, gint64 at, const char *who, const char *what, const char *note,
                     const char *ref);

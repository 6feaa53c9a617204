/* SPDX-License-Identifier: Apache-2.0 */
/* Explaining a connector to its author: why a value came out as it did. What is explained is always what was
 * compiled from the same text by the same functions that work for real: a reader is shown in stages by
 * compiling ever more of its object, a test by compiling each of its parts. */
#ifndef CONNECTOR_EXPLAIN_H
#define CONNECTOR_EXPLAIN_H

#include "connector/note.h"
#include "connector/plan.h"

/* Where something is read from, and for whom. */
typedef struct {
  const McBinding *binding;
  McScope *scope;
  const McAnswer *answer; /* what tests see; response NULL for a record */
  gboolean is_private;    /* private fields are shown */
  gint64 now;
} McExplain;

/* explain-reader.c: `source` as it stands in the file; `all`: every match, where a list is wanted. Adds to
 * `note` how it came to its value. */
void mc_explain_reader(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record,
                       gboolean all);
/* explain-test.c: adds each part with what it saw; TRUE: the test holds. */
gboolean mc_explain_test(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record);
/* A compiler of a part of the connector that is known to be right. Its faults are nobody's. */
McCompiler mc_explain_compiler(const McExplain *e);

/* explain-record.c: a record of the stream's list, and what becomes of it. */
void mc_explain_record(const McExplain *e, McNote *note, const McStream *stream, const cJSON *record);
/* An item of the cache, from its raw record, with its state and rights as they are; those of one action, or
 * (NULL) of all. */
void mc_explain_item(const McExplain *e, McNote *note, const McItem *item, const cJSON *record,
                     const char *action);
/* One record read whole, by the stream's detail of that index. */
void mc_explain_detail(const McExplain *e, McNote *note, const McStream *stream, guint index,
                       const cJSON *record);

/* explain-answer.c */
typedef struct {
  const char *stream; /* NULL: the first */
  const char *action; /* whose answer it is; NULL: a list's */
  gboolean detail;    /* it is the answer for one record */
  int record;         /* 1: the first; 0: all */
} McExplainWhat;
gboolean mc_explain_answer(McExplain *e, McNote *note, const McExplainWhat *what, const McResponse *response,
                           GError **error);

/* What allows or forbids an action on an item; `record`: NULL: none is kept. */
void mc_explain_right(const McExplain *e, McNote *note, const McAction *action, const McItem *item,
                      const cJSON *record);

/* deliver-explain.c: a delivery that was not begun, gone through before it is sent. */
void mc_delivery_explain(McExchange *x, gint64 now, McNote *note);

/* explain-summary.c: the connector as a whole. */
void mc_explain_profile(const McProfile *profile, McNote *note);
#endif

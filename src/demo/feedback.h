/* SPDX-License-Identifier: Apache-2.0 */
/* The citizens' switchboard 1022: what may be done to a request, and which services there are. */
#pragma once

#include "demo/action.h"

enum {
  FEEDBACK_NEW = 1,
  FEEDBACK_RECEIVED,
  FEEDBACK_ASSIGNED,
  FEEDBACK_ANSWERED,
  FEEDBACK_CLOSED,
  FEEDBACK_REJECTED,
  FEEDBACK_FORWARDED
};

typedef struct {
  const char *code, *name, *group, *description;
  int days; /* working days in which it is to be answered */
} DemoService;

/* Ends with a NULL code. */
extern const DemoService demo_feedback_services[];
const DemoService *demo_feedback_service(const char *code);

typedef struct {
  const char *code, *name;
} DemoUnit;

/* Whom a request may be forwarded to; ends with a NULL code. */
extern const DemoUnit demo_feedback_units[];

extern const DemoAction demo_feedback_actions[];
/* The switchboard's word for a state; "" for an unknown number. */
const char *demo_feedback_status(int state);
/* Whether the action is one that may be repeated, and what it asks for is so already, by the same person. */
gboolean demo_feedback_is_done(const DemoDeed *deed);

/* --- shared by feedback.c and feedback-act.c --- */

/* [{"code","description"}] */
DemoResponse *demo_feedback_failure(guint status, int code, const char *text);
void demo_feedback_add_error(cJSON *errors, int code, const char *text);
DemoResponse *demo_feedback_none(void);
/* The request as an array of one. */
DemoResponse *demo_feedback_answer(DemoCall *call, guint status, const DemoRecord *record);
/* NULL when there is none, or `key` is NULL. Caller frees. */
DemoRecord *demo_feedback_find(DemoCall *call, const char *key);
/* "receive.json" -> "receive"; NULL where the end is another: the format is part of the address. Caller
 * frees. */
char *demo_feedback_word(const char *segment);

DemoResponse *demo_feedback_enter(DemoCall *call);
DemoResponse *demo_feedback_act(DemoCall *call);
DemoResponse *demo_feedback_give_media(DemoCall *call);
char *demo_feedback_hold(DemoCall *call);
DemoResponse *demo_feedback_held(DemoCall *call);

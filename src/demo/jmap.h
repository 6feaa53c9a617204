/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JMAP (RFC 8620) and JMAP for Mail (RFC 8621), as the demo province's mail speaks it: what its methods
 * share. A request is a list of method calls worked on in order, in one transaction; a method that fails
 * answers with an error of its own and leaves the others alone.
 */
#pragma once

#include "demo/action.h"

#define JMAP_CORE       "urn:ietf:params:jmap:core"
#define JMAP_MAIL       "urn:ietf:params:jmap:mail"
#define JMAP_SUBMISSION "urn:ietf:params:jmap:submission"

#define JMAP_ACCOUNT  DEMO_USER
#define JMAP_ADDRESS  DEMO_USER "@anthu.mauson.example"
#define JMAP_IDENTITY "I1"

enum { JMAP_MAX_CALLS = 16, JMAP_MAX_GET = 500, JMAP_MAX_SET = 500, JMAP_MAX_REQUEST = 1000000 };

typedef struct {
  DemoCall *call;
  DemoState *state;
  cJSON *responses; /* [name, arguments, call id] */
  cJSON *created;   /* creation id -> id, of this request */
  const char *id;   /* of the call at hand */
} DemoJmap;

/* Fills `out`. NULL: done; otherwise the error's type, and in *why (freed by the caller) what to say. */
typedef const char *(*DemoJmapRun)(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why);

typedef struct {
  const char *name, *capability;
  DemoJmapRun run;
} DemoJmapMethod;

/* Each ends with a NULL name. */
extern const DemoJmapMethod demo_jmap_boxes[], demo_jmap_emails[], demo_jmap_queries[], demo_jmap_sets[],
    demo_jmap_sends[];

DemoResponse *demo_jmap_session(DemoCall *call);
DemoResponse *demo_jmap_api(DemoCall *call);
/* RFC 7807, for what is wrong with a request as a whole. */
DemoResponse *demo_jmap_problem(guint status, const char *type, const char *detail);
/* The method's answer, put behind the others; takes `arguments`. */
void demo_jmap_answer(DemoJmap *jmap, const char *name, cJSON *arguments);

/* --- mailboxes --- */
typedef struct {
  const char *id, *name, *role;
  int order;
} DemoMailbox;

extern const DemoMailbox demo_mailboxes[]; /* ends with a NULL id */
gboolean demo_mailbox_known(const char *id);

/* --- emails --- */
#define DEMO_DRAFT "$draft"

/* NULL when there is none, or it is destroyed. Caller frees. */
DemoRecord *demo_email_find(DemoState *state, const char *id);
/* "2026-11-22T07:05:10Z"; caller frees. */
char *demo_jmap_utc(gint64 ms);
char *demo_email_preview(const DemoRecord *record);
gint64 demo_email_size(const DemoRecord *record);
gboolean demo_email_has(const DemoRecord *record, const char *set, const char *name);

/* --- states --- */
/* The token of all changes so far; caller frees. */
char *demo_jmap_state(DemoState *state);
typedef struct {
  gint64 at, change; /* the moment and the number of the last change it knows */
} DemoJmapState;
/* FALSE for what is no token of ours, or one older than what is remembered. */
gboolean demo_jmap_state_parse(DemoState *state, const char *text, DemoJmapState *token);

/* --- sets --- */
/* One patch (RFC 8620 5.3) to one email; NULL: done, otherwise a SetError. `*changed` when it was not so
 * before. Caller deletes. */
cJSON *demo_email_patch(DemoJmap *jmap, const char *id, const cJSON *patch);
/* A SetError; caller deletes. */
cJSON *demo_set_error(const char *type, const char *description, const char *property);
void demo_mail_effect(DemoJmap *jmap, const DemoRecord *record, const char *action, const cJSON *body);
/* "#x" of this request's creations, or the id itself; NULL when nothing of that name was created. */
const char *demo_jmap_id(const DemoJmap *jmap, const char *id);

/* --- blobs --- */
/* A blob's bytes and type, as a response; NULL when there is none. */
DemoResponse *demo_blob_response(DemoState *state, const char *id);
/* Stores an upload; its id, freed by the caller. */
char *demo_blob_store(DemoCall *call, const char *type);
gint64 demo_blob_size(DemoState *state, const char *id);

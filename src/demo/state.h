/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the province remembers: records, effects, answers kept for repeats, logins. One SQLite database, in a
 * directory that is kept or, without one, in a private temporary file that no other process can see and that
 * is gone with this one.
 *
 * Everything a request does stands in one transaction. The first statement that fails makes the whole
 * transaction fail: later calls do nothing, and demo_state_commit() rolls back and says why. So callers check
 * once, at the end, and nothing is ever half written.
 *
 * Used from one thread at a time.
 */
#pragma once

#include "demo/json.h"

typedef struct DemoState DemoState;

typedef struct {
  char *system;
  gint64 id; /* orders the records of one system and never changes */
  char *key; /* the text of the record's key in its system's API */
  int state; /* the system's own status number */
  gint64 version;
  gint64 updated; /* ms; never runs backwards within a system */
  gboolean deleted;
  cJSON *doc; /* everything else, in the province's own names */
} DemoRecord;

/* What a list asks for. */
typedef struct {
  const char *system;
  gint64 since; /* records changed at or after this instant, in order of change; < 0: all, in order of id */
  gboolean deleted; /* with `since`: the deleted ones too */
  gint64 offset, limit;
} DemoQuery;

typedef struct {
  gint64 seq;
  char *system, *item, *action, *key, *body;
  gint64 at;
} DemoEffect;

typedef struct {
  char *family;   /* logins that stand and fall together */
  char *extra;    /* what the system keeps with it: a CSRF token */
  gint64 expires; /* ms of the machine's own clock */
  gboolean used;
} DemoSession;

typedef struct {
  char *print; /* tells one request's content from another's */
  char *body;
  char *etag;
} DemoAnswer;

typedef void (*DemoRecordFunc)(const DemoRecord *record, gpointer data);
typedef void (*DemoEffectFunc)(const DemoEffect *effect, gpointer data);

/* `dir` is created (0700) when missing; NULL: nothing is kept. */
DemoState *demo_state_open(const char *dir, GError **error);
/* Reads a kept province that another process may be serving. */
DemoState *demo_state_open_reader(const char *dir, GError **error);
void demo_state_close(DemoState *state);

void demo_state_begin(DemoState *state);
gboolean demo_state_commit(DemoState *state, GError **error);
void demo_state_rollback(DemoState *state);

/* The `n`th number of a named row of numbers, counting from 1 and never handed out twice. */
gint64 demo_state_next(DemoState *state, const char *name);
/* The present value of such a row, 0 when it was never used. */
gint64 demo_state_count(DemoState *state, const char *name);
void demo_state_set_count(DemoState *state, const char *name, gint64 value);

/* NULL when there is none. Caller frees. */
DemoRecord *demo_state_get(DemoState *state, const char *system, const char *key);
/* The same without the count of changes that demo_state_generation() tells: for filling an empty province. */
void demo_state_load(DemoState *state, const DemoRecord *record);
/* Adds or replaces the record. */
void demo_state_put(DemoState *state, const DemoRecord *record);
gint64 demo_state_total(DemoState *state, const DemoQuery *query);
void demo_state_list(DemoState *state, const DemoQuery *query, DemoRecordFunc each, gpointer data);
/* Grows with every change of a record of this system; what a list's ETag is made of. */
gint64 demo_state_generation(DemoState *state, const char *system);
/* The newest `updated` of this system. */
gint64 demo_state_newest(DemoState *state, const char *system);
/* The highest id of this system, 0 without records. */
gint64 demo_state_last_id(DemoState *state, const char *system);
DemoRecord *demo_record_new(const char *system, gint64 id, const char *key, int status);
void demo_record_free(DemoRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DemoRecord, demo_record_free)

void demo_state_add_effect(DemoState *state, const DemoEffect *effect);
void demo_state_each_effect(DemoState *state, gint64 since, const char *system, DemoEffectFunc each,
                            gpointer data);
/* As /demo/effects and `motcua-demo effects` show it. Caller frees. */
cJSON *demo_effect_json(const DemoEffect *effect);

/* The answer kept for a caller's key; not_before is the oldest instant still remembered. */
gboolean demo_state_answer(DemoState *state, const char *system, const char *key, gint64 not_before,
                           DemoAnswer *answer);
void demo_state_keep_answer(DemoState *state, const char *system, const char *key, gint64 at,
                            const DemoAnswer *answer);
void demo_answer_clear(DemoAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DemoAnswer, demo_answer_clear)

/* `kind` tells an access token from a refresh token. */
void demo_state_add_session(DemoState *state, const char *system, const char *kind, const char *token,
                            const DemoSession *session);
DemoSession *demo_state_session(DemoState *state, const char *system, const char *kind, const char *token);
void demo_state_use_session(DemoState *state, const char *token);
void demo_state_expire_session(DemoState *state, const char *token);
/* Forgets logins that ended before this instant, so that a province kept for years stays small. */
void demo_state_sweep_sessions(DemoState *state, gint64 ended_before);
void demo_state_end_family(DemoState *state, const char *system, const char *family);
void demo_session_free(DemoSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DemoSession, demo_session_free)

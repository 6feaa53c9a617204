/* SPDX-License-Identifier: Apache-2.0 */
/* A recording: exchanges with one system as they went, to be gone through again without it. JSON Lines:
 *   {"motcua-recording":1,"connector":ID,"system":NAME,"language":"vi","config":{...}}
 *   {"recipe":{...},"steps":[{"now":T,"session":{...},"request":{...},"then":T,"answer":{...}}],"result":{...}}
 * A run is an exchange made of its recipe; a step is a request and what came of it (`now`: when it was asked
 * for; `then`: when it was answered; seconds). A request is {"method","url","headers":{},"body"}, an answer
 * {"status","url","headers":[[NAME,VALUE]],"body"} or {"wire":"lost"|"not-sent"}; what is no UTF-8 is
 * `base64` instead of `body`. `result` is what the exchange brought, labels in the recording's language.
 *
 * What is kept in a file holds no secret and nobody's name: mc_recording_make() has replaced them, the same
 * by the same everywhere, and has gone through it once more, so that requests and results are those of what
 * it says now. */
#ifndef CONNECTOR_RECORDING_H
#define CONNECTOR_RECORDING_H

#include "connector/exchange.h"

typedef struct {
  cJSON *head;
  GPtrArray *runs; /* cJSON */
} McRecording;

McRecording *mc_recording_new(const char *connector, const char *system);
void mc_recording_free(McRecording *recording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McRecording, mc_recording_free)
/* MC_ERROR_PROTOCOL names the line. */
McRecording *mc_recording_parse(const char *name, const char *text, gsize len, GError **error);
char *mc_recording_text(const McRecording *recording);

/* What an exchange that was not driven yet is made of. NULL: this kind is not recorded. New tree. */
cJSON *mc_exchange_recipe(McExchange *x);
/* The exchange again. NULL with an error: no such recipe, or not of this connector. */
McExchange *mc_exchange_of_recipe(McBinding *binding, const cJSON *recipe, GError **error);

/* One step of a run, in two halves; `session` may be NULL. */
void mc_recording_ask(cJSON *run, const McSession *session, gint64 now, const McRequest *request);
void mc_recording_answer(cJSON *run, const McResponse *response, gint64 now);
cJSON *mc_recording_request(const McRequest *request);
McResponse *mc_recording_response(const cJSON *answer);

/* --- going through it again --- */
/* Everything that is to be said of people; NULL: not asked for. */
typedef struct {
  GHashTable *names; /* text -> itself */
} McPeople;
/* Drives the run's exchange on its own answers. `strict`: each request must be the recorded one; otherwise
 * what is asked now replaces it. Ends with the result (new), or NULL and what did not fit. */
cJSON *mc_replay(McBinding *binding, cJSON *run, gboolean strict, McPeople *people, char **misfit);
/* The first place where two results differ, in words; NULL: they do not. New string. */
char *mc_replay_difference(const cJSON *now, const cJSON *then);
/* Goes through it once more for each step and each mishap (a refused login, both kinds of Retry-After, 500, a
 * page of HTML, an answer cut off, one that is lost) put in its place, and appends to `failures` (char *)
 * what did not hold. How many there were. */
guint mc_replay_mishaps(McBinding *binding, const cJSON *run, GPtrArray *failures);

/* A recording that may be shown, of one as it went: see above. `hide`: more texts to replace, may be NULL.
 * MC_ERROR_PROTOCOL says which run does not go through again, and why. */
McRecording *mc_recording_make(McBinding *binding, const McRecording *raw, const char *const *hide,
                               GError **error);
/* The binding that a recording in a file is gone through with. */
McBinding *mc_recording_bind(McProfile *profile, const McRecording *recording, McCalendar *calendar,
                             GError **error);

#endif

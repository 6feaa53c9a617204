/* SPDX-License-Identifier: Apache-2.0 */
/* For those who write connectors: recording what is said to a system, and going through a recording without
 * it. */
#ifndef MOTCUA_AUTHOR_H
#define MOTCUA_AUTHOR_H

#include <glib.h>
#include "motcua/home.h"

/* Writes down everything that an engine says to one system and hears of it (McEngineOptions.recorder). What
 * it holds is secret; what mc_recorder_finish() gives is not. */
typedef struct McRecorder McRecorder;
McRecorder *mc_recorder_new(const char *system);
void mc_recorder_free(McRecorder *recorder); /* after the engine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McRecorder, mc_recorder_free)
/* The recording, secrets and people replaced (connector/recording.h); `hide`: more texts to replace, may be
 * NULL. `runs`: how many there are. MC_ERROR_FAILED: nothing was recorded. New text. */
char *mc_recorder_finish(McRecorder *recorder, const char *const *hide, guint *runs, GError **error);

typedef struct {
  guint runs, steps, mishaps; /* gone through; mishaps: put in the place of answers */
  GPtrArray *failures;        /* char *: what did not hold; empty: everything did */
} McReplayReport;
void mc_replay_report_clear(McReplayReport *report);
/* Goes through a recording with a connector (name or file). FALSE: it could not be begun; what did not hold
 * is in the report, which is filled either way. */
gboolean mc_recording_test(McHome *home, const char *connector, const char *file, McReplayReport *report,
                           GError **error);

/* What is to be explained of a connector. */
typedef struct {
  const char *connector;      /* name or file; NULL with an item: its system's own */
  const char *response;       /* file with an answer, its head as `curl -i` gives it before it or not */
  int status;                 /* of the answer; 0: as its head says, else 200 */
  const char *const *headers; /* "Name: value"; NULL: none */
  const char *const *set;     /* "KEY=VALUE", settings; what is required and not set is made up */
  const char *stream;         /* whose answer it is, NULL: the first */
  const char *action;         /* whose answer it is; with an item: whose right */
  gboolean detail;            /* it is the answer for one record */
  int record;                 /* which of the answer's, from 1; 0: all */
  const char *item;           /* id of one in the cache */
  gboolean is_private;        /* private fields are shown */
  gboolean json;              /* for a machine */
} McExplainAsk;
/* Why values came out as they did; without an answer and an item the connector as a whole. New text. */
char *mc_connector_explain(McHome *home, const McExplainAsk *ask, gint64 now, GError **error);

/* A first draft of a connector out of an OpenAPI 3 description (connector/openapi.h); `id` may be NULL.
 * `open`: how many places are left to be filled. New text. */
char *mc_connector_draft(const char *file, const char *id, guint *open, GError **error);

/* A connector there is. */
typedef struct {
  char *name, *path;
  char *id, *title; /* NULL: its faults leave none */
  const char *kind; /* likewise; static */
  gboolean own;     /* of the profile, else installed */
  guint faults, warnings;
} McConnectorInfo;
void mc_connector_info_free(McConnectorInfo *info);
/* McConnectorInfo, by name; new. */
GPtrArray *mc_connector_list(McHome *home);

#endif

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

#endif

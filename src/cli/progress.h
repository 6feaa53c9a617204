/* SPDX-License-Identifier: Apache-2.0 */
/* A progress bar for the command line; see progress.c. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "motcua/engine.h"

typedef struct {
  McEventType counted; /* what counts as one of `total`: an action's end, a system's report */
  guint total, done;   /* total 0: no bar */
  gint64 start;        /* monotonic */
  gboolean shown, drawn, kib;
} McProgress;

void mc_progress_start(McProgress *progress);
void mc_progress_see(McProgress *progress, const McEvent *event);
/* How long to wait for the next event before drawing anew: ms, -1 for ever. */
int mc_progress_timeout(const McProgress *progress);
void mc_progress_draw(McProgress *progress);
void mc_progress_wipe(McProgress *progress);

#endif

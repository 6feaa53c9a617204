/* SPDX-License-Identifier: Apache-2.0 */
/* A bar on stderr while one waits: only on a terminal, and only when the work lasts over a second. It is
 * drawn in place and wiped before anything else is said. */
#include "config.h"
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_US G_USEC_PER_SEC
#define CELLS       30

void
mc_progress_start(McProgress *progress)
{
  progress->start = g_get_monotonic_time();
  progress->shown = isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

void
mc_progress_see(McProgress *progress, const McEvent *event)
{
  gboolean counts = event->type == progress->counted;
  if (event->type == MC_EVENT_FILE) { /* counted in KiB */
    progress->kib = counts;
    progress->total = (guint)(MAX(event->total, 0) >> 10);
    progress->done = MIN((guint)(event->done >> 10), progress->total);
    return;
  }
  if (event->type == MC_EVENT_ACTION) /* once an action: when it has its outcome */
    counts =
        counts && (mc_out_state_is_settled(event->action->state) || event->action->state == MC_OUT_UNCERTAIN);
  if (counts && progress->done < progress->total)
    progress->done++;
}

int
mc_progress_timeout(const McProgress *progress)
{
  return progress->shown && progress->total > 0 ? 250 : -1;
}

void
mc_progress_draw(McProgress *progress)
{
  if (!progress->shown || progress->total == 0 || g_get_monotonic_time() - progress->start < PATIENCE_US)
    return;
  char cells[CELLS + 1];
  guint full = progress->done * CELLS / progress->total;
  memset(cells, '#', full);
  memset(cells + full, '-', CELLS - full);
  cells[CELLS] = '\0';
  fprintf(stderr, "\r[%s] %u/%u%s", cells, progress->done, progress->total, progress->kib ? " KiB" : "");
  fflush(stderr);
  progress->drawn = TRUE;
}

void
mc_progress_wipe(McProgress *progress)
{
  if (progress->drawn)
    fprintf(stderr, "\r\033[K");
  progress->drawn = FALSE;
}

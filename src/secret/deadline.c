/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that waits for the moment or for the end, whichever comes first: the caller blocks in code
 * that knows nothing but a GCancellable. */
#include "config.h"

#include "secret/deadline.h"

struct McDeadline {
  GCancellable *cancellable;
  GThread *watcher;
  GMutex lock;
  GCond changed;
  gboolean over;
  gint64 until;
};

static gpointer
watch(gpointer data)
{
  McDeadline *deadline = data;
  gboolean in_time = TRUE;
  g_mutex_lock(&deadline->lock);
  while (!deadline->over && in_time)
    in_time = g_cond_wait_until(&deadline->changed, &deadline->lock, deadline->until);
  gboolean over = deadline->over;
  g_mutex_unlock(&deadline->lock);
  if (!over)
    g_cancellable_cancel(deadline->cancellable);
  return NULL;
}

McDeadline *
mc_deadline_new(int milliseconds)
{
  McDeadline *deadline = g_new0(McDeadline, 1);
  deadline->cancellable = g_cancellable_new();
  g_mutex_init(&deadline->lock);
  g_cond_init(&deadline->changed);
  deadline->until = g_get_monotonic_time() + milliseconds * (G_USEC_PER_SEC / 1000);
  deadline->watcher = g_thread_new("deadline", watch, deadline);
  return deadline;
}

void
mc_deadline_free(McDeadline *deadline)
{
  if (!deadline)
    return;
  g_mutex_lock(&deadline->lock);
  deadline->over = TRUE;
  g_cond_signal(&deadline->changed);
  g_mutex_unlock(&deadline->lock);
  g_thread_join(deadline->watcher);
  g_mutex_clear(&deadline->lock);
  g_cond_clear(&deadline->changed);
  g_object_unref(deadline->cancellable);
  g_free(deadline);
}

GCancellable *
mc_deadline_cancellable(McDeadline *deadline)
{
  return deadline->cancellable;
}

gboolean
mc_deadline_passed(McDeadline *deadline)
{
  return g_cancellable_is_cancelled(deadline->cancellable);
}

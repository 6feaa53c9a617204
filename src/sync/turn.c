/* SPDX-License-Identifier: Apache-2.0 */
/* Locks between processes: flock(2) on state/lock/SYSTEM.PURPOSE. Waiting is a timer, so that the engine's
 * loop never blocks; the kernel gives a dead holder's lock back at once. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_POLL_MS 50

struct McTurn {
  McEngine *engine;
  int fd;
  char *path;
  gint64 deadline; /* monotonic */
  McTurnTaken locked;
  gpointer data;
};

static void
lock_free(McTurn *lock)
{
  if (lock->fd >= 0)
    close(lock->fd);
  g_free(lock->path);
  g_free(lock);
}

static gboolean lock_try(gpointer data);

static void
lock_later(McTurn *lock, gint64 ms)
{
  g_source_unref(mc_engine_after(lock->engine, ms, lock_try, lock));
}

/* The callback owed. */
static void
lock_tell(McTurn *lock, McTurn *obtained)
{
  lock->engine->pending--;
  lock->locked(obtained, lock->data);
}

static gboolean
lock_try(gpointer data)
{
  McTurn *lock = data;
  if (lock->fd < 0) {
    g_autofree char *dir = g_path_get_dirname(lock->path);
    if (g_mkdir_with_parents(dir, 0700) == 0)
      lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  }
  if (lock->fd >= 0 && flock(lock->fd, LOCK_EX | LOCK_NB) == 0) {
    lock_tell(lock, lock);
    return G_SOURCE_REMOVE;
  }
  gboolean hopeless = lock->fd < 0;
  if (hopeless)
    g_warning("%s: %s", lock->path, g_strerror(errno));
  if (hopeless || lock->engine->stopping || g_get_monotonic_time() >= lock->deadline) {
    lock_tell(lock, NULL);
    lock_free(lock);
    return G_SOURCE_REMOVE;
  }
  lock_later(lock, LOCK_POLL_MS);
  return G_SOURCE_REMOVE;
}

void
mc_turn_take(McEngine *engine, const char *system, const char *purpose, gint64 wait_ms, McTurnTaken locked,
             gpointer data)
{
  McTurn *lock = g_new0(McTurn, 1);
  g_autofree char *name = g_strdup_printf("lock/%s.%s", system, purpose);
  lock->engine = engine;
  lock->fd = -1;
  lock->path = mc_home_path(engine->home, MC_DIR_STATE, name);
  lock->deadline = g_get_monotonic_time() + wait_ms * 1000;
  lock->locked = locked;
  lock->data = data;
  engine->pending++;
  lock_later(lock, 0);
}

void
mc_turn_release(McTurn *lock)
{
  if (lock)
    lock_free(lock);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The writers' lock on a file of its own (lock.h). */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include "motcua/error.h"
#include "motcua/i18n.h"

#define WAIT_US  (30 * G_USEC_PER_SEC)
#define PAUSE_US 2000

struct McLock {
  int fd;
  char *path;
};

static gboolean
fail(const McLock *lock, const char *why, GError **error)
{
  g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", lock->path, why);
  return FALSE;
}

McLock *
mc_lock_open(McHome *home, GError **error)
{
  g_autoptr(McLock) lock = g_new0(McLock, 1);
  lock->path = mc_home_path(home, MC_DIR_DATA, "inbox.lock");
  lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock->fd < 0) {
    fail(lock, g_strerror(errno), error);
    return NULL;
  }
  return g_steal_pointer(&lock);
}

void
mc_lock_free(McLock *lock)
{
  if (!lock)
    return;
  if (lock->fd >= 0)
    close(lock->fd);
  g_free(lock->path);
  g_free(lock);
}

gboolean
mc_lock_try(McLock *lock)
{
  return flock(lock->fd, LOCK_EX | LOCK_NB) == 0;
}

gboolean
mc_lock_take(McLock *lock, GError **error)
{
  gint64 until = g_get_monotonic_time() + WAIT_US;
  while (!mc_lock_try(lock)) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return fail(lock, g_strerror(errno), error);
    if (g_get_monotonic_time() > until)
      return fail(lock, _("another motcua has been writing for 30 seconds; close it and try again"), error);
    g_usleep(PAUSE_US);
  }
  return TRUE;
}

void
mc_lock_release(McLock *lock)
{
  flock(lock->fd, LOCK_UN);
}

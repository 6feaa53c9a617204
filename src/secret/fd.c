/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets handed over in a file descriptor: read once to its end, then kept as memory keeps them. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "secret/credential.h"
#include "secret/provider.h"

#define HANDED_MAX (1024 * 1024)

/* One block while it is read; all borrowed from the text. */
typedef struct {
  McSecretProvider *memory;
  const char *profile;
  const char *host, *path, *username, *password;
} Block;

static gboolean
block_end(Block *block)
{
  McSecretKey key = {.profile = block->profile, .system = block->host, .name = block->username};
  gboolean complete = block->host && block->username && block->password;
  gboolean ours = !block->path || !strcmp(block->path, block->profile);
  if (complete && ours)
    block->memory->ops->store(block->memory, &key, block->password, NULL);
  block->host = block->path = block->username = block->password = NULL;
  return complete;
}

/* As git does, keys that mean nothing here are passed over. */
static gboolean
block_take(const char *key, const char *value, gpointer data)
{
  Block *block = data;
  if (!key)
    return block_end(block);
  if (!strcmp(key, "host"))
    block->host = value;
  else if (!strcmp(key, "path"))
    block->path = value;
  else if (!strcmp(key, "username"))
    block->username = value;
  else if (!strcmp(key, "password"))
    block->password = value;
  return TRUE;
}

/* Everything up to the end, at most `max` bytes; -1 with errno (ETIMEDOUT, EFBIG, ...). */
static gssize
read_to_end(int fd, char *bytes, gsize max, gint64 until)
{
  gsize length = 0;
  for (;;) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    gint64 left = (until - g_get_monotonic_time()) / 1000;
    int count = poll(&ready, 1, (int)MAX(0, left));
    if (count == 0) {
      errno = ETIMEDOUT;
      return -1;
    }
    gssize got = count < 0 ? -1 : read(fd, bytes + length, max - length);
    if (got == 0)
      return (gssize)length;
    if (got < 0 && errno != EINTR && errno != EAGAIN)
      return -1;
    length += MAX(0, got);
    if (length == max) {
      errno = EFBIG;
      return -1;
    }
  }
}

static gboolean
take_all(int fd, Block *block, char *bytes, int patience, GError **error)
{
  gssize length = read_to_end(fd, bytes, HANDED_MAX, g_get_monotonic_time() + patience * (gint64)1000);
  if (length < 0) {
    const char *why = errno == ETIMEDOUT ? _("its writer did not close it in time") : g_strerror(errno);
    g_set_error(error, MC_ERROR, errno == EBADF ? MC_ERROR_CONFIG : MC_ERROR_SECRETS,
                _("secrets = fd:%d cannot be read: %s"), fd, why);
    return FALSE;
  }
  int bad = mc_credential_read(bytes, (gsize)length, block_take, block);
  if (bad)
    g_set_error(
        error, MC_ERROR, MC_ERROR_CONFIG,
        _("secrets = fd:%d, line %d: expected blocks of host=, username= and password= lines, each ended "
          "by an empty line"),
        fd, bad);
  return bad == 0;
}

McSecretProvider *
mc_secret_fd_new(int fd, const char *profile, gboolean interactive, GError **error)
{
  char *bytes = g_malloc0(HANDED_MAX + 1);
  Block block = {.memory = mc_secret_memory_new("fd"), .profile = profile};
  gboolean taken = take_all(fd, &block, bytes, mc_secret_patience(interactive), error);
  mc_secret_wipe(bytes, HANDED_MAX + 1);
  if (fd > STDERR_FILENO)
    close(fd);
  if (taken)
    return block.memory;
  block.memory->ops->free(block.memory);
  return NULL;
}

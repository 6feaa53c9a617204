/* SPDX-License-Identifier: Apache-2.0 */
/* GLib's log writer to a file. Several processes append to one file: a line is one write, and whoever finds
 * the file too large moves it aside under a lock that all of them take. */
#include "motcua/log.h"
#include "motcua/clock.h"
#include "motcua/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (1024 * 1024)
#define MAX_LINE  4096

typedef struct {
  GMutex lock;
  char *path;
  int fd;
  gboolean to_stderr;
  GTimeZone *zone;
} Log;

static void
reopen(Log *log)
{
  if (log->fd >= 0)
    close(log->fd);
  log->fd = g_open(log->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Another process may have rotated the file meanwhile: then ours is the old one, and opening is enough. */
static void
rotate(Log *log)
{
  struct stat ours, current;

  flock(log->fd, LOCK_EX);
  if (fstat(log->fd, &ours) == 0 && stat(log->path, &current) == 0 && ours.st_ino == current.st_ino) {
    g_autofree char *old = g_strconcat(log->path, ".1", NULL);
    g_rename(log->path, old);
  }
  reopen(log); /* closing drops the lock */
}

static void
write_line(Log *log, const char *line)
{
  struct stat info;
  gsize length = strlen(line);

  if (log->fd >= 0 && fstat(log->fd, &info) == 0 && info.st_size + (off_t)length > MAX_BYTES)
    rotate(log);
  if (log->fd < 0)
    reopen(log);
  /* A full disk must not stop the work that the line speaks of. */
  if (log->fd >= 0 && write(log->fd, line, length) < 0 && log->to_stderr)
    g_printerr("%s: %s\n", log->path, g_strerror(errno));
}

static const char *
level_name(GLogLevelFlags level)
{
  if (level & G_LOG_LEVEL_ERROR)
    return "error";
  if (level & G_LOG_LEVEL_CRITICAL)
    return "critical";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  return level & G_LOG_LEVEL_MESSAGE ? "message" : level & G_LOG_LEVEL_INFO ? "info" : "debug";
}

static const char *
field(const GLogField *fields, gsize n, const char *key, gssize *length)
{
  for (gsize i = 0; i < n; i++)
    if (!strcmp(fields[i].key, key)) {
      *length = fields[i].length;
      return fields[i].value;
    }
  *length = 0;
  return "";
}

static GLogWriterOutput
writer(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  Log *log = data;
  gssize length;
  const char *domain = field(fields, n, "GLIB_DOMAIN", &length);

  if ((level & G_LOG_LEVEL_DEBUG) && (!log->to_stderr || strcmp(domain, "motcua") != 0))
    return G_LOG_WRITER_HANDLED;

  const char *message = field(fields, n, "MESSAGE", &length);
  g_autofree char *clean =
      mc_text_clean(message, length < 0 ? (gssize)strnlen(message, MAX_LINE) : MIN(length, MAX_LINE));
  g_autofree char *when = mc_time_format_iso(g_get_real_time() / G_USEC_PER_SEC, log->zone);
  g_autofree char *line =
      g_strdup_printf("%s %s[%d] %s: %s\n", when, domain, (int)getpid(), level_name(level), clean);

  g_mutex_lock(&log->lock);
  write_line(log, line);
  g_mutex_unlock(&log->lock);
  if (log->to_stderr)
    g_printerr("%s: %s\n", level_name(level), clean);
  return G_LOG_WRITER_HANDLED;
}

void
mc_log_open(const McHome *home, gboolean to_stderr)
{
  Log *log = g_new0(Log, 1); /* lives as long as the process */

  g_mutex_init(&log->lock);
  log->path = mc_home_path(home, MC_DIR_STATE, "motcua.log");
  log->to_stderr = to_stderr;
  log->zone = g_time_zone_new_identifier(mc_home_config(home)->timezone);
  log->fd = -1;
  g_log_set_writer_func(writer, log, NULL);
}

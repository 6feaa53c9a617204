/* SPDX-License-Identifier: Apache-2.0 */
/* The input stands in a memory file, so writing it can neither block nor raise SIGPIPE, and it is never
 * on a disk. The run ends with the helper itself, not with its pipes: a daemon it leaves behind may hold
 * those open for ever (git's credential-cache starts one). */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "motcua/text.h"
#include "secret/helper.h"
#include "secret/provider.h"

#define OUTPUT_MAX (MC_SECRET_MAX + 4096)
#define ERRORS_MAX 4096

typedef struct {
  int fd;
  GSource *source;
  char *bytes; /* never moved, so that no copy is left behind */
  gsize length, max;
  gboolean overflow;
} Pipe;

typedef struct {
  GMainContext *context;
  GPid pid;
  GSource *watch, *timer;
  Pipe out, err;
  int status;
  gboolean ended, late, given_up;
} Child;

/* Between fork and exec: async-signal-safe calls alone. */
static void
child_setup(gpointer data)
{
  (void)data;
  setsid();
  signal(SIGPIPE, SIG_DFL);
}

static int
memory_file(const char *bytes, gsize length)
{
  int fd = memfd_create("secret", MFD_CLOEXEC);
  if (fd >= 0 && (write(fd, bytes, length) != (gssize)length || lseek(fd, 0, SEEK_SET) != 0)) {
    close(fd);
    fd = -1;
  }
  return fd;
}

static void
child_kill(Child *child)
{
  kill(-child->pid, SIGKILL);
}

/* --- Its pipes --- */

/* Takes what is there; FALSE at the end. Bytes over the maximum are dropped and noted. */
static gboolean
pipe_take(Pipe *pipe)
{
  char waste[512];
  gboolean full = pipe->length == pipe->max;
  gssize got = full ? read(pipe->fd, waste, sizeof waste)
                    : read(pipe->fd, pipe->bytes + pipe->length, pipe->max - pipe->length);
  if (got < 0)
    return errno == EINTR;
  if (full && got > 0) {
    pipe->overflow = TRUE;
    explicit_bzero(waste, sizeof waste);
  } else
    pipe->length += (gsize)got;
  return got > 0;
}

static gboolean
on_pipe(int fd, GIOCondition condition, gpointer data)
{
  (void)fd, (void)condition;
  return pipe_take(data) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
pipe_open(Pipe *pipe, GMainContext *context, gsize max)
{
  pipe->bytes = g_malloc0(max + 1);
  pipe->max = max;
  g_unix_set_fd_nonblocking(pipe->fd, TRUE, NULL);
  pipe->source = g_unix_fd_source_new(pipe->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback(pipe->source, G_SOURCE_FUNC(on_pipe), pipe, NULL);
  g_source_attach(pipe->source, context);
}

static void
source_end(GSource *source)
{
  g_source_destroy(source);
  g_source_unref(source);
}

static void
pipe_close(Pipe *pipe)
{
  source_end(pipe->source);
  while (!pipe->overflow && pipe_take(pipe))
    ;
  close(pipe->fd);
}

/* --- Its life --- */

static void
on_ended(GPid pid, int status, gpointer data)
{
  Child *child = data;
  (void)pid;
  child->status = status;
  child->ended = TRUE;
}

/* The first time it is killed; the second time (it cannot even die) it is left alone. */
static gboolean
on_late(gpointer data)
{
  Child *child = data;
  child->given_up = child->late;
  child->late = TRUE;
  child_kill(child);
  return G_SOURCE_CONTINUE;
}

static void
child_wait(Child *child, int patience_ms)
{
  child->context = g_main_context_new();
  child->watch = g_child_watch_source_new(child->pid);
  g_source_set_callback(child->watch, G_SOURCE_FUNC(on_ended), child, NULL);
  g_source_attach(child->watch, child->context);
  child->timer = g_timeout_source_new((guint)patience_ms);
  g_source_set_callback(child->timer, on_late, child, NULL);
  g_source_attach(child->timer, child->context);
  pipe_open(&child->out, child->context, OUTPUT_MAX);
  pipe_open(&child->err, child->context, ERRORS_MAX);
  while (!child->ended && !child->given_up) {
    g_main_context_iteration(child->context, TRUE);
    if (child->out.overflow)
      child_kill(child);
  }
  pipe_close(&child->out);
  pipe_close(&child->err);
  source_end(child->watch);
  source_end(child->timer);
  g_main_context_unref(child->context);
}

static void
log_errors(const char *program, Pipe *err)
{
  if (err->length > 0) {
    g_autofree char *words = mc_text_clean(err->bytes, (gssize)err->length);
    g_message("secrets: %s: %s", program, words);
  }
  mc_secret_wipe(err->bytes, err->max);
}

static gboolean
child_spawn(Child *child, char **argv, int input, GError **error)
{
  return g_spawn_async_with_pipes_and_fds(
      NULL, (const char *const *)argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, child_setup, NULL, input, -1,
      -1, NULL, NULL, 0, &child->pid, NULL, &child->out.fd, &child->err.fd, error);
}

void
mc_helper_run(McHelperRun *run, char **argv, const char *input, gsize length, int patience_ms)
{
  Child child = {0};
  g_autoptr(GError) error = NULL;
  *run = (McHelperRun){.state = MC_SECRETS_NO_PROVIDER, .status = -1};
  int fd = memory_file(input, length);
  gboolean spawned = fd >= 0 && child_spawn(&child, argv, fd, &error);
  if (fd >= 0)
    close(fd);
  if (!spawned) {
    g_message("secrets: %s: %s", argv[0], error ? error->message : g_strerror(errno));
    return;
  }
  child_wait(&child, patience_ms);
  log_errors(argv[0], &child.err);
  run->output = child.out.bytes;
  run->length = child.out.length;
  if (child.ended && WIFEXITED(child.status))
    run->status = WEXITSTATUS(child.status);
  if (child.late)
    run->state = MC_SECRETS_SLOW;
  else
    run->state = run->status == 0 && !child.out.overflow ? MC_SECRETS_READY : MC_SECRETS_BROKEN;
}

void
mc_helper_clear(McHelperRun *run)
{
  mc_secret_wipe(run->output, OUTPUT_MAX);
  run->output = NULL;
}

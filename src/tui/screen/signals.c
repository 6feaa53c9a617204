/* SPDX-License-Identifier: Apache-2.0 */
/* Signals of the terminal: see signals.h. Handlers can only reach file scope, so this is one of the few
 * mutable statics of the program. */
#include "tui/screen/signals.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "tui/screen/screen.h"

static const int asking[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP};
static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static struct sigaction kept_asking[G_N_ELEMENTS(asking)], kept_deadly[G_N_ELEMENTS(deadly)];
static int ends[2] = {-1, -1};
static struct termios kept_terminal;
static gboolean kept;
static sigset_t kept_mask;

static void
on_asking(int number)
{
  int saved = errno;
  char byte = (char)number;
  if (write(ends[1], &byte, 1) < 0) {
    /* full: a signal already waits there */
  }
  errno = saved;
}

/* Leaves the alternate screen by the sequences that every terminal with one knows; terminfo is out of reach
 * here. */
static void
on_deadly(int number)
{
  static const char restore[] = "\033[r\033[?1049l\033[?25h\033[0m\r\n";
  if (write(STDOUT_FILENO, restore, sizeof restore - 1) < 0) {
    /* nothing left to do */
  }
  if (kept)
    tcsetattr(STDIN_FILENO, TCSANOW, &kept_terminal);
  signal(number, SIG_DFL);
  raise(number);
}

static void
take(const int *numbers, gsize count, struct sigaction *was, void (*handler)(int), gboolean only_default)
{
  for (gsize i = 0; i < count; i++) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(numbers[i], NULL, &was[i]);
    if (!only_default || was[i].sa_handler == SIG_DFL)
      sigaction(numbers[i], &action, NULL);
  }
}

gboolean
mc_signals_start(GError **error)
{
  if (!g_unix_open_pipe(ends, FD_CLOEXEC, error) || !g_unix_set_fd_nonblocking(ends[0], TRUE, error) ||
      !g_unix_set_fd_nonblocking(ends[1], TRUE, error))
    return FALSE;
  sigset_t wanted;
  sigemptyset(&wanted);
  for (gsize i = 0; i < G_N_ELEMENTS(asking); i++)
    sigaddset(&wanted, asking[i]);
  kept = tcgetattr(STDIN_FILENO, &kept_terminal) == 0;
  take(asking, G_N_ELEMENTS(asking), kept_asking, on_asking, FALSE);
  take(deadly, G_N_ELEMENTS(deadly), kept_deadly, on_deadly, TRUE);
  pthread_sigmask(SIG_UNBLOCK, &wanted, &kept_mask); /* whoever called may have read them otherwise */
  return TRUE;
}

void
mc_signals_stop(void)
{
  pthread_sigmask(SIG_SETMASK, &kept_mask, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(asking); i++)
    sigaction(asking[i], &kept_asking[i], NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(deadly); i++)
    sigaction(deadly[i], &kept_deadly[i], NULL);
  for (int i = 0; i < 2; i++) {
    if (ends[i] >= 0)
      close(ends[i]);
    ends[i] = -1;
  }
}

int
mc_screen_signal_fd(void)
{
  return ends[0];
}

int
mc_screen_signal(void)
{
  char byte = 0;
  return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

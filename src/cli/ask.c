/* SPDX-License-Identifier: Apache-2.0 */
/* Asking on the terminal. Signals are blocked and read from a descriptor (cli.h), so a question waits for
 * either: Ctrl-C ends it, and the terminal's echo is as it was in any case. */
#include "config.h"
#include "cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* FALSE: interrupted. */
static gboolean
wait_for_line(McCli *cli)
{
  struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {cli->signals > 0 ? cli->signals : -1, POLLIN, 0}};
  while (poll(fds, G_N_ELEMENTS(fds), -1) < 0)
    if (errno != EINTR)
      return FALSE;
  return (fds[1].revents & POLLIN) == 0;
}

static char *
read_line(void)
{
  char *line = NULL, *answer = NULL;
  size_t room = 0;
  if (getline(&line, &room, stdin) >= 0)
    answer = g_strndup(line, strcspn(line, "\r\n"));
  if (line)
    explicit_bzero(line, room);
  free(line);
  return answer;
}

char *
mc_cli_ask(McCli *cli, const char *prompt, gboolean secret)
{
  struct termios old, quiet;
  gboolean hidden = secret && tcgetattr(STDIN_FILENO, &old) == 0;
  g_autofree char *clean = mc_text_clean(prompt, -1);
  if (hidden) { /* before the prompt: who answers it at once is not shown, nor lost */
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  fputs(clean, stderr);
  fflush(stderr);
  cli->interrupted = !wait_for_line(cli);
  char *answer = cli->interrupted ? NULL : read_line();
  if (hidden)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
  if (hidden || !answer)
    fputc('\n', stderr);
  return answer;
}

int
mc_cli_confirm(McCli *cli, const char *question)
{
  g_autofree char *prompt = g_strdup_printf(_("%s [y/N] "), question);
  g_autofree char *answer = mc_cli_ask(cli, prompt, FALSE);
  g_autofree char *folded = answer ? mc_text_fold(g_strstrip(answer)) : NULL;
  if (cli->interrupted)
    return 130;
  return folded && (folded[0] == 'y' || folded[0] == 'c') ? 0 : 1; /* yes, có */
}

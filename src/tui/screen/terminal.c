/* SPDX-License-Identifier: Apache-2.0 */
/* Whether terminfo knows the terminal, asked before curses starts: newterm() keeps memory when it fails.
 * Apart from screen.c because term.h makes macros of common words. */
#include "tui/screen/terminal.h"

#include <curses.h>
#include <term.h>
#include <unistd.h>

gboolean
mc_terminal_is_known(void)
{
  int problem = 0;
  if (setupterm(NULL, STDOUT_FILENO, &problem) != OK)
    return FALSE;
  del_curterm(cur_term);
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One screen full of text by ncurses, then out: what painting alone costs. */
#include <curses.h>
#include <locale.h>

int
main(void)
{
  setlocale(LC_ALL, "");
  if (!initscr())
    return 1;
  for (int y = 0; y < LINES; y++)
    for (int x = 0; x < COLS; x += 8)
      mvprintw(y, x, "%03d:%03d", y, x);
  refresh();
  endwin();
  return 0;
}

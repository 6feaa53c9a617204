/* SPDX-License-Identifier: Apache-2.0 */
/* A short list held whole, with a bar: see table.h. */
#include "tui/table.h"

static McReaction
go(McTable *table, int to)
{
  table->selected = CLAMP(to, 0, MAX(table->count - 1, 0));
  return MC_REACT_ROWS;
}

McReaction
mc_table_run(McTable *table, McCommand command)
{
  int page = MAX(table->height - 1, 1);
  switch (command) {
  case MC_CMD_DOWN:
    return go(table, table->selected + 1);
  case MC_CMD_UP:
    return go(table, table->selected - 1);
  case MC_CMD_PAGE_DOWN:
    return go(table, table->selected + page);
  case MC_CMD_PAGE_UP:
    return go(table, table->selected - page);
  case MC_CMD_HALF_DOWN:
    return go(table, table->selected + page / 2);
  case MC_CMD_HALF_UP:
    return go(table, table->selected - page / 2);
  case MC_CMD_FIRST:
    return go(table, 0);
  case MC_CMD_LAST:
    return go(table, table->count - 1);
  default:
    return MC_REACT_UNHANDLED;
  }
}

void
mc_table_set(McTable *table, int count)
{
  table->count = count;
  go(table, table->selected);
}

void
mc_table_draw(McTable *table, McScreen *screen, McArea area, const McLine *heading, McTableRow row,
              gpointer data)
{
  table->height = area.height - 1;
  table->top = CLAMP(table->top, MAX(table->selected - table->height + 1, 0), table->selected);
  mc_screen_line(screen, area.row, heading, FALSE);
  for (int i = 0; i < table->height; i++) {
    int index = table->top + i;
    g_autoptr(McLine) line = index < table->count ? row(data, index, area.cols) : NULL;
    mc_screen_line(screen, area.row + 1 + i, line, line && index == table->selected);
  }
  mc_screen_cursor(screen, area.row + 1 + table->selected - table->top, 0);
}

char *
mc_table_place(const McTable *table)
{
  return table->count ? g_strdup_printf("%d/%d", table->selected + 1, table->count) : g_strdup("");
}

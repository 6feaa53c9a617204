/* SPDX-License-Identifier: Apache-2.0 */
/* A short list held whole, with a bar: the outbox and the systems. */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "tui/line.h"
#include "tui/screen/screen.h"
#include "tui/view.h"

typedef struct {
  int count, selected, top, height;
} McTable;

/* Movement; MC_REACT_UNHANDLED for anything else. */
McReaction mc_table_run(McTable *table, McCommand command);
/* The list has another length now. */
void mc_table_set(McTable *table, int count);

/* `row` makes the line of one row; the first line of the area is a heading. */
typedef McLine *(*McTableRow)(gpointer data, int index, int cols);
void mc_table_draw(McTable *table, McScreen *screen, McArea area, const McLine *heading, McTableRow row,
                   gpointer data);
/* "3/8", "" when empty. New string. */
char *mc_table_place(const McTable *table);

#endif

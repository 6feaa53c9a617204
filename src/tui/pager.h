/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to be read: scrolled and searched. The body of the detail, the help and whatever else is only read.
 */
#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include "tui/view.h"
#include "tui/line.h"
#include "tui/screen/screen.h"

typedef struct McPager McPager;

McPager *mc_pager_new(void);
void mc_pager_free(McPager *pager);
/* Takes the lines (McLine); the place is kept as far as they reach. */
void mc_pager_set(McPager *pager, GPtrArray *lines);
/* Movement; MC_REACT_UNHANDLED for anything else. */
McReaction mc_pager_run(McPager *pager, McCommand command);
/* To the next (1) or previous (-1) line that has `text`, folded; FALSE when there is none. */
gboolean mc_pager_find(McPager *pager, const char *text, int direction);
const char *mc_pager_sought(const McPager *pager); /* the last text sought, "" when none */
void mc_pager_draw(McPager *pager, McScreen *screen, McArea area);
int mc_pager_count(const McPager *pager); /* lines */
/* "12-30/48", "" when all is in sight. New string. */
char *mc_pager_place(const McPager *pager);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The person's own words about an item: its note and its tags. */
#ifndef TUI_DESK_H
#define TUI_DESK_H

#include "tui/app.h"

/* MC_CMD_NOTE or MC_CMD_TAG, on the open item or the selected one. */
McReaction mc_desk_run(McTui *tui, McCommand command, const char *argument);

#endif

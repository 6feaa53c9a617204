/* SPDX-License-Identifier: Apache-2.0 */
/* The editing commands on a text being typed: the same in prompts and forms. */
#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

#include "tui/command.h"
#include "tui/edit.h"

/* FALSE: no editing command. `changed`: the text did, not only the cursor. */
gboolean mc_editor_run(McEdit *edit, McCommand command, gboolean *changed);

#endif

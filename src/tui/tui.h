/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox on a terminal: one of the engine's two faces. */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include "motcua/clock.h"
#include "motcua/home.h"

/* Runs the inbox until the person leaves; returns the exit status. The local cache is on the screen before
 * the engine is started. -1 and an error when it could not open (no terminal, a newer database, a faulty
 * configuration); the terminal is given back in every case. */
int mc_tui_run(McHome *home, McClock *clock, gboolean offline, GError **error);

#endif

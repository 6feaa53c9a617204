/* SPDX-License-Identifier: Apache-2.0 */
/* Signals of the terminal: those that ask something become bytes in a pipe for the wait loop; those that kill
 * give the terminal back first. */
#ifndef TUI_SCREEN_SIGNALS_H
#define TUI_SCREEN_SIGNALS_H

#include <glib.h>

/* Before curses starts, so that it keeps its hands off them. */
gboolean mc_signals_start(GError **error);
void mc_signals_stop(void);

#endif

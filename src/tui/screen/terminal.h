/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of the terminal before curses takes it. */
#ifndef TUI_SCREEN_TERMINAL_H
#define TUI_SCREEN_TERMINAL_H

#include <glib.h>

gboolean mc_terminal_is_known(void);

#endif

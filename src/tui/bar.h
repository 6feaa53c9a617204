/* SPDX-License-Identifier: Apache-2.0 */
/* The two lines above everything: the views, what waits to be sent, the clock; what is urgent, and how fresh
 * each system is. */
#ifndef TUI_BAR_H
#define TUI_BAR_H

#include "tui/app.h"

McLine *mc_bar_views(const McTui *tui, int cols);
McLine *mc_bar_summary(const McTui *tui, int cols);

#endif

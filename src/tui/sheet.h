/* SPDX-License-Identifier: Apache-2.0 */
/* One item as lines to be read: what its system says of it, the desk's own notes, its parts elsewhere, its
 * files and its history. Private values stay masked unless `reveal`. */
#ifndef TUI_SHEET_H
#define TUI_SHEET_H

#include "tui/app.h"

/* New array of McLine. `status`: a line about the freshness of the details, or NULL. */
GPtrArray *mc_sheet_lines(const McTui *tui, const McItem *item, int cols, gboolean reveal, const char *status,
                          McRole status_role);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a reference system from the inbox. */
#ifndef TUI_LOOKUP_H
#define TUI_LOOKUP_H

#include "tui/views.h"

/* The menu of what can be asked. */
McReaction mc_lookup_open(McTui *tui);
/* Whether any lookup fills this form. */
gboolean mc_lookup_fills(McTui *tui, const McFormPurpose *purpose);
/* Asks what fills this open form (where several lookups do, which); `values`: what stands in it. */
McReaction mc_lookup_for_form(McTui *tui, McView *form, const McFormPurpose *purpose, GHashTable *values);

#endif

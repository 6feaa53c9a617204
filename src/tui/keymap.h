/* SPDX-License-Identifier: Apache-2.0 */
/* Which key runs which command where: the defaults of command.h, changed by keys.ini.
 *
 * keys.ini has one section, [keys], with `command = KEY KEY...`; it replaces the command's default keys
 * (nothing: none) and takes its keys from whatever else had them in the same places. */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include "motcua/home.h"
#include "tui/command.h"
#include "tui/key.h"

typedef struct McKeymap McKeymap;

McKeymap *mc_keymap_new(void);
void mc_keymap_free(McKeymap *keymap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McKeymap, mc_keymap_free)

/* Takes every right entry; `faults` (char *, may be NULL) gets "file:line:col: ..." of each wrong one. */
void mc_keymap_read(McKeymap *keymap, const McIni *ini, GPtrArray *faults);

McCommand mc_keymap_find(const McKeymap *keymap, McContext where, McKey key);
/* The keys of a command in one place, as people read them ("Enter", "Ctrl-D"), separated by spaces; at most
 * `most` (0: all). New string, "" when it has none. */
char *mc_keymap_keys(const McKeymap *keymap, McCommand command, McContext where, int most);

#endif

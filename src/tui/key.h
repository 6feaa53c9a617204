/* SPDX-License-Identifier: Apache-2.0 */
/* A key as it was typed: a Unicode character, or one of the named keys above them. */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include <glib.h>

typedef guint32 McKey;

enum {
  MC_KEY_NONE = 0,
  MC_KEY_NAMED = 0x200000, /* above every character */
  MC_KEY_UP,
  MC_KEY_DOWN,
  MC_KEY_LEFT,
  MC_KEY_RIGHT,
  MC_KEY_HOME,
  MC_KEY_END,
  MC_KEY_PAGE_UP,
  MC_KEY_PAGE_DOWN,
  MC_KEY_ENTER,
  MC_KEY_ESC,
  MC_KEY_TAB,
  MC_KEY_BACKTAB,
  MC_KEY_BACKSPACE,
  MC_KEY_DELETE,
  MC_KEY_INSERT,
  MC_KEY_F1,
  MC_KEY_F12 = MC_KEY_F1 + 11,
  MC_KEY_CTRL = 0x300000, /* plus the lower-case letter */
};

/* "down", "ctrl-d", "f1", "space", or the character itself; and back. */
char *mc_key_name(McKey key);
gboolean mc_key_parse(const char *name, McKey *key);

/* The keys that made a composed Vietnamese letter under Telex: "á" a s, "đ" d d, "ế" e e s. At most 3; 0 when
 * `key` is no such letter. An input method left on thus does not disturb commands. */
int mc_key_typed(McKey key, McKey typed[3]);

#endif

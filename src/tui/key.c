/* SPDX-License-Identifier: Apache-2.0 */
/* A key as it was typed: see key.h. */
#include "tui/key.h"

#include <string.h>

static const struct {
  const char *name;
  McKey key;
} named[] = {
    {"up", MC_KEY_UP},          {"down", MC_KEY_DOWN},
    {"left", MC_KEY_LEFT},      {"right", MC_KEY_RIGHT},
    {"home", MC_KEY_HOME},      {"end", MC_KEY_END},
    {"pageup", MC_KEY_PAGE_UP}, {"pagedown", MC_KEY_PAGE_DOWN},
    {"enter", MC_KEY_ENTER},    {"esc", MC_KEY_ESC},
    {"tab", MC_KEY_TAB},        {"backtab", MC_KEY_BACKTAB},
    {"delete", MC_KEY_DELETE},  {"backspace", MC_KEY_BACKSPACE},
    {"insert", MC_KEY_INSERT},  {"space", ' '},
};

char *
mc_key_name(McKey key)
{
  for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
    if (named[i].key == key)
      return g_strdup(named[i].name);
  if (key >= MC_KEY_F1 && key <= MC_KEY_F12)
    return g_strdup_printf("f%u", key - MC_KEY_F1 + 1);
  if (key >= MC_KEY_CTRL)
    return g_strdup_printf("ctrl-%c", (char)(key - MC_KEY_CTRL));
  char text[7] = {0};
  g_unichar_to_utf8(key, text);
  return g_strdup(text);
}

gboolean
mc_key_parse(const char *name, McKey *key)
{
  guint64 number;
  for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
    if (strcmp(named[i].name, name) == 0) {
      *key = named[i].key;
      return TRUE;
    }
  if (name[0] == 'f' && name[1] && g_ascii_string_to_unsigned(name + 1, 10, 1, 12, &number, NULL)) {
    *key = MC_KEY_F1 + (McKey)number - 1;
    return TRUE;
  }
  if (g_str_has_prefix(name, "ctrl-") && g_ascii_islower(name[5]) && !name[6]) {
    *key = MC_KEY_CTRL + (McKey)name[5];
    return TRUE;
  }
  if (g_utf8_strlen(name, -1) != 1 || !g_unichar_isgraph(g_utf8_get_char(name)))
    return FALSE;
  *key = g_utf8_get_char(name);
  return TRUE;
}

/* Telex types a mark after its letter: the circumflex doubles it, horn and breve are w, the tones are s f r x
 * j. */
static McKey
mark_typed(gunichar mark, McKey base)
{
  switch (mark) {
  case 0x0302:
    return base;
  case 0x0306:
  case 0x031B:
    return 'w';
  case 0x0301:
    return 's';
  case 0x0300:
    return 'f';
  case 0x0309:
    return 'r';
  case 0x0303:
    return 'x';
  case 0x0323:
    return 'j';
  default:
    return MC_KEY_NONE;
  }
}

int
mc_key_typed(McKey key, McKey typed[3])
{
  if (key == 0x0111 || key == 0x0110) {
    typed[0] = typed[1] = key == 0x0111 ? 'd' : 'D';
    return 2;
  }
  if (key < 0xC0 || key >= MC_KEY_NAMED || !g_unichar_validate(key))
    return 0;
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gsize count = g_unichar_fully_decompose(key, FALSE, parts, G_N_ELEMENTS(parts));
  if (count < 2 || count > 3 || parts[0] >= 0x80 || !g_ascii_isalpha((char)parts[0]))
    return 0;
  typed[0] = parts[0];
  for (gsize i = 1; i < count; i++) {
    typed[i] = mark_typed(parts[i], parts[0]);
    if (typed[i] == MC_KEY_NONE)
      return 0;
  }
  /* The shape is typed before the tone; canonical order puts a dot below first. */
  if (count == 3 && typed[1] == 'j') {
    typed[1] = typed[2];
    typed[2] = 'j';
  }
  return (int)count;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Themes: see theme.h. */
#include "tui/theme.h"

#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define X(id, name) name,
static const char *const role_names[] = {MC_ROLES(X) NULL};
#undef X

static const char *const colour_names[] = {"black", "red",     "green", "yellow",
                                           "blue",  "magenta", "cyan",  "white"};
static const char *const flag_names[] = {"bold", "dim", "underline", "reverse"};

void
mc_theme_init(McTheme *theme)
{
  for (int i = 0; i < MC_ROLE_COUNT; i++)
    theme->looks[i] = (McLook){-1, -1, 0};
  static const McRole reversed[] = {MC_ROLE_SELECTED, MC_ROLE_BAR_CURRENT};
  static const McRole bold[] = {MC_ROLE_ALARM, MC_ROLE_STRONG, MC_ROLE_MARK, MC_ROLE_KEY, MC_ROLE_ERROR};
  for (gsize i = 0; i < G_N_ELEMENTS(reversed); i++)
    theme->looks[reversed[i]].flags = MC_LOOK_REVERSE;
  for (gsize i = 0; i < G_N_ELEMENTS(bold); i++)
    theme->looks[bold[i]].flags = MC_LOOK_BOLD;
  theme->looks[MC_ROLE_INPUT].flags = MC_LOOK_UNDERLINE;
}

static gboolean
colour_parse(const char *word, short *colour)
{
  short base = 0;
  if (strcmp(word, "default") == 0) {
    *colour = -1;
    return TRUE;
  }
  guint64 number;
  if (g_ascii_string_to_unsigned(word, 10, 0, 255, &number, NULL)) {
    *colour = (short)number;
    return TRUE;
  }
  if (g_str_has_prefix(word, "bright-")) {
    base = 8;
    word += strlen("bright-");
  }
  for (gsize i = 0; i < G_N_ELEMENTS(colour_names); i++)
    if (strcmp(word, colour_names[i]) == 0) {
      *colour = (short)(base + i);
      return TRUE;
    }
  return FALSE;
}

static gboolean
flag_parse(const char *word, guint *flags)
{
  for (gsize i = 0; i < G_N_ELEMENTS(flag_names); i++)
    if (strcmp(word, flag_names[i]) == 0) {
      *flags |= 1u << i;
      return TRUE;
    }
  return FALSE;
}

/* The fault at a word inside a value: the entry with its column moved there. */
static gboolean
word_fault(const McIni *ini, const McIniEntry *entry, gsize offset, const char *word, GError **error)
{
  McIniEntry at = *entry;
  at.value_column += (int)g_utf8_strlen(entry->value, (gssize)offset);
  return mc_ini_fault(ini, &at, error,
                      _("\"%s\" is no colour and no attribute; expected a colour (default, red, "
                        "bright-blue, 0-255), \"on\" and a colour, bold, dim, underline or reverse"),
                      word);
}

static gboolean
look_parse(const McIni *ini, const McIniEntry *entry, McLook *look, GError **error)
{
  McLook read = {-1, -1, 0};
  gboolean ground = FALSE;
  const char *p = entry->value;
  while (*p) {
    gsize length = strcspn(p, " ");
    g_autofree char *word = g_strndup(p, length);
    if (length > 0 && strcmp(word, "on") == 0)
      ground = TRUE;
    else if (length > 0 && colour_parse(word, ground ? &read.bg : &read.fg))
      ground = FALSE;
    else if (length > 0 && !flag_parse(word, &read.flags))
      return word_fault(ini, entry, (gsize)(p - entry->value), word, error);
    p += length + (p[length] == ' ');
  }
  *look = read;
  return TRUE;
}

static gboolean
entry_read(McTheme *theme, const McIni *ini, const McIniEntry *entry, GError **error)
{
  if (g_strcmp0(entry->section, "roles") != 0)
    return mc_ini_fault(ini, entry, error, _("section [%s] is unknown; expected [roles]"),
                        entry->section ? entry->section : "");
  for (int i = 0; i < MC_ROLE_COUNT; i++)
    if (strcmp(entry->key, role_names[i]) == 0)
      return look_parse(ini, entry, &theme->looks[i], error);
  McIniEntry name = *entry;
  name.value_column = entry->key_column;
  const char *near = mc_text_nearest(entry->key, role_names);
  return mc_ini_fault(ini, &name, error, _("no role \"%s\"; did you mean \"%s\"?"), entry->key,
                      near ? near : role_names[0]);
}

gboolean
mc_theme_read(McTheme *theme, const McIni *ini, GError **error)
{
  gboolean good = TRUE;
  for (guint i = 0; i < mc_ini_count(ini); i++)
    good &= entry_read(theme, ini, mc_ini_entry(ini, i), good ? error : NULL);
  return good;
}

gboolean
mc_theme_load(McTheme *theme, const McHome *home, const char *name, GError **error)
{
  mc_theme_init(theme);
  g_autofree char *file = g_strconcat(name, ".theme", NULL);
  g_autofree char *path = strchr(name, '/') ? NULL : mc_home_find(home, "themes", file);
  if (!path) {
    g_auto(GStrv) names = mc_home_names(home, "themes", ".theme");
    g_autofree char *known = g_strjoinv(", ", names);
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no theme \"%s\". There are: %s."), name,
                known);
    return FALSE;
  }
  g_autoptr(McIni) ini = mc_ini_load(path, error);
  return ini && mc_theme_read(theme, ini, error);
}

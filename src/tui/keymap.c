/* SPDX-License-Identifier: Apache-2.0 */
/* Which key runs which command where: see keymap.h. */
#include "tui/keymap.h"

#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"

typedef struct {
  McKey key;
  guint where;
  McCommand command;
  gboolean own; /* from keys.ini */
} Binding;

struct McKeymap {
  GArray *bindings;
};

static void
bind(McKeymap *keymap, McCommand command, McKey key, gboolean own)
{
  Binding binding = {key, mc_command_info(command)->where, command, own};
  g_array_append_val(keymap->bindings, binding);
}

McKeymap *
mc_keymap_new(void)
{
  McKeymap *keymap = g_new0(McKeymap, 1);
  keymap->bindings = g_array_new(FALSE, FALSE, sizeof(Binding));
  for (int i = 0; i < MC_CMD_COUNT; i++) {
    g_auto(GStrv) keys = g_strsplit(mc_command_info((McCommand)i)->keys, " ", -1);
    McKey key;
    for (char **name = keys; *name; name++)
      if (mc_key_parse(*name, &key))
        bind(keymap, (McCommand)i, key, FALSE);
  }
  return keymap;
}

void
mc_keymap_free(McKeymap *keymap)
{
  if (!keymap)
    return;
  g_array_unref(keymap->bindings);
  g_free(keymap);
}

static Binding *
binding_at(const McKeymap *keymap, guint index)
{
  return &g_array_index(keymap->bindings, Binding, index);
}

static void
unbind_command(McKeymap *keymap, McCommand command)
{
  for (guint i = keymap->bindings->len; i-- > 0;)
    if (binding_at(keymap, i)->command == command)
      g_array_remove_index(keymap->bindings, i);
}

/* Takes `key` from defaults in these places; FALSE and who has it when another entry of the file does. */
static gboolean
take_key(McKeymap *keymap, McKey key, guint where, McCommand *holder)
{
  for (guint i = keymap->bindings->len; i-- > 0;) {
    Binding *binding = binding_at(keymap, i);
    if (binding->key != key || !(binding->where & where))
      continue;
    if (binding->own) {
      *holder = binding->command;
      return FALSE;
    }
    binding->where &= ~where;
    if (!binding->where)
      g_array_remove_index(keymap->bindings, i);
  }
  return TRUE;
}

static gboolean
entry_keys(McKeymap *keymap, const McIni *ini, const McIniEntry *entry, McCommand command, GError **error)
{
  g_auto(GStrv) names = g_strsplit_set(entry->value, " \t", -1);
  McIniEntry at = *entry;
  McCommand holder = MC_CMD_NONE;
  unbind_command(keymap, command);
  for (char **name = names; *name; name++) {
    McKey key;
    if (**name && !mc_key_parse(*name, &key))
      return mc_ini_fault(ini, &at, error,
                          _("\"%s\" is no key; expected one character, or a name such as enter, space, "
                            "pagedown, ctrl-d, f5 (no chords)"),
                          *name);
    if (**name && !take_key(keymap, key, mc_command_info(command)->where, &holder))
      return mc_ini_fault(ini, &at, error, _("\"%s\" is already the key of \"%s\" in this file"), *name,
                          mc_command_info(holder)->name);
    if (**name)
      bind(keymap, command, key, TRUE);
    at.value_column += (int)g_utf8_strlen(*name, -1) + 1;
  }
  return TRUE;
}

static gboolean
entry_read(McKeymap *keymap, const McIni *ini, const McIniEntry *entry, GError **error)
{
  if (g_strcmp0(entry->section, "keys") != 0)
    return mc_ini_fault(ini, entry, error, _("section [%s] is unknown; expected [keys]"),
                        entry->section ? entry->section : "");
  McCommand command = mc_command_find(entry->key);
  if (command != MC_CMD_NONE)
    return entry_keys(keymap, ini, entry, command, error);
  McIniEntry name = *entry;
  name.value_column = entry->key_column;
  const char *near = mc_text_nearest(entry->key, mc_command_names());
  return near
             ? mc_ini_fault(ini, &name, error, _("no command \"%s\"; did you mean \"%s\"?"), entry->key, near)
             : mc_ini_fault(ini, &name, error, _("no command \"%s\"; the help (?) lists them all"),
                            entry->key);
}

void
mc_keymap_read(McKeymap *keymap, const McIni *ini, GPtrArray *faults)
{
  for (guint i = 0; i < mc_ini_count(ini); i++) {
    g_autoptr(GError) error = NULL;
    if (!entry_read(keymap, ini, mc_ini_entry(ini, i), &error) && faults)
      g_ptr_array_add(faults, g_strdup(error->message));
  }
}

McCommand
mc_keymap_find(const McKeymap *keymap, McContext where, McKey key)
{
  for (guint i = 0; i < keymap->bindings->len; i++) {
    const Binding *binding = binding_at(keymap, i);
    if (binding->key == key && (binding->where & where))
      return binding->command;
  }
  return MC_CMD_NONE;
}

/* "enter" as "Enter", "ctrl-d" as "Ctrl-D", "pagedown" as "PgDn"; a single letter as it is typed. */
static void
append_pretty(GString *text, McKey key)
{
  g_autofree char *name = key == MC_KEY_PAGE_DOWN ? g_strdup("PgDn")
                          : key == MC_KEY_PAGE_UP ? g_strdup("PgUp")
                                                  : mc_key_name(key);
  if (text->len)
    g_string_append_c(text, ' ');
  if (!name[1]) {
    g_string_append(text, name);
    return;
  }
  gboolean start = TRUE;
  for (const char *p = name; *p; p++) {
    g_string_append_c(text, start ? g_ascii_toupper(*p) : *p);
    start = *p == '-';
  }
}

char *
mc_keymap_keys(const McKeymap *keymap, McCommand command, McContext where, int most)
{
  GString *text = g_string_new(NULL);
  int count = 0;
  for (guint i = 0; i < keymap->bindings->len; i++) {
    const Binding *binding = binding_at(keymap, i);
    if (binding->command != command || !(binding->where & where) || (most && count == most))
      continue;
    append_pretty(text, binding->key);
    count++;
  }
  return g_string_free(text, FALSE);
}

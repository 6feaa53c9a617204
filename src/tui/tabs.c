/* SPDX-License-Identifier: Apache-2.0 */
/* The saved views in the bar: see tabs.h. */
#include "tui/tabs.h"

#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"

static const struct {
  const char *name, *query;
  McSort sort;
} builtin[] = {
    {N_("Today"), "is:open due<2d", MC_SORT_DUE},
    {N_("New"), "is:open is:unread", MC_SORT_RECEIVED},
    {N_("Documents"), "is:open kind:document", MC_SORT_DUE},
    {N_("Cases"), "is:open kind:case", MC_SORT_DUE},
    {N_("To sign"), "state:approval", MC_SORT_DUE},
    {N_("To hand over"), "state:ready", MC_SORT_DUE},
    {N_("Waiting"), "state:waiting,paused", MC_SORT_DUE},
};

struct McTabs {
  GPtrArray *tabs; /* McTab */
};

static void
tab_free(gpointer data)
{
  McTab *tab = data;
  g_free(tab->name);
  g_free(tab->query);
  g_free(tab);
}

static McTab *
tab_add(McTabs *tabs, const char *name, const char *query, McSort sort)
{
  McTab *tab = g_new0(McTab, 1);
  tab->name = g_strdup(name);
  tab->query = g_strdup(query);
  tab->sort = sort;
  g_ptr_array_add(tabs->tabs, tab);
  return tab;
}

typedef struct {
  const McCalendar *calendar;
  gint64 now;
} Check;

static gboolean
entry_read(McTab *tab, const McIni *ini, const McIniEntry *entry, const Check *check, GError **error)
{
  if (strcmp(entry->key, "name") == 0) {
    g_free(tab->name);
    tab->name = g_strdup(entry->value);
    return TRUE;
  }
  if (strcmp(entry->key, "sort") == 0)
    return mc_sort_parse(entry->value, &tab->sort) ||
           mc_ini_fault(ini, entry, error,
                        _("\"%s\" is no order; expected due, received, code, system or urgency"),
                        entry->value);
  if (strcmp(entry->key, "query") != 0)
    return mc_ini_fault(ini, entry, error, _("\"%s\" is unknown; expected name, query or sort"), entry->key);
  g_autoptr(GError) local = NULL;
  g_autoptr(McQuery) query = mc_query_parse(entry->value, check->calendar, check->now, &local);
  if (!query)
    return mc_ini_fault(ini, entry, error, "%s", local->message);
  g_free(tab->query);
  tab->query = g_strdup(entry->value);
  return TRUE;
}

static gboolean
entry_take(McTabs *tabs, const McIni *ini, const McIniEntry *entry, const char **section, const Check *check,
           GError **error)
{
  if (!entry->section)
    return mc_ini_fault(ini, entry, error, _("expected a section, [NAME], for each view"));
  if (g_strcmp0(entry->section, *section) != 0) {
    if (tabs->tabs->len == MC_TABS_MAX)
      return mc_ini_fault(ini, entry, error, _("there are at most %d views"), MC_TABS_MAX);
    *section = entry->section;
    tab_add(tabs, entry->section, "", MC_SORT_DUE);
  }
  return entry_read(tabs->tabs->pdata[tabs->tabs->len - 1], ini, entry, check, error);
}

static void
add_fault(GPtrArray *faults, const GError *error)
{
  g_ptr_array_add(faults, g_strdup(error->message));
}

static void
read_file(McTabs *tabs, const char *path, const Check *check, GPtrArray *faults)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McIni) ini = mc_ini_load(path, &error);
  if (!ini) {
    add_fault(faults, error);
    return;
  }
  const char *section = NULL;
  for (guint i = 0; i < mc_ini_count(ini); i++)
    if (!entry_take(tabs, ini, mc_ini_entry(ini, i), &section, check, &error)) {
      add_fault(faults, error);
      g_clear_error(&error);
    }
}

McTabs *
mc_tabs_new(const McHome *home, const McCalendar *calendar, gint64 now, GPtrArray *faults)
{
  McTabs *tabs = g_new0(McTabs, 1);
  Check check = {calendar, now};
  tabs->tabs = g_ptr_array_new_with_free_func(tab_free);
  g_autofree char *path = home ? mc_home_path(home, MC_DIR_CONFIG, "views.ini") : NULL;
  if (path && g_file_test(path, G_FILE_TEST_EXISTS))
    read_file(tabs, path, &check, faults);
  for (gsize i = 0; tabs->tabs->len == 0 || (i > 0 && i < G_N_ELEMENTS(builtin)); i++)
    tab_add(tabs, _(builtin[i].name), builtin[i].query, builtin[i].sort);
  tab_add(tabs, _("All"), "", MC_SORT_DUE);
  return tabs;
}

void
mc_tabs_free(McTabs *tabs)
{
  if (!tabs)
    return;
  g_ptr_array_unref(tabs->tabs);
  g_free(tabs);
}

guint
mc_tabs_count(const McTabs *tabs)
{
  return tabs->tabs->len;
}

const McTab *
mc_tabs_get(const McTabs *tabs, guint index)
{
  return tabs->tabs->pdata[MIN(index, tabs->tabs->len - 1)];
}

int
mc_tabs_digit(const McTabs *tabs, guint index)
{
  return index + 1 == tabs->tabs->len ? 0 : (int)index + 1;
}

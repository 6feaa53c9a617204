/* SPDX-License-Identifier: Apache-2.0 */
/* Views: a const table of defaults, and views.ini laid over it entry by entry. */
#include "config.h"
#include "motcua/views.h"

#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"

static const struct {
  const char *name, *title, *query;
  McSort sort;
} defaults[] = {
    {"hom-nay", N_("Today"), "is:open (is:overdue or is:due_soon or urgency:flash)", MC_SORT_DUE},
    {"moi", N_("New"), "state:new", MC_SORT_RECEIVED},
    {"van-ban", N_("Documents"), "kind:document is:open", MC_SORT_DUE},
    {"ho-so", N_("Cases"), "kind:case is:open", MC_SORT_DUE},
    {"cho-ky", N_("To sign"), "state:approval", MC_SORT_DUE},
    {"tra-ket-qua", N_("To hand over"), "state:ready", MC_SORT_DUE},
    {"tat-ca", N_("All open"), "is:open", MC_SORT_DUE},
    {"da-xong", N_("Closed"), "-is:open", MC_SORT_RECEIVED},
};

void
mc_saved_view_free(McSavedView *view)
{
  if (!view)
    return;
  g_free(view->name);
  g_free(view->title);
  g_free(view->query);
  g_free(view);
}

static McSavedView *
view_new(const char *name, const char *title, const char *query, McSort sort)
{
  McSavedView *view = g_new0(McSavedView, 1);
  view->name = g_strdup(name);
  view->title = g_strdup(title);
  view->query = g_strdup(query);
  view->sort = sort;
  return view;
}

static McSavedView *
view_of(GPtrArray *views, const char *name)
{
  for (guint i = 0; i < views->len; i++) {
    McSavedView *view = g_ptr_array_index(views, i);
    if (strcmp(view->name, name) == 0)
      return view;
  }
  return NULL;
}

const McSavedView *
mc_views_find(GPtrArray *views, const char *name, GError **error)
{
  const McSavedView *view = view_of(views, name);
  if (view)
    return view;
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < views->len; i++)
    g_string_append_printf(names, "%s%s", i ? ", " : "", ((McSavedView *)g_ptr_array_index(views, i))->name);
  g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no view “%s”. There are: %s."), name,
              names->str);
  return NULL;
}

static gboolean
entry_apply(GPtrArray *views, McIni *ini, const McIniEntry *entry, const McCalendar *calendar, gint64 now,
            GError **error)
{
  McSavedView *view = view_of(views, entry->section);
  if (!view) {
    view = view_new(entry->section, entry->section, "", MC_SORT_DUE);
    g_ptr_array_add(views, view);
  }
  if (strcmp(entry->key, "title") == 0) {
    g_free(view->title);
    view->title = g_strdup(entry->value);
  } else if (strcmp(entry->key, "query") == 0) {
    g_autoptr(McQuery) query = mc_query_parse(entry->value, calendar, now, error);
    if (!query) {
      g_prefix_error(error, "%s:%d:%d: ", mc_ini_name(ini), entry->line, entry->value_column);
      return FALSE;
    }
    g_free(view->query);
    view->query = g_strdup(entry->value);
  } else if (strcmp(entry->key, "sort") == 0) {
    if (!mc_sort_parse(entry->value, &view->sort))
      return mc_ini_fault(ini, entry, error,
                          _("“%s” is no order; there are due, received, code, system, urgency"),
                          entry->value);
  } else
    return mc_ini_fault_key(ini, entry, error, _("unknown key “%s”; there are title, query and sort"),
                            entry->key);
  return TRUE;
}

GPtrArray *
mc_views_load(const McHome *home, const McCalendar *calendar, gint64 now, GPtrArray *faults)
{
  GPtrArray *views = g_ptr_array_new_with_free_func((GDestroyNotify)mc_saved_view_free);
  for (guint i = 0; i < G_N_ELEMENTS(defaults); i++)
    g_ptr_array_add(views,
                    view_new(defaults[i].name, _(defaults[i].title), defaults[i].query, defaults[i].sort));
  g_autofree char *path = mc_home_path(home, MC_DIR_CONFIG, "views.ini");
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return views;
  g_autoptr(GError) error = NULL;
  g_autoptr(McIni) ini = mc_ini_load(path, &error);
  if (!ini && faults)
    g_ptr_array_add(faults, g_strdup(error->message));
  for (guint i = 0; ini && i < mc_ini_count(ini); i++) {
    g_autoptr(GError) fault = NULL;
    if (!entry_apply(views, ini, mc_ini_entry(ini, i), calendar, now, &fault) && faults)
      g_ptr_array_add(faults, g_strdup(fault->message));
  }
  for (guint i = views->len; i-- > 0;)
    if (*((McSavedView *)g_ptr_array_index(views, i))->query == '\0' && views->len > 1)
      g_ptr_array_remove_index(views, i);
  return views;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The configured systems: systems/SYSTEM.ini names a connector and gives its settings.
 *
 *     [system]
 *     connector = one-stop         ; a built-in or own connector's name, or a path
 *     title = Một cửa              ; optional, what the inbox calls it
 *     [config]
 *     base = https://...
 *
 * A fault in one system's file leaves that system out and is shown; the rest goes on. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "motcua/i18n.h"

#define SUFFIX ".jsonc"

char *
mc_system_file_path(McHome *home, const char *system)
{
  g_autofree char *name = g_strdup_printf("systems/%s.ini", system);
  return mc_home_path(home, MC_DIR_CONFIG, name);
}

static gboolean
system_name_check(const char *system, GError **error)
{
  static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (*system && strlen(system) <= 64 && strspn(system, set) == strlen(system))
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE,
              _("“%s” cannot be a system's name: use small letters a-z, digits and - (at most 64)."), system);
  return FALSE;
}

/* A file as it stands, or a connector's name. New string, or NULL. */
static char *
connector_path(McHome *home, const char *name_or_file, GError **error)
{
  if (strchr(name_or_file, '/') || g_str_has_suffix(name_or_file, SUFFIX)) {
    if (g_file_test(name_or_file, G_FILE_TEST_IS_REGULAR))
      return g_canonicalize_filename(name_or_file, NULL);
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no connector file “%s”."), name_or_file);
    return NULL;
  }
  g_autofree char *file = g_strconcat(name_or_file, SUFFIX, NULL);
  char *path = mc_home_find(home, "connectors", file);
  if (path)
    return path;
  g_auto(GStrv) names = mc_home_names(home, "connectors", SUFFIX);
  g_autofree char *all = g_strjoinv(", ", names);
  g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no connector “%s”. There are: %s."),
              name_or_file, all);
  return NULL;
}

static char *
faults_text(GPtrArray *faults)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < faults->len; i++) {
    McFault *fault = g_ptr_array_index(faults, i);
    if (!fault->warning)
      g_ptr_array_add(lines, mc_fault_format(fault));
  }
  g_ptr_array_add(lines, NULL);
  return g_strjoinv("\n", (char **)lines->pdata);
}

McProfile *
mc_profile_open(McHome *home, const char *connector, GError **error)
{
  g_autofree char *path = connector_path(home, connector, error);
  if (!path)
    return NULL;
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  McProfile *profile = mc_profile_load(path, faults);
  if (!profile) {
    g_autofree char *text = faults_text(faults);
    g_set_error_literal(error, MC_ERROR, MC_ERROR_CONFIG, text);
  }
  return profile;
}

/* What a system's file says. */
typedef struct {
  char *connector, *title;
  GHashTable *settings;
  McIni *ini; /* where each setting stands */
} SystemFile;

static void
system_file_clear(SystemFile *file)
{
  g_free(file->connector);
  g_free(file->title);
  g_clear_pointer(&file->settings, g_hash_table_unref);
  g_clear_pointer(&file->ini, mc_ini_free);
}

static gboolean
system_file_entry(SystemFile *file, McIni *ini, const McIniEntry *entry, GError **error)
{
  if (strcmp(entry->section, "config") == 0) {
    g_hash_table_replace(file->settings, g_strdup(entry->key), g_strdup(entry->value));
    return TRUE;
  }
  if (strcmp(entry->section, "system") != 0)
    return mc_ini_fault_key(ini, entry, error, _("unknown section [%s]; there are [system] and [config]"),
                            entry->section);
  if (strcmp(entry->key, "connector") == 0)
    file->connector = g_strdup(entry->value);
  else if (strcmp(entry->key, "title") == 0)
    file->title = g_strdup(entry->value);
  else
    return mc_ini_fault_key(ini, entry, error, _("unknown key “%s”; there are connector and title"),
                            entry->key);
  return TRUE;
}

static gboolean
system_file_read(SystemFile *file, const char *path, GError **error)
{
  McIni *ini = file->ini = mc_ini_load(path, error);
  if (!ini)
    return FALSE;
  file->settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < mc_ini_count(ini); i++)
    if (!system_file_entry(file, ini, mc_ini_entry(ini, i), error))
      return FALSE;
  if (file->connector)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_CONFIG,
              _("%s: no connector; expected “connector = NAME” in [system]."), path);
  return FALSE;
}

static McPool *
pool_new(McEngine *engine, const char *name, const McBinding *binding)
{
  const McLimits *limits = mc_profile_limits(mc_binding_profile(binding));
  const McTls *tls = mc_binding_tls(binding);
  McPoolLimits pool = {
      .concurrency = limits->concurrency,
      .rate = limits->rate,
      .timeout = limits->timeout ? limits->timeout : mc_home_config(engine->home)->timeout,
      .max_body = limits->max_body,
      .ca_file = tls->ca,
      .cert_file = tls->cert,
      .key_file = tls->key,
      .cert_origins = tls->origins,
  };
  return mc_pool_new(engine->net, name, &pool);
}

/* Each setting of [config] as the connector wants it, or the place of the one that is not. */
static gboolean
settings_fit(const McProfile *profile, const SystemFile *file, GError **error)
{
  for (guint i = 0; i < mc_ini_count(file->ini); i++) {
    const McIniEntry *entry = mc_ini_entry(file->ini, i);
    g_autoptr(GError) bad = NULL;
    gboolean known = TRUE;
    if (strcmp(entry->section, "config") != 0 ||
        mc_profile_check_setting(profile, "[config]", entry->key, entry->value, &known, &bad))
      continue;
    return known ? mc_ini_fault(file->ini, entry, error, "%s", bad->message)
                 : mc_ini_fault_key(file->ini, entry, error, "%s", bad->message);
  }
  return TRUE;
}

static McBinding *
bind_file(McHome *home, const char *name, const SystemFile *file, McCalendar *calendar, GError **error)
{
  g_autoptr(McProfile) profile = mc_profile_open(home, file->connector, error);
  if (!profile || !settings_fit(profile, file, error))
    return NULL;
  g_autofree char *path = mc_system_file_path(home, name), *folder = g_path_get_dirname(path);
  mc_settings_resolve(profile, file->settings, folder);
  return mc_binding_new(profile, name, file->settings, calendar, error);
}

McBinding *
mc_system_bind(McHome *home, const char *name, const char *connector, McCalendar *calendar, GError **error)
{
  g_autofree char *path = mc_system_file_path(home, name);
  SystemFile file = {0};
  McBinding *binding = NULL;
  gboolean read = system_name_check(name, error) && system_file_read(&file, path, error);
  if (read && connector) {
    g_free(file.connector);
    file.connector = g_strdup(connector);
  }
  if (read)
    binding = bind_file(home, name, &file, calendar, error);
  system_file_clear(&file);
  return binding;
}

static McSystem *
system_open(McEngine *engine, const char *name, const SystemFile *file, GError **error)
{
  McBinding *binding = bind_file(engine->home, name, file, engine->calendar, error);
  if (!binding || !mc_certificate_check(binding, error)) {
    g_clear_pointer(&binding, mc_binding_unref);
    return NULL;
  }
  McSystem *system = g_new0(McSystem, 1);
  system->engine = engine;
  system->name = g_strdup(name);
  system->title = g_strdup(file->title ? file->title : mc_profile_title(mc_binding_profile(binding)));
  system->connector = g_strdup(file->connector);
  system->binding = binding;
  mc_binding_set_title(binding, system->title);
  system->pool = pool_new(engine, name, binding);
  g_queue_init(&system->renew_waiters);
  system->own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return system;
}

void
mc_system_close(McSystem *system)
{
  mc_source_clear(&system->pull_timer);
  mc_source_clear(&system->deliver_timer);
  g_clear_pointer(&system->pool, mc_pool_free);
}

void
mc_system_free(McSystem *system)
{
  mc_system_close(system);
  g_queue_clear_full(&system->renew_waiters, g_free);
  g_clear_pointer(&system->session, mc_session_unref);
  mc_binding_unref(system->binding);
  g_hash_table_unref(system->own);
  g_free(system->name);
  g_free(system->title);
  g_free(system->connector);
  g_free(system->notice);
  g_free(system);
}

static void
load_one(McEngine *engine, const char *name, GPtrArray *faults)
{
  g_autofree char *path = mc_system_file_path(engine->home, name);
  g_autoptr(GError) error = NULL;
  SystemFile file = {0};
  McSystem *system = NULL;
  if (system_name_check(name, &error) && system_file_read(&file, path, &error))
    system = system_open(engine, name, &file, &error);
  system_file_clear(&file);
  if (!system) {
    g_ptr_array_add(faults, g_strdup_printf("%s: %s", name, error->message));
    return;
  }
  g_ptr_array_add(engine->systems, system);
  McSystemInfo *info = g_new0(McSystemInfo, 1);
  info->system = system->name;
  info->title = system->title;
  info->connector = system->connector;
  info->kind = mc_profile_kind(mc_binding_profile(system->binding));
  g_ptr_array_add(engine->infos, info);
}

/* --- systems that sign in through another --- */

static gboolean
share_session(McEngine *engine, McSystem *system, GError **error)
{
  const char *name = mc_binding_gateway(system->binding);
  McSystem *gateway = mc_engine_system_get(engine, name);
  g_autofree char *path = mc_system_file_path(engine->home, name);
  if (!gateway && g_file_test(path, G_FILE_TEST_EXISTS))
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG,
                _("it signs in through “%s”, which has a fault of its own."), name);
  else if (!gateway)
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG,
                _("it signs in through “%s”, and there is no such system. Add it: motcua system add %s "
                  "--connector NAME; or name another: motcua system edit %s"),
                name, name, system->name);
  else if (gateway == system || mc_binding_gateway(gateway->binding))
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG,
                _("it signs in through “%s”, which has no login of its own. Name the system that has: motcua "
                  "system edit %s"),
                name, system->name);
  else
    mc_binding_share(system->binding, gateway->binding);
  system->gateway = gateway;
  return !*error;
}

/* Once all are read. One that lacks its gateway is left out. */
static void
share_sessions(McEngine *engine, GPtrArray *faults)
{
  for (guint i = engine->systems->len; i-- > 0;) {
    McSystem *system = g_ptr_array_index(engine->systems, i);
    McSystemInfo *info = g_ptr_array_index(engine->infos, i);
    GError *error = NULL;
    if (!mc_binding_gateway(system->binding))
      continue;
    if (share_session(engine, system, &error)) {
      info->gateway = system->gateway->name;
      continue;
    }
    g_ptr_array_add(faults, g_strdup_printf("%s: %s", system->name, error->message));
    g_error_free(error);
    g_ptr_array_remove_index(engine->infos, i);
    g_ptr_array_remove_index(engine->systems, i);
  }
}

static int
by_name(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of systems/ *.ini, sorted; NULL-terminated. */
static char **
system_names(McHome *home)
{
  g_autofree char *path = mc_home_path(home, MC_DIR_CONFIG, "systems");
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  GPtrArray *names = g_ptr_array_new();
  const char *name;
  while (dir && (name = g_dir_read_name(dir)))
    if (g_str_has_suffix(name, ".ini") && name[0] != '.')
      g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".ini")));
  g_ptr_array_sort(names, by_name);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

void
mc_engine_load_systems(McEngine *engine, GPtrArray *faults)
{
  g_auto(GStrv) names = system_names(engine->home);
  for (guint i = 0; names[i]; i++)
    load_one(engine, names[i], faults);
  share_sessions(engine, faults);
}

McCalendar *
mc_engine_load_calendar(McHome *home, GPtrArray *faults, GError **error)
{
  const McConfig *config = mc_home_config(home);
  McCalendar *calendar = mc_calendar_new(config->hours, config->workdays, config->timezone, error);
  g_auto(GStrv) names = calendar ? mc_home_names(home, "calendar", ".ics") : NULL;

  if (calendar)
    mc_calendar_set_due_soon(calendar, config->due_soon);
  for (guint i = 0; names && names[i]; i++) {
    g_autofree char *file = g_strconcat(names[i], ".ics", NULL);
    g_autofree char *path = mc_home_find(home, "calendar", file);
    g_autofree char *text = NULL;
    g_autoptr(GError) bad = NULL;
    gsize len = 0;
    if (!path || !g_file_get_contents(path, &text, &len, &bad) ||
        !mc_calendar_add_ics(calendar, path, text, (gssize)len, &bad))
      g_ptr_array_add(faults, g_strdup(bad ? bad->message : names[i]));
  }
  return calendar;
}

McCalendar *
mc_calendar_load(McHome *home, GError **error)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
  return mc_engine_load_calendar(home, faults, error);
}

/* --- writing a system's file --- */

static void
append_setting(gpointer key, gpointer value, gpointer text)
{
  if (strcmp(key, "title") != 0)
    g_string_append_printf(text, "%s = %s\n", (char *)key, (char *)value);
}

static gboolean
settings_check(GHashTable *settings, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init(&iter, settings);
  while (g_hash_table_iter_next(&iter, &key, &value))
    for (const char *c = value; *c; c++)
      if ((guchar)*c < 0x20) {
        g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("The value of “%s” holds a control character."),
                    (char *)key);
        return FALSE;
      }
  return TRUE;
}

gboolean
mc_system_file_write(McHome *home, const char *system, const char *connector, GHashTable *settings,
                     GError **error)
{
  if (!system_name_check(system, error) || !settings_check(settings, error))
    return FALSE;
  g_autoptr(McProfile) profile = mc_profile_open(home, connector, error);
  if (!profile)
    return FALSE;
  /* A path is given as it is seen from here. */
  g_autofree char *here = g_get_current_dir();
  mc_settings_resolve(profile, settings, here);
  g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init(&iter, settings);
  while (g_hash_table_iter_next(&iter, &key, &value))
    if (strcmp(key, "title") != 0)
      g_hash_table_insert(config, key, value);
  g_autoptr(McBinding) binding = mc_binding_new(profile, system, config, NULL, error);
  if (!binding)
    return FALSE;
  g_autofree char *file = connector_path(home, connector, error);
  const char *given = g_hash_table_lookup(settings, "title");
  const char *title = given ? given : mc_profile_title(profile);
  gboolean by_path = strchr(connector, '/') || g_str_has_suffix(connector, SUFFIX);
  g_autoptr(GString) text = g_string_new("[system]\n");
  g_string_append_printf(text, "connector = %s\n", by_path ? file : connector);
  if (title)
    g_string_append_printf(text, "title = %s\n", title);
  g_string_append(text, "[config]\n");
  g_hash_table_foreach(settings, append_setting, text);
  g_autofree char *path = mc_system_file_path(home, system);
  g_autofree char *dir = g_path_get_dirname(path);
  if (g_mkdir_with_parents(dir, 0700) != 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", dir, g_strerror(errno));
    return FALSE;
  }
  return mc_file_replace(path, text->str, (gssize)text->len, error);
}

gboolean
mc_system_file_remove(McHome *home, const char *system, GError **error)
{
  if (!system_name_check(system, error))
    return FALSE;
  g_autofree char *path = mc_system_file_path(home, system);
  if (g_unlink(path) == 0)
    return TRUE;
  if (errno == ENOENT)
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no system “%s”."), system);
  else
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", path, g_strerror(errno));
  return FALSE;
}

static void
connector_fault_free(gpointer data)
{
  McConnectorFault *fault = data;
  g_free(fault->file);
  g_free(fault->pointer);
  g_free(fault->message);
  g_free(fault->text);
  g_free(fault);
}

/* Standard input to its end, or to more than a connector may have. */
static McProfile *
profile_read(GPtrArray *faults)
{
  g_autoptr(GString) text = g_string_new(NULL);
  char part[16 * 1024];
  gsize got;
  while (text->len <= MC_PROFILE_MAX && (got = fread(part, 1, sizeof part, stdin)) > 0)
    g_string_append_len(text, part, (gssize)got);
  return mc_profile_parse("-", text->str, text->len, faults);
}

GPtrArray *
mc_connector_check(McHome *home, const char *name_or_file, GError **error)
{
  gboolean input = strcmp(name_or_file, "-") == 0;
  g_autofree char *path = input ? NULL : connector_path(home, name_or_file, error);
  if (!path && !input)
    return NULL;
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  McProfile *profile = input ? profile_read(faults) : mc_profile_load(path, faults);
  if (profile)
    mc_profile_unref(profile);
  GPtrArray *found = g_ptr_array_new_with_free_func(connector_fault_free);
  for (guint i = 0; i < faults->len; i++) {
    const McFault *from = faults->pdata[i];
    McConnectorFault *fault = g_new0(McConnectorFault, 1);
    *fault =
        (McConnectorFault){g_strdup(from->file), g_strdup(from->pointer), g_strdup(from->message), from->line,
                           from->column,         from->warning,           mc_fault_format(from)};
    g_ptr_array_add(found, fault);
  }
  return found;
}

char *
mc_system_title(McHome *home, const char *system)
{
  g_autofree char *path = mc_system_file_path(home, system);
  SystemFile file = {0};
  char *title = NULL;
  if (system_file_read(&file, path, NULL))
    title = g_steal_pointer(&file.title);
  system_file_clear(&file);
  return title ? title : g_strdup(system);
}

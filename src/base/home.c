/* SPDX-License-Identifier: Apache-2.0 */
/* A profile's directories, private from the first moment, and what is found in them. */
#include "motcua/home.h"
#include "base/settings.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define DIRS          4
#define MAX_NAME      64
#define MAX_DIR_FILES 10000

struct McHome {
  gatomicrefcount refs;
  char *profile, *dirs[DIRS], *data; /* data: the installed one */
  McIni *ini;                        /* config.ini, whose values `config` borrows; NULL when there is none */
  McConfig config;
};

static gboolean
is_profile_name(const char *name)
{
  gsize n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return n > 0 && n <= MAX_NAME && !name[n];
}

/* The directory that the profile's `dir` is in or is: .../motcua, or the one under MOTCUA_HOME. */
static char *
root_of(McDir dir)
{
  static const char *const names[DIRS] = {"config", "data", "state", "cache"};
  const char *home = g_getenv("MOTCUA_HOME");
  const char *user[DIRS] = {g_get_user_config_dir(), g_get_user_data_dir(), g_get_user_state_dir(),
                            g_get_user_cache_dir()};

  if (!home || !*home)
    return g_build_filename(user[dir], "motcua", NULL);
  g_autofree char *absolute = g_canonicalize_filename(home, NULL);
  return g_build_filename(absolute, names[dir], NULL);
}

static gboolean
dir_fault(const char *path, const char *reason, GError **error)
{
  g_autofree char *shown = mc_text_clean(path, -1);

  g_set_error(error, MC_ERROR, MC_ERROR_STORE, _("%s: this directory cannot be used: %s"), shown, reason);
  return FALSE;
}

/* Makes `path` a directory that only its owner enters. */
static gboolean
make_private(const char *path, GError **error)
{
  GStatBuf info;

  if (g_mkdir_with_parents(path, 0700) != 0 || g_stat(path, &info) != 0)
    return dir_fault(path, g_strerror(errno), error);
  if (!S_ISDIR(info.st_mode))
    return dir_fault(path, g_strerror(ENOTDIR), error);
  if ((info.st_mode & 077) && g_chmod(path, 0700) != 0)
    return dir_fault(path, g_strerror(errno), error);
  return TRUE;
}

static gboolean
make_dir(McHome *home, McDir dir, GError **error)
{
  g_autofree char *root = root_of(dir);

  if (!make_private(root, error))
    return FALSE;
  if (!strcmp(home->profile, "default")) {
    home->dirs[dir] = g_steal_pointer(&root);
    return TRUE;
  }
  g_autofree char *profiles = g_build_filename(root, "profiles", NULL);
  home->dirs[dir] = g_build_filename(profiles, home->profile, NULL);
  return make_private(profiles, error) && make_private(home->dirs[dir], error);
}

static gboolean
read_config(McHome *home, GError **error)
{
  g_autofree char *path = mc_home_path(home, MC_DIR_CONFIG, "config.ini");

  if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    home->ini = mc_ini_load(path, error);
    if (!home->ini)
      return FALSE;
  }
  return mc_settings_read(home->ini, &home->config, error);
}

McHome *
mc_home_open(const char *profile, GError **error)
{
  const char *data = g_getenv("MOTCUA_DATADIR");

  if (profile && !is_profile_name(profile)) {
    g_autofree char *shown = mc_text_clean(profile, -1);
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE,
                _("“%s” cannot name a profile; expected at most %d of a-z, 0-9 and -"), shown, MAX_NAME);
    return NULL;
  }

  g_autoptr(McHome) home = g_new0(McHome, 1);
  g_atomic_ref_count_init(&home->refs);
  home->profile = g_strdup(profile ? profile : "default");
  home->data = data && *data ? g_canonicalize_filename(data, NULL) : g_strdup(MOTCUA_PKGDATADIR);
  for (int dir = 0; dir < DIRS; dir++)
    if (!make_dir(home, (McDir)dir, error))
      return NULL;
  return read_config(home, error) ? g_steal_pointer(&home) : NULL;
}

McHome *
mc_home_ref(McHome *home)
{
  g_atomic_ref_count_inc(&home->refs);
  return home;
}

void
mc_home_unref(McHome *home)
{
  if (!home || !g_atomic_ref_count_dec(&home->refs))
    return;
  for (int dir = 0; dir < DIRS; dir++)
    g_free(home->dirs[dir]);
  g_free(home->profile);
  g_free(home->data);
  mc_ini_free(home->ini);
  g_free(home);
}

const char *
mc_home_profile(const McHome *home)
{
  return home->profile;
}

const char *
mc_home_dir(const McHome *home, McDir dir)
{
  return home->dirs[dir];
}

char *
mc_home_path(const McHome *home, McDir dir, const char *name)
{
  return g_build_filename(home->dirs[dir], name, NULL);
}

const McConfig *
mc_home_config(const McHome *home)
{
  return &home->config;
}

char *
mc_home_find(const McHome *home, const char *subdir, const char *name)
{
  const char *places[] = {home->dirs[MC_DIR_CONFIG], home->data};

  if (!*name || *name == '.' || strchr(name, '/'))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
    g_autofree char *path = g_build_filename(places[i], subdir, name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer(&path);
  }
  return NULL;
}

/* Adds the names of one directory; a directory that is not there has none. */
static void
add_names(GPtrArray *names, GHashTable *seen, const char *path, const char *suffix)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;

  while (dir && names->len < MAX_DIR_FILES && (name = g_dir_read_name(dir))) {
    gsize length = strlen(name), tail = strlen(suffix);
    if (*name == '.' || length <= tail || !g_str_has_suffix(name, suffix) || !g_utf8_validate(name, -1, NULL))
      continue;
    char *stem = g_strndup(name, length - tail);
    if (g_hash_table_add(seen, stem))
      g_ptr_array_add(names, stem);
    else
      g_free(stem);
  }
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **
mc_home_names(const McHome *home, const char *subdir, const char *suffix)
{
  GPtrArray *names = g_ptr_array_new();
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autofree char *own = g_build_filename(home->dirs[MC_DIR_CONFIG], subdir, NULL);
  g_autofree char *installed = g_build_filename(home->data, subdir, NULL);

  add_names(names, seen, own, suffix);
  add_names(names, seen, installed, suffix);
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

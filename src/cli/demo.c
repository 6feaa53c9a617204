/* SPDX-License-Identifier: Apache-2.0 */
/* motcua demo: the built-in province on loopback, and the inbox (or one command) on it.
 *
 * The province is a child that dies with this process however it ends: it holds the reading end of a pipe of
 * ours. The profile is throwaway: a directory that carries a lock for as long as somebody lives in it, so
 * that what a killed demo left is told from what is in use, and swept. Passwords go by a memory file, on no
 * disk. */
#include "config.h"
#include "cli/cli.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "motcua/log.h"

#define PREFIX     "motcua-demo-"
#define SECRETS_FD 19 /* named in the demo's config.ini */
#define CHILD_FD   3

typedef struct {
  char *home;    /* --home, or the throwaway directory */
  gboolean keep; /* it is the person's */
  int lock;      /* held while we live in it */
  int items;
  gint64 seed;
  GPid province;
  int leash;      /* our end of the pipe: closed, the province ends */
  cJSON *systems; /* as the province told */
} Demo;

/* --- the throwaway directory --- */

static gboolean
remove_tree(const char *path)
{
  struct stat status;
  if (lstat(path, &status) != 0)
    return FALSE;
  if (!S_ISDIR(status.st_mode)) /* a link is removed, never followed */
    return g_unlink(path) == 0;
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  return g_rmdir(path) == 0;
}

static int
lock_home(const char *path)
{
  g_autofree char *file = g_build_filename(path, "demo.lock", NULL);
  int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close(fd);
  return -1;
}

/* Directories of ours that nobody lives in any more. */
static void
sweep(void)
{
  g_autoptr(GDir) dir = g_dir_open(g_get_tmp_dir(), 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    struct stat status;
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), name, NULL);
    if (!g_str_has_prefix(name, PREFIX) || lstat(path, &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != getuid())
      continue;
    int lock = lock_home(path);
    if (lock < 0)
      continue;
    remove_tree(path);
    close(lock);
  }
}

static gboolean
make_home(Demo *demo, GError **error)
{
  if (demo->keep) {
    char *absolute = g_canonicalize_filename(demo->home, NULL);
    g_free(demo->home);
    demo->home = absolute;
    if (g_mkdir_with_parents(absolute, 0700) != 0) {
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, "%s: %s", absolute, g_strerror(errno));
      return FALSE;
    }
  } else {
    sweep();
    demo->home = g_dir_make_tmp(PREFIX "XXXXXX", error);
    if (!demo->home)
      return FALSE;
  }
  demo->lock = lock_home(demo->home);
  if (demo->lock >= 0)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s is in use by another demo."), demo->home);
  return FALSE;
}

/* --- the province --- */

/* Beside this program, in its build tree, or on the path. New string. */
static char *
find_province(GError **error)
{
  const char *named = g_getenv("MOTCUA_DEMO");
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = self ? g_path_get_dirname(self) : NULL;
  char *beside = dir ? g_build_filename(dir, "motcua-demo", NULL) : NULL;
  if (named && *named) {
    g_free(beside);
    return g_strdup(named);
  }
  if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
    return beside;
  g_free(beside);
  char *found = g_find_program_in_path("motcua-demo");
  if (!found)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("motcua-demo is not installed beside motcua."));
  return found;
}

static gboolean
spawn_province(Demo *demo, int *out, GError **error)
{
  g_autofree char *program = find_province(error);
  if (!program)
    return FALSE;
  int leash[2];
  if (pipe2(leash, O_CLOEXEC) != 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, "pipe: %s", g_strerror(errno));
    return FALSE;
  }
  g_autofree char *state = g_build_filename(demo->home, "province", NULL);
  g_autofree char *items = g_strdup_printf("--items=%d", demo->items);
  g_autofree char *seed = g_strdup_printf("--seed=%" G_GINT64_FORMAT, demo->seed);
  g_autofree char *parent = g_strdup_printf("--parent-fd=%d", CHILD_FD);
  const char *argv[] = {program, "--state", state, items, seed, parent, NULL};
  const int source[] = {leash[0]}, target[] = {CHILD_FD};
  gboolean ok =
      g_spawn_async_with_pipes_and_fds(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1, -1,
                                       source, target, 1, &demo->province, NULL, out, NULL, error);
  close(leash[0]);
  demo->leash = leash[1];
  return ok;
}

/* The province tells its address on the first line, its systems on the second. */
static gboolean
start_province(Demo *demo, GError **error)
{
  int out = -1;
  if (!spawn_province(demo, &out, error))
    return FALSE;
  FILE *in = fdopen(out, "r");
  char *line = NULL;
  size_t room = 0;
  gboolean told = getline(&line, &room, in) > 0 && getline(&line, &room, in) > 0;
  demo->systems = told ? cJSON_Parse(line) : NULL;
  free(line);
  fclose(in);
  if (cJSON_IsArray(demo->systems))
    return TRUE;
  g_set_error_literal(error, MC_ERROR, MC_ERROR_FAILED, _("The demo province did not start."));
  return FALSE;
}

static void
stop_province(Demo *demo)
{
  if (demo->leash >= 0)
    close(demo->leash);
  if (demo->province) {
    waitpid(demo->province, NULL, 0);
    g_spawn_close_pid(demo->province);
  }
}

/* --- the profile --- */

static const char *
text_of(const cJSON *object, const char *name)
{
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
  return text ? text : "";
}

static void
append_secret(GString *blocks, const char *system, const char *name, const char *value)
{
  g_string_append_printf(blocks, "host=%s\nusername=%s\npassword=%s\n\n", system, name, value);
}

/* Every system's login as credential blocks, in memory, at SECRETS_FD. */
static gboolean
hand_over_secrets(const Demo *demo, GError **error)
{
  g_autoptr(GString) blocks = g_string_new(NULL);
  const cJSON *system, *secret;
  cJSON_ArrayForEach (system, demo->systems) {
    append_secret(blocks, text_of(system, "id"), "username", text_of(system, "username"));
    append_secret(blocks, text_of(system, "id"), "password", text_of(system, "password"));
    cJSON_ArrayForEach (secret, cJSON_GetObjectItemCaseSensitive(system, "secrets"))
      append_secret(blocks, text_of(system, "id"), secret->string, cJSON_GetStringValue(secret));
  }
  int fd = memfd_create("motcua-demo", 0);
  gboolean ok = fd >= 0 && write(fd, blocks->str, blocks->len) == (ssize_t)blocks->len &&
                lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, SECRETS_FD) == SECRETS_FD;
  int code = errno;
  if (fd >= 0 && fd != SECRETS_FD)
    close(fd);
  if (!ok)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, "memfd: %s", g_strerror(code));
  return ok;
}

static gboolean
write_systems(const Demo *demo, McHome *home, GError **error)
{
  const cJSON *system;
  cJSON_ArrayForEach (system, demo->systems) {
    g_autoptr(GHashTable) settings = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(settings, (gpointer) "base", (gpointer)text_of(system, "base"));
    g_hash_table_insert(settings, (gpointer) "title", (gpointer)text_of(system, "title"));
    if (!mc_system_file_write(home, text_of(system, "id"), text_of(system, "connector"), settings, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
make_profile(McCli *cli, Demo *demo, GError **error)
{
  g_autofree char *config = g_build_filename(demo->home, "config", "config.ini", NULL);
  g_autofree char *dir = g_path_get_dirname(config);
  g_autofree char *text = g_strdup_printf("[motcua]\nsecrets = fd:%d\n", SECRETS_FD);
  g_setenv("MOTCUA_HOME", demo->home, TRUE);
  if (g_mkdir_with_parents(dir, 0700) != 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", dir, g_strerror(errno));
    return FALSE;
  }
  if (!g_file_test(config, G_FILE_TEST_EXISTS) && !mc_file_replace(config, text, -1, error))
    return FALSE;
  return hand_over_secrets(demo, error) && mc_cli_open(cli, error) && write_systems(demo, cli->home, error);
}

/* What the province holds is in the cache before the command runs; the inbox pulls by itself. */
static int
first_pull(McCli *cli)
{
  int status = 0;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  return mc_cli_finish(cli, engine, mc_engine_sync(engine, NULL, FALSE));
}

/* Commands that read the inbox want it filled; `sync`, `login` and the like do their own. */
static gboolean
wants_pull(char **command)
{
  static const char *const readers[] = {"list", "show", "act", "note", "tag", NULL};
  return command[0] && g_strv_contains(readers, command[0]);
}

static int
rewind_secrets(const Demo *demo)
{
  GError *error = NULL;
  return hand_over_secrets(demo, &error) ? 0 : mc_cli_fail(error);
}

static int
enter(McCli *cli, Demo *demo, char **command)
{
  static char *as_table[] = {(char *)"list", NULL};
  gboolean terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  if (!command[0] && !terminal)
    command = as_table;
  if (wants_pull(command)) {
    int status = first_pull(cli);
    if (status == 130 || status == 2)
      return status;
    status = rewind_secrets(demo); /* the engine read it to its end */
    if (status)
      return status;
  }
  return mc_cli_run(cli, (int)g_strv_length(command), command);
}

static int
demo_run(McCli *cli, Demo *demo, char **command)
{
  GError *error = NULL;
  int status;
  if (make_home(demo, &error) && start_province(demo, &error) && make_profile(cli, demo, &error))
    status = enter(cli, demo, command);
  else
    status = mc_cli_fail(error);
  stop_province(demo);
  cJSON_Delete(demo->systems);
  if (!demo->keep && demo->home)
    remove_tree(demo->home);
  if (demo->lock >= 0)
    close(demo->lock);
  g_free(demo->home);
  return status;
}

/* What stands after `--` is the command; it is cut off before options are read. */
static char **
cut_command(int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (strcmp(argv[i], "--") == 0) {
      *argc = i;
      argv[i] = NULL;
      return argv + i + 1;
    }
  return argv + *argc;
}

static int
run(McCli *cli, int argc, char **argv)
{
  Demo demo = {.items = 120, .seed = 1, .lock = -1, .leash = -1};
  int status = 0;
  const GOptionEntry entries[] = {
      {"items", 0, 0, G_OPTION_ARG_INT, &demo.items, N_("so many items in the province"), "N"},
      {"seed", 0, 0, G_OPTION_ARG_INT64, &demo.seed, N_("another seed, another province"), "N"},
      {"home", 0, 0, G_OPTION_ARG_FILENAME, &demo.home, N_("keep profile and province in DIR"), "DIR"},
      G_OPTION_ENTRY_NULL,
  };
  char **command = cut_command(&argc, argv);
  if (!mc_cli_options(&mc_command_demo, entries, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return mc_cli_usage(&mc_command_demo, _("“%s” is not expected; a command goes after --"), argv[1]);
  if (demo.items < 1 || demo.items > 1000000)
    return mc_cli_usage(&mc_command_demo, _("--items takes 1 to 1000000"));
  demo.keep = demo.home != NULL;
  return demo_run(cli, &demo, command);
}

const McCommand mc_command_demo = {
    .name = "demo",
    .usage = "[--items N] [--seed N] [--home DIR] [-- COMMAND ARG...]",
    .summary = N_("try it: a whole simulated province on this machine"),
    .homeless = TRUE,
    .run = run,
};

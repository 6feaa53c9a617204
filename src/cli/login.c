/* SPDX-License-Identifier: Apache-2.0 */
/* motcua login, logout: obtain or forget credentials. Values are asked with the echo off, or read in git's
 * credential form; they go to the secrets' provider and nowhere else. */
#include "config.h"
#include "cli/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE (64 * 1024)

static void
wiped_free(gpointer secret)
{
  explicit_bzero(secret, strlen(secret));
  g_free(secret);
}

static GHashTable *
secrets_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, wiped_free);
}

/* git's credential form: NAME=VALUE lines up to an empty one or the end. NULL: a line that is none (said). */
static GHashTable *
read_credentials(void)
{
  g_autoptr(GHashTable) secrets = secrets_new();
  char *line = NULL;
  size_t room = 0;
  ssize_t len;
  gboolean ok = TRUE;
  while (ok && (len = getline(&line, &room, stdin)) > 0) {
    line[strcspn(line, "\r\n")] = '\0';
    if (!*line)
      break;
    char *equals = strchr(line, '=');
    ok = equals && equals > line && len < MAX_LINE;
    if (ok)
      g_hash_table_replace(secrets, g_strndup(line, (gsize)(equals - line)), g_strdup(equals + 1));
  }
  if (line)
    explicit_bzero(line, room);
  free(line);
  if (ok)
    return g_steal_pointer(&secrets);
  fprintf(stderr, "%s\n", _("motcua login: --stdin expects lines NAME=VALUE, ended by an empty line"));
  return NULL;
}

static gboolean
ask_one(McCli *cli, const McSystemInfo *info, const char *name, GHashTable *secrets)
{
  g_autofree char *label = mc_secret_label(name);
  g_autofree char *prompt = g_strdup_printf("%s · %s: ", info->title, label);
  char *value = mc_cli_ask(cli, prompt, strcmp(name, "username") != 0);
  if (value)
    g_hash_table_replace(secrets, g_strdup(name), value);
  return value != NULL;
}

/* Who, then the rest. */
static GHashTable *
ask_credentials(McCli *cli, const McSystemInfo *info, const char *const *names)
{
  g_autoptr(GHashTable) secrets = secrets_new();
  for (int rest = 0; rest < 2; rest++)
    for (guint i = 0; names[i]; i++)
      if ((strcmp(names[i], "username") != 0) == rest && !ask_one(cli, info, names[i], secrets))
        return NULL;
  return g_steal_pointer(&secrets);
}

static int
login_one(McCli *cli, McEngine *engine, const McSystemInfo *info, GHashTable *given)
{
  g_autoptr(GHashTable) secrets = given ? g_hash_table_ref(given) : NULL;
  if (!secrets && isatty(STDIN_FILENO)) {
    secrets = ask_credentials(cli, info, mc_engine_system_secrets(engine, info->system));
    if (!secrets)
      return 130;
  }
  McAsker asker = {.cli = cli, .engine = engine, .given = given};
  g_autoptr(McEvent) reply =
      mc_cli_wait(cli, engine, mc_engine_login(engine, info->system, secrets), mc_cli_answer, &asker);
  if (!reply)
    return 130;
  if (asker.lacking)
    return 3;
  if (reply->error)
    return mc_cli_fail(g_steal_pointer(&reply->error));
  if (reply->message)
    mc_cli_line(_("%s: logged in as %s"), info->system, reply->message);
  else
    mc_cli_line(_("%s: logged in"), info->system);
  return 0;
}

static int
status_one(McCli *cli, McEngine *engine, const McSystemInfo *info)
{
  g_autoptr(McEvent) reply =
      mc_cli_wait(cli, engine, mc_engine_login_status(engine, info->system), NULL, NULL);
  if (!reply)
    return 130;
  if (reply->error)
    return mc_cli_fail(g_steal_pointer(&reply->error));
  gboolean ok = g_strcmp0(reply->text, "ok") == 0;
  mc_cli_line("%s: %s%s%s", info->system, ok ? _("credentials are stored") : _("a login is needed"),
              reply->message ? " · " : "", reply->message ? reply->message : "");
  return ok ? 0 : 3;
}

static gboolean
is_named(char **names, const char *system)
{
  return g_strv_contains((const char *const *)names, system);
}

/* Whose login is asked for: of a system that signs in through another, the other's; NULL when that has its
 * turn anyhow. */
static const McSystemInfo *
login_of(McEngine *engine, const McSystemInfo *info, char **names)
{
  if (!info->gateway)
    return info;
  mc_cli_say(_("%s signs in through %s."), info->system, info->gateway);
  return names[0] && !is_named(names, info->gateway) ? mc_engine_system_find(engine, info->gateway) : NULL;
}

/* Logs in to the named systems, or all, or only says how it stands; merges the statuses. */
static int
each_system(McCli *cli, McEngine *engine, char **names, GHashTable *secrets, gboolean only_status)
{
  int status = 0;
  for (guint i = 0; i < mc_engine_system_count(engine) && status != 130; i++) {
    const McSystemInfo *info = mc_engine_system(engine, i);
    if (names[0] && !is_named(names, info->system))
      continue;
    info = login_of(engine, info, names);
    if (!info)
      continue;
    int one = only_status ? status_one(cli, engine, info) : login_one(cli, engine, info, secrets);
    status = mc_exit_status_merge(status, one);
  }
  return status;
}

static int
run_login(McCli *cli, int argc, char **argv)
{
  gboolean from_stdin = FALSE, only_status = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
      {"stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin, N_("read NAME=VALUE lines, ended by an empty one"),
       NULL},
      {"status", 0, 0, G_OPTION_ARG_NONE, &only_status, N_("only say whether a login is needed"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!mc_cli_options(&mc_command_login, entries, &argc, &argv, &status))
    return status;
  cli->answers = TRUE;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  status = mc_cli_check_systems(engine, (const char *const *)argv + 1);
  if (status)
    return status;
  GError *error = NULL;
  if (!mc_engine_secrets_check(engine, &error))
    return mc_cli_fail(error);
  const char *notice = mc_engine_secrets_notice(engine);
  if (notice)
    mc_cli_say("%s", notice);
  g_autoptr(GHashTable) secrets = from_stdin ? read_credentials() : NULL;
  if (from_stdin && !secrets)
    return 2;
  return each_system(cli, engine, argv + 1, secrets, only_status);
}

const McCommand mc_command_login = {.name = "login",
                                    .usage = "[SYSTEM...] [--stdin] [--status]",
                                    .summary = N_("obtain credentials and log in"),
                                    .run = run_login};

static int
run_logout(McCli *cli, int argc, char **argv)
{
  gboolean wipe = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
      {"wipe", 0, 0, G_OPTION_ARG_NONE, &wipe, N_("forget the account and password too"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!mc_cli_options(&mc_command_logout, entries, &argc, &argv, &status))
    return status;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  status = mc_cli_check_systems(engine, (const char *const *)argv + 1);
  for (guint i = 0; !status && i < mc_engine_system_count(engine); i++) {
    const McSystemInfo *info = mc_engine_system(engine, i);
    if (argc > 1 && !is_named(argv + 1, info->system))
      continue;
    if (!info->gateway)
      status = mc_cli_finish(cli, engine, mc_engine_logout(engine, info->system, wipe));
    else /* logging out there takes it from other systems too: that is asked for by its name */
      mc_cli_say(_("%s signs in through %s; to log out: motcua logout %s"), info->system, info->gateway,
                 info->gateway);
  }
  return status;
}

const McCommand mc_command_logout = {.name = "logout",
                                     .usage = "[SYSTEM...] [--wipe]",
                                     .summary = N_("forget credentials"),
                                     .run = run_logout};

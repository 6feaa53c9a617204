/* SPDX-License-Identifier: Apache-2.0 */
/* A git credential helper (contract section 6, gitcredentials(7)). It is named as git names its own:
 *   !WORDS           given to the shell, the operation added
 *   PROGRAM ARG...   a path, or a program on PATH
 *   NAME ARG...      otherwise: git credential-NAME ARG...
 * An answer without password= means "not stored", as for git. */
#include "config.h"

#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "secret/credential.h"
#include "secret/helper.h"
#include "secret/provider.h"

typedef struct {
  McSecretProvider base;
  char **argv; /* the operation is added at each run */
  char *label; /* how messages call it: its first word, arguments may be private */
  gboolean interactive;
} Command;

/* --- Its name --- */

static char **
shell_argv(const char *words)
{
  g_autofree char *script = g_strdup_printf("%s \"$@\"", words);
  return g_strdupv((char *[]){"/bin/sh", "-c", script, "sh", NULL});
}

/* {"cache", "--timeout=9"} -> {"git", "credential-cache", "--timeout=9"} */
static char **
git_argv(char **argv)
{
  GPtrArray *with_git = g_ptr_array_new();
  g_ptr_array_add(with_git, g_strdup("git"));
  g_ptr_array_add(with_git, g_strdup_printf("credential-%s", argv[0]));
  for (int i = 1; argv[i]; i++)
    g_ptr_array_add(with_git, g_strdup(argv[i]));
  g_ptr_array_add(with_git, NULL);
  return (char **)g_ptr_array_free(with_git, FALSE);
}

static char **
command_argv(const char *command, GError **error)
{
  g_auto(GStrv) argv = NULL;
  if (*command == '!')
    return shell_argv(command + 1);
  if (!g_shell_parse_argv(command, NULL, &argv, error))
    return NULL;
  g_autofree char *found = g_find_program_in_path(argv[0]);
  return found || strchr(argv[0], '/') ? g_steal_pointer(&argv) : git_argv(argv);
}

static char *
command_label(const char *command)
{
  const char *start = *command == '!' ? command + 1 : command;
  return g_strndup(start, strcspn(start, " \t"));
}

/* --- One operation --- */

static char **
with_operation(char **argv, const char *operation)
{
  guint count = g_strv_length(argv);
  char **whole = g_new0(char *, count + 2);
  for (guint i = 0; i < count; i++)
    whole[i] = g_strdup(argv[i]);
  whole[count] = g_strdup(operation);
  return whole;
}

/* g_strconcat() fills one exact buffer; what grows would leave copies of the value behind. */
static char *
request_text(const McSecretKey *key, const char *value)
{
  return g_strconcat("protocol=motcua\nhost=", key->system, "\npath=", key->profile, "\nusername=", key->name,
                     value ? "\npassword=" : "", value ? value : "", "\n\n", NULL);
}

static void
command_run(Command *self, McHelperRun *run, const char *operation, const McSecretKey *key, const char *value)
{
  g_auto(GStrv) argv = with_operation(self->argv, operation);
  char *input = request_text(key, value);
  mc_helper_run(run, argv, input, strlen(input), mc_secret_patience(self->interactive));
  mc_secret_free(input);
}

static char *
run_text(const Command *self, const McHelperRun *run)
{
  switch (run->state) {
  case MC_SECRETS_NO_PROVIDER:
    return g_strdup_printf(
        _("the secrets helper %s cannot be started; check secrets = command: in config.ini"), self->label);
  case MC_SECRETS_SLOW:
    return g_strdup_printf(_("the secrets helper %s did not answer in time and was stopped"), self->label);
  case MC_SECRETS_BROKEN:
    if (run->status > 0)
      return g_strdup_printf(_("the secrets helper %s failed with status %d; motcua.log has its words"),
                             self->label, run->status);
    return g_strdup_printf(_("the secrets helper %s gave an answer that cannot be read"), self->label);
  default:
    return NULL;
  }
}

static gboolean
judge(const Command *self, const McHelperRun *run, GError **error)
{
  g_autofree char *text = run_text(self, run);
  if (text)
    g_set_error_literal(error, MC_ERROR, MC_ERROR_SECRETS, text);
  return !text;
}

static gboolean
take_password(const char *key, const char *value, gpointer data)
{
  const char **password = data;
  if (key && !strcmp(key, "password"))
    *password = value;
  return TRUE;
}

/* --- The table --- */

static gboolean
command_get(McSecretProvider *provider, const McSecretKey *key, char **value, GError **error)
{
  Command *self = (Command *)provider;
  g_auto(McHelperRun) run = {0};
  const char *password = NULL;
  command_run(self, &run, "get", key, NULL);
  if (run.state == MC_SECRETS_READY && mc_credential_read(run.output, run.length, take_password, &password))
    run.state = MC_SECRETS_BROKEN;
  if (!judge(self, &run, error))
    return FALSE;
  *value = g_strdup(password);
  return TRUE;
}

static gboolean
command_change(McSecretProvider *provider, const char *operation, const McSecretKey *key, const char *value,
               GError **error)
{
  Command *self = (Command *)provider;
  g_auto(McHelperRun) run = {0};
  command_run(self, &run, operation, key, value);
  return judge(self, &run, error);
}

static gboolean
command_store(McSecretProvider *provider, const McSecretKey *key, const char *value, GError **error)
{
  return command_change(provider, "store", key, value, error);
}

static gboolean
command_erase(McSecretProvider *provider, const McSecretKey *key, GError **error)
{
  return command_change(provider, "erase", key, NULL, error);
}

/* Asks for a secret that nobody stores: shows that the helper starts, answers, and in time. */
static McSecretsState
command_probe(McSecretProvider *provider, char **message)
{
  static const McSecretKey nothing = {.profile = "probe", .system = "probe", .name = "probe"};
  Command *self = (Command *)provider;
  g_auto(McHelperRun) run = {0};
  command_run(self, &run, "get", &nothing, NULL);
  *message = run_text(self, &run);
  return run.state;
}

static void
command_free(McSecretProvider *provider)
{
  Command *self = (Command *)provider;
  g_strfreev(self->argv);
  g_free(self->label);
  g_free(self);
}

static const McSecretOps command_ops = {
    .probe = command_probe,
    .get = command_get,
    .store = command_store,
    .erase = command_erase,
    .free = command_free,
};

McSecretProvider *
mc_secret_command_new(const char *command, gboolean interactive, GError **error)
{
  g_autoptr(GError) cause = NULL;
  char **argv = command_argv(command, &cause);
  if (!argv) {
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG,
                _("secrets = command: expected a program and its arguments: %s"), cause->message);
    return NULL;
  }
  Command *self = g_new0(Command, 1);
  self->base = (McSecretProvider){.ops = &command_ops, .name = "command"};
  self->argv = argv;
  self->label = command_label(command);
  self->interactive = interactive;
  return &self->base;
}

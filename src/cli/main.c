/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's frame: global options, the table of commands, help and version. */
#include "config.h"
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "motcua/log.h"

static const McCommand *const commands[] = {
    &mc_command_demo,   &mc_command_system,    &mc_command_login, &mc_command_logout,
    &mc_command_sync,   &mc_command_list,      &mc_command_show,  &mc_command_act,
    &mc_command_outbox, &mc_command_note,      &mc_command_tag,   &mc_command_lookup,
    &mc_command_attach, &mc_command_connector, &mc_command_audit, &mc_command_doctor,
};

static const McCommand *
command_find(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    if (strcmp(commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

static void
print_help(void)
{
  printf(_("Usage: motcua [OPTION...] [COMMAND [ARGUMENT...]]\n"));
  printf("%s\n\n",
         _("One inbox over all the systems of a commune office. Without a command, opens the inbox."));
  printf("%s\n", _("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    printf("  %-10s %s\n", commands[i]->name, _(commands[i]->summary));
  printf("\n%s\n", _("Options:"));
  printf("  --profile NAME   %s\n", _("use this profile instead of the default one"));
  printf("  --lang vi|en     %s\n", _("language of the interface"));
  printf("  --offline        %s\n", _("no network at all"));
  printf("  --no-color       %s\n", _("no colour (as with NO_COLOR)"));
  printf("  -v, --verbose    %s\n", _("say on stderr what is being done"));
  printf("  -h, --help       %s\n", _("this help; “motcua COMMAND --help” for one command"));
  printf("  --version        %s\n\n", _("name and version"));
  printf("%s\n", _("The manual: man motcua. To try it without any system: motcua demo"));
}

static int
unknown_command(const char *name)
{
  const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    names[i] = commands[i]->name;
  const char *near = mc_text_nearest(name, names);
  g_autofree char *clean = mc_text_clean(name, -1);
  if (near)
    fprintf(stderr, _("motcua: there is no command “%s”. Did you mean “%s”? See motcua --help\n"), clean,
            near);
  else
    fprintf(stderr, _("motcua: there is no command “%s”. See motcua --help\n"), clean);
  return 2;
}

static int
open_inbox(McCli *cli)
{
  GError *error = NULL;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    fprintf(stderr, "%s\n",
            _("motcua: the inbox needs a terminal. Without one: motcua list. See motcua --help"));
    return 2;
  }
  int status = mc_cli_open(cli, &error) ? cli->inbox(cli->home, cli->clock, cli->offline, &error) : -1;
  return status < 0 ? mc_cli_fail(error) : status;
}

gboolean
mc_cli_open(McCli *cli, GError **error)
{
  if (cli->home) /* a command within demo */
    return TRUE;
  if (!cli->clock)
    cli->clock = mc_clock_new(error);
  if (cli->clock)
    cli->home = mc_home_open(cli->profile, error);
  if (!cli->home)
    return FALSE;
  const char *language = mc_home_config(cli->home)->language;
  if (!cli->lang && *language)
    mc_i18n_set_language(language);
  mc_log_open(cli->home, cli->verbose);
  return TRUE;
}

int
mc_cli_run(McCli *cli, int argc, char **argv)
{
  GError *error = NULL;
  if (argc == 0)
    return open_inbox(cli);
  const McCommand *command = command_find(argv[0]);
  if (!command)
    return unknown_command(argv[0]);
  gboolean help = FALSE;
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    help = help || strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
  if (!command->homeless && !help && !mc_cli_open(cli, &error))
    return mc_cli_fail(error);
  int status = command->run(cli, argc, argv);
  int flushed = mc_cli_flush();
  return status ? status : flushed;
}

/* Options before the command. FALSE: *status ends the program. */
static gboolean
global_options(McCli *cli, int *argc, char ***argv, int *status)
{
  gboolean help = FALSE, version = FALSE;
  g_autoptr(GError) error = NULL;
  const GOptionEntry entries[] = {
      {"profile", 0, 0, G_OPTION_ARG_STRING, &cli->profile, NULL, NULL},
      {"lang", 0, 0, G_OPTION_ARG_STRING, &cli->lang, NULL, NULL},
      {"offline", 0, 0, G_OPTION_ARG_NONE, &cli->offline, NULL, NULL},
      {"no-color", 0, 0, G_OPTION_ARG_NONE, &cli->no_color, NULL, NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &cli->verbose, NULL, NULL},
      {"help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &version, NULL, NULL},
      G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_set_strict_posix(context, TRUE);
  g_option_context_add_main_entries(context, entries, NULL);
  gboolean parsed = g_option_context_parse(context, argc, argv, &error);
  gboolean bad_lang = cli->lang && strcmp(cli->lang, "vi") != 0 && strcmp(cli->lang, "en") != 0;
  mc_i18n_init(bad_lang ? NULL : cli->lang);
  *status = parsed && !bad_lang ? 0 : 2;
  if (!parsed) {
    g_autofree char *message = mc_cli_bad_option(error, entries, NULL);
    g_autofree char *clean = mc_text_clean(message, -1);
    fprintf(stderr, _("motcua: %s. See motcua --help\n"), clean);
  } else if (bad_lang)
    fprintf(stderr, _("motcua: --lang takes vi or en, not “%s”\n"), cli->lang);
  else if (version)
    printf("motcua %s\n", PACKAGE_VERSION);
  else if (help)
    print_help();
  else
    return TRUE;
  return FALSE;
}

int
mc_cli_main(int argc, char **argv, McInboxFace inbox)
{
  McCli cli = {.inbox = inbox};
  int status = 0;
  if (global_options(&cli, &argc, &argv, &status)) {
    if (cli.no_color)
      g_setenv("NO_COLOR", "1", TRUE);
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "--") == 0) {
      argv++;
      argc--;
    }
    status = mc_cli_run(&cli, argc - 1, argv + 1);
  } else if (mc_cli_flush() != 0)
    status = 1;
  if (cli.signals > 0)
    close(cli.signals);
  g_clear_pointer(&cli.home, mc_home_unref);
  g_clear_pointer(&cli.clock, mc_clock_unref);
  g_free(cli.profile);
  g_free(cli.lang);
  return status;
}

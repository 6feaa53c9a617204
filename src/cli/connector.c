/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector: list those there are, check a file. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static int
list(McCli *cli)
{
  g_auto(GStrv) names = mc_home_names(cli->home, "connectors", ".jsonc");
  for (guint i = 0; names[i]; i++)
    puts(names[i]);
  return 0;
}

static int
check_one(McCli *cli, const char *file)
{
  GError *error = NULL;
  guint warnings = 0;
  g_auto(GStrv) faults = mc_connector_check(cli->home, file, &warnings, &error);
  if (!faults)
    return mc_cli_fail(error);
  guint count = g_strv_length(faults);
  for (guint i = 0; i < count; i++) {
    g_autofree char *clean = mc_text_clean_lines(faults[i], -1);
    puts(clean);
  }
  if (count == 0)
    printf(_("%s: no fault\n"), file);
  return count > warnings ? 2 : 0;
}

static int
run(McCli *cli, int argc, char **argv)
{
  static const char *const verbs[] = {"list", "check", NULL};
  int status = 0;
  if (!mc_cli_options(&mc_command_connector, NULL, &argc, &argv, &status))
    return status;
  const char *verb = argc > 1 ? argv[1] : "list";
  if (strcmp(verb, "list") == 0)
    return list(cli);
  if (strcmp(verb, "check") != 0)
    return mc_cli_none_of(&mc_command_connector, verb, verbs);
  if (argc < 3)
    return mc_cli_usage(&mc_command_connector, _("check takes a connector's name or a file"));
  for (int i = 2; i < argc; i++) {
    int one = check_one(cli, argv[i]);
    status = MAX(status, one);
  }
  return status;
}

const McCommand mc_command_connector = {.name = "connector",
                                        .usage = "list | check NAME|FILE...",
                                        .summary = N_("work on connectors"),
                                        .run = run};

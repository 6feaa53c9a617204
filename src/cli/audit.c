/* SPDX-License-Identifier: Apache-2.0 */
/* motcua audit: the journal of everything done. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "motcua/journal.h"

static gboolean
print_line(const char *json, gpointer data)
{
  (void)data;
  g_autofree char *clean = mc_text_escape_json(json);
  return puts(clean) >= 0;
}

static int
verify(McCli *cli)
{
  GError *error = NULL;
  guint64 lines = 0;
  if (!mc_journal_verify(cli->home, &lines, &error))
    return mc_cli_fail(error);
  g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, lines);
  printf(_("%s lines, unbroken\n"), count);
  return 0;
}

static int
run(McCli *cli, int argc, char **argv)
{
  static const char *const verbs[] = {"list", "verify", NULL};
  int status = 0;
  GError *error = NULL;
  if (!mc_cli_options(&mc_command_audit, NULL, &argc, &argv, &status))
    return status;
  const char *verb = argc > 1 ? argv[1] : "list";
  if (strcmp(verb, "verify") == 0)
    return verify(cli);
  if (strcmp(verb, "list") != 0)
    return mc_cli_none_of(&mc_command_audit, verb, verbs);
  return mc_journal_read(cli->home, print_line, NULL, &error) ? 0 : mc_cli_fail(error);
}

const McCommand mc_command_audit = {.name = "audit",
                                    .usage = "list|verify",
                                    .summary = N_("the tamper-evident journal of everything done"),
                                    .run = run};

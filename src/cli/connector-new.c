/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector new: a first draft, to be gone on with by hand. */
#include "config.h"
#include "cli/connector.h"

#include <stdio.h>
#include <string.h>

#include "motcua/author.h"

static int
draft(const char *from, const char *output, const char *id)
{
  GError *error = NULL;
  guint open = 0;
  g_autofree char *text = mc_connector_draft(from, id, &open, &error);
  if (!text)
    return mc_cli_fail(error);
  if (!output || strcmp(output, "-") == 0)
    fputs(text, stdout); /* its foreign texts are cleaned, or JSON */
  else if (g_file_test(output, G_FILE_TEST_EXISTS))
    return mc_cli_usage(&mc_connector_new_verb, _("there is a file “%s” already"), output);
  else if (!g_file_set_contents(output, text, -1, &error))
    return mc_cli_fail(error);
  if (open)
    mc_cli_say(ngettext("%u place is to be filled; it is marked “FILL”",
                        "%u places are to be filled; each is marked “FILL”", open),
               open);
  mc_cli_say(_("next: go through it, then: motcua connector check %s"), output ? output : "FILE");
  return mc_cli_flush();
}

static int
run(McCli *cli, int argc, char **argv)
{
  g_autofree char *from = NULL, *output = NULL, *id = NULL;
  int status = 0;
  const GOptionEntry entries[] = {
      {"from-openapi", 0, 0, G_OPTION_ARG_FILENAME, &from, N_("an OpenAPI 3.0 or 3.1 description, in JSON"),
       "FILE"},
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
       N_("write to FILE, which must not be there; -: to standard output"), "FILE"},
      {"id", 0, 0, G_OPTION_ARG_STRING, &id, N_("the connector's id, such as vn.province.cases"), "ID"},
      G_OPTION_ENTRY_NULL,
  };
  (void)cli;
  if (!mc_cli_options(&mc_connector_new_verb, entries, &argc, &argv, &status))
    return status;
  if (argc != 1 || !from)
    return mc_cli_usage(&mc_connector_new_verb, _("it takes --from-openapi FILE"));
  return draft(from, output, id);
}

const McCommand mc_connector_new_verb = {.name = "connector new",
                                         .usage = "--from-openapi FILE [-o FILE] [--id ID]",
                                         .summary = N_("make a first draft of a connector"),
                                         .run = run};

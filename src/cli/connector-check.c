/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector check: every fault of a connector in one run, for a person or, as JSON, for an editor.
 * The status is 0 also where there are but warnings, 2 where a file cannot be used. */
#include "config.h"
#include "cli/connector.h"

#include <stdio.h>

static void
put_json(const McConnectorFault *fault)
{
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "file", fault->file);
  cJSON_AddNumberToObject(object, "line", fault->line);
  cJSON_AddNumberToObject(object, "column", fault->column);
  cJSON_AddStringToObject(object, "pointer", fault->pointer);
  cJSON_AddStringToObject(object, "severity", fault->warning ? "warning" : "error");
  cJSON_AddStringToObject(object, "message", fault->message);
  mc_cli_put_json(object);
}

static int
check_one(McCli *cli, const char *file, gboolean json)
{
  GError *error = NULL;
  gboolean faulty = FALSE;
  g_autoptr(GPtrArray) faults = mc_connector_check(cli->home, file, &error);
  if (!faults)
    return mc_cli_fail(error);
  for (guint i = 0; i < faults->len; i++) {
    const McConnectorFault *fault = faults->pdata[i];
    g_autofree char *clean = mc_text_clean_lines(fault->text, -1);
    faulty = faulty || !fault->warning;
    if (json)
      put_json(fault);
    else
      puts(clean);
  }
  if (!json && faults->len == 0)
    printf(_("%s: no fault\n"), file);
  return faulty ? 2 : 0;
}

static int
run_check(McCli *cli, int argc, char **argv)
{
  gboolean json = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("as JSON"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!mc_cli_options(&mc_connector_check_verb, entries, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return mc_cli_usage(&mc_connector_check_verb, _("check takes a connector's name or a file"));
  for (int i = 1; i < argc; i++) {
    int one = check_one(cli, argv[i], json);
    status = MAX(status, one);
  }
  return status;
}

const McCommand mc_connector_check_verb = {
    .name = "connector check",
    .usage = "[--json] NAME|FILE|-...",
    .summary = N_("every fault of a connector, each with its place and what was expected"),
    .run = run_check};

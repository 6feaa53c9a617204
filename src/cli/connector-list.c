/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector list: the connectors there are. */
#include "config.h"
#include "cli/connector.h"

#include "motcua/author.h"

static void
put_json(const McConnectorInfo *info)
{
  cJSON *object = mc_cli_object("name", info->name, "id", info->id, "title", info->title, "kind", info->kind,
                                "from", info->own ? "own" : "installed", "path", info->path, NULL);
  cJSON_AddNumberToObject(object, "faults", info->faults);
  cJSON_AddNumberToObject(object, "warnings", info->warnings);
  mc_cli_put_json(object);
}

static char *
faults_words(const McConnectorInfo *info)
{
  if (info->faults)
    return g_strdup_printf(ngettext("%u fault", "%u faults", info->faults), info->faults);
  if (info->warnings)
    return g_strdup_printf(ngettext("%u warning", "%u warnings", info->warnings), info->warnings);
  return g_strdup("");
}

static int
run(McCli *cli, int argc, char **argv)
{
  gboolean json = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("as JSON"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!mc_cli_options(&mc_connector_list_verb, entries, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return mc_cli_usage(&mc_connector_list_verb, _("it takes no arguments"));
  const char *heads[] = {_("Connector"), _("Name"), _("Kind"), _("From"), _("Faults"), NULL};
  g_autoptr(GPtrArray) list = mc_connector_list(cli->home);
  McTable *table = mc_table_new(heads);
  for (guint i = 0; i < list->len; i++) {
    const McConnectorInfo *info = list->pdata[i];
    g_autofree char *faults = faults_words(info);
    const char *cells[] = {info->name, info->title, info->kind, info->own ? _("own") : _("installed"),
                           faults,     NULL};
    if (json)
      put_json(info);
    else
      mc_table_add(table, cells);
  }
  if (mc_table_rows(table))
    mc_table_print(table);
  mc_table_free(table);
  return mc_cli_flush();
}

const McCommand mc_connector_list_verb = {
    .name = "connector list", .usage = "[--json]", .summary = N_("the connectors there are"), .run = run};

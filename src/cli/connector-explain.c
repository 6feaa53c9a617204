/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector explain: a connector, an answer or an item, taken apart. */
#include "config.h"
#include "cli/connector.h"

#include <stdio.h>

#include "motcua/author.h"

typedef struct {
  char *response, *stream, *action, *item;
  char **headers, **set;
  int status, record;
  gboolean all, detail, is_private, json;
} Options;

static void
clear(Options *options)
{
  g_free(options->response);
  g_free(options->stream);
  g_free(options->action);
  g_free(options->item);
  g_strfreev(options->headers);
  g_strfreev(options->set);
}

static int
check(const Options *options, int argc)
{
  const McCommand *verb = &mc_connector_explain_verb;
  if (argc > 2 || (argc < 2 && !options->item))
    return mc_cli_usage(verb, _("it takes one connector, or --item"));
  if (options->item && options->response)
    return mc_cli_usage(verb, _("--item and --response exclude each other"));
  if (!options->response && (options->status || options->headers || options->detail))
    return mc_cli_usage(verb, _("--status, --header and --detail are about the answer in --response"));
  if (options->status && (options->status < 100 || options->status > 599))
    return mc_cli_usage(verb, _("--status takes 100 to 599"));
  return options->record < 0 ? mc_cli_usage(verb, _("--record takes 1, 2, ...")) : 0;
}

static int
explain(McCli *cli, const Options *options, const char *connector)
{
  GError *error = NULL;
  const McExplainAsk ask = {.connector = connector,
                            .response = options->response,
                            .status = options->status,
                            .headers = (const char *const *)options->headers,
                            .set = (const char *const *)options->set,
                            .stream = options->stream,
                            .action = options->action,
                            .detail = options->detail,
                            .record = options->all      ? 0
                                      : options->record ? options->record
                                                        : 1,
                            .item = options->item,
                            .is_private = options->is_private,
                            .json = options->json};
  g_autofree char *text = mc_connector_explain(cli->home, &ask, mc_clock_now(cli->clock), &error);
  if (!text)
    return mc_cli_fail(error);
  g_autofree char *safe = options->json ? mc_text_escape_json(text) : NULL;
  if (safe)
    puts(safe);
  else
    fputs(text, stdout); /* each part of it is cleaned */
  return mc_cli_flush();
}

static int
run(McCli *cli, int argc, char **argv)
{
  Options o = {0};
  int status = 0;
  const GOptionEntry entries[] = {
      {"response", 0, 0, G_OPTION_ARG_FILENAME, &o.response, N_("an answer, as curl -i or curl gives it"),
       "FILE"},
      {"status", 0, 0, G_OPTION_ARG_INT, &o.status, N_("the answer's HTTP status"), "N"},
      {"header", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.headers, N_("a header of the answer"), "NAME: VALUE"},
      {"stream", 0, 0, G_OPTION_ARG_STRING, &o.stream, N_("the stream whose answer it is"), "NAME"},
      {"detail", 0, 0, G_OPTION_ARG_NONE, &o.detail, N_("it is the answer for one record"), NULL},
      {"action", 0, 0, G_OPTION_ARG_STRING, &o.action,
       N_("the action whose answer it is; with --item: whose right"), "NAME"},
      {"record", 0, 0, G_OPTION_ARG_INT, &o.record, N_("which of its records (else the first)"), "N"},
      {"all", 0, 0, G_OPTION_ARG_NONE, &o.all, N_("every record"), NULL},
      {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.set, N_("a setting of the connector"), "KEY=VALUE"},
      {"item", 0, 0, G_OPTION_ARG_STRING, &o.item, N_("an item of the inbox, from its record as it is kept"),
       "ID"},
      {"private", 0, 0, G_OPTION_ARG_NONE, &o.is_private, N_("show private values"), NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, N_("one JSON value"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (mc_cli_options(&mc_connector_explain_verb, entries, &argc, &argv, &status)) {
    status = check(&o, argc);
    if (!status)
      status = explain(cli, &o, argc > 1 ? argv[1] : NULL);
  }
  clear(&o);
  return status;
}

const McCommand mc_connector_explain_verb = {
    .name = "connector explain",
    .usage = "NAME|FILE [--response FILE [--status N] [--header \"NAME: VALUE\"]...] [--stream NAME] "
             "[--detail] [--action NAME] [--record N|--all] [--item ID] [--private] [--json]",
    .summary = N_("show what a connector does, or why a value or an answer came out as it did"),
    .run = run};

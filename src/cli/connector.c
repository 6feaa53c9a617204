/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector: list those there are; the other verbs are in connector-*.c. */
#include "config.h"
#include "cli/connector.h"

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

static const McCommand *const verbs[] = {&mc_connector_check_verb, &mc_connector_explain_verb,
                                         &mc_connector_new_verb, &mc_connector_record_verb,
                                         &mc_connector_test_verb};

/* The verb of its own that `word` names, or NULL. */
static const McCommand *
verb_find(const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
    if (strcmp(strchr(verbs[i]->name, ' ') + 1, word) == 0)
      return verbs[i];
  return NULL;
}

static int
none_of(const char *word)
{
  const char *words[G_N_ELEMENTS(verbs) + 2] = {"list"};
  for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
    words[i + 1] = strchr(verbs[i]->name, ' ') + 1;
  return mc_cli_none_of(&mc_command_connector, word, words);
}

static int
run(McCli *cli, int argc, char **argv)
{
  int status = 0;
  const McCommand *own = argc > 1 ? verb_find(argv[1]) : NULL;
  if (own)
    return own->run(cli, argc - 1, argv + 1);
  if (!mc_cli_options(&mc_command_connector, NULL, &argc, &argv, &status))
    return status;
  const char *verb = argc > 1 ? argv[1] : "list";
  if (strcmp(verb, "list") == 0)
    return list(cli);
  return none_of(verb);
}

const McCommand mc_command_connector = {
    .name = "connector",
    .usage = "list | check [--json] NAME|FILE|-... | explain ... | new ... | record ... | test ...",
    .summary = N_("work on connectors"),
    .run = run};

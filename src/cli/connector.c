/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector: its verbs, each in a connector-*.c; without one it lists. */
#include "config.h"
#include "cli/connector.h"

#include <string.h>

static const McCommand *const verbs[] = {&mc_connector_list_verb,    &mc_connector_check_verb,
                                         &mc_connector_explain_verb, &mc_connector_new_verb,
                                         &mc_connector_record_verb,  &mc_connector_test_verb};

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
  const char *words[G_N_ELEMENTS(verbs) + 1] = {NULL};
  for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
    words[i] = strchr(verbs[i]->name, ' ') + 1;
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
  return argc > 1 ? none_of(argv[1]) : mc_connector_list_verb.run(cli, argc, argv);
}

const McCommand mc_command_connector = {
    .name = "connector",
    .usage = "list [--json] | check [--json] NAME|FILE|-... | explain ... | new ... | record ... | test ...",
    .summary = N_("work on connectors"),
    .run = run};

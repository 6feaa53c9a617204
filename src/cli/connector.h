/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of `motcua connector`, each as a command of its own: argv[0] is the verb. */
#ifndef CLI_CONNECTOR_H
#define CLI_CONNECTOR_H

#include "cli/cli.h"

extern const McCommand mc_connector_list_verb, mc_connector_check_verb, mc_connector_explain_verb,
    mc_connector_new_verb, mc_connector_record_verb, mc_connector_test_verb;

#endif

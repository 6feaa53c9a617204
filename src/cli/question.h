/* SPDX-License-Identifier: Apache-2.0 */
/* Answering what a login asks, on the command line. */
#ifndef CLI_QUESTION_H
#define CLI_QUESTION_H

#include "cli/cli.h"

typedef struct {
  McCli *cli;
  McEngine *engine;
  GHashTable *given; /* what --stdin gave, borrowed; NULL: a person types */
  gboolean used;     /* it was answered with */
  gboolean lacking;  /* something was asked that nobody could answer */
} McAsker;

/* For mc_cli_wait(): shows and answers questions. `asker`: McAsker. */
void mc_cli_answer(const McEvent *event, gpointer asker);

#endif

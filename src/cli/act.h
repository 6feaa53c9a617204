/* SPDX-License-Identifier: Apache-2.0 */
/* Acting from the command line: a batch of acts is checked, taken, delivered, and each one's fate printed as
 * one line, in the order given. `act` with items and `act --from` are two sources of batches. */
#ifndef CLI_ACT_H
#define CLI_ACT_H

#include "cli/cli.h"

/* One act, and what became of it. */
typedef struct {
  char *id, *action, *caller_key;
  GHashTable *fields; /* name -> text, or NULL */
  GError *error;      /* not taken, and why */
  McOutAction *taken; /* as it was taken, or was found under the caller's key */
  gboolean repeated;  /* the caller's key was known already */
} McCliAct;

typedef struct {
  McCli *cli;
  McEngine *engine;
  McSnapshot *snapshot;
  gboolean json, queue_only, bulk;
  gboolean whole; /* a preview goes through all that is asked and read before */
  int status;     /* merged so far */
} McActRun;

McCliAct *mc_cli_act_new(const char *id, const char *action);
void mc_cli_act_free(McCliAct *act);
/* Checks what can be checked without taking anything; fills each act's error. FALSE: interrupted. */
gboolean mc_act_check(McActRun *run, GPtrArray *acts, char **preview);
/* Takes those without an error, delivers them, prints a result line for every act, merges run->status. FALSE:
 * interrupted. */
gboolean mc_act_execute(McActRun *run, GPtrArray *acts);
/* NDJSON in, NDJSON out, in batches. `file` "-" is stdin. */
int mc_act_stream(McActRun *run, const char *file);

#endif

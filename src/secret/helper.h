/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a helper program: fixed input, bounded output, a deadline. */
#ifndef SECRET_HELPER_H
#define SECRET_HELPER_H

#include "secret/secret.h"

typedef struct {
  McSecretsState state; /* READY, NO_PROVIDER (no such program), SLOW or BROKEN */
  int status;           /* exit status when it ran to its end, else -1 */
  char *output;         /* terminated, holds secrets */
  gsize length;
} McHelperRun;

/* Runs `argv` with `input` as its standard input. It gets a session of its own: it cannot read our
 * terminal, and when it is too slow or talks too much, it and what it started are killed. Its standard
 * error goes to the log. */
void mc_helper_run(McHelperRun *run, char **argv, const char *input, gsize length, int patience_ms);
void mc_helper_clear(McHelperRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(McHelperRun, mc_helper_clear)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The one error domain. A message is translated, complete in itself (what happened, to what, what to
 * do) and free of control bytes; a code says what a program may do about it. */
#ifndef MOTCUA_ERROR_H
#define MOTCUA_ERROR_H

#include <glib.h>

#define MC_ERROR mc_error_quark()
GQuark mc_error_quark(void);

typedef enum {
  MC_ERROR_FAILED,      /* something asked was not done; exit 1 */
  MC_ERROR_USAGE,       /* wrong usage, nothing done; exit 2 */
  MC_ERROR_CONFIG,      /* a fault in a file the person wrote, with file:line:col; exit 2 */
  MC_ERROR_NOT_FOUND,   /* no such item, system, action, key; exit 2 */
  MC_ERROR_LOGIN,       /* a login is needed or was refused; exit 3 */
  MC_ERROR_UNREACHABLE, /* not reached, timed out, torn: may be tried again; exit 4 */
  MC_ERROR_THROTTLED,   /* reached, asked to wait; exit 4 */
  MC_ERROR_PROTOCOL,    /* an answer that cannot be read (HTML, truncated, over a cap); exit 4 */
  MC_ERROR_REFUSED,     /* the system's own refusal, its words in the message; exit 1 */
  MC_ERROR_CONFLICT,    /* changed by somebody else meanwhile; exit 1 */
  MC_ERROR_UNCERTAIN,   /* the outcome cannot be known; exit 5 */
  MC_ERROR_STORE,       /* disk or database; nothing was taken; exit 1 */
  MC_ERROR_SECRETS,     /* the keyring: absent, locked, without a collection, too slow; exit 3 */
  MC_ERROR_CANCELLED,   /* interrupted; exit 130 */
} McError;

/* The contract's exit status of one error (contract section 4); 0 for NULL. */
int mc_error_exit_status(const GError *error);

/* The status that stands for several: 130, 5, 3, 1, 4 in that order of precedence; 2 beats nothing
 * because usage is checked before anything happens. */
int mc_exit_status_merge(int a, int b);

#endif

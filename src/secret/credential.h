/* SPDX-License-Identifier: Apache-2.0 */
/* git's credential form: lines of key=value, a block ended by an empty line (gitcredentials(7)). */
#ifndef SECRET_CREDENTIAL_H
#define SECRET_CREDENTIAL_H

#include <glib.h>

/* One line; both NULL at the end of a block that had lines. FALSE stops the reading. */
typedef gboolean (*McCredentialTake)(const char *key, const char *value, gpointer data);

/* Reads `text` in place (it is cut into lines). 0, or the number of the line that is not key=value, holds a
 * NUL, or was refused by `take`. */
int mc_credential_read(char *text, gsize length, McCredentialTake take, gpointer data);

#endif

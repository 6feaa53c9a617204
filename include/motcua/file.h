/* SPDX-License-Identifier: Apache-2.0 */
/* Files that come from a system or go to one: their names and their types. */
#ifndef MOTCUA_FILE_H
#define MOTCUA_FILE_H

#include <glib.h>

/* What a file may be called on this machine that a server calls `name`: the last part of a path, valid UTF-8
 * without control, bidi and invisible characters, without leading dots, dashes and blanks, at most 200 bytes
 * with the ending kept; "file" where nothing is left. New string. */
char *mc_file_safe_name(const char *name);
/* The media type that the ending of a name tells; "application/octet-stream" when none. Static. */
const char *mc_file_type_of(const char *name);
/* Whether a form takes it: `accept` as in HTML (".pdf", "application/pdf", "image/" and a star); NULL or
 * empty takes all. */
gboolean mc_file_is_accepted(const char *const *accept, const char *name, const char *type);

#endif

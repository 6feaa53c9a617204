/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of old servers as UTF-8. What cannot be read is an error with its place, never a guess; what comes
 * out is in NFC. */
#ifndef CONNECTOR_CHARSET_H
#define CONNECTOR_CHARSET_H

#include <glib.h>

/* NULL-terminated: what "charset" in a connector may be. */
extern const char *const mc_charset_names[];
/* The one of them that a name in any case, or an alias of it ("latin1", "x-viet-tcvn3"), means; NULL: none.
 */
const char *mc_charset_find(const char *name);
/* The text, NUL-terminated, `*size` without the NUL; MC_ERROR_PROTOCOL "NAME: byte N: ...". `charset` is one
 * of mc_charset_names; utf-8 is only copied. */
char *mc_charset_decode(const char *name, const char *charset, const char *bytes, gsize len, gsize *size,
                        GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong on the wire, said to a person. */
#ifndef NET_FAULT_H
#define NET_FAULT_H

#include <curl/curl.h>
#include <glib.h>

/* `origin` is all of the address that is ever shown: a path or a query may hold a person's data.
 * `detail`: libcurl's own words, used for certificates alone. `left`: whether the request may have left.
 * New translated string. */
char *mc_fault_text(CURLcode code, gboolean left, const char *origin, const char *detail);

#endif

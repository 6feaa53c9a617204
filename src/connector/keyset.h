/* SPDX-License-Identifier: Apache-2.0 */
/* A set of texts that only tells whether one was there: 64 bits of each, hashed by SipHash-2-4 (Aumasson and
 * Bernstein, 2012) under a key of its own, so that nobody who sends the texts can make two of them meet.
 * Among a million texts two meet by chance once in thirty million sets. At most 16 bytes of memory a text. */
#ifndef CONNECTOR_KEYSET_H
#define CONNECTOR_KEYSET_H

#include <glib.h>

typedef struct McKeySet McKeySet;
McKeySet *mc_keyset_new(void);
void mc_keyset_free(McKeySet *set);
/* FALSE when it was there already. */
gboolean mc_keyset_add(McKeySet *set, const char *text);

guint64 mc_siphash(const guint64 key[2], const void *data, gsize len);

#endif

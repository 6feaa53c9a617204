/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of an item in one column: short ones as lines of text, details as texts with a letter before each
 * part. */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "motcua/item.h"

/* Joined by newlines; NULL when empty. New string. */
char *mc_pack_list(char **list);
char **mc_unpack_list(const char *packed); /* NULL-terminated, never NULL */
char *mc_pack_blocked(const GPtrArray *blocked);
void mc_unpack_blocked(GPtrArray *blocked, const char *packed);
/* Fields, history and attachments; NULL when there are none. */
GBytes *mc_pack_detail(const McItem *item);
/* Fills them in, as far as the blob is readable. */
void mc_unpack_detail(McItem *item, const void *data, gsize size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A body that is read piece by piece while it leaves, so that a large file never stands in memory. */
#ifndef NET_BODY_H
#define NET_BODY_H

#include <curl/curl.h>
#include "base/http.h"

typedef struct McPieces McPieces;
/* Opens every file of `pieces` (kept by reference). NULL with a translated reason, new string, where one
 * cannot be read or is shorter than it should be. */
McPieces *mc_pieces_open(GPtrArray *pieces, char **why);
void mc_pieces_free(McPieces *body);
/* Makes `easy` read `length` bytes from it. */
void mc_pieces_give(McPieces *body, gint64 length, CURL *easy);
/* The next at most `size` bytes: their number, 0 at the end, -1 when a file could not be read. */
gssize mc_pieces_read(McPieces *body, guint8 *into, gsize size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* An answer while it arrives: its last head, its body, and the caps on both. */
#ifndef NET_ANSWER_H
#define NET_ANSWER_H

#include <curl/curl.h>
#include "base/http.h"

#define MC_HEAD_BYTES   (256 * 1024) /* all heads and trailers of one exchange */
#define MC_HEAD_LINES   1000
#define MC_BODY_CEILING ((gsize)1 << 30) /* whatever a caller allows */

typedef struct {
  gsize max_body;
  McSink *sink;       /* NULL: memory alone */
  gboolean asked;     /* the sink was asked */
  gboolean sunk;      /* and takes the body */
  int status;         /* of the last head seen */
  gboolean whole;     /* the final head (not 1xx) came to its empty line */
  gboolean over_cap;  /* a cap stopped it */
  GPtrArray *headers; /* McHeader, in the order they came */
  GByteArray *body;   /* decompressed */
  gsize head_bytes;
} McAnswer;

void mc_answer_init(McAnswer *answer, gsize max_body, McSink *sink);
void mc_answer_clear(McAnswer *answer);
/* Makes `easy` write into it. */
void mc_answer_collect(McAnswer *answer, CURL *easy);
const char *mc_answer_header(const McAnswer *answer, const char *name);
/* Moves status, headers and body into `response`; the answer is empty afterwards. */
void mc_answer_give(McAnswer *answer, McResponse *response);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A query cut into tokens, each with its column. */
#ifndef MODEL_QUERY_LEX_H
#define MODEL_QUERY_LEX_H

#include <glib.h>

typedef enum {
  MC_TOKEN_END,
  MC_TOKEN_OPEN,
  MC_TOKEN_CLOSE,
  MC_TOKEN_MINUS, /* directly before a term */
  MC_TOKEN_OR,
  MC_TOKEN_QUOTED,     /* start and length without the quotes */
  MC_TOKEN_TERM,       /* a word, or NAME and what follows it; quotes in a value are part of it */
  MC_TOKEN_OPEN_QUOTE, /* a quote that does not end */
} McTokenType;

typedef struct {
  McTokenType type;
  const char *start; /* in the text */
  gsize length;
} McToken;

/* The token at `*at`, which moves past it. */
McToken mc_query_token(const char **at);

/* Whether `c` starts or ends tokens. */
gboolean mc_query_is_break(gunichar c);

/* The end of the quoted text that starts at `quote`: its closing quote, or NULL. */
const char *mc_query_quote_end(const char *quote);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of a query. A word is whatever stands between spaces, parentheses and quotes, so a code with
 * its dots, dashes and slashes is one. */
#include "model/query-lex.h"

#include <string.h>

gboolean
mc_query_is_break(gunichar c)
{
  return c == 0 || c == '(' || c == ')' || g_unichar_isspace(c);
}

const char *
mc_query_quote_end(const char *quote)
{
  return strchr(quote + 1, '"');
}

/* A quote continues a term only as a value: after ':' or ','. */
static McToken
take_term(const char **at)
{
  McToken token = {MC_TOKEN_TERM, *at, 0};
  const char *end = *at;

  while (!mc_query_is_break(g_utf8_get_char(end))) {
    if (*end == '"') {
      if (end == token.start || (end[-1] != ':' && end[-1] != ','))
        break;
      const char *close = mc_query_quote_end(end);
      if (!close) {
        token = (McToken){MC_TOKEN_OPEN_QUOTE, end, 0};
        break;
      }
      end = close;
    }
    end = g_utf8_next_char(end);
  }
  *at = end;
  token.length = (gsize)(end - token.start);
  if (token.type == MC_TOKEN_TERM && token.length == 2 && !g_ascii_strncasecmp(token.start, "or", 2))
    token.type = MC_TOKEN_OR;
  return token;
}

McToken
mc_query_token(const char **at)
{
  while (**at && g_unichar_isspace(g_utf8_get_char(*at)))
    *at = g_utf8_next_char(*at);

  McToken token = {MC_TOKEN_END, *at, **at ? 1 : 0};
  switch (**at) {
  case '\0':
    return token;
  case '(':
    token.type = MC_TOKEN_OPEN;
    break;
  case ')':
    token.type = MC_TOKEN_CLOSE;
    break;
  case '-':
    token.type = MC_TOKEN_MINUS;
    break;
  case '"': {
    const char *close = mc_query_quote_end(*at);
    token.type = close ? MC_TOKEN_QUOTED : MC_TOKEN_OPEN_QUOTE;
    if (close) {
      token.start++;
      token.length = (gsize)(close - token.start);
      *at = close + 1;
      return token;
    }
    break;
  }
  default:
    return take_term(at);
  }
  (*at)++;
  return token;
}

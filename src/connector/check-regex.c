/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns that backtrack without end. No guess from how one looks: it is tried on short texts made of its
 * own characters, and what meets the limit of backtracking there is told. */
#include <string.h>

#include "connector/check.h"
#include "motcua/i18n.h"

#define REPEATS 32

static gboolean
is_endless(const GRegex *regex, const char *front, char letter)
{
  char repeated[REPEATS + 2];
  memset(repeated, letter, REPEATS);
  repeated[REPEATS] = '\001'; /* what no pattern expects there */
  repeated[REPEATS + 1] = '\0';
  g_autofree char *text = g_strconcat(front, repeated, NULL);
  g_autoptr(GError) error = NULL;
  g_regex_match_full(regex, text, -1, 0, 0, NULL, &error);
  return g_error_matches(error, G_REGEX_ERROR, G_REGEX_ERROR_MATCH);
}

void
mc_check_regex(McCompiler *c, const cJSON *node, const GRegex *regex)
{
  const char *pattern = node->valuestring, *own = pattern + (*pattern == '^');
  g_autofree char *front = g_strndup(own, strcspn(own, "\\^$.[|()?*+{"));
  g_autofree char *letters = g_strconcat("a0A ", pattern, NULL);
  gboolean tried[128] = {FALSE};
  for (const char *at = letters; *at; at++) {
    guchar letter = (guchar)*at;
    if (letter >= G_N_ELEMENTS(tried) || tried[letter])
      continue;
    tried[letter] = TRUE;
    if (is_endless(regex, "", *at) || (*front && is_endless(regex, front, *at))) {
      mc_compile_warning(c, node, FALSE,
                         _("takes exponentially long on a text such as \"%s%c%c%c...\": a repetition stands "
                           "within a repetition"),
                         front, *at, *at, *at);
      return;
    }
  }
}

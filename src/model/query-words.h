/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the query language, for its parser and for completion. */
#ifndef MODEL_QUERY_WORDS_H
#define MODEL_QUERY_WORDS_H

#include "motcua/query.h"

/* NULL-terminated, static. In the order of the enumerations. */
extern const char *const mc_query_fields[];
extern const char *const mc_query_flags[];
extern const char *const mc_query_things[];
extern const char *const mc_query_times[];

/* Every name that may stand before ':' or a comparison. New array of borrowed words. */
const char **mc_query_names(void);

/* The values of a field that takes only certain ones; NULL where it takes any text. New array of borrowed
 * words. */
const char **mc_query_field_words(McQueryField field);

/* Place of `word` in `words`, ASCII case-insensitive, or -1. */
int mc_query_index(const char *const *words, const char *word);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The lower half of the JSON reader: a text being read, and its strings, numbers and white space.
 *
 * The text is validated as UTF-8 first, up to `end`; whatever meets `end` before it is done says why the text
 * stops there. Lines and columns are counted on demand by one mark that moves forward, so that positions cost
 * one pass whatever their number. Every function that fails has reported through mc_json_fail() once. */
#ifndef CONNECTOR_JSON_LEX_H
#define CONNECTOR_JSON_LEX_H

#include "connector/json.h"

typedef struct {
  const char *name;
  const char *start, *pos;
  const char *end;   /* of what is valid UTF-8 */
  const char *limit; /* of the bytes given */
  McJsonFlags flags;
  GArray *keys;       /* of the objects being read, innermost last */
  GHashTable *places; /* node -> its place, NULL unless asked for */
  const char *mark;   /* where line and column were last counted */
  int line, column;
  GError **error;
} McJsonReading;

void mc_json_locate(McJsonReading *r, const char *at, int *line, int *column);
/* Sets the error, with its place; returns NULL, for `return mc_json_fail(...)`. */
void *mc_json_fail(McJsonReading *r, const char *at, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* "found X, expected `expected`" */
void *mc_json_unexpected(McJsonReading *r, const char *at, const char *expected);
gboolean mc_json_skip_space(McJsonReading *r);
/* From the opening quote at r->pos: its text in memory of cJSON, or NULL. */
char *mc_json_read_string(McJsonReading *r, gsize *len);
/* End of the number that begins at r->pos, or NULL. */
const char *mc_json_scan_number(McJsonReading *r);
/* Memory as cJSON frees it; never NULL. */
char *mc_json_allocate(gsize size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The lower half of the JSON reader: a text being read, and its strings, numbers and white space.
 *
 * Strings stay where they are: the text is copied once, and a string's end in that copy becomes its NUL (what
 * is read is the text as it was given, so that nothing read is lost by that). Strings are checked to be UTF-8
 * on the way; a text with comments is checked before, up to `end`. Lines and columns are counted on demand by
 * one mark that moves forward, so that positions cost one pass whatever their number. */
#ifndef CONNECTOR_JSON_LEX_H
#define CONNECTOR_JSON_LEX_H

#include "connector/json.h"

typedef struct {
  const char *name;
  const char *text; /* as given */
  char *copy;       /* of it, where strings end */
  const char *start, *pos;
  const char *end;   /* of what may be read */
  const char *limit; /* of the bytes given */
  McJsonFlags flags;
  McJson *json;     /* owner of the nodes */
  GArray *keys;     /* of the objects being read, innermost last */
  const char *mark; /* where line and column were last counted */
  int line, column;
  guint written;  /* white space and escapes so far: what printing leaves out or changes */
  GError **error; /* of the first fault */
  /* reading on after a fault */
  McJsonFault tell; /* NULL: it ends the reading */
  gpointer data;
  cJSON *inside;      /* the container that is being read */
  const char *member; /* the name in it whose value is, NULL: none */
  gboolean told;      /* a fault */
  int quiet;          /* the line on which what follows is no news */
  gboolean broken;    /* what was read last was cut off: what is missing behind it is no news */
} McJsonReading;

/* A name of an object that is being read. */
typedef struct {
  const char *text, *at; /* text is in the node */
  gsize len;
} McJsonKey;
/* Among the keys from `first` on one that stands there before, or NULL. May change their order. */
const McJsonKey *mc_json_duplicate(GArray *keys, guint first);

void mc_json_locate(McJsonReading *r, const char *at, int *line, int *column);
/* Tells the fault, with its place; returns NULL, for `return mc_json_fail(...)`. */
void *mc_json_fail(McJsonReading *r, const char *at, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* "found X, expected `expected`" */
void *mc_json_unexpected(McJsonReading *r, const char *at, const char *expected);
gboolean mc_json_skip_space(McJsonReading *r);
/* From the opening quote at r->pos: its text in r->copy, or NULL. */
char *mc_json_read_string(McJsonReading *r, gsize *len);
/* End of the number that begins at r->pos, or NULL. */
const char *mc_json_scan_number(McJsonReading *r);
/* Where the bytes before `end` that nothing forbids in a string end: at a quote, a backslash, a control
 * character, or a byte that is not UTF-8. */
const char *mc_json_skip_plain(const char *p, const char *end);

/* --- reading on (json-recover.c): after a fault in a file that a person writes --- */
/* A fault of the container that is being read is told by its pointer. New string. */
char *mc_json_here(const McJsonReading *r);
/* Moves r->pos to the next separator of this depth, or to a line that begins with a name or an end. */
void mc_json_resume(McJsonReading *r);
/* A name without quotes, or in other ones, before a colon: its text, r->pos behind it; or NULL. */
char *mc_json_bare_name(McJsonReading *r, gsize *len);
/* Where a string that its line does not close should have ended. */
const char *mc_json_cut_string(const char *open, const char *eol);

#endif

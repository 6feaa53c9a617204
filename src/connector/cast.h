/* SPDX-License-Identifier: Apache-2.0 */
/* Casts: `as`, with `in`, `out` and `tz` for dates. Nothing is guessed: a value that is not what the cast
 * says is trouble, told in words, and then missing. */
#ifndef CONNECTOR_CAST_H
#define CONNECTOR_CAST_H

#include "connector/compile.h"

typedef enum {
  MC_AS_STRING,
  MC_AS_INTEGER,
  MC_AS_NUMBER,
  MC_AS_BOOLEAN,
  MC_AS_DATETIME,
  MC_AS_DATE,
  MC_AS_MONEY,
  MC_AS_BASE64,
  MC_AS_HTML,
  MC_AS_URL,
  MC_AS_NONE, /* the value as it is */
} McAs;

typedef struct {
  McAs as;
  gboolean encode; /* base64 makes it (a node), not reads it (a reader) */
  char **in;       /* formats tried in turn; NULL: iso */
  char *out;       /* NULL: ISO in UTC */
  GTimeZone *tz;   /* NULL: UTC, or the calendar's */
  McCalendar *calendar;
} McCast;

typedef enum { MC_CAST_IN_READER, MC_CAST_IN_TEST, MC_CAST_IN_NODE } McCastPlace;

/* Reads `as`, `in`, `out`, `tz` of the object. */
void mc_cast_compile(McCompiler *c, const cJSON *object, McCastPlace place, McCast *cast);
/* Whether "in" of this object is a date's format; else it may be a test's operator. */
gboolean mc_cast_owns_in(const cJSON *object);
void mc_cast_clear(McCast *cast);
/* A new value, or NULL with trouble (`trouble` may be NULL; set once, never replaced). */
cJSON *mc_cast_apply(const McCast *cast, const cJSON *value, const McScope *scope, char **trouble);
/* The moment of a value by `in` (whatever `as` is); `bare`: a date without a time of day. */
gboolean mc_cast_moment(const McCast *cast, const cJSON *value, gint64 *moment, gboolean *bare,
                        char **trouble);
/* A moment as `out` and `tz` say. */
cJSON *mc_cast_out(const McCast *cast, gint64 moment);

/* Sets *trouble where it may be set and is not yet. */
void mc_trouble(char **trouble, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Text of HTML: tags dropped, entities decoded, blocks on lines of their own. At most 1 MiB of it is read.
 * New string. */
char *mc_html_text(const char *html);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The query language (contract section 5): parsed once into a tree, the same for the filter line, views and
 * the command line. Pure; the store turns the tree into SQL.
 *
 *   query := or ; or := and ("or" and)* ; and := not+ ; not := ["-"] (term | "(" or ")")
 *   term  := word | "phrase" | NAME:value[,value]... | due|received comparison time
 *
 * A word is whatever stands between spaces, parentheses and quotes: a code with its punctuation is one.
 * Values may be quoted (from:"Sở Tư pháp"); names and fixed values, and the word or, ignore case.
 * Comparisons are < <= > >= and : (or =), which is the whole day or minute. Times are
 *   2026-11-30, 30/11/2026, today, tomorrow, yesterday   that whole local day
 *   2026-11-30T14:05                                     that minute
 *   2d, 4h, 1w   for due: working days, hours and weeks from now on: due<2d is what falls due in the next two
 *                working days and what is overdue, due<-1d what is overdue by more than one;
 *                for received: days, hours and weeks of age: received<7d came within the last seven days,
 *                received>7d before them.
 */
#ifndef MOTCUA_QUERY_H
#define MOTCUA_QUERY_H

#include <glib.h>
#include "motcua/item.h"

typedef enum {
  MC_QUERY_ALL, /* the empty query: everything */
  MC_QUERY_AND,
  MC_QUERY_OR,
  MC_QUERY_NOT,    /* children */
  MC_QUERY_WORD,   /* text: prefix, folded already, of a word in title, code, sender, text, notes */
  MC_QUERY_PHRASE, /* text: as typed, diacritics count */
  MC_QUERY_FIELD,  /* field and values: any of them */
  MC_QUERY_IS,     /* flag */
  MC_QUERY_HAS,    /* thing */
  MC_QUERY_TIME,   /* field, comparison, moment(s) */
} McQueryType;

typedef enum {
  MC_FIELD_SYSTEM,
  MC_FIELD_KIND,
  MC_FIELD_STATE,
  MC_FIELD_URGENCY,
  MC_FIELD_ASSIGNEE,
  MC_FIELD_FROM,
  MC_FIELD_CODE,
  MC_FIELD_STEP,
  MC_FIELD_TAG,
  MC_FIELD_ID,
  MC_FIELD_COUNT
} McQueryField;
typedef enum {
  MC_IS_UNREAD,
  MC_IS_OVERDUE,
  MC_IS_DUE_SOON,
  MC_IS_LINKED,
  MC_IS_PENDING,
  MC_IS_FAILED,
  MC_IS_STALE,
  MC_IS_MINE,
  MC_IS_OPEN,
  MC_IS_COUNT
} McQueryIs;
typedef enum { MC_HAS_ATTACHMENT, MC_HAS_LINK, MC_HAS_NOTE, MC_HAS_COUNT } McQueryHas;
typedef enum { MC_TIME_DUE, MC_TIME_RECEIVED } McQueryTime;

typedef struct McQuery McQuery;
struct McQuery {
  McQueryType type;
  GPtrArray *children; /* McQuery; AND, OR, NOT */
  char *text;          /* WORD, PHRASE */
  McQueryField field;  /* FIELD */
  char **values;       /* FIELD: enum words checked and canonical; free text as typed */
  McQueryIs is;
  McQueryHas has;
  McQueryTime time; /* TIME: from <= moment < to, MC_TIME_NONE where open */
  gint64 from, to;
};

/* MC_ERROR_USAGE whose message names the column (1-based, in characters) and what was expected, with a
 * did-you-mean. Relative times are resolved with `calendar` (not NULL) and `now` at parse time. `text` NULL
 * or "" is MC_QUERY_ALL. is:a,b and has:a,b are an OR. At most 8 KiB, 256 terms, 32 parentheses deep. */
McQuery *mc_query_parse(const char *text, const McCalendar *calendar, gint64 now, GError **error);
/* Whether every system: of it is one of these (NULL-terminated): the parser knows the language, not the
 * configuration. MC_ERROR_USAGE names the unknown one and those that exist. */
gboolean mc_query_check_systems(const McQuery *query, const char *const *systems, GError **error);
void mc_query_free(McQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McQuery, mc_query_free)

/* Completion for the filter line: each is a whole word that may replace the one being typed at the end of
 * `text` (after its '-'). Values of system, assignee, from, ... are not known here. New NULL-terminated
 * array. */
char **mc_query_complete(const char *text);

#endif

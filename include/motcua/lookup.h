/* SPDX-License-Identifier: Apache-2.0 */
/* A question to a reference system (population, land, ...): what it asks for, what it answers, and which
 * inputs of a form its answer fills. Plain values. */
#ifndef MOTCUA_LOOKUP_H
#define MOTCUA_LOOKUP_H

#include "motcua/form.h"

/* The input that holds why a person asks, where the system wants to know. */
#define MC_LOOKUP_PURPOSE "purpose"

typedef struct {
  char *system, *name; /* asked as SYSTEM/NAME */
  char *label;         /* in the interface's language */
  gboolean record;     /* answers with one record, else with a list of choices */
  GPtrArray *inputs;   /* McInput; the purpose, where there is one, is the last of them */
} McLookupInfo;

typedef struct {
  char *name, *label, *value; /* label in the interface's language */
  gboolean is_private;        /* shown masked until asked for */
} McLookupField;

typedef struct {
  char *system, *lookup;
  gboolean record, found; /* found: a list that holds something, a record that is there */
  gboolean volatile_;     /* may be kept nowhere beyond the view that shows it */
  GPtrArray *choices;     /* McChoice of a list; never NULL */
  GPtrArray *fields;      /* McLookupField of a record; never NULL */
  gint64 as_of;           /* when the system said it */
} McLookupAnswer;

typedef struct {
  char *from, *to; /* a value of the answer; an input of the form */
} McFill;

/* A lookup that can fill a form. */
typedef struct {
  McLookupInfo *lookup;
  GHashTable *given; /* its inputs as far as they are known: name -> text */
  GPtrArray *fills;  /* McFill */
} McFiller;

void mc_lookup_info_free(McLookupInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McLookupInfo, mc_lookup_info_free)
void mc_lookup_field_free(McLookupField *field);
McLookupAnswer *mc_lookup_answer_new(const char *system, const char *lookup, gboolean record);
McLookupAnswer *mc_lookup_answer_copy(const McLookupAnswer *answer);
void mc_lookup_answer_free(McLookupAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McLookupAnswer, mc_lookup_answer_free)
/* The value of that name, borrowed, or NULL. */
const McLookupField *mc_lookup_answer_field(const McLookupAnswer *answer, const char *name);
McFill *mc_fill_new(const char *from, const char *to);
void mc_fill_free(McFill *fill);
void mc_filler_free(McFiller *filler);

#endif

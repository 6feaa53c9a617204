/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a reader: shared by reader.c, which compiles it, and reader-run.c, and by the tests that read
 * without a copy. */
#ifndef CONNECTOR_READER_PARTS_H
#define CONNECTOR_READER_PARTS_H

#include "connector/cast.h"
#include "connector/path.h"

typedef enum { MC_PICK_NONE, MC_PICK_FIRST, MC_PICK_LAST, MC_PICK_MIN, MC_PICK_MAX } McPick;

/* Where the values come from: exactly one of these. */
typedef enum {
  MC_FROM_PATH,
  MC_FROM_FIRST,
  MC_FROM_JOIN,
  MC_FROM_CONST,
  MC_FROM_NODE,
  MC_FROM_TEST,
  MC_FROM_CASE,
} McReaderFrom;

struct McReader {
  McReaderFrom from;
  McPath *path;
  GPtrArray *readers; /* of first and join; of case, what each `then` gives */
  GPtrArray *tests;   /* of case */
  char *with;
  cJSON *constant;
  McNode *node;
  McTest *test;
  /* what is done to each, in this order */
  gboolean plain; /* nothing */
  cJSON *empty;
  GRegex *extract;
  gboolean trim;
  char *strip, *prefix;
  McCast cast;
  GHashTable *table; /* text -> cJSON */
  McReader *otherwise;
  McPick pick;
};

/* The first value: borrowed where nothing is done to it, else new and in `*owned` too (free it). */
const cJSON *mc_reader_peek(const McReader *reader, const cJSON *record, const McScope *scope, cJSON **owned,
                            char **trouble);
/* Each value before anything is done to it, nulls left out, until `visit` returns FALSE. */
void mc_reader_sources(const McReader *reader, const cJSON *record, const McScope *scope,
                       gboolean (*visit)(const cJSON *value, gpointer data), gpointer data);
/* Calls `visit` with each name that nodes within it use. */
void mc_test_names(const McTest *test, McNameVisitor visit, gpointer data);

/* Adds to `members` (an array of char *) the names of the record's members that it reads; FALSE where that is
 * not all it depends on. */
gboolean mc_reader_members(const McReader *reader, GPtrArray *members);
gboolean mc_test_members(const McTest *test, GPtrArray *members);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of a connector file's objects, as tables: which keys there are, of which type, and which must
 * stand there. One function checks an object against its
 * table, so that every fault is said the same way; the getters beside it give only members of the right type,
 * so that what was found faulty need not be guarded against again. */
#ifndef CONNECTOR_SHAPE_H
#define CONNECTOR_SHAPE_H

#include "connector/expr.h"

typedef enum {
  MC_SHAPE_STRING = 1 << 0,
  MC_SHAPE_BOOLEAN = 1 << 1,
  MC_SHAPE_INTEGER = 1 << 2,
  MC_SHAPE_OBJECT = 1 << 3,
  MC_SHAPE_ARRAY = 1 << 4,
  MC_SHAPE_ANY = 0xff,
} McShapeType;

/* Text, node, reader: what each place of the language takes. */
#define MC_SHAPE_NODE   (MC_SHAPE_STRING | MC_SHAPE_OBJECT)
#define MC_SHAPE_READER (MC_SHAPE_STRING | MC_SHAPE_OBJECT)
#define MC_SHAPE_LABEL  (MC_SHAPE_STRING | MC_SHAPE_OBJECT)

typedef struct {
  const char *name;
  guint types;
  gboolean required;
} McKey;

/* Checks `object` against `keys` (ended by a NULL name). FALSE when it is no object at all; other faults are
 * appended and leave TRUE. `what` names it in a fault ("an action"). */
gboolean mc_shape_check(McCompiler *c, const cJSON *object, const char *what, const McKey *keys);

/* The member when it has that type, otherwise NULL, FALSE or `fallback`. */
const char *mc_shape_string(const cJSON *object, const char *name);
cJSON *mc_shape_object(const cJSON *object, const char *name);
cJSON *mc_shape_array(const cJSON *object, const char *name);
gboolean mc_shape_flag(const cJSON *object, const char *name);
/* An integer in min..max; outside of it is a fault. */
gint64 mc_shape_int(McCompiler *c, const cJSON *object, const char *name, gint64 min, gint64 max,
                    gint64 fallback);
/* An ISO 8601 duration in seconds; a wrong one is a fault. */
gint64 mc_shape_duration(McCompiler *c, const cJSON *object, const char *name, gint64 fallback);
/* A size in bytes ("20MiB") of 1..max; a wrong one is a fault. */
gint64 mc_shape_size(McCompiler *c, const cJSON *object, const char *name, gint64 max, gint64 fallback);
/* Index of the member's word in `words`, `fallback` when absent; an unknown word is a fault. */
int mc_shape_word(McCompiler *c, const cJSON *object, const char *name, const char *const *words,
                  int fallback);

/* The member as a reader, test or node; NULL when absent. */
McReader *mc_shape_member_reader(McCompiler *c, const cJSON *object, const char *name);
McTest *mc_shape_member_test(McCompiler *c, const cJSON *object, const char *name);
McNode *mc_shape_member_node(McCompiler *c, const cJSON *object, const char *name);
/* An array of tests (or one test): any of them. New array, empty when absent. */
GPtrArray *mc_shape_member_tests(McCompiler *c, const cJSON *object, const char *name);

/* A text in the languages of the interface: a string, or {"vi":...,"en":...}. */
typedef struct {
  char *vi, *en;
} McLabel;
/* NULL when absent. */
McLabel *mc_label_compile(McCompiler *c, const cJSON *object, const char *name);
void mc_label_free(McLabel *label);
/* In the interface's language, else the other; NULL for NULL. Borrowed. */
const char *mc_label_text(const McLabel *label);

/* "; did you mean \"x\"?" with the known word nearest to `word`, or "". New string. */
char *mc_shape_near(const char *word, const char *const *known);
/* "a", "b", "c" for a message. New string. */
char *mc_shape_list(const char *const *words);

#endif

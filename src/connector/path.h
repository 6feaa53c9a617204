/* SPDX-License-Identifier: Apache-2.0 */
/* Where a value stands in a record: an RFC 6901 pointer, a small subset of RFC 9535 ($.a[0][*].*[?@.k=='v']),
 * or an array of segments that may be nodes. Cut up once, then followed without copying anything. */
#ifndef CONNECTOR_PATH_H
#define CONNECTOR_PATH_H

#include "connector/compile.h"

typedef struct McPath McPath;

McPath *mc_path_compile(McCompiler *c, const cJSON *source);
/* Only a pointer, for `$edit`. */
McPath *mc_path_compile_pointer(McCompiler *c, const cJSON *node, const char *text);
void mc_path_free(McPath *path);
/* As it was written, for messages. Borrowed. */
const char *mc_path_text(const McPath *path);
/* Whether it may match more than one value ([*], .*, a filter). */
gboolean mc_path_is_many(const McPath *path);
/* The member of the root that it leads through, NULL: it may read more than one. Borrowed. */
const char *mc_path_member(const McPath *path);
void mc_path_names(const McPath *path, McNameVisitor visit, gpointer data);

/* The first match, null included; NULL: none. Borrowed. */
const cJSON *mc_path_first(const McPath *path, const cJSON *root, const McScope *scope);
/* Whether the XML element is there that would hold the match of a path with one. */
gboolean mc_path_has_holder(const McPath *path, const cJSON *root, const McScope *scope);
/* `visit` gets each match in document order until it returns FALSE. */
void mc_path_each(const McPath *path, const cJSON *root, const McScope *scope,
                  gboolean (*visit)(const cJSON *match, gpointer data), gpointer data);

/* Puts (takes) `value` where the pointer says, making objects on the way; NULL removes what is there. FALSE
 * when something else stands in the way; `value` is then freed. */
gboolean mc_path_put(const McPath *path, cJSON **root, cJSON *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the compilers of expressions share: faults for the usual mistakes, each with its place, what was found
 * and what was expected. A check that fails has reported; the caller goes on, so that one run finds every
 * fault. */
#ifndef CONNECTOR_COMPILE_H
#define CONNECTOR_COMPILE_H

#include "connector/expr.h"

typedef void (*McNameVisitor)(const char *name, gpointer data);

/* "found a number, expected `expected`" at the node. */
void mc_compile_expected(McCompiler *c, const cJSON *node, const char *expected);
/* Members of `object` that are in neither list (either may be NULL) are faults. */
void mc_compile_keys_of(McCompiler *c, const cJSON *object, const char *const *allowed,
                        const char *const *more);
/* Text of a string member, NULL where it is missing or a fault. Borrowed. */
const char *mc_compile_string(McCompiler *c, const cJSON *object, const char *key);
/* A member that is true or false; FALSE where it is missing or a fault. */
gboolean mc_compile_boolean(McCompiler *c, const cJSON *object, const char *key);
/* Index of the node's text in a NULL-terminated list; -1 with a fault that shows the list. */
int mc_compile_word(McCompiler *c, const cJSON *node, const char *const *words);
/* Whether `name` is a dotted name whose root is allowed here; otherwise a fault at `node`. */
gboolean mc_compile_name(McCompiler *c, const cJSON *node, const char *name);
/* "Z", "+07:00" or an IANA name in member "tz"; NULL where it is missing or a fault. New reference. */
GTimeZone *mc_compile_zone(McCompiler *c, const cJSON *object);
/* A pattern in the node, with limits against catastrophic ones; NULL with a fault. */
GRegex *mc_compile_regex(McCompiler *c, const cJSON *node);
/* Faults so far that are not mere warnings. */
guint mc_compile_fault_count(const McCompiler *c);

/* Matches at most MC_REGEX_SUBJECT bytes of the text; `info` as for g_regex_match(). FALSE also when a limit
 * is met. */
#define MC_REGEX_SUBJECT 8192
gboolean mc_regex_match(const GRegex *regex, const char *text, GMatchInfo **info);

#endif

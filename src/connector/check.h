/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a connector file that compiling it does not need: what can never happen, what nobody uses, what
 * would not do what its author meant. They read the file's own tree, and are sound: what is reported as a
 * fault cannot be right; where that is not sure it is a warning, or silence. */
#ifndef CONNECTOR_CHECK_H
#define CONNECTOR_CHECK_H

#include "connector/plan.h"

/* Whether each answer that passes the test `later` passes `earlier` as well. FALSE where that is not known.
 */
gboolean mc_check_covers(const cJSON *earlier, const cJSON *later);
/* A fault where two of `tests`, which are joined by `all`, cannot hold together. */
void mc_check_all(McCompiler *c, const cJSON *tests);
/* A fault where a rule of `owner`'s `errors` can never match: behind one of `rules` before it, behind
 * `conflict` of the same owner, behind `auth.expired`. */
void mc_check_rule(McCompiler *c, const cJSON *owner, const cJSON *rules, const cJSON *rule);
/* A warning where a rule of `auth.expired` adds nothing to those before it. */
void mc_check_expired(McCompiler *c, const cJSON *rules, const cJSON *rule);
/* A warning where a pattern is shown to take exponentially long. */
void mc_check_regex(McCompiler *c, const cJSON *node, const GRegex *regex);
/* What is defined and never used, and what is asked of a system in vain (check-use.c). */
void mc_check_use(McBuild *b, const cJSON *root);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What can be told of tests without an answer: that one takes all that another takes, that two never hold
 * together. All of it errs on the side of silence: what is not understood is taken to be possible. */
#include <string.h>

#include "connector/cast.h"
#include "connector/check.h"
#include "motcua/i18n.h"

#define MAX_WORK 20000 /* comparisons for one question: joins within joins could ask for more */

static gboolean covers(const cJSON *a, const cJSON *b, int *work);
static gboolean excludes(const cJSON *a, const cJSON *b, int *work);

/* --- one test about one value --- */
static const char *const value_ops[] = {"eq",    "ne",     "in",      "lt",   "gt",    "has",
                                        "match", "exists", "present", "some", "every", NULL};

/* Its operator, NULL for none. */
static const cJSON *
operator_of(const cJSON *test)
{
  for (gsize i = 0; value_ops[i]; i++) {
    const cJSON *member = mc_json_get(test, value_ops[i]);
    if (member && !(strcmp(value_ops[i], "in") == 0 && mc_cast_owns_in(test)))
      return member;
  }
  return NULL;
}

/* Whether both read the same value. */
static gboolean
same_reader(const cJSON *a, const cJSON *op_a, const cJSON *b, const cJSON *op_b)
{
  const cJSON *member;
  if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
    return FALSE;
  cJSON_ArrayForEach (member, a) {
    const cJSON *other = mc_json_get(b, member->string);
    if (member != op_a && (other == op_b || !mc_json_equal(member, other)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
has_node(const cJSON *value)
{
  const cJSON *child;
  if (cJSON_IsObject(value) || cJSON_IsArray(value))
    cJSON_ArrayForEach (child, value)
      if ((child->string && *child->string == '$') || has_node(child))
        return TRUE;
  return FALSE;
}

/* The values that `eq` or `in` names, where they are written out and not null: the first and their number. */
static const cJSON *
values_of(const cJSON *op, int *count)
{
  const cJSON *first = NULL, *value;
  *count = 0;
  if (has_node(op))
    return NULL;
  if (strcmp(op->string, "eq") == 0 && !cJSON_IsNull(op)) {
    *count = 1;
    return op;
  }
  if (strcmp(op->string, "in") != 0 || !cJSON_IsArray(op))
    return NULL;
  first = op->child;
  for (value = first; value; value = value->next) {
    if (cJSON_IsNull(value))
      return NULL;
    ++*count;
  }
  return first;
}

static gboolean
is_among(const cJSON *value, const cJSON *list, int count)
{
  for (; list && count > 0; list = list->next, count--)
    if (mc_json_equal(value, list))
      return TRUE;
  return FALSE;
}

/* How many of the values of `b` are among those of `a`; -1: not known. */
static int
common(const cJSON *a, const cJSON *b, int *of_b)
{
  int of_a, found = 0;
  const cJSON *x = values_of(a, &of_a), *y = values_of(b, of_b);
  if (!x || !y)
    return -1;
  for (int i = 0; i < *of_b; i++, y = y->next)
    found += is_among(y, x, of_a);
  return found;
}

static gboolean
is_op(const cJSON *op, const char *name)
{
  return strcmp(op->string, name) == 0;
}

static gboolean
is_null_test(const cJSON *op)
{
  return is_op(op, "eq") && cJSON_IsNull(op);
}

/* Whether it holds of a value that is there and not null alone. */
static gboolean
needs_value(const cJSON *op)
{
  static const char *const needing[] = {"eq", "in", "lt", "gt", "has", "match", "some", NULL};
  return (g_strv_contains(needing, op->string) && !is_null_test(op)) ||
         (is_op(op, "exists") && cJSON_IsTrue(op));
}

static gboolean
value_covers(const cJSON *a, const cJSON *b)
{
  int of_b;
  if (is_op(a, "exists"))
    return cJSON_IsTrue(a) ? needs_value(b) : is_null_test(b) || (is_op(b, "present") && cJSON_IsFalse(b));
  if (is_op(a, "present"))
    return cJSON_IsTrue(a) && (needs_value(b) || is_null_test(b));
  return of_b = 0, common(a, b, &of_b) == of_b && of_b > 0;
}

static gboolean
value_excludes(const cJSON *a, const cJSON *b)
{
  int count = 0;
  if (is_op(a, "exists") && needs_value(b))
    return cJSON_IsFalse(a);
  if (is_op(a, "present") && (needs_value(b) || is_null_test(b)))
    return cJSON_IsFalse(a);
  if (is_null_test(a) && needs_value(b))
    return TRUE;
  if (is_op(a, "ne") && is_op(b, "eq"))
    return !has_node(a) && mc_json_equal(a, b);
  return common(a, b, &count) == 0;
}

/* --- tests of the answer --- */
static gboolean
status_covers(const cJSON *a, const cJSON *b)
{
  const cJSON *status;
  cJSON_ArrayForEach (status, b)
    if (!is_among(status, a->child, cJSON_GetArraySize(a)))
      return FALSE;
  return cJSON_IsArray(b) && b->child;
}

static gboolean
status_excludes(const cJSON *a, const cJSON *b)
{
  const cJSON *status;
  if (!cJSON_IsArray(a) || !cJSON_IsArray(b) || !a->child || !b->child)
    return FALSE;
  cJSON_ArrayForEach (status, b)
    if (is_among(status, a->child, cJSON_GetArraySize(a)))
      return FALSE;
  return TRUE;
}

static gboolean
plain_pair(const cJSON *a, const cJSON *b, gboolean exclude)
{
  const cJSON *x = mc_json_get(a, "status"), *y = mc_json_get(b, "status");
  if (x && y)
    return exclude ? status_excludes(x, y) : status_covers(x, y);
  x = mc_json_get(a, "content"), y = mc_json_get(b, "content");
  if (cJSON_IsString(x) && cJSON_IsString(y))
    return (g_ascii_strcasecmp(x->valuestring, y->valuestring) == 0) != exclude;
  x = operator_of(a), y = operator_of(b);
  if (!x || !y || !same_reader(a, x, b, y))
    return FALSE;
  gboolean raw = is_op(x, "present") || is_op(y, "present") || is_null_test(x) || is_null_test(y);
  if (raw && cJSON_GetArraySize(a) != 2) /* these look at what stands there before anything is done to it */
    return FALSE;
  return exclude ? value_excludes(x, y) || value_excludes(y, x) : value_covers(x, y);
}

/* --- tests joined --- */
typedef gboolean (*Relation)(const cJSON *a, const cJSON *b, int *work);

/* Whether `relation` holds for some (for each) of `list` on the one side, `other` on the other. */
static gboolean
over(const cJSON *list, gboolean each, gboolean left, const cJSON *other, Relation relation, int *work)
{
  const cJSON *one;
  if (!cJSON_IsArray(list) || !list->child)
    return FALSE;
  cJSON_ArrayForEach (one, list)
    if (relation(left ? one : other, left ? other : one, work) != each)
      return !each;
  return each;
}

static gboolean
covers(const cJSON *a, const cJSON *b, int *work)
{
  const cJSON *negated = mc_json_get(a, "not"), *all = mc_json_get(a, "all");
  if (!cJSON_IsObject(a) || !cJSON_IsObject(b) || --*work < 0)
    return FALSE;
  return mc_json_equal(a, b) || (cJSON_IsArray(all) && !all->child) ||
         over(mc_json_get(b, "all"), FALSE, FALSE, a, covers, work) ||
         over(mc_json_get(b, "any"), TRUE, FALSE, a, covers, work) ||
         over(mc_json_get(a, "any"), FALSE, TRUE, b, covers, work) ||
         over(mc_json_get(a, "all"), TRUE, TRUE, b, covers, work) ||
         (negated && excludes(negated, b, work)) || plain_pair(a, b, FALSE);
}

static gboolean
excludes(const cJSON *a, const cJSON *b, int *work)
{
  const cJSON *not_a = mc_json_get(a, "not"), *not_b = mc_json_get(b, "not");
  if (!cJSON_IsObject(a) || !cJSON_IsObject(b) || --*work < 0)
    return FALSE;
  return (not_a && covers(not_a, b, work)) || (not_b && covers(not_b, a, work)) ||
         over(mc_json_get(a, "all"), FALSE, TRUE, b, excludes, work) ||
         over(mc_json_get(b, "all"), FALSE, FALSE, a, excludes, work) ||
         over(mc_json_get(a, "any"), TRUE, TRUE, b, excludes, work) ||
         over(mc_json_get(b, "any"), TRUE, FALSE, a, excludes, work) || plain_pair(a, b, TRUE);
}

gboolean
mc_check_covers(const cJSON *earlier, const cJSON *later)
{
  int work = MAX_WORK;
  return covers(earlier, later, &work);
}

void
mc_check_all(McCompiler *c, const cJSON *tests)
{
  int work = MAX_WORK;
  for (const cJSON *later = cJSON_IsArray(tests) ? tests->child : NULL; later; later = later->next)
    for (const cJSON *earlier = tests->child; earlier != later; earlier = earlier->next)
      if (excludes(earlier, later, &work)) {
        g_autofree char *pointer = mc_json_pointer(c->json, earlier);
        mc_compile_fault(c, later, FALSE, _("can never hold together with %s"), pointer);
        return;
      }
}

/* --- rules --- */
static const cJSON *
when_of(const cJSON *rule)
{
  const cJSON *when = mc_json_get(rule, "when");
  return when ? when : rule;
}

static const cJSON *
first_covering(const cJSON *list, const cJSON *end, const cJSON *when)
{
  const cJSON *one = cJSON_IsArray(list) ? list->child : NULL;
  if (cJSON_IsObject(list))
    return mc_check_covers(list, when) ? list : NULL;
  for (; one && one != end; one = one->next)
    if (mc_check_covers(when_of(one), when))
      return one;
  return NULL;
}

void
mc_check_rule(McCompiler *c, const cJSON *owner, const cJSON *rules, const cJSON *rule)
{
  const cJSON *root = mc_json_root(c->json), *auth = mc_json_get(root, "auth"),
              *when = mc_json_get(rule, "when");
  gboolean sent = owner != root && owner != auth && !mc_json_get(owner, "outcomes"); /* with the session */
  const cJSON *earlier = first_covering(rules, rule, when);
  if (!earlier)
    earlier = first_covering(mc_json_get(owner, "conflict"), NULL, when);
  if (!earlier && sent)
    earlier = first_covering(mc_json_get(auth, "expired"), NULL, when);
  if (!when || !earlier)
    return;
  g_autofree char *pointer = mc_json_pointer(c->json, earlier);
  mc_compile_fault(c, when, FALSE, _("this rule can never match: %s takes every answer that it would take"),
                   pointer);
}

void
mc_check_expired(McCompiler *c, const cJSON *rules, const cJSON *rule)
{
  const cJSON *earlier = first_covering(rules, rule, when_of(rule));
  if (!earlier)
    return;
  g_autofree char *pointer = mc_json_pointer(c->json, earlier);
  mc_compile_warning(c, rule, FALSE, _("is of no use: %s takes every answer that it would take"), pointer);
}

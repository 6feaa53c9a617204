/* SPDX-License-Identifier: Apache-2.0 */
/* Tests (connectors.md rule 2): of an answer's status and content, of a value of a record, and of other
 * tests. JSON types are compared exactly; a value that is missing equals nothing. */
#include <string.h>
#include "connector/check.h"
#include "connector/node-kind.h"
#include "connector/reader-parts.h"
#include "connector/value.h"
#include "motcua/i18n.h"

typedef enum {
  OP_STATUS,
  OP_CONTENT,
  OP_ALL,
  OP_ANY,
  OP_NOT,
  OP_EQ,
  OP_NE,
  OP_IN,
  OP_LT,
  OP_GT,
  OP_HAS,
  OP_MATCH,
  OP_EXISTS,
  OP_PRESENT,
  OP_SOME,
  OP_EVERY,
  OP_COUNT
} Op;

/* In the order of Op. */
static const char *const ops[] = {"status", "content", "all",  "any",   "not", "eq",
                                  "ne",     "in",      "lt",   "gt",    "has", "match",
                                  "exists", "present", "some", "every", NULL};

struct McTest {
  Op op;
  McReader *at;
  McNode *value;    /* of comparisons */
  gboolean is_null; /* compares with null */
  gboolean wanted;  /* of exists and present */
  GRegex *match;
  GArray *status; /* int */
  char *content;
  GPtrArray *tests; /* of all, any, not, some, every */
};

static void
test_free(gpointer test)
{
  mc_test_free(test);
}

void
mc_test_free(McTest *test)
{
  if (!test)
    return;
  mc_reader_free(test->at);
  mc_node_free(test->value);
  g_clear_pointer(&test->match, g_regex_unref);
  g_array_unref(test->status);
  g_free(test->content);
  g_ptr_array_unref(test->tests);
  g_free(test);
}

/* --- compiling --- */

static void
compile_status(McCompiler *c, const cJSON *list, McTest *test)
{
  const cJSON *item;
  if (!cJSON_IsArray(list)) {
    mc_compile_expected(c, list, _("an array of HTTP statuses"));
    return;
  }
  if (!list->child)
    mc_compile_expected(c, list, _("at least one HTTP status"));
  cJSON_ArrayForEach (item, list) {
    gint64 status;
    if (!mc_json_int(item, &status) || status < 100 || status > 599) {
      mc_compile_fault(c, item, FALSE, _("expected an HTTP status, from 100 to 599"));
      continue;
    }
    int value = (int)status;
    g_array_append_val(test->status, value);
  }
}

static void
compile_tests(McCompiler *c, const cJSON *source, McTest *test)
{
  const cJSON *item;
  if (test->op != OP_ALL && test->op != OP_ANY) {
    g_ptr_array_add(test->tests, mc_test_compile(c, source));
    return;
  }
  if (!cJSON_IsArray(source)) {
    mc_compile_expected(c, source, _("an array of tests"));
    return;
  }
  if (!source->child && test->op == OP_ANY)
    mc_compile_fault(c, source, FALSE, _("none of nothing ever holds, expected at least one test"));
  cJSON_ArrayForEach (item, source)
    g_ptr_array_add(test->tests, mc_test_compile(c, item));
  if (test->op == OP_ALL)
    mc_check_all(c, source);
}

static void
compile_operand(McCompiler *c, const cJSON *object, const cJSON *operand, McTest *test)
{
  switch (test->op) {
  case OP_STATUS:
    compile_status(c, operand, test);
    break;
  case OP_CONTENT:
    test->content = g_strdup(mc_compile_string(c, object, "content"));
    break;
  case OP_ALL:
  case OP_ANY:
  case OP_NOT:
  case OP_SOME:
  case OP_EVERY:
    compile_tests(c, operand, test);
    break;
  case OP_MATCH:
    test->match = mc_compile_regex(c, operand);
    break;
  case OP_EXISTS:
  case OP_PRESENT:
    test->wanted = mc_compile_boolean(c, object, ops[test->op]);
    break;
  default:
    if (test->op == OP_IN && !cJSON_IsArray(operand) && !cJSON_IsObject(operand))
      mc_compile_expected(c, operand, _("an array of values"));
    if (test->op == OP_IN && cJSON_IsArray(operand) && !operand->child)
      mc_compile_fault(c, operand, FALSE, _("nothing is in an empty list: this never holds"));
    test->value = mc_node_compile(c, operand);
    test->is_null = cJSON_IsNull(operand) && (test->op == OP_EQ || test->op == OP_NE);
    break;
  }
}

/* The operator of a test, OP_COUNT with a fault. */
static Op
find_op(McCompiler *c, const cJSON *object, const cJSON **operand)
{
  Op found = OP_COUNT;
  for (int i = 0; i < OP_COUNT; i++) {
    const cJSON *member = mc_json_get(object, ops[i]);
    if (i == OP_IN && mc_cast_owns_in(object))
      continue;
    if (member && found != OP_COUNT)
      mc_compile_fault(c, member, TRUE,
                       _("\"%s\" stands beside \"%s\", expected one of them (join tests with \"all\")"),
                       ops[i], ops[found]);
    else if (member) {
      found = (Op)i;
      *operand = member;
    }
  }
  return found;
}

/* `at` may itself be a reader object. */
static void
compile_at(McCompiler *c, const cJSON *object, McTest *test)
{
  static const char *const keys[] = {"at",    "eq",     "ne",      "in",   "lt",    "gt", "has",
                                     "match", "exists", "present", "some", "every", NULL};
  const cJSON *at = mc_json_get(object, "at");
  if (cJSON_IsObject(at)) {
    mc_compile_keys(c, object, keys);
    test->at = mc_reader_compile(c, at);
  } else {
    test->at = mc_reader_compile_with(c, object, keys + 1);
  }
}

static void
compile_object(McCompiler *c, const cJSON *source, McTest *test)
{
  const cJSON *operand = NULL;
  test->op = find_op(c, source, &operand);
  if (test->op < OP_EQ) {
    const char *const only[] = {ops[test->op], NULL};
    mc_compile_keys(c, source, only);
  } else {
    compile_at(c, source, test);
  }
  if (operand)
    compile_operand(c, source, operand, test);
  else
    mc_compile_fault(
        c, source, FALSE,
        _("tests nothing, expected one of: eq, ne, in, lt, gt, has, match, exists, present, some, every "
          "(beside at), status, content, all, any, not"));
}

McTest *
mc_test_compile(McCompiler *c, const cJSON *source)
{
  if (!source)
    return NULL;
  guint faults = mc_compile_fault_count(c);
  McTest *test = g_new0(McTest, 1);
  test->status = g_array_new(FALSE, FALSE, sizeof(int));
  test->tests = g_ptr_array_new_with_free_func(test_free);
  if (cJSON_IsObject(source))
    compile_object(c, source, test);
  else
    mc_compile_expected(c, source, _("a test, such as {\"at\": \"/ok\", \"eq\": true}"));
  if (mc_compile_fault_count(c) == faults)
    return test;
  mc_test_free(test);
  return NULL;
}

void
mc_test_names(const McTest *test, McNameVisitor visit, gpointer data)
{
  if (!test)
    return;
  mc_reader_names(test->at, visit, data);
  mc_node_names(test->value, visit, data);
  for (guint i = 0; i < test->tests->len; i++)
    mc_test_names(test->tests->pdata[i], visit, data);
}

gboolean
mc_test_members(const McTest *test, GPtrArray *members)
{
  if (!test)
    return TRUE;
  gboolean joins = test->op == OP_ALL || test->op == OP_ANY || test->op == OP_NOT;
  for (guint i = 0; joins && i < test->tests->len; i++) /* those of `some` and `every` read elements */
    if (!mc_test_members(test->tests->pdata[i], members))
      return FALSE;
  return mc_reader_members(test->at, members);
}

/* --- evaluating --- */

static gboolean
has_status(const McTest *test, const McAnswer *answer)
{
  for (guint i = 0; answer && answer->response && i < test->status->len; i++)
    if (g_array_index(test->status, int, i) == answer->response->status)
      return TRUE;
  return FALSE;
}

static gboolean
has_content(const McTest *test, const McAnswer *answer)
{
  const char *type = answer && answer->response ? mc_response_header(answer->response, "Content-Type") : NULL;
  if (!type)
    return FALSE;
  g_autofree char *media = g_strndup(type, strcspn(type, ";"));
  return g_ascii_strcasecmp(g_strstrip(media), test->content) == 0;
}

/* Whether the sub-tests from an `all` (`any`) hold. */
static gboolean
joined(const McTest *test, const McAnswer *answer, const cJSON *record, const McScope *scope)
{
  gboolean stop_at = test->op == OP_ANY;
  for (guint i = 0; i < test->tests->len; i++)
    if (mc_test_eval(test->tests->pdata[i], answer, record, scope) == stop_at)
      return stop_at;
  return !stop_at;
}

static gboolean
holds_for_elements(const McTest *test, const McAnswer *answer, const cJSON *value, const McScope *scope)
{
  gboolean stop_at = test->op == OP_SOME;
  if (mc_value_is_element(value))
    return mc_test_eval(test->tests->pdata[0], answer, value, scope);
  if (!cJSON_IsArray(value))
    return FALSE;
  for (const cJSON *item = value->child; item; item = item->next)
    if (mc_test_eval(test->tests->pdata[0], answer, item, scope) == stop_at)
      return stop_at;
  return !stop_at;
}

static gboolean
is_element(const cJSON *list, const cJSON *value)
{
  if (cJSON_IsArray(list))
    for (const cJSON *item = list->child; item; item = item->next)
      if (mc_json_equal(item, value))
        return TRUE;
  return FALSE;
}

/* <0, 0, >0, or 2 when they have no order: numbers by value, texts by bytes. */
static int
order_of(const cJSON *a, const cJSON *b)
{
  if (mc_json_is_number(a) && mc_json_is_number(b))
    return mc_number_compare(a->valuestring, b->valuestring);
  if (cJSON_IsString(a) && cJSON_IsString(b)) {
    int order = strcmp(a->valuestring, b->valuestring);
    return (order > 0) - (order < 0);
  }
  return 2;
}

static gboolean
compare(Op op, const cJSON *value, const cJSON *operand)
{
  switch (op) {
  case OP_EQ:
    return mc_json_equal(value, operand);
  case OP_NE:
    return !mc_json_equal(value, operand);
  case OP_IN:
    return is_element(operand, value);
  case OP_LT:
    return order_of(value, operand) == -1;
  case OP_GT:
    return order_of(value, operand) == 1;
  case OP_HAS:
    return cJSON_IsObject(value) ? mc_json_text(operand) && mc_json_get(value, mc_json_text(operand))
                                 : is_element(value, operand);
  default:
    return FALSE;
  }
}

/* `eq` and the like: what is missing on either side equals nothing. */
static gboolean
holds_against(const McTest *test, const cJSON *value, const McScope *scope)
{
  const cJSON *operand = mc_node_constant(test->value);
  cJSON *made = operand ? NULL : mc_node_eval(test->value, scope, NULL);
  operand = operand ? operand : made;
  gboolean holds = value && operand ? compare(test->op, value, operand) : test->op == OP_NE;
  cJSON_Delete(made);
  return holds;
}

static gboolean
matches(const McTest *test, const cJSON *value)
{
  const char *text = mc_json_text(value);
  return text && mc_regex_match(test->match, text, NULL);
}

/* There, null or not. */
static gboolean
is_there(const McTest *test, const cJSON *record, const McScope *scope, const cJSON *value)
{
  return value || (test->at->from == MC_FROM_PATH && mc_path_first(test->at->path, record, scope));
}

/* A path with several matches is a list to `has`, `some` and `every`. */
static const cJSON *
value_of(const McTest *test, const cJSON *record, const McScope *scope, cJSON **owned)
{
  gboolean wants_list = test->op == OP_HAS || test->op == OP_SOME || test->op == OP_EVERY;
  if (!wants_list || test->at->from != MC_FROM_PATH || !mc_path_is_many(test->at->path))
    return mc_reader_peek(test->at, record, scope, owned, NULL);
  return *owned = mc_reader_read_all(test->at, record, scope);
}

static gboolean
eval_value(const McTest *test, const McAnswer *answer, const cJSON *record, const McScope *scope)
{
  cJSON *owned = NULL;
  const cJSON *value = value_of(test, record, scope, &owned);
  gboolean there = is_there(test, record, scope, value), holds;
  if (test->op == OP_PRESENT)
    holds = there == test->wanted;
  else if (test->op == OP_EXISTS)
    holds = (value != NULL) == test->wanted;
  else if (test->op == OP_SOME || test->op == OP_EVERY)
    holds = holds_for_elements(test, answer, value, scope);
  else if (test->op == OP_MATCH)
    holds = matches(test, value);
  else if (test->is_null)
    holds = (there && !value) == (test->op == OP_EQ);
  else
    holds = holds_against(test, value, scope);
  cJSON_Delete(owned);
  return holds;
}

gboolean
mc_test_eval(const McTest *test, const McAnswer *answer, const cJSON *record, const McScope *scope)
{
  if (!test)
    return FALSE;
  switch (test->op) {
  case OP_STATUS:
    return has_status(test, answer);
  case OP_CONTENT:
    return has_content(test, answer);
  case OP_ALL:
  case OP_ANY:
    return joined(test, answer, record, scope);
  case OP_NOT:
    return !mc_test_eval(test->tests->pdata[0], answer, record, scope);
  default:
    return eval_value(test, answer, record, scope);
  }
}

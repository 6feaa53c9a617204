/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling readers (connectors.md rule 2): where values come from, and what is done to each of them. */
#include <string.h>
#include "connector/reader-parts.h"
#include "connector/value.h"
#include "motcua/i18n.h"

static void
reader_free(gpointer reader)
{
  mc_reader_free(reader);
}

static void
test_free(gpointer test)
{
  mc_test_free(test);
}

static void
value_free(gpointer value)
{
  cJSON_Delete(value);
}

void
mc_reader_free(McReader *reader)
{
  if (!reader)
    return;
  mc_path_free(reader->path);
  g_ptr_array_unref(reader->readers);
  g_ptr_array_unref(reader->tests);
  g_free(reader->with);
  cJSON_Delete(reader->constant);
  mc_node_free(reader->node);
  mc_test_free(reader->test);
  cJSON_Delete(reader->empty);
  g_clear_pointer(&reader->extract, g_regex_unref);
  g_free(reader->strip);
  g_free(reader->prefix);
  mc_cast_clear(&reader->cast);
  g_clear_pointer(&reader->table, g_hash_table_unref);
  mc_reader_free(reader->otherwise);
  g_free(reader);
}

static McReader *
new_reader(McReaderFrom from)
{
  McReader *reader = g_new0(McReader, 1);
  reader->from = from;
  reader->plain = TRUE;
  reader->cast.as = MC_AS_NONE;
  reader->readers = g_ptr_array_new_with_free_func(reader_free);
  reader->tests = g_ptr_array_new_with_free_func(test_free);
  return reader;
}

static gboolean
is_operator(const cJSON *source)
{
  for (const cJSON *member = cJSON_IsObject(source) ? source->child : NULL; member; member = member->next)
    if (*member->string == '$')
      return TRUE;
  return FALSE;
}

/* `then`, `else`, `const`: a value stands for itself, a node or a reader for what it gives. */
static McReader *
compile_value(McCompiler *c, const cJSON *source)
{
  if (!source)
    return NULL;
  if (cJSON_IsObject(source) && !is_operator(source))
    return mc_reader_compile(c, source);
  McReader *reader = new_reader(is_operator(source) ? MC_FROM_NODE : MC_FROM_CONST);
  if (reader->from == MC_FROM_NODE)
    reader->node = mc_node_compile(c, source);
  else
    reader->constant = mc_value_copy(source);
  return reader;
}

/* --- sources --- */

static void
compile_readers(McCompiler *c, const cJSON *array, McReader *reader)
{
  const cJSON *item;
  if (!cJSON_IsArray(array)) {
    mc_compile_expected(c, array, _("an array of readers"));
    return;
  }
  cJSON_ArrayForEach (item, array)
    g_ptr_array_add(reader->readers, mc_reader_compile(c, item));
}

static void
compile_cases(McCompiler *c, const cJSON *array, McReader *reader)
{
  static const char *const keys[] = {"if", "then", NULL};
  const cJSON *item;
  if (!cJSON_IsArray(array)) {
    mc_compile_expected(c, array, _("an array of {\"if\": TEST, \"then\": VALUE}"));
    return;
  }
  cJSON_ArrayForEach (item, array) {
    mc_compile_keys(c, item, keys);
    const cJSON *test = mc_json_get(item, "if"), *then = mc_json_get(item, "then");
    if (cJSON_IsObject(item) && (!test || !then))
      mc_compile_fault(c, item, FALSE, _("expected both \"if\" and \"then\""));
    g_ptr_array_add(reader->tests, mc_test_compile(c, test));
    g_ptr_array_add(reader->readers, compile_value(c, then));
  }
}

static void
compile_source(McCompiler *c, const cJSON *object, const cJSON *source, McReader *reader)
{
  switch (reader->from) {
  case MC_FROM_PATH:
    reader->path = mc_path_compile(c, source);
    break;
  case MC_FROM_FIRST:
    compile_readers(c, source, reader);
    break;
  case MC_FROM_JOIN:
    compile_readers(c, source, reader);
    reader->with = g_strdup(mc_compile_string(c, object, "with"));
    break;
  case MC_FROM_CONST:
    reader->constant = mc_value_copy(source);
    break;
  case MC_FROM_NODE:
    break;
  case MC_FROM_TEST:
    reader->test = mc_test_compile(c, source);
    break;
  case MC_FROM_CASE:
    compile_cases(c, source, reader);
    break;
  }
}

static const struct {
  const char *key;
  McReaderFrom from;
} sources[] = {
    {"at", MC_FROM_PATH},     {"first", MC_FROM_FIRST}, {"join", MC_FROM_JOIN},
    {"const", MC_FROM_CONST}, {"test", MC_FROM_TEST},   {"case", MC_FROM_CASE},
};

/* The member that says where values come from; a fault when there is none, or more than one. */
static const cJSON *
find_source(McCompiler *c, const cJSON *object, McReaderFrom *from)
{
  const cJSON *found = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
    const cJSON *member = mc_json_get(object, sources[i].key);
    if (member && found)
      mc_compile_fault(c, member, TRUE, _("\"%s\" stands beside \"%s\", expected one of them"),
                       member->string, found->string);
    else if (member) {
      found = member;
      *from = sources[i].from;
    }
  }
  if (!found)
    mc_compile_fault(c, object, FALSE,
                     _("says not where to read, expected one of: at, first, join, const, test, case"));
  return found;
}

/* --- what is done to each --- */

static void
compile_strip(McCompiler *c, const cJSON *object, McReader *reader)
{
  const cJSON *strip = mc_json_get(object, "strip");
  if (cJSON_IsString(strip))
    reader->strip = g_strdup(strip->valuestring);
  else if (cJSON_IsTrue(strip))
    reader->trim = TRUE;
  else if (strip)
    mc_compile_expected(c, strip, _("a text that is taken off the front, or true (blanks at both ends)"));
}

static void
compile_table(McCompiler *c, const cJSON *table, McReader *reader)
{
  if (!table)
    return;
  if (!cJSON_IsObject(table)) {
    mc_compile_expected(c, table, _("an object of values"));
    return;
  }
  reader->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
  const cJSON *member;
  cJSON_ArrayForEach (member, table)
    g_hash_table_insert(reader->table, g_strdup(member->string), mc_value_copy(member));
}

static void
compile_empty(McCompiler *c, const cJSON *empty, McReader *reader)
{
  if (cJSON_IsArray(empty))
    reader->empty = mc_value_copy(empty);
  else if (empty)
    mc_compile_expected(c, empty, _("an array of values that mean nothing"));
}

static void
compile_steps(McCompiler *c, const cJSON *object, McCastPlace place, McReader *reader)
{
  static const char *const picks[] = {"first", "last", "min", "max", NULL};
  const cJSON *extract = mc_json_get(object, "extract"), *pick = mc_json_get(object, "pick");
  compile_empty(c, mc_json_get(object, "empty"), reader);
  reader->extract = extract ? mc_compile_regex(c, extract) : NULL;
  compile_strip(c, object, reader);
  reader->prefix = g_strdup(mc_compile_string(c, object, "prefix"));
  mc_cast_compile(c, object, place, &reader->cast);
  compile_table(c, mc_json_get(object, "table"), reader);
  reader->otherwise = compile_value(c, mc_json_get(object, "else"));
  if (pick)
    reader->pick = (McPick)(mc_compile_word(c, pick, picks) + 1);
  if (mc_json_get(object, "with") && reader->from != MC_FROM_JOIN)
    mc_compile_fault(c, mc_json_get(object, "with"), TRUE, _("\"with\" stands without \"join\""));
  reader->plain = !reader->empty && !reader->extract && !reader->trim && !reader->strip && !reader->prefix &&
                  reader->cast.as == MC_AS_NONE && !reader->table && !reader->otherwise && !reader->pick;
}

static McReader *
compile_object(McCompiler *c, const cJSON *source, const char *const *extra)
{
  static const char *const keys[] = {"at",    "first",   "join",  "with",   "const", "test", "case",
                                     "empty", "extract", "strip", "prefix", "as",    "in",   "out",
                                     "tz",    "table",   "else",  "pick",   NULL};
  McReaderFrom from = MC_FROM_PATH;
  mc_compile_keys_of(c, source, keys, extra);
  const cJSON *member = find_source(c, source, &from);
  McReader *reader = new_reader(from);
  if (member)
    compile_source(c, source, member, reader);
  gboolean in_test = extra && g_strv_contains(extra, "in");
  compile_steps(c, source, in_test ? MC_CAST_IN_TEST : MC_CAST_IN_READER, reader);
  return reader;
}

McReader *
mc_reader_compile_with(McCompiler *c, const cJSON *source, const char *const *extra)
{
  if (!source)
    return NULL;
  guint faults = mc_compile_fault_count(c);
  McReader *reader = NULL;
  if (cJSON_IsObject(source)) {
    reader = compile_object(c, source, extra);
  } else if (cJSON_IsString(source)) {
    reader = new_reader(MC_FROM_PATH);
    reader->path = mc_path_compile(c, source);
  } else {
    mc_compile_expected(c, source, _("a pointer, a path or an object that says where to read"));
  }
  if (mc_compile_fault_count(c) == faults)
    return reader;
  mc_reader_free(reader);
  return NULL;
}

McReader *
mc_reader_compile(McCompiler *c, const cJSON *source)
{
  return mc_reader_compile_with(c, source, NULL);
}

void
mc_reader_names(const McReader *reader, McNameVisitor visit, gpointer data)
{
  if (!reader)
    return;
  mc_path_names(reader->path, visit, data);
  mc_node_names(reader->node, visit, data);
  mc_test_names(reader->test, visit, data);
  for (guint i = 0; i < reader->readers->len; i++)
    mc_reader_names(reader->readers->pdata[i], visit, data);
  for (guint i = 0; i < reader->tests->len; i++)
    mc_test_names(reader->tests->pdata[i], visit, data);
  mc_reader_names(reader->otherwise, visit, data);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* `delta.changes`: what changed since a token, told by a request of its own (RFC 8620 5.2 and its like). Each
 * answer brings records, keys of removed ones and the next token, until it says that there is no more; only
 * the last token is kept. */
#include <string.h>

#include "connector/pull.h"
#include "motcua/i18n.h"

#define MAX_REQUESTS 1000 /* where `max` does not say */

/* --- lists of records --- */
static gboolean
is_query(const cJSON *records)
{
  const char *text = cJSON_IsString(records) ? records->valuestring : mc_shape_string(records, "at");
  return text && text[0] == '$';
}

static void
compile_records(McCompiler *c, const cJSON *source, McRecords *records)
{
  records->reader = source ? mc_reader_compile(c, source) : NULL;
  records->may_miss = is_query(source);
}

void
mc_records_compile(McCompiler *c, const cJSON *source, McRecords *records)
{
  compile_records(c, mc_json_get(source, "records"), records);
}

/* --- one answer --- */
static gboolean
read_removed(const McChanges *changes, const cJSON *root, const McScope *scope, GHashTable *removed)
{
  cJSON *owned = NULL;
  g_autoptr(GPtrArray) keys =
      changes->removed ? mc_exchange_records(changes->removed, root, scope, TRUE, &owned) : NULL;
  gboolean good = TRUE;
  for (guint i = 0; good && keys && i < keys->len; i++) {
    const char *key = mc_json_text(keys->pdata[i]);
    good = key && *key && !cJSON_IsBool((const cJSON *)keys->pdata[i]);
    if (good)
      g_hash_table_add(removed, g_strdup(key));
  }
  cJSON_Delete(owned);
  return good;
}

char *
mc_changes_read(const McChanges *changes, const char *stream, const McAnswer *answer, const McScope *scope,
                McChanged *changed)
{
  for (guint i = 0; i < changes->records->len; i++) {
    const McRecords *wanted = changes->records->pdata[i];
    cJSON *owned = NULL;
    g_autoptr(GPtrArray) some =
        mc_exchange_records(wanted->reader, answer->root, scope, wanted->may_miss, &owned);
    if (owned)
      g_ptr_array_add(changed->owned, owned);
    if (!some)
      return g_strdup_printf(_("the answer has no list of records for \"%s\""), stream);
    g_ptr_array_extend(changed->records, some, NULL, NULL);
  }
  if (!read_removed(changes, answer->root, scope, changed->removed))
    return g_strdup_printf(_("a removed record of \"%s\" has no key"), stream);
  changed->token = mc_reader_read(changes->token, answer->root, scope, NULL);
  if (!mc_json_text(changed->token) || !*mc_json_text(changed->token))
    return g_strdup_printf(_("the changes of \"%s\" came without a token to go on from"), stream);
  changed->more = changes->more && mc_test_eval(changes->more, answer, answer->root, scope);
  return NULL;
}

void
mc_changed_init(McChanged *changed)
{
  *changed = (McChanged){.records = g_ptr_array_new(),
                         .owned = g_ptr_array_new_with_free_func((GDestroyNotify)cJSON_Delete),
                         .removed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
}

void
mc_changed_clear(McChanged *changed)
{
  g_ptr_array_unref(changed->records);
  g_ptr_array_unref(changed->owned);
  g_hash_table_unref(changed->removed);
  cJSON_Delete(changed->token);
}

/* --- compiling --- */
static void
records_free(McRecords *records)
{
  mc_reader_free(records->reader);
  g_free(records);
}

static void
add_records(McCompiler *c, const cJSON *source, GPtrArray *list)
{
  McRecords *records = g_new0(McRecords, 1);
  compile_records(c, source, records);
  g_ptr_array_add(list, records);
}

McChanges *
mc_changes_compile(McBuild *b, const cJSON *source)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},
                               {"records", MC_SHAPE_READER | MC_SHAPE_ARRAY, TRUE},
                               {"removed", MC_SHAPE_READER, FALSE},
                               {"token", MC_SHAPE_READER, TRUE},
                               {"more", MC_SHAPE_OBJECT, FALSE},
                               {"max", MC_SHAPE_INTEGER, FALSE},
                               {NULL, 0, FALSE}};
  McCompiler *c = &b->c;
  if (!source || !mc_shape_check(c, source, "changes", keys))
    return NULL;
  McChanges *changes = g_new0(McChanges, 1);
  const cJSON *request = mc_shape_object(source, "request"), *records = mc_json_get(source, "records"), *one;
  changes->records = g_ptr_array_new_with_free_func((GDestroyNotify)records_free);
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_CURSOR, NULL, NULL);
  changes->request = request ? mc_request_compile(c, request, "GET") : NULL;
  mc_build_place(b, MC_SEE_SESSION, NULL, NULL);
  if (cJSON_IsArray(records))
    cJSON_ArrayForEach (one, records)
      add_records(c, one, changes->records);
  else if (records)
    add_records(c, records, changes->records);
  changes->removed = mc_shape_member_reader(c, source, "removed");
  changes->token = mc_shape_member_reader(c, source, "token");
  changes->more = mc_shape_member_test(c, source, "more");
  changes->max = mc_shape_int(c, source, "max", 1, 100000, MAX_REQUESTS);
  return changes;
}

void
mc_changes_free(McChanges *changes)
{
  if (!changes)
    return;
  mc_request_spec_free(changes->request);
  g_ptr_array_unref(changes->records);
  mc_reader_free(changes->removed);
  mc_reader_free(changes->token);
  mc_test_free(changes->more);
  g_free(changes);
}

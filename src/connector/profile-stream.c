/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling `streams`: the request that lists records, how it is paged and told apart by time, how a record
 * becomes an item, and how one record is read whole. */
#include <string.h>

#include "connector/plan.h"
#include "connector/pull.h"
#include "motcua/i18n.h"

/* --- map --- */
static void
field_free(McFieldPlan *field)
{
  mc_label_free(field->label);
  mc_reader_free(field->reader);
  g_free(field);
}

static void
mapping_free(McMapping *mapping)
{
  mc_reader_free(mapping->reader);
  g_free(mapping);
}

static void
history_free(McHistoryPlan *history)
{
  if (!history)
    return;
  McReader *const readers[] = {history->each, history->when, history->who, history->what};
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    mc_reader_free(readers[i]);
  mc_test_free(history->where);
  g_free(history);
}

void
mc_map_clear(McMap *map)
{
  g_clear_pointer(&map->mappings, g_ptr_array_unref);
  g_clear_pointer(&map->refs, g_ptr_array_unref);
  g_clear_pointer(&map->fields, g_ptr_array_unref);
  g_clear_pointer(&map->history, history_free);
}

static void
compile_fields(McBuild *b, const cJSON *list, McMap *map)
{
  static const char *const extra[] = {"label", "private", NULL};
  cJSON *source;
  cJSON_ArrayForEach (source, list) {
    if (!cJSON_IsObject(source)) {
      mc_compile_fault(&b->c, source, FALSE, _("%s must be an object"), _("a field"));
      continue;
    }
    McFieldPlan *field = g_new0(McFieldPlan, 1);
    field->label = mc_label_compile(&b->c, source, "label");
    if (!field->label)
      mc_compile_fault(&b->c, source, FALSE, _("%s needs the key \"%s\""), _("a field"), "label");
    const cJSON *private = mc_json_get(source, "private");
    if (private && !cJSON_IsBool(private))
      mc_compile_fault(&b->c, private, FALSE, _("\"%s\" must be %s"), "private", _("true or false"));
    field->is_private = cJSON_IsTrue(private);
    field->reader = mc_reader_compile_with(&b->c, source, extra);
    g_ptr_array_add(map->fields, field);
  }
}

static void
compile_history(McBuild *b, const cJSON *source, McMap *map)
{
  static const McKey keys[] = {{"each", MC_SHAPE_READER, TRUE},  {"where", MC_SHAPE_OBJECT, FALSE},
                               {"when", MC_SHAPE_READER, FALSE}, {"who", MC_SHAPE_READER, FALSE},
                               {"what", MC_SHAPE_READER, TRUE},  {NULL, 0, FALSE}};
  if (!source || !mc_shape_check(&b->c, source, "history", keys))
    return;
  McHistoryPlan *history = map->history = g_new0(McHistoryPlan, 1);
  history->each = mc_shape_member_reader(&b->c, source, "each");
  history->where = mc_shape_member_test(&b->c, source, "where");
  history->when = mc_shape_member_reader(&b->c, source, "when");
  history->who = mc_shape_member_reader(&b->c, source, "who");
  history->what = mc_shape_member_reader(&b->c, source, "what");
}

/* The words that a reader may give are written in it: each must be one of the contract's. */
static void
check_word(McBuild *b, const McMapKey *key, const cJSON *node)
{
  if (cJSON_IsString(node) && !mc_map_key_knows(key, node->valuestring))
    mc_compile_fault(&b->c, node, FALSE, _("\"%s\" is not a word for \"%s\": %s"), node->valuestring,
                     mc_map_key_name(key), mc_map_key_words(key));
}

static void
check_words(McBuild *b, const McMapKey *key, const cJSON *source)
{
  const cJSON *member;
  if (!mc_map_key_words(key) || !cJSON_IsObject(source))
    return;
  cJSON_ArrayForEach (member, mc_shape_object(source, "table"))
    check_word(b, key, member);
  cJSON_ArrayForEach (member, mc_shape_array(source, "case"))
    check_word(b, key, mc_json_get(member, "then"));
  check_word(b, key, mc_json_get(source, "else"));
  check_word(b, key, mc_json_get(source, "const"));
}

static void
compile_refs(McBuild *b, const cJSON *source, McMap *map)
{
  const cJSON *one;
  if (cJSON_IsArray(source))
    cJSON_ArrayForEach (one, source)
      g_ptr_array_add(map->refs, mc_reader_compile(&b->c, one));
  else if (source)
    g_ptr_array_add(map->refs, mc_reader_compile(&b->c, source));
}

void
mc_map_compile(McBuild *b, cJSON *source, gboolean detail, McMap *map)
{
  map->mappings = g_ptr_array_new_with_free_func((GDestroyNotify)mapping_free);
  map->refs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_reader_free);
  map->fields = g_ptr_array_new_with_free_func((GDestroyNotify)field_free);
  if (!source)
    return;
  mc_shape_check(&b->c, source, _("a map"), mc_map_shape(detail));
  cJSON *member;
  cJSON_ArrayForEach (member, source) {
    const McMapKey *key = mc_map_key_find(member->string);
    if (!key)
      continue;
    McMapping *mapping = g_new0(McMapping, 1);
    mapping->key = key;
    mapping->reader = mc_reader_compile(&b->c, member);
    check_words(b, key, member);
    g_ptr_array_add(map->mappings, mapping);
  }
  compile_refs(b, mc_json_get(source, "refs"), map);
  compile_fields(b, mc_shape_array(source, "fields"), map);
  compile_history(b, mc_shape_object(source, "history"), map);
}

/* --- detail --- */
static void
detail_free(McDetail *detail)
{
  mc_request_spec_free(detail->request);
  mc_reader_free(detail->record);
  mc_map_clear(&detail->map);
  mc_reader_free(detail->etag);
  mc_test_free(detail->gone);
  mc_sub_free(detail->sub);
  g_free(detail);
}

static void
compile_detail(McBuild *b, const cJSON *source, McStream *stream)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},
                               {"record", MC_SHAPE_READER, FALSE},
                               {"map", MC_SHAPE_OBJECT, FALSE},
                               {"etag", MC_SHAPE_READER, FALSE},
                               {"gone", MC_SHAPE_OBJECT, FALSE},
                               {"sub", MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  if (!mc_shape_check(&b->c, source, _("a detail"), keys))
    return;
  McDetail *detail = g_new0(McDetail, 1);
  const cJSON *request = mc_shape_object(source, "request");
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM, NULL, NULL);
  detail->request = request ? mc_request_compile(&b->c, request, "GET") : NULL;
  detail->record = mc_shape_member_reader(&b->c, source, "record");
  mc_map_compile(b, mc_shape_object(source, "map"), TRUE, &detail->map);
  detail->etag_header = g_strcmp0(mc_shape_string(source, "etag"), "header") == 0;
  if (!detail->etag_header)
    detail->etag = mc_shape_member_reader(&b->c, source, "etag");
  detail->gone = mc_shape_member_test(&b->c, source, "gone");
  detail->sub = mc_sub_compile(b, mc_shape_object(source, "sub"), TRUE);
  g_ptr_array_add(stream->details, detail);
}

static void
compile_details(McBuild *b, const cJSON *source, McStream *stream)
{
  const cJSON *one;
  if (cJSON_IsArray(source))
    cJSON_ArrayForEach (one, source)
      compile_detail(b, one, stream);
  else if (source)
    compile_detail(b, source, stream);
}

/* --- stream --- */
static void
compile_cache(McBuild *b, const cJSON *source, McStream *stream)
{
  static const char *const keys[] = {"none", NULL};
  const cJSON *cache = mc_json_get(source, "cache");
  if (mc_json_get(cache, "none"))
    mc_compile_keys(&b->c, cache, keys);
  if (cJSON_IsString(cache) && g_str_equal(cache->valuestring, "none"))
    stream->no_cache = TRUE;
  else if (cJSON_IsObject(cache))
    stream->no_cache_if =
        mc_test_compile(&b->c, mc_json_get(cache, "none") ? mc_json_get(cache, "none") : cache);
  else if (cJSON_IsString(cache))
    mc_compile_fault(&b->c, cache, FALSE,
                     _("\"cache\" must be \"none\", or {\"none\": a test on the record}"));
}

McStream *
mc_stream_compile(McBuild *b, cJSON *source)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},
                               {"records", MC_SHAPE_READER, TRUE},
                               {"key", MC_SHAPE_READER, TRUE},
                               {"map", MC_SHAPE_OBJECT, TRUE},
                               {"pages", MC_SHAPE_OBJECT, FALSE},
                               {"delta", MC_SHAPE_OBJECT, FALSE},
                               {"detail", MC_SHAPE_OBJECT | MC_SHAPE_ARRAY, FALSE},
                               {"where", MC_SHAPE_OBJECT, FALSE},
                               {"keep", MC_SHAPE_OBJECT, FALSE},
                               {"kind", MC_SHAPE_STRING, FALSE},
                               {"cache", MC_SHAPE_STRING | MC_SHAPE_OBJECT, FALSE},
                               {"sub", MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  static const char *const kinds[] = {"document", "case", "feedback", "mail", "meeting", "alert", NULL};
  McCompiler *c = &b->c;
  if (!mc_shape_check(c, source, _("a stream"), keys))
    return NULL;
  McStream *s = g_new0(McStream, 1);
  s->name = g_strdup(source->string);
  const cJSON *request = mc_shape_object(source, "request");
  b->stream = source;
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_CURSOR | MC_SEE_PAGE, NULL, NULL);
  s->request = request ? mc_request_compile(c, request, "GET") : NULL;
  mc_records_compile(c, source, &s->records);
  s->key = mc_shape_member_reader(c, source, "key");
  mc_pages_compile(b, mc_shape_object(source, "pages"), &s->pages);
  mc_delta_compile(b, mc_shape_object(source, "delta"), &s->delta);
  const char *method = mc_shape_string(request, "method");
  if ((s->delta.etag || s->delta.modified) && method && !g_str_equal(method, "GET"))
    mc_compile_fault(c, source, FALSE, _("\"etag\" and \"modified\" need a list that is asked for by GET"));
  mc_build_place(b, MC_SEE_SESSION, NULL, NULL);
  s->where = mc_shape_member_test(c, source, "where");
  s->keep = mc_keep_compile(c, source, "keep");
  compile_cache(b, source, s);
  mc_map_compile(b, mc_shape_object(source, "map"), FALSE, &s->map);
  s->sub = mc_sub_compile(b, mc_shape_object(source, "sub"), FALSE);
  s->has_kind = mc_shape_string(source, "kind") != NULL;
  s->kind = (McKind)mc_shape_word(c, source, "kind", kinds, MC_KIND_CASE);
  s->details = g_ptr_array_new_with_free_func((GDestroyNotify)detail_free);
  compile_details(b, mc_json_get(source, "detail"), s);
  b->stream = NULL;
  return s;
}

void
mc_stream_free(McStream *s)
{
  McReader *const readers[] = {s->records.reader, s->key, s->pages.total, s->pages.at};
  McTest *const tests[] = {s->pages.more, s->where, s->no_cache_if};
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    mc_reader_free(readers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
    mc_test_free(tests[i]);
  mc_request_spec_free(s->request);
  g_ptr_array_unref(s->keep);
  mc_map_clear(&s->map);
  g_ptr_array_unref(s->details);
  mc_delta_clear(&s->delta);
  mc_sub_free(s->sub);
  g_free(s->name);
  g_free(s);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-requests: a list gives little more than keys, and further requests bring the records themselves, one by
 * one (`item.key`) or as many at a time as the system takes (`batch`, a list of keys up to `max`).
 *
 * What comes is joined by key and laid over what the list had: where both have a member, the sub-request's
 * counts. A record that was asked for and does not come is an error, as the list would be half: unless
 * "missing":"gone" says that the system leaves out what was deleted in between. They are asked one request at
 * a time, as everything within one exchange is. */
#include <string.h>

#include "connector/pull.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_BATCH 1000

static void
one_free(McSubOne *one)
{
  cJSON_Delete(one->key);
  cJSON_Delete(one->keep);
  cJSON_Delete(one->record);
  cJSON_Delete(one->found);
  g_free(one);
}

void
mc_subs_init(McSubs *subs, const McSub *sub, const McReader *key)
{
  *subs = (McSubs){.sub = sub, .key = sub && sub->key ? sub->key : key};
  subs->ones = g_ptr_array_new_with_free_func((GDestroyNotify)one_free);
}

void
mc_subs_clear(McSubs *subs)
{
  g_clear_pointer(&subs->ones, g_ptr_array_unref);
}

McSubOne *
mc_subs_add(McSubs *subs, cJSON *key, cJSON *record)
{
  McSubOne *one = g_new0(McSubOne, 1);
  one->key = key;
  one->record = record;
  g_ptr_array_add(subs->ones, one);
  return one;
}

gboolean
mc_subs_wait(const McSubs *subs)
{
  return subs->ones && subs->ones->len > 0;
}

/* --- the request --- */
static cJSON *
item_names(const McSubOne *one)
{
  cJSON *names = cJSON_CreateObject();
  cJSON_AddItemToObject(names, "key", cJSON_Duplicate(one->key, TRUE));
  if (one->keep)
    cJSON_AddItemToObject(names, "keep", cJSON_Duplicate(one->keep, TRUE));
  return names;
}

McRequest *
mc_subs_request(McSubs *subs, McExchange *x, GError **error)
{
  const McSub *sub = subs->sub;
  subs->asked = sub->max ? MIN((guint)sub->max, subs->ones->len) : 1;
  if (sub->max) {
    cJSON *batch = cJSON_CreateArray();
    for (guint i = 0; i < subs->asked; i++)
      cJSON_AddItemToArray(batch, cJSON_Duplicate(((McSubOne *)subs->ones->pdata[i])->key, TRUE));
    mc_scope_take(x->scope, "batch", batch);
  } else if (!sub->of) { /* within a detail `item` stays the item */
    mc_scope_take(x->scope, "item", item_names(subs->ones->pdata[0]));
  } else {
    mc_scope_take(x->scope, "batch", cJSON_Duplicate(((McSubOne *)subs->ones->pdata[0])->key, TRUE));
  }
  McRequest *request = mc_exchange_request(x, sub->request, error);
  mc_scope_take(x->scope, "batch", NULL);
  if (!sub->of)
    mc_scope_take(x->scope, "item", NULL);
  return request;
}

/* --- the answer --- */
/* Takes `why`. */
static gboolean
fail(McExchange *x, char *why)
{
  g_autofree char *clean = mc_text_clean(why, -1);
  mc_exchange_fail(x,
                   g_error_new(MC_ERROR, MC_ERROR_PROTOCOL, "%s: %s", mc_binding_title(x->binding), clean));
  g_free(why);
  return FALSE;
}

static McSubOne *
find(const McSubs *subs, const char *key)
{
  for (guint i = 0; key && i < subs->asked; i++) {
    McSubOne *one = subs->ones->pdata[i];
    if (g_strcmp0(mc_json_text(one->key), key) == 0)
      return one;
  }
  return NULL;
}

/* What was not asked for is of no use, and no harm. */
static gboolean
join(McSubs *subs, McExchange *x, const cJSON *record)
{
  g_autofree char *key = subs->key ? mc_reader_text(subs->key, record, x->scope) : NULL;
  McSubOne *one = subs->key && (subs->sub->max || subs->sub->key) ? find(subs, key) : subs->ones->pdata[0];
  if (!one)
    return TRUE;
  if (one->found)
    return fail(x, g_strdup_printf(_("the record \"%s\" came twice in one answer"), mc_json_text(one->key)));
  one->found = cJSON_Duplicate(record, TRUE);
  return TRUE;
}

static gboolean
nothing_missing(const McSubs *subs, McExchange *x)
{
  for (guint i = 0; i < subs->asked && !subs->sub->missing_is_gone; i++) {
    const McSubOne *one = subs->ones->pdata[i];
    if (one->found)
      continue;
    return fail(
        x, g_strdup_printf(_("the record \"%s\" was asked for and did not come"), mc_json_text(one->key)));
  }
  return TRUE;
}

/* One record asked for alone and not there: the status says it. */
static gboolean
is_gone(const McSubs *subs, McExchange *x, const McAnswer *answer)
{
  int status = answer->response->status;
  if (subs->sub->max || !subs->sub->missing_is_gone || answer->response->wire != MC_WIRE_ANSWERED ||
      x->verdict.class == MC_CLASS_EXPIRED || (status != 404 && status != 410))
    return FALSE;
  x->verdict.class = MC_CLASS_OK;
  return TRUE;
}

gboolean
mc_subs_fed(McSubs *subs, McExchange *x, const McAnswer *answer)
{
  const McRecords *wanted = &subs->sub->records;
  cJSON *owned = NULL;
  if (is_gone(subs, x, answer))
    return TRUE;
  if (!mc_exchange_usable(x))
    return FALSE;
  if (!wanted->reader)
    return (!answer->root || join(subs, x, answer->root)) && nothing_missing(subs, x);
  g_autoptr(GPtrArray) records =
      mc_exchange_records(wanted->reader, answer->root, x->scope, wanted->may_miss, &owned);
  gboolean good = TRUE;
  if (!records)
    fail(x, g_strdup_printf(_("the answer has no list of records for \"%s\""), "sub"));
  for (guint i = 0; good && records && i < records->len; i++)
    good = join(subs, x, records->pdata[i]);
  cJSON_Delete(owned);
  return records && good && nothing_missing(subs, x);
}

void
mc_subs_drop(McSubs *subs)
{
  g_ptr_array_remove_range(subs->ones, 0, subs->asked);
  subs->asked = 0;
}

cJSON *
mc_subs_whole(const McSubOne *one)
{
  const cJSON *member;
  if (!cJSON_IsObject(one->record) || !cJSON_IsObject(one->found))
    return cJSON_Duplicate(one->found, TRUE);
  cJSON *whole = cJSON_Duplicate(one->found, TRUE);
  cJSON_ArrayForEach (member, one->record)
    if (!mc_json_get(whole, member->string))
      cJSON_AddItemToObject(whole, member->string, cJSON_Duplicate(member, TRUE));
  return whole;
}

/* --- compiling --- */
McSub *
mc_sub_compile(McBuild *b, cJSON *source, gboolean detail)
{
  static const McKey stream_keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},
                                      {"max", MC_SHAPE_INTEGER, FALSE},
                                      {"records", MC_SHAPE_READER, FALSE},
                                      {"key", MC_SHAPE_READER, FALSE},
                                      {"map", MC_SHAPE_OBJECT, FALSE},
                                      {"missing", MC_SHAPE_STRING, FALSE},
                                      {NULL, 0, FALSE}};
  static const McKey detail_keys[] = {
      {"request", MC_SHAPE_OBJECT, TRUE},  {"of", MC_SHAPE_READER, TRUE},
      {"max", MC_SHAPE_INTEGER, FALSE},    {"records", MC_SHAPE_READER, FALSE},
      {"key", MC_SHAPE_READER, FALSE},     {"map", MC_SHAPE_OBJECT, TRUE},
      {"missing", MC_SHAPE_STRING, FALSE}, {NULL, 0, FALSE}};
  static const char *const missing[] = {"error", "gone", NULL};
  McCompiler *c = &b->c;
  if (!source || !mc_shape_check(c, source, "sub", detail ? detail_keys : stream_keys))
    return NULL;
  McSub *sub = g_new0(McSub, 1);
  const cJSON *request = mc_shape_object(source, "request");
  sub->max = mc_shape_int(c, source, "max", 1, MAX_BATCH, 0);
  mc_build_place(
      b, MC_SEE_SESSION | (sub->max || detail ? MC_SEE_BATCH : 0) | (sub->max && !detail ? 0 : MC_SEE_ITEM),
      NULL, NULL);
  sub->request = request ? mc_request_compile(c, request, "GET") : NULL;
  mc_build_place(b, MC_SEE_SESSION | (detail ? MC_SEE_ITEM : 0), NULL, NULL);
  sub->of = detail ? mc_shape_member_reader(c, source, "of") : NULL;
  mc_records_compile(c, source, &sub->records);
  sub->key = mc_shape_member_reader(c, source, "key");
  sub->missing_is_gone = mc_shape_word(c, source, "missing", missing, 0) == 1;
  mc_map_compile(b, mc_shape_object(source, "map"), detail, &sub->map);
  if (sub->max && !sub->records.reader)
    mc_compile_fault(c, source, FALSE,
                     _("a sub-request for many keys needs \"records\", where they are in its answer"));
  if (sub->max && detail && !sub->key)
    mc_compile_fault(c, source, FALSE,
                     _("a sub-request for many keys needs \"key\", what its records are told apart by"));
  return sub;
}

void
mc_sub_free(McSub *sub)
{
  if (!sub)
    return;
  mc_request_spec_free(sub->request);
  mc_reader_free(sub->of);
  mc_reader_free(sub->records.reader);
  mc_reader_free(sub->key);
  mc_map_clear(&sub->map);
  g_free(sub);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one record whole: each request of the stream's `detail` in turn, laid over a copy of the item.
 * Where a detail only lists keys of more (entries of a log), its `sub` asks for them, and its map reads what
 * came as one array, in the order of the keys. The item keeps its `raw`, the record that the rights of its
 * actions are read from, unless it had none. What may not be kept on this desk is not fetched at all. */
#include <string.h>

#include "connector/detail.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

#define MAX_HISTORY 1000
#define MAX_FILES   1000

typedef struct {
  McExchange base;
  const McStream *stream;
  const McFiles *files; /* of its stream, or NULL */
  McItem *item;
  guint index;     /* of the detail that is read next */
  gboolean listed; /* its files were read */
  gboolean gone;
  gboolean whole;  /* it was the list's own record, only newer */
  gboolean hidden; /* it came as a stub and stays one, whatever its detail looks like */
  McSubs subs;     /* of the detail that was read last */
  cJSON *gathered; /* what they brought */
} Detail;

/* --- what a detail says of its record; delivery asks the same --- */
gboolean
mc_detail_gone(const McDetail *detail, const McAnswer *answer, const McScope *scope)
{
  int status = answer->response->status;
  if (answer->response->wire != MC_WIRE_ANSWERED)
    return FALSE;
  return detail->gone ? mc_test_eval(detail->gone, answer, answer->root, scope)
                      : status == 404 || status == 410;
}

cJSON *
mc_detail_record(const McDetail *detail, const McAnswer *answer, const McScope *scope)
{
  if (detail->record)
    return mc_reader_read(detail->record, answer->root, scope, NULL);
  return answer->root ? cJSON_Duplicate(answer->root, TRUE) : NULL;
}

static char *
mapped_text(const McMap *map, const char *name, const cJSON *record, const McScope *scope)
{
  for (guint i = 0; i < map->mappings->len; i++) {
    const McMapping *mapping = map->mappings->pdata[i];
    if (g_str_equal(mc_map_key_name(mapping->key), name))
      return mc_reader_text(mapping->reader, record, scope);
  }
  return NULL;
}

char *
mc_detail_version(const McStream *stream, const McDetail *detail, const cJSON *record, const McScope *scope)
{
  char *own = mapped_text(&detail->map, "version", record, scope);
  return own ? own : mapped_text(&stream->map, "version", record, scope);
}

char *
mc_detail_etag(const McDetail *detail, const McAnswer *answer, const cJSON *record, const McScope *scope)
{
  if (detail->etag_header)
    return g_strdup(mc_response_header(answer->response, "ETag"));
  return detail->etag ? mc_reader_text(detail->etag, record, scope) : NULL;
}

/* --- filling the item --- */
static void
fill_history(Detail *d, const McHistoryPlan *plan, const cJSON *record)
{
  McScope *scope = d->base.scope;
  cJSON *owned = NULL;
  g_autoptr(GPtrArray) entries = plan ? mc_exchange_records(plan->each, record, scope, TRUE, &owned) : NULL;
  for (guint i = 0; entries && i < entries->len && d->item->history->len < MAX_HISTORY; i++) {
    const cJSON *entry = entries->pdata[i];
    McAnswer answer = {NULL, entry};
    gint64 when = MC_TIME_NONE;
    if (plan->where && !mc_test_eval(plan->where, &answer, entry, scope))
      continue;
    if (!plan->when || !mc_reader_moment(plan->when, entry, scope, &when, NULL))
      when = MC_TIME_NONE;
    g_autofree char *who = plan->who ? mc_reader_text(plan->who, entry, scope) : NULL;
    g_autofree char *what = mc_reader_text(plan->what, entry, scope);
    g_autofree char *clean_who = mc_map_text(who), *clean_what = mc_map_text(what);
    g_ptr_array_add(d->item->history, mc_history_new(when, clean_who, clean_what ? clean_what : ""));
  }
  cJSON_Delete(owned);
}

static char *
file_text(const McReader *reader, const cJSON *entry, const McScope *scope)
{
  g_autofree char *text = reader ? mc_reader_text(reader, entry, scope) : NULL;
  return mc_map_text(text);
}

/* One file of the list, or NULL where it has no key. */
static McAttachment *
read_file(const McFiles *files, const cJSON *entry, const McScope *scope)
{
  g_autofree char *key = mc_reader_text(files->key, entry, scope),
                  *name = file_text(files->name, entry, scope);
  g_autofree char *type = file_text(files->type, entry, scope),
                  *hash = file_text(files->sha256, entry, scope);
  g_autofree char *size = files->size ? mc_reader_text(files->size, entry, scope) : NULL;
  gint64 bytes = -1;
  if (!key)
    return NULL;
  if (size && !g_ascii_string_to_signed(size, 10, 0, G_MAXINT64, &bytes, NULL))
    bytes = -1;
  McAttachment *file = mc_attachment_new(key, name ? name : key, type, bytes, hash);
  if (files->keep->len) {
    cJSON *keep = cJSON_CreateObject();
    mc_keep_read(files->keep, entry, scope, keep);
    file->keep = mc_json_print(keep);
    cJSON_Delete(keep);
  }
  return file;
}

/* `source`: the record, or the answer to the list's own request. */
static void
fill_files(Detail *d, const McFiles *files, const cJSON *source)
{
  McScope *scope = d->base.scope;
  cJSON *owned = NULL;
  g_autoptr(GPtrArray) entries = mc_exchange_records(files->list, source, scope, TRUE, &owned);
  for (guint i = 0; i < entries->len && d->item->attachments->len < MAX_FILES; i++) {
    const cJSON *entry = entries->pdata[i];
    McAnswer answer = {NULL, entry};
    if (files->where && !mc_test_eval(files->where, &answer, entry, scope))
      continue;
    McAttachment *file = read_file(files, entry, scope);
    if (file)
      g_ptr_array_add(d->item->attachments, file);
  }
  if (d->item->attachments->len)
    d->item->attachment_count = (int)d->item->attachments->len;
  cJSON_Delete(owned);
}

/* The fields of the list's record stand first, as in the list. */
static void
begin_item(Detail *d)
{
  g_autoptr(McJson) raw =
      d->item->raw ? mc_json_parse("record", d->item->raw, strlen(d->item->raw), MC_JSON_STRICT, NULL) : NULL;
  McMapNotes notes = {0};
  McMap fields = {.mappings = g_ptr_array_new(), .refs = g_ptr_array_new(), .fields = d->stream->map.fields};
  g_ptr_array_set_size(d->item->fields, 0);
  g_ptr_array_set_size(d->item->history, 0);
  g_ptr_array_set_size(d->item->attachments, 0);
  if (raw && d->files && !d->files->request && !d->stream->details->len)
    fill_files(d, d->files, mc_json_root(raw));
  if (raw)
    mc_map_apply(d->base.binding, &fields, mc_json_root(raw), d->base.scope, d->item, &notes);
  g_ptr_array_unref(fields.mappings);
  g_ptr_array_unref(fields.refs);
}

static void
take_text(McItem *item, char **into, char *text)
{
  if (text)
    mc_item_set_text(item, into, text);
}

/* A record with the stream's own key where the list has it is the list's record, only newer: all of the map
 * holds. */
static gboolean
is_same_kind(const Detail *d, const cJSON *record)
{
  g_autofree char *key = mc_reader_text(d->stream->key, record, d->base.scope);
  return g_strcmp0(key, d->item->key) == 0;
}

static void
fill_first(Detail *d, const McDetail *detail, const cJSON *record)
{
  McExchange *x = &d->base;
  McMapNotes notes = {0};
  begin_item(d);
  d->whole = is_same_kind(d, record);
  if (d->whole) {
    mc_map_apply(x->binding, &d->stream->map, record, x->scope, d->item, &notes);
    mc_item_set_text(d->item, &d->item->raw, mc_json_print(record));
    mc_actions_allow(x->binding, d->item, record);
  } else {
    take_text(d->item, &d->item->version, mc_detail_version(d->stream, detail, record, x->scope));
  }
  mc_map_notes_clear(&notes);
}

static void
fill(Detail *d, const McDetail *detail, const McAnswer *answer, const cJSON *record, gint64 now)
{
  McExchange *x = &d->base;
  McMapNotes notes = {0};
  if (d->index == 0)
    fill_first(d, detail, record);
  mc_map_apply(x->binding, &detail->map, record, x->scope, d->item, &notes);
  take_text(d->item, &d->item->etag, mc_detail_etag(detail, answer, record, x->scope));
  fill_history(d, detail->map.history, record);
  if (d->files && !d->files->request)
    fill_files(d, d->files, record);
  d->item->detail_as_of = now;
  if (d->index == 0)
    mc_actions_allow_detail(x->binding, d->item, record);
  mc_map_notes_clear(&notes);
  if (d->hidden || mc_map_is_secret(d->stream, record, x->scope))
    mc_map_hide(d->item);
}

/* --- sub-requests --- */
static void
begin_subs(Detail *d, const McSub *sub, const cJSON *record)
{
  cJSON *owned = NULL;
  mc_subs_clear(&d->subs);
  if (!sub || d->hidden || mc_map_is_secret(d->stream, record, d->base.scope))
    return;
  g_autoptr(GPtrArray) keys = mc_exchange_records(sub->of, record, d->base.scope, TRUE, &owned);
  mc_subs_init(&d->subs, sub, NULL);
  for (guint i = 0; i < keys->len && i < MAX_HISTORY; i++)
    if (mc_json_text(keys->pdata[i]))
      mc_subs_add(&d->subs, cJSON_Duplicate(keys->pdata[i], TRUE), NULL);
  cJSON_Delete(owned);
  cJSON_Delete(d->gathered);
  d->gathered = cJSON_CreateArray();
}

static void
subs_fed(Detail *d, const McAnswer *answer)
{
  McExchange *x = &d->base;
  McMapNotes notes = {0};
  if (!mc_subs_fed(&d->subs, x, answer))
    return;
  for (guint i = 0; i < d->subs.asked; i++) {
    McSubOne *one = d->subs.ones->pdata[i];
    if (one->found)
      cJSON_AddItemToArray(d->gathered, g_steal_pointer(&one->found));
  }
  mc_subs_drop(&d->subs);
  if (mc_subs_wait(&d->subs))
    return;
  const McMap *map = &d->subs.sub->map;
  mc_map_apply(x->binding, map, d->gathered, x->scope, d->item, &notes);
  fill_history(d, map->history, d->gathered);
  mc_map_notes_clear(&notes);
}

/* --- steps --- */
/* The list of the files is asked for last, where it has a request of its own. */
static gboolean
wants_files(const Detail *d)
{
  return d->files && d->files->request && !d->listed;
}

static McStep
detail_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  Detail *d = (Detail *)x;
  (void)now, (void)wait_until;
  if (mc_subs_wait(&d->subs)) {
    *request = mc_subs_request(&d->subs, x, error);
    return *request ? MC_STEP_SEND : MC_STEP_FAILED;
  }
  if (!d->stream->details->len && !d->listed)
    begin_item(d);
  if (d->gone || (d->index >= d->stream->details->len && !wants_files(d)))
    return MC_STEP_DONE;
  const McDetail *detail = d->index < d->stream->details->len ? d->stream->details->pdata[d->index] : NULL;
  *request = mc_exchange_request(x, detail ? detail->request : d->files->request, error);
  return *request ? MC_STEP_SEND : MC_STEP_FAILED;
}

static void
files_fed(Detail *d, const McAnswer *answer)
{
  if (!mc_exchange_usable(&d->base))
    return;
  if (!answer->root)
    mc_exchange_fail(&d->base,
                     g_error_new(MC_ERROR, MC_ERROR_PROTOCOL, _("%s: the answer has no list of files"),
                                 mc_binding_title(d->base.binding)));
  else
    fill_files(d, d->files, answer->root);
  if (d->hidden)
    mc_map_hide(d->item);
  d->listed = TRUE;
}

static void
detail_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Detail *d = (Detail *)x;
  if (mc_subs_wait(&d->subs)) {
    subs_fed(d, answer);
    return;
  }
  if (d->index >= d->stream->details->len) {
    files_fed(d, answer);
    return;
  }
  const McDetail *detail = d->stream->details->pdata[d->index];
  if (x->verdict.class != MC_CLASS_EXPIRED && mc_detail_gone(detail, answer, x->scope)) {
    d->gone = TRUE;
    x->verdict.class = MC_CLASS_OK;
    return;
  }
  if (!mc_exchange_usable(x))
    return;
  cJSON *record = mc_detail_record(detail, answer, x->scope);
  if (!record)
    mc_exchange_fail(x, g_error_new(MC_ERROR, MC_ERROR_PROTOCOL, _("%s: the answer has no record of %s"),
                                    mc_binding_title(x->binding), d->item->id));
  else
    fill(d, detail, answer, record, now);
  if (record)
    begin_subs(d, detail->sub, record);
  cJSON_Delete(record);
  d->index++;
}

static void
detail_clear(McExchange *x)
{
  Detail *d = (Detail *)x;
  mc_item_free(d->item);
  mc_subs_clear(&d->subs);
  cJSON_Delete(d->gathered);
}

static void
detail_recipe(const McExchange *x, cJSON *into)
{
  const McItem *item = ((const Detail *)x)->item;
  const struct {
    const char *name, *text;
  } texts[] = {{"stream", item->stream},   {"key", item->key},   {"code", item->code},
               {"version", item->version}, {"etag", item->etag}, {"keep", item->keep},
               {"raw", item->raw}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i].text)
      cJSON_AddStringToObject(into, texts[i].name, texts[i].text);
  cJSON_AddBoolToObject(into, "number", item->key_is_number);
}

static const McExchangeKind detail_kind = {
    .name = "detail", .next = detail_next, .fed = detail_fed, .clear = detail_clear, .recipe = detail_recipe};

McExchange *
mc_detail_new(McBinding *binding, const McItem *item)
{
  Detail *d = mc_exchange_new(&detail_kind, sizeof *d, binding);
  d->stream = mc_profile_stream(binding->profile, item->stream);
  d->item = mc_item_copy(item);
  mc_scope_take(d->base.scope, "item", mc_item_names(item));
  if (d->stream && mc_files_are_of(binding->profile->files, d->stream->name))
    d->files = binding->profile->files;
  if (!d->stream)
    mc_exchange_fail(&d->base, g_error_new(MC_ERROR, MC_ERROR_NOT_FOUND, _("%s: there is no stream \"%s\""),
                                           mc_binding_title(binding), item->stream));
  else
    d->hidden = d->stream->no_cache || (d->stream->no_cache_if && !item->raw);
  return &d->base;
}

gboolean
mc_detail_is_whole(const McExchange *x)
{
  return ((const Detail *)x)->whole;
}

McItem *
mc_detail_take(McExchange *x, gboolean *gone)
{
  Detail *d = (Detail *)x;
  *gone = d->gone;
  return d->gone ? NULL : g_steal_pointer(&d->item);
}

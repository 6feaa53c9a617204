/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling a stream (rule 5): page after page, until the last; complete, or failed. What was read on the way
 * is handed out as it comes, for the driver to keep aside; only a pull that ends DONE says that it means
 * something. Nothing of a page stays here after it: a hash of each key, of each page's place, and the mark.
 *
 * Every page must be new: one that repeats or was asked for before, a key that comes twice, a total that
 * moves, more pages than `max` end the pull as an error. A list of changes (delta.link, delta.changes, a list
 * from a token) may name a record again: there the last one counts. With validators the pages of last time
 * are asked for first, each by its own: when every one is unchanged, so is the list.
 *
 * A system that has forgotten what the cursor stands for (`restart`; 410 for a kept link) ends the pull with
 * `restart`: what it handed out is void, and the driver begins a full one, probe and all. */
#include <string.h>

#include "connector/keyset.h"
#include "connector/pull.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

typedef struct {
  McExchange base;
  const McStream *stream;
  gboolean full, done;
  gboolean ended;    /* the last page was read; sub-requests may still be to be asked */
  gboolean changes;  /* asks `delta.changes` */
  gboolean checking; /* the pages of last time are asked for by their validators */
  McMark *mark;
  McPlace place;
  cJSON *token;    /* that the next request for changes goes on from */
  guint page;      /* pages read */
  guint unchanged; /* pages that answered 304 */
  gint64 rows, total;
  McKeySet *keys, *places; /* of records, of pages */
  char *last_keys;         /* of the page before, hashed */
  McSubs subs;
  GPtrArray *items, *removed;
  McMapNotes notes;
  McPullResult result;
} Pull;

static void fail(Pull *pull, McError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
fail(Pull *pull, McError code, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  mc_exchange_fail(&pull->base,
                   g_error_new(MC_ERROR, code, "%s: %s", mc_binding_title(pull->base.binding), text));
}

/* --- the request --- */
static void
begin(Pull *pull, const char *cursor, gboolean full)
{
  const McDelta *delta = &pull->stream->delta;
  pull->mark = mc_mark_new(delta, cursor, full);
  pull->full = full;
  pull->token = delta->changes ? mc_mark_value(pull->mark) : NULL;
  pull->changes = pull->token != NULL;
  pull->checking = !pull->changes && mc_mark_tags(pull->mark) > 0;
  if (pull->changes)
    mc_mark_lose_tags(pull->mark);
  mc_place_begin(&pull->stream->pages, &pull->place);
  pull->place.link = g_strdup(mc_mark_link(pull->mark));
  mc_subs_init(&pull->subs, pull->stream->sub, pull->stream->key);
}

/* A page that has its own URL: the next link of the page before, or the one that was tagged last time. */
static gboolean
set_url(Pull *pull, McRequest *request, const char *url)
{
  if (!mc_binding_may_reach(pull->base.binding, pull->stream->request, url)) {
    fail(pull, MC_ERROR_PROTOCOL, _("the next page is at another host: %s"), url);
    return FALSE;
  }
  g_free(request->url);
  request->url = g_strdup(url);
  return TRUE;
}

static gboolean
ask_by_tag(Pull *pull, McRequest *request)
{
  McTag tag = mc_mark_tag(pull->mark, pull->unchanged);
  if (!tag.url || (!tag.etag && !tag.modified) ||
      (pull->unchanged == 0 && !g_str_equal(tag.url, request->url))) {
    pull->checking = FALSE; /* asked for something else this time */
    return TRUE;
  }
  if (pull->unchanged > 0 && !set_url(pull, request, tag.url))
    return FALSE;
  if (tag.etag)
    mc_request_set_header(request, "If-None-Match", tag.etag);
  if (tag.modified)
    mc_request_set_header(request, "If-Modified-Since", tag.modified);
  pull->base.judging.not_modified = TRUE;
  return TRUE;
}

static gboolean
ask_page(Pull *pull, McRequest **request, GError **error)
{
  McExchange *x = &pull->base;
  mc_scope_take(x->scope, "page", mc_place_names(&pull->stream->pages, &pull->place));
  mc_scope_take(x->scope, "cursor", mc_mark_value(pull->mark));
  *request = mc_exchange_request(x, pull->stream->request, error);
  return *request && (!pull->place.link || set_url(pull, *request, pull->place.link)) &&
         (!pull->checking || ask_by_tag(pull, *request));
}

static McStep
pull_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  Pull *pull = (Pull *)x;
  (void)now, (void)wait_until;
  if (pull->done)
    return MC_STEP_DONE;
  if (mc_subs_wait(&pull->subs)) {
    *request = mc_subs_request(&pull->subs, x, error);
  } else if (pull->changes) {
    mc_scope_take(x->scope, "cursor", cJSON_Duplicate(pull->token, TRUE));
    *request = mc_exchange_request(x, pull->stream->delta.changes->request, error);
  } else if (!ask_page(pull, request, error)) {
    return MC_STEP_FAILED;
  }
  return *request ? MC_STEP_SEND : MC_STEP_FAILED;
}

/* --- the end --- */
static void
finish(Pull *pull, gint64 now, gboolean unchanged)
{
  gboolean removes = pull->full && pull->stream->delta.full != MC_FULL_NEVER;
  if (pull->full && !unchanged && pull->total >= 0 && pull->rows != pull->total) {
    fail(pull, MC_ERROR_PROTOCOL, _("the list is not whole: %ld records of %ld came"), (long)pull->rows,
         (long)pull->total);
    return;
  }
  const char *link = mc_mark_next_link(pull->mark);
  if (link && !mc_binding_may_reach(pull->base.binding, pull->stream->request, link)) {
    fail(pull, MC_ERROR_PROTOCOL, _("the link to later changes is at another host: %s"), link);
    return;
  }
  if (unchanged)
    mc_mark_keep_tags(pull->mark);
  pull->result = (McPullResult){
      .cursor = mc_mark_text(pull->mark, pull->full, now),
      .full = removes,
      .unchanged = unchanged,
      .total = pull->total,
      .rows = (guint)pull->rows,
  };
  pull->done = TRUE;
}

/* --- one page --- */
static gboolean
check_total(Pull *pull, const McAnswer *answer)
{
  const McReader *reader = pull->stream->pages.total;
  cJSON *value = reader ? mc_reader_read(reader, answer->root, pull->base.scope, NULL) : NULL;
  g_autofree char *text = value ? g_strdup(mc_json_text(value)) : NULL;
  gint64 total;
  cJSON_Delete(value);
  if (!text || !g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &total, NULL))
    return TRUE;
  if (pull->total >= 0 && pull->total != total) {
    fail(pull, MC_ERROR_PROTOCOL, _("the list changed while it was read: %ld records, then %ld"),
         (long)pull->total, (long)total);
    return FALSE;
  }
  pull->total = total;
  return TRUE;
}

static char *
record_key(Pull *pull, const cJSON *record)
{
  char *key = mc_reader_text(pull->stream->key, record, pull->base.scope);
  if (key && *key)
    return key;
  fail(pull, MC_ERROR_PROTOCOL, _("a record of \"%s\" has no key"), pull->stream->name);
  g_free(key);
  return NULL;
}

/* The keys of a page in order, in `last` (NULL: not wanted) each with the place where it stands last; NULL: a
 * record has none. */
static GPtrArray *
page_keys(Pull *pull, const GPtrArray *records, GHashTable *last)
{
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < records->len; i++) {
    char *key = record_key(pull, records->pdata[i]);
    if (!key)
      return NULL;
    g_ptr_array_add(keys, key);
    if (last)
      g_hash_table_insert(last, key, GUINT_TO_POINTER(i));
  }
  return g_steal_pointer(&keys);
}

static void
remove_key(Pull *pull, const char *key)
{
  McExchange *x = &pull->base;
  McItem *item =
      mc_item_new(x->binding->system, pull->stream->name, key, x->binding->profile->streams->len > 1);
  g_ptr_array_add(pull->removed, g_strdup(item->id));
  mc_item_free(item);
}

static gboolean
is_deleted(Pull *pull, const cJSON *record)
{
  const McTest *deleted = pull->stream->delta.deleted;
  McAnswer answer = {NULL, record};
  return deleted && mc_test_eval(deleted, &answer, record, pull->base.scope);
}

/* `listed` has the key, `record` all else; `found`: what a sub-request brought of it, NULL: none. */
static gboolean
take_record(Pull *pull, const cJSON *listed, const cJSON *record, const cJSON *found, gint64 now)
{
  McExchange *x = &pull->base;
  const McStream *stream = pull->stream;
  McAnswer answer = {NULL, record};
  GError *error = NULL;
  McItem *item = mc_map_begin(x->binding, stream, pull->notes.json, listed, x->scope, now, &error);
  if (!item) {
    mc_exchange_fail(x, error);
    return FALSE;
  }
  mc_mark_record(pull->mark, record, x->scope);
  if (is_deleted(pull, record) ||
      (stream->where && !mc_test_eval(stream->where, &answer, record, x->scope))) {
    g_ptr_array_add(pull->removed, g_strdup(item->id));
    mc_item_free(item);
    return TRUE;
  }
  mc_map_fill(x->binding, stream, record, found ? &stream->sub->map : NULL, found, x->scope, item,
              &pull->notes);
  g_ptr_array_add(pull->items, item);
  return TRUE;
}

/* To be asked for by sub-requests. */
static void
put_off(Pull *pull, const cJSON *record)
{
  McExchange *x = &pull->base;
  McSubOne *one = mc_subs_add(&pull->subs, mc_reader_read(pull->stream->key, record, x->scope, NULL),
                              cJSON_Duplicate(record, TRUE));
  if (!pull->stream->keep->len)
    return;
  one->keep = cJSON_CreateObject();
  mc_keep_read(pull->stream->keep, record, x->scope, one->keep);
}

/* `again`: a record may stand there more than once. */
static gboolean
take_records(Pull *pull, const GPtrArray *records, const GPtrArray *keys, GHashTable *last, gboolean again,
             gint64 now)
{
  for (guint i = 0; i < records->len; i++) {
    const cJSON *record = records->pdata[i];
    const char *key = keys->pdata[i];
    gboolean stale = again && GPOINTER_TO_UINT(g_hash_table_lookup(last, key)) != i;
    gboolean fresh = mc_keyset_add(pull->keys, key);
    pull->rows += fresh;
    if (!fresh && !again) {
      fail(pull, MC_ERROR_PROTOCOL, _("the record \"%s\" came twice in one list"), key);
      return FALSE;
    }
    if (stale)
      continue;
    if (pull->stream->sub && !is_deleted(pull, record))
      put_off(pull, record);
    else if (!take_record(pull, record, record, NULL, now))
      return FALSE;
  }
  return TRUE;
}

/* TRUE: the page is the one before again, and the connector says that this is how the end shows. */
static gboolean
is_repeat(Pull *pull, const GPtrArray *keys)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (guint i = 0; i < keys->len; i++)
    g_checksum_update(sum, keys->pdata[i], (gssize)strlen(keys->pdata[i]) + 1);
  char *text = g_strdup(g_checksum_get_string(sum));
  gboolean same = keys->len > 0 && g_strcmp0(text, pull->last_keys) == 0;
  g_free(pull->last_keys);
  pull->last_keys = text;
  if (same && pull->stream->pages.stop != MC_STOP_REPEAT)
    fail(pull, MC_ERROR_PROTOCOL, _("page %u of \"%s\" is the page before again"), pull->page + 1,
         pull->stream->name);
  return same;
}

/* Whether the next page was not asked for before. */
static gboolean
is_new_place(Pull *pull)
{
  g_autofree char *text = mc_place_text(&pull->place);
  if (!text || mc_keyset_add(pull->places, text))
    return TRUE;
  fail(pull, MC_ERROR_PROTOCOL, _("page %u of \"%s\" leads back to one that was read before"), pull->page,
       pull->stream->name);
  return FALSE;
}

static void
turn(Pull *pull, const McAnswer *answer)
{
  const McPages *pages = &pull->stream->pages;
  pull->ended = mc_pages_stop(pages, pull->place.rows, pull->rows, pull->total);
  if (pull->ended)
    return;
  switch (pages->kind->turn(pages, answer, pull->base.scope, &pull->place)) {
  case MC_TURN_END:
    pull->ended = TRUE;
    return;
  case MC_TURN_STUCK:
    fail(pull, MC_ERROR_PROTOCOL, _("the list of \"%s\" stands still after page %u"), pull->stream->name,
         pull->page);
    return;
  case MC_TURN_NEXT:
    break;
  }
  if (is_new_place(pull) && pull->page >= pages->max)
    fail(pull, MC_ERROR_PROTOCOL, _("\"%s\" has more than %ld pages"), pull->stream->name, (long)pages->max);
}

static void
take_page(Pull *pull, const McAnswer *answer, const GPtrArray *records, gint64 now)
{
  gboolean again = mc_mark_repeats(pull->mark);
  g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) keys = page_keys(pull, records, again ? last : NULL);
  if (!keys || !check_total(pull, answer))
    return;
  if (is_repeat(pull, keys)) {
    pull->ended = TRUE;
    return;
  }
  pull->notes.json = pull->base.json;
  gboolean taken = take_records(pull, records, keys, last, again, now);
  pull->notes.json = NULL;
  if (!taken)
    return;
  mc_mark_answer(pull->mark, answer, pull->base.scope, pull->page == 0);
  mc_mark_note_tag(pull->mark, pull->base.url, answer->response);
  pull->place.rows = records->len;
  pull->place.url = answer->response->url ? answer->response->url : pull->base.url;
  if (pull->page == 0) {
    mc_keyset_add(pull->places, pull->base.url);
    mc_keyset_add(pull->places, pull->place.url);
  }
  pull->page++;
  turn(pull, answer);
}

/* --- changes since a token --- */
static gboolean
take_changed(Pull *pull, const McChanged *changed, gint64 now)
{
  GHashTableIter iter;
  gpointer key;
  g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) left = g_ptr_array_new();
  for (guint i = 0; i < changed->records->len; i++) {
    g_autofree char *text = record_key(pull, changed->records->pdata[i]);
    if (!text)
      return FALSE;
    if (!g_hash_table_contains(changed->removed, text))
      g_ptr_array_add(left, changed->records->pdata[i]);
  }
  g_hash_table_iter_init(&iter, changed->removed);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    remove_key(pull, key);
  g_autoptr(GPtrArray) keys = page_keys(pull, left, last);
  return keys && take_records(pull, left, keys, last, TRUE, now);
}

/* To the next token, which no request of this pull may have asked from. */
static void
go_on(Pull *pull, McChanged *changed)
{
  const McChanges *changes = pull->stream->delta.changes;
  const char *name = pull->stream->name;
  pull->page++;
  pull->ended = !changed->more;
  cJSON_Delete(pull->token);
  pull->token = g_steal_pointer(&changed->token);
  if (pull->ended)
    mc_mark_take_token(pull->mark, cJSON_Duplicate(pull->token, TRUE));
  else if (!mc_keyset_add(pull->places, mc_json_text(pull->token)))
    fail(pull, MC_ERROR_PROTOCOL,
         _("the changes of \"%s\" stand still: there is said to be more, and the token "
           "is one that was asked from before"),
         name);
  else if (pull->page >= changes->max)
    fail(pull, MC_ERROR_PROTOCOL, _("the changes of \"%s\" take more than %ld requests"), name,
         (long)changes->max);
}

static void
take_changes(Pull *pull, const McAnswer *answer, gint64 now)
{
  McChanged changed;
  mc_changed_init(&changed);
  if (pull->page == 0)
    mc_keyset_add(pull->places, mc_json_text(pull->token));
  g_autofree char *wrong =
      mc_changes_read(pull->stream->delta.changes, pull->stream->name, answer, pull->base.scope, &changed);
  if (wrong)
    fail(pull, MC_ERROR_PROTOCOL, "%s", wrong);
  else if (take_changed(pull, &changed, now))
    go_on(pull, &changed);
  mc_changed_clear(&changed);
}

/* --- sub-requests --- */
static void
take_subs(Pull *pull, const McAnswer *answer, gint64 now)
{
  McSubs *subs = &pull->subs;
  if (!mc_subs_fed(subs, &pull->base, answer))
    return;
  for (guint i = 0; i < subs->asked; i++) {
    const McSubOne *one = subs->ones->pdata[i];
    cJSON *whole = one->found ? mc_subs_whole(one) : NULL;
    if (!whole)
      remove_key(pull, mc_json_text(one->key));
    gboolean good = !whole || take_record(pull, one->record, whole, one->found, now);
    cJSON_Delete(whole);
    if (!good)
      return;
  }
  mc_subs_drop(subs);
}

/* --- what an answer means --- */
static gboolean
restarts(Pull *pull, const McAnswer *answer)
{
  if (!mc_mark_is_lost(pull->mark, answer, pull->base.scope))
    return FALSE;
  pull->base.verdict.class = MC_CLASS_OK;
  pull->result.restart = TRUE;
  pull->done = TRUE;
  return TRUE;
}

/* TRUE: nothing more is to be read from this answer. */
static gboolean
not_modified(Pull *pull, const McAnswer *answer, gint64 now)
{
  if (!pull->checking)
    return FALSE;
  if (answer->response->status == 304) {
    if (++pull->unchanged == mc_mark_tags(pull->mark))
      finish(pull, now, TRUE);
    return TRUE;
  }
  pull->checking = FALSE;
  return pull->unchanged > 0; /* a later page changed: from the first again, without validators */
}

static void
take_list(Pull *pull, const McAnswer *answer, gint64 now)
{
  cJSON *owned = NULL;
  const McRecords *wanted = &pull->stream->records;
  g_autoptr(GPtrArray) records =
      mc_exchange_records(wanted->reader, answer->root, pull->base.scope, wanted->may_miss, &owned);
  if (records)
    take_page(pull, answer, records, now);
  else
    fail(pull, MC_ERROR_PROTOCOL, _("the answer has no list of records for \"%s\""), pull->stream->name);
  cJSON_Delete(owned);
}

static void
pull_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Pull *pull = (Pull *)x;
  gboolean subs = mc_subs_wait(&pull->subs);
  if (!subs && (restarts(pull, answer) || !mc_exchange_usable(x) || not_modified(pull, answer, now)))
    return;
  if (subs)
    take_subs(pull, answer, now);
  else if (pull->changes)
    take_changes(pull, answer, now);
  else
    take_list(pull, answer, now);
  if (pull->ended && !mc_subs_wait(&pull->subs) && !x->failure)
    finish(pull, now, FALSE);
}

static void
pull_clear(McExchange *x)
{
  Pull *pull = (Pull *)x;
  mc_mark_free(pull->mark);
  mc_place_clear(&pull->place);
  mc_keyset_free(pull->keys);
  mc_keyset_free(pull->places);
  mc_subs_clear(&pull->subs);
  cJSON_Delete(pull->token);
  g_ptr_array_unref(pull->items);
  g_ptr_array_unref(pull->removed);
  g_free(pull->last_keys);
  mc_map_notes_clear(&pull->notes);
  g_free(pull->result.cursor);
  g_free(pull->result.oddities);
}

static void
pull_recipe(const McExchange *x, cJSON *into)
{
  const Pull *pull = (const Pull *)x;
  g_autofree char *cursor = mc_mark_start(pull->mark);
  cJSON_AddStringToObject(into, "stream", pull->stream ? pull->stream->name : "");
  if (cursor)
    cJSON_AddStringToObject(into, "cursor", cursor);
  cJSON_AddBoolToObject(into, "full", pull->full);
}

static const McExchangeKind pull_kind = {
    .name = "pull", .next = pull_next, .fed = pull_fed, .clear = pull_clear, .recipe = pull_recipe};

static GPtrArray *
new_items(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
}

McExchange *
mc_pull_new(McBinding *binding, const char *name, const char *cursor, gboolean full)
{
  Pull *pull = mc_exchange_new(&pull_kind, sizeof *pull, binding);
  pull->stream = mc_profile_stream(binding->profile, name);
  pull->total = -1;
  pull->keys = mc_keyset_new();
  pull->places = mc_keyset_new();
  pull->items = new_items();
  pull->removed = g_ptr_array_new_with_free_func(g_free);
  if (pull->stream)
    begin(pull, cursor, full);
  else
    fail(pull, MC_ERROR_NOT_FOUND, _("there is no stream \"%s\""), name);
  return &pull->base;
}

GPtrArray *
mc_pull_take_items(McExchange *x)
{
  Pull *pull = (Pull *)x;
  GPtrArray *items = pull->items;
  pull->items = new_items();
  return items;
}

GPtrArray *
mc_pull_take_removed(McExchange *x)
{
  Pull *pull = (Pull *)x;
  GPtrArray *removed = pull->removed;
  pull->removed = g_ptr_array_new_with_free_func(g_free);
  return removed;
}

gboolean
mc_pull_page_read(McExchange *x)
{
  return !mc_subs_wait(&((Pull *)x)->subs);
}

const McPullResult *
mc_pull_result(McExchange *x)
{
  Pull *pull = (Pull *)x;
  pull->result.untranslated = pull->notes.untranslated;
  pull->result.bad_dates = pull->notes.bad_dates;
  g_clear_pointer(&pull->result.oddities, g_free);
  pull->result.oddities = mc_map_notes_text(&pull->notes);
  return &pull->result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling a stream (rule 5): page after page, until the last; complete, or failed. What was read on the way
 * is handed out as it comes, for the driver to keep aside; only a pull that ends DONE says that it means
 * something.
 *
 * Every page must be new: one that repeats, a key that comes twice, a total that moves, more pages than `max`
 * end the pull as an error. With entity tags the pages of last time are asked for first, each by its own tag:
 * when every one is unchanged, so is the list. */
#include <string.h>

#include "connector/pull.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

typedef struct {
  McExchange base;
  const McStream *stream;
  gboolean full, done;
  McMark *mark;
  McPlace place;
  guint page;        /* pages read */
  guint unchanged;   /* pages that answered 304 */
  gboolean checking; /* the pages of last time are asked for by their tags */
  gint64 rows, total;
  GHashTable *seen; /* keys */
  char *last_keys;  /* of the page before */
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
  mc_exchange_fail(&pull->base, g_error_new(MC_ERROR, code, "%s: %s", pull->base.binding->system, text));
}

/* --- the request --- */
static void
begin(Pull *pull, const char *cursor, gboolean full)
{
  mc_mark_free(pull->mark);
  pull->mark = mc_mark_new(&pull->stream->delta, cursor, full);
  pull->full = full;
  pull->checking = mc_mark_tags(pull->mark) > 0;
  mc_place_begin(&pull->stream->pages, &pull->place);
}

static gboolean
may_reach(const McBinding *binding, const char *url)
{
  g_autofree char *origin = mc_url_origin(url);
  return origin && (g_str_equal(origin, binding->origin) ||
                    g_strv_contains((const char *const *)binding->hosts, origin));
}

/* A page that has its own URL: the next link of the page before, or the one that was tagged last time. */
static gboolean
set_url(Pull *pull, McRequest *request, const char *url)
{
  if (!may_reach(pull->base.binding, url)) {
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
  const char *url, *tag = mc_mark_tag(pull->mark, pull->unchanged, &url);
  if (!tag || !url || (pull->unchanged == 0 && !g_str_equal(url, request->url))) {
    pull->checking = FALSE; /* asked for something else this time */
    return TRUE;
  }
  if (pull->unchanged > 0 && !set_url(pull, request, url))
    return FALSE;
  mc_request_set_header(request, "If-None-Match", tag);
  pull->base.judging.not_modified = TRUE;
  return TRUE;
}

static McStep
pull_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  Pull *pull = (Pull *)x;
  (void)now, (void)wait_until;
  if (pull->done)
    return MC_STEP_DONE;
  mc_scope_take(x->scope, "page", mc_place_names(&pull->stream->pages, &pull->place));
  mc_scope_take(x->scope, "cursor", mc_mark_value(pull->mark));
  *request = mc_exchange_request(x, pull->stream->request, error);
  if (!*request)
    return MC_STEP_FAILED;
  if (pull->place.link && !set_url(pull, *request, pull->place.link))
    return MC_STEP_FAILED;
  if (pull->checking && !ask_by_tag(pull, *request))
    return MC_STEP_FAILED;
  return MC_STEP_SEND;
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

/* The keys of a page in order; NULL: a record has none. */
static char *
page_keys(Pull *pull, const GPtrArray *records)
{
  GString *keys = g_string_new(NULL);
  for (guint i = 0; i < records->len; i++) {
    g_autofree char *key = mc_reader_text(pull->stream->key, records->pdata[i], pull->base.scope);
    if (!key || !*key) {
      fail(pull, MC_ERROR_PROTOCOL, _("a record of '%s' has no key"), pull->stream->name);
      g_string_free(keys, TRUE);
      return NULL;
    }
    g_string_append(keys, key);
    g_string_append_c(keys, '\n');
  }
  return g_string_free(keys, FALSE);
}

static void
take_removed(Pull *pull, McItem *item)
{
  g_ptr_array_add(pull->removed, g_strdup(item->id));
  mc_item_free(item);
}

static gboolean
take_record(Pull *pull, const cJSON *record, gint64 now)
{
  McExchange *x = &pull->base;
  const McStream *stream = pull->stream;
  McAnswer answer = {NULL, record};
  GError *error = NULL;
  McItem *item = mc_map_item(x->binding, stream, record, x->scope, now, &pull->notes, &error);
  if (!item) {
    mc_exchange_fail(x, error);
    return FALSE;
  }
  if (!g_hash_table_add(pull->seen, g_strdup(item->key))) {
    fail(pull, MC_ERROR_PROTOCOL, _("the record '%s' came twice in one list"), item->key);
    mc_item_free(item);
    return FALSE;
  }
  mc_mark_record(pull->mark, record, x->scope);
  gboolean deleted = stream->delta.deleted && mc_test_eval(stream->delta.deleted, &answer, record, x->scope);
  gboolean foreign = stream->where && !mc_test_eval(stream->where, &answer, record, x->scope);
  if (deleted || foreign)
    take_removed(pull, item);
  else
    g_ptr_array_add(pull->items, item);
  return TRUE;
}

/* TRUE: the page is the one before again, and the connector says that this is how the end shows. */
static gboolean
is_repeat(Pull *pull, char *keys)
{
  gboolean same = *keys && g_strcmp0(keys, pull->last_keys) == 0;
  g_free(pull->last_keys);
  pull->last_keys = keys;
  if (same && pull->stream->pages.stop != MC_STOP_REPEAT)
    fail(pull, MC_ERROR_PROTOCOL, _("page %u of '%s' is the page before again"), pull->page + 1,
         pull->stream->name);
  return same;
}

static void
turn(Pull *pull, const McAnswer *answer, gint64 now)
{
  const McPages *pages = &pull->stream->pages;
  if (mc_pages_stop(pages, pull->place.rows, pull->rows, pull->total)) {
    finish(pull, now, FALSE);
    return;
  }
  switch (pages->kind->turn(pages, answer, pull->base.scope, &pull->place)) {
  case MC_TURN_END:
    finish(pull, now, FALSE);
    return;
  case MC_TURN_STUCK:
    fail(pull, MC_ERROR_PROTOCOL, _("the list of '%s' stands still after page %u"), pull->stream->name,
         pull->page);
    return;
  case MC_TURN_NEXT:
    break;
  }
  if (pull->page >= pages->max)
    fail(pull, MC_ERROR_PROTOCOL, _("'%s' has more than %ld pages"), pull->stream->name, (long)pages->max);
}

static void
take_page(Pull *pull, const McAnswer *answer, const GPtrArray *records, gint64 now)
{
  char *keys = page_keys(pull, records);
  if (!keys || !check_total(pull, answer)) {
    g_free(keys);
    return;
  }
  if (is_repeat(pull, keys)) {
    if (!pull->base.failure)
      finish(pull, now, FALSE);
    return;
  }
  for (guint i = 0; i < records->len; i++)
    if (!take_record(pull, records->pdata[i], now))
      return;
  mc_mark_answer(pull->mark, answer, pull->base.scope, pull->page == 0);
  mc_mark_note_tag(pull->mark, pull->base.url, mc_response_header(answer->response, "ETag"));
  pull->place.rows = records->len;
  pull->place.url = answer->response->url ? answer->response->url : pull->base.url;
  pull->rows += records->len;
  pull->page++;
  turn(pull, answer, now);
}

/* --- what an answer means --- */
/* The system forgot what the cursor stands for: everything anew, while nothing was taken yet. */
static gboolean
restarts(Pull *pull, const McAnswer *answer)
{
  const McTest *restart = pull->stream->delta.restart;
  if (!restart || pull->full || answer->response->wire != MC_WIRE_ANSWERED ||
      !mc_test_eval(restart, answer, answer->root, pull->base.scope))
    return FALSE;
  pull->base.verdict.class = MC_CLASS_OK;
  if (pull->page > 0)
    fail(pull, MC_ERROR_PROTOCOL, _("the system lost its place in the middle of the list"));
  else
    begin(pull, NULL, TRUE);
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
  return pull->unchanged > 0; /* a later page changed: from the first again, without tags */
}

static void
pull_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Pull *pull = (Pull *)x;
  cJSON *owned = NULL;
  if (restarts(pull, answer) || !mc_exchange_usable(x) || not_modified(pull, answer, now))
    return;
  g_autoptr(GPtrArray) records = mc_exchange_records(pull->stream->records, answer->root, x->scope,
                                                     pull->stream->records_may_miss, &owned);
  if (records)
    take_page(pull, answer, records, now);
  else
    fail(pull, MC_ERROR_PROTOCOL, _("the answer has no list of records for '%s'"), pull->stream->name);
  cJSON_Delete(owned);
}

static void
pull_clear(McExchange *x)
{
  Pull *pull = (Pull *)x;
  mc_mark_free(pull->mark);
  mc_place_clear(&pull->place);
  g_hash_table_unref(pull->seen);
  g_ptr_array_unref(pull->items);
  g_ptr_array_unref(pull->removed);
  g_free(pull->last_keys);
  g_free(pull->notes.first_trouble);
  g_free(pull->result.cursor);
}

static const McExchangeKind pull_kind = {
    .name = "pull", .next = pull_next, .fed = pull_fed, .clear = pull_clear};

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
  pull->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  pull->items = new_items();
  pull->removed = g_ptr_array_new_with_free_func(g_free);
  if (pull->stream)
    begin(pull, cursor, full);
  else
    fail(pull, MC_ERROR_NOT_FOUND, _("there is no stream '%s'"), name);
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

const McPullResult *
mc_pull_result(McExchange *x)
{
  Pull *pull = (Pull *)x;
  pull->result.untranslated = pull->notes.untranslated;
  pull->result.bad_dates = pull->notes.bad_dates;
  pull->result.first_trouble = pull->notes.first_trouble;
  return &pull->result;
}

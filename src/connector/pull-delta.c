/* SPDX-License-Identifier: Apache-2.0 */
/* From where a pull goes on: the mark that the last complete one left. It is JSON:
 *   at       the latest moment seen (a cursor that is a moment), whole seconds
 *   value    the largest cursor of another kind, or the token, or the whole URL to go on from
 *   full_at  when the last full pull was complete
 *   tags     [[URL, entity tag, Last-Modified], ...], one for each page of the last pull
 * A moment never goes back, and requests ask from `overlap` before it: a boundary is inclusive at every
 * system or at none, and a record seen twice costs nothing. */
#include <string.h>

#include "connector/pull.h"
#include "motcua/i18n.h"

#define MAX_TAGS 64

struct McMark {
  const McDelta *delta;
  McJson *stored;
  gboolean full, tags_lost;
  gint64 at;
  cJSON *value;
  cJSON *tags; /* of this pull */
};

struct McDeltaKind {
  void (*record)(McMark *mark, const cJSON *record, const McScope *scope);
  void (*answer)(McMark *mark, const McAnswer *answer, const McScope *scope, gboolean first);
  cJSON *(*value)(const McMark *mark);
};

static const cJSON *
stored(const McMark *mark, const char *name)
{
  return mark->stored ? mc_json_get(mc_json_root(mark->stored), name) : NULL;
}

/* --- the kinds --- */
static cJSON *
written(const McDelta *delta, gint64 moment)
{
  if (g_str_equal(delta->out, "epoch-s"))
    return mc_json_new_int(moment);
  if (g_str_equal(delta->out, "epoch-ms"))
    return mc_json_new_int(moment * 1000);
  g_autoptr(GTimeZone) tz = delta->tz ? g_time_zone_new_identifier(delta->tz) : NULL;
  if (!tz)
    tz = g_time_zone_new_utc();
  gboolean utc = !delta->tz || g_str_equal(delta->tz, "Z");
  g_autofree char *text = !g_str_equal(delta->out, "iso") ? mc_time_format(moment, tz, delta->out)
                          : utc                           ? mc_time_format(moment, tz, "%Y-%m-%dT%H:%M:%SZ")
                                                          : mc_time_format_iso(moment, tz);
  return text ? cJSON_CreateString(text) : NULL;
}

static void
moment_record(McMark *mark, const cJSON *record, const McScope *scope)
{
  gint64 moment;
  if (mc_reader_moment(mark->delta->cursor, record, scope, &moment, NULL) && moment > mark->at)
    mark->at = moment;
}

static cJSON *
moment_value(const McMark *mark)
{
  gint64 at;
  return mc_json_int(stored(mark, "at"), &at) ? written(mark->delta, at - mark->delta->overlap) : NULL;
}

static gboolean
is_after(const cJSON *a, const cJSON *b)
{
  gint64 x, y;
  if (!b)
    return TRUE;
  if (mc_json_int(a, &x) && mc_json_int(b, &y))
    return x > y;
  return g_strcmp0(mc_json_text(a), mc_json_text(b)) > 0;
}

static void
order_record(McMark *mark, const cJSON *record, const McScope *scope)
{
  cJSON *value = mc_reader_read(mark->delta->cursor, record, scope, NULL);
  if (!value || !is_after(value, mark->value ? mark->value : stored(mark, "value"))) {
    cJSON_Delete(value);
    return;
  }
  cJSON_Delete(mark->value);
  mark->value = value;
}

static cJSON *
kept_value(const McMark *mark)
{
  const cJSON *value = stored(mark, "value");
  return value ? cJSON_Duplicate(value, TRUE) : NULL;
}

static void
token_answer(McMark *mark, const McAnswer *answer, const McScope *scope, gboolean first)
{
  if (mark->delta->token_first && !first)
    return;
  cJSON *value = mc_reader_read(mark->delta->cursor, answer->root, scope, NULL);
  if (!value)
    return;
  cJSON_Delete(mark->value);
  mark->value = value;
}

/* The URL to go on from, whole: it outlives the answer that it was relative to. */
static void
link_answer(McMark *mark, const McAnswer *answer, const McScope *scope, gboolean first)
{
  (void)first;
  g_autofree char *link = mc_reader_text(mark->delta->cursor, answer->root, scope);
  const char *base = mc_json_text(mc_scope_get(scope, MC_NAME_ANSWER_URL));
  g_autofree char *url = link && *link && base ? mc_url_resolve(base, link) : NULL;
  if (url)
    mc_mark_take_token(mark, cJSON_CreateString(url));
}

static const McDeltaKind link_kind = {NULL, link_answer, kept_value};
static const McDeltaKind moment_kind = {moment_record, NULL, moment_value};
static const McDeltaKind order_kind = {order_record, NULL, kept_value};
static const McDeltaKind token_kind = {NULL, token_answer, kept_value};

/* --- the mark --- */
McMark *
mc_mark_new(const McDelta *delta, const char *cursor, gboolean full)
{
  McMark *mark = g_new0(McMark, 1);
  mark->delta = delta;
  mark->full = full;
  mark->at = MC_TIME_NONE;
  mark->stored = cursor ? mc_json_parse("cursor", cursor, strlen(cursor), MC_JSON_STRICT, NULL) : NULL;
  mark->tags = cJSON_CreateArray();
  return mark;
}

void
mc_mark_free(McMark *mark)
{
  if (!mark)
    return;
  mc_json_free(mark->stored);
  cJSON_Delete(mark->value);
  cJSON_Delete(mark->tags);
  g_free(mark);
}

char *
mc_mark_start(const McMark *mark)
{
  return mark->stored ? mc_json_print(mc_json_root(mark->stored)) : NULL;
}

gboolean
mc_mark_is_lost(const McMark *mark, const McAnswer *answer, const McScope *scope)
{
  const McTest *restart = mark->delta->restart;
  if (mark->full || answer->response->wire != MC_WIRE_ANSWERED)
    return FALSE;
  return restart ? mc_test_eval(restart, answer, answer->root, scope)
                 : mark->delta->kind == &link_kind && answer->response->status == 410;
}

cJSON *
mc_mark_value(const McMark *mark)
{
  return mark->full || !mark->delta->kind ? NULL : mark->delta->kind->value(mark);
}

void
mc_mark_record(McMark *mark, const cJSON *record, const McScope *scope)
{
  if (mark->delta->kind && mark->delta->kind->record)
    mark->delta->kind->record(mark, record, scope);
}

void
mc_mark_answer(McMark *mark, const McAnswer *answer, const McScope *scope, gboolean first)
{
  if (mark->delta->kind && mark->delta->kind->answer)
    mark->delta->kind->answer(mark, answer, scope, first);
}

void
mc_mark_take_token(McMark *mark, cJSON *token)
{
  cJSON_Delete(mark->value);
  mark->value = token;
}

const char *
mc_mark_link(const McMark *mark)
{
  return mark->delta->kind == &link_kind && !mark->full ? mc_json_text(stored(mark, "value")) : NULL;
}

const char *
mc_mark_next_link(const McMark *mark)
{
  return mark->delta->kind == &link_kind ? mc_json_text(mark->value) : NULL;
}

gboolean
mc_mark_repeats(const McMark *mark)
{
  return mark->delta->kind == &link_kind || (mark->delta->kind == &token_kind && !mark->full);
}

static void
add_copy(cJSON *tree, const char *name, const cJSON *value)
{
  if (value)
    cJSON_AddItemToObject(tree, name, cJSON_Duplicate(value, TRUE));
}

char *
mc_mark_text(const McMark *mark, gboolean full, gint64 now)
{
  cJSON *tree = cJSON_CreateObject();
  gint64 before = MC_TIME_NONE;
  mc_json_int(stored(mark, "at"), &before);
  gint64 at = MAX(before, mark->at);
  if (at != MC_TIME_NONE)
    cJSON_AddItemToObject(tree, "at", mc_json_new_int(at));
  add_copy(tree, "value", mark->value ? mark->value : stored(mark, "value"));
  if (full)
    cJSON_AddItemToObject(tree, "full_at", mc_json_new_int(now));
  else
    add_copy(tree, "full_at", stored(mark, "full_at"));
  if (!mark->tags_lost && cJSON_GetArraySize(mark->tags))
    add_copy(tree, "tags", mark->tags);
  char *text = mc_json_print(tree);
  cJSON_Delete(tree);
  return text;
}

/* --- validators --- */
guint
mc_mark_tags(const McMark *mark)
{
  return mark->delta->etag || mark->delta->modified ? (guint)cJSON_GetArraySize(stored(mark, "tags")) : 0;
}

McTag
mc_mark_tag(const McMark *mark, guint index)
{
  const cJSON *entry = cJSON_GetArrayItem(stored(mark, "tags"), (int)index);
  const char *etag = mc_json_text(cJSON_GetArrayItem(entry, 1));
  const char *modified = mc_json_text(cJSON_GetArrayItem(entry, 2));
  return (McTag){mc_json_text(cJSON_GetArrayItem(entry, 0)), mark->delta->etag ? etag : NULL,
                 mark->delta->modified ? modified : NULL};
}

static cJSON *
text_or_null(const char *text)
{
  return text ? cJSON_CreateString(text) : cJSON_CreateNull();
}

void
mc_mark_note_tag(McMark *mark, const char *url, const McResponse *response)
{
  const char *etag = mark->delta->etag ? mc_response_header(response, "ETag") : NULL;
  const char *modified = mark->delta->modified ? mc_response_header(response, "Last-Modified") : NULL;
  if ((!etag && !modified) || cJSON_GetArraySize(mark->tags) >= MAX_TAGS) {
    mc_mark_lose_tags(mark);
    return;
  }
  cJSON *entry = cJSON_CreateArray();
  cJSON_AddItemToArray(entry, cJSON_CreateString(url));
  cJSON_AddItemToArray(entry, text_or_null(etag));
  cJSON_AddItemToArray(entry, text_or_null(modified));
  cJSON_AddItemToArray(mark->tags, entry);
}

void
mc_mark_lose_tags(McMark *mark)
{
  mark->tags_lost = TRUE;
}

void
mc_mark_keep_tags(McMark *mark)
{
  const cJSON *tags = stored(mark, "tags");
  cJSON_Delete(mark->tags);
  mark->tags = tags ? cJSON_Duplicate(tags, TRUE) : cJSON_CreateArray();
  mark->tags_lost = FALSE;
}

/* --- whether all of it should be read again --- */
gboolean
mc_pull_wants_full(const McBinding *binding, const char *name, const char *cursor, gint64 now)
{
  const McStream *stream = mc_profile_stream(binding->profile, name);
  const McDelta *delta = stream ? &stream->delta : NULL;
  if (!delta || !delta->kind || !cursor)
    return TRUE;
  McMark *mark = mc_mark_new(delta, cursor, FALSE);
  cJSON *value = mc_mark_value(mark);
  gint64 last;
  gboolean due = !mc_json_int(stored(mark, "full_at"), &last) || now < last || now - last >= delta->period;
  gboolean wants = !value || (delta->full == MC_FULL_PERIOD && due);
  cJSON_Delete(value);
  mc_mark_free(mark);
  return wants;
}

/* --- compiling --- */
static void
compile_cursor(McBuild *b, const cJSON *source, McDelta *delta)
{
  const cJSON *cursor = mc_json_get(source, "cursor");
  const char *as = mc_shape_string(cursor, "as"), *in = mc_shape_string(cursor, "in");
  const char *out = mc_shape_string(cursor, "out");
  delta->cursor = mc_reader_compile(&b->c, cursor);
  delta->moment = as && (g_str_equal(as, "datetime") || g_str_equal(as, "date"));
  delta->kind = delta->moment ? &moment_kind : &order_kind;
  delta->out = g_strdup(out ? out : in ? in : "iso");
  delta->tz = g_strdup(mc_shape_string(cursor, "tz"));
  if (delta->overlap && !delta->moment)
    mc_compile_fault(&b->c, mc_json_get(source, "overlap"), TRUE,
                     _("\"overlap\" needs a cursor that is a moment"));
}

static void
compile_token(McBuild *b, const cJSON *source, McDelta *delta)
{
  static const char *const extra[] = {"from", NULL};
  static const char *const ends[] = {"first", "last", NULL};
  const cJSON *token = mc_json_get(source, "token");
  delta->cursor = mc_reader_compile_with(&b->c, token, extra);
  delta->token_first = mc_shape_word(&b->c, token, "from", ends, 1) == 0;
  delta->kind = &token_kind;
}

static void
compile_kind(McBuild *b, const cJSON *source, McDelta *delta)
{
  const cJSON *cursor = mc_json_get(source, "cursor"), *token = mc_json_get(source, "token"),
              *link = mc_json_get(source, "link");
  if ((cursor != NULL) + (token != NULL) + (link != NULL) > 1)
    mc_compile_fault(&b->c, source, FALSE, _("a delta has one of \"cursor\", \"token\" and \"link\""));
  if (cursor)
    compile_cursor(b, source, delta);
  else if (token)
    compile_token(b, source, delta);
  else if (link) {
    delta->cursor = mc_reader_compile(&b->c, link);
    delta->kind = &link_kind;
  }
  delta->changes = mc_changes_compile(b, mc_shape_object(source, "changes"));
  if (delta->changes && !token)
    mc_compile_fault(&b->c, source, FALSE,
                     _("\"changes\" needs \"token\": where the list tells the token that they go on from"));
}

void
mc_delta_compile(McBuild *b, cJSON *source, McDelta *delta)
{
  static const McKey keys[] = {{"cursor", MC_SHAPE_READER, FALSE},
                               {"token", MC_SHAPE_READER, FALSE},
                               {"link", MC_SHAPE_READER, FALSE},
                               {"changes", MC_SHAPE_OBJECT, FALSE},
                               {"etag", MC_SHAPE_BOOLEAN, FALSE},
                               {"modified", MC_SHAPE_BOOLEAN, FALSE},
                               {"overlap", MC_SHAPE_STRING, FALSE},
                               {"deleted", MC_SHAPE_OBJECT, FALSE},
                               {"restart", MC_SHAPE_OBJECT, FALSE},
                               {"full", MC_SHAPE_STRING, FALSE},
                               {NULL, 0, FALSE}};
  McCompiler *c = &b->c;
  delta->period = 86400;
  if (!source || !mc_shape_check(c, source, "delta", keys))
    return;
  mc_build_place(b, MC_SEE_SESSION, NULL, NULL);
  delta->overlap = mc_shape_duration(c, source, "overlap", 0);
  compile_kind(b, source, delta);
  delta->etag = mc_shape_flag(source, "etag");
  delta->modified = mc_shape_flag(source, "modified");
  delta->deleted = mc_shape_member_test(c, source, "deleted");
  delta->restart = mc_shape_member_test(c, source, "restart");
  if (g_strcmp0(mc_shape_string(source, "full"), "never") == 0)
    delta->full = MC_FULL_NEVER;
  else
    delta->period = mc_shape_duration(c, source, "full", 86400);
}

void
mc_delta_clear(McDelta *delta)
{
  mc_reader_free(delta->cursor);
  mc_test_free(delta->deleted);
  mc_test_free(delta->restart);
  mc_changes_free(delta->changes);
  g_free(delta->out);
  g_free(delta->tz);
}

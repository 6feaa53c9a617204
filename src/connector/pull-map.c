/* SPDX-License-Identifier: Apache-2.0 */
/* From a record to an item. Every key of a map is a row of one table: what it is called, how it is set, and
 * where.
 *
 * A hostile or odd value never loses an item: a text is normalised and cut, a date that does not parse and a
 * state that no table knows are counted and left out. Only a record without a key is no record. */
#include <string.h>

#include "connector/pull.h"
#include "connector/reader-parts.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_TEXT  4096
#define MAX_REFS  32
#define MAX_FIELD (64 * 1024)

typedef struct {
  const McBinding *binding;
  const cJSON *record;
  const McScope *scope;
  McItem *item;
  McMapNotes *notes;
} Setting;

struct McMapKey {
  const char *name;
  void (*set)(const McMapKey *key, const McReader *reader, const Setting *s);
  gsize offset; /* of what it sets, where that is one member */
  gboolean (*word)(const char *word,
                   McItem *item); /* reads a word of the contract, into `item` unless NULL */
  const char *words;
};

/* --- texts --- */
static char *
capped_text(const char *text, gsize len, gsize max)
{
  g_autofree char *normal = mc_text_normalise(text, (gssize)MIN(len, 4 * max));
  if (len <= max / 4 || strlen(normal) <= max) /* NFC is at most three times as long (UAX 15) */
    return g_steal_pointer(&normal);
  const char *end = g_utf8_find_prev_char(normal, normal + max + 1);
  return g_strndup(normal, end - normal);
}

char *
mc_map_text(const char *text)
{
  return text ? capped_text(text, strlen(text), MAX_TEXT) : NULL;
}

/* Most text needs nothing done to it. */
static gboolean
is_kept_whole(const char *text, gsize len, gsize max)
{
  return len <= max && mc_text_is_plain(text, len);
}

static char *
add_text(McItem *item, const char *text)
{
  gsize len = strlen(text);
  if (is_kept_whole(text, len, MAX_TEXT))
    return mc_item_add_text(item, text, len);
  g_autofree char *capped = capped_text(text, len, MAX_TEXT);
  return mc_item_add_text(item, capped, strlen(capped));
}

static void
set_text(const McMapKey *key, const McReader *reader, const Setting *s)
{
  char **into = (char **)((char *)s->item + key->offset);
  cJSON *owned;
  const char *text = mc_json_text(mc_reader_peek(reader, s->record, s->scope, &owned, NULL));
  if (text && *text)
    mc_item_set_text(s->item, into, add_text(s->item, text));
  cJSON_Delete(owned);
}

/* --- words of the contract --- */
static gboolean
word_kind(const char *word, McItem *item)
{
  McKind kind;
  gboolean known = mc_kind_parse(word, &kind);
  if (known && item)
    item->kind = kind;
  return known;
}

static gboolean
word_state(const char *word, McItem *item)
{
  McState state;
  gboolean known = mc_state_parse(word, &state);
  if (known && item)
    item->state = item->sys_state = state;
  return known;
}

static gboolean
word_urgency(const char *word, McItem *item)
{
  McUrgency urgency;
  gboolean known = mc_urgency_parse(word, &urgency);
  if (known && item)
    item->urgency = urgency;
  return known;
}

static gboolean
word_secrecy(const char *word, McItem *item)
{
  McSecrecy secrecy;
  gboolean known = mc_secrecy_parse(word, &secrecy);
  if (known && item)
    item->secrecy = secrecy;
  return known;
}

static void
set_word(const McMapKey *key, const McReader *reader, const Setting *s)
{
  g_autofree char *text = mc_reader_text(reader, s->record, s->scope);
  if (!text || !key->word(text, s->item))
    return;
}

#define MAX_ODDITIES 20

/* What a map does not understand is told once for all records alike. */
static void
note_oddity(const McMapKey *key, const Setting *s, const char *what)
{
  McMapNotes *notes = s->notes;
  g_autofree char *same = g_strdup_printf("%s: %s", key->name, what);
  if (!notes->oddities)
    notes->oddities = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < notes->oddities->len; i += 2)
    if (g_str_equal(notes->oddities->pdata[i], same))
      return;
  g_autofree char *text = g_strdup_printf("%s %s", s->item->id, same);
  g_ptr_array_add(notes->oddities, g_steal_pointer(&same));
  g_ptr_array_add(notes->oddities, mc_text_clean(text, -1));
}

static gboolean
take_source(const cJSON *value, gpointer data)
{
  *(char **)data = g_strdup(mc_json_text(value));
  return FALSE;
}

static void
note_state(const McMapKey *key, const McReader *reader, const Setting *s)
{
  g_autofree char *word = NULL;
  s->notes->untranslated++;
  if (s->notes->oddities && s->notes->oddities->len >= 2 * MAX_ODDITIES)
    return;
  mc_reader_sources(reader, s->record, s->scope, take_source, &word);
  g_autofree char *what =
      word ? g_strdup_printf(_("\"%.80s\" stands for no known state"), word) : g_strdup(_("there is none"));
  note_oddity(key, s, what);
}

static void
set_state(const McMapKey *key, const McReader *reader, const Setting *s)
{
  cJSON *owned;
  const char *text = mc_json_text(mc_reader_peek(reader, s->record, s->scope, &owned, NULL));
  if (!text || !key->word(text, s->item))
    s->item->state = s->item->sys_state = MC_STATE_UNKNOWN;
  if (s->item->sys_state == MC_STATE_UNKNOWN)
    note_state(key, reader, s);
  cJSON_Delete(owned);
}

/* --- moments --- */
static gboolean
read_moment(const McMapKey *key, const McReader *reader, const Setting *s, gint64 *moment, gboolean *bare)
{
  g_autofree char *trouble = NULL;
  gboolean found = mc_reader_date(reader, s->record, s->scope, moment, bare, &trouble);
  if (!trouble)
    return found;
  s->notes->bad_dates++;
  if (!s->notes->oddities || s->notes->oddities->len < 2 * MAX_ODDITIES)
    note_oddity(key, s, trouble);
  return found;
}

static void
set_moment(const McMapKey *key, const McReader *reader, const Setting *s)
{
  gboolean bare;
  gint64 moment;
  if (read_moment(key, reader, s, &moment, &bare))
    *(gint64 *)((char *)s->item + key->offset) = moment;
}

/* A deadline that is a date is the end of that working day. */
static void
set_due(const McMapKey *key, const McReader *reader, const Setting *s)
{
  gboolean bare = FALSE;
  gint64 moment;
  if (!read_moment(key, reader, s, &moment, &bare))
    return;
  s->item->due = bare && s->binding->calendar ? mc_calendar_day_end(s->binding->calendar, moment) : moment;
}

/* --- others --- */
static void
set_flag(const McMapKey *key, const McReader *reader, const Setting *s)
{
  cJSON *value = mc_reader_read(reader, s->record, s->scope, NULL);
  if (cJSON_IsBool(value))
    *(gboolean *)((char *)s->item + key->offset) = cJSON_IsTrue(value);
  cJSON_Delete(value);
}

static void
set_count(const McMapKey *key, const McReader *reader, const Setting *s)
{
  cJSON *owned;
  gint64 count;
  if (mc_json_int(mc_reader_peek(reader, s->record, s->scope, &owned, NULL), &count) && count >= 0 &&
      count <= G_MAXINT)
    *(int *)((char *)s->item + key->offset) = (int)count;
  cJSON_Delete(owned);
}

#define AT(member) offsetof(McItem, member)
static const McMapKey map_keys[] = {
    {"code", set_text, AT(code), NULL, NULL},
    {"title", set_text, AT(title), NULL, NULL},
    {"from", set_text, AT(from), NULL, NULL},
    {"raw_state", set_text, AT(raw_state), NULL, NULL},
    {"assignee", set_text, AT(assignee), NULL, NULL},
    {"step", set_text, AT(step), NULL, NULL},
    {"version", set_text, AT(version), NULL, NULL},
    {"etag", set_text, AT(etag), NULL, NULL},
    {"received", set_moment, AT(received), NULL, NULL},
    {"finished", set_moment, AT(finished), NULL, NULL},
    {"due", set_due, AT(due), NULL, NULL},
    {"unread", set_flag, AT(unread), NULL, NULL},
    {"attachment_count", set_count, AT(attachment_count), NULL, NULL},
    {"kind", set_word, 0, word_kind, "document, case, feedback, mail, meeting, alert"},
    {"state", set_state, 0, word_state,
     "new, processing, waiting, paused, approval, ready, done, rejected, withdrawn, unknown"},
    {"urgency", set_word, 0, word_urgency, "normal, urgent, very_urgent, flash"},
    {"secrecy", set_word, 0, word_secrecy, "none, confidential, secret, top_secret"},
};

#define R MC_SHAPE_READER, FALSE
#define MAP_KEYS                                                                                          \
  {"code", R}, {"title", R}, {"from", R}, {"raw_state", R}, {"assignee", R}, {"step", R}, {"version", R}, \
      {"etag", R}, {"received", R}, {"finished", R}, {"due", R}, {"unread", R}, {"attachment_count", R},  \
      {"kind", R}, {"state", R}, {"urgency", R}, {"secrecy", R}, {"fields", MC_SHAPE_ARRAY, FALSE},       \
  {                                                                                                       \
    "refs", MC_SHAPE_READER | MC_SHAPE_ARRAY, FALSE                                                       \
  }

const McKey *
mc_map_shape(gboolean detail)
{
  static const McKey list_keys[] = {MAP_KEYS, {NULL, 0, FALSE}};
  static const McKey detail_keys[] = {MAP_KEYS, {"history", MC_SHAPE_OBJECT, FALSE}, {NULL, 0, FALSE}};
  return detail ? detail_keys : list_keys;
}

const McMapKey *
mc_map_key_find(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(map_keys); i++)
    if (g_str_equal(map_keys[i].name, name))
      return &map_keys[i];
  return NULL;
}

const char *
mc_map_key_name(const McMapKey *key)
{
  return key->name;
}

const char *
mc_map_key_words(const McMapKey *key)
{
  return key->words;
}

gboolean
mc_map_key_knows(const McMapKey *key, const char *word)
{
  return !key->word || key->word(word, NULL);
}

/* --- references and fields --- */
typedef struct {
  char *texts[MAX_REFS + 1];
  guint len;
} Refs;

static void
add_ref(Refs *refs, const char *text)
{
  gsize len = strlen(text);
  g_autofree char *capped = is_kept_whole(text, len, MAX_TEXT) ? NULL : capped_text(text, len, MAX_TEXT);
  char *ref = mc_text_fold(capped ? capped : text), *out = ref;
  for (const char *at = ref, *next; *at; at = next) {
    next = g_utf8_next_char(at);
    if ((guchar)*at < 0x80 ? !g_ascii_isspace(*at) : !g_unichar_isspace(g_utf8_get_char(at)))
      for (; at < next; at++)
        *out++ = *at;
  }
  *out = '\0';
  gboolean known = !*ref || refs->len >= MAX_REFS;
  for (guint i = 0; i < refs->len && !known; i++)
    known = strcmp(refs->texts[i], ref) == 0;
  if (known)
    g_free(ref);
  else
    refs->texts[refs->len++] = ref;
}

static void
add_refs(const McReader *reader, const Setting *s, Refs *refs)
{
  const cJSON *borrowed = mc_reader_borrow(reader, s->record, s->scope), *one;
  if (borrowed && !mc_path_is_many(reader->path)) {
    if (mc_json_text(borrowed))
      add_ref(refs, mc_json_text(borrowed));
    return;
  }
  cJSON *all = mc_reader_read_all(reader, s->record, s->scope);
  cJSON_ArrayForEach (one, all)
    if (mc_json_text(one))
      add_ref(refs, mc_json_text(one));
  cJSON_Delete(all);
}

static void
apply_refs(const McMap *map, const Setting *s)
{
  Refs refs = {.len = 0};
  if (!map->refs->len)
    return;
  for (guint i = 0; i < map->refs->len; i++)
    add_refs(map->refs->pdata[i], s, &refs);
  mc_item_set_list(s->item, &s->item->refs, mc_item_add_list(s->item, (const char *const *)refs.texts));
  for (guint i = 0; i < refs.len; i++)
    g_free(refs.texts[i]);
}

/* A later word on the same label takes the earlier one's place. */
static void
put_field(GPtrArray *fields, McField *field)
{
  for (guint i = 0; i < fields->len; i++) {
    McField *old = fields->pdata[i];
    if (*old->label != *field->label || !g_str_equal(old->label, field->label))
      continue;
    mc_field_free(old);
    fields->pdata[i] = field;
    return;
  }
  g_ptr_array_add(fields, field);
}

static void
apply_fields(const McMap *map, const Setting *s)
{
  for (guint i = 0; i < map->fields->len; i++) {
    const McFieldPlan *plan = map->fields->pdata[i];
    cJSON *owned;
    const char *text = mc_json_text(mc_reader_peek(plan->reader, s->record, s->scope, &owned, NULL));
    gsize len = text ? strlen(text) : 0;
    g_autofree char *capped =
        len == 0 || is_kept_whole(text, len, MAX_FIELD) ? NULL : capped_text(text, len, MAX_FIELD);
    if (len)
      put_field(s->item->fields, mc_item_add_field(s->item, mc_label_text(plan->label),
                                                   capped ? capped : text, plan->is_private));
    cJSON_Delete(owned);
  }
}

void
mc_map_apply(const McBinding *binding, const McMap *map, const cJSON *record, const McScope *scope,
             McItem *item, McMapNotes *notes)
{
  const Setting s = {binding, record, scope, item, notes};
  for (guint i = 0; i < map->mappings->len; i++) {
    const McMapping *mapping = map->mappings->pdata[i];
    mapping->key->set(mapping->key, mapping->reader, &s);
  }
  apply_refs(map, &s);
  apply_fields(map, &s);
}

void
mc_map_notes_clear(McMapNotes *notes)
{
  if (notes->oddities)
    g_ptr_array_unref(notes->oddities);
  mc_rights_free(notes->rights);
}

char *
mc_map_notes_text(const McMapNotes *notes)
{
  const GPtrArray *oddities = notes->oddities;
  if (!oddities)
    return NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 1; i < oddities->len; i += 2)
    g_string_append_printf(text, "%s%s", i > 1 ? "\n" : "", (char *)oddities->pdata[i]);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* --- secrecy --- */
gboolean
mc_map_is_secret(const McStream *stream, const cJSON *record, const McScope *scope)
{
  McAnswer answer = {NULL, record};
  return stream->no_cache ||
         (stream->no_cache_if && mc_test_eval(stream->no_cache_if, &answer, record, scope));
}

/* What stays is what the inbox sorts and acts by; nothing of what it says. */
void
mc_map_hide(McItem *item)
{
  char **const texts[] = {&item->code, &item->title, &item->from, &item->raw, &item->keep, &item->note};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    mc_item_set_text(item, texts[i], NULL);
  mc_item_set_text(item, &item->title, g_strdup(_("(kept only in its own system)")));
  mc_item_set_list(item, &item->refs, g_new0(char *, 1));
  g_ptr_array_set_size(item->fields, 0);
  g_ptr_array_set_size(item->history, 0);
  g_ptr_array_set_size(item->attachments, 0);
}

/* --- the item --- */
static void
count_files(const McFiles *files, const Setting *s)
{
  if (s->item->attachment_count || !mc_files_are_of(files, s->item->stream) || !files->list || files->request)
    return;
  cJSON *list = mc_reader_read(files->list, s->record, s->scope, NULL);
  if (cJSON_IsArray(list))
    s->item->attachment_count = cJSON_GetArraySize(list);
  cJSON_Delete(list);
}

static char *
kept_text(const McStream *stream, const cJSON *record, const McScope *scope, McItem *item)
{
  if (!stream->keep->len)
    return NULL;
  g_autoptr(GString) text = g_string_sized_new(256);
  mc_keep_print(stream->keep, record, scope, text);
  return mc_item_add_text(item, text->str, text->len);
}

static char *
raw_text(const McJson *json, const cJSON *record, McItem *item)
{
  gsize len;
  const char *slice = mc_json_slice(json, record, &len);
  return slice ? mc_item_add_text(item, slice, len) : mc_json_print(record);
}

/* Bytes that an item of a record needs beyond its key: most often its fields and texts are a part of what
 * the record holds in all. */
static gsize
room_of(const McStream *stream, const McJson *json, const cJSON *record)
{
  gsize len;
  if (!mc_json_slice(json, record, &len))
    return 0;
  return 2 * len + stream->map.fields->len * (sizeof(McField) + 32);
}

McItem *
mc_map_begin(const McBinding *binding, const McStream *stream, const McJson *json, const cJSON *record,
             const McScope *scope, gint64 now, GError **error)
{
  const McProfile *profile = binding->profile;
  cJSON *owned;
  const cJSON *key = mc_reader_peek(stream->key, record, scope, &owned, NULL);
  const char *text = mc_json_text(key);
  if (!text || !*text || cJSON_IsBool(key)) {
    cJSON_Delete(owned);
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: a record of \"%s\" has no key"), binding->system,
                stream->name);
    return NULL;
  }
  McItem *item = mc_item_new_with_room(binding->system, stream->name, text, profile->streams->len > 1,
                                       room_of(stream, json, record));
  item->key_is_number = mc_json_is_number(key);
  cJSON_Delete(owned);
  item->kind = stream->has_kind ? stream->kind : profile->kind;
  item->state = item->sys_state = MC_STATE_UNKNOWN;
  item->as_of = now;
  return item;
}

void
mc_map_fill(const McBinding *binding, const McStream *stream, const cJSON *record, const McMap *more,
            const cJSON *other, const McScope *scope, McItem *item, McMapNotes *notes)
{
  mc_map_apply(binding, &stream->map, record, scope, item, notes);
  if (more)
    mc_map_apply(binding, more, other, scope, item, notes);
  const Setting s = {binding, record, scope, item, notes};
  count_files(binding->profile->files, &s);
  item->keep = kept_text(stream, record, scope, item);
  mc_rights_allow(&notes->rights, binding, item, notes->json, record);
  if (mc_map_is_secret(stream, record, scope))
    mc_map_hide(item);
  else
    item->raw = raw_text(notes->json, record, item);
}

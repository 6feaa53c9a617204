/* SPDX-License-Identifier: Apache-2.0 */
/* A record and what becomes of it: its key, each entry of the map with what the item shows in the end, and
 * what may be done to it. What a connector calls private is masked wherever it shows. */
#include <string.h>

#include "connector/explain.h"
#include "connector/pull.h"
#include "motcua/i18n.h"

/* --- what is private --- */
static void
add_private(const McExplain *e, const McMap *map, const cJSON *record, GPtrArray *texts)
{
  for (guint i = 0; i < map->fields->len; i++) {
    const McFieldPlan *field = map->fields->pdata[i];
    char *text = field->is_private ? mc_reader_text(field->reader, record, e->scope) : NULL;
    if (text && *text)
      g_ptr_array_add(texts, text);
    else
      g_free(text);
  }
}

static void
conceal(const McExplain *e, McNote *note, const McStream *stream, const cJSON *record)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  if (e->is_private)
    return;
  add_private(e, &stream->map, record, texts);
  for (guint i = 0; i < stream->details->len; i++)
    add_private(e, &((McDetail *)stream->details->pdata[i])->map, record, texts);
  mc_note_conceal(note, texts);
}

/* --- the map --- */
static cJSON *
item_tree(const McExplain *e, const McItem *item)
{
  g_autofree char *text = mc_item_to_json(item, e->binding->calendar, e->now, TRUE, NULL);
  g_autoptr(McJson) json = mc_json_parse("item", text, strlen(text), MC_JSON_STRICT, NULL);
  return json ? cJSON_Duplicate(mc_json_root(json), TRUE) : NULL;
}

/* What no stage shows: a word that is none of ours, and a deadline that is a date alone. */
static void
say_value(const McExplain *e, McNote *note, const McMap *map, const char *name, const cJSON *record)
{
  for (guint i = 0; i < map->mappings->len; i++) {
    const McMapping *mapping = map->mappings->pdata[i];
    gboolean bare = FALSE;
    gint64 moment;
    if (!g_str_equal(mc_map_key_name(mapping->key), name))
      continue;
    g_autofree char *text = mc_reader_text(mapping->reader, record, e->scope);
    if (text && !mc_map_key_knows(mapping->key, text))
      mc_note_say(note, _("\"%s\" is not a word for \"%s\": %s"), text, name, mc_map_key_words(mapping->key));
    else if (g_str_equal(name, "state") && g_strcmp0(text, "unknown") == 0)
      mc_note_say(note, "%s", _("a state that the table does not translate"));
    else if (g_str_equal(name, "due") &&
             mc_reader_date(mapping->reader, record, e->scope, &moment, &bare, NULL) && bare)
      mc_note_say(note, "%s", _("a date alone: the end of that working day"));
  }
}

static void
explain_fields(const McExplain *e, McNote *note, const cJSON *fields, const cJSON *record)
{
  const cJSON *field;
  cJSON_ArrayForEach (field, fields) {
    const cJSON *label = mc_json_get(field, "label"), *vi = mc_json_get(label, "vi");
    const char *text = mc_json_text(vi ? vi : label ? label->child ? label->child : label : NULL);
    McNote *one = mc_note_add(note, N_("field"), text);
    cJSON *reader = cJSON_Duplicate(field, TRUE);
    cJSON_DeleteItemFromObjectCaseSensitive(reader, "label");
    cJSON_DeleteItemFromObjectCaseSensitive(reader, "private");
    if (cJSON_IsTrue(mc_json_get(field, "private")) && !e->is_private)
      mc_note_mask(one);
    mc_explain_reader(e, one, reader, record, FALSE);
    cJSON_Delete(reader);
  }
}

static void
explain_history(const McExplain *e, McNote *note, const cJSON *history, const cJSON *record)
{
  static const char *const keys[] = {"when", "who", "what"};
  McCompiler c = mc_explain_compiler(e);
  McReader *each = mc_reader_compile(&c, mc_json_get(history, "each"));
  cJSON *owned = NULL;
  g_autoptr(GPtrArray) entries = mc_exchange_records(each, record, e->scope, TRUE, &owned);
  const cJSON *first = entries && entries->len ? entries->pdata[0] : NULL;
  mc_note_say(note, _("%u entries; the first of them:"), entries ? entries->len : 0);
  for (gsize i = 0; first && i < G_N_ELEMENTS(keys); i++)
    if (mc_json_get(history, keys[i]))
      mc_explain_reader(e, mc_note_add(note, NULL, keys[i]), mc_json_get(history, keys[i]), first, FALSE);
  cJSON_Delete(owned);
  mc_reader_free(each);
  g_ptr_array_unref(c.faults);
}

static void
explain_refs(const McExplain *e, McNote *note, const cJSON *refs, const cJSON *record)
{
  const cJSON *one;
  if (cJSON_IsArray(refs))
    cJSON_ArrayForEach (one, refs)
      mc_explain_reader(e, mc_note_add(note, NULL, "ref"), one, record, TRUE);
  else
    mc_explain_reader(e, note, refs, record, TRUE);
}

static void
explain_map(const McExplain *e, McNote *note, const cJSON *source, const McMap *map, const cJSON *record,
            const McItem *item)
{
  cJSON *tree = item_tree(e, item), *member;
  cJSON_ArrayForEach (member, source) {
    const char *name = member->string;
    if (g_str_equal(name, "fields")) {
      explain_fields(e, note, member, record);
      continue;
    }
    McNote *one = mc_note_add(note, NULL, name);
    if (g_str_equal(name, "refs")) {
      explain_refs(e, one, member, record);
      continue;
    }
    if (g_str_equal(name, "history")) {
      explain_history(e, one, member, record);
      continue;
    }
    mc_explain_reader(e, one, member, record, FALSE);
    McNote *value = mc_note_add(one, N_("value"), NULL);
    mc_note_value(value, mc_json_get(tree, name));
    say_value(e, value, map, name, record);
  }
  cJSON_Delete(tree);
}

static const cJSON *
stream_source(const McExplain *e, const McStream *stream)
{
  return mc_json_get(mc_json_get(mc_json_root(e->binding->profile->json), "streams"), stream->name);
}

static void
explain_keep(const McExplain *e, McNote *note, const cJSON *keep, const cJSON *record)
{
  const cJSON *member;
  cJSON_ArrayForEach (member, keep) {
    g_autofree char *name = g_strconcat("item.keep.", member->string, NULL);
    mc_explain_reader(e, mc_note_add(note, NULL, name), member, record, FALSE);
  }
}

/* --- rights --- */
static char *
state_words(guint states)
{
  GString *text = g_string_new(NULL);
  for (guint state = 0; state < 32; state++)
    if (states & (1u << state))
      g_string_append_printf(text, "%s%s", text->len ? ", " : "", mc_state_name((McState)state));
  return g_string_free(text, FALSE);
}

static const char *
reason_of(const McItem *item, const char *action)
{
  for (guint i = 0; i < item->blocked->len; i++) {
    const McBlocked *blocked = item->blocked->pdata[i];
    if (g_str_equal(blocked->action, action))
      return blocked->reason;
  }
  return _("the system does not allow it now");
}

void
mc_explain_right(const McExplain *e, McNote *note, const McAction *action, const McItem *item,
                 const cJSON *record)
{
  const cJSON *root = mc_json_root(e->binding->profile->json);
  const cJSON *source = action->uploads ? mc_json_get(mc_json_get(root, "attachments"), "upload")
                                        : mc_json_get(mc_json_get(root, "actions"), action->name);
  gboolean allowed = item->actions && g_strv_contains((const char *const *)item->actions, action->name);
  g_autoptr(McScope) scope = mc_scope_new(e->scope);
  const McAnswer answer = {NULL, record};
  McExplain inner = *e;
  mc_scope_take(scope, "item", mc_item_names(item));
  inner.scope = scope;
  inner.answer = &answer;
  mc_note_say(note, "%s%s%s", allowed ? _("allowed") : _("not allowed"), allowed ? "" : ": ",
              allowed ? "" : reason_of(item, action->name));
  if (action->states) {
    g_autofree char *words = state_words(action->states);
    mc_note_say(mc_note_add(note, NULL, "allow"), _("the state must be one of: %s; it is: %s"), words,
                mc_state_name(item->state));
  } else if (action->allow) {
    mc_explain_test(&inner, mc_note_add(note, NULL, "allow"), mc_json_get(source, "allow"), record);
  }
  if (action->allow_detail) {
    g_autofree char *text = mc_json_print(mc_json_get(source, "allow_detail"));
    mc_note_say(mc_note_add(note, NULL, "allow_detail"), _("read just before it is sent: %s"), text);
  }
}

static void
explain_rights(const McExplain *e, McNote *note, const McStream *stream, const McItem *item,
               const cJSON *record, const char *wanted)
{
  const McProfile *profile = e->binding->profile;
  for (guint i = 0; i < profile->actions->len; i++) {
    const McAction *action = profile->actions->pdata[i];
    if (action->creates || mc_profile_stream(profile, action->stream) != stream ||
        (wanted && !g_str_equal(wanted, action->name)))
      continue;
    mc_explain_right(e, mc_note_add(note, N_("action"), action->name), action, item, record);
  }
}

/* --- the whole --- */
static void
explain_whether(const McExplain *e, McNote *note, const McStream *stream, const cJSON *record)
{
  const cJSON *source = stream_source(e, stream), *delta = mc_json_get(source, "delta");
  const McAnswer answer = {NULL, record};
  McExplain inner = *e;
  inner.answer = &answer;
  if (stream->where)
    mc_explain_test(&inner, mc_note_add(note, NULL, "where"), mc_json_get(source, "where"), record);
  if (stream->delta.deleted)
    mc_explain_test(&inner, mc_note_add(note, NULL, "deleted"), mc_json_get(delta, "deleted"), record);
  if (mc_map_is_secret(stream, record, e->scope))
    mc_note_say(mc_note_add(note, NULL, "cache"), "%s",
                _("it may not be kept on this desk: only that it exists is"));
}

static void
explain_listed(const McExplain *e, McNote *note, const McStream *stream, const cJSON *record,
               const McItem *item, const char *action)
{
  const cJSON *source = stream_source(e, stream);
  mc_note_text_value(note, item->key);
  mc_explain_reader(e, mc_note_add(note, NULL, "key"), mc_json_get(source, "key"), record, FALSE);
  explain_whether(e, note, stream, record);
  explain_keep(e, note, mc_json_get(source, "keep"), record);
  explain_map(e, note, mc_json_get(source, "map"), &stream->map, record, item);
  explain_rights(e, note, stream, item, record, action);
  conceal(e, note, stream, record);
}

void
mc_explain_record(const McExplain *e, McNote *note, const McStream *stream, const cJSON *record)
{
  g_autoptr(GError) error = NULL;
  McMapNotes notes = {0};
  g_autoptr(McItem) item = mc_map_begin(e->binding, stream, NULL, record, e->scope, e->now, &error);
  if (!item) {
    mc_note_say(note, "%s", error->message);
    mc_explain_reader(e, mc_note_add(note, NULL, "key"), mc_json_get(stream_source(e, stream), "key"), record,
                      FALSE);
    return;
  }
  mc_map_apply(e->binding, &stream->map, record, e->scope, item, &notes);
  mc_actions_allow(e->binding, item, record);
  explain_listed(e, note, stream, record, item, NULL);
  mc_map_notes_clear(&notes);
}

void
mc_explain_item(const McExplain *e, McNote *note, const McItem *item, const cJSON *record, const char *action)
{
  const McStream *stream = mc_profile_stream(e->binding->profile, item->stream);
  if (item->state != item->sys_state)
    mc_note_say(mc_note_add(note, NULL, "state"),
                _("the system says %s; an action on its way makes it %s until the system answers"),
                mc_state_name(item->sys_state), mc_state_name(item->state));
  if (stream)
    explain_listed(e, note, stream, record, item, action);
}

void
mc_explain_detail(const McExplain *e, McNote *note, const McStream *stream, guint index, const cJSON *record)
{
  const McDetail *detail = stream->details->pdata[index];
  const cJSON *source = mc_json_get(stream_source(e, stream), "detail");
  McMapNotes notes = {0};
  g_autofree char *key = mc_reader_text(stream->key, record, e->scope);
  g_autoptr(McItem) item =
      mc_item_new(e->binding->system, stream->name, key ? key : "", e->binding->profile->streams->len > 1);
  mc_map_apply(e->binding, &detail->map, record, e->scope, item, &notes);
  if (cJSON_IsArray(source))
    source = cJSON_GetArrayItem(source, (int)index);
  explain_map(e, note, mc_json_get(source, "map"), &detail->map, record, item);
  conceal(e, note, stream, record);
  mc_map_notes_clear(&notes);
}

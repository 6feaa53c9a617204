/* SPDX-License-Identifier: Apache-2.0 */
/* The item as JSON and as cells: one table of keys in the contract's order (contract section 2), each with
 * the function that makes its value, NULL where it is unknown. */
#include "motcua/error.h"
#include "motcua/form.h"
#include "motcua/item.h"
#include "motcua/text.h"
#include "motcua/worktime.h"

#include <cjson/cJSON.h>
#include <string.h>

typedef struct {
  const McItem *item;
  const McCalendar *calendar;
  gint64 now;
} Source;

typedef struct {
  const char *key;
  cJSON *(*value)(const Source *source);
} Key;

static cJSON *
text(const char *value)
{
  return value ? cJSON_CreateString(value) : NULL;
}

static cJSON *
moment(const Source *source, gint64 when)
{
  g_autofree char *iso = mc_time_format_iso(when, mc_calendar_timezone(source->calendar));

  return text(iso);
}

static cJSON *
strings(char **values)
{
  cJSON *array = cJSON_CreateArray();

  for (; values && *values; values++)
    cJSON_AddItemToArray(array, cJSON_CreateString(*values));
  return array;
}

#define TEXT_OF(name, expression)                  \
  static cJSON *name##_value(const Source *source) \
  {                                                \
    return text(expression);                       \
  }
#define MOMENT_OF(name)                            \
  static cJSON *name##_value(const Source *source) \
  {                                                \
    return moment(source, source->item->name);     \
  }
#define STRINGS_OF(name)                           \
  static cJSON *name##_value(const Source *source) \
  {                                                \
    return strings(source->item->name);            \
  }
#define NUMBER_OF(name)                            \
  static cJSON *name##_value(const Source *source) \
  {                                                \
    return cJSON_CreateNumber(source->item->name); \
  }
#define TRUTH_OF(name)                             \
  static cJSON *name##_value(const Source *source) \
  {                                                \
    return cJSON_CreateBool(source->item->name);   \
  }

TEXT_OF(id, source->item->id)
TEXT_OF(system, source->item->system)
TEXT_OF(kind, mc_kind_name(source->item->kind))
TEXT_OF(code, source->item->code)
TEXT_OF(title, source->item->title)
TEXT_OF(from, source->item->from)
TEXT_OF(state, mc_state_name(source->item->state))
TEXT_OF(raw_state, source->item->raw_state)
TEXT_OF(urgency, mc_urgency_name(source->item->urgency))
TEXT_OF(secrecy, mc_secrecy_name(source->item->secrecy))
MOMENT_OF(received)
MOMENT_OF(due)
TEXT_OF(deadline, mc_deadline_name(mc_deadline(source->item, source->calendar, source->now,
                                               mc_calendar_due_soon(source->calendar))))
TEXT_OF(assignee, source->item->assignee)
TEXT_OF(step, source->item->step)
TRUTH_OF(unread)
NUMBER_OF(pending)
STRINGS_OF(actions)
STRINGS_OF(links)
NUMBER_OF(attachment_count)
STRINGS_OF(tags)
TEXT_OF(version, source->item->version)
MOMENT_OF(as_of)
TRUTH_OF(stale)

static void
add_text(cJSON *object, const char *key, const char *value)
{
  if (value)
    cJSON_AddStringToObject(object, key, value);
}

static cJSON *
blocked_value(const Source *source)
{
  cJSON *array = cJSON_CreateArray();

  for (guint i = 0; source->item->blocked && i < source->item->blocked->len; i++) {
    const McBlocked *blocked = g_ptr_array_index(source->item->blocked, i);
    cJSON *object = cJSON_CreateObject();
    add_text(object, "action", blocked->action);
    add_text(object, "reason", blocked->reason);
    cJSON_AddItemToArray(array, object);
  }
  return array;
}

/* A private value leaves masked: what a person may see on purpose, a pipe must not collect by chance. */
static cJSON *
fields_value(const Source *source)
{
  cJSON *array = source->item->fields ? cJSON_CreateArray() : NULL;

  for (guint i = 0; array && i < source->item->fields->len; i++) {
    const McField *field = g_ptr_array_index(source->item->fields, i);
    g_autofree char *masked = field->is_private && field->value ? mc_text_mask(field->value) : NULL;
    cJSON *object = cJSON_CreateObject();
    add_text(object, "label", field->label);
    add_text(object, "value", masked ? masked : field->value);
    if (field->is_private)
      cJSON_AddTrueToObject(object, "private");
    cJSON_AddItemToArray(array, object);
  }
  return array;
}

static cJSON *
history_value(const Source *source)
{
  cJSON *array = source->item->history ? cJSON_CreateArray() : NULL;

  for (guint i = 0; array && i < source->item->history->len; i++) {
    const McHistory *entry = g_ptr_array_index(source->item->history, i);
    g_autofree char *when = mc_time_format_iso(entry->when, mc_calendar_timezone(source->calendar));
    cJSON *object = cJSON_CreateObject();
    add_text(object, "when", when);
    add_text(object, "who", entry->who);
    add_text(object, "what", entry->what);
    cJSON_AddItemToArray(array, object);
  }
  return array;
}

static cJSON *
attachments_value(const Source *source)
{
  cJSON *array = source->item->attachments ? cJSON_CreateArray() : NULL;

  for (guint i = 0; array && i < source->item->attachments->len; i++) {
    const McAttachment *file = g_ptr_array_index(source->item->attachments, i);
    cJSON *object = cJSON_CreateObject();
    add_text(object, "key", file->key);
    add_text(object, "name", file->name);
    add_text(object, "type", file->type);
    if (file->size >= 0)
      cJSON_AddNumberToObject(object, "size", (double)file->size);
    add_text(object, "sha256", file->sha256);
    cJSON_AddItemToArray(array, object);
  }
  return array;
}

static void
add_person(cJSON *array, GHashTable *seen, const char *role, const char *name)
{
  if (!name || !*name || !g_hash_table_add(seen, (gpointer)name))
    return;
  cJSON *object = cJSON_CreateObject();
  add_text(object, "role", role);
  add_text(object, "name", name);
  cJSON_AddItemToArray(array, object);
}

/* Who has to do with it, each once: who sent it, who has it, who worked on it. */
static cJSON *
people_value(const Source *source)
{
  const McItem *item = source->item;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  cJSON *array = item->history ? cJSON_CreateArray() : NULL;

  if (!array)
    return NULL;
  add_person(array, seen, "from", item->from);
  add_person(array, seen, "assignee", item->assignee);
  for (guint i = 0; i < item->history->len; i++)
    add_person(array, seen, "history", ((McHistory *)g_ptr_array_index(item->history, i))->who);
  return array;
}

static void
add_truth(cJSON *object, const char *key, gboolean value)
{
  if (value)
    cJSON_AddTrueToObject(object, key);
}

static cJSON *
input_json(const McInput *input)
{
  cJSON *object = cJSON_CreateObject();

  add_text(object, "name", input->name);
  add_text(object, "label", input->label);
  add_text(object, "type", mc_input_type_name(input->type));
  add_truth(object, "required", input->required);
  add_truth(object, "many", input->many);
  if (input->max > 0)
    cJSON_AddNumberToObject(object, "max", (double)input->max);
  add_text(object, "pattern", input->pattern);
  add_text(object, "lookup", input->lookup);
  cJSON *choices = input->choices && input->choices->len ? cJSON_AddArrayToObject(object, "choices") : NULL;
  for (guint i = 0; choices && i < input->choices->len; i++) {
    const McChoice *choice = g_ptr_array_index(input->choices, i);
    cJSON *pair = cJSON_CreateObject();
    add_text(pair, "value", choice->value);
    add_text(pair, "title", choice->title);
    cJSON_AddItemToArray(choices, pair);
  }
  return object;
}

/* {"ACTION":{"label","confirm","fields":[]}} */
static cJSON *
form_value(const Source *source)
{
  cJSON *object = source->item->forms ? cJSON_CreateObject() : NULL;

  for (guint i = 0; object && i < source->item->forms->len; i++) {
    const McForm *form = g_ptr_array_index(source->item->forms, i);
    cJSON *action = cJSON_AddObjectToObject(object, form->action);
    add_text(action, "label", form->label);
    add_truth(action, "confirm", form->confirm);
    cJSON *fields = cJSON_AddArrayToObject(action, "fields");
    for (guint f = 0; f < form->inputs->len; f++)
      cJSON_AddItemToArray(fields, input_json(g_ptr_array_index(form->inputs, f)));
  }
  return object;
}

/* A text or a number of the record as JSON text, masked where it is one of `secret` (value -> mask). */
static void
append_token(GString *out, const char *token, gsize len, GHashTable *secret)
{
  cJSON *text = *token == '"' ? cJSON_ParseWithLength(token, len) : NULL;
  g_autofree char *value = text && text->valuestring ? g_strdup(text->valuestring) : g_strndup(token, len);
  const char *mask = g_hash_table_lookup(secret, value);

  cJSON_Delete(text);
  if (!mask) {
    g_string_append_len(out, token, (gssize)len);
    return;
  }
  cJSON *masked = cJSON_CreateString(mask);
  char *printed = cJSON_PrintUnformatted(masked);
  g_string_append(out, printed ? printed : "null");
  cJSON_free(printed);
  cJSON_Delete(masked);
}

/* Length of the string or number that begins here, or 0. */
static gsize
token_length(const char *at)
{
  const char *end = at + 1;

  if (*at == '-' || g_ascii_isdigit(*at))
    return strspn(at, "-+.0123456789eE");
  if (*at != '"')
    return 0;
  while (*end && *end != '"')
    end += *end == '\\' && end[1] ? 2 : 1;
  return (gsize)(end - at) + (*end == '"');
}

static char *
mask_raw(const char *raw, GHashTable *secret)
{
  GString *out = g_string_sized_new(strlen(raw));

  while (*raw) {
    gsize len = token_length(raw);
    if (len)
      append_token(out, raw, len, secret);
    else
      g_string_append_c(out, *raw);
    raw += len ? len : 1;
  }
  return g_string_free(out, FALSE);
}

/* The system's own bytes, so that no number in them is ever rewritten; only what is private is masked. */
static cJSON *
raw_value(const Source *source)
{
  const GPtrArray *fields = source->item->fields;
  g_autoptr(GHashTable) secret = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

  if (!source->item->raw)
    return NULL;
  for (guint i = 0; fields && i < fields->len; i++) {
    const McField *field = g_ptr_array_index(fields, i);
    if (field->is_private && field->value && *field->value)
      g_hash_table_replace(secret, field->value, mc_text_mask(field->value));
  }
  g_autofree char *masked = mask_raw(source->item->raw, secret);
  return cJSON_CreateRaw(masked);
}

/* clang-format off */
/* The keys of an item in a list, in the contract's order. */
#define LIST_KEYS(X)                                                                                          \
  X(id) X(system) X(kind) X(code) X(title) X(from) X(state) X(raw_state) X(urgency) X(secrecy)               \
  X(received) X(due) X(deadline) X(assignee) X(step) X(unread) X(pending) X(actions) X(blocked) X(links)     \
  X(attachment_count) X(tags) X(version) X(as_of) X(stale)
#define KEY(name)  { #name, name##_value },
#define NAME(name) #name,

static const Key keys[] = { LIST_KEYS(KEY) };
static const Key detail_keys[] = { KEY(fields) KEY(history) KEY(attachments) KEY(people)
                                   KEY(form) KEY(raw) };
/* clang-format on */

static void
add_keys(cJSON *object, const Source *source, const Key *table, gsize count, const char *const *names)
{
  for (gsize i = 0; i < count; i++) {
    cJSON *value = !names || g_strv_contains(names, table[i].key) ? table[i].value(source) : NULL;
    if (value)
      cJSON_AddItemToObjectCS(object, table[i].key, value);
  }
}

char *
mc_item_to_json(const McItem *item, const McCalendar *calendar, gint64 now, gboolean whole,
                const char *const *names)
{
  const Source source = {item, calendar, now};
  cJSON *object = cJSON_CreateObject();

  add_keys(object, &source, keys, G_N_ELEMENTS(keys), names);
  if (whole)
    add_keys(object, &source, detail_keys, G_N_ELEMENTS(detail_keys), names);

  char *printed = cJSON_PrintUnformatted(object);
  char *safe = mc_text_escape_json(printed ? printed : "{}");
  cJSON_free(printed);
  cJSON_Delete(object);
  return safe;
}

const char *const *
mc_item_json_keys(void)
{
  /* clang-format off */
  static const char *const names[] = { LIST_KEYS(NAME) NULL };
  /* clang-format on */

  return names;
}

/* An array as one cell: its strings, or of objects the first member, with commas between. */
static char *
joined(const cJSON *array)
{
  GString *out = g_string_new(NULL);
  const cJSON *part;

  cJSON_ArrayForEach (part, array) {
    const cJSON *word = cJSON_IsObject(part) ? part->child : part;
    if (cJSON_IsString(word))
      g_string_append_printf(out, "%s%s", out->len ? "," : "", word->valuestring);
  }
  return g_string_free(out, FALSE);
}

static char *
cell(const cJSON *value)
{
  if (!value)
    return g_strdup("");
  if (cJSON_IsString(value))
    return g_strdup(value->valuestring);
  if (cJSON_IsNumber(value))
    return g_strdup_printf("%d", value->valueint);
  if (cJSON_IsArray(value))
    return joined(value);
  return g_strdup(cJSON_IsTrue(value) ? "true" : "false");
}

char *
mc_item_value(const McItem *item, const McCalendar *calendar, gint64 now, const char *name)
{
  const Source source = {item, calendar, now};

  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    if (!strcmp(keys[i].key, name)) {
      cJSON *value = keys[i].value(&source);
      char *plain = cell(value);
      cJSON_Delete(value);
      return plain;
    }
  return g_strdup("");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Items as values: made, copied, freed.
 *
 * An item comes with memory of its own behind it, more of which is added where that is not enough: a pull
 * fills thousands, each of dozens of small texts. A member that points there is freed with the item, any
 * other one by itself. */
#include "motcua/item.h"

#include <string.h>

#define MORE 1024 /* bytes, at least, where the room that was asked for did not do */

struct McItemMemory {
  struct McItemMemory *next;
  gsize used, size;
  char bytes[];
};
typedef struct McItemMemory Memory;

static char *no_strings[1]; /* the empty list */

/* --- memory --- */

static gboolean
is_inside(const McItem *item, gconstpointer pointer)
{
  for (const Memory *memory = item->memory; memory; memory = memory->next)
    if ((const char *)pointer >= memory->bytes && (const char *)pointer < memory->bytes + memory->used)
      return TRUE;
  return FALSE;
}

static void *
add_bytes(McItem *item, gsize size, gsize alignment)
{
  Memory *memory = item->memory;
  gsize at = memory ? (memory->used + alignment - 1) & ~(alignment - 1) : 0;
  if (!memory || at > memory->size || size > memory->size - at) {
    gsize room = MAX(size, MORE);
    memory = g_malloc(sizeof *memory + room);
    *memory = (Memory){item->memory, 0, room};
    item->memory = memory;
    at = 0;
  }
  memory->used = at + size;
  return memory->bytes + at;
}

char *
mc_item_add_text(McItem *item, const char *bytes, gsize len)
{
  char *text = add_bytes(item, len + 1, 1);
  memcpy(text, bytes, len);
  text[len] = '\0';
  return text;
}

char **
mc_item_add_list(McItem *item, const char *const *texts)
{
  gsize n = 0;
  while (texts[n])
    n++;
  if (n == 0)
    return no_strings;
  char **list = add_bytes(item, (n + 1) * sizeof *list, sizeof *list);
  for (gsize i = 0; i < n; i++)
    list[i] = mc_item_add_text(item, texts[i], strlen(texts[i]));
  list[n] = NULL;
  return list;
}

McField *
mc_item_add_field(McItem *item, const char *label, const char *value, gboolean is_private)
{
  McField *field = add_bytes(item, sizeof *field, sizeof(gpointer));
  *field = (McField){.is_private = is_private, .is_inside = TRUE};
  field->label = mc_item_add_text(item, label, strlen(label));
  field->value = value ? mc_item_add_text(item, value, strlen(value)) : NULL;
  return field;
}

static void
drop_text(const McItem *item, char *text)
{
  if (text && !is_inside(item, text))
    g_free(text);
}

static void
drop_list(const McItem *item, char **list)
{
  if (list && list != no_strings && !is_inside(item, list))
    g_strfreev(list);
}

void
mc_item_set_text(McItem *item, char **member, char *text)
{
  drop_text(item, *member);
  *member = text;
}

void
mc_item_set_list(McItem *item, char ***member, char **list)
{
  drop_list(item, *member);
  *member = list;
}

/* --- items --- */

McItem *
mc_item_new_with_room(const char *system, const char *stream, const char *key, gboolean several_streams,
                      gsize room)
{
  gsize system_len = strlen(system), stream_len = strlen(stream), key_len = strlen(key);
  gsize size = 2 * (system_len + stream_len + key_len) + 8 + room;
  McItem *item = g_malloc(sizeof *item + sizeof(Memory) + size);
  Memory *memory = (Memory *)(item + 1);

  *memory = (Memory){NULL, 0, size};
  *item = (McItem){.memory = memory, .state = MC_STATE_UNKNOWN, .sys_state = MC_STATE_UNKNOWN};
  item->system = mc_item_add_text(item, system, system_len);
  item->stream = mc_item_add_text(item, stream, stream_len);
  item->key = mc_item_add_text(item, key, key_len);
  char *end = item->id =
      add_bytes(item, system_len + (several_streams ? stream_len + 1 : 0) + key_len + 2, 1);
  end = g_stpcpy(g_stpcpy(end, system), ":");
  if (several_streams)
    end = g_stpcpy(g_stpcpy(end, stream), "/");
  g_stpcpy(end, key);
  item->received = item->due = item->finished = item->as_of = item->detail_as_of = MC_TIME_NONE;
  item->actions = item->refs = item->links = item->tags = no_strings;
  item->blocked = g_ptr_array_new_with_free_func((GDestroyNotify)mc_blocked_free);
  item->fields = g_ptr_array_new_with_free_func((GDestroyNotify)mc_field_free);
  item->history = g_ptr_array_new_with_free_func((GDestroyNotify)mc_history_free);
  item->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)mc_attachment_free);
  return item;
}

McItem *
mc_item_new(const char *system, const char *stream, const char *key, gboolean several_streams)
{
  return mc_item_new_with_room(system, stream, key, several_streams, 0);
}

void
mc_item_free(McItem *item)
{
  if (!item)
    return;

  char *texts[] = {item->id,   item->system,    item->stream,   item->key,   item->code,    item->title,
                   item->from, item->raw_state, item->assignee, item->step,  item->version, item->note,
                   item->etag, item->keep,      item->raw,      item->anchor};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    drop_text(item, texts[i]);
  char **lists[] = {item->actions, item->refs, item->links, item->tags};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    drop_list(item, lists[i]);
  GPtrArray *arrays[] = {item->blocked, item->fields, item->history, item->attachments, item->forms};
  for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_clear_pointer(&arrays[i], g_ptr_array_unref);
  for (Memory *memory = item->memory, *next; memory; memory = next) {
    next = memory->next;
    if (memory != (Memory *)(item + 1))
      g_free(memory);
  }
  g_free(item);
}

static gpointer
copy_blocked(gconstpointer from, gpointer unused)
{
  const McBlocked *blocked = from;

  (void)unused;
  return mc_blocked_new(blocked->action, blocked->reason);
}

static gpointer
copy_field(gconstpointer from, gpointer unused)
{
  const McField *field = from;

  (void)unused;
  return mc_field_new(field->label, field->value, field->is_private);
}

static gpointer
copy_history(gconstpointer from, gpointer unused)
{
  const McHistory *entry = from;

  (void)unused;
  return mc_history_new(entry->when, entry->who, entry->what);
}

static gpointer
copy_attachment(gconstpointer from, gpointer unused)
{
  const McAttachment *file = from;

  (void)unused;
  return mc_attachment_new(file->key, file->name, file->type, file->size, file->sha256);
}

static GPtrArray *
copy_array(GPtrArray *array, GCopyFunc copy)
{
  return array ? g_ptr_array_copy(array, copy, NULL) : NULL;
}

McItem *
mc_item_copy(const McItem *item)
{
  McItem *copy = g_memdup2(item, sizeof *item);
  copy->memory = NULL;
  copy->forms = NULL;
  char **texts[] = {&copy->id,       &copy->system, &copy->stream,  &copy->key,
                    &copy->code,     &copy->title,  &copy->from,    &copy->raw_state,
                    &copy->assignee, &copy->step,   &copy->version, &copy->note,
                    &copy->etag,     &copy->keep,   &copy->raw,     &copy->anchor};
  char ***lists[] = {&copy->actions, &copy->refs, &copy->links, &copy->tags};

  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(*texts[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    *lists[i] = g_strdupv(*lists[i]);
  copy->blocked = copy_array(item->blocked, (GCopyFunc)copy_blocked);
  copy->fields = copy_array(item->fields, (GCopyFunc)copy_field);
  copy->history = copy_array(item->history, (GCopyFunc)copy_history);
  copy->attachments = copy_array(item->attachments, (GCopyFunc)copy_attachment);
  return copy;
}

/* Room for `size` bytes and two texts behind them, which are put there; `*second` may stay NULL. */
static gpointer
with_texts(gsize size, const char *one, const char *two, char **first, char **second)
{
  gsize one_size = one ? strlen(one) + 1 : 0, two_size = two ? strlen(two) + 1 : 0;
  char *memory = g_malloc(size + one_size + two_size);
  memset(memory, 0, size);
  *first = one ? memcpy(memory + size, one, one_size) : NULL;
  *second = two ? memcpy(memory + size + one_size, two, two_size) : NULL;
  return memory;
}

McField *
mc_field_new(const char *label, const char *value, gboolean is_private)
{
  char *own_label, *own_value;
  McField *field = with_texts(sizeof *field, label, value, &own_label, &own_value);
  *field = (McField){own_label, own_value, is_private, FALSE};
  return field;
}

void
mc_field_free(McField *field)
{
  if (field && !field->is_inside)
    g_free(field);
}

McHistory *
mc_history_new(gint64 when, const char *who, const char *what)
{
  McHistory *entry = g_new0(McHistory, 1);

  entry->when = when;
  entry->who = g_strdup(who);
  entry->what = g_strdup(what);
  return entry;
}

void
mc_history_free(McHistory *entry)
{
  if (!entry)
    return;
  g_free(entry->who);
  g_free(entry->what);
  g_free(entry);
}

McAttachment *
mc_attachment_new(const char *key, const char *name, const char *type, gint64 size, const char *sha256)
{
  McAttachment *attachment = g_new0(McAttachment, 1);

  attachment->key = g_strdup(key);
  attachment->name = g_strdup(name);
  attachment->type = g_strdup(type);
  attachment->sha256 = g_strdup(sha256);
  attachment->size = size;
  return attachment;
}

void
mc_attachment_free(McAttachment *attachment)
{
  if (!attachment)
    return;
  g_free(attachment->key);
  g_free(attachment->name);
  g_free(attachment->type);
  g_free(attachment->sha256);
  g_free(attachment->keep);
  g_free(attachment);
}

McBlocked *
mc_blocked_new(const char *action, const char *reason)
{
  char *own_action, *own_reason;
  McBlocked *blocked = with_texts(sizeof *blocked, action, reason, &own_action, &own_reason);
  *blocked = (McBlocked){own_action, own_reason};
  return blocked;
}

void
mc_blocked_free(McBlocked *blocked)
{
  g_free(blocked);
}

char *
mc_item_id_system(const char *id)
{
  gsize length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return length > 0 && id[length] == ':' && id[length + 1] ? g_strndup(id, length) : NULL;
}

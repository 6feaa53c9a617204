/* SPDX-License-Identifier: Apache-2.0 */
/* Items as values: made, copied, freed. */
#include "motcua/item.h"

#include <string.h>

static char **
no_strings(void)
{
  return g_new0(char *, 1);
}

McItem *
mc_item_new(const char *system, const char *stream, const char *key, gboolean several_streams)
{
  McItem *item = g_new0(McItem, 1);

  item->id = several_streams ? g_strconcat(system, ":", stream, "/", key, NULL)
                             : g_strconcat(system, ":", key, NULL);
  item->system = g_strdup(system);
  item->stream = g_strdup(stream);
  item->key = g_strdup(key);
  item->state = item->sys_state = MC_STATE_UNKNOWN;
  item->received = item->due = item->finished = item->as_of = item->detail_as_of = MC_TIME_NONE;
  item->actions = no_strings();
  item->refs = no_strings();
  item->links = no_strings();
  item->tags = no_strings();
  item->blocked = g_ptr_array_new_with_free_func((GDestroyNotify)mc_blocked_free);
  item->fields = g_ptr_array_new_with_free_func((GDestroyNotify)mc_field_free);
  item->history = g_ptr_array_new_with_free_func((GDestroyNotify)mc_history_free);
  item->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)mc_attachment_free);
  return item;
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
    g_free(texts[i]);
  char **lists[] = {item->actions, item->refs, item->links, item->tags};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    g_strfreev(lists[i]);
  GPtrArray *arrays[] = {item->blocked, item->fields, item->history, item->attachments, item->forms};
  for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_clear_pointer(&arrays[i], g_ptr_array_unref);
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
  *field = (McField){own_label, own_value, is_private};
  return field;
}

void
mc_field_free(McField *field)
{
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

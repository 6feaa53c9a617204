/* SPDX-License-Identifier: Apache-2.0 */
/* Packing lists (pack.h). */
#include "store/pack.h"

#include <string.h>

#define DETAIL "(a(msmsb)a(xmsms)a(msmsmsmsx))"

static void
append_line(GString *lines, const char *text, char end)
{
  gsize from = lines->len;
  g_string_append(lines, text ? text : "");
  for (gsize i = from; i < lines->len; i++)
    if (lines->str[i] == '\n' || lines->str[i] == '\t')
      lines->str[i] = ' ';
  g_string_append_c(lines, end);
}

static char *
finish(GString *lines)
{
  if (lines->len == 0) {
    g_string_free(lines, TRUE);
    return NULL;
  }
  g_string_truncate(lines, lines->len - 1);
  return g_string_free(lines, FALSE);
}

char *
mc_pack_list(char **list)
{
  GString *lines = g_string_new(NULL);
  for (; list && *list; list++)
    append_line(lines, *list, '\n');
  return finish(lines);
}

char **
mc_unpack_list(const char *packed)
{
  return packed ? g_strsplit(packed, "\n", -1) : g_new0(char *, 1);
}

char *
mc_pack_blocked(const GPtrArray *blocked)
{
  GString *lines = g_string_new(NULL);
  for (guint i = 0; blocked && i < blocked->len; i++) {
    const McBlocked *one = blocked->pdata[i];
    append_line(lines, one->action, '\t');
    append_line(lines, one->reason, '\n');
  }
  return finish(lines);
}

void
mc_unpack_blocked(GPtrArray *blocked, const char *packed)
{
  g_auto(GStrv) lines = mc_unpack_list(packed);
  for (char **line = lines; *line; line++) {
    char *tab = strchr(*line, '\t');
    if (!tab)
      continue;
    *tab = '\0';
    g_ptr_array_add(blocked, mc_blocked_new(*line, tab + 1));
  }
}

static gboolean
has_detail(const McItem *item)
{
  return (item->fields && item->fields->len) || (item->history && item->history->len) ||
         (item->attachments && item->attachments->len);
}

GBytes *
mc_pack_detail(const McItem *item)
{
  GVariantBuilder builder;
  if (!has_detail(item))
    return NULL;
  g_variant_builder_init(&builder, G_VARIANT_TYPE(DETAIL));
  g_variant_builder_open(&builder, G_VARIANT_TYPE("a(msmsb)"));
  for (guint i = 0; item->fields && i < item->fields->len; i++) {
    const McField *field = item->fields->pdata[i];
    g_variant_builder_add(&builder, "(msmsb)", field->label, field->value, field->is_private);
  }
  g_variant_builder_close(&builder);
  g_variant_builder_open(&builder, G_VARIANT_TYPE("a(xmsms)"));
  for (guint i = 0; item->history && i < item->history->len; i++) {
    const McHistory *entry = item->history->pdata[i];
    g_variant_builder_add(&builder, "(xmsms)", entry->when, entry->who, entry->what);
  }
  g_variant_builder_close(&builder);
  g_variant_builder_open(&builder, G_VARIANT_TYPE("a(msmsmsmsx)"));
  for (guint i = 0; item->attachments && i < item->attachments->len; i++) {
    const McAttachment *file = item->attachments->pdata[i];
    g_variant_builder_add(&builder, "(msmsmsmsx)", file->key, file->name, file->type, file->sha256,
                          file->size);
  }
  g_variant_builder_close(&builder);
  g_autoptr(GVariant) packed = g_variant_ref_sink(g_variant_builder_end(&builder));
  return g_variant_get_data_as_bytes(packed);
}

static void
unpack_fields(GPtrArray *fields, GVariant *packed)
{
  GVariantIter iter;
  const char *label, *value;
  gboolean is_private;
  g_variant_iter_init(&iter, packed);
  while (g_variant_iter_next(&iter, "(m&sm&sb)", &label, &value, &is_private))
    g_ptr_array_add(fields, mc_field_new(label, value, is_private));
}

static void
unpack_history(GPtrArray *history, GVariant *packed)
{
  GVariantIter iter;
  const char *who, *what;
  gint64 when;
  g_variant_iter_init(&iter, packed);
  while (g_variant_iter_next(&iter, "(xm&sm&s)", &when, &who, &what))
    g_ptr_array_add(history, mc_history_new(when, who, what));
}

static void
unpack_attachments(GPtrArray *attachments, GVariant *packed)
{
  GVariantIter iter;
  const char *key, *name, *type, *sha256;
  gint64 size;
  g_variant_iter_init(&iter, packed);
  while (g_variant_iter_next(&iter, "(m&sm&sm&sm&sx)", &key, &name, &type, &sha256, &size))
    g_ptr_array_add(attachments, mc_attachment_new(key, name, type, size, sha256));
}

void
mc_unpack_detail(McItem *item, const void *data, gsize size)
{
  if (!data)
    return;
  g_autoptr(GBytes) bytes = g_bytes_new(data, size); /* a copy: GVariant wants it aligned */
  g_autoptr(GVariant) packed =
      g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(DETAIL), bytes, FALSE));
  g_autoptr(GVariant) fields = g_variant_get_child_value(packed, 0);
  g_autoptr(GVariant) history = g_variant_get_child_value(packed, 1);
  g_autoptr(GVariant) attachments = g_variant_get_child_value(packed, 2);
  unpack_fields(item->fields, fields);
  unpack_history(item->history, history);
  unpack_attachments(item->attachments, attachments);
}

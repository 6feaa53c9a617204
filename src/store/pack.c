/* SPDX-License-Identifier: Apache-2.0 */
/* Packing lists (pack.h). */
#include "store/pack.h"

#include <string.h>

/* What leads each part of a detail. */
#define KIND_FIELD      'f'
#define KIND_PRIVATE    'p'
#define KIND_HISTORY    'h'
#define KIND_ATTACHMENT 'a'

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

/* A text as "=TEXT" or, unknown, as nothing; each ends with a NUL, which no text has in it. */
static void
append_text(GString *packed, const char *text)
{
  if (text) {
    g_string_append_c(packed, '=');
    g_string_append(packed, text);
  }
  g_string_append_c(packed, '\0');
}

static void
append_number(GString *packed, gint64 number)
{
  char digits[24];
  g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, number);
  append_text(packed, digits);
}

GBytes *
mc_pack_detail(const McItem *item)
{
  if (!has_detail(item))
    return NULL;
  GString *packed = g_string_sized_new(512);
  for (guint i = 0; item->fields && i < item->fields->len; i++) {
    const McField *field = item->fields->pdata[i];
    g_string_append_c(packed, field->is_private ? KIND_PRIVATE : KIND_FIELD);
    append_text(packed, field->label);
    append_text(packed, field->value);
  }
  for (guint i = 0; item->history && i < item->history->len; i++) {
    const McHistory *entry = item->history->pdata[i];
    g_string_append_c(packed, KIND_HISTORY);
    append_number(packed, entry->when);
    append_text(packed, entry->who);
    append_text(packed, entry->what);
  }
  for (guint i = 0; item->attachments && i < item->attachments->len; i++) {
    const McAttachment *file = item->attachments->pdata[i];
    g_string_append_c(packed, KIND_ATTACHMENT);
    append_text(packed, file->key);
    append_text(packed, file->name);
    append_text(packed, file->type);
    append_text(packed, file->sha256);
    append_number(packed, file->size);
  }
  return g_string_free_to_bytes(packed);
}

typedef struct {
  const char *at, *end;
} Packed;

/* The next text, or NULL where it is unknown or the blob is cut off. */
static const char *
next_text(Packed *packed)
{
  const char *text = packed->at;
  const char *nul = text < packed->end ? memchr(text, '\0', (gsize)(packed->end - text)) : NULL;
  packed->at = nul ? nul + 1 : packed->end;
  return nul && *text == '=' ? text + 1 : NULL;
}

static gint64
next_number(Packed *packed)
{
  const char *digits = next_text(packed);
  return digits ? g_ascii_strtoll(digits, NULL, 10) : 0;
}

static void
unpack_attachment(GPtrArray *attachments, Packed *packed)
{
  const char *key = next_text(packed), *name = next_text(packed), *type = next_text(packed);
  const char *sha256 = next_text(packed);
  g_ptr_array_add(attachments, mc_attachment_new(key, name, type, next_number(packed), sha256));
}

static void
unpack_history(GPtrArray *history, Packed *packed)
{
  gint64 when = next_number(packed);
  const char *who = next_text(packed);
  g_ptr_array_add(history, mc_history_new(when, who, next_text(packed)));
}

void
mc_unpack_detail(McItem *item, const void *data, gsize size)
{
  Packed packed = {data, data ? (const char *)data + size : NULL};
  while (packed.at < packed.end) {
    char kind = *packed.at++;
    if (kind == KIND_FIELD || kind == KIND_PRIVATE) {
      const char *label = next_text(&packed);
      g_ptr_array_add(item->fields, mc_field_new(label, next_text(&packed), kind == KIND_PRIVATE));
    } else if (kind == KIND_HISTORY) {
      unpack_history(item->history, &packed);
    } else if (kind == KIND_ATTACHMENT) {
      unpack_attachment(item->attachments, &packed);
    } else {
      return;
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Items to rows and back (row.h). */
#include "store/row.h"

#include <string.h>
#include "motcua/text.h"
#include "store/pack.h"

typedef enum { COL_TEXT, COL_INT, COL_MOMENT, COL_LIST, COL_BLOCKED, COL_KEY_AT, COL_INT64 } ColumnType;
typedef struct {
  ColumnType type;
  gboolean in_row; /* a member of McRow instead of McItem */
  gboolean hashed; /* part of the system's word */
  gsize offset;
} Column;

#define ITEM(type, member)                             \
  {                                                    \
    type, FALSE, TRUE, G_STRUCT_OFFSET(McItem, member) \
  }
#define SEEN(type, member)                              \
  {                                                     \
    type, FALSE, FALSE, G_STRUCT_OFFSET(McItem, member) \
  }
#define ROW(type, member)                             \
  {                                                   \
    type, TRUE, FALSE, G_STRUCT_OFFSET(McRow, member) \
  }
#define WORD(type, member)                           \
  {                                                  \
    type, TRUE, TRUE, G_STRUCT_OFFSET(McRow, member) \
  }

/* In the order of MC_ROW_COLUMNS. */
static const Column columns[MC_ROW_COUNT] = {
    ROW(COL_INT64, n),
    ITEM(COL_TEXT, id),
    ITEM(COL_TEXT, system),
    ITEM(COL_TEXT, stream),
    ITEM(COL_KEY_AT, key),
    ITEM(COL_INT, key_is_number),
    ITEM(COL_INT, kind),
    ITEM(COL_TEXT, code),
    ITEM(COL_TEXT, title),
    ITEM(COL_TEXT, from),
    ITEM(COL_TEXT, raw_state),
    ITEM(COL_TEXT, step),
    ITEM(COL_TEXT, version),
    ITEM(COL_INT, sys_state),
    WORD(COL_INT, sys_unread),
    WORD(COL_TEXT, sys_assignee),
    ITEM(COL_INT, urgency),
    ITEM(COL_INT, secrecy),
    ITEM(COL_MOMENT, received),
    ITEM(COL_MOMENT, due),
    ITEM(COL_MOMENT, finished),
    ITEM(COL_INT, attachment_count),
    ITEM(COL_LIST, actions),
    ITEM(COL_BLOCKED, blocked),
    ITEM(COL_LIST, refs),
    SEEN(COL_TEXT, etag),
    SEEN(COL_MOMENT, as_of),
    ROW(COL_INT64, pull_hash),
    ROW(COL_INT64, row_hash),
    ROW(COL_INT64, seen),
    SEEN(COL_INT, state),
    SEEN(COL_INT, unread),
    SEEN(COL_TEXT, assignee),
    ROW(COL_TEXT, who),
    SEEN(COL_INT, pending),
    ROW(COL_INT, failed),
    SEEN(COL_LIST, tags),
    ROW(COL_INT, has_note),
    ROW(COL_INT, desk),
    ROW(COL_INT64, ord_due),
    ROW(COL_INT64, ord_received),
    ROW(COL_INT64, ord_urgency),
    ROW(COL_TEXT, ord_code),
    ROW(COL_TEXT, beneath),
};

static gpointer
member(const McRow *row, const Column *column)
{
  return (char *)(column->in_row ? (gconstpointer)row : (gconstpointer)row->item) + column->offset;
}

/* --- writing --- */

static int
key_at(const McItem *item)
{
  return (int)(strlen(item->id) - strlen(item->key));
}

static void
bind_column(const McRow *row, const Column *column, sqlite3_stmt *statement, int at)
{
  gpointer value = member(row, column);
  switch (column->type) {
  case COL_TEXT:
    sqlite3_bind_text(statement, at, *(char **)value, -1, SQLITE_STATIC);
    break;
  case COL_INT:
    sqlite3_bind_int(statement, at, *(int *)value);
    break;
  case COL_INT64:
    sqlite3_bind_int64(statement, at, *(gint64 *)value);
    break;
  case COL_MOMENT:
    if (*(gint64 *)value != MC_TIME_NONE)
      sqlite3_bind_int64(statement, at, *(gint64 *)value);
    break;
  case COL_LIST:
    sqlite3_bind_text(statement, at, mc_pack_list(*(char ***)value), -1, g_free);
    break;
  case COL_BLOCKED:
    sqlite3_bind_text(statement, at, mc_pack_blocked(*(GPtrArray **)value), -1, g_free);
    break;
  case COL_KEY_AT:
    sqlite3_bind_int(statement, at, key_at(row->item));
    break;
  }
}

void
mc_row_bind(const McRow *row, sqlite3_stmt *statement)
{
  for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
    bind_column(row, &columns[i], statement, (int)i + 1);
  if (row->n == 0)
    sqlite3_bind_null(statement, 1);
}

/* --- reading --- */

static void
read_column(McRow *row, const Column *column, sqlite3_stmt *statement, int at)
{
  gpointer value = member(row, column);
  switch (column->type) {
  case COL_TEXT:
    mc_item_set_text(row->item, value, mc_column_text(statement, at));
    break;
  case COL_INT:
    *(int *)value = sqlite3_column_int(statement, at);
    break;
  case COL_INT64:
    *(gint64 *)value = sqlite3_column_int64(statement, at);
    break;
  case COL_MOMENT:
    *(gint64 *)value = mc_column_moment(statement, at);
    break;
  case COL_LIST:
    mc_item_set_list(row->item, value, mc_unpack_list((const char *)sqlite3_column_text(statement, at)));
    break;
  case COL_BLOCKED:
    mc_unpack_blocked(*(GPtrArray **)value, (const char *)sqlite3_column_text(statement, at));
    break;
  case COL_KEY_AT:
    break;
  }
}

McRow *
mc_row_read(sqlite3_stmt *statement)
{
  const char *id = (const char *)sqlite3_column_text(statement, 1);
  const char *system = (const char *)sqlite3_column_text(statement, 2);
  const char *stream = (const char *)sqlite3_column_text(statement, 3);
  int at = sqlite3_column_int(statement, 4);
  McRow *row = g_new0(McRow, 1);

  at = CLAMP(at, 0, (int)strlen(id));
  row->item = mc_item_new(system, stream, id + at, at > (int)strlen(system) + 1);
  for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
    read_column(row, &columns[i], statement, (int)i);
  return row;
}

McRow *
mc_row_new(const McItem *item)
{
  McRow *row = g_new0(McRow, 1);
  row->item = mc_item_copy(item);
  row->item->state = item->sys_state;
  row->sys_unread = item->unread;
  row->sys_assignee = g_strdup(item->assignee);
  row->row_hash = mc_row_hash(item);
  return row;
}

void
mc_row_over(McRow *row, McItem *shown, const McItem *item)
{
  *shown = *item;
  shown->state = item->sys_state;
  shown->pending = 0;
  shown->tags = NULL;
  shown->note = NULL;
  *row = (McRow){.item = shown, .sys_unread = item->unread, .sys_assignee = item->assignee};
}

void
mc_row_clear(McRow *row)
{
  g_clear_pointer(&row->who, g_free);
  g_clear_pointer(&row->ord_code, g_free);
}

void
mc_row_free(McRow *row)
{
  if (!row)
    return;
  mc_item_free(row->item);
  g_free(row->sys_assignee);
  g_free(row->who);
  g_free(row->ord_code);
  g_free(row->beneath);
  g_free(row);
}

/* --- what lies beneath --- */

static void
replace(char **text, const char *by)
{
  char *copy = g_strdup(by);
  g_free(*text);
  *text = copy;
}

void
mc_row_strip(McRow *row)
{
  g_auto(GStrv) kept = mc_unpack_list(row->beneath);
  row->item->state = row->item->sys_state;
  row->item->unread = row->sys_unread;
  replace(&row->item->assignee, row->sys_assignee);
  if (g_strv_length(kept) != 3)
    return;
  /* Led by '=', so that an empty text is not an unknown one. */
  replace(&row->item->raw_state, *kept[0] ? kept[0] + 1 : NULL);
  replace(&row->item->step, *kept[1] ? kept[1] + 1 : NULL);
  row->item->due = g_ascii_strtoll(kept[2], NULL, 10);
  g_clear_pointer(&row->beneath, g_free);
}

void
mc_row_keep_beneath(McRow *row, const McItem *before)
{
  g_clear_pointer(&row->beneath, g_free);
  if (g_strcmp0(before->raw_state, row->item->raw_state) == 0 &&
      g_strcmp0(before->step, row->item->step) == 0 && before->due == row->item->due)
    return;
  g_autofree char *raw_state = before->raw_state ? g_strconcat("=", before->raw_state, NULL) : g_strdup("");
  g_autofree char *step = before->step ? g_strconcat("=", before->step, NULL) : g_strdup("");
  g_autofree char *due = g_strdup_printf("%" G_GINT64_FORMAT, before->due);
  char *kept[] = {raw_state, step, due, NULL};
  row->beneath = mc_pack_list(kept);
}

/* --- orders --- */

#define MOMENT_MAX (((gint64)1 << 40) - 1)

gint64
mc_ord_moment(gint64 moment)
{
  return CLAMP(moment, 0, MOMENT_MAX);
}

gint64
mc_ord_newest(gint64 moment)
{
  return moment == MC_TIME_NONE ? MOMENT_MAX + 1 : MOMENT_MAX - mc_ord_moment(moment);
}

static gint64
ord_due(const McItem *item)
{
  if (!mc_state_is_open(item->state))
    return MC_ORD_CLOSED + mc_ord_newest(item->finished != MC_TIME_NONE ? item->finished : item->received);
  if (item->due == MC_TIME_NONE)
    return 2 * MC_ORD_WAITING + mc_ord_newest(item->received);
  /* Its clock stands still: it waits for somebody else, or its result is there. */
  gboolean waits = item->state == MC_STATE_WAITING || item->state == MC_STATE_PAUSED ||
                   (item->state == MC_STATE_READY && item->finished != MC_TIME_NONE);
  return (waits ? MC_ORD_WAITING : 0) + mc_ord_moment(item->due);
}

/* Each run of digits is led by its length, so that 9 comes before 10. */
char *
mc_ord_code(const char *code)
{
  g_autofree char *folded = mc_text_fold(code);
  GString *key = g_string_new(NULL);

  for (const char *at = folded; *at && key->len < 200;) {
    gsize digits = strspn(at, "0123456789");
    if (digits > 0)
      g_string_append_c(key, (char)('0' + MIN(digits, 9)));
    gsize run = MAX(digits, (gsize)(g_utf8_next_char(at) - at));
    g_string_append_len(key, at, (gssize)run);
    at += run;
  }
  return g_string_free(key, FALSE);
}

void
mc_row_order(McRow *row)
{
  const McItem *item = row->item;
  gint64 closed = mc_state_is_open(item->state) ? 0 : 1;

  g_free(row->who);
  row->who = item->assignee ? mc_text_fold(item->assignee) : NULL;
  row->ord_due = ord_due(item);
  row->ord_received = mc_ord_newest(item->received);
  row->ord_urgency = closed << 46 | (gint64)(MC_URGENCY_FLASH - item->urgency) << 43 | row->ord_due;
  g_free(row->ord_code);
  row->ord_code = item->code && *item->code ? mc_ord_code(item->code) : g_strdup("~");
}

/* --- hash --- */

static void
hash_text(GString *said, const char *text)
{
  g_string_append_len(said, text ? text : "\1", text ? (gssize)strlen(text) + 1 : 2);
}

static void
hash_int(GString *said, gint64 value)
{
  g_string_append_len(said, (const char *)&value, sizeof value);
}

static void
hash_blocked(GString *said, const GPtrArray *blocked)
{
  hash_int(said, blocked ? blocked->len : 0);
  for (guint i = 0; blocked && i < blocked->len; i++) {
    const McBlocked *one = blocked->pdata[i];
    hash_text(said, one->action);
    hash_text(said, one->reason);
  }
}

static void
hash_column(GString *said, const McItem *item, const Column *column)
{
  gconstpointer value = (const char *)item + column->offset;
  switch (column->type) {
  case COL_TEXT:
    hash_text(said, *(char *const *)value);
    break;
  case COL_INT:
    hash_int(said, *(const int *)value);
    break;
  case COL_INT64:
  case COL_MOMENT:
    hash_int(said, *(const gint64 *)value);
    break;
  case COL_LIST:
    for (char **text = *(char **const *)value; text && *text; text++)
      hash_text(said, *text);
    hash_text(said, NULL);
    break;
  case COL_BLOCKED:
    hash_blocked(said, *(GPtrArray *const *)value);
    break;
  case COL_KEY_AT:
    break;
  }
}

static gint64
hash_of(GString *said)
{
  GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;
  gint64 hash;

  g_checksum_update(sum, (const guchar *)said->str, (gssize)said->len);
  g_checksum_get_digest(sum, digest, &size);
  g_checksum_free(sum);
  g_string_free(said, TRUE);
  memcpy(&hash, digest, sizeof hash);
  return hash ? hash : 1; /* 0 stands for none */
}

gint64
mc_row_hash(const McItem *item)
{
  GString *said = g_string_sized_new(1024);
  for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
    if (columns[i].hashed && !columns[i].in_row)
      hash_column(said, item, &columns[i]);
  hash_int(said, item->unread);
  hash_text(said, item->assignee);
  return hash_of(said);
}

gint64
mc_row_hash_whole(gint64 row_hash, const McItem *item, GBytes *detail)
{
  GString *said = g_string_sized_new(2048);
  hash_int(said, row_hash);
  hash_text(said, item->etag);
  hash_text(said, item->raw);
  hash_text(said, item->keep);
  if (detail)
    g_string_append_len(said, g_bytes_get_data(detail, NULL), (gssize)g_bytes_get_size(detail));
  return hash_of(said);
}

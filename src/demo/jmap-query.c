/* SPDX-License-Identifier: Apache-2.0 */
/* Email/query (RFC 8621 4.4): conditions, operators, sorts. A mailbox is one person's and small enough to be
 * looked through for every query. */
#include "demo/jmap.h"

#include "motcua/text.h"

#include <string.h>

#define MAX_LIMIT 500
#define MAX_NEST  16

/* --- conditions --- */

/* An address header as one text. */
static void
append_people(GString *all, const cJSON *people)
{
  const cJSON *one;

  cJSON_ArrayForEach (one, people)
    g_string_append_printf(all, " %s %s", demo_json_word(one, "name"), demo_json_word(one, "email"));
}

static gboolean
says(const DemoRecord *record, const char *where, const char *words)
{
  gboolean everywhere = strcmp(where, "text") == 0;
  g_autoptr(GString) all = g_string_new(NULL);

  if (everywhere || strcmp(where, "subject") == 0)
    g_string_append_printf(all, " %s", demo_json_word(record->doc, "title"));
  if (everywhere || strcmp(where, "body") == 0)
    g_string_append_printf(all, " %s", demo_json_word(record->doc, "text"));
  if (everywhere || strcmp(where, "from") == 0)
    append_people(all, cJSON_GetObjectItemCaseSensitive(record->doc, "from"));
  if (everywhere || strcmp(where, "to") == 0)
    append_people(all, cJSON_GetObjectItemCaseSensitive(record->doc, "to"));
  g_autofree char *folded = mc_text_fold(all->str);
  g_autofree char *wanted = mc_text_fold(words);
  return strstr(folded, wanted) != NULL;
}

static gboolean
only_in(const DemoRecord *record, const cJSON *others)
{
  const cJSON *box, *other;

  cJSON_ArrayForEach (box, cJSON_GetObjectItemCaseSensitive(record->doc, "mailboxes")) {
    gboolean named = FALSE;
    cJSON_ArrayForEach (other, others)
      named = named || g_strcmp0(cJSON_GetStringValue(other), box->string) == 0;
    if (!named)
      return FALSE;
  }
  return TRUE;
}

static gboolean
holds(const DemoRecord *record, const cJSON *condition)
{
  static const char *const texts[] = {"text", "subject", "body", "from", "to", NULL};
  const char *name = condition->string, *value = cJSON_GetStringValue(condition);
  gint64 at = demo_json_int(record->doc, "received"), ms = 0;

  if (strcmp(name, "inMailbox") == 0)
    return demo_email_has(record, "mailboxes", value ? value : "");
  if (strcmp(name, "inMailboxOtherThan") == 0)
    return !only_in(record, condition);
  if (strcmp(name, "hasKeyword") == 0)
    return demo_email_has(record, "keywords", value ? value : "");
  if (strcmp(name, "notKeyword") == 0)
    return !demo_email_has(record, "keywords", value ? value : "");
  if (strcmp(name, "after") == 0)
    return demo_time_parse_iso(value ? value : "", &ms) && at >= ms;
  if (strcmp(name, "before") == 0)
    return demo_time_parse_iso(value ? value : "", &ms) && at < ms;
  if (strcmp(name, "minSize") == 0)
    return demo_email_size(record) >= (gint64)condition->valuedouble;
  if (strcmp(name, "maxSize") == 0)
    return demo_email_size(record) < (gint64)condition->valuedouble;
  if (strcmp(name, "hasAttachment") == 0)
    return cJSON_IsTrue(condition) ==
           (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(record->doc, "files")) > 0);
  return g_strv_contains(texts, name) && value && says(record, name, value);
}

/* NULL: the filter is one that this server knows; otherwise what it does not. */
static const char *
unknown_part(const cJSON *filter, int depth)
{
  static const char *const known[] = {"inMailbox",  "inMailboxOtherThan",
                                      "hasKeyword", "notKeyword",
                                      "after",      "before",
                                      "minSize",    "maxSize",
                                      "text",       "subject",
                                      "body",       "from",
                                      "to",         "hasAttachment",
                                      NULL};
  const cJSON *one;

  if (depth > MAX_NEST)
    return "conditions";
  if (!cJSON_GetObjectItemCaseSensitive(filter, "operator")) {
    cJSON_ArrayForEach (one, filter)
      if (!g_strv_contains(known, one->string))
        return one->string;
    return NULL;
  }
  const char *operator= demo_json_word(filter, "operator");
  if (strcmp(operator, "AND") != 0 && strcmp(operator, "OR") != 0 && strcmp(operator, "NOT") != 0)
    return "operator";
  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(filter, "conditions")) {
    const char *unknown = unknown_part(one, depth + 1);
    if (unknown)
      return unknown;
  }
  return NULL;
}

/* NOT: none of them (RFC 8620 5.5). */
static gboolean
matches(const DemoRecord *record, const cJSON *filter)
{
  const char *operator= demo_json_text(filter, "operator");
  const cJSON *one;

  if (!operator) {
    cJSON_ArrayForEach (one, filter)
      if (!cJSON_IsNull(one) && !holds(record, one))
        return FALSE;
    return TRUE;
  }
  gboolean all = strcmp(operator, "AND") == 0, none = strcmp(operator, "NOT") == 0;
  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(filter, "conditions")) {
    gboolean so = matches(record, one);
    if (so != all)
      return !all && !none;
  }
  return all || none;
}

/* --- sorting --- */

typedef struct {
  char *id, *text;
  gint64 number;
} Row;

static void
row_free(gpointer data)
{
  Row *row = data;

  g_free(row->id);
  g_free(row->text);
  g_free(row);
}

typedef struct {
  const cJSON *filter;
  const char *property;
  GPtrArray *rows;
} Search;

static void
add_row(const DemoRecord *record, gpointer data)
{
  const Search *search = data;

  if (!matches(record, search->filter))
    return;
  Row *row = g_new0(Row, 1);
  row->id = g_strdup(record->key);
  if (strcmp(search->property, "subject") == 0)
    row->text = mc_text_fold(demo_json_word(record->doc, "title"));
  else if (strcmp(search->property, "from") == 0)
    row->text = mc_text_fold(demo_json_word(
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(record->doc, "from"), 0), "email"));
  else if (strcmp(search->property, "size") == 0)
    row->number = demo_email_size(record);
  else
    row->number = demo_json_int(record->doc, strcmp(search->property, "sentAt") == 0 ? "sent" : "received");
  g_ptr_array_add(search->rows, row);
}

/* Rows that are alike stay in an order of their own: by id. */
static gint
compare(gconstpointer a, gconstpointer b, gpointer data)
{
  const Row *one = *(Row *const *)a, *two = *(Row *const *)b;
  int sign = *(const int *)data;

  if (one->number != two->number)
    return one->number < two->number ? -sign : sign;
  int text = g_strcmp0(one->text, two->text);
  return text ? sign * text : sign * strcmp(one->id, two->id);
}

/* Where the answer starts; FALSE when the anchor is none of the rows. */
static gboolean
find_start(const cJSON *args, const GPtrArray *rows, gint64 *start)
{
  const char *anchor = demo_json_text(args, "anchor");
  gint64 position = demo_json_int(args, "position");

  if (!anchor) {
    *start = MAX(0, position < 0 ? position + (gint64)rows->len : position);
    return TRUE;
  }
  for (guint i = 0; i < rows->len; i++)
    if (strcmp(((Row *)rows->pdata[i])->id, anchor) == 0) {
      *start = MAX(0, (gint64)i + demo_json_int(args, "anchorOffset"));
      return TRUE;
    }
  return FALSE;
}

static const char *
check_sort(const cJSON *args, const char **property, int *sign)
{
  static const char *const known[] = {"receivedAt", "sentAt", "subject", "from", "size", NULL};
  const cJSON *sort = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(args, "sort"), 0);

  *property = "receivedAt";
  *sign = 1;
  if (!sort)
    return NULL;
  *property = demo_json_word(sort, "property");
  *sign = cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(sort, "isAscending")) ? -1 : 1;
  return g_strv_contains(known, *property) ? NULL : "unsupportedSort";
}

static const char *
email_query(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const cJSON *filter = cJSON_GetObjectItemCaseSensitive(args, "filter");
  const cJSON *asked = cJSON_GetObjectItemCaseSensitive(args, "limit");
  const char *property, *unknown = cJSON_IsObject(filter) ? unknown_part(filter, 0) : NULL;
  const DemoQuery all = {demo_mail.id, -1, FALSE, 0, G_MAXINT32};
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
  g_autofree char *state = demo_jmap_state(jmap->state);
  gint64 start = 0, limit = MAX_LIMIT;
  int sign;

  if (unknown) {
    *why = g_strdup_printf("filter: %s", unknown);
    return "unsupportedFilter";
  }
  const char *error = check_sort(args, &property, &sign);
  if (error)
    return error;
  if (asked && !cJSON_IsNull(asked) && (!cJSON_IsNumber(asked) || asked->valuedouble < 0))
    return "invalidArguments";
  Search search = {cJSON_IsObject(filter) ? filter : NULL, property, rows};
  demo_state_list(jmap->state, &all, add_row, &search);
  g_ptr_array_sort_with_data(rows, compare, &sign);
  if (!find_start(args, rows, &start))
    return "anchorNotFound";
  if (cJSON_IsNumber(asked))
    limit = MIN(limit, (gint64)asked->valuedouble);
  demo_json_set_text(out, "queryState", state);
  demo_json_set_true(out, "canCalculateChanges", FALSE);
  demo_json_set_int(out, "position", start);
  cJSON *ids = cJSON_AddArrayToObject(out, "ids");
  for (gint64 i = start; i < MIN(start + limit, (gint64)rows->len); i++)
    cJSON_AddItemToArray(ids, cJSON_CreateString(((Row *)rows->pdata[i])->id));
  if (demo_json_true(args, "calculateTotal"))
    demo_json_set_int(out, "total", rows->len);
  if (!cJSON_IsNumber(asked) || asked->valuedouble > MAX_LIMIT)
    demo_json_set_int(out, "limit", limit);
  return NULL;
}

/* This server keeps no results of queries: it may say so (RFC 8620 5.6). */
static const char *
query_changes(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  (void)jmap;
  (void)args;
  (void)out;
  (void)why;
  return "cannotCalculateChanges";
}

const DemoJmapMethod demo_jmap_queries[] = {
    {"Email/query", JMAP_MAIL, email_query},
    {"Email/queryChanges", JMAP_MAIL, query_changes},
    {NULL, NULL, NULL},
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emails as JMAP shows them (RFC 8621 4.1, 4.2), and what became of them since a state (4.3). A state token
 * is the moment of the last change and its number: the moment finds the changed records by their index, the
 * number tells those of one instant apart. Only so many changes are remembered.
 */
#include "demo/jmap.h"

#include <stdlib.h>
#include <string.h>

#define REMEMBERED  512
#define PREVIEW     160
#define MAX_CHANGES 500

/* --- states --- */

static char *
token_text(gint64 at, gint64 change)
{
  return g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, at, change);
}

char *
demo_jmap_state(DemoState *state)
{
  return token_text(demo_state_newest(state, demo_mail.id), demo_state_generation(state, demo_mail.id));
}

gboolean
demo_jmap_state_parse(DemoState *state, const char *text, DemoJmapState *token)
{
  g_auto(GStrv) parts = g_strsplit(text ? text : "", "-", 2);
  gint64 now = demo_state_generation(state, demo_mail.id);

  return parts[0] && parts[1] &&
         g_ascii_string_to_signed(parts[0], 10, 0, demo_state_newest(state, demo_mail.id), &token->at,
                                  NULL) &&
         g_ascii_string_to_signed(parts[1], 10, MAX(0, now - REMEMBERED), now, &token->change, NULL);
}

/* --- an email's members --- */

DemoRecord *
demo_email_find(DemoState *state, const char *id)
{
  DemoRecord *record = id ? demo_state_get(state, demo_mail.id, id) : NULL;

  if (record && record->deleted)
    g_clear_pointer(&record, demo_record_free);
  return record;
}

char *
demo_jmap_utc(gint64 ms)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);

  return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}

gboolean
demo_email_has(const DemoRecord *record, const char *set, const char *name)
{
  return demo_json_true(cJSON_GetObjectItemCaseSensitive(record->doc, set), name);
}

char *
demo_email_preview(const DemoRecord *record)
{
  const char *text = demo_json_word(record->doc, "text");
  g_autofree char *start = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), PREVIEW));

  return g_strdelimit(g_steal_pointer(&start), "\r\n\t", ' ');
}

gint64
demo_email_size(const DemoRecord *record)
{
  gint64 size = 600 + (gint64)strlen(demo_json_word(record->doc, "text"));
  const cJSON *file;

  cJSON_ArrayForEach (file, cJSON_GetObjectItemCaseSensitive(record->doc, "files"))
    size += demo_json_int(file, "size") * 4 / 3;
  return size;
}

static cJSON *
copy_or_null(const DemoRecord *record, const char *name)
{
  const cJSON *value = cJSON_GetObjectItemCaseSensitive(record->doc, name);

  return value ? cJSON_Duplicate(value, TRUE) : cJSON_CreateNull();
}

static cJSON *
part_json(const char *part, const char *blob, gint64 size, const char *name, const char *type)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "partId", part);
  demo_json_set_text(json, "blobId", blob);
  demo_json_set_int(json, "size", size);
  demo_json_set(json, "name", name ? cJSON_CreateString(name) : cJSON_CreateNull());
  demo_json_set_text(json, "type", type);
  demo_json_set(json, "charset", name ? cJSON_CreateNull() : cJSON_CreateString("utf-8"));
  demo_json_set(json, "disposition", name ? cJSON_CreateString("attachment") : cJSON_CreateNull());
  cJSON_AddNullToObject(json, "cid");
  return json;
}

static cJSON *
attachments_json(const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();
  const cJSON *file;
  int part = 1;

  cJSON_ArrayForEach (file, cJSON_GetObjectItemCaseSensitive(record->doc, "files")) {
    g_autofree char *made = g_strdup_printf("B%s.%s", record->key, demo_json_word(file, "id"));
    const char *blob = demo_json_text(file, "blob");
    g_autofree char *number = g_strdup_printf("%d", ++part);
    cJSON_AddItemToArray(list, part_json(number, blob ? blob : made, demo_json_int(file, "size"),
                                         demo_json_word(file, "name"), demo_json_word(file, "type")));
  }
  return list;
}

static cJSON *
body_json(const DemoRecord *record)
{
  cJSON *list = cJSON_CreateArray();
  g_autofree char *blob = g_strdup_printf("T%s", record->key);

  cJSON_AddItemToArray(
      list, part_json("1", blob, (gint64)strlen(demo_json_word(record->doc, "text")), NULL, "text/plain"));
  return list;
}

static cJSON *
structure_json(const DemoRecord *record)
{
  cJSON *body = body_json(record), *attachments = attachments_json(record);

  if (cJSON_GetArraySize(attachments) == 0) {
    cJSON *only = cJSON_DetachItemFromArray(body, 0);
    cJSON_Delete(body);
    cJSON_Delete(attachments);
    return only;
  }
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(json, "type", "multipart/mixed");
  while (cJSON_GetArraySize(attachments) > 0)
    cJSON_AddItemToArray(body, cJSON_DetachItemFromArray(attachments, 0));
  cJSON_Delete(attachments);
  cJSON_AddItemToObject(json, "subParts", body);
  return json;
}

/* `fetch`: the arguments of Email/get, which say whether texts are wanted, and how long. */
static cJSON *
values_json(const DemoRecord *record, const cJSON *fetch)
{
  cJSON *values = cJSON_CreateObject();
  const char *text = demo_json_word(record->doc, "text");
  gint64 max = demo_json_int(fetch, "maxBodyValueBytes");
  gsize length = strlen(text);

  if (!demo_json_true(fetch, "fetchTextBodyValues") && !demo_json_true(fetch, "fetchAllBodyValues") &&
      !demo_json_true(fetch, "fetchHTMLBodyValues"))
    return values;
  gboolean cut = max > 0 && length > (gsize)max;
  const char *end = cut ? g_utf8_find_prev_char(text, text + max + 1) : text + length;
  g_autofree char *kept = g_strndup(text, (gsize)(end - text));
  cJSON *value = cJSON_AddObjectToObject(values, "1");
  demo_json_set_text(value, "value", kept);
  demo_json_set_true(value, "isEncodingProblem", FALSE);
  demo_json_set_true(value, "isTruncated", cut);
  return values;
}

static cJSON *
time_json(const DemoRecord *record, const char *name)
{
  g_autofree char *text = demo_jmap_utc(demo_json_int(record->doc, name));

  return cJSON_CreateString(text);
}

/* The value of one property; NULL for one there is not. */
static cJSON *
property_json(const DemoRecord *record, const char *name, const cJSON *fetch)
{
  static const struct {
    const char *property, *member;
  } copied[] = {{"mailboxIds", "mailboxes"},
                {"keywords", "keywords"},
                {"messageId", "messageId"},
                {"inReplyTo", "inReplyTo"},
                {"references", "references"},
                {"from", "from"},
                {"to", "to"},
                {"cc", "cc"},
                {"bcc", "bcc"},
                {"replyTo", "replyTo"},
                {"subject", "title"},
                {"sender", "sender"}};
  g_autofree char *preview = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS(copied); i++)
    if (strcmp(copied[i].property, name) == 0)
      return copy_or_null(record, copied[i].member);
  if (strcmp(name, "id") == 0)
    return cJSON_CreateString(record->key);
  if (strcmp(name, "blobId") == 0) {
    g_autofree char *blob = g_strdup_printf("M%s", record->key);
    return cJSON_CreateString(blob);
  }
  if (strcmp(name, "threadId") == 0)
    return cJSON_CreateString(demo_json_word(record->doc, "thread"));
  if (strcmp(name, "size") == 0)
    return cJSON_CreateNumber((double)demo_email_size(record));
  if (strcmp(name, "receivedAt") == 0)
    return time_json(record, "received");
  if (strcmp(name, "sentAt") == 0)
    return time_json(record, "sent");
  if (strcmp(name, "hasAttachment") == 0)
    return cJSON_CreateBool(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(record->doc, "files")) > 0);
  if (strcmp(name, "preview") == 0)
    return cJSON_CreateString(preview = demo_email_preview(record));
  if (strcmp(name, "bodyStructure") == 0)
    return structure_json(record);
  if (strcmp(name, "bodyValues") == 0)
    return values_json(record, fetch);
  if (strcmp(name, "textBody") == 0 || strcmp(name, "htmlBody") == 0)
    return body_json(record);
  return strcmp(name, "attachments") == 0 ? attachments_json(record) : NULL;
}

/* --- Email/get --- */

static const char *const default_properties[] = {
    "id",        "blobId",    "threadId",   "mailboxIds", "keywords",      "size",    "receivedAt",
    "messageId", "inReplyTo", "references", "sender",     "from",          "to",      "cc",
    "bcc",       "replyTo",   "subject",    "sentAt",     "hasAttachment", "preview", "bodyValues",
    "textBody",  "htmlBody",  "attachments"};

/* NULL when a property is asked for that does not exist. */
static cJSON *
email_json(const DemoRecord *record, const cJSON *args)
{
  const cJSON *properties = cJSON_GetObjectItemCaseSensitive(args, "properties"), *one;
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "id", record->key);
  if (!cJSON_IsArray(properties)) {
    for (gsize i = 0; i < G_N_ELEMENTS(default_properties); i++)
      demo_json_set(json, default_properties[i], property_json(record, default_properties[i], args));
    return json;
  }
  cJSON_ArrayForEach (one, properties) {
    cJSON *value = cJSON_IsString(one) ? property_json(record, one->valuestring, args) : NULL;
    if (!value) {
      cJSON_Delete(json);
      return NULL;
    }
    demo_json_set(json, one->valuestring, value);
  }
  return json;
}

static const char *
email_get(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(args, "ids"), *id;
  g_autoptr(cJSON) list = cJSON_CreateArray();
  g_autoptr(cJSON) missing = cJSON_CreateArray();
  g_autofree char *state = demo_jmap_state(jmap->state);

  if (!cJSON_IsArray(ids) || cJSON_GetArraySize(ids) > JMAP_MAX_GET)
    return cJSON_IsArray(ids) || cJSON_IsNull(ids) ? "requestTooLarge" : "invalidArguments";
  cJSON_ArrayForEach (id, ids) {
    g_autoptr(DemoRecord) record = demo_email_find(jmap->state, demo_jmap_id(jmap, cJSON_GetStringValue(id)));
    cJSON *json = record ? email_json(record, args) : NULL;
    if (record && !json) {
      *why = g_strdup("properties: không có thuộc tính này");
      return "invalidArguments";
    }
    if (record)
      cJSON_AddItemToArray(list, json);
    else
      cJSON_AddItemToArray(missing, cJSON_Duplicate(id, TRUE));
  }
  demo_json_set_text(out, "state", state);
  cJSON_AddItemToObject(out, "list", g_steal_pointer(&list));
  cJSON_AddItemToObject(out, "notFound", g_steal_pointer(&missing));
  return NULL;
}

/* --- Email/changes --- */

typedef struct {
  char *id;
  gint64 at, change, born;
  gboolean deleted;
} Change;

static void
change_free(gpointer data)
{
  Change *change = data;

  g_free(change->id);
  g_free(change);
}

typedef struct {
  gint64 after;
  GPtrArray *changes;
} Since;

static void
add_change(const DemoRecord *record, gpointer data)
{
  Since *since = data;
  gint64 number = demo_json_int(record->doc, "change");

  if (number <= since->after)
    return;
  Change *change = g_new0(Change, 1);
  *change = (Change){g_strdup(record->key), record->updated, number, demo_json_int(record->doc, "born"),
                     record->deleted};
  g_ptr_array_add(since->changes, change);
}

static gint
by_number(gconstpointer a, gconstpointer b)
{
  const Change *one = *(Change *const *)a, *two = *(Change *const *)b;

  return one->change < two->change ? -1 : one->change > two->change;
}

/* What came and went again in between was never there. */
static void
sort_out(const Since *since, guint n, cJSON *out)
{
  cJSON *created = cJSON_AddArrayToObject(out, "created"), *updated = cJSON_AddArrayToObject(out, "updated");
  cJSON *destroyed = cJSON_AddArrayToObject(out, "destroyed");

  for (guint i = 0; i < n; i++) {
    const Change *change = since->changes->pdata[i];
    gboolean fresh = change->born > since->after;
    cJSON *list = change->deleted ? (fresh ? NULL : destroyed) : fresh ? created : updated;
    if (list)
      cJSON_AddItemToArray(list, cJSON_CreateString(change->id));
  }
}

static const char *
email_changes(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const char *text = demo_json_text(args, "sinceState");
  const cJSON *asked = cJSON_GetObjectItemCaseSensitive(args, "maxChanges");
  guint max =
      cJSON_IsNumber(asked) && asked->valueint > 0 ? MIN((guint)asked->valueint, MAX_CHANGES) : MAX_CHANGES;
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(change_free);
  g_autofree char *state = demo_jmap_state(jmap->state);
  DemoJmapState token;

  if (!text || (asked && !cJSON_IsNull(asked) && asked->valuedouble < 1))
    return "invalidArguments";
  if (!demo_jmap_state_parse(jmap->state, text, &token)) {
    *why = g_strdup("Trạng thái đã quá cũ, cần đọc lại toàn bộ");
    return "cannotCalculateChanges";
  }
  Since since = {token.change, changes};
  const DemoQuery query = {demo_mail.id, token.at, TRUE, 0, G_MAXINT32};
  demo_state_list(jmap->state, &query, add_change, &since);
  g_ptr_array_sort(changes, by_number);
  gboolean more = changes->len > max;
  const Change *last = more ? changes->pdata[max - 1] : NULL;
  g_autofree char *reached = last ? token_text(last->at, last->change) : g_strdup(state);
  demo_json_set_text(out, "oldState", text);
  demo_json_set_text(out, "newState", reached);
  demo_json_set_true(out, "hasMoreChanges", more);
  sort_out(&since, more ? max : changes->len, out);
  return NULL;
}

const DemoJmapMethod demo_jmap_emails[] = {
    {"Email/get", JMAP_MAIL, email_get},
    {"Email/changes", JMAP_MAIL, email_changes},
    {NULL, NULL, NULL},
};

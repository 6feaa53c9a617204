/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Email/set (RFC 8621 4.6): each email's own fate, all in an answer of HTTP 200. Repeating a patch changes
 * nothing and so leaves no effect; creating or destroying is recognised by nothing: a second creation is a
 * second mail.
 */
#include "demo/jmap.h"
#include "demo/people.h"

#include <string.h>

#define MAX_KEYWORD 255
#define MAX_TEXT    100000

cJSON *
demo_set_error(const char *type, const char *description, const char *property)
{
  cJSON *error = cJSON_CreateObject();

  demo_json_set_text(error, "type", type);
  demo_json_set_text(error, "description", description);
  if (property)
    cJSON_AddItemToObject(error, "properties", cJSON_CreateStringArray(&property, 1));
  return error;
}

void
demo_mail_effect(DemoJmap *jmap, const DemoRecord *record, const char *action, const cJSON *body)
{
  g_autofree char *text = demo_json_print(body);
  const DemoEffect effect = {.system = (char *)demo_mail.id,
                             .item = record->key,
                             .action = (char *)action,
                             .key = (char *)cJSON_GetStringValue(cJSON_GetArrayItem(
                                 cJSON_GetObjectItemCaseSensitive(record->doc, "messageId"), 0)),
                             .body = text,
                             .at = demo_clock_now(jmap->call->province->clock)};

  demo_state_add_effect(jmap->state, &effect);
}

/* --- patches (RFC 8620 5.3) --- */

/* RFC 8621 4.1.1: keywords are compared without case and kept small. */
static char *
keyword_name(const char *text)
{
  if (!*text || strlen(text) > MAX_KEYWORD || strpbrk(text, "(){]%*\"\\ "))
    return NULL;
  return g_ascii_strdown(text, -1);
}

/* One name of a set is there or not; TRUE when that is a change. */
static gboolean
put_name(cJSON *set, const char *name, gboolean there)
{
  if (demo_json_true(set, name) == there)
    return FALSE;
  if (there)
    demo_json_set_true(set, name, TRUE);
  else
    cJSON_DeleteItemFromObjectCaseSensitive(set, name);
  return TRUE;
}

static const char *
checked_name(gboolean boxes, const char *name, char **kept)
{
  if (boxes)
    *kept = demo_mailbox_known(name) ? g_strdup(name) : NULL;
  else
    *kept = keyword_name(name);
  return *kept ? NULL : boxes ? "Không có hộp thư này" : "Từ khóa không hợp lệ";
}

/* The whole set replaced. */
static cJSON *
replace_set(cJSON *doc, const char *member, const cJSON *value)
{
  gboolean boxes = strcmp(member, "mailboxes") == 0;
  g_autoptr(cJSON) set = cJSON_CreateObject();
  const cJSON *one;

  cJSON_ArrayForEach (one, value) {
    g_autofree char *name = NULL;
    const char *wrong = cJSON_IsTrue(one) ? checked_name(boxes, one->string, &name) : "Giá trị phải là true";
    if (wrong)
      return demo_set_error("invalidProperties", wrong, boxes ? "mailboxIds" : "keywords");
    demo_json_set_true(set, name, TRUE);
  }
  if (!cJSON_Compare(set, cJSON_GetObjectItemCaseSensitive(doc, member), TRUE))
    demo_json_set(doc, member, g_steal_pointer(&set));
  return NULL;
}

/* "keywords/$seen", "mailboxIds/H4", or a whole set. NULL: done. */
static cJSON *
patch_member(cJSON *doc, const cJSON *member)
{
  static const char *const sets[][2] = {{"keywords", "keywords"}, {"mailboxIds", "mailboxes"}};

  for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
    gsize length = strlen(sets[i][0]);
    if (strcmp(member->string, sets[i][0]) == 0 && cJSON_IsObject(member))
      return replace_set(doc, sets[i][1], member);
    if (strncmp(member->string, sets[i][0], length) != 0 || member->string[length] != '/')
      continue;
    g_autofree char *name = NULL;
    const char *wrong = checked_name(i == 1, member->string + length + 1, &name);
    if (!wrong && !cJSON_IsTrue(member) && !cJSON_IsNull(member))
      wrong = "Giá trị phải là true hoặc null";
    if (wrong)
      return demo_set_error("invalidProperties", wrong, member->string);
    put_name(cJSON_GetObjectItemCaseSensitive(doc, sets[i][1]), name, cJSON_IsTrue(member));
    return NULL;
  }
  return demo_set_error("invalidProperties", "Thuộc tính không sửa được", member->string);
}

/* What a patch amounts to, as /demo/effects tells it. */
static const char *
patch_action(const cJSON *before, const cJSON *after)
{
  const cJSON *was = cJSON_GetObjectItemCaseSensitive(before, "keywords");
  const cJSON *is = cJSON_GetObjectItemCaseSensitive(after, "keywords");

  if (!cJSON_Compare(cJSON_GetObjectItemCaseSensitive(before, "mailboxes"),
                     cJSON_GetObjectItemCaseSensitive(after, "mailboxes"), TRUE))
    return "file";
  if (demo_json_true(was, "$flagged") != demo_json_true(is, "$flagged"))
    return demo_json_true(is, "$flagged") ? "flag" : "unflag";
  if (demo_json_true(was, "$seen") != demo_json_true(is, "$seen"))
    return demo_json_true(is, "$seen") ? "acknowledge" : "unread";
  return "update";
}

cJSON *
demo_email_patch(DemoJmap *jmap, const char *id, const cJSON *patch)
{
  g_autoptr(DemoRecord) record = demo_email_find(jmap->state, demo_jmap_id(jmap, id));
  const cJSON *member;

  if (!record)
    return demo_set_error("notFound", "Không có thư này, hoặc thư đã bị xóa", NULL);
  g_autoptr(cJSON) before = cJSON_Duplicate(record->doc, TRUE);
  cJSON_ArrayForEach (member, patch) {
    cJSON *error = patch_member(record->doc, member);
    if (error)
      return error;
  }
  if (!cJSON_GetObjectItemCaseSensitive(record->doc, "mailboxes")->child)
    return demo_set_error("invalidProperties", "Thư phải nằm trong ít nhất một hộp thư", "mailboxIds");
  if (cJSON_Compare(before, record->doc, TRUE))
    return NULL;
  demo_record_touch(jmap->call->province, record);
  demo_mail_effect(jmap, record, patch_action(before, record->doc), patch);
  return NULL;
}

/* --- creating --- */

/* The text of the body part that `textBody` names; NULL: there is none or it is too long. */
static const char *
body_text(const cJSON *email)
{
  const cJSON *part = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(email, "textBody"), 0);
  const cJSON *values = cJSON_GetObjectItemCaseSensitive(email, "bodyValues");
  const char *id = demo_json_text(part, "partId");
  const char *text = id ? demo_json_text(cJSON_GetObjectItemCaseSensitive(values, id), "value") : NULL;

  return text && strlen(text) <= MAX_TEXT ? text : NULL;
}

static cJSON *
take_attachments(DemoJmap *jmap, DemoRecord *record, const cJSON *list)
{
  cJSON *files = cJSON_CreateArray();
  const cJSON *one;
  int n = 0;

  cJSON_ArrayForEach (one, list) {
    const char *blob = demo_json_word(one, "blobId");
    gint64 size = demo_blob_size(jmap->state, blob);
    if (size < 0) {
      cJSON_Delete(files);
      return demo_set_error("blobNotFound", "Không có tệp này", "attachments");
    }
    cJSON *file = cJSON_CreateObject();
    g_autofree char *id = g_strdup_printf("%03d", ++n);
    demo_json_set_text(file, "id", id);
    demo_json_set_text(file, "blob", blob);
    demo_json_set_text(file, "name", demo_json_text(one, "name") ? demo_json_text(one, "name") : "tep");
    demo_json_set_text(
        file, "type", demo_json_text(one, "type") ? demo_json_text(one, "type") : "application/octet-stream");
    demo_json_set_int(file, "size", size);
    cJSON_AddItemToArray(files, file);
  }
  demo_json_set(record->doc, "files", files);
  return NULL;
}

/* Takes what the client says of a new email into the record; NULL: all of it was good. */
static cJSON *
fill_new(DemoJmap *jmap, DemoRecord *record, const cJSON *email)
{
  static const char *const copied[][2] = {{"from", "from"},
                                          {"to", "to"},
                                          {"cc", "cc"},
                                          {"bcc", "bcc"},
                                          {"messageId", "messageId"},
                                          {"inReplyTo", "inReplyTo"},
                                          {"references", "references"}};
  static const char *const known[] = {"from",       "to",         "cc",          "bcc",      "messageId",
                                      "inReplyTo",  "references", "subject",     "keywords", "mailboxIds",
                                      "bodyValues", "textBody",   "attachments", "sentAt",   NULL};
  const cJSON *member;

  cJSON_ArrayForEach (member, email)
    if (!g_strv_contains(known, member->string))
      return demo_set_error("invalidProperties", "Thuộc tính không đặt được", member->string);
  for (gsize i = 0; i < G_N_ELEMENTS(copied); i++) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(email, copied[i][0]);
    if (value && !cJSON_IsArray(value) && !cJSON_IsNull(value))
      return demo_set_error("invalidProperties", "Phải là một danh sách", copied[i][0]);
    if (cJSON_IsArray(value))
      demo_json_set(record->doc, copied[i][1], cJSON_Duplicate(value, TRUE));
  }
  demo_json_set_text(record->doc, "title", demo_json_word(email, "subject"));
  if (!body_text(email))
    return demo_set_error("invalidProperties", "Thiếu nội dung thư hoặc nội dung quá dài", "bodyValues");
  demo_json_set_text(record->doc, "text", body_text(email));
  cJSON *error = replace_set(record->doc, "mailboxes", cJSON_GetObjectItemCaseSensitive(email, "mailboxIds"));
  if (!error && !cJSON_GetObjectItemCaseSensitive(record->doc, "mailboxes")->child)
    error = demo_set_error("invalidProperties", "Thư phải nằm trong ít nhất một hộp thư", "mailboxIds");
  if (!error)
    error = replace_set(record->doc, "keywords", cJSON_GetObjectItemCaseSensitive(email, "keywords"));
  return error ? error
               : take_attachments(jmap, record, cJSON_GetObjectItemCaseSensitive(email, "attachments"));
}

typedef struct {
  const char *message;
  char *thread;
} Parent;

static void
find_parent(const DemoRecord *record, gpointer data)
{
  Parent *parent = data;
  const cJSON *id = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(record->doc, "messageId"), 0);

  if (!parent->thread && g_strcmp0(cJSON_GetStringValue(id), parent->message) == 0)
    parent->thread = g_strdup(demo_json_word(record->doc, "thread"));
}

/* An answer joins the thread of what it answers. */
static void
join_thread(DemoJmap *jmap, DemoRecord *record)
{
  const DemoQuery all = {demo_mail.id, -1, FALSE, 0, G_MAXINT32};
  const cJSON *to = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(record->doc, "inReplyTo"), 0);
  Parent parent = {cJSON_GetStringValue(to), NULL};

  if (parent.message)
    demo_state_list(jmap->state, &all, find_parent, &parent);
  g_autofree char *own = g_strdup_printf("t%s", record->key);
  demo_json_set_text(record->doc, "thread", parent.thread ? parent.thread : own);
  g_free(parent.thread);
}

static cJSON *
create_email(DemoJmap *jmap, const cJSON *email, cJSON *created)
{
  DemoProvince *province = jmap->call->province;
  gint64 id = demo_state_last_id(jmap->state, demo_mail.id) + 1, now = demo_clock_now(province->clock);
  g_autofree char *key = g_strdup_printf("E%05" G_GINT64_FORMAT, id);
  g_autoptr(DemoRecord) record = demo_record_new(demo_mail.id, id, key, 0);

  record->version = 0;
  cJSON_AddObjectToObject(record->doc, "mailboxes");
  cJSON_AddObjectToObject(record->doc, "keywords");
  cJSON *error = fill_new(jmap, record, email);
  if (error)
    return error;
  if (!cJSON_GetObjectItemCaseSensitive(record->doc, "messageId")) {
    g_autofree char *message = g_strdup_printf("%s.%" G_GINT64_FORMAT "@anthu.mauson.example", key, now);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(record->doc, "messageId"), cJSON_CreateString(message));
  }
  demo_json_set_int(record->doc, "received", now);
  demo_json_set_int(record->doc, "sent", now);
  join_thread(jmap, record);
  demo_record_touch(province, record);
  demo_mail_effect(jmap, record,
                   cJSON_GetObjectItemCaseSensitive(record->doc, "inReplyTo") ? "reply" : "compose", email);
  cJSON *answer = cJSON_AddObjectToObject(created, email->string);
  g_autofree char *blob = g_strdup_printf("M%s", key);
  demo_json_set_text(answer, "id", key);
  demo_json_set_text(answer, "blobId", blob);
  demo_json_set_text(answer, "threadId", demo_json_text(record->doc, "thread"));
  demo_json_set_int(answer, "size", demo_email_size(record));
  demo_json_set_text(jmap->created, email->string, key);
  return NULL;
}

static cJSON *
destroy_email(DemoJmap *jmap, const char *id)
{
  g_autoptr(DemoRecord) record = demo_email_find(jmap->state, demo_jmap_id(jmap, id));

  if (!record)
    return demo_set_error("notFound", "Không có thư này, hoặc thư đã bị xóa", NULL);
  record->deleted = TRUE;
  demo_record_touch(jmap->call->province, record);
  g_autoptr(cJSON) body = cJSON_CreateObject();
  demo_mail_effect(jmap, record, "discard", body);
  return NULL;
}

/* --- Email/set --- */

/* Adds a SetError under its name; an object with nothing in it is null in the answer. */
static void
note_failure(cJSON *out, const char *list, const char *id, cJSON *error)
{
  cJSON *failures = cJSON_GetObjectItemCaseSensitive(out, list);

  if (!cJSON_IsObject(failures)) {
    failures = cJSON_CreateObject();
    demo_json_set(out, list, failures);
  }
  cJSON_AddItemToObject(failures, id, error);
}

static void
set_all(DemoJmap *jmap, const cJSON *args, cJSON *out)
{
  cJSON *created = cJSON_AddObjectToObject(out, "created"),
        *updated = cJSON_AddObjectToObject(out, "updated");
  cJSON *destroyed = cJSON_AddArrayToObject(out, "destroyed"), *error;
  const cJSON *one;

  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(args, "create"))
    if ((error = create_email(jmap, one, created)) != NULL)
      note_failure(out, "notCreated", one->string, error);
  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(args, "update")) {
    if ((error = demo_email_patch(jmap, one->string, one)) != NULL)
      note_failure(out, "notUpdated", one->string, error);
    else
      cJSON_AddNullToObject(updated, one->string);
  }
  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(args, "destroy")) {
    const char *id = cJSON_GetStringValue(one);
    if ((error = destroy_email(jmap, id)) != NULL)
      note_failure(out, "notDestroyed", id ? id : "", error);
    else
      cJSON_AddItemToArray(destroyed, cJSON_CreateString(id));
  }
}

static const char *
email_set(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  static const char *const lists[] = {"create", "update", "destroy"};
  static const char *const failures[] = {"notCreated", "notUpdated", "notDestroyed"};
  const char *expected = demo_json_text(args, "ifInState");
  g_autofree char *before = demo_jmap_state(jmap->state);
  int n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    n += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(args, lists[i]));
  if (n > JMAP_MAX_SET)
    return "requestTooLarge";
  if (expected && strcmp(expected, before) != 0) {
    *why = g_strdup("Hộp thư đã thay đổi từ trạng thái này");
    return "stateMismatch";
  }
  demo_json_set_text(out, "oldState", before);
  for (gsize i = 0; i < G_N_ELEMENTS(failures); i++)
    cJSON_AddNullToObject(out, failures[i]);
  set_all(jmap, args, out);
  g_autofree char *after = demo_jmap_state(jmap->state);
  demo_json_set_text(out, "newState", after);
  return NULL;
}

const DemoJmapMethod demo_jmap_sets[] = {{"Email/set", JMAP_MAIL, email_set}, {NULL, NULL, NULL}};

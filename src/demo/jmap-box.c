/* SPDX-License-Identifier: Apache-2.0 */
/* Mailboxes, identities and threads. The mailboxes are fixed; what moves is what they hold. */
#include "demo/jmap.h"
#include "demo/people.h"

#include <string.h>

const DemoMailbox demo_mailboxes[] = {
    {"H1", "Hộp thư đến", "inbox", 1},
    {"H2", "Thư nháp", "drafts", 2},
    {"H3", "Thư đã gửi", "sent", 3},
    {"H4", "Lưu trữ", "archive", 4},
    {"H5", "Thư rác", "junk", 5},
    {"H6", "Thùng rác", "trash", 6},
    {"H7", "Chỉ đạo, điều hành", NULL, 7},
    {"H8", "Báo cáo, biểu mẫu", NULL, 8},
    {NULL, NULL, NULL, 0},
};

gboolean
demo_mailbox_known(const char *id)
{
  for (const DemoMailbox *box = demo_mailboxes; box->id; box++)
    if (g_strcmp0(box->id, id) == 0)
      return TRUE;
  return FALSE;
}

/* --- mailboxes (RFC 8621 2) --- */

typedef struct {
  const char *id;
  gint64 total, unread;
} Count;

static void
count_email(const DemoRecord *record, gpointer data)
{
  Count *count = data;

  if (!demo_email_has(record, "mailboxes", count->id))
    return;
  count->total++;
  if (!demo_email_has(record, "keywords", "$seen"))
    count->unread++;
}

static cJSON *
rights_json(void)
{
  static const char *const yes[] = {"mayReadItems", "mayAddItems",    "mayRemoveItems",
                                    "maySetSeen",   "maySetKeywords", "maySubmit"};
  static const char *const no[] = {"mayCreateChild", "mayRename", "mayDelete"};
  cJSON *rights = cJSON_CreateObject();

  for (gsize i = 0; i < G_N_ELEMENTS(yes); i++)
    demo_json_set_true(rights, yes[i], TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(no); i++)
    demo_json_set_true(rights, no[i], FALSE);
  return rights;
}

static cJSON *
mailbox_json(DemoJmap *jmap, const DemoMailbox *box)
{
  const DemoQuery all = {demo_mail.id, -1, FALSE, 0, G_MAXINT32};
  Count count = {.id = box->id};
  cJSON *json = cJSON_CreateObject();

  demo_state_list(jmap->state, &all, count_email, &count);
  demo_json_set_text(json, "id", box->id);
  demo_json_set_text(json, "name", box->name);
  cJSON_AddNullToObject(json, "parentId");
  demo_json_set(json, "role", box->role ? cJSON_CreateString(box->role) : cJSON_CreateNull());
  demo_json_set_int(json, "sortOrder", box->order);
  demo_json_set_int(json, "totalEmails", count.total);
  demo_json_set_int(json, "unreadEmails", count.unread);
  demo_json_set_int(json, "totalThreads", count.total);
  demo_json_set_int(json, "unreadThreads", count.unread);
  cJSON_AddItemToObject(json, "myRights", rights_json());
  demo_json_set_true(json, "isSubscribed", TRUE);
  return json;
}

static const DemoMailbox *
find_box(const char *id)
{
  for (const DemoMailbox *box = demo_mailboxes; box->id; box++)
    if (g_strcmp0(box->id, id) == 0)
      return box;
  return NULL;
}

/* Keeps the members asked for, and the id. FALSE when one asked for does not exist. */
static gboolean
choose_properties(cJSON *json, const cJSON *properties)
{
  const cJSON *one;
  cJSON *member = json->child;

  cJSON_ArrayForEach (one, properties)
    if (!cJSON_IsString(one) || !cJSON_GetObjectItemCaseSensitive(json, one->valuestring))
      return FALSE;
  while (cJSON_IsArray(properties) && member) {
    cJSON *next = member->next;
    gboolean wanted = strcmp(member->string, "id") == 0;
    cJSON_ArrayForEach (one, properties)
      wanted = wanted || strcmp(one->valuestring, member->string) == 0;
    if (!wanted)
      cJSON_Delete(cJSON_DetachItemViaPointer(json, member));
    member = next;
  }
  return TRUE;
}

static const char *
mailbox_get(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(args, "ids"), *id;
  const cJSON *properties = cJSON_GetObjectItemCaseSensitive(args, "properties");
  g_autoptr(cJSON) list = cJSON_CreateArray();
  g_autofree char *state = demo_jmap_state(jmap->state);
  g_autoptr(cJSON) missing = cJSON_CreateArray();

  if (cJSON_IsArray(ids)) {
    cJSON_ArrayForEach (id, ids) {
      const DemoMailbox *box = find_box(cJSON_GetStringValue(id));
      if (box)
        cJSON_AddItemToArray(list, mailbox_json(jmap, box));
      else
        cJSON_AddItemToArray(missing, cJSON_Duplicate(id, TRUE));
    }
  } else {
    for (const DemoMailbox *box = demo_mailboxes; box->id; box++)
      cJSON_AddItemToArray(list, mailbox_json(jmap, box));
  }
  cJSON *box;
  cJSON_ArrayForEach (box, list)
    if (!choose_properties(box, properties)) {
      *why = g_strdup("properties: không có thuộc tính này");
      return "invalidArguments";
    }
  demo_json_set_text(out, "state", state);
  cJSON_AddItemToObject(out, "list", g_steal_pointer(&list));
  cJSON_AddItemToObject(out, "notFound", g_steal_pointer(&missing));
  return NULL;
}

static gboolean
box_matches(const DemoMailbox *box, const cJSON *filter)
{
  const cJSON *role = cJSON_GetObjectItemCaseSensitive(filter, "role");
  const char *name = demo_json_text(filter, "name"), *parent = demo_json_text(filter, "parentId");

  if (role && g_strcmp0(box->role, cJSON_GetStringValue(role)) != 0)
    return FALSE;
  if (cJSON_GetObjectItemCaseSensitive(filter, "hasAnyRole") &&
      demo_json_true(filter, "hasAnyRole") != (box->role != NULL))
    return FALSE;
  return !parent && (!name || strstr(box->name, name));
}

static const char *
mailbox_query(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  static const char *const known[] = {"role", "name", "parentId", "hasAnyRole", "isSubscribed", NULL};
  const cJSON *filter = cJSON_GetObjectItemCaseSensitive(args, "filter"), *one;
  g_autofree char *state = demo_jmap_state(jmap->state);

  cJSON_ArrayForEach (one, filter)
    if (!g_strv_contains(known, one->string)) {
      *why = g_strdup_printf("filter: %s", one->string);
      return "unsupportedFilter";
    }
  cJSON *ids = cJSON_AddArrayToObject(out, "ids");
  for (const DemoMailbox *box = demo_mailboxes; box->id; box++)
    if (box_matches(box, filter))
      cJSON_AddItemToArray(ids, cJSON_CreateString(box->id));
  demo_json_set_text(out, "queryState", state);
  demo_json_set_true(out, "canCalculateChanges", FALSE);
  demo_json_set_int(out, "position", 0);
  demo_json_set_int(out, "total", cJSON_GetArraySize(ids));
  return NULL;
}

/* Any change of a mail may have moved the counts of any mailbox. */
static const char *
mailbox_changes(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const char *since = demo_json_text(args, "sinceState");
  g_autofree char *state = demo_jmap_state(jmap->state);
  DemoJmapState token;

  (void)why;
  if (!since)
    return "invalidArguments";
  if (!demo_jmap_state_parse(jmap->state, since, &token))
    return "cannotCalculateChanges";
  demo_json_set_text(out, "oldState", since);
  demo_json_set_text(out, "newState", state);
  demo_json_set_true(out, "hasMoreChanges", FALSE);
  cJSON_AddArrayToObject(out, "created");
  cJSON *updated = cJSON_AddArrayToObject(out, "updated");
  for (const DemoMailbox *box = demo_mailboxes; box->id && strcmp(since, state) != 0; box++)
    cJSON_AddItemToArray(updated, cJSON_CreateString(box->id));
  cJSON_AddArrayToObject(out, "destroyed");
  cJSON_AddNullToObject(out, "updatedProperties");
  return NULL;
}

/* --- identities (RFC 8621 6) and threads (3) --- */

static const char *
identity_get(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(args, "ids"), *id;
  cJSON *identity = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "list");
  cJSON *missing = cJSON_AddArrayToObject(out, "notFound");
  gboolean wanted = !cJSON_IsArray(ids);

  (void)jmap;
  (void)why;
  demo_json_set_text(identity, "id", JMAP_IDENTITY);
  demo_json_set_text(identity, "name", demo_official_name(DEMO_USER));
  demo_json_set_text(identity, "email", JMAP_ADDRESS);
  cJSON_AddNullToObject(identity, "replyTo");
  cJSON_AddNullToObject(identity, "bcc");
  demo_json_set_text(identity, "textSignature", "");
  demo_json_set_text(identity, "htmlSignature", "");
  demo_json_set_true(identity, "mayDelete", FALSE);
  cJSON_ArrayForEach (id, ids) {
    if (g_strcmp0(cJSON_GetStringValue(id), JMAP_IDENTITY) == 0)
      wanted = TRUE;
    else
      cJSON_AddItemToArray(missing, cJSON_Duplicate(id, TRUE));
  }
  if (wanted)
    cJSON_AddItemToArray(list, identity);
  else
    cJSON_Delete(identity);
  demo_json_set_text(out, "state", "0");
  return NULL;
}

typedef struct {
  const char *thread;
  cJSON *ids;
} InThread;

static void
add_to_thread(const DemoRecord *record, gpointer data)
{
  InThread *in = data;

  if (strcmp(demo_json_word(record->doc, "thread"), in->thread) == 0)
    cJSON_AddItemToArray(in->ids, cJSON_CreateString(record->key));
}

static const char *
thread_get(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const DemoQuery all = {demo_mail.id, -1, FALSE, 0, G_MAXINT32};
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(args, "ids"), *id;
  g_autofree char *state = demo_jmap_state(jmap->state);

  (void)why;
  if (!cJSON_IsArray(ids) || cJSON_GetArraySize(ids) > JMAP_MAX_GET)
    return cJSON_IsArray(ids) ? "requestTooLarge" : "invalidArguments";
  cJSON *list = cJSON_AddArrayToObject(out, "list"), *missing = cJSON_AddArrayToObject(out, "notFound");
  cJSON_ArrayForEach (id, ids) {
    const char *name = cJSON_GetStringValue(id);
    InThread in = {name ? name : "", cJSON_CreateArray()};
    demo_state_list(jmap->state, &all, add_to_thread, &in);
    if (cJSON_GetArraySize(in.ids) == 0) {
      cJSON_Delete(in.ids);
      cJSON_AddItemToArray(missing, cJSON_Duplicate(id, TRUE));
      continue;
    }
    cJSON *thread = cJSON_CreateObject();
    demo_json_set_text(thread, "id", in.thread);
    cJSON_AddItemToObject(thread, "emailIds", in.ids);
    cJSON_AddItemToArray(list, thread);
  }
  demo_json_set_text(out, "state", state);
  return NULL;
}

const DemoJmapMethod demo_jmap_boxes[] = {
    {"Mailbox/get", JMAP_MAIL, mailbox_get},         {"Mailbox/query", JMAP_MAIL, mailbox_query},
    {"Mailbox/changes", JMAP_MAIL, mailbox_changes}, {"Identity/get", JMAP_SUBMISSION, identity_get},
    {"Thread/get", JMAP_MAIL, thread_get},           {NULL, NULL, NULL},
};

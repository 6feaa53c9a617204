/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EmailSubmission (RFC 8621 7): what is submitted is sent, and no repeat is recognised: twice asked, twice
 * sent. onSuccessUpdateEmail and onSuccessDestroyEmail answer as an Email/set of their own.
 */
#include "demo/jmap.h"
#include "demo/people.h"

#include <string.h>

#define SENT "thu-gui"

static int
count_people(const DemoRecord *record)
{
  static const char *const members[] = {"to", "cc", "bcc"};
  int n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
    n += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(record->doc, members[i]));
  return n;
}

static cJSON *
check_submission(const DemoRecord *email, const cJSON *submission)
{
  if (strcmp(demo_json_word(submission, "identityId"), JMAP_IDENTITY) != 0)
    return demo_set_error("invalidProperties", "Không có danh tính này", "identityId");
  if (!email)
    return demo_set_error("invalidProperties", "Không có thư này, hoặc thư đã bị xóa", "emailId");
  if (count_people(email) == 0)
    return demo_set_error("noRecipients", "Thư chưa có người nhận", NULL);
  return NULL;
}

/* A mail that says no sender goes out under the identity's name. */
static void
sign(DemoJmap *jmap, DemoRecord *email)
{
  if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(email->doc, "from")) > 0)
    return;
  cJSON *list = cJSON_CreateArray(), *me = cJSON_CreateObject();
  demo_json_set_text(me, "name", demo_official_name(DEMO_USER));
  demo_json_set_text(me, "email", JMAP_ADDRESS);
  cJSON_AddItemToArray(list, me);
  demo_json_set(email->doc, "from", list);
  demo_record_touch(jmap->call->province, email);
}

/* The email's id in *sent (freed by the caller) when it went out. */
static cJSON *
submit(DemoJmap *jmap, const cJSON *submission, cJSON *created, char **sent)
{
  DemoProvince *province = jmap->call->province;
  const char *id = demo_jmap_id(jmap, demo_json_text(submission, "emailId"));
  g_autoptr(DemoRecord) email = demo_email_find(jmap->state, id);
  cJSON *error = check_submission(email, submission);

  if (error)
    return error;
  gint64 n = demo_state_last_id(jmap->state, SENT) + 1, now = demo_clock_now(province->clock);
  g_autofree char *key = g_strdup_printf("S%05" G_GINT64_FORMAT, n);
  g_autofree char *when = demo_jmap_utc(now);
  g_autoptr(DemoRecord) record = demo_record_new(SENT, n, key, 1);
  record->updated = now;
  demo_json_set_text(record->doc, "emailId", email->key);
  demo_json_set_text(record->doc, "threadId", demo_json_text(email->doc, "thread"));
  demo_json_set_text(record->doc, "sendAt", when);
  demo_state_put(jmap->state, record);
  sign(jmap, email);
  demo_mail_effect(jmap, email, "send", submission);
  cJSON *answer = cJSON_AddObjectToObject(created, submission->string);
  demo_json_set_text(answer, "id", key);
  demo_json_set_text(answer, "threadId", demo_json_text(email->doc, "thread"));
  demo_json_set_text(answer, "sendAt", when);
  demo_json_set_text(answer, "undoStatus", "final");
  demo_json_set_text(jmap->created, submission->string, key);
  *sent = g_strdup(email->key);
  return NULL;
}

/* "#k" names the submission created as k; the patch goes to its email. */
static const char *
email_of(const cJSON *sent, const char *name)
{
  return *name == '#' ? demo_json_text(sent, name + 1) : NULL;
}

static void
follow_up(DemoJmap *jmap, const cJSON *args, const cJSON *sent)
{
  const cJSON *updates = cJSON_GetObjectItemCaseSensitive(args, "onSuccessUpdateEmail"), *one;
  g_autofree char *before = demo_jmap_state(jmap->state);

  if (!cJSON_IsObject(updates) || !sent->child)
    return;
  cJSON *out = cJSON_CreateObject(), *updated = cJSON_CreateObject(), *failed = cJSON_CreateObject();
  cJSON_ArrayForEach (one, updates) {
    const char *id = email_of(sent, one->string);
    if (!id)
      continue;
    cJSON *error = demo_email_patch(jmap, id, one);
    if (error)
      cJSON_AddItemToObject(failed, id, error);
    else
      cJSON_AddNullToObject(updated, id);
  }
  g_autofree char *after = demo_jmap_state(jmap->state);
  demo_json_set_text(out, "accountId", JMAP_ACCOUNT);
  demo_json_set_text(out, "oldState", before);
  demo_json_set_text(out, "newState", after);
  cJSON_AddItemToObject(out, "updated", updated);
  demo_json_set(out, "notUpdated", failed->child ? cJSON_Duplicate(failed, TRUE) : cJSON_CreateNull());
  cJSON_Delete(failed);
  demo_jmap_answer(jmap, "Email/set", out);
}

static const char *
submission_set(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  cJSON *created = cJSON_AddObjectToObject(out, "created"), *failed = cJSON_CreateObject(), *error;
  g_autoptr(cJSON) sent = cJSON_CreateObject();
  g_autofree char *before = g_strdup_printf("%" G_GINT64_FORMAT, demo_state_generation(jmap->state, SENT));
  const cJSON *one;

  (void)why;
  cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(args, "create")) {
    g_autofree char *id = NULL;
    if ((error = submit(jmap, one, created, &id)) != NULL)
      cJSON_AddItemToObject(failed, one->string, error);
    else
      demo_json_set_text(sent, one->string, id);
  }
  demo_json_set_text(out, "oldState", before);
  g_autofree char *after = g_strdup_printf("%" G_GINT64_FORMAT, demo_state_generation(jmap->state, SENT));
  demo_json_set_text(out, "newState", after);
  demo_json_set(out, "notCreated", failed->child ? cJSON_Duplicate(failed, TRUE) : cJSON_CreateNull());
  cJSON_Delete(failed);
  follow_up(jmap, args, sent);
  return NULL;
}

static void
add_submission(const DemoRecord *record, gpointer list)
{
  cJSON *json = cJSON_Duplicate(record->doc, TRUE);

  demo_json_set_text(json, "id", record->key);
  demo_json_set_text(json, "identityId", JMAP_IDENTITY);
  demo_json_set_text(json, "undoStatus", "final");
  cJSON_AddItemToArray(list, json);
}

static const char *
submission_get(DemoJmap *jmap, const cJSON *args, cJSON *out, char **why)
{
  const DemoQuery all = {SENT, -1, FALSE, 0, G_MAXINT32};
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(args, "ids"), *id;
  cJSON *list = cJSON_AddArrayToObject(out, "list"), *missing = cJSON_AddArrayToObject(out, "notFound");
  g_autofree char *state = g_strdup_printf("%" G_GINT64_FORMAT, demo_state_generation(jmap->state, SENT));

  (void)why;
  demo_json_set_text(out, "state", state);
  if (!cJSON_IsArray(ids)) {
    demo_state_list(jmap->state, &all, add_submission, list);
    return NULL;
  }
  cJSON_ArrayForEach (id, ids) {
    const char *key = cJSON_GetStringValue(id);
    g_autoptr(DemoRecord) record = key ? demo_state_get(jmap->state, SENT, key) : NULL;
    if (record)
      add_submission(record, list);
    else
      cJSON_AddItemToArray(missing, cJSON_Duplicate(id, TRUE));
  }
  return NULL;
}

const DemoJmapMethod demo_jmap_sends[] = {
    {"EmailSubmission/set", JMAP_SUBMISSION, submission_set},
    {"EmailSubmission/get", JMAP_SUBMISSION, submission_get},
    {NULL, NULL, NULL},
};

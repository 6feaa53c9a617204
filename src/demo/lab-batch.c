/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many in one request, each with an outcome of its own. A note asks for what may go wrong with one alone:
 * "từ chối" is refused, "đã đổi" is a conflict, "im lặng" is done and not told of, "quên" is, the first
 * time, neither done nor told of. More than 25 are refused as a whole.
 */
#include "demo/lab.h"
#include "demo/lab-papers.h"

#include <string.h>

#define MOST 25

static cJSON *
outcome(const char *ref, const char *code, const char *why)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "ref", ref);
  demo_json_set_true(json, "ok", code == NULL);
  demo_json_set_text(json, "code", code);
  demo_json_set_text(json, "why", why);
  return json;
}

static gboolean
is_first_time(DemoCall *call, const char *ref)
{
  g_autofree char *name = g_strconcat("forgotten-", ref, NULL);

  return demo_state_next(call->province->state, name) == 1;
}

/* NULL: nothing is said of it. */
static cJSON *
do_one(DemoCall *call, const cJSON *op)
{
  g_autoptr(DemoRecord) paper = lab_paper(call, demo_json_word(op, "id"));
  const char *ref = demo_json_word(op, "ref"), *note = demo_json_word(op, "note");

  if (!paper)
    return outcome(ref, "none", "Không có giấy tờ này");
  if (strcmp(note, "từ chối") == 0)
    return outcome(ref, "refused", "Thiếu thành phần hồ sơ");
  if (strcmp(note, "đã đổi") == 0)
    return outcome(ref, "changed", "Người khác đã xử lý");
  if (strcmp(note, "quên") == 0 && is_first_time(call, ref))
    return NULL;
  gint64 number = demo_state_next(call->province->state, "stamp");
  lab_paper_do(call, paper, "stamp", PAPER_DONE, ref, number);
  if (strcmp(note, "im lặng") == 0)
    return NULL;
  g_autofree char *receipt = g_strdup_printf("DT-%" G_GINT64_FORMAT, number);
  cJSON *json = outcome(ref, NULL, NULL);
  demo_json_set_text(json, "no", receipt);
  return json;
}

static DemoResponse *
bulk(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  const cJSON *ops = cJSON_GetObjectItemCaseSensitive(json, "ops"), *op;

  if (!cJSON_IsArray(ops) || cJSON_GetArraySize(ops) > MOST)
    return lab_say(400, "BULK", "Mỗi lần nhiều nhất 25 giấy tờ");
  cJSON *answer = cJSON_CreateObject(), *results = cJSON_AddArrayToObject(answer, "results");
  cJSON_ArrayForEach (op, ops) {
    cJSON *one = do_one(call, op);
    if (one)
      cJSON_InsertItemInArray(results, 0, one); /* in an order of its own */
  }
  return demo_response_json(200, answer);
}

static const DemoRoute routes[] = {
    {"GET", "/papers", lab_papers_list, TRUE},
    {"GET", "/papers/{}", lab_papers_show, TRUE},
    {"GET", "/papers/{}/log", lab_papers_log, TRUE},
    {"POST", "/bulk", bulk, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_batch = {
    .id = "lab-batch",
    .title = "Gửi cả lô",
    .connector = "lab-batch",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .patience = 2 * DEMO_SECOND,
};

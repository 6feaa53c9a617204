/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Publishing that takes its time: what is asked for is accepted (202, with the address of its job) and
 * carried out a moment later. The job says that it is busy, that it failed, or sends on to the paper (303).
 * Accepting is an effect, and so is publishing; what is asked for twice is accepted twice.
 */
#include "demo/lab.h"
#include "demo/lab-papers.h"

#include <string.h>

#define WORK_MS 700

static DemoResponse *
publish(DemoCall *call)
{
  g_autoptr(cJSON) json = demo_call_json(call);
  g_autoptr(DemoRecord) paper = lab_paper(call, call->args[0]);
  DemoState *state = call->province->state;

  if (!paper)
    return lab_no_paper();
  gint64 number = demo_state_next(state, "job");
  g_autofree char *key = g_strdup_printf("job-%" G_GINT64_FORMAT, number);
  g_autoptr(DemoRecord) job = demo_record_new(call->system->id, 1000 + number, key, PAPER_BUSY);
  demo_json_set_text(job->doc, "paper", paper->key);
  demo_json_set_text(job->doc, "note", demo_json_word(json, "note"));
  demo_json_set_text(job->doc, "ref", demo_json_word(json, "ref"));
  demo_json_set_int(job->doc, "ready", g_get_real_time() / 1000 + WORK_MS);
  lab_paper_do(call, paper, "accept", PAPER_BUSY, demo_json_text(json, "ref"), number);
  demo_state_put(state, job);
  g_autofree char *where = g_strdup_printf("/lab-poll/jobs/%s", key);
  cJSON *answer = cJSON_CreateObject();
  demo_json_set_int(answer, "job", number);
  DemoResponse *response = demo_response_json(202, answer);
  demo_response_header(response, "Location", where);
  demo_response_header(response, "Retry-After", "1");
  return response;
}

static DemoResponse *
job_says(const char *state, const char *text)
{
  cJSON *json = cJSON_CreateObject();

  demo_json_set_text(json, "state", state);
  demo_json_set_text(json, "text", text);
  return demo_response_json(200, json);
}

static void
carry_out(DemoCall *call, DemoRecord *job)
{
  g_autoptr(DemoRecord) paper = lab_paper(call, demo_json_word(job->doc, "paper"));

  job->state = PAPER_DONE;
  demo_state_put(call->province->state, job);
  lab_paper_do(call, paper, "publish", PAPER_DONE, demo_json_text(job->doc, "ref"), job->id - 1000);
}

static DemoResponse *
ask(DemoCall *call)
{
  g_autoptr(DemoRecord) job = demo_state_get(call->province->state, call->system->id, call->args[0]);
  const char *note = job ? demo_json_word(job->doc, "note") : "";

  if (!job || !g_str_has_prefix(job->key, "job-"))
    return lab_say(404, "NONE", "Không có việc này");
  if (strcmp(note, "mãi") == 0)
    return job_says("busy", "Đang chờ người ký");
  if (g_get_real_time() / 1000 < demo_json_int(job->doc, "ready")) {
    DemoResponse *response = job_says("busy", "Đang ký số");
    demo_response_header(response, "Retry-After", "1");
    return response;
  }
  if (strcmp(note, "hỏng") == 0)
    return job_says("failed", "Chứng thư số đã hết hạn");
  if (job->state != PAPER_DONE)
    carry_out(call, job);
  g_autofree char *where = g_strdup_printf("/lab-poll/papers/%s", demo_json_word(job->doc, "paper"));
  DemoResponse *response = demo_response_new(303, "text/plain", "");
  demo_response_header(response, "Location", where);
  return response;
}

static const DemoRoute routes[] = {
    {"GET", "/papers", lab_papers_list, TRUE},
    {"GET", "/papers/{}", lab_papers_show, TRUE},
    {"GET", "/papers/{}/log", lab_papers_log, TRUE},
    {"POST", "/papers/{}/publish", publish, TRUE},
    {"GET", "/jobs/{}", ask, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_poll = {
    .id = "lab-poll",
    .title = "Chờ xử lý",
    .connector = "lab-poll",
    .routes = routes,
    .token = demo_call_bearer,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .patience = 2 * DEMO_SECOND,
};

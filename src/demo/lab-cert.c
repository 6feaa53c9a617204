/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system that knows its callers by their certificate alone. It stands on the encrypted port; to anybody
 * else it says 403.
 */
#include "demo/lab-tasks.h"
#include "demo/tls.h"

static DemoResponse *
refuse_stranger(const DemoCall *call)
{
  return call->client ? NULL : lab_say(403, "NO_CERTIFICATE", "Cần chứng thư của cán bộ");
}

static char *
no_token(DemoCall *call)
{
  return g_strdup(call->client);
}

static DemoResponse *
me(DemoCall *call)
{
  DemoResponse *refused = refuse_stranger(call);
  cJSON *json = refused ? NULL : cJSON_CreateObject();

  if (json)
    demo_json_set_text(json, "login", call->client);
  return refused ? refused : demo_response_json(200, json);
}

static DemoResponse *
tasks(DemoCall *call)
{
  DemoResponse *refused = refuse_stranger(call);

  return refused ? refused : demo_response_json(200, lab_tasks(call));
}

static DemoResponse *
finish(DemoCall *call)
{
  DemoResponse *refused = refuse_stranger(call);

  return refused ? refused : lab_task_finish(call);
}

static void
describe(cJSON *secrets)
{
  demo_json_set_text(secrets, "passphrase", DEMO_TLS_PASSPHRASE);
}

static const DemoRoute routes[] = {
    {"GET", "/me", me, TRUE},
    {"GET", "/tasks", tasks, TRUE},
    {"POST", "/tasks/{}/finish", finish, TRUE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_lab_cert = {
    .id = "lab-cert",
    .title = "Chứng thư số",
    .connector = "lab-cert",
    .routes = routes,
    .token = no_token,
    .deny = lab_deny,
    .refuse = lab_refuse,
    .describe = describe,
    .encrypted = TRUE,
};

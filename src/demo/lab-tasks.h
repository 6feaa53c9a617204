/* SPDX-License-Identifier: Apache-2.0 */
/* Three tasks that a system of the workbench serves behind its manner of login, and the one thing that can be
 * done to them. */
#pragma once

#include "demo/province.h"

/* {"items":[{"id","title","state","rev"}...],"total":3}. Caller deletes. */
cJSON *lab_tasks(DemoCall *call);
/* Finishes call->args[0]; a task that is finished already stays so, with no effect. The task, or 404. */
DemoResponse *lab_task_finish(DemoCall *call);
/* An effect that is no task's: what a login did. */
void lab_note(DemoCall *call, const char *action, const char *key);
/* {"code","message"}. */
DemoResponse *lab_say(guint status, const char *code, const char *message);
/* DemoSystem.refuse in that form. */
DemoResponse *lab_refuse(DemoCall *call, guint status, const char *text);
/* DemoSystem.deny in that form: 401. */
DemoResponse *lab_deny(DemoCall *call, DemoDenial why);

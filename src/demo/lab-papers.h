/* SPDX-License-Identifier: Apache-2.0 */
/* Sixty papers that a system of the workbench serves, and what is done to them. Nothing recognises a repeat:
 * done twice it is there twice, in the paper's log and among the effects. */
#pragma once

#include "demo/lab-tasks.h"

enum { PAPER_OPEN = 1, PAPER_BUSY = 2, PAPER_DONE = 3 };

/* Of the request's system, by its key "1".."60"; NULL: there is none. Caller frees. */
DemoRecord *lab_paper(DemoCall *call, const char *key);
/* {"id","title","state":"open|busy|done","rev"}. Caller deletes. */
cJSON *lab_paper_json(const DemoRecord *paper);
/* Does `verb` to it: its state, its log with the caller's key and `number`, its effect. */
void lab_paper_do(DemoCall *call, DemoRecord *paper, const char *verb, int state, const char *ref,
                  gint64 number);
/* GET of all, of call->args[0], and of its log: {"log":[{"what","ref","number"}...],
 * "by":{REF:NUMBER}}. */
DemoResponse *lab_papers_list(DemoCall *call);
DemoResponse *lab_papers_show(DemoCall *call);
DemoResponse *lab_papers_log(DemoCall *call);
DemoResponse *lab_no_paper(void);

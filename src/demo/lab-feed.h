/* SPDX-License-Identifier: Apache-2.0 */
/* What the workbench's lists share. A record's words are its document's `title` and `note`; nothing here asks
 * for a login. */
#pragma once

#include "demo/lab-tasks.h"
#include "demo/lab.h"

/* "new", "processing", "done": by the record's number. */
const char *lab_state_word(const DemoRecord *record);

/* Calls `each` with what changed at or after `since` (ms), deleted records too, in order of change; of those
 * after it `max` where there are so many, and more where one instant would be parted. *more: there is later
 * change. Returns the instant of the last one, or `since`. */
gint64 lab_feed(DemoCall *call, gint64 since, gint64 max, DemoRecordFunc each, gpointer data, gboolean *more);
/* The instant to ask from after the whole list was read. */
gint64 lab_feed_now(DemoCall *call);
/* Whether changes since this instant can still be told; POST /forget ends that for every instant given out.
 */
gboolean lab_feed_knows(DemoCall *call, gint64 since);
DemoResponse *lab_forget(DemoCall *call);

/* DemoSystem.token of a system without logins. */
char *lab_no_token(DemoCall *call);

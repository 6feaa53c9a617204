/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of changes for the workbench (lab-feed.h). */
#include "demo/lab-feed.h"

const char *
lab_state_word(const DemoRecord *record)
{
  static const char *const words[] = {"new", "processing", "done"};

  return record->state >= 1 && record->state <= 3 ? words[record->state - 1] : "other";
}

typedef struct {
  DemoRecordFunc each;
  gpointer data;
  gint64 left, since, last;
  gboolean more;
} Feed;

static void
take(const DemoRecord *record, gpointer data)
{
  Feed *feed = data;

  feed->more |= feed->left <= 0 && record->updated != feed->last;
  if (feed->more)
    return;
  feed->each(record, feed->data);
  feed->left -= record->updated > feed->since;
  feed->last = record->updated;
}

gint64
lab_feed(DemoCall *call, gint64 since, gint64 max, DemoRecordFunc each, gpointer data, gboolean *more)
{
  const DemoQuery query = {call->system->id, since, TRUE, 0, G_MAXINT32};
  Feed feed = {each, data, max, since, since, FALSE};

  demo_state_list(call->province->state, &query, take, &feed);
  *more = feed.more;
  return feed.last;
}

static char *
forgotten_name(DemoCall *call)
{
  return g_strconcat("forgotten/", call->system->id, NULL);
}

gint64
lab_feed_now(DemoCall *call)
{
  g_autofree char *name = forgotten_name(call);

  return MAX(demo_state_newest(call->province->state, call->system->id),
             demo_state_count(call->province->state, name));
}

gboolean
lab_feed_knows(DemoCall *call, gint64 since)
{
  g_autofree char *name = forgotten_name(call);

  return since >= demo_state_count(call->province->state, name);
}

DemoResponse *
lab_forget(DemoCall *call)
{
  g_autofree char *name = forgotten_name(call);

  demo_state_set_count(call->province->state, name,
                       demo_state_newest(call->province->state, call->system->id) + 1);
  return demo_response_json(200, cJSON_CreateObject());
}

char *
lab_no_token(DemoCall *call)
{
  (void)call;
  return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Events: the one way from the engine's thread to a face. A queue under a lock, and an eventfd that counts
 * what waits, so that a face may poll it beside its terminal. A face that reads slowly finds, of what is
 * still queued about one system's rows, one system's status or one action, only the latest word: the queue is
 * no longer than there are such things, and answers to requests. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

McEvent *
mc_event_new(McEventType type, const char *system)
{
  McEvent *event = g_new0(McEvent, 1);
  event->type = type;
  event->system = g_strdup(system);
  return event;
}

void
mc_sync_report_free(McSyncReport *report)
{
  if (!report)
    return;
  g_free(report->system);
  g_clear_error(&report->error);
  g_free(report->trouble);
  g_free(report->notice);
  g_free(report);
}

void
mc_event_free(McEvent *event)
{
  if (!event)
    return;
  g_free(event->system);
  g_free(event->message);
  g_clear_error(&event->error);
  mc_out_action_free(event->action);
  g_clear_pointer(&event->actions, g_ptr_array_unref);
  g_clear_pointer(&event->errors, g_ptr_array_unref);
  mc_lookup_answer_free(event->answer);
  g_clear_pointer(&event->reports, g_ptr_array_unref);
  mc_question_free(event->question);
  g_free(event->text);
  g_free(event);
}

/* What an event is about, if a later one about it makes it superfluous; else NULL. New string. */
static char *
subject_of(const McEvent *event)
{
  if (event->type == MC_EVENT_REPLY || event->type == MC_EVENT_QUESTION)
    return NULL;
  if (event->type == MC_EVENT_FILE)
    return g_strdup_printf("%d %" G_GUINT64_FORMAT, (int)event->type, event->ticket);
  const char *what = event->type == MC_EVENT_ACTION ? event->action->key : event->system;
  return g_strdup_printf("%d %s", (int)event->type, what ? what : "");
}

/* The earlier one goes, the new one stands at the end: whoever reads it sees no event too early. */
static gboolean
replace_earlier(McEngine *engine, const char *subject)
{
  GList *link = subject ? g_hash_table_lookup(engine->waiting, subject) : NULL;
  if (!link)
    return FALSE;
  mc_event_free(link->data);
  g_queue_delete_link(&engine->events, link);
  return TRUE;
}

void
mc_engine_emit(McEngine *engine, McEvent *event)
{
  guint64 one = 1;
  char *subject = subject_of(event);
  g_mutex_lock(&engine->event_lock);
  gboolean counted = replace_earlier(engine, subject);
  g_queue_push_tail(&engine->events, event);
  if (subject)
    g_hash_table_replace(engine->waiting, subject, engine->events.tail);
  if (!counted && write(engine->event_fd, &one, sizeof one) != (ssize_t)sizeof one)
    g_warning("event counter: %s", g_strerror(errno));
  g_cond_signal(&engine->event_ready);
  g_mutex_unlock(&engine->event_lock);
}

void
mc_engine_reply(McEngine *engine, McTicket ticket, GError *error)
{
  McEvent *event = mc_event_new(MC_EVENT_REPLY, NULL);
  event->ticket = ticket;
  event->error = error;
  mc_engine_emit(engine, event);
}

void
mc_engine_emit_action(McEngine *engine, const char *key)
{
  g_autoptr(GError) error = NULL;
  McOutAction *action = mc_store_out_get(engine->store, key, &error);
  if (!action) {
    g_warning("outbox %s: %s", key, error->message);
    return;
  }
  g_clear_pointer(&action->frozen, g_free); /* the engine's own matter */
  g_clear_pointer(&action->memory, g_free);
  McEvent *event = mc_event_new(MC_EVENT_ACTION, action->system);
  event->action = action;
  mc_engine_emit(engine, event);
}

/* Called with the lock held; the queue is not empty. */
static McEvent *
take(McEngine *engine)
{
  guint64 one;
  if (read(engine->event_fd, &one, sizeof one) != (ssize_t)sizeof one)
    g_warning("event counter: %s", g_strerror(errno));
  McEvent *event = g_queue_pop_head(&engine->events);
  g_autofree char *subject = subject_of(event);
  if (subject)
    g_hash_table_remove(engine->waiting, subject);
  return event;
}

McEvent *
mc_engine_next_event(McEngine *engine, int timeout_ms)
{
  gint64 end = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
  McEvent *event = NULL;
  g_mutex_lock(&engine->event_lock);
  while (g_queue_is_empty(&engine->events) && timeout_ms != 0) {
    if (timeout_ms < 0)
      g_cond_wait(&engine->event_ready, &engine->event_lock);
    else if (!g_cond_wait_until(&engine->event_ready, &engine->event_lock, end))
      break;
  }
  if (!g_queue_is_empty(&engine->events))
    event = take(engine);
  g_mutex_unlock(&engine->event_lock);
  return event;
}

int
mc_engine_event_fd(McEngine *engine)
{
  return engine->event_fd;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A run drives one exchange: carries its requests over the system's pool, keeps the session good, waits and
 * repeats what reading allows. Whether a write may be repeated is never decided here: the exchange knows
 * (rule 6).
 *
 * The budget of a run is `retries` failed answers in a row and BUDGET_MS since the first of them; then the
 * exchange is told to give up, and what that means it says itself. */
#include "config.h"
#include "sync/sync.h"

#include "motcua/i18n.h"

#define BUDGET_MS    30000
#define BACKOFF_BASE (200 * 1000)
#define BACKOFF_CAP  (5 * 1000 * 1000)
#define MAX_HOLD_S   86400
#define MAX_RENEWALS 2 /* in a row without a good answer: the system calls even a fresh session expired */

struct McRun {
  McSystem *system;
  McExchange *exchange;
  McRunHooks hooks;
  gpointer data;
  gboolean with_session, urgent, mutating, renewing, cancelled;
  cJSON *recorded; /* what it says, where somebody records it; borrowed */
  McSession *used; /* the session the request under way carries */
  McTransfer *transfer;
  GSource *timer;
  int failures, renewals;
  gint64 failing_since; /* monotonic, the first of `failures` */
  guint64 asking;       /* the question that is open, 0: none */
  GError *last;         /* why the last repeatable answer failed: what the person is told in the end */
};

static void run_step(McRun *run);
static void run_exchange(McRun *run);

McSystem *
mc_run_system(McRun *run)
{
  return run->system;
}

McExchange *
mc_run_exchange(McRun *run)
{
  return run->exchange;
}

const McSession *
mc_run_session(const McRun *run)
{
  return run->used;
}

const GError *
mc_run_trouble(const McRun *run)
{
  return run->last;
}

static void
run_free(McRun *run)
{
  g_ptr_array_remove_fast(run->system->engine->runs, run);
  mc_source_clear(&run->timer);
  mc_exchange_free(run->exchange);
  g_clear_pointer(&run->used, mc_session_unref);
  g_clear_error(&run->last);
  g_free(run);
}

/* Ends the run with `error` (taken), or well when it is NULL. */
static void
run_end(McRun *run, GError *error)
{
  mc_asking_over(run->system, &run->asking, MC_QUESTION_WITHDRAWN);
  run->hooks.end(run, run->exchange, error, run->data);
  g_clear_error(&error);
  run_free(run);
}

static GError *
stopped(void)
{
  return g_error_new_literal(MC_ERROR, MC_ERROR_CANCELLED, _("Stopped before the end."));
}

/* The engine stops. What was answered already counts: a delivery that is done, a token that was rotated. */
static void
run_give_up(McRun *run)
{
  McEngine *engine = run->system->engine;
  g_autoptr(McRequest) request = NULL;
  g_autoptr(GError) error = NULL;
  gint64 until;
  if (run->transfer) { /* nobody knows what becomes of it */
    mc_transfer_cancel(g_steal_pointer(&run->transfer));
    run_end(run, stopped());
    return;
  }
  if (run->hooks.abandon)
    mc_exchange_abandon(run->exchange);
  McStep step = mc_exchange_next(run->exchange, run->used, mc_engine_flow(engine), &request, &until, &error);
  run_end(run, step == MC_STEP_DONE ? NULL : stopped());
}

void
mc_run_cancel(McRun *run)
{
  if (run->renewing) { /* ends with its renewal */
    run->cancelled = TRUE;
    return;
  }
  mc_transfer_cancel(g_steal_pointer(&run->transfer));
  run_end(run, stopped());
}

void
mc_run_progressed(McRun *run)
{
  run->failures = 0;
}

void
mc_runs_stop(McEngine *engine)
{
  for (guint i = engine->runs->len; i-- > 0;) {
    McRun *run = i < engine->runs->len ? g_ptr_array_index(engine->runs, i) : NULL;
    if (!run || run->renewing) /* ends with its renewal */
      continue;
    run_give_up(run);
  }
}

gboolean
mc_runs_mutating(const McEngine *engine)
{
  for (guint i = 0; i < engine->runs->len; i++) {
    const McRun *run = g_ptr_array_index(engine->runs, i);
    if (run->mutating && run->transfer)
      return TRUE;
  }
  return FALSE;
}

static gboolean
run_wake(gpointer data)
{
  McRun *run = data;
  g_clear_pointer(&run->timer, g_source_unref);
  run_step(run);
  return G_SOURCE_REMOVE;
}

static void
run_wait(McRun *run, gint64 ms)
{
  run->timer = mc_engine_after(run->system->engine, MAX(ms, 0), run_wake, run);
}

/* A login that could not be made says nothing about what was to be done behind it. */
static GError *
renewal_error(const GError *error)
{
  GError *copy = g_error_copy(error);
  if (copy->domain != MC_ERROR || copy->code == MC_ERROR_FAILED || copy->code == MC_ERROR_REFUSED ||
      copy->code == MC_ERROR_CONFLICT || copy->code == MC_ERROR_USAGE || copy->code == MC_ERROR_NOT_FOUND ||
      copy->code == MC_ERROR_CONFIG) {
    copy->domain = MC_ERROR;
    copy->code = MC_ERROR_UNREACHABLE;
  }
  return copy;
}

static void
run_renewed(McSystem *system, GError *error, gpointer data)
{
  McRun *run = data;
  (void)system;
  run->renewing = FALSE;
  if (run->cancelled)
    run_end(run, stopped());
  else if (error)
    run_end(run, renewal_error(error));
  else
    run_step(run);
}

static void
run_renew(McRun *run, const McSession *used, const GError *barred)
{
  run->renewing = TRUE;
  mc_system_renew(run->system, used, barred, run_renewed, run);
}

/* An answer called the session over. */
static void
run_expired(McRun *run, const McVerdict *verdict)
{
  g_autoptr(GError) error = mc_verdict_error(run->system->binding, verdict);
  if (run->with_session && ++run->renewals <= MAX_RENEWALS)
    run_renew(run, run->used, verdict->need ? error : NULL);
  else
    run_end(run, g_steal_pointer(&error));
}

/* Gives up: the exchange says what that means. */
static void
run_abandon(McRun *run)
{
  mc_exchange_abandon(run->exchange);
  run_exchange(run);
}

/* A person waits for this, and the system wants to be waited for. */
static void
run_tell_wait(McRun *run, gint64 ms)
{
  McEvent *event = mc_event_new(MC_EVENT_WAIT, run->system->name);
  event->message =
      g_strdup_printf(_("%s; asking again in %d s."), run->last->message, (int)((ms + 999) / 1000));
  mc_engine_emit(run->system->engine, event);
}

/* A repeatable failure: wait as asked, or as backoff says, or give up. */
static void
run_again(McRun *run, const McVerdict *verdict)
{
  McSystem *system = run->system;
  const McLimits *limits = mc_profile_limits(mc_binding_profile(system->binding));
  gint64 asked = CLAMP(verdict->retry_after, -1, MAX_HOLD_S), now = g_get_monotonic_time();
  gint64 ms =
      mc_backoff(run->failures, BACKOFF_BASE, BACKOFF_CAP, g_rand_double(system->engine->random)) / 1000;
  ms = MAX(ms, asked * 1000);
  g_clear_error(&run->last);
  run->last = mc_verdict_error(system->binding, verdict);
  if (run->failures++ == 0)
    run->failing_since = now;
  if (run->failures > limits->retries || now - run->failing_since + ms * 1000 > BUDGET_MS * 1000) {
    if (asked > 0)
      system->hold_until = MAX(system->hold_until, now + asked * G_USEC_PER_SEC);
    run_abandon(run);
    return;
  }
  g_debug("%s: %s; again in %" G_GINT64_FORMAT " ms", system->name, run->last->message, ms);
  if (run->urgent && verdict->class == MC_CLASS_THROTTLE)
    run_tell_wait(run, ms);
  run_wait(run, ms);
}

/* Whether the system asked to be left alone for longer than anybody would wait here. */
static gboolean
run_held(McRun *run)
{
  gint64 left = run->system->hold_until - g_get_monotonic_time();
  if (left <= 0)
    return FALSE;
  g_clear_error(&run->last);
  run->failures++;
  run->last = g_error_new(MC_ERROR, MC_ERROR_THROTTLED, _("%s asks to wait: %d s more."), run->system->title,
                          (int)(left / G_USEC_PER_SEC) + 1);
  return TRUE;
}

static void
run_judge(McRun *run, const McVerdict *verdict)
{
  switch (verdict->class) {
  case MC_CLASS_EXPIRED:
    run_expired(run, verdict);
    return;
  case MC_CLASS_THROTTLE:
  case MC_CLASS_TRANSIENT:
  case MC_CLASS_GATEWAY:
    run_again(run, verdict);
    return;
  case MC_CLASS_OK:
    run->failures = 0;
    run->renewals = 0;
    break;
  case MC_CLASS_BUSINESS:
  case MC_CLASS_CONFLICT:
  case MC_CLASS_PERMANENT:
    break;
  }
  run_step(run);
}

static void
run_answered(McResponse *response, gpointer data)
{
  McRun *run = data;
  McEngine *engine = run->system->engine;
  GError *error = NULL;
  run->transfer = NULL;
  run->mutating = FALSE;
  gint64 now = mc_engine_flow(engine);
  if (run->recorded)
    mc_recording_answer(run->recorded, response, now);
  const McVerdict *verdict = mc_exchange_feed(run->exchange, response, now);
  g_debug("%s: status %d, class %d", run->system->name, verdict->status, verdict->class);
  mc_system_see_end(run->system, run->exchange);
  if (run->with_session)
    mc_system_learn(run->system, run->used, mc_exchange_take_session_update(run->exchange));
  if (run->hooks.after_feed && !run->hooks.after_feed(run, verdict, run->data, &error)) {
    run_end(run, error);
    return;
  }
  run_judge(run, verdict);
}

static void
run_send(McRun *run, McRequest *request)
{
  GError *error = NULL;
  mc_upload_find(run->system->engine, request);
  if (run->hooks.before_send && !run->hooks.before_send(run, request, run->data, &error)) {
    run_end(run, error);
    return;
  }
  run->system->requests++;
  run->mutating = request->mutating;
  run->transfer = mc_pool_send(run->system->pool, request, run->urgent, run_answered, run);
}

static gboolean
run_locked(McRun *run)
{
  if (!mc_system_locked(run->system))
    return FALSE;
  run->renewing = TRUE; /* ends the same way */
  mc_system_unlock(run->system, run_renewed, run);
  return TRUE;
}

/* Before each request: may it go, and is the session good? */
static void
run_step(McRun *run)
{
  McSystem *system = run->system, *owner = mc_system_owner(system);
  gint64 now = mc_clock_now(system->engine->clock);
  if (system->engine->stopping) {
    run_give_up(run);
    return;
  }
  if (system->engine->options.offline) {
    run_end(run, g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE, _("%s: working offline, nothing was sent."),
                             system->title));
    return;
  }
  if (run_held(run)) {
    run_abandon(run);
    return;
  }
  if (run_locked(run))
    return;
  if (run->with_session && run->renewals < MAX_RENEWALS &&
      mc_auth_need(owner->binding, owner->session, now, FALSE) != MC_AUTH_READY) {
    run->renewals++;
    run_renew(run, NULL, NULL);
    return;
  }
  run_exchange(run);
}

static void
run_exchange(McRun *run)
{
  McSystem *system = run->system, *owner = mc_system_owner(system);
  gint64 until = 0;
  g_clear_pointer(&run->used, mc_session_unref);
  run->used = owner->session ? mc_session_ref(owner->session) : NULL;
  g_autoptr(McRequest) request = NULL;
  GError *error = NULL;
  McStep step =
      mc_exchange_next(run->exchange, run->used, mc_engine_flow(system->engine), &request, &until, &error);
  mc_asking_follow(system, run->exchange, &run->asking);
  switch (step) {
  case MC_STEP_SEND:
    if (run->recorded)
      mc_recording_ask(run->recorded, run->used, mc_engine_flow(system->engine), request);
    run_send(run, request);
    return;
  case MC_STEP_WAIT:
    run_wait(run, (until - mc_engine_flow(system->engine)) * 1000);
    return;
  case MC_STEP_ASK: /* mc_runs_answer() goes on */
    return;
  case MC_STEP_DONE:
    run_end(run, NULL);
    return;
  case MC_STEP_FAILED:
    if (run->last && run->failures > 0) { /* what broke says more than that it was given up */
      g_clear_error(&error);
      error = g_steal_pointer(&run->last);
    }
    if (!error)
      error = g_error_new(MC_ERROR, MC_ERROR_FAILED, _("%s: the exchange failed."), system->title);
    run_end(run, error);
    return;
  }
}

void
mc_runs_answer(McEngine *engine, guint64 question, GHashTable *values)
{
  for (guint i = 0; i < engine->runs->len; i++) {
    McRun *run = g_ptr_array_index(engine->runs, i);
    if (run->asking != question)
      continue;
    mc_exchange_answer(run->exchange, values);
    mc_asking_follow(run->system, run->exchange, &run->asking);
    if (!values && run->transfer) /* what it would have said is wanted no more */
      mc_transfer_cancel(g_steal_pointer(&run->transfer));
    mc_source_clear(&run->timer);
    if (!run->transfer)
      run_step(run);
    return;
  }
}

McRun *
mc_run_start(McSystem *system, McExchange *exchange, gboolean session, gboolean urgent,
             const McRunHooks *hooks, gpointer data)
{
  McRun *run = g_new0(McRun, 1);
  run->system = system;
  run->exchange = exchange;
  run->hooks = *hooks;
  run->data = data;
  run->with_session = session;
  run->urgent = urgent;
  run->timer = mc_engine_after(system->engine, 0, run_wake, run);
  run->recorded = mc_recorder_run(system->engine->options.recorder, system, exchange);
  g_ptr_array_add(system->engine->runs, run);
  return run;
}

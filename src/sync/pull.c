/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling a system: every stream in turn, staged aside, taken over only when the pull of that stream was
 * complete (rule 5). A full pull is preceded by the connector's probe, so that an anonymous or expired
 * session that lists nothing removes nothing; where something is absent from it, the session is probed once
 * more, for it may have ended in between: then the stream is read anew. A failure changes no row: it only
 * says how old they are. */
#include "config.h"
#include "sync/sync.h"

#include "motcua/i18n.h"

#define PULL_LOCK_MS 60000

typedef struct {
  McPulled done;
  gpointer data;
} Waiter;

typedef struct {
  McSystem *system;
  gboolean full, probed, test, page_read;
  gboolean begun;  /* streams are on their way: `full` is settled */
  gboolean beside; /* another process pulls */
  GPtrArray *more; /* Waiter: who asked for a full one after it had begun */
  guint stream;
  gboolean stream_full;
  gboolean anew;  /* the system forgot what the stream's cursor stands for, or who asked */
  gboolean ended; /* the probe after the list found the session over */
  guint doubted;  /* how often that was so with this stream */
  guint rows_before;
  McPullResult result; /* of the stream that was read, its texts owned */
  McPullTxn *txn;
  McExchange *exchange; /* the run's, borrowed while it runs */
  McTurn *lock;
  guint requests_before;
  McSyncReport *report;
  GPtrArray *waiters; /* Waiter */
} Pull;

static void pull_stream(Pull *pull);

static void
result_clear(McPullResult *result)
{
  g_free(result->cursor);
  g_free(result->oddities);
  *result = (McPullResult){0};
}

static void
result_keep(McPullResult *into, const McPullResult *from)
{
  result_clear(into);
  *into = *from;
  into->cursor = g_strdup(from->cursor);
  into->oddities = g_strdup(from->oddities);
}

static void
pull_free(Pull *pull)
{
  g_clear_pointer(&pull->txn, mc_store_pull_free);
  result_clear(&pull->result);
  mc_turn_release(pull->lock);
  g_clear_pointer(&pull->report, mc_sync_report_free);
  g_ptr_array_unref(pull->waiters);
  g_ptr_array_unref(pull->more);
  g_free(pull);
}

static McSyncReport *
report_copy(const McSyncReport *report)
{
  McSyncReport *copy = g_memdup2(report, sizeof *report);
  copy->system = g_strdup(report->system);
  copy->error = report->error ? g_error_copy(report->error) : NULL;
  copy->trouble = g_strdup(report->trouble);
  copy->notice = g_strdup(report->notice);
  return copy;
}

void
mc_system_report(McSystem *system, const GError *error)
{
  McEngine *engine = system->engine;
  g_autoptr(GError) bad = NULL;
  const McSession *session = mc_system_owner(system)->session;
  g_autofree char *account = session ? mc_session_account(session) : NULL;
  McSystemState state = !error                                               ? MC_SYSTEM_OK
                        : g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN)   ? MC_SYSTEM_LOGIN
                        : g_error_matches(error, MC_ERROR, MC_ERROR_SECRETS) ? MC_SYSTEM_LOGIN
                                                                             : MC_SYSTEM_TROUBLE;
  gboolean asked = !(error && engine->options.offline); /* to stay offline says nothing of a system */
  if (asked && !mc_store_system_state(engine->store, system->name, state,
                                      error ? error->message : system->notice, account, &bad))
    g_warning("%s", bad->message);
  McEvent *event = mc_event_new(MC_EVENT_SYSTEM, system->name);
  event->message = error ? g_strdup(error->message) : NULL;
  mc_engine_emit(engine, event);
}

static void
pull_end(Pull *pull, const GError *error)
{
  McSystem *system = pull->system;
  McSyncReport *report = pull->report;
  report->error = error ? g_error_copy(error) : NULL;
  report->requests = system->requests - pull->requests_before;
  report->notice = g_strdup(system->notice);
  system->pull = NULL;
  gboolean stopped = g_error_matches(error, MC_ERROR, MC_ERROR_CANCELLED);
  if (!pull->test && !stopped && !pull->beside)
    mc_system_report(system, error);
  if (!pull->test && !stopped) {
    mc_system_schedule_pull(system, (gint64)mc_home_config(system->engine->home)->sync_interval * 1000);
  }
  if (error)
    g_message("%s: %s", system->name, error->message);
  if (report->added + report->changed + report->removed > 0)
    mc_engine_emit(system->engine, mc_event_new(MC_EVENT_ITEMS, system->name));
  mc_turn_release(g_steal_pointer(&pull->lock)); /* before a waiter starts the next */
  for (guint i = 0; i < pull->waiters->len; i++) {
    Waiter *waiter = g_ptr_array_index(pull->waiters, i);
    if (waiter->done)
      waiter->done(system, report_copy(report), waiter->data);
  }
  for (guint i = 0; i < pull->more->len; i++) {
    Waiter *waiter = g_ptr_array_index(pull->more, i);
    if (error && waiter->done)
      waiter->done(system, report_copy(report), waiter->data);
    else if (!error)
      mc_system_pull(system, TRUE, waiter->done, waiter->data);
  }
  pull_free(pull);
}

/* Stages what the answers brought; the moment of knowing is the wall clock's. */
static gboolean
pull_fed(McRun *run, const McVerdict *verdict, gpointer data, GError **error)
{
  Pull *pull = data;
  (void)run;
  if (verdict->class != MC_CLASS_OK)
    return TRUE;
  g_autoptr(GPtrArray) items = mc_pull_take_items(pull->exchange);
  g_autoptr(GPtrArray) removed = mc_pull_take_removed(pull->exchange);
  gint64 now = mc_clock_now(pull->system->engine->clock);
  for (guint i = 0; i < items->len; i++)
    ((McItem *)g_ptr_array_index(items, i))->as_of = now;
  pull->report->rows += items->len;
  if (pull->test)
    return TRUE;
  return mc_store_pull_add(pull->txn, items, error) && mc_store_pull_remove(pull->txn, removed, error);
}

static gboolean
pull_commit(Pull *pull, const McPullResult *result, GError **error)
{
  McPullCounts counts = {0};
  McSyncReport *report = pull->report;
  if (!mc_store_pull_commit(pull->txn, result->cursor, result->full && !result->unchanged, &counts, error))
    return FALSE;
  report->added += counts.added;
  report->changed += counts.changed;
  report->removed += counts.removed;
  report->same += counts.same;
  return TRUE;
}

/* States that no table knows, dates that do not parse: told, and no fault of the pull. */
static void
report_oddities(McSyncReport *report, const McPullResult *result)
{
  report->untranslated += result->untranslated;
  report->bad_dates += result->bad_dates;
  if (!report->trouble)
    report->trouble = g_strdup(result->oddities);
}

/* What came is void: the stream is read in full from its beginning. */
static void
pull_anew(Pull *pull)
{
  g_clear_pointer(&pull->txn, mc_store_pull_free);
  pull->report->rows = pull->rows_before;
  pull->anew = TRUE;
  pull_stream(pull);
}

static void
pull_fail(Pull *pull, const GError *error)
{
  g_clear_pointer(&pull->txn, mc_store_pull_free);
  pull_end(pull, error);
}

static void
pull_take_over(Pull *pull)
{
  g_autoptr(GError) error = NULL;
  if (!pull->test && !pull_commit(pull, &pull->result, &error)) {
    pull_fail(pull, error);
    return;
  }
  report_oddities(pull->report, &pull->result);
  g_clear_pointer(&pull->txn, mc_store_pull_free);
  pull->anew = FALSE;
  pull->doubted = 0;
  pull->stream++;
  pull_stream(pull);
}

/* --- is it still the person whose list this was? --- */
static gboolean
again_fed(McRun *run, const McVerdict *verdict, gpointer data, GError **error)
{
  Pull *pull = data;
  (void)run, (void)error;
  pull->ended |= verdict->class == MC_CLASS_EXPIRED;
  return TRUE;
}

static void
again_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Pull *pull = data;
  if (error) {
    pull_fail(pull, error);
    return;
  }
  mc_system_learn(pull->system, mc_run_session(run), mc_auth_take_session(exchange));
  if (!pull->ended) {
    pull_take_over(pull);
  } else if (pull->doubted++ == 0) {
    g_message("%s: the session ended while the list was read; it is read anew", pull->system->name);
    pull_anew(pull);
  } else {
    g_autoptr(GError) bad =
        g_error_new(MC_ERROR, MC_ERROR_PROTOCOL,
                    _("%s: the session ends again and again while the list is read; nothing was removed."),
                    pull->system->title);
    pull_fail(pull, bad);
  }
}

static void
pull_probe_again(Pull *pull)
{
  static const McRunHooks probing = {.after_feed = again_fed, .end = again_end};
  McSystem *system = pull->system;
  pull->ended = FALSE;
  mc_run_start(system, mc_auth_probe(system->binding, mc_system_owner(system)->session), TRUE, FALSE,
               &probing, pull);
}

static void
pull_stream_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Pull *pull = data;
  g_autoptr(GError) bad = NULL;
  gboolean lacks = FALSE;
  (void)run;
  if (!error)
    result_keep(&pull->result, mc_pull_result(exchange));
  pull->exchange = NULL; /* the run's */
  if (error) {
    pull_fail(pull, error);
    return;
  }
  if (pull->result.restart) { /* absence will count: so it is probed first, as ever */
    g_message("%s: the system lost the place of the last pull; everything is read anew", pull->system->name);
    pull_anew(pull);
    return;
  }
  gboolean removes = !pull->test && pull->result.full && !pull->result.unchanged;
  if (removes && !mc_store_pull_lacks(pull->txn, &lacks, &bad))
    pull_fail(pull, bad);
  else if (lacks)
    pull_probe_again(pull);
  else
    pull_take_over(pull);
}

/* A test reads one page and stops there, content. */
static gboolean
test_fed(McRun *run, const McVerdict *verdict, gpointer data, GError **error)
{
  Pull *pull = data;
  if (!pull_fed(run, verdict, data, error))
    return FALSE;
  if (verdict->class != MC_CLASS_OK || !mc_pull_page_read(pull->exchange))
    return TRUE;
  g_set_error_literal(error, MC_ERROR, MC_ERROR_CANCELLED, "one page read");
  pull->page_read = TRUE;
  return FALSE;
}

static void
test_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Pull *pull = data;
  pull_stream_end(run, exchange, pull->page_read ? NULL : error, data);
}

static gboolean
pull_prepare(Pull *pull, const char *stream, GError **error)
{
  McSystem *system = pull->system;
  McEngine *engine = system->engine;
  g_autoptr(GError) bad = NULL;
  g_autofree char *cursor = pull->test ? NULL : mc_store_cursor(engine->store, system->name, stream, &bad);
  if (bad) {
    g_propagate_error(error, g_steal_pointer(&bad));
    return FALSE;
  }
  pull->stream_full =
      pull->full || pull->anew || mc_pull_wants_full(system->binding, stream, cursor, mc_engine_flow(engine));
  pull->page_read = FALSE;
  pull->rows_before = pull->report->rows;
  pull->exchange = mc_pull_new(system->binding, stream, cursor, pull->stream_full);
  if (!pull->test)
    pull->txn = mc_store_pull_begin(engine->store, system->name, stream, error);
  return pull->test || pull->txn;
}

static void
probe_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Pull *pull = data;
  if (error) {
    pull_end(pull, error);
    return;
  }
  mc_system_learn(pull->system, mc_run_session(run), mc_auth_take_session(exchange));
  pull_stream(pull);
}

/* Whether the account is the one it should be, asked once in a pull. */
static void
pull_probe(Pull *pull)
{
  static const McRunHooks probing = {.end = probe_end};
  McSystem *system = pull->system;
  pull->probed = TRUE;
  mc_run_start(system, mc_auth_probe(system->binding, mc_system_owner(system)->session), TRUE, FALSE,
               &probing, pull);
}

static void
pull_stream(Pull *pull)
{
  static const McRunHooks pulling = {.after_feed = pull_fed, .end = pull_stream_end};
  static const McRunHooks testing = {.after_feed = test_fed, .end = test_end};
  McSystem *system = pull->system;
  g_autoptr(GError) error = NULL;
  pull->begun = TRUE;
  const char *stream = mc_profile_streams(mc_binding_profile(system->binding))[pull->stream];
  if (!stream && pull->stream == 0 && !pull->probed) { /* a system that is only asked: is it there? */
    pull_probe(pull);
    return;
  }
  if (!stream) {
    pull_end(pull, NULL);
    return;
  }
  if (!pull_prepare(pull, stream, &error)) {
    g_clear_pointer(&pull->exchange, mc_exchange_free);
    pull_end(pull, error);
    return;
  }
  if (pull->stream_full && !pull->probed) {
    g_clear_pointer(&pull->exchange, mc_exchange_free);
    g_clear_pointer(&pull->txn, mc_store_pull_free);
    pull_probe(pull);
    return;
  }
  mc_run_start(system, pull->exchange, TRUE, FALSE, pull->test ? &testing : &pulling, pull);
}

static void
pull_renewed(McSystem *system, GError *error, gpointer data)
{
  Pull *pull = data;
  (void)system;
  if (error)
    pull_end(pull, error);
  else
    pull_stream(pull);
}

static void
pull_locked(McTurn *lock, gpointer data)
{
  Pull *pull = data;
  McSystem *system = pull->system, *owner = mc_system_owner(system);
  if (!lock) { /* two full pulls side by side could each remove what the other one brought */
    g_autoptr(GError) error =
        g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE,
                    _("%s: another motcua is pulling; what it brings will be here too."), system->title);
    pull->beside = TRUE;
    pull_end(pull, error);
    return;
  }
  pull->lock = lock;
  if (mc_auth_need(owner->binding, owner->session, mc_clock_now(system->engine->clock), FALSE) ==
      MC_AUTH_READY) {
    pull_stream(pull);
    return;
  }
  mc_system_renew(system, NULL, NULL, pull_renewed, pull);
}

static void
pull_begin(McSystem *system, gboolean full, gboolean test, McPulled done, gpointer data)
{
  Pull *pull = system->pull;
  Waiter *waiter = g_new0(Waiter, 1);
  waiter->done = done;
  waiter->data = data;
  if (pull && !test) { /* what is asked now is answered by what is under way, unless more is asked */
    gboolean later = full && !pull->full && pull->begun;
    pull->full |= full && !pull->begun;
    g_ptr_array_add(later ? pull->more : pull->waiters, waiter);
    return;
  }
  pull = g_new0(Pull, 1);
  pull->system = system;
  pull->full = full || test;
  pull->test = test;
  pull->requests_before = system->requests;
  pull->report = g_new0(McSyncReport, 1);
  pull->report->system = g_strdup(system->name);
  pull->waiters = g_ptr_array_new_with_free_func(g_free);
  pull->more = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(pull->waiters, waiter);
  mc_source_clear(&system->pull_timer);
  if (!test)
    system->pull = pull;
  mc_turn_take(system->engine, system->name, test ? "test" : "pull", PULL_LOCK_MS, pull_locked, pull);
}

void
mc_system_pull(McSystem *system, gboolean full, McPulled done, gpointer data)
{
  pull_begin(system, full, FALSE, done, data);
}

void
mc_system_test(McSystem *system, McPulled done, gpointer data)
{
  pull_begin(system, TRUE, TRUE, done, data);
}

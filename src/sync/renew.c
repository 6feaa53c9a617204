/* SPDX-License-Identifier: Apache-2.0 */
/* The session of a system: obtained once, renewed by one at a time, also across processes.
 *
 * A renewal takes the system's `auth` lock, looks at what is stored (another process may have been here), and
 * only then refreshes or logs in; what it obtained is stored before it is used, since a rotated refresh token
 * that is lost is a lost login. A password that was refused is marked and not sent again until the person
 * logs in. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/journal.h"
#include "motcua/text.h"

#define AUTH_LOCK_MS 45000 /* a login may take its full timeout elsewhere */
#define SESSION      "session"

typedef struct {
  McRenewed done;
  gpointer data;
} Waiter;

/* One renewal or login under way. */
typedef struct {
  McSystem *system;
  McSession *used;     /* the one known to be no good, or NULL */
  GHashTable *secrets; /* login secrets; given ones for a login */
  McSession *obtained; /* not used before it is stored */
  GError *error;       /* why it is not whole although something was obtained */
  GError *barred;      /* why only the person may log in again */
  gboolean login;      /* asked for by the person: log in with `secrets` now */
  gboolean given;      /* the secrets are new and to be stored on success */
  McTurn *lock;
} Renewal;

static void renewal_by_need(Renewal *renewal, McAuthNeed need);

static void
renewal_end(Renewal *renewal)
{
  g_autoptr(GError) error = g_steal_pointer(&renewal->error);
  McSystem *system = renewal->system;
  GQueue waiters = system->renew_waiters;
  Waiter *waiter;
  g_queue_init(&system->renew_waiters);
  system->renewing = FALSE;
  mc_turn_release(renewal->lock);
  g_clear_pointer(&renewal->used, mc_session_unref);
  g_clear_pointer(&renewal->obtained, mc_session_unref);
  g_clear_error(&renewal->error);
  g_clear_error(&renewal->barred);
  g_clear_pointer(&renewal->secrets, g_hash_table_unref);
  g_free(renewal);
  while ((waiter = g_queue_pop_head(&waiters))) {
    waiter->done(system, error, waiter->data);
    g_free(waiter);
  }
}

/* Takes `error`. */
static void
renewal_fail(Renewal *renewal, GError *error)
{
  g_clear_error(&renewal->error);
  renewal->error = error;
  renewal_end(renewal);
}

/* --- the mark of a refused password --- */

static char *
refused_path(McSystem *system)
{
  g_autofree char *name = g_strconcat(system->name, ".refused", NULL);
  return mc_home_path(system->engine->home, MC_DIR_STATE, name);
}

gboolean
mc_system_refused(McSystem *system, char **why)
{
  g_autofree char *path = refused_path(system), *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return FALSE;
  if (why && *text)
    *why = mc_text_clean(text, -1);
  return TRUE;
}

void
mc_system_set_refused(McSystem *system, const char *why)
{
  g_autofree char *path = refused_path(system);
  g_autoptr(GError) error = NULL;
  if (why && !mc_file_replace(path, why, (gssize)strlen(why), &error))
    g_warning("%s", error->message);
  else if (!why && g_unlink(path) != 0 && errno != ENOENT)
    g_warning("%s: %s", path, g_strerror(errno));
}

static void
journal_login(McSystem *system, const McSession *session, const char *outcome, const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *account = session ? mc_session_account(session) : NULL;
  if (!mc_journal_append(system->engine->home, system->engine->clock, &error, "login", "system", system->name,
                         "account", account, "outcome", outcome, "message", message, NULL))
    g_warning("%s", error->message);
}

/* --- storing what was obtained --- */

static void
take_session(McSystem *system, McSession *session, gboolean stored)
{
  g_clear_pointer(&system->session, mc_session_unref);
  system->session = session;
  system->session_unsaved = !stored;
}

/* A login whose secrets could not be kept is no login: the next process would not have them. What was renewed
 * in passing serves this process all the same. */
static void
renewal_stored(GHashTable *values, GError *error, gpointer data)
{
  Renewal *renewal = data;
  (void)values;
  take_session(renewal->system, g_steal_pointer(&renewal->obtained), error == NULL);
  if (error)
    g_warning("%s: %s", renewal->system->name, error->message);
  if (error && renewal->login && !renewal->error)
    renewal->error = g_error_copy(error);
  renewal_end(renewal);
}

/* Takes the session. */
static void
renewal_keep(Renewal *renewal, McSession *session)
{
  McSystem *system = renewal->system;
  const char *const *names = mc_profile_secrets(mc_binding_profile(system->binding));
  g_autoptr(GHashTable) values = mc_secret_table_new();
  g_clear_pointer(&renewal->obtained, mc_session_unref);
  renewal->obtained = session;
  if (renewal->given) {
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, renewal->secrets);
    while (g_hash_table_iter_next(&iter, &name, &value))
      if (g_strv_contains(names, name)) /* a one-time code given with them is none */
        g_hash_table_replace(values, g_strdup(name), g_strdup(value));
  }
  g_hash_table_replace(values, g_strdup(SESSION), mc_session_text(session));
  mc_secrets_put(system->engine, system->name, values, renewal_stored, renewal);
}

/* --- what answers change in passing --- */

/* Storing one change: under the lock, and only over the session it grew from, since another process may have
 * renewed it meanwhile and rotated what this one still holds. */
typedef struct {
  McSystem *system;
  McSession *from, *to;
  McTurn *lock;
} Learning;

static void learn_begin(McSystem *system, McSession *from);

static void
learn_end(Learning *learning, const GError *error)
{
  McSystem *system = learning->system;
  if (error)
    g_warning("%s: %s", system->name, error->message);
  system->learning = FALSE;
  mc_turn_release(learning->lock);
  gboolean again = !error && learning->to && !system->engine->stopping && !system->renewing &&
                   system->session && system->session_unsaved &&
                   !mc_session_equal(system->session, learning->to);
  if (again)
    learn_begin(system, learning->to);
  else
    mc_session_unref(learning->to);
  mc_session_unref(learning->from);
  g_free(learning);
}

static void
learn_stored(GHashTable *values, GError *error, gpointer data)
{
  Learning *learning = data;
  (void)values;
  if (!error && mc_session_equal(learning->system->session, learning->to))
    learning->system->session_unsaved = FALSE;
  learn_end(learning, error);
}

static void
learn_fetched(GHashTable *values, GError *error, gpointer data)
{
  Learning *learning = data;
  const char *text = error ? NULL : g_hash_table_lookup(values, SESSION);
  g_autoptr(McSession) stored = text ? mc_session_parse(text, NULL) : NULL;
  if (!error && stored && !mc_session_equal(stored, learning->from))
    take_session(learning->system, mc_session_ref(stored), TRUE); /* another process was faster */
  if (error || !mc_session_equal(stored, learning->from)) {
    learn_end(learning, error);
    return;
  }
  g_autoptr(GHashTable) put = mc_secret_table_new();
  g_hash_table_replace(put, g_strdup(SESSION), mc_session_text(learning->to));
  mc_secrets_put(learning->system->engine, learning->system->name, put, learn_stored, learning);
}

static void
learn_locked(McTurn *lock, gpointer data)
{
  static const char *const names[] = {SESSION, NULL};
  Learning *learning = data;
  McSystem *system = learning->system;
  learning->lock = lock;
  if (!lock || !system->session) {
    learn_end(learning, NULL);
    return;
  }
  learning->to = mc_session_ref(system->session);
  mc_secrets_fetch(system->engine, system->name, names, learn_fetched, learning);
}

/* Takes `from`: what is stored as far as this process knows. */
static void
learn_begin(McSystem *system, McSession *from)
{
  Learning *learning = g_new0(Learning, 1);
  learning->system = system;
  learning->from = from;
  system->learning = TRUE;
  mc_turn_take(system->engine, system->name, "auth", AUTH_LOCK_MS, learn_locked, learning);
}

void
mc_system_learn(McSystem *system, const McSession *used, McSession *session)
{
  /* An answer to an older session says nothing about the one that was obtained since. */
  /* Only its own system's answers change a session. */
  if (!session || system->gateway || mc_session_equal(system->session, session) ||
      !mc_session_equal(system->session, used)) {
    g_clear_pointer(&session, mc_session_unref);
    return;
  }
  McSession *from = g_steal_pointer(&system->session);
  gboolean storing = !system->learning && !system->renewing && !system->session_unsaved;
  take_session(system, session, FALSE);
  if (storing)
    learn_begin(system, from);
  else
    g_clear_pointer(&from, mc_session_unref);
}

/* --- the exchanges --- */

static void
login_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Renewal *renewal = data;
  McSystem *system = renewal->system;
  (void)run;
  if (!error) {
    McSession *session = mc_auth_take_session(exchange);
    mc_system_set_refused(system, NULL);
    journal_login(system, session, "done", NULL);
    renewal_keep(renewal, session);
    return;
  }
  if (g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN)) {
    if (!renewal->given) /* one that was mistyped is not stored, and not sent again by itself */
      mc_system_set_refused(system, mc_auth_barred(exchange) ? error->message : "");
    journal_login(system, NULL, "refused", error->message);
  }
  renewal_fail(renewal, g_error_copy(error));
}

static void
login_start(Renewal *renewal)
{
  static const McRunHooks hooks = {.end = login_end};
  McSystem *system = renewal->system;
  mc_system_unlock_with(system, renewal->secrets);
  McExchange *login = mc_auth_login(system->binding, renewal->secrets);
  if (renewal->login && system->engine->options.asks)
    mc_exchange_may_ask(login);
  mc_run_start(system, login, FALSE, TRUE, &hooks, renewal);
}

/* What was rotated is held on to, whatever comes after it. */
static gboolean
refresh_fed(McRun *run, const McVerdict *verdict, gpointer data, GError **error)
{
  Renewal *renewal = data;
  McSession *session = mc_exchange_take_session_update(mc_run_exchange(run));
  (void)verdict, (void)error;
  if (session) {
    g_clear_pointer(&renewal->obtained, mc_session_unref);
    renewal->obtained = session;
  }
  return TRUE;
}

static void
refresh_dropped(GHashTable *values, GError *error, gpointer data)
{
  Renewal *renewal = data;
  (void)values;
  if (error)
    g_warning("%s: %s", renewal->system->name, error->message);
  renewal_by_need(renewal, MC_AUTH_LOGIN);
}

/* A token that was refused, or spent without its answer, must not be sent again by anybody. */
static void
refresh_drop(Renewal *renewal)
{
  McSystem *system = renewal->system;
  g_autoptr(GHashTable) values = mc_secret_table_new();
  g_clear_pointer(&system->session, mc_session_unref);
  g_hash_table_replace(values, g_strdup(SESSION), NULL);
  mc_secrets_put(system->engine, system->name, values, refresh_dropped, renewal);
}

static void
refresh_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Renewal *renewal = data;
  (void)run;
  if (!error)
    renewal_keep(renewal, mc_auth_take_session(exchange));
  else if (mc_auth_barred(exchange)) {
    mc_system_set_refused(renewal->system, error->message);
    renewal_fail(renewal, g_error_copy(error));
  } else if (g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN))
    refresh_drop(renewal);
  else if (renewal->obtained) {
    renewal->error = g_error_copy(error);
    renewal_keep(renewal, g_steal_pointer(&renewal->obtained));
  } else
    renewal_fail(renewal, g_error_copy(error));
}

static gboolean
secrets_complete(Renewal *renewal)
{
  const char *const *names = mc_profile_secrets(mc_binding_profile(renewal->system->binding));
  for (guint i = 0; names[i]; i++)
    if (!g_hash_table_contains(renewal->secrets, names[i]))
      return FALSE;
  return TRUE;
}

/* Says again what keeps it from logging in by itself. */
static GError *
refused_error(McSystem *system, const char *why)
{
  if (why)
    return g_error_new_literal(MC_ERROR, MC_ERROR_LOGIN, why);
  return g_error_new(MC_ERROR, MC_ERROR_LOGIN,
                     _("%s refused the stored password; it is not sent again. Log in: motcua login %s"),
                     system->title, system->name);
}

static GError *
needs_login(const McSystem *system)
{
  return g_error_new(MC_ERROR, MC_ERROR_LOGIN, _("%s: not logged in. Log in: motcua login %s"), system->title,
                     system->name);
}

static void
renewal_by_need(Renewal *renewal, McAuthNeed need)
{
  static const McRunHooks refresh = {.after_feed = refresh_fed, .end = refresh_end};
  McSystem *system = renewal->system;
  g_autofree char *why = NULL;
  if (need == MC_AUTH_READY)
    renewal_end(renewal);
  else if (renewal->barred) {
    mc_system_set_refused(system, renewal->barred->message);
    renewal_fail(renewal, g_error_copy(renewal->barred));
  } else if (need == MC_AUTH_REFRESH)
    mc_run_start(system, mc_auth_refresh(system->binding, system->session, renewal->secrets), FALSE, TRUE,
                 &refresh, renewal);
  else if (!renewal->login && mc_auth_needs_person(system->binding))
    renewal_fail(renewal, needs_login(system));
  else if (!renewal->login && mc_system_refused(system, &why))
    renewal_fail(renewal, refused_error(system, why));
  else if (!secrets_complete(renewal))
    renewal_fail(renewal, needs_login(system));
  else
    login_start(renewal);
}

/* --- what is stored --- */

/* Given secrets win; what was not given anew (a client's own secret) is as it was stored. */
static void
secrets_complete_from(Renewal *renewal, GHashTable *stored)
{
  GHashTableIter iter;
  gpointer name, value;
  GHashTable *all = mc_secret_table_new();
  g_hash_table_iter_init(&iter, stored);
  while (g_hash_table_iter_next(&iter, &name, &value))
    if (strcmp(name, SESSION) != 0)
      g_hash_table_replace(all, g_strdup(name), g_strdup(value));
  if (renewal->secrets) {
    g_hash_table_iter_init(&iter, renewal->secrets);
    while (g_hash_table_iter_next(&iter, &name, &value))
      g_hash_table_replace(all, g_strdup(name), g_strdup(value));
    g_hash_table_unref(renewal->secrets);
  }
  renewal->secrets = all;
}

static void
renewal_fetched(GHashTable *values, GError *error, gpointer data)
{
  Renewal *renewal = data;
  McSystem *system = renewal->system;
  if (error || system->engine->stopping) {
    renewal_fail(renewal,
                 error ? g_error_copy(error)
                       : g_error_new_literal(MC_ERROR, MC_ERROR_CANCELLED, _("Stopped before the end.")));
    return;
  }
  g_autoptr(GError) bad = NULL;
  const char *text = g_hash_table_lookup(values, SESSION);
  McSession *stored = text ? mc_session_parse(text, &bad) : NULL;
  if (bad)
    g_warning("%s: stored session: %s", system->name, bad->message);
  /* What is stored is newer than what this process holds, unless storing failed here: the refresh token held
   * may have been rotated by another process. */
  if (stored && (!system->session || !system->session_unsaved))
    take_session(system, stored, TRUE);
  else
    g_clear_pointer(&stored, mc_session_unref);
  secrets_complete_from(renewal, values);
  if (renewal->login) {
    renewal_by_need(renewal, MC_AUTH_LOGIN);
    return;
  }
  gboolean expired = renewal->used && mc_session_equal(system->session, renewal->used);
  renewal_by_need(
      renewal, mc_auth_need(system->binding, system->session, mc_clock_now(system->engine->clock), expired));
}

static void
renewal_locked(McTurn *lock, gpointer data)
{
  Renewal *renewal = data;
  McSystem *system = renewal->system;
  renewal->lock = lock;
  if (!lock) {
    renewal_fail(renewal,
                 g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE,
                             _("%s: another motcua is logging in; try again shortly."), system->title));
    return;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  const char *const *login = mc_profile_secrets(mc_binding_profile(system->binding));
  g_ptr_array_add(names, (gpointer)SESSION);
  for (guint i = 0; login[i]; i++)
    g_ptr_array_add(names, (gpointer)login[i]);
  g_ptr_array_add(names, NULL);
  mc_secrets_fetch(system->engine, system->name, (const char *const *)names->pdata, renewal_fetched, renewal);
}

static void
renewal_join(McSystem *system, McRenewed done, gpointer data)
{
  Waiter *waiter = g_new0(Waiter, 1);
  waiter->done = done;
  waiter->data = data;
  g_queue_push_tail(&system->renew_waiters, waiter);
}

static void
renewal_begin(McSystem *system, Renewal *renewal)
{
  renewal->system = system;
  system->renewing = TRUE;
  mc_turn_take(system->engine, system->name, "auth", AUTH_LOCK_MS, renewal_locked, renewal);
}

McSystem *
mc_system_owner(McSystem *system)
{
  return system->gateway ? system->gateway : system;
}

void
mc_system_renew(McSystem *asking, const McSession *used, const GError *barred, McRenewed done, gpointer data)
{
  McSystem *system = mc_system_owner(asking);
  if (!system->renewing && used && system->session && !mc_session_equal(system->session, used)) {
    done(system, NULL, data); /* renewed meanwhile by another run */
    return;
  }
  renewal_join(system, done, data);
  if (system->renewing)
    return;
  Renewal *renewal = g_new0(Renewal, 1);
  renewal->used = used ? mc_session_ref((McSession *)used) : NULL;
  renewal->barred = barred ? g_error_copy(barred) : NULL;
  renewal_begin(system, renewal);
}

typedef struct {
  GHashTable *secrets;
  McRenewed done;
  gpointer data;
} LoginLater;

static void
login_after(McSystem *system, GError *error, gpointer data)
{
  LoginLater *later = data;
  if (system->engine->stopping)
    later->done(system, error, later->data);
  else
    mc_system_login(system, later->secrets, later->done, later->data);
  g_clear_pointer(&later->secrets, g_hash_table_unref);
  g_free(later);
}

void
mc_system_login(McSystem *system, GHashTable *secrets, McRenewed done, gpointer data)
{
  if (system->renewing) { /* let what is under way end first */
    LoginLater *later = g_new0(LoginLater, 1);
    later->secrets = secrets ? g_hash_table_ref(secrets) : NULL;
    later->done = done;
    later->data = data;
    renewal_join(system, login_after, later);
    return;
  }
  Renewal *renewal = g_new0(Renewal, 1);
  renewal->login = TRUE;
  renewal->given = secrets != NULL;
  renewal->secrets = secrets ? g_hash_table_ref(secrets) : NULL;
  renewal_join(system, done, data);
  renewal_begin(system, renewal);
}

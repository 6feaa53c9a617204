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
  gboolean login;      /* asked for by the person: log in with `secrets` now */
  gboolean given;      /* the secrets are new and to be stored on success */
  McTurn *lock;
} Renewal;

static void renewal_by_need(Renewal *renewal, McAuthNeed need);

static void
waiter_end(Renewal *renewal, GError *error)
{
  McSystem *system = renewal->system;
  GQueue waiters = system->renew_waiters;
  Waiter *waiter;
  g_queue_init(&system->renew_waiters);
  system->renewing = FALSE;
  mc_turn_release(renewal->lock);
  g_clear_pointer(&renewal->used, mc_session_unref);
  g_clear_pointer(&renewal->secrets, g_hash_table_unref);
  g_free(renewal);
  while ((waiter = g_queue_pop_head(&waiters))) {
    waiter->done(system, error, waiter->data);
    g_free(waiter);
  }
}

static void
renewal_fail(Renewal *renewal, GError *error)
{
  waiter_end(renewal, error);
  g_error_free(error);
}

/* --- the mark of a refused password --- */

static char *
refused_path(McSystem *system)
{
  g_autofree char *name = g_strconcat(system->name, ".refused", NULL);
  return mc_home_path(system->engine->home, MC_DIR_STATE, name);
}

gboolean
mc_system_refused(McSystem *system)
{
  g_autofree char *path = refused_path(system);
  return g_file_test(path, G_FILE_TEST_EXISTS);
}

void
mc_system_set_refused(McSystem *system, gboolean refused)
{
  g_autofree char *path = refused_path(system);
  g_autoptr(GError) error = NULL;
  if (refused && !mc_file_replace(path, "", 0, &error))
    g_warning("%s", error->message);
  else if (!refused && g_unlink(path) != 0 && errno != ENOENT)
    g_warning("%s: %s", path, g_strerror(errno));
}

static void
journal_login(McSystem *system, const char *outcome, const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *account = system->session ? mc_session_account(system->session) : NULL;
  if (!mc_journal_append(system->engine->home, system->engine->clock, &error, "login", "system", system->name,
                         "account", account, "outcome", outcome, "message", message, NULL))
    g_warning("%s", error->message);
}

/* --- storing what was obtained --- */

static void
renewal_stored(GHashTable *values, GError *error, gpointer data)
{
  Renewal *renewal = data;
  (void)values;
  if (error) /* the session serves this process all the same */
    g_warning("%s: %s", renewal->system->name, error->message);
  waiter_end(renewal, NULL);
}

static void
renewal_keep(Renewal *renewal, McSession *session)
{
  McSystem *system = renewal->system;
  g_autoptr(GHashTable) values = mc_secret_table_new();
  g_clear_pointer(&system->session, mc_session_unref);
  system->session = session;
  system->session_loaded = TRUE;
  if (renewal->given) {
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, renewal->secrets);
    while (g_hash_table_iter_next(&iter, &name, &value))
      g_hash_table_replace(values, g_strdup(name), g_strdup(value));
  }
  g_hash_table_replace(values, g_strdup(SESSION), mc_session_text(session));
  mc_secrets_put(system->engine, system->name, values, renewal_stored, renewal);
}

static void
learn_stored(GHashTable *values, GError *error, gpointer data)
{
  (void)values;
  (void)data;
  if (error)
    g_warning("session: %s", error->message);
}

void
mc_system_learn(McSystem *system, McSession *session)
{
  if (!session)
    return;
  g_autoptr(GHashTable) values = mc_secret_table_new();
  g_clear_pointer(&system->session, mc_session_unref);
  system->session = session;
  g_hash_table_replace(values, g_strdup(SESSION), mc_session_text(session));
  mc_secrets_put(system->engine, system->name, values, learn_stored, NULL);
}

/* --- the exchanges --- */

static void
login_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Renewal *renewal = data;
  McSystem *system = renewal->system;
  (void)run;
  if (!error) {
    mc_system_set_refused(system, FALSE);
    McSession *session = mc_auth_take_session(exchange);
    renewal_keep(renewal, session);
    journal_login(system, "done", NULL);
    return;
  }
  if (g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN)) {
    mc_system_set_refused(system, TRUE);
    journal_login(system, "refused", error->message);
  }
  renewal_fail(renewal, g_error_copy(error));
}

static void
login_start(Renewal *renewal)
{
  static const McRunHooks hooks = {.end = login_end};
  McSystem *system = renewal->system;
  mc_run_start(system, mc_auth_login(system->binding, renewal->secrets), FALSE, TRUE, &hooks, renewal);
}

static void
refresh_end(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Renewal *renewal = data;
  (void)run;
  if (!error)
    renewal_keep(renewal, mc_auth_take_session(exchange));
  else if (g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN)) {
    g_clear_pointer(&renewal->system->session, mc_session_unref);
    renewal_by_need(renewal, MC_AUTH_LOGIN);
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

static void
renewal_by_need(Renewal *renewal, McAuthNeed need)
{
  static const McRunHooks refresh = {.end = refresh_end};
  McSystem *system = renewal->system;
  if (need == MC_AUTH_READY)
    waiter_end(renewal, NULL);
  else if (need == MC_AUTH_REFRESH)
    mc_run_start(system, mc_auth_refresh(system->binding, system->session, renewal->secrets), FALSE, TRUE,
                 &refresh, renewal);
  else if (!renewal->login && mc_system_refused(system))
    renewal_fail(
        renewal,
        g_error_new(MC_ERROR, MC_ERROR_LOGIN,
                    _("%s refused the stored password; it is not sent again. Log in: motcua login %s"),
                    system->title, system->name));
  else if (!secrets_complete(renewal))
    renewal_fail(renewal,
                 g_error_new(MC_ERROR, MC_ERROR_LOGIN, _("%s: not logged in. Log in: motcua login %s"),
                             system->title, system->name));
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
                 error ? g_error_copy(error) : g_error_new_literal(MC_ERROR, MC_ERROR_CANCELLED, ""));
    return;
  }
  g_autoptr(GError) bad = NULL;
  const char *text = g_hash_table_lookup(values, SESSION);
  McSession *stored = text ? mc_session_parse(text, &bad) : NULL;
  if (bad)
    g_warning("%s: stored session: %s", system->name, bad->message);
  if (stored && (!system->session || renewal->used)) {
    g_clear_pointer(&system->session, mc_session_unref);
    system->session = stored;
  } else
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

void
mc_system_renew(McSystem *system, const McSession *used, McRenewed done, gpointer data)
{
  if (!system->renewing && used && system->session && !mc_session_equal(system->session, used)) {
    done(system, NULL, data); /* renewed meanwhile by another run */
    return;
  }
  renewal_join(system, done, data);
  if (system->renewing)
    return;
  Renewal *renewal = g_new0(Renewal, 1);
  renewal->used = used ? mc_session_ref((McSession *)used) : NULL;
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

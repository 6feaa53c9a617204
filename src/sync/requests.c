/* SPDX-License-Identifier: Apache-2.0 */
/* Requests about whole systems: pull, deliver, test, log in and out. Each fans out over the systems named and
 * replies once, when the last of them has ended. */
#include "config.h"
#include "sync/sync.h"

#include <string.h>

#include "motcua/i18n.h"
#include "motcua/journal.h"

typedef struct {
  McEngine *engine;
  McTicket ticket;
  char **systems; /* NULL: all */
  GHashTable *secrets;
  gboolean full, wipe, pull;
  guint left;
  McEvent *event;
} Round;

static void
round_free(gpointer data)
{
  Round *r = data;
  g_strfreev(r->systems);
  g_clear_pointer(&r->secrets, g_hash_table_unref);
  mc_event_free(r->event);
  g_free(r);
}

static Round *
round_new(McEngine *engine, const char *const *systems)
{
  Round *r = g_new0(Round, 1);
  r->engine = engine;
  r->ticket = mc_engine_ticket(engine);
  r->systems = g_strdupv((char **)systems);
  r->event = mc_event_new(MC_EVENT_REPLY, NULL);
  r->event->ticket = r->ticket;
  r->event->reports = g_ptr_array_new_with_free_func((GDestroyNotify)mc_sync_report_free);
  return r;
}

/* The work frees the round itself, when its last part ends. */
static McTicket
round_post(Round *r, McWork work)
{
  McTicket ticket = r->ticket;
  mc_engine_post(r->engine, work, r, NULL);
  return ticket;
}

static void
round_end(Round *r, const GError *error)
{
  if (error && !r->event->error)
    r->event->error = g_error_copy(error);
  if (--r->left > 0)
    return;
  mc_engine_emit(r->engine, g_steal_pointer(&r->event));
  round_free(r);
}

/* The systems it is about; sets `left` to one more than their number, so that an end that comes at once ends
 * nothing early. */
static GPtrArray *
round_systems(Round *r)
{
  GPtrArray *chosen = g_ptr_array_new();
  if (!r->systems)
    g_ptr_array_extend(chosen, r->engine->systems, NULL, NULL);
  for (guint i = 0; r->systems && r->systems[i]; i++) {
    McSystem *system = mc_engine_system_get(r->engine, r->systems[i]);
    if (system)
      g_ptr_array_add(chosen, system);
    else if (!r->event->error)
      r->event->error =
          g_error_new(MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no system “%s”."), r->systems[i]);
  }
  r->left = chosen->len + 1;
  return chosen;
}

/* --- pull, then deliver --- */

static McSyncReport *
round_report(Round *r, const char *system)
{
  for (guint i = 0; i < r->event->reports->len; i++) {
    McSyncReport *report = g_ptr_array_index(r->event->reports, i);
    if (strcmp(report->system, system) == 0)
      return report;
  }
  McSyncReport *report = g_new0(McSyncReport, 1);
  report->system = g_strdup(system);
  g_ptr_array_add(r->event->reports, report);
  return report;
}

static void
round_delivered(McSystem *system, guint done, GError *error, gpointer data)
{
  Round *r = data;
  McSyncReport *report = round_report(r, system->name);
  report->delivered += done;
  if (error && !report->error)
    report->error = g_error_copy(error);
  round_end(r, error);
}

/* Whether a pull's failure says that nothing can be delivered either. A list that cannot be read is no reason
 * to keep back what was decided. */
static gboolean
is_closed(const GError *error)
{
  return g_error_matches(error, MC_ERROR, MC_ERROR_LOGIN) ||
         g_error_matches(error, MC_ERROR, MC_ERROR_SECRETS) ||
         g_error_matches(error, MC_ERROR, MC_ERROR_THROTTLED) ||
         g_error_matches(error, MC_ERROR, MC_ERROR_CANCELLED);
}

static void
round_pulled(McSystem *system, McSyncReport *report, gpointer data)
{
  Round *r = data;
  g_ptr_array_add(r->event->reports, report);
  if (report->error && !r->event->error)
    r->event->error = g_error_copy(report->error);
  if (is_closed(report->error))
    round_end(r, NULL);
  else
    mc_system_deliver(system, round_delivered, r);
}

static void
sync_work(McEngine *engine, gpointer data)
{
  Round *r = data;
  g_autoptr(GPtrArray) systems = round_systems(r);
  (void)engine;
  for (guint i = 0; i < systems->len; i++) {
    if (r->pull)
      mc_system_pull(g_ptr_array_index(systems, i), r->full, round_pulled, r);
    else
      mc_system_deliver(g_ptr_array_index(systems, i), round_delivered, r);
  }
  round_end(r, NULL);
}

McTicket
mc_engine_sync(McEngine *engine, const char *const *systems, gboolean full)
{
  Round *r = round_new(engine, systems);
  r->pull = TRUE;
  r->full = full;
  return round_post(r, sync_work);
}

McTicket
mc_engine_deliver(McEngine *engine, const char *const *systems)
{
  return round_post(round_new(engine, systems), sync_work);
}

/* --- test --- */

static void
round_tested(McSystem *system, McSyncReport *report, gpointer data)
{
  Round *r = data;
  (void)system;
  g_ptr_array_add(r->event->reports, report);
  round_end(r, report->error);
}

static void
test_work(McEngine *engine, gpointer data)
{
  Round *r = data;
  g_autoptr(GPtrArray) systems = round_systems(r);
  (void)engine;
  for (guint i = 0; i < systems->len; i++)
    mc_system_test(g_ptr_array_index(systems, i), round_tested, r);
  round_end(r, NULL);
}

McTicket
mc_engine_test(McEngine *engine, const char *system)
{
  const char *systems[] = {system, NULL};
  return round_post(round_new(engine, systems), test_work);
}

/* --- login --- */

/* What waited for this login: the system, and those that sign in through it. */
static void
wake_all(McSystem *owner)
{
  for (guint i = 0; i < owner->engine->systems->len; i++) {
    McSystem *system = g_ptr_array_index(owner->engine->systems, i);
    if (mc_system_owner(system) != owner)
      continue;
    system->deliver_not_before = 0;
    mc_system_schedule_pull(system, 0);
    mc_system_schedule_delivery(system);
  }
}

static void
round_logged_in(McSystem *system, GError *error, gpointer data)
{
  Round *r = data;
  if (!error) {
    r->event->message = system->session ? mc_session_account(system->session) : NULL;
    wake_all(system);
  } else if (!g_error_matches(error, MC_ERROR, MC_ERROR_CANCELLED))
    mc_system_report(system, error);
  round_end(r, error);
}

static void
login_work(McEngine *engine, gpointer data)
{
  Round *r = data;
  g_autoptr(GPtrArray) systems = round_systems(r);
  (void)engine;
  for (guint i = 0; i < systems->len; i++)
    mc_system_login(mc_system_owner(g_ptr_array_index(systems, i)), r->secrets, round_logged_in, r);
  round_end(r, NULL);
}

McTicket
mc_engine_login(McEngine *engine, const char *system, GHashTable *secrets)
{
  const char *systems[] = {system, NULL};
  Round *r = round_new(engine, systems);
  r->secrets = mc_table_copy(secrets);
  return round_post(r, login_work);
}

/* --- logout --- */

static void
logout_stored(GHashTable *values, GError *error, gpointer data)
{
  (void)values;
  round_end(data, error);
}

static void
logout_one(McSystem *system, Round *r)
{
  g_autoptr(GHashTable) values = mc_secret_table_new();
  g_autoptr(GError) error = NULL;
  const char *const *names = mc_profile_secrets(mc_binding_profile(system->binding));
  g_hash_table_replace(values, g_strdup("session"), NULL);
  for (guint i = 0; r->wipe && names[i]; i++)
    g_hash_table_replace(values, g_strdup(names[i]), NULL);
  g_clear_pointer(&system->session, mc_session_unref);
  mc_pool_drop_idle(system->pool);
  if (!mc_journal_append(system->engine->home, system->engine->clock, &error, "logout", "system",
                         system->name, "wiped", r->wipe ? "true" : NULL, NULL))
    g_warning("%s", error->message);
  mc_secrets_put(system->engine, system->name, values, logout_stored, r);
}

static void
logout_work(McEngine *engine, gpointer data)
{
  Round *r = data;
  g_autoptr(GPtrArray) systems = round_systems(r);
  (void)engine;
  for (guint i = 0; i < systems->len; i++)
    logout_one(mc_system_owner(g_ptr_array_index(systems, i)), r);
  round_end(r, NULL);
}

McTicket
mc_engine_logout(McEngine *engine, const char *system, gboolean wipe)
{
  const char *systems[] = {system, NULL};
  Round *r = round_new(engine, systems);
  r->wipe = wipe;
  return round_post(r, logout_work);
}

/* --- whether logged in --- */

typedef struct {
  Round *r;
  McSystem *system;
} Status;

static void
status_fetched(GHashTable *values, GError *error, gpointer data)
{
  Status *status = data;
  Round *r = status->r;
  McSystem *system = status->system;
  const char *const *names = mc_profile_secrets(mc_binding_profile(system->binding));
  gboolean all = TRUE;
  for (guint i = 0; !error && names[i]; i++)
    all = all && g_hash_table_contains(values, names[i]);
  const char *text = error ? NULL : g_hash_table_lookup(values, "session");
  g_autoptr(McSession) session = text ? mc_session_parse(text, NULL) : NULL;
  gboolean ready = session && mc_auth_need(system->binding, session, mc_clock_now(r->engine->clock), FALSE) !=
                                  MC_AUTH_LOGIN;
  g_autofree char *why = NULL;
  gboolean refused = mc_system_refused(system, &why);
  gboolean alone = all && !refused && !mc_auth_needs_person(system->binding);
  r->event->text = g_strdup((ready && !why) || alone ? "ok" : "login");
  r->event->message = session ? mc_session_account(session) : NULL;
  g_free(status);
  round_end(r, error);
}

static void
status_work(McEngine *engine, gpointer data)
{
  Round *r = data;
  g_autoptr(GPtrArray) systems = round_systems(r);
  for (guint i = 0; i < systems->len; i++) {
    Status *status = g_new0(Status, 1);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    status->r = r;
    status->system = mc_system_owner(g_ptr_array_index(systems, i));
    const char *const *secrets = mc_profile_secrets(mc_binding_profile(status->system->binding));
    g_ptr_array_add(names, (gpointer) "session");
    for (guint n = 0; secrets[n]; n++)
      g_ptr_array_add(names, (gpointer)secrets[n]);
    g_ptr_array_add(names, NULL);
    mc_secrets_fetch(engine, status->system->name, (const char *const *)names->pdata, status_fetched, status);
  }
  round_end(r, NULL);
}

McTicket
mc_engine_login_status(McEngine *engine, const char *system)
{
  const char *systems[] = {system, NULL};
  return round_post(round_new(engine, systems), status_work);
}

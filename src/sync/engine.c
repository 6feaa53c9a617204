/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's life: opening, its thread and loop, stopping. What it does stands in the other files of this
 * folder. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "motcua/i18n.h"

#define STOP_GRACE_MS 2000

typedef struct {
  McEngine *engine;
  McWork work;
  gpointer data;
  GDestroyNotify destroy;
} Posted;

static gboolean
posted_run(gpointer data)
{
  Posted *posted = data;
  posted->work(posted->engine, posted->data);
  return G_SOURCE_REMOVE;
}

static void
posted_free(gpointer data)
{
  Posted *posted = data;
  if (posted->destroy)
    posted->destroy(posted->data);
  g_free(posted);
}

void
mc_engine_post(McEngine *engine, McWork work, gpointer data, GDestroyNotify destroy)
{
  Posted *posted = g_new0(Posted, 1);
  posted->engine = engine;
  posted->work = work;
  posted->data = data;
  posted->destroy = destroy;
  GSource *source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, posted_run, posted, posted_free);
  g_source_attach(source, engine->context);
  g_source_unref(source);
}

McTicket
mc_engine_ticket(McEngine *engine)
{
  return (McTicket)g_atomic_int_add(&engine->next_ticket, 1) + 1;
}

gint64
mc_engine_flow(const McEngine *engine)
{
  gint64 passed = (g_get_monotonic_time() - engine->mono_start) / G_USEC_PER_SEC;
  return MAX(engine->wall_start + passed, mc_clock_now(engine->clock));
}

McSystem *
mc_engine_system_get(const McEngine *engine, const char *system)
{
  for (guint i = 0; i < engine->systems->len; i++) {
    McSystem *candidate = g_ptr_array_index(engine->systems, i);
    if (g_strcmp0(candidate->name, system) == 0)
      return candidate;
  }
  return NULL;
}

GSource *
mc_engine_after(McEngine *engine, gint64 ms, GSourceFunc func, gpointer data)
{
  GSource *source = g_timeout_source_new((guint)CLAMP(ms, 0, G_MAXINT));
  g_source_set_callback(source, func, data, NULL);
  g_source_attach(source, engine->context);
  return source;
}

void
mc_source_clear(GSource **source)
{
  if (!*source)
    return;
  g_source_destroy(*source);
  g_clear_pointer(source, g_source_unref);
}

/* --- the person's pending actions, laid over what a system said --- */

static void
overlay(McItem *item, GPtrArray *actions, gpointer data)
{
  McEngine *engine = data;
  McSystem *system = mc_engine_system_get(engine, item->system);
  if (!system)
    return;
  for (guint i = 0; i < actions->len; i++) {
    McOutAction *action = g_ptr_array_index(actions, i);
    mc_action_overlay(system->binding, item, action->action, action->frozen);
  }
}

/* --- schedule --- */

static gboolean
pull_due(gpointer data)
{
  McSystem *system = data;
  g_clear_pointer(&system->pull_timer, g_source_unref);
  mc_system_pull(system, FALSE, NULL, NULL);
  return G_SOURCE_REMOVE;
}

void
mc_system_schedule_pull(McSystem *system, gint64 ms)
{
  McEngine *engine = system->engine;
  if (!engine->options.schedule || engine->options.offline || engine->stopping)
    return;
  mc_source_clear(&system->pull_timer);
  system->pull_timer = mc_engine_after(engine, ms, pull_due, system);
}

/* What other processes queued is found by looking now and then. */
static gboolean
tick(gpointer data)
{
  McEngine *engine = data;
  for (guint i = 0; i < engine->systems->len; i++)
    mc_system_schedule_delivery(g_ptr_array_index(engine->systems, i));
  return G_SOURCE_CONTINUE;
}

static void
start_schedule(McEngine *engine, gpointer data)
{
  (void)data;
  g_autoptr(GError) error = NULL;
  if (!mc_store_reconcile(engine->store, &error))
    g_warning("%s", error->message);
  mc_upload_sweep(engine);
  mc_engine_emit(engine, mc_event_new(MC_EVENT_ITEMS, NULL));
  if (!engine->options.schedule || engine->options.offline)
    return;
  for (guint i = 0; i < engine->systems->len; i++)
    mc_system_schedule_pull(g_ptr_array_index(engine->systems, i), 0);
  tick(engine);
  engine->tick = mc_engine_after(engine, 10000, tick, engine);
}

/* --- the thread --- */

/* A peer that hangs up ends a write with an error, not the program: OpenSSL writes without MSG_NOSIGNAL. */
static void
block_sigpipe(void)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static gpointer
engine_thread(gpointer data)
{
  McEngine *engine = data;
  block_sigpipe();
  g_main_context_push_thread_default(engine->context);
  g_main_loop_run(engine->loop);
  mc_source_clear(&engine->tick);
  mc_runs_stop(engine);
  while (engine->pending > 0 || engine->runs->len > 0)
    g_main_context_iteration(engine->context, TRUE);
  for (guint i = 0; i < engine->systems->len; i++) /* closing a connection writes, too */
    mc_system_close(g_ptr_array_index(engine->systems, i));
  g_main_context_pop_thread_default(engine->context);
  return NULL;
}

static gboolean
stop_poll(gpointer data)
{
  McEngine *engine = data;
  static const gint64 grace = (gint64)STOP_GRACE_MS * 1000;
  if (mc_runs_mutating(engine) && g_get_monotonic_time() - engine->stop_began < grace)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit(engine->loop);
  return G_SOURCE_REMOVE;
}

static void
stop(McEngine *engine, gpointer data)
{
  (void)data;
  engine->stopping = TRUE;
  engine->stop_began = g_get_monotonic_time();
  if (stop_poll(engine) == G_SOURCE_CONTINUE) {
    GSource *source = mc_engine_after(engine, 20, stop_poll, engine);
    g_source_unref(source);
  }
}

static gboolean
engine_open(McEngine *engine, GError **error)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
  engine->calendar = mc_engine_load_calendar(engine->home, faults, error);
  if (!engine->calendar)
    return FALSE;
  engine->secrets = mc_secrets_new(mc_home_config(engine->home)->secrets, mc_home_profile(engine->home),
                                   engine->options.interactive, error);
  if (!engine->secrets)
    return FALSE;
  engine->store = mc_store_open(engine->home, engine->clock, error);
  if (!engine->store)
    return FALSE;
  mc_store_set_overlay(engine->store, overlay, engine);
  mc_engine_load_systems(engine, faults);
  g_ptr_array_add(faults, NULL);
  engine->faults = (char **)g_ptr_array_free(g_steal_pointer(&faults), FALSE);
  return TRUE;
}

McEngine *
mc_engine_new(McHome *home, McClock *clock, const McEngineOptions *options, GError **error)
{
  McEngine *engine = g_new0(McEngine, 1);
  engine->home = mc_home_ref(home);
  engine->clock = mc_clock_ref(clock);
  engine->options = *options;
  engine->runs = g_ptr_array_new();
  engine->fetches = g_ptr_array_new();
  engine->upload_lock = -1;
  engine->systems = g_ptr_array_new_with_free_func((GDestroyNotify)mc_system_free);
  engine->infos = g_ptr_array_new_with_free_func(g_free);
  engine->wall_start = mc_clock_now(clock);
  engine->mono_start = g_get_monotonic_time();
  engine->random = g_rand_new();
  engine->context = g_main_context_new();
  engine->loop = g_main_loop_new(engine->context, FALSE);
  engine->net = mc_net_new(engine->context);
  g_mutex_init(&engine->event_lock);
  g_cond_init(&engine->event_ready);
  g_queue_init(&engine->events);
  engine->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  engine->event_fd = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK);
  if (engine->event_fd < 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, "eventfd: %s", g_strerror(errno));
    mc_engine_free(engine);
    return NULL;
  }
  if (!engine_open(engine, error)) {
    mc_engine_free(engine);
    return NULL;
  }
  engine->thread = g_thread_new("engine", engine_thread, engine);
  mc_engine_post(engine, start_schedule, NULL, NULL);
  return engine;
}

void
mc_engine_free(McEngine *engine)
{
  McEvent *event;
  if (!engine)
    return;
  if (engine->thread) {
    mc_engine_post(engine, stop, NULL, NULL);
    g_thread_join(engine->thread);
  }
  g_ptr_array_unref(engine->systems);
  g_ptr_array_unref(engine->infos);
  g_ptr_array_unref(engine->fetches);
  g_ptr_array_unref(engine->runs);
  g_clear_pointer(&engine->net, mc_net_free);
  g_clear_pointer(&engine->store, mc_store_free);
  g_clear_pointer(&engine->secrets, mc_secrets_free);
  g_clear_pointer(&engine->calendar, mc_calendar_unref);
  g_main_loop_unref(engine->loop);
  g_main_context_unref(engine->context);
  g_rand_free(engine->random);
  g_strfreev(engine->faults);
  while ((event = g_queue_pop_head(&engine->events)))
    mc_event_free(event);
  g_hash_table_unref(engine->waiting);
  if (engine->event_fd >= 0)
    close(engine->event_fd);
  g_mutex_clear(&engine->event_lock);
  g_cond_clear(&engine->event_ready);
  mc_clock_unref(engine->clock);
  mc_home_unref(engine->home);
  g_free(engine);
}

/* --- what any thread may ask of an engine --- */

McCalendar *
mc_engine_calendar(McEngine *engine)
{
  return engine->calendar;
}

guint
mc_engine_system_count(McEngine *engine)
{
  return engine->infos->len;
}

const McSystemInfo *
mc_engine_system(McEngine *engine, guint index)
{
  return g_ptr_array_index(engine->infos, index);
}

const McSystemInfo *
mc_engine_system_find(McEngine *engine, const char *system)
{
  for (guint i = 0; i < engine->infos->len; i++) {
    const McSystemInfo *info = g_ptr_array_index(engine->infos, i);
    if (g_strcmp0(info->system, system) == 0)
      return info;
  }
  return NULL;
}

const char *const *
mc_engine_system_secrets(McEngine *engine, const char *system)
{
  McSystem *found = mc_engine_system_get(engine, system);
  return found ? mc_profile_secrets(mc_binding_profile(found->binding)) : NULL;
}

gboolean
mc_engine_system_has_login(McEngine *engine, const char *system)
{
  McSystem *found = mc_engine_system_get(engine, system);
  return found && mc_auth_need(found->binding, NULL, 0, FALSE) != MC_AUTH_READY;
}

const char *const *
mc_engine_faults(McEngine *engine)
{
  return (const char *const *)engine->faults;
}

const char *
mc_engine_secrets_provider(McEngine *engine)
{
  static const struct {
    const char *name, *label;
  } labels[] = {{"secret-service", N_("the keyring")},
                {"memory", N_("memory, for this session")},
                {"command", N_("the helper command")},
                {"fd", N_("the file descriptor")}};
  const char *name = mc_secrets_provider(engine->secrets);
  for (guint i = 0; i < G_N_ELEMENTS(labels); i++)
    if (strcmp(labels[i].name, name) == 0)
      return _(labels[i].label);
  return name;
}

const char *
mc_engine_secrets_notice(McEngine *engine)
{
  return mc_secrets_notice(engine->secrets);
}

gboolean
mc_engine_secrets_check(McEngine *engine, GError **error)
{
  g_autofree char *message = NULL;
  if (mc_secrets_probe(engine->secrets, &message) == MC_SECRETS_READY)
    return TRUE;
  g_set_error_literal(error, MC_ERROR, MC_ERROR_SECRETS, message);
  return FALSE;
}

McForm *
mc_engine_form(McEngine *engine, const char *system, const char *action, GError **error)
{
  McSystem *found = mc_engine_system_get(engine, system);
  if (!found) {
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no system “%s”."), system);
    return NULL;
  }
  return mc_action_form(found->binding, action, error);
}

void
mc_engine_form_offer(McEngine *engine, const char *system, McForm *form, const GPtrArray *items)
{
  McSystem *found = mc_engine_system_get(engine, system);
  if (found)
    mc_action_offer(found->binding, form, items);
}

char **
mc_engine_creates(McEngine *engine, const char *system)
{
  const McSystem *found = mc_engine_system_get(engine, system);
  return found ? mc_action_creates(found->binding) : g_new0(char *, 1);
}

char *
mc_engine_created(McEngine *engine, const McOutAction *action)
{
  const McSystem *found = action->new_key ? mc_engine_system_get(engine, action->system) : NULL;
  return found ? mc_action_created_id(found->binding, action->action, action->new_key) : NULL;
}

char *
mc_engine_action_label(McEngine *engine, const char *system, const char *action)
{
  McSystem *found = mc_engine_system_get(engine, system);
  g_autoptr(McForm) form = found ? mc_action_form(found->binding, action, NULL) : NULL;
  if (form && form->label)
    return g_strdup(form->label);
  const char *standard = mc_action_standard_label(action);
  return g_strdup(standard ? standard : action);
}

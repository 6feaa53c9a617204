/* SPDX-License-Identifier: Apache-2.0 */
/* The Secret Service (freedesktop.org) through libsecret.
 *
 * Before libsecret is touched, service_look() finds out by itself what stands there: over a connection
 * of its own to an address that is written down, so that nothing is ever autolaunched, and step by step,
 * so that each thing that may be missing has its own name. Nothing is kept between two calls: a daemon
 * that was restarted, locked or replaced meanwhile is met as it is. */
#include "config.h"

#include <libsecret/secret.h>
#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "secret/deadline.h"
#include "secret/provider.h"

#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"

typedef struct {
  McSecretProvider base;
  gboolean interactive;
} Service;

/* --- A SecretService that never prompts --- */

typedef SecretService QuietService;
typedef SecretServiceClass QuietServiceClass;
static GType quiet_service_get_type(void);
G_DEFINE_TYPE(QuietService, quiet_service, SECRET_TYPE_SERVICE)

static GVariant *
quiet_prompt_sync(SecretService *self, SecretPrompt *prompt, GCancellable *cancellable,
                  const GVariantType *type, GError **error)
{
  (void)self, (void)prompt, (void)cancellable, (void)type;
  g_set_error_literal(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "prompting is not allowed here");
  return NULL;
}

static void
quiet_prompt_async(SecretService *self, SecretPrompt *prompt, const GVariantType *type,
                   GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
  (void)prompt, (void)type;
  g_autoptr(GTask) task = g_task_new(self, cancellable, done, data);
  g_task_return_new_error(task, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "prompting is not allowed here");
}

static GVariant *
quiet_prompt_finish(SecretService *self, GAsyncResult *result, GError **error)
{
  (void)self;
  return g_task_propagate_pointer(G_TASK(result), error);
}

static void
quiet_service_class_init(QuietServiceClass *class)
{
  class->prompt_sync = quiet_prompt_sync;
  class->prompt_async = quiet_prompt_async;
  class->prompt_finish = quiet_prompt_finish;
}

static void
quiet_service_init(QuietService *self)
{
  (void)self;
}

/* --- What stands there --- */

/* Where the session bus listens by what is written down, or NULL; never asks for one to be started. */
static char *
bus_address(void)
{
  const char *set = g_getenv("DBUS_SESSION_BUS_ADDRESS");
  const char *run = g_getenv("XDG_RUNTIME_DIR");
  if (set && *set)
    return strstr(set, "autolaunch:") ? NULL : g_strdup(set);
  if (!run || !*run)
    return NULL;
  g_autofree char *path = g_build_filename(run, "bus", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value(path);
  return g_file_test(path, G_FILE_TEST_EXISTS) ? g_strconcat("unix:path=", escaped, NULL) : NULL;
}

static GVariant *
call(GDBusConnection *bus, const char *name, const char *path, const char *method, GVariant *arguments,
     McDeadline *deadline, GError **error)
{
  const char *dot = strrchr(method, '.');
  g_autofree char *interface = g_strndup(method, dot - method);
  return g_dbus_connection_call_sync(bus, name, path, interface, dot + 1, arguments, NULL,
                                     G_DBUS_CALL_FLAGS_NONE, G_MAXINT, mc_deadline_cancellable(deadline),
                                     error);
}

static GDBusConnection *
bus_open(const char *address, McDeadline *deadline, GError **error)
{
  g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_sync(
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, mc_deadline_cancellable(deadline), error);
  if (!bus)
    return NULL;
  /* Said here and not by GDBus, which would wait for the answer without regard to the deadline. */
  g_autoptr(GVariant) hello = call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus.Hello", NULL, deadline, error);
  return hello ? g_steal_pointer(&bus) : NULL;
}

static gboolean
is_error(const GError *error, const char *const *names)
{
  g_autofree char *name = g_dbus_error_get_remote_error(error);
  return name && g_strv_contains(names, name);
}

static McSecretsState
state_of_error(const GError *error)
{
  static const char *const absent[] = {"org.freedesktop.DBus.Error.ServiceUnknown",
                                       "org.freedesktop.DBus.Error.NameHasNoOwner", NULL};
  static const char *const missing[] = {
      "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod",
      "org.freedesktop.DBus.Error.UnknownInterface", "org.freedesktop.Secret.Error.NoSuchObject", NULL};
  static const char *const locked[] = {"org.freedesktop.Secret.Error.IsLocked", NULL};
  g_autofree char *name = g_dbus_error_get_remote_error(error);
  if (is_error(error, absent) || (name && g_str_has_prefix(name, "org.freedesktop.DBus.Error.Spawn.")))
    return MC_SECRETS_NO_PROVIDER;
  if (is_error(error, missing) || g_error_matches(error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
    return MC_SECRETS_NO_COLLECTION;
  if (is_error(error, locked) || g_error_matches(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return MC_SECRETS_LOCKED;
  return MC_SECRETS_BROKEN;
}

static McSecretsState
failed(McDeadline *deadline, const GError *error, McSecretsState otherwise)
{
  g_debug("secret-service: %s", error->message);
  return mc_deadline_passed(deadline) ? MC_SECRETS_SLOW : otherwise;
}

/* Whether the default collection is there and open. */
static McSecretsState
look_at_collection(GDBusConnection *bus, McDeadline *deadline)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) alias =
      call(bus, SERVICE_NAME, SERVICE_PATH, "org.freedesktop.Secret.Service.ReadAlias",
           g_variant_new("(s)", "default"), deadline, &error);
  if (!alias) {
    McSecretsState state = state_of_error(error);
    return failed(deadline, error, state == MC_SECRETS_NO_PROVIDER ? state : MC_SECRETS_BROKEN);
  }
  const char *path = NULL;
  if (!g_variant_is_of_type(alias, G_VARIANT_TYPE("(o)")))
    return MC_SECRETS_BROKEN;
  g_variant_get(alias, "(&o)", &path);
  if (!strcmp(path, "/"))
    return MC_SECRETS_NO_COLLECTION;
  g_autoptr(GVariant) reply =
      call(bus, SERVICE_NAME, path, "org.freedesktop.DBus.Properties.Get",
           g_variant_new("(ss)", "org.freedesktop.Secret.Collection", "Locked"), deadline, &error);
  if (!reply)
    return failed(deadline, error, state_of_error(error));
  g_autoptr(GVariant) boxed = g_variant_get_child_value(reply, 0);
  g_autoptr(GVariant) locked =
      g_variant_is_of_type(boxed, G_VARIANT_TYPE_VARIANT) ? g_variant_get_variant(boxed) : NULL;
  if (!locked || !g_variant_is_of_type(locked, G_VARIANT_TYPE_BOOLEAN))
    return MC_SECRETS_BROKEN;
  return g_variant_get_boolean(locked) ? MC_SECRETS_LOCKED : MC_SECRETS_READY;
}

static McSecretsState
service_look(McDeadline *deadline)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *address = bus_address();
  if (!address)
    return MC_SECRETS_NO_BUS;
  g_autoptr(GDBusConnection) bus = bus_open(address, deadline, &error);
  if (!bus)
    return failed(deadline, error, MC_SECRETS_NO_BUS);
  McSecretsState state = look_at_collection(bus, deadline);
  g_dbus_connection_close_sync(bus, NULL, NULL);
  return state;
}

/* --- Said to a person --- */

static char *
state_text(McSecretsState state)
{
  static const char *const texts[] = {
      [MC_SECRETS_NO_BUS] =
          N_("there is no session bus here, so no keyring; sign in to a desktop session, or set "
             "secrets = command:CMD or fd:N"),
      [MC_SECRETS_NO_PROVIDER] =
          N_("no keyring runs on the session bus; install and start one (gnome-keyring), or "
             "set secrets = command:CMD or fd:N"),
      [MC_SECRETS_NO_COLLECTION] = N_("the keyring was never set up: it has no default collection; open the "
                                      "desktop's password manager and create one"),
      [MC_SECRETS_LOCKED] =
          N_("the keyring is locked; unlock it in the desktop's password manager, then try again"),
      [MC_SECRETS_SLOW] = N_("the keyring does not answer; restart the desktop session, or set secrets = "
                             "command:CMD or fd:N"),
      [MC_SECRETS_BROKEN] = N_("the keyring answered with an error; motcua.log has its words"),
  };
  return state == MC_SECRETS_READY ? NULL : g_strdup(_(texts[state]));
}

static gboolean
fail(McSecretsState state, GError **error)
{
  g_autofree char *text = state_text(state);
  g_set_error_literal(error, MC_ERROR, MC_ERROR_SECRETS, text);
  return FALSE;
}

static gboolean
fail_with(McDeadline *deadline, const GError *cause, GError **error)
{
  McSecretsState state = failed(deadline, cause, state_of_error(cause));
  if (state == MC_SECRETS_BROKEN) {
    g_autofree char *words = mc_text_clean(cause->message, -1);
    g_warning("secret-service: %s", words);
  }
  return fail(state, error);
}

/* --- Through libsecret --- */

/* The connection that libsecret will use is GDBus's own for the session: the end of the bus must not
 * end the program, which is what GDBus has in mind for it. */
static SecretService *
service_open(Service *self, McDeadline *deadline, GError **error)
{
  GCancellable *cancellable = mc_deadline_cancellable(deadline);
  g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SESSION, cancellable, error);
  if (!bus)
    return NULL;
  g_dbus_connection_set_exit_on_close(bus, FALSE);
  GType type = self->interactive ? SECRET_TYPE_SERVICE : quiet_service_get_type();
  return secret_service_open_sync(type, NULL, SECRET_SERVICE_OPEN_SESSION, cancellable, error);
}

/* Lets the desktop ask for the password of the default collection. */
static gboolean
unlock(SecretService *service, McDeadline *deadline, GError **error)
{
  GCancellable *cancellable = mc_deadline_cancellable(deadline);
  g_autoptr(SecretCollection) collection = secret_collection_for_alias_sync(
      service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancellable, error);
  if (!collection)
    return FALSE;
  g_autoptr(GList) wanted = g_list_prepend(NULL, collection);
  return secret_service_unlock_sync(service, wanted, cancellable, NULL, error) > 0;
}

/* What one operation works with: how the keyring was found, and libsecret on it. */
typedef struct {
  McDeadline *deadline;
  McSecretsState state; /* READY, LOCKED or NO_COLLECTION */
  SecretService *service;
} Visit;

static void
visit_end(Visit *visit)
{
  g_clear_object(&visit->service);
  g_clear_pointer(&visit->deadline, mc_deadline_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Visit, visit_end)

static void
visit_wait_for_person(Visit *visit)
{
  mc_deadline_free(visit->deadline);
  visit->deadline = mc_deadline_new(mc_secret_patience(TRUE));
}

static gboolean
visit_begin(Visit *visit, McSecretProvider *provider, GError **error)
{
  Service *self = (Service *)provider;
  g_autoptr(GError) cause = NULL;
  visit->deadline = mc_deadline_new(MC_SECRET_DEADLINE_MS);
  visit->state = service_look(visit->deadline);
  if (visit->state != MC_SECRETS_READY && visit->state != MC_SECRETS_LOCKED &&
      visit->state != MC_SECRETS_NO_COLLECTION)
    return fail(visit->state, error);
  visit->service = service_open(self, visit->deadline, &cause);
  if (!visit->service)
    return fail_with(visit->deadline, cause, error);
  if (!self->interactive || visit->state == MC_SECRETS_READY)
    return TRUE;
  visit_wait_for_person(visit);
  if (visit->state == MC_SECRETS_LOCKED && unlock(visit->service, visit->deadline, &cause))
    visit->state = MC_SECRETS_READY;
  return cause ? fail_with(visit->deadline, cause, error) : TRUE;
}

static GHashTable *
attributes_of(const McSecretKey *key)
{
  GHashTable *attributes = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(attributes, "application", "motcua");
  g_hash_table_insert(attributes, "profile", (char *)key->profile);
  g_hash_table_insert(attributes, "system", (char *)key->system);
  g_hash_table_insert(attributes, "name", (char *)key->name);
  return attributes;
}

/* The items of that key; a locked collection shows none of its own, as if they were missing. */
static gboolean
search(Visit *visit, const McSecretKey *key, SecretSearchFlags flags, GList **items, GError **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(GHashTable) attributes = attributes_of(key);
  *items = secret_service_search_sync(visit->service, NULL, attributes, SECRET_SEARCH_ALL | flags,
                                      mc_deadline_cancellable(visit->deadline), &cause);
  return cause ? fail_with(visit->deadline, cause, error) : TRUE;
}

static void
items_free(GList *items)
{
  g_list_free_full(items, g_object_unref);
}
typedef GList Items;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Items, items_free)

/* --- The table --- */

static McSecretsState
service_probe(McSecretProvider *provider, char **message)
{
  (void)provider;
  g_autoptr(McDeadline) deadline = mc_deadline_new(MC_SECRET_DEADLINE_MS);
  McSecretsState state = service_look(deadline);
  *message = state_text(state);
  return state;
}

/* A value is text for us; another program's bytes under our name are not. */
static char *
item_text(SecretItem *item)
{
  g_autoptr(SecretValue) value = secret_item_get_secret(item);
  const char *text = value ? secret_value_get_text(value) : NULL;
  return g_strdup(text);
}

static gboolean
service_get(McSecretProvider *provider, const McSecretKey *key, char **value, GError **error)
{
  g_auto(Visit) visit = {0};
  g_autoptr(Items) items = NULL;
  if (!visit_begin(&visit, provider, error) ||
      !search(&visit, key, SECRET_SEARCH_LOAD_SECRETS, &items, error))
    return FALSE;
  gboolean hidden = visit.state == MC_SECRETS_LOCKED;
  for (GList *at = items; at && !*value; at = at->next) {
    *value = item_text(at->data);
    hidden |= secret_item_get_locked(at->data);
  }
  return *value || !hidden ? TRUE : fail(MC_SECRETS_LOCKED, error);
}

static gboolean
service_store(McSecretProvider *provider, const McSecretKey *key, const char *value, GError **error)
{
  g_auto(Visit) visit = {0};
  g_autoptr(GError) cause = NULL;
  if (!visit_begin(&visit, provider, error))
    return FALSE;
  gboolean may_create = visit.state == MC_SECRETS_NO_COLLECTION && ((Service *)provider)->interactive;
  if (visit.state != MC_SECRETS_READY && !may_create)
    return fail(visit.state, error);
  g_autoptr(GHashTable) attributes = attributes_of(key);
  g_autofree char *label = g_strdup_printf("motcua: %s, %s (%s)", key->system, key->name, key->profile);
  g_autoptr(SecretValue) secret = secret_value_new(value, -1, "text/plain");
  if (secret_service_store_sync(visit.service, NULL, attributes, SECRET_COLLECTION_DEFAULT, label, secret,
                                mc_deadline_cancellable(visit.deadline), &cause))
    return TRUE;
  return cause ? fail_with(visit.deadline, cause, error) : fail(MC_SECRETS_LOCKED, error);
}

static gboolean
service_erase(McSecretProvider *provider, const McSecretKey *key, GError **error)
{
  g_auto(Visit) visit = {0};
  g_autoptr(Items) items = NULL;
  g_autoptr(GError) cause = NULL;
  if (!visit_begin(&visit, provider, error))
    return FALSE;
  if (visit.state == MC_SECRETS_LOCKED)
    return fail(MC_SECRETS_LOCKED, error);
  if (!search(&visit, key, SECRET_SEARCH_NONE, &items, error))
    return FALSE;
  for (GList *at = items; at; at = at->next) {
    if (secret_item_get_locked(at->data))
      return fail(MC_SECRETS_LOCKED, error);
    if (!secret_item_delete_sync(at->data, mc_deadline_cancellable(visit.deadline), &cause))
      return cause ? fail_with(visit.deadline, cause, error) : fail(MC_SECRETS_LOCKED, error);
  }
  return TRUE;
}

static void
service_free(McSecretProvider *provider)
{
  g_free(provider);
}

static const McSecretOps service_ops = {
    .probe = service_probe,
    .get = service_get,
    .store = service_store,
    .erase = service_erase,
    .free = service_free,
};

McSecretProvider *
mc_secret_service_new(gboolean interactive)
{
  Service *service = g_new0(Service, 1);
  service->base = (McSecretProvider){.ops = &service_ops, .name = "secret-service"};
  service->interactive = interactive;
  return &service->base;
}

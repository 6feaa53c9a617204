/* SPDX-License-Identifier: Apache-2.0 */
/* Against a real gnome-keyring on a bus of the test's own, in every state a desk meets. Daemons are
 * started and ended by pid, die with the test, and hold none of its pipes. */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "motcua/error.h"
#include "secret/secret.h"

#define PASSWORD "mat-khau-thu"
#define VALUE    "Bí mật 0042"

typedef struct {
  char *home, *socket;
  GPid bus, daemon;
} Desk;

/* --- Daemons --- */

static void
child_setup(gpointer data)
{
  (void)data;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GPid
start(char **argv, const char *input)
{
  GPid pid;
  int in;
  g_autoptr(GError) error = NULL;
  gboolean started = g_spawn_async_with_pipes(NULL, argv, NULL,
                                              G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                                  G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                                              child_setup, NULL, &pid, &in, NULL, NULL, &error);
  if (!started)
    g_error("%s", error->message);
  assert_int_equal(write(in, input, strlen(input)), strlen(input));
  close(in);
  return pid;
}

static void
stop(GPid *pid)
{
  if (!*pid)
    return;
  kill(*pid, SIGKILL);
  while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
    ;
  *pid = 0;
}

static gboolean
bus_says(Desk *desk, const char *method, const char *argument)
{
  g_autofree char *address = g_strdup_printf("unix:path=%s", desk->socket);
  g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_sync(
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  if (!bus)
    return FALSE;
  g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
      g_variant_new("(s)", argument), G_VARIANT_TYPE("(b)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean answer = FALSE;
  if (reply)
    g_variant_get(reply, "(b)", &answer);
  return answer;
}

/* The bus answers for its own name. */
static void
await_owner(Desk *desk, const char *name, gboolean owned)
{
  while (bus_says(desk, "NameHasOwner", name) != owned)
    g_usleep(10000);
}

/* No service directories: nothing is activated behind the test's back. */
static void
start_bus(Desk *desk)
{
  g_autofree char *path = g_build_filename(desk->home, "bus.conf", NULL);
  g_autofree char *text =
      g_strdup_printf("<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>"
                      "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
                      "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
                      desk->socket);
  g_autofree char *option = g_strdup_printf("--config-file=%s", path);
  assert_true(g_file_set_contents(path, text, -1, NULL));
  desk->bus = start((char *[]){"dbus-daemon", option, "--nofork", "--nopidfile", "--nosyslog", NULL}, "");
  await_owner(desk, "org.freedesktop.DBus", TRUE);
}

static void
start_keyring(Desk *desk, gboolean unlock)
{
  char *argv[] = {"gnome-keyring-daemon", "--foreground", "--components=secrets", unlock ? "--unlock" : NULL,
                  NULL};
  if (desk->daemon) {
    stop(&desk->daemon);
    await_owner(desk, "org.freedesktop.secrets", FALSE);
  }
  desk->daemon = start(argv, unlock ? PASSWORD : "");
  await_owner(desk, "org.freedesktop.secrets", TRUE);
}

/* --- The desk --- */

static int
setup(void **state)
{
  Desk *desk = g_new0(Desk, 1);
  desk->home = g_dir_make_tmp("motcua-secret-XXXXXX", NULL);
  desk->socket = g_build_filename(desk->home, "socket", NULL);
  g_autofree char *address = g_strdup_printf("unix:path=%s", desk->socket);
  g_setenv("HOME", desk->home, TRUE);
  g_setenv("XDG_DATA_HOME", desk->home, TRUE);
  g_setenv("XDG_RUNTIME_DIR", desk->home, TRUE);
  g_setenv("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  g_unsetenv("DISPLAY");
  *state = desk;
  return 0;
}

static void
remove_tree(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    remove_tree(inner);
  }
  g_remove(path);
}

static int
teardown(void **state)
{
  Desk *desk = *state;
  stop(&desk->daemon);
  stop(&desk->bus);
  remove_tree(desk->home);
  g_free(desk->home);
  g_free(desk->socket);
  g_free(desk);
  return 0;
}

static McSecrets *
secrets_of(const char *spec, const char *profile)
{
  g_autoptr(GError) error = NULL;
  McSecrets *secrets = mc_secrets_new(spec, profile, FALSE, &error);
  assert_null(error);
  assert_non_null(secrets);
  return secrets;
}

static McSecrets *
service(void)
{
  return secrets_of("secret-service", "default");
}

static void
assert_stored(McSecrets *secrets, const char *name, const char *expected)
{
  g_autoptr(GError) error = NULL;
  char *value = NULL;
  if (!mc_secrets_get(secrets, "sys", name, &value, &error))
    fail_msg("%s", error->message);
  if (expected)
    assert_string_equal(value, expected);
  else
    assert_null(value);
  mc_secret_free(value);
}

static void
store(McSecrets *secrets, const char *name, const char *value)
{
  g_autoptr(GError) error = NULL;
  if (!mc_secrets_store(secrets, "sys", name, value, &error))
    fail_msg("%s", error->message);
}

static void
assert_probe(McSecretsState expected, const char *part)
{
  g_autoptr(McSecrets) secrets = service();
  g_autofree char *message = NULL;
  assert_int_equal(mc_secrets_probe(secrets, &message), expected);
  if (part)
    assert_non_null(strstr(message, part));
  else
    assert_null(message);
}

/* Every operation fails, and says why. */
static void
assert_all_refused(const char *part)
{
  g_autoptr(McSecrets) secrets = service();
  GError *error = NULL;
  char *value = NULL;
  assert_false(mc_secrets_get(secrets, "sys", "password", &value, &error));
  assert_mc_error(error, MC_ERROR_SECRETS, part);
  assert_null(value);
  assert_false(mc_secrets_store(secrets, "sys", "password", "other", &error));
  assert_mc_error(error, MC_ERROR_SECRETS, part);
  assert_false(mc_secrets_erase(secrets, "sys", "password", &error));
  assert_mc_error(error, MC_ERROR_SECRETS, part);
}

/* --- A keyring that serves --- */

static void
test_ready(void **state)
{
  start_bus(*state);
  start_keyring(*state, TRUE);
  assert_probe(MC_SECRETS_READY, NULL);
  g_autoptr(McSecrets) secrets = service(), other = secrets_of("secret-service", "other");
  assert_string_equal(mc_secrets_provider(secrets), "secret-service");
  assert_null(mc_secrets_notice(secrets));
  assert_stored(secrets, "password", NULL);
  store(secrets, "password", "first");
  store(secrets, "password", VALUE);
  store(secrets, "username", "canbo01");
  assert_stored(secrets, "password", VALUE);
  assert_stored(other, "password", NULL);
  assert_true(mc_secrets_erase(secrets, "sys", "password", NULL));
  assert_true(mc_secrets_erase(secrets, "sys", "password", NULL));
  assert_stored(secrets, "password", NULL);
  assert_stored(secrets, "username", "canbo01");
}

static gboolean
tree_holds(const char *path, const char *text)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  gboolean found = FALSE;
  while (dir && !found && (name = g_dir_read_name(dir))) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    found = tree_holds(inner, text);
  }
  g_autofree char *bytes = NULL;
  gsize length;
  if (!dir && g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents(path, &bytes, &length, NULL))
    found = memmem(bytes, length, text, strlen(text)) != NULL;
  return found;
}

static void
test_survives_the_session_and_is_not_plain(void **state)
{
  Desk *desk = *state;
  start_bus(desk);
  start_keyring(desk, TRUE);
  g_autoptr(McSecrets) secrets = service();
  store(secrets, "password", VALUE);
  start_keyring(desk, TRUE);
  assert_stored(secrets, "password", VALUE);
  assert_false(tree_holds(desk->home, VALUE));
  assert_true(tree_holds(desk->home, "<listen>")); /* the search finds what is there */
}

/* Locked is not missing: nothing is read as absent, replaced or removed. */
static void
test_locked(void **state)
{
  GError *error = NULL;
  char *value = NULL;
  start_bus(*state);
  start_keyring(*state, TRUE);
  g_autoptr(McSecrets) secrets = service();
  store(secrets, "password", VALUE);
  start_keyring(*state, FALSE);
  assert_probe(MC_SECRETS_LOCKED, "locked");
  assert_all_refused("locked");
  assert_false(mc_secrets_get(secrets, "sys", "never stored", &value, &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "locked");
  start_keyring(*state, TRUE);
  assert_stored(secrets, "password", VALUE);
}

/* Where a prompt is allowed and nothing on the bus can show one, the answer is the same. */
static void
test_locked_and_nobody_to_ask(void **state)
{
  GError *error = NULL;
  char *value = NULL;
  start_bus(*state);
  start_keyring(*state, TRUE);
  g_autoptr(McSecrets) secrets = service();
  store(secrets, "password", VALUE);
  start_keyring(*state, FALSE);
  g_autoptr(McSecrets) asking = mc_secrets_new("secret-service", "default", TRUE, NULL);
  assert_false(mc_secrets_get(asking, "sys", "password", &value, &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "locked");
  assert_false(mc_secrets_store(asking, "sys", "password", "other", &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "locked");
  start_keyring(*state, TRUE);
  assert_stored(secrets, "password", VALUE);
}

/* Counts what the keyring asks of whoever would show a prompt; the bus library refuses each for us. */
static GDBusMessage *
note_call(GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer data)
{
  (void)bus;
  const char *interface = g_dbus_message_get_interface(message);
  if (incoming && g_dbus_message_get_message_type(message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL &&
      !g_strcmp0(interface, "org.gnome.keyring.internal.Prompter"))
    g_atomic_int_inc((int *)data);
  return message;
}

static GDBusConnection *
be_prompter(Desk *desk, int *calls)
{
  g_autofree char *address = g_strdup_printf("unix:path=%s", desk->socket);
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync(
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  assert_non_null(bus);
  g_dbus_connection_add_filter(bus, note_call, calls, NULL);
  g_autoptr(GVariant) owned = g_dbus_connection_call_sync(
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new("(su)", "org.gnome.keyring.SystemPrompter", 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL);
  assert_non_null(owned);
  return bus;
}

static void
test_prompts_only_where_it_may(void **state)
{
  char *value = NULL;
  int calls = 0;
  start_bus(*state);
  start_keyring(*state, TRUE);
  g_autoptr(McSecrets) quiet = service();
  store(quiet, "password", VALUE);
  start_keyring(*state, FALSE);
  g_autoptr(GDBusConnection) prompter = be_prompter(*state, &calls);
  assert_all_refused("locked");
  assert_int_equal(g_atomic_int_get(&calls), 0);
  g_autoptr(McSecrets) asking = mc_secrets_new("secret-service", "default", TRUE, NULL);
  assert_false(mc_secrets_get(asking, "sys", "password", &value, NULL));
  assert_true(g_atomic_int_get(&calls) > 0);
  g_dbus_connection_close_sync(prompter, NULL, NULL);
}

/* --- Keyrings that do not --- */

static void
test_no_collection(void **state)
{
  GError *error = NULL;
  start_bus(*state);
  start_keyring(*state, FALSE);
  assert_probe(MC_SECRETS_NO_COLLECTION, "never set up");
  g_autoptr(McSecrets) secrets = service();
  assert_stored(secrets, "password", NULL); /* certainly not stored */
  assert_false(mc_secrets_store(secrets, "sys", "password", "x", &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "never set up");
  assert_true(mc_secrets_erase(secrets, "sys", "password", NULL));
}

static void
test_no_provider(void **state)
{
  start_bus(*state);
  assert_probe(MC_SECRETS_NO_PROVIDER, "no keyring runs");
  assert_all_refused("no keyring runs");
}

static void
test_no_bus(void **state)
{
  (void)state;
  assert_probe(MC_SECRETS_NO_BUS, "no session bus"); /* an address where nobody listens */
  g_setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:", TRUE);
  assert_probe(MC_SECRETS_NO_BUS, "no session bus");
  g_setenv("DBUS_SESSION_BUS_ADDRESS", "nonsense", TRUE);
  assert_probe(MC_SECRETS_NO_BUS, "no session bus");
  g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
  assert_probe(MC_SECRETS_NO_BUS, "no session bus");
  g_unsetenv("XDG_RUNTIME_DIR");
  assert_probe(MC_SECRETS_NO_BUS, "no session bus");
  assert_all_refused("no session bus");
}

/* Where the address is not written down, the socket's usual place is looked at. */
static void
test_bus_in_its_usual_place(void **state)
{
  Desk *desk = *state;
  g_free(desk->socket);
  desk->socket = g_build_filename(desk->home, "bus", NULL);
  g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
  start_bus(desk);
  assert_probe(MC_SECRETS_NO_PROVIDER, "no keyring runs");
}

static void
test_provider_that_hangs(void **state)
{
  Desk *desk = *state;
  start_bus(desk);
  start_keyring(desk, TRUE);
  kill(desk->daemon, SIGSTOP);
  assert_probe(MC_SECRETS_SLOW, "does not answer");
  assert_all_refused("does not answer");
}

static void
test_bus_that_hangs(void **state)
{
  start_bus(*state);
  kill(((Desk *)*state)->bus, SIGSTOP);
  assert_probe(MC_SECRETS_SLOW, "does not answer");
}

/* --- auto --- */

static void
test_auto(void **state)
{
  Desk *desk = *state;
  g_autoptr(McSecrets) headless = secrets_of("auto", "default");
  assert_string_equal(mc_secrets_provider(headless), "memory");
  assert_non_null(strstr(mc_secrets_notice(headless), "no session bus"));
  assert_int_equal(mc_secrets_probe(headless, NULL), MC_SECRETS_NO_BUS);
  store(headless, "password", "kept here");
  assert_stored(headless, "password", "kept here");
  start_bus(desk);
  start_keyring(desk, TRUE);
  g_autoptr(McSecrets) open = secrets_of("auto", "default");
  assert_string_equal(mc_secrets_provider(open), "secret-service");
  assert_null(mc_secrets_notice(open));
  start_keyring(desk, FALSE);
  g_autoptr(McSecrets) locked = secrets_of("auto", "default");
  assert_string_equal(mc_secrets_provider(locked), "secret-service");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_ready),
      TEST(test_survives_the_session_and_is_not_plain),
      TEST(test_locked),
      TEST(test_locked_and_nobody_to_ask),
      TEST(test_prompts_only_where_it_may),
      TEST(test_no_collection),
      TEST(test_no_provider),
      TEST(test_no_bus),
      TEST(test_bus_in_its_usual_place),
      TEST(test_provider_that_hangs),
      TEST(test_bus_that_hangs),
      TEST(test_auto),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The providers that need no desktop: memory, a descriptor, a helper command. */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "motcua/error.h"
#include "secret/secret.h"

static McSecrets *
open_secrets(const char *spec)
{
  g_autoptr(GError) error = NULL;
  McSecrets *secrets = mc_secrets_new(spec, "default", FALSE, &error);
  if (!secrets)
    fail_msg("%s", error->message);
  return secrets;
}

static void
assert_value(McSecrets *secrets, const char *system, const char *name, const char *expected)
{
  g_autoptr(GError) error = NULL;
  char *value = NULL;
  if (!mc_secrets_get(secrets, system, name, &value, &error))
    fail_msg("%s", error->message);
  if (expected)
    assert_string_equal(value, expected);
  else
    assert_null(value);
  mc_secret_free(value);
}

static void
assert_refused(McSecrets *secrets, const char *part)
{
  GError *error = NULL;
  char *value = NULL;
  assert_false(mc_secrets_get(secrets, "sys", "password", &value, &error));
  assert_mc_error(error, MC_ERROR_SECRETS, part);
  assert_null(value);
}

static void
round_trip(McSecrets *secrets)
{
  assert_value(secrets, "sys", "password", NULL);
  assert_true(mc_secrets_store(secrets, "sys", "password", "first", NULL));
  assert_true(mc_secrets_store(secrets, "sys", "password", "hai = 2 'á'", NULL));
  assert_true(mc_secrets_store(secrets, "sys", "token", "t", NULL));
  assert_value(secrets, "sys", "password", "hai = 2 'á'");
  assert_value(secrets, "other", "password", NULL);
  assert_true(mc_secrets_erase(secrets, "sys", "password", NULL));
  assert_true(mc_secrets_erase(secrets, "sys", "password", NULL));
  assert_value(secrets, "sys", "password", NULL);
  assert_value(secrets, "sys", "token", "t");
}

/* --- Specs and memory --- */

static void
test_bad_specs(void **state)
{
  static const char *const specs[][2] = {
      {"vault", "vault"},       {"fd:", "fd:"}, {"fd:x", "fd:x"},        {"fd:-1", "fd:-1"},
      {"keychain", "keychain"}, {"", "auto"},   {"command:", "command"}, {"command:a 'b", "command"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(specs); i++) {
    GError *error = NULL;
    assert_null(mc_secrets_new(specs[i][0], "default", FALSE, &error));
    assert_mc_error(error, MC_ERROR_CONFIG, specs[i][1]);
  }
}

static void
test_memory(void **state)
{
  (void)state;
  g_autoptr(McSecrets) secrets = open_secrets("memory");
  assert_string_equal(mc_secrets_provider(secrets), "memory");
  assert_null(mc_secrets_notice(secrets));
  assert_int_equal(mc_secrets_probe(secrets, NULL), MC_SECRETS_READY);
  round_trip(secrets);
}

static void
test_values_are_one_bounded_line(void **state)
{
  (void)state;
  g_autoptr(McSecrets) secrets = open_secrets("memory");
  g_autofree char *longest = g_strnfill(MC_SECRET_MAX, 'x'), *longer = g_strnfill(MC_SECRET_MAX + 1, 'x');
  const char *const bad[] = {"", "a\nb", "a\r", longer};
  GError *error = NULL;
  assert_true(mc_secrets_store(secrets, "sys", "password", longest, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    assert_false(mc_secrets_store(secrets, "sys", "password", bad[i], &error));
    assert_mc_error(error, MC_ERROR_SECRETS, "one line");
  }
  assert_false(mc_secrets_store(secrets, "sys\nusername=x", "password", "v", &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "one line");
  assert_value(secrets, "sys", "password", longest);
}

/* --- A descriptor --- */

/* The reading end of a pipe that holds `text`. */
static int
handed(const char *text, gsize length, int *writer)
{
  int ends[2];
  assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, NULL));
  assert_int_equal(write(ends[1], text, length), length);
  if (writer)
    *writer = ends[1];
  else
    close(ends[1]);
  return ends[0];
}

static McSecrets *
from_fd(int fd, GError **error)
{
  g_autofree char *spec = g_strdup_printf("fd:%d", fd);
  return mc_secrets_new(spec, "default", FALSE, error);
}

static void
test_fd(void **state)
{
  static const char text[] = "\nprotocol=motcua\nhost=sys\nusername=password\npassword=a=b c\n\n\n"
                             "host=sys\r\nusername=token\r\npassword=\r\n\r\n"
                             "host=sys\npath=other\nusername=private\npassword=z\n\n"
                             "host=two\npath=default\nusername=password\nwhatever=1\npassword=last";
  (void)state;
  int fd = handed(text, strlen(text), NULL);
  g_autoptr(McSecrets) secrets = from_fd(fd, NULL);
  assert_string_equal(mc_secrets_provider(secrets), "fd");
  assert_value(secrets, "sys", "password", "a=b c");
  assert_value(secrets, "sys", "token", "");
  assert_value(secrets, "sys", "private", NULL);
  assert_value(secrets, "two", "password", "last");
  assert_int_equal(fcntl(fd, F_GETFD), -1); /* nobody else reads what is left */
  assert_true(mc_secrets_store(secrets, "sys", "password", "new", NULL));
  assert_value(secrets, "sys", "password", "new");
}

static void
test_fd_with_a_fault(void **state)
{
  static const struct {
    const char *text;
    gsize length;
    const char *part;
  } faults[] = {
      {"host=sys\nbi-mat\n", 16, "line 2"},
      {"host=sys\nusername=u\n\n", 21, "line 3"},
      {"host=sys\nusername=u", 19, "line 2"},
      {"=bi-mat\n", 8, "line 1"},
      {"host=sys\npassword=bi-mat\0x\n", 27, "line 2"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    GError *error = NULL;
    assert_null(from_fd(handed(faults[i].text, faults[i].length, NULL), &error));
    assert_null(strstr(error->message, "bi-mat"));
    assert_mc_error(error, MC_ERROR_CONFIG, faults[i].part);
  }
}

static void
test_fd_that_cannot_be_read(void **state)
{
  GError *error = NULL;
  int writer;
  (void)state;
  assert_null(from_fd(handed("host=sys\n", 9, &writer), &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "in time");
  close(writer);
  int fd = handed("", 0, NULL);
  close(fd);
  assert_null(from_fd(fd, &error));
  assert_mc_error(error, MC_ERROR_CONFIG, "fd:");
}

/* --- A helper --- */

typedef struct {
  char *path; /* of a directory */
} Place;

static int
setup(void **state)
{
  Place *place = g_new0(Place, 1);
  place->path = g_dir_make_tmp("motcua-helper-XXXXXX", NULL);
  *state = place;
  return 0;
}

static int
teardown(void **state)
{
  Place *place = *state;
  g_autoptr(GDir) dir = g_dir_open(place->path, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name(dir))) {
    g_autofree char *inner = g_build_filename(place->path, name, NULL);
    g_remove(inner);
  }
  g_rmdir(place->path);
  g_free(place->path);
  g_free(place);
  return 0;
}

static char *
inside(Place *place, const char *name)
{
  return g_build_filename(place->path, name, NULL);
}

static char *
read_inside(Place *place, const char *name)
{
  g_autofree char *path = inside(place, name);
  char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

/* A helper that is a shell script with $HERE for its directory. */
static McSecrets *
helper(Place *place, const char *script)
{
  g_autofree char *path = inside(place, "helper script");
  g_autofree char *text = g_strdup_printf("#!/bin/sh\nHERE='%s'\n%s\n", place->path, script);
  g_autofree char *spec = g_strdup_printf("command:'%s' --flag 'two words'", path);
  assert_true(g_file_set_contents(path, text, -1, NULL));
  assert_int_equal(g_chmod(path, 0700), 0);
  return open_secrets(spec);
}

static void
test_helper_is_asked_as_git_asks(void **state)
{
  g_autoptr(McSecrets) secrets =
      helper(*state, "cat >\"$HERE/in\"; printf '%s|' \"$@\" >\"$HERE/args\"; echo password=x");
  assert_string_equal(mc_secrets_provider(secrets), "command");
  assert_value(secrets, "sys", "token", "x");
  assert_text(read_inside(*state, "in"), "protocol=motcua\nhost=sys\npath=default\nusername=token\n\n");
  assert_text(read_inside(*state, "args"), "--flag|two words|get|");
  assert_true(mc_secrets_store(secrets, "sys", "token", "v v", NULL));
  assert_text(read_inside(*state, "in"),
              "protocol=motcua\nhost=sys\npath=default\nusername=token\npassword=v v\n\n");
  assert_text(read_inside(*state, "args"), "--flag|two words|store|");
  assert_true(mc_secrets_erase(secrets, "sys", "token", NULL));
  assert_text(read_inside(*state, "args"), "--flag|two words|erase|");
}

static void
test_helper_that_never_reads(void **state)
{
  g_autoptr(McSecrets) secrets = helper(*state, "exec true");
  g_autofree char *longest = g_strnfill(MC_SECRET_MAX, 'x');
  assert_value(secrets, "sys", "password", NULL);
  assert_true(mc_secrets_store(secrets, "sys", "password", longest, NULL));
}

/* git's own naming: `store` is no program, git-credential-store is one. */
static void
test_helper_of_git(void **state)
{
  g_autofree char *path = inside(*state, "store");
  g_autofree char *spec = g_strdup_printf("command:store --file='%s'", path);
  g_autoptr(McSecrets) secrets = open_secrets(spec);
  assert_int_equal(mc_secrets_probe(secrets, NULL), MC_SECRETS_READY);
  round_trip(secrets);
}

static void
test_helper_in_the_shell(void **state)
{
  g_autofree char *spec = g_strdup_printf("command:!f() { echo \"password=$1-$PPID\" | cut -d- -f1; }; f");
  g_autoptr(McSecrets) secrets = open_secrets(spec);
  (void)state;
  assert_value(secrets, "sys", "password", "get");
}

static void
test_helper_that_fails(void **state)
{
  g_autoptr(McSecrets) secrets = helper(*state, "echo password=x; exit 7");
  g_autofree char *message = NULL;
  GError *error = NULL;
  assert_refused(secrets, "status 7");
  assert_false(mc_secrets_store(secrets, "sys", "password", "v", &error));
  assert_mc_error(error, MC_ERROR_SECRETS, "status 7");
  assert_int_equal(mc_secrets_probe(secrets, &message), MC_SECRETS_BROKEN);
  assert_non_null(strstr(message, "status 7"));
}

static void
test_helper_that_talks_wrongly(void **state)
{
  g_autoptr(McSecrets) words = helper(*state, "echo hello");
  assert_refused(words, "cannot be read");
  g_autoptr(McSecrets) flood = helper(*state, "exec cat /dev/zero");
  assert_refused(flood, "cannot be read");
  g_autoptr(McSecrets) killed = helper(*state, "kill -9 $$");
  assert_refused(killed, "cannot be read");
}

static void
test_helper_that_is_not_there(void **state)
{
  g_autofree char *path = inside(*state, "nothing");
  g_autofree char *spec = g_strdup_printf("command:%s --token=bi-mat", path);
  g_autoptr(McSecrets) secrets = open_secrets(spec);
  g_autofree char *message = NULL;
  assert_int_equal(mc_secrets_probe(secrets, &message), MC_SECRETS_NO_PROVIDER);
  assert_non_null(strstr(message, "nothing"));
  assert_null(strstr(message, "bi-mat"));
  assert_refused(secrets, "cannot be started");
}

static pid_t
noted_pid(Place *place)
{
  g_autofree char *text = read_inside(place, "pid");
  return (pid_t)g_ascii_strtoll(text, NULL, 10);
}

/* Gone, or a zombie that waits for whoever adopted it. */
static gboolean
is_gone(pid_t pid)
{
  g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid), *text = NULL;
  return !g_file_get_contents(path, &text, NULL, NULL) || strstr(text, ") Z ");
}

static void
test_helper_that_hangs_is_killed_with_its_children(void **state)
{
  g_autoptr(McSecrets) secrets = helper(*state, "sleep 600 & echo $! >\"$HERE/pid\"; wait");
  g_autofree char *message = NULL;
  assert_int_equal(mc_secrets_probe(secrets, &message), MC_SECRETS_SLOW);
  assert_non_null(strstr(message, "in time"));
  pid_t pid = noted_pid(*state);
  while (!is_gone(pid))
    g_usleep(1000);
}

/* As credential-cache does: what stays behind holds the pipes, and is left in peace. */
static void
test_helper_that_leaves_a_daemon(void **state)
{
  g_autoptr(McSecrets) secrets = helper(*state, "sleep 600 & echo $! >\"$HERE/pid\"; echo password=x");
  assert_value(secrets, "sys", "password", "x");
  pid_t pid = noted_pid(*state);
  assert_false(is_gone(pid));
  kill(pid, SIGKILL);
}

static void
note_message(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  (void)domain, (void)level;
  g_string_append(data, message);
}

static void
test_helper_complains_in_the_log(void **state)
{
  g_autoptr(GString) log = g_string_new(NULL);
  g_autoptr(McSecrets) secrets = helper(*state, "printf 'no\\033[2J agent' >&2; echo password=bi-mat");
  GLogFunc before = g_log_set_default_handler(note_message, log);
  assert_value(secrets, "sys", "password", "bi-mat");
  g_log_set_default_handler(before, NULL);
  assert_non_null(strstr(log->str, "agent"));
  assert_null(strchr(log->str, '\033'));
  assert_null(strstr(log->str, "bi-mat"));
}

#define PLACED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bad_specs),
      cmocka_unit_test(test_memory),
      cmocka_unit_test(test_values_are_one_bounded_line),
      cmocka_unit_test(test_fd),
      cmocka_unit_test(test_fd_with_a_fault),
      cmocka_unit_test(test_fd_that_cannot_be_read),
      PLACED(test_helper_is_asked_as_git_asks),
      PLACED(test_helper_that_never_reads),
      PLACED(test_helper_of_git),
      PLACED(test_helper_in_the_shell),
      PLACED(test_helper_that_fails),
      PLACED(test_helper_that_talks_wrongly),
      PLACED(test_helper_that_is_not_there),
      PLACED(test_helper_that_hangs_is_killed_with_its_children),
      PLACED(test_helper_that_leaves_a_daemon),
      PLACED(test_helper_complains_in_the_log),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

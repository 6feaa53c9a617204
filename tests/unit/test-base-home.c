/* SPDX-License-Identifier: Apache-2.0 */
/* A profile's directories, its configuration, INI files with positions, files replaced whole, languages. */
#include "unit.h"
#include "base/hours.h"
#include "motcua/error.h"
#include "motcua/home.h"
#include "motcua/i18n.h"
#include "motcua/log.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *root;

static int
setup(void **state)
{
  (void)state;
  root = g_dir_make_tmp("motcua-home-XXXXXX", NULL);
  g_setenv("MOTCUA_HOME", root, TRUE);
  static const char *const bases[] = {"CONFIG", "DATA", "STATE", "CACHE"};
  for (gsize i = 0; i < G_N_ELEMENTS(bases); i++) {
    g_autofree char *name = g_strdup_printf("XDG_%s_HOME", bases[i]),
                    *dir = g_build_filename(root, "xdg", bases[i], NULL);
    g_setenv(name, dir, TRUE);
  }
  g_autofree char *data = g_build_filename(root, "installed", NULL);
  g_setenv("MOTCUA_DATADIR", data, TRUE);
  return root ? 0 : -1;
}

static void
remove_tree(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  g_remove(path);
}

static int
teardown(void **state)
{
  (void)state;
  remove_tree(root);
  g_free(root);
  return 0;
}

static void
put(const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename(root, path, NULL), *dir = g_path_get_dirname(whole);

  g_mkdir_with_parents(dir, 0700);
  assert_true(g_file_set_contents(whole, text, -1, NULL));
}

static int
mode_of(const char *path)
{
  GStatBuf info;

  assert_int_equal(g_stat(path, &info), 0);
  return (int)(info.st_mode & 07777);
}

static McHome *
open_home(const char *profile)
{
  g_autoptr(GError) error = NULL;
  McHome *home = mc_home_open(profile, &error);

  if (!home)
    fail_msg("%s", error->message);
  return home;
}

static void
check_config_fault(const char *config, const char *where, const char *says)
{
  GError *error = NULL;

  put("config/config.ini", config);
  assert_null(mc_home_open(NULL, &error));
  if (!strstr(error->message, where))
    fail_msg("“%s” is not at %s", error->message, where);
  assert_mc_error(error, MC_ERROR_CONFIG, says);
  put("config/config.ini", "");
}

static void
directories_are_private(void **state)
{
  g_autoptr(McHome) home = open_home(NULL);
  (void)state;
  for (int dir = MC_DIR_CONFIG; dir <= MC_DIR_CACHE; dir++)
    assert_int_equal(mode_of(mc_home_dir(home, (McDir)dir)), 0700);
  assert_string_equal(mc_home_profile(home), "default");
  assert_true(g_str_has_prefix(mc_home_dir(home, MC_DIR_STATE), root));
}

static void
open_directories_are_tightened(void **state)
{
  g_autofree char *data = g_build_filename(root, "data", NULL);
  (void)state;
  g_mkdir_with_parents(data, 0700);
  g_chmod(data, 0755);
  mc_home_unref(open_home(NULL));
  assert_int_equal(mode_of(data), 0700);
}

static void
profiles_stand_apart(void **state)
{
  g_autoptr(McHome) home = open_home("demo-2");
  g_autofree char *expected = g_build_filename(root, "config", "profiles", "demo-2", NULL);
  (void)state;
  assert_string_equal(mc_home_dir(home, MC_DIR_CONFIG), expected);
  assert_int_equal(mode_of(expected), 0700);
}

static void
xdg_directories_are_used(void **state)
{
  (void)state;
  g_unsetenv("MOTCUA_HOME");
  g_autoptr(McHome) home = open_home(NULL);
  g_autoptr(McHome) other = open_home("b");
  g_setenv("MOTCUA_HOME", root, TRUE);
  g_autofree char *state_dir = g_build_filename(root, "xdg", "STATE", "motcua", NULL);
  g_autofree char *cache_dir = g_build_filename(root, "xdg", "CACHE", "motcua", "profiles", "b", NULL);
  assert_string_equal(mc_home_dir(home, MC_DIR_STATE), state_dir);
  assert_string_equal(mc_home_dir(other, MC_DIR_CACHE), cache_dir);
  assert_int_equal(mode_of(state_dir), 0700);
}

static void
profile_names_are_checked(void **state)
{
  static const char *const bad[] = {"", "../x", "A", "a b", "x/y", "\x1B"};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    GError *error = NULL;
    assert_null(mc_home_open(bad[i], &error));
    assert_null(strchr(error->message, 0x1B));
    assert_mc_error(error, MC_ERROR_USAGE, "profile");
  }
}

static void
a_file_in_the_way_is_told(void **state)
{
  GError *error = NULL;
  (void)state;
  put("config/profiles/blocked", "");
  assert_null(mc_home_open("blocked", &error));
  assert_mc_error(error, MC_ERROR_STORE, "config/profiles/blocked");
}

static void
files_of_a_person_win(void **state)
{
  g_autoptr(McHome) home = open_home(NULL);
  (void)state;
  put("installed/themes/mono.theme", "installed");
  put("installed/themes/default.theme", "installed");
  put("config/themes/mono.theme", "own");
  put("config/themes/.hidden.theme", "");
  g_autofree char *mono = mc_home_find(home, "themes", "mono.theme");
  g_autofree char *fallback = mc_home_find(home, "themes", "default.theme");
  assert_true(strstr(mono, "/config/themes/") && strstr(fallback, "/installed/themes/"));
  assert_null(mc_home_find(home, "themes", "absent.theme"));
  assert_null(mc_home_find(home, "themes", "../themes/mono.theme"));
  g_auto(GStrv) names = mc_home_names(home, "themes", ".theme");
  assert_text(g_strjoinv(" ", names), "default mono");
  g_auto(GStrv) none = mc_home_names(home, "nothing", ".theme");
  assert_int_equal(g_strv_length(none), 0);
}

static void
defaults_are_filled_in(void **state)
{
  put("config/config.ini", "# nothing\n");
  g_autoptr(McHome) home = open_home(NULL);
  const McConfig *config = mc_home_config(home);
  (void)state;
  assert_string_equal(config->language, "");
  assert_string_equal(config->secrets, "auto");
  assert_string_equal(config->timezone, "Asia/Ho_Chi_Minh");
  assert_string_equal(config->hours, "07:00-11:30,13:30-17:00");
  assert_string_equal(config->workdays, "mon-fri");
  assert_int_equal(config->sync_interval, 300);
  assert_int_equal(config->undo, 8);
  assert_int_equal(config->due_soon, 480);
  assert_int_equal(config->timeout, 30);
}

static void
settings_are_read(void **state)
{
  put("config/config.ini",
      "\xEF\xBB\xBF[motcua]\r\nlanguage=en\r\n undo = 0 \r\nsecrets = command:pass show x=y\r\n"
      "; a comment\r\nhours = 08:00-12:00\r\n");
  g_autoptr(McHome) home = open_home(NULL);
  const McConfig *config = mc_home_config(home);
  (void)state;
  assert_string_equal(config->language, "en");
  assert_int_equal(config->undo, 0);
  assert_string_equal(config->secrets, "command:pass show x=y");
  assert_string_equal(config->hours, "08:00-12:00");
}

static void
settings_out_of_range_are_placed(void **state)
{
  (void)state;
  check_config_fault("[motcua]\nundo = 601\n", "config.ini:2:8: ", "0 to 600");
  check_config_fault("[motcua]\nundo = 8s\n", "config.ini:2:8: ", "whole number");
  check_config_fault("[motcua]\nundo =\n", "config.ini:2:7: ", "whole number");
  check_config_fault("[motcua]\nlanguage = fr\n", ":2:12: ", "vi or en");
  check_config_fault("[motcua]\nsecrets = fd:x\n", ":2:11: ", "fd:N");
  check_config_fault("[motcua]\nsecrets = command:\n", ":2:11: ", "command:CMD");
  check_config_fault("[motcua]\nhours = 9-5\n", ":2:9: ", "07:00");
  check_config_fault("[motcua]\nworkdays = all\n", ":2:12: ", "mon-fri");
  check_config_fault("[motcua]\ntimezone = Moon/Sea\n", ":2:12: ", "Asia/Ho_Chi_Minh");
  check_config_fault("[motcua]\ntheme = ../x\n", ":2:9: ", "theme");
}

static void
unknown_settings_are_placed(void **state)
{
  (void)state;
  check_config_fault("[motcua]\n\n langage = vi\n", "config.ini:3:2: ", "did you mean “language”?");
  check_config_fault("[motcua]\ncolour = red\n", "config.ini:2:1: ", "expected one of");
  check_config_fault("[other]\nundo = 8\n", "config.ini:2:1: ", "[motcua]");
  check_config_fault("undo = 8\n", "config.ini:1:1: ", "[motcua]");
}

static McIni *
parse(const char *text)
{
  g_autoptr(GError) error = NULL;
  McIni *ini = mc_ini_parse("x.ini", text, -1, &error);

  if (!ini)
    fail_msg("%s", error->message);
  return ini;
}

static void
entries_have_positions(void **state)
{
  g_autoptr(McIni) ini = parse("# c\n[một cửa]\n  tên  =  giá trị = 1 \n\n[b]\nk=\n");
  const McIniEntry *first = mc_ini_entry(ini, 0), *second = mc_ini_entry(ini, 1);
  (void)state;
  assert_int_equal(mc_ini_count(ini), 2);
  assert_string_equal(first->section, "một cửa");
  assert_string_equal(first->key, "tên");
  assert_string_equal(first->value, "giá trị = 1");
  assert_int_equal(first->line, 3);
  assert_int_equal(first->key_column, 3);
  assert_int_equal(first->value_column, 11);
  assert_string_equal(second->value, "");
  assert_int_equal(second->value_column, 3);
  assert_string_equal(mc_ini_get(ini, "b", "k"), "");
  assert_null(mc_ini_get(ini, "a", "k"));
  assert_string_equal(mc_ini_name(ini), "x.ini");
}

static void
sections_may_be_opened_again(void **state)
{
  g_autoptr(McIni) ini = parse("[a]\nx=1\n[b]\nx=2\n[a]\ny=3");
  (void)state;
  assert_string_equal(mc_ini_get(ini, "a", "y"), "3");
  assert_string_equal(mc_ini_get(ini, "b", "x"), "2");
}

static void
a_fault_names_its_entry(void **state)
{
  g_autoptr(McIni) ini = parse("[a]\nkey = value\n");
  GError *error = NULL;
  (void)state;
  assert_false(mc_ini_fault(ini, mc_ini_entry(ini, 0), &error, "bad %s", "x\x1B"));
  assert_mc_error(error, MC_ERROR_CONFIG, "x.ini:2:7: bad x\xEF\xBF\xBD");
}

static void
broken_ini_files_are_placed(void **state)
{
  static const struct {
    const char *text, *where;
  } bad[] = {
      {"[a]\nhello\n", "x.ini:2:1: "},
      {"[a]\n = x\n", "x.ini:2:2: "},
      {"[a]\nx=1\n  x=2\n", "x.ini:3:3: "},
      {"[a]\nx=1\n[b]\n[a]\nx=2\n", "x.ini:5:1: "},
      {"[a\nx=1\n", "x.ini:1:1: "},
      {"[a] b\n", "x.ini:1:4: "},
      {"[ ]\n", "x.ini:1:1: "},
      {"[a]\nđ=\xFF\n", "x.ini:2:3: "},
      {"[a]\nx=\x1B\n", "x.ini:2:3: "},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    GError *error = NULL;
    assert_null(mc_ini_parse("x.ini", bad[i].text, -1, &error));
    assert_mc_error(error, MC_ERROR_CONFIG, bad[i].where);
  }
}

static void
nul_and_size_are_refused(void **state)
{
  g_autofree char *huge = g_strnfill(1024 * 1024 + 1, '#');
  GError *error = NULL;
  (void)state;
  assert_null(mc_ini_parse("x.ini", "a\0b", 3, &error));
  assert_mc_error(error, MC_ERROR_CONFIG, "x.ini:1:2: ");
  assert_null(mc_ini_parse("x.ini", huge, -1, &error));
  assert_mc_error(error, MC_ERROR_CONFIG, "1 MiB");
  assert_null(mc_ini_load("/nonexistent/x.ini", &error));
  assert_mc_error(error, MC_ERROR_CONFIG, "/nonexistent/x.ini");
}

static void
hostile_ini_never_crashes(void **state)
{
  static const char alphabet[] = "[]=#; \n\r\tab\xC4\x91\xFF\x01";
  guint64 seed = 3;
  (void)state;
  for (int round = 0; round < 5000; round++) {
    char text[40];
    gsize n = unit_random(&seed) % sizeof text;
    for (gsize i = 0; i < n; i++)
      text[i] = alphabet[unit_random(&seed) % sizeof alphabet];
    g_autoptr(GError) error = NULL;
    g_autoptr(McIni) ini = mc_ini_parse("x.ini", text, (gssize)n, &error);
    assert_true((ini == NULL) == (error != NULL));
  }
}

static void
files_are_replaced_whole(void **state)
{
  g_autofree char *path = g_build_filename(root, "file", NULL), *text = NULL;
  GError *error = NULL;
  (void)state;
  assert_true(mc_file_replace(path, "một", -1, NULL));
  assert_true(mc_file_replace(path, "hai", -1, NULL));
  assert_int_equal(mode_of(path), 0600);
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  assert_string_equal(text, "hai");
  assert_false(mc_file_replace("/nonexistent/dir/file", "x", -1, &error));
  assert_mc_error(error, MC_ERROR_STORE, "/nonexistent/dir/file");
}

static void
hours_are_read(void **state)
{
  McHours hours;
  guint days;
  (void)state;
  assert_true(mc_hours_parse("07:00-11:30, 13:30-24:00", &hours));
  assert_int_equal(hours.count, 2);
  assert_int_equal(hours.spans[1].end, 86400);
  assert_false(mc_hours_parse("07:00-07:00", &hours));
  assert_false(mc_hours_parse("07:00-08:60", &hours));
  assert_true(mc_workdays_parse("Mon-Wed, sat", &days));
  assert_int_equal(days, 0x27);
}

static void
check_language(const char *language, const char *lc_all, const char *lang, const char *asked,
               const char *expected)
{
  g_setenv("LANGUAGE", language, TRUE);
  g_setenv("LC_ALL", lc_all, TRUE);
  g_setenv("LANG", lang, TRUE);
  mc_i18n_init(asked);
  assert_string_equal(mc_i18n_language(), expected);
}

static void
languages_are_found(void **state)
{
  (void)state;
  check_language("", "C.UTF-8", "", NULL, "vi");
  check_language("", "", "", NULL, "vi");
  check_language("", "", "en_US.UTF-8", NULL, "en");
  check_language("", "vi_VN.UTF-8", "en_US.UTF-8", NULL, "vi");
  check_language("fr:en", "", "", NULL, "en");
  check_language("", "fr_FR.UTF-8", "", NULL, "vi");
  check_language("en", "en_US", "en", "vi", "vi");
  check_language("vi", "C", "", "en", "en");
  check_language("english", "", "", NULL, "vi");
}

/* A catalogue in a host's locale that has none of its own, and the change to another language and back. */
static void
messages_are_translated(void **state)
{
  g_autofree char *data = g_build_filename(root, "catalogue", NULL);
  g_autofree char *po = g_build_filename(root, "catalogue", "locale", "vi", "LC_MESSAGES", "vi.po", NULL);
  g_autofree char *mo = g_build_filename(root, "catalogue", "locale", "vi", "LC_MESSAGES", "motcua.mo", NULL);
  const char *argv[] = {"msgfmt", "-o", mo, po, NULL};
  int status = -1;
  (void)state;
  put("catalogue/locale/vi/LC_MESSAGES/vi.po", "msgid \"\"\nmsgstr \"Content-Type: text/plain; "
                                               "charset=UTF-8\\n\"\n\nmsgid \"door\"\nmsgstr \"cửa\"\n");
  assert_true(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  assert_int_equal(status, 0);
  g_setenv("MOTCUA_DATADIR", data, TRUE);
  check_language("", "C", "", "vi", "vi");
  assert_string_equal(_("door"), "cửa");
  mc_i18n_set_language("en");
  assert_string_equal(_("door"), "door");
  mc_i18n_set_language("vi");
  assert_string_equal(_("door"), "cửa");
  g_setenv("LC_ALL", "xx_XX.ISO-8859-1", TRUE); /* a locale that no host has */
  mc_i18n_init("vi");
  assert_string_equal(_("door"), "cửa");
}

static void
the_log_is_private_and_clean(void **state)
{
  g_autoptr(McHome) home = open_home(NULL);
  g_autofree char *path = mc_home_path(home, MC_DIR_STATE, "motcua.log"),
                  *old = g_strconcat(path, ".1", NULL);
  g_autofree char *text = NULL, *long_line = g_strnfill(3000, 'x');
  (void)state;
  mc_log_open(home, FALSE);
  g_message("một\x1B cửa");
  g_debug("unseen");
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  assert_non_null(strstr(text, "message: một\xEF\xBF\xBD cửa\n"));
  assert_null(strstr(text, "unseen"));
  assert_int_equal(mode_of(path), 0600);
  for (int i = 0; i < 400; i++)
    g_info("%s", long_line);
  GStatBuf info;
  assert_int_equal(g_stat(path, &info), 0);
  assert_true(info.st_size > 0 && info.st_size <= 1024 * 1024);
  assert_int_equal(g_stat(old, &info), 0);
  assert_true(info.st_size <= 1024 * 1024);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(directories_are_private),
      cmocka_unit_test(open_directories_are_tightened),
      cmocka_unit_test(profiles_stand_apart),
      cmocka_unit_test(xdg_directories_are_used),
      cmocka_unit_test(profile_names_are_checked),
      cmocka_unit_test(a_file_in_the_way_is_told),
      cmocka_unit_test(files_of_a_person_win),
      cmocka_unit_test(defaults_are_filled_in),
      cmocka_unit_test(settings_are_read),
      cmocka_unit_test(settings_out_of_range_are_placed),
      cmocka_unit_test(unknown_settings_are_placed),
      cmocka_unit_test(entries_have_positions),
      cmocka_unit_test(sections_may_be_opened_again),
      cmocka_unit_test(a_fault_names_its_entry),
      cmocka_unit_test(broken_ini_files_are_placed),
      cmocka_unit_test(nul_and_size_are_refused),
      cmocka_unit_test(hostile_ini_never_crashes),
      cmocka_unit_test(files_are_replaced_whole),
      cmocka_unit_test(hours_are_read),
      cmocka_unit_test(the_log_is_private_and_clean),
      cmocka_unit_test(languages_are_found),
      cmocka_unit_test(messages_are_translated),
  };

  return cmocka_run_group_tests_name("home", tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: every way of tampering with it is found and the line named; a torn line is closed off. */
#include "store.h"

#include "motcua/journal.h"

static void
append(Desk *desk, const char *event)
{
  g_autoptr(GError) error = NULL;
  assert_true(mc_journal_append(desk->home, desk->clock, &error, event, "system", "mot-cua", "none", NULL,
                                "text", "dòng\n\"hai\"", NULL));
  no_error(error);
}

static void
fill(Desk *desk)
{
  append(desk, "login");
  append(desk, "action");
  append(desk, "outcome");
  append(desk, "logout");
}

static char *
log_path(Desk *desk)
{
  return mc_home_path(desk->home, MC_DIR_STATE, "audit.log");
}

static char **
read_lines(Desk *desk)
{
  g_autofree char *path = log_path(desk), *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return g_strsplit(text, "\n", -1);
}

static void
write_text(Desk *desk, const char *text)
{
  g_autofree char *path = log_path(desk);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
expect_fault(Desk *desk, const char *line)
{
  g_autoptr(GError) error = NULL;
  guint64 lines;
  if (mc_journal_verify(desk->home, &lines, &error))
    fail_msg("not found: %s", line);
  assert_int_equal(error->code, MC_ERROR_FAILED);
  if (!strstr(error->message, line))
    fail_msg("\"%s\" does not name \"%s\"", error->message, line);
}

static gboolean
count(const char *json, gpointer data)
{
  assert_true(g_str_has_prefix(json, "{\"seq\":"));
  (*(guint *)data)++;
  return *(guint *)data < 3;
}

static void
whole(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  guint64 lines = 9;
  guint seen = 0;
  assert_true(mc_journal_verify(desk->home, &lines, &error));
  assert_int_equal(lines, 0);
  assert_true(mc_journal_read(desk->home, count, &seen, &error) && seen == 0);
  fill(desk);
  assert_true(mc_journal_verify(desk->home, &lines, &error));
  no_error(error);
  assert_int_equal(lines, 4);
  assert_true(mc_journal_read(desk->home, count, &seen, &error) && seen == 3);
  g_auto(GStrv) text = read_lines(desk);
  assert_true(g_str_has_prefix(text[1], "{\"seq\":2,\"at\":\"2026-11-22T10:00:00+07:00\""));
  assert_non_null(strstr(text[1], "\"event\":\"action\",\"system\":\"mot-cua\",\"text\":\"dòng "));
  assert_null(strstr(text[1], "\"none\""));
}

static void
changed_line(void **state)
{
  Desk *desk = *state;
  fill(desk);
  g_auto(GStrv) lines = read_lines(desk);
  *strstr(lines[1], "mot-cua") = 'M';
  g_autofree char *text = g_strjoinv("\n", lines);
  write_text(desk, text);
  expect_fault(desk, "line 2");
}

static void
changed_last_line(void **state)
{
  Desk *desk = *state;
  fill(desk);
  g_auto(GStrv) lines = read_lines(desk);
  *strstr(lines[3], "mot-cua") = 'M';
  g_autofree char *text = g_strjoinv("\n", lines);
  write_text(desk, text);
  expect_fault(desk, "line 4");
}

static void
dropped_line(void **state)
{
  Desk *desk = *state;
  fill(desk);
  g_auto(GStrv) lines = read_lines(desk);
  g_autofree char *text = g_strdup_printf("%s\n%s\n%s\n", lines[0], lines[2], lines[3]);
  write_text(desk, text);
  expect_fault(desk, "line 2");
}

static void
inserted_line(void **state)
{
  Desk *desk = *state;
  fill(desk);
  g_auto(GStrv) lines = read_lines(desk);
  g_autofree char *text =
      g_strdup_printf("%s\n%s\n%s\n%s\n%s\n", lines[0], lines[1], lines[1], lines[2], lines[3]);
  write_text(desk, text);
  expect_fault(desk, "line 3");
}

static void
cut_off(void **state)
{
  Desk *desk = *state;
  fill(desk);
  g_auto(GStrv) lines = read_lines(desk);
  g_autofree char *text = g_strdup_printf("%s\n%s\n", lines[0], lines[1]);
  write_text(desk, text);
  expect_fault(desk, "line 2");
}

static void
torn(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  guint64 count_of;
  fill(desk);
  g_auto(GStrv) lines = read_lines(desk);
  g_autofree char *half = g_strndup(lines[3], strlen(lines[3]) / 2);
  g_autofree char *text = g_strdup_printf("%s\n%s\n%s\n%s\n%s", lines[0], lines[1], lines[2], lines[3], half);
  write_text(desk, text);
  expect_fault(desk, "line 5");
  append(desk, "start");
  assert_true(mc_journal_verify(desk->home, &count_of, &error) || (no_error(error), FALSE));
  assert_int_equal(count_of, 6);
  g_auto(GStrv) after = read_lines(desk);
  assert_non_null(strstr(after[5], "\"torn\":\""));
  /* What was torn may not be changed or taken away afterwards either. */
  g_autofree char *without =
      g_strdup_printf("%s\n%s\n%s\n%s\n%s\n", after[0], after[1], after[2], after[3], after[5]);
  write_text(desk, without);
  expect_fault(desk, "line 5");
}

static void
removed_file(void **state)
{
  Desk *desk = *state;
  g_autofree char *path = log_path(desk);
  fill(desk);
  g_unlink(path);
  expect_fault(desk, "line 0");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(whole),   TEST(changed_line), TEST(changed_last_line), TEST(dropped_line), TEST(inserted_line),
      TEST(cut_off), TEST(torn),         TEST(removed_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

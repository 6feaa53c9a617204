/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, moments as text, durations, exit statuses, keys. */
#include "unit.h"
#include "base/id.h"
#include "motcua/clock.h"
#include "motcua/error.h"

#include <string.h>

#define NOON 1795323600 /* 2026-11-22T05:00:00Z */

static GTimeZone *
vietnam(void)
{
  return g_time_zone_new_identifier("Asia/Ho_Chi_Minh");
}

static void
check_iso(const char *text, gint64 expected)
{
  gint64 moment = -1;

  assert_true(mc_time_parse_iso(text, NULL, &moment));
  assert_int_equal(moment, expected);
}

static void
clock_follows_a_test(void **state)
{
  g_autoptr(McClock) clock = mc_clock_new_manual(5);
  (void)state;
  assert_int_equal(mc_clock_now(clock), 5);
  mc_clock_set(clock, 7);
  assert_int_equal(mc_clock_now(clock), 7);
}

static void
clock_freezes(void **state)
{
  (void)state;
  g_setenv("MOTCUA_NOW", "2026-11-22T12:00:00+07:00", TRUE);
  g_autoptr(McClock) clock = mc_clock_new(NULL);
  assert_int_equal(mc_clock_now(clock), NOON);
  g_unsetenv("MOTCUA_NOW");
}

static void
clock_refuses_nonsense(void **state)
{
  GError *error = NULL;
  (void)state;
  g_setenv("MOTCUA_NOW", "yesterday", TRUE);
  assert_null(mc_clock_new(&error));
  assert_mc_error(error, MC_ERROR_USAGE, "yesterday");
  g_unsetenv("MOTCUA_NOW");
}

static void
iso_reads_offsets_and_fractions(void **state)
{
  (void)state;
  check_iso("2026-11-22T12:00:00+07:00", NOON);
  check_iso("2026-11-22T05:00:00Z", NOON);
  check_iso("2026-11-22T05:00:00.987Z", NOON);
  check_iso("2026-11-22 05:00:00", NOON);
  check_iso("2026-11-22T12:00:00+0700", NOON);
}

static void
iso_reads_a_date_in_its_zone(void **state)
{
  g_autoptr(GTimeZone) tz = vietnam();
  gint64 moment;
  (void)state;
  assert_true(mc_time_parse_iso("2026-11-22", tz, &moment));
  assert_int_equal(moment, NOON - 12 * 3600);
}

static void
iso_refuses_what_is_none(void **state)
{
  static const char *const bad[] = {"",
                                    "22/11/2026",
                                    "2026-13-01",
                                    "2026-02-30",
                                    "2026-11-22T25:00:00Z",
                                    "2026",
                                    "2026-11-22T12:00:00+07:00x",
                                    "T12:00"};
  gint64 moment;
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    assert_false(mc_time_parse_iso(bad[i], NULL, &moment));
}

static void
iso_is_written_in_its_zone(void **state)
{
  g_autoptr(GTimeZone) tz = vietnam();
  (void)state;
  assert_text(mc_time_format_iso(NOON, tz), "2026-11-22T12:00:00+07:00");
  assert_text(mc_time_format_iso(NOON, NULL), "2026-11-22T05:00:00Z");
  assert_null(mc_time_format_iso(MC_TIME_NONE, tz));
  assert_text(mc_time_format(NOON, tz, "%d/%m/%Y %H:%M"), "22/11/2026 12:00");
}

static void
formats_are_strict(void **state)
{
  g_autoptr(GTimeZone) tz = vietnam();
  gint64 moment;
  (void)state;
  assert_true(mc_time_parse("22/11/2026 12:00", "%d/%m/%Y %H:%M", tz, &moment));
  assert_int_equal(moment, NOON);
  assert_true(mc_time_parse("20261122120000", "%Y%m%d%H%M%S", tz, &moment));
  assert_int_equal(moment, NOON);
  assert_true(mc_time_parse("22-11-26 05:00:00 +0000", "%d-%m-%y %H:%M:%S %z", tz, &moment));
  assert_int_equal(moment, NOON);
  assert_true(mc_time_parse("9/1/2026", "%d/%m/%Y", tz, &moment));
  assert_false(mc_time_parse("22/11/2026 12:00 ", "%d/%m/%Y %H:%M", tz, &moment));
  assert_false(mc_time_parse("22/11/2026", "%d/%m/%Y %H:%M", tz, &moment));
  assert_false(mc_time_parse("31/02/2026", "%d/%m/%Y", tz, &moment));
  assert_false(mc_time_parse("22/11/26", "%d/%m/%Y", tz, &moment));
  assert_false(mc_time_parse("", "%Y", tz, &moment));
  assert_false(mc_time_parse("x", "%Q", tz, &moment));
}

static void
durations_are_lengths_of_time(void **state)
{
  static const struct {
    const char *text;
    gint64 seconds;
  } good[] = {{"P1D", 86400}, {"PT2M", 120},     {"-P90D", -90 * 86400}, {"P1W", 604800},
              {"PT90S", 90},  {"P1DT1H", 90000}, {"PT1H30M", 5400},      {"PT0S", 0}};
  static const char *const bad[] = {"",     "P",     "PT",     "P1M",   "P1Y",           "1D",  "P1H",
                                    "PT1D", "P1.5D", "PT1M2H", "P1D2W", "P99999999999D", "P1Dx"};
  gint64 seconds;
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    assert_true(mc_duration_parse(good[i].text, &seconds));
    assert_int_equal(seconds, good[i].seconds);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    if (mc_duration_parse(bad[i], &seconds))
      fail_msg("%s is no duration", bad[i]);
}

static void
statuses_follow_the_contract(void **state)
{
  GError *error = g_error_new_literal(MC_ERROR, MC_ERROR_UNCERTAIN, "x");
  (void)state;
  assert_int_equal(mc_error_exit_status(NULL), 0);
  assert_int_equal(mc_error_exit_status(error), 5);
  g_error_free(error);
  error = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");
  assert_int_equal(mc_error_exit_status(error), 1);
  g_error_free(error);
  assert_int_equal(mc_exit_status_merge(4, 1), 1);
  assert_int_equal(mc_exit_status_merge(3, 1), 3);
  assert_int_equal(mc_exit_status_merge(5, 3), 5);
  assert_int_equal(mc_exit_status_merge(130, 5), 130);
  assert_int_equal(mc_exit_status_merge(0, 4), 4);
  assert_int_equal(mc_exit_status_merge(0, 0), 0);
}

static void
keys_increase(void **state)
{
  char *last = mc_ulid_new();
  (void)state;
  assert_int_equal(strlen(last), 26);
  assert_int_equal(strspn(last, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 26);
  for (int i = 0; i < 20000; i++) {
    char *next = mc_ulid_new();
    assert_true(strcmp(last, next) < 0);
    g_free(last);
    last = next;
  }
  g_free(last);
}

static void
keys_carry_the_time(void **state)
{
  static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  gint64 before = g_get_real_time() / 1000, millis = 0;
  g_autofree char *key = mc_ulid_new();
  (void)state;
  for (int i = 0; i < 10; i++)
    millis = millis * 32 + (strchr(digits, key[i]) - digits);
  assert_in_range(millis, before, g_get_real_time() / 1000 + 1);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(clock_follows_a_test),
      cmocka_unit_test(clock_freezes),
      cmocka_unit_test(clock_refuses_nonsense),
      cmocka_unit_test(iso_reads_offsets_and_fractions),
      cmocka_unit_test(iso_reads_a_date_in_its_zone),
      cmocka_unit_test(iso_refuses_what_is_none),
      cmocka_unit_test(iso_is_written_in_its_zone),
      cmocka_unit_test(formats_are_strict),
      cmocka_unit_test(durations_are_lengths_of_time),
      cmocka_unit_test(statuses_follow_the_contract),
      cmocka_unit_test(keys_increase),
      cmocka_unit_test(keys_carry_the_time),
  };

  return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}

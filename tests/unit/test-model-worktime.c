/* SPDX-License-Identifier: Apache-2.0 */
/* Working time over the built-in calendars: spans, holidays, make-up days, deadlines. */
#include "unit.h"
#include "motcua/error.h"
#include "motcua/worktime.h"

#include <string.h>

static McCalendar *calendar;
static GTimeZone *zone;

static gint64
at(const char *local)
{
  gint64 moment = 0;

  assert_true(mc_time_parse(local, "%Y-%m-%d %H:%M", zone, &moment));
  return moment;
}

static void
load(McCalendar *into, const char *name)
{
  g_autofree char *path = g_build_filename(g_getenv("top_srcdir"), "src", "model", "calendar", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;

  assert_true(g_file_get_contents(path, &text, &length, NULL));
  if (!mc_calendar_add_ics(into, name, text, (gssize)length, &error))
    fail_msg("%s", error->message);
}

static McCalendar *
plain(void)
{
  McCalendar *made = mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", NULL);

  assert_non_null(made);
  return made;
}

static int
setup(void **state)
{
  (void)state;
  calendar = plain();
  load(calendar, "vn-2026.ics");
  load(calendar, "vn-2027.ics");
  zone = mc_calendar_timezone(calendar);
  return 0;
}

static int
teardown(void **state)
{
  (void)state;
  mc_calendar_unref(calendar);
  return 0;
}

static void
check_minutes(const char *a, const char *b, int expected)
{
  assert_int_equal(mc_calendar_minutes(calendar, at(a), at(b)), expected);
}

static void
check_add(const char *from, int minutes, const char *expected)
{
  g_autofree char *reached =
      mc_time_format(mc_calendar_add(calendar, at(from), minutes), zone, "%Y-%m-%d %H:%M");

  assert_string_equal(reached, expected);
}

static void
a_day_is_eight_hours(void **state)
{
  (void)state;
  assert_int_equal(mc_calendar_day_minutes(calendar), 480);
  check_minutes("2026-11-23 00:00", "2026-11-24 00:00", 480);
  check_minutes("2026-11-23 07:00", "2026-11-23 11:30", 270);
  check_minutes("2026-11-23 13:30", "2026-11-23 17:00", 210);
}

static void
lunch_does_not_count(void **state)
{
  (void)state;
  check_minutes("2026-11-23 11:00", "2026-11-23 14:00", 60);
  check_minutes("2026-11-23 11:45", "2026-11-23 13:15", 0);
}

static void
nights_and_weekends_do_not_count(void **state)
{
  (void)state;
  check_minutes("2026-11-20 16:00", "2026-11-23 08:00", 120);
  check_minutes("2026-11-21 08:00", "2026-11-22 20:00", 0);
  check_minutes("2026-11-20 18:00", "2026-11-20 23:59", 0);
}

static void
time_runs_back_as_well(void **state)
{
  (void)state;
  check_minutes("2026-11-23 14:00", "2026-11-23 11:00", -60);
  assert_int_equal(mc_calendar_minutes(calendar, at("2026-11-23 08:00"), at("2026-11-23 08:00") + 59), 0);
  assert_int_equal(mc_calendar_minutes(calendar, at("2026-11-23 08:00") + 30, at("2026-11-23 08:00")), -1);
}

static void
tet_is_off(void **state)
{
  (void)state;
  check_minutes("2026-02-13 17:00", "2026-02-23 07:00", 0);
  check_minutes("2026-02-13 16:00", "2026-02-23 08:00", 120);
  check_minutes("2027-02-05 00:00", "2027-02-11 00:00", 0);
  assert_false(mc_calendar_is_working_day(calendar, at("2026-02-17 09:00")));
}

static void
a_make_up_saturday_is_worked(void **state)
{
  (void)state;
  check_minutes("2026-01-10 00:00", "2026-01-11 00:00", 480);
  check_minutes("2026-01-02 00:00", "2026-01-05 00:00", 0);
  assert_true(mc_calendar_is_working_day(calendar, at("2026-08-22 09:00")));
  assert_false(mc_calendar_is_working_day(calendar, at("2026-08-29 09:00")));
}

static void
years_join(void **state)
{
  (void)state;
  check_minutes("2026-12-31 16:00", "2027-01-04 08:00", 120);
  check_add("2026-12-31 16:00", 120, "2027-01-04 08:00");
}

static void
a_tentative_day_is_worked(void **state)
{
  (void)state;
  assert_true(mc_calendar_is_working_day(calendar, at("2026-11-24 09:00")));
}

static void
adding_stays_within_hours(void **state)
{
  (void)state;
  check_add("2026-11-23 07:00", 480, "2026-11-23 17:00");
  check_add("2026-11-23 11:00", 60, "2026-11-23 14:00");
  check_add("2026-11-23 11:00", 30, "2026-11-23 11:30");
  check_add("2026-11-20 16:30", 60, "2026-11-23 07:30");
  check_add("2026-11-23 18:00", 1, "2026-11-24 07:01");  /* after closing: from the next morning */
  check_add("2026-11-23 05:00", 60, "2026-11-23 08:00"); /* before opening: from the opening hour */
  check_add("2026-11-23 12:00", 60, "2026-11-23 14:30"); /* in the lunch gap: from the afternoon */
  check_add("2026-11-22 12:00", 0, "2026-11-22 12:00");
}

static void
adding_crosses_holidays(void **state)
{
  (void)state;
  check_add("2026-02-13 07:00", 960, "2026-02-23 17:00");
  check_add("2026-08-21 16:00", 120, "2026-08-22 08:00");
}

static void
adding_goes_back(void **state)
{
  (void)state;
  check_add("2026-11-23 17:00", -480, "2026-11-23 07:00");
  check_add("2026-11-23 08:00", -120, "2026-11-20 16:00");
  check_add("2026-11-23 14:30", -60, "2026-11-23 13:30");
}

static void
adding_undoes_counting(void **state)
{
  guint64 seed = 7;
  (void)state;
  for (int i = 0; i < 5000; i++) {
    gint64 from = at("2026-01-01 00:00") + unit_random(&seed) % (700 * 86400) / 60 * 60;
    int minutes = (int)(unit_random(&seed) % 20000) + 1;
    gint64 to = mc_calendar_add(calendar, from, minutes);
    assert_int_equal(mc_calendar_minutes(calendar, from, to), minutes);
    assert_int_equal(mc_calendar_minutes(calendar, from, to - 1), minutes - 1); /* the earliest such */
    assert_int_equal(mc_calendar_minutes(calendar, mc_calendar_add(calendar, from, -minutes), from), minutes);
  }
}

/* The count by formula is the count by minutes. */
static void
counting_agrees_with_a_walk(void **state)
{
  guint64 seed = 11;
  (void)state;
  for (int i = 0; i < 60; i++) {
    gint64 from = at("2026-01-01 00:00") + unit_random(&seed) % (500 * 86400) / 60 * 60;
    int length = (int)(unit_random(&seed) % (20 * 1440)), worked = 0;
    for (int minute = 0; minute < length; minute++) {
      g_autofree char *clock = mc_time_format(from + minute * 60, zone, "%H%M");
      int now = atoi(clock);
      worked += mc_calendar_is_working_day(calendar, from + minute * 60) &&
                ((now >= 700 && now < 1130) || (now >= 1330 && now < 1700));
    }
    assert_int_equal(mc_calendar_minutes(calendar, from, from + length * 60), worked);
  }
}

static void
extreme_moments_are_survived(void **state)
{
  (void)state;
  assert_true(mc_calendar_minutes(calendar, G_MININT64 + 1, G_MAXINT64) > 0);
  mc_calendar_add(calendar, G_MAXINT64, G_MAXINT64);
  mc_calendar_add(calendar, G_MININT64 + 1, G_MININT64 + 1);
  mc_calendar_day_end(calendar, G_MAXINT64);
}

static void
a_day_ends(void **state)
{
  (void)state;
  assert_int_equal(mc_calendar_day_end(calendar, at("2026-11-23 09:00")), at("2026-11-23 17:00"));
  assert_int_equal(mc_calendar_day_end(calendar, at("2026-11-22 00:00")), at("2026-11-22 17:00"));
  assert_int_equal(mc_calendar_day_end(calendar, at("2026-11-23 23:59")), at("2026-11-23 17:00"));
}

static void
years_are_known_or_not(void **state)
{
  (void)state;
  assert_true(mc_calendar_knows_year(calendar, 2026));
  assert_true(mc_calendar_knows_year(calendar, 2027));
  assert_false(mc_calendar_knows_year(calendar, 2028));
}

static void
settings_are_checked(void **state)
{
  static const char *const bad[][3] = {
      {"7-11", "mon-fri", "Asia/Ho_Chi_Minh"},
      {"07:00-25:00", "mon-fri", "Asia/Ho_Chi_Minh"},
      {"11:00-07:00", "mon-fri", "Asia/Ho_Chi_Minh"},
      {"07:00-12:00,11:00-17:00", "mon-fri", "Asia/Ho_Chi_Minh"},
      {"", "mon-fri", "Asia/Ho_Chi_Minh"},
      {"07:00-17:00", "fri-mon", "Asia/Ho_Chi_Minh"},
      {"07:00-17:00", "thu2", "Asia/Ho_Chi_Minh"},
      {"07:00-17:00", "", "Asia/Ho_Chi_Minh"},
      {"07:00-17:00", "mon-fri", "Asia/Mau_Son"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    GError *error = NULL;
    assert_null(mc_calendar_new(bad[i][0], bad[i][1], bad[i][2], &error));
    assert_mc_error(error, MC_ERROR_CONFIG, "expected");
  }
}

static void
other_weeks_work(void **state)
{
  g_autoptr(McCalendar) six = mc_calendar_new("08:00-16:00", "mon-fri,sat", "Asia/Ho_Chi_Minh", NULL);
  (void)state;
  assert_int_equal(mc_calendar_minutes(six, at("2026-11-20 15:00"), at("2026-11-23 09:00")), 600);
}

#define ICS(body)   "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" body "END:VCALENDAR\r\n"
#define EVENT(body) "BEGIN:VEVENT\r\n" body "END:VEVENT\r\n"

static void
add(McCalendar *into, const char *text)
{
  g_autoptr(GError) error = NULL;

  if (!mc_calendar_add_ics(into, "x.ics", text, -1, &error))
    fail_msg("%s", error->message);
}

static void
half_days_are_the_morning(void **state)
{
  g_autoptr(McCalendar) own = plain();
  (void)state;
  add(own, ICS(EVENT("DTSTART;VALUE=DATE:20261123\r\nCATEGORIES:HALF\r\n")));
  assert_int_equal(mc_calendar_minutes(own, at("2026-11-23 00:00"), at("2026-11-24 00:00")), 270);
  assert_int_equal(mc_calendar_day_end(own, at("2026-11-23 00:00")), at("2026-11-23 11:30"));
}

static void
later_files_win(void **state)
{
  g_autoptr(McCalendar) own = plain();
  (void)state;
  add(own, ICS(EVENT("DTSTART:20261123\r\nDURATION:P1W\r\nCATEGORIES:off\r\n")));
  assert_int_equal(mc_calendar_minutes(own, at("2026-11-23 00:00"), at("2026-11-30 00:00")), 0);
  add(own, ICS(EVENT("DTSTART:20261124\r\nCATEGORIES:Lễ,WORK\r\n")));
  assert_int_equal(mc_calendar_minutes(own, at("2026-11-23 00:00"), at("2026-11-30 00:00")), 480);
}

static void
folded_lines_are_joined(void **state)
{
  g_autoptr(McCalendar) own = plain();
  (void)state;
  add(own, ICS(EVENT("DTSTART;VALUE=DA\r\n TE:2026112\r\n\t3\r\nCATEGORIES:OFF\r\nSUMMARY:x\r\n")));
  assert_false(mc_calendar_is_working_day(own, at("2026-11-23 09:00")));
}

static void
broken_files_are_refused_whole(void **state)
{
  static const struct {
    const char *text, *says;
  } bad[] = {
      {"hello", "x.ics:1:"},
      {ICS(EVENT("CATEGORIES:OFF\r\n")), "x.ics:3:"},
      {ICS(EVENT("DTSTART:20261123\r\n")), "CATEGORIES"},
      {ICS(EVENT("DTSTART:20261199\r\nCATEGORIES:OFF\r\n")), "x.ics:4:"},
      {ICS(EVENT("DTSTART:20261123T080000\r\nCATEGORIES:OFF\r\n")), "20261123T080000"},
      {ICS(EVENT("DTSTART:20261123\r\nDTEND:20261123\r\nCATEGORIES:OFF\r\n")), "0 days"},
      {ICS(EVENT("DTSTART:20261123\r\nDURATION:PT1H\r\nCATEGORIES:OFF\r\n")), "PT1H"},
      {ICS(EVENT("DTSTART:20261123\r\nDTEND:20991123\r\nCATEGORIES:OFF\r\n")), "366"},
      {ICS(EVENT("DTSTART:20261123\r\nRRULE:FREQ=YEARLY\r\nCATEGORIES:OFF\r\n")), "RRULE"},
      {ICS("BEGIN:VEVENT\r\nDTSTART:20261123\r\nCATEGORIES:OFF\r\n"), "does not end"},
      {ICS("END:VEVENT\r\n"), "x.ics:3:"},
      {ICS("nonsense\r\n"), "x.ics:3:"},
  };
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(McCalendar) own = plain();
    GError *error = NULL;
    assert_false(mc_calendar_add_ics(own, "x.ics", bad[i].text, -1, &error));
    assert_mc_error(error, MC_ERROR_CONFIG, bad[i].says);
    assert_true(mc_calendar_is_working_day(own, at("2026-11-23 09:00")));
    assert_false(mc_calendar_knows_year(own, 2026));
  }
}

static McItem *
item_due(McState item_state, const char *due)
{
  McItem *item = mc_item_new("mot-cua", "cases", "1", FALSE);

  item->state = item_state;
  item->due = due ? at(due) : MC_TIME_NONE;
  return item;
}

static void
check_deadline(McState item_state, const char *due, const char *now, McDeadline deadline, const char *brief)
{
  g_autoptr(McItem) item = item_due(item_state, due);

  assert_string_equal(mc_deadline_name(mc_deadline(item, calendar, at(now), 480)),
                      mc_deadline_name(deadline));
  assert_text(mc_deadline_short(item, calendar, at(now)), brief);
}

static void
deadlines_come_nearer(void **state)
{
  (void)state;
  check_deadline(MC_STATE_PROCESSING, "2026-11-27 17:00", "2026-11-23 14:05", MC_DEADLINE_ON_TIME, "4d left");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-24 07:00", MC_DEADLINE_DUE_SOON,
                 "1d left");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-23 16:59", MC_DEADLINE_ON_TIME, "1d left");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-24 14:05", MC_DEADLINE_DUE_SOON,
                 "2h left");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-24 16:35", MC_DEADLINE_DUE_SOON,
                 "25m left");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-24 17:00", MC_DEADLINE_DUE_SOON,
                 "due now");
}

static void
deadlines_pass(void **state)
{
  (void)state;
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-24 17:01", MC_DEADLINE_OVERDUE, "overdue");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-25 07:20", MC_DEADLINE_OVERDUE,
                 "20m late");
  check_deadline(MC_STATE_PROCESSING, "2026-11-24 17:00", "2026-11-25 09:00", MC_DEADLINE_OVERDUE, "2h late");
  check_deadline(MC_STATE_NEW, "2026-11-20 17:00", "2026-11-26 08:00", MC_DEADLINE_OVERDUE, "3d late");
  check_deadline(MC_STATE_NEW, "2026-11-20 17:00", "2026-11-22 12:00", MC_DEADLINE_OVERDUE, "overdue");
}

static void
the_clock_stands_while_others_act(void **state)
{
  (void)state;
  check_deadline(MC_STATE_WAITING, "2026-11-20 17:00", "2026-11-26 08:00", MC_DEADLINE_ON_TIME, "waiting");
  check_deadline(MC_STATE_PAUSED, "2026-11-26 17:00", "2026-11-26 08:00", MC_DEADLINE_ON_TIME, "waiting");
  check_deadline(MC_STATE_WAITING, NULL, "2026-11-26 08:00", MC_DEADLINE_NONE, "waiting");
}

static void
no_due_is_never_overdue(void **state)
{
  (void)state;
  check_deadline(MC_STATE_PROCESSING, NULL, "2026-11-26 08:00", MC_DEADLINE_NONE, "");
}

static void
finished_work_is_judged_by_its_end(void **state)
{
  g_autoptr(McItem) item = item_due(MC_STATE_DONE, "2026-11-20 17:00");
  gint64 now = at("2026-11-26 08:00");
  (void)state;
  assert_int_equal(mc_deadline(item, calendar, now, 480), MC_DEADLINE_NONE);
  item->finished = at("2026-11-20 16:00");
  assert_int_equal(mc_deadline(item, calendar, now, 480), MC_DEADLINE_ON_TIME);
  item->finished = at("2026-11-20 17:00");
  assert_int_equal(mc_deadline(item, calendar, now, 480), MC_DEADLINE_ON_TIME);
  item->finished = at("2026-11-20 17:01");
  assert_int_equal(mc_deadline(item, calendar, now, 480), MC_DEADLINE_LATE_DONE);
  item->state = MC_STATE_READY;
  assert_int_equal(mc_deadline(item, calendar, now, 480), MC_DEADLINE_LATE_DONE);
  item->finished = MC_TIME_NONE;
  assert_int_equal(mc_deadline(item, calendar, now, 480), MC_DEADLINE_OVERDUE);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_day_is_eight_hours),
      cmocka_unit_test(lunch_does_not_count),
      cmocka_unit_test(nights_and_weekends_do_not_count),
      cmocka_unit_test(time_runs_back_as_well),
      cmocka_unit_test(tet_is_off),
      cmocka_unit_test(a_make_up_saturday_is_worked),
      cmocka_unit_test(years_join),
      cmocka_unit_test(a_tentative_day_is_worked),
      cmocka_unit_test(adding_stays_within_hours),
      cmocka_unit_test(adding_crosses_holidays),
      cmocka_unit_test(adding_goes_back),
      cmocka_unit_test(adding_undoes_counting),
      cmocka_unit_test(counting_agrees_with_a_walk),
      cmocka_unit_test(extreme_moments_are_survived),
      cmocka_unit_test(a_day_ends),
      cmocka_unit_test(years_are_known_or_not),
      cmocka_unit_test(settings_are_checked),
      cmocka_unit_test(other_weeks_work),
      cmocka_unit_test(half_days_are_the_morning),
      cmocka_unit_test(later_files_win),
      cmocka_unit_test(folded_lines_are_joined),
      cmocka_unit_test(broken_files_are_refused_whole),
      cmocka_unit_test(deadlines_come_nearer),
      cmocka_unit_test(deadlines_pass),
      cmocka_unit_test(the_clock_stands_while_others_act),
      cmocka_unit_test(no_due_is_never_overdue),
      cmocka_unit_test(finished_work_is_judged_by_its_end),
  };

  return cmocka_run_group_tests_name("worktime", tests, setup, teardown);
}

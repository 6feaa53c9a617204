/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a row at each width, and that nothing in an item can break out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "motcua/text.h"
#include "tui/row.h"

#define NOW 1795399200 /* Monday 2026-11-23 09:00 +07:00 */

static McCalendar *calendar;

static int
setup(void **state)
{
  (void)state;
  g_setenv("LANGUAGE", "en", TRUE);
  calendar = mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", NULL);
  return calendar ? 0 : -1;
}

static int
teardown(void **state)
{
  (void)state;
  mc_calendar_unref(calendar);
  return 0;
}

static McItem *
item_new(const char *title)
{
  McItem *item = mc_item_new("mot-cua", "m", "7", FALSE);
  item->code = g_strdup("H99.101.01-261120-0007");
  item->title = g_strdup(title);
  item->from = g_strdup("Người nộp");
  item->step = g_strdup("Thẩm định");
  item->assignee = g_strdup("canbo01");
  item->state = item->sys_state = MC_STATE_PROCESSING;
  item->received = NOW - 86400;
  item->due = NOW + 7200;
  return item;
}

static char *
row_text(const McItem *item, int cols, gboolean marked)
{
  McRowStyle style = {cols, NOW, calendar, 480};
  g_autoptr(McLine) line = mc_row_line(&style, item, "Một cửa", marked);
  assert_true(mc_line_end(line) <= cols);
  return mc_line_text(line, cols);
}

static void
eighty_columns_hold_what_matters(void **state)
{
  (void)state;
  g_autoptr(McItem) item = item_new("Đăng ký khai sinh");
  item->urgency = MC_URGENCY_FLASH;
  item->unread = TRUE;
  g_autofree char *text = row_text(item, 80, TRUE);
  assert_int_equal(mc_text_width(text), 80);
  assert_true(g_str_has_prefix(text, "*‼ "));
  assert_non_null(strstr(text, "• H99.101.01-261120-0007 Đăng ký khai sinh  "));
  assert_non_null(strstr(text, "Một cửa"));
  assert_null(strstr(text, "Người nộp"));
  assert_null(strstr(text, "canbo01"));
}

static void
wider_rows_hold_more(void **state)
{
  (void)state;
  g_autoptr(McItem) item = item_new("Đăng ký khai sinh");
  g_autofree char *middle = row_text(item, 120, FALSE), *wide = row_text(item, 160, FALSE);
  assert_non_null(strstr(middle, "Người nộp"));
  assert_non_null(strstr(middle, "22/11 09:00"));
  assert_non_null(strstr(wide, "Thẩm định"));
  assert_non_null(strstr(wide, "canbo01"));
  assert_int_equal(mc_text_width(wide), 160);
}

static void
the_strongest_sign_is_shown(void **state)
{
  (void)state;
  g_autoptr(McItem) item = item_new("x");
  item->unread = item->stale = TRUE;
  item->pending = 1;
  g_autofree char *pending = row_text(item, 80, FALSE);
  assert_non_null(strstr(pending, "↑ H99"));
  item->pending = 0;
  g_autofree char *stale = row_text(item, 80, FALSE);
  assert_non_null(strstr(stale, "~ H99"));
}

static void
parts_elsewhere_are_counted(void **state)
{
  (void)state;
  g_autoptr(McItem) item = item_new("x");
  mc_item_set_list(item, &item->links, g_strsplit("a:1 b:2", " ", -1));
  g_autofree char *text = row_text(item, 80, FALSE);
  assert_non_null(strstr(text, "Một cửa +2"));
}

static void
hostile_text_stays_in_its_columns(void **state)
{
  (void)state;
  g_autofree char *long_title = g_strnfill(1024 * 1024, 'x');
  g_autofree char *marks = g_strnfill(4000, 'a');
  const char *titles[] = {
      "\x1b[2J\x07\x9b\x7f",
      "\xe2\x80\xae\xe2\x81\xa6ngược",
      "e\xcc\x82\xcc\x81 NFD e\xcc\x82\xcc\xa3",
      "日本語日本語日本語日本語日本語日本語日本語",
      "\xff\xfe\xc3",
      "a\nb\tc\rd",
      long_title,
      marks,
      "",
      NULL,
  };
  for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
    g_autoptr(McItem) item = item_new(titles[i]);
    for (int cols = 80; cols <= 170; cols += 15) {
      g_autofree char *text = row_text(item, cols, FALSE);
      assert_int_equal(mc_text_width(text), cols);
      for (const char *p = text; *p; p = g_utf8_next_char(p))
        assert_true(mc_text_char_is_safe(g_utf8_get_char(p)));
    }
  }
}

static void
what_moves_with_the_bar_is_left_of_the_sender(void **state)
{
  (void)state;
  McRowStyle style = {160, NOW, calendar, 480};
  g_autoptr(McItem) item = item_new("Đăng ký khai sinh");
  g_autoptr(McLine) line = mc_row_line(&style, item, "Một cửa", FALSE);
  gboolean outside = FALSE;
  const McSpan *span;
  for (guint i = 0; (span = mc_line_span(line, i)); i++) {
    assert_true(span->outside || !outside);
    outside = span->outside;
  }
  assert_true(outside);
}

static void
closed_items_say_their_state(void **state)
{
  (void)state;
  g_autoptr(McItem) item = item_new("x");
  item->state = MC_STATE_DONE;
  g_autofree char *text = row_text(item, 80, FALSE);
  g_autofree char *label = mc_text_ellipsize(mc_state_label(MC_STATE_DONE), 8);
  assert_non_null(strstr(text, label));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(eighty_columns_hold_what_matters),
      cmocka_unit_test(wider_rows_hold_more),
      cmocka_unit_test(the_strongest_sign_is_shown),
      cmocka_unit_test(parts_elsewhere_are_counted),
      cmocka_unit_test(hostile_text_stays_in_its_columns),
      cmocka_unit_test(what_moves_with_the_bar_is_left_of_the_sender),
      cmocka_unit_test(closed_items_say_their_state),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}

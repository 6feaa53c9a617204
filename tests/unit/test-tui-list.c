/* SPDX-License-Identifier: Apache-2.0 */
/* The keyset window: every place of a long list, what it fetches to get there, and what a change of the rows
 * does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "motcua/error.h"
#include "tui/list.h"

#define HEIGHT 10

/* Rows are numbers; the anchor of a row is its number. */
typedef struct {
  int count, fetched, calls;
  int removed; /* this row is not there; -1: all are */
  gboolean broken;
} Source;

static McItem *
row_new(int number)
{
  g_autofree char *key = g_strdup_printf("%d", number);
  McItem *item = mc_item_new("s", "m", key, FALSE);
  mc_item_set_text(item, &item->anchor, g_strdup(key));
  return item;
}

static GPtrArray *
fetch(gpointer data, const char *anchor, gboolean forward, gboolean inclusive, int limit, GError **error)
{
  Source *source = data;
  GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)mc_item_free);
  int at = anchor ? atoi(anchor) : forward ? -1 : source->count;
  source->calls++;
  if (source->broken) {
    g_ptr_array_unref(rows);
    g_set_error_literal(error, MC_ERROR, MC_ERROR_STORE, "broken");
    return NULL;
  }
  for (int i = inclusive ? at : at + (forward ? 1 : -1);
       i >= 0 && i < source->count && (int)rows->len < limit; i += forward ? 1 : -1)
    if (i != source->removed)
      g_ptr_array_insert(rows, forward ? -1 : 0, row_new(i));
  source->fetched += (int)rows->len;
  return rows;
}

static McList *
list_new(Source *source)
{
  McList *list = mc_list_new(fetch, source);
  mc_list_set_height(list, HEIGHT);
  assert_true(mc_list_first(list, NULL));
  return list;
}

static int
number(const McItem *item)
{
  assert_non_null(item);
  return atoi(item->key);
}

static int
selected(const McList *list)
{
  return number(mc_list_selected(list));
}

/* Rows stand one after the other, and the bar is among them. */
static void
check(const McList *list)
{
  int row = mc_list_selected_row(list);
  assert_in_range(row, 0, HEIGHT - 1);
  assert_ptr_equal(mc_list_row(list, row), mc_list_selected(list));
  for (int i = 1; mc_list_row(list, i); i++)
    assert_int_equal(number(mc_list_row(list, i)), number(mc_list_row(list, i - 1)) + 1);
}

static void
walks_down_and_up_a_long_list(void **state)
{
  (void)state;
  Source source = {.count = 1000, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  gboolean exact;
  for (int i = 0; i < 999; i++) {
    assert_int_equal(selected(list), i);
    assert_int_equal(mc_list_position(list, &exact), i + 1);
    assert_true(exact);
    check(list);
    assert_true(mc_list_move(list, 1, NULL));
  }
  assert_true(mc_list_move(list, 1, NULL));
  assert_int_equal(selected(list), 999);
  for (int i = 999; i > 0; i--) {
    assert_int_equal(selected(list), i);
    assert_int_equal(mc_list_position(list, &exact), i + 1);
    check(list);
    assert_true(mc_list_move(list, -1, NULL));
  }
  assert_int_equal(selected(list), 0);
  assert_int_equal(mc_list_selected_row(list), 0);
}

static void
ends_cost_the_same_in_a_million(void **state)
{
  (void)state;
  Source source = {.count = 1000000, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  gboolean exact;
  assert_true(mc_list_last(list, NULL));
  assert_int_equal(selected(list), 999999);
  assert_int_equal(mc_list_selected_row(list), HEIGHT - 1);
  assert_int_equal(mc_list_position(list, &exact), -1);
  check(list);
  assert_true(mc_list_page(list, -HEIGHT, NULL));
  check(list);
  assert_true(mc_list_first(list, NULL));
  assert_int_equal(selected(list), 0);
  assert_int_equal(mc_list_position(list, &exact), 1);
  assert_in_range(source.fetched, 1, 6 * HEIGHT);
}

static void
a_count_tells_where_the_end_is(void **state)
{
  (void)state;
  Source source = {.count = 500, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  gboolean exact;
  mc_list_set_total(list, 500, TRUE);
  assert_true(mc_list_last(list, NULL));
  assert_int_equal(mc_list_position(list, &exact), 500);
  assert_true(exact);
  assert_true(mc_list_move(list, -100, NULL));
  assert_int_equal(mc_list_position(list, &exact), 400);
  assert_int_equal(selected(list), 399);
}

static void
pages_keep_the_bar_in_its_row(void **state)
{
  (void)state;
  Source source = {.count = 95, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  assert_true(mc_list_move(list, 3, NULL));
  for (int page = 1; page <= 8; page++) {
    assert_true(mc_list_page(list, HEIGHT, NULL));
    assert_int_equal(selected(list), page * HEIGHT + 3);
    assert_int_equal(mc_list_selected_row(list), 3);
    check(list);
  }
  assert_true(mc_list_page(list, HEIGHT, NULL));
  assert_true(mc_list_page(list, HEIGHT, NULL));
  assert_int_equal(selected(list), 94);
  for (int page = 0; page < 12; page++)
    assert_true(mc_list_page(list, -HEIGHT, NULL));
  assert_int_equal(selected(list), 0);
}

static void
scroll_says_how_far_the_window_moved(void **state)
{
  (void)state;
  Source source = {.count = 400, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  guint serial = mc_list_serial(list);
  gint64 before = mc_list_scroll(list);
  assert_true(mc_list_move(list, HEIGHT - 1, NULL));
  assert_int_equal(mc_list_scroll(list), before);
  for (int i = 1; i < 300; i++) { /* through every trim of the rows held */
    int first = number(mc_list_row(list, 0));
    assert_true(mc_list_move(list, 1, NULL));
    assert_int_equal(mc_list_scroll(list), before + i);
    assert_int_equal(number(mc_list_row(list, 0)), first + 1);
  }
  assert_int_equal(mc_list_serial(list), serial);
}

static void
a_refresh_keeps_the_selected_item(void **state)
{
  (void)state;
  Source source = {.count = 300, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  assert_true(mc_list_move(list, 120, NULL));
  guint serial = mc_list_serial(list);
  assert_true(mc_list_refresh(list, NULL));
  assert_int_not_equal(mc_list_serial(list), serial);
  assert_int_equal(selected(list), 120);
  source.removed = 120;
  assert_true(mc_list_refresh(list, NULL));
  assert_int_equal(selected(list), 121);
}

static void
a_list_that_shrinks_fills_its_window_from_above(void **state)
{
  (void)state;
  Source source = {.count = 300, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  assert_true(mc_list_last(list, NULL));
  source.count = 294;
  assert_true(mc_list_refresh(list, NULL));
  assert_int_equal(number(mc_list_row(list, HEIGHT - 1)), 293);
  check(list);
  source.count = 0;
  assert_true(mc_list_refresh(list, NULL));
  assert_null(mc_list_selected(list));
  assert_int_equal(mc_list_selected_row(list), -1);
}

static void
an_empty_list_goes_nowhere(void **state)
{
  (void)state;
  Source source = {.count = 0, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  gboolean exact;
  assert_true(mc_list_move(list, 1, NULL));
  assert_true(mc_list_page(list, -HEIGHT, NULL));
  assert_true(mc_list_last(list, NULL));
  assert_null(mc_list_selected(list));
  assert_null(mc_list_row(list, 0));
  assert_int_equal(mc_list_position(list, &exact), 0);
}

static void
a_failed_fetch_changes_nothing(void **state)
{
  (void)state;
  Source source = {.count = 1000, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  g_autoptr(GError) error = NULL;
  assert_true(mc_list_move(list, 5, NULL));
  source.broken = TRUE;
  assert_false(mc_list_last(list, &error));
  assert_non_null(error);
  assert_false(mc_list_refresh(list, NULL));
  assert_false(mc_list_move(list, 500, NULL));
  assert_int_equal(selected(list), 5);
  check(list);
}

static void
a_taller_screen_shows_more(void **state)
{
  (void)state;
  Source source = {.count = 25, .removed = -1};
  g_autoptr(McList) list = list_new(&source);
  assert_true(mc_list_last(list, NULL));
  mc_list_set_height(list, 20);
  assert_int_equal(selected(list), 24);
  assert_non_null(mc_list_row(list, mc_list_selected_row(list)));
  mc_list_set_height(list, 3);
  assert_int_equal(selected(list), 24);
  assert_in_range(mc_list_selected_row(list), 0, 2);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(walks_down_and_up_a_long_list),
      cmocka_unit_test(ends_cost_the_same_in_a_million),
      cmocka_unit_test(a_count_tells_where_the_end_is),
      cmocka_unit_test(pages_keep_the_bar_in_its_row),
      cmocka_unit_test(scroll_says_how_far_the_window_moved),
      cmocka_unit_test(a_refresh_keeps_the_selected_item),
      cmocka_unit_test(a_list_that_shrinks_fills_its_window_from_above),
      cmocka_unit_test(an_empty_list_goes_nowhere),
      cmocka_unit_test(a_failed_fetch_changes_nothing),
      cmocka_unit_test(a_taller_screen_shows_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

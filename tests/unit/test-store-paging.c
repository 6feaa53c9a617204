/* SPDX-License-Identifier: Apache-2.0 */
/* Pages joined, forward and backward, are the whole list, under every order and by both ways of finding rows,
 * ties included. */
#include "store.h"

#define ITEMS 300

/* Few different values, so that every order has long ties. */
static McItem *
sample(guint i)
{
  static const McState states[] = {MC_STATE_NEW, MC_STATE_PROCESSING, MC_STATE_WAITING, MC_STATE_DONE};
  g_autofree char *key = g_strdup_printf("k%u", i);
  g_autofree char *title = g_strdup_printf("Hồ sơ %s số %u", i % 3 ? "khai sinh" : "đất đai", i);
  McItem *item = item_new(i % 2 ? "mot-cua" : "van-ban", key, title);

  if (i % 4 == 0)
    put_text(&item->code, NULL);
  else if (i % 4 == 1)
    put_text(&item->code, "H1/2");
  item->sys_state = states[i % 4];
  item->urgency = (McUrgency)(i % 7 == 0 ? 3 : i % 5 == 0);
  item->received = i % 6 == 0 ? MC_TIME_NONE : NOW - (i % 5) * DAY;
  item->due = i % 9 == 0 ? MC_TIME_NONE : NOW + (gint64)(i % 4) * DAY;
  item->unread = i % 3 == 0;
  return item;
}

static void
fill(Desk *desk)
{
  for (guint system = 0; system < 2; system++) {
    g_autoptr(GPtrArray) items = items_new();
    for (guint i = system; i < ITEMS; i += 2)
      g_ptr_array_add(items, sample(i));
    pull_all(desk, system ? "mot-cua" : "van-ban", items, TRUE);
  }
}

static const char *
anchor_of(GPtrArray *items, gboolean last)
{
  return ((McItem *)items->pdata[last ? items->len - 1 : 0])->anchor;
}

static void
same_keys(GPtrArray *all, guint from, GPtrArray *page, const char *query)
{
  assert_true(from + page->len <= all->len);
  for (guint i = 0; i < page->len; i++)
    if (strcmp(((McItem *)all->pdata[from + i])->id, ((McItem *)page->pdata[i])->id) != 0)
      fail_msg("%s: row %u differs", query, from + i);
}

static void
forward(Desk *desk, const char *query, McSort sort, GPtrArray *all)
{
  g_autofree char *anchor = NULL;
  for (guint at = 0; at < all->len;) {
    g_autoptr(GPtrArray) page = ask(desk, query, sort, anchor, TRUE, FALSE, 17);
    assert_true(page->len > 0);
    same_keys(all, at, page, query);
    at += page->len;
    g_free(anchor);
    anchor = g_strdup(anchor_of(page, TRUE));
  }
  g_autoptr(GPtrArray) behind = ask(desk, query, sort, anchor, TRUE, FALSE, 17);
  assert_int_equal(behind->len, 0);
}

static void
backward(Desk *desk, const char *query, McSort sort, GPtrArray *all)
{
  g_autofree char *anchor = NULL;
  for (guint left = all->len; left > 0;) {
    g_autoptr(GPtrArray) page = ask(desk, query, sort, anchor, FALSE, FALSE, 23);
    assert_true(page->len > 0 && page->len <= left);
    left -= page->len;
    same_keys(all, left, page, query);
    g_free(anchor);
    anchor = g_strdup(anchor_of(page, FALSE));
  }
}

static void
inclusive(Desk *desk, const char *query, McSort sort, GPtrArray *all)
{
  guint middle = all->len / 2;
  const char *anchor = ((McItem *)all->pdata[middle])->anchor;
  g_autoptr(GPtrArray) from = ask(desk, query, sort, anchor, TRUE, TRUE, 5);
  g_autoptr(GPtrArray) until = ask(desk, query, sort, anchor, FALSE, TRUE, 5);
  same_keys(all, middle, from, query);
  same_keys(all, middle + 1 - until->len, until, query);
  assert_true(until->len == MIN(5, middle + 1));
}

static void
pages_are_the_list(void **state)
{
  /* Plain walks, a walk of a composite index, a gather by an index, words, and rows asked one by one. */
  static const char *const queries[] = {
      "",      "is:open",      "kind:case", "state:waiting", "is:unread", "dat", "khai sinh -is:open",
      "-khai", "urgency:flash"};
  Desk *desk = *state;
  fill(desk);
  for (guint q = 0; q < G_N_ELEMENTS(queries); q++) {
    for (McSort sort = 0; sort < MC_SORT_COUNT; sort++) {
      g_autoptr(GPtrArray) all = ask(desk, queries[q], sort, NULL, TRUE, FALSE, 10000);
      assert_true(all->len > 0);
      forward(desk, queries[q], sort, all);
      backward(desk, queries[q], sort, all);
      inclusive(desk, queries[q], sort, all);
    }
  }
}

static void
foreign_anchor(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  fill(desk);
  g_autoptr(GPtrArray) due = ask(desk, "", MC_SORT_DUE, NULL, TRUE, FALSE, 1);
  const McListing listing = {NULL, MC_SORT_CODE, NOW, desk->calendar, 480};
  assert_null(mc_snapshot_list(desk->snapshot, &listing, anchor_of(due, FALSE), TRUE, FALSE, 5, &error));
  assert_int_equal(error->code, MC_ERROR_USAGE);
}

/* is:overdue and is:due_soon are ranges of an index; mc_deadline() is what they have to agree with, to the
 * second. */
static void
deadlines_agree(void **state)
{
  Desk *desk = *state;
  const gint64 steps[] = {1, 59, 60, 61, 597, HOUR, 5 * HOUR};
  g_autoptr(GPtrArray) items = items_new();
  static const McState states[] = {MC_STATE_NEW, MC_STATE_READY, MC_STATE_PAUSED, MC_STATE_DONE};

  for (gint64 at = NOW - 3 * DAY, i = 0; at < NOW + 4 * DAY; at += steps[i % 7], i++) {
    g_autofree char *key = g_strdup_printf("d%d", (int)i);
    McItem *item = item_new("mot-cua", key, "x");
    item->due = at;
    item->sys_state = states[i % 4];
    item->finished = i % 3 ? MC_TIME_NONE : NOW;
    g_ptr_array_add(items, item);
  }
  pull_all(desk, "mot-cua", items, TRUE);
  g_autoptr(GPtrArray) overdue = ask(desk, "is:overdue", MC_SORT_DUE, NULL, TRUE, FALSE, 10000);
  g_autoptr(GPtrArray) soon = ask(desk, "is:due_soon", MC_SORT_DUE, NULL, TRUE, FALSE, 10000);
  guint counts[MC_DEADLINE_COUNT] = {0};
  for (guint i = 0; i < items->len; i++) {
    McItem *item = items->pdata[i];
    item->state = item->sys_state;
    counts[mc_deadline(item, desk->calendar, NOW, 480)]++;
  }
  assert_true(counts[MC_DEADLINE_OVERDUE] > 10 && counts[MC_DEADLINE_DUE_SOON] > 10);
  assert_int_equal(overdue->len, counts[MC_DEADLINE_OVERDUE]);
  assert_int_equal(soon->len, counts[MC_DEADLINE_DUE_SOON]);
  for (guint i = 0; i < soon->len; i++)
    assert_int_equal(mc_deadline(soon->pdata[i], desk->calendar, NOW, 480), MC_DEADLINE_DUE_SOON);
  for (guint i = 0; i < overdue->len; i++)
    assert_int_equal(mc_deadline(overdue->pdata[i], desk->calendar, NOW, 480), MC_DEADLINE_OVERDUE);
}

static void
counts_are_capped(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  fill(desk);
  g_autoptr(McQuery) query = mc_query_parse("khai", desk->calendar, NOW, &error);
  const McListing listing = {query, MC_SORT_DUE, NOW, desk->calendar, 480};
  assert_int_equal(mc_snapshot_count(desk->snapshot, &listing, 10, &error), 11);
  assert_int_equal(mc_snapshot_count(desk->snapshot, &listing, 200, &error), 200);
  assert_int_equal(mc_snapshot_count(desk->snapshot, &listing, 0, &error), 200);
}

/* Many rows belong, but none where the walk begins: it is given up, and what is gathered is the same. */
static void
far_from_the_start(void **state)
{
  Desk *desk = *state;
  g_autoptr(GPtrArray) items = items_new();
  for (int i = 0; i < 6000; i++) {
    g_autofree char *key = g_strdup_printf("k%d", i);
    McItem *item = item_new("mot-cua", key, i < 5400 ? "Khai sinh" : "Chứng thực");
    item->due = NOW + i;
    g_ptr_array_add(items, item);
  }
  pull_all(desk, "mot-cua", items, TRUE);
  g_autoptr(GPtrArray) all = ask(desk, "chung", MC_SORT_DUE, NULL, TRUE, FALSE, 1000);
  assert_int_equal(all->len, 600);
  for (guint i = 0; i < all->len; i++)
    assert_int_equal(((McItem *)all->pdata[i])->due, NOW + 5400 + i);
  g_autoptr(GPtrArray) first = ask(desk, "chung", MC_SORT_DUE, NULL, TRUE, FALSE, 40);
  same_keys(all, 0, first, "chung");
  g_autoptr(GPtrArray) last = ask(desk, "-chung", MC_SORT_DUE, NULL, FALSE, FALSE, 40);
  assert_int_equal(((McItem *)last->pdata[39])->due, NOW + 5399);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(pages_are_the_list, desk_open, desk_close),
      cmocka_unit_test_setup_teardown(foreign_anchor, desk_open, desk_close),
      cmocka_unit_test_setup_teardown(deadlines_agree, desk_open, desk_close),
      cmocka_unit_test_setup_teardown(counts_are_capped, desk_open, desk_close),
      cmocka_unit_test_setup_teardown(far_from_the_start, desk_open, desk_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

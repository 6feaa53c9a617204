/* SPDX-License-Identifier: Apache-2.0 */
/* Pulls: taken over whole or not at all; what is unchanged stays untouched; absence and tombstones; details;
 * and the person's actions laid over what the system says, until the system is seen to say it too. */
#include "store.h"

static GPtrArray *
two_items(void)
{
  GPtrArray *items = items_new();
  g_ptr_array_add(items, item_new("mot-cua", "a", "Việc a"));
  g_ptr_array_add(items, item_new("mot-cua", "b", "Việc b"));
  return items;
}

static void
whole_items_come_back(void **state)
{
  Desk *desk = *state;
  g_autoptr(GPtrArray) items = items_new();
  McItem *item = mc_item_new("van-ban", "den", "00\"7", TRUE);
  put_text(&item->title, "Tít \"lạ\"\n hai dòng");
  put_text(&item->raw, "{\"n\":12345678901234567890}");
  put_text(&item->keep, "{\"k\":[1]}");
  put_text(&item->etag, "W/\"1\"");
  put_text(&item->version, "7");
  item->key_is_number = TRUE;
  item->secrecy = MC_SECRECY_SECRET;
  item->due = -5;
  mc_item_set_list(item, &item->actions, g_strsplit("forward,approve", ",", -1));
  g_ptr_array_add(item->blocked, mc_blocked_new("deliver", "chưa có\tkết quả"));
  g_ptr_array_add(item->fields, mc_field_new("CCCD", "000099000001", TRUE));
  g_ptr_array_add(item->fields, mc_field_new("Trống", NULL, FALSE));
  g_ptr_array_add(item->history, mc_history_new(MC_TIME_NONE, NULL, "Tiếp nhận"));
  g_ptr_array_add(item->attachments,
                  mc_attachment_new("1", "Tờ khai.pdf", "application/pdf", 2000000000000, NULL));
  item->detail_as_of = NOW;
  g_ptr_array_add(items, item);
  pull_all(desk, "van-ban", items, TRUE);

  g_autoptr(McItem) back = look(desk, "van-ban:den/00\"7");
  assert_string_equal(back->stream, "den");
  assert_string_equal(back->key, "00\"7");
  assert_string_equal(back->title, item->title);
  assert_string_equal(back->raw, item->raw);
  assert_string_equal(back->keep, item->keep);
  assert_string_equal(back->etag, item->etag);
  assert_true(back->key_is_number && back->secrecy == MC_SECRECY_SECRET && back->due == -5);
  assert_true(back->received == MC_TIME_NONE && back->finished == MC_TIME_NONE && back->detail_as_of == NOW);
  assert_int_equal(g_strv_length(back->actions), 2);
  assert_string_equal(((McBlocked *)back->blocked->pdata[0])->reason, "chưa có kết quả");
  assert_true(((McField *)back->fields->pdata[0])->is_private);
  assert_null(((McField *)back->fields->pdata[1])->value);
  assert_true(((McHistory *)back->history->pdata[0])->when == MC_TIME_NONE);
  assert_true(((McAttachment *)back->attachments->pdata[0])->size == 2000000000000);
}

static void
counts_and_absence(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  McPullCounts counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_true(counts.added == 2 && counts.changed == 0 && counts.same == 0);
  counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_true(counts.added == 0 && counts.changed == 0 && counts.same == 2);
  put_text(&((McItem *)items->pdata[1])->title, "Việc b đổi tên");
  counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_true(counts.changed == 1 && counts.same == 1);
  expect(desk, "\"đổi tên\"", MC_SORT_DUE, "b");

  g_ptr_array_remove_index(items, 0);
  counts = pull_all(desk, "mot-cua", items, FALSE);
  assert_true(counts.removed == 0);
  expect(desk, "", MC_SORT_DUE, "a b");
  counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_true(counts.removed == 1);
  expect(desk, "", MC_SORT_DUE, "b");
  expect(desk, "viec", MC_SORT_DUE, "b");

  g_autofree char *cursor = mc_store_cursor(desk->store, "mot-cua", "main", &error);
  assert_string_equal(cursor, "cursor-1");
  g_autoptr(GPtrArray) systems = mc_snapshot_systems(desk->snapshot, &error);
  McSystemStatus *status = systems->pdata[0];
  assert_true(status->items == 1 && status->open_items == 1 && status->last_complete == NOW);
}

static void
tombstones(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items(), ids = g_ptr_array_new();
  McPullCounts counts;
  pull_all(desk, "mot-cua", items, TRUE);
  g_autoptr(McPullTxn) pull = mc_store_pull_begin(desk->store, "mot-cua", "main", &error);
  g_ptr_array_add(ids, "mot-cua:a");
  g_ptr_array_add(ids, "mot-cua:never");
  assert_true(mc_store_pull_remove(pull, ids, &error));
  assert_true(mc_store_pull_commit(pull, "c2", FALSE, &counts, &error));
  assert_int_equal(counts.removed, 1);
  expect(desk, "", MC_SORT_DUE, "b");
}

static void
dropped_pull_leaves_nothing(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  pull_all(desk, "mot-cua", items, TRUE);
  put_text(&((McItem *)items->pdata[0])->title, "nửa vời");
  g_ptr_array_remove_index(items, 1);
  McPullTxn *pull = mc_store_pull_begin(desk->store, "mot-cua", "main", &error);
  assert_true(mc_store_pull_add(pull, items, &error));
  mc_store_pull_free(pull);
  expect(desk, "", MC_SORT_DUE, "a b");
  expect(desk, "vời", MC_SORT_DUE, "");
  g_autoptr(GDir) data = g_dir_open(mc_home_dir(desk->home, MC_DIR_DATA), 0, NULL);
  for (const char *name; (name = g_dir_read_name(data));)
    assert_false(g_str_has_prefix(name, "stage"));
}

static void
pulls_side_by_side(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items(), others = items_new();
  g_ptr_array_add(others, item_new("van-ban", "z", "Khác"));
  g_autoptr(McPullTxn) one = mc_store_pull_begin(desk->store, "mot-cua", "main", &error);
  g_autoptr(McPullTxn) two = mc_store_pull_begin(desk->store, "van-ban", "main", &error);
  assert_true(mc_store_pull_add(one, items, &error) && mc_store_pull_add(two, others, &error));
  g_clear_pointer(&one, mc_store_pull_free);
  assert_true(mc_store_pull_commit(two, NULL, TRUE, NULL, &error));
  expect(desk, "", MC_SORT_DUE, "z");
}

static void
details_stay_while_the_version_does(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  McItem *a = items->pdata[0];
  put_text(&a->version, "1");
  pull_all(desk, "mot-cua", items, TRUE);

  g_autoptr(McItem) record = mc_item_copy(a);
  g_ptr_array_add(record->fields, mc_field_new("Mẹ", "Trần Thị Thử", FALSE));
  put_text(&record->etag, "e1");
  record->detail_as_of = record->as_of = NOW;
  expect(desk, "tran thi", MC_SORT_DUE, "");
  assert_true(mc_store_item_put(desk->store, record, &error));
  expect(desk, "tran thi", MC_SORT_DUE, "a");

  McPullCounts counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_int_equal(counts.same, 2);
  put_text(&a->step, "Bước mới");
  counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_int_equal(counts.changed, 1);
  g_autoptr(McItem) kept = look(desk, "mot-cua:a");
  assert_int_equal(kept->fields->len, 1);
  assert_string_equal(kept->etag, "e1");
  expect(desk, "tran thi", MC_SORT_DUE, "a");

  put_text(&a->version, "2");
  pull_all(desk, "mot-cua", items, TRUE);
  g_autoptr(McItem) dropped = look(desk, "mot-cua:a");
  assert_int_equal(dropped->fields->len, 0);
  expect(desk, "tran thi", MC_SORT_DUE, "");
}

/* A record that moved on, read by itself, and moved back before the next pull: the pull's row is news again.
 */
static void
record_between_pulls(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  pull_all(desk, "mot-cua", items, TRUE);
  g_autoptr(McItem) record = mc_item_copy(items->pdata[0]);
  record->state = record->sys_state = MC_STATE_DONE;
  assert_true(mc_store_item_put(desk->store, record, &error));
  expect(desk, "is:open", MC_SORT_DUE, "b");
  McPullCounts counts = pull_all(desk, "mot-cua", items, TRUE);
  assert_int_equal(counts.changed, 1);
  expect(desk, "is:open", MC_SORT_DUE, "a b");
  assert_true(mc_store_item_gone(desk->store, "mot-cua:b", &error));
  expect(desk, "", MC_SORT_DUE, "a");
}

static void
new_no_longer(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  McPullCounts counts;
  g_autoptr(McPullTxn) pull = mc_store_pull_begin(desk->store, "mot-cua", "main", &error);
  assert_true(mc_store_pull_add(pull, items, &error));
  g_autoptr(McItem) record = mc_item_copy(items->pdata[0]); /* meanwhile, and in words of its own */
  put_text(&record->title, "Tên cũ");
  assert_true(mc_store_item_put(desk->store, record, &error));
  assert_true(mc_store_tag(desk->store, "mot-cua:b", "gấp", TRUE, &error));
  assert_true(mc_store_pull_commit(pull, "c", TRUE, &counts, &error));
  assert_true(counts.added == 1 && counts.changed == 1);
  expect(desk, "viec", MC_SORT_DUE, "a b");
  expect(desk, "\"tên cũ\"", MC_SORT_DUE, "");
  expect(desk, "tag:gap", MC_SORT_DUE, "b");
  g_autoptr(GPtrArray) systems = mc_snapshot_systems(desk->snapshot, &error);
  assert_int_equal(((McSystemStatus *)systems->pdata[0])->items, 2);
}

static void
freshness(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  pull_all(desk, "mot-cua", items, TRUE);
  mc_clock_set(desk->clock, NOW + HOUR);
  pull_all(desk, "mot-cua", items, TRUE);
  mc_clock_set(desk->clock, NOW + 2 * HOUR);
  assert_true(
      mc_store_system_state(desk->store, "mot-cua", MC_SYSTEM_TROUBLE, "không trả lời", NULL, &error));
  g_autoptr(McItem) item = look(desk, "mot-cua:a");
  assert_true(item->stale && item->as_of == NOW + HOUR);
  assert_true(mc_store_system_state(desk->store, "mot-cua", MC_SYSTEM_OK, NULL, "canbo", &error));
  g_autoptr(McItem) again = look(desk, "mot-cua:a");
  assert_true(!again->stale && again->as_of == NOW + 2 * HOUR);
  assert_true(mc_store_system_forget(desk->store, "mot-cua", &error));
  expect(desk, "", MC_SORT_DUE, "");
  g_autoptr(GPtrArray) systems = mc_snapshot_systems(desk->snapshot, &error);
  assert_int_equal(systems->len, 0);
}

/* --- the overlay --- */

static guint laid;

static void
lay(McItem *item, GPtrArray *actions, gpointer data)
{
  (void)data;
  laid++;
  for (guint i = 0; i < actions->len; i++) {
    const McOutAction *action = actions->pdata[i];
    if (strcmp(action->action, "approve") == 0)
      item->state = MC_STATE_DONE;
    if (strcmp(action->action, "forward") == 0) {
      put_text(&item->assignee, "canbo02");
      put_text(&item->step, "Bước sau");
      put_text(&item->raw_state, NULL);
      item->due = NOW + DAY;
      item->unread = FALSE;
    }
  }
}

static void
actions_are_laid_over(void **state)
{
  Desk *desk = *state;
  g_autoptr(GPtrArray) items = two_items();
  put_text(&((McItem *)items->pdata[0])->assignee, "canbo01");
  put_text(&((McItem *)items->pdata[0])->raw_state, "Đang xử lý");
  ((McItem *)items->pdata[0])->unread = TRUE;
  laid = 0;
  mc_store_set_overlay(desk->store, lay, NULL);
  pull_all(desk, "mot-cua", items, TRUE);
  assert_int_equal(laid, 0);

  take(desk, action_new("01A", "mot-cua:a", "forward"));
  take(desk, action_new("01B", "mot-cua:a", "approve"));
  g_autoptr(McItem) item = look(desk, "mot-cua:a");
  assert_true(item->state == MC_STATE_DONE && item->sys_state == MC_STATE_PROCESSING && item->pending == 2);
  assert_string_equal(item->assignee, "canbo02");
  assert_string_equal(item->step, "Bước sau");
  assert_true(item->raw_state == NULL && item->due == NOW + DAY);
  expect(desk, "is:open", MC_SORT_DUE, "b");
  expect(desk, "is:pending", MC_SORT_DUE, "a");
  expect(desk, "assignee:canbo02", MC_SORT_DUE, "a");
  expect(desk, "is:unread", MC_SORT_DUE, "");

  put_text(&((McItem *)items->pdata[0])->title, "Việc a, tên khác");
  pull_all(desk, "mot-cua", items, TRUE); /* the system still says the old */
  expect(desk, "is:open", MC_SORT_DUE, "b");
  move(desk, "01B", MC_OUT_QUEUED, MC_OUT_CANCELLED);
  expect(desk, "is:open", MC_SORT_DUE, "a b");
  move(desk, "01A", MC_OUT_QUEUED, MC_OUT_SENDING);
  move(desk, "01A", MC_OUT_SENDING, MC_OUT_FAILED);
  g_autoptr(McItem) back = look(desk, "mot-cua:a");
  assert_true(back->state == MC_STATE_PROCESSING && back->pending == 0 && back->unread);
  assert_string_equal(back->assignee, "canbo01");
  assert_string_equal(back->raw_state, "Đang xử lý");
  assert_true(back->step == NULL && back->due == MC_TIME_NONE);
  expect(desk, "is:failed", MC_SORT_DUE, "a");
}

/* A done action stays on the screen until a pull that began after it ended; one under way meanwhile may have
 * read the record before. */
static void
done_stays_until_reflected(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  mc_store_set_overlay(desk->store, lay, NULL);
  pull_all(desk, "mot-cua", items, TRUE);
  take(desk, action_new("01A", "mot-cua:a", "approve"));

  g_autoptr(McPullTxn) early = mc_store_pull_begin(desk->store, "mot-cua", "main", &error);
  assert_true(mc_store_pull_add(early, items, &error));
  move(desk, "01A", MC_OUT_QUEUED, MC_OUT_SENDING);
  move(desk, "01A", MC_OUT_SENDING, MC_OUT_DONE);
  assert_true(mc_store_pull_commit(early, NULL, TRUE, NULL, &error));
  expect(desk, "is:open", MC_SORT_DUE, "b");
  expect(desk, "is:pending", MC_SORT_DUE, "");
  assert_true(mc_store_reconcile(desk->store, &error));
  expect(desk, "is:open", MC_SORT_DUE, "b");

  pull_all(desk, "mot-cua", items, FALSE); /* what the system says now stands, unchanged as it is */
  expect(desk, "is:open", MC_SORT_DUE, "a b");

  take(desk, action_new("01B", "mot-cua:b", "approve"));
  move(desk, "01B", MC_OUT_QUEUED, MC_OUT_SENDING);
  move(desk, "01B", MC_OUT_SENDING, MC_OUT_DONE);
  expect(desk, "is:open", MC_SORT_DUE, "a");
  g_autoptr(McItem) record = mc_item_copy(items->pdata[1]);
  record->as_of = NOW + 1;
  assert_true(mc_store_item_put(desk->store, record, &error));
  expect(desk, "is:open", MC_SORT_DUE, "a b");
}

static void
notes_and_tags_outlive_the_cache(void **state)
{
  Desk *desk = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = two_items();
  pull_all(desk, "mot-cua", items, TRUE);
  assert_true(mc_store_note(desk->store, "mot-cua:a", "gọi lại chiều nay", &error));
  assert_true(mc_store_tag(desk->store, "mot-cua:a", "Gấp", TRUE, &error));
  assert_true(mc_store_tag(desk->store, "mot-cua:a", "hỏi", TRUE, &error));
  assert_true(mc_store_tag(desk->store, "mot-cua:a", "hỏi", FALSE, &error));
  assert_true(mc_store_system_forget(desk->store, "mot-cua", &error));
  pull_all(desk, "mot-cua", items, TRUE);
  expect(desk, "chieu nay", MC_SORT_DUE, "a");
  expect(desk, "tag:gap", MC_SORT_DUE, "a");
  expect(desk, "tag:hoi", MC_SORT_DUE, "");
  g_autoptr(McItem) item = look(desk, "mot-cua:a");
  assert_string_equal(item->note, "gọi lại chiều nay");
  assert_string_equal(item->tags[0], "Gấp");
  assert_true(mc_store_note(desk->store, "mot-cua:a", "", &error));
  expect(desk, "has:note", MC_SORT_DUE, "");
  expect(desk, "chieu", MC_SORT_DUE, "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(whole_items_come_back),
      TEST(counts_and_absence),
      TEST(tombstones),
      TEST(dropped_pull_leaves_nothing),
      TEST(pulls_side_by_side),
      TEST(details_stay_while_the_version_does),
      TEST(record_between_pulls),
      TEST(new_no_longer),
      TEST(freshness),
      TEST(actions_are_laid_over),
      TEST(done_stays_until_reflected),
      TEST(notes_and_tags_outlive_the_cache),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

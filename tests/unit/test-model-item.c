/* SPDX-License-Identifier: Apache-2.0 */
/* Items: words, identity, copies, JSON and cells. */
#include "unit.h"
#include "motcua/error.h"
#include "motcua/form.h"
#include "motcua/worktime.h"

#include <string.h>

static McCalendar *calendar;

static int
setup(void **state)
{
  (void)state;
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

static gint64
at(const char *iso)
{
  gint64 moment = 0;

  assert_true(mc_time_parse_iso(iso, NULL, &moment));
  return moment;
}

static char **
list(const char *joined)
{
  return g_strsplit(joined, "|", -1);
}

static void
set_list(McItem *item, char ***where, const char *joined)
{
  mc_item_set_list(item, where, list(joined));
}

/* The contract's example. */
static McItem *
example(void)
{
  McItem *item = mc_item_new("mot-cua", "cases", "H47.61-261118-0042", FALSE);

  item->kind = MC_KIND_CASE;
  item->code = g_strdup("H47.61-261118-0042");
  item->title = g_strdup("Đăng ký khai sinh");
  item->from = g_strdup("Người nộp 0042");
  item->state = MC_STATE_PROCESSING;
  item->raw_state = g_strdup("Đang xử lý");
  item->received = at("2026-11-18T08:12:00+07:00");
  item->due = at("2026-11-24T17:00:00+07:00");
  item->assignee = g_strdup("canbo01");
  item->step = g_strdup("Thẩm định");
  item->unread = TRUE;
  set_list(item, &item->actions, "forward|supplement|approve");
  g_ptr_array_add(item->blocked, mc_blocked_new("deliver", "chưa có kết quả"));
  set_list(item, &item->links, "van-ban:9917");
  item->attachment_count = 2;
  set_list(item, &item->tags, "gấp");
  item->version = g_strdup("7");
  item->as_of = at("2026-11-22T14:05:10+07:00");
  return item;
}

static void
json_is_the_contracts(void **state)
{
  g_autoptr(McItem) item = example();
  (void)state;
  assert_text(
      mc_item_to_json(item, calendar, at("2026-11-22T14:05:10+07:00"), FALSE, NULL),
      "{\"id\":\"mot-cua:H47.61-261118-0042\",\"system\":\"mot-cua\",\"kind\":\"case\",\"code\":\"H47.61-"
      "261118-"
      "0042\",\"title\":\"Đăng ký khai sinh\",\"from\":\"Người nộp "
      "0042\",\"state\":\"processing\",\"raw_state\":"
      "\"Đang xử lý\",\"urgency\":\"normal\",\"secrecy\":\"none\",\"received\":\"2026-11-18T08:12:00+07:00\","
      "\"due\":\"2026-11-24T17:00:00+07:00\",\"deadline\":\"on_time\",\"assignee\":\"canbo01\",\"step\":"
      "\"Thẩm "
      "định\",\"unread\":true,\"pending\":0,\"actions\":[\"forward\",\"supplement\",\"approve\"],\"blocked\":"
      "[{"
      "\"action\":\"deliver\",\"reason\":\"chưa có kết "
      "quả\"}],\"links\":[\"van-ban:9917\"],\"attachment_count\":2,"
      "\"tags\":[\"gấp\"],\"version\":\"7\",\"as_of\":\"2026-11-22T14:05:10+07:00\",\"stale\":false}");
}

static void
json_leaves_out_what_is_unknown(void **state)
{
  g_autoptr(McItem) item = mc_item_new("a", "s", "1", FALSE);
  (void)state;
  assert_text(
      mc_item_to_json(item, calendar, 0, FALSE, NULL),
      "{\"id\":\"a:1\",\"system\":\"a\",\"kind\":\"document\",\"state\":\"unknown\",\"urgency\":\"normal\","
      "\"secrecy\":\"none\",\"deadline\":\"none\",\"unread\":false,\"pending\":0,\"actions\":[],\"blocked\":["
      "],"
      "\"links\":[],\"attachment_count\":0,\"tags\":[],\"stale\":false}");
}

static void
json_picks_keys_in_order(void **state)
{
  static const char *const names[] = {"state", "id", NULL};
  g_autoptr(McItem) item = example();
  (void)state;
  assert_text(mc_item_to_json(item, calendar, 0, FALSE, names),
              "{\"id\":\"mot-cua:H47.61-261118-0042\",\"state\":\"processing\"}");
}

static void
json_keys_are_those_printed(void **state)
{
  g_autoptr(McItem) item = example();
  g_autofree char *json = mc_item_to_json(item, calendar, 0, FALSE, NULL);
  const char *last = json;
  (void)state;
  for (const char *const *key = mc_item_json_keys(); *key; key++) {
    g_autofree char *quoted = g_strdup_printf("\"%s\":", *key);
    last = strstr(last, quoted);
    assert_non_null(last);
  }
  assert_int_equal(g_strv_length((char **)mc_item_json_keys()), 25);
}

static void
whole_json_adds_the_details(void **state)
{
  static const char *const names[] = {"id", "fields", "history", "attachments", "raw", NULL};
  g_autoptr(McItem) item = mc_item_new("a", "s", "1", FALSE);
  (void)state;
  g_ptr_array_add(item->fields, mc_field_new("Phí", "8.000 đ", FALSE));
  g_ptr_array_add(item->fields, mc_field_new("CCCD", "000099000001", TRUE));
  g_ptr_array_add(item->history, mc_history_new(at("2026-11-20T08:12:00+07:00"), "canbo03", "Tiếp nhận"));
  g_ptr_array_add(item->history, mc_history_new(MC_TIME_NONE, NULL, "Chuyển"));
  g_ptr_array_add(item->attachments, mc_attachment_new("9", "Tờ khai.pdf", "application/pdf", 217088, NULL));
  g_ptr_array_add(item->attachments, mc_attachment_new("10", "x", NULL, -1, "ab"));
  item->raw = g_strdup("{\"id\":9007199254740993,\n \"ma\":1.50}");
  assert_text(
      mc_item_to_json(item, calendar, 0, TRUE, names),
      "{\"id\":\"a:1\",\"fields\":[{\"label\":\"Phí\",\"value\":\"8.000 đ\"},{\"label\":\"CCCD\",\"value\":"
      "\"000*****0001\",\"private\":true}],\"history\":[{\"when\":\"2026-11-20T08:12:00+07:00\",\"who\":"
      "\"canbo03\",\"what\":\"Tiếp nhận\"},{\"what\":\"Chuyển\"}],\"attachments\":[{\"key\":\"9\",\"name\":"
      "\"Tờ "
      "khai.pdf\",\"type\":\"application/pdf\",\"size\":217088},{\"key\":\"10\",\"name\":\"x\",\"sha256\":"
      "\"ab\"}],\"raw\":{\"id\":9007199254740993,  \"ma\":1.50}}");
}

static void
whole_json_names_people_and_masks_the_record(void **state)
{
  static const char *const names[] = {"people", "raw", NULL};
  g_autoptr(McItem) item = mc_item_new("a", "s", "1", FALSE);
  (void)state;
  item->from = g_strdup("Trần \"B\"");
  item->assignee = g_strdup("canbo01");
  g_ptr_array_add(item->history, mc_history_new(MC_TIME_NONE, "canbo03", "Tiếp nhận"));
  g_ptr_array_add(item->history, mc_history_new(MC_TIME_NONE, "canbo01", "Chuyển"));
  g_ptr_array_add(item->history, mc_history_new(MC_TIME_NONE, NULL, "Xong"));
  g_ptr_array_add(item->fields, mc_field_new("CCCD", "000099000001", TRUE));
  g_ptr_array_add(item->fields, mc_field_new("Điện thoại", "900000001234", TRUE));
  g_ptr_array_add(item->fields, mc_field_new("Phí", "8000", FALSE));
  item->raw =
      g_strdup("{\"cccd\":\"0000\\u00399000001\",\"dt\":900000001234,\"phi\":8000,\"ok\":true,\"n\":-1.5e3,"
               "\"x\":\"\\\\\\\"\"}");
  assert_text(
      mc_item_to_json(item, calendar, 0, TRUE, names),
      "{\"people\":[{\"role\":\"from\",\"name\":\"Trần \\\"B\\\"\"},{\"role\":\"assignee\",\"name\":"
      "\"canbo01\"},{\"role\":\"history\",\"name\":\"canbo03\"}],\"raw\":{\"cccd\":\"000*****0001\",\"dt\":"
      "\"900*****1234\",\"phi\":8000,\"ok\":true,\"n\":-1.5e3,\"x\":\"\\\\\\\"\"}}");
}

static void
whole_json_has_the_forms(void **state)
{
  static const char *const names[] = {"form", NULL};
  g_autoptr(McItem) item = mc_item_new("a", "s", "1", FALSE);
  McForm *form = g_new0(McForm, 1);
  McInput *input = g_new0(McInput, 1);
  McChoice *choice = g_new0(McChoice, 1);
  (void)state;
  form->action = g_strdup("forward");
  form->label = g_strdup("Chuyển");
  form->confirm = TRUE;
  form->inputs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_input_free);
  input->name = g_strdup("to");
  input->label = g_strdup("Tới");
  input->type = MC_INPUT_CHOICE;
  input->required = TRUE;
  input->max = 9;
  input->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  choice->value = g_strdup("1");
  choice->title = g_strdup("Một");
  g_ptr_array_add(input->choices, choice);
  g_ptr_array_add(form->inputs, input);
  item->forms = g_ptr_array_new_with_free_func((GDestroyNotify)mc_form_free);
  g_ptr_array_add(item->forms, form);
  assert_text(
      mc_item_to_json(item, calendar, 0, TRUE, names),
      "{\"form\":{\"forward\":{\"label\":\"Chuyển\",\"confirm\":true,\"fields\":[{\"name\":\"to\",\"label\":"
      "\"Tới\",\"type\":\"choice\",\"required\":true,\"max\":9,\"choices\":[{\"value\":\"1\",\"title\":"
      "\"Một\"}]}]}}}");
}

static void
json_of_a_list_row_has_no_details(void **state)
{
  static const char *const names[] = {"fields", "history", "attachments", "raw", NULL};
  g_autoptr(McItem) item = example();
  (void)state;
  g_clear_pointer(&item->fields, g_ptr_array_unref);
  g_clear_pointer(&item->history, g_ptr_array_unref);
  g_clear_pointer(&item->attachments, g_ptr_array_unref);
  assert_text(mc_item_to_json(item, calendar, 0, TRUE, names), "{}");
  assert_text(mc_item_to_json(item, calendar, 0, FALSE, names), "{}");
}

static void
json_is_harmless_on_a_terminal(void **state)
{
  static const char *const names[] = {"title", NULL};
  g_autoptr(McItem) item = example();
  (void)state;
  mc_item_set_text(item, &item->title, g_strdup("\x1B[2J\xC2\x9B\xE2\x80\xAE\"\\\n"));
  assert_text(mc_item_to_json(item, calendar, 0, FALSE, names),
              "{\"title\":\"\\u001b[2J\\u009b\\u202e\\\"\\\\\\n\"}");
}

static void
json_deadline_follows_the_setting(void **state)
{
  g_autoptr(McItem) item = example();
  gint64 now = at("2026-11-24T09:00:00+07:00");
  (void)state;
  assert_text(mc_item_value(item, calendar, now, "deadline"), "due_soon");
  mc_calendar_set_due_soon(calendar, 60);
  assert_text(mc_item_value(item, calendar, now, "deadline"), "on_time");
  mc_calendar_set_due_soon(calendar, 480);
}

static void
cells_are_plain(void **state)
{
  g_autoptr(McItem) item = example();
  (void)state;
  assert_text(mc_item_value(item, calendar, 0, "title"), "Đăng ký khai sinh");
  assert_text(mc_item_value(item, calendar, 0, "due"), "2026-11-24T17:00:00+07:00");
  assert_text(mc_item_value(item, calendar, 0, "unread"), "true");
  assert_text(mc_item_value(item, calendar, 0, "stale"), "false");
  assert_text(mc_item_value(item, calendar, 0, "attachment_count"), "2");
  assert_text(mc_item_value(item, calendar, 0, "actions"), "forward,supplement,approve");
  assert_text(mc_item_value(item, calendar, 0, "blocked"), "deliver");
  assert_text(mc_item_value(item, calendar, 0, "nonsense"), "");
  mc_item_set_text(item, &item->step, NULL);
  assert_text(mc_item_value(item, calendar, 0, "step"), "");
}

static void
ids_name_their_system(void **state)
{
  g_autoptr(McItem) several = mc_item_new("mot-cua", "cases", "a:b/c", TRUE);
  (void)state;
  assert_string_equal(several->id, "mot-cua:cases/a:b/c");
  assert_text(mc_item_id_system("mot-cua:H47.61-261118-0042"), "mot-cua");
  assert_text(mc_item_id_system("158:a:b"), "158");
  assert_null(mc_item_id_system("mot-cua:"));
  assert_null(mc_item_id_system(":x"));
  assert_null(mc_item_id_system("Mot:x"));
  assert_null(mc_item_id_system("x"));
  assert_null(mc_item_id_system(""));
}

static void
words_go_both_ways(void **state)
{
  (void)state;
  for (int i = 0; i < MC_KIND_COUNT; i++) {
    McKind kind = MC_KIND_COUNT;
    assert_true(mc_kind_parse(mc_kind_name((McKind)i), &kind) && (int)kind == i);
    assert_true(*mc_kind_label(kind));
  }
  for (int i = 0; i < MC_STATE_COUNT; i++) {
    McState parsed = MC_STATE_COUNT;
    assert_true(mc_state_parse(mc_state_name((McState)i), &parsed) && (int)parsed == i);
    assert_true(*mc_state_label(parsed));
  }
  for (int i = 0; i < MC_URGENCY_COUNT; i++) {
    McUrgency urgency = MC_URGENCY_COUNT;
    assert_true(mc_urgency_parse(mc_urgency_name((McUrgency)i), &urgency) && (int)urgency == i);
    assert_true(*mc_urgency_label(urgency));
  }
  for (int i = 0; i < MC_SECRECY_COUNT; i++) {
    McSecrecy secrecy = MC_SECRECY_COUNT;
    assert_true(mc_secrecy_parse(mc_secrecy_name((McSecrecy)i), &secrecy) && (int)secrecy == i);
    assert_true(*mc_secrecy_label(secrecy));
  }
}

static void
unknown_words_change_nothing(void **state)
{
  McKind kind = MC_KIND_MAIL;
  (void)state;
  assert_false(mc_kind_parse("letter", &kind));
  assert_false(mc_kind_parse("", &kind));
  assert_int_equal(kind, MC_KIND_MAIL);
}

static void
three_states_are_closed(void **state)
{
  int open = 0;
  (void)state;
  for (int i = 0; i < MC_STATE_COUNT; i++)
    open += mc_state_is_open((McState)i);
  assert_int_equal(open, 7);
  assert_false(mc_state_is_open(MC_STATE_WITHDRAWN));
}

static void
copies_are_deep(void **state)
{
  McItem *item = example();
  (void)state;
  g_ptr_array_add(item->fields, mc_field_new("a", "b", TRUE));
  g_ptr_array_add(item->history, mc_history_new(1, "a", "b"));
  g_ptr_array_add(item->attachments, mc_attachment_new("a", "b", "c", 1, "d"));
  item->raw = g_strdup("{}");
  char *before = mc_item_to_json(item, calendar, 0, TRUE, NULL);
  g_autoptr(McItem) copy = mc_item_copy(item);
  mc_item_free(item);
  assert_text(mc_item_to_json(copy, calendar, 0, TRUE, NULL), before);
  g_free(before);
  assert_string_equal(copy->key, "H47.61-261118-0042");
}

/* Whatever lies in the item's memory, or beside it: all is read, set anew, copied and freed alike. */
static void
members_lie_inside_or_beside(void **state)
{
  static const char *const refs[] = {"h47.61", "h47.62", NULL}, *const none[] = {NULL};
  g_autofree char *large = g_strnfill(5000, 'x');
  (void)state;
  for (gsize room = 0; room <= 8192; room += 512) {
    McItem *item = mc_item_new_with_room("mot-cua", "cases", "1", TRUE, room);
    mc_item_set_text(item, &item->title, mc_item_add_text(item, "Tên việc", strlen("Tên")));
    mc_item_set_text(item, &item->raw, mc_item_add_text(item, large, 5000));
    mc_item_set_list(item, &item->refs, mc_item_add_list(item, refs));
    mc_item_set_list(item, &item->tags, mc_item_add_list(item, none));
    mc_item_set_list(item, &item->links, g_strsplit("a:1 b:2", " ", -1));
    g_ptr_array_add(item->fields, mc_item_add_field(item, "Phí", NULL, FALSE));
    g_ptr_array_add(item->fields, mc_item_add_field(item, "CCCD", "000099000001", TRUE));
    g_ptr_array_add(item->fields, mc_field_new("Cũ", "8.000", FALSE));
    assert_string_equal(item->title, "Tên");
    mc_item_set_text(item, &item->title, g_strdup("Khác"));
    mc_item_set_text(item, &item->title, mc_item_add_text(item, "", 0));
    mc_item_set_list(item, &item->actions, g_strsplit("forward", ",", -1));
    mc_item_set_list(item, &item->links, NULL);
    g_ptr_array_remove_index(item->fields, 0);
    g_autoptr(McItem) copy = mc_item_copy(item);
    mc_item_free(item);
    assert_string_equal(copy->id, "mot-cua:cases/1");
    assert_string_equal(copy->title, "");
    assert_string_equal(copy->raw, large);
    assert_string_equal(copy->refs[1], "h47.62");
    assert_null(copy->tags[0]);
    assert_null(copy->links);
    assert_string_equal(((McField *)copy->fields->pdata[0])->value, "000099000001");
    assert_true(((McField *)copy->fields->pdata[0])->is_private);
    assert_string_equal(((McField *)copy->fields->pdata[1])->label, "Cũ");
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_is_the_contracts),
      cmocka_unit_test(json_leaves_out_what_is_unknown),
      cmocka_unit_test(json_picks_keys_in_order),
      cmocka_unit_test(json_keys_are_those_printed),
      cmocka_unit_test(whole_json_adds_the_details),
      cmocka_unit_test(whole_json_names_people_and_masks_the_record),
      cmocka_unit_test(whole_json_has_the_forms),
      cmocka_unit_test(json_of_a_list_row_has_no_details),
      cmocka_unit_test(json_is_harmless_on_a_terminal),
      cmocka_unit_test(json_deadline_follows_the_setting),
      cmocka_unit_test(cells_are_plain),
      cmocka_unit_test(ids_name_their_system),
      cmocka_unit_test(words_go_both_ways),
      cmocka_unit_test(unknown_words_change_nothing),
      cmocka_unit_test(three_states_are_closed),
      cmocka_unit_test(copies_are_deep),
      cmocka_unit_test(members_lie_inside_or_beside),
  };

  return cmocka_run_group_tests_name("item", tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, commands, key files, themes, the line editor and the fields of a form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tui/edit.h"
#include "tui/field.h"
#include "tui/keymap.h"
#include "tui/theme.h"

static void
keys_have_names_and_names_keys(void **state)
{
  (void)state;
  static const char *const names[] = {"up",    "enter", "esc", "ctrl-d", "f1", "f12",
                                      "space", "a",     "G",   "?",      "đ",  "pagedown"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    McKey key = MC_KEY_NONE;
    assert_true(mc_key_parse(names[i], &key));
    g_autofree char *name = mc_key_name(key);
    assert_string_equal(name, names[i]);
  }
  McKey key;
  static const char *const wrong[] = {"", "gg", "ctrl-", "ctrl-DD", "f13", "f0", "aa", "\x01"};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
    assert_false(mc_key_parse(wrong[i], &key));
}

static void
composed_letters_are_the_keys_that_made_them(void **state)
{
  (void)state;
  static const struct {
    const char *letter, *typed;
  } cases[] = {{"á", "as"},  {"à", "af"},  {"ả", "ar"}, {"ã", "ax"}, {"ạ", "aj"}, {"â", "aa"},
               {"ă", "aw"},  {"ơ", "ow"},  {"ư", "uw"}, {"đ", "dd"}, {"Đ", "DD"}, {"ế", "ees"},
               {"ệ", "eej"}, {"ặ", "awj"}, {"ỳ", "yf"}, {"Ô", "OO"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    McKey typed[3];
    int count = mc_key_typed(g_utf8_get_char(cases[i].letter), typed);
    assert_int_equal(count, (int)strlen(cases[i].typed));
    for (int k = 0; k < count; k++)
      assert_int_equal(typed[k], cases[i].typed[k]);
  }
  McKey typed[3];
  static const McKey plain[] = {'a', 'd', ' ', 0x65E5, MC_KEY_UP, MC_KEY_CTRL + 'd'};
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    assert_int_equal(mc_key_typed(plain[i], typed), 0);
}

static void
every_command_has_a_name_and_keys_that_parse(void **state)
{
  (void)state;
  for (int i = 0; i < MC_CMD_COUNT; i++) {
    const McCommandInfo *info = mc_command_info((McCommand)i);
    assert_int_equal(mc_command_find(info->name), i);
    assert_true(info->where != 0 && info->where < 1u << MC_IN_COUNT);
    assert_true(info->help && *info->help);
    g_auto(GStrv) keys = g_strsplit(info->keys, " ", -1);
    for (char **name = keys; *name; name++) {
      McKey key;
      assert_true(mc_key_parse(*name, &key)); /* one key each: no chord can be written */
    }
  }
  assert_int_equal(mc_command_find("no-such-command"), MC_CMD_NONE);
}

static void
no_key_means_two_things_in_one_place(void **state)
{
  (void)state;
  for (int i = 0; i < MC_CMD_COUNT; i++)
    for (int j = i + 1; j < MC_CMD_COUNT; j++) {
      const McCommandInfo *a = mc_command_info((McCommand)i), *b = mc_command_info((McCommand)j);
      g_auto(GStrv) keys = g_strsplit(a->keys, " ", -1), others = g_strsplit(b->keys, " ", -1);
      for (char **key = keys; a->where & b->where && *key; key++)
        if (g_strv_contains((const char *const *)others, *key))
          fail_msg("%s is the key of %s and of %s", *key, a->name, b->name);
    }
}

static McKey
key_of(const char *name)
{
  McKey key = MC_KEY_NONE;
  assert_true(mc_key_parse(name, &key));
  return key;
}

static McKeymap *
keymap_with(const char *text, GPtrArray *faults)
{
  McKeymap *keymap = mc_keymap_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(McIni) ini = mc_ini_parse("keys.ini", text, -1, &error);
  assert_non_null(ini);
  mc_keymap_read(keymap, ini, faults);
  return keymap;
}

static void
a_key_file_binds_anew_and_takes_from_the_defaults(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(McKeymap) keymap = keymap_with("[keys]\nsync = f5 a\noutbox =\n", faults);
  assert_int_equal(faults->len, 0);
  assert_int_equal(mc_keymap_find(keymap, MC_IN_INBOX, key_of("f5")), MC_CMD_SYNC);
  assert_int_equal(mc_keymap_find(keymap, MC_IN_INBOX, key_of("a")), MC_CMD_SYNC);
  assert_int_equal(mc_keymap_find(keymap, MC_IN_INBOX, key_of("r")), MC_CMD_NONE);
  assert_int_equal(mc_keymap_find(keymap, MC_IN_INBOX, key_of("o")), MC_CMD_NONE);
  g_autofree char *keys = mc_keymap_keys(keymap, MC_CMD_SYNC, MC_IN_INBOX, 0);
  assert_string_equal(keys, "F5 a");
}

static void
a_fault_in_a_key_file_has_its_place_and_the_rest_goes_on(void **state)
{
  (void)state;
  static const struct {
    const char *text, *place;
  } cases[] = {
      {"[keys]\nsynk = f5\nquit = Q\n", "keys.ini:2:1: "},
      {"[keys]\nsync = f5 gg\nquit = Q\n", "keys.ini:2:11: "},
      {"[keys]\nquit = Q\nsync = Q\n", "keys.ini:3:8: "},
      {"[other]\na = b\n[keys]\nquit = Q\n", "keys.ini:2:"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(McKeymap) keymap = keymap_with(cases[i].text, faults);
    assert_int_equal(faults->len, 1);
    if (!g_str_has_prefix(faults->pdata[0], cases[i].place))
      fail_msg("%s: not %s", (char *)faults->pdata[0], cases[i].place);
    assert_int_equal(mc_keymap_find(keymap, MC_IN_INBOX, 'Q'), MC_CMD_QUIT);
  }
}

static gboolean
read_theme(McTheme *theme, const char *text, GError **error)
{
  g_autoptr(McIni) ini = mc_ini_parse("x.theme", text, -1, NULL);
  assert_non_null(ini);
  mc_theme_init(theme);
  return mc_theme_read(theme, ini, error);
}

static void
a_theme_is_read(void **state)
{
  (void)state;
  McTheme theme;
  assert_true(
      read_theme(&theme, "[roles]\nalarm = bright-red on 17 bold underline\nselected = default\n", NULL));
  assert_int_equal(theme.looks[MC_ROLE_ALARM].fg, 9);
  assert_int_equal(theme.looks[MC_ROLE_ALARM].bg, 17);
  assert_int_equal(theme.looks[MC_ROLE_ALARM].flags, MC_LOOK_BOLD | MC_LOOK_UNDERLINE);
  assert_int_equal(theme.looks[MC_ROLE_SELECTED].flags, 0);
  assert_int_equal(theme.looks[MC_ROLE_SELECTED].fg, -1);
}

static void
a_fault_in_a_theme_has_its_place_and_the_rest_goes_on(void **state)
{
  (void)state;
  McTheme theme;
  g_autoptr(GError) error = NULL;
  assert_false(read_theme(&theme, "[roles]\nalarm = red blod\nwarn = yellow\n", &error));
  assert_non_null(strstr(error->message, "x.theme:2:13: "));
  assert_int_equal(theme.looks[MC_ROLE_WARN].fg, 3);
  g_clear_error(&error);
  assert_false(read_theme(&theme, "[roles]\nalram = red\n", &error));
  assert_non_null(strstr(error->message, "x.theme:2:1: "));
  assert_non_null(strstr(error->message, "alarm"));
}

static void
type(McEdit *edit, const char *text)
{
  for (const char *p = text; *p; p = g_utf8_next_char(p))
    mc_edit_insert(edit, g_utf8_get_char(p));
}

static void
a_line_is_edited(void **state)
{
  (void)state;
  g_autoptr(McEdit) edit = mc_edit_new("", FALSE, FALSE, 20);
  type(edit, "trình ký");
  assert_false(mc_edit_insert(edit, '\n'));
  assert_false(mc_edit_insert(edit, 0x1b));
  assert_false(mc_edit_insert(edit, 0x9b));
  assert_true(mc_edit_backspace(edit));
  assert_string_equal(mc_edit_text(edit), "trình k");
  assert_true(mc_edit_home(edit));
  assert_true(mc_edit_delete(edit));
  assert_true(mc_edit_right(edit) && mc_edit_right(edit));
  assert_true(mc_edit_delete(edit));
  assert_string_equal(mc_edit_text(edit), "rìh k");
  mc_edit_end(edit);
  assert_true(mc_edit_delete_word(edit));
  assert_string_equal(mc_edit_text(edit), "rìh ");
  assert_true(mc_edit_kill(edit));
  assert_string_equal(mc_edit_text(edit), "");
  assert_false(mc_edit_backspace(edit) || mc_edit_left(edit) || mc_edit_delete(edit));
  type(edit, "123456789012345678901234567890");
  assert_int_equal(strlen(mc_edit_text(edit)), 20);
}

static void
a_letter_and_its_marks_go_together(void **state)
{
  (void)state;
  g_autoptr(McEdit) edit = mc_edit_new("e\xcc\x82\xcc\x81", FALSE, FALSE, 20);
  assert_true(mc_edit_left(edit));
  assert_int_equal(mc_edit_cursor(edit), 0);
  assert_true(mc_edit_delete(edit));
  assert_string_equal(mc_edit_text(edit), "");
}

static void
lines_are_shown_wrapped_with_the_cursor(void **state)
{
  (void)state;
  g_autoptr(McEdit) edit = mc_edit_new("một hai\nba", TRUE, FALSE, 100);
  int row, col;
  g_auto(GStrv) lines = mc_edit_show(edit, 5, &row, &col);
  assert_string_equal(lines[0], "một ");
  assert_string_equal(lines[1], "hai");
  assert_string_equal(lines[2], "ba");
  assert_int_equal(row, 2);
  assert_int_equal(col, 2);
  assert_true(mc_edit_line(edit, -1));
  assert_false(mc_edit_line(edit, -1));
  assert_int_equal(mc_edit_cursor(edit), (int)strlen("mộ"));
}

static void
a_secret_is_never_shown(void **state)
{
  (void)state;
  g_autoptr(McEdit) edit = mc_edit_new("", FALSE, TRUE, 100);
  type(edit, "mậtkhẩu");
  int row, col;
  g_auto(GStrv) lines = mc_edit_show(edit, 40, &row, &col);
  assert_string_equal(lines[0], "•••••••");
  assert_string_equal(mc_edit_text(edit), "mậtkhẩu");
}

static McInput
input_of(McInputType kind)
{
  McInput input = {.name = (char *)"x", .label = (char *)"X", .type = kind};
  input.choices = g_ptr_array_new();
  return input;
}

static void
type_field(McFormField *field, const char *text)
{
  gboolean changed;
  for (const char *p = text; *p; p = g_utf8_next_char(p))
    mc_form_field_type(field, g_utf8_get_char(p), &changed);
}

static void
a_private_value_is_masked(void **state)
{
  (void)state;
  McInput input = input_of(MC_INPUT_TEXT);
  const McLookupField number = {.value = (char *)"000099000001", .is_private = TRUE};
  McFormField *field = mc_form_field_new(&input, FALSE);
  type_field(field, "0001"); /* an input of everybody's, until a private value is filled in */
  assert_null(mc_form_field_mask(field, FALSE));
  assert_true(mc_form_field_fill(field, &number, "Dân cư", TRUE, TRUE));
  g_autofree char *filled = mc_form_field_mask(field, TRUE);
  assert_string_equal(filled, "000*****0001");
  type_field(field, "2");
  assert_null(mc_form_field_mask(field, TRUE)); /* being typed */
  g_autofree char *left = mc_form_field_mask(field, FALSE);
  assert_non_null(left);
  mc_form_field_free(field);
  g_ptr_array_unref(input.choices);
}

static void
what_a_system_said_stays_marked(void **state)
{
  (void)state;
  const McLookupField name = {.value = (char *)"Lê C"}, three = {.value = (char *)"3"},
                      first = {.value = (char *)"1"};
  McInput text = input_of(MC_INPUT_TEXT), choice = input_of(MC_INPUT_CHOICE);
  McChoice one = {(char *)"1", (char *)"Nam"};
  g_ptr_array_add(choice.choices, &one);
  McFormField *field = mc_form_field_new(&text, FALSE), *sex = mc_form_field_new(&choice, FALSE);
  assert_null(mc_form_field_source(field));
  assert_true(mc_form_field_fill(field, &name, "Dân cư, 14:05", TRUE, FALSE));
  assert_string_equal(mc_form_field_source(field), "Dân cư, 14:05");
  g_autofree char *draft = mc_form_field_save(field);
  assert_string_equal(draft, "");
  assert_true(mc_form_field_fill(field, &name, "Dân cư, 14:06", FALSE, FALSE));
  g_autofree char *kept = mc_form_field_save(field);
  assert_string_equal(kept, "Lê C");
  type_field(field, "x");
  assert_null(mc_form_field_source(field));
  assert_false(mc_form_field_fill(field, &name, "Dân cư", TRUE, FALSE));
  g_autofree char *typed = mc_form_field_value(field);
  assert_string_equal(typed, "Lê Cx");
  assert_true(mc_form_field_fill(field, &name, "Dân cư", TRUE, TRUE));
  assert_true(mc_form_field_fill(sex, &three, "Dân cư", TRUE, FALSE)); /* no choice of this form */
  assert_null(mc_form_field_source(sex));
  assert_true(mc_form_field_fill(sex, &first, "Dân cư", TRUE, FALSE));
  g_autofree char *shown = mc_form_field_taken(sex), *value = mc_form_field_value(sex);
  assert_string_equal(shown, "Nam");
  assert_string_equal(value, "1");
  mc_form_field_free(field);
  mc_form_field_free(sex);
  g_ptr_array_unref(text.choices);
  g_ptr_array_unref(choice.choices);
}

static void
a_choice_is_found_by_typing_and_posted_by_its_value(void **state)
{
  (void)state;
  McInput input = input_of(MC_INPUT_CHOICE);
  McChoice main_one = {(char *)"main", (char *)"Xử lý chính"}, other = {(char *)"coop", (char *)"Phối hợp"};
  gboolean changed;
  input.required = TRUE;
  g_ptr_array_add(input.choices, &main_one);
  g_ptr_array_add(input.choices, &other);
  McFormField *field = mc_form_field_new(&input, FALSE);
  assert_false(mc_form_field_check(field, NULL));
  type_field(field, "phoi");
  assert_false(mc_form_field_check(field, NULL));
  assert_true(mc_form_field_take(field));
  g_autofree char *value = mc_form_field_value(field);
  assert_string_equal(value, "coop");
  assert_true(mc_form_field_run(field, MC_CMD_EDIT_DOWN, "", &changed));
  assert_true(mc_form_field_take(field));
  g_autofree char *first = mc_form_field_value(field), *shown = mc_form_field_taken(field);
  assert_string_equal(first, "main");
  assert_string_equal(shown, "Xử lý chính");
  g_autofree char *saved = mc_form_field_save(field);
  McFormField *again = mc_form_field_new(&input, FALSE);
  mc_form_field_restore(again, saved);
  g_autofree char *restored = mc_form_field_value(again);
  assert_string_equal(restored, "main");
  mc_form_field_free(again);
  mc_form_field_free(field);
  g_ptr_array_unref(input.choices);
}

static void
dates_step_and_booleans_toggle(void **state)
{
  (void)state;
  McInput date = input_of(MC_INPUT_DATE), flag = input_of(MC_INPUT_BOOLEAN);
  McFormField *field = mc_form_field_new(&date, FALSE), *box = mc_form_field_new(&flag, FALSE);
  gboolean changed;
  assert_true(mc_form_field_run(field, MC_CMD_EDIT_DOWN, "28/02/2028", &changed));
  assert_true(mc_form_field_run(field, MC_CMD_EDIT_DOWN, "", &changed));
  g_autofree char *leap = mc_form_field_value(field);
  assert_string_equal(leap, "29/02/2028");
  g_autofree char *no = mc_form_field_value(box);
  assert_string_equal(no, "false");
  type_field(box, "x ");
  g_autofree char *yes = mc_form_field_value(box);
  assert_string_equal(yes, "true");
  mc_form_field_free(field);
  mc_form_field_free(box);
  g_ptr_array_unref(date.choices);
  g_ptr_array_unref(flag.choices);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_have_names_and_names_keys),
      cmocka_unit_test(composed_letters_are_the_keys_that_made_them),
      cmocka_unit_test(every_command_has_a_name_and_keys_that_parse),
      cmocka_unit_test(no_key_means_two_things_in_one_place),
      cmocka_unit_test(a_key_file_binds_anew_and_takes_from_the_defaults),
      cmocka_unit_test(a_fault_in_a_key_file_has_its_place_and_the_rest_goes_on),
      cmocka_unit_test(a_theme_is_read),
      cmocka_unit_test(a_fault_in_a_theme_has_its_place_and_the_rest_goes_on),
      cmocka_unit_test(a_line_is_edited),
      cmocka_unit_test(a_letter_and_its_marks_go_together),
      cmocka_unit_test(lines_are_shown_wrapped_with_the_cursor),
      cmocka_unit_test(a_secret_is_never_shown),
      cmocka_unit_test(a_private_value_is_masked),
      cmocka_unit_test(what_a_system_said_stays_marked),
      cmocka_unit_test(a_choice_is_found_by_typing_and_posted_by_its_value),
      cmocka_unit_test(dates_step_and_booleans_toggle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

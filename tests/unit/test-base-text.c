/* SPDX-License-Identifier: Apache-2.0 */
/* Text that reaches a terminal, is compared, or is laid out. */
#include "unit.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#include <string.h>

#define FFFD "\xEF\xBF\xBD"

static void
clean_keeps_vietnamese(void **state)
{
  (void)state;
  assert_text(mc_text_clean("Đăng ký khai sinh — V/v ứng phó mưa lũ", -1),
              "Đăng ký khai sinh — V/v ứng phó mưa lũ");
}

static void
clean_composes_nfd(void **state)
{
  (void)state;
  assert_text(mc_text_clean("Nguye\xCC\x82\xCC\x83n", -1), "Nguyễn");
  assert_text(mc_text_clean("U\xCC\x9B\xCC\x81ng", -1), "Ứng");
}

static void
clean_shows_escape_sequences(void **state)
{
  (void)state;
  assert_text(mc_text_clean("a\x1B[2Jb\x07\x7F", -1), "a" FFFD "[2Jb" FFFD FFFD);
}

static void
clean_shows_c1_controls(void **state)
{
  (void)state;
  assert_text(mc_text_clean("\xC2\x9B"
                            "31m",
                            -1),
              FFFD "31m");
  assert_text(mc_text_clean("\xC2\x85", -1), FFFD);
}

static void
clean_shows_bidi_and_invisible(void **state)
{
  static const gunichar unsafe[] = {0x061C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A,
                                    0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068,
                                    0x2069, 0xFEFF, 0x00AD, 0x2028, 0x2029, 0x2060, 0xE0041};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(unsafe); i++) {
    char bytes[8] = "";
    g_unichar_to_utf8(unsafe[i], bytes);
    assert_text(mc_text_clean(bytes, -1), FFFD);
    assert_false(mc_text_char_is_safe(unsafe[i]));
  }
}

static void
clean_makes_one_line(void **state)
{
  (void)state;
  assert_text(mc_text_clean("a\tb\nc\r\nd\re", -1), "a b c d e");
}

static void
clean_lines_keeps_lines(void **state)
{
  (void)state;
  assert_text(mc_text_clean_lines("a\tb\nc\r\nd\re\x1B", -1), "a b\nc\nd\ne" FFFD);
}

static void
clean_shows_invalid_bytes(void **state)
{
  (void)state;
  assert_text(mc_text_clean("a\xFF\xC3z", -1), "a" FFFD FFFD "z");
  assert_text(mc_text_clean("\xED\xA0\x80", -1), FFFD FFFD FFFD); /* a surrogate */
  assert_text(mc_text_clean("\xC0\x80", -1), FFFD FFFD);          /* overlong */
  assert_text(mc_text_clean("ti\xE1\xBA", -1), "ti" FFFD FFFD);   /* cut in a character */
}

static void
clean_shows_nul_within_length(void **state)
{
  (void)state;
  assert_text(mc_text_clean("a\0b", 3), "a" FFFD "b");
  assert_text(mc_text_clean(NULL, -1), "");
  assert_text(mc_text_clean("", 0), "");
}

static void
clean_caps_length_on_a_character(void **state)
{
  GString *big = g_string_new(NULL);
  (void)state;
  while (big->len < 3 * MC_TEXT_MAX)
    g_string_append(big, "ễ");
  char *clean = mc_text_clean(big->str, (gssize)big->len);
  assert_true(strlen(clean) <= MC_TEXT_MAX && strlen(clean) > MC_TEXT_MAX - 4);
  assert_true(g_utf8_validate(clean, -1, NULL));
  g_free(clean);
  g_string_free(big, TRUE);
}

static void
clean_caps_marks(void **state)
{
  GString *zalgo = g_string_new("e");
  (void)state;
  for (int i = 0; i < 300000; i++)
    g_string_append(zalgo, i % 2 ? "\xCC\x81" : "\xCC\xA3");
  char *clean = mc_text_clean(zalgo->str, (gssize)zalgo->len); /* would take hours if marks were sorted */
  assert_true(g_str_has_prefix(clean, "ẹ"));
  assert_non_null(strstr(clean, FFFD FFFD));
  g_free(clean);
  g_string_free(zalgo, TRUE);
}

static void
clean_gives_no_mark_to_what_stands_before(void **state)
{
  (void)state;
  assert_text(mc_text_clean("\xCC\x81"
                            "a",
                            -1),
              FFFD "a");
  assert_text(mc_text_clean_lines("a\n\xCC\x81", -1), "a\n" FFFD);
}

static void
normalise_keeps_controls(void **state)
{
  (void)state;
  assert_text(mc_text_normalise("a\x1B\nho\xCC\x80"
                                "a",
                                -1),
              "a\x1B\nhòa");
  assert_text(mc_text_normalise("\xFF", -1), FFFD);
}

static void
escape_json_is_safe_and_the_same(void **state)
{
  (void)state;
  assert_text(mc_text_escape_json("{\"a\":\"Hỏa\xE2\x80\xAE\xC2\x9B\x7F\"}"),
              "{\"a\":\"Hỏa\\u202e\\u009b\\u007f\"}");
  assert_text(mc_text_escape_json("{\n\t\"a\":1}"), "{  \"a\":1}");
  assert_text(mc_text_escape_json("\"\xF3\xA0\x81\x81\""), "\"\\udb40\\udc41\"");
}

static void
fold_drops_marks_and_case(void **state)
{
  (void)state;
  assert_text(mc_text_fold("Nguyễn Đình ĐƯỜNG"), "nguyen dinh duong");
  assert_text(mc_text_fold("Nguye\xCC\x82\xCC\x83n"), "nguyen");
}

static void
fold_is_blind_to_tone_placement(void **state)
{
  static const char *const pairs[][2] = {{"hòa", "hoà"}, {"thúy", "thuý"}, {"Hỏa tốc", "Hoả tốc"}};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
    char *a = mc_text_fold(pairs[i][0]);
    assert_text(mc_text_fold(pairs[i][1]), a);
    g_free(a);
  }
}

static void
fold_covers_the_alphabet(void **state)
{
  (void)state;
  assert_text(mc_text_fold("ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ"), "aaaaaaaaaaaaaaaaa");
  assert_text(mc_text_fold("ÈẺẼÉẸÊỀỂỄẾỆ ÌỈĨÍỊ"), "eeeeeeeeeee iiiii");
  assert_text(mc_text_fold("ÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ"), "ooooooooooooooooo");
  assert_text(mc_text_fold("ÙỦŨÚỤƯỪỬỮỨỰ ỲỶỸÝỴ Đ"), "uuuuuuuuuuu yyyyy d");
}

static void
fold_survives_bad_bytes(void **state)
{
  (void)state;
  assert_text(mc_text_fold("A\xE1\xBA"), "a" FFFD FFFD);
}

static void
has_marks_sees_marks_only(void **state)
{
  (void)state;
  assert_true(mc_text_has_marks("dình"));
  assert_true(mc_text_has_marks("duong đi"));
  assert_true(mc_text_has_marks("e\xCC\x81"));
  assert_false(mc_text_has_marks("nguyen dinh 1432/UBND-NC — “x”"));
}

static void
width_counts_columns(void **state)
{
  (void)state;
  assert_int_equal(mc_text_width("Đường"), 5);
  assert_int_equal(mc_text_width("e\xCC\x82\xCC\x81"), 1);
  assert_int_equal(mc_text_width("会議"), 4);
  assert_int_equal(mc_text_width(""), 0);
}

static void
ellipsize_cuts_whole_characters(void **state)
{
  (void)state;
  assert_text(mc_text_ellipsize("Đăng ký khai sinh", 7), "Đăng k…");
  assert_text(mc_text_ellipsize("Đăng ký", 7), "Đăng ký");
  assert_text(mc_text_ellipsize("会議室", 4), "会…");
  assert_text(mc_text_ellipsize("会議室", 5), "会議…");
  assert_text(mc_text_ellipsize("ab", 1), "…");
  assert_text(mc_text_ellipsize("ab", 0), "");
  assert_text(mc_text_ellipsize("ab", -3), "");
}

static void
ellipsize_keeps_marks_with_their_base(void **state)
{
  (void)state;
  assert_text(mc_text_ellipsize("x\xCC\xB2y\xCC\xB2zw", 3), "x\xCC\xB2y\xCC\xB2…");
  assert_text(mc_text_ellipsize("ay\xCC\xB2", 2), "ay\xCC\xB2");
}

static void
fit_is_exact(void **state)
{
  (void)state;
  assert_text(mc_text_fit("ký", 5), "ký   ");
  assert_text(mc_text_fit("会議室", 4), "会… ");
  assert_text(mc_text_fit("", 2), "  ");
  assert_text(mc_text_fit("abc", 0), "");
}

static void
check_wrap(const char *text, int columns, const char *joined)
{
  char **lines = mc_text_wrap(text, columns);
  char *all = g_strjoinv("|", lines);
  assert_string_equal(all, joined);
  g_free(all);
  g_strfreev(lines);
}

static void
wrap_breaks_at_spaces(void **state)
{
  (void)state;
  check_wrap("Đăng ký khai sinh", 8, "Đăng ký|khai|sinh");
  check_wrap("Đăng ký khai sinh", 17, "Đăng ký khai sinh");
  check_wrap("a  b", 2, "a|b");
}

static void
wrap_breaks_long_words_and_paragraphs(void **state)
{
  (void)state;
  check_wrap("abcdefg", 3, "abc|def|g");
  check_wrap("a\n\nb", 10, "a||b");
  check_wrap("", 10, "");
  check_wrap("a\n", 10, "a|");
  check_wrap("会議室", 1, "会|議|室");
}

static void
sizes_are_in_the_interfaces_language(void **state)
{
  (void)state;
  mc_i18n_set_language("vi");
  assert_text(mc_text_size(21200), "21,2\xC2\xA0kB");
  mc_i18n_set_language("en");
  assert_text(mc_text_size(21200), "21.2\xC2\xA0kB");
  assert_text(mc_text_size(-1), "");
}

static void
mask_hides_the_middle(void **state)
{
  (void)state;
  assert_text(mc_text_mask("000099000001"), "000*****0001");
  assert_text(mc_text_mask("0900000001"), "090***0001");
  assert_text(mc_text_mask("123456789"), "********");
  assert_text(mc_text_mask("ấy"), "**");
  assert_text(mc_text_mask(""), "");
}

static void
nearest_finds_a_slip(void **state)
{
  static const char *const words[] = {"state", "system", "urgency", "assignee", "to", NULL};
  (void)state;
  assert_string_equal(mc_text_nearest("statt", words), "state");
  assert_string_equal(mc_text_nearest("sytsem", words), "system");
  assert_string_equal(mc_text_nearest("Urgenci", words), "urgency");
  assert_null(mc_text_nearest("colour", words));
  assert_null(mc_text_nearest("x", words));
  assert_null(mc_text_nearest("", words));
}

static void
nearest_refuses_huge_words(void **state)
{
  static const char *const words[] = {"state", NULL};
  char *huge = g_strnfill(1 << 20, 's');
  (void)state;
  assert_null(mc_text_nearest(huge, words));
  g_free(huge);
}

/* Long text is normalised in pieces, and comes out as if it were not. */
static void
normalise_agrees_with_glib(void **state)
{
  static const char *const pieces[] = {"ễ",
                                       "u\xCC\x9B\xCC\x81",
                                       "Đ",
                                       "\xE1\x84\x80",
                                       "\xE1\x85\xA1",
                                       "\xE1\x86\xA8",
                                       "a\xCC\x81\xCC\xA3",
                                       "\xE2\x84\xAB",
                                       "x",
                                       "\xE0\xA7\x87\xE0\xA6\xBE"};
  guint64 seed = 9;
  (void)state;
  for (int round = 0; round < 500; round++) {
    GString *text = g_string_new("x");
    for (guint n = unit_random(&seed) % 400; n > 0; n--)
      g_string_append(text, pieces[unit_random(&seed) % G_N_ELEMENTS(pieces)]);
    g_autofree char *expected = g_utf8_normalize(text->str, -1, G_NORMALIZE_NFC);
    assert_text(mc_text_normalise(text->str, -1), expected);
    g_string_free(text, TRUE);
  }
}

static void
a_huge_nfd_title_is_quick(void **state)
{
  GString *text = g_string_new(NULL);
  (void)state;
  while (text->len < MC_TEXT_MAX)
    g_string_append(text, "e\xCC\x82\xCC\x81"); /* would take an hour in one piece */
  char *clean = mc_text_clean(text->str, (gssize)text->len);
  assert_true(g_str_has_prefix(clean, "ếếế") && g_str_has_suffix(clean, "ế"));
  g_free(clean);
  g_string_free(text, TRUE);
}

/* Whatever the bytes, clean text is valid, safe, stable, and everything else takes it. */
static void
hostile_bytes_are_always_tamed(void **state)
{
  static const char *const pieces[] = {"\xCC\x81",
                                       "\xE2\x80\xAE",
                                       "\x1B[",
                                       "ễ",
                                       "Đ",
                                       "会",
                                       "\xFF",
                                       "\n",
                                       " ",
                                       "a",
                                       "\xF0\x9F\x98\x80",
                                       "\xE1\xBA",
                                       "\xE1\x84\x80\xE1\x85\xA1"};
  guint64 seed = 2026;
  (void)state;
  for (int round = 0; round < 3000; round++) {
    GString *bytes = g_string_new(NULL);
    for (guint n = unit_random(&seed) % 40; n > 0; n--) {
      if (unit_random(&seed) % 4)
        g_string_append(bytes, pieces[unit_random(&seed) % G_N_ELEMENTS(pieces)]);
      else
        g_string_append_c(bytes, (char)unit_random(&seed));
    }
    char *clean = mc_text_clean(bytes->str, (gssize)bytes->len);
    assert_true(g_utf8_validate(clean, -1, NULL));
    for (const char *at = clean; *at; at = g_utf8_next_char(at))
      assert_true(mc_text_char_is_safe(g_utf8_get_char(at)));
    assert_text(mc_text_clean(clean, -1), clean);
    int columns = (int)(unit_random(&seed) % 20);
    char *fit = mc_text_fit(clean, columns);
    assert_int_equal(mc_text_width(fit), columns);
    g_free(fit);
    char *folded = mc_text_fold(bytes->str);
    assert_text(mc_text_fold(folded), folded);
    g_free(folded);
    char **lines = mc_text_wrap(clean, columns);
    for (char **line = lines; *line; line++)
      assert_true(mc_text_width(*line) <= MAX(columns, 2));
    g_strfreev(lines);
    g_free(mc_text_mask(clean));
    g_free(clean);
    g_string_free(bytes, TRUE);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_in_the_interfaces_language),
      cmocka_unit_test(clean_keeps_vietnamese),
      cmocka_unit_test(clean_composes_nfd),
      cmocka_unit_test(clean_shows_escape_sequences),
      cmocka_unit_test(clean_shows_c1_controls),
      cmocka_unit_test(clean_shows_bidi_and_invisible),
      cmocka_unit_test(clean_makes_one_line),
      cmocka_unit_test(clean_lines_keeps_lines),
      cmocka_unit_test(clean_shows_invalid_bytes),
      cmocka_unit_test(clean_shows_nul_within_length),
      cmocka_unit_test(clean_caps_length_on_a_character),
      cmocka_unit_test(clean_caps_marks),
      cmocka_unit_test(clean_gives_no_mark_to_what_stands_before),
      cmocka_unit_test(normalise_keeps_controls),
      cmocka_unit_test(escape_json_is_safe_and_the_same),
      cmocka_unit_test(fold_drops_marks_and_case),
      cmocka_unit_test(fold_is_blind_to_tone_placement),
      cmocka_unit_test(fold_covers_the_alphabet),
      cmocka_unit_test(fold_survives_bad_bytes),
      cmocka_unit_test(has_marks_sees_marks_only),
      cmocka_unit_test(width_counts_columns),
      cmocka_unit_test(ellipsize_cuts_whole_characters),
      cmocka_unit_test(ellipsize_keeps_marks_with_their_base),
      cmocka_unit_test(fit_is_exact),
      cmocka_unit_test(wrap_breaks_at_spaces),
      cmocka_unit_test(wrap_breaks_long_words_and_paragraphs),
      cmocka_unit_test(mask_hides_the_middle),
      cmocka_unit_test(nearest_finds_a_slip),
      cmocka_unit_test(nearest_refuses_huge_words),
      cmocka_unit_test(normalise_agrees_with_glib),
      cmocka_unit_test(a_huge_nfd_title_is_quick),
      cmocka_unit_test(hostile_bytes_are_always_tamed),
  };

  return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

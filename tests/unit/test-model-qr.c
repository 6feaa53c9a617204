/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes in half blocks: module for module what the library made, with light round about it. */
#include "unit.h"

#include <qrencode.h>
#include <string.h>
#include "motcua/qr.h"

/* The module at a place of the drawing (the quiet zone counts), by its cell. */
static gboolean
drawn_dark(char **rows, int row, int col, McQrInk ink)
{
  static const char *const cells[] = {" ", "▀", "▄", "█"};
  const char *cell = g_utf8_offset_to_pointer(rows[row / 2], col);
  for (int inked = 0; inked < 4; inked++)
    if (g_str_has_prefix(cell, cells[inked]))
      return ((inked >> (row % 2)) & 1) == (ink == MC_QR_DARK);
  fail_msg("no cell at %d, %d", row, col);
  return FALSE;
}

static void
must_match(const char *text, McQrInk ink)
{
  int width = 0;
  g_auto(GStrv) rows = mc_qr_rows(text, ink, &width);
  QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
  assert_non_null(rows);
  assert_int_equal(width, code->width + 2 * MC_QR_QUIET);
  assert_int_equal(g_strv_length(rows), (width + 1) / 2);
  for (int row = 0; row < (width + 1) / 2 * 2; row++) {
    assert_int_equal(g_utf8_strlen(rows[row / 2], -1), width);
    for (int col = 0; col < width; col++) {
      int r = row - MC_QR_QUIET, c = col - MC_QR_QUIET;
      gboolean inside = r >= 0 && c >= 0 && r < code->width && c < code->width;
      assert_int_equal(drawn_dark(rows, row, col, ink), inside && code->data[r * code->width + c] & 1);
    }
  }
  QRcode_free(code);
}

static void
module_for_module(void **state)
{
  (void)state;
  for (McQrInk ink = MC_QR_DARK; ink <= MC_QR_LIGHT; ink++) {
    must_match("A", ink);
    must_match("https://sso.example.vn/device?user_code=WDJB-MJHT", ink);
    must_match("https://dangnhap.mauson.gov.vn/thiet-bi?user_code=WDJB-MJHT&lang=vi&from=motcua-desk", ink);
  }
}

/* What has to fit beside an address on 80 columns and 24 rows. */
static void
a_login_address_fits(void **state)
{
  int width = 0;
  (void)state;
  g_auto(GStrv) rows =
      mc_qr_rows("https://dangnhap.mauson.gov.vn/thiet-bi?user_code=WDJB-MJHT", MC_QR_DARK, &width);
  assert_in_range(width, 1, 45);
  assert_in_range(g_strv_length(rows), 1, 23);
}

static void
what_is_no_code(void **state)
{
  int width = 0;
  (void)state;
  assert_null(mc_qr_rows("", MC_QR_DARK, &width));
  assert_null(mc_qr_rows(NULL, MC_QR_DARK, &width));
  g_autofree char *endless = g_strnfill(5000, 'x');
  assert_null(mc_qr_rows(endless, MC_QR_DARK, &width));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(module_for_module),
      cmocka_unit_test(a_login_address_fits),
      cmocka_unit_test(what_is_no_code),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

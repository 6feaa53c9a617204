/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes in half blocks: see qr.h. */
#include "motcua/qr.h"

#include <qrencode.h>

/* Whether the module at this place of the symbol is dark; round about it all is light. */
static gboolean
is_dark(const QRcode *code, int row, int col)
{
  if (row < 0 || col < 0 || row >= code->width || col >= code->width)
    return FALSE;
  return code->data[row * code->width + col] & 1;
}

static char *
cells_of(const QRcode *code, int top, McQrInk ink)
{
  static const char *const cells[] = {" ", "▀", "▄", "█"}; /* bit 0: upper half, bit 1: lower */
  GString *row = g_string_new(NULL);
  for (int col = -MC_QR_QUIET; col < code->width + MC_QR_QUIET; col++) {
    int inked = is_dark(code, top, col) | is_dark(code, top + 1, col) << 1;
    g_string_append(row, cells[ink == MC_QR_DARK ? inked : 3 - inked]);
  }
  return g_string_free(row, FALSE);
}

char **
mc_qr_rows(const char *text, McQrInk ink, int *width)
{
  QRcode *code = text && *text ? QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1) : NULL;
  if (!code)
    return NULL;
  GPtrArray *rows = g_ptr_array_new();
  for (int top = -MC_QR_QUIET; top < code->width + MC_QR_QUIET; top += 2)
    g_ptr_array_add(rows, cells_of(code, top, ink));
  g_ptr_array_add(rows, NULL);
  *width = code->width + 2 * MC_QR_QUIET;
  QRcode_free(code);
  return (char **)g_ptr_array_free(rows, FALSE);
}

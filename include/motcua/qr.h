/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes (ISO/IEC 18004) as text: a cell is two modules, one above the other, as a half block. Pure; any
 * face draws the rows. */
#ifndef MOTCUA_QR_H
#define MOTCUA_QR_H

#include <glib.h>

typedef enum {
  MC_QR_DARK, /* ink stands for the dark modules: to be drawn in black on white */
  MC_QR_LIGHT /* ink stands for the light ones: for a terminal without colours, light on dark as most are */
} McQrInk;

/* The light margin that readers need, in modules (ISO/IEC 18004 6.3.8). */
#define MC_QR_QUIET 4

/* Rows of exactly *width cells (" ", "▀", "▄", "█"), NULL-terminated; the quiet zone is in them. The lowest
 * level of correction: a screen has no stains, and a small code fits. NULL: the text is empty or longer than
 * a code holds. Free with g_strfreev(). */
char **mc_qr_rows(const char *text, McQrInk ink, int *width);

#endif

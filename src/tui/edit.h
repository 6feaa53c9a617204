/* SPDX-License-Identifier: Apache-2.0 */
/* Text being typed: one line or several, with a cursor. Pure. What is typed is text, never a command; control
 * characters do not get in. */
#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include <glib.h>

typedef struct McEdit McEdit;

/* `most` characters at most. A `secret` one is wiped when it is freed or changed. */
McEdit *mc_edit_new(const char *text, gboolean lines, gboolean secret, int most);
void mc_edit_free(McEdit *edit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McEdit, mc_edit_free)

const char *mc_edit_text(const McEdit *edit);
/* Overwrites a string before it is freed: a password must not stay behind. Takes NULL. */
void mc_edit_wipe(gpointer text);
gboolean mc_edit_is_lines(const McEdit *edit);
void mc_edit_set(McEdit *edit, const char *text);
int mc_edit_cursor(const McEdit *edit); /* bytes before it */

/* FALSE when nothing changed. */
gboolean mc_edit_insert(McEdit *edit, gunichar c); /* '\n' only where there are several lines */
gboolean mc_edit_left(McEdit *edit);
gboolean mc_edit_right(McEdit *edit);
gboolean mc_edit_line(McEdit *edit, int by); /* a line up (-1) or down (1), keeping the column */
gboolean mc_edit_home(McEdit *edit);
gboolean mc_edit_end(McEdit *edit);
gboolean mc_edit_backspace(McEdit *edit);
gboolean mc_edit_delete(McEdit *edit);
gboolean mc_edit_delete_word(McEdit *edit);
gboolean mc_edit_kill(McEdit *edit); /* to the start of the line */

/* As shown in `columns`: lines wrapped at the width, and where the cursor stands among them. A secret is
 * shown as dots. New NULL-terminated array, at least one line. */
char **mc_edit_show(const McEdit *edit, int columns, int *row, int *col);

#endif

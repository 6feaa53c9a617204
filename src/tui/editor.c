/* SPDX-License-Identifier: Apache-2.0 */
/* The editing commands on a text being typed: see editor.h. */
#include "tui/editor.h"

static gboolean
line_up(McEdit *edit)
{
  return mc_edit_line(edit, -1);
}

static gboolean
line_down(McEdit *edit)
{
  return mc_edit_line(edit, 1);
}

static const struct {
  McCommand command;
  gboolean (*run)(McEdit *edit);
  gboolean changes;
} editing[] = {
    {MC_CMD_EDIT_LEFT, mc_edit_left, FALSE},
    {MC_CMD_EDIT_RIGHT, mc_edit_right, FALSE},
    {MC_CMD_EDIT_UP, line_up, FALSE},
    {MC_CMD_EDIT_DOWN, line_down, FALSE},
    {MC_CMD_EDIT_HOME, mc_edit_home, FALSE},
    {MC_CMD_EDIT_END, mc_edit_end, FALSE},
    {MC_CMD_EDIT_BACKSPACE, mc_edit_backspace, TRUE},
    {MC_CMD_EDIT_DELETE, mc_edit_delete, TRUE},
    {MC_CMD_EDIT_WORD, mc_edit_delete_word, TRUE},
    {MC_CMD_EDIT_KILL, mc_edit_kill, TRUE},
};

gboolean
mc_editor_run(McEdit *edit, McCommand command, gboolean *changed)
{
  for (gsize i = 0; i < G_N_ELEMENTS(editing); i++)
    if (editing[i].command == command) {
      *changed = editing[i].run(edit) && editing[i].changes;
      return TRUE;
    }
  return FALSE;
}

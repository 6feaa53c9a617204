/* SPDX-License-Identifier: Apache-2.0 */
/* Reading actions of the outbox. */
#include "store/inner.h"

McOutAction *
mc_out_read(sqlite3_stmt *s)
{
  McOutAction *action = g_new0(McOutAction, 1);
  action->key = mc_column_text(s, 0);
  action->batch = mc_column_text(s, 1);
  action->item_id = mc_column_text(s, 2);
  action->system = mc_column_text(s, 3);
  action->action = mc_column_text(s, 4);
  action->title = mc_column_text(s, 5);
  action->caller_key = mc_column_text(s, 6);
  action->frozen = mc_column_text(s, 7);
  action->memory = mc_column_text(s, 8);
  action->state = (McOutState)CLAMP(sqlite3_column_int(s, 9), 0, MC_OUT_COUNT - 1);
  action->created = mc_column_moment(s, 10);
  action->send_after = mc_column_moment(s, 11);
  action->settled = mc_column_moment(s, 12);
  action->attempts = sqlite3_column_int(s, 13);
  action->status = sqlite3_column_int(s, 14);
  action->message = mc_column_text(s, 15);
  action->receipt = mc_column_text(s, 16);
  action->new_key = mc_column_text(s, 17);
  return action;
}

GPtrArray *
mc_out_read_all(McDb *db, sqlite3_stmt *statement, GError **error)
{
  g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)mc_out_action_free);
  gboolean row = TRUE;

  if (!statement)
    return NULL;
  while (row) {
    if (!mc_db_step(db, statement, &row, error))
      return NULL;
    if (row)
      g_ptr_array_add(actions, mc_out_read(statement));
  }
  return g_steal_pointer(&actions);
}

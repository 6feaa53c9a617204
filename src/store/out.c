/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox on the desk (store.h): each call is one durable transaction of desk.db, after which the inbox
 * follows. Any number of processes write at once: BEGIN IMMEDIATE serialises them, and a move states what it
 * moves from. */
#include "store/inner.h"

#include <cjson/cJSON.h>
#include <string.h>
#include "motcua/error.h"
#include "motcua/i18n.h"

static gboolean
not_taken(GError **error)
{
  g_prefix_error(error, "%s ", _("NOT taken, nothing was changed."));
  return FALSE;
}

/* --- taking --- */

/* The frozen content without what differs each time it is taken: what was asked, not when and of which
 * version. */
static char *
content(const char *frozen)
{
  static const char *const passing[] = {"key", "now", "item"};
  cJSON *tree = frozen ? cJSON_Parse(frozen) : NULL;
  if (!cJSON_IsObject(tree)) {
    cJSON_Delete(tree);
    return g_strdup(frozen ? frozen : "");
  }
  for (guint i = 0; i < G_N_ELEMENTS(passing); i++)
    cJSON_DeleteItemFromObjectCaseSensitive(tree, passing[i]);
  char *printed = cJSON_PrintUnformatted(tree), *own = g_strdup(printed ? printed : frozen);
  cJSON_free(printed);
  cJSON_Delete(tree);
  return own;
}

static gboolean
same_content(const McOutAction *a, const McOutAction *b)
{
  g_autofree char *content_a = content(a->frozen), *content_b = content(b->frozen);
  return g_strcmp0(a->item_id, b->item_id) == 0 && g_strcmp0(a->action, b->action) == 0 &&
         strcmp(content_a, content_b) == 0;
}

static gboolean
one_action(McStore *store, const char *where, const char *value, McOutAction **action, GError **error)
{
  g_autoptr(GPtrArray) found =
      mc_out_read_all(store->desk, mc_db_query(store->desk, error, where, "t", value), error);
  *action = found && found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
  return found != NULL;
}

gboolean
mc_store_out_of_caller(McStore *store, const char *caller_key, McOutAction **action, GError **error)
{
  return one_action(store, "SELECT " MC_OUT_COLUMNS " FROM out WHERE caller_key = ?", caller_key, action,
                    error);
}

static gboolean
earlier(McStore *store, const McOutAction *action, McOutAction **known, GError **error)
{
  *known = NULL;
  if (!action->caller_key)
    return TRUE;
  if (!mc_store_out_of_caller(store, action->caller_key, known, error))
    return FALSE;
  if (!*known || same_content(action, *known))
    return TRUE;
  g_set_error(
      error, MC_ERROR, MC_ERROR_USAGE,
      _("the key \"%s\" was used before for something else (%s on %s); give this action a key of its own"),
      action->caller_key, (*known)->action, (*known)->item_id);
  g_clear_pointer(known, mc_out_action_free);
  return FALSE;
}

static gboolean
insert(McStore *store, const McOutAction *a, GError **error)
{
  return mc_db_run(store->desk, error,
                   "INSERT INTO out(" MC_OUT_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   "tttttttttnmmmnnttt", a->key, a->batch ? a->batch : a->key, a->item_id, a->system,
                   a->action, a->title, a->caller_key, a->frozen, a->memory, (int)a->state, a->created,
                   a->send_after, a->settled, a->attempts, a->status, a->message, a->receipt, a->new_key);
}

static void
free_maybe(gpointer action)
{
  mc_out_action_free(action);
}

static GPtrArray *
add_all(McStore *store, GPtrArray *actions, GError **error)
{
  g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(free_maybe);
  for (guint i = 0; i < actions->len; i++) {
    McOutAction *before;
    if (!earlier(store, actions->pdata[i], &before, error))
      return NULL;
    g_ptr_array_add(known, before);
    if (!before && !insert(store, actions->pdata[i], error))
      return NULL;
  }
  return g_steal_pointer(&known);
}

static void
follow_all(McStore *store, GPtrArray *actions)
{
  g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < actions->len; i++)
    g_hash_table_add(ids, ((McOutAction *)actions->pdata[i])->item_id);
  g_autofree gpointer *list = g_hash_table_get_keys_as_array(ids, NULL);
  mc_desk_follow(store, (const char *const *)list);
}

gboolean
mc_store_out_add(McStore *store, GPtrArray *actions, GPtrArray **existing, GError **error)
{
  g_autoptr(GPtrArray) known = NULL;

  if (!mc_db_begin(store->desk, TRUE, error))
    return not_taken(error);
  known = add_all(store, actions, error);
  if (!known) {
    mc_db_rollback(store->desk);
    return not_taken(error);
  }
  if (!mc_db_commit(store->desk, error))
    return not_taken(error);
  follow_all(store, actions);
  if (existing)
    *existing = g_steal_pointer(&known);
  return TRUE;
}

McOutAction *
mc_store_out_get(McStore *store, const char *key, GError **error)
{
  McOutAction *action;
  if (!one_action(store, "SELECT " MC_OUT_COLUMNS " FROM out WHERE key = ?", key, &action, error))
    return NULL;
  if (!action)
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("there is no action %s in the outbox"), key);
  return action;
}

/* --- what is next --- */

/* First in line: nothing earlier on the same item is still open, and nothing earlier of the same batch on it
 * went wrong. New records ("SYSTEM:") stand in no line. */
#define IN_LINE                                                                                             \
  " (substr(o.item_id, -1) = ':' OR NOT EXISTS (SELECT 1 FROM out e WHERE e.item_id = o.item_id AND e.seq " \
  "< o.seq AND"                                                                                             \
  "  (e.state IN (0, 1, 5) OR (e.state IN (3, 4) AND e.batch = o.batch))))"

GPtrArray *
mc_store_out_due(McStore *store, const char *system, gint64 now, gboolean eager, int limit, gint64 *next_due,
                 GError **error)
{
  sqlite3_stmt *s;
  gint64 next = MC_TIME_NONE;

  if (next_due &&
      !mc_db_int(store->desk, error, MC_TIME_NONE, &next,
                 "SELECT o.send_after FROM out o WHERE o.system = ? AND o.state IN (0, 1, 5) AND"
                 " o.state <> 5 AND o.send_after > ? AND" IN_LINE " ORDER BY o.send_after LIMIT 1",
                 "ti", system, now))
    return NULL;
  if (next_due)
    *next_due = next;
  /* In the order of the index out_turn: a long outbox costs no more than its few first. */
  s = mc_db_query(store->desk, error,
                  "SELECT " MC_OUT_COLUMNS " FROM out o WHERE o.system = ? AND o.state IN (0, 1, 5) AND"
                  " o.state <> 5 AND (COALESCE(o.send_after, 0) <= ? OR (? AND o.attempts > 0 AND"
                  " json_extract(o.memory, '$.stage') IS NOT 'accepted'))"
                  " AND" IN_LINE " ORDER BY o.state = 0 AND o.attempts > 0, o.seq LIMIT ?",
                  "tinn", system, now, eager ? 1 : 0, limit);
  return mc_out_read_all(store->desk, s, error);
}

gboolean
mc_store_out_follows(McStore *store, const char *key, gboolean *follows, GError **error)
{
  gint64 found = 0;
  gboolean good = mc_db_int(store->desk, error, 0, &found,
                            "SELECT COUNT(*) FROM out o JOIN out e ON e.item_id = o.item_id AND e.seq < o.seq"
                            " WHERE o.key = ? AND e.state = 2 AND json_extract(e.frozen, '$.item.version') ="
                            " json_extract(o.frozen, '$.item.version')",
                            "t", key);
  *follows = found > 0;
  return good;
}

GPtrArray *
mc_store_out_held(McStore *store, const char *key, GError **error)
{
  sqlite3_stmt *s =
      mc_db_query(store->desk, error,
                  "SELECT " MC_OUT_COLUMNS " FROM out WHERE state = 0 AND seq > (SELECT seq FROM"
                  " out WHERE key = ?1) AND item_id = (SELECT item_id FROM out WHERE key = ?1)"
                  " AND batch = (SELECT batch FROM out WHERE key = ?1) AND"
                  " substr(item_id, -1) <> ':' ORDER BY seq",
                  "t", key);
  return mc_out_read_all(store->desk, s, error);
}

char **
mc_store_out_systems(McStore *store, GError **error)
{
  g_autoptr(GStrvBuilder) systems = g_strv_builder_new();
  sqlite3_stmt *s = mc_db_query(
      store->desk, error,
      "SELECT DISTINCT system FROM out WHERE state IN (0, 1, 5) AND state <> 5 ORDER BY system", "");
  gboolean more = s != NULL;

  while (more) {
    if (!mc_db_step(store->desk, s, &more, error))
      return NULL;
    if (more)
      g_strv_builder_add(systems, (const char *)sqlite3_column_text(s, 0));
  }
  return s ? g_strv_builder_end(systems) : NULL;
}

gboolean
mc_store_out_needs(McStore *store, const char *text, gboolean *needs, GError **error)
{
  gint64 found = 0;
  if (!mc_db_int(store->desk, error, 0, &found,
                 "SELECT 1 FROM out WHERE state IN (0, 1, 5) AND instr(frozen, ?1) > 0 LIMIT 1", "t", text))
    return FALSE;
  *needs = found > 0;
  return TRUE;
}

/* --- moving --- */

static gboolean
write_move(McStore *store, const char *key, const McOutMove *move, GError **error)
{
  gboolean settles = mc_out_state_is_settled(move->to);
  gint64 number = 0;

  if (settles && !mc_desk_settled(store, &number, error))
    return FALSE;
  return mc_db_run(store->desk, error,
                   "UPDATE out SET state = ?2, memory = COALESCE(?3, memory), message ="
                   " NULLIF(COALESCE(?4, message), ''),"
                   " receipt = COALESCE(?5, receipt), new_key = COALESCE(?6, new_key),"
                   " status = CASE ?7 WHEN 0 THEN status ELSE ?7 END, send_after = COALESCE(?8, send_after),"
                   " attempts = attempts + ?9, settled = ?10, settle_no = ?11 WHERE key = ?1",
                   "tnttttnmnmm", key, (int)move->to, move->memory, move->message, move->receipt,
                   move->new_key, move->status, move->send_after, move->attempt ? 1 : 0,
                   settles ? mc_clock_now(store->clock) : MC_TIME_NONE, settles ? number + 1 : MC_TIME_NONE);
}

/* In a transaction of the desk; *id is the item concerned when it moved. */
static gboolean
try_move(McStore *store, const char *key, const McOutMove *move, char **id, GError **error)
{
  g_autoptr(McOutAction) action = mc_store_out_get(store, key, error);
  if (!action)
    return FALSE;
  if (action->state != move->from)
    return TRUE;
  if (!write_move(store, key, move, error))
    return FALSE;
  *id = g_strdup(action->item_id);
  return TRUE;
}

static gboolean
refuse_arrow(const McOutMove *move, GError **error)
{
  g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("an action that is %s cannot become %s"),
              mc_out_state_name(move->from), mc_out_state_name(move->to));
  return FALSE;
}

static gboolean
try_all(McStore *store, McOutStep *steps, guint count, GPtrArray *ids, gboolean *all, GError **error)
{
  *all = TRUE;
  for (guint i = 0; i < count; i++) {
    char *id = NULL;
    if (!try_move(store, steps[i].key, &steps[i].move, &id, error))
      return FALSE;
    steps[i].moved = id != NULL;
    *all &= steps[i].moved;
    if (id && !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
      g_ptr_array_add(ids, id);
    else
      g_free(id);
  }
  return TRUE;
}

gboolean
mc_store_out_moves(McStore *store, McOutStep *steps, guint count, gboolean whole, GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  gboolean all = FALSE;

  for (guint i = 0; i < count; i++) {
    steps[i].moved = FALSE;
    if (!mc_out_state_leads(steps[i].move.from, steps[i].move.to))
      return refuse_arrow(&steps[i].move, error);
  }
  if (!mc_db_begin(store->desk, TRUE, error))
    return FALSE;
  gboolean tried = try_all(store, steps, count, ids, &all, error);
  if (!tried || (whole && !all)) {
    mc_db_rollback(store->desk);
    return tried;
  }
  if (!mc_db_commit(store->desk, error))
    return FALSE;
  g_ptr_array_add(ids, NULL);
  mc_desk_follow(store, (const char *const *)ids->pdata);
  return TRUE;
}

gboolean
mc_store_out_move(McStore *store, const char *key, const McOutMove *move, gboolean *moved, GError **error)
{
  McOutStep step = {.key = key, .move = *move};
  gboolean good = mc_store_out_moves(store, &step, 1, FALSE, error);
  if (moved)
    *moved = step.moved;
  return good;
}

gboolean
mc_store_out_memory(McStore *store, const char *key, const char *memory, GError **error)
{
  if (!mc_db_run(store->desk, error, "UPDATE out SET memory = ? WHERE key = ? AND state = 1", "tt", memory,
                 key))
    return FALSE;
  if (mc_db_changes(store->desk) == 1)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("the action %s is not being sent"), key);
  return FALSE;
}

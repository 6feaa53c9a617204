/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of acts through the engine: taken, delivered, told. */
#include "config.h"
#include "cli/act.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

McCliAct *
mc_cli_act_new(const char *id, const char *action)
{
  McCliAct *act = g_new0(McCliAct, 1);
  act->id = g_strdup(id);
  act->action = g_strdup(action);
  return act;
}

void
mc_cli_act_free(McCliAct *act)
{
  g_free(act->id);
  g_free(act->action);
  g_free(act->caller_key);
  g_clear_pointer(&act->fields, g_hash_table_unref);
  g_clear_error(&act->error);
  mc_out_action_free(act->taken);
  g_free(act);
}

/* The acts without an error yet, as the engine wants them; `index` gets where each stands. */
static GArray *
engine_acts(GPtrArray *acts, GArray *index)
{
  GArray *list = g_array_new(FALSE, TRUE, sizeof(McAct));
  for (guint i = 0; i < acts->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, i);
    if (act->error)
      continue;
    McAct one = {act->id, act->action, act->fields, act->caller_key};
    g_array_append_val(list, one);
    g_array_append_val(index, i);
  }
  return list;
}

static void
take_errors(GPtrArray *acts, GArray *index, McEvent *reply)
{
  for (guint i = 0; i < index->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, g_array_index(index, guint, i));
    if (reply->error)
      act->error = g_error_copy(reply->error);
    else if (g_ptr_array_index(reply->errors, i))
      act->error = g_error_copy(g_ptr_array_index(reply->errors, i));
  }
}

gboolean
mc_act_check(McActRun *run, GPtrArray *acts, char **preview)
{
  g_autoptr(GArray) index = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) list = engine_acts(acts, index);
  McTicket ticket = mc_engine_preview(run->engine, (const McAct *)list->data, list->len, run->whole);
  g_autoptr(McEvent) reply = mc_cli_wait(run->cli, run->engine, ticket, NULL, NULL);
  if (!reply)
    return FALSE;
  take_errors(acts, index, reply);
  if (preview)
    *preview = g_steal_pointer(&reply->text);
  return TRUE;
}

/* --- telling --- */

static const char *
outcome_of(const McActRun *run, const McCliAct *act, const McOutAction *now)
{
  if (act->error)
    return run->bulk && g_error_matches(act->error, MC_ERROR, MC_ERROR_REFUSED) ? "skipped" : "failed";
  if (act->repeated && now->state == MC_OUT_DONE)
    return "skipped";
  if (now->state == MC_OUT_SENDING)
    return "queued"; /* its answer was not seen; it is looked after at the next sync */
  return mc_out_state_name(now->state);
}

static int
outcome_status(const char *outcome, const McCliAct *act)
{
  static const struct {
    const char *outcome;
    int status;
  } table[] = {{"done", 0},      {"queued", 4},    {"conflict", 1},
               {"uncertain", 5}, {"cancelled", 1}, {"skipped", 0}};
  if (act->error && strcmp(outcome, "skipped") != 0) {
    int status = mc_error_exit_status(act->error);
    return status == 2 ? 1 : status;
  }
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    if (strcmp(table[i].outcome, outcome) == 0)
      return table[i].status;
  return 1;
}

static void
add_text(cJSON *object, const char *name, const char *value)
{
  if (value)
    cJSON_AddStringToObject(object, name, value);
}

static void
print_json(const McActRun *run, const McCliAct *act, const McOutAction *now, const char *outcome,
           const char *message, const McItem *item)
{
  g_autofree char *created = now ? mc_engine_created(run->engine, now) : NULL;
  cJSON *line = cJSON_CreateObject();
  add_text(line, "id", act->id);
  add_text(line, "action", act->action);
  add_text(line, "key", now ? now->key : NULL);
  add_text(line, "outcome", outcome);
  if (now && now->status)
    cJSON_AddNumberToObject(line, "status", now->status);
  add_text(line, "message", message);
  add_text(line, "receipt", now ? now->receipt : NULL);
  add_text(line, "created", created);
  add_text(line, "state", item ? mc_state_name(item->state) : NULL);
  mc_cli_put_json(line);
}

static const char *
outcome_label(const char *outcome, const McOutAction *now)
{
  McOutState state;
  if (now && now->state == MC_OUT_SENDING && now->message)
    return mc_out_action_label(now);
  if (mc_out_state_parse(outcome, &state))
    return mc_out_state_label(state);
  return _("skipped");
}

/* A message that names its item first says so once. */
static const char *
without_id(const char *message, const char *id)
{
  gsize length = strlen(id);
  return message && strncmp(message, id, length) == 0 && g_str_has_prefix(message + length, ": ")
             ? message + length + 2
             : message;
}

static void
print_text(const McActRun *run, const McCliAct *act, const McOutAction *now, const char *outcome,
           const char *message, const McItem *item)
{
  g_autofree char *system = mc_item_id_system(act->id);
  g_autofree char *label = mc_engine_action_label(run->engine, system ? system : "", act->action);
  g_autofree char *created = now ? mc_engine_created(run->engine, now) : NULL;
  const char *words = without_id(message, act->id), *receipt = now ? now->receipt : NULL;
  const char *about = item && item->code ? item->code : created ? created : act->id;
  g_autofree char *line =
      g_strdup_printf("%s · %s: %s%s%s%s%s", label, about, outcome_label(outcome, now), words ? " · " : "",
                      words ? words : "", receipt ? " · " : "", receipt ? receipt : "");
  mc_cli_print(line);
  putchar('\n');
}

/* Never says less than is known: what was taken and cannot be read now is as it was when it was taken, and of
 * what an interruption left unknown nothing is said. */
static void
tell(McActRun *run, McCliAct *act)
{
  if (!act->error && !act->taken)
    return;
  g_autoptr(GError) unread = NULL;
  g_autoptr(McOutAction) read =
      act->taken ? mc_snapshot_outbox_get(run->snapshot, act->taken->key, &unread) : NULL;
  const McOutAction *now = read ? read : act->taken;
  g_autoptr(McItem) item =
      g_str_has_suffix(act->id, ":") ? NULL : mc_snapshot_item(run->snapshot, act->id, NULL);
  const char *outcome = outcome_of(run, act, now);
  const char *message = act->error ? act->error->message : unread ? unread->message : now->message;
  int status = outcome_status(outcome, act);
  if (run->queue_only && strcmp(outcome, "queued") == 0)
    status = 0; /* waiting is what was asked */
  run->status = mc_exit_status_merge(run->status, status);
  if (run->json)
    print_json(run, act, now, outcome, message, item);
  else
    print_text(run, act, now, outcome, message, item);
  if (status && message && (run->json || !isatty(STDERR_FILENO))) /* on a terminal the line above says it */
    mc_cli_say_of(act->id, message);
}

/* --- taking and delivering --- */

static gboolean
take(McActRun *run, GPtrArray *acts)
{
  g_autoptr(GArray) index = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) list = engine_acts(acts, index);
  if (list->len == 0)
    return TRUE;
  McTicket ticket = mc_engine_accept(run->engine, (const McAct *)list->data, list->len, 0, TRUE);
  g_autoptr(McEvent) reply = mc_cli_wait(run->cli, run->engine, ticket, NULL, NULL);
  if (!reply)
    return FALSE;
  take_errors(acts, index, reply);
  for (guint i = 0; !reply->error && i < index->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, g_array_index(index, guint, i));
    if (act->error)
      continue;
    act->taken = g_steal_pointer(&reply->actions->pdata[i]);
    act->repeated = act->taken && act->taken->state != MC_OUT_QUEUED;
  }
  return TRUE;
}

static gboolean
deliver(McActRun *run, GPtrArray *acts)
{
  g_autoptr(GHashTable) systems = g_hash_table_new(g_str_hash, g_str_equal);
  guint taken = 0;
  for (guint i = 0; i < acts->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, i);
    if (!act->taken)
      continue;
    g_hash_table_add(systems, act->taken->system);
    taken++;
  }
  if (g_hash_table_size(systems) == 0)
    return TRUE;
  g_autofree const char **names = (const char **)g_hash_table_get_keys_as_array(systems, NULL);
  mc_cli_expect(run->cli, MC_EVENT_ACTION, taken);
  g_autoptr(McEvent) reply =
      mc_cli_wait(run->cli, run->engine, mc_engine_deliver(run->engine, names), NULL, NULL);
  if (!reply)
    return FALSE;
  if (reply->error) {
    run->status = mc_exit_status_merge(run->status, mc_error_exit_status(reply->error));
    mc_cli_say("%s", reply->error->message);
  }
  return TRUE;
}

gboolean
mc_act_execute(McActRun *run, GPtrArray *acts)
{
  gboolean whole = take(run, acts) && (run->queue_only || deliver(run, acts));
  for (guint i = 0; i < acts->len; i++)
    tell(run, g_ptr_array_index(acts, i));
  if (!whole)
    run->status = 130;
  return whole;
}

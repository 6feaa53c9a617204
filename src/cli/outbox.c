/* SPDX-License-Identifier: Apache-2.0 */
/* motcua outbox: see and settle what is not confirmed yet. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "motcua/worktime.h"

typedef struct {
  char *batch, *how;
  gboolean json, all;
} Options;

static char *
moment_text(McCli *cli, gint64 moment)
{
  g_autoptr(GTimeZone) tz = g_time_zone_new_identifier(mc_home_config(cli->home)->timezone);
  return mc_time_format_iso(moment, tz);
}

static void
print_action(McCli *cli, const McOutAction *action, gboolean json, McTable *table)
{
  const char *label = mc_action_standard_label(action->action);
  g_autofree char *created = moment_text(cli, action->created);
  if (json) {
    cJSON *line = mc_cli_object("key", action->key, "id", action->item_id, "action", action->action,
                                "outcome", mc_out_state_name(action->state), "created", created, "message",
                                action->message, "receipt", action->receipt, "batch", action->batch, NULL);
    cJSON_AddNumberToObject(line, "attempts", action->attempts);
    mc_cli_put_json(line);
    return;
  }
  const char *cells[] = {action->key, mc_out_action_label(action), label ? label : action->action,
                         action->item_id, action->message};
  mc_table_add(table, cells);
}

static int
list(McCli *cli, McSnapshot *snapshot, const Options *options)
{
  GError *error = NULL;
  McOutFilter filter = {.batch = options->batch, .unsettled_only = !options->all};
  g_autoptr(GPtrArray) actions = mc_snapshot_outbox(snapshot, &filter, &error);
  if (!actions)
    return mc_cli_fail(error);
  const char *heads[] = {_("Key"), _("State"), _("Action"), _("Item"), _("Message"), NULL};
  McTable *table = mc_table_new(heads);
  for (guint i = 0; i < actions->len; i++)
    print_action(cli, g_ptr_array_index(actions, i), options->json, table);
  if (!options->json && actions->len > 0)
    mc_table_print(table);
  if (!options->json && actions->len == 0 && isatty(STDOUT_FILENO))
    printf("%s\n", _("Nothing waits to be sent."));
  mc_table_free(table);
  return 0;
}

/* The keys named, or the unsettled ones of the batch; every one exists. NULL: said, *status. */
static char **
keys_of(McSnapshot *snapshot, const Options *options, char **keys, int *status)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  GError *error = NULL;
  for (guint i = 0; keys[i]; i++) {
    g_autoptr(McOutAction) action = mc_snapshot_outbox_get(snapshot, keys[i], &error);
    if (!action) {
      *status = mc_cli_fail(error);
      return NULL;
    }
    g_ptr_array_add(all, g_strdup(keys[i]));
  }
  McOutFilter filter = {.batch = options->batch, .unsettled_only = TRUE};
  g_autoptr(GPtrArray) found = options->batch ? mc_snapshot_outbox(snapshot, &filter, &error) : NULL;
  if (error) {
    *status = mc_cli_fail(error);
    return NULL;
  }
  for (guint i = 0; found && i < found->len; i++)
    g_ptr_array_add(all, g_strdup(((McOutAction *)g_ptr_array_index(found, i))->key));
  g_ptr_array_add(all, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

static int
deliver(McCli *cli, McEngine *engine, McSnapshot *snapshot)
{
  int status = 0;
  gint64 counts[MC_OUT_COUNT] = {0};
  if (mc_snapshot_outbox_counts(snapshot, counts, NULL))
    mc_cli_expect(cli, MC_EVENT_ACTION, (guint)(counts[MC_OUT_QUEUED] + counts[MC_OUT_SENDING]));
  g_autoptr(McEvent) reply =
      mc_cli_wait(cli, engine, mc_engine_deliver(engine, NULL), mc_cli_see_action, &status);
  if (!reply)
    return 130;
  guint delivered = 0;
  for (guint i = 0; i < reply->reports->len; i++)
    delivered += ((McSyncReport *)g_ptr_array_index(reply->reports, i))->delivered;
  printf(_("%u delivered\n"), delivered);
  return reply->error ? mc_exit_status_merge(status, mc_cli_fail(g_steal_pointer(&reply->error))) : status;
}

/* What became of these; each that is not settled is said. */
static int
keys_status(McSnapshot *snapshot, char **keys)
{
  static const int of[] = {
      [MC_OUT_QUEUED] = 4,   [MC_OUT_SENDING] = 4,   [MC_OUT_DONE] = 0,     [MC_OUT_FAILED] = 1,
      [MC_OUT_CONFLICT] = 1, [MC_OUT_UNCERTAIN] = 5, [MC_OUT_CANCELLED] = 1};
  int status = 0;
  for (guint i = 0; keys[i]; i++) {
    GError *error = NULL;
    g_autoptr(McOutAction) action = mc_snapshot_outbox_get(snapshot, keys[i], &error);
    if (!action) {
      status = mc_exit_status_merge(status, mc_cli_fail(error));
      continue;
    }
    if (of[action->state] > 1) /* what failed was said when it did */
      mc_cli_say("%s: %s%s%s", keys[i], mc_out_action_label(action), action->message ? " · " : "",
                 action->message ? action->message : "");
    status = mc_exit_status_merge(status, of[action->state]);
  }
  return status;
}

static int
resolve(McCli *cli, McEngine *engine, McSnapshot *snapshot, char **keys, const char *how)
{
  static const struct {
    const char *word;
    McResolve how;
  } words[] = {{"landed", MC_RESOLVE_LANDED},
               {"not-landed", MC_RESOLVE_NOT_LANDED},
               {"look", MC_RESOLVE_LOOK},
               {"again", MC_RESOLVE_AGAIN}};
  int status = 0;
  gboolean sends = FALSE;
  for (guint w = 0; w < G_N_ELEMENTS(words); w++) {
    if (g_strcmp0(how, words[w].word) != 0)
      continue;
    for (guint i = 0; keys[i] && status != 130; i++)
      status = mc_exit_status_merge(
          status, mc_cli_finish(cli, engine, mc_engine_resolve(engine, keys[i], words[w].how)));
    sends = words[w].how == MC_RESOLVE_LOOK || words[w].how == MC_RESOLVE_AGAIN;
    if (!sends || status)
      return status;
    status = deliver(cli, engine, snapshot);
    return status == 130 ? status : mc_exit_status_merge(status, keys_status(snapshot, keys));
  }
  return mc_cli_usage(&mc_command_outbox, _("resolve needs --as landed, not-landed, look or again"));
}

static int
settle(McCli *cli, McSnapshot *snapshot, const Options *options, const char *what, char **named)
{
  int status = 0;
  g_auto(GStrv) keys = keys_of(snapshot, options, named, &status);
  if (!keys)
    return status;
  gboolean needs_keys = strcmp(what, "deliver") != 0;
  if (needs_keys && !keys[0])
    return mc_cli_usage(&mc_command_outbox, _("give the keys of actions (motcua outbox list), or --batch"));
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  if (strcmp(what, "cancel") == 0)
    return mc_cli_finish(cli, engine, mc_engine_cancel(engine, (const char *const *)keys));
  if (strcmp(what, "resolve") == 0)
    return resolve(cli, engine, snapshot, keys, options->how);
  status = deliver(cli, engine, snapshot);
  return mc_exit_status_merge(status, mc_cli_outbox_status(cli));
}

static int
run(McCli *cli, int argc, char **argv)
{
  Options options = {0};
  int status = 0;
  GError *error = NULL;
  const GOptionEntry entries[] = {
      {"batch", 0, 0, G_OPTION_ARG_STRING, &options.batch, N_("the actions taken together as B"), "B"},
      {"as", 0, 0, G_OPTION_ARG_STRING, &options.how, N_("how to settle: landed, not-landed, look, again"),
       "HOW"},
      {"all", 0, 0, G_OPTION_ARG_NONE, &options.all, N_("settled ones too"), NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("one JSON object a line"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  static const char *const verbs[] = {"list", "deliver", "cancel", "resolve", NULL};
  if (mc_cli_options(&mc_command_outbox, entries, &argc, &argv, &status)) {
    const char *what = argc > 1 ? argv[1] : "list";
    g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
    if (!snapshot)
      status = mc_cli_fail(error);
    else if (!g_strv_contains(verbs, what))
      status = mc_cli_none_of(&mc_command_outbox, what, verbs);
    else if (strcmp(what, "list") == 0)
      status = list(cli, snapshot, &options);
    else
      status = settle(cli, snapshot, &options, what, argv + MIN(argc, 2));
  }
  g_free(options.batch);
  g_free(options.how);
  return status;
}

const McCommand mc_command_outbox = {
    .name = "outbox",
    .usage = "[list [--all] [--json]|deliver|cancel KEY...|resolve KEY... --as HOW] [--batch B]",
    .summary = N_("see and settle what is not confirmed yet"),
    .run = run};

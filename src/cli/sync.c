/* SPDX-License-Identifier: Apache-2.0 */
/* motcua sync: pull systems and deliver the outbox; says which failed and why. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>

void
mc_cli_say_oddities(const McSyncReport *report, gboolean all)
{
  if (report->notice)
    mc_cli_say_of(report->system, report->notice);
  if (!report->trouble || (!all && !report->bad_dates)) /* an unknown state shows in the list of items */
    return;
  g_auto(GStrv) lines = g_strsplit(report->trouble, "\n", -1);
  for (char **line = lines; all && *line; line++)
    mc_cli_say_of(report->system, *line);
  if (all)
    mc_cli_say(_("%s: %u unknown states, %u dates not understood"), report->system, report->untranslated,
               report->bad_dates);
  else
    mc_cli_say(_("%s: %s (%u unknown states, %u dates not understood)"), report->system, lines[0],
               report->untranslated, report->bad_dates);
}

static int
print_report(McEngine *engine, const McSyncReport *report)
{
  const McSystemInfo *info = mc_engine_system_find(engine, report->system);
  if (report->error) {
    mc_cli_say_of(report->system, report->error->message);
    return mc_error_exit_status(report->error);
  }
  mc_cli_line(_("%s (%s): %u new, %u changed, %u removed, %u the same; %u delivered"), report->system,
              info ? info->title : "", report->added, report->changed, report->removed, report->same,
              report->delivered);
  mc_cli_say_oddities(report, FALSE);
  return 0;
}

/* What waits in the outbox decides the status too. */
void
mc_cli_see_action(const McEvent *event, gpointer status)
{
  const McOutAction *action = event->action;
  if (event->type != MC_EVENT_ACTION || (action->state != MC_OUT_FAILED && action->state != MC_OUT_CONFLICT &&
                                         action->state != MC_OUT_CANCELLED))
    return;
  mc_cli_say("%s: %s: %s%s%s", action->item_id, action->action, mc_out_state_label(action->state),
             action->message ? " · " : "", action->message ? action->message : "");
  *(int *)status = mc_exit_status_merge(*(int *)status, 1);
}

int
mc_cli_outbox_status(McCli *cli)
{
  gint64 counts[MC_OUT_COUNT] = {0};
  GError *error = NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  if (!snapshot || !mc_snapshot_outbox_counts(snapshot, counts, &error))
    return mc_cli_fail(error);
  if (counts[MC_OUT_UNCERTAIN] > 0) {
    mc_cli_say(_("%d uncertain; see motcua outbox resolve"), (int)counts[MC_OUT_UNCERTAIN]);
    return 5;
  }
  if (counts[MC_OUT_QUEUED] + counts[MC_OUT_SENDING] > 0) {
    mc_cli_say(_("%d still wait in the outbox; see motcua outbox list"),
               (int)(counts[MC_OUT_QUEUED] + counts[MC_OUT_SENDING]));
    return 4;
  }
  return 0;
}

static int
sync_run(McCli *cli, McEngine *engine, const char *const *systems, gboolean full)
{
  int status = 0;
  mc_cli_expect(cli, MC_EVENT_SYSTEM,
                systems ? g_strv_length((char **)systems) : mc_engine_system_count(engine));
  g_autoptr(McEvent) reply =
      mc_cli_wait(cli, engine, mc_engine_sync(engine, systems, full), mc_cli_see_action, &status);
  if (!reply)
    return 130;
  for (guint i = 0; i < reply->reports->len; i++)
    status = mc_exit_status_merge(status, print_report(engine, g_ptr_array_index(reply->reports, i)));
  return mc_exit_status_merge(status, mc_cli_outbox_status(cli));
}

static int
run(McCli *cli, int argc, char **argv)
{
  gboolean full = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
      {"full", 0, 0, G_OPTION_ARG_NONE, &full, N_("everything, not only what changed"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!mc_cli_options(&mc_command_sync, entries, &argc, &argv, &status))
    return status;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  const char *const *systems = argc > 1 ? (const char *const *)argv + 1 : NULL;
  status = mc_cli_check_systems(engine, systems);
  if (status)
    return status;
  int faulty = mc_engine_faults(engine)[0] && !systems ? 1 : 0; /* a system left out was not pulled */
  if (mc_engine_system_count(engine) == 0) {
    mc_cli_say("%s", _("no system is configured. Add one: motcua system add; or try: motcua demo"));
    return faulty;
  }
  return mc_exit_status_merge(sync_run(cli, engine, systems, full), faulty);
}

const McCommand mc_command_sync = {.name = "sync",
                                   .usage = "[SYSTEM...] [--full]",
                                   .summary = N_("pull systems and deliver the outbox"),
                                   .run = run};

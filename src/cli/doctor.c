/* SPDX-License-Identifier: Apache-2.0 */
/* motcua doctor: what keeps motcua from working here, and what to do about each. */
#include "config.h"
#include "cli/cli.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "motcua/worktime.h"

#define CLOCK_FLOOR 1767225600 /* 2026-01-01: a clock before this is not set */

/* One line: a sign, what was looked at, what was found. Returns whether it is well. */
static gboolean
say(gboolean well, const char *what, const char *found)
{
  g_autofree char *clean = mc_text_clean_lines(found ? found : "", -1);
  printf("%s %s%s%s\n", well ? "✓" : "✗", what, *clean ? ": " : "", clean);
  return well;
}

static gboolean
check_terminal(void)
{
  const char *term = g_getenv("TERM");
  gboolean well = term && *term && strcmp(term, "dumb") != 0;
  return say(well, _("Terminal"), well ? term : _("TERM is not set; use a terminal such as xterm-256color"));
}

static gboolean
check_locale(void)
{
  const char *codeset = nl_langinfo(CODESET);
  gboolean well = strcmp(codeset, "UTF-8") == 0;
  return say(well, _("Locale"), well ? codeset : _("not UTF-8; set LC_ALL=C.UTF-8"));
}

static gboolean
check_clock(McCli *cli, McCalendar *calendar)
{
  gint64 now = mc_clock_now(cli->clock);
  g_autofree char *text = mc_time_format_iso(now, mc_calendar_timezone(calendar));
  if (!say(now > CLOCK_FLOOR, _("Clock"), now > CLOCK_FLOOR ? text : _("not set; deadlines would be wrong")))
    return FALSE;
  g_autoptr(GDateTime) local = g_date_time_new_from_unix_utc(now);
  int year = g_date_time_get_year(local);
  if (mc_calendar_knows_year(calendar, year))
    return TRUE;
  g_autofree char *found =
      g_strdup_printf(_("no public holidays are known for %d; put a calendar file into %s/calendar"), year,
                      mc_home_dir(cli->home, MC_DIR_CONFIG));
  return say(FALSE, _("Calendar"), found);
}

static gboolean
check_cache(McCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  return say(snapshot != NULL, _("Cache and desk"),
             snapshot ? mc_home_dir(cli->home, MC_DIR_DATA) : error->message);
}

static gboolean
check_secrets(McEngine *engine)
{
  g_autoptr(GError) error = NULL;
  gboolean well = mc_engine_secrets_check(engine, &error);
  const char *notice = mc_engine_secrets_notice(engine);
  if (well && notice)
    return say(FALSE, _("Secrets"), notice);
  return say(well, _("Secrets"), well ? mc_engine_secrets_provider(engine) : error->message);
}

static gboolean
check_system(McCli *cli, McEngine *engine, const McSystemInfo *info)
{
  g_autofree char *what = g_strdup_printf(_("System %s"), info->system);
  if (cli->offline)
    return say(TRUE, what, _("not asked: working offline"));
  g_autoptr(McEvent) reply = mc_cli_wait(cli, engine, mc_engine_test(engine, info->system), NULL, NULL);
  if (!reply)
    return FALSE;
  if (reply->error)
    return say(FALSE, what, reply->error->message);
  const McSyncReport *report = g_ptr_array_index(reply->reports, 0);
  const char *reached = _("reached, logged in");
  g_autofree char *found =
      report->notice ? g_strdup_printf("%s. %s", reached, report->notice) : g_strdup(reached);
  return say(TRUE, what, found);
}

static int
run(McCli *cli, int argc, char **argv)
{
  int status = 0;
  if (!mc_cli_options(&mc_command_doctor, NULL, &argc, &argv, &status))
    return status;
  gboolean well = check_terminal() & check_locale() & check_cache(cli);
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  well &= check_clock(cli, mc_engine_calendar(engine)) & check_secrets(engine);
  const char *const *faults = mc_engine_faults(engine);
  for (guint i = 0; faults[i]; i++)
    well &= say(FALSE, _("Configuration"), faults[i]);
  for (guint i = 0; i < mc_engine_system_count(engine); i++)
    well &= check_system(cli, engine, mc_engine_system(engine, i));
  return well ? 0 : 1;
}

const McCommand mc_command_doctor = {.name = "doctor",
                                     .usage = "",
                                     .summary = N_("check terminal, locale, keyring, systems, clock, cache"),
                                     .run = run};

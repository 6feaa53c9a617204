/* SPDX-License-Identifier: Apache-2.0 */
/* motcua connector record, test: what was said to a system, written down without secrets and people; and gone
 * through again without the system. */
#include "config.h"
#include "cli/connector.h"

#include <stdio.h>
#include <string.h>

#include "motcua/author.h"

/* What stands after `--` is the command; it is cut off before options are read. */
static char **
cut_command(int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (strcmp(argv[i], "--") == 0) {
      *argc = i;
      argv[i] = NULL;
      return argv + i + 1;
    }
  return argv + *argc;
}

static int
write_down(McRecorder *recorder, const char *file, const char *const *hide)
{
  GError *error = NULL;
  guint runs = 0;
  g_autofree char *text = mc_recorder_finish(recorder, hide, &runs, &error);
  if (!text)
    return mc_cli_fail(error);
  if (strcmp(file, "-") == 0)
    fputs(text, stdout);
  else if (!g_file_set_contents_full(file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    return mc_cli_fail(error);
  mc_cli_say(ngettext("%u run recorded; secrets and people are replaced, but read it before you pass it on",
                      "%u runs recorded; secrets and people are replaced, but read it before you pass it on",
                      runs),
             runs);
  return 0;
}

static int
run_record(McCli *cli, int argc, char **argv)
{
  g_autofree char *file = NULL;
  g_auto(GStrv) hide = NULL;
  int status = 0;
  const GOptionEntry entries[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &file, N_("write to FILE; -: to standard output"), "FILE"},
      {"hide", 0, 0, G_OPTION_ARG_STRING_ARRAY, &hide, N_("a text to replace as well; may be given again"),
       N_("TEXT")},
      G_OPTION_ENTRY_NULL,
  };
  char **command = cut_command(&argc, argv);
  if (!mc_cli_options(&mc_connector_record_verb, entries, &argc, &argv, &status))
    return status;
  if (argc != 2 || !file)
    return mc_cli_usage(&mc_connector_record_verb, _("it takes a system and --output FILE"));
  char *const system = argv[1];
  char *whole[] = {(char *)"sync", (char *)"--full", system, NULL};
  g_autoptr(McRecorder) recorder = mc_recorder_new(system);
  cli->recorder = recorder;
  if (!command[0])
    command = whole;
  status = mc_cli_run(cli, (int)g_strv_length(command), command);
  cli->recorder = NULL;
  if (status == 2 || status == 130)
    return status;
  return mc_exit_status_merge(status, write_down(recorder, file, (const char *const *)hide));
}

const McCommand mc_connector_record_verb = {
    .name = "connector record",
    .usage = "SYSTEM --output FILE [--hide TEXT]... [-- COMMAND ARG...]",
    .summary = N_("write down what is said to a system while a command runs (else: sync --full)"),
    .run = run_record};

static int
test_one(McCli *cli, const char *connector, const char *file)
{
  GError *error = NULL;
  McReplayReport report;
  gboolean begun = mc_recording_test(cli->home, connector, file, &report, &error);
  for (guint i = 0; i < report.failures->len; i++)
    mc_cli_line("%s: %s", file, (char *)report.failures->pdata[i]);
  gboolean held = begun && report.failures->len == 0;
  if (held)
    mc_cli_line(_("%s: %u runs of %u requests as recorded, %u mishaps held"), file, report.runs, report.steps,
                report.mishaps);
  mc_replay_report_clear(&report);
  return begun ? !held : mc_cli_fail(error);
}

static int
run_test(McCli *cli, int argc, char **argv)
{
  int status = 0;
  if (!mc_cli_options(&mc_connector_test_verb, NULL, &argc, &argv, &status))
    return status;
  if (argc < 3)
    return mc_cli_usage(&mc_connector_test_verb, _("it takes a connector and one or more recordings"));
  for (int i = 2; i < argc; i++) {
    int one = test_one(cli, argv[1], argv[i]);
    status = MAX(status, one);
  }
  return status;
}

const McCommand mc_connector_test_verb = {
    .name = "connector test",
    .usage = "NAME|FILE RECORDING...",
    .summary = N_("go through recordings without the system, and through every mishap that may befall it"),
    .run = run_test};

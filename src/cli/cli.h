/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one file per command, each a const descriptor. Results go to stdout, everything else to
 * stderr; arguments are all checked before anything happens; a command returns the contract's exit status.
 *
 * Nothing here prompts unless stdin is a terminal. SIGINT and SIGTERM are blocked and read while waiting
 * (mc_cli_wait), so that what was queued stays queued and the status is 130. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <cjson/cJSON.h>
#include <glib.h>
#include "cli/progress.h"
#include "motcua/engine.h"
#include "motcua/error.h"
#include "motcua/home.h"
#include "motcua/i18n.h"
#include "motcua/snapshot.h"
#include "motcua/text.h"

/* Opens the inbox and returns the exit status, -1 with an error; given by main, since this face does not know
 * the other. */
typedef int (*McInboxFace)(McHome *home, McClock *clock, gboolean offline, GError **error);

typedef struct {
  McHome *home; /* NULL until mc_cli_open() */
  McClock *clock;
  char *profile, *lang;
  gboolean offline, no_color, verbose;
  int jobs;
  int signals;          /* signalfd of SIGINT, SIGTERM and SIGHUP */
  gboolean interrupted; /* the last question was */
  gboolean answers;     /* this command answers what a login asks */
  McInboxFace inbox;
  McRecorder *recorder; /* of the engines that are opened; NULL: nobody records */
  McProgress progress;  /* of the next mc_cli_wait() */
} McCli;

typedef struct {
  const char *name;
  const char *usage;                             /* what follows the name in the usage line */
  const char *summary;                           /* N_() */
  gboolean homeless;                             /* runs without opening a home */
  int (*run)(McCli *cli, int argc, char **argv); /* argv[0] is the command's name */
} McCommand;

extern const McCommand mc_command_demo, mc_command_system, mc_command_login, mc_command_logout,
    mc_command_sync, mc_command_list, mc_command_show, mc_command_act, mc_command_outbox, mc_command_note,
    mc_command_tag, mc_command_lookup, mc_command_attach, mc_command_connector, mc_command_doctor,
    mc_command_audit;

/* Runs the whole program; returns its exit status. */
int mc_cli_main(int argc, char **argv, McInboxFace inbox);
/* Runs one command of this process (used by demo). */
int mc_cli_run(McCli *cli, int argc, char **argv);
/* Opens cli->home and the rest that a command needs. */
gboolean mc_cli_open(McCli *cli, GError **error);

/* --- what commands share (common.c) --- */
/* Parses options (GOption) of a command; what remains is in *argc, argv. On --help or an error *status is set
 * and FALSE returned. */
gboolean mc_cli_options(const McCommand *command, const GOptionEntry *entries, int *argc, char ***argv,
                        int *status);
/* The same with entries of type CALLBACK, which get `data`. */
gboolean mc_cli_options_with(const McCommand *command, const GOptionEntry *entries,
                             const GOptionEntry *callbacks, gpointer data, int *argc, char ***argv,
                             int *status);
/* "motcua: MESSAGE" on stderr, cleaned. */
void mc_cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same about a system or an item: "motcua: NAME: MESSAGE". */
void mc_cli_say_of(const char *name, const char *message);
/* Says the error; returns its exit status. Frees it. */
int mc_cli_fail(GError *error);
/* What is wrong with an option, as a sentence; new string. `callbacks` may be NULL. */
char *mc_cli_bad_option(const GError *error, const GOptionEntry *entries, const GOptionEntry *callbacks);
int mc_cli_usage(const McCommand *command, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A word that is none of `words`: says so with the nearest. 2. */
int mc_cli_none_of(const McCommand *command, const char *word, const char *const *words);
/* An engine; says the faults of single systems on stderr, and where secrets are only for this session. NULL:
 * *status. */
McEngine *mc_cli_engine(McCli *cli, int *status);
/* A query whose systems exist. NULL: MC_ERROR_USAGE. */
McQuery *mc_cli_query(McCli *cli, const char *text, const McCalendar *calendar, gint64 now, GError **error);
/* Checks that every name is a configured system: status 0, or 2 with what exists on stderr. */
int mc_cli_check_systems(McEngine *engine, const char *const *systems);
/* The next wait shows how many of `total` events of that kind came. */
void mc_cli_expect(McCli *cli, McEventType counted, guint total);
/* The reply to a ticket; NULL when interrupted. `seen` (may be NULL) sees every event on the way. */
McEvent *mc_cli_wait(McCli *cli, McEngine *engine, McTicket ticket,
                     void (*seen)(const McEvent *event, gpointer data), gpointer data);
/* Waits and turns the reply's error into a status (said on stderr); 130 when interrupted. */
int mc_cli_finish(McCli *cli, McEngine *engine, McTicket ticket);
/* What in a system's records its connector does not understand, where there is any: all of it, or the first.
 */
void mc_cli_say_oddities(const McSyncReport *report, gboolean all);
/* For mc_cli_wait(): says an action that ended without effect; `status` (int) becomes 1. */
void mc_cli_see_action(const McEvent *event, gpointer status);
/* What still waits in the outbox, or is uncertain: said, and as a status. */
int mc_cli_outbox_status(McCli *cli);
/* Flushes stdout: 0, or 1 with the reason on stderr when what was printed could not be written. */
int mc_cli_flush(void);
/* A cell of a table, cleaned for a terminal. */
void mc_cli_print(const char *text);
/* One line of results, cleaned whole; the newline is added. */
void mc_cli_line(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* "a,b,c" -> array, each checked against item keys; NULL and error otherwise. */
char **mc_cli_columns(const char *spec, GError **error);
/* Rows that align: kept until they are printed. */
typedef struct McTable McTable;
McTable *mc_table_new(const char *const *heads);
void mc_table_add(McTable *table, const char *const *cells);
guint mc_table_rows(const McTable *table);
/* Heads and rows; fits into the terminal's width where stdout is one. */
void mc_table_print(McTable *table);
void mc_table_free(McTable *table);
/* One JSON value on a line, harmless to a terminal. Frees it. */
void mc_cli_put_json(cJSON *object);
/* A JSON object of name, value pairs of strings; a NULL value leaves its pair out; NULL-terminated. */
cJSON *mc_cli_object(const char *name, ...) G_GNUC_NULL_TERMINATED;
/* A line read from the terminal, echo off when `secret`; NULL at its end or when interrupted. */
char *mc_cli_ask(McCli *cli, const char *prompt, gboolean secret);
/* yes or no on the terminal, as a status: 0 yes, 1 no, 130 interrupted. */
int mc_cli_confirm(McCli *cli, const char *question);

#endif

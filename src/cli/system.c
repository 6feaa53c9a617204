/* SPDX-License-Identifier: Apache-2.0 */
/* motcua system: the configured systems. */
#include "config.h"
#include "cli/cli.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "motcua/worktime.h"

typedef struct {
  char *connector;
  char **settings;
  gboolean json;
} Options;

static int
usage(const char *message)
{
  return mc_cli_usage(&mc_command_system, "%s", message);
}

static int
usage_of_none(const char *system)
{
  return mc_cli_usage(&mc_command_system, _("there is no system “%s”"), system);
}

static int
add(McCli *cli, const Options *options, char **names)
{
  GError *error = NULL;
  if (!names[0] || names[1] || !options->connector)
    return usage(_("add takes one name and --connector"));
  g_autoptr(GHashTable) settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; options->settings && options->settings[i]; i++) {
    char **pair = g_strsplit(options->settings[i], "=", 2);
    gboolean right = pair[0] && *pair[0] && pair[1];
    if (right)
      g_hash_table_replace(settings, g_strdup(pair[0]), g_strdup(pair[1]));
    g_strfreev(pair);
    if (!right)
      return mc_cli_usage(&mc_command_system, _("--set takes KEY=VALUE, not “%s”"), options->settings[i]);
  }
  g_autofree char *path = mc_system_file_path(cli->home, names[0]);
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return mc_cli_usage(&mc_command_system, _("there is a system “%s” already; motcua system edit %s"),
                        names[0], names[0]);
  if (!mc_system_file_write(cli->home, names[0], options->connector, settings, &error))
    return mc_cli_fail(error);
  fprintf(stderr, _("%s is added. Next: motcua login %s\n"), names[0], names[0]);
  return 0;
}

static char *
moment(McCli *cli, gint64 when, gboolean iso)
{
  g_autoptr(GTimeZone) tz = g_time_zone_new_identifier(mc_home_config(cli->home)->timezone);
  return iso ? mc_time_format_iso(when, tz) : mc_time_format(when, tz, "%H:%M %d/%m/%Y");
}

static const McSystemStatus *
status_of(GPtrArray *statuses, const char *system)
{
  for (guint i = 0; i < statuses->len; i++) {
    const McSystemStatus *status = g_ptr_array_index(statuses, i);
    if (strcmp(status->system, system) == 0)
      return status;
  }
  return NULL;
}

static void
print_system(McCli *cli, const McSystemInfo *info, const McSystemStatus *status, gboolean json,
             McTable *table)
{
  McSystemState state = status ? status->state : MC_SYSTEM_NEVER;
  g_autofree char *last = status ? moment(cli, status->last_complete, json) : NULL;
  g_autofree char *items = g_strdup_printf("%" G_GINT64_FORMAT, status ? status->items : 0);
  if (json) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->system);
    cJSON_AddStringToObject(object, "title", info->title);
    cJSON_AddStringToObject(object, "connector", info->connector);
    cJSON_AddStringToObject(object, "kind", mc_kind_name(info->kind));
    if (info->gateway)
      cJSON_AddStringToObject(object, "gateway", info->gateway);
    cJSON_AddStringToObject(object, "state", mc_system_state_name(state));
    cJSON_AddNumberToObject(object, "items", status ? (double)status->items : 0);
    if (last)
      cJSON_AddStringToObject(object, "last_complete", last);
    if (status && status->message)
      cJSON_AddStringToObject(object, "message", status->message);
    mc_cli_put_json(object);
    return;
  }
  static const char *const words[] = {
      [MC_SYSTEM_NEVER] = N_("not pulled yet"),
      [MC_SYSTEM_OK] = N_("good"),
      [MC_SYSTEM_LOGIN] = N_("a login is needed"),
      [MC_SYSTEM_TROUBLE] = N_("trouble"),
  };
  const char *cells[] = {info->system, info->title, info->connector, _(words[state]), items, last, NULL};
  mc_table_add(table, cells);
}

/* The named systems, or all. */
static int
list(McCli *cli, const Options *options, char **names)
{
  int status = 0;
  GError *error = NULL;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  status = mc_cli_check_systems(engine, (const char *const *)names);
  if (status)
    return status;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  g_autoptr(GPtrArray) statuses = snapshot ? mc_snapshot_systems(snapshot, &error) : NULL;
  if (!statuses)
    return mc_cli_fail(error);
  const char *heads[] = {
      _("System"), _("Name"), _("Connector"), _("State"), _("Items"), _("Last complete pull"), NULL};
  McTable *table = mc_table_new(heads);
  for (guint i = 0; i < mc_engine_system_count(engine); i++) {
    const McSystemInfo *info = mc_engine_system(engine, i);
    if (!names[0] || g_strv_contains((const char *const *)names, info->system))
      print_system(cli, info, status_of(statuses, info->system), options->json, table);
  }
  if (!options->json && mc_table_rows(table) > 0)
    mc_table_print(table);
  else if (!options->json)
    mc_cli_say("%s", _("no system is configured. Add one: motcua system add; or try: motcua demo"));
  mc_table_free(table);
  return 0;
}

static int
show(McCli *cli, const Options *options, char **names)
{
  (void)options;
  if (!names[0])
    return usage(_("show takes a system"));
  for (guint i = 0; names[i]; i++) {
    GError *error = NULL;
    g_autofree char *path = mc_system_file_path(cli->home, names[i]);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
      return usage_of_none(names[i]);
    g_autoptr(McIni) ini = mc_ini_load(path, &error);
    if (!ini)
      return mc_cli_fail(error);
    printf("# %s\n", path);
    for (guint e = 0; e < mc_ini_count(ini); e++) {
      const McIniEntry *entry = mc_ini_entry(ini, e);
      g_autofree char *line = g_strdup_printf("%s.%s = %s", entry->section, entry->key, entry->value);
      mc_cli_print(line);
      putchar('\n');
    }
  }
  return 0;
}

static int
edit(McCli *cli, const Options *options, char **names)
{
  (void)options;
  int status = 0;
  if (!names[0] || names[1])
    return usage(_("edit takes one system"));
  g_autofree char *path = mc_system_file_path(cli->home, names[0]);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return usage_of_none(names[0]);
  if (!isatty(STDIN_FILENO)) {
    fprintf(stderr, _("motcua: edit needs a terminal; the file is %s\n"), path);
    return 2;
  }
  const char *editor = g_getenv("VISUAL")   ? g_getenv("VISUAL")
                       : g_getenv("EDITOR") ? g_getenv("EDITOR")
                                            : "editor";
  g_autofree char *quoted = g_shell_quote(path);
  g_autofree char *line = g_strdup_printf("%s %s", editor, quoted); /* as git runs $EDITOR */
  char *argv[] = {(char *)"/bin/sh", (char *)"-c", line, NULL};
  GError *error = NULL;
  if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status,
                    &error) ||
      !g_spawn_check_wait_status(status, &error)) {
    g_prefix_error(&error, "%s: ", editor);
    return mc_cli_fail(error);
  }
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status); /* says what is wrong with it now */
  return engine && mc_engine_system_find(engine, names[0]) ? 0 : 2;
}

/* What a person did and no system has answered for yet keeps its system; said, as a status. */
static int
check_nothing_waits(McSnapshot *snapshot, char **names)
{
  int status = 0;
  for (guint i = 0; names[i]; i++) {
    GError *error = NULL;
    McOutFilter filter = {.system = names[i], .unsettled_only = TRUE};
    g_autoptr(GPtrArray) actions = mc_snapshot_outbox(snapshot, &filter, &error);
    if (!actions)
      return mc_cli_fail(error);
    if (actions->len == 0)
      continue;
    mc_cli_say(
        _("%s is kept: %u actions on it are in the outbox. Deliver, cancel or settle them first: motcua "
          "outbox list"),
        names[i], actions->len);
    status = 1;
  }
  return status;
}

static int
remove_systems(McCli *cli, const Options *options, char **names)
{
  (void)options;
  int status = 0;
  if (!names[0])
    return usage(_("remove takes a system"));
  GError *bad = NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &bad);
  status = snapshot ? check_nothing_waits(snapshot, names) : mc_cli_fail(bad);
  if (status)
    return status;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  for (guint i = 0; engine && !status && names[i]; i++) {
    GError *error = NULL;
    if (mc_engine_system_find(engine, names[i]))
      status = mc_cli_finish(cli, engine, mc_engine_logout(engine, names[i], TRUE));
    if (!status && !mc_system_file_remove(cli->home, names[i], &error))
      status = mc_cli_fail(error);
    if (!status)
      status = mc_cli_finish(cli, engine, mc_engine_forget(engine, names[i]));
  }
  return status;
}

static int
test_one(McCli *cli, McEngine *engine, const McSystemInfo *info)
{
  g_autoptr(McEvent) reply = mc_cli_wait(cli, engine, mc_engine_test(engine, info->system), NULL, NULL);
  if (!reply)
    return 130;
  if (reply->error)
    return mc_cli_fail(g_steal_pointer(&reply->error));
  const McSyncReport *report = g_ptr_array_index(reply->reports, 0);
  mc_cli_line(_("%s: logged in; %u requests, %u records on the first page"), info->system, report->requests,
              report->rows);
  mc_cli_say_oddities(report, TRUE);
  return 0;
}

static int
test(McCli *cli, const Options *options, char **names)
{
  (void)options;
  int status = 0;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  status = mc_cli_check_systems(engine, (const char *const *)names);
  gboolean unknown = status != 0;
  for (guint i = 0; !unknown && status != 130 && i < mc_engine_system_count(engine); i++) {
    const McSystemInfo *info = mc_engine_system(engine, i);
    if (!names[0] || g_strv_contains((const char *const *)names, info->system))
      status = mc_exit_status_merge(status, test_one(cli, engine, info));
  }
  return status;
}

static const struct {
  const char *verb;
  int (*run)(McCli *cli, const Options *options, char **names);
} verbs[] = {
    {"add", add}, {"list", list}, {"show", show}, {"edit", edit}, {"remove", remove_systems}, {"test", test},
};

static int
run(McCli *cli, int argc, char **argv)
{
  Options options = {0};
  int status = 0;
  const GOptionEntry entries[] = {
      {"connector", 0, 0, G_OPTION_ARG_STRING, &options.connector, N_("the connector's name, or a file"),
       "ID|FILE"},
      {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.settings, N_("a setting of the connector"),
       "KEY=VALUE"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("list: one JSON object a line"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (mc_cli_options(&mc_command_system, entries, &argc, &argv, &status)) {
    const char *verb = argc > 1 ? argv[1] : "list", *names[G_N_ELEMENTS(verbs) + 1] = {NULL};
    status = -1;
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
      names[i] = verbs[i].verb;
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
      if (strcmp(verbs[i].verb, verb) == 0)
        status = verbs[i].run(cli, &options, argv + MIN(argc, 2));
    if (status < 0)
      status = mc_cli_none_of(&mc_command_system, verb, names);
  }
  g_free(options.connector);
  g_strfreev(options.settings);
  return status;
}

const McCommand mc_command_system = {.name = "system",
                                     .usage = "add SYSTEM --connector ID|FILE [--set KEY=VALUE]... | list "
                                              "[--json]|show|edit|remove|test [SYSTEM...]",
                                     .summary = N_("manage the systems"),
                                     .run = run};

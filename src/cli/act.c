/* SPDX-License-Identifier: Apache-2.0 */
/* motcua act: act on items named, found by a query, or read from a stream. */
#include "config.h"
#include "cli/act.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_QUERY 100000

typedef struct {
  char *query, *from;
  char **fields;
  gboolean dry_run, yes, queue_only, json;
} Options;

static int
usage(const char *message)
{
  return mc_cli_usage(&mc_command_act, "%s", message);
}

/* k=v... -> table; NULL where one is none (said). A name given twice makes a list. */
static GHashTable *
parse_fields(char **fields)
{
  GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; fields && fields[i]; i++) {
    char *equals = strchr(fields[i], '=');
    if (!equals || equals == fields[i]) {
      mc_cli_usage(&mc_command_act, _("--field takes NAME=VALUE, not “%s”"), fields[i]);
      g_hash_table_unref(table);
      return NULL;
    }
    g_autofree char *name = g_strndup(fields[i], (gsize)(equals - fields[i]));
    const char *before = g_hash_table_lookup(table, name);
    char *value = before ? g_strdup_printf("%s\n%s", before, equals + 1) : g_strdup(equals + 1);
    g_hash_table_replace(table, g_steal_pointer(&name), value);
  }
  return table;
}

/* The items that a query finds are added to `acts`. */
static gboolean
add_query(McActRun *run, const char *text, const char *action, GPtrArray *acts, GError **error)
{
  McCalendar *calendar = mc_engine_calendar(run->engine);
  gint64 now = mc_clock_now(run->cli->clock);
  g_autoptr(McQuery) query = mc_cli_query(run->cli, text, calendar, now, error);
  if (!query)
    return FALSE;
  McListing listing = {query, MC_SORT_DUE, now, calendar, mc_home_config(run->cli->home)->due_soon};
  g_autofree char *anchor = NULL;
  for (;;) {
    g_autoptr(GPtrArray) page = mc_snapshot_list(run->snapshot, &listing, anchor, TRUE, FALSE, 1000, error);
    if (!page)
      return FALSE;
    for (guint i = 0; i < page->len; i++)
      g_ptr_array_add(acts, mc_cli_act_new(((McItem *)g_ptr_array_index(page, i))->id, action));
    if (page->len < 1000)
      return TRUE;
    if (acts->len >= MAX_QUERY) {
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("The query finds more than %d items; narrow it."),
                  MAX_QUERY);
      return FALSE;
    }
    g_free(anchor);
    anchor = g_strdup(((McItem *)g_ptr_array_index(page, page->len - 1))->anchor);
  }
}

/* Every fault of the arguments, said; 2 when there is any, 0 otherwise. What merely cannot be done now is no
 * such fault. */
static int
say_faults(GPtrArray *acts)
{
  int status = 0;
  for (guint i = 0; i < acts->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, i);
    if (!act->error || mc_error_exit_status(act->error) != 2)
      continue;
    mc_cli_say("%s", act->error->message);
    status = 2;
  }
  return status;
}

/* Whether one of the actions wants a yes; asks on a terminal, else tells to give --yes. 0: go on. */
static int
confirm(McActRun *run, GPtrArray *acts)
{
  guint wanting = 0;
  g_autofree char *label = NULL;
  for (guint i = 0; i < acts->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, i);
    g_autofree char *system = mc_item_id_system(act->id);
    g_autoptr(McForm) form =
        act->error || !system ? NULL : mc_engine_form(run->engine, system, act->action, NULL);
    if (!form || !form->confirm)
      continue;
    wanting++;
    g_free(label);
    label = g_strdup(form->label);
  }
  if (wanting == 0)
    return 0;
  if (!isatty(STDIN_FILENO))
    return usage(_("this action asks to be confirmed; give --yes"));
  g_autofree char *question = g_strdup_printf(_("%s: %u items?"), label, wanting);
  return mc_cli_confirm(run->cli, question);
}

static void
print_preview(McActRun *run, GPtrArray *acts, const char *preview)
{
  g_autofree char *harmless = mc_text_clean_lines(preview, -1);
  fputs(harmless, stdout);
  for (guint i = 0; i < acts->len; i++) {
    McCliAct *act = g_ptr_array_index(acts, i);
    if (!act->error)
      continue;
    mc_cli_line(_("%s %s: would not be taken: %s"), act->action, act->id, act->error->message);
    gboolean skipped =
        run->bulk && g_error_matches(act->error, MC_ERROR, MC_ERROR_REFUSED); /* as it would be */
    run->status = mc_exit_status_merge(run->status, skipped ? 0 : 1);
  }
}

static int
act_on(McActRun *run, const Options *options, GPtrArray *acts)
{
  g_autofree char *preview = NULL;
  g_autoptr(GHashTable) fields = parse_fields(options->fields);
  if (!fields)
    return 2;
  for (guint i = 0; i < acts->len; i++)
    ((McCliAct *)g_ptr_array_index(acts, i))->fields = g_hash_table_ref(fields);
  if (!mc_act_check(run, acts, &preview))
    return 130;
  int status = say_faults(acts);
  if (status)
    return status;
  if (options->dry_run) {
    print_preview(run, acts, preview);
    return run->status;
  }
  status = options->yes ? 0 : confirm(run, acts);
  if (status)
    return status;
  mc_act_execute(run, acts);
  return run->status;
}

static int
act(McCli *cli, const Options *options, int argc, char **argv)
{
  int status = 0;
  GError *error = NULL;
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  if (!engine)
    return status;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  if (!snapshot)
    return mc_cli_fail(error);
  McActRun run = {.cli = cli,
                  .engine = engine,
                  .snapshot = snapshot,
                  .json = options->json || options->from || !isatty(STDOUT_FILENO),
                  .queue_only = options->queue_only,
                  .whole = options->dry_run && cli->verbose,
                  .bulk = options->query || options->from || argc > 3};
  if (options->from)
    return mc_act_stream(&run, options->from);
  g_autoptr(GPtrArray) acts = g_ptr_array_new_with_free_func((GDestroyNotify)mc_cli_act_free);
  for (int i = 2; i < argc; i++)
    g_ptr_array_add(acts, mc_cli_act_new(argv[i], argv[1]));
  if (options->query && !add_query(&run, options->query, argv[1], acts, &error))
    return mc_cli_fail(error);
  return act_on(&run, options, acts);
}

static int
check_arguments(const Options *options, int argc)
{
  if (options->from)
    return argc > 1 || options->query || options->fields || options->dry_run
               ? usage(_("--from takes everything from the stream: no action, item, query, field or "
                         "--dry-run beside it"))
               : 0;
  if (argc < 2)
    return usage(_("give an action"));
  if (argc < 3 && !options->query)
    return usage(_("give items, or --query"));
  return 0;
}

static int
run(McCli *cli, int argc, char **argv)
{
  Options options = {0};
  int status = 0;
  const GOptionEntry entries[] = {
      {"query", 0, 0, G_OPTION_ARG_STRING, &options.query, N_("act on the items this query finds"), "Q"},
      {"field", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.fields, N_("a value of the action's form"), "k=v"},
      {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, N_("read acts as NDJSON; - is stdin"), "FILE"},
      {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run,
       N_("check, say what would be sent, send nothing"), NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &cli->verbose,
       N_("with --dry-run: the preconditions and what would be read before, too"), NULL},
      {"yes", 0, 0, G_OPTION_ARG_NONE, &options.yes, N_("do not ask"), NULL},
      {"jobs", 0, 0, G_OPTION_ARG_INT, &cli->jobs, N_("at most so many at a time in one system"), "N"},
      {"queue", 0, 0, G_OPTION_ARG_NONE, &options.queue_only, N_("leave delivery to the next sync"), NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("results as NDJSON also on a terminal"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (mc_cli_options(&mc_command_act, entries, &argc, &argv, &status)) {
    status = check_arguments(&options, argc);
    if (!status && (cli->jobs < 0 || cli->jobs > 64))
      status = usage(_("--jobs takes 1 to 64"));
    if (!status)
      status = act(cli, &options, argc, argv);
  }
  g_free(options.query);
  g_free(options.from);
  g_strfreev(options.fields);
  return status;
}

const McCommand mc_command_act = {.name = "act",
                                  .usage =
                                      "ACTION [ID...|SYSTEM:] [--query Q] [--field k=v]... [--dry-run [-v]] "
                                      "[--yes] [--jobs N] [--queue] | --from FILE|-",
                                  .summary = N_("act on items; the action is posted to their systems"),
                                  .run = run};

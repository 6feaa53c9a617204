/* SPDX-License-Identifier: Apache-2.0 */
/* motcua list: items as a table, JSON lines or CSV. Pages through the listing, so that a million rows cost no
 * memory. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "motcua/views.h"
#include "motcua/worktime.h"

#define PAGE 1000

typedef enum { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV } Format;

typedef struct {
  char *view, *sort;
  gint64 limit;
  Format format;
  char **columns; /* NULL: all, or the table's own */
} Options;

static const char *const table_columns[] = {"deadline", "id", "code", "title", "state", NULL};

/* What a table calls a column, for a person; the others keep their key. */
static const struct {
  const char *key, *label;
} heads[] = {
    {"id", N_("Item")},           {"system", N_("System")},     {"kind", N_("Kind")},
    {"code", N_("Code")},         {"title", N_("Title")},       {"from", N_("From")},
    {"state", N_("State")},       {"urgency", N_("Urgency")},   {"raw_state", N_("In the system")},
    {"secrecy", N_("Secrecy")},   {"received", N_("Received")}, {"due", N_("Due")},
    {"deadline", N_("Deadline")}, {"assignee", N_("Official")}, {"step", N_("Step")},
    {"tags", N_("Tags")},         {"as_of", N_("As of")},
};

/* --json[=a,b] and its like: an optional value, which GOption hands to a callback. */
static gboolean
format_option(const char *option, const char *value, gpointer data, GError **error)
{
  Options *options = data;
  options->format = strstr(option, "json") ? FORMAT_JSON : strstr(option, "csv") ? FORMAT_CSV : FORMAT_TABLE;
  g_clear_pointer(&options->columns, g_strfreev);
  if (!value || !*value)
    return TRUE;
  options->columns = mc_cli_columns(value, error);
  return options->columns != NULL;
}

/* Cleaned as everything that may meet a terminal; newlines stay, within quotes. */
static void
print_csv_cell(const char *value)
{
  g_autofree char *text = mc_text_clean_lines(value, -1);
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, stdout);
    return;
  }
  putchar('"');
  for (const char *c = text; *c; c++) {
    if (*c == '"')
      putchar('"');
    putchar(*c);
  }
  putchar('"');
}

static void
print_csv(char **cells)
{
  for (guint i = 0; cells[i]; i++) {
    if (i)
      putchar(',');
    print_csv_cell(cells[i]);
  }
  fputs("\r\n", stdout); /* RFC 4180 */
}

static const char *
head_of(const char *column)
{
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++)
    if (strcmp(heads[i].key, column) == 0)
      return _(heads[i].label);
  return column;
}

/* A person reads words and dates; a program, the contract's. */
static char *
readable(const McItem *item, const char *column, const McListing *listing)
{
  const struct {
    const char *column, *label;
  } words[] = {{"state", mc_state_label(item->state)},
               {"kind", mc_kind_label(item->kind)},
               {"urgency", mc_urgency_label(item->urgency)},
               {"secrecy", mc_secrecy_label(item->secrecy)}};
  const struct {
    const char *column;
    gint64 moment;
  } moments[] = {{"due", item->due}, {"received", item->received}, {"as_of", item->as_of}};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (strcmp(words[i].column, column) == 0)
      return g_strdup(words[i].label);
  for (guint i = 0; i < G_N_ELEMENTS(moments); i++)
    if (strcmp(moments[i].column, column) == 0)
      return mc_time_format(moments[i].moment, mc_calendar_timezone(listing->calendar), "%H:%M %d/%m/%Y");
  if (strcmp(column, "deadline") == 0)
    return mc_deadline_short(item, listing->calendar, listing->now);
  return mc_item_value(item, listing->calendar, listing->now, column);
}

static char **
cells_of(const McItem *item, Format format, const char *const *columns, const McListing *listing)
{
  GPtrArray *cells = g_ptr_array_new();
  for (guint i = 0; columns[i]; i++) {
    char *cell = format == FORMAT_TABLE ? readable(item, columns[i], listing)
                                        : mc_item_value(item, listing->calendar, listing->now, columns[i]);
    g_ptr_array_add(cells, cell ? cell : g_strdup(""));
  }
  g_ptr_array_add(cells, NULL);
  return (char **)g_ptr_array_free(cells, FALSE);
}

static void
print_item(const McItem *item, const Options *options, const char *const *columns, const McListing *listing,
           McTable *table)
{
  if (options->format == FORMAT_JSON) {
    g_autofree char *json =
        mc_item_to_json(item, listing->calendar, listing->now, FALSE, (const char *const *)options->columns);
    puts(json);
    return;
  }
  g_auto(GStrv) cells = cells_of(item, options->format, columns, listing);
  if (options->format == FORMAT_CSV)
    print_csv(cells);
  else
    mc_table_add(table, (const char *const *)cells);
}

static McTable *
table_of(const char *const *columns)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; columns[i]; i++)
    g_ptr_array_add(names, (gpointer)head_of(columns[i]));
  g_ptr_array_add(names, NULL);
  return mc_table_new((const char *const *)names->pdata);
}

/* A table of nothing has no heads; on a terminal it says so. */
static void
print_table(McTable *table)
{
  if (mc_table_rows(table) > 0)
    mc_table_print(table);
  else if (isatty(STDOUT_FILENO))
    printf("%s\n", _("Nothing found."));
}

static gboolean
print_all(McSnapshot *snapshot, const McListing *listing, const Options *options, GError **error)
{
  const char *const *all = options->format == FORMAT_TABLE ? table_columns : mc_item_json_keys();
  const char *const *columns = options->columns ? (const char *const *)options->columns : all;
  McTable *table = options->format == FORMAT_TABLE ? table_of(columns) : NULL;
  g_autofree char *anchor = NULL;
  gint64 left = options->limit > 0 ? options->limit : G_MAXINT64;
  gboolean ok = TRUE, more = TRUE;
  if (options->format == FORMAT_CSV)
    print_csv((char **)columns);
  while (more && left > 0 && !ferror(stdout)) {
    int want = (int)MIN(left, PAGE);
    g_autoptr(GPtrArray) page = mc_snapshot_list(snapshot, listing, anchor, TRUE, FALSE, want, error);
    ok = page != NULL;
    for (guint i = 0; ok && i < page->len; i++)
      print_item(g_ptr_array_index(page, i), options, columns, listing, table);
    more = ok && page->len == (guint)want;
    if (more) {
      g_free(anchor);
      anchor = g_strdup(((McItem *)g_ptr_array_index(page, page->len - 1))->anchor);
      left -= want;
    }
  }
  if (table && ok)
    print_table(table);
  if (table)
    mc_table_free(table);
  return ok;
}

/* The listing's query from a view and the words; both must hold. */
static McQuery *
query_build(McCli *cli, const McSavedView *view, const char *words, const McListing *listing, GError **error)
{
  if (!view)
    return mc_cli_query(cli, words, listing->calendar, listing->now, error);
  g_autoptr(McQuery) own =
      mc_cli_query(cli, words, listing->calendar, listing->now, error); /* its columns are the person's */
  if (!own)
    return NULL;
  g_autofree char *both = *words ? g_strdup_printf("(%s) (%s)", view->query, words) : g_strdup(view->query);
  return mc_query_parse(both, listing->calendar, listing->now, error);
}

/* How old the rows of a system are that could not be pulled whole; on stderr, for a person. */
static void
say_stale(McCli *cli, McSnapshot *snapshot, const McListing *listing)
{
  g_autoptr(GPtrArray) systems = mc_snapshot_systems(snapshot, NULL);
  for (guint i = 0; systems && i < systems->len; i++) {
    const McSystemStatus *status = g_ptr_array_index(systems, i);
    g_autofree char *path = mc_system_file_path(cli->home, status->system);
    if (status->state == MC_SYSTEM_OK || status->state == MC_SYSTEM_NEVER ||
        !g_file_test(path, G_FILE_TEST_EXISTS))
      continue;
    g_autofree char *when =
        mc_time_format(status->last_complete, mc_calendar_timezone(listing->calendar), "%H:%M %d/%m/%Y");
    g_autofree char *age = when ? g_strdup_printf(_("as of %s"), when) : g_strdup(_("never pulled"));
    mc_cli_say("%s (%s): %s", status->system, age, status->message ? status->message : "");
  }
}

static int
list(McCli *cli, const Options *options, const char *words)
{
  GError *error = NULL;
  gint64 now = mc_clock_now(cli->clock);
  g_autoptr(McCalendar) calendar = mc_calendar_load(cli->home, &error);
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) views = calendar ? mc_views_load(cli->home, calendar, now, faults) : NULL;
  const McSavedView *view = views && options->view ? mc_views_find(views, options->view, &error) : NULL;
  if (!calendar || error)
    return mc_cli_fail(error);
  for (guint i = 0; options->view && i < faults->len; i++)
    mc_cli_say("%s", (char *)g_ptr_array_index(faults, i));
  McListing listing = {.sort = view ? view->sort : MC_SORT_DUE,
                       .now = now,
                       .calendar = calendar,
                       .due_soon = mc_home_config(cli->home)->due_soon};
  if (options->sort && !mc_sort_parse(options->sort, &listing.sort))
    return mc_cli_usage(&mc_command_list,
                        _("“%s” is no order; there are due, received, code, system, urgency"), options->sort);
  g_autoptr(McQuery) query = query_build(cli, view, words, &listing, &error);
  if (!query)
    return mc_cli_fail(error);
  listing.query = query;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  if (!snapshot || !print_all(snapshot, &listing, options, &error))
    return mc_cli_fail(error);
  if (options->format == FORMAT_TABLE)
    say_stale(cli, snapshot, &listing);
  return 0;
}

#define MINUS '\001' /* for the - of -term while options are read */

/* What GOption would take for its own: the - of a term (every option here but -h is long), and a query behind
 * an option whose value may be left out, which is therefore given as empty. */
static void
hide_query(int argc, char **argv)
{
  static const char *const valued[] = {"--view", "--sort", "--limit", NULL};
  static const char *const formats[] = {"--json=", "--csv=", "--table="};
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (argv[i][0] == '-' && argv[i][1] && argv[i][1] != '-' && strcmp(argv[i], "-h") != 0 &&
        !g_strv_contains(valued, argv[i - 1]))
      argv[i][0] = MINUS;
    for (guint f = 0; f < G_N_ELEMENTS(formats); f++)
      if (g_str_has_prefix(formats[f], argv[i]) && strlen(argv[i]) + 1 == strlen(formats[f]))
        argv[i] = (char *)formats[f];
  }
}

static void
show_query(int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (argv[i][0] == MINUS)
      argv[i][0] = '-';
}

static int
run(McCli *cli, int argc, char **argv)
{
  Options options = {.format = FORMAT_TABLE};
  int status = 0;
  const GOptionEntry plain[] = {
      {"view", 0, 0, G_OPTION_ARG_STRING, &options.view, N_("items of this view"), "V"},
      {"sort", 0, 0, G_OPTION_ARG_STRING, &options.sort, N_("due, received, code, system or urgency"), "KEY"},
      {"limit", 0, 0, G_OPTION_ARG_INT64, &options.limit, N_("at most so many"), "N"},
      G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry formats[] = {
      {"json", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, (gpointer)format_option,
       N_("one JSON object a line"), "a,b"},
      {"csv", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, (gpointer)format_option, N_("CSV"),
       "a,b"},
      {"table", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, (gpointer)format_option,
       N_("a table (as without any)"), "a,b"},
      G_OPTION_ENTRY_NULL,
  };
  hide_query(argc, argv);
  if (mc_cli_options_with(&mc_command_list, plain, formats, &options, &argc, &argv, &status)) {
    show_query(argc, argv);
    g_autofree char *words = g_strjoinv(" ", argv + 1);
    status = options.limit < 0 ? mc_cli_usage(&mc_command_list, _("--limit takes a number above 0"))
                               : list(cli, &options, words);
  }
  g_free(options.view);
  g_free(options.sort);
  g_strfreev(options.columns);
  return status;
}

const McCommand mc_command_list = {
    .name = "list",
    .usage = "[QUERY] [--view V] [--json[=a,b]|--csv[=a,b]|--table[=a,b]] [--sort KEY] [--limit N]",
    .summary = N_("list items"),
    .run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* What commands share: options, waiting for the engine, talking to the terminal. */
#include "config.h"
#include "cli/cli.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "motcua/item.h"

/* What stands in GLib's message where `format`, a msgid of its own, has %s; NULL: it is another message. Its
 * catalogue may speak another language than ours. */
static char **
glib_said(const char *message, const char *format)
{
  g_auto(GStrv) fixed = g_strsplit(g_dgettext("glib20", format), "%s", -1);
  GPtrArray *said = g_ptr_array_new();
  const char *at = g_str_has_prefix(message, fixed[0]) ? message + strlen(fixed[0]) : NULL;
  for (guint i = 1; at && fixed[i]; i++) {
    const char *end = *fixed[i] ? strstr(at, fixed[i]) : at + strlen(at);
    if (end)
      g_ptr_array_add(said, g_strndup(at, (gsize)(end - at)));
    at = end ? end + strlen(fixed[i]) : NULL;
  }
  g_ptr_array_add(said, NULL);
  g_auto(GStrv) values = (char **)g_ptr_array_free(said, FALSE);
  return at && !*at ? g_steal_pointer(&values) : NULL;
}

/* The nearest option that there is goes with one that is not. */
static char *
no_option(const char *option, const GOptionEntry *entries, const GOptionEntry *callbacks)
{
  const GOptionEntry *const lists[] = {entries, callbacks};
  const char *names[64] = {NULL};
  guint count = 0;
  for (guint l = 0; l < G_N_ELEMENTS(lists); l++)
    for (const GOptionEntry *entry = lists[l]; entry && entry->long_name; entry++)
      if (count + 1 < G_N_ELEMENTS(names))
        names[count++] = entry->long_name;
  const char *bare = option + strspn(option, "-");
  g_autofree char *name = g_strndup(bare, strcspn(bare, "="));
  const char *near = mc_text_nearest(name, names);
  return near ? g_strdup_printf(_("there is no option “%s”; did you mean “--%s”?"), option, near)
              : g_strdup_printf(_("there is no option “%s”"), option);
}

/* GLib's words, where a person meets them, in the interface's language. */
char *
mc_cli_bad_option(const GError *error, const GOptionEntry *entries, const GOptionEntry *callbacks)
{
  g_auto(GStrv) unknown = glib_said(error->message, "Unknown option %s");
  g_auto(GStrv) missing = glib_said(error->message, "Missing argument for %s");
  g_auto(GStrv) number = glib_said(error->message, "Cannot parse integer value “%s” for %s");
  g_auto(GStrv) large = glib_said(error->message, "Integer value “%s” for %s out of range");
  if (unknown)
    return no_option(unknown[0], entries, callbacks);
  if (missing)
    return g_strdup_printf(_("%s needs a value"), missing[0]);
  if (number)
    return g_strdup_printf(_("%s takes a whole number, not “%s”"), number[1], number[0]);
  return large ? g_strdup_printf(_("%s: %s is too large"), large[1], large[0]) : g_strdup(error->message);
}

gboolean
mc_cli_options(const McCommand *command, const GOptionEntry *entries, int *argc, char ***argv, int *status)
{
  return mc_cli_options_with(command, entries, NULL, NULL, argc, argv, status);
}

gboolean
mc_cli_options_with(const McCommand *command, const GOptionEntry *entries, const GOptionEntry *callbacks,
                    gpointer data, int *argc, char ***argv, int *status)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *parameters = g_strdup_printf("motcua %s %s", command->name, command->usage);
  gboolean help = FALSE;
  const GOptionEntry more[] = {{"help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("this help"), NULL},
                               G_OPTION_ENTRY_NULL};
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  GOptionGroup *group = g_option_group_new("main", NULL, NULL, data, NULL);
  if (entries)
    g_option_group_add_entries(group, entries);
  if (callbacks)
    g_option_group_add_entries(group, callbacks);
  g_option_group_add_entries(group, more);
  g_option_group_set_translation_domain(group, PACKAGE_TARNAME);
  g_option_context_set_main_group(context, group);
  g_option_context_set_help_enabled(context, FALSE);
  if (!g_option_context_parse(context, argc, argv, &error)) {
    g_autofree char *message = mc_cli_bad_option(error, entries, callbacks);
    *status = mc_cli_usage(command, "%s", message);
    return FALSE;
  }
  if (help) {
    g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
    const char *options = strstr(text, "\n\n"); /* its own usage names the program only */
    printf(_("Usage: %s\n"), parameters);
    printf("%s%s", _(command->summary), options ? options : "\n");
    *status = 0;
    return FALSE;
  }
  if (*argc > 1 && strcmp((*argv)[1], "--") == 0) {
    memmove(*argv + 1, *argv + 2, (size_t)(*argc - 1) * sizeof(char *));
    (*argc)--;
  }
  return TRUE;
}

int
mc_cli_usage(const McCommand *command, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *message = g_strdup_vprintf(format, args);
  va_end(args);
  g_autofree char *clean = mc_text_clean(message, -1);
  fprintf(stderr, _("motcua %s: %s\nSee motcua %s --help\n"), command->name, clean, command->name);
  return 2;
}

void
mc_cli_say(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *message = g_strdup_vprintf(format, args);
  va_end(args);
  g_autofree char *clean = mc_text_clean_lines(message, -1);
  fprintf(stderr, "motcua: %s\n", clean);
}

void
mc_cli_say_of(const char *name, const char *message)
{
  if (g_str_has_prefix(message, name)) /* it says so itself */
    mc_cli_say("%s", message);
  else
    mc_cli_say("%s: %s", name, message);
}

int
mc_cli_none_of(const McCommand *command, const char *word, const char *const *words)
{
  const char *near = mc_text_nearest(word, words);
  g_autofree char *all = g_strjoinv(", ", (char **)words);
  if (near)
    return mc_cli_usage(command, _("“%s” is none of %s; did you mean “%s”?"), word, all, near);
  return mc_cli_usage(command, _("“%s” is none of %s"), word, all);
}

int
mc_cli_fail(GError *error)
{
  int status = mc_error_exit_status(error);
  mc_cli_say("%s", error->message);
  g_error_free(error);
  return status;
}

/* From the engine's first thread on, so that they reach the wait alone. */
static void
block_signals(McCli *cli)
{
  sigset_t set;
  if (cli->signals > 0)
    return;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  cli->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

McEngine *
mc_cli_engine(McCli *cli, int *status)
{
  GError *error = NULL;
  McEngineOptions options = {.offline = cli->offline,
                             .interactive = isatty(STDIN_FILENO) != 0,
                             .jobs = cli->jobs,
                             .asks = cli->answers,
                             .recorder = cli->recorder};
  block_signals(cli);
  McEngine *engine = mc_engine_new(cli->home, cli->clock, &options, &error);
  if (!engine) {
    *status = mc_cli_fail(error);
    return NULL;
  }
  const char *const *faults = mc_engine_faults(engine);
  for (guint i = 0; faults[i]; i++)
    mc_cli_say("%s", faults[i]);
  *status = 0;
  return engine;
}

int
mc_cli_check_systems(McEngine *engine, const char *const *systems)
{
  int status = 0;
  for (guint i = 0; systems && systems[i]; i++) {
    if (mc_engine_system_find(engine, systems[i]))
      continue;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint s = 0; s < mc_engine_system_count(engine); s++)
      g_string_append_printf(names, "%s%s", s ? ", " : "", mc_engine_system(engine, s)->system);
    g_autofree char *clean = mc_text_clean(systems[i], -1);
    if (names->len)
      fprintf(stderr, _("motcua: there is no system “%s”. There are: %s.\n"), clean, names->str);
    else
      fprintf(stderr, _("motcua: there is no system “%s”; none is configured. Add one: motcua system add\n"),
              clean);
    status = 2;
  }
  return status;
}

void
mc_cli_expect(McCli *cli, McEventType counted, guint total)
{
  cli->progress = (McProgress){.counted = counted, .total = total};
}

/* The events that wait; the reply to the ticket, if it is among them. */
static McEvent *
drain(McCli *cli, McEngine *engine, McTicket ticket, void (*seen)(const McEvent *, gpointer), gpointer data)
{
  McEvent *event;
  while ((event = mc_engine_next_event(engine, 0))) {
    if (event->type == MC_EVENT_REPLY && event->ticket == ticket)
      return event;
    mc_progress_see(&cli->progress, event);
    if (seen) {
      mc_progress_wipe(&cli->progress);
      seen(event, data);
    }
    mc_event_free(event);
  }
  return NULL;
}

static McEvent *
wait_for(McCli *cli, McEngine *engine, McTicket ticket, void (*seen)(const McEvent *, gpointer),
         gpointer data)
{
  struct pollfd fds[] = {{mc_engine_event_fd(engine), POLLIN, 0}, {cli->signals, POLLIN, 0}};
  for (;;) {
    McEvent *reply = drain(cli, engine, ticket, seen, data);
    if (reply)
      return reply;
    mc_progress_draw(&cli->progress);
    if (poll(fds, G_N_ELEMENTS(fds), mc_progress_timeout(&cli->progress)) < 0 && errno != EINTR)
      return NULL;
    if (fds[1].revents & POLLIN) {
      mc_progress_wipe(&cli->progress);
      fprintf(stderr, "%s\n", _("motcua: interrupted; what was queued stays queued."));
      return NULL;
    }
  }
}

McEvent *
mc_cli_wait(McCli *cli, McEngine *engine, McTicket ticket, void (*seen)(const McEvent *, gpointer),
            gpointer data)
{
  mc_progress_start(&cli->progress);
  McEvent *reply = wait_for(cli, engine, ticket, seen, data);
  mc_progress_wipe(&cli->progress);
  mc_cli_expect(cli, MC_EVENT_REPLY, 0);
  return reply;
}

int
mc_cli_finish(McCli *cli, McEngine *engine, McTicket ticket)
{
  g_autoptr(McEvent) reply = mc_cli_wait(cli, engine, ticket, NULL, NULL);
  if (!reply)
    return 130;
  return reply->error ? mc_cli_fail(g_steal_pointer(&reply->error)) : 0;
}

int
mc_cli_flush(void)
{
  static const char what[] = N_("what was printed could not be written: %s");
  gboolean earlier = ferror(stdout) != 0;
  if (fflush(stdout) == 0 && !earlier)
    return 0;
  if (errno != EPIPE) /* a reader that went away knows it */
    mc_cli_say(_(what), g_strerror(errno));
  clearerr(stdout); /* said once */
  return 1;
}

void
mc_cli_print(const char *text)
{
  g_autofree char *clean = mc_text_clean(text, -1);
  fputs(clean, stdout);
}

void
mc_cli_line(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *line = g_strdup_vprintf(format, args);
  va_end(args);
  mc_cli_print(line);
  putchar('\n');
}

char **
mc_cli_columns(const char *spec, GError **error)
{
  char **columns = g_strsplit(spec, ",", 64);
  const char *const *known = mc_item_json_keys();
  for (guint i = 0; columns[i]; i++) {
    g_strstrip(columns[i]);
    if (g_strv_contains(known, columns[i]))
      continue;
    const char *near = mc_text_nearest(columns[i], known);
    g_autofree char *all = g_strjoinv(",", (char **)known);
    if (near)
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("“%s” is no column; did you mean “%s”? There are: %s"),
                  columns[i], near, all);
    else
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("“%s” is no column. There are: %s"), columns[i], all);
    g_strfreev(columns);
    return NULL;
  }
  return columns;
}

/* --- tables --- */

#define MIN_COLUMN 16

struct McTable {
  guint columns;
  GPtrArray *rows; /* char ** */
};

McTable *
mc_table_new(const char *const *heads)
{
  McTable *table = g_new0(McTable, 1);
  table->columns = g_strv_length((char **)heads);
  table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  mc_table_add(table, heads);
  return table;
}

void
mc_table_add(McTable *table, const char *const *cells)
{
  char **row = g_new0(char *, table->columns + 1);
  for (guint i = 0; i < table->columns; i++)
    row[i] = mc_text_clean(cells[i] ? cells[i] : "", -1);
  g_ptr_array_add(table->rows, row);
}

guint
mc_table_rows(const McTable *table)
{
  return table->rows->len - 1;
}

/* On a terminal the widest column gives way until a row fits on a line. */
static void
table_fit(int *widths, guint columns)
{
  struct winsize size = {0};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return;
  int over = 2 * ((int)columns - 1) - size.ws_col;
  guint widest = 0;
  for (guint i = 0; i < columns; i++) {
    over += widths[i];
    widest = widths[i] > widths[widest] ? i : widest;
  }
  if (over > 0)
    widths[widest] = MAX(widths[widest] - over, MIN(widths[widest], MIN_COLUMN));
}

static void
table_print_row(char **row, const int *widths, guint columns)
{
  guint last = columns - 1;
  while (last > 0 && !*row[last])
    last--;
  for (guint i = 0; i <= last; i++) {
    g_autofree char *cell = i < last ? mc_text_fit(row[i], widths[i]) : mc_text_ellipsize(row[i], widths[i]);
    printf("%s%s", cell, i < last ? "  " : "\n");
  }
}

void
mc_table_print(McTable *table)
{
  g_autofree int *widths = g_new0(int, table->columns);
  for (guint r = 0; r < table->rows->len; r++)
    for (guint i = 0; i < table->columns; i++)
      widths[i] = MAX(widths[i], mc_text_width(((char **)g_ptr_array_index(table->rows, r))[i]));
  table_fit(widths, table->columns);
  for (guint r = 0; r < table->rows->len; r++)
    table_print_row(g_ptr_array_index(table->rows, r), widths, table->columns);
}

void
mc_table_free(McTable *table)
{
  g_ptr_array_unref(table->rows);
  g_free(table);
}

void
mc_cli_put_json(cJSON *object)
{
  char *text = cJSON_PrintUnformatted(object);
  g_autofree char *safe = mc_text_escape_json(text);
  puts(safe);
  cJSON_free(text);
  cJSON_Delete(object);
}

cJSON *
mc_cli_object(const char *name, ...)
{
  va_list args;
  cJSON *object = cJSON_CreateObject();
  va_start(args, name);
  for (; name; name = va_arg(args, const char *)) {
    const char *value = va_arg(args, const char *);
    if (value)
      cJSON_AddStringToObject(object, name, value);
  }
  va_end(args);
  return object;
}

McQuery *
mc_cli_query(McCli *cli, const char *text, const McCalendar *calendar, gint64 now, GError **error)
{
  g_auto(GStrv) systems = mc_home_names(cli->home, "systems", ".ini");
  g_autoptr(McQuery) query = mc_query_parse(text, calendar, now, error);
  if (!query || !mc_query_check_systems(query, (const char *const *)systems, error))
    return NULL;
  return g_steal_pointer(&query);
}

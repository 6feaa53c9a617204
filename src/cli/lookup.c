/* SPDX-License-Identifier: Apache-2.0 */
/* motcua lookup: ask a reference system. What it answers is printed and kept nowhere else; private values are
 * masked unless they are asked for. Who is not found is said, and is status 1. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  char *reason;
  gboolean json, reveal;
} Options;

/* --- what there is --- */

/* "so_dinh_danh=... [ho_ten=...] --reason ..." */
static char *
usage_of(const McLookupInfo *info)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < info->inputs->len; i++) {
    const McInput *input = info->inputs->pdata[i];
    if (g_str_equal(input->name, MC_LOOKUP_PURPOSE))
      g_string_append_printf(text, "%s--reason TEXT", text->len ? " " : "");
    else
      g_string_append_printf(text, input->required ? "%s%s=…" : "%s[%s=…]", text->len ? " " : "",
                             input->name);
  }
  if (!info->inputs->len && !info->record)
    g_string_append(text, "[q=…]");
  return g_string_free(text, FALSE);
}

static cJSON *
inputs_json(const McLookupInfo *info)
{
  cJSON *list = cJSON_CreateArray();
  for (guint i = 0; i < info->inputs->len; i++) {
    const McInput *input = info->inputs->pdata[i];
    cJSON *one = mc_cli_object("name", input->name, "label", input->label, NULL);
    cJSON_AddBoolToObject(one, "required", input->required);
    cJSON_AddItemToArray(list, one);
  }
  return list;
}

static int
list_lookups(McEngine *engine, gboolean json)
{
  const char *heads[] = {_("Lookup"), _("What it answers"), _("What it asks for"), NULL};
  g_autoptr(GPtrArray) infos = mc_engine_lookups(engine, NULL);
  McTable *table = mc_table_new(heads);
  for (guint i = 0; i < infos->len; i++) {
    const McLookupInfo *info = infos->pdata[i];
    g_autofree char *name = g_strdup_printf("%s/%s", info->system, info->name);
    g_autofree char *usage = usage_of(info);
    const char *cells[] = {name, info->label, usage, NULL};
    if (!json) {
      mc_table_add(table, cells);
      continue;
    }
    cJSON *object = mc_cli_object("lookup", name, "label", info->label, "answers",
                                  info->record ? "record" : "list", NULL);
    cJSON_AddItemToObject(object, "inputs", inputs_json(info));
    mc_cli_put_json(object);
  }
  if (!json && infos->len)
    mc_table_print(table);
  else if (!json)
    mc_cli_say("%s", _("no configured system offers a lookup"));
  mc_table_free(table);
  return 0;
}

/* --- the question --- */

/* FALSE: said. */
static gboolean
parse_inputs(int argc, char **argv, const char *reason, GHashTable *inputs)
{
  for (int i = 2; i < argc; i++) {
    const char *equals = strchr(argv[i], '=');
    if (!equals || equals == argv[i]) {
      mc_cli_usage(&mc_command_lookup, _("“%s” is not NAME=VALUE"), argv[i]);
      return FALSE;
    }
    g_hash_table_replace(inputs, g_strndup(argv[i], (gsize)(equals - argv[i])), g_strdup(equals + 1));
  }
  if (reason)
    g_hash_table_replace(inputs, g_strdup(MC_LOOKUP_PURPOSE), g_strdup(reason));
  return TRUE;
}

/* Everything is wrong before anything is asked, or nothing. 0: go on. */
static int
check(McEngine *engine, const char *system, const char *lookup, GHashTable *inputs)
{
  g_autoptr(GError) error = NULL;
  const char *systems[] = {system, NULL};
  int status = mc_cli_check_systems(engine, systems);
  if (status)
    return status;
  g_autoptr(McLookupInfo) info = mc_engine_lookup_info(engine, system, lookup, &error);
  const McInput *last = info && info->inputs->len ? info->inputs->pdata[info->inputs->len - 1] : NULL;
  if (last && g_str_equal(last->name, MC_LOOKUP_PURPOSE) && !g_hash_table_lookup(inputs, last->name))
    return mc_cli_usage(&mc_command_lookup, _("%s wants to know why: give --reason"),
                        mc_engine_system_find(engine, system)->title);
  if (info && mc_engine_lookup_check(engine, system, lookup, inputs, &error))
    return 0;
  mc_cli_say("%s", error->message);
  return 2;
}

static void
see_wait(const McEvent *event, gpointer data)
{
  (void)data;
  if (event->type == MC_EVENT_WAIT)
    mc_cli_say("%s", event->message);
}

/* --- the answer --- */

static char *
shown(const McLookupField *field, gboolean reveal)
{
  return field->is_private && !reveal ? mc_text_mask(field->value) : g_strdup(field->value);
}

static void
print_pair(const char *label, const char *value)
{
  g_autofree char *fit = mc_text_fit(label, 20);
  mc_cli_line("%s  %s", fit, value);
}

static void
print_record(const McLookupAnswer *answer, const char *source, gboolean reveal)
{
  gboolean masked = FALSE;
  for (guint i = 0; i < answer->fields->len; i++) {
    const McLookupField *field = answer->fields->pdata[i];
    g_autofree char *value = shown(field, reveal);
    print_pair(field->label, value);
    masked |= field->is_private && !reveal;
  }
  print_pair(_("According to"), source);
  if (masked)
    mc_cli_say("%s", _("private values are masked; --private shows them"));
}

static void
put_record(McEngine *engine, const McLookupAnswer *answer, gboolean reveal)
{
  g_autofree char *name = g_strdup_printf("%s/%s", answer->system, answer->lookup);
  g_autofree char *as_of =
      mc_time_format_iso(answer->as_of, mc_calendar_timezone(mc_engine_calendar(engine)));
  cJSON *object = mc_cli_object("lookup", name, NULL), *fields;
  cJSON_AddBoolToObject(object, "found", answer->found);
  fields = answer->found ? cJSON_AddArrayToObject(object, "fields") : NULL;
  for (guint i = 0; fields && i < answer->fields->len; i++) {
    const McLookupField *field = answer->fields->pdata[i];
    g_autofree char *value = shown(field, reveal);
    cJSON *one = mc_cli_object("name", field->name, "label", field->label, "value", value, NULL);
    if (field->is_private)
      cJSON_AddBoolToObject(one, "private", TRUE);
    cJSON_AddItemToArray(fields, one);
  }
  cJSON_AddStringToObject(object, "as_of", as_of ? as_of : "");
  mc_cli_put_json(object);
}

static void
print_choices(const McLookupAnswer *answer, gboolean json)
{
  const char *heads[] = {_("Value"), _("Name"), NULL};
  McTable *table = mc_table_new(heads);
  for (guint i = 0; i < answer->choices->len; i++) {
    const McChoice *choice = answer->choices->pdata[i];
    const char *cells[] = {choice->value, choice->title, NULL};
    if (json)
      mc_cli_put_json(mc_cli_object("value", choice->value, "title", choice->title, NULL));
    else
      mc_table_add(table, cells);
  }
  if (mc_table_rows(table))
    mc_table_print(table);
  mc_table_free(table);
}

/* An empty list is as good an answer as any; a record that is not there is what was not obtained. */
static int
print_answer(McEngine *engine, const McLookupAnswer *answer, const Options *options)
{
  g_autofree char *as_of =
      mc_time_format(answer->as_of, mc_calendar_timezone(mc_engine_calendar(engine)), "%H:%M %d/%m/%Y");
  const char *title = mc_engine_system_find(engine, answer->system)->title;
  g_autofree char *source = g_strdup_printf("%s, %s", title, as_of);
  if (!answer->record)
    print_choices(answer, options->json);
  else if (options->json)
    put_record(engine, answer, options->reveal);
  else if (answer->found)
    print_record(answer, source, options->reveal);
  if (answer->record && !answer->found) {
    mc_cli_say(_("%s: not found."), title);
    return 1;
  }
  return 0;
}

static int
ask(McCli *cli, McEngine *engine, int argc, char **argv, const Options *options)
{
  const char *slash = strchr(argv[1], '/');
  g_autoptr(GHashTable) inputs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  if (!slash || slash == argv[1] || !slash[1])
    return mc_cli_usage(&mc_command_lookup, _("“%s” is not SYSTEM/LOOKUP; motcua lookup lists them"),
                        argv[1]);
  g_autofree char *system = g_strndup(argv[1], (gsize)(slash - argv[1]));
  int status =
      parse_inputs(argc, argv, options->reason, inputs) ? check(engine, system, slash + 1, inputs) : 2;
  if (status)
    return status;
  g_autoptr(McEvent) reply =
      mc_cli_wait(cli, engine, mc_engine_lookup(engine, system, slash + 1, inputs), see_wait, NULL);
  if (!reply)
    return 130;
  return reply->error ? mc_cli_fail(g_steal_pointer(&reply->error))
                      : print_answer(engine, reply->answer, options);
}

static int
run(McCli *cli, int argc, char **argv)
{
  Options options = {0};
  int status = 0;
  const GOptionEntry entries[] = {
      {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, N_("why you ask; it goes on record"), "TEXT"},
      {"private", 0, 0, G_OPTION_ARG_NONE, &options.reveal, N_("show private values too"), NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("as JSON"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (mc_cli_options(&mc_command_lookup, entries, &argc, &argv, &status)) {
    g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
    if (engine)
      status = argc > 1 ? ask(cli, engine, argc, argv, &options) : list_lookups(engine, options.json);
  }
  g_free(options.reason);
  return status;
}

const McCommand mc_command_lookup = {.name = "lookup",
                                     .usage = "[SYSTEM/LOOKUP [NAME=VALUE]...] [--reason TEXT]",
                                     .summary = N_("ask a reference system; alone: what can be asked"),
                                     .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
/* motcua show: one item, whole, from the cache; its details are read from its system first where they were
 * never read. */
#include "config.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "motcua/worktime.h"

static void
print_pair(const char *label, const char *value)
{
  if (!value || !*value)
    return;
  g_autofree char *fit = mc_text_fit(label, 16);
  mc_cli_print(fit);
  fputs("  ", stdout);
  mc_cli_print(value);
  putchar('\n');
}

static void
print_head(McCli *cli, const McItem *item, const McCalendar *calendar)
{
  g_autofree char *due = mc_deadline_short(item, calendar, mc_clock_now(cli->clock));
  g_autofree char *when = mc_time_format(item->due, mc_calendar_timezone(calendar), "%H:%M %d/%m/%Y");
  g_autofree char *received =
      mc_time_format(item->received, mc_calendar_timezone(calendar), "%d/%m/%Y %H:%M");
  g_autofree char *deadline = when ? g_strdup_printf("%s (%s)", when, due) : g_strdup(due);
  g_autofree char *tags = g_strjoinv(", ", item->tags);
  g_autofree char *links = g_strjoinv(", ", item->links);
  mc_cli_print(item->title ? item->title : item->id);
  putchar('\n');
  print_pair(_("Item"), item->id);
  print_pair(_("Code"), item->code);
  print_pair(_("State"), mc_state_label(item->state));
  print_pair(_("In the system"), item->raw_state);
  print_pair(_("Deadline"), deadline);
  if (item->urgency != MC_URGENCY_NORMAL)
    print_pair(_("Urgency"), mc_urgency_label(item->urgency));
  if (item->secrecy != MC_SECRECY_NONE)
    print_pair(_("Secrecy"), mc_secrecy_label(item->secrecy));
  print_pair(_("From"), item->from);
  print_pair(_("Received"), received);
  print_pair(_("Step"), item->step);
  print_pair(_("Official"), item->assignee);
  print_pair(_("Tags"), tags);
  print_pair(_("Linked"), links);
  print_pair(_("Note"), item->note);
}

static void
print_details(const McItem *item, const McCalendar *calendar)
{
  for (guint i = 0; item->fields && i < item->fields->len; i++) {
    const McField *field = g_ptr_array_index(item->fields, i);
    g_autofree char *masked = field->is_private ? mc_text_mask(field->value) : NULL;
    print_pair(field->label, masked ? masked : field->value);
  }
  for (guint i = 0; item->attachments && i < item->attachments->len; i++) {
    const McAttachment *file = g_ptr_array_index(item->attachments, i);
    g_autofree char *size = mc_text_size(file->size);
    g_autofree char *line = g_strdup_printf("%s  %s", file->name, size);
    print_pair(i == 0 ? _("Files") : "", line);
  }
  for (guint i = 0; item->history && i < item->history->len; i++) {
    const McHistory *entry = g_ptr_array_index(item->history, i);
    g_autofree char *when = mc_time_format(entry->when, mc_calendar_timezone(calendar), "%d/%m/%Y %H:%M");
    g_autofree char *line = g_strdup_printf("%s%s%s", entry->what ? entry->what : "", entry->who ? " · " : "",
                                            entry->who ? entry->who : "");
    print_pair(when ? when : "", line);
  }
}

static void
append_action(GString *text, McEngine *engine, const McItem *item, const char *action)
{
  g_autofree char *label = mc_engine_action_label(engine, item->system, action);
  g_string_append_printf(text, "%s%s (%s)", text->len ? ", " : "", action, label);
}

/* Actions that are not possible for the same reason share a line. */
static void
print_blocked(McEngine *engine, const McItem *item)
{
  const char *label = _("Not now");
  g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < item->blocked->len; i++) {
    const char *reason = ((McBlocked *)g_ptr_array_index(item->blocked, i))->reason;
    if (!g_hash_table_add(told, (gpointer)(reason ? reason : "")))
      continue;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint k = i; k < item->blocked->len; k++) {
      const McBlocked *blocked = g_ptr_array_index(item->blocked, k);
      if (g_strcmp0(blocked->reason, reason) == 0)
        append_action(text, engine, item, blocked->action);
    }
    g_string_append_printf(text, ": %s", reason ? reason : "");
    print_pair(label, text->str);
    label = "";
  }
}

static void
print_actions(McEngine *engine, const McItem *item)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; item->actions[i]; i++)
    append_action(text, engine, item, item->actions[i]);
  print_pair(_("Actions"), text->str);
  if (item->blocked)
    print_blocked(engine, item);
}

/* What each action that is allowed now asks for. */
static GPtrArray *
forms_of(McEngine *engine, const McItem *item)
{
  GPtrArray *forms = g_ptr_array_new_with_free_func((GDestroyNotify)mc_form_free);
  gpointer one[] = {(gpointer)item};
  const GPtrArray items = {one, 1};
  for (guint i = 0; item->actions[i]; i++) {
    McForm *form = mc_engine_form(engine, item->system, item->actions[i], NULL);
    if (!form) /* its system may be configured no more */
      continue;
    mc_engine_form_offer(engine, item->system, form, &items);
    g_ptr_array_add(forms, form);
  }
  return forms;
}

static int
unknown_item(McSnapshot *snapshot, const char *id, GError *error)
{
  g_auto(GStrv) near = mc_snapshot_similar(snapshot, id);
  int status = mc_cli_fail(error);
  if (near && near[0]) {
    g_autofree char *all = g_strjoinv(", ", near);
    g_autofree char *clean = mc_text_clean(all, -1);
    fprintf(stderr, _("Did you mean: %s?\n"), clean);
  }
  return status;
}

static int
show(McCli *cli, McEngine *engine, const char *id, gboolean json)
{
  GError *error = NULL;
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(cli->home, &error);
  if (!snapshot)
    return mc_cli_fail(error);
  g_autoptr(McItem) item = mc_snapshot_item(snapshot, id, &error);
  if (!item)
    return unknown_item(snapshot, id, error);
  int status = 0;
  if (item->detail_as_of == MC_TIME_NONE && !cli->offline && mc_engine_system_find(engine, item->system)) {
    status = mc_cli_finish(cli, engine, mc_engine_detail(engine, id));
    if (status == 130)
      return status;
    g_clear_pointer(&item, mc_item_free);
    item = mc_snapshot_item(snapshot, id, &error);
    if (!item)
      return mc_cli_fail(error);
  }
  McCalendar *calendar = mc_engine_calendar(engine);
  if (json) {
    item->forms = forms_of(engine, item);
    g_autofree char *text = mc_item_to_json(item, calendar, mc_clock_now(cli->clock), TRUE, NULL);
    puts(text);
    return status;
  }
  print_head(cli, item, calendar);
  print_details(item, calendar);
  print_actions(engine, item);
  return status;
}

static int
run(McCli *cli, int argc, char **argv)
{
  gboolean json = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("as JSON"), NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!mc_cli_options(&mc_command_show, entries, &argc, &argv, &status))
    return status;
  if (argc != 2)
    return mc_cli_usage(&mc_command_show, _("give one item"));
  g_autoptr(McEngine) engine = mc_cli_engine(cli, &status);
  return engine ? show(cli, engine, argv[1], json) : status;
}

const McCommand mc_command_show = {
    .name = "show", .usage = "ID [--json]", .summary = N_("show one item, whole"), .run = run};

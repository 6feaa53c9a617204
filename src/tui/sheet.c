/* SPDX-License-Identifier: Apache-2.0 */
/* One item as lines to be read: see sheet.h. */
#include "tui/sheet.h"

#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"

enum {
  LABEL_COL = 1,
  LABEL_WIDTH = 15,
  VALUE_COL = 17,
  TITLE_LINES = 3,
  LINKS_SHOWN = 20,
  VALUE_BYTES = 64 * 1024
};

typedef struct {
  const McTui *tui;
  GPtrArray *lines;
  int cols;
} Sheet;

static void
add_blank(Sheet *sheet)
{
  g_ptr_array_add(sheet->lines, mc_line_new());
}

/* Text over as many lines as it needs, at most `most` (0: all). */
static void
add_text(Sheet *sheet, const char *label, McRole label_role, const char *text, McRole role, int most)
{
  int col = label ? VALUE_COL : LABEL_COL;
  g_autofree char *clean = mc_text_clean_lines(text, (gssize)strnlen(text, VALUE_BYTES));
  g_auto(GStrv) paragraphs = g_strsplit(clean, "\n", -1);
  int count = 0;
  for (char **paragraph = paragraphs; *paragraph; paragraph++) {
    g_auto(GStrv) lines = mc_text_wrap(*paragraph, sheet->cols - col - 1);
    for (char **text_line = lines; *text_line && (!most || count < most); text_line++, count++) {
      McLine *line = mc_line_new();
      if (label && count == 0)
        mc_line_add(line, LABEL_COL, LABEL_WIDTH, label_role, label);
      gboolean cut = most && count + 1 == most && (text_line[1] || paragraph[1]);
      g_autofree char *whole = cut ? g_strconcat(*text_line, "…", NULL) : g_strdup(*text_line);
      mc_line_add(line, col, sheet->cols - col - 1, role, whole);
      g_ptr_array_add(sheet->lines, line);
    }
  }
}

static void
add_value(Sheet *sheet, const char *label, const char *value)
{
  if (value && *value)
    add_text(sheet, label, MC_ROLE_LABEL, value, MC_ROLE_NORMAL, 0);
}

static void
join(GString *text, const char *part)
{
  if (part && *part)
    g_string_append_printf(text, "%s%s", text->len ? " · " : "", part);
}

static void
add_heading(Sheet *sheet, const McItem *item)
{
  const McTui *tui = sheet->tui;
  gint64 now = mc_tui_now(tui);
  g_autoptr(GString) where = g_string_new(NULL);
  g_autoptr(GString) when = g_string_new(NULL);
  g_autofree char *step = item->step ? g_strdup_printf(_("step %s"), item->step) : NULL;
  g_autofree char *due = mc_tui_when(tui, item->due);
  g_autofree char *left = mc_deadline_short(item, tui->calendar, now);
  g_autofree char *limit = *due ? g_strdup_printf(_("deadline %s"), due) : g_strdup(_("no deadline"));
  McDeadline deadline = mc_deadline(item, tui->calendar, now, mc_home_config(tui->home)->due_soon);
  add_text(sheet, NULL, MC_ROLE_NORMAL, item->title ? item->title : item->id, MC_ROLE_STRONG, TITLE_LINES);
  join(where, item->code ? item->code : item->key);
  join(where, mc_tui_system_title(tui, item->system));
  join(where, item->raw_state ? item->raw_state : mc_state_label(item->state));
  join(where, step);
  join(where, item->assignee);
  add_text(sheet, NULL, MC_ROLE_NORMAL, where->str, MC_ROLE_NORMAL, 2);
  join(when, left);
  join(when, limit);
  if (item->urgency != MC_URGENCY_NORMAL)
    join(when, mc_urgency_label(item->urgency));
  if (item->secrecy != MC_SECRECY_NONE)
    join(when, mc_secrecy_label(item->secrecy));
  add_text(sheet, NULL, MC_ROLE_NORMAL, when->str,
           deadline == MC_DEADLINE_OVERDUE    ? MC_ROLE_ALARM
           : deadline == MC_DEADLINE_DUE_SOON ? MC_ROLE_WARN
                                              : MC_ROLE_NORMAL,
           1);
}

static void
add_pending(Sheet *sheet, const McItem *item)
{
  McOutFilter filter = {.item_id = item->id, .unsettled_only = TRUE, .limit = 20};
  g_autoptr(GPtrArray) actions = mc_snapshot_outbox(sheet->tui->snapshot, &filter, NULL);
  for (guint i = 0; actions && i < actions->len; i++) {
    const McOutAction *action = actions->pdata[i];
    g_autofree char *label = mc_tui_action_label(sheet->tui, action->system, action->action);
    g_autofree char *text =
        g_strdup_printf("↑ %s: %s%s%s", label, mc_out_action_label(action), action->message ? " · " : "",
                        action->message ? action->message : "");
    add_text(sheet, i ? "" : _("In the outbox"), MC_ROLE_LABEL, text, MC_ROLE_STRONG, 0);
  }
}

static void
add_fields(Sheet *sheet, const McItem *item, gboolean reveal)
{
  gboolean masked = FALSE;
  g_autofree char *received = mc_tui_when(sheet->tui, item->received);
  add_value(sheet, _("From"), item->from);
  add_value(sheet, _("Received"), received);
  for (guint i = 0; item->fields && i < item->fields->len; i++) {
    const McField *field = item->fields->pdata[i];
    const char *value = field->value ? field->value : "";
    g_autofree char *shown = field->is_private && !reveal ? mc_text_mask(value) : g_strdup(value);
    masked |= field->is_private && !reveal && *value;
    g_autofree char *label = mc_text_for(field->label, LABEL_WIDTH);
    add_value(sheet, label, shown);
  }
  if (masked)
    add_text(sheet, "", MC_ROLE_LABEL, _("(private values are masked; v shows them)"), MC_ROLE_DIM, 0);
}

static void
add_links(Sheet *sheet, const McItem *item)
{
  for (guint i = 0; item->links[i] && i < LINKS_SHOWN; i++) {
    g_autoptr(McItem) part = mc_snapshot_item(sheet->tui->snapshot, item->links[i], NULL);
    g_autofree char *system = mc_item_id_system(item->links[i]);
    g_autofree char *about =
        part ? g_strdup_printf("%s %s (%s)", part->code ? part->code : "", part->title ? part->title : "",
                               part->raw_state ? part->raw_state : mc_state_label(part->state))
             : g_strdup(item->links[i]);
    g_autofree char *text =
        g_strdup_printf("+ %s: %s", mc_tui_system_title(sheet->tui, system ? system : ""), about);
    add_text(sheet, i ? "" : _("Same matter"), MC_ROLE_LABEL, text, MC_ROLE_NORMAL, 2);
  }
}

static void
add_files(Sheet *sheet, const McItem *item)
{
  for (guint i = 0; item->attachments && i < item->attachments->len; i++) {
    const McAttachment *file = item->attachments->pdata[i];
    g_autofree char *size = mc_text_size(file->size);
    g_autofree char *text = g_strdup_printf("%u %s  %s", i + 1, file->name ? file->name : file->key, size);
    add_text(sheet, i ? "" : _("Files"), MC_ROLE_LABEL, text, MC_ROLE_NORMAL, 2);
  }
}

static void
add_actions(Sheet *sheet, const McItem *item)
{
  g_autoptr(GString) allowed = g_string_new(NULL);
  for (char **action = item->actions; *action; action++) {
    g_autofree char *label = mc_tui_action_label(sheet->tui, item->system, *action);
    join(allowed, label);
  }
  add_value(sheet, _("Can do (a)"), allowed->str);
  for (guint i = 0; item->blocked && i < item->blocked->len; i++) {
    const McBlocked *blocked = item->blocked->pdata[i];
    g_autofree char *label = mc_tui_action_label(sheet->tui, item->system, blocked->action);
    g_autofree char *text =
        g_strdup_printf("%s: %s", label, blocked->reason ? blocked->reason : _("not now"));
    add_text(sheet, i ? "" : _("Not now"), MC_ROLE_LABEL, text, MC_ROLE_DISABLED, 0);
  }
}

static void
add_history(Sheet *sheet, const McItem *item)
{
  if (!item->history || !item->history->len)
    return;
  add_blank(sheet);
  for (guint i = 0; i < item->history->len; i++) {
    const McHistory *entry = item->history->pdata[i];
    g_autofree char *when = mc_tui_when(sheet->tui, entry->when);
    g_autoptr(GString) text = g_string_new(NULL);
    join(text, entry->what);
    join(text, entry->who);
    add_text(sheet, *when ? when : "", MC_ROLE_DIM, text->str, MC_ROLE_NORMAL, 0);
  }
}

GPtrArray *
mc_sheet_lines(const McTui *tui, const McItem *item, int cols, gboolean reveal, const char *status,
               McRole status_role)
{
  Sheet sheet = {tui, g_ptr_array_new_with_free_func((GDestroyNotify)mc_line_free), cols};
  g_autofree char *tags = g_strjoinv(", ", item->tags);
  add_heading(&sheet, item);
  if (status)
    add_text(&sheet, NULL, MC_ROLE_NORMAL, status, status_role, 4); /* a path is told whole */
  add_blank(&sheet);
  add_pending(&sheet, item);
  add_fields(&sheet, item, reveal);
  add_links(&sheet, item);
  add_files(&sheet, item);
  add_value(&sheet, _("Tags"), tags);
  add_value(&sheet, _("Note"), item->note);
  add_actions(&sheet, item);
  add_history(&sheet, item);
  return sheet.lines;
}

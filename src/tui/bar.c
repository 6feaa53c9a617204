/* SPDX-License-Identifier: Apache-2.0 */
/* The two lines above everything: see bar.h. */
#include "tui/bar.h"

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/views.h"

static char *
tab_text(const McTui *tui, guint index, gboolean current)
{
  const McSavedView *tab = mc_tabs_get(tui->tabs, index);
  const char *digit = mc_tabs_digit(tui->tabs, index);
  /* How many closed items there ever were is no news. */
  g_autofree char *number = *digit == '0' ? g_strdup("") : mc_facts_number(tui->facts->tabs[index]);
  return g_strdup_printf(current ? "[%s%s%s%s%s]" : " %s%s%s%s%s ", digit, *digit ? " " : "", tab->title,
                         *number ? " " : "", number);
}

static char *
right_text(const McTui *tui)
{
  const gint64 *outbox = tui->facts->outbox;
  gint64 waiting = outbox[MC_OUT_QUEUED] + outbox[MC_OUT_SENDING];
  g_autofree char *clock = mc_time_format(mc_tui_now(tui), mc_calendar_timezone(tui->calendar), "%H:%M");
  GString *text = g_string_new(NULL);
  if (outbox[MC_OUT_UNCERTAIN])
    g_string_append_printf(text, _("%d uncertain ?"), (int)outbox[MC_OUT_UNCERTAIN]);
  if (waiting)
    g_string_append_printf(text, _("%ssend %d ↑"), text->len ? "  " : "", (int)waiting);
  if (tui->offline)
    g_string_append_printf(text, "%s%s", text->len ? "  " : "", _("offline"));
  g_string_append_printf(text, "%s%s ", text->len ? "  " : "", clock ? clock : "");
  return g_string_free(text, FALSE);
}

McLine *
mc_bar_views(const McTui *tui, int cols)
{
  McLine *line = mc_line_new();
  g_autofree char *right = right_text(tui);
  int room = cols - mc_text_width(right) - 1;
  guint count = tui->tabs->len, current = mc_inbox_tab(tui), start = 0;
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add(texts, tab_text(tui, i, i == current));
  for (int used = 0; start < current; start++) { /* the current one is always seen */
    used = 0;
    for (guint i = start; i <= current; i++)
      used += mc_text_width(texts->pdata[i]);
    if (used <= room)
      break;
  }
  for (guint i = start; i < count; i++) {
    if (mc_line_end(line) + mc_text_width(texts->pdata[i]) > room)
      break;
    mc_line_append(line, room, i == current ? MC_ROLE_BAR_CURRENT : MC_ROLE_BAR, texts->pdata[i]);
  }
  int end = mc_line_end(line);
  mc_line_add(line, end, cols - end - mc_text_width(right), MC_ROLE_BAR, "");
  mc_line_add(line, cols - mc_text_width(right), mc_text_width(right), MC_ROLE_BAR, right);
  return line;
}

static void
add_figure(McLine *line, int cols, McRole role, gint64 figure, const char *format)
{
  if (figure <= 0)
    return;
  g_autofree char *number = mc_facts_number(figure);
  g_autofree char *text = g_strdup_printf(format, number);
  if (mc_line_end(line) > 1)
    mc_line_append(line, cols, MC_ROLE_DIM, " · ");
  mc_line_append(line, cols, role, text);
}

/* "Đất đai: lưu 13:23" */
static char *
trouble_text(const McTui *tui, const McSystemStatus *status)
{
  const char *title = mc_tui_system_title(tui, status->system);
  if (status->state == MC_SYSTEM_LOGIN)
    return g_strdup_printf(_("%s: log in (s)"), title);
  if (status->last_complete == MC_TIME_NONE)
    return g_strdup_printf(_("%s: never pulled"), title);
  g_autofree char *when = mc_tui_when(tui, status->last_complete);
  return g_strdup_printf(_("%s: kept from %s"), title, when);
}

static char *
freshness_text(const McTui *tui, int room, gboolean *trouble)
{
  GPtrArray *systems = tui->facts->systems;
  guint good = 0, all = tui->engine ? mc_engine_system_count(tui->engine) : systems->len;
  g_autofree char *named = NULL;
  for (guint i = 0; i < systems->len; i++) {
    const McSystemStatus *status = systems->pdata[i];
    good += status->state == MC_SYSTEM_OK;
    if (status->state != MC_SYSTEM_OK && status->state != MC_SYSTEM_NEVER && !named)
      named = trouble_text(tui, status);
  }
  *trouble = named != NULL;
  const char *pulling = tui->pulling ? _("getting…") : "";
  g_autofree char *text =
      g_strdup_printf(_("%s%s%u/%u systems"), pulling, *pulling ? " " : "", good, MAX(all, good));
  g_autofree char *whole = named ? g_strdup_printf("%s · %s", text, named) : g_strdup(text);
  if (!named || mc_text_width(whole) <= room)
    return mc_text_ellipsize(whole, MAX(room, 0));
  g_autofree char *brief = g_strdup_printf("%u/%u · %s", good, MAX(all, good), named);
  return mc_text_ellipsize(brief, MAX(room, 0));
}

McLine *
mc_bar_summary(const McTui *tui, int cols)
{
  McLine *line = mc_line_new();
  const McFacts *facts = tui->facts;
  if (!facts->systems)
    return line;
  gboolean trouble = FALSE;
  mc_line_append(line, cols, MC_ROLE_NORMAL, " ");
  add_figure(line, cols, MC_ROLE_ALARM, facts->overdue, _("%s overdue"));
  add_figure(line, cols, MC_ROLE_WARN, facts->today, _("%s due today"));
  add_figure(line, cols, MC_ROLE_ALARM, facts->flash, _("%s flash"));
  if (mc_line_end(line) == 1)
    mc_line_append(line, cols, MC_ROLE_GOOD, _("nothing overdue, nothing due today"));
  g_autofree char *right = freshness_text(tui, cols - mc_line_end(line) - 3, &trouble);
  int width = mc_text_width(right);
  mc_line_add(line, cols - width - 1, width, trouble ? MC_ROLE_WARN : MC_ROLE_DIM, right);
  return line;
}

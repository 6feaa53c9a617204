/* SPDX-License-Identifier: Apache-2.0 */
/* One item as one row: see row.h. */
#include "tui/row.h"

#include "motcua/i18n.h"
#include "motcua/text.h"

enum { MARK_COL = 0, URGENCY_COL = 1, DUE_COL = 3, DUE_WIDTH = 8, FLAG_COL = 11, CODE_COL = 13 };

static const char *
urgency_sign(McUrgency urgency)
{
  static const char *const signs[] = {"", "!", "!!", "‼"};
  return signs[MIN((guint)urgency, G_N_ELEMENTS(signs) - 1)];
}

static McRole
due_role(McDeadline deadline)
{
  return deadline == MC_DEADLINE_OVERDUE    ? MC_ROLE_ALARM
         : deadline == MC_DEADLINE_DUE_SOON ? MC_ROLE_WARN
                                            : MC_ROLE_NORMAL;
}

/* What the desk knows that the system's words do not say: the strongest one. */
static const char *
flag_sign(const McItem *item)
{
  return item->pending ? "↑" : item->stale ? "~" : item->unread ? "•" : "";
}

/* As many whole words of the title as fit: "Một cửa điện tử" reads "Một cửa" where it must. */
static char *
whole_words(const char *title, int width)
{
  g_autofree char *clean = mc_text_for(title, 200);
  g_auto(GStrv) lines = mc_text_width(clean) > width ? mc_text_wrap(clean, MAX(width, 2)) : NULL;
  return g_strdup(lines ? lines[0] : clean);
}

static char *
system_text(const McItem *item, const char *system, int width)
{
  guint parts = g_strv_length(item->links);
  if (!parts)
    return whole_words(system, width);
  g_autofree char *more = g_strdup_printf(" +%u", parts);
  g_autofree char *words = whole_words(system, width - mc_text_width(more));
  return g_strconcat(words, more, NULL);
}

static char *
received_text(const McRowStyle *style, const McItem *item)
{
  if (item->received == MC_TIME_NONE)
    return g_strdup("");
  char *text = mc_time_format(item->received, mc_calendar_timezone(style->calendar), "%d/%m %H:%M");
  return text ? text : g_strdup("");
}

typedef struct {
  int code, sender, step, official, received, system, title; /* widths; 0: not shown */
} Widths;

static Widths
widths_at(int cols)
{
  Widths w = {.code = cols >= 70 ? 22 : 16, .system = cols >= 100 ? 14 : 11};
  w.sender = cols >= 150 ? 22 : cols >= 110 ? 18 : 0;
  w.received = cols >= 110 ? 11 : 0;
  w.step = cols >= 140 ? 16 : 0;
  w.official = cols >= 155 ? 12 : 0;
  int used = CODE_COL + w.code + 1 + w.system + 1;
  for (int i = 0, more[] = {w.sender, w.received, w.step, w.official}; i < 4; i++)
    used += more[i] ? more[i] + 1 : 0;
  w.title = MAX(cols - used, 0);
  return w;
}

/* A column right of the title, outside the bar. Returns where the next one starts. */
static int
add_right(McLine *line, int col, int width, McRole role, const char *text)
{
  if (width <= 0)
    return col;
  McSpan *span = mc_line_add(line, col, width, role, text ? text : "");
  span->outside = TRUE;
  return col + width + 1;
}

McLine *
mc_row_line(const McRowStyle *style, const McItem *item, const char *system, gboolean marked)
{
  McLine *line = mc_line_new();
  Widths w = widths_at(style->cols);
  gboolean open = mc_state_is_open(item->state);
  McDeadline deadline = mc_deadline(item, style->calendar, style->now, style->due_soon);
  McRole text = !open ? MC_ROLE_DIM : item->unread ? MC_ROLE_STRONG : MC_ROLE_NORMAL;
  g_autofree char *due = mc_deadline_short(item, style->calendar, style->now);
  g_autofree char *received = received_text(style, item);
  g_autofree char *place = system_text(item, system, w.system);
  g_autofree char *plain = mc_text_for(item->code ? item->code : item->key, w.code);
  g_autofree char *code = mc_text_ellipsize(plain, w.code); /* a column stays free after it */
  mc_line_add(line, MARK_COL, 1, MC_ROLE_MARK, marked ? "*" : "");
  mc_line_add(line, URGENCY_COL, 2, MC_ROLE_ALARM, urgency_sign(item->urgency));
  mc_line_add(line, DUE_COL, DUE_WIDTH, open ? due_role(deadline) : MC_ROLE_DIM,
              open ? due : mc_state_label(item->state));
  mc_line_add(line, FLAG_COL, 1, MC_ROLE_NORMAL, flag_sign(item));
  mc_line_add(line, CODE_COL, w.code + 1, text, code);
  mc_line_add(line, CODE_COL + w.code + 1, w.title, text, item->title);
  int col = CODE_COL + w.code + 1 + w.title + 1;
  col = add_right(line, col, w.sender, MC_ROLE_DIM, item->from);
  col = add_right(line, col, w.step, MC_ROLE_DIM, item->step);
  col = add_right(line, col, w.official, MC_ROLE_DIM, item->assignee);
  col = add_right(line, col, w.received, MC_ROLE_DIM, received);
  add_right(line, col, w.system, MC_ROLE_NORMAL, place);
  return line;
}

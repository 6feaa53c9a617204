/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox: one view's rows, a filter over them, marks. Always the bottom of the stack.
 *
 * What was painted last is remembered, so that a moved bar costs two rows and a scrolled list the rows that
 * came in. */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/list.h"
#include "tui/row.h"
#include "tui/views.h"

#define MARKS_MAX 1000
/* A count of what is still being typed would only delay the next letter. */
#define COUNT_AFTER_US (100 * 1000)

typedef struct {
  McView view;
  McTui *tui;
  McList *list;
  guint tab;
  McSort sort;
  char *filter;
  McQuery *query;    /* of the view and the filter, as of `now` */
  gint64 now, total; /* total: of the filtered list, -1 unknown */
  GHashTable *marks; /* id -> McItem */
  char *before;      /* the filter before the prompt was opened */
  gint64 count_at;   /* monotonic us at which the total is to be counted; 0: it is */
  gint64 elsewhere;  /* with an empty list: how many the filter finds in all */
  struct {
    guint serial;
    gint64 scroll;
    int selected;
  } painted;
} Inbox;

static Inbox *
inbox_of(const McTui *tui)
{
  return tui->stack->pdata[0];
}

static GPtrArray *
fetch_rows(gpointer data, const char *anchor, gboolean forward, gboolean inclusive, int limit, GError **error)
{
  Inbox *inbox = data;
  McListing listing = mc_facts_listing(inbox->query, inbox->sort, inbox->tui->calendar, inbox->now,
                                       mc_home_config(inbox->tui->home)->due_soon);
  return mc_snapshot_list(inbox->tui->snapshot, &listing, anchor, forward, inclusive, limit, error);
}

static gint64
count_rows(const Inbox *inbox, const McQuery *query)
{
  McListing listing = mc_facts_listing(query, inbox->sort, inbox->tui->calendar, inbox->now,
                                       mc_home_config(inbox->tui->home)->due_soon);
  g_autoptr(GError) error = NULL;
  return mc_snapshot_count(inbox->tui->snapshot, &listing, MC_FACTS_CAP, &error);
}

static void
count_all(Inbox *inbox)
{
  inbox->total = count_rows(inbox, inbox->query);
  inbox->elsewhere = 0;
  mc_list_set_total(inbox->list, inbox->total, inbox->total >= 0 && inbox->total <= MC_FACTS_CAP);
  if (inbox->total != 0 || !*inbox->filter)
    return;
  g_autoptr(McQuery) alone = mc_query_parse(inbox->filter, inbox->tui->calendar, inbox->now, NULL);
  inbox->elsewhere = alone ? count_rows(inbox, alone) : 0;
}

/* Takes the query of the view, the filter and this moment; FALSE leaves the old one. */
static gboolean
take_query(Inbox *inbox, const char *filter, GError **error)
{
  gint64 now = mc_tui_now(inbox->tui);
  McQuery *query = mc_facts_query(mc_tabs_get(inbox->tui->tabs, inbox->tab)->query, filter,
                                  inbox->tui->calendar, now, error);
  if (!query)
    return FALSE;
  g_clear_pointer(&inbox->query, mc_query_free);
  inbox->query = query;
  inbox->now = now;
  return TRUE;
}

static gboolean
set_filter(Inbox *inbox, const char *filter, GError **error)
{
  if (!take_query(inbox, filter, error))
    return FALSE;
  char *old = inbox->filter; /* filter may be it */
  inbox->filter = g_strdup(filter);
  g_free(old);
  g_autoptr(McList) list = mc_list_new(fetch_rows, inbox);
  mc_list_set_height(list, mc_list_height(inbox->list));
  if (!mc_list_first(list, error))
    return FALSE;
  McList *was = inbox->list;
  inbox->list = g_steal_pointer(&list);
  mc_list_free(was);
  inbox->painted.serial = G_MAXUINT;
  inbox->total = -1;
  inbox->count_at = g_get_monotonic_time() + COUNT_AFTER_US;
  return TRUE;
}

gboolean
mc_inbox_load(McTui *tui, McView *view, GError **error)
{
  Inbox *inbox = (Inbox *)view;
  mc_list_set_height(inbox->list, mc_screen_rows(tui->screen) - MC_HEAD_ROWS - MC_FOOT_ROWS);
  return take_query(inbox, inbox->filter, error) && mc_list_first(inbox->list, error);
}

McReaction
mc_inbox_show_tab(McTui *tui, guint index)
{
  Inbox *inbox = inbox_of(tui);
  g_autoptr(GError) error = NULL;
  if (index >= tui->tabs->len)
    return MC_REACT_NONE;
  guint was = inbox->tab;
  McSort sort = inbox->sort;
  inbox->tab = index;
  inbox->sort = mc_tabs_get(tui->tabs, index)->sort;
  g_autofree char *filter = g_strdup(inbox->filter);
  if (!set_filter(inbox, filter, &error)) {
    inbox->tab = was;
    inbox->sort = sort;
    return mc_tui_fail(tui, error);
  }
  return MC_REACT_ALL;
}

guint
mc_inbox_tab(const McTui *tui)
{
  return inbox_of(tui)->tab;
}

McItem *
mc_inbox_selected(const McTui *tui)
{
  return mc_list_selected(inbox_of(tui)->list);
}

static int
by_id(gconstpointer a, gconstpointer b)
{
  return strcmp((*(McItem *const *)a)->id, (*(McItem *const *)b)->id);
}

GPtrArray *
mc_inbox_chosen(const McTui *tui)
{
  Inbox *inbox = inbox_of(tui);
  GPtrArray *items = g_ptr_array_new();
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, inbox->marks);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    g_ptr_array_add(items, item);
  g_ptr_array_sort(items, by_id);
  if (!items->len && mc_inbox_selected(tui))
    g_ptr_array_add(items, mc_inbox_selected(tui));
  return items;
}

void
mc_inbox_unmark(McTui *tui)
{
  g_hash_table_remove_all(inbox_of(tui)->marks);
}

gint64
mc_inbox_count_at(const McTui *tui)
{
  return inbox_of(tui)->count_at;
}

static gboolean
is_count_due(const Inbox *inbox)
{
  return inbox->count_at && g_get_monotonic_time() >= inbox->count_at;
}

gboolean
mc_inbox_wants_idle(const McTui *tui)
{
  const Inbox *inbox = inbox_of(tui);
  return is_count_due(inbox) || mc_list_wants_prefetch(inbox->list);
}

McReaction
mc_inbox_idle(McTui *tui)
{
  Inbox *inbox = inbox_of(tui);
  if (!is_count_due(inbox)) {
    mc_list_prefetch(inbox->list);
    return MC_REACT_NONE;
  }
  inbox->count_at = 0;
  count_all(inbox);
  return inbox->total == 0 ? MC_REACT_ALL : MC_REACT_FOOT;
}

static McReaction
moved(McTui *tui, gboolean good, GError *error)
{
  return good ? MC_REACT_ROWS : mc_tui_fail(tui, error);
}

McReaction
mc_inbox_step(McTui *tui, int lines)
{
  g_autoptr(GError) error = NULL;
  return moved(tui, mc_list_move(inbox_of(tui)->list, lines, &error), error) | MC_REACT_ALL;
}

static void
mark(Inbox *inbox, const McItem *item)
{
  g_hash_table_replace(inbox->marks, g_strdup(item->id), mc_item_copy(item));
}

static McReaction
toggle_mark(McTui *tui, Inbox *inbox)
{
  const McItem *item = mc_list_selected(inbox->list);
  if (!item)
    return MC_REACT_NONE;
  if (!g_hash_table_remove(inbox->marks, item->id)) {
    if (g_hash_table_size(inbox->marks) >= MARKS_MAX)
      return mc_tui_say(tui, _("At most %d items can be marked."), MARKS_MAX);
    mark(inbox, item);
  }
  mc_list_move(inbox->list, 1, NULL);
  inbox->painted.serial = G_MAXUINT; /* marks may change on several rows before they are painted */
  return MC_REACT_ROWS;
}

static McReaction
mark_all(McTui *tui, Inbox *inbox)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = fetch_rows(inbox, NULL, TRUE, FALSE, MARKS_MAX, &error);
  if (!rows)
    return mc_tui_fail(tui, error);
  g_ptr_array_set_free_func(rows, (GDestroyNotify)mc_item_free);
  g_hash_table_remove_all(inbox->marks);
  for (guint i = 0; i < rows->len; i++)
    mark(inbox, rows->pdata[i]);
  return MC_REACT_ALL;
}

static McReaction
clear(McTui *tui, Inbox *inbox)
{
  g_autoptr(GError) error = NULL;
  if (g_hash_table_size(inbox->marks)) {
    mc_inbox_unmark(tui);
    return MC_REACT_ALL;
  }
  if (*inbox->filter && !set_filter(inbox, "", &error))
    return mc_tui_fail(tui, error);
  return MC_REACT_ALL;
}

static gboolean
filter_changed(McTui *tui, const char *text, GError **error)
{
  return set_filter(inbox_of(tui), text, error);
}

static McReaction
filter_closed(McTui *tui)
{
  Inbox *inbox = inbox_of(tui);
  g_autofree char *text = g_strdup(inbox->before ? inbox->before : "");
  g_autoptr(GError) error = NULL;
  return set_filter(inbox, text, &error) ? MC_REACT_ALL : mc_tui_fail(tui, error);
}

static McReaction
open_filter(McTui *tui, Inbox *inbox, const char *argument)
{
  static const McPromptOps ops = {.label = N_("Filter:"),
                                  .changed = filter_changed,
                                  .closed = filter_closed,
                                  .complete = mc_query_complete};
  g_autoptr(GError) error = NULL;
  if (argument)
    return set_filter(inbox, argument, &error) ? MC_REACT_ALL : mc_tui_fail(tui, error);
  g_free(inbox->before);
  inbox->before = g_strdup(inbox->filter);
  return mc_prompt_open(tui, &ops, inbox->filter);
}

static const char *const sort_labels[MC_SORT_COUNT] = {
    [MC_SORT_DUE] = N_("by deadline"),    [MC_SORT_RECEIVED] = N_("newest first"),
    [MC_SORT_CODE] = N_("by code"),       [MC_SORT_SYSTEM] = N_("by system"),
    [MC_SORT_URGENCY] = N_("by urgency"),
};

static McReaction
next_sort(McTui *tui, Inbox *inbox, const char *argument)
{
  McSort sort = (McSort)((inbox->sort + 1) % MC_SORT_COUNT);
  g_autoptr(GError) error = NULL;
  g_autofree char *filter = g_strdup(inbox->filter);
  if (argument && !mc_sort_parse(argument, &sort))
    return mc_tui_warn(tui, _("There are the orders due, received, code, system and urgency."));
  inbox->sort = sort;
  if (!set_filter(inbox, filter, &error))
    return mc_tui_fail(tui, error);
  return mc_tui_say(tui, _("Order: %s."), _(sort_labels[sort])) | MC_REACT_ALL;
}

static McReaction
step_tab(McTui *tui, const Inbox *inbox, int by)
{
  guint count = tui->tabs->len;
  return mc_inbox_show_tab(tui, (inbox->tab + count + (guint)by) % count);
}

static McReaction
run_move(McTui *tui, Inbox *inbox, McCommand command)
{
  g_autoptr(GError) error = NULL;
  int height = mc_list_height(inbox->list);
  switch (command) {
  case MC_CMD_DOWN:
    return moved(tui, mc_list_move(inbox->list, 1, &error), error);
  case MC_CMD_UP:
    return moved(tui, mc_list_move(inbox->list, -1, &error), error);
  case MC_CMD_PAGE_DOWN:
    return moved(tui, mc_list_page(inbox->list, height, &error), error);
  case MC_CMD_PAGE_UP:
    return moved(tui, mc_list_page(inbox->list, -height, &error), error);
  case MC_CMD_HALF_DOWN:
    return moved(tui, mc_list_page(inbox->list, height / 2, &error), error);
  case MC_CMD_HALF_UP:
    return moved(tui, mc_list_page(inbox->list, -height / 2, &error), error);
  case MC_CMD_FIRST:
    return moved(tui, mc_list_first(inbox->list, &error), error);
  case MC_CMD_LAST:
    return moved(tui, mc_list_last(inbox->list, &error), error);
  default:
    return MC_REACT_UNHANDLED;
  }
}

static McReaction
act(McTui *tui)
{
  g_autoptr(GPtrArray) items = mc_inbox_chosen(tui);
  return mc_actions_open(tui, items);
}

static McReaction
inbox_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Inbox *inbox = (Inbox *)view;
  switch (command) {
  case MC_CMD_OPEN:
    return mc_list_selected(inbox->list) ? mc_detail_open(tui, mc_list_selected(inbox->list)) : MC_REACT_NONE;
  case MC_CMD_CLEAR:
    return clear(tui, inbox);
  case MC_CMD_VIEW_NEXT:
    return step_tab(tui, inbox, 1);
  case MC_CMD_VIEW_PREVIOUS:
    return step_tab(tui, inbox, -1);
  case MC_CMD_MARK:
    return toggle_mark(tui, inbox);
  case MC_CMD_MARK_ALL:
    return mark_all(tui, inbox);
  case MC_CMD_FILTER:
    return open_filter(tui, inbox, argument);
  case MC_CMD_SORT:
    return next_sort(tui, inbox, argument);
  case MC_CMD_ACTIONS:
    return act(tui);
  case MC_CMD_NEW:
    return mc_actions_new(tui);
  default:
    return run_move(tui, inbox, command);
  }
}

static void
draw_row(McTui *tui, Inbox *inbox, McArea area, int row)
{
  const McItem *item = mc_list_row(inbox->list, row);
  McRowStyle style = {area.cols, inbox->now, tui->calendar, mc_home_config(tui->home)->due_soon};
  g_autoptr(McLine) line = item ? mc_row_line(&style, item, mc_tui_system_title(tui, item->system),
                                              g_hash_table_contains(inbox->marks, item->id))
                                : NULL;
  mc_screen_line(tui->screen, area.row + row, line, item && row == mc_list_selected_row(inbox->list));
}

static void
draw_empty(McTui *tui, const Inbox *inbox, McArea area)
{
  g_autofree char *number = mc_facts_number(inbox->elsewhere);
  g_autofree char *text =
      inbox->elsewhere > 0 ? g_strdup_printf(_("Nothing here; %s in all: 0 shows them."), number)
      : *inbox->filter     ? g_strdup(_("Nothing matches the filter. Esc drops it."))
                           : g_strdup(_("Nothing in this view. r: get from the systems now."));
  mc_screen_text(tui->screen, area.row + 1, 2, area.cols - 2, MC_ROLE_DIM, text);
}

/* The rows that moving by `lines` brought in, and the two that the bar left and reached. */
static void
draw_moved(McTui *tui, Inbox *inbox, McArea area, int lines)
{
  int selected = mc_list_selected_row(inbox->list), was = inbox->painted.selected - lines;
  if (lines)
    mc_screen_scroll(tui->screen, area.row, area.height, lines);
  for (int row = 0; row < area.height; row++) {
    gboolean fresh = lines > 0 ? row >= area.height - lines : row < -lines;
    if (fresh || row == selected || row == was)
      draw_row(tui, inbox, area, row);
  }
}

static void
inbox_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Inbox *inbox = (Inbox *)view;
  mc_list_set_height(inbox->list, area.height);
  gint64 lines = mc_list_scroll(inbox->list) - inbox->painted.scroll;
  if (whole || inbox->painted.serial != mc_list_serial(inbox->list) || ABS(lines) >= area.height) {
    for (int row = 0; row < area.height; row++)
      draw_row(tui, inbox, area, row);
    if (!mc_list_selected(inbox->list))
      draw_empty(tui, inbox, area);
  } else {
    draw_moved(tui, inbox, area, (int)lines);
  }
  inbox->painted.serial = mc_list_serial(inbox->list);
  inbox->painted.scroll = mc_list_scroll(inbox->list);
  inbox->painted.selected = mc_list_selected_row(inbox->list);
  mc_screen_cursor(tui->screen, area.row + MAX(inbox->painted.selected, 0), 0);
}

static guint
marked_systems(const Inbox *inbox)
{
  g_autoptr(GHashTable) systems = g_hash_table_new(g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, inbox->marks);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    g_hash_table_add(systems, ((McItem *)item)->system);
  return g_hash_table_size(systems);
}

static char *
position_text(const Inbox *inbox)
{
  gboolean exact = FALSE;
  gint64 position = mc_list_position(inbox->list, &exact);
  g_autofree char *total = mc_facts_number(inbox->total);
  if (position == 0)
    return g_strdup("");
  if (position < 0)
    return g_strdup_printf("…/%s", total);
  return g_strdup_printf("%s%" G_GINT64_FORMAT "/%s", exact ? "" : "~", position, *total ? total : "…");
}

static char *
inbox_state(McTui *tui, McView *view, char **right)
{
  Inbox *inbox = (Inbox *)view;
  GString *text = g_string_new(NULL);
  guint marks = g_hash_table_size(inbox->marks);
  (void)tui;
  if (marks)
    g_string_append_printf(text, _("Marked %u of %u systems"), marks, marked_systems(inbox));
  if (*inbox->filter)
    g_string_append_printf(text, _("%sFilter: %s (Esc drops it)"), text->len ? " · " : "", inbox->filter);
  *right = position_text(inbox);
  return g_string_free(text, FALSE);
}

/* Marked items keep their place; their copies follow the stores. */
static void
refresh_marks(McTui *tui, Inbox *inbox)
{
  for (int row = 0; row < mc_list_height(inbox->list); row++) {
    const McItem *item = mc_list_row(inbox->list, row);
    if (item && g_hash_table_contains(inbox->marks, item->id))
      mark(inbox, item);
  }
  (void)tui;
}

static McReaction
inbox_changed(McTui *tui, McView *view)
{
  Inbox *inbox = (Inbox *)view;
  g_autoptr(GError) error = NULL;
  if (!take_query(inbox, inbox->filter, &error) || !mc_list_refresh(inbox->list, &error))
    return mc_tui_fail(tui, error);
  inbox->count_at = g_get_monotonic_time();
  refresh_marks(tui, inbox);
  return MC_REACT_ALL;
}

static void
inbox_free(McView *view)
{
  Inbox *inbox = (Inbox *)view;
  mc_list_free(inbox->list);
  g_clear_pointer(&inbox->query, mc_query_free);
  g_hash_table_unref(inbox->marks);
  g_free(inbox->filter);
  g_free(inbox->before);
  g_free(inbox);
}

static const McHint inbox_hints[] = {{MC_CMD_OPEN, N_("open")},
                                     {MC_CMD_ACTIONS, N_("actions")},
                                     {MC_CMD_NEW, N_("new")},
                                     {MC_CMD_MARK, N_("mark")},
                                     {MC_CMD_FILTER, N_("filter")},
                                     {MC_CMD_OUTBOX, N_("outbox")},
                                     {MC_CMD_HELP, N_("help")},
                                     {MC_CMD_QUIT, N_("leave")},
                                     {MC_CMD_SYNC, N_("get")},
                                     {MC_CMD_SYSTEMS, N_("systems")},
                                     {MC_CMD_LOOKUP, N_("look up")},
                                     {MC_CMD_COMMAND, N_("command")},
                                     {MC_CMD_NONE, NULL}};

const McViewOps mc_inbox_ops = {
    .title = N_("Inbox"),
    .where = MC_IN_INBOX,
    .hints = inbox_hints,
    .run = inbox_run,
    .draw = inbox_draw,
    .state = inbox_state,
    .changed = inbox_changed,
    .free = inbox_free,
};

McView *
mc_inbox_new(McTui *tui)
{
  Inbox *inbox = g_new0(Inbox, 1);
  inbox->view.ops = &mc_inbox_ops;
  inbox->tui = tui;
  inbox->filter = g_strdup("");
  inbox->total = -1;
  inbox->sort = mc_tabs_get(tui->tabs, 0)->sort;
  inbox->list = mc_list_new(fetch_rows, inbox);
  inbox->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)mc_item_free);
  inbox->painted.serial = G_MAXUINT;
  return &inbox->view;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The figures above the list: see facts.h. */
#include "tui/facts.h"

#include "motcua/i18n.h"
#include "tui/app.h"

McFacts *
mc_facts_new(guint tabs)
{
  McFacts *facts = g_new0(McFacts, 1);
  facts->tabs = g_new(gint64, tabs);
  for (guint i = 0; i < tabs; i++)
    facts->tabs[i] = -1;
  return facts;
}

void
mc_facts_free(McFacts *facts)
{
  if (!facts)
    return;
  g_clear_pointer(&facts->systems, g_ptr_array_unref);
  g_free(facts->tabs);
  g_free(facts);
}

McQuery *
mc_facts_query(const char *view, const char *filter, const McCalendar *calendar, gint64 now, GError **error)
{
  gboolean has_view = view && *view, has_filter = filter && *filter;
  /* Each alone first: a message's column is then the one that was typed. */
  g_autoptr(McQuery) alone = mc_query_parse(filter, calendar, now, error);
  if (!alone)
    return NULL;
  if (!has_view)
    return g_steal_pointer(&alone);
  if (!has_filter || alone->type == MC_QUERY_ALL)
    return mc_query_parse(view, calendar, now, error);
  g_autofree char *both = g_strdup_printf("(%s) (%s)", view, filter);
  return mc_query_parse(both, calendar, now, error);
}

McListing
mc_facts_listing(const McQuery *query, McSort sort, const McCalendar *calendar, gint64 now, int due_soon)
{
  return (McListing){.query = query, .sort = sort, .now = now, .calendar = calendar, .due_soon = due_soon};
}

typedef struct {
  McSnapshot *snapshot;
  const McCalendar *calendar;
  gint64 now;
  int due_soon;
} Source;

static gboolean
count(const Source *source, const char *text, gint64 *figure, GError **error)
{
  g_autoptr(McQuery) query = mc_query_parse(text, source->calendar, source->now, error);
  if (!query)
    return FALSE;
  McListing listing = mc_facts_listing(query, MC_SORT_DUE, source->calendar, source->now, source->due_soon);
  gint64 counted = mc_snapshot_count(source->snapshot, &listing, MC_FACTS_CAP, error);
  if (counted >= 0)
    *figure = counted;
  return counted >= 0;
}

/* From this minute to the end of the day, by moments, which an index serves; the clock of what waits stands
 * still. */
static char *
due_today(const Source *source)
{
  GTimeZone *tz = mc_calendar_timezone(source->calendar);
  g_autofree char *minute = mc_time_format(source->now, tz, "%Y-%m-%dT%H:%M");
  g_autofree char *day = mc_time_format(source->now, tz, "%Y-%m-%d");
  return g_strdup_printf("is:open -state:waiting,paused,ready due>=%s due<=%s", minute, day);
}

static gboolean
read_rest(McFacts *facts, const Source *source, guint step, GError **error)
{
  g_autofree char *today = step == 1 ? due_today(source) : NULL;
  switch (step) {
  case 0:
    return count(source, "is:open is:overdue", &facts->overdue, error);
  case 1:
    return count(source, today, &facts->today, error);
  default:
    return count(source, "is:open urgency:flash", &facts->flash, error);
  }
}

static gboolean
read_systems(McFacts *facts, McSnapshot *snapshot, GError **error)
{
  GPtrArray *systems = mc_snapshot_systems(snapshot, error);
  if (!systems)
    return FALSE;
  g_clear_pointer(&facts->systems, g_ptr_array_unref);
  facts->systems = systems;
  return mc_snapshot_outbox_counts(snapshot, facts->outbox, error);
}

guint
mc_facts_steps(const GPtrArray *tabs)
{
  return 1 + 3 + tabs->len;
}

gboolean
mc_facts_read(McFacts *facts, guint step, McSnapshot *snapshot, const GPtrArray *tabs,
              const McCalendar *calendar, gint64 now, int due_soon, GError **error)
{
  Source source = {snapshot, calendar, now, due_soon};
  if (step == 0)
    return read_systems(facts, snapshot, error);
  if (step < 4)
    return read_rest(facts, &source, step - 1, error);
  step -= 4;
  return count(&source, mc_tabs_get(tabs, step)->query, &facts->tabs[step], error);
}

char *
mc_facts_number(gint64 figure)
{
  return figure < 0              ? g_strdup("")
         : figure > MC_FACTS_CAP ? g_strdup_printf("%d+", MC_FACTS_CAP)
                                 : g_strdup_printf("%d", (int)figure);
}

const McSystemStatus *
mc_facts_system(const McFacts *facts, const char *system)
{
  for (guint i = 0; facts->systems && i < facts->systems->len; i++) {
    const McSystemStatus *status = facts->systems->pdata[i];
    if (g_strcmp0(status->system, system) == 0)
      return status;
  }
  return NULL;
}

const char *
mc_tui_system_title(const McTui *tui, const char *system)
{
  const McSystemInfo *info = tui->engine ? mc_engine_system_find(tui->engine, system) : NULL;
  if (info && info->title)
    return info->title;
  char *title = g_hash_table_lookup(tui->titles, system);
  if (!title) {
    title = mc_system_title(tui->home, system);
    g_hash_table_insert(tui->titles, g_strdup(system), title);
  }
  return title;
}

char *
mc_tui_action_label(const McTui *tui, const char *system, const char *action)
{
  if (tui->engine)
    return mc_engine_action_label(tui->engine, system, action);
  const char *label = mc_action_standard_label(action);
  return g_strdup(label ? label : action);
}

const char *
mc_tui_action_about(const McTui *tui, const McOutAction *action)
{
  if (action->title)
    return action->title;
  if (action->new_key)
    return action->new_key;
  return g_str_has_suffix(action->item_id, ":") ? mc_tui_system_title(tui, action->system) : action->item_id;
}

gint64
mc_tui_now(const McTui *tui)
{
  return mc_clock_now(tui->clock);
}

char *
mc_tui_when(const McTui *tui, gint64 moment)
{
  if (moment == MC_TIME_NONE)
    return g_strdup("");
  GTimeZone *tz = mc_calendar_timezone(tui->calendar);
  g_autofree char *day = mc_time_format(moment, tz, "%d/%m");
  g_autofree char *today = mc_time_format(mc_tui_now(tui), tz, "%d/%m");
  char *text = mc_time_format(moment, tz, g_strcmp0(day, today) == 0 ? "%H:%M" : "%d/%m %H:%M");
  return text ? text : g_strdup("");
}

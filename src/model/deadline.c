/* SPDX-License-Identifier: Apache-2.0 */
/* What an item's deadline means now (domain.md 1.3 and 1.6): one bucket for each item, by instant. */
#include "motcua/i18n.h"
#include "motcua/worktime.h"

static gboolean
is_waiting(const McItem *item)
{
  return item->state == MC_STATE_WAITING || item->state == MC_STATE_PAUSED;
}

/* Work ends when the result stands, not when somebody fetches it. */
static gboolean
is_worked_off(const McItem *item)
{
  return !mc_state_is_open(item->state) || (item->state == MC_STATE_READY && item->finished != MC_TIME_NONE);
}

McDeadline
mc_deadline(const McItem *item, const McCalendar *calendar, gint64 now, int soon_minutes)
{
  if (item->due == MC_TIME_NONE)
    return MC_DEADLINE_NONE;
  if (is_worked_off(item)) {
    if (item->finished == MC_TIME_NONE)
      return MC_DEADLINE_NONE;
    return item->finished > item->due ? MC_DEADLINE_LATE_DONE : MC_DEADLINE_ON_TIME;
  }
  if (is_waiting(item))
    return MC_DEADLINE_ON_TIME;
  if (item->due < now)
    return MC_DEADLINE_OVERDUE;
  /* Rounded up: a second more than the limit is not within it. */
  gint64 left = -mc_calendar_minutes(calendar, item->due, now);
  return left <= soon_minutes ? MC_DEADLINE_DUE_SOON : MC_DEADLINE_ON_TIME;
}

char *
mc_deadline_short(const McItem *item, const McCalendar *calendar, gint64 now)
{
  gint64 day = mc_calendar_day_minutes(calendar);

  if (is_worked_off(item))
    return g_strdup("");
  if (is_waiting(item))
    return g_strdup(_("waiting"));
  if (item->due == MC_TIME_NONE)
    return g_strdup("");

  gboolean late = item->due < now;
  gint64 minutes =
      late ? mc_calendar_minutes(calendar, item->due, now) : mc_calendar_minutes(calendar, now, item->due);
  if (minutes >= day)
    return g_strdup_printf(late ? _("%dd late") : _("%dd left"), (int)MIN(minutes / day, 999));
  if (minutes >= 60)
    return g_strdup_printf(late ? _("%dh late") : _("%dh left"), (int)(minutes / 60));
  if (minutes > 0)
    return g_strdup_printf(late ? _("%dm late") : _("%dm left"), (int)minutes);
  return g_strdup(late ? _("overdue") : _("due now"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a system's interface, as a sentence: kept with the system while the engine lives, so that it is
 * said once with whatever is said of the system, and stands in the way of nothing. */
#include "config.h"
#include "sync/sync.h"

#include "motcua/i18n.h"

static char *
day_of(const McSystem *system, gint64 moment)
{
  return mc_time_format(moment, mc_calendar_timezone(system->engine->calendar), "%d/%m/%Y");
}

void
mc_system_see_end(McSystem *system, const McExchange *exchange)
{
  gint64 sunset = mc_exchange_sunset(exchange), deprecated = mc_exchange_deprecated(exchange);
  gint64 last = sunset != MC_TIME_NONE ? sunset : deprecated;
  g_autofree char *day = last != MC_TIME_NONE ? day_of(system, last) : NULL;
  if (!day)
    return;
  g_free(system->notice);
  if (sunset == MC_TIME_NONE)
    system->notice = g_strdup_printf(
        _("The system calls the interface used here outdated since %s; ask for a newer connector."), day);
  else if (sunset > mc_clock_now(system->engine->clock))
    system->notice = g_strdup_printf(
        _("The system will switch off the interface used here on %s; ask for a newer connector."), day);
  else
    system->notice = g_strdup_printf(
        _("The system meant to switch off the interface used here on %s; ask for a newer connector."), day);
}

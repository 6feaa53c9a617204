/* SPDX-License-Identifier: Apache-2.0 */
/* The wall clock, injectable so that a test replays a year at once. */
#include "motcua/clock.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

struct McClock {
  gatomicrefcount refs;
  gboolean host; /* follows the host's clock; otherwise `now` is the time */
  GMutex lock;
  gint64 now;
};

static McClock *
clock_new(gboolean host, gint64 now)
{
  McClock *clock = g_new0(McClock, 1);

  g_atomic_ref_count_init(&clock->refs);
  g_mutex_init(&clock->lock);
  clock->host = host;
  clock->now = now;
  return clock;
}

McClock *
mc_clock_new(GError **error)
{
  const char *frozen = g_getenv("MOTCUA_NOW");
  gint64 now = 0;

  if (!frozen || !*frozen)
    return clock_new(TRUE, 0);
  if (!mc_time_parse_iso(frozen, NULL, &now)) {
    g_autofree char *shown = mc_text_clean(frozen, -1);
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE,
                _("MOTCUA_NOW: “%s” is not a time; expected one like 2026-11-22T14:05:10+07:00"), shown);
    return NULL;
  }
  return clock_new(FALSE, now);
}

McClock *
mc_clock_new_manual(gint64 now)
{
  return clock_new(FALSE, now);
}

void
mc_clock_set(McClock *clock, gint64 now)
{
  g_mutex_lock(&clock->lock);
  clock->host = FALSE;
  clock->now = now;
  g_mutex_unlock(&clock->lock);
}

McClock *
mc_clock_ref(McClock *clock)
{
  g_atomic_ref_count_inc(&clock->refs);
  return clock;
}

void
mc_clock_unref(McClock *clock)
{
  if (clock && g_atomic_ref_count_dec(&clock->refs)) {
    g_mutex_clear(&clock->lock);
    g_free(clock);
  }
}

gint64
mc_clock_now(McClock *clock)
{
  g_mutex_lock(&clock->lock);
  gint64 now = clock->host ? g_get_real_time() / G_USEC_PER_SEC : clock->now;
  g_mutex_unlock(&clock->lock);
  return now;
}

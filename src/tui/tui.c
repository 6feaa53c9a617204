/* SPDX-License-Identifier: Apache-2.0 */
/* The life of the inbox: the first screen from the cache, then the engine, then one loop that waits for a
 * key, an event of the engine, a signal, or the next moment at which the screen would read differently. It
 * wakes for nothing else. */
#include "tui/files.h"
#include "tui/tui.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "motcua/i18n.h"
#include "tui/app.h"
#include "tui/global.h"
#include "tui/views.h"

#define INTERRUPTED 130 /* contract, exit status */
/* Events taken before the screen is painted again: a flood must not keep keys waiting. */
#define EVENTS_AT_ONCE 200

static void
view_free(gpointer data)
{
  McView *view = data;
  view->ops->free(view);
}

static void
app_clear(McTui *tui)
{
  g_clear_pointer(&tui->stack, g_ptr_array_unref);
  g_clear_pointer(&tui->screen, mc_screen_close); /* before the engine takes its time to stop */
  g_clear_pointer(&tui->engine, mc_engine_free);
  g_clear_pointer(&tui->fetching, mc_fetching_free);
  g_clear_pointer(&tui->facts, mc_facts_free);
  g_clear_pointer(&tui->tabs, g_ptr_array_unref);
  g_clear_pointer(&tui->titles, g_hash_table_unref);
  g_clear_pointer(&tui->calendar, mc_calendar_unref);
  g_clear_pointer(&tui->snapshot, mc_snapshot_free);
  g_clear_pointer(&tui->keymap, mc_keymap_free);
  g_clear_pointer(&tui->awaited, g_hash_table_unref);
  g_clear_pointer(&tui->drafts, g_hash_table_unref);
  g_clear_pointer(&tui->taken.keys, g_ptr_array_unref);
  g_free(tui->taken.what);
  g_free(tui->taken.system);
  g_free(tui->sent_draft);
  g_free(tui->message);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(McTui, app_clear)

static void
add_fault(GPtrArray *faults, GError **error)
{
  g_ptr_array_add(faults, g_strdup((*error)->message));
  g_clear_error(error);
}

static void
load_keys(McTui *tui, GPtrArray *faults)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = mc_home_path(tui->home, MC_DIR_CONFIG, "keys.ini");
  tui->keymap = mc_keymap_new();
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return;
  g_autoptr(McIni) ini = mc_ini_load(path, &error);
  if (ini)
    mc_keymap_read(tui->keymap, ini, faults);
  else
    add_fault(faults, &error);
}

static McTheme
load_theme(McTui *tui, gboolean colour, GPtrArray *faults)
{
  McTheme theme;
  g_autoptr(GError) error = NULL;
  const char *name = mc_home_config(tui->home)->theme;
  if (!mc_theme_load(&theme, tui->home, colour && *name ? name : colour ? "default" : "mono", &error))
    add_fault(faults, &error);
  return theme;
}

/* A deadline of a year whose holidays nobody gave is a guess, and said to be one. */
static void
add_unknown_year(const McTui *tui, GPtrArray *faults)
{
  g_autofree char *year = mc_time_format(mc_tui_now(tui), mc_calendar_timezone(tui->calendar), "%Y");
  if (year && !mc_calendar_knows_year(tui->calendar, atoi(year)))
    g_ptr_array_add(faults,
                    g_strdup_printf(_("The holidays of %s are not known: deadlines count every weekday. Put "
                                      "a calendar file (.ics) into the calendar folder."),
                                    year));
}

/* A fault in one of the person's own files is shown; the rest goes on. */
static void
show_notices(McTui *tui, GPtrArray *faults)
{
  const char *notice = mc_engine_secrets_notice(tui->engine);
  add_unknown_year(tui, faults);
  if (!faults->len && notice)
    mc_tui_say(tui, "%s", notice);
  if (!faults->len)
    return;
  g_autofree char *more =
      faults->len > 1 ? g_strdup_printf(_(" (and %u more)"), faults->len - 1) : g_strdup("");
  g_autofree char *text = g_strconcat(faults->pdata[0], more, NULL);
  for (guint i = 0; i < faults->len; i++)
    g_warning("%s", (char *)faults->pdata[i]);
  mc_tui_warn(tui, text);
}

static gboolean
app_open(McTui *tui, GPtrArray *faults, GError **error)
{
  const char *no_color = g_getenv("NO_COLOR");
  gboolean colour = !no_color || !*no_color;
  tui->awaited = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  tui->drafts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  tui->titles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  tui->stack = g_ptr_array_new_with_free_func(view_free);
  tui->calendar = mc_calendar_load(tui->home, error);
  if (!tui->calendar)
    return FALSE;
  tui->snapshot = mc_snapshot_open(tui->home, error);
  if (!tui->snapshot)
    return FALSE;
  load_keys(tui, faults);
  tui->tabs = mc_tabs_new(tui->home, tui->calendar, mc_tui_now(tui), faults);
  tui->facts = mc_facts_new(tui->tabs->len);
  McTheme theme = load_theme(tui, colour, faults);
  tui->screen = mc_screen_open(&theme, colour, error);
  if (!tui->screen)
    return FALSE;
  McView *inbox = mc_inbox_new(tui);
  mc_tui_push(tui, inbox);
  return mc_inbox_load(tui, inbox, error);
}

static gboolean
start_engine(McTui *tui, GPtrArray *faults, GError **error)
{
  McEngineOptions options = {.offline = tui->offline, .interactive = TRUE, .asks = TRUE, .schedule = TRUE};
  tui->engine = mc_engine_new(tui->home, tui->clock, &options, error);
  if (!tui->engine)
    return FALSE;
  for (const char *const *fault = mc_engine_faults(tui->engine); fault && *fault; fault++)
    g_ptr_array_add(faults, g_strdup(*fault));
  return TRUE;
}

/* --- the loop --- */

static gint64
next_minute(const McTui *tui)
{
  gint64 second = mc_tui_now(tui) % 60;
  return g_get_monotonic_time() + (60 - second) * G_USEC_PER_SEC;
}

/* Milliseconds until the screen would read differently. */
static int
wait_ms(const McTui *tui, gint64 minute)
{
  gint64 at = minute, taken = mc_global_taken_next(tui);
  gint64 count = mc_inbox_count_at(tui);
  if (taken && taken < at)
    at = taken;
  if (count && count < at)
    at = count;
  if (tui->reload_at && tui->reload_at < at)
    at = tui->reload_at;
  gint64 left = at - g_get_monotonic_time();
  return left <= 0 ? 0 : (int)MIN(left / 1000 + 1, 60 * 1000);
}

static McReaction
take_keys(McTui *tui)
{
  McReaction reaction = MC_REACT_NONE;
  gboolean closed = FALSE;
  McKey key;
  while (!tui->quit && mc_screen_key(tui->screen, &key, &closed)) {
    if (tui->message) { /* it was read */
      g_clear_pointer(&tui->message, g_free);
      reaction |= tui->message_over ? MC_REACT_ALL : MC_REACT_FOOT;
    }
    reaction |= mc_tui_key(tui, key);
  }
  /* Another process may have changed the stores; the engine's own changes come as events. */
  if (mc_snapshot_version(tui->snapshot) != tui->version) {
    tui->version = mc_snapshot_version(tui->snapshot);
    mc_tui_dirty(tui);
  }
  if (closed) {
    tui->quit = TRUE;
    tui->status = INTERRUPTED;
  }
  return reaction;
}

static McReaction
take_signals(McTui *tui)
{
  McReaction reaction = MC_REACT_NONE;
  int number;
  while ((number = mc_screen_signal())) {
    if (number == SIGWINCH) {
      mc_screen_resized(tui->screen);
      reaction |= MC_REACT_ALL;
      continue;
    }
    tui->quit = TRUE; /* what was queued stays queued */
    tui->status = INTERRUPTED;
  }
  return reaction;
}

static McReaction
take_events(McTui *tui)
{
  McReaction reaction = MC_REACT_NONE;
  for (int i = 0; i < EVENTS_AT_ONCE; i++) {
    g_autoptr(McEvent) event = mc_engine_next_event(tui->engine, 0);
    if (!event)
      break;
    reaction |= mc_tui_event(tui, event);
  }
  return reaction;
}

static McReaction
take_time(McTui *tui, gint64 *minute, gint64 taken)
{
  McReaction reaction = MC_REACT_NONE;
  gint64 now = g_get_monotonic_time();
  if (taken && now >= taken)
    reaction |= MC_REACT_FOOT;
  if (now >= *minute) { /* remaining times and the clock */
    *minute = next_minute(tui);
    tui->reload_at = now;
  }
  if (tui->reload_at && now >= tui->reload_at)
    reaction |= mc_tui_reload(tui);
  return reaction;
}

static void
loop(McTui *tui)
{
  gint64 minute = next_minute(tui);
  while (!tui->quit) {
    struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0},
                           {mc_screen_signal_fd(), POLLIN, 0},
                           {mc_engine_event_fd(tui->engine), POLLIN, 0}};
    gint64 taken = mc_global_taken_next(tui);
    McReaction reaction = MC_REACT_NONE;
    gboolean idle = mc_tui_wants_idle(tui);
    int ready = poll(fds, G_N_ELEMENTS(fds), idle ? 0 : wait_ms(tui, minute));
    if (ready == 0 && idle)
      reaction |= mc_tui_idle(tui);
    if (fds[1].revents)
      reaction |= take_signals(tui);
    if (fds[0].revents & POLLIN)
      reaction |= take_keys(tui);
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
      tui->quit = TRUE;
      tui->status = INTERRUPTED;
    }
    if (!tui->quit && fds[2].revents)
      reaction |= take_events(tui);
    if (!tui->quit)
      reaction |= take_time(tui, &minute, taken);
    if (!tui->quit)
      mc_tui_paint(tui, reaction);
  }
}

/* Nobody should believe sent what still waits. */
static void
say_what_waits(const McTui *tui)
{
  gint64 counts[MC_OUT_COUNT] = {0};
  if (mc_snapshot_outbox_counts(tui->snapshot, counts, NULL) && counts[MC_OUT_QUEUED] > 0)
    g_printerr(_("%d actions wait to be sent; \"motcua sync\" sends them.\n"), (int)counts[MC_OUT_QUEUED]);
}

int
mc_tui_run(McHome *home, McClock *clock, gboolean offline, GError **error)
{
  g_auto(McTui) tui = {.home = home, .clock = clock, .offline = offline};
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
  if (!app_open(&tui, faults, error))
    return -1;
  mc_tui_paint(&tui, MC_REACT_ALL);
  if (!start_engine(&tui, faults, error))
    return -1;
  tui.version = mc_snapshot_version(tui.snapshot);
  mc_tui_reload(&tui);
  show_notices(&tui, faults);
  mc_tui_paint(&tui, MC_REACT_ALL);
  loop(&tui);
  g_clear_pointer(&tui.screen, mc_screen_close);
  say_what_waits(&tui);
  return tui.status;
}

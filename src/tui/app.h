/* SPDX-License-Identifier: Apache-2.0 */
/* What the views share: the reader of the stores, the engine, the stack, the foot of the screen. One of these
 * lives while mc_tui_run() does; all of it belongs to the one thread that paints. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "motcua/snapshot.h"
#include "tui/facts.h"
#include "tui/keymap.h"
#include "tui/screen/screen.h"
#include "tui/tabs.h"
#include "tui/view.h"

/* The last thing taken, while it can be taken back. */
typedef struct {
  GPtrArray *keys; /* char *, of the outbox: those that have not ended */
  char *what;      /* "Phê duyệt H99..." */
  char *system;    /* where it goes */
  gint64 until;    /* monotonic us; 0: nothing to undo */
  guint done, bad; /* how many of it have ended well; otherwise */
  gboolean undoing;
} McTaken;

struct McTui {
  McHome *home;
  McClock *clock;
  gboolean offline, quit;
  int status; /* exit status */
  McScreen *screen;
  McKeymap *keymap;
  McSnapshot *snapshot;
  McCalendar *calendar;
  McEngine *engine;   /* NULL until the first screen stands */
  GPtrArray *tabs;    /* McSavedView */
  GHashTable *titles; /* of systems, before the engine knows them */
  McFacts *facts;
  GPtrArray *stack;    /* McView, the top last */
  GHashTable *awaited; /* ticket -> what to do with its reply */
  GHashTable *drafts;  /* char * -> GHashTable of name -> text */
  char *sent_draft;    /* of what is being taken: dropped when it is */
  McTaken taken;
  struct McFetching *fetching; /* a file, on its way or the last one; NULL: none yet */
  char *message;
  McRole message_role;
  gboolean message_over; /* it is so long that it lies over the view */
  guint last_view, pulling;
  guint facts_left;   /* figures still to be read */
  guint64 version;    /* of the stores, when they were last looked at */
  gint64 reload_at;   /* monotonic us; 0: nothing changed */
  gint64 reload_cost; /* us that the last one took */
};

/* Rows of the screen: 2 above the views, 3 below. */
enum { MC_HEAD_ROWS = 2, MC_FOOT_ROWS = 3, MC_MIN_ROWS = 24, MC_MIN_COLS = 80 };

/* --- the stack (stack.c) --- */
void mc_tui_push(McTui *tui, McView *view);  /* takes it */
void mc_tui_pop(McTui *tui);                 /* never the last one */
void mc_tui_close(McTui *tui, McView *view); /* with all above it */
McView *mc_tui_top(const McTui *tui);
McView *mc_tui_view(const McTui *tui, guint id);             /* the one of that id, or NULL: gone */
McView *mc_tui_find(const McTui *tui, const McViewOps *ops); /* the topmost of that kind, or NULL */
McReaction mc_tui_key(McTui *tui, McKey key);
McReaction mc_tui_command(McTui *tui, McCommand command, const char *argument);
/* One line of `:`, a name and perhaps an argument. */
McReaction mc_tui_command_line(McTui *tui, const char *line);

/* --- replies (stack.c) --- */
/* `view`: the view that asked, NULL when it is gone. */
typedef McReaction (*McReplyFunc)(McTui *tui, McView *view, const McEvent *event);
void mc_tui_await(McTui *tui, McTicket ticket, McView *view, McReplyFunc func);
McReaction mc_tui_event(McTui *tui, const McEvent *event);
/* Tells the views soon that the stores changed; several changes make one. */
void mc_tui_dirty(McTui *tui);
McReaction mc_tui_reload(McTui *tui);
/* Work for moments without a key, in small pieces: figures, and reading ahead. */
gboolean mc_tui_wants_idle(const McTui *tui);
McReaction mc_tui_idle(McTui *tui);

/* --- painting (paint.c) --- */
void mc_tui_paint(McTui *tui, McReaction reaction);

/* --- the last line (paint.c) --- */
/* Both return what has to be painted. */
McReaction mc_tui_say(McTui *tui, const char *format, ...) G_GNUC_PRINTF(2, 3);
McReaction mc_tui_fail(McTui *tui, const GError *error);
McReaction mc_tui_warn(McTui *tui, const char *text);

/* --- names (facts.c) --- */
const char *mc_tui_system_title(const McTui *tui, const char *system);
char *mc_tui_action_label(const McTui *tui, const char *system, const char *action);
/* What an action is about, as it is called: its item; the record it made; the system it is to make one in.
 * Borrowed. */
const char *mc_tui_action_about(const McTui *tui, const McOutAction *action);
gint64 mc_tui_now(const McTui *tui);
/* "14:05" today, "20/11 14:05" else, "" for MC_TIME_NONE. New string. */
char *mc_tui_when(const McTui *tui, gint64 moment);

#endif

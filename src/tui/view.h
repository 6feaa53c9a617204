/* SPDX-License-Identifier: Apache-2.0 */
/* What can lie on the screen: one table of operations a kind of view (inbox, detail, outbox, systems, help;
 * and over them menus, forms, prompts, questions). The views form a stack; the top one gets the keys.
 *
 * An operation never paints by itself: it answers with what has to be painted. */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "motcua/engine.h"
#include "tui/command.h"

typedef struct McTui McTui;
typedef struct McView McView;

typedef enum {
  MC_REACT_NONE = 0,
  MC_REACT_ROWS = 1,      /* the bar or the window of the top view moved */
  MC_REACT_FOOT = 2,      /* state, keys, message */
  MC_REACT_HEAD = 4,      /* views, counts, freshness */
  MC_REACT_ALL = 8,       /* every row */
  MC_REACT_UNHANDLED = 16 /* not a command of this view */
} McReact;
typedef guint McReaction; /* McReact flags */

typedef struct {
  int row, height, cols;
} McArea;

/* A command in the line of keys, with a short word for it. */
typedef struct {
  McCommand command;
  const char *word; /* msgid */
} McHint;

typedef struct {
  const char *title;   /* msgid */
  McContext where;     /* whose keys it takes */
  gboolean overlay;    /* lies over the view below it */
  gboolean alone;      /* on top it has the whole screen, head and foot too */
  const McHint *hints; /* ends with MC_CMD_NONE */
  McReaction (*run)(McTui *tui, McView *view, McCommand command, const char *argument);
  McReaction (*type)(McTui *tui, McView *view, gunichar c); /* text typed; NULL: none is */
  /* Draws into `area` and places the cursor; without `whole` only what moved since. */
  void (*draw)(McTui *tui, McView *view, McArea area, gboolean whole);
  int (*height)(McTui *tui, McView *view, int most);      /* overlays: rows wanted; 0: lies in the foot */
  char *(*state)(McTui *tui, McView *view, char **right); /* the state line; new strings; may be NULL */
  McReaction (*changed)(McTui *tui, McView *view);        /* the stores changed; may be NULL */
  void (*free)(McView *view);
} McViewOps;

/* Each kind embeds this first. */
struct McView {
  const McViewOps *ops;
  guint id; /* never reused: a reply finds its view by it, or finds it gone */
};

#endif

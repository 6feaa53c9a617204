/* SPDX-License-Identifier: Apache-2.0 */
/* How each view is opened. All return what has to be painted. */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

#include "tui/app.h"

extern const McViewOps mc_inbox_ops, mc_detail_ops;

/* --- inbox.c: always the bottom of the stack --- */
McView *mc_inbox_new(McTui *tui);
gboolean mc_inbox_load(McTui *tui, McView *view, GError **error); /* the first rows */
McReaction mc_inbox_show_tab(McTui *tui, guint index);
guint mc_inbox_tab(const McTui *tui);
McItem *mc_inbox_selected(const McTui *tui);
McReaction mc_inbox_step(McTui *tui, int lines); /* moves the bar from another view */
/* The marked items, or the selected one. New array of borrowed McItem. */
GPtrArray *mc_inbox_chosen(const McTui *tui);
void mc_inbox_unmark(McTui *tui);
/* The count of the list, and reading ahead. */
gboolean mc_inbox_wants_idle(const McTui *tui);
gint64 mc_inbox_count_at(const McTui *tui); /* monotonic time at which there will be; 0: not known to be */
McReaction mc_inbox_idle(McTui *tui);

McReaction mc_detail_open(McTui *tui, const McItem *item);
void mc_detail_refresh(McTui *tui);             /* what is said of its files changed */
const McItem *mc_detail_item(const McTui *tui); /* the open one, borrowed; NULL: none is */
McReaction mc_outbox_open(McTui *tui);
McReaction mc_systems_open(McTui *tui);
McReaction mc_help_open(McTui *tui, McContext first);

/* --- menu.c --- */
typedef struct {
  char *label, *reason; /* reason: why it cannot be chosen, NULL when it can */
  gpointer value;
  GDestroyNotify free_value;
} McChoiceRow;
typedef McReaction (*McMenuFunc)(McTui *tui, gpointer value, gpointer data);
/* Takes `rows` (McChoiceRow, made by mc_menu_row). */
McReaction mc_menu_open(McTui *tui, const char *title, GPtrArray *rows, McMenuFunc chosen, gpointer data,
                        GDestroyNotify free_data);
GPtrArray *mc_menu_rows(void);
void mc_menu_row(GPtrArray *rows, const char *label, const char *reason, gpointer value,
                 GDestroyNotify free_value);
/* actions.c: what can be done with these items (McItem). */
McReaction mc_actions_open(McTui *tui, const GPtrArray *items);
/* What can be entered anew, in every system. */
McReaction mc_actions_new(McTui *tui);

/* --- form.c --- */
typedef struct {
  char *title, *target, *draft; /* target: what goes where; draft: name of the kept draft, or NULL */
  char *system, *action;        /* for lookups and the preview */
  GPtrArray *items;             /* copies of the items it is about; empty: a new record */
  char *question;               /* asked before `done`, over the form; NULL: nothing is */
  gboolean login;               /* a login: values are secret but for the user name, nothing is kept */
  gboolean asks;                /* a question: nothing is posted, nothing is kept */
  gpointer data;                /* for `done` */
  GDestroyNotify free_data;
  guint64
      asked_by; /* the question of a login that it answers, by mc_engine_answer(): shown as typed; 0: none */
  char *notice; /* what was wrong with the answer before, or NULL */
} McFormPurpose;
/* `done` gets name -> text. Takes form and purpose. */
typedef McReaction (*McFormFunc)(McTui *tui, const McFormPurpose *purpose, const McForm *form,
                                 GHashTable *values);
McReaction mc_form_open(McTui *tui, McForm *form, McFormPurpose *purpose, McFormFunc done);
/* Puts the values of an answer into the inputs that `fills` (McFill) names, with where they come from. Where
 * something else is written, only `over` replaces it; otherwise the labels of those inputs are returned, new.
 * NULL: none was left out. */
char *mc_form_fill(McView *form, const McLookupAnswer *answer, const GPtrArray *fills, const char *source,
                   gboolean over);
void mc_form_purpose_free(McFormPurpose *purpose);
/* Closes a form whose question nobody asks any more. */
McReaction mc_form_over(McTui *tui, guint64 asked_by);

/* --- login.c --- */
McReaction mc_login_open(McTui *tui, const char *system);
/* What a login asks, or that it asks no more. */
McReaction mc_login_asked(McTui *tui, McQuestion *question);

/* --- signin.c: signing in elsewhere, over the whole screen --- */
McReaction mc_signin_open(McTui *tui, const McQuestion *question);
McReaction mc_signin_over(McTui *tui, guint64 question);

/* --- prompt.c: one line in the foot --- */
typedef struct {
  const char *label; /* msgid */
  /* Each may be NULL. `changed` may refuse with an error, shown in place. */
  gboolean (*changed)(McTui *tui, const char *text, GError **error);
  McReaction (*accepted)(McTui *tui, const char *text);
  McReaction (*closed)(McTui *tui);
  char **(*complete)(const char *text); /* words that may follow at the end */
  gboolean whole;                       /* a completion is the whole line */
} McPromptOps;
McReaction mc_prompt_open(McTui *tui, const McPromptOps *ops, const char *text);

/* --- confirm.c --- */
typedef McReaction (*McConfirmFunc)(McTui *tui, gpointer data);
McReaction mc_confirm_open(McTui *tui, const char *question, McConfirmFunc yes, gpointer data,
                           GDestroyNotify free_data);

#endif

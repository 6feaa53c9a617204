/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: everything that moves. One thread of its own with the systems' state machines, the network and
 * the writers; a face asks by requests that return at once and hears by events. It never prints, prompts or
 * decides: questions travel upward as data.
 *
 * Requests return a ticket > 0; exactly one MC_EVENT_REPLY with that ticket ends each. Events come in order;
 * of those still unread about the same rows, status or action only the last is kept.
 */
#ifndef MOTCUA_ENGINE_H
#define MOTCUA_ENGINE_H

#include <glib.h>
#include "motcua/author.h"
#include "motcua/clock.h"
#include "motcua/error.h"
#include "motcua/form.h"
#include "motcua/home.h"
#include "motcua/item.h"
#include "motcua/lookup.h"
#include "motcua/outbox.h"
#include "motcua/question.h"
#include "motcua/worktime.h"

typedef struct McEngine McEngine;
typedef guint64 McTicket;

typedef struct {
  gboolean offline;     /* no network at all */
  gboolean interactive; /* a desktop prompt may be shown to unlock a keyring */
  int jobs;             /* actions under way at a time in one system at most; 0: as its connector says */
  gboolean asks;        /* the face answers the questions of a login that it asked for */
  gboolean schedule;    /* pull by itself every sync_interval, deliver what falls due (the inbox) */
  McRecorder *recorder; /* writes down what is said to its system; NULL: nobody does. Outlives the engine */
} McEngineOptions;

/* Reads the configuration of every system (one that is faulty is left out: mc_engine_faults()), the calendar,
 * opens the stores, starts the thread. */
McEngine *mc_engine_new(McHome *home, McClock *clock, const McEngineOptions *options, GError **error);
/* Stops: what is queued stays queued; a request under way is given up to 2 s to be answered, else its action
 * stays `sending` and is verified at the next start. Joins the thread. */
void mc_engine_free(McEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McEngine, mc_engine_free)

McCalendar *mc_engine_calendar(McEngine *engine); /* borrowed */

/* --- the configured systems; fixed while the engine lives --- */
typedef struct {
  const char *system, *title,
      *connector;      /* title: from its file, else the connector's; in the interface's language */
  const char *gateway; /* the system it signs in through, NULL: it has a login of its own */
  McKind kind;
} McSystemInfo;
guint mc_engine_system_count(McEngine *engine);
const McSystemInfo *mc_engine_system(McEngine *engine, guint index);
const McSystemInfo *mc_engine_system_find(McEngine *engine, const char *system); /* NULL: none of that name */
/* Names of the secrets its login uses; NULL-terminated, borrowed. NULL: no such system. */
const char *const *mc_engine_system_secrets(McEngine *engine, const char *system);
/* What was wrong in single systems' or connectors' files; whole messages; NULL-terminated, borrowed. */
const char *const *mc_engine_faults(McEngine *engine);
/* Where secrets live, in the interface's language, and a sentence for the person when they last only for this
 * session (else NULL). */
const char *mc_engine_secrets_provider(McEngine *engine);
const char *mc_engine_secrets_notice(McEngine *engine);
/* Ready now, or MC_ERROR_SECRETS that says what is the matter (up to the deadline of a keyring call: not for
 * the inbox's own thread). */
gboolean mc_engine_secrets_check(McEngine *engine, GError **error);

/* --- actions, as forms (immutable; any thread) --- */
/* New; MC_ERROR_NOT_FOUND names the actions that exist. */
McForm *mc_engine_form(McEngine *engine, const char *system, const char *action, GError **error);
/* Fills in what the records of these items (McItem of that system) offer to choose from. */
void mc_engine_form_offer(McEngine *engine, const char *system, McForm *form, const GPtrArray *items);
/* Names of the actions that make a new record. New; NULL-terminated, empty for no such system. */
char **mc_engine_creates(McEngine *engine, const char *system);
/* Id of the item that a new record became, NULL: its system did not say. New string. */
char *mc_engine_created(McEngine *engine, const McOutAction *action);
/* The label of an action in the interface's language: the connector's, else the standard one, else its name.
 * New string. */
char *mc_engine_action_label(McEngine *engine, const char *system, const char *action);

/* --- lookups (immutable; any thread) --- */
/* McLookupInfo of this system, or of all (NULL), in the order of systems and files. New. */
GPtrArray *mc_engine_lookups(McEngine *engine, const char *system);
/* New; MC_ERROR_NOT_FOUND names those that exist. */
McLookupInfo *mc_engine_lookup_info(McEngine *engine, const char *system, const char *lookup, GError **error);
/* What is wrong with the inputs, as mc_engine_lookup() would say it. */
gboolean mc_engine_lookup_check(McEngine *engine, const char *system, const char *lookup, GHashTable *inputs,
                                GError **error);
/* McFiller: the lookups of configured systems that fill this action's form, for an item (NULL: a new record)
 * and what stands in the form by now (name -> text; may be NULL). New. */
GPtrArray *mc_engine_fillers(McEngine *engine, const char *system, const char *action, const McItem *item,
                             GHashTable *values);

/* --- events --- */
typedef enum {
  MC_EVENT_REPLY,    /* ends a request: ticket, error (NULL: done), and what the request brings */
  MC_EVENT_SYSTEM,   /* a system's status changed: system, message */
  MC_EVENT_ITEMS,    /* rows of `system` changed (NULL: any) */
  MC_EVENT_ACTION,   /* an action in the outbox moved: action (its state now) */
  MC_EVENT_QUESTION, /* a login asks: question, OPEN; or one is over: its id and state alone say so */
  MC_EVENT_WAIT,     /* a system wants to be waited for before it answers a person: system, message */
  MC_EVENT_FILE,     /* a file is on its way: ticket, done, total */
} McEventType;

typedef struct {
  McEventType type;
  McTicket ticket;
  char *system, *message;
  GError *error;
  McOutAction *action;  /* ACTION; without frozen and memory */
  McQuestion *question; /* QUESTION */
  GPtrArray *actions; /* REPLY to accept: McOutAction as taken (one per request, in order; NULL where that one
                         failed) */
  GPtrArray *errors;  /* REPLY to accept: GError or NULL per request */
  McLookupAnswer *answer; /* REPLY to lookup */
  GPtrArray *reports;     /* REPLY to sync and test: McSyncReport */
  char *text;         /* REPLY to preview: what would be sent, secrets left out; to fetch: the file's path */
  gint64 done, total; /* FILE: bytes; total -1 where unknown */
} McEvent;

/* What one system's pull and delivery did. */
typedef struct {
  char *system;
  GError *error; /* NULL: complete */
  guint added, changed, removed, same, rows, requests, untranslated, bad_dates;
  guint delivered; /* actions that took effect */
  char *trouble;   /* states and dates that were not understood, each once, one a line; or NULL */
  char *notice;    /* that its interface is to end, or NULL; a whole sentence */
} McSyncReport;
void mc_sync_report_free(McSyncReport *report);

void mc_event_free(McEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McEvent, mc_event_free)
/* The next event, or NULL after `timeout_ms` (0: at once, -1: for ever). One consumer. */
McEvent *mc_engine_next_event(McEngine *engine, int timeout_ms);
/* Readable while events wait: for a face's own poll loop. */
int mc_engine_event_fd(McEngine *engine);

/* --- requests --- */
/* Pull these systems (NULL: all), then deliver what is due of theirs. `full`: leave no cursor out of account.
 */
McTicket mc_engine_sync(McEngine *engine, const char *const *systems, gboolean full);
/* Deliver what is due in the outbox of these systems (NULL: all); ends when each action is settled,
 * uncertain, or waits for its system (then with that system's error). */
McTicket mc_engine_deliver(McEngine *engine, const char *const *systems);
/* Log in to one page and read it; commits nothing. */
McTicket mc_engine_test(McEngine *engine, const char *system);

/* One thing to do. */
typedef struct {
  const char *id, *action; /* item and action; for a new record `id` is "SYSTEM:" */
  GHashTable *fields;      /* name -> text; may be NULL */
  const char *caller_key;  /* may be NULL */
} McAct;
/* Checks each and takes all that are right in one durable transaction; the reply tells each one's fate.
 * `undo`: seconds before it may be sent. With `queue_only` delivery is left to a later sync; otherwise the
 * engine delivers as they fall due. */
McTicket mc_engine_accept(McEngine *engine, const McAct *acts, guint count, int undo, gboolean queue_only);
/* As accept would, but takes nothing: errors per act, and `text` of what would be sent; `whole`: and of all
 * that is asked and read before, also of acts that would not be taken. */
McTicket mc_engine_preview(McEngine *engine, const McAct *acts, guint count, gboolean whole);
/* Withdraws queued actions; MC_ERROR_FAILED when one is already on its way. */
McTicket mc_engine_cancel(McEngine *engine, const char *const *keys);
typedef enum { MC_RESOLVE_LANDED, MC_RESOLVE_NOT_LANDED, MC_RESOLVE_LOOK, MC_RESOLVE_AGAIN } McResolve;
/* Settles an uncertain action: it landed (done), it did not (failed), look again at the system, or send it
 * again knowingly. */
McTicket mc_engine_resolve(McEngine *engine, const char *key, McResolve how);

/* Whether the system knows a login at all, even one without stored secrets. */
gboolean mc_engine_system_has_login(McEngine *engine, const char *system);
/* Logs in with these secrets (name -> value; copied) and stores them, or with the stored ones when NULL. Of a
 * face that `asks` it may want more by MC_EVENT_QUESTION meanwhile; of another it fails then. */
McTicket mc_engine_login(McEngine *engine, const char *system, GHashTable *secrets);
/* The answer to a question, name -> text (copied); NULL: the person gives up, and the login ends with
 * MC_ERROR_CANCELLED. A DEVICE question is answered by signing in. Nothing when it is over already. */
void mc_engine_answer(McEngine *engine, guint64 question, GHashTable *values);
/* Forgets the session; `wipe` the login secrets too. */
McTicket mc_engine_logout(McEngine *engine, const char *system, gboolean wipe);
/* The reply's text: "ok", "login", with the account in `message`; from what is stored, without network. */
McTicket mc_engine_login_status(McEngine *engine, const char *system);

/* Reads one item's details from its system now. */
McTicket mc_engine_detail(McEngine *engine, const char *id);
/* Asks a lookup with these inputs (name -> text; the purpose is one). Who is not found is an answer. Every
 * question for a record stands in the journal before its answer is given here. What may be kept is answered
 * from the cache, without network, while it is good. */
McTicket mc_engine_lookup(McEngine *engine, const char *system, const char *lookup, GHashTable *inputs);

/* Fetches an attached file, by its key, into the cache; goes on where an earlier try broke off. The list is
 * read anew first. The reply's text is its path, in a directory of its own: the face may take it from there.
 */
McTicket mc_engine_fetch(McEngine *engine, const char *id, const char *key);
/* Gives a fetch up; its reply is MC_ERROR_CANCELLED. What came stays for the next try. */
void mc_engine_fetch_stop(McEngine *engine, McTicket ticket);

McTicket mc_engine_note(McEngine *engine, const char *id, const char *text);
McTicket mc_engine_tag(McEngine *engine, const char *id, const char *tag, gboolean on);
/* Forgets a removed system's items. */
McTicket mc_engine_forget(McEngine *engine, const char *system);

/* --- systems' files (contract section 6), any thread, effective for the next engine --- */
/* Checks and writes systems/SYSTEM.ini; `settings` key -> text. MC_ERROR_USAGE/CONFIG says what is wrong,
 * nothing written then. */
gboolean mc_system_file_write(McHome *home, const char *system, const char *connector, GHashTable *settings,
                              GError **error);
gboolean mc_system_file_remove(McHome *home, const char *system, GError **error);
/* Path of the file. New string. */
char *mc_system_file_path(McHome *home, const char *system);

/* The working calendar as configured, for a face that runs without an engine. New reference. */
McCalendar *mc_calendar_load(McHome *home, GError **error);
/* A system's title as configured, without an engine: its file's, else the name. New string. */
char *mc_system_title(McHome *home, const char *system);

typedef struct {
  char *file, *pointer, *message; /* message: what, what was expected, did you mean */
  int line, column;               /* 1-based, columns in characters; 0: the file as a whole */
  gboolean warning;
  char *text; /* "file:line:col: pointer: message" */
} McConnectorFault;
/* Every fault of a connector file, in its order (McConnectorFault; a new array); empty: none. "-" is standard
 * input. NULL with MC_ERROR_NOT_FOUND: no file. */
GPtrArray *mc_connector_check(McHome *home, const char *name_or_file, GError **error);

#endif

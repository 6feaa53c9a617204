/* SPDX-License-Identifier: Apache-2.0 */
/* The sync layer: the engine's inside.
 *
 * One thread owns everything here. A request of a face is a closure that runs on that thread
 * (mc_engine_post). Work on a backend is a *run*: an exchange (connector layer) driven over the system's
 * pool, with the session kept good and the waits and repeats that reading allows. On runs stand the three
 * jobs: a pull (pull.c), a delivery (deliver.c), a single question (ask.c). Across processes a job is
 * serialised by a lock file per system and purpose (turn.c), which the kernel releases whatever kills its
 * holder. */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "connector/exchange.h"
#include "connector/recording.h"
#include "motcua/engine.h"
#include "net/net.h"
#include "secret/secret.h"
#include "store/store.h"

typedef struct McSystem McSystem;

struct McEngine {
  McHome *home;
  McClock *clock;
  McCalendar *calendar;
  McEngineOptions options;
  GPtrArray *systems; /* McSystem; fixed after start */
  GPtrArray *infos;   /* McSystemInfo, parallel */
  char **faults;
  McSecrets *secrets;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  gint64 wall_start, mono_start;
  gint next_ticket; /* atomic */
  guint64 last_question;
  /* events (events.c) */
  GMutex event_lock;
  GCond event_ready;
  GQueue events;
  GHashTable *waiting; /* what a queued event is about -> its link, where a later one says the same or more */
  int event_fd;
  /* the engine thread's own */
  McStore *store;
  McNet *net;
  GRand *random;
  GSource *tick;
  GPtrArray *runs;    /* McRun, all that are under way */
  GPtrArray *fetches; /* of files, all that are under way (fetch.c) */
  int upload_lock;    /* while files are stored and not yet referred to, else -1 (upload.c) */
  guint pending;      /* callbacks owed by locks and secrets */
  gboolean stopping;
  gint64 stop_began; /* monotonic */
};

/* --- engine.c --- */
typedef void (*McWork)(McEngine *engine, gpointer data);
/* Runs `work` on the engine thread; `destroy` frees data after. */
void mc_engine_post(McEngine *engine, McWork work, gpointer data, GDestroyNotify destroy);
McTicket mc_engine_ticket(McEngine *engine);
/* The delivery clock: wall clock at start plus monotonic time since, so that an undo delay passes also when
 * the wall clock is frozen. Seconds. */
gint64 mc_engine_flow(const McEngine *engine);
McSystem *mc_engine_system_get(const McEngine *engine, const char *system);
/* Calls `func` once after `ms` on the engine thread. Destroy the source to cancel. */
GSource *mc_engine_after(McEngine *engine, gint64 ms, GSourceFunc func, gpointer data);
void mc_source_clear(GSource **source);

/* --- events.c --- */
McEvent *mc_event_new(McEventType type, const char *system);
void mc_engine_emit(McEngine *engine, McEvent *event); /* takes it */
/* Ends a request. Takes `error`. */
void mc_engine_reply(McEngine *engine, McTicket ticket, GError *error);
void mc_engine_emit_action(McEngine *engine, const char *key);

/* --- systems.c --- */
/* Fills engine->systems and ->infos from systems/ and connectors/; appends what is faulty. */
void mc_engine_load_systems(McEngine *engine, GPtrArray *faults);
/* A connector by name or file; every fault of it in the error. */
McProfile *mc_profile_open(McHome *home, const char *connector, GError **error);
/* The binding of a configured system as its file has it, without an engine; `connector`: by another connector
 * than its own, NULL: its own. */
McBinding *mc_system_bind(McHome *home, const char *name, const char *connector, McCalendar *calendar,
                          GError **error);
McCalendar *mc_engine_load_calendar(McHome *home, GPtrArray *faults, GError **error);

/* --- one system --- */
struct McSystem {
  McEngine *engine;
  char *name, *title, *connector;
  McBinding *binding;
  McSystem *gateway; /* whose session it shares, NULL: it has its own; never one that shares itself */
  McPool *pool;
  McSession *session;
  gboolean session_unsaved; /* the stored one is older */
  gboolean learning;        /* what an answer changed of it is being stored */
  GQueue renew_waiters;     /* McRenewWait, while a renewal is under way */
  gboolean renewing;
  gboolean unlocked; /* the passphrase of its client certificate is set */
  /* jobs */
  gpointer pull;     /* the pull under way, or NULL (pull.c) */
  gpointer delivery; /* delivering, or NULL (deliver.c) */
  GSource *pull_timer, *deliver_timer;
  gint64 deliver_not_before; /* delivery clock */
  guint deliver_troubles;    /* rounds in a row that could do nothing */
  gint64 hold_until;         /* monotonic: it asked to be left alone till then */
  char *notice;              /* of the end of its interface, or NULL (sunset.c) */
  guint requests;            /* sent, for reports */
  GHashTable *own;           /* item id -> its version right after the person's own last action there */
};
void mc_system_free(McSystem *system);
/* Ends its timers and connections, on the engine's thread. */
void mc_system_close(McSystem *system);
/* Itself or its gateway: whose session its requests carry, and who logs in. */
McSystem *mc_system_owner(McSystem *system);
/* Sets what the inbox says of it, tells the faces. `error` NULL: ok. */
void mc_system_report(McSystem *system, const GError *error);

/* --- turn.c --- */
typedef struct McTurn McTurn;
typedef void (*McTurnTaken)(McTurn *lock, gpointer data); /* lock NULL: not obtained in time */
/* Takes state/lock/SYSTEM.PURPOSE, waiting at most `wait_ms` (0: try once, the callback still comes later).
 */
void mc_turn_take(McEngine *engine, const char *system, const char *purpose, gint64 wait_ms,
                  McTurnTaken locked, gpointer data);
void mc_turn_release(McTurn *lock);

/* --- vault work: a call to the secrets on a worker thread, its result back here --- */
typedef void (*McSecretsDone)(GHashTable *values, GError *error, gpointer data); /* both borrowed */
/* Looks up several names (values: name -> secret, missing ones left out). */
void mc_secrets_fetch(McEngine *engine, const char *system, const char *const *names, McSecretsDone done,
                      gpointer data);
/* Stores name -> value of `values`; a NULL value erases. Copies. */
void mc_secrets_put(McEngine *engine, const char *system, GHashTable *values, McSecretsDone done,
                    gpointer data);
GHashTable *mc_secret_table_new(void); /* char* -> secret, wiped when freed */

/* --- renew.c: the session --- */
typedef void (*McRenewed)(McSystem *system, GError *error, gpointer data); /* error borrowed */
/* Makes its owner's session good; `used`: the one an answer just called expired, or NULL. One renewal at a
 * time, also across processes; all who ask meanwhile share it. `barred`: that answer said why no program may
 * log in by itself (NULL: it may); unless another process has a newer session, this is then the error, and no
 * login is tried until the person asks for one. `done` gets the owner. */
void mc_system_renew(McSystem *system, const McSession *used, const GError *barred, McRenewed done,
                     gpointer data);
/* Logs in (not for one that shares a session) with these secrets now; stores them and the session when the
 * system took them. */
void mc_system_login(McSystem *system, GHashTable *secrets, McRenewed done, gpointer data);
/* An answer to a request that carried `used` changed the session (a cookie): takes `session`; it is stored
 * for the other processes. NULL: nothing. */
void mc_system_learn(McSystem *system, const McSession *used, McSession *session);
/* state/SYSTEM.refused: the stored password was refused, or (then *why is set, new) only the person can mend
 * the login; nothing is sent by itself until the next login. */
gboolean mc_system_refused(McSystem *system, char **why);
/* `why`: a whole message; "": the password; NULL: no more. */
void mc_system_set_refused(McSystem *system, const char *why);

/* --- certificate.c --- */
/* Makes every setting of the type "file" an absolute path; what is relative stands in `folder`. */
void mc_settings_resolve(const McProfile *profile, GHashTable *settings, const char *folder);
/* The files are there, readable, and the key its owner's alone; else MC_ERROR_CONFIG. */
gboolean mc_certificate_check(const McBinding *binding, GError **error);
/* Whether the passphrase of its key must still be fetched; by mc_system_unlock(), which tells `done`. */
gboolean mc_system_locked(const McSystem *system);
void mc_system_unlock(McSystem *system, McRenewed done, gpointer data);
/* Uses the passphrase that is among these. */
void mc_system_unlock_with(McSystem *system, GHashTable *secrets);

/* --- run.c: driving one exchange --- */
typedef struct McRun McRun;
typedef struct {
  /* Before a request is sent; FALSE ends the run with the error. May be NULL. */
  gboolean (*before_send)(McRun *run, McRequest *request, gpointer data, GError **error);
  /* After an answer was fed; FALSE ends the run with the error. May be NULL. */
  gboolean (*after_feed)(McRun *run, const McVerdict *verdict, gpointer data, GError **error);
  /* The end: error NULL is DONE. The run is freed after it returns. Error is borrowed. */
  void (*end)(McRun *run, McExchange *exchange, GError *error, gpointer data);
  /* Stopping: the exchange itself says what giving up means (a delivery). */
  gboolean abandon;
} McRunHooks;
/* Takes the exchange. `session`: whether requests need the system's session. `urgent`: a person waits. */
McRun *mc_run_start(McSystem *system, McExchange *exchange, gboolean session, gboolean urgent,
                    const McRunHooks *hooks, gpointer data);
/* Ends a run that has no effect with MC_ERROR_CANCELLED: nobody waits for it any more. */
void mc_run_cancel(McRun *run);
/* Something was gained although the last answer was not whole: its tries begin anew. */
void mc_run_progressed(McRun *run);
/* Ends every run with MC_ERROR_CANCELLED: the engine stops. */
void mc_runs_stop(McEngine *engine);
/* Whether a mutating request is on its way right now. */
gboolean mc_runs_mutating(const McEngine *engine);
McSystem *mc_run_system(McRun *run);
McExchange *mc_run_exchange(McRun *run);
/* The session that its last request carried, or NULL. Borrowed. */
const McSession *mc_run_session(const McRun *run);
/* The last answer that had to be tried again, or NULL. Borrowed. */
const GError *mc_run_trouble(const McRun *run);

/* The person's answer to a question that a run asks; NULL: they give up. */
void mc_runs_answer(McEngine *engine, guint64 question, GHashTable *values);

/* --- question.c --- */
/* Tells the faces what an exchange asks since it was last looked at, and what became of that. `asking`: the
 * number of the open question, 0: none. */
void mc_asking_follow(McSystem *system, McExchange *exchange, guint64 *asking);
/* The run ends: nobody waits for an answer any more. */
void mc_asking_over(McSystem *system, guint64 *asking, McQuestionState how);

/* --- sunset.c --- */
/* Notes in system->notice what its answers said of the end of its interface. */
void mc_system_see_end(McSystem *system, const McExchange *exchange);

/* --- recorder.c --- */
/* Where a run is to be written down, NULL: nowhere. Borrowed until the recorder is freed. */
cJSON *mc_recorder_run(McRecorder *recorder, McSystem *system, McExchange *exchange);

/* --- pull.c --- */
typedef void (*McPulled)(McSystem *system, McSyncReport *report, gpointer data); /* takes the report */
void mc_system_pull(McSystem *system, gboolean full, McPulled done, gpointer data);
void mc_system_test(McSystem *system, McPulled done, gpointer data);
/* Pulls by itself in `ms`, where the engine keeps a schedule. */
void mc_system_schedule_pull(McSystem *system, gint64 ms);

/* --- deliver.c --- */
typedef void (*McDelivered)(McSystem *system, guint done, GError *error, gpointer data); /* error borrowed */
/* Delivers what is due; ends when nothing due is left that can be done now. */
void mc_system_deliver(McSystem *system, McDelivered done, gpointer data);
/* Wakes delivery when the next action of this system falls due. */
void mc_system_schedule_delivery(McSystem *system);
gboolean mc_engine_move(McEngine *engine, const char *key, const McOutMove *move, gboolean *moved,
                        GError **error);

/* --- upload.c: files that a person gave, stored by hash (rule 6) --- */
/* Replaces the path in each file input of `fields` by the JSON that is frozen. `keep`: and stores the file,
 * durable before it returns; else it is only read. MC_ERROR_USAGE: no such file, or not one that is taken;
 * MC_ERROR_STORE: it cannot be stored. */
gboolean mc_upload_take(McEngine *engine, const McForm *form, GHashTable *fields, gboolean keep,
                        GError **error);
/* What was stored since is referred to by the outbox now, or by nothing. */
void mc_upload_taken(McEngine *engine);
/* Removes what no unsettled action needs. */
void mc_upload_sweep(McEngine *engine);
/* Sets where the files of a request's body are. */
void mc_upload_find(McEngine *engine, McRequest *request);

/* --- fetch.c: engine->fetches, by ticket --- */

/* --- ask.c --- */
/* What delivering these (NULL entries skipped) would first send, secrets left out. New string. */
char *mc_preview_text(McEngine *engine, GPtrArray *actions);
/* Of one: its preconditions, what is read before, its requests with names in the place of credentials, and
 * how it stays single. `taken`: NULL: it would not be. New string. */
char *mc_preview_whole(McEngine *engine, const char *id, const char *name, const McOutAction *taken);
/* A copy of a table of strings, or NULL. */
GHashTable *mc_table_copy(GHashTable *table);

#endif

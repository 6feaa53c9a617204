/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is said to a backend is an exchange: a pure state machine that asks for one request at a
 * time, is fed the answer, and ends. Logging in, pulling, reading a detail, delivering an action, asking a
 * lookup are exchanges; one driver (the sync layer) runs them all: it carries requests, waits, refreshes the
 * session, and keeps what must survive on disk. An exchange does no I/O and knows no clock but `now`.
 *
 * The driver's loop:
 *     step = mc_exchange_next(x, session, now, &request, &wait_until, &error)
 *       MC_STEP_SEND   send `request`; then verdict = mc_exchange_feed(x, response, now)
 *       MC_STEP_WAIT   come back at `wait_until`
 *       MC_STEP_ASK    come back when the person answered: mc_exchange_answer()
 *       MC_STEP_DONE   take the result
 *       MC_STEP_FAILED error says why
 * The request already carries the session's credentials, and only to their audience (rule 4).
 * After feed, verdict->class tells what to do before next():
 *   OK        go on
 *   EXPIRED   the session is no longer good: renew it, then next() asks for the same request again
 *   THROTTLE, TRANSIENT, GATEWAY: nothing was taken from the answer; next() asks for the same request again
 *             after the driver's wait (retry_after or backoff). When its budget is spent it gives up, and
 *             mc_exchange_abandon() says what that means.
 *   BUSINESS, CONFLICT, PERMANENT: next() gives the end (DONE with that outcome for a delivery, FAILED
 * otherwise) For a delivery's own mutating request the machine has already decided by rule 6 whether it may
 * be repeated: it then asks for verification, a wait, the same request again, or ends; the driver never
 * decides that.
 */
#ifndef CONNECTOR_EXCHANGE_H
#define CONNECTOR_EXCHANGE_H

#include "connector/profile.h"
#include "motcua/question.h"

typedef enum {
  MC_CLASS_OK,
  MC_CLASS_EXPIRED,
  MC_CLASS_THROTTLE,
  MC_CLASS_TRANSIENT,
  MC_CLASS_GATEWAY,
  MC_CLASS_BUSINESS,
  MC_CLASS_CONFLICT,
  MC_CLASS_PERMANENT
} McClass;

/* What a login lacks that no program should supply by itself. */
typedef enum {
  MC_NEED_NOTHING,  /* of the kind: a session may be renewed */
  MC_NEED_PASSWORD, /* "password-change": the system wants a new password first */
  MC_NEED_UNLOCK,   /* "locked": the account is locked */
  MC_NEED_CHOICE,   /* "elsewhere": one session an account, and it is another's now */
  MC_NEED_PERSON,   /* of a login alone: somebody has to answer a question, and nobody is there */
} McNeed;

typedef struct {
  McClass class;
  McNeed need;             /* with EXPIRED: do not renew, ask the person */
  gboolean effect_unknown; /* the request may have had its effect */
  int status;              /* HTTP status, 0 when none came */
  char *code, *message;    /* the system's own words, whole and cleaned; NULL when none */
  gint64 retry_after;      /* seconds, -1 when not said */
} McVerdict;

typedef enum { MC_STEP_SEND, MC_STEP_WAIT, MC_STEP_ASK, MC_STEP_DONE, MC_STEP_FAILED } McStep;

typedef struct McExchange McExchange;
typedef struct McSession McSession;

McStep mc_exchange_next(McExchange *x, const McSession *session, gint64 now, McRequest **request,
                        gint64 *wait_until, GError **error);
/* The verdict is borrowed, valid until the next call. */
const McVerdict *mc_exchange_feed(McExchange *x, const McResponse *response, gint64 now);
/* The driver gives up (budget spent, stopping): the exchange ends as FAILED, or for a delivery as its rule 6
 * says (not sent: may be tried later; sent: uncertain or to be verified later). */
void mc_exchange_abandon(McExchange *x);
void mc_exchange_free(McExchange *x);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McExchange, mc_exchange_free)

/* When the system will switch off the interface that this exchange speaks (RFC 8594), and since when it calls
 * it outdated (RFC 9745), as far as an answer said; MC_TIME_NONE: none did. */
gint64 mc_exchange_sunset(const McExchange *x);
gint64 mc_exchange_deprecated(const McExchange *x);

/* GError for a verdict that ended something: code by class, the system's own words in the message. New. */
GError *mc_verdict_error(const McBinding *binding, const McVerdict *verdict);

/* --- questions: what only the person can answer while a login is under way --- */
/* Somebody is there to answer. Without this a login that needs the person fails with MC_ERROR_LOGIN. */
void mc_exchange_may_ask(McExchange *x);
/* After next() or feed(): the question that came up since, new; NULL: none did. Its id is the driver's. */
McQuestion *mc_exchange_take_question(McExchange *x);
/* What became of the one taken last. While it is OPEN the exchange may go on (a device grant polls). */
McQuestionState mc_exchange_question_state(const McExchange *x);
/* The person's answer, name -> text; NULL: they give up, and it fails with MC_ERROR_CANCELLED. */
void mc_exchange_answer(McExchange *x, GHashTable *values);

/* --- session: what a login obtained. Immutable once made; refcounted; its text is a secret. --- */
McSession *mc_session_parse(const char *json, GError **error); /* NULL text: NULL session, no error */
char *mc_session_text(const McSession *session); /* JSON, to be kept as the secret "session"; mc wipes it */
McSession *mc_session_ref(McSession *session);
void mc_session_unref(McSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McSession, mc_session_unref)
/* The same credentials (by value); NULL equals NULL. */
gboolean mc_session_equal(const McSession *a, const McSession *b);
/* After feed: the session as the answer changed it (a Set-Cookie, a new CSRF token), for the driver to use
 * and store from now on; NULL: unchanged. New reference. */
McSession *mc_exchange_take_session_update(McExchange *x);

typedef enum {
  MC_AUTH_READY,   /* go on */
  MC_AUTH_REFRESH, /* run mc_auth_refresh() */
  MC_AUTH_LOGIN,   /* run mc_auth_login() with the stored secrets */
} McAuthNeed;
/* `session` may be NULL. Proactive: an access token within its skew of expiry needs a refresh. `expired`: an
 * answer just said so. */
McAuthNeed mc_auth_need(const McBinding *binding, const McSession *session, gint64 now, gboolean expired);
/* `secrets` maps name -> value (copied). Ends with a session (probe included when the connector has one). A
 * refused password fails with MC_ERROR_LOGIN. */
McExchange *mc_auth_login(McBinding *binding, GHashTable *secrets);
/* Whether a login always needs the person: what is stored is not enough for one. */
gboolean mc_auth_needs_person(const McBinding *binding);
/* Fails with MC_ERROR_LOGIN when the refresh token is refused: then log in. Rotated tokens are in the result;
 * the driver stores it before use. `secrets`: client secrets. */
McExchange *mc_auth_refresh(McBinding *binding, const McSession *session, GHashTable *secrets);
/* Reads auth.probe alone (every full pull does it first). Ends with a session. DONE at once without a probe.
 */
McExchange *mc_auth_probe(McBinding *binding, const McSession *session);
McSession *mc_auth_take_session(McExchange *x); /* after DONE; new reference */
/* What the answer that ended it said of the account. */
McNeed mc_auth_barred(const McExchange *x);
/* The account name by which `is:mine` knows the person's own items (auth.probe keep "name" or "login",
 * else secret username). New string or NULL. */
char *mc_session_account(const McSession *session);

/* --- pulling a stream --- */
/* `cursor`: what the last complete pull left (JSON), NULL for the first. `full`: everything, so that absence
 * means something. Ends DONE only when the pull was complete (rule 5), or when it has to begin again: see
 * `restart`. */
McExchange *mc_pull_new(McBinding *binding, const char *stream, const char *cursor, gboolean full);
/* Whether a pull from this cursor should be full by now (delta.full, no delta at all, no cursor). */
gboolean mc_pull_wants_full(const McBinding *binding, const char *stream, const char *cursor, gint64 now);
/* What the answers fed so far brought and have not been taken: McItem (new array, never NULL) ... */
GPtrArray *mc_pull_take_items(McExchange *x);
/* ... and ids of tombstones. */
GPtrArray *mc_pull_take_removed(McExchange *x);
/* Whether all of the last page came; sub-requests may still be to be asked for its records. */
gboolean mc_pull_page_read(McExchange *x);
typedef struct {
  char *cursor;       /* JSON to keep for the next pull; NULL: none */
  gboolean full;      /* absence from it removes */
  gboolean unchanged; /* 304: nothing was sent, everything stays */
  gboolean restart;   /* the cursor means nothing any more: drop all, pull in full */
  gint64 total;       /* rows the system says there are, -1 unknown */
  guint rows, untranslated,
      bad_dates;  /* different records; states no table knows; dates that did not parse */
  char *oddities; /* those words and dates, each once and 20 at most, one a line; NULL: none */
} McPullResult;
const McPullResult *mc_pull_result(McExchange *x); /* after DONE, the oddities before it too; borrowed */

/* --- one record, whole --- */
/* Ends with the item filled: fields, history, attachments, etag, version. Where the answer is the list's own
 * record (it has the stream's key where the list has it), the whole map is applied anew: state, rights and
 * raw are as fresh. A record that may not be kept on this desk stays a stub. `gone`: the system has it no
 * more. */
McExchange *mc_detail_new(McBinding *binding, const McItem *item);
McItem *mc_detail_take(McExchange *x, gboolean *gone); /* after DONE; NULL when gone */
/* After DONE: whether all that the list says of the item was read anew; else its state is as old as before.
 */
gboolean mc_detail_is_whole(const McExchange *x);

/* --- fetching one attached file --- */
/* `item` as a detail exchange just gave it, `file` one of its attachments. The caller writes what comes where
 * mc_fetch_begin() says; at DONE it has the whole file, whose size and hash it compares. Nothing of a login
 * page, an error page or a changed file is ever part of it:
 * - an answer of HTML or JSON is the file only where its type or name says that it is such a file, and HTML
 *   never after a redirect;
 * - a redirect leads to the base origin or to one in `hosts`, there without credentials (rule 4);
 * - it goes on where it broke off only when the server says with a validator that it is the same file. */
McExchange *mc_fetch_new(McBinding *binding, const McItem *item, const McAttachment *file, GError **error);
/* How many bytes are there of it, and the validator that came with them; NULL: none. Before each request. */
void mc_fetch_have(McExchange *x, gint64 bytes, const char *validator);
typedef struct {
  gint64 offset;   /* where its first byte belongs: 0, or right behind what is there */
  gint64 total;    /* bytes of the whole file, -1 unknown */
  char *validator; /* to be kept with it, NULL: none; new string */
} McFetchHead;
/* For the sink of its requests. FALSE: the answer is not the file, and goes to memory. */
gboolean mc_fetch_begin(McExchange *x, int status, const GPtrArray *headers, McFetchHead *head);
gint64 mc_fetch_max(McExchange *x); /* bytes */
/* After DONE: the whole file, where it came inside of JSON; else NULL. New reference. */
GBytes *mc_fetch_take_content(McExchange *x);

/* --- delivering an action (rule 6) --- */
typedef enum {
  MC_DELIVERY_DONE,      /* took effect, exactly once */
  MC_DELIVERY_FAILED,    /* certainly had no effect: refused */
  MC_DELIVERY_CONFLICT,  /* certainly had no effect: changed by somebody else meanwhile */
  MC_DELIVERY_UNCERTAIN, /* cannot be known here: a person decides */
  MC_DELIVERY_LATER,     /* certainly had no effect, or may be repeated safely: try again later */
  MC_DELIVERY_WAITING,   /* the system took it, or it took effect, and something remains: stays on its way,
                          * never sent again, goes on at `wait_until` */
} McDeliveryEnd;
/* `frozen` from mc_action_freeze(). `own`: the record's version right after the person's own last action on
 * it, NULL: none known; it counts as seen. `memory`: what an earlier attempt left (JSON), NULL at first.
 * `interrupted`: an earlier attempt's mutating request may have left, and its answer was never seen (the
 * process died). */
McExchange *mc_delivery_new(McBinding *binding, const char *own, const char *action, const char *frozen,
                            const char *memory, gboolean interrupted);
/* JSON to be put on disk before the next request is sent (baseline of `before`, first send, attempts);
 * changes only between next() and feed(). Borrowed; NULL: none. */
const char *mc_delivery_memory(McExchange *x);
/* Whether what was sent may have had its effect, or has had it and something remains: if not, the action may
 * wait as one that was never sent. */
gboolean mc_delivery_in_doubt(McExchange *x);
/* What a person is told while it is on its way: that the system works on it, or that it took effect and what
 * remains. NULL: nothing but that it is being sent. New string. */
char *mc_delivery_words(McExchange *x);
/* The effect's request as a curl command with every credential left out, headers and body included, as far as
 * it can be known before any answer; or why it cannot be made. New string. For `--dry-run`. */
char *mc_delivery_preview(McExchange *x, gint64 now);
typedef struct {
  McDeliveryEnd end;
  int status;
  char *message;     /* the system's words, or why it is uncertain; cleaned, may be NULL */
  char *receipt;     /* what the system gave for it (a number, an id), may be NULL */
  char *created;     /* key of the record that a `new` action made, may be NULL */
  gboolean verified; /* known by reading back, not by the answer */
  gint64 wait_until; /* of WAITING; MC_TIME_NONE: as the driver finds right */
} McDeliveryResult;
const McDeliveryResult *mc_delivery_result(McExchange *x); /* after DONE; borrowed */
/* Whether the action is refused when the record's version changed: what is known of the record should then be
 * read anew after the action, or the person's next one would meet their own change. */
gboolean mc_delivery_minds_version(const McExchange *x);
/* Memory for an action that a person knows to have landed and of which something remains to be done; NULL:
 * nothing remains. New string. */
char *mc_delivery_landed_memory(const McBinding *binding, const char *action);

/* --- several actions of one kind in one request --- */
/* How many such actions one request may hold; 1: each goes alone. */
guint mc_delivery_batch_max(const McExchange *delivery);
/* Whether what comes next is its own request (and not reading back, or nothing). */
gboolean mc_delivery_sends_next(McExchange *delivery, gint64 now);
/* One request for these deliveries of one action of one binding (McExchange; borrowed, they must outlive it).
 * DONE when each has been told what became of it: those that ended have their result, the others go on as
 * exchanges of their own. Their memories change as with a request of their own. */
McExchange *mc_batch_new(GPtrArray *deliveries);
gboolean mc_delivery_has_ended(const McExchange *delivery);

/* --- lookups --- */
/* `inputs` name -> text. What is wrong with them is MC_ERROR_USAGE; an unknown lookup MC_ERROR_NOT_FOUND. */
McExchange *mc_lookup_new(McBinding *binding, const char *lookup, GHashTable *inputs, GError **error);
McLookupAnswer *mc_lookup_take(McExchange *x); /* after DONE; new */

#endif

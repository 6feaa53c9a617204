/* SPDX-License-Identifier: Apache-2.0 */
/* A connector file compiled: what profile*.c makes of it once, and what exchanges read. Everything here is
 * immutable after the profile is made. Where the language has kinds of a thing (of auth, pages, delta,
 * idempotency), a plan points to one const table of functions, and no other file asks which kind it is. */
#ifndef CONNECTOR_PLAN_H
#define CONNECTOR_PLAN_H

#include "connector/exchange.h"
#include "connector/shape.h"

/* --- names (rule "Names"): which roots a place sees --- */
typedef enum {
  MC_SEE_SECRET = 1 << 0,
  MC_SEE_SESSION = 1 << 1,
  MC_SEE_CURSOR = 1 << 2,
  MC_SEE_PAGE = 1 << 3,
  MC_SEE_ITEM = 1 << 4,
  MC_SEE_ACTION = 1 << 5,
  MC_SEE_TOKEN = 1 << 6,
  MC_SEE_REFRESH = 1 << 7,
  MC_SEE_REQUEST = 1 << 16, /* the finished request, for its signature */
  MC_SEE_SIGNATURE = 1 << 17,
  MC_SEE_BATCH = 1 << 8,
  MC_SEE_FILE = 1 << 12,
  MC_SEE_UPLOAD = 1 << 13,
} McSee; /* config and now are seen everywhere */

/* A compilation under way: the compiler, and what later parts need of earlier ones. */
typedef struct {
  McCompiler c;
  McProfile *profile;
  GPtrArray *kept;     /* names under session. */
  guint also;          /* McSee, wherever the present part looks */
  const cJSON *stream; /* whose items this part is about, where it is about one stream's */
} McBuild;
/* Sets the names of the place that is compiled next. `inputs`: an object whose keys are the names under
 * input. (NULL: none); `before`: likewise under before. */
void mc_build_place(McBuild *b, guint see, const cJSON *inputs, const cJSON *before);
/* Adds to the names of the place: `root` itself, or "root.KEY" for each key of `object`. */
void mc_build_add(McBuild *b, const char *root, const cJSON *object);

/* --- audience (rule 4) --- */
/* Whether a name stands for a credential or for what a login kept. */
gboolean mc_name_is_private(const char *name);
/* Faults for requests that show in the file already that such a name would leave its audience. */
void mc_audience_check(McBuild *b, const cJSON *root);

/* --- small parts --- */
typedef struct {
  char *name;
  McReader *reader;
} McKeep; /* {"name": R, ...} */
GPtrArray *mc_keep_compile(McCompiler *c, const cJSON *object, const char *name);
/* Sets each kept name that the answer has in `into` (an object). */
void mc_keep_read(const GPtrArray *keep, const cJSON *root, const McScope *scope, cJSON *into);
/* The same as the text of an object of its own, behind what `out` holds. */
void mc_keep_print(const GPtrArray *keep, const cJSON *root, const McScope *scope, GString *out);

typedef struct {
  char *name;
  McNode *node;
} McSet; /* {"name": NODE, ...} */

/* --- reading answers (answer.c) --- */
typedef enum { MC_FORMAT_ANY, MC_FORMAT_JSON, MC_FORMAT_XML, MC_FORMAT_TEXT } McFormat;
typedef struct {
  McFormat format;     /* ANY: as the system's other answers, JSON at last */
  const char *charset; /* of mc_charset_names, NULL: as the answer says */
} McForms;
/* Reads "format" and "charset" of a connector or a request. */
void mc_form_compile(McCompiler *c, const cJSON *object, McForms *form);
/* The body, which is there, as a tree; MC_ERROR_PROTOCOL says why not. */
McJson *mc_answer_read(const char *name, McForms form, const McResponse *response, GError **error);
/* What a request's own object says; all NULL for none. */
McForms mc_request_answer_form(const McRequestSpec *spec);
/* The same, and what the connector says of all answers. */
McForms mc_profile_answer_form(const McProfile *profile, const McRequestSpec *spec);
/* The body as a tree; NULL: there is none. `why` (a new string) is set when one was to be expected and it
 * cannot be read: a reading request asks for data; a writing one may be answered by any text, unless it is
 * said to be data. */
McJson *mc_answer_body(const char *name, McForms form, gboolean mutating, const McResponse *response,
                       char **why);

/* --- judging answers (rule 6) --- */
#define MC_WAIT_HEADER (-2) /* as long as Retry-After says */

typedef struct {
  McTest *when;
  McClass class;
  McNeed need; /* with the class auth */
  int effect;  /* -1: by the class; else whether it is unknown */
  gint64 wait; /* seconds, MC_WAIT_HEADER unless written */
  McReader *code, *message;
} McRule;
GPtrArray *mc_rules_compile(McCompiler *c, const cJSON *object, const char *name);
/* `expired`: each a test, or an object that says with `need` what only the person can mend. */
GPtrArray *mc_expired_compile(McCompiler *c, const cJSON *object, const char *name);

/* What one request's answer is judged by. */
typedef struct {
  const GPtrArray *errors, *conflict; /* its own, tried first; may be NULL */
  const McTest *success;              /* NULL: 2xx */
  gboolean mutating;                  /* its effect matters */
  gboolean anonymous;                 /* carries no session: `expired` has no meaning */
  gboolean not_modified;              /* 304 is an answer it asked for */
} McJudging;
/* Fills `verdict` (cleared before). `unreadable`: why the body is not the JSON it should be, or NULL. */
void mc_judge(const McBinding *binding, const McJudging *how, const McAnswer *answer, const char *unreadable,
              const McScope *scope, gint64 now, McVerdict *verdict);
void mc_verdict_clear(McVerdict *verdict);
/* Whether no later answer can be hoped for. */
gboolean mc_class_is_final(McClass class);
/* The class as a connector writes it; "ok" where all is well. Static. */
const char *mc_class_word(McClass class);

/* --- auth --- */
typedef struct McAuthKind McAuthKind;
typedef struct McSign McSign;

typedef struct {
  gboolean query; /* else a header */
  char *name;
  McTemplate *text; /* "Bearer {token}" */
  McNode *node;     /* or a node */
} McInject;

typedef enum { MC_UNIT_S, MC_UNIT_MS, MC_UNIT_EPOCH_S, MC_UNIT_EPOCH_MS, MC_UNIT_ISO } McUnit;

typedef enum { MC_CSRF_NONE, MC_CSRF_COOKIE, MC_CSRF_HEADER, MC_CSRF_BODY } McCsrf;

/* A second factor at login (auth-otp.c). */
typedef struct {
  McTest *when, *again; /* again: NULL: any refusal */
  McLabel *label;
  GPtrArray *keep, *inputs; /* McKeep, McInputPlan */
  McRequestSpec *request;
  gint64 tries;
} McOtp;
McOtp *mc_otp_compile(McBuild *b, const cJSON *source);
void mc_otp_free(McOtp *otp);

typedef struct {
  const McAuthKind *kind;       /* NULL: the system asks for none */
  McNode *origin;               /* the one other origin that login secrets may go to */
  McRequestSpec *login, *renew; /* NULL where the kind has none */
  McRequestSpec *device;        /* RFC 8628: then `login` is the poll */
  gint64 interval;              /* of polls, where the server names none */
  McOtp *otp;                   /* NULL: none */
  McReader *token, *refresh, *expires;
  McUnit unit;
  gint64 skew;
  gboolean client_basic; /* client id and secret go in Authorization */
  McNode *client_id;
  McInject *inject, *csrf_inject;
  McCsrf csrf;
  char *csrf_name;
  McReader *csrf_reader;
  McSign *sign;
  McNode *with;      /* the system whose session it shares */
  gboolean rotates;  /* a refresh token serves once */
  McTest *success;   /* of the login */
  GPtrArray *errors; /* McRule, of login and refresh */
  GPtrArray *keep;   /* McKeep, of the login */
  McRequestSpec *probe;
  McTest *probe_success;
  GPtrArray *probe_keep, *expired; /* McKeep, McRule */
  char **secrets;                  /* names a person is asked for */
  char **session_secrets;          /* those of them that a session must hold */
} McAuth;
void mc_auth_compile(McBuild *b, const cJSON *source, McAuth *auth);
void mc_auth_clear(McAuth *auth);
/* Adds the session's credentials to a request, if it goes to the base origin (rule 4). FALSE: they cannot be
 * put there, and it may not be sent. */
gboolean mc_auth_apply(const McBinding *binding, const McSession *session, const McScope *names,
                       McRequest *request, GError **error);

/* --- streams --- */
/* A list of records in an answer. */
typedef struct {
  McReader *reader;
  gboolean may_miss; /* a query that matches nothing is an empty list */
} McRecords;

typedef struct McPagerKind McPagerKind;
typedef struct McDeltaKind McDeltaKind;
typedef enum { MC_STOP_NONE, MC_STOP_EMPTY, MC_STOP_SHORT, MC_STOP_REPEAT } McStop;
typedef enum { MC_FULL_PERIOD, MC_FULL_NEVER } McFull;

typedef struct {
  const McPagerKind *kind;
  gint64 start, size, max; /* max: pages */
  McStop stop;
  McReader *total, *at;
  McTest *more;
} McPages;

/* The request that tells what changed since a token, asked again until there is no more. */
typedef struct {
  McRequestSpec *request;
  GPtrArray *records; /* McRecords */
  McReader *removed, *token;
  McTest *more;
  gint64 max; /* requests */
} McChanges;

typedef struct {
  const McDeltaKind *kind;
  McReader *cursor;     /* of a record, or of an answer for a token or a link */
  gboolean token_first; /* the first page's token counts, not the last's */
  gboolean moment;      /* the cursor is a moment */
  char *out, *tz;       /* how a moment is written */
  gint64 overlap, period;
  McFull full;
  gboolean etag, modified; /* validators that pages are asked for by */
  McTest *deleted, *restart;
  McChanges *changes;
} McDelta;

typedef struct McMapKey McMapKey;
typedef struct {
  const McMapKey *key;
  McReader *reader;
} McMapping;

typedef struct {
  McLabel *label;
  McReader *reader;
  gboolean is_private;
} McFieldPlan;

typedef struct {
  McReader *each, *when, *who, *what;
  McTest *where;
} McHistoryPlan;

typedef struct {
  GPtrArray *mappings, *refs, *fields; /* McMapping, McReader, McFieldPlan */
  McHistoryPlan *history;
} McMap;

/* Further requests for what a list of records leaves out: one for each record (max 0), or one for up to `max`
 * of them. */
typedef struct {
  McRequestSpec *request;
  gint64 max;
  McReader *of;      /* of a detail: the keys in its record */
  McRecords records; /* reader NULL: the answer itself */
  McReader *key;
  McMap map;
  gboolean missing_is_gone; /* else a record that does not come is an error */
} McSub;

typedef struct {
  McRequestSpec *request;
  McReader *record; /* NULL: the whole answer */
  McMap map;
  gboolean etag_header;
  McReader *etag;
  McTest *gone; /* NULL: 404 and 410 */
  McSub *sub;   /* may be NULL */
} McDetail;

typedef struct {
  char *name;
  gboolean has_kind;
  McKind kind;
  McRequestSpec *request;
  McRecords records;
  McReader *key;
  McPages pages;
  McDelta delta;
  McTest *where;
  GPtrArray *keep; /* McKeep */
  McMap map;
  McSub *sub;         /* may be NULL */
  GPtrArray *details; /* McDetail */
  gboolean no_cache;
  McTest *no_cache_if;
} McStream;
McStream *mc_stream_compile(McBuild *b, cJSON *source);
void mc_stream_free(McStream *stream);
void mc_map_compile(McBuild *b, cJSON *source, gboolean detail, McMap *map);
void mc_map_clear(McMap *map);
void mc_pages_compile(McBuild *b, cJSON *source, McPages *pages);
void mc_delta_compile(McBuild *b, cJSON *source, McDelta *delta);
void mc_delta_clear(McDelta *delta);
void mc_records_compile(McCompiler *c, const cJSON *source, McRecords *records);
McChanges *mc_changes_compile(McBuild *b, const cJSON *source);
void mc_changes_free(McChanges *changes);
/* `detail`: of a detail, else of a stream. NULL for NULL. */
McSub *mc_sub_compile(McBuild *b, cJSON *source, gboolean detail);
void mc_sub_free(McSub *sub);

/* --- actions --- */
typedef struct McOffer McOffer; /* what an item's record offers (choices.c) */
typedef struct {
  McInput *input; /* label left out: it depends on the language */
  McLabel *label;
  GPtrArray *titles;   /* McLabel, one a choice */
  McOffer *offer;      /* NULL: choices are static or a lookup's */
  cJSON *lookup;       /* position for a fault; borrowed */
  gboolean is_private; /* of a lookup: stands masked in the journal, and in a form */
} McInputPlan;
void mc_input_plan_free(McInputPlan *plan);
McOffer *mc_offer_compile(McBuild *b, const cJSON *from);
void mc_offer_free(McOffer *offer);
/* Sets the input's choices to those that each of these items (McItem) offers; FALSE: no record is here. */
gboolean mc_offer_fill(const McOffer *offer, const McBinding *binding, const GPtrArray *items,
                       McInput *input);
/* ... to those of one item (NULL: none), and MC_ERROR_USAGE where there are none for a value that is given.
 */
gboolean mc_offer_check(const McOffer *offer, const McBinding *binding, const McItem *item, McInput *input,
                        const char *value, GError **error);

typedef enum { MC_REPEAT_NEVER, MC_REPEAT_SAME, MC_REPEAT_FIELD, MC_REPEAT_HEADER } McRepeat;

typedef struct {
  McRequestSpec *request;
  McTest *landed, *absent;
  McReader *message;
  GPtrArray *keep; /* McKeep: what the steps after and the polling need, where no answer of ours told it */
  gint64 settle;
  gboolean always;
} McVerify;

/* One request of an action. Of several (`steps`) one is the main one, which rule 6 is about: those before it
 * are run anew at each attempt, those after it once it landed, again and again until they succeed. */
typedef struct {
  char *name; /* NULL: the action's `request` alone */
  McTest *only_if;
  McRequestSpec *request;
  McTest *success;
  GPtrArray *conflict, *errors, *keep; /* McTest, McRule, McKeep */
  gboolean repeatable, mutating;
  gboolean recalled; /* a step after the main one needs what it kept */
} McActStep;

typedef struct {
  McRequestSpec *request; /* to the address in Location, unless written */
  GPtrArray *keep;        /* McKeep, of the answer that accepted */
  McTest *accepted;       /* NULL: 202, or 303 with an address */
  McTest *until;          /* NULL: any good answer but 202 */
  McTest *failed;
  McReader *message;
  gint64 every, max; /* seconds */
} McPollPlan;

typedef struct {
  gint64 max;
  McNode *item;
  McReader *outcomes;
  McTest *match; /* NULL: by position */
  McTest *success;
  GPtrArray *conflict, *errors;
} McBatchPlan;

typedef struct {
  char *name, *stream;
  McLabel *label;
  gboolean creates, confirm, refetch;
  gboolean uploads; /* made of attachments.upload: its file is `upload`, too */
  guint states;     /* bits of McState that allow it; 0: not by state */
  McTest *allow;
  McReader *reason;
  GPtrArray *inputs;    /* McInputPlan */
  McTest *allow_detail; /* read from the record's detail */
  GPtrArray *steps;     /* McActStep, never none */
  guint main;           /* the one that rule 6 is about */
  McPollPlan *poll;     /* NULL: what is answered well is done */
  McBatchPlan *batch;   /* NULL: one action, one request */
  McRepeat repeat;
  char *header; /* of the idempotency key */
  gint64 lives;
  McVerify *verify;
  McRequestSpec *before;
  GPtrArray *before_keep;
  GPtrArray *update; /* McSet */
  McReader *created, *receipt;
  GPtrArray *fillers; /* McFillerPlan */
} McAction;
McAction *mc_action_compile(McBuild *b, cJSON *source);
void mc_action_free(McAction *action);
const McActStep *mc_action_main(const McAction *action);
/* How it stays single (rule 6), as a sentence. New string. */
char *mc_action_single_words(const McAction *action);
/* Whether something is left to do once the main request landed. */
gboolean mc_action_has_rest(const McAction *action);

/* --- profile-steps.c: the requests of an action. The place is set for the main request; `names` are those of
 * that place. --- */
/* Fills steps and main, from `request` or `steps`. */
void mc_steps_compile(McBuild *b, const cJSON *source, McAction *action);
void mc_poll_compile(McBuild *b, const cJSON *source, McAction *action);
void mc_batch_compile(McBuild *b, const cJSON *source, McAction *action);
/* What ties them to rule 6: after compiling `idempotency` and `unknown`. */
void mc_steps_check(McBuild *b, const cJSON *source, const McAction *action);
void mc_steps_clear(McAction *action);

/* --- lookups --- */
/* A lookup of another system's, or of the same connector, whose answer fills an action's form. */
typedef struct {
  char *connector, *lookup; /* connector NULL: its own */
  GPtrArray *with;          /* McSet: inputs of the lookup out of item and form */
  GPtrArray *fills;         /* McFill */
  const cJSON *source;
} McFillerPlan;

/* A value of a record's answer. */
typedef struct {
  char *name;
  McLabel *label;
  McReader *reader;
  gboolean is_private;
} McValuePlan;

typedef struct {
  char *name;
  McLabel *label;
  GPtrArray *inputs;    /* McInputPlan; the purpose is the last of them */
  gboolean has_purpose; /* a person has to say why */
  McRequestSpec *request;
  McReader *records, *value, *title; /* of a list, or */
  McTest *found;                     /* NULL: it is there unless the status is 404 or 410 */
  GPtrArray *values;                 /* McValuePlan; NULL: a list */
  GPtrArray *fills;                  /* McFill */
  gint64 cache;                      /* seconds; 0: kept nowhere */
  char *print;                       /* hash of its text in the file */
} McLookup;
McLookup *mc_lookup_compile(McBuild *b, cJSON *source);
void mc_lookup_free(McLookup *lookup);
GPtrArray *mc_fillers_compile(McBuild *b, const cJSON *action);
/* What ties lookups and forms together, when all of the file is compiled. */
void mc_lookups_check(McBuild *b, const cJSON *root);

/* The inputs of a form or a lookup. `lookup`: only pattern, required and label. */
GPtrArray *mc_inputs_compile(McBuild *b, const cJSON *object, gboolean lookup);
/* Faults of those that choose from an item's record, where there is no item. */
void mc_inputs_without_item(McBuild *b, const cJSON *object, const GPtrArray *inputs);
/* A copy with label and titles in the interface's language. */
McInput *mc_input_plan_show(const McInputPlan *plan);

typedef struct {
  char **streams;
  McRequestSpec *request; /* of the list; NULL: it stands in the record */
  McReader *list, *key, *name, *size, *type, *sha256;
  McTest *where;
  GPtrArray *keep;         /* McKeep */
  McRequestSpec *download; /* NULL: they cannot be fetched */
  gboolean resume;
  gint64 max;        /* bytes */
  McReader *content; /* where in JSON the base64 stands; NULL: the answer's body is the file */
} McFiles;
McFiles *mc_files_compile(McBuild *b, const cJSON *object);
void mc_files_free(McFiles *files);
gboolean mc_files_are_of(const McFiles *files, const char *stream);
/* The action that "upload" makes: its name, and the file's in its form. */
#define MC_UPLOAD_ACTION "attach"
#define MC_UPLOAD_INPUT  "file"
/* Compiles attachments.upload into an action; NULL: there is none. */
McAction *mc_upload_compile(McBuild *b, const cJSON *attachments);

/* --- tls --- */
typedef struct {
  McNode *ca, *cert, *key;
  char *passphrase; /* name of a secret */
} McTlsPlan;
void mc_tls_compile(McBuild *b, const cJSON *source, McTlsPlan *tls);
void mc_tls_plan_clear(McTlsPlan *tls);
/* Fills binding->tls, once its origins are known. */
void mc_tls_bind(McBinding *binding, const McScope *scope);
void mc_tls_clear(McTls *tls);

/* --- the whole --- */
typedef struct {
  char *key;
  McLabel *title;
  const char *type; /* static */
  gboolean required;
} McConfigPlan;

struct McProfile {
  gatomicrefcount refs;
  McJson *json;       /* compiled parts may borrow from it */
  cJSON *made;        /* and from what was made of parts of it, or NULL */
  GPtrArray *strings; /* name lists that the compiler borrowed */
  char *id;
  McLabel *title;
  McKind kind;
  GPtrArray *config; /* McConfigPlan */
  McNode *base;
  GPtrArray *hosts; /* McNode */
  McAuth auth;
  McTlsPlan tls;
  McForms form; /* of all answers, unless their request says otherwise */
  McLimits limits;
  GPtrArray *errors;                      /* McRule */
  GPtrArray *streams, *actions, *lookups; /* McStream, McAction, McLookup */
  McFiles *files;
  char **stream_names, **action_names, **lookup_names;
};

/* For profile-read.c: empty, of that file; and filled, with every fault. */
McProfile *mc_profile_new(McJson *json);
void mc_profile_compile(McBuild *b, const cJSON *root);
const McStream *mc_profile_stream(const McProfile *profile, const char *name); /* NULL name: the first */
const McAction *mc_profile_action(const McProfile *profile, const char *name);
const McLookup *mc_profile_lookup(const McProfile *profile, const char *name);
/* The same; NULL and MC_ERROR_NOT_FOUND with those that exist. */
const McLookup *mc_binding_lookup(const McBinding *binding, const char *name, GError **error);

struct McBinding {
  gatomicrefcount refs;
  McProfile *profile;
  McCalendar *calendar;
  char *system, *base, *origin;
  char *title;       /* what messages call it */
  char **hosts;      /* origins reached without credentials */
  char **auth_hosts; /* origins that login secrets may go to besides base */
  cJSON *config;
  McTls tls;
  char *gateway_name; /* of the system whose session it shares; NULL: it has its own */
  McBinding *gateway; /* of that system, once it is known */
};

/* A scope with config and now. */
McScope *mc_binding_scope(const McBinding *binding, gint64 now);
void mc_scope_set_now(McScope *scope, gint64 now);
/* Names under item. */
cJSON *mc_item_names(const McItem *item);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The item: one thing to handle, as its system last described it with the person's pending actions laid
 * over it (contract section 2). Plain values, no I/O.
 *
 * This is the main header of the model layer: item.h says what there is, worktime.h what its deadline means,
 * query.h how it is asked for. All of it is pure: no clock, no file, no network; `now` and the calendar are
 * arguments, so the same question always has the same answer. Texts are NFC but not cleaned: what goes to a
 * terminal passes through mc_text_clean() first. Values belong to whoever made them; an item owns all that
 * it points to, and is copied whole. A text or list of it may lie in the item's own memory, so none is freed
 * from outside: a member that was set is set anew with mc_item_set_text() and mc_item_set_list().
 *
 * Identity is `SYSTEM:KEY`, or `SYSTEM:STREAM/KEY` where a connector has several streams; the key is the
 * record's own, byte for byte. */
#ifndef MOTCUA_ITEM_H
#define MOTCUA_ITEM_H

#include <glib.h>
#include "motcua/clock.h"

typedef enum {
  MC_KIND_DOCUMENT,
  MC_KIND_CASE,
  MC_KIND_FEEDBACK,
  MC_KIND_MAIL,
  MC_KIND_MEETING,
  MC_KIND_ALERT,
  MC_KIND_COUNT
} McKind;

typedef enum {
  MC_STATE_NEW,
  MC_STATE_PROCESSING,
  MC_STATE_WAITING,
  MC_STATE_PAUSED,
  MC_STATE_APPROVAL,
  MC_STATE_READY,
  MC_STATE_DONE,
  MC_STATE_REJECTED,
  MC_STATE_WITHDRAWN,
  MC_STATE_UNKNOWN,
  MC_STATE_COUNT
} McState;

typedef enum {
  MC_URGENCY_NORMAL,
  MC_URGENCY_URGENT,
  MC_URGENCY_VERY_URGENT,
  MC_URGENCY_FLASH,
  MC_URGENCY_COUNT
} McUrgency;

typedef enum {
  MC_SECRECY_NONE,
  MC_SECRECY_CONFIDENTIAL,
  MC_SECRECY_SECRET,
  MC_SECRECY_TOP_SECRET,
  MC_SECRECY_COUNT
} McSecrecy;

typedef enum {
  MC_DEADLINE_NONE,
  MC_DEADLINE_ON_TIME,
  MC_DEADLINE_DUE_SOON,
  MC_DEADLINE_OVERDUE,
  MC_DEADLINE_LATE_DONE,
  MC_DEADLINE_COUNT
} McDeadline;

/* The contract's word of a value ("very_urgent"), and back; parse gives FALSE for an unknown word. */
const char *mc_kind_name(McKind kind);
const char *mc_state_name(McState state);
const char *mc_urgency_name(McUrgency urgency);
const char *mc_secrecy_name(McSecrecy secrecy);
const char *mc_deadline_name(McDeadline deadline);
gboolean mc_kind_parse(const char *word, McKind *kind);
gboolean mc_state_parse(const char *word, McState *state);
gboolean mc_urgency_parse(const char *word, McUrgency *urgency);
gboolean mc_secrecy_parse(const char *word, McSecrecy *secrecy);
/* The word shown to a person, translated ("Đang xử lý"). */
const char *mc_kind_label(McKind kind);
const char *mc_state_label(McState state);
const char *mc_urgency_label(McUrgency urgency);
const char *mc_secrecy_label(McSecrecy secrecy);
/* All but done, rejected, withdrawn. */
gboolean mc_state_is_open(McState state);

/* An action the item's system does not allow now, and why. */
typedef struct {
  char *action, *reason;
} McBlocked;

/* One label/value pair of the preview; a private value is shown masked until asked for. */
typedef struct {
  char *label, *value;
  gboolean is_private;
  gboolean is_inside; /* lies in its item's memory */
} McField;

typedef struct {
  gint64 when; /* MC_TIME_NONE where unknown */
  char *who, *what;
} McHistory;

typedef struct {
  char *key, *name, *type, *sha256;
  gint64 size; /* bytes, -1 where unknown */
  char *keep;  /* JSON of what its download needs; only right after the list was read */
} McAttachment;

typedef struct {
  char *id, *system, *stream, *key; /* id is derived from the other three */
  McKind kind;
  char *code, *title, *from, *raw_state, *assignee, *step, *version; /* NULL where unknown */
  McState state;     /* with the pending actions laid over it */
  McState sys_state; /* the system's own last word */
  McUrgency urgency;
  McSecrecy secrecy;
  gint64 received, due, finished; /* MC_TIME_NONE where unknown */
  gboolean unread, stale;
  int pending, attachment_count;
  gint64 as_of;
  gboolean key_is_number; /* the key was a JSON number: it goes back as one */
  char **actions;         /* allowed now; NULL-terminated, never NULL */
  GPtrArray *blocked;     /* McBlocked */
  char **refs;            /* folded references that tie items into a matter; never NULL */
  char **links;           /* ids of other items of the same matter; never NULL */
  char **tags;            /* never NULL */
  char *note;             /* the person's own, NULL when none */
  char *etag;             /* of the record, NULL when none */
  char *keep;             /* JSON object of the connector's kept values, NULL when none */
  char *anchor;           /* place in the listing it came from (snapshot.h); NULL elsewhere */
  char *raw;              /* the system's own record as JSON; NULL in lists */
  /* Details: empty arrays until they were fetched; NULL in lists. */
  GPtrArray *fields, *history, *attachments; /* McField, McHistory, McAttachment */
  gint64 detail_as_of;                       /* MC_TIME_NONE: never fetched */
  GPtrArray *forms; /* McForm of the allowed actions, for mc_item_to_json() alone; NULL where not asked for */
  struct McItemMemory *memory; /* item.c */
} McItem;

/* An item with every array empty and every moment MC_TIME_NONE. */
McItem *mc_item_new(const char *system, const char *stream, const char *key, gboolean several_streams);
/* The same with room for `room` more bytes in its memory, for one that is about to be filled. */
McItem *mc_item_new_with_room(const char *system, const char *stream, const char *key,
                              gboolean several_streams, gsize room);
McItem *mc_item_copy(const McItem *item);
void mc_item_free(McItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McItem, mc_item_free)

/* Sets `member` of the item anew; takes `text` (NULL: none), which g_malloc() gave; and `list`. */
void mc_item_set_text(McItem *item, char **member, char *text);
void mc_item_set_list(McItem *item, char ***member, char **list);
/* Copies into the item's memory, which go when the item goes: a text; a list of texts; a field, which the
 * caller puts among the item's fields. For what fills many items: no allocation of their own. */
char *mc_item_add_text(McItem *item, const char *bytes, gsize len);
char **mc_item_add_list(McItem *item, const char *const *texts);
McField *mc_item_add_field(McItem *item, const char *label, const char *value, gboolean is_private);

McField *mc_field_new(const char *label, const char *value, gboolean is_private);
void mc_field_free(McField *field);
McHistory *mc_history_new(gint64 when, const char *who, const char *what);
void mc_history_free(McHistory *entry);
McAttachment *mc_attachment_new(const char *key, const char *name, const char *type, gint64 size,
                                const char *sha256);
void mc_attachment_free(McAttachment *attachment);
McBlocked *mc_blocked_new(const char *action, const char *reason);
void mc_blocked_free(McBlocked *blocked);

/* SYSTEM of "SYSTEM:..."; new string, or NULL when it is not an id ([a-z0-9-]+ before the first colon
 * and something after it). */
char *mc_item_id_system(const char *id);

/* The item as one line of JSON, keys and order of contract section 2, absent when unknown; without
 * newline, moments in the calendar's zone, no character that is unsafe on a terminal. `whole` adds what
 * `show --json` adds: private values masked, in `raw` too where they stand in it whole, which else is byte
 * for byte. `names` (NULL: all) picks keys. `deadline` uses mc_calendar_due_soon(). `calendar` is not NULL.
 * New string. */
typedef struct McCalendar McCalendar;
char *mc_item_to_json(const McItem *item, const McCalendar *calendar, gint64 now, gboolean whole,
                      const char *const *names);
/* The keys of an item in a list (what --json=, --csv= and --table= take), in order. Static, NULL-terminated.
 */
const char *const *mc_item_json_keys(void);
/* One such key's value as plain text for CSV and tables: the contract's words, moments as in JSON, lists with
 * commas. Not cleaned for a terminal. New string, "" when unknown. */
char *mc_item_value(const McItem *item, const McCalendar *calendar, gint64 now, const char *name);

#endif

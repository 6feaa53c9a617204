/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling a stream, in parts that know only this of each other: pull.c runs it, pull-pages.c moves from page
 * to page, pull-delta.c decides from where on and remembers it, pull-changes.c reads what changed since a
 * token, pull-sub.c asks for what a list leaves out, pull-map.c makes items of records. */
#ifndef CONNECTOR_PULL_H
#define CONNECTOR_PULL_H

#include "connector/run.h"

/* --- the keys of a map --- */
const McKey *mc_map_shape(gboolean detail);
const McMapKey *mc_map_key_find(const char *name);
const char *mc_map_key_name(const McMapKey *key);
/* The words a key takes ("new, processing, ..."), NULL where it takes any text. */
const char *mc_map_key_words(const McMapKey *key);
gboolean mc_map_key_knows(const McMapKey *key, const char *word);

/* --- what may be done to an item, by its record (rights.c) --- */
typedef struct McRights McRights; /* what was found for records alike, of one stream */
void mc_rights_free(McRights *rights);
/* mc_actions_allow(); `*rights` (NULL at first) remembers. Items alike share their `blocked`. */
void mc_rights_allow(McRights **rights, const McBinding *binding, McItem *item, const McJson *json,
                     const cJSON *record);

typedef struct {
  guint untranslated, bad_dates;
  GPtrArray *oddities; /* what they were: each once, and the text that tells it behind it; NULL: none */
  McRights *rights;
  const McJson *json; /* whose records they are; NULL: made */
} McMapNotes;
void mc_map_notes_clear(McMapNotes *notes);
/* Its oddities, one a line; NULL: none. New string. */
char *mc_map_notes_text(const McMapNotes *notes);

/* Sets what the record has of the map's keys on the item; what it lacks stays as it was. */
void mc_map_apply(const McBinding *binding, const McMap *map, const cJSON *record, const McScope *scope,
                  McItem *item, McMapNotes *notes);
/* A new item of one record (of `json`, NULL: made), with its key alone; NULL and MC_ERROR_PROTOCOL when it
 * has none. */
McItem *mc_map_begin(const McBinding *binding, const McStream *stream, const McJson *json,
                     const cJSON *record, const McScope *scope, gint64 now, GError **error);
/* Fills it from a record, and then by the map `more` (may be NULL) from another. */
void mc_map_fill(const McBinding *binding, const McStream *stream, const cJSON *record, const McMap *more,
                 const cJSON *other, const McScope *scope, McItem *item, McMapNotes *notes);
/* What a text of a system becomes before it is kept: NFC, at most 4 KiB. New string; NULL for NULL. */
char *mc_map_text(const char *text);
/* Whether the record may not be kept on this desk; and making the item say no more than that it exists. */
gboolean mc_map_is_secret(const McStream *stream, const cJSON *record, const McScope *scope);
void mc_map_hide(McItem *item);

/* --- pages --- */
typedef struct {
  gint64 number, offset, rows; /* rows: received with the page that was just read */
  cJSON *cursor;               /* of the next page, NULL: none */
  char *link;                  /* URL of the next page, NULL: as the request is written */
  const char *url;             /* of the page that was just read; borrowed */
} McPlace;

/* What a pager may say after a page. */
typedef enum { MC_TURN_NEXT, MC_TURN_END, MC_TURN_STUCK } McTurn;

struct McPagerKind {
  const char *name;
  /* Moves `place` behind a page that was not the last by `stop`. */
  McTurn (*turn)(const McPages *pages, const McAnswer *answer, const McScope *scope, McPlace *place);
};
/* Whether this page was the last by `stop` or `total`; `rows`: of all pages so far. */
gboolean mc_pages_stop(const McPages *pages, gint64 page_rows, gint64 rows, gint64 total);

void mc_place_begin(const McPages *pages, McPlace *place);
void mc_place_clear(McPlace *place);
cJSON *mc_place_names(const McPages *pages, const McPlace *place);
/* What tells the next page from others, where it is not just the next number; NULL. New string. */
char *mc_place_text(const McPlace *place);
/* The target of the first link of that relation in an answer's Link headers (RFC 8288), as it is written.
 * New string or NULL. */
char *mc_link_target(const McResponse *response, const char *rel);

/* --- delta --- */
typedef struct McMark McMark; /* what a pull carries from one time to the next */
McMark *mc_mark_new(const McDelta *delta, const char *cursor, gboolean full);
void mc_mark_free(McMark *mark);
/* The cursor it was made of, NULL: none. New string. */
char *mc_mark_start(const McMark *mark);
/* The value of the name `cursor` for requests; NULL for a full pull. */
cJSON *mc_mark_value(const McMark *mark);
void mc_mark_record(McMark *mark, const cJSON *record, const McScope *scope);
void mc_mark_answer(McMark *mark, const McAnswer *answer, const McScope *scope, gboolean first);
/* The URL that this pull begins with (delta.link), and the one that the next will; NULL: none. Borrowed. */
const char *mc_mark_link(const McMark *mark);
const char *mc_mark_next_link(const McMark *mark);
/* Whether what is listed are changes: a record may stand there again. */
gboolean mc_mark_repeats(const McMark *mark);
/* Whether the answer says that the system has forgotten what the cursor stands for. */
gboolean mc_mark_is_lost(const McMark *mark, const McAnswer *answer, const McScope *scope);
/* The token that `changes` came to. Takes it. */
void mc_mark_take_token(McMark *mark, cJSON *token);
/* What to keep when the pull is complete. New JSON text. */
char *mc_mark_text(const McMark *mark, gboolean full, gint64 now);
/* Validators of the pages of the last pull (RFC 9110 8.8): how many pages there are; the URL of one, and its
 * entity tag and time of change, either NULL where it has none or is not to be asked by it. Borrowed. */
typedef struct {
  const char *url, *etag, *modified;
} McTag;
guint mc_mark_tags(const McMark *mark);
McTag mc_mark_tag(const McMark *mark, guint index);
/* Notes those of the next page; a page without any makes all of them worthless. */
void mc_mark_note_tag(McMark *mark, const char *url, const McResponse *response);
void mc_mark_keep_tags(McMark *mark); /* nothing has changed: as before */
void mc_mark_lose_tags(McMark *mark); /* what is read now is not the list they are of */

/* --- changes since a token --- */
typedef struct {
  GPtrArray *records, *owned; /* borrowed nodes; what keeps some of them alive */
  GHashTable *removed;        /* keys */
  cJSON *token;
  gboolean more;
} McChanged;
void mc_changed_init(McChanged *changed);
void mc_changed_clear(McChanged *changed);
/* NULL, or what is wrong: a new string. `stream`: its name. */
char *mc_changes_read(const McChanges *changes, const char *stream, const McAnswer *answer,
                      const McScope *scope, McChanged *changed);

/* --- sub-requests --- */
typedef struct {
  cJSON *key, *keep, *record; /* as the list has them; keep and record may be NULL */
  cJSON *found;               /* what came; NULL: nothing, it is gone */
} McSubOne;

typedef struct {
  const McSub *sub;
  const McReader *key;
  GPtrArray *ones; /* McSubOne, in order: what was asked for stands first */
  guint asked;     /* by the request that is out */
} McSubs;
/* `key`: what a record is told by where the sub-request does not say. */
void mc_subs_init(McSubs *subs, const McSub *sub, const McReader *key);
void mc_subs_clear(McSubs *subs);
McSubOne *mc_subs_add(McSubs *subs, cJSON *key, cJSON *record); /* takes both; borrowed */
gboolean mc_subs_wait(const McSubs *subs);
/* The next request; `asked` of them are in it. */
McRequest *mc_subs_request(McSubs *subs, McExchange *x, GError **error);
/* FALSE: nothing was taken, or the exchange has failed. Then each of `asked` has what came of it. */
gboolean mc_subs_fed(McSubs *subs, McExchange *x, const McAnswer *answer);
void mc_subs_drop(McSubs *subs); /* those of the last answer */
/* The list's record with what came laid over it. New. */
cJSON *mc_subs_whole(const McSubOne *one);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling a stream, in three parts that know only this of each other: pull.c runs it, pull-pages.c moves from
 * page to page, pull-delta.c decides from where on and remembers it, pull-map.c makes items of records. */
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

typedef struct {
  guint untranslated, bad_dates;
  char *first_trouble;
} McMapNotes;

/* Sets what the record has of the map's keys on the item; what it lacks stays as it was. */
void mc_map_apply(const McBinding *binding, const McMap *map, const cJSON *record, const McScope *scope,
                  McItem *item, McMapNotes *notes);
/* A new item of one record; NULL and MC_ERROR_PROTOCOL when it has no key. */
McItem *mc_map_item(const McBinding *binding, const McStream *stream, const cJSON *record,
                    const McScope *scope, gint64 now, McMapNotes *notes, GError **error);
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

/* --- delta --- */
typedef struct McMark McMark; /* what a pull carries from one time to the next */
McMark *mc_mark_new(const McDelta *delta, const char *cursor, gboolean full);
void mc_mark_free(McMark *mark);
/* The value of the name `cursor` for requests; NULL for a full pull. */
cJSON *mc_mark_value(const McMark *mark);
void mc_mark_record(McMark *mark, const cJSON *record, const McScope *scope);
void mc_mark_answer(McMark *mark, const McAnswer *answer, const McScope *scope, gboolean first);
/* What to keep when the pull is complete. New JSON text. */
char *mc_mark_text(const McMark *mark, gboolean full, gint64 now);
/* Entity tags of the pages of the last pull (RFC 9110 8.8.3): how many there are; the URL and tag of one.
 * Borrowed. */
guint mc_mark_tags(const McMark *mark);
const char *mc_mark_tag(const McMark *mark, guint index, const char **url);
/* Notes the tag of the next page; a page without one makes all of them worthless. */
void mc_mark_note_tag(McMark *mark, const char *url, const char *tag);
void mc_mark_keep_tags(McMark *mark); /* nothing has changed: as before */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* From page to page. Every kind is a function that moves the place behind the page just read; that a page
 * repeats, that it was asked for before or that there are too many is judged in pull.c, for all kinds alike.
 */
#include <string.h>

#include "connector/pull.h"
#include "motcua/i18n.h"

/* --- the kinds --- */
static McTurn
turn_none(const McPages *pages, const McAnswer *answer, const McScope *scope, McPlace *place)
{
  (void)pages, (void)answer, (void)scope, (void)place;
  return MC_TURN_END;
}

static McTurn
turn_page(const McPages *pages, const McAnswer *answer, const McScope *scope, McPlace *place)
{
  (void)pages, (void)answer, (void)scope;
  place->number++;
  return MC_TURN_NEXT;
}

static McTurn
turn_offset(const McPages *pages, const McAnswer *answer, const McScope *scope, McPlace *place)
{
  (void)pages, (void)answer, (void)scope;
  place->offset += place->rows;
  return place->rows ? MC_TURN_NEXT : MC_TURN_STUCK;
}

static gboolean
is_empty(const cJSON *value)
{
  return !value || (cJSON_IsString(value) && !*value->valuestring);
}

static McTurn
turn_cursor(const McPages *pages, const McAnswer *answer, const McScope *scope, McPlace *place)
{
  if (pages->more && !mc_test_eval(pages->more, answer, answer->root, scope))
    return MC_TURN_END;
  cJSON *cursor = mc_reader_read(pages->at, answer->root, scope, NULL);
  gboolean end = is_empty(cursor), stuck = !end && mc_json_equal(cursor, place->cursor);
  cJSON_Delete(place->cursor);
  place->cursor = cursor;
  return end ? (pages->more ? MC_TURN_STUCK : MC_TURN_END) : stuck ? MC_TURN_STUCK : MC_TURN_NEXT;
}

static McTurn
turn_link(const McPages *pages, const McAnswer *answer, const McScope *scope, McPlace *place)
{
  g_autofree char *link =
      pages->at ? mc_reader_text(pages->at, answer->root, scope) : mc_link_target(answer->response, "next");
  if (!link || !*link)
    return MC_TURN_END;
  char *url = mc_url_resolve(place->url, link);
  gboolean stuck = !url || g_str_equal(url, place->url);
  g_free(place->link);
  place->link = url;
  return stuck ? MC_TURN_STUCK : MC_TURN_NEXT;
}

static const McPagerKind kinds[] = {
    {"none", turn_none},     {"page", turn_page}, {"offset", turn_offset},
    {"cursor", turn_cursor}, {"link", turn_link},
};
enum { KIND_NONE, KIND_PAGE, KIND_OFFSET, KIND_CURSOR, KIND_LINK };

/* --- place --- */
void
mc_place_begin(const McPages *pages, McPlace *place)
{
  mc_place_clear(place);
  place->number = pages->start;
  place->offset = pages->start;
}

void
mc_place_clear(McPlace *place)
{
  cJSON_Delete(place->cursor);
  g_free(place->link);
  *place = (McPlace){0};
}

char *
mc_place_text(const McPlace *place)
{
  return place->link ? g_strdup(place->link) : place->cursor ? mc_json_print(place->cursor) : NULL;
}

cJSON *
mc_place_names(const McPages *pages, const McPlace *place)
{
  cJSON *names = cJSON_CreateObject();
  cJSON_AddItemToObject(names, "number", mc_json_new_int(place->number));
  cJSON_AddItemToObject(names, "offset", mc_json_new_int(place->offset));
  if (pages->size)
    cJSON_AddItemToObject(names, "size", mc_json_new_int(pages->size));
  if (place->cursor)
    cJSON_AddItemToObject(names, "cursor", cJSON_Duplicate(place->cursor, TRUE));
  return names;
}

gboolean
mc_pages_stop(const McPages *pages, gint64 page_rows, gint64 rows, gint64 total)
{
  if (total >= 0 && rows >= total)
    return TRUE;
  return (pages->stop == MC_STOP_EMPTY && page_rows == 0) ||
         (pages->stop == MC_STOP_SHORT && page_rows < pages->size);
}

/* --- compiling --- */
#define COMMON_KEYS                                                                                     \
  {"type", MC_SHAPE_STRING, TRUE}, {"max", MC_SHAPE_INTEGER, FALSE}, {"total", MC_SHAPE_READER, FALSE}, \
      {"stop", MC_SHAPE_STRING, FALSE},                                                                 \
  {                                                                                                     \
    "size", MC_SHAPE_INTEGER, FALSE                                                                     \
  }

static const McKey none_keys[] = {
    {"type", MC_SHAPE_STRING, TRUE}, {"total", MC_SHAPE_READER, FALSE}, {NULL, 0, FALSE}};
static const McKey count_keys[] = {COMMON_KEYS, {"start", MC_SHAPE_INTEGER, FALSE}, {NULL, 0, FALSE}};
static const McKey cursor_keys[] = {
    COMMON_KEYS, {"at", MC_SHAPE_READER, TRUE}, {"more", MC_SHAPE_OBJECT, FALSE}, {NULL, 0, FALSE}};
static const McKey link_keys[] = {COMMON_KEYS, {"at", MC_SHAPE_READER, FALSE}, {NULL, 0, FALSE}};
static const McKey *const kind_keys[] = {none_keys, count_keys, count_keys, cursor_keys, link_keys};

void
mc_pages_compile(McBuild *b, cJSON *source, McPages *pages)
{
  static const char *const types[] = {"none", "page", "offset", "cursor", "link", NULL};
  static const char *const stops[] = {"empty", "short", "repeat", NULL};
  McCompiler *c = &b->c;
  pages->kind = &kinds[KIND_NONE];
  pages->max = 1;
  if (!source)
    return;
  int type = mc_shape_word(c, source, "type", types, mc_shape_string(source, "type") ? -1 : KIND_NONE);
  if (type < 0)
    return;
  mc_shape_check(c, source, "pages", kind_keys[type]);
  pages->kind = &kinds[type];
  pages->total = mc_shape_member_reader(c, source, "total");
  if (type == KIND_NONE)
    return;
  gboolean counted = type == KIND_PAGE || type == KIND_OFFSET;
  pages->start = mc_shape_int(c, source, "start", 0, 1000000, type == KIND_PAGE ? 1 : 0);
  pages->size = mc_shape_int(c, source, "size", 1, 100000, 0);
  pages->max = mc_shape_int(c, source, "max", 1, 100000, 1);
  pages->stop = (McStop)(mc_shape_word(c, source, "stop", stops, counted ? 0 : -1) + 1);
  pages->at = mc_shape_member_reader(c, source, "at");
  pages->more = mc_shape_member_test(c, source, "more");
  if (!mc_json_get(source, "max"))
    mc_compile_fault(c, source, FALSE,
                     _("the pages are not bounded: give \"max\", the most pages there may be"));
  if (pages->stop == MC_STOP_SHORT && !pages->size)
    mc_compile_fault(c, mc_json_get(source, "stop"), FALSE,
                     _("\"stop\":\"short\" needs \"size\", the rows of a whole page"));
}

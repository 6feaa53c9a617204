/* SPDX-License-Identifier: Apache-2.0 */
/* Reading with a compiled reader: values come from their source one after another, each goes through the
 * steps, and what survives is kept: the first, or all. Nothing of a record is copied but what is kept. */
#include <string.h>
#include "connector/reader-parts.h"
#include "connector/value.h"

#define MAX_EXTRACTED 64 /* pieces of one text, where a list is wanted */

typedef struct {
  const McReader *reader;
  const cJSON *record;
  const McScope *scope;
  GPtrArray *kept;    /* cJSON, where all are wanted */
  const cJSON *value; /* else the first */
  cJSON *owned;       /* it too, where it is new */
  char **trouble;
} Run;

/* --- sources --- */

typedef struct {
  gboolean (*visit)(const cJSON *value, gpointer data);
  gpointer data;
  gboolean any;
} Visitor;

static gboolean
visit_present(const cJSON *match, gpointer data)
{
  const Visitor *visitor = data;
  return cJSON_IsNull(match) || visitor->visit(match, visitor->data);
}

static cJSON *
join_texts(const McReader *reader, const cJSON *record, const McScope *scope)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = 0; i < reader->readers->len; i++) {
    g_autofree char *text = mc_reader_text(reader->readers->pdata[i], record, scope);
    if (!text)
      return NULL;
    g_string_append(out, i && reader->with ? reader->with : "");
    g_string_append(out, text);
  }
  return cJSON_CreateString(out->str);
}

static gboolean
is_plain_path(const McReader *reader)
{
  return reader->plain && reader->from == MC_FROM_PATH;
}

static gboolean
visit_and_tell(const cJSON *value, gpointer data)
{
  Visitor *visitor = data;
  visitor->any = TRUE;
  return visitor->visit(value, visitor->data);
}

/* All that the first reader with anything gives. */
static void
visit_first(const McReader *reader, const cJSON *record, const McScope *scope, Visitor *visitor)
{
  for (guint i = 0; !visitor->any && i < reader->readers->len; i++) {
    const McReader *one = reader->readers->pdata[i];
    if (is_plain_path(one)) {
      mc_reader_sources(one, record, scope, visit_and_tell, visitor);
      continue;
    }
    cJSON *all = mc_reader_read_all(one, record, scope);
    for (const cJSON *value = all->child; value && visit_and_tell(value, visitor);)
      value = value->next;
    cJSON_Delete(all);
  }
}

static cJSON *
case_of(const McReader *reader, const cJSON *record, const McScope *scope)
{
  for (guint i = 0; i < reader->tests->len; i++)
    if (mc_test_eval(reader->tests->pdata[i], NULL, record, scope))
      return mc_reader_read(reader->readers->pdata[i], record, scope, NULL);
  return NULL;
}

static cJSON *
made_source(const McReader *reader, const cJSON *record, const McScope *scope)
{
  switch (reader->from) {
  case MC_FROM_JOIN:
    return join_texts(reader, record, scope);
  case MC_FROM_NODE:
    return mc_node_eval(reader->node, scope, NULL);
  case MC_FROM_TEST:
    return cJSON_CreateBool(mc_test_eval(reader->test, NULL, record, scope));
  case MC_FROM_CASE:
    return case_of(reader, record, scope);
  default:
    return NULL;
  }
}

void
mc_reader_sources(const McReader *reader, const cJSON *record, const McScope *scope,
                  gboolean (*visit)(const cJSON *value, gpointer data), gpointer data)
{
  Visitor visitor = {visit, data, FALSE};
  if (reader->from == MC_FROM_PATH && !mc_path_is_many(reader->path)) {
    const cJSON *value = mc_path_first(reader->path, record, scope);
    if (value)
      visit_present(value, &visitor);
  } else if (reader->from == MC_FROM_PATH) {
    mc_path_each(reader->path, record, scope, visit_present, &visitor);
  } else if (reader->from == MC_FROM_CONST) {
    visit_present(reader->constant, &visitor);
  } else if (reader->from == MC_FROM_FIRST) {
    visit_first(reader, record, scope, &visitor);
  } else {
    cJSON *made = made_source(reader, record, scope);
    if (made)
      visit_present(made, &visitor);
    cJSON_Delete(made);
  }
}

/* --- steps --- */

static gboolean
is_one_of(const cJSON *list, const cJSON *value)
{
  for (const cJSON *item = list ? list->child : NULL; item; item = item->next)
    if (mc_json_equal(item, value))
      return TRUE;
  return FALSE;
}

/* Whether what the source gives lives as long as the record and the reader. */
static gboolean
lasts(const McReader *reader)
{
  if (reader->from == MC_FROM_FIRST)
    for (guint i = 0; i < reader->readers->len; i++)
      if (!is_plain_path(reader->readers->pdata[i]))
        return FALSE;
  return reader->from == MC_FROM_PATH || reader->from == MC_FROM_CONST || reader->from == MC_FROM_FIRST;
}

/* Takes `owned` where the value is new. TRUE: go on to the next value. */
static gboolean
keep(Run *run, const cJSON *value, cJSON *owned)
{
  if (value && run->kept)
    g_ptr_array_add(run->kept, owned ? owned : mc_value_copy(value));
  else
    run->value = value, run->owned = owned;
  return !value || run->kept;
}

static gboolean
keep_otherwise(Run *run)
{
  cJSON *owned = NULL;
  const cJSON *value = mc_reader_peek(run->reader->otherwise, run->record, run->scope, &owned, NULL);
  return keep(run, value, owned);
}

/* From `as` on. `fleeting`: the value is gone soon. */
static gboolean
finish(Run *run, const cJSON *value, gboolean fleeting)
{
  const McReader *reader = run->reader;
  cJSON *cast = NULL;
  if (reader->cast.as != MC_AS_NONE) {
    g_autofree char *trouble = NULL;
    value = cast = mc_cast_apply(&reader->cast, value, run->scope, &trouble);
    if (trouble)
      mc_trouble(run->trouble, "%s%s%s", reader->path ? mc_path_text(reader->path) : "",
                 reader->path ? ": " : "", trouble);
  }
  if (value && reader->table) {
    const char *text = mc_json_text(value);
    const cJSON *entry = text ? g_hash_table_lookup(reader->table, text) : NULL;
    cJSON_Delete(cast);
    return entry ? keep(run, entry, NULL) : keep_otherwise(run);
  }
  if (value && !cast && fleeting)
    value = cast = mc_value_copy(value);
  return keep(run, value, cast);
}

/* `strip` and `prefix`, then the rest. */
static gboolean
finish_text(Run *run, const char *text)
{
  const McReader *reader = run->reader;
  g_autofree char *own = g_strdup(text);
  if (reader->trim)
    g_strstrip(own);
  const char *kept = own;
  if (reader->strip && g_str_has_prefix(own, reader->strip))
    kept += strlen(reader->strip);
  g_autofree char *whole = reader->prefix ? g_strconcat(reader->prefix, kept, NULL) : g_strdup(kept);
  cJSON *value = cJSON_CreateString(whole);
  gboolean more = finish(run, value, TRUE);
  cJSON_Delete(value);
  return more;
}

static gboolean
extract(Run *run, const char *text)
{
  const GRegex *regex = run->reader->extract;
  g_autoptr(GMatchInfo) info = NULL;
  int group = g_regex_get_capture_count(regex) > 0 ? 1 : 0;
  gboolean more = TRUE;
  mc_regex_match(regex, text, &info);
  for (int n = 0; more && n < MAX_EXTRACTED && g_match_info_matches(info); n++) {
    g_autofree char *piece = g_match_info_fetch(info, group);
    if (piece && *piece)
      more = finish_text(run, piece);
    if (!run->kept || !g_match_info_next(info, NULL))
      break;
  }
  return more;
}

static gboolean
process(const cJSON *value, gpointer data)
{
  Run *run = data;
  const McReader *reader = run->reader;
  if (is_one_of(reader->empty, value))
    return TRUE;
  if (!reader->extract && !reader->trim && !reader->strip && !reader->prefix)
    return finish(run, value, !lasts(reader));
  const char *text = mc_json_text(value);
  if (!text)
    return TRUE;
  return reader->extract ? extract(run, text) : finish_text(run, text);
}

/* Whether `a` goes before `b`: numbers by value, else texts by bytes. */
static gboolean
is_less(const cJSON *a, const cJSON *b)
{
  if (mc_json_is_number(a) && mc_json_is_number(b))
    return mc_number_compare(a->valuestring, b->valuestring) < 0;
  return g_strcmp0(mc_json_text(a), mc_json_text(b)) < 0;
}

/* Leaves the one that `pick` says. */
static void
pick_one(McPick pick, GPtrArray *kept)
{
  guint best = pick == MC_PICK_LAST ? kept->len - 1 : 0;
  for (guint i = 1; i < kept->len; i++)
    if ((pick == MC_PICK_MIN && is_less(kept->pdata[i], kept->pdata[best])) ||
        (pick == MC_PICK_MAX && is_less(kept->pdata[best], kept->pdata[i])))
      best = i;
  gpointer first = kept->pdata[0];
  kept->pdata[0] = kept->pdata[best];
  kept->pdata[best] = first;
  g_ptr_array_set_size(kept, 1);
}

static void
value_free(gpointer value)
{
  cJSON_Delete(value);
}

static GPtrArray *
run_all(const McReader *reader, const cJSON *record, const McScope *scope, char **trouble)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func(value_free);
  Run run = {.reader = reader, .record = record, .scope = scope, .kept = kept, .trouble = trouble};
  mc_reader_sources(reader, record, scope, process, &run);
  if (!kept->len)
    keep_otherwise(&run);
  if (reader->pick && kept->len)
    pick_one(reader->pick, kept);
  return kept;
}

/* --- what the outside calls --- */

static gboolean
keep_borrowed(const cJSON *value, gpointer data)
{
  *(const cJSON **)data = value;
  return FALSE;
}

const cJSON *
mc_reader_peek(const McReader *reader, const cJSON *record, const McScope *scope, cJSON **owned,
               char **trouble)
{
  const cJSON *value = NULL;
  *owned = NULL;
  if (!reader)
    return NULL;
  if (is_plain_path(reader) && !mc_path_is_many(reader->path)) {
    value = mc_path_first(reader->path, record, scope);
    return value && (value->type & 0xff) != cJSON_NULL ? value : NULL;
  }
  if (is_plain_path(reader)) {
    mc_reader_sources(reader, record, scope, keep_borrowed, &value);
    return value;
  }
  if (reader->pick) {
    g_autoptr(GPtrArray) kept = run_all(reader, record, scope, trouble);
    return *owned = kept->len ? g_ptr_array_steal_index(kept, 0) : NULL;
  }
  Run run = {.reader = reader, .record = record, .scope = scope, .trouble = trouble};
  mc_reader_sources(reader, record, scope, process, &run);
  if (!run.value)
    keep_otherwise(&run);
  *owned = run.owned;
  return run.value;
}

const cJSON *
mc_reader_borrow(const McReader *reader, const cJSON *record, const McScope *scope)
{
  cJSON *owned;
  return reader && is_plain_path(reader) ? mc_reader_peek(reader, record, scope, &owned, NULL) : NULL;
}

static gboolean
append_borrowed(const cJSON *value, gpointer data)
{
  g_ptr_array_add(data, (gpointer)value);
  return TRUE;
}

gboolean
mc_reader_borrow_all(const McReader *reader, const cJSON *record, const McScope *scope, GPtrArray *found)
{
  if (!reader || !is_plain_path(reader))
    return FALSE;
  mc_reader_sources(reader, record, scope, append_borrowed, found);
  return TRUE;
}

gboolean
mc_reader_has_holder(const McReader *reader, const cJSON *record, const McScope *scope)
{
  return reader && is_plain_path(reader) && mc_path_has_holder(reader->path, record, scope);
}

cJSON *
mc_reader_read(const McReader *reader, const cJSON *record, const McScope *scope, char **trouble)
{
  cJSON *owned;
  const cJSON *value = mc_reader_peek(reader, record, scope, &owned, trouble);
  return owned || !value ? owned : mc_value_copy(value);
}

cJSON *
mc_reader_read_all(const McReader *reader, const cJSON *record, const McScope *scope)
{
  cJSON *array = cJSON_CreateArray();
  if (!reader)
    return array;
  g_autoptr(GPtrArray) kept = run_all(reader, record, scope, NULL);
  for (guint i = 0; i < kept->len; i++)
    cJSON_AddItemToArray(array, kept->pdata[i]);
  g_ptr_array_set_free_func(kept, NULL);
  return array;
}

char *
mc_reader_text(const McReader *reader, const cJSON *record, const McScope *scope)
{
  cJSON *owned;
  char *text = g_strdup(mc_json_text(mc_reader_peek(reader, record, scope, &owned, NULL)));
  cJSON_Delete(owned);
  return text;
}

typedef struct {
  const McReader *reader;
  gint64 moment;
  gboolean bare, found;
  char **trouble;
} Moment;

static gboolean
take_moment(const cJSON *value, gpointer data)
{
  Moment *m = data;
  g_autofree char *trouble = NULL;
  if (is_one_of(m->reader->empty, value))
    return TRUE;
  m->found = mc_cast_moment(&m->reader->cast, value, &m->moment, &m->bare, &trouble);
  if (trouble)
    mc_trouble(m->trouble, "%s%s%s", m->reader->path ? mc_path_text(m->reader->path) : "",
               m->reader->path ? ": " : "", trouble);
  return !m->found;
}

/* Whether the cast is the last thing done to what comes from the record, so that its moment need not become
 * text and be read again. */
static gboolean
ends_in_cast(const McReader *reader)
{
  return (reader->cast.as == MC_AS_DATETIME || reader->cast.as == MC_AS_DATE) && !reader->extract &&
         !reader->trim && !reader->strip && !reader->prefix && !reader->table && !reader->otherwise &&
         !reader->pick;
}

gboolean
mc_reader_date(const McReader *reader, const cJSON *record, const McScope *scope, gint64 *moment,
               gboolean *bare, char **trouble)
{
  if (!reader)
    return FALSE;
  Moment m = {.reader = reader, .trouble = trouble};
  if (ends_in_cast(reader)) {
    mc_reader_sources(reader, record, scope, take_moment, &m);
  } else {
    cJSON *owned;
    const cJSON *value = mc_reader_peek(reader, record, scope, &owned, trouble);
    char *seconds[] = {(char *)"epoch-s", NULL};
    McCast cast = {.as = MC_AS_NONE, .in = mc_json_is_number(value) ? seconds : NULL};
    if (value)
      m.found = mc_cast_moment(&cast, value, &m.moment, &m.bare, trouble);
    cJSON_Delete(owned);
  }
  if (m.found) {
    *moment = m.moment;
    *bare = m.bare;
  }
  return m.found;
}

gboolean
mc_reader_moment(const McReader *reader, const cJSON *record, const McScope *scope, gint64 *moment,
                 char **trouble)
{
  gboolean bare;
  return mc_reader_date(reader, record, scope, moment, &bare, trouble);
}

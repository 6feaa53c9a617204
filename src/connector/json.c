/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader of JSON (json.h).
 *
 * Recursive descent, at most MC_JSON_DEPTH deep. The text is first validated as UTF-8 up to `end`; whatever
 * meets `end` before it is done says why the text stops there. Lines and columns are counted on
 * demand by one mark that moves forward, so that positions cost one pass whatever their number. Keys of the
 * objects being read lie on one stack; a large object sorts its own to find a duplicate, since a hash could
 * be chosen to collide. */
#include <string.h>
#include "connector/json-lex.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define SHOWN_COLUMNS 40 /* of a key that a message repeats */
#define SMALL_OBJECT  16 /* members compared pairwise */
#define BOM           "\xef\xbb\xbf"

typedef struct {
  const cJSON *parent;
  int line, column, key_line, key_column;
} Place;

struct McJson {
  char *name;
  cJSON *root;
  GHashTable *places; /* node -> Place, NULL unless asked for */
};

typedef struct {
  const char *text, *at; /* text is in the node */
  gsize len;
} Key;

static void
remember(McJsonReading *r, const cJSON *node, const cJSON *parent, const char *key, const char *at)
{
  if (!r->places)
    return;
  Place *place = g_new0(Place, 1);
  place->parent = parent;
  mc_json_locate(r, key ? key : at, &place->key_line, &place->key_column);
  mc_json_locate(r, at, &place->line, &place->column);
  g_hash_table_insert(r->places, (gpointer)node, place);
}

static char *
shown(const char *text)
{
  g_autofree char *clean = mc_text_clean(text, -1);
  return mc_text_ellipsize(clean, SHOWN_COLUMNS);
}

/* --- values --- */

static cJSON *read_value(McJsonReading *r, const cJSON *parent, const char *key, int depth);

static cJSON *
new_node(int type)
{
  cJSON *node = cJSON_CreateNull();
  if (!node)
    g_error("out of memory");
  node->type = type;
  return node;
}

static cJSON *
read_number(McJsonReading *r)
{
  const char *end = mc_json_scan_number(r);
  if (!end)
    return NULL;
  gsize len = end - r->pos;
  cJSON *node = new_node(cJSON_Raw);
  node->valuestring = mc_json_allocate(len + 1);
  memcpy(node->valuestring, r->pos, len);
  node->valuestring[len] = '\0';
  r->pos = end;
  return node;
}

static cJSON *
read_word(McJsonReading *r)
{
  static const struct {
    const char *word;
    int type;
  } words[] = {{"true", cJSON_True}, {"false", cJSON_False}, {"null", cJSON_NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
    gsize len = strlen(words[i].word);
    if ((gsize)(r->end - r->pos) >= len && memcmp(r->pos, words[i].word, len) == 0) {
      r->pos += len;
      return new_node(words[i].type);
    }
  }
  return mc_json_unexpected(r, r->pos, _("a value (an object, array, string, number, true, false or null)"));
}

/* After an element: TRUE with `*more` told, FALSE with a fault. */
static gboolean
read_separator(McJsonReading *r, char close, gboolean *more)
{
  if (!mc_json_skip_space(r))
    return FALSE;
  if (r->pos < r->end && (*r->pos == ',' || *r->pos == close)) {
    *more = *r->pos == ',';
    r->pos++;
    return TRUE;
  }
  g_autofree char *expected = g_strdup_printf(_("',' or '%c'"), close);
  mc_json_unexpected(r, r->pos, expected);
  return FALSE;
}

/* Whether the container that r->pos opens is empty; then it is consumed. */
static gboolean
read_empty(McJsonReading *r, char close, gboolean *empty)
{
  r->pos++;
  if (!mc_json_skip_space(r))
    return FALSE;
  *empty = r->pos < r->end && *r->pos == close;
  r->pos += *empty;
  return TRUE;
}

static gboolean
read_elements(McJsonReading *r, cJSON *array, int depth)
{
  gboolean empty, more = TRUE;
  if (!read_empty(r, ']', &empty))
    return FALSE;
  while (!empty && more) {
    cJSON *item = read_value(r, array, NULL, depth);
    if (!item)
      return FALSE;
    cJSON_AddItemToArray(array, item);
    if (!read_separator(r, ']', &more))
      return FALSE;
  }
  return TRUE;
}

static int
compare_keys(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
  const Key *x = a, *y = b;
  if (x->len != y->len)
    return x->len < y->len ? -1 : 1;
  int order = memcmp(x->text, y->text, x->len);
  return order ? order : (x->at > y->at) - (x->at < y->at);
}

static gboolean
same_key(const Key *a, const Key *b)
{
  return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Among the keys from `first` on, one that stands there before. */
static const Key *
duplicate(GArray *all, guint first)
{
  guint n = all->len - first;
  if (n < 2)
    return NULL;
  Key *keys = &g_array_index(all, Key, first);
  if (n > SMALL_OBJECT) {
    g_qsort_with_data(keys, (int)n, sizeof *keys, compare_keys, NULL);
    for (guint i = 1; i < n; i++)
      if (same_key(&keys[i - 1], &keys[i]))
        return &keys[i];
    return NULL;
  }
  for (guint i = 1; i < n; i++)
    for (guint j = 0; j < i; j++)
      if (same_key(&keys[i], &keys[j]))
        return &keys[i];
  return NULL;
}

static gboolean
read_member(McJsonReading *r, cJSON *object, int depth)
{
  Key key = {.at = NULL};
  if (!mc_json_skip_space(r))
    return FALSE;
  if (r->pos >= r->end || *r->pos != '"') {
    mc_json_unexpected(r, r->pos, _("a name in double quotes"));
    return FALSE;
  }
  key.at = r->pos;
  char *text = mc_json_read_string(r, &key.len);
  if (!text)
    return FALSE;
  cJSON *item = NULL;
  if (!mc_json_skip_space(r))
    goto out;
  if (r->pos >= r->end || *r->pos != ':') {
    mc_json_unexpected(r, r->pos, "':'");
    goto out;
  }
  r->pos++;
  item = read_value(r, object, key.at, depth);
out:
  if (!item) {
    cJSON_free(text);
    return FALSE;
  }
  key.text = item->string = text;
  cJSON_AddItemToArray(object, item);
  g_array_append_val(r->keys, key);
  return TRUE;
}

static gboolean
read_members(McJsonReading *r, cJSON *object, int depth)
{
  guint first = r->keys->len;
  gboolean empty, more = TRUE;
  if (!read_empty(r, '}', &empty))
    return FALSE;
  while (!empty && more)
    if (!read_member(r, object, depth) || !read_separator(r, '}', &more))
      return FALSE;
  const Key *twice = duplicate(r->keys, first);
  if (twice) {
    g_autofree char *key = shown(twice->text);
    mc_json_fail(r, twice->at, _("the name \"%s\" stands twice in one object, expected it once"), key);
    return FALSE;
  }
  g_array_set_size(r->keys, first);
  return TRUE;
}

static cJSON *
read_container(McJsonReading *r, const cJSON *parent, const char *key, int depth)
{
  gboolean is_object = *r->pos == '{';
  if (depth >= MC_JSON_DEPTH)
    return mc_json_fail(r, r->pos, _("nested too deep, expected at most %d levels"), MC_JSON_DEPTH);
  cJSON *node = new_node(is_object ? cJSON_Object : cJSON_Array);
  remember(r, node, parent, key, r->pos);
  if (is_object ? read_members(r, node, depth + 1) : read_elements(r, node, depth + 1))
    return node;
  cJSON_Delete(node);
  return NULL;
}

static cJSON *
read_scalar(McJsonReading *r)
{
  if (*r->pos == '-' || g_ascii_isdigit(*r->pos))
    return read_number(r);
  if (*r->pos != '"')
    return read_word(r);
  gsize len;
  char *text = mc_json_read_string(r, &len);
  if (!text)
    return NULL;
  cJSON *node = new_node(cJSON_String);
  node->valuestring = text;
  return node;
}

static cJSON *
read_value(McJsonReading *r, const cJSON *parent, const char *key, int depth)
{
  if (!mc_json_skip_space(r))
    return NULL;
  if (r->pos >= r->end)
    return mc_json_unexpected(r, r->pos,
                              _("a value (an object, array, string, number, true, false or null)"));
  if (*r->pos == '{' || *r->pos == '[')
    return read_container(r, parent, key, depth);
  const char *at = r->pos;
  cJSON *node = read_scalar(r);
  if (node)
    remember(r, node, parent, key, at);
  return node;
}

static cJSON *
read_text(McJsonReading *r)
{
  if (r->limit - r->start >= 3 && memcmp(r->start, BOM, 3) == 0) {
    if (!(r->flags & MC_JSON_COMMENTS))
      return mc_json_fail(r, r->start,
                          _("found a byte order mark, expected JSON without one (RFC 8259 section 8.1)"));
    r->pos = r->mark = r->start = r->start + 3;
  }
  g_utf8_validate_len(r->start, r->limit - r->start, &r->end);
  cJSON *root = read_value(r, NULL, NULL, 0);
  if (root && mc_json_skip_space(r) && r->pos == r->limit)
    return root;
  if (root && r->error && !*r->error)
    mc_json_unexpected(r, r->pos, _("the end of the text after the first value"));
  cJSON_Delete(root);
  return NULL;
}

McJson *
mc_json_parse(const char *name, const char *text, gsize len, McJsonFlags flags, GError **error)
{
  g_autoptr(GError) fault = NULL;
  if (len == 0)
    text = ""; /* empty bytes may be NULL */
  McJsonReading r = {
      .name = name, .start = text, .pos = text, .limit = text + len, .flags = flags, .error = &fault};
  r.mark = text;
  r.line = r.column = 1;
  r.keys = g_array_new(FALSE, FALSE, sizeof(Key));
  if (flags & MC_JSON_POSITIONS)
    r.places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  cJSON *root = read_text(&r);
  g_array_unref(r.keys);
  if (!root) {
    g_clear_pointer(&r.places, g_hash_table_unref);
    g_propagate_error(error, g_steal_pointer(&fault));
    return NULL;
  }
  McJson *json = g_new0(McJson, 1);
  json->name = g_strdup(name);
  json->root = root;
  json->places = r.places;
  return json;
}

void
mc_json_free(McJson *json)
{
  if (!json)
    return;
  g_clear_pointer(&json->places, g_hash_table_unref);
  cJSON_Delete(json->root);
  g_free(json->name);
  g_free(json);
}

const char *
mc_json_name(const McJson *json)
{
  return json->name;
}

cJSON *
mc_json_root(const McJson *json)
{
  return json->root;
}

static const Place *
place_of(const McJson *json, const cJSON *node)
{
  return json->places ? g_hash_table_lookup(json->places, node) : NULL;
}

gboolean
mc_json_where(const McJson *json, const cJSON *node, gboolean key, int *line, int *column)
{
  const Place *place = place_of(json, node);
  if (!place)
    return FALSE;
  *line = key ? place->key_line : place->line;
  *column = key ? place->key_column : place->column;
  return TRUE;
}

static void
prepend_segment(GString *pointer, const cJSON *parent, const cJSON *node)
{
  g_autoptr(GString) segment = g_string_new("/");
  if (cJSON_IsObject(parent)) {
    g_string_append(segment, node->string);
    g_string_replace(segment, "~", "~0", 0);
    for (gsize i = 1; i < segment->len; i++)
      if (segment->str[i] == '/') {
        g_string_overwrite(segment, i, "~");
        g_string_insert_c(segment, (gssize)i + 1, '1');
      }
  } else {
    int index = 0;
    for (const cJSON *item = parent->child; item != node; item = item->next)
      index++;
    g_string_append_printf(segment, "%d", index);
  }
  g_string_prepend(pointer, segment->str);
}

char *
mc_json_pointer(const McJson *json, const cJSON *node)
{
  GString *pointer = g_string_new(NULL);
  for (const Place *place = place_of(json, node); place && place->parent; place = place_of(json, node)) {
    prepend_segment(pointer, place->parent, node);
    node = place->parent;
  }
  return g_string_free(pointer, FALSE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader of JSON (json.h).
 *
 * Recursive descent, at most MC_JSON_DEPTH deep. A node is hung into its parent before it is read, and all
 * nodes lie in blocks, so that a fault leaves nothing to tidy up. Keys of the objects being read lie on one
 * stack; a duplicate is looked for in a small hash table, or, where a hash could have been chosen to collide,
 * by sorting.
 *
 * A reader that reads on (mc_json_parse_on) mends the slips that have one meaning: a comma missing or too
 * many, a name without quotes, a string that its line does not close. From any other fault it goes to the
 * next separator, marks what it left out as damaged, and is silent for the rest of the line: one slip, one
 * message. */
#include <string.h>
#include "connector/json-lex.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define SHOWN_COLUMNS 40 /* of a key that a message repeats */
#define BLOCK_MIN     15 /* nodes */
#define BLOCK_MAX     4096
#define SPARE_BLOCKS  6
#define BOM           "\xef\xbb\xbf"
#define A_VALUE       _("a value (an object, array, string, number, true, false or null)")

typedef struct {
  const cJSON *parent, *node;
  int line, column, key_line, key_column;
} Place;

typedef struct Block {
  struct Block *next;
  gsize used, size;
  cJSON nodes[];
} Block;

struct McJson {
  char *name, *text; /* a copy, in which the nodes' strings end */
  Block *blocks;
  cJSON *root;
  GHashTable *places;  /* node -> Place, NULL unless asked for */
  GHashTable *damaged; /* nodes, NULL for none */
  const char *source;  /* the text that was given */
  char *kept;          /* it, where it is the tree's own */
  cJSON *adopted;      /* the root, where others made it */
};

static void
remember(McJsonReading *r, const cJSON *node, const cJSON *parent, const char *key, const char *at)
{
  if (!r->json->places)
    return;
  Place *place = g_new0(Place, 1);
  place->parent = parent;
  place->node = node;
  mc_json_locate(r, key ? key : at, &place->key_line, &place->key_column);
  mc_json_locate(r, at, &place->line, &place->column);
  g_hash_table_insert(r->json->places, (gpointer)node, place);
}

static void
damage(McJsonReading *r, const cJSON *node)
{
  if (!r->json->damaged)
    r->json->damaged = g_hash_table_new(NULL, NULL);
  if (node)
    g_hash_table_add(r->json->damaged, (gpointer)node);
}

/* After a fault that costs something: to where reading can go on, in silence up to the end of the line.
 * FALSE: it cannot. */
static gboolean
resume(McJsonReading *r, const cJSON *lossy)
{
  int line, column;
  const char *from = r->pos;
  if (!r->tell)
    return FALSE;
  damage(r, lossy);
  mc_json_locate(r, from, &line, &column);
  mc_json_resume(r);
  if (r->pos != from || from >= r->end)
    r->quiet = line;
  r->broken = TRUE;
  return TRUE;
}

/* --- nodes --- */

/* Blocks of BLOCK_MAX that a text left, for the next: page after page needs the same memory, which the system
 * would otherwise take back and clear each time. */
static Block *spare[SPARE_BLOCKS];

static Block *
take_spare(void)
{
  Block *block = NULL;
  for (gsize i = 0; i < SPARE_BLOCKS && !block; i++)
    block = g_atomic_pointer_exchange(&spare[i], NULL);
  return block;
}

static void
block_free(Block *block)
{
  if (block->size != BLOCK_MAX) {
    g_free(block);
    return;
  }
  for (gsize i = 0; i < SPARE_BLOCKS && block; i++)
    if (!g_atomic_pointer_get(&spare[i]))
      block = g_atomic_pointer_exchange(&spare[i], block);
  g_free(block);
}

static Block *
add_block(McJson *json, gsize size)
{
  Block *block = size == BLOCK_MAX ? take_spare() : NULL;
  if (!block)
    block = g_malloc(sizeof *block + size * sizeof(cJSON));
  block->next = json->blocks;
  block->used = 0;
  block->size = size;
  return json->blocks = block;
}

static inline gboolean
skip_space(McJsonReading *r)
{
  return (r->pos < r->end && (guchar)*r->pos > ' ' && *r->pos != '/') || mc_json_skip_space(r);
}

/* A new node, the last child of `parent` (NULL: none) by the name of `string`. */
static inline cJSON *
new_node(McJsonReading *r, int type, cJSON *parent, char *string)
{
  Block *block = r->json->blocks;
  if (G_UNLIKELY(block->used == block->size))
    block = add_block(r->json, MIN(block->size * 2, BLOCK_MAX));
  cJSON *node = &block->nodes[block->used++];
  *node = (cJSON){.type = type, .string = string};
  if (!parent)
    return node;
  if (parent->child) { /* as in cJSON the first one's `prev` is the last one */
    node->prev = parent->child->prev;
    node->prev->next = node;
    parent->child->prev = node;
  } else {
    parent->child = node->prev = node;
  }
  return node;
}

typedef struct {
  cJSON *parent;
  const char *key; /* where its name stands, NULL: none */
  char *string;    /* its name */
} Slot;

static gboolean read_value(McJsonReading *r, const Slot *slot, int depth);

static gboolean
read_scalar(McJsonReading *r, const Slot *slot)
{
  static const struct {
    const char *word;
    int type;
  } words[] = {{"true", cJSON_True}, {"false", cJSON_False}, {"null", cJSON_NULL}};
  const char *at = r->pos;
  cJSON *node = NULL;
  if (*at == '"') {
    gsize len;
    char *text = mc_json_read_string(r, &len);
    if (!text)
      return FALSE;
    node = new_node(r, cJSON_String, slot->parent, slot->string);
    node->valuestring = text;
  } else if (*at == '-' || g_ascii_isdigit(*at)) {
    const char *end = mc_json_scan_number(r);
    if (!end)
      return FALSE;
    node = new_node(r, cJSON_Raw, slot->parent, slot->string);
    node->valuestring = r->copy + (at - r->text);
    node->valuestring[end - at] = '\0';
    r->pos = end;
  } else {
    for (gsize i = 0; i < G_N_ELEMENTS(words) && !node; i++) {
      gsize len = strlen(words[i].word);
      if ((gsize)(r->end - at) < len || memcmp(at, words[i].word, len) != 0)
        continue;
      r->pos += len;
      node = new_node(r, words[i].type, slot->parent, slot->string);
    }
    if (!node)
      return mc_json_unexpected(r, at, A_VALUE), FALSE;
  }
  if (!slot->parent)
    r->json->root = node;
  remember(r, node, slot->parent, slot->key, at);
  return TRUE;
}

/* --- containers --- */

/* What stands after an element is neither comma nor end. FALSE with a fault that ends the reading. */
static gboolean
mend_separator(McJsonReading *r, char close, gboolean *more)
{
  g_autofree char *expected = g_strdup_printf(_("',' or '%c'"), close);
  r->member = NULL;
  if (!r->broken)
    mc_json_unexpected(r, r->pos, expected);
  if (!r->tell)
    return FALSE;
  char c = r->pos < r->end ? *r->pos : '\0';
  if (c != '"' && c != '{' && c != '[' && c != ']' && c != '}') {
    resume(r, r->inside);
    if (!skip_space(r))
      return FALSE;
    c = r->pos < r->end ? *r->pos : '\0';
  }
  *more = c != '\0' && c != ']' && c != '}';
  r->pos += c == ',' || c == close;
  r->broken = FALSE;
  return TRUE;
}

/* After an element: TRUE with `*more` told, FALSE with a fault. */
static inline gboolean
read_separator(McJsonReading *r, char close, gboolean *more)
{
  if (!skip_space(r))
    return FALSE;
  if (r->pos < r->end && (*r->pos == ',' || *r->pos == close)) {
    *more = *r->pos == ',';
    r->pos++;
    r->broken = FALSE;
    return TRUE;
  }
  return mend_separator(r, close, more);
}

/* Whether the container ends at r->pos, behind its opening (then that is how it should be) or, `comma`,
 * behind a comma (a fault). It is consumed. */
static inline gboolean
read_end(McJsonReading *r, char close, gboolean comma, gboolean *end)
{
  if (!skip_space(r))
    return FALSE;
  *end = r->pos < r->end && *r->pos == close;
  if (*end && comma) {
    r->member = NULL;
    mc_json_unexpected(r, r->pos, close == ']' ? A_VALUE : _("a name in double quotes"));
    if (!r->tell)
      return FALSE;
  }
  r->pos += *end;
  return TRUE;
}

static gboolean
read_elements(McJsonReading *r, cJSON *array, int depth)
{
  gboolean end, more = TRUE;
  if (!read_end(r, ']', FALSE, &end))
    return FALSE;
  const Slot slot = {array, NULL, NULL};
  while (!end && more) {
    if (!read_value(r, &slot, depth) || !read_separator(r, ']', &more) ||
        (more && !read_end(r, ']', TRUE, &end)))
      return FALSE;
  }
  return TRUE;
}

/* The name of a member, r->pos behind it; NULL with a fault. */
static char *
read_name(McJsonReading *r, McJsonKey *key)
{
  key->at = r->pos;
  r->member = NULL;
  if (r->pos < r->end && *r->pos == '"')
    return mc_json_read_string(r, &key->len);
  mc_json_unexpected(r, r->pos, _("a name in double quotes"));
  return r->tell ? mc_json_bare_name(r, &key->len) : NULL;
}

static gboolean
read_colon(McJsonReading *r)
{
  if (!skip_space(r))
    return FALSE;
  if (r->pos < r->end && *r->pos == ':') {
    r->pos++;
    return TRUE;
  }
  if (!r->broken)
    mc_json_unexpected(r, r->pos, "':'");
  if (!r->tell || r->broken || r->pos >= r->end)
    return FALSE;
  r->pos += *r->pos == '=';
  return r->pos < r->end && *r->pos != ',' && *r->pos != '}' && *r->pos != ']';
}

static gboolean
read_member(McJsonReading *r, cJSON *object, int depth)
{
  McJsonKey key = {.at = NULL};
  char *text = read_name(r, &key);
  if (!text)
    return resume(r, object);
  const Slot slot = {object, key.at, text};
  key.text = r->member = text;
  if (!read_colon(r))
    return resume(r, object);
  if (!read_value(r, &slot, depth))
    return FALSE;
  g_array_append_val(r->keys, key);
  return TRUE;
}

static gboolean
read_members(McJsonReading *r, cJSON *object, int depth)
{
  guint first = r->keys->len;
  gboolean end, more = TRUE;
  if (!read_end(r, '}', FALSE, &end))
    return FALSE;
  while (!end && more) {
    if (!read_member(r, object, depth) || !read_separator(r, '}', &more) ||
        (more && !read_end(r, '}', TRUE, &end)))
      return FALSE;
  }
  const McJsonKey *twice = mc_json_duplicate(r->keys, first);
  if (twice) {
    g_autofree char *clean = mc_text_clean(twice->text, -1), *key = mc_text_ellipsize(clean, SHOWN_COLUMNS);
    r->member = NULL;
    mc_json_fail(r, twice->at, _("the name \"%s\" stands twice in one object, expected it once"), key);
    if (!r->tell)
      return FALSE;
  }
  g_array_set_size(r->keys, first);
  return TRUE;
}

/* --- values --- */

/* Instead of a value that cannot be read, where reading goes on. */
static gboolean
skip_value(McJsonReading *r, const Slot *slot)
{
  if (!r->tell)
    return FALSE;
  cJSON *node = new_node(r, cJSON_NULL, slot->parent, slot->string);
  if (!slot->parent)
    r->json->root = node;
  remember(r, node, slot->parent, slot->key, r->pos);
  return resume(r, node);
}

static gboolean
read_container(McJsonReading *r, const Slot *slot, int depth)
{
  gboolean is_object = *r->pos == '{';
  if (depth >= MC_JSON_DEPTH) {
    mc_json_fail(r, r->pos, _("nested too deep, expected at most %d levels"), MC_JSON_DEPTH);
    return skip_value(r, slot);
  }
  cJSON *node = new_node(r, is_object ? cJSON_Object : cJSON_Array, slot->parent, slot->string);
  cJSON *outside = r->inside;
  if (!slot->parent)
    r->json->root = node;
  remember(r, node, slot->parent, slot->key, r->pos);
  const char *at = r->pos++;
  guint written = r->written;
  r->inside = node;
  r->member = NULL;
  gboolean read = is_object ? read_members(r, node, depth + 1) : read_elements(r, node, depth + 1);
  r->inside = outside;
  if (read && r->written == written && r->pos - r->text < G_MAXINT) { /* unused by cJSON in a container */
    node->valueint = (int)(at - r->text);
    node->valuedouble = (double)(r->pos - r->text);
  }
  return read;
}

static gboolean
read_value(McJsonReading *r, const Slot *slot, int depth)
{
  if (!skip_space(r))
    return FALSE;
  if (r->pos >= r->end)
    mc_json_unexpected(r, r->pos, A_VALUE);
  else if (*r->pos == '{' || *r->pos == '[')
    return read_container(r, slot, depth);
  else if (read_scalar(r, slot))
    return TRUE;
  return skip_value(r, slot);
}

static gboolean
read_text(McJsonReading *r)
{
  static const Slot root = {NULL, NULL, NULL};
  if (r->limit - r->start >= 3 && memcmp(r->start, BOM, 3) == 0) {
    if (!(r->flags & MC_JSON_COMMENTS)) {
      mc_json_fail(r, r->start,
                   _("found a byte order mark, expected JSON without one (RFC 8259 section 8.1)"));
      return FALSE;
    }
    r->pos = r->mark = r->start = r->start + 3;
  }
  if (r->flags & MC_JSON_COMMENTS)
    g_utf8_validate_len(r->start, r->limit - r->start, &r->end);
  if (!read_value(r, &root, 0) || !skip_space(r))
    return FALSE;
  if (r->pos == r->limit)
    return TRUE;
  r->member = NULL;
  if (!r->told) /* else the end may have come too early by that */
    mc_json_unexpected(r, r->pos, _("the end of the text after the first value"));
  return FALSE;
}

/* Reads all; TRUE without a fault. */
static gboolean
read_all(McJsonReading *r, const char *text, gsize len)
{
  McJson *json = r->json;
  json->name = g_strdup(r->name);
  json->source = text;
  json->text = g_malloc(len + 1);
  memcpy(json->text, text, len);
  json->text[len] = '\0';
  add_block(json, CLAMP(len / 20, BLOCK_MIN, BLOCK_MAX));
  r->text = r->start = r->pos = r->mark = text;
  r->copy = json->text;
  r->end = r->limit = text + len;
  r->line = r->column = 1;
  r->keys = g_array_new(FALSE, FALSE, sizeof(McJsonKey));
  if (r->flags & MC_JSON_POSITIONS)
    json->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  gboolean read = read_text(r);
  g_array_unref(r->keys);
  return read;
}

McJson *
mc_json_parse(const char *name, const char *text, gsize len, McJsonFlags flags, GError **error)
{
  GError *fault = NULL;
  g_autoptr(McJson) json = g_new0(McJson, 1);
  McJsonReading r = {.name = name, .flags = flags, .json = json, .error = &fault};
  if (read_all(&r, len ? text : "", len)) /* empty bytes may be NULL */
    return g_steal_pointer(&json);
  g_propagate_error(error, fault);
  return NULL;
}

McJson *
mc_json_parse_on(const char *name, const char *text, gsize len, McJsonFault tell, gpointer data)
{
  g_autoptr(McJson) json = g_new0(McJson, 1);
  McJsonReading r = {
      .name = name, .flags = MC_JSON_COMMENTS | MC_JSON_POSITIONS, .json = json, .tell = tell, .data = data};
  if (!read_all(&r, len ? text : "", len))
    damage(&r, json->root);
  return json->root ? g_steal_pointer(&json) : NULL;
}

McJson *
mc_json_parse_own(const char *name, char *text, gsize len, GError **error)
{
  McJson *json = mc_json_parse(name, text, len, MC_JSON_STRICT, error);
  if (json)
    json->kept = text;
  else
    g_free(text);
  return json;
}

McJson *
mc_json_adopt(const char *name, cJSON *root)
{
  McJson *json = g_new0(McJson, 1);
  json->name = g_strdup(name);
  json->root = json->adopted = root;
  return json;
}

gboolean
mc_json_is_damaged(const McJson *json, const cJSON *node)
{
  return json->damaged && g_hash_table_contains(json->damaged, node);
}

void
mc_json_free(McJson *json)
{
  if (!json)
    return;
  for (Block *block = json->blocks, *next; block; block = next) {
    next = block->next;
    block_free(block);
  }
  g_clear_pointer(&json->places, g_hash_table_unref);
  g_clear_pointer(&json->damaged, g_hash_table_unref);
  cJSON_Delete(json->adopted);
  g_free(json->kept);
  g_free(json->text);
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

const char *
mc_json_slice(const McJson *json, const cJSON *node, gsize *len)
{
  const Block *block = json ? json->blocks : NULL;
  while (block && !(node >= block->nodes && node < block->nodes + block->used))
    block = block->next;
  if (!block || !node->child || node->valuedouble == 0)
    return NULL;
  *len = (gsize)node->valuedouble - (gsize)node->valueint;
  return json->source + node->valueint;
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

void
mc_json_stand_for(McJson *json, const cJSON *node, const cJSON *original)
{
  const Place *place = place_of(json, original);
  if (place)
    g_hash_table_insert(json->places, (gpointer)node, g_memdup2(place, sizeof *place));
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
    prepend_segment(pointer, place->parent, place->node);
    node = place->parent;
  }
  return g_string_free(pointer, FALSE);
}

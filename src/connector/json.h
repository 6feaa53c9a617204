/* SPDX-License-Identifier: Apache-2.0 */
/* The one reader of JSON: connector files (with comments) and every byte a server sends (without).
 *
 * Strict where cJSON_Parse is not: RFC 8259 grammar, valid UTF-8 (NUL and lone surrogates refused), depth <=
 * 64, no duplicate keys, no trailing data, no leading zeros. Numbers become cJSON_Raw nodes that hold their
 * exact text, so that an identifier above 2^53 survives. Objects keep their order. */
#ifndef CONNECTOR_JSON_H
#define CONNECTOR_JSON_H

#include <glib.h>
#include <cjson/cJSON.h>

#define MC_JSON_DEPTH 64

typedef struct McJson McJson;

typedef enum {
  MC_JSON_STRICT = 0,
  MC_JSON_COMMENTS = 1 << 0,  /* line and block comments: for connector files */
  MC_JSON_POSITIONS = 1 << 1, /* remember line and column of every node */
} McJsonFlags;

/* MC_ERROR_PROTOCOL "NAME:LINE:COL: what was found, what was expected" at the first fault. `len` bytes. */
McJson *mc_json_parse(const char *name, const char *text, gsize len, McJsonFlags flags, GError **error);
/* The same of a text that it keeps, strictly; takes `text`. */
McJson *mc_json_parse_own(const char *name, char *text, gsize len, GError **error);
/* A tree made otherwise; takes `root`. */
McJson *mc_json_adopt(const char *name, cJSON *root);
void mc_json_free(McJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McJson, mc_json_free)
const char *mc_json_name(const McJson *json);
cJSON *mc_json_root(const McJson *json); /* borrowed */
/* The same for a file that a person wrote, with comments and positions: reads on after a fault and tells
 * each, with the pointer of where it stands. NULL where nothing was read at all. */
typedef void (*McJsonFault)(int line, int column, const char *pointer, const char *message, gpointer data);
McJson *mc_json_parse_on(const char *name, const char *text, gsize len, McJsonFault tell, gpointer data);
/* Whether something of it could not be read, so that what seems missing or wrong there may be no mistake. */
gboolean mc_json_is_damaged(const McJson *json, const cJSON *node);
/* Where a node (or, `key`, its name) begins; 1-based, columns in characters. FALSE without positions. */
gboolean mc_json_where(const McJson *json, const cJSON *node, gboolean key, int *line, int *column);
/* The text of an object or array where that is, byte for byte, what mc_json_print() would give; else NULL, as
 * it is for a node that is not its own. Lies in the text that was read, and lasts as long as that. */
const char *mc_json_slice(const McJson *json, const cJSON *node, gsize *len);
/* From now on `node`, of another tree, stands where `original` does: for what is made of parts of the file.
 */
void mc_json_stand_for(McJson *json, const cJSON *node, const cJSON *original);
/* RFC 6901 pointer of a node ("" for the root). New string. Needs positions. */
char *mc_json_pointer(const McJson *json, const cJSON *node);

/* Helpers on trees with raw numbers. */
/* The member of exactly that name, or NULL. */
cJSON *mc_json_get(const cJSON *object, const char *name);
/* Text of a string or number node, or "true"/"false"; NULL for others. Borrowed. */
const char *mc_json_text(const cJSON *node);
gboolean mc_json_is_number(const cJSON *node);          /* a raw node that is a number */
gboolean mc_json_int(const cJSON *node, gint64 *value); /* an integer number in range */
/* Same JSON type and value, whole trees; numbers by value when both fit gint64 or double, else by text. */
gboolean mc_json_equal(const cJSON *a, const cJSON *b);
/* Compact text, UTF-8, raw numbers as they were. New string. */
char *mc_json_print(const cJSON *node);
void mc_json_print_to(GString *out, const cJSON *node);
cJSON *mc_json_new_int(gint64 value); /* a raw number node */

#endif

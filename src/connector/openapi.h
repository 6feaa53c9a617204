/* SPDX-License-Identifier: Apache-2.0 */
/* A first draft of a connector out of an OpenAPI 3 description. What the description says is taken, what it
 * hints at is guessed, and what it cannot say is left open: such a place holds {} for a reader or an address,
 * or the word FILL for another text, both of which `check` refuses, and a comment "FILL: ..." before it says
 * what belongs there.
 *
 * The description is anybody's: references are followed within it alone, and only so many, so that cycles,
 * deep nesting and combinations end. */
#ifndef CONNECTOR_OPENAPI_H
#define CONNECTOR_OPENAPI_H

#include "connector/json.h"

/* The draft as text; `id`: of the connector, NULL: after the title. `open`: how many places are to be filled.
 * MC_ERROR_PROTOCOL: it is no such description. New text. */
char *mc_openapi_draft(const char *name, const char *text, gsize len, const char *id, guint *open,
                       GError **error);

#define MC_OPEN_WORD "FILL"

/* --- a draft as it grows: an object in which a member of this name is a comment --- */
#define MC_COMMENT "//"
void mc_draft_comment(cJSON *object, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Text of the draft. New string. */
char *mc_draft_print(const cJSON *draft);

/* --- the description --- */
typedef struct {
  const cJSON *root;
  guint left; /* references and schemas that may still be looked at */
  guint open; /* places left to be filled */
  cJSON *draft;
  GPtrArray *skipped; /* char *: operations of which nothing was made, and why */
} McOpenapi;

/* Leaves a place open: a comment, and the member `key` as {} or as the word. */
void mc_open_reader(McOpenapi *d, cJSON *object, const char *key, const char *what);
void mc_open_word(McOpenapi *d, cJSON *object, const char *key, const char *what);
void mc_openapi_skip(McOpenapi *d, const char *method, const char *path, const char *why);

/* The node, or what its $ref stands for; NULL: nowhere. */
const cJSON *mc_openapi_deref(McOpenapi *d, const cJSON *node);

/* A schema with its parts put together: of `allOf` all, of `oneOf` and `anyOf` the first that is not null. */
typedef struct {
  const cJSON *node;
  const char *type, *format; /* NULL: not said */
  const cJSON *items, *choices;
  GPtrArray *names, *schemas; /* of the properties, borrowed */
  GHashTable *required;       /* names of properties */
  gint64 max_length;          /* 0: not said */
  gboolean read_only;
} McSchema;
void mc_schema_read(McOpenapi *d, const cJSON *node, McSchema *schema);
void mc_schema_clear(McSchema *schema);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(McSchema, mc_schema_clear)
/* The property that one of these words names best, NULL: none. Words ignore case, '_' and '-'. */
const char *mc_schema_find(const McSchema *schema, const char *const *words);
const cJSON *mc_schema_property(const McSchema *schema, const char *name);
gboolean mc_openapi_is_word(const char *name, const char *const *words);
/* The schema of what an operation answers when all is well, of JSON; NULL: none is said. */
const cJSON *mc_openapi_answer(McOpenapi *d, const cJSON *operation, const cJSON **response);
/* Parameters of the path and of the operation, resolved; the operation's first. */
GPtrArray *mc_openapi_parameters(McOpenapi *d, const cJSON *item, const cJSON *operation);
/* A label out of title, summary or the first line of description, else the name. New string. */
char *mc_openapi_label(const cJSON *node, const char *name);
/* A name for a member: a-z, 0-9, '-', not in `object` yet. New string. */
char *mc_openapi_name(const char *text, const cJSON *object);
/* "/a/b" of these names (ended by NULL), as a pointer. New string. */
char *mc_openapi_pointer(const char *name, ...) G_GNUC_NULL_TERMINATED;

/* --- the parts of the draft --- */
void mc_openapi_auth(McOpenapi *d, const char *server);
void mc_openapi_streams(McOpenapi *d);
void mc_openapi_actions(McOpenapi *d);
/* The stream whose list stands at that path, in the draft; NULL: none. */
cJSON *mc_openapi_stream_at(McOpenapi *d, const char *path);
/* "/cases/{id}/notes" begins with the item path of "/cases": what follows the item, "" or "/notes". NULL: it
 * does not, or names more than the item. */
const char *mc_openapi_below(const char *list, const char *path);
/* A setting that a person gives; its name is `key`. */
void mc_openapi_setting(McOpenapi *d, const char *key, const char *title);

#endif

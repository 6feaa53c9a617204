/* SPDX-License-Identifier: Apache-2.0 */
/* The expressions of the connector language (connectors.md rules 1 and 2): typed nodes make values,
 * readers take them out of answers, tests decide. Each is compiled once, with every fault collected, and is
 * then immutable and thread safe; evaluation allocates its result and touches nothing else.
 *
 * A value is a cJSON tree (numbers raw); a missing value is NULL.
 *
 * Decided where the language leaves it open:
 * - A nested $join that is missing takes its `with` along. What comes from config, input or item and stands
 *   in a $join with quotes needs `escape`, unless it is cast to a number or a date.
 * - `required` is not met by an empty text. A `json` body that nothing is left of is {} or [].
 * - In a node base64 encodes, in a reader it decodes.
 * - `set` of $edit comes after `remove`, makes the objects on its way, and skips a missing value.
 * - The first match is the first that survives the steps; where a list is wanted, `extract` gives each piece.
 * - `strip` is a text taken off the front, or true for blanks at both ends.
 * - `then` and `else` may be readers or nodes.
 * - `has`: an element, a member of an object, or one match of a path with several.
 * - What is missing equals nothing, not even what is missing; eq null is true of null alone. lt and gt order
 *   numbers by value and texts by bytes.
 * - Without `tz` a time without an offset is UTC; of a due date it is the calendar's.
 * - If-Match and If-Unmodified-Since, and any If- of a request that changes something, may not be missing. */
#ifndef CONNECTOR_EXPR_H
#define CONNECTOR_EXPR_H

#include <glib.h>
#include "base/http.h"
#include "connector/json.h"
#include "motcua/clock.h"
#include "motcua/worktime.h"

/* --- names: what `{"$":NAME}` and `{NAME}` see --- */
typedef struct McScope McScope;
McScope *mc_scope_new(const McScope *parent); /* parent is borrowed and must outlive it; may be NULL */
void mc_scope_free(McScope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McScope, mc_scope_free)
/* Sets a root name ("item", "config", "now"); takes `value` (NULL removes it). */
void mc_scope_take(McScope *scope, const char *root, cJSON *value);
/* "item.keep.id" -> borrowed value, or NULL. The longest root wins; then members of objects. */
const cJSON *mc_scope_get(const McScope *scope, const char *name);
/* The name under which the engine gives the address of the answer being read: what "as":"url" resolves
 * against. Not to be written in a connector. */
#define MC_NAME_ANSWER_URL "answer.url"

/* --- faults and compiling --- */
typedef struct {
  char *file, *pointer, *message; /* message: what, expected, did you mean; translated */
  int line, column;
  gboolean warning;
  gboolean whole; /* the thing itself is wrong: what else is said of that place follows from it */
  gboolean moot;  /* it stands where the text could not be read: no fault of its own */
} McFault;
void mc_fault_free(McFault *fault);
/* "file:line:col: pointer: message". New string. */
char *mc_fault_format(const McFault *fault);

typedef struct {
  const McJson *json;         /* with positions */
  GPtrArray *faults;          /* McFault, appended to */
  const char *const *names;   /* root names allowed at this place, NULL: not checked */
  const McCalendar *calendar; /* for a date-only due; may be NULL */
} McCompiler;
/* What is compiled copies all it needs: the tree may go. A `source` of NULL compiles to NULL without a fault;
 * a NULL node, template or reader is missing, a NULL test is false. With a fault the result is NULL. Only
 * `due` is compiled with a calendar: a date without a time is then the end of that working day; where the
 * calendar is not known yet, mc_reader_date() tells a bare date apart. */
/* Appends a fault at `node` (or at its key). */
void mc_compile_fault(McCompiler *c, const cJSON *node, gboolean key, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* As a fault, but only a warning: the file still compiles. */
void mc_compile_warning(McCompiler *c, const cJSON *node, gboolean key, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Every member of `object` whose name is not in `allowed` is a fault with a did-you-mean (rule 7). */
void mc_compile_keys(McCompiler *c, const cJSON *object, const char *const *allowed);

/* --- typed nodes (rule 1) --- */
typedef struct McNode McNode;
McNode *mc_node_compile(McCompiler *c, const cJSON *source);
void mc_node_free(McNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McNode, mc_node_free)
/* New value, or NULL: missing (no error) or an error: a `required` node was missing (MC_ERROR_FAILED names
 * it), a value that cannot be cast. Objects and arrays emptied by missing members are missing themselves. */
cJSON *mc_node_eval(const McNode *node, const McScope *scope, GError **error);
gboolean mc_node_has_names(const McNode *node); /* false: a constant */
/* Calls `visit` with each name used. */
void mc_node_names(const McNode *node, void (*visit)(const char *name, gpointer data), gpointer data);

/* --- URL templates: RFC 6570 level 3 ({+x} only where the name is config or session) --- */
typedef struct McTemplate McTemplate;
McTemplate *mc_template_compile(McCompiler *c, const cJSON *source);
void mc_template_free(McTemplate *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McTemplate, mc_template_free)
/* New string; an error when a name in the path is missing or empty, or would be "." or "..". */
char *mc_template_expand(const McTemplate *t, const McScope *scope, GError **error);
/* The same names put in as they are, nothing encoded: for "Bearer {token}" of auth.inject. */
char *mc_template_text(const McTemplate *t, const McScope *scope, GError **error);

/* --- what an answer offers to tests and readers --- */
typedef struct {
  const McResponse *response; /* NULL for a stored record */
  const cJSON *root;          /* parsed body, NULL where it is none */
} McAnswer;

/* --- readers (rule 2) --- */
typedef struct McReader McReader;
McReader *mc_reader_compile(McCompiler *c, const cJSON *source);
/* The same where the object holds the caller's own keys too ("label", "unit"): `extra` names them. */
McReader *mc_reader_compile_with(McCompiler *c, const cJSON *source, const char *const *extra);
void mc_reader_free(McReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McReader, mc_reader_free)
/* First match, cast; NULL: missing. `trouble` (may be NULL) gets a new string when a value was there and
 * could not be cast ("due: "x" is not a date in ..."), still missing then. */
cJSON *mc_reader_read(const McReader *reader, const cJSON *record, const McScope *scope, char **trouble);
/* Every match, each cast: a new array (maybe empty). */
cJSON *mc_reader_read_all(const McReader *reader, const cJSON *record, const McScope *scope);
/* Text of the value as a new string, or NULL. */
char *mc_reader_text(const McReader *reader, const cJSON *record, const McScope *scope);
/* A value cast with "as":"datetime"|"date" is a string "YYYY-MM-DDTHH:MM:SSZ" unless `out` says otherwise;
 * this gives its moment. */
gboolean mc_reader_moment(const McReader *reader, const cJSON *record, const McScope *scope, gint64 *moment,
                          char **trouble);

/* The value itself, borrowed from the record, without a copy: for records and other large parts. NULL:
 * missing, or the reader is more than a path. */
const cJSON *mc_reader_borrow(const McReader *reader, const cJSON *record, const McScope *scope);
/* Each match so, appended to `found`; FALSE (and nothing appended) where the reader is more than a path. */
gboolean mc_reader_borrow_all(const McReader *reader, const cJSON *record, const McScope *scope,
                              GPtrArray *found);
/* Whether the XML element is there in which what it reads would stand: then nothing of it is an empty list.
 */
gboolean mc_reader_has_holder(const McReader *reader, const cJSON *record, const McScope *scope);
/* mc_reader_moment(), and in `bare` whether it was a date without a time of day (then the moment is its
 * 00:00). */
gboolean mc_reader_date(const McReader *reader, const cJSON *record, const McScope *scope, gint64 *moment,
                        gboolean *bare, char **trouble);
/* Calls `visit` with each name that nodes within it use. */
void mc_reader_names(const McReader *reader, void (*visit)(const char *name, gpointer data), gpointer data);

/* --- tests --- */
typedef struct McTest McTest;
McTest *mc_test_compile(McCompiler *c, const cJSON *source);
void mc_test_free(McTest *test);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McTest, mc_test_free)
/* `record` is what `at` reads: usually answer->root, an element in `some`/`every`, a stored record. */
gboolean mc_test_eval(const McTest *test, const McAnswer *answer, const cJSON *record, const McScope *scope);

/* --- requests --- */
typedef struct McRequestSpec McRequestSpec;
McRequestSpec *mc_request_compile(McCompiler *c, const cJSON *source, const char *default_method);
/* The same where the object holds the caller's own keys too ("resume", "max"): `extra` names them. */
McRequestSpec *mc_request_compile_with(McCompiler *c, const cJSON *source, const char *default_method,
                                       const char *const *extra);
void mc_request_spec_free(McRequestSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McRequestSpec, mc_request_spec_free)
/* Builds the request: URL (a path is appended to `base`; a whole URL is resolved against it and must be of
 * base's origin or of one in `hosts`), query, headers, body. Nothing of credentials: auth adds them. Errors
 * name the missing required value or the refused origin. */
McRequest *mc_request_build(const McRequestSpec *spec, const char *base, const char *const *hosts,
                            const McScope *scope, GError **error);
void mc_request_names(const McRequestSpec *spec, void (*visit)(const char *name, gpointer data),
                      gpointer data);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A connector file, read, checked and compiled; and its binding to one configured system.
 *
 * Both are immutable and reference counted; any thread may use them. Nothing here does I/O but
 * mc_profile_load(), which reads one file. */
#ifndef CONNECTOR_PROFILE_H
#define CONNECTOR_PROFILE_H

#include <glib.h>
#include "connector/expr.h"
#include "motcua/form.h"
#include "motcua/item.h"
#include "motcua/lookup.h"
#include "motcua/worktime.h"

typedef struct McProfile McProfile;
typedef struct McBinding McBinding;

/* Reads the file and checks all of it in one run: `faults` (McFault, new or appended) gets every fault. NULL
 * when one of them is not a mere warning. An unreadable file is one fault at 0:0. */
#define MC_PROFILE_MAX (1024 * 1024) /* bytes a file may have */
McProfile *mc_profile_load(const char *path, GPtrArray *faults);
McProfile *mc_profile_parse(const char *name, const char *text, gsize len, GPtrArray *faults);
McProfile *mc_profile_ref(McProfile *profile);
void mc_profile_unref(McProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McProfile, mc_profile_unref)

const char *mc_profile_id(const McProfile *profile);
/* In the interface's language (title.vi or title.en). Borrowed. */
const char *mc_profile_title(const McProfile *profile);
McKind mc_profile_kind(const McProfile *profile);

/* What `--set KEY=VALUE` may give. */
typedef struct {
  const char *key, *type; /* "url", "string", "integer", "boolean", "file" */
  const char *title;      /* in the interface's language; may be NULL */
  gboolean required;
} McConfigSpec;
GPtrArray *mc_profile_config(const McProfile *profile); /* McConfigSpec, borrowed; free the array */
/* Names of the login secrets it uses ("username", "password", "client_secret"), sorted. Borrowed. */
const char *const *mc_profile_secrets(const McProfile *profile);
/* Names of the streams, of the actions, of the lookups, in file order. Borrowed. */
const char *const *mc_profile_streams(const McProfile *profile);
const char *const *mc_profile_actions(const McProfile *profile);
const char *const *mc_profile_lookups(const McProfile *profile);

typedef struct {
  int concurrency, retries; /* retries of one reading request, default 4 */
  int timeout;              /* seconds; 0: not written, the desk's own */
  double rate;
  gsize max_body;
} McLimits;
const McLimits *mc_profile_limits(const McProfile *profile);

/* --- binding --- */
/* `config` maps key -> text from the system's file. Unknown keys, missing required ones, a wrong type:
 * MC_ERROR_CONFIG naming the key, what was expected, and what exists. Keeps references. */
McBinding *mc_binding_new(McProfile *profile, const char *system, GHashTable *config, McCalendar *calendar,
                          GError **error);
/* The same check for one setting, so that its place in the file can be told: `whose` begins the message,
 * *known is whether there is such a key. */
gboolean mc_profile_check_setting(const McProfile *profile, const char *whose, const char *key,
                                  const char *text, gboolean *known, GError **error);
McBinding *mc_binding_ref(McBinding *binding);
void mc_binding_unref(McBinding *binding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McBinding, mc_binding_unref)
McProfile *mc_binding_profile(const McBinding *binding); /* borrowed */
const char *mc_binding_system(const McBinding *binding);
/* What messages to a person call it; the system's name until it is set. Before the binding is shared. */
const char *mc_binding_title(const McBinding *binding);
void mc_binding_set_title(McBinding *binding, const char *title);
const char *mc_binding_base(const McBinding *binding); /* base URL */
/* What its connections need. Paths of files, NULL: none. Borrowed. */
typedef struct {
  char *ca, *cert, *key;
  const char *passphrase; /* name of the secret that opens the key */
  char **origins;         /* that the certificate may be shown to */
} McTls;
const McTls *mc_binding_tls(const McBinding *binding);
/* The system whose session this one shares, or NULL. Borrowed. */
const char *mc_binding_gateway(const McBinding *binding);
/* Tells that system's binding, once, before `binding` is used. Keeps a reference. */
void mc_binding_share(McBinding *binding, McBinding *gateway);

/* --- lookups --- */
/* One lookup as a person meets it; new. NULL and MC_ERROR_NOT_FOUND (with those that exist) for an unknown
 * one. */
McLookupInfo *mc_lookup_info(const McBinding *binding, const char *lookup, GError **error);
gboolean mc_lookup_check(const McBinding *binding, const char *lookup, GHashTable *inputs, GError **error);
/* What was asked, for the journal: "name=value ...", private ones masked, without the purpose. New string. */
char *mc_lookup_inputs_text(const McBinding *binding, const char *lookup, GHashTable *inputs);
/* Seconds that an answer may be kept, 0: not at all; the name of its place, and the answer as text. */
gint64 mc_lookup_cache(const McBinding *binding, const char *lookup);
char *mc_lookup_cache_key(const McBinding *binding, const char *lookup, GHashTable *inputs);
char *mc_lookup_answer_print(const McLookupAnswer *answer);
McLookupAnswer *mc_lookup_answer_parse(const McBinding *binding, const char *lookup, const char *text);

/* A lookup that the connector would fill an action's form by. */
typedef struct {
  char *connector, *lookup; /* connector: id; NULL: its own */
  GHashTable *given;        /* the lookup's inputs: name -> text */
  GPtrArray *fills;         /* McFill */
} McFillerWish;
void mc_filler_wish_free(McFillerWish *wish);
/* McFillerWish for this item (NULL: a new record) and what stands in the form (name -> text; may be NULL). */
GPtrArray *mc_action_fillers(const McBinding *binding, const char *action, const McItem *item,
                             GHashTable *values);

/* --- actions --- */
/* One action as a person sees it; new, free with mc_form_free(). NULL and MC_ERROR_NOT_FOUND (with the names
 * that exist) for an unknown action. */
McForm *mc_action_form(const McBinding *binding, const char *action, GError **error);
/* Fills in the choices that the records of these items (McItem) offer. */
void mc_action_offer(const McBinding *binding, McForm *form, const GPtrArray *items);

/* Names of the actions that make a new record. New. */
char **mc_action_creates(const McBinding *binding);
/* Id of the item that its new record became. New string; NULL: no such action. */
char *mc_action_created_id(const McBinding *binding, const char *action, const char *key);

/* Fills item->actions and item->blocked from the connector's `allow` rules on the item's record and effective
 * state. `record` is the system's own record; NULL: item->raw is parsed. Actions of other streams are left
 * out. */
void mc_actions_allow(const McBinding *binding, McItem *item, const cJSON *record);

/* Blocks those of item->actions that the record's detail does not allow (`allow_detail`). It holds until the
 * rights are read from the list's record again; an action is checked by it anew just before it is sent. */
void mc_actions_allow_detail(const McBinding *binding, McItem *item, const cJSON *record);

/* Checks an acceptance: the action exists, fits the item, is allowed now, and `fields` (name -> text; for
 * lists values joined by newline; a file: the JSON of its name, type, size and sha256) satisfies its form. On
 * success *frozen is the JSON of everything that must never change again (inputs, key, now, item version and
 * identity). MC_ERROR_USAGE / NOT_FOUND names the field and what was expected; MC_ERROR_REFUSED the
 * precondition that does not hold. */
gboolean mc_action_freeze(const McBinding *binding, const McItem *item, const char *action,
                          GHashTable *fields, const char *key, gint64 now, char **frozen, GError **error);
/* Whether `frozen` was made of this action with these fields, whatever its item was like. */
gboolean mc_action_is_same(const McBinding *binding, const char *frozen, const char *action,
                           GHashTable *fields);

/* Lays the action's `update` over an item (state, unread, assignee, raw_state, step, due); then
 * mc_actions_allow(). */
void mc_action_overlay(const McBinding *binding, McItem *item, const char *action, const char *frozen);

#endif

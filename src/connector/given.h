/* SPDX-License-Identifier: Apache-2.0 */
/* A file that a person gave to an action, as names see it: {"name","type","size","sha256"}. Its bytes stand
 * on disk under their hash; here they are only referred to, so that a request is made without reading any.
 * Only what the action itself was given can be referred to: what a server sends never names a file of this
 * machine. */
#ifndef CONNECTOR_GIVEN_H
#define CONNECTOR_GIVEN_H

#include "connector/expr.h"

/* Whether `value` is one of the files under `input.` of this scope. */
gboolean mc_given_is(const McScope *scope, const cJSON *value);
/* The text that stands for its base64 until the body is put together; new. It cannot be part of a query, a
 * header or a form. */
cJSON *mc_given_mark(const cJSON *value);
gboolean mc_given_has_mark(const char *text);
/* Adds the file as it is. */
void mc_given_add(McRequest *request, const cJSON *value);
/* Adds `text` (taken) with the bytes of the files in the place of their marks. `json`: the text was printed
 * as JSON. Without a mark it is the whole body where there is none yet. */
void mc_given_add_text(McRequest *request, char *text, gboolean json, const McScope *scope);

/* The body of RFC 7578: every member of the object that `parts` makes is a part: a file, a text, an object
 * (as JSON); of an array each element is one of the same name. */
gboolean mc_multipart_add(McRequest *request, const McNode *parts, const McScope *scope, GError **error);

#endif

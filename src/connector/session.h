/* SPDX-License-Identifier: Apache-2.0 */
/* Inside a session. Exchanges make a new one from an old one by way of a draft: a JSON tree with
 *   token, refresh, expires (epoch seconds), skew, keep {}, csrf, account, secret {}, cookies [{name, value,
 * path, until, secure}] Cookies belong to the base origin alone (rule 4), so no domain is kept. */
#ifndef CONNECTOR_SESSION_H
#define CONNECTOR_SESSION_H

#include "base/http.h"
#include "connector/exchange.h"

/* A session of that tree; takes it. */
McSession *mc_session_new(cJSON *tree);
/* The tree, borrowed; for NULL, NULL. */
const cJSON *mc_session_tree(const McSession *session);
/* A copy to change; an empty one for NULL. */
cJSON *mc_session_draft(const McSession *session);
/* Text of a member of the tree, or NULL. */
const char *mc_session_get(const McSession *session, const char *name);
/* Replaces a member by a string (NULL: removes it). */
void mc_draft_set(cJSON *draft, const char *name, const char *value);
/* Names under `session.`: what was kept, and csrf. */
cJSON *mc_session_names(const McSession *session);

/* Learns every Set-Cookie of an answer of `url` (RFC 6265 5.2, 5.3, host-only). Whether anything changed. */
gboolean mc_cookies_learn(cJSON *draft, const McResponse *response, const char *url, gint64 now);
/* The Cookie header for `url`. New string; NULL when no cookie belongs there. */
char *mc_cookies_for(const McSession *session, const char *url, gint64 now);
/* A cookie's value, or NULL. */
const char *mc_cookie_value(const cJSON *draft, const char *name);

#endif

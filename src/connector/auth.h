/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of credentials: how each is put on a request, and what a login must bring for it. */
#ifndef CONNECTOR_AUTH_H
#define CONNECTOR_AUTH_H

#include "connector/plan.h"
#include "connector/session.h"

struct McAuthKind {
  const char *name;
  /* Puts the session's credentials on a request that goes to the base origin. `names` sees token, session,
   * secret. */
  void (*apply)(const McBinding *binding, const McSession *session, const McScope *names, McRequest *request);
  /* Whether the session holds what apply() needs. */
  gboolean (*holds)(const McSession *session, const McAuth *auth);
};

extern const McAuthKind mc_auth_basic, mc_auth_key, mc_auth_token, mc_auth_cookie;

#endif

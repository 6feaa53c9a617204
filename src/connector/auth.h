/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of credentials: how each is put on a request, and what a login must bring for it. */
#ifndef CONNECTOR_AUTH_H
#define CONNECTOR_AUTH_H

#include "connector/plan.h"
#include "connector/session.h"

struct McAuthKind {
  const char *name;
  /* Puts the session's credentials on a request that goes to the base origin. `names` sees token, session,
   * secret. FALSE: it cannot be done, and the request may not be sent. */
  gboolean (*apply)(const McBinding *binding, const McSession *session, const McScope *names,
                    McRequest *request, GError **error);
  /* Whether the session holds what apply() needs. */
  gboolean (*holds)(const McSession *session, const McAuth *auth);
};

extern const McAuthKind mc_auth_basic, mc_auth_key, mc_auth_token, mc_auth_cookie, mc_auth_sign,
    mc_auth_shared;

/* A place where a credential is put. `fallback`: its value where none is written. NULL with a fault. */
McInject *mc_inject_compile(McCompiler *c, const cJSON *object, const char *fallback);
void mc_inject_free(McInject *inject);
/* FALSE when what it makes cannot stand there. A missing value puts nothing. */
gboolean mc_inject_put(const McBinding *binding, const McInject *inject, const McScope *names,
                       McRequest *request, GError **error);

/* auth-sign.c */
McSign *mc_sign_compile(McBuild *b, const cJSON *source);
void mc_sign_free(McSign *sign);
gboolean mc_sign_request(const McBinding *binding, const McScope *names, McRequest *request, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A login under way: two phases, asking for a session and probing it. How a session is asked for is a *way*:
 * one request (auth-login.c), a request and a second factor (auth-otp.c), a device grant (auth-device.c). A
 * way ends by handing the answer that holds the session to mc_login_take(). */
#ifndef CONNECTOR_AUTH_LOGIN_H
#define CONNECTOR_AUTH_LOGIN_H

#include "connector/auth.h"
#include "connector/run.h"

typedef struct McLogin McLogin;

typedef struct {
  McStep (*next)(McLogin *login, gint64 now, McRequest **request, gint64 *wait_until, GError **error);
  void (*fed)(McLogin *login, const McAnswer *answer, gint64 now);
  void (*answered)(McLogin *login, GHashTable *values); /* NULL: it asks nothing */
} McLoginWay;

extern const McLoginWay mc_way_device, mc_way_otp;

typedef enum { MC_LOGIN_ASK, MC_LOGIN_PROBE, MC_LOGIN_DONE } McLoginPhase;

struct McLogin {
  McExchange base;
  const McLoginWay *way;
  McLoginPhase phase;
  gboolean renewing, probing; /* probing: nothing but the probe was asked for */
  struct {
    gboolean polling, troubled; /* troubled: the last poll came to nothing */
    gint64 interval, pause, next, expires;
  } device;
  struct {
    gboolean wanted, given; /* a code is; it stands under input. */
    gint64 tried;           /* codes that were refused */
  } otp;
};

const McAuth *mc_login_auth(const McLogin *login);
/* A request for the base origin or `auth.origin`, with what the client proves itself by, and no session. It
 * is judged by the login's own rules; `mutating`: it may not leave twice unseen. */
McStep mc_login_send(McLogin *login, const McRequestSpec *spec, gboolean mutating, McRequest **request,
                     GError **error);
/* What becomes of an answer that should hold the session. */
void mc_login_fed(McLogin *login, const McAnswer *answer, gint64 now);
/* Makes the session of it, or fails where there is none in it. */
void mc_login_take(McLogin *login, const McAnswer *answer, gint64 now);
/* What of it protects against forged requests, into a session's draft. */
void mc_login_take_csrf(McLogin *login, const McAnswer *answer, cJSON *draft);
/* Whether an answer refused what was sent, as opposed to trouble on the way. */
gboolean mc_login_is_refusal(const McVerdict *verdict);
/* Fails with MC_ERROR_LOGIN; `words`: the system's own, or NULL. */
void mc_login_refuse(McLogin *login, const char *words);
/* Fails because nobody is there to answer. */
void mc_login_need_person(McLogin *login);

#endif

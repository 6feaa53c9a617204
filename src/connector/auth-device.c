/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant (RFC 8628): the person signs in with a browser somewhere else, and the token endpoint is
 * asked now and then how that goes.
 *
 * Polling is this file's own matter, not the driver's: what breaks on the way counts as a poll that came to
 * nothing, each pause after it twice as long (3.5), until the code expires. Servers differ from the letter in
 * ways that are taken as they are meant: an error inside a 200, a pending answer that is no 400, a
 * `verification_url`, no `interval`. */
#include <string.h>

#include "connector/auth-login.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

enum {
  SLOWER = 5,         /* 3.5: slow_down */
  MAX_INTERVAL = 300, /* seconds; more than that is no offer to wait for */
  MAX_PAUSE = 60,     /* seconds between polls while nothing is heard */
  LASTS = 600,        /* where the server does not say */
  MAX_LASTS = 86400,
  MAX_CODE = 64,
  MAX_ADDRESS = 2048
};

/* --- the request for a code --- */
static char *
member_text(const cJSON *root, const char *name)
{
  const char *text = mc_json_text(mc_json_get(root, name));
  return text && *text ? mc_text_clean(text, -1) : NULL;
}

static gint64
member_seconds(const cJSON *root, const char *name, gint64 max, gint64 fallback)
{
  const char *text = mc_json_text(mc_json_get(root, name));
  double number = text ? g_ascii_strtod(text, NULL) : 0;
  return number > 0 ? (gint64)CLAMP(number, 1, (double)max) : fallback;
}

/* An address that a person is sent to: no other scheme than the web's. */
static char *
member_address(const cJSON *root, const char *name)
{
  char *text = member_text(root, name);
  g_autofree char *origin = text && strlen(text) <= MAX_ADDRESS ? mc_url_origin(text) : NULL;
  if (!origin)
    g_clear_pointer(&text, g_free);
  return text;
}

static McQuestion *
read_question(const McLogin *login, const cJSON *root)
{
  g_autoptr(McQuestion) question = mc_question_new(MC_QUESTION_DEVICE, login->base.binding->system);
  question->code = member_text(root, "user_code");
  question->address = member_address(root, "verification_uri");
  if (!question->address)
    question->address = member_address(root, "verification_url");
  question->complete = member_address(root, "verification_uri_complete");
  question->lasts = member_seconds(root, "expires_in", MAX_LASTS, LASTS);
  gboolean whole = question->code && strlen(question->code) <= MAX_CODE && question->address;
  return whole ? g_steal_pointer(&question) : NULL;
}

static void
begin(McLogin *login, const cJSON *root, gint64 now)
{
  McExchange *x = &login->base;
  const char *code = mc_json_text(mc_json_get(root, "device_code"));
  McQuestion *question = code ? read_question(login, root) : NULL;
  if (!question) {
    mc_exchange_fail(x, g_error_new(MC_ERROR, MC_ERROR_PROTOCOL,
                                    _("%s: its answer has no code and address to sign in with (RFC 8628)"),
                                    mc_binding_title(x->binding)));
    return;
  }
  cJSON *before = cJSON_CreateObject();
  cJSON_AddStringToObject(before, "device_code", code);
  mc_scope_take(x->scope, "before", before);
  login->device.polling = TRUE;
  login->device.interval = member_seconds(root, "interval", MAX_INTERVAL, mc_login_auth(login)->interval);
  login->device.pause = login->device.interval;
  login->device.next = now + login->device.interval;
  login->device.expires = now + question->lasts;
  mc_exchange_ask(x, question);
}

static void
fed_begin(McLogin *login, const McAnswer *answer, gint64 now)
{
  if (login->base.verdict.class == MC_CLASS_OK)
    begin(login, answer->root, now);
  else
    mc_login_fed(login, answer, now);
}

/* --- polling --- */
static void
poll_again(McLogin *login, gint64 pause, gint64 now)
{
  login->device.pause = pause;
  login->device.next = now + pause;
  login->base.verdict.class = MC_CLASS_OK; /* nothing for the driver to repeat */
}

static void
expire(McLogin *login)
{
  McExchange *x = &login->base;
  mc_exchange_settle(x, MC_QUESTION_EXPIRED);
  if (login->device.troubled)
    mc_exchange_fail(
        x, g_error_new(MC_ERROR, MC_ERROR_UNREACHABLE,
                       _("%s could not be reached until the code expired. Log in again: motcua login %s"),
                       mc_binding_title(x->binding), x->binding->system));
  else
    mc_exchange_fail(x, g_error_new(MC_ERROR, MC_ERROR_LOGIN,
                                    _("%s: the code expired unused. Log in again: motcua login %s"),
                                    mc_binding_title(x->binding), x->binding->system));
}

static void
deny(McLogin *login)
{
  mc_exchange_settle(&login->base, MC_QUESTION_REFUSED);
  mc_login_refuse(login, _("signing in was declined in the browser"));
}

/* An error code of the token endpoint that polling knows; FALSE: another. */
static gboolean
fed_error(McLogin *login, const char *error, gint64 now)
{
  login->device.troubled = FALSE;
  if (strcmp(error, "authorization_pending") == 0) {
    poll_again(login, login->device.interval, now);
  } else if (strcmp(error, "slow_down") == 0) {
    login->device.interval = MIN(login->device.interval + SLOWER, MAX_INTERVAL);
    poll_again(login, login->device.interval, now);
  } else if (strcmp(error, "expired_token") == 0) {
    expire(login);
  } else if (strcmp(error, "access_denied") == 0) {
    deny(login);
  } else {
    return FALSE;
  }
  return TRUE;
}

static void
fed_poll(McLogin *login, const McAnswer *answer, gint64 now)
{
  McVerdict *v = &login->base.verdict;
  const char *error = mc_json_text(mc_json_get(answer->root, "error"));
  if (error && fed_error(login, error, now))
    return;
  if (v->class == MC_CLASS_OK && !error) {
    mc_exchange_settle(&login->base, MC_QUESTION_ANSWERED);
    mc_login_take(login, answer, now);
  } else if (v->class == MC_CLASS_OK || mc_login_is_refusal(v)) {
    mc_exchange_settle(&login->base, MC_QUESTION_REFUSED);
    g_autofree char *words = member_text(answer->root, "error_description");
    mc_login_refuse(login, words ? words : error ? error : v->message);
    v->class = MC_CLASS_PERMANENT;
  } else {
    login->device.troubled = TRUE;
    poll_again(login,
               MAX(MIN(login->device.pause * 2, MAX(MAX_PAUSE, login->device.interval)), v->retry_after),
               now);
  }
}

/* --- the way --- */
static McStep
device_next(McLogin *login, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  const McAuth *auth = mc_login_auth(login);
  if (!login->base.may_ask) {
    mc_login_need_person(login);
    return MC_STEP_FAILED;
  }
  if (!login->device.polling) /* asked twice it gives another code, and the first one expires: no harm */
    return mc_login_send(login, auth->device, FALSE, request, error);
  if (now >= login->device.expires) {
    expire(login);
    return MC_STEP_FAILED;
  }
  if (now < login->device.next) {
    *wait_until = MIN(login->device.next, login->device.expires);
    return MC_STEP_WAIT;
  }
  return mc_login_send(login, auth->login, TRUE, request, error);
}

static void
device_fed(McLogin *login, const McAnswer *answer, gint64 now)
{
  if (login->device.polling)
    fed_poll(login, answer, now);
  else
    fed_begin(login, answer, now);
}

const McLoginWay mc_way_device = {.next = device_next, .fed = device_fed};

/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in, renewing, probing: one exchange with up to two requests. The first asks for a session with
 * login secrets or a refresh token, which go to the base origin or the one other that `auth.origin` names;
 * the second, the probe, shows with the new session that it is good. Both leave at most once an attempt: a
 * rotating refresh token that is sent twice takes the login with it. */
#include <string.h>

#include "connector/auth-login.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

const McAuth *
mc_login_auth(const McLogin *login)
{
  return &login->base.binding->profile->auth;
}

static void
set_secrets(McLogin *login, GHashTable *secrets)
{
  cJSON *names = cJSON_CreateObject();
  GHashTableIter iter;
  gpointer name, value;
  if (secrets)
    g_hash_table_iter_init(&iter, secrets);
  while (secrets && g_hash_table_iter_next(&iter, &name, &value))
    cJSON_AddStringToObject(names, name, value);
  mc_scope_take(login->base.scope, "secret", names);
}

/* --- asking --- */
static void
add_client(McLogin *login, McRequest *request)
{
  const McAuth *auth = mc_login_auth(login);
  if (!auth->client_basic)
    return;
  cJSON *id = mc_node_eval(auth->client_id, login->base.scope, NULL);
  const char *secret = mc_json_text(mc_scope_get(login->base.scope, "secret.client_secret"));
  /* RFC 6749 2.3.1: both are form-encoded before they are joined. */
  g_autofree char *a = g_uri_escape_string(mc_json_text(id) ? mc_json_text(id) : "", NULL, FALSE);
  g_autofree char *b = g_uri_escape_string(secret ? secret : "", NULL, FALSE);
  g_autofree char *pair = g_strconcat(a, ":", b, NULL);
  g_autofree char *coded = g_base64_encode((const guchar *)pair, strlen(pair));
  g_autofree char *value = g_strconcat("Basic ", coded, NULL);
  mc_request_set_header(request, "Authorization", value);
  cJSON_Delete(id);
}

McStep
mc_login_send(McLogin *login, const McRequestSpec *spec, gboolean mutating, McRequest **request,
              GError **error)
{
  McExchange *x = &login->base;
  const McAuth *auth = mc_login_auth(login);
  *request =
      mc_request_build(spec, x->binding->base, (const char *const *)x->binding->auth_hosts, x->scope, error);
  if (!*request)
    return MC_STEP_FAILED;
  add_client(login, *request);
  x->judging =
      (McJudging){.errors = auth->errors, .success = auth->success, .mutating = mutating, .anonymous = TRUE};
  return MC_STEP_SEND;
}

static McStep
plain_next(McLogin *login, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  const McAuth *auth = mc_login_auth(login);
  (void)now, (void)wait_until;
  return mc_login_send(login, login->renewing ? auth->renew : auth->login, TRUE, request, error);
}

static McStep
probe(McLogin *login, McRequest **request, GError **error)
{
  McExchange *x = &login->base;
  *request = mc_exchange_request(x, mc_login_auth(login)->probe, error);
  x->judging.success = mc_login_auth(login)->probe_success;
  return *request ? MC_STEP_SEND : MC_STEP_FAILED;
}

static McStep
login_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  McLogin *login = (McLogin *)x;
  if (login->phase == MC_LOGIN_ASK)
    return login->way->next(login, now, request, wait_until, error);
  if (login->phase == MC_LOGIN_PROBE && mc_login_auth(login)->probe) {
    if (login->probing) { /* what a session holds of the secrets */
      const cJSON *held = x->session ? mc_json_get(mc_session_tree(x->session), "secret") : NULL;
      mc_scope_take(x->scope, "secret", held ? cJSON_Duplicate(held, TRUE) : NULL);
    }
    return probe(login, request, error);
  }
  login->phase = MC_LOGIN_DONE;
  return MC_STEP_DONE;
}

/* --- what the answer brings --- */
static gint64
expiry(const McAuth *auth, const char *text, gint64 now)
{
  gint64 moment = MC_TIME_NONE;
  if (auth->unit == MC_UNIT_ISO)
    return mc_time_parse_iso(text, NULL, &moment) ? moment : MC_TIME_NONE;
  char *end = NULL;
  double number = g_ascii_strtod(text, &end);
  if (end == text || number < 0 || number > 1e15)
    return MC_TIME_NONE;
  gboolean ms = auth->unit == MC_UNIT_MS || auth->unit == MC_UNIT_EPOCH_MS;
  gboolean relative = auth->unit == MC_UNIT_S || auth->unit == MC_UNIT_MS;
  return (gint64)(ms ? number / 1000 : number) + (relative ? now : 0);
}

/* Renewal ahead of time must leave most of a short life to be used. */
static void
take_expiry(const McAuth *auth, const cJSON *root, const McScope *scope, cJSON *draft, gint64 now)
{
  g_autofree char *text = auth->expires ? mc_reader_text(auth->expires, root, scope) : NULL;
  gint64 expires = text ? expiry(auth, text, now) : MC_TIME_NONE;
  cJSON_DeleteItemFromObjectCaseSensitive(draft, "expires");
  cJSON_DeleteItemFromObjectCaseSensitive(draft, "skew");
  if (expires == MC_TIME_NONE)
    return;
  cJSON_AddItemToObject(draft, "expires", mc_json_new_int(expires));
  cJSON_AddItemToObject(draft, "skew", mc_json_new_int(CLAMP((expires - now) / 4, 0, auth->skew)));
}

static void
take_token(const char *name, const McReader *reader, const cJSON *root, const McScope *scope, cJSON *draft)
{
  g_autofree char *text = reader ? mc_reader_text(reader, root, scope) : NULL;
  if (text && *text)
    mc_draft_set(draft, name, text); /* a refresh token that is not sent anew stays (RFC 6749 6) */
}

static cJSON *
member_object(cJSON *draft, const char *name)
{
  cJSON *object = mc_json_get(draft, name);
  return object ? object : cJSON_AddObjectToObject(draft, name);
}

static void
take_secrets(McLogin *login, cJSON *draft)
{
  const McAuth *auth = mc_login_auth(login);
  cJSON *held = member_object(draft, "secret");
  for (char **name = auth->session_secrets; *name; name++) {
    g_autofree char *path = g_strconcat("secret.", *name, NULL);
    const char *value = mc_json_text(mc_scope_get(login->base.scope, path));
    if (value)
      mc_draft_set(held, *name, value);
  }
  const char *account = mc_json_text(mc_scope_get(login->base.scope, "secret.username"));
  if (account)
    mc_draft_set(draft, "account", account);
}

void
mc_login_take_csrf(McLogin *login, const McAnswer *answer, cJSON *draft)
{
  const McAuth *auth = mc_login_auth(login);
  const McScope *scope = login->base.scope;
  const McCsrf how = auth->csrf;
  const char *found = how == MC_CSRF_COOKIE   ? mc_cookie_value(draft, auth->csrf_name)
                      : how == MC_CSRF_HEADER ? mc_response_header(answer->response, auth->csrf_name)
                                              : NULL;
  g_autofree char *text =
      how == MC_CSRF_BODY ? mc_reader_text(auth->csrf_reader, answer->root, scope) : g_strdup(found);
  if (text)
    mc_draft_set(draft, "csrf", text);
}

void
mc_login_refuse(McLogin *login, const char *words)
{
  McExchange *x = &login->base;
  GError *error = g_error_new(MC_ERROR, MC_ERROR_LOGIN, _("%s did not accept the login: %s"),
                              mc_binding_title(x->binding), words ? words : _("no reason given"));
  mc_exchange_fail(x, error);
}

void
mc_login_need_person(McLogin *login)
{
  const McBinding *binding = login->base.binding;
  login->base.verdict.need = MC_NEED_PERSON;
  mc_exchange_fail(&login->base, g_error_new(MC_ERROR, MC_ERROR_LOGIN,
                                             _("%s: logging in needs a person. Log in: motcua login %s"),
                                             mc_binding_title(binding), binding->system));
}

void
mc_login_take(McLogin *login, const McAnswer *answer, gint64 now)
{
  McExchange *x = &login->base;
  const McAuth *auth = mc_login_auth(login);
  cJSON *draft = mc_session_draft(x->session); /* empty at a login, but for what a second factor began with */
  take_token("token", auth->token, answer->root, x->scope, draft);
  take_token("refresh", auth->refresh, answer->root, x->scope, draft);
  take_expiry(auth, answer->root, x->scope, draft, now);
  take_secrets(login, draft);
  mc_cookies_learn(draft, answer->response, answer->response->url ? answer->response->url : x->url, now);
  mc_login_take_csrf(login, answer, draft);
  mc_keep_read(auth->keep, answer->root, x->scope, member_object(draft, "keep"));
  mc_exchange_take_draft(x, draft);
  if (!auth->kind->holds(x->session, auth))
    mc_login_refuse(login, x->verdict.message ? x->verdict.message : _("its answer has no session in it"));
  login->phase = login->renewing ? MC_LOGIN_DONE : MC_LOGIN_PROBE;
}

gboolean
mc_login_is_refusal(const McVerdict *v)
{
  return v->class == MC_CLASS_EXPIRED || (mc_class_is_final(v->class) && v->status && v->status < 500);
}

void
mc_login_fed(McLogin *login, const McAnswer *answer, gint64 now)
{
  McExchange *x = &login->base;
  McVerdict *v = &x->verdict;
  /* Nobody knows whether a token that serves once has served: it is not sent again. */
  gboolean spent = login->renewing && mc_login_auth(login)->rotates && !v->status && v->effect_unknown;
  if (v->class == MC_CLASS_OK)
    mc_login_take(login, answer, now);
  else if (v->need)
    mc_exchange_fail(x, mc_verdict_error(x->binding, v));
  else if (spent)
    mc_login_refuse(login, _("the answer to its renewal was lost"));
  else if (mc_login_is_refusal(v))
    mc_login_refuse(login, v->message ? v->message : v->code);
  else
    mc_exchange_usable(x);
  if (spent || v->class == MC_CLASS_EXPIRED) /* there is no session yet that could be renewed */
    v->class = MC_CLASS_PERMANENT;
}

static void
fed_probe(McLogin *login, const McAnswer *answer)
{
  McExchange *x = &login->base;
  McVerdict *v = &x->verdict;
  /* An answer that is whole but not the account's own comes from nobody's session. */
  if (v->class == MC_CLASS_PERMANENT && v->status >= 200 && v->status < 400)
    v->class = MC_CLASS_EXPIRED;
  if (v->class == MC_CLASS_EXPIRED && !login->probing) {
    if (v->need)
      mc_exchange_fail(x, mc_verdict_error(x->binding, v));
    mc_login_refuse(login, v->message);
    v->class = MC_CLASS_PERMANENT;
  }
  if (!mc_exchange_usable(x))
    return;
  cJSON *draft = mc_session_draft(x->session);
  mc_keep_read(mc_login_auth(login)->probe_keep, answer->root, x->scope, member_object(draft, "keep"));
  mc_exchange_take_draft(x, draft);
  login->phase = MC_LOGIN_DONE;
}

static void
login_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  McLogin *login = (McLogin *)x;
  if (login->phase == MC_LOGIN_ASK)
    login->way->fed(login, answer, now);
  else
    fed_probe(login, answer);
}

static void
login_answered(McExchange *x, GHashTable *values)
{
  McLogin *login = (McLogin *)x;
  if (login->way->answered)
    login->way->answered(login, values);
}

static void
login_recipe(const McExchange *x, cJSON *into)
{
  const McLogin *login = (const McLogin *)x;
  const cJSON *secrets = mc_scope_get(x->scope, "secret");
  cJSON_AddStringToObject(into, "how", login->probing ? "probe" : login->renewing ? "refresh" : "login");
  if (secrets)
    cJSON_AddItemToObject(into, "secrets", cJSON_Duplicate(secrets, TRUE));
  if (login->renewing && x->session)
    cJSON_AddItemToObject(into, "session", cJSON_Duplicate(mc_session_tree(x->session), TRUE));
}

static const McExchangeKind login_kind = {.name = "login",
                                          .next = login_next,
                                          .fed = login_fed,
                                          .answered = login_answered,
                                          .recipe = login_recipe};

/* One that waits for an answer is not recorded: gone through again it would find nobody to give it. */
static const McExchangeKind asking_kind = {
    .name = "login", .next = login_next, .fed = login_fed, .answered = login_answered};

/* One request brings the session. */
static const McLoginWay plain = {.next = plain_next, .fed = mc_login_fed};

static McLogin *
login_new(McBinding *binding, const McLoginWay *way)
{
  McLogin *login = mc_exchange_new(way == &mc_way_otp ? &asking_kind : &login_kind, sizeof *login, binding);
  login->way = way;
  return login;
}

/* --- making them --- */
McExchange *
mc_auth_login(McBinding *binding, GHashTable *secrets)
{
  const McAuth *auth = &binding->profile->auth;
  McLogin *login = login_new(binding, auth->device ? &mc_way_device : auth->otp ? &mc_way_otp : &plain);
  login->base.own_session = TRUE;
  set_secrets(login, secrets);
  if (auth->login)
    return &login->base;
  cJSON *draft = cJSON_CreateObject();
  if (auth->kind)
    take_secrets(login, draft);
  mc_exchange_take_draft(&login->base, draft);
  if (auth->kind && !auth->kind->holds(login->base.session, auth))
    mc_login_refuse(login, _("a secret is missing"));
  login->phase = MC_LOGIN_PROBE;
  return &login->base;
}

gboolean
mc_auth_needs_person(const McBinding *binding)
{
  return binding->profile->auth.device != NULL;
}

McExchange *
mc_auth_refresh(McBinding *binding, const McSession *session, GHashTable *secrets)
{
  McLogin *login = login_new(binding, &plain);
  const char *token = mc_session_get(session, "token"), *refresh = mc_session_get(session, "refresh");
  login->renewing = TRUE;
  set_secrets(login, secrets);
  mc_exchange_take_draft(&login->base, mc_session_draft(session));
  login->base.own_session = TRUE;
  mc_scope_take(login->base.scope, "token", token ? cJSON_CreateString(token) : NULL);
  mc_scope_take(login->base.scope, "refresh", refresh ? cJSON_CreateString(refresh) : NULL);
  if (!mc_login_auth(login)->renew)
    mc_login_refuse(login, _("its session cannot be renewed"));
  return &login->base;
}

McExchange *
mc_auth_probe(McBinding *binding, const McSession *session)
{
  McLogin *login = login_new(binding, &plain);
  (void)session; /* the driver passes the newest with each step */
  login->probing = TRUE;
  login->phase = MC_LOGIN_PROBE;
  return &login->base;
}

McSession *
mc_auth_take_session(McExchange *x)
{
  return x->session ? mc_session_ref(x->session) : NULL;
}

McNeed
mc_auth_barred(const McExchange *x)
{
  return x->verdict.need;
}

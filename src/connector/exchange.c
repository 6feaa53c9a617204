/* SPDX-License-Identifier: Apache-2.0 */
/* What all exchanges share; the kinds are in auth-login.c, pull.c, detail.c, deliver.c and lookup.c. */
#include <string.h>

#include "connector/auth.h"
#include "connector/compile.h"
#include "connector/run.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

/* A session that is refused again and again right after it was renewed is no matter of renewing. */
#define MAX_REFUSED 3

gpointer
mc_exchange_new(const McExchangeKind *kind, gsize size, McBinding *binding)
{
  McExchange *x = g_malloc0(size);
  x->kind = kind;
  x->binding = mc_binding_ref(binding);
  x->scope = mc_binding_scope(binding, 0);
  x->verdict.retry_after = -1;
  x->sunset = x->deprecated = MC_TIME_NONE;
  x->question_state = MC_QUESTION_ANSWERED;
  return x;
}

void
mc_exchange_free(McExchange *x)
{
  if (!x)
    return;
  if (x->kind->clear)
    x->kind->clear(x);
  mc_verdict_clear(&x->verdict);
  mc_question_free(x->question);
  mc_scope_free(x->scope);
  mc_session_unref(x->session);
  mc_session_unref(x->passed);
  g_clear_error(&x->failure);
  g_free(x->url);
  mc_binding_unref(x->binding);
  g_free(x);
}

void
mc_exchange_fail(McExchange *x, GError *error)
{
  mc_exchange_settle(x, MC_QUESTION_WITHDRAWN);
  if (x->failure)
    g_error_free(error);
  else
    x->failure = error;
}

/* --- questions --- */
void
mc_exchange_may_ask(McExchange *x)
{
  x->may_ask = TRUE;
}

void
mc_exchange_ask(McExchange *x, McQuestion *question)
{
  mc_question_free(x->question);
  x->question = question;
  x->question_state = MC_QUESTION_OPEN;
}

void
mc_exchange_settle(McExchange *x, McQuestionState how)
{
  g_clear_pointer(&x->question, mc_question_free);
  if (x->question_state == MC_QUESTION_OPEN)
    x->question_state = how;
}

McQuestion *
mc_exchange_take_question(McExchange *x)
{
  return g_steal_pointer(&x->question);
}

McQuestionState
mc_exchange_question_state(const McExchange *x)
{
  return x->question_state;
}

void
mc_exchange_answer(McExchange *x, GHashTable *values)
{
  if (x->question_state != MC_QUESTION_OPEN || x->failure)
    return;
  if (!values)
    mc_exchange_fail(x, g_error_new(MC_ERROR, MC_ERROR_CANCELLED, _("%s: the login was given up."),
                                    mc_binding_title(x->binding)));
  else if (x->kind->answered)
    x->kind->answered(x, values);
}

gboolean
mc_exchange_usable(McExchange *x)
{
  if (x->verdict.class == MC_CLASS_OK)
    return TRUE;
  if (mc_class_is_final(x->verdict.class))
    mc_exchange_fail(x, mc_verdict_error(x->binding, &x->verdict));
  return FALSE;
}

static void
note_private(const char *name, gpointer found)
{
  if (mc_name_is_private(name))
    *(gboolean *)found = TRUE;
}

gboolean
mc_binding_may_reach(const McBinding *b, const McRequestSpec *spec, const char *url)
{
  g_autofree char *origin = mc_url_origin(url);
  gboolean carries = FALSE;
  if (!origin || g_str_equal(origin, b->origin))
    return origin != NULL;
  mc_request_names(spec, note_private, &carries);
  return !carries && g_strv_contains((const char *const *)b->hosts, origin);
}

McRequest *
mc_binding_request(const McBinding *b, const McRequestSpec *spec, const McScope *names, GError **error)
{
  g_autoptr(McRequest) request = mc_request_build(spec, b->base, (const char *const *)b->hosts, names, error);
  if (!request || mc_binding_may_reach(b, spec, request->url))
    return g_steal_pointer(&request);
  g_autofree char *origin = mc_url_origin(request->url);
  g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
              _("%s: an address is refused: the request carries something of the login, and %s is not %s"),
              b->system, origin, b->origin);
  return NULL;
}

McRequest *
mc_exchange_request(McExchange *x, const McRequestSpec *spec, GError **error)
{
  return mc_binding_request(x->binding, spec, x->scope, error);
}

/* --- session --- */
static void
set_session(McExchange *x, McSession *session)
{
  mc_session_unref(x->session);
  x->session = session;
  mc_scope_take(x->scope, "session", mc_session_names(session));
}

void
mc_exchange_take_draft(McExchange *x, cJSON *draft)
{
  set_session(x, mc_session_new(draft));
  x->updated = TRUE;
}

/* A driver that passes the same session again may not have stored the newer one yet: the newer one holds. */
static void
see_session(McExchange *x, const McSession *session)
{
  if (x->own_session || (session == x->passed && (session || x->session)))
    return;
  mc_session_unref(x->passed);
  x->passed = session ? mc_session_ref((McSession *)session) : NULL;
  set_session(x, session ? mc_session_ref((McSession *)session) : NULL);
  x->updated = FALSE;
}

McSession *
mc_exchange_take_session_update(McExchange *x)
{
  if (!x->updated || !x->session)
    return NULL;
  x->updated = FALSE;
  return mc_session_ref(x->session);
}

static gboolean
learn_csrf(const McAuth *auth, cJSON *draft, const McResponse *response)
{
  const char *value = auth->csrf == MC_CSRF_COOKIE   ? mc_cookie_value(draft, auth->csrf_name)
                      : auth->csrf == MC_CSRF_HEADER ? mc_response_header(response, auth->csrf_name)
                                                     : NULL;
  if (!value || g_strcmp0(value, mc_json_text(mc_json_get(draft, "csrf"))) == 0)
    return FALSE;
  g_autofree char *copy = g_strdup(value);
  mc_draft_set(draft, "csrf", copy);
  return TRUE;
}

/* Any answer of the base origin may move a cookie or the CSRF token. */
static void
learn(McExchange *x, const McResponse *response, gint64 now)
{
  const McAuth *auth = &x->binding->profile->auth;
  const char *url = response->url ? response->url : x->url;
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  if (auth->kind != &mc_auth_cookie || x->judging.anonymous || response->wire != MC_WIRE_ANSWERED ||
      g_strcmp0(origin, x->binding->origin) != 0)
    return;
  cJSON *draft = mc_session_draft(x->session);
  gboolean changed = mc_cookies_learn(draft, response, url, now);
  changed |= learn_csrf(auth, draft, response);
  if (changed)
    mc_exchange_take_draft(x, draft);
  else
    cJSON_Delete(draft);
}

McForms
mc_profile_answer_form(const McProfile *profile, const McRequestSpec *spec)
{
  McForms form = mc_request_answer_form(spec);
  if (form.format == MC_FORMAT_ANY)
    form.format = profile->form.format;
  if (!form.charset)
    form.charset = profile->form.charset;
  return form;
}

/* --- steps --- */
McStep
mc_exchange_next(McExchange *x, const McSession *session, gint64 now, McRequest **request, gint64 *wait_until,
                 GError **error)
{
  GError *inner = NULL;
  McStep step = MC_STEP_FAILED;
  *request = NULL;
  *wait_until = now;
  see_session(x, session);
  mc_scope_set_now(x->scope, now);
  if (!x->failure) {
    x->judging = (McJudging){0};
    step = x->kind->next(x, now, request, wait_until, &inner);
    if (inner)
      mc_exchange_fail(x, g_steal_pointer(&inner));
  }
  if (!x->failure && step == MC_STEP_SEND) {
    (*request)->mutating = x->judging.mutating; /* a search by POST only reads */
    g_free(x->url);
    x->url = g_strdup((*request)->url);
    x->form = mc_profile_answer_form(x->binding->profile, (*request)->made_by);
    if (!x->judging.anonymous && !mc_auth_apply(x->binding, x->session, x->scope, *request, &inner))
      mc_exchange_fail(x, inner);
  }
  if (!x->failure)
    return step;
  mc_request_free(g_steal_pointer(request));
  g_propagate_error(error, g_error_copy(x->failure));
  return MC_STEP_FAILED;
}

/* Whether the answer says itself that it is of the form that is asked for. */
static gboolean
is_of_form(McForms form, const char *type)
{
  if (form.format == MC_FORMAT_XML)
    return type && strstr(type, "xml") != NULL;
  return type && (g_ascii_strncasecmp(type, "application/json", 16) == 0 || strstr(type, "+json") != NULL);
}

static gboolean
is_blank(const char *text, gsize len)
{
  gsize i = 0;
  while (i < len && g_ascii_isspace(text[i]))
    i++;
  return i == len;
}

McJson *
mc_answer_body(const char *name, McForms form, gboolean mutating, const McResponse *response, char **why)
{
  gsize len = 0;
  const char *text = response->body ? g_bytes_get_data(response->body, &len) : NULL;
  if (response->wire != MC_WIRE_ANSWERED || len == 0 || is_blank(text, len))
    return NULL;
  g_autoptr(GError) error = NULL;
  McJson *json = mc_answer_read(name, form, response, &error);
  if (!json && (!mutating || is_of_form(form, mc_response_header(response, "Content-Type"))))
    *why = mc_text_clean(error->message, -1);
  return json;
}

/* A delivery only waits for a login; anything else fails for want of one. */
static void
count_refusals(McExchange *x)
{
  x->refused = x->verdict.class == MC_CLASS_EXPIRED ? x->refused + 1 : 0;
  if (x->refused <= MAX_REFUSED || x->kind->abandon)
    return;
  mc_exchange_fail(x, mc_verdict_error(x->binding, &x->verdict));
  x->verdict.class = MC_CLASS_PERMANENT;
}

const McVerdict *
mc_exchange_feed(McExchange *x, const McResponse *response, gint64 now)
{
  g_autofree char *why = NULL;
  g_autoptr(McJson) json = mc_answer_body(x->binding->system, x->form, x->judging.mutating, response, &why);
  McAnswer answer = {response, json ? mc_json_root(json) : NULL};
  const char *from = response->url ? response->url : x->url;
  mc_scope_set_now(x->scope, now);
  mc_scope_take(x->scope, MC_NAME_ANSWER_URL, from ? cJSON_CreateString(from) : NULL);
  mc_judge(x->binding, &x->judging, &answer, why, x->scope, now, &x->verdict);
  count_refusals(x);
  learn(x, response, now);
  x->json = json;
  mc_exchange_see_end(x, response);
  x->kind->fed(x, &answer, now);
  x->json = NULL;
  return &x->verdict;
}

void
mc_exchange_abandon(McExchange *x)
{
  x->abandoned = TRUE;
  if (x->kind->abandon)
    x->kind->abandon(x);
  else if (x->verdict.class != MC_CLASS_OK)
    mc_exchange_fail(x, mc_verdict_error(x->binding, &x->verdict));
  else
    mc_exchange_fail(
        x, g_error_new(MC_ERROR, MC_ERROR_CANCELLED, _("%s: given up"), mc_binding_title(x->binding)));
}

/* --- records --- */
/* An array found alone stands for its elements. */
static GPtrArray *
elements_of(GPtrArray *found)
{
  const cJSON *list = found->len == 1 ? found->pdata[0] : NULL, *one;
  if (!cJSON_IsArray(list))
    return found;
  g_ptr_array_set_size(found, 0);
  cJSON_ArrayForEach (one, list)
    g_ptr_array_add(found, (gpointer)one);
  return found;
}

GPtrArray *
mc_exchange_records(const McReader *records, const cJSON *root, const McScope *scope, gboolean may_miss,
                    cJSON **owned)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  const cJSON *one;
  *owned = NULL;
  if (!mc_reader_borrow_all(records, root, scope, found)) { /* more than a path makes new values */
    *owned = mc_reader_read_all(records, root, scope);
    cJSON_ArrayForEach (one, *owned)
      g_ptr_array_add(found, (gpointer)one);
  }
  if (found->len == 0 && !may_miss && !mc_reader_has_holder(records, root, scope))
    return NULL;
  return elements_of(g_steal_pointer(&found));
}

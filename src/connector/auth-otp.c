/* SPDX-License-Identifier: Apache-2.0 */
/* A second factor at login:
 *
 *   "otp": {"when": TEST, "label": {"vi":"Mã gửi tới điện thoại"}, "keep": {"ticket":"/ticket"},
 *           "form": {"code": {"type":"text","pattern":"^[0-9]{6}$","required":true}},
 *           "request": {"url":"/otp","json":{"ticket":{"$":"before.ticket"},"code":{"$":"input.code"}}},
 *           "again": TEST, "tries": 3}
 *
 * The login's request is sent; an answer of which `when` is true wants a code (whatever its status), any
 * other is the login's answer as ever. The person fills in `form`, and `request`'s answer is then the one
 * that the session is read from: by the same token, expires, keep, csrf, success and errors. Cookies of the
 * first answer go with it. A refusal (narrowed by `again`) tells the system's words and asks anew, `tries`
 * codes in all; a lost answer is repeated with the same code. */
#include "connector/auth-login.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

static McInput *
input_at(const McOtp *otp, guint index)
{
  return mc_input_plan_show(otp->inputs->pdata[index]);
}

static void
put_question(McLogin *login, const char *notice)
{
  const McOtp *otp = mc_login_auth(login)->otp;
  McQuestion *question = mc_question_new(MC_QUESTION_FORM, login->base.binding->system);
  const char *label = mc_label_text(otp->label);
  question->title = g_strdup(label ? label : _("A one-time code is needed"));
  question->notice = g_strdup(notice);
  for (guint i = 0; i < otp->inputs->len; i++)
    g_ptr_array_add(question->inputs, input_at(otp, i));
  login->otp.given = FALSE;
  mc_exchange_ask(&login->base, question);
}

/* --- the first answer --- */
static void
want(McLogin *login, const McAnswer *answer, gint64 now)
{
  McExchange *x = &login->base;
  const McAuth *auth = mc_login_auth(login);
  cJSON *kept = cJSON_CreateObject(), *draft = mc_session_draft(x->session);
  mc_keep_read(auth->otp->keep, answer->root, x->scope, kept);
  mc_scope_take(x->scope, "before", kept);
  mc_cookies_learn(draft, answer->response, answer->response->url ? answer->response->url : x->url, now);
  mc_login_take_csrf(login, answer, draft);
  mc_exchange_take_draft(x, draft);
  x->verdict.class = MC_CLASS_OK;
  login->otp.wanted = TRUE;
  if (x->may_ask)
    put_question(login, NULL);
  else
    mc_login_need_person(login);
}

static void
fed_first(McLogin *login, const McAnswer *answer, gint64 now)
{
  const McOtp *otp = mc_login_auth(login)->otp;
  gboolean answered = answer->response->wire == MC_WIRE_ANSWERED;
  if (answered && mc_test_eval(otp->when, answer, answer->root, login->base.scope))
    want(login, answer, now);
  else
    mc_login_fed(login, answer, now);
}

/* --- the code and its answer --- */
static void
otp_answered(McLogin *login, GHashTable *values)
{
  McExchange *x = &login->base;
  const McOtp *otp = mc_login_auth(login)->otp;
  g_autoptr(GError) error = NULL;
  cJSON *names = cJSON_CreateObject();
  mc_exchange_settle(x, MC_QUESTION_ANSWERED);
  for (guint i = 0; i < otp->inputs->len && !error; i++) {
    McInput *input = input_at(otp, i);
    const char *value = g_hash_table_lookup(values, input->name);
    if (mc_input_check(input, value, &error) && value)
      cJSON_AddStringToObject(names, input->name, value);
    mc_input_free(input);
  }
  mc_scope_take(x->scope, "input", names);
  login->otp.given = !error;
  if (error)
    put_question(login, error->message);
}

static void
fed_code(McLogin *login, const McAnswer *answer, gint64 now)
{
  McVerdict *v = &login->base.verdict;
  const McOtp *otp = mc_login_auth(login)->otp;
  gboolean refused = mc_login_is_refusal(v) && !v->need;
  gboolean again =
      refused && (!otp->again || mc_test_eval(otp->again, answer, answer->root, login->base.scope));
  if (!again || ++login->otp.tried >= otp->tries) {
    mc_login_fed(login, answer, now);
    return;
  }
  put_question(login, v->message ? v->message : v->code ? v->code : _("The code was not accepted."));
  v->class = MC_CLASS_OK;
}

/* --- the way --- */
static McStep
otp_next(McLogin *login, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  McExchange *x = &login->base;
  const McAuth *auth = mc_login_auth(login);
  (void)now, (void)wait_until;
  if (!login->otp.wanted)
    return mc_login_send(login, auth->login, TRUE, request, error);
  if (!login->otp.given)
    return MC_STEP_ASK;
  McStep step = mc_login_send(login, auth->otp->request, TRUE, request, error);
  if (step == MC_STEP_SEND && auth->kind == &mc_auth_cookie &&
      !mc_auth_apply(x->binding, x->session, x->scope, *request, error))
    return MC_STEP_FAILED;
  return step;
}

static void
otp_fed(McLogin *login, const McAnswer *answer, gint64 now)
{
  if (login->otp.wanted)
    fed_code(login, answer, now);
  else
    fed_first(login, answer, now);
}

const McLoginWay mc_way_otp = {.next = otp_next, .fed = otp_fed, .answered = otp_answered};

/* --- compiling --- */
McOtp *
mc_otp_compile(McBuild *b, const cJSON *source)
{
  static const McKey keys[] = {{"when", MC_SHAPE_OBJECT, TRUE},    {"label", MC_SHAPE_LABEL, FALSE},
                               {"form", MC_SHAPE_OBJECT, TRUE},    {"keep", MC_SHAPE_OBJECT, FALSE},
                               {"request", MC_SHAPE_OBJECT, TRUE}, {"again", MC_SHAPE_OBJECT, FALSE},
                               {"tries", MC_SHAPE_INTEGER, FALSE}, {NULL, 0, FALSE}};
  McCompiler *c = &b->c;
  const cJSON *object = mc_shape_object(source, "otp");
  if (!object || !mc_shape_check(c, object, "otp", keys))
    return NULL;
  const cJSON *form = mc_shape_object(object, "form"), *request = mc_shape_object(object, "request");
  McOtp *otp = g_new0(McOtp, 1);
  mc_build_place(b, MC_SEE_SECRET, NULL, NULL);
  otp->when = mc_shape_member_test(c, object, "when");
  otp->again = mc_shape_member_test(c, object, "again");
  otp->keep = mc_keep_compile(c, object, "keep");
  otp->label = mc_label_compile(c, object, "label");
  otp->tries = mc_shape_int(c, object, "tries", 1, 10, 3);
  otp->inputs = mc_inputs_compile(b, form, FALSE);
  mc_inputs_without_item(b, form, otp->inputs);
  if (form && !otp->inputs->len && !form->child)
    mc_compile_fault(c, form, FALSE, _("a form that asks for nothing"));
  mc_build_place(b, MC_SEE_SECRET | MC_SEE_SESSION, form, mc_shape_object(object, "keep"));
  otp->request = request ? mc_request_compile(c, request, "POST") : NULL;
  return otp;
}

void
mc_otp_free(McOtp *otp)
{
  if (!otp)
    return;
  mc_test_free(otp->when);
  mc_test_free(otp->again);
  mc_label_free(otp->label);
  mc_request_spec_free(otp->request);
  g_clear_pointer(&otp->keep, g_ptr_array_unref);
  g_clear_pointer(&otp->inputs, g_ptr_array_unref);
  g_free(otp);
}

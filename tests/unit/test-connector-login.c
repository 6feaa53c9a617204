/* SPDX-License-Identifier: Apache-2.0 */
/* Logins that need the person: the device grant (RFC 8628) with each of its answers, and a second factor. */
#include "connector-help.h"

#define PROFILE(auth)                                                                                \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}}," \
  "'base':{'$':'config.base'}," auth                                                                 \
  "'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id','map':{}}}}"

#define DEVICE(more)                                                                                      \
  PROFILE(                                                                                                \
      "'auth':{'type':'oauth2','grant':'device','client':{'id':'desk'},'scope':'cases','token':'/token'," \
      "'device':'/device','refresh':'rotate'" more "},")

#define BEGUN                                                                                        \
  "{'device_code':'d-1','user_code':'WDJB-MJHT','verification_uri':'https://sso.example.vn/device'," \
  "'verification_uri_complete':'https://sso.example.vn/device?user_code=WDJB-MJHT','expires_in':900}"

static McExchange *
login(McBinding *binding)
{
  g_autoptr(GHashTable) secrets = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(secrets, (gpointer) "username", (gpointer) "canbo01");
  g_hash_table_insert(secrets, (gpointer) "password", (gpointer) "p");
  McExchange *x = mc_auth_login(binding, secrets);
  mc_exchange_may_ask(x);
  return x;
}

static void
must_send_body(McExchange *x, gint64 now, const char *url, const char *has)
{
  g_autoptr(McRequest) request = sends(x, NULL, now);
  g_autofree char *body = body_text(request);
  assert_string_equal(request->url, url);
  assert_non_null(strstr(body, has));
}

#define TOKEN      "http://127.0.0.1:8080/x/token"
#define DEVICE_URL "http://127.0.0.1:8080/x/device"
#define POLL       "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"

/* A login that has its code, at NOW. */
static McExchange *
begun(McBinding *binding, const char *answer)
{
  McExchange *x = login(binding);
  must_send_body(x, NOW, DEVICE_URL, "scope=cases&client_id=desk");
  assert_int_equal(feed(x, 200, NULL, answer, NOW)->class, MC_CLASS_OK);
  return x;
}

static void
a_device_grant(void **state)
{
  g_autoptr(McBinding) binding = bind_text(DEVICE(""));
  g_autoptr(McExchange) x = begun(binding, BEGUN);
  (void)state;
  g_autoptr(McQuestion) q = mc_exchange_take_question(x);
  assert_int_equal(q->kind, MC_QUESTION_DEVICE);
  assert_string_equal(q->address, "https://sso.example.vn/device");
  assert_string_equal(q->code, "WDJB-MJHT");
  assert_string_equal(mc_question_link(q), "https://sso.example.vn/device?user_code=WDJB-MJHT");
  assert_int_equal(q->lasts, 900);
  assert_null(mc_exchange_take_question(x));
  /* The server names no interval: the connector's, 5 s. */
  assert_int_equal(must_wait(x, NULL, NOW), 5);
  must_send_body(x, NOW + 5, TOKEN, POLL);
  feed(x, 400, NULL, "{'error':'authorization_pending'}", NOW + 5);
  assert_int_equal(mc_exchange_question_state(x), MC_QUESTION_OPEN);
  assert_int_equal(must_wait(x, NULL, NOW + 5), 5);
  must_send_body(x, NOW + 10, TOKEN, "device_code=d-1");
  feed(x, 200, NULL, "{'access_token':'a','refresh_token':'r','expires_in':60}", NOW + 10);
  assert_int_equal(mc_exchange_question_state(x), MC_QUESTION_ANSWERED);
  must_be_done(x, NULL, NOW + 10);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  g_autofree char *text = mc_session_text(s);
  assert_non_null(strstr(text, "'r'") ? NULL : strstr(text, "\"r\""));
  assert_null(strstr(text, "d-1"));
  assert_int_equal(mc_auth_need(binding, s, NOW + 70, FALSE), MC_AUTH_REFRESH);
}

static void
slow_down_is_kept(void **state)
{
  g_autoptr(McBinding) binding = bind_text(DEVICE(",'interval':2"));
  g_autoptr(McExchange) x = begun(binding, BEGUN);
  (void)state;
  assert_int_equal(must_wait(x, NULL, NOW), 2);
  mc_request_free(sends(x, NULL, NOW + 2));
  feed(x, 400, NULL, "{'error':'slow_down'}", NOW + 2);
  assert_int_equal(must_wait(x, NULL, NOW + 2), 7);
  mc_request_free(sends(x, NULL, NOW + 9));
  feed(x, 403, NULL, "{'error':'slow_down'}", NOW + 9);
  assert_int_equal(must_wait(x, NULL, NOW + 9), 12);
  mc_request_free(sends(x, NULL, NOW + 21));
  /* An error inside a 200 is one all the same. */
  feed(x, 200, NULL, "{'error':'authorization_pending'}", NOW + 21);
  assert_int_equal(must_wait(x, NULL, NOW + 21), 12);
  /* The server's own interval, within reason. */
  g_autoptr(McExchange) y = begun(binding, "{'device_code':'d','user_code':'C','verification_url':"
                                           "'http://127.0.0.1/d','interval':'9','expires_in':1e99}");
  g_autoptr(McQuestion) q = mc_exchange_take_question(y);
  assert_int_equal(must_wait(y, NULL, NOW), 9);
  assert_int_equal(q->lasts, 86400);
  assert_string_equal(mc_question_link(q), "http://127.0.0.1/d");
}

/* What ends it: the answer, the state of the question, a piece of the message. */
static const struct {
  int status;
  const char *answer, *says;
  McQuestionState state;
} ends[] = {
    {400, "{'error':'expired_token'}", "motcua login sys", MC_QUESTION_EXPIRED},
    {400, "{'error':'access_denied'}", "sys", MC_QUESTION_REFUSED},
    {403, "{'error':'access_denied'}", "sys", MC_QUESTION_REFUSED},
    {401, "{'error':'invalid_client','error_description':'Ứng dụng lạ'}", "Ứng dụng lạ", MC_QUESTION_REFUSED},
    {400, "{'error':'invalid_grant'}", "invalid_grant", MC_QUESTION_REFUSED},
    {200, "{'error':'invalid_grant'}", "invalid_grant", MC_QUESTION_REFUSED},
};

static void
what_ends_polling(void **state)
{
  g_autoptr(McBinding) binding = bind_text(DEVICE(""));
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_autoptr(McExchange) x = begun(binding, BEGUN);
    mc_question_free(mc_exchange_take_question(x));
    mc_request_free(sends(x, NULL, NOW + 5));
    feed(x, ends[i].status, NULL, ends[i].answer, NOW + 5);
    assert_int_equal(mc_exchange_question_state(x), ends[i].state);
    g_autofree char *message = must_fail(x, NULL, NOW + 5, MC_ERROR_LOGIN);
    if (!strstr(message, ends[i].says))
      print_error("%s\n", message);
    assert_non_null(strstr(message, ends[i].says));
    assert_null(strstr(message, "WDJB"));
  }
}

static void
time_runs_out(void **state)
{
  g_autoptr(McBinding) binding = bind_text(DEVICE(""));
  g_autoptr(McExchange) x = begun(binding, BEGUN);
  (void)state;
  g_free(must_fail(x, NULL, NOW + 900, MC_ERROR_LOGIN));
  assert_int_equal(mc_exchange_question_state(x), MC_QUESTION_EXPIRED);
  /* Never past the end, however slow. */
  g_autoptr(McExchange) y = begun(binding, BEGUN);
  mc_request_free(sends(y, NULL, NOW + 898));
  feed(y, 400, NULL, "{'error':'slow_down'}", NOW + 898);
  assert_int_equal(must_wait(y, NULL, NOW + 898), 2);
}

/* What breaks on the way is a poll that came to nothing; the pauses grow (RFC 8628 3.5), and nothing is left
 * to the driver to repeat. */
static void
trouble_while_polling(void **state)
{
  g_autoptr(McBinding) binding = bind_text(DEVICE(""));
  g_autoptr(McExchange) x = begun(binding, BEGUN);
  gint64 now = NOW + 5;
  (void)state;
  mc_request_free(sends(x, NULL, now));
  assert_int_equal(feed_wire(x, MC_WIRE_LOST, now)->class, MC_CLASS_OK);
  assert_int_equal(must_wait(x, NULL, now), 10);
  mc_request_free(sends(x, NULL, now += 10));
  feed(x, 503, NULL, "", now);
  assert_int_equal(must_wait(x, NULL, now), 20);
  mc_request_free(sends(x, NULL, now += 20));
  feed(x, 200, "Content-Type: text/html", "<html>wifi</html>", now);
  assert_int_equal(must_wait(x, NULL, now), 40);
  mc_request_free(sends(x, NULL, now += 40));
  feed(x, 429, "Retry-After: 90", "", now);
  assert_int_equal(must_wait(x, NULL, now), 90);
  mc_request_free(sends(x, NULL, now += 90));
  feed(x, 400, NULL, "{'error':'authorization_pending'}", now);
  assert_int_equal(must_wait(x, NULL, now), 5);
  mc_request_free(sends(x, NULL, now += 5));
  feed_wire(x, MC_WIRE_NOT_SENT, now);
  g_free(must_fail(x, NULL, NOW + 900, MC_ERROR_UNREACHABLE));
}

static void
a_faulty_beginning(void **state)
{
  static const char *const bad[] = {
      "{}", "{'device_code':'d','user_code':'C','expires_in':5}",
      "{'device_code':'d','user_code':'C','verification_uri':'javascript:alert(1)'}",
      "{'device_code':'d','user_code':'','verification_uri':'https://a.vn/'}",
      "{'user_code':'C','verification_uri':'https://a.vn/'}"};
  g_autoptr(McBinding) binding = bind_text(DEVICE(""));
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(McExchange) x = begun(binding, bad[i]);
    assert_null(mc_exchange_take_question(x));
    g_free(must_fail(x, NULL, NOW, MC_ERROR_PROTOCOL));
  }
  g_autoptr(McExchange) y = login(binding);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 401, NULL, "{'error':'invalid_client'}", NOW);
  g_free(must_fail(y, NULL, NOW, MC_ERROR_LOGIN));
  g_autoptr(McExchange) z = login(binding);
  mc_request_free(sends(z, NULL, NOW));
  assert_int_equal(feed(z, 503, NULL, "", NOW)->class, MC_CLASS_TRANSIENT);
  must_send_body(z, NOW, DEVICE_URL, "client_id=desk");
}

static void
nobody_to_ask(void **state)
{
  g_autoptr(McBinding) binding = bind_text(DEVICE(""));
  g_autoptr(McExchange) x = mc_auth_login(binding, NULL);
  (void)state;
  assert_true(mc_auth_needs_person(binding));
  g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_LOGIN);
  assert_non_null(strstr(message, "motcua login sys"));
  /* Given up while it is open. */
  g_autoptr(McExchange) y = begun(binding, BEGUN);
  mc_question_free(mc_exchange_take_question(y));
  mc_exchange_answer(y, NULL);
  assert_int_equal(mc_exchange_question_state(y), MC_QUESTION_WITHDRAWN);
  g_free(must_fail(y, NULL, NOW, MC_ERROR_CANCELLED));
}

/* --- a second factor --- */
#define OTP(more)                                                                                   \
  PROFILE("'auth':{'type':'login','request':{'url':'/login','json':{'u':{'$':'secret.username'}}}," \
          "'success':{'at':'/token','exists':true},'token':'/token',"                               \
          "'inject':{'header':'Authorization','value':'Bearer {token}'},"                           \
          "'otp':{'when':{'at':'/next','eq':'otp'},'keep':{'ticket':'/"                             \
          "ticket'},'label':{'vi':'Mã','en':'The code'},"                                          \
          "'form':{'code':{'type':'text','pattern':'^[0-9]{6}$','required':true}},"                 \
          "'request':{'url':'/otp','json':{'t':{'$':'before.ticket'},'c':{'$':'input.code'}}}" more "}},")

static void
answer(McExchange *x, const char *code)
{
  g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(values, (gpointer) "code", (gpointer)code);
  mc_exchange_answer(x, values);
}

static void
must_ask(McExchange *x)
{
  McRequest *request = NULL;
  gint64 until;
  assert_int_equal(mc_exchange_next(x, NULL, NOW, &request, &until, NULL), MC_STEP_ASK);
}

/* A login whose first answer wants a code. */
static McExchange *
wanting(McBinding *binding)
{
  McExchange *x = login(binding);
  must_send_body(x, NOW, "http://127.0.0.1:8080/x/login", "canbo01");
  assert_int_equal(feed(x, 401, NULL, "{'next':'otp','ticket':'t-1'}", NOW)->class, MC_CLASS_OK);
  must_ask(x);
  return x;
}

static void
a_second_factor(void **state)
{
  g_autoptr(McBinding) binding = bind_text(OTP(""));
  g_autoptr(McExchange) x = wanting(binding);
  g_autoptr(McQuestion) q = mc_exchange_take_question(x);
  (void)state;
  assert_int_equal(q->kind, MC_QUESTION_FORM);
  assert_null(q->notice);
  assert_string_equal(((McInput *)q->inputs->pdata[0])->name, "code");
  /* What the form refuses is not sent, and does not count. */
  answer(x, "12");
  must_ask(x);
  g_autoptr(McQuestion) form = mc_exchange_take_question(x);
  assert_non_null(form->notice);
  answer(x, "123456");
  must_send_body(x, NOW, "http://127.0.0.1:8080/x/otp", "{\"t\":\"t-1\",\"c\":\"123456\"}");
  feed(x, 401, NULL, "{'message':'Mã sai, còn 2 lần'}", NOW);
  must_ask(x);
  g_autoptr(McQuestion) wrong = mc_exchange_take_question(x);
  assert_string_equal(wrong->notice, "Mã sai, còn 2 lần");
  answer(x, "654321");
  /* Trouble on the way: the same again. */
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 503, NULL, "", NOW)->class, MC_CLASS_TRANSIENT);
  must_send_body(x, NOW, "http://127.0.0.1:8080/x/otp", "654321");
  feed(x, 200, NULL, "{'token':'a'}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  g_autofree char *text = mc_session_text(s);
  assert_null(strstr(text, "654321"));
  assert_null(strstr(text, "t-1"));
}

static void
codes_are_counted(void **state)
{
  g_autoptr(McBinding) binding = bind_text(OTP(",'tries':2,'again':{'status':[401]}"));
  g_autoptr(McExchange) x = wanting(binding);
  (void)state;
  answer(x, "111111");
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 401, NULL, "{'message':'Sai'}", NOW);
  must_ask(x);
  answer(x, "222222");
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 401, NULL, "{'message':'Sai lần hai'}", NOW);
  g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_LOGIN);
  assert_non_null(strstr(message, "Sai lần hai"));
  /* What `again` does not name ends it at once. */
  g_autoptr(McExchange) y = wanting(binding);
  answer(y, "111111");
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 423, NULL, "{'message':'Bị khoá'}", NOW);
  g_autofree char *locked = must_fail(y, NULL, NOW, MC_ERROR_LOGIN);
  assert_non_null(strstr(locked, "Bị khoá"));
}

static void
a_code_is_not_always_wanted(void **state)
{
  g_autoptr(McBinding) binding = bind_text(OTP(""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'token':'a'}", NOW);
  must_be_done(x, NULL, NOW);
  /* Where it is and nobody is there: a login is needed. */
  assert_false(mc_auth_needs_person(binding));
  g_autoptr(McExchange) y = mc_auth_login(binding, NULL);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, NULL, "{'next':'otp'}", NOW);
  assert_null(mc_exchange_take_question(y));
  g_free(must_fail(y, NULL, NOW, MC_ERROR_LOGIN));
  g_autoptr(McExchange) z = wanting(binding);
  mc_exchange_answer(z, NULL);
  g_free(must_fail(z, NULL, NOW, MC_ERROR_CANCELLED));
}

/* The cookie of the first answer goes with the code, and the session's is the second's. */
static void
cookies_before_the_code(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      PROFILE("'auth':{'type':'cookie','request':{'url':'/login','form':{'u':{'$':'secret.username'}}},"
              "'csrf':{'read':{'header':'X-T'},'inject':{'header':'X-T'}},"
              "'otp':{'when':{'at':'/otp','eq':true},'form':{'code':{'type':'text'}},"
              "'request':{'url':'/otp','form':{'c':{'$':'input.code'}}}}},"));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "Set-Cookie: pre=1; Path=/\nX-T: t1", "{'otp':true}", NOW);
  must_ask(x);
  answer(x, "9");
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  assert_string_equal(mc_request_header(request, "Cookie"), "pre=1");
  assert_string_equal(mc_request_header(request, "X-T"), "t1");
  feed(x, 200, "Set-Cookie: sid=2; Path=/\nX-T: t2", "{}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
  g_autoptr(McRequest) get = sends(pull, s, NOW);
  assert_non_null(strstr(mc_request_header(get, "Cookie"), "sid=2"));
}

/* --- the file --- */
static const struct {
  const char *text, *says;
} faulty[] = {
    {PROFILE("'auth':{'type':'oauth2','grant':'device','token':'/t'},"), "'device'"},
    {PROFILE("'auth':{'type':'oauth2','grant':'device','token':'/t','device':'/d'},"), "'client'"},
    {PROFILE("'auth':{'type':'oauth2','grant':'password','token':'/t','device':'/d'},"), "'device'"},
    {DEVICE(",'interval':0"), "interval"},
    {DEVICE(",'otp':{'when':{'status':[1]},'form':{'c':{'type':'text'}},'request':{'url':'/o'}}"), "otp"},
    {OTP(",'tries':11"), "tries"},
    {OTP(",'wrong':1"), "wrong"},
    {PROFILE("'auth':{'type':'cookie','request':{'url':'/l'},'otp':{'when':{'status':[1]},'form':{},"
             "'request':{'url':'/o'}}},"),
     "/auth/otp/form"},
    {PROFILE("'auth':{'type':'cookie','request':{'url':'/l'},'otp':{'when':{'status':[1]},"
             "'form':{'c':{'type':'text'}},'request':{'url':'/o','json':{'$':'input.d'}}}},"),
     "input.c"},
};

static void
faults_of_the_file(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(faulty); i++) {
    g_autofree char *faults = check_text(faulty[i].text, NULL);
    if (!tells(faults, faulty[i].says))
      print_error("%s: %s\n", faulty[i].text, faults);
    assert_true(tells(faults, faulty[i].says));
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_device_grant),          cmocka_unit_test(slow_down_is_kept),
      cmocka_unit_test(what_ends_polling),       cmocka_unit_test(time_runs_out),
      cmocka_unit_test(trouble_while_polling),   cmocka_unit_test(a_faulty_beginning),
      cmocka_unit_test(nobody_to_ask),           cmocka_unit_test(a_second_factor),
      cmocka_unit_test(codes_are_counted),       cmocka_unit_test(a_code_is_not_always_wanted),
      cmocka_unit_test(cookies_before_the_code), cmocka_unit_test(faults_of_the_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

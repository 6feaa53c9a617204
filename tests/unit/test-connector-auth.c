/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in, renewing, probing; where credentials go; sessions and their cookies. */
#include "connector-help.h"

#define PROFILE(auth, more)                                                                          \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}}," \
  "'base':{'$':'config.base'},'hosts':['files.example.vn']," auth more                               \
  "'streams':{'s':{'request':{'url':'/s','query':{'c':{'$':'cursor'}}},'records':'/items','key':'/"  \
  "id','map':{}},"                                                                                   \
  "'p':{'request':{'method':'POST','url':'/p','json':{}},'records':'/items','key':'/id','map':{}},"  \
  "'f':{'request':{'url':'https://files.example.vn/f'},'records':'/items','key':'/id','map':{}}}}"

static GHashTable *
secrets(void)
{
  GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
  static const char *const pairs[] = {"username", "canbo01",       "password", "mật khẩu", "client_id",
                                      "mc",       "client_secret", "s/1",      "token",    "k-1"};
  for (gsize i = 0; i < G_N_ELEMENTS(pairs); i += 2)
    g_hash_table_insert(table, (gpointer)pairs[i], (gpointer)pairs[i + 1]);
  return table;
}

static McExchange *
login(McBinding *binding)
{
  g_autoptr(GHashTable) table = secrets();
  return mc_auth_login(binding, table);
}

/* A header of the next request of a pull of `stream`. New string. */
static char *
sent_header(McBinding *binding, const McSession *session, const char *stream, const char *name)
{
  g_autoptr(McExchange) pull = mc_pull_new(binding, stream, NULL, TRUE);
  g_autoptr(McRequest) request = sends(pull, session, NOW);
  return g_strdup(mc_request_header(request, name));
}

#define OAUTH                                                                                           \
  "'auth':{'type':'oauth2','grant':'password','client':{'id':{'$':'secret.client_id'},'auth':'basic'}," \
  "'token':'/oauth/token','refresh':'rotate','expired':[{'status':[401]}],"                             \
  "'probe':{'request':{'url':'/me'},'success':{'at':'/login','exists':true},'keep':{'login':'/login'}}},"

static McSession *
oauth_session(McBinding *binding, const char *token_answer)
{
  g_autoptr(McExchange) x = login(binding);
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  g_autofree char *body = body_text(request);
  assert_string_equal(request->url, "http://127.0.0.1:8080/x/oauth/token");
  assert_true(request->mutating);
  assert_string_equal(mc_request_header(request, "Authorization"), "Basic bWM6cyUyRjE=");
  assert_non_null(strstr(body, "grant_type=password"));
  assert_non_null(strstr(body, "username=canbo01"));
  assert_null(strstr(body, "client_secret"));
  assert_int_equal(feed(x, 200, NULL, token_answer, NOW)->class, MC_CLASS_OK);
  g_autoptr(McRequest) probe = sends(x, NULL, NOW);
  assert_string_equal(mc_request_header(probe, "Authorization"), "Bearer a1");
  assert_false(probe->mutating);
  feed(x, 200, NULL, "{'login':'canbo01'}", NOW);
  must_be_done(x, NULL, NOW);
  return mc_auth_take_session(x);
}

static void
oauth2_password_and_rotation(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(OAUTH, ""));
  (void)state;
  g_autoptr(McSession) s =
      oauth_session(binding, "{'access_token':'a1','refresh_token':'r1','expires_in':3600}");
  g_autofree char *account = mc_session_account(s);
  assert_string_equal(account, "canbo01");
  assert_int_equal(mc_auth_need(binding, NULL, NOW, FALSE), MC_AUTH_LOGIN);
  assert_int_equal(mc_auth_need(binding, s, NOW + 3539, FALSE), MC_AUTH_READY);
  assert_int_equal(mc_auth_need(binding, s, NOW + 3540, FALSE), MC_AUTH_REFRESH);
  assert_int_equal(mc_auth_need(binding, s, NOW, TRUE), MC_AUTH_REFRESH);
  /* The text is the whole session. */
  g_autofree char *text = mc_session_text(s);
  g_autoptr(McSession) again = mc_session_parse(text, NULL);
  assert_true(mc_session_equal(s, again));
  assert_null(strstr(text, "mật khẩu"));
  /* Rotation: the new refresh token replaces the old; it leaves at most once an attempt. */
  g_autoptr(GHashTable) table = secrets();
  g_autoptr(McExchange) x = mc_auth_refresh(binding, s, table);
  g_autoptr(McRequest) request = sends(x, s, NOW + 3540);
  g_autofree char *body = body_text(request);
  assert_true(request->mutating);
  assert_non_null(strstr(body, "refresh_token=r1"));
  feed(x, 200, NULL, "{'access_token':'a2','refresh_token':'r2','expires_in':3600}", NOW + 3540);
  must_be_done(x, s, NOW + 3540);
  g_autoptr(McSession) renewed = mc_auth_take_session(x);
  g_autofree char *renewed_text = mc_session_text(renewed);
  assert_non_null(strstr(renewed_text, "r2"));
  assert_null(strstr(renewed_text, "r1"));
  assert_false(mc_session_equal(s, renewed));
  g_autofree char *header = sent_header(binding, renewed, "s", "Authorization");
  assert_string_equal(header, "Bearer a2");
}

/* A life shorter than the usual margin is still used. */
static void
a_short_life_is_used(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(OAUTH, ""));
  (void)state;
  g_autoptr(McSession) s =
      oauth_session(binding, "{'access_token':'a1','refresh_token':'r1','expires_in':8}");
  assert_int_equal(mc_auth_need(binding, s, NOW + 5, FALSE), MC_AUTH_READY);
  assert_int_equal(mc_auth_need(binding, s, NOW + 6, FALSE), MC_AUTH_REFRESH);
}

static void
a_refused_password_says_so(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(OAUTH, ""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  const McVerdict *v =
      feed(x, 400, NULL, "{'error':'invalid_grant','error_description':'Sai mật khẩu'}", NOW);
  assert_int_equal(v->class, MC_CLASS_BUSINESS);
  g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_LOGIN);
  assert_non_null(strstr(message, "Sai mật khẩu"));
  /* A 401 cannot be mended by renewing what is not there. */
  g_autoptr(McExchange) y = login(binding);
  mc_request_free(sends(y, NULL, NOW));
  assert_int_equal(feed(y, 401, NULL, "{}", NOW)->class, MC_CLASS_PERMANENT);
  g_free(must_fail(y, NULL, NOW, MC_ERROR_LOGIN));
}

static void
a_refused_refresh_token_needs_a_login(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(OAUTH, ""));
  g_autoptr(McSession) s =
      oauth_session(binding, "{'access_token':'a1','refresh_token':'r1','expires_in':8}");
  g_autoptr(GHashTable) table = secrets();
  g_autoptr(McExchange) x = mc_auth_refresh(binding, s, table);
  (void)state;
  mc_request_free(sends(x, s, NOW));
  feed(x, 400, NULL, "{'error':'invalid_grant'}", NOW);
  g_free(must_fail(x, s, NOW, MC_ERROR_LOGIN));
}

static void
trouble_at_the_login_is_no_refusal(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(OAUTH, ""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 503, NULL, "", NOW)->class, MC_CLASS_TRANSIENT);
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 429, "Retry-After: 7", "{}", NOW)->retry_after, 7);
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 200, "Content-Type: text/html", "<html>", NOW)->class, MC_CLASS_GATEWAY);
  mc_exchange_abandon(x);
  g_free(must_fail(x, NULL, NOW, MC_ERROR_PROTOCOL));
}

static void
client_credentials(void **state)
{
  g_autoptr(McBinding) binding =
      bind_text(PROFILE("'auth':{'type':'oauth2','grant':'client_credentials','client':{'id':'app','auth':'"
                        "post'},'scope':'r w',"
                        "'token':'https://sso.example.vn/token','origin':'sso.example.vn'},",
                        ""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  g_autofree char *body = body_text(request);
  assert_string_equal(request->url, "https://sso.example.vn/token");
  assert_non_null(strstr(body, "client_id=app"));
  assert_non_null(strstr(body, "client_secret=s%2F1"));
  assert_null(mc_request_header(request, "Authorization"));
  feed(x, 200, NULL, "{'access_token':'t','expires_in':'60'}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  assert_int_equal(mc_auth_need(binding, s, NOW, TRUE), MC_AUTH_LOGIN);
}

/* --- basic, key --- */
static void
basic_and_key(void **state)
{
  g_autoptr(McBinding) basic = bind_text(PROFILE("'auth':{'type':'basic'},", ""));
  g_autoptr(McExchange) x = login(basic);
  (void)state;
  must_be_done(x, NULL, NOW);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  g_autofree char *header = sent_header(basic, s, "s", "Authorization");
  assert_string_equal(header, "Basic Y2FuYm8wMTpt4bqtdCBraOG6qXU=");
  g_autoptr(McBinding) key = bind_text(
      PROFILE("'auth':{'type':'apikey','inject':{'query':'api key','value':'{secret.token}'}},", ""));
  g_autoptr(McExchange) y = login(key);
  must_be_done(y, NULL, NOW);
  g_autoptr(McSession) t = mc_auth_take_session(y);
  g_autoptr(McExchange) pull = mc_pull_new(key, "s", NULL, TRUE);
  must_send(pull, t, NOW, "GET", "http://127.0.0.1:8080/x/s?api%20key=k-1");
  /* Without its secret there is nothing to send. */
  g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(McExchange) z = mc_auth_login(key, none);
  g_free(must_fail(z, NULL, NOW, MC_ERROR_LOGIN));
}

static void
no_auth_is_always_ready(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE("", ""));
  (void)state;
  assert_int_equal(mc_auth_need(binding, NULL, NOW, TRUE), MC_AUTH_READY);
  g_autoptr(McExchange) probe = mc_auth_probe(binding, NULL);
  must_be_done(probe, NULL, NOW);
}

/* Rule 4: a host reached without credentials gets none. */
static void
credentials_stay_at_home(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE("'auth':{'type':'basic'},", ""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  must_be_done(x, NULL, NOW);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  g_autofree char *header = sent_header(binding, s, "f", "Authorization");
  assert_null(header);
}

/* --- login: a token inside an answer, every unit of expiry --- */
#define LOGIN(expires)                                                                                   \
  PROFILE("'auth':{'type':'login','request':{'url':'/login','json':{'u':{'$':'secret.username'},"        \
          "'p':{'$':'secret.password'}}},'success':{'at':'/code','eq':0},'token':'/data/token'," expires \
          "'inject':{'header':'Authorization','value':'Bearer {token}'},"                                \
          "'expired':[{'at':'/code','in':['TOKEN_EXPIRED']}],'keep':{'refresh':'/data/r'},"              \
          "'refresh':{'request':{'url':'/renew','json':{'r':{'$':'session.refresh'}}}}},",               \
          "")

static const struct {
  const char *expires, *answer;
  gint64 good_until; /* seconds from now; -1: as long as it is not refused */
} units[] = {
    {"", "1", -1},
    {"'expires':{'at':'/data/e','unit':'s','skew':60},", "1000", 940},
    {"'expires':{'at':'/data/e','unit':'ms','skew':60},", "1000000", 940},
    {"'expires':{'at':'/data/e','unit':'epoch-s','skew':60},", "1795330000", 940},
    {"'expires':{'at':'/data/e','unit':'epoch-ms','skew':60},", "'1795330000000'", 940},
    {"'expires':{'at':'/data/e','unit':'iso','skew':60},", "'2026-11-22T06:46:40Z'", 940},
    {"'expires':{'at':'/data/e','unit':'s','skew':0},", "1000", 1000},
    {"'expires':{'at':'/data/e','unit':'s'},", "'soon'", -1},
};

static void
every_unit_of_expiry(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
    g_autofree char *text = g_strdup_printf(LOGIN("%s"), units[i].expires);
    g_autofree char *answer =
        g_strdup_printf("{'code':0,'data':{'token':'t','e':%s,'r':'rr'}}", units[i].answer);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McExchange) x = login(binding);
    mc_request_free(sends(x, NULL, NOW));
    feed(x, 200, NULL, answer, NOW);
    must_be_done(x, NULL, NOW);
    g_autoptr(McSession) s = mc_auth_take_session(x);
    if (units[i].good_until >= 0) {
      assert_int_equal(mc_auth_need(binding, s, NOW + units[i].good_until - 1, FALSE), MC_AUTH_READY);
      assert_int_equal(mc_auth_need(binding, s, NOW + units[i].good_until, FALSE), MC_AUTH_REFRESH);
    } else {
      assert_int_equal(mc_auth_need(binding, s, NOW + 10000000, FALSE), MC_AUTH_READY);
    }
  }
}

static void
a_token_that_expires_inside_200(void **state)
{
  g_autoptr(McBinding) binding = bind_text(LOGIN(""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'code':0,'data':{'token':'t1','r':'r1'}}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McSession) s = mc_auth_take_session(x);
  g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
  mc_request_free(sends(pull, s, NOW));
  assert_int_equal(feed(pull, 200, NULL, "{'code':'TOKEN_EXPIRED'}", NOW)->class, MC_CLASS_EXPIRED);
  g_autoptr(McExchange) renewal = mc_auth_refresh(binding, s, NULL);
  g_autoptr(McRequest) request = sends(renewal, s, NOW);
  g_autofree char *body = body_text(request);
  assert_string_equal(body, "{\"r\":\"r1\"}");
  feed(renewal, 200, NULL, "{'code':0,'data':{'token':'t2'}}", NOW);
  must_be_done(renewal, s, NOW);
  g_autoptr(McSession) t = mc_auth_take_session(renewal);
  g_autoptr(McRequest) again = sends(pull, t, NOW);
  assert_string_equal(mc_request_header(again, "Authorization"), "Bearer t2");
  feed(pull, 200, NULL, "{'items':[]}", NOW);
  must_be_done(pull, t, NOW);
}

/* A session that is refused however often it is renewed ends the exchange. */
static void
renewing_has_an_end(void **state)
{
  g_autoptr(McBinding) binding = bind_text(LOGIN(""));
  g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
  McClass class = MC_CLASS_EXPIRED;
  (void)state;
  for (int i = 0; i < 10 && class == MC_CLASS_EXPIRED; i++) {
    mc_request_free(sends(pull, NULL, NOW));
    class = feed(pull, 401, NULL, "{}", NOW)->class;
  }
  assert_int_equal(class, MC_CLASS_PERMANENT);
  g_free(must_fail(pull, NULL, NOW, MC_ERROR_LOGIN));
}

static void
an_answer_without_a_token_is_refused(void **state)
{
  g_autoptr(McBinding) binding = bind_text(LOGIN(""));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'code':0,'data':{}}", NOW);
  g_free(must_fail(x, NULL, NOW, MC_ERROR_LOGIN));
  g_autoptr(McExchange) y = login(binding);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, NULL, "{'code':'BAD','message':'Sai'}", NOW);
  g_autofree char *message = must_fail(y, NULL, NOW, MC_ERROR_LOGIN);
  assert_non_null(strstr(message, "Sai"));
}

/* --- probe --- */
static void
an_anonymous_probe_is_an_expired_session(void **state)
{
  g_autoptr(McBinding) binding = bind_text(PROFILE(OAUTH, ""));
  g_autoptr(McSession) s =
      oauth_session(binding, "{'access_token':'a1','refresh_token':'r1','expires_in':3600}");
  g_autoptr(McExchange) x = mc_auth_probe(binding, s);
  (void)state;
  must_send(x, s, NOW, "GET", "http://127.0.0.1:8080/x/me");
  assert_int_equal(feed(x, 200, NULL, "{'guest':true}", NOW)->class, MC_CLASS_EXPIRED);
  mc_request_free(sends(x, s, NOW));
  feed(x, 200, NULL, "{'login':'canbo01'}", NOW);
  must_be_done(x, s, NOW);
  /* In a login it is a refusal. */
  g_autoptr(McExchange) y = login(binding);
  mc_request_free(sends(y, NULL, NOW));
  feed(y, 200, NULL, "{'access_token':'a1'}", NOW);
  mc_request_free(sends(y, NULL, NOW));
  assert_int_equal(feed(y, 401, NULL, "{}", NOW)->class, MC_CLASS_PERMANENT);
  g_free(must_fail(y, NULL, NOW, MC_ERROR_LOGIN));
}

/* --- cookies --- */
#define COOKIE(csrf)                                                                                 \
  PROFILE("'auth':{'type':'cookie','request':{'url':'/login','form':{'u':{'$':'secret.username'}}}," \
          "'csrf':{'read':" csrf ",'inject':{'header':'X-CSRF'}},'expired':[{'status':[302]}]},",    \
          "")

static McSession *
cookie_session(McBinding *binding, const char *headers)
{
  g_autoptr(McExchange) x = login(binding);
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, headers, "{'csrf':'c1'}", NOW);
  must_be_done(x, NULL, NOW);
  return mc_auth_take_session(x);
}

static void
cookies_and_csrf(void **state)
{
  g_autoptr(McBinding) binding = bind_text(COOKIE("'/csrf'"));
  g_autoptr(McSession) s =
      cookie_session(binding, "Set-Cookie: SID=one; Path=/; HttpOnly\nset-cookie: a=b; Path=/else");
  (void)state;
  g_autofree char *cookie = sent_header(binding, s, "s", "Cookie");
  g_autofree char *safe = sent_header(binding, s, "s", "X-CSRF");
  g_autofree char *unsafe = sent_header(binding, s, "p", "X-CSRF");
  g_autofree char *elsewhere = sent_header(binding, s, "f", "Cookie");
  assert_string_equal(cookie, "SID=one");
  assert_null(safe);
  assert_string_equal(unsafe, "c1");
  assert_null(elsewhere);
}

static void
any_answer_may_move_the_session(void **state)
{
  g_autoptr(McBinding) binding = bind_text(COOKIE("{'cookie':'XSRF'}"));
  g_autoptr(McSession) s =
      cookie_session(binding, "Set-Cookie: SID=one; Path=/\nSet-Cookie: XSRF=x1; Path=/");
  g_autoptr(McExchange) pull = mc_pull_new(binding, "p", NULL, TRUE);
  (void)state;
  g_autoptr(McRequest) first = sends(pull, s, NOW);
  assert_string_equal(mc_request_header(first, "X-CSRF"), "x1");
  feed(pull, 503, "Set-Cookie: XSRF=x2; Path=/", "", NOW);
  /* Even before the driver has taken the newer session, the next request carries it. */
  g_autoptr(McRequest) second = sends(pull, s, NOW);
  assert_string_equal(mc_request_header(second, "X-CSRF"), "x2");
  g_autoptr(McSession) t = mc_exchange_take_session_update(pull);
  assert_non_null(t);
  assert_null(mc_exchange_take_session_update(pull));
  assert_false(mc_session_equal(s, t));
  feed(pull, 200, "Set-Cookie: XSRF=x2; Path=/", "{'items':[]}", NOW);
  assert_null(mc_exchange_take_session_update(pull));
  must_be_done(pull, t, NOW);
}

static const struct {
  const char *set, *sent; /* NULL: not sent */
  gint64 later;
} cookies[] = {
    {"S=1", "S=1", 0}, /* the default path is that of the login: /x/login -> /x */
    {"S=1; Path=/", "S=1", 0},
    {"S=1; Path=/x", "S=1", 0},
    {"S=1; Path=/x/", "S=1", 0},
    {"S=1; Path=/x/su", NULL, 0},
    {"S=1; Path=/; Max-Age=10", "S=1", 9},
    {"S=1; Path=/; Max-Age=10", NULL, 10},
    {"S=1; Path=/; Expires=Sun, 22 Nov 2026 06:30:10 GMT", "S=1", 9},
    {"S=1; Path=/; Expires=Sun, 22 Nov 2026 06:30:10 GMT", NULL, 10},
    {"S=1; Path=/; Max-Age=100; Expires=Sun, 22 Nov 2026 06:30:10 GMT", "S=1", 50},
    {"S=1; Path=/; Secure", "S=1", 0}, /* loopback */
    {"S=a=b; Path=/", "S=a=b", 0},
};

static void
every_attribute_of_a_cookie(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(cookies); i++) {
    g_autoptr(McBinding) binding = bind_text(COOKIE("'/csrf'"));
    g_autofree char *header = g_strconcat("Set-Cookie: ", cookies[i].set, "\nSet-Cookie: K=k; Path=/k", NULL);
    g_autoptr(McSession) s = cookie_session(binding, header);
    g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
    g_autoptr(McRequest) request = sends(pull, s, NOW + cookies[i].later);
    const char *sent = mc_request_header(request, "Cookie");
    if (g_strcmp0(sent, cookies[i].sent) != 0)
      print_message("%s: %s\n", cookies[i].set, sent ? sent : "none");
    assert_true(g_strcmp0(sent, cookies[i].sent) == 0);
  }
}

static void
a_login_without_a_cookie_is_refused(void **state)
{
  g_autoptr(McBinding) binding = bind_text(COOKIE("'/csrf'"));
  g_autoptr(McExchange) x = login(binding);
  (void)state;
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, "Set-Cookie: S=; Max-Age=0; Path=/", "{}", NOW);
  g_free(must_fail(x, NULL, NOW, MC_ERROR_LOGIN));
}

static void
an_unreadable_session_asks_for_a_login(void **state)
{
  g_autoptr(GError) error = NULL;
  (void)state;
  assert_null(mc_session_parse("{", &error));
  assert_int_equal(error->code, MC_ERROR_LOGIN);
  assert_null(mc_session_parse(NULL, NULL));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(oauth2_password_and_rotation),
      cmocka_unit_test(a_short_life_is_used),
      cmocka_unit_test(a_refused_password_says_so),
      cmocka_unit_test(a_refused_refresh_token_needs_a_login),
      cmocka_unit_test(trouble_at_the_login_is_no_refusal),
      cmocka_unit_test(client_credentials),
      cmocka_unit_test(basic_and_key),
      cmocka_unit_test(no_auth_is_always_ready),
      cmocka_unit_test(credentials_stay_at_home),
      cmocka_unit_test(every_unit_of_expiry),
      cmocka_unit_test(a_token_that_expires_inside_200),
      cmocka_unit_test(renewing_has_an_end),
      cmocka_unit_test(an_answer_without_a_token_is_refused),
      cmocka_unit_test(an_anonymous_probe_is_an_expired_session),
      cmocka_unit_test(cookies_and_csrf),
      cmocka_unit_test(any_answer_may_move_the_session),
      cmocka_unit_test(every_attribute_of_a_cookie),
      cmocka_unit_test(a_login_without_a_cookie_is_refused),
      cmocka_unit_test(an_unreadable_session_asks_for_a_login),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests, shared sessions, and login trouble that only a person can mend. */
#include "connector-help.h"

#define PROFILE(auth)                                                                                    \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},"     \
  "'base':{'$':'config.base'},'hosts':['files.example.vn']," auth                                        \
  "'streams':{'s':{'request':{'url':'/s','query':{'c':'1 2'}},'records':'/items','key':'/id','map':{}}," \
  "'p':{'request':{'method':'POST','url':'/p','json':{'a':1}},'records':'/items','key':'/id','map':{}}," \
  "'f':{'request':{'url':'https://files.example.vn/f'},'records':'/items','key':'/id','map':{}}}}"

static McSession *
session_of(McBinding *binding)
{
  g_autoptr(GHashTable) secrets = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(secrets, (gpointer) "key", (gpointer) "Jefe");
  g_hash_table_insert(secrets, (gpointer) "id", (gpointer) "app-1");
  g_hash_table_insert(secrets, (gpointer) "username", (gpointer) "canbo01");
  g_hash_table_insert(secrets, (gpointer) "password", (gpointer) "p");
  g_autoptr(McExchange) x = mc_auth_login(binding, secrets);
  must_be_done(x, NULL, NOW);
  return mc_auth_take_session(x);
}

static char *
sent(McBinding *binding, const McSession *session, const char *stream, const char *name)
{
  g_autoptr(McExchange) pull = mc_pull_new(binding, stream, NULL, TRUE);
  g_autoptr(McRequest) request = sends(pull, session, NOW);
  return g_strdup(name ? mc_request_header(request, name) : request->url);
}

/* --- sign --- */

/* What is signed, and what must come out of it. RFC 2202, RFC 4231 (case 2), RFC 1321, FIPS 180. */
static const struct {
  const char *alg, *over, *as, *expected;
} digests[] = {
    {"'alg':'hmac-sha256','secret':{'$':'secret.key'},", "'what do ya want for nothing?'", "",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"'secret':{'$':'secret.key'},", "'what do ya want ','for nothing?'", "'as':'base64',",
     "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
    {"'alg':'hmac-sha1','secret':{'$':'secret.key'},", "'what do ya want for nothing?'", "",
     "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {"'alg':'hmac-sha512','secret':{'$':'secret.key'},", "'what do ya want for nothing?'", "",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {"'alg':'md5',", "'a','bc'", "", "900150983cd24fb0d6963f7d28e17f72"},
    {"'alg':'sha1',", "'abc'", "", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"'alg':'sha256',", "'abc'", "", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    /* What a request is made of; base is http://127.0.0.1:8080/x. */
    {"'alg':'md5',", "{'$':'request.method'},'|',{'$':'request.path'},'|',{'$':'request.query'}", "", NULL},
};

static void
every_digest(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(digests); i++) {
    g_autofree char *text = g_strdup_printf(PROFILE("'auth':{'type':'sign',%s'over':[%s],%s"
                                                    "'inject':{'header':'X-Sign'}},"),
                                            digests[i].alg, digests[i].over, digests[i].as);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autoptr(McSession) session = session_of(binding);
    g_autofree char *got = sent(binding, session, "s", "X-Sign");
    g_autofree char *made = g_compute_checksum_for_string(G_CHECKSUM_MD5, "GET|/x/s|c=1%202", -1);
    assert_string_equal(got, digests[i].expected ? digests[i].expected : made);
    g_autofree char *elsewhere = sent(binding, session, "f", "X-Sign");
    assert_null(elsewhere);
  }
}

#define SIGN                                                                                                 \
  PROFILE("'auth':{'type':'sign','secret':{'$':'secret.key'},'over':[{'$join':["                             \
          "{'$':'request.url'},{'$':'request.host'},{'$':'request.timestamp'},{'$':'request.body'},"         \
          "{'$':'request.body_sha256'},{'$':'request.body_md5'},{'$':'now','out':'%Y%m%d'}],'with':'\\n'}]," \
          "'inject':[{'header':'X-Time','value':'{request.timestamp}'},"                                     \
          "{'header':'X-Nonce','value':'{request.nonce}'},"                                                  \
          "{'header':'Authorization','value':'HMAC {secret.id}:{signature}'},{'query':'sig'}]},")

static void
a_signature_sees_the_whole_request(void **state)
{
  g_autoptr(McBinding) binding = bind_text(SIGN);
  g_autoptr(McSession) session = session_of(binding);
  (void)state;
  g_autofree char *sha = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "{\"a\":1}", -1);
  g_autofree char *md5 = g_compute_checksum_for_string(G_CHECKSUM_MD5, "{\"a\":1}", -1);
  g_autofree char *over = g_strdup_printf("http://127.0.0.1:8080/x/p\n127.0.0.1:8080\n%" G_GINT64_FORMAT
                                          "\n{\"a\":1}\n%s\n%s\n20261122",
                                          NOW, sha, md5);
  g_autofree char *hmac = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)"Jefe", 4, over, -1);
  g_autofree char *expected = g_strconcat("HMAC app-1:", hmac, NULL);
  g_autofree char *authorization = sent(binding, session, "p", "Authorization");
  assert_string_equal(authorization, expected);
  g_autofree char *url = sent(binding, session, "p", NULL);
  g_autofree char *with = g_strconcat("http://127.0.0.1:8080/x/p?sig=", hmac, NULL);
  assert_string_equal(url, with);
  /* A nonce serves one attempt. */
  g_autofree char *one = sent(binding, session, "p", "X-Nonce"),
                  *two = sent(binding, session, "p", "X-Nonce");
  assert_string_not_equal(one, two);
  /* Neither signature nor nonce is part of what is stored. */
  g_autofree char *stored = mc_session_text(session);
  assert_null(strstr(stored, hmac));
}

static void
what_cannot_be_signed_is_not_sent(void **state)
{
  g_autoptr(McBinding) binding =
      bind_text(PROFILE("'auth':{'type':'sign','secret':{'$':'secret.key'},"
                        "'over':['a',{'$':'session.x'}],'probe':{'request':{'url':'/me'},'keep':{'x':'/x'}},"
                        "'inject':{'header':'X'}},"));
  g_autoptr(McSession) session = mc_session_parse("{\"secret\":{\"key\":\"k\"}}", NULL);
  g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  g_autofree char *message = must_fail(pull, session, NOW, MC_ERROR_FAILED);
  assert_non_null(strstr(message, "sys"));
}

static const struct {
  const char *auth, *said;
} wrong[] = {
    {"'type':'sign','over':['a'],'inject':{'header':'X'}", "secret"},
    {"'type':'sign','alg':'md5','secret':'k','over':['a'],'inject':{'header':'X'}", "over"},
    {"'type':'sign','alg':'hmac-md4','secret':'k','over':['a'],'inject':{'header':'X'}", "hmac-sha256"},
    {"'type':'sign','secret':'k','over':[],'inject':{'header':'X'}", "over"},
    {"'type':'sign','secret':'k','over':[{'$':'request.bodi'}],'inject':{'header':'X'}", "request.body"},
    {"'type':'sign','secret':'k','over':[{'$':'signature'}],'inject':{'header':'X'}", "signature"},
    {"'type':'sign','secret':'k','over':['a']", "inject"},
    {"'type':'shared'", "with"},
    {"'type':'shared','with':'g','inject':{'header':'X','value':'{secret.password}'}", "secret.password"},
    {"'type':'shared','with':'g','probe':{'request':{'url':'/me'},'keep':{'x':'/x'}}", "keep"},
    {"'type':'basic','expired':[{'when':{'status':[403]},'need':'lockd'}]", "locked"},
    {"'type':'basic','expired':[{'status':[403],'need':'locked'}]", "need"},
    {"'type':'login','request':{'url':'/l'},'token':'/t','inject':{'header':'X'},"
     "'errors':[{'when':{'status':[403]},'class':'business','need':'locked'}]",
     "auth"},
};

static void
every_fault_is_said(void **state)
{
  int failures = 0;
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *text = g_strdup_printf(PROFILE("'auth':{%s},"), wrong[i].auth);
    McProfile *profile = NULL;
    g_autofree char *faults = check_text(text, &profile);
    if (profile || !tells(faults, wrong[i].said)) {
      print_error("%s\n  says %s\n  expected %s\n", wrong[i].auth, faults, wrong[i].said);
      failures++;
    }
    g_clear_pointer(&profile, mc_profile_unref);
  }
  assert_int_equal(failures, 0);
}

/* --- shared --- */
static void
a_shared_session_is_put_as_its_gateway_puts_it(void **state)
{
  g_autoptr(McBinding) gateway = bind_text(PROFILE("'auth':{'type':'apikey','inject':{'header':'X-Key','"
                                                   "value':{'$join':[{'$':'secret.key'},'@',{'$':'config."
                                                   "base'}]}}},"));
  g_autoptr(McBinding) binding = bind_text(PROFILE("'auth':{'type':'shared','with':'gw'},"));
  g_autoptr(McSession) session = session_of(gateway);
  (void)state;
  assert_string_equal(mc_binding_gateway(binding), "gw");
  assert_null(mc_binding_gateway(gateway));
  mc_binding_share(binding, gateway);
  g_autofree char *key = sent(binding, session, "s", "X-Key");
  assert_string_equal(key, "Jefe@http://127.0.0.1:8080/x");
  g_autofree char *elsewhere = sent(binding, session, "f", "X-Key");
  assert_null(elsewhere);
  assert_int_equal(mc_auth_need(binding, NULL, NOW, FALSE), MC_AUTH_LOGIN);
  assert_int_equal(mc_auth_need(binding, session, NOW, FALSE), MC_AUTH_READY);
}

static void
a_shared_token_may_be_put_otherwise(void **state)
{
  g_autoptr(McBinding) gateway = bind_text(PROFILE("'auth':{'type':'basic'},"));
  g_autoptr(McBinding) binding = bind_text(PROFILE("'auth':{'type':'shared','with':'gw','inject':{'header':'"
                                                   "X-Token','value':'{token}/{session.unit}'}},"));
  g_autoptr(McSession) session = mc_session_parse("{\"token\":\"t1\",\"keep\":{\"unit\":\"H01\"}}", NULL);
  (void)state;
  mc_binding_share(binding, gateway);
  g_autofree char *token = sent(binding, session, "s", "X-Token");
  g_autofree char *basic = sent(binding, session, "s", "Authorization");
  assert_string_equal(token, "t1/H01");
  assert_null(basic);
}

/* An answer of a system that shares a session changes nothing of it. */
static void
only_its_own_system_moves_a_session(void **state)
{
  g_autoptr(McBinding) gateway =
      bind_text(PROFILE("'auth':{'type':'cookie','request':{'url':'/login','form':{'a':'b'}}},"));
  g_autoptr(McBinding) binding = bind_text(PROFILE("'auth':{'type':'shared','with':'gw'},"));
  g_autoptr(McSession) session =
      mc_session_parse("{\"cookies\":[{\"name\":\"S\",\"value\":\"1\",\"path\":\"/\"}]}", NULL);
  (void)state;
  mc_binding_share(binding, gateway);
  g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
  g_autoptr(McRequest) request = sends(pull, session, NOW);
  assert_string_equal(mc_request_header(request, "Cookie"), "S=1");
  feed(pull, 200, "Set-Cookie: S=2; Path=/", "{'items':[]}", NOW);
  assert_null(mc_exchange_take_session_update(pull));
}

/* --- a token that serves once --- */
#define ROTATING                                                                      \
  PROFILE("'auth':{'type':'oauth2','grant':'password','client':{'id':'c'},'token':'/" \
          "t','refresh':'rotate'},")
#define KEPT \
  PROFILE("'auth':{'type':'oauth2','grant':'password','client':{'id':'c'},'token':'/t','refresh':'keep'},")

static McExchange *
refreshing(McBinding *binding)
{
  g_autoptr(McSession) session = mc_session_parse("{\"token\":\"a\",\"refresh\":\"r\"}", NULL);
  McExchange *x = mc_auth_refresh(binding, session, NULL);
  mc_request_free(sends(x, NULL, NOW));
  return x;
}

static void
a_rotating_token_is_spent_once(void **state)
{
  g_autoptr(McBinding) rotating = bind_text(ROTATING);
  g_autoptr(McBinding) kept = bind_text(KEPT);
  (void)state;
  g_autoptr(McExchange) lost = refreshing(rotating);
  assert_int_equal(feed_wire(lost, MC_WIRE_LOST, NOW)->class, MC_CLASS_PERMANENT);
  g_free(must_fail(lost, NULL, NOW, MC_ERROR_LOGIN));
  /* What never left, or was answered with a trouble, may be asked again; so may a token that stays. */
  g_autoptr(McExchange) unsent = refreshing(rotating);
  assert_int_equal(feed_wire(unsent, MC_WIRE_NOT_SENT, NOW)->class, MC_CLASS_TRANSIENT);
  mc_request_free(sends(unsent, NULL, NOW));
  assert_int_equal(feed(unsent, 503, NULL, "", NOW)->class, MC_CLASS_TRANSIENT);
  mc_request_free(sends(unsent, NULL, NOW));
  g_autoptr(McExchange) again = refreshing(kept);
  assert_int_equal(feed_wire(again, MC_WIRE_LOST, NOW)->class, MC_CLASS_TRANSIENT);
  mc_request_free(sends(again, NULL, NOW));
}

/* --- what only a person can mend --- */
#define TROUBLE                                                                                              \
  PROFILE("'auth':{'type':'login','request':{'url':'/l','json':{}},'token':'/"                               \
          "t','inject':{'header':'X','value':'{token}'},"                                                    \
          "'expired':[{'status':[401]},{'when':{'at':'/code','eq':'KICKED'},'need':'elsewhere','message':'/" \
          "why'}],"                                                                                          \
          "'errors':[{'when':{'at':'/"                                                                       \
          "code','eq':'CHANGE'},'class':'auth','need':'password-change','message':'/why'},"                  \
          "{'when':{'at':'/code','eq':'LOCKED'},'class':'auth','need':'locked','message':'/why'}]},")

static void
login_trouble_is_told_apart(void **state)
{
  static const struct {
    const char *answer, *said;
    McNeed need;
  } rows[] = {
      {"{'code':'CHANGE','why':'Mật khẩu hết hạn'}", "Mật khẩu hết hạn", MC_NEED_PASSWORD},
      {"{'code':'LOCKED','why':'Tài khoản bị khóa'}", "Tài khoản bị khóa", MC_NEED_UNLOCK},
      {"{'code':'BAD'}", "sys", MC_NEED_NOTHING},
  };
  g_autoptr(McBinding) binding = bind_text(TROUBLE);
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(McExchange) x = mc_auth_login(binding, NULL);
    mc_request_free(sends(x, NULL, NOW));
    assert_int_equal(feed(x, 200, NULL, rows[i].answer, NOW)->need, rows[i].need);
    assert_int_equal(mc_auth_barred(x), rows[i].need);
    g_autofree char *message = must_fail(x, NULL, NOW, MC_ERROR_LOGIN);
    assert_non_null(strstr(message, rows[i].said));
  }
}

static void
a_session_taken_elsewhere_is_not_taken_back(void **state)
{
  g_autoptr(McBinding) binding = bind_text(TROUBLE);
  g_autoptr(McSession) session = mc_session_parse("{\"token\":\"t\"}", NULL);
  g_autoptr(McExchange) pull = mc_pull_new(binding, "s", NULL, TRUE);
  (void)state;
  mc_request_free(sends(pull, session, NOW));
  const McVerdict *v = feed(pull, 200, NULL, "{'code':'KICKED','why':'Đăng nhập ở máy khác'}", NOW);
  assert_int_equal(v->class, MC_CLASS_EXPIRED);
  assert_int_equal(v->need, MC_NEED_CHOICE);
  g_autoptr(GError) error = mc_verdict_error(binding, v);
  assert_int_equal(error->code, MC_ERROR_LOGIN);
  assert_non_null(strstr(error->message, "Đăng nhập ở máy khác"));
  assert_non_null(strstr(error->message, "motcua login sys"));
  /* A plain end of the session is still renewed. */
  mc_request_free(sends(pull, session, NOW));
  assert_int_equal(feed(pull, 401, NULL, "{}", NOW)->need, MC_NEED_NOTHING);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_digest),
      cmocka_unit_test(a_signature_sees_the_whole_request),
      cmocka_unit_test(what_cannot_be_signed_is_not_sent),
      cmocka_unit_test(every_fault_is_said),
      cmocka_unit_test(a_shared_session_is_put_as_its_gateway_puts_it),
      cmocka_unit_test(a_shared_token_may_be_put_otherwise),
      cmocka_unit_test(only_its_own_system_moves_a_session),
      cmocka_unit_test(a_rotating_token_is_spent_once),
      cmocka_unit_test(login_trouble_is_told_apart),
      cmocka_unit_test(a_session_taken_elsewhere_is_not_taken_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Explaining readers, tests, answers and records. */
#include "connector-help.h"
#include "connector/explain.h"
#include "motcua/i18n.h"

#define HEAD                                                                                   \
  "{'motcua':1,'id':'t','title':'T','kind':'case',"                                            \
  "'config':{'base':{'type':'url','required':true},'unit':{'type':'integer'}},"                \
  "'base':{'$':'config.base'},'auth':{'type':'basic','expired':[{'at':'/code','eq':'GONE'}]}," \
  "'errors':[{'when':{'status':[429]},'class':'throttle'},{'when':{'all':[{'at':'/ok',"        \
  "'exists':true},{'not':{'at':'/ok','eq':true}}]},'class':'business','message':'/why'}],"
#define STREAM                                                                                   \
  "'streams':{'s':{'request':{'url':'/s','query':{'p':{'$':'page.number'}}},'records':'/items'," \
  "'key':'/id','pages':{'type':'page','max':9,'total':'/n'},'map':{'title':{'at':'/"             \
  "t','empty':[''],'extract':"                                                                   \
  "'[0-9]+'},'state':{'at':'/st','table':{'1':'new'},'else':'unknown'},"                         \
  "'due':{'at':'/due','as':'date','in':'%d/%m/%Y'},'refs':['/id'],"                              \
  "'fields':[{'label':'Phone','at':'/phone','private':true}]}}},"
#define ACTIONS                                                                                  \
  "'actions':{'go':{'on':'s','allow':{'at':'/can','has':'GO'},'request':{'method':'POST','url':" \
  "'/s/{item.key}','json':{'k':{'$':'action.key'}}},'idempotency':{'field':'k','lives':'P1D'},"  \
  "'success':{'at':'/done','eq':true}},"                                                         \
  "'ask':{'on':'s','allow':{'state':['done']},'request':{'method':'POST','url':'/x'},'unknown':'ask'}}}"
#define WHOLE HEAD STREAM ACTIONS

static char *
explained(const char *profile, const McExplainWhat *what, McResponse *response, gboolean is_private,
          gboolean json)
{
  g_autoptr(McBinding) binding = bind_text(profile);
  g_autoptr(McScope) scope = mc_binding_scope(binding, NOW);
  g_autoptr(McNote) note = mc_note_new();
  g_autoptr(GError) error = NULL;
  McExplain e = {.binding = binding, .scope = scope, .is_private = is_private, .now = NOW};
  gboolean done = mc_explain_answer(&e, note, what, response, &error);
  mc_response_unref(response);
  if (!done)
    return g_strdup(error->message);
  return json ? mc_note_json(note) : mc_note_print(note);
}

static const McExplainWhat list = {.record = 1};

static void
says(const char *text, const char *words)
{
  if (!strstr(text, words))
    fail_msg("\"%s\" is not said in:\n%s", words, text);
}

static void
says_not(const char *text, const char *words)
{
  if (strstr(text, words))
    fail_msg("\"%s\" is said in:\n%s", words, text);
}

#define ANSWER                                                            \
  "{'n':2,'items':[{'id':'A-7','t':'no "                                  \
  "123','st':1,'due':'23/11/2026','phone':'0912345678','can':['GO'],'x':" \
  "{'y':1}},{'id':'B','t':'none','st':5,'due':'soon'}]}"

static void
record_is_gone_through(void **state)
{
  (void)state;
  g_autofree char *text = explained(WHOLE, &list, answer_with(200, NULL, ANSWER), FALSE, FALSE);
  says(text, "cleaned: \"123\"");
  says(text, "table: \"new\"");
  says(text, "else: \"new\"  · not needed");
  says(text, "value: \"2026-11-23T17:00:00+07:00\"  · a date alone: the end of that working day");
  says(text, "records: 2 at \"/items\"");
  says(text, "none: this is the last, by total");
  says(text, "record 1: \"A-7\"");
  says(text, "action go: allowed\n");
  says(text, "action ask: not allowed");
  says(text, "the state must be one of: done; it is: new");
  says_not(text, "record 2");
}

static void
what_did_not_come_out_is_said(void **state)
{
  (void)state;
  const McExplainWhat all = {.record = 0}, second = {.record = 2}, third = {.record = 3};
  g_autofree char *text = explained(WHOLE, &second, answer_with(200, NULL, ANSWER), FALSE, FALSE);
  says(text, "\"extract\" does not match");
  says(text, "the table has no entry for 5; it has \"1\"");
  says(text, "cast: (missing)  · ");
  says(text, "\"soon\"");
  says(text, "a state that the table does not translate");
  says(text, "action go: not allowed");
  says(text, "{\"at\":\"/can\",\"has\":\"GO\"} does not hold");
  g_autofree char *both = explained(WHOLE, &all, answer_with(200, NULL, ANSWER), FALSE, FALSE);
  says(both, "record 1: \"A-7\"");
  says(both, "record 2: \"B\"");
  g_autofree char *none = explained(WHOLE, &third, answer_with(200, NULL, ANSWER), FALSE, FALSE);
  says(none, "there is no record 3; there are 2");
}

static void
private_fields_are_masked(void **state)
{
  (void)state;
  for (int json = 0; json < 2; json++) {
    g_autofree char *masked = explained(WHOLE, &list, answer_with(200, NULL, ANSWER), FALSE, json);
    g_autofree char *shown = explained(WHOLE, &list, answer_with(200, NULL, ANSWER), TRUE, json);
    says_not(masked, "0912345678");
    says(masked, "••••");
    says(shown, "0912345678");
  }
}

/* What a private field reads is masked where another reader or a test shows it, too. */
static void
private_values_are_masked_everywhere(void **state)
{
  (void)state;
  g_autofree char *text = explained(
      WHOLE, &list, answer_with(200, NULL, "{'items':[{'id':1,'due':'0912345678','phone':'0912345678'}]}"),
      FALSE, FALSE);
  says_not(text, "0912345678");
}

static const struct {
  int status;
  const char *body, *class, *why;
} answers[] = {
    {200, "{'code':'GONE','items':[]}", "class: \"auth\"",
     "auth.expired[0]: {\"at\":\"/code\",\"eq\":\"GONE\"} holds"},
    {429, "{}", "class: \"throttle\"", "errors[0]: {\"status\":[429]} holds"},
    {200, "{'ok':false,'why':'Hết hạn'}", "class: \"business\"", "message: \"Hết hạn\""},
    {500, "{}", "class: \"transient\"", "built-in rules: they win: HTTP 500"},
    {200, "<html>", "class: \"gateway\"", "content: 6 bytes (application/json), read as nothing"},
    {200, "{'n':0}", "class: \"ok\"", "the answer has no list at \"/items\""},
};

static void
rules_are_tried_in_order(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
    g_autofree char *text =
        explained(WHOLE, &list, answer_with(answers[i].status, NULL, answers[i].body), FALSE, FALSE);
    says(text, answers[i].class);
    if (i != 4)
      says(text, answers[i].why);
    else
      says(text, "cannot be read: ");
    assert_true(strstr(text, "this rule wins") || strstr(text, "built-in rules"));
  }
}

static void
an_actions_answer_by_its_rules(void **state)
{
  (void)state;
  const McExplainWhat go = {.action = "go"}, none = {.action = "og"};
  g_autofree char *good = explained(WHOLE, &go, answer_with(200, NULL, "{'done':true}"), FALSE, FALSE);
  says(good, "success: {\"at\":\"/done\",\"eq\":true} holds");
  says(good, "class: \"ok\"");
  g_autofree char *lost = explained(WHOLE, &go, answer_with(200, NULL, "{'done':1}"), FALSE, FALSE);
  says(lost, "class: \"permanent\"");
  says(lost, "effect: unknown: it may have taken effect");
  g_autofree char *unknown = explained(WHOLE, &none, answer_with(200, NULL, "{}"), FALSE, FALSE);
  says(unknown, "there is no action \"og\"");
}

static void
hostile_answers_do_no_harm(void **state)
{
  (void)state;
  static const char *const bodies[] = {
      "",
      "null",
      "[]",
      "[[[[",
      "{'items':{}}",
      "{'items':[null,1,'x',[],{}]}",
      "{'items':[{'id':{}}]}",
      "{'n':'-1','items':[{'id':'\\u001b[2J','t':'\\u202ex','st':{'a':[]},'due':[1],'can':{}}]}"};
  const McExplainWhat all = {.record = 0};
  for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
    g_autofree char *text = explained(WHOLE, &all, answer_with(200, NULL, bodies[i]), FALSE, FALSE);
    g_autofree char *json = explained(WHOLE, &all, answer_with(200, NULL, bodies[i]), TRUE, TRUE);
    says_not(text, "\033");
    g_autoptr(McJson) tree = mc_json_parse("j", json, strlen(json), MC_JSON_STRICT, NULL);
    assert_non_null(tree);
  }
}

static void
how_each_stays_single(void **state)
{
  (void)state;
  static const struct {
    const char *rule, *words;
  } rows[] = {
      {"'idempotency':'same'", "repeating it has the same effect"},
      {"'idempotency':{'header':'X-Key','lives':'PT12H'}", "in the header X-Key for 12 hours"},
      {"'unknown':'ask'", "it is sent once"},
      {"'unknown':{'verify':{'request':{'url':'/v'},'landed':{'at':'/k','eq':{'$':'action.key'}},"
       "'settle':'PT90S'}}",
       "where no answer came it is read back"},
      {"'unknown':{'verify':{'request':{'url':'/v'},'landed':{'at':'/k','eq':{'$':'action.key'}},"
       "'always':true}}",
       "every answer is checked by reading back"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text =
        g_strconcat(HEAD STREAM "'actions':{'go':{'on':'s','request':{'method':'POST','url':'/x'},",
                    rows[i].rule, "}}}", NULL);
    g_autoptr(McBinding) binding = bind_text(text);
    g_autofree char *words = mc_action_single_words(binding->profile->actions->pdata[0]);
    says(words, rows[i].words);
  }
}

static void
the_whole_in_words(void **state)
{
  (void)state;
  g_autoptr(McBinding) binding = bind_text(WHOLE);
  g_autoptr(McNote) note = mc_note_new();
  mc_explain_profile(binding->profile, note);
  g_autofree char *text = mc_note_print(note);
  says(text, "connector t: T (case)");
  says(text, "asks for: password, username; they go to the base origin, nowhere else");
  says(text, "goes: in the header Authorization, to the base origin alone");
  says(text, "request: GET /s");
  says(text, "pages: page, at most 9");
  says(text, "stays single: it is sent once");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(record_is_gone_through),     cmocka_unit_test(what_did_not_come_out_is_said),
      cmocka_unit_test(private_fields_are_masked),  cmocka_unit_test(private_values_are_masked_everywhere),
      cmocka_unit_test(rules_are_tried_in_order),   cmocka_unit_test(an_actions_answer_by_its_rules),
      cmocka_unit_test(hostile_answers_do_no_harm), cmocka_unit_test(how_each_stays_single),
      cmocka_unit_test(the_whole_in_words),
  };
  mc_i18n_init("en");
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups of the connector layer: what the file may say, what is asked, what an answer means, which form it
 * fills. */
#include "connector-help.h"

#define HEAD                                                                                                 \
  "{'motcua':1,'id':'t','title':'T','kind':'case','config':{'base':{'type':'url','required':true}},'base':{" \
  "'$':'config.base'},"
#define LOOKUP(more)                                                                                         \
  "'lookups':{'who':{'request':{'url':'/p','query':{'n':{'$':'input.n'}}},'input':{'n':{'required':true,"    \
  "'pattern':'^[0-9]{3}$'}},'map':{'name':'/name','home':{'at':'/home','private':true,'label':{'vi':'Nhà'," \
  "'en':'Home'}}}" more "}}"
#define STREAM "'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id','map':{}}},"
#define ENTER(more)                                                                                          \
  "'actions':{'enter':{'on':'s','new':true,'request':{'url':'/e'},'idempotency':'same','form':{'n':{'type':" \
  "'text'},'full':{'type':'text'},'other':{'type':'text'}}" more "}},"

static const struct {
  const char *text, *says; /* says NULL: no fault */
} faults[] = {
    {HEAD LOOKUP("") "}", NULL},
    {HEAD "'lookups':{}}", "at least one stream or one lookup"},
    {HEAD "'lookups':{'l':{'request':{'url':'/x'}}}}", "a lookup needs the key 'records'"},
    {HEAD LOOKUP(",'records':'/x'") "}", "either 'records' and 'value', or 'map'"},
    {HEAD "'lookups':{'l':{'request':{'url':'/x'},'records':'/r','value':'/v','found':{'status':[200]}}}}",
     "'found' belongs to a lookup with 'map'"},
    {HEAD LOOKUP(",'cache':'1 day'") "}", "is not a duration"},
    {HEAD LOOKUP(",'cache':'P1D','purpose':true") "}", "cannot be cached"},
    {HEAD LOOKUP(",'purpose':{'mim':3}") "}", "did you mean \"min\"?"},
    {HEAD LOOKUP(",'purpose':true") "}", "its system never hears it"},
    {HEAD LOOKUP(",'fills':{'name':'full'}") "}", "no form has an input 'full'"},
    {HEAD STREAM ENTER("") LOOKUP(",'fills':{'name':['full','other']}") "}", NULL},
    {HEAD STREAM ENTER("") LOOKUP(",'fills':{'nmae':'full'}") "}", "has no 'nmae' in its map"},
    {HEAD STREAM ENTER("") LOOKUP(",'fills':{'name':3}") "}", "the name of a form's input"},
    {HEAD STREAM
     "'actions':{'enter':{'on':'s','new':true,'request':{'url':'/e'},'idempotency':'same','form':{"
     "'p':{'type':'person','from':'who'}}}}," LOOKUP("") "}",
     "'who' offers no choices"},
    {HEAD STREAM ENTER(",'lookups':{'whom':{}}") LOOKUP("") "}",
     "there is no lookup 'whom'; did you mean 'who'?"},
    {HEAD STREAM ENTER(",'lookups':{'who':{'fills':{'name':'ful'}}}") LOOKUP("") "}",
     "no form has an input 'ful'"},
    {HEAD STREAM ENTER(",'lookups':{'who':{'with':{'m':{'$':'input.n'}}}}") LOOKUP("") "}",
     "lookup 'who' has no input 'm'"},
    {HEAD STREAM ENTER(",'lookups':{'who':{'with':{'n':{'$':'input.x'}}}}") LOOKUP("") "}", "input.x"},
    {HEAD STREAM ENTER(",'lookups':{'org.x/who':{'with':{'n':{'$':'input.n'}},'fills':{'name':'full'}}}")
         LOOKUP("") "}",
     NULL},
};

static void
what_a_file_may_say(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autofree char *said = check_text(faults[i].text, NULL);
    if (faults[i].says ? !tells(said, faults[i].says) : !only_warnings(said))
      print_message("%s\n-> %s\n", faults[i].text, said);
    assert_true(faults[i].says ? tells(said, faults[i].says) : only_warnings(said));
  }
}

static GHashTable *
table(const char *name, const char *value)
{
  GHashTable *inputs = g_hash_table_new(g_str_hash, g_str_equal);
  if (name)
    g_hash_table_insert(inputs, (gpointer)name, (gpointer)value);
  return inputs;
}

static McExchange *
ask(McBinding *binding, const char *n)
{
  g_autoptr(GHashTable) inputs = table("n", n);
  g_autoptr(GError) error = NULL;
  McExchange *x = mc_lookup_new(binding, "who", inputs, &error);
  assert_null(error);
  mc_request_free(sends(x, NULL, NOW));
  return x;
}

static void
a_record_is_read(void **state)
{
  g_autoptr(McBinding) binding = bind_text(HEAD LOOKUP("") "}");
  g_autoptr(McExchange) x = ask(binding, "007");
  (void)state;
  feed(x, 200, NULL, "{'name':'Lê \\u001b[31mC','home':'Thôn 3'}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McLookupAnswer) answer = mc_lookup_take(x);
  assert_true(answer->found && answer->record && answer->volatile_);
  assert_int_equal(answer->fields->len, 2);
  const McLookupField *name = mc_lookup_answer_field(answer, "name"),
                      *home = mc_lookup_answer_field(answer, "home");
  assert_string_equal(name->label, "name");
  assert_null(strchr(name->value, '\033'));
  assert_false(name->is_private);
  assert_true(home->is_private);
  assert_string_equal(home->label, "Nhà");
}

/* What an answer says of who is not there: an answer, never an error; and trouble is no such answer. */
static const struct {
  const char *found;
  int status;
  const char *body;
  gboolean error, there;
} answers[] = {
    {"", 200, "{'name':'A'}", FALSE, TRUE},
    {"", 404, "{}", FALSE, FALSE},
    {"", 410, "{}", FALSE, FALSE},
    {"", 403, "{}", TRUE, FALSE},
    {"", 200, "{}", TRUE, FALSE}, /* nothing of what is asked: no record of nobody either */
    {",'found':{'at':'/name','exists':true}", 200, "{}", FALSE, FALSE},
    {",'found':{'at':'/name','exists':true}", 200, "{'name':'A'}", FALSE, TRUE},
    {",'found':{'at':'/name','exists':true}", 403, "{}", TRUE, FALSE},
    {",'found':{'not':{'status':[404]}}", 404, "{}", FALSE, FALSE},
    {",'found':{'not':{'at':'/e','eq':'none'}}", 404, "{'e':'no such page'}", TRUE, FALSE},
};

static void
who_is_not_there(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
    g_autoptr(GString) text = g_string_new(HEAD LOOKUP("") "}");
    g_string_insert(text, (gssize)text->len - 3, answers[i].found);
    g_autoptr(McBinding) binding = bind_text(text->str);
    g_autoptr(McExchange) x = ask(binding, "007");
    feed(x, answers[i].status, NULL, answers[i].body, NOW);
    McRequest *request = NULL;
    gint64 until;
    g_autoptr(GError) error = NULL;
    McStep step = mc_exchange_next(x, NULL, NOW, &request, &until, &error);
    assert_int_equal(step, answers[i].error ? MC_STEP_FAILED : MC_STEP_DONE);
    g_autoptr(McLookupAnswer) answer = answers[i].error ? NULL : mc_lookup_take(x);
    assert_int_equal(answer && answer->found, answers[i].there);
  }
}

static void
trouble_is_asked_again(void **state)
{
  g_autoptr(McBinding) binding = bind_text(HEAD LOOKUP(",'found':{'at':'/name','exists':true}") "}");
  g_autoptr(McExchange) x = ask(binding, "007");
  (void)state;
  const McVerdict *verdict = feed(x, 429, "Retry-After: 7", "{}", NOW);
  assert_int_equal(verdict->class, MC_CLASS_THROTTLE);
  assert_int_equal(verdict->retry_after, 7);
  mc_request_free(sends(x, NULL, NOW));
  assert_int_equal(feed(x, 503, NULL, "{}", NOW)->class, MC_CLASS_TRANSIENT);
  mc_request_free(sends(x, NULL, NOW));
  feed(x, 200, NULL, "{'name':'A'}", NOW);
  must_be_done(x, NULL, NOW);
}

static void
inputs_are_checked(void **state)
{
  g_autoptr(McBinding) binding = bind_text(
      HEAD
      "'lookups':{'who':{'request':{'url':'/p','method':'POST','json':{'n':{'$':'input.n'},'why':{'$':"
      "'input.purpose'}}},'input':{'n':{'required':true,'pattern':'^[0-9]{3}$'},'open':{'private':false}},"
      "'purpose':true,'map':{'name':'/name'}}}}");
  g_autoptr(GHashTable) inputs = table("n", "12345678901");
  g_autoptr(GError) error = NULL;
  (void)state;
  assert_null(mc_lookup_new(binding, "who", inputs, &error));
  assert_non_null(strstr(error->message, "expected form"));
  g_clear_error(&error);
  g_hash_table_insert(inputs, (gpointer) "n", (gpointer) "007");
  assert_null(mc_lookup_new(binding, "who", inputs, &error));
  assert_non_null(strstr(error->message, "purpose"));
  g_clear_error(&error);
  g_hash_table_insert(inputs, (gpointer) "purpose", (gpointer) "too short");
  assert_null(mc_lookup_new(binding, "who", inputs, &error));
  assert_non_null(strstr(error->message, "at least 10"));
  g_clear_error(&error);
  g_hash_table_insert(inputs, (gpointer) "purpose", (gpointer) "long enough");
  g_hash_table_insert(inputs, (gpointer) "open", (gpointer) "yes");
  g_autoptr(McExchange) x = mc_lookup_new(binding, "who", inputs, &error);
  assert_null(error);
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  g_autofree char *body = body_text(request);
  assert_string_equal(body, "{\"n\":\"007\",\"why\":\"long enough\"}");
  assert_false(request->mutating);
  g_autofree char *journal = mc_lookup_inputs_text(binding, "who", inputs);
  assert_null(strstr(journal, "007"));
  assert_null(strstr(journal, "long"));
  assert_non_null(strstr(journal, "open=yes"));
}

static void
an_answer_is_kept_under_its_question(void **state)
{
  g_autoptr(McBinding) binding = bind_text(HEAD LOOKUP(",'cache':'PT1H'") "}"),
                       other = bind_text(HEAD LOOKUP(",'cache':'PT2H'") "}");
  g_autoptr(GHashTable) one = table("n", "007"), two = table("n", "008"), empty = table("n", "007");
  g_hash_table_insert(empty, (gpointer) "m", (gpointer) "");
  g_autofree char *first = mc_lookup_cache_key(binding, "who", one),
                  *second = mc_lookup_cache_key(binding, "who", two),
                  *third = mc_lookup_cache_key(other, "who", one),
                  *fourth = mc_lookup_cache_key(binding, "who", empty);
  (void)state;
  assert_int_equal(mc_lookup_cache(binding, "who"), 3600);
  assert_string_not_equal(first, second);
  assert_string_not_equal(first, third);
  assert_string_equal(first, fourth);
  g_autoptr(McExchange) x = ask(binding, "007");
  feed(x, 200, NULL, "{'name':'Lê C','home':'Thôn 3'}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McLookupAnswer) answer = mc_lookup_take(x);
  assert_false(answer->volatile_);
  g_autofree char *text = mc_lookup_answer_print(answer);
  g_autoptr(McLookupAnswer) back = mc_lookup_answer_parse(binding, "who", text);
  assert_true(back->found && back->record);
  assert_int_equal(back->as_of, NOW);
  assert_string_equal(mc_lookup_answer_field(back, "home")->value, "Thôn 3");
  assert_true(mc_lookup_answer_field(back, "home")->is_private);
  assert_null(mc_lookup_answer_parse(binding, "who", "{\"as_of\":"));
}

static void
what_fills_a_form(void **state)
{
  g_autoptr(McBinding) binding = bind_text(HEAD STREAM ENTER(
      ",'lookups':{'org.x/land':{'with':{'plot':{'$':'input.other'},'of':{'$':'config.base'}},"
      "'fills':{'owner':'full'}}}") LOOKUP(",'fills':{'name':['full','other']}") "}");
  g_autoptr(GHashTable) values = table("n", "007");
  (void)state;
  g_hash_table_insert(values, (gpointer) "other", (gpointer) "77");
  g_autoptr(GPtrArray) wishes = mc_action_fillers(binding, "enter", NULL, values);
  assert_int_equal(wishes->len, 2);
  const McFillerWish *land = wishes->pdata[0], *own = wishes->pdata[1];
  assert_string_equal(land->connector, "org.x");
  assert_string_equal(land->lookup, "land");
  assert_string_equal(g_hash_table_lookup(land->given, "plot"), "77");
  assert_int_equal(land->fills->len, 1);
  assert_null(own->connector);
  assert_string_equal(g_hash_table_lookup(own->given, "n"), "007");
  assert_int_equal(own->fills->len, 2);
  assert_string_equal(((McFill *)own->fills->pdata[1])->to, "other");
}

static void
the_population_register(void **state)
{
  g_autoptr(McBinding) binding = bind_file("dan-cu.jsonc");
  g_autoptr(GHashTable) inputs = table("number", "000099000002");
  g_autoptr(GError) error = NULL;
  (void)state;
  assert_null(mc_profile_streams(mc_binding_profile(binding))[0]);
  g_hash_table_insert(inputs, (gpointer) "purpose", (gpointer) "Kiểm tra hồ sơ");
  g_autoptr(McExchange) x = mc_lookup_new(binding, "citizen", inputs, &error);
  assert_null(error);
  g_autoptr(McRequest) request = sends(x, NULL, NOW);
  g_autofree char *body = body_text(request);
  assert_non_null(strstr(body, "\"soDinhDanh\":\"000099000002\",\"mucDich\":\"Kiểm tra hồ sơ\""));
  feed(x, 200, NULL, "{'ketQua':{'ma':'04','thongBao':'x'}}", NOW);
  must_be_done(x, NULL, NOW);
  g_autoptr(McLookupAnswer) answer = mc_lookup_take(x);
  assert_false(answer->found);
  assert_true(answer->volatile_);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_file_may_say), cmocka_unit_test(a_record_is_read),
      cmocka_unit_test(who_is_not_there),    cmocka_unit_test(trouble_is_asked_again),
      cmocka_unit_test(inputs_are_checked),  cmocka_unit_test(an_answer_is_kept_under_its_question),
      cmocka_unit_test(what_fills_a_form),   cmocka_unit_test(the_population_register),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

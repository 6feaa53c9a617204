/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles, bindings, forms and actions of the connector layer. */
#include "connector-help.h"

#define HEAD                                                            \
  "{'motcua':1,'id':'t','title':{'vi':'T','en':'T "                     \
  "en'},'kind':'case','config':{'base':{'type':'url','required':true}," \
  "'unit':{'type':'integer'}},'base':{'$':'config.base'},"
#define STREAM "'streams':{'s':{'request':{'url':'/s'},'records':'/items','key':'/id','map':{'title':'/t'}}}"
#define FILES  ",'attachments':{'on':'s','list':'/f','map':{'key':'/k','name':'/n'}"
#define ACTION "'actions':{'approve':{'on':'s','request':{'url':'/a'},'idempotency':'same'"

static void
whole_files(void **state)
{
  (void)state;
  static const char *const names[] = {"van-ban.jsonc", "mot-cua.jsonc", "ho-tich.jsonc"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    mc_binding_unref(bind_file(names[i]));
}

/* A fault is said with its place, pointer, what was expected, and the nearest known word. */
static const struct {
  const char *text;
  const char *says; /* NULL: no fault */
} faults[] = {
    {HEAD STREAM "}", NULL},
    {"{'motcua':1,", "t.jsonc:1:13"},
    {HEAD STREAM ",'acitons':{}}", "\"acitons\" is not known here; did you mean \"actions\"?"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'records':'/items','map':{}}}}",
     "/streams/s: a stream needs the key 'key'"},
    {HEAD STREAM ",'limits':{'timeout':'x'}}", "'timeout' must be an integer"},
    {HEAD STREAM ",'limits':{'rate':'5 per s'}}", "is not a rate"},
    {HEAD STREAM ",'limits':{'max_body':'8GB'}}", "is not a size"},
    {HEAD STREAM ",'limits':{'concurrency':65}}", "from 1 to 64"},
    {HEAD "'streams':{}}", "at least one stream"},
    {HEAD "'streams':{'s':{'request':{'url':'/s','query':{'u':{'$':'config.unti'}}},'records':'/i','key':'/"
          "id','map':{}}}}",
     "config.unti"},
    {HEAD "'streams':{'s':{'request':{'url':'/s/{item.key}'},'records':'/i','key':'/id','map':{}}}}",
     "item.key"},
    {HEAD
     "'streams':{'s':{'request':{'url':'/s'},'pages':{'type':'page'},'records':'/i','key':'/id','map':{}}}}",
     "not bounded"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'pages':{'type':'pages','max':3},'records':'/i','key':'/"
          "id','map':{}}}}",
     "did you mean 'page'?"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'pages':{'type':'page','max':3,'stop':'short'},'records':'/"
          "i','key':'/id',"
          "'map':{}}}}",
     "needs 'size'"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'records':'/i','key':'/id','map':{'titel':'/t'}}}}",
     "did you mean \"title\"?"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'records':'/i','key':'/id','map':{'state':{'at':'/"
          "s','table':{'1':'open'}}}}}}",
     "'open' is not a word for 'state'"},
    {HEAD
     "'streams':{'s':{'request':{'url':'/s'},'records':'/i','key':'/id','map':{'fields':[{'at':'/x'}]}}}}",
     "a field needs the key 'label'"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'records':'/i','key':'/id','map':{},'delta':{'link':'/"
          "n','cursor':'/u'}}}}",
     "a delta has one of 'cursor', 'token' and 'link'"},
    {HEAD "'streams':{'s':{'request':{'url':'/s'},'records':'/i','key':'/id','map':{},"
          "'delta':{'cursor':'/rev','overlap':'PT1M'}}}}",
     "'overlap' needs a cursor that is a moment"},
    {HEAD STREAM ",'actions':{'approve':{'on':'s','request':{'url':'/a'}}}}",
     "does not say how it stays single"},
    {HEAD STREAM "," ACTION "}}}", NULL},
    {HEAD STREAM ",'actions':{'approve':{'on':'z','request':{'url':'/a'},'idempotency':'same'}}}",
     "there is no stream 'z'"},
    {HEAD STREAM "," ACTION ",'poll':{'every':5}}}}", "'every' must be"},
    {HEAD STREAM "," ACTION ",'update':{'state':'finished'}}}}", "not a state"},
    {HEAD STREAM "," ACTION ",'refetch':true}}}", "'refetch' needs a 'detail'"},
    {HEAD STREAM "," ACTION ",'allow':{'state':['new','nwe']}}}}", "not a state"},
    {HEAD STREAM "," ACTION ",'form':{'to':{'type':'person','from':'staff'}}}}}",
     "there is no lookup 'staff'"},
    {HEAD STREAM "," ACTION ",'form':{'to':{'type':'choice'}}}}}", "a choice needs"},
    {HEAD STREAM "," ACTION ",'form':{'f':{'type':'file'}}}}}", NULL},
    {HEAD STREAM "," ACTION ",'form':{'f':{'type':'file','many':true}}}}}",
     "'many' does not belong to a file"},
    {HEAD STREAM "," ACTION ",'form':{'f':{'type':'file','max':'5Mb'}}}}}", "is not a size"},
    {HEAD STREAM "," ACTION ",'form':{'f':{'type':'file','accept':'pdf'}}}}}", "an ending such as"},
    {HEAD STREAM "," ACTION ",'form':{'f':{'type':'text','accept':'.pdf'}}}}}", "'accept' belongs to a file"},
    {HEAD STREAM "," ACTION ",'form':{'f':{'type':'text','pattern':'['}}}}}", "not a regular expression"},
    {HEAD STREAM ",'actions':{'approve':{'on':'s','form':{'note':{'type':'text'}},"
                 "'request':{'url':'/a','json':{'n':{'$':'input.nota'}}},'idempotency':'same'}}}",
     "input.nota"},
    {HEAD STREAM
     ",'actions':{'approve':{'on':'s','request':{'url':'/a'},'idempotency':{'field':'ref','lives':'P1D'}}}}",
     "does not carry"},
    {HEAD STREAM ",'actions':{'approve':{'on':'s','request':{'url':'/a'},'idempotency':{'header':'K'}}}}",
     "needs the key 'lives'"},
    {HEAD STREAM ",'actions':{'approve':{'on':'s','request':{'url':'/a'},'unknown':'retry'}}}",
     "'unknown' must be"},
    {HEAD STREAM
     ",'errors':[{'when':{'status':[400]},'class':'business'},{'when':{'status':[400]},'class':'auth'}]}",
     "can never match"},
    {HEAD STREAM ",'errors':[{'when':{'status':[400]},'class':'bussiness'}]}", "did you mean 'business'?"},
    {HEAD STREAM ",'auth':{'type':'sing'}}", "did you mean 'sign'"},
    {HEAD STREAM ",'auth':{'type':'oauth2','grant':'device','token':'/t'}}", "needs the key 'device'"},
    {HEAD STREAM ",'auth':{'type':'login','request':{'url':'/l'},'token':'/t','inject':{'value':'x'}}}",
     "one of 'header' and 'query'"},
    {HEAD STREAM FILES "}}", NULL},
    {HEAD STREAM FILES ",'upload':{}}}", "upload needs the key 'url'"},
    {HEAD STREAM FILES ",'upload':{'url':'/u','multipart':{'f':{'$':'upload'}},'max':'1TB'}}}",
     "is not a size"},
    {HEAD STREAM FILES ",'upload':{'url':'/u','body':{'$':'upload.path2'},'succes':{}}}}",
     "did you mean \"success\""},
    {HEAD STREAM "," ACTION "}}" FILES ",'upload':{'url':'/u','body':{'$':'upload'}}}}", NULL},
    {HEAD STREAM ",'actions':{'attach':{'on':'s','request':{'url':'/a'},'unknown':'ask'}}" FILES
                 ",'upload':{'url':'/u','body':{'$':'upload'}}}}",
     "there is one of that name"},
    {HEAD STREAM FILES ",'download':{'url':'/d/{file.kye}'}}}", "did you mean \"file.key\"?"},
    {HEAD STREAM FILES ",'download':{'url':'/d/{upload.name}'}}}", "is not known here"},
    {HEAD STREAM FILES ",'download':{'url':'/d/{file.key}','resume':'yes'}}}", "'yes' is not one of 'range'"},
    {HEAD STREAM FILES
     ",'download':{'url':'/d/{file.key}','resume':'range','content':{'at':'/c','as':'base64'}}}}",
     "comes whole or not at all"},
    {HEAD STREAM ",'attachments':{'on':['s','t'],'list':'/f','map':{'key':'/k','name':'/n'}}}",
     "there is no stream 't'"},
    {HEAD STREAM ",'attachments':{'on':'s','list':{'request':{'url':'/f'}},'map':{'key':'/k','name':'/n'}}}",
     "list needs the key 'records'"},
};

static void
every_fault_is_said(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    McProfile *profile = NULL;
    g_autofree char *text = check_text(faults[i].text, &profile);
    gboolean as_said =
        faults[i].says ? tells(text, faults[i].says) && !profile : only_warnings(text) && profile;
    if (!as_said)
      print_message("%s\n-> %s(expected %s)\n", faults[i].text, text,
                    faults[i].says ? faults[i].says : "none");
    assert_true(as_said);
    mc_profile_unref(profile);
  }
}

static void
all_faults_in_one_run(void **state)
{
  (void)state;
  g_autofree char *text =
      check_text("{\n 'motcua':2,\n 'id':'t', 'title':'T', 'kind':'cases', 'base':'http://h',\n"
                 " 'streams':{'s':{'request':{'url':'/s'},'records':'/i','key':'/id','map':{'x':1}}},\n"
                 " 'actions':{'a':{'on':'q','request':{'url':'/a'}}}}",
                 NULL);
  static const char *const said[] = {"t.jsonc:2:",
                                     "t.jsonc:3:",
                                     "t.jsonc:4:",
                                     "t.jsonc:5:",
                                     "did you mean 'case'?",
                                     "stays single",
                                     "there is no stream 'q'"};
  for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
    if (!tells(text, said[i]))
      print_message("%s lacks %s\n", text, said[i]);
    assert_true(tells(text, said[i]));
  }
}

static void
an_unreadable_file_is_one_fault(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  assert_null(mc_profile_load("/nonexistent/x.jsonc", list));
  assert_int_equal(list->len, 1);
  assert_int_equal(((McFault *)list->pdata[0])->line, 0);
}

/* What is no JSON is said line by line, and what could be read of it is judged as well, once. */
static void
a_broken_file_is_read_to_its_end(void **state)
{
  (void)state;
  static const char *const files[][2] = {
      /* a comma is missing, and a key is wrong */
      {"{'motcua':1,'id':'t','title':'T','kind':'case'\n'config':{'base':{'type':'url','required':true}},\n"
       "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'pages':{'type':'none'},\n"
       "'records':'/items','key':'/id','map':{'titel':'/t'}}}}",
       "t.jsonc:2:1: found '\"', expected ',' or '}'\n"
       "t.jsonc:4:39: /streams/s/map/titel: \"titel\" is not known here; did you mean \"title\"?\n"},
      /* a value that cannot be read is not missing too */
      {"{'motcua':1,'id':'t','title':'T','kind':case,\n'config':{'base':{'type':'url','required':true}},\n"
       "'base':{'$':'config.base'},'streams':{'s':{'request':{'url':'/s'},'pages':{'type':'none'},\n"
       "'records':,'key':'/id','map':{'title':'/t',},}}}",
       "t.jsonc:1:41: /kind: found 'c', expected a value (an object, array, string, number, true, false or "
       "null)\n"
       "t.jsonc:4:11: /streams/s/records: found ',', expected a value (an object, array, string, number, "
       "true, "
       "false or null)\n"
       "t.jsonc:4:44: /streams/s/map: found '}', expected a name in double quotes\n"
       "t.jsonc:4:46: /streams/s: found '}', expected a name in double quotes\n"},
      {"",
       "t.jsonc:1:1: found the end of the text, expected a value (an object, array, string, number, true, "
       "false or null)\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *said = check_text(files[i][0], NULL);
    assert_string_equal(said, files[i][1]);
  }
}

/* --- binding --- */
static const struct {
  const char *key, *value, *says;
} configs[] = {
    {NULL, NULL, "'base' is required"},
    {"base", "ftp://h", "http:// or https://"},
    {"base", "http://u:p@h", "http:// or https://"},
    {"bsae", "http://h", "did you mean 'base'?"},
    {"unit", "x", "'base' is required"},
};

static void
a_binding_checks_its_configuration(void **state)
{
  McProfile *profile = NULL;
  (void)state;
  G_GNUC_UNUSED g_autofree char *text = check_text(HEAD STREAM "}", &profile);
  for (gsize i = 0; i < G_N_ELEMENTS(configs); i++) {
    g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) error = NULL;
    if (configs[i].key)
      g_hash_table_insert(config, (gpointer)configs[i].key, (gpointer)configs[i].value);
    assert_null(mc_binding_new(profile, "sys", config, NULL, &error));
    assert_int_equal(error->code, MC_ERROR_CONFIG);
    if (!tells(error->message, configs[i].says))
      print_message("%s\n", error->message);
    assert_true(tells(error->message, configs[i].says));
  }
  mc_profile_unref(profile);
}

static void
a_profile_tells_what_it_is(void **state)
{
  g_autoptr(McBinding) binding = bind_file("van-ban.jsonc");
  McProfile *profile = mc_binding_profile(binding);
  (void)state;
  g_autofree char *secrets = g_strjoinv(" ", (char **)mc_profile_secrets(profile));
  g_autoptr(GPtrArray) config = mc_profile_config(profile);
  assert_string_equal(secrets, "client_id client_secret password username");
  assert_int_equal(config->len, 1);
  assert_string_equal(((McConfigSpec *)config->pdata[0])->type, "url");
  assert_int_equal(mc_profile_kind(profile), MC_KIND_DOCUMENT);
  assert_int_equal(mc_profile_limits(profile)->concurrency, 8);
  assert_int_equal(mc_profile_limits(profile)->timeout, 30);
  assert_string_equal(mc_profile_streams(profile)[0], "documents");
  assert_string_equal(mc_profile_actions(profile)[0], "receive");
  assert_string_equal(mc_profile_lookups(profile)[0], "officials");
  assert_string_equal(mc_binding_base(binding), "http://127.0.0.1:8080/x");
}

/* Of the timeout it is the desk's own that counts, where none is written. */
static void
limits_that_are_not_written(void **state)
{
  g_autoptr(McProfile) profile = NULL;
  g_autofree char *said = check_text(HEAD STREAM "}", &profile);
  (void)state;
  assert_true(only_warnings(said));
  assert_non_null(profile);
  assert_int_equal(mc_profile_limits(profile)->timeout, 0);
  assert_int_equal(mc_profile_limits(profile)->retries, 4);
}

/* --- actions --- */
#define RIGHTS                                                                                             \
  HEAD STREAM                                                                                              \
      ",'actions':{"                                                                                       \
      "'approve':{'on':'s','allow':{'state':['new','approval']},'confirm':true,'request':{'url':'/a'},"    \
      "'idempotency':'same','update':{'state':'done','assignee':{'$':'input.to'},'unread':false},"         \
      "'form':{'to':{'type':'text','required':true,'max':5},'n':{'type':'integer'},'m':{'type':'money'},"  \
      "'d':{'type':'date'},'b':{'type':'boolean'},'c':{'type':'choice','static':['x','y'],'many':true}}}," \
      "'forward':{'on':'s','allow':{'at':'/can','has':'F'},'reason':'/why','request':{'url':'/f'},"        \
      "'idempotency':'same'},"                                                                             \
      "'enter':{'on':'s','new':true,'request':{'url':'/e'},'idempotency':'same'}}}"

static McItem *
item_with(const char *raw, McState word)
{
  McItem *item = mc_item_new("sys", "s", "1", FALSE);
  item->state = item->sys_state = word;
  item->version = g_strdup("7");
  item->raw = raw ? quoted(raw) : NULL;
  return item;
}

static void
rights_come_from_state_and_record(void **state)
{
  g_autoptr(McBinding) binding = bind_text(RIGHTS);
  g_autoptr(McItem) item = item_with("{'can':['F'],'why':'w'}", MC_STATE_DONE);
  (void)state;
  mc_actions_allow(binding, item, NULL);
  assert_string_equal(item->actions[0], "forward");
  assert_null(item->actions[1]);
  assert_int_equal(item->blocked->len, 1);
  assert_string_equal(((McBlocked *)item->blocked->pdata[0])->action, "approve");
  g_autoptr(McItem) other = item_with("{'can':[],'why':'hết\\u001bhạn'}", MC_STATE_NEW);
  mc_actions_allow(binding, other, NULL);
  assert_string_equal(other->actions[0], "approve");
  assert_string_equal(((McBlocked *)other->blocked->pdata[0])->reason, "hết\xEF\xBF\xBDhạn");
  /* Without the record the last word holds. */
  g_clear_pointer(&other->raw, g_free);
  mc_actions_allow(binding, other, NULL);
  assert_string_equal(((McBlocked *)other->blocked->pdata[0])->reason, "hết\xEF\xBF\xBDhạn");
}

static void
a_form_is_shown_and_checked(void **state)
{
  g_autoptr(McBinding) binding = bind_text(RIGHTS);
  g_autoptr(GError) error = NULL;
  g_autoptr(McForm) form = mc_action_form(binding, "approve", &error);
  (void)state;
  assert_true(form->confirm);
  assert_int_equal(form->inputs->len, 6);
  assert_null(mc_action_form(binding, "aprove", &error));
  assert_int_equal(error->code, MC_ERROR_NOT_FOUND);
  assert_true(tells(error->message, "did you mean 'approve'?"));
}

static const struct {
  const char *name, *value, *frozen; /* NULL: refused */
} inputs[] = {
    {"to", "a", "\"to\":\"a\""},
    {"to", "abcdef", NULL},
    {"to", " ", NULL},
    {"n", "12", "\"n\":12"},
    {"n", "1.2", NULL},
    {"m", "8.000", "\"m\":8000"},
    {"m", "80.00", NULL},
    {"d", "24/11/2026", "\"d\":\"2026-11-24\""},
    {"d", "2026-11-24", "\"d\":\"2026-11-24\""},
    {"d", "31/02/2026", NULL},
    {"b", "true", "\"b\":true"},
    {"b", "yes", NULL},
    {"c", "x\ny", "\"c\":[\"x\",\"y\"]"},
    {"c", "z", NULL},
    {"zz", "1", NULL},
};

static void
inputs_are_frozen_as_their_types(void **state)
{
  g_autoptr(McBinding) binding = bind_text(RIGHTS);
  g_autoptr(McItem) item = item_with("{}", MC_STATE_NEW);
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++) {
    g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *frozen = NULL;
    g_autoptr(GError) error = NULL;
    g_hash_table_insert(fields, (gpointer) "to", (gpointer) "a");
    g_hash_table_insert(fields, (gpointer)inputs[i].name, (gpointer)inputs[i].value);
    gboolean ok = mc_action_freeze(binding, item, "approve", fields, "K1", NOW, &frozen, &error);
    if (ok != (inputs[i].frozen != NULL))
      print_message("%s=%s: %s\n", inputs[i].name, inputs[i].value, error ? error->message : frozen);
    assert_int_equal(ok, inputs[i].frozen != NULL);
    if (ok && !strstr(frozen, inputs[i].frozen))
      print_message("%s\n", frozen);
    assert_true(!ok || strstr(frozen, inputs[i].frozen));
    assert_true(ok || error->code == MC_ERROR_USAGE);
  }
}

static void
freezing_checks_the_precondition(void **state)
{
  g_autoptr(McBinding) binding = bind_text(RIGHTS);
  g_autoptr(McItem) item = item_with("{}", MC_STATE_DONE);
  g_autofree char *frozen = NULL;
  g_autoptr(GError) error = NULL;
  (void)state;
  assert_false(mc_action_freeze(binding, item, "approve", NULL, "K", NOW, &frozen, &error));
  assert_int_equal(error->code, MC_ERROR_REFUSED);
  g_clear_error(&error);
  assert_false(mc_action_freeze(binding, NULL, "approve", NULL, "K", NOW, &frozen, &error));
  assert_int_equal(error->code, MC_ERROR_USAGE);
  g_clear_error(&error);
  assert_true(mc_action_freeze(binding, NULL, "enter", NULL, "K", NOW, &frozen, &error));
  assert_null(strstr(frozen, "\"item\""));
}

static void
an_overlay_changes_the_item_and_its_rights(void **state)
{
  g_autoptr(McBinding) binding = bind_text(RIGHTS);
  g_autoptr(McItem) item = item_with("{}", MC_STATE_NEW);
  (void)state;
  item->raw_state = g_strdup("Mới");
  item->unread = TRUE;
  mc_action_overlay(binding, item, "approve", "{\"key\":\"K\",\"now\":1,\"inputs\":{\"to\":\"bà A\"}}");
  assert_int_equal(item->state, MC_STATE_DONE);
  assert_int_equal(item->sys_state, MC_STATE_NEW);
  assert_string_equal(item->assignee, "bà A");
  assert_false(item->unread);
  assert_null(item->raw_state);
  assert_null(item->actions[0]);
}

static void
a_bare_date_overlaid_is_the_end_of_that_day(void **state)
{
  g_autoptr(McBinding) binding =
      bind_text(HEAD STREAM "," ACTION ",'form':{'d':{'type':'date'}},'update':{'due':{'$':'input.d'}}}}}");
  g_autoptr(McItem) item = item_with("{}", MC_STATE_NEW);
  (void)state;
  mc_action_overlay(binding, item, "approve", "{\"key\":\"K\",\"now\":1,\"inputs\":{\"d\":\"2026-11-24\"}}");
  assert_int_equal(item->due, 1795514400); /* 17:00 +07:00 */
}

static void
standard_actions_have_labels(void **state)
{
  g_autoptr(McBinding) binding = bind_text(RIGHTS);
  g_autoptr(McForm) form = mc_action_form(binding, "approve", NULL);
  (void)state;
  assert_string_equal(form->label, mc_action_standard_label("approve"));
  assert_null(mc_action_standard_label("fly"));
  g_autofree char *known = mc_secret_label("client_secret"), *other = mc_secret_label("dong_dau-so");
  assert_string_equal(known, "Application's secret");
  assert_string_equal(other, "dong dau so");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_files),
      cmocka_unit_test(every_fault_is_said),
      cmocka_unit_test(all_faults_in_one_run),
      cmocka_unit_test(an_unreadable_file_is_one_fault),
      cmocka_unit_test(a_broken_file_is_read_to_its_end),
      cmocka_unit_test(a_binding_checks_its_configuration),
      cmocka_unit_test(a_profile_tells_what_it_is),
      cmocka_unit_test(limits_that_are_not_written),
      cmocka_unit_test(rights_come_from_state_and_record),
      cmocka_unit_test(a_form_is_shown_and_checked),
      cmocka_unit_test(inputs_are_frozen_as_their_types),
      cmocka_unit_test(freezing_checks_the_precondition),
      cmocka_unit_test(an_overlay_changes_the_item_and_its_rights),
      cmocka_unit_test(a_bare_date_overlaid_is_the_end_of_that_day),
      cmocka_unit_test(standard_actions_have_labels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"
#include <string.h>
#include "connector/plan.h"

#define LAB "tests/functional/lab/lab-"

static const char *const files[] = {
    "tests/fuzz/map.jsonc",     "connectors/dan-cu.jsonc", "connectors/ho-tich.jsonc",
    "connectors/mot-cua.jsonc", "connectors/thu.jsonc",    "connectors/van-ban.jsonc",
    "connectors/1022.jsonc",    "connectors/rt.jsonc",     LAB "batch.jsonc",
    LAB "device.jsonc",         LAB "files.jsonc",         LAB "graphql.jsonc",
    LAB "jsonrpc.jsonc",        LAB "liar.jsonc",          LAB "oauth.jsonc",
    LAB "odata.jsonc",          LAB "otp.jsonc",           LAB "pages.jsonc",
    LAB "poll.jsonc",           LAB "sign.jsonc",          LAB "single.jsonc",
    LAB "soap.jsonc",           LAB "steps.jsonc",
};

static const char session_text[] =
    "{\"token\":\"t\",\"refresh\":\"r\",\"expires\":9999999999,\"account\":\"canbo01\",\"csrf\":\"c\","
    "\"keep\":{\"id\":\"a1\",\"login\":\"canbo01\",\"account\":\"a1\",\"api\":\"/jmap/api\"},"
    "\"secret\":{\"username\":\"canbo01\",\"password\":\"p\",\"key\":\"k\",\"secret\":\"s\"},"
    "\"cookies\":[{\"name\":\"sid\",\"value\":\"v\",\"path\":\"/\"}]}";

guint
desk_count(void)
{
  return G_N_ELEMENTS(files);
}

McCalendar *
desk_calendar(void)
{
  static McCalendar *calendar;
  if (!calendar)
    calendar = mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", NULL);
  return calendar;
}

static McBinding *
bind_profile(McProfile *profile, const char *name)
{
  g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) specs = mc_profile_config(profile);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < specs->len; i++) {
    const McConfigSpec *spec = specs->pdata[i];
    if (strcmp(spec->type, "url") == 0)
      g_hash_table_insert(config, (gpointer)spec->key, (gpointer) "http://127.0.0.1:8080/x");
    else if (spec->required)
      g_hash_table_insert(config, (gpointer)spec->key, (gpointer) "1");
  }
  McBinding *binding = mc_binding_new(profile, "f", config, desk_calendar(), &error);
  if (!binding)
    g_error("%s: %s", name, error->message);
  return binding;
}

static McBinding *
load(const char *file, gboolean xml)
{
  static const char version[] = "\"motcua\": 1,";
  const char *source = g_getenv("top_srcdir");
  g_autofree char *path = g_build_filename(source ? source : ".", file, NULL), *text = NULL;
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  if (!g_file_get_contents(path, &text, NULL, NULL))
    g_error("%s: cannot be read", path);
  const char *place = xml && !strstr(text, "\"format\": \"xml\"") ? strstr(text, version) : NULL;
  g_autofree char *whole =
      place ? g_strdup_printf("%.*s\"format\": \"xml\", %s", (int)(place - text), text, place)
            : g_strdup(text);
  g_autoptr(McProfile) profile = mc_profile_parse(file, whole, strlen(whole), faults);
  if (!profile) {
    g_autofree char *fault = mc_fault_format(faults->pdata[0]);
    g_error("%s", fault);
  }
  return bind_profile(profile, file);
}

McBinding *
desk_binding(guint which, gboolean xml)
{
  static McBinding *bindings[2][G_N_ELEMENTS(files)];
  McBinding **binding = &bindings[xml ? 1 : 0][which];
  if (!*binding)
    *binding = load(files[which], xml);
  return *binding;
}

const McSession *
desk_session(void)
{
  static McSession *session;
  if (!session)
    session = mc_session_parse(session_text, NULL);
  return session;
}

McItem *
desk_item(const McBinding *binding, const char *stream)
{
  const char *const *streams = mc_profile_streams(binding->profile);
  McItem *item = mc_item_new(binding->system, stream, "007", streams[0] && streams[1]);
  item->code = g_strdup("H47.1");
  item->version = g_strdup("3");
  item->etag = g_strdup("\"e\"");
  item->keep = g_strdup("{\"a\":\"x\",\"href\":\"/s/007\",\"account\":\"a1\",\"url\":\"/s/007\"}");
  item->raw = g_strdup("{\"id\":\"007\",\"title\":\"T\",\"rev\":3}");
  return item;
}

static cJSON *
input_value(const McInput *input)
{
  static const char file[] = "{\"name\":\"a.pdf\",\"type\":\"application/pdf\",\"size\":3,\"sha256\":"
                             "\"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\"}";
  if (input->type == MC_INPUT_FILE)
    return cJSON_Parse(file);
  if (input->type == MC_INPUT_INTEGER || input->type == MC_INPUT_MONEY)
    return cJSON_CreateNumber(8000);
  if (input->type == MC_INPUT_BOOLEAN)
    return cJSON_CreateTrue();
  if (!input->many)
    return cJSON_CreateString(input->type == MC_INPUT_DATE ? "2026-11-24" : "x <1> & y");
  cJSON *list = cJSON_CreateArray();
  cJSON_AddItemToArray(list, cJSON_CreateString("a"));
  cJSON_AddItemToArray(list, cJSON_CreateString("b"));
  return list;
}

char *
desk_frozen(const McBinding *binding, const char *name, const char *key)
{
  const McAction *action = mc_profile_action(binding->profile, name);
  g_autoptr(McItem) item = desk_item(binding, action->stream ? action->stream : "s");
  cJSON *tree = cJSON_CreateObject(), *inputs = cJSON_CreateObject();
  for (guint i = 0; i < action->inputs->len; i++) {
    const McInputPlan *plan = action->inputs->pdata[i];
    cJSON_AddItemToObject(inputs, plan->input->name, input_value(plan->input));
  }
  cJSON_AddStringToObject(tree, "action", name);
  cJSON_AddStringToObject(tree, "key", key);
  cJSON_AddNumberToObject(tree, "now", NOW);
  cJSON_AddItemToObject(tree, "inputs", inputs);
  if (!action->creates)
    cJSON_AddItemToObject(tree, "item", mc_item_names(item));
  char *text = mc_json_print(tree);
  cJSON_Delete(tree);
  return text;
}

GHashTable *
desk_inputs(const McBinding *binding, const char *lookup)
{
  GHashTable *inputs = g_hash_table_new(g_str_hash, g_str_equal);
  const McLookup *plan = mc_profile_lookup(binding->profile, lookup);
  for (guint i = 0; i < plan->inputs->len; i++) {
    const McInput *input = ((McInputPlan *)plan->inputs->pdata[i])->input;
    g_hash_table_insert(inputs, input->name, (gpointer)(input->pattern ? "001099000478" : "xac minh ho so"));
  }
  return inputs;
}

GHashTable *
desk_secrets(const McBinding *binding)
{
  GHashTable *secrets = g_hash_table_new(g_str_hash, g_str_equal);
  for (const char *const *name = mc_profile_secrets(binding->profile); *name; name++)
    g_hash_table_insert(secrets, (gpointer)*name, (gpointer) "canbo01");
  return secrets;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The profile as a whole: reading the file, compiling it part by part, and answering what the rest of the
 * program asks of it. The parts are compiled in the order in which they need each other: configuration and
 * auth first, for the names they define; streams, actions and lookups after; what ties them together (a
 * form's lookup, an action's stream) at the end. */
#include <string.h>

#include "connector/check.h"
#include "connector/reader-parts.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

/* --- names --- */
static void
add_members(GPtrArray *names, const char *root, const cJSON *object)
{
  const cJSON *member;
  cJSON_ArrayForEach (member, object)
    if (member->string)
      g_ptr_array_add(names, g_strdup_printf("%s.%s", root, member->string));
}

void
mc_build_place(McBuild *b, guint see, const cJSON *inputs, const cJSON *before)
{
  static const struct {
    guint see;
    const char *names[12];
  } places[] = {
      {MC_SEE_SECRET, {"secret"}},
      {MC_SEE_CURSOR, {"cursor"}},
      {MC_SEE_PAGE, {"page.number", "page.offset", "page.cursor", "page.size"}},
      {MC_SEE_ITEM, {"item.key", "item.code", "item.version", "item.etag"}},
      {MC_SEE_ACTION, {"action.key"}},
      {MC_SEE_TOKEN, {"token"}},
      {MC_SEE_REFRESH, {"refresh"}},
      {MC_SEE_REQUEST,
       {"request.method", "request.url", "request.host", "request.path", "request.query", "request.body",
        "request.body_sha256", "request.body_md5", "request.timestamp", "request.nonce"}},
      {MC_SEE_SIGNATURE, {"signature"}},
      {MC_SEE_BATCH, {"batch"}},
      {MC_SEE_FILE, {"file.key", "file.name", "file.size", "file.type", "file.sha256"}},
      {MC_SEE_UPLOAD, {"upload"}},
  };
  GPtrArray *names = g_ptr_array_new();
  see |= b->also;
  g_ptr_array_add(names, g_strdup("now"));
  for (guint i = 0; i < b->profile->config->len; i++)
    g_ptr_array_add(names, g_strconcat("config.", ((McConfigPlan *)b->profile->config->pdata[i])->key, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    for (gsize j = 0; (see & places[i].see) && places[i].names[j]; j++)
      g_ptr_array_add(names, g_strdup(places[i].names[j]));
  for (guint i = 0; (see & MC_SEE_SESSION) && i < b->kept->len; i++) {
    const char *kept = b->kept->pdata[i]; /* NULL: any name */
    g_ptr_array_add(names, g_strconcat("session", kept ? "." : NULL, kept, NULL));
  }
  if ((see & MC_SEE_ITEM) && b->stream)
    add_members(names, "item.keep", mc_json_get(b->stream, "keep"));
  else if (see & MC_SEE_ITEM)
    g_ptr_array_add(names, g_strdup("item.keep"));
  if (see & MC_SEE_FILE)
    add_members(names, "file.keep", mc_json_get(mc_json_get(mc_json_root(b->c.json), "attachments"), "keep"));
  add_members(names, "input", inputs);
  add_members(names, "before", before);
  g_ptr_array_add(names, NULL);
  char **list = (char **)g_ptr_array_free(names, FALSE);
  g_ptr_array_add(b->profile->strings, list);
  b->c.names = (const char *const *)list;
}

void
mc_build_add(McBuild *b, const char *root, const cJSON *object)
{
  GPtrArray *names = g_ptr_array_new();
  for (const char *const *name = b->c.names; name && *name; name++)
    g_ptr_array_add(names, g_strdup(*name));
  if (object)
    add_members(names, root, object);
  else
    g_ptr_array_add(names, g_strdup(root));
  g_ptr_array_add(names, NULL);
  char **list = (char **)g_ptr_array_free(names, FALSE);
  g_ptr_array_add(b->profile->strings, list);
  b->c.names = (const char *const *)list;
}

static void
keep_free(McKeep *keep)
{
  mc_reader_free(keep->reader);
  g_free(keep->name);
  g_free(keep);
}

GPtrArray *
mc_keep_compile(McCompiler *c, const cJSON *object, const char *name)
{
  GPtrArray *keep = g_ptr_array_new_with_free_func((GDestroyNotify)keep_free);
  cJSON *member;
  cJSON_ArrayForEach (member, mc_shape_object(object, name)) {
    McKeep *one = g_new0(McKeep, 1);
    one->name = g_strdup(member->string);
    one->reader = mc_reader_compile(c, member);
    g_ptr_array_add(keep, one);
  }
  return keep;
}

void
mc_keep_read(const GPtrArray *keep, const cJSON *root, const McScope *scope, cJSON *into)
{
  for (guint i = 0; i < keep->len; i++) {
    const McKeep *one = keep->pdata[i];
    cJSON *value = mc_reader_read(one->reader, root, scope, NULL);
    if (!value)
      continue;
    cJSON_DeleteItemFromObjectCaseSensitive(into, one->name);
    cJSON_AddItemToObject(into, one->name, value);
  }
}

void
mc_keep_print(const GPtrArray *keep, const cJSON *root, const McScope *scope, GString *out)
{
  char before = '{';
  for (guint i = 0; i < keep->len; i++) {
    const McKeep *one = keep->pdata[i];
    const cJSON name = {.type = cJSON_String, .valuestring = one->name};
    cJSON *owned;
    const cJSON *value = mc_reader_peek(one->reader, root, scope, &owned, NULL);
    if (value) {
      g_string_append_c(out, before);
      mc_json_print_to(out, &name);
      g_string_append_c(out, ':');
      mc_json_print_to(out, value);
      before = ',';
    }
    cJSON_Delete(owned);
  }
  g_string_append(out, before == '{' ? "{}" : "}");
}

/* --- the parts that are small --- */
static const char *const config_types[] = {"url", "string", "integer", "boolean", "file", NULL};

static void
compile_config(McBuild *b, const cJSON *object)
{
  static const McKey keys[] = {{"type", MC_SHAPE_STRING, TRUE},
                               {"required", MC_SHAPE_BOOLEAN, FALSE},
                               {"title", MC_SHAPE_LABEL, FALSE},
                               {NULL, 0, FALSE}};
  const cJSON *member;
  cJSON_ArrayForEach (member, object) {
    if (!mc_shape_check(&b->c, member, _("a configuration key"), keys))
      continue;
    McConfigPlan *plan = g_new0(McConfigPlan, 1);
    plan->key = g_strdup(member->string);
    plan->type = config_types[mc_shape_word(&b->c, member, "type", config_types, 1)];
    plan->required = mc_shape_flag(member, "required");
    plan->title = mc_label_compile(&b->c, member, "title");
    g_ptr_array_add(b->profile->config, plan);
  }
}

static double
parse_rate(McCompiler *c, const cJSON *object)
{
  const char *text = mc_shape_string(object, "rate");
  char *end = NULL;
  if (!text)
    return 0;
  double count = g_ascii_strtod(text, &end);
  static const struct {
    const char *unit;
    double seconds;
  } units[] = {{"/s", 1}, {"/m", 60}, {"/h", 3600}};
  for (gsize i = 0; end != text && count > 0 && count <= 10000 && i < G_N_ELEMENTS(units); i++)
    if (g_str_equal(end, units[i].unit))
      return count / units[i].seconds;
  mc_compile_fault(c, mc_json_get(object, "rate"), FALSE, _("\"%s\" is not a rate such as 5/s or 60/m"),
                   text);
  return 0;
}

static void
compile_limits(McBuild *b, const cJSON *object)
{
  static const McKey keys[] = {{"rate", MC_SHAPE_STRING, FALSE},     {"concurrency", MC_SHAPE_INTEGER, FALSE},
                               {"timeout", MC_SHAPE_INTEGER, FALSE}, {"max_body", MC_SHAPE_STRING, FALSE},
                               {"retries", MC_SHAPE_INTEGER, FALSE}, {NULL, 0, FALSE}};
  McCompiler *c = &b->c;
  if (object)
    mc_shape_check(c, object, "limits", keys);
  b->profile->limits = (McLimits){
      .concurrency = mc_shape_int(c, object, "concurrency", 1, 64, 4),
      .timeout = mc_shape_int(c, object, "timeout", 1, 600, 0),
      .retries = mc_shape_int(c, object, "retries", 0, 20, 4),
      .rate = parse_rate(c, object),
      .max_body = (gsize)mc_shape_size(c, object, "max_body", 256 * 1024 * 1024, 8 * 1024 * 1024),
  };
}

static void
compile_hosts(McBuild *b, const cJSON *array)
{
  const cJSON *host;
  mc_build_place(b, 0, NULL, NULL);
  cJSON_ArrayForEach (host, array)
    g_ptr_array_add(b->profile->hosts, mc_node_compile(&b->c, host));
}

/* --- what ties parts together --- */
static void
check_on(McBuild *b, const cJSON *owner, const char *stream)
{
  if (!stream || mc_profile_stream(b->profile, stream))
    return;
  g_autofree char *near = mc_shape_near(stream, (const char *const *)b->profile->stream_names);
  mc_compile_fault(&b->c, mc_json_get(owner, "on"), FALSE, _("there is no stream \"%s\"%s"), stream, near);
}

static void
check_inputs(McBuild *b, const GPtrArray *inputs)
{
  for (guint i = 0; inputs && i < inputs->len; i++) {
    const McInputPlan *plan = inputs->pdata[i];
    const char *name = plan->input->lookup;
    if (!name || mc_profile_lookup(b->profile, name))
      continue;
    g_autofree char *near = mc_shape_near(name, (const char *const *)b->profile->lookup_names);
    mc_compile_fault(&b->c, plan->lookup, FALSE, _("there is no lookup \"%s\"%s"), name, near);
  }
}

static void
check_ties(McBuild *b, const cJSON *root)
{
  for (guint i = 0; i < b->profile->actions->len; i++) {
    const McAction *action = b->profile->actions->pdata[i];
    const cJSON *source = action->uploads ? mc_json_get(mc_json_get(root, "attachments"), "upload")
                                          : mc_json_get(mc_json_get(root, "actions"), action->name);
    check_on(b, source, action->stream);
    check_inputs(b, action->inputs);
    const McStream *stream = action->stream ? mc_profile_stream(b->profile, action->stream) : NULL;
    if (action->refetch && !action->creates && stream && stream->details->len == 0)
      mc_compile_fault(&b->c, mc_json_get(source, "refetch"), TRUE,
                       _("\"refetch\" needs a \"detail\" in stream \"%s\""), action->stream);
  }
  mc_lookups_check(b, root);
  const McFiles *files = b->profile->files;
  for (char **stream = files ? files->streams : NULL; stream && *stream; stream++)
    check_on(b, mc_json_get(root, "attachments"), *stream);
}

/* --- compiling --- */
typedef gpointer (*CompileOne)(McBuild *b, cJSON *source);

static void
compile_members(McBuild *b, const cJSON *object, CompileOne compile, GPtrArray *into, char ***names)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  cJSON *member;
  cJSON_ArrayForEach (member, object) {
    gpointer one = compile(b, member);
    if (!one)
      continue;
    g_ptr_array_add(into, one);
    g_ptr_array_add(list, g_strdup(member->string));
  }
  g_ptr_array_add(list, NULL);
  *names = (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

/* The action that files are given by stands last. */
static void
add_upload(McBuild *b, const cJSON *attachments)
{
  McProfile *p = b->profile;
  McAction *action = mc_upload_compile(b, attachments);
  if (!action)
    return;
  g_ptr_array_add(p->actions, action);
  guint count = g_strv_length(p->action_names);
  p->action_names = g_renew(char *, p->action_names, count + 2);
  p->action_names[count] = g_strdup(action->name);
  p->action_names[count + 1] = NULL;
}

static const char *const kind_names[] = {"document", "case", "feedback", "mail", "meeting", "alert", NULL};

static void
check_head(McBuild *b, const cJSON *root)
{
  gint64 version = 0;
  const cJSON *node = mc_json_get(root, "motcua");
  if (node && (!mc_json_int(node, &version) || version != 1))
    mc_compile_fault(&b->c, node, FALSE, _("this version reads the connector language 1"));
  const char *id = mc_shape_string(root, "id");
  if (id && !g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", id, G_REGEX_DOLLAR_ENDONLY, 0))
    mc_compile_fault(
        &b->c, mc_json_get(root, "id"), FALSE,
        _("\"%s\" is not an id: letters, digits, \".\", \"_\", \"-\", such as vn.province.cases"), id);
}

void
mc_profile_compile(McBuild *b, const cJSON *root)
{
  static const McKey keys[] = {{"motcua", MC_SHAPE_INTEGER, TRUE},      {"id", MC_SHAPE_STRING, TRUE},
                               {"title", MC_SHAPE_LABEL, TRUE},         {"kind", MC_SHAPE_STRING, TRUE},
                               {"config", MC_SHAPE_OBJECT, FALSE},      {"base", MC_SHAPE_NODE, TRUE},
                               {"hosts", MC_SHAPE_ARRAY, FALSE},        {"auth", MC_SHAPE_OBJECT, FALSE},
                               {"tls", MC_SHAPE_OBJECT, FALSE},         {"limits", MC_SHAPE_OBJECT, FALSE},
                               {"errors", MC_SHAPE_ARRAY, FALSE},       {"streams", MC_SHAPE_OBJECT, FALSE},
                               {"actions", MC_SHAPE_OBJECT, FALSE},     {"lookups", MC_SHAPE_OBJECT, FALSE},
                               {"attachments", MC_SHAPE_OBJECT, FALSE}, {"format", MC_SHAPE_STRING, FALSE},
                               {"charset", MC_SHAPE_STRING, FALSE},     {NULL, 0, FALSE}};
  McProfile *p = b->profile;
  if (!mc_shape_check(&b->c, root, _("a connector"), keys))
    return;
  check_head(b, root);
  p->id = g_strdup(mc_shape_string(root, "id"));
  p->title = mc_label_compile(&b->c, root, "title");
  p->kind = (McKind)mc_shape_word(&b->c, root, "kind", kind_names, MC_KIND_CASE);
  mc_form_compile(&b->c, root, &p->form);
  compile_config(b, mc_shape_object(root, "config"));
  mc_build_place(b, 0, NULL, NULL);
  p->base = mc_shape_member_node(&b->c, root, "base");
  compile_hosts(b, mc_shape_array(root, "hosts"));
  compile_limits(b, mc_shape_object(root, "limits"));
  mc_auth_compile(b, mc_shape_object(root, "auth"), &p->auth);
  mc_tls_compile(b, mc_shape_object(root, "tls"), &p->tls);
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM | MC_SEE_ACTION, NULL, NULL);
  g_ptr_array_unref(p->errors);
  p->errors = mc_rules_compile(&b->c, root, "errors");
  compile_members(b, mc_shape_object(root, "streams"), (CompileOne)mc_stream_compile, p->streams,
                  &p->stream_names);
  compile_members(b, mc_shape_object(root, "actions"), (CompileOne)mc_action_compile, p->actions,
                  &p->action_names);
  compile_members(b, mc_shape_object(root, "lookups"), (CompileOne)mc_lookup_compile, p->lookups,
                  &p->lookup_names);
  p->files = mc_files_compile(b, mc_shape_object(root, "attachments"));
  add_upload(b, mc_shape_object(root, "attachments"));
  if (p->streams->len + p->lookups->len == 0)
    mc_compile_fault(&b->c, mc_json_get(root, "streams") ? mc_json_get(root, "streams") : root, FALSE,
                     _("a connector needs at least one stream or one lookup"));
  check_ties(b, root);
  mc_audience_check(b, root);
  mc_check_use(b, root);
}

/* --- life --- */
static void
config_plan_free(McConfigPlan *plan)
{
  mc_label_free(plan->title);
  g_free(plan->key);
  g_free(plan);
}

McProfile *
mc_profile_new(McJson *json)
{
  McProfile *p = g_new0(McProfile, 1);
  g_atomic_ref_count_init(&p->refs);
  p->json = json;
  p->made = cJSON_CreateArray();
  p->strings = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  p->config = g_ptr_array_new_with_free_func((GDestroyNotify)config_plan_free);
  p->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)mc_node_free);
  p->errors = g_ptr_array_new();
  p->streams = g_ptr_array_new_with_free_func((GDestroyNotify)mc_stream_free);
  p->actions = g_ptr_array_new_with_free_func((GDestroyNotify)mc_action_free);
  p->lookups = g_ptr_array_new_with_free_func((GDestroyNotify)mc_lookup_free);
  return p;
}

McProfile *
mc_profile_ref(McProfile *profile)
{
  g_atomic_ref_count_inc(&profile->refs);
  return profile;
}

void
mc_profile_unref(McProfile *p)
{
  if (!p || !g_atomic_ref_count_dec(&p->refs))
    return;
  g_free(p->id);
  mc_label_free(p->title);
  mc_node_free(p->base);
  mc_auth_clear(&p->auth);
  mc_tls_plan_clear(&p->tls);
  GPtrArray *const arrays[] = {p->config, p->hosts, p->errors, p->streams, p->actions, p->lookups};
  for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_ptr_array_unref(arrays[i]);
  mc_files_free(p->files);
  g_strfreev(p->stream_names);
  g_strfreev(p->action_names);
  g_strfreev(p->lookup_names);
  g_ptr_array_unref(p->strings);
  cJSON_Delete(p->made);
  mc_json_free(p->json);
  g_free(p);
}

/* --- what others ask --- */
const char *
mc_profile_id(const McProfile *profile)
{
  return profile->id;
}

const char *
mc_profile_title(const McProfile *profile)
{
  const char *title = mc_label_text(profile->title);
  return title ? title : profile->id;
}

McKind
mc_profile_kind(const McProfile *profile)
{
  return profile->kind;
}

GPtrArray *
mc_profile_config(const McProfile *profile)
{
  GPtrArray *specs = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < profile->config->len; i++) {
    const McConfigPlan *plan = profile->config->pdata[i];
    McConfigSpec *spec = g_new0(McConfigSpec, 1);
    *spec = (McConfigSpec){plan->key, plan->type, mc_label_text(plan->title), plan->required};
    g_ptr_array_add(specs, spec);
  }
  return specs;
}

static const char *const no_names[] = {NULL};

const char *const *
mc_profile_secrets(const McProfile *profile)
{
  return profile->auth.secrets ? (const char *const *)profile->auth.secrets : no_names;
}

const char *const *
mc_profile_streams(const McProfile *profile)
{
  return (const char *const *)profile->stream_names;
}

const char *const *
mc_profile_actions(const McProfile *profile)
{
  return (const char *const *)profile->action_names;
}

const char *const *
mc_profile_lookups(const McProfile *profile)
{
  return (const char *const *)profile->lookup_names;
}

const McLimits *
mc_profile_limits(const McProfile *profile)
{
  return &profile->limits;
}

/* The name stands first in each of these. */
static gconstpointer
find_named(const GPtrArray *array, const char *name)
{
  for (guint i = 0; name && i < array->len; i++)
    if (g_str_equal(*(char *const *)array->pdata[i], name))
      return array->pdata[i];
  return NULL;
}

const McStream *
mc_profile_stream(const McProfile *profile, const char *name)
{
  if (!name)
    return profile->streams->len ? profile->streams->pdata[0] : NULL;
  return find_named(profile->streams, name);
}

const McAction *
mc_profile_action(const McProfile *profile, const char *name)
{
  return find_named(profile->actions, name);
}

const McLookup *
mc_profile_lookup(const McProfile *profile, const char *name)
{
  return find_named(profile->lookups, name);
}

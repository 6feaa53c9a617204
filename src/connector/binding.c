/* SPDX-License-Identifier: Apache-2.0 */
/* A profile bound to one configured system: its configuration checked and typed, its base address and the
 * origins around it known, and the names that every request of it sees. */
#include <string.h>

#include "connector/plan.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

static const McConfigPlan *
find_config(const McProfile *profile, const char *key)
{
  for (guint i = 0; i < profile->config->len; i++)
    if (g_str_equal(((McConfigPlan *)profile->config->pdata[i])->key, key))
      return profile->config->pdata[i];
  return NULL;
}

static gboolean
unknown_key(const McProfile *profile, const char *whose, const char *key, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < profile->config->len; i++)
    g_ptr_array_add(names, ((McConfigPlan *)profile->config->pdata[i])->key);
  g_ptr_array_add(names, NULL);
  g_autofree char *list = mc_shape_list((const char *const *)names->pdata);
  g_autofree char *near = mc_shape_near(key, (const char *const *)names->pdata);
  g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: unknown key \"%s\"; connector %s knows %s%s"), whose,
              key, profile->id, list, near);
  return FALSE;
}

static gboolean
check_unknown(const McProfile *profile, const char *system, GHashTable *config, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, config);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (!find_config(profile, key))
      return unknown_key(profile, system, key, error);
  return TRUE;
}

static cJSON *
typed_url(const char *text)
{
  g_autofree char *origin = mc_url_origin(text);
  return origin ? cJSON_CreateString(text) : NULL;
}

static cJSON *
typed_integer(const char *text)
{
  gint64 value;
  return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL) ? mc_json_new_int(value)
                                                                                  : NULL;
}

static cJSON *
typed_boolean(const char *text)
{
  return g_str_equal(text, "true")    ? cJSON_CreateTrue()
         : g_str_equal(text, "false") ? cJSON_CreateFalse()
                                      : NULL;
}

static const struct {
  const char *type;
  cJSON *(*read)(const char *text);
  const char *expected;
} config_types[] = {
    {"url", typed_url, N_("an http:// or https:// address without a user name")},
    {"string", cJSON_CreateString, N_("text")},
    {"integer", typed_integer, N_("an integer")},
    {"boolean", typed_boolean, N_("true or false")},
    {"file", cJSON_CreateString, N_("the path of a file")},
};

static gboolean
take_config(const McConfigPlan *plan, const char *system, const char *text, cJSON *into, GError **error)
{
  if (!text || !*text) {
    if (plan->required)
      g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: the key \"%s\" is required (%s)"), system,
                  plan->key, plan->title ? mc_label_text(plan->title) : plan->type);
    return !plan->required;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(config_types); i++) {
    if (!g_str_equal(config_types[i].type, plan->type))
      continue;
    cJSON *value = config_types[i].read(text);
    if (!value) {
      g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: \"%s\" for the key \"%s\" is not %s"), system,
                  text, plan->key, _(config_types[i].expected));
      return FALSE;
    }
    cJSON_AddItemToObject(into, plan->key, value);
  }
  return TRUE;
}

gboolean
mc_profile_check_setting(const McProfile *profile, const char *whose, const char *key, const char *text,
                         gboolean *known, GError **error)
{
  const McConfigPlan *plan = find_config(profile, key);
  *known = plan != NULL;
  if (!plan)
    return unknown_key(profile, whose, key, error);
  cJSON *value = cJSON_CreateObject();
  gboolean fits = take_config(plan, whose, text, value, error);
  cJSON_Delete(value);
  return fits;
}

static gboolean
read_config(McBinding *b, GHashTable *config, GError **error)
{
  b->config = cJSON_CreateObject();
  if (config && !check_unknown(b->profile, b->system, config, error))
    return FALSE;
  for (guint i = 0; i < b->profile->config->len; i++) {
    const McConfigPlan *plan = b->profile->config->pdata[i];
    const char *text = config ? g_hash_table_lookup(config, plan->key) : NULL;
    if (!take_config(plan, b->system, text, b->config, error))
      return FALSE;
  }
  return TRUE;
}

/* An origin from "host", "host:port" or a URL. New string or NULL. */
static char *
origin_of(const cJSON *value)
{
  const char *text = mc_json_text(value);
  if (!text)
    return NULL;
  if (strstr(text, "://"))
    return mc_url_origin(text);
  g_autofree char *url = g_strconcat("https://", text, NULL);
  return mc_url_origin(url);
}

static gboolean
add_origin(McBinding *b, const McNode *node, const McScope *scope, GPtrArray *origins, GError **error)
{
  g_autoptr(GError) inner = NULL;
  cJSON *value = mc_node_eval(node, scope, &inner);
  char *origin = origin_of(value);
  gboolean wrong = inner || (value && !origin);
  if (wrong)
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: \"%s\" is not the name of a host"), b->system,
                inner                 ? inner->message
                : mc_json_text(value) ? mc_json_text(value)
                                      : "");
  if (origin)
    g_ptr_array_add(origins, origin);
  cJSON_Delete(value);
  return !wrong;
}

static gboolean
read_base(McBinding *b, const McScope *scope, GError **error)
{
  g_autoptr(GError) inner = NULL;
  cJSON *value = mc_node_eval(b->profile->base, scope, &inner);
  b->base = g_strdup(mc_json_text(value));
  cJSON_Delete(value);
  b->origin = b->base ? mc_url_origin(b->base) : NULL;
  if (!b->origin) {
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: \"%s\" is not an http:// or https:// base address"),
                b->system, b->base ? b->base : "");
    return FALSE;
  }
  for (gsize n = strlen(b->base); n > 0 && b->base[n - 1] == '/'; n--)
    b->base[n - 1] = '\0';
  return TRUE;
}

static gboolean
read_gateway(McBinding *b, const McScope *scope, GError **error)
{
  if (!b->profile->auth.with)
    return TRUE;
  cJSON *value = mc_node_eval(b->profile->auth.with, scope, NULL);
  b->gateway_name = g_strdup(mc_json_text(value));
  cJSON_Delete(value);
  if (b->gateway_name && *b->gateway_name)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: the system it signs in through is not named"),
              b->system);
  return FALSE;
}

static gboolean
read_origins(McBinding *b, GError **error)
{
  g_autoptr(McScope) scope = mc_binding_scope(b, 0);
  if (!read_base(b, scope, error))
    return FALSE;
  g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) auth = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < b->profile->hosts->len; i++)
    if (!add_origin(b, b->profile->hosts->pdata[i], scope, hosts, error))
      return FALSE;
  if (b->profile->auth.origin && !add_origin(b, b->profile->auth.origin, scope, auth, error))
    return FALSE;
  if (!read_gateway(b, scope, error))
    return FALSE;
  g_ptr_array_add(hosts, NULL);
  g_ptr_array_add(auth, NULL);
  b->hosts = g_strdupv((char **)hosts->pdata);
  b->auth_hosts = g_strdupv((char **)auth->pdata);
  mc_tls_bind(b, scope);
  return TRUE;
}

McBinding *
mc_binding_new(McProfile *profile, const char *system, GHashTable *config, McCalendar *calendar,
               GError **error)
{
  g_autoptr(McBinding) b = g_new0(McBinding, 1);
  g_atomic_ref_count_init(&b->refs);
  b->profile = mc_profile_ref(profile);
  b->calendar = calendar ? mc_calendar_ref(calendar) : NULL;
  b->system = g_strdup(system);
  if (!read_config(b, config, error) || !read_origins(b, error))
    return NULL;
  return g_steal_pointer(&b);
}

McBinding *
mc_binding_ref(McBinding *binding)
{
  g_atomic_ref_count_inc(&binding->refs);
  return binding;
}

void
mc_binding_unref(McBinding *b)
{
  if (!b || !g_atomic_ref_count_dec(&b->refs))
    return;
  g_free(b->title);
  mc_profile_unref(b->profile);
  if (b->calendar)
    mc_calendar_unref(b->calendar);
  g_free(b->system);
  g_free(b->base);
  g_free(b->origin);
  g_strfreev(b->hosts);
  g_strfreev(b->auth_hosts);
  cJSON_Delete(b->config);
  mc_tls_clear(&b->tls);
  g_free(b->gateway_name);
  if (b->gateway)
    mc_binding_unref(b->gateway);
  g_free(b);
}

McProfile *
mc_binding_profile(const McBinding *binding)
{
  return binding->profile;
}

const char *
mc_binding_system(const McBinding *binding)
{
  return binding->system;
}

const char *
mc_binding_title(const McBinding *binding)
{
  return binding->title ? binding->title : binding->system;
}

void
mc_binding_set_title(McBinding *binding, const char *title)
{
  g_free(binding->title);
  binding->title = g_strdup(title);
}

const char *
mc_binding_base(const McBinding *binding)
{
  return binding->base;
}

const char *
mc_binding_gateway(const McBinding *binding)
{
  return binding->gateway_name;
}

void
mc_binding_share(McBinding *binding, McBinding *gateway)
{
  g_return_if_fail(!binding->gateway && gateway != binding);
  binding->gateway = mc_binding_ref(gateway);
}

/* --- names --- */
void
mc_scope_set_now(McScope *scope, gint64 now)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autofree char *text = mc_time_format(now, utc, "%Y-%m-%dT%H:%M:%SZ");
  mc_scope_take(scope, "now", text ? cJSON_CreateString(text) : NULL);
}

McScope *
mc_binding_scope(const McBinding *binding, gint64 now)
{
  McScope *scope = mc_scope_new(NULL);
  mc_scope_take(scope, "config", cJSON_Duplicate(binding->config, TRUE));
  mc_scope_set_now(scope, now);
  return scope;
}

cJSON *
mc_item_names(const McItem *item)
{
  cJSON *names = cJSON_CreateObject();
  const struct {
    const char *name, *value;
  } texts[] = {{"code", item->code}, {"version", item->version}, {"etag", item->etag}};
  if (item->key)
    cJSON_AddItemToObject(names, "key",
                          item->key_is_number ? cJSON_CreateRaw(item->key) : cJSON_CreateString(item->key));
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i].value)
      cJSON_AddStringToObject(names, texts[i].name, texts[i].value);
  McJson *keep =
      item->keep ? mc_json_parse("keep", item->keep, strlen(item->keep), MC_JSON_STRICT, NULL) : NULL;
  if (keep)
    cJSON_AddItemToObject(names, "keep", cJSON_Duplicate(mc_json_root(keep), TRUE));
  mc_json_free(keep);
  return names;
}

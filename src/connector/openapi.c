/* SPDX-License-Identifier: Apache-2.0 */
/* From an OpenAPI description to a draft: its head, and the parts in the order in which they need each other.
 */
#include "connector/openapi.h"

#include <stdarg.h>
#include <string.h>

#include "base/http.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_FILE  (32 * 1024 * 1024)
#define MAX_LOOKS 200000 /* schemas and references that are looked at in all */
#define MAX_LINE  110    /* columns of a member written on one line */

/* --- growing a draft --- */
void
mc_draft_comment(cJSON *object, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_autofree char *clean = mc_text_clean(text, -1);
  cJSON_AddStringToObject(object, MC_COMMENT, clean);
}

void
mc_open_reader(McOpenapi *d, cJSON *object, const char *key, const char *what)
{
  mc_draft_comment(object, MC_OPEN_WORD ": %s", what);
  cJSON_AddObjectToObject(object, key);
  d->open++;
}

void
mc_open_word(McOpenapi *d, cJSON *object, const char *key, const char *what)
{
  mc_draft_comment(object, MC_OPEN_WORD ": %s", what);
  cJSON_AddStringToObject(object, key, MC_OPEN_WORD);
  d->open++;
}

void
mc_openapi_skip(McOpenapi *d, const char *method, const char *path, const char *why)
{
  g_autofree char *upper = g_ascii_strup(method, -1);
  if (d->skipped->len < 100)
    g_ptr_array_add(d->skipped, g_strdup_printf("%s %s: %s", upper, path, why));
}

void
mc_openapi_setting(McOpenapi *d, const char *key, const char *title)
{
  cJSON *config = mc_json_get(d->draft, "config");
  if (mc_json_get(config, key))
    return;
  cJSON *setting = cJSON_AddObjectToObject(config, key);
  cJSON_AddStringToObject(setting, "type", "string");
  cJSON_AddTrueToObject(setting, "required");
  cJSON_AddStringToObject(setting, "title", title);
}

/* --- writing it --- */
static gboolean
has_comment(const cJSON *node)
{
  const cJSON *child;
  if (cJSON_IsObject(node) || cJSON_IsArray(node))
    cJSON_ArrayForEach (child, node)
      if ((child->string && strcmp(child->string, MC_COMMENT) == 0) || has_comment(child))
        return TRUE;
  return FALSE;
}

static void
print_to(GString *out, const cJSON *node, int depth)
{
  g_autofree char *line = has_comment(node) ? NULL : mc_json_print(node);
  gboolean list = cJSON_IsArray(node);
  if (line && (!node->child || (depth > 1 && strlen(line) + 2 * (gsize)depth <= MAX_LINE))) {
    g_string_append(out, line);
    return;
  }
  g_string_append_c(out, list ? '[' : '{');
  for (const cJSON *child = node->child; child; child = child->next) {
    g_string_append_printf(out, "\n%*s", 2 * depth + 2, "");
    if (!list && strcmp(child->string, MC_COMMENT) == 0) {
      g_string_append_printf(out, "// %s", child->valuestring);
      continue;
    }
    if (!list) {
      cJSON *name = cJSON_CreateString(child->string);
      mc_json_print_to(out, name);
      g_string_append(out, ": ");
      cJSON_Delete(name);
    }
    print_to(out, child, depth + 1);
    const cJSON *next = child->next;
    while (next && !list && strcmp(next->string, MC_COMMENT) == 0)
      next = next->next;
    g_string_append(out, next ? "," : "");
  }
  g_string_append_printf(out, "\n%*s%c", 2 * depth, "", list ? ']' : '}');
}

char *
mc_draft_print(const cJSON *draft)
{
  GString *out = g_string_new(NULL);
  print_to(out, draft, 0);
  g_string_append_c(out, '\n');
  return g_string_free(out, FALSE);
}

/* --- the head --- */
/* The first server's address, its variables as they are by default. New string. */
static char *
server_of(const cJSON *root)
{
  const cJSON *server = cJSON_GetArrayItem(mc_json_get(root, "servers"), 0), *variable;
  const char *url = mc_json_text(mc_json_get(server, "url"));
  g_autoptr(GString) text = g_string_new(url ? url : "");
  cJSON_ArrayForEach (variable, mc_json_get(server, "variables")) {
    g_autofree char *name = g_strdup_printf("{%s}", variable->string);
    const char *value = mc_json_text(mc_json_get(variable, "default"));
    g_string_replace(text, name, value ? value : "", 4);
  }
  while (text->len && text->str[text->len - 1] == '/')
    g_string_truncate(text, text->len - 1);
  return g_strdup(text->str);
}

static void
draft_head(McOpenapi *d, const char *id, const char *server)
{
  const cJSON *info = mc_json_get(d->root, "info");
  g_autofree char *title = mc_openapi_label(info, _("A system")),
                  *made = id ? NULL : mc_openapi_name(title, NULL),
                  *whole = made ? g_strconcat("draft.", made, NULL) : g_strdup(id);
  cJSON_AddItemToObject(d->draft, "motcua", mc_json_new_int(1));
  cJSON_AddStringToObject(d->draft, "id", whole);
  cJSON_AddStringToObject(d->draft, "title", title);
  mc_draft_comment(d->draft, "%s", _("document, case, feedback, mail, meeting or alert"));
  cJSON_AddStringToObject(d->draft, "kind", "case");
  cJSON *config = cJSON_AddObjectToObject(d->draft, "config");
  if (*server)
    mc_draft_comment(config, _("as the description says: %s"), server);
  cJSON *base = cJSON_AddObjectToObject(config, "base");
  cJSON_AddStringToObject(base, "type", "url");
  cJSON_AddTrueToObject(base, "required");
  cJSON_AddStringToObject(base, "title", _("Address"));
  cJSON_AddStringToObject(cJSON_AddObjectToObject(d->draft, "base"), "$", "config.base");
}

/* --- the whole --- */
static gboolean
is_description(const char *name, const cJSON *root, GError **error)
{
  const char *version = mc_json_text(mc_json_get(root, "openapi"));
  if (version && g_str_has_prefix(version, "3.") && cJSON_IsObject(mc_json_get(root, "paths")))
    return TRUE;
  if (mc_json_get(root, "swagger"))
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL,
                _("%s is Swagger 2.0; convert it to OpenAPI 3 first, for example with swagger2openapi"),
                name);
  else if (!version)
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s is no OpenAPI description: \"openapi\" is missing"),
                name);
  else
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL,
                _("%s: OpenAPI 3.0 or 3.1 with \"paths\" is expected, this says %s"), name, version);
  return FALSE;
}

static gboolean
is_yaml(const char *text, gsize len)
{
  const char *end = text + len;
  while (text < end && g_ascii_isspace(*text))
    text++;
  return text == end || (*text != '{' && *text != '[');
}

static char *
draft(const char *id, const cJSON *root, guint *open)
{
  McOpenapi d = {.root = root,
                 .left = MAX_LOOKS,
                 .draft = cJSON_CreateObject(),
                 .skipped = g_ptr_array_new_with_free_func(g_free)};
  g_autofree char *server = server_of(root);
  draft_head(&d, id, server);
  mc_openapi_auth(&d, server);
  mc_openapi_streams(&d);
  mc_openapi_actions(&d);
  if (d.skipped->len)
    mc_draft_comment(d.draft, "%s", _("nothing was made of:"));
  for (guint i = 0; i < d.skipped->len; i++)
    mc_draft_comment(d.draft, "  %s", (char *)d.skipped->pdata[i]);
  *open = d.open;
  char *text = mc_draft_print(d.draft);
  cJSON_Delete(d.draft);
  g_ptr_array_unref(d.skipped);
  return text;
}

char *
mc_openapi_draft(const char *name, const char *text, gsize len, const char *id, guint *open, GError **error)
{
  if (len > MAX_FILE) {
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s has more than %d bytes"), name, MAX_FILE);
    return NULL;
  }
  if (is_yaml(text, len)) {
    g_set_error(
        error, MC_ERROR, MC_ERROR_PROTOCOL,
        _("%s is not JSON; of a YAML file make JSON first, for example: yq -o=json . FILE > FILE.json"),
        name);
    return NULL;
  }
  g_autoptr(McJson) json = mc_json_parse(name, text, len, MC_JSON_STRICT, error);
  if (!json || !is_description(name, mc_json_root(json), error))
    return NULL;
  return draft(id, mc_json_root(json), open);
}

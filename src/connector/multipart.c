/* SPDX-License-Identifier: Apache-2.0 */
/* multipart/form-data (RFC 7578). Names go as browsers send them: in UTF-8, with a quotation mark and line
 * ends as %22, %0D and %0A; RFC 7578 4.2 forbids filename*. The boundary follows from the action's key alone,
 * so that a repeat is the same request byte for byte; whoever made a file could not know the key. */
#include <string.h>

#include "connector/given.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

typedef struct {
  McRequest *request;
  const McScope *scope;
  char *boundary;
} Form;

/* What stands between the quotation marks of a parameter. */
static char *
escaped(const char *name)
{
  GString *out = g_string_new(NULL);
  for (; *name; name++) {
    if (*name == '"' || *name == '\r' || *name == '\n')
      g_string_append_printf(out, "%%%02X", (guint)*name);
    else
      g_string_append_c(out, *name);
  }
  return g_string_free(out, FALSE);
}

static void
add_text(Form *form, char *text)
{
  gsize length = strlen(text);
  mc_request_add_bytes(form->request, g_bytes_new_take(text, length));
}

static void
begin_part(Form *form, const char *name, const char *file, const char *type)
{
  g_autoptr(GString) head = g_string_new(NULL);
  g_autofree char *shown = escaped(name), *file_shown = file ? escaped(file) : NULL;
  g_string_append_printf(head, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", form->boundary, shown);
  if (file)
    g_string_append_printf(head, "; filename=\"%s\"", file_shown);
  if (type)
    g_string_append_printf(head, "\r\nContent-Type: %s", type);
  g_string_append(head, "\r\n\r\n");
  add_text(form, g_string_free(g_steal_pointer(&head), FALSE));
}

/* A type that is one line of ASCII; any other is none. */
static const char *
type_of(const cJSON *file)
{
  const char *type = mc_json_text(mc_json_get(file, "type"));
  for (const char *p = type; p && *p; p++)
    if (*p <= 0x20 || *p >= 0x7F)
      type = NULL;
  return type && *type ? type : "application/octet-stream";
}

static void
add_part(Form *form, const char *name, const cJSON *value)
{
  const cJSON *one;
  if (cJSON_IsArray(value)) {
    cJSON_ArrayForEach (one, value)
      add_part(form, name, one);
    return;
  }
  if (cJSON_IsNull(value))
    return;
  if (mc_given_is(form->scope, value)) {
    const char *file = mc_json_text(mc_json_get(value, "name"));
    begin_part(form, name, file ? file : "file", type_of(value));
    mc_given_add(form->request, value);
  } else if (mc_json_text(value)) {
    begin_part(form, name, NULL, NULL);
    mc_given_add_text(form->request, g_strdup(mc_json_text(value)), FALSE, form->scope);
  } else {
    begin_part(form, name, NULL, "application/json");
    mc_given_add_text(form->request, mc_json_print(value), TRUE, form->scope);
  }
  add_text(form, g_strdup("\r\n"));
}

static char *
make_boundary(const McScope *scope, const cJSON *parts)
{
  const char *key = mc_json_text(mc_scope_get(scope, "action.key"));
  g_autofree char *text = key ? NULL : mc_json_print(parts);
  g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key ? key : text, -1);
  return g_strdup_printf("motcua-%.40s", hash);
}

gboolean
mc_multipart_add(McRequest *request, const McNode *node, const McScope *scope, GError **error)
{
  g_autoptr(GError) fault = NULL;
  cJSON *parts = mc_node_eval(node, scope, &fault);
  if (!fault && !cJSON_IsObject(parts))
    g_set_error(&fault, MC_ERROR, MC_ERROR_FAILED, _("a body in parts has none"));
  if (fault) {
    cJSON_Delete(parts);
    g_propagate_error(error, g_steal_pointer(&fault));
    return FALSE;
  }
  Form form = {request, scope, make_boundary(scope, parts)};
  const cJSON *part;
  cJSON_ArrayForEach (part, parts)
    add_part(&form, part->string, part);
  add_text(&form, g_strdup_printf("--%s--\r\n", form.boundary));
  g_autofree char *type = g_strdup_printf("multipart/form-data; boundary=%s", form.boundary);
  mc_request_set_header(request, "Content-Type", type);
  g_free(form.boundary);
  cJSON_Delete(parts);
  return TRUE;
}

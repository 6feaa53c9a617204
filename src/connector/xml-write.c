/* SPDX-License-Identifier: Apache-2.0 */
/* Writing XML (xml.h). Every value is escaped; what XML cannot hold is refused, not replaced. */
#include <string.h>
#include "connector/value.h"
#include "connector/xml.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

static gboolean
is_name_start(gunichar c)
{
  return c == '_' || g_unichar_isalpha(c);
}

/* A name with at most one prefix (Namespaces in XML, QName). */
static gboolean
is_name(const char *name)
{
  gboolean start = TRUE, prefix = FALSE;
  if (!*name)
    return FALSE;
  for (const char *p = name; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c == ':' && !start && !prefix && p[1]) {
      prefix = start = TRUE;
      continue;
    }
    if (!is_name_start(c) &&
        (start || !(c == '-' || c == '.' || g_unichar_isdigit(c) || g_unichar_ismark(c))))
      return FALSE;
    start = FALSE;
  }
  return TRUE;
}

static gboolean
check_name(const char *name, GError **error)
{
  if (is_name(name))
    return TRUE;
  g_autofree char *clean = mc_text_clean(name, -1);
  g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("\"%s\" cannot be a name in XML"), clean);
  return FALSE;
}

/* The mark that stands for a file's bytes until the body is put together (given.h): 0 where it is none. */
static gsize
mark_length(const char *p)
{
  gsize hash = strspn(p + 1, "0123456789abcdef");
  return hash == 64 && p[hash + 1] == '\002' ? hash + 2 : 0;
}

static gboolean
write_text(GString *out, const char *name, const char *text, gboolean attribute, GError **error)
{
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    gsize mark = c == 0x02 ? mark_length(p) : 0;
    if (mark) {
      g_string_append_len(out, p, (gssize)mark);
      p += mark - 1;
      continue;
    }
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF) {
      g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                  _("%s holds the character U+%04X, which XML has no place for"), name, c);
      return FALSE;
    }
    if (c == '&')
      g_string_append(out, "&amp;");
    else if (c == '<')
      g_string_append(out, "&lt;");
    else if (c == '>')
      g_string_append(out, "&gt;");
    else if (c == '"' && attribute)
      g_string_append(out, "&quot;");
    else if (c == '\r' || (attribute && c < 0x20))
      g_string_append_printf(out, "&#%u;", c); /* a reader would make a space or a newline of it */
    else
      g_string_append_unichar(out, c);
  }
  return TRUE;
}

static gboolean
write_attributes(GString *out, const cJSON *value, GError **error)
{
  for (const cJSON *member = cJSON_IsObject(value) ? value->child : NULL; member; member = member->next) {
    if (*member->string != '@')
      continue;
    const char *text = mc_json_text(member);
    if (!check_name(member->string + 1, error))
      return FALSE;
    if (!text) {
      g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is not a text and cannot stand in an attribute"),
                  member->string);
      return FALSE;
    }
    g_string_append_printf(out, " %s=\"", member->string + 1);
    if (!write_text(out, member->string, text, TRUE, error))
      return FALSE;
    g_string_append_c(out, '"');
  }
  return TRUE;
}

static gboolean write_member(GString *out, const char *name, const cJSON *value, int depth, GError **error);

static gboolean
write_content(GString *out, const char *name, const cJSON *value, int depth, GError **error)
{
  if (!cJSON_IsObject(value))
    return !mc_json_text(value) || write_text(out, name, mc_json_text(value), FALSE, error);
  for (const cJSON *member = value->child; member; member = member->next) {
    if (strcmp(member->string, "#text") == 0) {
      if (mc_json_text(member) && !write_text(out, name, mc_json_text(member), FALSE, error))
        return FALSE;
    } else if (*member->string != '@' && !write_member(out, member->string, member, depth + 1, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
write_element(GString *out, const char *name, const cJSON *value, int depth, GError **error)
{
  g_string_append_printf(out, "<%s", name);
  if (!write_attributes(out, value, error))
    return FALSE;
  g_string_append_c(out, '>');
  if (!write_content(out, name, value, depth, error))
    return FALSE;
  g_string_append_printf(out, "</%s>", name);
  return TRUE;
}

static gboolean
write_member(GString *out, const char *name, const cJSON *value, int depth, GError **error)
{
  if (!check_name(name, error))
    return FALSE;
  if (depth > MC_JSON_DEPTH) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("nested too deep, expected at most %d levels"),
                MC_JSON_DEPTH);
    return FALSE;
  }
  if (!cJSON_IsArray(value))
    return write_element(out, name, value, depth, error);
  for (const cJSON *item = value->child; item; item = item->next) {
    if (cJSON_IsArray(item)) {
      g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is a list of lists, which XML has no form for"),
                  name);
      return FALSE;
    }
    if (!write_element(out, name, item, depth, error))
      return FALSE;
  }
  return TRUE;
}

char *
mc_xml_write(const cJSON *tree, GError **error)
{
  const cJSON *root = cJSON_IsObject(tree) ? tree->child : NULL;
  if (!root || root->next || cJSON_IsArray(root) || *root->string == '@' || *root->string == '#') {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("an XML body is an object with one member, its element"));
    return NULL;
  }
  g_autoptr(GString) out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  if (!write_member(out, root->string, root, 1, error))
    return NULL;
  return g_string_free(g_steal_pointer(&out), FALSE);
}

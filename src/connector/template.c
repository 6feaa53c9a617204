/* SPDX-License-Identifier: Apache-2.0 */
/* URL templates: RFC 6570 up to level 3. A table holds what the operators differ in (RFC 6570 appendix A).
 *
 * Stricter than the RFC where a request could go astray: a name that is missing or empty in a path is an
 * error, so is a segment that would be "." or "..", and reserved characters go through only from config and
 * session. */
#include <string.h>
#include "connector/template.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

typedef struct {
  char operator;
  const char *first, *separator;
  gboolean named, bare_equals; /* "name=value"; "name=" for an empty value */
  gboolean reserved;           /* reserved characters stay */
  gboolean optional;           /* what is missing is left out */
} Style;

static const Style styles[] = {
    {'\0', "", ",", FALSE, FALSE, FALSE, FALSE}, {'+', "", ",", FALSE, FALSE, TRUE, FALSE},
    {'#', "#", ",", FALSE, FALSE, TRUE, TRUE},   {'.', ".", ".", FALSE, FALSE, FALSE, FALSE},
    {'/', "/", "/", FALSE, FALSE, FALSE, FALSE}, {';', ";", ";", TRUE, FALSE, FALSE, FALSE},
    {'?', "?", "&", TRUE, TRUE, FALSE, TRUE},    {'&', "&", "&", TRUE, TRUE, FALSE, TRUE},
};

#define RESERVED ":/?#[]@!$&'()*+,;="

/* Either a literal or an expression. */
typedef struct {
  char *literal;
  const Style *style;
  char **names;
  gboolean in_query; /* behind a literal '?' */
} Part;

struct McTemplate {
  GArray *parts;
};

static void
part_clear(gpointer data)
{
  Part *part = data;
  g_free(part->literal);
  g_strfreev(part->names);
}

void
mc_template_free(McTemplate *t)
{
  if (!t)
    return;
  g_array_unref(t->parts);
  g_free(t);
}

/* --- compiling --- */

static const Style *
style_of(char operator)
{
  for (gsize i = 1; i < G_N_ELEMENTS(styles); i++)
    if (styles[i].operator== operator)
      return &styles[i];
  return &styles[0];
}

static void
check_name(McCompiler *c, const cJSON *source, const Style *style, const char *name)
{
  if (strpbrk(name, "*:")) {
    mc_compile_fault(c, source, FALSE, _("\"{%s}\" is of RFC 6570 level 4, expected plain names"), name);
    return;
  }
  if (!mc_compile_name(c, source, name) || !style->reserved)
    return;
  gsize root = strcspn(name, ".");
  if (strncmp(name, "config", MAX(root, 6)) != 0 && strncmp(name, "session", MAX(root, 7)) != 0)
    mc_compile_fault(
        c, source, FALSE,
        _("\"{%c%s}\" would let a person or a record change the address: expected {%s}, or a name of "
          "config or session"),
        style->operator, name, name);
}

/* What stands between braces. */
static void
add_expression(McCompiler *c, const cJSON *source, const char *text, gsize len, McTemplate *t,
               gboolean in_query)
{
  Part part = {.style = style_of(len ? *text : '\0'), .in_query = in_query};
  gsize skip = part.style->operator!= '\0';
  g_autofree char *list = g_strndup(text + skip, len - skip);
  part.names = g_strsplit(list, ",", -1);
  if (!*list)
    mc_compile_fault(c, source, FALSE, _("{} holds no name"));
  for (char **name = part.names; *name; name++)
    check_name(c, source, part.style, *name);
  g_array_append_val(t->parts, part);
}

static void
add_literal(const char *text, gsize len, McTemplate *t)
{
  Part part = {.literal = g_strndup(text, len)};
  if (len)
    g_array_append_val(t->parts, part);
  else
    g_free(part.literal);
}

McTemplate *
mc_template_compile(McCompiler *c, const cJSON *source)
{
  if (!source)
    return NULL;
  if (!cJSON_IsString(source)) {
    mc_compile_expected(c, source, _("a text, with names in braces"));
    return NULL;
  }
  guint faults = mc_compile_fault_count(c);
  McTemplate *t = g_new0(McTemplate, 1);
  t->parts = g_array_new(FALSE, FALSE, sizeof(Part));
  g_array_set_clear_func(t->parts, part_clear);
  const char *text = source->valuestring;
  gboolean in_query = FALSE;
  while (*text) {
    gsize len = strcspn(text, "{}");
    in_query = in_query || memchr(text, '?', len);
    add_literal(text, len, t);
    text += len;
    if (!*text)
      break;
    const char *close = *text == '{' ? strpbrk(text + 1, "{}") : NULL;
    if (!close || *close != '}') {
      mc_compile_fault(c, source, FALSE, _("a brace has no counterpart, expected {name}"));
      break;
    }
    add_expression(c, source, text + 1, close - text - 1, t, in_query);
    text = close + 1;
  }
  if (mc_compile_fault_count(c) == faults)
    return t;
  mc_template_free(t);
  return NULL;
}

void
mc_template_names(const McTemplate *t, McNameVisitor visit, gpointer data)
{
  for (guint i = 0; t && i < t->parts->len; i++)
    for (char **name = g_array_index(t->parts, Part, i).names; name && *name; name++)
      visit(*name, data);
}

/* --- expanding --- */

/* Every % begins an escape, so that the text may keep them. */
static gboolean
is_escaped(const char *text)
{
  for (; (text = strchr(text, '%')); text++)
    if (!g_ascii_isxdigit(text[1]) || !g_ascii_isxdigit(text[2]))
      return FALSE;
  return TRUE;
}

static char *
encode(const char *text, gboolean reserved)
{
  if (!reserved)
    return g_uri_escape_string(text, NULL, FALSE);
  return g_uri_escape_string(text, is_escaped(text) ? RESERVED "%" : RESERVED, FALSE);
}

/* Text of a name; FALSE with the error when it must not be left out. */
static gboolean
value_of(const Part *part, const char *name, const McScope *scope, const char **text, GError **error)
{
  const cJSON *value = mc_scope_get(scope, name);
  gboolean in_path = !part->in_query && !part->style->optional;
  *text = mc_json_text(value);
  if (value && !*text)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is not a text and cannot stand in an address"), name);
  else if (!value && !part->style->optional)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                _("%s is missing, and the address cannot be made without it"), name);
  else if (value && in_path && !**text)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is empty, and the address cannot be made without it"),
                name);
  else
    return TRUE;
  return FALSE;
}

static gboolean
expand_part(const Part *part, const McScope *scope, GString *out, GError **error)
{
  const Style *style = part->style;
  const char *joint = style->first;
  for (char **name = part->names; *name; name++) {
    const char *text;
    if (!value_of(part, *name, scope, &text, error))
      return FALSE;
    if (!text)
      continue;
    g_autofree char *encoded = encode(text, style->reserved);
    g_string_append(out, joint);
    if (style->named)
      g_string_append_printf(out, "%s%s", *name, *text || style->bare_equals ? "=" : "");
    g_string_append(out, encoded);
    joint = style->separator;
  }
  return TRUE;
}

/* Whether a segment of the path is "." or "..", which would lead elsewhere. */
static gboolean
has_dots(const char *url)
{
  g_autofree char *path = g_strndup(url, strcspn(url, "?#"));
  g_auto(GStrv) segments = g_strsplit(path, "/", -1);
  for (char **s = segments; *s; s++) {
    g_autofree char *plain = g_uri_unescape_string(*s, NULL);
    if (plain && (strcmp(plain, ".") == 0 || strcmp(plain, "..") == 0))
      return TRUE;
  }
  return FALSE;
}

char *
mc_template_expand(const McTemplate *t, const McScope *scope, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);
  if (!t)
    return NULL;
  for (guint i = 0; i < t->parts->len; i++) {
    const Part *part = &g_array_index(t->parts, Part, i);
    if (part->literal) {
      g_autofree char *encoded = encode(part->literal, TRUE);
      g_string_append(out, encoded);
    } else if (!expand_part(part, scope, out, error)) {
      return NULL;
    }
  }
  if (has_dots(out->str)) {
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                _("the address %s would lead elsewhere (\".\" or \"..\" in its path)"), out->str);
    return NULL;
  }
  return g_strdup(out->str);
}

char *
mc_template_text(const McTemplate *t, const McScope *scope, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);
  if (!t)
    return NULL;
  for (guint i = 0; i < t->parts->len; i++) {
    const Part *part = &g_array_index(t->parts, Part, i);
    g_string_append(out, part->literal ? part->literal : "");
    for (char **name = part->names; name && *name; name++) {
      const char *text;
      if (!value_of(part, *name, scope, &text, error))
        return NULL;
      g_string_append(out, text ? text : "");
    }
  }
  return g_strdup(out->str);
}

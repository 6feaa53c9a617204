/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the text of paths: RFC 6901 pointers, and of RFC 9535 what connectors.md rule 2 names. */
#include <string.h>
#include "connector/path-segment.h"
#include "connector/value.h"
#include "motcua/i18n.h"

/* --- pointers --- */

/* ~1 is /, ~0 is ~; NULL when a ~ is followed by anything else. New string. */
static char *
unescape(const char *text, gsize len)
{
  GString *out = g_string_sized_new(len);
  for (gsize i = 0; i < len; i++) {
    if (text[i] != '~') {
      g_string_append_c(out, text[i]);
      continue;
    }
    i++;
    if (i >= len || (text[i] != '0' && text[i] != '1'))
      return g_string_free(out, TRUE);
    g_string_append_c(out, text[i] == '0' ? '~' : '/');
  }
  return g_string_free(out, FALSE);
}

McPath *
mc_path_compile_pointer(McCompiler *c, const cJSON *node, const char *text)
{
  if (*text && *text != '/') {
    mc_compile_fault(c, node, FALSE,
                     _("\"%s\" is not a pointer, which begins with a slash; did you mean \"/%s\"?"), text,
                     text);
    return NULL;
  }
  McPath *path = mc_path_new(text);
  while (*text == '/') {
    gsize len = strcspn(++text, "/");
    char *name = unescape(text, len);
    if (!name) {
      mc_compile_fault(c, node, FALSE, _("\"%s\" is not a pointer: a ~ is written ~0 and a / is written ~1"),
                       mc_path_text(path));
      mc_path_free(path);
      return NULL;
    }
    mc_path_add_name(path, name);
    text += len;
  }
  return path;
}

/* --- paths --- */

typedef struct {
  const char *text, *at;
  const char *problem; /* expected what; at the place `at` */
} Reading;

static gboolean
expected(Reading *r, const char *what)
{
  if (!r->problem)
    r->problem = what;
  return FALSE;
}

static gboolean
take(Reading *r, char c)
{
  if (*r->at != c)
    return FALSE;
  r->at++;
  return TRUE;
}

static gboolean
is_name_byte(char c, gboolean first)
{
  return g_ascii_isalpha(c) || c == '_' || (c & 0x80) || (!first && g_ascii_isdigit(c));
}

static gboolean
read_shorthand(Reading *r, McPath *path)
{
  const char *from = r->at;
  while (is_name_byte(*r->at, r->at == from))
    r->at++;
  if (r->at == from || *r->at == '-')
    return expected(r, _("a name of letters, digits and _ (others are written ['a-b'])"));
  mc_path_add(path, MC_SEGMENT_MEMBER)->name = g_strndup(from, r->at - from);
  return TRUE;
}

/* 'text' or "text", with \' \" and \\. New string or NULL. */
static char *
read_quoted(Reading *r)
{
  char quote = *r->at;
  g_autoptr(GString) out = g_string_new(NULL);
  if (quote != '\'' && quote != '"')
    return NULL;
  for (r->at++; *r->at && *r->at != quote; r->at++) {
    if (*r->at == '\\' && (r->at[1] == quote || r->at[1] == '\\'))
      r->at++;
    g_string_append_c(out, *r->at);
  }
  if (!take(r, quote)) {
    expected(r, _("a closing quote"));
    return NULL;
  }
  return g_strdup(out->str);
}

static gboolean
read_index(Reading *r, int *index)
{
  char *end;
  if (!g_ascii_isdigit(r->at[*r->at == '-']))
    return FALSE;
  gint64 value = g_ascii_strtoll(r->at, &end, 10);
  if (value < -1000000 || value > 1000000)
    return expected(r, _("an index of at most six digits"));
  *index = (int)value;
  r->at = end;
  return TRUE;
}

/* One name or index between brackets, or a name after a dot: the steps that lead to one value. */
static gboolean
read_single(Reading *r, McPath *path)
{
  int index;
  if (take(r, '.'))
    return read_shorthand(r, path);
  if (!take(r, '['))
    return FALSE;
  char *name = read_quoted(r);
  if (name)
    mc_path_add(path, MC_SEGMENT_MEMBER)->name = name;
  else if (read_index(r, &index))
    mc_path_add(path, MC_SEGMENT_INDEX)->index = index;
  else
    return expected(r, _("an index, a name in quotes, * or ?"));
  return take(r, ']') || expected(r, "]");
}

static cJSON *
read_literal(Reading *r)
{
  char *text = read_quoted(r);
  if (text) {
    cJSON *string = cJSON_CreateString(text);
    g_free(text);
    return string;
  }
  gsize len = strcspn(r->at, "]");
  g_autoptr(McJson) json = mc_json_parse("", r->at, len, MC_JSON_STRICT, NULL);
  const cJSON *value = json ? mc_json_root(json) : NULL;
  if (!value || cJSON_IsObject(value) || cJSON_IsArray(value)) {
    expected(r, _("a value: 'text', a number, true, false or null"));
    return NULL;
  }
  r->at += len;
  return cJSON_Duplicate(value, FALSE);
}

static void
skip_blanks(Reading *r)
{
  while (*r->at == ' ')
    r->at++;
}

/* After "[?": @.a[0]=='v'] */
static gboolean
read_filter(Reading *r, McPath *path)
{
  McSegment *filter = mc_path_add(path, MC_SEGMENT_FILTER);
  filter->inner = mc_path_new("@");
  skip_blanks(r);
  if (!take(r, '@'))
    return expected(r, "@");
  while (*r->at == '.' || *r->at == '[')
    if (!read_single(r, filter->inner))
      return FALSE;
  skip_blanks(r);
  if (!take(r, '=') || !take(r, '='))
    return expected(r, _("== (no other comparison is known here)"));
  skip_blanks(r);
  filter->value = read_literal(r);
  skip_blanks(r);
  return filter->value && (take(r, ']') || expected(r, "]"));
}

static gboolean
read_step(Reading *r, McPath *path)
{
  gboolean members = g_str_has_prefix(r->at, ".*");
  if (members || g_str_has_prefix(r->at, "[*]")) {
    mc_path_add(path, members ? MC_SEGMENT_MEMBERS : MC_SEGMENT_ALL);
    r->at += members ? 2 : 3;
    return TRUE;
  }
  if (g_str_has_prefix(r->at, "[?")) {
    r->at += 2;
    return read_filter(r, path);
  }
  return read_single(r, path) || expected(r, _(". or ["));
}

static McPath *
compile_path(McCompiler *c, const cJSON *node, const char *text)
{
  Reading r = {.text = text, .at = text + 1};
  McPath *path = mc_path_new(text);
  while (*r.at)
    if (!read_step(&r, path)) {
      mc_compile_fault(c, node, FALSE, _("\"%s\" is not a path: at character %ld expected %s"), text,
                       g_utf8_pointer_to_offset(text, r.at) + 1, r.problem);
      mc_path_free(path);
      return NULL;
    }
  return path;
}

/* --- arrays of segments --- */

static gboolean
compile_segment(McCompiler *c, const cJSON *item, McPath *path)
{
  gint64 index;
  if (cJSON_IsString(item)) {
    mc_path_add_name(path, g_strdup(item->valuestring));
  } else if (mc_json_int(item, &index) && ABS(index) <= 1000000) {
    mc_path_add(path, MC_SEGMENT_INDEX)->index = (int)index;
  } else if (cJSON_IsObject(item)) {
    McNode *node = mc_node_compile(c, item);
    mc_path_add(path, MC_SEGMENT_NODE)->node = node;
    return node != NULL;
  } else {
    mc_compile_expected(c, item, _("a name, an index or a node"));
    return FALSE;
  }
  return TRUE;
}

static McPath *
compile_segments(McCompiler *c, const cJSON *array)
{
  g_autofree char *text = mc_json_print(array);
  McPath *path = mc_path_new(text);
  gboolean fine = TRUE;
  const cJSON *item;
  cJSON_ArrayForEach (item, array)
    fine = compile_segment(c, item, path) && fine;
  if (fine)
    return path;
  mc_path_free(path);
  return NULL;
}

McPath *
mc_path_compile(McCompiler *c, const cJSON *source)
{
  if (cJSON_IsArray(source))
    return compile_segments(c, source);
  if (!cJSON_IsString(source)) {
    mc_compile_expected(c, source,
                        _("a pointer such as \"/a/0\", a path such as \"$.a[*]\", or an array of segments"));
    return NULL;
  }
  if (*source->valuestring == '$')
    return compile_path(c, source, source->valuestring);
  return mc_path_compile_pointer(c, source, source->valuestring);
}

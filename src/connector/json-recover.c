/* SPDX-License-Identifier: Apache-2.0 */
/* Reading on after a fault (json-lex.h): where the next thing begins that can be read. It guesses by lines,
 * as people write connectors; a wrong guess costs a message, never more than the file's own text. */
#include <string.h>
#include "connector/json-lex.h"

char *
mc_json_here(const McJsonReading *r)
{
  GString *pointer = g_string_new(NULL);
  if (r->inside) {
    g_autofree char *inside = mc_json_pointer(r->json, r->inside);
    g_string_append(pointer, inside);
    if ((r->inside->type & 0xff) == cJSON_Array)
      g_string_append_printf(pointer, "/%d", cJSON_GetArraySize(r->inside));
  }
  if (r->member) {
    g_string_append_c(pointer, '/');
    for (const char *p = r->member; *p; p++)
      g_string_append_len(pointer, *p == '~' ? "~0" : *p == '/' ? "~1" : p, *p == '~' || *p == '/' ? 2 : 1);
  }
  return g_string_free(pointer, FALSE);
}

/* Behind a quoted text that begins at `p` and ends on its line, else NULL. */
static const char *
behind_quoted(const char *p, const char *end)
{
  const char quote = *p++;
  for (; p < end && *p != '\n'; p++) {
    if (*p == quote)
      return p + 1;
    p += *p == '\\' && p + 1 < end;
  }
  return NULL;
}

static const char *
behind_line(const char *p, const char *end)
{
  const char *eol = memchr(p, '\n', end - p);
  return eol ? eol : end;
}

static const char *
behind_comment(const char *p, const char *end)
{
  if (end - p < 2 || (p[1] != '/' && p[1] != '*'))
    return p + 1;
  if (p[1] == '/')
    return behind_line(p, end);
  const char *close = g_strstr_len(p + 2, end - p - 2, "*/");
  return close ? close + 2 : end;
}

/* Whether the line after `p` begins with a name or an end. */
static gboolean
begins_anew(const char *p, const char *end)
{
  while (p < end && g_ascii_isspace(*p))
    p++;
  return p < end && (*p == '"' || *p == '}' || *p == ']');
}

void
mc_json_resume(McJsonReading *r)
{
  const char *p = r->pos, *end = r->end, *next;
  for (int depth = 0; p < end; p = next) {
    next = p + 1;
    if (depth == 0 && (*p == ',' || *p == '}' || *p == ']' || (*p == '\n' && begins_anew(p, end))))
      break;
    if (*p == '{' || *p == '[')
      depth++;
    else if (*p == '}' || *p == ']')
      depth--;
    else if (*p == '/')
      next = behind_comment(p, end);
    else if (*p == '"' || *p == '\'') {
      const char *behind = behind_quoted(p, end);
      next = behind ? behind : *p == '"' ? behind_line(p, end) : next;
    }
  }
  r->pos = p;
}

char *
mc_json_bare_name(McJsonReading *r, gsize *len)
{
  const char *p = r->pos, *from = p, *to;
  if (p < r->end && *p == '\'') {
    p = behind_quoted(p, r->end);
    from++;
    to = p ? p - 1 : NULL;
  } else {
    while (p < r->end && (g_ascii_isalnum(*p) || strchr("_-.$", *p)) && *p)
      p++;
    to = p;
  }
  const char *colon = p;
  while (colon && colon < r->end && (*colon == ' ' || *colon == '\t'))
    colon++;
  if (!to || to == from || colon >= r->end || *colon != ':')
    return NULL;
  char *text = r->copy + (from - r->text);
  *len = to - from;
  text[*len] = '\0';
  r->pos = p;
  return text;
}

const char *
mc_json_cut_string(const char *open, const char *eol)
{
  const char *p = eol;
  while (p > open + 1 && strchr(" \t\r,}]", p[-1]))
    p--;
  return p;
}

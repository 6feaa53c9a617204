/* SPDX-License-Identifier: Apache-2.0 */
/* Positions, faults, white space, strings and numbers of the JSON reader (json-lex.h). */
#include <string.h>
#include "connector/json-lex.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

/* --- positions and faults --- */

void
mc_json_locate(McJsonReading *r, const char *at, int *line, int *column)
{
  if (at < r->mark) {
    r->mark = r->start;
    r->line = r->column = 1;
  }
  for (; r->mark < at; r->mark++) {
    if (*r->mark == '\n') {
      r->line++;
      r->column = 1;
    } else if ((*r->mark & 0xc0) != 0x80) {
      r->column++;
    }
  }
  *line = r->line;
  *column = r->column;
}

void *
mc_json_fail(McJsonReading *r, const char *at, const char *format, ...)
{
  int line, column;
  va_list args;
  va_start(args, format);
  g_autofree char *message = g_strdup_vprintf(format, args);
  va_end(args);
  mc_json_locate(r, at, &line, &column);
  g_set_error(r->error, MC_ERROR, MC_ERROR_PROTOCOL, "%s:%d:%d: %s", r->name, line, column, message);
  return NULL;
}

/* What stands at `at`, for a message. New string. */
static char *
found(const McJsonReading *r, const char *at)
{
  if (at >= r->limit)
    return g_strdup(_("the end of the text"));
  if (at >= r->end)
    return *at ? g_strdup_printf(_("the byte 0x%02X, which is not UTF-8"), (guint)(guchar)*at)
               : g_strdup(_("a NUL byte"));
  gunichar c = g_utf8_get_char(at);
  if (c > ' ' && c < 0x7f)
    return g_strdup_printf("'%c'", (char)c);
  return g_strdup_printf("U+%04X", c);
}

void *
mc_json_unexpected(McJsonReading *r, const char *at, const char *expected)
{
  g_autofree char *what = found(r, at);
  /* TRANSLATORS: both are noun phrases: "found '}', expected a value" */
  return mc_json_fail(r, at, _("found %s, expected %s"), what, expected);
}

/* --- white space and comments --- */

static gboolean
skip_comment(McJsonReading *r)
{
  const char *from = r->pos;
  if (r->end - r->pos < 2 || (r->pos[1] != '/' && r->pos[1] != '*')) {
    mc_json_unexpected(r, r->pos, _("a value or a comment"));
    return FALSE;
  }
  gsize left = r->end - r->pos - 2;
  if (r->pos[1] == '/') {
    const char *eol = memchr(r->pos + 2, '\n', left);
    r->pos = eol ? eol : r->end;
    return TRUE;
  }
  const char *close = g_strstr_len(r->pos + 2, left, "*/");
  if (!close) {
    mc_json_fail(r, from, _("a comment begins here and is not closed, expected */"));
    return FALSE;
  }
  r->pos = close + 2;
  return TRUE;
}

gboolean
mc_json_skip_space(McJsonReading *r)
{
  for (;;) {
    while (r->pos < r->end && (*r->pos == ' ' || *r->pos == '\n' || *r->pos == '\r' || *r->pos == '\t'))
      r->pos++;
    if (r->pos == r->end || *r->pos != '/' || !(r->flags & MC_JSON_COMMENTS))
      return TRUE;
    if (!skip_comment(r))
      return FALSE;
  }
}

/* --- strings --- */

#define ONES G_GUINT64_CONSTANT(0x0101010101010101)

/* First quote, backslash or control byte from `p`: eight bytes at a time. */
static const char *
skip_plain(const char *p, const char *end)
{
  for (; end - p >= 8; p += 8) {
    guint64 word;
    memcpy(&word, p, sizeof word);
    guint64 quote = word ^ (ONES * '"'), slash = word ^ (ONES * '\\');
    guint64 hit = ((word - ONES * 0x20) & ~word) | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash);
    if (hit & (ONES * 0x80))
      break;
  }
  while (p < end && *p != '"' && *p != '\\' && (guchar)*p >= 0x20)
    p++;
  return p;
}

char *
mc_json_allocate(gsize size)
{
  char *memory = cJSON_malloc(size);
  if (!memory)
    g_error("out of memory: %" G_GSIZE_FORMAT " bytes", size);
  return memory;
}

/* Four hexadecimal digits, or -1. */
static int
hex4(const char *p, const char *end)
{
  int value = 0;
  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value(p[i]);
    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* `p` is after the u; the character, or 0 with a fault. */
static gunichar
read_unicode(McJsonReading *r, const char **p, const char *end)
{
  int unit = hex4(*p, end);
  if (unit < 0)
    return mc_json_fail(r, *p, _("\\u is followed by something else, expected four hexadecimal digits")), 0;
  if (unit == 0)
    return mc_json_fail(r, *p, _("\\u0000 is not allowed in a string")), 0;
  const char *from = *p;
  *p += 4;
  if ((unit & 0xf800) != 0xd800)
    return unit;
  int low = unit < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' ? hex4(*p + 2, end) : -1;
  if (low < 0xdc00 || low > 0xdfff)
    return mc_json_fail(r, from, _("\\u%04X is half of a surrogate pair, expected its other half"),
                        (guint)unit),
           0;
  *p += 6;
  return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/* One escape, `*p` after the backslash; appends to `*out`. */
static gboolean
read_escape(McJsonReading *r, const char **p, const char *end, char **out)
{
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char *name = **p ? strchr(names, **p) : NULL;
  if (name) {
    *(*out)++ = values[name - names];
    (*p)++;
    return TRUE;
  }
  if (**p != 'u') {
    mc_json_unexpected(r, *p, _("one of \" \\ / b f n r t u after a backslash"));
    return FALSE;
  }
  (*p)++;
  gunichar c = read_unicode(r, p, end);
  if (!c)
    return FALSE;
  *out += g_unichar_to_utf8(c, *out);
  return TRUE;
}

/* The text between two quotes, escapes replaced; never longer than written. */
static char *
unescape(McJsonReading *r, const char *p, const char *end, gsize *len)
{
  char *text = mc_json_allocate(end - p + 1), *out = text;
  while (p < end) {
    const char *stop = skip_plain(p, end);
    memcpy(out, p, stop - p);
    out += stop - p;
    p = stop;
    if (p < end) {
      p++;
      if (!read_escape(r, &p, end, &out)) {
        cJSON_free(text);
        return NULL;
      }
    }
  }
  *out = '\0';
  *len = out - text;
  return text;
}

/* r->pos is at the opening quote. The text, owned by cJSON's allocator. */
char *
mc_json_read_string(McJsonReading *r, gsize *len)
{
  const char *open = r->pos, *p = open + 1;
  gboolean escapes = FALSE;
  for (;;) {
    p = skip_plain(p, r->end);
    if (p < r->end && *p == '"')
      break;
    if (p < r->end && *p == '\\' && p + 1 < r->end) {
      escapes = TRUE;
      p += 2;
      continue;
    }
    if (p < r->end && *p != '\\')
      return mc_json_fail(r, p,
                          _("found the control character U+%04X in a string, expected it written \\u%04X"),
                          (guint)(guchar)*p, (guint)(guchar)*p);
    if (r->end < r->limit)
      return mc_json_unexpected(r, r->end, _("more of a string"));
    return mc_json_fail(r, open, _("a string begins here and is not closed, expected \""));
  }
  r->pos = p + 1;
  if (escapes)
    return unescape(r, open + 1, p, len);
  *len = p - open - 1;
  char *text = mc_json_allocate(*len + 1);
  memcpy(text, open + 1, *len);
  text[*len] = '\0';
  return text;
}

/* --- numbers --- */

static const char *
skip_digits(const char *p, const char *end)
{
  while (p < end && g_ascii_isdigit(*p))
    p++;
  return p;
}

/* End of the number at r->pos, or NULL with a fault. */
const char *
mc_json_scan_number(McJsonReading *r)
{
  const char *p = r->pos + (*r->pos == '-'), *digits = p;
  p = skip_digits(p, r->end);
  if (p == digits)
    return mc_json_unexpected(r, p, _("a digit"));
  if (*digits == '0' && p - digits > 1)
    return mc_json_fail(r, digits, _("a number begins with 0, expected no leading zero (or a string)"));
  if (p < r->end && *p == '.') {
    digits = p + 1;
    if ((p = skip_digits(digits, r->end)) == digits)
      return mc_json_unexpected(r, p, _("a digit"));
  }
  if (p < r->end && (*p == 'e' || *p == 'E')) {
    digits = p + 1;
    if (digits < r->end && (*digits == '+' || *digits == '-'))
      digits++;
    if ((p = skip_digits(digits, r->end)) == digits)
      return mc_json_unexpected(r, p, _("a digit"));
  }
  return p;
}

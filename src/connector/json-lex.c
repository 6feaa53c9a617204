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
  if (r->error && !*r->error)
    g_set_error(r->error, MC_ERROR, MC_ERROR_PROTOCOL, "%s:%d:%d: %s", r->name, line, column, message);
  if (r->tell && line != r->quiet) {
    r->told = TRUE;
    g_autofree char *pointer = mc_json_here(r);
    r->tell(line, column, pointer, message, r->data);
  }
  return NULL;
}

/* What stands at `at`, for a message. New string. */
static char *
found(const McJsonReading *r, const char *at)
{
  if (at >= r->limit)
    return g_strdup(_("the end of the text"));
  if (!*at)
    return g_strdup(_("a NUL byte"));
  gunichar c = g_utf8_get_char_validated(at, r->limit - at);
  if (c == (gunichar)-1 || c == (gunichar)-2)
    return g_strdup_printf(_("the byte 0x%02X, which is not UTF-8"), (guint)(guchar)*at);
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
  r->written++;
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
#define HIGH (ONES * 0x80)

/* Bytes of the UTF-8 character at `p` (RFC 3629; not ASCII), 0 where it is none. */
static inline gsize
character(const guchar *p, gsize left)
{
#define TAIL(i) ((p[i] & 0xc0) == 0x80)
  if (p[0] >= 0xc2 && p[0] < 0xe0)
    return left >= 2 && TAIL(1) ? 2 : 0;
  if ((p[0] & 0xf0) == 0xe0) {
    gboolean ok =
        left >= 3 && TAIL(1) && TAIL(2) && (p[0] != 0xe0 || p[1] >= 0xa0) && (p[0] != 0xed || p[1] < 0xa0);
    return ok ? 3 : 0;
  }
  gboolean ok = p[0] >= 0xf0 && p[0] < 0xf5 && left >= 4 && TAIL(1) && TAIL(2) && TAIL(3) &&
                (p[0] != 0xf0 || p[1] >= 0x90) && (p[0] != 0xf4 || p[1] < 0x90);
  return ok ? 4 : 0;
#undef TAIL
}

/* Bytes of a word before the first quote, backslash, control or high byte: 8 where there is none. */
static inline gsize
plain_bytes(guint64 word)
{
  guint64 quote = word ^ (ONES * '"'), slash = word ^ (ONES * '\\');
  guint64 hit = (word - ONES * 0x20) | word | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash);
  hit &= HIGH;
  return hit ? (gsize)__builtin_ctzll(hit) / 8 : 8;
}

const char *
mc_json_skip_plain(const char *p, const char *end)
{
  for (;;) {
    while (end - p >= 8) {
      guint64 word;
      memcpy(&word, p, sizeof word);
      gsize plain = plain_bytes(GUINT64_FROM_LE(word));
      p += plain;
      if (plain < 8)
        break;
    }
    while (p < end && (guchar)*p < 0x80 && *p != '"' && *p != '\\' && (guchar)*p >= 0x20)
      p++;
    gsize n = p < end && (guchar)*p >= 0x80 ? character((const guchar *)p, (gsize)(end - p)) : 0;
    if (!n)
      return p;
    for (p += n; p < end && (guchar)*p >= 0x80; p += n)
      if (!(n = character((const guchar *)p, (gsize)(end - p))))
        return p;
  }
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

/* The text from `p`, which stands in the copy at `out`, up to the closing quote, escapes replaced; never
 * longer than written. The quote, or NULL with a fault. */
static const char *
unescape(McJsonReading *r, const char *p, char *out, gsize *len)
{
  char *text = out;
  r->written++;
  for (;;) {
    const char *stop = mc_json_skip_plain(p, r->end);
    memmove(out, p, stop - p);
    out += stop - p;
    if (stop >= r->end || *stop != '\\') {
      *out = '\0';
      *len = out - text;
      return stop;
    }
    p = stop + 1;
    if (p >= r->end)
      return r->end;
    if (!read_escape(r, &p, r->end, &out))
      return NULL;
  }
}

static void *
bad_string(McJsonReading *r, const char *open, const char *p)
{
  if (p >= r->limit)
    mc_json_fail(r, open, _("a string begins here and is not closed, expected \""));
  else if (p >= r->end || !*p || (guchar)*p >= 0x20)
    mc_json_unexpected(r, p, _("more of a string"));
  else if (r->tell && (*p == '\n' || *p == '\r'))
    mc_json_fail(r, open, _("a string begins here and its line does not close it, expected \""));
  else
    mc_json_fail(r, p, _("found the control character U+%04X in a string, expected it written \\u%04X"),
                 (guint)(guchar)*p, (guint)(guchar)*p);
  return NULL;
}

/* Reading on: what stands on the line is the string. */
static char *
cut_string(McJsonReading *r, const char *open, gsize *len)
{
  const char *eol = open + 1;
  while (eol < r->end && *eol != '\n' && *eol != '\r')
    eol++;
  const char *close = mc_json_cut_string(open, eol);
  char *text = r->copy + (open + 1 - r->text);
  *len = close - open - 1;
  text[*len] = '\0';
  r->pos = close;
  r->broken = TRUE;
  return text;
}

char *
mc_json_read_string(McJsonReading *r, gsize *len)
{
  const char *open = r->pos, *p = mc_json_skip_plain(open + 1, r->end);
  char *text = r->copy + (open + 1 - r->text);
  r->broken = FALSE;
  *len = p - open - 1;
  if (p < r->end && *p == '\\' && !(p = unescape(r, open + 1, text, len)))
    return NULL;
  if (p >= r->end || *p != '"') {
    bad_string(r, open, p);
    return r->tell && p < r->end && (*p == '\n' || *p == '\r') ? cut_string(r, open, len) : NULL;
  }
  text[*len] = '\0';
  r->pos = p + 1;
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

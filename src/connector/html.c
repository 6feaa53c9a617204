/* SPDX-License-Identifier: Apache-2.0 */
/* The text of simple HTML, such as mail bodies and comments. Not a parser of HTML: one pass, linear whatever
 * the text, nothing kept but characters. Blank space is one space, blocks begin a line, scripts and styles
 * are dropped. */
#include <string.h>
#include "connector/cast.h"
#include "motcua/text.h"

typedef struct {
  const char *at, *end;
  gboolean unclosed; /* no '>' follows any more: then '<' is text */
  GString *out;
  int newlines; /* wanted before the next character */
  gboolean space;
} Html;

static const struct {
  const char *name, *text;
} entities[] = {
    {"amp", "&"},         {"lt", "<"},          {"gt", ">"},          {"quot", "\""},
    {"apos", "'"},        {"nbsp", " "},        {"ndash", "\u2013"},  {"mdash", "\u2014"},
    {"hellip", "\u2026"}, {"laquo", "\u00ab"},  {"raquo", "\u00bb"},  {"lsquo", "\u2018"},
    {"rsquo", "\u2019"},  {"ldquo", "\u201c"},  {"rdquo", "\u201d"},  {"copy", "\u00a9"},
    {"reg", "\u00ae"},    {"deg", "\u00b0"},    {"middot", "\u00b7"}, {"bull", "\u2022"},
    {"times", "\u00d7"},  {"euro", "\u20ac"},   {"sect", "\u00a7"},   {"Agrave", "\u00c0"},
    {"Aacute", "\u00c1"}, {"Acirc", "\u00c2"},  {"Atilde", "\u00c3"}, {"Egrave", "\u00c8"},
    {"Eacute", "\u00c9"}, {"Ecirc", "\u00ca"},  {"Igrave", "\u00cc"}, {"Iacute", "\u00cd"},
    {"Ograve", "\u00d2"}, {"Oacute", "\u00d3"}, {"Ocirc", "\u00d4"},  {"Otilde", "\u00d5"},
    {"Ugrave", "\u00d9"}, {"Uacute", "\u00da"}, {"Yacute", "\u00dd"}, {"agrave", "\u00e0"},
    {"aacute", "\u00e1"}, {"acirc", "\u00e2"},  {"atilde", "\u00e3"}, {"egrave", "\u00e8"},
    {"eacute", "\u00e9"}, {"ecirc", "\u00ea"},  {"igrave", "\u00ec"}, {"iacute", "\u00ed"},
    {"ograve", "\u00f2"}, {"oacute", "\u00f3"}, {"ocirc", "\u00f4"},  {"otilde", "\u00f5"},
    {"ugrave", "\u00f9"}, {"uacute", "\u00fa"}, {"yacute", "\u00fd"},
};

static const char *const blocks[] = {"p",     "div", "br",         "li",      "ul",     "ol",     "tr",
                                     "table", "h1",  "h2",         "h3",      "h4",     "h5",     "h6",
                                     "hr",    "pre", "section",    "article", "header", "footer", "dl",
                                     "dt",    "dd",  "blockquote", NULL};

static void
put(Html *h, const char *text, gsize len)
{
  if (h->out->len && h->newlines)
    g_string_append_c(h->out, '\n');
  else if (h->out->len && h->space)
    g_string_append_c(h->out, ' ');
  h->newlines = h->space = 0;
  g_string_append_len(h->out, text, (gssize)len);
}

static void
put_character(Html *h, gunichar c)
{
  char utf8[6];
  if (c == 0 || c > 0x10ffff || (c & 0x1ff800) == 0xd800)
    c = 0xfffd;
  if (g_unichar_isspace(c))
    h->space = TRUE;
  else
    put(h, utf8, (gsize)g_unichar_to_utf8(c, utf8));
}

/* "&#273;", "&#x111;": TRUE when it was one, and h->at is behind it. */
static gboolean
take_number(Html *h, const char *name, gsize len)
{
  gboolean hex = len > 1 && (name[1] == 'x' || name[1] == 'X');
  const char *digits = name + 1 + hex;
  char *end;
  if (!(hex ? g_ascii_isxdigit(*digits) : g_ascii_isdigit(*digits)))
    return FALSE;
  guint64 c = g_ascii_strtoull(digits, &end, hex ? 16 : 10);
  if (end != name + len)
    return FALSE;
  put_character(h, c > 0x10ffff ? 0xfffd : (gunichar)c);
  return TRUE;
}

static gboolean
take_named(Html *h, const char *name, gsize len)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entities); i++)
    if (strlen(entities[i].name) == len && memcmp(entities[i].name, name, len) == 0) {
      put_character(h, g_utf8_get_char(entities[i].text));
      return TRUE;
    }
  return FALSE;
}

static void
take_entity(Html *h)
{
  gsize left = h->end - h->at - 1;
  const char *name = h->at + 1, *semicolon = memchr(name, ';', MIN(left, 12));
  gsize len = semicolon ? (gsize)(semicolon - name) : 0;
  if (len && (*name == '#' ? take_number(h, name, len) : take_named(h, name, len))) {
    h->at = semicolon + 1;
    return;
  }
  put(h, "&", 1);
  h->at++;
}

/* Behind the first `needle` (ASCII, case does not matter), or the end. */
static const char *
behind(const Html *h, const char *needle)
{
  gsize len = strlen(needle);
  for (const char *p = h->at; (p = memchr(p, *needle, h->end - p)) && (gsize)(h->end - p) >= len; p++)
    if (g_ascii_strncasecmp(p, needle, len) == 0)
      return p + len;
  return h->end;
}

static void
take_tag(Html *h)
{
  if (strncmp(h->at, "<!--", 4) == 0) {
    h->at += 4;
    h->at = behind(h, "-->");
    return;
  }
  const char *close = memchr(h->at, '>', h->end - h->at);
  if (!close) {
    h->unclosed = TRUE;
    return;
  }
  const char *name = h->at + 1 + (h->at[1] == '/');
  char lower[16];
  gsize len = 0;
  for (; g_ascii_isalnum(name[len]) && len < sizeof lower - 1; len++)
    lower[len] = g_ascii_tolower(name[len]);
  lower[len] = '\0';
  gboolean opens = h->at[1] != '/';
  h->at = close + 1;
  if (g_strv_contains(blocks, lower))
    h->newlines = 1;
  else if (opens && (strcmp(lower, "script") == 0 || strcmp(lower, "style") == 0))
    h->at = behind(h, *lower == 's' && lower[1] == 'c' ? "</script>" : "</style>");
}

static gboolean
begins_tag(const Html *h)
{
  char next = h->at[1]; /* at most the final NUL */
  return *h->at == '<' && !h->unclosed &&
         (g_ascii_isalpha(next) || next == '/' || next == '!' || next == '?');
}

char *
mc_html_text(const char *html)
{
  Html h = {.at = html, .end = html + strnlen(html, MC_TEXT_MAX), .out = g_string_new(NULL)};
  while (h.end > html && (*h.end & 0xc0) == 0x80)
    h.end--;
  while (h.at < h.end) {
    if (begins_tag(&h)) {
      take_tag(&h);
      if (!h.unclosed)
        continue;
    }
    if (*h.at == '&') {
      take_entity(&h);
      continue;
    }
    const char *next = g_utf8_next_char(h.at);
    put_character(&h, g_utf8_get_char(h.at));
    h.at = next;
  }
  return g_string_free(h.out, FALSE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Link headers (RFC 8288): any number of links in any number of headers, each `<target>; param; param`, where
 * a comma or a semicolon inside the brackets or a quoted text separates nothing. A link is wanted when its
 * first `rel` has the relation among its words; one with an `anchor` speaks of another page. What cannot be
 * read ends the header there: half of it is not guessed at. */
#include <string.h>

#include "connector/pull.h"

typedef struct {
  const char *at;
} Cursor;

static void
skip_blanks(Cursor *c)
{
  while (*c->at == ' ' || *c->at == '\t')
    c->at++;
}

static gboolean
skip_char(Cursor *c, char wanted)
{
  skip_blanks(c);
  if (*c->at != wanted)
    return FALSE;
  c->at++;
  return TRUE;
}

/* token or quoted-string (RFC 9110 5.6.4); NULL: a quoted text has no end. New string. */
static char *
read_value(Cursor *c)
{
  skip_blanks(c);
  if (*c->at != '"') {
    gsize len = strcspn(c->at, " \t;,");
    char *token = g_strndup(c->at, len);
    c->at += len;
    return token;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  for (c->at++; *c->at && *c->at != '"'; c->at++) {
    if (*c->at == '\\' && c->at[1])
      c->at++;
    g_string_append_c(text, *c->at);
  }
  if (*c->at != '"')
    return NULL;
  c->at++;
  return g_strdup(text->str);
}

static gboolean
has_word(const char *words, const char *wanted)
{
  g_auto(GStrv) list = g_strsplit_set(words, " \t", -1);
  for (char **word = list; *word; word++)
    if (g_ascii_strcasecmp(*word, wanted) == 0)
      return TRUE;
  return FALSE;
}

typedef struct {
  char *rel;
  gboolean anchored;
} Params;

/* FALSE: cannot be read. */
static gboolean
read_params(Cursor *c, Params *params)
{
  while (skip_char(c, ';')) {
    skip_blanks(c);
    gsize len = strcspn(c->at, " \t=;,");
    g_autofree char *name = g_strndup(c->at, len);
    c->at += len;
    g_autofree char *value = skip_char(c, '=') ? read_value(c) : g_strdup("");
    if (!value)
      return FALSE;
    if (g_ascii_strcasecmp(name, "rel") == 0 && !params->rel)
      params->rel = g_steal_pointer(&value);
    else if (g_ascii_strcasecmp(name, "anchor") == 0)
      params->anchored = TRUE;
  }
  return TRUE;
}

static char *
find_in(const char *text, const char *rel)
{
  Cursor c = {text};
  do {
    if (skip_char(&c, ',')) /* an empty element */
      c.at--;
    else if (skip_char(&c, '<')) {
      gsize len = strcspn(c.at, ">");
      g_autofree char *target = g_strndup(c.at, len);
      Params params = {NULL, FALSE};
      c.at += len;
      gboolean good = skip_char(&c, '>') && read_params(&c, &params);
      gboolean wanted = good && params.rel && !params.anchored && has_word(params.rel, rel);
      g_free(params.rel);
      if (wanted)
        return g_strdup(g_strstrip(target));
      if (!good)
        return NULL;
    }
  } while (skip_char(&c, ','));
  return NULL;
}

char *
mc_link_target(const McResponse *response, const char *rel)
{
  for (guint i = 0; response->headers && i < response->headers->len; i++) {
    const McHeader *header = response->headers->pdata[i];
    char *target = g_ascii_strcasecmp(header->name, "Link") == 0 ? find_in(header->value, rel) : NULL;
    if (target)
      return target;
  }
  return NULL;
}

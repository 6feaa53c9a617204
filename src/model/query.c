/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of queries: recursive descent over the grammar of query.h, one token ahead, bounded in length,
 * depth and terms. The first fault ends it and is told with its column. */
#include "motcua/query.h"
#include "model/query-lex.h"
#include "model/query-time.h"
#include "model/query-words.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "motcua/worktime.h"

#include <string.h>

#define MAX_BYTES 8192
#define MAX_DEPTH 32
#define MAX_TERMS 256
#define MAX_SHOWN 40 /* columns of the person's own text in a message */

typedef struct {
  const char *text, *next;
  McToken token;
  const McCalendar *calendar;
  gint64 now;
  int depth, terms;
  GError **error;
} Parser;

static McQuery *parse_or(Parser *parser);

static McQuery *
query_new(McQueryType type)
{
  McQuery *query = g_new0(McQuery, 1);

  query->type = type;
  query->from = query->to = MC_TIME_NONE;
  if (type == MC_QUERY_AND || type == MC_QUERY_OR || type == MC_QUERY_NOT)
    query->children = g_ptr_array_new_with_free_func((GDestroyNotify)mc_query_free);
  return query;
}

void
mc_query_free(McQuery *query)
{
  if (!query)
    return;
  g_clear_pointer(&query->children, g_ptr_array_unref);
  g_free(query->text);
  g_strfreev(query->values);
  g_free(query);
}

static McQuery *fault(Parser *parser, const char *at, const char *format, ...) G_GNUC_PRINTF(3, 4);

static McQuery *
fault(Parser *parser, const char *at, const char *format, ...)
{
  va_list args;
  int column = (int)g_utf8_strlen(parser->text, at - parser->text) + 1;

  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  g_autofree char *clean = mc_text_clean(what, -1);
  g_set_error(parser->error, MC_ERROR, MC_ERROR_USAGE, _("query, column %d: %s"), column, clean);
  return NULL;
}

/* The person's own text as a message shows it. */
static char *
shown(const char *text, gsize length)
{
  g_autofree char *clean = mc_text_clean(text, (gssize)length);

  return mc_text_ellipsize(clean, MAX_SHOWN);
}

/* "“x” is not ...": with the word that was meant, or else with all there are. */
static McQuery *
unknown(Parser *parser, const char *at, const char *word, const char *what, const char *const *words)
{
  const char *nearest = mc_text_nearest(word, words);
  g_autofree char *quoted = shown(word, strlen(word));
  g_autofree char *all = g_strjoinv(", ", (char **)words);

  if (nearest)
    return fault(parser, at, _("%s “%s” is unknown; did you mean “%s”?"), what, quoted, nearest);
  return fault(parser, at, _("%s “%s” is unknown; expected one of %s"), what, quoted, all);
}

static void
advance(Parser *parser)
{
  parser->token = mc_query_token(&parser->next);
}

/* The next value of a list at `*at`, which moves to the comma or the end; NULL when there is none. */
static char *
take_value(const char **at, const char *end)
{
  const char *start = *at;

  if (start < end && *start == '"') {
    const char *close = mc_query_quote_end(start);
    *at = close + 1;
    return close > start + 1 ? g_strndup(start + 1, (gsize)(close - start - 1)) : NULL;
  }
  while (*at < end && **at != ',')
    (*at)++;
  return *at > start ? g_strndup(start, (gsize)(*at - start)) : NULL;
}

/* The values of "a,b" checked against `words` (NULL: any text). NULL and the fault told when one is wrong. */
static char **
read_values(Parser *parser, const char *at, const char *end, const char *what, const char *const *words)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);

  for (;;) {
    const char *start = at;
    g_autofree char *value = take_value(&at, end);
    int known = value && words ? mc_query_index(words, value) : 0;
    if (!value) {
      fault(parser, start, _("expected a value for %s:"), what);
      return NULL;
    }
    if (known < 0) {
      g_autofree char *name = g_strconcat(what, ":", NULL);
      unknown(parser, start, value, name, words);
      return NULL;
    }
    g_ptr_array_add(values, words ? g_strdup(words[known]) : g_steal_pointer(&value));
    if (at == end)
      break;
    if (*at != ',') {
      fault(parser, at, _("expected a comma or a space after the closing quote"));
      return NULL;
    }
    at++;
  }
  g_ptr_array_add(values, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&values), FALSE);
}

static McQuery *
field_term(Parser *parser, McQueryField field, const char *at, const char *end)
{
  g_autofree const char **words = mc_query_field_words(field);
  char **values = read_values(parser, at, end, mc_query_fields[field], words);

  if (!values)
    return NULL;
  McQuery *query = query_new(MC_QUERY_FIELD);
  query->field = field;
  query->values = values;
  return query;
}

/* is:a,b and has:a,b: any of them. */
static McQuery *
flag_term(Parser *parser, McQueryType type, const char *at, const char *end)
{
  const char *const *words = type == MC_QUERY_IS ? mc_query_flags : mc_query_things;
  g_auto(GStrv) values = read_values(parser, at, end, type == MC_QUERY_IS ? "is" : "has", words);

  if (!values)
    return NULL;
  g_autoptr(McQuery) any = query_new(MC_QUERY_OR);
  for (char **value = values; *value; value++) {
    McQuery *query = query_new(type);
    query->is = type == MC_QUERY_IS ? (McQueryIs)mc_query_index(words, *value) : 0;
    query->has = type == MC_QUERY_HAS ? (McQueryHas)mc_query_index(words, *value) : 0;
    g_ptr_array_add(any->children, query);
  }
  return any->children->len == 1 ? g_ptr_array_steal_index(any->children, 0) : g_steal_pointer(&any);
}

static McQuery *
time_term(Parser *parser, McQueryTime time, const char *at, const char *end)
{
  g_autoptr(McQuery) query = query_new(MC_QUERY_TIME);
  g_autofree char *text = g_strndup(at, (gsize)(end - at));
  gboolean at_value;

  query->time = time;
  if (mc_query_read_time(query, text, parser->calendar, parser->now, &at_value))
    return g_steal_pointer(&query);
  if (!at_value)
    return fault(parser, at, _("a length of time needs one of < <= > >= before it"));
  at += mc_query_comparison(at);
  g_autofree char *value = shown(at, (gsize)(end - at));
  if (!*value)
    return fault(parser, at, _("expected a time such as 2d, 4h, today or 2026-11-30"));
  return fault(parser, at, _("“%s” is not a time; expected one such as 2d, 4h, today or 2026-11-30"), value);
}

static McQuery *
word_term(const McToken *token)
{
  McQuery *query = query_new(MC_QUERY_WORD);
  g_autofree char *word = g_strndup(token->start, token->length);

  query->text = mc_text_fold(word);
  if (!*query->text) { /* nothing but marks */
    g_free(query->text);
    query->text = g_steal_pointer(&word);
  }
  return query;
}

/* A term that starts with NAME and ':' or a comparison. */
static McQuery *
named_term(Parser *parser, const char *name, const char *at)
{
  const char *end = parser->token.start + parser->token.length;
  int field = mc_query_index(mc_query_fields, name), time = mc_query_index(mc_query_times, name);

  if (time >= 0)
    return time_term(parser, (McQueryTime)time, at, end);
  if (field < 0 && g_ascii_strcasecmp(name, "is") != 0 && g_ascii_strcasecmp(name, "has") != 0) {
    g_autofree const char **names = mc_query_names();
    return unknown(parser, parser->token.start, name, _("the field"), names);
  }
  if (*at != ':')
    return fault(parser, at, _("expected : after %s; only due and received are compared"), name);
  if (field >= 0)
    return field_term(parser, (McQueryField)field, at + 1, end);
  return flag_term(parser, g_ascii_strcasecmp(name, "is") ? MC_QUERY_HAS : MC_QUERY_IS, at + 1, end);
}

/* What stands between letters and a comparison is a name; anything else (08:00, a code) is a word. */
static McQuery *
parse_term(Parser *parser)
{
  const McToken *token = &parser->token;
  const char *at = token->start, *end = at + token->length;

  while (at < end && (g_ascii_isalpha(*at) || *at == '_'))
    at++;
  g_autofree char *name = g_strndup(token->start, (gsize)(at - token->start));
  gsize comparison = at > token->start && at < end ? mc_query_comparison(at) : 0;
  if (comparison && (*at != '=' || mc_query_index(mc_query_times, name) >= 0))
    return named_term(parser, name, at);
  return word_term(token);
}

static McQuery *
parse_phrase(Parser *parser)
{
  McQuery *query;

  if (parser->token.length == 0)
    return fault(parser, parser->token.start, _("expected text between the quotes"));
  query = query_new(MC_QUERY_PHRASE);
  query->text = g_strndup(parser->token.start, parser->token.length);
  return query;
}

static McQuery *
parse_group(Parser *parser)
{
  const char *open = parser->token.start;

  if (++parser->depth > MAX_DEPTH)
    return fault(parser, open, _("more than %d parentheses within each other"), MAX_DEPTH);
  advance(parser);
  g_autoptr(McQuery) query = parse_or(parser);
  if (!query)
    return NULL;
  if (parser->token.type != MC_TOKEN_CLOSE)
    return fault(parser, open, _("this parenthesis is not closed; expected )"));
  parser->depth--;
  return g_steal_pointer(&query);
}

/* A term or a group, and the token after it. */
static McQuery *
parse_primary(Parser *parser)
{
  McQuery *query = NULL;

  if (++parser->terms > MAX_TERMS)
    return fault(parser, parser->token.start, _("more than %d terms"), MAX_TERMS);
  switch (parser->token.type) {
  case MC_TOKEN_TERM:
    query = parse_term(parser);
    break;
  case MC_TOKEN_QUOTED:
    query = parse_phrase(parser);
    break;
  case MC_TOKEN_OPEN:
    query = parse_group(parser);
    break;
  case MC_TOKEN_OPEN_QUOTE:
    return fault(parser, parser->token.start, _("this quote is not closed; expected \""));
  case MC_TOKEN_OR:
    return fault(parser, parser->token.start, _("expected a term before or; quote it to search the word"));
  case MC_TOKEN_CLOSE:
    return fault(parser, parser->token.start, _("expected a term before )"));
  default:
    return fault(parser, parser->token.start, _("expected a term here"));
  }
  if (query)
    advance(parser);
  return query;
}

static McQuery *
parse_not(Parser *parser)
{
  if (parser->token.type != MC_TOKEN_MINUS)
    return parse_primary(parser);

  const char *minus = parser->token.start;
  advance(parser);
  if (parser->token.type == MC_TOKEN_MINUS ||
      (minus[1] != '(' && mc_query_is_break(g_utf8_get_char(minus + 1))))
    return fault(parser, minus + 1, _("expected a term directly after -"));
  McQuery *child = parse_primary(parser);
  if (!child)
    return NULL;
  McQuery *query = query_new(MC_QUERY_NOT);
  g_ptr_array_add(query->children, child);
  return query;
}

/* One child stands for itself. */
static McQuery *
collapse(McQuery *query)
{
  if (query->children->len != 1)
    return query;
  McQuery *only = g_ptr_array_steal_index(query->children, 0);
  mc_query_free(query);
  return only;
}

static McQuery *
parse_and(Parser *parser)
{
  g_autoptr(McQuery) query = query_new(MC_QUERY_AND);

  do {
    McQuery *child = parse_not(parser);
    if (!child)
      return NULL;
    g_ptr_array_add(query->children, child);
  } while (parser->token.type != MC_TOKEN_END && parser->token.type != MC_TOKEN_OR &&
           parser->token.type != MC_TOKEN_CLOSE);
  return collapse(g_steal_pointer(&query));
}

static McQuery *
parse_or(Parser *parser)
{
  g_autoptr(McQuery) query = query_new(MC_QUERY_OR);

  for (;;) {
    McQuery *child = parse_and(parser);
    if (!child)
      return NULL;
    g_ptr_array_add(query->children, child);
    if (parser->token.type != MC_TOKEN_OR)
      break;
    const char *word = parser->token.start;
    advance(parser);
    if (parser->token.type == MC_TOKEN_END || parser->token.type == MC_TOKEN_CLOSE)
      return fault(parser, word, _("expected a term after or; quote it to search the word"));
  }
  return collapse(g_steal_pointer(&query));
}

McQuery *
mc_query_parse(const char *text, const McCalendar *calendar, gint64 now, GError **error)
{
  g_autofree char *normal =
      mc_text_normalise(text ? text : "", text ? (gssize)strnlen(text, MAX_BYTES + 1) : 0);
  Parser parser = {.text = normal, .next = normal, .calendar = calendar, .now = now, .error = error};

  if (text && strnlen(text, MAX_BYTES + 1) > MAX_BYTES)
    return fault(&parser, normal, _("longer than %d bytes; this is not a query"), MAX_BYTES);
  advance(&parser);
  if (parser.token.type == MC_TOKEN_END)
    return query_new(MC_QUERY_ALL);

  g_autoptr(McQuery) query = parse_or(&parser);
  if (query && parser.token.type == MC_TOKEN_CLOSE)
    return fault(&parser, parser.token.start, _("this parenthesis closes nothing"));
  return g_steal_pointer(&query);
}

/* --- what only the configuration knows --- */

static gboolean
check_system(const char *word, const char *const *systems, GError **error)
{
  if (g_strv_contains(systems, word))
    return TRUE;
  const char *nearest = mc_text_nearest(word, systems);
  g_autofree char *all = g_strjoinv(", ", (char **)systems);
  if (nearest)
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("system:%s: there is no such system; did you mean “%s”?"),
                word, nearest);
  else
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("system:%s: there is no such system. There are: %s"), word,
                all);
  return FALSE;
}

gboolean
mc_query_check_systems(const McQuery *query, const char *const *systems, GError **error)
{
  if (query->type == MC_QUERY_FIELD && query->field == MC_FIELD_SYSTEM)
    for (guint i = 0; query->values[i]; i++)
      if (!check_system(query->values[i], systems, error))
        return FALSE;
  for (guint i = 0; query->children && i < query->children->len; i++)
    if (!mc_query_check_systems(g_ptr_array_index(query->children, i), systems, error))
      return FALSE;
  return TRUE;
}

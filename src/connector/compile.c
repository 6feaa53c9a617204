/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of a connector file, and the checks that every compiler needs (compile.h). */
#include <string.h>
#include "connector/check.h"
#include "connector/compile.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

/* Backtracking of one match, and kilobytes it may take: enough for any pattern that is linear on
 * MC_REGEX_SUBJECT bytes; PCRE gives up where a hostile text drives a careless pattern beyond. */
#define REGEX_LIMITS "(*LIMIT_MATCH=100000)(*LIMIT_HEAP=4096)"

void
mc_fault_free(McFault *fault)
{
  if (!fault)
    return;
  g_free(fault->file);
  g_free(fault->pointer);
  g_free(fault->message);
  g_free(fault);
}

char *
mc_fault_format(const McFault *fault)
{
  g_autofree char *place = g_strdup_printf("%s:%d:%d: ", fault->file, fault->line, fault->column);
  return g_strconcat(place, *fault->pointer ? fault->pointer : "", *fault->pointer ? ": " : "",
                     fault->warning ? _("warning: ") : "", fault->message, NULL);
}

static void
add_fault(McCompiler *c, const cJSON *node, gboolean key, gboolean warning, const char *format, va_list args)
{
  McFault *fault = g_new0(McFault, 1);
  g_autofree char *message = g_strdup_vprintf(format, args);
  fault->file = g_strdup(mc_json_name(c->json));
  g_autofree char *pointer = mc_json_pointer(c->json, node);
  fault->pointer = mc_text_clean(pointer, -1);
  fault->message = mc_text_clean(message, -1);
  fault->warning = warning;
  fault->moot = mc_json_is_damaged(c->json, node);
  mc_json_where(c->json, node, key, &fault->line, &fault->column);
  g_ptr_array_add(c->faults, fault);
}

void
mc_compile_fault(McCompiler *c, const cJSON *node, gboolean key, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_fault(c, node, key, FALSE, format, args);
  va_end(args);
}

void
mc_compile_warning(McCompiler *c, const cJSON *node, gboolean key, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_fault(c, node, key, TRUE, format, args);
  va_end(args);
}

guint
mc_compile_fault_count(const McCompiler *c)
{
  guint n = 0;
  for (guint i = 0; i < c->faults->len; i++)
    n += !((const McFault *)c->faults->pdata[i])->warning;
  return n;
}

static const char *
type_name(const cJSON *node)
{
  if (cJSON_IsObject(node))
    return _("an object");
  if (cJSON_IsArray(node))
    return _("an array");
  if (cJSON_IsString(node))
    return _("a string");
  if (cJSON_IsNull(node))
    return _("null");
  return cJSON_IsBool(node) ? _("true or false") : _("a number");
}

void
mc_compile_expected(McCompiler *c, const cJSON *node, const char *expected)
{
  mc_compile_fault(c, node, FALSE, _("found %s, expected %s"), type_name(node), expected);
}

/* "unknown WHAT: did you mean ..." or the list of what there is. */
static void
report_unknown(McCompiler *c, const cJSON *node, gboolean key, const char *word, const char *const *words)
{
  const char *nearest = mc_text_nearest(word, words);
  g_autofree char *list = g_strjoinv(", ", (char **)words);
  guint said = c->faults->len;
  if (nearest)
    mc_compile_fault(c, node, key, _("\"%s\" is not known here; did you mean \"%s\"?"), word, nearest);
  else if (!*words)
    mc_compile_fault(c, node, key, _("\"%s\" is not known here, expected nothing"), word);
  else
    mc_compile_fault(c, node, key, _("\"%s\" is not known here, expected one of: %s"), word, list);
  ((McFault *)c->faults->pdata[said])->whole = TRUE;
}

void
mc_compile_keys_of(McCompiler *c, const cJSON *object, const char *const *allowed, const char *const *more)
{
  if (!cJSON_IsObject(object)) {
    mc_compile_expected(c, object, _("an object"));
    return;
  }
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (; allowed && *allowed; allowed++)
    g_ptr_array_add(all, (gpointer)*allowed);
  for (; more && *more; more++)
    g_ptr_array_add(all, (gpointer)*more);
  g_ptr_array_add(all, NULL);
  const char *const *words = (const char *const *)all->pdata;
  for (const cJSON *member = object->child; member; member = member->next)
    if (!g_strv_contains(words, member->string))
      report_unknown(c, member, TRUE, member->string, words);
}

void
mc_compile_keys(McCompiler *c, const cJSON *object, const char *const *allowed)
{
  mc_compile_keys_of(c, object, allowed, NULL);
}

const char *
mc_compile_string(McCompiler *c, const cJSON *object, const char *key)
{
  const cJSON *member = mc_json_get(object, key);
  if (!member)
    return NULL;
  if (cJSON_IsString(member))
    return member->valuestring;
  mc_compile_expected(c, member, _("a string"));
  return NULL;
}

gboolean
mc_compile_boolean(McCompiler *c, const cJSON *object, const char *key)
{
  const cJSON *member = mc_json_get(object, key);
  if (member && !cJSON_IsBool(member))
    mc_compile_expected(c, member, _("true or false"));
  return cJSON_IsTrue(member);
}

int
mc_compile_word(McCompiler *c, const cJSON *node, const char *const *words)
{
  if (!cJSON_IsString(node)) {
    g_autofree char *list = g_strjoinv(", ", (char **)words);
    g_autofree char *expected = g_strdup_printf(_("one of: %s"), list);
    mc_compile_expected(c, node, expected);
    return -1;
  }
  for (int i = 0; words[i]; i++)
    if (strcmp(words[i], node->valuestring) == 0)
      return i;
  report_unknown(c, node, FALSE, node->valuestring, words);
  return -1;
}

static gboolean
is_dotted_name(const char *name)
{
  gsize part = 0, len = 0;
  for (; *name; name++, len++) {
    if (g_ascii_isalnum(*name) || *name == '_' || *name == '-')
      part++;
    else if (*name == '.' && part)
      part = 0;
    else
      return FALSE;
  }
  return part > 0 && len < 200;
}

gboolean
mc_compile_name(McCompiler *c, const cJSON *node, const char *name)
{
  if (!is_dotted_name(name)) {
    mc_compile_fault(c, node, FALSE, _("\"%s\" is not a name, expected one such as \"item.key\""), name);
    return FALSE;
  }
  if (!c->names)
    return TRUE;
  for (gsize i = 0; c->names[i]; i++) {
    gsize len = strlen(c->names[i]);
    if (strncmp(name, c->names[i], len) == 0 && (name[len] == '\0' || name[len] == '.'))
      return TRUE;
  }
  const char *nearest = mc_text_nearest(name, c->names);
  gsize root_len = strcspn(name, ".");
  g_autofree char *root = g_strndup(name, root_len);
  const char *nearest_root = nearest ? NULL : mc_text_nearest(root, c->names);
  g_autofree char *list = g_strjoinv(", ", (char **)c->names);
  if (nearest)
    mc_compile_fault(c, node, FALSE, _("the name \"%s\" is not known here; did you mean \"%s\"?"), name,
                     nearest);
  else if (nearest_root && name[root_len])
    mc_compile_fault(c, node, FALSE, _("the name \"%s\" is not known here; did you mean \"%s%s\"?"), name,
                     nearest_root, name + root_len);
  else
    mc_compile_fault(c, node, FALSE, _("the name \"%s\" is not known here, expected one of: %s"), name, list);
  return FALSE;
}

GTimeZone *
mc_compile_zone(McCompiler *c, const cJSON *object)
{
  const char *name = mc_compile_string(c, object, "tz");
  if (!name)
    return NULL;
  GTimeZone *zone = *name ? g_time_zone_new_identifier(name) : NULL;
  if (!zone)
    mc_compile_fault(c, mc_json_get(object, "tz"), FALSE,
                     _("\"%s\" is not a time zone, expected \"Z\", \"+07:00\" or a name such as "
                       "\"Asia/Ho_Chi_Minh\""),
                     name);
  return zone;
}

GRegex *
mc_compile_regex(McCompiler *c, const cJSON *node)
{
  g_autoptr(GError) error = NULL;
  if (!cJSON_IsString(node)) {
    mc_compile_expected(c, node, _("a regular expression"));
    return NULL;
  }
  g_autofree char *limited = g_strconcat(REGEX_LIMITS, node->valuestring, NULL);
  GRegex *regex = g_regex_new(limited, 0, 0, NULL);
  if (regex) {
    mc_check_regex(c, node, regex);
    return regex;
  }
  GRegex *plain =
      g_regex_new(node->valuestring, 0, 0, &error); /* for places that count from the author's text */
  g_clear_pointer(&plain, g_regex_unref);
  mc_compile_fault(c, node, FALSE, _("not a regular expression: %s"),
                   error ? error->message : node->valuestring);
  return NULL;
}

gboolean
mc_regex_match(const GRegex *regex, const char *text, GMatchInfo **info)
{
  gsize len = strlen(text);
  GRegexMatchFlags flags = 0;
  if (len > MC_REGEX_SUBJECT) {
    len = (gsize)(g_utf8_find_prev_char(text, text + MC_REGEX_SUBJECT + 1) - text);
    flags = G_REGEX_MATCH_NOTEOL; /* where it is cut is not its end */
  }
  return g_regex_match_full(regex, text, (gssize)len, 0, flags, info, NULL);
}

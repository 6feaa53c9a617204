/* SPDX-License-Identifier: Apache-2.0 */
/* What a file defines and never uses, and what it asks of a system in vain.
 *
 * A name is used where it stands in a node, in a template, or as a pointer over the names ("/input/note" of
 * an `if`); looking at words alone takes too much for used, never too little. Decided:
 * - What auth keeps is never called unused: systems that share the session may name it.
 * - A lookup that nothing of the file names is one for people where it has a `map` or a `label`.
 * - Of `hosts` only what stands there twice, or is the base, is told: which addresses a system gives is not
 *   known before it is asked. */
#include <string.h>

#include "connector/check.h"
#include "motcua/i18n.h"

#define LIVES_MIN 600 /* seconds: a lost answer is found out, and waited for, that long */

typedef struct {
  GHashTable *named;   /* dotted names, with what stands before each dot */
  GHashTable *whole;   /* what a node names by itself */
  GHashTable *pointed; /* what may be a pointer over names */
  gboolean anything;   /* a query that is not taken apart here */
} Used;

/* --- names used --- */
static void
add_name(GHashTable *table, const char *text, gsize len)
{
  g_autofree char *word = g_strdelimit(g_strndup(text, len), "/", '.');
  char *name = word + strspn(word, ".+?&#;");
  for (char *dot = name + strlen(name); *name && dot; dot = strrchr(name, '.')) {
    *dot = '\0';
    g_hash_table_add(table, g_strdup(name));
  }
}

/* The names between braces. */
static void
add_template(Used *used, const char *text)
{
  while ((text = strchr(text, '{'))) {
    gsize len = strcspn(++text, ",}");
    add_name(used->named, text, len);
    for (text += len; *text == ','; text += len) {
      len = strcspn(++text, ",}");
      add_name(used->named, text, len);
    }
  }
}

static void
add_names(Used *used, const cJSON *node)
{
  const char *text = cJSON_GetStringValue(node);
  const cJSON *child;
  if (text && g_strcmp0(node->string, "$") == 0) {
    add_name(used->named, text, strlen(text));
    g_hash_table_add(used->whole, g_strdup(text));
  } else if (text) {
    add_template(used, text);
    if (*text == '/' || g_str_has_prefix(text, "$."))
      add_name(used->pointed, text + (*text == '$'), strlen(text) - (*text == '$'));
    used->anything = used->anything || g_str_has_prefix(text, "$[");
  }
  if (cJSON_IsObject(node) || cJSON_IsArray(node))
    cJSON_ArrayForEach (child, node)
      add_names(used, child);
}

static GHashTable *
new_set(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static Used
used_of(const cJSON *node)
{
  Used used = {.named = new_set(), .whole = new_set(), .pointed = new_set()};
  add_names(&used, node);
  return used;
}

static void
used_clear(Used *used)
{
  g_hash_table_unref(used->named);
  g_hash_table_unref(used->whole);
  g_hash_table_unref(used->pointed);
}

/* A name that nothing defines: it is told where it stands, and may be what another was meant by. */
static gboolean
has_stray(const Used *used, const cJSON *object, const char *root)
{
  gsize len = strlen(root);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, used->named);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    const char *name = key;
    if (strncmp(name, root, len) != 0 || name[len] != '.')
      continue;
    g_autofree char *member = g_strndup(name + len + 1, strcspn(name + len + 1, "."));
    if (!mc_json_get(object, member))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_used(const Used *used, const char *root, const char *name)
{
  g_autofree char *dotted = g_strconcat(root, ".", name, NULL);
  return used->anything || g_hash_table_contains(used->named, dotted) ||
         g_hash_table_contains(used->pointed, dotted) || g_hash_table_contains(used->whole, root);
}

static gboolean
names(const cJSON *node, const char *name)
{
  Used used = used_of(node);
  gboolean found = g_hash_table_contains(used.named, name);
  used_clear(&used);
  return found;
}

/* --- defined and never used --- */
static void
check_members(McBuild *b, const Used *used, const cJSON *object, const char *root)
{
  const cJSON *member;
  if (has_stray(used, object, root))
    return;
  cJSON_ArrayForEach (member, object)
    if (!is_used(used, root, member->string))
      mc_compile_warning(&b->c, member, TRUE, _("nothing uses \"%s.%s\""), root, member->string);
}

static void
check_inputs(McBuild *b, const cJSON *owner, const char *form)
{
  Used used = used_of(owner);
  const cJSON *member, *inputs = mc_shape_object(owner, form);
  for (member = has_stray(&used, inputs, "input") ? NULL
                : inputs                          ? inputs->child
                                                  : NULL;
       member; member = member->next)
    if (!is_used(&used, "input", member->string))
      mc_compile_warning(&b->c, member, TRUE, _("a person is asked for \"%s\", and no request says it"),
                         member->string);
  used_clear(&used);
}

static void
check_kept(McBuild *b, const cJSON *action)
{
  Used used = used_of(action);
  const cJSON *step;
  check_members(b, &used, mc_shape_object(mc_shape_object(action, "before"), "keep"), "before");
  check_members(b, &used, mc_shape_object(mc_shape_object(action, "poll"), "keep"), "poll");
  cJSON_ArrayForEach (step, mc_shape_array(action, "steps")) {
    const char *name = mc_shape_string(step, "name");
    g_autofree char *root = g_strconcat("step.", name, NULL);
    if (name)
      check_members(b, &used, mc_shape_object(step, "keep"), root);
  }
  used_clear(&used);
}

static gboolean
chosen_from(const cJSON *node, const char *lookup)
{
  const cJSON *child, *from = mc_json_get(node, "from"), *lookups = mc_json_get(node, "lookups");
  if ((cJSON_IsString(from) && strcmp(from->valuestring, lookup) == 0) || mc_json_get(lookups, lookup))
    return TRUE;
  if (cJSON_IsObject(node))
    cJSON_ArrayForEach (child, node)
      if (chosen_from(child, lookup))
        return TRUE;
  return FALSE;
}

static void
check_lookups(McBuild *b, const cJSON *root)
{
  const cJSON *lookup;
  cJSON_ArrayForEach (lookup, mc_shape_object(root, "lookups")) {
    gboolean for_people = mc_json_get(lookup, "map") || mc_json_get(lookup, "label");
    if (!for_people && !chosen_from(mc_json_get(root, "actions"), lookup->string) &&
        !chosen_from(mc_json_get(root, "attachments"), lookup->string))
      mc_compile_warning(&b->c, lookup, TRUE, _("no form chooses from \"%s\""), lookup->string);
    check_inputs(b, lookup, "input");
  }
}

/* --- pages and changes --- */
static void
check_pages(McBuild *b, const cJSON *stream)
{
  static const struct {
    const char *type, *name;
  } moving[] = {{"page", "page.number"}, {"offset", "page.offset"}, {"cursor", "page.cursor"}};
  const cJSON *pages = mc_shape_object(stream, "pages"), *request = mc_shape_object(stream, "request");
  const char *type = mc_shape_string(pages, "type");
  for (gsize i = 0; request && type && i < G_N_ELEMENTS(moving); i++)
    if (strcmp(type, moving[i].type) == 0 && !names(request, moving[i].name))
      mc_compile_fault(&b->c, mc_json_get(pages, "type"), FALSE,
                       _("the request does not use \"%s\": every page would be the first one"),
                       moving[i].name);
  const cJSON *size = mc_json_get(pages, "size");
  gboolean used = names(request, "page.size");
  if (size && !used && g_strcmp0(mc_shape_string(pages, "stop"), "short") != 0)
    mc_compile_warning(&b->c, size, TRUE, _("nothing uses \"%s.%s\""), "page", "size");
  if (!size && used)
    mc_compile_fault(&b->c, pages ? pages : request, TRUE,
                     _("the request uses \"page.size\", and \"pages\" has no \"size\""));
}

static void
check_delta(McBuild *b, const cJSON *stream)
{
  const cJSON *delta = mc_shape_object(stream, "delta"), *changes = mc_shape_object(delta, "changes");
  const cJSON *own =
      mc_json_get(delta, "cursor") ? mc_json_get(delta, "cursor") : mc_json_get(delta, "token");
  const cJSON *request = mc_shape_object(changes ? changes : stream, "request");
  if (own && request && !names(request, "cursor"))
    mc_compile_warning(&b->c, own, TRUE,
                       _("the request does not use \"cursor\": it asks for everything each time"));
  if (!own && !mc_json_get(delta, "link") && names(mc_json_get(stream, "request"), "cursor"))
    mc_compile_warning(&b->c, mc_json_get(stream, "request"), TRUE,
                       _("uses \"cursor\", and no \"delta\" gives one"));
}

/* --- writes --- */
static void
note_telling(const char *name, gpointer data)
{
  static const char *const telling[] = {"action.key", "before", "item.version", "item.etag", "session",
                                        "input",      "step",   "batch",        "upload",    "now"};
  for (gsize i = 0; i < G_N_ELEMENTS(telling); i++)
    *(gboolean *)data |= g_str_has_prefix(name, telling[i]);
}

static void
check_verify(McBuild *b, const cJSON *action)
{
  const cJSON *verify = mc_shape_object(mc_shape_object(action, "unknown"), "verify");
  gboolean told = FALSE;
  if (!mc_json_get(verify, "landed"))
    return;
  Used used = used_of(verify);
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init(&iter, used.named);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    note_telling(name, &told);
  used_clear(&used);
  if (!told)
    mc_compile_warning(&b->c, mc_json_get(verify, "landed"), TRUE,
                       _("cannot tell this write from another's: it uses neither \"action.key\", \"before\", "
                         "\"item.version\", \"item.etag\", \"session\" nor \"input\""));
}

static void
check_lives(McBuild *b, const cJSON *action)
{
  const cJSON *lives = mc_json_get(mc_shape_object(action, "idempotency"), "lives");
  gint64 seconds;
  if (!cJSON_IsString(lives) || !mc_duration_parse(lives->valuestring, &seconds) || seconds >= LIVES_MIN)
    return;
  mc_compile_warning(
      &b->c, lives, FALSE,
      _("a key that lives %s is forgotten before a lost answer can be asked for again: expected "
        "PT10M or more"),
      lives->valuestring);
}

static void
check_action(McBuild *b, const cJSON *action)
{
  check_inputs(b, action, "form");
  check_kept(b, action);
  check_verify(b, action);
  check_lives(b, action);
}

/* --- hosts --- */
static void
check_secure(McBuild *b, const cJSON *address)
{
  static const char *const own[] = {"http://127.", "http://localhost", "http://[::1]"};
  const char *text = cJSON_GetStringValue(address);
  if (!text || g_ascii_strncasecmp(text, "http://", 7) != 0)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
    if (g_str_has_prefix(text, own[i]))
      return;
  mc_compile_warning(&b->c, address, FALSE, _("\"%s\" is not encrypted: expected https://"), text);
}

static void
check_hosts(McBuild *b, const cJSON *root)
{
  const cJSON *base = mc_json_get(root, "base"), *hosts = mc_shape_array(root, "hosts"), *host, *other;
  check_secure(b, base);
  check_secure(b, mc_json_get(mc_shape_object(root, "auth"), "origin"));
  cJSON_ArrayForEach (host, hosts) {
    gboolean twice = mc_json_equal(host, base);
    check_secure(b, host);
    for (other = hosts->child; other != host; other = other->next)
      twice = twice || mc_json_equal(host, other);
    if (twice)
      mc_compile_warning(&b->c, host, FALSE, _("is of no use: this host is named already"));
  }
}

void
mc_check_use(McBuild *b, const cJSON *root)
{
  const cJSON *attachments = mc_shape_object(root, "attachments"), *auth = mc_shape_object(root, "auth");
  const cJSON *one;
  Used used = used_of(root);
  check_hosts(b, root);
  check_members(b, &used, mc_shape_object(root, "config"), "config");
  if (mc_shape_object(auth, "otp"))
    check_inputs(b, mc_shape_object(auth, "otp"), "form");
  cJSON_ArrayForEach (one, mc_shape_object(root, "streams")) {
    check_members(b, &used, mc_shape_object(one, "keep"), "item.keep");
    check_pages(b, one);
    check_delta(b, one);
  }
  cJSON_ArrayForEach (one, mc_shape_object(root, "actions"))
    check_action(b, one);
  if (mc_shape_object(attachments, "upload"))
    check_kept(b, mc_shape_object(attachments, "upload"));
  check_members(b, &used, mc_shape_object(attachments, "keep"), "file.keep");
  check_lookups(b, root);
  used_clear(&used);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Making a recording fit to be shown. What is secret is known by where it stands (sessions, login secrets);
 * who a person is, by what the connector says of its fields, and by the look of numbers and addresses. Each
 * such text is replaced by an invented one of the same look, the same wherever it stands; then the recording
 * is gone through again, so that what is asked is what would be asked of a system that answers so. Whatever
 * the connector does not read is emptied at last: nobody can tell who stands there. */
#include <string.h>

#include "connector/recording.h"
#include "connector/run.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

#define MIN_WITHIN  6  /* bytes of a text that is looked for within others */
#define LONG_WORD   16 /* bytes */
#define LONG_NUMBER 9  /* digits that may be somebody's */

typedef struct {
  GHashTable *table; /* text -> what stands for it */
  GPtrArray *order;  /* the texts, long ones first */
  guint secrets, people, numbers;
  GRegex *looks; /* of an identity number, a telephone number, an address of mail */
} Redaction;

/* --- inventing --- */
static char *
invented_digits(const char *text, guint seed)
{
  char *out = g_strdup(text);
  gboolean leading = TRUE;
  for (char *at = out; *at; at++) {
    if (!g_ascii_isdigit(*at))
      continue;
    leading = leading && *at == '0';
    seed = seed * 1103515245u + 12345u;
    if (!leading)
      *at = (char)('0' + (seed >> 16) % 10);
  }
  return out;
}

static gboolean
is_date(const char *text)
{
  return g_regex_match_simple(
      "^([0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{8})$", text, 0, 0);
}

static gboolean
is_numeric(const char *text)
{
  return strpbrk(text, "0123456789") && text[strspn(text, "0123456789 .+-()/")] == '\0';
}

static char *
invented(Redaction *r, const char *text)
{
  if (strchr(text, '@'))
    return g_strdup_printf("nguoi%02u@example.vn", ++r->people);
  if (is_date(text)) {
    char *out = g_strdup(text);
    for (char *at = out; *at; at++)
      if (g_ascii_isdigit(*at))
        *at = '1';
    return out;
  }
  if (is_numeric(text))
    return invented_digits(text, ++r->numbers * 7919u);
  return g_strdup_printf("Người %02u", ++r->people);
}

static void
add(Redaction *r, const char *text, char *stands)
{
  if (!*text || g_hash_table_contains(r->table, text)) {
    g_free(stands);
    return;
  }
  g_hash_table_insert(r->table, g_strdup(text), stands);
  g_ptr_array_add(r->order, g_strdup(text));
}

static void
add_person(Redaction *r, const char *text)
{
  if (!g_hash_table_contains(r->table, text))
    add(r, text, invented(r, text));
}

static void
add_secret(Redaction *r, const char *text)
{
  if (text && *text && !g_hash_table_contains(r->table, text))
    add(r, text, g_strdup_printf("secret-%02u", ++r->secrets));
}

/* --- what is secret --- */
static void
secrets_of_session(Redaction *r, const cJSON *session)
{
  static const char *const names[] = {"token", "refresh", "csrf", "account"};
  const cJSON *one;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    add_secret(r, mc_json_text(mc_json_get(session, names[i])));
  add_secret(r, mc_json_text(mc_json_get(mc_json_get(session, "keep"), "login")));
  cJSON_ArrayForEach (one, mc_json_get(session, "secret"))
    add_secret(r, mc_json_text(one));
  cJSON_ArrayForEach (one, mc_json_get(session, "cookies"))
    add_secret(r, mc_json_text(mc_json_get(one, "value")));
}

/* What a login is answered with is secret as soon as it is long and one word, or called a code: codes of a
 * device grant, tokens that nobody reads. */
static void
secrets_of_login(Redaction *r, const cJSON *node)
{
  const char *text = cJSON_IsString(node) ? node->valuestring : "";
  gboolean code = node && node->string && strstr(node->string, "code") && strlen(text) >= MIN_WITHIN;
  if ((code || strlen(text) >= LONG_WORD) && !strpbrk(text, " /"))
    add_secret(r, text);
  for (const cJSON *child = node ? node->child : NULL; child; child = child->next)
    secrets_of_login(r, child);
}

static void
secrets_of_answer(Redaction *r, const cJSON *answer)
{
  const char *body = mc_json_text(mc_json_get(answer, "body"));
  g_autoptr(McJson) json = body ? mc_json_parse("body", body, strlen(body), MC_JSON_STRICT, NULL) : NULL;
  if (json)
    secrets_of_login(r, mc_json_root(json));
}

static void
secrets_of_run(Redaction *r, const cJSON *run)
{
  const cJSON *recipe = mc_json_get(run, "recipe"), *one;
  cJSON_ArrayForEach (one, mc_json_get(recipe, "secrets"))
    add_secret(r, mc_json_text(one));
  secrets_of_session(r, mc_json_get(recipe, "session"));
  gboolean login = g_strcmp0(mc_json_text(mc_json_get(recipe, "how")), "login") == 0;
  cJSON_ArrayForEach (one, mc_json_get(run, "steps")) {
    secrets_of_session(r, mc_json_get(one, "session"));
    if (login)
      secrets_of_answer(r, mc_json_get(one, "answer"));
  }
}

/* --- replacing --- */
static gboolean
by_looks(const GMatchInfo *match, GString *out, gpointer data)
{
  Redaction *r = data;
  g_autofree char *found = g_match_info_fetch(match, 0);
  add_person(r, found);
  g_string_append(out, g_hash_table_lookup(r->table, found));
  return FALSE;
}

static char *
redacted(Redaction *r, const char *text)
{
  const char *whole = g_hash_table_lookup(r->table, text);
  if (whole)
    return g_strdup(whole);
  GString *out = g_string_new(text);
  for (guint i = 0; i < r->order->len; i++) {
    const char *one = r->order->pdata[i];
    if (strlen(one) >= MIN_WITHIN && strstr(out->str, one))
      g_string_replace(out, one, g_hash_table_lookup(r->table, one), 0);
  }
  char *done = g_regex_replace_eval(r->looks, out->str, -1, 0, 0, by_looks, r, NULL);
  if (!done)
    return g_string_free(out, FALSE);
  g_string_free(out, TRUE);
  return done;
}

static void
set_text(cJSON *node, char *text)
{
  cJSON_free(node->valuestring);
  node->valuestring = cJSON_malloc(strlen(text) + 1);
  strcpy(node->valuestring, text);
  g_free(text);
}

static void
set_key(cJSON *node, const char *key)
{
  if (!(node->type & cJSON_StringIsConst))
    cJSON_free(node->string);
  node->type &= ~cJSON_StringIsConst;
  node->string = cJSON_malloc(strlen(key) + 1);
  strcpy(node->string, key);
}

static void redact_tree(Redaction *r, cJSON *node, gboolean keys);

/* Text that is JSON itself is redacted inside, also where an account or a person is the key of a member. */
static void
redact_text(Redaction *r, cJSON *node)
{
  const char *text = node->valuestring;
  g_autoptr(McJson) json =
      *text == '{' || *text == '[' ? mc_json_parse("text", text, strlen(text), MC_JSON_STRICT, NULL) : NULL;
  if (!json) {
    set_text(node, redacted(r, text));
    return;
  }
  cJSON *tree = cJSON_Duplicate(mc_json_root(json), TRUE);
  redact_tree(r, tree, TRUE);
  set_text(node, mc_json_print(tree));
  cJSON_Delete(tree);
}

static void
redact_tree(Redaction *r, cJSON *node, gboolean keys)
{
  const char *key = keys && node->string ? g_hash_table_lookup(r->table, node->string) : NULL;
  cJSON *child;
  if (key)
    set_key(node, key);
  if (cJSON_IsString(node)) {
    redact_text(r, node);
  } else if (cJSON_IsRaw(node)) {
    const char *stands = g_hash_table_lookup(r->table, node->valuestring);
    if (stands && g_ascii_isdigit(*stands) && *stands != '0' && !strpbrk(stands, " .+-()/"))
      set_text(node, g_strdup(stands));
  } else {
    cJSON_ArrayForEach (child, node)
      redact_tree(r, child, keys);
  }
}

static void
redact_run(Redaction *r, cJSON *run)
{
  cJSON *step;
  redact_tree(r, mc_json_get(run, "recipe"), FALSE);
  cJSON_ArrayForEach (step, mc_json_get(run, "steps")) {
    cJSON *session = mc_json_get(step, "session"), *answer = mc_json_get(step, "answer");
    if (session)
      redact_tree(r, session, FALSE);
    if (answer)
      redact_tree(r, answer, FALSE);
    if (mc_json_get(answer, "base64"))
      cJSON_DeleteItemFromObjectCaseSensitive(answer, "base64");
  }
}

/* --- what the connector does not read --- */
/* Empties the texts (and long numbers) at a path such as "/items/[]/name"; with NULL it notes all paths. */
static void
walk(cJSON *node, GString *path, const char *wanted, GHashTable *found)
{
  gsize len = path->len;
  gboolean text = cJSON_IsString(node) && *node->valuestring;
  gboolean number = cJSON_IsRaw(node) && strlen(node->valuestring) >= LONG_NUMBER;
  if ((text || number) && !wanted)
    g_hash_table_add(found, g_strdup(path->str));
  else if ((text || number) && g_str_equal(path->str, wanted))
    set_text(node, g_strdup(text ? "" : "0"));
  for (cJSON *child = node->child; child; child = child->next) {
    g_string_append_printf(path, "/%s", cJSON_IsObject(node) ? child->string : "[]");
    walk(child, path, wanted, found);
    g_string_truncate(path, len);
  }
}

static void
walk_bodies(cJSON *run, const char *wanted, GHashTable *found)
{
  cJSON *step;
  cJSON_ArrayForEach (step, mc_json_get(run, "steps")) {
    cJSON *body = mc_json_get(mc_json_get(step, "answer"), "body");
    const char *text = mc_json_text(body);
    g_autoptr(McJson) json = text ? mc_json_parse("body", text, strlen(text), MC_JSON_STRICT, NULL) : NULL;
    if (!json)
      continue;
    cJSON *tree = cJSON_Duplicate(mc_json_root(json), TRUE);
    g_autoptr(GString) path = g_string_new(NULL);
    walk(tree, path, wanted, found);
    if (wanted)
      set_text(body, mc_json_print(tree));
    cJSON_Delete(tree);
  }
}

static gboolean
goes_through(McBinding *binding, GPtrArray *runs)
{
  gboolean same = TRUE;
  for (guint i = 0; same && i < runs->len; i++) {
    g_autofree char *misfit = NULL;
    cJSON *result = mc_replay(binding, runs->pdata[i], TRUE, NULL, &misfit);
    same = result && mc_json_equal(result, mc_json_get(runs->pdata[i], "result"));
    cJSON_Delete(result);
  }
  return same;
}

/* What can be emptied without anything being asked or brought otherwise, is. */
static void
forget_unread(McBinding *binding, McRecording *made)
{
  g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < made->runs->len; i++)
    walk_bodies(made->runs->pdata[i], NULL, paths);
  g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_keys(paths), (GCompareFunc)strcmp);
  for (GList *l = sorted; l; l = l->next) {
    GPtrArray *trial = g_ptr_array_new_with_free_func((GDestroyNotify)cJSON_Delete);
    for (guint i = 0; i < made->runs->len; i++) {
      g_ptr_array_add(trial, cJSON_Duplicate(made->runs->pdata[i], TRUE));
      walk_bodies(trial->pdata[i], l->data, NULL);
    }
    GPtrArray *kept = goes_through(binding, trial) ? trial : made->runs;
    g_ptr_array_unref(kept == trial ? made->runs : trial);
    made->runs = kept;
  }
}

/* --- making it --- */
static int
by_length(gconstpointer a, gconstpointer b)
{
  const char *x = *(const char *const *)a, *y = *(const char *const *)b;
  gsize p = strlen(x), q = strlen(y);
  return p != q ? (p < q) - (p > q) : strcmp(x, y);
}

static gboolean
misfits(guint index, char *misfit, GError **error)
{
  if (!misfit)
    return FALSE;
  g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("run %u of the recording does not go through again: %s"),
              index + 1, misfit);
  g_free(misfit);
  return TRUE;
}

/* Everybody there is in it, by going through it as it went. */
static gboolean
meet(McBinding *binding, const McRecording *raw, McPeople *people, GError **error)
{
  for (guint i = 0; i < raw->runs->len; i++) {
    char *misfit = NULL;
    cJSON *copy = cJSON_Duplicate(raw->runs->pdata[i], TRUE);
    cJSON *result = mc_replay(binding, copy, FALSE, people, &misfit);
    cJSON_Delete(copy);
    cJSON_Delete(result);
    if (misfits(i, misfit, error))
      return FALSE;
  }
  return TRUE;
}

static Redaction *
redaction_new(McBinding *binding, const McRecording *raw, McPeople *people, const char *const *hide)
{
  Redaction *r = g_new0(Redaction, 1);
  r->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  r->order = g_ptr_array_new_with_free_func(g_free);
  r->looks =
      g_regex_new("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+|\\b[0-9]{12}\\b|\\b0[35789][0-9]{8}\\b",
                  G_REGEX_OPTIMIZE, 0, NULL);
  add(r, binding->origin, g_strdup_printf("https://%s.example", binding->system));
  for (guint i = 0; i < raw->runs->len; i++)
    secrets_of_run(r, raw->runs->pdata[i]);
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(people->names), (GCompareFunc)strcmp);
  for (GList *l = names; l; l = l->next)
    add_person(r, l->data);
  for (; hide && *hide; hide++)
    add_person(r, *hide);
  g_ptr_array_sort(r->order, by_length);
  return r;
}

static void
redaction_free(Redaction *r)
{
  g_hash_table_unref(r->table);
  g_ptr_array_unref(r->order);
  g_regex_unref(r->looks);
  g_free(r);
}

static McRecording *
redact_all(Redaction *r, McBinding *binding, const McRecording *raw)
{
  McRecording *made = mc_recording_new(mc_profile_id(binding->profile), binding->system);
  cJSON *config = cJSON_Duplicate(binding->config, TRUE);
  redact_tree(r, config, FALSE);
  cJSON_AddItemToObject(made->head, "config", config);
  for (guint i = 0; i < raw->runs->len; i++) {
    cJSON *run = cJSON_Duplicate(raw->runs->pdata[i], TRUE);
    redact_run(r, run);
    g_ptr_array_add(made->runs, run);
  }
  return made;
}

McBinding *
mc_recording_bind(McProfile *profile, const McRecording *recording, McCalendar *calendar, GError **error)
{
  g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
  const char *id = mc_json_text(mc_json_get(recording->head, "connector"));
  const cJSON *one;
  if (g_strcmp0(id, mc_profile_id(profile)) != 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("the recording is of the connector “%s”, not of “%s”"), id,
                mc_profile_id(profile));
    return NULL;
  }
  cJSON_ArrayForEach (one, mc_json_get(recording->head, "config"))
    if (mc_json_text(one))
      g_hash_table_insert(config, one->string, (gpointer)mc_json_text(one));
  return mc_binding_new(profile, mc_json_text(mc_json_get(recording->head, "system")), config, calendar,
                        error);
}

McRecording *
mc_recording_make(McBinding *binding, const McRecording *raw, const char *const *hide, GError **error)
{
  McPeople people = {.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  g_autoptr(McRecording) made = NULL;
  if (meet(binding, raw, &people, error)) {
    Redaction *r = redaction_new(binding, raw, &people, hide);
    made = redact_all(r, binding, raw);
    redaction_free(r);
  }
  g_hash_table_unref(people.names);
  g_autoptr(McBinding) shown =
      made ? mc_recording_bind(binding->profile, made, binding->calendar, error) : NULL;
  if (!shown)
    return NULL;
  for (guint i = 0; i < made->runs->len; i++) {
    char *misfit = NULL;
    cJSON *result = mc_replay(shown, made->runs->pdata[i], FALSE, NULL, &misfit);
    if (misfits(i, misfit, error))
      return NULL;
    cJSON_DeleteItemFromObjectCaseSensitive(made->runs->pdata[i], "result"); /* of a recording made before */
    cJSON_AddItemToObject(made->runs->pdata[i], "result", result);
  }
  forget_unread(shown, made);
  return g_steal_pointer(&made);
}

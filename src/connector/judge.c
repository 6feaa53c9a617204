/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on an answer (rule 6): expired, conflict, errors, success, else unknown. The connector's rules
 * come first; the built-in ones, a const table of its own, say what HTTP and RFC 9457 already say.
 *
 * A message is the system's own words, cleaned. What a class means for the effect of a write: none for 4xx,
 * business, conflict and throttle, unknown for the rest; a rule's own `effect` overrides. */
#include <string.h>

#include "connector/check.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

/* --- compiling rules --- */
static const char *const class_words[] = {"auth",     "throttle", "transient", "gateway",
                                          "business", "conflict", "permanent", NULL};
static const McClass classes[] = {MC_CLASS_EXPIRED,  MC_CLASS_THROTTLE, MC_CLASS_TRANSIENT, MC_CLASS_GATEWAY,
                                  MC_CLASS_BUSINESS, MC_CLASS_CONFLICT, MC_CLASS_PERMANENT};

const char *
mc_class_word(McClass class)
{
  for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
    if (classes[i] == class)
      return class_words[i];
  return "ok";
}

static void
rule_free(McRule *rule)
{
  mc_test_free(rule->when);
  mc_reader_free(rule->code);
  mc_reader_free(rule->message);
  g_free(rule);
}

static gint64
compile_wait(McCompiler *c, const cJSON *source)
{
  const cJSON *wait = mc_json_get(source, "wait");
  if (mc_json_is_number(wait))
    return mc_shape_int(c, source, "wait", 0, 86400, -1);
  if (cJSON_IsString(wait) && g_str_equal(wait->valuestring, "retry-after"))
    return MC_WAIT_HEADER;
  return mc_shape_duration(c, source, "wait", MC_WAIT_HEADER);
}

static const char *const need_words[] = {"password-change", "locked", "elsewhere", NULL};

static McNeed
compile_need(McCompiler *c, const cJSON *source, McClass class)
{
  const cJSON *need = mc_json_get(source, "need");
  if (need && class != MC_CLASS_EXPIRED)
    mc_compile_fault(c, need, TRUE, _("\"need\" is about a login: the class must be \"auth\""));
  return (McNeed)(mc_shape_word(c, source, "need", need_words, -1) + 1);
}

GPtrArray *
mc_rules_compile(McCompiler *c, const cJSON *object, const char *name)
{
  static const McKey keys[] = {{"when", MC_SHAPE_OBJECT, TRUE},
                               {"class", MC_SHAPE_STRING, TRUE},
                               {"code", MC_SHAPE_READER, FALSE},
                               {"message", MC_SHAPE_READER, FALSE},
                               {"wait", MC_SHAPE_STRING | MC_SHAPE_INTEGER, FALSE},
                               {"effect", MC_SHAPE_STRING, FALSE},
                               {"need", MC_SHAPE_STRING, FALSE},
                               {NULL, 0, FALSE}};
  static const char *const effects[] = {"none", "unknown", NULL};
  GPtrArray *rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
  const cJSON *list = mc_shape_array(object, name), *source;
  cJSON_ArrayForEach (source, list) {
    if (!mc_shape_check(c, source, _("an error rule"), keys))
      continue;
    mc_check_rule(c, object, list, source);
    McRule *rule = g_new0(McRule, 1);
    rule->when = mc_shape_member_test(c, source, "when");
    rule->class = classes[mc_shape_word(c, source, "class", class_words, 0)];
    rule->need = compile_need(c, source, rule->class);
    rule->effect = mc_shape_word(c, source, "effect", effects, -1);
    rule->wait = compile_wait(c, source);
    rule->code = mc_shape_member_reader(c, source, "code");
    rule->message = mc_shape_member_reader(c, source, "message");
    g_ptr_array_add(rules, rule);
  }
  return rules;
}

/* A bare test says no more than that the session is over. */
GPtrArray *
mc_expired_compile(McCompiler *c, const cJSON *object, const char *name)
{
  static const McKey keys[] = {{"when", MC_SHAPE_OBJECT, TRUE},
                               {"need", MC_SHAPE_STRING, FALSE},
                               {"code", MC_SHAPE_READER, FALSE},
                               {"message", MC_SHAPE_READER, FALSE},
                               {NULL, 0, FALSE}};
  GPtrArray *rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
  const cJSON *list = mc_shape_array(object, name), *source;
  cJSON_ArrayForEach (source, list) {
    gboolean whole = mc_json_get(source, "when") != NULL;
    if (whole && !mc_shape_check(c, source, _("a rule of \"expired\""), keys))
      continue;
    mc_check_expired(c, list, source);
    McRule *rule = g_new0(McRule, 1);
    *rule = (McRule){.class = MC_CLASS_EXPIRED, .effect = -1, .wait = -1};
    rule->when = whole ? mc_shape_member_test(c, source, "when") : mc_test_compile(c, source);
    rule->need = whole ? compile_need(c, source, MC_CLASS_EXPIRED) : MC_NEED_NOTHING;
    rule->code = whole ? mc_shape_member_reader(c, source, "code") : NULL;
    rule->message = whole ? mc_shape_member_reader(c, source, "message") : NULL;
    g_ptr_array_add(rules, rule);
  }
  return rules;
}

/* --- judging --- */
typedef struct {
  const McBinding *binding;
  const McJudging *how;
  const McAnswer *answer;
  const McScope *scope;
  const char *unreadable;
  gint64 now;
  McVerdict *verdict;
} Case;

gboolean
mc_class_is_final(McClass class)
{
  return class == MC_CLASS_BUSINESS || class == MC_CLASS_CONFLICT || class == MC_CLASS_PERMANENT;
}

void
mc_verdict_clear(McVerdict *verdict)
{
  g_free(verdict->code);
  g_free(verdict->message);
  *verdict = (McVerdict){.retry_after = -1};
}

static gboolean
effect_unknown_by_class(McClass class, int status)
{
  if (class == MC_CLASS_OK || class == MC_CLASS_BUSINESS || class == MC_CLASS_CONFLICT ||
      class == MC_CLASS_THROTTLE || class == MC_CLASS_EXPIRED)
    return FALSE;
  return status < 400 || status > 499;
}

static char *
clean_reader(const McReader *reader, const Case *k)
{
  g_autofree char *text = reader ? mc_reader_text(reader, k->answer->root, k->scope) : NULL;
  return text && *text ? mc_text_clean(text, -1) : NULL;
}

static char *
clean_member(const cJSON *root, const char *const *names)
{
  for (; cJSON_IsObject(root) && *names; names++) {
    const cJSON *member = mc_json_get(root, *names);
    if (cJSON_IsString(member) && *member->valuestring)
      return mc_text_clean(member->valuestring, -1);
  }
  return NULL;
}

static gint64
header_wait(const Case *k)
{
  return mc_response_retry_after(k->answer->response, k->now);
}

static void
decide(Case *k, McClass class)
{
  k->verdict->class = class;
  k->verdict->effect_unknown = effect_unknown_by_class(class, k->verdict->status);
}

/* What the system says where no rule reads it: RFC 9457 (detail, title), RFC 6749 5.2, and the commonest
 * word. */
static void
say(Case *k, const char *fallback)
{
  static const char *const words[] = {"detail", "title", "error_description", "message", NULL};
  static const char *const codes[] = {"type", "code", "error", NULL};
  if (!k->verdict->message)
    k->verdict->message = clean_member(k->answer->root, words);
  if (!k->verdict->code)
    k->verdict->code = clean_member(k->answer->root, codes);
  if (!k->verdict->message && fallback)
    k->verdict->message = g_strdup(fallback);
}

static gboolean
any_test(const GPtrArray *tests, const Case *k)
{
  for (guint i = 0; tests && i < tests->len; i++)
    if (mc_test_eval(tests->pdata[i], k->answer, k->answer->root, k->scope))
      return TRUE;
  return FALSE;
}

static gboolean
by_wire(Case *k)
{
  const McResponse *response = k->answer->response;
  if (response->wire == MC_WIRE_ANSWERED)
    return FALSE;
  k->verdict->class = response->over_cap ? MC_CLASS_PERMANENT : MC_CLASS_TRANSIENT;
  k->verdict->effect_unknown = response->wire == MC_WIRE_LOST;
  k->verdict->message = response->error ? mc_text_clean(response->error, -1) : NULL;
  return TRUE;
}

static gboolean
by_conflict(Case *k)
{
  if (!any_test(k->how->conflict, k))
    return FALSE;
  decide(k, MC_CLASS_CONFLICT);
  k->verdict->retry_after = header_wait(k);
  return TRUE;
}

static void
take_rule(Case *k, const McRule *rule)
{
  decide(k, rule->class);
  k->verdict->need = rule->need;
  if (rule->effect >= 0)
    k->verdict->effect_unknown = rule->effect == 1;
  k->verdict->retry_after = rule->wait == MC_WAIT_HEADER ? header_wait(k) : rule->wait;
  k->verdict->code = clean_reader(rule->code, k);
  k->verdict->message = clean_reader(rule->message, k);
}

/* For a conflict that a test found, only the words. */
static gboolean
by_rules(Case *k, const GPtrArray *rules)
{
  for (guint i = 0; rules && i < rules->len; i++) {
    const McRule *rule = rules->pdata[i];
    if (!mc_test_eval(rule->when, k->answer, k->answer->root, k->scope))
      continue;
    take_rule(k, rule);
    say(k, NULL);
    return TRUE;
  }
  return FALSE;
}

static gboolean
is_html(const Case *k)
{
  const char *type = mc_response_header(k->answer->response, "Content-Type");
  return type && (g_ascii_strncasecmp(type, "text/html", 9) == 0 ||
                  g_ascii_strncasecmp(type, "application/xhtml", 17) == 0);
}

/* The built-in rules: the first row whose range holds wins. */
static const struct {
  int from, to;
  McClass class;
} statuses[] = {
    {401, 401, MC_CLASS_EXPIRED},   {408, 408, MC_CLASS_TRANSIENT}, {412, 412, MC_CLASS_CONFLICT},
    {425, 425, MC_CLASS_TRANSIENT}, {429, 429, MC_CLASS_THROTTLE},  {400, 499, MC_CLASS_BUSINESS},
    {500, 599, MC_CLASS_TRANSIENT},
};

static gboolean
by_status(Case *k)
{
  int status = k->verdict->status;
  g_autofree char *plain = g_strdup_printf("HTTP %d", status), *page = NULL;
  gint64 wait = header_wait(k);
  if (status == 503 && wait >= 0) {
    decide(k, MC_CLASS_THROTTLE);
  } else if (status != 401 && status != 429 && status != 412 && is_html(k)) {
    decide(k, MC_CLASS_GATEWAY);
    page = g_strdup_printf(_("a web page instead of data (HTTP %d)"), status);
  } else {
    gsize i = 0;
    while (i < G_N_ELEMENTS(statuses) && (status < statuses[i].from || status > statuses[i].to))
      i++;
    if (i == G_N_ELEMENTS(statuses))
      return FALSE;
    /* A reading request has nothing to be refused: a 4xx on it is a connector or a right that does not fit.
     */
    decide(k, statuses[i].class == MC_CLASS_BUSINESS && !k->how->mutating ? MC_CLASS_PERMANENT
                                                                          : statuses[i].class);
  }
  k->verdict->retry_after = wait;
  say(k, page ? page : plain);
  return TRUE;
}

static gboolean
by_body(Case *k)
{
  if (!k->unreadable)
    return FALSE;
  decide(k, MC_CLASS_GATEWAY);
  k->verdict->message = g_strdup(k->unreadable);
  return TRUE;
}

static gboolean
by_success(Case *k)
{
  int status = k->verdict->status;
  if (k->how->not_modified && status == 304) {
    decide(k, MC_CLASS_OK);
    return TRUE;
  }
  if (k->how->success ? !mc_test_eval(k->how->success, k->answer, k->answer->root, k->scope)
                      : status < 200 || status > 299)
    return FALSE;
  decide(k, MC_CLASS_OK);
  return TRUE;
}

static void
by_nothing(Case *k)
{
  g_autofree char *fallback =
      g_strdup_printf(_("an answer that the connector does not explain (HTTP %d)"), k->verdict->status);
  k->verdict->class = MC_CLASS_PERMANENT;
  k->verdict->effect_unknown = TRUE;
  say(k, fallback);
}

void
mc_judge(const McBinding *binding, const McJudging *how, const McAnswer *answer, const char *unreadable,
         const McScope *scope, gint64 now, McVerdict *verdict)
{
  Case k = {binding, how, answer, scope, unreadable, now, verdict};
  mc_verdict_clear(verdict);
  verdict->status = answer->response->wire == MC_WIRE_ANSWERED ? answer->response->status : 0;
  if (by_wire(&k) || (!how->anonymous && by_rules(&k, binding->profile->auth.expired)))
    return;
  if (by_conflict(&k)) {
    McVerdict words = {0};
    Case other = k;
    other.verdict = &words;
    words.status = verdict->status;
    if (by_rules(&other, how->errors) || by_rules(&other, binding->profile->errors) ||
        (say(&other, NULL), TRUE)) {
      verdict->code = g_steal_pointer(&words.code);
      verdict->message = g_steal_pointer(&words.message);
    }
    return;
  }
  if (by_rules(&k, how->errors) || by_rules(&k, binding->profile->errors))
    return;
  /* A connector's own success test speaks before what HTTP usually means by a status. */
  if (how->success && !unreadable && by_success(&k))
    return;
  if (by_status(&k) || by_body(&k) || by_success(&k))
    return;
  by_nothing(&k);
}

/* --- saying it --- */
/* Where its account logs in. */
static const char *
login_place(const McBinding *binding)
{
  return binding->gateway_name ? binding->gateway_name : binding->system;
}

static GError *
need_error(const McBinding *binding, McNeed need, const char *words)
{
  static const char *const texts[] = {
      [MC_NEED_PASSWORD] =
          N_("%s wants the password changed first: %s. Change it there, then: motcua login %s"),
      [MC_NEED_UNLOCK] = N_("%s has locked the account: %s. Have it unlocked, then: motcua login %s"),
      [MC_NEED_CHOICE] =
          N_("%s: the account is in use elsewhere: %s. motcua does not take it back by itself; "
             "to do so: motcua login %s"),
  };
  return g_error_new(MC_ERROR, MC_ERROR_LOGIN, _(texts[need]), mc_binding_title(binding), words,
                     login_place(binding));
}

GError *
mc_verdict_error(const McBinding *binding, const McVerdict *v)
{
  static const struct {
    McClass class;
    McError code;
    const char *text;
  } rows[] = {
      {MC_CLASS_EXPIRED, MC_ERROR_LOGIN, N_("%s: a login is needed: %s")},
      {MC_CLASS_THROTTLE, MC_ERROR_THROTTLED, N_("%s asks to wait: %s")},
      {MC_CLASS_TRANSIENT, MC_ERROR_UNREACHABLE, N_("%s could not be reached: %s")},
      {MC_CLASS_GATEWAY, MC_ERROR_PROTOCOL, N_("%s gave an answer that cannot be read: %s")},
      {MC_CLASS_BUSINESS, MC_ERROR_REFUSED, N_("%s refuses: %s")},
      {MC_CLASS_CONFLICT, MC_ERROR_CONFLICT, N_("%s: changed by somebody else meanwhile: %s")},
      {MC_CLASS_PERMANENT, MC_ERROR_PROTOCOL, N_("%s: %s")},
  };
  g_autofree char *status = g_strdup_printf("HTTP %d", v->status);
  const char *words = v->message ? v->message : v->code ? v->code : v->status ? status : _("no answer");
  if (v->need)
    return need_error(binding, v->need, words);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].class == v->class)
      return g_error_new(MC_ERROR, rows[i].code, _(rows[i].text), mc_binding_title(binding), words);
  return g_error_new(MC_ERROR, MC_ERROR_FAILED, "%s: %s", mc_binding_title(binding), words);
}

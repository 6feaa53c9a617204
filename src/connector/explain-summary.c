/* SPDX-License-Identifier: Apache-2.0 */
/* A connector as a whole, for a person who has not written it: what it asks of whom, and how each write stays
 * single. Of credentials only their names and where they go stand here. */
#include <string.h>

#include "connector/explain.h"
#include "connector/pull.h"
#include "motcua/i18n.h"

static const char *
text_of(const cJSON *object, const char *name)
{
  return mc_json_text(mc_json_get(object, name));
}

/* "GET /cases", new; a computed address as it is written. */
static char *
request_words(const cJSON *request, const char *method)
{
  const cJSON *url = mc_json_get(request, "url");
  const char *own = text_of(request, "method");
  g_autofree char *written = url ? mc_json_print(url) : g_strdup("");
  return g_strdup_printf("%s %s", own ? own : method, mc_json_text(url) ? mc_json_text(url) : written);
}

static void
note_request(McNote *note, const char *name, const cJSON *request, const char *method)
{
  g_autofree char *words = request ? request_words(request, method) : NULL;
  if (words)
    mc_note_say(mc_note_add(note, NULL, name), "%s", words);
}

static char *
member_names(const cJSON *object)
{
  GString *names = g_string_new(NULL);
  const cJSON *member;
  cJSON_ArrayForEach (member, object)
    g_string_append_printf(names, "%s%s", names->len ? ", " : "", member->string ? member->string : "");
  return g_string_free(names, FALSE);
}

static void
note_names(McNote *note, const char *name, const cJSON *object)
{
  g_autofree char *names = object ? member_names(object) : NULL;
  if (names)
    mc_note_say(mc_note_add(note, NULL, name), "%s", names);
}

static void
note_source(McNote *note, const char *name, const cJSON *source)
{
  g_autofree char *text = source ? mc_json_print(source) : NULL;
  if (text)
    mc_note_say(mc_note_add(note, NULL, name), "%s", text);
}

/* --- head --- */
static void
summarize_config(const McProfile *profile, McNote *note)
{
  McNote *config = mc_note_add(note, N_("settings"), NULL);
  for (guint i = 0; i < profile->config->len; i++) {
    const McConfigPlan *plan = profile->config->pdata[i];
    const char *title = mc_label_text(plan->title);
    mc_note_say(mc_note_add(config, NULL, plan->key), "%s%s%s%s", title ? title : "", title ? ", " : "",
                plan->type, plan->required ? _(", required") : "");
  }
}

static void
summarize_hosts(const cJSON *root, McNote *note)
{
  const cJSON *host;
  note_source(note, "base", mc_json_get(root, "base"));
  cJSON_ArrayForEach (host, mc_json_get(root, "hosts")) {
    g_autofree char *text = mc_json_print(host);
    mc_note_say(mc_note_add(note, NULL, "hosts"), _("%s, reached without any credential"), text);
  }
}

/* --- credentials --- */
static void
note_inject(McNote *note, const cJSON *inject)
{
  const cJSON *one = cJSON_IsArray(inject) ? inject->child : inject;
  for (; one; one = cJSON_IsArray(inject) ? one->next : NULL) {
    const char *header = text_of(one, "header"), *query = text_of(one, "query");
    if (header)
      mc_note_say(mc_note_add(note, N_("goes"), NULL), _("in the header %s, to the base origin alone"),
                  header);
    else if (query)
      mc_note_say(mc_note_add(note, N_("goes"), NULL), _("in the query as %s, to the base origin alone"),
                  query);
  }
}

static void
note_default_place(McNote *note, const char *type)
{
  if (strcmp(type, "basic") == 0 || strcmp(type, "oauth2") == 0)
    mc_note_say(mc_note_add(note, N_("goes"), NULL), _("in the header %s, to the base origin alone"),
                "Authorization");
  else if (strcmp(type, "cookie") == 0)
    mc_note_say(mc_note_add(note, N_("goes"), NULL), _("in the header %s, to the base origin alone"),
                "Cookie");
  else if (strcmp(type, "shared") == 0)
    mc_note_say(mc_note_add(note, N_("goes"), NULL), "%s",
                _("as its own system puts it, to the base origin alone"));
}

static void
summarize_auth(const McProfile *profile, const cJSON *root, McNote *note)
{
  const cJSON *source = mc_json_get(root, "auth"), *inject = mc_json_get(source, "inject");
  const char *type = text_of(source, "type"), *grant = text_of(source, "grant");
  McNote *auth = mc_note_add(note, NULL, "auth");
  if (!type) {
    mc_note_say(auth, "%s", _("none: nobody logs in"));
    return;
  }
  mc_note_say(auth, "%s%s%s", type, grant ? " " : "", grant ? grant : "");
  g_autofree char *secrets = profile->auth.secrets ? g_strjoinv(", ", profile->auth.secrets) : g_strdup("");
  g_autofree char *origin =
      mc_json_get(source, "origin") ? mc_json_print(mc_json_get(source, "origin")) : NULL;
  if (*secrets && origin)
    mc_note_say(mc_note_add(auth, N_("asks for"), NULL),
                _("%s; they go to the base origin and to %s, nowhere else"), secrets, origin);
  else if (*secrets)
    mc_note_say(mc_note_add(auth, N_("asks for"), NULL), _("%s; they go to the base origin, nowhere else"),
                secrets);
  note_request(auth, "request", mc_json_get(source, "request"), "POST");
  note_source(auth, "token", mc_json_get(source, "token"));
  note_request(auth, "refresh", mc_json_get(mc_json_get(source, "refresh"), "request"), "POST");
  if (inject)
    note_inject(auth, inject);
  else
    note_default_place(auth, type);
  note_inject(auth, mc_json_get(mc_json_get(source, "csrf"), "inject"));
  note_request(auth, "probe", mc_json_get(mc_json_get(source, "probe"), "request"), "GET");
  note_source(auth, "expired", mc_json_get(source, "expired"));
}

static void
summarize_limits(const McProfile *profile, McNote *note)
{
  const McLimits *l = &profile->limits;
  McNote *limits = mc_note_add(note, NULL, "limits");
  g_autofree char *size = g_format_size_full(l->max_body, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *wait = l->timeout ? g_strdup_printf(_("%d s for an answer"), l->timeout)
                                     : g_strdup(_("for an answer as long as config.ini says"));
  mc_note_say(limits, _("%d at a time, %s, %s at most, read again up to %d times"), l->concurrency, wait,
              size, l->retries);
  if (l->rate > 0)
    mc_note_say(mc_note_add(limits, NULL, "rate"), _("%g requests a second"), l->rate);
}

static void
summarize_errors(const cJSON *root, McNote *note)
{
  const cJSON *rule;
  cJSON_ArrayForEach (rule, mc_json_get(root, "errors")) {
    g_autofree char *when = mc_json_print(mc_json_get(rule, "when"));
    mc_note_say(mc_note_add(note, N_("error rule"), text_of(rule, "class")), "%s", when);
  }
}

/* --- streams --- */
static void
summarize_delta(const McStream *stream, const cJSON *delta, McNote *note)
{
  static const char *const kinds[] = {"cursor", "token", "link", "changes", "etag", "modified"};
  g_autoptr(GString) words = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (mc_json_get(delta, kinds[i]))
      g_string_append_printf(words, "%s%s", words->len ? ", " : "", kinds[i]);
  McNote *one = mc_note_add(note, NULL, "delta");
  if (!delta)
    mc_note_say(one, "%s", _("none: every pull reads all"));
  else if (stream->delta.full == MC_FULL_NEVER)
    mc_note_say(one, _("%s; what is absent from a list means nothing"), words->str);
  else
    mc_note_say(one, _("%s; all is read anew every %ld hours"), words->str,
                (long)(stream->delta.period / 3600));
}

static void
summarize_detail(const cJSON *detail, McNote *note)
{
  const cJSON *one = cJSON_IsArray(detail) ? detail->child : detail;
  for (; one; one = cJSON_IsArray(detail) ? one->next : NULL)
    note_request(note, "detail", mc_json_get(one, "request"), "GET");
}

static void
summarize_stream(const McStream *stream, const cJSON *source, McNote *note)
{
  note_request(note, "request", mc_json_get(source, "request"), "GET");
  if (stream->pages.max > 1)
    mc_note_say(mc_note_add(note, NULL, "pages"), _("%s, at most %ld"), stream->pages.kind->name,
                (long)stream->pages.max);
  else
    mc_note_say(mc_note_add(note, NULL, "pages"), "%s", stream->pages.kind->name);
  summarize_delta(stream, mc_json_get(source, "delta"), note);
  note_source(note, "records", mc_json_get(source, "records"));
  note_source(note, "key", mc_json_get(source, "key"));
  note_source(note, "where", mc_json_get(source, "where"));
  note_names(note, "map", mc_json_get(source, "map"));
  summarize_detail(mc_json_get(source, "detail"), note);
  note_request(note, "sub", mc_json_get(mc_json_get(source, "sub"), "request"), "GET");
  note_source(note, "cache", mc_json_get(source, "cache"));
}

/* --- actions --- */
static void
summarize_steps(const McAction *action, const cJSON *source, McNote *note)
{
  const cJSON *step;
  int index = 0;
  note_request(note, "before", mc_json_get(mc_json_get(source, "before"), "request"), "GET");
  note_request(note, "request", mc_json_get(source, "request"), "POST");
  cJSON_ArrayForEach (step, mc_json_get(source, "steps")) {
    g_autofree char *words = request_words(mc_json_get(step, "request"), "POST");
    mc_note_say(mc_note_add(note, N_("step"), text_of(step, "name")), "%s%s", words,
                index++ == (int)action->main ? _("; rule 6 is about this one") : "");
  }
  if (action->poll)
    mc_note_say(mc_note_add(note, NULL, "poll"), _("once accepted it is asked for every %ld s"),
                (long)action->poll->every);
  if (action->batch)
    mc_note_say(mc_note_add(note, NULL, "batch"), _("up to %ld in one request"), (long)action->batch->max);
}

static void
summarize_action(const McAction *action, const cJSON *source, McNote *note)
{
  g_autofree char *single = mc_action_single_words(action);
  const char *label = mc_label_text(action->label);
  g_autofree char *upload = action->uploads ? request_words(source, "POST") : NULL;
  mc_note_say(note, "%s%s%s", label ? label : "", action->creates ? _(" (makes a new record)") : "",
              action->confirm ? _(" (asks first)") : "");
  if (upload)
    mc_note_say(mc_note_add(note, NULL, "request"), "%s", upload);
  else
    summarize_steps(action, source, note);
  note_source(note, "allow", mc_json_get(source, "allow"));
  note_source(note, "allow_detail", mc_json_get(source, "allow_detail"));
  note_names(note, "form", mc_json_get(source, "form"));
  if (action->refetch)
    mc_note_say(mc_note_add(note, NULL, "refetch"), "%s",
                _("the record is read again before it is sent; changed by somebody else, it is a conflict"));
  mc_note_say(mc_note_add(note, N_("stays single"), NULL), "%s", single);
}

/* --- the rest --- */
static void
summarize_lookup(const McLookup *lookup, const cJSON *source, McNote *note)
{
  mc_note_say(note, "%s", lookup->values ? _("one record") : _("a list to choose from"));
  note_request(note, "request", mc_json_get(source, "request"), "GET");
  note_names(note, "input", mc_json_get(source, "input"));
  if (lookup->cache)
    mc_note_say(mc_note_add(note, NULL, "cache"), _("kept for %ld s"), (long)lookup->cache);
  else
    mc_note_say(mc_note_add(note, NULL, "cache"), "%s", _("kept nowhere"));
}

static void
summarize_files(const cJSON *source, McNote *note)
{
  if (!source)
    return;
  McNote *files = mc_note_add(note, NULL, "attachments");
  const cJSON *list = mc_json_get(source, "list");
  if (mc_json_get(list, "request"))
    note_request(files, "list", mc_json_get(list, "request"), "GET");
  else
    note_source(files, "list", list);
  note_request(files, "download", mc_json_get(source, "download"), "GET");
}

void
mc_explain_profile(const McProfile *profile, McNote *note)
{
  const cJSON *root = mc_json_root(profile->json);
  mc_note_say(mc_note_add(note, N_("connector"), profile->id), "%s (%s)", mc_profile_title(profile),
              mc_kind_name(profile->kind));
  summarize_config(profile, note);
  summarize_hosts(root, note);
  summarize_auth(profile, root, note);
  note_names(note, "tls", mc_json_get(root, "tls"));
  summarize_limits(profile, note);
  summarize_errors(root, note);
  for (guint i = 0; i < profile->streams->len; i++) {
    const McStream *stream = profile->streams->pdata[i];
    summarize_stream(stream, mc_json_get(mc_json_get(root, "streams"), stream->name),
                     mc_note_add(note, N_("stream"), stream->name));
  }
  for (guint i = 0; i < profile->actions->len; i++) {
    const McAction *action = profile->actions->pdata[i];
    const cJSON *source = action->uploads ? mc_json_get(mc_json_get(root, "attachments"), "upload")
                                          : mc_json_get(mc_json_get(root, "actions"), action->name);
    summarize_action(action, source, mc_note_add(note, N_("action"), action->name));
  }
  for (guint i = 0; i < profile->lookups->len; i++) {
    const McLookup *lookup = profile->lookups->pdata[i];
    summarize_lookup(lookup, mc_json_get(mc_json_get(root, "lookups"), lookup->name),
                     mc_note_add(note, N_("lookup"), lookup->name));
  }
  summarize_files(mc_json_get(root, "attachments"), note);
}

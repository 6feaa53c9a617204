/* SPDX-License-Identifier: Apache-2.0 */
/* An answer explained: as what it was read, the rules in the order in which they are tried until one holds,
 * the class that came of it, and then what a list's answer says of pages, cursor and records. */
#include <string.h>

#include "connector/explain.h"
#include "connector/pull.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

typedef struct {
  const McStream *stream;
  const McAction *action; /* NULL: a list, or a detail */
  const cJSON *source;    /* of the stream, the detail or the action */
  const McDetail *detail;
  McForms form;
  McJudging judging;
} Subject;

/* --- as what it was read --- */
static const char *
format_word(const Subject *s, const cJSON *root)
{
  if (s->form.format == MC_FORMAT_XML)
    return "XML";
  return s->form.format == MC_FORMAT_TEXT ? _("text") : root ? "JSON" : _("nothing");
}

static void
explain_content(const Subject *s, McNote *note, const McAnswer *answer, const char *why)
{
  gsize len = answer->response->body ? g_bytes_get_size(answer->response->body) : 0;
  const char *type = mc_response_header(answer->response, "Content-Type");
  McNote *status = mc_note_add(note, N_("status"), NULL), *content = mc_note_add(note, N_("content"), NULL);
  mc_note_say(status, "HTTP %d", answer->response->status);
  if (why)
    mc_note_say(content, _("cannot be read: %s"), why);
  else if (s->form.charset)
    mc_note_say(content, _("%zu bytes (%s), read as %s in %s"), len, type ? type : "-",
                format_word(s, answer->root), s->form.charset);
  else
    mc_note_say(content, _("%zu bytes (%s), read as %s"), len, type ? type : "-",
                format_word(s, answer->root));
}

/* --- rules --- */
/* Explains the rules of a list until one holds. `name`: how each is called; a bare test, or an object with
 * `when`. */
static gboolean
try_rules(const McExplain *e, McNote *note, const char *name, const cJSON *rules)
{
  const cJSON *rule = cJSON_IsArray(rules) ? rules->child : rules;
  for (int i = 0; rule; i++, rule = cJSON_IsArray(rules) ? rule->next : NULL) {
    g_autofree char *text = g_strdup_printf("%s[%d]", name, i);
    const cJSON *when = mc_json_get(rule, "when");
    McNote *part = mc_note_add(note, NULL, text);
    if (!mc_explain_test(e, part, when ? when : rule, e->answer->root))
      continue;
    mc_note_say(mc_note_add(part, NULL, NULL), "%s", _("this rule wins"));
    return TRUE;
  }
  return FALSE;
}

static const cJSON *
main_source(const Subject *s)
{
  const cJSON *steps = s->action ? mc_json_get(s->source, "steps") : NULL;
  return steps ? cJSON_GetArrayItem(steps, (int)s->action->main) : s->source;
}

static gboolean
try_success(const McExplain *e, McNote *note, const cJSON *test, const char *name)
{
  if (!test)
    return FALSE;
  McNote *part = mc_note_add(note, NULL, name);
  if (!mc_explain_test(e, part, test, e->answer->root))
    return FALSE;
  mc_note_say(mc_note_add(part, NULL, NULL), "%s", _("this rule wins"));
  return TRUE;
}

static void
explain_rules(const McExplain *e, const Subject *s, McNote *note, const McVerdict *verdict)
{
  const cJSON *root = mc_json_root(e->binding->profile->json), *own = s->action ? main_source(s) : NULL;
  const cJSON *expired = mc_json_get(mc_json_get(root, "auth"), "expired");
  if (try_rules(e, note, "auth.expired", expired) ||
      try_rules(e, note, "conflict", mc_json_get(own, "conflict")) ||
      try_rules(e, note, "errors", mc_json_get(own, "errors")) ||
      try_rules(e, note, own ? "connector.errors" : "errors", mc_json_get(root, "errors")) ||
      try_success(e, note, mc_json_get(own, "success"), "success"))
    return;
  McNote *built = mc_note_add(note, N_("built-in rules"), NULL);
  if (verdict->class == MC_CLASS_OK)
    mc_note_say(built, _("HTTP %d is a success"), verdict->status);
  else
    mc_note_say(built, _("they win: %s"), verdict->message ? verdict->message : "-");
}

static void
explain_verdict(McNote *note, const McVerdict *verdict, gboolean mutating)
{
  McNote *class = mc_note_add(note, N_("class"), NULL);
  mc_note_text_value(class, mc_class_word(verdict->class));
  if (verdict->code)
    mc_note_text_value(mc_note_add(class, N_("code"), NULL), verdict->code);
  if (verdict->message)
    mc_note_text_value(mc_note_add(class, N_("message"), NULL), verdict->message);
  if (verdict->retry_after >= 0)
    mc_note_say(mc_note_add(class, N_("wait"), NULL), "%" G_GINT64_FORMAT " s", verdict->retry_after);
  if (mutating && verdict->class != MC_CLASS_OK)
    mc_note_say(mc_note_add(class, N_("effect"), NULL), "%s",
                verdict->effect_unknown ? _("unknown: it may have taken effect") : _("none"));
}

/* --- pages --- */
static void
explain_next(const McExplain *e, const McPages *pages, McNote *note, guint rows, const char *url)
{
  static const char *const stops[] = {"-", "empty", "short", "repeat"};
  McPlace place = {0};
  mc_place_begin(pages, &place);
  place.rows = rows;
  place.url = url;
  gint64 total = -1;
  g_autofree char *text = pages->total ? mc_reader_text(pages->total, e->answer->root, e->scope) : NULL;
  if (text && !g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &total, NULL))
    total = -1;
  McNote *next = mc_note_add(note, N_("next page"), NULL);
  if (mc_pages_stop(pages, rows, rows, total)) {
    mc_note_say(next, _("none: this is the last, by %s"),
                total >= 0 && rows >= total ? "total" : stops[pages->stop]);
  } else {
    switch (pages->kind->turn(pages, e->answer, e->scope, &place)) {
    case MC_TURN_END:
      mc_note_say(next, "%s", _("none: the answer names no next one"));
      break;
    case MC_TURN_STUCK:
      mc_note_say(next, "%s", _("the list stands still: that is an error"));
      break;
    case MC_TURN_NEXT: {
      cJSON *names = mc_place_names(pages, &place);
      if (place.link)
        mc_note_text_value(next, place.link);
      else
        mc_note_value(
            next, mc_json_get(names, strcmp(pages->kind->name, "page") == 0 ? "number" : pages->kind->name));
      cJSON_Delete(names);
    }
    }
  }
  mc_place_clear(&place);
}

static void
explain_pages(const McExplain *e, const Subject *s, McNote *note, guint rows, const char *url)
{
  static const char *const readers[] = {"total", "at"};
  const cJSON *source = mc_json_get(s->source, "pages");
  McNote *pages = mc_note_add(note, N_("pages"), s->stream->pages.kind->name);
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    if (mc_json_get(source, readers[i]))
      mc_explain_reader(e, mc_note_add(pages, NULL, readers[i]), mc_json_get(source, readers[i]),
                        e->answer->root, FALSE);
  if (mc_json_get(source, "more"))
    mc_explain_test(e, mc_note_add(pages, NULL, "more"), mc_json_get(source, "more"), e->answer->root);
  explain_next(e, &s->stream->pages, pages, rows, url);
}

/* What the next pull would begin with, if this were the whole list. */
static void
explain_delta(const McExplain *e, const Subject *s, McNote *note, const GPtrArray *records, const char *url)
{
  if (!mc_json_get(s->source, "delta"))
    return;
  McMark *mark = mc_mark_new(&s->stream->delta, NULL, TRUE);
  for (guint i = 0; i < records->len; i++)
    mc_mark_record(mark, records->pdata[i], e->scope);
  mc_mark_answer(mark, e->answer, e->scope, TRUE);
  mc_mark_note_tag(mark, url, e->answer->response);
  g_autofree char *text = mc_mark_text(mark, TRUE, e->now);
  g_autoptr(McJson) json = mc_json_parse("cursor", text, strlen(text), MC_JSON_STRICT, NULL);
  McNote *kept = mc_note_add(note, N_("kept for the next pull"), NULL);
  mc_note_value(kept, json ? mc_json_root(json) : NULL);
  mc_mark_free(mark);
}

/* --- records --- */
static void
explain_list(const McExplain *e, const Subject *s, McNote *note, const McExplainWhat *what, const char *url)
{
  cJSON *owned = NULL;
  g_autoptr(GPtrArray) records = mc_exchange_records(s->stream->records.reader, e->answer->root, e->scope,
                                                     s->stream->records.may_miss, &owned);
  g_autofree char *reader = mc_json_print(mc_json_get(s->source, "records"));
  McNote *found = mc_note_add(note, N_("records"), NULL);
  if (!records) {
    mc_note_say(found, _("the answer has no list at %s: that is an error"), reader);
    return;
  }
  mc_note_say(found, _("%u at %s"), records->len, reader);
  explain_pages(e, s, note, records->len, url);
  explain_delta(e, s, note, records, url);
  for (guint i = 0; i < records->len; i++) {
    g_autofree char *number = g_strdup_printf("%u", i + 1);
    if (what->record == 0 || (guint)what->record == i + 1)
      mc_explain_record(e, mc_note_add(note, N_("record"), number), s->stream, records->pdata[i]);
  }
  if (what->record > 0 && (guint)what->record > records->len && records->len)
    mc_note_say(mc_note_add(note, N_("record"), NULL), _("there is no record %d; there are %u"), what->record,
                records->len);
  cJSON_Delete(owned);
}

static void
explain_one(const McExplain *e, const Subject *s, McNote *note)
{
  if (!s->detail->record) {
    if (e->answer->root)
      mc_explain_detail(e, mc_note_add(note, N_("record"), NULL), s->stream, 0, e->answer->root);
    return;
  }
  cJSON *record = mc_reader_read(s->detail->record, e->answer->root, e->scope, NULL);
  McNote *found = mc_note_add(note, N_("record"), NULL);
  if (record)
    mc_explain_detail(e, found, s->stream, 0, record);
  else
    mc_note_say(found, "%s", _("the answer has none: that is an error"));
  cJSON_Delete(record);
}

static void
explain_action(const McExplain *e, const Subject *s, McNote *note)
{
  static const char *const readers[] = {"created", "receipt"};
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    if (mc_json_get(s->source, readers[i]))
      mc_explain_reader(e, mc_note_add(note, NULL, readers[i]), mc_json_get(s->source, readers[i]),
                        e->answer->root, FALSE);
  if (s->action->verify && s->action->verify->always)
    mc_note_say(mc_note_add(note, NULL, "verify"), "%s",
                _("a good answer is not believed: it is read back whether it landed"));
}

/* --- the subject --- */
static gboolean
find_subject(const McProfile *profile, const McExplainWhat *what, Subject *s, GError **error)
{
  const cJSON *root = mc_json_root(profile->json);
  const McAction *action = what->action ? mc_profile_action(profile, what->action) : NULL;
  if (what->action && !action) {
    g_autofree char *list = mc_shape_list((const char *const *)profile->action_names);
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("there is no action \"%s\"; there are: %s"),
                what->action, list);
    return FALSE;
  }
  s->stream = mc_profile_stream(profile, what->stream ? what->stream : action ? action->stream : NULL);
  if (!s->stream) {
    g_autofree char *list = mc_shape_list((const char *const *)profile->stream_names);
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("there is no stream \"%s\"; there are: %s"),
                what->stream ? what->stream : "", list);
    return FALSE;
  }
  s->source = mc_json_get(mc_json_get(root, "streams"), s->stream->name);
  const McRequestSpec *spec = s->stream->request;
  if (what->detail && !s->stream->details->len) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("the stream \"%s\" has no detail"), s->stream->name);
    return FALSE;
  }
  if (what->detail) {
    s->detail = s->stream->details->pdata[0];
    spec = s->detail->request;
  } else if (action) {
    const McActStep *step = mc_action_main(action);
    s->action = action;
    s->source = action->uploads ? mc_json_get(mc_json_get(root, "attachments"), "upload")
                                : mc_json_get(mc_json_get(root, "actions"), action->name);
    s->judging = (McJudging){step->errors, step->conflict, step->success, TRUE, FALSE, FALSE};
    spec = step->request;
  }
  s->form = mc_profile_answer_form(profile, spec);
  return TRUE;
}

gboolean
mc_explain_answer(McExplain *e, McNote *note, const McExplainWhat *what, const McResponse *response,
                  GError **error)
{
  Subject s = {0};
  if (!find_subject(e->binding->profile, what, &s, error))
    return FALSE;
  g_autofree char *why = NULL;
  g_autoptr(McJson) json = mc_answer_body(e->binding->system, s.form, s.judging.mutating, response, &why);
  McAnswer answer = {response, json ? mc_json_root(json) : NULL};
  McVerdict verdict = {0};
  const char *url = response->url ? response->url : e->binding->base;
  e->answer = &answer;
  mc_scope_take(e->scope, MC_NAME_ANSWER_URL, cJSON_CreateString(url));
  explain_content(&s, note, &answer, why);
  mc_judge(e->binding, &s.judging, &answer, why, e->scope, e->now, &verdict);
  explain_rules(e, &s, mc_note_add(note, N_("rules, in their order"), NULL), &verdict);
  explain_verdict(note, &verdict, s.judging.mutating);
  if (verdict.class == MC_CLASS_OK && s.action)
    explain_action(e, &s, note);
  else if (verdict.class == MC_CLASS_OK && s.detail)
    explain_one(e, &s, note);
  else if (verdict.class == MC_CLASS_OK)
    explain_list(e, &s, note, what, url);
  mc_verdict_clear(&verdict);
  e->answer = NULL;
  return TRUE;
}

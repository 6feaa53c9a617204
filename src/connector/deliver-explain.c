/* SPDX-License-Identifier: Apache-2.0 */
/* An action gone through before it is sent: what is asked of the item, what would be read first, each request
 * as a curl command with names in the place of credentials, and how it stays single. Nothing is sent. */
#include <string.h>

#include "connector/deliver.h"
#include "connector/explain.h"
#include "connector/session.h"
#include "motcua/i18n.h"

/* --- credentials, by name --- */
/* "Bearer {token}" -> "Bearer $TOKEN". New string. */
static char *
with_placeholders(const char *text)
{
  GString *out = g_string_new(NULL);
  for (const char *at = text; *at;) {
    const char *end = *at == '{' ? strchr(at, '}') : NULL;
    if (!end) {
      g_string_append_c(out, *at++);
      continue;
    }
    g_autofree char *name = g_ascii_strup(at + 1, end - at - 1), *last = g_strdup(name);
    const char *dot = strrchr(last, '.');
    g_string_append_printf(out, "$%s", dot ? dot + 1 : last);
    at = end + 1;
  }
  return g_string_free(out, FALSE);
}

static void
add_line(GPtrArray *lines, const char *name, const char *value)
{
  g_ptr_array_add(lines, g_strdup_printf("-H %s: %s", name, value));
}

static void
add_inject(GPtrArray *lines, const cJSON *inject, const char *fallback)
{
  const cJSON *one = cJSON_IsArray(inject) ? inject->child : inject;
  for (; one; one = cJSON_IsArray(inject) ? one->next : NULL) {
    const char *header = mc_json_text(mc_json_get(one, "header")),
               *query = mc_json_text(mc_json_get(one, "query")),
               *value = mc_json_text(mc_json_get(one, "value"));
    g_autofree char *shown = value && strchr(value, '{') ? with_placeholders(value) : g_strdup(fallback);
    if (header)
      add_line(lines, header, shown);
    else if (query)
      g_ptr_array_add(lines, g_strdup_printf("--url-query %s=%s", query, shown));
  }
}

/* The options that a request to the base origin gets besides its own; they hold names of shell variables. */
static GPtrArray *
credential_lines(const McBinding *binding, const McRequest *request)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  const McBinding *owner = binding->gateway && !binding->profile->auth.inject ? binding->gateway : binding;
  const cJSON *auth = mc_json_get(mc_json_root(owner->profile->json), "auth");
  const char *type = mc_json_text(mc_json_get(auth, "type"));
  const cJSON *inject = mc_json_get(auth, "inject"), *csrf = mc_json_get(auth, "csrf");
  g_autofree char *origin = mc_url_origin(request->url);
  if (!type || g_strcmp0(origin, binding->origin) != 0)
    return lines;
  if (strcmp(type, "basic") == 0)
    add_line(lines, "Authorization", "Basic $BASIC");
  else if (strcmp(type, "cookie") == 0)
    add_line(lines, "Cookie", "$COOKIE");
  else if (!inject)
    add_line(lines, "Authorization", "Bearer $TOKEN");
  add_inject(lines, inject, strcmp(type, "sign") == 0 ? "$SIGNATURE" : "$TOKEN");
  if (csrf && strcmp(request->method, "GET") != 0)
    add_inject(lines, mc_json_get(csrf, "inject"), "$CSRF");
  return lines;
}

/* Names in the place of what a login keeps. */
static void
pretend_session(McDelivery *d)
{
  const cJSON *auth = mc_json_get(mc_json_root(d->base.binding->profile->json), "auth"), *one;
  const cJSON *const keeps[] = {mc_json_get(auth, "keep"), mc_json_get(mc_json_get(auth, "probe"), "keep")};
  cJSON *session = cJSON_CreateObject();
  for (gsize i = 0; i < G_N_ELEMENTS(keeps); i++)
    cJSON_ArrayForEach (one, keeps[i]) {
      g_autofree char *text = g_strdup_printf("(session.%s)", one->string);
      mc_draft_set(session, one->string, text);
    }
  mc_scope_take(d->base.scope, "session", session);
}

/* --- requests --- */
static void
note_request(McDelivery *d, McNote *note)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McRequest) request = mc_delivery_build(d, &error);
  if (!request) {
    mc_note_say(note, "%s", error->message);
    return;
  }
  g_autoptr(GPtrArray) lines = credential_lines(d->base.binding, request);
  g_autofree char *command = mc_delivery_curl(request, lines);
  mc_note_say(note, "%s", command);
}

static void
note_read(McDelivery *d, McNote *note, McTask task, const char *word)
{
  d->task = task;
  note_request(d, mc_note_add(note, word, NULL));
}

static void
note_steps(McDelivery *d, McNote *note)
{
  const McAction *action = d->action;
  for (d->step = 0; d->step < action->steps->len; d->step++) {
    const McActStep *step = action->steps->pdata[d->step];
    gboolean main = d->step == action->main;
    d->task = main ? MC_TASK_SEND : MC_TASK_STEP;
    McNote *one = mc_note_add(note, N_("request"), step->name);
    note_request(d, one);
    if (step->only_if)
      mc_note_say(mc_note_add(one, N_("if"), NULL), "%s", _("only where its condition holds then"));
    if (main && action->steps->len > 1)
      mc_note_say(mc_note_add(one, NULL, NULL), "%s", _("this is the one that may not be repeated blindly"));
  }
}

static void
note_inputs(McDelivery *d, McNote *note)
{
  const cJSON *inputs = mc_scope_get(d->names, "input"), *one;
  McNote *form = cJSON_GetArraySize(inputs) ? mc_note_add(note, N_("form"), NULL) : NULL;
  cJSON_ArrayForEach (one, inputs)
    mc_note_value(mc_note_add(form, NULL, one->string), one);
}

static void
note_after(const McAction *action, McNote *note)
{
  g_autofree char *single = mc_action_single_words(action);
  if (action->poll)
    mc_note_say(mc_note_add(note, NULL, "poll"), _("once accepted it is asked for every %ld s"),
                (long)action->poll->every);
  if (action->batch)
    mc_note_say(mc_note_add(note, NULL, "batch"), _("up to %ld in one request"), (long)action->batch->max);
  mc_note_say(mc_note_add(note, N_("stays single"), NULL), "%s", single);
}

void
mc_delivery_explain(McExchange *x, gint64 now, McNote *note)
{
  McDelivery *d = (McDelivery *)x;
  if (d->done) {
    mc_note_say(note, "%s", d->result.message);
    return;
  }
  const McTask task = d->task;
  const guint at = d->step;
  note_inputs(d, note);
  mc_delivery_pretend(d, now);
  pretend_session(d);
  if (d->action->before)
    note_read(d, note, MC_TASK_BEFORE, N_("read before"));
  if (d->action->refetch && !d->action->creates && d->stream && d->stream->details->len) {
    note_read(d, note, MC_TASK_REFETCH, N_("read before"));
    mc_note_say(mc_note_add(note, N_("version"), NULL), _("seen as %s; any other is a conflict"),
                d->version ? d->version : "-");
  }
  note_steps(d, note);
  note_after(d->action, note);
  d->task = task;
  d->step = at;
}

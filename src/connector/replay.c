/* SPDX-License-Identifier: Apache-2.0 */
/* Going through a recording: an exchange is made anew of its recipe and given the answers that came then. It
 * must ask for the same, in the same order, and for nothing else. Then each answer is replaced in turn by a
 * mishap, and what must hold whatever a system does is held to: nothing is taken from an answer that is none,
 * what may be asked again is asked again and ends as before, and a write whose fate is not known is not sent
 * again blindly. */
#include <string.h>

#include "connector/auth.h"
#include "connector/recording.h"
#include "connector/run.h"
#include "connector/session.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_STEPS 100000
#define SHOWN     100 /* bytes of a text that a misfit shows */

typedef struct {
  McBinding *binding;
  cJSON *run;
  gboolean strict;
  McPeople *people;
  McExchange *x;
  cJSON *result, *items, *removed; /* the latter two within the former */
  cJSON *step;                     /* that comes next; NULL: none is left */
  char *misfit;
  GError *failure;
  gboolean ended;
} Player;

/* --- what differs --- */
static char *
shown(const cJSON *tree)
{
  g_autofree char *text = tree ? mc_json_print(tree) : g_strdup("-");
  g_autofree char *clean = mc_text_clean(text, -1);
  return mc_text_ellipsize(clean, SHOWN);
}

static gboolean
differ(const cJSON *now, const cJSON *then, GString *pointer, char **text)
{
  gsize len = pointer->len;
  const cJSON *a = now ? now->child : NULL, *b = then ? then->child : NULL;
  gboolean inside = now && then && now->type == then->type && (cJSON_IsObject(now) || cJSON_IsArray(now));
  if (now && then && mc_json_equal(now, then))
    return FALSE;
  for (int i = 0; inside && (a || b); i++) {
    const cJSON *other = cJSON_IsObject(now) && a ? mc_json_get(then, a->string) : b;
    g_autofree char *index = g_strdup_printf("%d", i);
    g_string_append_printf(pointer, "/%s", cJSON_IsObject(now) ? (a ? a : b)->string : index);
    if (differ(a, other, pointer, text))
      return TRUE;
    g_string_truncate(pointer, len);
    a = a ? a->next : NULL;
    b = b ? b->next : NULL;
  }
  g_autofree char *is = shown(now), *was = shown(then);
  *text = g_strdup_printf(_("%s is %s, recorded was %s"), len ? pointer->str : "/", is, was);
  return TRUE;
}

char *
mc_replay_difference(const cJSON *now, const cJSON *then)
{
  g_autoptr(GString) pointer = g_string_new(NULL);
  char *text = NULL;
  return differ(now, then, pointer, &text) ? text : NULL;
}

/* --- what is asked --- */
/* A header that a credential stands in says nothing of what is asked for. */
static gboolean
is_credential(const McAuth *auth, const char *name)
{
  const McInject *const places[] = {auth->inject, auth->csrf_inject};
  if (g_ascii_strcasecmp(name, "Authorization") == 0 || g_ascii_strcasecmp(name, "Cookie") == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    if (places[i] && places[i]->name && g_ascii_strcasecmp(places[i]->name, name) == 0)
      return TRUE;
  return FALSE;
}

static cJSON *
asked(const Player *p, const McRequest *request)
{
  cJSON *tree = mc_recording_request(request), *header;
  cJSON_ArrayForEach (header, mc_json_get(tree, "headers"))
    if (is_credential(&p->binding->profile->auth, header->string)) {
      cJSON_free(header->valuestring);
      header->valuestring = cJSON_malloc(2);
      strcpy(header->valuestring, "*");
    }
  return tree;
}

static void
compare(Player *p, const McRequest *request)
{
  cJSON *now = asked(p, request), *then = mc_json_get(p->step, "request");
  if (p->strict) {
    g_autofree char *difference = mc_replay_difference(now, then);
    if (difference)
      p->misfit = g_strdup_printf("%s %s: %s", request->method, request->url, difference);
    cJSON_Delete(now);
  } else {
    cJSON_DeleteItemFromObjectCaseSensitive(p->step, "request");
    cJSON_AddItemToObject(p->step, "request", now);
  }
}

/* --- what comes of it --- */
static void
know(McPeople *people, const char *name)
{
  if (people && name && *name)
    g_hash_table_add(people->names, g_strdup(name));
}

static void
know_item(McPeople *people, const McItem *item)
{
  know(people, item->from);
  know(people, item->assignee);
  for (guint i = 0; item->fields && i < item->fields->len; i++) {
    const McField *field = item->fields->pdata[i];
    if (field->is_private)
      know(people, field->value);
  }
  for (guint i = 0; item->history && i < item->history->len; i++)
    know(people, ((McHistory *)item->history->pdata[i])->who);
}

/* What depends on nothing but the answers. */
static cJSON *
item_tree(const Player *p, const McItem *item)
{
  static const char *const passing[] = {"deadline", "as_of", "stale", "links", "pending", "tags", "raw"};
  g_autofree char *text = mc_item_to_json(item, p->binding->calendar, 0, TRUE, NULL);
  g_autoptr(McJson) json = mc_json_parse("item", text, strlen(text), MC_JSON_STRICT, NULL);
  cJSON *tree = json ? cJSON_Duplicate(mc_json_root(json), TRUE) : cJSON_CreateNull();
  for (gsize i = 0; i < G_N_ELEMENTS(passing); i++)
    cJSON_DeleteItemFromObjectCaseSensitive(tree, passing[i]);
  know_item(p->people, item);
  return tree;
}

static void
add_text(cJSON *tree, const char *name, const char *text)
{
  if (text)
    cJSON_AddStringToObject(tree, name, text);
}

static void
take_page(Player *p)
{
  if (!p->items)
    return;
  g_autoptr(GPtrArray) items = mc_pull_take_items(p->x);
  g_autoptr(GPtrArray) removed = mc_pull_take_removed(p->x);
  for (guint i = 0; i < items->len; i++)
    cJSON_AddItemToArray(p->items, item_tree(p, items->pdata[i]));
  for (guint i = 0; i < removed->len; i++)
    cJSON_AddItemToArray(p->removed, cJSON_CreateString(removed->pdata[i]));
}

static void
take_pull(Player *p)
{
  const McPullResult *result = mc_pull_result(p->x);
  take_page(p);
  add_text(p->result, "cursor", result->cursor);
  cJSON_AddBoolToObject(p->result, "full", result->full);
  cJSON_AddBoolToObject(p->result, "unchanged", result->unchanged);
  if (result->restart)
    cJSON_AddTrueToObject(p->result, "restart");
}

static void
take_detail(Player *p)
{
  gboolean gone = FALSE;
  g_autoptr(McItem) item = mc_detail_take(p->x, &gone);
  if (gone)
    cJSON_AddTrueToObject(p->result, "gone");
  else
    cJSON_AddItemToObject(p->result, "item", item_tree(p, item));
}

/* What a person typed may be about anybody. */
static void
know_inputs(Player *p)
{
  const char *frozen = mc_json_text(mc_json_get(mc_json_get(p->run, "recipe"), "frozen"));
  g_autoptr(McJson) json =
      frozen ? mc_json_parse("action", frozen, strlen(frozen), MC_JSON_STRICT, NULL) : NULL;
  const cJSON *inputs = json ? mc_json_get(mc_json_root(json), "inputs") : NULL, *input;
  cJSON_ArrayForEach (input, inputs)
    if (cJSON_IsString(input))
      know(p->people, input->valuestring);
}

static void
take_delivery(Player *p)
{
  static const char *const ends[] = {
      [MC_DELIVERY_DONE] = "done",         [MC_DELIVERY_FAILED] = "failed",
      [MC_DELIVERY_CONFLICT] = "conflict", [MC_DELIVERY_UNCERTAIN] = "uncertain",
      [MC_DELIVERY_LATER] = "later",       [MC_DELIVERY_WAITING] = "waiting"};
  const McDeliveryResult *result = mc_delivery_result(p->x);
  know_inputs(p);
  cJSON_AddStringToObject(p->result, "end", ends[result->end]);
  add_text(p->result, "message", result->message);
  add_text(p->result, "receipt", result->receipt);
  add_text(p->result, "created", result->created);
}

/* Whom a person asked for is somebody, and so is whoever was found. */
static void
know_answer(Player *p, const McLookupAnswer *answer)
{
  const cJSON *input;
  cJSON_ArrayForEach (input, mc_json_get(mc_json_get(p->run, "recipe"), "inputs"))
    know(p->people, answer->record ? mc_json_text(input) : NULL);
  for (guint i = 0; i < answer->choices->len; i++)
    know(p->people, ((McChoice *)answer->choices->pdata[i])->title);
  for (guint i = 0; i < answer->fields->len; i++)
    know(p->people, ((McLookupField *)answer->fields->pdata[i])->value);
}

static void
take_lookup(Player *p)
{
  g_autoptr(McLookupAnswer) answer = mc_lookup_take(p->x);
  cJSON_AddBoolToObject(p->result, "found", answer->found);
  cJSON *choices = cJSON_AddArrayToObject(p->result, "choices");
  for (guint i = 0; i < answer->choices->len; i++) {
    const McChoice *choice = answer->choices->pdata[i];
    cJSON *one = cJSON_CreateObject();
    add_text(one, "value", choice->value);
    add_text(one, "title", choice->title);
    cJSON_AddItemToArray(choices, one);
  }
  cJSON *fields = cJSON_AddObjectToObject(p->result, "fields");
  for (guint i = 0; i < answer->fields->len; i++) {
    const McLookupField *field = answer->fields->pdata[i];
    add_text(fields, field->name, field->value);
  }
  know_answer(p, answer);
}

static void
take_session(Player *p)
{
  McSession *session = mc_auth_take_session(p->x);
  g_autofree char *account = session ? mc_session_account(session) : NULL;
  know(p->people, account);
  cJSON_AddItemToObject(p->result, "session", mc_session_names(session));
  mc_session_unref(session);
}

static const struct {
  const char *name;
  void (*take)(Player *p);
} takers[] = {{"pull", take_pull},
              {"detail", take_detail},
              {"delivery", take_delivery},
              {"lookup", take_lookup},
              {"login", take_session}};

static const char *
what_of(const cJSON *run)
{
  const char *word = mc_json_text(mc_json_get(mc_json_get(run, "recipe"), "do"));
  return word ? word : "";
}

static void
take_result(Player *p)
{
  for (gsize i = 0; i < G_N_ELEMENTS(takers); i++)
    if (g_str_equal(takers[i].name, what_of(p->run)))
      takers[i].take(p);
}

/* --- driving --- */
static gint64
moment(const cJSON *step, const char *name)
{
  gint64 at = 0;
  mc_json_int(mc_json_get(step, name), &at);
  return at;
}

static McSession *
session_of(const cJSON *step)
{
  const cJSON *tree = mc_json_get(step, "session");
  return tree ? mc_session_new(cJSON_Duplicate(tree, TRUE)) : NULL;
}

static const McVerdict *
feed(Player *p, McResponse *response, gint64 now)
{
  const McVerdict *verdict = mc_exchange_feed(p->x, response, now);
  take_page(p);
  return verdict;
}

/* The next step of the exchange, waits passed over; a SEND's request is returned in *request. */
static McStep
advance(Player *p, const McSession *session, gint64 now, McRequest **request)
{
  for (int waits = 0;; waits++) {
    gint64 until = now;
    McStep step = mc_exchange_next(p->x, session, now, request, &until, &p->failure);
    if (step != MC_STEP_WAIT || waits > MAX_STEPS)
      return step;
    now = MAX(until, now);
  }
}

static void
end(Player *p, McStep step)
{
  p->ended = TRUE;
  if (step == MC_STEP_DONE)
    take_result(p);
  else
    add_text(p->result, "error", p->failure ? p->failure->message : "-");
}

static void
begin(Player *p, McBinding *binding, cJSON *run)
{
  g_autoptr(GError) error = NULL;
  *p = (Player){.binding = binding, .run = run, .result = cJSON_CreateObject()};
  cJSON *steps = mc_json_get(run, "steps");
  p->step = steps ? steps->child : NULL;
  p->x = mc_exchange_of_recipe(binding, mc_json_get(run, "recipe"), &error);
  if (!p->x) {
    p->misfit = g_strdup(error->message);
    return;
  }
  if (g_str_equal(what_of(run), "pull")) {
    p->items = cJSON_AddArrayToObject(p->result, "items");
    p->removed = cJSON_AddArrayToObject(p->result, "removed");
  }
}

static void
finish(Player *p)
{
  mc_exchange_free(p->x);
  cJSON_Delete(p->result);
  g_free(p->misfit);
  g_clear_error(&p->failure);
}

/* From p->step on, each step as it is recorded. */
static void
play(Player *p)
{
  gint64 last = 0;
  for (int steps = 0; !p->misfit && !p->ended && steps < MAX_STEPS; steps++) {
    McSession *session = session_of(p->step);
    g_autoptr(McRequest) request = NULL;
    last = p->step ? moment(p->step, "now") : last;
    McStep step = advance(p, session, last, &request);
    mc_session_unref(session);
    if (step != MC_STEP_SEND) {
      end(p, step);
      continue;
    }
    if (!p->step) {
      p->misfit =
          g_strdup_printf(_("%s %s is asked for, and was not recorded"), request->method, request->url);
      return;
    }
    compare(p, request);
    g_autoptr(McResponse) response = mc_recording_response(mc_json_get(p->step, "answer"));
    last = moment(p->step, "then");
    feed(p, response, last);
    p->step = p->step->next;
  }
  if (!p->misfit && p->step)
    p->misfit = g_strdup_printf(_("%s is recorded, and was not asked for"),
                                mc_json_text(mc_json_get(mc_json_get(p->step, "request"), "url")));
}

cJSON *
mc_replay(McBinding *binding, cJSON *run, gboolean strict, McPeople *people, char **misfit)
{
  Player p;
  begin(&p, binding, run);
  p.strict = strict;
  p.people = people;
  if (!p.misfit)
    play(&p);
  cJSON *result = p.misfit ? NULL : g_steal_pointer(&p.result);
  *misfit = g_steal_pointer(&p.misfit);
  finish(&p);
  return result;
}

/* --- mishaps --- */
typedef struct {
  const char *name;
  int status; /* 0: no answer comes */
  const char *header, *value, *type, *body;
  gint64 wait;  /* seconds that must be waited; 0: not said */
  gboolean cut; /* the recorded answer, half of it */
} Mishap;

static const Mishap mishaps[] = {
    {"401", 401, "WWW-Authenticate", "Bearer", "text/plain", "", 0, FALSE},
    {"429, Retry-After: 7", 429, "Retry-After", "7", "text/plain", "", 7, FALSE},
    {"429, Retry-After: a date", 429, "Retry-After", NULL, "text/plain", "", 9, FALSE},
    {"500", 500, "X-Mishap", "500", "text/plain", "", 0, FALSE},
    {"a page of HTML", 200, "X-Mishap", "html", "text/html; charset=utf-8",
     "<!DOCTYPE html><html><head><title>503</title></head><body>Service unavailable</body></html>", 0, FALSE},
    {"a cut answer", 200, NULL, NULL, NULL, NULL, 0, TRUE},
    {"a lost answer", 0, NULL, NULL, NULL, NULL, 0, FALSE},
};

static void
put_header(McResponse *response, const char *name, const char *value)
{
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strdup(name);
  header->value = g_strdup(value);
  g_ptr_array_add(response->headers, header);
}

/* NULL: this mishap cannot befall this answer. */
static McResponse *
mishap_response(const Mishap *mishap, const cJSON *answer, gint64 now)
{
  if (mishap->cut) {
    McResponse *response = mc_recording_response(answer);
    gsize len = response->body ? g_bytes_get_size(response->body) : 0;
    if (response->wire != MC_WIRE_ANSWERED || response->status != 200 || len < 2) {
      mc_response_unref(response);
      return NULL;
    }
    GBytes *half = g_bytes_new_from_bytes(response->body, 0, len / 2);
    g_bytes_unref(response->body);
    response->body = half;
    return response;
  }
  if (!mishap->status)
    return mc_response_new(MC_WIRE_LOST);
  McResponse *response = mc_response_new(MC_WIRE_ANSWERED);
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autofree char *date = mc_time_format(now + mishap->wait, utc, "%a, %d %b %Y %H:%M:%S GMT");
  response->status = mishap->status;
  put_header(response, mishap->header, mishap->value ? mishap->value : date);
  put_header(response, "Content-Type", mishap->type);
  g_bytes_unref(response->body);
  response->body = g_bytes_new(mishap->body, strlen(mishap->body));
  return response;
}

/* Up to the step `index`, whose request is then out. FALSE: it does not get there. */
static gboolean
reach(Player *p, int index)
{
  for (int i = 0; i <= index; i++) {
    McSession *session = session_of(p->step);
    g_autoptr(McRequest) request = NULL;
    McStep step = advance(p, session, moment(p->step, "now"), &request);
    mc_session_unref(session);
    if (step != MC_STEP_SEND)
      return FALSE;
    if (i == index)
      return TRUE;
    g_autoptr(McResponse) response = mc_recording_response(mc_json_get(p->step, "answer"));
    feed(p, response, moment(p->step, "then"));
    p->step = p->step->next;
  }
  return FALSE;
}

static gboolean
is_same_request(const Player *p, const McRequest *request)
{
  static const char *const parts[] = {"method", "url", "body", "base64"};
  cJSON *now = asked(p, request);
  const cJSON *then = mc_json_get(p->step, "request");
  gboolean same = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    const cJSON *a = mc_json_get(now, parts[i]), *b = mc_json_get(then, parts[i]);
    same = same && (a && b ? mc_json_equal(a, b) : a == b);
  }
  cJSON_Delete(now);
  return same;
}

/* It ended at once. */
static char *
judge_end(Player *p, McStep step, gboolean was_write)
{
  gboolean delivery = g_str_equal(what_of(p->run), "delivery");
  if (step == MC_STEP_FAILED)
    return NULL;
  if (delivery && (mc_delivery_result(p->x)->end != MC_DELIVERY_DONE))
    return NULL;
  return g_strdup(was_write ? _("counts as done, although nothing says so")
                            : _("something was taken from it"));
}

/* What comes after the mishap: the same again as recorded, or an honest end. */
static char *
judge_after(Player *p, const Mishap *mishap, gboolean was_write, gboolean unknown, gboolean taken)
{
  g_autoptr(McRequest) request = NULL;
  McSession *session = session_of(p->step);
  McStep step = advance(p, session, moment(p->step, "then") + mishap->wait, &request);
  mc_session_unref(session);
  if (step != MC_STEP_SEND)
    return judge_end(p, step, was_write);
  if (!is_same_request(p, request)) /* reading back, or going on where the answer means "nothing there" */
    return taken && !was_write ? g_strdup(_("something was taken from it")) : NULL;
  const char *name = mc_json_text(mc_json_get(mc_json_get(p->run, "recipe"), "action"));
  const McAction *action = mc_profile_action(p->binding->profile, name);
  if (was_write && unknown && action && action->repeat == MC_REPEAT_NEVER)
    return g_strdup(_("is sent again blindly, although it may have had its effect"));
  g_autoptr(McResponse) response = mc_recording_response(mc_json_get(p->step, "answer"));
  feed(p, response, moment(p->step, "then"));
  p->step = p->step->next;
  play(p);
  if (p->misfit)
    return was_write || unknown ? NULL : g_steal_pointer(&p->misfit);
  cJSON *before = mc_json_get(p->run, "result");
  return mc_json_equal(p->result, before) || was_write
             ? NULL
             : g_strdup(_("ends otherwise than recorded when it is asked again"));
}

static char *
try_mishap(Player *p, const Mishap *mishap, int index, gboolean *tried)
{
  if (p->misfit || !reach(p, index))
    return NULL;
  gint64 now = moment(p->step, "then");
  g_autoptr(McResponse) response = mishap_response(mishap, mc_json_get(p->step, "answer"), now);
  if (!response)
    return NULL;
  *tried = TRUE;
  gboolean was_write = p->x->judging.mutating && g_str_equal(what_of(p->run), "delivery");
  const McVerdict *verdict = feed(p, response, now);
  gint64 wait = verdict->retry_after;
  if (mishap->status == 429 && verdict->class == MC_CLASS_THROTTLE && wait != mishap->wait)
    return g_strdup_printf(_("asks to wait %d s, and %d s are waited"), (int)mishap->wait, (int)wait);
  return judge_after(p, mishap, was_write, verdict->effect_unknown, verdict->class == MC_CLASS_OK);
}

guint
mc_replay_mishaps(McBinding *binding, const cJSON *run, GPtrArray *failures)
{
  int steps = cJSON_GetArraySize(mc_json_get(run, "steps"));
  guint count = 0;
  for (int i = 0; i < steps; i++)
    for (gsize m = 0; m < G_N_ELEMENTS(mishaps); m++) {
      Player p;
      gboolean tried = FALSE;
      begin(&p, binding, (cJSON *)run);
      p.strict = TRUE;
      g_autofree char *wrong = try_mishap(&p, &mishaps[m], i, &tried);
      count += tried;
      if (wrong) {
        const cJSON *request = mc_json_get(cJSON_GetArrayItem(mc_json_get(run, "steps"), i), "request");
        g_ptr_array_add(failures,
                        g_strdup_printf("%s %s: %s: %s", mc_json_text(mc_json_get(request, "method")),
                                        mc_json_text(mc_json_get(request, "url")), mishaps[m].name, wrong));
      }
      finish(&p);
    }
  return count;
}

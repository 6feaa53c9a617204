/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching one attached file; see exchange.h. What may be glued to what is decided here, on heads alone:
 * bytes that are there are only ever continued under If-Range with a strong validator (RFC
 * 9110 13.1.5, 14.2), and only where the answer's Content-Range and ETag agree. Anything else starts over. */
#include <string.h>

#include "connector/run.h"
#include "connector/session.h"
#include "motcua/error.h"
#include "motcua/file.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define MAX_HOPS     5
#define MAX_RESTARTS 2
#define STRONG_S     60 /* a date is a strong validator when it is as much older than the answer */

typedef struct {
  McExchange base;
  const McFiles *files;
  char *type, *name;
  char *address; /* where a redirect to another origin led, or NULL */
  int hops, restarts;
  gint64 have; /* bytes that are there */
  char *validator;
  gboolean ranged; /* the request that is out asks for the rest alone */
  gboolean taken;  /* its answer's body is the file */
  gboolean refused_range, done;
  GBytes *content;
} Fetch;

void
mc_fetch_have(McExchange *x, gint64 bytes, const char *validator)
{
  Fetch *f = (Fetch *)x;
  g_autofree char *copy = g_strdup(validator);
  f->have = bytes;
  g_free(f->validator);
  f->validator = g_steal_pointer(&copy);
}

gint64
mc_fetch_max(McExchange *x)
{
  return ((Fetch *)x)->files->max;
}

GBytes *
mc_fetch_take_content(McExchange *x)
{
  return g_steal_pointer(&((Fetch *)x)->content);
}

/* --- the request --- */
static McRequest *
build(Fetch *f, GError **error)
{
  McExchange *x = &f->base;
  McRequest *request =
      f->address ? mc_request_new("GET", f->address) : mc_exchange_request(x, f->files->download, error);
  if (!request)
    return NULL;
  g_autofree char *origin = mc_url_origin(request->url);
  x->judging.anonymous = g_strcmp0(origin, x->binding->origin) != 0;
  f->ranged = f->files->resume && f->have > 0 && f->validator;
  if (f->ranged) {
    g_autofree char *range = g_strdup_printf("bytes=%" G_GINT64_FORMAT "-", f->have);
    mc_request_set_header(request, "Range", range);
    mc_request_set_header(request, "If-Range", f->validator);
  }
  if (f->files->content) /* a third more, and the rest of the JSON */
    request->max_body = (gsize)f->files->max / 2 * 3 + 65536;
  return request;
}

static McStep
fetch_next(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error)
{
  Fetch *f = (Fetch *)x;
  (void)now, (void)wait_until;
  if (f->done)
    return MC_STEP_DONE;
  f->taken = f->refused_range = FALSE;
  *request = build(f, error);
  return *request ? MC_STEP_SEND : MC_STEP_FAILED;
}

/* --- the head of an answer --- */
static gboolean
is_type(const char *type, const char *word)
{
  return type && g_ascii_strncasecmp(type, word, strlen(word)) == 0;
}

static gboolean
is_html(const char *type)
{
  return is_type(type, "text/html") || is_type(type, "application/xhtml");
}

static gboolean
is_json(const char *type)
{
  g_autofree char *bare = type ? g_strndup(type, strcspn(type, ";, ")) : NULL;
  return bare && (is_type(bare, "application/json") || g_str_has_suffix(bare, "+json"));
}

/* Pages and messages are the file only where it is said to be such a one. */
static gboolean
may_be_file(const Fetch *f, const char *type)
{
  const char *named = mc_file_type_of(f->name);
  if (is_html(type))
    return f->type ? is_html(f->type) : is_html(named);
  if (is_json(type))
    return f->type ? is_json(f->type) : is_json(named);
  return TRUE;
}

/* An entity tag, or a date that is old enough to be one (RFC 9110 8.8.2.2). New string or NULL. */
static char *
strong_validator(const GPtrArray *headers)
{
  const char *tag = mc_header_find(headers, "ETag"), *modified = mc_header_find(headers, "Last-Modified");
  const char *date = mc_header_find(headers, "Date");
  if (tag && *tag == '"' && strlen(tag) <= 1000)
    return g_strdup(tag);
  if (tag || !modified || !date)
    return NULL;
  gint64 then, now;
  return mc_http_date(modified, &then) && mc_http_date(date, &now) && then + STRONG_S <= now
             ? g_strdup(modified)
             : NULL;
}

/* "bytes 10-99/100" that begins at `from`. */
static gboolean
range_fits(const char *range, gint64 from, gint64 *total)
{
  char *end = NULL;
  *total = -1;
  if (!range || g_ascii_strncasecmp(range, "bytes ", 6) != 0 || !g_ascii_isdigit(range[6]))
    return FALSE;
  gint64 first = g_ascii_strtoll(range + 6, &end, 10);
  if (first != from || *end != '-' || !g_ascii_isdigit(end[1]))
    return FALSE;
  gint64 last = g_ascii_strtoll(end + 1, &end, 10);
  if (last < first || *end != '/')
    return FALSE;
  if (strcmp(end, "/*") == 0)
    return TRUE;
  *total = g_ascii_strtoll(end + 1, NULL, 10);
  return *total == last + 1; /* the rest whole was asked for */
}

static gint64
length_of(const GPtrArray *headers)
{
  const char *text = mc_header_find(headers, "Content-Length");
  gint64 length;
  return text && g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &length, NULL) ? length : -1;
}

gboolean
mc_fetch_begin(McExchange *x, int status, const GPtrArray *headers, McFetchHead *head)
{
  Fetch *f = (Fetch *)x;
  const char *type = mc_header_find(headers, "Content-Type"), *tag = mc_header_find(headers, "ETag");
  *head = (McFetchHead){.total = -1};
  if (f->files->content || (status != 200 && status != 206) || !may_be_file(f, type))
    return FALSE;
  if (status == 206) {
    gboolean same = !tag || !f->validator || *f->validator != '"' || strcmp(tag, f->validator) == 0;
    if (!f->ranged || !same || !range_fits(mc_header_find(headers, "Content-Range"), f->have, &head->total)) {
      f->refused_range = TRUE;
      return FALSE;
    }
    head->offset = f->have;
    head->validator = g_strdup(f->validator);
  } else {
    head->total = length_of(headers);
    head->validator = strong_validator(headers);
  }
  f->taken = TRUE;
  return TRUE;
}

/* --- its end --- */
static void
fail(Fetch *f, McError code, const char *message)
{
  f->base.verdict.class = MC_CLASS_PERMANENT;
  mc_exchange_fail(&f->base, g_error_new(MC_ERROR, code, _("%s: %s was not fetched: %s"),
                                         mc_binding_title(f->base.binding), f->name, message));
}

/* Tells a session that has run out from a page that stands there for everybody: after it was renewed in vain,
 * the run ends with that a login is needed. */
static void
expire(Fetch *f, const char *message)
{
  McVerdict *v = &f->base.verdict;
  v->class = MC_CLASS_EXPIRED;
  g_free(v->message);
  v->message = g_strdup(message);
}

static void
start_over(Fetch *f)
{
  if (++f->restarts > MAX_RESTARTS) {
    fail(f, MC_ERROR_PROTOCOL, _("parts of it are sent that do not fit each other"));
    return;
  }
  mc_fetch_have(&f->base, 0, NULL);
  f->base.verdict.class = MC_CLASS_TRANSIENT;
}

static gboolean
in_list(char **list, const char *origin)
{
  return origin && list && g_strv_contains((const char *const *)list, origin);
}

/* A redirect that the network did not follow: it leaves the origin. */
static void
redirect(Fetch *f, const McResponse *response)
{
  McExchange *x = &f->base;
  const char *location = mc_response_header(response, "Location");
  g_autofree char *url = mc_url_resolve(response->url ? response->url : x->url, location);
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  gboolean base = g_strcmp0(origin, x->binding->origin) == 0;
  if (in_list(x->binding->auth_hosts, origin)) {
    expire(f, _("the way to the file leads to the login page"));
  } else if (!origin || (!base && !in_list(x->binding->hosts, origin))) {
    g_autofree char *why =
        g_strdup_printf(_("its address leads to %s, which is none of \"hosts\"; a login page, perhaps"),
                        origin ? origin : "?");
    fail(f, MC_ERROR_PROTOCOL, why);
  } else if (++f->hops > MAX_HOPS) {
    fail(f, MC_ERROR_PROTOCOL, _("one redirect leads to the next"));
  } else {
    g_free(f->address);
    f->address = g_steal_pointer(&url);
    x->verdict.class = MC_CLASS_OK;
  }
}

static gboolean
is_redirect(const McResponse *response)
{
  int status = response->status;
  return response->wire == MC_WIRE_ANSWERED && mc_response_header(response, "Location") &&
         ((status >= 301 && status <= 303) || status == 307 || status == 308);
}

/* Base64 of RFC 4648 4 or 5 with or without padding; blanks and line ends do not count. NULL: it is none. */
static GBytes *
decode(const char *text)
{
  g_autofree guint8 *out = g_malloc(strlen(text) / 4 * 3 + 4);
  gsize length = 0;
  guint32 bits = 0, count = 0, padding = 0;
  for (; *text; text++) {
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char c = *text == '-' ? '+' : *text == '_' ? '/' : *text;
    const char *at = strchr(alphabet, c);
    if (g_ascii_isspace(c))
      continue;
    padding += c == '=';
    if (c == '=' && padding <= 2)
      continue;
    if (!at || padding)
      return NULL;
    bits = bits << 6 | (guint32)(at - alphabet);
    if (++count % 4 == 0)
      for (int shift = 16; shift >= 0; shift -= 8)
        out[length++] = (guint8)(bits >> shift);
  }
  if (count % 4 == 1 || (padding && (count + padding) % 4 != 0))
    return NULL;
  if (count % 4 == 2)
    out[length++] = (guint8)(bits >> 4);
  if (count % 4 == 3) {
    out[length++] = (guint8)(bits >> 10);
    out[length++] = (guint8)(bits >> 2);
  }
  return g_bytes_new_take(g_steal_pointer(&out), length);
}

static void
take_content(Fetch *f, const McAnswer *answer)
{
  const cJSON *at = mc_reader_borrow(f->files->content, answer->root, f->base.scope);
  cJSON *made = at ? NULL : mc_reader_read(f->files->content, answer->root, f->base.scope, NULL);
  const char *text = mc_json_text(at ? at : made);
  f->content = text ? decode(text) : NULL;
  cJSON_Delete(made);
  if (!text)
    fail(f, MC_ERROR_PROTOCOL, _("the answer has no content"));
  else if (!f->content)
    fail(f, MC_ERROR_PROTOCOL, _("its content is not base64"));
  else if ((gint64)g_bytes_get_size(f->content) > f->files->max)
    fail(f, MC_ERROR_PROTOCOL, _("it is larger than the connector allows"));
  else
    f->done = TRUE;
}

/* The file came whole, as far as HTTP can tell. */
static void
finish(Fetch *f, const McAnswer *answer)
{
  const McResponse *response = answer->response;
  gboolean moved = g_strcmp0(response->url, f->base.url) != 0;
  gboolean page = is_html(mc_response_header(response, "Content-Type"));
  if (f->files->content)
    take_content(f, answer);
  else if (page && moved)
    expire(f, _("a page came instead, perhaps that of a login"));
  else if (f->taken)
    f->done = TRUE;
  else
    fail(f, MC_ERROR_PROTOCOL, page ? _("a web page came instead") : _("something else came instead"));
}

static void
fetch_fed(McExchange *x, const McAnswer *answer, gint64 now)
{
  Fetch *f = (Fetch *)x;
  McVerdict *v = &x->verdict;
  const McResponse *response = answer->response;
  gboolean whole = response->wire == MC_WIRE_ANSWERED;
  gboolean page = whole && is_html(mc_response_header(response, "Content-Type"));
  (void)now;
  if (x->judging.anonymous && v->class == MC_CLASS_EXPIRED)
    v->class = MC_CLASS_PERMANENT;
  if (f->refused_range || (whole && response->status == 416 && f->ranged))
    start_over(f);
  else if (v->class == MC_CLASS_EXPIRED)
    return;
  else if (is_redirect(response))
    redirect(f, response);
  else if (page && f->taken && v->class == MC_CLASS_GATEWAY) /* it is a file that is a page */
    v->class = MC_CLASS_OK;
  else if (page && response->status < 300 && g_strcmp0(response->url, x->url) != 0)
    expire(f, _("a page came instead, perhaps that of a login"));
  else if (page && response->status < 300)
    fail(f, MC_ERROR_PROTOCOL, _("a web page came instead"));
  if (v->class == MC_CLASS_OK && whole && response->status < 300 && !x->failure)
    finish(f, answer);
  else if (mc_class_is_final(v->class) && !x->failure)
    mc_exchange_usable(x);
}

static void
fetch_clear(McExchange *x)
{
  Fetch *f = (Fetch *)x;
  g_free(f->type);
  g_free(f->name);
  g_free(f->address);
  g_free(f->validator);
  g_clear_pointer(&f->content, g_bytes_unref);
}

static const McExchangeKind fetch_kind = {
    .name = "fetch", .next = fetch_next, .fed = fetch_fed, .clear = fetch_clear};

/* --- making one --- */
static cJSON *
file_names(const McAttachment *file)
{
  cJSON *names = cJSON_CreateObject();
  const struct {
    const char *name, *value;
  } texts[] = {{"key", file->key}, {"name", file->name}, {"type", file->type}, {"sha256", file->sha256}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i].value)
      cJSON_AddStringToObject(names, texts[i].name, texts[i].value);
  if (file->size >= 0)
    cJSON_AddItemToObject(names, "size", mc_json_new_int(file->size));
  g_autoptr(McJson) keep =
      file->keep ? mc_json_parse("keep", file->keep, strlen(file->keep), MC_JSON_STRICT, NULL) : NULL;
  if (keep)
    cJSON_AddItemToObject(names, "keep", cJSON_Duplicate(mc_json_root(keep), TRUE));
  return names;
}

McExchange *
mc_fetch_new(McBinding *binding, const McItem *item, const McAttachment *file, GError **error)
{
  const McFiles *files = binding->profile->files;
  if (!mc_files_are_of(files, item->stream) || !files->download) {
    g_set_error(error, MC_ERROR, MC_ERROR_NOT_FOUND, _("%s gives no files out"), mc_binding_title(binding));
    return NULL;
  }
  Fetch *f = mc_exchange_new(&fetch_kind, sizeof *f, binding);
  f->files = files;
  f->type = g_strdup(file->type);
  f->name = mc_text_clean(file->name, -1);
  mc_scope_take(f->base.scope, "item", mc_item_names(item));
  mc_scope_take(f->base.scope, "file", file_names(file));
  return &f->base;
}

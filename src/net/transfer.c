/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange. libcurl calls the pre-request callback after the connection stands (TLS included) and
 * before each time it writes the request. That call is the line between "nothing left" and "may have left",
 * and refusing the second one is what keeps a mutating request single when libcurl would repeat it on a new
 * connection.
 *
 * Redirects are not libcurl's: a hop within the origin goes back to the head of the pool's queue, so it
 * keeps to the rate and to a hold like any other request. */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "motcua/i18n.h"
#include "net/fault.h"
#include "net/transfer.h"

#define HOPS_MAX 5
#define LONG_S   (4 * 3600) /* no file takes longer */

static int
on_prerequest(void *data, char *remote, char *local, int remote_port, int local_port)
{
  McTransfer *transfer = data;
  (void)remote, (void)local, (void)remote_port, (void)local_port;
  if (transfer->request->mutating && transfer->attempts > 0)
    return CURL_PREREQFUNC_ABORT;
  transfer->attempts++;
  transfer->left = TRUE;
  return CURL_PREREQFUNC_OK;
}

/* libcurl's own counters count a small body twice; here it shows each piece once. */
static int
on_bytes(CURL *easy, curl_infotype type, char *bytes, size_t length, void *data)
{
  McTransfer *transfer = data;
  (void)easy, (void)bytes;
  if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
    transfer->sent += (gint64)length;
  else if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN)
    transfer->received += (gint64)length;
  return 0;
}

/* --- The request as libcurl's options --- */

static gboolean
is_loopback(const char *origin)
{
  g_autoptr(GUri) uri = g_uri_parse(origin, G_URI_FLAGS_NONE, NULL);
  const char *host = uri ? g_uri_get_host(uri) : NULL;
  if (!host)
    return FALSE;
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
  return address ? g_inet_address_get_is_loopback(address) : !strcmp(host, "localhost");
}

static void
add_line(McTransfer *transfer, const char *name, const char *value)
{
  /* "Name;" is libcurl's way to send a header that is empty, "Name:" to send none. */
  g_autofree char *line = *value ? g_strdup_printf("%s: %s", name, value) : g_strdup_printf("%s;", name);
  transfer->lines = curl_slist_append(transfer->lines, line);
}

static void
set_headers(McTransfer *transfer)
{
  const McRequest *request = transfer->request;
  for (guint i = 0; request->headers && i < request->headers->len; i++) {
    const McHeader *header = g_ptr_array_index(request->headers, i);
    add_line(transfer, header->name, header->value);
  }
  /* libcurl's own ideas: a type for a body that has none, and a wait before the body (an answer of 417
   * to which would make it send the request again). */
  if (!mc_request_header(request, "Content-Type"))
    transfer->lines = curl_slist_append(transfer->lines, "Content-Type:");
  if (!mc_request_header(request, "Expect"))
    transfer->lines = curl_slist_append(transfer->lines, "Expect:");
  curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->lines);
  /* Parts of a file must be parts of the file itself, not of its compressed form. */
  if (!mc_request_header(request, "Range") && !request->sink)
    curl_easy_setopt(transfer->easy, CURLOPT_ACCEPT_ENCODING, "");
}

static void
set_method(McTransfer *transfer)
{
  const McRequest *request = transfer->request;
  CURL *easy = transfer->easy;
  if (!strcmp(request->method, "HEAD")) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (transfer->body)
    mc_pieces_give(transfer->body, mc_request_length(request), easy);
  else if (request->body || !strcmp(request->method, "POST")) {
    gsize length = 0;
    const void *bytes = request->body ? g_bytes_get_data(request->body, &length) : NULL;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bytes ? bytes : ""); /* not copied; the request stays */
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* A client certificate is a credential: what another host asks for it is not shown. The passphrase is always
 * set, since for a key that needs one the TLS library would otherwise ask at the terminal. */
static void
set_certificate(McTransfer *transfer)
{
  const McPool *pool = transfer->pool;
  const McPoolLimits *limits = &pool->limits;
  CURL *easy = transfer->easy;
  if (!limits->cert_file || !limits->cert_origins || !transfer->origin ||
      !g_strv_contains((const char *const *)limits->cert_origins, transfer->origin))
    return;
  curl_easy_setopt(easy, CURLOPT_SSLCERT, limits->cert_file);
  if (limits->key_file)
    curl_easy_setopt(easy, CURLOPT_SSLKEY, limits->key_file);
  curl_easy_setopt(easy, CURLOPT_KEYPASSWD, pool->passphrase ? pool->passphrase : "");
}

static void
set_security(McTransfer *transfer)
{
  const McPoolLimits *limits = &transfer->pool->limits;
  CURL *easy = transfer->easy;
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (limits->ca_file)
    curl_easy_setopt(easy, CURLOPT_CAINFO, limits->ca_file);
  set_certificate(transfer);
  /* What is allowed to go in the clear to this machine must not go to a proxy instead. */
  if (is_loopback(transfer->origin))
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

/* Files take as long as they take, as long as something moves. */
static gboolean
is_long(const McRequest *request)
{
  return request->pieces || request->sink;
}

static int
timeout_of(const McTransfer *transfer)
{
  return transfer->request->timeout > 0 ? transfer->request->timeout : transfer->pool->limits.timeout;
}

static void
set_exchange(McTransfer *transfer, gint64 left_us)
{
  CURL *easy = transfer->easy;
  long ms = (long)MAX(1, left_us / 1000);
  if (is_long(transfer->request)) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)timeout_of(transfer));
  }
  curl_easy_setopt(easy, CURLOPT_URL, transfer->request->url);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, MIN(ms, transfer->pool->limits.connect_timeout * 1000L));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  /* A name server that does not answer must not hold the loop when its transfer is over. */
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "motcua/" PACKAGE_VERSION);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prerequest);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_bytes);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
}

/* --- Its end --- */

static void
end(McTransfer *transfer, McResponse *response)
{
  response->url = g_strdup(transfer->request->url);
  response->sent = transfer->sent;
  response->received = transfer->received;
  transfer->response = response;
}

void
mc_transfer_refuse(McTransfer *transfer, char *error)
{
  McResponse *response = mc_response_new(transfer->left ? MC_WIRE_LOST : MC_WIRE_NOT_SENT);
  response->error = error;
  end(transfer, response);
}

static void
end_failed(McTransfer *transfer, CURLcode code)
{
  gboolean over_cap = transfer->answer.over_cap;
  const char *origin = transfer->origin ? transfer->origin : "?";
  mc_transfer_refuse(transfer, mc_fault_text(code, transfer->left, origin, transfer->detail));
  transfer->response->over_cap = over_cap;
}

static void
end_answered(McTransfer *transfer)
{
  McResponse *response = mc_response_new(MC_WIRE_ANSWERED);
  mc_answer_give(&transfer->answer, response);
  end(transfer, response);
}

/* Where a redirect that may be followed leads, or NULL. A method with a body goes on only where the
 * server asks for the same method again (RFC 9110 15.4.8, 15.4.9). */
static char *
next_hop(const McTransfer *transfer)
{
  const McRequest *request = transfer->request;
  int status = transfer->answer.status;
  gboolean plain = !strcmp(request->method, "GET") || !strcmp(request->method, "HEAD");
  gboolean redirect = status == 307 || status == 308 || (plain && (status >= 301 && status <= 303));
  const char *location = mc_answer_header(&transfer->answer, "Location");
  if (!redirect || !location || request->mutating || transfer->hops >= HOPS_MAX)
    return NULL;
  g_autofree char *url = mc_url_resolve(request->url, location);
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  return g_strcmp0(origin, transfer->origin) == 0 ? g_steal_pointer(&url) : NULL;
}

void
mc_transfer_stop(McTransfer *transfer)
{
  if (!transfer->easy)
    return;
  mc_multi_remove(transfer->multi, transfer->easy);
  curl_easy_cleanup(g_steal_pointer(&transfer->easy));
  curl_slist_free_all(g_steal_pointer(&transfer->lines));
  mc_answer_clear(&transfer->answer);
  g_clear_pointer(&transfer->body, mc_pieces_free);
  mc_multi_unref(g_steal_pointer(&transfer->multi));
}

void
mc_transfer_finish(CURL *easy, CURLcode code)
{
  McTransfer *transfer = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
  /* libcurl is content with a head that breaks off before its empty line; an answer it is not. */
  if (code == CURLE_OK && !transfer->answer.whole)
    code = CURLE_GOT_NOTHING;
  char *next = code == CURLE_OK ? next_hop(transfer) : NULL;
  if (!next) {
    if (code == CURLE_OK)
      end_answered(transfer);
    else
      end_failed(transfer, code);
    g_debug("net: %s: %s %s -> %d %s", transfer->pool->name, transfer->request->method, transfer->origin,
            transfer->response->status, code == CURLE_OK ? "" : curl_easy_strerror(code));
  }
  mc_transfer_stop(transfer);
  if (!next) {
    mc_pool_take_end(transfer->pool, transfer);
    return;
  }
  g_free(transfer->request->url);
  transfer->request->url = next;
  transfer->hops++;
  mc_pool_take_hop(transfer->pool, transfer);
}

/* --- Its start --- */

/* Why this request may not leave at all, or NULL. */
static char *
objection(McTransfer *transfer)
{
  if (!transfer->origin)
    return g_strdup(_("the address is not an absolute http or https address without a user name; check it"));
  if (!transfer->pool->limits.allow_plain && g_str_has_prefix(transfer->origin, "http://") &&
      !is_loopback(transfer->origin))
    return g_strdup_printf(_("%s would be reached without encryption, which is not allowed; use https"),
                           transfer->origin);
  return NULL;
}

gboolean
mc_transfer_start(McTransfer *transfer)
{
  const McPool *pool = transfer->pool;
  gint64 now = g_get_monotonic_time();
  int timeout = is_long(transfer->request) ? LONG_S : timeout_of(transfer);
  gsize max_body = transfer->request->max_body > 0 ? transfer->request->max_body : pool->limits.max_body;
  char *refusal = objection(transfer);
  if (refusal) {
    mc_transfer_refuse(transfer, refusal);
    return FALSE;
  }
  if (!transfer->deadline)
    transfer->deadline = now + (gint64)timeout * G_USEC_PER_SEC;
  if (now >= transfer->deadline) {
    end_failed(transfer, CURLE_OPERATION_TIMEDOUT);
    return FALSE;
  }
  if (transfer->request->pieces && !(transfer->body = mc_pieces_open(transfer->request->pieces, &refusal))) {
    mc_transfer_refuse(transfer, refusal);
    return FALSE;
  }
  transfer->easy = pool->multi ? curl_easy_init() : NULL;
  if (!transfer->easy) {
    end_failed(transfer, CURLE_OUT_OF_MEMORY);
    return FALSE;
  }
  transfer->attempts = 0;
  transfer->multi = mc_multi_ref(pool->multi);
  mc_answer_init(&transfer->answer, MIN(max_body, MC_BODY_CEILING), transfer->request->sink);
  mc_answer_collect(&transfer->answer, transfer->easy);
  set_exchange(transfer, transfer->deadline - now);
  set_security(transfer);
  set_method(transfer);
  set_headers(transfer);
  if (mc_multi_add(transfer->multi, transfer->easy))
    return TRUE;
  end_failed(transfer, CURLE_OUT_OF_MEMORY);
  mc_transfer_stop(transfer);
  return FALSE;
}

void
mc_transfer_free(McTransfer *transfer)
{
  mc_transfer_stop(transfer);
  g_clear_pointer(&transfer->body, mc_pieces_free); /* where there was no libcurl to stop */
  g_clear_pointer(&transfer->response, mc_response_unref);
  mc_request_free(transfer->request);
  g_free(transfer->origin);
  g_free(transfer);
}

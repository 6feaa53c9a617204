/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/http.h"

#include "motcua/i18n.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_BODY    (24 * 1024 * 1024)
#define SLOW_PIECES 16

struct DemoHttp {
  DemoProvince *province;
  struct MHD_Daemon *daemon, *encrypted; /* the second may be NULL */
  const DemoTls *tls;
  GMutex work; /* one request at a time */
  guint latency, jitter;
  GRand *rand;
  GMutex lock; /* guards what follows: the timers of the main loop use it too */
  gboolean stopping;
  GHashTable *waiting; /* connections set aside -> their timer */
};

/* One request, from its first line to its last byte sent. */
typedef struct {
  DemoHttp *http;
  struct MHD_Connection *connection;
  DemoCall *call;
  DemoFault fault;
  gboolean too_large;
  gboolean waited;
  gboolean given_up; /* it would have waited longer than its system's patience */
} Exchange;

/* A body sent with a fault in it. */
typedef struct {
  Exchange *exchange;
  GString *body;
  gsize cut; /* the bytes that are sent before the connection is closed */
  gsize piece;
  guint pause; /* ms before each piece */
  gboolean paused;
} FaultyBody;

/* --- waiting --- */

typedef struct {
  DemoHttp *http;
  struct MHD_Connection *connection;
} Wait;

static gboolean
wait_over(gpointer data)
{
  Wait *wait = data;

  g_mutex_lock(&wait->http->lock);
  if (g_hash_table_remove(wait->http->waiting, wait->connection))
    MHD_resume_connection(wait->connection);
  g_mutex_unlock(&wait->http->lock);
  return G_SOURCE_REMOVE;
}

static void
drop_timer(gpointer data)
{
  GSource *timer = data;

  g_source_destroy(timer);
  g_source_unref(timer);
}

/* FALSE when the server is stopping: nothing waits any more. */
static gboolean
set_aside(DemoHttp *http, struct MHD_Connection *connection, guint ms)
{
  g_mutex_lock(&http->lock);
  gboolean goes_on = !http->stopping;
  if (goes_on) {
    Wait *wait = g_new(Wait, 1);
    *wait = (Wait){http, connection};
    GSource *timer = g_timeout_source_new(ms);
    g_source_set_callback(timer, wait_over, wait, g_free);
    g_hash_table_insert(http->waiting, connection, timer);
    MHD_suspend_connection(connection);
    g_source_attach(timer, NULL);
  }
  g_mutex_unlock(&http->lock);
  return goes_on;
}

/* --- sending --- */

/* Ends the connection with a TCP reset, so that the client can tell it from an answer that merely ended. */
static enum MHD_Result
reset(struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

  if (info) {
    setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    /* "Connecting" to no address dissolves the association at once and sends the reset. */
    if (connect(info->connect_fd, &nowhere, sizeof nowhere) < 0)
      shutdown(info->connect_fd, SHUT_RDWR);
  }
  return MHD_NO;
}

static void
faulty_free(void *data)
{
  FaultyBody *faulty = data;

  g_string_free(faulty->body, TRUE);
  g_free(faulty);
}

static ssize_t
faulty_read(void *data, uint64_t at, char *buffer, size_t max)
{
  FaultyBody *faulty = data;

  if (at >= faulty->cut)
    return MHD_CONTENT_READER_END_WITH_ERROR;
  if (faulty->pause && !faulty->paused) {
    faulty->paused = set_aside(faulty->exchange->http, faulty->exchange->connection, faulty->pause);
    if (faulty->paused)
      return 0;
  }
  faulty->paused = FALSE;
  gsize n = MIN(MIN(max, faulty->piece), faulty->cut - at);
  memcpy(buffer, faulty->body->str + at, n);
  return (ssize_t)n;
}

/* The body as the fault leaves it; takes it from the response. */
static struct MHD_Response *
faulty_response(Exchange *exchange, DemoResponse *response)
{
  const DemoFault *fault = &exchange->fault;
  FaultyBody *faulty = g_new0(FaultyBody, 1);
  gsize size = response->body->len;

  faulty->exchange = exchange;
  faulty->body = g_steal_pointer(&response->body);
  faulty->cut = fault->mode == DEMO_FAULT_TRUNCATE ? size / 2 : size;
  faulty->piece = fault->mode == DEMO_FAULT_SLOW ? MAX(size / SLOW_PIECES, 1) : MAX(size, 1);
  faulty->pause = fault->mode == DEMO_FAULT_SLOW ? MAX(fault->ms / SLOW_PIECES, 1) : 0;
  return MHD_create_response_from_callback(size, 16 * 1024, faulty_read, faulty, faulty_free);
}

static struct MHD_Response *
plain_response(DemoResponse *response)
{
  gsize size = response->body->len;
  char *body = g_string_free(g_steal_pointer(&response->body), FALSE);

  return MHD_create_response_from_buffer_with_free_callback(size, body, g_free);
}

/* Takes `response`. */
static enum MHD_Result
send_response(Exchange *exchange, DemoResponse *response)
{
  DemoFaultMode mode = exchange->fault.mode;
  gboolean has_body = response->body->len > 0;

  if (mode == DEMO_FAULT_MALFORMED && has_body) {
    g_string_truncate(response->body, response->body->len - 1);
    g_string_append(response->body, "\\}<<");
  }
  struct MHD_Response *out = (mode == DEMO_FAULT_TRUNCATE || mode == DEMO_FAULT_SLOW) && has_body
                                 ? faulty_response(exchange, response)
                                 : plain_response(response);
  for (guint i = 0; i + 1 < response->headers->len; i += 2)
    MHD_add_response_header(out, response->headers->pdata[i], response->headers->pdata[i + 1]);
  enum MHD_Result result = MHD_queue_response(exchange->connection, response->status, out);
  MHD_destroy_response(out);
  demo_response_free(response);
  return result;
}

/* What a gateway in front of the system would say: not in the system's own manner. */
static DemoResponse *
gateway_answer(guint status)
{
  g_autofree char *page = g_strdup_printf(
      "<html><head><title>%u</title></head><body><h1>%u</h1></body></html>\n", status, status);

  return demo_response_new(status, "text/html; charset=utf-8", page);
}

/* What such a gateway says that counts requests (RFC 9457). The date is by the clock of the Date header. */
static DemoResponse *
wait_answer(const DemoFault *fault)
{
  DemoResponse *response = demo_response_new(
      fault->status, "application/problem+json",
      "{\"title\":\"Too Many Requests\",\"detail\":\"Quá nhiều yêu cầu, hãy thử lại sau\"}");
  guint seconds = (fault->ms + 999) / 1000;
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autoptr(GDateTime) then = g_date_time_add_seconds(now, seconds);
  g_autofree char *text = fault->date ? demo_http_date(then) : g_strdup_printf("%u", seconds);

  demo_response_header(response, "Retry-After", text);
  return response;
}

/* --- receiving --- */

static guint
wait_before(Exchange *exchange)
{
  DemoHttp *http = exchange->http;
  guint ms = exchange->fault.mode == DEMO_FAULT_DELAY ? exchange->fault.ms : 0;

  if (!exchange->call->system)
    return 0;
  if (http->jitter)
    ms += (guint)g_rand_int_range(http->rand, 0, (gint32)http->jitter + 1);
  return ms + http->latency;
}

static void
end_login(DemoCall *call)
{
  DemoState *state = call->province->state;
  g_autofree char *token = call->system->token(call);
  g_autoptr(GError) error = NULL;

  if (!token)
    return;
  demo_state_begin(state);
  demo_state_expire_session(state, token);
  if (!demo_state_commit(state, &error))
    g_printerr("motcua-demo: %s\n", error->message);
}

static enum MHD_Result
work(Exchange *exchange)
{
  DemoCall *call = exchange->call;

  if (exchange->fault.mode == DEMO_FAULT_TOKEN_EXPIRED)
    end_login(call);
  DemoResponse *response =
      exchange->given_up ? demo_refuse(call, 500, "Quá thời gian xử lý") : demo_dispatch(call);
  demo_release(call);
  if (exchange->fault.mode != DEMO_FAULT_RESET_AFTER)
    return send_response(exchange, response);
  demo_response_free(response);
  return reset(exchange->connection);
}

/* The request is whole. Called once more after a wait. */
static enum MHD_Result
complete(Exchange *exchange)
{
  DemoCall *call = exchange->call;

  if (exchange->waited)
    return work(exchange);
  if (exchange->fault.mode == DEMO_FAULT_RESET_BEFORE)
    return reset(exchange->connection);
  if (exchange->fault.mode == DEMO_FAULT_STATUS)
    return send_response(exchange, gateway_answer(exchange->fault.status));
  if (exchange->fault.mode == DEMO_FAULT_RATE_LIMIT)
    return send_response(exchange, wait_answer(&exchange->fault));
  if (exchange->too_large)
    return send_response(exchange, demo_refuse(call, 413, "Yêu cầu lớn hơn 4 MiB"));
  DemoResponse *held = demo_hold(call);
  if (held)
    return send_response(exchange, held);
  guint ms = wait_before(exchange);
  gint64 patience = call->system ? call->system->patience : 0;
  exchange->given_up = patience && ms > patience;
  if (exchange->given_up)
    ms = (guint)patience;
  exchange->waited = TRUE;
  if (ms && set_aside(exchange->http, exchange->connection, ms))
    return MHD_YES;
  return work(exchange);
}

static enum MHD_Result
keep_argument(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  DemoCall *call = data;
  GHashTable *table = kind == MHD_HEADER_KIND ? call->headers : call->query;
  char *key = kind == MHD_HEADER_KIND ? g_ascii_strdown(name, -1) : g_strdup(name);

  g_hash_table_replace(table, key, g_strdup(value ? value : ""));
  return MHD_YES;
}

/* Finds the system by the first segment of the path; the rest is the path its routes see. */
static void
choose_system(DemoCall *call)
{
  const DemoProvince *province = call->province;
  const char *rest = call->full_path[0] ? strchr(call->full_path + 1, '/') : NULL;

  if (!rest)
    return;
  g_autofree char *first = g_strndup(call->full_path + 1, (gsize)(rest - call->full_path - 1));
  call->system = demo_province_system(province, first);
  if (call->system)
    call->path = rest;
}

static DemoFault
take_fault(DemoCall *call)
{
  g_autofree char *token = call->system->token(call);
  const DemoTarget target = {call->system->id, call->method, call->path, call->full_path, token != NULL};

  return demo_faults_take(call->province->faults, &target);
}

static char *
client_of(const DemoHttp *http, struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
      http->tls ? MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION) : NULL;

  return info && info->tls_session ? demo_tls_client(http->tls, info->tls_session) : NULL;
}

static Exchange *
exchange_new(DemoHttp *http, struct MHD_Connection *connection, const char *method, const char *url)
{
  Exchange *exchange = g_new0(Exchange, 1);

  exchange->http = http;
  exchange->connection = connection;
  exchange->call = demo_call_new(http->province, method, url);
  MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_argument, exchange->call);
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, keep_argument, exchange->call);
  choose_system(exchange->call);
  exchange->call->client = client_of(http, connection);
  if (exchange->call->system)
    exchange->fault = take_fault(exchange->call);
  return exchange;
}

static enum MHD_Result
take(void *data, struct MHD_Connection *connection, const char *url, const char *method, const char *upload,
     size_t *upload_size, void **slot)
{
  Exchange *exchange = *slot;

  if (!exchange) {
    *slot = exchange = exchange_new(data, connection, method, url);
    return exchange->fault.mode == DEMO_FAULT_DEAD ? reset(connection) : MHD_YES;
  }
  if (*upload_size == 0)
    return complete(exchange);
  if (exchange->call->body->len + *upload_size > MAX_BODY)
    exchange->too_large = TRUE;
  else
    g_string_append_len(exchange->call->body, upload, (gssize)*upload_size);
  *upload_size = 0;
  return MHD_YES;
}

static enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url, const char *method,
           const char *version, const char *upload, size_t *upload_size, void **slot)
{
  DemoHttp *http = data;

  (void)version;
  g_mutex_lock(&http->work);
  enum MHD_Result result = take(data, connection, url, method, upload, upload_size, slot);
  g_mutex_unlock(&http->work);
  return result;
}

static void
on_done(void *data, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code)
{
  DemoHttp *http = data;
  Exchange *exchange = *slot;

  (void)connection;
  (void)code;
  if (!exchange)
    return;
  g_mutex_lock(&http->work);
  demo_release(exchange->call);
  g_mutex_unlock(&http->work);
  demo_call_free(exchange->call);
  g_free(exchange);
  *slot = NULL;
}

/* --- starting and stopping --- */

static int
open_socket(const DemoHttpOptions *options, guint16 port, GSocketAddress **bound, GError **error)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string(options->listen);

  if (!inet) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("--listen: \"%s\" is not an IP address"),
                options->listen);
    return -1;
  }
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new(inet, port);
  g_autoptr(GSocket) listener =
      g_socket_new(g_inet_address_get_family(inet), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (!listener)
    return -1;
  g_socket_set_listen_backlog(listener, 1024);
  if (!g_socket_bind(listener, address, TRUE, error) || !g_socket_listen(listener, error))
    return -1;
  *bound = g_socket_get_local_address(listener, error);
  /* The server owns the descriptor from here; GLib would close its own with the object. */
  return *bound ? fcntl(g_socket_get_fd(listener), F_DUPFD_CLOEXEC, 0) : -1;
}

static char *
base_address(const char *scheme, GSocketAddress *bound)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(bound);
  g_autofree char *host = g_inet_address_to_string(g_inet_socket_address_get_address(inet));
  gboolean six = g_socket_address_get_family(bound) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf(six ? "%s://[%s]:%u" : "%s://%s:%u", scheme, host,
                         g_inet_socket_address_get_port(inet));
}

/* A server on a port of its own, and its address; with `tls` it asks for a certificate and lets anybody in:
 * what a stranger may see is the system's to say. */
static struct MHD_Daemon *
start_one(DemoHttp *http, const DemoHttpOptions *options, guint16 port, const DemoTls *tls, char **base,
          GError **error)
{
  g_autoptr(GSocketAddress) bound = NULL;
  int fd = open_socket(options, port, &bound, error);
  const struct MHD_OptionItem secrets[] = {
      {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? (void *)demo_tls_key(tls) : NULL},
      {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? (void *)demo_tls_cert(tls) : NULL},
      {MHD_OPTION_HTTPS_MEM_TRUST, 0, tls ? (void *)demo_tls_ca(tls) : NULL},
      {MHD_OPTION_END, 0, NULL},
  };

  if (fd < 0)
    return NULL;
  *base = base_address(tls ? "https" : "http", bound);
  struct MHD_Daemon *daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | (tls ? MHD_USE_TLS : 0u), 0,
      NULL, NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_done, http,
      MHD_OPTION_CONNECTION_LIMIT, 1000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 * 1024,
      MHD_OPTION_ARRAY, tls ? secrets : secrets + 3, MHD_OPTION_END);
  if (daemon)
    return daemon;
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, _("%s: the HTTP server did not start"), *base);
  close(fd);
  return NULL;
}

DemoHttp *
demo_http_start(DemoProvince *province, const DemoHttpOptions *options, GError **error)
{
  DemoHttp *http = g_new0(DemoHttp, 1);

  http->province = province;
  http->latency = options->latency;
  http->jitter = options->jitter;
  http->rand = g_rand_new_with_seed(options->seed);
  http->waiting = g_hash_table_new_full(NULL, NULL, NULL, drop_timer);
  http->tls = options->tls;
  g_mutex_init(&http->lock);
  g_mutex_init(&http->work);
  http->daemon = start_one(http, options, options->port, NULL, &province->base, error);
  if (http->daemon && options->tls)
    http->encrypted = start_one(http, options, 0, options->tls, &province->encrypted_base, error);
  if (http->daemon && (!options->tls || http->encrypted))
    return http;
  demo_http_stop(http);
  return NULL;
}

void
demo_http_stop(DemoHttp *http)
{
  GHashTableIter iter;
  gpointer connection;

  if (!http)
    return;
  g_mutex_lock(&http->lock);
  http->stopping = TRUE;
  g_hash_table_iter_init(&iter, http->waiting);
  while (g_hash_table_iter_next(&iter, &connection, NULL)) {
    g_hash_table_iter_remove(&iter);
    MHD_resume_connection(connection);
  }
  g_mutex_unlock(&http->lock);
  if (http->daemon)
    MHD_stop_daemon(http->daemon);
  if (http->encrypted)
    MHD_stop_daemon(http->encrypted);
  g_hash_table_unref(http->waiting);
  g_rand_free(http->rand);
  g_mutex_clear(&http->lock);
  g_mutex_clear(&http->work);
  g_free(http);
}

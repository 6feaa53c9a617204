/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-net-server.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

struct Server {
  int listener, port;
  GThread *acceptor;
  GPtrArray *threads; /* of the acceptor; read once it has ended */
  GMutex lock;
  GCond changed;
  GPtrArray *seen;
  GArray *sockets; /* every one accepted; -1 once it is closed */
  gboolean open, stopping;
  int waiting, most_waiting;
};

typedef struct {
  Server *server;
  int socket, number;
  GString *read;      /* bytes not used yet */
  gboolean dies_next; /* closes after it has read the next request, without an answer */
  gboolean dies_idle; /* closes as the next request begins to come */
  gboolean ends;      /* closes now */
} Connection;

static void
put(Connection *c, const char *bytes, gssize length)
{
  gsize left = length < 0 ? strlen(bytes) : (gsize)length;
  while (left > 0) {
    ssize_t sent = send(c->socket, bytes, left, MSG_NOSIGNAL);
    if (sent <= 0)
      return;
    bytes += sent;
    left -= (gsize)sent;
  }
}

static void
put_body(Connection *c, const char *head, const char *body, gsize length)
{
  g_autofree char *whole = g_strdup_printf("%s%sContent-Length: %zu\r\n\r\n", OK_HEAD, head, length);
  put(c, whole, -1);
  put(c, body, (gssize)length);
}

static void
answer_ok(Connection *c, const Seen *seen)
{
  (void)seen;
  put_body(c, "", "ok", 2);
}

static void
answer_echo(Connection *c, const Seen *seen)
{
  g_autofree char *all = g_strconcat(seen->head, seen->body, NULL);
  put_body(c, "", all, strlen(all));
}

static void
answer_nothing(Connection *c, const Seen *seen)
{
  (void)seen;
  c->ends = TRUE;
}

/* With no time to linger, closing resets. */
static void
answer_reset(Connection *c, const Seen *seen)
{
  struct linger now = {.l_onoff = 1};
  (void)seen;
  setsockopt(c->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  c->ends = TRUE;
}

static void
answer_then_die(Connection *c, const Seen *seen)
{
  answer_ok(c, seen);
  c->dies_next = TRUE;
}

static void
answer_then_die_idle(Connection *c, const Seen *seen)
{
  answer_ok(c, seen);
  c->dies_idle = TRUE;
}

static void
answer_part(Connection *c, const char *part)
{
  put(c, part, -1);
  c->ends = TRUE;
}

static void
answer_truncated(Connection *c, const Seen *seen)
{
  (void)seen;
  answer_part(c, OK_HEAD "Content-Length: 100\r\n\r\nten bytes.");
}

static void
answer_truncated_chunks(Connection *c, const Seen *seen)
{
  (void)seen;
  answer_part(c, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
}

static void
answer_half_head(Connection *c, const Seen *seen)
{
  (void)seen;
  answer_part(c, OK_HEAD "Content-Le");
}

static void
answer_not_http(Connection *c, const Seen *seen)
{
  (void)seen;
  answer_part(c, "SSH-2.0-OpenSSH_9.2\r\n");
}

static void
answer_chunked(Connection *c, const Seen *seen)
{
  (void)seen;
  put(c, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n",
      -1);
}

static void
answer_gzip(Connection *c, const char *text, gsize length)
{
  g_autoptr(GZlibCompressor) zip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autofree char *packed = g_malloc(length + 1024);
  gsize taken = 0, made = 0;
  g_converter_convert(G_CONVERTER(zip), text, length, packed, length + 1024, G_CONVERTER_INPUT_AT_END, &taken,
                      &made, NULL);
  put_body(c, "Content-Encoding: gzip\r\n", packed, made);
}

static void
answer_packed(Connection *c, const Seen *seen)
{
  (void)seen;
  answer_gzip(c, "unpacked", 8);
}

static void
answer_bomb(Connection *c, const Seen *seen)
{
  g_autofree char *zeros = g_malloc0(4 * 1024 * 1024);
  (void)seen;
  answer_gzip(c, zeros, 4 * 1024 * 1024);
}

static void
answer_garbage(Connection *c, const Seen *seen)
{
  (void)seen;
  put_body(c, "Content-Encoding: gzip\r\n", "not gzip at all", 15);
}

static void
answer_gate(Connection *c, const Seen *seen)
{
  Server *s = c->server;
  g_mutex_lock(&s->lock);
  s->waiting++;
  s->most_waiting = MAX(s->most_waiting, s->waiting);
  while (!s->open)
    g_cond_wait(&s->changed, &s->lock);
  s->waiting--;
  g_mutex_unlock(&s->lock);
  answer_ok(c, seen);
}

/* /go/STATUS?LOCATION; without one, to itself */
static void
answer_redirect(Connection *c, const Seen *seen)
{
  int status = atoi(seen->path + strlen("/go/"));
  const char *query = strchr(seen->path, '?');
  const char *to = query ? query + 1 : seen->path;
  g_autofree char *head = g_strdup_printf(
      "HTTP/1.1 %d Go\r\nLocation: %s\r\nSet-Cookie: hop=1\r\nContent-Length: 0\r\n\r\n", status, to);
  put(c, head, -1);
}

static void
answer_unchanged(Connection *c, const Seen *seen)
{
  (void)seen;
  put(c, "HTTP/1.1 304 Not Modified\r\nETag: \"7\"\r\n\r\n", -1);
}

static void
answer_headers(Connection *c, const Seen *seen)
{
  (void)seen;
  put(c,
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n" OK_HEAD "Set-Cookie: a=1\r\nX-Long: one\r\n two\r\n"
      "Set-Cookie: b=2\r\nX-Empty:\r\nX-Bytes: \xff\x1b\r\nset-cookie:  c=3 \r\nContent-Length: 0\r\n\r\n",
      -1);
}

static void
answer_many_headers(Connection *c, const Seen *seen)
{
  (void)seen;
  put(c, OK_HEAD, -1);
  for (int i = 0; i < 1100; i++)
    put(c, "X-A: b\r\n", -1);
  put(c, "Content-Length: 0\r\n\r\n", -1);
}

static void
answer_big_headers(Connection *c, const Seen *seen)
{
  g_autofree char *value = g_strnfill(32 * 1024, 'v');
  g_autofree char *line = g_strdup_printf("X-A: %s\r\n", value);
  (void)seen;
  put(c, OK_HEAD, -1);
  for (int i = 0; i < 9; i++)
    put(c, line, -1);
  put(c, "Content-Length: 0\r\n\r\n", -1);
}

static void
answer_megabyte(Connection *c, const Seen *seen)
{
  g_autofree char *body = g_strnfill(1024 * 1024, 'b');
  (void)seen;
  put_body(c, "", body, 1024 * 1024);
}

static const struct {
  const char *path;
  void (*answer)(Connection *, const Seen *);
} paths[] = {
    {"/ok", answer_ok},
    {"/echo", answer_echo},
    {"/nothing", answer_nothing},
    {"/reset", answer_reset},
    {"/then-die", answer_then_die},
    {"/then-die-idle", answer_then_die_idle},
    {"/truncated", answer_truncated},
    {"/truncated-chunks", answer_truncated_chunks},
    {"/half-head", answer_half_head},
    {"/not-http", answer_not_http},
    {"/chunked", answer_chunked},
    {"/packed", answer_packed},
    {"/bomb", answer_bomb},
    {"/garbage", answer_garbage},
    {"/gate", answer_gate},
    {"/go/", answer_redirect},
    {"/unchanged", answer_unchanged},
    {"/headers", answer_headers},
    {"/many-headers", answer_many_headers},
    {"/big-headers", answer_big_headers},
    {"/megabyte", answer_megabyte},
};

static void
answer(Connection *c, const Seen *seen)
{
  g_autofree char *path = g_strndup(seen->path, strcspn(seen->path, "?"));
  for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
    if (!strcmp(path, paths[i].path) || (!strcmp(paths[i].path, "/go/") && g_str_has_prefix(path, "/go/"))) {
      paths[i].answer(c, seen);
      return;
    }
  put(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", -1);
}

/* --- Reading --- */

static void
seen_free(gpointer data)
{
  Seen *seen = data;
  g_free(seen->path);
  g_free(seen->head);
  g_free(seen->body);
  g_free(seen);
}

static Seen *
seen_copy(const Seen *from)
{
  Seen *to = g_new(Seen, 1);
  *to = (Seen){from->connection, g_strdup(from->path), g_strdup(from->head), g_strdup(from->body)};
  return to;
}

static gboolean
more(Connection *c)
{
  char bytes[16384];
  ssize_t got = recv(c->socket, bytes, sizeof bytes, 0);
  if (got <= 0)
    return FALSE;
  g_string_append_len(c->read, bytes, got);
  return c->read->str[0] != 0x16; /* a TLS client greets: this is no TLS server */
}

static Seen *
read_request(Connection *c)
{
  char *end;
  while (!(end = strstr(c->read->str, "\r\n\r\n")))
    if (!more(c) || c->dies_idle)
      return NULL;
  gsize head = (gsize)(end + 4 - c->read->str);
  const char *length_line = strcasestr(c->read->str, "\r\ncontent-length:");
  gsize length =
      length_line && length_line < end ? (gsize)atol(length_line + strlen("\r\ncontent-length:")) : 0;
  while (c->read->len < head + length)
    if (!more(c))
      return NULL;
  Seen *seen = g_new0(Seen, 1);
  seen->connection = c->number;
  seen->head = g_strndup(c->read->str, head);
  seen->body = g_strndup(c->read->str + head, length);
  const char *path = strchr(seen->head, ' ') + 1;
  seen->path = g_strndup(path, strcspn(path, " "));
  g_string_erase(c->read, 0, (gssize)(head + length));
  return seen;
}

static gpointer
serve(gpointer data)
{
  Connection *c = data;
  Server *s = c->server;
  Seen *seen;
  while (!c->ends && (seen = read_request(c))) {
    g_mutex_lock(&s->lock);
    g_ptr_array_add(s->seen, seen_copy(seen));
    g_mutex_unlock(&s->lock);
    if (c->dies_next)
      c->ends = TRUE;
    else
      answer(c, seen);
    seen_free(seen);
  }
  g_mutex_lock(&s->lock);
  g_array_index(s->sockets, int, c->number - 1) = -1;
  close(c->socket);
  g_mutex_unlock(&s->lock);
  g_string_free(c->read, TRUE);
  g_free(c);
  return NULL;
}

static gpointer
accept_all(gpointer data)
{
  Server *s = data;
  int socket;
  while ((socket = accept(s->listener, NULL, NULL)) >= 0) {
    Connection *c = g_new0(Connection, 1);
    c->server = s;
    c->socket = socket;
    c->read = g_string_new(NULL);
    g_mutex_lock(&s->lock);
    g_array_append_val(s->sockets, socket);
    c->number = (int)s->sockets->len;
    g_mutex_unlock(&s->lock);
    g_ptr_array_add(s->threads, g_thread_new("connection", serve, c));
  }
  return NULL;
}

Server *
server_start(void)
{
  Server *s = g_new0(Server, 1);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  g_mutex_init(&s->lock);
  g_cond_init(&s->changed);
  s->seen = g_ptr_array_new_with_free_func(seen_free);
  s->sockets = g_array_new(FALSE, FALSE, sizeof(int));
  s->threads = g_ptr_array_new();
  s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(s->listener, (struct sockaddr *)&address, length) || listen(s->listener, 64) ||
      getsockname(s->listener, (struct sockaddr *)&address, &length))
    g_error("no listener on loopback");
  s->port = ntohs(address.sin_port);
  s->acceptor = g_thread_new("acceptor", accept_all, s);
  return s;
}

void
server_stop(Server *s)
{
  server_open_gate(s);
  shutdown(s->listener, SHUT_RDWR);
  g_thread_join(s->acceptor);
  g_mutex_lock(&s->lock);
  for (guint i = 0; i < s->sockets->len; i++)
    shutdown(g_array_index(s->sockets, int, i), SHUT_RDWR);
  g_mutex_unlock(&s->lock);
  for (guint i = 0; i < s->threads->len; i++)
    g_thread_join(g_ptr_array_index(s->threads, i));
  close(s->listener);
  g_ptr_array_unref(s->threads);
  g_array_unref(s->sockets);
  g_ptr_array_unref(s->seen);
  g_mutex_clear(&s->lock);
  g_cond_clear(&s->changed);
  g_free(s);
}

int
server_port(Server *s)
{
  return s->port;
}

GPtrArray *
server_seen(Server *s)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func(seen_free);
  g_mutex_lock(&s->lock);
  for (guint i = 0; i < s->seen->len; i++)
    g_ptr_array_add(copy, seen_copy(g_ptr_array_index(s->seen, i)));
  g_mutex_unlock(&s->lock);
  return copy;
}

int
server_count(Server *s, const char *path)
{
  g_autoptr(GPtrArray) seen = server_seen(s);
  int count = 0;
  for (guint i = 0; i < seen->len; i++)
    count += !strcmp(((Seen *)g_ptr_array_index(seen, i))->path, path);
  return count;
}

static int
locked_int(Server *s, const int *value)
{
  g_mutex_lock(&s->lock);
  int copy = *value;
  g_mutex_unlock(&s->lock);
  return copy;
}

int
server_connections(Server *s)
{
  g_mutex_lock(&s->lock);
  int count = (int)s->sockets->len;
  g_mutex_unlock(&s->lock);
  return count;
}

int
server_waiting(Server *s)
{
  return locked_int(s, &s->waiting);
}

int
server_most_waiting(Server *s)
{
  return locked_int(s, &s->most_waiting);
}

void
server_open_gate(Server *s)
{
  g_mutex_lock(&s->lock);
  s->open = TRUE;
  g_cond_broadcast(&s->changed);
  g_mutex_unlock(&s->lock);
}

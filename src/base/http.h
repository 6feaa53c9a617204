/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP requests and responses as plain values: what the connector layer makes and reads, and the net
 * layer carries. Neither knows the other. */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <glib.h>

typedef struct {
  char *name, *value;
} McHeader;

/* One piece of a body that is put together while it is sent. */
typedef struct {
  GBytes *bytes;   /* as they are, or */
  char *file;      /* a file's path, opened when the request leaves */
  gint64 size;     /* of the file: as many bytes are read; one that has fewer cannot be sent */
  gboolean base64; /* the file goes as RFC 4648 4 has it, without line breaks */
} McPiece;

/* Takes the body of an answer instead of memory. It belongs to whoever made the request and outlives the
 * transfer. */
typedef struct {
  /* The head of an answer is whole: TRUE takes its body, FALSE leaves it to memory. Once an answer. */
  gboolean (*begin)(gpointer data, int status, const GPtrArray *headers); /* McHeader */
  /* FALSE ends the transfer as one whose answer was lost. */
  gboolean (*write)(gpointer data, const guint8 *bytes, gsize length);
  gpointer data;
} McSink;

typedef struct {
  char *method;       /* "GET", "POST", ... */
  char *url;          /* absolute http(s) */
  GPtrArray *headers; /* McHeader; names and values are ASCII without CR or LF */
  GBytes *body;       /* NULL: none, or */
  GPtrArray *pieces;  /* McPiece, one after the other */
  McSink *sink;       /* borrowed; NULL: the answer's body goes to memory */
  gboolean mutating;  /* has an effect at the system: leaves at most once, follows no redirect */
  int timeout;    /* seconds for the whole exchange; 0: the pool's. With pieces or a sink: without a byte */
  gsize max_body; /* bytes of answer after decompression; 0: the pool's */
  gconstpointer made_by; /* its maker's own */
} McRequest;

McRequest *mc_request_new(const char *method, const char *url);
void mc_request_free(McRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McRequest, mc_request_free)
/* First of that name (ASCII case-insensitive) in a list of McHeader, or NULL. */
const char *mc_header_find(const GPtrArray *headers, const char *name);
/* FALSE (and nothing set) when name or value cannot be a header. Replaces one of the same name. */
gboolean mc_request_set_header(McRequest *request, const char *name, const char *value);
const char *mc_request_header(const McRequest *request, const char *name);
/* Append to the pieces; bytes are taken, the path is copied. */
void mc_request_add_bytes(McRequest *request, GBytes *bytes);
void mc_request_add_file(McRequest *request, const char *file, gint64 size, gboolean base64);
/* Bytes of its body, in memory or in pieces. */
gint64 mc_request_length(const McRequest *request);

/* What became of a request on the wire. */
typedef enum {
  MC_WIRE_ANSWERED, /* a whole response */
  MC_WIRE_NOT_SENT, /* failed before a byte of it left (refused, unresolved, TLS): no effect */
  MC_WIRE_LOST,     /* left, wholly or in part, and no whole answer came: effect unknown */
} McWire;

typedef struct {
  McWire wire;
  int status;            /* 0 unless answered */
  char *url;             /* the one that answered, after redirects */
  GPtrArray *headers;    /* McHeader */
  GBytes *body;          /* never NULL when answered */
  char *error;           /* translated reason when not answered */
  gboolean over_cap;     /* the answer was larger than allowed and was stopped: wire is LOST */
  gint64 sent, received; /* bytes on the wire */
} McResponse;

McResponse *mc_response_new(McWire wire);
McResponse *mc_response_ref(McResponse *response);
void mc_response_unref(McResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McResponse, mc_response_unref)
/* First header of that name (ASCII case-insensitive), or NULL. */
const char *mc_response_header(const McResponse *response, const char *name);

/* "https://host:port" in lower case with the default port left out, or NULL when `url` is not an absolute
 * http(s) URL or carries user information. New string. */
char *mc_url_origin(const char *url);
/* `reference` resolved against `base` (RFC 3986). New string or NULL. */
char *mc_url_resolve(const char *base, const char *reference);
/* An HTTP-date in any of its three forms (RFC 9110 5.6.7). */
gboolean mc_http_date(const char *value, gint64 *moment);
/* Seconds from now that a Retry-After value (seconds or HTTP-date, RFC 9110 10.2.3) asks for; -1 if none. */
gint64 mc_retry_after(const char *value, gint64 now);
/* The same of an answer. A date is by the clock of its Date header where it has one: two clocks may differ.
 */
gint64 mc_response_retry_after(const McResponse *response, gint64 now);

#endif

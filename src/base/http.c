/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and responses: construction, headers, and the delay that a server asks for. */
#include "base/http.h"
#include "motcua/clock.h"

#include <string.h>

#define MAX_WAIT (365 * 86400) /* seconds; no server means more */

static void
header_free(McHeader *header)
{
  g_free(header->name);
  g_free(header->value);
  g_free(header);
}

static McHeader *
find(const GPtrArray *headers, const char *name)
{
  for (guint i = 0; i < headers->len; i++) {
    McHeader *header = g_ptr_array_index(headers, i);
    if (!g_ascii_strcasecmp(header->name, name))
      return header;
  }
  return NULL;
}

/* A token of RFC 9110 5.6.2. */
static gboolean
is_token(const char *name)
{
  const char *at = name;

  while (*at && (g_ascii_isalnum(*at) || strchr("!#$%&'*+-.^_`|~", *at)))
    at++;
  return at > name && !*at;
}

static gboolean
is_field_value(const char *value)
{
  for (; *value; value++)
    if (*value != '\t' && ((guchar)*value < 0x20 || (guchar)*value >= 0x7F))
      return FALSE;
  return TRUE;
}

McRequest *
mc_request_new(const char *method, const char *url)
{
  McRequest *request = g_new0(McRequest, 1);

  request->method = g_strdup(method);
  request->url = g_strdup(url);
  request->headers = g_ptr_array_new_with_free_func((GDestroyNotify)header_free);
  return request;
}

void
mc_request_free(McRequest *request)
{
  if (!request)
    return;
  g_free(request->method);
  g_free(request->url);
  g_ptr_array_unref(request->headers);
  g_clear_pointer(&request->body, g_bytes_unref);
  g_clear_pointer(&request->pieces, g_ptr_array_unref);
  g_free(request);
}

static void
piece_free(gpointer data)
{
  McPiece *piece = data;

  g_clear_pointer(&piece->bytes, g_bytes_unref);
  g_free(piece->file);
  g_free(piece);
}

static McPiece *
piece_add(McRequest *request)
{
  McPiece *piece = g_new0(McPiece, 1);

  if (!request->pieces)
    request->pieces = g_ptr_array_new_with_free_func(piece_free);
  g_ptr_array_add(request->pieces, piece);
  return piece;
}

void
mc_request_add_bytes(McRequest *request, GBytes *bytes)
{
  piece_add(request)->bytes = bytes;
}

void
mc_request_add_file(McRequest *request, const char *file, gint64 size, gboolean base64)
{
  McPiece *piece = piece_add(request);

  piece->file = g_strdup(file);
  piece->size = size;
  piece->base64 = base64;
}

gint64
mc_request_length(const McRequest *request)
{
  gint64 length = request->body ? (gint64)g_bytes_get_size(request->body) : 0;

  for (guint i = 0; request->pieces && i < request->pieces->len; i++) {
    const McPiece *piece = g_ptr_array_index(request->pieces, i);
    gint64 size = piece->bytes ? (gint64)g_bytes_get_size(piece->bytes) : piece->size;
    length += piece->base64 ? (size + 2) / 3 * 4 : size;
  }
  return length;
}

gboolean
mc_request_set_header(McRequest *request, const char *name, const char *value)
{
  McHeader *header;

  if (!name || !value || !is_token(name) || !is_field_value(value))
    return FALSE;
  header = find(request->headers, name);
  if (!header) {
    header = g_new0(McHeader, 1);
    header->name = g_strdup(name);
    g_ptr_array_add(request->headers, header);
  }
  g_free(header->value);
  header->value = g_strdup(value);
  return TRUE;
}

const char *
mc_request_header(const McRequest *request, const char *name)
{
  const McHeader *header = find(request->headers, name);

  return header ? header->value : NULL;
}

McResponse *
mc_response_new(McWire wire)
{
  McResponse *response = g_atomic_rc_box_new0(McResponse);

  response->wire = wire;
  response->headers = g_ptr_array_new_with_free_func((GDestroyNotify)header_free);
  if (wire == MC_WIRE_ANSWERED)
    response->body = g_bytes_new_static("", 0);
  return response;
}

McResponse *
mc_response_ref(McResponse *response)
{
  return g_atomic_rc_box_acquire(response);
}

static void
response_clear(McResponse *response)
{
  g_free(response->url);
  g_free(response->error);
  g_ptr_array_unref(response->headers);
  g_clear_pointer(&response->body, g_bytes_unref);
}

void
mc_response_unref(McResponse *response)
{
  if (response)
    g_atomic_rc_box_release_full(response, (GDestroyNotify)response_clear);
}

const char *
mc_response_header(const McResponse *response, const char *name)
{
  const McHeader *header = find(response->headers, name);

  return header ? header->value : NULL;
}

/* "Sun, 06 Nov 1994", "Sunday, 06-Nov-94", "Sun Nov  6 1994" all hold the same three words after the day
 * name; a month's number, 0 if it is none. */
static int
month_number(const char *name)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

  for (int i = 0; i < 12; i++)
    if (!strncmp(name, months + 3 * i, 3))
      return i + 1;
  return 0;
}

/* The three forms of an HTTP-date (RFC 9110 5.6.7), put into one order and read by the one parser. */
gboolean
mc_http_date(const char *value, gint64 *moment)
{
  g_autoptr(GRegex) fixed = g_regex_new("^[A-Z][a-z]+, (\\d\\d)[ -]([A-Z][a-z][a-z])[ -](\\d{4}|\\d\\d) "
                                        "(\\d\\d:\\d\\d:\\d\\d) GMT$",
                                        0, 0, NULL);
  g_autoptr(GRegex) asctime =
      g_regex_new("^[A-Z][a-z]+ ([A-Z][a-z][a-z]) ([ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d) (\\d{4})$", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  gboolean is_fixed = g_regex_match(fixed, value, 0, &match);

  if (!is_fixed) {
    g_clear_pointer(&match, g_match_info_unref);
    if (!g_regex_match(asctime, value, 0, &match))
      return FALSE;
  }

  g_autofree char *day = g_match_info_fetch(match, is_fixed ? 1 : 2);
  g_autofree char *month = g_match_info_fetch(match, is_fixed ? 2 : 1);
  g_autofree char *time = g_match_info_fetch(match, is_fixed ? 4 : 3);
  g_autofree char *year = g_match_info_fetch(match, is_fixed ? 3 : 4);
  g_autofree char *plain = g_strdup_printf("%s-%d-%s %s", g_strchug(day), month_number(month), year, time);
  return mc_time_parse(plain, strlen(year) == 4 ? "%d-%m-%Y %H:%M:%S" : "%d-%m-%y %H:%M:%S", NULL, moment);
}

gint64
mc_retry_after(const char *value, gint64 now)
{
  guint64 seconds;
  gint64 moment;

  if (!value)
    return -1;
  if (g_ascii_isdigit(*value)) {
    for (const char *at = value; *at; at++)
      if (!g_ascii_isdigit(*at))
        return -1;
    seconds = g_ascii_strtoull(value, NULL, 10);
    return (gint64)MIN(seconds, MAX_WAIT);
  }
  if (!mc_http_date(value, &moment))
    return -1;
  return CLAMP(moment - now, 0, MAX_WAIT);
}

gint64
mc_response_retry_after(const McResponse *response, gint64 now)
{
  const char *date = mc_response_header(response, "Date");
  gint64 there;
  return mc_retry_after(mc_response_header(response, "Retry-After"),
                        date && mc_http_date(date, &there) ? there : now);
}

const char *
mc_header_find(const GPtrArray *headers, const char *name)
{
  const McHeader *header = find(headers, name);

  return header ? header->value : NULL;
}

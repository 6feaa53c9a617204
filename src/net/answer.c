/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl hands over one header line at a time, interim (1xx) heads and trailers included. Only the
 * final head is kept; trailers count against the cap and are dropped. A body is counted as it is
 * written, that is after decompression, so a small bomb meets the same cap as a large answer. */
#include "config.h"

#include <string.h>

#include "net/answer.h"

static void
header_free(gpointer data)
{
  McHeader *header = data;
  g_free(header->name);
  g_free(header->value);
  g_free(header);
}

static void
answer_reset(McAnswer *answer)
{
  answer->status = 0;
  answer->headers = g_ptr_array_new_with_free_func(header_free);
  answer->body = g_byte_array_new();
}

void
mc_answer_init(McAnswer *answer, gsize max_body, McSink *sink)
{
  *answer = (McAnswer){.max_body = max_body, .sink = sink};
  answer_reset(answer);
}

void
mc_answer_clear(McAnswer *answer)
{
  g_clear_pointer(&answer->headers, g_ptr_array_unref);
  g_clear_pointer(&answer->body, g_byte_array_unref);
}

/* "HTTP/1.1 200 OK" -> 200; 0 when it is not a status line. */
static int
status_of(const char *line)
{
  const char *space = g_str_has_prefix(line, "HTTP/") ? strchr(line, ' ') : NULL;
  return space ? (int)g_ascii_strtoull(space + 1, NULL, 10) : 0;
}

static void
add_header(McAnswer *answer, const char *line)
{
  const char *colon = strchr(line, ':');
  if (!colon)
    return;
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strchomp(g_strndup(line, colon - line));
  header->value = g_strstrip(g_strdup(colon + 1));
  g_ptr_array_add(answer->headers, header);
}

/* RFC 9112 5.2: a line that starts with a space goes on with the one before. */
static void
fold_header(McAnswer *answer, char *line)
{
  if (answer->headers->len == 0)
    return;
  McHeader *header = g_ptr_array_index(answer->headers, answer->headers->len - 1);
  g_autofree char *before = header->value;
  header->value = g_strchomp(g_strdup_printf("%s %s", before, g_strstrip(line)));
}

static void
take_line(McAnswer *answer, char *line)
{
  if (answer->whole)
    return; /* a trailer */
  if (g_str_has_prefix(line, "HTTP/")) {
    answer->status = status_of(line);
    g_ptr_array_set_size(answer->headers, 0);
  } else if (*line == '\0')
    answer->whole = answer->status >= 200;
  else if (*line == ' ' || *line == '\t')
    fold_header(answer, line);
  else
    add_header(answer, line);
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *data)
{
  McAnswer *answer = data;
  gsize length = size * count;
  answer->head_bytes += length;
  if (answer->head_bytes > MC_HEAD_BYTES || answer->headers->len >= MC_HEAD_LINES) {
    answer->over_cap = TRUE;
    return 0;
  }
  g_autofree char *line = g_utf8_make_valid(bytes, (gssize)length);
  gsize end = strcspn(line, "\r\n");
  line[end] = '\0';
  take_line(answer, line);
  return length;
}

/* Whether the body goes to the sink. */
static gboolean
is_sunk(McAnswer *answer)
{
  if (answer->sink && !answer->asked) {
    answer->asked = TRUE;
    answer->sunk = answer->sink->begin(answer->sink->data, answer->status, answer->headers);
  }
  return answer->sunk;
}

static size_t
on_body(char *bytes, size_t size, size_t count, void *data)
{
  McAnswer *answer = data;
  gsize length = size * count;
  if (is_sunk(answer))
    return answer->sink->write(answer->sink->data, (const guint8 *)bytes, length) ? length : 0;
  if (length > answer->max_body - answer->body->len) {
    answer->over_cap = TRUE;
    return 0;
  }
  g_byte_array_append(answer->body, (const guint8 *)bytes, (guint)length);
  return length;
}

void
mc_answer_collect(McAnswer *answer, CURL *easy)
{
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, answer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
}

const char *
mc_answer_header(const McAnswer *answer, const char *name)
{
  for (guint i = 0; i < answer->headers->len; i++) {
    const McHeader *header = g_ptr_array_index(answer->headers, i);
    if (!g_ascii_strcasecmp(header->name, name))
      return header->value;
  }
  return NULL;
}

void
mc_answer_give(McAnswer *answer, McResponse *response)
{
  is_sunk(answer); /* an empty file has its head, too */
  response->status = answer->status;
  g_clear_pointer(&response->headers, g_ptr_array_unref);
  response->headers = g_steal_pointer(&answer->headers);
  if (answer->body->len == 0)
    return; /* what it was made with has an address, too */
  g_clear_pointer(&response->body, g_bytes_unref);
  response->body = g_byte_array_free_to_bytes(g_steal_pointer(&answer->body));
}

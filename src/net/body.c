/* SPDX-License-Identifier: Apache-2.0 */
/* The files are opened before a byte leaves: one that is missing stops the request while nothing has
 * happened yet. A file that shrinks on the way breaks the request off: its length was already said. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "net/body.h"

#define RAW_BLOCK  (3 * 4096) /* becomes whole groups of base64 */
#define TEXT_BLOCK (4 * 4096)

struct McPieces {
  GPtrArray *pieces;
  int *fds;      /* one a piece, -1 where it is no file */
  guint index;   /* of the piece that is read */
  gint64 offset; /* in its bytes or file */
  guint8 text[TEXT_BLOCK];
  gsize text_at, text_len; /* encoded and not handed out */
};

static int
open_piece(const McPiece *piece, char **why)
{
  struct stat info;
  int fd = open(piece->file, O_RDONLY | O_CLOEXEC);
  gboolean whole = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size >= piece->size;
  if (whole)
    return fd;
  g_autofree char *name = mc_text_clean(piece->file, -1);
  *why = g_strdup_printf(_("%s cannot be sent: %s"), name,
                         fd < 0 ? g_strerror(errno) : _("it is not as long as it was"));
  if (fd >= 0)
    close(fd);
  return -1;
}

McPieces *
mc_pieces_open(GPtrArray *pieces, char **why)
{
  McPieces *body = g_new0(McPieces, 1);
  body->pieces = g_ptr_array_ref(pieces);
  body->fds = g_new(int, MAX(pieces->len, 1));
  for (guint i = 0; i < pieces->len; i++)
    body->fds[i] = -1;
  for (guint i = 0; i < pieces->len; i++) {
    const McPiece *piece = pieces->pdata[i];
    if (piece->file && (body->fds[i] = open_piece(piece, why)) < 0) {
      mc_pieces_free(body);
      return NULL;
    }
  }
  return body;
}

void
mc_pieces_free(McPieces *body)
{
  if (!body)
    return;
  for (guint i = 0; i < body->pieces->len; i++)
    if (body->fds[i] >= 0)
      close(body->fds[i]);
  g_ptr_array_unref(body->pieces);
  g_free(body->fds);
  g_free(body);
}

/* As many bytes of the piece's file as there are, up to `size`: 0 at its end, -1 when it broke. */
static gssize
read_file(McPieces *body, const McPiece *piece, guint8 *into, gsize size)
{
  gsize want = (gsize)MIN((gint64)size, piece->size - body->offset), got = 0;
  while (got < want) {
    gssize n = pread(body->fds[body->index], into + got, want - got, body->offset + (gint64)got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return -1;
    got += (gsize)n;
  }
  body->offset += (gint64)got;
  return (gssize)got;
}

static gssize
read_base64(McPieces *body, const McPiece *piece, guint8 *into, gsize size)
{
  if (body->text_at == body->text_len) {
    guint8 raw[RAW_BLOCK];
    gssize n = read_file(body, piece, raw, sizeof raw);
    if (n <= 0)
      return n;
    g_autofree char *text = g_base64_encode(raw, (gsize)n);
    body->text_at = 0;
    body->text_len = strlen(text);
    memcpy(body->text, text, body->text_len);
  }
  gsize n = MIN(size, body->text_len - body->text_at);
  memcpy(into, body->text + body->text_at, n);
  body->text_at += n;
  return (gssize)n;
}

static gssize
read_bytes(McPieces *body, const McPiece *piece, guint8 *into, gsize size)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data(piece->bytes, &length);
  gsize n = MIN(size, length - (gsize)body->offset);
  if (n > 0)
    memcpy(into, bytes + body->offset, n);
  body->offset += (gint64)n;
  return (gssize)n;
}

gssize
mc_pieces_read(McPieces *body, guint8 *into, gsize size)
{
  for (; size > 0 && body->index < body->pieces->len; body->index++, body->offset = 0) {
    const McPiece *piece = body->pieces->pdata[body->index];
    gssize n = piece->bytes    ? read_bytes(body, piece, into, size)
               : piece->base64 ? read_base64(body, piece, into, size)
                               : read_file(body, piece, into, size);
    if (n != 0)
      return n;
  }
  return 0;
}

static size_t
on_read(char *into, size_t size, size_t count, void *data)
{
  gssize n = mc_pieces_read(data, (guint8 *)into, size * count);
  return n < 0 ? CURL_READFUNC_ABORT : (size_t)n;
}

/* libcurl starts over where a connection died before it took anything, and after a redirect of its own. */
static int
on_seek(void *data, curl_off_t offset, int origin)
{
  McPieces *body = data;
  if (offset != 0 || origin != SEEK_SET)
    return CURL_SEEKFUNC_CANTSEEK;
  body->index = 0;
  body->offset = 0;
  body->text_at = body->text_len = 0;
  return CURL_SEEKFUNC_OK;
}

void
mc_pieces_give(McPieces *body, gint64 length, CURL *easy)
{
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, body);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, body);
}

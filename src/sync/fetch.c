/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching an attached file into the cache. Its directory is named after the item and the file's key; there
 * stand `part`, what has come of it, `part.of`, the validator that came with it, and in the end the file
 * under a name that is safe here. What came stays when the fetch breaks off, whatever ends this process; the
 * part is locked while somebody writes it. Nothing is the file before its size and hash are what the system
 * says. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "motcua/file.h"
#include "motcua/i18n.h"

#define STEP (64 * 1024) /* bytes: what counts as getting on, and is told */

typedef struct {
  McEngine *engine;
  McTicket ticket;
  char *id, *key;
  McSystem *system;
  McRun *run;
  McItem *item;
  const McAttachment *file; /* of the item */
  char *dir, *part, *note, *path;
  int fd;
  gint64 have, began, total, told; /* bytes; began: when the present request left */
  char *validator;
  gboolean begun;  /* the present answer is the file */
  gboolean glued;  /* it is of more than one answer */
  gboolean again;  /* it was all fetched once more */
  GError *trouble; /* why writing stopped */
  McSink sink;
} Fetch;

static void
fetch_free(gpointer data)
{
  Fetch *f = data;
  if (f->fd >= 0)
    close(f->fd);
  mc_item_free(f->item);
  g_free(f->id);
  g_free(f->key);
  g_free(f->dir);
  g_free(f->part);
  g_free(f->note);
  g_free(f->path);
  g_free(f->validator);
  g_clear_error(&f->trouble);
  g_free(f);
}

/* Takes the error; NULL: the file is there. */
static void
fetch_end(Fetch *f, GError *error)
{
  McEvent *event = mc_event_new(MC_EVENT_REPLY, NULL);
  event->ticket = f->ticket;
  event->error = error;
  event->text = error ? NULL : g_strdup(f->path);
  g_ptr_array_remove_fast(f->engine->fetches, f);
  mc_engine_emit(f->engine, event);
  fetch_free(f);
}

static GError *
file_error(const Fetch *f, int problem)
{
  return g_error_new(MC_ERROR, MC_ERROR_STORE, _("%s could not be written: %s"), f->part,
                     g_strerror(problem));
}

/* --- the body --- */

static void
tell(Fetch *f)
{
  McEvent *event = mc_event_new(MC_EVENT_FILE, f->system->name);
  event->ticket = f->ticket;
  event->done = f->told = f->have;
  event->total = f->total;
  mc_engine_emit(f->engine, event);
}

/* What is kept next to the part tells whether it may be continued; it is there before a byte of it is. */
static gboolean
note_validator(Fetch *f)
{
  if (f->validator)
    return mc_file_replace(f->note, f->validator, -1, &f->trouble);
  if (unlink(f->note) == 0 || errno == ENOENT)
    return TRUE;
  f->trouble = file_error(f, errno);
  return FALSE;
}

static gboolean
sink_begin(gpointer data, int status, const GPtrArray *headers)
{
  Fetch *f = data;
  McFetchHead head;
  if (!mc_fetch_begin(mc_run_exchange(f->run), status, headers, &head))
    return FALSE;
  g_free(f->validator);
  f->validator = head.validator;
  f->begun = TRUE;
  f->glued |= head.offset > 0;
  f->total = head.total >= 0 ? head.total : f->file->size;
  if (head.offset == 0 && f->have > 0 && ftruncate(f->fd, 0) < 0)
    f->trouble = file_error(f, errno);
  f->have = f->began = head.offset;
  if (!f->trouble && head.offset == 0)
    note_validator(f);
  return TRUE;
}

static gboolean
sink_write(gpointer data, const guint8 *bytes, gsize length)
{
  Fetch *f = data;
  gint64 max = mc_fetch_max(mc_run_exchange(f->run));
  if (!f->trouble && f->have + (gint64)length > max)
    f->trouble = g_error_new(MC_ERROR, MC_ERROR_PROTOCOL, _("%s: %s is larger than the connector allows"),
                             f->system->name, f->file->name);
  while (length > 0 && !f->trouble) {
    gssize n = pwrite(f->fd, bytes, length, f->have);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      f->trouble = file_error(f, n < 0 ? errno : ENOSPC);
      break;
    }
    bytes += n;
    length -= (gsize)n;
    f->have += n;
  }
  if (f->have - f->told >= STEP || f->have < f->told)
    tell(f);
  return f->trouble == NULL;
}

/* --- whether it is the file --- */

static char *
hash_of(int fd)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc(STEP);
  gint64 at = 0;
  gssize n;
  while ((n = pread(fd, block, STEP, at)) > 0) {
    g_checksum_update(sum, block, n);
    at += n;
  }
  return n < 0 ? NULL : g_strdup(g_checksum_get_string(sum));
}

static gboolean
is_whole(const Fetch *f, int fd, GError **error)
{
  struct stat info;
  g_autofree char *hash = f->file->sha256 ? hash_of(fd) : NULL;
  if (fstat(fd, &info) == 0 && f->file->size >= 0 && info.st_size != f->file->size)
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL, _("%s: %s has %ld bytes, and should have %ld"),
                f->system->name, f->file->name, (long)info.st_size, (long)f->file->size);
  else if (f->file->sha256 && (!hash || g_ascii_strcasecmp(hash, f->file->sha256) != 0))
    g_set_error(error, MC_ERROR, MC_ERROR_PROTOCOL,
                _("%s: %s is not what the system says it is (its SHA-256 differs)"), f->system->name,
                f->file->name);
  else
    return TRUE;
  return FALSE;
}

static void
forget_part(Fetch *f)
{
  if (ftruncate(f->fd, 0) < 0)
    g_warning("%s: %s", f->part, g_strerror(errno));
  unlink(f->note);
  g_clear_pointer(&f->validator, g_free);
  f->have = 0;
}

/* --- the run --- */

static void fetch_start(Fetch *f);

static gboolean
fetch_before_send(McRun *run, McRequest *request, gpointer data, GError **error)
{
  Fetch *f = data;
  (void)run, (void)error;
  f->begun = FALSE;
  f->began = f->have;
  request->sink = &f->sink;
  return TRUE;
}

static gboolean
fetch_after_feed(McRun *run, const McVerdict *verdict, gpointer data, GError **error)
{
  Fetch *f = data;
  (void)verdict;
  if (f->trouble) {
    g_propagate_error(error, g_steal_pointer(&f->trouble));
    return FALSE;
  }
  if (f->begun)
    mc_fetch_have(mc_run_exchange(run), f->have, f->validator);
  if (f->begun && f->have - f->began >= STEP)
    mc_run_progressed(run);
  return TRUE;
}

static gboolean
place(Fetch *f, GBytes *content)
{
  gsize length = 0;
  const guint8 *bytes = content ? g_bytes_get_data(content, &length) : NULL;
  if (content) {
    forget_part(f);
    if (!sink_write(f, bytes, length))
      return FALSE;
  }
  if (fsync(f->fd) < 0)
    f->trouble = file_error(f, errno);
  return f->trouble == NULL;
}

static void
fetch_done(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Fetch *f = data;
  GError *bad = error ? g_error_copy(error) : NULL;
  g_autoptr(GBytes) content = error ? NULL : mc_fetch_take_content(exchange);
  f->run = run;
  if (!bad && !place(f, content))
    bad = g_steal_pointer(&f->trouble);
  if (!bad && !is_whole(f, f->fd, &bad)) {
    forget_part(f);
    if (f->glued && !f->again) { /* the parts were not of one file after all */
      g_clear_error(&bad);
      f->again = TRUE;
      f->glued = FALSE;
      fetch_start(f);
      return;
    }
  }
  if (!bad && rename(f->part, f->path) < 0)
    bad = file_error(f, errno);
  if (!bad)
    unlink(f->note);
  f->run = NULL;
  fetch_end(f, bad);
}

static void
fetch_start(Fetch *f)
{
  static const McRunHooks hooks = {
      .before_send = fetch_before_send, .after_feed = fetch_after_feed, .end = fetch_done};
  GError *error = NULL;
  McExchange *exchange = mc_fetch_new(f->system->binding, f->item, f->file, &error);
  if (!exchange) {
    fetch_end(f, error);
    return;
  }
  mc_fetch_have(exchange, f->have, f->validator);
  f->run = mc_run_start(f->system, exchange, TRUE, TRUE, &hooks, f);
}

/* --- before it: the cache, the list --- */

/* What an earlier try left. FALSE with errno. */
static gboolean
open_part(Fetch *f)
{
  struct stat info;
  f->fd = open(f->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (f->fd < 0 || flock(f->fd, LOCK_EX | LOCK_NB) < 0 || fstat(f->fd, &info) < 0)
    return FALSE;
  f->have = info.st_size;
  if (!g_file_get_contents(f->note, &f->validator, NULL, NULL))
    forget_part(f);
  return TRUE;
}

static gboolean
prepare(Fetch *f, GError **error)
{
  g_autofree char *identity = g_strconcat(f->id, "\n", f->key, NULL);
  g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);
  g_autofree char *files = mc_home_path(f->engine->home, MC_DIR_CACHE, "files");
  g_autofree char *name = mc_file_safe_name(f->file->name);
  hash[32] = '\0';
  f->dir = g_build_filename(files, hash, NULL);
  f->part = g_build_filename(f->dir, "part", NULL);
  f->note = g_build_filename(f->dir, "part.of", NULL);
  g_autofree char *own = g_build_filename(f->dir, "file", NULL);
  f->path = g_build_filename(own, name, NULL);
  if (g_mkdir_with_parents(own, 0700) == 0 && open_part(f))
    return TRUE;
  if (f->fd >= 0 && errno == EWOULDBLOCK)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED, _("%s is being fetched already"), f->file->name);
  else
    g_propagate_error(error, file_error(f, errno));
  return FALSE;
}

/* Whether it was fetched before, and is still the same. */
static gboolean
is_there(Fetch *f)
{
  int fd = f->file->sha256 ? open(f->path, O_RDONLY | O_CLOEXEC) : -1;
  gboolean whole = fd >= 0 && is_whole(f, fd, NULL);
  if (fd >= 0)
    close(fd);
  return whole;
}

static const McAttachment *
find_file(const Fetch *f)
{
  for (guint i = 0; i < f->item->attachments->len; i++) {
    const McAttachment *file = g_ptr_array_index(f->item->attachments, i);
    if (g_str_equal(file->key, f->key))
      return file;
  }
  return NULL;
}

static void
listed(McRun *run, McExchange *exchange, GError *error, gpointer data)
{
  Fetch *f = data;
  GError *bad = error ? g_error_copy(error) : NULL;
  gboolean gone = FALSE;
  (void)run;
  f->run = NULL;
  f->item = bad ? NULL : mc_detail_take(exchange, &gone);
  f->file = f->item ? find_file(f) : NULL;
  if (!bad && !f->file)
    bad = g_error_new(MC_ERROR, MC_ERROR_NOT_FOUND, _("%s has no such file any more"), f->id);
  if (bad || !prepare(f, &bad)) {
    fetch_end(f, bad);
    return;
  }
  f->total = f->file->size;
  if (!is_there(f)) {
    fetch_start(f);
    return;
  }
  unlink(f->part);
  unlink(f->note);
  fetch_end(f, NULL);
}

typedef struct {
  McTicket ticket;
  char *id, *key;
} Ask;

static void
ask_free(gpointer data)
{
  Ask *ask = data;
  g_free(ask->id);
  g_free(ask->key);
  g_free(ask);
}

static void
fetch_work(McEngine *engine, gpointer data)
{
  static const McRunHooks hooks = {.end = listed};
  Ask *ask = data;
  GError *error = NULL;
  g_autofree char *name = mc_item_id_system(ask->id);
  McSystem *system = mc_engine_system_get(engine, name);
  g_autoptr(McItem) item = system ? mc_store_item(engine->store, ask->id, &error) : NULL;
  if (!system)
    error = g_error_new(MC_ERROR, MC_ERROR_NOT_FOUND, _("There is no system “%s”."), name ? name : ask->id);
  if (!item) {
    mc_engine_reply(engine, ask->ticket, error);
    return;
  }
  Fetch *f = g_new0(Fetch, 1);
  f->engine = engine;
  f->ticket = ask->ticket;
  f->id = g_strdup(ask->id);
  f->key = g_strdup(ask->key);
  f->system = system;
  f->fd = -1;
  f->sink = (McSink){sink_begin, sink_write, f};
  g_ptr_array_add(engine->fetches, f);
  f->run = mc_run_start(system, mc_detail_new(system->binding, item), TRUE, TRUE, &hooks, f);
}

McTicket
mc_engine_fetch(McEngine *engine, const char *id, const char *key)
{
  Ask *ask = g_new0(Ask, 1);
  McTicket ticket = ask->ticket = mc_engine_ticket(engine);
  ask->id = g_strdup(id);
  ask->key = g_strdup(key);
  mc_engine_post(engine, fetch_work, ask, ask_free);
  return ticket;
}

static void
stop_work(McEngine *engine, gpointer data)
{
  McTicket ticket = *(McTicket *)data;
  for (guint i = 0; i < engine->fetches->len; i++) {
    Fetch *f = g_ptr_array_index(engine->fetches, i);
    if (f->ticket == ticket && f->run) {
      mc_run_cancel(f->run);
      return;
    }
  }
}

void
mc_engine_fetch_stop(McEngine *engine, McTicket ticket)
{
  McTicket *copy = g_new(McTicket, 1);
  *copy = ticket;
  mc_engine_post(engine, stop_work, copy, g_free);
}

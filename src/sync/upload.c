/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a person gave to an action: copied to data/files/SHA256 and on disk before the action is, so
 * that what was accepted is sent as it was, whatever becomes of the original. They are shared by hash and go
 * when no unsettled action names them. Between processes the directory's lock keeps the sweep of one from
 * what another has stored and not yet put into the outbox. */
#include "config.h"
#include "sync/sync.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "motcua/file.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define BLOCK     (128 * 1024)
#define TEMPORARY ".new-"

static char *
store_path(McEngine *engine, const char *name)
{
  g_autofree char *dir = mc_home_path(engine->home, MC_DIR_DATA, "files");
  return name ? g_build_filename(dir, name, NULL) : g_steal_pointer(&dir);
}

static gboolean
not_stored(const char *path, int problem, GError **error)
{
  g_autofree char *name = mc_text_clean(path, -1);
  g_set_error(error, MC_ERROR, MC_ERROR_STORE,
              _("NOT taken, nothing was changed. %s could not be stored: %s"), name, g_strerror(problem));
  return FALSE;
}

/* --- the lock --- */

/* FALSE with errno where it could not be had. */
static gboolean
lock_store(McEngine *engine)
{
  g_autofree char *dir = store_path(engine, NULL);
  if (engine->upload_lock >= 0)
    return TRUE;
  if (g_mkdir_with_parents(dir, 0700) < 0)
    return FALSE;
  engine->upload_lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return engine->upload_lock >= 0 && flock(engine->upload_lock, LOCK_SH) == 0;
}

void
mc_upload_taken(McEngine *engine)
{
  if (engine->upload_lock < 0)
    return;
  close(engine->upload_lock);
  engine->upload_lock = -1;
  mc_upload_sweep(engine);
}

/* --- taking one --- */

typedef struct {
  const char *path; /* the person's */
  int from, to;     /* to: -1 where it is only read */
  gint64 size;
  char *temporary;
  char hash[65];
} Copy;

static gboolean
write_all(int fd, const guint8 *bytes, gsize length)
{
  while (length > 0) {
    gssize n = write(fd, bytes, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    bytes += n;
    length -= (gsize)n;
  }
  return TRUE;
}

/* FALSE with errno. */
static gboolean
copy_bytes(Copy *copy)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc(BLOCK);
  gssize n;
  copy->size = 0;
  while ((n = read(copy->from, block, BLOCK)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 || (copy->to >= 0 && !write_all(copy->to, block, (gsize)n)))
      return FALSE;
    g_checksum_update(sum, block, n);
    copy->size += n;
  }
  g_strlcpy(copy->hash, g_checksum_get_string(sum), sizeof copy->hash);
  return TRUE;
}

/* Under its hash, durable: the bytes first, then the name. */
static gboolean
keep_copy(McEngine *engine, Copy *copy)
{
  g_autofree char *path = store_path(engine, copy->hash);
  return fsync(copy->to) == 0 && rename(copy->temporary, path) == 0 && fsync(engine->upload_lock) == 0;
}

static gboolean
store_copy(McEngine *engine, Copy *copy, GError **error)
{
  copy->temporary = store_path(engine, TEMPORARY "XXXXXX");
  copy->to = lock_store(engine) ? g_mkstemp_full(copy->temporary, O_WRONLY | O_CLOEXEC, 0600) : -1;
  gboolean stored = copy->to >= 0 && copy_bytes(copy) && keep_copy(engine, copy);
  int problem = errno;
  if (copy->to >= 0)
    close(copy->to);
  if (!stored)
    unlink(copy->temporary);
  g_free(copy->temporary);
  return stored || not_stored(copy->path, problem, error);
}

static gboolean
open_given(const McInput *input, Copy *copy, GError **error)
{
  struct stat info;
  copy->from = open(copy->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (copy->from >= 0 && fstat(copy->from, &info) == 0 && S_ISREG(info.st_mode)) {
    g_autofree char *name = g_path_get_basename(copy->path);
    return mc_input_check_file(input, name, mc_file_type_of(name), info.st_size, error);
  }
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s: “%s” cannot be read: %s"), input->name, copy->path,
              copy->from < 0 ? g_strerror(errno) : _("it is no file"));
  return FALSE;
}

static char *
describe(const Copy *copy)
{
  g_autofree char *base = g_path_get_basename(copy->path);
  g_autofree char *name = g_utf8_make_valid(base, -1);
  g_autofree char *size = g_strdup_printf("%" G_GINT64_FORMAT, copy->size);
  cJSON *file = cJSON_CreateObject();
  cJSON_AddStringToObject(file, "name", name);
  cJSON_AddStringToObject(file, "type", mc_file_type_of(name));
  cJSON_AddItemToObject(file, "size", cJSON_CreateRaw(size));
  cJSON_AddStringToObject(file, "sha256", copy->hash);
  char *printed = cJSON_PrintUnformatted(file), *text = g_strdup(printed);
  cJSON_free(printed);
  cJSON_Delete(file);
  return text;
}

static gboolean
take_one(McEngine *engine, const McInput *input, GHashTable *fields, gboolean keep, GError **error)
{
  const char *value = g_hash_table_lookup(fields, input->name);
  g_autofree char *path = value ? g_strstrip(g_strdup(value)) : NULL;
  if (!path || !*path)
    return TRUE;
  if (g_str_has_prefix(path, "~/")) {
    char *whole = g_build_filename(g_get_home_dir(), path + 2, NULL);
    g_free(path);
    path = whole;
  }
  Copy copy = {.path = path, .to = -1};
  gboolean taken = open_given(input, &copy, error);
  if (taken && keep)
    taken = store_copy(engine, &copy, error);
  else if (taken && !copy_bytes(&copy))
    taken = not_stored(path, errno, error);
  if (copy.from >= 0)
    close(copy.from);
  if (taken && input->max && copy.size > input->max) /* it grew */
    taken = mc_input_check_file(input, path, mc_file_type_of(path), copy.size, error);
  if (taken)
    g_hash_table_replace(fields, g_strdup(input->name), describe(&copy));
  return taken;
}

gboolean
mc_upload_take(McEngine *engine, const McForm *form, GHashTable *fields, gboolean keep, GError **error)
{
  for (guint i = 0; i < form->inputs->len; i++) {
    const McInput *input = g_ptr_array_index(form->inputs, i);
    if (input->type == MC_INPUT_FILE && !take_one(engine, input, fields, keep, error))
      return FALSE;
  }
  return TRUE;
}

/* --- their use and their end --- */

void
mc_upload_find(McEngine *engine, McRequest *request)
{
  for (guint i = 0; request->pieces && i < request->pieces->len; i++) {
    McPiece *piece = g_ptr_array_index(request->pieces, i);
    if (!piece->file || g_path_is_absolute(piece->file))
      continue;
    char *path = store_path(engine, piece->file);
    g_free(piece->file);
    piece->file = path;
  }
}

static void
sweep_one(McEngine *engine, const char *dir, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(dir, name, NULL);
  gboolean needed = FALSE;
  if (!g_str_has_prefix(name, TEMPORARY) && !mc_store_out_needs(engine->store, name, &needed, &error))
    g_warning("%s", error->message);
  else if (!needed && unlink(path) < 0)
    g_warning("%s: %s", path, g_strerror(errno));
}

/* Where another process is storing one, its own sweep follows. */
void
mc_upload_sweep(McEngine *engine)
{
  g_autofree char *path = store_path(engine, NULL);
  g_autoptr(GDir) dir = engine->upload_lock < 0 ? g_dir_open(path, 0, NULL) : NULL;
  int fd = dir ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  const char *name;
  if (fd < 0)
    return;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0)
    while ((name = g_dir_read_name(dir)))
      sweep_one(engine, path, name);
  close(fd);
}

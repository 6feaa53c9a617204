/* SPDX-License-Identifier: Apache-2.0 */
/* Making, checking and migrating a file (schema.h). Opening costs a few reads of the header and the schema;
 * nothing is counted or verified, so that it takes the same time at a million items. */
#include "config.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include "motcua/error.h"
#include "motcua/i18n.h"

typedef struct {
  gint64 application_id, version;
} Header;

static gboolean
read_header(McDb *db, Header *header, GError **error)
{
  return mc_db_int(db, error, 0, &header->application_id, "PRAGMA application_id", "") &&
         mc_db_int(db, error, 0, &header->version, "PRAGMA user_version", "");
}

static int
latest(const McSchema *schema)
{
  return (int)g_strv_length((char **)schema->steps);
}

static gboolean
refuse_newer(McDb *db, const McSchema *schema, gint64 version, GError **error)
{
  g_autofree char *writer = NULL;
  mc_db_text(db, NULL, &writer, "SELECT value FROM meta WHERE name = 'written_by'", "");
  g_set_error(
      error, MC_ERROR, MC_ERROR_STORE,
      _("%s was written by motcua %s (format %d); this is motcua %s, which knows format %d. Use the newer "
        "program, or another MOTCUA_HOME."),
      mc_db_path(db), writer ? writer : "?", (int)version, PACKAGE_VERSION, latest(schema));
  return FALSE;
}

/* Whether the file is current; *work says that it has to be made or migrated. */
static gboolean
check(McDb *db, const McSchema *schema, Header *header, gboolean *work, GError **error)
{
  gint64 pages;
  if (!read_header(db, header, error) || !mc_db_int(db, error, 0, &pages, "PRAGMA page_count", ""))
    return FALSE;
  *work = pages == 0 || header->version < latest(schema);
  if (pages == 0)
    return TRUE;
  if (header->application_id != schema->application_id && header->version + header->application_id != 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, _("%s is not a file of motcua; move it away."),
                mc_db_path(db));
    return FALSE;
  }
  if (header->version > latest(schema))
    return refuse_newer(db, schema, header->version, error);
  gint64 tables;
  return mc_db_int(db, error, 0, &tables, "SELECT count(*) FROM sqlite_schema", "");
}

static gboolean
copy_before(McDb *db, gint64 version, GError **error)
{
  g_autofree char *copy = g_strdup_printf("%s.v%d", mc_db_path(db), (int)version);
  int fd;

  g_unlink(copy);
  fd = g_open(copy, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", copy, g_strerror(errno));
    return FALSE;
  }
  close(fd);
  return mc_db_run(db, error, "VACUUM INTO ?", "t", copy);
}

static gboolean
apply_steps(McDb *db, const McSchema *schema, gint64 version, GError **error)
{
  g_autofree char *stamp = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                           schema->application_id, latest(schema));
  for (int step = (int)version; schema->steps[step]; step++)
    if (!mc_db_script(db, schema->steps[step], error))
      return FALSE;
  return mc_db_script(db, stamp, error) &&
         mc_db_run(db, error, "INSERT OR REPLACE INTO meta(name, value) VALUES('written_by', ?)", "t",
                   PACKAGE_VERSION);
}

/* Under the lock: another process may have been faster. */
static gboolean
bring_up(McDb *db, const McSchema *schema, GError **error)
{
  Header header;
  gboolean work;

  if (!check(db, schema, &header, &work, error))
    return FALSE;
  if (!work)
    return TRUE;
  if (header.version > 0 ? !copy_before(db, header.version, error)
                         : !mc_db_script(db, schema->journal, error))
    return FALSE;
  if (!mc_db_begin(db, TRUE, error))
    return FALSE;
  if (!apply_steps(db, schema, header.version, error)) {
    mc_db_rollback(db);
    return FALSE;
  }
  return mc_db_commit(db, error);
}

static gboolean
make_file(const char *path, GError **error)
{
  int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    int code = errno;
    if (g_access(path, R_OK) == 0)
      return TRUE;
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", path, g_strerror(code));
    return FALSE;
  }
  close(fd);
  return TRUE;
}

static McDb *
open_once(const McSchema *schema, McHome *home, McLock *lock, gboolean *damaged, GError **error)
{
  g_autofree char *path = mc_home_path(home, MC_DIR_DATA, schema->file);
  g_autoptr(McDb) db = NULL;
  Header header;
  gboolean work, good;

  *damaged = FALSE;
  if (!make_file(path, error) || !(db = mc_db_open(path, FALSE, error)))
    return NULL;
  good = mc_db_script(db, schema->connection, error) && check(db, schema, &header, &work, error);
  if (good && work && (good = mc_lock_take(lock, error))) {
    good = bring_up(db, schema, error);
    mc_lock_release(lock);
  }
  *damaged = !good && mc_db_is_corrupt(db);
  return good ? g_steal_pointer(&db) : NULL;
}

gboolean
mc_schema_set_aside(const McSchema *schema, McHome *home, GError **error)
{
  static const char *const companions[] = {"-wal", "-shm", "-journal"};
  g_autofree char *path = mc_home_path(home, MC_DIR_DATA, schema->file);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
  g_autofree char *aside = g_strdup_printf("%s.corrupt-%s", path, time);

  if (g_rename(path, aside) != 0) {
    g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", path, g_strerror(errno));
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(companions); i++) {
    g_autofree char *from = g_strconcat(path, companions[i], NULL);
    g_autofree char *to = g_strconcat(aside, companions[i], NULL);
    g_rename(from, to);
  }
  g_warning("%s was damaged; set aside as %s and made anew", path, aside);
  return TRUE;
}

McDb *
mc_schema_open(const McSchema *schema, McHome *home, McLock *lock, GError **error)
{
  g_autoptr(GError) first = NULL;
  gboolean damaged;
  McDb *db = open_once(schema, home, lock, &damaged, &first);

  if (db)
    return db;
  if (!damaged || !schema->may_be_lost) {
    g_propagate_error(error, g_steal_pointer(&first));
    return NULL;
  }
  if (!mc_lock_take(lock, error))
    return NULL;
  /* Another process may have set it aside since. */
  g_autofree char *path = mc_home_path(home, MC_DIR_DATA, schema->file);
  g_autoptr(McDb) again = mc_db_open(path, FALSE, NULL);
  Header header;
  gboolean work;
  gboolean still = again && !check(again, schema, &header, &work, NULL) && mc_db_is_corrupt(again);
  g_clear_pointer(&again, mc_db_free);
  gboolean done = !still || mc_schema_set_aside(schema, home, error);
  mc_lock_release(lock);
  return done ? open_once(schema, home, lock, &damaged, error) : NULL;
}

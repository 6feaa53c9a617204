/* SPDX-License-Identifier: Apache-2.0 */
/* A connection and its prepared statements (db.h). */
#include "store/db.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include "motcua/clock.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

#define BUSY_MS 20000

struct McDb {
  sqlite3 *handle;
  char *path;
  GHashTable *statements; /* SQL -> sqlite3_stmt */
  gboolean corrupt;
  guint64 file; /* inode, when it was opened */
};

static guint64
file_at(const char *path)
{
  GStatBuf info;
  return g_stat(path, &info) == 0 ? (guint64)info.st_ino : 0;
}

static const char *
advice(int code)
{
  switch (code & 0xff) {
  case SQLITE_FULL:
    return _("the disk is full; free some space and try again");
  case SQLITE_IOERR:
    return _("the disk could not be written or read (full, over its quota, or faulty)");
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return _("another program is holding the file; try again");
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
    return _("the file or its directory may not be written or opened; check its permissions");
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return _("the file is damaged");
  default:
    return NULL;
  }
}

gboolean
mc_db_fail(McDb *db, GError **error)
{
  int code = sqlite3_errcode(db->handle);
  const char *known = advice(code);
  if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
    db->corrupt = TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", db->path,
              known ? known : sqlite3_errmsg(db->handle));
  return FALSE;
}

static void
finalize(gpointer statement)
{
  sqlite3_finalize(statement);
}

McDb *
mc_db_open(const char *path, gboolean create, GError **error)
{
  g_autoptr(McDb) db = g_new0(McDb, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);

  db->path = g_strdup(path);
  db->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
  if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
    mc_db_fail(db, error);
    return NULL;
  }
  sqlite3_extended_result_codes(db->handle, 0);
  sqlite3_busy_timeout(db->handle, BUSY_MS);
  sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_wal_autocheckpoint(db->handle, 0);
  db->file = file_at(path);
  return g_steal_pointer(&db);
}

void
mc_db_free(McDb *db)
{
  if (!db)
    return;
  g_hash_table_unref(db->statements);
  sqlite3_close_v2(db->handle);
  g_free(db->path);
  g_free(db);
}

sqlite3 *
mc_db_handle(McDb *db)
{
  return db->handle;
}

const char *
mc_db_path(McDb *db)
{
  return db->path;
}

gboolean
mc_db_is_moved(McDb *db)
{
  return file_at(db->path) != db->file;
}

gboolean
mc_db_is_corrupt(McDb *db)
{
  return db->corrupt;
}

static sqlite3_stmt *
prepared(McDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup(db->statements, sql);
  if (statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return statement;
  }
  if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
    mc_db_fail(db, error);
    return NULL;
  }
  g_hash_table_insert(db->statements, g_strdup(sql), statement);
  return statement;
}

sqlite3_stmt *
mc_db_prepare(McDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    mc_db_fail(db, error);
  return statement;
}

void
mc_db_bind_moment(sqlite3_stmt *statement, int at, gint64 moment)
{
  if (moment == MC_TIME_NONE)
    sqlite3_bind_null(statement, at);
  else
    sqlite3_bind_int64(statement, at, moment);
}

void
mc_db_bind_bytes(sqlite3_stmt *statement, int at, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
  if (bytes)
    sqlite3_bind_blob64(statement, at, data, size, SQLITE_STATIC);
}

static void
bind_values(sqlite3_stmt *statement, const char *types, va_list values)
{
  for (int at = 1; types[at - 1]; at++) {
    switch (types[at - 1]) {
    case 't':
      sqlite3_bind_text(statement, at, va_arg(values, const char *), -1, SQLITE_STATIC);
      break;
    case 'i':
      sqlite3_bind_int64(statement, at, va_arg(values, gint64));
      break;
    case 'n':
      sqlite3_bind_int64(statement, at, va_arg(values, int));
      break;
    case 'm':
      mc_db_bind_moment(statement, at, va_arg(values, gint64));
      break;
    case 's':
      mc_db_bind_bytes(statement, at, va_arg(values, GBytes *));
      break;
    default:
      g_assert_not_reached();
    }
  }
}

static sqlite3_stmt *
query(McDb *db, GError **error, const char *sql, const char *types, va_list values)
{
  sqlite3_stmt *statement = prepared(db, sql, error);
  if (statement)
    bind_values(statement, types, values);
  return statement;
}

sqlite3_stmt *
mc_db_query(McDb *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start(values, types);
  sqlite3_stmt *statement = query(db, error, sql, types, values);
  va_end(values);
  return statement;
}

gboolean
mc_db_step(McDb *db, sqlite3_stmt *statement, gboolean *row, GError **error)
{
  int code = sqlite3_step(statement);
  *row = code == SQLITE_ROW;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    mc_db_fail(db, error);
  sqlite3_reset(statement);
  return code == SQLITE_DONE;
}

gboolean
mc_db_run(McDb *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  gboolean row = TRUE;

  va_start(values, types);
  sqlite3_stmt *statement = query(db, error, sql, types, values);
  va_end(values);
  if (!statement)
    return FALSE;
  while (row)
    if (!mc_db_step(db, statement, &row, error))
      return FALSE;
  return TRUE;
}

gboolean
mc_db_int(McDb *db, GError **error, gint64 otherwise, gint64 *value, const char *sql, const char *types, ...)
{
  va_list values;
  gboolean row;

  va_start(values, types);
  sqlite3_stmt *statement = query(db, error, sql, types, values);
  va_end(values);
  if (!statement || !mc_db_step(db, statement, &row, error))
    return FALSE;
  *value = row && sqlite3_column_type(statement, 0) != SQLITE_NULL ? sqlite3_column_int64(statement, 0)
                                                                   : otherwise;
  sqlite3_reset(statement);
  return TRUE;
}

gboolean
mc_db_text(McDb *db, GError **error, char **value, const char *sql, const char *types, ...)
{
  va_list values;
  gboolean row;

  va_start(values, types);
  sqlite3_stmt *statement = query(db, error, sql, types, values);
  va_end(values);
  *value = NULL;
  if (!statement || !mc_db_step(db, statement, &row, error))
    return FALSE;
  if (row)
    *value = mc_column_text(statement, 0);
  sqlite3_reset(statement);
  return TRUE;
}

gboolean
mc_db_script(McDb *db, const char *sql, GError **error)
{
  return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || mc_db_fail(db, error);
}

int
mc_db_changes(McDb *db)
{
  return sqlite3_changes(db->handle);
}

gboolean
mc_db_begin(McDb *db, gboolean write, GError **error)
{
  return mc_db_run(db, error, write ? "BEGIN IMMEDIATE" : "BEGIN", "");
}

gboolean
mc_db_commit(McDb *db, GError **error)
{
  if (mc_db_run(db, error, "COMMIT", ""))
    return TRUE;
  mc_db_rollback(db);
  return FALSE;
}

void
mc_db_rollback(McDb *db)
{
  if (!sqlite3_get_autocommit(db->handle))
    mc_db_run(db, NULL, "ROLLBACK", "");
}

gint64
mc_column_moment(sqlite3_stmt *statement, int column)
{
  return sqlite3_column_type(statement, column) == SQLITE_NULL ? MC_TIME_NONE
                                                               : sqlite3_column_int64(statement, column);
}

char *
mc_column_text(sqlite3_stmt *statement, int column)
{
  return g_strdup((const char *)sqlite3_column_text(statement, column));
}

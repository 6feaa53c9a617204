/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to one SQLite file: values are always bound, statements are prepared once and kept, and
 * every failure becomes an MC_ERROR_STORE.
 *
 * Bound values follow a string of types: t text (NULL allowed), i gint64, m moment (MC_TIME_NONE is NULL), n
 * int, s GBytes. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <glib.h>
#include <sqlite3.h>

typedef struct McDb McDb;

/* Never checkpoints by itself (store.h). */
McDb *mc_db_open(const char *path, gboolean create, GError **error);
void mc_db_free(McDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McDb, mc_db_free)

sqlite3 *mc_db_handle(McDb *db);
const char *mc_db_path(McDb *db);
/* Whether SQLite called the file damaged since it was opened. */
gboolean mc_db_is_corrupt(McDb *db);
/* Whether another file stands at its path now: somebody set this one aside. */
gboolean mc_db_is_moved(McDb *db);
/* Sets MC_ERROR_STORE from the connection's last error. Always FALSE. */
gboolean mc_db_fail(McDb *db, GError **error);

/* A prepared statement, reset, with these values bound; belongs to the connection. NULL on error. */
sqlite3_stmt *mc_db_query(McDb *db, GError **error, const char *sql, const char *types, ...);
/* A statement of the caller's own, for SQL that is composed (queries); sqlite3_finalize(). */
sqlite3_stmt *mc_db_prepare(McDb *db, const char *sql, GError **error);
void mc_db_bind_moment(sqlite3_stmt *statement, int at, gint64 moment);
void mc_db_bind_bytes(sqlite3_stmt *statement, int at, GBytes *bytes); /* NULL allowed; not copied */
/* One step: TRUE and *row; at the end or on error the statement is reset. */
gboolean mc_db_step(McDb *db, sqlite3_stmt *statement, gboolean *row, GError **error);
/* Runs to the end. */
gboolean mc_db_run(McDb *db, GError **error, const char *sql, const char *types, ...);
/* The first column of the first row, `otherwise` when there is none. */
gboolean mc_db_int(McDb *db, GError **error, gint64 otherwise, gint64 *value, const char *sql,
                   const char *types, ...);
/* The first column of the first row, or NULL; new string. FALSE on error. */
gboolean mc_db_text(McDb *db, GError **error, char **value, const char *sql, const char *types, ...);
/* Several statements without values, as in a migration. */
gboolean mc_db_script(McDb *db, const char *sql, GError **error);
int mc_db_changes(McDb *db);

gboolean mc_db_begin(McDb *db, gboolean write, GError **error);
gboolean mc_db_commit(McDb *db, GError **error);
void mc_db_rollback(McDb *db);

/* A column of the current row. */
gint64 mc_column_moment(sqlite3_stmt *statement, int column);
char *mc_column_text(sqlite3_stmt *statement, int column); /* new string or NULL */

#endif

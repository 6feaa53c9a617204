/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/state-internal.h"

#include "motcua/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#define SCHEMA_VERSION 1

#define COLUMNS "system,id,key,state,version,updated,deleted,doc"

static const char *const sql_text[SQL_N] = {
    [SQL_GET] = "SELECT " COLUMNS " FROM record WHERE system=?1 AND key=?2",
    [SQL_PUT] = "INSERT INTO record(" COLUMNS ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"
                " ON CONFLICT(system,id) DO UPDATE SET state=?4,version=?5,updated=?6,deleted=?7,doc=?8",
    [SQL_TOTAL_ALL] = "SELECT count(*) FROM record WHERE system=?1 AND deleted=0",
    [SQL_TOTAL_SINCE] = "SELECT count(*) FROM record WHERE system=?1 AND updated>=?2 AND (?3 OR NOT deleted)",
    [SQL_LIST_ALL] = "SELECT " COLUMNS " FROM record WHERE system=?1 AND deleted=0 AND id>?2 ORDER BY id"
                     " LIMIT ?3 OFFSET ?4",
    [SQL_LIST_SINCE] = "SELECT " COLUMNS " FROM record WHERE system=?1 AND (updated,id)>(?5,?2)"
                       " AND (?6 OR NOT deleted) ORDER BY updated,id LIMIT ?3 OFFSET ?4",
    [SQL_NEWEST] = "SELECT max(updated) FROM record WHERE system=?1",
    [SQL_LAST_ID] = "SELECT max(id) FROM record WHERE system=?1",
    [SQL_COUNT] = "SELECT value FROM counter WHERE name=?1",
    [SQL_SET_COUNT] = "INSERT INTO counter VALUES(?1,?2) ON CONFLICT(name) DO UPDATE SET value=?2",
    [SQL_ADD_EFFECT] = "INSERT INTO effect(system,item,action,key,body,at) VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_EFFECTS] = "SELECT seq,system,item,action,key,body,at FROM effect"
                    " WHERE seq>?1 AND (?2 IS NULL OR system=?2) ORDER BY seq",
    [SQL_ANSWER] = "SELECT print,body,etag FROM answer WHERE system=?1 AND key=?2 AND at>=?3",
    [SQL_KEEP_ANSWER] = "INSERT OR REPLACE INTO answer VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_ADD_SESSION] = "INSERT INTO session(token,system,kind,family,extra,expires,used)"
                        " VALUES(?1,?2,?3,?4,?5,?6,0)",
    [SQL_SESSION] = "SELECT family,extra,expires,used FROM session WHERE token=?1 AND system=?2 AND kind=?3",
    [SQL_USE_SESSION] = "UPDATE session SET used=1 WHERE token=?1",
    [SQL_EXPIRE_SESSION] = "UPDATE session SET expires=min(expires,1000*unixepoch()) WHERE token=?1",
    [SQL_END_FAMILY] = "DELETE FROM session WHERE system=?1 AND family=?2",
    [SQL_SWEEP_SESSIONS] = "DELETE FROM session WHERE expires<?1",
};

static const char schema[] =
    "CREATE TABLE record(system TEXT NOT NULL, id INTEGER NOT NULL, key TEXT NOT NULL, state INTEGER NOT "
    "NULL,"
    " version INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL);"
    "CREATE UNIQUE INDEX record_id ON record(system,id);"
    "CREATE UNIQUE INDEX record_key ON record(system,key);"
    "CREATE INDEX record_order ON record(system,deleted,id);"
    "CREATE INDEX record_change ON record(system,updated,id,deleted);"
    "CREATE TABLE effect(seq INTEGER PRIMARY KEY AUTOINCREMENT, system TEXT NOT NULL, item TEXT NOT NULL,"
    " action TEXT NOT NULL, key TEXT, body TEXT NOT NULL, at INTEGER NOT NULL);"
    "CREATE TABLE answer(system TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, print TEXT NOT NULL,"
    " body TEXT NOT NULL, etag TEXT, PRIMARY KEY(system,key)) WITHOUT ROWID;"
    "CREATE TABLE session(token TEXT PRIMARY KEY, system TEXT NOT NULL, kind TEXT NOT NULL, family TEXT NOT "
    "NULL,"
    " extra TEXT, expires INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version=" G_STRINGIFY(SCHEMA_VERSION) ";";

static void
fail(DemoState *state)
{
  if (!state->failed)
    state->failed = g_strdup(sqlite3_errmsg(state->db));
}

static void
run(DemoState *state, const char *text)
{
  if (!state->failed && sqlite3_exec(state->db, text, NULL, NULL, NULL) != SQLITE_OK)
    fail(state);
}

sqlite3_stmt *
demo_state_statement(DemoState *state, Sql which)
{
  if (state->failed)
    return NULL;
  sqlite3_stmt **slot = &state->statements[which];
  if (!*slot && sqlite3_prepare_v3(state->db, sql_text[which], -1, SQLITE_PREPARE_PERSISTENT, slot, NULL) !=
                    SQLITE_OK) {
    fail(state);
    return NULL;
  }
  sqlite3_reset(*slot);
  sqlite3_clear_bindings(*slot);
  return *slot;
}

void
demo_state_bind(sqlite3_stmt *stmt, int at, const char *text)
{
  sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

gboolean
demo_state_step(DemoState *state, sqlite3_stmt *stmt)
{
  int rc = sqlite3_step(stmt);

  if (rc != SQLITE_ROW && rc != SQLITE_DONE)
    fail(state);
  if (rc != SQLITE_ROW)
    sqlite3_reset(stmt);
  return rc == SQLITE_ROW;
}

char *
demo_state_text(sqlite3_stmt *stmt, int at)
{
  return g_strdup((const char *)sqlite3_column_text(stmt, at));
}

/* --- opening --- */

static gboolean
take_lock(DemoState *state, const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename(dir, "province.lock", NULL);

  state->lock = g_open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (state->lock >= 0 && flock(state->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (errno == EWOULDBLOCK)
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY, _("%s: another motcua-demo serves this province"), dir);
  else
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", path, g_strerror(errno));
  return FALSE;
}

static gboolean
set_up(DemoState *state, const char *path, gboolean kept, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int version = 0;

  run(state, kept ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                  : "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;");
  if (!state->failed && sqlite3_prepare_v2(state->db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
      sqlite3_step(stmt) == SQLITE_ROW)
    version = sqlite3_column_int(stmt, 0);
  sqlite3_finalize(stmt);
  if (version > SCHEMA_VERSION) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                _("%s: written by a newer motcua-demo (schema %d, this one knows %d)"), path, version,
                SCHEMA_VERSION);
    return FALSE;
  }
  demo_state_begin(state);
  if (version == 0)
    run(state, schema);
  return demo_state_commit(state, error);
}

static DemoState *
open_database(const char *path, int flags, GError **error)
{
  DemoState *state = g_new0(DemoState, 1);

  state->lock = -1;
  if (sqlite3_open_v2(path, &state->db, flags, NULL) == SQLITE_OK) {
    sqlite3_busy_timeout(state->db, 5000);
    return state;
  }
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, sqlite3_errmsg(state->db));
  demo_state_close(state);
  return NULL;
}

DemoState *
demo_state_open(const char *dir, GError **error)
{
  if (dir && g_mkdir_with_parents(dir, 0700) < 0) {
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", dir, g_strerror(errno));
    return NULL;
  }
  /* An empty name is SQLite's word for a file of its own that has no name in any directory. */
  g_autofree char *path = dir ? g_build_filename(dir, "province.db", NULL) : g_strdup("");
  DemoState *state = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (!state)
    return NULL;
  if ((!dir || take_lock(state, dir, error)) && set_up(state, path, dir != NULL, error))
    return state;
  demo_state_close(state);
  return NULL;
}

DemoState *
demo_state_open_reader(const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename(dir, "province.db", NULL);

  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("%s: no province is kept here"), dir);
    return NULL;
  }
  return open_database(path, SQLITE_OPEN_READWRITE, error);
}

void
demo_state_close(DemoState *state)
{
  if (!state)
    return;
  for (int i = 0; i < SQL_N; i++)
    sqlite3_finalize(state->statements[i]);
  sqlite3_close(state->db);
  if (state->lock >= 0)
    close(state->lock);
  g_clear_pointer(&state->marks, g_hash_table_unref);
  g_free(state->failed);
  g_free(state);
}

/* --- transactions --- */

void
demo_state_begin(DemoState *state)
{
  g_clear_pointer(&state->failed, g_free);
  run(state, "BEGIN");
}

/* A statement left in the middle of its rows would keep the transaction open. */
static void
reset_all(DemoState *state)
{
  for (int i = 0; i < SQL_N; i++)
    sqlite3_reset(state->statements[i]);
}

void
demo_state_rollback(DemoState *state)
{
  reset_all(state);
  if (!sqlite3_get_autocommit(state->db))
    sqlite3_exec(state->db, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
demo_state_commit(DemoState *state, GError **error)
{
  reset_all(state);
  run(state, "COMMIT");
  if (!state->failed)
    return TRUE;
  demo_state_rollback(state);
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, _("the province's database: %s"), state->failed);
  return FALSE;
}

/* --- counters --- */

gint64
demo_state_count(DemoState *state, const char *name)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_COUNT);
  gint64 value = 0;

  if (!stmt)
    return 0;
  demo_state_bind(stmt, 1, name);
  if (demo_state_step(state, stmt))
    value = sqlite3_column_int64(stmt, 0);
  sqlite3_reset(stmt);
  return value;
}

void
demo_state_set_count(DemoState *state, const char *name, gint64 value)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_SET_COUNT);

  if (!stmt)
    return;
  demo_state_bind(stmt, 1, name);
  sqlite3_bind_int64(stmt, 2, value);
  demo_state_step(state, stmt);
}

gint64
demo_state_next(DemoState *state, const char *name)
{
  gint64 value = demo_state_count(state, name) + 1;

  demo_state_set_count(state, name, value);
  return value;
}

/* --- records --- */

DemoRecord *
demo_record_new(const char *system, gint64 id, const char *key, int status)
{
  DemoRecord *record = g_new0(DemoRecord, 1);

  record->system = g_strdup(system);
  record->id = id;
  record->key = g_strdup(key);
  record->state = status;
  record->version = 1;
  record->doc = cJSON_CreateObject();
  return record;
}

void
demo_record_free(DemoRecord *record)
{
  if (!record)
    return;
  g_free(record->system);
  g_free(record->key);
  cJSON_Delete(record->doc);
  g_free(record);
}

DemoRecord *
demo_record_from_row(sqlite3_stmt *stmt)
{
  DemoRecord *record = g_new0(DemoRecord, 1);
  const char *doc = (const char *)sqlite3_column_text(stmt, 7);

  record->system = demo_state_text(stmt, 0);
  record->id = sqlite3_column_int64(stmt, 1);
  record->key = demo_state_text(stmt, 2);
  record->state = sqlite3_column_int(stmt, 3);
  record->version = sqlite3_column_int64(stmt, 4);
  record->updated = sqlite3_column_int64(stmt, 5);
  record->deleted = sqlite3_column_int(stmt, 6) != 0;
  record->doc = cJSON_Parse(doc);
  return record;
}

DemoRecord *
demo_state_get(DemoState *state, const char *system, const char *key)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_GET);
  DemoRecord *record = NULL;

  if (!stmt)
    return NULL;
  demo_state_bind(stmt, 1, system);
  demo_state_bind(stmt, 2, key);
  if (demo_state_step(state, stmt))
    record = demo_record_from_row(stmt);
  sqlite3_reset(stmt);
  return record;
}

static char *
generation_name(const char *system)
{
  return g_strconcat("generation/", system, NULL);
}

gint64
demo_state_generation(DemoState *state, const char *system)
{
  g_autofree char *name = generation_name(system);

  return demo_state_count(state, name);
}

void
demo_state_load(DemoState *state, const DemoRecord *record)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_PUT);
  g_autofree char *doc = demo_json_print(record->doc);

  if (!stmt)
    return;
  demo_state_bind(stmt, 1, record->system);
  sqlite3_bind_int64(stmt, 2, record->id);
  demo_state_bind(stmt, 3, record->key);
  sqlite3_bind_int(stmt, 4, record->state);
  sqlite3_bind_int64(stmt, 5, record->version);
  sqlite3_bind_int64(stmt, 6, record->updated);
  sqlite3_bind_int(stmt, 7, record->deleted);
  demo_state_bind(stmt, 8, doc);
  demo_state_step(state, stmt);
}

void
demo_state_put(DemoState *state, const DemoRecord *record)
{
  g_autofree char *name = generation_name(record->system);

  demo_state_load(state, record);
  demo_state_next(state, name);
}

static gint64
number_of_system(DemoState *state, Sql which, const char *system)
{
  sqlite3_stmt *stmt = demo_state_statement(state, which);
  gint64 number = 0;

  if (!stmt)
    return 0;
  demo_state_bind(stmt, 1, system);
  if (demo_state_step(state, stmt))
    number = sqlite3_column_int64(stmt, 0);
  sqlite3_reset(stmt);
  return number;
}

gint64
demo_state_newest(DemoState *state, const char *system)
{
  return number_of_system(state, SQL_NEWEST, system);
}

gint64
demo_state_last_id(DemoState *state, const char *system)
{
  return number_of_system(state, SQL_LAST_ID, system);
}

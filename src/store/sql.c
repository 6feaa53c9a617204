/* SPDX-License-Identifier: Apache-2.0 */
/* Composed SQL (sql.h). */
#include "store/sql.h"

typedef struct {
  char *text; /* NULL: a number */
  gint64 number;
} Value;

static void
value_free(gpointer value)
{
  g_free(((Value *)value)->text);
  g_free(value);
}

McSql *
mc_sql_new(const char *text)
{
  McSql *sql = g_new0(McSql, 1);
  sql->text = g_string_new(text);
  sql->values = g_ptr_array_new_with_free_func(value_free);
  return sql;
}

void
mc_sql_free(McSql *sql)
{
  if (!sql)
    return;
  g_string_free(sql->text, TRUE);
  g_ptr_array_unref(sql->values);
  g_free(sql);
}

void
mc_sql_add(McSql *sql, const char *text)
{
  g_string_append(sql->text, text);
}

static void
add_value(McSql *sql, const char *text, gint64 number)
{
  Value *value = g_new0(Value, 1);
  value->text = g_strdup(text);
  value->number = number;
  g_ptr_array_add(sql->values, value);
}

void
mc_sql_int(McSql *sql, gint64 value)
{
  mc_sql_add(sql, "?");
  add_value(sql, NULL, value);
}

void
mc_sql_text(McSql *sql, const char *value)
{
  mc_sql_add(sql, "?");
  add_value(sql, value, 0);
}

void
mc_sql_append(McSql *sql, const McSql *other)
{
  mc_sql_add(sql, other->text->str);
  for (guint i = 0; i < other->values->len; i++) {
    const Value *value = other->values->pdata[i];
    add_value(sql, value->text, value->number);
  }
}

sqlite3_stmt *
mc_sql_prepare(const McSql *sql, McDb *db, GError **error)
{
  sqlite3_stmt *statement = mc_db_prepare(db, sql->text->str, error);
  for (guint i = 0; statement && i < sql->values->len; i++) {
    const Value *value = sql->values->pdata[i];
    if (value->text)
      sqlite3_bind_text(statement, (int)i + 1, value->text, -1, SQLITE_STATIC);
    else
      sqlite3_bind_int64(statement, (int)i + 1, value->number);
  }
  return statement;
}

gboolean
mc_sql_value(const McSql *sql, McDb *db, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = mc_sql_prepare(sql, db, error);
  gboolean row = FALSE, good = statement && mc_db_step(db, statement, &row, error);
  *value = row ? sqlite3_column_int64(statement, 0) : 0;
  sqlite3_finalize(statement);
  return good;
}

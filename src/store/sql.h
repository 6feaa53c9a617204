/* SPDX-License-Identifier: Apache-2.0 */
/* SQL put together from constant pieces, with the values it binds: nothing a person or a system wrote ever
 * becomes part of the text. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "store/db.h"

typedef struct {
  GString *text;
  GPtrArray *values; /* one for each '?', in order */
} McSql;

McSql *mc_sql_new(const char *text);
void mc_sql_free(McSql *sql);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McSql, mc_sql_free)
void mc_sql_add(McSql *sql, const char *text);
/* A '?' and its value. */
void mc_sql_int(McSql *sql, gint64 value);
void mc_sql_text(McSql *sql, const char *value);
/* Another's text and values. */
void mc_sql_append(McSql *sql, const McSql *other);
/* Prepared and bound; sqlite3_finalize(). The values must outlive it. NULL on error. */
sqlite3_stmt *mc_sql_prepare(const McSql *sql, McDb *db, GError **error);
/* The first column of the first row. */
gboolean mc_sql_value(const McSql *sql, McDb *db, gint64 *value, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What state.c (records, transactions), listing.c and ledger.c (effects, answers, logins) share. */
#pragma once

#include "demo/state.h"

#include <sqlite3.h>

/* One prepared statement each, made on first use and kept. */
typedef enum {
  SQL_GET,
  SQL_PUT,
  SQL_TOTAL_ALL,
  SQL_TOTAL_SINCE,
  SQL_LIST_ALL,
  SQL_LIST_SINCE,
  SQL_NEWEST,
  SQL_LAST_ID,
  SQL_COUNT,
  SQL_SET_COUNT,
  SQL_ADD_EFFECT,
  SQL_EFFECTS,
  SQL_ANSWER,
  SQL_KEEP_ANSWER,
  SQL_ADD_SESSION,
  SQL_SESSION,
  SQL_USE_SESSION,
  SQL_EXPIRE_SESSION,
  SQL_END_FAMILY,
  SQL_SWEEP_SESSIONS,
  SQL_N
} Sql;

struct DemoState {
  sqlite3 *db;
  sqlite3_stmt *statements[SQL_N];
  int lock;          /* held while this process serves the directory; -1 without one */
  GHashTable *marks; /* of listing.c; made when first needed */
  char *failed;      /* what went wrong first in this transaction */
};

/* The statement, reset and with nothing bound; NULL once the transaction has failed. */
sqlite3_stmt *demo_state_statement(DemoState *state, Sql which);
/* The text must live until the statement is done with: every caller steps it before it returns. */
void demo_state_bind(sqlite3_stmt *stmt, int at, const char *text);
/* Whether there is a row; a failure is kept for the commit. */
gboolean demo_state_step(DemoState *state, sqlite3_stmt *stmt);
/* The record in the row at hand; caller frees. */
DemoRecord *demo_record_from_row(sqlite3_stmt *stmt);
/* A copy; caller frees. */
char *demo_state_text(sqlite3_stmt *stmt, int at);

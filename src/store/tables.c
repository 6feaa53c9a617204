/* SPDX-License-Identifier: Apache-2.0 */
/* The tables (schema.h).
 *
 * inbox.db: an item's row is narrow, so that a page of a list is a few disk pages; its large texts are in
 * `body`, what a search looks through in `search` (folded and split into words, see search.h) with the index
 * `fts` over it. The ord_* columns hold each order of the inbox as one value, so that every order is one
 * index; row.h says how they are made. `n` ties the tables together and breaks ties of an order.
 *
 * desk.db: `seq` is the order in which actions were taken, `settle_no` the order in which they ended. */
#include "store/schema.h"

static const char *const inbox_steps[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE system(system TEXT PRIMARY KEY, state INTEGER NOT NULL DEFAULT 0, message TEXT, account "
    "TEXT,"
    "  last_complete INTEGER, last_try INTEGER, items INTEGER NOT NULL DEFAULT 0,"
    "  open_items INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE pull(system TEXT NOT NULL, stream TEXT NOT NULL, cursor TEXT, complete_at INTEGER,"
    "  seen INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(system, stream)) WITHOUT ROWID;"
    "CREATE TABLE item(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, system TEXT NOT NULL, stream TEXT,"
    "  key_at INTEGER NOT NULL, key_is_number INTEGER NOT NULL, kind INTEGER NOT NULL, code TEXT, title TEXT,"
    "  sender TEXT, raw_state TEXT, step TEXT, version TEXT, sys_state INTEGER NOT NULL, sys_unread INTEGER "
    "NOT NULL,"
    "  sys_assignee TEXT, urgency INTEGER NOT NULL, secrecy INTEGER NOT NULL, received INTEGER, due INTEGER,"
    "  finished INTEGER, attachment_count INTEGER NOT NULL, actions TEXT, blocked TEXT, refs TEXT, etag TEXT,"
    "  as_of INTEGER, pull_hash INTEGER NOT NULL, row_hash INTEGER NOT NULL, seen INTEGER NOT NULL,"
    "  state INTEGER NOT NULL, unread INTEGER NOT NULL, assignee TEXT, who TEXT, pending INTEGER NOT NULL,"
    "  failed INTEGER NOT NULL, tags TEXT, note INTEGER NOT NULL, desk INTEGER NOT NULL,"
    "  ord_due INTEGER NOT NULL, ord_received INTEGER NOT NULL, ord_urgency INTEGER NOT NULL,"
    "  ord_code TEXT NOT NULL, beneath TEXT);"
    "CREATE INDEX item_due ON item(ord_due);"
    "CREATE INDEX item_received ON item(ord_received);"
    "CREATE INDEX item_urgency ON item(ord_urgency);"
    "CREATE INDEX item_code ON item(ord_code);"
    "CREATE INDEX item_system ON item(system, ord_due);"
    "CREATE INDEX item_kind ON item(kind, ord_due);"
    "CREATE INDEX item_state ON item(state, ord_due);"
    "CREATE INDEX item_who ON item(who, ord_due);"
    "CREATE INDEX item_deadline ON item(due) WHERE due IS NOT NULL;"
    "CREATE INDEX item_unread ON item(ord_due) WHERE unread = 1;"
    "CREATE INDEX item_urgent ON item(urgency, ord_due) WHERE urgency > 0;"
    "CREATE INDEX item_desk ON item(n) WHERE desk = 1;"
    "CREATE TABLE body(n INTEGER PRIMARY KEY, raw TEXT, keep TEXT, detail BLOB, detail_as_of INTEGER);"
    "CREATE TABLE search(n INTEGER PRIMARY KEY, text TEXT NOT NULL, exact TEXT);"
    "CREATE VIRTUAL TABLE fts USING fts5(text, content='search', content_rowid='n', tokenize='ascii',"
    "  prefix='1 2 3', columnsize=0);"
    "CREATE TABLE ref(ref TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(ref, n)) WITHOUT ROWID;"
    "CREATE INDEX ref_item ON ref(n);"
    "CREATE TABLE tag(tag TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(tag, n)) WITHOUT ROWID;",
    "CREATE TABLE answer(key TEXT PRIMARY KEY, system TEXT NOT NULL, until INTEGER NOT NULL, text TEXT NOT "
    "NULL)"
    "  WITHOUT ROWID;"
    "CREATE INDEX answer_system ON answer(system, until);",
    NULL};

static const char *const desk_steps[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE out(seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, batch TEXT NOT NULL,"
    "  item_id TEXT NOT NULL, system TEXT NOT NULL, action TEXT NOT NULL, title TEXT, caller_key TEXT, "
    "frozen TEXT,"
    "  memory TEXT, state INTEGER NOT NULL, created INTEGER, send_after INTEGER, settled INTEGER,"
    "  settle_no INTEGER, attempts INTEGER NOT NULL, status INTEGER NOT NULL, message TEXT, receipt TEXT,"
    "  new_key TEXT);"
    "CREATE UNIQUE INDEX out_caller ON out(caller_key) WHERE caller_key IS NOT NULL;"
    "CREATE INDEX out_item ON out(item_id);"
    "CREATE INDEX out_batch ON out(batch);"
    "CREATE INDEX out_unsettled ON out(system, send_after) WHERE state IN (0, 1, 5);"
    "CREATE INDEX out_turn ON out(system, state = 0 AND attempts > 0) WHERE state IN (0, 1, 5);"
    "CREATE INDEX out_state ON out(state);"
    "CREATE INDEX out_settled ON out(settle_no) WHERE settle_no IS NOT NULL;"
    "CREATE TABLE note(item_id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE tag(item_id TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY(item_id, tag)) WITHOUT ROWID;",
    NULL};

const McSchema mc_schema_inbox = {"inbox.db",
                                  0x6d63696e,
                                  "PRAGMA journal_mode = WAL",
                                  "PRAGMA cache_size = -4096; PRAGMA synchronous = NORMAL",
                                  inbox_steps,
                                  TRUE};
const McSchema mc_schema_desk = {
    "desk.db",
    0x6d63646b,
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA cache_size = -1024; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL",
    desk_steps,
    FALSE};

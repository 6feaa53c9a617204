/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be remembered about requests rather than about records: the effects that took place, the answers
 * kept for a repeat, and who is logged in.
 */
#include "demo/state-internal.h"

#include "demo/clock.h"

#include <string.h>

/* --- effects --- */

void
demo_state_add_effect(DemoState *state, const DemoEffect *effect)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_ADD_EFFECT);

  if (!stmt)
    return;
  demo_state_bind(stmt, 1, effect->system);
  demo_state_bind(stmt, 2, effect->item);
  demo_state_bind(stmt, 3, effect->action);
  demo_state_bind(stmt, 4, effect->key);
  demo_state_bind(stmt, 5, effect->body);
  sqlite3_bind_int64(stmt, 6, effect->at);
  demo_state_step(state, stmt);
}

void
demo_state_each_effect(DemoState *state, gint64 since, const char *system, DemoEffectFunc each, gpointer data)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_EFFECTS);

  if (!stmt)
    return;
  sqlite3_bind_int64(stmt, 1, since);
  demo_state_bind(stmt, 2, system);
  while (demo_state_step(state, stmt)) {
    DemoEffect effect = {.seq = sqlite3_column_int64(stmt, 0),
                         .system = (char *)sqlite3_column_text(stmt, 1),
                         .item = (char *)sqlite3_column_text(stmt, 2),
                         .action = (char *)sqlite3_column_text(stmt, 3),
                         .key = (char *)sqlite3_column_text(stmt, 4),
                         .body = (char *)sqlite3_column_text(stmt, 5),
                         .at = sqlite3_column_int64(stmt, 6)};
    each(&effect, data);
  }
}

cJSON *
demo_effect_json(const DemoEffect *effect)
{
  cJSON *json = cJSON_CreateObject();
  g_autofree char *at = demo_time_iso(effect->at);
  cJSON *body = demo_json_parse(effect->body, strlen(effect->body));

  demo_json_set_int(json, "seq", effect->seq);
  demo_json_set_text(json, "system", effect->system);
  demo_json_set_text(json, "item", effect->item);
  demo_json_set_text(json, "action", effect->action);
  demo_json_set_text(json, "key", effect->key);
  demo_json_set(json, "body", body ? body : cJSON_CreateString(effect->body));
  demo_json_set_text(json, "at", at);
  return json;
}

/* --- answers --- */

void
demo_answer_clear(DemoAnswer *answer)
{
  g_clear_pointer(&answer->print, g_free);
  g_clear_pointer(&answer->body, g_free);
  g_clear_pointer(&answer->etag, g_free);
}

gboolean
demo_state_answer(DemoState *state, const char *system, const char *key, gint64 not_before,
                  DemoAnswer *answer)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_ANSWER);

  if (!stmt)
    return FALSE;
  demo_state_bind(stmt, 1, system);
  demo_state_bind(stmt, 2, key);
  sqlite3_bind_int64(stmt, 3, not_before);
  gboolean found = demo_state_step(state, stmt);
  if (found) {
    answer->print = demo_state_text(stmt, 0);
    answer->body = demo_state_text(stmt, 1);
    answer->etag = demo_state_text(stmt, 2);
  }
  sqlite3_reset(stmt);
  return found;
}

void
demo_state_keep_answer(DemoState *state, const char *system, const char *key, gint64 at,
                       const DemoAnswer *answer)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_KEEP_ANSWER);

  if (!stmt)
    return;
  demo_state_bind(stmt, 1, system);
  demo_state_bind(stmt, 2, key);
  sqlite3_bind_int64(stmt, 3, at);
  demo_state_bind(stmt, 4, answer->print);
  demo_state_bind(stmt, 5, answer->body);
  demo_state_bind(stmt, 6, answer->etag);
  demo_state_step(state, stmt);
}

/* --- sessions --- */

void
demo_session_free(DemoSession *session)
{
  if (!session)
    return;
  g_free(session->family);
  g_free(session->extra);
  g_free(session);
}

void
demo_state_add_session(DemoState *state, const char *system, const char *kind, const char *token,
                       const DemoSession *session)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_ADD_SESSION);

  if (!stmt)
    return;
  demo_state_bind(stmt, 1, token);
  demo_state_bind(stmt, 2, system);
  demo_state_bind(stmt, 3, kind);
  demo_state_bind(stmt, 4, session->family);
  demo_state_bind(stmt, 5, session->extra);
  sqlite3_bind_int64(stmt, 6, session->expires);
  demo_state_step(state, stmt);
}

DemoSession *
demo_state_session(DemoState *state, const char *system, const char *kind, const char *token)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_SESSION);
  DemoSession *session = NULL;

  if (!stmt)
    return NULL;
  demo_state_bind(stmt, 1, token);
  demo_state_bind(stmt, 2, system);
  demo_state_bind(stmt, 3, kind);
  if (demo_state_step(state, stmt)) {
    session = g_new0(DemoSession, 1);
    session->family = demo_state_text(stmt, 0);
    session->extra = demo_state_text(stmt, 1);
    session->expires = sqlite3_column_int64(stmt, 2);
    session->used = sqlite3_column_int(stmt, 3) != 0;
  }
  sqlite3_reset(stmt);
  return session;
}

static void
change_session(DemoState *state, Sql which, const char *first, const char *second)
{
  sqlite3_stmt *stmt = demo_state_statement(state, which);

  if (!stmt)
    return;
  demo_state_bind(stmt, 1, first);
  if (second)
    demo_state_bind(stmt, 2, second);
  demo_state_step(state, stmt);
}

void
demo_state_use_session(DemoState *state, const char *token)
{
  change_session(state, SQL_USE_SESSION, token, NULL);
}

void
demo_state_expire_session(DemoState *state, const char *token)
{
  change_session(state, SQL_EXPIRE_SESSION, token, NULL);
}

void
demo_state_sweep_sessions(DemoState *state, gint64 ended_before)
{
  sqlite3_stmt *stmt = demo_state_statement(state, SQL_SWEEP_SESSIONS);

  if (!stmt)
    return;
  sqlite3_bind_int64(stmt, 1, ended_before);
  demo_state_step(state, stmt);
}

void
demo_state_end_family(DemoState *state, const char *system, const char *family)
{
  change_session(state, SQL_END_FAMILY, system, family);
}

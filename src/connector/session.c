/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: immutable trees that are replaced, never changed; their text is wiped when it is freed. */
#include <string.h>

#include "connector/session.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

struct McSession {
  gatomicrefcount refs;
  cJSON *tree;
};

static void
wipe(cJSON *node)
{
  for (cJSON *child = node ? node->child : NULL; child; child = child->next)
    wipe(child);
  if (node && node->valuestring)
    explicit_bzero(node->valuestring, strlen(node->valuestring));
}

McSession *
mc_session_new(cJSON *tree)
{
  McSession *session = g_new0(McSession, 1);
  g_atomic_ref_count_init(&session->refs);
  session->tree = tree;
  return session;
}

McSession *
mc_session_parse(const char *json, GError **error)
{
  if (!json)
    return NULL;
  g_autoptr(GError) inner = NULL;
  g_autoptr(McJson) parsed = mc_json_parse("session", json, strlen(json), MC_JSON_STRICT, &inner);
  if (parsed && cJSON_IsObject(mc_json_root(parsed)))
    return mc_session_new(cJSON_Duplicate(mc_json_root(parsed), TRUE));
  g_set_error(error, MC_ERROR, MC_ERROR_LOGIN, _("the stored session cannot be read; log in again"));
  return NULL;
}

char *
mc_session_text(const McSession *session)
{
  return mc_json_print(session->tree);
}

McSession *
mc_session_ref(McSession *session)
{
  g_atomic_ref_count_inc(&session->refs);
  return session;
}

void
mc_session_unref(McSession *session)
{
  if (!session || !g_atomic_ref_count_dec(&session->refs))
    return;
  wipe(session->tree);
  cJSON_Delete(session->tree);
  g_free(session);
}

gboolean
mc_session_equal(const McSession *a, const McSession *b)
{
  return a == b || (a && b && mc_json_equal(a->tree, b->tree));
}

const cJSON *
mc_session_tree(const McSession *session)
{
  return session ? session->tree : NULL;
}

cJSON *
mc_session_draft(const McSession *session)
{
  return session ? cJSON_Duplicate(session->tree, TRUE) : cJSON_CreateObject();
}

const char *
mc_session_get(const McSession *session, const char *name)
{
  return session ? mc_json_text(mc_json_get(session->tree, name)) : NULL;
}

void
mc_draft_set(cJSON *draft, const char *name, const char *value)
{
  cJSON_DeleteItemFromObjectCaseSensitive(draft, name);
  if (value)
    cJSON_AddStringToObject(draft, name, value);
}

cJSON *
mc_session_names(const McSession *session)
{
  const cJSON *keep = session ? mc_json_get(session->tree, "keep") : NULL;
  cJSON *names = keep ? cJSON_Duplicate(keep, TRUE) : cJSON_CreateObject();
  const char *csrf = mc_session_get(session, "csrf");
  if (csrf)
    mc_draft_set(names, "csrf", csrf);
  return names;
}

char *
mc_session_account(const McSession *session)
{
  const char *account = mc_session_get(session, "account");
  const cJSON *keep = session ? mc_json_get(session->tree, "keep") : NULL;
  const char *name = mc_json_text(mc_json_get(keep, "name")),
             *login = mc_json_text(mc_json_get(keep, "login"));
  return g_strdup(login ? login : name ? name : account);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the secrets, made on a worker thread because each may take up to its deadline; the result comes
 * back to the engine's loop. */
#include "config.h"
#include "sync/sync.h"

#include <gio/gio.h>

typedef struct {
  McEngine *engine;
  char *system;
  GHashTable *values; /* name -> secret; to fetch: filled in, to put: what to store */
  char **names;       /* fetch: what is asked for; NULL: a put */
  McSecretsDone done;
  gpointer data;
} Vault;

static void
vault_free(gpointer data)
{
  Vault *vault = data;
  g_free(vault->system);
  g_hash_table_unref(vault->values);
  g_strfreev(vault->names);
  g_free(vault);
}

static void
secret_destroy(gpointer value)
{
  mc_secret_free(value);
}

GHashTable *
mc_secret_table_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, secret_destroy);
}

static gboolean
vault_fetch(Vault *vault, GError **error)
{
  for (guint i = 0; vault->names[i]; i++) {
    char *value = NULL;
    if (!mc_secrets_get(vault->engine->secrets, vault->system, vault->names[i], &value, error))
      return FALSE;
    if (value)
      g_hash_table_replace(vault->values, g_strdup(vault->names[i]), value);
  }
  return TRUE;
}

static gboolean
vault_put(Vault *vault, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init(&iter, vault->values);
  while (g_hash_table_iter_next(&iter, &name, &value)) {
    gboolean ok = value ? mc_secrets_store(vault->engine->secrets, vault->system, name, value, error)
                        : mc_secrets_erase(vault->engine->secrets, vault->system, name, error);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static void
vault_work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Vault *vault = data;
  GError *error = NULL;
  (void)source;
  (void)cancellable;
  if (vault->names ? vault_fetch(vault, &error) : vault_put(vault, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

static void
vault_done(GObject *source, GAsyncResult *result, gpointer data)
{
  (void)source;
  (void)data;
  g_autoptr(GError) error = NULL;
  Vault *vault = g_task_get_task_data(G_TASK(result));
  g_task_propagate_boolean(G_TASK(result), &error);
  vault->engine->pending--;
  vault->done(vault->values, error, vault->data);
}

static void
vault_start(McEngine *engine, Vault *vault)
{
  vault->engine = engine;
  engine->pending++;
  g_autoptr(GTask) task = g_task_new(NULL, NULL, vault_done, NULL);
  g_task_set_task_data(task, vault, vault_free);
  g_task_run_in_thread(task, vault_work);
}

void
mc_secrets_fetch(McEngine *engine, const char *system, const char *const *names, McSecretsDone done,
                 gpointer data)
{
  Vault *vault = g_new0(Vault, 1);
  vault->system = g_strdup(system);
  vault->names = g_strdupv((char **)names);
  vault->values = mc_secret_table_new();
  vault->done = done;
  vault->data = data;
  vault_start(engine, vault);
}

void
mc_secrets_put(McEngine *engine, const char *system, GHashTable *values, McSecretsDone done, gpointer data)
{
  Vault *vault = g_new0(Vault, 1);
  GHashTableIter iter;
  gpointer name, value;
  vault->system = g_strdup(system);
  vault->values = mc_secret_table_new();
  g_hash_table_iter_init(&iter, values);
  while (g_hash_table_iter_next(&iter, &name, &value))
    g_hash_table_replace(vault->values, g_strdup(name), g_strdup(value));
  vault->done = done;
  vault->data = data;
  vault_start(engine, vault);
}

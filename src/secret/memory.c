/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in this process alone, wiped when replaced, erased or freed. */
#include "config.h"

#include "secret/provider.h"

typedef struct {
  McSecretProvider base;
  GMutex lock;
  GHashTable *values; /* "profile\nsystem\nname" (no name holds a newline) -> value */
} Memory;

static char *
joined(const McSecretKey *key)
{
  return g_strjoin("\n", key->profile, key->system, key->name, NULL);
}

static McSecretsState
memory_probe(McSecretProvider *provider, char **message)
{
  (void)provider;
  *message = NULL;
  return MC_SECRETS_READY;
}

static gboolean
memory_get(McSecretProvider *provider, const McSecretKey *key, char **value, GError **error)
{
  Memory *memory = (Memory *)provider;
  g_autofree char *name = joined(key);
  (void)error;
  g_mutex_lock(&memory->lock);
  *value = g_strdup(g_hash_table_lookup(memory->values, name));
  g_mutex_unlock(&memory->lock);
  return TRUE;
}

static gboolean
memory_store(McSecretProvider *provider, const McSecretKey *key, const char *value, GError **error)
{
  Memory *memory = (Memory *)provider;
  (void)error;
  g_mutex_lock(&memory->lock);
  g_hash_table_replace(memory->values, joined(key), g_strdup(value));
  g_mutex_unlock(&memory->lock);
  return TRUE;
}

static gboolean
memory_erase(McSecretProvider *provider, const McSecretKey *key, GError **error)
{
  Memory *memory = (Memory *)provider;
  g_autofree char *name = joined(key);
  (void)error;
  g_mutex_lock(&memory->lock);
  g_hash_table_remove(memory->values, name);
  g_mutex_unlock(&memory->lock);
  return TRUE;
}

static void
memory_free(McSecretProvider *provider)
{
  Memory *memory = (Memory *)provider;
  g_hash_table_unref(memory->values);
  g_mutex_clear(&memory->lock);
  g_free(memory);
}

static const McSecretOps memory_ops = {
    .probe = memory_probe,
    .get = memory_get,
    .store = memory_store,
    .erase = memory_erase,
    .free = memory_free,
};

McSecretProvider *
mc_secret_memory_new(const char *name)
{
  Memory *memory = g_new0(Memory, 1);
  memory->base = (McSecretProvider){.ops = &memory_ops, .name = name};
  g_mutex_init(&memory->lock);
  memory->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)mc_secret_free);
  return &memory->base;
}

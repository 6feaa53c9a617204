/* SPDX-License-Identifier: Apache-2.0 */
/* The files behind a system's connections: where they are, whether they may be used, and the passphrase that
 * opens a key. That is a secret, fetched before the first request that may need it. */
#include "config.h"
#include "sync/sync.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "motcua/i18n.h"

void
mc_settings_resolve(const McProfile *profile, GHashTable *settings, const char *folder)
{
  g_autoptr(GPtrArray) specs = mc_profile_config(profile);
  for (guint i = 0; i < specs->len; i++) {
    const McConfigSpec *spec = g_ptr_array_index(specs, i);
    const char *path = g_hash_table_lookup(settings, spec->key);
    if (strcmp(spec->type, "file") != 0 || !path || !*path)
      continue;
    char *whole = g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL)
                                               : g_canonicalize_filename(path, folder);
    g_hash_table_replace(settings, g_strdup(spec->key), whole);
  }
}

static gboolean
check_readable(const char *what, const char *path, GStatBuf *info, GError **error)
{
  if (!path)
    return TRUE;
  if (g_stat(path, info) != 0 || access(path, R_OK) != 0)
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: %s cannot be read: %s"), what, path,
                g_strerror(errno));
  else if (!S_ISREG(info->st_mode))
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: %s is not a file"), what, path);
  else
    return TRUE;
  return FALSE;
}

gboolean
mc_certificate_check(const McBinding *binding, GError **error)
{
  const McTls *tls = mc_binding_tls(binding);
  const char *secret = tls->key ? tls->key : tls->cert;
  GStatBuf info = {0};
  if (!check_readable(_("trusted certificates"), tls->ca, &info, error) ||
      !check_readable(_("client certificate"), tls->cert, &info, error) ||
      !check_readable(_("key of the client certificate"), secret, &info, error))
    return FALSE;
  if (!secret || (info.st_uid == geteuid() && (info.st_mode & 077) == 0))
    return TRUE;
  g_set_error(
      error, MC_ERROR, MC_ERROR_CONFIG,
      _("key of the client certificate: %s must be yours and readable by nobody else. Do: chmod 600 %s"),
      secret, secret);
  return FALSE;
}

/* --- the passphrase --- */
gboolean
mc_system_locked(const McSystem *system)
{
  return mc_binding_tls(system->binding)->passphrase && !system->unlocked;
}

void
mc_system_unlock_with(McSystem *system, GHashTable *secrets)
{
  const char *name = mc_binding_tls(system->binding)->passphrase;
  const char *passphrase = name ? g_hash_table_lookup(secrets, name) : NULL;
  if (!passphrase)
    return;
  mc_pool_set_passphrase(system->pool, passphrase);
  system->unlocked = TRUE;
}

typedef struct {
  McSystem *system;
  McRenewed done;
  gpointer data;
} Unlock;

static void
unlock_fetched(GHashTable *values, GError *error, gpointer data)
{
  Unlock *unlock = data;
  McSystem *system = unlock->system;
  g_autoptr(GError) missing = NULL;
  if (!error && system->pool)
    mc_system_unlock_with(system, values);
  if (!error && mc_system_locked(system))
    error = missing =
        g_error_new(MC_ERROR, MC_ERROR_LOGIN,
                    _("%s: the passphrase of its client certificate is not known. Log in: motcua "
                      "login %s"),
                    system->title, system->name);
  unlock->done(system, error, unlock->data);
  g_free(unlock);
}

void
mc_system_unlock(McSystem *system, McRenewed done, gpointer data)
{
  const char *names[] = {mc_binding_tls(system->binding)->passphrase, NULL};
  Unlock *unlock = g_new0(Unlock, 1);
  *unlock = (Unlock){system, done, data};
  mc_secrets_fetch(system->engine, system->name, names, unlock_fetched, unlock);
}

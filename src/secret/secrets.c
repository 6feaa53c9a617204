/* SPDX-License-Identifier: Apache-2.0 */
/* The face of the providers: picks one by its spec, and holds every call to the same limits. */
#include "config.h"

#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "secret/provider.h"

struct McSecrets {
  char *profile;
  McSecretProvider *provider; /* serves */
  McSecretProvider *wanted;   /* auto that fell back to memory: the Secret Service, looked at by probes */
  char *notice;
};

void
mc_secret_wipe(void *bytes, gsize length)
{
  if (!bytes)
    return;
  explicit_bzero(bytes, length);
  g_free(bytes);
}

void
mc_secret_free(char *value)
{
  mc_secret_wipe(value, value ? strlen(value) : 0);
}

int
mc_secret_patience(gboolean interactive)
{
  return interactive ? MC_SECRET_PROMPT_MS : MC_SECRET_DEADLINE_MS;
}

static void
provider_free(McSecretProvider *provider)
{
  if (provider)
    provider->ops->free(provider);
}

/* A keyring that is locked or empty still is the place for secrets: only one that does not serve at all
 * is replaced by memory. */
static void
choose_auto(McSecrets *secrets, gboolean interactive)
{
  g_autofree char *why = NULL;
  secrets->provider = mc_secret_service_new(interactive);
  McSecretsState state = secrets->provider->ops->probe(secrets->provider, &why);
  if (state == MC_SECRETS_READY || state == MC_SECRETS_LOCKED || state == MC_SECRETS_NO_COLLECTION)
    return;
  secrets->wanted = secrets->provider;
  secrets->provider = mc_secret_memory_new("memory");
  secrets->notice = g_strdup_printf(
      _("Passwords are kept in memory for this session only and asked for again next time: %s"), why);
}

/* "fd:N" -> N, or -1. */
static int
spec_fd(const char *spec)
{
  guint64 fd;
  if (!g_ascii_string_to_unsigned(spec + strlen("fd:"), 10, 0, G_MAXINT, &fd, NULL))
    return -1;
  return (int)fd;
}

static gboolean
choose(McSecrets *secrets, const char *spec, gboolean interactive, GError **error)
{
  if (!strcmp(spec, "auto"))
    choose_auto(secrets, interactive);
  else if (!strcmp(spec, "secret-service"))
    secrets->provider = mc_secret_service_new(interactive);
  else if (!strcmp(spec, "memory"))
    secrets->provider = mc_secret_memory_new("memory");
  else if (g_str_has_prefix(spec, "command:"))
    secrets->provider = mc_secret_command_new(spec + strlen("command:"), interactive, error);
  else if (g_str_has_prefix(spec, "fd:") && spec_fd(spec) >= 0)
    secrets->provider = mc_secret_fd_new(spec_fd(spec), secrets->profile, interactive, error);
  else if (!strcmp(spec, "vault"))
    g_set_error(
        error, MC_ERROR, MC_ERROR_CONFIG,
        _("secrets = vault: the encrypted vault is not there yet; use secret-service, command:CMD or fd:N"));
  else
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG,
                _("secrets = %s: expected auto, secret-service, command:CMD or fd:N"), spec);
  return secrets->provider != NULL;
}

McSecrets *
mc_secrets_new(const char *spec, const char *profile, gboolean interactive, GError **error)
{
  McSecrets *secrets = g_new0(McSecrets, 1);
  secrets->profile = g_strdup(profile);
  if (!choose(secrets, spec, interactive, error))
    g_clear_pointer(&secrets, mc_secrets_free);
  return secrets;
}

void
mc_secrets_free(McSecrets *secrets)
{
  if (!secrets)
    return;
  provider_free(secrets->provider);
  provider_free(secrets->wanted);
  g_free(secrets->profile);
  g_free(secrets->notice);
  g_free(secrets);
}

McSecretsState
mc_secrets_probe(McSecrets *secrets, char **message)
{
  McSecretProvider *provider = secrets->wanted ? secrets->wanted : secrets->provider;
  g_autofree char *text = NULL;
  McSecretsState state = provider->ops->probe(provider, &text);
  if (message)
    *message = g_steal_pointer(&text);
  return state;
}

const char *
mc_secrets_provider(McSecrets *secrets)
{
  return secrets->provider->name;
}

const char *
mc_secrets_notice(McSecrets *secrets)
{
  return secrets->notice;
}

/* Names and values travel in line-based protocols: one line each, and bounded. */
static gboolean
check_line(const char *what, const char *text, GError **error)
{
  if (*text && strlen(text) <= MC_SECRET_MAX && !strpbrk(text, "\r\n"))
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_SECRETS,
              _("the %s cannot be kept: it is empty, too long or not one line"), what);
  return FALSE;
}

static gboolean
make_key(McSecrets *secrets, const char *system, const char *name, McSecretKey *key, GError **error)
{
  *key = (McSecretKey){.profile = secrets->profile, .system = system, .name = name};
  return check_line(_("name of the profile"), key->profile, error) &&
         check_line(_("name of the system"), system, error) &&
         check_line(_("name of the secret"), name, error);
}

gboolean
mc_secrets_get(McSecrets *secrets, const char *system, const char *name, char **value, GError **error)
{
  McSecretKey key;
  *value = NULL;
  return make_key(secrets, system, name, &key, error) &&
         secrets->provider->ops->get(secrets->provider, &key, value, error);
}

gboolean
mc_secrets_store(McSecrets *secrets, const char *system, const char *name, const char *value, GError **error)
{
  McSecretKey key;
  return make_key(secrets, system, name, &key, error) && check_line(_("secret"), value, error) &&
         secrets->provider->ops->store(secrets->provider, &key, value, error);
}

gboolean
mc_secrets_erase(McSecrets *secrets, const char *system, const char *name, GError **error)
{
  McSecretKey key;
  return make_key(secrets, system, name, &key, error) &&
         secrets->provider->ops->erase(secrets->provider, &key, error);
}

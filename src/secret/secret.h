/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: one table of providers behind one face (contract section 6).
 *
 * A secret is (profile, system, name) -> value, each one line of text. Values are never written to any file
 * of ours, never logged, and their memory is wiped when freed (mc_secret_free). Every call has a deadline
 * (MC_SECRET_DEADLINE_MS; MC_SECRET_PROMPT_MS where the person may be asked for a password: `interactive`
 * and a locked keyring or a helper) and may block that long: the engine calls from a worker thread; all
 * functions are thread safe.
 *
 * Told apart by code and message: no session bus, no provider on it, a locked collection, no collection, a
 * helper that fails, no answer in time. Locked is not missing: nothing is ever deleted or overwritten then.
 */
#ifndef SECRET_SECRET_H
#define SECRET_SECRET_H

#include <glib.h>

#define MC_SECRET_DEADLINE_MS 2500
#define MC_SECRET_PROMPT_MS   60000
#define MC_SECRET_MAX         (64 * 1024)

typedef struct McSecrets McSecrets;

typedef enum {
  MC_SECRETS_READY,
  MC_SECRETS_NO_BUS,        /* no session bus (headless, no desktop session) */
  MC_SECRETS_NO_PROVIDER,   /* a bus, but nobody provides org.freedesktop.secrets */
  MC_SECRETS_NO_COLLECTION, /* a provider, but no default collection was ever created */
  MC_SECRETS_LOCKED,        /* the collection is locked and nothing may be asked here */
  MC_SECRETS_SLOW,          /* no answer within the deadline */
  MC_SECRETS_BROKEN,        /* the helper or provider answered wrongly */
} McSecretsState;

/* `spec` as in config.ini: auto | secret-service | command:CMD | fd:N | memory ("vault" is refused with a
 * message that it is not there yet). auto: the Secret Service where it answers, else memory for this
 * session, and mc_secrets_notice() says so plainly. fd:N is read to its end here: credential blocks
 * (host=SYSTEM, username=NAME, password=VALUE, blank line) and then works like memory.
 * A bad spec is MC_ERROR_CONFIG. `interactive`: whether a prompt of the desktop may be shown to unlock. */
McSecrets *mc_secrets_new(const char *spec, const char *profile, gboolean interactive, GError **error);
void mc_secrets_free(McSecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McSecrets, mc_secrets_free)

/* Looks at the provider now. `message` (may be NULL): what is the matter and what to do, new string. */
McSecretsState mc_secrets_probe(McSecrets *secrets, char **message);
/* "secret-service", "command", "fd", "memory": which one serves. Static. */
const char *mc_secrets_provider(McSecrets *secrets);
/* A sentence for the person when secrets live only in memory for this session, else NULL. Static or borrowed.
 */
const char *mc_secrets_notice(McSecrets *secrets);

/* TRUE with *value NULL: certainly not stored. FALSE: MC_ERROR_SECRETS says why it cannot be known.
 * Free the value with mc_secret_free(). */
gboolean mc_secrets_get(McSecrets *secrets, const char *system, const char *name, char **value,
                        GError **error);
/* Durable when it returns TRUE (but for memory). */
gboolean mc_secrets_store(McSecrets *secrets, const char *system, const char *name, const char *value,
                          GError **error);
/* Missing is success. */
gboolean mc_secrets_erase(McSecrets *secrets, const char *system, const char *name, GError **error);

/* Wipes and frees. NULL is allowed. */
void mc_secret_free(char *value);

#endif

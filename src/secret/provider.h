/* SPDX-License-Identifier: Apache-2.0 */
/* The table behind secret.h: one provider a file, each a const McSecretOps and a constructor. Every
 * operation keeps its own deadline and may be called from any thread at any time. */
#ifndef SECRET_PROVIDER_H
#define SECRET_PROVIDER_H

#include "secret/secret.h"

typedef struct {
  const char *profile, *system, *name;
} McSecretKey;

typedef struct McSecretProvider McSecretProvider;

typedef struct {
  McSecretsState (*probe)(McSecretProvider *provider, char **message);
  gboolean (*get)(McSecretProvider *provider, const McSecretKey *key, char **value, GError **error);
  gboolean (*store)(McSecretProvider *provider, const McSecretKey *key, const char *value, GError **error);
  gboolean (*erase)(McSecretProvider *provider, const McSecretKey *key, GError **error);
  void (*free)(McSecretProvider *provider);
} McSecretOps;

/* The first member of every provider. */
struct McSecretProvider {
  const McSecretOps *ops;
  const char *name; /* static */
};

McSecretProvider *mc_secret_service_new(gboolean interactive);
/* `command` as in git's credential.helper: "!SHELL WORDS", a program with arguments, or the NAME of
 * git-credential-NAME with arguments. */
McSecretProvider *mc_secret_command_new(const char *command, gboolean interactive, GError **error);
/* `name`: what it calls itself, static. */
McSecretProvider *mc_secret_memory_new(const char *name);
/* A memory provider that begins with what stands in descriptor `fd` for `profile`. */
McSecretProvider *mc_secret_fd_new(int fd, const char *profile, gboolean interactive, GError **error);

/* How long an operation may take: longer where a person may be asked for a password. */
int mc_secret_patience(gboolean interactive);

/* Wipes `length` bytes and frees them. */
void mc_secret_wipe(void *bytes, gsize length);

#endif

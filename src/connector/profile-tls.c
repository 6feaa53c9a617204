/* SPDX-License-Identifier: Apache-2.0 */
/* `tls`: what a connection needs beside what this machine has, whatever the login is.
 *
 *     "tls": {"ca": {"$":"config.ca"}, "cert": {"$":"config.cert"}, "key": {"$":"config.key"},
 *             "passphrase": {"$":"secret.passphrase"}}
 *
 * Decided where the language leaves it open:
 * - All four may be left out, and one whose setting is not given is as if it were. `cert` and `key` are PEM;
 *   without `key` it stands in the file of `cert`. `ca` holds the authorities to trust instead of the
 * machine's.
 * - The settings have the type "file": a path, relative to the folder of the system's own file.
 * - A client certificate is a credential (rule 4): it is shown to the base origin and to auth.origin alone.
 */
#include <string.h>

#include "connector/plan.h"
#include "motcua/error.h"
#include "motcua/i18n.h"

/* --- compiling --- */

/* The passphrase is one secret and nothing around it: it is asked for by that name. */
static char *
secret_name(McBuild *b, const cJSON *node)
{
  static const char prefix[] = "secret.";
  const char *name = mc_shape_string(node, "$");
  if (!node)
    return NULL;
  if (cJSON_GetArraySize(node) == 1 && name && g_str_has_prefix(name, prefix) && name[strlen(prefix)])
    return g_strdup(name + strlen(prefix));
  mc_compile_fault(&b->c, node, FALSE,
                   _("\"passphrase\" is a secret, such as {\"$\": \"secret.passphrase\"}"));
  return NULL;
}

static void
add_name(char ***names, const char *name)
{
  guint at = 0;
  if (*names && g_strv_contains((const char *const *)*names, name))
    return;
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (char **one = *names; one && *one; one++)
    g_ptr_array_add(all, *one);
  while (at < all->len && strcmp(all->pdata[at], name) < 0)
    at++;
  g_ptr_array_insert(all, (int)at, g_strdup(name));
  g_ptr_array_add(all, NULL);
  g_free(*names);
  *names = (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

void
mc_tls_compile(McBuild *b, const cJSON *source, McTlsPlan *tls)
{
  static const McKey keys[] = {{"ca", MC_SHAPE_NODE, FALSE},
                               {"cert", MC_SHAPE_NODE, FALSE},
                               {"key", MC_SHAPE_NODE, FALSE},
                               {"passphrase", MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  static const char *const of_cert[] = {"key", "passphrase"};
  if (!source || !mc_shape_check(&b->c, source, "tls", keys))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(of_cert); i++)
    if (mc_json_get(source, of_cert[i]) && !mc_json_get(source, "cert"))
      mc_compile_fault(&b->c, mc_json_get(source, of_cert[i]), TRUE,
                       _("\"%s\" is of a certificate: \"cert\" is missing"), of_cert[i]);
  mc_build_place(b, 0, NULL, NULL);
  tls->ca = mc_shape_member_node(&b->c, source, "ca");
  tls->cert = mc_shape_member_node(&b->c, source, "cert");
  tls->key = mc_shape_member_node(&b->c, source, "key");
  tls->passphrase = secret_name(b, mc_shape_object(source, "passphrase"));
  if (tls->passphrase)
    add_name(&b->profile->auth.secrets, tls->passphrase);
}

void
mc_tls_plan_clear(McTlsPlan *tls)
{
  mc_node_free(tls->ca);
  mc_node_free(tls->cert);
  mc_node_free(tls->key);
  g_free(tls->passphrase);
}

/* --- bound to a system --- */
static char *
path_of(const McNode *node, const McScope *scope)
{
  cJSON *value = mc_node_eval(node, scope, NULL);
  const char *text = mc_json_text(value);
  char *path = text && *text ? g_strdup(text) : NULL;
  cJSON_Delete(value);
  return path;
}

void
mc_tls_bind(McBinding *b, const McScope *scope)
{
  const McTlsPlan *plan = &b->profile->tls;
  g_autoptr(GPtrArray) origins = g_ptr_array_new();
  b->tls = (McTls){.ca = path_of(plan->ca, scope), .cert = path_of(plan->cert, scope)};
  b->tls.key = b->tls.cert ? path_of(plan->key, scope) : NULL;
  b->tls.passphrase = b->tls.cert ? plan->passphrase : NULL;
  g_ptr_array_add(origins, g_strdup(b->origin));
  for (char **origin = b->auth_hosts; *origin; origin++)
    g_ptr_array_add(origins, g_strdup(*origin));
  g_ptr_array_add(origins, NULL);
  b->tls.origins = (char **)g_ptr_array_free(g_steal_pointer(&origins), FALSE);
}

void
mc_tls_clear(McTls *tls)
{
  g_free(tls->ca);
  g_free(tls->cert);
  g_free(tls->key);
  g_strfreev(tls->origins);
}

const McTls *
mc_binding_tls(const McBinding *binding)
{
  return &binding->tls;
}

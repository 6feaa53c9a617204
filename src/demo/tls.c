/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/tls.h"

#include "motcua/i18n.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define LIFE (30 * 86400)

/* A certificate with its key. */
typedef struct {
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t cert;
} Pair;

struct DemoTls {
  Pair ca;
  gnutls_x509_crt_t trusted; /* the authority as it is read: one just made does not verify anything */
  char *key, *cert, *ca_pem;
};

static void
pair_clear(Pair *pair)
{
  if (pair->key)
    gnutls_x509_privkey_deinit(pair->key);
  if (pair->cert)
    gnutls_x509_crt_deinit(pair->cert);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

/* FALSE with the library's reason. */
static gboolean
did(int code, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, _("a certificate cannot be made: %s"),
              gnutls_strerror(code));
  return FALSE;
}

static int
set_serial(gnutls_x509_crt_t cert)
{
  guint8 serial[8];

  for (gsize i = 0; i < sizeof serial; i++)
    serial[i] = (guint8)g_random_int_range(1, 128);
  return gnutls_x509_crt_set_serial(cert, serial, sizeof serial);
}

/* A key, and a certificate of that name that still has to be signed. */
static gboolean
pair_begin(Pair *pair, const char *name, GError **error)
{
  time_t now = (time_t)(g_get_real_time() / G_USEC_PER_SEC);

  return did(gnutls_x509_privkey_init(&pair->key), error) &&
         did(gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA,
                                          GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
             error) &&
         did(gnutls_x509_crt_init(&pair->cert), error) &&
         did(gnutls_x509_crt_set_version(pair->cert, 3), error) && did(set_serial(pair->cert), error) &&
         did(gnutls_x509_crt_set_activation_time(pair->cert, now - 3600), error) &&
         did(gnutls_x509_crt_set_expiration_time(pair->cert, now + LIFE), error) &&
         did(gnutls_x509_crt_set_dn_by_oid(pair->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                           (unsigned)strlen(name)),
             error) &&
         did(gnutls_x509_crt_set_key(pair->cert, pair->key), error);
}

static gboolean
pair_sign(Pair *pair, const Pair *by, GError **error)
{
  return did(gnutls_x509_crt_sign2(pair->cert, by->cert, by->key, GNUTLS_DIG_SHA256, 0), error);
}

static gboolean
make_ca(Pair *ca, GError **error)
{
  return pair_begin(ca, "Mau Son Demo CA", error) &&
         did(gnutls_x509_crt_set_basic_constraints(ca->cert, 1, 0), error) &&
         did(gnutls_x509_crt_set_key_usage(ca->cert, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
             error) &&
         pair_sign(ca, ca, error);
}

static gboolean
make_server(Pair *server, const Pair *ca, GError **error)
{
  static const guint8 loopback[] = {127, 0, 0, 1};

  return pair_begin(server, "127.0.0.1", error) &&
         did(gnutls_x509_crt_set_subject_alt_name(server->cert, GNUTLS_SAN_IPADDRESS, loopback,
                                                  sizeof loopback, GNUTLS_FSAN_SET),
             error) &&
         did(gnutls_x509_crt_set_subject_alt_name(server->cert, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                                  GNUTLS_FSAN_APPEND),
             error) &&
         did(gnutls_x509_crt_set_key_purpose_oid(server->cert, GNUTLS_KP_TLS_WWW_SERVER, 0), error) &&
         pair_sign(server, ca, error);
}

static gboolean
make_client(Pair *client, const char *name, const Pair *by, GError **error)
{
  return pair_begin(client, name, error) &&
         did(gnutls_x509_crt_set_key_purpose_oid(client->cert, GNUTLS_KP_TLS_WWW_CLIENT, 0), error) &&
         pair_sign(client, by ? by : client, error);
}

/* --- files --- */

static char *
taken(gnutls_datum_t *data)
{
  char *text = g_strndup((const char *)data->data, data->size);

  gnutls_free(data->data);
  return text;
}

static char *
cert_pem(const Pair *pair)
{
  gnutls_datum_t data = {0};

  return gnutls_x509_crt_export2(pair->cert, GNUTLS_X509_FMT_PEM, &data) < 0 ? NULL : taken(&data);
}

/* PKCS #8, behind a passphrase where one is given. */
static char *
key_pem(const Pair *pair, const char *passphrase)
{
  gnutls_datum_t data = {0};
  unsigned flags = passphrase ? GNUTLS_PKCS_PBES2_AES_256 : GNUTLS_PKCS_PLAIN;

  return gnutls_x509_privkey_export2_pkcs8(pair->key, GNUTLS_X509_FMT_PEM, passphrase, flags, &data) < 0
             ? NULL
             : taken(&data);
}

/* Takes the text. */
static gboolean
leave(const char *dir, const char *name, char *text, GError **error)
{
  g_autofree char *owned = text, *path = g_build_filename(dir, name, NULL);

  if (!owned)
    return did(GNUTLS_E_INTERNAL_ERROR, error);
  return g_file_set_contents_full(path, owned, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static gboolean
leave_all(const DemoTls *tls, const char *dir, const Pair *client, const Pair *stranger, GError **error)
{
  return leave(dir, "ca.pem", g_strdup(tls->ca_pem), error) &&
         leave(dir, "server.pem", g_strconcat(tls->cert, tls->key, NULL), error) &&
         leave(dir, "client.pem", cert_pem(client), error) &&
         leave(dir, "client-key.pem", key_pem(client, NULL), error) &&
         leave(dir, "client-key-locked.pem", key_pem(client, DEMO_TLS_PASSPHRASE), error) &&
         leave(dir, "stranger.pem", cert_pem(stranger), error) &&
         leave(dir, "stranger-key.pem", key_pem(stranger, NULL), error);
}

static gboolean
read_authority(DemoTls *tls, GError **error)
{
  const gnutls_datum_t data = {(unsigned char *)tls->ca_pem, tls->ca_pem ? (unsigned)strlen(tls->ca_pem) : 0};

  return did(gnutls_x509_crt_init(&tls->trusted), error) &&
         did(gnutls_x509_crt_import(tls->trusted, &data, GNUTLS_X509_FMT_PEM), error);
}

DemoTls *
demo_tls_new(const char *dir, GError **error)
{
  DemoTls *tls = g_new0(DemoTls, 1);
  g_auto(Pair) server = {0}, client = {0}, stranger = {0};

  if (g_mkdir_with_parents(dir, 0700) == 0 && make_ca(&tls->ca, error) &&
      make_server(&server, &tls->ca, error) && make_client(&client, "canbo01", &tls->ca, error) &&
      make_client(&stranger, "canbo01", NULL, error)) {
    tls->key = key_pem(&server, NULL);
    tls->cert = cert_pem(&server);
    tls->ca_pem = cert_pem(&tls->ca);
    if (read_authority(tls, error) && leave_all(tls, dir, &client, &stranger, error))
      return tls;
  } else if (error && !*error)
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, _("--tls: \"%s\" cannot be made"), dir);
  demo_tls_free(tls);
  return NULL;
}

void
demo_tls_free(DemoTls *tls)
{
  if (!tls)
    return;
  pair_clear(&tls->ca);
  if (tls->trusted)
    gnutls_x509_crt_deinit(tls->trusted);
  g_free(tls->key);
  g_free(tls->cert);
  g_free(tls->ca_pem);
  g_free(tls);
}

const char *
demo_tls_key(const DemoTls *tls)
{
  return tls->key;
}

const char *
demo_tls_cert(const DemoTls *tls)
{
  return tls->cert;
}

const char *
demo_tls_ca(const DemoTls *tls)
{
  return tls->ca_pem;
}

/* --- who is there --- */

char *
demo_tls_client(const DemoTls *tls, gpointer session)
{
  unsigned count = 0, result = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
  gnutls_x509_crt_t cert = NULL;
  char name[128];
  size_t size = sizeof name;
  char *found = NULL;

  if (!chain || count == 0 || gnutls_x509_crt_init(&cert) < 0)
    return NULL;
  if (gnutls_x509_crt_import(cert, &chain[0], GNUTLS_X509_FMT_DER) >= 0 &&
      gnutls_x509_crt_verify(cert, &tls->trusted, 1, 0, &result) >= 0 && result == 0 &&
      gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) >= 0)
    found = g_strndup(name, size);
  gnutls_x509_crt_deinit(cert);
  return found;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A throwaway public key infrastructure for the province's second, encrypted port: an authority of its own, a
 * certificate for the server, one for a client, and one of a client that nobody vouches for.
 */
#pragma once

#include <glib.h>

typedef struct DemoTls DemoTls;

/* Makes it anew, and leaves in `dir` (made when missing) what a client needs:
 *   ca.pem                                    the authority
 *   client.pem, client-key.pem                the client's certificate and key
 *   client-key-locked.pem                     the same key behind the passphrase DEMO_TLS_PASSPHRASE
 *   stranger.pem, stranger-key.pem            signed by nobody but itself
 *   server.pem                                the server's certificate and key, for a listener beside it */
DemoTls *demo_tls_new(const char *dir, GError **error);
void demo_tls_free(DemoTls *tls);

#define DEMO_TLS_PASSPHRASE "demo-passphrase"

/* In PEM, for the server. */
const char *demo_tls_key(const DemoTls *tls);
const char *demo_tls_cert(const DemoTls *tls);
const char *demo_tls_ca(const DemoTls *tls);

/* The common name of the client's certificate on this connection (a gnutls_session_t), when the authority
 * vouches for it; NULL otherwise. Caller frees. */
char *demo_tls_client(const DemoTls *tls, gpointer session);

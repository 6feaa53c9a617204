/* SPDX-License-Identifier: Apache-2.0 */
/* One table from libcurl's codes to sentences: what happened, to which server, what now. */
#include "config.h"

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "net/fault.h"

#define BROKEN    N_("%s broke the connection before its whole answer came")
#define UNTRUSTED N_("%s shows a certificate that cannot be trusted (%s); ask its administrator")

static const struct {
  CURLcode code;
  const char *text; /* takes the origin, and libcurl's detail where it has a second %s */
} faults[] = {
    {CURLE_COULDNT_RESOLVE_HOST, N_("the name of %s is not known; check the address and the network")},
    {CURLE_COULDNT_RESOLVE_PROXY, N_("the proxy on the way to %s is not known; check the proxy setting")},
    {CURLE_COULDNT_CONNECT, N_("%s does not accept a connection; it may be down, or the network blocks it")},
    {CURLE_SSL_CONNECT_ERROR, N_("no secure connection to %s (%s); TLS 1.2 or later is needed")},
    {CURLE_PEER_FAILED_VERIFICATION, UNTRUSTED},
    {CURLE_SSL_ISSUER_ERROR, UNTRUSTED},
    {CURLE_SSL_INVALIDCERTSTATUS, UNTRUSTED},
    {CURLE_SSL_CERTPROBLEM, N_("the client certificate for %s cannot be used (%s); check its file and key")},
    {CURLE_SSL_CACERT_BADFILE, N_("the file of trusted certificates for %s cannot be read (%s)")},
    {CURLE_GOT_NOTHING, BROKEN},
    {CURLE_SEND_ERROR, BROKEN},
    {CURLE_RECV_ERROR, BROKEN},
    {CURLE_PARTIAL_FILE, BROKEN},
    {CURLE_HTTP2, BROKEN},
    {CURLE_HTTP2_STREAM, BROKEN},
    {CURLE_ABORTED_BY_CALLBACK, BROKEN},
    {CURLE_BAD_CONTENT_ENCODING, N_("%s sent an answer that cannot be decompressed")},
    {CURLE_WEIRD_SERVER_REPLY, N_("%s answers something that is not HTTP; check the address")},
    {CURLE_UNSUPPORTED_PROTOCOL, N_("%s answers something that is not HTTP; check the address")},
    {CURLE_WRITE_ERROR, N_("the answer of %s is larger than is allowed and was stopped")},
    {CURLE_OUT_OF_MEMORY, N_("no memory for a connection to %s")},
};

static const char *
fault_format(CURLcode code, gboolean left)
{
  if (code == CURLE_OPERATION_TIMEDOUT)
    return left ? N_("%s did not answer in time") : N_("%s could not be connected in time");
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
    if (faults[i].code == code)
      return faults[i].text;
  return N_("the exchange with %s failed (%s)");
}

char *
mc_fault_text(CURLcode code, gboolean left, const char *origin, const char *detail)
{
  g_autofree char *why = mc_text_clean(detail && *detail ? detail : curl_easy_strerror(code), -1);
  return g_strdup_printf(_(fault_format(code, left)), origin, why);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* URLs, read by one strict reader: what two readers could take for two different hosts is no URL. */
#include "base/http.h"

#include <string.h>

#define URL_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

/* Printable ASCII without the characters that clients disagree about. */
static gboolean
is_plain(const char *url)
{
  for (const char *at = url; *at; at++)
    if ((guchar)*at <= ' ' || (guchar)*at >= 0x7F || strchr("\\<>\"^`{|}", *at))
      return FALSE;
  return TRUE;
}

/* GUri decodes a host: one that is written with escapes could come out as another than was meant. */
static gboolean
has_plain_authority(const char *url)
{
  const char *authority = strstr(url, "://");

  return authority && !memchr(authority + 3, '%', strcspn(authority + 3, "/?#"));
}

static int
default_port(const char *scheme)
{
  return !strcmp(scheme, "https") ? 443 : !strcmp(scheme, "http") ? 80 : 0;
}

char *
mc_url_origin(const char *url)
{
  g_autoptr(GUri) uri =
      url && is_plain(url) && has_plain_authority(url) ? g_uri_parse(url, URL_FLAGS, NULL) : NULL;
  const char *scheme = uri ? g_uri_get_scheme(uri) : "", *host = uri ? g_uri_get_host(uri) : NULL;
  int usual = default_port(scheme);

  if (!usual || !host || !*host || g_uri_get_userinfo(uri) || g_uri_get_port(uri) == 0)
    return NULL;

  g_autofree char *lower = g_ascii_strdown(host, -1);
  const char *open = strchr(host, ':') ? "[" : "", *close = *open ? "]" : "";
  int port = g_uri_get_port(uri);
  if (port < 0 || port == usual)
    return g_strdup_printf("%s://%s%s%s", scheme, open, lower, close);
  return g_strdup_printf("%s://%s%s%s:%d", scheme, open, lower, close, port);
}

char *
mc_url_resolve(const char *base, const char *reference)
{
  if (!base || !reference || !is_plain(base) || !is_plain(reference))
    return NULL;
  return g_uri_resolve_relative(base, reference, URL_FLAGS, NULL);
}

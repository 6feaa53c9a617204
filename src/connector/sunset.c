/* SPDX-License-Identifier: Apache-2.0 */
/* What a system says of its own interface's end: Sunset (RFC 8594), when it will stop answering, and
 * Deprecation (RFC 9745), since when better is to be had. Said by the system itself, not by a host beside it.
 * Nothing is decided by it. */
#include <string.h>

#include "connector/run.h"

static gint64
moment_of(const char *value)
{
  gint64 moment;
  if (!value)
    return MC_TIME_NONE;
  if (*value == '@' &&
      g_ascii_string_to_signed(value + 1, 10, 0, G_MAXINT32 * G_GINT64_CONSTANT(100), &moment, NULL))
    return moment;
  return mc_http_date(value, &moment) ? moment : MC_TIME_NONE;
}

void
mc_exchange_see_end(McExchange *x, const McResponse *response)
{
  const char *url = response->url ? response->url : x->url;
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  if (response->wire != MC_WIRE_ANSWERED || g_strcmp0(origin, x->binding->origin) != 0)
    return;
  gint64 sunset = moment_of(mc_response_header(response, "Sunset"));
  gint64 deprecated = moment_of(mc_response_header(response, "Deprecation"));
  if (sunset != MC_TIME_NONE)
    x->sunset = sunset;
  if (deprecated != MC_TIME_NONE)
    x->deprecated = deprecated;
}

gint64
mc_exchange_sunset(const McExchange *x)
{
  return x->sunset;
}

gint64
mc_exchange_deprecated(const McExchange *x)
{
  return x->deprecated;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The network as a whole: the main context its pools live in, libcurl's start and end, and the one
 * formula of waiting. */
#include "config.h"

#include <curl/curl.h>
#include <math.h>

#include "net/transfer.h"

struct McNet {
  GMainContext *context;
  int pools;
};

McNet *
mc_net_new(GMainContext *context)
{
  McNet *net = g_new0(McNet, 1);
  curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by libcurl, thread safe since 7.84 */
  net->context = g_main_context_ref(context ? context : g_main_context_default());
  return net;
}

void
mc_net_free(McNet *net)
{
  if (!net)
    return;
  g_return_if_fail(net->pools == 0);
  g_main_context_unref(net->context);
  g_free(net);
  curl_global_cleanup();
}

GMainContext *
mc_net_context(McNet *net)
{
  return net->context;
}

void
mc_net_count_pool(McNet *net, int change)
{
  net->pools += change;
}

gint64
mc_backoff(int attempt, gint64 base_us, gint64 cap_us, double random01)
{
  double bound = MIN((double)cap_us, ldexp((double)base_us, CLAMP(attempt, 0, 60)));
  return (gint64)(bound * random01);
}

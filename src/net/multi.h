/* SPDX-License-Identifier: Apache-2.0 */
/* One libcurl multi handle living in a GMainContext. Its connections are its own: nothing is shared
 * with another multi. Reference counted, because a transfer under way keeps its multi after the pool
 * has turned to a new one (mc_pool_drop_idle()); the last reference closes every connection. */
#ifndef NET_MULTI_H
#define NET_MULTI_H

#include <curl/curl.h>
#include <glib.h>

typedef struct McMulti McMulti;

/* Called from the main loop, never from within libcurl; may remove any handle and drop any reference. */
typedef void (*McMultiDone)(CURL *easy, CURLcode code);

/* `idle_max`: connections kept open at most. NULL when libcurl cannot (no memory, no descriptor). */
McMulti *mc_multi_new(GMainContext *context, int idle_max, McMultiDone done);
McMulti *mc_multi_ref(McMulti *multi);
void mc_multi_unref(McMulti *multi);

gboolean mc_multi_add(McMulti *multi, CURL *easy);
void mc_multi_remove(McMulti *multi, CURL *easy);

/* A source attached to `context` that sleeps until g_source_set_ready_time() and then calls `func` once,
 * having put itself to sleep again. Owned by the caller: g_source_destroy() and unref. */
GSource *mc_alarm_new(GMainContext *context, GSourceFunc func, gpointer data);
void mc_alarm_free(GSource *alarm);

#endif

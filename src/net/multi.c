/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's multi_socket interface as GSources: one for each socket libcurl watches, one alarm for its
 * timer. libcurl is entered only from these sources (and from add and remove), never from its own
 * callbacks, so whoever is told of an end may do anything, freeing the multi included. */
#include "config.h"

#include <glib-unix.h>

#include "net/multi.h"

struct McMulti {
  int refs;
  CURLM *curl;
  GMainContext *context;
  GSource *timer;
  McMultiDone done;
};

static gboolean
alarm_dispatch(GSource *source, GSourceFunc func, gpointer data)
{
  g_source_set_ready_time(source, -1);
  return func(data);
}

static GSourceFuncs alarm_funcs = {.dispatch = alarm_dispatch};

GSource *
mc_alarm_new(GMainContext *context, GSourceFunc func, gpointer data)
{
  GSource *alarm = g_source_new(&alarm_funcs, sizeof(GSource));
  g_source_set_callback(alarm, func, data, NULL);
  g_source_attach(alarm, context);
  return alarm;
}

void
mc_alarm_free(GSource *alarm)
{
  if (!alarm)
    return;
  g_source_destroy(alarm);
  g_source_unref(alarm);
}

/* Hands the ended transfers over. The caller holds a reference for the whole of it. */
static void
multi_report(McMulti *multi)
{
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(multi->curl, &left)))
    if (message->msg == CURLMSG_DONE)
      multi->done(message->easy_handle, message->data.result);
}

static void
multi_act(McMulti *multi, curl_socket_t fd)
{
  int running;
  mc_multi_ref(multi);
  /* Mask 0: libcurl looks at the descriptor itself, so what poll() said stays libcurl's to interpret. */
  CURLMcode code = curl_multi_socket_action(multi->curl, fd, 0, &running);
  if (code != CURLM_OK)
    g_warning("net: %s", curl_multi_strerror(code));
  multi_report(multi);
  mc_multi_unref(multi);
}

static gboolean
on_timer(gpointer data)
{
  multi_act(data, CURL_SOCKET_TIMEOUT);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ready(int fd, GIOCondition condition, gpointer data)
{
  (void)condition;
  multi_act(data, fd);
  return G_SOURCE_CONTINUE;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *watch)
{
  McMulti *multi = data;
  (void)easy;
  mc_alarm_free(watch);
  GSource *source = NULL;
  if (what != CURL_POLL_REMOVE) {
    int condition = (what & CURL_POLL_IN ? G_IO_IN : 0) | (what & CURL_POLL_OUT ? G_IO_OUT : 0);
    source = g_unix_fd_source_new(fd, condition | G_IO_ERR | G_IO_HUP);
    g_source_set_callback(source, G_SOURCE_FUNC(on_ready), multi, NULL);
    g_source_attach(source, multi->context);
  }
  curl_multi_assign(multi->curl, fd, source);
  return 0;
}

static int
on_timeout(CURLM *curl, long ms, void *data)
{
  McMulti *multi = data;
  (void)curl;
  g_source_set_ready_time(multi->timer, ms < 0 ? -1 : g_get_monotonic_time() + ms * 1000);
  return 0;
}

McMulti *
mc_multi_new(GMainContext *context, int idle_max, McMultiDone done)
{
  CURLM *curl = curl_multi_init();
  if (!curl)
    return NULL;
  McMulti *multi = g_new0(McMulti, 1);
  multi->refs = 1;
  multi->curl = curl;
  multi->context = g_main_context_ref(context);
  multi->timer = mc_alarm_new(context, on_timer, multi);
  multi->done = done;
  curl_multi_setopt(curl, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(curl, CURLMOPT_SOCKETDATA, multi);
  curl_multi_setopt(curl, CURLMOPT_TIMERFUNCTION, on_timeout);
  curl_multi_setopt(curl, CURLMOPT_TIMERDATA, multi);
  curl_multi_setopt(curl, CURLMOPT_MAXCONNECTS, (long)idle_max);
  return multi;
}

McMulti *
mc_multi_ref(McMulti *multi)
{
  multi->refs++;
  return multi;
}

void
mc_multi_unref(McMulti *multi)
{
  if (!multi || --multi->refs > 0)
    return;
  /* Closing connections still calls on_socket(), so the sources' context outlives it. */
  curl_multi_cleanup(multi->curl);
  mc_alarm_free(multi->timer);
  g_main_context_unref(multi->context);
  g_free(multi);
}

gboolean
mc_multi_add(McMulti *multi, CURL *easy)
{
  return curl_multi_add_handle(multi->curl, easy) == CURLM_OK;
}

void
mc_multi_remove(McMulti *multi, CURL *easy)
{
  curl_multi_remove_handle(multi->curl, easy);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made profiles, bindings and answers for the tests of the connector layer. */
#ifndef TESTS_CONNECTOR_HELP_H
#define TESTS_CONNECTOR_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "connector/exchange.h"
#include "motcua/error.h"

#define NOW G_GINT64_CONSTANT(1795329000) /* 2026-11-22T06:30:00Z */

static inline char *
faults_text(GPtrArray *faults)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < faults->len; i++) {
    g_autofree char *one = mc_fault_format(faults->pdata[i]);
    g_string_append_printf(text, "%s\n", one);
  }
  return g_string_free(text, FALSE);
}

/* JSON is written with ' for " in the tests. */
static inline char *
quoted(const char *text)
{
  return g_strdelimit(g_strdup(text), "'", '"');
}

/* The faults of a profile text, a line each; "" for none. */
static inline char *
check_text(const char *text, McProfile **profile)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  g_autofree char *json = quoted(text);
  McProfile *p = mc_profile_parse("t.jsonc", json, strlen(json), faults);
  if (profile)
    *profile = p;
  else if (p)
    mc_profile_unref(p);
  return faults_text(faults);
}

/* Whether `words` are said there, whatever the quotes: those of the tests stand for both. */
static inline gboolean
tells(const char *said, const char *words)
{
  g_autofree char *a = g_strdelimit(g_strdup(said), "\"", '\''),
                  *b = g_strdelimit(g_strdup(words), "\"", '\'');
  return strstr(a, b) != NULL;
}

/* Whether each line of what check_text() gave is but a warning. */
static inline gboolean
only_warnings(const char *said)
{
  for (; *said; said += strcspn(said, "\n") + 1) {
    g_autofree char *line = g_strndup(said, strcspn(said, "\n"));
    if (!strstr(line, "warning: "))
      return FALSE;
  }
  return TRUE;
}

static inline McBinding *
bind_profile(McProfile *profile)
{
  GError *error = NULL;
  g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(McCalendar) calendar =
      mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", &error);
  g_hash_table_insert(config, (gpointer) "base", (gpointer) "http://127.0.0.1:8080/x");
  McBinding *binding = mc_binding_new(profile, "sys", config, calendar, &error);
  if (error)
    print_message("%s\n", error->message);
  assert_non_null(binding);
  mc_profile_unref(profile);
  return binding;
}

/* A binding to base http://127.0.0.1:8080/x of a text that must have no fault. */
static inline McBinding *
bind_text(const char *text)
{
  McProfile *profile = NULL;
  g_autofree char *faults = check_text(text, &profile);
  if (!profile)
    print_message("%s\n", faults);
  assert_non_null(profile);
  return bind_profile(profile);
}

/* A binding of one of the installed connectors. */
static inline McBinding *
bind_file(const char *name)
{
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  g_autofree char *path =
      g_build_filename(g_getenv("top_srcdir") ? g_getenv("top_srcdir") : ".", "connectors", name, NULL);
  McProfile *profile = mc_profile_load(path, faults);
  g_autofree char *text = faults_text(faults);
  if (!profile)
    print_message("%s\n", text);
  assert_non_null(profile);
  return bind_profile(profile);
}

static inline void
add_header(McResponse *response, const char *name, const char *value)
{
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strdup(name);
  header->value = g_strdup(value);
  g_ptr_array_add(response->headers, header);
}

/* An answer with a JSON body (' for "); `headers`: "Name: value\n...", may be NULL. */
static inline McResponse *
answer_with(int status, const char *headers, const char *body)
{
  McResponse *response = mc_response_new(MC_WIRE_ANSWERED);
  char *json = quoted(body ? body : "");
  response->status = status;
  g_clear_pointer(&response->body, g_bytes_unref);
  response->body = g_bytes_new_take(json, strlen(json));
  g_auto(GStrv) lines = g_strsplit(headers ? headers : "", "\n", -1);
  gboolean typed = FALSE;
  for (char **line = lines; *line; line++) {
    g_auto(GStrv) pair = g_strsplit(*line, ": ", 2);
    if (!pair[0] || !pair[1])
      continue;
    typed |= g_ascii_strcasecmp(pair[0], "content-type") == 0;
    add_header(response, pair[0], pair[1]);
  }
  if (!typed)
    add_header(response, "Content-Type", "application/json");
  return response;
}

static inline const McVerdict *
feed(McExchange *x, int status, const char *headers, const char *body, gint64 now)
{
  g_autoptr(McResponse) response = answer_with(status, headers, body);
  return mc_exchange_feed(x, response, now);
}

static inline const McVerdict *
feed_wire(McExchange *x, McWire wire, gint64 now)
{
  g_autoptr(McResponse) response = mc_response_new(wire);
  return mc_exchange_feed(x, response, now);
}

/* The next request, which must be one. */
static inline McRequest *
sends(McExchange *x, const McSession *session, gint64 now)
{
  McRequest *request = NULL;
  gint64 until;
  GError *error = NULL;
  McStep step = mc_exchange_next(x, session, now, &request, &until, &error);
  if (error)
    print_message("%s\n", error->message);
  assert_int_equal(step, MC_STEP_SEND);
  assert_non_null(request);
  return request;
}

static inline void
must_send(McExchange *x, const McSession *session, gint64 now, const char *method, const char *url)
{
  g_autoptr(McRequest) request = sends(x, session, now);
  assert_string_equal(request->method, method);
  assert_string_equal(request->url, url);
}

static inline void
must_be_done(McExchange *x, const McSession *session, gint64 now)
{
  McRequest *request = NULL;
  gint64 until;
  GError *error = NULL;
  McStep step = mc_exchange_next(x, session, now, &request, &until, &error);
  if (error)
    print_message("%s\n", error->message);
  assert_int_equal(step, MC_STEP_DONE);
}

/* It must have failed with that code; the message is returned new. */
static inline char *
must_fail(McExchange *x, const McSession *session, gint64 now, int code)
{
  McRequest *request = NULL;
  gint64 until;
  GError *error = NULL;
  assert_int_equal(mc_exchange_next(x, session, now, &request, &until, &error), MC_STEP_FAILED);
  assert_non_null(error);
  assert_int_equal(error->code, code);
  char *message = g_strdup(error->message);
  g_error_free(error);
  return message;
}

/* How long it wants to wait. */
static inline gint64
must_wait(McExchange *x, const McSession *session, gint64 now)
{
  McRequest *request = NULL;
  gint64 until = 0;
  assert_int_equal(mc_exchange_next(x, session, now, &request, &until, NULL), MC_STEP_WAIT);
  return until - now;
}

static inline char *
body_text(const McRequest *request)
{
  gsize len = 0;
  const char *text = request->body ? g_bytes_get_data(request->body, &len) : "";
  return g_strndup(text, len);
}

#endif

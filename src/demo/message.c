/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/message.h"

#include <string.h>

DemoCall *
demo_call_new(struct DemoProvince *province, const char *method, const char *path)
{
  DemoCall *call = g_new0(DemoCall, 1);

  call->province = province;
  call->method = g_intern_string(method);
  call->full_path = g_strdup(path);
  call->path = call->full_path;
  call->query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  call->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  call->body = g_string_new(NULL);
  return call;
}

void
demo_call_free(DemoCall *call)
{
  if (!call)
    return;
  g_free(call->full_path);
  for (int i = 0; i < DEMO_MAX_ARGS; i++)
    g_free(call->args[i]);
  g_hash_table_unref(call->query);
  g_hash_table_unref(call->headers);
  g_string_free(call->body, TRUE);
  g_free(call->held);
  g_free(call->token);
  g_free(call->family);
  g_free(call->csrf);
  g_free(call->client);
  g_free(call);
}

const char *
demo_call_header(const DemoCall *call, const char *lower_name)
{
  return g_hash_table_lookup(call->headers, lower_name);
}

const char *
demo_call_query(const DemoCall *call, const char *name)
{
  return g_hash_table_lookup(call->query, name);
}

gint64
demo_call_number(const DemoCall *call, const char *name, gint64 otherwise, gint64 min, gint64 max)
{
  const char *text = demo_call_query(call, name);
  gint64 value;

  if (!text || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return otherwise;
  return CLAMP(value, min, max);
}

char *
demo_call_bearer(DemoCall *call)
{
  const char *header = demo_call_header(call, "authorization");

  if (!header || g_ascii_strncasecmp(header, "Bearer ", 7) != 0)
    return NULL;
  return g_strstrip(g_strdup(header + 7));
}

cJSON *
demo_call_json(const DemoCall *call)
{
  cJSON *json = demo_json_parse(call->body->str, call->body->len);

  if (cJSON_IsObject(json))
    return json;
  cJSON_Delete(json);
  return NULL;
}

static char *
form_text(const char *text, gssize length)
{
  g_autofree char *plain = g_strndup(text, length < 0 ? strlen(text) : (gsize)length);

  g_strdelimit(plain, "+", ' ');
  char *decoded = g_uri_unescape_string(plain, NULL);
  if (decoded && !g_utf8_validate(decoded, -1, NULL))
    g_clear_pointer(&decoded, g_free);
  return decoded;
}

cJSON *
demo_call_form(const DemoCall *call)
{
  g_autoptr(cJSON) form = cJSON_CreateObject();
  g_auto(GStrv) pairs = g_strsplit(call->body->str, "&", 256);

  for (char **pair = pairs; *pair; pair++) {
    if (!**pair)
      continue;
    const char *equals = strchr(*pair, '=');
    g_autofree char *name = form_text(*pair, equals ? equals - *pair : -1);
    g_autofree char *value = form_text(equals ? equals + 1 : "", -1);
    if (!name || !value)
      return NULL;
    demo_json_set_text(form, name, value);
  }
  return g_steal_pointer(&form);
}

char *
demo_call_print(const DemoCall *call)
{
  g_autoptr(GString) all = g_string_new(NULL);

  g_string_append_printf(all, "%s %s\n", call->method, call->full_path);
  g_string_append_len(all, call->body->str, (gssize)call->body->len);
  return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)all->str, all->len);
}

DemoResponse *
demo_response_new(guint status, const char *type, const char *body)
{
  DemoResponse *response = g_new0(DemoResponse, 1);

  response->status = status;
  response->body = g_string_new(body);
  response->headers = g_ptr_array_new_with_free_func(g_free);
  if (type)
    demo_response_header(response, "Content-Type", type);
  return response;
}

DemoResponse *
demo_response_json(guint status, cJSON *json)
{
  g_autofree char *text = demo_json_print(json);

  cJSON_Delete(json);
  return demo_response_new(status, "application/json; charset=utf-8", text);
}

void
demo_response_header(DemoResponse *response, const char *name, const char *value)
{
  g_ptr_array_add(response->headers, g_strdup(name));
  g_ptr_array_add(response->headers, g_strdup(value));
}

char *
demo_http_date(GDateTime *utc)
{
  static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

  return g_strdup_printf("%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(utc) - 1],
                         g_date_time_get_day_of_month(utc), months[g_date_time_get_month(utc) - 1],
                         g_date_time_get_year(utc), g_date_time_get_hour(utc), g_date_time_get_minute(utc),
                         g_date_time_get_second(utc));
}

void
demo_response_free(DemoResponse *response)
{
  if (!response)
    return;
  if (response->body)
    g_string_free(response->body, TRUE);
  g_ptr_array_unref(response->headers);
  g_free(response);
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem() */
#include "demo/file.h"
#include "demo/action.h"

#include <string.h>

/* --- multipart --- */

static const char *
find_bytes(const char *from, const char *end, const char *what, gsize size)
{
  return from && size <= (gsize)(end - from) ? memmem(from, (gsize)(end - from), what, size) : NULL;
}

/* The value of `name="..."` in a head; NULL when absent. Caller frees. */
static char *
parameter(const char *head, const char *name)
{
  g_autofree char *begin = g_strdup_printf(" %s=\"", name);
  const char *at = strstr(head, begin);
  const char *value = at ? at + strlen(begin) : NULL, *end = value ? strchr(value, '"') : NULL;

  return end ? g_strndup(value, (gsize)(end - value)) : NULL;
}

static char *
boundary_of(const DemoCall *call)
{
  const char *type = demo_call_header(call, "content-type");
  const char *at = type && g_str_has_prefix(type, "multipart/form-data;") ? strstr(type, "boundary=") : NULL;

  return at ? g_strconcat("--", at + strlen("boundary="), NULL) : NULL;
}

static void
take_part(const char *head, const char *bytes, gsize size, DemoPart *part)
{
  const char *type = strstr(head, "\r\nContent-Type: ");

  part->name = parameter(head, "filename");
  part->type = type ? g_strdup(type + strlen("\r\nContent-Type: ")) : NULL;
  if (part->type)
    part->type[strcspn(part->type, "\r\n")] = '\0';
  part->bytes = g_string_new_len(bytes, (gssize)size);
}

gboolean
demo_call_part(const DemoCall *call, const char *name, DemoPart *part)
{
  g_autofree char *boundary = boundary_of(call),
                  *next = boundary ? g_strconcat("\r\n", boundary, NULL) : NULL;
  const char *end = call->body->str + call->body->len;
  const char *at = boundary ? find_bytes(call->body->str, end, boundary, strlen(boundary)) : NULL;

  *part = (DemoPart){NULL, NULL, NULL};
  while (at) {
    const char *head = at + strlen(boundary);
    const char *body = find_bytes(head, end, "\r\n\r\n", 4);
    const char *stop = body ? find_bytes(body + 4, end, next, strlen(next)) : NULL;
    if (!stop)
      return FALSE;
    g_autofree char *text = g_strndup(head, (gsize)(body - head));
    g_autofree char *own = parameter(text, "name");
    if (g_strcmp0(own, name) == 0) {
      take_part(text, body + 4, (gsize)(stop - body - 4), part);
      return TRUE;
    }
    at = stop + 2;
  }
  return FALSE;
}

void
demo_part_clear(DemoPart *part)
{
  g_free(part->name);
  g_free(part->type);
  if (part->bytes)
    g_string_free(part->bytes, TRUE);
}

/* --- in a record --- */

static const cJSON *
add_file(DemoRecord *record, const DemoPart *part)
{
  cJSON *files = cJSON_GetObjectItemCaseSensitive(record->doc, "files"), *file = cJSON_CreateObject();
  g_autofree char *data = g_base64_encode((const guchar *)part->bytes->str, part->bytes->len);
  g_autofree char *hash =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)part->bytes->str, part->bytes->len);

  if (!files)
    files = cJSON_AddArrayToObject(record->doc, "files");
  g_autofree char *id = g_strdup_printf("%03d", cJSON_GetArraySize(files) + 1);
  demo_json_set_text(file, "id", id);
  demo_json_set_text(file, "name", part->name ? part->name : id);
  demo_json_set_text(file, "type", part->type ? part->type : "application/octet-stream");
  demo_json_set_int(file, "size", (gint64)part->bytes->len);
  demo_json_set_text(file, "sha256", hash);
  demo_json_set_text(file, "data", data);
  cJSON_AddItemToArray(files, file);
  return file;
}

void
demo_record_give_file(const DemoCall *call, DemoRecord *record, const DemoPart *part, const char *what,
                      const char *key)
{
  DemoProvince *province = call->province;
  gint64 now = demo_clock_now(province->clock);
  const cJSON *file = add_file(record, part);
  const DemoEffect effect = {.system = (char *)call->system->id,
                             .item = record->key,
                             .action = (char *)"attach",
                             .key = (char *)key,
                             .body = (char *)demo_json_text(file, "sha256"),
                             .at = now};

  demo_record_log(record, now, DEMO_USER, what, part->name, key);
  demo_record_touch(province, record);
  demo_state_add_effect(province->state, &effect);
}

const cJSON *
demo_record_file(const DemoRecord *record, const char *id)
{
  const cJSON *file;

  cJSON_ArrayForEach (file, cJSON_GetObjectItemCaseSensitive(record->doc, "files")) {
    if (strcmp(demo_json_word(file, "id"), id) == 0)
      return file;
  }
  return NULL;
}

/* --- giving it out --- */

/* The byte a request asks to begin at; 0: the whole. A range of another file's version is none. */
static gsize
wanted_from(const DemoCall *call, const char *tag)
{
  const char *range = call ? demo_call_header(call, "range") : NULL;
  const char *same = call ? demo_call_header(call, "if-range") : NULL;

  if (!range || !g_str_has_prefix(range, "bytes=") || (same && strcmp(same, tag) != 0))
    return 0;
  return (gsize)g_ascii_strtoull(range + strlen("bytes="), NULL, 10);
}

DemoResponse *
demo_bytes_response(const DemoCall *call, const char *type, const char *bytes, gsize size)
{
  g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
  g_autofree char *tag = g_strdup_printf("\"%.16s\"", hash);
  gsize from = wanted_from(call, tag);
  DemoResponse *response = demo_response_new(from == 0 ? 200 : from < size ? 206 : 416, type, NULL);

  demo_response_header(response, "ETag", tag);
  demo_response_header(response, "Accept-Ranges", "bytes");
  if (from < size)
    g_string_append_len(response->body, bytes + from, (gssize)(size - from));
  if (from > 0) {
    g_autofree char *range = from < size ? g_strdup_printf("bytes %zu-%zu/%zu", from, size - 1, size)
                                         : g_strdup_printf("bytes */%zu", size);
    demo_response_header(response, "Content-Range", range);
  }
  return response;
}

DemoResponse *
demo_file_response(const DemoCall *call, const cJSON *file)
{
  const char *data = demo_json_text(file, "data");
  gsize size = (gsize)demo_json_int(file, "size");
  g_autoptr(GString) bytes = g_string_new("%PDF-1.4\n");

  if (data) {
    g_autofree guchar *raw = g_base64_decode(data, &size);
    return demo_bytes_response(call, demo_json_text(file, "type"), (const char *)raw, size);
  }
  while (bytes->len < size)
    g_string_append(bytes, "% Tệp mẫu của tỉnh Mẫu Sơn\n");
  return demo_bytes_response(call, demo_json_text(file, "type"), bytes->str, size);
}

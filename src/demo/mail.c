/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Official mail: a JMAP server (see jmap.h) behind HTTP Basic (RFC 7617). Who is not logged in is told so in
 * HTML, as a mail server's front door does. Blobs: what was uploaded, a mail's attachments, its text, and
 * the whole of it.
 */
#include "demo/file.h"
#include "demo/jmap.h"

#include <string.h>

#define UPLOADS "thu-tep"

/* --- login --- */

static char *
basic_login(DemoCall *call)
{
  const char *header = demo_call_header(call, "authorization");
  gsize length = 0;

  if (!header || g_ascii_strncasecmp(header, "Basic ", 6) != 0)
    return NULL;
  g_autofree guchar *raw = g_base64_decode(header + 6, &length);
  return g_strndup((const char *)raw, length);
}

static DemoResponse *
deny(DemoCall *call, DemoDenial why)
{
  DemoResponse *response = demo_response_new(401, "text/html; charset=utf-8",
                                             "<html><head><title>401 Unauthorized</title></head>"
                                             "<body><h1>Unauthorized</h1></body></html>\n");

  (void)call;
  (void)why;
  demo_response_header(response, "WWW-Authenticate", "Basic realm=\"thu\"");
  return response;
}

static DemoResponse *
refuse(DemoCall *call, guint status, const char *text)
{
  (void)call;
  return demo_jmap_problem(status, status == 413 ? "limit" : "about:blank",
                           status == 413 ? "maxSizeUpload" : text);
}

/* RFC 8620 2.2 */
static DemoResponse *
well_known(DemoCall *call)
{
  DemoResponse *response = demo_response_new(301, "text/plain", "");

  (void)call;
  demo_response_header(response, "Location", "/thu/jmap/");
  return response;
}

/* --- blobs (RFC 8620 6) --- */

static DemoResponse *
bytes_response(const char *type, const guchar *bytes, gsize length)
{
  DemoResponse *response = demo_response_new(200, type, "");

  g_string_append_len(response->body, (const char *)bytes, (gssize)length);
  return response;
}

static DemoResponse *
upload_response(DemoState *state, const char *id)
{
  g_autoptr(DemoRecord) record = demo_state_get(state, UPLOADS, id);
  gsize length = 0;

  if (!record)
    return NULL;
  g_autofree guchar *bytes = g_base64_decode(demo_json_word(record->doc, "data"), &length);
  return bytes_response(demo_json_text(record->doc, "type"), bytes, length);
}

/* "BE00007.001": the attachment 001 of the mail E00007. */
static const cJSON *
attachment(DemoState *state, const char *id, DemoRecord **record)
{
  const char *dot = strchr(id, '.');

  if (*id != 'B' || !dot)
    return NULL;
  g_autofree char *mail = g_strndup(id + 1, (gsize)(dot - id - 1));
  *record = demo_email_find(state, mail);
  return *record ? demo_record_file(*record, dot + 1) : NULL;
}

DemoResponse *
demo_blob_response(DemoState *state, const char *id)
{
  g_autoptr(DemoRecord) record = NULL;
  const cJSON *file = attachment(state, id, &record);

  if (file)
    return demo_file_response(NULL, file);
  if (*id == 'G')
    return upload_response(state, id);
  g_autoptr(DemoRecord) mail = *id == 'T' || *id == 'M' ? demo_email_find(state, id + 1) : NULL;
  const char *text = mail ? demo_json_word(mail->doc, "text") : NULL;
  if (!text)
    return NULL;
  if (*id == 'T')
    return bytes_response("text/plain; charset=utf-8", (const guchar *)text, strlen(text));
  g_autofree char *whole = g_strdup_printf(
      "Subject: =?utf-8?Q?%s?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
      mail->key, text);
  return bytes_response("message/rfc822", (const guchar *)whole, strlen(whole));
}

gint64
demo_blob_size(DemoState *state, const char *id)
{
  DemoResponse *response = *id ? demo_blob_response(state, id) : NULL;
  gint64 size = response ? (gint64)response->body->len : -1;

  demo_response_free(response);
  return size;
}

/* The same bytes are the same blob. */
char *
demo_blob_store(DemoCall *call, const char *type)
{
  DemoState *state = call->province->state;
  g_autofree char *sum =
      g_compute_checksum_for_data(G_CHECKSUM_SHA1, (const guchar *)call->body->str, call->body->len);
  g_autofree char *id = g_strconcat("G", sum, NULL);
  g_autoptr(DemoRecord) known = demo_state_get(state, UPLOADS, id);

  if (known)
    return g_steal_pointer(&id);
  g_autoptr(DemoRecord) record = demo_record_new(UPLOADS, demo_state_last_id(state, UPLOADS) + 1, id, 1);
  g_autofree char *data = g_base64_encode((const guchar *)call->body->str, call->body->len);
  record->updated = demo_clock_now(call->province->clock);
  demo_json_set_text(record->doc, "data", data);
  demo_json_set_text(record->doc, "type", type);
  demo_state_put(state, record);
  return g_steal_pointer(&id);
}

static DemoResponse *
upload(DemoCall *call)
{
  const char *type = demo_call_header(call, "content-type");

  if (strcmp(call->args[0], JMAP_ACCOUNT) != 0)
    return refuse(call, 404, "Không có tài khoản này");
  type = type ? type : "application/octet-stream";
  g_autofree char *id = demo_blob_store(call, type);
  cJSON *json = cJSON_CreateObject();
  demo_json_set_text(json, "accountId", JMAP_ACCOUNT);
  demo_json_set_text(json, "blobId", id);
  demo_json_set_text(json, "type", type);
  demo_json_set_int(json, "size", (gint64)call->body->len);
  return demo_response_json(201, json);
}

static gboolean
is_type(const char *text)
{
  return text && g_regex_match_simple("^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$", text, 0, 0);
}

/* Of the type asked for (RFC 8620 6.2), whole or from a byte on. */
static DemoResponse *
download(DemoCall *call)
{
  gboolean mine = strcmp(call->args[0], JMAP_ACCOUNT) == 0;
  DemoResponse *blob = mine ? demo_blob_response(call->province->state, call->args[1]) : NULL;
  const char *type = demo_call_query(call, "accept");

  if (!blob)
    return refuse(call, 404, "Không có tệp này");
  DemoResponse *response = demo_bytes_response(call, is_type(type) ? type : "application/octet-stream",
                                               blob->body->str, blob->body->len);
  demo_response_free(blob);
  demo_response_header(response, "Content-Disposition", "attachment");
  demo_response_header(response, "Cache-Control", "private, immutable, max-age=31536000");
  return response;
}

/* --- the system --- */

static const DemoRoute routes[] = {
    {"GET", "/.well-known/jmap", well_known, TRUE},
    {"GET", "/jmap/", demo_jmap_session, FALSE},
    {"POST", "/jmap/", demo_jmap_api, FALSE},
    {"POST", "/jmap/upload/{}/", upload, FALSE},
    {"GET", "/jmap/download/{}/{}/{}", download, FALSE},
    {NULL, NULL, NULL, FALSE},
};

const DemoSystem demo_mail = {
    .id = "thu",
    .title = "Thư công vụ",
    .connector = "thu",
    .routes = routes,
    .token = basic_login,
    .standing = DEMO_USER ":" DEMO_PASSWORD,
    .deny = deny,
    .refuse = refuse,
    .patience = 8 * DEMO_SECOND,
};

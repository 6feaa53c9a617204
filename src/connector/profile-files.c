/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling `attachments`: which files an item has, how one is fetched, and how one is given to it. Giving is
 * no kind of its own: "upload" becomes an ordinary action whose form asks for a file, so that it is frozen,
 * sent once, journalled and shown like every other.
 *
 * Decided where the language leaves it open:
 * - `on` is one stream or a list of them; `upload` acts on the first unless it has an `on` of its own.
 * - `list` reads the record as it is read whole; with a `request` it reads that request's answer.
 * - `keep` holds more of a file's entry (an address) for `download`: file.keep.NAME. It is never stored: the
 *   list is read anew before a file is fetched.
 * - The form's file is `upload`, and input.file, too. Without a rule of its own an upload's lost answer is a
 *   question to the person. */
#include <string.h>

#include "connector/plan.h"
#include "motcua/i18n.h"

#define MAX_FILE     ((gint64)4 << 30)
#define DEFAULT_FILE ((gint64)100 << 20)

/* --- which files there are --- */
static void
compile_streams(McBuild *b, const cJSON *object, McFiles *files)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  const cJSON *on = mc_json_get(object, "on"), *one;
  if (cJSON_IsString(on))
    g_ptr_array_add(names, g_strdup(on->valuestring));
  if (cJSON_IsArray(on) && !on->child)
    mc_compile_fault(&b->c, on, FALSE, _("\"%s\" must be %s"), "on", _("a stream or a list of streams"));
  for (one = cJSON_IsArray(on) ? on->child : NULL; one; one = one->next) {
    if (cJSON_IsString(one))
      g_ptr_array_add(names, g_strdup(one->valuestring));
    else
      mc_compile_fault(&b->c, one, FALSE, _("\"%s\" must be %s"), "on", _("a stream or a list of streams"));
  }
  g_ptr_array_add(names, NULL);
  files->streams = (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static void
compile_list(McBuild *b, const cJSON *object, McFiles *files)
{
  static const McKey keys[] = {{"request", MC_SHAPE_OBJECT, TRUE},
                               {"records", MC_SHAPE_READER, TRUE},
                               {"where", MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  const cJSON *list = mc_shape_object(object, "list");
  if (!mc_json_get(list, "request")) {
    files->list = mc_shape_member_reader(&b->c, object, "list");
    return;
  }
  mc_shape_check(&b->c, list, "list", keys);
  files->request = mc_request_compile(&b->c, mc_shape_object(list, "request"), "GET");
  files->list = mc_shape_member_reader(&b->c, list, "records");
  files->where = mc_shape_member_test(&b->c, list, "where");
}

static void
compile_map(McBuild *b, const cJSON *object, McFiles *files)
{
  static const McKey keys[] = {{"key", MC_SHAPE_READER, TRUE},     {"name", MC_SHAPE_READER, TRUE},
                               {"size", MC_SHAPE_READER, FALSE},   {"type", MC_SHAPE_READER, FALSE},
                               {"sha256", MC_SHAPE_READER, FALSE}, {NULL, 0, FALSE}};
  const cJSON *map = mc_shape_object(object, "map");
  if (map)
    mc_shape_check(&b->c, map, _("an attachment's map"), keys);
  files->key = mc_shape_member_reader(&b->c, map, "key");
  files->name = mc_shape_member_reader(&b->c, map, "name");
  files->size = mc_shape_member_reader(&b->c, map, "size");
  files->type = mc_shape_member_reader(&b->c, map, "type");
  files->sha256 = mc_shape_member_reader(&b->c, map, "sha256");
  files->keep = mc_keep_compile(&b->c, object, "keep");
}

/* --- fetching one --- */
static void
compile_content(McBuild *b, const cJSON *download, McFiles *files)
{
  static const McKey keys[] = {
      {"at", MC_SHAPE_READER | MC_SHAPE_ARRAY, TRUE}, {"as", MC_SHAPE_STRING, TRUE}, {NULL, 0, FALSE}};
  static const char *const casts[] = {"base64", NULL};
  const cJSON *content = mc_shape_object(download, "content");
  if (!content)
    return;
  mc_shape_check(&b->c, content, "content", keys);
  mc_shape_word(&b->c, content, "as", casts, 0);
  files->content = mc_shape_member_reader(&b->c, content, "at");
  if (files->resume)
    mc_compile_fault(&b->c, mc_json_get(download, "resume"), TRUE,
                     _("a file inside of JSON comes whole or not at all: expected no \"resume\" here"));
}

static void
compile_download(McBuild *b, const cJSON *object, McFiles *files)
{
  static const char *const extra[] = {"resume", "max", "content", NULL};
  static const char *const resumes[] = {"range", NULL};
  const cJSON *download = mc_shape_object(object, "download");
  if (!download)
    return;
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM | MC_SEE_FILE, NULL, NULL);
  files->download = mc_request_compile_with(&b->c, download, "GET", extra);
  files->resume = mc_json_get(download, "resume") != NULL;
  mc_shape_word(&b->c, download, "resume", resumes, 0);
  files->max = mc_shape_size(&b->c, download, "max", MAX_FILE, DEFAULT_FILE);
  compile_content(b, download, files);
}

McFiles *
mc_files_compile(McBuild *b, const cJSON *object)
{
  static const McKey keys[] = {{"on", MC_SHAPE_STRING | MC_SHAPE_ARRAY, TRUE},
                               {"list", MC_SHAPE_READER, TRUE},
                               {"map", MC_SHAPE_OBJECT, TRUE},
                               {"keep", MC_SHAPE_OBJECT, FALSE},
                               {"download", MC_SHAPE_OBJECT, FALSE},
                               {"upload", MC_SHAPE_OBJECT, FALSE},
                               {NULL, 0, FALSE}};
  if (!object || !mc_shape_check(&b->c, object, "attachments", keys))
    return NULL;
  McFiles *files = g_new0(McFiles, 1);
  compile_streams(b, object, files);
  if (files->streams[0] && !files->streams[1])
    b->stream = mc_json_get(mc_json_get(mc_json_root(b->c.json), "streams"), files->streams[0]);
  mc_build_place(b, MC_SEE_SESSION | MC_SEE_ITEM, NULL, NULL);
  compile_list(b, object, files);
  compile_map(b, object, files);
  compile_download(b, object, files);
  b->stream = NULL;
  return files;
}

void
mc_files_free(McFiles *files)
{
  if (!files)
    return;
  McReader *const readers[] = {files->list, files->key,    files->name,   files->size,
                               files->type, files->sha256, files->content};
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    mc_reader_free(readers[i]);
  mc_request_spec_free(files->request);
  mc_request_spec_free(files->download);
  mc_test_free(files->where);
  g_ptr_array_unref(files->keep);
  g_strfreev(files->streams);
  g_free(files);
}

gboolean
mc_files_are_of(const McFiles *files, const char *stream)
{
  return files && stream && g_strv_contains((const char *const *)files->streams, stream);
}

/* --- giving one: an action --- */
static cJSON *
add_object(McBuild *b, cJSON *owner, const char *name, const cJSON *original)
{
  cJSON *object = cJSON_AddObjectToObject(owner, name);
  mc_json_stand_for(b->profile->json, object, original);
  return object;
}

static void
add_member(McBuild *b, cJSON *owner, cJSON *original)
{
  cJSON_AddItemReferenceToObject(owner, original->string, original);
  mc_json_stand_for(b->profile->json, mc_json_get(owner, original->string), original);
}

/* The file of its form, with what `upload` says of it. */
static cJSON *
add_file_input(McBuild *b, cJSON *action, const cJSON *upload)
{
  cJSON *form = add_object(b, action, "form", upload), *input = add_object(b, form, MC_UPLOAD_INPUT, upload);
  cJSON_AddStringToObject(input, "type", "file");
  cJSON_AddTrueToObject(input, "required");
  return input;
}

/* The object of an action, out of parts of `upload`: what is a request's goes into its `request`, unless that
 * stands there whole. */
static cJSON *
make_action(McBuild *b, const cJSON *upload, gboolean whole)
{
  static const char *const of_request[] = {"method", "url",       "query", "headers", "json",    "form",
                                           "body",   "multipart", "xml",   "format",  "charset", NULL};
  static const char *const of_file[] = {"max", "accept", NULL};
  cJSON *action = cJSON_CreateObject(), *member;
  mc_json_stand_for(b->profile->json, action, upload);
  cJSON *input = add_file_input(b, action, upload), *form = mc_json_get(action, "form");
  cJSON *request = whole ? NULL : add_object(b, action, "request", upload);
  cJSON *more = whole ? mc_shape_object(upload, "form") : NULL;
  cJSON_ArrayForEach (member, more)
    add_member(b, form, member);
  for (member = upload->child; member; member = member->next) {
    if (g_strv_contains(of_file, member->string))
      add_member(b, input, member);
    else if (request && g_strv_contains(of_request, member->string))
      add_member(b, request, member);
    else if (member != more)
      add_member(b, action, member);
  }
  return action;
}

McAction *
mc_upload_compile(McBuild *b, const cJSON *attachments)
{
  const cJSON *upload = mc_shape_object(attachments, "upload");
  const McFiles *files = b->profile->files;
  if (!upload || !files)
    return NULL;
  gboolean whole = mc_json_get(upload, "request") || mc_json_get(upload, "steps");
  if (!whole && !mc_json_get(upload, "url")) {
    mc_compile_fault(&b->c, upload, FALSE, _("%s needs the key \"%s\""), "upload", "url");
    return NULL;
  }
  if (mc_profile_action(b->profile, MC_UPLOAD_ACTION))
    mc_compile_fault(&b->c, upload, TRUE,
                     _("\"upload\" makes the action \"%s\", and there is one of that name"),
                     MC_UPLOAD_ACTION);
  cJSON *source = make_action(b, upload, whole), *made = cJSON_CreateObject();
  cJSON_AddItemToArray(b->profile->made, made);
  cJSON_AddItemToObject(made, MC_UPLOAD_ACTION, source);
  if (!mc_json_get(source, "on") && files->streams[0])
    cJSON_AddStringToObject(source, "on", files->streams[0]);
  if (!mc_json_get(source, "idempotency") && !mc_json_get(source, "unknown"))
    cJSON_AddStringToObject(source, "unknown", "ask");
  b->also = MC_SEE_UPLOAD;
  McAction *action = mc_action_compile(b, source);
  b->also = 0;
  if (action)
    action->uploads = TRUE;
  return action;
}

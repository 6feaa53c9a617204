/* SPDX-License-Identifier: Apache-2.0 */
/* Showing what a delivery would send, as curl commands without any credential. Each request that changes
 * something or stands among `steps` is a line; what only an earlier answer will tell is named in its place.
 */
#include <string.h>

#include "connector/deliver.h"
#include "connector/session.h"
#include "motcua/text.h"

static void
append_quoted(GString *text, const char *option, const char *value)
{
  g_autofree char *clean = mc_text_clean_lines(value, -1);
  g_autofree char *quoted = g_shell_quote(clean);
  g_string_append_printf(text, " %s%s", option, quoted);
}

/* A body in pieces comes through a pipe; files are named by their hash, as they stand in the data directory.
 */
static void
append_piece(GString *text, const McPiece *piece)
{
  if (piece->bytes) {
    gsize len;
    const char *bytes = g_bytes_get_data(piece->bytes, &len);
    g_autofree char *copy = g_strndup(bytes, len);
    append_quoted(text, "printf %s ", copy);
    g_string_append_c(text, ';');
  } else {
    g_string_append_printf(text, " %s files/%s;", piece->base64 ? "base64 -w0" : "cat", piece->file);
  }
}

/* "OPTION WORDS": the words in double quotes, so that the shell puts a variable's value where its name
 * stands.
 */
static void
append_open(GString *text, const char *line)
{
  const char *words = strchr(line, ' ') + 1;
  g_string_append_printf(text, " %.*s\"", (int)(words - line), line);
  for (const char *at = words; *at; at++)
    g_string_append_printf(text, "%s%c", strchr("\"\\`", *at) ? "\\" : "", *at);
  g_string_append_c(text, '"');
}

char *
mc_delivery_curl(const McRequest *request, const GPtrArray *lines)
{
  GString *text = g_string_new(request->pieces ? "(" : "curl");
  for (guint i = 0; request->pieces && i < request->pieces->len; i++)
    append_piece(text, request->pieces->pdata[i]);
  if (request->pieces)
    g_string_append(text, " ) | curl --data-binary @-");
  g_string_append_printf(text, " -X %s", request->method);
  for (guint i = 0; i < request->headers->len; i++) {
    const McHeader *header = request->headers->pdata[i];
    g_autofree char *line = g_strdup_printf("%s: %s", header->name, header->value);
    append_quoted(text, "-H ", line);
  }
  for (guint i = 0; lines && i < lines->len; i++)
    append_open(text, lines->pdata[i]);
  if (request->body) {
    gsize len;
    const char *body = g_bytes_get_data(request->body, &len);
    g_autofree char *copy = g_strndup(body, len);
    append_quoted(text, "--data-raw ", copy);
  }
  append_quoted(text, "", request->url);
  return g_string_free(text, FALSE);
}

/* What a step will keep, so that the requests after it can be shown. */
static void
pretend_kept(McDelivery *d)
{
  cJSON *steps = cJSON_CreateObject();
  for (guint i = 0; i < d->action->steps->len; i++) {
    const McActStep *step = d->action->steps->pdata[i];
    cJSON *kept = cJSON_CreateObject();
    for (guint k = 0; step->keep && k < step->keep->len; k++) {
      const char *name = ((McKeep *)step->keep->pdata[k])->name;
      g_autofree char *text = g_strdup_printf("(step.%s.%s)", step->name ? step->name : "", name);
      mc_draft_set(kept, name, text);
    }
    cJSON_AddItemToObject(steps, step->name ? step->name : "", kept);
  }
  mc_scope_take(d->base.scope, "step", steps);
}

void
mc_delivery_pretend(McDelivery *d, gint64 now)
{
  mc_scope_set_now(d->names, now);
  if (d->action->refetch && !mc_scope_get(d->base.scope, "item.etag")) /* known only just before it is sent */
    mc_delivery_set_item(d, "etag", "(read-before-sending)");
  pretend_kept(d);
}

char *
mc_delivery_preview(McExchange *x, gint64 now)
{
  McDelivery *d = (McDelivery *)x;
  g_autoptr(GString) text = g_string_new(NULL);
  if (d->done)
    return g_strdup(d->result.message);
  McTask task = d->task;
  guint at = d->step;
  mc_delivery_pretend(d, now);
  for (d->step = 0; d->step < d->action->steps->len; d->step++) {
    g_autoptr(GError) error = NULL;
    d->task = d->step == d->action->main ? MC_TASK_SEND : MC_TASK_STEP;
    g_autoptr(McRequest) request = mc_delivery_build(d, &error);
    g_autofree char *line = request ? mc_delivery_curl(request, NULL) : g_strdup(error->message);
    g_string_append_printf(text, "%s%s", text->len ? "\n" : "", line);
  }
  d->task = task;
  d->step = at;
  return g_strdup(text->str);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What an author wants explained, gathered: the connector and its settings, an answer out of a file, an item
 * out of the cache. Nothing is asked of a system. */
#include "sync/sync.h"

#include <string.h>

#include "connector/explain.h"
#include "motcua/author.h"
#include "motcua/i18n.h"
#include "motcua/snapshot.h"

/* --- settings --- */
static void
make_up(const McProfile *profile, GHashTable *config)
{
  g_autoptr(GPtrArray) specs = mc_profile_config(profile);
  for (guint i = 0; i < specs->len; i++) {
    const McConfigSpec *spec = specs->pdata[i];
    const char *value = strcmp(spec->type, "url") == 0       ? "https://system.invalid"
                        : strcmp(spec->type, "integer") == 0 ? "1"
                        : strcmp(spec->type, "boolean") == 0 ? "false"
                                                             : spec->key;
    if (spec->required && !g_hash_table_contains(config, spec->key))
      g_hash_table_insert(config, g_strdup(spec->key), g_strdup(value));
  }
}

static McBinding *
bind_made_up(McProfile *profile, const McExplainAsk *ask, McCalendar *calendar, GError **error)
{
  g_autoptr(GHashTable) config = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; ask->set && ask->set[i]; i++) {
    const char *equals = strchr(ask->set[i], '=');
    if (!equals) {
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("--set takes KEY=VALUE, not “%s”"), ask->set[i]);
      return NULL;
    }
    g_hash_table_replace(config, g_strndup(ask->set[i], (gsize)(equals - ask->set[i])), g_strdup(equals + 1));
  }
  make_up(profile, config);
  return mc_binding_new(profile, "explained", config, calendar, error);
}

/* --- an answer out of a file --- */
static gboolean
add_header(McResponse *response, const char *line)
{
  const char *colon = strchr(line, ':');
  if (!colon || colon == line)
    return FALSE;
  McHeader *header = g_new0(McHeader, 1);
  header->name = g_strstrip(g_strndup(line, (gsize)(colon - line)));
  header->value = g_strstrip(g_strdup(colon + 1));
  g_ptr_array_insert(response->headers, 0, header); /* the last said wins */
  return TRUE;
}

/* Takes the head that `curl -i` puts before a body; returns where the body begins. */
static gsize
take_head(McResponse *response, const char *text, gsize len)
{
  const char *end = text + len, *line = text;
  if (len < 12 || strncmp(text, "HTTP/", 5) != 0)
    return 0;
  const char *blank = strchr(text, ' ');
  response->status = blank ? (int)g_ascii_strtoll(blank, NULL, 10) : 0;
  while (line < end) {
    const char *stop = memchr(line, '\n', (gsize)(end - line));
    gsize size = (gsize)((stop ? stop : end) - line);
    g_autofree char *one = g_strndup(line, size);
    line += size + 1;
    if (!*g_strchomp(one))
      break;
    add_header(response, one);
  }
  return (gsize)(MIN(line, end) - text);
}

static McResponse *
read_response(const McExplainAsk *ask, GError **error)
{
  g_autofree char *text = NULL;
  gsize len = 0, head;
  if (!g_file_get_contents(ask->response, &text, &len, error))
    return NULL;
  g_autoptr(McResponse) response = mc_response_new(MC_WIRE_ANSWERED);
  response->status = 200;
  head = take_head(response, text, len);
  if (ask->status)
    response->status = ask->status;
  for (guint i = 0; ask->headers && ask->headers[i]; i++)
    if (!add_header(response, ask->headers[i])) {
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("--header takes “Name: value”, not “%s”"),
                  ask->headers[i]);
      return NULL;
    }
  g_bytes_unref(response->body);
  response->body = g_bytes_new(text + head, len - head);
  return g_steal_pointer(&response);
}

/* --- the three of them --- */
static gboolean
explain_response(McExplain *e, McNote *note, const McExplainAsk *ask, GError **error)
{
  g_autoptr(McResponse) response = read_response(ask, error);
  McExplainWhat what = {ask->stream, ask->action, ask->detail, ask->record};
  return response && mc_explain_answer(e, note, &what, response, error);
}

static gboolean
explain_item(const McExplain *e, McNote *note, const McItem *item, const McExplainAsk *ask, GError **error)
{
  g_autoptr(McJson) raw =
      item->raw ? mc_json_parse(item->id, item->raw, strlen(item->raw), MC_JSON_STRICT, error) : NULL;
  if (!item->raw)
    g_set_error(error, MC_ERROR, MC_ERROR_FAILED,
                _("%s: its record is not kept on this desk, so there is nothing to explain"), item->id);
  if (!raw)
    return FALSE;
  mc_explain_item(e, mc_note_add(note, N_("item"), item->id), item, mc_json_root(raw), ask->action);
  return TRUE;
}

static McItem *
find_item(McHome *home, const char *id, GError **error)
{
  g_autoptr(McSnapshot) snapshot = mc_snapshot_open(home, error);
  return snapshot ? mc_snapshot_item(snapshot, id, error) : NULL;
}

static gboolean
explain_bound(McBinding *binding, const McItem *item, McNote *note, const McExplainAsk *ask, gint64 now,
              GError **error)
{
  g_autoptr(McScope) scope = mc_binding_scope(binding, now);
  McExplain e = {.binding = binding, .scope = scope, .is_private = ask->is_private, .now = now};
  if (ask->action && !mc_profile_action(binding->profile, ask->action)) {
    McForm *none = mc_action_form(binding, ask->action, error);
    g_assert(!none);
    return FALSE;
  }
  return item ? explain_item(&e, note, item, ask, error) : explain_response(&e, note, ask, error);
}

static gboolean
explain(McHome *home, const McExplainAsk *ask, McNote *note, gint64 now, GError **error)
{
  g_autoptr(McItem) item = ask->item ? find_item(home, ask->item, error) : NULL;
  if (ask->item && !item)
    return FALSE;
  g_autoptr(McCalendar) calendar = mc_calendar_load(home, error);
  g_autoptr(McProfile) profile = calendar && !item ? mc_profile_open(home, ask->connector, error) : NULL;
  if (!calendar || (!profile && !item))
    return FALSE;
  if (!item && !ask->response) {
    mc_explain_profile(profile, note);
    return TRUE;
  }
  g_autoptr(McBinding) binding = item ? mc_system_bind(home, item->system, ask->connector, calendar, error)
                                      : bind_made_up(profile, ask, calendar, error);
  return binding && explain_bound(binding, item, note, ask, now, error);
}

char *
mc_connector_explain(McHome *home, const McExplainAsk *ask, gint64 now, GError **error)
{
  g_autoptr(McNote) note = mc_note_new();
  if (!explain(home, ask, note, now, error))
    return NULL;
  return ask->json ? mc_note_json(note) : mc_note_print(note);
}

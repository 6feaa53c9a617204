/* SPDX-License-Identifier: Apache-2.0 */
/* act --from: NDJSON in, NDJSON out, one result a line in input order. Works in batches, so that a stream of
 * any length costs the memory of one; a bad line is a failed result and the rest goes on. */
#include "config.h"
#include "cli/act.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH    256
#define MAX_LINE (1024 * 1024)
#define EXACT    9007199254740992.0 /* 2^53: above it a JSON number here would lose digits */

static GError *
bad(guint64 line, const char *what)
{
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, line);
  return g_error_new(MC_ERROR, MC_ERROR_USAGE, _("line %s: %s"), number, what);
}

static char *
field_text(const cJSON *value)
{
  if (cJSON_IsString(value))
    return g_strdup(value->valuestring);
  if (cJSON_IsBool(value))
    return g_strdup(cJSON_IsTrue(value) ? "true" : "false");
  if (cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble) &&
      fabs(value->valuedouble) < EXACT)
    return g_strdup_printf("%.0f", value->valuedouble);
  if (!cJSON_IsArray(value))
    return NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  const cJSON *element;
  cJSON_ArrayForEach (element, value) {
    g_autofree char *one = field_text(element);
    if (!one)
      return NULL;
    g_string_append_printf(text, "%s%s", text->len ? "\n" : "", one);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean
parse_fields(McCliAct *act, const cJSON *fields, guint64 line)
{
  act->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  if (fields && !cJSON_IsObject(fields)) {
    act->error = bad(line, _("“fields” is not an object"));
    return FALSE;
  }
  const cJSON *field;
  cJSON_ArrayForEach (field, fields) {
    char *text = field_text(field);
    if (!text) {
      act->error = bad(
          line, _("a field's value is a text, true, false, a whole number below 2^53, or a list of these"));
      return FALSE;
    }
    g_hash_table_replace(act->fields, g_strdup(field->string), text);
  }
  return TRUE;
}

static const char *
member(const cJSON *object, const char *name)
{
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* Unknown members are an error: a misspelt "fields" must not act without them. */
static gboolean
known_members(McCliAct *act, const cJSON *object, guint64 line)
{
  static const char *const known[] = {"id", "action", "fields", "key", NULL};
  const cJSON *child;
  cJSON_ArrayForEach (child, object) {
    if (g_strv_contains(known, child->string))
      continue;
    g_autofree char *what =
        g_strdup_printf(_("unknown member “%s”; there are id, action, fields and key"), child->string);
    act->error = bad(line, what);
    return FALSE;
  }
  return TRUE;
}

static McCliAct *
parse_line(const char *text, gsize len, guint64 line)
{
  const char *end = NULL;
  cJSON *object =
      g_utf8_validate(text, (gssize)len, NULL) ? cJSON_ParseWithLengthOpts(text, len + 1, &end, TRUE) : NULL;
  const char *id = member(object, "id"), *action = member(object, "action");
  McCliAct *act = mc_cli_act_new(id ? id : "", action ? action : "");
  act->caller_key = g_strdup(member(object, "key"));
  if (!cJSON_IsObject(object))
    act->error = bad(line, _("not a JSON object"));
  else if (!id || !action)
    act->error = bad(line, _("“id” and “action” are needed, as texts"));
  else if (known_members(act, object, line))
    parse_fields(act, cJSON_GetObjectItemCaseSensitive(object, "fields"), line);
  cJSON_Delete(object);
  return act;
}

int
mc_act_stream(McActRun *run, const char *file)
{
  FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
  char *text = NULL;
  size_t room = 0;
  ssize_t len = 0;
  guint64 line = 0;
  gboolean going = TRUE;
  if (!in) {
    fprintf(stderr, "motcua act: %s: %s\n", file, g_strerror(errno));
    return 2;
  }
  while (going && len >= 0) {
    g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)mc_cli_act_free);
    while (batch->len < BATCH && (len = getline(&text, &room, in)) >= 0) {
      line++;
      g_strchomp(text);
      if (!*text)
        continue;
      McCliAct *act = len <= MAX_LINE ? parse_line(text, strlen(text), line) : mc_cli_act_new("", "");
      if (len > MAX_LINE)
        act->error = bad(line, _("longer than 1 MiB"));
      g_ptr_array_add(batch, act);
    }
    going = batch->len == 0 || mc_act_execute(run, batch);
    if (fflush(stdout) != 0) /* nobody reads the results: stop before acting further */
      going = FALSE;
  }
  free(text);
  if (in != stdin)
    fclose(in);
  return run->status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/faults.h"

#include <gio/gio.h>

#define MAX_FAULTS 1000
#define MAX_MS     (10 * 60 * 1000)

typedef struct {
  char *system, *path, *method;
  GPatternSpec *glob;
  DemoFault fault;
  gint64 left; /* < 0: no limit */
  double probability;
} Entry;

struct DemoFaults {
  GQueue entries;
  GRand *rand;
};

static const struct {
  const char *name;
  DemoFaultMode mode;
} modes[] = {
    {"dead", DEMO_FAULT_DEAD},
    {"delay", DEMO_FAULT_DELAY},
    {"status", DEMO_FAULT_STATUS},
    {"truncate", DEMO_FAULT_TRUNCATE},
    {"reset-before", DEMO_FAULT_RESET_BEFORE},
    {"reset-after", DEMO_FAULT_RESET_AFTER},
    {"malformed", DEMO_FAULT_MALFORMED},
    {"slow", DEMO_FAULT_SLOW},
    {"token-expired", DEMO_FAULT_TOKEN_EXPIRED},
    {"rate-limit", DEMO_FAULT_RATE_LIMIT},
};

static const char *
mode_name(DemoFaultMode mode)
{
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
    if (modes[i].mode == mode)
      return modes[i].name;
  return "none";
}

static DemoFaultMode
mode_from_name(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
    if (g_strcmp0(modes[i].name, name) == 0)
      return modes[i].mode;
  return DEMO_FAULT_NONE;
}

static void
entry_free(gpointer data)
{
  Entry *entry = data;

  g_free(entry->system);
  g_free(entry->path);
  g_free(entry->method);
  g_pattern_spec_free(entry->glob);
  g_free(entry);
}

DemoFaults *
demo_faults_new(guint32 seed)
{
  DemoFaults *faults = g_new0(DemoFaults, 1);

  g_queue_init(&faults->entries);
  faults->rand = g_rand_new_with_seed(seed);
  return faults;
}

void
demo_faults_clear(DemoFaults *faults)
{
  g_queue_clear_full(&faults->entries, entry_free);
}

void
demo_faults_free(DemoFaults *faults)
{
  if (!faults)
    return;
  demo_faults_clear(faults);
  g_rand_free(faults->rand);
  g_free(faults);
}

static double
number_or(const cJSON *json, const char *name, double otherwise)
{
  const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);

  return cJSON_IsNumber(value) ? value->valuedouble : otherwise;
}

static char *
text_or(const cJSON *json, const char *name, const char *otherwise)
{
  const char *text = demo_json_text(json, name);

  return g_strdup(text ? text : otherwise);
}

gboolean
demo_faults_add(DemoFaults *faults, const cJSON *json, GError **error)
{
  const char *name = demo_json_word(json, "mode");
  DemoFaultMode mode = mode_from_name(name);

  if (mode == DEMO_FAULT_NONE) {
    GString *known = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
      g_string_append_printf(known, "%s%s", i ? ", " : "", modes[i].name);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "mode \"%s\" is none of: %s", name,
                known->str);
    g_string_free(known, TRUE);
    return FALSE;
  }
  if (faults->entries.length >= MAX_FAULTS) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                "there are %d faults already: DELETE /demo/faults first", MAX_FAULTS);
    return FALSE;
  }
  Entry *entry = g_new0(Entry, 1);
  gint64 count = (gint64)number_or(json, "count", 1);
  double usual = mode == DEMO_FAULT_RATE_LIMIT ? 429 : 503;
  entry->system = text_or(json, "system", "*");
  entry->path = text_or(json, "path", "*");
  entry->method = text_or(json, "method", "*");
  entry->glob = g_pattern_spec_new(entry->path);
  entry->fault.mode = mode;
  entry->fault.status = (guint)CLAMP(number_or(json, "status", usual), 200, 599);
  entry->fault.ms = (guint)CLAMP(number_or(json, "ms", 0), 0, MAX_MS);
  entry->fault.date = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "date"));
  entry->left = count > 0 ? count : -1;
  entry->probability = number_or(json, "probability", 1.0);
  g_queue_push_tail(&faults->entries, entry);
  return TRUE;
}

cJSON *
demo_faults_json(const DemoFaults *faults)
{
  cJSON *list = cJSON_CreateArray();

  for (const GList *at = faults->entries.head; at; at = at->next) {
    const Entry *entry = at->data;
    cJSON *json = cJSON_CreateObject();
    demo_json_set_text(json, "system", entry->system);
    demo_json_set_text(json, "path", entry->path);
    demo_json_set_text(json, "method", entry->method);
    demo_json_set_text(json, "mode", mode_name(entry->fault.mode));
    demo_json_set_int(json, "status", entry->fault.status);
    demo_json_set_int(json, "ms", entry->fault.ms);
    demo_json_set(json, "date", cJSON_CreateBool(entry->fault.date));
    demo_json_set_int(json, "count", MAX(entry->left, 0));
    demo_json_set(json, "probability", cJSON_CreateNumber(entry->probability));
    cJSON_AddItemToArray(list, json);
  }
  return list;
}

static gboolean
same(const char *wanted, const char *given)
{
  return strcmp(wanted, "*") == 0 || strcmp(wanted, given) == 0;
}

static gboolean
meets(const Entry *entry, const DemoTarget *target)
{
  return same(entry->system, target->system) && same(entry->method, target->method) &&
         (entry->fault.mode != DEMO_FAULT_TOKEN_EXPIRED || target->has_login) &&
         (g_pattern_spec_match_string(entry->glob, target->path) ||
          g_pattern_spec_match_string(entry->glob, target->full_path));
}

DemoFault
demo_faults_take(DemoFaults *faults, const DemoTarget *target)
{
  for (GList *at = faults->entries.head; at; at = at->next) {
    Entry *entry = at->data;
    if (!meets(entry, target))
      continue;
    if (entry->probability < 1.0 && g_rand_double(faults->rand) >= entry->probability)
      continue;
    DemoFault fault = entry->fault;
    if (entry->left > 0 && --entry->left == 0) {
      g_queue_delete_link(&faults->entries, at);
      entry_free(entry);
    }
    return fault;
  }
  return (DemoFault){DEMO_FAULT_NONE, 0, 0, FALSE};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What may be done to an item, once for all records alike: most systems say it in a few members of the
 * record, and a list of thousands says a handful of different things there. Where a right depends on more
 * than those members and the state, every record is asked by itself. */
#include <string.h>
#include "connector/pull.h"
#include "connector/reader-parts.h"

#define MAX_KNOWN 64

struct McRights {
  GPtrArray *members; /* names in the record that decide; NULL: more than that does */
  GHashTable *known;  /* what stands there -> Right */
  GString *asked;     /* what stands there in the record at hand */
};

typedef struct {
  char **actions;
  GPtrArray *blocked;
} Right;

/* --- what decides --- */

static void
count_name(G_GNUC_UNUSED const char *name, gpointer data)
{
  ++*(guint *)data;
}

gboolean
mc_reader_members(const McReader *reader, GPtrArray *members)
{
  guint names = 0;
  if (!reader)
    return TRUE;
  mc_reader_names(reader, count_name, &names);
  const char *member = reader->path ? mc_path_member(reader->path) : NULL;
  if (names || (reader->path && !member))
    return FALSE;
  if (member)
    g_ptr_array_add(members, (gpointer)member);
  for (guint i = 0; i < reader->readers->len; i++)
    if (!mc_reader_members(reader->readers->pdata[i], members))
      return FALSE;
  for (guint i = 0; i < reader->tests->len; i++)
    if (!mc_test_members(reader->tests->pdata[i], members))
      return FALSE;
  return mc_reader_members(reader->otherwise, members) && mc_test_members(reader->test, members);
}

static GPtrArray *
deciding_members(const McProfile *profile)
{
  g_autoptr(GPtrArray) members = g_ptr_array_new();
  for (guint i = 0; i < profile->actions->len; i++) {
    const McAction *action = profile->actions->pdata[i];
    guint names = 0;
    mc_test_names(action->allow, count_name, &names);
    if (names || !mc_test_members(action->allow, members) || !mc_reader_members(action->reason, members))
      return NULL;
  }
  GPtrArray *once = g_ptr_array_new();
  for (guint i = 0; i < members->len; i++)
    if (!g_ptr_array_find_with_equal_func(once, members->pdata[i], g_str_equal, NULL))
      g_ptr_array_add(once, members->pdata[i]);
  return once;
}

static const char *
what_decides(const McRights *rights, const McItem *item, const McJson *json, const cJSON *record)
{
  GString *text = g_string_truncate(rights->asked, 0);
  g_string_append_c(text, (char)('A' + item->state));
  if (item->state == MC_STATE_UNKNOWN && item->raw_state)
    g_string_append(text, item->raw_state);
  for (guint i = 0; i < rights->members->len; i++) {
    const cJSON *value = mc_json_get(record, rights->members->pdata[i]);
    gsize len;
    const char *slice = value ? mc_json_slice(json, value, &len) : NULL;
    g_string_append_c(text, '\n');
    if (slice)
      g_string_append_len(text, slice, (gssize)len);
    else if (value)
      mc_json_print_to(text, value);
  }
  return text->str;
}

/* --- what is known --- */

static void
right_free(gpointer data)
{
  Right *right = data;
  g_strfreev(right->actions);
  g_ptr_array_unref(right->blocked);
  g_free(right);
}

static McRights *
rights_new(const McProfile *profile)
{
  McRights *rights = g_new0(McRights, 1);
  rights->members = deciding_members(profile);
  rights->asked = g_string_sized_new(256);
  rights->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, right_free);
  return rights;
}

void
mc_rights_free(McRights *rights)
{
  if (!rights)
    return;
  g_clear_pointer(&rights->members, g_ptr_array_unref);
  g_hash_table_unref(rights->known);
  g_string_free(rights->asked, TRUE);
  g_free(rights);
}

void
mc_rights_allow(McRights **rights, const McBinding *binding, McItem *item, const McJson *json,
                const cJSON *record)
{
  if (!*rights)
    *rights = rights_new(binding->profile);
  if (!(*rights)->members || (record->type & 0xff) != cJSON_Object) {
    mc_actions_allow(binding, item, record);
    return;
  }
  const char *key = what_decides(*rights, item, json, record);
  Right *right = g_hash_table_lookup((*rights)->known, key);
  if (!right) {
    mc_actions_allow(binding, item, record);
    if (g_hash_table_size((*rights)->known) >= MAX_KNOWN)
      g_hash_table_remove_all((*rights)->known);
    right = g_new0(Right, 1);
    right->actions = g_strdupv(item->actions);
    right->blocked = g_ptr_array_ref(item->blocked);
    g_hash_table_insert((*rights)->known, g_strdup(key), right);
    return;
  }
  mc_item_set_list(item, &item->actions, mc_item_add_list(item, (const char *const *)right->actions));
  g_ptr_array_unref(item->blocked);
  item->blocked = g_ptr_array_ref(right->blocked);
}

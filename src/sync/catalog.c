/* SPDX-License-Identifier: Apache-2.0 */
/* The connectors there are, installed and one's own, each with what is wrong with it. */
#include "connector/profile.h"
#include "motcua/author.h"

#define SUFFIX ".jsonc"

void
mc_connector_info_free(McConnectorInfo *info)
{
  g_free(info->name);
  g_free(info->path);
  g_free(info->id);
  g_free(info->title);
  g_free(info);
}

static McConnectorInfo *
info_of(McHome *home, const char *name)
{
  McConnectorInfo *info = g_new0(McConnectorInfo, 1);
  g_autofree char *file = g_strconcat(name, SUFFIX, NULL),
                  *own = mc_home_path(home, MC_DIR_CONFIG, "connectors/");
  g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)mc_fault_free);
  info->name = g_strdup(name);
  info->path = mc_home_find(home, "connectors", file);
  info->own = info->path && g_str_has_prefix(info->path, own);
  g_autoptr(McProfile) profile = info->path ? mc_profile_load(info->path, faults) : NULL;
  if (profile) {
    info->id = g_strdup(mc_profile_id(profile));
    info->title = g_strdup(mc_profile_title(profile));
    info->kind = mc_kind_name(mc_profile_kind(profile));
  }
  for (guint i = 0; i < faults->len; i++)
    ++*(((McFault *)faults->pdata[i])->warning ? &info->warnings : &info->faults);
  return info;
}

GPtrArray *
mc_connector_list(McHome *home)
{
  g_auto(GStrv) names = mc_home_names(home, "connectors", SUFFIX);
  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)mc_connector_info_free);
  for (char **name = names; *name; name++)
    g_ptr_array_add(list, info_of(home, *name));
  return list;
}

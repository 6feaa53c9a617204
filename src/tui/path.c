/* SPDX-License-Identifier: Apache-2.0 */
/* Names that are hidden are offered only when what is typed begins so. */
#include "tui/path.h"

#include <string.h>

static gsize
shared_length(const char *a, const char *b)
{
  gsize n = 0;
  while (a[n] && a[n] == b[n])
    n++;
  while (n > 0 && ((guchar)a[n] & 0xC0) == 0x80) /* whole characters */
    n--;
  return n;
}

/* The longest beginning that all names in `dir` share which begin with `stem`; NULL: there are none. */
static char *
shared_name(const char *dir, const char *stem, guint *count)
{
  g_autoptr(GDir) open = g_dir_open(*dir ? dir : ".", 0, NULL);
  const char *name;
  char *shared = NULL;
  *count = 0;
  while (open && (name = g_dir_read_name(open))) {
    if (!g_str_has_prefix(name, stem) || (*name == '.' && *stem != '.') || !g_utf8_validate(name, -1, NULL))
      continue;
    if (!shared)
      shared = g_strdup(name);
    shared[shared_length(shared, name)] = '\0';
    ++*count;
  }
  return shared;
}

char *
mc_path_complete(const char *typed)
{
  const char *slash = strrchr(typed, '/'), *stem = slash ? slash + 1 : typed;
  g_autofree char *shown = g_strndup(typed, (gsize)(stem - typed));
  g_autofree char *dir =
      g_str_has_prefix(shown, "~/") ? g_build_filename(g_get_home_dir(), shown + 2, NULL) : g_strdup(shown);
  guint count;
  g_autofree char *name = shared_name(dir, stem, &count);
  if (!name)
    return NULL;
  g_autofree char *whole = g_build_filename(*dir ? dir : ".", name, NULL);
  gboolean into = count == 1 && g_file_test(whole, G_FILE_TEST_IS_DIR);
  return !into && strcmp(name, stem) == 0 ? NULL : g_strconcat(shown, name, into ? "/" : "", NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file so that a power cut leaves the old one or the new one. */
#include "motcua/home.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

gboolean
mc_file_replace(const char *path, const char *text, gssize len, GError **error)
{
  g_autoptr(GError) cause = NULL;

  if (g_file_set_contents_full(path, text, len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                               0600, &cause))
    return TRUE;

  g_autofree char *shown = mc_text_clean(path, -1);
  g_set_error(error, MC_ERROR, MC_ERROR_STORE, _("%s was not written and is as it was: %s"), shown,
              cause->message);
  return FALSE;
}

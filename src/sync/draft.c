/* SPDX-License-Identifier: Apache-2.0 */
/* A first draft of a connector, out of a file. */
#include "connector/openapi.h"
#include "motcua/author.h"

char *
mc_connector_draft(const char *file, const char *id, guint *open, GError **error)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  return g_file_get_contents(file, &text, &len, error) ? mc_openapi_draft(file, text, len, id, open, error)
                                                       : NULL;
}

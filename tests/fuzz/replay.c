/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a fuzz target with every file of its corpus, top_srcdir/tests/fuzz/corpus/NAME; the name is the
 * program's own, behind "replay-". */
#include <stdio.h>
#include <string.h>
#include "fuzz.h"

int
main(G_GNUC_UNUSED int argc, char **argv)
{
  const char *source = g_getenv("top_srcdir"), *name = strrchr(argv[0], '-'), *file;
  g_autofree char *corpus =
      g_build_filename(source ? source : ".", "tests", "fuzz", "corpus", name ? name + 1 : "", NULL);
  g_autoptr(GDir) dir = g_dir_open(corpus, 0, NULL);
  int files = 0;
  while (dir && (file = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(corpus, file, NULL), *text = NULL;
    gsize len;
    if (!g_file_get_contents(path, &text, &len, NULL))
      return 1;
    /* a copy of exactly that size, so that a read behind it is seen */
    g_autofree uint8_t *bytes = g_memdup2(text, len);
    LLVMFuzzerTestOneInput(bytes, len);
    files++;
  }
  printf("# %d files of %s\n", files, corpus);
  return files == 0;
}

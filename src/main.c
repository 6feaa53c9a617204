/* SPDX-License-Identifier: Apache-2.0 */
/* motcua: introduces the two faces to each other; neither knows the other. */
#include "config.h"

#include "cli/cli.h"
#include "tui/tui.h"

int
main(int argc, char **argv)
{
  return mc_cli_main(argc, argv, mc_tui_run);
}

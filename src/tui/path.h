/* SPDX-License-Identifier: Apache-2.0 */
/* Completing the path of a file on this machine. */
#ifndef TUI_PATH_H
#define TUI_PATH_H

#include <glib.h>

/* What is typed, with as much behind it as all names that begin so share, and a slash behind the only
 * directory;
 * "~/" stands for the home. New string, or NULL where there is nothing to add. */
char *mc_path_complete(const char *typed);

#endif

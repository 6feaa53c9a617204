/* SPDX-License-Identifier: Apache-2.0 */
/* config.ini: its keys, their ranges and their defaults in one table. */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "motcua/home.h"

/* Fills `config` with the defaults and then with what `ini` (NULL: no file) says; its strings are borrowed
 * from `ini` or static. FALSE with MC_ERROR_CONFIG at the first fault. */
gboolean mc_settings_read(const McIni *ini, McConfig *config, GError **error);

#endif

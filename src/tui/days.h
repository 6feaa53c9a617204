/* SPDX-License-Identifier: Apache-2.0 */
/* The working calendar of the configuration, for the first screen: the engine has its own, but it is not
 * started yet. */
#ifndef TUI_DAYS_H
#define TUI_DAYS_H

#include "motcua/home.h"
#include "motcua/worktime.h"

/* A broken calendar file is left out (the engine tells of it). NULL and an error: the configuration's hours
 * are wrong. */
McCalendar *mc_days_load(const McHome *home, GError **error);

#endif

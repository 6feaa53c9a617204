/* SPDX-License-Identifier: Apache-2.0 */
/* The running log, state/motcua.log: what the engine did, for the IT unit. It never holds a secret, a
 * form's values or a person's data; one line an entry, cleaned, at most 1 MiB before it is rotated once. */
#ifndef MOTCUA_LOG_H
#define MOTCUA_LOG_H

#include <glib.h>
#include "motcua/home.h"

/* Opens the log as GLib's log writer (call once at start; -v: `to_stderr` also prints). Without it GLib's
 * messages go to stderr. From then on use g_debug, g_info, g_message, g_warning. */
void mc_log_open(const McHome *home, gboolean to_stderr);

#endif

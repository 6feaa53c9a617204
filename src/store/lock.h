/* SPDX-License-Identifier: Apache-2.0 */
/* The writers' lock, data/inbox.lock: one writer and one checkpointer of inbox.db at a time over all
 * processes. The kernel releases it when its holder dies, however it dies. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include <glib.h>
#include "motcua/home.h"

typedef struct McLock McLock;

McLock *mc_lock_open(McHome *home, GError **error);
void mc_lock_free(McLock *lock); /* releases it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McLock, mc_lock_free)
/* Waits up to 30 s, then MC_ERROR_STORE. Not recursive. */
gboolean mc_lock_take(McLock *lock, GError **error);
gboolean mc_lock_try(McLock *lock);
void mc_lock_release(McLock *lock);

#endif

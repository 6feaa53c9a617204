/* SPDX-License-Identifier: Apache-2.0 */
/* A moment after which a GCancellable is cancelled, whatever the calling thread waits for. */
#ifndef SECRET_DEADLINE_H
#define SECRET_DEADLINE_H

#include <gio/gio.h>

typedef struct McDeadline McDeadline;

McDeadline *mc_deadline_new(int milliseconds);
void mc_deadline_free(McDeadline *deadline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McDeadline, mc_deadline_free)
/* Borrowed. */
GCancellable *mc_deadline_cancellable(McDeadline *deadline);
gboolean mc_deadline_passed(McDeadline *deadline);

#endif

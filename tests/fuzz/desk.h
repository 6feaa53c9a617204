/* SPDX-License-Identifier: Apache-2.0 */
/* What the targets that drive exchanges share: the connectors of the province and of the workbench, bound,
 * and everything that can be done with each. */
#ifndef TESTS_FUZZ_DESK_H
#define TESTS_FUZZ_DESK_H

#include "connector/exchange.h"

#define NOW G_GINT64_CONSTANT(1795329000) /* 2026-11-22T06:30:00Z */

McCalendar *desk_calendar(void);
/* How many connectors there are. Their order is what the corpora count by: new ones come last. */
guint desk_count(void);
/* The `which`th, borrowed. `xml`: its system answers XML, whatever the file says; pointers read both. */
McBinding *desk_binding(guint which, gboolean xml);
/* A login as it is kept. Borrowed. */
const McSession *desk_session(void);
/* An item of the stream as a list gave it. New. */
McItem *desk_item(const McBinding *binding, const char *stream);
/* What an action of that key was accepted with: something in every field of its form. New string. */
char *desk_frozen(const McBinding *binding, const char *action, const char *key);
/* Values for a lookup, for a login. New. */
GHashTable *desk_inputs(const McBinding *binding, const char *lookup);
GHashTable *desk_secrets(const McBinding *binding);

#endif

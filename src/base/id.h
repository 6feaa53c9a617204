/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of actions: ULIDs, so that keys sort by the time they were made. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <glib.h>

/* 26 characters of Crockford base32: 48 bits of milliseconds, 80 bits from getrandom(2). Never equal,
 * and increasing within a process. New string. */
char *mc_ulid_new(void);

#endif

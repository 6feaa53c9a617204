/* SPDX-License-Identifier: Apache-2.0 */
/* The officials of the commune: one list for all systems, as in a real office; and citizens that the
 * population register knows whether or not they have a case. */
#pragma once

#include "demo/json.h"

typedef struct {
  const char *login, *name, *title, *unit;
} DemoOfficial;

/* Ends with a NULL login. */
extern const DemoOfficial demo_officials[];

typedef struct {
  const char *number, *name;
} DemoPerson;
/* NULL: none of the list. */
const DemoPerson *demo_person(const char *number);

const DemoOfficial *demo_official(const char *login);
/* The name of an official, or the login itself. */
const char *demo_official_name(const char *login);
/* Words of `query` in any part of the official's name, title or login, blind to case and tone marks. */
gboolean demo_official_matches(const DemoOfficial *official, const char *query);

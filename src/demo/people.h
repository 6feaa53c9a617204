/* SPDX-License-Identifier: Apache-2.0 */
/* The officials of the commune: one list for all systems, as in a real office. */
#pragma once

#include "demo/json.h"

typedef struct {
  const char *login, *name, *title, *unit;
} DemoOfficial;

/* Ends with a NULL login. */
extern const DemoOfficial demo_officials[];

const DemoOfficial *demo_official(const char *login);
/* The name of an official, or the login itself. */
const char *demo_official_name(const char *login);
/* Words of `query` in any part of the official's name, title or login, blind to case and tone marks. */
gboolean demo_official_matches(const DemoOfficial *official, const char *query);

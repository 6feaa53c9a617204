/* SPDX-License-Identifier: Apache-2.0 */
/* Civil registration at the Ministry of Justice ("158"): what may be done to a file there. */
#pragma once

#include "demo/action.h"

enum {
  CIVIL_ERROR = 0,
  CIVIL_RECEIVED = 1,
  CIVIL_SUPPLEMENT = 2,
  CIVIL_READY = 3,
  CIVIL_DONE = 4,
  CIVIL_REFUSED = 6
};

extern const DemoAction demo_hotich_actions[];
const char *demo_hotich_status(int state);

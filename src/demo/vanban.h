/* SPDX-License-Identifier: Apache-2.0 */
/* What the law of documents (Decree 30/2020) and the exchange axis allow to be done to one; see vanban-law.c.
 */
#pragma once

#include "demo/action.h"

extern const DemoAction demo_vanban_actions[];

/* SPDX-License-Identifier: Apache-2.0 */
/* What the one-stop rules (Decree 118/2025 and its circulars) allow to be done to a case; see onestop-law.c.
 */
#pragma once

#include "demo/action.h"

/* The ten statuses of the national portal, by their numbers. */
enum {
  CASE_NEW = 1,
  CASE_RECEIVED,
  CASE_REFUSED,
  CASE_PROCESSING,
  CASE_SUPPLEMENT,
  CASE_PAYMENT,
  CASE_WITHDRAWN,
  CASE_PAUSED,
  CASE_FINISHED,
  CASE_DELIVERED
};

#define DEMO_FEE_UNPAID   "Chờ thanh toán"
#define DEMO_FEE_PAID     "Đã thanh toán"
#define DEMO_FEE_REFUNDED "Đã hoàn phí"

extern const DemoAction demo_onestop_actions[];
/* The exact label of a status; "" for an unknown number. */
const char *demo_onestop_status(int state);

/* SPDX-License-Identifier: Apache-2.0 */
/* Faults asked for through POST /demo/faults. The first that matches a request is used, as often as its
 * count. */
#pragma once

#include "demo/json.h"

typedef struct DemoFaults DemoFaults;

typedef enum {
  DEMO_FAULT_NONE,
  DEMO_FAULT_DEAD,          /* the connection is reset as soon as the request line is known */
  DEMO_FAULT_DELAY,         /* worked on and answered `ms` later */
  DEMO_FAULT_STATUS,        /* answered with `status`, nothing done */
  DEMO_FAULT_TRUNCATE,      /* full Content-Length, half the body, then closed */
  DEMO_FAULT_RESET_BEFORE,  /* read whole, nothing done, reset */
  DEMO_FAULT_RESET_AFTER,   /* done and committed, reset before a byte of the answer */
  DEMO_FAULT_MALFORMED,     /* a body that does not parse */
  DEMO_FAULT_SLOW,          /* the body in small pieces over `ms` */
  DEMO_FAULT_TOKEN_EXPIRED, /* the login of this request has just run out */
  DEMO_FAULT_RATE_LIMIT,    /* answered with `status` and a Retry-After of `ms`, nothing done */
} DemoFaultMode;

typedef struct {
  DemoFaultMode mode;
  guint status;
  guint ms;
  gboolean date; /* Retry-After is a date, else seconds (RFC 9110 10.2.3) */
} DemoFault;

DemoFaults *demo_faults_new(guint32 seed);
void demo_faults_free(DemoFaults *faults);
/* {"system","path","method","mode","status","ms","date","count","probability"}; count 0 or less: until
 * deleted. */
gboolean demo_faults_add(DemoFaults *faults, const cJSON *json, GError **error);
void demo_faults_clear(DemoFaults *faults);
/* Those still to be met. Caller deletes. */
cJSON *demo_faults_json(const DemoFaults *faults);
/* What a request is, for the faults. */
typedef struct {
  const char *system, *method;
  const char *path, *full_path; /* below the system's prefix, and whole: a fault may be written either way */
  gboolean has_login;           /* only then can its login run out */
} DemoTarget;

DemoFault demo_faults_take(DemoFaults *faults, const DemoTarget *target);

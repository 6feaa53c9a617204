/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The province's HTTP server: requests are worked on one at a time, so nothing of the province needs a lock,
 * also where a second thread serves the encrypted port. A request that is to wait (latency, a fault) is set
 * aside and taken up again by a timer of the main loop: it holds nobody up.
 */
#pragma once

#include "demo/province.h"
#include "demo/tls.h"

typedef struct DemoHttp DemoHttp;

typedef struct {
  const char *listen;    /* an IPv4 or IPv6 address */
  guint16 port;          /* 0: any free one */
  guint latency, jitter; /* ms before each request is worked on; jitter is added at random */
  guint32 seed;
  const DemoTls *tls; /* serves a second, encrypted port; NULL: none */
} DemoHttpOptions;

/* Sets province->base and ->encrypted_base, then serves until demo_http_stop(). */
DemoHttp *demo_http_start(DemoProvince *province, const DemoHttpOptions *options, GError **error);
void demo_http_stop(DemoHttp *http);

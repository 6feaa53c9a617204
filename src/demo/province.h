/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The province: what every system of it shares, and how a system is declared. A system is a table: its
 * routes, how it recognises who asks, and how it says no in its own manner. Nothing outside a system's file
 * knows its API.
 */
#pragma once

#include "demo/clock.h"
#include "demo/faults.h"
#include "demo/message.h"
#include "demo/state.h"

typedef struct DemoSystem DemoSystem;

typedef struct DemoProvince {
  DemoClock *clock;
  DemoState *state;
  DemoFaults *faults;
  const DemoSystem *const *systems; /* NULL-terminated */
  GHashTable *in_flight;            /* keys of requests being worked on; see DemoSystem.hold */
  GHashTable *requests;             /* "METHOD /path" -> count, bounded */
  gint64 token_ttl;                 /* ms an access token or cookie lives */
  char *base;                       /* "http://127.0.0.1:PORT" */
  char *encrypted_base;             /* "https://...", NULL without one */
} DemoProvince;

typedef enum { DEMO_NO_LOGIN, DEMO_LOGIN_EXPIRED } DemoDenial;

typedef DemoResponse *(*DemoHandler)(DemoCall *call);

typedef struct {
  const char *method;
  const char *pattern; /* "{}" stands for one segment, kept in call->args in order */
  DemoHandler handle;
  gboolean open; /* needs no login */
} DemoRoute;

struct DemoSystem {
  const char *id; /* "van-ban"; also its path prefix */
  const char *title;
  const char *connector;
  const DemoRoute *routes; /* ends with a NULL method */
  /* The access token this request carries, NULL without one. Caller frees. */
  char *(*token)(DemoCall *call);
  /* The one token it takes, for good: an API key, a name and password. NULL: tokens are those of logins. */
  const char *standing;
  DemoResponse *(*deny)(DemoCall *call, DemoDenial why);
  /* One more condition of a request that is logged in; NULL lets it pass. May be NULL. */
  DemoResponse *(*admit)(DemoCall *call);
  /* A refusal that no route made: 400, 404, 413, 500. */
  DemoResponse *(*refuse)(DemoCall *call, guint status, const char *text);
  /* The key under which a second request is held off while the first is worked on; NULL: none. Caller frees.
   */
  char *(*hold)(DemoCall *call);
  DemoResponse *(*held)(DemoCall *call);
  /* ms after which a request that still waits is given up, with nothing done; 0: never. What a connector's
   * `settle` rests on. */
  gint64 patience;
  /* It stands on the encrypted port alone. */
  gboolean encrypted;
  /* Adds what a login needs to /demo/systems. */
  void (*describe)(cJSON *secrets);
};

extern const DemoSystem demo_vanban, demo_onestop, demo_hotich, demo_dancu, demo_feedback, demo_mail;
extern const DemoRoute demo_control_routes[];

/* The systems and how to log in to them, as /demo/systems gives them. Caller deletes. */
cJSON *demo_systems_json(const DemoProvince *province);

#define DEMO_USER     "canbo01"
#define DEMO_PASSWORD "demo-canbo01"

const DemoSystem *demo_province_system(const DemoProvince *province, const char *id);

/* The answer to a complete request: routed, admitted, and worked on in one transaction. Never NULL. */
DemoResponse *demo_dispatch(DemoCall *call);
/* A refusal in the manner of the request's system, or of the control pages. */
DemoResponse *demo_refuse(DemoCall *call, guint status, const char *text);
/* Holds the request's key; the answer when another request holds it. Undone by demo_release(). */
DemoResponse *demo_hold(DemoCall *call);
void demo_release(DemoCall *call);

/* A token nobody can guess. Caller frees. */
char *demo_token_new(void);
/* When a login given now ends: ms of the machine's clock, which /demo/clock does not move. */
gint64 demo_token_end(const DemoProvince *province);

/* SPDX-License-Identifier: Apache-2.0 */
/* A request and a response as values; nothing here knows the HTTP library. */
#pragma once

#include "demo/json.h"

#define DEMO_MAX_ARGS 3

struct DemoProvince;
struct DemoSystem;

typedef struct {
  struct DemoProvince *province;
  const struct DemoSystem *system; /* NULL: the province's own control pages */
  const char *method;
  char *full_path;
  const char *path; /* below the system's prefix */
  char *args[DEMO_MAX_ARGS];
  GHashTable *query;   /* text -> text, decoded */
  GHashTable *headers; /* lower-case name -> text */
  GString *body;
  char *held;                  /* the key this request holds */
  char *token, *family, *csrf; /* of its login, once admitted */
  char *client;                /* the name in the certificate it showed, NULL: it showed none that counts */
} DemoCall;

typedef struct {
  guint status;
  GString *body;
  GPtrArray *headers; /* name, value, name, value ... */
} DemoResponse;

DemoCall *demo_call_new(struct DemoProvince *province, const char *method, const char *path);
void demo_call_free(DemoCall *call);
/* NULL when absent. */
const char *demo_call_header(const DemoCall *call, const char *lower_name);
const char *demo_call_query(const DemoCall *call, const char *name);
/* The number in a query parameter, held between min and max; `otherwise` when absent or no number. */
gint64 demo_call_number(const DemoCall *call, const char *name, gint64 otherwise, gint64 min, gint64 max);
/* The token of "Authorization: Bearer"; NULL without one. Caller frees. */
char *demo_call_bearer(DemoCall *call);
/* The body as a JSON object; NULL when it is none. Caller deletes. */
cJSON *demo_call_json(const DemoCall *call);
/* A form body as an object of texts; NULL when it does not decode. Caller deletes. */
cJSON *demo_call_form(const DemoCall *call);
/* Tells one request's content from another's. Caller frees. */
char *demo_call_print(const DemoCall *call);

DemoResponse *demo_response_new(guint status, const char *type, const char *body);
/* Takes `json`. */
DemoResponse *demo_response_json(guint status, cJSON *json);
void demo_response_header(DemoResponse *response, const char *name, const char *value);
/* A moment as HTTP writes it (RFC 9110 5.6.7), in English in every locale. New string. */
char *demo_http_date(GDateTime *utc);
void demo_response_free(DemoResponse *response);

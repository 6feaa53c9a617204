/* SPDX-License-Identifier: Apache-2.0 */
/* Files of records: given as multipart/form-data (RFC 7578), kept in the record, given out whole or from a
 * byte on (RFC 9110 14). */
#pragma once

#include "demo/province.h"

typedef struct {
  char *name;     /* NULL where the part is no file */
  char *type;     /* may be NULL */
  GString *bytes; /* NULL: there is no such part */
} DemoPart;

/* The part of that name. Cleared with demo_part_clear(). */
gboolean demo_call_part(const DemoCall *call, const char *name, DemoPart *part);
void demo_part_clear(DemoPart *part);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DemoPart, demo_part_clear)

/* Adds the file to the record's, with a line in its history and the effect: "attach", its body the hash. */
void demo_record_give_file(const DemoCall *call, DemoRecord *record, const DemoPart *part, const char *what,
                           const char *key);
/* A file of the record by its id; borrowed, NULL when there is none. */
const cJSON *demo_record_file(const DemoRecord *record, const char *id);
/* Its bytes, with ETag; the rest of them where the request's Range and If-Range ask for it. Those of a file
 * that nobody gave are made up, but always the same and as many as its size says. `call` NULL: whole. */
DemoResponse *demo_file_response(const DemoCall *call, const cJSON *file);
/* The same of any bytes. */
DemoResponse *demo_bytes_response(const DemoCall *call, const char *type, const char *bytes, gsize size);

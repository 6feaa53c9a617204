/* SPDX-License-Identifier: Apache-2.0 */
/* The two files' tables, and how a file comes to have them: numbered steps, each applied once (PRAGMA
 * user_version counts them), in one transaction, after a copy FILE.vN of what was there. The application id
 * tells our files from others'. A step that was released never changes; a new one is appended. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "motcua/home.h"
#include "store/db.h"
#include "store/lock.h"

typedef struct {
  const char *file; /* its name in the data directory */
  int application_id;
  const char *journal;      /* set once, when the file is made */
  const char *connection;   /* set on each connection */
  const char *const *steps; /* NULL-terminated */
  gboolean may_be_lost;     /* damaged: set aside and made anew, instead of an error */
} McSchema;

extern const McSchema mc_schema_inbox, mc_schema_desk;

/* Opens the file, makes or migrates it first where needed (takes `lock` for that, so the caller must not hold
 * it). MC_ERROR_STORE: a newer schema (names the version that wrote it), not ours, damaged. */
McDb *mc_schema_open(const McSchema *schema, McHome *home, McLock *lock, GError **error);
/* Sets the file aside as FILE.corrupt-TIME; the next open makes it anew. The caller holds the lock. */
gboolean mc_schema_set_aside(const McSchema *schema, McHome *home, GError **error);

#endif

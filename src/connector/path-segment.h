/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a path: shared by path.c, which follows it, and path-text.c, which reads it. */
#ifndef CONNECTOR_PATH_SEGMENT_H
#define CONNECTOR_PATH_SEGMENT_H

#include "connector/path.h"

typedef enum {
  MC_SEGMENT_NAME,   /* a pointer's: a member, or an element where the name is an index */
  MC_SEGMENT_MEMBER, /* a member only */
  MC_SEGMENT_INDEX,  /* an element only; negative from the end */
  MC_SEGMENT_NODE,
  /* these may lead to several */
  MC_SEGMENT_ALL,     /* [*]: elements or members; in XML a single element too */
  MC_SEGMENT_MEMBERS, /* .*: elements or members */
  MC_SEGMENT_FILTER,  /* elements or members whose `inner` equals `value` */
} McSegmentKind;

typedef struct {
  McSegmentKind kind;
  int index;  /* of a NAME: -1 when it is none */
  gint place; /* where the name stood when it was last found: a hint, which any thread may change */
  char *name;
  McNode *node;
  McPath *inner;
  cJSON *value;
} McSegment;

struct McPath {
  char *text;
  GPtrArray *segments; /* McSegment */
  gboolean many;
};

McPath *mc_path_new(const char *text);
McSegment *mc_path_add(McPath *path, McSegmentKind kind);
/* A pointer's segment; takes `name`. */
void mc_path_add_name(McPath *path, char *name);

#endif

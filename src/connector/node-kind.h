/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a node: shared by node.c, which compiles it, and node-eval.c. */
#ifndef CONNECTOR_NODE_KIND_H
#define CONNECTOR_NODE_KIND_H

#include "connector/cast.h"
#include "connector/path.h"

typedef enum {
  MC_NODE_CONST,
  MC_NODE_ARRAY,
  MC_NODE_OBJECT,
  MC_NODE_NAME,
  MC_NODE_JOIN,
  MC_NODE_JSON,
  MC_NODE_PAIRS,
  MC_NODE_EDIT,
} McNodeKind;

typedef struct {
  char *from, *to;
} McReplacement;

struct McNode {
  McNodeKind kind;
  cJSON *constant;
  GPtrArray *parts; /* nodes: elements, members, parts of a join, keys and values of pairs, values to set */
  GPtrArray *keys;  /* names of an object's members */
  char *with;
  McNode *inner;      /* of $json and $edit */
  GPtrArray *paths;   /* of set */
  GPtrArray *removed; /* of remove */
  /* a name */
  char *name;
  McCast cast;
  gboolean dated, required;
  gint64 plus;
  McNode *otherwise;
  GArray *escape; /* McReplacement, NULL: none */
};

/* Its value where it is the same always, borrowed; else NULL. */
const cJSON *mc_node_constant(const McNode *node);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Of templates, what requests need beside expr.h. */
#ifndef CONNECTOR_TEMPLATE_H
#define CONNECTOR_TEMPLATE_H

#include "connector/compile.h"

void mc_template_names(const McTemplate *t, McNameVisitor visit, gpointer data);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the expressions need of values beside json.h. */
#ifndef CONNECTOR_VALUE_H
#define CONNECTOR_VALUE_H

#include "connector/json.h"

/* Set in the type of a value that was one XML element (xml.h): it may stand for a list of one. */
#define MC_VALUE_ELEMENT (1 << 16)
gboolean mc_value_is_element(const cJSON *value);
/* A decimal integer and nothing else, in range. */
gboolean mc_text_int(const char *text, gint64 *value);
/* A new value without the name under which it stood. */
cJSON *mc_value_copy(const cJSON *value);
/* <0, 0, >0: the order of two JSON numbers by exact value, whatever their length. */
int mc_number_compare(const char *a, const char *b);
/* mc_json_get() for what is asked of many objects alike: looks first where it stood in the last one, which is
 * all that `*place` says (0 at first). */
cJSON *mc_json_get_again(const cJSON *object, const char *name, gint *place);

#endif

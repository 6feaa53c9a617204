/* SPDX-License-Identifier: Apache-2.0 */
/* The few things said about a cJSON object here, each once. Names are compared with case. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

/* NULL when missing or not a string; belongs to the object. */
const char *demo_json_text(const cJSON *object, const char *name);
/* The same, "" instead of NULL. */
const char *demo_json_word(const cJSON *object, const char *name);
gint64 demo_json_int(const cJSON *object, const char *name);
gboolean demo_json_true(const cJSON *object, const char *name);
/* Set or replace; a NULL text removes the name. */
void demo_json_set_text(cJSON *object, const char *name, const char *value);
void demo_json_set_int(cJSON *object, const char *name, gint64 value);
void demo_json_set_true(cJSON *object, const char *name, gboolean value);
/* Takes `value`. */
void demo_json_set(cJSON *object, const char *name, cJSON *value);
/* Unformatted; freed with g_free(). */
char *demo_json_print(const cJSON *value);
/* Strict about what follows the value; NULL when it is not JSON. */
cJSON *demo_json_parse(const char *text, gsize length);

/* SPDX-License-Identifier: Apache-2.0 */
/* What is explained to an author: a tree of notes, each with a name, a value and words, all of them optional.
 * A name is either a word of ours, translated for a person and as it is for a machine, or one out of a
 * connector. A masked note shows neither its value and words nor those below it. */
#ifndef CONNECTOR_NOTE_H
#define CONNECTOR_NOTE_H

#include <glib.h>
#include "connector/json.h"

typedef struct McNote McNote;

McNote *mc_note_new(void);
void mc_note_free(McNote *note);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McNote, mc_note_free)
/* A new part of `note`, borrowed. `word`: marked with N_(), or NULL; `name`: NULL: none. */
McNote *mc_note_add(McNote *note, const char *word, const char *name);
/* The words, translated; they may hold foreign text. */
void mc_note_say(McNote *note, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A copy of the value; NULL is a value too: it is missing. */
void mc_note_value(McNote *note, const cJSON *value);
void mc_note_text_value(McNote *note, const char *text);
void mc_note_mask(McNote *note);
/* Masks each note below that shows one of these texts (an array of char *). */
void mc_note_conceal(McNote *note, const GPtrArray *texts);

/* For a person: a line a note, parts indented under it, control bytes gone. New string. */
char *mc_note_print(const McNote *note);
/* For a machine: {"name","value","says","parts"}; a missing value is null. New JSON text. */
char *mc_note_json(const McNote *note);

#endif

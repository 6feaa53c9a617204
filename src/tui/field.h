/* SPDX-License-Identifier: Apache-2.0 */
/* One field of a form: what is typed, what is offered, what would be posted. Pure; lookups are asked by the
 * form. */
#ifndef TUI_FIELD_H
#define TUI_FIELD_H

#include "motcua/lookup.h"
#include "tui/command.h"
#include "tui/edit.h"

typedef struct McFormField McFormField;

McFormField *mc_form_field_new(const McInput *input, gboolean secret); /* input: borrowed */
/* Its private value as it is to be seen while nobody asks to see it: masked, but for what is being typed in
 * the `active` field. NULL: nothing has to be masked. New string. */
char *mc_form_field_mask(const McFormField *field, gboolean active);
void mc_form_field_free(McFormField *field);
const McInput *mc_form_field_input(const McFormField *field);
McEdit *mc_form_field_edit(McFormField *field);

/* Whether its choices come from a lookup, and whether the lookup is to be asked for what is typed now. */
gboolean mc_form_field_asks(const McFormField *field);
/* The lookup's answer (McChoice, copied). */
void mc_form_field_offer(McFormField *field, GPtrArray *choices);

/* Typing and editing; FALSE: not for it. `changed`: what would be posted, or looked up, did. */
gboolean mc_form_field_type(McFormField *field, gunichar c, gboolean *changed);
gboolean mc_form_field_run(McFormField *field, McCommand command, const char *today, gboolean *changed);
/* Enter, or leaving the field: takes the choice under the bar. TRUE when that changed something. */
gboolean mc_form_field_take(McFormField *field);

/* What would be posted. New string, "" for nothing. */
char *mc_form_field_value(const McFormField *field);
gboolean mc_form_field_check(const McFormField *field, GError **error);
/* What was taken, as people read it. New string, "" for nothing. */
char *mc_form_field_taken(const McFormField *field);
/* The choices in sight (none once one was taken, until it is looked for anew): titles, at most `most`, and
 * which is under the bar (-1: none). New array. */
char **mc_form_field_offers(const McFormField *field, int most, int *selected);

/* Puts in what a system said; `source` tells which and when, `volatile_` that it is to be kept in no draft.
 * It stays its value until somebody changes it. FALSE: something else is written there, and `over` was not
 * given. */
gboolean mc_form_field_fill(McFormField *field, const McLookupField *value, const char *source,
                            gboolean volatile_, gboolean over);
/* Where what stands in it comes from, or NULL: it was typed. */
const char *mc_form_field_source(const McFormField *field);

/* Kept as a draft ("" for what is to be kept in none), and back. New string. */
char *mc_form_field_save(const McFormField *field);
void mc_form_field_restore(McFormField *field, const char *saved);

#endif

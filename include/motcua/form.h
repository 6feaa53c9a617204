/* SPDX-License-Identifier: Apache-2.0 */
/* An action as a person meets it: its label, and the form whose values are posted with it. Plain values. */
#ifndef MOTCUA_FORM_H
#define MOTCUA_FORM_H

#include <glib.h>

typedef enum {
  MC_INPUT_TEXT,
  MC_INPUT_CHOICE,
  MC_INPUT_PERSON,
  MC_INPUT_INTEGER,
  MC_INPUT_MONEY,
  MC_INPUT_DATE,
  MC_INPUT_BOOLEAN,
  MC_INPUT_FILE
} McInputType;

typedef struct {
  char *value, *title;
} McChoice;

typedef struct {
  char *name, *label; /* label in the interface's language */
  McInputType type;
  gboolean required, many, multiline;
  gboolean is_private; /* masked, but for what is being typed */
  gint64 max;          /* characters of text, bytes of a file; 0: none given */
  gint64 min;          /* at least so many, where there is a text at all */
  char **accept;       /* what a file may be (file.h), NULL: anything */
  char *pattern;       /* regular expression a text must match, or NULL */
  char *lookup;        /* name of the lookup that offers choices, or NULL */
  GPtrArray *choices;  /* McChoice; static ones, empty otherwise */
  char *initial;       /* value to start with, or NULL */
} McInput;

typedef struct {
  char *action, *label; /* label in the interface's language */
  gboolean confirm;     /* ask before taking it */
  gboolean creates;     /* makes a new record; acts on no item */
  GPtrArray *inputs;    /* McInput */
} McForm;

/* The connector language's word of a type ("person"). */
const char *mc_input_type_name(McInputType type);

void mc_choice_free(McChoice *choice);
void mc_input_free(McInput *input);
void mc_form_free(McForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McForm, mc_form_free)

/* The label of a standard action of the contract in the interface's language, or NULL when it is none. */
const char *mc_action_standard_label(const char *action);

/* What a login's secret is called in the interface's language: of a name that is known its words, else the
 * name in words. New string. */
char *mc_secret_label(const char *name);

/* Whether `value` satisfies one input: MC_ERROR_USAGE names the field and what was expected. Boolean values
 * are true|false, dates YYYY-MM-DD or dd/mm/yyyy, money and integers digits (dots as thousands allowed for
 * money). */
gboolean mc_input_check(const McInput *input, const char *value, GError **error);
/* The same of a file: its name, its type, its bytes. */
gboolean mc_input_check_file(const McInput *input, const char *name, const char *type, gint64 size,
                             GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One field of a form: see field.h.
 *
 * A field with choices holds what is typed to find one, and what was taken: values joined by ',' where it
 * takes many. Everything else posts what is typed. */
#include "tui/field.h"

#include <stdio.h>
#include <string.h>

#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/editor.h"
#include "tui/path.h"

#define TEXT_MAX 10000

struct McFormField {
  const McInput *input;
  McEdit *edit;
  GPtrArray *offers; /* McChoice of the lookup; NULL: the input's own */
  GPtrArray *taken;  /* McChoice, copies */
  int selected;      /* among the offers that match; -1 none */
  char *source;      /* of what was filled in, and what it was */
  char *filled;
  gboolean volatile_;
  gboolean is_private; /* its own nature, or that of what was filled in */
};

static McChoice *
choice_copy(const McChoice *choice)
{
  McChoice *copy = g_new0(McChoice, 1);
  copy->value = g_strdup(choice->value);
  copy->title = g_strdup(choice->title ? choice->title : choice->value);
  return copy;
}

static GPtrArray *
choices_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
}

static gboolean
has_choices(const McFormField *field)
{
  return field->input->lookup || (field->input->choices && field->input->choices->len);
}

static void
take_initial(McFormField *field)
{
  const McInput *input = field->input;
  if (!input->initial || !has_choices(field))
    return;
  McChoice plain = {input->initial, input->initial};
  const McChoice *found = &plain;
  for (guint i = 0; input->choices && i < input->choices->len; i++)
    if (g_strcmp0(((McChoice *)input->choices->pdata[i])->value, input->initial) == 0)
      found = input->choices->pdata[i];
  g_ptr_array_add(field->taken, choice_copy(found));
}

McFormField *
mc_form_field_new(const McInput *input, gboolean secret)
{
  McFormField *field = g_new0(McFormField, 1);
  gboolean file = input->type == MC_INPUT_FILE; /* its max is in bytes */
  int most = !file && input->max > 0 && input->max < TEXT_MAX ? (int)input->max : TEXT_MAX;
  field->input = input;
  field->is_private = input->is_private;
  field->taken = choices_new();
  field->selected = -1;
  field->edit = mc_edit_new(has_choices(field) ? "" : input->initial, input->multiline, secret, most);
  take_initial(field);
  return field;
}

static void
forget_source(McFormField *field)
{
  g_clear_pointer(&field->source, g_free);
  if (field->filled)
    mc_edit_wipe(g_steal_pointer(&field->filled));
}

void
mc_form_field_free(McFormField *field)
{
  if (!field)
    return;
  mc_edit_free(field->edit);
  g_clear_pointer(&field->offers, g_ptr_array_unref);
  g_ptr_array_unref(field->taken);
  forget_source(field);
  g_free(field);
}

const McInput *
mc_form_field_input(const McFormField *field)
{
  return field->input;
}

McEdit *
mc_form_field_edit(McFormField *field)
{
  return field->edit;
}

char *
mc_form_field_mask(const McFormField *field, gboolean active)
{
  const char *given = field->filled ? field->filled : field->input->initial,
             *typed = mc_edit_text(field->edit);
  if (!field->is_private || !*typed || (active && g_strcmp0(typed, given) != 0))
    return NULL;
  return mc_text_mask(typed);
}

gboolean
mc_form_field_asks(const McFormField *field)
{
  return field->input->lookup != NULL;
}

/* The choices that what is typed leaves; borrowed McChoice. A lookup's answer is already about what is typed.
 */
static GPtrArray *
matching(const McFormField *field)
{
  GPtrArray *all = field->offers ? field->offers : field->input->choices, *left = g_ptr_array_new();
  g_autofree char *typed = mc_text_fold(mc_edit_text(field->edit));
  for (guint i = 0; all && i < all->len; i++) {
    McChoice *choice = all->pdata[i];
    g_autofree char *title = mc_text_fold(choice->title ? choice->title : choice->value);
    if (field->input->lookup || strstr(title, typed))
      g_ptr_array_add(left, choice);
  }
  return left;
}

void
mc_form_field_offer(McFormField *field, GPtrArray *choices)
{
  g_clear_pointer(&field->offers, g_ptr_array_unref);
  field->offers = choices_new();
  for (guint i = 0; choices && i < choices->len; i++)
    g_ptr_array_add(field->offers, choice_copy(choices->pdata[i]));
  field->selected = field->offers->len && *mc_edit_text(field->edit) ? 0 : -1;
}

/* The bar goes to the first that fits what is typed. */
static void
typed_changed(McFormField *field)
{
  if (!has_choices(field) || field->input->lookup)
    return;
  g_autoptr(GPtrArray) left = matching(field);
  field->selected = left->len && *mc_edit_text(field->edit) ? 0 : -1;
}

static gboolean
toggle(McFormField *field)
{
  mc_edit_set(field->edit, strcmp(mc_edit_text(field->edit), "true") == 0 ? "false" : "true");
  return TRUE;
}

gboolean
mc_form_field_type(McFormField *field, gunichar c, gboolean *changed)
{
  *changed = FALSE;
  if (field->input->type == MC_INPUT_BOOLEAN) {
    *changed = c == ' ' && toggle(field);
    return TRUE;
  }
  if (!mc_edit_insert(field->edit, c))
    return FALSE;
  if (has_choices(field) && !field->input->many)
    g_ptr_array_set_size(field->taken, 0);
  *changed = TRUE;
  typed_changed(field);
  return TRUE;
}

static gboolean
step_choice(McFormField *field, int by)
{
  g_autoptr(GPtrArray) left = matching(field);
  if (!left->len)
    return FALSE;
  field->selected = CLAMP(field->selected + by, 0, (int)left->len - 1);
  return TRUE;
}

static gboolean
step_date(McFormField *field, const char *today, int by)
{
  GDate date;
  int day, month, year;
  const char *text = *mc_edit_text(field->edit) ? mc_edit_text(field->edit) : NULL;
  if (!text) {
    mc_edit_set(field->edit, today);
    return TRUE;
  }
  if (sscanf(text, "%d/%d/%d", &day, &month, &year) != 3 ||
      !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year) || year < 1900 || year > 9000)
    return FALSE;
  g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  if (by > 0)
    g_date_add_days(&date, 1);
  else
    g_date_subtract_days(&date, 1);
  g_autofree char *moved = g_strdup_printf("%02d/%02d/%04d", g_date_get_day(&date), g_date_get_month(&date),
                                           g_date_get_year(&date));
  mc_edit_set(field->edit, moved);
  return TRUE;
}

static gboolean
complete_path(McFormField *field)
{
  g_autofree char *path = mc_path_complete(mc_edit_text(field->edit));
  if (path)
    mc_edit_set(field->edit, path);
  return path != NULL;
}

gboolean
mc_form_field_run(McFormField *field, McCommand command, const char *today, gboolean *changed)
{
  int by = command == MC_CMD_EDIT_UP ? -1 : command == MC_CMD_EDIT_DOWN ? 1 : 0;
  *changed = FALSE;
  if (by && has_choices(field))
    return step_choice(field, by);
  if (by && field->input->type == MC_INPUT_DATE) {
    *changed = step_date(field, today, by);
    return *changed;
  }
  if (by > 0 && field->input->type == MC_INPUT_FILE) {
    *changed = complete_path(field);
    return TRUE;
  }
  if (field->input->type == MC_INPUT_BOOLEAN)
    return FALSE;
  if (command == MC_CMD_EDIT_BACKSPACE && !*mc_edit_text(field->edit) && field->taken->len) {
    g_ptr_array_set_size(field->taken, (int)field->taken->len - 1);
    *changed = TRUE;
    return TRUE;
  }
  if (!mc_editor_run(field->edit, command, changed))
    return FALSE;
  if (*changed)
    typed_changed(field);
  return !by || *changed || !has_choices(field);
}

gboolean
mc_form_field_take(McFormField *field)
{
  g_autoptr(GPtrArray) left = has_choices(field) ? matching(field) : NULL;
  if (!left || field->selected < 0 || field->selected >= (int)left->len)
    return FALSE;
  McChoice *copy = choice_copy(left->pdata[field->selected]);
  if (!field->input->many)
    g_ptr_array_set_size(field->taken, 0);
  g_ptr_array_add(field->taken, copy);
  mc_edit_set(field->edit, "");
  field->selected = -1;
  return TRUE;
}

char *
mc_form_field_value(const McFormField *field)
{
  if (field->input->type == MC_INPUT_BOOLEAN)
    return g_strdup(strcmp(mc_edit_text(field->edit), "true") == 0 ? "true" : "false");
  if (!has_choices(field))
    return g_strdup(mc_edit_text(field->edit));
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < field->taken->len; i++)
    g_string_append_printf(text, "%s%s", i ? "," : "", ((McChoice *)field->taken->pdata[i])->value);
  return g_string_free(text, FALSE);
}

char *
mc_form_field_taken(const McFormField *field)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < field->taken->len; i++)
    g_string_append_printf(text, "%s%s", i ? ", " : "", ((McChoice *)field->taken->pdata[i])->title);
  return g_string_free(text, FALSE);
}

static gboolean
check_value(const McFormField *field, const char *value, GError **error)
{
  if (*value)
    return field->input->many || mc_input_check(field->input, value, error);
  if (!field->input->required)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s: must be filled in."), field->input->label);
  return FALSE;
}

gboolean
mc_form_field_check(const McFormField *field, GError **error)
{
  if (has_choices(field) && *mc_edit_text(field->edit)) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s: choose one of those offered (up, down, Enter)."),
                field->input->label);
    return FALSE;
  }
  char *value = mc_form_field_value(field);
  gboolean good = check_value(field, value, error);
  mc_edit_wipe(value);
  return good;
}

char **
mc_form_field_offers(const McFormField *field, int most, int *selected)
{
  GPtrArray *titles = g_ptr_array_new();
  gboolean settled =
      field->taken->len && !field->input->many && field->selected < 0 && !*mc_edit_text(field->edit);
  g_autoptr(GPtrArray) left = has_choices(field) && !settled ? matching(field) : g_ptr_array_new();
  int first = MAX(0, MIN(field->selected - most + 1, (int)left->len - most));
  for (int i = MAX(first, 0); i < (int)left->len && i < first + most; i++) {
    const McChoice *choice = left->pdata[i];
    g_ptr_array_add(titles, g_strdup(choice->title ? choice->title : choice->value));
  }
  *selected = field->selected < 0 ? -1 : field->selected - MAX(first, 0);
  g_ptr_array_add(titles, NULL);
  return (char **)g_ptr_array_free(titles, FALSE);
}

/* --- filled in by a lookup --- */

/* Of a choice by its value, NULL: it is none; of a lookup's, which are not known here, the value itself. */
static const char *
choice_title(const McFormField *field, const char *value)
{
  for (guint i = 0; i < field->input->choices->len; i++) {
    const McChoice *choice = field->input->choices->pdata[i];
    if (strcmp(choice->value, value) == 0)
      return choice->title ? choice->title : value;
  }
  return field->input->lookup ? value : NULL;
}

gboolean
mc_form_field_fill(McFormField *field, const McLookupField *from, const char *source, gboolean volatile_,
                   gboolean over)
{
  const char *value = from->value;
  g_autofree char *before = mc_form_field_value(field);
  gboolean empty = field->input->type == MC_INPUT_BOOLEAN || (!*before && !*mc_edit_text(field->edit));
  if (!empty && !over && strcmp(before, value) != 0)
    return FALSE;
  if (has_choices(field) && !choice_title(field, value))
    return TRUE; /* none of its choices: it stays as it is */
  g_autofree char *saved = has_choices(field)
                               ? g_strdup_printf("\x1f%s\x1e%s", value, choice_title(field, value))
                               : g_strdup(value);
  mc_form_field_restore(field, saved);
  forget_source(field);
  field->source = g_strdup(source);
  field->filled = mc_form_field_value(field);
  field->volatile_ = volatile_;
  field->is_private |= from->is_private;
  return TRUE;
}

const char *
mc_form_field_source(const McFormField *field)
{
  char *value = field->source ? mc_form_field_value(field) : NULL;
  gboolean same = value && strcmp(value, field->filled) == 0;
  mc_edit_wipe(value);
  return same ? field->source : NULL;
}

/* What was taken, as value TAB title lines after the text that is typed: neither holds a control character.
 */
char *
mc_form_field_save(const McFormField *field)
{
  if (field->volatile_ && mc_form_field_source(field))
    return g_strdup("");
  GString *text = g_string_new(mc_edit_text(field->edit));
  for (guint i = 0; i < field->taken->len; i++) {
    const McChoice *choice = field->taken->pdata[i];
    g_string_append_printf(text, "\x1f%s\x1e%s", choice->value, choice->title);
  }
  return g_string_free(text, FALSE);
}

void
mc_form_field_restore(McFormField *field, const char *saved)
{
  g_auto(GStrv) parts = g_strsplit(saved, "\x1f", -1);
  mc_edit_set(field->edit, parts[0]);
  g_ptr_array_set_size(field->taken, 0);
  for (char **part = parts[0] ? parts + 1 : parts; *part; part++) {
    g_auto(GStrv) pair = g_strsplit(*part, "\x1e", 2);
    McChoice choice = {pair[0], pair[0] && pair[1] ? pair[1] : pair[0]};
    if (pair[0])
      g_ptr_array_add(field->taken, choice_copy(&choice));
  }
}

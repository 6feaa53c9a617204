/* SPDX-License-Identifier: Apache-2.0 */
/* Forms and what may be written into them; the contract's standard actions and their labels. */
#include <string.h>

#include "motcua/clock.h"
#include "motcua/error.h"
#include "motcua/file.h"
#include "motcua/form.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define TEXT_MAX (64 * 1024)

const char *
mc_input_type_name(McInputType type)
{
  static const char *const names[] = {
      [MC_INPUT_TEXT] = "text",       [MC_INPUT_CHOICE] = "choice", [MC_INPUT_PERSON] = "person",
      [MC_INPUT_INTEGER] = "integer", [MC_INPUT_MONEY] = "money",   [MC_INPUT_DATE] = "date",
      [MC_INPUT_BOOLEAN] = "boolean", [MC_INPUT_FILE] = "file"};

  return names[type];
}

void
mc_choice_free(McChoice *choice)
{
  if (!choice)
    return;
  g_free(choice->value);
  g_free(choice->title);
  g_free(choice);
}

void
mc_input_free(McInput *input)
{
  if (!input)
    return;
  g_free(input->name);
  g_free(input->label);
  g_free(input->pattern);
  g_free(input->lookup);
  g_free(input->initial);
  g_strfreev(input->accept);
  if (input->choices)
    g_ptr_array_unref(input->choices);
  g_free(input);
}

void
mc_form_free(McForm *form)
{
  if (!form)
    return;
  g_free(form->action);
  g_free(form->label);
  g_ptr_array_unref(form->inputs);
  g_free(form);
}

/* Contract section 3. */
static const struct {
  const char *action, *label;
} standard[] = {
    {"receive", N_("Receive")},
    {"assign", N_("Assign")},
    {"comment", N_("Comment")},
    {"complete", N_("Complete")},
    {"return", N_("Return")},
    {"sign", N_("Sign digitally")},
    {"recall", N_("Recall")},
    {"supplement", N_("Ask for a supplement")},
    {"reject", N_("Reject")},
    {"forward", N_("Forward")},
    {"appraise", N_("Appraise")},
    {"submit", N_("Submit for signature")},
    {"approve", N_("Approve")},
    {"pause", N_("Pause")},
    {"resume", N_("Resume")},
    {"extend", N_("Extend")},
    {"deliver", N_("Hand over the result")},
    {"withdraw", N_("Withdraw")},
    {"refund", N_("Refund")},
    {"reply", N_("Reply")},
    {"accept", N_("Accept")},
    {"decline", N_("Decline")},
    {"acknowledge", N_("Acknowledge")},
    {"attach", N_("Attach a file")},
};

const char *
mc_action_standard_label(const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS(standard); i++)
    if (g_str_equal(standard[i].action, action))
      return _(standard[i].label);
  return NULL;
}

static const struct {
  const char *name, *label;
} secrets[] = {
    {"username", N_("Account")},
    {"password", N_("Password")},
    {"passphrase", N_("Key's password")},
    {"pin", N_("PIN")},
    {"token", N_("Access token")},
    {"api_key", N_("Access key")},
    {"key", N_("Access key")},
    {"client_id", N_("Application's name")},
    {"client_secret", N_("Application's secret")},
};

char *
mc_secret_label(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++)
    if (g_str_equal(secrets[i].name, name))
      return g_strdup(_(secrets[i].label));
  return g_strdelimit(g_strdup(name), "_-", ' ');
}

/* --- checking one value --- */
typedef gboolean (*CheckValue)(const McInput *input, const char *value);

static gboolean
is_text(const McInput *input, const char *value)
{
  (void)input;
  return g_utf8_validate(value, -1, NULL);
}

static gboolean
is_choice(const McInput *input, const char *value)
{
  for (guint i = 0; i < input->choices->len; i++)
    if (g_str_equal(((McChoice *)input->choices->pdata[i])->value, value))
      return TRUE;
  return input->choices->len == 0 && is_text(input, value);
}

static gboolean
is_integer(const McInput *input, const char *value)
{
  (void)input;
  return g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, NULL, NULL);
}

/* 8000, 8.000 or 8.000.000: dots only between whole groups of three. */
static gboolean
is_money(const McInput *input, const char *value)
{
  (void)input;
  return g_regex_match_simple("^([0-9]{1,15}|[0-9]{1,3}(\\.[0-9]{3}){1,4})$", value, G_REGEX_DOLLAR_ENDONLY,
                              0);
}

static gboolean
is_date(const McInput *input, const char *value)
{
  gint64 moment;
  (void)input;
  return mc_time_parse(value, "%Y-%m-%d", NULL, &moment) || mc_time_parse(value, "%d/%m/%Y", NULL, &moment);
}

static gboolean
is_boolean(const McInput *input, const char *value)
{
  (void)input;
  return g_str_equal(value, "true") || g_str_equal(value, "false");
}

static const struct {
  CheckValue check;
  const char *expected;
} types[] = {
    [MC_INPUT_TEXT] = {is_text, N_("text")},
    [MC_INPUT_CHOICE] = {is_choice, N_("one of its choices")},
    [MC_INPUT_PERSON] = {is_choice, N_("a person")},
    [MC_INPUT_INTEGER] = {is_integer, N_("an integer")},
    [MC_INPUT_MONEY] = {is_money, N_("an amount such as 8.000")},
    [MC_INPUT_DATE] = {is_date, N_("a date: dd/mm/yyyy or yyyy-mm-dd")},
    [MC_INPUT_BOOLEAN] = {is_boolean, N_("true or false")},
    [MC_INPUT_FILE] = {is_text, N_("the name of a file")},
};

static const char *
shown_name(const McInput *input)
{
  return input->label ? input->label : input->name;
}

static char *
list_choices(const McInput *input)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (guint i = 0; i < input->choices->len && i < 20; i++)
    g_string_append_printf(list, "%s%s", i ? ", " : " (", ((McChoice *)input->choices->pdata[i])->value);
  if (list->len)
    g_string_append_c(list, ')');
  return g_string_free(g_steal_pointer(&list), FALSE);
}

static gboolean
check_one(const McInput *input, const char *value, GError **error)
{
  if (!types[input->type].check(input, value)) {
    g_autofree char *choices = list_choices(input);
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): '%s' is not %s%s"), shown_name(input),
                input->name, value, _(types[input->type].expected), choices);
    return FALSE;
  }
  if (input->pattern && !g_regex_match_simple(input->pattern, value, G_REGEX_DEFAULT, 0)) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): '%s' does not have the expected form %s"),
                shown_name(input), input->name, value, input->pattern);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_length(const McInput *input, const char *value, GError **error)
{
  gint64 max = input->max && input->type != MC_INPUT_FILE ? input->max : TEXT_MAX;
  if (!g_utf8_validate(value, -1, NULL)) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): not valid UTF-8 text"), shown_name(input),
                input->name);
    return FALSE;
  }
  glong length = g_utf8_strlen(value, -1);
  if (length < input->min) {
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): at least %ld characters, this has %ld"),
                shown_name(input), input->name, (long)input->min, length);
    return FALSE;
  }
  if (length <= max)
    return TRUE;
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): at most %ld characters, this has %ld"),
              shown_name(input), input->name, (long)max, length);
  return FALSE;
}

gboolean
mc_input_check(const McInput *input, const char *value, GError **error)
{
  g_autofree char *trimmed = g_strstrip(g_strdup(value ? value : ""));
  if (!*trimmed) {
    if (input->required)
      g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s) is required: %s"), shown_name(input),
                  input->name, _(types[input->type].expected));
    return !input->required;
  }
  if (!check_length(input, value, error))
    return FALSE;
  if (!input->many)
    return check_one(input, input->type == MC_INPUT_TEXT ? value : trimmed, error);
  g_auto(GStrv) values = g_strsplit(trimmed, "\n", -1);
  for (char **one = values; *one; one++)
    if (**one && !check_one(input, *one, error))
      return FALSE;
  return TRUE;
}

gboolean
mc_input_check_file(const McInput *input, const char *name, const char *type, gint64 size, GError **error)
{
  if (!mc_file_is_accepted((const char *const *)input->accept, name, type)) {
    g_autofree char *list = g_strjoinv(", ", input->accept);
    g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): “%s” is none of the files that are taken: %s"),
                shown_name(input), input->name, name, list);
    return FALSE;
  }
  if (!input->max || size <= input->max)
    return TRUE;
  g_autofree char *has = mc_text_size(size), *max = mc_text_size(input->max);
  g_set_error(error, MC_ERROR, MC_ERROR_USAGE, _("%s (%s): “%s” has %s, and at most %s are taken"),
              shown_name(input), input->name, name, has, max);
  return FALSE;
}

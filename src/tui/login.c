/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in from the inbox: the secrets a system wants, and what it asks of the person meanwhile. A password
 * goes from the form to the engine and is never shown, kept or logged. */
#include <string.h>

#include "motcua/i18n.h"
#include "tui/views.h"

static McReaction
on_login(McTui *tui, McView *view, const McEvent *event)
{
  (void)view;
  mc_tui_dirty(tui);
  if (event->error)
    return mc_tui_fail(tui, event->error);
  const char *notice = mc_engine_secrets_notice(tui->engine);
  mc_tui_say(tui, "%s%s%s", _("Logged in."), notice ? " " : "", notice ? notice : "");
  return MC_REACT_FOOT;
}

static McReaction
start(McTui *tui, const char *system, GHashTable *secrets)
{
  mc_tui_await(tui, mc_engine_login(tui->engine, system, secrets), NULL, on_login);
  return mc_tui_say(tui, _("Logging in to %s…"), mc_tui_system_title(tui, system));
}

static McReaction
login_done(McTui *tui, const McFormPurpose *purpose, const McForm *form, GHashTable *values)
{
  (void)form;
  return start(tui, purpose->system, values);
}

/* What a person types comes first and must be given; the rest the IT unit stored once, and it stays as
 * stored. */
static const char *const asked[] = {"username", "password", NULL};

static void
add_secret(GPtrArray *inputs, const char *name, gboolean required)
{
  McInput *input = g_new0(McInput, 1);
  input->name = g_strdup(name);
  input->label = mc_secret_label(name);
  input->type = MC_INPUT_TEXT;
  input->required = required;
  input->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  g_ptr_array_add(inputs, input);
}

static void
add_secrets(GPtrArray *inputs, const char *const *names)
{
  for (gsize i = 0; asked[i]; i++)
    if (g_strv_contains(names, asked[i]))
      add_secret(inputs, asked[i], TRUE);
  for (; *names; names++)
    if (!g_strv_contains(asked, *names))
      add_secret(inputs, *names, FALSE);
}

McReaction
mc_login_open(McTui *tui, const char *system)
{
  const McSystemInfo *info = tui->engine ? mc_engine_system_find(tui->engine, system) : NULL;
  if (info && info->gateway)
    system = info->gateway;
  if (!tui->engine || !mc_engine_system_has_login(tui->engine, system))
    return mc_tui_say(tui, _("%s needs no login."), mc_tui_system_title(tui, system));
  if (tui->offline)
    return mc_tui_say(tui, _("Working offline: nothing is got or sent."));
  const char *const *names = mc_engine_system_secrets(tui->engine, system);
  if (!names[0]) /* the person proves themself elsewhere */
    return start(tui, system, NULL);
  McForm *form = g_new0(McForm, 1);
  form->action = g_strdup("login");
  form->label = g_strdup(_("Log in"));
  form->inputs = g_ptr_array_new_with_free_func((GDestroyNotify)mc_input_free);
  add_secrets(form->inputs, names);
  McFormPurpose *purpose = g_new0(McFormPurpose, 1);
  purpose->title = g_strdup_printf(_("Log in · %s"), mc_tui_system_title(tui, system));
  purpose->target = g_strdup_printf(_("%s, and the store of secrets: %s"), mc_tui_system_title(tui, system),
                                    mc_engine_secrets_provider(tui->engine));
  purpose->system = g_strdup(system);
  purpose->login = TRUE;
  return mc_form_open(tui, form, purpose, login_done);
}

/* --- what a login asks --- */

static McReaction
answered(McTui *tui, const McFormPurpose *purpose, const McForm *form, GHashTable *values)
{
  (void)form;
  mc_engine_answer(tui->engine, purpose->asked_by, values);
  return mc_tui_say(tui, _("Logging in to %s…"), mc_tui_system_title(tui, purpose->system));
}

/* The form takes the inputs. */
static McReaction
open_question(McTui *tui, McQuestion *question)
{
  McForm *form = g_new0(McForm, 1);
  form->action = g_strdup("login");
  form->label = g_strdup(_("Log in"));
  form->inputs = g_ptr_array_ref(question->inputs);
  McFormPurpose *purpose = g_new0(McFormPurpose, 1);
  purpose->title = g_strdup(question->title);
  purpose->target = g_strdup(mc_tui_system_title(tui, question->system));
  purpose->notice = g_strdup(question->notice);
  purpose->system = g_strdup(question->system);
  purpose->login = TRUE;
  purpose->asked_by = question->id;
  return mc_form_open(tui, form, purpose, answered);
}

McReaction
mc_login_asked(McTui *tui, McQuestion *question)
{
  if (question->state != MC_QUESTION_OPEN)
    return mc_signin_over(tui, question->id) | mc_form_over(tui, question->id);
  return question->kind == MC_QUESTION_DEVICE ? mc_signin_open(tui, question) : open_question(tui, question);
}

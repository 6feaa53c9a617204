/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 6 in words: how an action stays single. */
#include "connector/plan.h"
#include "motcua/i18n.h"

static char *
duration_words(gint64 seconds)
{
  static const struct {
    gint64 length;
    const char *one, *many;
  } units[] = {{86400, N_("%ld day"), N_("%ld days")},
               {3600, N_("%ld hour"), N_("%ld hours")},
               {60, N_("%ld minute"), N_("%ld minutes")}};
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
    if (seconds >= units[i].length && seconds % units[i].length == 0) {
      long count = (long)(seconds / units[i].length);
      return g_strdup_printf(count == 1 ? _(units[i].one) : _(units[i].many), count);
    }
  return g_strdup_printf(_("%ld s"), (long)seconds);
}

static char *
repeat_words(const McAction *action)
{
  g_autofree char *lives = duration_words(action->lives);
  switch (action->repeat) {
  case MC_REPEAT_HEADER:
    return g_strdup_printf(
        _("the system knows its key in the header %s for %s, and takes no second one of the same key"),
        action->header, lives);
  case MC_REPEAT_FIELD:
    return g_strdup_printf(
        _("the system knows its key in the request for %s, and takes no second one of the same key"), lives);
  case MC_REPEAT_SAME:
    return g_strdup(_("repeating it has the same effect, so it may be sent again"));
  case MC_REPEAT_NEVER:
    break;
  }
  return NULL;
}

static char *
verify_words(const McVerify *verify)
{
  g_autofree char *settle = duration_words(verify->settle);
  if (verify->always)
    return g_strdup_printf(
        _("every answer is checked by reading back whether it landed; before it counts as absent %s pass"),
        settle);
  return g_strdup_printf(_("where no answer came it is read back whether it landed; before it counts as "
                           "absent, and may be sent again, %s pass"),
                         settle);
}

char *
mc_action_single_words(const McAction *action)
{
  g_autofree char *repeat = repeat_words(action), *verify = NULL;
  if (action->verify)
    verify = verify_words(action->verify);
  if (repeat && verify)
    return g_strconcat(repeat, "; ", verify, NULL);
  if (repeat || verify)
    return g_strdup(repeat ? repeat : verify);
  return g_strdup(_("it is sent once; where no answer came, a person decides what became of it"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a key can do: see command.h. */
#include "tui/command.h"

#include <string.h>

#include "motcua/i18n.h"

#define X(id, name, keys, where, help) {name, keys, where, help},
static const McCommandInfo infos[] = {MC_COMMANDS(X)};
#undef X

#define X(id, name, keys, where, help) name,
static const char *const names[] = {MC_COMMANDS(X) NULL};
#undef X

const McCommandInfo *
mc_command_info(McCommand command)
{
  g_return_val_if_fail(command < MC_CMD_COUNT, NULL);
  return &infos[command];
}

McCommand
mc_command_find(const char *name)
{
  for (int i = 0; i < MC_CMD_COUNT; i++)
    if (strcmp(infos[i].name, name) == 0)
      return (McCommand)i;
  return MC_CMD_NONE;
}

const char *const *
mc_command_names(void)
{
  return names;
}

const char *
mc_context_label(McContext context)
{
  switch (context) {
  case MC_IN_INBOX:
    return _("Inbox");
  case MC_IN_DETAIL:
    return _("One item");
  case MC_IN_OUTBOX:
    return _("Outbox");
  case MC_IN_SYSTEMS:
    return _("Systems");
  case MC_IN_HELP:
    return _("Help");
  case MC_IN_MENU:
    return _("Menus");
  case MC_IN_FORM:
    return _("Forms");
  case MC_IN_PROMPT:
    return _("Filter and command line");
  case MC_IN_ANSWER:
    return _("Answers");
  case MC_IN_CONFIRM:
    return _("Questions");
  case MC_IN_SIGNIN:
    return _("Signing in elsewhere");
  default:
    return "";
  }
}

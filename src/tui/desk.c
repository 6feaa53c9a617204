/* SPDX-License-Identifier: Apache-2.0 */
/* The person's own words about an item: its note and its tags. They stay on this desk. */
#include "tui/desk.h"

#include <string.h>

#include "motcua/i18n.h"
#include "tui/views.h"

/* The open item, else the selected one; borrowed. */
static const McItem *
subject(const McTui *tui)
{
  const McItem *open = mc_detail_item(tui);
  return open ? open : mc_inbox_selected(tui);
}

static McReaction
on_kept(McTui *tui, McView *view, const McEvent *event)
{
  (void)view;
  mc_tui_dirty(tui);
  return event->error ? mc_tui_fail(tui, event->error) : mc_tui_say(tui, _("Kept on this desk."));
}

static McReaction
set_note(McTui *tui, const char *text)
{
  const McItem *item = subject(tui);
  if (item)
    mc_tui_await(tui, mc_engine_note(tui->engine, item->id, text), NULL, on_kept);
  return MC_REACT_FOOT;
}

static McReaction
set_tag(McTui *tui, const char *text)
{
  const McItem *item = subject(tui);
  gboolean on = *text != '-';
  const char *tag = *text == '-' || *text == '+' ? text + 1 : text;
  if (item && *tag)
    mc_tui_await(tui, mc_engine_tag(tui->engine, item->id, tag, on), NULL, on_kept);
  return MC_REACT_FOOT;
}

McReaction
mc_desk_run(McTui *tui, McCommand command, const char *argument)
{
  static const McPromptOps note = {.label = N_("Note:"), .accepted = set_note};
  static const McPromptOps tag = {.label = N_("Tag:"), .accepted = set_tag};
  const McItem *item = subject(tui);
  if (!item || !tui->engine)
    return mc_tui_say(tui, _("No item is selected."));
  if (argument)
    return command == MC_CMD_NOTE ? set_note(tui, argument) : set_tag(tui, argument);
  if (command == MC_CMD_TAG)
    return mc_prompt_open(tui, &tag, "");
  g_autoptr(McItem) whole = mc_snapshot_item(tui->snapshot, item->id, NULL);
  return mc_prompt_open(tui, &note, whole && whole->note ? whole->note : "");
}

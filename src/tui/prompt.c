/* SPDX-License-Identifier: Apache-2.0 */
/* One line typed in the foot: the filter, a command, a note. What is wrong with it stands right under it,
 * with the words that Tab offers. */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/edit.h"
#include "tui/editor.h"
#include "tui/views.h"

#define PROMPT_MAX 1000

typedef struct {
  McView view;
  const McPromptOps *ops;
  McEdit *edit;
  char *fault;
  char **words; /* offered by Tab; NULL: none are */
  guint word;
  gsize stem; /* where the completed word begins */
} Prompt;

static McReaction
text_changed(McTui *tui, Prompt *prompt)
{
  g_autoptr(GError) error = NULL;
  g_clear_pointer(&prompt->fault, g_free);
  if (prompt->ops->changed && !prompt->ops->changed(tui, mc_edit_text(prompt->edit), &error))
    prompt->fault = g_strdup(error->message);
  return MC_REACT_ALL;
}

/* The word at the end is replaced by what begins like it; another Tab takes the next. */
static McReaction
complete(McTui *tui, Prompt *prompt)
{
  const char *text = mc_edit_text(prompt->edit);
  if (!prompt->ops->complete)
    return MC_REACT_NONE;
  if (!prompt->words) {
    prompt->words = prompt->ops->complete(text);
    prompt->word = 0;
    const char *start = text + strlen(text);
    while (start > text && (prompt->ops->whole || !strchr(" (", start[-1])))
      start--;
    start += !prompt->ops->whole && *start == '-';
    prompt->stem = (gsize)(start - text);
  }
  guint count = g_strv_length(prompt->words);
  if (!count) {
    g_clear_pointer(&prompt->words, g_strfreev);
    return MC_REACT_NONE;
  }
  g_autofree char *kept = g_strndup(text, prompt->stem);
  g_autofree char *line = g_strconcat(kept, prompt->words[prompt->word++ % count], NULL);
  mc_edit_set(prompt->edit, line);
  if (count == 1)
    g_clear_pointer(&prompt->words, g_strfreev);
  return text_changed(tui, prompt);
}

static McReaction
accept(McTui *tui, Prompt *prompt)
{
  if (prompt->fault)
    return MC_REACT_NONE;
  const McPromptOps *ops = prompt->ops;
  g_autofree char *text = g_strdup(mc_edit_text(prompt->edit));
  mc_tui_close(tui, &prompt->view);
  return (ops->accepted ? ops->accepted(tui, text) : MC_REACT_NONE) | MC_REACT_ALL;
}

static McReaction
prompt_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Prompt *prompt = (Prompt *)view;
  (void)argument;
  if (command == MC_CMD_COMPLETE)
    return complete(tui, prompt);
  g_clear_pointer(&prompt->words, g_strfreev);
  if (command == MC_CMD_ACCEPT)
    return accept(tui, prompt);
  if (command == MC_CMD_CLOSE || (command == MC_CMD_EDIT_BACKSPACE && !*mc_edit_text(prompt->edit))) {
    const McPromptOps *ops = prompt->ops;
    mc_tui_close(tui, view);
    return (ops->closed ? ops->closed(tui) : MC_REACT_NONE) | MC_REACT_ALL;
  }
  gboolean changed = FALSE;
  if (!mc_editor_run(prompt->edit, command, &changed))
    return MC_REACT_UNHANDLED;
  return changed ? text_changed(tui, prompt) : MC_REACT_ROWS;
}

static McReaction
prompt_type(McTui *tui, McView *view, gunichar c)
{
  Prompt *prompt = (Prompt *)view;
  g_clear_pointer(&prompt->words, g_strfreev);
  return mc_edit_insert(prompt->edit, c) ? text_changed(tui, prompt) : MC_REACT_NONE;
}

static int
prompt_height(McTui *tui, McView *view, int most)
{
  (void)tui, (void)view, (void)most;
  return 0;
}

static char *
offer_text(const Prompt *prompt)
{
  g_autofree char *words = g_strjoinv("  ", prompt->words);
  return g_strdup(words);
}

static void
prompt_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Prompt *prompt = (Prompt *)view;
  int row = 0, col = 0, label = mc_text_width(_(prompt->ops->label)) + 2;
  int room = area.cols - label - 1;
  g_auto(GStrv) lines = mc_edit_show(prompt->edit, room, &row, &col);
  (void)whole;
  g_autoptr(McLine) line = mc_line_new();
  mc_line_append(line, area.cols, MC_ROLE_KEY, " ");
  mc_line_append(line, area.cols, MC_ROLE_KEY, _(prompt->ops->label));
  mc_line_append(line, area.cols, MC_ROLE_NORMAL, " ");
  mc_line_add(line, label, room, MC_ROLE_NORMAL, lines[row]);
  mc_screen_line(tui->screen, area.row, line, FALSE);
  if (prompt->fault || prompt->words) {
    g_autofree char *under = prompt->words ? offer_text(prompt) : g_strdup(prompt->fault);
    mc_screen_text(tui->screen, area.row + 1, 0, 1, MC_ROLE_NORMAL, "");
    mc_screen_text(tui->screen, area.row + 1, 1, area.cols - 1, prompt->words ? MC_ROLE_HINT : MC_ROLE_ERROR,
                   under);
  }
  mc_screen_cursor(tui->screen, area.row, label + col);
}

static void
prompt_free(McView *view)
{
  Prompt *prompt = (Prompt *)view;
  mc_edit_free(prompt->edit);
  g_free(prompt->fault);
  g_strfreev(prompt->words);
  g_free(prompt);
}

static const McHint prompt_hints[] = {{MC_CMD_ACCEPT, N_("done")},
                                      {MC_CMD_COMPLETE, N_("complete")},
                                      {MC_CMD_CLOSE, N_("drop")},
                                      {MC_CMD_NONE, NULL}};

static const McViewOps prompt_ops = {
    .title = N_("Line"),
    .where = MC_IN_PROMPT,
    .overlay = TRUE,
    .hints = prompt_hints,
    .run = prompt_run,
    .type = prompt_type,
    .draw = prompt_draw,
    .height = prompt_height,
    .free = prompt_free,
};

McReaction
mc_prompt_open(McTui *tui, const McPromptOps *ops, const char *text)
{
  Prompt *prompt = g_new0(Prompt, 1);
  prompt->view.ops = &prompt_ops;
  prompt->ops = ops;
  prompt->edit = mc_edit_new(text, FALSE, FALSE, PROMPT_MAX);
  mc_tui_push(tui, &prompt->view);
  return MC_REACT_ALL;
}

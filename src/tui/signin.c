/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in elsewhere (RFC 8628): a QR code for the telephone, the address and the code for any browser. It
 * has the whole screen, because a code of 37 modules with its margin is 23 rows of half blocks; where it does
 * not fit, the address and the code stand alone. It closes by itself when the question is over. */
#include "motcua/i18n.h"
#include "motcua/qr.h"
#include "motcua/text.h"
#include "tui/views.h"

enum { GAP = 2, WORDS_MIN = 30 };

typedef struct {
  McView view;
  guint64 question;
  char *system, *address, *code;
  char **rows; /* of the QR code; NULL: the address is too long for one */
  int width;
  gint64 until; /* monotonic us */
} Signin;

static McReaction
signin_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  (void)argument;
  if (command != MC_CMD_BACK)
    return MC_REACT_UNHANDLED;
  mc_engine_answer(tui->engine, ((Signin *)view)->question, NULL);
  mc_tui_close(tui, view);
  return MC_REACT_ALL;
}

/* --- drawing --- */

typedef struct {
  McRole role;
  char *text;
} Words;

static void
words_clear(gpointer words)
{
  g_free(((Words *)words)->text);
}

/* Takes `text`; an empty line before it where `apart`. */
static void
add(GArray *words, gboolean apart, McRole role, char *text)
{
  Words empty = {MC_ROLE_NORMAL, g_strdup("")}, one = {role, text};
  if (apart)
    g_array_append_val(words, empty);
  else
    g_free(empty.text);
  g_array_append_val(words, one);
}

static GArray *
words_of(McTui *tui, const Signin *signin, gboolean drawn)
{
  GArray *words = g_array_new(FALSE, FALSE, sizeof(Words));
  gint64 left = (signin->until - g_get_monotonic_time()) / G_USEC_PER_SEC;
  g_autofree char *lasts = mc_question_left(left);
  g_autofree char *key = mc_keymap_keys(tui->keymap, MC_CMD_BACK, MC_IN_SIGNIN, 1);
  g_array_set_clear_func(words, words_clear);
  add(words, FALSE, MC_ROLE_STRONG,
      g_strdup_printf(_("Log in · %s"), mc_tui_system_title(tui, signin->system)));
  add(words, TRUE, MC_ROLE_NORMAL,
      g_strdup(drawn ? _("Scan this with your telephone, or open in any browser:")
                     : _("Open in any browser:")));
  add(words, FALSE, MC_ROLE_KEY, g_strdup(signin->address));
  add(words, TRUE, MC_ROLE_NORMAL, g_strdup(_("and type the code:")));
  add(words, FALSE, MC_ROLE_STRONG, g_strdup(signin->code));
  add(words, TRUE, MC_ROLE_NORMAL, g_strdup_printf(_("It lasts another %s."), lasts));
  add(words, TRUE, MC_ROLE_HINT, g_strdup_printf(_("%s gives up"), key));
  return words;
}

static void
signin_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  const Signin *signin = (Signin *)view;
  int count = signin->rows ? (int)g_strv_length(signin->rows) : G_MAXINT;
  gboolean drawn = count <= area.height && signin->width + GAP + WORDS_MIN <= area.cols;
  int col = drawn ? signin->width + GAP : GAP, row = area.row;
  g_autoptr(GArray) words = words_of(tui, signin, drawn);
  (void)whole;
  mc_screen_clear_rows(tui->screen, area.row, area.height);
  for (int i = 0; drawn && i < count; i++)
    mc_screen_paper(tui->screen, area.row + i, 0, signin->width, signin->rows[i]);
  for (guint i = 0; i < words->len; i++) {
    const Words *one = &g_array_index(words, Words, i);
    g_auto(GStrv) lines = mc_text_wrap(one->text, area.cols - col - 1);
    for (char **line = lines; *line && row + 1 < area.row + area.height; line++)
      mc_screen_text(tui->screen, ++row, col, area.cols - col, one->role, *line);
  }
  mc_screen_cursor(tui->screen, row, col);
}

static McReaction
signin_changed(McTui *tui, McView *view)
{
  (void)tui, (void)view;
  return MC_REACT_ALL; /* the time that is left */
}

static void
signin_free(McView *view)
{
  Signin *signin = (Signin *)view;
  g_free(signin->system);
  g_free(signin->address);
  g_free(signin->code);
  g_strfreev(signin->rows);
  g_free(signin);
}

static const McViewOps signin_ops = {
    .title = N_("Signing in elsewhere"),
    .where = MC_IN_SIGNIN,
    .alone = TRUE,
    .run = signin_run,
    .draw = signin_draw,
    .changed = signin_changed,
    .free = signin_free,
};

McReaction
mc_signin_open(McTui *tui, const McQuestion *question)
{
  Signin *signin = g_new0(Signin, 1);
  signin->view.ops = &signin_ops;
  signin->question = question->id;
  signin->system = g_strdup(question->system);
  signin->address = g_strdup(question->address);
  signin->code = g_strdup(question->code);
  signin->rows = mc_qr_rows(mc_question_link(question),
                            mc_screen_has_colours(tui->screen) ? MC_QR_DARK : MC_QR_LIGHT, &signin->width);
  signin->until = g_get_monotonic_time() + question->lasts * G_USEC_PER_SEC;
  mc_tui_push(tui, &signin->view);
  return MC_REACT_ALL;
}

McReaction
mc_signin_over(McTui *tui, guint64 question)
{
  for (guint i = 0; i < tui->stack->len; i++) {
    Signin *signin = tui->stack->pdata[i];
    if (signin->view.ops != &signin_ops || signin->question != question)
      continue;
    mc_tui_close(tui, &signin->view);
    return MC_REACT_ALL;
  }
  return MC_REACT_NONE;
}

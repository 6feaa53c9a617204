/* SPDX-License-Identifier: Apache-2.0 */
/* What a login asks, on the command line. To sign in elsewhere: a QR code where stdout is a terminal wide
 * enough for it, the address and the code as plain lines in any case. A form: asked where stdin is a
 * terminal, or taken from what --stdin gave under the inputs' names, once. */
#include "config.h"
#include "cli/question.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "motcua/qr.h"

/* --- signing in elsewhere --- */

enum { GAP = 2, BESIDE_MIN = 30 };

/* Black on white whatever the terminal's colours are: by the fixed ones of 256, which no scheme changes,
 * where there are so many. NULL: no colours here. */
static const char *
paper(void)
{
  const char *off = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
  if ((off && *off) || !term || strcmp(term, "dumb") == 0)
    return NULL;
  return strstr(term, "256color") || strstr(term, "direct") ? "\033[38;5;16;48;5;231m" : "\033[30;47m";
}

typedef struct {
  char **rows; /* of the code; NULL: none is drawn */
  const char *colours;
  int width, beside; /* beside: columns for the words at its right; 0: they stand under it */
} Drawing;

/* Under the code the words are whole lines, which is best; where that would scroll its top away they stand
 * beside it, and where there is no room for that either there is no code. */
static Drawing
plan_drawing(const McQuestion *question, int lines)
{
  struct winsize size = {0};
  Drawing drawing = {.colours = paper()};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return drawing;
  g_auto(GStrv) rows =
      mc_qr_rows(mc_question_link(question), drawing.colours ? MC_QR_DARK : MC_QR_LIGHT, &drawing.width);
  int count = rows ? (int)g_strv_length(rows) : G_MAXINT / 2, room = size.ws_col - drawing.width - GAP;
  if (count + lines >= size.ws_row)
    drawing.beside = room;
  if (drawing.width <= size.ws_col && count < size.ws_row && (!drawing.beside || room >= BESIDE_MIN))
    drawing.rows = g_steal_pointer(&rows);
  return drawing;
}

static void
draw(const Drawing *drawing, const char *words)
{
  g_auto(GStrv) lines = mc_text_wrap(words, drawing->beside);
  const char *on = drawing->colours ? drawing->colours : "", *off = drawing->colours ? "\033[0m" : "";
  int next = -GAP; /* clear of the quiet zone's upper edge */
  for (char **row = drawing->rows; *row; row++, next++) {
    gboolean more = drawing->beside && next >= 0 && next < (int)g_strv_length(lines);
    printf("%s%s%s%*s%s\n", on, *row, off, more ? GAP : 0, "", more ? lines[next] : "");
  }
}

static void
show_device(const McQuestion *question)
{
  g_autofree char *left = mc_question_left(question->lasts);
  g_autofree char *where =
      g_strdup_printf(_("To log in to %s, open: %s"), question->system, question->address);
  g_autofree char *code = g_strdup_printf(_("and type the code: %s"), question->code);
  g_autofree char *lasts = g_strdup_printf(_("The code lasts %s; Ctrl-C gives up."), left);
  g_autofree char *words = g_strjoin("\n", where, code, lasts, NULL);
  g_autofree char *clean = mc_text_clean_lines(words, -1);
  Drawing drawing = plan_drawing(question, 3);
  if (drawing.rows)
    draw(&drawing, clean);
  if (!drawing.rows || !drawing.beside)
    printf("%s\n", clean);
  g_strfreev(drawing.rows);
  mc_cli_flush();
}

/* --- a form --- */

static char *
ask_input(McCli *cli, const McInput *input)
{
  g_autofree char *label = g_strdup_printf("%s: ", input->label);
  for (guint i = 0; i < input->choices->len; i++) {
    const McChoice *choice = input->choices->pdata[i];
    fprintf(stderr, "  %s · %s\n", choice->value, choice->title);
  }
  for (;;) {
    g_autoptr(GError) error = NULL;
    char *value = mc_cli_ask(cli, label, FALSE);
    if (!value || mc_input_check(input, *value ? value : NULL, &error))
      return value;
    mc_cli_say("%s", error->message);
    g_free(value);
  }
}

/* Name -> text; NULL: the person gave up. */
static GHashTable *
ask_form(McCli *cli, const McQuestion *question)
{
  g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < question->inputs->len; i++) {
    const McInput *input = question->inputs->pdata[i];
    char *value = ask_input(cli, input);
    if (!value)
      return NULL;
    if (*value)
      g_hash_table_insert(values, g_strdup(input->name), value);
    else
      g_free(value);
  }
  return g_steal_pointer(&values);
}

static gboolean
all_given(const McQuestion *question, GHashTable *given)
{
  for (guint i = 0; i < question->inputs->len; i++) {
    const McInput *input = question->inputs->pdata[i];
    if (!given || (input->required && !g_hash_table_contains(given, input->name)))
      return FALSE;
  }
  return TRUE;
}

static void
say_lacking(const McQuestion *question)
{
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < question->inputs->len; i++)
    g_string_append_printf(names, "%s%s=", i ? ", " : "", ((McInput *)question->inputs->pdata[i])->name);
  mc_cli_say(_("%s: log in at a terminal, or give it with --stdin too: %s"), question->system, names->str);
}

static void
answer_form(McAsker *asker, const McQuestion *question)
{
  g_autoptr(GHashTable) values = NULL;
  mc_cli_say_of(question->system, question->notice ? question->notice : question->title);
  if (!asker->used && all_given(question, asker->given)) {
    asker->used = TRUE;
    mc_engine_answer(asker->engine, question->id, asker->given);
    return;
  }
  if (!asker->given && isatty(STDIN_FILENO)) {
    values = ask_form(asker->cli, question);
  } else {
    asker->lacking = TRUE;
    say_lacking(question);
  }
  mc_engine_answer(asker->engine, question->id, values);
}

void
mc_cli_answer(const McEvent *event, gpointer asker)
{
  if (event->type != MC_EVENT_QUESTION || event->question->state != MC_QUESTION_OPEN)
    return;
  if (event->question->kind == MC_QUESTION_DEVICE)
    show_device(event->question);
  else
    answer_form(asker, event->question);
}

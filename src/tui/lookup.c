/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups: the menu of what can be asked, the form that asks, the answer over it, and the way of an answer
 * into the form of an action. An answer lives as long as its view; what may be kept nowhere is in no draft.
 */
#include "tui/lookup.h"

#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/pager.h"

enum { LABEL_COL = 2, LABEL_WIDTH = 20, VALUE_COL = 23 };

typedef struct {
  McView view;
  McFiller *filler;
  guint form; /* id of the form it fills; 0: none */
  McLookupAnswer *answer;
  char *fault;
  gboolean reveal;
  McPager *pager;
  int cols; /* that its lines were made for; 0: make them anew */
} Answer;

static McFiller *
filler_copy(const McFiller *from, McLookupInfo *info)
{
  McFiller *copy = g_new0(McFiller, 1);
  copy->lookup = info;
  copy->fills = from && from->fills ? g_ptr_array_ref(from->fills) : NULL;
  return copy;
}

/* "Dân cư, 14:05" */
static char *
source_text(const McTui *tui, const McLookupAnswer *answer)
{
  g_autofree char *when = mc_tui_when(tui, answer->as_of);
  return g_strdup_printf("%s, %s", mc_tui_system_title(tui, answer->system), when);
}

/* --- filling --- */

typedef struct {
  guint form;
  McLookupAnswer *answer;
  GPtrArray *fills;
} Refill;

static void
refill_free(gpointer data)
{
  Refill *refill = data;
  mc_lookup_answer_free(refill->answer);
  g_ptr_array_unref(refill->fills);
  g_free(refill);
}

static McReaction
refill(McTui *tui, gpointer data)
{
  const Refill *refill = data;
  McView *form = mc_tui_view(tui, refill->form);
  g_autofree char *source = source_text(tui, refill->answer);
  if (form)
    g_free(mc_form_fill(form, refill->answer, refill->fills, source, TRUE));
  return mc_tui_say(tui, _("Filled in from %s."), source) | MC_REACT_ALL;
}

/* What is empty is filled; what somebody typed only when they say so. */
static McReaction
fill(McTui *tui, Answer *view)
{
  McView *form = mc_tui_view(tui, view->form);
  if (!form || !view->answer || !view->answer->found)
    return MC_REACT_NONE;
  g_autofree char *source = source_text(tui, view->answer);
  g_autofree char *kept = mc_form_fill(form, view->answer, view->filler->fills, source, FALSE);
  if (!kept) {
    mc_tui_close(tui, &view->view);
    return mc_tui_say(tui, _("Filled in from %s."), source) | MC_REACT_ALL;
  }
  Refill *data = g_new0(Refill, 1);
  data->form = view->form;
  data->answer = g_steal_pointer(&view->answer);
  data->fills = g_ptr_array_ref(view->filler->fills);
  mc_tui_close(tui, &view->view);
  g_autofree char *question = g_strdup_printf(_("%s: replace what is written there?"), kept);
  return mc_confirm_open(tui, question, refill, data, refill_free);
}

/* --- the answer --- */

static void
add_line(GPtrArray *lines, int cols, const char *label, McRole role, const char *text)
{
  g_auto(GStrv) parts = mc_text_wrap(text, cols - VALUE_COL - 1);
  for (char **part = parts; *part; part++) {
    McLine *line = mc_line_new();
    if (part == parts)
      mc_line_add(line, LABEL_COL, LABEL_WIDTH, MC_ROLE_LABEL, label);
    mc_line_add(line, VALUE_COL, cols - VALUE_COL - 1, role, *part);
    g_ptr_array_add(lines, line);
  }
}

static void
add_fields(const Answer *view, GPtrArray *lines, int cols)
{
  gboolean masked = FALSE;
  for (guint i = 0; i < view->answer->fields->len; i++) {
    const McLookupField *field = view->answer->fields->pdata[i];
    gboolean hide = field->is_private && !view->reveal;
    g_autofree char *value = hide ? mc_text_mask(field->value) : g_strdup(field->value);
    add_line(lines, cols, field->label, MC_ROLE_NORMAL, value);
    masked |= hide;
  }
  if (masked)
    add_line(lines, cols, "", MC_ROLE_DIM, _("(private values are masked; v shows them)"));
}

static GPtrArray *
answer_lines(const Answer *view, int cols)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)mc_line_free);
  const McLookupAnswer *answer = view->answer;
  if (view->fault)
    add_line(lines, cols, "", MC_ROLE_ERROR, view->fault);
  else if (!answer)
    add_line(lines, cols, "", MC_ROLE_DIM, _("Asking…"));
  else if (!answer->found)
    add_line(lines, cols, "", MC_ROLE_STRONG, _("Not found."));
  for (guint i = 0; answer && i < answer->choices->len; i++) {
    const McChoice *choice = answer->choices->pdata[i];
    add_line(lines, cols, choice->value, MC_ROLE_NORMAL, choice->title);
  }
  if (answer)
    add_fields(view, lines, cols);
  return lines;
}

static McReaction
on_answer(McTui *tui, McView *view, const McEvent *event)
{
  Answer *answer = (Answer *)view;
  (void)tui;
  if (!answer)
    return MC_REACT_NONE;
  if (event->error)
    answer->fault = g_strdup(event->error->message);
  else
    answer->answer = mc_lookup_answer_copy(event->answer);
  answer->cols = 0;
  return MC_REACT_ALL;
}

static McReaction
answer_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Answer *answer = (Answer *)view;
  (void)argument;
  switch (command) {
  case MC_CMD_REVEAL:
    answer->reveal = !answer->reveal;
    answer->cols = 0;
    return MC_REACT_ALL;
  case MC_CMD_FILL:
    return fill(tui, answer);
  default:
    return mc_pager_run(answer->pager, command);
  }
}

static void
make_lines(Answer *answer, int cols)
{
  if (answer->cols == cols)
    return;
  mc_pager_set(answer->pager, answer_lines(answer, cols));
  answer->cols = cols;
}

static int
answer_height(McTui *tui, McView *view, int most)
{
  Answer *answer = (Answer *)view;
  make_lines(answer, mc_screen_cols(tui->screen));
  return CLAMP(mc_pager_count(answer->pager) + 1, 2, most);
}

static void
answer_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Answer *answer = (Answer *)view;
  const McLookupInfo *lookup = answer->filler->lookup;
  g_autoptr(McLine) rule = mc_line_new();
  g_autofree char *source =
      answer->answer ? source_text(tui, answer->answer) : g_strdup(mc_tui_system_title(tui, lookup->system));
  g_autofree char *title = g_strdup_printf("%s · %s", lookup->label, source);
  (void)whole;
  mc_line_append(rule, area.cols, MC_ROLE_FRAME, "── ");
  mc_line_append(rule, area.cols - 2, MC_ROLE_STRONG, title);
  mc_line_append(rule, area.cols, MC_ROLE_FRAME, " ");
  while (mc_line_end(rule) < area.cols)
    mc_line_append(rule, area.cols, MC_ROLE_FRAME, "─");
  mc_screen_line(tui->screen, area.row, rule, FALSE);
  make_lines(answer, area.cols);
  mc_pager_draw(answer->pager, tui->screen, (McArea){area.row + 1, area.height - 1, area.cols});
}

static void
answer_free(McView *view)
{
  Answer *answer = (Answer *)view;
  mc_filler_free(answer->filler);
  mc_lookup_answer_free(answer->answer);
  mc_pager_free(answer->pager);
  g_free(answer->fault);
  g_free(answer);
}

static const McHint fill_hints[] = {{MC_CMD_FILL, N_("fill the form")},
                                    {MC_CMD_REVEAL, N_("private")},
                                    {MC_CMD_BACK, N_("back")},
                                    {MC_CMD_NONE, NULL}};
static const McHint answer_hints[] = {
    {MC_CMD_REVEAL, N_("private")}, {MC_CMD_BACK, N_("back")}, {MC_CMD_NONE, NULL}};

#define ANSWER_OPS(its_hints)                                                                             \
  {                                                                                                       \
    .title = N_("Lookup"), .where = MC_IN_ANSWER, .overlay = TRUE, .hints = its_hints, .run = answer_run, \
    .draw = answer_draw, .height = answer_height, .free = answer_free                                     \
  }

static const McViewOps answer_ops = ANSWER_OPS(answer_hints), filling_ops = ANSWER_OPS(fill_hints);

/* --- asking --- */

typedef struct {
  McFiller *filler;
  guint form;
} Asking;

static void
asking_free(gpointer data)
{
  Asking *asking = data;
  mc_filler_free(asking->filler);
  g_free(asking);
}

static McReaction
asked(McTui *tui, const McFormPurpose *purpose, const McForm *shape, GHashTable *values)
{
  Asking *asking = purpose->data;
  const McLookupInfo *lookup = asking->filler->lookup;
  Answer *answer = g_new0(Answer, 1);
  (void)shape;
  answer->view.ops = asking->form ? &filling_ops : &answer_ops;
  answer->pager = mc_pager_new();
  answer->form = asking->form;
  mc_tui_push(tui, &answer->view);
  mc_tui_await(tui, mc_engine_lookup(tui->engine, lookup->system, lookup->name, values), &answer->view,
               on_answer);
  answer->filler = g_steal_pointer(&asking->filler);
  return MC_REACT_ALL;
}

static McInput *
input_q(void)
{
  McInput *input = g_new0(McInput, 1);
  input->name = g_strdup("q");
  input->label = g_strdup(_("Words"));
  input->choices = g_ptr_array_new_with_free_func((GDestroyNotify)mc_choice_free);
  return input;
}

/* Takes filler; `given` may be NULL. */
static McReaction
open_form(McTui *tui, McFiller *filler, GHashTable *given, guint form)
{
  McLookupInfo *lookup = filler->lookup;
  const char *title = mc_tui_system_title(tui, lookup->system);
  if (!lookup->inputs->len && !lookup->record)
    g_ptr_array_add(lookup->inputs, input_q());
  for (guint i = 0; i < lookup->inputs->len; i++) {
    McInput *input = lookup->inputs->pdata[i];
    const char *value = given ? g_hash_table_lookup(given, input->name) : NULL;
    if (value && !input->initial)
      input->initial = g_strdup(value);
  }
  McForm *shape = g_new0(McForm, 1);
  shape->action = g_strdup(lookup->name);
  shape->label = g_strdup(lookup->label);
  shape->inputs = g_ptr_array_ref(lookup->inputs);
  Asking *asking = g_new0(Asking, 1);
  asking->filler = filler;
  asking->form = form;
  McFormPurpose *purpose = g_new0(McFormPurpose, 1);
  purpose->title = g_strdup_printf("%s · %s", _("Lookup"), lookup->label);
  purpose->target = g_strdup(title);
  purpose->system = g_strdup(lookup->system);
  purpose->asks = TRUE;
  purpose->data = asking;
  purpose->free_data = asking_free;
  return mc_form_open(tui, shape, purpose, asked);
}

/* --- the menus --- */

static void
add_row(McTui *tui, GPtrArray *rows, const McLookupInfo *lookup, gpointer value, GDestroyNotify free_value)
{
  g_autofree char *label = g_strdup_printf("%s: %s", mc_tui_system_title(tui, lookup->system), lookup->label);
  mc_menu_row(rows, label, NULL, value, free_value);
}

static McReaction
chosen_lookup(McTui *tui, gpointer value, gpointer data)
{
  const McLookupInfo *lookup = value;
  g_autoptr(GError) error = NULL;
  (void)data;
  McLookupInfo *own = mc_engine_lookup_info(tui->engine, lookup->system, lookup->name, &error);
  return own ? open_form(tui, filler_copy(NULL, own), NULL, 0) : mc_tui_fail(tui, error);
}

McReaction
mc_lookup_open(McTui *tui)
{
  if (!tui->engine)
    return MC_REACT_NONE;
  g_autoptr(GPtrArray) infos = mc_engine_lookups(tui->engine, NULL);
  GPtrArray *rows = mc_menu_rows();
  g_ptr_array_set_free_func(infos, NULL);        /* the rows' now */
  for (int records = 1; records >= 0; records--) /* registers before mere lists */
    for (guint i = 0; i < infos->len; i++)
      if (((McLookupInfo *)infos->pdata[i])->record == records)
        add_row(tui, rows, infos->pdata[i], infos->pdata[i], (GDestroyNotify)mc_lookup_info_free);
  if (rows->len)
    return mc_menu_open(tui, _("Lookups"), rows, chosen_lookup, NULL, NULL);
  g_ptr_array_unref(rows);
  return mc_tui_say(tui, _("No configured system can be asked."));
}

static McReaction
open_filler(McTui *tui, const McFiller *filler, guint form)
{
  g_autoptr(GError) error = NULL;
  McLookupInfo *own =
      mc_engine_lookup_info(tui->engine, filler->lookup->system, filler->lookup->name, &error);
  return own ? open_form(tui, filler_copy(filler, own), filler->given, form) : mc_tui_fail(tui, error);
}

static McReaction
chosen_filler(McTui *tui, gpointer value, gpointer data)
{
  return open_filler(tui, value, GPOINTER_TO_UINT(data));
}

gboolean
mc_lookup_fills(McTui *tui, const McFormPurpose *purpose)
{
  g_autoptr(GPtrArray) fillers =
      tui->engine && purpose->action
          ? mc_engine_fillers(tui->engine, purpose->system, purpose->action, NULL, NULL)
          : NULL;
  return fillers && fillers->len;
}

McReaction
mc_lookup_for_form(McTui *tui, McView *form, const McFormPurpose *purpose, GHashTable *values)
{
  if (!tui->engine || !purpose->action)
    return MC_REACT_NONE;
  const McItem *item = purpose->items && purpose->items->len == 1 ? purpose->items->pdata[0] : NULL;
  g_autoptr(McItem) whole = item ? mc_snapshot_item(tui->snapshot, item->id, NULL) : NULL;
  g_autoptr(GPtrArray) fillers =
      mc_engine_fillers(tui->engine, purpose->system, purpose->action, whole ? whole : item, values);
  if (!fillers->len)
    return mc_tui_say(tui, _("No lookup fills this form."));
  if (fillers->len == 1)
    return open_filler(tui, fillers->pdata[0], form->id);
  GPtrArray *rows = mc_menu_rows();
  g_ptr_array_set_free_func(fillers, NULL); /* the rows' now */
  for (guint i = 0; i < fillers->len; i++)
    add_row(tui, rows, ((McFiller *)fillers->pdata[i])->lookup, fillers->pdata[i],
            (GDestroyNotify)mc_filler_free);
  return mc_menu_open(tui, _("Lookups"), rows, chosen_filler, GUINT_TO_POINTER(form->id), NULL);
}

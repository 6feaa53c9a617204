/* SPDX-License-Identifier: Apache-2.0 */
/* A form over the view: the fields an action asks for, and what will be posted where. Nothing leaves it but
 * through `send`; what was typed is kept in memory when it is left. */
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"
#include "tui/field.h"
#include "tui/lookup.h"
#include "tui/views.h"

enum {
  LABEL_COL = 2,
  LABEL_WIDTH = 20,
  VALUE_COL = 23,
  LINES_SHOWN = 5,
  OFFERS_SHOWN = 5,
  PREVIEW_SHOWN = 10
};

typedef struct {
  McView view;
  McForm *form;
  McFormPurpose *purpose;
  McFormFunc done;
  GPtrArray *fields; /* McFormField */
  guint current;
  char *fault;        /* of the current field */
  char *preview;      /* what would be sent; NULL: not asked */
  gboolean asking;    /* a lookup is under way */
  gboolean ask_again; /* what is typed changed meanwhile */
  gboolean reveal;    /* private values too */
} Form;

void
mc_form_purpose_free(McFormPurpose *purpose)
{
  if (!purpose)
    return;
  g_free(purpose->title);
  g_free(purpose->target);
  g_free(purpose->draft);
  g_free(purpose->system);
  g_free(purpose->action);
  g_free(purpose->question);
  g_free(purpose->notice);
  g_clear_pointer(&purpose->items, g_ptr_array_unref);
  if (purpose->data && purpose->free_data)
    purpose->free_data(purpose->data);
  g_free(purpose);
}

static McFormField *
current(const Form *form)
{
  return form->fields->pdata[form->current];
}

static GHashTable *
values_of(const Form *form)
{
  GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mc_edit_wipe);
  for (guint i = 0; i < form->fields->len; i++) {
    char *value = mc_form_field_value(form->fields->pdata[i]);
    if (*value)
      g_hash_table_insert(values, g_strdup(mc_form_field_input(form->fields->pdata[i])->name), value);
    else
      g_free(value);
  }
  return values;
}

/* --- lookups --- */

static McReaction ask_lookup(McTui *tui, Form *form);

static McReaction
on_lookup(McTui *tui, McView *view, const McEvent *event)
{
  Form *form = (Form *)view;
  if (!form)
    return MC_REACT_NONE;
  form->asking = FALSE;
  if (form->ask_again)
    return ask_lookup(tui, form);
  if (event->error) {
    g_free(form->fault);
    form->fault = g_strdup(event->error->message);
  } else if (mc_form_field_asks(current(form))) {
    mc_form_field_offer(current(form), event->answer->choices);
  }
  return MC_REACT_ALL;
}

/* One at a time: the answer to what was typed last is the one that counts. */
static McReaction
ask_lookup(McTui *tui, Form *form)
{
  McFormField *field = current(form);
  form->ask_again = form->asking;
  if (form->asking || !mc_form_field_asks(field) || !tui->engine)
    return MC_REACT_ALL;
  g_autoptr(GHashTable) inputs = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(inputs, (gpointer) "q", (gpointer)mc_edit_text(mc_form_field_edit(field)));
  form->asking = TRUE;
  mc_tui_await(
      tui, mc_engine_lookup(tui->engine, form->purpose->system, mc_form_field_input(field)->lookup, inputs),
      &form->view, on_lookup);
  return MC_REACT_ALL;
}

/* --- drafts --- */

static void
keep_draft(McTui *tui, const Form *form)
{
  if (!form->purpose->draft || form->purpose->login)
    return;
  GHashTable *draft = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < form->fields->len; i++)
    g_hash_table_insert(draft, g_strdup(mc_form_field_input(form->fields->pdata[i])->name),
                        mc_form_field_save(form->fields->pdata[i]));
  g_hash_table_replace(tui->drafts, g_strdup(form->purpose->draft), draft);
}

static void
restore_draft(McTui *tui, Form *form)
{
  GHashTable *draft = form->purpose->draft ? g_hash_table_lookup(tui->drafts, form->purpose->draft) : NULL;
  for (guint i = 0; draft && i < form->fields->len; i++) {
    const char *saved = g_hash_table_lookup(draft, mc_form_field_input(form->fields->pdata[i])->name);
    if (saved)
      mc_form_field_restore(form->fields->pdata[i], saved);
  }
}

/* --- filled by an answer --- */

static McFormField *
field_named(const Form *form, const char *name)
{
  for (guint i = 0; i < form->fields->len; i++)
    if (strcmp(mc_form_field_input(form->fields->pdata[i])->name, name) == 0)
      return form->fields->pdata[i];
  return NULL;
}

char *
mc_form_fill(McView *view, const McLookupAnswer *answer, const GPtrArray *fills, const char *source,
             gboolean over)
{
  Form *form = (Form *)view;
  g_autoptr(GString) kept = g_string_new(NULL);
  for (guint i = 0; fills && i < fills->len; i++) {
    const McFill *fill = fills->pdata[i];
    const McLookupField *value = mc_lookup_answer_field(answer, fill->from);
    McFormField *field = field_named(form, fill->to);
    if (value && field && !mc_form_field_fill(field, value, source, answer->volatile_, over))
      g_string_append_printf(kept, "%s%s", kept->len ? ", " : "", mc_form_field_input(field)->label);
  }
  g_clear_pointer(&form->fault, g_free);
  g_clear_pointer(&form->preview, g_free);
  return kept->len ? g_string_free(g_steal_pointer(&kept), FALSE) : NULL;
}

static McReaction
ask_to_fill(McTui *tui, Form *form)
{
  g_autoptr(GHashTable) values = values_of(form);
  return mc_lookup_for_form(tui, &form->view, form->purpose, values);
}

/* --- commands --- */

static McReaction
go(McTui *tui, Form *form, guint index)
{
  mc_form_field_take(current(form));
  form->current = index % form->fields->len;
  g_clear_pointer(&form->fault, g_free);
  return ask_lookup(tui, form);
}

static McReaction
finish(McTui *tui, Form *form)
{
  g_autoptr(GHashTable) values = values_of(form);
  keep_draft(tui, form); /* until it is taken: a check may still turn it down */
  g_autoptr(McForm) shape = g_steal_pointer(&form->form);
  McFormPurpose *purpose = g_steal_pointer(&form->purpose);
  McFormFunc done = form->done;
  mc_tui_close(tui, &form->view);
  McReaction reaction = done(tui, purpose, shape, values);
  mc_form_purpose_free(purpose);
  return reaction | MC_REACT_ALL;
}

static McReaction
confirmed(McTui *tui, gpointer data)
{
  Form *form = (Form *)mc_tui_view(tui, GPOINTER_TO_UINT(data));
  return form ? finish(tui, form) : MC_REACT_NONE;
}

/* The question lies over the form: who says no has it as it was. */
static McReaction
send(McTui *tui, Form *form)
{
  mc_form_field_take(current(form));
  for (guint i = 0; i < form->fields->len; i++) {
    g_autoptr(GError) error = NULL;
    if (mc_form_field_check(form->fields->pdata[i], &error))
      continue;
    form->current = i;
    g_free(form->fault);
    form->fault = g_strdup(error->message);
    return MC_REACT_ALL;
  }
  const char *question = form->purpose->question;
  return question ? mc_confirm_open(tui, question, confirmed, GUINT_TO_POINTER(form->view.id), NULL)
                  : finish(tui, form);
}

static McReaction
on_preview(McTui *tui, McView *view, const McEvent *event)
{
  Form *form = (Form *)view;
  (void)tui;
  if (!form)
    return MC_REACT_NONE;
  const GError *error = event->error;
  for (guint i = 0; !error && event->errors && i < event->errors->len; i++)
    error = event->errors->pdata[i];
  g_free(form->preview);
  form->preview = g_strdup(error ? error->message : event->text);
  return MC_REACT_ALL;
}

static McReaction
ask_preview(McTui *tui, Form *form)
{
  const McFormPurpose *purpose = form->purpose;
  if (!purpose->items || !tui->engine)
    return MC_REACT_NONE;
  g_autoptr(GHashTable) values = values_of(form);
  g_autofree char *whole = g_strconcat(purpose->system, ":", NULL);
  McAct act = {.id = purpose->items->len ? ((McItem *)purpose->items->pdata[0])->id : whole,
               .action = purpose->action,
               .fields = values};
  mc_tui_await(tui, mc_engine_preview(tui->engine, &act, 1, FALSE), &form->view, on_preview);
  return MC_REACT_NONE;
}

static McReaction
enter(McTui *tui, Form *form)
{
  McFormField *field = current(form);
  if (mc_form_field_take(field))
    return mc_form_field_input(field)->many ? ask_lookup(tui, form) : MC_REACT_ALL;
  if (mc_edit_is_lines(mc_form_field_edit(field))) {
    mc_edit_insert(mc_form_field_edit(field), '\n');
    return MC_REACT_ALL;
  }
  if (form->purpose->login && form->current + 1 == form->fields->len)
    return send(tui, form);
  return go(tui, form, form->current + 1);
}

static McReaction
field_changed(McTui *tui, Form *form, gboolean changed)
{
  g_clear_pointer(&form->fault, g_free);
  g_clear_pointer(&form->preview, g_free);
  return changed ? ask_lookup(tui, form) : MC_REACT_ROWS;
}

static McReaction
form_run(McTui *tui, McView *view, McCommand command, const char *argument)
{
  Form *form = (Form *)view;
  gboolean changed = FALSE;
  (void)argument;
  switch (command) {
  case MC_CMD_SEND:
    return send(tui, form);
  case MC_CMD_CLOSE:
    keep_draft(tui, form);
    if (form->purpose->asked_by)
      mc_engine_answer(tui->engine, form->purpose->asked_by, NULL);
    mc_tui_close(tui, view);
    return MC_REACT_ALL;
  case MC_CMD_FIELD_NEXT:
    return go(tui, form, form->current + 1);
  case MC_CMD_FIELD_PREVIOUS:
    return go(tui, form, form->current + form->fields->len - 1);
  case MC_CMD_FIELD_ENTER:
    return enter(tui, form);
  case MC_CMD_PREVIEW:
    return ask_preview(tui, form);
  case MC_CMD_FORM_LOOKUP:
    return ask_to_fill(tui, form);
  case MC_CMD_FORM_REVEAL:
    form->reveal = !form->reveal;
    return MC_REACT_ALL;
  default:
    break;
  }
  g_autofree char *today = mc_time_format(mc_tui_now(tui), mc_calendar_timezone(tui->calendar), "%d/%m/%Y");
  if (mc_form_field_run(current(form), command, today, &changed))
    return field_changed(tui, form, changed);
  if (command == MC_CMD_EDIT_DOWN || command == MC_CMD_EDIT_UP)
    return go(tui, form, form->current + (command == MC_CMD_EDIT_DOWN ? 1 : form->fields->len - 1));
  return MC_REACT_UNHANDLED;
}

static McReaction
form_type(McTui *tui, McView *view, gunichar c)
{
  Form *form = (Form *)view;
  gboolean changed = FALSE;
  if (!mc_form_field_type(current(form), c, &changed))
    return MC_REACT_NONE;
  return field_changed(tui, form, changed) | MC_REACT_ALL;
}

/* --- drawing --- */

/* Lines of the form, as data; where the cursor stands among them. */
typedef struct {
  GPtrArray *lines; /* McLine */
  int cols, cursor_row, cursor_col, current_first, current_last;
} Picture;

static McLine *
picture_line(Picture *picture)
{
  McLine *line = mc_line_new();
  g_ptr_array_add(picture->lines, line);
  return line;
}

static const char *
hint_of(const McInput *input)
{
  switch (input->type) {
  case MC_INPUT_DATE:
    return _("dd/mm/yyyy; up, down: a day");
  case MC_INPUT_MONEY:
    return _("dong");
  case MC_INPUT_BOOLEAN:
    return _("Space: yes or no");
  case MC_INPUT_PERSON:
    return _("type to find");
  case MC_INPUT_CHOICE:
    return _("up, down, or type");
  case MC_INPUT_FILE:
    return _("path of a file; down: complete");
  default:
    return input->multiline ? _("several lines") : "";
  }
}

static void
draw_offers(Picture *picture, McFormField *field)
{
  int selected = -1;
  g_auto(GStrv) offers = mc_form_field_offers(field, OFFERS_SHOWN, &selected);
  for (int i = 0; offers[i]; i++) {
    McLine *line = picture_line(picture);
    g_autofree char *text = g_strdup_printf("%s %s", i == selected ? "›" : " ", offers[i]);
    mc_line_add(line, VALUE_COL, picture->cols - VALUE_COL - 2,
                i == selected ? MC_ROLE_SELECTED : MC_ROLE_HINT, text);
  }
}

static void
draw_value(Picture *picture, McFormField *field, gboolean active, gboolean reveal, McLine *first)
{
  g_autofree char *masked = reveal ? NULL : mc_form_field_mask(field, active);
  g_autoptr(McEdit) mask = masked ? mc_edit_new(masked, FALSE, FALSE, (int)strlen(masked)) : NULL;
  int row = 0, col = 0, width = picture->cols - VALUE_COL - 2;
  g_autofree char *taken = mc_form_field_taken(field);
  int most = *mc_edit_text(mc_form_field_edit(field)) ? width / 2 : width - 2;
  int offset = *taken ? MIN(mc_text_width(taken) + 1, most) : 0;
  g_auto(GStrv) lines = mc_edit_show(mask ? mask : mc_form_field_edit(field), width - offset, &row, &col);
  int count = (int)g_strv_length(lines), top = CLAMP(row - LINES_SHOWN + 1, 0, MAX(count - LINES_SHOWN, 0));
  McLine *line = first;
  if (offset)
    mc_line_add(line, VALUE_COL, offset - 1, MC_ROLE_STRONG, taken);
  for (int i = top; i < count && i < top + LINES_SHOWN; i++) {
    line = i == top ? first : picture_line(picture);
    if (active && i == row) {
      picture->cursor_row = (int)picture->lines->len - 1;
      picture->cursor_col = VALUE_COL + offset + col;
    }
    mc_line_add(line, VALUE_COL + offset, width - offset, active ? MC_ROLE_INPUT : MC_ROLE_NORMAL, lines[i]);
  }
}

static void
draw_field(Picture *picture, Form *form, guint index)
{
  McFormField *field = form->fields->pdata[index];
  const McInput *input = mc_form_field_input(field);
  gboolean active = index == form->current;
  McLine *line = picture_line(picture);
  g_autofree char *label = g_strdup_printf("%s%s", input->label, input->required ? " *" : "");
  mc_line_add(line, LABEL_COL, LABEL_WIDTH, active ? MC_ROLE_STRONG : MC_ROLE_LABEL, label);
  if (active)
    picture->current_first = (int)picture->lines->len - 1;
  if (input->type == MC_INPUT_BOOLEAN) {
    g_autofree char *value = mc_form_field_value(field);
    mc_line_add(line, VALUE_COL, 3, active ? MC_ROLE_INPUT : MC_ROLE_NORMAL,
                strcmp(value, "true") == 0 ? "[x]" : "[ ]");
    picture->cursor_row = active ? (int)picture->lines->len - 1 : picture->cursor_row;
    picture->cursor_col = active ? VALUE_COL + 1 : picture->cursor_col;
  } else {
    draw_value(picture, field, active, form->reveal, line);
  }
  const char *source = mc_form_field_source(field);
  g_autofree char *from = source ? g_strdup_printf(_("← from %s"), source) : NULL;
  if (from)
    mc_line_add(picture_line(picture), VALUE_COL, picture->cols - VALUE_COL - 1, MC_ROLE_HINT, from);
  if (!active)
    return;
  draw_offers(picture, field);
  const char *under = form->fault ? form->fault : hint_of(input);
  if (*under)
    mc_line_add(picture_line(picture), VALUE_COL, picture->cols - VALUE_COL - 1,
                form->fault ? MC_ROLE_ERROR : MC_ROLE_HINT, under);
  picture->current_last = (int)picture->lines->len - 1;
}

static void
draw_rule(Picture *picture, const char *title)
{
  McLine *line = picture_line(picture);
  mc_line_append(line, picture->cols, MC_ROLE_FRAME, "── ");
  if (title) {
    mc_line_append(line, picture->cols - 2, MC_ROLE_STRONG, title);
    mc_line_append(line, picture->cols, MC_ROLE_FRAME, " ");
  }
  while (mc_line_end(line) < picture->cols)
    mc_line_append(line, picture->cols, MC_ROLE_FRAME, "─");
}

static void
draw_target(Picture *picture, const Form *form)
{
  McLine *line = picture_line(picture);
  mc_line_add(line, LABEL_COL, LABEL_WIDTH, MC_ROLE_LABEL,
              form->purpose->login || form->purpose->asks ? _("Goes to") : _("Posted to"));
  mc_line_add(line, VALUE_COL, picture->cols - VALUE_COL - 1, MC_ROLE_NORMAL, form->purpose->target);
  g_autofree char *clean = g_strchomp(mc_text_clean_lines(form->preview ? form->preview : "", -1));
  g_auto(GStrv) preview = mc_text_wrap(clean, picture->cols - VALUE_COL - 1);
  for (int i = 0; form->preview && preview[i] && i < PREVIEW_SHOWN; i++)
    mc_line_add(picture_line(picture), VALUE_COL, picture->cols - VALUE_COL - 1, MC_ROLE_DIM, preview[i]);
}

static Picture
picture_new(Form *form, int cols)
{
  Picture picture = {.cols = cols};
  picture.lines = g_ptr_array_new_with_free_func((GDestroyNotify)mc_line_free);
  draw_rule(&picture, form->purpose->title);
  for (guint i = 0; i < form->fields->len; i++)
    draw_field(&picture, form, i);
  draw_target(&picture, form);
  return picture;
}

static int
form_height(McTui *tui, McView *view, int most)
{
  Picture picture = picture_new((Form *)view, mc_screen_cols(tui->screen));
  int height = (int)picture.lines->len;
  g_ptr_array_unref(picture.lines);
  return CLAMP(height, 1, most);
}

static void
form_draw(McTui *tui, McView *view, McArea area, gboolean whole)
{
  Picture picture = picture_new((Form *)view, area.cols);
  int count = (int)picture.lines->len;
  /* Too many for the screen: the current field stays in sight, with the heading. */
  int top = CLAMP(picture.current_last - area.height + 1, 0, MAX(count - area.height, 0));
  (void)whole;
  for (int row = 0; row < area.height; row++) {
    int index = row == 0 ? 0 : top + row;
    mc_screen_line(tui->screen, area.row + row, index < count ? picture.lines->pdata[index] : NULL, FALSE);
  }
  mc_screen_cursor(tui->screen, area.row + picture.cursor_row - top, picture.cursor_col);
  g_ptr_array_unref(picture.lines);
}

static void
form_free(McView *view)
{
  Form *form = (Form *)view;
  g_ptr_array_unref(form->fields);
  g_clear_pointer(&form->form, mc_form_free);
  mc_form_purpose_free(form->purpose);
  g_free(form->fault);
  g_free(form->preview);
  g_free(form);
}

static const McHint form_hints[] = {
    {MC_CMD_SEND, N_("send")},        {MC_CMD_FIELD_NEXT, N_("next field")},
    {MC_CMD_FIELD_ENTER, N_("take")}, {MC_CMD_CLOSE, N_("drop (keeps a draft)")},
    {MC_CMD_PREVIEW, N_("preview")},  {MC_CMD_NONE, NULL}};
static const McHint filled_hints[] = {{MC_CMD_SEND, N_("send")},
                                      {MC_CMD_FORM_LOOKUP, N_("look up")},
                                      {MC_CMD_FIELD_NEXT, N_("next field")},
                                      {MC_CMD_FIELD_ENTER, N_("take")},
                                      {MC_CMD_CLOSE, N_("drop")},
                                      {MC_CMD_FORM_REVEAL, N_("private")},
                                      {MC_CMD_PREVIEW, N_("preview")},
                                      {MC_CMD_NONE, NULL}};
static const McHint login_hints[] = {{MC_CMD_SEND, N_("log in")},
                                     {MC_CMD_FIELD_NEXT, N_("next field")},
                                     {MC_CMD_CLOSE, N_("drop")},
                                     {MC_CMD_NONE, NULL}};
static const McHint asking_hints[] = {{MC_CMD_SEND, N_("ask")},
                                      {MC_CMD_FIELD_NEXT, N_("next field")},
                                      {MC_CMD_FORM_REVEAL, N_("private")},
                                      {MC_CMD_CLOSE, N_("drop")},
                                      {MC_CMD_NONE, NULL}};

#define FORM_OPS(its_hints)                                                                         \
  {                                                                                                 \
    .title = N_("Form"), .where = MC_IN_FORM, .overlay = TRUE, .hints = its_hints, .run = form_run, \
    .type = form_type, .draw = form_draw, .height = form_height, .free = form_free                  \
  }

static const McViewOps form_ops = FORM_OPS(form_hints), filled_ops = FORM_OPS(filled_hints),
                       login_ops = FORM_OPS(login_hints), asking_ops = FORM_OPS(asking_hints);

/* Whether a lookup fills it is known from the start; what it is asked by, when it is asked. */
static const McViewOps *
ops_of(McTui *tui, const McFormPurpose *purpose)
{
  if (purpose->login)
    return &login_ops;
  if (purpose->asks)
    return &asking_ops;
  return mc_lookup_fills(tui, purpose) ? &filled_ops : &form_ops;
}

McReaction
mc_form_open(McTui *tui, McForm *shape, McFormPurpose *purpose, McFormFunc done)
{
  Form *form = g_new0(Form, 1);
  form->view.ops = ops_of(tui, purpose);
  form->form = shape;
  form->purpose = purpose;
  form->done = done;
  form->fields = g_ptr_array_new_with_free_func((GDestroyNotify)mc_form_field_free);
  for (guint i = 0; i < shape->inputs->len; i++) {
    const McInput *input = shape->inputs->pdata[i];
    gboolean secret = purpose->login && !purpose->asked_by && strcmp(input->name, "username") != 0;
    g_ptr_array_add(form->fields, mc_form_field_new(input, secret));
  }
  restore_draft(tui, form);
  form->fault = g_strdup(purpose->notice);
  mc_tui_push(tui, &form->view);
  return ask_lookup(tui, form) | MC_REACT_ALL;
}

McReaction
mc_form_over(McTui *tui, guint64 asked_by)
{
  for (guint i = 0; i < tui->stack->len; i++) {
    Form *form = tui->stack->pdata[i];
    if (form->view.ops != &login_ops || form->purpose->asked_by != asked_by)
      continue;
    mc_tui_close(tui, &form->view);
    return MC_REACT_ALL;
  }
  return MC_REACT_NONE;
}

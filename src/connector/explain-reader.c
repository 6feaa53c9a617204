/* SPDX-License-Identifier: Apache-2.0 */
/* A reader shown in stages, in the order in which its parts act: where it reads, what cleans the text, the
 * cast, the table, what serves where nothing came, and the choice among several. */
#include <string.h>

#include "connector/explain.h"
#include "motcua/i18n.h"

#define MAX_DEPTH 6

typedef struct {
  const char *word;
  const char *keys[8];
} Stage;

static const Stage stages[] = {
    {N_("raw"), {"at", "first", "join", "with", "const", "test", "case"}},
    {N_("cleaned"), {"empty", "extract", "strip", "prefix"}},
    {N_("cast"), {"as", "in", "out", "tz"}},
    {N_("table"), {"table"}},
    {N_("else"), {"else"}},
    {N_("picked"), {"pick"}},
};
enum { RAW, CLEANED, CAST, TABLE, ELSE, PICK };

/* Adds the keys of a stage that stand in `source` to `part`; FALSE: none does. */
static gboolean
take_stage(const Stage *stage, const cJSON *source, cJSON *part)
{
  gboolean any = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(stage->keys) && stage->keys[i]; i++) {
    const cJSON *member = mc_json_get(source, stage->keys[i]);
    if (member)
      cJSON_AddItemToObject(part, stage->keys[i], cJSON_Duplicate(member, TRUE));
    any |= member != NULL;
  }
  return any;
}

/* FALSE: this much of the reader means nothing by itself. */
static gboolean
evaluate(const McExplain *e, const cJSON *part, const cJSON *record, gboolean all, cJSON **value,
         char **trouble)
{
  McCompiler c = mc_explain_compiler(e);
  McReader *reader = mc_reader_compile(&c, part);
  gboolean whole = reader != NULL;
  *value = !whole ? NULL
           : all  ? mc_reader_read_all(reader, record, e->scope)
                  : mc_reader_read(reader, record, e->scope, trouble);
  mc_reader_free(reader);
  g_ptr_array_unref(c.faults);
  return whole;
}

/* --- why a stage left nothing --- */
static gboolean
stands_in(const cJSON *list, const cJSON *value)
{
  const cJSON *one;
  cJSON_ArrayForEach (one, list)
    if (mc_json_equal(one, value))
      return TRUE;
  return FALSE;
}

static void
say_cleaned(McNote *note, const cJSON *source, const cJSON *before)
{
  if (stands_in(mc_json_get(source, "empty"), before))
    mc_note_say(note, "%s", _("it stands in \"empty\", and so means nothing"));
  else if (!mc_json_text(before))
    mc_note_say(note, "%s", _("only a text or a number can be cleaned"));
  else if (mc_json_get(source, "extract"))
    mc_note_say(note, "%s", _("\"extract\" does not match"));
}

static void
say_table(McNote *note, const cJSON *source, const cJSON *before)
{
  g_autoptr(GString) known = g_string_new(NULL);
  const cJSON *entry;
  cJSON_ArrayForEach (entry, mc_json_get(source, "table"))
    g_string_append_printf(known, "%s\"%s\"", known->len ? ", " : "", entry->string);
  g_autofree char *text = mc_json_print(before);
  mc_note_say(note, _("the table has no entry for %s; it has %s"), text, known->str);
}

static void
say_missing(McNote *note, gsize stage, const cJSON *source, const cJSON *before, const char *trouble)
{
  if (trouble)
    mc_note_say(note, "%s", trouble);
  else if (stage == CLEANED && before)
    say_cleaned(note, source, before);
  else if (stage == TABLE && before)
    say_table(note, source, before);
}

/* --- the parts of a source --- */
static void explain_at_depth(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record,
                             gboolean all, int depth);

static void
explain_case(const McExplain *e, McNote *note, const cJSON *list, const cJSON *record)
{
  const cJSON *one;
  const McAnswer none = {NULL, record};
  McExplain inner = *e;
  inner.answer = &none;
  cJSON_ArrayForEach (one, list)
    if (mc_explain_test(&inner, mc_note_add(note, N_("if"), NULL), mc_json_get(one, "if"), record))
      return;
}

static void
explain_parts(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record, int depth)
{
  static const char *const lists[] = {"first", "join"};
  const cJSON *one;
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    cJSON_ArrayForEach (one, mc_json_get(source, lists[i]))
      explain_at_depth(e, mc_note_add(note, NULL, lists[i]), one, record, FALSE, depth + 1);
  explain_case(e, note, mc_json_get(source, "case"), record);
  const cJSON *test = mc_json_get(source, "test");
  const McAnswer none = {NULL, record};
  McExplain inner = *e;
  inner.answer = &none;
  if (test)
    mc_explain_test(&inner, mc_note_add(note, NULL, "test"), test, record);
}

/* --- the whole --- */
static void
explain_object(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record, gboolean all,
               int depth)
{
  cJSON *part = cJSON_CreateObject(), *before = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
    cJSON *value = NULL;
    g_autofree char *trouble = NULL;
    if (!take_stage(&stages[i], source, part) || !evaluate(e, part, record, all, &value, &trouble))
      continue;
    if (i != RAW && !before && !value && !trouble)
      continue;
    McNote *stage = mc_note_add(note, stages[i].word, NULL);
    mc_note_value(stage, value);
    if (!value)
      say_missing(stage, i, source, before, trouble);
    else if (i == ELSE && before && mc_json_equal(value, before))
      mc_note_say(stage, "%s", _("not needed"));
    if (i == RAW)
      explain_parts(e, stage, source, record, depth);
    cJSON_Delete(before);
    before = value;
  }
  cJSON_Delete(before);
  cJSON_Delete(part);
}

static void
explain_at_depth(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record, gboolean all,
                 int depth)
{
  cJSON *value;
  g_autofree char *text = mc_json_print(source);
  mc_note_add(note, N_("reader"), text);
  if (depth >= MAX_DEPTH)
    return;
  if (cJSON_IsObject(source)) {
    explain_object(e, note, source, record, all || mc_json_get(source, "pick"), depth);
  } else if (evaluate(e, source, record, all, &value, NULL)) {
    mc_note_value(mc_note_add(note, N_("raw"), NULL), value);
    cJSON_Delete(value);
  }
}

void
mc_explain_reader(const McExplain *e, McNote *note, const cJSON *source, const cJSON *record, gboolean all)
{
  explain_at_depth(e, note, source, record, all, 0);
}

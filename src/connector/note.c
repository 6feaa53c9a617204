/* SPDX-License-Identifier: Apache-2.0 */
/* Notes, and how they are shown. */
#include "connector/note.h"

#include <stdarg.h>
#include <string.h>

#include "motcua/i18n.h"
#include "motcua/text.h"

#define SHOWN 160 /* columns of a value that a line shows */
#define MASK  "••••"

struct McNote {
  const char *word;
  char *name, *says;
  cJSON *value;
  gboolean valued, masked;
  GPtrArray *parts;
};

McNote *
mc_note_new(void)
{
  McNote *note = g_new0(McNote, 1);
  note->parts = g_ptr_array_new_with_free_func((GDestroyNotify)mc_note_free);
  return note;
}

void
mc_note_free(McNote *note)
{
  if (!note)
    return;
  g_ptr_array_unref(note->parts);
  cJSON_Delete(note->value);
  g_free(note->name);
  g_free(note->says);
  g_free(note);
}

McNote *
mc_note_add(McNote *note, const char *word, const char *name)
{
  McNote *part = mc_note_new();
  part->word = word;
  part->name = g_strdup(name);
  part->masked = note->masked;
  g_ptr_array_add(note->parts, part);
  return part;
}

void
mc_note_say(McNote *note, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_free(note->says);
  note->says = g_strdup_vprintf(format, args);
  va_end(args);
}

void
mc_note_value(McNote *note, const cJSON *value)
{
  cJSON_Delete(note->value);
  note->value = value ? cJSON_Duplicate(value, TRUE) : NULL;
  note->valued = TRUE;
}

void
mc_note_text_value(McNote *note, const char *text)
{
  cJSON_Delete(note->value);
  note->value = text ? cJSON_CreateString(text) : NULL;
  note->valued = TRUE;
}

void
mc_note_mask(McNote *note)
{
  note->masked = TRUE;
  for (guint i = 0; i < note->parts->len; i++)
    mc_note_mask(note->parts->pdata[i]);
}

/* --- what is private --- */
#define LEAST 3 /* bytes that tell a text from an accident within words */

static gboolean
value_shows(const cJSON *value, const char *text)
{
  const cJSON *child;
  const char *own = mc_json_text(value);
  if (own && strcmp(own, text) == 0)
    return TRUE;
  if (cJSON_IsObject(value) || cJSON_IsArray(value))
    cJSON_ArrayForEach (child, value)
      if (value_shows(child, text))
        return TRUE;
  return FALSE;
}

void
mc_note_conceal(McNote *note, const GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++) {
    const char *text = texts->pdata[i];
    gboolean said = note->says && strlen(text) >= LEAST && strstr(note->says, text);
    note->masked |= said || value_shows(note->value, text);
  }
  for (guint i = 0; i < note->parts->len; i++)
    mc_note_conceal(note->parts->pdata[i], texts);
}

/* --- for a person --- */
static char *
value_text(const McNote *note)
{
  if (!note->value)
    return g_strdup(_("(missing)"));
  if (note->masked)
    return g_strdup(MASK);
  g_autofree char *text = mc_json_print(note->value);
  g_autofree char *clean = mc_text_clean(text, -1);
  return mc_text_ellipsize(clean, SHOWN);
}

static void
append_part(GString *out, const char *between, const char *text)
{
  if (!text || !*text)
    return;
  if (out->len && out->str[out->len - 1] != ' ' && out->str[out->len - 1] != '\n')
    g_string_append(out, between);
  g_string_append(out, text);
}

static void
print_to(const McNote *note, int depth, GString *out)
{
  g_autofree char *value = note->valued ? value_text(note) : NULL;
  g_autofree char *name = note->name ? mc_text_clean(note->name, -1) : NULL;
  g_autofree char *says = note->says && !note->masked ? mc_text_clean(note->says, -1) : NULL;
  g_string_append_printf(out, "%*s", 2 * depth, "");
  append_part(out, "", note->word ? _(note->word) : NULL);
  append_part(out, " ", name);
  append_part(out, ": ", value);
  append_part(out, note->valued ? "  · " : ": ", says);
  g_string_append_c(out, '\n');
  for (guint i = 0; i < note->parts->len; i++)
    print_to(note->parts->pdata[i], depth + 1, out);
}

char *
mc_note_print(const McNote *note)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < note->parts->len; i++)
    print_to(note->parts->pdata[i], 0, out);
  return g_string_free(out, FALSE);
}

/* --- for a machine --- */
static cJSON *
tree_of(const McNote *note)
{
  cJSON *tree = cJSON_CreateObject();
  g_autofree char *name = g_strjoin(note->word && note->name ? " " : "", note->word ? note->word : "",
                                    note->name ? note->name : "", NULL);
  if (*name)
    cJSON_AddStringToObject(tree, "name", name);
  if (note->valued && note->value && note->masked)
    cJSON_AddStringToObject(tree, "value", MASK);
  else if (note->valued)
    cJSON_AddItemToObject(tree, "value",
                          note->value ? cJSON_Duplicate(note->value, TRUE) : cJSON_CreateNull());
  if (note->says && !note->masked)
    cJSON_AddStringToObject(tree, "says", note->says);
  cJSON *parts = note->parts->len ? cJSON_AddArrayToObject(tree, "parts") : NULL;
  for (guint i = 0; i < note->parts->len; i++)
    cJSON_AddItemToArray(parts, tree_of(note->parts->pdata[i]));
  return tree;
}

char *
mc_note_json(const McNote *note)
{
  cJSON *tree = tree_of(note);
  char *text = mc_json_print(tree);
  cJSON_Delete(tree);
  return text;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* INI with positions, so that a fault in a file that a person wrote is shown where it stands.
 *
 * The file's text is kept and cut in place: every entry borrows from it. A key stands once in its section,
 * however often the section is opened. */
#include "motcua/home.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#include <string.h>

#define MAX_BYTES (1024 * 1024)

struct McIni {
  char *name, *text;
  GArray *entries;   /* McIniEntry */
  GHashTable *index; /* "section\nkey" -> entry number + 1 */
};

/* Where the reader stands: a line, cut at its end. */
typedef struct {
  McIni *ini;
  char *line, *section;
  int number;
} Reader;

static gboolean fault_at(const McIni *ini, int line, int column, GError **error, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

static gboolean
set_fault(const McIni *ini, int line, int column, GError **error, const char *format, va_list args)
{
  g_autofree char *what = g_strdup_vprintf(format, args);
  g_autofree char *message = g_strdup_printf("%s:%d:%d: %s", ini->name, line, column, what);
  g_autofree char *clean = mc_text_clean(message, -1);

  g_set_error_literal(error, MC_ERROR, MC_ERROR_CONFIG, clean);
  return FALSE;
}

static gboolean
fault_at(const McIni *ini, int line, int column, GError **error, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  set_fault(ini, line, column, error, format, args);
  va_end(args);
  return FALSE;
}

gboolean
mc_ini_fault(const McIni *ini, const McIniEntry *entry, GError **error, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  set_fault(ini, entry->line, entry->value_column, error, format, args);
  va_end(args);
  return FALSE;
}

gboolean
mc_ini_fault_key(const McIni *ini, const McIniEntry *entry, GError **error, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  set_fault(ini, entry->line, entry->key_column, error, format, args);
  va_end(args);
  return FALSE;
}

static int
column_of(const Reader *reader, const char *at)
{
  return (int)g_utf8_strlen(reader->line, at - reader->line) + 1;
}

static char *
index_key(const char *section, const char *key)
{
  return g_strconcat(section, "\n", key, NULL);
}

static gboolean
read_section(Reader *reader, char *start, GError **error)
{
  char *close = strchr(start, ']');

  if (!close || close[1])
    return fault_at(reader->ini, reader->number, column_of(reader, close ? close + 1 : start), error,
                    _("the section does not end here; expected [NAME] alone on its line"));
  *close = '\0';
  reader->section = g_strstrip(start + 1);
  if (!*reader->section)
    return fault_at(reader->ini, reader->number, column_of(reader, start), error,
                    _("a section without a name; expected [NAME]"));
  return TRUE;
}

static gboolean
read_pair(Reader *reader, char *start, GError **error)
{
  McIni *ini = reader->ini;
  char *equals = strchr(start, '=');
  McIniEntry entry = {.section = reader->section, .key = start, .line = reader->number};

  entry.key_column = column_of(reader, start);
  if (!equals || equals == start)
    return fault_at(ini, reader->number, entry.key_column, error,
                    _("expected KEY = VALUE, [SECTION] or # comment"));
  entry.value = equals + 1 + strspn(equals + 1, " \t");
  entry.value_column = column_of(reader, entry.value);
  *equals = '\0';
  g_strchomp(start);

  g_autofree char *id = index_key(entry.section, entry.key);
  guint earlier = GPOINTER_TO_UINT(g_hash_table_lookup(ini->index, id));
  if (earlier)
    return fault_at(ini, reader->number, entry.key_column, error,
                    _("“%s” stands twice; it is in line %d already"), entry.key,
                    g_array_index(ini->entries, McIniEntry, earlier - 1).line);
  g_array_append_val(ini->entries, entry);
  g_hash_table_insert(ini->index, g_steal_pointer(&id), GUINT_TO_POINTER(ini->entries->len));
  return TRUE;
}

static gboolean
read_line(Reader *reader, GError **error)
{
  for (char *at = reader->line; *at; at = g_utf8_next_char(at))
    if (*at != '\t' && g_unichar_iscntrl(g_utf8_get_char(at)))
      return fault_at(reader->ini, reader->number, column_of(reader, at), error,
                      _("a control character; expected plain text"));

  char *start = g_strchomp(reader->line) + strspn(reader->line, " \t");
  if (!*start || *start == '#' || *start == ';')
    return TRUE;
  return *start == '[' ? read_section(reader, start, error) : read_pair(reader, start, error);
}

static gboolean
read_text(McIni *ini, gsize len, GError **error)
{
  Reader reader = {.ini = ini, .line = ini->text, .section = ini->text + len, .number = 1};
  const char *bad;

  if (g_str_has_prefix(ini->text, "\xEF\xBB\xBF")) /* Notepad's mark */
    reader.line += 3;
  gboolean valid = g_utf8_validate_len(reader.line, len - (gsize)(reader.line - ini->text), &bad);
  while (reader.line) {
    char *end = strchr(reader.line, '\n');
    if (!valid && bad >= reader.line && (!end || bad < end))
      return fault_at(ini, reader.number, column_of(&reader, bad), error,
                      _("not UTF-8; save the file as UTF-8"));
    if (end) {
      *end = '\0';
      if (end > reader.line && end[-1] == '\r')
        end[-1] = '\0';
    }
    if (!read_line(&reader, error))
      return FALSE;
    reader.line = end ? end + 1 : NULL;
    reader.number++;
  }
  return TRUE;
}

McIni *
mc_ini_parse(const char *name, const char *text, gssize len, GError **error)
{
  gsize size = len < 0 ? strlen(text) : (gsize)len;
  g_autoptr(McIni) ini = g_new0(McIni, 1);

  ini->name = g_strdup(name);
  ini->entries = g_array_new(FALSE, FALSE, sizeof(McIniEntry));
  ini->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (size > MAX_BYTES) {
    fault_at(ini, 1, 1, error, _("larger than 1 MiB; this is not such a file"));
    return NULL;
  }
  ini->text = g_malloc(size + 1);
  memcpy(ini->text, text, size);
  ini->text[size] = '\0';
  return read_text(ini, size, error) ? g_steal_pointer(&ini) : NULL;
}

McIni *
mc_ini_load(const char *path, GError **error)
{
  g_autoptr(GMappedFile) file = NULL;
  g_autoptr(GError) cause = NULL;

  file = g_mapped_file_new(path, FALSE, &cause);
  if (!file) {
    g_autofree char *shown = mc_text_clean(path, -1);
    g_set_error(error, MC_ERROR, MC_ERROR_CONFIG, _("%s: cannot be read: %s"), shown, cause->message);
    return NULL;
  }
  const char *text = g_mapped_file_get_contents(file);
  return mc_ini_parse(path, text ? text : "", (gssize)g_mapped_file_get_length(file), error);
}

void
mc_ini_free(McIni *ini)
{
  if (!ini)
    return;
  g_free(ini->name);
  g_free(ini->text);
  g_array_unref(ini->entries);
  g_hash_table_unref(ini->index);
  g_free(ini);
}

const char *
mc_ini_name(const McIni *ini)
{
  return ini->name;
}

guint
mc_ini_count(const McIni *ini)
{
  return ini->entries->len;
}

const McIniEntry *
mc_ini_entry(const McIni *ini, guint index)
{
  return &g_array_index(ini->entries, McIniEntry, index);
}

const char *
mc_ini_get(const McIni *ini, const char *section, const char *key)
{
  g_autofree char *id = index_key(section, key);
  guint number = GPOINTER_TO_UINT(g_hash_table_lookup(ini->index, id));

  return number ? mc_ini_entry(ini, number - 1)->value : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The little of iCalendar (RFC 5545) that says which days are worked. What would change the meaning and is
 * not understood (repetitions, times of day, an unknown category) is a fault, never skipped: a holiday that
 * is silently missing makes deadlines wrong. */
#include "model/calendar.h"
#include "motcua/clock.h"
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#include <string.h>

#define MAX_BYTES (1024 * 1024)
#define MAX_DAYS  366 /* of one event */

/* The event that is being read; line 0 outside of one. */
typedef struct {
  int line, start, end, length; /* days; end and length -1 where not given */
  int kind;                     /* McDayKind or -1 */
  gboolean unconfirmed;         /* STATUS:TENTATIVE or CANCELLED: does not count */
} Event;

typedef struct {
  const char *name;
  int line;
  Event event;
  GArray *days;
  GHashTable *years;
} Reader;

static gboolean fault(const Reader *reader, int line, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static gboolean
fault(const Reader *reader, int line, GError **error, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  g_autofree char *message = g_strdup_printf("%s:%d: %s", reader->name, line, what);
  g_autofree char *clean = mc_text_clean(message, -1);
  g_set_error_literal(error, MC_ERROR, MC_ERROR_CONFIG, clean);
  return FALSE;
}

static gboolean
parse_day(const char *value, int *day)
{
  gint64 moment;

  if (strlen(value) != 8 || !mc_time_parse(value, "%Y%m%d", NULL, &moment))
    return FALSE;
  *day = (int)(moment >= 0 ? moment / 86400 : -((-moment + 86399) / 86400));
  return TRUE;
}

static gboolean
read_date(Reader *reader, const char *value, int *day, GError **error)
{
  return parse_day(value, day) ||
         fault(reader, reader->line, error,
               _("“%s” is not a date; expected one like 20260216, without a time of day"), value);
}

static gboolean
read_duration(Reader *reader, const char *value, GError **error)
{
  gint64 seconds;

  if (!mc_duration_parse(value, &seconds) || seconds <= 0 || seconds % 86400 || seconds / 86400 > MAX_DAYS)
    return fault(reader, reader->line, error, _("“%s” is not a number of days; expected one like P5D"),
                 value);
  reader->event.length = (int)(seconds / 86400);
  return TRUE;
}

static gboolean
read_categories(Reader *reader, const char *value)
{
  static const char *const names[] = {[MC_DAY_OFF] = "OFF", [MC_DAY_WORK] = "WORK", [MC_DAY_HALF] = "HALF"};
  g_auto(GStrv) words = g_strsplit(value, ",", -1);

  for (char **word = words; *word; word++)
    for (int kind = 0; kind < (int)G_N_ELEMENTS(names); kind++)
      if (!g_ascii_strcasecmp(g_strstrip(*word), names[kind]))
        reader->event.kind = kind;
  return TRUE;
}

static gboolean
begin_event(Reader *reader)
{
  reader->event = (Event){.line = reader->line, .start = G_MININT, .end = -1, .length = -1, .kind = -1};
  return TRUE;
}

static gboolean
end_event(Reader *reader, GError **error)
{
  const Event event = reader->event;
  int length = event.length > 0 ? event.length : event.end >= 0 ? event.end - event.start : 1;

  reader->event.line = 0;
  if (event.unconfirmed)
    return TRUE;
  if (event.start == G_MININT)
    return fault(reader, event.line, error,
                 _("this event has no date; expected DTSTART;VALUE=DATE:YYYYMMDD"));
  if (event.kind < 0)
    return fault(reader, event.line, error,
                 _("this event does not say what its days are; expected CATEGORIES:OFF, "
                   "CATEGORIES:WORK or CATEGORIES:HALF"));
  if (length < 1 || length > MAX_DAYS)
    return fault(reader, event.line, error, _("this event lasts %d days; expected 1 to %d"), length,
                 MAX_DAYS);
  for (int i = 0; i < length; i++) {
    const McSpecialDay special = {event.start + i, (McDayKind)event.kind};
    g_array_append_val(reader->days, special);
  }
  g_autoptr(GDateTime) first = g_date_time_new_from_unix_utc((gint64)event.start * 86400);
  g_hash_table_add(reader->years, GINT_TO_POINTER(g_date_time_get_year(first)));
  return TRUE;
}

static gboolean
read_property(Reader *reader, const char *name, const char *value, GError **error)
{
  if (!strcmp(name, "DTSTART"))
    return read_date(reader, value, &reader->event.start, error);
  if (!strcmp(name, "DTEND"))
    return read_date(reader, value, &reader->event.end, error);
  if (!strcmp(name, "DURATION"))
    return read_duration(reader, value, error);
  if (!strcmp(name, "CATEGORIES"))
    return read_categories(reader, value);
  if (!strcmp(name, "STATUS"))
    reader->event.unconfirmed = g_ascii_strcasecmp(value, "CONFIRMED") != 0;
  if (!strcmp(name, "RRULE") || !strcmp(name, "RDATE"))
    return fault(reader, reader->line, error, _("%s is not understood; expected one event for each date"),
                 name);
  return TRUE;
}

/* One unfolded content line, NAME;PARAMETERS:VALUE. */
static gboolean
read_line(Reader *reader, char *line, GError **error)
{
  char *value = strchr(line, ':');

  if (!*g_strchomp(line))
    return TRUE;
  if (!value)
    return fault(reader, reader->line, error, _("expected NAME:VALUE"));
  *value++ = '\0';
  line[strcspn(line, ";")] = '\0';

  g_autofree char *name = g_ascii_strup(line, -1);
  if (!strcmp(name, "BEGIN") && !g_ascii_strcasecmp(value, "VEVENT"))
    return reader->event.line
               ? fault(reader, reader->line, error, _("an event within an event; expected END:VEVENT"))
               : begin_event(reader);
  if (!strcmp(name, "END") && !g_ascii_strcasecmp(value, "VEVENT"))
    return reader->event.line ? end_event(reader, error)
                              : fault(reader, reader->line, error, _("END:VEVENT without BEGIN:VEVENT"));
  return reader->event.line ? read_property(reader, name, value, error) : TRUE;
}

/* The content line at `at`, its continuation lines joined (RFC 5545 3.1); `at` moves on past `lines` lines.
 */
static char *
take_line(const char **at, int *lines)
{
  GString *line = g_string_new(NULL);

  *lines = 0;
  do {
    gsize length = strcspn(*at, "\n");
    const char *start = *lines ? *at + 1 : *at;
    g_string_append_len(line, start, *at + length - start);
    if (line->len && line->str[line->len - 1] == '\r')
      g_string_truncate(line, line->len - 1);
    *at += length + ((*at)[length] == '\n');
    (*lines)++;
  } while (**at == ' ' || **at == '\t');
  return g_string_free(line, FALSE);
}

static gboolean
read_text(Reader *reader, const char *text, GError **error)
{
  const char *at = g_str_has_prefix(text, "\xEF\xBB\xBF") ? text + 3 : text;

  if (g_ascii_strncasecmp(at, "BEGIN:VCALENDAR", 15) != 0)
    return fault(reader, 1, error, _("not a calendar; expected BEGIN:VCALENDAR"));
  for (reader->line = 1; *at;) {
    int lines;
    g_autofree char *line = take_line(&at, &lines);
    if (!read_line(reader, line, error))
      return FALSE;
    reader->line += lines;
  }
  if (reader->event.line)
    return fault(reader, reader->event.line, error, _("this event does not end; expected END:VEVENT"));
  return TRUE;
}

GArray *
mc_ics_read(const char *name, const char *text, gsize len, GHashTable *years, GError **error)
{
  g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(McSpecialDay));
  Reader reader = {.name = name, .days = days, .years = years};

  if (len > MAX_BYTES || memchr(text, '\0', len)) {
    fault(&reader, 1, error, _("not a calendar; expected at most 1 MiB of text"));
    return NULL;
  }
  g_autofree char *copy = g_strndup(text, len);
  return read_text(&reader, copy, error) ? g_steal_pointer(&days) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The casts (cast.h): one function a kind, in one table. */
#include <string.h>
#include "connector/cast.h"
#include "connector/value.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

/* What a date can be: the years 1 to 9999. */
#define FIRST_MOMENT (-G_GINT64_CONSTANT(62135596800))
#define LAST_MOMENT  G_GINT64_CONSTANT(253402300799)

static const char *const names[] = {"string", "integer", "number", "boolean", "datetime", "date",
                                    "money",  "base64",  "html",   "url",     NULL};

void
mc_trouble(char **trouble, const char *format, ...)
{
  if (!trouble || *trouble)
    return;
  va_list args;
  va_start(args, format);
  g_autofree char *message = g_strdup_vprintf(format, args);
  va_end(args);
  *trouble = mc_text_clean(message, -1);
}

static void *
cannot(const cJSON *value, const char *what, char **trouble)
{
  if (!trouble || *trouble)
    return NULL;
  g_autofree char *text = mc_json_print(value);
  g_autofree char *clean = mc_text_clean(text, -1);
  g_autofree char *shown = mc_text_ellipsize(clean, 60);
  mc_trouble(trouble, _("%s is not %s"), shown, what);
  return NULL;
}

static cJSON *
as_string(G_GNUC_UNUSED const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope,
          char **trouble)
{
  const char *text = mc_json_text(value);
  return text ? cJSON_CreateString(text) : cannot(value, _("a text"), trouble);
}

/* Digits from `p` as a whole number without leading zeros, `end` behind them. */
static cJSON *
new_whole(gboolean negative, const char *p, const char *end)
{
  while (end - p > 1 && *p == '0')
    p++;
  negative = negative && *p != '0';
  g_autofree char *text = g_strdup_printf("%s%.*s", negative ? "-" : "", (int)(end - p), p);
  return cJSON_CreateRaw(text);
}

static const char *
skip_digits(const char *p)
{
  while (g_ascii_isdigit(*p))
    p++;
  return p;
}

static cJSON *
as_integer(G_GNUC_UNUSED const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope,
           char **trouble)
{
  const char *text = cJSON_IsBool(value) ? NULL : mc_json_text(value);
  const char *digits = text ? text + (*text == '-') : NULL;
  const char *end = text ? skip_digits(digits) : NULL, *rest = end;
  if (text && *end == '.') /* 8.0 is a whole number too */
    for (rest = end + 1; *rest == '0'; rest++)
      ;
  if (!text || end == digits || *rest || rest == end + 1)
    return cannot(value, _("a whole number"), trouble);
  return new_whole(*text == '-', digits, end);
}

static cJSON *
as_number(G_GNUC_UNUSED const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope,
          char **trouble)
{
  if (mc_json_is_number(value))
    return cJSON_CreateRaw(value->valuestring);
  const char *text = cJSON_IsString(value) ? value->valuestring : "";
  const char *digits = text + (*text == '-'), *point = skip_digits(digits), *end = point;
  if (*point == '.')
    end = skip_digits(point + 1);
  if (point == digits || *end || end == point + 1)
    return cannot(value, _("a number"), trouble);
  while (point - digits > 1 && *digits == '0')
    digits++;
  g_autofree char *number = g_strconcat(*text == '-' ? "-" : "", digits, NULL);
  return cJSON_CreateRaw(number);
}

static cJSON *
as_boolean(G_GNUC_UNUSED const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope,
           char **trouble)
{
  const char *text = mc_json_text(value);
  if (text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0))
    return cJSON_CreateTrue();
  if (text && (strcmp(text, "false") == 0 || strcmp(text, "0") == 0))
    return cJSON_CreateFalse();
  return cannot(value, _("true or false"), trouble);
}

/* --- money: a whole number of dong --- */

/* Behind a currency mark or a space at `p`, or `p`. */
static const char *
skip_mark(const char *p)
{
  static const char *const marks[] = {"VN\u0110", "VND",    "vn\u0111", "vnd",    "\u0111\u1ed3ng",
                                      "\u20ab",   "\u0111", "\u0110",   "\u00a0", " "};
  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
    if (g_str_has_prefix(p, marks[i]))
      return p + strlen(marks[i]);
  return p;
}

static const char *
skip_marks(const char *p)
{
  for (const char *next; (next = skip_mark(p)) != p;)
    p = next;
  return p;
}

/* "1.234.567,00": groups of three by one separator, then at most a fraction of zeros. */
static const char *
take_groups(const char *p, GString *digits)
{
  const char *from = p;
  p = skip_digits(p);
  g_string_append_len(digits, from, p - from);
  char separator = *p == '.' || *p == ',' ? *p : '\0';
  gboolean may_group = p - from <= 3 && p > from;
  while (may_group && separator && *p == separator && skip_digits(p + 1) - p == 4) {
    g_string_append_len(digits, p + 1, 3);
    p += 4;
  }
  if (*p != '.' && *p != ',')
    return p;
  const char *end = skip_digits(p + 1);
  gboolean zeros = strspn(p + 1, "0") == (gsize)(end - p - 1) && end - p >= 2 && end - p <= 3;
  return zeros ? end : p;
}

static cJSON *
as_money(const McCast *cast, const cJSON *value, const McScope *scope, char **trouble)
{
  if (mc_json_is_number(value))
    return as_integer(cast, value, scope, trouble);
  g_autoptr(GString) digits = g_string_new(NULL);
  const char *p = cJSON_IsString(value) ? skip_marks(value->valuestring) : "";
  gboolean negative = *p == '-';
  p = skip_marks(take_groups(skip_marks(p + negative), digits));
  if (!digits->len || *p)
    return cannot(value, _("an amount of money such as 8.000 \u0111"), trouble);
  return new_whole(negative, digits->str, digits->str + digits->len);
}

/* --- others --- */

static cJSON *
as_base64(const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope, char **trouble)
{
  const char *text = mc_json_text(value);
  if (!text)
    return cannot(value, cast->encode ? _("a text") : _("a text in base64"), trouble);
  if (cast->encode) {
    g_autofree char *encoded = g_base64_encode((const guchar *)text, strlen(text));
    return cJSON_CreateString(encoded);
  }
  gsize len;
  g_autofree guchar *decoded = g_base64_decode(text, &len);
  g_autofree char *terminated = g_strndup((const char *)decoded, len);
  if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \r\n") !=
          strlen(text) ||
      !g_utf8_validate_len(terminated, len, NULL))
    return cannot(value, _("a text in base64"), trouble);
  return cJSON_CreateString(terminated);
}

static cJSON *
as_html(G_GNUC_UNUSED const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope,
        char **trouble)
{
  const char *text = mc_json_text(value);
  if (!text)
    return cannot(value, _("a text"), trouble);
  g_autofree char *plain = mc_html_text(text);
  return cJSON_CreateString(plain);
}

static cJSON *
as_url(G_GNUC_UNUSED const McCast *cast, const cJSON *value, const McScope *scope, char **trouble)
{
  const char *base = mc_json_text(mc_scope_get(scope, MC_NAME_ANSWER_URL));
  g_autofree char *url = NULL;
  if (cJSON_IsString(value))
    url = base ? mc_url_resolve(base, value->valuestring) : g_strdup(value->valuestring);
  g_autofree char *origin = url ? mc_url_origin(url) : NULL;
  if (!url || (!origin && (base || *url != '/')))
    return cannot(value, _("an address (http or https)"), trouble);
  return cJSON_CreateString(url);
}

/* --- dates --- */

/* Whole units of a number such as 1763770000.5, floored. */
static gboolean
parse_epoch(const char *text, gint64 unit, gint64 *moment)
{
  gsize len = skip_digits(text + (*text == '-')) - text;
  char whole[24];
  gint64 value;
  if (len >= sizeof whole || (text[len] && (text[len] != '.' || *skip_digits(text + len + 1))))
    return FALSE;
  memcpy(whole, text, len);
  whole[len] = '\0';
  if (!mc_text_int(whole, &value))
    return FALSE;
  *moment = value / unit - (value % unit < 0);
  return TRUE;
}

static gboolean
parse_in(const char *text, const char *in, GTimeZone *tz, gint64 *moment, gboolean *bare)
{
  *bare = FALSE;
  if (strcmp(in, "epoch-s") == 0)
    return parse_epoch(text, 1, moment);
  if (strcmp(in, "epoch-ms") == 0)
    return parse_epoch(text, 1000, moment);
  if (strcmp(in, "iso") == 0) {
    *bare = !strpbrk(text, "Tt ");
    return mc_time_parse_iso(text, tz, moment);
  }
  *bare = !strstr(in, "%H");
  return mc_time_parse(text, in, tz, moment);
}

static gint64
midnight(gint64 moment, GTimeZone *tz)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(moment);
  g_autoptr(GDateTime) local = utc && tz ? g_date_time_to_timezone(utc, tz) : NULL;
  GDateTime *time = local ? local : utc;
  if (!time)
    return moment;
  return moment - (gint64)g_date_time_get_hour(time) * 3600 - g_date_time_get_minute(time) * 60 -
         g_date_time_get_second(time);
}

static gboolean
read_moment(const McCast *cast, const char *text, gint64 *moment, gboolean *bare)
{
  static const char *const iso[] = {"iso", NULL};
  const char *const *in = cast->in ? (const char *const *)cast->in : iso;
  GTimeZone *tz = cast->tz;
  if (!tz && cast->calendar)
    tz = mc_calendar_timezone(cast->calendar);
  gboolean read = FALSE;
  for (; *in && !read; in++)
    read = parse_in(text, *in, tz, moment, bare);
  if (!read || *moment < FIRST_MOMENT || *moment > LAST_MOMENT)
    return FALSE;
  if (cast->as == MC_AS_DATE && !*bare) {
    *moment = midnight(*moment, tz);
    *bare = TRUE;
  }
  if (*bare && cast->calendar)
    *moment = mc_calendar_day_end(cast->calendar, *moment);
  return TRUE;
}

gboolean
mc_cast_moment(const McCast *cast, const cJSON *value, gint64 *moment, gboolean *bare, char **trouble)
{
  const char *text = cJSON_IsBool(value) ? NULL : mc_json_text(value);
  if (text && read_moment(cast, text, moment, bare))
    return TRUE;
  g_autofree char *formats = cast->in ? g_strjoinv(_(" or "), cast->in) : g_strdup("iso");
  g_autofree char *what = g_strdup_printf(_("a date written as %s"), formats);
  cannot(value, what, trouble);
  return FALSE;
}

cJSON *
mc_cast_out(const McCast *cast, gint64 moment)
{
  const char *out = cast->out;
  if (out && strcmp(out, "epoch-s") == 0)
    return mc_json_new_int(moment);
  if (out && strcmp(out, "epoch-ms") == 0)
    return mc_json_new_int(moment * 1000);
  g_autofree char *text = NULL;
  if (!out)
    text = mc_time_format_iso(moment, NULL);
  else if (strcmp(out, "iso") == 0)
    text = mc_time_format_iso(moment, cast->tz);
  else
    text = mc_time_format(moment, cast->tz, out);
  return text ? cJSON_CreateString(text) : NULL;
}

static cJSON *
as_date(const McCast *cast, const cJSON *value, G_GNUC_UNUSED const McScope *scope, char **trouble)
{
  gint64 moment;
  gboolean bare;
  return mc_cast_moment(cast, value, &moment, &bare, trouble) ? mc_cast_out(cast, moment) : NULL;
}

cJSON *
mc_cast_apply(const McCast *cast, const cJSON *value, const McScope *scope, char **trouble)
{
  static cJSON *(*const casts[])(const McCast *, const cJSON *, const McScope *, char **) = {
      as_string, as_integer, as_number, as_boolean, as_date, as_date, as_money, as_base64, as_html, as_url};
  if (cast->as == MC_AS_NONE)
    return mc_value_copy(value);
  return casts[cast->as](cast, value, scope, trouble);
}

/* --- compiling --- */

static gboolean
is_date_format(const char *format)
{
  gboolean any = FALSE;
  for (; *format; format++)
    if (*format == '%') {
      if (!*++format || !strchr("dmYyHMSz%", *format))
        return FALSE;
      any = TRUE;
    }
  return any;
}

static void
compile_format(McCompiler *c, const cJSON *node, GPtrArray *formats)
{
  static const char *const words[] = {"iso", "epoch-s", "epoch-ms", NULL};
  if (cJSON_IsString(node) && strchr(node->valuestring, '%')) {
    if (!is_date_format(node->valuestring))
      mc_compile_fault(c, node, FALSE,
                       _("\"%s\" is not a date format, expected %%d %%m %%Y %%y %%H %%M %%S %%z"),
                       node->valuestring);
  } else if (mc_compile_word(c, node, words) < 0) {
    return;
  }
  if (cJSON_IsString(node))
    g_ptr_array_add(formats, g_strdup(node->valuestring));
}

static char **
compile_in(McCompiler *c, const cJSON *node)
{
  if (!node)
    return NULL;
  GPtrArray *formats = g_ptr_array_new();
  const cJSON *item;
  if (cJSON_IsArray(node))
    cJSON_ArrayForEach (item, node)
      compile_format(c, item, formats);
  else
    compile_format(c, node, formats);
  g_ptr_array_add(formats, NULL);
  return (char **)g_ptr_array_free(formats, FALSE);
}

static char *
compile_out(McCompiler *c, const cJSON *object)
{
  static const char *const words[] = {"iso", "epoch-s", "epoch-ms", NULL};
  const char *out = mc_compile_string(c, object, "out");
  if (!out || g_strv_contains(words, out))
    return g_strdup(out);
  g_autofree char *sample = strchr(out, '%') ? mc_time_format(0, NULL, out) : NULL;
  if (!strchr(out, '%'))
    mc_compile_word(c, mc_json_get(object, "out"), words);
  else if (!sample)
    mc_compile_fault(c, mc_json_get(object, "out"), FALSE, _("\"%s\" is not a date format (strftime)"), out);
  return g_strdup(out);
}

gboolean
mc_cast_owns_in(const cJSON *object)
{
  const char *as = mc_json_text(mc_json_get(object, "as"));
  return as && g_str_has_prefix(as, "date");
}

void
mc_cast_compile(McCompiler *c, const cJSON *object, McCastPlace place, McCast *cast)
{
  gboolean encode = place == MC_CAST_IN_NODE, test = place == MC_CAST_IN_TEST;
  const cJSON *as = mc_json_get(object, "as");
  int index = as ? mc_compile_word(c, as, names) : -1;
  *cast = (McCast){.as = index < 0 ? MC_AS_NONE : (McAs)index, .encode = encode};
  gboolean dated = cast->as == MC_AS_DATETIME || cast->as == MC_AS_DATE || (as && index < 0);
  static const char *const only_dates[] = {"in", "out", "tz"};
  for (gsize i = encode ? G_N_ELEMENTS(only_dates) : 0; i < G_N_ELEMENTS(only_dates); i++) {
    const cJSON *member = mc_json_get(object, only_dates[i]);
    if (member && !dated && !(i == 0 && test))
      mc_compile_fault(c, member, TRUE,
                       _("\"%s\" is for dates, expected \"as\": \"datetime\" or \"date\" beside it"),
                       only_dates[i]);
  }
  cast->in = test && !dated ? NULL : compile_in(c, mc_json_get(object, "in"));
  cast->out = compile_out(c, object);
  cast->tz = mc_compile_zone(c, object);
  if (c->calendar && dated)
    cast->calendar = mc_calendar_ref((McCalendar *)c->calendar);
}

void
mc_cast_clear(McCast *cast)
{
  g_strfreev(cast->in);
  g_free(cast->out);
  g_clear_pointer(&cast->tz, g_time_zone_unref);
  g_clear_pointer(&cast->calendar, mc_calendar_unref);
}

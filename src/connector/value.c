/* SPDX-License-Identifier: Apache-2.0 */
/* Values: cJSON trees whose numbers are raw text (json.h). Numbers are compared as decimals of any
 * length, never through a double, so that two identifiers above 2^53 stay two. */
#include <errno.h>
#include <string.h>
#include "connector/json-lex.h"
#include "connector/value.h"

cJSON *
mc_json_get(const cJSON *object, const char *name)
{
  if (!object || (object->type & 0xff) != cJSON_Object)
    return NULL;
  for (cJSON *member = object->child; member; member = member->next) {
    const char *a = member->string, *b = name; /* most differ early */
    while (*a == *b && *a)
      a++, b++;
    if (*a == *b)
      return member;
  }
  return NULL;
}

cJSON *
mc_json_get_again(const cJSON *object, const char *name, gint *place)
{
  if (!object || (object->type & 0xff) != cJSON_Object)
    return NULL;
  cJSON *member = object->child;
  for (gint at = g_atomic_int_get(place); member && at > 0; at--)
    member = member->next;
  if (member && strcmp(member->string, name) == 0)
    return member;
  member = mc_json_get(object, name);
  if (member) {
    gint at = 0;
    for (const cJSON *before = object->child; before != member; before = before->next)
      at++;
    g_atomic_int_set(place, at);
  }
  return member;
}

gboolean
mc_json_is_number(const cJSON *node)
{
  return node && (node->type & 0xff) == cJSON_Raw && node->valuestring &&
         (*node->valuestring == '-' || g_ascii_isdigit(*node->valuestring));
}

const char *
mc_json_text(const cJSON *node)
{
  if (!node)
    return NULL;
  if ((node->type & 0xff) == cJSON_String || mc_json_is_number(node))
    return node->valuestring;
  if (cJSON_IsBool(node))
    return cJSON_IsTrue(node) ? "true" : "false";
  return NULL;
}

gboolean
mc_value_is_element(const cJSON *value)
{
  return value && value->type & MC_VALUE_ELEMENT && (value->type & 0xff) != cJSON_Array;
}

gboolean
mc_text_int(const char *text, gint64 *value)
{
  char *end;
  if (!g_ascii_isdigit(text[*text == '-']))
    return FALSE;
  errno = 0;
  gint64 read = g_ascii_strtoll(text, &end, 10);
  if (errno || *end)
    return FALSE;
  *value = read;
  return TRUE;
}

gboolean
mc_json_int(const cJSON *node, gint64 *value)
{
  return mc_json_is_number(node) && mc_text_int(node->valuestring, value);
}

cJSON *
mc_json_new_int(gint64 value)
{
  char text[24];
  g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
  return cJSON_CreateRaw(text);
}

cJSON *
mc_value_copy(const cJSON *value)
{
  if (cJSON_IsString(value) && !mc_value_is_element(value))
    return cJSON_CreateString(value->valuestring);
  if (cJSON_IsRaw(value))
    return cJSON_CreateRaw(value->valuestring);
  cJSON *copy = cJSON_Duplicate(value, TRUE);
  if (copy && copy->string) {
    cJSON_free(copy->string);
    copy->string = NULL;
  }
  return copy;
}

/* --- printing --- */

static void
print_text(GString *out, const char *text)
{
  const char *end = text + strlen(text);
  g_string_append_c(out, '"');
  while (text < end) {
    const char *stop = mc_json_skip_plain(text, end);
    g_string_append_len(out, text, stop - text);
    if (stop == end)
      break;
    const char *short_form = strchr("\"\"\\\\\bb\ff\nn\rr\tt", *stop);
    if ((guchar)*stop >= 0x80)
      g_string_append_c(out, *stop);
    else if (short_form)
      g_string_append_len(out, (const char[]){'\\', short_form[1]}, 2);
    else
      g_string_append_printf(out, "\\u%04x", (guint)(guchar)*stop);
    text = stop + 1;
  }
  g_string_append_c(out, '"');
}

static void
print_node(GString *out, const cJSON *node)
{
  gboolean is_object = (node->type & 0xff) == cJSON_Object;
  switch (node->type & 0xff) {
  case cJSON_String:
    print_text(out, node->valuestring);
    return;
  case cJSON_Object:
  case cJSON_Array:
    g_string_append_c(out, is_object ? '{' : '[');
    for (const cJSON *child = node->child; child; child = child->next) {
      if (child != node->child)
        g_string_append_c(out, ',');
      if (is_object) {
        print_text(out, child->string);
        g_string_append_c(out, ':');
      }
      print_node(out, child);
    }
    g_string_append_c(out, is_object ? '}' : ']');
    return;
  case cJSON_Raw:
    g_string_append(out, node->valuestring);
    return;
  case cJSON_True:
    g_string_append(out, "true");
    return;
  case cJSON_False:
    g_string_append(out, "false");
    return;
  case cJSON_Number: /* only of a tree that others made */
    g_string_append_printf(out, "%.15g", node->valuedouble);
    return;
  default:
    g_string_append(out, "null");
  }
}

void
mc_json_print_to(GString *out, const cJSON *node)
{
  print_node(out, node);
}

char *
mc_json_print(const cJSON *node)
{
  GString *out = g_string_sized_new(1024);
  print_node(out, node);
  return g_string_free(out, FALSE);
}

/* --- numbers as decimals: sign * 0.DIGITS * 10^exponent, DIGITS without zeros at either end --- */

typedef struct {
  int sign; /* 0 for zero */
  gint64 exponent;
  char *digits;
} Decimal;

static void
decimal_read(const char *text, Decimal *d)
{
  const char *p = text + (*text == '-');
  GString *digits = g_string_new(NULL);
  gint64 point = 0;
  gboolean fraction = FALSE;
  for (; *p && *p != 'e' && *p != 'E'; p++) {
    if (*p == '.') {
      fraction = TRUE;
      continue;
    }
    if (digits->len || *p != '0') {
      g_string_append_c(digits, *p);
      point += !fraction;
    } else {
      point -= fraction;
    }
  }
  gsize len = digits->len;
  while (len && digits->str[len - 1] == '0')
    len--;
  g_string_truncate(digits, len);
  gint64 exponent = *p ? g_ascii_strtoll(p + 1, NULL, 10) : 0; /* saturates: only its size matters then */
  d->exponent = CLAMP(exponent, G_MININT64 / 4, G_MAXINT64 / 4) + point;
  d->sign = len == 0 ? 0 : *text == '-' ? -1 : 1;
  d->digits = g_string_free(digits, FALSE);
}

static int
decimal_compare(const Decimal *x, const Decimal *y)
{
  if (x->sign != y->sign)
    return x->sign < y->sign ? -1 : 1;
  if (x->sign == 0)
    return 0;
  if (x->exponent != y->exponent)
    return (x->exponent < y->exponent ? -1 : 1) * x->sign;
  int order = strcmp(x->digits, y->digits);
  return ((order > 0) - (order < 0)) * x->sign;
}

int
mc_number_compare(const char *a, const char *b)
{
  Decimal x, y;
  if (strcmp(a, b) == 0)
    return 0;
  decimal_read(a, &x);
  decimal_read(b, &y);
  int order = decimal_compare(&x, &y);
  g_free(x.digits);
  g_free(y.digits);
  return order;
}

/* --- equality of trees --- */

static gboolean
equal_arrays(const cJSON *a, const cJSON *b)
{
  const cJSON *x = a->child, *y = b->child;
  for (; x && y; x = x->next, y = y->next)
    if (!mc_json_equal(x, y))
      return FALSE;
  return !x && !y;
}

static gboolean
equal_objects(const cJSON *a, const cJSON *b)
{
  if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
    return FALSE;
  const cJSON *hint = b->child; /* most often both keep one order */
  for (const cJSON *x = a->child; x; x = x->next, hint = hint ? hint->next : NULL) {
    const cJSON *y = hint && strcmp(hint->string, x->string) == 0 ? hint : mc_json_get(b, x->string);
    if (!y || !mc_json_equal(x, y))
      return FALSE;
  }
  return TRUE;
}

gboolean
mc_json_equal(const cJSON *a, const cJSON *b)
{
  if (!a || !b)
    return a == b;
  if ((a->type & 0xff) != (b->type & 0xff))
    return FALSE;
  if (cJSON_IsArray(a))
    return equal_arrays(a, b);
  if (cJSON_IsObject(a))
    return equal_objects(a, b);
  if (cJSON_IsString(a))
    return strcmp(a->valuestring, b->valuestring) == 0;
  if (mc_json_is_number(a) && mc_json_is_number(b))
    return mc_number_compare(a->valuestring, b->valuestring) == 0;
  return TRUE; /* true, false and null are their type */
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Values: cJSON trees whose numbers are raw text (json.h). Numbers are compared as decimals of any
 * length, never through a double, so that two identifiers above 2^53 stay two. */
#include <errno.h>
#include <string.h>
#include "connector/value.h"

cJSON *
mc_json_get(const cJSON *object, const char *name)
{
  if (!cJSON_IsObject(object))
    return NULL;
  for (cJSON *member = object->child; member; member = member->next)
    if (strcmp(member->string, name) == 0)
      return member;
  return NULL;
}

gboolean
mc_json_is_number(const cJSON *node)
{
  return cJSON_IsRaw(node) && node->valuestring &&
         (*node->valuestring == '-' || g_ascii_isdigit(*node->valuestring));
}

const char *
mc_json_text(const cJSON *node)
{
  if (cJSON_IsString(node) || mc_json_is_number(node))
    return node->valuestring;
  if (cJSON_IsBool(node))
    return cJSON_IsTrue(node) ? "true" : "false";
  return NULL;
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
  if (cJSON_IsString(value))
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

char *
mc_json_print(const cJSON *node)
{
  char *text = cJSON_PrintUnformatted(node);
  if (!text)
    g_error("out of memory");
  char *copy = g_strdup(text);
  cJSON_free(text);
  return copy;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of keys against objects of a connector file; see shape.h. */
#include "connector/shape.h"
#include "motcua/clock.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

static guint
type_of(const cJSON *node)
{
  if (cJSON_IsString(node))
    return MC_SHAPE_STRING;
  if (cJSON_IsBool(node))
    return MC_SHAPE_BOOLEAN;
  if (cJSON_IsObject(node))
    return MC_SHAPE_OBJECT;
  if (cJSON_IsArray(node))
    return MC_SHAPE_ARRAY;
  return mc_json_is_number(node) ? MC_SHAPE_INTEGER : 0;
}

static char *
types_text(guint types)
{
  static const struct {
    guint type;
    const char *name;
  } names[] = {
      {MC_SHAPE_STRING, N_("a string")},    {MC_SHAPE_BOOLEAN, N_("true or false")},
      {MC_SHAPE_INTEGER, N_("an integer")}, {MC_SHAPE_OBJECT, N_("an object")},
      {MC_SHAPE_ARRAY, N_("an array")},
  };
  g_autoptr(GString) text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (types & names[i].type)
      g_string_append_printf(text, "%s%s", text->len ? _(" or ") : "", _(names[i].name));
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
check_key(McCompiler *c, const cJSON *object, const char *what, const McKey *key)
{
  const cJSON *member = mc_json_get(object, key->name);
  if (!member) {
    if (key->required)
      mc_compile_fault(c, object, FALSE, _("%s needs the key \"%s\""), what, key->name);
    return;
  }
  if (key->types == MC_SHAPE_ANY || (type_of(member) & key->types))
    return;
  g_autofree char *expected = types_text(key->types);
  mc_compile_fault(c, member, FALSE, _("\"%s\" must be %s"), key->name, expected);
  ((McFault *)c->faults->pdata[c->faults->len - 1])->whole = TRUE;
}

gboolean
mc_shape_check(McCompiler *c, const cJSON *object, const char *what, const McKey *keys)
{
  if (!cJSON_IsObject(object)) {
    mc_compile_fault(c, object, FALSE, _("%s must be an object"), what);
    return FALSE;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const McKey *key = keys; key->name; key++)
    g_ptr_array_add(names, (gpointer)key->name);
  g_ptr_array_add(names, NULL);
  mc_compile_keys(c, object, (const char *const *)names->pdata);
  for (const McKey *key = keys; key->name; key++)
    check_key(c, object, what, key);
  return TRUE;
}

const char *
mc_shape_string(const cJSON *object, const char *name)
{
  return cJSON_GetStringValue(mc_json_get(object, name));
}

cJSON *
mc_shape_object(const cJSON *object, const char *name)
{
  cJSON *member = mc_json_get(object, name);
  return cJSON_IsObject(member) ? member : NULL;
}

cJSON *
mc_shape_array(const cJSON *object, const char *name)
{
  cJSON *member = mc_json_get(object, name);
  return cJSON_IsArray(member) ? member : NULL;
}

gboolean
mc_shape_flag(const cJSON *object, const char *name)
{
  return cJSON_IsTrue(mc_json_get(object, name));
}

gint64
mc_shape_int(McCompiler *c, const cJSON *object, const char *name, gint64 min, gint64 max, gint64 fallback)
{
  const cJSON *member = mc_json_get(object, name);
  gint64 value = fallback;
  if (!member || !mc_json_is_number(member))
    return fallback;
  if (mc_json_int(member, &value) && value >= min && value <= max)
    return value;
  mc_compile_fault(c, member, FALSE, _("\"%s\" must be an integer from %ld to %ld"), name, (long)min,
                   (long)max);
  return fallback;
}

gint64
mc_shape_duration(McCompiler *c, const cJSON *object, const char *name, gint64 fallback)
{
  const cJSON *member = mc_json_get(object, name);
  gint64 seconds = 0;
  if (!cJSON_IsString(member))
    return fallback;
  if (mc_duration_parse(member->valuestring, &seconds) && seconds >= 0)
    return seconds;
  mc_compile_fault(c, member, FALSE, _("\"%s\" is not a duration such as PT90S, PT2M or P1D"),
                   member->valuestring);
  return fallback;
}

gint64
mc_shape_size(McCompiler *c, const cJSON *object, const char *name, gint64 max, gint64 fallback)
{
  static const struct {
    const char *unit;
    gint64 bytes;
  } units[] = {{"", 1},          {"B", 1},     {"KiB", 1 << 10}, {"MiB", 1 << 20},
               {"GiB", 1 << 30}, {"kB", 1000}, {"MB", 1000000},  {"GB", 1000000000}};
  const cJSON *member = mc_json_get(object, name);
  const char *text = mc_json_text(member);
  char *end = NULL;
  if (!text)
    return fallback;
  gint64 count = g_ascii_strtoll(text, &end, 10);
  for (gsize i = 0; end != text && i < G_N_ELEMENTS(units); i++)
    if (g_str_equal(end, units[i].unit) && count > 0 && count <= max / units[i].bytes)
      return count * units[i].bytes;
  mc_compile_fault(c, member, FALSE, _("\"%s\" is not a size such as 512KiB or 8MiB, at most %ldMiB"), text,
                   (long)(max >> 20));
  return fallback;
}

int
mc_shape_word(McCompiler *c, const cJSON *object, const char *name, const char *const *words, int fallback)
{
  const cJSON *member = mc_json_get(object, name);
  if (!cJSON_IsString(member))
    return fallback;
  for (int i = 0; words[i]; i++)
    if (g_str_equal(words[i], member->valuestring))
      return i;
  g_autofree char *list = mc_shape_list(words);
  g_autofree char *near = mc_shape_near(member->valuestring, words);
  mc_compile_fault(c, member, FALSE, _("\"%s\" is not one of %s%s"), member->valuestring, list, near);
  return fallback;
}

McReader *
mc_shape_member_reader(McCompiler *c, const cJSON *object, const char *name)
{
  const cJSON *member = mc_json_get(object, name);
  return member ? mc_reader_compile(c, member) : NULL;
}

McTest *
mc_shape_member_test(McCompiler *c, const cJSON *object, const char *name)
{
  const cJSON *member = mc_json_get(object, name);
  return member ? mc_test_compile(c, member) : NULL;
}

McNode *
mc_shape_member_node(McCompiler *c, const cJSON *object, const char *name)
{
  const cJSON *member = mc_json_get(object, name);
  return member ? mc_node_compile(c, member) : NULL;
}

GPtrArray *
mc_shape_member_tests(McCompiler *c, const cJSON *object, const char *name)
{
  GPtrArray *tests = g_ptr_array_new_with_free_func((GDestroyNotify)mc_test_free);
  const cJSON *member = mc_json_get(object, name), *one;
  if (cJSON_IsObject(member))
    g_ptr_array_add(tests, mc_test_compile(c, member));
  if (cJSON_IsArray(member))
    cJSON_ArrayForEach (one, member)
      g_ptr_array_add(tests, mc_test_compile(c, one));
  return tests;
}

McLabel *
mc_label_compile(McCompiler *c, const cJSON *object, const char *name)
{
  static const McKey keys[] = {
      {"vi", MC_SHAPE_STRING, FALSE}, {"en", MC_SHAPE_STRING, FALSE}, {NULL, 0, FALSE}};
  const cJSON *member = mc_json_get(object, name);
  if (!cJSON_IsString(member) && !cJSON_IsObject(member))
    return NULL;
  McLabel *label = g_new0(McLabel, 1);
  if (cJSON_IsString(member)) {
    label->vi = mc_text_clean(member->valuestring, -1);
    return label;
  }
  mc_shape_check(c, member, _("a label"), keys);
  const char *vi = mc_shape_string(member, "vi"), *en = mc_shape_string(member, "en");
  if (!vi)
    mc_compile_warning(c, member, FALSE, _("has no text in Vietnamese: expected \"vi\""));
  label->vi = vi ? mc_text_clean(vi, -1) : NULL;
  label->en = en ? mc_text_clean(en, -1) : NULL;
  return label;
}

void
mc_label_free(McLabel *label)
{
  if (!label)
    return;
  g_free(label->vi);
  g_free(label->en);
  g_free(label);
}

const char *
mc_label_text(const McLabel *label)
{
  if (!label)
    return NULL;
  const char *first = g_str_equal(mc_i18n_language(), "en") ? label->en : label->vi;
  return first ? first : label->vi ? label->vi : label->en;
}

char *
mc_shape_near(const char *word, const char *const *known)
{
  const char *near = mc_text_nearest(word, known);
  return near ? g_strdup_printf(_("; did you mean \"%s\"?"), near) : g_strdup("");
}

char *
mc_shape_list(const char *const *words)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (gsize i = 0; words[i]; i++)
    g_string_append_printf(text, "%s\"%s\"", i ? ", " : "", words[i]);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

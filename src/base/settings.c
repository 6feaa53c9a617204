/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings and its reader. */
#include "base/settings.h"
#include "base/hours.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#include <string.h>

#define SECTION "motcua"

/* A text setting has a check, a number a range; `expected` says either to a person. */
typedef struct {
  const char *key;
  gsize offset; /* in McConfig */
  const char *text;
  gboolean (*check)(const char *value);
  int number, min, max;
  const char *expected;
} Setting;

static gboolean
is_language(const char *value)
{
  return !*value || !strcmp(value, "vi") || !strcmp(value, "en");
}

static gboolean
is_provider(const char *value)
{
  static const char *const words[] = {"auto", "secret-service", "vault", NULL};

  if (g_strv_contains(words, value))
    return TRUE;
  if (g_str_has_prefix(value, "command:"))
    return value[8] != '\0';
  return g_str_has_prefix(value, "fd:") && value[3] && strlen(value) <= 8 &&
         !value[3 + strspn(value + 3, "0123456789")];
}

static gboolean
is_name(const char *value)
{
  for (const char *at = value; *at; at++)
    if (!g_ascii_isalnum(*at) && !strchr("-_", *at))
      return FALSE;
  return *value != '\0';
}

static gboolean
is_timezone(const char *value)
{
  g_autoptr(GTimeZone) zone = *value ? g_time_zone_new_identifier(value) : NULL;

  return zone != NULL;
}

static gboolean
is_hours(const char *value)
{
  McHours hours;

  return mc_hours_parse(value, &hours);
}

static gboolean
is_workdays(const char *value)
{
  guint days;

  return mc_workdays_parse(value, &days);
}

#define TEXT(key, default, check, expected)                          \
  {                                                                  \
#key, offsetof(McConfig, key), default, check, 0, 0, 0, expected \
  }
#define NUMBER(key, default, min, max)                                 \
  {                                                                    \
#key, offsetof(McConfig, key), NULL, NULL, default, min, max, NULL \
  }

static const Setting settings[] = {
    TEXT(language, "", is_language, N_("vi or en")),
    TEXT(secrets, "auto", is_provider, N_("auto, secret-service, vault, command:CMD or fd:N")),
    TEXT(theme, "default", is_name, N_("the name of a theme")),
    TEXT(timezone, "Asia/Ho_Chi_Minh", is_timezone, N_("a time zone such as Asia/Ho_Chi_Minh")),
    TEXT(hours, "07:00-11:30,13:30-17:00", is_hours, N_("hours such as 07:00-11:30,13:30-17:00")),
    TEXT(workdays, "mon-fri", is_workdays, N_("days such as mon-fri or mon,tue,sat")),
    NUMBER(sync_interval, 300, 30, 86400),
    NUMBER(undo, 8, 0, 600),
    NUMBER(due_soon, 480, 0, 100000),
    NUMBER(timeout, 30, 1, 3600),
};

static gboolean
set_number(const McIni *ini, const McIniEntry *entry, const Setting *setting, McConfig *config,
           GError **error)
{
  gint64 number;

  if (!g_ascii_string_to_signed(entry->value, 10, setting->min, setting->max, &number, NULL))
    return mc_ini_fault(ini, entry, error, _("%s = %s: expected a whole number from %d to %d"), entry->key,
                        entry->value, setting->min, setting->max);
  G_STRUCT_MEMBER(int, config, setting->offset) = (int)number;
  return TRUE;
}

static gboolean
set_text(const McIni *ini, const McIniEntry *entry, const Setting *setting, McConfig *config, GError **error)
{
  if (!setting->check(entry->value))
    return mc_ini_fault(ini, entry, error, _("%s = %s: expected %s"), entry->key, entry->value,
                        _(setting->expected));
  G_STRUCT_MEMBER(const char *, config, setting->offset) = entry->value;
  return TRUE;
}

static gboolean
unknown(const McIni *ini, const McIniEntry *entry, GError **error)
{
  const char *keys[G_N_ELEMENTS(settings) + 1] = {NULL};

  for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
    keys[i] = settings[i].key;

  const char *nearest = mc_text_nearest(entry->key, keys);
  g_autofree char *all = g_strjoinv(", ", (char **)keys);
  if (nearest)
    return mc_ini_fault_key(ini, entry, error, _("unknown key “%s”; did you mean “%s”?"), entry->key,
                            nearest);
  return mc_ini_fault_key(ini, entry, error, _("unknown key “%s”; expected one of %s"), entry->key, all);
}

static gboolean
set_entry(const McIni *ini, const McIniEntry *entry, McConfig *config, GError **error)
{
  if (strcmp(entry->section, SECTION) != 0)
    return mc_ini_fault_key(ini, entry, error, _("“%s” is not in the section [%s], the only one here"),
                            entry->key, SECTION);
  for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
    if (!strcmp(settings[i].key, entry->key))
      return settings[i].check ? set_text(ini, entry, &settings[i], config, error)
                               : set_number(ini, entry, &settings[i], config, error);
  return unknown(ini, entry, error);
}

gboolean
mc_settings_read(const McIni *ini, McConfig *config, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
    if (settings[i].check)
      G_STRUCT_MEMBER(const char *, config, settings[i].offset) = settings[i].text;
    else
      G_STRUCT_MEMBER(int, config, settings[i].offset) = settings[i].number;
  }
  for (guint i = 0; ini && i < mc_ini_count(ini); i++)
    if (!set_entry(ini, mc_ini_entry(ini, i), config, error))
      return FALSE;
  return TRUE;
}

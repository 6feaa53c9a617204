/* SPDX-License-Identifier: Apache-2.0 */
/* Locale and language. The locale only has to carry UTF-8; the language of messages is LANGUAGE, which
 * gettext honours in any locale but the plain C one, so the two are set apart and no locale of the
 * language itself needs to be generated on the host. */
#include "motcua/i18n.h"

#include <glib.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define DOMAIN "motcua"

static const char *chosen; /* by mc_i18n_set_language(): asked for too often to be looked up */

static gboolean
names_language(const char *value, const char *language)
{
  gsize length = strlen(language);

  return value && g_str_has_prefix(value, language) && !g_ascii_isalnum(value[length]);
}

/* The language of a setting of the environment such as "vi_VN.UTF-8" or "fr:en"; NULL: none of ours. */
static const char *
language_of(const char *value)
{
  for (const char *part = value; part; part = strchr(part, ':')) {
    part += *part == ':';
    if (names_language(part, "vi"))
      return "vi";
    if (names_language(part, "en"))
      return "en";
  }
  return NULL;
}

static const char *
environment_language(void)
{
  static const char *const variables[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

  for (gsize i = 0; i < G_N_ELEMENTS(variables); i++) {
    const char *value = g_getenv(variables[i]);
    if (value && *value) {
      const char *language = language_of(value);
      if (language)
        return language;
    }
  }
  return "vi";
}

static gboolean
is_plain_c(const char *locale)
{
  return !locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX");
}

/* UTF-8 for characters, a locale that gettext translates in, and dots in numbers wherever we print any. */
static void
set_locale(void)
{
  if (!setlocale(LC_ALL, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
    setlocale(LC_ALL, "C.UTF-8");
  if (is_plain_c(setlocale(LC_MESSAGES, NULL)))
    setlocale(LC_MESSAGES, "C.UTF-8");
  setlocale(LC_NUMERIC, "C");
}

void
mc_i18n_init(const char *lang)
{
  const char *data = g_getenv("MOTCUA_DATADIR");
  g_autofree char *catalogues =
      data && *data ? g_build_filename(data, "locale", NULL) : g_strdup(MOTCUA_LOCALEDIR);

  set_locale();
  bindtextdomain(DOMAIN, catalogues);
  bind_textdomain_codeset(DOMAIN, "UTF-8");
  mc_i18n_set_language(lang);
}

void
mc_i18n_set_language(const char *lang)
{
  const char *language = lang && *lang ? language_of(lang) : NULL;

  if (!language)
    language = environment_language();
  g_atomic_pointer_set(&chosen, language);
  g_setenv("LANGUAGE", language, TRUE);
  textdomain(DOMAIN); /* also makes gettext forget what it looked up in the language before */
}

const char *
mc_i18n_language(void)
{
  const char *language = g_atomic_pointer_get(&chosen);

  if (!language)
    language = language_of(g_getenv("LANGUAGE"));
  return language ? language : "vi";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Translation. Every string that a person reads is an English msgid wrapped in _();
 * N_() marks one that stands in a const table and is translated where it is shown. */
#ifndef MOTCUA_I18N_H
#define MOTCUA_I18N_H

#include <libintl.h>

#define _(msgid)  gettext(msgid)
#define N_(msgid) msgid

/* Sets the locale so that UTF-8 works whatever the host has generated (falls back to C.UTF-8), and the
 * language of messages: `lang` ("vi", "en") or NULL for the environment's, Vietnamese where it names none.
 * Call once, before any thread starts and before the first _(). */
void mc_i18n_init(const char *lang);

/* Changes the language of messages later (a configuration read after start). Main thread only, before
 * the engine is started. */
void mc_i18n_set_language(const char *lang);

/* "vi" or "en": which of a connector's own labels to show. Static string. */
const char *mc_i18n_language(void);

#endif

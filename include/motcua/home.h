/* SPDX-License-Identifier: Apache-2.0 */
/* Where a profile's files are (contract section 6), and what its configuration says.
 *
 * A home is immutable once opened and may be shared by threads. Profile "default" stands right under
 * motcua/; any other under motcua/profiles/NAME/. MOTCUA_HOME=DIR puts the four directories at
 * DIR/{config,data,state,cache}. MOTCUA_DATADIR overrides the installed data directory. */
#ifndef MOTCUA_HOME_H
#define MOTCUA_HOME_H

#include <glib.h>

typedef struct McHome McHome;

typedef enum { MC_DIR_CONFIG, MC_DIR_DATA, MC_DIR_STATE, MC_DIR_CACHE } McDir;

/* Finds the directories and creates them 0700 (an existing one that others may enter is tightened).
 * `profile` NULL is "default"; [a-z0-9-]+ else MC_ERROR_USAGE. Reads config.ini: a fault in it is
 * MC_ERROR_CONFIG with file:line:column and what was expected. */
McHome *mc_home_open(const char *profile, GError **error);
McHome *mc_home_ref(McHome *home);
void mc_home_unref(McHome *home);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McHome, mc_home_unref)

const char *mc_home_profile(const McHome *home);
const char *mc_home_dir(const McHome *home, McDir dir);
/* dir/name. New string. */
char *mc_home_path(const McHome *home, McDir dir, const char *name);
/* The user's file `subdir/name` if it exists, else the installed one, else NULL. New string. */
char *mc_home_find(const McHome *home, const char *subdir, const char *name);
/* Names in `subdir` of both places that end in `suffix`, without it, sorted, each once. NULL-terminated. */
char **mc_home_names(const McHome *home, const char *subdir, const char *suffix);

/* config.ini, section [motcua]. Never NULL pointers: defaults are filled in. */
typedef struct {
  const char *language; /* "vi", "en" or "" (environment, else vi) */
  const char *secrets;  /* auto | secret-service | vault | command:CMD | fd:N */
  const char *theme;    /* a theme's name */
  int sync_interval;    /* seconds between pulls while the inbox is open; 30..86400, default 300 */
  int undo;             /* seconds before an inbox action is sent; 0..600, default 8 */
  const char *timezone; /* IANA name, default Asia/Ho_Chi_Minh */
  const char *hours;    /* "07:00-11:30,13:30-17:00" */
  const char *workdays; /* "mon-fri" */
  int due_soon;         /* working minutes before the deadline that count as due_soon; default 480 */
  int timeout;          /* seconds for one request where a connector names none; default 30 */
} McConfig;
const McConfig *mc_home_config(const McHome *home);

/* The parser behind config.ini, systems/, views, keys, themes: INI with positions. */
typedef struct {
  char *section, *key, *value; /* borrowed from the file */
  int line, key_column, value_column;
} McIniEntry;
typedef struct McIni McIni;
/* Reads and keeps the file (at most 1 MiB of UTF-8). `#` and `;` start a comment line. A duplicate
 * key in a section, a line that is neither, bad UTF-8: MC_ERROR_CONFIG with file:line:column. */
McIni *mc_ini_load(const char *path, GError **error);
McIni *mc_ini_parse(const char *name, const char *text, gssize len, GError **error);
void mc_ini_free(McIni *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McIni, mc_ini_free)
const char *mc_ini_name(const McIni *ini);
guint mc_ini_count(const McIni *ini);
const McIniEntry *mc_ini_entry(const McIni *ini, guint index);
const char *mc_ini_get(const McIni *ini, const char *section, const char *key);
/* MC_ERROR_CONFIG "FILE:LINE:COL: what, expected" about one entry. Always returns FALSE. */
gboolean mc_ini_fault(const McIni *ini, const McIniEntry *entry, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* The same about its name rather than its value. */
gboolean mc_ini_fault_key(const McIni *ini, const McIniEntry *entry, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Writes `text` to `path` whole or not at all (temporary file, fsync, rename), mode 0600. */
gboolean mc_file_replace(const char *path, const char *text, gssize len, GError **error);

#endif

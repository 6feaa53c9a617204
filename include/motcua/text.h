/* SPDX-License-Identifier: Apache-2.0 */
/* Text: what may reach a terminal, how wide it is there, and how it is compared.
 *
 * This is the main header of the base layer, which knows GLib and nothing of the house: text.h, clock.h
 * (moments), home.h (directories, configuration, INI files), error.h, i18n.h, log.h, and inside the engine
 * base/http.h (requests and responses as values), base/id.h, base/hours.h.
 *
 * Bytes of any origin become text only through mc_text_clean(); everything else here expects valid
 * UTF-8. Folding makes `nguyen dinh` find `Nguyễn Đình` (domain.md section 9). */
#ifndef MOTCUA_TEXT_H
#define MOTCUA_TEXT_H

#include <glib.h>

/* NFC, one line, safe for a terminal: every C0, DEL, C1, bidi control (061C 200E-F 202A-E 2066-9),
 * 200B-D, FEFF, 00AD, 2028-9, the other invisible formats (180E 2060-F FFF9-B E0000-E0FFF), every invalid
 * byte, every combining mark that has no base or is its base's ninth becomes a visible replacement
 * (U+FFFD; TAB and newlines become a space, CR LF one). Nothing is recognised as a sequence, nothing is
 * dropped. `len` may be -1; NULL is "". At most `MC_TEXT_MAX` bytes come out, cut on a character.
 * Linear in the input. New string. */
#define MC_TEXT_MAX (1024 * 1024)
char *mc_text_clean(const char *bytes, gssize len);

/* As mc_text_clean(), but newlines stay: for multi-line notes and message bodies. New string. */
char *mc_text_clean_lines(const char *bytes, gssize len);

/* NFC of valid UTF-8, otherwise unchanged (control bytes stay): what the store keeps. Invalid bytes, NUL
 * and the marks that mc_text_clean() refuses become U+FFFD. New string. */
char *mc_text_normalise(const char *bytes, gssize len);
/* Whether it is seen at once that all of the above would give text back as it is: printable ASCII, composed
 * Latin and Vietnamese. FALSE says nothing. */
gboolean mc_text_is_plain(const char *bytes, gsize len);

/* Whether mc_text_clean() lets a character through. */
gboolean mc_text_char_is_safe(gunichar c);

/* JSON on one line with every character that is not safe on a terminal written as its \uXXXX escape: the
 * same JSON to a program, harmless to a screen. New string. */
char *mc_text_escape_json(const char *json);

/* Lower case, no diacritics, đ as d: NFD, drop U+0300-036F, đ/Đ -> d. New string. */
char *mc_text_fold(const char *text);

/* Whether a diacritic or đ stands in it (then a quoted search compares it as typed). */
gboolean mc_text_has_marks(const char *text);

/* Columns that clean text takes in a terminal (combining marks 0, CJK 2). */
int mc_text_width(const char *text);

/* Cut to at most `columns`, the last being '…' where anything was cut; whole characters, with the
 * marks that belong to them. New string, width <= columns. */
char *mc_text_ellipsize(const char *text, int columns);

/* mc_text_ellipsize() padded with spaces on the right to exactly `columns`. New string. */
char *mc_text_fit(const char *text, int columns);

/* Lines of at most `columns` (at least 2), broken at newlines, and at spaces where there are any. New
 * NULL-terminated array, never empty. */
char **mc_text_wrap(const char *text, int columns);

/* First characters of a private value masked: "000099000001" -> "000*****0001" (keeps 3 and 4 where
 * it is at least 10 long, else masks all; never more than 8 stars). New string. */
char *mc_text_mask(const char *text);

/* A number of bytes for a person, "21,2 kB" in Vietnamese; "" for a negative one (unknown). New string. */
char *mc_text_size(gint64 bytes);

/* The candidate nearest to `word` (edit distance at most 1 up to 3 characters, 2 up to 7, then 3), or NULL:
 * for "did you mean". Borrowed from `candidates`, a NULL-terminated array. */
const char *mc_text_nearest(const char *word, const char *const *candidates);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a search looks through, and how words find it.
 *
 * A text is folded (mc_text_fold) or, for quoted phrases with marks, lower-cased NFC; then cut into words:
 * runs of letters, digits and marks. A haystack holds the words of an item with one space before and after
 * each, "\n" between its parts; a needle is the same of what was typed, without the last space where the last
 * word may go on. So one strstr() decides, and FTS5 over the same words (ASCII tokenizer) finds the same rows
 * or more. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "motcua/item.h"
#include "store/db.h"

/* " nguyen dinh " of "Nguyễn, Đình"; `marks` keeps diacritics: " nguyễn đình ". "" when there is no word. New
 * string. */
char *mc_search_words(const char *text, gboolean marks);
/* The needle of a word or phrase; `open_end`: its last word may go on. "" matches everything. New string. */
char *mc_search_needle(const char *text, gboolean marks, gboolean open_end);
/* The FTS5 expression of a folded needle: "\"nguyen dinh\" *". New string. */
char *mc_search_match(const char *needle);
/* The haystacks of an item with its note; *exact NULL when it would be the same as the folded one. */
void mc_search_texts(const McItem *item, char **folded, char **exact);
/* Adds to a connection the function mc_has(haystack, needle), and mc_words(text). */
gboolean mc_search_register(McDb *db, GError **error);

#endif

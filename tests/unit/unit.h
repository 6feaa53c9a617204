/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test includes: cmocka with the headers that it needs before it, and checks that own what
 * they compare. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glib.h>

/* Compares and frees a string that a call has just made. */
#define assert_text(made, expected)           \
  do {                                        \
    char *made_text = (made);                 \
    assert_non_null(made_text);               \
    assert_string_equal(made_text, expected); \
    g_free(made_text);                        \
  } while (0)

/* An error of this code whose message holds `part`; it is freed. */
#define assert_mc_error(error, expected_code, part)               \
  do {                                                            \
    assert_non_null(error);                                       \
    assert_true((error)->domain == MC_ERROR);                     \
    if (!strstr((error)->message, part))                          \
      fail_msg("“%s” does not say “%s”", (error)->message, part); \
    assert_int_equal((error)->code, expected_code);               \
    g_clear_error(&(error));                                      \
  } while (0)

/* A repeatable stream of numbers for the loops that try hostile input. */
static inline guint32
unit_random(guint64 *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (guint32)(*state >> 33);
}

#endif

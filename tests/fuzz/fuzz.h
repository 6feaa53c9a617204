/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target: one function, called with any bytes. libFuzzer calls it in `make fuzz`, tests/fuzz/replay.c
 * with each file of its corpus in `make check`. What must not be is g_error(), a sanitizer's report, or too
 * slow. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes allocations fail one by one. A test program that uses this lists alloc_fail.c among its sources and
 * links with `link_args: alloc_fail_args` (tests/meson.build), so that every malloc, calloc, realloc,
 * aligned_alloc, free, strdup, strndup and asprintf in gyeol and in the test comes through here. */
#ifndef GYEOL_TESTS_ALLOC_FAIL_H
#define GYEOL_TESTS_ALLOC_FAIL_H

#include <gyeol/status.h>

/* Runs `body` again and again, its first, second, third ... allocation failing, until a run meets no failure.
 * Asserts that each failing run returns GY_ENOMEM with a sentence, that the last returns GY_OK, and that none
 * leaves anything allocated; `body` frees what it made when it succeeds. Returns how many failures were
 * injected. */
int alloc_fail_each(const char *name, gy_status (*body)(void *user, gy_error *err), void *user);

#endif

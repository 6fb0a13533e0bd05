/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the engine share: stores in memory or in a folder of their own, and statements that
 * must succeed. */
#ifndef GYEOL_TESTS_ENGINE_FIXTURE_H
#define GYEOL_TESTS_ENGINE_FIXTURE_H

#include <criterion/criterion.h>

#include "engine/engine.h"

#define MUST(call)                                                                                \
  do {                                                                                            \
    gy_error err = {0};                                                                           \
    gy_status must_status = (call);                                                               \
    cr_assert_eq(must_status, GY_OK, "%s: %s: %s", #call, gy_status_name(must_status), err.text); \
  } while (0)

/* Asserts the status and that the sentence holds `words`. */
#define MUST_FAIL(call, expected, words)                                                               \
  do {                                                                                                 \
    gy_error err = {0};                                                                                \
    gy_status must_status = (call);                                                                    \
    cr_assert_eq(must_status, expected, "%s: %s: %s", #call, gy_status_name(must_status), err.text);   \
    cr_assert_eq(err.code, expected, "%s: error holds %s", #call, gy_status_name(err.code));           \
    cr_assert(strstr(err.text, words) != NULL, "%s: '%s' does not hold '%s'", #call, err.text, words); \
  } while (0)

gy_engine *memory_store(int n_threads);
gy_engine *file_store(const char *path);
void run_sql(gy_engine *engine, const char *sql);
int64_t int_of(gy_engine *engine, const char *sql);
/* Asserts that the query's first value, as text, is `want`. */
void assert_text(gy_engine *engine, const char *sql, const char *want);

/* A fresh folder, removed with what is in it by remove_folder. */
char *make_folder(void);
void remove_folder(char *folder);
char *path_in(const char *folder, const char *name);

#endif

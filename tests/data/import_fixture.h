/* SPDX-License-Identifier: Apache-2.0
 *
 * A store in memory and files in a folder of the test's own, for tests of import. */
#ifndef TEST_IMPORT_FIXTURE_H
#define TEST_IMPORT_FIXTURE_H

#include "data/import.h"

typedef struct import_fixture {
  gy_engine *engine;
  gy_zone *zone;
  char folder[64];
  char path[2][128]; /* of the files last written */
  gy_task task;
  gy_import_result result;
  gy_error err;
  char log[4096];
} import_fixture;

void import_fixture_open(import_fixture *f, int n_threads);
void import_fixture_close(import_fixture *f);

/* Writes a file and gives its path, which stays until the second write after it. */
const char *import_fixture_write(import_fixture *f, const char *name, const void *bytes, size_t length);
/* The output of a command as a file; NULL when it gives none. */
const char *import_fixture_command(import_fixture *f, const char *name, const char *command);

/* Imports one file and commits, or rolls back. The result is in f->result. */
gy_status import_fixture_import(import_fixture *f, const gy_import_spec *spec, const char *path);

/* The first value of a query as text, "NULL" when there is none; free() it. */
char *import_fixture_value(import_fixture *f, const char *sql);

/* Fails the test when a query's first value is another text. */
void import_fixture_expect(import_fixture *f, const char *sql, const char *expected);

#endif

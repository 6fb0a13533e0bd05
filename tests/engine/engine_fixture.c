/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

gy_engine *memory_store(int n_threads) {
  gy_engine *engine = NULL;
  MUST(gy_engine_open(&(gy_engine_options){.n_threads = n_threads}, &engine, &err));
  return engine;
}

gy_engine *file_store(const char *path) {
  gy_engine *engine = NULL;
  MUST(gy_engine_open(&(gy_engine_options){.path = path, .n_threads = 2}, &engine, &err));
  return engine;
}

void run_sql(gy_engine *engine, const char *sql) {
  MUST(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err));
}

int64_t int_of(gy_engine *engine, const char *sql) {
  int64_t value = 0;
  MUST(gy_engine_int64(engine, sql, NULL, 0, &value, &err));
  return value;
}

void assert_text(gy_engine *engine, const char *sql, const char *want) {
  char *value = NULL;
  MUST(gy_engine_text(engine, sql, NULL, 0, &value, &err));
  cr_assert_str_eq(value, want, "%s", sql);
  free(value);
}

char *make_folder(void) {
  char *folder = strdup("/tmp/gyeol-test-XXXXXX");
  cr_assert(folder != NULL && mkdtemp(folder) != NULL);
  return folder;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  (void)info, (void)kind, (void)walk;
  return remove(path);
}

void remove_folder(char *folder) {
  nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  free(folder);
}

char *path_in(const char *folder, const char *name) {
  char *path = NULL;
  cr_assert(asprintf(&path, "%s/%s", folder, name) > 0);
  return path;
}

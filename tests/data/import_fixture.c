/* SPDX-License-Identifier: Apache-2.0 */
#include "import_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static void take_log(void *user, gy_log_level level, const char *line) {
  import_fixture *f = user;
  (void)level;
  size_t used = strlen(f->log);
  snprintf(f->log + used, sizeof f->log - used, "%s\n", line);
}

void import_fixture_open(import_fixture *f, int n_threads) {
  memset(f, 0, sizeof *f);
  f->task = (gy_task){.n_threads = n_threads, .user = f, .log = take_log};
  snprintf(f->folder, sizeof f->folder, "/tmp/gyeol-import-XXXXXX");
  cr_assert_not_null(mkdtemp(f->folder));
  gy_engine_options options = {.n_threads = n_threads};
  cr_assert_eq(gy_engine_open(&options, &f->engine, &f->err), GY_OK, "%s", f->err.text);
  cr_assert_eq(gy_zone_load("Asia/Seoul", &f->zone, &f->err), GY_OK, "%s", f->err.text);
  gy_status status =
      gy_engine_execute(f->engine, gy_sql("schema/0001_store"), NULL, 0, NULL, NULL, NULL, &f->err);
  cr_assert_eq(status, GY_OK, "%s", f->err.text);
}

void import_fixture_close(import_fixture *f) {
  gy_import_result_clear(&f->result);
  gy_engine_close(f->engine);
  gy_zone_destroy(f->zone);
  cr_assert_eq(gy_dir_remove(f->folder, &f->err), GY_OK, "%s", f->err.text);
}

const char *import_fixture_write(import_fixture *f, const char *name, const void *bytes, size_t length) {
  memcpy(f->path[1], f->path[0], sizeof f->path[0]);
  snprintf(f->path[0], sizeof f->path[0], "%s/%s", f->folder, name);
  FILE *file = fopen(f->path[0], "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, length, file), length);
  fclose(file);
  return f->path[0];
}

const char *import_fixture_command(import_fixture *f, const char *name, const char *command) {
  memcpy(f->path[1], f->path[0], sizeof f->path[0]);
  snprintf(f->path[0], sizeof f->path[0], "%s/%s", f->folder, name);
  char line[1024];
  snprintf(line, sizeof line, "%s > %s 2>/dev/null", command, f->path[0]);
  return system(line) == 0 ? f->path[0] : NULL;
}

gy_status import_fixture_import(import_fixture *f, const gy_import_spec *spec, const char *path) {
  gy_import_spec one = *spec;
  one.paths = &path;
  one.n_paths = 1;
  if (one.source == NULL) one.source = "orders";
  if (one.table == NULL) one.table = "order_items";
  one.numbered = true;
  if (one.zone == NULL) one.zone = f->zone;
  if (one.dialect.delimiter == '\0') one.dialect = gy_csv_dialect_default();
  gy_import_result_clear(&f->result);
  f->err = (gy_error){0};
  f->log[0] = '\0';
  cr_assert_eq(gy_engine_begin(f->engine, &f->err), GY_OK, "%s", f->err.text);
  gy_status status = gy_import_run(f->engine, &one, &f->task, &f->result, &f->err);
  if (status == GY_OK) status = gy_engine_commit(f->engine, &f->err);
  if (status != GY_OK) gy_engine_rollback(f->engine);
  return status;
}

char *import_fixture_value(import_fixture *f, const char *sql) {
  char *value = NULL;
  gy_error err = {0};
  gy_status status = gy_engine_text(f->engine, sql, NULL, 0, &value, &err);
  if (status == GY_ENOTFOUND) return strdup("NULL");
  cr_assert_eq(status, GY_OK, "%s: %s", sql, err.text);
  return value;
}

void import_fixture_expect(import_fixture *f, const char *sql, const char *expected) {
  char *value = import_fixture_value(f, sql);
  cr_assert_str_eq(value, expected, "%s gave %s, expected %s", sql, value, expected);
  free(value);
}
